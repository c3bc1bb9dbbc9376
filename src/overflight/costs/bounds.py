"""A time that no route by the same rules is faster than, from a proven length and the winds about.

Method: a steady wind, the same vector in space everywhere, helps all ways between two places alike in sum: by how far
it carries from the one to the other. So over a length L, at airspeed V, no way is helped more a metre than by what the
steady wind carries over L, and by the most by which the wind anywhere about differs from it, R. A mean of times is no
less than what the mean of speeds gives, so a way takes at least L / (V + R + carried / L), whatever steady wind is
taken; the one taken is that which was found to give most.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from overflight.costs.pacing import CLIMB_MIN, DESCENT_MIN, Wind, pace
from overflight.earth import cartesian

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from overflight.costs.fleet import Aircraft
    from overflight.costs.winds import Winds
    from overflight.routes import Route

    Floats = NDArray[np.float64]

__all__ = ["least_time_min"]

KMH = 3.6
ROUNDS = 3
"""How often the region is drawn anew by what is known of the speed in it; each round holds by itself."""
STEPS, FEW = 80, 400
"""Steps to a steady wind, and of how many places of the table each looks at; it is judged by all of them."""


def least_time_min(
    route: Route, *, least_km: float, aircraft: str | Aircraft, wind: Wind = "none", on: dt.date | None = None
) -> float:
    """Return a time that no route of at least a length takes less than, flown by the same aircraft between the ends.

    Parameters
    ----------
    route : Route
        A route that is known.
    least_km : float
        What is proven of the length of others: none is shorter.
    aircraft, wind, on
        As for `overflight.cost`.

    Returns
    -------
    float
        Minutes, at the usual airspeed, in the wind as it is in the table, climb and descent as usual; at most those of
        the route.

    Notes
    -----
    Whoever is faster than the route goes no farther than its time allows, and so stays within an ellipse about the
    ends: the winds about are those in it.

    Examples
    --------
    >>> import overflight as of
    >>> direct = of.great_circle("LHR", "JFK")
    >>> asked = {"aircraft": "wide-body", "wind": "season", "on": dt.date(2025, 1, 16)}
    >>> least = least_time_min(direct, least_km=direct.length_km, **asked)
    >>> round(of.cost(direct, **asked).time_min.typical), round(least)
    (440, 401)
    """
    taken = pace(route, aircraft=aircraft, wind=wind, on=on)
    more_min = CLIMB_MIN.typical + DESCENT_MIN.typical
    airspeed_m_s = taken.aircraft.speed_kmh.typical / KMH
    mean_m_s = airspeed_m_s
    if wind == "season":
        from overflight.costs.winds import season

        day = route.on if on is None else on
        assert day is not None  # noqa: S101 - or there were no pace
        seconds = 60.0 * (taken.total.typical - more_min)
        mean_m_s = _fastest_m_s(season(day), route, 1000.0 * least_km, seconds, airspeed_m_s)
    return min(taken.total.typical, 1000.0 * least_km / mean_m_s / 60.0 + more_min)


def _fastest_m_s(winds: Winds, route: Route, least_m: float, seconds: float, airspeed_m_s: float) -> float:
    """Return a mean speed that no way of at least a length exceeds which takes no longer than so many seconds."""
    import numpy as np

    ends = route.waypoints[0], route.waypoints[-1]
    start, end = ((one.lon, one.lat) for one in ends)
    apart_m = np.subtract(cartesian(*end), cartesian(*start))
    fastest = airspeed_m_s + winds.strongest_m_s
    reach_m = seconds * fastest
    for _ in range(ROUNDS):
        about = winds.within(start, end, reach_m / 1000.0)
        steady = _steady(*about, apart_m / least_m)
        most, carried_m2_s = airspeed_m_s + _differs(*about, steady), float(steady @ apart_m)
        if least_m * most + 2.0 * carried_m2_s > 0.0:  # or a longer way might be faster
            fastest = min(fastest, most + carried_m2_s / least_m)
            room = (seconds * most) ** 2 + 4.0 * seconds * carried_m2_s
            reach_m = min(reach_m, (seconds * most + math.sqrt(max(room, 0.0))) / 2.0)
    return fastest


def _steady(verticals: Floats, arrows: Floats, apart: float, carries: Floats) -> Floats:
    """Return a steady wind that is near all of these; any would do, and a good one bounds best."""
    import numpy as np

    few = slice(None, None, max(len(arrows) // FEW, 1))
    some = verticals[few], arrows[few]
    best, least = np.zeros(3), _differs(*some, apart, np.zeros(3))
    steady = some[1].mean(axis=0)
    for step in range(STEPS):
        level = _level(*some, steady)
        off = np.linalg.norm(level, axis=1)
        worst = int(off.argmax())
        now = _differs(*some, apart, steady) + float(steady @ carries)
        if now < least:
            best, least = steady, now
        downhill = level[worst] / max(off[worst], 1e-9) - carries
        steady = steady + off[worst] / (step + 3.0) * downhill
    return best


def _differs(verticals: Floats, arrows: Floats, apart: float, steady: Floats) -> float:
    """Return by how much the wind differs from a steady one at most, along the ground, at any place between these.

    The wind there is a mean of four of these, less what of it points up there: of what points up at one of the four, no
    more is level there than the sine of the angle between.
    """
    import numpy as np

    level = np.linalg.norm(_level(verticals, arrows, steady), axis=1)
    return float((level + math.sin(apart) * np.abs(verticals @ steady)).max())


def _level(verticals: Floats, arrows: Floats, steady: Floats) -> Floats:
    """Return what winds have more than a steady one, along the ground."""
    return arrows - steady + (verticals @ steady)[:, None] * verticals
