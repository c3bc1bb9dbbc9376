"""Sets of consents that pay, against trying all sets."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest

from overflight.detours.consent_tree import Contracted, Sketch, Tree
from overflight.detours.regions import Regions

STATES = "ABCDEF"


class Land:
    """Regions with a price each; the shortest path is the cheapest way from the first to the second."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311
        size = 12
        held = [""] * 2 + ["" if rng.random() < 0.15 else " ".join(rng.sample(STATES, rng.choice([1, 1, 1, 2])))
                           for _ in range(size - 2)]  # fmt: skip
        self.km = [rng.uniform(1.0, 50.0) for _ in range(size)]
        edges = [(a, b) for a in range(size) for b in range(a) if rng.random() < 0.25 and (a, b) != (1, 0)]
        around = [frozenset(b for a, b in [*edges, *[e[::-1] for e in edges]] if a == k) for k in range(size)]
        own = tuple(frozenset(h.split()) for h in held)
        self.regions = Regions(tuple(range(size)), tuple(around), own, np.ones(size), (np.eye(1, 3),) * size)
        self.asked = 0

    def sketch(self, open_: frozenset[str], most_km: float) -> Sketch | None:
        self.asked += 1
        queue: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, (0,))]
        done = set()
        while queue:
            length, here, path = heapq.heappop(queue)
            if here == 1:
                return Sketch(length, frozenset().union(*(self.regions.holders[k] for k in path)))
            if here in done:
                continue
            done.add(here)
            for other in self.regions.neighbours[here]:
                way = length + self.km[other]
                if self.regions.holders[other] <= open_ and way <= most_km:
                    heapq.heappush(queue, (way, other, (*path, other)))
        return None

    def tree(self, most_paths: int = 10_000) -> Tree:
        return Tree(Contracted(self.regions, 0, 1, STATES), self.sketch, most_paths=most_paths)


def subsets(most: int, states: Sequence[str] = STATES) -> list[frozenset[str]]:
    return [frozenset(c) for n in range(most + 1) for c in itertools.combinations(states, n)]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("most", range(4))
def test_the_shortest_path_with_few_consents_is_that_of_the_best_of_all_sets(seed: int, most: int) -> None:
    land = Land(seed)
    lengths = [path.km for c in subsets(most) if (path := land.sketch(c, 1e9)) is not None]
    found = land.tree().shortest(most, 1e9)
    assert (found is None) == (not lengths)
    if found is not None:
        assert found.km == pytest.approx(min(lengths))
        assert len(found.entered) <= most
        assert land.tree().shortest(most, found.km * 0.999) is None, "nor is there a shorter one"


@pytest.mark.parametrize("seed", range(40))
def test_minimal_sets_around_a_set_are_those_that_trying_all_finds(seed: int) -> None:
    land = Land(seed)
    limit_km = 60.0
    feasible = {c for c in subsets(4) if land.sketch(c, limit_km) is not None}
    minimal = {c for c in feasible if not any(other < c for other in feasible)}
    tree = land.tree()
    assert set(tree.minimal(4, limit_km, frozenset(), ())) == minimal
    assert not tree.cut
    known = sorted(minimal, key=sorted)[::2]
    for closed in (c for c in subsets(1) if c):
        found = list(land.tree().minimal(4, limit_km, closed, known))
        assert set(found) == {c for c in minimal if closed <= c and c not in known}
        assert len(found) == len(set(found)), "each once"


def test_a_search_that_is_cut_short_says_so() -> None:
    land = next(land for land in map(Land, range(40)) if len(list(land.tree().minimal(4, 1e9, frozenset(), ()))) > 2)
    tree = land.tree(most_paths=2)
    list(tree.minimal(4, 1e9, frozenset(), ()))
    assert tree.cut
    land.asked = 0
    whole = land.tree()
    assert whole.shortest(4, 1e9) == whole.shortest(4, 1e9)
    assert not whole.cut
    assert land.asked <= len(subsets(4)), "what is known is not asked again"
