"""What a route must keep out of, as polygons of a plane: a little too large for a route, too small for a bound.

Borders are simplified to a tolerance, so the true border runs within that distance of the simplified one, and the
true airspace differs from the simplified one only there. Hence, with the borders between shut and open airspace grown
by at least the tolerance: what lies in the simplified airspace or on the grown borders holds all of the true airspace,
and what lies in the simplified airspace off the grown borders lies inside the true one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.detours.growing import STEP, grown, grown_each, grown_within, scale_at
from overflight.geodata import COORD_SCALE
from overflight.geometry import piece_polygons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from overflight.detours.sphere import Plane
    from overflight.geodata import Airspaces

__all__ = ["Bump", "Free", "Obstacles"]

KM_PER_DEG = 111.7
"""The longest degree on WGS84 (of latitude, at a pole)."""
COARSEST_DEG = 0.03
"""Borders are never simplified more than this."""
LONGEST_EDGE_DEG = 0.25
CHORD_KM = 0.03
"""Room for edges that long being straight in lon/lat here and in the plane there (8 m), and for buffers' corners."""
GEODESIC_KM = 0.02
"""Room for geodesics taken as great circles, 500 km at a time (17 m)."""
EXACT_KM = 0.01
HAIR_KM = 0.004
WAIVED = 3.0
"""Within this many times the margin around an end that itself lies nearer to a border, the margin is waived."""


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
        It holds start and destination.
    waived_km : (float, float)
        How far around start and destination the margin is waived; 0 where it is not.
    """

    polygon: shapely.Polygon
    waived_km: tuple[float, float]


class Obstacles:
    """The world's airspace about the ends of a route.

    Parameters
    ----------
    world : Airspaces
        The partition.
    plane : Plane
        About the middle between the ends.
    reach_deg : float
        How far from the centre of the plane a route may go, in degrees; at most 150.
    margin_km : float
        How far a route must keep from shut airspace, beyond what is known of each border in any case.
    ends : pair of (lon, lat)
        Start and destination.
    """

    def __init__(
        self,
        world: Airspaces,
        plane: Plane,
        *,
        reach_deg: float,
        margin_km: float,
        ends: Sequence[tuple[float, float]],
    ) -> None:
        self.world = world
        self.plane = plane
        self.reach_deg = reach_deg
        self.arc_need_km = np.maximum(_accuracies_m(world) / 1000.0, margin_km)
        self.least_km = float(self.arc_need_km.min(initial=np.inf))
        self.most_km = float(self.arc_need_km.max(initial=margin_km))
        self.ends = tuple(ends)
        self.points = [shapely.Point(xy) for xy in plane.project(np.array(self.ends))]
        self.disc = shapely.Point(0.0, 0.0).buffer(plane.radius(reach_deg), quad_segs=32)
        self._levels: dict[tuple[float, int | None], _Level] = {}

    def outer(
        self,
        shut: NDArray[np.bool_],
        tolerance_deg: float,
        *,
        within: shapely.Geometry | None = None,
        bumps: Iterable[Bump] = (),
    ) -> Free | None:
        """Return where a route may surely run, or None if start and destination are not connected there.

        Parameters
        ----------
        shut : array of bool
            For each piece, whether a route must keep out of it.
        tolerance_deg : float
            How much borders are simplified.
        within : Geometry, optional
            Look at this part of the plane only.
        bumps : iterable of Bump
            Where to keep farther away.
        """
        level = self._level(tolerance_deg)
        area = self.disc if within is None else within
        blocked = level.blocked(shut, level.need_km + CHORD_KM, within)
        for bump in bumps:
            near = self.plane_grow(bump.where, self.least_km + bump.extra_km)
            more = level.blocked(shut, level.need_km + CHORD_KM + bump.extra_km, near)
            blocked = shapely.union(blocked, shapely.intersection(more, near))
        waived = [0.0, 0.0]
        for k, point in enumerate(self.points):
            if shapely.intersects(blocked, point):
                blocked, waived[k] = self._eased(blocked, shut, k, tolerance_deg)
        # A hair more, so that outlines never touch in a point, where a path might slip through, and no tiny edges.
        part = self._part(area, shapely.simplify(shapely.buffer(blocked, HAIR_KM, join_style="mitre"), 0.5 * HAIR_KM))
        return None if part is None else Free(part, (waived[0], waived[1]))

    def inner(self, shut: NDArray[np.bool_], tolerance_deg: float) -> Free | None:
        """Return where a lawful route can possibly run; None if start and destination are not connected even there.

        Notes
        -----
        Off the grown borders of simplified airspace, all is true airspace: see the head of this module. Neighbours
        that simplification made part are closed up first, by less than the borders are grown by. A simplified border
        from which a route must keep more than the tolerance, grown by the difference, lies inside what that closes,
        too, but for the surroundings of an end where the margin may be waived.
        """
        level = self._level(tolerance_deg)
        closed = shapely.buffer(shapely.union_all(level.shapes(shut)), 0.5 * level.tolerance_km, join_style="mitre")
        borders = level.borders(shut, np.full(len(level.lines), CHORD_KM + GEODESIC_KM), None)
        surely = shapely.difference(closed, shapely.union_all(borders))
        spare_km = level.need_km - level.tolerance_km - CHORD_KM - GEODESIC_KM
        spared = (spare_km > 0.0) & (shut[level.left] != shut[level.right])
        if spared.any():
            wide = shapely.union_all(grown_within(self.plane, level.lines[spared], spare_km[spared]))
            for point in self.points:
                waived_km = WAIVED * self._needed_at(point, level, shut, level.tolerance_km + CHORD_KM)
                if waived_km > 0.0:
                    wide = shapely.difference(wide, self.plane_grow(point, waived_km))
            surely = shapely.union(surely, wide)
        surely = shapely.simplify(shapely.buffer(surely, -HAIR_KM, join_style="mitre"), 0.5 * HAIR_KM)
        part = self._part(self.disc, surely)
        return None if part is None else Free(part, (0.0, 0.0))

    def plane_grow(self, shape: shapely.Geometry, km: float) -> shapely.Geometry:
        """Grow a shape of the plane by at least a distance on the ground."""
        return shapely.union_all(grown(self.plane, np.array([shape]), km))

    def _level(self, tolerance_deg: float, end: int | None = None) -> _Level:
        """Return the borders at a tolerance, near one end only if one is named."""
        key = (tolerance_deg, end)
        if key not in self._levels:
            box, disc = None, self.disc
            if end is not None:
                radius = self._patch_km(COARSEST_DEG) + WAIVED * self.most_km + 5.0
                box = _box(*self.ends[end], radius / KM_PER_DEG * 1.02)
                disc = self.plane_grow(self.points[end], radius)
            box = box or _box(self.plane.lon, self.plane.lat, self.reach_deg + 0.5)
            self._levels[key] = _Level(
                self.world, self.plane, disc, box, tolerance_deg=tolerance_deg, arc_need_km=self.arc_need_km
            )
        return self._levels[key]

    def _patch_km(self, tolerance_deg: float) -> float:
        return 8.0 * tolerance_deg * KM_PER_DEG + 1.5 * self.most_km

    def _eased(
        self, blocked: shapely.Geometry, shut: NDArray[np.bool_], end: int, tolerance_deg: float
    ) -> tuple[shapely.Geometry, float]:
        """Look closer around an end that simplified, grown obstacles swallow, and waive the margin if they still do."""
        exact = self._level(0.0, end)
        disc = self.plane_grow(self.points[end], self._patch_km(tolerance_deg))
        close = exact.blocked(shut, exact.need_km + EXACT_KM, disc)
        eased = shapely.union(shapely.difference(blocked, disc), shapely.intersection(close, disc))
        if not shapely.intersects(eased, self.points[end]):
            return eased, 0.0
        waived_km = WAIVED * self._needed_at(self.points[end], exact, shut, EXACT_KM)
        disc = self.plane_grow(self.points[end], waived_km)
        bare = exact.blocked(shut, np.full(len(exact.lines), EXACT_KM), disc)
        eased = shapely.union(shapely.difference(eased, disc), shapely.intersection(bare, disc))
        return eased, waived_km

    def _needed_at(self, point: shapely.Point, level: _Level, shut: NDArray[np.bool_], more_km: float) -> float:
        """Return how far, at most, one must keep from the borders that are nearer to a point than that, and some."""
        chosen = np.flatnonzero(shut[level.left] != shut[level.right])
        far_km = shapely.distance(level.lines[chosen], point) / scale_at(self.plane, point)
        return float(level.need_km[chosen[far_km <= STEP * (level.need_km[chosen] + more_km)]].max(initial=0.0))

    def _part(self, area: shapely.Geometry, blocked: shapely.Geometry) -> shapely.Polygon | None:
        """Return the part of an area, off what is blocked, that holds both ends."""
        parts = shapely.get_parts(shapely.difference(area, blocked))
        start, end = self.points
        for part in parts[shapely.intersects(parts, start)]:
            if shapely.intersects(part, end):
                return part
        return None


class _Level:
    """Pieces and borders about the plane's centre, simplified to one tolerance."""

    def __init__(
        self,
        world: Airspaces,
        plane: Plane,
        disc: shapely.Geometry,
        box: tuple[float, float, float, float],
        *,
        tolerance_deg: float,
        arc_need_km: NDArray[np.float64],
    ) -> None:
        self.plane = plane
        self.tolerance_km = tolerance_deg * KM_PER_DEG
        self.pieces: dict[int, shapely.Geometry] = {}
        for piece, polygon in piece_polygons(world, tolerance_deg=tolerance_deg, bounds=box).items():
            shape = shapely.intersection(_projected(polygon, plane, disc), disc)
            if not shape.is_empty:
                self.pieces[piece] = shape
        arcs, lines = _lines(world, box, tolerance_deg)
        lines = plane.project_shape(shapely.segmentize(lines, LONGEST_EDGE_DEG))
        near = shapely.intersects(lines, disc)
        self.lines = lines[near]
        self.left = np.asarray(world.index.arc_left)[arcs[near]]
        self.right = np.asarray(world.index.arc_right)[arcs[near]]
        self.need_km = arc_need_km[arcs[near]]
        self._grown: dict[tuple[int, float], shapely.Geometry] = {}

    def shapes(self, shut: NDArray[np.bool_]) -> NDArray[np.object_]:
        """Return the simplified airspace of the shut pieces."""
        return np.array([shape for piece, shape in self.pieces.items() if shut[piece]], dtype=object)

    def blocked(
        self, shut: NDArray[np.bool_], km: NDArray[np.float64], within: shapely.Geometry | None
    ) -> shapely.Geometry:
        """Return the shut airspace, each border grown by so much more than the tolerance."""
        shapes = self.shapes(shut)
        if within is not None:
            shapely.prepare(within)
            shapes = shapely.intersection(shapes[shapely.intersects(within, shapes)], within)
        return shapely.union_all(np.concatenate([shapes, self.borders(shut, km, within)]))

    def borders(
        self, shut: NDArray[np.bool_], km: NDArray[np.float64], within: shapely.Geometry | None
    ) -> NDArray[np.object_]:
        """Return the borders between shut and open airspace, each grown by so much more than the tolerance."""
        chosen = np.flatnonzero(shut[self.left] != shut[self.right])
        total = self.tolerance_km + km[chosen]
        if within is not None:
            around = shapely.buffer(within, 2.0 * total.max(initial=0.0) * scale_at(self.plane, within))
            shapely.prepare(around)
            lines = self.lines[chosen]
            hit = shapely.intersects(around, lines)
            cut = shapely.intersection(lines[hit], around)
            parts = [grown(self.plane, cut[total[hit] == t], t) for t in np.unique(total[hit])]
            return np.concatenate([np.empty(0, dtype=object), *parts])
        # Most borders are the same for all sets of consenting states.
        keys = list(zip(chosen.tolist(), total.tolist(), strict=True))
        for t in np.unique(total):
            missing = [k for k, distance in keys if distance == t and (k, t) not in self._grown]
            shapes = grown_each(self.plane, self.lines[missing], t)
            self._grown.update(((k, t), shape) for k, shape in zip(missing, shapes, strict=True))
        return np.array([self._grown[key] for key in keys], dtype=object)


