"""Polygons -> a partition: noded edges, the faces that they enclose, and arcs between the pieces that faces belong to.

Coordinates are whole numbers of 1e-7 degree throughout, so that equal points are equal and nothing drifts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from overflight.partition.arcs import Arcs, numbered
from overflight.partition.index import HALF_TURN, PER_DEG, QUARTER_TURN

__all__ = ["Edges", "Faces", "Ints", "arrange", "make_arcs", "noded", "noded_edges", "ring_edges", "short"]

Ints = npt.NDArray[np.int64]
Edges = npt.NDArray[np.int32]  # shape (n, 4): lon0, lat0, lon1, lat1 in 1e-7 degree

TOUCH = 0.75
"""Units; where a point lies no farther from an edge than this, snap rounding may lead the edge through it."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of an arrangement, and for every edge the face on its left and its right (-1 = outside all)."""

    polygons: npt.NDArray[np.object_]
    edges: Edges
    left: Ints
    right: Ints


def ring_edges(polygons: Sequence[shapely.Geometry]) -> Edges:
    """Return the distinct edges of all rings, undirected, each with its lesser end first, sorted."""
    return _distinct(_ordered(_edges_of(shapely.get_rings(shapely.get_parts(np.asarray(polygons, dtype=object))))))


def noded_edges(base: Edges, lines: Sequence[shapely.Geometry]) -> Edges:
    """Add new lines to edges that do not cross each other, splitting both where they meet.

    Only the base edges that a new line comes near are touched, by snap rounding on the 1e-7 degree grid.
    """
    if not lines:
        return base
    added = shapely.get_parts(shapely.union_all(np.asarray(lines, dtype=object), grid_size=1 / PER_DEG))
    tree = shapely.STRtree(added)
    segments = _lines(base)
    near = np.unique(tree.query(segments, predicate="dwithin", distance=2 / PER_DEG)[0])
    noded = shapely.union_all(np.concatenate([segments[near], added]), grid_size=1 / PER_DEG)
    kept = np.delete(base, near, axis=0)
    return _distinct(_ordered(np.vstack([kept, _edges_of(noded)])))


def noded(edges: Edges) -> Edges:
    """Split edges, as `ring_edges` returns them, where they meet, by snap rounding on the 1e-7 degree grid.

    Neighbours that share their borders have nothing to split: only the edges that come near others are touched.
    """
    while True:
        near = _meeting(edges)
        if not len(near):
            return edges
        split = _edges_of(shapely.union_all(_lines(edges[near]), grid_size=1 / PER_DEG))
        found = _distinct(_ordered(np.vstack([np.delete(edges, near, axis=0), split])))
        if np.array_equal(found, edges):
            return edges
        edges = found


def _meeting(edges: Edges) -> Ints:
    """Return which edges come within `TOUCH` of another one elsewhere than at an end that both have."""
    p, q = edges[:, :2].astype(np.float64), edges[:, 2:].astype(np.float64)
    lines = shapely.linestrings(np.stack([p, q], axis=1))
    one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH)
    one, other = one[one < other], other[one < other]
    apart = np.ones(len(one), np.bool_)
    for a, b, c, d in ((p, q, p, q), (p, q, q, p), (q, p, p, q), (q, p, q, p)):
        shared = np.flatnonzero((a[one] == c[other]).all(axis=1))
        i, j = one[shared], other[shared]
        # From the end that both have: how far is the other end of either one from the other one?
        apart[shared] = np.minimum(_off(b[i] - a[i], d[j] - a[i]), _off(d[j] - a[i], b[i] - a[i])) <= TOUCH
    return np.unique(np.concatenate([one[apart], other[apart]]))


