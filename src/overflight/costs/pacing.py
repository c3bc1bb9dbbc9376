"""How long a flight has been in the air at each place along its route."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, TypeAlias

from overflight.costs.figures import Figure
from overflight.costs.fleet import Aircraft, aircraft
from overflight.errors import OverflightError
from overflight.outside.printable import visible
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
    route : Route
        What is flown.
    """

    km: tuple[float, ...]
    elapsed: tuple[Figure, ...]
    aircraft: Aircraft
    assumptions: tuple[str, ...]
    route: Route

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
    on: dt.date | None = None,
) -> Pace:
    """Work out how long a flight has been in the air at each place along its route.

    Parameters
    ----------
    route : Route
        What is flown.
    aircraft : str or Aircraft
        As `overflight.costs.aircraft` reads it.
    wind : {"none", "season"}
        Still air, or the mean wind of the season, as `overflight.costs.winds` has it.
    on : datetime.date, optional
        The day, which decides the season; that of the route by default.

    Returns
    -------
    Pace

    Raises
    ------
    OverflightError
        If aircraft or wind are not known, or no day is given for a season's wind.

    Notes
    -----
    Method: each stretch takes its length over the ground speed: the true airspeed in cruise, and, where wind is
    reckoned with, what blows along the way, less what heading into a wind from the side takes. What climb and descent
    take longer is spread over the first and the last 250 km, or, on a route too short for both, over its halves.
    """
    flies = _known(aircraft)
    day = route.on if on is None else on
    length_km = route.length_km
    up, down = CLIMB_KM, DESCENT_KM
    if up + down > length_km:
        up = down = length_km / 2.0
    km, cruise, words = _cruise(route, flies, wind, day, at_km=(up, length_km - down))
    elapsed = tuple(
        flown + CLIMB_MIN.times(min(at / up, 1.0)) + DESCENT_MIN.times(max(1.0 - (length_km - at) / down, 0.0))
        for at, flown in zip(km, cruise, strict=True)
    )
    return Pace(km, elapsed, flies, _assumed(flies, words), route)


def _cruise(
    route: Route, flies: Aircraft, wind: Wind, day: dt.date | None, *, at_km: tuple[float, ...]
) -> tuple[tuple[float, ...], tuple[Figure, ...], str]:
    """Return places along the route, the minutes to each as if all of the way were cruise, and the wind in words."""
    if wind == "none":
        km = tuple(sorted({0.0, *at_km, route.length_km}))
        speed = flies.speed_kmh
        minutes_per_km = Figure(60.0 / speed.high, 60.0 / speed.typical, 60.0 / speed.low)
        return km, tuple(minutes_per_km.times(at) for at in km), "no wind"
    if wind != "season":
        msg = f"wind {visible(str(wind)[:40])!r} is not known: give 'none' or 'season'"
        raise OverflightError(msg)
    if day is None:
        msg = "the wind of which season? give the day, as in on='2025-10-23'"
        raise OverflightError(msg)
    from overflight.costs.drift import in_wind  # numpy, which no flight in still air needs
    from overflight.costs.winds import season, season_words

    return *in_wind(route, flies, season(day), at_km=at_km), season_words(day)


def _known(flies: str | Aircraft) -> Aircraft:
    return flies if isinstance(flies, Aircraft) else aircraft(flies)


def _assumed(flies: Aircraft, wind_words: str) -> tuple[str, ...]:
    speed, burn = flies.speed_kmh, flies.burn_kg_min
    burning = f"burning {burn.low:.0f} to {burn.high:.0f} kg a minute"
    more = CLIMB_MIN + DESCENT_MIN
    return (
        f"{flies.words} at {speed.low:.0f} to {speed.high:.0f} km/h, {burning}",
        wind_words,
        f"{more.low:.0f} to {more.high:.0f} minutes more for climb and descent",
        "no taxiing, no reserves",
        *flies.assumptions,
    )
