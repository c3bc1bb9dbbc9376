"""Positions that no aircraft gets to in the time: found by the longest chain of positions that one can fly."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overflight.earth.constants import KM_PER_NM, MOST_KM_PER_DEG
from overflight.routes.tracks.samples import Floats, Samples, kilometres, stamp

__all__ = ["FASTEST_KT", "Jumps", "clock_s", "find_jumps", "position_km"]

FASTEST_KT = 1200.0
"""Ground speed that nothing but a military jet with the wind behind it has flown."""
KM_A_SECOND = FASTEST_KT * KM_PER_NM / 3600.0
NOISE_KM = 1.0
"""What two positions of one moment may differ by: receivers apart, and clocks that are not quite right."""
LOOK_BACK = 2000
"""Runs between which a way on is looked for; more than any flight under jamming has, and the work stays bounded."""
STEPS_DEG = (1.0, 0.5, 0.1, 1.0 / 60.0)
"""To such steps people and old systems round positions."""
EQUAL_DEG = 1e-7
FEW = 100

Flags = npt.NDArray[np.bool_]


class Jumps(NamedTuple):
    """What was found: which positions are unreachable, and of the jumps the one that is the fastest.

    `certain` tells whether it is clear which positions are wrong; where it isn't, none is marked.
    """

    wrong: Flags
    km: float
    seconds: float
    when: float
    certain: bool

    def __str__(self) -> str:
        return f"{self.km:,.0f} km in {self.seconds:,.0f} s until {stamp(self.when)}"


def find_jumps(samples: Samples) -> Jumps | None:
    """Find the positions to leave out so that no more than `FASTEST_KT` is flown between those that stay.

    Parameters
    ----------
    samples : Samples
        With times, in their order.

    Returns
    -------
    Jumps or None
        None if the aircraft can have been everywhere.

    Notes
    -----
    Positions are cut into runs at each jump; of all chains of runs (their first and last positions may be left
    out alone) in which each can be reached from the one before, the one with most positions stays. Where that is
    not more than half of them, it must begin and end the recording, as true positions around a false stretch do.
    """
    lonlat, when = samples.lonlat, samples.when
    allowed = KM_A_SECOND * (np.diff(when) + clock_s(when)) + _noise_km(lonlat)
    flown = kilometres(lonlat[:-1], lonlat[1:])
    breaks = np.flatnonzero(flown > allowed)
    if not len(breaks):
        return None
    worst = int(breaks[np.argmax((flown - allowed)[breaks])])
    kept = _longest_chain(lonlat, when, breaks + 1)
    count = int(kept.sum())
    certain = count >= 2 and (count * 2 > len(kept) or (count * 3 >= len(kept) and bool(kept[0]) and bool(kept[-1])))
    wrong = ~kept if certain else np.zeros(len(kept), bool)
    return Jumps(wrong, float(flown[worst]), float(when[worst + 1] - when[worst]), float(when[worst + 1]), certain)


def clock_s(when: Floats) -> float:
    """Return how finely the clock tells the time: to the minute, or to the second."""
    return 60.0 if len(when) > 1 and not np.any(when % 60.0) else 1.0


def position_km(lonlat: Floats) -> float:
    """Return how far positions may be from the truth: what receivers err by, and what was rounded off all of them."""
    for step in STEPS_DEG:
        few = _off_deg(lonlat[:FEW], step)  # tells of most recordings that they are not rounded
        if few < EQUAL_DEG and _off_deg(lonlat, step) < EQUAL_DEG:
            return NOISE_KM + 0.5 * math.sqrt(2.0) * step * MOST_KM_PER_DEG
    return NOISE_KM


def _off_deg(lonlat: Floats, step: float) -> float:
    return float(np.abs(lonlat - step * np.round(lonlat / step)).max(initial=0.0))


def _noise_km(lonlat: Floats) -> float:
    """Return how much farther apart two positions of one moment may be."""
    return 2.0 * position_km(lonlat) - NOISE_KM


def _longest_chain(lonlat: Floats, when: Floats, starts: npt.NDArray[np.int64]) -> Flags:
    """Return which positions are in the longest chain that can be flown."""
    firsts, lasts = _pieces(len(when), starts)
    sizes = lasts - firsts + 1
    clock, noise_km = clock_s(when), _noise_km(lonlat)
    best = sizes.astype(float)
    before = np.full(len(firsts), -1)
    for j in range(1, len(firsts)):
        low = max(0, j - LOOK_BACK)
        ends = lasts[low:j]
        allowed = KM_A_SECOND * (when[firsts[j]] - when[ends] + clock) + noise_km
        can = np.flatnonzero(kilometres(lonlat[ends], lonlat[firsts[j]]) <= allowed)
        if len(can):
            i = low + int(can[np.argmax(best[low:j][can])])
            best[j], before[j] = best[i] + sizes[j], i
    kept = np.zeros(len(when), bool)
    at = int(np.argmax(best))
    while at >= 0:
        kept[firsts[at] : lasts[at] + 1] = True
        at = int(before[at])
    return kept


def _pieces(count: int, starts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cut the runs once more, behind their first and before their last position."""
    begins = np.concatenate([[0], starts])
    ends = np.concatenate([starts, [count]])
    cuts = np.unique(np.concatenate([begins, np.minimum(begins + 1, ends), np.maximum(ends - 1, begins), ends]))
    return cuts[:-1], cuts[1:] - 1
