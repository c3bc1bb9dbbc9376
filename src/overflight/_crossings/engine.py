"""The engine for a few routes at a time, by whichever way is done first: interpreted, or compiled."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from overflight._crossings.interpreted import pays_to_compile, walk_interpreted
from overflight._crossings.spans import NOBODY, ROW, Legs, Rows
from overflight.airspace.pieces import UNDETERMINED

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Piece
    from overflight.partition.index import Index
    from overflight.routes import Leg

__all__ = ["Span", "expect", "labels_of", "legs_of", "spans_in", "walk_routes"]


BYTES_A_LEG = 60
"""What a leg takes in a file, roughly: 30 as CSV, 120 as GPX."""


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
        from overflight._crossings.compiled import rows_compiled

        return rows_compiled(index, legs, labels)
    return walk_interpreted(index, legs, labels)


def expect(route_bytes: int) -> None:
    """Load compiled code ahead of routes that stand in so many bytes of files, if they will take it anyway."""
    if pays_to_compile(route_bytes // BYTES_A_LEG, 0.0):
        import overflight._crossings.compiled  # noqa: F401 - whoever finds it loaded uses it


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


def spans_in(rows: Rows) -> list[Span]:
    """Read the rows of one route."""
    at = rows.at
    return [
        Span(rows.piece[k // ROW], at[k], at[k + 1], (at[k + 2], at[k + 3]), (at[k + 4], at[k + 5]))
        for k in range(0, ROW * rows.end[0], ROW)
    ]


@functools.lru_cache(maxsize=4)
def labels_of(world: Airspaces) -> list[int]:
    """Give pieces numbers such that neighbouring spans that are one crossing have one number; `NOBODY` for nobody's."""
    numbers: dict[tuple[object, ...], int] = {}
    return [
        NOBODY
        if piece.state is None and not piece.claimants
        else numbers.setdefault(same_crossing(piece), len(numbers))
        for piece in world.pieces
    ]


def same_crossing(piece: Piece) -> tuple[object, ...]:
    """Return what neighbouring spans share if they are one crossing."""
    return piece.state, piece.territory, piece.disputed, piece.claimants if piece.state in {None, UNDETERMINED} else ()
