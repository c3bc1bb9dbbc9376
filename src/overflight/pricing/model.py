"""What closing some airspace costs: flight by flight, and summed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from overflight.costs import Figure
from overflight.outside.listing import Listed, Listing

if TYPE_CHECKING:
    import pandas as pd

    from overflight.routes import Route

__all__ = ["OUTCOMES", "Became", "Price", "Priced", "Sum"]

Became = Literal["detour", "ends-there", "closed-off", "not-found"]
OUTCOMES: Mapping[Became, str] = {
    "detour": "flies a detour",
    "ends-there": "departs or lands in what is closed",
    "closed-off": "no lawful way is left, or none as wide as the margin asks",
    "not-found": "no lawful way was found, though there may be one",
}
"""What becomes of a flight that enters what is closed."""
NOTHING = Figure.exactly(0.0)
COLUMNS = (
    "without", "route", "from", "to", "on", "aircraft", "flights", "outcome", "states", "before_km", "after_km",
    "bound_km",
    *(f"extra_{unit}_{end}" for unit in ("km", "min", "fuel_t", "co2_t") for end in ("low", "typical", "high")),
)  # fmt: skip
"""Of a row."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Flights of one way, day and aircraft that enter what is closed, and what that costs each of them.

    Attributes
    ----------
    without : str
        What is closed.
    before : Route
        The shortest lawful way with it open.
    after : Route or None
        The shortest lawful one without it, if there is one.
    on : datetime.date
        The day.
    aircraft : str
        What flies.
    flights : int
        How many there are.
    outcome : str
        What becomes of them: see `OUTCOMES`.
    states : tuple of str
        Codes of the states, and names of the areas, that are closed and that the flights enter.
    name : str
        What to call the way.
    bound_km : float
        No lawful way is shorter; 0 without a way after.
    extra_km : Figure
        How much longer the way is. `typical` is of the routes found; `low` is proven: no lawful way is shorter than
        that; `high` leaves open by how much the way before could be shorter. 0 without a way after.
    time_min, fuel_t, co2_t : Figure
        What the flight takes more: minutes, tonnes of fuel, tonnes of CO2.
    """

    without: str
    before: Route
    after: Route | None
    on: dt.date
    aircraft: str
    flights: int
    outcome: Became
    states: tuple[str, ...]
    name: str
    bound_km: float = 0.0
    extra_km: Figure = NOTHING
    time_min: Figure = NOTHING
    fuel_t: Figure = NOTHING
    co2_t: Figure = NOTHING

    def to_dict(self) -> dict[str, Any]:
        """Return it as a row of a table has it: figures of one flight."""
        start, end = self.before.waypoints[0], self.before.waypoints[-1]
        return {
            "without": self.without,
            "route": self.name,
            "from": start.name,
            "to": end.name,
            "on": self.on,
            "aircraft": self.aircraft,
            "flights": self.flights,
            "outcome": self.outcome,
            "states": " ".join(self.states),
            "before_km": self.before.length_km,
            "after_km": None if self.after is None else self.after.length_km,
            "bound_km": None if self.after is None else self.bound_km,
            **{f"extra_{key}": value for key, value in self._figures()},
        }

    def _figures(self) -> Iterator[tuple[str, float | None]]:
        for unit, one in (
            ("km", self.extra_km),
            ("min", self.time_min),
            ("fuel_t", self.fuel_t),
            ("co2_t", self.co2_t),
        ):
            for end in ("low", "typical", "high"):
                yield f"{unit}_{end}", getattr(one, end) if self.after is not None else None


class Sum(NamedTuple):
    """Flights that enter what is closed, and what that costs all of them together.

    Attributes
    ----------
    what : str
        Of what: a state, a day, or what is closed.
    affected : int
        Flights that enter what is closed, whatever becomes of them.
    detours, ends_there, closed_off, not_found : int
        What becomes of them: see `OUTCOMES`. Only detours count in the figures.
    km, time_min, fuel_t, co2_t : Figure
        What they take more, all of them. No lawful ways are shorter than `km.low` in all.
    """

    what: str
    affected: int
    detours: int
    ends_there: int
    closed_off: int
    not_found: int
    km: Figure
    time_min: Figure
    fuel_t: Figure
    co2_t: Figure

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON has it."""
        counts = {
            key: getattr(self, key) for key in ("what", "affected", "detours", "ends_there", "closed_off", "not_found")
        }
        figures = {key: getattr(self, key).to_dict() for key in ("km", "time_min", "fuel_t", "co2_t")}
        return {**counts, **figures}


