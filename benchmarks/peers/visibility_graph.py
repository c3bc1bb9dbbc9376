"""The shortest detour as one would write it by hand: a visibility graph over simplified polygons, by shapely.

A gnomonic plane about the middle, in which great circles are straight; obstacles simplified, grown and merged; Dijkstra
from the start, in which every corner looks at all others at once, past prepared obstacles.
"""

from __future__ import annotations

import heapq
import math
from typing import NamedTuple

import numpy as np
import pyproj
import shapely

__all__ = ["Answer", "shortest"]

GEOD = pyproj.Geod(ellps="WGS84")
GROWN = 3.0
"""Obstacles are grown by this many times the tolerance."""


class Answer(NamedTuple):
    """What came of it: km (infinite if there is no way), waypoints in degrees, corners of the obstacles."""

    km: float
    points: list[tuple[float, float]]
    corners: int


def shortest(
    obstacles: list[shapely.Geometry],
    start: tuple[float, float],
    end: tuple[float, float],
    tolerance_deg: float,
    reach_deg: float,
) -> Answer:
    """Find the shortest way around polygons in degrees, within so many degrees of both ends."""
    lon, lat = 0.5 * (start[0] + end[0]), 0.5 * (start[1] + end[1])
    flat = pyproj.Transformer.from_crs("EPSG:4326", f"+proj=gnom +lat_0={lat} +lon_0={lon} +R=6371000", always_xy=True)
    box = shapely.box(
        min(start[0], end[0]) - reach_deg,
        min(start[1], end[1]) - reach_deg,
        max(start[0], end[0]) + reach_deg,
        max(start[1], end[1]) + reach_deg,
    )
    simple = [shapely.simplify(shapely.intersection(o, box), tolerance_deg) for o in obstacles]
    merged = shapely.buffer(shapely.union_all(simple), GROWN * tolerance_deg, join_style="mitre")
    blocked = shapely.transform(
        shapely.simplify(merged, tolerance_deg), lambda xy: np.column_stack(flat.transform(*xy.T))
    )
    ends = np.column_stack(flat.transform(*np.array([start, end]).T))
    nodes = np.vstack([ends, shapely.get_coordinates(blocked)])
    lonlat = np.column_stack(flat.transform(nodes[:, 0], nodes[:, 1], direction="INVERSE"))
    core = shapely.buffer(blocked, -1.0)
    shapely.prepare(core)
    length, came = np.full(len(nodes), math.inf), np.full(len(nodes), -1)
    length[0] = 0.0
    queue, done = [(0.0, 0)], np.zeros(len(nodes), np.bool_)
    while queue:
        so_far, here = heapq.heappop(queue)
        if here == 1:
            path = [1]
            while path[-1]:
                path.append(int(came[path[-1]]))
            return Answer(so_far / 1000.0, [tuple(p) for p in lonlat[path[::-1]].tolist()], len(nodes) - 2)
        if done[here]:
            continue
        done[here] = True
        others = np.flatnonzero(~done)
        ways = so_far + GEOD.inv(*np.broadcast_to(lonlat[here], (len(others), 2)).T, *lonlat[others].T)[2]
        others, ways = others[ways < length[others]], ways[ways < length[others]]
        lines = shapely.linestrings(np.stack([np.broadcast_to(nodes[here], (len(others), 2)), nodes[others]], axis=1))
        seen = ~shapely.intersects(core, lines)
        length[others[seen]], came[others[seen]] = ways[seen], here
        for k, way in zip(others[seen].tolist(), ways[seen].tolist(), strict=True):
            heapq.heappush(queue, (way, k))
    return Answer(math.inf, [], len(nodes) - 2)
