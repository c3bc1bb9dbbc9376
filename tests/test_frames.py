"""A world of somebody's own polygons: everything that works on the shipped one works on it."""

from __future__ import annotations

import datetime as dt
import functools
import math
import random
from typing import Any

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from shapely import box

import overflight as of
from overflight.airspace.areas import parse_areas
from overflight.errors import DataError, UnknownStateError
from overflight.partition.polygons import piece_polygons

WGS84 = "EPSG:4326"
HOLE = box(4, 4, 6, 6)


def frame(*shapes: shapely.Geometry, crs: object = WGS84, **columns: Any) -> geopandas.GeoDataFrame:  # noqa: ANN401
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


@functools.cache
def world() -> of.Airspaces:
    """West and East are neighbours, West has a hole; Cap holds the North Pole; Seam lies across 180 degrees."""
    return of.Airspaces.from_frame(
        frame(
            box(0, 0, 10, 10) - HOLE,
            box(10, 0, 20, 10),
            box(-180, 85, 180, 90),
            box(170, -10, 190, 10),
            fir=["WEST-1", "EAST-1", "CAP", "SEAM"],
            title=["Western", "Eastern", "Polar", "Seamless"],
        ),
        state="fir",
        name="title",
    )


def crossed(start: tuple[float, float], end: tuple[float, float], there: of.Airspaces) -> list[tuple[str, float]]:
    found = of.crossings(of.great_circle(start, end), there)
    return [(str(c.state), round(c.length_km)) for c in found]


class TestWorld:
    def test_states_have_the_codes_and_names_of_the_columns(self) -> None:
        assert [(s.code, s.name) for s in world().states] == [
            ("CAP", "Polar"),
            ("EAST-1", "Eastern"),
            ("SEAM", "Seamless"),
            ("WEST-1", "Western"),
        ]
        assert world().state("eastern") == world().state("east-1") == "EAST-1"

    def test_a_route_crosses_neighbours_and_not_the_hole(self) -> None:
        degree_km = 111.3
        found = of.crossings(of.great_circle((-1, 0.001), (21, 0.001)), world())
        assert [c.state for c in found] == ["WEST-1", "EAST-1"]
        assert found[0].exit_km == found[1].entry_km == pytest.approx(11 * degree_km, rel=1e-3)
        assert of.locate(world(), 5, 5).state is None
        assert of.locate(world(), 3, 5).state == "WEST-1"

    def test_180_degrees_is_no_border_and_the_pole_is_held(self) -> None:
        assert [state for state, _ in crossed((165, 1), (-165, 1), world())] == ["SEAM"]
        assert [state for state, _ in crossed((0, 80), (180, 80), world())] == ["CAP"]
        assert of.locate(world(), 77, 90).state == "CAP"
        assert of.locate(world(), 77, -90).state is None

    def test_many_routes_have_the_crossings_of_each_with_codes_of_any_length(self) -> None:
        legs = np.array([[-1, 0.001, 21, 0.001], [165, 1, -165, 1]])
        table = of.crossings_many(legs, world=world())
        assert table.state.tolist() == ["WEST-1", "EAST-1", "SEAM"]

    def test_its_rules_are_checked_and_closest_approaches_found(self) -> None:
        route = of.great_circle((-5, 12), (25, 12))
        verdict = of.check(route, world(), rules=[of.Avoid(["EAST-1"], margin_km=500)])
        assert verdict.status == "marginal"
        nearest = of.closest_approaches(route, world(), ["EAST-1", "WEST-1"], within_km=500)
        assert {state.code for state in nearest} == {"WEST-1", "EAST-1"}
        for approach in nearest.values():
            assert approach.on_border in {(0.0, 10.0), (20.0, 10.0)}
            apart_m = pyproj.Geod(ellps="WGS84").inv(*approach.on_route, *approach.on_border)[2]
            assert approach.km == pytest.approx(apart_m / 1000.0, abs=1e-3)

    def test_a_route_that_enters_a_state_breaks_the_rule(self) -> None:
        verdict = of.check(of.great_circle((-1, 5), (21, 5)), world(), rules=[of.Avoid(["EAST-1"])])
        assert verdict.status == "crosses"
        assert [f.state for f in verdict.findings if f.status == "crosses"] == ["EAST-1"]

    @pytest.mark.slow
    def test_a_detour_leads_round_and_is_drawn(self) -> None:
        direct = of.great_circle((-3, 5), (23, 5))
        found = of.candidates(direct, world(), avoid=["WEST-1", "EAST-1"], margin_km=0.0)
        best = of.detour((-3, 5), (23, 5), world(), avoid=["WEST-1", "EAST-1"], margin_km=0.0)
        assert best is not None
        assert not list(of.crossings(best, world()))
        north_km = of.route((-3, 5), (0, 10), (20, 10), (23, 5)).length_km
        assert best.length_km == pytest.approx(north_km, rel=1e-3)
        scene = of.draw(world(), found, on=dt.date(2025, 10, 23), avoid=["WEST-1", "EAST-1"]).scene
        assert {"Western", "Eastern"} <= {piece["name"] for piece in scene["pieces"]}

    def test_an_area_is_laid_over_it(self) -> None:
        text = shapely.to_geojson(box(9, 2, 11, 8))
        (zone,) = parse_areas(text, "zone.geojson", name="zone")
        verdict = of.check(of.great_circle((8, 5), (12, 5)), world(), rules=[of.Avoid([zone])])
        assert verdict.status == "crosses"
        detour = of.detour((8, 5), (12, 5), world(), avoid=[zone], margin_km=0.0)
        assert detour is not None
        assert detour.length_km == pytest.approx(of.route((8, 5), (9, 8), (11, 8), (12, 5)).length_km, rel=1e-3)

    def test_borders_are_known_as_well_as_is_said(self) -> None:
        squares = frame(box(0, 0, 10, 10), state=["AAA"])
        route = of.great_circle(
            (12, 2),
            (10.004, 5),
        )
        rules = [of.Avoid(["AAA"])]
        exact, vague = (of.Airspaces.from_frame(squares, accuracy_m=m) for m in (0.0, 1_000.0))
        assert of.check(route, exact, rules=rules).status == "clear"
        assert of.check(route, vague, rules=rules).status == "marginal"


