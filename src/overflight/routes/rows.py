"""Routes in CSV: a row a waypoint, or a row a route with its line as WKT."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name, unguarded
from overflight.routes.collect import MAX_BYTES, MAX_CELLS, Collector
from overflight.routes.model import Route
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees, refuse, shown
from overflight.routes.wkt import add_wkt

__all__ = ["COLUMNS", "Table", "is_table", "parse_csv", "read_table", "refuse_row", "table_of"]

COLUMNS = {
    "lon": ("lon", "longitude", "long", "lng", "x", "lon_deg", "longitude_deg"),
    "lat": ("lat", "latitude", "y", "lat_deg", "latitude_deg"),
    "position": ("position", "latlon", "lat_lon"),
    "wkt": ("wkt", "geometry", "geom", "the_geom"),
    "name": ("name", "waypoint", "ident", "fix"),
    "route": ("route", "route_id", "route_name", "flight", "flight_id", "track", "track_id", "callsign", "icao24"),
    "order": ("order", "seq", "sequence", "point_order", "track_seg_point_id", "route_point_id"),
    "variation": ("variation", "magvar", "magnetic_variation"),
}
"""What a column holds, by the names that programs give it, the first that is there; case and blanks don't matter."""
DELIMITERS = ",;\t|"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")


@dataclass(frozen=True, slots=True)
class Table:
    """The header of a table: what stands where, and what separates the cells."""

    columns: dict[str, int]
    delimiter: str

    def cell(self, row: list[str], key: str) -> str:
        """Return a cell of a row; empty where there is none."""
        i = self.columns.get(key, len(row))
        return row[i].strip() if i < len(row) else ""

    def degrees(self, row: list[str], key: str) -> float:
        """Return a coordinate; with a decimal comma, too, where commas do not separate cells.

        Raises
        ------
        OverflightError
        """
        text = self.cell(row, key)
        if self.delimiter != "," and _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        return degrees(text, f"column {key}")

    def lonlat(self, row: list[str]) -> tuple[float, float]:
        """Return the point of a row.

        Raises
        ------
        OverflightError
        """
        if "lon" in self.columns:
            return self.degrees(row, "lon"), self.degrees(row, "lat")
        lat, comma, lon = self.cell(row, "position").partition(",")
        if not comma:
            msg = f"column position: expected lat,lon, found {shown(lat)}"
            raise OverflightError(msg)
        return degrees(lon.strip(), "column position"), degrees(lat.strip(), "column position")


def parse_csv(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a table.

    Parameters
    ----------
    text : str
        With a header; cells separated by commas, semicolons, tabs or bars. Columns by name: ``lon`` and ``lat`` (or
        ``position`` with ``lat,lon``), optionally ``name`` (of the waypoint), ``route`` (rows with the same value are
        one route) and ``order`` (by which they are sorted); or ``wkt``, a line a row, and ``route`` or ``name``. See
        `COLUMNS` for other names of these.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none.

    Raises
    ------
    ProposalError
        Names the file, the line and the column.
    """
    lines = Collector(where, default_name)
    table = table_of(text, where)
    if "lon" not in table.columns and "wkt" in table.columns:
        for row, line in read_table(text, table, where):
            name = plain_name(unguarded(table.cell(row, "route") or table.cell(row, "name")))
            if cell := table.cell(row, "wkt"):
                at = f"line {line}, column wkt"
                if cell[add_wkt(cell, 0, lines, name, at) :].strip():
                    lines.refuse("more than one geometry in a cell: write a row for each", at)
        return lines.routes("no line in its column wkt: add a row for each route")
    lines.expect_points(text.count("\n"))
    for name, points in _points(text, table, lines).items():
        lines.line(points, plain_name(unguarded(name)))
    return lines.routes("a header and no rows: add a row lon,lat for each waypoint")


def _points(text: str, table: Table, lines: Collector) -> dict[str, list[Waypoint]]:
    """Read a row a waypoint, those of each route in order."""
    found: dict[str, list[Waypoint]] = {}
    places: dict[str, list[float]] = {}
    sorts = "order" in table.columns
    for row, line in read_table(text, table, lines.where):
        try:
            lon, lat = table.lonlat(row)
            point = lines.point(lon, lat, plain_name(unguarded(table.cell(row, "name"))))
            name = table.cell(row, "route")
            if sorts:
                places.setdefault(name, []).append(table.degrees(row, "order"))
        except ProposalError:
            raise
        except OverflightError as error:
            refuse_row(lines.where, line, error)
        found.setdefault(name, []).append(point)
        lines.expect_routes(len(found))
    for name, order in places.items():
        points = found[name]
        found[name] = [points[i] for i in sorted(range(len(points)), key=order.__getitem__)]
    return found


def read_table(text: str, table: Table, where: str) -> Iterator[tuple[list[str], int]]:
    """Yield the rows below the header, each with the number of its last line.

    Raises
    ------
    ProposalError
        If a quote is not closed, or something follows it.
    """
    # Line by line: a StringIO takes four bytes for each character.
    lines = (line[0] for line in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
    with _large_cells():
        try:
            next(reader, None)
            for row in reader:
                if any(row):
                    yield row, reader.line_num
        except csv.Error as error:
            refuse(where, f"not CSV ({error}): mend the line", f"line {reader.line_num}")


@contextmanager
def _large_cells() -> Iterator[None]:
    """Let cells be as long as a line of many points; the csv module has one limit, for the whole process."""
    before = csv.field_size_limit(MAX_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def is_table(text: str) -> bool:
    """Tell whether a text begins with a header that has a place in it."""
    return _found(text) is not None


def refuse_row(where: str, line: int, error: OverflightError) -> NoReturn:
    """Raise what is wrong with a row, or with one column of it.

    Raises
    ------
    ProposalError
    """
    msg = f"{where}, line {line}{', ' if str(error).startswith('column ') else ': '}{error}"
    raise ProposalError(msg) from error


def table_of(text: str, where: str) -> Table:
    """Find the columns of a table.

    Raises
    ------
    ProposalError
        If there is no place among them, or if there are more cells than allowed.
    """
    table = _found(text)
    if table is None:
        header = text.lstrip().split("\n", 1)[0].strip()[:200]
        if "entry_lon" in header:
            refuse(where, "crossings as `check` prints them are no routes: take its JSON (-f json)", "line 1")
        why = f"expected a header with lon and lat (optionally name, route, order), found {shown(header)}"
        refuse(where, why, "line 1")
    if text.count(table.delimiter) > MAX_CELLS:
        refuse(where, f"more than {MAX_CELLS:,} cells: leave out columns, or split the file")
    return table


def _found(text: str) -> Table | None:
    """Find the columns, whatever separates them."""
    header = text.split("\n", 1)[0][:10_000].strip("\r\ufeff")
    for delimiter in DELIMITERS:
        cells = [cell.strip().strip('"').strip().lower().replace(" ", "_") for cell in header.split(delimiter)]
        first = {cell: i for i, cell in reversed(list(enumerate(cells)))}
        columns = {
            key: first[name] for key, names in COLUMNS.items() if (name := next((n for n in names if n in first), None))
        }
        if {"lon", "lat"} <= columns.keys() or (len(cells) > 1 and "position" in columns) or "wkt" in columns:
            return Table(columns, delimiter)
    return None
