"""The mesh: it holds the borders, and its paths are the shortest, which two other searches bear out."""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import random
from array import array
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pytest
import shapely
import shapely.affinity

from overflight import load_airspaces
from overflight._crossings import locate
from overflight.airspace import Airspaces
from overflight.detours.mesh import Found, Ground, Mesh, build
from overflight.detours.mesh.walls import find_triangle
from overflight.detours.obstacles import keep_off_km
from overflight.earth import direct
from overflight.earth.geod import distances_km
from overflight.earth.plane import Plane
from overflight.earth.sphere import angle, km, side, to_lonlat, to_unit, turn
from overflight.errors import DataError
from tests.oracles.visibility import Scene, shortest_path
from tests.worlds import make_world

Point = tuple[float, float]
Shapes = Mapping[str, shapely.Geometry]

CONTINENT: Shapes = {
    "AAA": shapely.Polygon([(0, 42), (6, 40), (8, 47), (3, 49)]),
    "BBB": shapely.Polygon([(8, 47), (6, 40), (13, 38), (14, 45)]),
    "CCC": shapely.Polygon([(8, 47), (14, 45), (16, 52), (7, 53), (3, 49)]),
    "DDD": shapely.Polygon([(18, 40), (23, 42), (21, 55), (17.5, 50)]),
}
ISLES: Shapes = {
    "ONE": shapely.box(2, 1, 4, 6),
    "TWO": shapely.Polygon([(5, -2), (8, 0), (6, 3)]),
    "THR": shapely.box(9, 2, 10, 9),
    "FOU": shapely.Polygon([(11, -3), (13, -1), (12, 4)]),
}


def ground(world: Airspaces, shut: Collection[str], *, keep_km: float = 0.0) -> Ground:
    mesh = build(world.index, 0.8 * keep_off_km(world, 0.0), np.arange(len(world.pieces)))
    return Ground(mesh, closed(world, shut), np.full(len(world.index.arc_left), keep_km))


def closed(world: Airspaces, shut: Collection[str]) -> np.typing.NDArray[np.bool_]:
    return np.array([p.state is not None and p.state.code in shut for p in world.pieces])


def found(where: Ground, start: Point, end: Point) -> Found:
    path = where.path(start, end, most_km=50_000.0)
    assert isinstance(path, Found)
    return path


def unit(lon: float, lat: float) -> np.typing.NDArray[np.float64]:
    vector: np.typing.NDArray[np.float64] = to_unit(np.array([(lon, lat)]))[0]
    return vector


def length_km(path: Collection[Point]) -> float:
    return sum(float(distances_km(np.array([a]), *b)[0]) for a, b in itertools.pairwise(path))


# ---- It holds together


@functools.cache
def shipped() -> Mesh:
    world = load_airspaces()
    return build(world.index, 0.8 * keep_off_km(world, 0.0), np.arange(len(world.pieces)))


def test_every_stored_border_is_made_of_edges_between_its_ends() -> None:
    world, mesh = load_airspaces(), shipped()
    vertices = np.asarray(world.index.vertices).reshape(-1, 2) * 1e-7
    starts = np.asarray(world.index.arc_start).astype(int)
    t, k = np.divmod(mesh.edge, 3)
    assert (mesh.tri[t, k] == mesh.ends[:, 0]).all()
    assert (mesh.tri[t, (k + 1) % 3] == mesh.ends[:, 1]).all()
    balance = np.zeros((len(starts) - 1, 3))
    np.add.at(balance, mesh.arc, mesh.xyz[mesh.ends[:, 1]] - mesh.xyz[mesh.ends[:, 0]])
    whole = to_unit(vertices[starts[1:] - 1]) - to_unit(vertices[starts[:-1]])
    assert np.abs(balance - whole).max() < 1e-7, "each leads from where it starts to where it ends"


def test_every_triangle_is_in_the_piece_that_the_engine_finds_there() -> None:
    world, mesh = load_airspaces(), shipped()
    rng = random.Random(4)  # noqa: S311
    wrong = 0
    for _ in range(400):
        lon, lat = rng.uniform(-180.0, 180.0), math.degrees(math.asin(rng.uniform(-1.0, 1.0)))
        here = find_triangle(mesh.xyz, mesh.tri, mesh.near, unit(lon, lat))
        wrong += int(mesh.piece[here]) != locate(world, lon, lat).id
    assert wrong <= 1, "but within the tolerance of a border"
    t, k = np.divmod(mesh.edge, 3)
    amiss = (mesh.piece[t] != mesh.sides[mesh.arc, 0]) | (mesh.piece[mesh.near[t, k]] != mesh.sides[mesh.arc, 1])
    assert amiss.mean() < 0.001, "simplified borders that cross leave few edges with another piece beside them"


