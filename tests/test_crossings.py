"""Crossings on small worlds: what must hold for any route, and the places where things go wrong."""

from __future__ import annotations

import dataclasses
import functools
import math
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from overflight._crossings import Crossings, crossings, locate
from overflight.airspace import Airspaces
from overflight.earth import direct, distance_m
from overflight.errors import DataError, RouteError
from overflight.routes import Route, Waypoint
from tests.worlds import make_world

LonLat = tuple[float, float]
World = Callable[[], Airspaces]


def route(*points: LonLat) -> Route:
    return Route(tuple(Waypoint(lon, lat) for lon, lat in points))


def possible_route(*points: LonLat) -> Route:
    """Make a route of drawn points, or draw others."""
    try:
        return route(*points)
    except RouteError:
        assume(False)
        raise


def states_on(world: Airspaces, *points: LonLat) -> list[str]:
    """Names of the states met, in order; checks that nothing is lost on the way."""
    found = crossings(route(*points), world)
    assert_whole(found)
    return [crossing.state.code for crossing in found]


def assert_whole(found: Crossings) -> None:
    """Crossings follow each other, and with the high seas add up to the route."""
    rest_km = found.length_km - sum(crossing.length_km for crossing in found)
    assert rest_km == pytest.approx(found.high_seas_km, abs=1e-6)
    assert all(a.exit_km <= b.entry_km for a, b in pairwise(found))
    assert all(crossing.length_km > 0.0 for crossing in found)


@functools.cache
def quarters() -> Airspaces:
    """Four squares that meet in one point, (10, 50)."""
    return make_world(
        {
            "SWW": box(0, 40, 10, 50),
            "SEE": box(10, 40, 20, 50),
            "NWW": box(0, 50, 10, 60),
            "NEE": box(10, 50, 20, 60),
        }
    )


@functools.cache
def far_places() -> Airspaces:
    """Both poles, 180 degrees, an enclave with a hole, a strip of five metres, a dispute, a claim, a saw, a pinch."""
    strip = 5.0 / 71_696.0  # five metres of longitude at 50 degrees
    teeth = [(24.0 + 0.05 * k, 45.0 + 0.02 * (k % 2)) for k in range(81)]
    return make_world(
        {
            "POL": box(-180, 80, -60, 90) | box(60, 80, 180, 90),
            "GRD": box(-60, 80, 60, 90),
            "SOU": box(-180, -90, 180, -70),
            "SEA": MultiPolygon([box(170, 0, 180, 10), box(-180, 0, -170, 10)]),
            "WES": box(170, 10, 180, 20),
            "EAS": box(-180, 10, -170, 20),
            "BIG": Polygon(box(0, 40, 10, 50).exterior.coords, [box(3, 43, 6, 46).exterior.coords]),
            "ENC": Polygon(box(3, 43, 6, 46).exterior.coords, [box(4, 44, 5, 45).exterior.coords]),
            "THI": box(10, 40, 10 + strip, 50),
            "DIS": box(10 + strip, 40, 15, 50),
            "DIS:the part in dispute": box(15, 40, 20, 50),
            "AAA+BBB": box(20, 40, 22, 50),
            "SAW": Polygon([(24, 50), *teeth, (28, 50)]),
            "PIN": MultiPolygon([box(30, 40, 33, 45), box(33, 45, 36, 50)]),
        }
    )


# Properties -----------------------------------------------------------------------------------------------------------


def degrees(low: int, high: int) -> st.SearchStrategy[float]:
    """Multiples of 1e-4 degree: on a border or metres away from it, never a rounding error beside it."""
    return st.integers(low * 10_000, high * 10_000).map(lambda n: n / 10_000)


near_quarters = st.tuples(degrees(-3, 23), degrees(37, 63))
anywhere = st.tuples(degrees(-180, 180), degrees(-90, 90))
worlds = st.sampled_from([quarters, far_places])


