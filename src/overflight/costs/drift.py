"""How long a way takes in wind: ground speed, piece by piece."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from overflight.costs.figures import Figure
from overflight.costs.winds import SPREAD_M_S, ground_speed_m_s
from overflight.earth.geod import WGS84
from overflight.errors import OverflightError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from overflight.costs.fleet import Aircraft
    from overflight.costs.winds import Winds
    from overflight.routes import Route

__all__ = ["in_wind"]

PIECE_KM = 50.0
"""How far the wind is taken to be that of the middle; the table's places are 200 km apart or more."""
PIECES, MARKS = 100_000, 1_000
"""As many of these, and of places told, at most; a way that is too long for that has longer ones."""
KMH = 3.6


def in_wind(
    route: Route, flies: Aircraft, winds: Winds, *, at_km: Iterable[float] = ()
) -> tuple[tuple[float, ...], tuple[Figure, ...]]:
    """Return places along a route, and the minutes from its start to each, in cruise and in the wind of a season.

    Parameters
    ----------
    route : Route
        What is flown.
    flies : Aircraft
        What flies it.
    winds : Winds
        The wind.
    at_km : iterable of float
        Places along it to have among them, besides start and end.

    Returns
    -------
    km : tuple of float
        From 0 to the route's length.
    minutes : tuple of Figure
        With the fastest airspeed and a wind that blows 10 m/s more along the way than usual, as usual, and with the
        slowest and 10 m/s less.

    Raises
    ------
    OverflightError
        If the aircraft flies too slowly for the wind.

    Notes
    -----
    Method: each leg is cut into equal pieces of at most 50 km, which take their length over the ground speed in their
    middle. Pieces of 5 km give the same to 1e-5 of the time.
    """
    slowest_m_s = flies.speed_kmh.low / KMH
    if slowest_m_s <= winds.strongest_m_s + SPREAD_M_S:
        msg = f"{flies.words} at {flies.speed_kmh.low:.0f} km/h is too slow for the wind of a season: give wind='none'"
        raise OverflightError(msg)
    lengths = np.array([leg.length_m for leg in route.legs])
    most_m = max(1000.0 * PIECE_KM, float(lengths.sum()) / PIECES)
    counts = np.maximum(np.ceil(lengths / most_m), 1.0).astype(np.int64)
    which = np.repeat(np.arange(len(lengths)), counts)
    ordinal = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    piece_m = (lengths / counts)[which]
    starts = np.array([(leg.start.lon, leg.start.lat, leg.azimuth_deg) for leg in route.legs])[which]
    lon, lat, back = WGS84.fwd(starts[:, 0], starts[:, 1], starts[:, 2], (ordinal + 0.5) * piece_m)
    along, across = winds.along_and_across_m_s(np.stack([lon, lat], axis=1), np.asarray(back) + 180.0)
    ends_km = np.concatenate([[0.0], np.cumsum(piece_m)]) / 1000.0
    length_km = route.length_km
    evenly = np.linspace(0.0, length_km, min(math.ceil(length_km / PIECE_KM), MARKS) + 1)[1:-1].tolist()
    km = sorted({0.0, *evenly, *at_km, length_km})
    speed = flies.speed_kmh
    told = []
    for kmh, more_m_s in ((speed.high, SPREAD_M_S), (speed.typical, 0.0), (speed.low, -SPREAD_M_S)):
        seconds = piece_m / ground_speed_m_s(kmh / KMH, along + more_m_s, across)
        told.append(np.interp(km, ends_km, np.concatenate([[0.0], np.cumsum(seconds)])) / 60.0)
    return tuple(km), tuple(Figure(*map(float, at)) for at in zip(*told, strict=True))
