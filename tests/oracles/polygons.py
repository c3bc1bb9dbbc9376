"""The world as polygons, and crossings found by sampling: pyproj for geodesics, shapely for who is where.

Shares nothing with the crossing engine but the arcs: faces are polygonized from the plain border lines, and each face
takes the label of one of its edges. A route is sampled, and each change of label is bisected.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from overflight.airspace import Airspaces
    from overflight.partition.index import Index

__all__ = ["OracleCrossing", "PolygonOracle"]

GEOD = Geod(ellps="WGS84")
SCALE = 1e7
TILE_DEG = 5.0
SEAM_DEG = 1e-9


class OracleCrossing(NamedTuple):
    """A stretch of a route in one piece, in metres from its start."""

    piece: int
    from_m: float
    to_m: float


class PolygonOracle:
    """Locates points by polygons, and routes by sampling."""

    def __init__(self, world: Airspaces) -> None:
        faces, labels = _faces(world.index)
        tiles, owners = _tiled(faces, labels)
        shapely.prepare(tiles)
        self._tree = shapely.STRtree(tiles)
        self._owners = owners

    def pieces(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the piece of each point; 0 where no polygon holds it."""
        lon = (lon + 180.0) % 360.0 - 180.0
        found = np.zeros(len(lon), np.int64)
        point, tile = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        found[point] = self._owners[tile]
        return found

    def crossings(
        self, route: Sequence[tuple[float, float]], *, step_m: float, exact_m: float = 0.05
    ) -> list[OracleCrossing]:
        """Return the crossings of a route through points: sampled every `step_m`, changes bisected to `exact_m`."""
        crossings: list[OracleCrossing] = []
        offset = 0.0
        for (lon1, lat1), (lon2, lat2) in pairwise(route):
            azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)
            for crossing in self._leg((lon1, lat1, azimuth, length), step_m, exact_m):
                if crossings and crossings[-1].piece == crossing.piece:
                    crossings[-1] = crossings[-1]._replace(to_m=crossing.to_m + offset)
                else:
                    crossings.append(OracleCrossing(crossing.piece, crossing.from_m + offset, crossing.to_m + offset))
            offset += length
        return crossings

    def _leg(self, leg: tuple[float, float, float, float], step_m: float, exact_m: float) -> list[OracleCrossing]:
        lon, lat, azimuth, length = leg

        def at(along: NDArray[np.float64]) -> NDArray[np.int64]:
            n = len(along)
            x, y, _ = GEOD.fwd(np.full(n, lon), np.full(n, lat), np.full(n, azimuth), along)
            return self.pieces(np.asarray(x), np.asarray(y))

        along = np.linspace(0.0, length, max(2, int(length / step_m) + 2))
        piece = at(along)
        change = np.flatnonzero(piece[1:] != piece[:-1])
        low, high, before = along[change], along[change + 1], piece[change]
        while len(low) and (high - low).max() > exact_m:
            middle = 0.5 * (low + high)
            same = at(middle) == before
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        ends = [0.0, *(0.5 * (low + high)), length]
        pieces = [int(piece[0]), *(int(p) for p in piece[change + 1])]
        return [OracleCrossing(p, a, b) for p, (a, b) in zip(pieces, pairwise(ends), strict=True)]