@dataclass(frozen=True, slots=True, repr=False)
class Price(Listed):
    """What closing some airspace costs.

    Attributes
    ----------
    rows : tuple of Priced
        Flights that enter what is closed, by way, day and aircraft.
    flights : int
        How many flights were asked about.
    grounded : int
        Those among them that have no lawful way as it is, with nothing closed besides.
    refused : mapping
        Rows of the input that are no flights, by reason; they are not among the flights.
    closures : tuple of str
        What is closed, each by itself.
    facts : mapping
        Versions, rules, margin, and what the figures assume.
    """

    rows: tuple[Priced, ...]
    flights: int
    grounded: int
    refused: Mapping[str, int]
    closures: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def totals(self) -> tuple[Sum, ...]:
        """Add up all flights, for each closure by itself, which leaves the others open: they don't add up."""
        found = self._summed(lambda row: [row.without])
        return tuple(found.get(one) or _sum(one, []) for one in self.closures)

    @property
    def total(self) -> Sum:
        """The sum of the only closure there is.

        Raises
        ------
        ValueError
            If there are several.
        """
        (only,) = self.totals()
        return only

    def by_state(self) -> tuple[Sum, ...]:
        """Add up by closed state that flights enter, most affected first.

        A flight that enters two states which are closed together is in both rows, with its whole cost.
        """
        found = self._summed(lambda row: row.states)
        return tuple(sorted(found.values(), key=lambda one: (-one.affected, one.what)))

    def by_day(self) -> tuple[Sum, ...]:
        """Add up by day, in order; with several closures, a flight counts in each that it enters."""
        found = self._summed(lambda row: [row.on.isoformat()])
        return tuple(found[day] for day in sorted(found))

    def by_state_and_day(self) -> tuple[Sum, ...]:
        """Add up by closed state and day, in order of both, called after both: ``"POL 2025-10-23"``."""
        found = self._summed(lambda row: (f"{state} {row.on.isoformat()}" for state in row.states))
        return tuple(found[what] for what in sorted(found))

    def _summed(self, of: Callable[[Priced], Iterable[str]]) -> dict[str, Sum]:
        groups: dict[str, list[Priced]] = {}
        for row in self.rows:
            for what in of(row):
                groups.setdefault(what, []).append(row)
        return {what: _sum(what, some) for what, some in groups.items()}

    def pairs(self, without: str | None = None) -> list[tuple[Priced, Sum]]:
        """Return distinct ways with a detour, each with the sum of its flights, the most km first."""
        groups: dict[Hashable, list[Priced]] = {}
        for row in self.rows:
            if row.after is not None and without in (None, row.without):
                groups.setdefault((row.without, row.name, id(row.after)), []).append(row)
        found = [(some[0], _sum(some[0].name, some)) for some in groups.values()]
        return sorted(found, key=lambda one: (-one[1].km.typical, one[0].name, one[0].without))

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame, a row for each way, day and aircraft; figures are of one flight.

        Returns
        -------
        DataFrame
            Columns `without`, `route`, `from`, `to`, `on`, `aircraft`, `flights`, `outcome`, `states`, `before_km`,
            `after_km`, `bound_km`, and `low`, `typical` and `high` of each of `extra_km`, `extra_min`, `extra_fuel_t`
            and `extra_co2_t`.
        """
        import pandas as pd

        return pd.DataFrame([row.to_dict() for row in self.rows], columns=list(COLUMNS))

    def to_dict(self) -> dict[str, Any]:
        """Return sums and ways as the JSON of `overflight batch --without` has them."""
        return {
            "schema": 1,
            **self.facts,
            "without": list(self.closures),
            "flights": self.flights,
            "grounded": self.grounded,
            "refused": dict(self.refused),
            "totals": [one.to_dict() for one in self.totals()],
            "by_state": [one.to_dict() for one in self.by_state()],
            "by_day": [one.to_dict() for one in self.by_day()],
            "by_state_and_day": [one.to_dict() for one in self.by_state_and_day()],
            "routes": [_way(row, one) for row, one in self.pairs()],
        }

    def _listing(self) -> Listing:
        return Listing(
            title=f"price of {', '.join(self.closures)}: {self.flights:,} flights",
            words=(f"{one.what} {one.affected:,} flights, {one.km.typical:,.0f} km" for one in self.by_state()),
            header=("closed", "flights", "detours", "km more", "t of fuel", "t of CO2"),
            rows=(
                [one.what, one.affected, one.detours, *(f.typical for f in (one.km, one.fuel_t, one.co2_t))]
                for one in self.by_state()
            ),
            total=len(self.by_state()),
        )


def _sum(what: str, rows: Iterable[Priced]) -> Sum:
    """Add up flights."""
    counts: Counter[str] = Counter()
    km = time_min = fuel_t = co2_t = NOTHING
    for row in rows:
        counts[row.outcome] += row.flights
        if row.after is not None:
            km += row.extra_km.times(row.flights)
            time_min += row.time_min.times(row.flights)
            fuel_t += row.fuel_t.times(row.flights)
            co2_t += row.co2_t.times(row.flights)
    detours, ends_there, closed_off, not_found = (counts[key] for key in OUTCOMES)
    return Sum(what, counts.total(), detours, ends_there, closed_off, not_found, km, time_min, fuel_t, co2_t)


def _way(row: Priced, one: Sum) -> dict[str, Any]:
    """Return a way and its detour, with what one flight takes more and how many there are."""
    after = row.after or row.before
    return {
        "without": row.without,
        "name": row.name,
        "flights": one.affected,
        "states": list(row.states),
        "before_km": round(row.before.length_km, 3),
        "after_km": round(after.length_km, 3),
        "bound_km": round(row.bound_km, 3),
        "extra_km": row.extra_km.to_dict(),
        "after": [[round(w.lon, 6), round(w.lat, 6)] for w in after.waypoints],
    }
