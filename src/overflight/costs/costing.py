"""What flying a route costs: time, fuel and CO2, in whole, by crossing, and over another route."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.costs.charges import Charges, charges_of
from overflight.costs.figures import Figure
from overflight.costs.fleet import Aircraft
from overflight.costs.pacing import Pace, Wind, pace
from overflight.costs.rates import UnitRates
from overflight.errors import OverflightError
from overflight.outside.dates import as_date
from overflight.routes.ways import Way, route_of

if TYPE_CHECKING:
    from overflight._crossings import Crossing, Crossings

__all__ = ["CO2_PER_KG", "Cost", "Extra", "Share", "columns_of", "cost"]

CO2_PER_KG = 3.16
"""kg of CO2 from a kg of jet fuel: ICAO Carbon Emissions Calculator Methodology."""

SAME_KM = 0.001
"""Crossings are those of a route if it is as long as theirs, to a metre."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one crossing takes of the whole.

    Attributes
    ----------
    crossing : Crossing
        Whose airspace, from where to where.
    time_min, fuel_t, co2_t : Figure
        Minutes, tonnes of fuel, tonnes of CO2.
    """

    crossing: Crossing
    time_min: Figure
    fuel_t: Figure
    co2_t: Figure

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of a crossing has it under ``cost``."""
        return _figures(self)


@dataclass(frozen=True, slots=True)
class Extra:
    """What one route costs more than another, flown by the same aircraft as things stand in both.

    Attributes
    ----------
    time_min, fuel_t, co2_t : Figure
        Minutes, tonnes of fuel, tonnes of CO2; below 0 where the route costs less.
    """

    time_min: Figure
    fuel_t: Figure
    co2_t: Figure

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of a route has it under ``extra``."""
        return _figures(self)


@dataclass(frozen=True, slots=True)
class Cost:
    """What flying a route takes.

    Attributes
    ----------
    pace : Pace
        When the flight is where.
    time_min : Figure
        Minutes from take-off to landing.
    fuel_t : Figure
        Tonnes of fuel burnt in that time.
    co2_t : Figure
        Tonnes of CO2 from that fuel.
    crossings : tuple of Share
        The same by crossing, in the order flown, where crossings were given; with the high seas, they add up.
    wind : {"none", "season"}
        What wind was reckoned with.
    charges : Charges or None
        Route charges, where asked for: by unit rates, a maximum take-off weight, or both.
    assumptions : tuple of str
        What was assumed.
    """

    pace: Pace
    time_min: Figure
    fuel_t: Figure
    co2_t: Figure
    crossings: tuple[Share, ...]
    wind: Wind
    charges: Charges | None
    assumptions: tuple[str, ...]

    @property
    def aircraft(self) -> Aircraft:
        """What flies."""
        return self.pace.aircraft

    def over(self, other: Cost) -> Extra:
        """Return what this costs more than another route flown by the same aircraft.

        Speed, burn, climb and descent are the same on both sides: the range of a difference is not that of a sum. In
        the wind of a season, the day's weather is alike on both as far as they lie near each other.

        Examples
        --------
        >>> import overflight as of
        >>> direct, by_minsk = of.cost("VKO-BUD"), of.cost("VKO-MSQ-BUD")
        >>> {key: round(value, 1) for key, value in by_minsk.over(direct).time_min.to_dict().items()}
        {'low': 2.4, 'typical': 2.4, 'high': 2.5}
        """
        time, fuel_t = self.time_min.minus(other.time_min), self.fuel_t.minus(other.fuel_t)
        if self.wind != "none" and other.wind != "none":
            from overflight.costs.weather import apart_min  # numpy, which no flight in still air needs

            one, two = self.pace, other.pace
            apart = apart_min(one.route, one.total.typical, two.route, two.total.typical)
            time = time.widened(apart)
            fuel_t = fuel_t.widened(apart * self.aircraft.rate_kg_min.typical / 1000.0)
        return Extra(time, fuel_t, fuel_t.times(CO2_PER_KG))

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of a route has it under ``cost``, but for ``extra``."""
        return {
            "aircraft": self.aircraft.name,
            "wind": self.wind,
            **_figures(self),
            "charges": None if self.charges is None else self.charges.to_dict(),
            "assumptions": list(self.assumptions),
        }


