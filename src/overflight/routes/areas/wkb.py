"""Polygons in well-known binary, read by `struct`, which checks bounds: files come from strangers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import numpy as np

from overflight.airspace.drawn import Drawn, Floats
from overflight.errors import OverflightError
from overflight.routes.collect import MAX_DEPTH
from overflight.routes.crs import ToWgs84

__all__ = ["polygons_in"]

POLYGON, MULTI_POLYGON, COLLECTION = 3, 6, 7
NO_SURFACE = {1: "a POINT", 2: "a LINESTRING", 4: "a MULTIPOINT", 5: "a MULTILINESTRING"}
Z_FLAG, M_FLAG, SRID_FLAG = 0x8000_0000, 0x4000_0000, 0x2000_0000


def polygons_in(
    raw: bytes, drawn: Drawn, at: str, moved: ToWgs84 | None, system: Callable[[str], ToWgs84 | None]
) -> Iterator[list[Floats]]:
    """Yield the rings of each polygon of a geometry, checked, in degrees.

    Parameters
    ----------
    raw : bytes
        A Polygon, MultiPolygon or GeometryCollection of these, in the dialects that `overflight.routes.wkb` reads.
    drawn : Drawn
        Checks and counts.
    at : str
        The place in the file.
    moved : callable, optional
        What brings coordinates to degrees, unless the geometry has an SRID of its own.
    system : callable
        Finds that for an SRID.

    Raises
    ------
    DataError
        If it is something else, or cut short.
    """
    try:
        yield from _Scan(raw, drawn, at, moved, system).geometry(0)
    except struct.error:
        drawn.refuse(at, "the geometry is cut short: write the file anew")


class _Scan:
    """One geometry, read from left to right."""

    def __init__(
        self, raw: bytes, drawn: Drawn, at: str, moved: ToWgs84 | None, system: Callable[[str], ToWgs84 | None]
    ) -> None:
        self.raw, self.drawn, self.where, self.moved, self.system = raw, drawn, at, moved, system
        self.at = 0

    def geometry(self, depth: int) -> Iterator[list[Floats]]:
        order = "<" if self.raw[self.at : self.at + 1] == b"\x01" else ">"
        (code,) = struct.unpack_from(f"{order}I", self.raw, self.at + 1)
        self.at += 5
        if code & SRID_FLAG:
            (srid,) = struct.unpack_from(f"{order}I", self.raw, self.at)
            self.at += 4
            self.moved = self.system(str(srid))
        plain = code & 0x0FFF_FFFF
        size = 2 + ({0: 0, 1: 1, 2: 1, 3: 2}.get(plain // 1000, 0) or bool(code & Z_FLAG) + bool(code & M_FLAG))
        kind = plain % 1000
        if kind == POLYGON:
            rings = [self.ring(size, order) for _ in range(self.count(order, 4))]
            if rings:
                yield rings
        elif kind in {MULTI_POLYGON, COLLECTION} and depth < MAX_DEPTH:
            for _ in range(self.count(order, 9)):
                yield from self.geometry(depth + 1)
        elif kind in {MULTI_POLYGON, COLLECTION}:
            self.drawn.refuse(self.where, f"collections nested deeper than {MAX_DEPTH}: flatten them")
        else:
            found = NO_SURFACE.get(kind, f"geometry type {kind}")
            self.drawn.refuse(self.where, f"{found} has no surface: give polygons")

    def count(self, order: str, least: int) -> int:
        """Read how many follow, each of some bytes at least; more than there are bytes for are none."""
        (count,) = struct.unpack_from(f"{order}I", self.raw, self.at)
        self.at += 4
        if count * least > len(self.raw) - self.at:
            raise struct.error
        return int(count)

    def ring(self, size: int, order: str) -> Floats:
        count = self.count(order, 8 * size)
        self.drawn.count(count, self.where)
        numbers = np.frombuffer(self.raw, f"{order}f8", count * size, self.at).reshape(count, size)
        self.at += 8 * size * count
        ring = np.array(numbers[:, :2], dtype=np.float64)
        if self.moved is not None:
            try:
                ring = np.array([self.moved(x, y) for x, y in ring.tolist()], dtype=np.float64).reshape(-1, 2)
            except OverflightError as error:
                self.drawn.refuse(self.where, str(error))
        return self.drawn.ring(ring, self.where)
