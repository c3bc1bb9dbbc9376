"""What of a recording is flown: its positions sorted, cut where the aircraft landed, and without what it can't have.

Files that `check` reads and tables that `batch` reads are cleaned here alike.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overflight.earth import distance_m
from overflight.routes.instants import EARLIEST_S, LATEST_S
from overflight.routes.tracks.jumps import FASTEST_KT, Jumps, find_jumps
from overflight.routes.tracks.legs import flights_in
from overflight.routes.tracks.samples import Floats, Samples, kilometres, stamp
from overflight.routes.tracks.track import GAP_S, LeftOut

__all__ = ["Flight", "Recording", "clean", "unheard"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

APART_KM = 1.0
"""Parts of a recording that end and begin so near each other have no gap between them."""
SAME_KM = 1e-6
"""No two places are so near each other."""
STRAY_KM = 100.0
"""What is at 0,0 and so far from its neighbours was never there: a receiver without a position writes it."""

STAY_S = GAP_S / 2
"""Of positions at one place, one is kept every so often: what is left out between them makes no gap."""


class Flight(NamedTuple):
    """One flight of a recording.

    Attributes
    ----------
    recorded, samples : Samples
        All its positions, and those that say something new.
    jumps : Jumps or None
        What is unreachable of these.
    apart : str
        What is to be said of the time since the flight before it.
    """

    recorded: Samples
    samples: Samples
    jumps: Jumps | None
    apart: str = ""

    @classmethod
    def of(cls, recorded: Samples) -> Flight:
        """Leave out what is repeated, and find what no aircraft gets to."""
        kept = recorded.take(~_repeats(recorded))
        return cls(recorded, kept, find_jumps(kept) if kept.is_timed else None)

    @property
    def flown(self) -> Samples:
        """The positions without those that no aircraft gets to."""
        return self.samples if self.jumps is None else self.samples.take(~self.jumps.wrong)

    @property
    def jumped(self) -> Samples:
        """Those that no aircraft gets to."""
        return self.samples.take(slice(0, 0) if self.jumps is None else self.jumps.wrong)

    def left_out(self, before: Sequence[LeftOut] = ()) -> tuple[LeftOut, ...]:
        """Count what was left out of it, beside what was left out before."""
        repeated = len(self.recorded) - len(self.samples)
        return (*before, *([LeftOut(repeated, "repeat")] if repeated else []))

    def told(self, before: Sequence[LeftOut] = ()) -> tuple[str, ...]:
        """Say what was left out, what is suspected, and where nothing was recorded."""
        return (*map(str, self.left_out(before)), *self._suspected(), *self._gaps())

    def _suspected(self) -> Iterator[str]:
        """Say which jumps no aircraft makes, and what became of the positions there."""
        if self.jumps is not None:
            why = f"faster than {FASTEST_KT:,.0f} kt, suspected spoofing or error ({self.jumps})"
            if self.jumps.certain:
                count = int(self.jumps.wrong.sum())
                yield f"{count:,} position{'s' if count > 1 else ''} left out: {why}"
            else:
                yield f"nothing left out, for it is not clear which positions are wrong: {why}"

    def _gaps(self) -> Iterator[str]:
        """Say where nothing was recorded."""
        if self.apart:
            yield self.apart
        flown = self.flown
        yield from _parted(flown)
        if flown.is_timed:
            yield from _silent(flown)


class Recording(NamedTuple):
    """What one aircraft recorded: its flights, and the rows that are in none of them, by why they are not.

    `left_out` has the keys ``no-time``, ``at-0-0`` and ``still`` of `overflight.routes.tracks.track.REASONS`. Where all
    times are the same, `day_s` is that one: it tells the date, but not when the aircraft was where.
    """

    flights: list[Flight]
    left_out: dict[str, Integers]
    day_s: float = math.nan


def clean(samples: Samples) -> Recording:
    """Find the flights in what one aircraft recorded.

    Parameters
    ----------
    samples : Samples
        In any order; positions of one moment stay in the order given. If fewer than two times differ, none counts.

    Returns
    -------
    Recording
        Without flights if the aircraft was at one place only; a position on the ground may be in two flights.
    """
    left_out: dict[str, Integers] = {}
    timed, day_s = _timed(samples), math.nan
    if timed.any():
        if not timed.all():
            left_out["no-time"] = samples.row[~timed]
        at = np.flatnonzero(timed)
        samples = samples.take(at[np.argsort(samples.when[at], kind="stable")])
    else:
        day_s = float(next(iter(samples.when[_known(samples)]), math.nan))
        samples = replace(samples, when=np.full(len(samples), np.nan))
    strays = _strays(samples)
    if strays.any():
        left_out["at-0-0"] = samples.row[strays]
        samples = samples.take(~strays)
    cut = flights_in(samples)
    flights = [Flight.of(samples if len(cut) == 1 else samples.take(leg)) for leg in cut]
    moving = [flight for flight in flights if _moves(flight.flown)]
    if moving and len(moving) < len(flights):
        inside = np.concatenate([flight.recorded.row for flight in moving])
        if len(still := samples.row[~np.isin(samples.row, inside)]):
            left_out["still"] = still
    told = ["", *(unheard(a.flown, b.flown) for a, b in itertools.pairwise(moving))][: len(moving)]
    return Recording([one._replace(apart=text) for one, text in zip(moving, told, strict=True)], left_out, day_s)


def unheard(before: Samples, after: Samples) -> str:
    """Say how far apart one flight of an aircraft ends and the next begins; an empty text if they don't."""
    km = _apart_km(before.lonlat[-1], after.lonlat[0])
    if km <= APART_KM or not (before.is_timed and after.is_timed):
        return ""
    begin, end = float(before.when[-1]), float(after.when[0])
    silence = f"{(end - begin) / 60.0:,.0f} min and {km:,.0f} km without a position"
    return f"{silence} since the flight before, from {stamp(begin)} to {stamp(end)}: not judged"


