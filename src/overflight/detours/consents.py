"""Whose consent opens a way: minimal sets of states, and the ring of states that closes one in.

Both are questions about the region graph alone. A region needs the consent of every state of the rule that holds it;
a set of states is feasible if start and destination connect through regions that need no other state's.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from overflight.detours.budget import current
from overflight.earth.sphere import to_lonlat

if TYPE_CHECKING:
    from collections.abc import Collection

    from overflight.detours.regions import Regions

__all__ = ["barrier", "minimal_sets"]


def minimal_sets(
    regions: Regions, start: int, end: int, *, forbidden: Collection[str], most: int
) -> list[frozenset[str]]:
    """Find every minimal set of forbidden states whose consent connects two regions.

    Parameters
    ----------
    regions : Regions
        The region graph.
    start, end : int
        Regions of start and destination.
    forbidden : collection of str
        States whose airspace needs consent.
    most : int
        How many states a set may have beyond those that hold start and destination, which are in every set.

    Returns
    -------
    list of frozenset of str
        By size, then by name; complete up to that size, unless the budget of the search is spent before.

    Notes
    -----
    Method: each region keeps the minimal sets with which it can be reached (an antichain), grown from the start in
    order of size. A set is dropped where a subset of it has been there, or has reached the destination; whatever it
    would have reached, the subset reaches too, so nothing minimal is lost.
    """
    asked = frozenset(forbidden)
    needs = [holders & asked for holders in regions.holders]
    given = needs[start] | needs[end]
    limit = len(given) + most
    reached: dict[int, list[frozenset[str]]] = {}
    order = itertools.count()
    queue: list[tuple[int, int, int, frozenset[str]]] = [(len(given), next(order), start, given)]
    budget = current()
    with budget.within():
        while queue:
            budget.check()
            _, _, region, consents = heapq.heappop(queue)
            if _covered(consents, reached.get(region, ())) or _covered(consents, reached.get(end, ())):
                continue
            reached.setdefault(region, []).append(consents)
            if region == end:
                continue
            for other in regions.neighbours[region]:
                more = consents | needs[other]
                if len(more) <= limit and not _covered(more, reached.get(other, ())):
                    heapq.heappush(queue, (len(more), next(order), other, more))
    return sorted(reached.get(end, []), key=lambda found: (len(found), sorted(found)))


def barrier(regions: Regions, start: int, end: int, *, forbidden: Collection[str]) -> tuple[str, ...]:
    """Find the ring of forbidden states that closes start off from destination.

    Parameters
    ----------
    regions : Regions
        The region graph.
    start, end : int
        Regions of start and destination.
    forbidden : collection of str
        States whose airspace needs consent.

    Returns
    -------
    tuple of str
        Beyond the states that hold start and destination, a smallest set of states that parts the two when all its
        airspace is closed, in order around the end that it encloses; where their consent alone is wanting, those
        states. Empty if a route needs no consent.

    Notes
    -----
    A smallest cut of the graph in which all regions of a state are one node (Menger; augmenting paths), the one
    nearest to the end that it encloses; states that turn out needless on the region graph itself are dropped. Seeing
    a state's parts as one may cost a state or two of the least possible.
    """
    asked = frozenset(forbidden)
    given = (regions.holders[start] | regions.holders[end]) & asked
    others = asked - given
    if end in regions.reach(start, others):
        return tuple(sorted(given))
    rings = [(_needed(regions, start, end, _cut(regions, a, b, others)), a) for a, b in ((start, end), (end, start))]
    ring, inside = min(rings, key=lambda r: (len(r[0]), _size(regions, r[1], r[0])))
    return tuple(sorted(ring, key=lambda state: _bearing(regions, inside, ring, state)))


def _covered(consents: frozenset[str], known: Collection[frozenset[str]]) -> bool:
    return any(subset <= consents for subset in known)


def _needed(regions: Regions, start: int, end: int, ring: frozenset[str]) -> frozenset[str]:
    """Drop states from a ring as long as it still parts start and end."""
    for state in sorted(ring):
        if end not in regions.reach(start, ring - {state}):
            ring = ring - {state}
    return ring


def _size(regions: Regions, inside: int, ring: frozenset[str]) -> float:
    """Return how large is what a ring leaves to the one inside it."""
    return float(regions.area[list(regions.reach(inside, ring))].sum())


def _cut(regions: Regions, start: int, end: int, forbidden: frozenset[str]) -> frozenset[str]:
    """Find the smallest set of states that parts two regions, nearest to the first of them.

    Nodes are states (all their regions together) with room for one path, and regions free to enter with room for any.
    A region held by several states counts for the first of them.
    """
    node: list[str | int] = [
        min(held) if (held := holders & forbidden) else k for k, holders in enumerate(regions.holders)
    ]
    around: dict[str | int, set[str | int]] = {}
    for k, neighbours in enumerate(regions.neighbours):
        around.setdefault(node[k], set()).update(node[n] for n in neighbours)
    # Each state is split into a way in and a way out; flow[a, b] counts the paths from a to b.
    flow: dict[tuple[tuple[str | int, int], tuple[str | int, int]], int] = {}
    source, sink = (node[start], 1), (node[end], 0)

    def onward(at: tuple[str | int, int]) -> list[tuple[str | int, int]]:
        name, side = at
        # Side 0 is where paths come in, side 1 where they leave.
        ahead: list[tuple[str | int, int]] = [(name, 1)] if side == 0 else [(n, 0) for n in around[name] if n != name]
        back: list[tuple[str | int, int]] = [(name, 0)] if side == 1 else [(n, 1) for n in around[name] if n != name]
        free = [b for b in ahead if side == 1 or not isinstance(name, str) or flow.get((at, b), 0) < 1]
        return free + [b for b in back if flow.get((b, at), 0) > 0]

    while True:
        came: dict[tuple[str | int, int], tuple[str | int, int]] = {source: source}
        queue = deque([source])
        while queue and sink not in came:
            at = queue.popleft()
            for to in onward(at):
                if to not in came:
                    came[to] = at
                    queue.append(to)
        if sink not in came:
            return frozenset(
                name for name, side in came if side == 0 and isinstance(name, str) and (name, 1) not in came
            )
        to = sink
        while to != source:
            at = came[to]
            if flow.get((to, at), 0) > 0:
                flow[to, at] -= 1
            else:
                flow[at, to] = flow.get((at, to), 0) + 1
            to = at


def _bearing(regions: Regions, inside: int, ring: frozenset[str], state: str) -> float:
    """Return in which direction, clockwise from north, a state of the ring lies from what the ring encloses."""
    enclosed = regions.reach(inside, ring)
    own = [k for k, holders in enumerate(regions.holders) if state in holders]
    facing = [k for k in own if regions.neighbours[k] & enclosed] or own
    here = regions.shore[inside].mean(axis=0)
    shore = regions.shore[max(facing, key=lambda k: float(regions.area[k]))]
    there = shore[np.argmin(np.linalg.norm(shore - here, axis=1))]
    (lon, lat), (to_lon, to_lat) = to_lonlat(np.array([here, there])).tolist()
    east = math.remainder(to_lon - lon, 360.0) * math.cos(math.radians(0.5 * (to_lat + lat)))
    return math.atan2(east, to_lat - lat) % math.tau
