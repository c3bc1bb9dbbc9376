"""Lines cut at 180 degrees, as RFC 7946 (3.1.9) and planar readers want them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

__all__ = ["cut_at_antimeridian", "line_geometry"]


def line_geometry(path: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Return a line as a GeoJSON geometry: a LineString, or a MultiLineString where 180 degrees cut it.

    Coordinates are rounded to 1e-7 degrees, 1 cm on the ground.
    """
    lines = [[[round(lon, 7), round(lat, 7)] for lon, lat in part] for part in cut_at_antimeridian(path)]
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def cut_at_antimeridian(path: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Cut a line at 180 degrees (RFC 7946, 3.1.9).

    Parameters
    ----------
    path : sequence of (lon, lat)
        Degrees; longitudes run on past 180 rather than jump. Points must be close together (some ten km):
        the cut is placed by straight interpolation between neighbours.

    Returns
    -------
    list of list of (lon, lat)
        Parts with longitudes in [-180, 180]; one ends where the next begins, at 180 degrees.
    """
    parts: list[list[tuple[float, float]]] = []
    turn = _turn(path)
    part = [(path[0][0] - 360.0 * turn, path[0][1])]
    for (lon0, lat0), (lon1, lat1) in itertools.pairwise(path):
        while not -180.0 <= lon1 - 360.0 * turn <= 180.0:
            side = 1 if lon1 - 360.0 * turn > 180.0 else -1
            edge = 360.0 * turn + 180.0 * side
            lat = lat0 + (lat1 - lat0) * (edge - lon0) / (lon1 - lon0)
            part.append((180.0 * side, lat))
            parts.append(part)
            part = [(-180.0 * side, lat)]
            turn += side
        part.append((lon1 - 360.0 * turn, lat1))
    parts.append(part)
    whole = [_without_repeats(p) for p in parts]
    return [p for p in whole if len(p) > 1] or [whole[0] * 2]


def _turn(path: Sequence[tuple[float, float]]) -> int:
    """Choose the turn of 360 degrees in which a line starts: that of its first point off 180 degrees."""
    for lon, _ in path:
        if math.remainder(lon, 360.0) not in (-180.0, 180.0):
            return round(lon / 360.0)
    return round((path[0][0] - 180.0) / 360.0)


def _without_repeats(part: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [part[0], *(b for a, b in itertools.pairwise(part) if a != b)]
