"""The grid over border arcs: made anew, or made over where some arcs are new; see `geodata/README.md` for each array.

For every cell: the runs of edges that touch it or, if none does, the piece that it lies in and how far, at least, the
nearest border is from any of its points.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import shapely

from overflight.earth.constants import MOST_M_PER_DEG, POLE_RADIUS_M
from overflight.earth.sphere import to_unit
from overflight.partition.arcs import Arcs, numbered
from overflight.partition.index import HALF_TURN, PER_DEG, QUARTER_TURN, Index
from overflight.partition.locate import grid_of, piece_at, snap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = [
    "EARTH_RADIUS_M",
    "ELLIPSOID_FACTOR",
    "FARTHEST",
    "JUMP_UNIT_M",
    "MOST_PIECES",
    "Jumps",
    "Shape",
    "centres",
    "farther_than",
    "index_of",
    "regridded",
    "spread",
]

MOST_PIECES = 32_767
"""Cells hold numbers of pieces in sixteen bits, with a sign."""
SLACK = 10
"""Units; an edge stands in every cell that it comes this near to, and in none that is twice as far."""
JUMP_UNIT_M = 100.0
FARTHEST = 65_535
BLOCK_DEG = 5.0
NEAR_M = 300_000.0
"""Cells in blocks that come this near to a border are looked at one by one."""
SAMPLE_M = 10_000.0
MOST_SAMPLES = 4_000
BOX_DEG = 0.05
EARTH_RADIUS_M = math.floor(POLE_RADIUS_M)
"""Of a sphere that is no larger than the Earth."""
ELLIPSOID_FACTOR = 0.99
"""A sphere misjudges WGS84 distances by 0.6 % at most, geodetic latitudes included."""


class Shape(NamedTuple):
    """The cells of a grid: their width, and how many there are from west to east and from south to north."""

    cell_deg: float
    n_cols: int
    n_rows: int

    @classmethod
    def of(cls, cell_deg: float) -> Shape:
        """Lay cells of a width, a divisor of 90, over the Earth."""
        return cls(cell_deg, round(360.0 / cell_deg), round(180.0 / cell_deg))

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.n_cols * self.n_rows


class Jumps(Protocol):
    """Bounds from below how far it is from anywhere in each cell to the nearest of some arcs, in units of 100 m.

    It is told which cells have no border; what it says of others does not count.
    """

    def __call__(self, arcs: Arcs, shape: Shape, empty: Bools, /) -> NDArray[np.uint16]:
        """Return the bound of each cell."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of consecutive edges of one arc that touch one cell: the cell, first vertex, number of edges, arc."""

    cell: Ints
    first: Ints
    count: Ints
    arc: Ints

    @classmethod
    def of(cls, index: Index) -> Runs:
        """Take the runs of an index."""
        rows = np.asarray(index.runs).reshape(-1, 3).astype(np.int64)
        starts = np.asarray(index.cell_start).astype(np.int64)
        return cls(np.repeat(np.arange(len(starts) - 1), np.diff(starts)), *rows.T)

    def joined(self, other: Runs) -> Runs:
        """Return both, sorted by cell."""
        cell, first, count, arc = (
            np.concatenate(pair)
            for pair in zip(
                (self.cell, self.first, self.count, self.arc),
                (other.cell, other.first, other.count, other.arc),
                strict=True,
            )
        )
        order = np.lexsort((first, cell))
        return Runs(cell[order], first[order], count[order], arc[order])


def index_of(
    arcs: Arcs,
    cell_deg: float,
    *,
    locate: Callable[[float, float], int] | None = None,
    jumps: Jumps | None = None,
) -> Index:
    """Build the grid over arcs.

    Parameters
    ----------
    arcs : Arcs
        Of a whole partition.
    cell_deg : float
        Width of the cells; a divisor of 90.
    locate : callable, optional
        Told longitude and latitude of a point far from every border, returns its piece. By default, the arcs tell;
        where they have no say, because no border lies on the point's parallel or north of it, the piece is nobody's.
    jumps : Jumps, optional
        `farther_than` by default.
    """
    shape = Shape.of(cell_deg)
    runs = runs_of(arcs, np.arange(len(arcs.left)), shape)
    bare = _stored(arcs, runs, shape)
    empty = _is_empty(bare)
    labels = _labelled(empty, shape, np.full(shape.cells, -1), locate or _by_the_arcs(bare))
    return _finished(bare, labels, np.where(empty, (jumps or farther_than)(arcs, shape, empty), 0))


