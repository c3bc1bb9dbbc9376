"""Tables as programs write them: where the header is, what separates cells, and which column holds what."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

from overflight.errors import OverflightError, ProposalError
from overflight.routes.collect import MAX_BYTES, MAX_CELLS
from overflight.routes.numbers import M_PER_FT, angle
from overflight.routes.places import coded
from overflight.routes.refusals import degrees, refuse, shown

__all__ = [
    "COLUMNS",
    "MISSING",
    "Table",
    "columns_of",
    "is_table",
    "plain_title",
    "read_table",
    "refuse_row",
    "table_of",
]

COLUMNS = {
    "lon": (
        *("lon", "longitude", "long", "lng", "x", "lon_deg", "longitude_deg"),
        *("long_decimal", "lon_decimal", "longitude_decimal"),
    ),
    "lat": ("lat", "latitude", "y", "lat_deg", "latitude_deg", "lat_decimal", "latitude_decimal"),
    "position": (
        *("position", "latlon", "lat_lon", "coordinates", "coordinate", "coords", "lat/lon", "lat,lon", "latlng"),
        *("latlong", "lat_long", "lat/long", "location"),
    ),
    "wkt": ("wkt", "geometry", "geom", "the_geom"),
    "name": ("name", "waypoint", "ident", "fix"),
    "ident": ("ident", "fix_id", "nav_id"),
    "route": ("route", "route_name"),
    "leg": ("route_id", "flight_id", "fr24_id", "fa_flight_id", "track_id"),
    "callsign": ("flight", "callsign", "call_sign", "flight_number", "flight_no"),
    "aircraft": (
        *("icao24", "hex", "hex_ident", "hexident", "mode_s", "modes", "mode_s_code"),
        *("registration", "tail_number"),
    ),
    "track": ("track",),
    "id": ("id",),
    "order": ("order", "seq", "sequence", "point_order", "track_seg_point_id", "route_point_id"),
    "variation": ("variation", "magvar", "magnetic_variation", "magnetic_variation_deg"),
    "time": (
        *("timestamp", "time", "utc", "datetime", "date_time", "time_utc", "utc_time", "timestamp_utc", "when", "ts"),
        *("recorded_at", "position_time", "snapshot_time", "unixtime", "epoch", "t", "lcl_time", "updatetime"),
    ),
    "date": ("date", "utc_date", "date_utc", "lcl_date", "flight_date", "day"),
    "begin": ("firstseen", "first_seen", "departure_time", "dep_time"),
    "offset": ("utcofst", "utc_offset"),
    "altitude": (
        *("altitude", "alt", "altitude_ft", "alt_ft", "altitude_m", "alt_m", "baroaltitude", "baro_altitude"),
        *("alt_baro", "feet", "geoaltitude", "geo_altitude", "alt_geom", "altb", "ele", "altitude_above_sealevel"),
    ),
    "ground": ("onground", "on_ground", "is_on_ground", "isonground"),
    "source": ("source", "position_source", "source_type"),
    "start": (
        *("origin", "from", "departure", "adep", "dep", "estdepartureairport", "departure_airport", "origin_airport"),
        *("dep_airport", "from_airport", "orig", "src", "from_icao", "origin_icao", "departureid"),
    ),
    "end": (
        *("destination", "to", "arrival", "ades", "arr", "estarrivalairport", "arrival_airport"),
        *("destination_airport", "arr_airport", "to_airport", "dest", "dst", "to_icao", "destination_icao"),
    ),
}
"""What a column holds, by the names that programs give it, the first that is there; case and blanks don't matter."""
STOPS = frozenset({"waypoint", "waypoints", "airport", "airports", "place", "places", "stop", "stops", "icao", "iata"})
"""What the only column of a table is called that has a place a row, in the order flown."""
FEET = frozenset({"altitude_ft", "alt_ft", "feet", "alt_baro", "alt_geom", "altb"})
METRES = frozenset({"altitude_m", "alt_m", "baroaltitude", "baro_altitude", "geoaltitude", "geo_altitude", "ele"})
BY_TRACKERS = frozenset({"groundspeed", "gspeed", "vertical_rate", "direction", "squawk", "course"})
"""Columns beside which an altitude without a unit is in feet: those of Flightradar24, traffic and ForeFlight."""
LOCAL = frozenset({"lcl_time", "updatetime", "lcl_date"})
RECORDED = frozenset({"time", "aircraft", "callsign"})
"""What a recording has; a plan without one of its two numbers has a slip in it, and is refused."""
DELIMITERS = ",;\t|"
MISSING = frozenset({"", "nan", "none", "null", "na", "n/a", "nat", "<na>", "-"})
HEADER_LINES = 20
"""Lines among which the header is; what stands before it is about the whole file."""
AT_ONCE = 100_000
"""Characters that are cut into lines at once."""
FAR = 1000.0
"""No longitude or latitude in degrees, however it is counted."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3},\d+", re.ASCII)
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_UNIT = re.compile(r"[ _]*[(\[]\s*(deg|degrees|°|ft|feet|m|meters|metres|utc|gmt|local|kts?|knots)\s*[)\]]$")
_TIMES = re.compile(r"(?:^|[^a-z])(?:date|day|time|timestamp|datetime|utc)(?![a-z])")
_TWO = re.compile(r"\s*[,;]\s*|\s+(?=[\d.+-]+$)")
_SEP = re.compile(r"\"?sep=(.)\"?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """The header of a table: what stands where, what separates the cells, and where in the text it is."""

    columns: dict[str, int]
    delimiter: str = ","
    start: int = 0
    line: int = 1
    metres: float | None = None
    is_local: bool = False
    unread: str = ""
    width: int = MAX_CELLS

    @property
    def not_dated(self) -> str:
        """What is to be said of a table that has times or dates, by a title, and none that is read; else empty."""
        told = "is not read as times: call it time, if they are in UTC, or date"
        return f"column {shown(self.unread)} {told}" if self.unread else ""

    def cell(self, row: Sequence[str], key: str) -> str:
        """Return a cell of a row; empty where there is none."""
        i = self.columns.get(key, len(row))
        return row[i].strip() if i < len(row) else ""

    def degrees(self, row: Sequence[str], key: str) -> float:
        """Return a coordinate: decimal degrees, with a decimal comma, too; or degrees, minutes and seconds.

        Raises
        ------
        OverflightError
        """
        text = self.cell(row, key)
        if "," in text and _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        try:
            return degrees(text, f"column {key}")
        except OverflightError:
            found = angle(text, "NS" if key == "lat" else "EW")
            if found is None or key not in {"lon", "lat"}:
                raise
            return found

    def lonlat(self, row: Sequence[str]) -> tuple[float, float] | None:
        """Return the point of a row; None where it has none.

        Raises
        ------
        OverflightError
        """
        if "lon" not in self.columns:
            return self._position(self.cell(row, "position"))
        try:
            lon, lat = self.degrees(row, "lon"), self.degrees(row, "lat")
        except OverflightError:
            missing = (self.cell(row, "lon").lower() in MISSING) + (self.cell(row, "lat").lower() in MISSING)
            if missing and (missing > 1 or not RECORDED.isdisjoint(self.columns)):
                return None
            raise
        if abs(lat) > 90.0:
            if max(abs(lon), abs(lat)) > FAR:
                msg = f"{lon:.12g}, {lat:.12g} are no degrees: convert the file to longitude and latitude (EPSG:4326)"
                raise OverflightError(msg)
            if abs(lon) <= 90.0 and abs(lat) <= 180.0:
                msg = f"latitude {lat:g} is off the Earth: the columns of latitude and longitude look swapped"
                raise OverflightError(msg)
        return lon, lat

    @staticmethod
    def _position(text: str) -> tuple[float, float] | None:
        """Read a place in one cell, the latitude first, as people type it."""
        if text.lower() in MISSING:
            return None
        if (pair := _TWO.split(text.strip("()[] "))) and len(pair) == 2:
            return degrees(pair[1], "column position"), degrees(pair[0], "column position")
        try:
            found = coded(text)
        except OverflightError as error:
            msg = f"column position: expected lat,lon, found {shown(text)}"
            raise OverflightError(msg) from error
        return found.lon, found.lat


def read_table(text: str, table: Table, where: str) -> Iterator[tuple[list[str], int]]:
    """Yield the rows below the header, each with the number of its last line.

    Raises
    ------
    ProposalError
        If a quote is not closed, or something follows it.
    """
    width, above = table.width, table.line - 1
    header: list[str] | None = None
    for number, row in _rows(text, table, where):
        if header is None:
            header = row
        elif row and ((row[0] and not row[0].isspace()) or any(map(str.strip, row))) and row != header:
            if len(row) > width and any(map(str.strip, row[width:])):
                refuse(where, _too_wide(row, width), f"line {number + above}")
            yield row, number + above


def _too_wide(row: Sequence[str], width: int) -> str:
    why = f"{len(row)} cells below {width} titles, so that nobody can tell which is which"
    return (
        f"{why}: write decimals with a point, put cells that hold what separates cells in quotes, or give all a title"
    )


def _rows(text: str, table: Table, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its last line, the header first."""
    if text.find('"', table.start) < 0 and text.find("\r", table.start) < 0:
        yield from enumerate((line.split(table.delimiter) for line in _plain_lines(text, table.start)), 1)
        return
    # Line by line: a StringIO takes four bytes for each character.
    reader = csv.reader((line[0] for line in _LINE.finditer(text, table.start)), delimiter=table.delimiter, strict=True)
    with _large_cells():
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            refuse(where, f"not CSV ({error}): mend the line", f"line {reader.line_num + table.line - 1}")


