"""One geodesic as a series: points along it, distances along it.

Karney's series of order 6 as scalar functions of floats. A `Line` holds the constants of one geodesic, and a point on
it is named by its arc: the angle travelled on the auxiliary sphere, in radians, 0 at the start. The arc grows with
distance, by at most 1 radian in every `EQUATOR_RADIUS_M` metres.

Written in the subset of Python that numba compiles, and with operations only that give the same bits either way: no
``math.hypot`` (Python's rounds better than C's), no ``math.remainder`` or ``math.fmod`` (which numba lacks).

Source: C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55, and the coefficients of order 6 as
printed in GeographicLib.
"""

from __future__ import annotations

import math

from overflight.earth.constants import (
    AXIS_RATIO,
    DEG,
    EP2,
    FLATTENING,
    PER_RADIAN,
    POLE_RADIUS_M,
    THIRD_FLATTENING,
)

__all__ = [
    "TINY",
    "Line",
    "arc_at",
    "coefficients_1",
    "coefficients_3",
    "distance_along",
    "epsilon",
    "geodesic_line",
    "normal_lon",
    "polynomial_a3",
    "position",
    "reduced",
    "scale_1",
    "sine_series",
]

TINY = 1e-150

Line = tuple[float, ...]
"""The constants of one geodesic; see `geodesic_line`."""

_N = THIRD_FLATTENING
# Longitude series of this ellipsoid: polynomials in its third flattening, one number for each power of epsilon.
_A3 = (1.0, (_N - 1) / 2, ((3 * _N - 1) * _N - 2) / 8, ((-_N - 3) * _N - 1) / 16, (-2 * _N - 3) / 64, -3 / 128)
_C31 = ((1 - _N) / 4, (1 - _N * _N) / 8, ((3 - _N) * _N + 3) / 64, (2 * _N + 5) / 128, 3 / 128)
_C32 = (((_N - 3) * _N + 2) / 32, ((-3 * _N - 2) * _N + 3) / 64, (_N + 3) / 128, 5 / 256)
_C33 = (((5 * _N - 9) * _N + 5) / 192, (-10 * _N + 9) / 384, 7 / 512)
_C34 = ((-14 * _N + 7) / 512, 7 / 512)
_C35 = 21 / 2560


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
    alpha = azimuth_deg * DEG
    sin_a, cos_a = math.sin(alpha), math.cos(alpha)
    # A meridian stays one: pi is no exact number, and its sine not zero.
    turned = abs(azimuth_deg)
    if turned == 0.0 or turned == 180.0 or turned == 360.0:  # noqa: PLR1714 - compiled as well
        sin_a = 0.0
    if turned == 90.0 or turned == 270.0:  # noqa: PLR1714
        cos_a = 0.0
    sin_b, cos_b = reduced(lat1)
    sin_a0, cos_a0 = sin_a * cos_b, math.sqrt(cos_a * cos_a + sin_a * sin_b * (sin_a * sin_b))
    sin_w, cos_w = sin_a0 * sin_b, cos_b * cos_a
    sin_s, cos_s = sin_b, cos_w
    if sin_s == 0.0 and cos_s == 0.0:
        cos_s = cos_w = 1.0
    # The cosine may be too small to square.
    norm = abs(cos_s) if sin_s == 0.0 else math.sqrt(sin_s * sin_s + cos_s * cos_s)
    sin_s, cos_s = sin_s / norm, cos_s / norm
    e = epsilon(cos_a0 * cos_a0)
    e2 = e * e
    c11, c12, c13, c14, c15, c16 = coefficients_1(e)
    c31, c32, c33, c34, c35, c36 = coefficients_3(e)
    stretch = -FLATTENING * sin_a0 * polynomial_a3(e)
    b1 = sine_series(sin_s, cos_s, (c11, c12, c13, c14, c15, c16))
    b3 = sine_series(sin_s, cos_s, (c31, c32, c33, c34, c35, c36))
    return (
        sin_a0,
        cos_a0,
        sin_s,
        cos_s,
        sin_w,
        cos_w,
        stretch,
        b3,
        c31,
        c32,
        c33,
        c34,
        c35,
        POLE_RADIUS_M * (1.0 + scale_1(e)),
        b1,
        c11,
        c12,
        c13,
        c14,
        c15,
        c16,
        # The series from distance to arc.
        e * ((205.0 * e2 - 432.0) * e2 + 768.0) / 1536.0,
        e2 * ((4005.0 * e2 - 4736.0) * e2 + 3840.0) / 12288.0,
        e * e2 * (116.0 - 225.0 * e2) / 384.0,
        e2 * e2 * (2695.0 - 7173.0 * e2) / 7680.0,
        3467.0 * e * e2 * e2 / 7680.0,
        38081.0 * e2 * e2 * e2 / 61440.0,
    )


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
    x = cos_a0 * cos_s
    lat = math.atan2(cos_a0 * sin_s, AXIS_RATIO * math.sqrt(sin_a0 * sin_a0 + x * x))
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
    return lam * PER_RADIAN, lat * PER_RADIAN


