"""The shortest path in a polygon with holes: a mesh of the polygon, searched like the mesh of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.detours.budget import current
from overflight.detours.mesh import walls
from overflight.detours.mesh.building import outlines, triangulated
from overflight.detours.mesh.exploring import Maze, explored
from overflight.earth.sphere import to_lonlat, to_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.earth.plane import Plane

__all__ = ["taut_path"]

Point = tuple[float, float]
SAME_KM = 1e-6
SEEDS = 3
"""With so many ways to shake the points it is tried."""


def taut_path(free: shapely.Polygon, plane: Plane, start: Point, end: Point, *, most_km: float) -> list[Point] | None:
    """Find the shortest path from start to end in a polygon.

    Parameters
    ----------
    free : Polygon
        Where the path may run, in the plane; it holds both ends.
    plane : Plane
        The plane.
    start, end : (lon, lat)
        In degrees.
    most_km : float
        Give up beyond this length.

    Returns
    -------
    list of (lon, lat) or None
        From start to end, turning at vertices of the polygon only; None if there is no path that short.

    Notes
    -----
    Edges of the polygon become great circles, as legs are; vertices are moved by some millimetres (see
    `overflight.detours.mesh.building`). Legs are compared by lengths on WGS84.
    """
    budget = current()
    for seed in range(SEEDS):
        budget.check()
        found = _searched(free, plane, to_unit(np.array([start, end])), most_km, seed)
        if found is not None:
            cost_km, corners = found
            if not np.isfinite(cost_km):
                return None
            return [start, *((float(lon), float(lat)) for lon, lat in to_lonlat(corners)), end]
    return None


def _searched(
    free: shapely.Polygon, plane: Plane, ends: NDArray[np.float64], most_km: float, seed: int
) -> tuple[float, NDArray[np.float64]] | None:
    """Return the length of the path and the corners that it turns at; None if the polygon can't be triangulated."""
    corners, sides = outlines(shapely.orient_polygons(free))
    made = triangulated(plane.to_unit(corners), sides, np.zeros(len(sides), np.int32), seed=seed)
    if made is None:
        return None
    xyz, tri, near, _, edge, ends_of, _ = made
    shut, off = np.full(3 * len(tri), -1.0), np.zeros(len(xyz))
    right_is_shut = np.full(len(edge), -1, np.int8)
    corner = walls.mark(xyz, tri, near, edge, ends_of.astype(np.int32), right_is_shut, np.zeros(len(edge)), shut, off)
    first, last = (walls.find_triangle(xyz, tri, near, point) for point in ends)
    maze = Maze(xyz, tri, near, shut, off, 0.0, corner)
    way = explored(maze, ends, (first, last), most_km)
    return way.cost_km, xyz[way.chain]
