"""The inverse problem: how far it is between two points, and which way.

Karney's method on WGS84, as scalar functions of floats in the subset of Python that numba compiles: one route and
millions of legs get the same bits.

Source: C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55, section 4 and 5; laid out after
`geographiclib.geodesic` (C. F. F. Karney, MIT licence), for an oblate ellipsoid of small flattening only.
"""

from __future__ import annotations

import math
from typing import Any

from overflight.earth.constants import (
    AXIS_RATIO,
    DEG,
    EP2,
    EQUATOR_RADIUS_M,
    FLATTENING,
    POLE_RADIUS_M,
    THIRD_FLATTENING,
)
from overflight.earth.line import (
    TINY,
    coefficients_1,
    coefficients_3,
    epsilon,
    polynomial_a3,
    reduced,
    scale_1,
    sine_series,
)

__all__ = ["SAME_PLACE_M", "inverse", "inverse_each", "is_unique"]

SAME_PLACE_M = 1.0
"""Two shortest geodesics within this many metres of what was asked make a leg ambiguous."""

_EPS = 2.0**-52
_SQRT_EPS = 2.0**-26
# Below this arc the closed formula for short lines is exact to rounding.
_SHORT_ARC = 0.1 * _SQRT_EPS / math.sqrt(FLATTENING * (1.0 - FLATTENING / 2.0) / 2.0)
_NEWTON_STEPS = 20
_MOST_STEPS = _NEWTON_STEPS + 63


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
    # Exact for longitudes that differ by less than a factor of two, and good to 1e-14 degree else.
    turned = lon2 - lon1
    turned -= 360.0 * math.floor(turned / 360.0 + 0.5)
    east = -1.0 if turned < 0.0 else 1.0
    lon = min(abs(turned), 180.0)  # a hair less than half a turn is rounded to a hair more
    sin_l, cos_l = _sin_cos_deg(lon)
    # The first point is made the one farther from the equator, and put south of it.
    swapped = abs(lat1) < abs(lat2)
    low, high = (lat2, lat1) if swapped else (lat1, lat2)
    north = -1.0 if low > 0.0 else 1.0
    sin_1, cos_1 = reduced(north * low)
    sin_2, cos_2 = reduced(north * high)
    # Where two reduced latitudes differ by rounding only, they are made the same.
    if cos_1 < -sin_1:
        if cos_2 == cos_1:
            sin_2 = sin_1 if sin_2 < 0.0 else -sin_1
    elif abs(sin_2) == -sin_1:
        cos_2 = cos_1
    dn_1, dn_2 = math.sqrt(1.0 + EP2 * sin_1 * sin_1), math.sqrt(1.0 + EP2 * sin_2 * sin_2)

    length_m = -1.0
    sin_a1, cos_a1, sin_a2, cos_a2 = sin_l, cos_l, 0.0, 1.0
    if north * low == -90.0 or sin_l == 0.0:
        s1, c1, s2, c2 = sin_1, cos_a1 * cos_1, sin_2, cos_2
        arc = math.atan2(max(0.0, c1 * s2 - s1 * c2), c1 * c2 + s1 * s2)
        # Over the equator to the opposite meridian, the way round the side may be shorter.
        if arc < _SQRT_EPS or _reduced_length(THIRD_FLATTENING, arc, s1, c1, dn_1, s2, c2, dn_2) >= 0.0:
            length_m = _distance(THIRD_FLATTENING, arc, s1, c1, s2, c2) * POLE_RADIUS_M
            if arc < 3.0 * TINY or length_m < 0.0:  # a pole has a cosine, too
                length_m = 0.0
    if length_m < 0.0:
        if sin_1 == 0.0 and (180.0 - lon) >= FLATTENING * 180.0:
            sin_a1 = sin_a2 = 1.0
            cos_a1 = cos_a2 = 0.0
            length_m = EQUATOR_RADIUS_M * lon * DEG
        else:
            ends = (sin_1, cos_1, dn_1, sin_2, cos_2, dn_2)
            arc, sin_a1, cos_a1, sin_a2, cos_a2, dn = _start(ends, lon * DEG, sin_l, cos_l)
            if arc >= 0.0:
                length_m = arc * POLE_RADIUS_M * dn
            else:
                length_m, sin_a1, cos_a1, sin_a2, cos_a2 = _newton(ends, sin_a1, cos_a1, sin_l, cos_l)
    if swapped:
        sin_a1, cos_a1 = sin_a2, -cos_a2
    if sin_a1 == 0.0:
        return length_m, 0.0 if north * cos_a1 >= 0.0 else 180.0
    return length_m, math.atan2(east * sin_a1, north * cos_a1) / DEG


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
    off_parallel_m = abs(lat1 + lat2) * DEG * EQUATOR_RADIUS_M
    if off_parallel_m > SAME_PLACE_M:
        return True
    sin_beta, cos_beta = reduced(lat1)
    half_width = FLATTENING * math.pi * cos_beta * polynomial_a3(epsilon(sin_beta * sin_beta))
    off = lon2 - lon1 + 180.0
    off_antipode = abs(off - 360.0 * math.floor(off / 360.0 + 0.5)) * DEG
    return (off_antipode - half_width) * EQUATOR_RADIUS_M * cos_beta > SAME_PLACE_M


