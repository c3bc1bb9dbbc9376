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

from overflight.detours.budget import SpentError, current
from overflight.detours.mesh.compiled import compiled
from overflight.detours.mesh.sphere import LEAST_KM, angle, km, side, turn
from overflight.detours.mesh.walls import no_way

__all__ = ["searched", "shortest"]

SHORT = 1.0 - 4e-6
"""`sphere.km` errs by less than this leaves."""
DOT2 = 1e-26
START = -1
NONE = -2
LEFT = 0


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
def doubled(array: Any, most: int) -> Any:
    """Return an array with room for twice as many, but not for more than so many."""
    shape = np.empty((min(2 * array.shape[0], most), array.shape[1]), array.dtype)
    shape[: array.shape[0]] = array
    return shape


def shortest(
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
    most: float,
    most_nodes: int | None = None,
) -> tuple[float, Any, Any, Any, int]:
    """Find the shortest path between two points: `searched`, within the budget of the search under way.

    Parameters
    ----------
    xyz, tri, near, walls, off, spare, corner, start, goal, ends, most
        As for `searched`.
    most_nodes : int, optional
        How many nodes the search may have, if fewer than the budget allows.

    Returns
    -------
    (km, vertices, edges, legs, nodes)
        As of `searched`.

    Raises
    ------
    SpentError
        If it was cut short; says what no path costs less than.
    """
    budget = current()
    budget.check()
    limit = budget.most_nodes if most_nodes is None else min(most_nodes, budget.most_nodes)
    try:
        *found, least = searched(xyz, tri, near, walls, off, spare, corner, start, goal, ends, most, budget.halt, limit)
    except MemoryError:
        raise SpentError from None
    if least < min(found[0], most):
        budget.check(least)
        raise SpentError(least)
    return found[0], found[1], found[2], found[3], found[4]


