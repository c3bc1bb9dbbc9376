"""spherely, which is S2: great circles on a sphere, routes of two points."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import spherely

from benchmarks.common import Floats, Stretches, read_states, stretches_of

NAME = "spherely (S2)"
SIZE = 1500
HOW = "sphere; borders are great circles, too"


def prepare() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Bring the states to the sphere, part by part where S2 refuses the whole."""
    shapes, owners = [], []
    for code, shape in zip(*read_states(), strict=True):
        for part in [shape] if _on_sphere(shape) is not None else shapely.get_parts(shape):
            there = _on_sphere(part)
            if there is not None:
                shapes.append(there)
                owners.append(code)
    spheres = np.array(shapes, object)
    spherely.prepare(spheres)
    return np.array(owners), spheres


def _on_sphere(shape: shapely.Geometry) -> Any:  # noqa: ANN401 - spherely has no types
    try:
        return spherely.from_wkb(shapely.to_wkb(shape), oriented=False)
    except RuntimeError:
        return None


def run(state: tuple[npt.NDArray[Any], npt.NDArray[Any]], legs: Floats) -> Stretches:
    """Test all routes against each state, for spherely has no tree, and intersect those that meet."""
    codes, shapes = state
    lines = np.array([spherely.create_linestring([(a, b), (c, d)]) for a, b, c, d in legs], object)
    routes, states, cuts = [], [], []
    for k, shape in enumerate(shapes):
        hit = np.flatnonzero(spherely.intersects(lines, shape))
        if len(hit):
            routes.append(hit)
            states.append(np.full(len(hit), k))
            cuts.append(spherely.intersection(lines[hit], shape))
    found = shapely.from_wkb(spherely.to_wkb(np.concatenate(cuts)))
    return stretches_of(found, np.concatenate(routes), codes[np.concatenate(states)])