def test_triangles_cover_the_sphere_once_and_know_their_neighbours() -> None:
    mesh = shipped()
    assert len(mesh.tri) == 2 * len(mesh.xyz) - 4
    a, b, c = (mesh.xyz[mesh.tri[:, k]] for k in range(3))
    spread = np.einsum("ij,ij->i", np.cross(a, b), c)
    excess = 2.0 * np.arctan2(spread, 1.0 + (a * b).sum(1) + (b * c).sum(1) + (c * a).sum(1))
    assert excess.sum() == pytest.approx(4.0 * math.pi, rel=1e-9)
    for k in range(3):
        other = mesh.tri[mesh.near[:, k]]
        assert ((other == mesh.tri[:, k, None]).any(1) & (other == mesh.tri[:, (k + 1) % 3, None]).any(1)).all()


def test_a_long_parallel_is_followed_to_a_few_metres() -> None:
    world = make_world({"BOX": shapely.box(10, 50, 40, 60)})
    mesh = build(world.index, np.zeros(1), np.arange(len(world.pieces)))
    points = mesh.xyz[mesh.ends]
    middle = to_lonlat(points.sum(axis=1))
    onto = shapely.distance(shapely.box(10, 50, 40, 60).exterior, shapely.points(middle))
    assert onto.max() * 111.7 < 0.005
    assert len(mesh.edge) > 100


def test_borders_that_cross_after_simplification_are_cut_there() -> None:
    """Two arcs with common ends, one of which hops over the other by less than the tolerance."""
    upper = [(0.0, 0.0), (1.0, 0.0005), (2.0, -0.0004), (3.0, 0.0)]
    lower = [(0.0, 0.0), (1.0, -0.0004), (1.9, -0.0016), (3.0, 0.0)]
    world = make_world(
        {
            "TOP": shapely.Polygon([*upper, (3, 1), (0, 1)]),
            "MID": shapely.Polygon([*upper, *lower[::-1][1:-1]]),
            "LOW": shapely.Polygon([*lower, (3, -1), (0, -1)]),
        },
        cell_deg=90.0,
    )
    mesh = build(world.index, np.full(len(world.index.arc_left), 0.12), np.arange(len(world.pieces)))
    for name, at in (("TOP", (1.5, 0.5)), ("LOW", (1.5, -0.5)), ("", (1.5, 2.0))):
        piece = world.pieces[mesh.piece[find_triangle(mesh.xyz, mesh.tri, mesh.near, unit(*at))]]
        assert piece.territory == name


@pytest.mark.slow
def test_damaged_borders_are_refused() -> None:
    """Two borders that swap places more often than there is room for cuts."""
    count = 20_000
    wiggle = [(0.002 * k, 0.001 * (-1) ** k) for k in range(count)]
    other = [(x, -y) for x, y in wiggle]
    world = make_world({"AAA": shapely.box(0, 5, 1, 6), "BBB": shapely.box(2, 5, 3, 6)}, cell_deg=90.0)
    index = replace(
        world.index,
        vertices=memoryview(array("i", [round(1e7 * x) for point in [*wiggle, *other] for x in point])),
        arc_start=memoryview(array("i", [0, count, 2 * count])),
        arc_left=memoryview(array("H", [1, 1])),
        arc_right=memoryview(array("H", [2, 2])),
    )
    with pytest.raises(DataError, match="can't be made into a mesh"):
        build(index, np.zeros(2), np.arange(len(world.pieces)))


# ---- Distances


