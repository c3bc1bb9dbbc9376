"""Where one flight ends and the next begins in what an aircraft recorded."""

from __future__ import annotations

import itertools

import numpy as np

from overflight.routes.tracks.samples import Samples, kilometres

__all__ = ["flights_in"]

LANDED_S = 120.0
"""On the ground for so long is a landing; a single false report of it in the air, or a touch and go, is none."""
PARKED_S = 3600.0
DAY_S = 86_400.0
"""No flight is without a position for so long."""
SLOWEST_KMH = 100.0
"""Who took so long for the way between two positions was on the ground for some of it."""
NEAR_KM = 50.0


def flights_in(samples: Samples) -> list[slice]:
    """Cut positions of one aircraft, in the order of time, into flights.

    A new one begins with a landing, in the longest pause on the ground; after more than an hour on the ground without
    a position; after more than an hour without one in which the aircraft got so little further that it must have been
    on the ground, or came back under another callsign; and after a day.

    Returns
    -------
    list of slice
        A position on the ground that is the only one between two flights is in both.
    """
    if not samples.is_timed or len(samples) < 2:
        return [slice(0, len(samples))]
    cuts: dict[int, int] = {}
    for end, begin in [*_landings(samples), *_pauses(samples)]:
        cuts.setdefault(begin, end)
    found, start = [], 0
    for begin in sorted(cuts):
        found.append(slice(start, cuts[begin] + 1))
        start = begin
    return [*found, slice(start, len(samples))]


def _landings(samples: Samples) -> list[tuple[int, int]]:
    """Return the last position of each flight that ends in a landing before another, and the first of the next."""
    ground = samples.on_ground == 1
    change = np.flatnonzero(np.diff(ground.astype(np.int8)))
    found = []
    for down, up in itertools.pairwise(change):
        first, last = int(down) + 1, int(up)
        if not ground[first] or samples.when[last + 1] - samples.when[first - 1] < LANDED_S:
            continue
        if first == last:
            found.append((first, first))
        else:
            pause = first + int(np.argmax(np.diff(samples.when[first : last + 1])))
            found.append((pause, pause + 1))
    return found


def _pauses(samples: Samples) -> list[tuple[int, int]]:
    """Return the positions before and after each pause that no flight has."""
    pause = np.diff(samples.when)
    long = np.flatnonzero(pause > PARKED_S)
    if not len(long):
        return []
    km = kilometres(samples.lonlat[long], samples.lonlat[long + 1])
    found = []
    for i, apart in zip(long.tolist(), km.tolist(), strict=True):
        before, after = samples.on_ground[i], samples.on_ground[i + 1]
        parked = before == 1 and (after == 1 or apart < NEAR_KM)
        # Two positions alone are a flight, however slow: cut apart, they would be none.
        enough = i >= 1 and i + 2 < len(samples)
        calls = {samples.callsign[i], samples.callsign[i + 1]} - {None}
        stood = apart / pause[i] * 3600.0 < SLOWEST_KMH or len(calls) == 2
        if parked or pause[i] > DAY_S or (enough and stood):
            found.append((i, i + 1))
    return found
