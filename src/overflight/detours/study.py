"""Candidates: which states' consent opens a way, and the shortest lawful route for each such set."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from overflight.airspace import world_on
from overflight.detours.alternatives import alternatives
from overflight.detours.budget import INTERRUPTED, MEMORY_MB, Budget, News, current
from overflight.detours.consent_tree import Contracted, Sketch, Tree
from overflight.detours.consents import barrier, minimal_sets
from overflight.detours.inquiry import ROUND_TRIP_KM, Inquiry, unopened
from overflight.detours.model import Candidate, Candidates, ConsentSet
from overflight.detours.order import nearest_first
from overflight.detours.passages import offers
from overflight.detours.refusals import Left, priced, search_refusals
from overflight.detours.solver import NOBODY, Failure, Solved
from overflight.routes import great_circle
from overflight.routes.ways import Way, route_of
from overflight.rules import Avoid
from overflight.rules.avoid import KEPT_KM
from overflight.rules.given import Whom, avoided

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.detours.passages import Narrow

__all__ = ["candidates"]

MOST_PATHS = 500
"""So many paths are looked for at most to complete the sets and the front."""
WORTH_SHARE = 0.0005
"""More consents must shorten a route by this share to be worth it."""
SLOW_SHARE = 0.1
"""When this share of the time is gone before all sets were tried, each route is proven before the next set is tried."""
LOG = logging.getLogger("overflight.detours")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a study goes.

    Attributes
    ----------
    consents : int
        How many states a set may ask for consent, beyond those that hold start and destination.
    listed : int
        How many candidates to list, the great circle among them and alternatives aside.
    alternatives : int
        How many alternatives to look for.
    refusals : bool
        Whether to work out what each refusal would cost.
    """

    consents: int
    listed: int
    alternatives: int
    refusals: bool = False


