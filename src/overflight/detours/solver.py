"""The shortest lawful route for one set of consenting states: search the mesh, search close by, judge, repeat."""

from __future__ import annotations

import copy
import functools
import itertools
import logging
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from overflight.case import forbidden_pieces
from overflight.detours.budget import current
from overflight.detours.consent_tree import Sketch
from overflight.detours.mesh import Ground, build
from overflight.detours.obstacles import Bump, Free, Strip, keep_off_km
from overflight.detours.regions import holders
from overflight.detours.taut import taut_path
from overflight.detours.tightening import tightened
from overflight.detours.waypoints import Thinner
from overflight.earth import direct
from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.plane import Plane
from overflight.earth.sphere import bend_km, to_lonlat, to_unit
from overflight.outside.printable import one_line
from overflight.partition.arcs import Arcs
from overflight.routes import Route, Waypoint
from overflight.rules import Avoid, Finding, Verdict, check

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from overflight._crossings import Approach
    from overflight.airspace import Airspaces
    from overflight.detours.mesh import Found, Mesh
    from overflight.partition.index import Index

__all__ = ["NOBODY", "NO_RULE", "Failure", "Solved", "Solver", "joint"]

Point = tuple[float, float]
Failure = Literal["longer", "narrow", "failed", "unfinished"]
LOG = logging.getLogger("overflight.detours")

TOLERANCE_DEG = 0.0005
"""Borders are simplified this much for the search close to the mesh's path."""
WIDE_DEG_PER_KM = 1e-5
"""Or, where the margin is wide, for each km of it by this much (a thousandth of it), which is kept off them, too."""
WIDTH_KM = 4.0
WIDER = 2.5
"""That search looks so far to each side, and so many times what must be kept off borders near the path."""
Grain = Literal["rough", "fine"]
"""Meshes: to compare sets of consents, and to lead the search for a route and prove its length."""
GRAIN_KM = {"rough": 2.0, "fine": 0.2}
"""How much borders are simplified at most."""
FINE_SHARE = 0.8
"""On the fine mesh never more than by this share of how well each is known."""
TOUCH_KM = 0.05
"""A path that stays this short in a state does not count as entering it."""
GOOD_SHARE = 0.001
"""A route that is proven to be this near to the shortest is not looked for again."""
CLOSE_SHARE = 0.0005
"""A bound that leaves more open than that is tightened until it leaves this."""
CLOSINGS = 12
"""How often a passage that is too narrow is closed, and another way looked for."""
NOBODY = "nobody"
"""Stands among those whose consent a piece needs where no consent opens it."""
NO_RULE = Avoid(())
DRAWN = 9
TRIES = 8
"""How often a path that the verdict finds fault with is found anew, farther from what it came too near."""
NEAR_KM = 3.0
DIGITS = 6
"""Waypoints are rounded to this many decimals of a degree (6 cm)."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A lawful route, its verdict with the consents assumed, and the shortest path on the mesh, which led to it."""

    route: Route
    verdict: Verdict
    lead: Found


