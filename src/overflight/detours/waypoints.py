"""Few waypoints: a taut path has one at every corner that it hugs, a pilot wants as many as the length is worth."""

from __future__ import annotations

import functools
import math
from itertools import pairwise
from typing import TYPE_CHECKING

import shapely

from overflight.detours.budget import current
from overflight.earth import direction
from overflight.earth.geod import WGS84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overflight.earth.plane import Plane

__all__ = ["Thinner"]

Point = tuple[float, float]
Vector = tuple[float, float, float]
Change = tuple[float, tuple[Point, ...], tuple[Point, ...]]
"""What it costs in km, the run of waypoints that it replaces, and by which."""
ALL_SHARE = 0.0005
"""All changes together may lengthen a path by this share of it."""
CLOSE_SHARE = 0.0002
CLOSE_KM = 1.0
"""A merger of waypoints this close may cost `CLOSE_SHARE`, one of others `FAR_SHARE`."""
FAR_SHARE = 0.0001
TOUCH_KM = 0.005
"""A leg may run along an obstacle, and this far into it, which is less than obstacles are grown beyond need."""
DRAWN_KM = 20.0
FARTHEST_RAD = math.radians(20.0)


class Thinner:
    """Merges neighbouring waypoints of paths in one free part of a plane.

    Parameters
    ----------
    free : Polygon
        Where a path may run.
    plane : Plane
        The plane.
    """

    def __init__(self, free: shapely.Polygon, plane: Plane) -> None:
        self.free = shapely.buffer(free, TOUCH_KM, join_style="mitre")
        shapely.prepare(self.free)
        self.plane = plane
        self._changes: dict[tuple[Point, ...], Change | None] = {}
        self._free: dict[tuple[Point, Point], bool] = {}

    def thinned(self, path: Sequence[Point]) -> list[Point]:
        """Merge neighbouring waypoints as long as that hardly lengthens the path.

        Parameters
        ----------
        path : sequence of (lon, lat)
            In degrees.

        Returns
        -------
        list of (lon, lat)
            A path with the same ends, longer by 0.05 % at most.

        Notes
        -----
        Two neighbours at which the path turns the same way give place to the point where the legs before and after
        them, extended, meet; a waypoint is dropped where the straight way is free. The cheapest change comes first.
        """
        points = list(path)
        total = math.fsum(_km(a, b) for a, b in pairwise(points))
        left = ALL_SHARE * total
        budget = current()
        while True:
            budget.check()
            done = None
            for cost, old, new in sorted(self._offered(points, total)):
                if cost > left:
                    break
                if all(self._is_free(a, b) for a, b in pairwise(new)):
                    done = cost, old, new
                    break
                self._changes[old] = None  # nor is it free the next time
            if done is None:
                return points
            cost, old, new = done
            first = points.index(old[0])
            points[first : first + len(old)] = new
            left -= max(cost, 0.0)

    def _offered(self, points: list[Point], total_km: float) -> list[Change]:
        found = []
        for size in (3, 4):
            for k in range(len(points) - size + 1):
                run = tuple(points[k : k + size])
                if run not in self._changes:
                    self._changes[run] = _dropped(run) if size == 3 else _merged(run, total_km)
                change = self._changes[run]
                if change is not None:
                    found.append(change)
        return found

    def _is_free(self, a: Point, b: Point) -> bool:
        """Tell whether the great circle between two points is free."""
        known = self._free.get((a, b))
        if known is None:
            known = self._free[a, b] = bool(shapely.covers(self.free, self.plane.line((a, b), DRAWN_KM)))
        return known


def _dropped(run: tuple[Point, ...]) -> Change:
    """Leave out the middle one of three; less than nothing where the ellipsoid and the sphere differ."""
    a, b, c = run
    return _km(a, c) - _km(a, b) - _km(b, c), run, (a, c)


def _merged(run: tuple[Point, ...], total_km: float) -> Change | None:
    """Merge the middle two of four."""
    a, b, c, d = run
    meet = _meeting(run)
    if meet is None:
        return None
    apart = _km(b, c)
    cost = _km(a, meet) + _km(meet, d) - _km(a, b) - apart - _km(c, d)
    share = CLOSE_SHARE if apart <= CLOSE_KM else FAR_SHARE
    return (cost, run, (a, meet, d)) if cost <= share * total_km else None


def _meeting(run: tuple[Point, ...]) -> Point | None:
    """Return where the way from the first on past the second meets the way back from the last past the third."""
    u, v, w, x = (_unit(point) for point in run)
    one, two = _cross(u, v), _cross(w, x)
    # With turns to different sides, the ways do not meet between.
    if _dot(one, w) * _dot(two, v) <= 0.0:
        return None
    meet = _cross(one, two)
    size = math.sqrt(_dot(meet, meet))
    if size < 1e-14:
        return None
    if _dot(meet, v) + _dot(meet, w) < 0.0:
        size = -size
    meet = (meet[0] / size, meet[1] / size, meet[2] / size)
    past_both = _dot(_cross(v, meet), one) >= 0.0 and _dot(_cross(meet, w), two) >= 0.0
    if not past_both or math.acos(min(1.0, _dot(meet, v))) > FARTHEST_RAD:
        return None
    return math.degrees(math.atan2(meet[1], meet[0])), math.degrees(math.atan2(meet[2], math.hypot(meet[0], meet[1])))


@functools.lru_cache(maxsize=4096)
def _km(a: Point, b: Point) -> float:
    return float(WGS84.inv(*a, *b)[2]) / 1000.0


@functools.lru_cache(maxsize=4096)
def _unit(point: Point) -> Vector:
    return direction(*point)


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
