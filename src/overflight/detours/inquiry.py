"""One pair of places and one rule: what is asked, and what follows from that alone."""

from __future__ import annotations

import copy
import functools
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight._crossings import locate
from overflight.airspace import RuleSet, State
from overflight.detours.model import Candidate, ConsentSet
from overflight.detours.regions import Regions, holders
from overflight.detours.solver import NO_RULE, NOBODY, Failure, Solved, Solver, joint
from overflight.rules import Avoid, Finding, Verdict, check
from overflight.rules.extension import Longer

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Area
    from overflight.detours.passages import Narrow
    from overflight.routes import Route, Waypoint

__all__ = ["ROUND_TRIP_KM", "Inquiry", "unopened"]

LOG = logging.getLogger("overflight.detours")
ROUND_TRIP_KM = 40_000.0


class Inquiry:
    """One pair of places, one rule.

    The search runs in `field`, the world with the areas laid over it, where each area stands as a state that nobody
    can speak for. What is returned is judged in the world itself. What was found so far is the `Study`'s.

    Parameters
    ----------
    direct : Route
        The great circle between the places.
    world : Airspaces
        The airspace.
    rule : Avoid
        What is forbidden.
    never : Avoid
        What no consent opens (`Avoid.never`), whether or not the rule forbids it.
    max_extension_pct : float or None
        How much detours may add to the great circle; as much as they like if None.
    """

    def __init__(
        self,
        direct: Route,
        world: Airspaces,
        rule: Avoid,
        never: Avoid = NO_RULE,
        *,
        max_extension_pct: float | None,
    ) -> None:
        self.direct = direct
        self.max_extension_pct = max_extension_pct
        self.world = world
        self.judges = (rule, never)
        self.rule = joint(rule, never)
        self.areas = areas = self.rule.ruleset.areas
        self.field = _field(world, areas, self.rule.ruleset.exceptions) if areas else world
        self.names = {state.code: state for state in (*world.states, *(area.holder for area in areas))}
        self.solver = Solver(self.field, _ends(direct), *map(_in_field, self.judges), most_km=self._most_km())

    def between(self, direct: Route) -> Inquiry:
        """Ask the same about other places; what depends on the rule alone is shared."""
        other = copy.copy(self)
        other.direct = direct
        other.solver = self.solver.between(_ends(direct), other._most_km())
        return other

    def of_any_length(self) -> Inquiry:
        """Return the same question without a limit to the length."""
        LOG.warning("no detour adds at most %g %%: looking for one of any length", self.max_extension_pct)
        return Inquiry(self.direct, self.world, *self.judges, max_extension_pct=None)

    def _most_km(self) -> float:
        if self.max_extension_pct is None:
            return ROUND_TRIP_KM
        return min(self.direct.length_km * (1.0 + self.max_extension_pct / 100.0), ROUND_TRIP_KM)

    def given(self) -> frozenset[str]:
        """Return the states whose consent start and destination need by themselves."""
        ends = self.direct.waypoints[0], self.direct.waypoints[-1]
        held = frozenset().union(
            *(holders(locate(self.field, w.lon, w.lat), self.rule.ruleset.exceptions) for w in ends)
        )
        return held & self.solver.avoid.states - self.rule.allow

    def unasked(self) -> frozenset[str]:
        """Return the states that hold an end of the route and can't be asked."""
        ends = [locate(self.field, w.lon, w.lat) for w in (self.direct.waypoints[0], self.direct.waypoints[-1])]
        exceptions = self.rule.ruleset.exceptions
        closed = (holders(one, exceptions) for one in ends if NOBODY in self.solver.holders[one.id])
        return frozenset().union(*closed) & self.solver.unasked

    def great_circle(self) -> Candidate:
        """Judge the great circle by the rule as it stands."""
        verdict = self.judge(self.direct)
        barred = self.barred(verdict)
        consents = self.entered(verdict) - barred
        return Candidate(
            route=self.direct,
            verdict=verdict,
            consents=self.states(consents),
            extension_km=0.0,
            extension_pct=0.0,
            gap_pct=0.0,
            minimal=not barred and consents <= self.given(),
            barred=self.states(barred),
        )

    def judge(self, route: Route, consents: Iterable[str] = ()) -> Verdict:
        """Judge a route in the world itself, some states consenting."""
        return check(route, self.world, rules=[rule.allowing(consents) for rule in self.judges])

    def passes(self, consents: frozenset[str]) -> bool:
        """Tell whether the great circle will do when these states consent."""
        return self.solver.judge(self.direct, consents).passed

    def solve(self, consents: frozenset[str]) -> Solved | Failure:
        """Find the shortest lawful route with these consents."""
        return self.solver.solve(consents, name=self.name(consents))

    def made(self, route: Route, verdict: Verdict, consents: frozenset[str], bound_km: float) -> Candidate:
        """Make a candidate of a route."""
        needed = self.entered(verdict)
        if needed != consents and not self.solver.judge(route, needed).passed:
            needed = consents  # It comes nearer to some than the margin, without entering.
        gap_pct = 100.0 * (route.length_km / bound_km - 1.0)
        return replace(self._candidate(route, verdict, consents, needed), gap_pct=gap_pct, minimal=needed <= consents)

    def found(self, route: Route, verdict: Verdict, consents: frozenset[str]) -> Candidate:
        """Make a candidate of a route that was found just now: what it is beside others is not known yet."""
        return self._candidate(route, verdict, consents, self.entered(verdict))

    def marginal(self, consents: frozenset[str], narrow: Narrow) -> Candidate:
        """Make a candidate of a route that only a smaller margin opens."""
        return replace(self._candidate(narrow.route, narrow.verdict, consents, consents), narrowest=narrow.passage)

    def _candidate(
        self, route: Route, verdict: Verdict, consents: frozenset[str], entered: frozenset[str]
    ) -> Candidate:
        """Make a candidate of a route that was found with some consents and enters some states; nothing is proven."""
        longer = Longer.than(self.direct.length_km, route.length_km)
        return Candidate(
            route=route,
            verdict=self.judge(route, consents) if self.areas else verdict,
            consents=self.states(entered),
            extension_km=longer.km,
            extension_pct=longer.pct,
            gap_pct=None,
            minimal=False,
        )

    def consent_set(
        self, consents: frozenset[str], solved: Solved | Failure, narrow: Narrow | None = None
    ) -> ConsentSet:
        """Say what became of a set of consents."""
        if isinstance(solved, Solved):
            granted = {f.state.code for f in solved.verdict.findings if f.consented and f.crossings and f.state}
            given = self.states(granted - consents)
            return ConsentSet(self.states(consents), solved.route.length_km, "route", granted=given)
        return ConsentSet(self.states(consents), None, solved, None if narrow is None else narrow.passage)

    def regions(self) -> Regions:
        """Return the regions of the field as far as the rule tells them apart."""
        return Regions.of(self.solver.mesh("fine"), self.solver.label, self.solver.holders)

    def entered(self, verdict: Verdict) -> frozenset[str]:
        """Return the states of the rule whose airspace a route enters without their leave."""
        return self._holders_in(f for f in verdict.findings if f.crossings) - self.rule.allow

    def barred(self, verdict: Verdict) -> frozenset[str]:
        """Return the states and areas that a route enters where nobody can be asked."""
        found = check(verdict.crossings, self.world, rules=self.judges[1]).findings
        return self._holders_in(f for f in found if f.status == "crosses")

    def _holders_in(self, findings: Iterable[Finding]) -> frozenset[str]:
        """Return the states and areas that findings are about."""
        found = tuple(findings)
        codes = {f.state.code for f in found if f.state is not None}
        return frozenset(codes | {area.code for area in self.areas for f in found if f.area == area.name})

    def states(self, codes: Iterable[str], *, keep_order: bool = False) -> tuple[State, ...]:
        """Return states with their names."""
        return tuple(self.names.get(c, State(c)) for c in (codes if keep_order else sorted(codes)))

    def name(self, consents: frozenset[str]) -> str:
        """Say what to call a route with these consents."""
        more = sorted(consents - self.given())
        return f"{self.direct.label} via {'+'.join(more)}" if more else f"{self.direct.label} detour"


def _ends(direct: Route) -> tuple[Waypoint, Waypoint]:
    return direct.waypoints[0], direct.waypoints[-1]


def unopened(never: RuleSet | Iterable[str | Area], *, margin_km: float, allow: Iterable[str]) -> Avoid:
    """Return the rule that no consent opens, of what can't be asked."""
    return Avoid(never, margin_km=margin_km, allow=allow).never()


def _in_field(rule: Avoid) -> Avoid:
    """Return a rule as the search has it: an area stands as a state that nobody can speak for."""
    states = replace(rule.ruleset, areas=()) | {area.holder for area in rule.ruleset.areas}
    return replace(rule, ruleset=states)


@functools.lru_cache(maxsize=1)
def _field(world: Airspaces, areas: tuple[Area, ...], but: frozenset[str]) -> Airspaces:
    """Return the world with areas laid over it, which takes a second."""
    from overflight.airspace.overlay import overlay  # few ask for areas

    return overlay(world, areas, but=but)
