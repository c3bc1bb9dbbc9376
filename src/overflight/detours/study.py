"""Candidates: which states' consent opens a way, and the shortest lawful route for each such set."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight.detours.consents import barrier, minimal_sets
from overflight.detours.front import Contracted, Sketch, Tree
from overflight.detours.model import Candidate, Candidates, ConsentSet
from overflight.detours.passages import Narrow, offers
from overflight.detours.regions import Regions, holders
from overflight.detours.solver import Failure, Solved, Solver, known_mesh
from overflight.geodata import State
from overflight.routes import Route, great_circle
from overflight.rules import Avoid, Verdict, check

if TYPE_CHECKING:
    from overflight.geodata import Airspaces
    from overflight.places import Waypoint

__all__ = ["candidates", "detour"]

LOG = logging.getLogger("overflight.detours")
ROUND_TRIP_KM = 40_000.0
MOST_PATHS = 500
"""So many paths are looked for at most to complete the sets and the front."""
PATIENCE_S = 2.0
WORTH_SHARE = 0.0005
"""More consents must shorten a route by this share to be worth it."""


def candidates(
    route: Route,
    world: Airspaces,
    *,
    avoid: Iterable[str],
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
    max_size: int = 3,
    max_extension_pct: float = 250.0,
    limit: int = 8,
    name: str | None = None,
    except_territories: Iterable[str] = (),
) -> Candidates:
    """Find the routes between the ends of a route that obey a rule, and whose consent each needs.

    Parameters
    ----------
    route : Route
        Its first and last waypoint are start and destination.
    world : Airspaces
        The airspace.
    avoid : iterable of State or str
        Whose airspace is forbidden.
    margin_km : float
        How far to keep from it; at least the data's accuracy is kept in any case.
    allow : iterable of State or str
        States that consent already.
    max_size : int
        How many states a set may ask for consent, beyond those that hold start and destination.
    max_extension_pct : float
        No detours are looked for that add more than this to the great circle; if there is none within it, one of any
        length is.
    limit : int
        How many candidates to return at most; at least 1.
    name : str, optional
        What findings call the rule.
    except_territories : iterable of str
        Codes of territories of these states that the rule does not reach, such as ``bloc("eu").exceptions(on)``.

    Returns
    -------
    Candidates
        The great circle alone, where it asks for no consent but that of the states that hold its ends.

    Notes
    -----
    Sets of consenting states come from the graph of regions (see `overflight.detours.consents`), complete up to the
    size searched. Each is tried on a mesh of all borders, whose shortest path bounds the length of every lawful route
    (see `overflight.detours.mesh.search`), then by a taut-path search close to that path, among borders grown by what
    must be kept off them. Each route is judged by `overflight.rules.check` on the full data before it is returned: one
    that fails is left out, and logged.

    Around a set whose way is too narrow or too long, larger ones are searched as far as the size goes, and for each
    number of consents the set with the shortest route (see `overflight.detours.front`), both on a rough mesh.
    """
    ends = route.waypoints[0], route.waypoints[-1]
    direct = route if len(route.waypoints) == 2 and route.kind == "great-circle" else great_circle(*ends)
    rule = Avoid(avoid, name=name, margin_km=margin_km, allow=allow, except_territories=except_territories)
    study = _Study(direct, world, rule, max_extension_pct=max_extension_pct)
    first = study.great_circle()
    given = study.given()
    if set(first.consents) <= given and study.passes(given):
        only = ConsentSet(study.states(given), direct.length_km, "route")
        size = len(given) + max_size
        return Candidates((replace(first, front=True),), (only,), size, study.states(given), front_size=size)
    regions = _regions(world).without(world, rule.except_territories)
    start, end = (regions.at(world, w.lon, w.lat) for w in ends)
    forbidden = rule.states - rule.allow
    sets = minimal_sets(regions, start, end, forbidden=forbidden, most=max_size)
    closing = () if frozenset() in sets else barrier(regions, start, end, forbidden=forbidden)
    found: dict[frozenset[str], Solved | Failure] = {}
    complete, searched, front_size = False, False, 0
    try:
        for number, consents in enumerate(sets):
            study.tell(f"{number} of {len(sets)} sets of consents tried")
            found[consents] = study.solve(consents)
        if "longer" in found.values() and not any(isinstance(solved, Solved) for solved in found.values()):
            LOG.warning("no detour adds at most %g %%: looking for one of any length", max_extension_pct)
            study = _Study(direct, world, rule, max_extension_pct=None)
            for consents in sets:
                found[consents] = study.solve(consents)
                if isinstance(found[consents], Solved):
                    break
        graph = Contracted(regions, start, end, forbidden - given)
        complete = study.widen(found, study.tree(graph), most=max_size)
        front_size = study.shorten(found, study.tree(graph), most=max_size)
        searched = True
    except KeyboardInterrupt:
        LOG.warning("stopped: this is what was found until then, and not complete")
    opening = {consents for consents, solved in found.items() if isinstance(solved, Solved)}
    minimal = [consents for consents in found if not any(other < consents for other in opening)]
    front_of_first = study.passes(frozenset(first.consents))
    items = [replace(first, minimal=frozenset(first.consents) in sets, front=front_of_first)]
    narrow = dict(itertools.islice(offers(study.solver, found, study.name).items(), limit - 1)) if searched else {}
    items += study.listed(found, room=limit - 1 - len(narrow))
    items += [_marginal(study, consents, one) for consents, one in narrow.items()]
    asked = [_consent_set(study, consents, found[consents], narrow.get(consents)) for consents in minimal]
    asked.sort(key=lambda c: (len(c.consents), c.length_km or ROUND_TRIP_KM, c.consents))
    return Candidates(
        tuple(items),
        tuple(asked),
        len(given) + max_size,
        study.states(closing, keep_order=True),
        complete=complete,
        front_size=len(given) + front_size,
    )


def detour(
    start: str | Waypoint | Sequence[float],
    end: str | Waypoint | Sequence[float],
    world: Airspaces,
    *,
    avoid: Iterable[str],
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
    except_territories: Iterable[str] = (),
) -> Route | None:
    """Find the shortest route that keeps out of the airspace of some states.

    Parameters
    ----------
    start, end : str, Waypoint or pair of float
        Places as `overflight.places.place` reads them.
    world : Airspaces
        The airspace.
    avoid : iterable of State or str
        Whose airspace is forbidden.
    margin_km : float
        How far to keep from it; at least the data's accuracy is kept in any case.
    allow : iterable of State or str
        States that consent. A state that holds start or destination is entered by need, and taken as one.
    except_territories : iterable of str
        Codes of territories of these states that the rule does not reach, such as ``bloc("eu").exceptions(on)``.

    Returns
    -------
    Route or None
        The great circle where it is lawful; None if there is no lawful route, or none was found.

    Examples
    --------
    >>> import overflight as of
    >>> around = of.detour("FRA", "VIE", of.load_airspaces(), avoid={"CZE"})
    >>> around.name, len(around.waypoints), round(around.length_km)
    ('FRA-VIE detour', 3, 625)
    """
    direct = great_circle(start, end)
    rule = Avoid(avoid, margin_km=margin_km, allow=allow, except_territories=except_territories)
    study = _Study(direct, world, rule, max_extension_pct=250.0)
    given = study.given()
    if study.passes(given):
        return direct
    ends = direct.waypoints
    regions = _regions(world).without(world, rule.except_territories)
    first, last = (regions.at(world, w.lon, w.lat) for w in ends)
    if last not in regions.reach(first, rule.states - rule.allow - given):
        return None
    solved = study.solve(given)
    if solved == "longer":
        solved = _Study(direct, world, rule, max_extension_pct=None).solve(given)
    return solved.route if isinstance(solved, Solved) else None


class _Study:
    """One pair of places, one rule."""

    def __init__(self, direct: Route, world: Airspaces, rule: Avoid, *, max_extension_pct: float | None) -> None:
        self.direct = direct
        self.world = world
        self.rule = rule
        self.names = {state.code: state for state in world.states}
        ends = direct.waypoints[0], direct.waypoints[-1]
        factor = None if max_extension_pct is None else 1.0 + max_extension_pct / 100.0
        most_km = ROUND_TRIP_KM if factor is None else min(direct.length_km * factor, ROUND_TRIP_KM)
        self.solver = Solver(world, ends, rule, most_km=most_km)
        self._told = time.monotonic()

    def given(self) -> frozenset[str]:
        """Return the states whose consent start and destination need by themselves."""
        from overflight.crossings import locate

        ends = self.direct.waypoints[0], self.direct.waypoints[-1]
        held = frozenset().union(
            *(holders(locate(self.world, w.lon, w.lat), self.rule.except_territories) for w in ends)
        )
        return held & self.rule.states - self.rule.allow

    def tell(self, news: str) -> None:
        """Say how far the search is, if it takes long."""
        now = time.monotonic()
        if now - self._told > PATIENCE_S:
            self._told = now
            LOG.warning("%s: %s", self.direct.label, news)

    def great_circle(self) -> Candidate:
        """Judge the great circle by the rule as it stands."""
        verdict = check(self.direct, self.world, rules=[self.rule])
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
        for closed in [c for c, solved in found.items() if not isinstance(solved, Solved) and len(c - given) < most]:
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

    def listed(self, found: dict[frozenset[str], Solved | Failure], *, room: int) -> list[Candidate]:
        """Make candidates of the routes found: the front first, then those of minimal sets."""
        solved = {c: s for c, s in found.items() if isinstance(s, Solved)}
        order = sorted(solved, key=lambda c: (len(c), solved[c].route.length_km, sorted(c)))
        front: list[frozenset[str]] = []
        for consents in order:
            length_km = solved[consents].route.length_km
            if all(length_km < solved[shorter].route.length_km for shorter in front):
                front.append(consents)
        minimal = [c for c in order if not any(other < c for other in order)]
        made: list[Candidate] = []
        for consents in [*front, *(c for c in minimal if c not in front)]:
            if len(solved[consents].route.waypoints) > 2 and len(made) < room:  # else this is the great circle
                candidate, found[consents] = self.candidate(consents, solved[consents])
                made.append(replace(candidate, minimal=consents in minimal, front=consents in front))
        return made

    def candidate(self, consents: frozenset[str], solved: Solved) -> tuple[Candidate, Solved]:
        """Make a candidate of the route found with these consents, or of a shorter one that its proof comes upon."""
        solved, bound_km = self.solver.proven(consents, solved, name=self.name(consents))
        extension_km = solved.route.length_km - self.direct.length_km
        needed = self.entered(solved.verdict)
        if needed != consents and not self.solver.judge(solved.route, needed).passed:
            needed = consents  # It comes nearer to some than the margin, without entering.
        made = Candidate(
            route=solved.route,
            verdict=solved.verdict,
            consents=self.states(needed),
            extension_km=extension_km,
            extension_pct=100.0 * extension_km / self.direct.length_km,
            gap_pct=100.0 * (solved.route.length_km / bound_km - 1.0),
            minimal=needed <= consents,
        )
        return made, solved

    def entered(self, verdict: Verdict) -> frozenset[str]:
        """Return the states of the rule whose airspace a route enters without their leave."""
        codes = {f.state.code for f in verdict.findings if f.crossings and f.state is not None}
        return frozenset(codes - self.rule.allow)

    def states(self, codes: Iterable[str], *, keep_order: bool = False) -> tuple[State, ...]:
        """Return states with their names."""
        return tuple(self.names.get(c, State(c)) for c in (codes if keep_order else sorted(codes)))

    def name(self, consents: frozenset[str]) -> str:
        """Say what to call a route with these consents."""
        more = sorted(consents - self.given())
        return f"{self.direct.label} via {'+'.join(more)}" if more else f"{self.direct.label} detour"


def _consent_set(
    study: _Study, consents: frozenset[str], solved: Solved | Failure, narrow: Narrow | None
) -> ConsentSet:
    if isinstance(solved, Solved):
        return ConsentSet(study.states(consents), solved.route.length_km, "route")
    return ConsentSet(study.states(consents), None, solved, None if narrow is None else narrow.passage)


def _marginal(study: _Study, consents: frozenset[str], narrow: Narrow) -> Candidate:
    """Make a candidate of a route that only a smaller margin opens."""
    extension_km = narrow.route.length_km - study.direct.length_km
    return Candidate(
        route=narrow.route,
        verdict=narrow.verdict,
        consents=study.states(consents),
        extension_km=extension_km,
        extension_pct=100.0 * extension_km / study.direct.length_km,
        gap_pct=None,
        minimal=False,
        narrowest=narrow.passage,
    )


_KNOWN: list[tuple[Airspaces, Regions]] = []
"""The regions of the world asked about last."""


def _regions(world: Airspaces) -> Regions:
    for known, regions in _KNOWN:
        if known is world:
            return regions
    regions = Regions.of(world, known_mesh(world, "fine"))
    _KNOWN[:] = [(world, regions)]
    return regions
