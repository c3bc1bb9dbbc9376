"""The nearest of some borders to a route: an exact minimum by branch and bound.

Distances between points of the ellipsoid are compared as straight lines through the earth, which grow with the geodesic
distance and can be bounded: the route becomes straight segments, the border its vertices (with points set on long
edges). Cells of the grid are opened from the nearest to the farthest, while one may still hold a nearer border of some
state asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from overflight.crossings.point import HALF_TURN, PER_DEG, QUARTER_TURN, cell_width
from overflight.geodesy import EQUATOR_RADIUS_M, Line, arc_at, cartesian, geodesic_line, position

if TYPE_CHECKING:
    from overflight.geodata import Index, State
    from overflight.routes import Leg, Route

__all__ = ["Nearest", "Stretch", "search", "stretches_near"]

SEGMENT_M = 5_000.0
"""Longest straight segment of a route: it lies 0.5 m below the ground at its middle."""
STRETCH = 8
"""Segments that are bounded together."""
STRETCH_SAG_M = 40.0
"""How far a stretch of `STRETCH` segments lies above the straight line between its ends, at most (32 m)."""
EDGE_SAG_M = 0.05
"""Points are set on long border edges so that the chords between them stay this close to the edge."""
JUMP_UNIT_M = 100.0
METRES_A_DEG = 111_700.0
"""Metres in a degree of latitude or of the equator, at most."""
SLACK = 5.0
"""Units; edges stand in every cell that they come near."""
GROUP_M = 2_000.0
GROUP = 64
"""Stretches of short legs, as those of a recorded track, are bounded together: up to so long in all, and so many."""

Place = tuple[float, float]
"""Longitude (unrolled) and latitude, in degrees."""
Point = tuple[float, float, float]
"""Earth-centred, in metres."""
Mark = tuple[float, float, float, float, float]
"""A point of a border: lon and lat in units, then earth-centred in metres."""


@dataclass(slots=True)
class Stretch:
    """Part of a leg: the ends of its segments, where they are along it, and which of them are the leg's own ends."""

    leg: Leg
    offset_m: float
    along_m: list[float]
    points: list[Point]
    corners: list[int]
    box: tuple[float, float, float, float]
    """South, north, and longitudes from and to (unrolled), in degrees."""
    free_m: float
    """No border is nearer than this."""

    @property
    def line(self) -> Line:
        """The geodesic of the leg."""
        return geodesic_line(self.leg.start.lat, self.leg.azimuth_deg)


@dataclass(slots=True)
class Group:
    """Stretches that follow each other: no point of them is farther than `slack_m` from the segment from p to q."""

    stretches: list[Stretch]
    p: Point
    q: Point
    slack_m: float
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class Nearest:
    """The nearest border of one state so far: chord in metres, stretch, place along the leg, point in units, arc."""

    chord_m: float
    stretch: Stretch | None = None
    along_m: float = 0.0
    x: float = 0.0
    y: float = 0.0
    arc: int = -1


def search(
    stretches: list[Stretch], index: Index, wanted: list[tuple[State, ...]], reach_m: float
) -> dict[State, Nearest]:
    """Find the nearest border of each state asked for.

    Parameters
    ----------
    stretches : list of Stretch
        The route, as `stretches_near` cuts it for a reach as far as this or farther.
    index : Index
        Arcs and grid.
    wanted : list of tuple of State
        For each arc, for whom it is looked at.
    reach_m : float
        How far to look, in metres.

    Returns
    -------
    dict of State to Nearest
        Without a stretch where no border is in reach.

    Notes
    -----
    Error bound: what is found is at most 0.5 m farther than the nearest (the depth of the segments under the ground,
    and edges between points set on them), for distances up to 2,000 km.
    """
    best = {code: Nearest(_chord(reach_m) + 1.0) for code in {code for codes in wanted for code in codes}}
    if best:
        near_enough = (stretch for stretch in stretches if stretch.free_m <= reach_m)
        queue = _queue(index, list(_groups(near_enough)), wanted, reach_m)
        while queue:
            bound, cell, near = heappop(queue)
            if bound > max(b.chord_m for b in best.values()):
                break
            _open(index, cell, near, wanted, best)
    return best


def _chord(geodesic_m: float) -> float:
    """Return the straight line under a geodesic of some length, rather too long than too short."""
    angle = min(geodesic_m / EQUATOR_RADIUS_M, math.pi)
    return 2.0 * EQUATOR_RADIUS_M * math.sin(0.5 * angle)


