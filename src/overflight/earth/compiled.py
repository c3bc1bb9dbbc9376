"""The one way in which this package compiles: by numba, at the first call, kept on disk.

What is compiled is Python of numbers and arrays, in the subset that numba takes. Some of it runs interpreted as well,
where loading the compiler would cost more than it saves, and has to give the same bits either way. So `compiled` leaves
the function that it is given as it is and makes a twin of it: the same code, in which the names of other functions of
this package lead to their twins.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

from overflight.earth.caches import code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    F = TypeVar("F", bound=Callable[..., Any])
    R = TypeVar("R")

__all__ = ["called", "compiled", "inlined", "progress", "safe_in_threads"]

INNER = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What numba is told of functions that only compiled ones call: nothing leads to these from outside."""
_compiling = threading.Lock()
_kept: list[Any] = []
"""The twins that Python calls."""


def compiled(
    function: F, *, what: str, takes: str, allocates: bool = True, into_callers: Sequence[Callable[..., Any]] = ()
) -> F:
    """Return the compiled twin of a function: compiled at its first call, unless that is on disk already.

    Parameters
    ----------
    function : function
        It stays as it is. What it calls of this package is compiled along with it, decorated or not.
    what, takes : str
        What is compiled, and how long that takes, as a message may say it.
    allocates : bool
        Whether the function, or one that it calls, makes arrays. Where none does, nobody need count references, which
        takes a tenth of the time.
    into_callers : sequence of function
        What it calls and what is to be compiled into the callers, as fast as if it stood there.

    Returns
    -------
    callable
        With the function as its attribute ``py_func``. Where numba is told not to compile (``NUMBA_DISABLE_JIT``), it
        is plain Python.
    """
    made = _twin(cast("FunctionType", function), {"nogil": True, "no_cfunc_wrapper": True}, allocates, into_callers)
    if hasattr(made, "py_func"):
        code.keep(made, what=what, takes=takes)
        _kept.append(made)
    return cast("F", made)


def called(function: F) -> F:
    """Have a function compiled for compiled functions to call, and for nobody else: that takes a third less time.

    It, and what it calls, makes no arrays. A call of it from Python ends the process, for there is no way in: `py_func`
    is for that.

    Returns
    -------
    callable
        With the function as its attribute ``py_func``.
    """
    return cast("F", _lean(function, **INNER))


def inlined(function: F) -> F:
    """Have a function compiled into whatever compiled function calls it: as fast as if it stood there."""
    return cast("F", _lean(function, **INNER, forceinline=True))


def progress() -> tuple[int, int]:
    """Return how many of the functions that Python calls are compiled, or loaded, and how many there are."""
    return sum(bool(twin.signatures) for twin in _kept), len(_kept)


def safe_in_threads(twin: Callable[..., R]) -> Callable[..., R]:
    """Return a compiled twin such that several threads may make its first call at once: one compiles, or loads."""

    def call(*args: object) -> R:
        if not getattr(twin, "signatures", True):  # nothing compiled yet
            with _compiling:
                return twin(*args)
        return twin(*args)

    return call


@functools.cache
def _part(function: FunctionType, allocates: bool, into_callers: tuple[Callable[..., Any], ...]) -> Any:
    """Return the twin of a function that only twins call."""
    force = {"forceinline": True} if function in into_callers else {}
    return _twin(function, {**INNER, **force}, allocates, into_callers)


def _twin(
    function: FunctionType, options: dict[str, bool], allocates: bool, into_callers: Sequence[Callable[..., Any]]
) -> Any:
    """Return what numba makes of a function, and through it of all plain functions of this package that it calls."""
    plain = {name: part for name, part in code.callees(function).items() if function.__globals__[name] is part}
    copy = function
    if plain:
        parts = {name: _part(part, allocates, tuple(into_callers)) for name, part in plain.items()}
        names = {**function.__globals__, **parts}
        copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
        copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return (_compiled if allocates else _lean)(copy, **options)


def _lean(function: Callable[..., Any], **options: bool) -> Any:
    """Have a function compiled that makes no arrays, so that nobody need count references."""
    with contextlib.suppress(KeyError):  # `_nrt` is private to numba: without it, references are counted
        return _compiled(function, **options, _nrt=False)
    return _compiled(function, **options)


def _compiled(function: Callable[..., Any], **options: bool) -> Any:
    """Have a function compiled once for its compiled callers, whatever the width of the whole numbers that they pass.

    numba would compile it anew for each mixture of numbers of 32 bits, of 64 bits, and literals. Should another numba
    not ask in this way, it does as it likes.
    """
    njit: Any = numba.njit
    twin = njit(**options)(function)
    asked = getattr(twin, "get_call_template", None)
    if asked is not None:
        twin.get_call_template = lambda args, kws: asked([_widened(one) for one in args], kws)
    return twin


def _widened(kind: Any) -> Any:
    """Return the kind of an argument, for a whole number that of 64 bits."""
    is_whole = isinstance(kind, numba.types.IntegerLiteral | numba.types.Integer)
    return numba.int64 if is_whole and kind is not numba.uint64 else kind
