"""Shortest paths on the mesh, and what they prove.

A path on the mesh may run along shut airspace; a lawful route keeps off it, by what is known of each border or by the
margin. Let Q be a lawful route and P the shortest path into which it can be pulled tight between the simplified
borders, which Q never touches if it keeps farther off the stored ones than those were simplified by. Then Q is at least
as long as P, and longer by d times the angle turned at each corner where P turns and which Q keeps off by d.

Proof, in the plane. The space of paths that can be deformed into Q is a plane cut by obstacles and unrolled, which has
no positive curvature; there, sending each point to the nearest point of P makes no path longer, for it is a projection
to a convex set. The points sent to a corner of P form a wedge as wide as P turns there. Q has to cross that wedge at a
distance of d from the corner or more, which takes d times the angle and adds nothing to what is sent to P's legs; and
what is sent to a leg covers it. Where P turns left at one end of a leg and right at the other, Q even has to change
sides between, from d beside the one end to d' beside the other, so it is as long as the hypotenuse.

On the sphere, what runs beside a leg at an angle w is shorter than the leg by the factor cos(w). Of all paths that keep
off P's corners by d, the shortest strays from P's legs by 3.2 d at most, if none is longer than 143 degrees, for which
the bound pays. Minimising length and price of turns over all taut paths therefore bounds all lawful routes. By the same
token, a route can't cross an edge between two corners that is shorter than the sum of what it has to keep off them.

Geodesics stray from great circles; cut into stretches of 100 km, by less than a metre, for which `SLACK_KM` pays. They
leave a corner in another direction, too, by four times what they stray over their length: `BENT_PER_KM`. Where a border
has to be kept off by less than that (in worlds without accuracy), the bound is of routes that keep off that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from overflight.detours.mesh import walls
from overflight.detours.mesh.building import Mesh
from overflight.detours.mesh.exploring import Maze, Way, explored, explored_from_either
from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.geod import WGS84
from overflight.earth.sphere import feet, km, to_lonlat, to_unit

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

__all__ = ["Found", "Ground", "sure_km"]

Point = tuple[float, float]
SLACK_KM = 0.012
"""What chords and great circles may shorten a path by, at all its corners together."""
SHARE = 5e-6
"""By how much the search may err in lengths, as a share of them."""
BENT_PER_KM = 6e-7
"""Both legs at a corner may turn less by this for each km of their length."""
ASTRAY = 3.2
LONGEST_LEG_KM = 15_800.0
WAIVED = 3.0
"""Within this many times the margin around an end that itself lies nearer to a border, the margin is waived."""
HAIR = 1e-6


@dataclass(frozen=True, slots=True)
class Found:
    """A path on the mesh.

    Attributes
    ----------
    length_km : float
        Its length on WGS84.
    bound_km : float
        No lawful route between its ends is shorter.
    points : list of (lon, lat)
        In degrees, from start to end.
    crossed : list of int
        The edges that it crosses, in order.
    piece_km : dict
        How far it runs in each piece.
    """

    length_km: float
    bound_km: float
    points: list[Point]
    crossed: list[int]
    piece_km: dict[int, float]


class Ground:
    """A mesh with the pieces that a route must keep out of, and how far.

    Parameters
    ----------
    mesh : Mesh
        The world.
    shut : array of bool
        For each piece, whether a route must keep out of it.
    keep_km : array
        How far to keep from each border arc, where one side of it is shut and the other is not.

    Attributes
    ----------
    from_end : bool
        Whether the last path was found by a search from its end.
    """

    def __init__(self, mesh: Mesh, shut: NDArray[np.bool_], keep_km: NDArray[np.float64]) -> None:
        self.mesh = mesh
        self.shut = shut
        self.from_end = False
        wall = (shut[mesh.sides[:, 0]].astype(np.int8) - shut[mesh.sides[:, 1]].astype(np.int8))[mesh.arc]
        self.walls = np.full(3 * len(mesh.tri), -1.0)
        self.off = np.zeros(len(mesh.xyz))
        self.corner = walls.mark(
            mesh.xyz, mesh.tri, mesh.near, mesh.edge, mesh.ends, wall, keep_km[mesh.arc], self.walls, self.off
        )
        # A vertex that is none of the stored border lies within the tolerance of it.
        between = np.flatnonzero((self.off > 0.0) & ~mesh.exact)
        self.off[between] = np.maximum(self.off[between] - mesh.spare_km, 0.0)
        self._kept_off = np.flatnonzero(self.off > 0.0)
        self._kept_xyz = mesh.xyz[self._kept_off]

    def path(
        self, start: Point, end: Point, *, most_km: float, closed: Collection[int] = (), from_end: bool = False
    ) -> Found | Literal["narrow", "longer"]:
        """Find the path from start to end whose length and price of turns is least.

        Parameters
        ----------
        start, end : (lon, lat)
            In degrees, in open airspace.
        most_km : float
            Look for no path that costs more than this.
        closed : collection of int
            Edges not to cross.
        from_end : bool
            Whether a search from the end is thought to take less than one from the start.

        Returns
        -------
        Found or str
            ``"narrow"`` if there is no path, ``"longer"`` if there is none that short.

        Notes
        -----
        An end that simplified borders swallow is moved into the open, and one that lies nearer to a border than a
        route must keep waives that around it; the bound gives way by as much as that can matter.
        """
        mesh = self.mesh
        off, shut_off = self.off, self._barred(closed) if closed else self.walls
        points, triangles, moved_km = [], [], 0.0
        for lonlat in (start, end):
            point = to_unit(np.array([lonlat]))[0]
            off = self._waived(off, point)
            triangle = walls.find_triangle(mesh.xyz, mesh.tri, mesh.near, point)
            if self.shut[mesh.piece[triangle]]:
                at, triangle = self._into_the_open(point)
                moved_km += 2.0 * float(km(point, at))
                point = at
            points.append(point)
            triangles.append(triangle)
        ends = (triangles[0], triangles[1])
        if not walls.connected(mesh.xyz, mesh.tri, mesh.near, shut_off, off, *ends):
            return "narrow"
        maze = Maze(mesh.xyz, mesh.tri, mesh.near, shut_off, off, mesh.spare_km, self.corner)
        way, self.from_end = explored_from_either(maze, points, ends, most_km, from_goal=from_end)
        if not math.isfinite(way.cost_km):
            return "longer"
        if self.from_end:
            points, triangles = points[::-1], triangles[::-1]
        corners = np.vstack([points[0], mesh.xyz[way.chain], points[1]])
        path = [(float(lon), float(lat)) for lon, lat in to_lonlat(corners)]
        length_km, longest_km = _measured(path)
        cost_km = way.cost_km
        if longest_km > LONGEST_LEG_KM and off[way.chain].any():
            free = maze._replace(off=np.zeros_like(off))
            cost_km = explored(free, points, (triangles[0], triangles[1]), most_km).cost_km
        bound_km = max(sure_km(cost_km, off) - moved_km, _measured([start, end])[0])
        inside = self._inside(corners, way, triangles)
        order = slice(None, None, -1 if self.from_end else 1)
        return Found(length_km, bound_km, [start, *path[order][1:-1], end], way.crossed[order].tolist(), inside)

    def bar(self, edges: Collection[int]) -> None:
        """Let no path cross some edges from now on."""
        self.walls = self._barred(edges)

    def _barred(self, edges: Collection[int]) -> NDArray[np.float64]:
        """Return the walls, and these edges among them."""
        barred = np.fromiter(edges, np.int64)
        walls = self.walls.copy()
        walls[barred] = 0.0
        walls[self.mesh.across(barred)] = 0.0
        return walls

    def _inside(self, corners: NDArray[np.float64], way: Way, triangles: list[int]) -> dict[int, float]:
        """Return how far a path runs in each piece, by where it crosses the edges."""
        mesh = self.mesh
        t, k = np.divmod(way.crossed.astype(np.int64), 3)
        p, q = mesh.xyz[mesh.tri[t, k]], mesh.xyz[mesh.tri[t, (k + 1) % 3]]
        leg = len(corners) - 2 - way.ahead.astype(np.int64)
        normal = np.cross(corners[leg], corners[leg + 1] - corners[leg])
        one, two = (np.einsum("ij,ij->i", normal, v - corners[leg]) for v in (p, q))
        apart = np.where(one == two, 1.0, one - two)
        at = p + np.clip(one / apart, 0.0, 1.0)[:, None] * (q - p)
        passed = np.vstack([corners[:1], at / np.linalg.norm(at, axis=1)[:, None], corners[-1:]])
        piece = mesh.piece[np.append(triangles[0], t)]
        km: dict[int, float] = {}
        for number, chord in zip(piece.tolist(), np.linalg.norm(np.diff(passed, axis=0), axis=1).tolist(), strict=True):
            km[number] = km.get(number, 0.0) + chord * LEAST_KM_PER_RAD
        return km

    def _waived(self, off: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ask no distance of what lies around an end that itself keeps none."""
        if not len(self._kept_off):
            return off
        reach_km = WAIVED * 1.02 * float(off.max()) + self.mesh.spare_km
        # By cosines first: a hundred metres more for their rounding.
        height = self._kept_xyz @ point
        near = self._kept_off[height > math.cos(min((reach_km + 0.1) / LEAST_KM_PER_RAD, math.pi))]
        far_km = LEAST_KM_PER_RAD * np.linalg.norm(self.mesh.xyz[near] - point, axis=1)
        asked = float(off[near][far_km < off[near] * 1.01 + self.mesh.spare_km].max(initial=0.0))
        if asked == 0.0:
            return off
        eased = off.copy()
        eased[near[far_km < WAIVED * 1.02 * asked + self.mesh.spare_km]] = 0.0
        return eased

    def _into_the_open(self, point: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
        """Return a point in the open near one that is not, and its triangle."""
        mesh = self.mesh
        wall = np.flatnonzero(self.walls[mesh.edge] >= 0.0)
        a, b = mesh.xyz[mesh.ends[wall, 0]], mesh.xyz[mesh.ends[wall, 1]]
        foot = feet(a, b, point)
        nearest = int(np.argmin(((foot - point) ** 2).sum(axis=1)))
        triangle, k = divmod(int(mesh.edge[wall[nearest]]), 3)
        if self.shut[mesh.piece[triangle]]:
            triangle = int(mesh.near[triangle, k])
        at = (1.0 - HAIR) * foot[nearest] + HAIR * mesh.xyz[mesh.tri[triangle]].mean(axis=0)
        return at / np.linalg.norm(at), triangle


def sure_km(cost_km: float, off: NDArray[np.float64]) -> float:
    """Return what is sure of a cost: less what the search, the sphere and chords may have added to it."""
    most_km = float(off.max(initial=0.0))
    return cost_km * (1.0 - SHARE - 0.5 * (ASTRAY * most_km / LEAST_KM_PER_RAD) ** 2 - BENT_PER_KM * most_km) - SLACK_KM


def _measured(path: list[Point]) -> tuple[float, float]:
    """Return the length of a path on WGS84 in km, and that of its longest leg."""
    legs = [WGS84.inv(*a, *b)[2] / 1000.0 for a, b in pairwise(path)]
    return sum(legs), max(legs)