Ends = tuple[float, float, float, float, float, float]
"""Sine and cosine of the reduced latitude, and sqrt(1 + ep2 sin**2), of one end, then of the other."""


def _start(ends: Ends, lam: float, sin_l: float, cos_l: float) -> tuple[float, float, float, float, float, float]:
    """Find a first azimuth, or all of the answer for a short line.

    Returns
    -------
    arc : float
        On the auxiliary sphere in radians for a short line, else -1.
    sin_a1, cos_a1, sin_a2, cos_a2 : float
        Azimuths at the ends, the second one for a short line only.
    dn : float
        Scale of a short line.
    """
    sin_1, cos_1, _, sin_2, cos_2, _ = ends
    sin_12 = sin_2 * cos_1 - cos_2 * sin_1
    cos_12 = cos_2 * cos_1 + sin_2 * sin_1
    sin_12a = sin_2 * cos_1 + cos_2 * sin_1
    short = cos_12 >= 0.0 and sin_12 < 0.5 and cos_2 * lam < 0.5
    dn = 1.0
    sin_o, cos_o = sin_l, cos_l
    if short:
        mean2 = (sin_1 + sin_2) * (sin_1 + sin_2)
        mean2 /= mean2 + (cos_1 + cos_2) * (cos_1 + cos_2)
        dn = math.sqrt(1.0 + EP2 * mean2)
        omega = lam / (AXIS_RATIO * dn)
        sin_o, cos_o = math.sin(omega), math.cos(omega)
    sin_a1 = cos_2 * sin_o
    if cos_o >= 0.0:
        cos_a1 = sin_12 + cos_2 * sin_1 * (sin_o * sin_o) / (1.0 + cos_o)
    else:
        cos_a1 = sin_12a - cos_2 * sin_1 * (sin_o * sin_o) / (1.0 - cos_o)
    sin_s = math.sqrt(sin_a1 * sin_a1 + cos_a1 * cos_a1)
    cos_s = sin_1 * sin_2 + cos_1 * cos_2 * cos_o
    if short and sin_s < _SHORT_ARC:
        sin_a2 = cos_1 * sin_o
        cos_a2 = sin_12 - cos_1 * sin_2 * ((sin_o * sin_o) / (1.0 + cos_o) if cos_o >= 0.0 else 1.0 - cos_o)
        norm = math.sqrt(sin_a2 * sin_a2 + cos_a2 * cos_a2)
        if norm > 0.0:
            sin_a2, cos_a2 = sin_a2 / norm, cos_a2 / norm
        if sin_s > 0.0:
            sin_a1, cos_a1 = sin_a1 / sin_s, cos_a1 / sin_s
        return math.atan2(sin_s, cos_s), sin_a1, cos_a1, sin_a2, cos_a2, dn
    if cos_s < 0.0 and sin_s < 6.0 * THIRD_FLATTENING * math.pi * cos_1 * cos_1:
        sin_a1, cos_a1 = _near_antipode(ends, sin_12a, sin_l, cos_l)
    if sin_a1 > 0.0:
        norm = math.sqrt(sin_a1 * sin_a1 + cos_a1 * cos_a1)
        return -1.0, sin_a1 / norm, cos_a1 / norm, 0.0, 0.0, dn
    return -1.0, 1.0, 0.0, 0.0, 0.0, dn


def _near_antipode(ends: Ends, sin_12a: float, sin_l: float, cos_l: float) -> tuple[float, float]:
    """Find a first azimuth between nearly opposite points, from the astroid of geodesics there (Karney's section 5)."""
    sin_1, cos_1, _, _, cos_2, _ = ends
    lam_scale = FLATTENING * cos_1 * polynomial_a3(epsilon(sin_1 * sin_1)) * math.pi
    x, y = math.atan2(-sin_l, -cos_l) / lam_scale, sin_12a / (lam_scale * cos_1)
    if y > -200.0 * _EPS and x > -1.0 - 1000.0 * _SQRT_EPS:
        sin_a1 = min(1.0, -x)
        return sin_a1, -math.sqrt(1.0 - sin_a1 * sin_a1)
    k = _astroid(x, y)
    omega = lam_scale * (-x * k / (1.0 + k))
    sin_o, cos_o = math.sin(omega), -math.cos(omega)
    return cos_2 * sin_o, sin_12a - cos_2 * sin_1 * (sin_o * sin_o) / (1.0 - cos_o)


