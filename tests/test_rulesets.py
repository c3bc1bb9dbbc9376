"""Rule sets: set algebra over blocs and states on a date, and errors that point at the column."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import OverflightError, UnknownStateError
from overflight.geodata import State, bloc, load_airspaces
from overflight.geodata.blocs import Membership
from overflight.rulesets import blocs_on, parse_codes, parse_margin, parse_ruleset, united

ON = dt.date(2025, 10, 23)
ICC = bloc("icc").on(ON)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("icc", ICC),
        (" ICC ", ICC),
        ("POL", {"POL"}),
        ("pol", {"POL"}),
        ("Poland", {"POL"}),
        ("icc - HUN", ICC - {"HUN"}),
        ("icc -HUN", ICC - {"HUN"}),
        ("icc- HUN", ICC - {"HUN"}),
        ("icc - HUN - POL", ICC - {"HUN", "POL"}),
        ("icc | BLR", ICC | {"BLR"}),
        ("POL|SVK|HUN", {"POL", "SVK", "HUN"}),
        ("icc & POL", {"POL"}),
        ("icc - (HUN | POL)", ICC - {"HUN", "POL"}),
        ("(icc & (POL | RUS)) | BLR", {"POL", "BLR"}),
        ("POL - POL", set()),
        ("GRL", {"DNK"}),
        ("hkg", {"CHN"}),
        ("icc & GRL", {"DNK"}),
        ("icc - DNK", ICC - {"DNK"}),
        ("NZL - icc", {"NZL"}),
        ("GRL - DNK", set()),
    ],
)
def test_a_rule_set_is_set_algebra(text: str, states: set[str]) -> None:
    found = parse_ruleset(text, load_airspaces(), ON)
    assert found.states == states
    assert found.text == text.strip()


@pytest.mark.parametrize(
    ("texts", "left_out"),
    [
        (["DNK - GRL"], {"GRL"}),
        (["DNK - GRL", "POL"], {"GRL"}),
        (["DNK - GRL", "GRL"], set()),
        (["DNK - GRL", "DNK - FRO"], set()),
        (["GRL", "FRO"], {"DNK"}),
        ([], set()),
    ],
)
def test_several_rule_sets_leave_out_what_each_of_them_does(texts: list[str], left_out: set[str]) -> None:
    sets = [parse_ruleset(text, load_airspaces(), ON) for text in texts]
    states, exceptions = united(sets)
    assert exceptions == left_out
    assert states == frozenset().union(*(s.states for s in sets))


@settings(deadline=None)  # the first example reads the tables of the blocs
@given(st.lists(st.sampled_from(["icc", "eu", "schengen", "DNK", "GRL", "NZL", "FRA", "GUF"]), min_size=2, max_size=4))
def test_rule_sets_are_sets_of_territories(names: list[str]) -> None:
    world = load_airspaces()
    for operator, combined in (
        ("|", frozenset.union),
        ("&", frozenset.intersection),
        ("-", frozenset.difference),
    ):
        found = parse_ruleset(f" {operator} ".join(names), world, ON)
        expected = parse_ruleset(names[0], world, ON).parts
        for name in names[1:]:
            expected = combined(expected, parse_ruleset(name, world, ON).parts)
        assert found.parts == expected
        covered = {(p.state, p.territory) for p in world if p.territory not in found.exceptions} - {(None, "")}
        assert {pair for pair in covered if pair[0] in found.states} <= expected


def test_the_date_decides() -> None:
    world = load_airspaces()
    assert "UKR" not in parse_ruleset("icc", world, dt.date(2024, 12, 31)).states
    assert "UKR" in parse_ruleset("icc", world, dt.date(2025, 1, 1)).states
    assert {"eu", "icc", "nato"} <= set(blocs_on(ON)[world.state("POL")])
    assert world.state("RUS") not in blocs_on(ON)


def test_the_blocs_of_a_date_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may have 100,000 routes, each of which asks."""
    day, asked = dt.date(2001, 2, 3), []
    look = Membership.holds_on

    def counted(self: Membership, on: dt.date) -> bool:
        asked.append(on)
        return look(self, on)

    monkeypatch.setattr(Membership, "holds_on", counted)
    first = blocs_on(day)
    once = len(asked)
    assert once
    assert blocs_on(day) == first
    assert len(asked) == once
    assert blocs_on(day, [replace(bloc("eu"), name="mine")])[State("FRA")] == (*first[State("FRA")], "mine")
    assert blocs_on(day) == first, "and blocs of one's own leave them as they were"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "column 1: expected a bloc or a state at the end"),
        ("icc -", "column 6: expected a bloc or a state at the end"),
        ("icc - HUX", "column 7: unknown state 'HUX'"),
        ("icc-HUN", "column 1: unknown name 'icc-HUN': a minus needs spaces around it: icc - HUN"),
        ("eu-ban-mars", "column 1: unknown bloc or state 'eu-ban-mars'"),
        ("ic", "did you mean icc?"),
        ("Northern Cyprus", "column 1: unknown state 'Northern Cyprus': did you mean CYP (Cyprus)?"),
        ("icc | United Kingdom", "column 7: write GBR for United Kingdom"),
        ("Faroe Islands", "column 1: write FRO for Faroe Islands"),
        ("icc HUN", "column 5: expected an operator (| - &) before 'HUN'"),
        ("POL,SVK", "column 4: ',' has no meaning here: write | between states"),
        ("icc - HUN | BLR", "column 11: | after - can be read in two ways: put parentheses"),
        ("POL | SVK & HUN", "column 11: & after | can be read in two ways"),
        ("(icc", "column 1: this parenthesis is never closed"),
        ("icc)", "column 4: expected an operator"),
        ("()", "column 2: expected a bloc or a state, found ')'"),
        ("- icc", "column 1: expected a bloc or a state, found '-'"),
        ("sea.geojson", "column 1: sea.geojson: the area file can't be read"),
        ("(" * 500 + "icc", "column 42: parentheses nested deeper than 40"),
        ("icc|" * 1000, "longer than 2000"),
        ("icc\x1b", "column 4: '\\x1b' has no meaning"),
    ],
)
def test_an_error_points_at_the_column(text: str, told: str) -> None:
    with pytest.raises(UnknownStateError) as caught:
        parse_ruleset(text, load_airspaces(), ON)
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


