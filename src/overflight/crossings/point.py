"""In which piece a point lies, decided by exact arithmetic on the stored grid.

Coordinates are counted in units of `COORD_SCALE` degrees, in which vertices are whole numbers; points of a route are
brought to whole multiples of 2**-14 unit (0.7 micrometre: coarser than rounding errors, so that a leg along a border
that is a meridian stays on it). Differences are then exact in a float, and `turn` has an exact sign.

What lies on a border is taken to lie a hair south of it (east of it, where it runs due north): every point is moved, in
thought, by an infinitesimal step south and a still smaller one east. So no point is on a border, no ray and no leg runs
through a vertex, and the walk and `locate` agree on every point, whichever way it is reached.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.geodata import COORD_SCALE

if TYPE_CHECKING:
    from overflight.geodata import Index

__all__ = ["FULL_TURN", "HALF_TURN", "PER_DEG", "QUARTER_TURN", "cell_width", "piece_at", "seam_shift", "snap", "turn"]

PER_DEG = float(round(1.0 / COORD_SCALE))
FULL_TURN = 360.0 * PER_DEG
HALF_TURN = 180.0 * PER_DEG
QUARTER_TURN = 90.0 * PER_DEG
STEPS = 16384.0
"""Multiples of a unit to which points are brought."""
SLACK = 5.0
"""Units; edges stand in every cell that they come within twice this distance of."""
CLOSE = 1e-3
"""Units; two edges that meet a parallel nearer than this to each other are told apart by exact arithmetic."""
_SPLIT = 134217729.0


def snap(degrees: float) -> float:
    """Turn degrees into units, brought to the nearest multiple of 1 / `STEPS`."""
    return math.floor(degrees * PER_DEG * STEPS + 0.5) / STEPS


def cell_width(index: Index) -> float:
    """Return the width of a cell of the grid, in units."""
    return float(round(index.cell_deg * PER_DEG))


def turn(ux: float, uy: float, vx: float, vy: float) -> float:
    """Return ``ux * vy - uy * vx``; its sign is exact for differences of snapped points and vertices.

    Method: where the two products nearly cancel, their rounding errors are recovered by Dekker's product.
    """
    p, q = ux * vy, uy * vx
    d = p - q
    if abs(d) > 4e-16 * (abs(p) + abs(q)):
        return d
    return d + (_product_error(ux, vy, p) - _product_error(uy, vx, q))


def _product_error(a: float, b: float, p: float) -> float:
    """Return a * b - p exactly, for p = a * b rounded."""
    t = _SPLIT * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = _SPLIT * b
    b_high = t - (t - b)
    b_low = b - b_high
    return a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


def piece_at(index: Index, x: float, y: float) -> int:
    """Return the piece in which a snapped point lies.

    Parameters
    ----------
    index : Index
        Arcs and grid.
    x, y : float
        The point, from `snap`; any number of turns in x.

    Returns
    -------
    int
        Id of the piece.

    Raises
    ------
    DataError
        If neither an edge nor a labelled cell is met all along the parallel: the index is damaged.

    Notes
    -----
    A ray goes east from the point, cell by cell. The first edge that it meets has the piece on its western side; a cell
    without edges has a label. Where a ray goes all the way round the Earth and meets neither, another goes north.
    """
    while x >= HALF_TURN:
        x -= FULL_TURN
    while x < -HALF_TURN:
        x += FULL_TURN
    width = cell_width(index)
    n_cols, n_rows = index.n_cols, index.n_rows
    row = min(n_rows - 1, max(0, math.floor((y + QUARTER_TURN) / width)))
    first_col = min(n_cols - 1, math.floor((x + HALF_TURN) / width))
    start = x
    for step in range(n_cols + 1):
        col = (first_col + step) % n_cols
        piece: int = index.cell_piece[row * n_cols + col]
        if piece < 0:
            piece = _before_first_edge(index, row * n_cols + col, start, y, north=False)
        if piece >= 0:
            return piece
        start = (col + 1) % n_cols * width - HALF_TURN - SLACK
    start = y
    for cell in range(row * n_cols + first_col, n_rows * n_cols, n_cols):
        piece = index.cell_piece[cell]
        if piece < 0:
            piece = _before_first_edge(index, cell, x, start, north=True)
        if piece >= 0:
            return piece
        start = (cell // n_cols + 1) * width - QUARTER_TURN - SLACK
    msg = "the airspace index has no label along a parallel and a meridian: reinstall overflight"
    raise DataError(msg)


Hit = tuple[float, float, float, float]
"""The end of an edge that is lower across the ray, along and across it, and from there to its other end."""


def _before_first_edge(index: Index, cell: int, x: float, y: float, *, north: bool) -> int:
    """Return the piece before the first edge that a ray east (or north) of a point meets in a cell, -1 if none."""
    width = cell_width(index)
    row, col = divmod(cell, index.n_cols)
    along, across = (y, x) if north else (x, y)
    limit = (row + 1) * width - QUARTER_TURN + SLACK if north else (col + 1) * width - HALF_TURN + SLACK
    # The point lies a hair south and less a hair east of where it is: no vertex is on its ray.
    level = math.floor(across) + 1.0 if north else math.ceil(across) + 0.0
    vertices, runs = index.vertices, index.runs
    nearest = math.inf
    best: Hit | None = None
    found = -1
    for z in range(3 * index.cell_start[cell], 3 * index.cell_start[cell + 1], 3):
        first, count = runs[z], runs[z + 1]
        flat = vertices[2 * first : 2 * (first + count + 1)].tolist()
        shift = seam_shift(flat[::2], col, index.n_cols, width)
        us, vs = (flat[1::2], flat[::2]) if north else (flat[::2], flat[1::2])
        shift_u, shift_v = (0.0, shift) if north else (shift, 0.0)
        if max(vs) < level - shift_v or min(vs) >= level - shift_v:
            continue
        below = vs[0] < level - shift_v
        for i in range(count):
            was_below, below = below, vs[i + 1] < level - shift_v
            if was_below == below:
                continue
            low, high = (i, i + 1) if was_below else (i + 1, i)
            a, b = us[low] + shift_u, vs[low] + shift_v
            da, db = float(us[high] - us[low]), float(vs[high] - vs[low])
            at = a + (across - b) * da / db
            if at > limit or at > nearest + CLOSE:
                continue
            side = turn(da, db, along - a, across - b)
            if side < 0.0 or (side == 0.0 and not (north or da < 0.0)):
                continue
            hit = (a, b, da, db)
            if best is not None and at > nearest - CLOSE and not _is_nearer(hit, best, across, north=north):
                continue
            nearest, best = at, hit
            # West of an edge going north is its left, south of one going east its right.
            found = (index.arc_right if was_below == north else index.arc_left)[runs[z + 2]]
    return found


def seam_shift(lons: list[int], col: int, n_cols: int, width: float) -> float:
    """Return by how much to move a run's longitudes to the side of 180 degrees on which this column lies, in units.

    Edges that end at 180 degrees stand in the columns on both sides of it; none spans more than half a turn.
    """
    if col == 0 and min(lons) > width + SLACK * 4 - HALF_TURN:
        return -FULL_TURN
    if col == n_cols - 1 and max(lons) < HALF_TURN - width - SLACK * 4:
        return FULL_TURN
    return 0.0


def _is_nearer(edge: Hit, other: Hit, across: float, *, north: bool) -> bool:
    """Tell exactly whether a ray, a hair to its side, meets one edge before another."""
    a, b, da, db = map(Fraction, edge)
    c, d, dc, dd = map(Fraction, other)
    here, there = a + (Fraction(across) - b) * da / db, c + (Fraction(across) - d) * dc / dd
    # Where both meet the ray in one vertex, the one that leans back on the ray's side comes first.
    lean, lean_other = da / db, dc / dd
    return (here, lean) < (there, lean_other) if north else (here, -lean) < (there, -lean_other)
