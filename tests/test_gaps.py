"""What the gaps of recorded flights allow: whom an aircraft must have crossed, could have, and can't have."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

import overflight as of
from overflight._crossings.reach import outline, reached
from overflight.airspace import Airspaces, owners
from overflight.cli import main
from overflight.detours.gaps import GapAnswer, RuleAnswer, StateAnswer
from overflight.detours.roundings import way_round
from overflight.errors import OverflightError
from overflight.maps import draw
from overflight.maps.base import decode, view_of
from overflight.maps.silences import ellipses
from overflight.routes import Route
from overflight.routes.places import Waypoint
from overflight.routes.sample import Sample
from overflight.routes.tracks import Track, leeways, tracks_of
from tests.commands import Run, Terminal
from tests.depth import spread
from tests.oracles.plane import PLANE_ERROR, bracket_km
from tests.worlds import make_world

Point = tuple[float, float]
EARTH = pyproj.Geod(ellps="WGS84")
T0 = 1761202805.0  # 2025-10-23T07:00:05Z
KNOTS_600 = 600.0 * 1.852 / 3600.0
"""km in a second."""


def km(*points: Point) -> float:
    lon, lat = zip(*points, strict=True)
    return float(EARTH.line_length(lon, lat)) / 1000.0


def flight(*positions: tuple[float, float, float], on_ground: bool | None = None, part: int = 0) -> Track:
    """Make a track of (seconds, lon, lat); with `part`, the last position is in another part of the file."""
    rows = [
        Sample(Waypoint(lon, lat), T0 + at, on_ground=on_ground, part=part * (i == len(positions) - 1))
        for i, (at, lon, lat) in enumerate(positions)
    ]
    (found,) = tracks_of(rows, "TST100")
    assert isinstance(found, Track)
    return found


def answers(gap: GapAnswer) -> dict[str, list[str]]:
    return {answer: gap.codes(answer) for answer in ("crossed", "could")}


# ---------------------------------------------------------------- how far it can have flown

ODD = (33.5241, 54.9132), (22.4079, 52.2168)
"""In Russia and in Poland, 792 km apart, Belarus between them."""


def test_a_way_is_as_long_as_speed_and_time_allow_and_what_clock_and_positions_leave_open() -> None:
    (one,) = leeways(flight((0, *ODD[0]), (3300, *ODD[1])))
    assert (one.clock_s, one.position_km, one.seconds) == (1.0, 1.0, 3300.0)
    assert one.possible_km == pytest.approx(KNOTS_600 * 3301 + 2.0)
    assert (one.begin, one.end) == ("2025-10-23T07:00:05Z", "2025-10-23T07:55:05Z")
    assert one.km == pytest.approx(km(*ODD), abs=1e-3)


def test_without_times_nothing_is_known() -> None:
    (one,) = leeways(flight((0, *ODD[0]), (3300, *ODD[1])))
    unknown = replace(one, end_s=math.nan)
    assert (unknown.trouble, unknown.end, math.isnan(unknown.possible_km)) == ("its times are not known", None, True)


def test_a_gap_between_parts_without_times_says_that_nothing_is_known() -> None:
    rows = [Sample(Waypoint(*at), part=part) for at, part in ((ODD[0], 0), ((30.0, 54.0), 0), (ODD[1], 1))]
    (found,) = tracks_of(rows, "x")
    assert not isinstance(found, Track)
    assert found.remarks[-1].endswith("; it has no times, so nothing is known of what else was crossed there")


def test_a_stay_in_one_place_may_have_been_a_round_trip() -> None:
    world = make_world({"AAA": shapely.box(12.0, 9.0, 13.0, 12.0)})
    for start, goal in (
        ((10.0123, 10.0), (10.0123, 10.0)),
        ((-180.0, 60.0), (180.0, 60.0)),
        ((10.0, 90.0), (20.0, 90.0)),
    ):
        track = flight((-600, start[0], start[1] - 1.0), (0, *start), (1800, *goal), (2400, goal[0], goal[1] - 1.0))
        (gap,) = of.gaps(of.Case.of(track, world=world))
        assert gap.codes("could") == (["AAA"] if start[1] == 10.0 else [])
        assert gap.outline() is not None


def test_a_clock_of_whole_minutes_and_rounded_positions_leave_more_open() -> None:
    (one,) = leeways(flight((-5, 33.5, 54.9), (3295, 22.4, 52.2)))
    assert one.clock_s == 60.0
    half_diagonal_km = km((0.0, 0.0), (0.05, 0.05))
    assert 1.0 + half_diagonal_km < one.position_km < 1.1 + half_diagonal_km
    (minutes,) = leeways(flight((0, 33.5 + 1 / 60, 54.9), (3300, 22.4, 52.2)))
    assert 2.2 < minutes.position_km < 2.4


def test_what_stands_on_the_ground_and_parts_that_meet_are_no_gaps() -> None:
    parked = (0, *ODD[0]), (2400, ODD[0][0] + 0.01, ODD[0][1])
    assert len(leeways(flight(*parked))) == 1
    assert leeways(flight(*parked, on_ground=True)) == ()
    assert leeways(flight((0, *ODD[0]), (30, ODD[0][0] + 0.01, ODD[0][1]), part=1)) == ()
    (apart,) = leeways(flight((0, *ODD[0]), (30, ODD[0][0] + 0.05, ODD[0][1]), part=1))
    assert apart.between_parts


def test_a_gap_that_can_not_be_flown_at_the_speed_leaves_everything_unknown() -> None:
    case = of.Case.of(flight((0, *ODD[0]), (2400, *ODD[1])), avoid="BLR")
    (gap,) = of.gaps(case)
    assert gap.states == ()
    assert "no aircraft flies 794 km in 2,400 s at 600 kt or less" in gap.leeway.trouble
    assert (gap.of("BLR").answer, gap.of("USA").answer) == ("unknown", "unknown")
    assert gap.codes("cannot") == []
    assert gap.outline() is None
    assert gap.to_dict()["unknown"] == gap.leeway.trouble
    clear = of.Case.of(case.route, avoid="USA").verdict
    assert clear.status == "marginal"
    assert "is not known" in clear.findings[-1].note


def test_a_position_that_may_be_beyond_the_border_tells_of_no_crossing() -> None:
    world = make_world({"AAA": shapely.box(20.0, 40.0, 30.0, 60.0), "BBB": shapely.box(30.0, 40.0, 40.0, 60.0)})
    within, deep = (35.1, 50.1), (29.5, 50.3)
    for last, answer in (
        (29.9, "could"),
        (29.5, "crossed"),
    ):  # rounded to tenths: 4 and 33 km from the border, 7 or less
        (gap,) = of.gaps(of.Case.of(flight((0, *within), (60, 35.2, 50.1), (2400, last, 50.1)), world=world))
        assert gap.leeway.position_km > 7.0
        assert (gap.of("AAA").answer, gap.of("BBB").answer) == (answer, "crossed")
    (gap,) = of.gaps(
        of.Case.of(flight((0, *within), (60, 35.2, 50.1), (2400, 29.9, 50.1)), avoid="AAA | BBB", world=world)
    )
    assert gap.rules[0].answer == "crossed"  # on either side of the border
    assert "no farther from its border" in gap.of("AAA").why
    (gap,) = of.gaps(of.Case.of(flight((0, *deep), (60, 29.4, 50.3), (2405, 29.99123, 50.31234)), world=world))
    assert (gap.leeway.position_km, gap.codes("crossed")) == (1.0, ["AAA"])
    seaward = make_world({"AAA": shapely.box(20.0, 40.0, 30.0, 60.0)})
    (gap,) = of.gaps(of.Case.of(flight((0, 33.1, 50.3), (60, 33.0, 50.3), (2405, 29.99123, 50.31234)), world=seaward))
    assert gap.codes("crossed") == []


# ---------------------------------------------------------------- could, and can't

WORLDS: dict[str, tuple[Point, Point, Mapping[str, BaseGeometry]]] = {
    "plain": ((0.0, 0.0), (4.0, 1.0), {"AAA": shapely.Polygon([(1, 2), (3, 2.5), (2, 4)])}),
    "a long edge along a parallel": ((-20.0, 60.0), (20.0, 61.0), {"AAA": shapely.box(-60.0, 40.0, 60.0, 53.0)}),
    "180 degrees": ((176.0, 50.0), (-176.0, 51.0), {"AAA": shapely.box(-180.0, 52.0, -178.0, 54.0)}),
    "over the pole": ((20.0, 86.0), (-160.0, 85.0), {"AAA": shapely.box(90.0, 70.0, 110.0, 84.0)}),
    "far south": ((-70.0, -60.0), (60.0, -62.0), {"AAA": shapely.box(-30.0, -50.0, 10.0, -45.0)}),
    "a stay": ((10.0, 10.0), (10.01, 10.0), {"AAA": shapely.box(12.0, 9.0, 13.0, 12.0)}),
}


def shortest_by(shape: BaseGeometry, start: Point, goal: Point) -> float:
    """Return the shortest way by a shape, by points on its edge that lie dense: at most 30 m too long."""
    edge = shapely.get_coordinates(shapely.segmentize(shape.boundary, 0.002))
    lon, lat = edge.T
    ways = sum(
        np.asarray(EARTH.inv(lon, lat, np.full(len(lon), p[0]), np.full(len(lon), p[1]))[2]) for p in (start, goal)
    )
    return float(np.min(ways)) / 1000.0


@pytest.mark.parametrize("name", WORLDS)
def test_a_state_can_be_reached_from_the_length_on_that_a_way_by_it_has(name: str) -> None:
    start, goal, shapes = WORLDS[name]
    world = make_world(shapes)
    least_km = shortest_by(shapes["AAA"], start, goal)
    assert reached(world, start, goal, least_km + 0.01) == {1}
    assert reached(world, goal, start, least_km + 0.01) == {1}
    assert reached(world, start, goal, least_km - 0.06) == frozenset()


def test_a_border_that_is_not_well_known_is_reached_as_if_it_were_that_much_nearer() -> None:
    start, goal, shapes = WORLDS["plain"]
    least_km = shortest_by(shapes["AAA"], start, goal)
    world = make_world(shapes)
    vague = Airspaces("test", "test", 2500.0, world.pieces, world.index, {})
    assert reached(vague, start, goal, least_km - 4.9) == {1}
    assert reached(vague, start, goal, least_km - 5.1) == frozenset()


def test_what_holds_a_position_is_reached_however_far_its_border_is() -> None:
    world = make_world({"AAA": shapely.box(-20.0, -20.0, 20.0, 20.0)})
    assert reached(world, (0.0, 0.0), (0.1, 0.0), 20.0) == {1}


@pytest.mark.parametrize(
    ("start", "goal", "hours"), [(*ODD, 1.2), ((139.8, 35.5), (178.0, 51.0), 4.5), ((5, 88), (-170, 87), 1)]
)
def test_states_that_can_be_reached_are_those_on_a_dense_grid(start: Point, goal: Point, hours: float) -> None:
    """Points of the ellipse, a few km apart, are each in a piece that can be reached; no other has one near there."""
    world = of.load_airspaces()
    most_km = max(KNOTS_600 * 3600.0 * hours, 1.02 * km(start, goal))
    azimuth, _, apart_m = EARTH.inv(*start, *goal)
    middle = EARTH.fwd(*start, azimuth, apart_m / 2.0)[:2]
    rays = [(a, r) for a in np.linspace(0.0, 360.0, 90, endpoint=False) for r in np.linspace(0.0, 0.5 * most_km, 60)]
    inside, near = set(), set()
    for bearing, far_km in rays:
        at = EARTH.fwd(*middle, bearing, 1000.0 * far_km)[:2]
        way_km = km(start, at, goal)
        if way_km <= most_km + 60.0:
            piece = of.locate(world, *at).id
            near.add(piece)
            inside |= {piece} if way_km <= most_km else set()
    found = reached(world, start, goal, most_km)
    assert inside - {0} <= found
    small = {p.id for p in world.pieces} - near  # those that no ray met may be smaller than what is between rays
    assert found <= near | small
    assert len(found & near) >= len(found) * 0.6


def test_the_edge_of_an_ellipse_is_where_ways_are_so_long() -> None:
    ring = outline(*ODD, 1000.0, count=36)
    assert ring is not None
    assert [km(ODD[0], at, ODD[1]) for at in ring] == pytest.approx([1000.0] * 36, abs=1e-5)
    assert shapely.LinearRing(ring).is_ccw
    assert outline(*ODD, 790.0) is None
    assert outline(*ODD, 21_000.0) is None


# ---------------------------------------------------------------- must

START, END = (-2.4, -0.6), (2.4, 0.7)


def blob(seed: int) -> shapely.Polygon:
    """Return a state that lies across the way from start to end."""
    rng = random.Random(seed)  # noqa: S311
    turns = sorted(rng.uniform(0.0, math.tau) for _ in range(rng.randint(7, 14)))
    ring = [(rng.uniform(0.5, 1.6) * math.cos(t), rng.uniform(0.5, 1.6) * math.sin(t)) for t in turns]
    return shapely.Polygon(ring).buffer(0)


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_of_a_way_round_is_that_of_a_plain_visibility_graph(seed: int) -> None:
    shape = blob(seed)
    assert isinstance(shape, shapely.Polygon)
    if not shape.intersects(shapely.LineString([START, END])):
        pytest.skip("the straight leg does not cross it")
    least_km, most_km = bracket_km([shape], START, END, 0.0)
    found = way_round(make_world({"AAA": shape}), [1], START, END, most_km=least_km, near_km=0.5)
    assert found.least_km <= most_km, (
        "no bound is longer than a path that is free; in the plane, paths are rather too long"
    )
    assert found.least_km >= least_km * (1.0 - PLANE_ERROR - 0.002)
    assert found.way_km >= least_km * (1.0 - PLANE_ERROR)
    assert found.way_km <= most_km * 1.003


@pytest.mark.parametrize("seed", range(8))
def test_a_state_must_have_been_crossed_just_where_no_way_round_is_short_enough(seed: int) -> None:
    shape = blob(seed)
    if not shape.intersects(shapely.LineString([START, END])):
        pytest.skip("the straight leg does not cross it")
    least_km, most_km = bracket_km([shape], START, END, 0.0)
    world = make_world({"AAA": shape})
    for share, expected in ((1.01, "could"), (0.99, "crossed")):
        track = flight((0, *START), (3600, *END))
        (one,) = leeways(track)
        target_km = (most_km if share > 1.0 else least_km) * share
        speed_kmh = (target_km - 2.0 * one.position_km) / (one.seconds + one.clock_s) * 3600.0
        if target_km < km(START, END):
            continue
        (gap,) = of.gaps(of.Case.of(track, world=world, avoid="AAA", max_speed=speed_kmh))
        assert gap.of("AAA").answer == expected
        assert isinstance(gap.rules[0], RuleAnswer)
        assert gap.rules[0].answer == expected


def test_a_wall_that_may_have_a_gap_for_all_that_is_known_of_it_proves_nothing() -> None:
    """A strip 4 km wide has to be crossed if its border is known to 500 m, and may be open if it is known to 2.5 km."""
    world = make_world({"AAA": shapely.box(-0.02, -30.0, 0.02, 30.0)})
    case = of.Case.of(flight((0, *START), (3600, *END)), world=world, on="2025-10-23")
    for accuracy_m, expected in ((500.0, "crossed"), (2500.0, "could")):
        vague = Airspaces("test", "test", accuracy_m, world.pieces, world.index, {})
        (gap,) = of.gaps(of.Case.of(case.route, world=vague, on="2025-10-23"))
        assert gap.of("AAA").answer == expected


def test_positions_that_may_be_on_the_other_side_of_a_wall_prove_nothing() -> None:
    world = make_world({"AAA": shapely.box(-2.395, -30.0, -2.392, 30.0)})  # 330 m wide, 560 m off the start
    (gap,) = of.gaps(of.Case.of(flight((0, *START), (3600, *END)), world=world))
    assert gap.of("AAA").answer == "could"


def test_shapes_that_can_not_be_cut_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise shapely.GEOSException("TopologyException")

    world = make_world({"AAA": shapely.box(-0.3, -6.0, 0.3, 6.0)})
    monkeypatch.setattr(shapely, "difference", broken)
    found = way_round(world, [1], START, END, most_km=600.0, near_km=1.0)
    assert found.least_km == pytest.approx(km(START, END))
    assert found.way_km == math.inf


def test_who_starts_in_an_enclave_must_have_crossed_what_surrounds_it() -> None:
    (gap,) = of.gaps(flight((0, 28.2341, -29.5512), (5400, 34.8123, -19.8234)))  # from Lesotho to Mozambique
    south_africa = gap.of("ZAF")
    assert isinstance(south_africa, StateAnswer)
    assert (south_africa.answer, south_africa.straight) == ("crossed", True)
    assert south_africa.bound_km is not None
    assert south_africa.bound_km > 1.2 * gap.leeway.possible_km


def test_of_two_states_side_by_side_one_must_have_been_crossed_though_neither_must() -> None:
    world = make_world({"AAA": shapely.box(-0.3, -6.0, 0.3, 0.05), "BBB": shapely.box(-0.3, 0.05, 0.3, 6.0)})
    case = of.Case.of(flight((0, *START), (3600, *END)), world=world, avoid=["AAA | BBB", "AAA"])
    (gap,) = of.gaps(case)
    assert answers(gap) == {"crossed": [], "could": ["AAA", "BBB"]}
    both, alone = gap.rules
    assert (both.answer, alone.answer) == ("crossed", "could")
    assert both.bound_km is not None
    assert both.bound_km > gap.leeway.possible_km
    assert [state.code for state in both.states] == ["AAA", "BBB"]


# ---------------------------------------------------------------- flights with positions withheld


def wander(rng: random.Random) -> tuple[list[Point], float, float]:
    """Return the corners of a flight with no position between, how long it took, and its length."""
    if rng.random() < 0.6:
        at = rng.uniform(-10.0, 45.0), rng.uniform(36.0, 60.0)
    elif rng.random() < 0.5:
        at = (rng.uniform(165.0, 195.0) + 180.0) % 360.0 - 180.0, rng.uniform(50.0, 70.0)
    else:
        at = rng.uniform(-180.0, 180.0), math.degrees(math.asin(rng.uniform(-1.0, 1.0)))
    seconds = math.exp(rng.uniform(math.log(700.0), math.log(7200.0)))
    length_km = KNOTS_600 * seconds * rng.choice([1.0, 0.999, rng.uniform(0.5, 1.0)])
    cuts = [0.0, *sorted(rng.random() for _ in range(rng.randint(0, 3))), 1.0]
    points, bearing = [at], rng.uniform(0.0, 360.0)
    for a, b in itertools.pairwise(cuts):
        points.append(EARTH.fwd(*points[-1], bearing, 1000.0 * length_km * (b - a))[:2])
        bearing += rng.gauss(0.0, 40.0)
    return points, seconds, length_km


def others(points: Sequence[Point], most_km: float, rng: random.Random) -> list[list[Point]]:
    """Return other ways between the same two places, no longer than that, some of them just as long."""
    start, goal = points[0], points[-1]
    ring = outline(start, goal, most_km, count=60) or []
    azimuth, _, apart_m = EARTH.inv(*start, *goal)
    middle = EARTH.fwd(*start, azimuth, apart_m / 2.0)[:2]
    chosen = []
    for at in rng.sample(ring, min(len(ring), 4)):
        bearing, _, far_m = EARTH.inv(*middle, *at)
        chosen.append(EARTH.fwd(*middle, bearing, far_m * rng.choice([1.0, rng.random()]))[:2])
    return [[start, goal], *([start, at, goal] for at in chosen if km(start, at, goal) <= most_km + 1e-6)]


def crossed(points: Sequence[Point], world: Airspaces) -> set[str]:
    found = of.crossings(Route(tuple(Waypoint(*p) for p in points)), world)
    return {state.code for crossing in found for state in owners(crossing)}


@pytest.mark.parametrize("seed", spread(range(5), 2))
def test_what_was_crossed_is_never_what_can_not_have_been_and_every_way_crosses_what_must_have_been(seed: int) -> None:
    """Fifty flights a seed, at or below 600 kt, of which only the two ends are known, and other ways as fast."""
    rng = random.Random(seed)  # noqa: S311
    world, proven = of.load_airspaces(), 0
    icc = of.ruleset("icc", on="2025-10-23")
    for _ in range(50):
        points, seconds, length_km = wander(rng)
        begin = T0 + rng.random()
        track = [
            Sample(Waypoint(*points[0]), math.floor(begin)),
            Sample(Waypoint(*points[-1]), math.floor(begin + seconds)),
        ]
        found = tracks_of(track, "x")
        if not found or not isinstance(found[0], Track):
            continue
        for gap in of.gaps(of.Case.of(found[0], world=world, avoid=icc)):
            cannot, must = set(gap.codes("cannot")), set(gap.codes("crossed"))
            proven += sum(one.answer == "crossed" and one.bound_km is not None for one in gap.states)
            for way in (points, *others(points, max(length_km, KNOTS_600 * seconds), rng)):
                entered = crossed(way, world)
                assert not entered & cannot
                assert must <= entered
                assert gap.rules[0].answer != "crossed" or entered & icc.states
                assert gap.rules[0].answer != "cannot" or not entered & icc.states - {"XXX"}
    assert proven > 5


def recordings() -> Iterator[tuple[str, list[Sample]]]:
    """Yield what receivers heard of real flights: see `tests/data/README.md`."""
    table = pq.read_table(Path(__file__).parent / "data" / "flights.parquet").to_pandas().dropna()
    seconds = (table["time"] - dt.datetime(1970, 1, 1, tzinfo=table["time"].dt.tz)).dt.total_seconds()
    for name, rows in table.assign(seconds=seconds).groupby("flight"):
        yield (
            str(name),
            [
                Sample(Waypoint(lon, lat), when)
                for lon, lat, when in zip(rows["lon"], rows["lat"], rows["seconds"], strict=True)
            ],
        )


def test_real_flights_crossed_in_what_is_withheld_of_them_nothing_but_what_they_could_have() -> None:
    world, rng, asked = of.load_airspaces(), random.Random(7), 0  # noqa: S311
    for name, rows in recordings():
        for whole in tracks_of(rows, name) * 2:
            if not isinstance(whole, Track) or whole.times_s[-1] - whole.times_s[0] < 1800.0:
                continue
            begin = rng.uniform(whole.times_s[0], whole.times_s[-1] - 1500.0)
            i, j = np.searchsorted(whole.times_s, [begin, begin + rng.uniform(700.0, 5400.0)]).tolist()
            j = min(j, len(whole.waypoints) - 1)
            kept = [Sample(whole.waypoints[k], whole.times_s[k]) for k in (i, j)]
            for track in tracks_of(kept, name):
                for gap in of.gaps(of.Case.of(track, world=world, avoid="icc")) if isinstance(track, Track) else ():
                    flown = [(w.lon, w.lat) for w in whole.waypoints[i : j + 1]]
                    entered = crossed([at for at, _ in itertools.groupby(flown)], world)
                    assert gap.leeway.trouble == ""
                    assert set(gap.codes("crossed")) <= entered
                    assert not entered.intersection(gap.codes("cannot"))
                    asked += 1
    assert asked >= 20


# ---------------------------------------------------------------- rules


def test_a_flight_that_could_have_broken_a_rule_in_a_gap_is_not_clear() -> None:
    track = flight((0, *ODD[0]), (3300, 30.0071, 54.9132), (3600, 28.0071, 54.9132))
    clear = of.Case.of(track, avoid="LTU", max_speed="300kt").verdict
    assert (clear.status, clear.passed) == ("clear", True)
    doubt = of.Case.of(track, avoid="LTU", max_speed="600kt").verdict
    assert (doubt.status, doubt.passed) == ("marginal", False)
    finding = doubt.findings[-1]
    assert (finding.state, finding.open, [s.code for s in finding.could]) == (None, True, ["LTU"])
    assert finding.note.startswith(
        "could have crossed Lithuania in the gap 2025-10-23T07:00:05Z to 2025-10-23T07:55:05Z: "
    )
    assert "LTU: marginal, open in gaps (could have crossed Lithuania" in doubt.explain()
    assert doubt.to_dict()["findings"][-1]["could_cross"] == ["LTU"]
    assert of.Case.of(track, avoid="LTU", allow="LTU").verdict.status == "clear"
    assert of.Case.of(track, avoid="BLR | LTU").verdict.status == "crosses"
    assert of.Case.of(track, avoid="LTU", max_speed="480kt").gaps[0].leeway.max_speed_kt == 480.0


def test_many_gaps_and_many_states_make_one_line() -> None:
    ends = ODD[0], (30.0071, 54.9132)
    track = flight((0, *ends[0]), (3300, *ends[1]), (6600, *ends[0]), (9900, *ends[1]))
    verdict = of.Case.of(track, avoid=["LTU", "LTU | USA"]).verdict
    notes = [finding.note for finding in verdict.findings if finding.open]
    assert [note.split(":")[0] for note in notes] == [
        "could have crossed Lithuania in 3 gaps, the first 2025-10-23T07"
    ] * 2
    long = flight((0, 2.3512, 48.8512), (10800, 10.0123, 50.0))
    (finding,) = (f for f in of.Case.of(long, avoid="eu - FRA - DEU - BEL - LUX").verdict.findings if f.open)
    assert len(finding.could) > 20
    assert f" and {len(finding.could) - 20} more in the gap" in finding.note


def test_a_margin_is_asked_of_gaps_as_well() -> None:
    track = flight((0, *ODD[0]), (3300, 30.0071, 54.9132))
    for margin, expected in (("0km", "clear"), ("120km", "marginal")):
        assert of.Case.of(track, avoid="LTU", max_speed="330kt", margin=margin).verdict.status == expected


def test_members_are_those_of_every_day_of_a_gap() -> None:
    """Armenia became a party on 2024-02-01: a gap over that midnight may have seen it crossed as one, or not."""
    begin = dt.datetime(2024, 1, 31, 23, 40, 3, tzinfo=dt.UTC).timestamp()
    rows = [Sample(Waypoint(44.7013, 41.6027), begin), Sample(Waypoint(44.6011, 40.2017), begin + 2400.0)]
    (track,) = tracks_of(rows, "x")
    case = of.Case.of(track, avoid="icc - GEO")
    (gap,) = of.gaps(case)
    assert gap.of("ARM").answer == "crossed"
    rule = gap.rules[0]
    assert (rule.answer, [state.code for state in rule.states]) == ("could", ["ARM"])
    before = of.gaps(of.Case.of(track, avoid="icc - GEO", on="2024-01-31"))[0].rules[0]
    after = of.gaps(of.Case.of(track, avoid="icc - GEO", on="2024-02-01"))[0].rules[0]
    assert (before.answer, after.answer) == ("cannot", "crossed")


def test_areas_of_a_rule_are_answered_as_states_are() -> None:
    from overflight.airspace import Area
    from overflight.airspace.levels import parse_limit

    wall = Area("the wall", shapely.box(27.0, 40.0, 29.0, 65.0))
    far = Area("far off", shapely.box(10.0, 40.0, 11.0, 41.0))
    (gap,) = of.gaps(of.Case.of(flight((0, *ODD[0]), (3300, *ODD[1])), avoid=[wall, far]))
    first, second = gap.rules
    assert (first.answer, [state.name for state in first.states]) == ("crossed", ["the wall"])
    assert first.bound_km is not None
    assert (second.answer, second.states) == ("cannot", ())
    high = replace(wall, floor=parse_limit("FL300"))
    (gap,) = of.gaps(of.Case.of(flight((0, *ODD[0]), (3300, *ODD[1])), avoid=high))
    assert (gap.rules[0].answer, "nobody knows how high" in gap.rules[0].why) == ("could", True)
    near = Area("beside", shapely.box(26.0, 55.0, 27.0, 55.5))
    verdict = of.Case.of(flight((0, *ODD[0]), (3300, *ODD[1])), avoid=near).verdict
    assert verdict.status == "marginal"
    assert "could have crossed area beside" in verdict.findings[-1].note


# ---------------------------------------------------------------- what is returned


def test_answers_are_had_by_code_and_rule_and_as_json() -> None:
    (gap,) = of.gaps(of.Case.of(flight((0, *ODD[0]), (3300, *ODD[1])), avoid="BLR"), max_speed="500kt")
    assert answers(gap) == {"crossed": ["BLR", "POL", "RUS"], "could": ["LTU", "UKR"]}
    belarus, poland = gap.of("BLR"), gap.of("POL")
    assert isinstance(belarus, StateAnswer)
    assert isinstance(poland, StateAnswer)
    assert belarus.bound_km is not None
    assert belarus.bound_km > gap.leeway.possible_km
    assert (belarus.straight, poland.bound_km, poland.why) == (
        True,
        None,
        "the first position after the gap lies in it",
    )
    assert gap.of("DEU").answer == "cannot"
    assert "DEU" in gap.codes("cannot")
    assert len(gap.codes("cannot")) == gap.cannot
    with pytest.raises(OverflightError, match="no state of that code"):
        gap.of("ZZZ")
    row = json.loads(json.dumps(gap.to_dict()))
    assert (row["from_time"], row["from"], row["max_speed_kt"]) == ("2025-10-23T07:00:05Z", [*ODD[0]], 500.0)
    told = {state["code"]: state for state in row["states"]}
    assert told["BLR"]["answer"] == "crossed"
    assert told["BLR"]["bound_km"] > told["BLR"]["possible_km"] == row["possible_km"]
    assert row["rules"][0]["rule"] == "BLR"


def test_a_search_that_is_cut_short_proves_nothing_and_a_planned_route_has_no_gaps() -> None:
    track = flight((0, *ODD[0]), (3300, *ODD[1]))
    (gap,) = of.gaps(track, max_speed="500kt", time_limit_s=0.0)
    assert gap.of("BLR").answer == "could"
    assert "rules them out" in gap.of("BLR").why
    assert of.gaps(of.great_circle("VKO", "BUD")) == ()
    assert of.gaps(of.Case.of(["VKO", "BUD"], on="2025-10-23")) == ()
    with pytest.raises(OverflightError, match="speed 'fast'"):
        of.gaps(track, max_speed="fast")


# ---------------------------------------------------------------- the command line

RECORDED = """time,lat,lon,callsign
2025-10-23T06:50:05Z,55.513,36.221,TST100
2025-10-23T07:00:05Z,54.9132,33.5241,TST100
2025-10-23T07:55:05Z,52.2168,22.4079,TST100
2025-10-23T08:00:05Z,51.9,21.4,TST100
"""


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(RECORDED, encoding="utf-8")
    return path


def test_check_says_what_gaps_allow_and_a_flight_that_could_have_broken_a_rule_fails(run: Run, recorded: Path) -> None:
    status, out, told = run("check", str(recorded), "--avoid", "LTU", "-f", "json")
    route = json.loads(out)["routes"][0]
    assert (status, route["verdict"]["status"]) == (1, "marginal")
    assert route["track"]["left_out"] == {}
    assert route["track"]["must_have_crossed"] == ["POL", "RUS"]
    assert route["track"]["could_have_crossed"] == ["BLR", "LTU", "LVA", "UKR"]
    (gap,) = route["track"]["gaps"]
    assert (gap["km"], gap["seconds"], gap["max_speed_kt"]) == (pytest.approx(km(*ODD), abs=1e-3), 3300.0, 600.0)
    assert (gap["possible_km"], gap["cannot"]) == (pytest.approx(1020.909, abs=1e-3), 194)
    assert "must have crossed Poland and Russia; could have crossed Belarus, Lithuania, Latvia and Ukraine; not" in told
    status, out, _ = run("check", str(recorded), "--avoid", "LTU", "--max-speed", "470kt", "-f", "json")
    assert (status, json.loads(out)["routes"][0]["verdict"]["status"]) == (0, "clear")


def test_a_briefing_for_continuous_integration_tells_of_gaps(run: Run, recorded: Path) -> None:
    _, out, _ = run("check", str(recorded), "--avoid", "LTU", "-f", "briefing")
    assert "  LTU: marginal, open in gaps (could have crossed Lithuania in the gap" in out
    assert "      could have crossed Belarus, Lithuania, Latvia and Ukraine; can't have: the other 194 states" in out


def test_crossings_that_nobody_recorded_are_named_as_presumed(run: Run, recorded: Path) -> None:
    _, out, _ = run("check", str(recorded), "--avoid", "BLR", "-f", "json")
    crossings = json.loads(out)["routes"][0]["crossings"]
    assert {(c["state"], c.get("presumed", False)) for c in crossings[:1] + crossings[-1:]} == {
        ("RUS", False),
        ("POL", False),
    }
    assert all(c["presumed"] for c in crossings[1:-1])
    (finding,) = (f for f in json.loads(out)["routes"][0]["verdict"]["findings"] if f["status"] == "crosses")
    assert "no position was recorded" in finding["note"]
    assert finding["presumed"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "BLR",
            (
                "Straight lines over gaps of the recording enter Belarus, a state to avoid, where no position was "
                "recorded."
            ),
        ),
        (
            "BLR | POL",
            (
                "Enters Poland, a state to avoid. Straight lines over gaps of the recording enter Belarus, a state to "
                "avoid, where no position was recorded."
            ),
        ),
    ],
)
def test_a_headline_tells_what_was_recorded_from_what_is_presumed(recorded: Path, rule: str, said: str) -> None:
    (case,) = (of.Case.of(route, avoid=rule) for route in of.read_routes(recorded))
    assert draw(case.world, case.verdict, on=case.on, avoid=case.forbidden).scene["headline"] == said


def test_a_terminal_shows_the_proof(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "140")
    with pytest.raises(SystemExit):
        main(["check", str(recorded), "--avoid", "icc", "--max-speed", "500kt"])
    lines = [line.strip() for line in screen.getvalue().splitlines()]
    start = lines.index("What the gaps allow, at 500 kt over ground at most")
    assert lines[start + 1 : start + 7] == [
        "2025-10-23T07:00:05Z to 2025-10-23T07:55:05Z: 794 km straight, 851 km possible",
        "must have crossed Belarus (BLR): no way round it is shorter than 956.3 km, and 851.1 km were possible",
        "must have crossed Poland (POL): the first position after the gap lies in it",
        "must have crossed Russia (RUS): the last position before the gap lies in it",
        "could have crossed Lithuania and Ukraine; can't have: the other 195 states",
        "icc: one of its states, or several, must have been crossed (Lithuania, Poland and Ukraine)",
    ]
    assert lines[-1].startswith("[1] presumed: no position was recorded in it")


def test_geojson_has_the_edge_of_where_it_can_have_been(run: Run, recorded: Path) -> None:
    _, out, _ = run("check", str(recorded), "-f", "geojson")
    (gap,) = (f for f in json.loads(out)["features"] if f["properties"]["feature"] == "gap")
    ring = gap["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    ways = [km(ODD[0], (lon, lat), ODD[1]) for lon, lat in ring]
    assert ways == pytest.approx([gap["properties"]["possible_km"]] * len(ring), abs=1e-3)


def test_a_map_shows_the_ellipse_and_what_it_allows(run: Run, recorded: Path, tmp_path: Path) -> None:
    (case,) = (of.Case.of(route, avoid="LTU") for route in of.read_routes(recorded))
    found = of.gaps(case)
    drawn = draw(case.world, case.verdict, on=case.on, avoid=case.forbidden, gaps=found)
    (gap,) = drawn.scene["gaps"]
    ring = decode(gap["at"])
    assert gap["closed"]
    assert ring[0] == ring[-1]
    assert [km(ODD[0], at, ODD[1]) for at in ring] == pytest.approx([found[0].leeway.possible_km] * len(ring), abs=0.3)
    assert gap["text"][1:] == [
        "2025-10-23T07:00:05Z to 2025-10-23T07:55:05Z",
        "794 km straight, 1,021 km possible at 600 kt",
        "Must have crossed Poland and Russia",
        "Could have crossed Belarus, Lithuania, Latvia and Ukraine",
    ]
    assert drawn.scene["headline"].startswith(
        "Whether it entered a state to avoid is not known: it could have crossed Lithuania in the gap"
    )
    assert "gaps" not in draw(case.world, case.verdict, on=case.on).scene
    for name in ("a.html", "a.svg"):
        assert run("map", str(recorded), "--avoid", "LTU", "-o", name)[0] == 0
    assert "Could have crossed Belarus" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Where it can have been in a gap" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_an_ellipse_about_a_pole_is_a_line_across_a_map_and_across_180_degrees_it_stays_whole() -> None:
    world = make_world({"AAA": shapely.box(0.0, 0.0, 10.0, 10.0)})
    polar = of.gaps(of.Case.of(flight((0, 0.0123, 86.0), (3600, 100.0, 86.0)), world=world))
    view = view_of([(0.0, 60.0), (100.0, 60.0)])
    (gap,) = ellipses(polar, view)
    ring = decode(gap["at"])
    assert not gap["closed"]
    assert abs(ring[0][0] - ring[-1][0]) == pytest.approx(360.0)
    (round_pole,) = ellipses(polar, view_of([(0.0, 86.0), (100.0, 86.0)]))
    assert round_pole["closed"]
    pacific = of.gaps(of.Case.of(flight((0, 179.0123, 50.0), (3600, -179.0, 51.0)), world=world))
    (gap,) = ellipses(pacific, view_of([(179.0, 50.0), (181.0, 51.0)]))
    assert 170.0 < min(lon for lon, _ in decode(gap["at"])) < max(lon for lon, _ in decode(gap["at"])) < 190.0


@pytest.mark.parametrize("speed", ["fast", "5kt", "600"])
def test_a_speed_that_can_not_be_read_is_refused_in_a_line(run: Run, recorded: Path, speed: str) -> None:
    status, _, told = run("check", str(recorded), "--max-speed", speed)
    assert status == 2
    assert "--max-speed" in told
    assert "with the unit, such as 460kt" in told
