"""The table of airports, and what their codes meant before: `geodata/airports.py` makes both."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from overflight.airspace.states import DATA
from overflight.errors import DataError

__all__ = ["airport", "airports", "beginning", "codes", "other_codes"]

FEW = 50
"""Codes that are looked for one by one; more are found by an index."""

NOBODYS = frozenset({"XXX", "XXXX"})
"""What people write where a code is not known; in OurAirports it is that of a heliport at a bus station."""


@functools.cache
def _table() -> tuple[bytes, list[str]]:
    """Read the airport table, and its header."""
    raw = _bytes("airports.csv")
    return raw, raw[: raw.find(b"\n")].decode("utf-8").split(",")


def _bytes(name: str) -> bytes:
    try:
        return (DATA / name).read_bytes()
    except OSError as error:
        msg = f"the table of airports can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error


@functools.lru_cache(maxsize=4096)
def airport(code: str) -> dict[str, str] | None:
    """Find an airport by IATA or ICAO code; parses only the lines that hold it (1 ms; the whole: 100 ms).

    A code that an airport had before, and no other one has now, is taken for the one that it has now.

    Returns
    -------
    dict or None
        The row: icao, iata, name, city, country, lat and lon in degrees, type (large, medium, small, heliport,
        seaplane, balloonport, closed, or unknown: empty), scheduled (yes, or empty), runway_m (the longest that is not
        known to be of grass, gravel or the like; 0: none such; empty: unknown), closed (the day, ``yes`` where
        that is unknown, or empty) and metro, its metropolitan code.
    """
    if not code or code in NOBODYS:
        return None
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
    sought = code.encode()
    starts = []
    at = raw.find(sought)
    while at >= 0:
        end = at + len(sought)
        if raw[at - 1 : at] in {b"\n", b","} and raw[end : end + 1] == b",":
            starts.append(raw.rfind(b"\n", 0, at) + 1)
        at = raw.find(sought, end)
    return starts


@functools.cache
def _lines_by_code() -> dict[str, list[int]]:
    """Find where the line of each code begins; takes as long as finding some fifty of them one by one."""
    raw, _ = _table()
    found: dict[str, list[int]] = {}
    start = 0
    for line in raw.split(b"\n"):
        for code in line.split(b",", 2)[:2]:
            if code:
                found.setdefault(code.decode("utf-8", "replace"), []).append(start)
        start += len(line) + 1
    return found


def airports() -> Iterator[dict[str, str]]:
    """Read every airport of the table, with the columns that `airport` names; 100 ms."""
    raw, header = _table()
    yield from csv.DictReader(raw.decode("utf-8").splitlines()[1:], fieldnames=header)


def beginning(letters: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Find airports with scheduled flights by the first letters of a code, without reading the whole table.

    Yields
    ------
    tuple of str and dict
        The code that begins so, the IATA code if both do, and the row, as `airport` returns it.

    Examples
    --------
    >>> [code for code, _ in beginning("VKO")], [code for code, _ in beginning("UUW")]
    (['VKO'], ['UUWW'])
    """
    raw, header = _table()
    so = re.escape(letters.encode())
    for line in re.finditer(rb"^(?:%b\w*,\w*|\w*,%b\w*),[^\n]*" % (so, so), raw, re.MULTILINE):
        row = dict(zip(header, next(csv.reader([line[0].decode("utf-8")])), strict=False))
        if row["scheduled"] and not row["closed"]:
            yield row["iata"] if row["iata"].startswith(letters) else row["icao"], row


def codes(code: str) -> list[dict[str, str]]:
    """Tell what else is known of a code.

    Returns
    -------
    list of dict
        Rows with code, kind, now, until, name, lat, lon: of kind ``former``, the airport has the code ``now`` since
        the day ``until`` (empty: unknown); of kind ``also``, it is the same airport as ``now``; of kind ``moved``,
        it was the airport of that name and place before ``until``.
    """
    return _codes().get(code, []) if f"\n{code},".encode() in _codes_as_text() else []


def other_codes() -> Iterator[tuple[str, str]]:
    """List the codes that an airport had before, or has besides, each with the code that it has in the table."""
    for code, rows in _codes().items():
        yield from ((code, row["now"]) for row in rows if row["now"])


@functools.cache
def _codes_as_text() -> bytes:
    """Read what codes meant before, or mean besides: most are not in it, and it need not be parsed."""
    return _bytes("codes.csv")


@functools.cache
def _codes() -> Mapping[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(_codes_as_text().decode("utf-8").splitlines()):
        found.setdefault(row["code"], []).append(row)
    return found
