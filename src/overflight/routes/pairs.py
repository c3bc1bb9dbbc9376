"""Lists of flights by their airports: a row from one to the other, or a place a row, in the order flown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name, unguarded
from overflight.routes.collect import Collector
from overflight.routes.instants import instant
from overflight.routes.places import Waypoint, place
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
    for row, line in rows:
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
        lines.line(points, called, f"line {line}", "great-circle", on=_date(table, row))
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
    return place(code_in(text))


def code_in(text: str) -> str:
    """Return the code that stands in brackets behind the name of an airport; any other text as it is.

    Examples
    --------
    >>> code_in("Moscow / Vnukovo (VKO/UUWW)"), code_in("VKO")
    ('UUWW', 'VKO')
    """
    match = _IN_BRACKETS.search(text)
    return (match[2] or match[1]) if match else text


def _date(table: Table, row: Sequence[str]) -> dt.date | None:
    texts = (table.cell(row, key) for key in ("date", "time", "begin"))
    when = next((found for text in texts if text and (found := instant(text)) is not None), None)
    return None if when is None else dt.datetime.fromtimestamp(when, dt.UTC).date()
