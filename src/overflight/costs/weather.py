"""How far the day's weather can put two ways apart: where they lie far from each other, it is not off alike on both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from overflight.costs.winds import SPREAD_M_S
from overflight.earth.geod import WGS84

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.routes import Route

__all__ = ["apart_min"]

ACROSS_M = 1e6
"""Weather is taken to be alike within so far, which is ours: about the Rossby radius of middle latitudes."""
PLACES = 41
"""So many places of each way, evenly spaced, are compared."""


def apart_min(one: Route, one_min: float, other: Route, other_min: float) -> float:
    """Return by how many minutes the difference of two flights can be off for weather that only one of them has.

    Parameters
    ----------
    one, other : Route
        The ways.
    one_min, other_min : float
        How long they take.

    Returns
    -------
    float
        0 for two ways that are the same.

    Notes
    -----
    Method: on each way the wind can be off by 10 m/s either way. That of places d apart correlates by
    exp(-(d / 1000 km)^2), of which the mean is taken over places as far along both. What such wind makes of the times
    is a and b; of the variance of their difference, 2 (1 - r) a b is more than if both were off alike.

    Examples
    --------
    >>> from overflight.routes import route
    >>> north, south = route("LHR", "KEF", "YVR"), route("LHR", "YUL", "YVR")
    >>> apart_min(north, 600.0, north, 600.0), round(apart_min(north, 600.0, south, 600.0))
    (0.0, 30)
    """
    (lon, lat), (there_lon, there_lat) = _places(one), _places(other)
    apart_m = np.asarray(WGS84.inv(lon, lat, there_lon, there_lat)[2])
    alike = float(np.exp(-((apart_m / ACROSS_M) ** 2)).mean())
    off = [
        SPREAD_M_S * (60.0 * minutes) ** 2 / (1000.0 * way.length_km) / 60.0
        for way, minutes in ((one, one_min), (other, other_min))
    ]
    return math.sqrt(max(2.0 * (1.0 - alike) * off[0] * off[1], 0.0))


def _places(way: Route) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places evenly spaced along a way."""
    ends = np.concatenate([[0.0], np.cumsum([leg.length_m for leg in way.legs])])
    at = np.linspace(0.0, ends[-1], PLACES)
    which = np.clip(np.searchsorted(ends, at, side="right") - 1, 0, len(way.legs) - 1)
    starts = np.array([(leg.start.lon, leg.start.lat, leg.azimuth_deg) for leg in way.legs])[which]
    lon, lat, _ = WGS84.fwd(starts[:, 0], starts[:, 1], starts[:, 2], at - ends[which])
    return np.asarray(lon), np.asarray(lat)
