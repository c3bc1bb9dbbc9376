"""What a verdict hangs on."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely

import overflight as of
from overflight.airspace import Area
from overflight.rules.assumptions import assumptions, other_view
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
YALTA = of.route((30.68, 46.43), (34.2, 44.9), name="Odesa-Yalta")


@pytest.mark.parametrize(
    ("view", "avoid", "said"),
    [
        ("de-jure", "RUS", "in the de-facto view it crosses Russia"),
        ("de-facto", "RUS", "in the de-jure view it does not cross Russia"),
        ("de-jure", "POL", None),
    ],
)
def test_crimea_is_told_with_the_other_view(view: str, avoid: str, said: str | None) -> None:
    world = of.load_airspaces(view, on=DAY)
    rules = [of.Avoid({avoid})]
    found = assumptions(of.check(YALTA, world, rules=rules), rules, other_view(world, DAY))
    assert any("a disputed part of" in one and "Crimea" in one for one in found)
    assert [one for one in found if one.startswith("in the ")] == ([said] if said else [])


def test_a_route_that_is_too_near_says_to_what() -> None:
    world = of.load_airspaces(on=DAY)
    zone = Area("zone", shapely.MultiPolygon([shapely.box(0, 0, 10, 10)]))
    near = of.Route((of.Waypoint(2.0, 10.1), of.Waypoint(8.0, 10.1)))
    rule = of.Avoid([zone], margin_km=30.0)
    assert assumptions(of.check(near, world, rules=[rule]), [rule])[-1].startswith("it comes within 11.")


def test_a_world_without_views_has_no_other() -> None:
    world = make_world({"AAA": shapely.box(0, 0, 10, 10)})
    assert other_view(world, DAY) is None
    rules = [of.Avoid({"AAA"})]
    route = of.Route((of.Waypoint(-5.0, 5.0), of.Waypoint(15.0, 5.0)))
    assert assumptions(of.check(route, world, rules=rules), rules) == ()


def test_each_claimant_of_what_nobody_holds_is_named() -> None:
    world = make_world({"AAA+BBB": shapely.box(0, 0, 10, 10)})
    rules = [of.Avoid({"AAA"})]
    route = of.Route((of.Waypoint(-5.0, 5.0), of.Waypoint(15.0, 5.0)))
    (said,) = assumptions(of.check(route, world, rules=rules), rules)
    assert said.startswith("it crosses a disputed part of AAA and BBB for 1,1")
