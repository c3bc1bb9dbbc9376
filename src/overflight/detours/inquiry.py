"""One pair of places and one rule: what the search for candidates asks, again and again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight._crossings import locate
from overflight.airspace import State
from overflight.detours.budget import current
from overflight.detours.consent_tree import Contracted, Sketch, Tree
from overflight.detours.model import Candidate, ConsentSet
from overflight.detours.regions import Regions, holders
from overflight.detours.solver import Failure, Solved, Solver
from overflight.rules import Avoid, Verdict, check
from overflight.rules.extension import Longer

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Area
    from overflight.detours.passages import Narrow
    from overflight.routes import Route

__all__ = ["ROUND_TRIP_KM", "Inquiry"]

LOG = logging.getLogger("overflight.detours")
ROUND_TRIP_KM = 40_000.0
MOST_PATHS = 500
"""So many paths are looked for at most to complete the sets and the front."""
WORTH_SHARE = 0.0005
"""More consents must shorten a route by this share to be worth it."""


class Inquiry:
    """One pair of places, one rule.

    The search runs in `field`, the world with the areas laid over it, where each area stands as a state that nobody
    can speak for. What is returned is judged in the world itself.
    """

    def __init__(
        self,
        direct: Route,
        world: Airspaces,
        rule: Avoid,
        *,
        max_extension_pct: float | None,
    ) -> None:
        self.direct = direct
        self.max_extension_pct = max_extension_pct
        self.world = world
        self.rule = rule
        self.areas = areas = rule.ruleset.areas
        self.field = _field(world, areas, rule.ruleset.exceptions)
        self.names = {state.code: state for state in (*world.states, *(area.holder for area in areas))}
        everywhere = replace(rule, ruleset=replace(rule.ruleset, areas=()) | {area.holder for area in areas})
        ends = direct.waypoints[0], direct.waypoints[-1]
        factor = None if max_extension_pct is None else 1.0 + max_extension_pct / 100.0
        most_km = ROUND_TRIP_KM if factor is None else min(direct.length_km * factor, ROUND_TRIP_KM)
        self._proofs: dict[frozenset[str], float] = {}
        self.solver = Solver(self.field, ends, everywhere, most_km=most_km)

    def of_any_length(self) -> Inquiry:
        """Return the same question without a limit to the length."""
        LOG.warning("no detour adds at most %g %%: looking for one of any length", self.max_extension_pct)
        return Inquiry(self.direct, self.world, self.rule, max_extension_pct=None)

    def given(self) -> frozenset[str]:
        """Return the states whose consent start and destination need by themselves."""
        ends = self.direct.waypoints[0], self.direct.waypoints[-1]
        held = frozenset().union(
            *(holders(locate(self.field, w.lon, w.lat), self.rule.ruleset.exceptions) for w in ends)
        )
        return held & self.solver.avoid.states - self.rule.allow

    def tell(self, news: str) -> None:
        """Take note of how far the search is, for those who wait."""
        current().tell(news)

    def great_circle(self) -> Candidate:
        """Judge the great circle by the rule as it stands."""
        verdict = self.judge(self.direct)
        consents = self.entered(verdict)
        return Candidate(
            route=self.direct,
            verdict=verdict,
            consents=self.states(consents),
            extension_km=0.0,
            extension_pct=0.0,
            gap_pct=0.0,
            minimal=consents <= self.given(),
        )

    def judge(self, route: Route, consents: Iterable[str] = ()) -> Verdict:
        """Judge a route in the world itself, some states consenting."""
        return check(route, self.world, rules=[self.rule.allowing(consents)])

    def passes(self, consents: frozenset[str]) -> bool:
        """Tell whether the great circle will do when these states consent."""
        return self.solver.judge(self.direct, consents).passed

    def solve(self, consents: frozenset[str]) -> Solved | Failure:
        """Find the shortest lawful route with these consents."""
        return self.solver.solve(consents, name=self.name(consents))

    def tree(self, graph: Contracted) -> Tree:
        """Return the search for sets of consents."""
        given = self.given()

        def sketch(consents: frozenset[str], most_km: float) -> Sketch | None:
            self.tell("looking for sets of consents that open a shorter way")
            path = self.solver.sketch(consents | given, most_km)
            return path and Sketch(path.km, path.entered - given)

        return Tree(graph, sketch, most_paths=MOST_PATHS)

    def widen(self, found: dict[frozenset[str], Solved | Failure], tree: Tree, *, most: int) -> bool:
        """Add the minimal sets around those that open no way; tell whether all of that size were searched."""
        given = self.given()
        shut = [c for c, s in found.items() if not isinstance(s, Solved) and s != "unfinished"]
        for closed in [c for c in shut if len(c - given) < most]:
            known = [c - given for c, solved in found.items() if isinstance(solved, Solved)]
            for wider in tree.minimal(most, self.solver.most_km, closed - given, known):
                if wider | given not in found:
                    found[wider | given] = self.solve(wider | given)
        return not tree.cut

    def shorten(self, found: dict[frozenset[str], Solved | Failure], tree: Tree, *, most: int) -> int:
        """Add, for each number of consents, the set with the shortest route; return up to which number it is sure."""
        given = self.given()
        for number in range(1, most + 1):
            lengths = [
                solved.route.length_km
                for consents, solved in found.items()
                if isinstance(solved, Solved) and len(consents - given) <= number
            ]
            best_km = min(lengths, default=self.solver.most_km)
            path = tree.shortest(number, best_km * (1.0 - WORTH_SHARE))
            if tree.cut:
                return number - 1
            if path is not None:
                consents = path.entered | given
                if consents not in found:
                    found[consents] = self.solve(consents)
                if not isinstance(found[consents], Solved):
                    return number - 1  # The rough mesh does not tell what is open here.
        return most

    def listed(
        self, found: dict[frozenset[str], Solved | Failure], *, room: int
    ) -> list[tuple[frozenset[str], Candidate]]:
        """Make candidates of the routes found: the front first, then those of minimal sets."""
        self.prove(found, room=room)
        front, minimal = _worth_listing(found)
        made: list[tuple[frozenset[str], Candidate]] = []
        for consents in self._with_room(found, room):
            solved = found[consents]
            if isinstance(solved, Solved):
                candidate = self.made(solved.route, solved.verdict, consents, self._proofs[consents])
                made.append((consents, replace(candidate, minimal=consents in minimal, front=consents in front)))
        return made

    def prove(self, found: dict[frozenset[str], Solved | Failure], *, room: int) -> None:
        """Prove the routes that would be listed, each once."""
        for consents in self._with_room(found, room):
            solved = found[consents]
            if isinstance(solved, Solved) and consents not in self._proofs:
                self._proofs[consents] = self.solver.proven(consents, solved)

    def _with_room(self, found: dict[frozenset[str], Solved | Failure], room: int) -> list[frozenset[str]]:
        """Return the sets of consents to list, but for the great circle, which is listed anyway."""
        front, minimal = _worth_listing(found)
        order = [*front, *(c for c in minimal if c not in front)]
        routes = {c: solved.route for c in order if isinstance(solved := found[c], Solved)}
        return [c for c, route in routes.items() if len(route.waypoints) > 2][:room]

    def made(self, route: Route, verdict: Verdict, consents: frozenset[str], bound_km: float) -> Candidate:
        """Make a candidate of a route."""
        longer = Longer.than(self.direct.length_km, route.length_km)
        needed = self.entered(verdict)
        if needed != consents and not self.solver.judge(route, needed).passed:
            needed = consents  # It comes nearer to some than the margin, without entering.
        return Candidate(
            route=route,
            verdict=self.judge(route, consents) if self.areas else verdict,
            consents=self.states(needed),
            extension_km=longer.km,
            extension_pct=longer.pct,
            gap_pct=100.0 * (route.length_km / bound_km - 1.0),
            minimal=needed <= consents,
        )

    def marginal(self, consents: frozenset[str], narrow: Narrow) -> Candidate:
        """Make a candidate of a route that only a smaller margin opens."""
        longer = Longer.than(self.direct.length_km, narrow.route.length_km)
        return Candidate(
            route=narrow.route,
            verdict=self.judge(narrow.route, consents) if self.areas else narrow.verdict,
            consents=self.states(consents),
            extension_km=longer.km,
            extension_pct=longer.pct,
            gap_pct=None,
            minimal=False,
            narrowest=narrow.passage,
        )

    def consent_set(
        self, consents: frozenset[str], solved: Solved | Failure, narrow: Narrow | None = None
    ) -> ConsentSet:
        """Say what became of a set of consents."""
        if isinstance(solved, Solved):
            return ConsentSet(self.states(consents), solved.route.length_km, "route")
        return ConsentSet(self.states(consents), None, solved, None if narrow is None else narrow.passage)

    def regions(self) -> Regions:
        """Return the regions of the field as far as the rule tells them apart."""
        return Regions.of(self.solver.mesh("fine"), self.solver.label, self.solver.holders)

    def entered(self, verdict: Verdict) -> frozenset[str]:
        """Return the states of the rule whose airspace a route enters without their leave."""
        codes = {f.state.code for f in verdict.findings if f.crossings and f.state is not None}
        codes |= {area.code for area in self.areas for f in verdict.findings if f.crossings and f.area == area.name}
        return frozenset(codes - self.rule.allow)

    def states(self, codes: Iterable[str], *, keep_order: bool = False) -> tuple[State, ...]:
        """Return states with their names."""
        return tuple(self.names.get(c, State(c)) for c in (codes if keep_order else sorted(codes)))

    def name(self, consents: frozenset[str]) -> str:
        """Say what to call a route with these consents."""
        more = sorted(consents - self.given())
        return f"{self.direct.label} via {'+'.join(more)}" if more else f"{self.direct.label} detour"


def _worth_listing(
    found: dict[frozenset[str], Solved | Failure],
) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """Return which sets of consents are on the front of length against consents, and which are minimal."""
    length_km = {c: s.route.length_km for c, s in found.items() if isinstance(s, Solved)}
    order = sorted(length_km, key=lambda c: (len(c), length_km[c], sorted(c)))
    front: list[frozenset[str]] = []
    for consents in order:
        if all(length_km[consents] < length_km[shorter] for shorter in front):
            front.append(consents)
    return front, [c for c in order if not any(other < c for other in order)]


_FIELDS: list[tuple[Airspaces, tuple[Area, ...], frozenset[str], Airspaces]] = []
"""The world and areas asked about last: laying them over it takes a second."""


def _field(world: Airspaces, areas: tuple[Area, ...], but: frozenset[str]) -> Airspaces:
    """Return the world with areas laid over it."""
    if not areas:
        return world
    for known, *asked, field in _FIELDS:
        if known is world and asked == [areas, but]:
            return field
    from overflight.airspace.overlay import overlay

    field = overlay(world, areas, but=but)
    _FIELDS[:] = [(world, areas, but, field)]
    return field
