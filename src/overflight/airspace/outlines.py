"""Polygons that others drew, brought onto the map from -180 to 180; what can be read in two ways is told."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["MAX_MEETINGS", "TURN", "cut_at_seam", "meet_often", "read_in_two_ways", "where_invalid"]

TURN = 360.0
MAX_MEETINGS, MEETINGS_AN_EDGE = 100_000, 30
"""Pairs of edges that meet, counted from both; joining polygons takes time and memory for each of them."""
AT_ONCE = 64
"""Edges that are looked up in one go; each may meet all others."""


def read_in_two_ways(ring: npt.NDArray[np.float64]) -> int | None:
    """Return the first edge of a ring in degrees that spans more than half a turn; None if there is none.

    From -180 to 180, and along a pole, there is only one way.
    """
    wide = np.abs(np.diff(ring[:, 0])) > 0.5 * TURN
    around = (np.abs(ring[:-1, 0]) == 180.0) & (ring[:-1, 0] == -ring[1:, 0])
    at_pole = (np.abs(ring[:-1, 1]) == 90.0) & (ring[:-1, 1] == ring[1:, 1])
    found = np.flatnonzero(wide & ~around & ~at_pole)
    return int(found[0]) if len(found) else None


def cut_at_seam(polygons: Sequence[shapely.Polygon]) -> shapely.MultiPolygon | None:
    """Join polygons, moved to [-180, 180] and cut there; None if they have no surface."""
    parts: list[shapely.Geometry] = []
    for polygon in polygons:
        west, _, east, _ = polygon.bounds
        for turn in range(math.floor((west + 180.0) / TURN), math.ceil((east - 180.0) / TURN) + 1):
            if turn == 0 and west >= -180.0 and east <= 180.0:
                parts.append(polygon)
                continue
            low, high = -180.0 + turn * TURN, 180.0 + turn * TURN
            cut = shapely.intersection(polygon, shapely.box(low, -90.0, high, 90.0))
            parts.append(shapely.transform(cut, lambda xy, by=turn * TURN: xy - [by, 0.0]))
    whole = shapely.union_all(parts) if len(parts) > 1 else parts[0]
    surfaces = [part for part in shapely.get_parts(shapely.get_parts(whole)) if part.geom_type == "Polygon"]
    if not surfaces:
        return None
    return shapely.MultiPolygon(surfaces)


def meet_often(polygons: Sequence[shapely.Polygon]) -> bool:
    """Tell whether more pairs of edges meet than may; where ends meet, as between neighbours, each may have some."""
    points, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][same], points[1:][same]], axis=1)
    edges = shapely.linestrings(ends)
    tree = shapely.STRtree(edges)
    left, left_at_ends = MAX_MEETINGS, MAX_MEETINGS + MEETINGS_AN_EDGE * len(edges)
    for first in range(0, len(edges), AT_ONCE):
        one, other = tree.query(edges[first : first + AT_ONCE], predicate="intersects")
        alike = (ends[first + one][:, :, None] == ends[other][:, None, :]).all(axis=-1).any(axis=(1, 2))
        left -= int(np.count_nonzero(~alike))
        left_at_ends -= int(np.count_nonzero(alike))
        if min(left, left_at_ends) < 0:
            return True
    return False


def where_invalid(polygon: shapely.Polygon) -> str:
    """Say what is wrong with a polygon, and where: latitude first."""
    reason: str = shapely.is_valid_reason(polygon)  # such as ``Self-intersection[10 20]``
    what, _, place = reason.partition("[")
    numbers = place.rstrip("]").split()
    if len(numbers) < 2:
        return reason.lower()
    return f"{what.strip().lower()} at {float(numbers[1]):.6g},{float(numbers[0]):.6g} (lat,lon)"
