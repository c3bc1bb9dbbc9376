"""The labelled-edge walk: where a geodesic leg meets the borders, and which piece lies before and after.

One marches along the leg, jumping by each cell's lower bound of the distance to a border. Near borders, chords of at
most `SAG_M` sagitta are tested against the edges around them; where a vertex or a near-parallel edge comes within the
sagitta, the chord is halved, until it is as good as the geodesic. Exact arithmetic (`point.turn`) then decides what
lies on which side of what, so that no crossing is lost or doubled at a vertex or at the joint of two chords; where
along the leg it happens is found on the geodesic itself.

Scalar functions of floats and flat arrays only: the same source can be compiled.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from overflight.crossings.point import FULL_TURN, HALF_TURN, PER_DEG, QUARTER_TURN, cell_width, seam_shift, snap, turn
from overflight.geodesy import EQUATOR_RADIUS_M, Line, arc_at, geodesic_line, position

if TYPE_CHECKING:
    from overflight.geodata import Index

__all__ = ["Cut", "Trace", "walk"]

SAG_M = 20.0
"""Largest sagitta of a chord."""
STRAIGHT_M = 1e-4
"""A chord whose sagitta is below this is taken for the geodesic."""
SHORTEST_M = 60.0
"""Chords are not halved further where longitude turns too fast for them, which is within 200 m of a pole."""
WIDEST = 20.0 * PER_DEG
"""Units of longitude that a chord may span."""
REFINED_M = 1e-5
"""Step at which the search for a crossing stops."""
LONGEST_M = 40_000.0
JUMP_UNIT_M = 100.0
METRES = 111_700.0 / PER_DEG
"""Metres in a unit of latitude, at most."""
MARGIN = 1.5
"""Factor on the estimated sagitta: its error, and room for the halves of a chord within the band of the whole."""

Cut = tuple[float, float, float, int, int]
"""Arc on the line; longitude (unrolled from the start's) and latitude in degrees; piece before, piece after."""
Edge = tuple[float, float, float, float, int, int]
"""Both ends in units, longitude as seen from the chord; number of the edge; its arc."""


class Trace(NamedTuple):
    """What a walk along one leg found.

    Attributes
    ----------
    line : Line
        The leg's geodesic.
    end_arc : float
        Arc of its end.
    start, end : (x, y)
        Both ends, snapped.
    cuts : list of Cut
        Border crossings by arc.
    seen : list of (arc, piece)
        Points in cells without edges, and the label there.
    """

    line: Line
    end_arc: float
    start: tuple[float, float]
    end: tuple[float, float]
    cuts: list[Cut]
    seen: list[tuple[float, int]]


def walk(
    index: Index, start: tuple[float, float], end: tuple[float, float], length_m: float, azimuth_deg: float
) -> Trace:
    """Walk along a leg.

    Parameters
    ----------
    index : Index
        Arcs and grid.
    start, end : (lon, lat)
        The leg, in degrees.
    length_m, azimuth_deg : float
        Its length in metres and its azimuth at the start in degrees.

    Returns
    -------
    Trace
        Cuts within 0.1 mm of where the WGS84 geodesic meets the stored border; where it runs within `STRAIGHT_M` of
        a border for a while, a point of that stretch.
    """
    lon1, lat1 = start
    line = geodesic_line(lat1, azimuth_deg)
    end_arc = arc_at(line, length_m)
    x, y = snap(lon1), snap(lat1)
    last = _end_point(line, end_arc, lon1, end)
    trace = Trace(line, end_arc, (x, y), last, [], [])
    width, n_cols, n_rows = cell_width(index), index.n_cols, index.n_rows
    labels, jumps = index.cell_piece, index.cell_jump
    arc = 0.0
    while arc < end_arc:
        row = min(n_rows - 1, max(0, math.floor((y + QUARTER_TURN) / width)))
        cell = row * n_cols + math.floor((x + HALF_TURN) / width) % n_cols
        if labels[cell] >= 0:
            trace.seen.append((arc, labels[cell]))
        jump_m = jumps[cell] * JUMP_UNIT_M
        chord_m = _chord_length(abs(y) / PER_DEG)
        free = jump_m > 0.25 * chord_m
        to = arc + (jump_m if free else chord_m) / EQUATOR_RADIUS_M
        if to >= end_arc:
            to, x2, y2 = end_arc, *last
        else:
            lon, lat = position(line, to)
            x2, y2 = snap(lon1 + lon), snap(lat)
        if not free:
            _cross(index, trace, lon1, (arc, x, y, to, x2, y2))
        arc, x, y = to, x2, y2
    trace.cuts.sort(key=_arc_of)
    return trace


def _arc_of(cut: Cut) -> float:
    return cut[0]


def _end_point(line: Line, end_arc: float, lon1: float, end: tuple[float, float]) -> tuple[float, float]:
    """Return the leg's end exactly as given, snapped, longitude unrolled from the start's."""
    lon, lat = position(line, end_arc)
    x = snap(lon1 + lon)
    if abs(lat) < 90.0 and abs(end[1]) < 90.0:
        x = snap(end[0])
        x += FULL_TURN * round((lon1 + lon - end[0]) / 360.0)
    return x, snap(end[1])


def _chord_length(lat_deg: float) -> float:
    """Return how long a chord may be, in metres, at an absolute latitude, for its sagitta to stay below `SAG_M`."""
    tan = math.tan(math.radians(min(lat_deg, 89.99)))
    by_sag = math.sqrt(8.0 * EQUATOR_RADIUS_M * SAG_M / (MARGIN * 1.09 * (tan + 0.02)))
    by_pole = max(0.15 * (90.0 - lat_deg) * 111_000.0, 1000.0)
    return min(by_sag, by_pole, LONGEST_M)


Chord = tuple[float, float, float, float, float, float]
"""Arc, x and y of one end, then of the other."""


def _cross(index: Index, trace: Trace, lon1: float, chord: Chord) -> None:
    """Find the cuts on one chord of the leg, halving it where need be."""
    line = trace.line
    stack: list[tuple[Chord, list[Edge] | None]] = [(chord, None)]
    while stack:
        part, edges = stack.pop()
        arc_p, xp, yp, arc_q, xq, yq = part
        length_m = (arc_q - arc_p) * EQUATOR_RADIUS_M
        wide = abs(xq - xp) > WIDEST
        if wide and length_m < SHORTEST_M:
            continue
        if not wide:
            band_m = _band(part)
            if edges is None:
                edges = _edges_near(index, part, band_m)
            clear = band_m <= STRAIGHT_M
            if not clear:
                edges, clear = _sift(part, band_m, edges)
            if clear:
                _cut(trace, lon1, index, part, edges)
                continue
        arc_m = 0.5 * (arc_p + arc_q)
        lon, lat = position(line, arc_m)
        xm, ym = snap(lon1 + lon), snap(lat)
        stack.append(((arc_m, xm, ym, arc_q, xq, yq), edges))
        stack.append(((arc_p, xp, yp, arc_m, xm, ym), edges))


def _band(chord: Chord) -> float:
    """Bound from above how far the geodesic strays from a chord, in metres.

    A geodesic of length L leaves the straight lon/lat line by L**2 tan(lat) sin(a) (1 + cos(a)**2) / 8R, with `a` its
    azimuth, which turns by up to L tan(lat) / R on the way.
    """
    arc_p, xp, yp, arc_q, xq, yq = chord
    length_m = (arc_q - arc_p) * EQUATOR_RADIUS_M
    lat = max(abs(yp), abs(yq)) / PER_DEG
    tan = math.tan(math.radians(min(lat, 89.9999)))
    east_m = abs(xq - xp) * math.cos(math.radians(lat)) * METRES
    sin_a = east_m / length_m + length_m * tan / EQUATOR_RADIUS_M if length_m > 0.0 else 1.0
    return MARGIN * length_m * length_m * tan * min(2.0 * sin_a, 1.09) / (8.0 * EQUATOR_RADIUS_M)


def _edges_near(index: Index, chord: Chord, band_m: float) -> list[Edge]:
    """Collect the edges whose box meets the chord's, widened by its band."""
    _, xp, yp, _, xq, yq = chord
    width, n_cols = cell_width(index), index.n_cols
    pad_y = band_m / METRES + 1.0
    low_y, high_y = min(yp, yq) - pad_y, max(yp, yq) + pad_y
    pad_x = pad_y / max(math.cos(math.radians(max(abs(yp), abs(yq)) / PER_DEG)), 1e-6)
    low_x, high_x = min(xp, xq) - pad_x, max(xp, xq) + pad_x
    first_col, last_col = math.floor((low_x + HALF_TURN) / width), math.floor((high_x + HALF_TURN) / width)
    first_row = max(0, math.floor((low_y + QUARTER_TURN) / width))
    last_row = min(index.n_rows - 1, math.floor((high_y + QUARTER_TURN) / width))
    box = (low_x, low_y, high_x, high_y)
    edges: list[Edge] = []
    for row in range(first_row, last_row + 1):
        for col in range(first_col, last_col + 1):
            turns, true_col = divmod(col, n_cols)
            cell = row * n_cols + true_col
            if index.cell_piece[cell] < 0:
                _edges_of(index, cell, turns * FULL_TURN, box, edges)
    return edges


def _edges_of(
    index: Index, cell: int, turn_x: float, box: tuple[float, float, float, float], edges: list[Edge]
) -> None:
    """Append the edges of a cell whose box meets another, longitudes moved by whole turns."""
    low_x, low_y, high_x, high_y = box
    col, width = cell % index.n_cols, cell_width(index)
    vertices, runs = index.vertices, index.runs
    for z in range(3 * index.cell_start[cell], 3 * index.cell_start[cell + 1], 3):
        first, count = runs[z], runs[z + 1]
        flat = vertices[2 * first : 2 * (first + count + 1)].tolist()
        lats = flat[1::2]
        if max(lats) < low_y or min(lats) > high_y:
            continue
        lons = flat[0::2]
        shift = turn_x
        if col in {0, index.n_cols - 1}:
            shift += seam_shift(lons, col, index.n_cols, width)
        west, east = low_x - shift, high_x - shift
        if max(lons) < west or min(lons) > east:
            continue
        ax, ay = lons[0], lats[0]
        for i in range(1, count + 1):
            bx, by = lons[i], lats[i]
            if not (
                (ay < low_y and by < low_y)
                or (ay > high_y and by > high_y)
                or (ax < west and bx < west)
                or (ax > east and bx > east)
            ):
                edges.append((ax + shift, float(ay), bx + shift, float(by), first + i - 1, runs[z + 2]))
            ax, ay = bx, by


def _sift(chord: Chord, band_m: float, edges: list[Edge]) -> tuple[list[Edge], bool]:
    """Keep the edges that reach into the band around a chord; tell whether each of them plainly crosses it.

    One does if no end of it lies in the band, and if it is steep against the chord: then chord and geodesic, which
    both stay in the band, cross the same edges, in the same order, once.
    """
    _, xp, yp, _, xq, yq = chord
    scale_x = METRES * math.cos(math.radians(0.5 * (yp + yq) / PER_DEG))
    ux, uy = (xq - xp) * scale_x, (yq - yp) * METRES
    length = math.hypot(ux, uy)
    if length == 0.0:
        return edges, True
    ux, uy = ux / length, uy / length
    end, slope = length + band_m, 10.0 * band_m / length
    kept: list[Edge] = []
    clear = True
    for edge in edges:
        ax, ay, bx, by = (
            (edge[0] - xp) * scale_x,
            (edge[1] - yp) * METRES,
            (edge[2] - xp) * scale_x,
            (edge[3] - yp) * METRES,
        )
        off_a, off_b = ux * ay - uy * ax, ux * by - uy * bx
        if (off_a > band_m and off_b > band_m) or (off_a < -band_m and off_b < -band_m):
            continue
        kept.append(edge)
        if clear:
            along_a, along_b = ux * ax + uy * ay, ux * bx + uy * by
            clear = not (
                (-band_m <= off_a <= band_m and -band_m <= along_a <= end)
                or (-band_m <= off_b <= band_m and -band_m <= along_b <= end)
                or abs(off_a - off_b) < abs(along_a - along_b) * slope
            )
    return kept, clear


def _cut(trace: Trace, lon1: float, index: Index, chord: Chord, edges: list[Edge]) -> None:
    """Record where a chord crosses edges: who crosses whom by exact arithmetic, where on the geodesic itself."""
    arc_p, xp, yp, arc_q, xq, yq = chord
    ux, uy = xq - xp, yq - yp
    if ux == 0.0 and uy == 0.0:
        return
    upward = ux > 0.0 or (ux == 0.0 and uy > 0.0)
    crossed: list[int] = []
    for ax, ay, bx, by, number, arc in edges:
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
        if number in crossed:  # an edge stands in each cell that it touches
            continue
        crossed.append(number)
        left, right = index.arc_left[arc], index.arc_right[arc]
        at, lon, lat = _refine(trace.line, lon1, (ax, ay, dx, dy), (arc_p, side_p, arc_q, side_q))
        trace.cuts.append((at, lon, lat, left, right) if p_left else (at, lon, lat, right, left))


def _refine(
    line: Line,
    lon1: float,
    edge: tuple[float, float, float, float],
    bracket: tuple[float, float, float, float],
) -> tuple[float, float, float]:
    """Find where the geodesic meets the straight line through an edge, between two arcs on either side of it.

    Method: regula falsi with the Illinois modification; the last step is below `REFINED_M`, and convergence there is
    faster than linear. Returns arc, longitude and latitude in degrees.
    """
    ax, ay, dx, dy = edge
    low, f_low, high, f_high = bracket
    at = low + (high - low) * f_low / (f_low - f_high)
    lon, lat = position(line, at)
    before, kept = math.inf, 0
    while f_low != 0.0 and f_high != 0.0 and abs(at - before) * EQUATOR_RADIUS_M > REFINED_M:
        f = dx * (lat * PER_DEG - ay) - dy * ((lon1 + lon) * PER_DEG - ax)
        before = at
        if (f > 0.0) == (f_low > 0.0):
            low, f_low = at, f
            f_high *= 0.5 if kept > 0 else 1.0
            kept = 1
        else:
            high, f_high = at, f
            f_low *= 0.5 if kept < 0 else 1.0
            kept = -1
        if f != 0.0:
            at = low + (high - low) * f_low / (f_low - f_high)
            lon, lat = position(line, at)
    return at, lon1 + lon, lat
