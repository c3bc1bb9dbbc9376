"""Which border edges a geodesic may meet between the ends of a chord of it.

The geodesic strays from the chord, which is straight in lon/lat, by an amount that is bounded, and towards the pole
only. Edges outside the band that this leaves do not matter; of those that reach into it, `sift` tells whether each
plainly crosses chord and geodesic alike.

Scalar functions of numbers and flat arrays, in the subset of Python that numba compiles.
"""

from __future__ import annotations

import math
from typing import Any

from overflight.earth.constants import EQUATOR_RADIUS_M, MOST_M_PER_DEG
from overflight.partition.locate import BLOCK, FULL_TURN, HALF_TURN, PER_DEG, QUARTER_TURN, SLACK, Grid, seam_shift

__all__ = [
    "EDGE",
    "MARGIN",
    "METRES",
    "MOST_BENT",
    "STRAIGHT_M",
    "Chord",
    "band",
    "collect",
    "columns",
    "edges_near",
    "is_beside",
    "sides",
    "sift",
]

STRAIGHT_M = 1e-4
"""A chord whose sagitta is below this is taken for the geodesic."""
METRES = MOST_M_PER_DEG / PER_DEG
"""Metres in a unit of latitude, at most."""
MARGIN = 1.5
"""Factor on the estimated sagitta: its error, and room for the halves of a chord within the band of the whole."""
EDGE = 6
"""Numbers to each edge: both ends in units, longitude as seen from the chord; number of the edge; its arc."""

ASTRAY = 2.0 * SLACK
"""Units; edges are looked for in cells this much beyond the band, twice as far as rounding could ever need."""
LEVEL = 1e-6
"""Sine of the angle between a chord and the parallels below which it is taken for one of them."""
MOST_BENT = 1.09
"""sin(a) (1 + cos(a)**2) is no larger: 1.0887, where cos(a)**2 is 1/3."""
STEEP = 10.0
"""An edge is steep if it leaves the chord faster than by so many widths of the band over the chord's length.

A geodesic is nearly a parabola over its chord and leaves it at a slope of 4 sagittas to its length, and a sagitta is
less than the band is wide: a steep edge meets it once.
"""

Chord = tuple[float, float, float, float, float, float]
"""Arc, x and y of one end, then of the other."""

Box = tuple[float, float, float, float]
"""West, south, east and north, in units."""

Strip = tuple[float, float, float, float, float, float, float, float, float, float]
"""A band as `collect` asks about it: xp, yp, a, b, left, right, d, e, begin, end.

A point lies ``a * y - b * x + c`` metres left of the chord's line, and ``d * (x - xp) + e * (y - yp)`` along it, with c
such that the chord's first end (xp, yp) lies 0 metres left. The band reaches from `left` to ``-right``, and along the
line from `begin` to `end`: a unit of latitude more on each side than the geodesic strays, for what was rounded.
"""


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
    return MARGIN * length_m * length_m * tan * min(2.0 * sin_a, MOST_BENT) / (8.0 * EQUATOR_RADIUS_M)


