"""What the commands say of the cost of a route: the options, the JSON, columns of tables, and what these rest on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, TypeVar

import click

from overflight.cli.choices import OneOf
from overflight.cli.options import read_by
from overflight.costs import Aircraft, Cost, Extra, Figure, aircraft, columns_of
from overflight.costs.charges import NEEDS_WEIGHT
from overflight.costs.rates import UnitRates, parse_tonnes, read_rates
from overflight.costs.spoken import assumed_words, clock, cost_words, extra_words, hours, tonnes
from overflight.errors import RouteError
from overflight.routes import great_circle

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.cli.tables import Cell
    from overflight.costs.pacing import Wind
    from overflight.detours import Candidate, Candidates
    from overflight.proposals import Proposal

__all__ = [
    "CROSSING_COLUMNS",
    "TITLES",
    "Costed",
    "Costing",
    "charged",
    "cost_options",
    "flown_options",
    "footnotes",
]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])
FIGURES = ("time_min", "fuel_t", "co2_t")
FIGURE_COLUMNS = tuple(f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high"))
CROSSING_COLUMNS = ("aircraft", "wind", *FIGURE_COLUMNS)
"""In this order for good: who reads rows by their place goes on reading right."""
TITLES = ("time, h:min", "fuel, t", "CO2, t")


@dataclass(frozen=True, slots=True)
class Costing:
    """What a route is to be flown with, as given on the command line.

    Attributes
    ----------
    aircraft : Aircraft
        The class or the type.
    wind : {"none", "season"}
        What wind to reckon with.
    mtow_t : float or None
        The maximum take-off mass, in tonnes, for charges.
    rates : UnitRates or None
        Unit rates, for charges.
    given : tuple of str
        Which of these were given, by their options.
    """

    aircraft: Aircraft
    wind: Wind = "none"
    mtow_t: float | None = None
    rates: UnitRates | None = None
    given: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether any of it was given: costs are then told where they are not told anyway."""
        return bool(self.given)

    @classmethod
    def usual(cls) -> Costing:
        """Return what holds where nothing was given."""
        return cls(aircraft("narrow-body"))

    def by(self, proposal: Proposal | None) -> Costing | None:
        """Return what a route is to be flown with: as asked, else as its proposal says; None where nobody says."""
        if proposal is None or not (self.asked or proposal.aircraft):
            return self if self.asked else None
        flies = self.aircraft if "aircraft" in self.given else proposal.aircraft or self.aircraft
        return replace(self, aircraft=flies, wind=self.wind if "wind" in self.given else proposal.wind)

    def of(self, case: Case, candidate: Candidate | None = None) -> Costed:
        """Work out what the route of a case costs, and what it costs more than the great circle between its ends."""
        found = case.cost(aircraft=self.aircraft, wind=self.wind, rates=self.rates, mtow_t=self.mtow_t)
        least_min = None
        if candidate is not None:
            least_min = candidate.least_time_min(aircraft=self.aircraft, wind=self.wind, on=case.on)
        return Costed(found, self._over_direct(case, found), least_min)

    def in_order(self, found: Candidates, case: Case, by: str) -> Candidates:
        """Return candidates from the fastest, or as they were found."""
        return found.by_time(aircraft=self.aircraft, wind=self.wind, on=case.on) if by == "time" else found

    def _over_direct(self, case: Case, found: Cost) -> Extra | None:
        from overflight.costs import cost

        route = case.route
        if route.kind == "great-circle":
            return found.over(found)
        try:
            direct = great_circle(route.waypoints[0], route.waypoints[-1])
        except RouteError:
            return None  # a round trip
        return found.over(cost(direct, aircraft=self.aircraft, wind=self.wind, on=case.on))


