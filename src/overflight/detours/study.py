"""Candidates: which states' consent opens a way, and the shortest lawful route for each such set."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight.detours.alternatives import alternatives
from overflight.detours.budget import INTERRUPTED, MEMORY_MB, Budget, current
from overflight.detours.consent_tree import Contracted
from overflight.detours.consents import barrier, minimal_sets
from overflight.detours.inquiry import ROUND_TRIP_KM, Inquiry
from overflight.detours.model import Candidate, Candidates, ConsentSet
from overflight.detours.passages import offers
from overflight.detours.solver import Failure, Solved
from overflight.routes import Route, great_circle
from overflight.rules import Avoid

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Area, RuleSet
    from overflight.detours.passages import Narrow
    from overflight.routes.places import Waypoint

__all__ = ["candidates", "detour"]

SLOW_SHARE = 0.1
"""When this share of the time is gone before all sets were tried, each route is proven before the next set is tried."""
LOG = logging.getLogger("overflight.detours")


def candidates(
    route: Route,
    world: Airspaces,
    *,
    avoid: RuleSet | Iterable[str | Area],
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
    max_size: int = 3,
    max_extension_pct: float = 250.0,
    limit: int = 8,
    name: str | None = None,
    more: int = 0,
    time_limit_s: float | None = None,
    memory_mb: float | None = MEMORY_MB,
) -> Candidates:
    """Find the routes between the ends of a route that obey a rule, and whose consent each needs.

    Parameters
    ----------
    route : Route
        Its first and last waypoint are start and destination.
    world : Airspaces
        The airspace.
    avoid : RuleSet, or iterable of State, str or Area
        What is forbidden: what `overflight.ruleset` makes of a text, a bloc on a date, or codes of states. No consent
        opens areas in it; where one holds start or destination it is entered by need, and stands among the consents.
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
        What findings call the rule; by default as `Avoid` has it.
    more : int
        How many alternatives to look for that need the same consents but go another way, such as round the other side
        of a sea; see `overflight.detours.alternatives`.
    time_limit_s : float, optional
        How long to search; as long as it takes by default. Compiling, once for an installation, does not count.
    memory_mb : float, optional
        How much memory the search may take. Where it wants more, or the time is up, what was found until then is
        returned, and says so (`Candidates.unfinished`); so it is when Ctrl-C stops the search.

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
    ends = route.waypoints[0], route.waypoints[-1]
    direct = route if len(route.waypoints) == 2 and route.kind == "great-circle" else great_circle(*ends)
    rule = Avoid(avoid, name=name, margin_km=margin_km, allow=allow)
    with Budget(time_limit_s, memory_mb, label=direct.label) as budget:
        study = Inquiry(direct, world, rule, max_extension_pct=max_extension_pct)
        found = _Study(study, max_size, limit=limit, more=more).candidates()
    if not budget.cut:
        return found
    reason = budget.words()
    gaps = [c.gap_pct for c in found if c.route.kind == "detour" and c.gap_pct is not None]
    proven = f"; routes are proven to be within {max(gaps):.2g} % of the shortest" if gaps else ""
    LOG.warning("%s: %s: this is what was found until then, sets may be missing%s", budget.label, reason, proven)
    return replace(found, complete=False, unfinished=reason)


