"""Planes to lay the Earth's surface on: a stereographic one about any point, and those of maps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from overflight.earth.constants import LEAST_KM_PER_RAD, MOST_KM_PER_RAD
from overflight.earth.sphere import drawn, to_lonlat, to_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Plane", "mercator", "polar"]


def mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project points (n, 2) in degrees as Mercator did, on a sphere of radius 1; latitudes end at 84.8 degrees."""
    lon, lat = np.radians(lonlat).T
    return np.column_stack([lon, np.arcsinh(np.tan(np.clip(lat, -1.48, 1.48)))])


def polar(lonlat: NDArray[np.float64], pole: int, down_deg: float) -> NDArray[np.float64]:
    """Project points (n, 2) in degrees stereographically about the North (1) or South (-1) Pole, a meridian downward.

    The unit is the diameter of the sphere.
    """
    lon, lat = np.radians(lonlat).T
    away = np.tan((math.pi / 2 - pole * lat) / 2)
    turned = lon - math.radians(down_deg)
    return np.column_stack([away * np.sin(turned), away * np.cos(turned)])


@dataclass(frozen=True, slots=True)
class Plane:
    """A stereographic plane about a centre; its unit is the kilometre there.

    It is conformal, so growing a shape by a distance is a plain buffer as long as the scale is the same all over it.

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
        scale = 2.0 * MOST_KM_PER_RAD / np.maximum(1.0 + z, 1e-6)
        return np.column_stack([x * scale, y * scale])

    def to_unit(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn points (n, 2) of the plane into unit vectors (n, 3)."""
        u = points / (2.0 * MOST_KM_PER_RAD)
        square = (u * u).sum(axis=1)
        local = np.column_stack([2.0 * u[:, 0], 2.0 * u[:, 1], 1.0 - square]) / (1.0 + square)[:, None]
        turned: NDArray[np.float64] = local @ self.axes
        return turned

    def to_lonlat(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn points (n, 2) of the plane into degrees."""
        return to_lonlat(self.to_unit(points))

    def radius(self, angle_deg: float) -> float:
        """Return how far from the centre, in the plane, lies what is this many degrees from it on the sphere."""
        return 2.0 * MOST_KM_PER_RAD * math.tan(math.radians(angle_deg) / 2.0)

    def scale(self, radius: float) -> float:
        """Return how many units of the plane one kilometre on the ground takes, at least, at this radius.

        It takes a hundredth less at most, where the Earth is rounder.
        """
        return (1.0 + (radius / (2.0 * MOST_KM_PER_RAD)) ** 2) * MOST_KM_PER_RAD / LEAST_KM_PER_RAD

    def line(self, path: Sequence[tuple[float, float]], step_km: float) -> shapely.LineString:
        """Draw the great circles between points in degrees, with a vertex every so many km."""
        unit = to_unit(np.array(path))
        chords = np.linalg.norm(np.diff(unit, axis=0), axis=1)
        parts = [max(1, math.ceil(chord * MOST_KM_PER_RAD / step_km)) for chord in chords.tolist()]
        return shapely.LineString(self.project(to_lonlat(drawn(unit, parts))))

    def project_shape(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Project a geometry in degrees, vertex by vertex."""
        return shapely.transform(shape, self.project)
