"""How long a way round some airspace is: a bound that holds however well borders are known, and a way that is there.

The borders of the airspace near the ellipse of all ways in question are simplified and grown by all that is not sure of
them: how well each is known, what simplifying moved it by, and what straight lines of a plane stray from it. That cuts
the plane into parts which are surely inside, surely outside, or neither.

Around what is surely inside, less what lies around an end that is not known exactly, the shortest path is searched on
a triangulation of its own (`overflight.detours.mesh`). Every way that keeps out of the airspace is one of the paths
among which that is the shortest, for it enters nothing that is surely inside; to leave out obstacles only makes the
path shorter, so none need be drawn beyond the ellipse. That is the bound from below. Around all that is not surely
outside, it is the length of a way that keeps out of the airspace as stored.

Where the two leave it open whether there is a way within the length in question, borders are simplified less.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from overflight._crossings.reach import FARTHEST_KM, outline
from overflight.detours.budget import current
from overflight.detours.growing import grown, scale_at
from overflight.detours.mesh import walls
from overflight.detours.mesh.building import outlines, triangulated
from overflight.detours.mesh.exploring import Maze, explored
from overflight.detours.mesh.search import SHARE, SLACK_KM, sure_km
from overflight.detours.obstacles import CHORD_KM, Borders, borders_of
from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.geod import WGS84
from overflight.earth.plane import Plane
from overflight.earth.sphere import to_lonlat, to_unit
from overflight.partition.arcs import Arcs
from overflight.partition.locate import locate_piece

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from overflight.airspace import Airspaces

    Point = tuple[float, float]

__all__ = ["Rounding", "way_round"]

TOLERANCES_DEG = (0.02, 0.004, 0.0008)
"""How much borders are simplified: first roughly, then less where that does not tell."""
MOST_VERTICES = 20_000
"""More of these take more than a second to grow: then the last answer stands."""
WIDER = 1.25
"""Obstacles are drawn, and paths looked for, up to so many times the length in question."""
AROUND_KM = 5.0
LONGEST_KM = 20.0
"""Sides of obstacles are cut to this, so that what is straight in the plane is a great circle to within 5 m."""
HAIR_KM = 0.004
FLAT = 0.25
"""Obstacles are simplified by this share of what borders were."""
RING = 240
QUARTER = 4
SEEDS = 3


class Rounding(NamedTuple):
    """What is known of the ways that keep out of some airspace.

    Attributes
    ----------
    least_km : float
        None is shorter.
    way_km : float
        One is that long; infinite where none was found.
    """

    least_km: float
    way_km: float


def way_round(
    world: Airspaces, pieces: Collection[int], start: Point, goal: Point, *, most_km: float, near_km: float
) -> Rounding:
    """Bound the length of the shortest way that keeps out of some pieces of airspace.

    Parameters
    ----------
    world : Airspaces
        The partition.
    pieces : collection of int
        Their ids.
    start, goal : (lon, lat)
        In degrees, outside of them.
    most_km : float
        The length in question: when it is known whether a way so long keeps out of them, the search ends.
    near_km : float
        How far start and goal may be from where the way begins and ends; where they are is part of the way.

    Returns
    -------
    Rounding
        Its bound is no more than `WIDER` times the length in question. What is known is returned where the budget of
        the search (`overflight.detours.budget`) is spent.

    Notes
    -----
    The bound from below holds if each border lies no farther from where it is stored than `Airspaces.arc_accuracy_m`
    says. Lengths of paths err by 5 millionths, and 12 m, which are taken off it.
    """
    apart_km = WGS84.inv(*start, *goal)[2] / 1000.0
    known = Rounding(apart_km, math.inf)
    if WIDER * most_km + AROUND_KM > FARTHEST_KM:
        return known
    # Shapes that can't be joined or cut prove nothing.
    with current().within(), contextlib.suppress(shapely.GEOSException):
        field = _Field(world, pieces, (start, goal), most_km, near_km)
        for tolerance_deg in TOLERANCES_DEG:
            found = field.searched(borders_of(world.index, tolerance_deg))
            if found is None:
                break
            known = Rounding(max(known.least_km, found.least_km), min(known.way_km, found.way_km))
            if known.least_km > most_km or known.way_km <= most_km:
                break
    return known


class _Field:
    """The surroundings of all ways in question, in a plane about their middle."""

    def __init__(
        self, world: Airspaces, pieces: Collection[int], ends: tuple[Point, Point], most_km: float, near_km: float
    ) -> None:
        self.world = world
        arcs = Arcs.of(world.index, world.accuracy_m)
        self.known_km = arcs.accuracy_m / 1000.0
        self.inside = np.zeros(len(world.pieces), np.bool_)
        self.inside[list(pieces)] = True
        self.wall = self.inside[arcs.left] != self.inside[arcs.right]
        self.cap_km = WIDER * most_km + AROUND_KM
        self.ends = to_unit(np.array(ends))
        ring = np.array(outline(*ends, self.cap_km, count=RING))
        bearing, _, apart_m = WGS84.inv(*ends[0], *ends[1])
        self.plane = Plane(*WGS84.fwd(*ends[0], bearing, 0.5 * apart_m)[:2])
        self.window = shapely.make_valid(shapely.Polygon(self.plane.project(ring)))
        self.points = [shapely.Point(xy) for xy in self.plane.project(np.array(ends))]
        self.spots = shapely.union_all(grown(self.plane, np.array(self.points), near_km))

    def searched(self, borders: Borders) -> Rounding | None:
        """Search among borders that are simplified in one way; None where there are too many of them."""
        current().check()
        runs = self._near(borders)
        if int(borders.count[runs].sum()) > MOST_VERTICES:
            return None
        lines = borders.lines(runs, self.plane)
        keep_km = self.known_km[borders.arc[runs]] + borders.tolerance_km + CHORD_KM
        bands = self._bands(lines, keep_km)
        parts = shapely.get_parts(shapely.difference(self.window, bands))
        parts = parts[shapely.area(parts) > 0.0]
        inside = self._are_inside(parts)
        flat_km = max(HAIR_KM, FLAT * borders.tolerance_km)
        sure = shapely.difference(shapely.union_all(parts[inside]), self.spots)
        least = self._shortest(_flat(sure, -flat_km))
        maybe = _flat(shapely.difference(self.window, shapely.union_all(parts[~inside])), flat_km)
        way = None if shapely.intersects(maybe, self.points).any() else self._shortest(maybe)
        return Rounding(
            0.0 if least is None else sure_km(min(least, self.cap_km), np.zeros(1)),
            math.inf if way is None else way * (1.0 + SHARE) + SLACK_KM,
        )

    def _near(self, borders: Borders) -> NDArray[np.int64]:
        """Return the runs of the borders in question that come within the ellipse."""
        runs = np.flatnonzero(self.wall[borders.arc])
        middle, radius = borders.middle[runs], borders.radius[runs]
        apart = (np.maximum(np.linalg.norm(middle - end, axis=1) - radius, 0.0) for end in self.ends)
        reach_km = self.cap_km + 2.0 * (self.known_km[borders.arc[runs]] + borders.tolerance_km + AROUND_KM)
        return runs[LEAST_KM_PER_RAD * sum(apart, np.zeros(len(runs))) <= reach_km]

    def _bands(self, lines: NDArray[np.object_], keep_km: NDArray[np.float64]) -> shapely.Geometry:
        """Return the borders with all that is not sure of them."""
        around = shapely.buffer(self.window, 2.0 * keep_km.max(initial=0.0) * scale_at(self.plane, self.window))
        shapely.prepare(around)
        hit = np.flatnonzero(shapely.intersects(around, lines))
        cut, keep_km = shapely.intersection(lines[hit], around), keep_km[hit]
        parts = [grown(self.plane, cut[keep_km == km], km) for km in np.unique(keep_km).tolist()]
        return shapely.union_all(np.concatenate([np.empty(0, dtype=object), *parts]))

    def _are_inside(self, parts: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell of parts of the plane that no border crosses whether they are in the airspace in question."""
        if not len(parts):
            return np.zeros(0, np.bool_)
        lonlat = self.plane.to_lonlat(shapely.get_coordinates(shapely.point_on_surface(parts)))
        return self.inside[[locate_piece(self.world.index, lon, lat) for lon, lat in lonlat.tolist()]]

    def _shortest(self, obstacles: shapely.Geometry) -> float | None:
        """Return the length of the shortest path round obstacles; infinite beyond the cap, None if nothing is known."""
        if shapely.is_empty(obstacles):
            a, b = to_lonlat(self.ends).tolist()
            return float(WGS84.inv(*a, *b)[2]) / 1000.0
        corners, sides = outlines(shapely.orient_polygons(obstacles))
        points, none = self.plane.to_unit(corners), np.zeros(len(sides), np.int32)
        made = next(filter(None, (triangulated(points, sides, none, seed=seed) for seed in range(SEEDS))), None)
        if made is None:
            return None
        xyz, tri, near, _, edge, sides_of, _ = made
        shut, off = np.full(3 * len(tri), -1.0), np.zeros(len(xyz))
        left_is_shut = np.ones(len(edge), np.int8)
        corner = walls.mark(
            xyz, tri, near, edge, sides_of.astype(np.int32), left_is_shut, np.zeros(len(edge)), shut, off
        )
        first, last = (walls.find_triangle(xyz, tri, near, end) for end in self.ends)
        if not walls.connected(xyz, tri, near, shut, off, first, last):
            return math.inf
        maze = Maze(xyz, tri, near, shut, off, 0.0, corner)
        return explored(maze, self.ends, (first, last), self.cap_km).cost_km


def _flat(shape: shapely.Geometry, km: float) -> shapely.Geometry:
    """Simplify a shape so that it only grows, or (where the distance is negative) only shrinks, by twice that at most.

    Its sides are cut short, too.
    """
    if shapely.is_empty(shape):
        return shape
    moved = shapely.buffer(shape, km, quad_segs=QUARTER)  # whose corners fall short of it by 2 %
    return shapely.segmentize(shapely.simplify(moved, 0.9 * abs(km)), LONGEST_KM)
