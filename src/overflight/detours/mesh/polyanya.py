"""Polyanya on the sphere: shortest paths through triangles, any angle, around corners that cost what turning costs.

Source: M. L. Cui, D. D. Harabor and A. Grastien, Compromise-free pathfinding on a navigation mesh, IJCAI 2017. A search
node is an interval of an edge together with the root, the last corner that the path turned at, which sees all of the
interval. Here intervals are arcs of great circles, and legs are measured on WGS84.

A corner that a route must keep off by d makes each turn there longer by d times the angle turned; see
`overflight.detours.mesh.search` for why. Two paths to the same corner then compare by length and by what turning from
the one direction to the other would cost.

What holds of every node:

- Its root sees all of its interval: the triangles between the two hold no wall.
- Its length is that of the path up to the root, the prices of all turns before the root included. What the turn at the
  root costs is known when the next corner, or the goal, is.
- Its bound, by which nodes wait for their turn, is no more than what any path costs that goes on through it: prices are
  not negative, and `through` is no more than what is still to go.

So when the node with the least bound can't better the best path to the goal, nothing can: that path is the cheapest.

Nodes that can't matter are left out. Let two paths reach a corner that costs d from directions that are an angle w
apart, the first at a length of A, the second at B >= A + d w. Whatever way they go on, if the first turns by u, the
second turns by u - w at least, for angles keep to the triangle inequality: that costs B + d (u - w) >= A + d u. So the
second one is not needed (`is_beaten`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from overflight.detours.mesh.compiled import compiled
from overflight.detours.mesh.records import (
    BEFORE,
    BEGUN,
    BEST_NODE,
    BEST_VIA,
    EDGE,
    HAND,
    LEFT,
    LEFT_END,
    LENGTH,
    MOST_MADE,
    NODES,
    NONE,
    PARENT,
    RIGHT,
    RIGHT_END,
    ROOT,
    START,
    STRAIGHT,
    TRIANGLE,
    WAITING,
    Maze,
    Node,
    Nodes,
    Point,
    Reached,
    Trip,
    Waiting,
    pop,
    push,
)
from overflight.detours.mesh.sphere import LEAST_KM, angle, km, side, turn
from overflight.detours.mesh.walls import no_way
from overflight.earth.compiled import called, inlined

__all__ = ["explore"]

SHORT = 1.0 - 4e-6
"""`sphere.km` errs by less than this leaves."""
DOT2 = 1e-26
"""An interval whose chord has a smaller square than this, in the unit of the sphere (0.6 micrometres), is a point."""
FLAT2 = 1e-28
"""Nor is the great circle known along one for which this is the square of the sine of its length."""
SAME_KM = 1e-9
"""Lengths that differ by less are the same, but for rounding."""


@called
def leg(a: Any, b: Any, beside: float) -> float:
    """Return the least length of a stretch that changes sides of a leg, in all by so many km."""
    length = km(a, b)
    return float(np.sqrt(length * length + beside * beside))


@called
def meets(root: Any, via: Any, a: Any, b: Any) -> Point:
    """Return where the great circle from a root through a point meets the edge (a, b)."""
    one = side(root[0], root[1], root[2], via, a)
    two = side(root[0], root[1], root[2], via, b)
    share = one / (one - two) if one != two else 0.5
    share = min(1.0, max(0.0, share))
    x, y, z = a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])
    length = np.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


@called
def through(root: Any, left: Any, right: Any, goal: Any) -> float:
    """Bound the distance from a root through an interval to the goal from below, in km."""
    nx = right[1] * left[2] - right[2] * left[1]
    ny = right[2] * left[0] - right[0] * left[2]
    nz = right[0] * left[1] - right[1] * left[0]
    size = nx * nx + ny * ny + nz * nz
    here = nx * root[0] + ny * root[1] + nz * root[2]
    there = nx * goal[0] + ny * goal[1] + nz * goal[2]
    if size > FLAT2 and here * there > 0.0:
        # Both on one side: the goal's image behind the interval is as far.
        c = 2.0 * there / size
        image = (goal[0] - c * nx, goal[1] - c * ny, goal[2] - c * nz)
        if side(root[0], root[1], root[2], left, image) > 0.0 or side(root[0], root[1], root[2], right, image) < 0.0:
            by_angle = min(angle(root, left) + angle(left, image), angle(root, right) + angle(right, image))
        else:
            by_angle = angle(root, image)
        return max(LEAST_KM * by_angle, SHORT * km(root, goal))
    if side(root[0], root[1], root[2], left, goal) > 0.0 or side(root[0], root[1], root[2], right, goal) < 0.0:
        return SHORT * min(km(root, left) + km(left, goal), km(root, right) + km(right, goal))
    return SHORT * km(root, goal)


@inlined
def vertex(maze: Maze, v: int) -> Point:
    """Return where a vertex is."""
    return maze.xyz[v, 0], maze.xyz[v, 1], maze.xyz[v, 2]


@inlined
def origin(maze: Maze, trip: Trip, root: int) -> Point:
    """Return where a root is."""
    return trip.start if root == START else vertex(maze, root)


@inlined
def is_beaten(maze: Maze, trip: Trip, reached: Reached, corner: int, hand: int, length: float, before: Point) -> bool:
    """Tell whether another path reaches a corner so much shorter that this one, from the root before, is not needed."""
    least = reached.length[corner, hand]
    if length <= least + SAME_KM:
        return False
    if maze.off[corner] <= 0.0:
        return True
    at = vertex(maze, corner)
    onward = 2.0 * at[0] - before[0], 2.0 * at[1] - before[1], 2.0 * at[2] - before[2]
    between = turn(origin(maze, trip, reached.root[corner, hand]), at, onward)
    return bool(length >= least + maze.off[corner] * between)


@inlined
def offer(made: Nodes, i: int, left: Point, right: Point, left_end: int, right_end: int, edge: int) -> None:
    """Make an interval of an edge one of those that come of a node."""
    for axis in range(3):
        made.spans[i, axis], made.spans[i, 3 + axis] = left[axis], right[axis]
    made.facts[i, LEFT_END], made.facts[i, RIGHT_END], made.facts[i, EDGE] = left_end, right_end, edge


@inlined
def give(made: Nodes, first: int, last: int, length: float, root: int, before: int, hand: int) -> None:
    """Give some of the intervals that come of a node their root."""
    for i in range(first, last):
        made.spans[i, LENGTH] = length
        made.facts[i, ROOT], made.facts[i, BEFORE], made.facts[i, HAND] = root, before, hand


@inlined
def begin(maze: Maze, trip: Trip, made: Nodes) -> int:
    """Look from the start through each edge of its triangle; return how many intervals that makes."""
    for k in range(3):
        a, b = maze.tri[trip.first, k], maze.tri[trip.first, (k + 1) % 3]
        offer(made, k, vertex(maze, b), vertex(maze, a), b, a, k)
    give(made, 0, 3, 0.0, START, NONE, LEFT)
    return 3


@inlined
def read(maze: Maze, trip: Trip, nodes: Nodes, node: int) -> Node:
    """Return what is known of a node."""
    spans, facts = nodes.spans, nodes.facts
    root, before = facts[node, ROOT], facts[node, BEFORE]
    return Node(
        left=(spans[node, 0], spans[node, 1], spans[node, 2]),
        right=(spans[node, 3], spans[node, 4], spans[node, 5]),
        left_end=facts[node, LEFT_END],
        right_end=facts[node, RIGHT_END],
        triangle=facts[node, TRIANGLE],
        edge=facts[node, EDGE],
        root=root,
        before=before,
        hand=facts[node, HAND],
        length=spans[node, LENGTH],
        at=origin(maze, trip, root),
        came=origin(maze, trip, before) if before != NONE else trip.start,
        aside=maze.off[root] if root >= 0 else 0.0,
    )


@inlined
def arrived(maze: Maze, trip: Trip, node: Node) -> tuple[float, int]:
    """Return what the path costs that a node in the goal's triangle ends, and round which vertex it gets there.

    If the root does not see the goal through the interval, it lies behind an end of that; where there is no vertex,
    another node has the path.
    """
    at, goal = node.at, trip.goal
    via, hand = STRAIGHT, RIGHT
    if not touches(maze, node):
        if side(at[0], at[1], at[2], node.left, goal) > 0.0:
            via, hand = node.left_end if node.left_end >= 0 else NONE, LEFT
        elif side(at[0], at[1], at[2], node.right, goal) < 0.0:
            via = node.right_end if node.right_end >= 0 else NONE
    if via == NONE:
        return np.inf, via
    total = node.length
    onward = goal
    if via >= 0:
        onward = vertex(maze, via)
        same = node.root >= 0 and node.hand == hand
        total += leg(at, onward, 0.0 if same else node.aside + maze.off[via]) + leg(onward, goal, maze.off[via])
        if maze.off[via] > 0.0:
            total += maze.off[via] * turn(at, onward, goal)
    else:
        total += leg(at, goal, node.aside)
    if node.aside > 0.0:
        total += node.aside * turn(node.came, at, onward)
    return total, via


@inlined
def touches(maze: Maze, node: Node) -> bool:
    """Tell whether the root is an end of the edge that a node's interval lies on."""
    t, k = node.triangle, node.edge
    return bool(node.root >= 0 and (node.root == maze.tri[t, k] or node.root == maze.tri[t, (k + 1) % 3]))