def _plain_lines(text: str, start: int) -> Iterator[str]:
    """Yield the lines of a text whose lines end alike, cut by the thousand: one by one takes three times as long."""
    while start < len(text):
        end = text.rfind("\n", start, start + AT_ONCE) + 1 or text.find("\n", start) + 1 or len(text)
        lines = text[start:end].split("\n")
        yield from lines[:-1] if text[end - 1] == "\n" else lines
        start = end


@contextmanager
def _large_cells() -> Iterator[None]:
    """Let cells be as long as a line of many points; the csv module has one limit, for the whole process."""
    before = csv.field_size_limit(MAX_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def is_table(text: str) -> bool:
    """Tell whether a text begins with a header that has a place in it, or two."""
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
    """Find the header, among the first lines, and the columns, whatever separates them."""
    delimiters = DELIMITERS
    for number, line in enumerate(_LINE.finditer(text), 1):
        if number > HEADER_LINES:
            break
        header = line[0][:10_000].strip("\r\n\ufeff")
        if number == 1 and (sep := _SEP.match(header)):
            delimiters = sep[1]
            continue
        for delimiter in delimiters:
            if table := columns_of(_cells(header, delimiter)):
                return replace(table, delimiter=delimiter, start=line.start(), line=number)
    return None


def _cells(header: str, delimiter: str) -> list[str]:
    """Split a header as its rows are split: a title in quotes may hold what separates others."""
    try:
        return [cell.strip().strip('"') for cell in next(csv.reader([header], delimiter=delimiter), [])] or [""]
    except csv.Error:
        return [""]


def columns_of(titles: Sequence[str]) -> Table | None:
    """Find what the columns hold by their titles; None if there is no place among them, or two.

    A title may have its unit behind it in brackets, and what it is of before a dot (``OSD.latitude``).
    """
    names, units = zip(*map(plain_title, titles), strict=True)
    first = {name: i for i, name in reversed(list(enumerate(names)))}
    columns = {
        key: first[name] for key, known in COLUMNS.items() if (name := next((n for n in known if n in first), None))
    }
    if names[0] in STOPS and len(names) == 1:
        return Table({"stop": 0})
    there = {"lon", "lat"} <= columns.keys() or (len(names) > 1 and "position" in columns) or "wkt" in columns
    if not there and not {"start", "end"} <= columns.keys():
        return None
    unread = ""
    if not {"time", "date", "begin"} & columns.keys():
        unread = next((title for title, name in zip(titles, names, strict=True) if _TIMES.search(name)), "")
    if "date" in columns and not {"start", "end"} <= columns.keys():
        columns.setdefault("time", columns["date"])
    at = columns.get("altitude")
    metres = None if at is None else _metres(names[at], units[at], BY_TRACKERS & first.keys())
    local = "time" in columns and (names[columns["time"]] in LOCAL or units[columns["time"]] == "local")
    return Table(columns, metres=metres, is_local=local and "offset" not in columns, unread=unread, width=len(titles))


def plain_title(title: str) -> tuple[str, str]:
    """Return the name of a column as `COLUMNS` has it, and the unit that stands behind it, or an empty text.

    Examples
    --------
    >>> plain_title("OSD.altitude [ft]"), plain_title("Time (UTC)")
    (('altitude', 'ft'), ('time', 'utc'))
    """
    low = title.strip().lstrip("#").strip().lower()
    unit = _UNIT.search(low)
    return _UNIT.sub("", low).replace(" ", "_").rpartition(".")[2], unit[1] if unit else ""


def _metres(name: str, unit: str, beside: frozenset[str]) -> float | None:
    """Return how many metres the unit of an altitude has; None if it is not known."""
    if unit in {"ft", "feet"} or name in FEET:
        return M_PER_FT
    if unit in {"m", "meters", "metres"} or name in METRES:
        return 1.0
    return M_PER_FT if beside else None