def _timed(samples: Samples) -> Flags:
    """Tell which positions have a time; none, if it is the same for all."""
    timed = _known(samples)
    known = samples.when[timed]
    return timed if len(known) and bool((known != known[0]).any()) else np.zeros(len(samples), bool)


def _apart_km(a: Floats, b: Floats) -> float:
    """Return the length of the geodesic between two points, as tables and reports have it."""
    return distance_m(float(a[0]), float(a[1]), float(b[0]), float(b[1])) / 1000.0


def _known(samples: Samples) -> Flags:
    return np.asarray((samples.when >= EARLIEST_S) & (samples.when <= LATEST_S), bool)


def _strays(samples: Samples) -> Flags:
    """Tell which positions are at 0,0 without being near there."""
    zero = np.asarray(~samples.lonlat.any(axis=1), bool)
    if not zero.any() or zero.all():
        return np.zeros(len(samples), bool)
    near = bool((kilometres(samples.lonlat[~zero], np.zeros(2)) < STRAY_KM).any())
    return np.zeros(len(samples), bool) if near else zero


def _moves(samples: Samples) -> bool:
    """Tell whether positions are at more than one place; a pole has one, whatever its longitude."""
    return len(samples) > 1 and bool((kilometres(samples.lonlat[1:], samples.lonlat[0]) > SAME_KM).any())


def _repeats(samples: Samples) -> Flags:
    """Tell which positions say nothing new: with times, the first and the last at a place do.

    So does one between these every `STAY_S` of a stay that is longer than a gap, for who was heard while standing was
    not silent; and the last before a silence.
    """
    same = (np.diff(samples.lonlat, axis=0) == 0.0).all(axis=1)
    before, after = np.zeros(len(samples), bool), np.zeros(len(samples), bool)
    before[1:] = after[:-1] = same
    if samples.is_timed:
        number = np.arange(len(samples))
        begin = samples.when[np.maximum.accumulate(np.where(before, 0, number))]
        end = samples.when[np.minimum.accumulate(np.where(after, len(samples), number)[::-1])[::-1]]
        heard = np.zeros(len(samples), bool)
        heard[1:] = same & (np.diff(np.floor((samples.when - begin) / STAY_S)) > 0.0) & (end - begin > GAP_S)[1:]
        heard[:-1] |= np.diff(samples.when) > GAP_S
        before[1:] &= after[1:] | (np.diff(samples.when) == 0.0)
        before &= ~heard
    return before


def _parted(samples: Samples) -> Iterator[str]:
    """Say how far parts of the recording are apart, where they are."""
    ends = np.flatnonzero(np.diff(samples.part))
    for i in ends.tolist():
        apart = _apart_km(samples.lonlat[i], samples.lonlat[i + 1])
        if apart > APART_KM:
            times = "; it has no times, so nothing is known of what else was crossed there"
            if samples.is_timed:
                times = f", from {stamp(float(samples.when[i]))} to {stamp(float(samples.when[i + 1]))}"
            yield f"a gap of {apart:,.0f} km between two parts of the track is judged as a straight leg{times}"


def _silent(samples: Samples) -> Iterator[str]:
    """Say how long nothing was recorded at most, within a part."""
    pause = np.where(np.diff(samples.part) == 0, np.diff(samples.when), 0.0)
    long = np.flatnonzero(pause > GAP_S)
    if not len(long):
        return
    most = int(long[np.argmax(pause[long])])
    km = _apart_km(samples.lonlat[most], samples.lonlat[most + 1])
    legs = "1 leg without a position" if len(long) == 1 else f"{len(long):,} legs without a position"
    yield f"{legs} for more than {GAP_S / 60:.0f} min, up to {pause[most] / 60:,.0f} min ({km:,.0f} km): straight there"
