"""Lengths and bounds of detours against a plain visibility graph in a plane, which has bounds of its own."""

from __future__ import annotations

import math
import random

import pytest
import shapely

from overflight.detours import candidates
from overflight.routes import great_circle
from overflight.rules import Avoid, check
from tests.oracles.plane import PLANE_ERROR, bracket_km
from tests.worlds import make_world

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


@pytest.mark.parametrize("keep_km", [0.2, 3.0, 12.0])
@pytest.mark.parametrize("seed", range(8))
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
    # Where airspaces that are no neighbours on the mesh close a way together, the bound does not know it.
    assert best.gap_pct <= (0.1 if keep_km < 10.0 else 1.0)
    assert best.route.length_km <= most_km * (1.0 + ROUTE_SHARE)
    assert check(best.route, world, rules=[Avoid(shapes, margin_km=keep_km)]).passed


def test_the_graph_in_the_plane_finds_the_way_around_a_box() -> None:
    """Two tangents and two quarters of a circle, about: worked out by hand."""
    box = shapely.box(-1.0, -3.0, 1.0, 0.0)
    least_km, most_km = bracket_km([box], (-2.0, -1.0), (2.0, -1.0), 5.0)
    along = 2.0 * math.hypot(111.3, 110.6) + 222.6
    assert least_km <= most_km <= least_km * 1.001
    assert along < least_km < along + math.pi / 2.0 * 5.0 + 10.0
