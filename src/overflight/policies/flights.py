"""The schedule that is judged: a row a flight, from a table of text, from Parquet, or from Python."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import NoReturn, TypeAlias, TypeVar

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name, unguarded, visible
from overflight.policies.columns import ROLES, Header, header_of, roles_of
from overflight.routes.collect import MAX_BYTES
from overflight.routes.files import read_text
from overflight.routes.instants import day_comes_first, instant
from overflight.routes.model import Route, route
from overflight.routes.pairs import code_in
from overflight.routes.places import Waypoint, coded, place
from overflight.routes.refusals import shown
from overflight.routes.tables import MISSING, Table, read_table
from overflight.routes.typed import places_in

__all__ = ["MAX_FLIGHTS", "Flight", "Given", "Timetable", "parse_flights", "read_flights"]
MAX_FLIGHTS = 300_000
WHO = ("operator", "registration", "airline", "aircraft")
MAX_PLACES = 10_000
"""Characters of a cell that holds places."""
MOST_TOLD = 5
"""Rows that a remark names."""
PARQUET = (".parquet", ".pq", ".geoparquet")
_Found = TypeVar("_Found")
Given: TypeAlias = "str | os.PathLike[str] | Iterable[Mapping[str, object]]"
"""A file of CSV or Parquet; or rows, each a mapping from titles of columns to values."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A row of a schedule.

    Attributes
    ----------
    name : str
        The flight's number, else its ends (``VKO-BUD``).
    route : Route
        Its legs are geodesics; flights of one route share it.
    row : int
        Of a text, its line, from 1; else its row, from 0.
    date : datetime.date or None
        The day of departure; None where the schedule has no days.
    operator, registration, airline, aircraft : str
        Who flies, and what, as the schedule has it; empty where it doesn't say.
    """

    name: str
    route: Route
    row: int
    date: dt.date | None = None
    operator: str = ""
    registration: str = ""
    airline: str = ""
    aircraft: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule that has been read.

    Attributes
    ----------
    where : str
        The file; empty where there is none: rows of Python, or standard input.
    flights : tuple of Flight
        In the order of the rows.
    unit : {"line", "row"}
        What `Flight.row` counts.
    remarks : tuple of str
        What of it is not judged, and what was not read.
    roles : frozenset of str
        What its columns hold.
    """

    where: str
    flights: tuple[Flight, ...]
    unit: str = "line"
    remarks: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()

    @property
    def dated(self) -> bool:
        """Whether its flights have days."""
        return "date" in self.roles

    def place(self, flight: Flight) -> str:
        """Say where a flight stands."""
        return f"{visible(self.where) or 'schedule'}, {self.unit} {flight.row}"


def read_flights(schedule: Given) -> Timetable:
    """Read a schedule.

    Parameters
    ----------
    schedule : path, or iterable of mappings
        CSV (with commas, semicolons, tabs or bars) of at most 50 MB, Parquet (needs pyarrow), or rows; at most 300,000.
        Two columns of airports (``origin``, ``destination``), or one of ``waypoints`` (else ``route``), or all three;
        ``date``, ``flight``, ``operator``, ``registration``, ``airline`` and ``aircraft`` where it has them.

    Raises
    ------
    ProposalError
        Names the line or row, and the column. A flight that can't be read is refused, for what is not read is not
        judged.
    """
    if not isinstance(schedule, str | os.PathLike):
        return _from_rows(schedule)
    path = Path(schedule)
    if path.name.lower().endswith(PARQUET):
        from overflight.policies.parquet import parquet_rows  # which needs pyarrow

        return _from_rows(parquet_rows(path, ROLES), where=str(path))
    return parse_flights(read_text(path, max_bytes=MAX_BYTES), where=str(path))


def parse_flights(text: str, *, where: str) -> Timetable:
    r"""Read a schedule in a text.

    Examples
    --------
    >>> found = parse_flights("flight,date,origin,destination\nOF1,2025-10-23,VKO,BUD\n", where="week.csv")
    >>> [(one.name, str(one.date), one.route.label, one.row) for one in found.flights]
    [('OF1', '2025-10-23', 'VKO-BUD', 2)]
    """
    header = header_of(text, visible(where) or "schedule")
    table = Table(header.columns, delimiter=header.delimiter, start=header.start, line=header.line, width=header.width)
    rows = read_table(text, table, visible(where) or "schedule")
    return _Reader(where, "line", header).timetable(
        ({key: table.cell(row, key) for key in header.columns}, line) for row, line in rows
    )


def _from_rows(rows: Iterable[Mapping[str, object]], where: str = "") -> Timetable:
    """Read rows of Python, or of Parquet; the first says which columns there are."""
    given = iter(rows)
    first = next(given, None)
    called = visible(where) or "schedule"
    if first is None:
        raise ProposalError(f"{called}: no flight in it: give a row a flight, with origin and destination")
    if not isinstance(first, Mapping):
        msg = f"{called}: expected mappings, found {shown(str(first))}: give frame.to_dict('records')"
        raise ProposalError(msg)
    titles = [str(key) for key in first]
    header = roles_of(titles, called)
    keys = {role: list(first)[at] for role, at in header.columns.items()}
    cells = ({role: _text(row.get(key)) for role, key in keys.items()} for row in chain([first], given))
    return _Reader(where, "row", header).timetable(zip(cells, count()))


