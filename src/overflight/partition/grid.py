"""The grid over border arcs: put new arcs into one, or make one anew; see `geodata/README.md` for each array."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.earth.constants import MOST_M_PER_DEG, POLE_RADIUS_M
from overflight.earth.sphere import unit_vectors
from overflight.partition.arcs import HALF_TURN, PER_DEG, QUARTER_TURN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.airspace import Index
    from overflight.partition.arcs import Arcs

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Runs", "cells_in", "centres", "farther_than", "runs_of"]

SLACK = 10
"""Units; an edge stands in every cell that it comes this near to, and in none that is twice as far."""
JUMP_UNIT_M = 100.0
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


def runs_of(arcs: Arcs, chosen: Ints, index: Index) -> Runs:
    """Return the runs of some arcs over the grid of an index."""
    first, arc = arcs.edges()
    mine = np.isin(arc, chosen)
    first, arc = first[mine], arc[mine]
    a, b = arcs.xy[first].astype(np.int64), arcs.xy[first + 1].astype(np.int64)
    step = round(index.cell_deg * PER_DEG)
    low = (np.minimum(a, b) - SLACK + [HALF_TURN, QUARTER_TURN]) // step
    high = (np.maximum(a, b) + SLACK + [HALF_TURN, QUARTER_TURN]) // step
    low[:, 1], high[:, 1] = np.maximum(low[:, 1], 0), np.minimum(high[:, 1], index.n_rows - 1)
    wide = high - low + 1
    count = wide[:, 0] * wide[:, 1]
    edge = np.repeat(np.arange(len(first)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    col, row = low[edge, 0] + nth % wide[edge, 0], low[edge, 1] + nth // wide[edge, 0]
    many = np.flatnonzero(count[edge] > 1)
    west, south = col[many] * step - HALF_TURN, row[many] * step - QUARTER_TURN
    boxes = shapely.box(west - 2 * SLACK, south - 2 * SLACK, west + step + 2 * SLACK, south + step + 2 * SLACK)
    segments = shapely.linestrings(np.stack([a[edge[many]], b[edge[many]]], axis=1).astype(np.float64))
    touched = np.ones(len(edge), np.bool_)
    touched[many] = shapely.intersects(boxes, segments)
    edge, cell = edge[touched], (row * index.n_cols + col % index.n_cols)[touched]
    order = np.lexsort((edge, cell))
    edge, cell = edge[order], cell[order]
    fresh = np.ones(len(edge), np.bool_)
    fresh[1:] = (cell[1:] != cell[:-1]) | (first[edge[1:]] != first[edge[:-1]] + 1) | (arc[edge[1:]] != arc[edge[:-1]])
    begin = np.flatnonzero(fresh)
    return Runs(cell[begin], first[edge[begin]], np.diff(np.append(begin, len(edge))), arc[edge[begin]])


def centres(index: Index) -> tuple[Floats, Floats]:
    """Return longitude and latitude of the middle of every cell."""
    cells = np.arange(index.n_cols * index.n_rows)
    row, col = np.divmod(cells.astype(np.float64), index.n_cols)
    return (col + 0.5) * index.cell_deg - 180.0, (row + 0.5) * index.cell_deg - 90.0


def cells_in(bounds: tuple[float, float, float, float], index: Index) -> Ints:
    """Return the cells whose middles may lie in a box, in degrees."""
    halves = (180.0, 90.0, 180.0, 90.0)
    west, south, east, north = ((edge + half) / index.cell_deg - 0.5 for edge, half in zip(bounds, halves, strict=True))
    columns = np.arange(max(0, math.floor(west)), min(index.n_cols - 1, math.ceil(east)) + 1)
    rows = np.arange(max(0, math.floor(south)), min(index.n_rows - 1, math.ceil(north)) + 1)
    cells: Ints = (rows[:, None] * index.n_cols + columns).ravel()
    return cells


def farther_than(arcs: Arcs, index: Index) -> NDArray[np.uint16]:
    """Bound from below, in units of 100 m, how far it is from anywhere in each cell to the nearest of some arcs.

    Notes
    -----
    The distance from the cell's middle to the nearest of points set along all borders, less their spacing and the
    cell's half diagonal. Cells far away share the bound of a block of `BLOCK_DEG`.
    """
    first, _ = arcs.edges()
    a, b = arcs.xy[first] / PER_DEG, arcs.xy[first + 1] / PER_DEG
    metres = np.hypot(*(b - a).T) * MOST_M_PER_DEG
    spacing_m = max(SAMPLE_M, float(metres.sum()) / MOST_SAMPLES)
    count = np.maximum(1, np.ceil(metres / spacing_m)).astype(np.int64)
    edge = np.repeat(np.arange(len(first)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    points = a[edge] + (b[edge] - a[edge]) * (nth / count[edge])[:, None]
    # One for all that lie within a small box.
    boxes = np.floor(points / BOX_DEG).astype(np.int64)
    _, kept = np.unique(boxes[:, 0] * 100_000 + boxes[:, 1], return_index=True)
    samples = unit_vectors(*points[kept].T)
    spacing_m += BOX_DEG * math.sqrt(2.0) * MOST_M_PER_DEG
    lon, lat = centres(index)
    per_row = round(360.0 / BLOCK_DEG)
    block = ((lat + 90.0) // BLOCK_DEG * per_row + (lon + 180.0) // BLOCK_DEG).astype(np.int64)
    row, col = np.divmod(np.arange(per_row * round(180.0 / BLOCK_DEG), dtype=np.float64), per_row)
    middles = unit_vectors((col + 0.5) * BLOCK_DEG - 180.0, (row + 0.5) * BLOCK_DEG - 90.0)
    wide_m = BLOCK_DEG / math.sqrt(2.0) * MOST_M_PER_DEG
    nearest = _metres(np.array([np.max(samples @ m, initial=-1.0) for m in middles]))
    bound = (nearest - wide_m - spacing_m)[block]
    half_m = index.cell_deg / math.sqrt(2.0) * MOST_M_PER_DEG
    for one in np.flatnonzero(nearest < NEAR_M + wide_m).tolist():
        cells = np.flatnonzero(block == one)
        reach_m = nearest[one] + wide_m + NEAR_M
        near = samples[samples @ middles[one] >= math.cos(min(reach_m / EARTH_RADIUS_M, math.pi))]
        far = _metres(np.max(unit_vectors(lon[cells], lat[cells]) @ near.T, axis=1, initial=-1.0))
        far = np.minimum(far, reach_m - wide_m)  # those left out are farther than this
        bound[cells] = far - half_m - spacing_m
    # Every point of a border is within one spacing of a sample (the last stretch has one on one side only).
    units = np.floor(bound * ELLIPSOID_FACTOR / JUMP_UNIT_M)
    jumps: NDArray[np.uint16] = np.clip(units, 0, 65_535).astype(np.uint16)
    return jumps


def _metres(cosines: Floats) -> Floats:
    """Return the distances that some cosines stand for."""
    found: Floats = np.arccos(np.clip(cosines, -1.0, 1.0)) * EARTH_RADIUS_M
    return found