class Study:
    """What was found so far of an answer: each step leaves it fit to be shown.

    Parameters
    ----------
    inquiry : Inquiry
        What was asked.
    limits : Limits
        How far to go.
    """

    def __init__(self, inquiry: Inquiry, limits: Limits) -> None:
        self.inquiry = inquiry
        self.limits = limits
        self.given = inquiry.given()
        self.sets: list[frozenset[str]] = []
        self.closing: tuple[str, ...] = ()
        self.shut: tuple[str, ...] = ()
        self.found: dict[frozenset[str], Solved | Failure] = {}
        self.bounds_km: dict[frozenset[str], float] = {}
        self.narrow: dict[frozenset[str], Narrow] = {}
        self.left: dict[str, Left] = {}
        self.complete = False
        self.front_size = 0

    def candidates(self) -> Candidates:
        """Search as far as the budget goes, and list what was found."""
        inquiry, given = self.inquiry, self.given
        first = inquiry.great_circle()
        current().tell_of(lambda: first)
        if set(first.consents) <= given and inquiry.passes(given):
            only = ConsentSet(inquiry.states(given), inquiry.direct.length_km, "route")
            size = len(given) + self.limits.consents
            made = Candidates((replace(first, front=True),), (only,), size, inquiry.states(given), front_size=size)
            return priced(made, inquiry, self.found, self.left) if self.limits.refusals else made
        budget = current()
        try:
            with budget.within():
                self._search()
        except KeyboardInterrupt:
            budget.stop(INTERRUPTED)
        return self._listed(first)

    def _search(self) -> None:
        inquiry, budget = self.inquiry, current()
        budget.check()
        if unasked := inquiry.unasked():
            self.shut, self.complete, self.front_size = tuple(sorted(unasked)), True, self.limits.consents
            return
        budget.tell("laying out the borders")
        whole = inquiry.regions()
        start, end = (whole.at(inquiry.field, w.lon, w.lat) for w in inquiry.direct.waypoints)
        forbidden = inquiry.solver.avoid.states - inquiry.rule.allow
        regions = whole.closed({area.code for area in inquiry.areas} - self.given | {NOBODY})
        self.sets = minimal_sets(regions, start, end, forbidden=forbidden, most=self.limits.consents)
        self.closing = () if frozenset() in self.sets else barrier(whole, start, end, forbidden=forbidden)
        if end not in regions.reach(start, ()):
            self.shut = barrier(whole, start, end, forbidden=inquiry.solver.unasked)
        for number, consents in enumerate(nearest_first(self.sets, whole, inquiry.direct)):
            budget.tell(f"{number} of {len(self.sets)} sets of consents tried", number / len(self.sets))
            self._solve(consents)
            if budget.gone_share > SLOW_SHARE:
                self._prove()
        if "longer" in self.found.values() and not self._solved():
            self._look_farther()
        # What was found is proven before more is looked for: the time may be up after that.
        budget.tell("proving how near the routes found are to the shortest")
        self._prove()
        graph = Contracted(regions, start, end, forbidden - self.given)
        self.widen(self._tree(graph))
        tree = self._tree(graph)
        self.shorten(tree)
        offered = offers(self.inquiry.solver, self.found, self.inquiry.name)
        self.narrow = dict(itertools.islice(offered.items(), self.limits.listed - 1))
        if self.limits.refusals:
            search_refusals(self.left, self.inquiry, self.found, tree, most=self.limits.consents)

    def _solve(self, consents: frozenset[str]) -> None:
        """Look for the shortest route with some consents, and tell of it at once."""
        inquiry = self.inquiry
        solved = self.found[consents] = inquiry.solve(consents)
        if isinstance(solved, Solved) and len(solved.route.waypoints) > 2:  # the great circle was told of
            current().tell_of(lambda: inquiry.found(solved.route, solved.verdict, consents))

    def _solved(self) -> dict[frozenset[str], Solved]:
        """Return the sets of consents that open a way, with the shortest route of each."""
        return {consents: solved for consents, solved in self.found.items() if isinstance(solved, Solved)}

    def _look_farther(self) -> None:
        """Where no set opens a way within the length searched, look for one of any length, until one does."""
        self.inquiry = self.inquiry.of_any_length()
        for consents in self.sets:
            before = self.found[consents]
            self._solve(consents)
            if self.found[consents] == "unfinished":
                self.found[consents] = before  # it is known at least that there is no short one
            elif isinstance(self.found[consents], Solved):
                break

    def _tree(self, graph: Contracted) -> Tree:
        """Return the search for more sets of consents."""
        solver, given = self.inquiry.solver, self.given

        def sketch(consents: frozenset[str], most_km: float) -> Sketch | None:
            current().tell("looking for sets of consents that open a shorter way")
            path = solver.sketch(consents | given, most_km)
            return path and Sketch(path.km, path.entered - given)

        return Tree(graph, sketch, most_paths=MOST_PATHS)

    def widen(self, tree: Tree) -> None:
        """Add the minimal sets around those that open no way; take note of whether all of that size were searched."""
        given, most, most_km = self.given, self.limits.consents, self.inquiry.solver.most_km
        shut = [c for c, s in self.found.items() if not isinstance(s, Solved) and s != "unfinished"]
        for closed in [c for c in shut if len(c - given) < most]:
            known = [c - given for c in self._solved()]
            for wider in tree.minimal(most, most_km, closed - given, known):
                if wider | given not in self.found:
                    self._solve(wider | given)
        self.complete = not tree.cut

    def shorten(self, tree: Tree) -> None:
        """Add, for each number of consents, the set with the shortest route; note up to which number that is sure."""
        for number in range(1, self.limits.consents + 1):
            lengths = [s.route.length_km for c, s in self._solved().items() if len(c - self.given) <= number]
            best_km = min(lengths, default=self.inquiry.solver.most_km)
            path = tree.shortest(number, best_km * (1.0 - WORTH_SHARE))
            if tree.cut:
                return
            if path is not None:
                consents = path.entered | self.given
                if consents not in self.found:
                    self._solve(consents)
                if not isinstance(self.found[consents], Solved):
                    return  # The rough mesh does not tell what is open here.
            self.front_size = number

    def _front_and_minimal(self) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
        """Return which sets of consents are on the front of length against consents, and which are minimal."""
        length_km = {c: s.route.length_km for c, s in self._solved().items()}
        order = sorted(length_km, key=lambda c: (len(c), length_km[c], sorted(c)))
        front: list[frozenset[str]] = []
        for consents in order:
            if all(length_km[consents] < length_km[shorter] for shorter in front):
                front.append(consents)
        return front, [c for c in order if not any(other < c for other in order)]

    def _worth_listing(self) -> dict[frozenset[str], Solved]:
        """Return what to list, the front first, but for the great circle, which is listed anyway."""
        front, minimal = self._front_and_minimal()
        solved = self._solved()
        order = [c for c in dict.fromkeys([*front, *minimal]) if len(solved[c].route.waypoints) > 2]
        return {c: solved[c] for c in order[: self.limits.listed - 1 - len(self.narrow)]}

    def _prove(self) -> None:
        """Bound the routes that would be listed, each once."""
        for consents, solved in self._worth_listing().items():
            if consents not in self.bounds_km:
                self.bounds_km[consents] = self.inquiry.solver.proven(consents, solved)

    def _detours(self) -> list[tuple[frozenset[str], Candidate]]:
        """Make candidates of the routes found."""
        self._prove()
        front, minimal = self._front_and_minimal()
        made: list[tuple[frozenset[str], Candidate]] = []
        for consents, solved in self._worth_listing().items():
            one = self.inquiry.made(solved.route, solved.verdict, consents, self.bounds_km[consents])
            made.append((consents, replace(one, minimal=consents in minimal, front=consents in front)))
        return made

    def _listed(self, first: Candidate) -> Candidates:
        inquiry, found = self.inquiry, self.found
        found.update({consents: "unfinished" for consents in self.sets if consents not in found})
        opening = self._solved()
        minimal = [consents for consents in found if not any(other < consents for other in opening)]
        front_of_first = inquiry.passes(frozenset(first.consents))
        items = [
            replace(first, minimal=not first.barred and frozenset(first.consents) in self.sets, front=front_of_first)
        ]
        listed = self._detours()
        items += [candidate for _, candidate in listed]
        items += [inquiry.marginal(consents, one) for consents, one in self.narrow.items()]
        if self.limits.alternatives and listed:
            items += alternatives(inquiry, listed, self.limits.alternatives)
        sets = [inquiry.consent_set(consents, found[consents], self.narrow.get(consents)) for consents in minimal]
        sets.sort(key=lambda c: (len(c.consents), c.length_km or ROUND_TRIP_KM, c.consents))
        made = Candidates(
            tuple(items),
            tuple(sets),
            len(self.given) + self.limits.consents,
            inquiry.states(self.closing, keep_order=True),
            complete=self.complete,
            front_size=len(self.given) + self.front_size,
            shut=inquiry.states(self.shut, keep_order=True),
        )
        return priced(made, self.inquiry, self.found, self.left) if self.limits.refusals else made