def _text(value: object) -> str:
    """Write a value of Python as a table has it; what is missing is empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)


class _Reader:
    """Takes rows one by one, or says in one line what is wrong with one."""

    def __init__(self, where: str, unit: str, header: Header) -> None:
        self.where, self.unit, self.header = where, unit, header
        self.routes: dict[tuple[str, str, str], Route | None] = {}
        self.kept: dict[Route, Route] = {}

    def timetable(self, rows: Iterable[tuple[Mapping[str, str], int]]) -> Timetable:
        """Read all rows."""
        given = []
        for one in rows:
            given.append(one)
            if len(given) > MAX_FLIGHTS:
                self._fail(one[1], f"more than {MAX_FLIGHTS:,} flights: split the schedule")
        day_first = day_comes_first(row["date"] for row, _ in given if "date" in row)
        flights, local = [], []
        for row, at in given:
            path = self._route(row, at)
            if path is None:
                local.append(at)
                continue
            flights.append(self._flight(row, at, path, day_first))
        if not flights:
            self._fail(None, "no flight in it: give a row a flight, with origin and destination, or waypoints")
        return Timetable(
            self.where, tuple(flights), self.unit, tuple(self._remarks(local)), frozenset(self.header.columns)
        )

    def _remarks(self, local: Sequence[int]) -> Iterator[str]:
        yield from self.header.remarks
        if local:
            more = f" and {len(local) - MOST_TOLD:,} more" if len(local) > MOST_TOLD else ""
            told = f"{self.unit} {', '.join(map(str, local[:MOST_TOLD]))}{more}"
            s = "s" if len(local) > 1 else ""
            yield f"not judged: {len(local):,} flight{s} from an airport to itself ({told}), whose way is not given"

    def _flight(self, row: Mapping[str, str], at: int, path: Route, day_first: bool | None) -> Flight:
        named = {key: plain_name(unguarded(row.get(key, ""))) or "" for key in ("flight", *WHO)}
        held = {key: "" if text.lower() in MISSING else text for key, text in named.items()}
        name = held.pop("flight") or path.label
        return Flight(name, path, at, self._date(row, at, day_first), **held)

    def _date(self, row: Mapping[str, str], at: int, day_first: bool | None) -> dt.date | None:
        if "date" not in row:
            return None
        text = unguarded(row["date"])
        if text.lower() in MISSING:
            self._fail(at, "is empty: every flight needs a day, such as 2025-10-23", "date")
        when = instant(text, day_first=day_first)
        if when is None:
            self._fail(at, f"expected a day such as 2025-10-23, found {shown(text)}", "date")
        return dt.datetime.fromtimestamp(when, dt.UTC).date()

    def _route(self, row: Mapping[str, str], at: int) -> Route | None:
        """Make the route of a row, once for all rows that have it; None for one that ends where it began."""
        key = (row.get("start", ""), row.get("end", ""), row.get("waypoints", ""))
        if key not in self.routes:
            made = self._made(key, at)
            self.routes[key] = made and self.kept.setdefault(made, made)
        return self.routes[key]

    def _made(self, key: tuple[str, str, str], at: int) -> Route | None:
        start, end, between = (unguarded(text) for text in key)
        points = self._between(between, at) if between.lower() not in MISSING else []
        if {"start", "end"} <= self.header.columns.keys():
            ends = [self._place(role, text, at) for role, text in (("start", start), ("end", end))]
            points = [ends[0], *points[points[:1] == ends[:1] :], *ends[1:]]
            if len(points) > 2 and points[-2] == points[-1]:
                points.pop()
        elif not points:
            self._fail(at, "is empty: give two or more places", "waypoints")
        if len(set(points)) < 2:
            return None
        try:
            return route(*points)
        except OverflightError as error:
            self._fail(at, str(error))

    def _place(self, role: str, text: str, at: int) -> Waypoint:
        if text.lower() in MISSING:
            self._fail(at, "is empty: every flight needs both airports", role)
        return self._looked_up(role, lambda: coded(code_in(text)), at)

    def _between(self, text: str, at: int) -> list[Waypoint]:
        if len(text) > MAX_PLACES:
            self._fail(at, f"more than {MAX_PLACES:,} characters: thin it out", "waypoints")
        return self._looked_up("waypoints", lambda: [place(one) for one in places_in(text.split(";"))], at)

    def _looked_up(self, role: str, look: Callable[[], _Found], at: int) -> _Found:
        try:
            return look()
        except OverflightError as error:
            self._fail(at, str(error), role)

    def _fail(self, at: int | None, why: str, role: str = "") -> NoReturn:
        there = "" if at is None else f", {self.unit} {at}"
        column = f", column {self.header.titles[role]}" if role else ""
        raise ProposalError(f"{visible(self.where) or 'schedule'}{there}{column}: {why}")
