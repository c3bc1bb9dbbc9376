"""The index that the crossing engine walks, with the nearest borders measured closely, and the file that holds it.

The grid is the package's own (`overflight.partition.grid`), and so is the form in which it is stored.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from overflight.earth.constants import MOST_M_PER_DEG
from overflight.earth.sphere import to_unit
from overflight.partition.arcs import Arcs
from overflight.partition.grid import (
    EARTH_RADIUS_M,
    ELLIPSOID_FACTOR,
    FARTHEST,
    JUMP_UNIT_M,
    Shape,
    index_of,
    spread,
)
from overflight.partition.index import PER_DEG, Index

__all__ = ["CELL_DEG", "index_as_shipped", "pack"]

CELL_DEG = 0.25
SAMPLE_M = 2000.0


def index_as_shipped(arcs: Arcs) -> Index:
    """Build the grid over arcs."""
    return index_of(arcs, CELL_DEG, jumps=nearest_borders)


def pack(index: Index, kind: npt.NDArray[np.int64]) -> tuple[bytes, dict[str, Any]]:
    """Lay all arrays end to end, each on an eight-byte boundary, little-endian; say where each one stands."""
    arrays: dict[str, tuple[memoryview | None, int]] = {
        "vertices": (index.vertices, 2),
        "arc_start": (index.arc_start, 1),
        "arc_left": (index.arc_left, 1),
        "arc_right": (index.arc_right, 1),
        "arc_kind": (memoryview(kind.astype(np.uint8).tobytes()), 1),
        "arc_accuracy": (index.arc_accuracy, 1),
        "cell_start": (index.cell_start, 1),
        "runs": (index.runs, 3),
        "cell_piece": (index.cell_piece, 1),
        "cell_jump": (index.cell_jump, 1),
    }
    blob = bytearray()
    specs = {}
    for name, (flat, width) in arrays.items():
        if flat is None:
            continue
        shape = [len(flat) // width, width] if width > 1 else [len(flat)]
        specs[name] = {"format": flat.format, "offset": len(blob), "bytes": flat.nbytes, "shape": shape}
        values = np.asarray(flat)
        blob += values.astype(values.dtype.newbyteorder("<")).tobytes() + bytes(-flat.nbytes % 8)
    return bytes(blob), specs


def nearest_borders(arcs: Arcs, shape: Shape, empty: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint16]:
    """Bound from below the distance from any point of an empty cell to the nearest border, in units of 100 m.

    The distance from the cell's middle to the nearest of points set at most `SAMPLE_M` apart on all borders, less
    that spacing and the cell's half diagonal, all on the sphere inside the ellipsoid. Closer than the package's own
    bound, and slower to find: it is found once, and the engine leaps by it in every walk.
    """
    first, _ = arcs.edges()
    a, b = arcs.xy[first] / PER_DEG, arcs.xy[first + 1] / PER_DEG
    cos = np.cos(np.radians(np.minimum(np.abs(a[:, 1]), np.abs(b[:, 1]))))
    metres = np.hypot((b[:, 0] - a[:, 0]) * cos, b[:, 1] - a[:, 1]) * MOST_M_PER_DEG
    samples = spread(a, b, np.maximum(1, np.ceil(metres / SAMPLE_M)).astype(np.int64))
    cells = np.flatnonzero(empty)
    half = shape.cell_deg / 2
    lon = (cells % shape.n_cols + 0.5) * shape.cell_deg - 180
    lat = (cells // shape.n_cols + 0.5) * shape.cell_deg - 90
    chord, _ = cKDTree(to_unit(samples)).query(to_unit(np.column_stack([lon, lat])), workers=-1)
    arc_m = 2 * np.arcsin(np.clip(chord / 2, 0, 1)) * EARTH_RADIUS_M
    widest = np.cos(np.radians(np.maximum(np.abs(lat) - half, 0)))
    half_diagonal_m = np.hypot(half, half * widest) * MOST_M_PER_DEG
    # Every point of a border is within one spacing of a sample (the last stretch of an arc has one on one side only).
    bound = (arc_m - SAMPLE_M) * ELLIPSOID_FACTOR - half_diagonal_m
    jump = np.zeros(len(empty), np.uint16)
    jump[cells] = np.clip(np.floor(bound / JUMP_UNIT_M), 0, FARTHEST).astype(np.uint16)
    return jump
