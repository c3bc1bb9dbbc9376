"""A recorded flight: a route that says when the aircraft was where, and what was left out of the recording."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from overflight.outside.listing import Listing
from overflight.routes.model import Route
from overflight.routes.places import format_latlon
from overflight.routes.tracks.samples import Floats, Samples, moment

__all__ = ["GAP_S", "Gap", "LeftOut", "Track"]

GAP_S = 600.0
"""Receivers hear an aircraft every second, satellites every few minutes; a longer silence is a gap."""


REASONS = {
    "no-position": ("row without a position", "rows without a position"),
    "no-time": ("row without a time", "rows without a time"),
    "at-0-0": ("position at 0,0", "positions at 0,0"),
    "repeat": ("repeated position", "repeated positions"),
    "still": ("position before, after or between flights", "positions before, after or between flights"),
    "jump": ("position", "positions"),
}
"""Why a position is not in a track, and what to call one and several of these."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Positions of the file that are not in the track: how many, and why (a key of `REASONS`)."""

    count: int
    why: str

    def __str__(self) -> str:
        return f"{self.count:,} {REASONS[self.why][self.count != 1]} left out"


class Gap(NamedTuple):
    """A leg of a track in which nothing was recorded.

    Attributes
    ----------
    leg : int
        Which of `Route.legs`.
    km : float
        How long that leg is.
    seconds : float
        How long the silence was; NaN where the times are not known.
    between_parts : bool
        Whether the file itself begins a new part there.
    """

    leg: int
    km: float
    seconds: float
    between_parts: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Track(Route):
    """A recorded flight; as a `Route`, its legs are the geodesics between its positions, gaps included.

    Attributes
    ----------
    samples : Samples
        The positions as columns, in the order of time, one for each waypoint.
    jumped : Samples
        Those that were left out because no aircraft gets there in the time.
    aircraft, callsign : str or None
        Transponder address or registration, and what it called itself most of the time.
    left_out : tuple of LeftOut
        What else of the file is not in it.
    along_km : array of shape (n,)
        How far it had flown at each position.

    Examples
    --------
    >>> from overflight.routes.tracks.making import tracks_of
    >>> from overflight.routes.sample import Sample
    >>> from overflight.routes.places import Waypoint
    >>> rows = [Sample(Waypoint(37.3, 55.6), 1761202800.0), Sample(Waypoint(19.3, 47.4), 1761213600.0)]
    >>> (track,) = tracks_of(rows, "TST100")
    >>> track.on.isoformat(), track.moment(track.length_km / 2).isoformat()
    ('2025-10-23', '2025-10-23T08:30:00+00:00')
    """

    samples: Samples = field(repr=False, compare=False)
    jumped: Samples = field(repr=False, compare=False)
    aircraft: str | None = None
    callsign: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    along_km: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        Route.__post_init__(self)
        flown = np.cumsum(np.fromiter((leg.length_m for leg in self.legs), float, len(self.legs)))
        object.__setattr__(self, "along_km", np.concatenate([[0.0], flown / 1000.0]))

    def _listing(self) -> Listing:
        who = " ".join(filter(None, [self.callsign, self.aircraft])) or self.name or ""
        span = f"{self.begin:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"
        known = np.isfinite(self.altitude_m)
        return Listing(
            title=f"{f'Track {who}'.strip()}, {span}, {self.length_km:,.1f} km, {len(self.waypoints):,} positions",
            words=(),
            header=("time", "lat,lon", "altitude, m", "km"),
            rows=(
                [
                    f"{moment(float(when)):%Y-%m-%d %H:%M:%S}",
                    format_latlon(point.lon, point.lat),
                    round(float(altitude)) if is_known else None,
                    float(km),
                ]
                for point, when, altitude, is_known, km in zip(
                    self.waypoints, self.times_s, self.altitude_m, known, self.along_km, strict=True
                )
            ),
            total=len(self.waypoints),
        )

    @property
    def positions(self) -> Floats:
        """Longitude and latitude in degrees, of shape (n, 2)."""
        return self.samples.lonlat

    @property
    def times_s(self) -> Floats:
        """When it was there: seconds since 1970-01-01 UTC, of shape (n,)."""
        return self.samples.when

    @property
    def altitude_m(self) -> Floats:
        """Metres, NaN where unknown, of shape (n,)."""
        return self.samples.altitude_m

    @property
    def begin(self) -> dt.datetime:
        """Time of the first position."""
        return moment(float(self.times_s[0]))

    @property
    def end(self) -> dt.datetime:
        """Time of the last position."""
        return moment(float(self.times_s[-1]))

    def moment(self, at_km: float) -> dt.datetime:
        """Return when the flight was so many km along its route, at one speed between two positions."""
        if at_km <= 0.0:  # it may have stood there for a while
            return self.begin
        return moment(float(np.interp(at_km, self.along_km, self.times_s)))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The legs in which nothing was recorded for more than `GAP_S`, or between two parts of the file."""
        return tuple(self._gaps())

    def _gaps(self) -> Iterator[Gap]:
        parted = np.diff(self.samples.part) != 0
        silent = np.diff(self.times_s)
        for i in np.flatnonzero((silent > GAP_S) | parted).tolist():
            yield Gap(i, self.legs[i].length_km, float(silent[i]), bool(parted[i]))
