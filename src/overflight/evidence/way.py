"""A route by its kilometres: where it is after so many, and what it passes between two of these."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from overflight.earth import arc_at, geodesic_line, position
from overflight.routes.tracks import Track

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.case import Case
    from overflight.routes import Route

    Floats = NDArray[np.float64]

__all__ = ["Way", "clock_of"]

CLOCKS = (60.0, 10.0, 1.0, 0.1, 0.01, 0.001)
"""What recorders count in, in seconds."""


@dataclass(frozen=True)
class Way:
    """The route of a case, with its times where it has any.

    Attributes
    ----------
    case : Case
        Whose route.
    """

    case: Case

    @property
    def route(self) -> Route:
        """The route."""
        return self.case.route

    @property
    def track(self) -> Track | None:
        """The route, if it is a recorded flight."""
        return self.route if isinstance(self.route, Track) else None

    @cached_property
    def km(self) -> Floats:
        """How far it is to each waypoint, of shape (n,)."""
        if self.track is not None:
            return self.track.along_km
        metres = np.fromiter((leg.length_m for leg in self.route.legs), float, len(self.route.legs))
        return np.concatenate([[0.0], np.cumsum(metres) / 1000.0])

    @property
    def end_km(self) -> float:
        """How long it is."""
        return float(self.km[-1])

    @cached_property
    def clock_s(self) -> float | None:
        """The unit, in seconds, in which the recording's times are counted."""
        return None if self.track is None else clock_of(self.track.times_s)

    def leg_at(self, at_km: float) -> int:
        """Return on which leg the route is after so many km; at a waypoint, on the leg that ends there."""
        found = int(np.searchsorted(self.km, at_km, side="left")) - 1
        return min(max(found, 0), len(self.route.legs) - 1)

    def moment(self, at_km: float) -> dt.datetime | None:
        """Return when it is there: by what it is judged by, else as recorded; None where neither is known."""
        if self.case.schedule is not None:
            return self.case.schedule.moment(at_km)
        return None if self.track is None else self.track.moment(at_km)

    def stretch(self, from_km: float, to_km: float, *, step_km: float) -> tuple[Floats, Floats]:
        """Return points between two places of the route, both included, at most `step_km` apart.

        Returns
        -------
        lonlat : array of shape (n, 2)
            Degrees; longitude runs on past 180.
        km : array of shape (n,)
            Where they are along the route.
        """
        first, last = self.leg_at(from_km), self.leg_at(to_km)
        found: list[tuple[float, float]] = []
        along: list[float] = []
        for number in range(first, last + 1):
            leg, begin = self.route.legs[number], float(self.km[number])
            low, high = max(from_km - begin, 0.0), min(to_km - begin, leg.length_km)
            if high <= low and found:
                continue
            count = max(1, math.ceil((high - low) / step_km))
            steps = [low + (high - low) * k / count for k in range(1 if found else 0, count + 1)]
            line = geodesic_line(leg.start.lat, leg.azimuth_deg)
            for at in steps:
                x, lat = position(line, arc_at(line, 1000.0 * at))
                lon = leg.start.lon + x
                if found:
                    lon += 360.0 * round((found[-1][0] - lon) / 360.0)
                found.append((lon, lat))
                along.append(begin + at)
        return np.array(found), np.array(along)


def clock_of(times_s: Floats) -> float:
    """Return the coarsest unit, in seconds, of which all times are whole multiples: what the recording's clock tells.

    Examples
    --------
    >>> clock_of(np.array([1761202800.0, 1761202860.0])), clock_of(np.array([1761202800.0, 1761202805.5]))
    (60.0, 0.1)
    """
    for unit in CLOCKS:
        counted = times_s / unit
        if (np.abs(counted - np.round(counted)) * unit < 2e-5 * max(unit, 0.05)).all():
            return unit
    return CLOCKS[-1]