@dataclass(frozen=True, slots=True)
class Costed:
    """What a route costs.

    Attributes
    ----------
    cost : Cost
        What it costs.
    extra : Extra or None
        What that is more than the great circle; None for a round trip.
    least_min : float or None
        A time that no way with the same consents takes less than; None if there is no proof of one.
    """

    cost: Cost
    extra: Extra | None
    least_min: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Write it as the JSON of a route has it."""
        facts = self.cost.to_dict()
        after = {key: facts.pop(key) for key in ("charges", "assumptions")}
        least = {} if self.least_min is None else {"least_time_min": round(self.least_min, 1)}
        return {**facts, **least, "extra": None if self.extra is None else self.extra.to_dict(), **after}

    def cells(self) -> dict[str, Cell]:
        """Give what `CROSSING_COLUMNS` name, of the whole, and what is more than the great circle, for programs."""
        more = {} if self.extra is None else columns_of(self.extra)
        return self.flown | columns_of(self.cost) | {f"extra_{column}": more.get(column) for column in FIGURE_COLUMNS}

    @property
    def flown(self) -> dict[str, Cell]:
        """What flies, and in what wind, for programs."""
        return {"aircraft": self.cost.aircraft.name, "wind": self.cost.wind}

    def columns(self) -> dict[str, Cell]:
        """Give time, how much longer than the great circle's that is, fuel and CO2, for people: each with its range."""
        longer = self.extra is not None and round(self.extra.time_min.typical) != 0
        more = _clocks(self.extra.time_min, signed=True) if self.extra is not None and longer else ""
        time, fuel, co2 = TITLES
        return {
            time: _clocks(self.cost.time_min),
            "longer": more,
            fuel: tonnes(self.cost.fuel_t),
            co2: tonnes(self.cost.co2_t),
        }

    def stay(self, first: Crossing, last: Crossing) -> tuple[Cell, ...]:
        """Give time, fuel and CO2 of a crossing, or of all from one to another, for people."""
        there = [one for one in self.cost.crossings if first.entry_km <= one.crossing.entry_km <= last.entry_km]
        time, fuel, co2 = (reduce(add, (getattr(one, name) for one in there)) for name in FIGURES)
        return _clocks(time), tonnes(fuel), tonnes(co2)

    @property
    def words(self) -> list[str]:
        """What it takes, and what more than the great circle, in lines."""
        extra = self.extra
        more = [extra_words(extra)] if extra is not None and round(extra.time_min.typical) != 0 else []
        charges = [self.cost.charges.sentence] if self.cost.charges else []
        return [cost_words(self.cost), *(f"over the great circle: {one}" for one in more), *charges]

    @property
    def least_words(self) -> str:
        """What is proven of the time of others in wind; empty where there is none, for their length says as much."""
        if self.least_min is None or self.cost.wind == "none":
            return ""
        takes, least = hours(self.cost.time_min.typical), hours(self.least_min)
        return f"takes {takes} as usual; it is proven that no way with the same consents takes less than {least}"

    @property
    def footnote(self) -> str:
        """What it rests on, in a line."""
        return f"{assumed_words(self.cost)} --aircraft names another one."


def flown_options(command: _Callback) -> _Callback:
    """Add the options that say what a route is flown with, as one `Costing` argument named `costing`."""

    @click.option(
        "--aircraft",
        metavar="CLASS|TYPE",
        type=read_by(aircraft),
        help="Time and fuel for: regional, narrow-body, wide-body, business, or a type such as A320. "
        "[default: narrow-body]",
    )
    @click.option(
        "--wind",
        type=OneOf(("none", "season")),
        help="Time and fuel without wind, or in the mean wind of the season. [default: none]",
    )
    @functools.wraps(command)
    def gathered(*args: Any, aircraft: Aircraft | None, wind: Wind | None, **kwargs: Any) -> Any:  # noqa: ANN401
        costing = Costing(
            aircraft or Costing.usual().aircraft, wind or "none", given=_given(aircraft=aircraft, wind=wind)
        )
        return command(*args, costing=costing, **kwargs)

    return gathered  # type: ignore[return-value]


def cost_options(command: _Callback) -> _Callback:
    """Add the same, with those of charges."""

    @click.option(
        "--mtow", metavar="TONNES", type=read_by(parse_tonnes), help="Maximum take-off weight, for charges: 78."
    )
    @click.option(
        "--rates",
        type=read_by(read_rates),
        metavar="FILE.csv",
        help="Unit rates, for charges; `overflight new rates` makes one.",
    )
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        costing: Costing,
        mtow: float | None,
        rates: UnitRates | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        if rates is not None and mtow is None:
            raise click.UsageError(f"--rates: {NEEDS_WEIGHT}")
        given = (*costing.given, *_given(mtow=mtow, rates=rates))
        return command(*args, costing=replace(costing, mtow_t=mtow, rates=rates, given=given), **kwargs)

    return flown_options(gathered)  # type: ignore[return-value]


def _given(**values: object) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if value is not None)


def footnotes(costed: Sequence[Costed | None]) -> list[str]:
    """Say what costs rest on, each once."""
    known = [one for one in costed if one is not None]
    charges = (one.cost.charges for one in known)
    told = [f"Charges: {'; '.join(one.assumptions)}." for one in charges if one is not None and one.assumptions]
    return list(dict.fromkeys([*(one.footnote for one in known), *told]))


def charged(costed: Iterable[tuple[str, Costed | None]]) -> list[str]:
    """Say what each route is charged, by its name, and what that sum lacks."""
    return [f"{name}: {one.cost.charges.sentence}" for name, one in costed if one is not None and one.cost.charges]


def _clocks(figure: Figure, *, signed: bool = False) -> str:
    """Write a time with its range, where that is more than a minute."""
    typical, low, high = clock(figure.typical, signed=signed), clock(figure.low), clock(figure.high)
    return typical if low == high else f"{typical} ({low}-{high})"
