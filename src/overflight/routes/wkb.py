"""Lines in well-known binary (OGC 06-103r4), in the dialect of PostGIS (EWKB) and in GeoPackage's envelope.

Read by `struct`, which checks bounds, and not by a geometry library: files come from strangers.
"""

from __future__ import annotations

import math
import struct
from typing import NoReturn

from overflight.errors import OverflightError, ProposalError
from overflight.routes.collect import MAX_DEPTH, Collector
from overflight.routes.crs import ToWgs84
from overflight.routes.places import Waypoint

__all__ = ["gpkg_body", "parse_wkb", "point_of"]

POINT, LINE, MULTI_LINE, COLLECTION = 1, 2, 5, 7
KINDS = {1: "POINT", 3: "POLYGON", 4: "MULTIPOINT", 6: "MULTIPOLYGON"}
Z_FLAG, M_FLAG, SRID_FLAG = 0x8000_0000, 0x4000_0000, 0x2000_0000
ENVELOPES = (0, 32, 48, 48, 64)


def parse_wkb(raw: bytes, lines: Collector, name: str | None, at: str, moved: ToWgs84 | None = None) -> None:
    """Add the routes of one geometry; what is no line is passed over.

    Parameters
    ----------
    raw : bytes
        A LineString, MultiLineString or GeometryCollection; with Z and M or without, with an SRID or without.
    lines : Collector
        Where the routes go.
    name : str or None
        What to call them.
    at : str
        The place in the file, for messages.
    moved : callable, optional
        What brings the coordinates to degrees, unless the geometry has an SRID of its own.

    Raises
    ------
    ProposalError
    """
    scan = _Scan(raw, lines, name, at, moved)
    try:
        scan.geometry(0)
    except struct.error:
        lines.refuse("the geometry is cut short: write the file anew", at)
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), at)


def gpkg_body(raw: bytes) -> bytes:
    """Take the envelope off a GeoPackage geometry (OGC 12-128r19, 2.1.3).

    Raises
    ------
    OverflightError
        If it has none.
    """
    if len(raw) < 8 or raw[:2] != b"GP" or raw[3] >> 1 & 7 >= len(ENVELOPES) or raw[3] & 0x20:
        msg = "not a geometry of a GeoPackage: write the file anew"
        raise OverflightError(msg)
    return b"" if raw[3] & 0x10 else raw[8 + ENVELOPES[raw[3] >> 1 & 7] :]


def point_of(raw: bytes) -> tuple[float, float] | None:
    """Return the coordinates of a point; None if the geometry is something else, or an empty point."""
    if len(raw) < 21:
        return None
    order = "<" if raw[:1] == b"\x01" else ">"
    (code,) = struct.unpack_from(f"{order}I", raw, 1)
    if (code & 0x0FFF_FFFF) % 1000 != POINT:
        return None
    at = 9 if code & SRID_FLAG else 5
    if len(raw) < at + 16:
        return None
    x, y = struct.unpack_from(f"{order}2d", raw, at)
    return None if math.isnan(x) or math.isnan(y) else (x, y)


class _Scan:
    """One geometry, read from left to right."""

    def __init__(self, raw: bytes, lines: Collector, name: str | None, at: str, moved: ToWgs84 | None) -> None:
        self.raw, self.lines, self.name, self.where, self.moved = raw, lines, name, at, moved
        self.at = 0

    def geometry(self, depth: int) -> None:
        kind, size, order = self.head()
        if kind == LINE:
            if points := self.positions(size, order):
                self.lines.line(points, self.name, self.where)
        elif kind == MULTI_LINE:
            self.lines.parts([self.part() for _ in range(self.count(order, 9))], self.name, self.where)
        elif kind == COLLECTION:
            if depth >= MAX_DEPTH:
                self.fail(f"collections nested deeper than {MAX_DEPTH}: flatten them")
            for _ in range(self.count(order, 5)):
                self.geometry(depth + 1)
        elif depth or kind not in KINDS:
            # The length of other kinds is not known without reading them.
            self.fail(f"expected a line, found {KINDS.get(kind, f'geometry type {kind}')}: take it out")

    def part(self) -> list[Waypoint]:
        kind, size, order = self.head()
        if kind != LINE:
            self.fail(f"expected a line, found geometry type {kind}: write the file anew")
        return self.positions(size, order)

    def head(self) -> tuple[int, int, str]:
        """Return the type, the numbers a position has, and the byte order."""
        order = "<" if self.raw[self.at : self.at + 1] == b"\x01" else ">"
        (code,) = struct.unpack_from(f"{order}I", self.raw, self.at + 1)
        self.at += 5
        if code & SRID_FLAG:
            (srid,) = struct.unpack_from(f"{order}I", self.raw, self.at)
            self.at += 4
            self.moved = self.lines.to_wgs84(str(srid), self.where)
        plain = code & 0x0FFF_FFFF
        more = {0: 0, 1: 1, 2: 1, 3: 2}.get(plain // 1000, 0) or bool(code & Z_FLAG) + bool(code & M_FLAG)
        return plain % 1000, 2 + more, order

    def count(self, order: str, least: int) -> int:
        """Read how many follow, each of some bytes at least; more than there are bytes for are none."""
        (count,) = struct.unpack_from(f"{order}I", self.raw, self.at)
        self.at += 4
        if count * least > len(self.raw) - self.at:
            raise struct.error
        return int(count)

    def positions(self, size: int, order: str) -> list[Waypoint]:
        count = self.count(order, 8 * size)
        self.lines.expect_points(count)
        end = self.at + 8 * size * count
        point, moved = self.lines.point, self.moved
        points = []
        for position in struct.iter_unpack(f"{order}{size}d", memoryview(self.raw)[self.at : end]):
            lon, lat = position[:2] if moved is None else moved(*position[:2])
            points.append(point(lon, lat))
        self.at = end
        return points

    def fail(self, why: str) -> NoReturn:
        self.lines.refuse(why, self.where)
