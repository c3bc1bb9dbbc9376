"""Alternatives: routes with the same consents that go another way, and no wiggles."""

from __future__ import annotations

import itertools

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

import overflight as of
from overflight.detours.alternatives import APART_SHARE, FAR_KM, apart_share
from tests.worlds import make_world

A, B = (0.0, 5.0), (40.0, 5.0)


def found_in(polygons: dict[str, BaseGeometry], more: int, *, max_extension_pct: float = 250.0) -> of.Candidates:
    return of.candidates(
        of.great_circle(A, B),
        make_world(polygons),
        avoid=set(polygons),
        more=more,
        max_size=0,
        max_extension_pct=max_extension_pct,
    )


def passes_north_of(route: of.Route, lon: float, lat: float) -> bool:
    points = [point for leg in route.legs for point in of.Route((leg.start, leg.end)).path(max_km=20.0)]
    nearest = min(points, key=lambda point: abs(point[0] - lon))
    return nearest[1] > lat


ISLANDS: dict[str, BaseGeometry] = {
    "AAA": shapely.box(18, -20, 22, -2),
    "BBB": shapely.box(18, 2, 22, 12),
    "CCC": shapely.box(18, 16, 22, 40),
}


@pytest.fixture(scope="module")
def between_islands() -> of.Candidates:
    return found_in(ISLANDS, 3)


def test_the_other_gaps_between_islands_are_other_ways(between_islands: of.Candidates) -> None:
    """The best route takes one gap, the first alternative the other; the rest go round all islands."""
    best, *others = between_islands[1:]
    assert not best.alternative
    assert all(one.alternative for one in others)
    north, south = (passes_north_of(one.route, 20, 7) for one in (best, others[0]))
    assert north != south


def test_alternatives_are_lawful_bounded_and_sorted(between_islands: of.Candidates) -> None:
    others = [one for one in between_islands if one.alternative]
    assert others
    for one in others:
        assert one.verdict.status == "clear"
        assert one.consents == ()
        assert one.gap_pct is not None
        assert -1e-9 <= one.gap_pct < 0.5
        assert one.route.length_km > between_islands[1].route.length_km
    assert [o.route.length_km for o in others] == sorted(o.route.length_km for o in others)
    assert len({one.route.name for one in between_islands[1:]}) == len(between_islands[1:])


def test_no_two_routes_listed_are_alike(between_islands: of.Candidates) -> None:
    for one, other in itertools.combinations(between_islands[1:], 2):
        assert apart_share(other.route, one.route, FAR_KM) >= APART_SHARE


def test_an_islet_off_the_route_makes_no_other_way() -> None:
    """Round the other side of an islet 30 km wide is a wiggle; round the great island is not."""
    islands = {"AAA": shapely.box(18, 3, 22, 25), "BBB": shapely.box(20, 1.9, 20.2, 2.1)}
    found = found_in(islands, 2)
    ways = {passes_north_of(one.route, 20, 14) for one in found[1:]}
    assert len(found[1:]) == len(ways) <= 2


def test_the_most_that_a_detour_may_add_holds_for_alternatives_too(between_islands: of.Candidates) -> None:
    longest = max(one.extension_pct for one in between_islands)
    limit = 0.5 * (between_islands[1].extension_pct + longest)
    fewer = found_in(ISLANDS, 3, max_extension_pct=limit)
    assert 1 <= len(fewer[1:]) < len(between_islands[1:])
    assert all(one.extension_pct <= limit for one in fewer)


def test_none_are_looked_for_unless_asked() -> None:
    assert not any(one.alternative for one in found_in(ISLANDS, 0))


def test_the_share_far_from_a_route_is_that_of_the_road() -> None:
    one = of.Route((of.Waypoint(0, 0), of.Waypoint(10, 0)))
    other = of.Route((of.Waypoint(0, 0), of.Waypoint(5, 0), of.Waypoint(5, 5)))
    assert apart_share(one, one, 30.0) == 0.0
    assert apart_share(one, other, 100.0) == pytest.approx(0.41, abs=0.02)  # from 5.9 E on, of 10


def test_another_gap_close_by_is_no_other_way() -> None:
    """South of the second island it is 100 km from the best route, and only for a fifth of the way."""
    islands = {"AAA": shapely.box(18, 3, 22, 25), "BBB": shapely.box(18, 2.1, 22, 2.6)}
    assert [one.alternative for one in found_in(islands, 2)[1:]] == [False]
