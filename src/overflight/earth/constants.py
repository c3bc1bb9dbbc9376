"""The figure of the Earth in numbers: WGS84, what follows from it, and the units of its charts.

Sources: a and f as NIMA TR8350.2 (2000), table 3.1, defines WGS84; the nautical mile as the International Extraordinary
Hydrographic Conference (Monaco, 1929) and ICAO Annex 5 define it; the foot as the agreement of 1959 on yard and pound
does. All else follows from a and f.
"""

from __future__ import annotations

import math

__all__ = [
    "ABOUT_M_PER_DEG",
    "AXIS_RATIO",
    "DEG",
    "E2",
    "EP2",
    "EQUATOR_RADIUS_M",
    "FLATTENING",
    "KM_PER_NM",
    "LEAST_KM_PER_RAD",
    "MEAN_RADIUS_KM",
    "MOST_KM_PER_DEG",
    "MOST_KM_PER_RAD",
    "MOST_M_PER_DEG",
    "M_PER_FT",
    "M_PER_NM",
    "PER_RADIAN",
    "POLE_RADIUS_M",
    "THIRD_FLATTENING",
]

EQUATOR_RADIUS_M = 6378137.0
"""a, half the axis in the equator's plane."""
FLATTENING = 1 / 298.257223563
"""f = (a - b) / a."""
POLE_RADIUS_M = EQUATOR_RADIUS_M * (1 - FLATTENING)
"""b, half the axis from pole to pole."""
AXIS_RATIO = 1 - FLATTENING
"""b / a."""
E2 = FLATTENING * (2 - FLATTENING)
"""The square of the eccentricity, (a**2 - b**2) / a**2."""
EP2 = FLATTENING * (2 - FLATTENING) / AXIS_RATIO**2
"""The square of the second eccentricity, (a**2 - b**2) / b**2."""
THIRD_FLATTENING = FLATTENING / (2 - FLATTENING)
"""n = (a - b) / (a + b)."""

LEAST_KM_PER_RAD = 6335.4
"""The smallest radius of curvature, a (1 - e**2) = 6335.439 km, of the meridian at the equator, rounded down.

No distance is shorter than the angle between the verticals at its ends times this."""
MOST_KM_PER_RAD = 6399.6
"""The largest, a**2 / b = 6399.594 km, at the poles, rounded up: no distance is longer than that angle times this."""
MEAN_RADIUS_KM = 6371.0
"""(2 a + b) / 3, for estimates."""

MOST_M_PER_DEG = 111_700.0
"""A degree of latitude (111,694 m at the poles) or of the equator (111,319 m) is no longer."""
MOST_KM_PER_DEG = MOST_M_PER_DEG / 1000.0
ABOUT_M_PER_DEG = 111_000.0
"""A degree of latitude, for estimates."""

M_PER_FT = 0.3048
M_PER_NM = 1852.0
KM_PER_NM = 1.852

DEG = math.pi / 180.0
PER_RADIAN = 180.0 / math.pi
