"""Length against kilometres inside: against routes whose bends are found by brute, and paths along all borders."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Sequence

import numpy as np
import pyproj
import pytest
import scipy.sparse.csgraph
import shapely

import overflight as of
from overflight.airspace import Area
from overflight.cli import main
from overflight.detours.tradeoff import Tradeoff, front
from tests.depth import spread
from tests.worlds import make_world

GEOD = pyproj.Geod(ellps="WGS84")
A, B = (-10.0, -8.0), (20.0, 8.0)
Point = tuple[float, float]
WALL = shapely.box(0, -40, 10, 30)


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2]) / 1000.0


@pytest.fixture(scope="module")
def points() -> tuple[Tradeoff, ...]:
    return front(of.great_circle(A, B), make_world({"AAA": WALL}), avoid={"AAA"}, max_extension_pct=150.0)


def test_it_goes_from_the_great_circle_to_the_way_round(points: tuple[Tradeoff, ...]) -> None:
    assert points[0].route.kind == "great-circle"
    assert points[-1].inside_km == 0.0
    around = of.detour(A, B, make_world({"AAA": WALL}), avoid={"AAA"})
    assert around is not None
    assert points[-1].length_km == pytest.approx(around.length_km, rel=0.003)
    assert len(points) >= 4


def test_each_point_is_longer_and_less_inside_and_all_are_convex(points: tuple[Tradeoff, ...]) -> None:
    for one, two in itertools.pairwise(points):
        assert two.length_km > one.length_km
        assert two.inside_km < one.inside_km
    slopes = [(a.inside_km - b.inside_km) / (b.length_km - a.length_km) for a, b in itertools.pairwise(points)]
    assert slopes == sorted(slopes, reverse=True)


def test_what_is_said_to_be_inside_is_what_the_engine_finds(points: tuple[Tradeoff, ...]) -> None:
    world = make_world({"AAA": WALL})
    for one in points:
        inside = sum(crossing.length_km for crossing in of.crossings(one.route, world))
        assert one.inside_km == pytest.approx(inside, abs=1e-6)


def test_no_weight_has_a_better_route_that_bends_at_the_edges_only(points: tuple[Tradeoff, ...]) -> None:
    """Through the wall, the best route is straight but for where it enters and leaves: two numbers to search."""
    bends = np.arange(-9.0, 9.01, 0.25)
    pairs = [(y, z) for y in bends for z in bends]
    through = [(km(A, (0.0, y)) + km((10.0, z), B), km((0.0, y), (10.0, z))) for y, z in pairs]
    for weight in (0.0, 0.05, 0.2, 0.5):
        brute = min(outside + (1.0 + weight) * inside for outside, inside in through)
        found = min(one.length_km + weight * one.inside_km for one in points)
        assert found == pytest.approx(brute, rel=2e-3)


class AlongBorders:
    """What the cheapest path costs whose bends are points set closely along convex borders, in a plane.

    The best path of all is straight between bends on borders; moved to the nearest points, these cost no more than a
    path through the points, but for their spacing. Near the equator, a degree is a degree.
    """

    def __init__(self, shapes: Sequence[shapely.Polygon], start: Point, end: Point) -> None:
        km_per_deg = np.array([111.3195, 110.5743])
        flat = [shapely.transform(shape, lambda xy: xy * km_per_deg) for shape in shapes]
        ends = np.array([start, end]) * km_per_deg
        nodes = np.vstack([ends, *(shapely.get_coordinates(shapely.segmentize(s.exterior, 6.0))[:-1] for s in flat)])
        self.ends = np.triu_indices(len(nodes), 1)
        self.nodes = len(nodes)
        lines = shapely.linestrings(np.stack([nodes[end] for end in self.ends], axis=1))
        self.length_km = shapely.length(lines)
        # A leg along a border is not inside.
        within = [shapely.buffer(shape, -0.01) for shape in flat]
        self.inside_km = sum(shapely.length(shapely.intersection(lines, shape)) for shape in within)

    def cheapest_km(self, weight: float) -> float:
        costs = self.length_km + weight * self.inside_km
        graph = scipy.sparse.csr_array((costs, self.ends), shape=(self.nodes, self.nodes))
        return float(scipy.sparse.csgraph.dijkstra(graph, directed=False, indices=0)[1])


def convex(seed: int) -> dict[str, shapely.Polygon]:
    """Make some convex states between the ends, apart from one another."""
    rng = random.Random(seed)  # noqa: S311
    made: dict[str, shapely.Polygon] = {}
    while len(made) < 4:
        x, y = rng.uniform(-1.5, 1.5), rng.uniform(-0.9, 0.9)
        turns = [rng.uniform(0.0, math.tau) for _ in range(7)]
        ring = shapely.MultiPoint([(x + 0.7 * math.cos(t), y + 0.9 * math.sin(t)) for t in turns])
        shape = ring.convex_hull
        if all(shape.distance(other) > 0.05 for other in made.values()) and shape.area > 0.1:
            made["ABCD"[len(made)] * 3] = shape
    return made


@pytest.mark.parametrize("seed", spread(range(6), 2))
def test_in_small_worlds_routes_cost_one_per_cent_more_than_the_cheapest_path_at_most(seed: int) -> None:
    shapes, start, end = convex(seed), (-2.6, -0.1), (2.6, 0.1)
    found = front(of.great_circle(start, end), make_world(shapes), avoid=shapes, max_extension_pct=80.0)
    along = AlongBorders(list(shapes.values()), start, end)
    for weight in (0.1, 0.3, 1.0, 3.0, 10.0):
        least = along.cheapest_km(weight)
        cost = min(one.length_km + weight * one.inside_km for one in found)
        assert least * (1.0 - 0.002) <= cost <= least * (1.0 + 0.01)


def test_known_routes_and_areas_count(points: tuple[Tradeoff, ...]) -> None:
    world = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})
    wall = Area("wall", shapely.MultiPolygon([WALL]))
    round_it = of.detour(A, B, world, avoid=[wall])
    assert round_it is not None
    found = front(of.great_circle(A, B), world, avoid=[wall], max_extension_pct=150.0, known=[round_it], limit=2)
    assert found[-1].inside_km == 0.0
    assert found[-1].length_km <= round_it.length_km
    assert found[0].inside_km == pytest.approx(points[0].inside_km, rel=1e-6)


def test_a_free_great_circle_is_all_there_is() -> None:
    world = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})
    assert len(front(of.great_circle(A, B), world, avoid={"ZZZ"}, max_extension_pct=20.0)) == 1


def test_the_command_line_adds_the_front(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("FRA", "VIE", "--avoid", "CZE", "--on", "2025-10-23", "--front", "km-inside", "--max-extension", "10")
    with pytest.raises(SystemExit):
        main(["routes", *asked, "-f", "json"])
    rows = json.loads(capsys.readouterr().out)["front_km_inside"]
    assert rows[0]["kind"] == "great-circle"
    assert rows[-1]["inside_km"] == 0.0
    with pytest.raises(SystemExit):
        main(["routes", *asked])
    assert "inside_km" in capsys.readouterr().out.split("\n\n")[1]
