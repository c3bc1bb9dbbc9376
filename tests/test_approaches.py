"""Closest approaches against distances found by sampling, on small worlds."""

from __future__ import annotations

import functools
import random
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from overflight._crossings import closest_approaches, crossings
from overflight.airspace import Airspaces
from overflight.earth import direct, distance_m
from overflight.errors import RouteError
from overflight.routes import Route, Waypoint
from tests.oracles.nearest import least_distance_m
from tests.worlds import make_world

LonLat = tuple[float, float]
SHAPES = {
    "PAR": box(0, 40, 10, 50),
    "TRI": Polygon([(14, 52), (17, 53), (15, 55)]),
    "SEA": MultiPolygon([box(178, 10, 180, 12), box(-180, 10, -178, 12)]),
    "ICE": box(-40, 80, 40, 83),
    "SOU": box(-180, -90, 180, -75),
    "ISL": MultiPolygon([box(x, 60, x + 0.5, 60.3) for x in (20, 22, 24, 26)]),
}


@functools.cache
def world() -> Airspaces:
    return make_world({**SHAPES, "AAA+BBB": box(30, 30, 31, 31), "BBB": box(31, 30, 32, 31)})


def route(*points: LonLat) -> Route:
    return Route(tuple(Waypoint(lon, lat) for lon, lat in points))


def lines_of(state: str) -> list[np.ndarray]:
    """Borders of a state as stored, both sides of 180 degrees welded, the poles left out."""
    index = world().index
    xy = np.asarray(index.vertices).reshape(-1, 2) / 1e7
    pieces = [p.id for p in world().pieces if p.state == state or (p.state is None and state in p.claimants)]
    return [
        xy[a:b]
        for a, b, left, right in zip(
            index.arc_start, index.arc_start[1:], index.arc_left, index.arc_right, strict=False
        )
        if (left in pieces) != (right in pieces)
    ]


def nearest_km(points: list[LonLat], state: str, *, within_km: float = 100.0) -> float | None:
    """Return the distance found; the two points that it names must be there, and be that far apart."""
    found = closest_approaches(route(*points), world(), [state], within_km=within_km)
    for approach in found.values():
        assert approach.km * 1000.0 == pytest.approx(distance_m(*approach.on_route, *approach.on_border), abs=1e-3)
        border = shapely.MultiLineString(lines_of(approach.state))
        assert border.distance(shapely.Point(approach.on_border)) < 1e-9
        detours_m = [
            distance_m(*a, *approach.on_route) + distance_m(*approach.on_route, *b) - distance_m(*a, *b)
            for a, b in pairwise(points)
        ]
        assert min(detours_m) < 1e-6
    return next((a.km for a in found.values()), None)


@pytest.mark.parametrize(
    ("points", "state"),
    [
        ([(-5, 51), (15, 50.5)], "PAR"),  # along a border 700 km long that bows away from the geodesic
        ([(5, 50.3), (6, 50.9)], "PAR"),  # the start is nearest
        ([(4, 50.9), (5, 50.2), (6, 50.9)], "PAR"),  # a waypoint is nearest
        ([(12, 52.7), (16, 51)], "TRI"),
        ([(18, 52), (18, 56)], "TRI"),
        ([(175, 12.5), (-175, 12.2)], "SEA"),  # over 180 degrees
        ([(-177.5, 5), (-177.3, 15)], "SEA"),
        ([(177.4, 5), (177.6, 15)], "SEA"),
        ([(-60, 83.2), (60, 83.4)], "ICE"),
        ([(0, 84), (180, 80)], "ICE"),  # over the pole
        ([(100, -74.8), (102, -74.7)], "SOU"),
        ([(10, 61), (30, 60.9)], "ISL"),
    ],
)
def test_distance_agrees_with_sampling_to_a_metre(points: list[LonLat], state: str) -> None:
    found = nearest_km(points, state, within_km=500.0)
    assert found is not None
    assert found * 1000.0 == pytest.approx(least_distance_m(points, lines_of(state)), abs=1.0, rel=1e-5)


