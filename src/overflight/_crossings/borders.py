"""The borders asked for as a tree of blocks of cells, read from the index as far as it is asked for."""

from __future__ import annotations

import functools
import math
from itertools import pairwise
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from overflight._crossings.parts import Point
from overflight.earth import cartesian
from overflight.earth.constants import EQUATOR_RADIUS_M, MOST_M_PER_DEG
from overflight.partition.locate import HALF_TURN, PER_DEG, QUARTER_TURN, cell_width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overflight.partition.index import Index

__all__ = ["Block", "Borders", "Mark", "Run"]

EDGE_SAG_M = 0.05
"""Points are set on long border edges so that geodesics between them stay this close to the edge."""
EDGE_M = 5_000.0
"""Longest edge between such points: a straight line between its ends is 0.5 m below the ground at its middle."""
SHORT_M = 500.0
"""No edge as short as this needs points set on it."""
SLACK = 5.0
"""Units; edges stand in every cell that they come near."""
TOP, READ, MIDDLE = 8, 4, 2
"""Blocks are 2 to these powers cells wide: the topmost, those that are read, and those between them and cells."""
FEW = 8
"""So many cells need no blocks between."""
MARKS = 8
"""Marks that are bounded together."""
UNREAD = -1
"""The targets of a block that was not read: any."""

Mark = tuple[float, float, float, float, float]
"""A point of a border: lon and lat in units, then earth-centred in metres."""

Cell = tuple[int, int, int]
"""Row, column, and the targets that have a border in it."""


class Run(NamedTuple):
    """A few marks of one arc, one after another, in a ball; and the targets whose border they are."""

    targets: int
    arc: int
    marks: list[Mark]
    middle: Point
    radius_m: float


class Block:
    """Cells within a ball, and as bits the targets that have a border in them.

    Its children are `cells`, unless they were made into blocks already.
    """

    __slots__ = ("cells", "children", "col", "level", "middle", "radius_m", "row", "runs", "targets")

    def __init__(self, at: tuple[int, int, int], middle: Point, radius_m: float, targets: int) -> None:
        self.level, self.row, self.col = at
        self.middle = middle
        self.radius_m = radius_m
        self.targets = targets
        self.cells: list[Cell] = []
        self.children: list[Block] | None = None
        self.runs: list[Run] = []


