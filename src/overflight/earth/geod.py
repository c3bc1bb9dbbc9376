"""Geodesics by the array, where the last micrometre does not count: the one `pyproj.Geod` of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WGS84", "distances_km"]

WGS84 = pyproj.Geod(ellps="WGS84")


def distances_km(lonlat: NDArray[np.float64], lon: float, lat: float) -> NDArray[np.float64]:
    """Return the WGS84 distance in km from each of the points (n, 2) to one point."""
    count = len(lonlat)
    _, _, metres = WGS84.inv(lonlat[:, 0], lonlat[:, 1], np.full(count, lon), np.full(count, lat))
    km: NDArray[np.float64] = np.asarray(metres, dtype=np.float64) / 1000.0
    return km
