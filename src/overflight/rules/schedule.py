"""When a flight is where: a departure time and one ground speed; and rules whose members change on the way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from overflight.airspace.ruleset import united
from overflight.earth.constants import KM_PER_NM
from overflight.errors import OverflightError
from overflight.outside.dates import as_date
from overflight.rules.avoid import Avoid
from overflight.rules.wording.findings import CONSENTED

if TYPE_CHECKING:
    from overflight._crossings import Crossing, Crossings
    from overflight.airspace import Airspaces, Area, RuleSet, State
    from overflight.airspace.ruleset import Ground, Holding
    from overflight.routes.tracks import Track
    from overflight.rules.findings import Finding, Status

__all__ = ["AsFlown", "AvoidOnTheWay", "Schedule", "avoid_rule", "date_of", "parse_depart", "parse_speed"]

SLOWEST_KMH, FASTEST_KMH = 20.0, 10_000.0
"""Slower than a balloon or faster than any aircraft is a slip of the pen."""
LAST_YEAR = 9998
_SPEED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(kt|km/h)\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A departure and a ground speed that is the same all the way; no winds, no climb.

    Attributes
    ----------
    depart : datetime.datetime
        When the route's first waypoint is left; aware of its offset from UTC.
    speed_kmh : float
        Ground speed, in km/h.

    Raises
    ------
    OverflightError
        If the departure has no offset, or the speed is not above 0.

    Examples
    --------
    >>> flight = Schedule(parse_depart("2025-10-23T23:30Z"), parse_speed("460kt"))
    >>> flight.on.isoformat(), flight.time(500.0), flight.date(500.0).isoformat()
    ('2025-10-23', '2025-10-24T00:05:13Z', '2025-10-24')
    """

    depart: dt.datetime
    speed_kmh: float

    def __post_init__(self) -> None:
        if self.depart.tzinfo is None:
            when = f"{self.depart:%Y-%m-%dT%H:%M}"
            msg = f"departure {when} has no offset from UTC: give tzinfo=datetime.UTC if it is in UTC"
            raise OverflightError(msg)
        if not self.speed_kmh > 0.0:
            msg = f"speed is {self.speed_kmh} km/h: give a ground speed above 0"
            raise OverflightError(msg)

    @property
    def on(self) -> dt.date:
        """The date of departure in UTC, which decides whose the airspace is."""
        return self.date(0.0)

    def moment(self, at_km: float) -> dt.datetime:
        """Return when the flight is so many km along its route, in UTC."""
        return self.depart.astimezone(dt.UTC) + dt.timedelta(hours=at_km / self.speed_kmh)

    def date(self, at_km: float) -> dt.date:
        """Return the date in UTC on which the flight is so many km along its route."""
        return self.moment(at_km).date()

    def time(self, at_km: float) -> str:
        """Write when the flight is so many km along its route, to the second: ``2025-10-23T08:00:00Z``."""
        rounded = self.moment(at_km) + dt.timedelta(milliseconds=500)
        return f"{rounded:%Y-%m-%dT%H:%M:%S}Z"

    def clock(self, at_km: float) -> str:
        """Write when the flight is so many km along its route, for a narrow column: ``08:27``, ``00:12 +1d``."""
        moment = self.moment(at_km)
        days = (moment.date() - self.on).days
        return f"{moment:%H:%M}" + (f" +{days}d" if days else "")

    def dates(self, length_km: float) -> tuple[dt.date, ...]:
        """Return the dates in UTC on which a flight of so many km is in the air."""
        days = (self.date(length_km) - self.on).days
        return tuple(self.on + dt.timedelta(days=n) for n in range(days + 1))


@dataclass(frozen=True, slots=True)
class AsFlown(Schedule):
    """When a recorded flight was where: at one speed between two of its positions only.

    Attributes
    ----------
    depart : datetime.datetime
        When its first position was recorded.
    speed_kmh : float
        Ground speed, on average.
    track : Track
        The recording.
    """

    track: Track

    @classmethod
    def of(cls, track: Track) -> AsFlown:
        """Return the schedule that a track kept."""
        hours = (track.end - track.begin).total_seconds() / 3600.0
        return cls(track.begin, track.length_km / hours, track)

    def moment(self, at_km: float) -> dt.datetime:
        """Return when the flight was so many km along its route, in UTC."""
        return self.track.moment(at_km)


