"""Compile the loops over triangles, keep the result on disk, and do without the disk where it can't be written to."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["compiled", "is_kept"]

_sources = sorted(Path(__file__).parent.glob("*.py"))
STAMP = hashlib.sha256(b"".join(source.read_bytes() for source in _sources)).hexdigest()
"""What is kept is good for these sources only; numba by itself looks at one file alone."""


def compiled(function: F) -> F:
    """Return a function compiled by numba at its first call, unless that is on disk already."""
    try:
        made: Any = numba.njit(cache=True, nogil=True)(function)
        made._cache._cache_file._source_stamp = STAMP
    except (RuntimeError, AttributeError):  # no folder to keep it in, or another numba
        made = numba.njit(nogil=True)(function)
    return cast("F", made)


def is_kept(function: object) -> bool:
    """Tell whether what `compiled` returned is on disk."""
    try:
        return bool(cast("Any", function)._cache._cache_file._load_index())
    except (AttributeError, OSError):
        return False
