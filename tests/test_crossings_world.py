"""Crossings on the shipped world, against polygons and sampling, and where borders are at their worst."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyproj
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from overflight._crossings import Crossings, closest_approaches, crossings, locate
from overflight._crossings.engine import legs_of, spans_in, walk_routes
from overflight.airspace import Airspaces, load_airspaces
from overflight.earth import direct, normal_lon
from overflight.errors import RouteError
from overflight.routes import Route, Waypoint
from tests.oracles.polygons import PolygonOracle

LonLat = tuple[float, float]
GEOD = pyproj.Geod(ellps="WGS84")


@functools.cache
def world() -> Airspaces:
    return load_airspaces()


@pytest.fixture(scope="module")
def oracle() -> PolygonOracle:
    return PolygonOracle(world())


def route(*points: LonLat) -> Route:
    return Route(tuple(Waypoint(lon, lat) for lon, lat in points))


def assert_whole(found: Crossings, *, settled: int = 0) -> None:
    covered = sum(crossing.length_km for crossing in found) + found.high_seas_km
    assert covered == pytest.approx(found.length_km, abs=1e-6)
    assert all(a.exit_km <= b.entry_km for a, b in pairwise(found))
    assert found.settled == settled


def drawn_routes() -> list[tuple[LonLat, ...]]:
    """Sixty routes: anywhere, over the poles, across 180 degrees, short hops, along borders, with a waypoint."""
    rng = random.Random(20251023)  # noqa: S311

    def anywhere() -> LonLat:
        return rng.uniform(-180, 180), math.degrees(math.asin(rng.uniform(-1, 1)))

    def over_the_pole() -> tuple[LonLat, ...]:
        lon = rng.uniform(-180, 180)
        return (lon, rng.uniform(40, 75)), (lon + 180 + rng.uniform(-15, 15), rng.uniform(40, 75))

    def across_180() -> tuple[LonLat, ...]:
        return (rng.uniform(140, 179), rng.uniform(-40, 70)), (rng.uniform(-179, -130), rng.uniform(-40, 70))

    def in_europe() -> tuple[LonLat, ...]:
        lon, lat = rng.uniform(-10, 40), rng.uniform(36, 65)
        return (lon, lat), (lon + rng.gauss(0, 5), lat + rng.gauss(0, 4))

    found: list[tuple[LonLat, ...]] = [
        *((anywhere(), anywhere()) for _ in range(12)),
        *(over_the_pole() for _ in range(8)),
        *(across_180() for _ in range(10)),
        *(in_europe() for _ in range(12)),
        *((anywhere(), anywhere(), anywhere()) for _ in range(6)),
        ((25.0, 20.5), (25.0, 31.0)),  # Libya and Egypt
        ((141.0001, -9.0), (141.0001, -2.0)),  # New Guinea, 11 m beside the border
        ((-141.0, 60.5), (-141.0, 69.0)),  # Alaska and Canada
        ((-123.0, 49.0), (-95.2, 49.0)),
        ((20.0, -28.0), (20.0, -22.1)),  # Namibia
        ((10.3, 54.9), (8.0, 54.8), (14.2, 54.0)),
        ((30.0, -90.0), (30.0, 0.0)),
        ((0.0, 90.0), (-100.0, 20.0)),
        ((180.0, 60.0), (180.0, 75.0)),
        ((-180.0, -50.0), (-180.0, 10.0)),
        ((7.5, 47.5), (7.6, 47.6), (9.5, 47.2)),
        ((37.2615, 55.5915), (19.2556, 47.4369)),
    ]
    return [tuple((normal_lon(lon), lat) for lon, lat in points) for points in found]


@pytest.mark.parametrize("points", drawn_routes(), ids=str)
def test_crossings_agree_with_polygons_to_a_tenth_of_a_metre(points: tuple[LonLat, ...], oracle: PolygonOracle) -> None:
    index = world().index
    # Each piece by itself, nobody's included.
    rows = walk_routes(index, legs_of([route(*points).legs]), range(len(world().pieces)))
    found = spans_in(rows)
    wanted = oracle.crossings(points, step_m=2_000.0)
    assert rows.settled == [0]
    cuts = np.array([crossing.entry_km * 1000.0 for crossing in found])
    for crossing in wanted[1:]:
        assert np.abs(cuts - crossing.from_m).min() < 0.1, crossing
    assert [oracle_piece(points, 500.0 * (s.entry_km + s.exit_km), oracle) for s in found] == [s.piece for s in found]


def oracle_piece(points: Sequence[LonLat], along_m: float, oracle: PolygonOracle) -> int:
    for (lon1, lat1), (lon2, lat2) in pairwise(points):
        azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)
        if along_m <= length:
            break
        along_m -= length
    lon, lat, _ = GEOD.fwd(lon1, lat1, azimuth, along_m)
    return int(oracle.pieces(np.array([lon]), np.array([lat]))[0])


def test_points_are_located_where_the_polygons_have_them(oracle: PolygonOracle) -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-180, 180, 5000), np.degrees(np.arcsin(rng.uniform(-1, 1, 5000)))
    assert [locate(world(), x, y).id for x, y in zip(lon, lat, strict=True)] == oracle.pieces(lon, lat).tolist()


def test_moscow_budapest_agrees_with_the_walk_on_the_unsimplified_base_layer() -> None:
    """Within 0.5 km a state, the shift of simplification included."""
    found = crossings(route((37.2615, 55.5915), (19.2556, 47.4369)), world())
    assert_whole(found)
    want = {"RUS": 387.0, "BLR": 402.4, "UKR": 406.9, "POL": 49.7, "SVK": 110.6, "HUN": 180.4}
    assert dict(found.states_km) == pytest.approx(want, abs=0.5)
    assert found.length_km == pytest.approx(1537.0, abs=0.05)
    assert found.high_seas_km == 0.0


# Legs that run where borders are --------------------------------------------------------------------------------------


def vertex(rng: random.Random) -> tuple[int, int]:
    """Draw a vertex: its number, and that of the last one of its arc."""
    index = world().index
    arc = rng.randrange(len(index.arc_left))
    first, last = index.arc_start[arc], index.arc_start[arc + 1] - 1
    return rng.randrange(first, last), last


def at(number: int) -> LonLat:
    vertices = world().index.vertices
    return vertices[2 * number] / 1e7, vertices[2 * number + 1] / 1e7


def hard_routes(kind: str) -> list[tuple[LonLat, ...]]:
    rng = random.Random(kind)  # noqa: S311
    found: list[tuple[LonLat, ...]] = []
    for _ in range(60):
        number, last = vertex(rng)
        here = at(number)
        azimuth, reach_m = rng.choice([0.0, 90.0, 45.0, rng.uniform(-180, 180)]), rng.choice([10.0, 1e3, 1e5, 2e6])
        ends = direct(*here, azimuth, reach_m), direct(*here, azimuth + 180.0, reach_m)
        found.append(
            {
                "edge": (here, at(number + 1)),
                "along": tuple(at(n) for n in range(number, min(number + 40, last) + 1)),
                "across": (here, at(rng.randrange(number, last + 1)), at(vertex(rng)[0])),
                "node": (at(last), at(vertex(rng)[1])),
                "through": ends,
                "stop": (ends[0], here, ends[1]),
                "hop": (here, *((here[0] + rng.gauss(0, 1e-4), here[1] + rng.gauss(0, 1e-4)) for _ in range(2))),
            }[kind]
        )
    return found


STARTS_AT_A_NODE = (-12.000156, 25.751302), (-12.0, 25.699167)
"""A leg that begins where three borders meet, and runs 5 cm along one: its walk fails the self-check, and its borders
are found by locating points."""


@pytest.mark.parametrize("kind", ["edge", "along", "across", "node", "through", "stop", "hop"])
def test_legs_along_edges_and_through_vertices_pass_the_self_check(kind: str) -> None:
    for points in hard_routes(kind):
        try:
            drawn = route(*points)
        except RouteError:  # a node with itself
            continue
        found = crossings(drawn, world())
        assert_whole(found, settled=int(STARTS_AT_A_NODE in pairwise(points)))
        back = crossings(route(*points[::-1]), world())
        assert_whole(back, settled=int(STARTS_AT_A_NODE in pairwise(points[::-1])))
        assert back.high_seas_km == pytest.approx(found.high_seas_km, abs=1e-3) or kind in {"edge", "along"}


@given(
    a=st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    b=st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    share=st.floats(0.01, 0.99),
)
@settings(max_examples=60)
def test_a_waypoint_set_on_a_leg_of_the_world_changes_nothing(a: LonLat, b: LonLat, share: float) -> None:
    a, b = (round(a[0], 4), round(a[1], 4)), (round(b[0], 4), round(b[1], 4))
    try:
        whole = route(a, b)
        leg = whole.legs[0]
        assume(leg.length_m < 19_500_000.0)
        split = route(a, direct(*a, leg.azimuth_deg, share * leg.length_m), b)
    except RouteError:
        assume(False)
    found, again = crossings(whole, world()), crossings(split, world())
    assert_whole(found)
    assert [s.state for s in again] == [s.state for s in found]
    assert [s.entry_km for s in again] == pytest.approx([s.entry_km for s in found], abs=0.001)


# Closest approaches ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "points",
    [
        ((37.2615, 55.5915), (24.0, 56.0)),
        ((12.0, 41.0), (18.0, 39.5), (24.0, 36.0)),
        ((165.0, 55.0), (-165.0, 56.0)),
        ((100.0, 2.0), (105.0, 1.5)),
    ],
)
def test_no_vertex_of_a_border_is_nearer_than_the_closest_approach(points: tuple[LonLat, ...]) -> None:
    found = crossings(route(*points), world())
    near = closest_approaches(found, world(), world().states, within_km=300.0)
    assert near
    assert {s.state for s in found}.isdisjoint(near)
    index = world().index
    to_cartesian = pyproj.Transformer.from_crs(4326, 4978, always_xy=True)
    samples = []
    for leg in found.route.legs:
        along = np.linspace(0.0, leg.length_m, int(leg.length_m / 250.0) + 2)
        n = len(along)
        x, y, _ = GEOD.fwd(np.full(n, leg.start.lon), np.full(n, leg.start.lat), np.full(n, leg.azimuth_deg), along)
        samples.append(np.column_stack(to_cartesian.transform(x, y, np.zeros(n))))
    on_route = np.concatenate(samples)
    xy = np.asarray(index.vertices).reshape(-1, 2) / 1e7
    for approach in list(near.values())[:6]:
        lon, lat = approach.on_border
        pieces = {p.id for p in world().pieces if approach.state in ((p.state,) if p.state != "XXX" else p.claimants)}
        for arc, (first, last) in enumerate(pairwise(index.arc_start)):
            if (index.arc_left[arc] in pieces) == (index.arc_right[arc] in pieces):
                continue
            line = xy[first:last]
            line = line[np.abs(line - [lon, lat]).max(axis=1) < 1.0]
            if len(line):
                points_3d = np.column_stack(to_cartesian.transform(line[:, 0], line[:, 1], np.zeros(len(line))))
                least = min(np.linalg.norm(on_route - p, axis=1).min() for p in points_3d)
                # A straight line through the earth is shorter, by 1 m in 100 km, and as the cube of that.
                assert approach.km * 1000.0 <= least * (1.0 + (approach.km / 6350.0) ** 2 / 24.0) + 1.0
