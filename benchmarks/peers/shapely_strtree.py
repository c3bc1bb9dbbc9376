"""Shapely, vectorised: a tree of prepared lines against whole states, then the intersections."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import shapely

from benchmarks.common import Floats, Stretches, lines_of, read_states, stretches_of

NAME = "Shapely STRtree"
SIZE = 300
HOW = "plane, points every 10 km, cut at 180 degrees"


def prepare() -> tuple[npt.NDArray[Any], npt.NDArray[Any], shapely.STRtree]:
    """Put the states into a tree."""
    codes, shapes = read_states()
    return codes, shapes, shapely.STRtree(shapes)


def run(state: tuple[npt.NDArray[Any], npt.NDArray[Any], shapely.STRtree], legs: Floats) -> Stretches:
    """Find who intersects whom, and intersect them."""
    codes, shapes, tree = state
    lines, route = lines_of(legs)
    shapely.prepare(lines)
    which, states = tree.query(lines, predicate="intersects")
    return stretches_of(shapely.intersection(lines[which], shapes[states]), route[which], codes[states])