@compiled
def searched(
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
    most: float,
    halt: Any,
    most_nodes: int,
) -> tuple[float, Any, Any, Any, int, float]:
    """Find the shortest path between two points.

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
    most : float
        Look for no path longer than this, in km.
    halt : array (1,)
        The search ends when this is no longer 0, be it another thread that changes it.
    most_nodes : int
        It ends, too, when it has so many nodes.

    Returns
    -------
    (km, vertices, edges, legs, nodes, least)
        Infinite if there is none; the vertices at which the path turns, the edges that it crosses, how many turns it
        has still to make beyond each, how many search nodes it took, and what no path costs less than: if that is less
        than the path found, and than `most`, the search was ended early, and there may be a shorter path.
    """
    best, best_node, best_via = most, -1, -1
    room = 1 << 14
    spans = np.empty((room, 7))  # left, right, length up to the root
    facts = np.empty(
        (room, 8), np.int32
    )  # left, right, triangle, its edge, root, the root before, parent, turn at root
    heap_f, heap_n = np.empty(room), np.empty(room, np.int32)
    nodes = size = 0
    count = len(xyz)
    reached = np.full((count, 2), np.inf)
    came = np.full((count, 2), NONE, np.int32)
    new_f = np.empty((8, 7))
    new_i = np.empty((8, 6), np.int32)  # left and right vertex, edge, root, the root before, turn at root
    on_left, on_right = np.empty(3), np.empty(3)
    root, last, back = np.empty(3), np.empty(3), np.empty(3)
    if ends[0] == ends[1]:
        straight = km(start, goal)
        return straight, np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32), 0, straight
    least = np.inf
    node = START
    while True:
        made = 0
        if node == START:
            t, entry = ends[0], -1
            for k in range(3):
                a, b = tri[t, k], tri[t, (k + 1) % 3]
                new_f[made, 0:3], new_f[made, 3:6], new_f[made, 6] = xyz[b], xyz[a], 0.0
                new_i[made, 0], new_i[made, 1], new_i[made, 2] = b, a, k
                new_i[made, 3], new_i[made, 4], new_i[made, 5] = START, NONE, LEFT
                made += 1
        else:
            t, entry, r, before = facts[node, 2], facts[node, 3], facts[node, 4], facts[node, 5]
            bend = facts[node, 7]
            aside = off[r] if r >= 0 else 0.0
            root[:] = start if r == START else xyz[r]
            left, right, length = spans[node, 0:3], spans[node, 3:6], spans[node, 6]
            u, v, w = tri[t, entry], tri[t, (entry + 1) % 3], tri[t, (entry + 2) % 3]
            e_vw, e_wu = (entry + 1) % 3, (entry + 2) % 3
            apex = xyz[w]
            if before != NONE:
                back[:] = start if before == START else xyz[before]
            if t == ends[1]:
                via = -1
                if r not in (u, v):
                    if side(root[0], root[1], root[2], left, goal) > 0.0:
                        via = facts[node, 0] if facts[node, 0] >= 0 else NONE
                    elif side(root[0], root[1], root[2], right, goal) < 0.0:
                        via = facts[node, 1] if facts[node, 1] >= 0 else NONE
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
                        best, best_node, best_via = total, node, via
            elif r >= 0 and r in (u, v):
                # The root is an end of this edge: all of the triangle is seen.
                new_f[0, 0:3], new_f[0, 3:6] = apex, xyz[v]
                new_i[0, 0], new_i[0, 1], new_i[0, 2] = w, v, e_vw
                new_f[1, 0:3], new_f[1, 3:6] = xyz[u], apex
                new_i[1, 0], new_i[1, 1], new_i[1, 2] = u, w, e_wu
                for i in range(2):
                    new_f[i, 6] = length
                    new_i[i, 3], new_i[i, 4], new_i[i, 5] = r, before, bend
                made = 2
            else:
                of_left = side(root[0], root[1], root[2], left, apex)
                of_right = side(root[0], root[1], root[2], right, apex)
                left_v = u if facts[node, 0] == u else -1
                right_v = v if facts[node, 1] == v else -1
                if of_left > 0.0:
                    meets(root, left, apex, xyz[v], on_left)
                    meets(root, right, apex, xyz[v], on_right)
                    new_f[0, 0:3], new_f[0, 3:6] = on_left, on_right
                    new_i[0, 0], new_i[0, 1], new_i[0, 2] = -1, right_v, e_vw
                    made = 1
                elif of_right < 0.0:
                    meets(root, left, xyz[u], apex, on_left)
                    meets(root, right, xyz[u], apex, on_right)
                    new_f[0, 0:3], new_f[0, 3:6] = on_left, on_right
                    new_i[0, 0], new_i[0, 1], new_i[0, 2] = left_v, -1, e_wu
                    made = 1
                else:
                    meets(root, left, xyz[u], apex, on_left)
                    meets(root, right, apex, xyz[v], on_right)
                    new_f[0, 0:3], new_f[0, 3:6] = on_left, apex
                    new_i[0, 0], new_i[0, 1], new_i[0, 2] = left_v, w, e_wu
                    new_f[1, 0:3], new_f[1, 3:6] = apex, on_right
                    new_i[1, 0], new_i[1, 1], new_i[1, 2] = w, right_v, e_vw
                    made = 2
                for i in range(made):
                    new_f[i, 6] = length
                    new_i[i, 3], new_i[i, 4], new_i[i, 5] = r, before, bend
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
                                new_i[made, 0], new_i[made, 1], new_i[made, 2] = u, w, e_wu
                            else:
                                new_f[made, 0:3], new_f[made, 3:6] = apex, on_left
                                new_i[made, 0], new_i[made, 1], new_i[made, 2] = w, -1, e_vw
                        elif part == 0:
                            new_f[made, 0:3], new_f[made, 3:6] = apex, xyz[v]
                            new_i[made, 0], new_i[made, 1], new_i[made, 2] = w, v, e_vw
                        else:
                            new_f[made, 0:3], new_f[made, 3:6] = on_right, apex
                            new_i[made, 0], new_i[made, 1], new_i[made, 2] = -1, w, e_wu
                        new_f[made, 6] = total
                        new_i[made, 3], new_i[made, 4], new_i[made, 5] = at, r, hand
                        made += 1
        for i in range(made):
            k = new_i[i, 2]
            if no_way(xyz, tri, walls, off, spare, t, entry, k):
                continue
            x, y, z = new_f[i, 0] - new_f[i, 3], new_f[i, 1] - new_f[i, 4], new_f[i, 2] - new_f[i, 5]
            if x * x + y * y + z * z < DOT2:
                continue
            r = new_i[i, 3]
            last[:] = start if r == START else xyz[r]
            if r >= 0 and (r == new_i[i, 0] or r == new_i[i, 1]):
                f = new_f[i, 6] + SHORT * km(last, goal)
            else:
                f = new_f[i, 6] + through(last, new_f[i, 0:3], new_f[i, 3:6], goal)
            if f >= best:
                continue
            if nodes == len(spans):
                # A step may add eight nodes before the number is looked at again.
                spans, facts = doubled(spans, most_nodes + 8), doubled(facts, most_nodes + 8)
                longer_f, longer_n = np.empty(len(spans)), np.empty(len(spans), np.int32)
                longer_f[:size], longer_n[:size] = heap_f[:size], heap_n[:size]
                heap_f, heap_n = longer_f, longer_n
            spans[nodes] = new_f[i]
            other = near[t, k]
            facts[nodes, 0], facts[nodes, 1], facts[nodes, 2] = new_i[i, 0], new_i[i, 1], other
            for j in range(3):
                if tri[other, j] == tri[t, (k + 1) % 3]:
                    facts[nodes, 3] = j
            facts[nodes, 4], facts[nodes, 5], facts[nodes, 6], facts[nodes, 7] = r, new_i[i, 4], node, new_i[i, 5]
            push(heap_f, heap_n, size, f, nodes)
            size += 1
            nodes += 1
        node = START
        while size > 0:
            f, top = heap_f[0], heap_n[0]
            pop(heap_f, heap_n, size)
            size -= 1
            if f >= best:
                size = 0
                break
            r = facts[top, 4]
            bend = facts[top, 7]
            if r >= 0 and spans[top, 6] > reached[r, bend] + 1e-9:
                before = facts[top, 5]
                last[:] = start if came[r, bend] == START else xyz[came[r, bend]]
                back[:] = start if before == START else xyz[before]
                if spans[top, 6] >= reached[r, bend] + off[r] * turn(last, xyz[r], 2.0 * xyz[r] - back):
                    continue
            node = top
            break
        if node == START:
            break
        if halt[0] != 0 or nodes >= most_nodes:
            # Any cheaper path leads through a node that waits, and none of these can come to less.
            least = f
            break
    least = min(least, best)
    if best_node < 0:
        return np.inf, np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32), nodes, least
    chain, sleeve, ahead = np.empty(nodes + 1, np.int32), np.empty(nodes + 1, np.int32), np.empty(nodes + 1, np.int32)
    turns = crossed = 0
    if best_via >= 0:
        chain[0] = best_via
        turns = 1
    node = best_node
    while node >= 0:
        r = facts[node, 4]
        if r >= 0 and (turns == 0 or chain[turns - 1] != r):
            chain[turns] = r
            turns += 1
        sleeve[crossed] = 3 * facts[node, 2] + facts[node, 3]
        ahead[crossed] = turns - 1 if r >= 0 else turns
        crossed += 1
        node = facts[node, 6]
    return best, chain[:turns][::-1].copy(), sleeve[:crossed][::-1].copy(), ahead[:crossed][::-1].copy(), nodes, least
