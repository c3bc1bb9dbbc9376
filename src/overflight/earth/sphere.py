"""Points of the unit sphere that stand for geodetic longitude and latitude: the directions of their verticals.

Great circles on it follow WGS84 geodesics closely: over a leg of 1,000 km they part by 66 m at most, and by the square
of that with length (measured on random legs; the same for geodetic, reduced and geocentric latitude, as it must be, for
these differ by a linear map of space).

`side`, `angle`, `km` and `turn` are scalar functions in the subset of Python that numba compiles.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from overflight.earth.constants import AXIS_RATIO, DEG, E2, EQUATOR_RADIUS_M, LEAST_KM_PER_RAD, MEAN_RADIUS_KM

Floats = npt.NDArray[np.float64]

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = [
    "Floats",
    "angle",
    "bend_km",
    "cartesian_each",
    "drawn",
    "feet",
    "km",
    "rough_km",
    "side",
    "to_lonlat",
    "to_unit",
    "turn",
]

BEND_KM = 0.067
"""Lateral distance between great circle and geodesic over 1,000 km, at most; it grows with the square of length."""
FAR, OPPOSITE = 0.94, 0.9999
"""Squared sines of half the angle: beyond the first (16,900 km) the formula of `km` may be too long by 2.3e-4, beyond
the second (19,900 km) it fails."""
FAR_SHARE = 3e-4


def to_unit(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn points (n, 2) in degrees into unit vectors (n, 3)."""
    x, y = np.radians(lonlat.reshape(-1, 2)).T
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])


def cartesian_each(lon: Floats, lat: Floats) -> tuple[Floats, Floats, Floats]:
    """Return points of the ellipsoid as `overflight.earth.cartesian` does, but for the last bit of their sines."""
    x, y = lon * DEG, lat * DEG
    radius = EQUATOR_RADIUS_M / np.sqrt(1.0 - E2 * np.sin(y) ** 2)
    from_axis = radius * np.cos(y)
    return from_axis * np.cos(x), from_axis * np.sin(x), radius * (1.0 - E2) * np.sin(y)


def to_lonlat(unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn vectors (n, 3) into points (n, 2) in degrees, longitude in [-180, 180]."""
    x, y, z = unit.reshape(-1, 3).T
    lonlat: NDArray[np.float64] = np.degrees(np.column_stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))]))
    return lonlat


def drawn(corners: NDArray[np.float64], parts: Iterable[int]) -> NDArray[np.float64]:
    """Set points along the chords of a path (n, 3), all corners among them: each chord is cut into so many parts."""
    points = [corners[:1]]
    for (a, b), count in zip(pairwise(corners), parts, strict=True):
        share = np.linspace(0.0, 1.0, count + 1)[1:, None]
        points.append(a * (1.0 - share) + b * share)
    return np.concatenate(points)


def feet(a: NDArray[np.float64], b: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points (n, 3) of chords from a to b that are nearest to a point."""
    share = ((point - a) * (b - a)).sum(axis=1) / ((b - a) ** 2).sum(axis=1)
    nearest: NDArray[np.float64] = a + np.clip(share, 0.0, 1.0)[:, None] * (b - a)
    return nearest


def bend_km(length_km: float) -> float:
    """Return how far, at most, a geodesic of this length in km strays from the great circle between its ends."""
    return BEND_KM * (length_km / 1000.0) ** 2


def rough_km(legs: NDArray[np.float64]) -> float:
    """Add up the lengths of legs (n, 4), in degrees, on a sphere."""
    lon1, lat1, lon2, lat2 = np.radians(legs).T
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return float((2 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))).sum() * MEAN_RADIUS_KM)


def side(ax: float, ay: float, az: float, b: Any, c: Any) -> float:
    """Return on which side of the great circle from a to b the point c lies: positive on the left."""
    ux, uy, uz = b[0] - ax, b[1] - ay, b[2] - az
    vx, vy, vz = c[0] - ax, c[1] - ay, c[2] - az
    return float(ax * (uy * vz - uz * vy) + ay * (uz * vx - ux * vz) + az * (ux * vy - uy * vx))


def angle(a: Any, b: Any) -> float:
    """Return the angle between two unit vectors."""
    chord = np.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)
    return float(2.0 * np.arcsin(min(1.0, 0.5 * chord)))


