"""The engine run by the interpreter, for a few routes: no array library, no compiler, a millisecond a route."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from overflight._crossings.chords import EDGE
from overflight._crossings.spans import DAMAGED, NOBODY, ROW, SCRATCH_FULL, Legs, Rows, spans_on_routes
from overflight._crossings.walk import CHORD, CUT, Scratch
from overflight.errors import DataError
from overflight.partition.locate import grid_of

if TYPE_CHECKING:
    from overflight.airspace import Piece
    from overflight.partition.index import Index
    from overflight.routes import Leg, Route

__all__ = [
    "MEND",
    "Span",
    "labels_of",
    "legs_of",
    "pays_to_compile",
    "spans_in",
    "spans_on",
    "walk_interpreted",
    "walk_routes",
]

MEND = "the airspace index contradicts itself: reinstall overflight"
CLAIMED = "XXX"


LEG_S, KM_S = 5e-5, 1e-7
"""Seconds that the interpreter takes, a leg and a km; all four numbers were measured on one machine."""
LOAD_S = 1.0
"""Seconds for importing numba and loading compiled code, once a process."""
CALL_S = 3e-4
"""Seconds for a call of compiled code besides the work itself."""


class Span(NamedTuple):
    """A stretch of a route: piece entered first, km from the route's start, ends in degrees."""

    piece: int
    entry_km: float
    exit_km: float
    entry: tuple[float, float]
    exit: tuple[float, float]


def walk_routes(index: Index, legs: Legs, labels: Sequence[int]) -> Rows:
    """Divide routes into spans, by whichever engine is done first; see `spans.spans_on_routes`.

    Raises
    ------
    DataError
        If the index is damaged.
    """
    if pays_to_compile(len(legs.lon1), sum(legs.length_m) / 1000.0):
        from overflight._crossings.bulk import rows_compiled

        return rows_compiled(index, legs, labels)
    return walk_interpreted(index, legs, labels)


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


def legs_of(routes: Iterable[Sequence[Leg]]) -> Legs:
    """Lay the legs of routes end to end."""
    parts = list(routes)
    flat = [leg for part in parts for leg in part]
    return Legs(
        [leg.start.lon for leg in flat],
        [leg.start.lat for leg in flat],
        [leg.end.lon for leg in flat],
        [leg.end.lat for leg in flat],
        [leg.length_m for leg in flat],
        [leg.azimuth_deg for leg in flat],
        list(accumulate((len(part) for part in parts), initial=0)),
    )


def spans_on(route: Route, index: Index) -> tuple[list[Span], int]:
    """Divide one route into spans piece by piece, nobody's airspace (piece 0) included.

    Returns
    -------
    spans : list of Span
        From the route's first metre to its last without a gap, neighbours in different pieces.
    settled : int
        Legs whose walk failed the self-check, and which were settled by locating points.
    """
    highest = max(max(numbers) for numbers in (index.arc_left, index.arc_right, index.cell_piece) if len(numbers))
    every = range(1 + highest)
    rows = walk_routes(index, legs_of([route.legs]), every)
    return spans_in(rows), rows.settled[0]


def spans_in(rows: Rows) -> list[Span]:
    """Read the rows of one route."""
    at = rows.at
    return [
        Span(rows.piece[k // ROW], at[k], at[k + 1], (at[k + 2], at[k + 3]), (at[k + 4], at[k + 5]))
        for k in range(0, ROW * rows.end[0], ROW)
    ]


_labels: list[tuple[tuple[Piece, ...], list[int]]] = []


def labels_of(pieces: tuple[Piece, ...]) -> list[int]:
    """Give pieces numbers such that neighbouring spans that are one crossing have one number; `NOBODY` for nobody's."""
    for known, labels in _labels:
        if known is pieces:
            return labels
    numbers: dict[tuple[object, ...], int] = {}
    labels = [
        NOBODY
        if piece.state is None and not piece.claimants
        else numbers.setdefault(same_crossing(piece), len(numbers))
        for piece in pieces
    ]
    _labels.insert(0, (pieces, labels))
    del _labels[4:]
    return labels


def same_crossing(piece: Piece) -> tuple[object, ...]:
    """Return what neighbouring spans share if they are one crossing."""
    return piece.state, piece.territory, piece.disputed, piece.claimants if piece.state in {None, CLAIMED} else ()