def _off(along: npt.NDArray[np.float64], point: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far points are from straight lines from the origin to other points."""
    t = np.clip((along * point).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1.0), 0.0, 1.0)
    off: npt.NDArray[np.float64] = np.hypot(*(point - t[:, None] * along).T)
    return off


def short(edges: Edges, longest_deg: float) -> Edges:
    """Cut edges, as `ring_edges` returns them, that span more of longitude or latitude into parts of one length."""
    a, b = edges[:, :2].astype(np.int64), edges[:, 2:].astype(np.int64)
    count = np.maximum(1, -(-np.abs(b - a).max(axis=1, initial=0) // round(longest_deg * PER_DEG)))
    row, nth = numbered(count)
    ends = [np.rint(a[row] + (b - a)[row] * ((nth + k) / count[row])[:, None]) for k in (0, 1)]
    return _distinct(np.hstack(ends).astype(np.int32))


def arrange(edges: Edges) -> Faces:
    """Find the faces that noded edges enclose, and which face lies on each side of each edge."""
    polygons = shapely.orient_polygons(shapely.get_parts(shapely.polygonize(_lines(edges))))
    # The order of GEOS' output is not promised: sort by a point inside.
    inside = shapely.get_coordinates(shapely.point_on_surface(polygons))
    polygons = polygons[np.lexsort((inside[:, 1], inside[:, 0]))]
    rings, face = shapely.get_rings(polygons, return_index=True)
    along = _edges_of(rings)
    owner = np.repeat(face, shapely.get_num_coordinates(rings) - 1)
    flipped = _is_flipped(along)
    points = np.unique(_pack(edges.reshape(-1, 2)))
    index = np.searchsorted(_keys(edges, points), _keys(_ordered(along), points))
    left = np.full(len(edges), -1, np.int64)
    right = np.full(len(edges), -1, np.int64)
    left[index[~flipped]] = owner[~flipped]  # a ring's inside is on its left
    right[index[flipped]] = owner[flipped]
    used = (left >= 0) | (right >= 0)  # a dangling line encloses nothing
    return Faces(polygons=polygons, edges=edges[used], left=left[used], right=right[used])


def make_arcs(edges: Edges, left: Ints, right: Ints, kind: Ints | None = None) -> Arcs:
    """Chain noded edges into arcs: node to node, one pair of pieces and one kind each.

    Borders in one piece vanish, and so does what runs along a pole, which is a point.
    """
    kind = np.zeros(len(edges), np.int64) if kind is None else kind
    edges, left, right, kind = _weld_antimeridian(edges, left, right, kind)
    at_pole = (np.abs(edges[:, 1]) == QUARTER_TURN) & (edges[:, 1] == edges[:, 3])
    live = (left != right) & ~at_pole
    if not live.any():
        return Arcs.joined([])
    edges, left, right, kind = edges[live], left[live], right[live], kind[live]
    flip = left > right  # the lesser piece on the left makes chains agree in direction
    edges[flip] = edges[flip][:, [2, 3, 0, 1]]
    left[flip], right[flip] = right[flip], left[flip]

    points, ends = np.unique(_pack(edges.reshape(-1, 2)), return_inverse=True)
    tail, head = ends[0::2], ends[1::2]
    degree = np.bincount(ends, minlength=len(points))
    lon = points >> 32
    node = (degree != 2) | (np.abs(lon) == HALF_TURN)
    # A point of two edges joins them only if they carry the same pair in the same direction, and one kind.
    into = np.full(len(points), -1, np.int64)
    out = np.full(len(points), -1, np.int64)
    into[head], out[tail] = np.arange(len(edges)), np.arange(len(edges))
    through = ~node & (into >= 0) & (out >= 0)
    same = through.copy()
    before, behind = into[through], out[through]
    same[through] = (left[before] == left[behind]) & (right[before] == right[behind]) & (kind[before] == kind[behind])
    node |= ~same

    following = np.where(node[head], -1, out[head])
    done = np.zeros(len(edges), bool)
    chains: list[list[int]] = []
    starts = np.flatnonzero(node[tail])
    for first in [*starts.tolist(), *np.flatnonzero(~node[tail]).tolist()]:
        if done[first]:
            continue
        chain = [first]
        done[first] = True
        after = following[first]
        while after >= 0 and not done[after]:
            chain.append(int(after))
            done[after] = True
            after = following[after]
        chains.append(chain)
    xy = [np.vstack([edges[c, :2], edges[c[-1:], 2:]]) for c in chains]
    first_edge = np.array([c[0] for c in chains])
    # Near each other on the ground, near each other in the file: sort arcs by their first point, row by row.
    order = np.lexsort((edges[first_edge, 0], edges[first_edge, 1] // (5 * PER_DEG)))
    arcs = Arcs.between(
        xy=np.vstack([xy[k] for k in order]),
        start=np.concatenate([[0], np.cumsum([len(xy[k]) for k in order])]),
        left=left[first_edge][order],
        right=right[first_edge][order],
    )
    return replace(arcs, kind=kind[first_edge][order])


def _weld_antimeridian(edges: Edges, left: Ints, right: Ints, kind: Ints) -> tuple[Edges, Ints, Ints, Ints]:
    """Join the two sides of 180 degrees: each side's edges along it become one set, stored at +180."""
    on = (np.abs(edges[:, 0]) == HALF_TURN) & (edges[:, 0] == edges[:, 2])
    if not on.any():
        return edges, left, right, kind
    east_rim = on & (edges[:, 0] > 0)  # lon +180: the world lies west of it
    west_rim = on & (edges[:, 0] < 0)
    cuts = np.unique(edges[on][:, [1, 3]])
    sides = []
    for rim in (east_rim, west_rim):
        piece = np.zeros(max(len(cuts) - 1, 0), np.int64)
        for edge, a, b in zip(edges[rim], left[rim], right[rim], strict=True):
            low, high = sorted((edge[1], edge[3]))
            span = slice(np.searchsorted(cuts, low), np.searchsorted(cuts, high))
            piece[span] = max(a, b)  # the other side of a rim edge is outside the world: piece 0
        sides.append(piece)
    west_of, east_of = sides
    keep = np.flatnonzero(west_of != east_of)
    rim_lon = np.full(len(keep), HALF_TURN)
    seam = np.column_stack([rim_lon, cuts[keep], rim_lon, cuts[keep + 1]]).astype(np.int32)
    return (
        np.vstack([edges[~on], seam]),
        np.concatenate([left[~on], west_of[keep]]),  # walked north, west is on the left
        np.concatenate([right[~on], east_of[keep]]),
        np.concatenate([kind[~on], np.zeros(len(keep), np.int64)]),
    )


def _edges_of(lines: shapely.Geometry) -> Edges:
    """Return the edges of lines, as they run."""
    points, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    xy = np.rint(points * PER_DEG).astype(np.int32)
    edges: Edges = np.hstack([xy[:-1], xy[1:]])[line[1:] == line[:-1]]
    return edges


def _lines(edges: Edges) -> npt.NDArray[np.object_]:
    lines: npt.NDArray[np.object_] = shapely.linestrings(edges.reshape(-1, 2, 2) / PER_DEG)
    return lines


def _is_flipped(edges: Edges) -> npt.NDArray[np.bool_]:
    flipped: npt.NDArray[np.bool_] = _pack(edges[:, :2]) > _pack(edges[:, 2:])
    return flipped


def _ordered(edges: Edges) -> Edges:
    return np.where(_is_flipped(edges)[:, None], edges[:, [2, 3, 0, 1]], edges)


def _pack(xy: npt.NDArray[np.int32]) -> Ints:
    """One sortable integer for a point."""
    wide = xy.astype(np.int64)
    packed: Ints = (wide[:, 0] << 32) + (wide[:, 1] + 2**31)
    return packed


def _keys(edges: Edges, points: Ints) -> Ints:
    """One sortable integer for an edge, given the sorted points that edges may have."""
    a, b = np.searchsorted(points, _pack(edges[:, :2])), np.searchsorted(points, _pack(edges[:, 2:]))
    keys: Ints = a * len(points) + b
    return keys


def _distinct(edges: Edges) -> Edges:
    a, b = _pack(edges[:, :2]), _pack(edges[:, 2:])
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    fresh = np.ones(len(edges), bool)
    fresh[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    fresh &= a != b
    return edges[order[fresh]]