class TestLabels:
    def test_rows_of_one_code_are_one_state_without_a_border_between_them(self) -> None:
        made = of.Airspaces.from_frame(frame(box(0, 0, 10, 10), box(10, 0, 20, 10), state=["AAA", "AAA"]))
        assert [state for state, _ in crossed((-1, 5), (21, 5), made)] == ["AAA"]
        assert len(made.index.arc_left) == 1

    def test_without_a_column_of_codes_the_index_has_them(self) -> None:
        shapes = frame(box(0, 0, 10, 10), box(10, 0, 20, 10))
        assert [s.code for s in of.Airspaces.from_frame(shapes).states] == ["0", "1"]
        assert [s.code for s in of.Airspaces.from_frame(shapes.set_axis(["LFFF", "EDGG"])).states] == ["EDGG", "LFFF"]

    def test_territories_and_disputes_are_told_apart(self) -> None:
        made = of.Airspaces.from_frame(
            frame(
                box(0, 0, 10, 10),
                box(10, 0, 20, 10),
                state=["DNK", "DNK"],
                territory=["DNK", "GRL"],
                disputed=[None, "a line drawn by nobody"],
            )
        )
        found = of.crossings(of.great_circle((-1, 5), (21, 5)), made)
        assert [(c.state, c.territory, c.disputed) for c in found] == [
            ("DNK", "DNK", None),
            ("DNK", "GRL", "a line drawn by nobody"),
        ]

    def test_where_states_overlap_both_claim_the_piece_and_either_rule_is_broken(self) -> None:
        made = of.Airspaces.from_frame(frame(box(0, 0, 12, 10), box(10, 0, 20, 10), state=["AAA", "BBB"]))
        found = of.crossings(of.great_circle((-1, 5), (21, 5)), made)
        assert [(c.state, c.claimants) for c in found] == [("AAA", ()), ("XXX", ("AAA", "BBB")), ("BBB", ())]
        inside = of.great_circle((10.5, 5), (11.5, 5))
        for code, status in (("AAA", "crosses"), ("BBB", "crosses")):
            assert of.check(inside, made, rules=[of.Avoid([code])]).status == status
        with pytest.raises(UnknownStateError, match="unknown state 'CCC'"):
            of.check(inside, made, rules=[of.Avoid(["CCC"])])

    def test_one_state_over_the_whole_earth_has_no_border(self) -> None:
        made = of.Airspaces.from_frame(frame(box(-180, -90, 180, 90), state=["ALL"]))
        assert [state for state, _ in crossed((10, 50), (-100, -20), made)] == ["ALL"]