class Borders:
    """The tree over the grid of an index.

    Parameters
    ----------
    index : Index
        Arcs and grid.
    holders : mapping of int to int
        For each piece, as bits, the targets whose airspace it is.
    known : mapping of accuracy in metres to int, optional
        As bits, the targets for which borders of this accuracy count; all of them for all by default.
    """

    def __init__(self, index: Index, holders: Mapping[int, int], known: Mapping[int, int] | None = None) -> None:
        self.index = index
        self.holders = holders
        self.known = known
        self._bands: dict[tuple[int, int], tuple[float, float, float]] = {}
        side = 1 << TOP
        self.tops = [
            self._block(TOP, row, col)
            for row in range(-(-index.n_rows // side))
            for col in range(-(-index.n_cols // side))
        ]

    def targets(self, block: Block) -> int:
        """Return the targets of a block; those of one of the larger ones are not known, which is -1: any."""
        if block.targets == UNREAD and block.level == READ:
            self._read(block)
        return block.targets

    def split(self, block: Block) -> list[Block]:
        """Return the blocks that a block is made of, cells in the end; what holds no target is left out."""
        if block.children is None:
            if block.level > READ:
                finer, step = block.level - 2, 4
                rows, cols = -(-self.index.n_rows // (1 << finer)), -(-self.index.n_cols // (1 << finer))
                block.children = [
                    self._block(finer, row, col)
                    for row in range(step * block.row, min(step * block.row + step, rows))
                    for col in range(step * block.col, min(step * block.col + step, cols))
                ]
            else:
                block.children = [self._block(0, *cell) for cell in block.cells]
        return block.children

    def runs(self, cell: Block) -> list[Run]:
        """Return the marks of a cell."""
        if not cell.runs:
            index, runs = self.index, self.index.runs
            number = cell.row * index.n_cols + cell.col
            for z in range(3 * index.cell_start[number], 3 * index.cell_start[number + 1], 3):
                targets = self._ending_at(runs[z + 2])
                if targets:
                    for line in _lines_of(index, number, runs[z], runs[z + 1]):
                        for first in range(0, max(1, len(line) - 1), MARKS):
                            some = line[first : first + MARKS + 1]  # with the first of the next, for the edge between
                            middle = some[len(some) // 2][2:]
                            radius_m = max(math.dist(middle, mark[2:]) for mark in some)
                            cell.runs.append(Run(targets, runs[z + 2], some, middle, radius_m))
        return cell.runs

    def _read(self, block: Block) -> None:
        """Find the cells of a block that hold a border asked for, and put them in blocks between if there are many."""
        index, side = self.index, 1 << READ
        first, last_row = block.col * side, min((block.row + 1) * side, index.n_rows)
        last = min(first + side, index.n_cols)
        starts, runs = index.cell_start, index.runs
        cells: list[Cell] = []
        block.targets = 0
        for row in range(block.row * side, last_row):
            base = row * index.n_cols
            if starts[base + first] == starts[base + last]:
                continue
            bounds = starts[base + first : base + last + 1].tolist()
            for col, (begin, end) in enumerate(pairwise(bounds), first):
                targets = 0
                for z in range(3 * begin + 2, 3 * end, 3):
                    targets |= self._ending_at(runs[z])
                if targets:
                    cells.append((row, col, targets))
                    block.targets |= targets
        if len(cells) <= FEW:
            block.cells = cells
            return
        block.children = []
        between: dict[tuple[int, int], list[Cell]] = {}
        for cell in cells:
            between.setdefault((cell[0] >> MIDDLE, cell[1] >> MIDDLE), []).append(cell)
        for (row, col), inside in between.items():
            targets = functools.reduce(or_, (cell[2] for cell in inside))
            block.children.append(self._block(MIDDLE, row, col, targets))
            block.children[-1].cells = inside

    def _ending_at(self, arc: int) -> int:
        """Return the targets whose airspace ends at an arc."""
        index = self.index
        ending = self.holders.get(index.arc_left[arc], 0) ^ self.holders.get(index.arc_right[arc], 0)
        if ending and self.known is not None and index.arc_accuracy is not None:
            ending &= self.known.get(index.arc_accuracy[arc], 0)
        return ending

    def _block(self, level: int, row: int, col: int, targets: int = UNREAD) -> Block:
        """Return a block with a ball that holds every point of its cells."""
        side, deg = 1 << level, self.index.cell_deg
        band = self._bands.get((level, row))
        if band is None:
            south, north = row * side * deg - 90.0, min((row + 1) * side * deg, 180.0) - 90.0
            # No way is longer than one straight in lon/lat where the parallels are longest.
            widest = math.cos(math.radians(0.0 if south < 0.0 < north else min(abs(south), abs(north))))
            radius_m = 0.5 * math.hypot(north - south, side * deg * widest) * MOST_M_PER_DEG + 1.0
            from_axis, _, z = cartesian(0.0, 0.5 * (south + north))
            band = self._bands[level, row] = from_axis, z, radius_m
        from_axis, z, radius_m = band
        # The last block of a row may reach beyond 180 degrees, where it does no harm.
        lon = math.radians((col + 0.5) * side * deg - 180.0)
        middle = from_axis * math.cos(lon), from_axis * math.sin(lon), z
        return Block((level, row, col), middle, radius_m, targets)


def _lines_of(index: Index, cell: int, first: int, count: int) -> list[list[Mark]]:
    """Return the vertices of a run of edges, with points set on long edges where they pass the cell.

    Two lines are apart where there is border between them that passes other cells.
    """
    flat = index.vertices[2 * first : 2 * (first + count + 1)].tolist()
    lat = abs((cell // index.n_cols + 0.5) * index.cell_deg - 90.0)
    low, high = max(0.0, lat - 0.5 * index.cell_deg), min(90.0, lat + 0.5 * index.cell_deg)
    widest, steepest = math.cos(math.radians(low)), math.sin(math.radians(high))
    lines: list[list[Mark]] = [[]]
    x1, y1 = flat[0], flat[1]
    for x, y in zip(flat[::2], flat[1::2], strict=True):
        parts = _parts(abs(x - x1), abs(y - y1), widest, steepest)
        if parts > 1:
            begin, end = _passing(index, cell, (x1, y1, x, y), parts)
            if begin > 1 or begin > end:
                lines.append([])
            for k in range(begin, end + 1):
                u, v = x1 + (x - x1) * k / parts, y1 + (y - y1) * k / parts
                lines[-1].append((u, v, *cartesian(u / PER_DEG, v / PER_DEG)))
            if begin <= end < parts - 1:
                lines.append([])
        lines[-1].append((x, y, *cartesian(x / PER_DEG, y / PER_DEG)))
        x1, y1 = x, y
    return lines


def _parts(east: float, north: float, widest: float, steepest: float) -> int:
    """Return into how many parts to divide an edge, given in units, by the cosine and sine of its latitude at most.

    Each part is then straight enough, as seen from above and from the side.
    """
    east, north = math.radians(east / PER_DEG), math.radians(north / PER_DEG)
    length2 = (widest * east) ** 2 + north * north
    if EQUATOR_RADIUS_M * (east + north) < SHORT_M:
        return 1
    # A curve strays from the geodesic between its ends by an eighth of its bend and its length.
    sag_m = EQUATOR_RADIUS_M * steepest * east * (length2 + north * north) / (8.0 * math.sqrt(length2))
    return math.ceil(max(math.sqrt(sag_m / EDGE_SAG_M), 1.01 * EQUATOR_RADIUS_M * math.sqrt(length2) / EDGE_M, 1.0))


def _passing(index: Index, cell: int, edge: tuple[int, int, int, int], parts: int) -> tuple[int, int]:
    """Return the first and the last of the points between the parts of an edge that pass a cell, one more each way."""
    x1, y1, x2, y2 = edge
    row, col = divmod(cell, index.n_cols)
    width = cell_width(index)
    first, last = 0.0, 1.0
    # An edge at 180 degrees stands in the columns on both sides of it; there, as a rule, it is short.
    if 0 < col < index.n_cols - 1:
        low_x, low_y = col * width - HALF_TURN, row * width - QUARTER_TURN
        for a, b, low in ((x1, x2, low_x), (y1, y2, low_y)):
            if a != b:
                t, u = (low - SLACK - a) / (b - a), (low + width + SLACK - a) / (b - a)
                first, last = max(first, min(t, u)), min(last, max(t, u))
    return max(1, math.floor(first * parts)), min(parts - 1, math.ceil(last * parts))