class _Study:
    """What was found so far: each step leaves it fit to be shown."""

    def __init__(self, study: Inquiry, max_size: int, *, limit: int, more: int) -> None:
        self.study = study
        self.max_size = max_size
        self.limit = limit
        self.more = more
        self.given = study.given()
        self.sets: list[frozenset[str]] = []
        self.closing: tuple[str, ...] = ()
        self.found: dict[frozenset[str], Solved | Failure] = {}
        self.narrow: dict[frozenset[str], Narrow] = {}
        self.complete = False
        self.front_size = 0

    def candidates(self) -> Candidates:
        """Search as far as the budget goes, and list what was found."""
        study, given = self.study, self.given
        first = study.great_circle()
        if set(first.consents) <= given and study.passes(given):
            only = ConsentSet(study.states(given), study.direct.length_km, "route")
            size = len(given) + self.max_size
            return Candidates((replace(first, front=True),), (only,), size, study.states(given), front_size=size)
        budget = current()
        try:
            with budget.within():
                self._search()
        except KeyboardInterrupt:
            budget.stop(INTERRUPTED)
        return self._listed(first)

    def _search(self) -> None:
        study, given = self.study, self.given
        current().check()
        whole = study.regions()
        start, end = (whole.at(study.field, w.lon, w.lat) for w in study.direct.waypoints)
        forbidden = study.solver.avoid.states - study.rule.allow
        regions = whole.closed({area.code for area in study.areas} - given)
        self.sets = minimal_sets(regions, start, end, forbidden=forbidden, most=self.max_size)
        self.closing = () if frozenset() in self.sets else barrier(whole, start, end, forbidden=forbidden)
        for number, consents in enumerate(self.sets):
            study.tell(f"{number} of {len(self.sets)} sets of consents tried")
            self.found[consents] = study.solve(consents)
            if current().gone_share > SLOW_SHARE:
                study.prove(self.found, room=self.limit - 1)
        if "longer" in self.found.values() and not any(isinstance(s, Solved) for s in self.found.values()):
            self.study = study = study.of_any_length()
            for consents in self.sets:
                solved = study.solve(consents)
                if solved != "unfinished":  # then it is known at least that there is no short one
                    self.found[consents] = solved
                if isinstance(solved, Solved):
                    break
        # What was found is proven before more is looked for: the time may be up after that.
        study.tell("proving how near the routes found are to the shortest")
        study.prove(self.found, room=self.limit - 1)
        graph = Contracted(regions, start, end, forbidden - given)
        self.complete = study.widen(self.found, study.tree(graph), most=self.max_size)
        self.front_size = study.shorten(self.found, study.tree(graph), most=self.max_size)
        offered = offers(study.solver, self.found, study.name)
        self.narrow = dict(itertools.islice(offered.items(), self.limit - 1))

    def _listed(self, first: Candidate) -> Candidates:
        study, found = self.study, self.found
        found.update({consents: "unfinished" for consents in self.sets if consents not in found})
        opening = {consents for consents, solved in found.items() if isinstance(solved, Solved)}
        minimal = [consents for consents in found if not any(other < consents for other in opening)]
        front_of_first = study.passes(frozenset(first.consents))
        items = [replace(first, minimal=frozenset(first.consents) in self.sets, front=front_of_first)]
        listed = study.listed(found, room=self.limit - 1 - len(self.narrow))
        items += [candidate for _, candidate in listed]
        items += [study.marginal(consents, one) for consents, one in self.narrow.items()]
        if self.more and listed:
            items += alternatives(study, listed, self.more)
        asked = [study.consent_set(consents, found[consents], self.narrow.get(consents)) for consents in minimal]
        asked.sort(key=lambda c: (len(c.consents), c.length_km or ROUND_TRIP_KM, c.consents))
        return Candidates(
            tuple(items),
            tuple(asked),
            len(self.given) + self.max_size,
            study.states(self.closing, keep_order=True),
            complete=self.complete,
            front_size=len(self.given) + self.front_size,
        )


def detour(
    start: str | Waypoint | Sequence[float],
    end: str | Waypoint | Sequence[float],
    world: Airspaces,
    *,
    avoid: RuleSet | Iterable[str | Area],
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
    time_limit_s: float | None = None,
    memory_mb: float | None = MEMORY_MB,
) -> Route | None:
    """Find the shortest route that keeps out of the airspace of some states.

    Parameters
    ----------
    start, end : str, Waypoint or pair of float
        Places as `overflight.routes.places.place` reads them.
    world : Airspaces
        The airspace.
    avoid : RuleSet, or iterable of State, str or Area
        What is forbidden; an area that holds start or destination is entered by need.
    margin_km : float
        How far to keep from it; at least the data's accuracy is kept in any case.
    allow : iterable of State or str
        States that consent. A state that holds start or destination is entered by need, and taken as one.
    time_limit_s, memory_mb : float, optional
        How long to search, and how much memory to take: see `candidates`.

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
    rule = Avoid(avoid, margin_km=margin_km, allow=allow)
    with Budget(time_limit_s, memory_mb, label=direct.label) as budget:
        study = Inquiry(direct, world, rule, max_extension_pct=250.0)
        found = _detour(study)
    if budget.reason == INTERRUPTED and found is None:
        raise KeyboardInterrupt
    if budget.cut and found is None:
        LOG.warning("%s: %s: no route was found until then", budget.label, budget.words())
    return found


def _detour(study: Inquiry) -> Route | None:
    given = study.given()
    if study.passes(given):
        return study.direct
    regions = study.regions()
    first, last = (regions.at(study.field, w.lon, w.lat) for w in study.direct.waypoints)
    if last not in regions.reach(first, study.solver.avoid.states - study.rule.allow - given):
        return None
    solved = study.solve(given)
    if solved == "longer":
        solved = study.of_any_length().solve(given)
    return solved.route if isinstance(solved, Solved) else None
