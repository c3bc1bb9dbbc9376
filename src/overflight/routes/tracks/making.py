"""From what recorders wrote to routes: a `Track` for each flight, with what is to be said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from overflight.routes.model import Route
from overflight.routes.sample import Sample
from overflight.routes.tracks.cleaning import Flight, clean
from overflight.routes.tracks.samples import Samples, moment
from overflight.routes.tracks.track import LeftOut, Track

__all__ = ["called", "tracks_of", "with_jumps"]


def tracks_of(
    rows: Sequence[Sample] | Samples, name: str, *, aircraft: str | None = None, missing: int = 0
) -> list[Route]:
    """Make the flights of one aircraft.

    Parameters
    ----------
    rows : sequence of Sample, or Samples
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
    flights, gone, day_s = clean(rows if isinstance(rows, Samples) else Samples.of(rows))
    left_out = [LeftOut(missing, "no-position")] if missing else []
    left_out += [LeftOut(len(which), why) for why, which in gone.items()]
    names = [name] if len(flights) == 1 else [called(name, i + 1) for i in range(len(flights))]
    return [
        _made(flight, own, aircraft, left_out if i == 0 else (), day_s)
        for i, (flight, own) in enumerate(zip(flights, names, strict=True))
    ]


def called(name: str, number: int) -> str:
    """Name one of several flights of an aircraft."""
    return f"{name}, flight {number}"


def with_jumps(track: Track) -> Track:
    """Return a track with the positions that no aircraft gets to, as they were recorded."""
    if not len(track.jumped):
        return track
    both = track.samples.plus(track.jumped)
    both = both.take(np.argsort(both.when, kind="stable"))
    kept = tuple(out for out in track.left_out if out.why != "jump")
    told = tuple(remark.replace(" left out: faster", " kept: faster", 1) for remark in track.remarks)
    return _track(both, both.take(slice(0, 0)), track.name or "", track.aircraft, kept, told)


def _made(flight: Flight, name: str, aircraft: str | None, before: Sequence[LeftOut], day_s: float) -> Route:
    """Make a route of a flight; what is left out of it is told, beside what was left out before."""
    left_out, told = flight.left_out(before), flight.told(before)
    samples, jumped = flight.flown, flight.jumped
    if not samples.is_timed or samples.when[0] == samples.when[-1]:  # one moment tells the date at most
        day_s = float(samples.when[0]) if samples.is_timed else day_s
        on = moment(day_s).date() if math.isfinite(day_s) else None
        return Route(samples.waypoints, name, "given", remarks=told, on=on)
    if len(jumped):
        left_out += (LeftOut(len(jumped), "jump"),)
    return _track(samples, jumped, name, aircraft, left_out, told)


def _track(  # noqa: PLR0917 - what a track is made of
    samples: Samples,
    jumped: Samples,
    name: str,
    aircraft: str | None,
    left_out: tuple[LeftOut, ...],
    remarks: tuple[str, ...],
) -> Track:
    calls = samples.callsign[samples.callsign.astype(bool)].tolist()
    return Track(
        samples.waypoints,
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
