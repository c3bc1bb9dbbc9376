"""How much of a crossing lies beyond 12 NM of any land, in waters that a state counts as its own by another right."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overflight._crossings import crossings as find_crossings
from overflight.airspace.waters import ANYWHERE, waters_beyond

if TYPE_CHECKING:
    from collections.abc import Iterator

    from overflight._crossings import Crossing, Crossings
    from overflight.airspace import Airspaces
    from overflight.airspace.waters import Waters

__all__ = ["Stay", "stays_in_waters"]

NEAR_KM = 1.0
"""An end so near to the crossing's own is that: both are one limit of the sea, thinned in two ways."""
LEAST_KM = 1.0
"""Shorter stays are none: the limits are not known to that."""
KM_PER_DEG = 110.0
"""Less than a degree of latitude has anywhere."""
NEARLY_POLE_DEG = 85.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of a crossing beyond 12 NM of any land.

    Attributes
    ----------
    waters : Waters
        By which right it is counted.
    entry_km, exit_km : float
        Where it begins and ends, in km from the start of the route.
    entry, exit : (lon, lat)
        The same, in degrees.
    """

    waters: Waters
    entry_km: float
    exit_km: float
    entry: Point
    exit: Point

    @property
    def length_km(self) -> float:
        """Its length in km."""
        return self.exit_km - self.entry_km

    def to_dict(self) -> dict[str, Any]:
        """Return the stay as the JSON of `overflight check` has it."""
        entry_km, exit_km = round(self.entry_km, 3), round(self.exit_km, 3)
        return {
            **self.waters.to_dict(),
            "entry_km": entry_km,
            "exit_km": exit_km,
            "length_km": round(exit_km - entry_km, 3),
            "entry": [round(degrees, 6) for degrees in self.entry],
            "exit": [round(degrees, 6) for degrees in self.exit],
        }


def stays_in_waters(crossings: Crossings, world: Airspaces) -> dict[Crossing, tuple[Stay, ...]]:
    """Find where crossings lie beyond 12 NM of any land.

    Parameters
    ----------
    crossings : Crossings
        A route's, in `world`.
    world : Airspaces
        The shipped one, on any date and in either view; others know of no such waters.

    Returns
    -------
    dict of Crossing to tuple of Stay
        The crossings that have any, each with its stays in the order flown.

    Notes
    -----
    The route is walked through the partition of such waters as it is through that of airspace (`crossings`), and only
    if it crosses a territory that has any. How well their limits are known says `overflight.airspace.waters.Beyond`:
    12 NM from land to some 3.5 km. What is shorter than 1 km is left out.
    """
    known = waters_beyond(world, ((crossing.territory, _box(crossing)) for crossing in crossings))
    if known is None:
        return {}
    spans = find_crossings(crossings.route, known.world)
    begins, ends = [span.entry_km for span in spans], [span.exit_km for span in spans]
    found = {}
    for crossing in crossings:
        first, last = bisect_right(ends, crossing.entry_km), bisect_left(begins, crossing.exit_km)
        stays = [stay for span in spans[first:last] for stay in _stay(crossing, span, known.waters[span.piece - 1])]
        if stays:
            found[crossing] = tuple(stays)
    return found


def _box(crossing: Crossing) -> tuple[float, float, float, float]:
    """Return a box that holds a crossing: none of its points is farther than half its length from both of its ends."""
    reach = 0.5 * crossing.length_km / KM_PER_DEG
    (lon, lat), (to_lon, to_lat) = crossing.entry, crossing.exit
    south, north = min(lat, to_lat) - reach, max(lat, to_lat) + reach
    if max(-south, north) >= NEARLY_POLE_DEG:
        return ANYWHERE
    wide = reach / math.cos(math.radians(max(-south, north)))
    west, east = min(lon, to_lon) - wide, max(lon, to_lon) + wide
    return (west, south, east, north) if west >= -180.0 and east <= 180.0 and east - west < 180.0 else ANYWHERE


def _stay(crossing: Crossing, span: Crossing, waters: Waters) -> Iterator[Stay]:
    """Cut a stretch of waters at the ends of a crossing; nothing where they are another's, or too little is left."""
    begins, ends = span.entry_km < crossing.entry_km + NEAR_KM, span.exit_km > crossing.exit_km - NEAR_KM
    entry_km, enter = (crossing.entry_km, crossing.entry) if begins else (span.entry_km, span.entry)
    exit_km, leave = (crossing.exit_km, crossing.exit) if ends else (span.exit_km, span.exit)
    if crossing.territory in waters.territories and exit_km - entry_km >= LEAST_KM:
        yield Stay(waters, entry_km, exit_km, enter, leave)
