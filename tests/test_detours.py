"""Detours: lawful, short, and honest about whose consent they need."""

from __future__ import annotations

import datetime as dt
import functools
import heapq
import itertools
import math
import random
import re
from array import array
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely

from overflight._crossings import closest_approaches, crossings
from overflight.airspace import Airspaces, State, bloc, load_airspaces
from overflight.detours import Candidate, Candidates, candidates, detour
from overflight.detours.budget import Budget
from overflight.detours.consents import barrier, minimal_sets
from overflight.detours.mesh import build
from overflight.detours.regions import Regions, holders
from overflight.detours.solver import Failure, Solved, Solver
from overflight.detours.taut import taut_path
from overflight.detours.waypoints import Thinner
from overflight.earth import distance_m, points_along
from overflight.earth.geod import distances_km
from overflight.earth.plane import Plane
from overflight.earth.sphere import bend_km, to_lonlat, to_unit
from overflight.routes import Route, Waypoint, great_circle
from overflight.rules import Avoid, check
from overflight.rules.rulesets import ruleset
from tests.oracles.visibility import Scene, shortest_path
from tests.worlds import make_world

Point = tuple[float, float]
ON = dt.date(2025, 10, 23)
EUROPE = Plane(10.0, 48.0)


def km(*points: Point) -> float:
    return sum(distance_m(*a, *b) for a, b in itertools.pairwise(points)) / 1000.0


def points_of(found: Route) -> list[Point]:
    return [(w.lon, w.lat) for w in found.waypoints]


def status(found: Route, world: Airspaces, forbidden: Collection[str], margin_km: float = 0.0) -> str:
    return check(found, world, rules=[Avoid(forbidden, margin_km=margin_km)]).status


def world_of(**polygons: shapely.Polygon) -> Airspaces:
    return make_world({code: shapely.segmentize(polygon, 0.5) for code, polygon in polygons.items()})


# ---- The taut path, on its own


def free_of(*obstacles: shapely.Polygon, plane: Plane = EUROPE) -> shapely.Polygon:
    """Return what obstacles in degrees leave free in the plane."""
    blocked = shapely.union_all([plane.project_shape(shapely.segmentize(o, 0.2)) for o in obstacles])
    return shapely.difference(shapely.Point(0, 0).buffer(4000.0), blocked)


def around_a_cap(start: Point, end: Point, pole: Point, radius_rad: float) -> float:
    """Length of the shortest path around a circle on a sphere, in radians: tangent, arc, tangent."""
    u, v, c = to_unit(np.array([start, end, pole]))
    to_start, to_end = math.acos(u @ c), math.acos(v @ c)
    angle = math.acos(float(np.cross(u, c) @ np.cross(v, c)) / math.sin(to_start) / math.sin(to_end))
    hidden = [math.acos(math.tan(radius_rad) / math.tan(d)) for d in (to_start, to_end)]
    tangents = [math.acos(math.cos(d) / math.cos(radius_rad)) for d in (to_start, to_end)]
    return sum(tangents) + (angle - sum(hidden)) * math.sin(radius_rad)


def test_a_path_around_a_round_obstacle_is_as_long_as_the_sphere_says() -> None:
    pole, radius_deg = (10.0, 48.0), 4.0
    turns = np.linspace(0.0, 2.0 * math.pi, 721)[:-1]
    away = EUROPE.radius(radius_deg)
    ring = EUROPE.to_lonlat(np.column_stack([away * np.cos(turns), away * np.sin(turns)]))
    found = taut_path(free_of(shapely.Polygon(ring)), EUROPE, (0.0, 46.0), (20.0, 47.0), most_km=5000.0)
    assert found is not None
    expected = around_a_cap((0.0, 46.0), (20.0, 47.0), pole, math.radians(radius_deg))
    along = sum(math.acos(float(a @ b)) for a, b in itertools.pairwise(to_unit(np.array(found))))
    assert along == pytest.approx(expected, rel=2e-5)


def blobs(seed: int, count: int = 7) -> list[shapely.Polygon]:
    """Make some irregular polygons that may overlap, none near (-8, 44) and (27, 53)."""
    rng = random.Random(seed)  # noqa: S311
    made = []
    for _ in range(count):
        x, y = rng.uniform(-2.0, 21.0), rng.uniform(42.0, 54.0)
        turns = sorted(rng.uniform(0.0, math.tau) for _ in range(rng.randint(5, 12)))
        ring = [(x + rng.uniform(1.0, 4.5) * math.cos(t), y + rng.uniform(0.7, 3.0) * math.sin(t)) for t in turns]
        made += [p for p in shapely.get_parts(shapely.make_valid(shapely.Polygon(ring))) if p.area > 0.01]
    return made


def oracle_km(free: shapely.Polygon, start: Point, end: Point) -> float:
    """Shortest path by brute force: every pair of obstacle corners, drawn out and laid over the free part."""
    corners = EUROPE.to_lonlat(shapely.get_coordinates(shapely.simplify(free, 1e-9)))
    nodes = np.unique(np.vstack([[start], [end], corners]).round(9), axis=0)
    first = int(np.argmin(np.abs(nodes - start).sum(axis=1)))
    last = int(np.argmin(np.abs(nodes - end).sum(axis=1)))
    room = shapely.buffer(free, 0.02)
    shapely.prepare(room)
    unit = to_unit(nodes)
    share = np.linspace(0.0, 1.0, 60)[:, None]
    length = np.full(len(nodes), math.inf)
    length[first] = 0.0
    queue, done = [(0.0, first)], set()
    while queue:
        here_km, here = heapq.heappop(queue)
        if here == last:
            return here_km
        if here in done:
            continue
        done.add(here)
        others = [k for k in range(len(nodes)) if k not in done]
        lines = [
            shapely.LineString(EUROPE.project(to_lonlat(unit[here] * (1 - share) + unit[k] * share))) for k in others
        ]
        ways = here_km + distances_km(nodes[others], *nodes[here])
        for k, ok, way in zip(others, shapely.covers(room, lines), ways.tolist(), strict=True):
            if ok and way < length[k]:
                length[k] = way
                heapq.heappush(queue, (way, k))
    return math.inf


