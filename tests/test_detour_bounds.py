"""Lengths and bounds of detours against a plain visibility graph in a plane, which has bounds of its own."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pyproj
import pytest
import shapely

from overflight.detours import candidates
from overflight.detours.mesh.search import BENT_PER_KM
from overflight.detours.solver import Solver
from overflight.detours.tightening import tightened
from overflight.earth import distance_m
from overflight.earth.sphere import to_unit, turn
from overflight.routes import Waypoint, great_circle
from overflight.rules import Avoid, check
from tests.depth import spread
from tests.oracles.plane import PLANE_ERROR, bracket_km
from tests.worlds import make_world

pytestmark = pytest.mark.slow

ROUTE_SHARE = 0.001
"""What rounding off corners and leaving out waypoints may cost."""
START, END = (-2.4, -0.6), (2.4, 0.7)


def blobs(seed: int) -> dict[str, shapely.Polygon]:
    """Make some states, apart from one another and from both ends."""
    rng = random.Random(seed)  # noqa: S311
    taken = shapely.union_all([shapely.Point(p).buffer(0.5) for p in (START, END)])
    made: dict[str, shapely.Polygon] = {}
    for _ in range(60):
        x, y = rng.uniform(-1.9, 1.9), rng.uniform(-1.6, 1.6)
        turns = sorted(rng.uniform(0.0, math.tau) for _ in range(rng.randint(4, 9)))
        ring = [(x + rng.uniform(0.15, 0.8) * math.cos(t), y + rng.uniform(0.15, 0.8) * math.sin(t)) for t in turns]
        shape = shapely.Polygon(ring)
        if len(made) < 7 and shape.is_valid and shape.area > 0.02 and not shape.intersects(taken):
            made["ABCDEFG"[len(made)] * 3] = shape
            taken = taken.union(shape.buffer(0.02))
    return made


@pytest.mark.parametrize("keep_km", [0.2, 3.0, 12.0, 25.0])
@pytest.mark.parametrize("seed", spread(range(8), 4))
def test_detours_and_their_bounds_lie_where_a_plain_visibility_graph_says(seed: int, keep_km: float) -> None:
    shapes = blobs(seed)
    world = make_world(shapes)
    least_km, most_km = bracket_km(shapes.values(), START, END, keep_km)
    assert math.isfinite(most_km)
    found = [c for c in candidates(great_circle(START, END), world, avoid=shapes, margin_km=keep_km) if not c.consents]
    best = min((c for c in found if c.verdict.passed), key=lambda c: c.route.length_km)
    assert best.gap_pct is not None
    bound_km = best.route.length_km / (1.0 + best.gap_pct / 100.0)
    assert best.route.length_km >= least_km * (1.0 - PLANE_ERROR), "no route is shorter than the least there can be"
    assert bound_km <= most_km, "no bound is longer than a path that is free; in the plane, paths are rather too long"
    assert best.gap_pct <= (0.1 if keep_km < 20.0 else 0.2)
    assert best.route.length_km <= most_km * (1.0 + ROUTE_SHARE)
    assert check(best.route, world, rules=[Avoid(shapes, margin_km=keep_km)]).passed


def ringed(seed: int) -> dict[str, shapely.Geometry]:
    """Shut the start in by a ring of three states; four others lie about."""
    start = shapely.Point(START)
    ring = shapely.difference(start.buffer(0.45), start.buffer(0.35))
    sectors = [
        shapely.Polygon([START, *((START[0] + math.cos(t), START[1] + math.sin(t)) for t in turns)])
        for turns in ([a, a + 1.0, a + math.tau / 3.0] for a in (0.2, 0.2 + math.tau / 3.0, 0.2 + 2.0 * math.tau / 3.0))
    ]
    parts = {f"{name}IN": shapely.intersection(ring, sector) for name, sector in zip("RST", sectors, strict=True)}
    return {**dict(itertools.islice(blobs(seed).items(), 4)), **parts}


@pytest.mark.parametrize("keep_km", [0.2, 3.0])
@pytest.mark.parametrize("seed", spread(range(3), 2))
def test_consent_sets_their_routes_and_bounds_are_what_trying_every_set_finds(seed: int, keep_km: float) -> None:
    """For each set of up to two states, a visibility graph in a plane says whether it opens a way, and how long."""
    shapes = ringed(seed)
    known = {
        consents: bracket_km([shapes[c] for c in shapes if c not in consents], START, END, keep_km)
        for size in (0, 1, 2)
        for consents in map(frozenset, itertools.combinations(sorted(shapes), size))
        if size < 2 or consents & {"RIN", "SIN", "TIN"}  # no other two open the ring
    }
    assert known[frozenset()] == (math.inf, math.inf)
    assert all(math.isfinite(least_km) == math.isfinite(most_km) for least_km, most_km in known.values())
    opening = {consents for consents, (_, most_km) in known.items() if math.isfinite(most_km)}
    minimal = {one for one in opening if not any(other < one for other in opening)}
    direct, world = great_circle(START, END), make_world(shapes)
    found = candidates(direct, world, avoid=shapes, margin_km=keep_km, max_size=2, limit=30)
    assert found.complete
    listed = {frozenset(str(s) for s in one.consents) for one in found.minimal_consents if one.status == "route"}
    assert {one for one in listed if len(one) <= 2} == minimal
    best_km = dict.fromkeys((1, 2), math.inf)
    for size in range(len(found[0].consents), 3):
        best_km[size] = found[0].route.length_km
    for one in found[1:]:
        consents = frozenset(str(state) for state in one.consents)
        if one.narrowest is not None or len(consents) > 2:
            continue
        least_km, most_km = known[consents]
        assert one.gap_pct is not None
        bound_km = one.route.length_km / (1.0 + one.gap_pct / 100.0)
        assert one.route.length_km >= least_km * (1.0 - PLANE_ERROR)
        assert bound_km <= most_km
        assert one.gap_pct <= 0.1
        for size in range(len(consents), 3):
            best_km[size] = min(best_km[size], one.route.length_km)
    for size, km in best_km.items():
        shortest_km = min(most_km for consents, (_, most_km) in known.items() if len(consents) <= size)
        assert km <= shortest_km * (1.0 + ROUTE_SHARE), "the front has the shortest of each number of consents"


@pytest.mark.parametrize("keep_km", [12.0, 25.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_tightened_bound_comes_close_to_the_shortest_path_and_never_beyond_it(seed: int, keep_km: float) -> None:
    """Given a length to reach for that is far longer, it must stop by itself."""
    shapes = blobs(seed)
    least_km, most_km = bracket_km(shapes.values(), START, END, keep_km)
    ends = Waypoint(*START), Waypoint(*END)
    solver = Solver(make_world(shapes), ends, Avoid(shapes, margin_km=keep_km), most_km=2000.0)
    bound_km = tightened(solver.ground((), "fine"), [[START, END]], length_km=1.2 * most_km, share=0.0)
    assert least_km * (1.0 - 5e-4) <= bound_km <= most_km


def test_a_tightened_bound_asks_no_margin_around_an_end_that_keeps_none() -> None:
    """The end is 5 km beside a wall; to keep 20 km off its corners, both within three times that, would take longer."""
    walls = {"AAA": shapely.box(-0.1, -1.0, 0.35, 1.0), "BBB": shapely.box(3.0, 0.85, 3.2, 3.0)}
    start, end = (-0.145, 0.9), (4.5, 0.9)
    ends = Waypoint(*start), Waypoint(*end)
    solver = Solver(make_world(walls), ends, Avoid(walls, margin_km=20.0), most_km=1000.0)
    lawful = [start, (-0.1, 1.0), (0.35, 1.0), (2.8, 0.7), (2.9, 0.65), (3.3, 0.65), (3.4, 0.7), end]
    lawful_km = sum(distance_m(*a, *b) for a, b in itertools.pairwise(lawful)) / 1000.0
    bound_km = tightened(solver.ground((), "fine"), [[start, end]], length_km=1.2 * lawful_km, share=0.0)
    assert great_circle(start, end).length_km < bound_km <= lawful_km


def test_turns_are_measured_on_the_ground_as_geodesics_make_them() -> None:
    """On the sphere of normals, turns near the equator are up to 0.7 % too large; a bound of 573 km was, by 17 m."""
    rng, wgs84 = random.Random(7), pyproj.Geod(ellps="WGS84")  # noqa: S311
    for _ in range(500):
        at = rng.uniform(-180.0, 180.0), math.degrees(math.asin(rng.uniform(-1.0, 1.0)))
        came, goes, length_km = rng.uniform(0.0, 360.0), rng.uniform(0.0, 360.0), 10.0 ** rng.uniform(0.0, 3.0)
        before, after = (wgs84.fwd(*at, azimuth, 1000.0 * length_km)[:2] for azimuth in (came, goes))
        turned = abs((goes - came) % 360.0 - 180.0)
        found = turn(*to_unit(np.array([before, at, after])))
        assert found == pytest.approx(math.radians(turned), abs=BENT_PER_KM * length_km + 1e-6)


def test_the_graph_in_the_plane_finds_the_way_around_a_box() -> None:
    """Two tangents and two quarters of a circle, about: worked out by hand."""
    box = shapely.box(-1.0, -3.0, 1.0, 0.0)
    least_km, most_km = bracket_km([box], (-2.0, -1.0), (2.0, -1.0), 5.0)
    along = 2.0 * math.hypot(111.3, 110.6) + 222.6
    assert least_km <= most_km <= least_km * 1.001
    assert along < least_km < along + math.pi / 2.0 * 5.0 + 10.0
