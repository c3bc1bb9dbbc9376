"""How long a flight has been in the air at each place along its route."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, TypeAlias

from overflight.costs.figures import Figure
from overflight.costs.fleet import Aircraft, aircraft
from overflight.errors import OverflightError
from overflight.routes import Route

__all__ = ["Pace", "Wind", "pace"]

Wind: TypeAlias = Literal["none", "season"]
CLIMB_KM = DESCENT_KM = 250.0
CLIMB_MIN, DESCENT_MIN = Figure(3.0, 4.0, 7.0), Figure(7.0, 10.0, 16.0)
"""What climb and descent take longer than cruise does for the same way.

The profiles of WRAP (see `fleet`) take 22 to 24 minutes and 255 to 285 km up, 4 minutes longer than in cruise, and 27
to 29 minutes and 250 to 270 km down, 10 minutes longer. The ends are ours: straight out and straight in, or turns after
take-off and a wait before landing. Such a climb and descent burn as much more as 15 to 18 minutes of cruise do.
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Minutes since take-off, by km along the route.

    Attributes
    ----------
    km : tuple of float
        Places along the route, from 0 to its end.
    elapsed : tuple of Figure
        Minutes since take-off there; between two of them, time goes as the way does.
    aircraft : Aircraft
        What flies.
    assumptions : tuple of str
        What was assumed of wind, climb and descent, in sentences.
    """

    km: tuple[float, ...]
    elapsed: tuple[Figure, ...]
    aircraft: Aircraft
    assumptions: tuple[str, ...]

    @property
    def total(self) -> Figure:
        """Minutes from take-off to landing."""
        return self.elapsed[-1]

    def minutes(self, km: float) -> Figure:
        """Return the minutes since take-off at a place along the route; before its start and past its end, those there.

        Examples
        --------
        >>> import overflight as of
        >>> flown = pace(of.great_circle("VKO", "BUD"), aircraft="narrow-body")
        >>> round(flown.minutes(0.0).typical), round(flown.minutes(800.0).typical), round(flown.total.typical)
        (0, 62, 125)
        """
        at = min(max(bisect_right(self.km, km), 1), len(self.km) - 1)
        before, after = self.km[at - 1], self.km[at]
        share = min(max((km - before) / (after - before), 0.0), 1.0)
        return self.elapsed[at - 1].times(1.0 - share) + self.elapsed[at].times(share)


def pace(
    route: Route,
    *,
    aircraft: str | Aircraft = "narrow-body",
    wind: Wind = "none",
    on: dt.date | None = None,  # noqa: ARG001 - for the season's winds
) -> Pace:
    """Work out how long a flight has been in the air at each place along its route.

    Parameters
    ----------
    route : Route
        What is flown.
    aircraft : str or Aircraft
        As `overflight.costs.aircraft` reads it.
    wind : {"none"}
        What wind to reckon with.
    on : datetime.date, optional
        The day, which decides the season.

    Returns
    -------
    Pace

    Notes
    -----
    Method: each stretch takes its length over the ground speed, the true airspeed in cruise; what climb and descent
    take longer is spread over the first and the last 250 km, or, on a route too short for both, over its halves.
    """
    flies = _known(aircraft)
    if wind != "none":
        msg = f"wind {wind!r} is not known: give 'none'"
        raise OverflightError(msg)
    length_km = route.length_km
    up, down = CLIMB_KM, DESCENT_KM
    if up + down > length_km:
        up = down = length_km / 2.0
    places = sorted({0.0, up, length_km - down, length_km})
    slow = flies.speed_kmh
    hour_per_km = Figure(1.0 / slow.high, 1.0 / slow.typical, 1.0 / slow.low)
    stretches = []
    for before, after in pairwise(places):
        climbing = max(0.0, min(after, up) - before) / up
        descending = max(0.0, after - max(before, length_km - down)) / down
        flown = hour_per_km.times(60.0 * (after - before))
        stretches.append(flown + CLIMB_MIN.times(climbing) + DESCENT_MIN.times(descending))
    elapsed = tuple(accumulate(stretches, initial=Figure.exactly(0.0)))
    return Pace(tuple(places), elapsed, flies, _assumed(flies))


def _known(flies: str | Aircraft) -> Aircraft:
    return flies if isinstance(flies, Aircraft) else aircraft(flies)


def _assumed(flies: Aircraft) -> tuple[str, ...]:
    speed, burn = flies.speed_kmh, flies.burn_kg_min
    burning = f"burning {burn.low:.0f} to {burn.high:.0f} kg a minute"
    more = CLIMB_MIN + DESCENT_MIN
    return (
        f"{flies.words} at {speed.low:.0f} to {speed.high:.0f} km/h, {burning}",
        "no wind",
        f"{more.low:.0f} to {more.high:.0f} minutes more for climb and descent",
        "no taxiing, no reserves",
        *flies.assumptions,
    )
