"""A flight under a rule: judged as a `Case` would, once for all flights of a route between two changes of anything."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from overflight._crossings.engine import BYTES_A_LEG, expect
from overflight._crossings.retold import Known
from overflight.airspace import bloc, load_airspaces
from overflight.airspace.blocs import blocs
from overflight.airspace.days import days
from overflight.airspace.operators import Operator
from overflight.case import Case
from overflight.errors import OverflightError, ProposalError
from overflight.policies.who import Who
from overflight.routes.recoded import as_named_on

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.policies.flights import Flight, Timetable
    from overflight.policies.model import Policy, Rule
    from overflight.routes import Route

__all__ = ["Judge", "Judged"]


class Judged(NamedTuple):
    """What came of a flight under a rule.

    Attributes
    ----------
    flight, policy, rule
        Who was judged by what.
    line : Route
        The flight's route with codes read as of the date.
    base : Case
        The rule as of the date, of whichever route; flights share it.
    case : Case or None
        That of this route, if the rule is broken.
    """

    flight: Flight
    policy: Policy
    rule: Rule
    line: Route
    base: Case
    case: Case | None


class Judge:
    """Judges the flights of a timetable by the rules of policies.

    Parameters
    ----------
    timetable : Timetable
        The flights.
    policies : sequence of Policy
        The rules.
    on : datetime.date or None
        The date that decides for all flights; None where each has its own.
    operator : str or None
        Who flies where the schedule does not say.
    view : str
        Whose a disputed part is.
    world : Airspaces or None
        A world of one's own.

    Notes
    -----
    Between two days of `overflight.airspace.days.days` nothing changes that a verdict reads, and on many of these days
    nothing that a rule reads, so that all flights of a route are a question or two. Where what is found names its date
    (a report of which it is not known how long it holds), it is asked on each day. A route is walked once, whatever is
    asked of it.
    """

    def __init__(
        self,
        timetable: Timetable,
        policies: Sequence[Policy],
        *,
        on: dt.date | None,
        operator: str | None,
        view: str,
        world: Airspaces | None,
    ) -> None:
        self.timetable, self.policies, self.on, self.view, self.world = timetable, policies, on, view, world
        self._who = Who(timetable, operator)
        self._bases: dict[tuple[str, Operator | None], dict[int | dt.date, Case]] = {}
        self._ways: dict[Route, list[Flight]] = {}
        for flight in timetable.flights:
            self._ways.setdefault(flight.route, []).append(flight)
        every = [*map(bloc, blocs()), *(one for policy in policies for one in policy.lists)]
        self._days = days(every, world or load_airspaces())

    def date(self, flight: Flight) -> dt.date:
        """Return the date by whose rules a flight is judged."""
        date = self.on or flight.date
        if date is None:
            raise ProposalError(f"{self.timetable.place(flight)}: no date: give `on`, or a column date")
        return date

    def judge(self) -> list[Judged]:
        """Judge every flight by every rule that is for it, in the order of the schedule.

        Raises
        ------
        OverflightError
            If a rule can't be read; if a flight has no date, or it must be known who flies it and is not.
        """
        for policy in self.policies:
            for rule in policy.rules:
                self._read(policy, rule)
        expect(sum(len(way.waypoints) - 1 for way in self._ways) * BYTES_A_LEG)
        found = [one for way, flights in self._ways.items() for one in self._along(way, flights)]
        order = {id(flight): nth for nth, flight in enumerate(self.timetable.flights)}
        return sorted(found, key=lambda one: order[id(one.flight)])

    def _along(self, way: Route, flights: Sequence[Flight]) -> Iterator[Judged]:
        """Judge the flights of one route."""
        known = Known()
        asked: dict[tuple[int, Route], Case | None] = {}
        for flight in flights:
            date = self.date(flight)
            line = as_named_on(way, date)
            for policy in self.policies:
                for rule in policy.rules:
                    if not rule.holds_on(date) or not self._who.is_bound(policy, rule, flight, date):
                        continue
                    who = self._who.flying(policy, rule, flight, date)
                    for base in self._bases_of(policy, rule, who, date):
                        key = (id(base), line)
                        if key not in asked:
                            case = replace(base, route=line, given=None, known=known)
                            asked[key] = None if case.verdict.passed else case
                        found = asked[key]
                        if found is None or found.on == date or not _names_its_day(found):
                            break
                    yield Judged(flight, policy, rule, line, base, found)

    def _bases_of(self, policy: Policy, rule: Rule, who: Operator | None, date: dt.date) -> Iterator[Case]:
        """Yield a case of a rule, of whichever route, that says the same as one of a date; then one of that date."""
        every = self._bases.setdefault((rule.id, who), {})
        stretch = bisect_right(self._days, date)
        if stretch not in every:
            new = self._case(policy, rule, date, who)
            alike = (old for old in every.values() if old.sets == new.sets and old.world is new.world)
            every[stretch] = next(alike, new)
        yield every[stretch]
        if date not in every:
            every[date] = self._case(policy, rule, date, who)
        yield every[date]

    def _read(self, policy: Policy, rule: Rule) -> None:
        """Read a rule ahead, so that what is wrong with it is told, whether a flight is judged by it or not."""

        def known(texts: Sequence[str]) -> tuple[str, ...]:
            return tuple(text for text in texts if not replace(rule, avoid=(text,), never=()).asks_who_flies)

        date = self.date(self.timetable.flights[0])
        self._case(policy, replace(rule, avoid=known(rule.avoid), never=known(rule.never)), date, None)

    def _case(self, policy: Policy, rule: Rule, date: dt.date, who: Operator | None) -> Case:
        try:
            return Case.of(
                self.timetable.flights[0].route,
                on=date,
                avoid=rule.avoid,
                never=rule.never,
                allow=rule.allow,
                margin=rule.margin_km,
                view=self.view,
                world=self.world,
                blocs=policy.lists,
                find=policy.source.find,
                operator=who,
            )
        except OverflightError as error:
            raise policy.error(rule, error) from error


def _names_its_day(case: Case) -> bool:
    """Tell whether what was found names its date, and so is not what is found on another."""
    return any(str(case.on) in finding.note for finding in case.verdict.findings)
