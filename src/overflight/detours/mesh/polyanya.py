"""Polyanya on the sphere: shortest paths through triangles, any angle, around corners that cost what turning costs.

Source: M. L. Cui, D. D. Harabor and A. Grastien, Compromise-free pathfinding on a navigation mesh, IJCAI 2017. A search
node is an interval of an edge together with the root, the last corner that the path turned at, which sees all of the
interval. Here intervals are arcs of great circles, and legs are measured on WGS84.

A corner that a route must keep off by d makes each turn there longer by d times the angle turned; see
`overflight.detours.mesh.search` for why. Two paths to the same corner then compare by length and by what turning from
the one direction to the other would cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from overflight.detours.mesh.compiled import compiled
from overflight.detours.mesh.sphere import LEAST_KM, angle, km, side, turn
from overflight.detours.mesh.walls import no_way

__all__ = ["BEGUN", "BEST_NODE", "BEST_VIA", "NODES", "WAITING", "explore", "traced"]

SHORT = 1.0 - 4e-6
"""`sphere.km` errs by less than this leaves."""
DOT2 = 1e-26
START = -1
NONE = -2
LEFT = 0
LEFT_END, RIGHT_END, TRIANGLE, EDGE, ROOT, BEFORE, PARENT, HAND = range(8)
"""What is known of a search node: the vertices that its interval ends at, if any; the triangle that it leads into, and
which edge of that it is; the vertex of the root, and that of the root before it; the node that it came from; and on
which side the path turns at its root."""
LENGTH = 6
"""The length up to the root stands behind the interval's left and right end."""
NODES, WAITING, BEST_NODE, BEST_VIA, BEGUN = range(5)
"""What is known of a search: how many nodes it has, how many of them wait, from which the best path so far reaches the
goal and round which vertex, and whether it has begun."""


@compiled
def leg(a: Any, b: Any, beside: float) -> float:
    """Return the least length of a stretch that changes sides of a leg, in all by so many km."""
    length = km(a, b)
    return float(np.sqrt(length * length + beside * beside))


@compiled
def meets(root: Any, via: Any, a: Any, b: Any, out: Any) -> None:
    """Put where the great circle from a root through a point meets the edge (a, b)."""
    one = side(root[0], root[1], root[2], via, a)
    two = side(root[0], root[1], root[2], via, b)
    share = one / (one - two) if one != two else 0.5
    share = min(1.0, max(0.0, share))
    length = 0.0
    for i in range(3):
        out[i] = a[i] + share * (b[i] - a[i])
        length += out[i] * out[i]
    length = np.sqrt(length)
    for i in range(3):
        out[i] /= length


@compiled
def through(root: Any, left: Any, right: Any, goal: Any) -> float:
    """Bound the distance from a root through an interval to the goal from below, in km."""
    nx = right[1] * left[2] - right[2] * left[1]
    ny = right[2] * left[0] - right[0] * left[2]
    nz = right[0] * left[1] - right[1] * left[0]
    size = nx * nx + ny * ny + nz * nz
    here = nx * root[0] + ny * root[1] + nz * root[2]
    there = nx * goal[0] + ny * goal[1] + nz * goal[2]
    if size > 1e-28 and here * there > 0.0:
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


@compiled
def push(heap_f: Any, heap_n: Any, size: int, f: float, node: int) -> None:
    """Add a node to the heap."""
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if heap_f[up] <= f:
            break
        heap_f[i], heap_n[i] = heap_f[up], heap_n[up]
        i = up
    heap_f[i], heap_n[i] = f, node


@compiled
def pop(heap_f: Any, heap_n: Any, size: int) -> None:
    """Remove the first of the nodes in the heap."""
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


@compiled
def doubled(array: Any) -> Any:
    """Return an array with room for twice as many."""
    longer = np.empty((2 * array.shape[0], array.shape[1]), array.dtype)
    longer[: array.shape[0]] = array
    return longer


