"""Which border edges a geodesic may meet between the ends of a chord of it.

The geodesic strays from the chord, which is straight in lon/lat, by an amount that is bounded, and towards the pole
only. Edges outside the band that this leaves do not matter; of those that reach into it, `sift` tells whether each
plainly crosses chord and geodesic alike.

Scalar functions of numbers and flat arrays, in the subset of Python that numba compiles.
"""

from __future__ import annotations

import math
from typing import Any

from overflight.earth.line import EQUATOR_RADIUS_M
from overflight.partition.locate import BLOCK, FULL_TURN, HALF_TURN, PER_DEG, QUARTER_TURN, SLACK, Grid, seam_shift

__all__ = ["EDGE", "MARGIN", "METRES", "STRAIGHT_M", "Chord", "band", "edges_near", "sides", "sift"]

STRAIGHT_M = 1e-4
"""A chord whose sagitta is below this is taken for the geodesic."""
METRES = 111_700.0 / PER_DEG
"""Metres in a unit of latitude, at most."""
MARGIN = 1.5
"""Factor on the estimated sagitta: its error, and room for the halves of a chord within the band of the whole."""
EDGE = 6
"""Numbers to each edge: both ends in units, longitude as seen from the chord; number of the edge; its arc."""

Chord = tuple[float, float, float, float, float, float]
"""Arc, x and y of one end, then of the other."""


def band(chord: Chord, cos: float) -> float:
    """Bound from above how far the geodesic strays from a chord, in metres.

    A geodesic of length L leaves the straight lon/lat line by L**2 tan(lat) sin(a) (1 + cos(a)**2) / 8R, with `a` its
    azimuth, which turns by up to L tan(lat) / R on the way. `cos` is that of the latitude farther from the equator.
    """
    arc_p, xp, _, arc_q, xq, _ = chord
    length_m = (arc_q - arc_p) * EQUATOR_RADIUS_M
    tan = math.sqrt(1.0 - cos * cos) / cos
    sin_a = 1.0
    if length_m > 0.0:
        sin_a = abs(xq - xp) * cos * METRES / length_m + length_m * tan / EQUATOR_RADIUS_M
    return MARGIN * length_m * length_m * tan * min(2.0 * sin_a, 1.09) / (8.0 * EQUATOR_RADIUS_M)


def edges_near(grid: Grid, edges: Any, chord: Chord, band_m: float, cos: float) -> int:
    """Collect the edges that reach into the band around a chord; return how many, -1 for too many."""
    _, xp, yp, _, xq, yq = chord
    width, n_cols = grid.width, grid.n_cols
    vertices, runs, cell_start, labels = grid.vertices, grid.runs, grid.cell_start, grid.cell_piece
    blocks = grid.blocks
    boxed = len(blocks) > 0
    scale_x = METRES * cos
    ux, uy = (xq - xp) * scale_x, (yq - yp) * METRES
    length = math.sqrt(ux * ux + uy * uy)
    if length == 0.0:
        return 0
    ux, uy = ux / length, uy / length
    # How far left of the chord's line a point lies is a * y - b * x + c, in metres; along it, d * x + e * y + f.
    a, b, d, e = ux * METRES, uy * scale_x, ux * scale_x, uy * METRES
    pad = band_m + METRES
    left, right = sides(chord, band_m)
    left, right = left + METRES, right + METRES
    middle, half = 0.5 * (left - right), 0.5 * (left + right)
    pad_y = pad / METRES + 2.0 * SLACK
    pad_x = pad / scale_x + 2.0 * SLACK
    west, east = min(xp, xq) - pad_x, max(xp, xq) + pad_x
    south, north = min(yp, yq) - pad_y, max(yp, yq) + pad_y
    # Half the width of the band along a parallel.
    beside = pad_x / abs(uy) if abs(uy) > 1e-6 else math.inf
    lean = (xq - xp) / (yq - yp) if yp != yq else 0.0
    first_row = max(0, math.floor((south + QUARTER_TURN) / width))
    last_row = min(grid.n_rows - 1, math.floor((north + QUARTER_TURN) / width))
    n = 0
    for row in range(first_row, last_row + 1):
        low, high = west, east
        if beside < math.inf:
            bottom = row * width - QUARTER_TURN - 2.0 * SLACK
            x1 = xp + (max(bottom, south) - yp) * lean
            x2 = xp + (min(bottom + width + 4.0 * SLACK, north) - yp) * lean
            low, high = max(west, min(x1, x2) - beside), min(east, max(x1, x2) + beside)
        for col in range(math.floor((low + HALF_TURN) / width), math.floor((high + HALF_TURN) / width) + 1):
            true_col = col % n_cols
            cell = row * n_cols + true_col
            if labels[cell] >= 0:
                continue
            turn_x = (col - true_col) // n_cols * FULL_TURN
            at_seam = true_col == 0 or true_col == n_cols - 1
            for z in range(3 * cell_start[cell], 3 * cell_start[cell + 1], 3):
                begin, count = runs[z], runs[z + 1]
                shift = turn_x + seam_shift(grid, begin, count, true_col) if at_seam else turn_x
                c = b * (xp - shift) - a * yp
                edge, stop = begin, begin + count
                while edge < stop:
                    upto = stop
                    if boxed:
                        k = edge // BLOCK
                        upto = min(stop, BLOCK * (k + 1))
                        k *= 4
                        aside = abs(a * blocks[k + 1] - b * blocks[k] + c - middle)
                        if aside > half + abs(b) * blocks[k + 2] + abs(a) * blocks[k + 3]:
                            edge = upto
                            continue
                    off_1 = a * vertices[2 * edge + 1] - b * vertices[2 * edge] + c
                    for i in range(2 * edge + 2, 2 * upto + 2, 2):
                        off = off_1
                        off_1 = a * vertices[i + 1] - b * vertices[i] + c
                        if (off > left and off_1 > left) or (off < -right and off_1 < -right):
                            continue
                        x1, y1, x2, y2 = vertices[i - 2] + shift, vertices[i - 1], vertices[i] + shift, vertices[i + 1]
                        along_1, along_2 = d * (x1 - xp) + e * (y1 - yp), d * (x2 - xp) + e * (y2 - yp)
                        if (along_1 < -pad and along_2 < -pad) or (along_1 > length + pad and along_2 > length + pad):
                            continue
                        if n + EDGE > len(edges):
                            return -1
                        edges[n], edges[n + 1], edges[n + 2], edges[n + 3] = x1, float(y1), x2, float(y2)
                        edges[n + 4], edges[n + 5] = float(i), float(runs[z + 2])
                        n += EDGE
                    edge = upto
    return n // EDGE