def _accuracies_m(world: Airspaces) -> NDArray[np.float64]:
    """Return how well each arc is known."""
    stored = world.index.arc_accuracy
    if stored is None:
        return np.full(len(world.index.arc_left), world.accuracy_m)
    return np.asarray(stored).astype(np.float64)


def _lines(
    world: Airspaces, box: tuple[float, float, float, float], tolerance_deg: float
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the arcs that may come into a box, and their lines in degrees, simplified as the polygons are."""
    index = world.index
    vertices = np.asarray(index.vertices).reshape(-1, 2)
    starts = np.asarray(index.arc_start).astype(np.int64)
    if len(starts) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
    low = np.minimum.reduceat(vertices, starts[:-1]) * COORD_SCALE
    high = np.maximum.reduceat(vertices, starts[:-1]) * COORD_SCALE
    west, south, east, north = box
    hit = np.zeros(len(low), dtype=bool)
    for shift in (-360.0, 0.0, 360.0):
        hit |= (low[:, 0] + shift <= east) & (high[:, 0] + shift >= west)
    hit &= (low[:, 1] <= north) & (high[:, 1] >= south)
    arcs = np.flatnonzero(hit)
    counts = (starts[1:] - starts[:-1])[arcs]
    rows = np.concatenate([np.arange(starts[k], starts[k + 1]) for k in arcs.tolist()] or [np.empty(0, dtype=np.int64)])
    lines = shapely.linestrings(
        vertices[rows] / round(1 / COORD_SCALE), indices=np.repeat(np.arange(len(arcs)), counts)
    )
    if tolerance_deg > 0.0 and len(lines):
        lines = shapely.simplify(lines, tolerance_deg, preserve_topology=False)
        for k in np.flatnonzero(shapely.length(lines) == 0.0).tolist():
            # A closed border smaller than the tolerance shrank to a point, which is no line.
            point = shapely.get_point(lines[k], 0)
            lines[k] = shapely.LineString([(point.x, point.y), (point.x, point.y - math.copysign(1e-6, point.y))])
    return arcs, lines


def _box(lon: float, lat: float, reach_deg: float) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) around all points within an angle of one; it may run past 180 degrees."""
    south, north = max(lat - reach_deg, -90.0), min(lat + reach_deg, 90.0)
    aside = 180.0
    if abs(lat) + reach_deg < 89.0:
        aside = math.degrees(math.asin(math.sin(math.radians(reach_deg)) / math.cos(math.radians(lat))))
    return lon - aside, south, lon + aside, north


def _projected(polygon: shapely.MultiPolygon, plane: Plane, disc: shapely.Geometry) -> shapely.Geometry:
    """Project a polygon in degrees, edges straight in lon/lat, to the plane."""
    shape = plane.project_shape(shapely.segmentize(polygon, LONGEST_EDGE_DEG))
    opposite = (plane.lon + 180.0, -plane.lat)
    west, _, east, _ = polygon.bounds
    turns = [shapely.Point(opposite[0] + turn, opposite[1]) for turn in (-720.0, -360.0, 0.0, 360.0)]
    if any(west <= point.x <= east and shapely.intersects(polygon, point) for point in turns):
        # What holds the point opposite the centre is turned inside out: its rings bound what is left out.
        rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
        odd = shapely.Polygon()
        for ring in rings:
            odd = shapely.symmetric_difference(odd, shapely.make_valid(shapely.Polygon(ring)))
        return shapely.difference(disc, odd)
    return shape if shape.is_valid else shapely.make_valid(shape)
