"""All earth maths: geodesics on the WGS84 ellipsoid, the unit sphere of verticals, planes, and what compiles them.

`line` holds one geodesic as a series, `shortest` the inverse problem, both as scalar functions that numba can compile;
what is built from them, for one point at a time, stands here. `straight` has lines through the earth, `sphere` and
`plane` what works on directions and on shapes, `geod` geodesics by the array. `constants` has the numbers and their
sources, `compiled` the one way to compile, `caches` what keeps the result.
"""

from __future__ import annotations

import math

from overflight.earth.constants import DEG, E2, EQUATOR_RADIUS_M
from overflight.earth.line import (
    Line,
    arc_at,
    distance_along,
    geodesic_line,
    normal_lon,
    position,
)
from overflight.earth.shortest import SAME_PLACE_M, inverse, is_unique

__all__ = [
    "SAME_PLACE_M",
    "Line",
    "arc_at",
    "cartesian",
    "direct",
    "direction",
    "distance_along",
    "distance_m",
    "foot_on",
    "geodesic_line",
    "heading",
    "inverse",
    "is_unique",
    "normal_lon",
    "points_along",
    "position",
]


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the length in metres of the shortest geodesic between two points given in degrees."""
    return inverse(lon1, lat1, lon2, lat2)[0]


def direct(lon1: float, lat1: float, azimuth_deg: float, along_m: float) -> tuple[float, float]:
    """Solve the direct problem: where one gets to from a point, in a direction, after a distance.

    Parameters
    ----------
    lon1, lat1 : float
        The start, in degrees.
    azimuth_deg : float
        Azimuth there, in degrees from north by east.
    along_m : float
        Distance in metres, at most half the way round the Earth.

    Returns
    -------
    lon, lat : float
        In degrees, longitude in [-180, 180]; within 1e-7 m of geographiclib.
    """
    line = geodesic_line(lat1, azimuth_deg)
    lon, lat = position(line, arc_at(line, along_m))
    return normal_lon(lon1 + lon), lat


def points_along(lon1: float, lat1: float, lon2: float, lat2: float, *, max_km: float) -> list[tuple[float, float]]:
    """Return points of the geodesic between two points, for drawing it.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : float
        The two ends, in degrees.
    max_km : float
        Largest spacing, in km.

    Returns
    -------
    list of (lon, lat)
        Evenly spaced, both ends included. Longitude starts at `lon1` and is unrolled: it runs on past 180 degrees
        without a jump. Over a pole it jumps by 180 degrees.

    Examples
    --------
    >>> [(round(lon), round(lat)) for lon, lat in points_along(170, 0, -170, 0, max_km=1000)]
    [(170, 0), (177, 0), (183, 0), (190, 0)]
    """
    length_m, azimuth_deg = inverse(lon1, lat1, lon2, lat2)
    line = geodesic_line(lat1, azimuth_deg)
    count = max(1, math.ceil(length_m / (max_km * 1000.0)))
    points = [(lon1, lat1)]
    for k in range(1, count + 1):
        lon, lat = position(line, arc_at(line, length_m * k / count))
        points.append((lon1 + lon, lat))
    if abs(lat2) < 90.0:  # a pole has the longitude that the line comes from
        points[-1] = (lon2 + 360.0 * round((points[-1][0] - lon2) / 360.0), lat2)
    return points


def foot_on(line: Line, length_m: float, lon: float, lat: float, *, near_m: float) -> tuple[float, float]:
    """Find the point of a geodesic that is nearest to a point, close to a first guess.

    Parameters
    ----------
    line : Line
        The geodesic, from `geodesic_line`.
    length_m : float
        Its length in metres.
    lon, lat : float
        The point, in degrees; longitude counted from the start of the line.
    near_m : float
        Distance from the start of the line where the search begins, in metres; any within some 2,000 km of the answer.

    Returns
    -------
    distance_m, along_m : float
        Geodesic distance to the point in metres, and how far along the line the nearest point is (clamped to its ends).

    Notes
    -----
    Newton's method on the azimuth: where the geodesic to the point leaves at a right angle, the distance is least.
    Stops below 0.1 mm; the distance is then exact to the nanometre, being least there.
    """
    along = near_m
    gap = math.inf
    for _ in range(12):
        x, y = position(line, arc_at(line, along))
        gap, azimuth = inverse(x, y, lon, lat)
        ahead = gap * math.cos((azimuth - heading(line, along)) * DEG)
        # On a sphere, the foot lies where tan(step) = tan(gap) cos(angle).
        step = EQUATOR_RADIUS_M * math.atan2(
            math.sin(gap / EQUATOR_RADIUS_M) * ahead, gap * math.cos(gap / EQUATOR_RADIUS_M)
        )
        to = min(max(along + (step if gap > 0.0 else 0.0), 0.0), length_m)
        if abs(to - along) < 1e-4:
            break
        along = to
    return gap, along


def heading(line: Line, along_m: float) -> float:
    """Return the azimuth in degrees of a line at a distance in metres from its start."""
    sin_a0, cos_a0, sin_1, cos_1 = line[:4]
    arc = arc_at(line, along_m)
    return math.atan2(sin_a0, cos_a0 * (cos_1 * math.cos(arc) - sin_1 * math.sin(arc))) / DEG


def cartesian(lon: float, lat: float) -> tuple[float, float, float]:
    """Return a point of the ellipsoid, given in degrees, as earth-centred x, y, z in metres."""
    x, y = lon * DEG, lat * DEG
    sin_lat, cos_lat = math.sin(y), math.cos(y)
    radius = EQUATOR_RADIUS_M / math.sqrt(1.0 - E2 * sin_lat * sin_lat)
    from_axis = radius * cos_lat
    return from_axis * math.cos(x), from_axis * math.sin(x), radius * (1.0 - E2) * sin_lat


def direction(lon: float, lat: float) -> tuple[float, float, float]:
    """Return the direction of the vertical at a point given in degrees, as a unit vector."""
    x, y = math.radians(lon), math.radians(lat)
    return math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)
