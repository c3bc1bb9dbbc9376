"""Lists of flights by their airports: a row from one to the other, or a place a row, in the order flown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name, unguarded
from overflight.routes.collect import Collector
from overflight.routes.instants import day_comes_first, instant
from overflight.routes.places import Waypoint, coded
from overflight.routes.refusals import shown
from overflight.routes.tables import MISSING, Table, refuse_row

__all__ = ["add_pairs", "add_stops", "code_in"]

MOST_NAMED = 6
"""Places that the name of a route has room for."""
_IN_BRACKETS = re.compile(r"\(([A-Z0-9]{3,4})(?:\s*/\s*([A-Z0-9]{3,4}))?\)\s*$", re.ASCII)


def add_pairs(rows: Iterable[tuple[list[str], int]], table: Table, lines: Collector) -> None:
    """Add a route for each row: the great circle from the one place to the other, on its date if there is one.

    Raises
    ------
    ProposalError
        Names the line of a place that is not known.
    """
    missing = local = 0
    if table.not_dated:
        lines.remark(table.not_dated)
    given = [*rows]
    day_first = day_comes_first(text for row, _ in given for text in _dates(table, row))
    unread: list[str] = []
    for row, line in given:
        start, end = table.cell(row, "start"), table.cell(row, "end")
        if start.lower() in MISSING or end.lower() in MISSING:
            missing += 1
            continue
        try:
            ends = [_place(unguarded(text)) for text in (start, end)]
            points = [lines.point(p.lon, p.lat, p.name) for p in ends]
        except OverflightError as error:
            refuse_row(lines.where, line, error)
        if ends[0] == ends[1]:
            local += 1
            continue
        name = plain_name(unguarded(table.cell(row, "callsign") or table.cell(row, "route")))
        called = name or f"{ends[0].label}-{ends[1].label}"
        lines.line(points, called, f"line {line}", "great-circle", on=_date(table, row, day_first, unread))
    if unread:
        rest = f" and {len(unread) - 1:,} more" if len(unread) > 1 else ""
        lines.remark(f"date {shown(unread[0])}{rest} can't be read: write dates as 2025-10-23")
    for count, what in ((missing, "without both airports"), (local, "from an airport to itself")):
        if count:
            lines.remark(f"{count:,} row{'s' if count > 1 else ''} {what} left out")


def add_stops(rows: Iterable[tuple[list[str], int]], table: Table, lines: Collector) -> None:
    """Add the route through places that stand one a row.

    Raises
    ------
    ProposalError
        Names the line of a place that is not known.
    """
    points: list[Waypoint] = []
    for row, line in rows:
        try:
            found = _place(unguarded(table.cell(row, "stop")))
            points.append(lines.point(found.lon, found.lat, found.name))
        except OverflightError as error:
            refuse_row(lines.where, line, error)
    lines.line(points, "-".join(p.label for p in points) if len(points) <= MOST_NAMED else None)


def _place(text: str) -> Waypoint:
    return coded(code_in(text))


def code_in(text: str) -> str:
    """Return the code that stands in brackets behind the name of an airport; any other text as it is.

    Examples
    --------
    >>> code_in("Moscow / Vnukovo (VKO/UUWW)"), code_in("VKO")
    ('UUWW', 'VKO')
    """
    match = _IN_BRACKETS.search(text)
    return (match[2] or match[1]) if match else text


def _dates(table: Table, row: Sequence[str]) -> list[str]:
    return [text for key in ("date", "time", "begin") if (text := table.cell(row, key)) and text.lower() not in MISSING]


def _date(table: Table, row: Sequence[str], day_first: bool | None, unread: list[str]) -> dt.date | None:
    """Return the date of a row; one that can't be read is added to `unread`."""
    texts = _dates(table, row)
    when = next((found for text in texts if (found := instant(text, day_first=day_first)) is not None), None)
    if when is None:
        unread += texts[:1]
        return None
    return dt.datetime.fromtimestamp(when, dt.UTC).date()
