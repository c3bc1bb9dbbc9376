"""The same engine, compiled: twins of the scalar functions, made by numba, kept on disk.

A twin has the code of its original; only the names of other functions of this package lead to their twins.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import numpy.typing as npt

from overflight._crossings.spans import spans_on_routes
from overflight.earth.caches import code
from overflight.earth.shortest import inverse_each
from overflight.partition.locate import BLOCK, Grid, grid_of, piece_at

if TYPE_CHECKING:
    from overflight.partition.index import Index

__all__ = ["compiled_grid", "inverse_each_compiled", "piece_at_compiled", "spans_on_routes_compiled"]

_ARRAYS = {"vertices", "cell_start", "runs", "cell_piece", "cell_jump", "arc_left", "arc_right"}
_compiling = threading.Lock()


_grids: list[tuple[Index, Grid]] = []


def compiled_grid(index: Index) -> Grid:
    """Return the grid over an index as arrays that can't be written to, with boxes around its edges."""
    for known, made in _grids:
        if known is index:
            return made
    grid = grid_of(index)
    arrays: dict[str, Any] = {name: np.asarray(part) for name, part in grid._asdict().items() if name in _ARRAYS}
    arrays["blocks"] = _blocks(arrays["vertices"].reshape(-1, 2))
    for array in arrays.values():
        array.flags.writeable = False  # or each kind would be compiled for
    made = grid._replace(**arrays)
    _grids.insert(0, (index, made))
    del _grids[4:]
    return made


def _blocks(xy: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Return a box around each `BLOCK` edges, as `Grid.blocks` has them, a little too large for rounding."""
    count = -(-len(xy) // BLOCK)
    padded = np.concatenate([xy, np.repeat(xy[-1:], BLOCK * count + 1 - len(xy), axis=0)])
    runs = padded[:-1].reshape(count, BLOCK, 2)
    ends = padded[BLOCK::BLOCK].astype(np.float64)
    low, high = np.minimum(runs.min(axis=1), ends), np.maximum(runs.max(axis=1), ends)
    return np.hstack([(low + high) / 2, (high - low) / 2 + 512.0]).astype(np.float32).ravel()


def spans_on_routes_compiled(*args: Any) -> tuple[int, int]:
    """Run the twin of `spans.spans_on_routes`; its arrays are NumPy's."""
    found: tuple[int, int] = _entry(spans_on_routes)(*args)
    return found


def inverse_each_compiled(*args: Any) -> int:
    """Run the twin of `geodesy.shortest.inverse_each`; its arrays are NumPy's."""
    found: int = _entry(inverse_each)(*args)
    return found


def piece_at_compiled(grid: Grid, x: float, y: float) -> int:
    """Run the twin of `point.piece_at`."""
    found: int = _entry(piece_at)(grid, x, y)
    return found


@functools.cache
def _twin(function: FunctionType) -> Any:
    """Return the compiled twin of a function, and through it those of all functions of this package that it calls."""
    names = dict(function.__globals__)
    for name, callee in code.callees(function).items():
        names[name] = _twin(callee)
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    try:  # nothing is allocated in these functions, so nobody need count references, which takes a tenth of the time
        return numba.njit(nogil=True, _nrt=False)(copy)  # type: ignore[call-overload]
    except KeyError:
        return numba.njit(nogil=True)(copy)


@functools.cache
def _entry(function: FunctionType) -> Callable[..., Any]:
    """Return a function's twin, kept on disk, and safe to call from several threads."""
    with _compiling:
        twin = _twin(function)
        code.keep(twin, what="the engine for many routes", takes="some seconds")

    def call(*args: Any) -> Any:
        if not twin.signatures:
            with _compiling:
                return twin(*args)
        return twin(*args)

    return call
