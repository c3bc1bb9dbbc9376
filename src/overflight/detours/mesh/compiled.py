"""Compile the loops over triangles, keep the result on disk, and do without the disk where it can't be written to."""

from __future__ import annotations

import functools
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["compiled"]

_sources = sorted(Path(__file__).parent.glob("*.py"))
STAMP = hashlib.sha256(b"".join(source.read_bytes() for source in _sources)).hexdigest()
"""What is kept is good for these sources only; numba by itself looks at one file alone."""


LOG = logging.getLogger("overflight.detours")


def compiled(function: F) -> F:
    """Return a function compiled by numba at its first call, unless that is on disk already."""
    try:
        made: Any = numba.njit(cache=True, nogil=True)(function)
        kept = made._cache._cache_file
        kept._source_stamp = STAMP
        ready = bool(kept._load_index())
    except (RuntimeError, AttributeError, OSError):  # no folder to keep it in, or another numba
        made, ready = numba.njit(nogil=True)(function), False
    if not ready:
        _tell_once()
    return cast("F", made)


@functools.cache
def _tell_once() -> None:
    LOG.warning("compiling the search for detours, once for this installation: up to half a minute")
