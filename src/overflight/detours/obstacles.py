"""What a route must keep out of, near a path, in a plane: the borders of shut airspace, grown by what must be kept off.

Borders are simplified to a tolerance, so the true border runs within that distance of the simplified one. Borders
between shut and open airspace, grown by that and by what a route has to keep from them, part the shut airspace from
where a route may surely run; so there is no need to look at the airspace itself.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.detours.budget import current
from overflight.detours.growing import STEP, grown, scale_at
from overflight.detours.mesh.search import WAIVED
from overflight.earth.constants import LEAST_KM_PER_RAD, MOST_KM_PER_DEG
from overflight.earth.sphere import to_lonlat, to_unit
from overflight.partition.arcs import Arcs, numbered
from overflight.partition.index import PER_DEG

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from overflight.airspace import Airspaces
    from overflight.earth.plane import Plane
    from overflight.partition.index import Index

__all__ = ["Bump", "Free", "Strip", "borders_of", "keep_off_km"]

Point = tuple[float, float]
LONGEST_EDGE_DEG = 0.25
CHORD_KM = 0.03
"""Room for edges that long being straight in lon/lat here and in the plane there (8 m), and for buffers' corners."""
EXACT_KM = 0.01
HAIR_KM = 0.004
DRAWN_KM = 25.0
RUN = 64
"""Borders are cut into runs of so many vertices, to tell quickly which are near."""


@dataclass(frozen=True, slots=True)
class Bump:
    """A place where obstacles are grown more than elsewhere.

    Attributes
    ----------
    where : Geometry
        In the plane.
    extra_km : float
        By how much more.
    """

    where: shapely.Geometry
    extra_km: float


