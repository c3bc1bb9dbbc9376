"""The world as a graph: connected parts of pieces and of the high seas, and which of them share a border."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.crossings import locate
from overflight.geodata import COORD_SCALE, owners
from overflight.geometry import piece_polygons

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from overflight.geodata import Airspaces, Piece

__all__ = ["Regions", "holders"]

TOLERANCE_DEG = 0.01
"""Borders are simplified to this; islands and enclaves this small vanish (and come back as regions of their own)."""
STRAY_DEG = 0.05
"""A border farther than this from every part of its piece gets a region of its own."""
NOBODYS = 0


def holders(piece: Piece, but: Collection[str] = ()) -> frozenset[str]:
    """Return whose consent a piece needs, but for territories that the rule does not reach."""
    return frozenset(state.code for state in owners(piece, but))


@dataclass(frozen=True, slots=True)
class Regions:
    """Connected regions and their neighbours.

    Attributes
    ----------
    piece : tuple of int
        The piece of each region.
    neighbours : tuple of frozenset of int
        The regions with which each shares a stretch of border; a shared corner is none.
    parts : array of Polygon
        Where each region is, in lon/lat, simplified.
    holders : tuple of frozenset of str
        Whose consent it takes to enter each region, if all states forbade it.
    """

    piece: tuple[int, ...]
    neighbours: tuple[frozenset[int], ...]
    parts: NDArray[np.object_]
    holders: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, world: Airspaces) -> Regions:
        """Work out the regions of a world.

        Notes
        -----
        A region is a connected part of a piece's polygon, or of what all polygons leave over; parts that meet across
        180 degrees are joined. Each border arc names the pieces on both sides; the part of each piece that is nearest
        to the middle of the arc is the one that it bounds.
        """
        polygons = piece_polygons(world, tolerance_deg=TOLERANCE_DEG)
        globe = shapely.box(-180.0, -90.0, 180.0, 90.0)
        polygons[NOBODYS] = shapely.difference(globe, shapely.union_all(list(polygons.values())))
        owner: list[int] = []
        parts: list[shapely.Polygon] = []
        for piece, polygon in sorted(polygons.items()):
            found = [part for part in shapely.get_parts(polygon) if part.area > 0.0]
            parts += found
            owner += [piece] * len(found)
        joined = _Joined(len(parts))
        _join_at_seam(parts, owner, joined)
        sides = _sides(world, parts, owner, joined)
        roots = sorted({joined.root(k) for k in range(len(joined.parent))})
        number = {root: k for k, root in enumerate(roots)}
        neighbours: list[set[int]] = [set() for _ in roots]
        for one, two in sides:
            a, b = number[joined.root(one)], number[joined.root(two)]
            if a != b:
                neighbours[a].add(b)
                neighbours[b].add(a)
        shapes = np.empty(len(roots), dtype=object)
        for root, k in number.items():
            shapes[k] = parts[root]
        pieces = tuple(owner[root] for root in roots)
        return cls(
            piece=pieces,
            neighbours=tuple(frozenset(n) for n in neighbours),
            parts=shapes,
            holders=tuple(holders(world.pieces[piece]) for piece in pieces),
        )

    def without(self, world: Airspaces, but: Collection[str]) -> Regions:
        """Return the same regions, those of some territories needing nobody's consent."""
        if not but:
            return self
        return replace(self, holders=tuple(holders(world.pieces[piece], but) for piece in self.piece))

    def closed(self, codes: Collection[str]) -> Regions:
        """Return the same regions, those that one of some holders holds being cut off from all others."""
        if not codes:
            return self
        shut = [bool(held.intersection(codes)) for held in self.holders]
        open_to = [frozenset(n for n in around if not shut[n]) for around in self.neighbours]
        return replace(self, neighbours=tuple(frozenset() if s else n for s, n in zip(shut, open_to, strict=True)))

    def at(self, world: Airspaces, lon: float, lat: float) -> int:
        """Return the region in which a point lies."""
        piece = locate(world, lon, lat).id
        own = [k for k, p in enumerate(self.piece) if p == piece]
        if not own:
            msg = f"piece {piece} has no region"
            raise ValueError(msg)
        point = shapely.Point(lon, lat)
        return own[int(np.argmin(shapely.distance(self.parts[own], point)))]

    def reach(self, start: int, shut: Collection[str]) -> set[int]:
        """Return the regions that can be reached from one without entering any that a shut state holds."""
        closed = set(shut)
        seen = {start}
        queue = [start]
        while queue:
            for region in self.neighbours[queue.pop()]:
                if region not in seen and not self.holders[region] & closed:
                    seen.add(region)
                    queue.append(region)
        return seen


class _Joined:
    """Sets that merge (union-find)."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def root(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, one: int, two: int) -> None:
        a, b = self.root(one), self.root(two)
        self.parent[max(a, b)] = min(a, b)


def _join_at_seam(parts: list[shapely.Polygon], owner: list[int], joined: _Joined) -> None:
    """Join the parts of one piece that meet across 180 degrees."""
    bounds = shapely.bounds(parts)
    ends = {}
    for lon, column in ((180.0, 2), (-180.0, 0)):
        seam = shapely.LineString([(lon, -90.0), (lon, 90.0)])
        at = np.flatnonzero(np.abs(bounds[:, column] - lon) < 1e-9)
        ends[lon] = [(int(k), shapely.intersection(parts[k], seam)) for k in at]
    for east, along in ends[180.0]:
        moved = shapely.transform(along, lambda xy: xy - [360.0, 0.0])
        for west, other in ends[-180.0]:
            if owner[east] == owner[west] and shapely.length(shapely.intersection(moved, other)) > 0.0:
                joined.join(east, west)


def _sides(world: Airspaces, parts: list[shapely.Polygon], owner: list[int], joined: _Joined) -> list[tuple[int, int]]:
    """Return the two parts that each border arc parts; new parts are added for borders without any."""
    index = world.index
    vertices = np.asarray(index.vertices).reshape(-1, 2).astype(np.float64)
    starts = np.asarray(index.arc_start).astype(np.int64)
    middle = (starts[:-1] + starts[1:] - 1) // 2
    points = shapely.points(0.5 * (vertices[middle] + vertices[middle + 1]) * COORD_SCALE)
    found = [_nearest(np.asarray(side), points, parts, owner, joined) for side in (index.arc_left, index.arc_right)]
    return list(zip(*found, strict=True))


def _nearest(
    piece: NDArray[np.uint16],
    points: NDArray[np.object_],
    parts: list[shapely.Polygon],
    owner: list[int],
    joined: _Joined,
) -> list[int]:
    """Return for each point the part of its piece that is nearest."""
    owners = np.array(owner)
    chosen = np.full(len(points), -1, dtype=np.int64)
    for one in np.unique(piece).tolist():
        asked = np.flatnonzero(piece == one)
        own = np.flatnonzero(owners == one)
        if len(own):
            tree = shapely.STRtree([parts[k] for k in own])
            at, near = tree.query_nearest(points[asked], all_matches=False, max_distance=STRAY_DEG)
            chosen[asked[at]] = own[near]
        for k in asked[chosen[asked] < 0].tolist():
            parts.append(shapely.buffer(points[k], TOLERANCE_DEG))
            owner.append(one)
            joined.parent.append(len(joined.parent))
            chosen[k] = len(parts) - 1
    return [int(k) for k in chosen]