def _astroid(x: float, y: float) -> float:
    """Return the positive root k of k**4 + 2 k**3 - (x**2 + y**2 - 1) k**2 - 2 y**2 k - y**2 = 0."""
    p, q = x * x, y * y
    r = (p + q - 1.0) / 6.0
    if q == 0.0 and r <= 0.0:
        return 0.0
    s = p * q / 4.0
    r2 = r * r
    r3 = r * r2
    discriminant = s * (s + 2.0 * r3)
    u = r
    if discriminant >= 0.0:
        t3 = s + r3
        t3 += -math.sqrt(discriminant) if t3 < 0.0 else math.sqrt(discriminant)
        t = -(abs(t3) ** (1.0 / 3.0)) if t3 < 0.0 else t3 ** (1.0 / 3.0)
        u += t + (r2 / t if t != 0.0 else 0.0)
    else:
        u += 2.0 * r * math.cos(math.atan2(math.sqrt(-discriminant), -(s + r3)) / 3.0)
    v = math.sqrt(u * u + q)
    uv = q / (v - u) if u < 0.0 else u + v
    w = (uv - q) / (2.0 * v)
    return uv / (math.sqrt(uv + w * w) + w)


def _newton(
    ends: Ends, sin_a1: float, cos_a1: float, sin_l: float, cos_l: float
) -> tuple[float, float, float, float, float]:
    """Solve for the azimuth at the first end by Newton's method, kept in a bracket; return length and azimuths."""
    sin_1, _, dn_1, _, cos_2, dn_2 = ends
    low_s, low_c, high_s, high_c = TINY, 1.0, TINY, -1.0
    near = last = False
    step = 0
    while True:
        v, e, arc, s1, c1, s2, c2, sin_a2, cos_a2 = _longitude_off(ends, sin_a1, cos_a1, sin_l, cos_l)
        if last or abs(v) < (8.0 if near else 1.0) * _EPS or step == _MOST_STEPS:
            break
        if v > 0.0 and (step > _NEWTON_STEPS or cos_a1 / sin_a1 > high_c / high_s):
            high_s, high_c = sin_a1, cos_a1
        elif v < 0.0 and (step > _NEWTON_STEPS or cos_a1 / sin_a1 < low_c / low_s):
            low_s, low_c = sin_a1, cos_a1
        step += 1
        turned = False
        # By how much the longitude reached changes with the azimuth.
        if cos_a2 == 0.0:
            dv = -2.0 * AXIS_RATIO * dn_1 / sin_1
        else:
            dv = _reduced_length(e, arc, s1, c1, dn_1, s2, c2, dn_2) * AXIS_RATIO / (cos_a2 * cos_2)
        if step < _NEWTON_STEPS and dv > 0.0 and abs(v) < math.pi * dv:
            by = -v / dv
            sin_by, cos_by = math.sin(by), math.cos(by)
            sin_new = sin_a1 * cos_by + cos_a1 * sin_by
            if sin_new > 0.0:
                cos_a1 = cos_a1 * cos_by - sin_a1 * sin_by
                sin_a1 = sin_new
                near, turned = abs(v) <= 16.0 * _EPS, True
        if not turned:
            sin_a1, cos_a1 = 0.5 * (low_s + high_s), 0.5 * (low_c + high_c)
            near = False
        norm = math.sqrt(sin_a1 * sin_a1 + cos_a1 * cos_a1)
        sin_a1, cos_a1 = sin_a1 / norm, cos_a1 / norm
        if not turned:
            last = abs(low_s - sin_a1) + (low_c - cos_a1) < _EPS or abs(sin_a1 - high_s) + (cos_a1 - high_c) < _EPS
    return _distance(e, arc, s1, c1, s2, c2) * POLE_RADIUS_M, sin_a1, cos_a1, sin_a2, cos_a2