@compiled
def explore(
    xyz: Any,
    tri: Any,
    near: Any,
    walls: Any,
    off: Any,
    spare: float,
    corner: Any,
    start: Any,
    goal: Any,
    ends: Any,
    spans: Any,
    facts: Any,
    heap_f: Any,
    heap_n: Any,
    reached: Any,
    came: Any,
    state: Any,
    best: float,
    most_nodes: int,
) -> tuple[Any, Any, Any, Any, float]:
    """Go on with a search for the shortest path between two points.

    Parameters
    ----------
    walls : array (3 t,)
        How far to keep from the edges that can't be crossed, in km; -1 for others.
    off : array (n,)
        How far to keep from each vertex, in km: what a turn costs, and how wide an edge must be.
    spare : float
        How far edges may lie from the true borders, in km.
    start, goal : array (3,)
        Unit vectors.
    ends : (int, int)
        Their triangles.
    spans, facts : array (m, 7), array (m, 8)
        The search nodes: their intervals, and what else is known of them.
    heap_f, heap_n : array (m,)
        The nodes that wait, that with the least bound first.
    reached : array (n, 2)
        How short the way is to each vertex, and round it on either side.
    came : array (n, 2)
        From which root that comes.
    state : array (5,)
        Where the search is; changed.
    best : float
        What the best path so far costs, in km, or what one may cost at most.
    most_nodes : int
        Pause when there are so many nodes.

    Returns
    -------
    (spans, facts, heap_f, heap_n, best)
        As given, with more room if need be. The search is done when no node waits.
    """
    nodes, size = state[NODES], state[WAITING]
    new_f = np.empty((8, 7))
    new_i = np.empty((8, 8), np.int32)
    on_left, on_right = np.empty(3), np.empty(3)
    root, last, back = np.empty(3), np.empty(3), np.empty(3)
    while True:
        node = START
        while size > 0:
            if heap_f[0] >= best:
                size = 0
                break
            if nodes >= most_nodes:
                state[NODES], state[WAITING] = nodes, size
                return spans, facts, heap_f, heap_n, best
            top = heap_n[0]
            pop(heap_f, heap_n, size)
            size -= 1
            r = facts[top, ROOT]
            bend = facts[top, HAND]
            if r >= 0 and spans[top, LENGTH] > reached[r, bend] + 1e-9:
                before = facts[top, BEFORE]
                last[:] = start if came[r, bend] == START else xyz[came[r, bend]]
                back[:] = start if before == START else xyz[before]
                if spans[top, LENGTH] >= reached[r, bend] + off[r] * turn(last, xyz[r], 2.0 * xyz[r] - back):
                    continue
            node = top
            break
        made = 0
        if node == START:
            if state[BEGUN]:
                break
            state[BEGUN] = 1
            t, entry = ends[0], -1
            for k in range(3):
                a, b = tri[t, k], tri[t, (k + 1) % 3]
                new_f[made, 0:3], new_f[made, 3:6], new_f[made, LENGTH] = xyz[b], xyz[a], 0.0
                new_i[made, LEFT_END], new_i[made, RIGHT_END], new_i[made, EDGE] = b, a, k
                new_i[made, ROOT], new_i[made, BEFORE], new_i[made, HAND] = START, NONE, LEFT
                made += 1
        else:
            t, entry, r, before = facts[node, TRIANGLE], facts[node, EDGE], facts[node, ROOT], facts[node, BEFORE]
            bend = facts[node, HAND]
            aside = off[r] if r >= 0 else 0.0
            root[:] = start if r == START else xyz[r]
            left, right, length = spans[node, 0:3], spans[node, 3:6], spans[node, LENGTH]
            u, v, w = tri[t, entry], tri[t, (entry + 1) % 3], tri[t, (entry + 2) % 3]
            e_vw, e_wu = (entry + 1) % 3, (entry + 2) % 3
            apex = xyz[w]
            if before != NONE:
                back[:] = start if before == START else xyz[before]
            if t == ends[1]:
                via = -1
                if r not in (u, v):
                    if side(root[0], root[1], root[2], left, goal) > 0.0:
                        via = facts[node, LEFT_END] if facts[node, LEFT_END] >= 0 else NONE
                    elif side(root[0], root[1], root[2], right, goal) < 0.0:
                        via = facts[node, RIGHT_END] if facts[node, RIGHT_END] >= 0 else NONE
                if via != NONE:
                    total = length
                    if via >= 0:
                        last[:] = xyz[via]
                        over = side(root[0], root[1], root[2], left, goal) > 0.0
                        same = r >= 0 and (bend == LEFT) == over
                        total += leg(root, last, 0.0 if same else aside + off[via]) + leg(last, goal, off[via])
                        if off[via] > 0.0:
                            total += off[via] * turn(root, last, goal)
                    else:
                        last[:] = goal
                        total += leg(root, goal, aside)
                    if aside > 0.0:
                        total += aside * turn(back, root, last)
                    if total < best:
                        best = total
                        state[BEST_NODE], state[BEST_VIA] = node, via
            elif r >= 0 and r in (u, v):
                # The root is an end of this edge: all of the triangle is seen.
                new_f[0, 0:3], new_f[0, 3:6] = apex, xyz[v]
                new_i[0, LEFT_END], new_i[0, RIGHT_END], new_i[0, EDGE] = w, v, e_vw
                new_f[1, 0:3], new_f[1, 3:6] = xyz[u], apex
                new_i[1, LEFT_END], new_i[1, RIGHT_END], new_i[1, EDGE] = u, w, e_wu
                for i in range(2):
                    new_f[i, LENGTH] = length
                    new_i[i, ROOT], new_i[i, BEFORE], new_i[i, HAND] = r, before, bend
                made = 2
            else:
                of_left = side(root[0], root[1], root[2], left, apex)
                of_right = side(root[0], root[1], root[2], right, apex)
                left_v = u if facts[node, LEFT_END] == u else -1
                right_v = v if facts[node, RIGHT_END] == v else -1
                if of_left > 0.0:
                    meets(root, left, apex, xyz[v], on_left)
                    meets(root, right, apex, xyz[v], on_right)
                    new_f[0, 0:3], new_f[0, 3:6] = on_left, on_right
                    new_i[0, LEFT_END], new_i[0, RIGHT_END], new_i[0, EDGE] = -1, right_v, e_vw
                    made = 1
                elif of_right < 0.0:
                    meets(root, left, xyz[u], apex, on_left)
                    meets(root, right, xyz[u], apex, on_right)
                    new_f[0, 0:3], new_f[0, 3:6] = on_left, on_right
                    new_i[0, LEFT_END], new_i[0, RIGHT_END], new_i[0, EDGE] = left_v, -1, e_wu
                    made = 1
                else:
                    meets(root, left, xyz[u], apex, on_left)
                    meets(root, right, apex, xyz[v], on_right)
                    new_f[0, 0:3], new_f[0, 3:6] = on_left, apex
                    new_i[0, LEFT_END], new_i[0, RIGHT_END], new_i[0, EDGE] = left_v, w, e_wu
                    new_f[1, 0:3], new_f[1, 3:6] = apex, on_right
                    new_i[1, LEFT_END], new_i[1, RIGHT_END], new_i[1, EDGE] = w, right_v, e_vw
                    made = 2
                for i in range(made):
                    new_f[i, LENGTH] = length
                    new_i[i, ROOT], new_i[i, BEFORE], new_i[i, HAND] = r, before, bend
                # What the root does not see lies behind a corner at an end of the interval.
                for hand in range(2):
                    at = left_v if hand == 0 else right_v
                    hides = of_left > 0.0 if hand == 0 else of_right < 0.0
                    if at < 0 or not hides or not corner[at]:
                        continue
                    total = length + leg(root, xyz[at], 0.0 if r >= 0 and bend == hand else aside + off[at])
                    if aside > 0.0:
                        total += aside * turn(back, root, xyz[at])
                    if total > reached[at, hand] + 1e-9:
                        if off[at] <= 0.0:
                            continue
                        last[:] = start if came[at, hand] == START else xyz[came[at, hand]]
                        between = turn(last, xyz[at], 2.0 * xyz[at] - root)
                        if total >= reached[at, hand] + off[at] * between:
                            continue
                    elif total < reached[at, hand]:
                        reached[at, hand] = total
                        came[at, hand] = r
                    for part in range(2):
                        if hand == 0:
                            if part == 0:
                                new_f[made, 0:3], new_f[made, 3:6] = xyz[u], apex
                                new_i[made, LEFT_END], new_i[made, RIGHT_END], new_i[made, EDGE] = u, w, e_wu
                            else:
                                new_f[made, 0:3], new_f[made, 3:6] = apex, on_left
                                new_i[made, LEFT_END], new_i[made, RIGHT_END], new_i[made, EDGE] = w, -1, e_vw
                        elif part == 0:
                            new_f[made, 0:3], new_f[made, 3:6] = apex, xyz[v]
                            new_i[made, LEFT_END], new_i[made, RIGHT_END], new_i[made, EDGE] = w, v, e_vw
                        else:
                            new_f[made, 0:3], new_f[made, 3:6] = on_right, apex
                            new_i[made, LEFT_END], new_i[made, RIGHT_END], new_i[made, EDGE] = -1, w, e_wu
                        new_f[made, LENGTH] = total
                        new_i[made, ROOT], new_i[made, BEFORE], new_i[made, HAND] = at, r, hand
                        made += 1
        for i in range(made):
            k = new_i[i, EDGE]
            if no_way(xyz, tri, walls, off, spare, t, entry, k):
                continue
            x, y, z = new_f[i, 0] - new_f[i, 3], new_f[i, 1] - new_f[i, 4], new_f[i, 2] - new_f[i, 5]
            if x * x + y * y + z * z < DOT2:
                continue
            r = new_i[i, ROOT]
            last[:] = start if r == START else xyz[r]
            if r >= 0 and (r == new_i[i, LEFT_END] or r == new_i[i, RIGHT_END]):
                f = new_f[i, LENGTH] + SHORT * km(last, goal)
            else:
                f = new_f[i, LENGTH] + through(last, new_f[i, 0:3], new_f[i, 3:6], goal)
            if f >= best:
                continue
            if nodes == len(spans):
                spans, facts = doubled(spans), doubled(facts)
                longer_f, longer_n = np.empty(2 * len(heap_f)), np.empty(2 * len(heap_f), np.int32)
                longer_f[:size], longer_n[:size] = heap_f[:size], heap_n[:size]
                heap_f, heap_n = longer_f, longer_n
            spans[nodes] = new_f[i]
            facts[nodes] = new_i[i]
            other = near[t, k]
            facts[nodes, TRIANGLE], facts[nodes, PARENT] = other, node
            for j in range(3):
                if tri[other, j] == tri[t, (k + 1) % 3]:
                    facts[nodes, EDGE] = j
            push(heap_f, heap_n, size, f, nodes)
            size += 1
            nodes += 1
    state[NODES], state[WAITING] = nodes, size
    return spans, facts, heap_f, heap_n, best


@compiled
def traced(facts: Any, best_node: int, best_via: int) -> tuple[Any, Any, Any]:
    """Follow the best path back: where it turns, the edges that it crosses, and how many turns lie beyond each.

    All are in order from the start; an edge is three times the triangle beyond it, plus its number there.
    """
    crossed = 0
    node = best_node
    while node >= 0:
        crossed += 1
        node = facts[node, PARENT]
    chain, sleeve, ahead = np.empty(crossed + 1, np.int32), np.empty(crossed, np.int32), np.empty(crossed, np.int32)
    turns = crossed = 0
    if best_via >= 0:
        chain[0] = best_via
        turns = 1
    node = best_node
    while node >= 0:
        r = facts[node, ROOT]
        if r >= 0 and (turns == 0 or chain[turns - 1] != r):
            chain[turns] = r
            turns += 1
        sleeve[crossed] = 3 * facts[node, TRIANGLE] + facts[node, EDGE]
        ahead[crossed] = turns - 1 if r >= 0 else turns
        crossed += 1
        node = facts[node, PARENT]
    return chain[:turns][::-1].copy(), sleeve[::-1].copy(), ahead[::-1].copy()
