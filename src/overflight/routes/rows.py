"""Routes in tables: a row a waypoint, or a position of a recording, or a line as WKT or GeoJSON, or two airports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name, unguarded
from overflight.routes.collect import Collector
from overflight.routes.instants import instant
from overflight.routes.model import Route
from overflight.routes.numbers import number_or_none, on_ground
from overflight.routes.refusals import shown
from overflight.routes.sample import Sample
from overflight.routes.tables import Table, read_table, refuse_row, table_of
from overflight.routes.wkt import add_wkt

__all__ = ["Positions", "parse_csv"]

Key = tuple[str, str, str]
"""Route, aircraft and callsign, which tell rows apart."""
Groups = dict[Key, list[tuple[float, int, Sample]]]
"""By these: the order, the number and the position of each row."""
GROUPING = frozenset({"route", "leg", "aircraft", "callsign"})
MOST_HELD = 10_000
_POINT = re.compile(
    r"\s*(?:SRID\s*=\s*4326\s*;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*(\S+)\s+([^\s()]+)[^()]*\)\s*$", re.IGNORECASE
)
_OFFSET = re.compile(r"([+-])?(\d{1,2}):?(\d{2})", re.ASCII)


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
        for row, line in read_table(text, table, where):
            positions.add(row, line)
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


class Positions:
    """Gathers rows that are positions, from whatever has columns, and makes the routes of them.

    Parameters
    ----------
    table : Table
        What the columns hold.
    lines : Collector
        Takes the routes.
    """

    def __init__(self, table: Table, lines: Collector) -> None:
        self.table = table
        self.lines = lines
        self.groups: Groups = {}
        self.has = table.columns.keys()
        self.plain: dict[str, str | None] = {}
        self.count = 0
        self.missing = 0
        self.tracks: list[str] = []
        self.ids: list[str] = []
        self.odd_time = ""
        self.dated = False
        self.counted = True

    def add(self, row: Sequence[str], line: int, place: tuple[str, str] | None = None) -> None:
        """Add a row; with a `place`, that one is its longitude and latitude.

        Raises
        ------
        ProposalError
            Names the line and the column.
        """
        table = self.table
        try:
            if place is not None:
                table, row = Table({**table.columns, "lon": len(row), "lat": len(row) + 1}), [*row, *place]
            lonlat = table.lonlat(row)
            if lonlat is None:
                self.missing += 1
                return
            point = self.lines.point(*lonlat, self._name(row, "name"))
            when, order = self._time(row)
        except ProposalError:
            raise
        except OverflightError as error:
            if self.count == 0 and self._is_units(row):
                return
            refuse_row(self.lines.where, line, error)
        callsign, source = self._name(row, "callsign"), self._name(row, "source")
        sample = Sample(point, when, self._altitude(row), self._ground(row), source, callsign)
        key = (
            self._cell(row, "route") or self._cell(row, "leg"),
            self._cell(row, "aircraft"),
            self._cell(row, "callsign"),
        )
        self.groups.setdefault(key, []).append((order, self.count, sample))
        self.lines.expect_routes(len(self.groups))
        if "track" in self.has:
            self.tracks.append(self.table.cell(row, "track"))
        if "id" in self.has:
            self.ids.append(self.table.cell(row, "id"))
        self.count += 1

    def _cell(self, row: Sequence[str], key: str) -> str:
        """Return a cell; most tables have few of the columns, and some have many rows."""
        return self.table.cell(row, key) if key in self.has else ""

    def _name(self, row: Sequence[str], key: str) -> str | None:
        """Return a cell as a name; recorders write the same one in thousands of rows."""
        text = self._cell(row, key)
        if not text:
            return None
        if text not in self.plain:
            if len(self.plain) > MOST_HELD:
                self.plain.clear()
            self.plain[text] = plain_name(unguarded(text))
        return self.plain[text]

    def expect_order(self) -> None:
        """Refuse points that nothing puts into an order.

        Raises
        ------
        ProposalError
        """
        if self.count > 1 and not self.dated and not self.counted:
            told = f"{self.count:,} points and no line: give each a time or a number (seq), or join them to a line"
            self.lines.refuse(told)

    def finish(self) -> None:
        """Add the routes: recorded flights if the rows have times, else lines through the rows in their order."""
        if self.count == 0:
            return
        if self.odd_time and not self.dated and not self.counted:
            self.lines.remark(f"times such as {shown(self.odd_time)} tell no moment: rows are in the order of the file")
        if self.table.is_local and self.dated:
            self.lines.remark("times are local, of a zone that the file does not tell: they are taken for UTC")
        groups = self.groups if GROUPING & self.has else self._by_own_names()
        named = _merged(groups, (lambda key: (key[0], key[1], "" if key[1] else key[2])) if self.dated else None)
        if nameless := sum(map(len, groups.values())) - sum(map(len, named.values())):
            said = f"{nameless:,} row{'s' if nameless > 1 else ''}"
            self.lines.remark(f"{said} that name{'s' if nameless == 1 else ''} none of several aircraft left out")
        if not self.dated:
            self._add_planned(named)
            return
        for i, ((route, aircraft, _), rows) in enumerate(named.items()):
            calls = [s.callsign for _, _, s in rows if s.callsign]
            call = max(sorted(set(calls)), key=calls.count, default="")
            name = (route if "route" in self.table.columns else "") or call or route or aircraft
            samples = [sample for _, _, sample in rows]
            self.lines.record(samples, unguarded(name), aircraft=aircraft or None, missing=0 if i else self.missing)

    def _add_planned(self, groups: Groups) -> None:
        """Add lines through rows without times, and say how many have no position."""
        for (route, aircraft, callsign), rows in groups.items():
            rows.sort(key=lambda row: row[:2] if self.counted else (0.0, row[1]))
            name = unguarded(route or callsign or aircraft)
            self.lines.line([sample.point for _, _, sample in rows], plain_name(name))
        if self.missing:
            self.lines.remark(f"{self.missing:,} row{'s' if self.missing > 1 else ''} without a position left out")

    def _by_own_names(self) -> Groups:
        """Take the column `track` or `id` for names, if it can be: trackers write the heading, databases a number."""
        for texts, are_names in ((self.tracks, _are_words), (self.ids, _are_shared)):
            if any(texts) and are_names(texts):
                found: Groups = {}
                for rows in self.groups.values():
                    for order, i, sample in rows:
                        found.setdefault((texts[i], "", ""), []).append((order, i, sample))
                return found
        return self.groups

    def _time(self, row: Sequence[str]) -> tuple[float | None, float]:
        """Return the moment of a row, and by what it is sorted if there is none."""
        if "time" not in self.table.columns:
            self.counted = "order" in self.table.columns
            return None, self.table.degrees(row, "order") if self.counted else 0.0
        text = self.table.cell(row, "time")
        when = instant(text)
        if when is None and (date := self._cell(row, "date")):
            when = instant(f"{date} {text}")
        if when is not None:
            self.dated = True
            return when - (_offset_s(self.table.cell(row, "offset")) if "offset" in self.has else 0.0), when
        if text:
            self.odd_time = self.odd_time or text
        order = number_or_none(self.table.cell(row, "order") or text)
        if order is None:
            self.counted = False
        return None, 0.0 if order is None else order

    def _altitude(self, row: Sequence[str]) -> float | None:
        if self.table.metres is None:
            return None
        value = number_or_none(self.table.cell(row, "altitude"))
        return None if value is None else value * self.table.metres

    def _ground(self, row: Sequence[str]) -> bool | None:
        if "ground" not in self.has and "altitude" not in self.has:
            return None
        if self._cell(row, "altitude").lower() == "ground":
            return True
        told = on_ground(self._cell(row, "ground"))
        return None if told < 0 else told == 1

    def _is_units(self, row: Iterable[str]) -> bool:
        """Tell whether a row below the header has the units of its columns, that is no number."""
        return "lon" in self.table.columns and not any(c.isdigit() for cell in row for c in cell)


def _are_words(texts: list[str]) -> bool:
    """Tell whether none of some cells is a number."""
    return all(number_or_none(text) is None for text in texts)


def _are_shared(texts: list[str]) -> bool:
    """Tell whether cells say what several rows belong to, rather than number the rows."""
    return 2 * len(set(texts)) <= len(texts)


def _merged(groups: Groups, key_of: Callable[[Key], Key] | None) -> Groups:
    """Put groups of one key together; rows that name no aircraft belong to the only one of their route, or to none."""
    found: Groups = {}
    for key, rows in groups.items():
        found.setdefault(key_of(key) if key_of else key, []).extend(rows)
    for route, aircraft, callsign in [key for key in found if not key[1] and not key[2]]:
        others = [key for key in found if key[0] == route and (key[1] or key[2])]
        if others:
            rows = found.pop((route, aircraft, callsign))
            if len(others) == 1:
                found[others[0]].extend(rows)
    for rows in found.values():
        rows.sort(key=lambda row: row[1])
    return found


def _offset_s(text: str) -> float:
    """Return by how many seconds a local time is ahead of UTC."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return 0.0
    seconds = int(match[2]) * 3600.0 + int(match[3]) * 60.0
    return -seconds if match[1] == "-" else seconds
