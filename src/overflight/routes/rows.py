"""Routes in tables: a row a waypoint, or a position of a recording, or a line as WKT or GeoJSON, or two airports."""

from __future__ import annotations

import re

from overflight.outside.printable import plain_name, unguarded
from overflight.routes.collect import Collector
from overflight.routes.model import Route
from overflight.routes.positions import Positions
from overflight.routes.tables import Table, read_table, table_of
from overflight.routes.wkt import add_wkt

__all__ = ["parse_csv"]

_POINT = re.compile(
    r"\s*(?:SRID\s*=\s*4326\s*;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*(\S+)\s+([^\s()]+)[^()]*\)\s*$", re.IGNORECASE
)


def parse_csv(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a table.

    Parameters
    ----------
    text : str
        With a header, which lines about the whole file may precede; cells separated by commas, semicolons, tabs or
        bars. Columns by name: ``lon`` and ``lat`` (or ``position`` with ``lat,lon``), optionally ``name`` (of the
        waypoint), ``route`` (rows with the same value are one route) and ``order`` (by which they are sorted); with
        ``time``, the rows are positions of recorded flights, by aircraft (``icao24``) or ``callsign``. Or ``wkt``, a
        line a row, and ``route`` or ``name``; or two places a row, ``origin`` and ``destination``. See
        `overflight.routes.tables.COLUMNS` for other names of these.
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
    if "lon" in table.columns or "position" in table.columns:
        lines.expect_points(text.count("\n"))
        positions = Positions(table, lines)
        positions.add_all(read_table(text, table, where))
        positions.finish()
        return lines.routes("a header and no rows: add a row lon,lat for each waypoint")
    if "wkt" in table.columns:
        _add_geometries(text, table, lines)
        return lines.routes("no line in its column wkt: add a row for each route")
    from overflight.routes.pairs import add_pairs, add_stops

    if "stop" in table.columns:
        add_stops(read_table(text, table, where), table, lines)
        return lines.routes("a header and no rows: add a row for each place")
    add_pairs(read_table(text, table, where), table, lines)
    return lines.routes("a header and no rows: add a row for each pair of airports")


def _add_geometries(text: str, table: Table, lines: Collector) -> None:
    """Read a line a row; rows of points are the positions of one."""
    points: Positions | None = None
    for row, line in read_table(text, table, lines.where):
        cell, at = table.cell(row, "wkt"), f"line {line}, column wkt"
        cells = (table.cell(row, key) for key in ("route", "leg", "callsign", "aircraft", "name"))
        name = plain_name(unguarded(next(filter(None, cells), "")))
        if point := _POINT.match(cell):
            points = points or Positions(table, lines)
            points.add(row, line, (point[1], point[2]))
        elif cell.startswith("{"):
            from overflight.routes.geojson import add_geometry

            add_geometry(cell, lines, name, at)
        elif cell and cell[add_wkt(cell, 0, lines, name, at) :].strip():
            lines.refuse("more than one geometry in a cell: write a row for each", at)
    if points is not None:
        points.finish()
