"""When routes enter and leave airspaces, at even speed between two of their points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from overflight.batch.values import NO_DAY

if TYPE_CHECKING:
    from overflight._crossings.table import CrossingsTable
    from overflight.batch.routes import Routes

__all__ = ["times_of"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def times_of(
    routes: Routes, first: Integers, length_m: Floats, found: CrossingsTable
) -> tuple[Integers, Integers] | tuple[None, None]:
    """Find when each crossing begins and ends.

    Parameters
    ----------
    routes : Routes
        With times, or without.
    first : int array
        The first leg of each route.
    length_m : float array
        Of each leg.
    found : CrossingsTable
        The crossings.

    Returns
    -------
    entry, exit : int array of shape (n,), or None
        Microseconds since 1970; `NO_DAY` for those of routes without times.
    """
    times = routes.times
    if times is None:
        return None, None
    known = times != NO_DAY
    since = times[known].min() if known.any() else 0
    owner = np.repeat(np.arange(len(routes.row)), np.diff(routes.first))
    ends = np.concatenate([[0.0], np.cumsum(length_m)])
    along = ends[np.arange(len(times)) - owner] - ends[first[:-1]][owner]
    # one rising scale for all routes, a gap between each two, so that all are looked up at once
    step = 2.0 * (length_m.sum() + 1.0)
    scale = along + owner * step
    values = np.where(known, times - since, 0)

    def at(km: Floats) -> Integers:
        spot = np.minimum(km * 1000.0, (found.length_km * 1000.0)[found.route]) + found.route * step
        when: Integers = np.rint(np.interp(spot, scale, values)).astype(np.int64) + since
        return np.where(known[routes.first[:-1]][found.route], when, NO_DAY)

    begins = found.entry_km == 0.0  # a route may stand still at first
    return np.where(begins, times[routes.first[:-1]][found.route], at(found.entry_km)), at(found.exit_km)