@inlined
def opened(maze: Maze, node: Node, made: Nodes) -> int:
    """Look on from a root that is an end of the interval's edge: it sees all of the triangle."""
    t, k = node.triangle, node.edge
    u, v, w = maze.tri[t, k], maze.tri[t, (k + 1) % 3], maze.tri[t, (k + 2) % 3]
    offer(made, 0, vertex(maze, w), vertex(maze, v), w, v, (k + 1) % 3)
    offer(made, 1, vertex(maze, u), vertex(maze, w), u, w, (k + 2) % 3)
    give(made, 0, 2, node.length, node.root, node.before, node.hand)
    return 2


@inlined
def unfolded(maze: Maze, trip: Trip, reached: Reached, node: Node, made: Nodes) -> int:
    """Look on from a root through the interval: at what it sees of the two other edges, and at what corners hide.

    The edge runs from u, on the left, to v; the apex is w. What is hidden lies behind a corner at an end of the
    interval, which becomes the root.
    """
    t, at, left, right = node.triangle, node.at, node.left, node.right
    e_vw, e_wu = (node.edge + 1) % 3, (node.edge + 2) % 3
    u, v, w = maze.tri[t, node.edge], maze.tri[t, e_vw], maze.tri[t, e_wu]
    on_u, on_v, apex = vertex(maze, u), vertex(maze, v), vertex(maze, w)
    left_v = u if node.left_end == u else -1
    right_v = v if node.right_end == v else -1
    hides_left = side(at[0], at[1], at[2], left, apex) > 0.0
    hides_right = side(at[0], at[1], at[2], right, apex) < 0.0
    count = 1
    if hides_left:
        on_left, on_right = meets(at, left, apex, on_v), meets(at, right, apex, on_v)
        offer(made, 0, on_left, on_right, -1, right_v, e_vw)
    elif hides_right:
        on_left, on_right = meets(at, left, on_u, apex), meets(at, right, on_u, apex)
        offer(made, 0, on_left, on_right, left_v, -1, e_wu)
    else:
        on_left, on_right = meets(at, left, on_u, apex), meets(at, right, apex, on_v)
        offer(made, 0, on_left, apex, left_v, w, e_wu)
        offer(made, 1, apex, on_right, w, right_v, e_vw)
        count = 2
    give(made, 0, count, node.length, node.root, node.before, node.hand)
    # Not both: the apex lies beyond the interval, whose left end is to the left of its right end.
    corner, hand = (left_v, LEFT) if hides_left else (right_v, RIGHT)
    if corner < 0 or not (hides_left or hides_right) or not rounded(maze, trip, reached, node, corner, hand, made):
        return count
    if hides_left:
        offer(made, 1, on_u, apex, u, w, e_wu)
        offer(made, 2, apex, on_left, w, -1, e_vw)
    else:
        offer(made, 1, apex, on_v, w, v, e_vw)
        offer(made, 2, on_right, apex, -1, w, e_wu)
    return 3


