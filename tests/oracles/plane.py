"""The shortest path around obstacles, kept off by a distance, between two bounds: a plain visibility graph in a plane.

Shares nothing with the package: pyproj's azimuthal equidistant plane, shapely's buffers and sight lines, Dijkstra over
all corners. Buffers drawn outside their circles give a path that is free, so an upper bound; drawn inside, a lower one.
Distances to the centre are true; across, they are too long by less than (r / R)^2 / 6, 0.04 % at 300 km.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["PLANE_ERROR", "bracket_km"]

SEGMENTS = 12
HAIR_KM = 0.0005
EDGE_KM = 10.0
PLANE_ERROR = 4e-4
"""Within 300 km of the centre."""

Point = tuple[float, float]


def bracket_km(obstacles: Iterable[shapely.Polygon], start: Point, end: Point, keep_km: float) -> tuple[float, float]:
    """Bound the shortest path that keeps off obstacles from below and from above, in the plane.

    Parameters
    ----------
    obstacles : iterable of Polygon
        In degrees, edges straight in longitude and latitude, about (0, 0).
    start, end : (lon, lat)
        In degrees.
    keep_km : float
        The distance.

    Returns
    -------
    (km, km)
        Infinite where there is no path.
    """
    flat = Transformer.from_crs("EPSG:4326", "+proj=aeqd +lat_0=0 +lon_0=0 +units=km +ellps=WGS84", always_xy=True)

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))

    shapes = [shapely.transform(shapely.segmentize(o, EDGE_KM / 111.0), project) for o in obstacles]
    ends = [shapely.Point(p) for p in project(np.array([start, end]))]
    outside = keep_km / math.cos(math.pi / (4.0 * SEGMENTS))
    both = []
    for radius in (keep_km, outside):
        grown = shapely.union_all([shapely.buffer(shape, radius, quad_segs=SEGMENTS) for shape in shapes])
        both.append(_shortest(grown, ends[0], ends[1]))
    return both[0], both[1]


def _shortest(blocked: shapely.Geometry, start: shapely.Point, end: shapely.Point) -> float:
    """Search among all corners of what is blocked."""
    corners = shapely.get_coordinates(shapely.simplify(blocked, HAIR_KM))
    nodes = np.unique(np.vstack([[start.x, start.y], [end.x, end.y], corners]), axis=0)
    first, last = (int(np.argmin(np.hypot(*(nodes - [p.x, p.y]).T))) for p in (start, end))
    core = shapely.buffer(blocked, -2.0 * HAIR_KM)
    shapely.prepare(core)
    length = np.full(len(nodes), math.inf)
    length[first] = 0.0
    queue, done = [(0.0, first)], np.zeros(len(nodes), np.bool_)
    while queue:
        here_km, here = heapq.heappop(queue)
        if here == last:
            return here_km
        if done[here]:
            continue
        done[here] = True
        ways = here_km + np.hypot(*(nodes - nodes[here]).T)
        others = np.flatnonzero(~done & (ways < length))
        sight = shapely.linestrings(np.stack([np.broadcast_to(nodes[here], (len(others), 2)), nodes[others]], axis=1))
        for k in others[~shapely.intersects(core, sight)].tolist():
            length[k] = ways[k]
            heapq.heappush(queue, (float(ways[k]), k))
    return math.inf
