"""In which piece a point lies, decided by exact arithmetic on the stored grid.

Coordinates are counted in units of `COORD_SCALE` degrees, in which vertices are whole numbers; points of a route are
brought to whole multiples of 2**-14 unit (0.7 micrometre: coarser than rounding errors, so that a leg along a border
that is a meridian stays on it). Differences are then exact in a float, and `turn` has an exact sign.

What lies on a border is taken to lie a hair south of it (east of it, where it runs due north): every point is moved, in
thought, by an infinitesimal step south and a still smaller one east. So no point is on a border, no ray and no leg runs
through a vertex, and the walk and `locate` agree on every point, whichever way it is reached.

Scalar functions of numbers and flat arrays, in the subset of Python that numba compiles.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from overflight.errors import DataError
from overflight.partition import index as stored

if TYPE_CHECKING:
    from overflight.partition.index import Index

__all__ = [
    "BLOCK",
    "FULL_TURN",
    "HALF_TURN",
    "PER_DEG",
    "QUARTER_TURN",
    "Grid",
    "cell_width",
    "grid_of",
    "locate_piece",
    "piece_at",
    "seam_shift",
    "snap",
    "turn",
]

PER_DEG = float(stored.PER_DEG)
FULL_TURN = 360.0 * PER_DEG
HALF_TURN = 180.0 * PER_DEG
QUARTER_TURN = 90.0 * PER_DEG
STEPS = 16384.0
"""Multiples of a unit to which points are brought."""
BLOCK = 16
"""Edges to a box."""
SLACK = 5.0
"""Units; edges stand in every cell that they come within twice this distance of."""
CLOSE = 1e-3
"""Units; two edges that meet a parallel nearer than this to each other are told apart by exact arithmetic."""
_SPLIT = 134217729.0


class Grid(NamedTuple):
    """What the engine reads of an `Index`: flat arrays of whole numbers, memory views or NumPy's."""

    vertices: Any
    cell_start: Any
    runs: Any
    cell_piece: Any
    cell_jump: Any
    arc_left: Any
    arc_right: Any
    n_cols: int
    n_rows: int
    width: float
    """Of a cell, in units."""
    blocks: Any = ()
    """Boxes around `BLOCK` edges each: middle x and y, half width and height in units; or nothing."""


def grid_of(index: Index) -> Grid:
    """Pick what the engine reads."""
    return Grid(
        index.vertices,
        index.cell_start,
        index.runs,
        index.cell_piece,
        index.cell_jump,
        index.arc_left,
        index.arc_right,
        index.n_cols,
        index.n_rows,
        cell_width(index),
    )


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


def locate_piece(index: Index, lon: float, lat: float) -> int:
    """Return the id of the piece at a point in degrees, longitude in [-180, 180].

    Raises
    ------
    DataError
        If neither a border nor a label is met: the index is damaged.
    """
    piece = piece_at(grid_of(index), snap(lon), snap(lat))
    if piece < 0:
        msg = "the airspace index has no label along a parallel and a meridian: reinstall overflight"
        raise DataError(msg)
    return piece


