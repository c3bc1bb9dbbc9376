"""Length against kilometres inside: the weighted region problem, against routes whose best bends are found by brute."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from overflight.airspace import Area
from overflight.cli import main
from overflight.detours.inside import Traded, inside_front
from tests.worlds import make_world

GEOD = pyproj.Geod(ellps="WGS84")
A, B = (-10.0, -8.0), (20.0, 8.0)
WALL = shapely.box(0, -40, 10, 30)


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2]) / 1000.0


@pytest.fixture(scope="module")
def front() -> tuple[Traded, ...]:
    return inside_front(of.great_circle(A, B), make_world({"AAA": WALL}), avoid={"AAA"}, max_extension_pct=150.0)


def test_it_goes_from_the_great_circle_to_the_way_round(front: tuple[Traded, ...]) -> None:
    assert front[0].route.kind == "great-circle"
    assert front[-1].inside_km == 0.0
    around = of.detour(A, B, make_world({"AAA": WALL}), avoid={"AAA"})
    assert around is not None
    assert front[-1].length_km == pytest.approx(around.length_km, rel=0.003)
    assert len(front) >= 4


def test_each_point_is_longer_and_less_inside_and_all_are_convex(front: tuple[Traded, ...]) -> None:
    for one, two in itertools.pairwise(front):
        assert two.length_km > one.length_km
        assert two.inside_km < one.inside_km
    slopes = [(a.inside_km - b.inside_km) / (b.length_km - a.length_km) for a, b in itertools.pairwise(front)]
    assert slopes == sorted(slopes, reverse=True)


def test_what_is_said_to_be_inside_is_what_the_engine_finds(front: tuple[Traded, ...]) -> None:
    world = make_world({"AAA": WALL})
    for one in front:
        inside = sum(crossing.length_km for crossing in of.crossings(one.route, world))
        assert one.inside_km == pytest.approx(inside, abs=1e-6)


def test_no_weight_has_a_better_route_that_bends_at_the_edges_only(front: tuple[Traded, ...]) -> None:
    """Through the wall, the best route is straight but for where it enters and leaves: two numbers to search."""
    bends = np.arange(-9.0, 9.01, 0.25)
    pairs = [(y, z) for y in bends for z in bends]
    through = [(km(A, (0.0, y)) + km((10.0, z), B), km((0.0, y), (10.0, z))) for y, z in pairs]
    for weight in (0.0, 0.05, 0.2, 0.5):
        brute = min(outside + (1.0 + weight) * inside for outside, inside in through)
        found = min(one.length_km + weight * one.inside_km for one in front)
        assert found == pytest.approx(brute, rel=2e-3)


def test_known_routes_and_areas_count(front: tuple[Traded, ...]) -> None:
    world = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})
    wall = Area("wall", shapely.MultiPolygon([WALL]))
    round_it = of.detour(A, B, world, avoid=[wall])
    assert round_it is not None
    found = inside_front(of.great_circle(A, B), world, avoid=[wall], max_extension_pct=150.0, known=[round_it], most=2)
    assert found[-1].inside_km == 0.0
    assert found[-1].length_km <= round_it.length_km
    assert found[0].inside_km == pytest.approx(front[0].inside_km, rel=1e-6)


def test_a_free_great_circle_is_all_there_is() -> None:
    world = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})
    assert len(inside_front(of.great_circle(A, B), world, avoid={"ZZZ"}, max_extension_pct=20.0)) == 1


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
