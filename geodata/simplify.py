"""Fewer points on arcs, never more than a stated distance from where they were, and never a crossing.

Douglas and Peucker (1973) on each arc between its nodes, distances in metres on a local plane; then every pair of new
edges that crosses or touches is given points back until none does. Neighbours share arcs, so no gap or overlap can
open between them.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import shapely

from overflight.partition.arcs import Arcs
from overflight.partition.topology import Ints

__all__ = ["simplified"]

METRES = 111_320.0 / 10**7
"""Metres in a stored unit of latitude, a little more than the truth (110,574 to 111,694 m a degree), so never less."""
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def simplified(arcs: Arcs, *, tolerance_m: float) -> tuple[Arcs, float]:
    """Drop points that lie within a tolerance of the line without them.

    Returns
    -------
    Arcs, float
        The arcs with fewer points, and the largest distance in metres of a dropped point from its new edge.
    """
    kept = np.zeros(len(arcs.xy), bool)
    for first, last in zip(arcs.start[:-1], arcs.start[1:] - 1, strict=True):
        _thin(arcs.xy, int(first), int(last), kept, tolerance_m)
    tolerance = tolerance_m
    while True:
        wrong = _crossing_spans(arcs, kept)
        if not len(wrong):
            break
        tolerance /= 2
        for first, last in wrong:
            _refine(arcs.xy, int(first), int(last), kept, tolerance)
    index = np.flatnonzero(kept)
    thin = dataclasses.replace(arcs, xy=arcs.xy[index], start=np.searchsorted(index, arcs.start).astype(np.int64))
    return thin, _largest_shift(arcs, index)


def _thin(xy: npt.NDArray[np.int32], first: int, last: int, kept: Bools, tolerance_m: float) -> None:
    """Mark the points of one arc that stay."""
    kept[first] = kept[last] = True
    stack = [(first, last)]
    if np.array_equal(xy[first], xy[last]):
        # A ring needs three corners at the least: its start, the point farthest from it, the farthest from both.
        far = first + 1 + int(np.argmax(_distances_m(xy[first : last + 1], closed=True)))
        halves = [(first, far), (far, last)]
        widest = [_farthest(xy, a, b) for a, b in halves]
        a, b = halves[int(np.argmax([d for _, d in widest]))]
        third = max(widest, key=lambda w: w[1])[0]
        kept[far] = kept[third] = True
        stack = [h for h in halves if h != (a, b)] + [(a, third), (third, b)]
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        point, distance = _farthest(xy, a, b)
        if distance > tolerance_m:
            kept[point] = True
            stack += [(a, point), (point, b)]


def _refine(xy: npt.NDArray[np.int32], first: int, last: int, kept: Bools, tolerance_m: float) -> None:
    """Give a span at least its farthest point back, and what a smaller tolerance asks for."""
    if last - first < 2:
        return
    point, _ = _farthest(xy, first, last)
    kept[point] = True
    for a, b in ((first, point), (point, last)):
        _thin(xy, a, b, kept, tolerance_m)


def _farthest(xy: npt.NDArray[np.int32], first: int, last: int) -> tuple[int, float]:
    """Return the point between two others that is farthest from their chord, and how far in metres."""
    if last - first < 2:
        return first, 0.0
    distances = _distances_m(xy[first : last + 1], closed=False)
    k = int(np.argmax(distances))
    return first + 1 + k, float(distances[k])


def _distances_m(xy: npt.NDArray[np.int32], *, closed: bool) -> Floats:
    """Distances of the inner points from the chord between first and last (`closed`: from the first point)."""
    inner = xy[1:-1].astype(np.float64)
    east = METRES * np.cos(np.radians(inner[:, 1] / 10**7))
    px, py = (inner[:, 0] - xy[0, 0]) * east, (inner[:, 1] - xy[0, 1]) * METRES
    if closed:
        from_first: Floats = np.hypot(px, py)
        return from_first
    bx, by = (float(xy[-1, 0]) - xy[0, 0]) * east, (float(xy[-1, 1]) - xy[0, 1]) * METRES
    square = bx * bx + by * by
    t = np.clip((px * bx + py * by) / np.where(square == 0, 1, square), 0, 1)
    from_chord: Floats = np.hypot(px - t * bx, py - t * by)
    return from_chord


def _crossing_spans(arcs: Arcs, kept: Bools) -> Ints:
    """Return the spans (first, last index in `arcs.xy`) of new edges that meet another other than at a shared end."""
    index = np.flatnonzero(kept)
    arc = np.searchsorted(arcs.start, index, side="right") - 1
    joined = arc[:-1] == arc[1:]
    a, b = index[:-1][joined], index[1:][joined]
    pairs = _bad_pairs(arcs.xy[a].astype(np.int64), arcs.xy[b].astype(np.int64))
    edges = np.unique(pairs)
    return np.column_stack([a[edges], b[edges]])


def _bad_pairs(p: Ints, q: Ints) -> Ints:
    lines = shapely.linestrings(np.stack([p, q], axis=1).astype(np.float64))
    i, j = shapely.STRtree(lines).query(lines, predicate="intersects")
    i, j = i[i < j], j[i < j]
    ends = [(p, p), (p, q), (q, p), (q, q)]
    shared = [(u[i] == v[j]).all(axis=1) for u, v in ends]
    bad = ~np.any(shared, axis=0)
    others = {0: (q, q), 1: (q, p), 2: (p, q), 3: (p, p)}
    pivots = {0: p, 1: p, 2: q, 3: q}
    for kind, same in enumerate(shared):
        u, v = others[kind]
        pivot = pivots[kind][i[same]]
        first, second = u[i[same]] - pivot, v[j[same]] - pivot
        # Exact in 64 bits: coordinates stay below 2**32, and products of edge lengths below 2**63.
        cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
        dot = first[:, 0] * second[:, 0] + first[:, 1] * second[:, 1]
        bad[np.flatnonzero(same)[(cross == 0) & (dot > 0)]] = True
    return np.column_stack([i[bad], j[bad]])


def _largest_shift(arcs: Arcs, index: Ints) -> float:
    """Return the largest distance in metres of a dropped point from the edge that replaces it."""
    arc = np.searchsorted(arcs.start, index, side="right") - 1
    largest = 0.0
    gaps = np.flatnonzero((np.diff(index) > 1) & (arc[:-1] == arc[1:]))
    for k in gaps:
        largest = max(largest, _farthest(arcs.xy, int(index[k]), int(index[k + 1]))[1])
    return largest
