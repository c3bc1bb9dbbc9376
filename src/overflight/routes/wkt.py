"""Routes in well-known text (OGC 06-103r4, with the SRID of EWKT) and in its hexadecimal, binary twin: one a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NoReturn

from overflight.errors import OverflightError, ProposalError
from overflight.routes.collect import MAX_DEPTH, Collector
from overflight.routes.crs import ToWgs84
from overflight.routes.model import Route
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees, shown
from overflight.routes.wkb import parse_wkb

__all__ = ["add_wkt", "is_wkt", "parse_wkt"]

_START = re.compile(
    r"\s*(?:SRID\s*=\s*\d+\s*;\s*)?(?:MULTI)?(?:LINESTRING|GEOMETRYCOLLECTION|POINT|POLYGON)|\s*[0-9A-F]{18,}\s*$",
    re.IGNORECASE | re.ASCII | re.MULTILINE,
)
_SRID = re.compile(r"SRID\s*=\s*(\d{1,9})\s*;", re.IGNORECASE | re.ASCII)
_TAG = re.compile(r"(MULTI)?(LINESTRING|GEOMETRYCOLLECTION)\s*(?:ZM|Z|M)?(?=[\s(]|$)", re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[A-Za-z]\w*", re.ASCII)
_SPACE = re.compile(r"\s*")
_POSITION = re.compile(r"[^(),;]{1,400}")
_HEX = re.compile(r"[0-9A-Fa-f]{18,}", re.ASCII)


def is_wkt(text: str) -> bool:
    """Tell whether a text begins with a geometry."""
    return _START.match(text) is not None


def parse_wkt(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read every line of a text of WKT geometries.

    Parameters
    ----------
    text : str
        LINESTRING, MULTILINESTRING and GEOMETRYCOLLECTION of these, with Z and M or without, longitude first, each
        with ``SRID=4326;`` before it or not; or hexadecimal WKB, one a line, as PostGIS prints it.
    where : str
        The file's name, for messages.
    default_name : str
        What to call the routes.

    Raises
    ------
    ProposalError
        Names the file, line and column.
    """
    lines = Collector(where, default_name)
    lines.expect_points(text.count(","))
    spots = _Spots(text)
    at = 0
    while (at := _skip(text, at)) < len(text):
        at = _add(_Scan(text, at, lines, None, spots))
        if text[at : at + 1] == ";":
            at += 1
    return lines.routes("no LINESTRING in it: a route is a line, longitude before latitude")


def add_wkt(text: str, at: int, lines: Collector, name: str | None = None, here: str = "") -> int:
    """Add the routes of one geometry that begins at a place in a text; return where it ends.

    Raises
    ------
    ProposalError
        Names the place as `here` says, else by line and column.
    """
    return _add(_Scan(text, at, lines, name, lambda _: here) if here else _Scan(text, at, lines, name, _Spots(text)))


def _add(scan: _Scan) -> int:
    text, at, lines = scan.text, scan.at, scan.lines
    try:
        if match := _HEX.match(text, at):
            parse_wkb(bytes.fromhex(match[0][: len(match[0]) // 2 * 2]), lines, scan.name, scan.spot())
            return match.end()
        return scan.geometry()
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), scan.spot())


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


class _Spots:
    """Says in which line and column a place in a text is; asked for from left to right, none is counted twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.counted, self.line, self.start = 0, 1, 0

    def __call__(self, at: int) -> str:
        if more := self.text.count("\n", self.counted, at):
            self.line += more
            self.start = self.text.rfind("\n", self.counted, at) + 1
        self.counted = max(self.counted, at)
        return f"line {self.line}, column {at - self.start + 1}"


class _Scan:
    """One geometry, read from left to right."""

    def __init__(self, text: str, at: int, lines: Collector, name: str | None, spots: Callable[[int], str]) -> None:
        self.text, self.at, self.lines, self.name, self.spots = text, at, lines, name, spots
        self.to_wgs84: ToWgs84 | None = None

    def spot(self) -> str:
        return self.spots(self.at)

    def geometry(self) -> int:
        if match := _SRID.match(self.text, self.at):
            self.to_wgs84 = self.lines.to_wgs84(match[1], self.spot())
            self.at = _skip(self.text, match.end())
        self.tagged(0)
        return self.at

    def tagged(self, depth: int) -> None:
        match = _TAG.match(self.text, self.at)
        if match is None or (match[1] and match[2].upper() != "LINESTRING"):
            word = _WORD.match(self.text, self.at)
            found = word[0] if word else self.text[self.at : self.at + 60]
            self.fail(f"expected LINESTRING or MULTILINESTRING, found {shown(found)}: a route is a line")
        begun = self.spot()
        self.at = match.end()
        if self.empty():
            return
        if match[2].upper() == "GEOMETRYCOLLECTION":
            if depth >= MAX_DEPTH:
                self.fail(f"collections nested deeper than {MAX_DEPTH}: flatten them")
            for _ in self.items():
                self.tagged(depth + 1)
        elif match[1]:
            self.lines.parts([[] if self.empty() else self.positions() for _ in self.items()], self.name, begun)
        else:
            self.lines.line(self.positions(), self.name, begun)

    def empty(self) -> bool:
        self.at = _skip(self.text, self.at)
        if self.text[self.at : self.at + 5].upper() != "EMPTY":
            return False
        self.at += 5
        return True

    def items(self) -> Iterator[None]:
        """Step through what stands between brackets, separated by commas; the caller reads each item."""
        self.expect("(")
        while True:
            self.at = _skip(self.text, self.at)
            yield
            self.at = _skip(self.text, self.at)
            if self.text[self.at : self.at + 1] != ",":
                break
            self.at += 1
        self.expect(")")

    def positions(self) -> list[Waypoint]:
        points: list[Waypoint] = []
        for _ in self.items():
            match = _POSITION.match(self.text, self.at)
            cells = match[0].split() if match else []
            if match is None or not 2 <= len(cells) <= 4:
                self.fail(f"expected longitude and latitude, found {shown(match[0] if match else self.rest())}")
            lon, lat = degrees(cells[0], "longitude"), degrees(cells[1], "latitude")
            points.append(self.lines.point(*(self.to_wgs84(lon, lat) if self.to_wgs84 else (lon, lat))))
            self.at = match.end()
        return points

    def expect(self, sign: str) -> None:
        self.at = _skip(self.text, self.at)
        if self.text[self.at : self.at + 1] != sign:
            self.fail(f"expected {sign!r}, found {shown(self.rest())}: mend the brackets")
        self.at += 1

    def rest(self) -> str:
        return self.text[self.at : self.at + 20] or "the end"

    def fail(self, why: str) -> NoReturn:
        self.lines.refuse(why, self.spot())
