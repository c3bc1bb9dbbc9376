"""Closest approaches of many rules at once: the same as of each alone, and no more work for more rules."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from collections.abc import Sequence

import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

import overflight as of
from overflight._crossings import Surveyed, approach, closest_approaches, crossings, nearest, surveyed
from overflight._crossings.borders import Borders
from overflight._crossings.nearest import Nearest, Target, Work
from overflight._crossings.parts import Parts
from overflight.airspace.areas import parse_areas
from overflight.earth import cartesian, direct
from overflight.earth.straight import geodesic_over
from overflight.errors import RouteError
from overflight.partition.index import Index
from overflight.routes import Route, Waypoint
from overflight.rules import Finding, Rule
from overflight.rules.avoid import Asking
from overflight.rules.schedule import AvoidOnTheWay, Schedule, avoid_rule, parse_depart
from tests.oracles.nearest import least_distance_m
from tests.test_approaches import lines_of, route, world
from tests.worlds import make_world

LonLat = tuple[float, float]
WORLD = of.load_airspaces()
DAY = dt.date(2025, 10, 23)
TEXTS = ("icc", "eu", "nato", "schengen", "icc - HUN", "RUS", "USA", "CHN", "BRA | ARG", "icc | RUS")


def rules(texts: Sequence[str] = TEXTS, *, margin_km: float = 1000.0) -> list[Rule]:
    return [of.Avoid(of.ruleset(text, on=DAY, world=WORLD), margin_km=margin_km) for text in texts]


def wandering(legs: int, *, seed: int = 1, step_km: float = 500.0) -> Route:
    """Go so far at a time, turning a little."""
    turns = random.Random(seed)  # noqa: S311 - a route, not a secret
    points: list[LonLat] = [(37.0, 55.0)]
    azimuth = turns.uniform(0.0, 360.0)
    while len(points) <= legs:
        azimuth += turns.uniform(-40.0, 40.0)
        lon, lat = direct(*points[-1], azimuth, 1000.0 * step_km)
        if abs(lat) > 80.0:
            azimuth += 180.0
        else:
            points.append((lon, lat))
    return route(*points)


def looked(way: Route, judges: Sequence[Rule]) -> Surveyed:
    found = crossings(way, WORLD)
    return surveyed(found, WORLD, [rule.asks(found) for rule in judges if isinstance(rule, Asking)])


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of each search, for how many targets it is."""
    made: list[int] = []
    original = nearest.search

    def search(parts: Parts, index: Index, targets: Sequence[Target], work: Work) -> list[Nearest | None]:
        if targets:
            made.append(len(targets))
        return original(parts, index, targets, work)

    monkeypatch.setattr(approach, "search", search)
    return made


# Together as alone ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("margin_km", [0.0, 9.26, 300.0])
@pytest.mark.parametrize(
    "way",
    [
        of.great_circle("VKO", "BUD"),
        of.great_circle("JFK", "SIN"),
        route((170.0, 60.0), (-170.0, 62.0), (-170.0, 62.0), (-150.0, 50.0)),
        wandering(12),
    ],
    ids=["VKO-BUD", "over the pole", "over 180 degrees", "wandering"],
)
def test_rules_together_find_what_each_finds_alone(way: Route, margin_km: float) -> None:
    judges = rules(margin_km=margin_km)
    alone = [finding for rule in judges for finding in of.check(way, WORLD, rules=[rule]).findings]
    assert list(of.check(way, WORLD, rules=judges).findings) == alone