def regridded(
    old: Index,
    arcs: Arcs,
    fresh: Ints,
    gone: Ints,
    *,
    known: Callable[[Bools], Ints],
    locate: Callable[[float, float], int],
) -> Index:
    """Make an index of arcs, of which all but the fresh ones stand in the old index, in the same order.

    Parameters
    ----------
    old : Index
        The grid to refine.
    arcs : Arcs
        All arcs: those kept, then the fresh ones.
    fresh : array of int
        Which are new.
    gone : array of int
        Which of the old ones are not among those kept.
    known : callable
        Told which cells are empty, returns the piece of each cell, -1 where only `locate` knows.
    locate : callable
        As in `index_of`.
    """
    shape = Shape(old.cell_deg, old.n_cols, old.n_rows)
    stood = Runs.of(old)
    left = ~np.isin(stood.arc, gone)
    kept = np.setdiff1d(np.arange(len(old.arc_left)), gone)
    now = np.full(len(old.arc_left), -1, np.int64)
    now[kept] = np.arange(len(kept))
    begins = np.asarray(old.arc_start).astype(np.int64)
    arc = stood.arc[left]
    moved = stood.first[left] - begins[arc] + arcs.start[now[arc]]
    runs = Runs(stood.cell[left], moved, stood.count[left], now[arc]).joined(runs_of(arcs, fresh, shape))
    bare = _stored(arcs, runs, shape)
    empty = _is_empty(bare)
    labels = _labelled(empty, shape, np.where(empty, known(empty), -1), locate)
    jumps = np.where(empty, np.asarray(old.cell_jump), 0)
    if len(fresh):
        only = Arcs.joined([arcs.part(k) for k in fresh.tolist()])
        jumps = np.minimum(jumps, np.where(empty, farther_than(only, shape, empty), 0))
    return _finished(bare, labels, jumps)


def runs_of(arcs: Arcs, chosen: Ints, shape: Shape) -> Runs:
    """Return the runs of some arcs over a grid, in the order of its cells."""
    first, arc = arcs.edges()
    mine = np.isin(arc, chosen)
    first, arc = first[mine], arc[mine]
    a, b = arcs.xy[first].astype(np.int64), arcs.xy[first + 1].astype(np.int64)
    step = round(shape.cell_deg * PER_DEG)
    low = (np.minimum(a, b) - SLACK + [HALF_TURN, QUARTER_TURN]) // step
    high = (np.maximum(a, b) + SLACK + [HALF_TURN, QUARTER_TURN]) // step
    low[:, 1], high[:, 1] = np.maximum(low[:, 1], 0), np.minimum(high[:, 1], shape.n_rows - 1)
    wide = high - low + 1
    count = wide[:, 0] * wide[:, 1]
    edge, nth = numbered(count)
    col, row = low[edge, 0] + nth % wide[edge, 0], low[edge, 1] + nth // wide[edge, 0]
    many = np.flatnonzero(count[edge] > 1)
    west, south = col[many] * step - HALF_TURN, row[many] * step - QUARTER_TURN
    boxes = shapely.box(west - 2 * SLACK, south - 2 * SLACK, west + step + 2 * SLACK, south + step + 2 * SLACK)
    segments = shapely.linestrings(np.stack([a[edge[many]], b[edge[many]]], axis=1).astype(np.float64))
    touched = np.ones(len(edge), np.bool_)
    touched[many] = shapely.intersects(boxes, segments)
    edge, cell = edge[touched], (row * shape.n_cols + col % shape.n_cols)[touched]
    order = np.lexsort((edge, cell))
    edge, cell = edge[order], cell[order]
    fresh = np.ones(len(edge), np.bool_)
    fresh[1:] = (cell[1:] != cell[:-1]) | (first[edge[1:]] != first[edge[:-1]] + 1) | (arc[edge[1:]] != arc[edge[:-1]])
    begin = np.flatnonzero(fresh)
    return Runs(cell[begin], first[edge[begin]], np.diff(np.append(begin, len(edge))), arc[edge[begin]])