@pytest.mark.parametrize("seed", range(6))
def test_no_path_among_random_obstacles_is_shorter(seed: int) -> None:
    start, end = (-8.0, 44.0), (27.0, 53.0)
    rng = random.Random(seed)  # noqa: S311
    blocked = shapely.union_all(
        [shapely.simplify(EUROPE.project_shape(p), 5.0).buffer(rng.uniform(1.0, 9.0), quad_segs=1) for p in blobs(seed)]
    )
    room = shapely.difference(shapely.Point(0, 0).buffer(2500.0, quad_segs=4), blocked)
    free = next(p for p in shapely.get_parts(room) if p.contains(shapely.Point(EUROPE.project(np.array([start]))[0])))
    found = taut_path(free, EUROPE, start, end, most_km=9000.0)
    assert found is not None
    assert km(*found) == pytest.approx(oracle_km(free, start, end), rel=1e-5)
    seen = shortest_path(Scene.from_free(free, EUROPE), start, end, most_km=9000.0)
    assert seen is not None
    assert km(*found) == pytest.approx(seen[0], abs=1e-3), "as short as a search among all corners that see each other"
    back = taut_path(free, EUROPE, end, start, most_km=9000.0)
    assert back is not None
    assert km(*back) == pytest.approx(km(*found), abs=1e-4), "the way back is as long as the way there"
    assert taut_path(free, EUROPE, start, end, most_km=0.99 * km(*found)) is None
    few = Thinner(free, EUROPE).thinned(found)
    assert (few[0], few[-1]) == (start, end)
    assert len(few) <= len(found)
    assert km(*few) <= km(*found) * 1.000501
    for a, b in itertools.pairwise(few):
        assert shapely.covers(free.buffer(0.05), EUROPE.line((a, b), 5.0))


def test_short_edges_hide_nothing_that_they_do_not_cover() -> None:
    """Seen on 2026-11-21: a wiggle of 1 m on an outline hid the corner behind it, and a strait was missed."""
    ring = [(0.0, 0.0), (100.0, 30.0), (100.0003, 30.0002), (100.0005, 30.0004), (200.0, 0.0), (100.0, -80.0)]
    free = shapely.difference(shapely.Point(0, 0).buffer(900.0), shapely.Polygon(ring))
    start, end = (tuple(p) for p in EUROPE.to_lonlat(np.array([[-100.0, 0.0], [300.0, 0.0]])).tolist())
    ways = [taut_path(free, EUROPE, *ends, most_km=3000.0) for ends in ((start, end), (end, start))]
    assert ways[0] is not None
    assert ways[1] is not None
    assert km(*ways[0]) == pytest.approx(km(*ways[1]), abs=1e-4)
    assert km(*ways[0]) == pytest.approx(math.hypot(200, 30) * 2, rel=0.003)


# ---- One obstacle: length and law


def test_a_detour_rounds_a_wall_by_its_nearer_end() -> None:
    world = world_of(AAA=shapely.box(10.0, 30.0, 14.0, 50.0))
    found = detour((2.0, 45.0), (22.0, 45.0), world, avoid={"AAA"}, margin_km=0.0)
    assert found is not None
    assert found.kind == "detour"
    assert status(found, world, {"AAA"}) == "clear"
    # The wall's northern end is the parallel between its corners; the way along it rounds both.
    top = points_along(10.0, 50.0, 14.0, 50.0, max_km=5.0)
    assert found.length_km <= km((2.0, 45.0), *top, (22.0, 45.0)) * 1.001
    assert found.length_km >= km((2.0, 45.0), (10.0, 50.0), (14.0, 50.0), (22.0, 45.0)) - 0.001
    assert len(found.waypoints) <= 5


def test_a_lawful_great_circle_is_returned_alone() -> None:
    world = world_of(AAA=shapely.box(10.0, 30.0, 14.0, 40.0))
    direct = great_circle((2.0, 48.0), (22.0, 48.0))
    found = candidates(direct, world, avoid={"AAA"})
    assert [c.route for c in found] == [direct]
    assert found[0].minimal
    assert found[0].verdict.status == "clear"
    assert found.barrier == ()
    assert detour((2.0, 48.0), (22.0, 48.0), world, avoid={"AAA"}) == direct


@pytest.mark.parametrize("margin_km", [0.0, 5.0, 60.0])
def test_a_margin_is_kept(margin_km: float) -> None:
    world = world_of(AAA=shapely.box(10.0, 42.0, 14.0, 50.0), BBB=shapely.box(16.0, 30.0, 17.0, 44.0))
    found = candidates(great_circle((2.0, 45.0), (22.0, 43.0)), world, avoid={"AAA", "BBB"}, margin_km=margin_km)
    best = found[1]
    assert best.verdict.status == "clear"
    near = closest_approaches(best.route, world, {"AAA", "BBB"}, within_km=margin_km + 20.0)
    assert min(a.km for a in near.values()) >= margin_km
    assert min(a.km for a in near.values()) <= margin_km + 2.0, "no farther off than it must be"
    assert best.gap_pct is not None
    assert 0.0 <= best.gap_pct <= 1.0


