"""Geodesics on the WGS84 ellipsoid, for single points and in plain Python: the only place with earth maths.

The inverse problem is geographiclib's. The direct one is Karney's series of order 6, written as scalar functions of
floats, so that a walk along a leg costs microseconds a point. A `Line` holds the constants of one geodesic, and a point
on it is named by its arc: the angle travelled on the auxiliary sphere, in radians, 0 at the start. The arc grows with
distance, by at most 1 radian in every `EQUATOR_RADIUS_M` metres.

Source: C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55, and the coefficients of order 6 as
printed in GeographicLib.
"""

from __future__ import annotations

import math

from geographiclib.geodesic import Geodesic

__all__ = [
    "EQUATOR_RADIUS_M",
    "Line",
    "arc_at",
    "cartesian",
    "direct",
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

EQUATOR_RADIUS_M = 6378137.0
FLATTENING = 1 / 298.257223563
POLE_RADIUS_M = EQUATOR_RADIUS_M * (1 - FLATTENING)
SAME_PLACE_M = 1.0
"""Two shortest geodesics within this many metres of what was asked make a leg ambiguous."""

Line = tuple[float, ...]
"""The constants of one geodesic; see `geodesic_line`."""

_DEG = math.pi / 180.0
_AXIS_RATIO = 1 - FLATTENING
_EP2 = FLATTENING * (2 - FLATTENING) / _AXIS_RATIO**2
_E2 = FLATTENING * (2 - FLATTENING)
_N = FLATTENING / (2 - FLATTENING)
_TINY = 1e-150
# Longitude series of this ellipsoid: polynomials in its third flattening, one number for each power of epsilon.
_A3 = (1.0, (_N - 1) / 2, ((3 * _N - 1) * _N - 2) / 8, ((-_N - 3) * _N - 1) / 16, (-2 * _N - 3) / 64, -3 / 128)
_C31 = ((1 - _N) / 4, (1 - _N * _N) / 8, ((3 - _N) * _N + 3) / 64, (2 * _N + 5) / 128, 3 / 128)
_C32 = (((_N - 3) * _N + 2) / 32, ((-3 * _N - 2) * _N + 3) / 64, (_N + 3) / 128, 5 / 256)
_C33 = (((5 * _N - 9) * _N + 5) / 192, (-10 * _N + 9) / 384, 7 / 512)
_C34 = ((-14 * _N + 7) / 512, 7 / 512)
_C35 = 21 / 2560


def inverse(lon1: float, lat1: float, lon2: float, lat2: float) -> tuple[float, float]:
    """Solve the inverse problem: how far is it, and which way.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : float
        The two points, in degrees.

    Returns
    -------
    length_m : float
        Length of the shortest geodesic, in metres (15 nm accuracy).
    azimuth_deg : float
        Its azimuth at the first point, in degrees from north by east, in [-180, 180].

    Examples
    --------
    >>> length_m, azimuth_deg = inverse(37.2615, 55.5915, 19.2556, 47.4369)
    >>> round(length_m), round(azimuth_deg, 2)
    (1537023, -118.64)
    """
    found = Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.DISTANCE | Geodesic.AZIMUTH)
    return float(found["s12"]), float(found["azi1"])


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the length in metres of the shortest geodesic between two points given in degrees."""
    return float(Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.DISTANCE)["s12"])


def is_unique(lon1: float, lat1: float, lon2: float, lat2: float) -> bool:
    """Tell whether one geodesic only is the shortest between two points.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : float
        The two points, in degrees.

    Returns
    -------
    bool
        False if a second geodesic, just as short, joins the points or points within `SAME_PLACE_M` of them.

    Notes
    -----
    The points that two shortest geodesics reach make up a stretch of the opposite parallel, centred on the antipode,
    whose half-width in longitude is ``flattening * pi * cos(beta) * A3`` with `beta` the reduced latitude (Karney 2013,
    eq. 8 at azimuth 90 degrees, where the periodic terms vanish). From a pole it shrinks to the other pole.
    """
    off_parallel_m = abs(lat1 + lat2) * _DEG * EQUATOR_RADIUS_M
    if off_parallel_m > SAME_PLACE_M:
        return True
    sin_beta, cos_beta = _reduced(lat1)
    eps = _epsilon(sin_beta * sin_beta)
    half_width = FLATTENING * math.pi * cos_beta * _polynomial_a3(eps)
    off_antipode = abs(math.remainder(lon2 - lon1 + 180.0, 360.0)) * _DEG
    return (off_antipode - half_width) * EQUATOR_RADIUS_M * cos_beta > SAME_PLACE_M


def geodesic_line(lat1: float, azimuth_deg: float) -> Line:
    """Prepare the geodesic that leaves a point in a direction; `position` and its kin take the result.

    Parameters
    ----------
    lat1 : float
        Latitude of the start, in degrees.
    azimuth_deg : float
        Azimuth at the start, in degrees from north by east.

    Returns
    -------
    Line
        Constants of the series.
    """
    alpha = azimuth_deg * _DEG
    sin_a, cos_a = math.sin(alpha), math.cos(alpha)
    # A meridian stays one: pi is no exact number, and its sine not zero.
    if math.remainder(azimuth_deg, 180.0) == 0.0:
        sin_a = 0.0
    if math.remainder(azimuth_deg, 180.0) in {-90.0, 90.0}:
        cos_a = 0.0
    sin_b, cos_b = _reduced(lat1)
    sin_a0, cos_a0 = sin_a * cos_b, math.hypot(cos_a, sin_a * sin_b)
    sin_w, cos_w = sin_a0 * sin_b, cos_b * cos_a
    sin_s, cos_s = sin_b, cos_w
    if sin_s == 0.0 and cos_s == 0.0:
        cos_s = cos_w = 1.0
    norm = math.hypot(sin_s, cos_s)
    sin_s, cos_s = sin_s / norm, cos_s / norm
    e = _epsilon(cos_a0 * cos_a0)
    e2 = e * e
    a1 = (e2 * (e2 * (e2 + 4) + 64) / 256 + e) / (1 - e)
    c1 = (
        e * ((6 - e2) * e2 - 16) / 32,
        e2 * ((64 - 9 * e2) * e2 - 128) / 2048,
        e * e2 * (9 * e2 - 16) / 768,
        e2 * e2 * (3 * e2 - 5) / 512,
        -7 * e * e2 * e2 / 1280,
        -7 * e2 * e2 * e2 / 2048,
    )
    p1 = (
        e * ((205 * e2 - 432) * e2 + 768) / 1536,
        e2 * ((4005 * e2 - 4736) * e2 + 3840) / 12288,
        e * e2 * (116 - 225 * e2) / 384,
        e2 * e2 * (2695 - 7173 * e2) / 7680,
        3467 * e * e2 * e2 / 7680,
        38081 * e2 * e2 * e2 / 61440,
    )
    c3 = (
        e * (_C31[0] + e * (_C31[1] + e * (_C31[2] + e * (_C31[3] + e * _C31[4])))),
        e2 * (_C32[0] + e * (_C32[1] + e * (_C32[2] + e * _C32[3]))),
        e * e2 * (_C33[0] + e * (_C33[1] + e * _C33[2])),
        e2 * e2 * (_C34[0] + e * _C34[1]),
        e * e2 * e2 * _C35,
        0.0,
    )
    stretch = -FLATTENING * sin_a0 * _polynomial_a3(e)
    scale_m = POLE_RADIUS_M * (1 + a1)
    b1 = _sine_series(sin_s, cos_s, c1)
    b3 = _sine_series(sin_s, cos_s, c3)
    return (sin_a0, cos_a0, sin_s, cos_s, sin_w, cos_w, stretch, b3, *c3[:5], scale_m, b1, *c1, *p1)


def position(line: Line, arc: float) -> tuple[float, float]:
    """Return the point at an arc of a line.

    Parameters
    ----------
    line : Line
        From `geodesic_line`.
    arc : float
        Angle from the start on the auxiliary sphere, in radians; see `arc_at`.

    Returns
    -------
    lon, lat : float
        Longitude from the start's, unrolled (it does not jump at 180 degrees), and latitude, in degrees; within
        1e-7 m of geographiclib on any shortest geodesic. Beyond a pole, longitude is 180 degrees off at once.
    """
    sin_a0, cos_a0, sin_1, cos_1, sin_w, cos_w, stretch, b3, k1, k2, k3, k4, k5 = line[:13]
    s, c = math.sin(arc), math.cos(arc)
    sin_s = sin_1 * c + cos_1 * s
    cos_s = cos_1 * c - sin_1 * s
    lat = math.atan2(cos_a0 * sin_s, _AXIS_RATIO * math.hypot(sin_a0, cos_a0 * cos_s))
    sin_o = sin_a0 * sin_s
    omega = math.atan2(sin_o * cos_w - cos_s * sin_w, cos_s * cos_w + sin_o * sin_w)
    # A shortest geodesic goes round by half a turn at most, and a little more on the auxiliary sphere.
    if sin_a0 > 0.0:
        if omega < -1e-7:
            omega += 2.0 * math.pi
    elif sin_a0 < 0.0 and omega > 1e-7:
        omega -= 2.0 * math.pi
    # Clenshaw's sum of k_l sin(2 l sigma)
    t = 2.0 * (cos_s - sin_s) * (cos_s + sin_s)
    y4 = t * k5 + k4
    y3 = t * y4 - k5 + k3
    y2 = t * y3 - y4 + k2
    y1 = t * y2 - y3 + k1
    lam = omega + stretch * (arc + 2.0 * sin_s * cos_s * y1 - b3)
    return lam / _DEG, lat / _DEG


def arc_at(line: Line, along_m: float) -> float:
    """Return the arc, in radians, at a distance in metres from the start of a line."""
    sin_1, cos_1, scale_m, b1 = line[2], line[3], line[13], line[14]
    tau = along_m / scale_m
    s, c = math.sin(b1 + tau), math.cos(b1 + tau)
    return tau + b1 + _sine_series(sin_1 * c + cos_1 * s, cos_1 * c - sin_1 * s, line[21:27])


def distance_along(line: Line, arc: float) -> float:
    """Return the distance in metres from the start of a line to an arc in radians; undoes `arc_at` to 1e-8 m."""
    sin_1, cos_1 = line[2], line[3]
    s, c = math.sin(arc), math.cos(arc)
    series = _sine_series(sin_1 * c + cos_1 * s, cos_1 * c - sin_1 * s, line[15:21])
    return line[13] * (arc + series - line[14])


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
    along = min(max(near_m, 0.0), length_m)
    gap = math.inf
    for _ in range(12):
        x, y = position(line, arc_at(line, along))
        gap, azimuth = inverse(x, y, lon, lat)
        ahead = gap * math.cos((azimuth - heading(line, along)) * _DEG)
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
    return math.atan2(sin_a0, cos_a0 * (cos_1 * math.cos(arc) - sin_1 * math.sin(arc))) / _DEG


def cartesian(lon: float, lat: float) -> tuple[float, float, float]:
    """Return a point of the ellipsoid, given in degrees, as earth-centred x, y, z in metres."""
    x, y = lon * _DEG, lat * _DEG
    sin_lat, cos_lat = math.sin(y), math.cos(y)
    radius = EQUATOR_RADIUS_M / math.sqrt(1.0 - _E2 * sin_lat * sin_lat)
    from_axis = radius * cos_lat
    return from_axis * math.cos(x), from_axis * math.sin(x), radius * (1.0 - _E2) * sin_lat


def normal_lon(lon: float) -> float:
    """Bring a longitude in degrees into [-180, 180]; one that is there already stays as it is, 180 included."""
    return lon if -180.0 <= lon <= 180.0 else math.remainder(lon, 360.0)


def _reduced(lat: float) -> tuple[float, float]:
    """Return sine and cosine of the reduced latitude; the cosine stays above 0, so that a pole has directions."""
    sin_b, cos_b = _AXIS_RATIO * math.sin(lat * _DEG), math.cos(lat * _DEG)
    if abs(lat) == 90.0:
        cos_b = 0.0
    if abs(sin_b) < _TINY:
        sin_b = 0.0
    norm = math.hypot(sin_b, cos_b)
    return sin_b / norm, max(cos_b / norm, _TINY)


def _epsilon(cos2_a0: float) -> float:
    """Return the expansion parameter of a geodesic whose equatorial azimuth has this squared cosine."""
    k2 = cos2_a0 * _EP2
    return k2 / (2.0 * (1.0 + math.sqrt(1.0 + k2)) + k2)


def _polynomial_a3(e: float) -> float:
    return _A3[0] + e * (_A3[1] + e * (_A3[2] + e * (_A3[3] + e * (_A3[4] + e * _A3[5]))))


def _sine_series(s: float, c: float, k: tuple[float, ...]) -> float:
    """Sum k[l-1] sin(2 l x) over l = 1 to 6 by Clenshaw's recurrence, from the sine and cosine of x."""
    t = 2.0 * (c - s) * (c + s)
    y5 = t * k[5] + k[4]
    y4 = t * y5 - k[5] + k[3]
    y3 = t * y4 - y5 + k[2]
    y2 = t * y3 - y4 + k[1]
    y1 = t * y2 - y3 + k[0]
    return 2.0 * s * c * y1