class TestShapes:
    @pytest.mark.parametrize(
        "shape", [box(170, 0, 190, 10), box(-190, 0, -170, 10), box(170, 0, 180, 10) | box(-180, 0, -170, 10)]
    )
    def test_what_lies_across_180_degrees_may_be_cut_there_or_run_on(self, shape: shapely.Geometry) -> None:
        made = of.Airspaces.from_frame(frame(shape, state=["AAA"]))
        (crossing,) = of.crossings(of.great_circle((165, 5), (-165, 5)), made)
        assert crossing.entry == pytest.approx((170, 5.04), abs=0.07)
        assert crossing.exit == pytest.approx((-170, 5.04), abs=0.07)

    def test_a_frame_on_a_map_goes_the_short_way_across_180_degrees(self) -> None:
        pacific = frame(box(179.0, 0, 181.0, 10) - box(179.5, 4, 180.5, 6), state=["AAA"]).set_crs("EPSG:4326")
        degrees = of.Airspaces.from_frame(pacific)
        moved = of.Airspaces.from_frame(pacific.set_crs(WGS84).to_crs("EPSG:3832"))
        route = of.great_circle((175, 5), (-175, 5.5))
        for one, other in zip(of.crossings(route, degrees), of.crossings(route, moved), strict=True):
            assert one.entry_km == pytest.approx(other.entry_km, abs=1e-3)
            assert one.exit_km == pytest.approx(other.exit_km, abs=1e-3)
        assert len(of.crossings(route, moved)) == 2

    def test_what_goes_round_a_pole_on_a_map_is_refused(self) -> None:
        cap = shapely.Point(0, 0).buffer(500_000)
        with pytest.raises(DataError, match="row 0 of the frame: it goes round a pole"):
            of.Airspaces.from_frame(frame(cap, state=["CAP"], crs="EPSG:3413"))

    def test_a_frame_without_a_crs_is_in_degrees(self) -> None:
        made = of.Airspaces.from_frame(frame(box(0, 0, 10, 10), state=["AAA"], crs=None))
        assert of.locate(made, 5, 5).state == "AAA"

    def test_long_borders_that_neighbours_share_leave_no_gap_whichever_way_they_run(self) -> None:
        """Edges are straight in lon/lat, and long ones are cut for the engine."""
        a, b = (0.1234567, 1.7654321), (43.9876543, 31.1111113)
        above = shapely.Polygon([a, b, (0.1234567, 40.0)])
        below = shapely.Polygon([b, a, (43.9876543, 1.0)])
        made = of.Airspaces.from_frame(frame(above, below, state=["TOP", "LOW"]))
        assert len(made.pieces) == 3
        assert {(left, right) for left, right in zip(made.index.arc_left, made.index.arc_right, strict=True)} == {
            (0, 1),
            (0, 2),
            (1, 2),
        }

    def test_a_vertex_on_a_neighbours_edge_leaves_no_gap(self) -> None:
        left = shapely.Polygon([(0, 0), (10, 0), (13, 9), (0, 9)])
        t = 1.0 / 3.0
        right = shapely.Polygon([(10, 0), (20, 0), (20, 9), (13, 9), (10 + 3 * t, 9 * t)])
        made = of.Airspaces.from_frame(frame(left, right, state=["LEFT", "RIGHT"]))
        assert len(made.pieces) == 3
        assert sum(np.asarray(made.index.arc_left) == 0) == 2

    @pytest.mark.parametrize(
        ("shape", "said"),
        [
            (
                shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]),
                "row 1 of the frame: no valid polygon: self-intersection",
            ),
            (
                shapely.Polygon([(170, 0), (-170, 0), (-170, 10), (170, 10)]),
                "row 1 of the frame: an edge from longitude",
            ),
            (shapely.Polygon(), "row 1 of the frame: no polygon"),
            (None, "row 1 of the frame: no polygon"),
            (shapely.Point(1, 2), "row 1 of the frame: a Point has no surface"),
            (box(500_000, 4_000_000, 600_000, 5_000_000), "row 1 of the frame: .* is no place"),
            (box(0, 0, 1, 91), "row 1 of the frame: .* is no place"),
            (box(0, 0, 1e-9, 1e-9), "BBB's is smaller than a square metre"),
        ],
    )
    def test_what_is_no_polygon_on_the_earth_is_refused_by_its_row(self, shape: object, said: str) -> None:
        shapes = geopandas.GeoDataFrame({"state": ["AAA", "BBB"]}, geometry=[box(20, 0, 30, 10), shape], crs=WGS84)
        with pytest.raises(DataError, match=said) as caught:
            of.Airspaces.from_frame(shapes)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("codes", "said"),
        [
            ([None], "row 0 of the frame: no code"),
            ([math.nan], "row 0 of the frame: no code"),
            ([" "], "row 0 of the frame: no code"),
            (["XXX"], "stands for something else"),
            (["area:zone"], "stands for something else"),
        ],
    )
    def test_a_row_without_a_code_is_refused(self, codes: list[object], said: str) -> None:
        with pytest.raises(DataError, match=said):
            of.Airspaces.from_frame(frame(box(0, 0, 1, 1), state=codes))

    def test_what_is_no_frame_and_columns_that_it_lacks_are_refused(self) -> None:
        square = frame(box(0, 0, 1, 1), state=["AAA"])
        with pytest.raises(DataError, match="not of list"):
            of.Airspaces.from_frame([box(0, 0, 1, 1)])
        with pytest.raises(DataError, match="no column 'iso'"):
            of.Airspaces.from_frame(square, state="iso")
        with pytest.raises(DataError, match="several columns 'state'"):
            of.Airspaces.from_frame(frame(box(0, 0, 1, 1), state=["AAA"], iso=["A"]).rename(columns={"iso": "state"}))
        with pytest.raises(DataError, match="no row"):
            of.Airspaces.from_frame(square.iloc[:0])
        with pytest.raises(DataError, match="no geometry"):
            of.Airspaces.from_frame(geopandas.GeoDataFrame({"state": ["AAA"]}))
        with pytest.raises(DataError, match="accuracy is"):
            of.Airspaces.from_frame(square, accuracy_m=math.nan)

    def test_a_frame_of_too_many_vertices_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("overflight.airspace.frames.MAX_VERTICES", 4)
        with pytest.raises(DataError, match="more than 4: simplify"):
            of.Airspaces.from_frame(frame(box(0, 0, 1, 1), state=["AAA"]))