def test_rules_of_several_margins_and_territories_each_get_what_they_asked_for() -> None:
    way = of.great_circle("KEF", "YYZ")
    judges = [
        of.Avoid(["DNK", "GBR", "USA"], name="near"),
        of.Avoid(["DNK", "GBR", "USA"], name="wide", margin_km=900.0),
        of.Avoid(of.bloc("eu").on(DAY), margin_km=2000.0),
    ]
    verdict = of.check(way, WORLD, rules=judges)
    assert list(verdict.findings) == [f for rule in judges for f in of.check(way, WORLD, rules=[rule]).findings]
    km = {(f.rule, str(f.state)): f.closest_km for f in verdict.findings}
    assert km["near", "DNK"] == 0.0  # Greenland
    assert ("near", "GBR") not in km
    assert (km["eu", "DNK"] or 0.0) > 300.0  # the Faroes are left out, too
    assert verdict.crossings == of.crossings(way, WORLD)


def test_a_rule_that_says_nothing_beforehand_gets_its_answer_all_the_same() -> None:
    class Silent:
        name = "silent"

        def findings(self, crossings: of.Crossings, world: of.Airspaces) -> list[Finding]:
            near = closest_approaches(crossings, world, ["LVA"], within_km=400.0)
            return [Finding("silent", state, "clear", closest_km=a.km) for state, a in near.items()]

    found = of.check(of.great_circle("VKO", "BUD"), WORLD, rules=[Silent(), of.Avoid(["EST"])]).findings
    (latvia,) = closest_approaches(of.great_circle("VKO", "BUD"), WORLD, ["LVA"], within_km=400.0).values()
    assert [f.closest_km for f in found] == [latvia.km]


# Work -----------------------------------------------------------------------------------------------------------------


def test_all_rules_are_served_by_one_search_and_one_for_what_is_known_less_well(searches: list[int]) -> None:
    way = wandering(20)
    flight = Schedule(parse_depart("2025-10-23T23:30Z"), 800.0)
    by_date = {DAY: of.bloc("icc").on(DAY), DAY + dt.timedelta(1): of.ruleset("RUS", on=DAY)}
    changing = avoid_rule(by_date, flight)
    assert isinstance(changing, AvoidOnTheWay)
    of.check(way, WORLD, rules=[*rules(margin_km=200.0), changing])
    assert 1 <= len(searches) <= 2


def test_more_rules_about_the_same_states_take_no_more_work() -> None:
    way = wandering(40)
    one = looked(way, rules(["icc | nato | RUS | CHN"]))
    many = looked(
        way, rules(["icc | nato | RUS | CHN", "icc", "nato", "RUS", "CHN", "icc - HUN", "icc", "icc", "nato"])
    )
    of.Avoid(["POL"]).findings(many, WORLD)
    assert one.survey.work.marks > 0
    # Rules leave different territories out: a few states are asked for in two ways.
    assert many.survey.work.pairs <= 1.5 * one.survey.work.pairs
    assert many.survey.work.marks <= 1.5 * one.survey.work.marks


def test_what_was_announced_is_not_looked_for_again() -> None:
    crossings = looked(wandering(20), rules())
    before = crossings.survey.work.pairs
    for rule in rules():
        rule.findings(crossings, WORLD)
    assert crossings.survey.work.pairs == before


def test_work_grows_no_faster_than_the_legs() -> None:
    pairs = {n: looked(wandering(n), rules()).survey.work.pairs for n in (50, 100, 200)}
    assert pairs[100] < 2.5 * pairs[50]
    assert pairs[200] < 2.5 * pairs[100]
    assert pairs[200] < 500 * 200


@pytest.mark.parametrize(
    "points",
    [
        [(-80.5 + k * 1e-4, -45.0 if k % 2 else -18.0) for k in range(200)],  # to and fro along a coast
        [(-35.0 + k * 0.1, -50.0 if k % 2 else 60.0) for k in range(200)],  # along an ocean
        [((k * 61) % 360 - 180.0, 84.0 + (k % 7) * 0.8) for k in range(200)],  # around a pole
    ],
    ids=["coast", "ocean", "pole"],
)
def test_work_is_bounded_where_much_is_equally_near(points: list[LonLat]) -> None:
    work = looked(route(*points), rules()).survey.work
    assert work.pairs < 200_000
    assert work.marks < 100_000