def parse_speed(text: str) -> float:
    """Read a ground speed with its unit, in km/h.

    Raises
    ------
    OverflightError
        If there is no number, no unit, or no aircraft is as slow or as fast.

    Examples
    --------
    >>> parse_speed("500kt"), parse_speed("850 km/h")
    (926.0, 850.0)
    """
    match = _SPEED.fullmatch(text)
    kmh = float(match[1]) * (KM_PER_NM if match[2].lower() == "kt" else 1.0) if match else 0.0
    if not SLOWEST_KMH <= kmh <= FASTEST_KMH:
        msg = f"speed {text[:40]!r}: expected 20 to 10000 km/h with the unit, such as 460kt or 850km/h"
        raise OverflightError(msg)
    return kmh


def parse_depart(text: str) -> dt.datetime:
    """Read a time of departure with its offset from UTC.

    Raises
    ------
    OverflightError
        If it is none, or has no offset.
    """
    try:
        found = dt.datetime.fromisoformat(text.strip().upper()) if ":" in text else None
    except ValueError:
        found = None
    if found is None:
        msg = f"departure {text[:40]!r}: expected a time in UTC such as 2025-10-23T08:00Z"
        raise OverflightError(msg)
    if found.tzinfo is None:
        msg = f"departure {text[:40]!r} has no offset from UTC: write {found:%Y-%m-%dT%H:%M}Z if it is in UTC"
        raise OverflightError(msg)
    if not 1 < found.year <= LAST_YEAR:
        msg = f"departure {text[:40]!r} is out of range: give a year from 2 to {LAST_YEAR}"
        raise OverflightError(msg)
    return found


def date_of(on: dt.date | str | None, schedule: Schedule | None) -> dt.date:
    """Return the date that is asked about.

    Raises
    ------
    TypeError
        If there is none.
    ValueError
        If it is written otherwise than 2025-10-23, or is not that of departure.
    """
    date = None if on is None else as_date(on)
    if schedule is not None and date not in (None, schedule.on):
        msg = f"on={date} is another date than the departure, which is on {schedule.on} in UTC: leave it out"
        raise ValueError(msg)
    found = schedule.on if schedule is not None else date
    if found is None:
        msg = 'a date decides who is a member of what: give on="2025-10-23", or a schedule'
        raise TypeError(msg)
    return found


def avoid_rule(
    by_date: Mapping[dt.date, RuleSet],
    schedule: Schedule | None,
    *,
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
) -> Avoid:
    """Make the rule that keeps out of a rule set, which may be another one on each date of a flight.

    Parameters
    ----------
    by_date : mapping of date to RuleSet
        What is forbidden on each date of the flight, in UTC, the first one first; just one date without a schedule.
    schedule : Schedule or None
        When the flight is where.
    margin_km : float
        How near the route may come.
    allow : iterable of str
        States whose consent is assumed.
    """
    first, *others = by_date.values()
    by_the_clock = any(p.begins or p.ends for one in by_date.values() for p in one.provisos)
    hours = (at for one in by_date.values() for ground in one.grounds for at in (ground.begins, ground.ends) if at)
    by_the_clock = by_the_clock or any(at.date() in by_date for at in hours)
    if schedule is None or (all(one == first for one in others) and not by_the_clock):
        return Avoid(first, margin_km=margin_km, allow=allow)
    ever = replace(united(by_date.values()), text=first.text)
    return AvoidOnTheWay(ever, schedule=schedule, by_date=by_date, margin_km=margin_km, allow=allow)


