"""In which order sets of consents are tried: first those that open the least detour, as far as that is known before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overflight.earth.sphere import to_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from overflight.detours.regions import Regions
    from overflight.routes import Route

__all__ = ["nearest_first"]


def nearest_first(sets: Iterable[frozenset[str]], regions: Regions, direct: Route) -> list[frozenset[str]]:
    """Put sets in order of what a route through all of their states takes at least.

    Notes
    -----
    A minimal set opens no way without any one of its states, so a route enters each, and is no shorter than by way of
    the corner of that state which takes it least out of the way. Lengths are those of chords: it is an order, no bound.
    """
    ends = to_unit(np.array([(w.lon, w.lat) for w in direct.waypoints]))
    least: dict[str, float] = {}
    for holders, shore in zip(regions.holders, regions.shore, strict=True):
        if not holders or not len(shore):
            continue
        way = float(sum(np.linalg.norm(shore - end, axis=1) for end in ends).min())
        least.update({state: min(way, least.get(state, way)) for state in holders})
    return sorted(
        sets, key=lambda one: (max((least.get(state, 0.0) for state in one), default=0.0), len(one), sorted(one))
    )
