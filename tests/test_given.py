"""What is written where a route or a rule is asked for: read as on the command line, or refused with the way out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

import overflight as of
from overflight.airspace import Area
from overflight.errors import RouteError, UnknownStateError
from overflight.routes.ways import Way

DAY = dt.date(2025, 10, 23)
WAYS: tuple[Way, ...] = ("VKO-BUD", "VKO BUD", ["VKO", "BUD"], ("VKO", "BUD"), "VKO to BUD", "VKO \u2192 BUD")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_route_in_a_text_is_the_route_of_its_places(way: Way) -> None:
    direct, world = of.great_circle("VKO", "BUD"), of.load_airspaces(on=DAY)
    assert of.crossings(way, on=DAY) == of.crossings(direct, world)
    assert of.crossings(way, world) == of.crossings(direct, world)
    assert of.closest_approaches(way, world, {"LTU"}) == of.closest_approaches(direct, world, {"LTU"})


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("rules", ["icc", ["icc"], of.bloc("icc"), of.bloc("icc").on(DAY)], ids=["a", "b", "c", "d"])
def test_a_rule_in_a_text_is_the_case_of_it(way: Way, rules: str) -> None:
    found = of.check(way, rules=rules, on="2025-10-23")
    assert found.to_dict() == of.Case.of(["VKO", "BUD"], on=DAY, avoid="icc").verdict.to_dict()
    assert found.route == of.great_circle("VKO", "BUD")


@pytest.mark.parametrize("rule", ["icc - HUN", "POL", "nato | BLR"])
def test_any_rule_set_is_read(rule: str) -> None:
    found = of.check("VKO-MSQ-BUD", rules=[rule, of.MaxExtension(5.0)], on=DAY)
    case = of.Case.of("VKO-MSQ-BUD", on=DAY, avoid=rule, max_extension_pct=5.0)
    assert found.to_dict() == case.verdict.to_dict()


def test_a_code_stands_for_the_airport_that_it_had_on_the_date() -> None:
    before, now = of.crossings("IST-ATH", on="2018-01-01"), of.crossings("IST-ATH", on="2025-10-23")
    assert before.route.waypoints[0] != now.route.waypoints[0]
    assert before.route == of.Case.of(["IST", "ATH"], on="2018-01-01").route


def test_a_search_takes_texts() -> None:
    way = of.detour("FRA", "VIE", avoid="CZE", on=DAY)
    assert way == of.detour("FRA", "VIE", of.load_airspaces(on=DAY), avoid={"CZE"})
    found = of.candidates("FRA-VIE", avoid="AND", on=DAY)
    assert [one.route.kind for one in found] == ["great-circle"]
    assert found[0].verdict.status == "clear"


def test_what_else_takes_a_route_takes_texts() -> None:
    world, direct = of.load_airspaces(on=DAY), of.great_circle("FRA", "VIE")
    assert of.diversions("FRA-VIE", avoid="CZE", beyond_km=100.0, on=DAY) == of.diversions(
        direct, world, avoid=of.ruleset("CZE", on=DAY), beyond_km=100.0
    )
    text = of.front("FRA-VIE", avoid="CZE", on=DAY, max_extension_pct=2.0, limit=2)
    same = of.front(direct, world, avoid={"CZE"}, max_extension_pct=2.0, limit=2)
    assert [one.route for one in text] == [one.route for one in same]


def test_a_map_takes_texts() -> None:
    world = of.load_airspaces(on=DAY)
    drawn = of.draw(world, "VKO-BUD", on="2025-10-23", avoid="icc")
    same = of.draw(world, of.great_circle("VKO", "BUD"), on=DAY, avoid=of.bloc("icc").on(DAY))
    assert drawn.scene == same.scene
    assert len(of.draw(world, ["VKO-LED", "VKO-MSQ"], on=DAY).scene["routes"]) == 2


def zone() -> Area:
    import shapely

    return Area("zone", shapely.MultiPolygon([shapely.box(25.0, 52.0, 26.0, 53.0)]))


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "no date, no world": (lambda: of.crossings("VKO-BUD"), TypeError, 'give on="2025-10-23", or a world'),
    "a rule without a date": (
        lambda: of.check("VKO-BUD", of.load_airspaces(), rules="icc"),
        UnknownStateError,
        "'icc' depends on the date: give on=",
    ),
    "a bloc without a date": (
        lambda: of.check("VKO-BUD", of.load_airspaces(), rules=of.bloc("icc")),
        UnknownStateError,
        "'icc' depends on the date",
    ),
    "a search without a date": (
        lambda: of.candidates("VKO-BUD", of.load_airspaces(), avoid="icc"),
        UnknownStateError,
        "'icc' depends on the date",
    ),
    "a number for a rule": (
        lambda: of.check("VKO-BUD", rules=5, on=DAY),  # type: ignore[arg-type]
        TypeError,
        "int is no rule: give overflight.Avoid(icc), a rule set, or a text",
    ),
    "a number among rules": (
        lambda: of.check("VKO-BUD", rules=["icc", 5], on=DAY),  # type: ignore[list-item]
        TypeError,
        "int is no rule",
    ),
    "an unknown rule": (lambda: of.check("VKO-BUD", rules="iccc", on=DAY), UnknownStateError, "did you mean icc?"),
    "a number for a route": (
        lambda: of.crossings(5, on=DAY),  # type: ignore[arg-type]
        RouteError,
        "'5' is no route: give a text such as 'VKO-BUD', places as in ['VKO', 'BUD'], or a Route",
    ),
    "one place": (lambda: of.crossings("VKO", on=DAY), RouteError, "needs two or more waypoints"),
    "one waypoint": (
        lambda: of.crossings(of.place("VKO"), on=DAY),  # type: ignore[arg-type]
        RouteError,
        "is no route",
    ),
    "an unknown place": (lambda: of.crossings("VKO-XQX", on=DAY), of.OverflightError, "unknown place 'XQX'"),
    "no date at all": (lambda: of.crossings("VKO-BUD", on="tomorrow"), ValueError, "write it as 2025-10-23"),
    "places apart from each other": (
        lambda: of.candidates("VKO", "BUD", avoid="icc", on=DAY),  # type: ignore[arg-type]
        TypeError,
        "'BUD' is no world: give overflight.load_airspaces(on=...); a route is one text, 'VKO-BUD'",
    ),
    "a route for a case": (
        lambda: of.changes("VKO-BUD"),  # type: ignore[arg-type]
        TypeError,
        "'VKO-BUD' is no case: give overflight.Case.of(",
    ),
    "a text to be written": (
        lambda: of.write_routes("VKO-BUD", "a.gpx"),  # type: ignore[arg-type]
        RouteError,
        "is no route: give what overflight.route or read_routes returns",
    ),
    "a map of a number": (
        lambda: of.draw(of.load_airspaces(), 5, on=DAY),  # type: ignore[arg-type]
        RouteError,
        "'5' can't be drawn: give routes, texts ('VKO-BUD'), verdicts, candidates",
    ),
    "a map of one place": (
        lambda: of.draw(of.load_airspaces(), ["VKO", "BUD"], on=DAY),
        RouteError,
        "needs two or more waypoints",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused_with_what_to_write(what: str) -> None:
    ask, kind, told = REFUSED[what]
    with pytest.raises(kind) as caught:
        ask()
    assert told in str(caught.value)


def test_areas_and_codes_need_no_date() -> None:
    world = of.load_airspaces(on=DAY)
    assert of.check("VKO-BUD", world, rules=zone()).to_dict()["findings"][0]["area"] == "zone"
    found = of.check("VKO-BUD", world, rules=of.Avoid({"POL"}))
    assert [finding.state for finding in found.findings] == ["POL"]
