"""The table of airports, as the package `airportsdata` brings it, and what is known better than it."""

from __future__ import annotations

import csv
import functools
import importlib.util
import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path

from overflight.airspace.states import DATA, table_rows
from overflight.errors import DataError, UnknownPlaceError

__all__ = ["airport", "airports", "airports_file", "closed_since"]

FEW = 50
"""Codes that are looked for one by one; more are found by an index."""


def airports_file() -> Path:
    """Find the table inside the `airportsdata` distribution without importing it."""
    spec = importlib.util.find_spec("airportsdata")
    path = Path(spec.origin).with_name("airports.csv") if spec and spec.origin else None
    if path is None or not path.is_file():
        msg = "the airport table is missing: reinstall with `pip install airportsdata`"
        raise DataError(msg)
    return path


@functools.cache
def _table() -> tuple[mmap.mmap, list[str]]:
    """Map the airport table into memory, and read its header."""
    try:
        with airports_file().open("rb") as file:
            header = next(csv.reader([file.readline().decode("utf-8-sig")]))
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        msg = f"the airport table can't be read ({error}): reinstall with `pip install airportsdata`"
        raise DataError(msg) from error
    missing = {"icao", "iata", "name", "city", "lat", "lon"} - set(header)
    if missing:
        msg = f"the airport table lacks {', '.join(sorted(missing))}: install another version of airportsdata"
        raise DataError(msg)
    return raw, header


@functools.lru_cache(maxsize=4096)
def airport(code: str) -> dict[str, str] | None:
    """Find an airport by IATA or ICAO code; parses only the lines that hold it (2 ms; the whole: 90 ms).

    Raises
    ------
    UnknownPlaceError
        If two have the code.
    """
    if (own := _added().get(code)) is not None:
        return own
    raw, header = _table()
    found: list[dict[str, str]] = []
    for start in _lines_with(code):
        end = raw.find(b"\n", start)
        line = raw[start : end if end >= 0 else len(raw)]
        row = dict(zip(header, next(csv.reader([line.decode("utf-8")])), strict=False))
        if code in (row.get("icao"), row.get("iata")):
            found.append(row)
    if not found:
        return None
    if len(found) > 1:
        both = " or ".join(f"{row['name']} ({row['lat']},{row['lon']})" for row in found)
        msg = f"{code} can be read as {both}: give the coordinates of the one meant"
        raise UnknownPlaceError(msg)
    return _mended(found[0])


def _lines_with(code: str) -> Iterable[int]:
    """Find where the lines begin that may hold a code: by going through the table, if few have been asked for."""
    if airport.cache_info().misses > FEW:
        return _lines_by_code().get(code, ())
    raw, _ = _table()
    quoted = f'"{code}"'.encode()
    starts = []
    at = raw.find(quoted)
    while at >= 0:
        starts.append(raw.rfind(b"\n", 0, at) + 1)
        end = raw.find(b"\n", at)
        at = raw.find(quoted, end) if end >= 0 else -1
    return starts


@functools.cache
def _lines_by_code() -> dict[str, list[int]]:
    """Find where the line of each code begins; takes as long as finding some fifty of them one by one."""
    raw, header = _table()
    columns = header.index("icao"), header.index("iata")
    found: dict[str, list[int]] = {}
    start = 0
    for line in raw[:].split(b"\n"):
        row = next(csv.reader([line.decode("utf-8", "replace")]), [])
        for code in {row[i] for i in columns if i < len(row)} - {""}:
            found.setdefault(code, []).append(start)
        start += len(line) + 1
    return found


def airports() -> Iterator[dict[str, str]]:
    """Read every airport of the table, with its columns (icao, iata, name, city, country, lat, lon ...); 90 ms."""
    raw, header = _table()
    added = _added()
    for row in csv.DictReader(raw[:].decode("utf-8").splitlines()[1:], fieldnames=header):
        if row["icao"] not in added:
            yield _mended(row | {"iata": ""} if row["iata"] in added else row)
    for own in {row["icao"]: row for row in added.values()}.values():
        yield dict.fromkeys(header, "") | {key: text for key, text in own.items() if key in header}


def closed_since(code: str | None) -> str:
    """Return the day on which the airport of a code was closed, as 2020-11-08; empty where that is not known."""
    return next((row["closed"] for row in _own() if row["closed"] and code in {row["icao"], row["iata"]}), "")


def _mended(row: dict[str, str]) -> dict[str, str]:
    """Put an airport where it is, where the table is known to have it elsewhere."""
    mend = _mends().get(row["icao"])
    if mend is None or (float(row["lon"]), float(row["lat"])) != (float(mend["lon_listed"]), float(mend["lat_listed"])):
        return row
    return row | {key: text for key, text in mend.items() if key in {"name", "lon", "lat"}}


@functools.cache
def _mends() -> dict[str, dict[str, str]]:
    """Tell where the airports are that the table has elsewhere, by ICAO code."""
    return {row["icao"]: row for row in _own() if row["lon_listed"]}


@functools.cache
def _added() -> dict[str, dict[str, str]]:
    """Tell which airports are meant by codes that the table does not know, or has for another one."""
    rows = [row for row in _own() if row["lon"] and not row["lon_listed"]]
    return {code: row for row in rows for code in (row["icao"], row["iata"]) if code}


@functools.cache
def _own() -> tuple[dict[str, str], ...]:
    """Read what we know better than the table; see `geodata/airports.csv`."""
    try:
        return tuple(table_rows(DATA / "airports.csv"))
    except (OSError, ValueError, KeyError) as error:
        msg = f"the corrections to the airport table can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