def disagreement_m(a: Crossings, b: Crossings, *, mirrored: bool = False) -> float:
    """Metres of the route that lie in one piece by the first answer and in another by the second."""
    length = a.length_km

    def spans(found: Crossings, turn: bool) -> list[tuple[float, float, tuple[str, str | None]]]:
        rows = [(s.entry_km, s.exit_km, (s.state.code, s.disputed)) for s in found]
        return [(length - to, length - start, key) for start, to, key in rows[::-1]] if turn else rows

    first, second = spans(a, turn=False), spans(b, turn=mirrored)
    common = sum(
        max(0.0, min(to, to2) - max(start, start2))
        for start, to, key in first
        for start2, to2, key2 in second
        if key == key2
    )
    covered = max(sum(to - start for start, to, _ in spans_) for spans_ in (first, second))
    return (covered - common) * 1000.0


@given(world=worlds, a=st.one_of(near_quarters, anywhere), b=st.one_of(near_quarters, anywhere))
@settings(max_examples=200)
def test_crossings_and_high_seas_add_up_and_reversing_changes_nothing(world: World, a: LonLat, b: LonLat) -> None:
    there, back = possible_route(a, b), possible_route(b, a)
    found, reverse = crossings(there, world()), crossings(back, world())
    assert_whole(found)
    assert_whole(reverse)
    assert disagreement_m(found, reverse, mirrored=True) < 1.0


@given(
    world=worlds,
    a=st.one_of(near_quarters, anywhere),
    b=st.one_of(near_quarters, anywhere),
    share=st.floats(0.01, 0.99),
)
@settings(max_examples=200)
def test_a_waypoint_set_on_a_leg_changes_nothing(world: World, a: LonLat, b: LonLat, share: float) -> None:
    whole = possible_route(a, b)
    leg = whole.legs[0]
    middle = direct(*a, leg.azimuth_deg, share * leg.length_m)
    # Rounding of the middle point turns a near-antipodal leg.
    assume(leg.length_m < 19_500_000.0)
    split = possible_route(a, middle, b)
    found, again = crossings(whole, world()), crossings(split, world())
    assert_whole(again)
    assert disagreement_m(found, again) < 1.0


@given(world=worlds, a=near_quarters, b=anywhere, turns=st.sampled_from([-360.0, 360.0]))
@settings(max_examples=50)
def test_a_shift_by_360_degrees_changes_nothing(world: World, a: LonLat, b: LonLat, turns: float) -> None:
    assume(abs(a[0] + turns) <= 540.0)
    here, there = possible_route(a, b), possible_route((a[0] + turns, a[1]), (b[0] + turns, b[1]))
    assert disagreement_m(crossings(here, world()), crossings(there, world())) < 0.01


@given(world=worlds, point=st.one_of(near_quarters, anywhere), azimuth=st.floats(-180, 180))
@settings(max_examples=100)
def test_a_route_begins_in_the_piece_where_its_start_is_located(world: World, point: LonLat, azimuth: float) -> None:
    around = {locate(world(), *direct(*point, bearing, 3.0)).id for bearing in range(0, 360, 45)}
    assume(len(around) == 1)
    found = crossings(possible_route(point, direct(*point, azimuth, 300_000.0)), world())
    departure = [crossing.piece for crossing in found if crossing.role == "departure"]
    assert departure == [piece for piece in around if piece != 0]
    assert locate(world(), *point).id in around


# Order, ends and roles ------------------------------------------------------------------------------------------------


def test_crossings_come_in_order_with_entry_exit_and_role() -> None:
    found = crossings(route((-5, 45), (5, 45), (15, 45), (15, 70)), quarters())
    assert [(s.state.code, s.role) for s in found] == [
        ("SWW", "overflight"),
        ("SEE", "overflight"),
        ("NEE", "overflight"),
    ]
    assert found[0].exit == found[1].entry
    assert found[0].exit == pytest.approx((10.0, 45.1), abs=0.01)
    assert found[0].exit[0] == pytest.approx(10.0, abs=1e-9)
    assert found[0].exit_km == found[1].entry_km
    assert found[1].length_km == pytest.approx(found[1].exit_km - found[1].entry_km)
    assert found.high_seas_km > 0.0