@pytest.mark.parametrize(("gap_km", "through"), [(0.15, False), (3.0, True)])
def test_a_strait_narrower_than_the_accuracy_is_no_way(gap_km: float, *, through: bool) -> None:
    half = gap_km / 111.2 / 2.0
    world = world_of(AAA=shapely.box(10.0, 30.0, 11.0, 45.0 - half), BBB=shapely.box(10.0, 45.0 + half, 11.0, 60.0))
    world = replace(world, accuracy_m=100.0)
    found = detour((5.0, 45.3), (16.0, 45.3), world, avoid={"AAA", "BBB"}, margin_km=0.0)
    assert found is not None
    assert status(found, world, {"AAA", "BBB"}) == "clear"
    assert (found.length_km < 1000.0) is through


def closest_km(found: Candidate, world: Airspaces) -> float:
    return closest_approaches(found.route, world, {"AAA"}, within_km=50.0)[State("AAA")].km


def test_a_route_keeps_a_nautical_mile_off_unless_told_otherwise() -> None:
    """A strait of 3 km is a way as the border has it, and none for an aircraft that keeps 1 NM of its line."""
    half = 1.5 / 111.2
    world = world_of(AAA=shapely.box(10.0, 30.0, 11.0, 45.0 - half), BBB=shapely.box(10.0, 45.0 + half, 11.0, 60.0))
    ends = (5.0, 45.3), (16.0, 45.3)
    exact = detour(*ends, world, avoid={"AAA", "BBB"}, margin_km=0.0)
    usual = detour(*ends, world, avoid={"AAA", "BBB"})
    assert exact is not None
    assert usual is not None
    assert exact.length_km < 1000.0 < usual.length_km
    assert check(usual, world, rules=[Avoid({"AAA", "BBB"}, margin_km=1.852)]).status == "clear"


def test_a_great_circle_that_skims_a_border_is_no_answer() -> None:
    """A kilometre off, where the border is known to 100 m: nothing is entered, and a route round it is found."""
    direct = great_circle((5.0, 0.0), (16.0, 0.0))  # along the equator
    world = world_of(AAA=shapely.box(10.0, -20.0, 11.0, -1.0 / 110.574))
    first, second = candidates(direct, world, avoid={"AAA"})
    assert [first.route.kind, first.verdict.status, first.consents] == ["great-circle", "marginal", ()]
    assert first.closest is not None
    assert first.closest.closest_km == pytest.approx(1.0, abs=0.001)
    assert second.verdict.status == "clear"
    assert closest_km(second, world) >= 1.852
    assert len(candidates(direct, world, avoid={"AAA"}, margin_km=0.0)) == 1


@pytest.mark.parametrize(("stated_m", "off_km"), [(100, 0.1), (5000, 5.0)])
def test_a_detour_keeps_as_far_off_as_a_border_is_known(stated_m: int, off_km: float) -> None:
    """Round the corner of a wall; the bound allows for what must be kept off. Farther than the 1 NM of any route."""
    world = world_of(AAA=shapely.box(10.0, 40.0, 11.0, 46.0), BBB=shapely.box(10.0, 20.0, 11.0, 40.0))
    stated = memoryview(array("H", [stated_m] * len(world.index.arc_left)))
    world = replace(world, index=replace(world.index, arc_accuracy=stated))
    direct = great_circle((5.0, 45.0), (16.0, 45.0))
    found = candidates(direct, world, avoid={"AAA", "BBB"}, margin_km=0.0)[1]
    assert found.verdict.status == "clear"
    assert found.closest is not None
    assert (found.closest.state, found.closest.closest_km) == ("AAA", closest_km(found, world))
    usual = candidates(direct, world, avoid={"AAA", "BBB"})[1]
    assert max(off_km, 1.852) <= closest_km(usual, world) <= max(off_km, 1.852) + 0.5
    near = closest_approaches(found.route, world, {"AAA"}, within_km=50.0)[State("AAA")]
    assert off_km <= near.km <= off_km + 0.5
    assert found.gap_pct is not None
    assert 0.0 <= found.gap_pct <= 0.5


@pytest.mark.parametrize(("gap_km", "margin_km"), [(6.0, 5.0), (30.0, 25.0)])
def test_a_passage_that_only_a_smaller_margin_opens_is_named_and_offered(gap_km: float, margin_km: float) -> None:
    half = gap_km / 111.2 / 2.0
    world = world_of(AAA=shapely.box(10.0, 20.0, 11.0, 45.0 - half), BBB=shapely.box(10.0, 45.0 + half, 11.0, 65.0))
    found = candidates(great_circle((5.0, 44.0), (16.0, 44.0)), world, avoid={"AAA", "BBB"}, margin_km=margin_km)
    (narrow,) = [c for c in found if c.narrowest is not None]
    assert narrow.narrowest is not None
    assert narrow.verdict.status == "marginal"
    assert narrow.consents == ()
    assert {state.code for state in narrow.narrowest.states} == {"AAA", "BBB"}
    assert narrow.narrowest.width_km == pytest.approx(gap_km, rel=0.03)
    assert narrow.narrowest.need_km == pytest.approx(2.0 * margin_km)
    assert narrow.narrowest.place[1] == pytest.approx(45.0, abs=0.05)
    assert 9.9 <= narrow.narrowest.place[0] <= 11.1
    lawful = [c for c in found if c.verdict.passed and not c.consents]
    assert lawful, "the way round is lawful"
    assert all(c.route.length_km > 1.2 * narrow.route.length_km for c in lawful)


