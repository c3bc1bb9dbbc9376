"""Routes that go another way: not a wiggle of one that is listed, but round the other side of something.

A route passes between two stretches of shut airspace, again and again. Each such passage can be fenced off, by a line
from the one to the other; the shortest route that does not cross the fence goes round one of the two. So fences
branch: the shortest route found so far gives the passages to close next. Whether what comes out is another way, and not
the same one round an islet, is told by how much of it lies far from every route listed.
"""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from overflight._crossings import crossings
from overflight.airspace import owners
from overflight.detours.budget import current
from overflight.detours.fenced import Fence, FencedSolver
from overflight.detours.solver import Solved
from overflight.earth import direct, points_along
from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.sphere import to_unit
from overflight.errors import DataError
from overflight.routes import Route, Waypoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.detours.inquiry import Inquiry
    from overflight.detours.model import Candidate

__all__ = ["alternatives", "apart_share"]

LOG = logging.getLogger("overflight.detours")
APART_SHARE = 0.25
"""A route goes another way if at least this share of it is far from every route listed."""
FAR_SHARE, FAR_KM = 0.02, 30.0
"""Far is this share of the great circle, and this many km at least."""
REACH_KM = 2_500.0
"""How far to each side of a route a fence may reach."""
SAMPLES = 24
INTO_KM = 10.0
"""How far a fence runs into shut airspace."""
CLEAR_OF_ENDS_KM = 30.0
TRIES = 5
"""So many routes are looked for at most for each alternative asked for."""
STEP_KM = 20.0


@dataclass(frozen=True, slots=True)
class _Way:
    """A route, the consents it was found with, and the least length of any that goes this way."""

    consents: frozenset[str]
    solved: Solved
    bound_km: float


def alternatives(inquiry: Inquiry, listed: Sequence[tuple[frozenset[str], Candidate]], count: int) -> list[Candidate]:
    """Find routes that go another way than those listed, with consents that one of these has.

    Parameters
    ----------
    inquiry : Inquiry
        What was asked.
    listed : sequence of (frozenset of str, Candidate)
        The routes listed, each with the consents it was found with.
    count : int
        How many to find at most.

    Returns
    -------
    list of Candidate
        Shortest first. At least `APART_SHARE` of each lies farther than `FAR_SHARE` of the great circle's length (30 km
        at least) from every route listed and from the alternatives before it. Its bound is that of routes which don't
        cross its fences.
    """
    search = _Search(inquiry, [candidate.route for _, candidate in listed], count)
    for consents, candidate in listed:
        search.add(consents, candidate.route, ())
    with current().within():
        search.run()
    names = [candidate.route.name for _, candidate in listed]
    found: list[Candidate] = []
    for way in sorted(search.ways, key=lambda way: way.solved.route.length_km):
        made = inquiry.made(way.solved.route, way.solved.verdict, way.consents, way.bound_km)
        made = replace(made, verdict=inquiry.judge(made.route, way.consents), alternative=True)
        name = inquiry.name(frozenset(state.code for state in made.consents))
        names.append(name)
        number = names.count(name)
        named = replace(made.route, name=f"{name} ({number})" if number > 1 else name)
        found.append(replace(made, route=named, verdict=replace(made.verdict, route=named)))
    return found


class _Search:
    """Closes the passages of the shortest route first."""

    def __init__(self, inquiry: Inquiry, listed: Sequence[Route], count: int) -> None:
        self.inquiry, self.count = inquiry, count
        self.kept = list(listed)
        self.ways: list[_Way] = []
        self.left = TRIES * count
        self.far_km = max(FAR_KM, FAR_SHARE * inquiry.direct.length_km)
        self._order = itertools.count()
        self._queue: list[tuple[float, int, frozenset[str], Route, tuple[Fence, ...]]] = []
        self._tried: set[tuple[frozenset[str], frozenset[str]]] = set()

    def add(self, consents: frozenset[str], route: Route, fences: tuple[Fence, ...]) -> None:
        """Have the passages of a route closed in its turn."""
        heapq.heappush(self._queue, (route.length_km, next(self._order), consents, route, fences))

    def run(self) -> None:
        """Look until there are enough, or no tries are left."""
        budget = current()
        while self._queue and len(self.ways) < self.count:
            budget.check()
            _, _, consents, route, fences = heapq.heappop(self._queue)
            for fence in _fences(self.inquiry, route, consents, len(fences)):
                key = consents, frozenset(f.name for f in (*fences, fence))
                if key in self._tried:
                    continue
                if not self.left or len(self.ways) == self.count:
                    return
                self._tried.add(key)
                self._close(consents, (*fences, fence))

    def _close(self, consents: frozenset[str], fences: tuple[Fence, ...]) -> None:
        """Look for a route that crosses none of some fences, and keep it if it goes another way."""
        self.left -= 1
        current().tell(f"{len(self.ways)} of {self.count} alternatives found")
        solver = FencedSolver(self.inquiry.solver, fences)
        name = self.inquiry.name(consents)
        try:
            solved = solver.solve(consents, name=name)
        except DataError as error:
            LOG.info("%s", error)
            return
        if not isinstance(solved, Solved):
            return
        self.add(consents, solved.route, fences)
        if self._is_apart(solved.route):
            self.kept.append(solved.route)
            self.ways.append(_Way(consents, solved, solver.proven(consents, solved)))

    def _is_apart(self, route: Route) -> bool:
        """Tell whether a route goes another way than all that are kept."""
        return min(apart_share(route, other, self.far_km) for other in self.kept) >= APART_SHARE