def test_the_first_and_the_last_crossing_are_departure_and_arrival() -> None:
    assert [s.role for s in crossings(route((5, 45), (15, 45), (15, 55)), quarters())] == [
        "departure",
        "overflight",
        "arrival",
    ]


def test_a_crossing_with_both_ends_is_a_departure() -> None:
    found = crossings(route((5, 45), (6, 45)), quarters())
    assert [(s.role, s.entry, s.exit) for s in found] == [("departure", (5.0, 45.0), (6.0, 45.0))]


def test_a_route_over_the_sea_crosses_nobody() -> None:
    found = crossings(route((-60, 10), (-50, 20)), quarters())
    assert len(found) == 0
    assert found.high_seas_km == found.length_km


def test_entry_lies_where_the_geodesic_meets_the_border_to_a_millimetre() -> None:
    entry = crossings(route((-5, 41), (5, 48)), quarters())[0].entry
    azimuth = route((-5, 41), (5, 48)).legs[0].azimuth_deg
    low, high = 0.0, 1_000_000.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if direct(-5.0, 41.0, azimuth, middle)[0] < 0.0 else (low, middle)
    assert distance_m(*entry, *direct(-5.0, 41.0, azimuth, low)) < 1e-3


def test_a_border_along_a_parallel_is_met_where_it_is_straight_in_lon_lat() -> None:
    """The geodesic between two points of a parallel bows north by 9 km here; the border does not."""
    assert states_on(quarters(), (11, 50), (19, 50)) == ["NEE"]


# Where things go wrong ------------------------------------------------------------------------------------------------


def test_through_a_point_shared_by_four_states() -> None:
    start, centre = (4.0, 45.0), (10.0, 50.0)
    length, azimuth = route(start, centre).legs[0].length_m, route(start, centre).legs[0].azimuth_deg
    beyond = direct(*start, azimuth, 2.0 * length)
    assert states_on(quarters(), start, beyond)[0] == "SWW"
    assert states_on(quarters(), start, beyond)[-1] == "NEE"
    assert states_on(quarters(), start, centre, beyond) == states_on(quarters(), start, beyond)


def test_along_a_border_that_is_a_meridian_one_side_gets_it_all() -> None:
    north, south = states_on(quarters(), (10, 41), (10, 59)), states_on(quarters(), (10, 59), (10, 41))
    assert north == ["SEE", "NEE"]
    assert south == north[::-1]


def test_along_the_edge_of_the_world_known_one_side_gets_it_all() -> None:
    found = crossings(route((0, 38), (0, 62)), quarters())
    assert [s.state.code for s in found] == ["SWW", "NWW"]
    assert found.length_km - found.high_seas_km == pytest.approx(20 * 111.2, rel=2e-3)


def test_starting_and_ending_on_a_border() -> None:
    assert states_on(quarters(), (10, 45), (15, 45)) == ["SEE"]
    assert states_on(quarters(), (10, 45), (5, 45)) == ["SWW"]
    assert states_on(quarters(), (5, 45), (10, 45)) == ["SWW"]
    assert states_on(quarters(), (0, 45), (10, 55)) == ["SWW", "NWW"]


def test_starting_and_ending_in_a_point_shared_by_four_states() -> None:
    for corner, code in (((5, 45), "SWW"), ((15, 45), "SEE"), ((5, 55), "NWW"), ((15, 55), "NEE")):
        assert states_on(quarters(), (10, 50), corner) == [code]
        assert states_on(quarters(), corner, (10, 50)) == [code]


def test_turning_round_on_a_border_is_no_crossing() -> None:
    assert states_on(quarters(), (5, 45), (10, 45), (5, 46)) == ["SWW"]


def test_touching_a_corner_from_outside_is_no_crossing() -> None:
    start = direct(20.0, 60.0, 135.0, 300_000.0)
    assert states_on(quarters(), start, (20, 60), direct(20.0, 60.0, -45.0, 300_000.0)) == []


