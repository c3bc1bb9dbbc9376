"""The world as a graph: connected parts of pieces and of the high seas, and which of them share a border."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from overflight._crossings import locate
from overflight.airspace import owners
from overflight.detours.mesh import face_areas, triangle_at
from overflight.earth.sphere import to_unit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from overflight.airspace import Airspaces, Piece
    from overflight.detours.mesh import Mesh

__all__ = ["Regions", "holders"]


def holders(piece: Piece, but: Collection[str] = ()) -> frozenset[str]:
    """Return whose consent a piece needs, but for territories that the rule does not reach."""
    return frozenset(state.code for state in owners(piece, but))


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Connected regions and their neighbours.

    Attributes
    ----------
    piece : tuple of int
        The piece that each region is part of, or the one that stands for it in the mesh.
    neighbours : tuple of frozenset of int
        The regions with which each shares a stretch of border; a shared corner is none.
    holders : tuple of frozenset of str
        Whose consent it takes to enter each region.
    area : array
        How large each is, on the unit sphere.
    shore : tuple of array (n, 3)
        Points of the unit sphere on the border of each.
    """

    piece: tuple[int, ...]
    neighbours: tuple[frozenset[int], ...]
    holders: tuple[frozenset[str], ...]
    area: NDArray[np.float64]
    shore: tuple[NDArray[np.float64], ...]
    mesh: Mesh | None = field(default=None, repr=False)
    of_face: NDArray[np.int64] | None = field(default=None, repr=False)
    label: NDArray[np.int64] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, mesh: Mesh, label: NDArray[np.int64], held: Sequence[frozenset[str]]) -> Regions:
        """Work out the regions of a mesh.

        Parameters
        ----------
        mesh : Mesh
            Borders, simplified by less than a route keeps off them: what that closes or lays on one another has no
            room for a route.
        label : array
            For each piece of the world the one that stands for it in the mesh.
        held : sequence of frozenset of str
            For each piece, whose consent it takes to enter it.

        Notes
        -----
        A region is a face of the mesh; faces that only a border between two parts of one piece divides (as at 180
        degrees) are one. Two are neighbours where a border runs between them that parts their pieces; slivers between
        simplified borders that cross open no way that the stored ones do not.
        """
        t, k = np.divmod(mesh.edge, 3)
        left, right = mesh.face[t].astype(np.int64), mesh.face[mesh.near[t, k]].astype(np.int64)
        piece_of = np.zeros(int(mesh.face.max(initial=0)) + 1, np.int64)
        piece_of[mesh.face] = mesh.piece
        sides = mesh.sides[mesh.arc]
        joined = _Joined(len(piece_of))
        for a, b in _pairs(left, right, sides[:, 0] == sides[:, 1]):
            joined.join(a, b)
        roots, region = np.unique([joined.root(face) for face in range(len(piece_of))], return_inverse=True)
        neighbours: list[set[int]] = [set() for _ in roots]
        real = (piece_of[left] == sides[:, 0]) & (piece_of[right] == sides[:, 1]) & (sides[:, 0] != sides[:, 1])
        for a, b in _pairs(region[left], region[right], real):
            if a != b:
                neighbours[a].add(b)
                neighbours[b].add(a)
        area = np.zeros(len(roots))
        np.add.at(area, region, face_areas(mesh))
        pieces = tuple(piece_of[roots].tolist())
        return cls(
            piece=pieces,
            neighbours=tuple(frozenset(n) for n in neighbours),
            holders=tuple(held[piece] for piece in pieces),
            area=area,
            shore=_shores(mesh, region[left], region[right], len(roots)),
            mesh=mesh,
            of_face=region,
            label=label,
        )

    def closed(self, codes: Collection[str]) -> Regions:
        """Return the same regions, those that one of some holders holds being cut off from all others."""
        if not codes:
            return self
        shut = [bool(held.intersection(codes)) for held in self.holders]
        open_to = [frozenset(n for n in around if not shut[n]) for around in self.neighbours]
        return replace(self, neighbours=tuple(frozenset() if s else n for s, n in zip(shut, open_to, strict=True)))

    def at(self, world: Airspaces, lon: float, lat: float) -> int:
        """Return the region in which a point lies; of its piece, the one nearest to it on the mesh."""
        piece = locate(world, lon, lat).id
        point = to_unit(np.array([[lon, lat]]))[0]
        if self.mesh is not None and self.of_face is not None and self.label is not None:
            piece = int(self.label[piece])
            here = int(self.of_face[self.mesh.face[triangle_at(self.mesh, point)]])
            if self.piece[here] == piece:
                return here
        own = [k for k, p in enumerate(self.piece) if p == piece]
        if not own:
            msg = f"piece {piece} has no region"
            raise ValueError(msg)
        return min(own, key=lambda k: np.linalg.norm(self.shore[k] - point, axis=1).min(initial=2.0))

    def reach(self, start: int, shut: Collection[str]) -> set[int]:
        """Return the regions that can be reached from one without entering any that a shut state holds."""
        closed = set(shut)
        seen = {start}
        queue = [start]
        while queue:
            for region in self.neighbours[queue.pop()]:
                if region not in seen and not self.holders[region] & closed:
                    seen.add(region)
                    queue.append(region)
        return seen


class _Joined:
    """Sets that merge (union-find)."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def root(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, one: int, two: int) -> None:
        a, b = self.root(one), self.root(two)
        self.parent[max(a, b)] = min(a, b)


def _pairs(one: NDArray[np.int64], two: NDArray[np.int64], chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return each of the chosen pairs once."""
    keys = np.unique((one[chosen] << 32) | two[chosen])
    return list(zip((keys >> 32).tolist(), (keys & 0xFFFFFFFF).tolist(), strict=True))


def _shores(
    mesh: Mesh, left: NDArray[np.int64], right: NDArray[np.int64], count: int
) -> tuple[NDArray[np.float64], ...]:
    """Return the vertices on the border of each region."""
    owner = np.concatenate([left, right])
    order = np.argsort(owner, kind="stable")
    points = mesh.xyz[np.tile(mesh.ends[:, 0], 2)[order]]
    ends = np.searchsorted(owner[order], np.arange(count + 1))
    return tuple(points[a:b] for a, b in itertools.pairwise(ends.tolist()))
