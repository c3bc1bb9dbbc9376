"""Route charges: EUROCONTROL's formula with unit rates that the user brings, and the overflight fees of the FAA.

Both are charged by zones of air traffic control. What is known here is sovereign airspace: on land its borders are
taken for the zones', and over the sea, where zones reach farther, a charge is only a part; so it is called. Stays in
zones of another kind can be charged the same way: a `Stay` needs no crossing.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight._crossings import crossings as find_crossings
from overflight.airspace.pieces import UNDETERMINED
from overflight.costs.rates import SYSTEM, UnitRate, UnitRates, check_tonnes, read_rates
from overflight.costs.stays import Stay, stays_of
from overflight.earth.constants import KM_PER_NM
from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight._crossings import Crossings
    from overflight.routes import Route

__all__ = [
    "Charge",
    "Charges",
    "charges_of",
    "distance_factor",
    "faa_rate",
    "route_charges",
    "weight_factor",
]

OFF_KM = 20.0
"""Taken off for each take-off and each landing within the zone."""
EXEMPT_T = 2.0
FAA_RATES = (
    (dt.date(2017, 1, 1), 58.45, 23.15),
    (dt.date(2018, 1, 1), 60.07, 24.77),
    (dt.date(2019, 1, 1), 61.75, 26.51),
)
"""From when, and US dollars per 100 NM en route and oceanic: 14 CFR 187.53 (c)."""
FAA_SEEN = dt.date(2026, 4, 5)
"""The day as of which the regulation was read; the FAA reviews its rates at least every two years."""
USA = "USA"
NEEDS_WEIGHT = "unit rates need the aircraft's maximum take-off weight: add --mtow 78.0 (tonnes; mtow_t=78.0)"
EUROCONTROL, FAA = "EUROCONTROL", "FAA"


@dataclass(frozen=True, slots=True)
class Charge:
    """What one zone charges, or why that is not known.

    Attributes
    ----------
    zone, name : str
        Whose zone.
    by : str
        ``"EUROCONTROL"``, ``"FAA"``, or empty where it is not known who charges, and how.
    km : float
        The distance that is charged.
    amount : float or None
        In `currency`; None where it is not known.
    currency : str or None
        Such as ``"EUR"``.
    rate : float or None
        Per service unit, or per 100 NM.
    part : bool
        Whether the zone reaches farther, so that the charge is a part only.
    why : str
        What is to be known of it; of one that is not known, why.
    """

    zone: str
    name: str
    by: str
    km: float
    amount: float | None = None
    currency: str | None = None
    rate: float | None = None
    part: bool = False
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "zone": self.zone,
            "name": self.name,
            "by": self.by or None,
            "km": round(self.km, 3),
            "amount": None if self.amount is None else round(self.amount, 2),
            "currency": self.currency,
            "rate": self.rate,
            "part": self.part,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Charges:
    """What the zones of a route charge.

    Attributes
    ----------
    rows : tuple of Charge
        One a zone, in the order in which they are first entered.
    assumptions : tuple of str
        How they were worked out, and what they leave out.
    """

    rows: tuple[Charge, ...]
    assumptions: tuple[str, ...]

    @property
    def totals(self) -> dict[str, float]:
        """The sum of what is known, by currency."""
        sums: dict[str, float] = {}
        for row in self.rows:
            if row.amount is not None and row.currency is not None:
                sums[row.currency] = sums.get(row.currency, 0.0) + row.amount
        return sums

    @property
    def lacking(self) -> tuple[Charge, ...]:
        """What the sum lacks: the zones whose charge is not known."""
        return tuple(row for row in self.rows if row.amount is None)

    @property
    def sentence(self) -> str:
        """The sum and what it lacks, in a sentence.

        Examples
        --------
        >>> known = Charge("HUN", "Hungary", "EUROCONTROL", 120.0, 41.23, "EUR", 34.5)
        >>> Charges((known, Charge("RUS", "Russia", "", 400.0)), ()).sentence
        'charges: 41.23 EUR (Hungary); not known: Russia'
        """
        told = [
            f"{total:,.2f} {currency} ({', '.join(_called(row) for row in self.rows if row.currency == currency)})"
            for currency, total in self.totals.items()
        ]
        if self.lacking:
            told.append(f"not known: {', '.join(dict.fromkeys(row.name for row in self.lacking))}")
        return f"charges: {'; '.join(told) if told else 'none'}"

    def to_dict(self) -> dict[str, Any]:
        """Return them as the JSON of a route has them under ``charges``."""
        return {
            "total": {currency: round(total, 2) for currency, total in self.totals.items()},
            "complete": not self.lacking and not any(row.part for row in self.rows),
            "lacking": [row.zone for row in self.lacking],
            "zones": [row.to_dict() for row in self.rows],
            "assumptions": list(self.assumptions),
        }


def weight_factor(mtow_t: float) -> float:
    """Return the weight factor of EUROCONTROL's formula: the root of the MTOW over 50 t, to two decimals.

    Examples
    --------
    The A319 of EUROCONTROL's own questions and answers has an MTOW of 70.0 t.

    >>> weight_factor(70.0), weight_factor(50.0), weight_factor(200.0), weight_factor(1.9)
    (1.18, 1.0, 2.0, 0.0)
    """
    tonnes = _rounded(mtow_t, 1)
    return 0.0 if tonnes < EXEMPT_T else _rounded(math.sqrt(tonnes / 50.0), 2)


def distance_factor(km: float, ends: int = 0) -> float:
    """Return the distance factor: hundreds of km of great circle, 20 km less for each take-off and landing.

    Examples
    --------
    >>> distance_factor(345.678), distance_factor(345.678, 1), distance_factor(30.0, 2)
    (3.46, 3.26, 0.0)
    """
    return _rounded(max(0.0, km - OFF_KM * ends) / 100.0, 2)


def faa_rate(on: dt.date) -> float | None:
    """Return the FAA's en-route rate on a day, in US dollars per 100 NM; None before 2017.

    Examples
    --------
    >>> [faa_rate(dt.date(*day)) for day in ((2016, 12, 31), (2018, 6, 1), (2025, 10, 23))]
    [None, 60.07, 61.75]
    """
    return next((en_route for since, en_route, _ in reversed(FAA_RATES) if since <= on), None)


def route_charges(
    stays: Iterable[Stay],
    *,
    on: dt.date,
    rates: UnitRates | None = None,
    mtow_t: float | None = None,
) -> Charges:
    """Work out what the zones of a route charge on a date.

    Parameters
    ----------
    stays : iterable of Stay
        In the order flown, with the first one's take-off and the last one's landing.
    on : datetime.date
        Decides which rates hold.
    rates : UnitRates, optional
        Unit rates by zone and month.
    mtow_t : float, optional
        The aircraft's maximum take-off weight, in tonnes; needed where there are rates.

    Returns
    -------
    Charges

    Raises
    ------
    DataError
        If there are rates and no weight, or one that is none.

    Notes
    -----
    Method: EUROCONTROL charges distance factor x weight factor x unit rate (eurocontrol.int, Establishing route
    charges), each factor to two decimals (Regulation (EU) 2019/317, Annex VIII; UK S.I. 1997/2920 for the distance).
    The great circle is the geodesic on WGS84; on a sphere it is up to 0.6 % off that. Several stays in one zone are
    counted each by its own great circle. The FAA charges the great circle of each stay, whatever the weight, of flights
    that neither take off nor land in the United States (14 CFR 187.3, 187.53).
    """
    if rates is not None and mtow_t is None:
        raise DataError(NEEDS_WEIGHT)
    if mtow_t is not None:
        check_tonnes(mtow_t)
    several = list(stays)
    lands_there = any(stay.ends and stay.state == USA for stay in several)
    by_zone: dict[tuple[str, str], list[Stay]] = {}
    for stay in several:
        whose = (FAA, USA) if stay.state == USA and not _rated(stay, rates) else ("", stay.zone)
        by_zone.setdefault(whose, []).append(stay)
    rows = []
    for (by, zone), own in by_zone.items():
        if by == FAA and lands_there:
            continue  # who takes off or lands there pays no overflight fee
        rows.append(_faa(own, on) if by == FAA else _eurocontrol(zone, own, on, rates, mtow_t))
    return Charges(tuple(rows), tuple(_assumed(rows, on, mtow_t)))


def charges_of(
    route: Route,
    crossings: Crossings | None = None,
    *,
    on: dt.date | None,
    rates: str | Path | UnitRates | None = None,
    mtow_t: float | None = None,
) -> Charges:
    """Work out what the states charge that a route crosses; as `route_charges`, with a file of rates, too.

    Raises
    ------
    DataError
        If there is no day, or if there are rates and no weight.
    """
    if on is None:
        raise DataError('charges need the day of the flight: give on="2025-10-23"')
    known = read_rates(rates) if isinstance(rates, str | Path) else rates
    over = find_crossings(route, on=on) if crossings is None else crossings
    return route_charges(stays_of(over), on=on, rates=known, mtow_t=mtow_t)


def _eurocontrol(
    zone: str, stays: Sequence[Stay], on: dt.date, rates: UnitRates | None, mtow_t: float | None
) -> Charge:
    month = f"{on:%Y-%m}"
    known = rates.of(zone, month) if rates else None
    km = sum(max(0.0, stay.km - OFF_KM * stay.ends) for stay in stays)
    name, part = stays[0].name, any(stay.part for stay in stays)
    by = EUROCONTROL if known or zone in SYSTEM else ""
    if known is None or mtow_t is None:
        return Charge(zone, name, by, km, part=part, why=_unknown(zone, stays[0].state, month, rates))
    units = sum(distance_factor(stay.km, stay.ends) for stay in stays) * weight_factor(mtow_t)
    return Charge(zone, name, by, km, units * known.rate, *_terms(known), part, _beyond(part))


def _terms(known: UnitRate) -> tuple[str, float]:
    return known.currency, known.rate


def _faa(stays: Sequence[Stay], on: dt.date) -> Charge:
    km = sum(stay.km for stay in stays)
    rate, name = faa_rate(on), stays[0].name
    if rate is None:
        return Charge(USA, name, FAA, km, part=True, why=f"no rate is known from before {FAA_RATES[0][0]}")
    told = "en route over sovereign airspace only: what the FAA controls beyond, oceanic above all, is not in it"
    if on > FAA_SEEN:
        told += f"; by the rate as of {FAA_SEEN}"
    return Charge(USA, name, FAA, km, km / KM_PER_NM / 100.0 * rate, "USD", rate, part=True, why=told)


def _unknown(zone: str, state: str, month: str, rates: UnitRates | None) -> str:
    if zone == UNDETERMINED:
        return "several states claim it"
    if rates is not None and zone.upper() in rates.zones:
        return f"{rates.source}: no rate for {month}"
    if zone in SYSTEM:
        return f"no unit rate for {month}" if rates is None else f"{rates.source}: no rate for it"
    if rates is not None and not state:
        return f"{rates.source}: no rate for it"
    return "not in EUROCONTROL's system, and how it charges is not known here"


def _beyond(part: bool) -> str:
    return "the zone goes on over the high seas, which is not in it" if part else ""


def _assumed(rows: Sequence[Charge], on: dt.date, mtow_t: float | None) -> Iterator[str]:
    if mtow_t is not None and any(row.by == EUROCONTROL and row.amount is not None for row in rows):
        yield f"maximum take-off weight {mtow_t:g} t, weight factor {weight_factor(mtow_t):.2f}"
        yield f"unit rates of {on:%Y-%m}, as the user gave them"
    if rows:
        yield "borders taken for the limits of zones of air traffic control, of which no layer is at hand"
        yield "no exemption: military, state and humanitarian flights may have one"
        yield "no charges of airports and approach, no tax"


def _called(row: Charge) -> str:
    return f"{row.name}, a part" if row.part else row.name


def _rated(stay: Stay, rates: UnitRates | None) -> bool:
    """Tell whether rates name a zone of the United States, which then is charged by them."""
    return rates is not None and stay.zone.upper() in rates.zones


def _rounded(value: float, digits: int) -> float:
    """Round half up, as bills do; a billionth is forgiven, for 0.125 may be stored as less."""
    scale = 10.0**digits
    return math.floor(value * scale + 0.5 + 1e-9) / scale