def km(a: Any, b: Any) -> float:
    """Return the distance on WGS84, by Andoyer's and Lambert's formula of first order on reduced latitudes.

    Source: W. D. Lambert, The distance between two widely separated points on the surface of the earth (1942).
    """
    # Normals to points on the auxiliary sphere.
    one = 1.0 / np.sqrt(a[0] ** 2 + a[1] ** 2 + (AXIS_RATIO * a[2]) ** 2)
    two = 1.0 / np.sqrt(b[0] ** 2 + b[1] ** 2 + (AXIS_RATIO * b[2]) ** 2)
    x, y, z = a[0] * one - b[0] * two, a[1] * one - b[1] * two, AXIS_RATIO * (a[2] * one - b[2] * two)
    half2 = min(1.0, 0.25 * (x * x + y * y + z * z))  # the square of the sine of half the angle
    if half2 < 1e-22:
        return 0.0
    sigma = 2.0 * np.arcsin(np.sqrt(half2))
    if half2 > OPPOSITE:
        return float(LEAST_KM_PER_RAD * sigma)
    # Sine of mean and of half the difference of reduced latitudes, by way of their sines and cosines.
    s1, s2 = AXIS_RATIO * a[2] * one, AXIS_RATIO * b[2] * two
    plus, minus = 0.25 * (s1 + s2) ** 2, 0.25 * (s1 - s2) ** 2
    c1, c2 = np.sqrt(max(0.0, 1.0 - s1 * s1)), np.sqrt(max(0.0, 1.0 - s2 * s2))
    cosines = c1 * c2 - s1 * s2  # cos(b1 + b2)
    differs = c1 * c2 + s1 * s2  # cos(b1 - b2)
    sin_p2, cos_p2 = 0.5 * (1.0 - cosines), 0.5 * (1.0 + cosines)
    sin_q2, cos_q2 = 0.5 * (1.0 - differs), 0.5 * (1.0 + differs)
    if sin_q2 < 1e-9 and cos_p2 > 0.0:
        sin_q2 = minus / cos_p2 if cos_p2 > 1e-12 else sin_q2
    if sin_p2 < 1e-9 and cos_q2 > 0.0:
        sin_p2 = plus / cos_q2 if cos_q2 > 1e-12 else sin_p2
    sine = 2.0 * np.sqrt(half2 * (1.0 - half2))
    # sigma - sin(sigma), without the loss of digits where the angle is small
    less = sigma**3 / 6.0 if sigma < 1e-3 else sigma - sine
    first = less * sin_p2 * cos_q2 / (1.0 - half2)
    second = (sigma + sine) * cos_p2 * sin_q2 / half2
    length = EQUATOR_RADIUS_M / 1000.0 * (sigma - 0.5 * (1.0 - AXIS_RATIO) * (first + second))
    return float(length * (1.0 - FAR_SHARE) if half2 > FAR else length)


def turn(a: Any, b: Any, c: Any) -> float:
    """Return the angle by which a path from a through b to c turns at b, as measured on WGS84.

    The sphere of normals shows the ground stretched, by N / M northward: without regard to this, turns near the equator
    would come out up to 0.7 % too large.
    """
    # Component by component: arrays made here would take most of the time of a search.
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    px, py, pz = a[1] * uz - a[2] * uy, a[2] * ux - a[0] * uz, a[0] * uy - a[1] * ux
    ux, uy, uz = c[0] - b[0], c[1] - b[1], c[2] - b[2]
    qx, qy, qz = b[1] * uz - b[2] * uy, b[2] * ux - b[0] * uz, b[0] * uy - b[1] * ux
    # What points east in these normals to the directions stands for north there: less by 1 - M / N.
    less = E2 / (1.0 - E2 * b[2] * b[2])
    east = less * (b[0] * py - b[1] * px)
    px, py = px + east * b[1], py - east * b[0]
    east = less * (b[0] * qy - b[1] * qx)
    qx, qy = qx + east * b[1], qy - east * b[0]
    rx, ry, rz = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
    return float(np.arctan2(np.sqrt(rx * rx + ry * ry + rz * rz), px * qx + py * qy + pz * qz))
