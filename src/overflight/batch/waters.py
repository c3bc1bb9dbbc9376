"""How much of each crossing of many routes lies beyond 12 NM of any land."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from overflight._crossings.bulk import crossings_many
from overflight._crossings.waters import LEAST_KM, NEAR_KM
from overflight.airspace.waters import ANYWHERE, waters_beyond
from overflight.batch.walking import Walked

__all__ = ["beyond_km"]

Floats = npt.NDArray[np.float64]


def beyond_km(walked: Walked) -> Floats:
    """Return the km of each crossing that `stays_in_waters` finds; routes over states without such waters cost nothing.

    Routes are laid end to end on one scale, with room between, so that the stretches of all are matched at once.
    """
    found, measured = walked.found, walked.measured
    km = np.zeros(len(found))
    pieces = found.world.pieces
    known = waters_beyond(found.world, ((pieces[k].territory, ANYWHERE) for k in np.unique(found.piece).tolist()))
    if known is None:
        return km
    whose = np.array([[piece.territory in one.territories for piece in pieces] for one in known.waters])
    touched = np.zeros(len(measured.routes.row), bool)
    touched[found.route[np.isin(found.piece, np.nonzero(whose)[1])]] = True
    owner = np.repeat(np.arange(len(touched)), np.diff(measured.first))
    mine = touched[owner]
    far = crossings_many(measured.legs[mine], route_id=owner[mine], world=known.world, threads=1)
    step = 2.0 * (found.length_km.max() + 1.0)
    begin, end = found.entry_km + found.route * step, found.exit_km + found.route * step
    first = np.searchsorted(end, far.entry_km + far.route * step, side="right")
    last = np.searchsorted(begin, far.exit_km + far.route * step, side="left")
    count = np.maximum(last - first, 0)
    stretch = np.repeat(np.arange(len(far)), count)
    crossing = np.arange(len(stretch)) - np.repeat(np.cumsum(count) - count - first, count)
    enters, leaves = far.entry_km[stretch], far.exit_km[stretch]
    low, high = found.entry_km[crossing], found.exit_km[crossing]
    length = np.where(leaves > high - NEAR_KM, high, leaves) - np.where(enters < low + NEAR_KM, low, enters)
    counts = whose[far.piece[stretch] - 1, found.piece[crossing]] & (length >= LEAST_KM)
    np.add.at(km, crossing[counts], length[counts])
    return km