def test_the_only_way_out_is_named_where_it_is_too_narrow() -> None:
    wall = shapely.box(0.0, 40.0, 10.0, 50.0) - shapely.box(3.0, 43.0, 7.0, 47.0) - shapely.box(7.0, 44.98, 10.0, 45.02)
    world = world_of(AAA=wall)
    found = candidates(great_circle((5.0, 45.0), (20.0, 45.1)), world, avoid={"AAA"}, margin_km=4.0)
    none = next(one for one in found.minimal_consents if not one.consents)
    assert none.status == "narrow"
    assert none.narrowest is not None
    assert none.narrowest.width_km == pytest.approx(0.04 * 111.2, rel=0.03)
    assert [state.code for state in none.narrowest.states] == ["AAA"]
    assert none.to_dict()["narrowest"]["need_km"] == 8.0
    (offered,) = [c for c in found if c.narrowest is not None]
    assert offered.verdict.status == "marginal"
    wide = candidates(great_circle((5.0, 45.0), (20.0, 45.1)), world, avoid={"AAA"}, margin_km=1.0)
    assert all(c.narrowest is None for c in wide)


def test_a_route_over_the_pole_goes_round_a_polar_cap() -> None:
    world = world_of(CAP=shapely.box(-180.0, 84.0, 180.0, 90.0))
    found = detour((0.0, 70.0), (170.0, 72.0), world, avoid={"CAP"})
    assert found is not None
    assert status(found, world, {"CAP"}) == "clear"
    on_sphere = around_a_cap((0.0, 70.0), (170.0, 72.0), (0.0, 90.0), math.radians(6.0)) * 6371.0
    assert found.length_km == pytest.approx(on_sphere, rel=0.006)


def test_a_route_across_180_degrees_goes_round_what_lies_there() -> None:
    world = world_of(EST=shapely.box(170.0, 30.0, 180.0, 50.0), WST=shapely.box(-180.0, 30.0, -170.0, 50.0))
    for start, end in (((160.0, 41.0), (-160.0, 41.0)), ((-160.0, 41.0), (160.0, 41.0))):
        found = detour(start, end, world, avoid={"EST", "WST"})
        assert found is not None
        assert status(found, world, {"EST", "WST"}) == "clear"
        around = km(start, *((math.copysign(170.0, start[0]), 50.0), (math.copysign(170.0, end[0]), 50.0)), end)
        assert around - 0.001 <= found.length_km <= around * 1.003
        moved = world_of(AAA=shapely.box(-10.0, 30.0, 10.0, 50.0))
        sign = math.copysign(1.0, start[0])
        same = detour((-20.0 * sign, 41.0), (20.0 * sign, 41.0), moved, avoid={"AAA"})
        assert same is not None
        assert found.length_km == pytest.approx(same.length_km, rel=1e-4), "180 degrees is an ordinary place"


def test_geodesics_that_stray_from_great_circles_into_an_airspace_are_put_right() -> None:
    """On a leg of 5,000 km the two part by up to 1.7 km: one may be free where the other is not."""
    start, end = (-30.0, 50.0), (40.0, 50.0)
    middle = points_along(*start, *end, max_km=km(start, end) / 2)[1]
    u, v = to_unit(np.array([start, end]))
    on_circle = to_lonlat((u + v) / np.linalg.norm(u + v))[0]
    apart = middle[1] - float(on_circle[1])
    assert 0.2 < abs(apart) * 111.2 < bend_km(km(start, end))
    # A point of land between the two that the geodesic cuts and the great circle clears.
    edge = float(on_circle[1]) + 0.5 * apart
    far = edge + math.copysign(0.4, apart)
    world = world_of(AAA=shapely.Polygon([(middle[0] - 0.05, far), (middle[0], edge), (middle[0] + 0.05, far)]))
    direct = great_circle(start, end)
    assert status(direct, world, {"AAA"}) == "crosses"
    found = detour(start, end, world, avoid={"AAA"})
    assert found is not None
    assert status(found, world, {"AAA"}) == "clear"
    assert found.length_km < direct.length_km * 1.0001


# ---- A small continent, and an independent reference

CONTINENT = {
    "AAA": shapely.Polygon([(0, 42), (6, 40), (8, 47), (3, 49)]),
    "BBB": shapely.Polygon([(8, 47), (6, 40), (13, 38), (14, 45)]),
    "CCC": shapely.Polygon([(8, 47), (14, 45), (16, 52), (7, 53), (3, 49)]),
    "DDD": shapely.Polygon([(18, 40), (23, 42), (21, 55), (17.5, 50)]),
}


@functools.cache
def continent() -> Airspaces:
    return make_world(CONTINENT)