@dataclass(frozen=True, slots=True)
class Free:
    """The part of the plane in which a route may run.

    Attributes
    ----------
    polygon : Polygon
        It holds the start.
    whole : bool
        Whether it holds the destination, too.
    waived_km : (float, float)
        How far around start and destination the margin is waived; 0 where it is not.
    """

    polygon: shapely.Polygon
    whole: bool
    waived_km: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """All borders of a world, simplified, in runs of some vertices.

    Attributes
    ----------
    lonlat : array (n, 2)
        Vertices in degrees.
    first, count : array (runs,)
        Where the vertices of each run are; neighbouring runs share one.
    arc : array (runs,)
        The border arc of each.
    middle, radius : array (runs, 3), (runs,)
        A ball around each run, in the unit of the sphere.
    """

    tolerance_km: float
    lonlat: NDArray[np.float64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    arc: NDArray[np.int64]
    middle: NDArray[np.float64] = field(repr=False)
    radius: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, index: Index, tolerance_deg: float) -> Borders:
        """Simplify the borders of a world."""
        arcs = Arcs.of(index)
        sizes = np.diff(arcs.start)
        lines = shapely.linestrings(arcs.xy / PER_DEG, indices=np.repeat(np.arange(len(sizes)), sizes))
        if tolerance_deg > 0.0 and len(lines):
            simple = shapely.simplify(lines, tolerance_deg, preserve_topology=False)
            # A closed border smaller than the tolerance stays as it is.
            lines = np.where(shapely.length(simple) == 0.0, lines, simple)
        lonlat, of = shapely.get_coordinates(shapely.segmentize(lines, LONGEST_EDGE_DEG), return_index=True)
        ends = np.flatnonzero(np.append(of[1:] != of[:-1], np.ones(min(len(of), 1), np.bool_)))
        begins = np.append(0, ends[:-1] + 1)[: len(ends)]
        runs = np.maximum(1, -(-(ends - begins) // RUN))
        line, number = numbered(runs)
        arc = of[ends][line].astype(np.int64)
        first = begins[line] + RUN * number
        count = np.minimum(RUN, ends[line] - first) + 1
        unit = to_unit(lonlat)
        owner = np.repeat(np.arange(len(arc)), count)
        chosen = unit[_ranges(first, count)]
        middle = np.zeros((len(arc), 3))
        np.add.at(middle, owner, chosen)
        middle /= np.maximum(count, 1)[:, None]
        radius = np.zeros(len(arc))
        np.maximum.at(radius, owner, np.linalg.norm(chosen - middle[owner], axis=1))
        return cls(tolerance_deg * MOST_KM_PER_DEG, lonlat, first, count, arc, middle, radius)

    def near(self, lonlat: NDArray[np.float64], far_km: float, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the runs of the wanted arcs that may come within a distance of some points in degrees."""
        runs = np.flatnonzero(wanted[self.arc])
        points = to_unit(lonlat)
        reach = self.radius[runs] + far_km / LEAST_KM_PER_RAD
        middle = self.middle[runs]
        hit = np.zeros(len(runs), np.bool_)
        for part in np.array_split(points, max(1, len(points) // 64)):
            # First by a ball around the points, which leaves few runs to be measured against each.
            centre = part.mean(axis=0)
            ball = float(np.linalg.norm(part - centre, axis=1).max())
            close = np.flatnonzero(np.linalg.norm(middle - centre, axis=1) <= reach + ball)
            square = (middle[close] ** 2).sum(axis=1) + 1.0
            hit[close] |= (square[:, None] - 2.0 * (middle[close] @ part.T)).min(axis=1) <= reach[close] ** 2
        return runs[hit]

    def lines(self, runs: NDArray[np.int64], plane: Plane) -> NDArray[np.object_]:
        """Return some runs as lines of a plane."""
        points = plane.project(self.lonlat[_ranges(self.first[runs], self.count[runs])])
        lines: NDArray[np.object_] = shapely.linestrings(
            points, indices=np.repeat(np.arange(len(runs)), self.count[runs])
        )
        return lines


class Strip:
    """The surroundings of a path.

    Parameters
    ----------
    world : Airspaces
        The partition.
    plane : Plane
        About the middle of the path.
    path : sequence of (lon, lat)
        From start to destination, in degrees.
    width_km, wider : float
        How far from it to look, on each side, and how many times what must be kept off borders near it more.
    tolerance_deg : float
        How much borders are simplified.
    shut : array of bool
        For each piece, whether a route must keep out of it.
    keep_km : array
        How far a route must keep from each border arc, where one side is shut and the other is not.
    """

    def __init__(
        self,
        world: Airspaces,
        plane: Plane,
        path: Sequence[Point],
        *,
        width_km: float,
        wider: float,
        tolerance_deg: float,
        shut: NDArray[np.bool_],
        keep_km: NDArray[np.float64],
    ) -> None:
        self.world = world
        self.plane = plane
        self.keep_km = keep_km
        arcs = Arcs.of(world.index)
        self.wall = shut[arcs.left] != shut[arcs.right]
        self.points = [shapely.Point(xy) for xy in plane.project(np.array([path[0], path[-1]]))]
        line = plane.line(path, DRAWN_KM)
        drawn = to_lonlat(plane.to_unit(shapely.get_coordinates(line)))
        self.most_km = float(keep_km[self.wall].max(initial=0.0))
        self.borders = borders_of(world.index, tolerance_deg)
        width_km += wider * self._asked_km(drawn)
        self.area = self.grown(line, width_km)
        far_km = width_km + 0.5 * DRAWN_KM + self.most_km + self.borders.tolerance_km + 1.0
        self.runs = self.borders.near(drawn, far_km, self.wall)
        self.lines = self.borders.lines(self.runs, plane)

    def _asked_km(self, drawn: NDArray[np.float64]) -> float:
        """Return the most that must be kept off a border which the path comes nearer to than that."""
        for km in np.unique(self.keep_km[self.wall])[::-1].tolist():
            reach_km = STEP * km + 0.5 * DRAWN_KM + self.borders.tolerance_km
            if len(self.borders.near(drawn, reach_km, self.wall & (self.keep_km == km))):
                return float(km)
        return 0.0

    def free(self, bumps: Iterable[Bump] = ()) -> Free | None:
        """Return where a route may surely run, from the start on; None if even the start is shut in.

        Parameters
        ----------
        bumps : iterable of Bump
            Where to keep farther away.
        """
        budget = current()
        budget.check()
        keep_km = self.keep_km[self.borders.arc[self.runs]] + self.borders.tolerance_km + CHORD_KM
        blocked = self._walls(self.lines, keep_km, self.area)
        for bump in bumps:
            budget.check()
            near = self.grown(bump.where, float(keep_km.min(initial=self.most_km)) + bump.extra_km)
            blocked = shapely.union(blocked, self._walls(self.lines, keep_km + bump.extra_km, near))
        waived = [0.0, 0.0]
        for k, point in enumerate(self.points):
            if shapely.intersects(blocked, point):
                blocked, waived[k] = self._eased(blocked, point)
        # A hair more, so that outlines never touch in a point, where a path might slip through, and no tiny edges.
        blocked = shapely.simplify(shapely.buffer(blocked, HAIR_KM, join_style="mitre"), 0.5 * HAIR_KM)
        parts = shapely.get_parts(shapely.difference(self.area, blocked))
        start, end = self.points
        for part in parts[shapely.intersects(parts, start)]:
            return Free(part, bool(shapely.intersects(part, end)), (waived[0], waived[1]))
        return None

    def grown(self, shape: shapely.Geometry, km: float) -> shapely.Geometry:
        """Grow a shape of the plane by at least a distance on the ground."""
        return shapely.union_all(grown(self.plane, np.array([shape]), km))

    def _walls(self, lines: NDArray[np.object_], km: NDArray[np.float64], within: shapely.Geometry) -> shapely.Geometry:
        """Return what some borders, each grown by so much, cover of a shape."""
        around = shapely.buffer(within, 2.0 * km.max(initial=0.0) * scale_at(self.plane, within))
        shapely.prepare(around)
        hit = shapely.intersects(around, lines)
        cut = shapely.intersection(lines[hit], around)
        parts = [grown(self.plane, cut[km[hit] == t], t) for t in np.unique(km[hit])]
        return shapely.intersection(shapely.union_all(np.concatenate([np.empty(0, dtype=object), *parts])), within)

    def _eased(self, blocked: shapely.Geometry, point: shapely.Point) -> tuple[shapely.Geometry, float]:
        """Look closer around an end that grown borders swallow, and waive the margin if they still do."""
        patch_km = 8.0 * self.borders.tolerance_km + 1.5 * self.most_km
        exact = borders_of(self.world.index, 0.0)
        lonlat = to_lonlat(self.plane.to_unit(np.array([[point.x, point.y]])))
        runs = exact.near(lonlat, patch_km + WAIVED * self.most_km + 5.0, self.wall)
        lines, keep_km = exact.lines(runs, self.plane), self.keep_km[exact.arc[runs]]
        disc = self.grown(point, patch_km)
        eased = shapely.union(shapely.difference(blocked, disc), self._walls(lines, keep_km + EXACT_KM, disc))
        if not shapely.intersects(eased, point):
            return eased, 0.0
        far_km = shapely.distance(lines, point) / scale_at(self.plane, point)
        waived_km = WAIVED * float(keep_km[far_km <= STEP * (keep_km + EXACT_KM)].max(initial=0.0))
        disc = self.grown(point, waived_km)
        bare = self._walls(lines, np.full(len(lines), EXACT_KM), disc)
        return shapely.union(shapely.difference(eased, disc), bare), waived_km


def keep_off_km(world: Airspaces, margin_km: float) -> NDArray[np.float64]:
    """Return how far a route keeps from each border arc: the margin, and what is known of the border at least."""
    return np.maximum(Arcs.of(world.index, world.accuracy_m).accuracy_m / 1000.0, margin_km)


def _ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers from each first one on, so many each."""
    which, number = numbered(count)
    return first[which] + number


@functools.lru_cache(maxsize=3)
def borders_of(index: Index, tolerance_deg: float) -> Borders:
    """Return the borders of a world, simplified; a search asks for those as stored and for those of one tolerance."""
    return Borders.of(index, tolerance_deg)
