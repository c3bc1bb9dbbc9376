"""What lies within 12 NM of any land, as two maps have it: the rest of a state's sea is its own by another right.

Land is the coast of 2017, with islands of Natural Earth that it lacks (Vanua Levu, Wrangel), and rocks of `islets.csv`.
A belt is 1 km broader than it is called, lest every limit drawn from another coast lie beyond it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geodata.atlas import countries_of, member_of
from geodata.shapes import Belt, nautical_miles
from overflight.airspace.outlines import cut_at_seam

__all__ = ["MARGIN_M", "belt_about", "lacking", "natural_earth_land", "polygons_of"]

Shapes = npt.NDArray[np.object_]
MARGIN_M = 1000.0
"""How much farther than 12 NM a part must lie, lest every limit drawn from another coast be one."""
REACH_M = nautical_miles(12) + MARGIN_M
THIN_DEG = 0.001
"""The coast is thinned by at most some 110 m."""
TILE_DEG = 2.0
FIRST_M, SHIFT_M = 1000.0, 50.0
"""Land is grown so far first, and thinned by so much, which leaves a few points of thousands of islets."""
QUARTER_SEGMENTS = 16
"""Points on a quarter circle: an arc of 12 NM lies at most 28 m inside the circle."""
STEP_M = 2000.0


def natural_earth_land() -> Shapes:
    """Read the land of Natural Earth, cut at 180 degrees."""
    atlas: dict[str, Any] = json.loads(member_of("world-atlas", "package/countries-10m.json"))
    parts = shapely.get_parts([part for _, country in countries_of(atlas) for part in country])
    cut = (cut_at_seam([part]) for part in parts if part.geom_type == "Polygon")
    return polygons_of([part for part in cut if part is not None])


def lacking(land: Shapes, other: Shapes) -> Shapes:
    """Return the parts of another map's land that are mostly no land on this one."""
    tree = shapely.STRtree(land)
    found = []
    for part in other:
        near = land[tree.query(part, predicate="intersects")]
        if shapely.area(shapely.intersection(part, near)).sum() < 0.5 * part.area:
            found.append(part)
    return np.array(found, dtype=object)


def belt_about(land: Iterable[shapely.Geometry], *, south: float = -60.0) -> Belt:
    """Return what lies within 12 NM of land north of a parallel, true to some 150 m on WGS84 (of the land as given).

    Each tile of two degrees is grown in an azimuthal equidistant projection about its own middle, where distances over
    such ranges are true to 1 part in 10,000.
    """
    tiles: dict[tuple[float, float], list[shapely.Geometry]] = {}
    for polygon in polygons_of(shapely.simplify(list(land), THIN_DEG)):
        west, low, east, north = np.array(polygon.bounds) / TILE_DEG
        x, y = np.floor([west, low])
        box = np.array([x, y, max(np.ceil(east), x + 1), max(np.ceil(north), y + 1)]) * TILE_DEG
        for corner, part in _tiled(polygon, box):
            if corner[1] >= south:
                tiles.setdefault(corner, []).append(part)
    return Belt(
        polygons_of([_grown(np.array(parts, dtype=object), *corner) for corner, parts in sorted(tiles.items())])
    )


def _tiled(
    shape: shapely.Geometry, box: npt.NDArray[np.float64]
) -> Iterator[tuple[tuple[float, float], shapely.Geometry]]:
    """Cut a shape by the tiles of a box, halving it, so that each point is looked at a few times only."""
    west, south, east, north = box.tolist()
    wide, high = round((east - west) / TILE_DEG), round((north - south) / TILE_DEG)
    if wide <= 1 and high <= 1:
        yield (west, south), shape
        return
    if wide >= high:
        middle = west + wide // 2 * TILE_DEG
        halves = (west, south, middle, north), (middle, south, east, north)
    else:
        middle = south + high // 2 * TILE_DEG
        halves = (west, south, east, middle), (west, middle, east, north)
    for half in halves:
        part = shapely.clip_by_rect(shape, *half)
        if not part.is_empty:
            yield from _tiled(part, np.array(half))


def _grown(parts: Shapes, west: float, south: float) -> shapely.Geometry:
    """Grow what lies in a tile, and cut it at 180 degrees."""
    lon, lat = west + TILE_DEG / 2, south + TILE_DEG / 2
    local = pyproj.Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lon_0={lon} +lat_0={lat} +ellps=WGS84", always_xy=True
    )

    def back(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> tuple[Any, Any]:
        far, north = local.transform(x, y, direction="INVERSE")
        return lon + (far - lon + 180.0) % 360.0 - 180.0, north

    plane = shapely.transform(parts, local.transform, interleaved=False)
    first = shapely.simplify(shapely.union_all(shapely.buffer(plane, FIRST_M, quad_segs=4)), SHIFT_M)
    ring = shapely.buffer(first, REACH_M - FIRST_M, quad_segs=QUARTER_SEGMENTS)
    grown = shapely.make_valid(shapely.transform(shapely.segmentize(ring, STEP_M), back, interleaved=False))
    return cut_at_seam(polygons_of([grown]).tolist())


def polygons_of(shapes: Iterable[shapely.Geometry]) -> Shapes:
    """Take shapes apart into polygons."""
    parts = shapely.get_parts(shapely.get_parts(list(shapes)))
    found: Shapes = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    return found