@dataclass(frozen=True, slots=True, init=False)
class AvoidOnTheWay(Avoid):
    """Keep out of the airspace of states whose number changes during the flight.

    Parameters
    ----------
    ruleset : RuleSet
        What is forbidden on any date of the flight.
    schedule : Schedule
        When the flight is where.
    by_date : mapping of date to RuleSet
        What is forbidden on each date of the flight, in UTC.
    name, margin_km, allow, unasked
        As for `Avoid`.

    Notes
    -----
    A membership holds from 00:00 UTC of its first day until 00:00 UTC of the day on which it ends, or from and until
    the hours of its row, where they are known. A crossing is judged by the moment of entry, and is not judged again
    while it lasts. Near misses are those of every
    state that is forbidden on any date of the flight, wherever on the route, which errs on the side of caution.
    """

    schedule: Schedule
    by_date: Mapping[dt.date, RuleSet]

    def __init__(
        self,
        ruleset: RuleSet | Iterable[str | Area],
        *,
        schedule: Schedule,
        by_date: Mapping[dt.date, RuleSet],
        name: str | None = None,
        margin_km: float = 0.0,
        allow: Iterable[str] = (),
        unasked: Iterable[str] = (),
    ) -> None:
        # a slotted dataclass is made anew, so that super() without arguments would not know it
        Avoid.__init__(self, ruleset, name=name, margin_km=margin_km, allow=allow, unasked=unasked)
        object.__setattr__(self, "schedule", schedule)
        object.__setattr__(self, "by_date", by_date)

    def findings(self, crossings: Crossings, world: Airspaces) -> list[Finding]:
        """Return a finding for each state that is entered while forbidden, or lies within the search radius."""
        ever = Avoid(self.ruleset.outright(), name=self.name, margin_km=self.margin_km, allow=self.allow)
        return [
            self._in_time(finding, finding.state) if finding.crossings and finding.state is not None else finding
            for finding in ever.findings(crossings, world)
        ]

    def _in_time(self, finding: Finding, state: State) -> Finding:
        """Take out of a finding what was entered when the rule did not forbid it; say so."""
        held = {crossing: self._holding(crossing, state) for crossing in finding.crossings}
        offences = [c for c, holding in held.items() if holding != "not"]
        lawful = [c for c, holding in held.items() if holding == "not"]
        kept = offences or lawful
        sure = [crossing for crossing, holding in held.items() if holding == "wholly"]
        terms = self._terms(sure, state)
        doubts = [*terms] if sure else self._doubts(offences, state)
        if lawful:
            when = ", ".join(self.schedule.time(c.entry_km) for c in lawful)
            doubts.append(f"entered at {when}, when the rule did not forbid it")
        grounds = self._grounds(kept, state) if offences else ()
        doubts += [ground.text for ground in grounds]
        worst: Status = "crosses" if sure else "marginal" if offences else "clear"
        return replace(
            finding,
            status="clear" if finding.status == "clear" else worst,
            length_km=sum(c.length_km for c in kept),
            crossings=tuple(kept),
            note="; ".join(filter(None, (finding.note if offences else _plain_note(finding), *doubts))),
            consented=finding.consented and bool(offences),
            grounds=grounds,
            terms=tuple(terms),
        )

    def _holding(self, crossing: Crossing, state: State) -> Holding:
        """Tell whether the rule forbids a state at the moment when a crossing in it begins."""
        moment = self.schedule.moment(crossing.entry_km)
        chosen = self.by_date[moment.date()]
        territory = crossing.territory
        return "not" if territory in chosen.exceptions else chosen.holding(state, territory, moment)

    def _grounds(self, crossings: Iterable[Crossing], state: State) -> tuple[Ground, ...]:
        """List the rows that make the rule forbid a state when it is entered."""
        moments = [self.schedule.moment(crossing.entry_km) for crossing in crossings]
        found = (g for at in moments for g in self.by_date[at.date()].grounds_of(state) if g.covers(at))
        return tuple(dict.fromkeys(found))

    def _terms(self, crossings: Iterable[Crossing], state: State) -> list[str]:
        """Say in the words of their rows what holds when a state is entered in the hours of a rule."""
        moments = [self.schedule.moment(crossing.entry_km) for crossing in crossings]
        held = (
            p for at in moments for p in self.by_date[at.date()].provisos_of(state) if p.by_the_clock and p.covers(at)
        )
        return list(dict.fromkeys(proviso.what for proviso in held if proviso.what))

    def _doubts(self, crossings: Iterable[Crossing], state: State) -> list[str]:
        """Say what keeps the rule from forbidding all of a state when it is entered."""
        days = dict.fromkeys(self.schedule.date(crossing.entry_km) for crossing in crossings)
        return list(dict.fromkeys(p.text for day in days for p in self.by_date[day].provisos_of(state)))


def _plain_note(finding: Finding) -> str:
    """Return what is noted of a finding but for a consent, which is not needed where nothing is forbidden."""
    return "; ".join(part for part in finding.note.split("; ") if part != CONSENTED)
