"""Make the mesh of a world: borders, simplified, as edges of one triangulation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from overflight.detours.budget import current
from overflight.detours.mesh import triangulation, walls
from overflight.detours.mesh.corners import areas, turned_over
from overflight.earth.constants import MOST_KM_PER_DEG
from overflight.earth.sphere import to_unit
from overflight.errors import DataError
from overflight.partition.arcs import Arcs, numbered
from overflight.partition.index import COORD_SCALE, HALF_TURN, QUARTER_TURN, Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CHORD_KM",
    "SHAKEN",
    "Mesh",
    "Triangulated",
    "build",
    "face_areas",
    "outlines",
    "room_for_edges",
    "split_rows",
    "triangle_at",
    "triangulated",
]

CHORD_KM = 0.005
"""Edges are cut so that great circles between their ends keep within this of what is straight in lon/lat."""
LONGEST_DEG = 5.0
SHAKEN = 1e-9
"""Points are moved by about this, in radians (6 mm): stored ones share meridians, on which all turns are ties."""
SPARE = 10_000
WAITING = 4_096
MOST_CROSSED = 100_000
"""Room to work in: for what waits while points and edges are put in, and for the edges that one of these crosses."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangulation of the sphere in which every border is made of edges.

    Attributes
    ----------
    xyz : array (n, 3)
        Points of the unit sphere that stand for geodetic longitude and latitude.
    exact : array (n,) of bool
        Whether a point is a vertex of the border as stored; others lie within the tolerance of it.
    tri, near : array (t, 3)
        The corners of each triangle, anticlockwise, and the triangles across its edges: see `triangulation`.
    piece : array (t,)
        In which piece a triangle lies, or which one stands for that.
    face : array (t,)
        In which of the parts that the borders cut the sphere into.
    edge : array (m,)
        Stretches of border: three times the triangle on its left plus the number of the edge there.
    ends : array (m, 2)
        Their vertices.
    arc : array (m,)
        The border arc of each.
    sides : array (arcs, 2)
        The piece on the left and on the right of each border arc, or the one that stands for it.
    spare_km : float
        The edges lie within this of the stored borders.
    """

    xyz: NDArray[np.float64]
    exact: NDArray[np.bool_]
    tri: NDArray[np.int32]
    near: NDArray[np.int32]
    piece: NDArray[np.int32]
    face: NDArray[np.int32]
    edge: NDArray[np.int32]
    ends: NDArray[np.int32]
    arc: NDArray[np.int32]
    sides: NDArray[np.int64]
    spare_km: float

    def across(self, edge: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return edges as the triangles on their other sides number them."""
        t, k = np.divmod(edge.astype(np.int64), 3)
        other = self.near[t, k].astype(np.int64)
        here: NDArray[np.int64] = np.argmax(self.tri[other] == self.tri[t, (k + 1) % 3][:, None], axis=1)
        return 3 * other + here


def build(index: Index, tolerances_km: NDArray[np.float64], label: NDArray[np.int64]) -> Mesh:
    """Make the mesh of a world.

    Parameters
    ----------
    index : Index
        The partition.
    tolerances_km : array
        How far each border arc may be simplified; 0 keeps it as stored.
    label : array
        For each piece the one that stands for it in the mesh. Borders between pieces for which the same one stands are
        left out.

    Returns
    -------
    Mesh

    Raises
    ------
    DataError
        If a border does not stand as edges, a triangle is turned over, or a face has no piece.

    Notes
    -----
    Borders are simplified by Douglas and Peucker, so their vertices are stored ones and all of a simplified border
    lies within the tolerance of the stored one. Simplified borders that cross are cut where they do. A face takes the
    piece that most of the edges around it name.
    """
    arcs = Arcs.of(index)
    sides = label[np.column_stack([arcs.left, arcs.right])]
    grid, stored, rows, arc = _edges(arcs, tolerances_km, sides[:, 0] != sides[:, 1])
    made = triangulated(to_unit(grid.astype(np.float64) * COORD_SCALE), rows, arc, seed=5)
    if made is None:
        msg = "the borders of the airspace data can't be made into a mesh: some do not stand as edges"
        raise DataError(msg)
    xyz, tri, near, fixed, edge, rows, arc = made
    face = np.full(len(tri), -1, np.int32)
    n_faces = triangulation.faces(near, fixed, face, np.empty_like(face))
    spare_km = float(tolerances_km.max(initial=0.0)) + CHORD_KM
    exact = np.zeros(len(xyz), np.bool_)
    exact[6 : 6 + len(grid)] = stored
    piece = np.zeros(len(tri), np.int32)
    mesh = Mesh(xyz, exact, tri, near, piece, face, edge, rows.astype(np.int32), arc, sides, spare_km)
    mesh.piece[:] = _pieces(mesh, len(label), n_faces)[face]
    return mesh


