"""The labelled-edge walk: where a geodesic leg meets the borders, and which piece lies before and after.

One marches along the leg, jumping by each cell's lower bound of the distance to a border. Near borders, chords of at
most `SAG_M` sagitta are tested against the edges around them; where a vertex or a near-parallel edge comes within the
sagitta, the chord is halved, until it is as good as the geodesic. Exact arithmetic (`locate.turn`) then decides what
lies on which side of what, so that no crossing is lost or doubled at a vertex or at the joint of two chords; where
along the leg it happens is found on the geodesic itself.

Scalar functions of numbers and flat arrays, in the subset of Python that numba compiles: a few routes are walked by
the interpreter, many by the compiled twins of the same functions (`overflight._crossings.compiled`).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from overflight._crossings.chords import EDGE, MARGIN, MOST_BENT, STRAIGHT_M, Chord, band, edges_near, sift
from overflight.earth.constants import ABOUT_M_PER_DEG, DEG, EQUATOR_RADIUS_M
from overflight.earth.line import Line, position
from overflight.partition.locate import HALF_TURN, PER_DEG, QUARTER_TURN, Grid, snap, turn

__all__ = ["CUTS", "SEEN", "Scratch", "walk"]

SAG_M = 320.0
"""Largest sagitta of a chord."""
SHORTEST_M = 60.0
"""Chords are not halved further where longitude turns too fast for them, which is within 200 m of a pole."""
WIDEST = 20.0 * PER_DEG
"""Units of longitude that a chord may span."""
REFINED_M = 1e-5
"""Step at which the search for a crossing stops in any case."""
EXTRAPOLATED_M = 1e-5
"""Error below which the last step of the search is taken unseen."""
LONGEST_M = 160_000.0
POLE_M = 0.15 * 90.0 * ABOUT_M_PER_DEG
"""A chord may take this share, 0.15, of the way that is left to a pole: nearer to one, longitude turns faster."""
JUMP_UNIT_M = 100.0

CUTS, SEEN = 0, 1
"""What `Scratch.counts` counts."""
CHORD, CUT = 8, 3
"""Numbers to each in `Scratch`."""


class Scratch(NamedTuple):
    """Where the walk along one leg writes.

    Attributes
    ----------
    chords : array of float
        Stack of chords to test: arc, x, y of one end, then of the other, and the range of their edges.
    edges : array of float
        From `edges_near`.
    cuts : array of float
        Border crossings: arc on the line; longitude (unrolled from the start's) and latitude in degrees.
    sides : array of int
        Of each cut: piece before, piece after, number of the edge.
    seen_at : array of float
        Arcs of points in cells without edges.
    seen : array of int
        The label there.
    counts : array of int
        How many cuts, and how many points seen.
    """

    chords: Any
    edges: Any
    cuts: Any
    sides: Any
    seen_at: Any
    seen: Any
    counts: Any


def walk(
    grid: Grid,
    scratch: Scratch,
    line: Line,
    end_arc: float,
    lon1: float,
    start: tuple[float, float],
    end: tuple[float, float],
) -> bool:
    """Walk along a leg.

    Parameters
    ----------
    grid : Grid
        Arcs and cells.
    scratch : Scratch
        Written to: cuts within 0.1 mm of where the WGS84 geodesic meets the stored border, in no order; where it runs
        within `STRAIGHT_M` of a border for a while, a point of that stretch. And labels seen.
    line : Line
        The leg's geodesic.
    end_arc : float
        Arc of its end.
    lon1 : float
        Longitude of its start, in degrees.
    start, end : (x, y)
        Both ends, snapped, longitude unrolled.

    Returns
    -------
    bool
        False if `scratch` is too small.
    """
    counts, seen_at, seen = scratch.counts, scratch.seen_at, scratch.seen
    width, n_cols, n_rows = grid.width, grid.n_cols, grid.n_rows
    labels, jumps = grid.cell_piece, grid.cell_jump
    per_width = 1.0 / width
    counts[CUTS] = 0
    n_seen, last_cuts, last_label = 0, 0, -1
    arc = 0.0
    x, y = start
    while arc < end_arc:
        row = min(n_rows - 1, max(0, math.floor((y + QUARTER_TURN) * per_width)))
        cell = row * n_cols + math.floor((x + HALF_TURN) * per_width) % n_cols
        label = int(labels[cell])
        if label >= 0 and (label != last_label or counts[CUTS] != last_cuts):
            if n_seen >= len(seen):
                return False
            seen_at[n_seen], seen[n_seen] = arc, label
            n_seen += 1
            last_label, last_cuts = label, counts[CUTS]
        jump_m = jumps[cell] * JUMP_UNIT_M
        chord_m = _chord_length(y)
        free = jump_m > 0.25 * chord_m
        to = arc + (jump_m if free else chord_m) / EQUATOR_RADIUS_M
        x2, y2 = end
        if to >= end_arc:
            to = end_arc
        else:
            lon, lat = position(line, to)
            x2, y2 = snap(lon1 + lon), snap(lat)
        if not free and not _cross(grid, scratch, line, lon1, (arc, x, y, to, x2, y2)):
            return False
        arc, x, y = to, x2, y2
    counts[SEEN] = n_seen
    return True


def _chord_length(y: float) -> float:
    """Return how long a chord from a latitude in units may be, in metres, for its sagitta to stay below `SAG_M`.

    The tangent of a latitude that is a share u of a right angle is at most pi/2 u / (1 - u**2), and little less.
    """
    share = min(abs(y) * (1.0 / QUARTER_TURN), 0.9999)
    tan = 0.5 * math.pi * share / (1.0 - share * share)
    by_sag = math.sqrt(8.0 * EQUATOR_RADIUS_M * SAG_M / (MARGIN * MOST_BENT) / (tan + 0.02))
    by_pole = max((1.0 - share) * POLE_M, 1000.0)
    return min(by_sag, by_pole, LONGEST_M)


def _cross(grid: Grid, scratch: Scratch, line: Line, lon1: float, chord: Chord) -> bool:
    """Find the cuts on one chord of the leg, halving it where need be; False if `scratch` is too small."""
    edges, chords = scratch.edges, scratch.chords
    part = chord
    # The range of the part's edges in `edges`; not collected yet if the first number is -1.
    first, last, depth = -1, 0, 0
    while True:
        arc_p, xp, yp, arc_q, xq, yq = part
        done = False
        if abs(xq - xp) > WIDEST:
            done = (arc_q - arc_p) * EQUATOR_RADIUS_M < SHORTEST_M
        else:
            cos = math.cos(math.radians(min(max(abs(yp), abs(yq)) / PER_DEG, 89.9999)))
            band_m = band(part, cos)
            into = last
            if first < 0:
                first = into = 0
                last = edges_near(grid, edges, part, band_m, cos)
                if last < 0:
                    return False
            done = first == last
            if not done:
                done = band_m <= STRAIGHT_M
                if not done:
                    if into + last - first > len(edges) // EDGE:
                        return False
                    first, last, done = sift(edges, part, band_m, cos, first, last, into)
                if done and first < last and not _cut(grid, scratch, line, lon1, part, first, last):
                    return False
        k = CHORD * depth
        if not done:
            if k + CHORD > len(chords):
                return False
            arc_m = 0.5 * (arc_p + arc_q)
            lon, lat = position(line, arc_m)
            xm, ym = snap(lon1 + lon), snap(lat)
            # The farther half waits.
            chords[k], chords[k + 1], chords[k + 2], chords[k + 3], chords[k + 4], chords[k + 5] = (
                arc_m,
                xm,
                ym,
                arc_q,
                xq,
                yq,
            )
            chords[k + 6], chords[k + 7] = float(first), float(last)
            depth += 1
            part = (arc_p, xp, yp, arc_m, xm, ym)
        elif depth > 0:
            depth -= 1
            k -= CHORD
            part = (chords[k], chords[k + 1], chords[k + 2], chords[k + 3], chords[k + 4], chords[k + 5])
            first, last = int(chords[k + 6]), int(chords[k + 7])
        else:
            return True


def _cut(grid: Grid, scratch: Scratch, line: Line, lon1: float, chord: Chord, first: int, last: int) -> bool:
    """Record where a chord crosses edges: who crosses whom by exact arithmetic, where on the geodesic itself."""
    arc_p, xp, yp, arc_q, xq, yq = chord
    ux, uy = xq - xp, yq - yp
    if ux == 0.0 and uy == 0.0:
        return True
    edges, cuts, sides, counts = scratch.edges, scratch.cuts, scratch.sides, scratch.counts
    upward = ux > 0.0 or (ux == 0.0 and uy > 0.0)
    before = counts[CUTS]
    for k in range(EDGE * first, EDGE * last, EDGE):
        ax, ay, bx, by = edges[k], edges[k + 1], edges[k + 2], edges[k + 3]
        # Points on the chord's line count as left of it where it runs east: the leg lies a hair south of them.
        side = turn(ux, uy, ax - xp, ay - yp)
        a_left = side > 0.0 or (side == 0.0 and upward)
        side = turn(ux, uy, bx - xp, by - yp)
        if a_left == (side > 0.0 or (side == 0.0 and upward)):
            continue
        dx, dy = bx - ax, by - ay
        # A point on the edge counts as right of it where it runs east.
        eastward = dx > 0.0 or (dx == 0.0 and dy > 0.0)
        side_p, side_q = turn(dx, dy, xp - ax, yp - ay), turn(dx, dy, xq - ax, yq - ay)
        p_left = side_p > 0.0 or (side_p == 0.0 and not eastward)
        if p_left == (side_q > 0.0 or (side_q == 0.0 and not eastward)):
            continue
        number, arc = int(edges[k + 4]), int(edges[k + 5])
        n = counts[CUTS]
        known = False  # an edge stands in each cell that it touches
        for j in range(before, n):
            known = known or sides[CUT * j + 2] == number
        if known:
            continue
        if CUT * n >= len(cuts):
            return False
        at, lon, lat = _refine(line, lon1, (ax, ay, dx, dy), (arc_p, side_p, arc_q, side_q))
        cuts[CUT * n], cuts[CUT * n + 1], cuts[CUT * n + 2] = at, lon, lat
        left, right = int(grid.arc_left[arc]), int(grid.arc_right[arc])
        sides[CUT * n], sides[CUT * n + 1] = (left, right) if p_left else (right, left)
        sides[CUT * n + 2] = number
        counts[CUTS] = n + 1
    return True


def _refine(
    line: Line,
    lon1: float,
    edge: tuple[float, float, float, float],
    bracket: tuple[float, float, float, float],
) -> tuple[float, float, float]:
    """Find where the geodesic meets the straight line through an edge, between two arcs on either side of it.

    Method: the secant through the last two points, halving where that leaves the bracket. Where a step's error, which
    is of the order of its square and its product with the one before, over the Earth's radius and the sine of the
    angle between line and edge, is below `EXTRAPOLATED_M`, the point is taken from the straight line through the last
    two. Returns arc, longitude and latitude in degrees.
    """
    ax, ay, dx, dy = edge
    low, f_low, high, f_high = bracket
    at = low + (high - low) * f_low / (f_low - f_high)
    lon, lat = position(line, at)
    if f_low == 0.0 or f_high == 0.0:
        return at, lon1 + lon, lat
    other, f_other = (low, f_low) if at - low > high - at else (high, f_high)
    lon_other = lat_other = math.inf
    while True:
        f = dx * (lat * PER_DEG - ay) - dy * ((lon1 + lon) * PER_DEG - ax)
        if f == 0.0:
            break
        if (f > 0.0) == (f_low > 0.0):
            low = at
        else:
            high = at
        to = at - f * (at - other) / (f - f_other) if f != f_other else low
        if low < to < high:
            step, back = abs(to - at), abs(at - other)
            if lon_other < math.inf:
                # How fast longitude turns, and how steeply the line meets the edge.
                turning = 1.0 + abs(lon - lon_other) * DEG / back
                steep = abs(f - f_other) * DEG / (PER_DEG * back * (abs(dx) + abs(dy)))
                if step * (step + back) * turning * EQUATOR_RADIUS_M < EXTRAPOLATED_M * min(1.0, steep):
                    share = (to - at) / (at - other)
                    return to, lon1 + (lon + (lon - lon_other) * share), lat + (lat - lat_other) * share
        else:
            to = 0.5 * (low + high)
            step = abs(to - at)
        other, f_other, lon_other, lat_other = at, f, lon, lat
        at = to
        lon, lat = position(line, at)
        if step * EQUATOR_RADIUS_M < REFINED_M:
            break
    return at, lon1 + lon, lat
