"""The grid over the arcs that the crossing engine walks, and the one binary file that holds both.

For every cell: the runs of edges that touch it or, if none does, the piece that it lies in and how far, at least, the
nearest border is from any of its points. `geodata/README.md` describes each array.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from geodata.topology import HALF_TURN, SCALE, Arcs, Ints

__all__ = ["CELL_DEG", "N_COLS", "N_ROWS", "Grid", "Locator", "build_grid", "pack"]

CELL_DEG = 0.25
N_COLS, N_ROWS = 1440, 720
SLACK = 10  # 1e-6 degree: an edge stands in every cell that it nearly touches
JUMP_UNIT_M = 100.0
SAMPLE_M = 2000.0
EARTH_RADIUS_M = 6_356_752.0
"""The polar radius of WGS84, the lesser of its two."""
ELLIPSOID_FACTOR = 0.99
"""A sphere misjudges WGS84 distances by 0.6 % at most, geodetic latitudes included."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Arrays of the grid; see `geodata/README.md`."""

    cell_start: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]
    cell_piece: npt.NDArray[np.int16]
    cell_jump: npt.NDArray[np.uint16]


def build_grid(arcs: Arcs) -> Grid:
    """Build the grid over arcs."""
    cell_start, runs = _runs(arcs)
    empty = np.diff(cell_start) == 0
    return Grid(
        cell_start=cell_start,
        runs=runs,
        cell_piece=_cell_pieces(arcs, empty),
        cell_jump=_jumps(arcs, empty),
    )


def pack(arcs: Arcs, accuracy_m: Ints, grid: Grid) -> tuple[bytes, dict[str, Any]]:
    """Lay all arrays end to end, each on an eight-byte boundary, little-endian; say where each one stands."""
    arrays = {
        "vertices": ("i", arcs.xy.astype("<i4")),
        "arc_start": ("i", arcs.start.astype("<i4")),
        "arc_left": ("H", arcs.left.astype("<u2")),
        "arc_right": ("H", arcs.right.astype("<u2")),
        "arc_kind": ("B", arcs.kind.astype("<u1")),
        "arc_accuracy": ("H", accuracy_m.astype("<u2")),
        "cell_start": ("i", grid.cell_start.astype("<i4")),
        "runs": ("i", grid.runs.astype("<i4")),
        "cell_piece": ("h", grid.cell_piece.astype("<i2")),
        "cell_jump": ("H", grid.cell_jump.astype("<u2")),
    }
    blob = bytearray()
    specs = {}
    for name, (fmt, array) in arrays.items():
        raw = array.tobytes()
        specs[name] = {"format": fmt, "offset": len(blob), "bytes": len(raw), "shape": list(array.shape)}
        blob += raw + bytes(-len(raw) % 8)
    return bytes(blob), specs


class Locator:
    """Which piece a point lies in, from the arcs alone; for points that lie on no border."""

    def __init__(self, arcs: Arcs) -> None:
        first, self._arc = arcs.edges()
        self._arcs = arcs
        self._a, self._b = arcs.xy[first].astype(np.float64), arcs.xy[first + 1].astype(np.float64)

    def piece(self, lon: float, lat: float) -> int:
        """Look east along the parallel: the first border met tells what lies on its western side."""
        x, y = lon * SCALE, lat * SCALE
        spans = np.flatnonzero((self._a[:, 1] <= y) != (self._b[:, 1] <= y))
        if not len(spans):
            return 0
        a, b = self._a[spans], self._b[spans]
        at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
        nearest = int(np.argmin((at - x) % (2 * HALF_TURN)))
        side = self._arcs.left if b[nearest, 1] > a[nearest, 1] else self._arcs.right
        return int(side[self._arc[spans[nearest]]])


