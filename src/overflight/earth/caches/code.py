"""What numba compiles, kept on disk.

numba has a cache of its own; this one takes its place, because that one unpickles whatever lies in its folder, takes a
folder that can't be written to for none, and knows of one source file alone. All that is used of numba's inside stands
in `KeptCode`; should another numba not have it, each process compiles for itself and says so.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import pickle
import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import llvmlite
import numba
import numpy as np

from overflight.earth.caches import store
from overflight.earth.caches.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["KeptCode", "callees", "keep", "parts_of"]

MOST_KEPT = 12
"""So many files are kept of one function: for kinds of arguments, versions, machines."""
PACKAGE = __name__.partition(".")[0]


def keep(dispatcher: Any, *, what: str, takes: str) -> None:
    """Have what numba compiles of a function kept on disk.

    Parameters
    ----------
    dispatcher
        What `numba.njit` returned.
    what, takes
        What is compiled, and how long that takes, as a message may say it.
    """
    kept = dispatcher._cache = KeptCode(dispatcher, what=what, takes=takes)
    compiles = dispatcher.compile

    def compile_in_turn(signature: Any) -> Any:
        try:
            return compiles(signature)
        finally:
            kept.leave()

    dispatcher.compile = compile_in_turn


class KeptCode:
    """A cache of one function's compiled code, as numba's dispatchers use one.

    Parameters
    ----------
    dispatcher, what, takes
        As for `keep`.
    """

    def __init__(self, dispatcher: Any, *, what: str, takes: str) -> None:
        self._function: FunctionType = dispatcher.py_func
        self._options = sorted(getattr(dispatcher, "targetoptions", {}).items())
        self._what, self._takes = what, takes
        self._names: dict[Any, str] = {}
        self._turn: Turn | None = None

    @property
    def cache_path(self) -> None:
        """None: there is no single folder."""
        return

    def enable(self) -> None:
        """Do nothing: it is always enabled."""

    def disable(self) -> None:
        """Do nothing: it is always enabled."""

    def flush(self) -> None:
        """Do nothing: what is kept is never out of date."""

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return what was compiled for these arguments, if it is on disk; else say that it is compiled.

        What another process compiles just then is waited for, and then is on disk.
        """
        places = store.for_code()
        try:
            target.refresh()
            name = self._names[signature] = self._name(signature, target.codegen().magic_tuple())
        except Exception as error:  # noqa: BLE001 - another numba may fail in any way
            _not_kept(error)
            place = None
        else:
            data = store.read(name, places)
            found = None if data is None else _rebuilt(target, data)
            if found is not None:
                return found
            place = store.room(places)
            if place is not None:
                found = self._in_turn(target, place, name)
                if found is not None:
                    return found
        once = "each time, for it is not kept" if place is None else place.once
        store.say_once(f"compiling {self._what}, {once}: {self._takes}")
        return None

    def _in_turn(self, target: Any, place: store.Place, name: str) -> Any:
        """Take the turn to compile, and return what another process has compiled until then, if it has."""
        from numba.core import event

        def waiting() -> None:
            store.say_once(f"waiting for another process, which is compiling {self._what}: {self._takes}")

        self.leave()
        turn = self._turn = Turn(place.path / f"{store.DRAFT}{name}.lock")
        with event.trigger_event("numba:compile", data={}):  # as long as if it were done here
            turn.take(waiting)
        data = store.read(name, [place])
        found = None if data is None else _rebuilt(target, data)
        if found is not None:
            self.leave()
        return found

    def leave(self) -> None:
        """Let other processes compile this."""
        if self._turn is not None:
            self._turn.leave()
            self._turn = None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled for these arguments."""
        name = self._names.get(signature)
        if name is None:
            return
        try:
            from numba.core import serialize

            if result.lifted or result.library.has_dynamic_globals:  # holds addresses of this process
                return
            data = serialize.dumps(result._reduce())  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 - as above
            _not_kept(error)
            return
        store.write(name, data, store.for_code(), kind=self._kind(), most=MOST_KEPT)

    def _kind(self) -> str:
        name = f"{self._function.__module__}.{self._function.__qualname__}-"
        return name.replace("<", "").replace(">", "")  # not in names of files on Windows

    def _name(self, signature: Any, machine: object) -> str:
        """Return a name that tells all that the code depends on."""
        versions = numba.__version__, llvmlite.__version__, np.__version__, sys.version
        made_of = repr((versions, machine, str(signature), self._options, _digest(self._function)))
        return f"{self._kind()}{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.code"


def _rebuilt(target: Any, data: bytes) -> Any:
    """Return what `KeptCode` kept, loaded; None if it can't be."""
    try:
        from numba.core.compiler import CompileResult

        rebuild: Callable[..., Any] = CompileResult._rebuild
        return rebuild(target, *pickle.loads(data))  # noqa: S301 - `store` vouches for who wrote it
    except Exception as error:  # noqa: BLE001 - another numba may fail in any way
        _not_kept(error)
        return None


def _not_kept(error: Exception) -> None:
    store.say_once(f"compiled code can't be kept with numba {numba.__version__} ({type(error).__name__}: {error})")


def parts_of(function: FunctionType) -> set[FunctionType]:
    """Return a function and all of this package that it calls."""
    found: set[FunctionType] = set()
    todo = [function]
    while todo:
        part = todo.pop()
        if part not in found:
            found.add(part)
            todo += callees(part).values()
    return found


def callees(function: FunctionType) -> dict[str, FunctionType]:
    """Return the functions of this package that a function names, compiled or not."""
    found = {name: getattr(value, "py_func", value) for name, value in _globals_of(function)}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, FunctionType) and value.__module__.partition(".")[0] == PACKAGE
    }


def _digest(function: FunctionType) -> str:
    """Return a digest of the files that a function is made of, and of the constants they have from elsewhere."""
    parts = parts_of(function)
    files = sorted({inspect.getfile(part) for part in parts})
    plain = (bool, int, float, str, bytes, tuple, np.generic)
    values = sorted(
        f"{part.__module__}.{part.__qualname__} {name} {value!r}"
        for part in parts
        for name, value in _globals_of(part)
        if isinstance(value, plain)
    )
    return hashlib.sha256(repr([[_file_digest(file) for file in files], values]).encode()).hexdigest()


@functools.cache
def _file_digest(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def _globals_of(function: FunctionType) -> Iterator[tuple[str, object]]:
    """Give the global names that a function uses, and what they stand for."""
    todo: list[CodeType] = [function.__code__]
    while todo:
        code = todo.pop()
        todo += (part for part in code.co_consts if isinstance(part, CodeType))
        for name in code.co_names:
            if name in function.__globals__:
                yield name, function.__globals__[name]
