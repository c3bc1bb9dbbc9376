"""The engine run by the interpreter, for a few routes: no array library, no compiler, a millisecond a route."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from overflight._crossings.chords import EDGE
from overflight._crossings.spans import DAMAGED, ROW, SCRATCH_FULL, Legs, Rows, spans_on_routes
from overflight._crossings.walk import CHORD, CUT, Scratch
from overflight.errors import DataError
from overflight.partition.locate import grid_of

if TYPE_CHECKING:
    from overflight.partition.index import Index

__all__ = ["MEND", "ambiguous", "pays_to_compile", "scratch", "walk_interpreted"]

MEND = "the airspace index contradicts itself: reinstall overflight"

LEG_S, KM_S = 5e-5, 1e-7
"""Seconds that the interpreter takes, a leg and a km; all four numbers were measured on one machine."""
LOAD_S = 1.0
"""Seconds for importing numba and loading compiled code, once a process."""
CALL_S = 3e-4
"""Seconds for a call of compiled code besides the work itself."""


def pays_to_compile(legs: int, length_km: float) -> bool:
    """Tell whether the interpreter would take longer than compiled code, loading it included unless it is loaded."""
    loaded = "overflight._crossings.compiled" in sys.modules
    return LEG_S * legs + KM_S * length_km > (CALL_S if loaded else LOAD_S)


def walk_interpreted(index: Index, legs: Legs, labels: Sequence[int]) -> Rows:
    """Divide routes into spans without compiling anything.

    Raises
    ------
    DataError
        If the index is damaged.
    """
    grid = grid_of(index)
    count = len(legs.first) - 1
    room, size = 64 * count + 4 * len(legs.lon1), 1
    while True:
        rows = Rows([0] * room, [0.0] * (ROW * room), [0] * count, [0.0] * count, [0.0] * count, [0] * count)
        _, why = spans_on_routes(grid, legs, labels, rows, scratch(size), 0, count)
        if why == 0:
            return rows
        if why == DAMAGED:
            raise DataError(MEND)
        if why == SCRATCH_FULL:
            size *= 4
        else:
            room *= 4


def scratch(size: int) -> Scratch:
    """Make room for the walk along one leg."""
    return Scratch(
        [0.0] * (CHORD * 64),
        [0.0] * (EDGE * 1024 * size),
        [0.0] * (CUT * 256 * size),
        [0] * (CUT * 256 * size),
        [0.0] * (256 * size),
        [0] * (256 * size),
        [0, 0],
    )


def ambiguous(row: int) -> str:
    """Say that a leg is between points that two shortest lines join."""
    return (
        f"row {row}: both ends lie (nearly) opposite each other on the Earth, so the shortest line between them is not "
        "unique: put a waypoint in between"
    )