def test_legs_of_no_length_are_skipped() -> None:
    assert states_on(quarters(), (5, 45), (5, 45), (15, 45), (15, 45), (15, 45)) == ["SWW", "SEE"]


def test_a_crossing_goes_on_across_a_waypoint() -> None:
    found = crossings(route((5, 45), (6, 46), (7, 45), (15, 45)), quarters())
    assert [s.state.code for s in found] == ["SWW", "SEE"]
    assert found[0].entry_km == 0.0


def test_a_route_of_a_few_millimetres_has_one_crossing() -> None:
    found = crossings(route((10.0, 45.0), (10.000_000_02, 45.0)), quarters())
    assert [s.state.code for s in found] == ["SEE"]


def test_an_enclave_with_a_hole_in_it() -> None:
    assert states_on(far_places(), (1, 44.5), (9, 44.4)) == ["BIG", "ENC", "ENC", "BIG"]
    assert states_on(far_places(), (4.5, 44.5), (4.5, 45.5), (4.5, 47)) == ["ENC", "BIG"]
    assert locate(far_places(), 4.5, 44.5).id == 0


def test_a_strip_of_five_metres_is_found() -> None:
    found = crossings(route((5, 48), (12, 48)), far_places())
    strip = next(s for s in found if s.state == "THI")
    assert [s.state.code for s in found] == ["BIG", "THI", "DIS"]
    assert strip.length_km * 1000.0 == pytest.approx(
        5.0 * math.cos(math.radians(48.04)) / math.cos(math.radians(50)), abs=0.01
    )


def test_a_disputed_part_is_a_crossing_of_its_own() -> None:
    found = crossings(route((12, 45), (19, 45)), far_places())
    assert [(s.state.code, s.disputed) for s in found] == [("DIS", None), ("DIS", "the part in dispute")]
    assert found.states_km == {"DIS": pytest.approx(found.length_km)}


def test_what_several_claim_and_nobody_holds_is_told() -> None:
    (claimed,) = crossings(route((21, 41), (21, 42)), far_places())
    assert (claimed.state, claimed.claimants, claimed.disputed) == ("XXX", ("AAA", "BBB"), "claimed by AAA+BBB")


def test_along_a_saw_of_borders_every_tooth_counts() -> None:
    points = [(23.5 + 0.25 * k, 45.01) for k in range(21)]
    found = crossings(route(*points), far_places())
    assert_whole(found)
    assert [s.state.code for s in found] == ["SAW"] * 41
    back = crossings(route(*points[::-1]), far_places())
    assert disagreement_m(found, back, mirrored=True) < 0.01


@pytest.mark.slow
def test_through_a_pinch_point() -> None:
    """Both parts of the state meet in (33, 45) only."""
    start, beyond = direct(33.0, 45.0, -135.0, 100_000.0), direct(33.0, 45.0, 45.0, 100_000.0)
    assert set(states_on(far_places(), start, (33, 45), beyond)) == {"PIN"}
    across = direct(33.0, 45.0, -45.0, 100_000.0), direct(33.0, 45.0, 135.0, 100_000.0)
    assert states_on(far_places(), across[0], (33, 45), across[1]) == []


# Poles and 180 degrees ------------------------------------------------------------------------------------------------


def test_over_the_pole() -> None:
    assert states_on(far_places(), (100, 75), (-80, 75)) == ["POL"]
    assert states_on(far_places(), (0, 75), (180, 75)) == ["GRD", "POL"]
    assert states_on(far_places(), (30, -60), (-150, -60)) == ["SOU"]


def test_from_a_pole_and_to_a_pole() -> None:
    assert states_on(far_places(), (0, 90), (100, 70)) == ["POL"]
    assert states_on(far_places(), (100, 70), (0, 90)) == ["POL"]
    assert states_on(far_places(), (100, 90), (0, 70)) == ["GRD"]
    assert states_on(far_places(), (77, -90), (-150, -60)) == ["SOU"]