def candidates(
    route: Way,
    world: Airspaces | None = None,
    *,
    avoid: Whom,
    never: Whom = (),
    on: dt.date | str | None = None,
    margin_km: float = KEPT_KM,
    allow: Iterable[str] = (),
    max_size: int = 3,
    max_extension_pct: float = 250.0,
    limit: int = 8,
    name: str | None = None,
    more: int = 0,
    refusals: bool = False,
    time_limit_s: float | None = None,
    memory_mb: float | None = MEMORY_MB,
    told: Callable[[News], None] | None = None,
) -> Candidates:
    """Find the routes between the ends of a route that obey a rule, and whose consent each needs.

    Parameters
    ----------
    route : Route, str, or sequence of places
        Its first and last waypoint are start and destination: ``"VKO-BUD"``.
    world : Airspaces, optional
        The airspace; by default the shipped one, de jure, on the date.
    avoid : RuleSet, Bloc, str, or iterable of State, str or Area
        What is forbidden: a text (``"icc - HUN"``), a bloc, or codes of states. No consent opens areas in it; where one
        holds start or destination it is entered by need, and stands among the consents.
    never : RuleSet, Bloc, str, or iterable of State, str or Area
        What is kept out of, too, and no consent opens: states that can't be asked. Where one holds start or
        destination, there is no route. What a rule set is about in part only, or maybe, can be asked about.
    on : datetime.date or str, optional
        What a text, a bloc, and no world depend on.
    margin_km : float
        How far to keep from it: 1 NM unless said otherwise, for aircraft do not fly along a line (RNP 1). Farther where
        a border is less well known: with 0.0, as far as each is known.
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
        What findings call the rule; by default as `Avoid` has it.
    more : int
        How many alternatives to look for that need the same consents but go another way, such as round the other side
        of a sea; see `overflight.detours.alternatives`.
    refusals : bool
        Whether to work out what it would cost if a state refused that there is to ask (`Candidates.refusals`).
    time_limit_s : float, optional
        How long to search; as long as it takes by default. Compiling, once for an installation, does not count.
    memory_mb : float, optional
        How much memory the search may take. Where it wants more, or the time is up, what was found until then is
        returned, and says so (`Candidates.unfinished`); so it is when Ctrl-C stops the search.
    told : callable, optional
        Is told how far the search is, some times a second, and of each route when it is found, the great circle at
        once: see `overflight.detours.News`. Without it, that is logged now and then.

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
    number of consents the set with the shortest route (see `overflight.detours.consent_tree`), both on a rough mesh.

    Areas are laid over the world (see `overflight.airspace.overlay`) before any of this, so their edges are edges of
    the mesh as borders are, and the bound counts them in.
    """
    held, given = world_on(world, on), route_of(route, on)
    ends = given.waypoints[0], given.waypoints[-1]
    direct = given if len(given.waypoints) == 2 and given.kind == "great-circle" else great_circle(*ends)
    rules = (
        Avoid(avoided(avoid, held, on), name=name, margin_km=margin_km, allow=allow),
        unopened(avoided(never, held, on), margin_km=margin_km, allow=allow),
    )
    with Budget(time_limit_s, memory_mb, label=direct.label, told=told) as budget:
        inquiry = Inquiry(direct, held, *rules, max_extension_pct=max_extension_pct)
        found = Study(inquiry, Limits(max_size, limit, more, refusals)).candidates()
    found = replace(found, avoid=rules[0].ruleset, never=rules[1].ruleset, margin_km=margin_km)
    if not budget.cut:
        return found
    reason = budget.words()
    gaps = [c.gap_pct for c in found if c.route.kind == "detour" and c.gap_pct is not None]
    proven = f"; routes are proven to be within {max(gaps):.2g} % of the shortest" if gaps else ""
    LOG.warning("%s: %s: this is what was found until then, sets may be missing%s", budget.label, reason, proven)
    return replace(found, complete=False, unfinished=reason)