def _longitude_off(
    ends: Ends, sin_a1: float, cos_a1: float, sin_l: float, cos_l: float
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Follow an azimuth to the second end's latitude: by how much longitude misses there.

    Returns
    -------
    v : float
        Longitude reached less the one wanted, in radians.
    e, arc, s1, c1, s2, c2 : float
        Expansion parameter, arc, and sine and cosine of the arc from the equator at both ends.
    sin_a2, cos_a2 : float
        Azimuth at the second end.
    """
    sin_1, cos_1, _, sin_2, cos_2, _ = ends
    if sin_1 == 0.0 and cos_a1 == 0.0:
        cos_a1 = -TINY  # a line along the equator has no node
    sin_a0 = sin_a1 * cos_1
    cos_a0 = math.sqrt(cos_a1 * cos_a1 + sin_a1 * sin_1 * (sin_a1 * sin_1))
    so1, co1 = sin_a0 * sin_1, cos_a1 * cos_1
    norm = math.sqrt(sin_1 * sin_1 + co1 * co1)
    s1, c1 = sin_1 / norm, co1 / norm
    sin_a2 = sin_a0 / cos_2 if cos_2 != cos_1 else sin_a1
    if cos_2 != cos_1 or abs(sin_2) != -sin_1:
        apart = (cos_2 - cos_1) * (cos_1 + cos_2) if cos_1 < -sin_1 else (sin_1 - sin_2) * (sin_1 + sin_2)
        cos_a2 = math.sqrt(co1 * co1 + apart) / cos_2
    else:
        cos_a2 = abs(cos_a1)
    so2, co2 = sin_a0 * sin_2, cos_a2 * cos_2
    norm = math.sqrt(sin_2 * sin_2 + co2 * co2)
    s2, c2 = sin_2 / norm, co2 / norm
    arc = math.atan2(max(0.0, c1 * s2 - s1 * c2), c1 * c2 + s1 * s2)
    sin_o, cos_o = max(0.0, co1 * so2 - so1 * co2), co1 * co2 + so1 * so2
    eta = math.atan2(sin_o * cos_l - cos_o * sin_l, cos_o * cos_l + sin_o * sin_l)
    e = epsilon(cos_a0 * cos_a0)
    k = coefficients_3(e)
    b312 = sine_series(s2, c2, k) - sine_series(s1, c1, k)
    v = eta - FLATTENING * polynomial_a3(e) * sin_a0 * (arc + b312)
    return v, e, arc, s1, c1, s2, c2, sin_a2, cos_a2


def _distance(e: float, arc: float, s1: float, c1: float, s2: float, c2: float) -> float:
    """Return the distance between two points of a geodesic, over the polar radius."""
    k = coefficients_1(e)
    return (1.0 + scale_1(e)) * (arc + (sine_series(s2, c2, k) - sine_series(s1, c1, k)))


def _reduced_length(
    e: float, arc: float, s1: float, c1: float, dn_1: float, s2: float, c2: float, dn_2: float
) -> float:
    """Return the reduced length between two points of a geodesic, over the polar radius."""
    e2 = e * e
    a1 = scale_1(e)
    a2 = (e2 * (e2 * (-11.0 * e2 - 28.0) - 192.0) / 256.0 - e) / (1.0 + e)
    k1, k2, k3, k4, k5, k6 = coefficients_1(e)
    # A1 C1 - A2 C2, of which the second is the series of the reduced length.
    k = (
        (1.0 + a1) * k1 - (1.0 + a2) * (e * ((e2 + 2.0) * e2 + 16.0) / 32.0),
        (1.0 + a1) * k2 - (1.0 + a2) * (e2 * ((35.0 * e2 + 64.0) * e2 + 384.0) / 2048.0),
        (1.0 + a1) * k3 - (1.0 + a2) * (e * e2 * (15.0 * e2 + 80.0) / 768.0),
        (1.0 + a1) * k4 - (1.0 + a2) * (e2 * e2 * (7.0 * e2 + 35.0) / 512.0),
        (1.0 + a1) * k5 - (1.0 + a2) * (63.0 * e * e2 * e2 / 1280.0),
        (1.0 + a1) * k6 - (1.0 + a2) * (77.0 * e2 * e2 * e2 / 2048.0),
    )
    j = (a1 - a2) * arc + (sine_series(s2, c2, k) - sine_series(s1, c1, k))
    return dn_2 * (c1 * s2) - dn_1 * (s1 * c2) - c1 * c2 * j


def _sin_cos_deg(degrees: float) -> tuple[float, float]:
    """Return sine and cosine of an angle from 0 to 180 degrees, exact at whole quarters of a turn."""
    quarter = math.floor(degrees / 90.0 + 0.5)
    rest = (degrees - 90.0 * quarter) * DEG
    s, c = math.sin(rest), math.cos(rest)
    if quarter == 0:
        return s, c
    if quarter == 1:
        return c, -s
    return -s, -c


def inverse_each(
    lon1: Any, lat1: Any, lon2: Any, lat2: Any, begin: int, end: int, length_m: Any, azimuth_deg: Any
) -> int:
    """Solve the inverse problem for many pairs of points; stop at one that has no unique answer.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : array of float
        The points, in degrees.
    begin, end : int
        Which of them.
    length_m, azimuth_deg : array of float
        Written to; see `inverse`.

    Returns
    -------
    int
        The first pair that is not joined by a unique shortest geodesic, or `end`.
    """
    for i in range(begin, end):
        if not is_unique(lon1[i], lat1[i], lon2[i], lat2[i]):
            return i
        length_m[i], azimuth_deg[i] = inverse(lon1[i], lat1[i], lon2[i], lat2[i])
    return end