STATES = ("BEL", "CHE", "CZE", "LUX", "NLD", "SVN")


@pytest.mark.slow
def test_states_taken_from_the_shipped_world_have_the_same_crossings_to_a_metre() -> None:
    shipped = of.load_airspaces()
    polygons = piece_polygons(shipped.index)
    chosen = [p for p in shipped.pieces if p.state in STATES and p.territory == p.state]
    mine = of.Airspaces.from_frame(
        frame(
            *(polygons[p.id] for p in chosen),
            state=[str(p.state) for p in chosen],
            name=[p.territory_name for p in chosen],
            disputed=[p.disputed for p in chosen],
        )
    )
    rng = random.Random(11)  # noqa: S311 - a test's choice of routes
    compared = 0
    for _ in range(150):
        ends = [(rng.uniform(0, 20), rng.uniform(44, 55)) for _ in range(2)]
        route = of.great_circle(*ends)
        numbers = [
            [
                (str(c.state), c.entry_km, c.exit_km)
                for c in of.crossings(route, there)
                if c.state in STATES and c.territory == c.state
            ]
            for there in (shipped, mine)
        ]
        assert [state for state, *_ in numbers[0]] == [state for state, *_ in numbers[1]]
        for (_, *one), (_, *other) in zip(*numbers, strict=True):
            assert one == pytest.approx(other, abs=1e-3)
            compared += 1
    assert compared > 100