@inlined
def rounded(maze: Maze, trip: Trip, reached: Reached, node: Node, corner: int, hand: int, made: Nodes) -> bool:
    """Turn at an end of the interval, if it is a corner and that is not beaten: the root of the next two intervals."""
    if not maze.corner[corner]:
        return False
    onward = vertex(maze, corner)
    same = node.root >= 0 and node.hand == hand
    total = node.length + leg(node.at, onward, 0.0 if same else node.aside + maze.off[corner])
    if node.aside > 0.0:
        total += node.aside * turn(node.came, node.at, onward)
    if is_beaten(maze, trip, reached, corner, hand, total, node.at):
        return False
    if total < reached.length[corner, hand]:
        reached.length[corner, hand] = total
        reached.root[corner, hand] = node.root
    give(made, 1, 3, total, corner, node.root, hand)
    return True


@inlined
def bound(maze: Maze, trip: Trip, made: Nodes, i: int) -> float:
    """Return what any path through an interval costs at least; infinite for one that is a mere point."""
    spans, r = made.spans, made.facts[i, ROOT]
    left, right = (spans[i, 0], spans[i, 1], spans[i, 2]), (spans[i, 3], spans[i, 4], spans[i, 5])
    x, y, z = left[0] - right[0], left[1] - right[1], left[2] - right[2]
    if x * x + y * y + z * z < DOT2:
        return np.inf
    at = origin(maze, trip, r)
    if r >= 0 and (r == made.facts[i, LEFT_END] or r == made.facts[i, RIGHT_END]):
        return float(spans[i, LENGTH] + SHORT * km(at, trip.goal))
    return float(spans[i, LENGTH] + through(at, left, right, trip.goal))


