"""Polygons of pieces: chained from arcs, gapless when simplified, whole across 180 degrees."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence

import pytest
import shapely

from overflight.partition.index import Index
from overflight.partition.polygons import piece_polygons

Arc = tuple[int, int, Sequence[tuple[float, float]]]


def flat(kind: str, values: Sequence[int]) -> memoryview:
    return memoryview(array(kind, values))


def index_of(*arcs: Arc) -> Index:
    """Build an index of arcs (left piece, right piece, points); it has no grid, for polygons need none."""
    points = [point for _, _, line in arcs for point in line]
    starts = itertools.accumulate((len(line) for _, _, line in arcs), initial=0)
    nothing = flat("i", [])
    return Index(
        vertices=flat("i", [round(value * 1e7) for point in points for value in point]),
        arc_start=flat("i", list(starts)),
        arc_left=flat("H", [left for left, _, _ in arcs]),
        arc_right=flat("H", [right for _, right, _ in arcs]),
        cell_start=nothing,
        runs=nothing,
        cell_piece=nothing,
        cell_jump=nothing,
        cell_deg=0.25,
        n_cols=1440,
        n_rows=720,
    )


def ring(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    """Return a box as a closed ring, anticlockwise: its inside is on the left."""
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def area(shape: shapely.Geometry) -> float:
    return float(shape.area)


# Two squares side by side, 1 west of 2, with a wiggly border between them.
NEIGHBOURS = (
    (1, 2, [(10, 0), (10.04, 3), (9.95, 5), (10.03, 8), (10, 10)]),
    (1, 0, [(10, 10), (0, 10), (0, 0), (10, 0)]),
    (2, 0, [(10, 0), (20, 0), (20, 10), (10, 10)]),
)


def test_the_polygons_have_exactly_the_stored_vertices() -> None:
    found = piece_polygons(index_of(*NEIGHBOURS))
    assert set(found) == {1, 2}
    stored = {point for _, _, line in NEIGHBOURS[:2] for point in line}
    assert {tuple(point) for point in shapely.get_coordinates(found[1]).tolist()} == stored


def test_simplifying_opens_no_gap_between_neighbours() -> None:
    found = piece_polygons(index_of(*NEIGHBOURS), tolerance_deg=0.1)
    assert len(shapely.get_coordinates(found[1])) == 5
    assert area(found[1]) + area(found[2]) == pytest.approx(200.0, abs=1e-9)
    assert area(found[1] & found[2]) == 0.0


def test_detail_is_kept_within_its_box_and_only_there() -> None:
    wiggle = [(x / 10, (x % 2) / 100) for x in range(101)]
    index = index_of(
        (1, 2, wiggle),
        (1, 0, [(10, 0), (10, 10), (0, 10), (0, 0)]),
        (2, 0, [(0, 0), (0, -10), (10, -10), (10, 0)]),
    )
    found = piece_polygons(index, tolerance_deg=0.1, detail=((4, -1, 5, 1), 0.0))
    assert area(found[1]) + area(found[2]) == pytest.approx(200.0, abs=1e-9)
    on_border = [x for x, y in shapely.get_coordinates(found[1]).tolist() if -0.1 < y < 0.1]
    assert len([x for x in on_border if 4 <= x <= 5]) == 11
    assert len([x for x in on_border if not 3.85 <= x <= 5.15]) <= 4


def test_islands_smaller_than_the_tolerance_vanish() -> None:
    index = index_of((1, 0, ring(0, 0, 10, 10)), (1, 0, ring(20, 0, 20.01, 0.01)))
    assert len(piece_polygons(index)[1].geoms) == 2
    assert len(piece_polygons(index, tolerance_deg=0.1)[1].geoms) == 1


def test_an_enclave_is_a_hole_and_an_island_in_it_is_a_part() -> None:
    index = index_of((1, 0, ring(0, 0, 10, 10)), (2, 1, ring(2, 2, 8, 8)), (1, 2, ring(4, 4, 6, 6)))
    found = piece_polygons(index)
    assert area(found[1]) == pytest.approx(100 - 36 + 4)
    assert area(found[2]) == pytest.approx(36 - 4)
    assert sorted(len(part.interiors) for part in found[1].geoms) == [0, 1]


def test_an_enclave_that_touches_the_outer_border_in_a_point_stays_a_hole() -> None:
    outer = [(5, 0), (10, 0), (10, 10), (0, 10), (0, 0), (5, 0)]
    enclave = [(5, 0), (7, 3), (3, 3), (5, 0)]
    found = piece_polygons(index_of((1, 0, outer), (2, 1, enclave)))
    assert found[1].is_valid
    assert area(found[1]) == pytest.approx(100 - 6)
    assert area(found[2]) == pytest.approx(6)


def test_two_parts_that_meet_in_a_point_stay_two_parts() -> None:
    found = piece_polygons(index_of((1, 0, ring(0, 0, 1, 1)), (1, 0, [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)])))
    assert found[1].is_valid
    assert sorted(map(area, found[1].geoms)) == [1.0, 1.0]


# A country from 170 E to 170 W whose arcs end at the antimeridian, with an enclave on it; and two neighbours
# whose border runs along it.
SPANNING = (
    (1, 0, [(180, 60), (170, 60), (170, 50), (180, 50)]),
    (1, 0, [(-180, 50), (-170, 50), (-170, 60), (-180, 60)]),
    (1, 2, [(180, 57), (178, 55), (180, 53)][::-1]),
    (2, 1, [(-180, 53), (-178, 55), (-180, 57)]),
    (3, 4, [(180, 40), (180, 42), (180, 45)]),
    (3, 0, [(180, 45), (175, 45), (175, 40), (180, 40)]),
    (4, 0, [(-180, 40), (-175, 40), (-175, 45), (-180, 45)]),
)


def test_a_country_across_180_is_cut_there_without_bounds() -> None:
    found = piece_polygons(index_of(*SPANNING))
    assert found[1].bounds == (-180, 50, 180, 60)
    assert area(found[1]) == pytest.approx(200 - 8)
    assert area(found[2]) == pytest.approx(8)
    assert found[3].bounds == (175, 40, 180, 45)
    assert found[4].bounds == (-180, 40, -175, 45)


@pytest.mark.parametrize("turn", [-360.0, 0.0, 360.0])
def test_a_country_across_180_is_one_part_in_bounds_that_run_past_it(turn: float) -> None:
    found = piece_polygons(index_of(*SPANNING), bounds=(160 + turn, 30, 200 + turn, 70))
    assert len(found[1].geoms) == 1
    assert len(found[1].geoms[0].interiors) == 1
    assert found[1].bounds == (170 + turn, 50, 190 + turn, 60)
    assert found[4].bounds == (180 + turn, 40, 185 + turn, 45)


def test_bounds_cut_and_leave_out() -> None:
    found = piece_polygons(index_of(*NEIGHBOURS, (3, 0, ring(40, 0, 50, 10))), bounds=(5, 2, 15, 30))
    assert set(found) == {1, 2}
    assert area(found[1]) + area(found[2]) == pytest.approx(80)


def test_bounds_inside_a_piece_are_filled() -> None:
    found = piece_polygons(index_of((1, 0, ring(-60, -60, 60, 60))), bounds=(1, 1, 2, 2))
    assert area(found[1]) == pytest.approx(1)


def test_a_polar_cap_is_closed_over_the_pole() -> None:
    found = piece_polygons(index_of((0, 1, [(180, 80), (0, 80), (-180, 80)])))
    assert found[1].bounds == (-180, 80, 180, 90)
    south = piece_polygons(index_of((1, 0, [(180, -80), (0, -80), (-180, -80)])))
    assert south[1].bounds == (-180, -90, 180, -80)


def test_crossing_borders_after_simplification_are_repaired() -> None:
    # A tooth of the northern country in a notch of the southern one, which simplification fills.
    notch = [(0, 0), (4, 0), (5, -0.9), (6, 0), (10, 0)]
    tooth = [(10, 5), (6, 5), (5, -0.5), (4, 5), (0, 5)]
    arcs = (
        (3, 2, notch),
        (1, 3, [(10, 0), (10, 5)]),
        (1, 3, tooth),
        (1, 3, [(0, 5), (0, 0)]),
        (1, 0, [(10, 0), (12, 6), (-2, 6), (0, 0)]),
        (2, 0, [(0, 0), (0, -5), (10, -5), (10, 0)]),
    )
    index = index_of(*arcs)
    assert all(polygon.is_valid for polygon in piece_polygons(index).values())
    coarse = piece_polygons(index, tolerance_deg=1)
    assert set(coarse) == {1, 2, 3}
    assert all(polygon.is_valid and not polygon.is_empty for polygon in coarse.values())


def test_every_hole_lies_in_its_own_part() -> None:
    """Two islands with a lake each; the lake of the one within the other's lake stays with it."""
    index = index_of(
        (1, 0, ring(0, 0, 10, 10)),
        (0, 1, ring(1, 1, 9, 9)),
        (1, 0, ring(3, 3, 7, 7)),
        (0, 1, ring(4, 4, 6, 6)),
        (1, 0, ring(20, 0, 30, 10)),
        (0, 1, ring(24, 4, 26, 6)),
    )
    found = piece_polygons(index)[1]
    assert found.is_valid
    assert sorted(area(part) for part in found.geoms) == [16 - 4, 100 - 64, 100 - 4]
    assert [len(part.interiors) for part in found.geoms] == [1, 1, 1]


def test_a_world_without_borders_has_no_polygons() -> None:
    assert piece_polygons(index_of()) == {}
    assert piece_polygons(index_of(), bounds=(0, 0, 1, 1)) == {}
