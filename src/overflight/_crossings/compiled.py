"""The engine compiled, for many routes: a chunk of them to a thread at a time, on arrays of NumPy's."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from overflight._crossings.chords import collect, columns, is_beside
from overflight._crossings.interpreted import MEND, ambiguous, scratch
from overflight._crossings.spans import DAMAGED, ROW, ROWS_FULL, Legs, Rows, spans_on_routes
from overflight._crossings.table import Found
from overflight._crossings.walk import Scratch
from overflight.earth.compiled import compiled, safe_in_threads
from overflight.earth.many import inverse_each_compiled
from overflight.errors import DataError, RouteError
from overflight.partition.locate import BLOCK, Grid, grid_of

if TYPE_CHECKING:
    from overflight.partition.index import Index

__all__ = ["compiled_grid", "inverse_each_compiled", "processors", "rows_compiled", "walk_compiled"]

R = TypeVar("R")
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CHUNK_LEGS = 2048
"""Legs that a thread takes at a time."""
ROWS_A_LEG = 16
_ARRAYS = {"vertices", "cell_start", "runs", "cell_piece", "cell_jump", "arc_left", "arc_right"}


def _twin(function: Callable[..., R], *into_callers: Callable[..., Any]) -> Callable[..., R]:
    made = compiled(
        function,
        what="the engine for many routes",
        takes="some seconds",
        allocates=False,
        into_callers=into_callers,
    )
    return safe_in_threads(made)


# Calls of these parts would take 3 % of the time.
_spans_on_routes_compiled = _twin(spans_on_routes, collect, columns, is_beside)


def walk_compiled(
    index: Index, ends: Sequence[Floats], first: Integers, labels: Sequence[int], threads: int | None = None
) -> Found:
    """Divide routes into spans by compiled code, a chunk of routes to a thread at a time."""
    count, routes = len(ends[0]), len(first) - 1
    legs = Legs(ends[0], ends[1], ends[2], ends[3], np.empty(count), np.empty(count), first)
    whole = Found(
        np.empty(0, np.int32),
        np.empty((0, ROW)),
        np.empty(routes, np.int64),
        np.empty(routes),
        np.empty(routes),
        np.empty(routes, np.int64),
    )
    grid, numbers = compiled_grid(index), np.array(labels, np.int64)
    own = threading.local()

    def work(part: tuple[int, int]) -> tuple[list[npt.NDArray[np.int32]], list[Floats]]:
        begin, end = part
        row = inverse_each_compiled(*ends, first[begin], first[end], legs.length_m, legs.azimuth_deg)
        if row < first[end]:
            raise RouteError(ambiguous(row))
        pieces, ats = [], []
        while begin < end:
            rows = _buffer(own, whole)
            done, why = _spans_on_routes_compiled(grid, legs, numbers, rows, own.scratch, begin, end)
            ends_at = whole.counts[begin:done]
            if done > begin:
                total = ends_at[-1]
                pieces.append(rows.piece[:total].copy())
                ats.append(rows.at[: ROW * total].reshape(total, ROW).copy())
                whole.counts[begin:done] = np.diff(ends_at, prepend=0)
            elif why == DAMAGED:
                raise DataError(MEND)
            elif why == ROWS_FULL:
                own.room *= 4
            else:
                own.size *= 4
            begin = done
        return pieces, ats

    parts = list(_parts(first))
    workers = min(threads or processors(), len(parts))
    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(work, parts))
    else:
        found = [work(part) for part in parts]
    pieces = [piece for some, _ in found for piece in some]
    ats = [at for _, some in found for at in some]
    return whole._replace(piece=np.concatenate([whole.piece, *pieces]), at=np.concatenate([whole.at, *ats]))


def rows_compiled(index: Index, legs: Legs, labels: Sequence[int]) -> Rows:
    """Divide routes given as lists into spans by compiled code; see `engine.walk_routes`."""
    ends = [np.array(column, np.float64) for column in legs[:4]]
    found = walk_compiled(index, ends, np.array(legs.first, np.int64), labels)
    return Rows(
        found.piece.tolist(),
        found.at.ravel().tolist(),
        np.cumsum(found.counts).tolist(),
        found.length_km.tolist(),
        found.high_seas_km.tolist(),
        found.settled.tolist(),
    )


def _parts(first: Integers) -> Iterator[tuple[int, int]]:
    """Cut routes into parts of about `CHUNK_LEGS` legs."""
    begin, routes = 0, len(first) - 1
    while begin < routes:
        end = int(np.searchsorted(first, first[begin] + CHUNK_LEGS, side="right")) - 1
        end = min(max(end, begin + 1), routes)
        yield begin, end
        begin = end


def _buffer(own: Any, whole: Found) -> Rows:
    """Return this thread's room for rows, made or enlarged where needed, and see to its scratch."""
    if not hasattr(own, "room"):
        own.room, own.size = ROWS_A_LEG * CHUNK_LEGS, 1
        own.rows = own.scratch = None
    if own.rows is None or len(own.rows.piece) != own.room:
        own.rows = Rows(
            np.empty(own.room, np.int32),
            np.empty(ROW * own.room),
            whole.counts,
            whole.length_km,
            whole.high_seas_km,
            whole.settled,
        )
    if own.scratch is None or len(own.scratch.seen) != 256 * own.size:
        own.scratch = Scratch(*map(np.array, scratch(own.size)))
    return own.rows  # type: ignore[no-any-return]


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.lru_cache(maxsize=4)
def compiled_grid(index: Index) -> Grid:
    """Return the grid over an index as arrays that can't be written to, with boxes around its edges."""
    grid = grid_of(index)
    arrays: dict[str, Any] = {name: np.asarray(part) for name, part in grid._asdict().items() if name in _ARRAYS}
    arrays["blocks"] = _blocks(arrays["vertices"].reshape(-1, 2))
    for array in arrays.values():
        array.flags.writeable = False  # or each kind would be compiled for
    return grid._replace(**arrays)


def _blocks(xy: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Return a box around each `BLOCK` edges, as `Grid.blocks` has them, a little too large for rounding."""
    count = -(-len(xy) // BLOCK)
    padded = np.concatenate([xy, np.repeat(xy[-1:], BLOCK * count + 1 - len(xy), axis=0)])
    runs = padded[:-1].reshape(count, BLOCK, 2)
    ends = padded[BLOCK::BLOCK].astype(np.float64)
    low, high = np.minimum(runs.min(axis=1), ends), np.maximum(runs.max(axis=1), ends)
    return np.hstack([(low + high) / 2, (high - low) / 2 + 512.0]).astype(np.float32).ravel()
