"""The nearest borders to a route, of many states at once: an exact minimum by branch and bound, in one pass.

Both the route and the grid of borders are trees. Pairs of a part of the one and a block of the other are looked at from
the nearest to the farthest, and the larger of the two is split, as long as the block may hold a nearer border of some
target. A target is what somebody asks for: the airspace of a state, or of it such borders only as are known so well.

Bounds are straight lines through the earth, for these can't be longer than the way on the ground. What is measured is
told by the length of the geodesic over such a line, which depends on where and in which direction it runs.
"""

from __future__ import annotations

import math
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from overflight._crossings.borders import Block, Borders, Run
from overflight._crossings.parts import Part, Parts, Point, Stretch
from overflight.earth.straight import geodesic_over, straight_under

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overflight.partition.index import Index

__all__ = ["Nearest", "Target", "Work", "search"]

SHARE = 4.0
"""Blocks are split as long as they are larger than this many times the slack of the part of the route."""
STRETCH_SAG_M = 40.0
"""How far a stretch lies above the straight line between its ends, at most (32 m)."""


class Target(NamedTuple):
    """What is looked for: the borders of some pieces taken together, how far, and how well known (None: however)."""

    pieces: frozenset[int]
    reach_m: float
    accuracy_m: int | None = None


class Nearest(NamedTuple):
    """The nearest border: about how far, on which stretch, place along the leg, point in units, and arc."""

    metres: float
    stretch: Stretch
    along_m: float
    x: float
    y: float
    arc: int


class Work:
    """What searches took: pairs of a part of the route and a block that were looked at, and marks measured."""

    def __init__(self) -> None:
        self.pairs = 0
        self.marks = 0


def search(parts: Parts, index: Index, targets: Sequence[Target], work: Work) -> list[Nearest | None]:
    """Find the nearest border of each target.

    Parameters
    ----------
    parts : Parts
        The route.
    index : Index
        Arcs and grid.
    targets : sequence of Target
        What is asked for.
    work : Work
        Counts what it takes.

    Returns
    -------
    list of Nearest or None
        For each target; None where no border is in reach.

    Notes
    -----
    Error bound: what is found is at most 0.5 m farther than the nearest (the depth of the segments under the ground,
    and edges between points set on them) for distances up to 1,000 km, and 2 m up to 2,000 km (what the curvature of
    the ellipsoid varies over such a length).
    """
    return _Search(index, targets, work).run(parts) if targets else []


class _Search:
    def __init__(self, index: Index, targets: Sequence[Target], work: Work) -> None:
        self.work = work
        self.found: list[Nearest | None] = [None] * len(targets)
        self.least_m = [target.reach_m + 1.0 for target in targets]
        self.bounds = [straight_under(metres) for metres in self.least_m]
        """Borders that are farther off in a straight line are no longer of interest, target by target."""
        self.borders = _borders(index, targets)
        self.members = cache(_members)

    def run(self, parts: Parts) -> list[Nearest | None]:
        farthest = max(self.bounds)
        queue = []
        for number, top in enumerate(self.borders.tops):
            queue.append((_gap_m(parts.root, top), number, parts.root, top))
        heapify(queue)
        serial = len(queue)
        # From which bound on is a target done with? When its own is reached.
        done = [(bound, 1 << number) for number, bound in enumerate(self.bounds)]
        heapify(done)
        asked = (1 << len(self.bounds)) - 1
        pairs: list[tuple[Part, Block]]
        while queue and asked:
            bound, _, part, block = heappop(queue)
            self.work.pairs += 1
            while done and done[0][0] < bound:
                asked &= ~heappop(done)[1]
            if not self.borders.targets(block) & asked:
                continue
            if block.level and (part.is_leaf or block.radius_m > SHARE * part.slack_m):
                pairs = [(part, inner) for inner in self.borders.split(block) if inner.targets & asked]
            elif not part.is_leaf:
                pairs = [(half, block) for half in parts.split(part)]
            else:
                for number in self._measure(parts.stretch(part), self.borders.runs(block), asked):
                    heappush(done, (self.bounds[number], 1 << number))
                continue
            for inner, outer in pairs:
                gap = max(bound, _gap_m(inner, outer))
                if gap <= farthest:
                    serial += 1
                    heappush(queue, (gap, serial, inner, outer))
        return self.found

    def _measure(self, stretch: Stretch, runs: list[Run], asked: int) -> set[int]:
        """Measure the borders in a cell against a stretch; return for which targets something nearer was found."""
        nearer: set[int] = set()
        p, q = stretch.points[0], stretch.points[-1]
        for run in runs:
            members = self.members(run.targets & asked)
            limit = max((self.bounds[number] for number in members), default=-math.inf)
            if _to_segment(run.middle, p, q)[0] - run.radius_m - STRETCH_SAG_M > limit:
                continue
            self.work.marks += len(run.marks)
            hit = _nearest_on(stretch, run, limit)
            if hit is not None:
                for number in members:
                    if hit.metres < self.least_m[number]:
                        self.found[number], self.least_m[number] = hit, hit.metres
                        self.bounds[number] = straight_under(hit.metres)
                        nearer.add(number)
        return nearer