def test_a_recorded_track_is_not_measured_leg_by_leg() -> None:
    path = of.great_circle("VKO", "BUD").path(max_km=0.1)
    assert len(path) > 15_000
    assert looked(route(*path), rules(margin_km=100.0)).survey.work.pairs < len(path)


def test_rules_about_areas_share_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = Parts.__init__

    def init(self: Parts, way: Route) -> None:
        made.append(way)
        original(self, way)

    monkeypatch.setattr(Parts, "__init__", init)
    way = of.great_circle("VKO", "BUD")
    judges: list[Rule] = [of.Avoid(["POL"])]
    for k, west in enumerate((20.0, 24.0, 33.0)):
        ring = [[west, 53.0], [west + 2.0, 53.0], [west + 2.0, 54.0], [west, 54.0], [west, 53.0]]
        text = json.dumps({"type": "Polygon", "coordinates": [ring]})
        judges.append(of.Avoid(parse_areas(text, "zone.geojson", name=f"zone {k}"), margin_km=600.0))
    together = of.check(way, WORLD, rules=judges).findings
    assert len(made) == 1
    assert len(together) == 4
    assert list(together) == [f for rule in judges for f in of.check(way, WORLD, rules=[rule]).findings]


def test_many_rules_about_the_same_areas_are_served_by_one_search(searches: list[int]) -> None:
    ring = [[20.0, 53.0], [22.0, 53.0], [22.0, 54.0], [20.0, 54.0], [20.0, 53.0]]
    zone = parse_areas(json.dumps({"type": "Polygon", "coordinates": [ring]}), "zone.geojson", name="zone")
    judges = [of.Avoid(zone, name=f"rule {k}", margin_km=600.0) for k in range(5)]
    found = of.check(of.great_circle("VKO", "BUD"), WORLD, rules=judges).findings
    assert len({finding.closest_km for finding in found}) == 1
    assert len(searches) == 1


@pytest.mark.parametrize(("lat", "most"), [(87.0, 11_000), (61.0, 22_000), (1.0, 11_500)])
def test_an_edge_has_no_more_points_than_it_bends(lat: float, most: int) -> None:
    """Round a pole a degree of longitude is short: the bend is what counts there."""
    index = make_world({"CAP": shapely.segmentize(box(-180.0, lat, 180.0, 90.0), 5.0)}).index
    borders = Borders(index, {1: 1})
    queue, marks = list(borders.tops), 0
    while queue:
        block = queue.pop()
        if borders.targets(block) and block.level:
            queue += borders.split(block)
        elif borders.targets(block):
            marks += sum(len(run.marks) for run in borders.runs(block))
    assert 360.0 * 111.0 * math.cos(math.radians(lat)) / 5.0 < marks < most


# Right ----------------------------------------------------------------------------------------------------------------


@st.composite
def ways(draw: st.DrawFn) -> list[LonLat]:
    """Draw short and long legs, some of no length, near the poles, 180 degrees and elsewhere."""
    lon = st.one_of(st.floats(-180.0, 180.0), st.sampled_from([180.0, -180.0, 0.0, 179.5]))
    lat = st.one_of(st.floats(-90.0, 90.0), st.sampled_from([90.0, -90.0, 0.0, 84.0]))
    points = [draw(st.tuples(lon, lat))]
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            x, y = points[-1]
            dx, dy = draw(st.tuples(st.floats(-9.0, 9.0), st.floats(-9.0, 9.0)))
            points.append((max(-180.0, min(180.0, x + dx)), max(-90.0, min(90.0, y + dy))))
        else:
            points.append(draw(st.tuples(lon, lat)))
        if draw(st.booleans()):
            points.append(points[-1])
    return points


