"""Circles as areas: nothing inside is missed, little outside is taken, round poles and 180 degrees as elsewhere."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pyproj
import pytest
import shapely

import overflight as of
from overflight._crossings import locate
from overflight.airspace import Area
from overflight.airspace.circles import arc, circle
from overflight.airspace.overlay import partition
from overflight.errors import DataError, UnknownStateError
from overflight.proposals import parse_proposals
from overflight.rules.rulesets import parse_ruleset
from overflight.rules.terms import areas_of
from tests.worlds import make_world

Floats = npt.NDArray[np.float64]
DAY = dt.date(2025, 10, 23)
GEOD = pyproj.Geod(ellps="WGS84")
TO_POLE_M = GEOD.inv(20.0, 70.0, 20.0, 90.0)[2]
CIRCLES = [
    (37.26, 55.59, 92_600.0),
    (179.9, 10.0, 500_000.0),
    (-180.0, -17.0, 20_000.0),
    (0.0, 0.0, 50.0),
    (0.0, 89.99, 5_000.0),
    (0.0, 90.0, 92_600.0),
    (50.0, -90.0, 1_000_000.0),
    (10.0, 80.0, 1_500_000.0),
    (10.0, 85.0, 555_000.0),
    (37.0, 55.0, 10_500_000.0),
    (37.0, 55.0, 19_900_000.0),
    (20.0, 70.0, TO_POLE_M),
    (20.0, 70.0, TO_POLE_M - 7.0),
    (0.0, 0.0, 10_001_965.729),
]


def rim(lon: float, lat: float, metres: float, count: int = 3000) -> tuple[Floats, Floats]:
    """Return points at one distance from a centre."""
    azimuths = np.linspace(0.0, 360.0, count, endpoint=False) + 0.0123
    lons, lats, _ = GEOD.fwd(np.full(count, lon), np.full(count, lat), azimuths, np.full(count, metres))
    return lons, lats


def from_centre(centre: tuple[float, float], points: Floats) -> tuple[Floats, Floats, Floats]:
    """Return azimuths there and back, and distances, of points."""
    lon, lat = (np.full(len(points), x) for x in centre)
    there, back, metres = GEOD.inv(lon, lat, points[:, 0], points[:, 1])
    return there, back, metres


@pytest.mark.parametrize(("lon", "lat", "radius_m"), CIRCLES)
def test_a_circle_holds_all_of_itself_and_at_most_10_m_more(lon: float, lat: float, radius_m: float) -> None:
    shape = circle(lon, lat, radius_m)
    assert shape.is_valid
    west, south, east, north = shape.bounds
    assert west >= -180.0
    assert east <= 180.0
    assert -90.0 <= south <= north <= 90.0
    assert shapely.contains_xy(shape, *rim(lon, lat, radius_m)).all()
    assert not shapely.intersects_xy(shape, *rim(lon, lat, radius_m + min(10.0, 0.01 * radius_m))).any()
    world = partition((Area("c", shape),))
    for at in ((lon, lat), (5.0, 90.0), (5.0, -90.0), (-171.0, 89.9), (80.0, 0.0)):
        away_m = GEOD.inv(lon, lat, *at)[2]
        if not radius_m < away_m < radius_m + 10.0:
            assert locate(world, *at).claimants == (("area:c",) if away_m <= radius_m else ())


def test_a_route_over_the_pole_crosses_a_circle_around_it_from_side_to_side() -> None:
    world = partition((Area("c", circle(0.0, 90.0, 92_600.0)),))
    (crossing,) = of.crossings(of.Route((of.Waypoint(10.0, 80.0), of.Waypoint(-170.0, 80.0))), world)
    assert crossing.length_km == pytest.approx(2 * 92.6, abs=0.02)


def test_many_routes_over_a_pole_cross_a_small_circle_around_it_as_one_does() -> None:
    world = partition((Area("c", circle(0.0, 89.99, 5_000.0)),))
    routes = [of.Route((of.Waypoint(lon, 89.0), of.Waypoint(lon - 179.0, 89.2))) for lon in range(0, 180, 9)]
    legs = np.array([[w for point in route.waypoints for w in (point.lon, point.lat)] for route in routes])
    many = of.crossings_many(legs, world=world)
    alone = [(n, one.entry_km, one.exit_km) for n, route in enumerate(routes) for one in of.crossings(route, world)]
    assert len(alone) == len(routes)
    assert list(zip(many.route.tolist(), many.entry_km.tolist(), many.exit_km.tolist(), strict=True)) == alone


def test_the_length_inside_is_that_between_the_points_at_the_radius() -> None:
    route = of.great_circle("VKO", "BUD")
    (finding,) = of.check(route, of.load_airspaces(), rules=[of.Avoid(areas_of("circle:VKO,50nm", None))]).findings
    assert finding.length_km == pytest.approx(92.6, abs=0.01)
    through = areas_of("circle:52,24,200km", None)[0]
    (finding,) = of.check(route, of.load_airspaces(), rules=[of.Avoid([through])]).findings
    (crossing,) = finding.crossings
    for lon, lat in (crossing.entry, crossing.exit):
        assert GEOD.inv(24.0, 52.0, lon, lat)[2] == pytest.approx(200_005.0, abs=5.1)


@pytest.mark.parametrize("clockwise", [True, False])
@pytest.mark.parametrize("centre", [(10.0, 50.0), (179.95, -20.0), (0.0, 88.0)])
def test_edges_of_an_arc_are_within_5_m_of_it(centre: tuple[float, float], clockwise: bool) -> None:
    points = arc(*centre, 30_000.0, 30_000.0, 350.0, 100.0 if clockwise else -260.0)
    ends = [GEOD.inv(*centre, *point) for point in points[[0, -1]]]
    assert [round(end[0] % 360.0, 6) for end in ends] == [350.0, 90.0]
    along = shapely.get_coordinates(shapely.segmentize(shapely.LineString(points), 1e-3))
    metres = from_centre(centre, along)[2]
    assert np.abs(metres - 30_000.0).max() < 5.0
    turned = (from_centre(centre, points)[0] - 350.0) % 360.0
    if clockwise:
        assert (turned[1:-1] < 100.0).all()
    else:
        assert (turned[1:-1] > 100.0).all()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("circle:55.5,37.25,50nm", "50 nm around 55.5,37.25"),
        ("circle:VKO,92.6km", "92.6 km around VKO"),
        ("CIRCLE:55°30'N 037°15'E, 500 m", "500 m around 55.5,37.25"),
        ("circle:5530N03715E,1nm", "1 nm around 5530N03715E"),
        ("circle:-33.9,-70.8,1nm", "1 nm around -33.9,-70.8"),
        ("circle:VKO,5nm,SFC-2500ft AMSL", "5 nm around VKO, SFC to 2500 ft AMSL"),
    ],
)
@pytest.mark.parametrize("rest", ["", " | POL", " | (icc - HUN)"])
def test_a_circle_is_a_term_like_others(text: str, name: str, rest: str) -> None:
    rules = parse_ruleset(text + rest, of.load_airspaces(), DAY, find=None)
    assert [area.name for area in rules.areas] == [name]
    assert ("POL" in rules) == bool(rest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("circle:55,37,0nm", "a circle of 0 km: give a radius from 10 m to 19,900 km"),
        ("circle:55,37,20001km", "a circle of 20,001 km: give a radius"),
        ("circle:55,37,50", "no circle that can be read: write circle:55.59,37.26,50nm"),
        ("circle:55,37,50mi", "no circle that can be read"),
        ("circle:", "no circle that can be read"),
        ("circle:55,37,nm", "no circle that can be read"),
        ("circle:95,37,50nm", "latitude 95 is off the Earth"),
        ("circle:QQZ,50nm", "unknown place 'QQZ'"),
        ("circle:VKO,50nm,FL245-FL100", "from FL245 to FL100 there is nothing"),
        ("circle:VKO,50nm - POL", "areas can be joined by | only"),
        ("POL & circle:VKO,50nm", "areas can be joined by | only"),
        (" | ".join(f"circle:{n},0,5km" for n in range(21)), "more than 20 circles in a rule set"),
        ("circle:VKO,50nm,FL100", "expected an operator|has no meaning"),
    ],
)
def test_what_is_no_circle_is_refused_with_the_way_out(text: str, said: str) -> None:
    with pytest.raises(UnknownStateError) as caught:
        parse_ruleset(text, of.load_airspaces(), DAY)
    assert any(one in str(caught.value) for one in said.split("|" if "expected" in said else "\0"))
    assert str(caught.value).startswith("rule set ")
    assert "\n" not in str(caught.value)


def test_a_radius_that_is_none_is_refused_in_python() -> None:
    for metres in (0.0, -5.0, float("nan"), 2e7):
        with pytest.raises(DataError, match="give a radius"):
            circle(0.0, 0.0, metres)


def test_the_way_around_a_circle_is_that_of_geometry() -> None:
    """Two tangents and an arc, on the sphere that is nearest there: within a thousandth of the way on the ellipsoid."""
    (area,) = areas_of("circle:0,10,500km", None)
    world = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})
    found = of.detour((0.0, 0.0), (20.0, 0.0), world, avoid=[area], margin_km=0.0)
    assert found is not None
    radius, away = 500.0 / 6371.0, np.radians(10.0)
    tangent = np.arccos(np.cos(away) / np.cos(radius))
    turned = np.pi - 2.0 * np.arccos(np.tan(radius) / np.tan(away))
    by_hand_km = 6371.0 * (2.0 * tangent + turned * np.sin(radius))
    assert found.length_km == pytest.approx(by_hand_km, rel=2e-3)
    assert of.check(found, of.load_airspaces(), rules=[of.Avoid([area])]).status == "clear"


def test_a_proposal_names_a_circle_wherever_it_comes_from() -> None:
    text = (
        'name = "x"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\navoid = ["circle:52,24,200km"]\nexpect = "crosses"\n'
    )
    (proposal,) = parse_proposals(text, where="standard input")
    verdict = proposal.case().verdict
    assert [finding.area for finding in verdict.findings if finding.status == "crosses"] == ["200 km around 52,24"]