def arc_at(line: Line, along_m: float) -> float:
    """Return the arc, in radians, at a distance in metres from the start of a line."""
    sin_1, cos_1, scale_m, b1 = line[2], line[3], line[13], line[14]
    tau = along_m / scale_m
    s, c = math.sin(b1 + tau), math.cos(b1 + tau)
    return tau + b1 + sine_series(sin_1 * c + cos_1 * s, cos_1 * c - sin_1 * s, line[21:27])


def distance_along(line: Line, arc: float) -> float:
    """Return the distance in metres from the start of a line to an arc in radians; undoes `arc_at` to 1e-8 m."""
    sin_1, cos_1 = line[2], line[3]
    s, c = math.sin(arc), math.cos(arc)
    series = sine_series(sin_1 * c + cos_1 * s, cos_1 * c - sin_1 * s, line[15:21])
    return line[13] * (arc + series - line[14])


def normal_lon(lon: float) -> float:
    """Bring a longitude in degrees into [-180, 180]; one that is there already stays as it is, 180 included."""
    return lon if -180.0 <= lon <= 180.0 else lon - 360.0 * math.floor(lon / 360.0 + 0.5)


def reduced(lat: float) -> tuple[float, float]:
    """Return sine and cosine of the reduced latitude; the cosine stays above 0, so that a pole has directions."""
    sin_b, cos_b = AXIS_RATIO * math.sin(lat * DEG), math.cos(lat * DEG)
    if abs(lat) == 90.0:
        cos_b = 0.0
    if abs(sin_b) < TINY:
        sin_b = 0.0
    norm = math.sqrt(sin_b * sin_b + cos_b * cos_b)
    return sin_b / norm, max(cos_b / norm, TINY)


def epsilon(cos2_a0: float) -> float:
    """Return the expansion parameter of a geodesic whose equatorial azimuth has this squared cosine."""
    k2 = cos2_a0 * EP2
    return k2 / (2.0 * (1.0 + math.sqrt(1.0 + k2)) + k2)


def polynomial_a3(e: float) -> float:
    """Return A3, the factor of the secular part of longitude."""
    return _A3[0] + e * (_A3[1] + e * (_A3[2] + e * (_A3[3] + e * (_A3[4] + e * _A3[5]))))


def scale_1(e: float) -> float:
    """Return A1 - 1, the factor of the secular part of distance less 1."""
    e2 = e * e
    return (e2 * (e2 * (e2 + 4.0) + 64.0) / 256.0 + e) / (1.0 - e)


def coefficients_1(e: float) -> tuple[float, float, float, float, float, float]:
    """Return C1, the sine series from arc to distance."""
    e2 = e * e
    return (
        e * ((6.0 - e2) * e2 - 16.0) / 32.0,
        e2 * ((64.0 - 9.0 * e2) * e2 - 128.0) / 2048.0,
        e * e2 * (9.0 * e2 - 16.0) / 768.0,
        e2 * e2 * (3.0 * e2 - 5.0) / 512.0,
        -7.0 * e * e2 * e2 / 1280.0,
        -7.0 * e2 * e2 * e2 / 2048.0,
    )


def coefficients_3(e: float) -> tuple[float, float, float, float, float, float]:
    """Return C3, the sine series of longitude; it ends one term before the others."""
    e2 = e * e
    return (
        e * (_C31[0] + e * (_C31[1] + e * (_C31[2] + e * (_C31[3] + e * _C31[4])))),
        e2 * (_C32[0] + e * (_C32[1] + e * (_C32[2] + e * _C32[3]))),
        e * e2 * (_C33[0] + e * (_C33[1] + e * _C33[2])),
        e2 * e2 * (_C34[0] + e * _C34[1]),
        e * e2 * e2 * _C35,
        0.0,
    )


def sine_series(s: float, c: float, k: tuple[float, ...]) -> float:
    """Sum k[l-1] sin(2 l x) over l = 1 to 6 by Clenshaw's recurrence, from the sine and cosine of x."""
    t = 2.0 * (c - s) * (c + s)
    y5 = t * k[5] + k[4]
    y4 = t * y5 - k[5] + k[3]
    y3 = t * y4 - y5 + k[2]
    y2 = t * y3 - y4 + k[1]
    y1 = t * y2 - y3 + k[0]
    return 2.0 * s * c * y1
