"""When a flight is where, by its schedule, its recording, or the pace of an aircraft, which is a range."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.rules import Schedule

if TYPE_CHECKING:
    from overflight.costs import Pace

__all__ = ["AsPaced", "Moment", "clock", "moment_of"]


@dataclass(frozen=True, slots=True)
class AsPaced(Schedule):
    """The times of a flight that goes as an aircraft does; the typical one counts where a rule asks for the moment.

    Attributes
    ----------
    depart : datetime.datetime
        When it takes off.
    speed_kmh : float
        Ground speed from take-off to landing, on average.
    pace : Pace
        Minutes by km.
    """

    pace: Pace

    @classmethod
    def of(cls, depart: dt.datetime, pace: Pace) -> AsPaced:
        """Return the times of a flight that takes off at a moment."""
        return cls(depart, pace.km[-1] / (pace.total.typical / 60.0), pace)

    def moment(self, at_km: float) -> dt.datetime:
        """Return when the flight is so many km along its route, in UTC, as it typically goes."""
        return self._after(self.pace.minutes(at_km).typical)

    def earliest(self, at_km: float) -> dt.datetime:
        """Return when the flight is there at the earliest."""
        return self._after(self.pace.minutes(at_km).low)

    def latest(self, at_km: float) -> dt.datetime:
        """Return when the flight is there at the latest."""
        return self._after(self.pace.minutes(at_km).high)

    def _after(self, minutes: float) -> dt.datetime:
        return self.depart.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a flight is at a place, in UTC.

    Attributes
    ----------
    typical : datetime.datetime
        When it is there.
    earliest, latest : datetime.datetime or None
        The range, where the time is one.
    """

    typical: dt.datetime
    earliest: dt.datetime | None = None
    latest: dt.datetime | None = None

    @property
    def words(self) -> str:
        """Write it to the minute: ``2025-10-23 09:12``; the range is not narrowed by that.

        Examples
        --------
        >>> at = dt.datetime(2025, 10, 23, 23, 58, 40, tzinfo=dt.UTC)
        >>> Moment(at).words, Moment(at, at, at + dt.timedelta(minutes=3)).words
        ('2025-10-23 23:59', '2025-10-23 23:59 (2025-10-23 23:58 to 2025-10-24 00:02)')
        """
        if self.earliest is None or self.latest is None:
            return clock(self.typical)
        low, high = clock(self.earliest, up=False), clock(self.latest, up=True)
        at = clock(self.typical)
        if at[:10] == low[:10] == high[:10]:
            low, high = low[11:], high[11:]
        return f"{at} ({low} to {high})"

    def brief(self, on: dt.date) -> str:
        """Write it for a narrow column, with the days that have passed since a date.

        Examples
        --------
        >>> at = dt.datetime(2025, 10, 23, 23, 58, 40, tzinfo=dt.UTC)
        >>> Moment(at, at, at + dt.timedelta(minutes=3)).brief(at.date())
        '23:59 (23:58-00:02)'
        """
        told = clock(self.typical)
        days = (dt.date.fromisoformat(told[:10]) - on).days
        at = told[11:] + (f" +{days}d" if days else "")
        if self.earliest is None or self.latest is None:
            return at
        return f"{at} ({clock(self.earliest, up=False)[11:]}-{clock(self.latest, up=True)[11:]})"


def moment_of(schedule: Schedule | None, at_km: float) -> Moment | None:
    """Return when a flight is so many km along its route; None where it has no times."""
    if schedule is None:
        return None
    if isinstance(schedule, AsPaced) and at_km > 0.0:
        return Moment(schedule.moment(at_km), schedule.earliest(at_km), schedule.latest(at_km))
    return Moment(schedule.moment(at_km))


def clock(moment: dt.datetime, *, up: bool | None = None) -> str:
    """Write a moment to the nearest minute; or to the one after it (`up`), or before it (not `up`)."""
    if up is None:
        moment += dt.timedelta(seconds=30)
    elif up:
        moment += dt.timedelta(minutes=1) - dt.timedelta(microseconds=1)
    return f"{moment:%Y-%m-%d %H:%M}"
