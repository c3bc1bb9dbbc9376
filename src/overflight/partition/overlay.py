"""One partition laid over another: both are cut where they meet, and each piece falls into what lies under which piece.

Where two arcs cross, both get a vertex at the nearest whole unit, so a border moves by less than one unit (1.1 cm). A
vertex that lies within a unit of the other layer's edge becomes a vertex of that edge, too: stretches that the layers
have in common come out with the same vertices. What lies on the other layer's side of a part is found by locating its
middle there.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from overflight.partition.arcs import Arcs, Part
from overflight.partition.grid import Shape, centres, regridded
from overflight.partition.index import HALF_TURN, PER_DEG, Index
from overflight.partition.locate import locate_piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["laid_over"]

Point = tuple[int, int]
Pair = tuple[int, int]
"""A piece of the lower layer, and one of the upper layer that lies over part of it."""
TOUCH = 1.0
"""Units within which a vertex lies on an edge."""


def laid_over(lower: Index, upper: Index, *, first: int, accuracy_m: float = 0.0) -> tuple[Index, list[Pair]]:
    """Lay one partition over another.

    Parameters
    ----------
    lower : Index
        The partition to refine; its grid is kept.
    upper : Index
        A small one, known exactly; where its piece is 0, nothing changes.
    first : int
        The first free number of a piece.
    accuracy_m : float
        How well the lower one's borders are known, where it does not say.

    Returns
    -------
    index : Index
        Pieces of the lower one keep their numbers where nothing lies over them; the rest is new pieces.
    pairs : list of (int, int)
        Which piece of the lower one, and which of the upper one, each new piece is in; from number `first` on.

    Notes
    -----
    Borders of the lower one move by less than 2 cm, next to where the upper one's edges meet them.
    """
    pieces = _Pairs(first)
    base = Arcs.of(lower, accuracy_m)
    own, added, met = _cut_where_they_meet(base, Arcs.of(upper))
    made = _relabelled(own, added, lower, upper, pieces)
    kept = np.setdiff1d(np.arange(len(base.left)), met)
    parts = [base.part(arc) for arc in kept.tolist()]
    over = _labels_at(upper, *(base.xy[base.start[kept]] / PER_DEG).T)
    for k in np.flatnonzero(over).tolist():
        above = int(over[k]) if over[k] > 0 else _at(upper, parts[k].middle)
        parts[k] = pieces.under(parts[k], above, above)
    arcs = Arcs.joined([*parts, *made])
    fresh = np.arange(len(parts), len(parts) + len(made))
    labels = np.asarray(lower.cell_piece).astype(np.int64)

    def known(empty: NDArray[np.bool_]) -> Ints:
        """Return the piece of each cell without borders, -1 where an edge of the upper layer is near."""
        above = _labels_at(upper, *centres(Shape(lower.cell_deg, lower.n_cols, lower.n_rows)))
        beneath = np.flatnonzero(empty & (above > 0) & (labels >= 0))
        pairs, which = np.unique(np.column_stack([labels[beneath], above[beneath]]), axis=0, return_inverse=True)
        found = np.where(above < 0, -1, labels)
        found[beneath] = np.array([pieces.number(*pair) for pair in pairs.tolist()], np.int64)[which.ravel()]
        return found

    def locate(lon: float, lat: float) -> int:
        return pieces.number(locate_piece(lower, lon, lat), locate_piece(upper, lon, lat))

    return regridded(lower, arcs, fresh, met, known=known, locate=locate), pieces.all


class _Pairs:
    """Numbers of the pieces that arise where one layer lies over the other."""

    def __init__(self, first: int) -> None:
        self.all: list[Pair] = []
        self._first = first
        self._numbers: dict[Pair, int] = {}

    def number(self, piece: int, over: int) -> int:
        """Return the number of what lies in a piece of the lower layer and in a piece of the upper one."""
        if not over:
            return piece
        if (piece, over) not in self._numbers:
            self._numbers[piece, over] = self._first + len(self.all)
            self.all.append((piece, over))
        return self._numbers[piece, over]

    def under(self, part: Part, left: int, right: int) -> Part:
        """Say of a part of the lower layer what lies over its sides."""
        return replace(part, left=self.number(part.left, left), right=self.number(part.right, right))


def _relabelled(own: list[Part], added: list[Part], lower: Index, upper: Index, pieces: _Pairs) -> list[Part]:
    """Say of each part of either layer what lies on its sides in both."""
    twins: dict[tuple[Point, ...], Part] = {_key(part): part for part in added if len(part.xy) == 2}
    made: list[Part] = []
    for part in own:
        twin = twins.pop(_key(part), None) if len(part.xy) == 2 else None
        if twin is None:
            left = right = _at(upper, part.middle)
        else:
            same = bool((twin.xy[0] == part.xy[0]).all())
            left, right = (twin.left, twin.right) if same else (twin.right, twin.left)
        made.append(pieces.under(part, left, right))
    for part in added:
        if len(part.xy) == 2 and _key(part) not in twins:
            continue
        beneath = _at(lower, part.middle)
        made.append(replace(part, left=pieces.number(beneath, part.left), right=pieces.number(beneath, part.right)))
    return made


def _key(part: Part) -> tuple[Point, ...]:
    return tuple(sorted((x % (2 * HALF_TURN), y) for x, y in part.xy.tolist()))


def _at(index: Index, lonlat: tuple[float, float]) -> int:
    return locate_piece(index, math.remainder(lonlat[0], 360.0), lonlat[1])


def _labels_at(index: Index, lon: Floats, lat: Floats) -> Ints:
    """Return the labels of the cells in which points lie, -1 where a border is near."""
    col = np.minimum(np.floor((lon + 180.0) / index.cell_deg).astype(np.int64), index.n_cols - 1)
    row = np.minimum(np.floor((lat + 90.0) / index.cell_deg).astype(np.int64), index.n_rows - 1)
    labels: Ints = np.asarray(index.cell_piece).astype(np.int64)[row * index.n_cols + col]
    return labels


def _cut_where_they_meet(one: Arcs, two: Arcs) -> tuple[list[Part], list[Part], Ints]:
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
