"""Searches that can be left and taken up again, so that two of them may take turns, and none runs on unasked."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from overflight.detours.budget import SpentError, current
from overflight.detours.mesh import polyanya, records
from overflight.detours.mesh.records import Maze, Nodes, Reached, Trip, Waiting
from overflight.earth.sphere import km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64] | Sequence[NDArray[np.float64]]

__all__ = ["Exploration", "Maze", "Way", "explored", "explored_from_either"]

ROOM = 1 << 12
TURN = 1 << 15
"""So many search nodes are looked at in one go: some hundredths of a second."""
FAVOUR = 2
"""The search from the end from which it is thought to take less has so many turns for each of the other."""


class Way(NamedTuple):
    """The shortest path between two points.

    Attributes
    ----------
    cost_km : float
        Its length, and the price of its turns; infinite where there is none.
    chain : array
        The vertices at which it turns.
    crossed : array
        The edges that it crosses.
    ahead : array
        How many turns it has still to make beyond each.
    """

    cost_km: float
    chain: NDArray[np.int32]
    crossed: NDArray[np.int32]
    ahead: NDArray[np.int32]


class Exploration:
    """The search for the shortest path from a start to a goal, as far as it has come.

    Parameters
    ----------
    maze : Maze
        Where.
    points : pair of array (3,)
        Start and goal, on the unit sphere.
    triangles : (int, int)
        Those that hold them.
    most_km : float
        No path that costs more is looked for.
    """

    def __init__(self, maze: Maze, points: Points, triangles: tuple[int, int], most_km: float) -> None:
        count = len(maze.xyz)
        self._maze = maze
        start, goal = ((float(x), float(y), float(z)) for x, y, z in points)
        self._trip = Trip(start, goal, *triangles)
        self._nodes, self._made = _room(ROOM), _room(records.MOST_MADE)
        self._waiting = Waiting(np.empty(ROOM), np.empty(ROOM, np.int32))
        self._reached = Reached(np.full((count, 2), np.inf), np.full((count, 2), records.NONE, np.int32))
        self._state = np.array([0, 0, -1, -1, 0])
        self._best_km = most_km

    @property
    def nodes(self) -> int:
        """How many search nodes it has."""
        return int(self._state[records.NODES])

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to look at."""
        return bool(self._state[records.BEGUN]) and not self._state[records.WAITING]

    @property
    def is_full(self) -> bool:
        """Whether it may have no more search nodes."""
        return self.nodes >= current().most_nodes

    def go_on(self) -> None:
        """Look at some search nodes more, if the budget of the search under way allows.

        Raises
        ------
        SpentError
            If it does not, or the memory is not there.
        """
        budget = current()
        budget.check()
        if self.is_full:
            raise SpentError
        most_nodes = min(self.nodes + TURN, budget.most_nodes)
        try:
            while not self.is_done and self.nodes < most_nodes:
                self._make_room()
                self._best_km = polyanya.explore(
                    self._maze,
                    self._trip,
                    self._nodes,
                    self._made,
                    self._waiting,
                    self._reached,
                    self._state,
                    self._best_km,
                    most_nodes,
                )
        except MemoryError:
            raise SpentError from None

    def _make_room(self) -> None:
        """Have room for the nodes that come of one more: twice as much, where there is none."""
        if self.nodes + records.MOST_MADE > len(self._nodes.spans):
            self._nodes = Nodes(_doubled(self._nodes.spans), _doubled(self._nodes.facts))
            self._waiting = Waiting(_doubled(self._waiting.bound), _doubled(self._waiting.node))

    def found(self) -> Way:
        """Return the shortest path, when the search is done."""
        node, via = self._state[[records.BEST_NODE, records.BEST_VIA]].tolist()
        cost_km = self._best_km if node >= 0 else math.inf
        return Way(cost_km, *records.traced(self._nodes.facts, node, via))


def explored(maze: Maze, points: Points, triangles: tuple[int, int], most_km: float) -> Way:
    """Search from the start.

    Parameters
    ----------
    maze, points, triangles, most_km
        As for `Exploration`.

    Returns
    -------
    Way
    """
    if triangles[0] == triangles[1]:
        return _straight(points)
    search = Exploration(maze, points, triangles, most_km)
    while not search.is_done:
        search.go_on()
    return search.found()


def explored_from_either(
    maze: Maze, points: Points, triangles: tuple[int, int], most_km: float, *, from_goal: bool
) -> tuple[Way, bool]:
    """Let searches from the start and from the goal take turns until one of them is done.

    A narrow way out of the one end leaves little to look at, and the other end may lie on an ocean: one of the two may
    take a thousand times as long as the other. This takes at most three times as long as the quicker one. Where one has
    all the search nodes that it may have, the other goes on alone.

    Parameters
    ----------
    maze, points, triangles, most_km
        As for `Exploration`.
    from_goal : bool
        Whether the one from the goal is thought to be the quicker.

    Returns
    -------
    (Way, bool)
        And whether it leads from the goal to the start.
    """
    if triangles[0] == triangles[1]:
        return _straight(points), False
    searches: list[Exploration] = []
    for number in itertools.count():
        which = int(number % (FAVOUR + 1) == FAVOUR)
        if which == len(searches):  # the other one is begun when the favourite does not do at once
            one, other = (1, 0) if from_goal != bool(which) else (0, 1)
            way = (points[one], points[other]), (triangles[one], triangles[other])
            searches.append(Exploration(maze, *way, most_km))
        if searches[which].is_full and not searches[-1 - which].is_full:
            continue
        searches[which].go_on()
        if searches[which].is_done:
            return searches[which].found(), from_goal != bool(which)
    raise AssertionError


def _room(count: int) -> Nodes:
    return Nodes(np.empty((count, records.LENGTH + 1)), np.empty((count, records.HAND + 1), np.int32))


def _doubled(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array with room for twice as many."""
    longer = np.empty((2 * len(array), *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


def _straight(points: Points) -> Way:
    none = np.empty(0, np.int32)
    return Way(float(km(points[0], points[1])), none, none, none)
