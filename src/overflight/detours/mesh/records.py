"""What `polyanya` knows of a search, the heap of the nodes that wait, and the way back, as numba compiles them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from overflight.earth.compiled import called

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Chain = NDArray[np.int32]

__all__ = ["Maze", "Node", "Nodes", "Reached", "Trip", "Waiting", "pop", "push", "traced"]

Point = tuple[float, float, float]
"""A unit vector: a tuple, for views of arrays take most of the time of a search to be counted."""
START = -1
"""In place of a corner: the path begins here."""
NONE = -2
STRAIGHT = -1
"""In place of the corner before the goal: the root sees the goal."""
LEFT, RIGHT = 0, 1
LEFT_END, RIGHT_END, TRIANGLE, EDGE, ROOT, BEFORE, PARENT, HAND = range(8)
"""What is known of a search node: the vertices that its interval ends at, if any; the triangle that it leads into, and
which edge of that it is; the vertex of the root, and that of the root before it; the node that it came from; and on
which side the path turns at its root."""
LENGTH = 6
"""The length up to the root stands behind the interval's left and right end."""
NODES, WAITING, BEST_NODE, BEST_VIA, BEGUN = range(5)
"""What is known of a search: how many nodes it has, how many of them wait, from which the best path so far reaches the
goal and round which vertex, and whether it has begun."""
MOST_MADE = 3
"""So many nodes come of one at most: what its root sees of one edge, and what a corner hides; or three at the start."""


class Maze(NamedTuple):
    """A triangulation with walls.

    Attributes
    ----------
    xyz, tri, near
        As `overflight.detours.mesh.building.Mesh` has them.
    walls : array (3 t,)
        How far to keep from the edges that can't be crossed, in km; -1 for others.
    off : array (n,)
        How far to keep from each vertex, in km: what a turn costs, and how wide an edge must be.
    spare_km : float
        How far edges may lie from the true borders.
    corner : array (n,) of bool
        At which vertices paths can turn.
    """

    xyz: NDArray[np.float64]
    tri: NDArray[np.int32]
    near: NDArray[np.int32]
    walls: NDArray[np.float64]
    off: NDArray[np.float64]
    spare_km: float
    corner: NDArray[np.bool_]


class Trip(NamedTuple):
    """Where a path begins and ends: unit vectors, and the triangles that hold them."""

    start: Point
    goal: Point
    first: int
    last: int


class Nodes(NamedTuple):
    """Search nodes: their intervals (m, 7), and what else is known of them (m, 8)."""

    spans: NDArray[np.float64]
    facts: NDArray[np.int32]


class Waiting(NamedTuple):
    """A heap of the nodes that wait (m,), that with the least bound first."""

    bound: NDArray[np.float64]
    node: NDArray[np.int32]


class Reached(NamedTuple):
    """How short the way is to each vertex (n, 2), and round it on either side, and from which root that comes."""

    length: NDArray[np.float64]
    root: NDArray[np.int32]


class Node(NamedTuple):
    """One search node, as `Nodes` has it.

    Attributes
    ----------
    left, right : (x, y, z)
        The ends of its interval.
    left_end, right_end : int
        The vertices there; -1 if there is none.
    triangle, edge : int
        Where it leads, and which edge of that triangle the interval lies on.
    root, before : int
        The vertex of the root, and of the root before it.
    hand : int
        On which side of the path the root is.
    length : float
        Of the path up to the root, in km, the prices of all turns before it included.
    at, came : (x, y, z)
        Where the root is, and the root before it.
    aside : float
        How far to keep from the root, in km.
    """

    left: Point
    right: Point
    left_end: int
    right_end: int
    triangle: int
    edge: int
    root: int
    before: int
    hand: int
    length: float
    at: Point
    came: Point
    aside: float


@called
def push(waiting: Waiting, size: int, f: float, node: int) -> None:
    """Add a node to the heap."""
    heap_f, heap_n = waiting.bound, waiting.node
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if heap_f[up] <= f:
            break
        heap_f[i], heap_n[i] = heap_f[up], heap_n[up]
        i = up
    heap_f[i], heap_n[i] = f, node


@called
def pop(waiting: Waiting, size: int) -> None:
    """Remove the first of the nodes in the heap."""
    heap_f, heap_n = waiting.bound, waiting.node
    f, node = heap_f[size - 1], heap_n[size - 1]
    i = 0
    while True:
        down = 2 * i + 1
        if down >= size - 1:
            break
        if down + 1 < size - 1 and heap_f[down + 1] < heap_f[down]:
            down += 1
        if heap_f[down] >= f:
            break
        heap_f[i], heap_n[i] = heap_f[down], heap_n[down]
        i = down
    heap_f[i], heap_n[i] = f, node


def traced(facts: NDArray[np.int32], best_node: int, best_via: int) -> tuple[Chain, Chain, Chain]:
    """Follow the best path back: where it turns, the edges that it crosses, and how many turns lie beyond each.

    All are in order from the start; an edge is three times the triangle beyond it, plus its number there.
    """
    chain = [best_via] if best_via >= 0 else []
    sleeve: list[int] = []
    ahead: list[int] = []
    node = best_node
    while node >= 0:
        fact = facts[node].tolist()
        root = fact[ROOT]
        if root >= 0 and chain[-1:] != [root]:
            chain.append(root)
        sleeve.append(3 * fact[TRIANGLE] + fact[EDGE])
        ahead.append(len(chain) - 1 if root >= 0 else len(chain))
        node = fact[PARENT]
    return _backwards(chain), _backwards(sleeve), _backwards(ahead)


def _backwards(numbers: list[int]) -> Chain:
    return np.array(numbers[::-1], np.int32)
