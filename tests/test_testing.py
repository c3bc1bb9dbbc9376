"""Assertions for tests of one's own."""

from __future__ import annotations

import datetime as dt

import pytest

from overflight.airspace import bloc, load_airspaces
from overflight.errors import OverflightError
from overflight.routes import great_circle
from overflight.rules import Avoid, check
from overflight.rules.schedule import Schedule, parse_depart
from overflight.testing import assert_clear, assert_crosses

DIRECT = ["VKO", "BUD"]


def test_a_clear_route_gives_its_verdict() -> None:
    verdict = assert_clear(["FRA", "MUC"], avoid=["CZE", "POL"], on=dt.date(2025, 10, 23), margin="5nm")
    assert verdict
    assert repr(verdict).startswith("<Verdict clear: 'FRA-MUC', 300.8 km")


def test_consent_and_a_world_of_ones_own_count() -> None:
    world = load_airspaces("de-facto")
    allow = ["UKR", "POL", "SVK", "HUN"]
    assert assert_clear(great_circle(*DIRECT), avoid="icc", allow=allow, on="2025-10-23", world=world)


def test_a_failure_is_a_briefing() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_clear(DIRECT, avoid="icc", allow="HUN", on="2025-10-23", max_extension_pct=10)
    lines = str(caught.value).splitlines()
    assert lines[0] == "VKO-BUD: avoid icc on 2025-10-23, assuming the consent of Hungary"
    assert any(line.startswith("  forbidden  Poland (POL): 49.7 km") for line in lines)
    assert lines[-2].startswith(
        "to mend it: 1,548.3 km (+0.7 % over the great circle) only with the consent of Ukraine: allow ="
    )


def test_who_is_crossed_is_told_exactly() -> None:
    assert_crosses(DIRECT, "HUN, POL SVK,UKR", avoid="icc", on="2025-10-23")
    with pytest.raises(AssertionError, match="crossed unexpectedly: UKR"):
        assert_crosses(DIRECT, ["HUN", "POL", "SVK"], avoid="icc", on="2025-10-23")


def test_a_flight_is_judged_at_each_entry() -> None:
    late = Schedule(parse_depart("2024-12-31T23:00Z"), 800.0)
    assert_crosses(DIRECT, "HUN POL SVK", avoid="icc", schedule=late)
    later = Schedule(parse_depart("2024-12-31T23:30Z"), 800.0)
    assert_crosses(DIRECT, "HUN POL SVK UKR", avoid="icc", schedule=later)


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(TypeError, match="a date decides"):
        assert_clear(DIRECT, avoid="icc")
    with pytest.raises(ValueError, match="another date than the departure"):
        assert_clear(DIRECT, avoid="icc", on="2025-10-23", schedule=Schedule(parse_depart("2025-10-22T23:00Z"), 800.0))
    with pytest.raises(OverflightError, match="unknown bloc or state"):
        assert_clear(DIRECT, avoid="icx", on="2025-10-23")


def test_the_face_of_a_verdict_names_no_more_than_a_line_holds() -> None:
    world = load_airspaces()
    every = check(great_circle("LIS", "PEK"), world, rules=[Avoid(world.states, name="all of them")])
    assert repr(every).endswith(" more>")
    assert len(repr(every)) < 260
    assert not every


def test_a_rule_set_is_taken_as_it_is() -> None:
    way = ["KEF", "SFJ", "YFB"]
    eu = bloc("eu").on(dt.date(2025, 10, 23))
    assert assert_clear(way, avoid=eu, on="2025-10-23").status == "clear"
    assert assert_clear(way, avoid=[eu, "GBR"], on="2025-10-23").status == "clear"
    with_greenland = bloc("eu").on(dt.date(1985, 1, 31))
    with pytest.raises(AssertionError, match="avoid eu on 2025-10-23"):
        assert_clear(way, avoid=with_greenland, on="2025-10-23")
    assert assert_crosses(way, "DNK", avoid=with_greenland, on="2025-10-23").status == "crosses"
