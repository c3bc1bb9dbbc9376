"""A flight and its stays in the airspace of states: what a permit sheet is about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from overflight.routes.navigators import aerodrome
from overflight.routes.spellings import significant
from overflight.rules.schedule import AsFlown
from overflight.sheets.places import End, Fixes
from overflight.sheets.timing import AsPaced, moment_of

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.routes import Waypoint
    from overflight.sheets.answers import Asked
    from overflight.sheets.model import Stay

__all__ = ["Flight"]


@dataclass(frozen=True, repr=False)
class Flight:
    """A flight and its stays.

    Attributes
    ----------
    case : Case
        The question.
    stays : tuple of Stay
        Every stay in an airspace, in the order flown.
    states : tuple of Asked
        The same by the state to be asked.
    aircraft : str
        As given; empty where none was.
    level : str
        The level of cruise; empty where none was given.
    """

    case: Case
    stays: tuple[Stay, ...]
    states: tuple[Asked, ...]
    aircraft: str = ""
    level: str = ""

    @property
    def depart(self) -> End:
        """Where and when the flight begins."""
        return self._end(0, 0.0)

    @property
    def arrive(self) -> End:
        """Where and when it ends."""
        return self._end(-1, self.case.route.length_km)

    @property
    def ends(self) -> tuple[str, str]:
        """Where it begins and ends, in words: the places as given, with ICAO's codes of aerodromes."""
        first, last = self.case.route.waypoints[0], self.case.route.waypoints[-1]
        return _called(first), _called(last)

    @property
    def operator_words(self) -> str:
        """Who flies, as given, and of which state; empty where that was not said."""
        who = self.case.operator
        if who is None:
            return ""
        return who.state.name if who.text in {who.state.code, who.state.name} else f"{who.text} ({who.state.name})"

    @property
    def times(self) -> str | None:
        """How its times were reckoned: ``"schedule"``, ``"pace"``, ``"recording"``; None where it has none."""
        kept = self.case.schedule
        if kept is None:
            return None
        return "pace" if isinstance(kept, AsPaced) else "recording" if isinstance(kept, AsFlown) else "schedule"

    def item15(self, most: int) -> str:
        """Write the points of the route as item 15 of a flight plan has them, at most so many of them."""
        points = self.case.route.waypoints
        told = [_significant(point) for point in points[:most]]
        more = [f"... ({len(points) - most:,} more points)"] if len(points) > most else []
        return " DCT ".join([*told, *more])

    def _end(self, nth: int, km: float) -> End:
        point, fixes = self.case.route.waypoints[nth], self._fixes
        return End((point.lon, point.lat), km, fixes.near(km), fixes.leg(km), moment_of(self.case.schedule, km))

    @cached_property
    def _fixes(self) -> Fixes:
        return Fixes(self.case.route)


def _significant(point: Waypoint) -> str:
    """Write a point as item 15 has it: an aerodrome by ICAO's code, a fix by its name, any other by its coordinate."""
    name = point.name or ""
    fix = name if name.isascii() and name.isalnum() else ""
    return aerodrome(point) or fix or significant(point.lon, point.lat)


def _called(point: Waypoint) -> str:
    code = aerodrome(point)
    return f"{point.label} ({code})" if code and code != point.name else point.label
