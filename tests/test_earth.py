"""Geodesics: the series against geographiclib, uniqueness, poles and 180 degrees."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pyproj
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given
from hypothesis import strategies as st

from overflight import earth
from overflight.earth.constants import EQUATOR_RADIUS_M

WGS84 = Geodesic.WGS84
GEOD = pyproj.Geod(ellps="WGS84")

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)
azimuths = st.one_of(st.floats(-180.0, 180.0), st.sampled_from([0.0, 90.0, 180.0, -90.0, 1e-9, 179.9999999]))


def metres_apart(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    return float(WGS84.Inverse(lat1, lon1, lat2, lon2)["s12"])


@given(lat=latitudes, azimuth=azimuths, along_m=st.floats(0.0, 20_000_000.0))
def test_position_agrees_with_geographiclib_to_a_tenth_of_a_micrometre(
    lat: float, azimuth: float, along_m: float
) -> None:
    line = earth.geodesic_line(lat, azimuth)
    x, y = earth.position(line, earth.arc_at(line, along_m))
    want = WGS84.Direct(lat, 0.0, azimuth, along_m)
    assert metres_apart(x, y, want["lon2"], want["lat2"]) < 1e-7


def test_position_is_right_from_and_to_poles_and_along_meridians() -> None:
    rng = random.Random(5)  # noqa: S311
    for lat in (90.0, -90.0, 89.9999999, -89.999999, 0.0, 1e-12):
        for azimuth in (0.0, 180.0, 90.0, -90.0, rng.uniform(-180.0, 180.0)):
            for along_m in (0.0, 1.0, 10_001_965.7, rng.uniform(0.0, 2e7)):
                x, y = earth.direct(12.5, lat, azimuth, along_m)
                want = WGS84.Direct(lat, 12.5, azimuth, along_m)
                assert metres_apart(x, y, want["lon2"], want["lat2"]) < 1e-7, (lat, azimuth, along_m)


@given(lat=latitudes, azimuth=azimuths, along_m=st.floats(0.0, 20_000_000.0))
def test_arc_and_distance_undo_each_other(lat: float, azimuth: float, along_m: float) -> None:
    line = earth.geodesic_line(lat, azimuth)
    assert earth.distance_along(line, earth.arc_at(line, along_m)) == pytest.approx(along_m, abs=1e-8)


@given(lat=latitudes, azimuth=azimuths, along_m=st.floats(0.0, 20_000_000.0))
def test_an_arc_is_never_longer_than_its_radian_on_the_equator(lat: float, azimuth: float, along_m: float) -> None:
    """The walk relies on it: a jump by this many radians is a jump by at most this many metres."""
    line = earth.geodesic_line(lat, azimuth)
    step = 1000.0 / EQUATOR_RADIUS_M
    arc = earth.arc_at(line, along_m)
    assert earth.distance_along(line, arc + step) - earth.distance_along(line, arc) <= 1000.0 + 1e-6


def test_longitude_is_unrolled_across_180_degrees() -> None:
    line = earth.geodesic_line(10.0, 90.0)
    lons = [earth.position(line, earth.arc_at(line, d))[0] for d in range(0, 19_000_000, 250_000)]
    assert all(0.0 < b - a < 30.0 for a, b in pairwise(lons))
    assert 165.0 < lons[-1] < 180.0


@given(lat=latitudes, azimuth=azimuths, along_m=st.floats(0.0, 19_900_000.0))
def test_west_is_east_mirrored_and_a_line_begins_where_it_begins(lat: float, azimuth: float, along_m: float) -> None:
    east, west = earth.geodesic_line(lat, abs(azimuth)), earth.geodesic_line(lat, -abs(azimuth))
    arc = earth.arc_at(east, along_m)
    x, y = earth.position(east, arc)
    assert earth.position(west, arc) == pytest.approx((-x, y) if 0.0 < abs(azimuth) < 180.0 else (x, y), abs=1e-9)
    assert x >= -1e-6
    if abs(lat) < 89.0:
        assert earth.position(east, 0.0) == pytest.approx((0.0, lat), abs=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_line_along_half_of_the_equator_keeps_its_way_round(sign: float) -> None:
    """On the auxiliary sphere it goes round by more than half a turn."""
    line = earth.geodesic_line(0.0, sign * 90.0)
    east = math.degrees(20_000_000.0 / EQUATOR_RADIUS_M)
    assert earth.position(line, earth.arc_at(line, 20_000_000.0)) == pytest.approx((sign * east, 0.0), abs=1e-9)


@pytest.mark.parametrize("azimuth", [0.0, 180.0, -180.0, 360.0])
def test_a_meridian_stays_one(azimuth: float) -> None:
    line = earth.geodesic_line(10.0, azimuth)
    lons = [earth.position(line, earth.arc_at(line, d))[0] for d in range(0, 8_000_000, 250_000)]
    assert set(lons) == {0.0}


@pytest.mark.parametrize("azimuth", [90.0, -90.0, 270.0])
def test_the_equator_stays_one(azimuth: float) -> None:
    line = earth.geodesic_line(0.0, azimuth)
    lats = [earth.position(line, earth.arc_at(line, d))[1] for d in range(0, 19_000_000, 250_000)]
    assert set(lats) == {0.0}


def test_inverse_gives_length_and_azimuth() -> None:
    length_m, azimuth = earth.inverse(37.2615, 55.5915, 19.2556, 47.4369)
    want_azimuth, _, want_m = GEOD.inv(37.2615, 55.5915, 19.2556, 47.4369)
    assert (length_m, azimuth) == pytest.approx((want_m, want_azimuth), abs=1e-6)
    assert earth.distance_m(37.2615, 55.5915, 19.2556, 47.4369) == length_m


@given(lon1=longitudes, lat1=latitudes, lon2=longitudes, lat2=latitudes)
@example(lon1=0.0, lat1=2.2e-313, lon2=1.0, lat2=0.0)
@example(lon1=0.0, lat1=1.0, lon2=179.99999999999997, lat2=1.0)
def test_inverse_then_direct_comes_back(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    length_m, azimuth = earth.inverse(lon1, lat1, lon2, lat2)
    lon, lat = earth.direct(lon1, lat1, azimuth, length_m)
    assert metres_apart(lon, lat, lon2, lat2) < 1e-6


@pytest.mark.parametrize(
    ("lon1", "lat1", "lon2", "lat2"),
    [
        (0.0, 0.0, 180.0, 0.0),
        (0.0, 0.0, 179.5, 0.0),
        (170.0, 0.0, -10.4, 0.0),
        (10.0, 50.0, -170.0, -50.0),
        (10.0, 50.0, -170.0, -50.000_005),
        (10.0, 50.0, -170.3, -50.0),
        (0.0, 90.0, 123.0, -90.0),
        (5.0, 89.999_999, -170.0, -89.999_999),
    ],
)
def test_two_shortest_geodesics_are_told(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    """And there really are two: the mirrored azimuth gets as close, over the same distance."""
    assert not earth.is_unique(lon1, lat1, lon2, lat2)
    assert not earth.is_unique(lon2, lat2, lon1, lat1)
    length_m, azimuth = earth.inverse(lon1, lat1, lon2, lat2)
    other = earth.direct(lon1, lat1, 180.0 - azimuth, length_m)
    assert metres_apart(*other, lon2, lat2) < 3.0


@pytest.mark.parametrize(
    ("lon1", "lat1", "lon2", "lat2"),
    [
        (0.0, 0.0, 179.3, 0.0),
        (10.0, 50.0, -170.0, -50.001),
        (10.0, 50.0, -170.5, -50.0),
        (0.0, 90.0, 0.0, -89.999),
        (0.0, 90.0, 40.0, 90.0),
        (37.2615, 55.5915, 19.2556, 47.4369),
        (0.0, 60.0, 180.0, 60.0),
        (0.0, 10.0, 179.0, -9.0),
    ],
)
def test_a_unique_geodesic_is_not_called_ambiguous(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    assert earth.is_unique(lon1, lat1, lon2, lat2)


def test_a_unique_leg_of_19_900_km_is_walked_to_its_end() -> None:
    lon2, lat2 = earth.direct(20.0, 30.0, 35.0, 19_900_000.0)
    assert earth.is_unique(20.0, 30.0, lon2, lat2)
    length_m, _ = earth.inverse(20.0, 30.0, lon2, lat2)
    assert length_m == pytest.approx(19_900_000.0, abs=1e-6)
    assert earth.points_along(20.0, 30.0, lon2, lat2, max_km=100.0)[-1][1] == lat2


def test_points_along_are_evenly_spaced_and_keep_both_ends() -> None:
    points = earth.points_along(37.2615, 55.5915, 19.2556, 47.4369, max_km=50.0)
    assert points[0] == (37.2615, 55.5915)
    assert points[-1] == (19.2556, 47.4369)
    gaps = [metres_apart(*a, *b) for a, b in pairwise(points)]
    assert max(gaps) <= 50_000.0
    assert max(gaps) - min(gaps) < 1e-3


def test_points_along_run_on_past_180_degrees_either_way() -> None:
    east = earth.points_along(170.0, 50.0, -160.0, 40.0, max_km=100.0)
    west = earth.points_along(-160.0, 40.0, 170.0, 50.0, max_km=100.0)
    assert east[-1] == (200.0, 40.0)
    assert west[-1] == (-190.0, 50.0)
    assert all(abs(a[0] - b[0]) < 5.0 for run in (east, west) for a, b in pairwise(run))


def test_points_along_end_at_a_pole_on_their_own_meridian() -> None:
    assert earth.points_along(20.0, 80.0, -77.0, 90.0, max_km=500.0)[-1] == (20.0, 90.0)


def test_points_along_a_leg_of_no_length_are_its_two_ends() -> None:
    assert earth.points_along(20.0, 80.0, 20.0, 80.0, max_km=500.0) == [(20.0, 80.0), (20.0, 80.0)]


@given(
    lat=st.floats(20.0, 75.0),
    azimuth=st.floats(-180.0, 180.0),
    share=st.floats(0.0, 1.0),
    aside_m=st.floats(1.0, 800_000.0),
)
def test_foot_is_where_a_perpendicular_meets_the_line(lat: float, azimuth: float, share: float, aside_m: float) -> None:
    length_m = 3_000_000.0
    line = earth.geodesic_line(lat, azimuth)
    foot_m = share * length_m
    x, y = earth.position(line, earth.arc_at(line, foot_m))
    px, py = earth.direct(x, y, earth.heading(line, foot_m) + 90.0, aside_m)
    gap_m, along_m = earth.foot_on(line, length_m, px, py, near_m=min(foot_m + 300_000.0, length_m))
    assert gap_m == pytest.approx(aside_m, abs=1e-6)
    assert along_m == pytest.approx(foot_m, abs=0.01)


def test_foot_beyond_an_end_is_the_end() -> None:
    line = earth.geodesic_line(50.0, 90.0)
    gap_m, along_m = earth.foot_on(line, 100_000.0, -5.0, 51.0, near_m=50_000.0)
    assert along_m == 0.0
    assert gap_m == pytest.approx(metres_apart(0.0, 50.0, -5.0, 51.0), abs=1e-6)


@given(lon=longitudes, lat=latitudes)
def test_cartesian_agrees_with_pyproj(lon: float, lat: float) -> None:
    want = pyproj.Transformer.from_crs(4326, 4978, always_xy=True).transform(lon, lat, 0.0)
    assert earth.cartesian(lon, lat) == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize(
    ("lon", "want"), [(180.0, 180.0), (-180.0, -180.0), (190.0, -170.0), (-190.0, 170.0), (540.5, -179.5), (0.0, 0.0)]
)
def test_longitudes_are_brought_into_range(lon: float, want: float) -> None:
    assert earth.normal_lon(lon) == want


def test_a_heading_follows_the_line() -> None:
    line = earth.geodesic_line(40.0, 60.0)
    want = WGS84.Direct(40.0, 0.0, 60.0, 4_000_000.0)["azi2"]
    assert math.isclose(earth.heading(line, 4_000_000.0), want, abs_tol=1e-9)


@pytest.mark.parametrize("lat", [90.0, -90.0])
def test_a_pole_is_one_place_whatever_its_longitude(lat: float) -> None:
    assert earth.inverse(0.0, lat, 100.0, lat)[0] == 0.0


def test_the_inverse_problem_agrees_with_geographiclib_to_twenty_nanometres() -> None:
    rng = random.Random(6)  # noqa: S311
    for _ in range(3000):
        lon, lat = rng.uniform(-180, 180), rng.choice([rng.uniform(-90, 90), 0.0, rng.uniform(-1, 1), 90.0])
        near = 10.0 ** rng.uniform(-8, 2)
        lon2, lat2 = lon + near * rng.uniform(-1, 1), max(-90.0, min(90.0, lat + near * rng.uniform(-1, 1)))
        if rng.random() < 0.3:
            lon2, lat2 = lon2 + 180.0, -lat2
        length_m, azimuth = earth.inverse(lon, lat, lon2, lat2)
        assert length_m == pytest.approx(WGS84.Inverse(lat, lon, lat2, lon2)["s12"], abs=2e-8)
        if earth.is_unique(lon, lat, lon2, lat2):
            end = WGS84.Direct(lat, lon, azimuth, length_m)
            assert metres_apart(end["lon2"], end["lat2"], lon2, lat2) < 2e-8
