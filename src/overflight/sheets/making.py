"""From a question about a route to its permit sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from overflight.case import is_recorded
from overflight.errors import OverflightError
from overflight.outside.printable import plain_name, visible
from overflight.rules.schedule import parse_depart
from overflight.rules.wording.gaps import PRESUMED
from overflight.rules.wording.stays import Along, merged
from overflight.rules.wording.waters import beyond_land
from overflight.sheets.answers import END_KM, asked
from overflight.sheets.binding import Binding
from overflight.sheets.model import Stay
from overflight.sheets.places import End, Fixes
from overflight.sheets.sheet import Sheet
from overflight.sheets.timing import AsPaced, moment_of

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.costs.pacing import Wind
    from overflight.proposals.ledger import Ledger
    from overflight.routes import Route

__all__ = ["parse_level", "permits"]

_LEVEL = re.compile(r"F\d{3}|A\d{3}|S\d{4}|M\d{4}|VFR", re.ASCII)
LONGEST = 80
"""Characters of what an aircraft is called."""


def permits(
    case: Case,
    *,
    aircraft: str | None = None,
    depart: dt.datetime | str | None = None,
    wind: Wind = "none",
    level: str | None = None,
    ledger: Ledger | None = None,
) -> Sheet:
    """Make the permit sheet of a flight: whose airspace it enters where and when, and who is to be asked.

    Parameters
    ----------
    case : Case
        The question; its operator is who flies, its schedule says when the flight is where.
    aircraft : str, optional
        What flies: a class (``"narrow-body"``) or a type. Without `depart` it is said, and decides nothing.
    depart : datetime or str, optional
        When it takes off, on the case's date: ``"2025-10-23T08:00Z"``. The times are then those at the pace of the
        aircraft (``"narrow-body"`` by default), each a range, instead of those of the case's schedule.
    wind : {"none", "season"}
        What wind that pace reckons with.
    level : str, optional
        The level of cruise, as item 15 has it: ``"F350"``.
    ledger : Ledger, optional
        Who granted consent, and who refused.

    Returns
    -------
    Sheet

    Raises
    ------
    OverflightError
        If the departure is on another date than the case, or if level or aircraft can't be read.

    Notes
    -----
    Points are those where the route meets the borders as stored, within 1 m; they are written to a minute (1.4 km).
    Times are those of the schedule, or a range that `overflight.costs.pace` gives; how exactly a border is known is
    not in them.

    Examples
    --------
    >>> import overflight as of
    >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc", operator="RUS")
    >>> hungary = permits(case, aircraft="narrow-body", depart="2025-10-23T08:00Z").states[-1]
    >>> hungary.name, hungary.answer, hungary.stays[0].entry.item15, hungary.stays[0].crossing.role
    ('Hungary', 'needed', '4832N02103E', 'arrival')
    >>> [bound.bloc for bound in hungary.stays[0].rules]
    ['icc', 'eu-ban-russia']
    """
    flies = plain_name(aircraft, LONGEST) or ""
    high = parse_level(level) if level else ""
    if depart is not None:
        case = _paced(case, flies, parse_depart(depart) if isinstance(depart, str) else depart, wind)
    fixes, binding = Fixes(case.route), Binding(case)
    crossings = case.verdict.crossings
    along, presumed = _along(case), _presumed(case)
    names = {piece.territory: piece.territory_name for piece in case.world.pieces}
    stays = tuple(
        Stay(
            number=number,
            crossing=one,
            territory="" if one.territory in {one.state, "XXX"} else names.get(one.territory, ""),
            entry=_end(case, fixes, one.entry, one.entry_km),
            exit=_end(case, fixes, one.exit, one.exit_km),
            level=_level(high, one, case.route.length_km),
            altitude_m=_recorded(case.route, one),
            standing=case.standing(one),
            rules=binding.of(one),
            remarks=tuple(filter(None, (along.get(one), presumed(one), beyond_land(one, case.waters_of(one))))),
        )
        for number, one in enumerate(crossings, 1)
    )
    return Sheet(case, stays, asked(case, stays, ledger), flies, high)


def parse_level(text: str) -> str:
    """Read a level as item 15 has it; ``FL350`` is one, too.

    Raises
    ------
    OverflightError
        If it is none.

    Examples
    --------
    >>> parse_level("fl350"), parse_level("S1130")
    ('F350', 'S1130')
    """
    plain = text.strip().upper()
    found = plain.replace("FL", "F", 1) if plain.startswith("FL") else plain
    if not _LEVEL.fullmatch(found):
        msg = f"level {visible(text[:40])!r}: expected one as item 15 has it: F350, A045 (feet), S1130 (metres) or VFR"
        raise OverflightError(msg)
    return found


def _paced(case: Case, aircraft: str, depart: dt.datetime, wind: Wind) -> Case:
    """Return the case with the times of an aircraft's pace."""
    from overflight.costs import pace

    if depart.tzinfo is None:
        msg = f"departure {depart:%Y-%m-%dT%H:%M} has no offset from UTC: give tzinfo=datetime.UTC if it is in UTC"
        raise OverflightError(msg)
    day = depart.astimezone(dt.UTC).date()
    if day != case.on:
        msg = f"it departs on {day} in UTC, and the question is of {case.on}: ask as of the day of departure"
        raise OverflightError(msg)
    try:
        kept = pace(case.route, aircraft=aircraft or "narrow-body", wind=wind, on=day)
    except OverflightError as error:
        raise type(error)(f"{error}; or give a ground speed (--speed 460kt), and any aircraft") from error
    return replace(case, schedule=AsPaced.of(depart, kept))


def _end(case: Case, fixes: Fixes, lonlat: tuple[float, float], km: float) -> End:
    return End(lonlat, km, fixes.near(km), fixes.leg(km), moment_of(case.schedule, km))


def _along(case: Case) -> Mapping[Crossing, str]:
    """Say of slivers on both sides of one border that they are such."""
    return dict(_slivers(case))


def _slivers(case: Case) -> Iterator[tuple[Crossing, str]]:
    for one in merged(case.verdict.crossings):
        if isinstance(one, Along):
            yield from ((sliver, f"one of {len(one.slivers)} slivers {one.words}") for sliver in one.slivers)


def _presumed(case: Case) -> Callable[[Crossing], str]:
    """Return what says of a crossing of a recorded flight that no position was recorded in it."""
    if not case.gaps:
        return lambda _: ""
    from overflight.rules.gaps import is_within, silent

    where = silent(case.route, case.gaps)
    return lambda crossing: PRESUMED if is_within(crossing, where) else ""


def _level(high: str, crossing: Crossing, length_km: float) -> str:
    """Say at which levels a stay is, as far as the level of cruise tells."""
    if not high:
        return ""
    ground = ["ground"] if crossing.entry_km <= 0.0 else []
    land = ["ground"] if crossing.exit_km >= length_km - END_KM else []
    return " to ".join([*ground, high, *land])


def _recorded(route: Route, crossing: Crossing) -> tuple[float, float] | None:
    """Return the lowest and highest altitude recorded in a crossing; None where none is."""
    if not is_recorded(route):
        return None
    within = (route.along_km >= crossing.entry_km) & (route.along_km <= crossing.exit_km)
    heights = route.altitude_m[within & np.isfinite(route.altitude_m)]
    return (float(heights.min()), float(heights.max())) if len(heights) else None
