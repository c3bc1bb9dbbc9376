"""The loops over triangles, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from overflight.earth import compiled as earth

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["compiled"]


def compiled(function: F, *, allocates: bool = False) -> F:
    """Return a function compiled by numba at its first call, unless that is on disk already; few make arrays."""
    return earth.compiled(function, what="the search for detours", takes="up to half a minute", allocates=allocates)