@inlined
def keep(maze: Maze, nodes: Nodes, count: int, made: Nodes, i: int, t: int, parent: int) -> None:
    """Make a search node of an interval of a triangle's edge: it leads into the triangle beyond."""
    k = made.facts[i, EDGE]
    # Number by number: as rows, they would be views of arrays, and compared first for what they share.
    for column in range(LENGTH + 1):
        nodes.spans[count, column] = made.spans[i, column]
    for column in (LEFT_END, RIGHT_END, ROOT, BEFORE, HAND):
        nodes.facts[count, column] = made.facts[i, column]
    beyond = maze.near[t, k]
    nodes.facts[count, TRIANGLE], nodes.facts[count, PARENT] = beyond, parent
    for j in range(3):
        if maze.tri[beyond, j] == maze.tri[t, (k + 1) % 3]:
            nodes.facts[count, EDGE] = j


@compiled
def explore(
    maze: Maze,
    trip: Trip,
    nodes: Nodes,
    made: Nodes,
    waiting: Waiting,
    reached: Reached,
    state: Any,
    best: float,
    most_nodes: int,
) -> float:
    """Go on with a search for the shortest path between two points.

    Parameters
    ----------
    maze, trip
        Where, and between which points.
    nodes, waiting, reached
        What is known so far; changed.
    made : Nodes
        Room for what comes of one node.
    state : array (5,)
        Where the search is; changed.
    best : float
        What the best path so far costs, in km, or what one may cost at most.
    most_nodes : int
        Pause when there are so many nodes, or no room for those that come of one more.

    Returns
    -------
    float
        What the best path costs now. The search is done when no node waits.
    """
    count, size = state[NODES], state[WAITING]
    while True:
        if not state[BEGUN]:
            state[BEGUN] = 1
            top, t, entry = START, trip.first, -1
            number = begin(maze, trip, made)
        else:
            if size == 0 or waiting.bound[0] >= best:
                size = 0
                break
            if count >= most_nodes or count + MOST_MADE > len(nodes.spans):
                break
            top = waiting.node[0]
            pop(waiting, size)
            size -= 1
            node = read(maze, trip, nodes, top)
            t, entry = node.triangle, node.edge
            beaten = node.root >= 0 and node.length > reached.length[node.root, node.hand] + SAME_KM
            if beaten and is_beaten(maze, trip, reached, node.root, node.hand, node.length, node.came):
                continue
            if t == trip.last:
                total, via = arrived(maze, trip, node)
                if total < best:
                    best = total
                    state[BEST_NODE], state[BEST_VIA] = top, via
                continue
            number = opened(maze, node, made) if touches(maze, node) else unfolded(maze, trip, reached, node, made)
        for i in range(number):
            if no_way(maze.xyz, maze.tri, maze.walls, maze.off, maze.spare_km, t, entry, made.facts[i, EDGE]):
                continue
            least = bound(maze, trip, made, i)
            if least >= best:
                continue
            keep(maze, nodes, count, made, i, t, top)
            push(waiting, size, least, count)
            size += 1
            count += 1
    state[NODES], state[WAITING] = count, size
    return best