def piece_at(grid: Grid, x: float, y: float) -> int:
    """Return the piece in which a snapped point lies.

    Parameters
    ----------
    grid : Grid
        Arcs and cells.
    x, y : float
        The point, from `snap`; any number of turns in x.

    Returns
    -------
    int
        Id of the piece; -1 if neither an edge nor a labelled cell is met all along the parallel and the meridian: the
        index is damaged.

    Notes
    -----
    A ray goes east from the point, cell by cell. The first edge that it meets has the piece on its western side; a cell
    without edges has a label. Where a ray goes all the way round the Earth and meets neither, another goes north, and
    where that comes to the pole, which one piece surrounds, a third goes south from there.
    """
    while x >= HALF_TURN:
        x -= FULL_TURN
    while x < -HALF_TURN:
        x += FULL_TURN
    width, n_cols, n_rows, labels = grid.width, grid.n_cols, grid.n_rows, grid.cell_piece
    row = min(n_rows - 1, max(0, math.floor((y + QUARTER_TURN) / width)))
    first_col = math.floor((x + HALF_TURN) / width)
    start = x
    for step in range(n_cols + 1):
        col = (first_col + step) % n_cols
        piece = int(labels[row * n_cols + col])
        if piece < 0:
            piece = _before_first_edge(grid, row * n_cols + col, start, y, 0)
        if piece >= 0:
            return piece
        start = (col + 1) % n_cols * width - HALF_TURN - SLACK
    start = y
    for cell in range(row * n_cols + first_col, n_rows * n_cols, n_cols):
        piece = int(labels[cell])
        if piece < 0:
            piece = _before_first_edge(grid, cell, x, start, 1)
        if piece >= 0:
            return piece
        start = (cell // n_cols + 1) * width - QUARTER_TURN - SLACK
    return _at_the_pole(grid, x, first_col)


def _at_the_pole(grid: Grid, x: float, col: int) -> int:
    """Return the piece around the north pole: what a ray south from there, through a column, meets first, or -1."""
    start = QUARTER_TURN
    for cell in range((grid.n_rows - 1) * grid.n_cols + col, -1, -grid.n_cols):
        piece = int(grid.cell_piece[cell])
        if piece < 0:
            piece = _before_first_edge(grid, cell, x, start, -1)
        if piece >= 0:
            return piece
        start = cell // grid.n_cols * grid.width - QUARTER_TURN + SLACK
    return -1


def _before_first_edge(grid: Grid, cell: int, x: float, y: float, way: int) -> int:
    """Return the piece before the first edge that a ray from a point meets in a cell, -1 if none.

    The ray goes east (0), north (1) or south (-1).
    """
    width, vertices, runs = grid.width, grid.vertices, grid.runs
    row, col = cell // grid.n_cols, cell % grid.n_cols
    # Along the ray is u, across it v. The point lies a hair south and less a hair east of where it is: no vertex is on
    # its ray.
    along, across, limit, level, u = x, y, (col + 1) * width - HALF_TURN + SLACK, math.ceil(y) + 0.0, 0
    sign = 1.0
    if way > 0:
        along, across, limit, level, u = y, x, (row + 1) * width - QUARTER_TURN + SLACK, math.floor(x) + 1.0, 1
    elif way < 0:
        along, across, limit, level, u = -y, x, QUARTER_TURN - row * width + SLACK, math.floor(x) + 1.0, 1
        sign = -1.0
    v = 1 - u
    nearest = math.inf
    best = (0.0, 0.0, 0.0, 0.0)
    found = -1
    for z in range(3 * grid.cell_start[cell], 3 * grid.cell_start[cell + 1], 3):
        first, count = runs[z], runs[z + 1]
        shift = seam_shift(grid, first, count, col)
        shift_u, shift_v = (0.0, shift) if way else (shift, 0.0)
        below = vertices[2 * first + v] < level - shift_v
        for i in range(2 * first, 2 * (first + count), 2):
            was_below, below = below, vertices[i + 2 + v] < level - shift_v
            if was_below == below:
                continue
            low, high = (i, i + 2) if was_below else (i + 2, i)
            a, b = sign * (vertices[low + u] + shift_u), vertices[low + v] + shift_v
            da, db = sign * float(vertices[high + u] - vertices[low + u]), float(vertices[high + v] - vertices[low + v])
            at = a + (across - b) * da / db
            if at > limit or at > nearest + CLOSE:
                continue
            side = turn(da, db, along - a, across - b)
            if side < 0.0 or (side == 0.0 and not (way or da < 0.0)):
                continue
            hit = (a, b, da, db)
            if found >= 0 and at > nearest - CLOSE and not _is_nearer(hit, best):
                continue
            nearest, best = at, hit
            # West of an edge going north is its left, south of one going east its right.
            arc = runs[z + 2]
            found = int(grid.arc_right[arc]) if was_below == (way > 0) else int(grid.arc_left[arc])
    return found


def seam_shift(grid: Grid, first: int, count: int, col: int) -> float:
    """Return by how much to move a run's longitudes to the side of 180 degrees on which this column lies, in units.

    Edges that end at 180 degrees stand in the columns on both sides of it; none spans more than half a turn.
    """
    if col not in (0, grid.n_cols - 1):
        return 0.0
    beyond = grid.width + SLACK * 4 - HALF_TURN
    vertices = grid.vertices
    west = east = vertices[2 * first]
    for i in range(2 * first + 2, 2 * (first + count + 1), 2):
        west, east = min(west, vertices[i]), max(east, vertices[i])
    if col == 0 and west > beyond:
        return -FULL_TURN
    if col == grid.n_cols - 1 and east < -beyond:
        return FULL_TURN
    return 0.0


Hit = tuple[float, float, float, float]
"""The end of an edge that is lower across a ray, along and across it, and from there to its other end."""


def _is_nearer(edge: Hit, other: Hit) -> bool:
    """Tell exactly whether a ray that runs between the ends of two edges meets the first one before the other.

    Edges never cross, so where both pass, one stays before the other: of the two lower ends the higher one tells, or
    where that lies on the other edge, the lower one of the upper ends.
    """
    a, b, da, db = edge
    c, d, dc, dd = other
    side = -turn(da, db, c - a, d - b) if d >= b else turn(dc, dd, a - c, b - d)
    if side == 0.0:
        a, b, c, d = a + da, b + db, c + dc, d + dd
        side = -turn(da, db, c - a, d - b) if d <= b else turn(dc, dd, a - c, b - d)
    return side > 0.0