def face_areas(mesh: Mesh) -> NDArray[np.float64]:
    """Return how large each face is, on the unit sphere."""
    found: NDArray[np.float64] = areas(mesh.xyz, mesh.tri, mesh.face, int(mesh.face.max(initial=0)) + 1)
    return found


def triangle_at(mesh: Mesh, point: NDArray[np.float64]) -> int:
    """Return the triangle that holds a point of the unit sphere."""
    return int(walls.find_triangle(mesh.xyz, mesh.tri, mesh.near, point))


def outlines(shape: shapely.Geometry) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the corners of polygons and their sides, pairs of corners."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    corners, name = np.unique(xy.round(6), axis=0, return_inverse=True)
    sides = np.column_stack([name.ravel()[:-1], name.ravel()[1:]])
    return corners, sides[(ring[1:] == ring[:-1]) & (sides[:, 0] != sides[:, 1])]


class Triangulated(NamedTuple):
    """Points and edges as one triangulation; see `Mesh` for the arrays."""

    xyz: NDArray[np.float64]
    tri: NDArray[np.int32]
    near: NDArray[np.int32]
    fixed: NDArray[np.bool_]
    edge: NDArray[np.int32]
    ends: NDArray[np.int64]
    arc: NDArray[np.int32]


def triangulated(
    unit: NDArray[np.float64], rows: NDArray[np.int64], arc: NDArray[np.int32], *, seed: int
) -> Triangulated | None:
    """Triangulate the sphere so that edges stand.

    Parameters
    ----------
    unit : array (n, 3)
        Points; in the triangulation, six others come before them.
    rows : array (m, 2)
        Edges between them.
    arc : array (m,)
        A number for each edge; where it is split, its parts keep it.
    seed : int
        By what the points are shaken.

    Returns
    -------
    Triangulated or None
        None if an edge does not stand or a triangle is turned over.
    """
    xyz = np.empty((6 + len(unit) + SPARE + len(unit) // 20, 3))
    count = 6 + len(unit)
    random = np.random.default_rng(seed)
    turned, _ = np.linalg.qr(random.normal(size=(3, 3)))
    turned *= np.sign(np.linalg.det(turned))
    xyz[:6:2], xyz[1:6:2] = turned, -turned
    shaken = unit + random.normal(scale=SHAKEN, size=(len(unit), 3))
    xyz[6:count] = shaken / np.linalg.norm(shaken, axis=1)[:, None]
    tri = np.empty((2 * len(xyz), 3), np.int32)
    near = np.empty_like(tri)
    fixed = np.zeros(tri.shape, np.bool_)
    budget = current()
    budget.check()
    home = np.zeros(len(xyz), np.int32)
    stack = np.empty(WAITING, np.int64)
    made = triangulation.insert_points(xyz, _along_a_curve(xyz[6:count]) + 6, tri, near, fixed, home, stack)
    rows = rows + 6
    sizes = np.array([count, made])
    splits = np.empty((SPARE, 3), np.int64)
    budget.check()
    n_splits, failed = triangulation.insert_edges(xyz, tri, near, fixed, home, rows, sizes, splits, *room_for_edges())
    budget.check()
    rows, arc = split_rows(rows, arc, splits[:n_splits])
    count, made = sizes.tolist()
    xyz, tri, near, fixed = xyz[:count].copy(), tri[:made].copy(), near[:made].copy(), fixed[:made].copy()
    edge = np.empty(len(rows), np.int32)
    failed += triangulation.find_edges(tri, near, home, rows, edge)
    failed += int((~fixed.ravel()[edge]).sum())
    if failed or made != 2 * count - 4 or turned_over(xyz, tri):
        return None
    return Triangulated(xyz, tri, near, fixed, edge, rows, arc)


def room_for_edges() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the room that `triangulation.insert_edges` works in."""
    return np.empty((WAITING, 2), np.int64), np.empty((MOST_CROSSED, 2), np.int64)


def _edges(
    known: Arcs, tolerances_km: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int32]]:
    """Return the points of the simplified borders on the stored grid, whether each is stored, edges, and their arcs."""
    arcs = np.flatnonzero(chosen)
    if not len(arcs):
        none = np.empty((0, 2), np.int64)
        return none, np.empty(0, np.bool_), none.copy(), np.empty(0, np.int32)
    counts = np.diff(known.start)
    vertices, counts = known.xy[np.repeat(chosen, counts)], counts[arcs]
    lines = shapely.linestrings(vertices * COORD_SCALE, indices=np.repeat(np.arange(len(counts)), counts))
    simple = shapely.simplify(lines, tolerances_km[arcs] / MOST_KM_PER_DEG, preserve_topology=False)
    last = np.cumsum(counts) - 1
    closed = (vertices[last - counts + 1] == vertices[last]).all(axis=1)
    # Islands smaller than the tolerance stay as they are.
    simple = np.where(shapely.get_num_coordinates(simple) < np.where(closed, 4, 2), lines, simple)
    degrees, of = shapely.get_coordinates(simple, return_index=True)
    inner = of[1:] == of[:-1]
    a, b = degrees[:-1][inner], degrees[1:][inner]
    parts = _parts(a, b)
    row, number = numbered(parts)
    share = (number / parts[row])[:, None], ((number + 1) / parts[row])[:, None]
    begin, end = (np.rint((a[row] + (b[row] - a[row]) * s) / COORD_SCALE).astype(np.int64) for s in share)
    points = np.concatenate([begin, end])
    stored = np.concatenate([number == 0, number + 1 == parts[row]])
    # 180 degrees is one meridian, a pole one point.
    points[points[:, 0] == -HALF_TURN, 0] = HALF_TURN
    points[np.abs(points[:, 1]) == QUARTER_TURN, 0] = 0
    keys = points[:, 0] * (4 * QUARTER_TURN) + points[:, 1]
    _, first, name = np.unique(keys, return_index=True, return_inverse=True)
    exact = np.zeros(len(first), np.bool_)
    exact[name[stored]] = True
    rows = name.reshape(2, -1).T
    real = rows[:, 0] != rows[:, 1]
    arc = arcs[of[:-1][inner][row][real]].astype(np.int32)
    return points[first], exact, np.ascontiguousarray(rows[real]), arc


def _parts(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return into how many parts to cut edges that are straight in lon/lat.

    Such an edge strays from a great circle by an eighth of its acceleration there: sin(lat) cos(lat) dlon^2 northward
    and 2 sin(lat) dlat dlon eastward.
    """
    lon, lat = np.radians(np.abs(b - a)).T
    highest = np.radians(np.maximum(np.abs(a[:, 1]), np.abs(b[:, 1])))
    lowest = np.radians(np.minimum(np.abs(a[:, 1]), np.abs(b[:, 1])))
    strays_km = 6450.0 / 8.0 * np.sin(highest) * (np.cos(lowest) * lon**2 + 2.0 * lat * lon)
    parts = np.ceil(np.sqrt(strays_km / CHORD_KM))
    parts = np.maximum(parts, np.ceil(np.abs(b - a).max(axis=1) / LONGEST_DEG))
    whole: NDArray[np.int64] = np.maximum(parts, 1).astype(np.int64)
    return whole


def _along_a_curve(xyz: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order in which neighbours follow each other: that of their interleaved bits (Morton's curve)."""
    whole = np.minimum((0.5 * (xyz + 1.0) * 1024.0).astype(np.int64), 1023)
    key = np.zeros(len(xyz), np.int64)
    for bit in range(10):
        for axis in range(3):
            key |= ((whole[:, axis] >> bit) & 1) << (3 * bit + axis)
    order: NDArray[np.int64] = np.argsort(key, kind="stable")
    return order


def split_rows(
    rows: NDArray[np.int64], arc: NDArray[np.int32], splits: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Replace edges that were split by their parts."""
    at = {(min(a, b), max(a, b)): x for a, b, x in splits.tolist()}
    if not at:
        return rows, arc
    touched = np.isin(rows, np.unique(splits[:, :2])).all(axis=1)
    kept_rows, kept_arcs = [rows[~touched]], [arc[~touched]]
    todo = list(zip(rows[touched].tolist(), arc[touched].tolist(), strict=True))
    done: list[tuple[list[int], int]] = []
    while todo:
        (a, b), number = todo.pop()
        x = at.get((min(a, b), max(a, b)))
        if x is None:
            done.append(([a, b], number))
        else:
            todo += [([a, x], number), ([x, b], number)]
    kept_rows.append(np.array([pair for pair, _ in done], np.int64).reshape(-1, 2))
    kept_arcs.append(np.array([number for _, number in done], np.int32))
    return np.concatenate(kept_rows), np.concatenate(kept_arcs)


def _pieces(mesh: Mesh, n_pieces: int, n_faces: int) -> NDArray[np.int32]:
    """Return the piece of each face, by the votes of the edges around it."""
    pieces = np.zeros(n_faces, np.int32)
    if not len(mesh.edge):
        return pieces
    left, right = mesh.sides[mesh.arc].T
    t, k = np.divmod(mesh.edge, 3)
    other = mesh.near[t, k]
    # Borders of two arcs that simplification laid on each other: what lies between them has no room, and no vote.
    low = mesh.ends.min(axis=1).astype(np.int64)
    key = low * len(mesh.xyz) + mesh.ends.sum(axis=1) - low
    _, name, times = np.unique(key, return_inverse=True, return_counts=True)
    alone = times[name] == 1
    voters = [np.concatenate([mesh.face[t[alone]], mesh.face[other[alone]]])]
    votes = [np.concatenate([left[alone], right[alone]])]
    several: dict[int, tuple[Counter[int], int, int]] = {}
    for row in np.flatnonzero(~alone).tolist():
        ahead = bool(mesh.ends[row, 0] == low[row])
        sides = (int(mesh.face[t[row]]), int(mesh.face[other[row]]))
        tally, _, _ = several.setdefault(int(key[row]), (Counter(), *(sides if ahead else sides[::-1])))
        tally[int(left[row] if ahead else right[row])] += 1
        tally[int(right[row] if ahead else left[row])] -= 1
    for tally, here, there in several.values():
        for piece, times_left in tally.items():
            if times_left:
                voters.append(np.array([here if times_left > 0 else there]))
                votes.append(np.array([piece]))
    found, number = np.unique(
        np.concatenate(voters).astype(np.int64) * n_pieces + np.concatenate(votes), return_counts=True
    )
    order = np.argsort(number, kind="stable")
    pieces[found[order] // n_pieces] = found[order] % n_pieces
    return pieces