def grid_km(start: Point, end: Point, forbidden: Collection[str], step_deg: float = 0.25) -> float:
    """Length of the shortest path over a grid whose moves (32 directions) stay off the forbidden polygons.

    It is too long by less than 1.5 %: turns between directions, and corners rounded by a step.
    """
    shut = shapely.union_all([CONTINENT[code] for code in forbidden])
    shapely.prepare(shut)
    lons, lats = np.arange(-6.0, 28.0, step_deg), np.arange(34.0, 60.0, step_deg)
    moves = [(i, j) for i in range(-5, 6) for j in range(-5, 6) if math.gcd(i, j) == 1 and abs(i) + abs(j) <= 7]
    at = np.stack(np.meshgrid(lons, lats), axis=-1)
    free = {}
    for i, j in moves:
        lines = shapely.linestrings(np.stack([at, at + np.array([i, j]) * step_deg], axis=-2))
        free[i, j] = ~shapely.intersects(shut, lines)
    costs = {
        (i, j, row): km((0.0, lat), (i * step_deg, lat + j * step_deg))
        for i, j in moves
        for row, lat in enumerate(lats)
    }
    first = (int(np.argmin(np.abs(lats - start[1]))), int(np.argmin(np.abs(lons - start[0]))))
    last = (int(np.argmin(np.abs(lats - end[1]))), int(np.argmin(np.abs(lons - end[0]))))
    best = {first: 0.0}
    queue, done = [(0.0, first)], set()
    while queue:
        length, here = heapq.heappop(queue)
        if here == last:
            return length
        if here in done:
            continue
        done.add(here)
        for i, j in moves:
            row, col = here[0] + j, here[1] + i
            if 0 <= row < len(lats) and 0 <= col < len(lons) and free[i, j][here]:
                way = length + costs[i, j, here[0]]
                if way < best.get((row, col), math.inf):
                    best[row, col] = way
                    heapq.heappush(queue, (way, (row, col)))
    return math.inf


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "end"), [((-3.0, 45.0), (25.0, 47.0)), ((9.0, 36.0), (12.0, 56.0)), ((16.0, 39.0), (2.0, 54.0))]
)
def test_detours_are_as_short_as_a_fine_grid_says(start: Point, end: Point) -> None:
    found = detour(start, end, continent(), avoid=CONTINENT)
    assert found is not None
    assert status(found, continent(), CONTINENT) == "clear"
    reference = grid_km(start, end, CONTINENT)
    assert reference * 0.985 <= found.length_km <= reference * 1.001