@given(
    state=st.sampled_from(sorted(SHAPES)),
    a=st.tuples(st.floats(-6, 6), st.floats(-3, 3)),
    b=st.tuples(st.floats(-6, 6), st.floats(-3, 3)),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_sampling_finds_no_shorter_distance_anywhere(state: str, a: LonLat, b: LonLat) -> None:
    shape = SHAPES[state]
    west, _, _, north = (180.0, 10.0, 180.0, 12.0) if state == "SEA" else shape.bounds
    points = [(west + x * (3.0 if north > 80 else 1.0), max(-89.0, min(89.0, north + y))) for x, y in (a, b)]
    if state == "SOU":
        points = [(x, min(-60.0, -75.0 + y[1])) for (x, _), y in zip(points, (a, b), strict=True)]
    try:
        drawn = route(*points)
    except RouteError:
        assume(False)
    assume(all(crossing.state != state for crossing in crossings(drawn, world())))
    found = nearest_km(points, state, within_km=300.0)
    want = least_distance_m(points, lines_of(state))
    assert (300.0 if found is None else found) * 1000.0 <= want + 1.0


@pytest.mark.parametrize("max_km", [0.5, 3.0, 9.0])
@pytest.mark.parametrize(
    ("points", "state"),
    [
        ([(5, 50.3), (6, 50.9)], "PAR"),
        ([(12, 52.9), (14, 51.5)], "TRI"),
        ([(179, 12.5), (-179, 12.2)], "SEA"),
        ([(0, 84), (20, 83.2)], "ICE"),
        ([(19, 61), (21, 60.6)], "ISL"),
    ],
)
def test_a_line_of_many_short_legs_comes_as_near_as_one_of_long_ones(
    points: list[LonLat], state: str, max_km: float
) -> None:
    whole = closest_approaches(route(*points), world(), [state], within_km=500.0)
    recorded = route(*((lon, lat) for lon, lat in route(*points).path(max_km=max_km) for _ in range(2)))
    found = closest_approaches(recorded, world(), [state], within_km=500.0)
    (one,), (other,) = whole.values(), found.values()
    assert other.km == pytest.approx(one.km, abs=2e-6)
    assert other.at_km == pytest.approx(one.at_km, abs=0.1)
    assert other.on_border == pytest.approx(one.on_border, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_of_capes_beside_a_long_leg_the_nearest_is_found_though_the_leg_is_measured_from_under_the_ground(
    seed: int,
) -> None:
    """A straight line between two points of the equator 40 km apart lies 31 m below it."""
    rng = random.Random(seed)  # noqa: S311
    metre = 1.0 / 110_574.0
    off_m = {0.1 * k + rng.uniform(0.0, 0.05): rng.uniform(2.0, 60.0) for k in range(40)}
    capes = [Polygon([(x, off * metre), (x + 0.01, 0.5), (x - 0.01, 0.5)]) for x, off in off_m.items()]
    found = closest_approaches(route((-1, 0), (5, 0)), make_world({"CAP": MultiPolygon(capes)}), ["CAP"])
    assert found["CAP"].km * 1000.0 == pytest.approx(min(off_m.values()), abs=0.5)  # type: ignore[index]


def test_where_the_route_is_nearest_is_told() -> None:
    (approach,) = closest_approaches(route((18, 52), (18, 56)), world(), ["TRI"]).values()
    assert approach.on_border == (17.0, 53.0)
    assert approach.on_route[0] == pytest.approx(18.0)
    assert approach.at_km == pytest.approx(distance_m(18, 52, *approach.on_route) / 1000.0, abs=1e-6)


def test_kilometres_along_the_route_count_from_its_start() -> None:
    (approach,) = closest_approaches(route((18, 50), (18, 52), (18, 56)), world(), ["TRI"]).values()
    assert approach.at_km == pytest.approx(distance_m(18, 50, *approach.on_route) / 1000.0, abs=1e-6)


def test_a_state_that_is_entered_is_skipped() -> None:
    assert closest_approaches(route((5, 45), (5, 55)), world(), ["PAR"]) == {}


def test_a_state_farther_away_than_asked_is_left_out() -> None:
    start = direct(5.0, 50.0, 0.0, 99_990.0)
    assert nearest_km([start, (start[0], 55)], "PAR", within_km=99.98) is None
    assert nearest_km([start, (start[0], 55)], "PAR", within_km=100.0) == pytest.approx(99.99, abs=1e-3)


def test_states_come_in_order_of_distance() -> None:
    found = closest_approaches(route((11, 50), (16, 50.8)), world(), ["TRI", "PAR", "ICE"], within_km=200.0)
    assert list(found) == ["PAR", "TRI"]


def test_a_piece_that_several_claim_counts_for_each_of_them() -> None:
    found = closest_approaches(route((29, 30), (29, 31)), world(), ["AAA", "BBB"])
    assert set(found) == {"AAA", "BBB"}
    assert len({approach.km for approach in found.values()}) == 1
    assert closest_approaches(route((30.5, 29), (30.5, 32)), world(), ["AAA", "BBB"]) == {}


def test_touching_without_entering_is_a_distance_of_nothing() -> None:
    assert nearest_km([(5, 50), (5, 52)], "PAR") == pytest.approx(0.0, abs=1e-6)


def test_crossings_may_be_given_instead_of_the_route() -> None:
    points = [(18, 52), (18, 56)]
    found = crossings(route(*points), world())
    assert closest_approaches(found, world(), ["TRI"]) == closest_approaches(route(*points), world(), ["TRI"])


def test_nobody_asked_for_is_nobody_found() -> None:
    assert closest_approaches(route((18, 52), (18, 56)), world(), []) == {}
    assert closest_approaches(route((18, 52), (18, 56)), world(), ["ZZZ"]) == {}
