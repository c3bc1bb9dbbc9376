"""Straight lines through the earth, between points that are earth-centred and in metres, and the ways above them.

No way on the ground is shorter than the straight line between its ends; so straight lines, which cost little, are what
bounds are made of.
"""

from __future__ import annotations

import math

from overflight.earth.constants import EQUATOR_RADIUS_M, LEAST_KM_PER_RAD, MOST_KM_PER_RAD, POLE_RADIUS_M

__all__ = ["bulge_m", "geodesic_over", "straight_under"]

_LEAST_RADIUS_M, _MOST_RADIUS_M = 1000.0 * LEAST_KM_PER_RAD, 1000.0 * MOST_KM_PER_RAD
_PER_A2, _PER_B2 = 1.0 / EQUATOR_RADIUS_M**2, 1.0 / POLE_RADIUS_M**2


def straight_under(geodesic_m: float) -> float:
    """Return the straight line under a geodesic of some length, rather too long than too short."""
    angle = min(geodesic_m / _MOST_RADIUS_M, math.pi)
    return 2.0 * _MOST_RADIUS_M * math.sin(0.5 * angle) + 1e-3


def geodesic_over(p: tuple[float, float, float], q: tuple[float, float, float]) -> float:
    """Return about how long the geodesic is that is over a straight line, going by the curvature at its middle."""
    (px, py, pz), (qx, qy, qz) = p, q
    dx, dy, dz = qx - px, qy - py, qz - pz
    x, y, z = 0.5 * (px + qx), 0.5 * (py + qy), 0.5 * (pz + qz)
    length = math.sqrt(dx * dx + dy * dy + dz * dz)
    out = math.sqrt((x * x + y * y) * _PER_A2 + z * z * _PER_B2)
    steep = math.sqrt((x * x + y * y) * _PER_A2 * _PER_A2 + z * z * _PER_B2 * _PER_B2)
    if length == 0.0 or steep == 0.0:
        return length
    curvature = ((dx * dx + dy * dy) * _PER_A2 + dz * dz * _PER_B2) * out / (length * length * steep)
    return 2.0 / curvature * math.asin(min(1.0, 0.5 * curvature * length))


def bulge_m(length_m: float) -> float:
    """Bound how far a geodesic of some length is from the straight segment between its ends."""
    # A curve followed at even speed strays by an eighth of its greatest curvature times its length squared.
    return length_m * length_m / (8.0 * _LEAST_RADIUS_M) + 0.01
