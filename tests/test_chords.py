"""A chord and its geodesic: what `overflight._crossings.chords` says of how far apart they run."""

from __future__ import annotations

import math

import numpy as np
import pyproj
from hypothesis import given
from hypothesis import strategies as st

from overflight._crossings.chords import METRES, band, sides
from overflight.earth.constants import EQUATOR_RADIUS_M
from overflight.partition.locate import PER_DEG

GEOD = pyproj.Geod(ellps="WGS84")
ROUNDING_M = 1e-6


def strayed(lon: float, lat: float, azimuth: float, length_m: float) -> tuple[tuple[float, float], np.ndarray]:
    """Return how far left and right of a chord its geodesic may stray, and how far left it does at 99 points."""
    along = np.linspace(0.0, length_m, 101)
    lons, lats, _ = GEOD.fwd(np.full(101, lon), np.full(101, lat), np.full(101, azimuth), along)
    x, y = np.unwrap(lons, period=360.0) * PER_DEG, lats * PER_DEG
    chord = (0.0, x[0], y[0], length_m / EQUATOR_RADIUS_M, x[-1], y[-1])
    cos = math.cos(math.radians(np.abs(lats[[0, -1]]).max()))
    ux, uy = (x[-1] - x[0]) * METRES * cos, (y[-1] - y[0]) * METRES
    east, north = (x - x[0]) * METRES * cos, (y - y[0]) * METRES
    return sides(chord, band(chord, cos)), ((ux * north - uy * east) / math.hypot(ux, uy))[1:-1]


@given(
    lon=st.floats(-180.0, 180.0),
    lat=st.floats(-84.0, 84.0),
    azimuth=st.floats(-180.0, 180.0),
    length_m=st.floats(1_000.0, 100_000.0),
)
def test_a_geodesic_stays_in_the_band_beside_its_chord(lon: float, lat: float, azimuth: float, length_m: float) -> None:
    (left, right), off = strayed(lon, lat, azimuth, length_m)
    assert off.max() <= left + ROUNDING_M
    assert off.min() >= -right - ROUNDING_M


def test_a_geodesic_strays_from_its_chord_towards_the_pole_only() -> None:
    for lat, azimuth, poleward in ((50.0, 80.0, 1), (50.0, -80.0, -1), (-50.0, 80.0, -1), (-50.0, -80.0, 1)):
        (left, right), off = strayed(20.0, lat, azimuth, 100_000.0)
        assert (off * poleward).min() > 0.0
        assert min(left, right) < 0.001
        assert max(left, right) > 100.0
    (left, right), off = strayed(20.0, -0.32, 45.0, 100_000.0)
    assert off.min() < 0.0 < off.max()
    assert left == right
