"""Lay fences into a mesh: great circles that become edges of it, so that a search can be kept from crossing them.

Borders stay where they are, cut where a fence crosses them; all else is the mesh as it was, so this takes a small part
of the time that making one takes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from overflight.detours.mesh import triangulation, walls
from overflight.detours.mesh.building import SHAKEN, Mesh, room_for_edges, split_rows
from overflight.detours.mesh.corners import turned_over
from overflight.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Fenced", "fenced"]

SPARE = 20_000
"""So many points may be added: two for each fence, and one for each border that it crosses."""
SEEDS = 3
FENCE = -1
"""Stands for the border arc of a fence."""


@dataclass(frozen=True, slots=True, eq=False)
class Fenced:
    """A mesh with fences.

    Attributes
    ----------
    mesh : Mesh
        In which the fences are edges.
    edges : frozenset of int
        These: three times a triangle plus the number of the edge.
    """

    mesh: Mesh
    edges: frozenset[int]


def fenced(mesh: Mesh, fences: Sequence[NDArray[np.float64]]) -> Fenced:
    """Lay fences into a mesh.

    Parameters
    ----------
    mesh : Mesh
        It is left as it is.
    fences : sequence of arrays (2, 3)
        The ends of each, unit vectors.

    Returns
    -------
    Fenced

    Raises
    ------
    DataError
        If one of them can't be made to stand.
    """
    for seed in range(SEEDS):
        laid = _laid(mesh, np.concatenate(fences), seed)
        if laid is not None:
            return laid
    msg = "a fence can't be laid into the mesh of the airspace data"
    raise DataError(msg)


def _laid(mesh: Mesh, ends: NDArray[np.float64], seed: int) -> Fenced | None:
    """Put the ends of fences into a mesh, two by two, and edges between them; None if some do not stand."""
    count, made = len(mesh.xyz), len(mesh.tri)
    xyz = np.vstack([mesh.xyz, np.empty((SPARE, 3))])
    tri, near = (np.vstack([of, np.zeros((2 * SPARE, 3), np.int32)]) for of in (mesh.tri, mesh.near))
    fixed = np.vstack([_borders(mesh), np.zeros((2 * SPARE, 3), np.bool_)])
    home = np.zeros(len(xyz), np.int32)
    for k in range(3):
        home[mesh.tri[:, k]] = np.arange(made)
    came = np.full(len(tri), -1)
    came[:made] = np.arange(made)
    shaken = ends + np.random.default_rng(seed).normal(scale=SHAKEN, size=ends.shape)
    for end in shaken / np.linalg.norm(shaken, axis=1)[:, None]:
        xyz[count] = end
        t = int(walls.find_triangle(xyz, tri[:made], near, end))
        triangulation.put(tri, near, fixed, home, t, count, made)
        came[made : made + 2] = came[t]
        count, made = count + 1, made + 2
    pairs = np.arange(count - len(ends), count, dtype=np.int64).reshape(-1, 2)
    sizes, splits = np.array([count, made]), np.empty((SPARE, 3), np.int64)
    n_splits, failed = triangulation.insert_edges(xyz, tri, near, fixed, home, pairs, sizes, splits, *room_for_edges())
    count, made = sizes.tolist()
    rows, arc = split_rows(
        np.concatenate([mesh.ends.astype(np.int64), pairs]),
        np.concatenate([mesh.arc, np.full(len(pairs), FENCE, np.int32)]),
        splits[:n_splits],
    )
    edge = np.empty(len(rows), np.int32)
    failed += triangulation.find_edges(tri, near, home, rows, edge)
    if failed or made != 2 * count - 4 or turned_over(xyz, tri[:made]):
        return None
    fence = arc == FENCE
    laid = replace(
        mesh,
        xyz=xyz[:count].copy(),
        exact=np.append(mesh.exact, np.zeros(count - len(mesh.exact), np.bool_)),
        tri=tri[:made].copy(),
        near=near[:made].copy(),
        edge=edge[~fence],
        ends=rows[~fence].astype(np.int32),
        arc=arc[~fence],
    )
    came = came[:made]
    if not _inherit(came, laid.near, _borders(laid)):
        return None
    return Fenced(replace(laid, piece=mesh.piece[came], face=mesh.face[came]), frozenset(edge[fence].tolist()))


def _borders(mesh: Mesh) -> NDArray[np.bool_]:
    """Return which edges of each triangle are borders."""
    border = np.zeros(mesh.tri.size, np.bool_)
    border[mesh.edge] = True
    border[mesh.across(mesh.edge)] = True
    return border.reshape(mesh.tri.shape)


def _inherit(came: NDArray[np.int64], near: NDArray[np.int32], border: NDArray[np.bool_]) -> bool:
    """Name for triangles that came of cut edges one of the mesh from which no border parts them; tell if all have."""
    waiting, before = np.flatnonzero(came < 0), -1
    while 0 < len(waiting) != before:
        before = len(waiting)
        for k in range(3):
            beside = came[near[waiting, k]]
            takes = ~border[waiting, k] & (beside >= 0)
            came[waiting[takes]] = beside[takes]
        waiting = waiting[came[waiting] < 0]
    return not len(waiting)
