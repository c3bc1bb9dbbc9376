"""Points on the unit sphere, and the plane in which obstacles are cut, merged and grown.

A point stands for its geodetic longitude and latitude, taken as if on a sphere. Great circles on it follow WGS84
geodesics closely: over a leg of 1,000 km they part by 66 m at most, and by the square of that with length (measured
on random legs; the same for geodetic, reduced and geocentric latitude, as it must be, for these differ by a linear map
of space). The plane is stereographic: conformal, so that growing a shape by a distance is a plain buffer as long as
the scale is the same all over the shape.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["EARTH_KM", "Plane", "bend_km", "distances_km", "to_lonlat", "to_unit"]

EARTH_KM = 6335.4
"""Smallest radius of curvature of WGS84 (meridian at the equator): no distance is shorter than angle times this."""
LONGEST_KM_PER_RAD = 6399.6
"""Largest radius of curvature (at a pole): no distance is longer than angle times this."""
_WGS84 = pyproj.Geod(ellps="WGS84")
BEND_KM = 0.067
"""Lateral distance between great circle and geodesic over 1,000 km, at most; it grows with the square of length."""


def to_unit(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn points (n, 2) in degrees into unit vectors (n, 3)."""
    lon, lat = np.radians(lonlat.reshape(-1, 2)).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def to_lonlat(unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn vectors (n, 3) into points (n, 2) in degrees, longitude in [-180, 180]."""
    x, y, z = unit.reshape(-1, 3).T
    lonlat: NDArray[np.float64] = np.degrees(np.column_stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))]))
    return lonlat


def distances_km(lonlat: NDArray[np.float64], lon: float, lat: float) -> NDArray[np.float64]:
    """Return the WGS84 distance in km from each of the points (n, 2) to one point."""
    count = len(lonlat)
    _, _, metres = _WGS84.inv(lonlat[:, 0], lonlat[:, 1], np.full(count, lon), np.full(count, lat))
    km: NDArray[np.float64] = np.asarray(metres, dtype=np.float64) / 1000.0
    return km


def bend_km(length_km: float) -> float:
    """Return how far, at most, a geodesic of this length in km strays from the great circle between its ends."""
    return BEND_KM * (length_km / 1000.0) ** 2


@dataclass(frozen=True, slots=True)
class Plane:
    """A stereographic plane about a centre; its unit is the kilometre there.

    Parameters
    ----------
    lon, lat : float
        The centre, in degrees.
    """

    lon: float
    lat: float
    axes: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lon, lat = math.radians(self.lon), math.radians(self.lat)
        up = [math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)]
        east = [-math.sin(lon), math.cos(lon), 0.0]
        north = [-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)]
        object.__setattr__(self, "axes", np.array([east, north, up]))

    def project(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project points (n, 2) in degrees; the point opposite the centre goes far away, not to infinity."""
        x, y, z = self.axes @ to_unit(lonlat).T
        scale = 2.0 * LONGEST_KM_PER_RAD / np.maximum(1.0 + z, 1e-6)
        return np.column_stack([x * scale, y * scale])

    def to_unit(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn points (n, 2) of the plane into unit vectors (n, 3)."""
        u = points / (2.0 * LONGEST_KM_PER_RAD)
        square = (u * u).sum(axis=1)
        local = np.column_stack([2.0 * u[:, 0], 2.0 * u[:, 1], 1.0 - square]) / (1.0 + square)[:, None]
        turned: NDArray[np.float64] = local @ self.axes
        return turned

    def to_lonlat(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn points (n, 2) of the plane into degrees."""
        return to_lonlat(self.to_unit(points))

    def radius(self, angle_deg: float) -> float:
        """Return how far from the centre, in the plane, lies what is this many degrees from it on the sphere."""
        return 2.0 * LONGEST_KM_PER_RAD * math.tan(math.radians(angle_deg) / 2.0)

    def scale(self, radius: float) -> float:
        """Return how many units of the plane one kilometre on the ground takes, at least, at this radius.

        It takes a hundredth less at most, where the Earth is rounder.
        """
        return (1.0 + (radius / (2.0 * LONGEST_KM_PER_RAD)) ** 2) * LONGEST_KM_PER_RAD / EARTH_KM

    def line(self, path: Sequence[tuple[float, float]], step_km: float) -> shapely.LineString:
        """Draw the great circles between points in degrees, with a vertex every so many km."""
        unit = to_unit(np.array(path))
        drawn = [unit[:1]]
        for a, b in pairwise(unit):
            chord = float(np.linalg.norm(b - a))
            share = np.linspace(0.0, 1.0, max(2, math.ceil(chord * LONGEST_KM_PER_RAD / step_km) + 1))[1:, None]
            drawn.append(a * (1.0 - share) + b * share)
        return shapely.LineString(self.project(to_lonlat(np.concatenate(drawn))))

    def project_shape(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Project a geometry in degrees, vertex by vertex."""
        return shapely.transform(shape, self.project)