@given(points=ways(), reach_km=st.sampled_from([100.0, 1000.0, 2000.0]), state=st.sampled_from(["PAR", "SEA", "ICE"]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_sampling_finds_nothing_nearer_on_any_way(points: list[LonLat], reach_km: float, state: str) -> None:
    try:
        way = route(*points)
    except RouteError:
        assume(False)
    assume(way.length_km < 4_000.0)
    crossed = crossings(way, world())
    assume(all(crossing.state != state for crossing in crossed))
    found = closest_approaches(crossed, world(), [state], within_km=reach_km)
    ends = [(w.lon, w.lat) for w in way.waypoints]
    ends = [p for k, p in enumerate(ends) if k == 0 or p != ends[k - 1]]
    least_km = least_distance_m(ends, lines_of(state)) / 1000.0
    km = next((a.km for a in found.values()), reach_km)
    assert km <= least_km + (0.0006 if least_km < 1000.0 else 0.0022)


@pytest.mark.parametrize(("km", "metres"), [(100.0, 0.001), (1000.0, 0.05), (2000.0, 1.0)])
def test_a_straight_line_tells_the_length_of_the_geodesic_over_it(km: float, metres: float) -> None:
    anywhere = random.Random(4)  # noqa: S311 - places, not secrets
    for _ in range(300):
        p = (0.0, math.degrees(math.asin(anywhere.uniform(-1.0, 1.0))))
        q = direct(*p, anywhere.uniform(0.0, 360.0), 1000.0 * km)
        assert geodesic_over(cartesian(*p), cartesian(*q)) == pytest.approx(1000.0 * km, abs=metres)


def test_the_nearer_of_two_borders_is_found_where_a_straight_line_is_shorter_to_the_other() -> None:
    """At the equator the Earth curves more to the north than to the east: by 100 m in 2,000 km."""
    north, east = direct(0.0, 0.0, 0.0, 1_990_040.0), direct(0.0, 0.0, 90.0, 1_990_000.0)
    assert math.dist(cartesian(0.0, 0.0), cartesian(*north)) < math.dist(cartesian(0.0, 0.0), cartesian(*east))
    shapes = [
        Polygon([north, (1.0, north[1] + 2.0), (-1.0, north[1] + 2.0)]),
        Polygon([east, (east[0] + 2.0, -1.0), (east[0] + 2.0, 1.0)]),
    ]
    there = make_world({"TIP": MultiPolygon(shapes)})
    way = route((0.0, 0.0), (-0.01, -0.01))
    (found,) = closest_approaches(way, there, ["TIP"], within_km=2000.0).values()
    assert found.km == pytest.approx(1990.0, abs=2e-3)
    assert found.on_border == pytest.approx(east, abs=1e-6)


def test_a_long_edge_is_near_between_its_marks() -> None:
    """A straight line between two far points of an edge is far under the ground: the tips seem nearer."""
    lats = [-0.4 + 0.0403 * k for k in range(20)]
    teeth = [point for lat in lats for point in ((99.99, lat - 0.01), (100.0 - 18e-6, lat), (99.99, lat + 0.01))]
    comb = Polygon([(99.0, -0.5), *teeth, (99.0, 0.5)])
    there = make_world({"TWO": MultiPolygon([box(100.0, -3.0, 110.0, 3.0), comb])}, cell_deg=0.5)
    for lat in lats:
        start = (100.0 - 3e-6, lat)  # a third of a metre west of the edge, 1.7 m east of a tip
        (found,) = closest_approaches(route(start, (100.0 - 4e-6, lat)), there, ["TWO"]).values()
        assert found.km < 0.0006


# Bounds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("km", [-1.0, math.nan, math.inf, 1e9, 1.852e308, 2000.1])
def test_a_distance_that_is_none_or_too_far_is_refused_in_one_line(km: float) -> None:
    way = Route((Waypoint(0.0, 0.0), Waypoint(1.0, 0.0)))
    with pytest.raises(RouteError, match="0 to 2000 km") as search:
        closest_approaches(way, world(), ["PAR"], within_km=km)
    with pytest.raises(RouteError, match="0 or more, and of 2000 km at most") as margin:
        of.Avoid(["PAR"], margin_km=km)
    assert "\n" not in f"{search.value}{margin.value}"
