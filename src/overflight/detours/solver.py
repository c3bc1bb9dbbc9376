"""The shortest lawful route for one set of consenting states: search coarse, search again close by, judge, repeat."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from overflight.detours.obstacles import COARSEST_DEG, KM_PER_DEG, Bump, Free, Obstacles
from overflight.detours.regions import holders
from overflight.detours.sphere import EARTH_KM, Plane, bend_km, to_lonlat, to_unit
from overflight.detours.visibility import Scene, shortest_path
from overflight.detours.waypoints import Thinner
from overflight.geodesy import direct
from overflight.routes import Route, Waypoint
from overflight.rules import Avoid, Finding, Verdict, check

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from overflight.crossings import Approach
    from overflight.geodata import Airspaces

__all__ = ["Failure", "Solved", "Solver"]

Point = tuple[float, float]
Path = tuple[float, list[Point]]
"""Length in km, and points in degrees."""
Failure = Literal["longer", "narrow", "failed"]
LOG = logging.getLogger("overflight.detours")

COARSE_DEG = (COARSEST_DEG, 0.01, 0.003, 0.001)
"""Borders are simplified this much for the first search; finer where a strait closes at the coarser."""
LEAST_SHARE = 0.05
"""Nor finer than this share of the margin, which settles by itself what is too narrow."""
CLOSER = ((0.004, 40.0), (0.0005, 6.0))
"""Then this much, within so many km of the path found before."""
BOUND_DEG = (0.01, 0.004)
"""Borders are simplified this much for the lower bound."""
TRIES = 8
"""How often a path that the verdict finds fault with is found anew, farther from what it came too near."""
NEAR_KM = 3.0
ROOM_KM = 500.0
DRAWN_KM = 50.0
DIGITS = 6
"""Waypoints are rounded to this many decimals of a degree (6 cm)."""
FARTHEST_DEG = 150.0


@dataclass(frozen=True, slots=True)
class Solved:
    """A lawful route, and its verdict with the consents granted."""

    route: Route
    verdict: Verdict
    bound_km: float | None
    """No lawful route is shorter; a rough bound."""


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
    most_km : float
        No longer routes are looked for.
    """

    def __init__(self, world: Airspaces, ends: tuple[Waypoint, Waypoint], avoid: Avoid, *, most_km: float) -> None:
        self.world = world
        self.ends = ends
        self.avoid = avoid
        self.most_km = most_km
        self.points: tuple[Point, Point] = ((ends[0].lon, ends[0].lat), (ends[1].lon, ends[1].lat))
        self.holders = [holders(piece, avoid.except_territories) & avoid.states for piece in world.pieces]
        middle = to_unit(np.array(self.points)).sum(axis=0)
        lon, lat = to_lonlat(middle)[0]
        # Every point of a route is at most half its length from the middle between its ends.
        reach = math.degrees(0.5 * most_km / EARTH_KM) + 1.0
        self.obstacles = Obstacles(
            world,
            Plane(float(lon), float(lat)),
            reach_deg=min(reach, FARTHEST_DEG),
            margin_km=avoid.margin_km,
            ends=self.points,
        )

    def solve(self, consents: Collection[str], *, name: str, first: int = 0) -> Solved | Failure:
        """Find the shortest lawful route when these states consent.

        Parameters
        ----------
        consents : collection of str
            States that consent, beyond those that the rule allows anyway.
        name : str
            What to call the route.
        first : int
            Which of the tolerances `COARSE_DEG` to begin with.

        Returns
        -------
        Solved or str
            ``"longer"`` if there is no route that short, ``"narrow"`` if none keeps far enough off, ``"failed"`` if
            none was found that the verdict accepts; logged, too.

        Notes
        -----
        Two paths are found among simplified borders: one that is surely free, and one that is as short as a free one
        could be. The search among finer borders looks near both, so that a strait that simplified borders close is
        not lost.
        """
        shut = self.shut(consents)
        beyond: Failure = "narrow" if self.obstacles.reach_deg >= FARTHEST_DEG else "longer"
        failure = beyond
        for tolerance in COARSE_DEG[first:]:
            if tolerance < min(COARSEST_DEG, LEAST_SHARE * self.obstacles.least_km / KM_PER_DEG):
                break
            sure, least = self._coarse(shut, tolerance)
            if least is None and sure is None:
                failure = beyond
                break
            if sure is not None:
                failure = "failed"
            solved = self._refined(shut, consents, [path for path in (sure, least) if path is not None], name)
            if solved is not None:
                bound_km = min(least[0], solved[0].length_km) if least is not None else None
                return Solved(*solved, bound_km if self._holds_all(solved[0].length_km) else None)
        if failure == "failed":
            LOG.warning("%s: no route found that the rule accepts, though there is one", name)
        else:
            LOG.info("%s: no way of at most %.0f km that keeps %g km off", name, self.most_km, self.obstacles.least_km)
        return failure

    def _refined(
        self, shut: NDArray[np.bool_], consents: Collection[str], paths: list[Path], name: str
    ) -> tuple[Route, Verdict] | None:
        """Search near some paths, judge, and search again until the verdict finds no fault."""
        plane = self.obstacles.plane
        bumps: list[Bump] = []
        for number in range(TRIES):
            try:
                found, free = self._closer(shut, paths, bumps)
            except _NoWayError:
                return None
            route = self._route(Thinner(free.polygon, plane).thinned(found), name)
            verdict = self.judge(route, consents)
            faults = self._faults(verdict, free, consents, number)
            if not faults:
                return route, verdict
            bumps += [Bump(shapely.buffer(plane.project_shape(place), NEAR_KM), extra) for place, extra in faults]
        return None

    def bound_km(self, consents: Collection[str], *, at_most_km: float, effort: int = 0) -> float | None:
        """Bound the length of any lawful route from below.

        Parameters
        ----------
        consents : collection of str
            States that consent.
        at_most_km : float
            Length of a route that is known; the bound is no more than this.
        effort : int
            Which of the tolerances `BOUND_DEG` to use.

        Returns
        -------
        float or None
            In km; None if nothing is proven.

        Notes
        -----
        The shortest path among obstacles that lie inside the true airspace (see `overflight.detours.obstacles`), its
        legs measured as geodesics and tested as great circles. Any lawful route, cut into stretches of 500 km, is such
        a path, for the obstacles are shrunk by what the two can differ over that length.
        """
        if not self._holds_all(at_most_km):
            return None
        free = self.obstacles.inner(self.shut(consents), BOUND_DEG[effort])
        if free is None:
            return None
        found = self._search(free, most_km=at_most_km, first_km=at_most_km)
        return at_most_km if found is None else found[0]

    def _holds_all(self, length_km: float) -> bool:
        """Tell whether all routes of a length lie in the part of the plane that is looked at."""
        return math.degrees(0.5 * length_km / EARTH_KM) <= self.obstacles.reach_deg

    def judge(self, route: Route, consents: Collection[str]) -> Verdict:
        """Judge a route by the rule, these states consenting."""
        rule = Avoid(
            self.avoid.states,
            name=self.avoid.name,
            margin_km=self.avoid.margin_km,
            allow=self.avoid.allow | frozenset(consents),
            except_territories=self.avoid.except_territories,
        )
        return check(route, self.world, rules=[rule])

    def shut(self, consents: Collection[str]) -> NDArray[np.bool_]:
        """Return for each piece whether a state that holds it refuses."""
        open_to = self.avoid.allow | frozenset(consents)
        return np.array([bool(held - open_to) for held in self.holders])

    def _coarse(self, shut: NDArray[np.bool_], tolerance_deg: float) -> tuple[Path | None, Path | None]:
        """Return the shortest path that is surely free, and the shortest that could be, among simplified borders."""
        sure = least = None
        free = self.obstacles.outer(shut, tolerance_deg)
        if free is not None:
            sure = self._search(free, most_km=self.most_km)
        most_km = sure[0] if sure is not None else self.most_km
        free = self.obstacles.inner(shut, tolerance_deg)
        if free is not None:
            least = self._search(free, most_km=most_km, first_km=sure and sure[0])
        return sure, least

    def _closer(self, shut: NDArray[np.bool_], paths: list[Path], bumps: Sequence[Bump]) -> tuple[list[Point], Free]:
        """Search again among finer obstacles, near some paths, and once more."""
        middle, _ = self._near(shut, paths, bumps, *CLOSER[0])
        (_, path), free = self._near(shut, [middle], bumps, *CLOSER[1])
        return path, free

    def _near(
        self, shut: NDArray[np.bool_], paths: list[Path], bumps: Sequence[Bump], tolerance_deg: float, width_km: float
    ) -> tuple[Path, Free]:
        """Search again within so many km of some paths."""
        length_km = max(length for length, _ in paths)
        lines = shapely.MultiLineString([self.obstacles.plane.line(points, DRAWN_KM) for _, points in paths])
        within = shapely.intersection(self.obstacles.plane_grow(lines, width_km), self.obstacles.disc)
        free = self.obstacles.outer(shut, tolerance_deg, within=within, bumps=bumps)
        if free is None:
            raise _NoWayError
        found = self._search(free, most_km=self.most_km * 1.01, first_km=length_km * 1.003)
        if found is None:
            raise _NoWayError
        return found, free

    def _search(self, free: Free, *, most_km: float, first_km: float | None = None) -> Path | None:
        """Search from the end with less room about it: there is less to look at."""
        start, end = self.points
        scene = Scene.from_free(free.polygon, self.obstacles.plane)
        room = [
            shapely.area(shapely.intersection(free.polygon, point.buffer(ROOM_KM))) for point in self.obstacles.points
        ]
        if room[1] < room[0]:
            found = shortest_path(scene, end, start, most_km=most_km, first_km=first_km)
            return found and (found[0], found[1][::-1])
        return shortest_path(scene, start, end, most_km=most_km, first_km=first_km)

    def _route(self, path: Sequence[Point], name: str) -> Route:
        inner = [Waypoint(round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in path[1:-1]]
        return Route((self.ends[0], *inner, self.ends[1]), name, "detour")

    def _faults(
        self, verdict: Verdict, free: Free, consents: Collection[str], number: int
    ) -> list[tuple[shapely.Geometry, float]]:
        """List where a route comes too near to an airspace, in degrees, and by how many km to keep farther off."""
        bad = [f for f in verdict.findings if f.status != "clear"]
        if bad and max(free.waived_km) > 0.0 and not any(f.status == "crosses" for f in bad):
            # Near an end the margin is waived: what is left must keep it.
            rest = self._without_ends(verdict.route, free.waived_km)
            bad = [f for f in self.judge(rest, consents).findings if f.status != "clear"] if rest else []
        faults: list[tuple[shapely.Geometry, float]] = []
        for finding in bad:
            for approach, need_km in self._too_near(finding):
                faults.append((shapely.Point(approach.on_route), 1.5 * (need_km - approach.km) + 0.05 * 2**number))
            for stay in finding.crossings:
                longest = max(leg.length_km for leg in verdict.route.legs)
                place = shapely.Point(stay.entry)
                if stay.length_km > 0.001:
                    place = shapely.LineString(verdict.crossings.path(stay, max_km=1.0))
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


class _NoWayError(Exception):
    """Start and destination are not connected."""


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