def _faces(index: Index) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Polygonize all borders, closed along 180 degrees and the poles, and label each face by an edge of its ring."""
    xy = np.asarray(index.vertices, dtype=np.int32).reshape(-1, 2)
    start = np.asarray(index.arc_start)
    left, right = np.asarray(index.arc_left), np.asarray(index.arc_right)
    arcs = [xy[a:b] / SCALE for a, b in pairwise(start)]
    on_seam = [a for a in arcs if np.abs(a[:, 0]).min() == 180.0 and (np.abs(a[:, 0]) == 180.0).all()]
    west = [shapely.LineString(a * [-1.0, 1.0]) for a in on_seam]
    lines = np.array([shapely.LineString(a) for a in arcs])
    ends = np.concatenate([a[[0, -1]] for a in arcs])
    frame = []
    for x in (-180.0, 180.0):
        lat = np.unique(np.concatenate([[-90.0, 90.0], ends[np.abs(ends[:, 0]) == 180.0, 1]]))
        frame += [shapely.LineString([(x, a), (x, b)]) for a, b in pairwise(lat)]
    frame += [shapely.LineString([(-180.0, y), (180.0, y)]) for y in (-90.0, 90.0)]
    doubled = (
        shapely.unary_union(on_seam_lines)
        if (on_seam_lines := [*(shapely.LineString(a) for a in on_seam), *west])
        else None
    )
    if doubled is not None:
        frame = [f for f in frame if not shapely.covers(doubled, f)] + west
    faces = shapely.get_parts(shapely.polygonize([*lines, *frame]))
    # A point just inside the ring, beside the middle of an edge that is no part of the frame, tells the label.
    tree = shapely.STRtree(lines)
    labels = np.zeros(len(faces), np.int64)
    a, b, owner = _one_edge_each(faces)
    middle = 0.5 * (a + b)
    face, arc = tree.query(shapely.points(middle), predicate="dwithin", distance=SEAM_DEG)
    rings = np.asarray(shapely.is_ccw(shapely.get_exterior_ring(faces)))
    for f, k in zip(face, arc, strict=True):
        along = _runs_along(arcs[k], a[f], b[f])
        if along:
            inside_left = (along > 0) == bool(rings[owner[f]])
            labels[owner[f]] = (left if inside_left else right)[k]
    return faces, labels


def _one_edge_each(
    faces: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return, for each face, the ends of one edge of its outer ring that is no part of the frame."""
    ring, face = shapely.get_coordinates(shapely.get_exterior_ring(faces), return_index=True)
    a, b = ring[:-1], ring[1:]
    good = (face[:-1] == face[1:]) & ~((np.abs(a[:, 0]) == 180.0) & (a[:, 0] == b[:, 0])) & (np.abs(a[:, 1]) < 90.0)
    at = np.flatnonzero(good)
    owner, first = np.unique(face[:-1][at], return_index=True)
    return a[at[first]], b[at[first]], owner


def _runs_along(arc: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]) -> int:
    """Return 1 if an edge is one of an arc's, -1 if it is one reversed, else 0."""
    is_a, is_b = (arc == a).all(axis=1), (arc == b).all(axis=1)
    if (is_a[:-1] & is_b[1:]).any():
        return 1
    return -1 if (is_b[:-1] & is_a[1:]).any() else 0


def _tiled(faces: NDArray[np.object_], labels: NDArray[np.int64]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Cut the faces that have a label into tiles, for speed."""
    keep = labels > 0
    faces, labels = faces[keep], labels[keep]
    tiles, owners = [], []
    bounds = shapely.bounds(faces)
    small = (bounds[:, 2] - bounds[:, 0] <= TILE_DEG) & (bounds[:, 3] - bounds[:, 1] <= TILE_DEG)
    tiles.append(faces[small])
    owners.append(labels[small])
    for face, label in zip(faces[~small], labels[~small], strict=True):
        parts = np.array(_split(face), dtype=object)
        tiles.append(parts)
        owners.append(np.full(len(parts), label))
    return np.concatenate(tiles), np.concatenate(owners)


def _split(face: shapely.Polygon) -> list[shapely.Polygon]:
    """Halve a polygon until each part is no wider than a tile."""
    west, south, east, north = face.bounds
    if max(east - west, north - south) <= TILE_DEG:
        return [face]
    if east - west > north - south:
        middle = 0.5 * (west + east)
        halves = [(west, south, middle, north), (middle, south, east, north)]
    else:
        middle = 0.5 * (south + north)
        halves = [(west, south, east, middle), (west, middle, east, north)]
    return [
        tile
        for half in halves
        for part in shapely.get_parts(shapely.clip_by_rect(face, *half))
        if isinstance(part, shapely.Polygon) and not part.is_empty
        for tile in _split(part)
    ]
