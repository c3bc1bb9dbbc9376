"""A closer bound where margins are wide: near the way, obstacles stand as wide as they are to be kept off.

The path on the mesh prices turns, but passes what it does not turn at, and slips between two airspaces that are no
neighbours on the mesh, as if nothing had to be kept off them. So it falls short of any lawful route where margins are
wide beside what lies between the obstacles; and what is taken off it for the Earth's being round grows with the margin.
Here, what no lawful route enters is drawn around borders near the path: discs about stored vertices, as wide as what
must be kept off, and bands along edges, narrower by how far these may lie from the stored border. Around these and the
borders the shortest path is searched again, in a triangulation of its own, at no price for turns; where it comes near
to more borders, discs and bands are drawn around them, too, and so on.

Proof. A lawful route enters none of the discs and bands and meets none of the borders, so it is one of the paths among
which the shortest is searched, whichever of them stand: to leave some out makes none longer. A disc's rim is set by
geodesics and has chords for arcs, so all of it is near enough to the vertex. A band's sides join points as far off the
edge as may be, 10 km apart at most: great circles between them bulge outward by centimetres, and straight lines of the
plane, along which shapes are merged, stray from great circles by 4 m. `HAIR_KM` pays for both, and for geodesics, which
stray by less than a metre in 100 km. Around an end that itself lies nearer to a border than must be kept, nothing is
drawn; nor does a border stand that simplifying may have laid over an end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.detours.budget import current
from overflight.detours.mesh import walls
from overflight.detours.mesh.building import outlines, triangulated
from overflight.detours.mesh.exploring import Maze, explored
from overflight.detours.mesh.search import SHARE, SLACK_KM, WAIVED, sure_km
from overflight.earth.constants import LEAST_KM_PER_RAD, MOST_KM_PER_RAD
from overflight.earth.geod import WGS84
from overflight.earth.plane import Plane
from overflight.earth.sphere import drawn, feet, to_lonlat, to_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from overflight.detours.mesh import Ground

    Floats = NDArray[np.float64]

__all__ = ["tightened"]

Point = tuple[float, float]
ROUNDS = 12
"""So often borders are drawn around at most."""
REACH = 2.0
"""Those are whose distance from the path is at most so many times what must be kept off them."""
SIDES = 64
"""Of a disc."""
HAIR_KM = 0.01
LONGEST_KM = 10.0
STEP_KM = 10.0
FARTHEST = -0.5
"""Nothing is drawn farther from the middle of the plane than the angle with this cosine (120 degrees)."""
SPARES = 4.0
"""Nor around borders to be kept off by less than so many times how far the edges may lie from them."""
NEAR = 1.05
"""An end that comes nearer to a border than so many times what must be kept off it may waive that."""
SEEDS = 3


def tightened(ground: Ground, paths: Sequence[Sequence[Point]], *, length_km: float, share: float) -> float:
    """Bound the length of lawful routes from below, closer than the path on the mesh does.

    Parameters
    ----------
    ground : Ground
        A mesh, with what is shut.
    paths : sequence of paths
        Near which obstacles matter, each from start to end: (lon, lat) in degrees.
    length_km : float
        How long a lawful route is that is known.
    share : float
        When the bound is within this share of that length, it will do.

    Returns
    -------
    float
        No lawful route between the ends of the paths is shorter than so many km; 0 where nothing came of it.
    """
    around = _Round(ground, paths, length_km)
    with current().within():
        around.tighten(share)
    return around.best_km


class _Round:
    """The borders that matter, and what is drawn around them so far."""

    def __init__(self, ground: Ground, paths: Sequence[Sequence[Point]], length_km: float) -> None:
        self.mesh = mesh = ground.mesh
        self.length_km = length_km
        self.ends = to_unit(np.array([paths[0][0], paths[0][-1]]))
        self.paths = [to_unit(np.array(path)) for path in paths]
        middle = to_lonlat(self.paths[0].sum(axis=0))[0]
        self.plane = Plane(float(middle[0]), float(middle[1]))
        rows = np.flatnonzero(ground.walls[mesh.edge] >= 0.0)
        self.vertex = mesh.ends[rows]
        self.a, self.b = (mesh.xyz[self.vertex[:, k]] for k in (0, 1))
        self.middle = 0.5 * (self.a + self.b)
        self.half_km = 0.5 * _km(self.a, self.b)
        # Whoever comes by what is left out has gone farther than that already.
        matters = _km(self.middle, self.ends[0]) + _km(self.middle, self.ends[1]) < length_km + 3.0 * self.half_km
        self.vertex, self.a, self.b = self.vertex[matters], self.a[matters], self.b[matters]
        self.middle, self.half_km = self.middle[matters], self.half_km[matters]
        self.keep = ground.walls[mesh.edge[rows[matters]]]
        self.off = ground.off.copy()
        self.stands = np.ones(len(self.keep), np.bool_)
        for end in self.ends:
            self._ease(end)
        self.left = (self.keep > SPARES * mesh.spare_km) & (self.middle @ self.plane.axes[2] > FARTHEST)
        self.shape: shapely.Geometry = shapely.Polygon()
        self.best_km = 0.0

    def _ease(self, end: Floats) -> None:
        """Ask nothing around an end that itself keeps less than it must, and let it touch a border."""
        far_km = _km(feet(self.a, self.b, end), end)
        spare_km = self.mesh.spare_km
        self.stands &= far_km > spare_km + HAIR_KM
        asked = float(self.keep[far_km < NEAR * self.keep + spare_km].max(initial=0.0))
        if asked == 0.0:
            return
        reach_km = WAIVED * NEAR * asked + spare_km
        self.keep = np.where(far_km < reach_km + self.keep, 0.0, self.keep)
        vertex = np.unique(self.vertex)
        self.off[vertex[_km(self.mesh.xyz[vertex], end) < reach_km + self.off[vertex]]] = 0.0

    def tighten(self, share: float) -> None:
        """Draw and search until that will do, or nothing is left to draw."""
        budget = current()
        for _ in range(ROUNDS):
            budget.check()
            near = self._near()
            if not len(near):
                break
            self.left[near] = False
            self.shape = shapely.union_all([self.shape, *self._bands(near), *self._discs(np.unique(self.vertex[near]))])
            found = self._searched()
            if found is None:
                break
            self.best_km = max(self.best_km, found[0])
            if self.best_km * (1.0 + share) >= self.length_km:
                break
            self.paths = [found[1]]

    def _near(self) -> NDArray[np.int64]:
        """Return the borders near the paths that nothing is drawn around yet."""
        rows = np.flatnonzero(self.left)
        reach = (REACH * self.keep[rows] + self.half_km[rows] + STEP_KM) / LEAST_KM_PER_RAD
        hit = np.zeros(len(rows), np.bool_)
        for path in self.paths:
            points = _drawn(path)
            for part in np.array_split(points, max(1, len(points) // 64)):
                middle = part.mean(axis=0)
                radius = np.linalg.norm(part - middle, axis=1).max()
                close = np.flatnonzero(np.linalg.norm(self.middle[rows] - middle, axis=1) < radius + reach)
                apart = self.middle[rows[close], None] - part
                hit[close] |= np.linalg.norm(apart, axis=2).min(axis=1, initial=np.inf) < reach[close]
        return rows[hit]

    def _bands(self, rows: NDArray[np.int64]) -> list[shapely.Geometry]:
        """Draw what lies beside some edges."""
        parts = np.ceil(2.0 * MOST_KM_PER_RAD / LEAST_KM_PER_RAD * self.half_km[rows] / LONGEST_KM).astype(np.int64)
        bands: list[shapely.Geometry] = []
        for count in np.unique(parts).tolist():
            of = rows[parts == count]
            along = np.linspace(0.0, 1.0, count + 1)[None, :, None]
            line = to_lonlat((self.a[of][:, None] * (1.0 - along) + self.b[of][:, None] * along).reshape(-1, 3))
            lon, lat = line.T.reshape(2, len(of), -1)
            ahead, back, _ = WGS84.inv(lon[:, :-1], lat[:, :-1], lon[:, 1:], lat[:, 1:])
            azimuth = np.column_stack([ahead, back[:, -1] + 180.0])
            width_km = self.keep[of] - self.mesh.spare_km - HAIR_KM
            sides = [_reached(lon, lat, azimuth + turn, width_km) for turn in (-90.0, 90.0)]
            bands += self._polygons(np.concatenate([sides[0], sides[1][:, ::-1]], axis=1))
        return bands

    def _discs(self, vertices: NDArray[np.int32]) -> list[shapely.Geometry]:
        """Draw what lies around some vertices."""
        chosen = vertices[self.off[vertices] > HAIR_KM]
        lon, lat = (np.broadcast_to(x[:, None], (len(chosen), SIDES)) for x in to_lonlat(self.mesh.xyz[chosen]).T)
        azimuth = np.broadcast_to(np.linspace(0.0, 360.0, SIDES, endpoint=False), lon.shape)
        return self._polygons(_reached(lon, lat, azimuth, self.off[chosen] - HAIR_KM))

    def _polygons(self, rings: Floats) -> list[shapely.Geometry]:
        xy = self.plane.project(to_lonlat(rings.reshape(-1, 3))).reshape(len(rings), -1, 2)
        return list(shapely.polygons(xy))

    def _searched(self) -> tuple[float, Floats] | None:
        """Return the bound and the path that gives it; None if an end is covered or what stands can't be triangulated.

        There is a route, so where none is found something is wrong, and nothing is claimed.
        """
        if shapely.intersects_xy(self.shape, *self.plane.project(to_lonlat(self.ends)).T).any():
            return None
        shapely.prepare(self.shape)
        row = np.flatnonzero(self.stands & ~self._covered())
        used, name = np.unique(self.vertex[row], return_inverse=True)
        corners, sides = outlines(self.shape)
        points = np.concatenate([self.mesh.xyz[used], self.plane.to_unit(corners)])
        pairs = np.concatenate([name.reshape(-1, 2), sides + len(used)])
        arc = np.zeros(len(pairs), np.int32)
        made = next(filter(None, (triangulated(points, pairs, arc, seed=seed) for seed in range(SEEDS))), None)
        if made is None:
            return None
        shut, off = np.where(made.fixed.ravel(), 0.0, -1.0), np.zeros(len(made.xyz))
        first, last = (walls.find_triangle(made.xyz, made.tri, made.near, end) for end in self.ends)
        maze = Maze(made.xyz, made.tri, made.near, shut, off, 0.0, np.ones(len(off), np.bool_))
        way = explored(maze, self.ends, (first, last), self.length_km * (1.0 + SHARE) + SLACK_KM)
        if not math.isfinite(way.cost_km):
            return None
        return sure_km(way.cost_km, off), np.vstack([self.ends[:1], made.xyz[way.chain], self.ends[1:]])

    def _covered(self) -> NDArray[np.bool_]:
        """Tell which edges what is drawn covers all of."""
        a, b = (self.plane.project(to_lonlat(of)) for of in (self.a, self.b))
        covered: NDArray[np.bool_] = shapely.contains_xy(self.shape, a) & shapely.contains_xy(self.shape, b)
        rows = np.flatnonzero(covered)
        covered[rows] = shapely.contains(self.shape, shapely.linestrings(np.stack([a[rows], b[rows]], axis=1)))
        return covered


def _drawn(path: Floats) -> Floats:
    """Set points along a path, at most some km apart."""
    points = drawn(path, [max(1, math.ceil(km / STEP_KM)) for km in _km(path[:-1], path[1:]).tolist()])
    unit: Floats = points / np.linalg.norm(points, axis=1)[:, None]
    return unit


def _reached(lon: Floats, lat: Floats, azimuth: Floats, far_km: Floats) -> Floats:
    """Return the points (n, m, 3) at some distances (n,) from points (n, m), in km."""
    far_m = np.broadcast_to(1000.0 * far_km[:, None], lon.shape)
    lon, lat, _ = WGS84.fwd(lon, lat, azimuth, far_m)
    return to_unit(np.column_stack([lon.ravel(), lat.ravel()])).reshape(*far_m.shape, 3)


def _km(a: Floats, b: Floats) -> Floats:
    """Return how far points (n, 3) of the sphere are from others at least, in km."""
    km: Floats = 2.0 * LEAST_KM_PER_RAD * np.arcsin(np.minimum(1.0, 0.5 * np.linalg.norm(a - b, axis=-1)))
    return km