def test_close_by_a_pole() -> None:
    assert states_on(far_places(), (0.001, 75), (179.9, 75))[0] == "GRD"
    assert set(states_on(far_places(), (100, 89.999), (-80, 89.9995))) == {"POL"}
    assert states_on(far_places(), (-59.99, 89.9), (59.99, 89.9)) == ["GRD", "POL", "GRD"] or states_on(
        far_places(), (-59.99, 89.9), (59.99, 89.9)
    ) == ["GRD"]


def test_across_180_degrees_either_way() -> None:
    assert states_on(far_places(), (160, 5), (-160, 5)) == ["SEA"]
    assert states_on(far_places(), (-160, 5), (160, 5)) == ["SEA"]
    assert states_on(far_places(), (160, 15), (-160, 15)) == ["WES", "EAS"]
    assert states_on(far_places(), (-160, 15), (160, 15)) == ["EAS", "WES"]


def test_lengths_across_180_degrees_are_those_elsewhere() -> None:
    found = crossings(route((160, 15), (-160, 15)), far_places())
    assert found[0].length_km == pytest.approx(found[1].length_km, abs=1e-6)
    assert abs(found[0].exit[0]) == pytest.approx(180.0, abs=1e-9)


def test_along_the_meridian_of_180_degrees() -> None:
    east = states_on(far_places(), (180, -5), (180, 25))
    assert east == ["SEA", "EAS"]
    assert states_on(far_places(), (-180, -5), (-180, 25)) == east
    assert states_on(far_places(), (180, 25), (-180, -5)) == east[::-1]


def test_a_point_on_180_degrees_is_one_place_whatever_its_sign() -> None:
    for lat in (-1.0, 0.0, 5.0, 10.0, 15.0, 20.0, 85.0, -90.0, 90.0):
        assert locate(far_places(), 180.0, lat) == locate(far_places(), -180.0, lat)


# The self-check -------------------------------------------------------------------------------------------------------


def test_a_border_through_the_pole_is_settled_by_locating() -> None:
    """There, longitude turns too fast for chords; the answer is right all the same."""
    world = make_world({"AAA": box(-180, 80, -90, 90) | box(0, 80, 180, 90), "BBB": box(-90, 80, 0, 90)})
    found = crossings(route((-45, 70), (135, 70)), world)
    assert [s.state.code for s in found] == ["BBB", "AAA"]
    assert found[0].exit[1] == pytest.approx(90.0, abs=1e-6)
    assert found[0].length_km == pytest.approx(found[1].length_km, abs=2e-6)


def test_labels_that_contradict_each_other_are_settled_and_counted() -> None:
    """A damaged index may name wrong pieces; nothing is lost, nothing loops, and the result says so."""
    world = quarters()
    left = world.index.arc_left.tolist()
    left[0] = (left[0] + 1) % 5
    index = dataclasses.replace(
        world.index, arc_left=memoryview(bytes(bytearray().join(n.to_bytes(2, "little") for n in left))).cast("H")
    )
    damaged = dataclasses.replace(world, index=index)
    settled = 0
    for lat in range(41, 60):
        for a, b in (((-3, lat), (23, lat)), ((lat - 40, 38), (lat - 40, 62))):
            found = crossings(route(a, b), damaged)
            assert_whole(found)
            settled += found.settled
    assert settled > 0
    assert all(crossings(route((-3, lat), (23, lat)), world).settled == 0 for lat in range(41, 60))


def test_an_index_without_a_single_label_is_reported() -> None:
    world = quarters()
    nothing = memoryview(bytes(2 * len(world.index.cell_piece)))
    index = dataclasses.replace(world.index, cell_piece=memoryview(b"\xff" * len(nothing)).cast("h"))
    with pytest.raises(DataError, match="reinstall"):
        locate(dataclasses.replace(world, index=index), 100.0, 80.0)