@pytest.mark.parametrize("seed", range(3))
def test_candidates_are_lawful_with_their_consents_and_minimal(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    start, end = (rng.uniform(-5.0, -1.0), rng.uniform(38.0, 52.0)), (rng.uniform(24.0, 27.0), rng.uniform(40.0, 54.0))
    inside = (11.0, 42.0) if seed == 1 else start
    found = candidates(great_circle(inside, end), continent(), avoid=CONTINENT)
    assert found[0].route.kind == "great-circle"
    sets = [frozenset(s.consents) for s in found.minimal_consents]
    assert not any(a < b for a in sets for b in sets), "no set holds another"
    order = [(not c.front, len(c.consents), c.route.length_km) for c in found[1:]]
    assert order == sorted(order), "the front first"
    for c in found[1:]:
        rule = Avoid(CONTINENT, allow=c.consents)
        assert check(c.route, continent(), rules=[rule]).status == "clear"
        assert {s.state for s in crossings(c.route, continent())} <= set(c.consents)
        assert c.minimal == (frozenset(c.consents) in sets)
        assert c.minimal or c.front
        assert c.extension_km == pytest.approx(c.route.length_km - found[0].route.length_km)
        assert c.gap_pct is not None
        assert 0.0 <= c.gap_pct < 0.1
        assert points_of(c.route)[0] == points_of(found[0].route)[0]


# ---- Whose consent


def ring_world() -> Airspaces:
    """HUB, closed in by four states; behind the northern one lies another that closes it off from the sea."""
    inner, outer = shapely.box(9, 44, 13, 47), shapely.box(6, 42, 16, 49)
    quarter = {
        "NNN": [(6, 49), (9, 47), (13, 47), (16, 49)],
        "EEE": [(16, 49), (13, 47), (13, 44), (16, 42)],
        "SSS": [(16, 42), (13, 44), (9, 44), (6, 42)],
        "WWW": [(6, 42), (9, 44), (9, 47), (6, 49)],
    }
    cap = shapely.Polygon([(6, 49), (16, 49), (16, 53), (6, 53)])
    assert shapely.area(shapely.union_all([shapely.Polygon(q) for q in quarter.values()])) == pytest.approx(
        outer.area - inner.area
    )
    return make_world({"HUB": inner, **{k: shapely.Polygon(q) for k, q in quarter.items()}, "TOP": cap})


RING = ("HUB", "NNN", "EEE", "SSS", "WWW", "TOP")


def consents_of(found: Candidates) -> list[str]:
    return [" ".join(s.consents) for s in found.minimal_consents]


def test_a_closed_ring_lists_every_minimal_set_and_names_the_ring() -> None:
    found = candidates(great_circle((30.0, 46.0), (11.0, 45.5)), ring_world(), avoid=RING)
    assert sorted(consents_of(found)) == ["EEE HUB", "HUB NNN TOP", "HUB SSS", "HUB WWW"]
    assert found.barrier == ("NNN", "EEE", "SSS", "WWW"), "clockwise from the north"
    assert found.searched_size == 4
    assert [s.length_km for s in found.minimal_consents[:3]] == sorted(
        s.length_km for s in found.minimal_consents[:3] if s.length_km
    )
    # The great circle needs HUB and EEE only, which is a minimal set: no detour repeats it.
    assert found[0].minimal
    assert "EEE HUB" not in {" ".join(c.consents) for c in found[1:]}
    assert {" ".join(c.consents) for c in found[1:]} == {"HUB SSS", "HUB WWW", "HUB NNN TOP"}
    assert found.minimal_consents[0].to_dict() == {
        "consents": ["EEE", "HUB"],
        "length_km": round(found[0].route.length_km, 3),
        "status": "route",
    }


def test_consent_that_is_given_is_not_asked_for() -> None:
    found = candidates(great_circle((11.0, 45.5), (30.0, 55.0)), ring_world(), avoid=RING, allow={"HUB", "WWW"})
    assert [c.consents for c in found if c.route.kind == "detour"] == [()]
    assert found.barrier == ()
    assert consents_of(found) == [""]
    assert found[1].verdict.status == "clear"


def test_where_no_consent_opens_a_way_there_is_the_barrier_only() -> None:
    found = candidates(great_circle((30.0, 46.0), (11.0, 45.5)), ring_world(), avoid=RING, max_size=0)
    assert len(found) == 1
    assert found.minimal_consents == ()
    assert found.searched_size == 1
    assert set(found.barrier) == {"NNN", "EEE", "SSS", "WWW"}
    assert detour((30.0, 46.0), (11.0, 45.5), ring_world(), avoid=RING) is None


def test_the_state_of_departure_consents_by_need_and_its_way_out_is_the_shortest() -> None:
    found = candidates(great_circle((4.0, 44.0), (20.0, 48.0)), continent(), avoid=CONTINENT, limit=2)
    assert found[0].consents == ("AAA", "CCC", "DDD") or "AAA" in found[0].consents
    assert all("AAA" in c.consents for c in found)
    only = [s for s in found.minimal_consents if len(s.consents) == 2]
    assert [s.consents for s in only] == [("AAA", "DDD")], "the destination lies in DDD"
    assert len(found) <= 2


def test_the_margin_but_not_the_airspace_is_waived_near_a_terminal() -> None:
    world = world_of(AAA=shapely.box(10.0, 42.0, 14.0, 50.0))
    start = (9.9, 46.0)  # 7.7 km from the border
    found = candidates(great_circle(start, (22.0, 46.0)), world, avoid={"AAA"}, margin_km=20.0)
    best = found[1]
    assert best.verdict.status == "marginal"
    assert not [s for s in crossings(best.route, world) if s.state == "AAA"]
    away = points_along(*start, *points_of(best.route)[1], max_km=75.0)[1]
    rest = Route((Waypoint(*away), *best.route.waypoints[1:]))
    assert status(rest, world, {"AAA"}, margin_km=20.0) == "clear"


def test_detours_beyond_the_largest_extension_are_left_out() -> None:
    direct = great_circle((30.0, 46.0), (11.0, 45.5))
    found = candidates(direct, ring_world(), avoid=RING, max_extension_pct=5.0, limit=3)
    assert all(c.extension_pct <= 5.0 for c in found)
    assert {s.status for s in found.minimal_consents} == {"route", "longer"}


def graph(edges: Sequence[tuple[int, int]], held: Sequence[str]) -> Regions:
    around = [frozenset(b for a, b in [*edges, *[e[::-1] for e in edges]] if a == k) for k in range(len(held))]
    shore = tuple(to_unit(np.array([[k, 0.0], [k, 1.0]])) for k in range(len(held)))
    own = tuple(frozenset(h.split()) for h in held)
    return Regions(tuple(range(len(held))), tuple(around), own, np.ones(len(held)), shore)


@pytest.mark.parametrize("seed", range(25))
def test_consent_sets_and_barriers_are_those_that_trying_all_sets_finds(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    size, states = 11, "ABCDEFG"
    held = ["" if rng.random() < 0.25 else " ".join(rng.sample(states, rng.choice([1, 1, 1, 2]))) for _ in range(size)]
    edges = [(a, b) for a in range(size) for b in range(a) if rng.random() < 0.22]
    regions = graph(edges, held)
    asked = {s for h in held for s in h.split()}
    subsets = [frozenset(c) for n in range(len(asked) + 1) for c in itertools.combinations(sorted(asked), n)]
    feasible = [c for c in subsets if regions.holders[0] | regions.holders[1] <= c and 1 in regions.reach(0, asked - c)]
    minimal = {c for c in feasible if not any(other < c for other in feasible)}
    found = minimal_sets(regions, 0, 1, forbidden=asked, most=9)
    assert set(found) == minimal
    assert len(found) == len(minimal), "each once"
    few = {c for c in minimal if len(c) <= len((regions.holders[0] | regions.holders[1]) & asked) + 1}
    assert set(minimal_sets(regions, 0, 1, forbidden=asked, most=1)) == few
    if not minimal or frozenset() in minimal:
        return
    ring = frozenset(barrier(regions, 0, 1, forbidden=asked))
    given = (regions.holders[0] | regions.holders[1]) & asked
    if any(c == given for c in minimal):
        assert ring == given
        return
    assert not ring & given
    assert 1 not in regions.reach(0, ring), "it parts the two"
    assert all(1 in regions.reach(0, ring - {s}) for s in ring), "and no state of it is needless"


def test_regions_tell_apart_the_parts_of_a_state_and_join_them_across_180_degrees() -> None:
    world = make_world(
        {
            "TWO": shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(6, 0, 8, 2)]),
            "MID": shapely.box(2, 0, 6, 2),
            "DAT": shapely.MultiPolygon([shapely.box(170, 60, 180, 66), shapely.box(-180, 60, -172, 66)]),
        }
    )
    alone = np.arange(len(world.pieces))
    mesh = build(world.index, np.zeros(len(world.index.arc_left)), alone)
    regions = Regions.of(mesh, alone, [holders(piece) for piece in world.pieces])
    west, middle, east = (regions.at(world, x, 1.0) for x in (1.0, 4.0, 7.0))
    assert len({west, middle, east}) == 3
    assert middle in regions.neighbours[west] & regions.neighbours[east]
    assert east not in regions.neighbours[west]
    assert regions.at(world, 175.0, 63.0) == regions.at(world, -175.0, 63.0)
    sea = regions.at(world, 90.0, -80.0)
    assert regions.at(world, 0.0, 89.0) == sea
    assert regions.neighbours[sea] == {west, middle, east, regions.at(world, 175.0, 63.0)}


