"""Length against kilometres inside forbidden airspace: the weighted region problem, by a scan over weights.

For a weight w, the best route is the shortest where a kilometre inside counts 1 + w. The lower convex hull of all pairs
(length, kilometres inside) is what such routes trace as w grows; two neighbours on it name the weight at which a third
one would show (Aneja and Nair, 1979). Points above the hull, which no weight prefers, are not looked for.

What is exact: every point is a route, and its length and its kilometres inside are what the crossings engine measures.
The first point is the great circle, and no route is shorter. What is not: for a weight, a route is looked for on a
lattice of points about the great circle, joined in 80 directions, by Dijkstra's algorithm; then waypoints are dropped
where that does not cost, and moved, by ever smaller steps, as long as it pays. That ends in a route that no small
change betters, which need not be the best of all, and the lattice may miss a passage narrower than its spacing. So each
point bounds the true front from one side only: a better route may exist, a worse one is never needed. How far it falls
short in small worlds is tested against paths through points set closely along all borders (`tests/test_tradeoff.py`):
less than one per cent of what a route costs, whatever the weight.

Source: J. S. B. Mitchell and C. H. Papadimitriou, The weighted region problem (1991); Y. P. Aneja and K. P. K. Nair,
Bicriteria transportation problem (1979).
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight._crossings.bulk import crossings_many
from overflight.airspace import world_on
from overflight.case import forbidden_pieces
from overflight.detours.budget import INTERRUPTED, MEMORY_MB, Budget, current
from overflight.detours.inquiry import Inquiry, unopened
from overflight.detours.mesh.compiled import compiled
from overflight.earth.constants import MOST_KM_PER_RAD
from overflight.earth.sphere import to_lonlat, to_unit
from overflight.routes import Route, Waypoint, great_circle
from overflight.routes.ways import Way, route_of
from overflight.rules import Avoid
from overflight.rules.given import Whom, avoided

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.airspace import Airspaces

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Tradeoff", "front"]

LOG = logging.getLogger("overflight.detours")
POINTS = 12_000
"""Of the lattice, about."""
REACH = 5
FINEST_KM = 0.1
HEAVY = 1_000.0
WORTH_SHARE = 0.0005
"""A point must better the hull by this share of the great circle."""
AT_ONCE = 20_000
"""So many legs are measured between two looks at the budget."""
WAYPOINT_SHARE = 0.0003
"""What a waypoint counts, as a share of the great circle, so that routes have few of them."""
ROUNDS = 6
DIGITS = 6
NEARLY_OPPOSITE = -0.999
"""Cosine; between points farther apart there is no one geodesic to measure."""


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """A route on the front of length against kilometres inside forbidden airspace.

    Attributes
    ----------
    route : Route
        The route; kind ``"great-circle"`` or ``"detour"``.
    inside_km : float
        How far it runs in forbidden airspace and in areas.
    """

    route: Route
    inside_km: float

    @property
    def length_km(self) -> float:
        """Length of the route in km."""
        return self.route.length_km

    def to_dict(self) -> dict[str, Any]:
        """Return the point as the JSON of `overflight routes` has it."""
        return {
            "kind": self.route.kind,
            "waypoints": [{"lon": round(w.lon, 7), "lat": round(w.lat, 7)} for w in self.route.waypoints],
            "length_km": round(self.length_km, 3),
            "inside_km": round(self.inside_km, 3),
        }


def front(
    route: Way,
    world: Airspaces | None = None,
    *,
    avoid: Whom,
    never: Whom = (),
    on: dt.date | str | None = None,
    allow: Iterable[str] = (),
    max_extension_pct: float = 100.0,
    known: Sequence[Route] = (),
    limit: int = 10,
    time_limit_s: float | None = None,
    memory_mb: float | None = MEMORY_MB,
) -> tuple[Tradeoff, ...]:
    """Trade length for kilometres inside forbidden airspace.

    Parameters
    ----------
    route : Route, str, or sequence of places
        Its first and last waypoint are start and destination.
    world, avoid, never, on
        As for `candidates`. Kilometres in areas count as inside, too, and so do those in what is in `never`.
    allow : iterable of State or str
        Whose consent is assumed.
    max_extension_pct : float
        How much longer than the great circle a route may be, about.
    known : sequence of Route
        Routes that are there already, and on the front where none is better.
    limit : int
        So many weights are tried at most, and about as many points found.
    time_limit_s, memory_mb : float, optional
        How long to search, and how much memory to take. Where that does not do, what was found until then is returned,
        and logged to be that.

    Returns
    -------
    tuple of Tradeoff
        From the shortest route to the one with the fewest kilometres inside; each is longer and runs less far inside
        than the one before, and all lie on the lower convex hull of what was found.

    Notes
    -----
    Lengths and kilometres inside are measured by the crossings engine. That no better route exists is not proven: see
    `overflight.detours.tradeoff` for how routes are found, and how near they came to the best in tests.

    Examples
    --------
    >>> import overflight as of
    >>> direct, world = of.great_circle("FRA", "VIE"), of.load_airspaces()
    >>> points = front(direct, world, avoid={"CZE"}, max_extension_pct=5.0)
    >>> points[0].route.kind, points[-1].inside_km
    ('great-circle', 0.0)
    """
    held, ends = world_on(world, on), route_of(route, on).waypoints
    direct = great_circle(ends[0], ends[-1])
    never = avoided(never, held, on)
    rules = Avoid(avoided(avoid, held, on), allow=allow), unopened(never, margin_km=0.0, allow=allow)
    with Budget(time_limit_s, memory_mb, label=direct.label) as budget:
        inquiry = Inquiry(direct, held, *rules, max_extension_pct=max_extension_pct)
        gauge = _Gauge(inquiry)
        start = gauge.measured((inquiry.direct.waypoints[0], inquiry.direct.waypoints[-1]), inquiry.direct)
        found = [start, *(gauge.measured(route.waypoints, route) for route in known)]
        try:
            with budget.within():
                _trade(gauge, found, limit)
        except KeyboardInterrupt:
            budget.stop(INTERRUPTED)
    if budget.cut:
        LOG.warning("%s: %s: fewer points of length against km inside were found", budget.label, budget.words())
    return tuple(_hull(found, inquiry.direct.length_km))


def _trade(gauge: _Gauge, found: list[Tradeoff], limit: int) -> None:
    """Add to what was found, weight by weight."""
    direct_km = gauge.inquiry.direct.length_km
    budget = current()
    budget.tell("trading length for kilometres inside")
    lattice = _Lattice(gauge)

    def add(weight: float) -> None:
        budget.check()
        traded = lattice.best(weight)
        if traded is not None:
            found.append(traded)

    add(HEAVY)
    asked: set[float] = set()
    while len(asked) < limit:
        budget.tell(f"trading length for kilometres inside, {len(found)} routes so far")
        hull = _hull(found, direct_km)
        gaps = []
        for one, two in itertools.pairwise(hull):
            weight = (two.length_km - one.length_km) / (one.inside_km - two.inside_km)
            if not any(abs(weight - w) <= 0.02 * w for w in asked):
                gaps.append(((two.length_km - one.length_km) * (one.inside_km - two.inside_km), weight))
        if not gaps:
            break
        weight = max(gaps)[1]
        asked.add(weight)
        add(weight)


def _hull(found: Sequence[Tradeoff], direct_km: float) -> list[Tradeoff]:
    """Return the lower convex hull, from the shortest on; what betters it by less than is worth it is left out."""
    best: list[Tradeoff] = []
    for one in sorted(found, key=lambda t: (round(t.length_km, 3), t.inside_km)):
        if best and one.inside_km > best[-1].inside_km - WORTH_SHARE * direct_km:
            continue
        while len(best) > 1 and _slope(best[-2], one) >= _slope(best[-2], best[-1]):
            best.pop()
        best.append(one)
    return best


def _slope(one: Tradeoff, two: Tradeoff) -> float:
    """Return how many km inside are saved for each km of length."""
    return (one.inside_km - two.inside_km) / max(two.length_km - one.length_km, 1e-9)


class _Gauge:
    """Measures legs: how long each is, and how much of it lies inside."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        solver = inquiry.solver
        forbidden = solver.avoid.ruleset.without(inquiry.rule.allow) | solver.judges[1].ruleset.certain()
        self.shut = np.array(forbidden_pieces(inquiry.field, forbidden))

    def legs(self, lonlat: Floats) -> tuple[Floats, Floats]:
        """Return length and km inside of legs (n, 4): lon and lat of either end."""
        length, inside = np.zeros(len(lonlat)), np.zeros(len(lonlat))
        budget = current()
        for first in range(0, len(lonlat), AT_ONCE):
            budget.check()
            table = crossings_many(lonlat[first : first + AT_ONCE], world=self.inquiry.field)
            hit = self.shut[table.piece]
            length[first : first + AT_ONCE] = table.length_km
            np.add.at(inside, first + table.route[hit], (table.exit_km - table.entry_km)[hit])
        return length, inside

    def measured(self, waypoints: Sequence[Waypoint], route: Route) -> Tradeoff:
        """Measure a route."""
        points = np.array([(w.lon, w.lat) for w in waypoints])
        return Tradeoff(route, float(self.legs(np.hstack([points[:-1], points[1:]]))[1].sum()))