def sift(
    edges: Any, chord: Chord, band_m: float, cos: float, first: int, last: int, into: int
) -> tuple[int, int, bool]:
    """Keep the edges that reach into the band around a chord; tell whether each of them plainly crosses it.

    One does if no end of it lies in the band, and if it is steep against the chord: then chord and geodesic, which
    both stay in the band, cross the same edges, in the same order, once. Returns where those kept stand.
    """
    _, xp, yp, _, xq, yq = chord
    scale_x = METRES * cos
    ux, uy = (xq - xp) * scale_x, (yq - yp) * METRES
    length = math.sqrt(ux * ux + uy * uy)
    if length == 0.0:
        return first, last, True
    ux, uy = ux / length, uy / length
    end, slope = length + band_m, 10.0 * band_m / length
    left, right = sides(chord, band_m)
    clear = True
    n = EDGE * into
    for k in range(EDGE * first, EDGE * last, EDGE):
        ax, ay = (edges[k] - xp) * scale_x, (edges[k + 1] - yp) * METRES
        bx, by = (edges[k + 2] - xp) * scale_x, (edges[k + 3] - yp) * METRES
        off_a, off_b = ux * ay - uy * ax, ux * by - uy * bx
        if (off_a > left and off_b > left) or (off_a < -right and off_b < -right):
            continue
        along_a, along_b = ux * ax + uy * ay, ux * bx + uy * by
        if (along_a < -band_m and along_b < -band_m) or (along_a > end and along_b > end):
            continue
        if n != k:
            edges[n], edges[n + 1], edges[n + 2] = edges[k], edges[k + 1], edges[k + 2]
            edges[n + 3], edges[n + 4], edges[n + 5] = edges[k + 3], edges[k + 4], edges[k + 5]
        n += EDGE
        clear = clear and not (
            (-right <= off_a <= left and -band_m <= along_a <= end)
            or (-right <= off_b <= left and -band_m <= along_b <= end)
            or abs(off_a - off_b) < abs(along_a - along_b) * slope
        )
    return into, n // EDGE, clear


def sides(chord: Chord, band_m: float) -> tuple[float, float]:
    """Return how far left and how far right of a chord its geodesic may stray, in metres.

    Latitude as a function of longitude is concave along a geodesic north of the equator, convex south of it: the square
    of its slope, r**2 (r**2 - C**2) / (rho C)**2 with Clairaut's constant C, falls with the distance r from the axis
    and as the meridian's radius rho grows, both of which go with latitude. So it strays towards the pole only.
    """
    _, xp, yp, _, xq, yq = chord
    if yp < 0.0 < yq or yq < 0.0 < yp or xp == xq:
        return band_m, band_m
    aside_m = min(band_m, STRAIGHT_M)
    northward = yp + yq > 0.0
    return (band_m, aside_m) if (xq > xp) == northward else (aside_m, band_m)
