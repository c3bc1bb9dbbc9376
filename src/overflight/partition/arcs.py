"""Border arcs of a layer as arrays, and two layers of them cut where they meet.

Coordinates are counted in units of `COORD_SCALE` degrees. Where two arcs cross, both get a vertex at the nearest whole
unit, so a border moves by less than one unit (1.1 cm). A vertex that lies within a unit of the other layer's edge
becomes a vertex of that edge, too: stretches that the layers have in common come out with the same vertices.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from overflight.airspace import COORD_SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from overflight.airspace import Index

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["HALF_TURN", "PER_DEG", "QUARTER_TURN", "Arcs", "Part", "arcs_around", "cut_where_they_meet"]

Point = tuple[int, int]
PER_DEG = round(1.0 / COORD_SCALE)
HALF_TURN, QUARTER_TURN = 180 * PER_DEG, 90 * PER_DEG
TOUCH = 1.0
"""Units within which a vertex lies on an edge."""
BESIDE = 0.3
"""How far beside an edge, in units, its two sides are read."""
LONGEST = 5 * PER_DEG
"""Longer edges of areas are cut."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs laid end to end: arc k has the vertices from ``start[k]`` to ``start[k + 1]``, and a piece on each side."""

    xy: NDArray[np.int32]
    start: Ints
    left: Ints
    right: Ints
    accuracy_m: Ints

    @classmethod
    def of(cls, index: Index, accuracy_m: float) -> Arcs:
        """Take the arcs of an index."""
        known = index.arc_accuracy
        count = len(index.arc_left)
        return cls(
            np.asarray(index.vertices).reshape(-1, 2),
            np.asarray(index.arc_start).astype(np.int64),
            np.asarray(index.arc_left).astype(np.int64),
            np.asarray(index.arc_right).astype(np.int64),
            np.full(count, round(accuracy_m), np.int64) if known is None else np.asarray(known).astype(np.int64),
        )

    @classmethod
    def joined(cls, parts: Sequence[Part]) -> Arcs:
        """Lay single arcs end to end."""
        lines = [part.xy for part in parts]
        return cls(
            np.concatenate([np.empty((0, 2), np.int32), *lines]).astype(np.int32),
            np.cumsum([0, *(len(line) for line in lines)]),
            np.array([part.left for part in parts], np.int64),
            np.array([part.right for part in parts], np.int64),
            np.array([part.accuracy_m for part in parts], np.int64),
        )

    def part(self, arc: int) -> Part:
        """Return one arc."""
        xy = self.xy[self.start[arc] : self.start[arc + 1]]
        return Part(arc, xy, int(self.left[arc]), int(self.right[arc]), int(self.accuracy_m[arc]))

    def edges(self) -> tuple[Ints, Ints]:
        """Return the first vertex of every edge, and its arc."""
        count = np.maximum(np.diff(self.start) - 1, 0)
        arc = np.repeat(np.arange(len(count)), count)
        within = np.arange(len(arc)) - np.repeat(np.cumsum(count) - count, count)
        return self.start[arc] + within, arc