class _Lattice:
    """Points about the great circle, in rows along it, each joined to those near it."""

    def __init__(self, gauge: _Gauge) -> None:
        self.gauge = gauge
        inquiry = gauge.inquiry
        ends = np.array([(w.lon, w.lat) for w in (inquiry.direct.waypoints[0], inquiry.direct.waypoints[-1])])
        start, end = to_unit(ends)
        across = np.cross(start, end)
        across /= np.linalg.norm(across)
        ahead = np.cross(across, start)
        span = math.atan2(float(end @ ahead), float(end @ start))
        most = min(inquiry.solver.most_km / MOST_KM_PER_RAD, 2.0 * math.pi - 1e-6)
        half = 0.5 * most
        beside = math.acos(min(1.0, math.cos(half) / math.cos(0.5 * span))) if half < 0.5 * math.pi else 0.5 * math.pi
        # About as many as asked for in the ellipse, one of them at either end.
        step = math.sqrt(math.pi * half * max(beside, 0.02) / POINTS)
        count = max(8, round(span / step))
        self.step = span / count
        reach = math.ceil(half / self.step) + 1
        rows = np.arange(-math.ceil(beside / self.step), math.ceil(beside / self.step) + 1)
        columns = np.arange(-reach, count + reach + 1)
        t, s = (x.ravel() * self.step for x in np.meshgrid(rows, columns, indexing="ij"))
        flat = np.cos(s)[:, None] * start + np.sin(s)[:, None] * ahead
        xyz = np.cos(t)[:, None] * flat + np.sin(t)[:, None] * across
        through = sum(np.arccos(np.clip(xyz @ p, -1.0, 1.0)) for p in (start, end))
        near = (through <= most) & (np.abs(s - 0.5 * span) <= math.pi)
        name = np.where(near, np.cumsum(near) - 1, -1).reshape(len(rows), len(columns))
        self.lonlat = to_lonlat(xyz[near])
        row = int(np.flatnonzero(rows == 0)[0])
        self.ends = int(name[row, reach]), int(name[row, reach + count])
        self.lonlat[list(self.ends)] = ends
        self.pairs = _joined(name)
        self.length_km, self.inside_km = gauge.legs(
            np.hstack([self.lonlat[self.pairs[:, 0]], self.lonlat[self.pairs[:, 1]]])
        )
        both = np.concatenate([self.pairs, self.pairs[:, ::-1]])
        order = np.argsort(both[:, 0], kind="stable")
        self.first = np.searchsorted(both[order, 0], np.arange(len(self.lonlat) + 1))
        self.to = both[order, 1]
        self.edge = order % len(self.pairs)

    def best(self, weight: float) -> Tradeoff | None:
        """Look for the route that is best for a weight."""
        cost = (self.length_km + weight * self.inside_km)[self.edge]
        chain = _cheapest_compiled(self.first, self.to, cost, *self.ends)
        if not len(chain):
            return None
        points = self._thinned(self.lonlat[chain], weight)
        points = self._thinned(self._moved(points, weight), weight)
        inquiry = self.gauge.inquiry
        inner = [Waypoint(round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in points[1:-1].tolist()]
        waypoints = (inquiry.direct.waypoints[0], *inner, inquiry.direct.waypoints[-1])
        if not inner:
            return None
        return self.gauge.measured(waypoints, Route(waypoints, f"{inquiry.direct.label} traded", "detour"))

    def _cost(self, legs: Floats, weight: float) -> Floats:
        length_km, inside_km = self.gauge.legs(legs)
        cost: Floats = length_km + weight * inside_km
        return cost

    def _thinned(self, points: Floats, weight: float) -> Floats:
        """Keep the waypoints that pay: the cheapest way through some of them, each of which counts a little."""
        count = len(points)
        a, b = np.triu_indices(count, 1)
        near = np.einsum("ij,ij->i", to_unit(points[a]), to_unit(points[b])) > NEARLY_OPPOSITE
        a, b = a[near], b[near]
        cost = self._cost(np.hstack([points[a], points[b]]), weight)
        cost += WAYPOINT_SHARE * self.gauge.inquiry.direct.length_km
        least = np.full(count, np.inf)
        least[0] = 0.0
        before = np.zeros(count, np.int64)
        for one, two, km in zip(a.tolist(), b.tolist(), cost.tolist(), strict=True):
            if least[one] + km < least[two]:
                least[two], before[two] = least[one] + km, one
        kept = [count - 1]
        while kept[-1]:
            kept.append(int(before[kept[-1]]))
        return points[kept[::-1]]

    def _moved(self, points: Floats, weight: float) -> Floats:
        """Move one waypoint after the other, by ever smaller steps, as long as it pays."""
        points = points.copy()
        step_km = self.step * MOST_KM_PER_RAD
        turns = np.arange(0.0, 2.0 * math.pi, math.pi / 4.0)
        while step_km > FINEST_KM and len(points) > 2:
            for _ in range(ROUNDS):
                better = False
                for k in range(1, len(points) - 1):
                    lon, lat = points[k]
                    north, east = np.cos(turns) * step_km / 111.2, np.sin(turns) * step_km / 111.2
                    tried = np.column_stack([lon + east / max(math.cos(math.radians(lat)), 0.01), lat + north])
                    tried = np.vstack([points[k], tried[np.abs(tried[:, 1]) < 90.0]])
                    many = len(tried)
                    legs = np.vstack(
                        [
                            np.hstack([np.repeat(points[k - 1 : k], many, axis=0), tried]),
                            np.hstack([tried, np.repeat(points[k + 1 : k + 2], many, axis=0)]),
                        ]
                    )
                    cost = self._cost(legs, weight).reshape(2, many).sum(axis=0)
                    if int(np.argmin(cost)) > 0 and cost.min() < cost[0] - 1e-4:
                        points[k] = tried[int(np.argmin(cost))]
                        better = True
                if not better:
                    break
            step_km *= 0.5
        return points


def _joined(name: Ints) -> Ints:
    """Join each point of a lattice to those near it, in directions that no shorter step has."""
    pairs = []
    for down in range(REACH + 1):
        for right in range(-REACH, REACH + 1):
            if math.gcd(down, abs(right)) != 1 or (down == 0 and right < 0):
                continue
            width = name.shape[1] - abs(right)
            here = name[: name.shape[0] - down, max(0, -right) : max(0, -right) + width]
            there = name[down:, max(0, right) : max(0, right) + width]
            both = (here >= 0) & (there >= 0)
            pairs.append(np.column_stack([here[both], there[both]]))
    found: Ints = np.concatenate(pairs)
    return found


def _cheapest(first: Any, to: Any, cost: Any, start: int, end: int) -> Any:
    """Return the nodes of the cheapest way, from start to end; none if there is no way."""
    least = np.full(len(first) - 1, np.inf)
    before = np.full(len(first) - 1, -1)
    least[start] = 0.0
    queue = [(0.0, start)]
    while len(queue) > 0:
        km, at = heapq.heappop(queue)
        if at == end:
            break
        if km > least[at]:
            continue
        for k in range(first[at], first[at + 1]):
            total = km + cost[k]
            if total < least[to[k]]:
                least[to[k]] = total
                before[to[k]] = at
                heapq.heappush(queue, (total, to[k]))
    if before[end] < 0:
        return np.empty(0, np.int64)
    count = 1
    at = end
    while at != start:
        at = before[at]
        count += 1
    chain = np.empty(count, np.int64)
    at = end
    for k in range(count - 1, -1, -1):
        chain[k] = at
        at = before[at]
    return chain


_cheapest_compiled = compiled(_cheapest, allocates=True)