# ---- The real world


@pytest.mark.slow
def test_moscow_budapest_finds_the_sets_that_open_a_way_and_lawful_short_routes() -> None:
    world, icc = load_airspaces(), bloc("icc").on(ON)
    found = candidates(great_circle("VKO", "BUD"), world, avoid=icc, name="icc")
    sets = {" ".join(sorted(set(s.consents) - {"HUN"})): s for s in found.minimal_consents}
    assert all("HUN" in s.consents for s in found.minimal_consents)
    assert {"UKR", "ROU", "HRV", "POL SVK", "BGR SRB", "MNE SRB"} <= sets.keys()
    assert not any(set(a.split()) < set(b.split()) for a in sets for b in sets)
    assert {s for s in sets if " " not in s} == {"UKR", "ROU", "HRV"}
    assert set(found.barrier) == {"AUT", "HRV", "ROU", "SRB", "SVK", "SVN", "UKR"}
    assert found.searched_size == 4
    # Prototypes on other borders, straits and Greek waters among them: near, not equal.
    for who, length_km in {"UKR": 1547, "POL SVK": 1565, "ROU": 2726, "BGR SRB": 2918}.items():
        assert sets[who].length_km == pytest.approx(length_km, rel=0.004)
    for who, length_km in {"MNE SRB": 4532, "HRV": 4713}.items():
        assert sets[who].length_km == pytest.approx(length_km, rel=0.03)
    assert len(found) == 8
    assert found[0].route.kind == "great-circle"
    assert found[0].verdict.status == "crosses"
    order = [(not c.front, len(c.consents), c.route.length_km) for c in found[1:]]
    assert order == sorted(order), "the front first"
    for c in found[1:]:
        assert c.route.kind == "detour"
        verdict = check(c.route, world, rules=[Avoid(icc, allow=c.consents)])
        assert verdict.status == "clear"
        assert {s.state for s in verdict.crossings} & icc == set(c.consents)
        assert c.gap_pct is not None
        assert 0.0 <= c.gap_pct <= 0.1
        assert len(c.route.waypoints) <= 35
        assert c.minimal != (set(c.consents) == {"HUN", "SVK", "UKR"}), "which is on the front only"
    assert [" ".join(c.consents) for c in found if c.front] == ["HUN POL SVK UKR", "HUN UKR", "HUN SVK UKR"]
    assert found[2].route.length_km == pytest.approx(1541.6, abs=0.5)
    assert found.complete
    assert found.front_size == 4


@pytest.mark.slow
def test_a_margin_that_closes_a_way_is_met_by_asking_more_states() -> None:
    world, icc = load_airspaces(), bloc("icc").on(ON)
    found = candidates(great_circle("VKO", "BUD"), world, avoid=icc, margin_km=40.0, max_size=2)
    sets = {" ".join(s.consents): s for s in found.minimal_consents}
    assert sets["HUN UKR"].status == "narrow"
    assert sets["HUN SVK UKR"].length_km == pytest.approx(1552.7, abs=0.5)
    assert "HUN SVK UKR" in {" ".join(c.consents) for c in found if c.minimal and c.front}
    otranto = sets["HRV HUN"].narrowest
    assert otranto is not None
    assert otranto.width_km == pytest.approx(27.9, abs=0.5)
    assert {state.code for state in otranto.states} == {"ALB", "ITA"}