@dataclass(frozen=True, slots=True)
class Part:
    """One arc, or part of one: the number of the arc, vertices, the pieces left and right, how well it is known."""

    arc: int
    xy: NDArray[np.int32]
    left: int
    right: int
    accuracy_m: int

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its longest edge, in degrees."""
        along = np.abs(np.diff(self.xy.astype(np.float64), axis=0)).max(axis=1)
        k = int(np.argmax(along))
        x, y = (self.xy[k].astype(np.float64) + self.xy[k + 1]) / 2.0 / PER_DEG
        return float(x), float(y)


def arcs_around(shapes: Sequence[shapely.Geometry]) -> tuple[Arcs, list[frozenset[int]]]:
    """Arrange shapes that may overlap, and return their borders.

    Parameters
    ----------
    shapes : sequence of polygon
        In whole units, valid, longitude within half a turn.

    Returns
    -------
    arcs : Arcs
        Borders, known exactly, between pieces; 180 degrees is a border only where what lies on its sides differs, and
        stands at +180. The poles are none.
    pieces : list of frozenset of int
        Which shapes each piece lies in; piece 0 lies in none.
    """
    pieces = [frozenset[int]()]
    numbers = {pieces[0]: 0}
    segments = _segments(shapes)
    along = (segments[:, 2:] - segments[:, :2]).astype(np.float64)
    length = np.hypot(along[:, 0], along[:, 1])[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(length, 1.0) * BESIDE
    middle = segments[:, :2] + 0.5 * along
    grouped: dict[tuple[int, int], list[Floats]] = defaultdict(list)
    inside = [_within(shapes, middle + side * normal) for side in (1.0, -1.0)]
    for row, (on_left, on_right) in enumerate(zip(*inside, strict=True)):
        for one in (on_left, on_right):
            if one not in numbers:
                numbers[one] = len(pieces)
                pieces.append(one)
        left, right = numbers[on_left], numbers[on_right]
        if left != right:
            ends = segments[row].reshape(2, 2).astype(np.float64)
            grouped[min(left, right), max(left, right)].append(ends if left < right else ends[::-1])
    parts: list[Part] = []
    for (left, right), lines in grouped.items():
        merged = shapely.line_merge(shapely.MultiLineString(lines), directed=True)
        for line in shapely.get_parts(merged):
            xy = np.rint(shapely.get_coordinates(line)).astype(np.int32)
            parts.append(Part(len(parts), xy, left, right, 0))
    return Arcs.joined(parts), pieces


def _segments(shapes: Sequence[shapely.Geometry]) -> Ints:
    """Return the edges of all shapes, cut where they meet: x, y of one end, then of the other."""
    lines: list[shapely.LineString] = []
    seam: list[shapely.LineString] = []
    for ring in shapely.get_rings(shapely.get_parts(np.asarray(shapes, dtype=object))):
        xy = np.rint(shapely.get_coordinates(shapely.segmentize(ring, LONGEST)))
        along = (np.abs(xy[:-1, 0]) == HALF_TURN) & (xy[:-1, 0] == xy[1:, 0])
        seam += [shapely.LineString([(HALF_TURN, xy[k, 1]), (HALF_TURN, xy[k + 1, 1])]) for k in np.flatnonzero(along)]
        runs = np.split(np.arange(len(along)), np.flatnonzero(along[1:] != along[:-1]) + 1)
        lines += [shapely.LineString(xy[run[0] : run[-1] + 2]) for run in runs if not along[run[0]]]
    # The rings of one valid shape do not cross; only what lies along 180 degrees on both sides may overlap.
    alone = len(shapes) == 1
    cut = shapely.get_parts(shapely.union_all(seam if alone else lines + seam, grid_size=1.0))
    noded = [*lines, *cut] if alone else cut
    rows = [np.empty((0, 4))]
    for line in noded:
        xy = np.rint(shapely.get_coordinates(line))
        rows.append(np.hstack([xy[:-1], xy[1:]]))
    found = np.concatenate(rows).astype(np.int64)
    at_pole = (np.abs(found[:, 1]) == QUARTER_TURN) & (found[:, 1] == found[:, 3])
    none = (found[:, :2] == found[:, 2:]).all(axis=1)
    kept: Ints = found[~at_pole & ~none]
    return kept


def _within(shapes: Sequence[shapely.Geometry], points: Floats) -> list[frozenset[int]]:
    """Return which shapes each point lies in; points may lie beyond 180 degrees."""
    x = (points[:, 0] + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
    found: list[set[int]] = [set() for _ in x]
    for number, shape in enumerate(shapes):
        shapely.prepare(shape)
        for k in np.flatnonzero(shapely.contains_xy(shape, x, points[:, 1])).tolist():
            found[k].add(number)
    return [frozenset(one) for one in found]


def cut_where_they_meet(one: Arcs, two: Arcs) -> tuple[list[Part], list[Part], Ints]:
    """Cut the arcs of two layers where they meet.

    Parameters
    ----------
    one, two : Arcs
        Neither has arcs that cross within the layer; the second one is small.

    Returns
    -------
    parts of one : list of Part
        Of the arcs that meet the other layer only; a part meets it at its ends, or all along as a single edge.
    parts of two : list of Part
        Of all arcs.
    met : array of int
        The arcs of the first layer that were cut.
    """
    first_1, arc_1 = one.edges()
    first_2, _ = two.edges()
    two = replace(two, xy=_snapped(one.xy, two.xy, _near(one.xy, first_1, two.xy, first_2), first_1, first_2))
    cuts_1: dict[int, set[Point]] = defaultdict(set)
    cuts_2: dict[int, set[Point]] = defaultdict(set)
    for e, r in _near(one.xy, first_1, two.xy, first_2):
        points = _meetings(_edge(one.xy, first_1[e]), _edge(two.xy, first_2[r]))
        cuts_1[e].update(points)
        cuts_2[r].update(points)
    met = np.unique(arc_1[np.array([e for e, points in cuts_1.items() if points], np.int64)])
    parts_1 = [part for arc in met.tolist() for part in _divided(one, arc, cuts_1)]
    parts_2 = [part for arc in range(len(two.left)) for part in _divided(two, arc, cuts_2)]
    return parts_1, parts_2, met


def _near(xy_1: NDArray[np.int32], first_1: Ints, xy_2: NDArray[np.int32], first_2: Ints) -> list[tuple[int, int]]:
    """Return the pairs of edges that come near each other, those that meet at 180 degrees included."""
    if not len(first_1) or not len(first_2):
        return []
    tree = shapely.STRtree(_lines(xy_2, first_2))
    low = np.minimum(xy_1[first_1], xy_1[first_1 + 1]).astype(np.int64)
    high = np.maximum(xy_1[first_1], xy_1[first_1 + 1]).astype(np.int64)
    (west, south), (east, north) = xy_2.min(axis=0).tolist(), xy_2.max(axis=0).tolist()
    upright = (low[:, 1] <= north + TOUCH) & (high[:, 1] >= south - TOUCH)
    found: set[tuple[int, int]] = set()
    for turn in (-2 * HALF_TURN, 0, 2 * HALF_TURN):
        beside = upright & (low[:, 0] + turn <= east + TOUCH) & (high[:, 0] + turn >= west - TOUCH)
        chosen = np.flatnonzero(beside)
        if len(chosen):
            lines = _lines(xy_1.astype(np.int64) + np.array([turn, 0]), first_1[chosen])
            at, near = tree.query(lines, predicate="dwithin", distance=TOUCH)
            found.update(zip(chosen[at].tolist(), near.tolist(), strict=True))
    return sorted(found)


def _lines(xy: NDArray[Any], first: Ints) -> NDArray[np.object_]:
    lines: NDArray[np.object_] = shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1).astype(np.float64))
    return lines


def _edge(xy: NDArray[np.int32], first: int) -> tuple[Point, Point]:
    (ax, ay), (bx, by) = xy[first : first + 2].tolist()
    return (ax, ay), (bx, by)


def _snapped(
    xy_1: NDArray[np.int32], xy_2: NDArray[np.int32], near: list[tuple[int, int]], first_1: Ints, first_2: Ints
) -> NDArray[np.int32]:
    """Move vertices of the second layer onto vertices of the first that lie within `TOUCH`."""
    moved: dict[Point, Point] = {}
    for e, r in near:
        for p in _edge(xy_1, first_1[e]):
            for a in _edge(xy_2, first_2[r]):
                x, y = _beside(p, a)
                if abs(x - a[0]) <= TOUCH and abs(y - a[1]) <= TOUCH and abs(x) <= HALF_TURN:
                    moved.setdefault(a, (x, y))
    if not moved:
        return xy_2
    return np.array([moved.get((x, y), (x, y)) for x, y in xy_2.tolist()], np.int32)


def _meetings(one: tuple[Point, Point], two: tuple[Point, Point]) -> list[Point]:
    """Return where two edges meet: vertices of the one on the other, or the point where they cross."""
    a, b = two
    # Beside 180 degrees, the one is moved to the other's side.
    turn = 2 * HALF_TURN * round((a[0] + b[0] - one[0][0] - one[1][0]) / (4 * HALF_TURN))
    p, q = ((x + turn, y) for x, y in one)
    found = [v for v in two if _on(v, p, q)] + [v for v in (p, q) if _on(v, a, b)]
    ux, uy, vx, vy = q[0] - p[0], q[1] - p[1], b[0] - a[0], b[1] - a[1]
    across = ux * vy - uy * vx
    if across:
        t = ((a[0] - p[0]) * vy - (a[1] - p[1]) * vx) / across
        s = ((a[0] - p[0]) * uy - (a[1] - p[1]) * ux) / across
        x, y = round(p[0] + ux * t), round(p[1] + uy * t)
        apart = all(max(abs(x - c[0]), abs(y - c[1])) > TOUCH for c in found)
        if 0.0 < t < 1.0 and 0.0 < s < 1.0 and apart:
            found.append((x, y))
    return found


def _on(point: Point, a: Point, b: Point) -> bool:
    """Tell whether a point lies on an edge, within `TOUCH`."""
    ux, uy, vx, vy = b[0] - a[0], b[1] - a[1], point[0] - a[0], point[1] - a[1]
    length2 = ux * ux + uy * uy
    t = min(max((ux * vx + uy * vy) / length2, 0.0), 1.0) if length2 else 0.0
    return (vx - t * ux) ** 2 + (vy - t * uy) ** 2 <= TOUCH * TOUCH


def _divided(arcs: Arcs, arc: int, cuts: dict[int, set[Point]]) -> list[Part]:
    """Divide one arc at the cuts on its edges."""
    whole = arcs.part(arc)
    begin = int(arcs.start[arc]) - arc  # edges are numbered without the steps between arcs
    xy = [(x, y) for x, y in whole.xy.tolist()]
    points: list[Point] = []
    breaks = {0}
    for k, (p, q) in enumerate(itertools.pairwise(xy)):
        points.append(p)
        own = {_beside(c, p) for c in cuts.get(begin + k, ())}
        if p in own:
            breaks.add(len(points) - 1)
        ahead = {c: (c[0] - p[0]) * (q[0] - p[0]) + (c[1] - p[1]) * (q[1] - p[1]) for c in own if c not in (p, q)}
        for c in sorted(ahead, key=ahead.__getitem__):
            breaks.add(len(points))
            points.append(c)
        if q in own:
            breaks.add(len(points))
    points.append(xy[-1])
    line = np.array(points, np.int64)
    found = []
    for low, high in itertools.pairwise(sorted({*breaks, len(points) - 1})):
        run = line[low : high + 1]
        fresh = np.concatenate([[True], (run[1:] != run[:-1]).any(axis=1)])
        if fresh.sum() > 1:
            found.append(Part(arc, run[fresh].astype(np.int32), whole.left, whole.right, whole.accuracy_m))
    return found


def _beside(point: Point, other: Point) -> Point:
    """Return a point on the same side of 180 degrees as another."""
    return point[0] + 2 * HALF_TURN * round((other[0] - point[0]) / (2 * HALF_TURN)), point[1]
