"""The paces of many routes at once, as arrays: in still air by arithmetic on lengths alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overflight.costs.costing import CO2_PER_KG
from overflight.costs.figures import Figure
from overflight.costs.fleet import Aircraft
from overflight.costs.pacing import CLIMB_KM, CLIMB_MIN, DESCENT_KM, DESCENT_MIN, Wind, pace
from overflight.routes import Route

__all__ = ["Paces", "burnt", "paces_in_still_air", "paces_of"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Paces(NamedTuple):
    """Minutes since take-off along many routes.

    Attributes
    ----------
    route : int array of shape (p,)
        Of each place, whose it is; in order.
    km : float array of shape (p,)
        Where along it, in order, from 0 to its end.
    minutes : float array of shape (p, 3)
        Minutes since take-off there: least, typical, most; between two places, time goes as the way does.
    """

    route: Integers
    km: Floats
    minutes: Floats

    def at(self, route: Integers, km: Floats) -> Floats:
        """Return the minutes since take-off, of shape (n, 3), at places along routes.

        Error bound: 1e-5 minutes, for routes of 100,000 km in all; see `Pace.minutes` for one.
        """
        # one rising scale for all routes, a gap between each two, so that all are looked up at once
        step = 2.0 * (float(self.km.max(initial=0.0)) + 1.0)
        scale, spot = self.km + self.route * step, km + route * step
        return np.stack([np.interp(spot, scale, self.minutes[:, k]) for k in range(3)], axis=1)


def paces_in_still_air(length_km: Floats, flies: Aircraft) -> Paces:
    """Return the paces of routes so long, without wind: what `overflight.costs.pace` gives for each.

    Examples
    --------
    >>> import overflight as of
    >>> flown = of.great_circle("VKO", "BUD")
    >>> many = paces_in_still_air(np.array([flown.length_km]), of.cost(flown).aircraft)
    >>> abs(many.minutes[-1] - np.array(list(of.cost(flown).time_min.to_dict(9).values()))).max() < 1e-8
    np.True_
    """
    short = length_km < CLIMB_KM + DESCENT_KM
    up = np.where(short, length_km / 2.0, CLIMB_KM)
    down = np.where(short, length_km / 2.0, DESCENT_KM)
    km = np.stack([np.zeros_like(length_km), up, length_km - down, length_km], axis=1)
    speed = flies.speed_kmh
    by_km = 60.0 / np.array([speed.high, speed.typical, speed.low])
    climb, descent = _row(CLIMB_MIN), _row(DESCENT_MIN)
    more = np.stack([0.0 * climb, climb, climb, climb + descent])
    minutes = km[:, :, None] * by_km + more
    return Paces(np.repeat(np.arange(len(length_km)), 4), km.reshape(-1), minutes.reshape(-1, 3))


def paces_of(routes: Sequence[Route], days: Sequence[dt.date], flies: Aircraft, wind: Wind) -> Paces:
    """Return the paces of routes, each on its day, one by one."""
    found = [pace(route, aircraft=flies, wind=wind, on=day) for route, day in zip(routes, days, strict=True)]
    whose = np.repeat(np.arange(len(found)), [len(one.km) for one in found])
    km = np.array([at for one in found for at in one.km])
    minutes = np.array([(figure.low, figure.typical, figure.high) for one in found for figure in one.elapsed])
    return Paces(whose, km, minutes.reshape(-1, 3))


def burnt(minutes: Floats, flies: Aircraft) -> tuple[Floats, Floats]:
    """Return tonnes of fuel and of CO2, of shape (n, 3), from minutes of that shape."""
    fuel_t = minutes * _row(flies.rate_kg_min) * 0.001
    return fuel_t, fuel_t * CO2_PER_KG


def _row(figure: Figure) -> Floats:
    return np.array([figure.low, figure.typical, figure.high])