def test_what_was_found_until_a_search_is_stopped_is_given_and_said_not_to_be_complete(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    solve = Solver.solve
    asked = []

    def stopped(self: Solver, consents: Collection[str], *, name: str) -> Solved | Failure:
        asked.append(consents)
        if len(asked) > 2:
            raise KeyboardInterrupt
        return solve(self, consents, name=name)

    monkeypatch.setattr(Solver, "solve", stopped)
    found = candidates(great_circle((30.0, 46.0), (11.0, 45.5)), ring_world(), avoid=RING)
    assert [c.status for c in found.minimal_consents].count("unfinished") == 2
    assert len(found.minimal_consents) == 4
    assert not found.complete
    assert found.unfinished == "stopped on request"
    assert "stopped" in caplog.text
    monkeypatch.undo()
    assert candidates(great_circle((30.0, 46.0), (11.0, 45.5)), ring_world(), avoid=RING).complete


def test_a_search_that_takes_long_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def tell_and_say(self: Budget, news: str, share: float | None = None) -> None:
        tell(self, news, share)
        self.say()

    tell = Budget.tell
    monkeypatch.setattr(Budget, "tell", tell_and_say)
    route = great_circle((30.0, 46.0), (11.0, 45.5), name="a\x1b[2J\n::error::b")
    candidates(route, ring_world(), avoid=RING, time_limit_s=3600.0)
    assert re.search(r"a\\x1b\[2J\\n::error::b: 1 of 4 sets of consents tried; \d+ s of 3600 s", caplog.text)
    assert "\x1b" not in caplog.text


@pytest.mark.parametrize("seed", range(3))
def test_the_front_is_what_trying_all_sets_of_consents_finds(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    start, end = (rng.uniform(-5.0, -1.0), rng.uniform(38.0, 52.0)), (rng.uniform(24.0, 27.0), rng.uniform(40.0, 54.0))
    found = candidates(great_circle(start, end), continent(), avoid=CONTINENT, max_size=4, limit=20)
    shortest: dict[int, float] = {}
    for size in range(5):
        for consents in itertools.combinations(CONTINENT, size):
            route = detour(start, end, continent(), avoid=CONTINENT, allow=consents)
            assert route is not None
            shortest[size] = min(shortest.get(size, math.inf), route.length_km)
    front = [(len(c.consents), c.route.length_km) for c in sorted(found, key=lambda c: len(c.consents)) if c.front]
    for size, length_km in shortest.items():
        best = min((km for number, km in front if number <= size), default=math.inf)
        assert best == pytest.approx(length_km, rel=1e-3)
    assert [km for _, km in front] == sorted((km for _, km in front), reverse=True)


def test_moscow_anchorage_needs_the_united_states_and_nothing_else() -> None:
    found = candidates(great_circle("VKO", "ANC"), load_airspaces(), avoid={"USA", "CAN"})
    assert [c.route.kind for c in found] == ["great-circle"]
    assert consents_of(found) == ["USA"]
    assert found.barrier == ("USA",)


def test_a_real_detour_crosses_180_degrees() -> None:
    found = detour("HND", "ANC", load_airspaces(), avoid={"RUS", "JPN"}, allow={"JPN"}, margin_km=400.0)
    assert found is not None
    assert status(found, load_airspaces(), {"RUS"}) == "clear"
    lons = [w.lon for w in found.waypoints]
    assert max(lons) > 139.0
    assert min(lons) < -149.0


# ---- Territories that a rule does not reach


def with_gate() -> Airspaces:
    """Return a ring of AAA around (14, 0), with a gate in it that is a territory of AAA, GGG."""
    ring = shapely.box(4, -10, 24, 10) - shapely.box(6, -8, 22, 8)
    world = world_of(AAA=ring - shapely.box(4, 3, 6, 7), GGG=shapely.box(4, 3, 6, 7))
    pieces = [replace(p, state=State("AAA")) if p.territory == "GGG" else p for p in world.pieces]
    return replace(world, pieces=tuple(pieces))


def test_a_detour_goes_through_a_territory_that_the_rule_does_not_reach() -> None:
    world = with_gate()
    ends = (0.0, 0.0), (14.0, 0.0)
    assert detour(*ends, world, avoid={"AAA"}) is None
    through = detour(*ends, world, avoid=ruleset("AAA - GGG", on=ON, world=world))
    assert through is not None
    assert km(ends[0], (4, 3), (6, 3), ends[1]) <= through.length_km < 1.01 * km(ends[0], (4, 3), (6, 3), ends[1])
    assert {crossing.territory for crossing in crossings(through, world)} == {"GGG"}
    rule = Avoid(ruleset("AAA - GGG", on=ON, world=world))
    assert check(through, world, rules=[rule]).status == "clear"
    assert check(through, world, rules=[Avoid({"AAA"})]).status == "crosses"


def test_candidates_need_no_consent_for_a_territory_that_the_rule_does_not_reach() -> None:
    world = with_gate()
    route = great_circle((0.0, 0.0), (14.0, 0.0))
    found = candidates(route, world, avoid=ruleset("AAA - GGG", on=ON, world=world))
    assert [c.consents for c in found] == [("AAA",), ()]
    assert [s.consents for s in found.minimal_consents] == [()]
    assert found.barrier == ()
    closed = candidates(route, world, avoid={"AAA"})
    assert [s.consents for s in closed.minimal_consents] == [("AAA",)]
    assert closed.barrier == ("AAA",)


def test_an_end_in_a_territory_that_the_rule_does_not_reach_needs_no_consent() -> None:
    world = with_gate()
    route = great_circle((0.0, 5.0), (5.0, 5.0))
    assert candidates(route, world, avoid={"AAA"})[0].consents == ("AAA",)
    found = candidates(route, world, avoid=ruleset("AAA - GGG", on=ON, world=world))
    assert [c.consents for c in found] == [()]
    assert found.minimal_consents[0].consents == ()


def test_what_two_claim_is_free_where_the_rule_does_not_reach_the_claimants_own_territory() -> None:
    world = world_of(**{"AAA+BBB": shapely.box(4, -20, 6, 20), "AAA": shapely.box(20, 0, 22, 2)})
    over = great_circle((0.0, 0.0), (10.0, 0.0))
    far = replace(world.pieces[-1], territory="GGG", territory_name="GGG", state=State("AAA"), claimants=())
    world = replace(world, pieces=(*world.pieces, far))
    assert candidates(over, world, avoid={"AAA"})[0].consents == ("AAA",)
    elsewhere = ruleset("GGG", on=ON, world=world)
    assert candidates(over, world, avoid=elsewhere)[0].consents == ()
    assert check(over, world, rules=[Avoid(elsewhere)]).status == "clear"


def test_a_leg_half_way_round_the_earth_strays_from_the_great_circle_and_is_found_all_the_same() -> None:
    """Over 15,000 km a geodesic strays by 15 km from the great circle that the mesh leads along."""
    world = load_airspaces()
    found = detour("TYG", "SVD", world, avoid={"AUS", "VCT", "FRA", "ECU", "NZL", "COL"})
    assert found is not None
    assert found.length_km == pytest.approx(17_212.4, abs=2.0)
    assert check(found, world, rules=[Avoid({"FRA", "ECU", "NZL", "COL"})]).passed
