"""Ours: `crossings_many`, on one thread."""

from __future__ import annotations

import overflight as of
from benchmarks.common import Floats, Stretches

NAME = "overflight"
SIZE = 10_000
HOW = "geodesics on WGS84, borders straight in lon/lat"


def prepare() -> of.Airspaces:
    """Map the airspace, and load the compiled engine."""
    world = of.load_airspaces()
    of.crossings_many([(0.0, 0.0, 90.0, 40.0)] * 8000, world=world)
    return world


def run(world: of.Airspaces, legs: Floats) -> Stretches:
    """Return the stretches as the engine gives them."""
    found = of.crossings_many(legs, world=world, threads=1)
    return Stretches(found.route, found.state, found.entry_lon, found.entry_lat, found.exit_lon, found.exit_lat)