def _runs(arcs: Arcs) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return, in cell order, the runs of edges (first edge, how many, arc) that touch each cell."""
    first, arc = arcs.edges()
    a, b = arcs.xy[first].astype(np.int64), arcs.xy[first + 1].astype(np.int64)
    step = round(CELL_DEG * SCALE)
    low = (np.minimum(a, b) - SLACK + [HALF_TURN, HALF_TURN // 2]) // step
    high = (np.maximum(a, b) + SLACK + [HALF_TURN, HALF_TURN // 2]) // step
    wide = high - low + 1
    count = wide[:, 0] * wide[:, 1]
    edge = np.repeat(np.arange(len(first)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    col, row = low[edge, 0] + nth % wide[edge, 0], low[edge, 1] + nth // wide[edge, 0]
    many = np.flatnonzero(count[edge] > 1)
    west, south = col[many] * CELL_DEG - 180, row[many] * CELL_DEG - 90
    slack = 2 * SLACK / SCALE
    boxes = shapely.box(west - slack, south - slack, west + CELL_DEG + slack, south + CELL_DEG + slack)
    segments = shapely.linestrings(np.stack([a[edge[many]], b[edge[many]]], axis=1) / SCALE)
    touched = np.ones(len(edge), bool)
    touched[many] = shapely.intersects(boxes, segments)
    edge, cell = edge[touched], (row * N_COLS + col % N_COLS)[touched]

    order = np.lexsort((edge, cell))
    edge, cell = edge[order], cell[order]
    fresh = np.ones(len(edge), bool)
    fresh[1:] = (cell[1:] != cell[:-1]) | (edge[1:] != edge[:-1] + 1) | (arc[edge[1:]] != arc[edge[:-1]])
    begin = np.flatnonzero(fresh)
    length = np.diff(np.append(begin, len(edge)))
    # Edges are numbered by their first vertex in the file.
    runs = np.column_stack([first[edge[begin]], length, arc[edge[begin]]]).astype(np.int32)
    start = np.searchsorted(cell[begin], np.arange(N_COLS * N_ROWS + 1)).astype(np.int32)
    return start, runs


def _cell_pieces(arcs: Arcs, empty: npt.NDArray[np.bool_]) -> npt.NDArray[np.int16]:
    """Label cells without edges: neighbours without edges share their piece, so one point a group settles it."""
    groups, count = ndimage.label(empty.reshape(N_ROWS, N_COLS))
    _, representative = np.unique(groups.ravel(), return_index=True)
    locator = Locator(arcs)
    piece = np.full(count + 1, -1, np.int16)
    for cell in representative:
        group = groups.ravel()[cell]
        if group:
            row, col = divmod(int(cell), N_COLS)
            piece[group] = locator.piece((col + 0.5) * CELL_DEG - 180, (row + 0.5) * CELL_DEG - 90)
    labels: npt.NDArray[np.int16] = piece[groups.ravel()]
    return labels


def _jumps(arcs: Arcs, empty: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint16]:
    """Bound from below the distance from any point of a cell to the nearest border.

    The distance from the cell's middle to the nearest of points set at most `SAMPLE_M` apart on all borders, less
    half that spacing and the cell's half diagonal, all on the sphere inside the ellipsoid.
    """
    first, _ = arcs.edges()
    a, b = arcs.xy[first] / SCALE, arcs.xy[first + 1] / SCALE
    cos = np.cos(np.radians(np.minimum(np.abs(a[:, 1]), np.abs(b[:, 1]))))
    metres = np.hypot((b[:, 0] - a[:, 0]) * cos, b[:, 1] - a[:, 1]) * 111_700
    count = np.maximum(1, np.ceil(metres / SAMPLE_M)).astype(np.int64)
    edge = np.repeat(np.arange(len(first)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    samples = a[edge] + (b[edge] - a[edge]) * (nth / count[edge])[:, None]
    cells = np.flatnonzero(empty)
    lon, lat = (cells % N_COLS + 0.5) * CELL_DEG - 180, (cells // N_COLS + 0.5) * CELL_DEG - 90
    chord, _ = cKDTree(_unit(samples[:, 0], samples[:, 1])).query(_unit(lon, lat), workers=-1)
    arc_m = 2 * np.arcsin(np.clip(chord / 2, 0, 1)) * EARTH_RADIUS_M
    widest = np.cos(np.radians(np.maximum(np.abs(lat) - CELL_DEG / 2, 0)))
    half_diagonal_m = np.hypot(CELL_DEG / 2, CELL_DEG / 2 * widest) * 111_700
    # Every point of a border is within one spacing of a sample (the last stretch of an arc has one on one side only).
    bound = (arc_m - SAMPLE_M) * ELLIPSOID_FACTOR - half_diagonal_m
    jump = np.zeros(len(empty), np.uint16)
    jump[cells] = np.clip(np.floor(bound / JUMP_UNIT_M), 0, 65_535).astype(np.uint16)
    return jump


def _unit(lon: npt.NDArray[np.floating[Any]], lat: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
