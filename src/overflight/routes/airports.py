"""The table of airports, and what their codes meant before: `geodata/airports.py` makes both."""

from __future__ import annotations

import csv
import functools
import mmap
from collections.abc import Iterable, Iterator, Mapping

from overflight.airspace.states import DATA, table_rows
from overflight.errors import DataError

__all__ = ["airport", "airports", "codes", "other_codes"]

FEW = 50
"""Codes that are looked for one by one; more are found by an index."""


@functools.cache
def _table() -> tuple[mmap.mmap, list[str]]:
    """Map the airport table into memory, and read its header."""
    try:
        with (DATA / "airports.csv").open("rb") as file:
            header = next(csv.reader([file.readline().decode("utf-8")]))
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        msg = f"the airport table can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
    return raw, header


@functools.lru_cache(maxsize=4096)
def airport(code: str) -> dict[str, str] | None:
    """Find an airport by IATA or ICAO code; parses only the lines that hold it (2 ms; the whole: 100 ms).

    A code that an airport had before, and no other one has now, is taken for the one that it has now.

    Returns
    -------
    dict or None
        The row: icao, iata, name, city, country, lat and lon in degrees, type (large, medium, small, heliport,
        seaplane, balloonport, closed, or unknown: empty), scheduled (yes, or empty), runway_m (the longest that is not
        known to be of grass, gravel or the like; 0: none such; empty: unknown), closed (the day, ``yes`` where
        that is unknown, or empty) and metro, its metropolitan code.
    """
    raw, header = _table()
    for start in _lines_with(code):
        end = raw.find(b"\n", start)
        line = raw[start : end if end >= 0 else len(raw)]
        row = dict(zip(header, next(csv.reader([line.decode("utf-8")])), strict=False))
        if code in (row["icao"], row["iata"]):
            return row
    now = next((row["now"] for row in codes(code) if row["now"]), None)
    return None if now is None else airport(now)


def _lines_with(code: str) -> Iterable[int]:
    """Find where the lines begin that may hold a code: by going through the table, if few have been asked for."""
    if airport.cache_info().misses > FEW:
        return _lines_by_code().get(code, ())
    raw, _ = _table()
    starts = []
    for before in (b"\n", b","):  # ICAO codes begin a line, IATA codes follow them
        sought = before + code.encode() + b","
        at = raw.find(sought)
        while at >= 0:
            starts.append(at + 1 if before == b"\n" else raw.rfind(b"\n", 0, at) + 1)
            end = raw.find(b"\n", at + 1)
            at = raw.find(sought, end) if end >= 0 else -1
    return starts


@functools.cache
def _lines_by_code() -> dict[str, list[int]]:
    """Find where the line of each code begins; takes as long as finding some fifty of them one by one."""
    raw, _ = _table()
    found: dict[str, list[int]] = {}
    start = 0
    for line in raw[:].split(b"\n"):
        for code in line.split(b",", 2)[:2]:
            if code:
                found.setdefault(code.decode("utf-8", "replace"), []).append(start)
        start += len(line) + 1
    return found


def airports() -> Iterator[dict[str, str]]:
    """Read every airport of the table, with the columns that `airport` names; 100 ms."""
    raw, header = _table()
    yield from csv.DictReader(raw[:].decode("utf-8").splitlines()[1:], fieldnames=header)


def codes(code: str) -> list[dict[str, str]]:
    """Tell what else is known of a code.

    Returns
    -------
    list of dict
        Rows with code, kind, now, until, name, lat, lon: of kind ``former``, the airport has the code ``now`` since
        the day ``until`` (empty: unknown); of kind ``also``, it is the same airport as ``now``; of kind ``moved``,
        it was the airport of that name and place before ``until``.
    """
    return _codes().get(code, [])


def other_codes() -> Iterator[tuple[str, str]]:
    """List the codes that an airport had before, or has besides, each with the code that it has in the table."""
    for code, rows in _codes().items():
        yield from ((code, row["now"]) for row in rows if row["now"])


@functools.cache
def _codes() -> Mapping[str, list[dict[str, str]]]:
    """Read what codes meant before, or mean besides."""
    try:
        found: dict[str, list[dict[str, str]]] = {}
        for row in table_rows(DATA / "codes.csv"):
            found.setdefault(row["code"], []).append(row)
    except (OSError, ValueError, KeyError) as error:
        msg = f"the table of airport codes can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
    return found
