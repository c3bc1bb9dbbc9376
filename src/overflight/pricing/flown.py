"""The flights that are asked about, as few as they can be: distinct ways, and how many flights each has a day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.batch.columns import columns_in, misfit
from overflight.batch.inputs import Input, boundless, find_inputs, parts_of, read_parts
from overflight.batch.reading import read_routes_of
from overflight.batch.values import DAY_0, decoded, texts_of
from overflight.batch.walking import measure
from overflight.errors import DataError
from overflight.outside.printable import visible
from overflight.routes import Route, Waypoint
from overflight.routes.ways import route_of

if TYPE_CHECKING:
    from overflight.batch.settings import Columns, Settings
    from overflight.routes.ways import Way

__all__ = ["Flown", "add_table", "columns_of", "files_in", "flown_in", "flown_of", "one_input", "table_of"]

Floats = npt.NDArray[np.float64]

MOST_WAYS = 200_000
"""More distinct ways than this are refused: at a tenth of a second each, they take hours."""
MOST_FLIGHTS = 10**9
"""A row that stands for more is none."""
FLIGHTS, AIRCRAFT = ("flights", "flight_count", "n_flights"), ("aircraft", "aircraft_type", "typecode", "icao_type")
"""What columns are taken for how many flights a row stands for, and for what flies, the first that is there."""
BAD_COUNT = "bad-count"


@dataclass(slots=True)
class Flown:
    """Flights by way, day and aircraft.

    Attributes
    ----------
    ways : list of Route
        Distinct ones: of two places, or of more.
    flights : Counter
        How many, by number of the way, day (from 1970-01-01 on) and aircraft as written; empty where nothing is.
    refused : Counter
        Rows that are no flights, by reason (`overflight.batch.routes.REASONS`, and ``bad-count``).
    """

    ways: list[Route] = field(default_factory=list)
    flights: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _known: dict[tuple[tuple[float, float], ...], int] = field(default_factory=dict, repr=False)

    def number(self, way: Route) -> int:
        """Return the number of a way; two that go through the same points are one."""
        points = tuple((w.lon, w.lat) for w in way.waypoints)
        if points not in self._known:
            if len(self.ways) == MOST_WAYS:
                msg = f"more than {MOST_WAYS:,} distinct ways: give fewer flights at a time"
                raise DataError(msg)
            self._known[points] = len(self.ways)
            self.ways.append(way)
        return self._known[points]


def flown_of(ways: Iterable[Way], on: dt.date) -> Flown:
    """Take ways as Python is given them, each a flight on a day.

    Raises
    ------
    OverflightError
        If one of them is no route, for which the name of its place is given.
    """
    found = Flown()
    for way in ways:
        made = route_of(way, on)
        ends = made.waypoints
        alike = replace(made, kind="great-circle") if len(ends) == 2 else replace(made, kind="given")
        found.flights[found.number(alike), on.toordinal() - DAY_0, ""] += 1
    return found


def table_of(flights: Any) -> Any:
    """Return a table of Arrow, or None where what is given is no table."""
    if isinstance(flights, pa.Table):
        return flights
    if hasattr(flights, "__arrow_c_stream__"):
        return pa.table(flights)
    if type(flights).__module__.partition(".")[0] == "pandas":
        return pa.Table.from_pandas(flights, preserve_index=False)
    return None


def columns_of(inputs: Sequence[Input], chosen: dict[str, str | None], *, dated: bool) -> Columns:
    """Find the columns of pairs or lines, and those of numbers of flights and of aircraft.

    Raises
    ------
    DataError
        As `columns_in`; or if what is given are positions.
    """
    columns = columns_in(inputs, chosen, dated=dated)
    if columns.kind == "points":
        msg = "positions of recorded flights have no price of their own: give pairs of places (--from, --to), or lines"
        raise DataError(msg)
    schema = next(one.schema for one in inputs if one.schema is not None)
    there = {name.lower(): name for name in reversed(schema.names)}
    taken = set(columns.names) - {columns.route}
    flights, aircraft = (
        next((there[name] for name in names if name in there and there[name] not in taken), None)
        for names in (FLIGHTS, AIRCRAFT)
    )
    found = replace(columns, route=None, texts=True, flights=flights, aircraft=aircraft)
    if trouble := misfit(schema, found):
        raise DataError(trouble)
    return found


def files_in(given: Sequence[str]) -> list[Input]:
    """Find Parquet files, and refuse those that can't be read: a price of a part of the flights is none of all.

    Raises
    ------
    DataError
        If one can't be read.
    """
    found = find_inputs(given)
    for one in found:
        if one.trouble is not None:
            msg = f"{one.name}: {one.trouble[1]}"
            raise DataError(msg)
    return found


def flown_in(files: Sequence[Input], settings: Settings) -> Flown:
    """Take the flights of Parquet files, part by part.

    Raises
    ------
    DataError
        If a file can't be read, or has other columns than the first.
    """
    columns = settings.columns
    for one in files:
        why = misfit(one.schema, columns) if one.schema is not None else None
        if why := why or boundless(one, columns):
            msg = f"{one.name}: {why}"
            raise DataError(msg)
    found = Flown()
    for part, table in read_parts(files, columns, parts_of(files, columns), ()):
        if isinstance(table, tuple):
            msg = f"{files[part.file].name}: {table[1]}"
            raise DataError(msg)
        add_table(found, table, settings)
    return found


def add_table(found: Flown, table: Any, settings: Settings) -> None:
    """Add the flights of a table."""
    columns = settings.columns
    read = read_routes_of(table, settings)
    measured = measure(read)
    routes, refusals = measured.routes, read.refusals
    count, bad = _counts(table, columns.flights)
    words, at = [""], np.zeros(table.num_rows, np.int64)
    if columns.aircraft is not None:
        words, at, _ = texts_of(table[columns.aircraft])
    for reason, _ in refusals.reasons.values():
        found.refused[reason] += 1
    kept = ~bad[routes.row]
    found.refused[BAD_COUNT] += int((~kept).sum())
    found.refused += Counter()  # what is 0 is left out
    numbers = _numbered(found, routes, table, columns)
    row = routes.row[kept]
    keys = np.column_stack([numbers[kept], routes.days[kept], at[row]])
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    sums = np.bincount(inverse.ravel(), count[row], len(distinct))
    for (way, day, word), flights in zip(distinct.tolist(), sums.tolist(), strict=True):
        if flights:
            found.flights[way, day, words[word]] += int(flights)


def _counts(table: Any, name: str | None) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return how many flights each row stands for, and which rows don't say so."""
    if name is None:
        return np.ones(table.num_rows), np.zeros(table.num_rows, bool)
    array = decoded(table[name])
    values = np.asarray(array.fill_null(-1).cast(pa.float64(), safe=False), np.float64)
    bad = ~((values >= 0.0) & (values <= MOST_FLIGHTS))
    return np.where(bad, 0.0, values), bad


