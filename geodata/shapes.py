"""Geometry that corrections need: cutting a zone along a line of another data set, and geodesic buffers of a coast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

Floats = npt.NDArray[np.float64]
Projection = Callable[[Floats, Floats], tuple[Floats, Floats]]

__all__ = ["Belt", "cut_along", "geodesic_buffer", "grown_by_latitude", "nautical_miles", "nearest_split"]

GRID = 1e-7
TILE_DEG = 2.0
LIMIT_STEP_M = 2000.0
QUARTER_SEGMENTS = 64
"""Points on a quarter circle: an arc of 12 NM is off by less than 2 m."""


@dataclass(frozen=True, slots=True)
class Belt:
    """What lies within 12 NM (and 1 km) of land, in tiles that overlap."""

    tiles: npt.NDArray[np.object_]

    def beyond(self, sea: shapely.Geometry) -> shapely.Geometry:
        """Return the part of a sea that lies farther from all land."""
        near = self.tiles[shapely.STRtree(self.tiles).query(sea, predicate="intersects")]
        return shapely.difference(sea, shapely.union_all(near, grid_size=GRID))


def nautical_miles(count: float) -> float:
    """Return nautical miles in metres."""
    return count * 1852.0


def cut_along(zone: shapely.Geometry, patch: shapely.Geometry, *, snap_deg: float = 0.002) -> shapely.Geometry:
    """Return the part of a zone that lies in a patch drawn by other hands, without slivers along the zone's rim.

    The patch's outline is used only where it runs deeper inside the zone than `snap_deg`; its ends are joined to the
    nearest vertices of the zone's own outline, so that the result shares every other border with the zone.
    """
    rim = zone.boundary
    deep = shapely.intersection(patch.boundary, zone.buffer(-snap_deg))
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.get_parts(deep))))
    corners = shapely.STRtree(shapely.points(shapely.get_coordinates(rim)))
    cuts = []
    for line in lines:
        if line.length < 5 * snap_deg:
            continue
        xy = shapely.get_coordinates(line)
        if not line.is_closed:
            ends = corners.geometries[corners.nearest(shapely.points(xy[[0, -1]]))]
            xy = np.vstack([shapely.get_coordinates(ends[0]), xy, shapely.get_coordinates(ends[1])])
        cuts.append(shapely.linestrings(np.round(xy / GRID) * GRID))
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([rim, *cuts], grid_size=GRID))))
    inner = shapely.point_on_surface(cells)
    chosen = cells[shapely.contains(zone, inner) & shapely.contains(patch, inner)]
    return shapely.union_all(chosen)


def geodesic_buffer(land: shapely.Geometry, distance_m: float) -> shapely.Geometry:
    """Return all that lies within a distance of land, true to about 2 m on WGS84.

    Each tile of two degrees is grown in an azimuthal equidistant projection about its own middle, where distances
    over such ranges are true to 1 part in 10,000.
    """
    west, south, east, north = land.bounds
    grown = []
    for y in np.arange(np.floor(south), north, TILE_DEG):
        for x in np.arange(np.floor(west), east, TILE_DEG):
            part = shapely.intersection(land, shapely.box(x, y, x + TILE_DEG, y + TILE_DEG))
            if part.is_empty:
                continue
            there, back = _local(x + TILE_DEG / 2, y + TILE_DEG / 2)
            ring = shapely.transform(part, there, interleaved=False)
            ring = ring.buffer(distance_m, quad_segs=QUARTER_SEGMENTS)
            grown.append(shapely.transform(shapely.segmentize(ring, LIMIT_STEP_M), back, interleaved=False))
    return shapely.union_all(grown, grid_size=GRID)


def grown_by_latitude(line: shapely.Geometry, distance_m: Callable[[float], float]) -> shapely.Geometry:
    """Return all that lies within a distance of a line, where the distance depends on the latitude.

    Each band of a quarter degree takes the distance of its middle: below 45 degrees, 6 NM times the cosine of the
    latitude is true to 18 m.
    """
    _, south, _, north = line.bounds
    grown = []
    for low in np.arange(np.floor(south), north, 0.25):
        band = shapely.intersection(line, shapely.box(-180, low, 180, low + 0.25))
        if not band.is_empty:
            grown.append(geodesic_buffer(band, distance_m(low + 0.125)))
    return shapely.union_all(grown, grid_size=GRID)


def nearest_split(
    region: shapely.Geometry, first: shapely.Geometry, second: shapely.Geometry, *, reach_nm: float = 8.0
) -> shapely.Geometry:
    """Return the part of a region that lies nearer to the first coast than to the second.

    Coasts farther than `reach_nm` from the region are left out: it must be at least the breadth of the sea in question.
    """
    if region.is_empty:
        return region
    there, back = _local(*shapely.get_coordinates(region.centroid)[0])
    plane = shapely.transform(region, there, interleaved=False)
    reach = plane.buffer(nautical_miles(reach_nm))
    points, owner = [], []
    for number, coast in enumerate((first, second)):
        near = shapely.intersection(shapely.transform(coast.boundary, there, interleaved=False), reach)
        xy = shapely.get_coordinates(shapely.segmentize(near, 200.0))
        points.append(xy)
        owner.append(np.full(len(xy), number))
    xy, own = np.vstack(points), np.concatenate(owner)
    _, unique = np.unique(np.round(xy), axis=0, return_index=True)
    xy, own = xy[unique], own[unique]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=reach.envelope, ordered=True))
    mine = shapely.intersection(shapely.union_all(cells[own == 0]), plane)
    return shapely.set_precision(shapely.transform(mine, back, interleaved=False), GRID)


def _local(lon: float, lat: float) -> tuple[Projection, Projection]:
    """Return the azimuthal equidistant projection about a point, and its inverse."""
    crs = f"+proj=aeqd +lon_0={lon} +lat_0={lat} +ellps=WGS84"
    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def there(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return transformer.transform(x, y)

    def back(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return transformer.transform(x, y, direction="INVERSE")

    return there, back
