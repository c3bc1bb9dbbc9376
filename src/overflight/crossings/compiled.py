"""The same engine, compiled: twins of the scalar functions, made by numba, kept on disk.

A twin has the code of its original; only the names of other functions of this package lead to their twins. What is
kept on disk holds a digest of every source file that went into it, so that a change of any of them compiles anew. It
lies beside this module if that can be written to, else in the user's cache folder; where neither can be, each process
compiles for itself.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import numpy.typing as npt
from numba.core import caching

from overflight.crossings.point import BLOCK, Grid, grid_of, piece_at
from overflight.crossings.stays import stays_on_routes
from overflight.geodesy.shortest import inverse_each

if TYPE_CHECKING:
    from overflight.geodata import Index

__all__ = ["compiled_grid", "inverse_each_compiled", "piece_at_compiled", "stays_on_routes_compiled"]

LOG = logging.getLogger("overflight.crossings")
_ARRAYS = {"vertices", "cell_start", "runs", "cell_piece", "cell_jump", "arc_left", "arc_right"}
PACKAGE = __name__.partition(".")[0]
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


def stays_on_routes_compiled(*args: Any) -> tuple[int, int]:
    """Run the twin of `stays.stays_on_routes`; its arrays are NumPy's."""
    found: tuple[int, int] = _entry(stays_on_routes)(*args)
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
    for name, callee in _callees(function).items():
        names[name] = _twin(callee)
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    try:  # nothing is allocated in these functions, so nobody need count references, which takes a tenth of the time
        return numba.njit(nogil=True, _nrt=False)(copy)  # type: ignore[call-overload]
    except KeyError:
        return numba.njit(nogil=True)(copy)


def _callees(function: FunctionType) -> dict[str, FunctionType]:
    """Return the functions of this package that a function names."""
    found = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, FunctionType) and value.__module__.partition(".")[0] == PACKAGE
    }


@functools.cache
def _entry(function: FunctionType) -> Callable[..., Any]:
    """Return a function's twin, kept on disk, and safe to call from several threads."""
    with _compiling:
        twin = _twin(function)
        try:
            twin._cache = _Cache(twin.py_func, _digest(function))
        except (OSError, RuntimeError, AttributeError, TypeError) as error:
            LOG.warning("compiling the engine for many routes in each process, for it can't be kept (%s)", error)

    def call(*args: Any) -> Any:
        if not twin.signatures:
            with _compiling:
                return twin(*args)
        return twin(*args)

    return call


def _parts_of(function: FunctionType) -> set[FunctionType]:
    """Return a function and all of this package that it calls."""
    found: set[FunctionType] = set()
    todo = [function]
    while todo:
        part = todo.pop()
        if part not in found:
            found.add(part)
            todo += _callees(part).values()
    return found


def _digest(function: FunctionType) -> str:
    """Return a digest of this file and every one that a function's twin is made of."""
    digest = hashlib.sha256()
    for file in sorted({__file__, *(inspect.getfile(part) for part in _parts_of(function))}):
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()


class _Stamped:
    """A place for compiled code whose freshness goes by a digest that is set afterwards."""

    stamp = ""

    def get_source_stamp(self) -> str:
        return self.stamp


class _BesideTheModule(_Stamped, caching.InTreeCacheLocator):
    pass


class _InTheUsersFolder(_Stamped, caching.UserWideCacheLocator):
    pass


class _AsConfigured(_Stamped, caching.UserProvidedCacheLocator):
    pass


class _Places(caching.CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_AsConfigured, _BesideTheModule, _InTheUsersFolder]  # noqa: RUF012 - numba's


class _Cache(caching.FunctionCache):
    """numba's cache of one function, which tells when it compiles, and takes a file that can't be used for none."""

    _impl_class = _Places

    def __init__(self, function: FunctionType, digest: str) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file._source_stamp = digest

    def load_overload(self, *args: Any) -> Any:
        try:
            found = super().load_overload(*args)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - a damaged or foreign file, which may fail in any way
            found = None
        if found is None:
            LOG.warning("compiling the engine for many routes, once for this installation: some seconds")
        return found

    def save_overload(self, *args: Any) -> None:
        try:
            super().save_overload(*args)  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 - a full disk must not stop a calculation
            LOG.info("compiled code can't be kept (%s)", error)
