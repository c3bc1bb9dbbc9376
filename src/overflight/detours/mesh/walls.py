"""Which edges of the mesh are walls for one rule, where paths can turn, and which passages are too narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.detours.mesh.compiled import compiled
from overflight.detours.mesh.sphere import MOST_KM, angle, side
from overflight.detours.mesh.triangulation import edge_at
from overflight.earth.compiled import called

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.integer]

__all__ = ["connected", "find_triangle", "mark", "no_way"]


@compiled
def find_triangle(xyz: Any, tri: Any, near: Any, point: Any) -> int:
    """Return the triangle that holds a point."""
    t = 0
    count = 0
    for _ in range(4 * len(tri)):
        moved = False
        for i in range(3):
            count += 1
            k = (i + count) % 3
            a = xyz[tri[t, k]]
            if side(a[0], a[1], a[2], xyz[tri[t, (k + 1) % 3]], point) < 0.0:
                t = near[t, k]
                moved = True
                break
        if not moved:
            return t
    return -1


def mark(
    xyz: Floats,
    tri: Whole,
    near: Whole,
    edges: Whole,
    ends: Whole,
    wall: Whole,
    keep: Floats,
    walls: Floats,
    off: Floats,
) -> NDArray[np.bool_]:
    """Mark the walls among the edges, and the corners that paths can turn at.

    Parameters
    ----------
    edges : array (m,)
        Edges of triangles (three times the triangle and the number), each with one piece on its left.
    ends : array (m, 2)
        Their vertices.
    wall : array (m,) of int8
        1 where what lies on the left is shut and on the right open, -1 the other way round, else 0.
    keep : array (m,)
        How far to keep from each, in km.
    walls : array (3 t,)
        Receives, for walls and on both sides of them, how far to keep.
    off : array (n,)
        Receives how far to keep from each vertex.

    Returns
    -------
    array (n,) of bool
        Whether a vertex is a corner: what is shut is convex there.
    """
    after, before = np.full(len(xyz), -1, np.int32), np.full(len(xyz), -1, np.int32)
    corner = np.zeros(len(xyz), np.bool_)
    find_corners(xyz, tri, near, edges, ends, wall, keep, walls, off, after, before, corner)
    return corner


@compiled
def find_corners(
    xyz: Any,
    tri: Any,
    near: Any,
    edges: Any,
    ends: Any,
    wall: Any,
    keep: Any,
    walls: Any,
    off: Any,
    after: Any,
    before: Any,
    corner: Any,
) -> None:
    """Do the work of `mark`, with room for the vertices before and after each along a wall, and for the corners."""
    for row in range(len(edges)):
        if wall[row] == 0:
            continue
        h = edges[row]
        t, k = h // 3, h % 3
        walls[h] = max(walls[h], keep[row])
        other = near[t, k]
        beyond = 3 * other + edge_at(tri, other, tri[t, (k + 1) % 3])
        walls[beyond] = max(walls[beyond], keep[row])
        a, b = ends[row, 0], ends[row, 1]
        off[a] = max(off[a], keep[row])
        off[b] = max(off[b], keep[row])
        if wall[row] < 0:
            a, b = b, a
        if after[a] >= 0 or before[b] >= 0:
            # Where several walls meet, paths can turn whatever their angle.
            corner[a] = corner[a] or after[a] >= 0
            corner[b] = corner[b] or before[b] >= 0
        after[a] = b
        before[b] = a
    for v in range(len(xyz)):
        if corner[v] or (after[v] < 0 and before[v] < 0):
            continue
        if after[v] < 0 or before[v] < 0:
            corner[v] = True
        else:
            p = xyz[before[v]]
            corner[v] = side(p[0], p[1], p[2], xyz[v], xyz[after[v]]) > 0.0


@called
def too_narrow(xyz: Any, off: Any, a: int, b: int) -> bool:
    """Tell whether a route that keeps its distance from both ends of an edge can't cross it."""
    if off[a] <= 0.0 or off[b] <= 0.0:
        return False
    return bool(MOST_KM * angle(xyz[a], xyz[b]) < 0.999 * (off[a] + off[b]) - 0.002)


@called
def no_way(xyz: Any, tri: Any, walls: Any, off: Any, spare: float, t: int, entry: int, k: int) -> bool:
    """Tell whether a triangle can't be crossed from one edge to another: a wall, or too narrow (Demyen and Buro, 2006).

    Where the third edge is a wall, a route has to pass between it and the opposite corner.
    """
    if walls[3 * t + k] >= 0.0 or too_narrow(xyz, off, tri[t, k], tri[t, (k + 1) % 3]):
        return True
    third = 3 - entry - k
    wall = walls[3 * t + third]
    at = tri[t, (third + 2) % 3]
    if entry < 0 or wall <= 0.0 or off[at] <= 0.0:
        return False
    a, b = xyz[tri[t, third]], xyz[tri[t, (third + 1) % 3]]
    if off[tri[t, third]] <= 0.0 or off[tri[t, (third + 1) % 3]] <= 0.0:
        return False  # near an end that keeps no distance
    c = xyz[at]
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    share = (vx * ux + vy * uy + vz * uz) / (ux * ux + uy * uy + uz * uz)
    if share <= 0.0 or share >= 1.0:
        return False
    width = np.sqrt((vx - share * ux) ** 2 + (vy - share * uy) ** 2 + (vz - share * uz) ** 2)
    return bool(MOST_KM * width < 0.999 * (off[at] + wall) - spare)


def connected(xyz: Floats, tri: Whole, near: Whole, walls: Floats, off: Floats, start: int, goal: int) -> bool:
    """Tell whether a way leads from one triangle to another."""
    seen, stack = np.zeros(len(tri), np.bool_), np.empty(len(tri), np.int32)
    return bool(reaches(xyz, tri, near, walls, off, start, goal, seen, stack))


@compiled
def reaches(xyz: Any, tri: Any, near: Any, walls: Any, off: Any, start: int, goal: int, seen: Any, stack: Any) -> bool:
    """Do the work of `connected`, with room for which triangles were seen, and which wait to be looked at."""
    stack[0] = start
    seen[start] = True
    size = 1
    while size > 0:
        size -= 1
        t = stack[size]
        if t == goal:
            return True
        for k in range(3):
            other = near[t, k]
            if seen[other] or walls[3 * t + k] >= 0.0 or too_narrow(xyz, off, tri[t, k], tri[t, (k + 1) % 3]):
                continue
            seen[other] = True
            stack[size] = other
            size += 1
    return False