class Solver:
    """Finds lawful routes between two places.

    Parameters
    ----------
    world : Airspaces
        The airspace.
    ends : pair of Waypoint
        Start and destination.
    avoid : Avoid
        The rule.
    never : Avoid
        The rule that no consent opens (`Avoid.never`).
    most_km : float
        No longer routes are looked for.
    share : float
        How much of what is to be kept off borders is; if less than all, routes may be marginal.

    Attributes
    ----------
    avoid : Avoid
        Both rules as one.
    unasked : frozenset of State
        Those that can't be asked.
    holders : list of frozenset of str
        For each piece of the world, the states of the rule that hold it; and `NOBODY`, where they can't be asked.
    label : array
        For each piece, the first one that needs the consent of the same states.
    from_end : bool
        Whether a search from the destination took less than one from the start, the last time.
    """

    def __init__(
        self,
        world: Airspaces,
        ends: tuple[Waypoint, Waypoint],
        avoid: Avoid,
        never: Avoid = NO_RULE,
        *,
        most_km: float,
        share: float = 1.0,
    ) -> None:
        self.world = world
        self.ends = ends
        self.judges = (avoid, never)
        self.avoid = avoid = joint(avoid, never)
        self.most_km = most_km
        self.points: tuple[Point, Point] = ((ends[0].lon, ends[0].lat), (ends[1].lon, ends[1].lat))
        closed = never.ruleset.certain()
        self.unasked = closed.states
        self.holders = [
            holders(piece, avoid.ruleset.exceptions) & avoid.states | ({NOBODY} if shut else frozenset())
            for piece, shut in zip(world.pieces, forbidden_pieces(world, closed), strict=True)
        ]
        needs = [held if NOBODY in held else held - avoid.allow for held in self.holders]
        stands_for = {need: piece for piece, need in reversed(list(enumerate(needs)))}
        self.label = np.array([stands_for[need] for need in needs])
        self.share = share
        self.keep_km = share * keep_off_km(world, avoid.margin_km)
        self.from_end = False

    def eased(self, share: float, most_km: float) -> Solver:
        """Return a solver for the same that keeps so much less off borders, and looks for no longer routes."""
        other = Solver(self.world, self.ends, *self.judges, most_km=most_km, share=share)
        other.from_end = self.from_end
        return other

    def between(self, ends: tuple[Waypoint, Waypoint], most_km: float) -> Solver:
        """Return a solver for the same rules between other places; what depends on the rules alone is shared."""
        other = copy.copy(self)
        other.ends, other.most_km, other.from_end = ends, most_km, False
        other.points = ((ends[0].lon, ends[0].lat), (ends[1].lon, ends[1].lat))
        return other

    def solve(self, consents: Collection[str], *, name: str) -> Solved | Failure:
        """Find the shortest lawful route when these states consent.

        Parameters
        ----------
        consents : collection of str
            States that consent, beyond those that the rule allows anyway.
        name : str
            What to call the route.

        Returns
        -------
        Solved or str
            ``"longer"`` if there is no route that short, ``"narrow"`` if none keeps far enough off, ``"failed"`` if
            none was found that the verdict accepts; logged, too; ``"unfinished"`` if the budget was spent before.

        Notes
        -----
        The shortest path on the fine mesh leads. The route is looked for close to it, among borders grown by what must
        be kept off. Where these leave no way after all, the edge of the mesh at which they do not is closed, and the
        mesh asked again.
        """
        with current().within():
            solved = self._led(self.ground(consents, "fine"), consents, name)
            if solved == "failed":
                LOG.warning("%s: no route found that the rule accepts, though there is one", one_line(name))
            elif solved == "narrow":
                LOG.info("%s: no way that keeps %g km off", one_line(name), self.keep_km.min())
            return solved
        return "unfinished"

    def proven(self, consents: Collection[str], solved: Solved) -> float:
        """Bound the length of any lawful route from below: by the path on the mesh, closer where that leaves much open.

        Returns
        -------
        float
            No lawful route is shorter than so many km.
        """
        length_km, bound_km = solved.route.length_km, solved.lead.bound_km
        if length_km > bound_km * (1.0 + GOOD_SHARE):
            paths = [[(w.lon, w.lat) for w in solved.route.waypoints], solved.lead.points]
            ground = self.ground(consents, "fine")
            bound_km = max(bound_km, tightened(ground, paths, length_km=length_km, share=CLOSE_SHARE))
        return min(bound_km, length_km)

    def sketch(self, consents: frozenset[str], most_km: float) -> Sketch | None:
        """Return how long a path these consents allow, and which of the states it enters; by the rough mesh."""
        found = self._path(self.ground(consents, "rough"), most_km=min(most_km, self.most_km))
        if isinstance(found, str):
            return None
        entered = [self.holders[piece] for piece, inside_km in found.piece_km.items() if inside_km > TOUCH_KM]
        return Sketch(found.length_km, frozenset().union(*entered) & consents)

    def ground(self, consents: Collection[str], grain: Grain) -> Ground:
        """Return the mesh with what these states' consent leaves shut."""
        return Ground(self.mesh(grain), self.shut(consents), self.keep_km)

    def mesh(self, grain: Grain) -> Mesh:
        """Return a mesh of the borders that matter: those between pieces that need the consent of different states.

        The borders of the fine one are simplified by less than routes keep off them, so that it proves bounds.
        """
        return _mesh(self.world.index, self.world.accuracy_m, tuple(self.label.tolist()), grain)

    def path(self, consents: Collection[str], grain: Grain) -> Found | Literal["narrow", "longer"]:
        """Return the shortest path on a mesh with these consents."""
        return self._path(self.ground(consents, grain), most_km=self.most_km)

    def _path(
        self, ground: Ground, *, most_km: float, closed: Collection[int] = ()
    ) -> Found | Literal["narrow", "longer"]:
        found = ground.path(*self.points, most_km=most_km, closed=closed, from_end=self.from_end)
        self.from_end = ground.from_end
        return found

    def _led(self, ground: Ground, consents: Collection[str], name: str) -> Solved | Failure:
        """Look for a route where the mesh leads."""
        closed: set[int] = set()
        lead: Found | None = None
        for _ in range(CLOSINGS):
            current().check()
            found = self._path(ground, most_km=self.most_km, closed=closed)
            if isinstance(found, str):
                return found
            lead = lead or found
            solved = self._refined(ground, consents, found, name)
            if not isinstance(solved, int):
                return Solved(*solved, lead) if solved is not None else "failed"
            closed.add(solved)
        return "narrow"

    def _refined(
        self, ground: Ground, consents: Collection[str], found: Found, name: str
    ) -> tuple[Route, Verdict] | int | None:
        """Search near a path, judge, and search again until the verdict finds no fault.

        Returns a route and its verdict, or the edge of the mesh that can't be crossed, or nothing.
        """
        strip = self.strip(found, ground.shut)
        free = strip.free()
        if free is None or not free.whole:
            at = self.closed_at(ground.mesh, strip.plane, found, free)
            return None if at is None else found.crossed[at[0]]
        return self._drawn(strip, free, consents, name)

    def strip(self, found: Found, shut: NDArray[np.bool_]) -> Strip:
        """Return the surroundings of a path: wide enough for the geodesic, where a leg is so long that it strays."""
        corners = to_unit(np.array(found.points))
        middle = to_lonlat(corners.sum(axis=0))[0]
        chords = np.linalg.norm(np.diff(corners, axis=0), axis=1)
        longest_km = 2.0 * LEAST_KM_PER_RAD * math.asin(min(1.0, 0.5 * float(chords.max(initial=0.0))))
        return Strip(
            self.world,
            Plane(float(middle[0]), float(middle[1])),
            found.points,
            width_km=WIDTH_KM + 2.0 * bend_km(longest_km),
            wider=WIDER,
            tolerance_deg=max(TOLERANCE_DEG, WIDE_DEG_PER_KM * self.avoid.margin_km),
            shut=shut,
            keep_km=self.keep_km,
        )

    def _drawn(
        self, strip: Strip, free: Free | None, consents: Collection[str], name: str
    ) -> tuple[Route, Verdict] | None:
        """Draw the shortest route in what is free of a strip, as often as the verdict finds fault with it."""
        bumps: list[Bump] = []
        budget = current()
        for number in range(TRIES):
            budget.check()
            path = None
            if free is not None and free.whole:
                path = taut_path(free.polygon, strip.plane, *self.points, most_km=self.most_km * 1.01)
            if free is None or path is None:
                return None
            route = self._route(Thinner(free.polygon, strip.plane).thinned(path), name)
            verdict = self.judge(route, consents)
            faults = self._faults(verdict, free, consents, number)
            if not faults:
                return route, verdict
            bumps += [Bump(shapely.buffer(strip.plane.project_shape(place), NEAR_KM), extra) for place, extra in faults]
            free = strip.free(bumps)
        return None

    def closed_at(self, mesh: Mesh, plane: Plane, found: Found, free: Free | None) -> tuple[int, Point] | None:
        """Return the crossing of a path beyond the last edge that the part of the plane around the start meets.

        Before that, a path that rounds corners closely may cross many edges that this part keeps off. Also, in degrees,
        what lies halfway between that part and the edge.
        """
        if free is None or not found.crossed:
            return None
        t, k = np.divmod(np.array(found.crossed), 3)
        ends = np.stack([mesh.xyz[mesh.tri[t, k]], mesh.xyz[mesh.tri[t, (k + 1) % 3]]], axis=1)
        # Long edges are great circles.
        share = np.linspace(0.0, 1.0, DRAWN)[:, None]
        drawn = ends[:, :1] * (1.0 - share) + ends[:, 1:] * share
        points = plane.project(to_lonlat(drawn.reshape(-1, 3)))
        lines = shapely.linestrings(points.reshape(len(t), DRAWN, 2))
        met = np.flatnonzero(shapely.intersects(free.polygon, lines))
        at = min(int(met[-1]) + 1 if len(met) else 0, len(found.crossed) - 1)
        between = shapely.shortest_line(free.polygon, lines[at]).centroid
        lon, lat = plane.to_lonlat(np.array([[between.x, between.y]]))[0]
        return at, (float(lon), float(lat))

    def judge(self, route: Route, consents: Collection[str]) -> Verdict:
        """Judge a route by the rules, these states consenting."""
        return check(route, self.world, rules=[rule.allowing(consents) for rule in self.judges])

    def shut(self, consents: Collection[str]) -> NDArray[np.bool_]:
        """Return for each piece whether a state that holds it refuses."""
        open_to = self.avoid.allow | frozenset(consents)
        return np.array([bool(held - open_to) for held in self.holders])

    def _route(self, path: Sequence[Point], name: str) -> Route:
        inner = [Waypoint(round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in path[1:-1]]
        return Route((self.ends[0], *inner, self.ends[1]), name, "detour")

    def _faults(
        self, verdict: Verdict, free: Free, consents: Collection[str], number: int
    ) -> list[tuple[shapely.Geometry, float]]:
        """List where a route comes too near to an airspace, in degrees, and by how many km to keep farther off."""
        passing = ("clear", "marginal") if self.share < 1.0 else ("clear",)
        bad = [f for f in verdict.findings if f.status not in passing]
        if bad and max(free.waived_km) > 0.0 and not any(f.status == "crosses" for f in bad):
            # Near an end the margin is waived: what is left must keep it.
            rest = self._without_ends(verdict.route, free.waived_km)
            bad = [f for f in self.judge(rest, consents).findings if f.status != "clear"] if rest else []
        faults: list[tuple[shapely.Geometry, float]] = []
        for finding in bad:
            for approach, need_km in self._too_near(finding):
                faults.append((shapely.Point(approach.on_route), 1.5 * (need_km - approach.km) + 0.05 * 2**number))
            for crossing in finding.crossings:
                longest = max(leg.length_km for leg in verdict.route.legs)
                place = shapely.Point(crossing.entry)
                if crossing.length_km > 0.001:
                    place = shapely.LineString(verdict.crossings.path(crossing, max_km=1.0))
                faults.append((place, bend_km(longest) + 0.05 * 2**number))
        return faults

    def _too_near(self, finding: Finding) -> Iterator[tuple[Approach, float]]:
        """Yield where a route comes too near to a state that it does not enter, and how far it must keep there."""
        approach = finding.approach
        if approach is not None and approach.km < self.avoid.margin_km:
            yield approach, self.avoid.margin_km
        if approach is not None and approach.doubtful is not None:
            yield approach.doubtful, approach.doubtful.accuracy_m / 1000.0

    def _without_ends(self, route: Route, waived_km: tuple[float, float]) -> Route | None:
        """Cut off what lies within reach of the ends where the margin is waived."""
        cut = [1200.0 * km for km in waived_km]
        points = list(route.waypoints)
        for side in (0, 1):
            points = _cut_m(points, cut[side])[::-1]
            if len(points) < 2:
                return None
        return Route(tuple(points), route.name, "detour")


def joint(avoid: Avoid, never: Avoid) -> Avoid:
    """Return a rule that forbids what either of two does, called after the first."""
    return replace(avoid, ruleset=avoid.ruleset | never.ruleset)


def _cut_m(points: list[Waypoint], cut_m: float) -> list[Waypoint]:
    """Cut so many metres off the beginning of a path."""
    for k, (a, b) in enumerate(itertools.pairwise(points)):
        leg = Route((a, b)).legs[0] if (a.lon, a.lat) != (b.lon, b.lat) else None
        length = leg.length_m if leg else 0.0
        if leg and cut_m < length:
            start = Waypoint(*direct(a.lon, a.lat, leg.azimuth_deg, cut_m)) if cut_m > 0.0 else a
            return [start, *points[k + 1 :]]
        cut_m -= length
    return []


@functools.lru_cache(maxsize=2)
def _mesh(index: Index, accuracy_m: float, label: tuple[int, ...], grain: Grain) -> Mesh:
    """Return a mesh for a rule; making those of either grain takes a tenth of a second and more."""
    known_km = Arcs.of(index, accuracy_m).accuracy_m / 1000.0
    fine_km = np.minimum(FINE_SHARE * known_km, GRAIN_KM["fine"])
    tolerances_km = fine_km if grain == "fine" else np.full_like(known_km, GRAIN_KM[grain])
    return build(index, tolerances_km, np.array(label, np.int64))