def _labelled(empty: Bools, shape: Shape, known: Ints, locate: Callable[[float, float], int]) -> Ints:
    """Label the cells without edges: neighbours without edges share their piece, so one cell of a group settles it."""
    first, last, group = _groups(empty.reshape(shape.n_rows, shape.n_cols))
    labels = np.full(int(group.max(initial=-1)) + 1, -1)
    cell_group = np.full(shape.cells, -1)
    cell_group[empty] = np.repeat(group, last - first)
    told = known >= 0
    labels[cell_group[told]] = known[told]
    for one in np.flatnonzero(labels < 0).tolist():
        row, col = divmod(int(first[np.argmax(group == one)]), shape.n_cols)
        labels[one] = locate((col + 0.5) * shape.cell_deg - 180.0, (row + 0.5) * shape.cell_deg - 90.0)
    found: Ints = np.where(empty, labels[cell_group], -1) if len(labels) else known
    return found


def _groups(empty: Bools) -> tuple[Ints, Ints, Ints]:
    """Return the rows of empty cells, from the first one until before the last one, and the group of each.

    Rows that lie side by side, one north of the other, are of one group.
    """
    rows, cols = empty.shape
    framed = np.zeros((rows, cols + 1), np.int8)
    framed[:, :cols] = empty
    change = np.diff(framed.ravel(), prepend=0)
    first, last = (np.flatnonzero(change == sign) for sign in (1, -1))
    first, last = first - first // (cols + 1), last - last // (cols + 1)
    begin = np.searchsorted(last, first - cols, side="right")  # those a row south that end after it begins ...
    end = np.searchsorted(first, last - cols, side="left")  # ... and begin before it ends
    leads = list(range(len(first)))

    def root(one: int) -> int:
        while leads[one] != one:
            leads[one] = leads[leads[one]]
            one = leads[one]
        return one

    for one, (low, high) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        for other in range(low, high):
            leads[root(one)] = root(other)
    _, group = np.unique([root(one) for one in leads], return_inverse=True)
    return first, last, group.astype(np.int64)


def _by_the_arcs(index: Index) -> Callable[[float, float], int]:
    """Return what locates points by the arcs of an index whose cells have no labels yet."""
    grid = grid_of(index)
    return lambda lon, lat: max(0, piece_at(grid, snap(lon), snap(lat)))


def _stored(arcs: Arcs, runs: Runs, shape: Shape) -> Index:
    """Lay arcs and runs down in the form in which they are stored; the cells are not labelled yet."""
    return Index(
        vertices=_flat("i", arcs.xy.astype(np.int32)),
        arc_start=_flat("i", arcs.start.astype(np.int32)),
        arc_left=_flat("H", arcs.left.astype(np.uint16)),
        arc_right=_flat("H", arcs.right.astype(np.uint16)),
        cell_start=_flat("i", np.searchsorted(runs.cell, np.arange(shape.cells + 1)).astype(np.int32)),
        runs=_flat("i", np.column_stack([runs.first, runs.count, runs.arc]).astype(np.int32)),
        cell_piece=_flat("h", np.full(shape.cells, -1, np.int16)),
        cell_jump=_flat("H", np.zeros(shape.cells, np.uint16)),
        cell_deg=shape.cell_deg,
        n_cols=shape.n_cols,
        n_rows=shape.n_rows,
        arc_accuracy=_flat("H", arcs.accuracy_m.astype(np.uint16)),
    )


def _is_empty(index: Index) -> Bools:
    """Tell which cells no edge touches."""
    found: Bools = np.diff(np.asarray(index.cell_start)) == 0
    return found


def _finished(index: Index, labels: Ints, jumps: NDArray[np.integer]) -> Index:
    """Put labels and jumps into an index."""
    return replace(
        index,
        cell_piece=_flat("h", labels.astype(np.int16)),
        cell_jump=_flat("H", jumps.astype(np.uint16)),
    )