def stretches_near(route: Route, index: Index, reach_m: float) -> Iterator[Stretch]:
    """Cut a route into stretches, leaving out those that no border is within reach of."""
    offset_m = 0.0
    for leg in route.legs:
        if leg.length_m > SEGMENT_M:
            line = geodesic_line(leg.start.lat, leg.azimuth_deg)
            count = math.ceil(leg.length_m / SEGMENT_M)
            for first in range(0, count, STRETCH):
                along = [leg.length_m * k / count for k in range(first, min(first + STRETCH, count) + 1)]
                middle_x, middle_y = position(line, arc_at(line, along[len(along) // 2]))
                half_m = 0.5 * (along[-1] - along[0]) + SEGMENT_M
                free_m = _free_m(index, leg.start.lon + middle_x, middle_y) - half_m
                if free_m > reach_m:
                    continue
                found = [position(line, arc_at(line, a)) for a in along]
                lonlat = [(leg.start.lon + x, y) for x, y in found]
                corners = [0] * (first == 0) + [len(along) - 1] * (first + STRETCH >= count)
                yield _stretch(leg, offset_m, along, lonlat, corners, free_m=free_m)
        elif leg.length_m > 0.0:
            start, end = leg.start, leg.end
            free_m = _free_m(index, start.lon, start.lat) - leg.length_m
            if free_m <= reach_m:
                to = start.lon + math.remainder(end.lon - start.lon, 360.0)
                ends = [(start.lon, start.lat), (to, end.lat)]
                yield _stretch(leg, offset_m, [0.0, leg.length_m], ends, [0, 1], free_m=free_m)
        offset_m += leg.length_m


def _stretch(
    leg: Leg, offset_m: float, along: list[float], lonlat: list[Place], corners: list[int], *, free_m: float
) -> Stretch:
    lon, lat = [x for x, _ in lonlat], [y for _, y in lonlat]
    box = (min(lat), max(lat), min(lon), max(lon))
    return Stretch(leg, offset_m, along, [cartesian(x, y) for x, y in lonlat], corners, box, free_m)


def _groups(stretches: Iterable[Stretch]) -> Iterator[Group]:
    """Put short stretches together as long as they follow each other; a long one is a group of its own."""
    run: list[Stretch] = []
    length_m = 0.0
    for stretch in stretches:
        more_m = stretch.along_m[-1] - stretch.along_m[0]
        if run and (
            length_m + more_m > GROUP_M
            or len(run) == GROUP
            or math.dist(run[-1].points[-1], stretch.points[0]) > GROUP_M
        ):
            yield _group(run)
            run, length_m = [], 0.0
        run.append(stretch)
        length_m += more_m
    if run:
        yield _group(run)


def _group(run: list[Stretch]) -> Group:
    first = run[0]
    if len(run) == 1:
        return Group(run, first.points[0], first.points[-1], STRETCH_SAG_M, first.box)
    at = run[len(run) // 2].points[0]
    radius = max(math.dist(at, point) for stretch in run for point in stretch.points)
    west = first.box[2]
    turns = [360.0 * round((stretch.box[2] - west) / 360.0) for stretch in run]
    box = (
        min(stretch.box[0] for stretch in run),
        max(stretch.box[1] for stretch in run),
        min(stretch.box[2] - turn for stretch, turn in zip(run, turns, strict=True)),
        max(stretch.box[3] - turn for stretch, turn in zip(run, turns, strict=True)),
    )
    return Group(run, at, at, radius + STRETCH_SAG_M, box)


def _free_m(index: Index, lon: float, lat: float) -> float:
    """Bound from below how far the nearest border is from a point."""
    row = min(index.n_rows - 1, max(0, math.floor((lat + 90.0) / index.cell_deg)))
    col = math.floor((lon + 180.0) / index.cell_deg) % index.n_cols
    # A point on the edge of its cell may fall into the next one by rounding, at no cost.
    return index.cell_jump[row * index.n_cols + col] * JUMP_UNIT_M


Queue = list[tuple[float, int, list[tuple[float, Group]]]]
"""Lower bound of the distance, cell, and the groups of stretches near it, each with its own bound."""


def _queue(index: Index, groups: list[Group], wanted: list[tuple[State, ...]], reach_m: float) -> Queue:
    """Collect the cells near the route that hold a border asked for, each with a lower bound of its distance."""
    interesting: dict[int, tuple[Point, float] | None] = {}
    near: dict[int, list[tuple[float, Group]]] = {}
    for group in groups:
        for cell in _cells_around(index, group, reach_m):
            if cell not in interesting:
                interesting[cell] = _ball(index, cell) if _is_asked(index, cell, wanted) else None
            ball = interesting[cell]
            if ball is not None:
                bound = _to_segment(ball[0], group.p, group.q)[0] - ball[1] - group.slack_m
                if bound <= reach_m:
                    near.setdefault(cell, []).append((bound, group))
    for pairs in near.values():
        pairs.sort(key=itemgetter(0))
    queue: Queue = [(pairs[0][0], cell, pairs) for cell, pairs in near.items()]
    heapify(queue)
    return queue


def _cells_around(index: Index, group: Group, reach_m: float) -> Iterator[int]:
    """Name the cells with borders in a box around a group."""
    south, north, west, east = group.box
    # 6,335 km is the least radius of curvature, at the equator along the meridian.
    reach = math.degrees(reach_m / 6_335_000.0) + 0.05
    highest = max(abs(south), abs(north)) + reach
    aside = 360.0
    if highest < 90.0:
        aside = min(
            360.0, math.degrees(math.asin(min(1.0, math.sin(math.radians(reach)) / math.cos(math.radians(highest)))))
        )
    deg, n_cols = index.cell_deg, index.n_cols
    first_row = max(0, math.floor((south - reach + 90.0) / deg))
    last_row = min(index.n_rows - 1, math.floor((north + reach + 90.0) / deg))
    first_col, last_col = math.floor((west - aside + 180.0) / deg), math.floor((east + aside + 180.0) / deg)
    last_col = min(last_col, first_col + n_cols - 1)
    labels = index.cell_piece
    for row in range(first_row, last_row + 1):
        base = row * n_cols
        col = first_col
        while col <= last_col:
            begin = col % n_cols
            end = min(n_cols, begin + last_col - col + 1)
            for cell, label in enumerate(labels[base + begin : base + end].tolist(), base + begin):
                if label < 0:
                    yield cell
            col += end - begin


def _is_asked(index: Index, cell: int, wanted: list[tuple[State, ...]]) -> bool:
    runs = index.runs
    return any(wanted[runs[z + 2]] for z in range(3 * index.cell_start[cell], 3 * index.cell_start[cell + 1], 3))


def _ball(index: Index, cell: int) -> tuple[Point, float]:
    """Return the middle of a cell, and a radius that holds every point of the cell."""
    row, col = divmod(cell, index.n_cols)
    deg = index.cell_deg
    lat = (row + 0.5) * deg - 90.0
    widest = math.cos(math.radians(max(abs(lat) - 0.5 * deg, 0.0)))
    radius = math.hypot(0.5 * deg, 0.5 * deg * widest) * METRES_A_DEG + 1.0
    return cartesian((col + 0.5) * deg - 180.0, lat), radius


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


def _open(
    index: Index,
    cell: int,
    near: list[tuple[float, Group]],
    wanted: list[tuple[State, ...]],
    best: dict[State, Nearest],
) -> None:
    """Measure the borders in a cell against the groups near it."""
    runs = index.runs
    for z in range(3 * index.cell_start[cell], 3 * index.cell_start[cell + 1], 3):
        states = [state for state in wanted[runs[z + 2]] if best[state].chord_m > near[0][0]]
        if not states:
            continue
        limit = max(best[state].chord_m for state in states)
        marks, spacing = _points_of(index, cell, runs[z], runs[z + 1])
        for bound, group in near:
            if bound > limit:
                break
            if len(group.stretches) > 1 and _off_m(group, marks, spacing) > limit:
                continue
            for stretch in group.stretches:
                hit = _measure(stretch, marks, spacing, limit)
                if hit is not None:
                    hit.arc = runs[z + 2]
                    for state in states:
                        if hit.chord_m < best[state].chord_m:
                            best[state] = hit
                    limit = max(best[state].chord_m for state in states)


def _off_m(group: Group, marks: list[Mark], spacing: float) -> float:
    """Bound from below how far a run of border is from a group of short stretches; it runs from mark to mark."""
    x, y, z = group.p
    nearest2 = min((cx - x) ** 2 + (cy - y) ** 2 + (cz - z) ** 2 for _, _, cx, cy, cz in marks)
    return math.sqrt(nearest2) - group.slack_m - spacing / PER_DEG * METRES_A_DEG


def _points_of(index: Index, cell: int, first: int, count: int) -> tuple[list[Mark], float]:
    """Return the vertices of a run of edges, and points set on its long edges where they pass the cell.

    Neighbours are at most so many units apart as returned, or there is border between them that passes other cells.
    """
    flat = index.vertices[2 * first : 2 * (first + count + 1)].tolist()
    tan = math.tan(math.radians(min(abs(flat[1]) / PER_DEG + index.cell_deg, 89.99)))
    longest = math.sqrt(8.0 * EQUATOR_RADIUS_M * EDGE_SAG_M / max(tan, 0.02)) / METRES_A_DEG * PER_DEG
    marks: list[Mark] = []
    x1, y1 = flat[0], flat[1]
    for x, y in zip(flat[::2], flat[1::2], strict=True):
        if abs(x - x1) > longest or abs(y - y1) > longest:
            marks += _marks_on(index, cell, (x1, y1, x, y), longest)
        marks.append((x, y, *cartesian(x / PER_DEG, y / PER_DEG)))
        x1, y1 = x, y
    return marks, longest


def _marks_on(index: Index, cell: int, edge: tuple[int, int, int, int], longest: float) -> list[Mark]:
    """Set points on the part of an edge that passes a cell, and one beyond it on either side."""
    x1, y1, x2, y2 = edge
    row, col = divmod(cell, index.n_cols)
    width = cell_width(index)
    count = math.ceil(max(abs(x2 - x1), abs(y2 - y1)) / longest)
    first, last = 0.0, 1.0
    # An edge at 180 degrees stands in the columns on both sides of it; there, as a rule, it is short.
    if 0 < col < index.n_cols - 1:
        low_x, low_y = col * width - HALF_TURN, row * width - QUARTER_TURN
        for a, b, low in ((x1, x2, low_x), (y1, y2, low_y)):
            if a != b:
                t, u = (low - SLACK - a) / (b - a), (low + width + SLACK - a) / (b - a)
                first, last = max(first, min(t, u)), min(last, max(t, u))
    marks: list[Mark] = []
    for k in range(max(1, math.floor(first * count)), min(count - 1, math.ceil(last * count)) + 1):
        x, y = x1 + (x2 - x1) * k / count, y1 + (y2 - y1) * k / count
        marks.append((x, y, *cartesian(x / PER_DEG, y / PER_DEG)))
    return marks


def _measure(stretch: Stretch, marks: list[Mark], spacing: float, limit_m: float) -> Nearest | None:
    """Find the mark nearest to a stretch, or the point between two marks nearest to a leg's end, below a limit."""
    points, count = stretch.points, len(stretch.points) - 1
    px, py, pz = points[0]
    dx, dy, dz = points[-1][0] - px, points[-1][1] - py, points[-1][2] - pz
    length2 = dx * dx + dy * dy + dz * dz
    best: Nearest | None = None
    reach2 = (limit_m + STRETCH_SAG_M) ** 2
    for x, y, cx, cy, cz in marks:
        ex, ey, ez = cx - px, cy - py, cz - pz
        t = (ex * dx + ey * dy + ez * dz) / length2
        t = 0.0 if t < 0.0 else 1.0 if t > 1.0 else t
        ex, ey, ez = ex - t * dx, ey - t * dy, ez - t * dz
        if ex * ex + ey * ey + ez * ez > reach2:
            continue
        middle = int(t * count)
        for i in range(max(0, middle - 1), min(count, middle + 2)):
            chord, u = _to_segment((cx, cy, cz), points[i], points[i + 1])
            if chord < limit_m:
                along = stretch.along_m[i] + u * (stretch.along_m[i + 1] - stretch.along_m[i])
                best = Nearest(chord, stretch, along, x, y)
                limit_m = chord
                reach2 = (limit_m + STRETCH_SAG_M) ** 2
    for i in stretch.corners:
        corner = points[i]
        for a, b in pairwise(marks):
            if abs(b[0] - a[0]) > spacing + 1.0 or abs(b[1] - a[1]) > spacing + 1.0:
                continue
            chord, u = _to_segment(corner, a[2:], b[2:])
            if chord < limit_m:
                best = Nearest(chord, stretch, stretch.along_m[i], a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1]))
                limit_m = chord
    return best
