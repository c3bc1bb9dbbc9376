"""What lay below a flight and how high it was: altitudes in fewer points, with a bound on what that changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.evidence.way import Way

    Floats = NDArray[np.float64]

__all__ = ["profile_of", "thinned"]

TOLERANCE_M = 15.0
"""Half a step of the altimeter's scale of 100 ft."""
LOOKED_AHEAD = 100
"""Points that may not do before the last one that did is taken."""
MOST_POINTS = 800
"""More than a page can show."""


def profile_of(way: Way) -> dict[str, Any] | None:
    """Return the altitudes of a recorded flight.

    Returns
    -------
    dict or None
        ``runs``: lists of points (seconds since the first position, metres), parted where nothing was recorded or the
        altitude is not known; ``tolerance_m``: no recorded altitude is farther than that from the line between points.
        None where no altitude is known.
    """
    track = way.track
    if track is None or not np.isfinite(track.altitude_m).any():
        return None
    seconds = track.times_s - track.times_s[0]
    known = np.isfinite(track.altitude_m)
    silent = np.zeros(len(seconds) - 1, bool)
    silent[[gap.leg for gap in track.gaps]] = True
    apart = np.flatnonzero(silent | (np.diff(known.astype(int)) != 0)) + 1
    parts = [part for part in np.split(np.arange(len(seconds)), apart) if known[part[0]]]
    tolerance_m = TOLERANCE_M
    while True:
        runs = [part[thinned(seconds[part], track.altitude_m[part], tolerance_m)] for part in parts]
        if sum(map(len, runs)) <= max(MOST_POINTS, 2 * len(runs)):
            break
        tolerance_m *= 2.0
    return {
        "tolerance_m": tolerance_m,
        "recorded": int(known.sum()),
        "runs": [
            [[round(float(seconds[i]), 1), round(float(track.altitude_m[i]), 1)] for i in run.tolist()] for run in runs
        ],
    }


def thinned(x: Floats, y: Floats, tolerance: float) -> NDArray[np.int64]:
    """Choose points of a line such that no other one is farther above or below the chosen ones' line than `tolerance`.

    From a chosen point on, the slopes that pass all others within the tolerance are kept; the last point that lies
    on one of them is chosen next.

    Examples
    --------
    >>> x = np.arange(5.0)
    >>> thinned(x, np.array([0.0, 1.1, 1.9, 3.0, 0.0]), 0.2).tolist()
    [0, 3, 4]
    """
    xs, ys = x.tolist(), y.tolist()
    chosen = [0]
    while chosen[-1] < len(xs) - 1:
        chosen.append(_next(xs, ys, chosen[-1], tolerance))
    return np.array(chosen, np.int64)


def _next(xs: list[float], ys: list[float], begin: int, tolerance: float) -> int:
    """Return the farthest point found such that those on the way to it lie near the line."""
    fits, low, high = begin + 1, -math.inf, math.inf
    for at in range(begin + 1, len(xs)):
        run, rise = xs[at] - xs[begin], ys[at] - ys[begin]
        if run <= 0.0:
            if abs(rise) > tolerance:
                break
            continue
        if low <= rise / run <= high:
            fits = at
        low, high = max(low, (rise - tolerance) / run), min(high, (rise + tolerance) / run)
        if low > high or at - fits > LOOKED_AHEAD:
            break
    return fits