def apart_share(route: Route, other: Route, far_km: float) -> float:
    """Return which share of a route lies farther than some km from another one, to the spacing of 20 km."""
    one, two = (_points(r) for r in (route, other))
    nearest = np.array([np.min(np.sum((two - point) ** 2, axis=1)) for point in one])
    return float(np.mean(np.sqrt(nearest) * LEAST_KM_PER_RAD > far_km))


def _points(route: Route) -> NDArray[np.float64]:
    """Set points along a route, evenly on each leg."""
    legs = [
        points_along(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat, max_km=STEP_KM)
        for leg in route.legs
        if leg.length_m > 0.0
    ]
    return to_unit(np.array([point for leg in legs for point in leg]))


def _fences(inquiry: Inquiry, route: Route, consents: frozenset[str], depth: int) -> list[Fence]:
    """Draw a fence through each passage of a route, the narrowest first."""
    shut = inquiry.solver.avoid.states - inquiry.solver.avoid.allow - consents
    found: dict[tuple[str, str], tuple[float, list[tuple[float, float]]]] = {}
    budget = current()
    for at_km in np.linspace(0.0, route.length_km, SAMPLES + 2)[1:-1].tolist():
        budget.check()
        if min(at_km, route.length_km - at_km) < CLEAR_OF_ENDS_KM:
            continue
        sides = [_wall(inquiry, *_abeam(route, at_km, turn), shut) for turn in (-90.0, 90.0)]
        if sides[0] is None or sides[1] is None:
            continue
        (left, left_km, left_point), (right, right_km, right_point) = sides[0], sides[1]
        width_km = left_km + right_km
        if (left, right) not in found or width_km < found[left, right][0]:
            found[left, right] = width_km, [left_point, right_point]
    fences = []
    for (left, right), (_, ends) in sorted(found.items(), key=lambda item: item[1][0]):
        name = f"fence {depth + 1} {left}-{right} {ends[0][0]:.2f} {ends[0][1]:.2f}"
        fences.append(Fence(name, ends[0], ends[1]))
    return fences


def _abeam(route: Route, at_km: float, turn_deg: float) -> tuple[float, float, float]:
    """Return a point of a route, and the azimuth that lies abeam of it there."""
    for leg in route.legs:
        if at_km <= leg.length_km:
            break
        at_km -= leg.length_km
    lon, lat = direct(leg.start.lon, leg.start.lat, leg.azimuth_deg, 1000.0 * min(at_km, leg.length_km))[:2]
    onward = Route((Waypoint(lon, lat), leg.end)).legs[0] if (lon, lat) != (leg.end.lon, leg.end.lat) else leg
    return lon, lat, onward.azimuth_deg + turn_deg


def _wall(
    inquiry: Inquiry, lon: float, lat: float, azimuth_deg: float, shut: frozenset[str]
) -> tuple[str, float, tuple[float, float]] | None:
    """Look abeam: whose shut airspace comes first, how far away, and a point inside it."""
    far = Waypoint(*direct(lon, lat, azimuth_deg, 1000.0 * REACH_KM)[:2])
    for crossing in crossings(Route((Waypoint(lon, lat), far)), inquiry.field):
        held = sorted({str(owner) for owner in owners(crossing, inquiry.rule.ruleset.exceptions)} & shut)
        if held:
            inside_km = min(crossing.entry_km + INTO_KM, 0.5 * (crossing.entry_km + crossing.exit_km))
            return held[0], crossing.entry_km, direct(lon, lat, azimuth_deg, 1000.0 * inside_km)[:2]
    return None