def _flat(kind: str, values: NDArray[np.integer]) -> memoryview:
    """Lay numbers end to end, as memory-mapped ones are."""
    return memoryview(array(kind, values.tobytes()))


def centres(shape: Shape) -> tuple[Floats, Floats]:
    """Return longitude and latitude of the middle of every cell."""
    row, col = np.divmod(np.arange(shape.cells, dtype=np.float64), shape.n_cols)
    return (col + 0.5) * shape.cell_deg - 180.0, (row + 0.5) * shape.cell_deg - 90.0


def farther_than(arcs: Arcs, shape: Shape, empty: Bools) -> NDArray[np.uint16]:
    """Bound from below how far it is from anywhere in each empty cell to the nearest of some arcs; see `Jumps`.

    Notes
    -----
    The distance from the cell's middle to the nearest of points set along all borders, less their spacing and the
    cell's half diagonal. Cells far away share the bound of a block of `BLOCK_DEG`.
    """
    first, _ = arcs.edges()
    a, b = arcs.xy[first] / PER_DEG, arcs.xy[first + 1] / PER_DEG
    metres = np.hypot(*(b - a).T) * MOST_M_PER_DEG
    spacing_m = max(SAMPLE_M, float(metres.sum()) / MOST_SAMPLES)
    points = spread(a, b, np.maximum(1, np.ceil(metres / spacing_m)).astype(np.int64))
    # One for all that lie within a small box.
    boxes = np.floor(points / BOX_DEG).astype(np.int64)
    _, kept = np.unique(boxes[:, 0] * 100_000 + boxes[:, 1], return_index=True)
    samples = to_unit(points[kept])
    spacing_m += BOX_DEG * math.sqrt(2.0) * MOST_M_PER_DEG
    lon, lat = centres(shape)
    per_row = round(360.0 / BLOCK_DEG)
    block = ((lat + 90.0) // BLOCK_DEG * per_row + (lon + 180.0) // BLOCK_DEG).astype(np.int64)
    row, col = np.divmod(np.arange(per_row * round(180.0 / BLOCK_DEG), dtype=np.float64), per_row)
    middles = to_unit(np.column_stack([(col + 0.5) * BLOCK_DEG - 180.0, (row + 0.5) * BLOCK_DEG - 90.0]))
    wide_m = BLOCK_DEG / math.sqrt(2.0) * MOST_M_PER_DEG
    nearest = _metres(np.array([np.max(samples @ m, initial=-1.0) for m in middles]))
    bound = (nearest - wide_m - spacing_m)[block]
    half_m = shape.cell_deg / math.sqrt(2.0) * MOST_M_PER_DEG
    for one in np.flatnonzero(nearest < NEAR_M + wide_m).tolist():
        cells = np.flatnonzero((block == one) & empty)
        reach_m = nearest[one] + wide_m + NEAR_M
        near = samples[samples @ middles[one] >= math.cos(min(reach_m / EARTH_RADIUS_M, math.pi))]
        far = _metres(np.max(to_unit(np.column_stack([lon[cells], lat[cells]])) @ near.T, axis=1, initial=-1.0))
        far = np.minimum(far, reach_m - wide_m)  # those left out are farther than this
        bound[cells] = far - half_m - spacing_m
    # Every point of a border is within one spacing of a sample (the last stretch has one on one side only).
    units = np.floor(bound * ELLIPSOID_FACTOR / JUMP_UNIT_M)
    jumps: NDArray[np.uint16] = np.clip(units, 0, FARTHEST).astype(np.uint16)
    return jumps


def spread(a: Floats, b: Floats, count: Ints) -> Floats:
    """Set so many points along each edge, from its first end on; its last end has none."""
    edge, nth = numbered(count)
    points: Floats = a[edge] + (b[edge] - a[edge]) * (nth / count[edge])[:, None]
    return points


def _metres(cosines: Floats) -> Floats:
    """Return the distances that some cosines stand for."""
    found: Floats = np.arccos(np.clip(cosines, -1.0, 1.0)) * EARTH_RADIUS_M
    return found