def edges_near(grid: Grid, edges: Any, chord: Chord, band_m: float, cos: float) -> int:
    """Collect the edges that reach into the band around a chord; return how many, -1 for too many.

    Parameters
    ----------
    grid : Grid
        Arcs and cells.
    edges : array of float
        Written to: `EDGE` numbers to each edge. One that stands in several of the cells is collected from each.
    chord : Chord
        Its longitude is unrolled.
    band_m : float
        From `band`: how far the geodesic strays from the chord, at most.
    cos : float
        That of the latitude farther from the equator, as for `band`.

    Notes
    -----
    None that reaches into the band is missed. Where one does, it lies in some cell, and an edge stands in every cell
    that it touches: so it is enough to look through the cells that the band touches (`columns`, row by row), and there
    `collect` leaves out no edge that reaches into the band.
    """
    _, xp, yp, _, xq, yq = chord
    scale_x = METRES * cos
    ux, uy = (xq - xp) * scale_x, (yq - yp) * METRES
    length = math.sqrt(ux * ux + uy * uy)
    if length == 0.0:
        return 0
    ux, uy = ux / length, uy / length
    left, right = sides(chord, band_m)
    pad = band_m + METRES
    a, b, d, e = ux * METRES, uy * scale_x, ux * scale_x, uy * METRES
    strip = (xp, yp, a, b, left + METRES, right + METRES, d, e, -pad, length + pad)
    labels, width, n_cols = grid.cell_piece, grid.width, grid.n_cols
    pad_x, pad_y = pad / scale_x + ASTRAY, pad / METRES + ASTRAY
    west, east = min(xp, xq) - pad_x, max(xp, xq) + pad_x
    box = (west, min(yp, yq) - pad_y, east, max(yp, yq) + pad_y)
    beside, lean = (pad_x / abs(uy), (xq - xp) / (yq - yp)) if abs(uy) > LEVEL else (east - west, 0.0)
    first_row = max(0, math.floor((box[1] + QUARTER_TURN) / width))
    last_row = min(grid.n_rows - 1, math.floor((box[3] + QUARTER_TURN) / width))
    n = 0
    for row in range(first_row, last_row + 1):
        first_col, last_col = columns(row, width, box, xp, yp, lean, beside)
        for col in range(first_col, last_col + 1):
            true_col = col % n_cols
            cell = row * n_cols + true_col
            if labels[cell] < 0:  # else it is all one piece, without an edge
                n = collect(grid, edges, n, strip, cell, true_col, (col - true_col) // n_cols * FULL_TURN)
                if n < 0:
                    return -1
    return n // EDGE


def columns(row: int, width: float, box: Box, xp: float, yp: float, lean: float, beside: float) -> tuple[int, int]:
    """Return the first and the last of the columns that the band around a chord touches in a row of cells.

    In the row's latitudes, the chord runs between two longitudes, `lean` units east for each unit north. A point that
    is no farther from it than the band is wide lies beside it, along its parallel, by no more than that width over the
    sine of the angle between chord and parallel: `beside` units. Nor does it lie outside the `box` around the band.
    """
    west, south, east, north = box
    bottom = row * width - QUARTER_TURN - ASTRAY
    x1 = xp + (max(bottom, south) - yp) * lean
    x2 = xp + (min(bottom + width + 2.0 * ASTRAY, north) - yp) * lean
    low, high = max(west, min(x1, x2) - beside), min(east, max(x1, x2) + beside)
    return math.floor((low + HALF_TURN) / width), math.floor((high + HALF_TURN) / width)


def collect(grid: Grid, edges: Any, n: int, strip: Strip, cell: int, col: int, turn_x: float) -> int:
    """Add those edges of a cell that may reach into a strip; return how many numbers there are now, -1 for too many.

    How far left of the chord's line a point lies, and how far along it, are linear in longitude and latitude. So all of
    an edge lies beyond a side or an end of the strip if both its ends do, and only such edges are left out.
    """
    vertices, runs, blocks = grid.vertices, grid.runs, grid.blocks
    xp, yp, a, b, left, right, d, e, begin_m, end_m = strip
    boxed = len(blocks) > 0
    at_seam = col == 0 or col == grid.n_cols - 1
    for z in range(3 * grid.cell_start[cell], 3 * grid.cell_start[cell + 1], 3):
        edge, count, arc = runs[z], runs[z + 1], runs[z + 2]
        shift = turn_x + seam_shift(grid, edge, count, col) if at_seam else turn_x
        c = b * (xp - shift) - a * yp
        stop = edge + count
        while edge < stop:
            upto = stop
            if boxed:
                upto = min(stop, BLOCK * (edge // BLOCK + 1))
                if is_beside(blocks, edge // BLOCK, a, b, c, left, right):
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
                if (along_1 < begin_m and along_2 < begin_m) or (along_1 > end_m and along_2 > end_m):
                    continue
                if n + EDGE > len(edges):
                    return -1
                edges[n], edges[n + 1], edges[n + 2], edges[n + 3] = x1, float(y1), x2, float(y2)
                edges[n + 4], edges[n + 5] = float(i), float(arc)
                n += EDGE
            edge = upto
    return n


def is_beside(blocks: Any, block: int, a: float, b: float, c: float, left: float, right: float) -> bool:
    """Tell whether all edges of a block lie beyond the same side of a strip.

    What lies in their box is farther left than its middle, or less so, by no more than the coefficients times half the
    box's width and height.
    """
    k = 4 * block
    aside = abs(a * blocks[k + 1] - b * blocks[k] + c - 0.5 * (left - right))
    return bool(aside > 0.5 * (left + right) + abs(b) * blocks[k + 2] + abs(a) * blocks[k + 3])


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
    end, slope = length + band_m, STEEP * band_m / length
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
