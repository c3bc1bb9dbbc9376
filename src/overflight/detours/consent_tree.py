"""Which sets of consents pay: those that open a way at all, and those that open a shorter one than fewer do.

A search tree over sets of states, each split off its parent so that no set is met twice (Lawler's partition): a node
says which states may be entered in any case and which never; the shortest path that its other states leave open tells
which of them matter. Its children forbid these one after the other. What the region graph shows to be useless is
forbidden from the start.

Sources: E. L. Lawler, A procedure for computing the K best solutions to discrete optimization problems (1972);
R. Reiter, A theory of diagnosis from first principles (1987), for sets that hit every conflict.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.detours.budget import current

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from overflight.detours.regions import Regions

__all__ = ["Contracted", "Sketch", "Tree"]

FAR = 1_000


@dataclass(frozen=True, slots=True)
class Sketch:
    """The shortest path that some consents allow: its length, and which states it enters."""

    km: float
    entered: frozenset[str]


class Contracted:
    """The region graph with all regions of a state as one node.

    Parameters
    ----------
    regions : Regions
        The graph.
    start, end : int
        Regions of start and destination.
    asked : collection of str
        States that may be asked for consent; entering others is free.
    """

    def __init__(self, regions: Regions, start: int, end: int, asked: Collection[str]) -> None:
        wanted = frozenset(asked)
        self.needs: dict[str | int, frozenset[str]] = {}
        node: list[str | int] = []
        for k, held in enumerate(regions.holders):
            needs = held & wanted
            name: str | int = next(iter(needs)) if len(needs) == 1 else k
            self.needs[name] = needs
            node.append(name)
        self.around: dict[str | int, set[str | int]] = {}
        for k, neighbours in enumerate(regions.neighbours):
            self.around.setdefault(node[k], set()).update(node[n] for n in neighbours)
        self.ends = node[start], node[end]

    def useful(self, within: frozenset[str], without: frozenset[str], most: int) -> frozenset[str] | None:
        """Return the states that a set of at most so many beyond those in `within` can use; None if there is no set.

        Notes
        -----
        A path to a state and one on from there may share states, so their numbers must not be added: a state is of use
        if neither is too many.
        """
        here, there = (self._fewest(end, within, without) for end in self.ends)
        if here.get(self.ends[1], FAR) > most:
            return None
        reached = [n for n in here if max(here[n], there.get(n, FAR)) <= most]
        return (frozenset().union(*(self.needs[n] for n in reached)) | within) - without

    def joined(self, open_: frozenset[str]) -> bool:
        """Tell whether the ends connect when these states consent and no others."""
        others = frozenset().union(*self.needs.values()) - open_
        return self.ends[1] in self._fewest(self.ends[0], open_, others)

    def _fewest(self, origin: str | int, within: frozenset[str], without: frozenset[str]) -> dict[str | int, int]:
        """Return how many more states it takes, at least, to get to each node."""
        found = {origin: 0}
        queue = deque([origin])
        while queue:
            at = queue.popleft()
            for to in self.around[at]:
                needs = self.needs[to]
                if needs & without:
                    continue
                # A region with several holders may share them with others: it counts for nothing.
                step = 1 if len(needs) == 1 and not needs <= within else 0
                total = found[at] + step
                if total < found.get(to, FAR):
                    found[to] = total
                    (queue.append if step else queue.appendleft)(to)
        return found


class Tree:
    """Searches sets of consents.

    Parameters
    ----------
    graph : Contracted
        The region graph.
    sketch : callable
        Returns the shortest path of at most so many km when these states consent, or None.
    most_paths : int
        How many paths to look for at most; `cut` tells whether more were wanted, or the budget was spent.
    """

    def __init__(
        self, graph: Contracted, sketch: Callable[[frozenset[str], float], Sketch | None], *, most_paths: int
    ) -> None:
        self.graph = graph
        self.cut = False
        self._sketch = sketch
        self._paths_left = most_paths
        self._known: list[tuple[frozenset[str], float, Sketch | None]] = []

    def shortest(self, most: int, most_km: float, without: frozenset[str] = frozenset()) -> Sketch | None:
        """Return the shortest path that enters at most so many states, some of them not, and is at most so long.

        Notes
        -----
        A set of states lies in exactly one part of the partition at any time, and its path is no shorter than that of
        the part's node. So the first node whose path enters few enough states has the shortest such path.
        """
        order = itertools.count()
        queue: list[tuple[float, int, frozenset[str], frozenset[str], Sketch]] = []

        def add(inside: frozenset[str], outside: frozenset[str]) -> None:
            useful = self.graph.useful(inside, outside, most - len(inside)) if len(inside) <= most else None
            if useful is not None:
                path = self._path(useful if len(inside) < most else inside, most_km)
                if path is not None:
                    heapq.heappush(queue, (path.km, next(order), inside, outside, path))

        add(frozenset(), without)
        while queue and not self._is_cut():
            _, _, inside, outside, path = heapq.heappop(queue)
            if len(path.entered) <= most:
                return path
            for state in sorted(path.entered - inside):
                add(inside, outside | {state})
                inside |= {state}
        return None

    def minimal(
        self, most: int, most_km: float, within: frozenset[str], known: Collection[frozenset[str]]
    ) -> Iterator[frozenset[str]]:
        """Yield every minimal set of at most so many states that has a path and holds some states.

        Parameters
        ----------
        most : int
            How many states a set may have.
        most_km : float
            No longer paths are looked for.
        within : frozenset of str
            These states are in the set.
        known : collection of frozenset of str
            Sets that have a path; none that holds one of them is yielded.

        Notes
        -----
        A minimal set other than a known one misses some state of each of these. The tree forbids, of one that is not
        yet missed, one state after the other; where all are missed, a path is looked for, and gives a new one.
        """
        sets = list(known)
        todo = [(within, frozenset[str]())]
        while todo and not self._is_cut():
            inside, outside = todo.pop()
            if len(inside) > most or any(one <= inside for one in sets):
                continue
            useful = self.graph.useful(inside, outside, most - len(inside))
            if useful is None:
                continue
            one = next((one for one in sets if one <= useful), None)
            if one is None:
                path = self._path(useful, most_km)
                if path is None:
                    continue
                one = self._reduced(path.entered, most_km)
                if len(one) <= most:
                    sets.append(one)
                    if within <= one:
                        yield one
            for state in sorted(one - inside):
                todo.append((inside, outside | {state}))
                inside |= {state}

    def _is_cut(self) -> bool:
        budget = current()
        with budget.within():
            budget.check()
            return self.cut
        self.cut = True
        return True

    def _reduced(self, entered: frozenset[str], most_km: float) -> frozenset[str]:
        """Return a minimal set with a path among some states that have one."""
        for state in sorted(entered):
            fewer = entered - {state}
            if self.graph.joined(fewer) and self._path(fewer, most_km) is not None:
                entered = fewer
        return entered

    def _path(self, open_: frozenset[str], most_km: float) -> Sketch | None:
        """Return the shortest path with these consents, or what more of them gave where that is the same."""
        for known, limit_km, path in self._known:
            if open_ <= known and limit_km >= most_km and (path is None or path.entered <= open_):
                return path if path is None or path.km <= most_km else None
        if not self._paths_left:
            self.cut = True
            return None
        self._paths_left -= 1
        path, self.cut = None, True
        with current().within():
            path = self._sketch(open_, most_km)
            self.cut = False
        if self.cut:
            return None
        self._known.append((open_, most_km, path))
        return path