@pytest.mark.parametrize("seed", range(4))
def test_lengths_err_by_less_than_the_search_allows_for(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    for _ in range(300):
        a = (rng.uniform(-180, 180), math.degrees(math.asin(rng.uniform(-1, 1))))
        reach = 10.0 ** rng.uniform(-5.0, 2.2)
        b = (a[0] + rng.gauss(0, reach), min(90.0, max(-90.0, a[1] + rng.gauss(0, reach) / 2)))
        true = length_km([a, b])
        if 1e-3 < true < 16_800.0:
            assert km(unit(*a), unit(*b)) == pytest.approx(true, rel=4e-6)
        elif true >= 16_800.0:
            assert km(unit(*a), unit(*b)) <= true * 1.000004, "near the opposite point it may be less, never more"
            assert km(unit(*a), unit(*b)) >= true * 0.99


def test_lengths_near_the_opposite_point_are_never_too_long() -> None:
    for true_km in np.arange(16_900.0, 20_000.0, 50.0):
        for azimuth in range(0, 360, 20):
            for lat in (-60.0, 0.0, 45.0):
                b = direct(20.0, lat, azimuth, true_km * 1000.0)
                short = length_km([(20.0, lat), b])
                assert km(unit(20.0, lat), unit(*b)) <= short * 1.000004
                if short < 19_800.0:
                    assert km(unit(20.0, lat), unit(*b)) >= short * 0.9996


def test_turns_and_sides_are_told_for_short_edges_too() -> None:
    a, b, left = unit(10.0, 50.0), unit(10.00001, 50.0), unit(10.00002, 50.00001)
    assert side(a[0], a[1], a[2], b, left) > 0.0
    assert side(a[0], a[1], a[2], left, b) < 0.0
    north_m, east_m = 111_229.0, 71_696.0  # a degree of WGS84 at 50 N
    assert turn(a, b, left) == pytest.approx(math.atan2(north_m, east_m), rel=1e-5)
    assert angle(a, b) == pytest.approx(math.radians(0.00001) * math.cos(math.radians(50.0)), rel=1e-6)


# ---- Paths, against two other searches


def scene(shapes: Shapes, shut: Collection[str], plane: Plane) -> Scene:
    blocked = shapely.union_all(
        [plane.project_shape(shapely.segmentize(s, 0.05)) for name, s in shapes.items() if name in shut]
    )
    free = shapely.get_parts(shapely.box(-6000, -6000, 6000, 6000).difference(blocked))
    return Scene.from_free(max(free, key=shapely.area), plane)  # the others are slits between neighbours


@pytest.mark.parametrize("seed", range(8))
def test_paths_are_as_short_as_those_of_the_visibility_search(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    world = make_world(CONTINENT)
    shut = rng.sample(sorted(CONTINENT), rng.choice([1, 2, 3, 4]))
    land = shapely.union_all([CONTINENT[name] for name in shut]).buffer(0.05)
    ends: list[Point] = []
    while len(ends) < 2:
        point = (rng.uniform(-3.0, 26.0), rng.uniform(36.0, 58.0))
        if not shapely.contains_xy(land, *point):
            ends.append(point)
    plane = Plane(11.0, 46.0)
    reference = shortest_path(scene(CONTINENT, shut, plane), ends[0], ends[1], most_km=20_000.0)
    assert reference is not None
    path = found(ground(world, shut), ends[0], ends[1])
    assert path.length_km == pytest.approx(reference[0], rel=1e-5, abs=0.02)
    assert path.length_km == pytest.approx(length_km(path.points), rel=1e-9)
    assert path.bound_km <= path.length_km + 1e-9
    assert path.bound_km == pytest.approx(path.length_km, rel=1e-5, abs=0.03)


def slow_km(shapes: Shapes, shut: Collection[str], start: Point, end: Point) -> float:
    """Length of the shortest path, by Dijkstra over all pairs of vertices; sight is told by points along each leg."""
    land = shapely.union_all([shapes[name] for name in shut])
    vertices = shapely.get_coordinates(shapely.segmentize(land, 1.0))
    points = np.vstack([[start], [end], np.unique(vertices, axis=0)])
    core = shapely.buffer(land, -0.002)
    shapely.prepare(core)
    share = np.linspace(0.0, 1.0, 120)[None, :, None]
    best, done = {0: 0.0}, set()
    queue = [(0.0, 0)]
    while queue:
        length, here = heapq.heappop(queue)
        if here == 1:
            return length
        if here in done:
            continue
        done.add(here)
        a, b = to_unit(points[[here]])[:, None, :], to_unit(points)[:, None, :]
        drawn = to_lonlat((a + share * (b - a)).reshape(-1, 3))
        seen = ~shapely.contains_xy(core, drawn).reshape(len(points), -1).any(axis=1)
        legs = distances_km(points, *points[here])
        for other in np.flatnonzero(seen).tolist():
            way = length + float(legs[other])
            if way < best.get(other, math.inf):
                best[other] = way
                heapq.heappush(queue, (way, other))
    return math.inf


@pytest.mark.parametrize("seed", range(6))
def test_paths_are_as_short_as_trying_all_pairs_of_vertices_finds(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    start, end = (rng.uniform(-2.0, 1.0), rng.uniform(-3.0, 8.0)), (rng.uniform(14.0, 16.0), rng.uniform(-3.0, 8.0))
    shut = rng.sample(sorted(ISLES), rng.choice([2, 3, 4]))
    path = found(ground(make_world(ISLES), shut), start, end)
    assert path.length_km == pytest.approx(slow_km(ISLES, shut, start, end), rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_paths_are_the_same_both_ways_and_wherever_180_degrees_is(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    start, end = (-2.0, rng.uniform(-3.0, 8.0)), (15.0, rng.uniform(-3.0, 8.0))
    path = found(ground(make_world(ISLES), ISLES), start, end)
    assert found(ground(make_world(ISLES), ISLES), end, start).length_km == pytest.approx(path.length_km, rel=1e-9)
    turned = {}
    for name, shape in ISLES.items():
        moved = shapely.affinity.translate(shape, 172.0)
        west = shapely.affinity.translate(moved.intersection(shapely.box(180, -90, 360, 90)), -360.0)
        east = moved.intersection(shapely.box(0, -90, 180, 90))
        turned[name] = shapely.MultiPolygon([p for p in (east, west) if p.area > 0.0])
    across = found(ground(make_world(turned), ISLES), (170.0, start[1]), (-173.0, end[1]))
    assert across.length_km == pytest.approx(path.length_km, rel=1e-6)


def test_a_path_goes_around_an_airspace_that_holds_a_pole() -> None:
    world = make_world({"CAP": shapely.box(-180.0, 80.0, 180.0, 90.0)})
    path = found(ground(world, {"CAP"}), (0.0, 70.0), (180.0, 70.0))
    # Two tangents to the parallel, and the way along it between them.
    sea, ice = math.radians(20.0), math.radians(10.0)
    tangent, opening = math.acos(math.cos(sea) / math.cos(ice)), math.acos(math.tan(ice) / math.tan(sea))
    on_sphere = 2.0 * tangent + (math.pi - 2.0 * opening) * math.sin(ice)
    assert path.length_km == pytest.approx(6390.0 * on_sphere, rel=0.003)
    over = found(ground(world, ()), (0.0, 70.0), (180.0, 70.0))
    assert over.points == [(0.0, 70.0), (180.0, 70.0)]


def test_an_enclave_has_no_way_out() -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    world = make_world({"RNG": ring, "ENC": shapely.box(4, 4, 6, 6)})
    where = ground(world, {"RNG"})
    assert where.path((5.0, 5.0), (20.0, 5.0), most_km=50_000.0) == "narrow"
    assert found(where, (4.5, 5.0), (5.5, 5.0)).length_km == pytest.approx(length_km([(4.5, 5.0), (5.5, 5.0)]))
    assert ground(world, {"ENC"}).path((2.0, 5.0), (20.0, 5.0), most_km=100.0) == "longer"


# ---- What they prove


@pytest.mark.parametrize("keep_km", [0.1, 5.0, 40.0])
def test_the_bound_counts_what_a_route_must_keep_off_the_corner_it_rounds(keep_km: float) -> None:
    """Around a single corner the shortest route is known: two tangents to a circle, and an arc of it."""
    cape = shapely.Polygon([(9.99, 30.0), (10.01, 30.0), (10.0, 45.0)])
    start, end = (2.0, 43.0), (18.0, 43.0)
    path = found(ground(make_world({"CAP": cape}), {"CAP"}, keep_km=keep_km), start, end)
    a, b = length_km([start, (10.0, 45.0)]), length_km([(10.0, 45.0), end])
    turned = turn(unit(*start), unit(10.0, 45.0), unit(*end))
    taut = math.sqrt(a * a - keep_km**2) + math.sqrt(b * b - keep_km**2)
    taut += keep_km * (turned + math.asin(keep_km / a) + math.asin(keep_km / b))
    assert path.length_km == pytest.approx(a + b, rel=1e-6)
    assert path.bound_km <= taut
    assert path.bound_km >= a + b + keep_km * turned - 0.05 * keep_km - 0.05
    assert path.bound_km == pytest.approx(taut, rel=3e-4)


@pytest.mark.parametrize(("keep_km", "open_"), [(30.0, True), (60.0, False)])
def test_a_passage_is_as_wide_as_what_must_be_kept_off_both_its_sides(keep_km: float, open_: bool) -> None:
    walls = {"NOR": shapely.box(9.0, 51.0, 10.0, 89.0), "SOU": shapely.box(9.0, -89.0, 10.0, 50.0)}  # 111 km apart
    where = ground(make_world(walls), walls, keep_km=keep_km)
    path = where.path((5.0, 50.5), (14.0, 50.5), most_km=2000.0)
    assert isinstance(path, Found) == open_
    if isinstance(path, Found):
        edge = where.mesh.tri[np.array(path.crossed) // 3]
        assert edge.shape[1] == 3
        assert where.path((5.0, 50.5), (14.0, 50.5), most_km=2000.0, closed=path.crossed[:1]) != path


def test_an_end_nearer_to_a_border_than_the_margin_has_a_way_all_the_same() -> None:
    world = make_world({"AAA": shapely.box(10.0, 42.0, 14.0, 50.0)})
    where = ground(world, {"AAA"}, keep_km=20.0)
    assert found(where, (9.9, 46.0), (5.0, 46.0)).length_km == pytest.approx(length_km([(9.9, 46.0), (5.0, 46.0)]))
    # And one that the simplified border swallows is moved into the open.
    assert found(where, (10.00001, 46.0), (5.0, 46.0)).length_km == pytest.approx(length_km([(10, 46), (5, 46)]), 1e-4)