def _numbered(found: Flown, routes: Any, table: Any, columns: Columns) -> npt.NDArray[np.int64]:
    """Return the number of the way of each route."""
    if columns.kind == "lines":
        parts = np.split(routes.points, routes.first[1:-1]) if len(routes.row) else []
        return np.array([found.number(_line(part.tolist())) for part in parts], np.int64)
    ends = routes.points.reshape(-1, 4)
    distinct, first, inverse = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    rows = routes.row[first]
    names = [decoded(table[name]).take(pa.array(rows)).to_pylist() for name in (columns.start, columns.end)]
    numbers = [
        found.number(_pair(Waypoint(x, y, visible(a.strip())), Waypoint(to_x, to_y, visible(b.strip()))))
        for (x, y, to_x, to_y), a, b in zip(distinct.tolist(), *names, strict=True)
    ]
    return np.array(numbers, np.int64)[inverse.ravel()] if numbers else np.zeros(0, np.int64)


def _pair(start: Waypoint, end: Waypoint) -> Route:
    return Route((start, end), f"{start.name}-{end.name}", "great-circle")


def _line(points: list[list[float]]) -> Route:
    (x, y), (to_x, to_y) = points[0], points[-1]
    name = f"{y:.2f},{x:.2f} to {to_y:.2f},{to_x:.2f}"
    return Route(tuple(Waypoint(lon, lat) for lon, lat in points), name, "given")


def one_input(table: Any) -> Input:
    """Return what stands for a table where files are expected."""
    return Input("flights", Path(), rows=table.num_rows, schema=table.schema)
