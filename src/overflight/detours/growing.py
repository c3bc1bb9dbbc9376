"""Grow shapes of the plane by distances on the ground, where the plane's scale varies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.detours.budget import current
from overflight.earth.constants import MOST_KM_PER_RAD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.earth.plane import Plane

__all__ = ["STEP", "grown", "scale_at"]

SHARP_KM = 0.3
SEGMENTS = ((SHARP_KM, 4), (5.0, 8), (math.inf, 16))
"""Up to so many km, a buffer's round ends are drawn with so many segments a quarter."""
STEP = 1.04
"""Shapes over which the plane's scale varies more than this are grown in rings."""


def _radii(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how near to the centre of the plane each shape comes, and how far it goes."""
    coords, owner = shapely.get_coordinates(shapes, return_index=True)
    far = np.zeros(len(shapes))
    np.maximum.at(far, owner, np.hypot(*coords.T))
    return shapely.distance(shapes, shapely.Point(0.0, 0.0)), far


def scale_at(plane: Plane, shape: shapely.Geometry) -> float:
    """Return the largest scale of the plane on a shape: units of the plane in a kilometre on the ground."""
    return plane.scale(float(_radii(np.array([shape]))[1][0]))


def grown(plane: Plane, shapes: NDArray[np.object_], km: float) -> NDArray[np.object_]:
    """Grow shapes of the plane by at least a distance on the ground, at most `STEP` times it and some."""
    shapes = shapes[~shapely.is_empty(shapes)]
    if not len(shapes):
        return shapes
    near, far = _radii(shapes)
    wide = np.array([plane.scale(f) > STEP * plane.scale(n) for n, f in zip(near, far, strict=True)])
    pieces = [shapes[~wide]]
    if wide.any():
        step = 0.0
        unit = 2.0 * MOST_KM_PER_RAD
        last = float(far.max())
        budget = current()
        while step < last:
            budget.check()
            # The radius at which the scale has grown by one step.
            following = unit * math.sqrt(STEP * (1.0 + (step / unit) ** 2) - 1.0)
            ring = shapely.difference(_circle(following * 1.0001), _circle(step))
            cut = shapely.intersection(shapes[wide], ring)
            pieces.append(cut[~shapely.is_empty(cut)])
            step = following
    parts = np.concatenate(pieces)
    scales = np.array([plane.scale(f) for f in _radii(parts)[1]])
    # Corners stay corners where that costs little; far from the border, they would stick out far.
    join = "mitre" if km <= SHARP_KM else "round"
    segments = next(number for most_km, number in SEGMENTS if km <= most_km)
    # So far short of its radius a round end stays at most.
    radius_km = km / math.cos(math.pi / (4.0 * segments))
    grown: NDArray[np.object_] = shapely.buffer(
        parts, radius_km * scales, quad_segs=segments, join_style=join, mitre_limit=2.0
    )
    return grown


def _circle(radius: float) -> shapely.Geometry:
    return shapely.Point(0.0, 0.0).buffer(radius, quad_segs=64) if radius > 0.0 else shapely.Polygon()
