"""A Delaunay triangulation of the sphere in which given edges stand.

Triangles are anticlockwise as seen from outside. `tri[t, k]` is a vertex, and `near[t, k]` the triangle across the edge
from it to the next one. All decisions hang on one predicate, on which side of a great circle a point lies; it is
computed from differences, exact to one part in 1e15 of the triangle's sides, and points are shaken by more than that
(see `overflight.detours.mesh.building`). Whether an edge is Delaunay is a matter of good shape only: no flip is made
that would turn a triangle over.

Sources: C. L. Lawson, Software for C1 surface interpolation (1977), for insertion by flips; S. W. Sloan, A fast
algorithm for generating constrained Delaunay triangulations (1993), for the edges. Qhull, which makes the same
triangulation as a convex hull, drops points that lie nearer together than some metres.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from overflight.detours.mesh.compiled import compiled
from overflight.earth.compiled import called

__all__ = ["faces", "find_edges", "insert_edges", "insert_points", "put"]

CLOSE = 2e-8
"""Two edges that cross nearer than this (12 cm) to an end of one of them are taken to cross in that end."""


@called
def side(xyz: Any, a: int, b: int, c: int) -> float:
    """Return on which side of the great circle from a to b the point c lies: positive on the left."""
    ux, uy, uz = xyz[b, 0] - xyz[a, 0], xyz[b, 1] - xyz[a, 1], xyz[b, 2] - xyz[a, 2]
    vx, vy, vz = xyz[c, 0] - xyz[a, 0], xyz[c, 1] - xyz[a, 1], xyz[c, 2] - xyz[a, 2]
    return float(xyz[a, 0] * (uy * vz - uz * vy) + xyz[a, 1] * (uz * vx - ux * vz) + xyz[a, 2] * (ux * vy - uy * vx))


@called
def in_circle(xyz: Any, a: int, b: int, c: int, d: int) -> bool:
    """Tell whether d lies within the circle through a, b and c: above their plane."""
    ux, uy, uz = xyz[b, 0] - xyz[a, 0], xyz[b, 1] - xyz[a, 1], xyz[b, 2] - xyz[a, 2]
    vx, vy, vz = xyz[c, 0] - xyz[a, 0], xyz[c, 1] - xyz[a, 1], xyz[c, 2] - xyz[a, 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    above = nx * (xyz[d, 0] - xyz[a, 0]) + ny * (xyz[d, 1] - xyz[a, 1]) + nz * (xyz[d, 2] - xyz[a, 2])
    return bool(above > 4e-16 * (abs(nx) + abs(ny) + abs(nz)))


@called
def edge_at(tri: Any, t: int, a: int) -> int:
    """Return which corner of a triangle a vertex is."""
    if tri[t, 0] == a:
        return 0
    return 1 if tri[t, 1] == a else 2


@called
def relink(tri: Any, near: Any, t: int, a: int, new: int) -> None:
    """Tell a triangle who is now across its edge that starts at a."""
    near[t, edge_at(tri, t, a)] = new


@called
def flip(tri: Any, near: Any, fixed: Any, t: int, k: int) -> None:
    """Replace edge k of a triangle by the other diagonal: (a, b, p) and (b, a, q) become (a, q, p) and (q, b, p)."""
    a, b, p = tri[t, k], tri[t, (k + 1) % 3], tri[t, (k + 2) % 3]
    other = near[t, k]
    m = edge_at(tri, other, b)
    q = tri[other, (m + 2) % 3]
    n_bp, f_bp = near[t, (k + 1) % 3], fixed[t, (k + 1) % 3]
    n_pa, f_pa = near[t, (k + 2) % 3], fixed[t, (k + 2) % 3]
    n_aq, f_aq = near[other, (m + 1) % 3], fixed[other, (m + 1) % 3]
    n_qb, f_qb = near[other, (m + 2) % 3], fixed[other, (m + 2) % 3]
    tri[t, 0], tri[t, 1], tri[t, 2] = a, q, p
    near[t, 0], near[t, 1], near[t, 2] = n_aq, other, n_pa
    fixed[t, 0], fixed[t, 1], fixed[t, 2] = f_aq, False, f_pa
    tri[other, 0], tri[other, 1], tri[other, 2] = q, b, p
    near[other, 0], near[other, 1], near[other, 2] = n_qb, n_bp, t
    fixed[other, 0], fixed[other, 1], fixed[other, 2] = f_qb, f_bp, False
    relink(tri, near, n_aq, q, t)
    relink(tri, near, n_bp, p, other)


@compiled
def put(tri: Any, near: Any, fixed: Any, home: Any, t: int, x: int, made: int) -> None:
    """Put a vertex into a triangle: (a, b, c) becomes (a, b, x) and, as the next two, (b, c, x) and (c, a, x)."""
    a, b, c = tri[t, 0], tri[t, 1], tri[t, 2]
    n_bc, f_bc, n_ca, f_ca = near[t, 1], fixed[t, 1], near[t, 2], fixed[t, 2]
    t1, t2 = made, made + 1
    tri[t, 2] = x
    near[t, 1], near[t, 2] = t1, t2
    fixed[t, 1], fixed[t, 2] = False, False
    tri[t1, 0], tri[t1, 1], tri[t1, 2] = b, c, x
    near[t1, 0], near[t1, 1], near[t1, 2] = n_bc, t2, t
    fixed[t1, 0], fixed[t1, 1], fixed[t1, 2] = f_bc, False, False
    tri[t2, 0], tri[t2, 1], tri[t2, 2] = c, a, x
    near[t2, 0], near[t2, 1], near[t2, 2] = n_ca, t, t1
    fixed[t2, 0], fixed[t2, 1], fixed[t2, 2] = f_ca, False, False
    relink(tri, near, n_bc, c, t1)
    relink(tri, near, n_ca, a, t2)
    home[a], home[b], home[c], home[x] = t, t, t1, t


@compiled
def insert_points(xyz: Any, order: Any, tri: Any, near: Any, fixed: Any, home: Any, stack: Any) -> int:
    """Triangulate points, of which the first six are an octahedron: +x, -x, +y, -y, +z, -z.

    Parameters
    ----------
    home : array (n,)
        Receives a triangle of each vertex.
    stack : array
        Room for the edges that wait to be looked at; beyond it, some are not.

    Returns
    -------
    int
        How many triangles there are: twice the number of points, less four.
    """
    corners = ((0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5))
    for t in range(8):
        tri[t, 0], tri[t, 1], tri[t, 2] = corners[t]
    for t in range(8):
        for k in range(3):
            for s in range(8):
                for j in range(3):
                    if tri[s, j] == tri[t, (k + 1) % 3] and tri[s, (j + 1) % 3] == tri[t, k]:
                        near[t, k] = s
    count = 8
    t = 0
    turn = 0
    for p in order:
        while True:
            moved = False
            for i in range(3):
                turn += 1
                k = (i + turn) % 3
                if side(xyz, tri[t, k], tri[t, (k + 1) % 3], p) < 0.0:
                    t = near[t, k]
                    moved = True
                    break
            if not moved:
                break
        put(tri, near, fixed, home, t, p, count)
        stack[0], stack[1], stack[2] = t, count, count + 1
        count += 2
        waiting = 3
        while waiting > 0:
            waiting -= 1
            s = stack[waiting]
            a, b = tri[s, 0], tri[s, 1]
            other = near[s, 0]
            q = tri[other, (edge_at(tri, other, b) + 2) % 3]
            if in_circle(xyz, a, b, p, q) and side(xyz, a, q, p) > 0.0 and side(xyz, q, b, p) > 0.0:
                flip(tri, near, fixed, s, 0)
                if waiting + 2 <= len(stack):
                    stack[waiting], stack[waiting + 1] = s, other
                    waiting += 2
    for k in range(3):
        for t in range(count):
            home[tri[t, k]] = t
    return count


@called
def around(tri: Any, near: Any, home: Any, a: int, b: int) -> tuple[int, int]:
    """Return the triangle and its edge that runs from a to b, or (-1, -1)."""
    first = home[a]
    t = first
    while True:
        k = edge_at(tri, t, a)
        if tri[t, (k + 1) % 3] == b:
            return t, k
        t = near[t, (k + 2) % 3]
        if t == first:
            return -1, -1


@called
def fix(tri: Any, near: Any, fixed: Any, t: int, k: int) -> None:
    """Mark an edge, on both sides of it."""
    fixed[t, k] = True
    other = near[t, k]
    fixed[other, edge_at(tri, other, tri[t, (k + 1) % 3])] = True


@compiled
def insert_edges(
    xyz: Any, tri: Any, near: Any, fixed: Any, home: Any, pairs: Any, sizes: Any, splits: Any, todo: Any, crossed: Any
) -> tuple[int, int]:
    """Make edges stand; where two of them cross, both are split at a new vertex there.

    Parameters
    ----------
    sizes : array (2,)
        How many points and triangles there are; grows.
    splits : array (m, 3)
        Receives every edge (a, b) that was split, and the vertex at which.
    todo, crossed : array (m, 2)
        Room for the parts of an edge that are still to stand, and for the edges that one crosses.

    Returns
    -------
    (int, int)
        How many splits there were, and how many edges could not be made to stand.
    """
    count = failed = 0
    for row in range(len(pairs)):
        todo[0, 0], todo[0, 1] = pairs[row, 0], pairs[row, 1]
        waiting = 1
        tries = 0
        while waiting > 0:
            waiting -= 1
            a, b = todo[waiting, 0], todo[waiting, 1]
            if a == b:
                continue
            tries += 1
            if tries > 1000 or waiting + 8 > len(todo) or count + 8 > len(splits) or sizes[0] + 8 > len(xyz):
                failed += 1
                break
            t, k, p, q = stand(xyz, tri, near, fixed, home, a, b, crossed)
            if t >= 0:
                fix(tri, near, fixed, t, k)
                continue
            if p < 0:
                failed += 1
                continue
            # The edge (p, q) stands in the way.
            x = sizes[0]
            meeting(xyz, a, b, p, q, x)
            if gap(xyz, x, p) < CLOSE or gap(xyz, x, q) < CLOSE:
                at = p if gap(xyz, x, p) < CLOSE else q
                splits[count, 0], splits[count, 1], splits[count, 2] = a, b, at
                todo[waiting, 0], todo[waiting, 1] = a, at
                todo[waiting + 1, 0], todo[waiting + 1, 1] = at, b
                waiting += 2
            elif gap(xyz, x, a) < CLOSE or gap(xyz, x, b) < CLOSE:
                at = a if gap(xyz, x, a) < CLOSE else b
                t, k = around(tri, near, home, p, q)
                fixed[t, k] = False
                other = near[t, k]
                fixed[other, edge_at(tri, other, q)] = False
                splits[count, 0], splits[count, 1], splits[count, 2] = p, q, at
                todo[waiting, 0], todo[waiting, 1] = a, b
                todo[waiting + 1, 0], todo[waiting + 1, 1] = p, at
                todo[waiting + 2, 0], todo[waiting + 2, 1] = at, q
                waiting += 3
            else:
                t, k = around(tri, near, home, p, q)
                split(tri, near, fixed, home, t, k, sizes)
                splits[count, 0], splits[count, 1], splits[count, 2] = p, q, x
                splits[count + 1, 0], splits[count + 1, 1], splits[count + 1, 2] = a, b, x
                count += 1
                todo[waiting, 0], todo[waiting, 1] = a, x
                todo[waiting + 1, 0], todo[waiting + 1, 1] = x, b
                waiting += 2
            count += 1
    return count, failed


@called
def gap(xyz: Any, a: int, b: int) -> float:
    """Return the chord between two points."""
    return float(np.sqrt((xyz[a, 0] - xyz[b, 0]) ** 2 + (xyz[a, 1] - xyz[b, 1]) ** 2 + (xyz[a, 2] - xyz[b, 2]) ** 2))


@called
def meeting(xyz: Any, a: int, b: int, p: int, q: int, x: int) -> None:
    """Put point x where the edge (p, q) meets the great circle through a and b."""
    one, two = abs(side(xyz, a, b, p)), abs(side(xyz, a, b, q))
    share = one / (one + two) if one + two > 0.0 else 0.5
    length = 0.0
    for i in range(3):
        xyz[x, i] = xyz[p, i] + share * (xyz[q, i] - xyz[p, i])
        length += xyz[x, i] ** 2
    for i in range(3):
        xyz[x, i] /= np.sqrt(length)


@called
def split(tri: Any, near: Any, fixed: Any, home: Any, t: int, k: int, sizes: Any) -> None:
    """Put the next vertex on an edge that stands: (p, q, r) and (q, p, s) become four."""
    x, t1, s1 = sizes[0], sizes[1], sizes[1] + 1
    sizes[0] += 1
    sizes[1] += 2
    p, q, r = tri[t, k], tri[t, (k + 1) % 3], tri[t, (k + 2) % 3]
    n_qr, f_qr, n_rp, f_rp = near[t, (k + 1) % 3], fixed[t, (k + 1) % 3], near[t, (k + 2) % 3], fixed[t, (k + 2) % 3]
    o = near[t, k]
    m = edge_at(tri, o, q)
    s = tri[o, (m + 2) % 3]
    n_ps, f_ps, n_sq, f_sq = near[o, (m + 1) % 3], fixed[o, (m + 1) % 3], near[o, (m + 2) % 3], fixed[o, (m + 2) % 3]
    tri[t, 0], tri[t, 1], tri[t, 2] = p, x, r
    near[t, 0], near[t, 1], near[t, 2] = s1, t1, n_rp
    fixed[t, 0], fixed[t, 1], fixed[t, 2] = True, False, f_rp
    tri[t1, 0], tri[t1, 1], tri[t1, 2] = x, q, r
    near[t1, 0], near[t1, 1], near[t1, 2] = o, n_qr, t
    fixed[t1, 0], fixed[t1, 1], fixed[t1, 2] = True, f_qr, False
    tri[o, 0], tri[o, 1], tri[o, 2] = q, x, s
    near[o, 0], near[o, 1], near[o, 2] = t1, s1, n_sq
    fixed[o, 0], fixed[o, 1], fixed[o, 2] = True, False, f_sq
    tri[s1, 0], tri[s1, 1], tri[s1, 2] = x, p, s
    near[s1, 0], near[s1, 1], near[s1, 2] = t, n_ps, o
    fixed[s1, 0], fixed[s1, 1], fixed[s1, 2] = True, f_ps, False
    relink(tri, near, n_qr, r, t1)
    relink(tri, near, n_ps, s, s1)
    home[p], home[q], home[r], home[s], home[x] = t, t1, t, o, t


@called
def stand(
    xyz: Any, tri: Any, near: Any, fixed: Any, home: Any, a: int, b: int, crossed: Any
) -> tuple[int, int, int, int]:
    """Flip edges away until (a, b) is one: (its triangle, its number, -1, -1).

    Otherwise (-1, -1, p, q) with the edge that is fixed and stands in the way, or with -1, -1 if flips lead nowhere.
    """
    t, k = around(tri, near, home, a, b)
    if t >= 0:
        return t, k, -1, -1
    first = home[a]
    t = first
    while True:
        k = edge_at(tri, t, a)
        if side(xyz, a, tri[t, (k + 1) % 3], b) >= 0.0 and side(xyz, a, tri[t, (k + 2) % 3], b) < 0.0:
            break
        t = near[t, (k + 2) % 3]
        if t == first:
            return -1, -1, -1, -1
    # The edges that cross it: a queue that goes round in its room.
    room = len(crossed)
    crossed[0, 0], crossed[0, 1] = tri[t, (k + 1) % 3], tri[t, (k + 2) % 3]
    size = 1
    k = (k + 1) % 3
    while True:
        if fixed[t, k]:
            return -1, -1, tri[t, k], tri[t, (k + 1) % 3]
        other = near[t, k]
        m = edge_at(tri, other, tri[t, (k + 1) % 3])
        w = tri[other, (m + 2) % 3]
        if w == b:
            break
        if w == a or size >= room:
            return -1, -1, -1, -1
        t = other
        # On the left of the line: leave by the edge on its right.
        k = (m + 1) % 3 if side(xyz, a, b, w) > 0.0 else (m + 2) % 3
        crossed[size, 0], crossed[size, 1] = tri[t, k], tri[t, (k + 1) % 3]
        size += 1
    limit = 50 * size * size + 1000
    at = 0
    while at < size:
        if at > limit:
            return -1, -1, -1, -1
        p, q = crossed[at % room, 0], crossed[at % room, 1]
        at += 1
        t, k = around(tri, near, home, p, q)
        if t < 0:
            return -1, -1, -1, -1
        r = tri[t, (k + 2) % 3]
        other = near[t, k]
        s = tri[other, (edge_at(tri, other, q) + 2) % 3]
        if side(xyz, p, s, r) <= 0.0 or side(xyz, s, q, r) <= 0.0:
            crossed[size % room, 0], crossed[size % room, 1] = p, q
            size += 1
            continue
        flip(tri, near, fixed, t, k)
        home[p], home[q], home[r], home[s] = t, other, t, t
        if r in (a, b) or s in (a, b):
            continue
        if side(xyz, a, b, r) * side(xyz, a, b, s) < 0.0:
            crossed[size % room, 0], crossed[size % room, 1] = r, s
            size += 1
    t, k = around(tri, near, home, a, b)
    return t, k, -1, -1


@compiled
def find_edges(tri: Any, near: Any, home: Any, pairs: Any, found: Any) -> int:
    """Put for each pair of vertices three times the triangle plus the number of the edge; return how many are none."""
    missing = 0
    for row in range(len(pairs)):
        t, k = around(tri, near, home, pairs[row, 0], pairs[row, 1])
        found[row] = 3 * t + k if t >= 0 else -1
        missing += t < 0
    return missing


@compiled
def faces(near: Any, fixed: Any, face: Any, stack: Any) -> int:
    """Give a number to each part into which the fixed edges cut the sphere; return how many there are.

    Parameters
    ----------
    face : array (t,)
        Receives the number for each triangle; -1 until then.
    stack : array (t,)
        Room for the triangles that wait to be looked at.
    """
    count = 0
    for seed in range(len(near)):
        if face[seed] >= 0:
            continue
        face[seed] = count
        stack[0] = seed
        size = 1
        while size > 0:
            size -= 1
            t = stack[size]
            for k in range(3):
                other = near[t, k]
                if not fixed[t, k] and face[other] < 0:
                    face[other] = count
                    stack[size] = other
                    size += 1
        count += 1
    return count