def _borders(index: Index, targets: Sequence[Target]) -> Borders:
    holders: dict[int, int] = {}
    known: dict[int, int] = {}
    for number, target in enumerate(targets):
        for piece in target.pieces:
            holders[piece] = holders.get(piece, 0) | 1 << number
        if target.accuracy_m is not None:
            known[target.accuracy_m] = known.get(target.accuracy_m, 0) | 1 << number
    return Borders(index, holders, known or None)


def _members(bits: int) -> tuple[int, ...]:
    """Return which bits of a number are set."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return tuple(found)


def _gap_m(part: Part, block: Block) -> float:
    """Bound from below how far a part of a route is from the borders in a block."""
    # Written out, for most of the time goes here.
    (px, py, pz), (qx, qy, qz), (x, y, z) = part.p, part.q, block.middle
    dx, dy, dz = qx - px, qy - py, qz - pz
    x, y, z = x - px, y - py, z - pz
    length2 = dx * dx + dy * dy + dz * dz
    if length2 > 0.0:
        t = (x * dx + y * dy + z * dz) / length2
        t = 0.0 if t < 0.0 else 1.0 if t > 1.0 else t
        x, y, z = x - t * dx, y - t * dy, z - t * dz
    return math.sqrt(x * x + y * y + z * z) - block.radius_m - part.slack_m


def _to_segment(c: Point, p: Point, q: Point) -> tuple[float, float]:
    """Return the distance from a point to a straight segment, and where its foot is (0 to 1)."""
    px, py, pz = p
    dx, dy, dz = q[0] - px, q[1] - py, q[2] - pz
    ex, ey, ez = c[0] - px, c[1] - py, c[2] - pz
    length2 = dx * dx + dy * dy + dz * dz
    t = (ex * dx + ey * dy + ez * dz) / length2 if length2 > 0.0 else 0.0
    t = 0.0 if t < 0.0 else 1.0 if t > 1.0 else t
    ex, ey, ez = ex - t * dx, ey - t * dy, ez - t * dz
    return math.sqrt(ex * ex + ey * ey + ez * ez), t


def _nearest_on(stretch: Stretch, run: Run, limit_m: float) -> Nearest | None:
    """Find the nearest border of a run to a stretch, unless it is farther off in a straight line than a limit."""
    best = _beside(stretch, run, limit_m)
    if best is not None:
        limit_m = min(limit_m, straight_under(best.metres))
    # Of a straight edge and a straight leg, the end of one or the other is nearest.
    for i in stretch.corners:
        corner = stretch.points[i]
        for a, b in pairwise(run.marks):
            chord, u = _to_segment(corner, a[2:], b[2:])
            if chord < limit_m:
                metres = geodesic_over(corner, _between(a[2:], b[2:], u))
                if best is None or metres < best.metres:
                    x, y = a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1])
                    best = Nearest(metres, stretch, stretch.along_m[i], x, y, run.arc)
                    limit_m = min(limit_m, straight_under(metres))
    return best


def _beside(stretch: Stretch, run: Run, limit_m: float) -> Nearest | None:
    """Find the mark nearest to a stretch."""
    points, count = stretch.points, len(stretch.points) - 1
    px, py, pz = points[0]
    dx, dy, dz = points[-1][0] - px, points[-1][1] - py, points[-1][2] - pz
    length2 = dx * dx + dy * dy + dz * dz
    best: Nearest | None = None
    reach2 = (limit_m + STRETCH_SAG_M) ** 2
    for x, y, cx, cy, cz in run.marks:
        ex, ey, ez = cx - px, cy - py, cz - pz
        t = (ex * dx + ey * dy + ez * dz) / length2 if length2 > 0.0 else 0.0
        t = 0.0 if t < 0.0 else 1.0 if t > 1.0 else t
        ex, ey, ez = ex - t * dx, ey - t * dy, ez - t * dz
        if ex * ex + ey * ey + ez * ez > reach2:
            continue
        middle = int(t * count)
        for i in range(max(0, middle - 1), min(count, middle + 2)):
            chord, u = _to_segment((cx, cy, cz), points[i], points[i + 1])
            if chord < limit_m:
                metres = geodesic_over((cx, cy, cz), _between(points[i], points[i + 1], u))
                if best is None or metres < best.metres:
                    along = stretch.along_m[i] + u * (stretch.along_m[i + 1] - stretch.along_m[i])
                    best = Nearest(metres, stretch, along, x, y, run.arc)
                    limit_m = min(limit_m, straight_under(metres))
                    reach2 = (limit_m + STRETCH_SAG_M) ** 2
    return best


def _between(p: Point, q: Point, u: float) -> Point:
    return p[0] + u * (q[0] - p[0]), p[1] + u * (q[1] - p[1]), p[2] + u * (q[2] - p[2])