def test_a_parallel_without_a_border_or_label_is_looked_at_along_the_meridian() -> None:
    """Every cell of this row holds a border, but none crosses the parallel."""
    world = make_world({"BAN": box(-180, 41, 180, 42)})
    assert [locate(world, lon, lat).territory for lon, lat in ((3, 40.5), (3, 41.5), (180, 41.1), (3, 42.2))] == [
        "",
        "BAN",
        "BAN",
        "",
    ]
    assert states_on(world, (3, 40.2), (3, 42.3)) == ["BAN"]


# Output ---------------------------------------------------------------------------------------------------------------


def test_to_dict_gives_the_contract_of_the_command_line() -> None:
    found = crossings(route((12, 45), (21, 45.5)), far_places())
    rows = found.to_dict(blocs={found[0].state: ["icc"]})
    measures = ["entry_km", "exit_km", "length_km", "entry", "exit"]
    assert [list(row) for row in rows] == [
        ["state", "name", "role", "blocs", "disputed", "territory", "claimants", *measures]
    ] * 3
    assert rows[0]["blocs"] == rows[1]["blocs"] == ["icc"]
    assert rows[2]["claimants"] == ["AAA", "BBB"]
    assert rows[1]["disputed"] == "the part in dispute"
    assert rows[0]["entry"] == [12.0, 45.0]
    assert rows[0]["exit_km"] == round(found[0].exit_km, 3)


def test_crossings_are_a_sequence() -> None:
    found = crossings(route((5, 45), (15, 45)), quarters())
    assert (len(found), found[-1], found[0:1]) == (2, found.crossings[1], found.crossings[:1])
    assert list(reversed(found)) == list(found.crossings[::-1])


def test_a_path_follows_the_route_through_its_waypoints() -> None:
    found = crossings(route((5, 45), (6, 49), (15, 45)), quarters())
    path = found.path(found[0])
    assert path[0] == (5.0, 45.0)
    assert any(p == pytest.approx((6.0, 49.0)) for p in path)
    assert path[-1][0] == pytest.approx(10.0)


def test_a_path_across_180_degrees_does_not_jump() -> None:
    found = crossings(route((160, 5), (-160, 5)), far_places())
    path = found.path(found[0], max_km=100.0)
    assert path[0][0] == pytest.approx(170.0)
    assert path[-1][0] == pytest.approx(190.0)


def test_to_frame_has_a_line_a_crossing_cut_at_180_degrees() -> None:
    frame = crossings(route((160, 5), (-160, 5)), far_places()).to_frame()
    assert frame.crs == "EPSG:4326"
    (row,) = frame.itertuples()
    assert (row.state, row.role, len(row.geometry.geoms)) == ("SEA", "overflight", 2)
    assert row.geometry.bounds[0] == -180.0
    assert row.geometry.bounds[2] == 180.0


def test_to_frame_of_no_crossings_is_empty() -> None:
    assert len(crossings(route((-60, 10), (-50, 20)), quarters()).to_frame()) == 0


@pytest.mark.parametrize("north", [1.0, -1.0])
def test_a_border_is_met_in_cells_that_only_the_bow_of_a_leg_reaches(north: float) -> None:
    """The leg's ends lie 55 m beside the edge of a row of cells, and it bows 120 m beyond it."""
    edge, tip = 50.0 * north, 50.0003 * north
    world = make_world({"AAA": box(10.3, min(tip, tip + 0.3 * north), 10.7, max(tip, tip + 0.3 * north))})
    (found,) = crossings(route((10.0, edge - 0.0005 * north), (11.0, edge - 0.0005 * north)), world)
    assert found.entry == pytest.approx((10.3, tip), abs=1e-3)
    assert found.exit == pytest.approx((10.7, tip), abs=1e-3)
    assert min(abs(found.entry[1]), abs(found.exit[1])) >= 50.0003 - 1e-7


def test_the_engine_loads_no_array_or_geometry_library() -> None:
    code = (
        "import sys, overflight._crossings; "
        "print(sorted({'numpy', 'shapely', 'pyproj', 'pandas', 'geopandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
