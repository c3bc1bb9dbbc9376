"""The inverse problem for very many pairs of points, compiled; see `overflight.earth.shortest.inverse_each`."""

from __future__ import annotations

from overflight.earth.compiled import compiled, safe_in_threads
from overflight.earth.shortest import inverse_each

__all__ = ["inverse_each_compiled"]

inverse_each_compiled = safe_in_threads(
    compiled(inverse_each, what="the engine for many routes", takes="some seconds", allocates=False)
)
