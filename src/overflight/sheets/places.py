"""Where on its route a flight enters and leaves an airspace: the point as item 15 has it, the fix, the leg."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.earth.constants import KM_PER_NM
from overflight.routes.spellings import significant

if TYPE_CHECKING:
    from overflight.routes import Route, Waypoint
    from overflight.sheets.timing import Moment

__all__ = ["End", "Fixes"]

NEAR_KM = KM_PER_NM
"""A point of the route that has a name and is no farther along it than this from a border is named with the entry."""
_COORDINATE = re.compile(r"\d{2,6}[NS]\d{3,7}[EW]", re.ASCII)


@dataclass(frozen=True, slots=True)
class End:
    """Where and when a flight enters an airspace, or leaves it.

    Attributes
    ----------
    lonlat : (lon, lat)
        Degrees.
    km : float
        Along the route.
    fix : str
        The named point of the route within 1 NM of it along the route; empty where there is none.
    leg : str
        The points of the route between which it lies, where they have names.
    at : Moment or None
        When.
    """

    lonlat: tuple[float, float]
    km: float
    fix: str
    leg: str
    at: Moment | None

    @property
    def item15(self) -> str:
        """The point in degrees and minutes, as item 15 of a flight plan has it."""
        return significant(*self.lonlat)

    @property
    def words(self) -> str:
        """The point, and the fix."""
        return f"{self.item15} ({self.fix})" if self.fix else self.item15


class Fixes:
    """The points of a route that have names, by their km along it."""

    def __init__(self, route: Route) -> None:
        lengths = (leg.length_m / 1000.0 for leg in route.legs)
        self._km = list(itertools.accumulate(lengths, initial=0.0))
        self._names = [_name(point) for point in route.waypoints]

    def near(self, km: float) -> str:
        """Name the nearest point within `NEAR_KM` along the route; empty where there is none that has a name."""
        at = bisect_right(self._km, km)
        low, high = at, at
        while low > 0 and km - self._km[low - 1] <= NEAR_KM:
            low -= 1
        while high < len(self._km) and self._km[high] - km <= NEAR_KM:
            high += 1
        named = [(abs(self._km[i] - km), self._names[i]) for i in range(low, high) if self._names[i]]
        return min(named, default=(0.0, ""))[1]

    def leg(self, km: float) -> str:
        """Name the two points between which a place lies; empty where one of them has no name."""
        at = min(max(bisect_right(self._km, km), 1), len(self._km) - 1)
        before, after = self._names[at - 1 : at + 1]
        return f"{before}-{after}" if before and after else ""


def _name(point: Waypoint) -> str:
    """Return the name of a fix; a coordinate is none."""
    return point.name if point.name and not _COORDINATE.fullmatch(point.name) else ""
