"""From what recorders wrote to flights: sorted, cut where an aircraft landed, and without what it can't have flown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overflight.routes.instants import is_dated
from overflight.routes.model import Route
from overflight.routes.sample import Sample
from overflight.routes.tracks.jumps import FASTEST_KT, Jumps, find_jumps
from overflight.routes.tracks.legs import flights_in
from overflight.routes.tracks.samples import Samples, kilometres, moment, stamp
from overflight.routes.tracks.track import GAP_S, LeftOut, Track

__all__ = ["tracks_of", "with_jumps"]

APART_KM = 1.0
"""Parts of a recording that end and begin so near each other have no gap between them."""
SAME_KM = 1e-6
"""No two places are so near each other."""
STRAY_KM = 100.0
"""What is at 0,0 and so far from its neighbours was never there: a receiver without a position writes it."""


def tracks_of(rows: Sequence[Sample], name: str, *, aircraft: str | None = None, missing: int = 0) -> list[Route]:
    """Make the flights of one aircraft.

    Parameters
    ----------
    rows : sequence of Sample
        In the order of the file.
    name : str
        What to call them.
    aircraft : str, optional
        Its transponder address or registration.
    missing : int
        Rows of the file that had no position.

    Returns
    -------
    list of Route
        Each a `Track` if positions have times; those that have none are left out then. None if the aircraft was at
        one place only.

    Raises
    ------
    RouteError
        If the positions make no route.
    """
    left_out = [LeftOut(missing, "no-position")] if missing else []
    samples = Samples.of(rows)
    timed = _timed(samples)
    if timed.any():
        if not timed.all():
            left_out.append(LeftOut(int((~timed).sum()), "no-time"))
        at = np.flatnonzero(timed)
        samples = samples.take(at[np.argsort(samples.when[at], kind="stable")])
    else:
        samples = replace(samples, when=np.full(len(samples), np.nan))
    samples = _kept(samples, ~_strays(samples), "at-0-0", left_out)
    cut = [samples.take(leg) for leg in flights_in(samples)] if timed.any() else [samples]
    flights = [flight for flight in map(_Flight.of, cut) if _moves(flight.flown)]
    still = len(samples) - sum(flight.recorded for flight in flights)
    if still > 0 and flights:
        left_out.append(LeftOut(still, "still"))
    names = [name] if len(flights) == 1 else [f"{name}, flight {i + 1}" for i in range(len(flights))]
    return [
        _made(flight, called, aircraft, left_out if i == 0 else ())
        for i, (flight, called) in enumerate(zip(flights, names, strict=True))
    ]


def with_jumps(track: Track) -> Track:
    """Return a track with the positions that no aircraft gets to, as they were recorded."""
    if not len(track.jumped):
        return track
    both = track.samples.plus(track.jumped)
    both = both.take(np.argsort(both.when, kind="stable"))
    kept = tuple(out for out in track.left_out if out.why != "jump")
    told = tuple(remark.replace(" left out: faster", " kept: faster", 1) for remark in track.remarks)
    return _track(both, both.take(slice(0, 0)), track.name or "", track.aircraft, kept, told)


class _Flight(NamedTuple):
    """One flight of a recording: how many positions that had, those that differ, and what is unreachable of these."""

    recorded: int
    samples: Samples
    jumps: Jumps | None

    @classmethod
    def of(cls, samples: Samples) -> _Flight:
        """Leave out what is repeated, and find what no aircraft gets to."""
        kept = samples.take(~_repeats(samples))
        return cls(len(samples), kept, find_jumps(kept) if kept.is_timed else None)

    @property
    def flown(self) -> Samples:
        """The positions without those that no aircraft gets to."""
        return self.samples if self.jumps is None else self.samples.take(~self.jumps.wrong)


def _made(flight: _Flight, name: str, aircraft: str | None, before: Sequence[LeftOut]) -> Route:
    """Make a route of a flight; what is left out of it is told, beside what was left out before."""
    left_out = list(before)
    if repeated := flight.recorded - len(flight.samples):
        left_out.append(LeftOut(repeated, "repeat"))
    told = [str(out) for out in left_out]
    samples, jumps = flight.flown, flight.jumps
    if not samples.is_timed:
        return Route(samples.points, name, "given", remarks=(*told, *_parted(samples)))
    jumped = samples.take(slice(0, 0))
    if jumps is not None:
        jumped = flight.samples.take(jumps.wrong)
        why = f"faster than {FASTEST_KT:,.0f} kt, suspected spoofing or error ({jumps})"
        if jumps.certain:
            left_out.append(LeftOut(len(jumped), "jump"))
            told.append(f"{left_out[-1]}: {why}")
        else:
            told.append(f"nothing left out, for it is not clear which positions are wrong: {why}")
    told += [*_parted(samples), *_silent(samples)]
    if samples.when[0] == samples.when[-1]:  # of one moment, which tells the date, but not when it was where
        on = moment(float(samples.when[0])).date()
        return Route(samples.points, name, "given", remarks=tuple(told), on=on)
    return _track(samples, jumped, name, aircraft, tuple(left_out), tuple(told))


def _track(  # noqa: PLR0917 - what a track is made of
    samples: Samples,
    jumped: Samples,
    name: str,
    aircraft: str | None,
    left_out: tuple[LeftOut, ...],
    remarks: tuple[str, ...],
) -> Track:
    calls = [call for call in samples.callsign if call]
    return Track(
        samples.points,
        name,
        "given",
        remarks=remarks,
        on=moment(float(samples.when[0])).date(),
        samples=samples,
        jumped=jumped,
        aircraft=aircraft,
        callsign=max(sorted(set(calls)), key=calls.count) if calls else None,
        left_out=left_out,
    )


def _kept(samples: Samples, keep: npt.NDArray[np.bool_], why: str, left_out: list[LeftOut]) -> Samples:
    """Leave positions out, and count them."""
    gone = int((~keep).sum())
    if not gone:
        return samples
    left_out.append(LeftOut(gone, why))
    return samples.take(keep)


def _timed(samples: Samples) -> npt.NDArray[np.bool_]:
    """Tell which positions have a time; none, if it is the same for all."""
    timed = np.array([is_dated(when) for when in samples.when.tolist()], bool)
    return timed if len(np.unique(samples.when[timed])) > 1 else np.zeros(len(samples), bool)


def _strays(samples: Samples) -> npt.NDArray[np.bool_]:
    """Tell which positions are at 0,0 without being near there."""
    zero = np.asarray(~samples.lonlat.any(axis=1), bool)
    others = samples.lonlat[~zero]
    if not zero.any() or not len(others):
        return np.zeros(len(samples), bool)
    near = bool((kilometres(others, np.zeros(2)) < STRAY_KM).any())
    return np.zeros(len(samples), bool) if near else zero


def _moves(samples: Samples) -> bool:
    """Tell whether positions are at more than one place; a pole has one, whatever its longitude."""
    return len(samples) > 1 and bool((kilometres(samples.lonlat[1:], samples.lonlat[0]) > SAME_KM).any())


def _repeats(samples: Samples) -> npt.NDArray[np.bool_]:
    """Tell which positions say nothing new: with times, the first and the last at a place do."""
    same = (np.diff(samples.lonlat, axis=0) == 0.0).all(axis=1)
    before, after = np.zeros(len(samples), bool), np.zeros(len(samples), bool)
    before[1:] = after[:-1] = same
    if samples.is_timed:
        before[1:] &= after[1:] | (np.diff(samples.when) == 0.0)
    return before


def _parted(samples: Samples) -> Iterator[str]:
    """Say how far parts of the recording are apart, where they are."""
    ends = np.flatnonzero(np.diff(samples.part))
    km = kilometres(samples.lonlat[ends], samples.lonlat[ends + 1])
    for i, apart in zip(ends.tolist(), km.tolist(), strict=True):
        if apart > APART_KM:
            times = ""
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
    km = float(kilometres(samples.lonlat[most], samples.lonlat[most + 1]))
    legs = "1 leg without a position" if len(long) == 1 else f"{len(long):,} legs without a position"
    yield f"{legs} for more than {GAP_S / 60:.0f} min, up to {pause[most] / 60:,.0f} min ({km:,.0f} km): straight there"
