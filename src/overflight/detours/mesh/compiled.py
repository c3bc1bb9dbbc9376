"""Compile the loops over triangles, and keep the result on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

from overflight.earth.caches import code

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["compiled"]


def compiled(function: F) -> F:
    """Return a function compiled by numba at its first call, unless that is on disk already."""
    made: Any = numba.njit(nogil=True)(function)
    code.keep(made, what="the search for detours", takes="up to half a minute")
    return cast("F", made)