def cost(
    route: Way,
    *,
    aircraft: str | Aircraft = "narrow-body",
    wind: Wind = "none",
    on: dt.date | str | None = None,
    crossings: Crossings | None = None,
    rates: str | Path | UnitRates | None = None,
    mtow_t: float | None = None,
) -> Cost:
    """Work out what flying a route takes: minutes, tonnes of fuel, tonnes of CO2.

    Parameters
    ----------
    route : Route, str, or sequence of places
        What is flown; ``"VKO-BUD"`` and ``["VKO", "BUD"]`` stand for a route.
    aircraft : str or Aircraft
        As `overflight.costs.aircraft` reads it: ``regional``, ``narrow-body``, ``wide-body`` or ``business``; or an
        ICAO type such as ``A320``, which needs the extra ``overflight[fuel]``.
    wind : {"none", "season"}
        Still air, or the mean wind of the season.
    on : datetime.date or str, optional
        The day of the flight, which decides the season.
    crossings : Crossings, optional
        The route's crossings, to have the same of each.
    rates : path or UnitRates, optional
        Unit rates of route charges, as `overflight.costs.rates` reads them; they need `mtow_t`, and a day.
    mtow_t : float, optional
        Maximum take-off weight, in tonnes.

    Returns
    -------
    Cost

    Raises
    ------
    OverflightError
        If the aircraft is not known, the crossings are another route's, or charges lack a day, a weight, or a file
        that can be read.

    Notes
    -----
    Method: the time of `overflight.costs.pace`; fuel is that time at the rate of cruise, CO2 is 3.16 times the fuel.
    Each figure is a range; `Cost.assumptions` says what of.

    Examples
    --------
    >>> found = cost("VKO-BUD")
    >>> [round(one.typical, 1) for one in (found.time_min, found.fuel_t, found.co2_t)]
    [125.3, 5.0, 15.9]
    """
    day = None if on is None else as_date(on)
    flown = route_of(route, day)
    if crossings is not None and abs(crossings.length_km - flown.length_km) > SAME_KM:
        msg = (
            f"crossings= are those of {crossings.route.label[:60]!r}, another route: give those of {flown.label[:60]!r}"
        )
        raise OverflightError(msg)
    kept = pace(flown, aircraft=aircraft, wind=wind, on=day)
    shares = []
    for crossing in crossings or ():
        minutes = kept.minutes(crossing.exit_km).minus(kept.minutes(crossing.entry_km))
        shares.append(Share(crossing, *_burnt(minutes, kept.aircraft)))
    asked = rates is not None or mtow_t is not None
    charges = charges_of(flown, crossings, on=day, rates=rates, mtow_t=mtow_t) if asked else None
    return Cost(kept, *_burnt(kept.total, kept.aircraft), tuple(shares), wind, charges, kept.assumptions)


def _burnt(minutes: Figure, flies: Aircraft) -> tuple[Figure, Figure, Figure]:
    """Return time, fuel and CO2."""
    fuel_t = minutes.times(flies.rate_kg_min).times(0.001)
    return minutes, fuel_t, fuel_t.times(CO2_PER_KG)


def columns_of(one: Share | Extra | Cost) -> dict[str, float]:
    """Spread time, fuel and CO2 over the columns of a table: ``time_min``, ``time_min_low``, ``time_min_high``, ...

    Examples
    --------
    >>> list(columns_of(cost("VKO-BUD")).items())[:3]
    [('time_min', 125.3), ('time_min_low', 118.5), ('time_min_high', 138.8)]
    """
    ends = {"": "typical", "_low": "low", "_high": "high"}
    return {f"{name}{end}": facts[key] for name, facts in _figures(one).items() for end, key in ends.items()}


def _figures(one: Share | Extra | Cost) -> dict[str, dict[str, float]]:
    return {"time_min": one.time_min.to_dict(1), "fuel_t": one.fuel_t.to_dict(), "co2_t": one.co2_t.to_dict()}