@given(st.text(alphabet="icPOLHUN|-&() .,é", max_size=20))
def test_any_text_is_a_rule_set_or_an_error_of_ours(text: str) -> None:
    told = "a"
    try:
        parse_ruleset(text, load_airspaces(), ON)
    except OverflightError as error:
        told = str(error)
    assert told.isprintable()


def test_lists_of_states_take_commas_and_repeats() -> None:
    world = load_airspaces()
    assert parse_codes(["POL, svk", "Hungary", ""], world, what="--allow") == {"POL", "SVK", "HUN"}
    with pytest.raises(UnknownStateError, match="--allow: 'GRL' is a territory of Denmark: write DNK"):
        parse_codes(["GRL"], world, what="--allow")
    with pytest.raises(UnknownStateError, match="--allow: unknown state 'SVX': did you mean"):
        parse_codes(["POL,SVX"], world, what="--allow")


@pytest.mark.parametrize(("text", "km"), [("5nm", 9.26), ("10km", 10.0), ("10 KM", 10.0), ("100m", 0.1), ("0km", 0.0)])
def test_a_margin_has_a_unit(text: str, km: float) -> None:
    assert parse_margin(text) == pytest.approx(km)


@pytest.mark.parametrize("text", ["5", "km", "-5km", "nan km", "1e3km", "5 miles", "2000km", "5,5km", ""])
def test_other_margins_are_refused(text: str) -> None:
    with pytest.raises(OverflightError, match="with the unit"):
        parse_margin(text)
