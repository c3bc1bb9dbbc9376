"""Which flights a closure affects, and which searches say what becomes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.airspace import load_airspaces
from overflight.batch.dates import epoch, epochs_of
from overflight.batch.values import DAY_0
from overflight.case import forbidden_pieces
from overflight.costs import Figure
from overflight.pricing.entering import Closed, Met
from overflight.pricing.model import Became, Priced
from overflight.pricing.searching import Makers, Search, Terms, searched
from overflight.routes import Route

if TYPE_CHECKING:
    from overflight.batch.settings import Settings
    from overflight.detours.many import Outcome, Shortest
    from overflight.pricing.flown import Flown

__all__ = ["Before", "Calendar", "Closing", "states_of"]

BECAME: Mapping[Outcome, Became] = {
    "direct": "detour",
    "detour": "detour",
    "ends-there": "ends-there",
    "closed-off": "closed-off",
    "not-found": "not-found",
}
"""What a search says of a flight that enters what is closed: also a great circle may be the way round, of a line."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """In which epoch each day of flights lies (`overflight.batch.dates`)."""

    epochs: dict[int, int]

    @classmethod
    def of(cls, days: Iterable[int], settings: Settings) -> Calendar:
        """Work it out for days, counted from 1970-01-01."""
        some = np.array(sorted(days), np.int64)
        return cls(dict(zip(some.tolist(), epochs_of(some, settings).tolist(), strict=True)))

    def facts(self) -> dict[str, Any]:
        """Say from when to when there are flights."""
        if not self.epochs:
            return {"first_day": None, "last_day": None}
        first, last = (dt.date.fromordinal(DAY_0 + day).isoformat() for day in (min(self.epochs), max(self.epochs)))
        return {"first_day": first, "last_day": last}

    def alike(self, terms: Terms) -> dict[int, int]:
        """Return for each epoch the first one that has the same labels and the same rules: no search differs."""
        first: dict[Hashable, int] = {}
        found = {}
        for number in sorted(set(self.epochs.values())):
            one = epoch(number, terms.settings)
            found[number] = first.setdefault((id(one.world), one.avoid), number)
        return found


def states_of(terms: Terms, text: str, calendar: Calendar) -> tuple[str, ...]:
    """Return the codes of the states of a rule set on any day on which there are flights."""
    closing = terms.closing(text)
    numbers = set(calendar.epochs.values())
    states = {state.code for number in numbers for state in epoch(number, closing.settings).avoid[-1].ruleset.states}
    return tuple(sorted(states))


class Before:
    """How flights fly with nothing closed besides: as they were given, or the shortest way that the rules leave.

    Parameters
    ----------
    flown : Flown
        The flights.
    terms : Terms
        The rules that hold anyway.
    calendar : Calendar
        Their days.
    makers : Makers
        Who makes searches.

    Attributes
    ----------
    directs : dict
        The great circle between the ends of each way, by its number.
    """

    def __init__(self, flown: Flown, terms: Terms, calendar: Calendar, makers: Makers) -> None:
        self.flown, self.terms, self.calendar = flown, terms, calendar
        self.directs = {number: _direct(way) for number, way in enumerate(flown.ways)}
        self.world = load_airspaces(terms.settings.view)
        self.used = sorted({(way, calendar.epochs[day]) for way, day, _ in flown.flights})
        self._alike = calendar.alike(terms)
        self._found = searched(self._searches(), self.directs, makers, "searching for the ways as they are")
        detours = [one for one in self._found.values() if one.outcome == "detour" and one.route is not None]
        numbers = {id(one): len(flown.ways) + n for n, one in enumerate(detours)}
        self._met_by = {search: numbers.get(id(one), search.way) for search, one in self._found.items()}
        self.met = Met([*flown.ways, *(one.route for one in detours if one.route is not None)], self.world)

    def _searches(self) -> list[Search]:
        """List what has to be searched for: where a great circle enters what is forbidden anyway."""
        if not self.terms.settings.rules:
            return []
        met = Met([self.directs[number] for number in range(len(self.directs))], self.world)
        shut: dict[int, frozenset[int]] = {}
        found = []
        for way, number in self.used:
            same = self._alike[number]
            if same not in shut:
                one = epoch(same, self.terms.settings)
                each = [forbidden_pieces(one.world, r.ruleset.outright().without(r.allow)) for r in one.avoid]
                shut[same] = frozenset(np.flatnonzero(np.any(each, axis=0)).tolist())
            if met.pieces[way] & shut[same] or self.terms.settings.areas:
                found.append(Search(self.terms, same, way))
        return found

    def of(self, way: int, number: int) -> Shortest | None:
        """Return the shortest lawful way of an epoch, None if there is none."""
        search = Search(self.terms, self._alike[number], way)
        found = self._found.get(search)
        if found is None:
            direct = self.directs[way]
            return _direct_way(direct)
        return found if found.route is not None else None

    def entered(self, way: int, number: int, closed: Closed) -> tuple[str, ...]:
        """Return what is closed and flown through: by the line that was given, or by the shortest lawful way."""
        search = Search(self.terms, self._alike[number], way)
        given = self.flown.ways[way].kind == "given"
        return self.met.closed(way if given else self._met_by.get(search, way), closed)


@dataclass(slots=True)
class Closing:
    """One closure: whom it affects, and what becomes of them.

    Attributes
    ----------
    text : str
        What is closed.
    terms : Terms
        The rules that hold anyway.
    before : Before
        How flights fly without it.
    states : dict
        The closed states that each way enters in each epoch, of those that do.
    """

    text: str
    terms: Terms
    before: Before
    states: dict[tuple[int, int], tuple[str, ...]] = field(init=False, repr=False)
    _alike: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.terms = self.terms.closing(self.text)
        self._alike = self.before.calendar.alike(self.terms)
        closed = {number: Closed(epoch(number, self.terms.settings)) for number in set(self._alike.values())}
        self.states = {}
        for way, number in self.before.used:
            if self.before.of(way, number) is None:
                continue
            if entered := self.before.entered(way, number, closed[self._alike[number]]):
                self.states[way, number] = entered

    def searches(self) -> list[Search]:
        """List what has to be searched for."""
        return [Search(self.terms, self._alike[number], way) for way, number in self.states]

    def row(self, way: int, number: int, found: Mapping[Search, Shortest]) -> Priced | None:
        """Return what becomes of flights, without their day, number and aircraft; None if it does not affect them."""
        states, before = self.states.get((way, number)), self.before.of(way, number)
        if states is None or before is None or before.route is None:
            return None
        after = found[Search(self.terms, self._alike[number], way)]
        extra = Figure.exactly(0.0)
        if after.route is not None:
            typical = max(0.0, after.route.length_km - before.route.length_km)
            least = max(0.0, after.bound_km - before.route.length_km)
            most = max(0.0, after.route.length_km - before.bound_km)
            extra = Figure(min(least, typical), typical, max(most, typical))
        return Priced(
            without=self.text,
            before=before.route,
            after=after.route,
            on=dt.date.min,
            aircraft="",
            flights=0,
            outcome=BECAME[after.outcome],
            states=states,
            name=self.before.flown.ways[way].label,
            bound_km=after.bound_km,
            extra_km=extra,
        )


def _direct(way: Route) -> Route:
    """Return the great circle between the ends of a way."""
    if len(way.waypoints) == 2:
        return way
    return Route((way.waypoints[0], way.waypoints[-1]), way.name, "great-circle")


def _direct_way(direct: Route) -> Shortest:
    from overflight.detours.many import Shortest  # which loads the search

    return Shortest("direct", direct, direct.length_km)
