"""How the partition is stored: flat arrays, in the memory of a file or of our own; no array library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["COORD_SCALE", "HALF_TURN", "PER_DEG", "QUARTER_TURN", "Index"]

COORD_SCALE = 1e-7
"""Stored coordinates are whole multiples of this many degrees (1.1 cm on the ground)."""
PER_DEG = round(1.0 / COORD_SCALE)
HALF_TURN, QUARTER_TURN = 180 * PER_DEG, 90 * PER_DEG
ARRAYS = (
    *("vertices", "arc_start", "arc_left", "arc_right", "arc_accuracy"),
    *("cell_start", "runs", "cell_piece", "cell_jump"),
)
"""What a file holds of an `Index`: of the arcs, and of the cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The border arcs and the grid over them, as flat memory-mapped arrays; see `geodata/README.md` for each.

    An index equals itself only, so that what is made of one can be kept by it (`functools.lru_cache`).
    """

    vertices: memoryview
    arc_start: memoryview
    arc_left: memoryview
    arc_right: memoryview
    cell_start: memoryview
    runs: memoryview
    cell_piece: memoryview
    cell_jump: memoryview
    cell_deg: float
    n_cols: int
    n_rows: int
    arc_accuracy: memoryview | None = None

    @classmethod
    def mapped(cls, raw: memoryview, arrays: Mapping[str, Mapping[str, Any]], grid: Mapping[str, Any]) -> Index:
        """Find the arrays in a file.

        Parameters
        ----------
        raw : memoryview
            The file.
        arrays : mapping of str to mapping
            The format, offset and length in bytes of each array.
        grid : mapping of str to number
            `cell_deg`, `n_cols` and `n_rows`.
        """
        found = {}
        for name in ARRAYS:
            spec = arrays[name]
            found[name] = raw[spec["offset"] : spec["offset"] + spec["bytes"]].cast(spec["format"])
        return cls(**found, cell_deg=grid["cell_deg"], n_cols=grid["n_cols"], n_rows=grid["n_rows"])
