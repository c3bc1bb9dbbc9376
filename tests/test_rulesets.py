"""Rule sets: set algebra over blocs and states on a date, and errors that point at the column."""

from __future__ import annotations

import datetime as dt
import operator
import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import overflight as of
from overflight.airspace import Area, State, bloc, load_airspaces
from overflight.airspace.blocs import Membership
from overflight.errors import DataError, OverflightError, UnknownStateError
from overflight.rules import Finding, Rule
from overflight.rules.members import blocs_on
from overflight.rules.rulesets import RuleSet, parse_codes, parse_margin, parse_ruleset, ruleset, united

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
    ("said", "meant"),
    [
        ("Poland, Ukraine", "Poland | Ukraine"),
        ("POL,SVK", "POL | SVK"),
        ("Poland, Slovakia, and Hungary", "Poland | Slovakia | Hungary"),
        ("Poland and Ukraine", "Poland | Ukraine"),
        ("ICC members", "ICC"),
        ("states parties to the ICC", "ICC"),
        ("everyone in the EU", "EU"),
        ("the Rome Statute", "icc"),
        ("Great Britain, Czech Republic", "GBR | CZE"),
        ("International Criminal Court members except Hungary", "icc - Hungary"),
        ("members of NATO or the European Union", "NATO | eu"),
        ("the ICC states parties", "ICC"),
        ("NATO countries or South Sudan", "NATO | SSD"),
        ("icc | United Kingdom", "icc | GBR"),
        ("Faroe Islands", "FRO"),
        ("the United Arab Emirates", "ARE"),
        ("Côte d'Ivoire", "CIV"),
        ("côte d\u2019ivoire and POL", "CIV | POL"),
        ("ICC parties except Hungary", "ICC - Hungary"),
        ("EU states except for Hungary and Malta", "EU - (Hungary | Malta)"),
        ("eu, schengen but not CHE", "(eu | schengen) - CHE"),
        ("(eu | schengen) without CHE", "(eu | schengen) - CHE"),
        ("icc except HUN except POL", "icc - HUN - POL"),
        ("icc - AND", "icc - AND"),
        ("AND and POL", "AND | POL"),
        ("circle:52,24,50nm, POL", None),
    ],
)
def test_words_are_read_where_their_meaning_is_plain(said: str, meant: str | None) -> None:
    world = load_airspaces()
    if meant is None:
        with pytest.raises(UnknownStateError, match="before ','"):
            parse_ruleset(said, world, ON)
        return
    found = parse_ruleset(said, world, ON)
    assert found == parse_ruleset(meant, world, ON)
    assert found.text == meant


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
    together = united(sets)
    assert together.exceptions == left_out
    assert together.states == frozenset().union(*(s.states for s in sets))


@given(st.lists(st.sampled_from(["icc", "eu", "schengen", "DNK", "GRL", "NZL", "FRA", "GUF"]), min_size=2, max_size=4))
def test_rule_sets_are_sets_of_territories(names: list[str]) -> None:
    world = load_airspaces()
    for mark, combined in (
        ("|", frozenset.union),
        ("&", frozenset.intersection),
        ("-", frozenset.difference),
    ):
        found = parse_ruleset(f" {mark} ".join(names), world, ON)
        expected = parse_ruleset(names[0], world, ON).parts
        for name in names[1:]:
            expected = combined(expected, parse_ruleset(name, world, ON).parts)
        assert found.parts == expected
        covered = {(p.state, p.territory) for p in world if p.territory not in found.exceptions} - {(None, "")}
        assert {pair for pair in covered if pair[0] in found.states} <= expected


WORLD = load_airspaces()
WAY = of.great_circle("KEF", "YYZ")
EU = bloc("eu").on(ON)
ZONE = Area("zone", shapely.MultiPolygon([shapely.box(20, 45, 30, 55)]), "zone.geojson")


def test_a_bloc_on_a_date_is_a_set_of_its_members() -> None:
    members = frozenset(EU)
    assert ("DNK" in EU, "GRL" in EU, "GBR" in EU, len(EU), bool(EU)) == (True, False, False, 27, True)
    assert {state.name for state in EU if state == "DNK"} == {"Denmark"}
    assert members == EU
    assert members == EU
    assert {*members} == EU
    assert hash(EU) == hash(members)
    assert members - {"DNK"} <= EU >= {"DNK"}
    assert EU != ICC
    assert EU <= EU | "BLR"
    assert EU >= EU - "DNK"
    assert not (EU <= EU - "DNK")
    assert pickle.loads(pickle.dumps(EU)) == EU  # noqa: S301 - our own
    assert EU != "eu"


def test_rule_sets_of_the_same_states_that_reach_differently_differ() -> None:
    everywhere = EU | {"GRL"}
    assert EU.states == everywhere.states
    assert everywhere != EU
    assert everywhere >= EU
    assert not (everywhere <= EU)
    assert EU | {ZONE} >= EU
    assert not (EU | {ZONE} <= EU)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (EU - "HUN", "eu - HUN"),
        (EU - {"HUN", "POL"}, "eu - (HUN | POL)"),
        (EU - "HUN" - ["POL"], "eu - HUN - POL"),
        (EU | ["BLR"], "eu | BLR"),
        ({"BLR"} | EU, "BLR | eu"),
        (frozenset({"DNK", "BLR"}) - EU, "(BLR | DNK) - eu"),
        ({"DNK", "BLR"} & EU, "(BLR | DNK) & eu"),
        (EU & {"DNK", "BLR"}, "eu & (BLR | DNK)"),
        (ICC - EU, "icc - eu"),
        (ICC - (ICC - EU), "icc - (icc - eu)"),
        ((ICC - EU) | "GRL", "(icc - eu) | GRL"),
        (EU | "GRL" | "FRO", "eu | GRL | FRO"),
        (EU | {"GRL"} - ICC, "eu | (GRL - icc)"),
        (ICC - "GRL", "icc - GRL"),
        (EU & ICC & "DNK", "eu & icc & DNK"),
    ],
)
def test_operators_do_as_the_text_does(found: RuleSet, text: str) -> None:
    written = ruleset(text, on=ON)
    assert found == written
    assert (found.states, found.exceptions, found.parts) == (written.states, written.exceptions, written.parts)
    assert found.text == text
    assert found.blocs == written.blocs


@given(st.lists(st.sampled_from(["icc", "eu", "schengen", "DNK", "GRL", "FRA"]), min_size=2, max_size=4), st.data())
def test_any_text_means_what_it_says_once_more(names: list[str], data: st.DataObject) -> None:
    """What operators make is written so that it can be read again."""
    ways: list[Callable[[Any, Any], RuleSet]] = [operator.or_, operator.sub, operator.and_]
    found = ruleset(names[0], on=ON)
    for name in names[1:]:
        found = data.draw(st.sampled_from(ways))(found, ruleset(name, on=ON))
    assert ruleset(found.text, on=ON).parts == found.parts


def test_a_rule_set_is_made_of_many_things() -> None:
    together = ruleset(["icc - HUN", bloc("eu"), ZONE, EU, "BLR"], on=ON)
    assert together == ruleset("(icc - HUN) | eu | BLR", on=ON) | [ZONE]
    assert together.areas == (ZONE,)
    assert ruleset(EU, on=ON) is EU
    assert ruleset(bloc("eu"), on=ON) == EU
    assert ruleset(ZONE, on=ON) == RuleSet.of([ZONE])
    assert ruleset([], on=ON) == RuleSet.of(()) == frozenset()
    assert not ruleset([], on=ON)
    assert ruleset(ZONE, on=ON)  # no state, but something to avoid
    mine = of.Bloc("mine", bloc("eu").members)
    assert ruleset("mine - DNK", on=ON, blocs=[mine]).blocs == ("mine",)
    past = ruleset("GBR", on=dt.date(1997, 6, 30))
    assert ("GBR", "HKG") in past.parts
    assert ("GBR", "HKG") not in ruleset("GBR", on=ON).parts
    assert ruleset("GBR", on=ON, world=load_airspaces(on=dt.date(1997, 6, 30))) == past


def test_plain_codes_are_states_with_all_that_they_hold() -> None:
    denmark = of.Avoid({"DNK"}).ruleset
    assert denmark == {"DNK"}
    assert not denmark.exceptions
    assert denmark.text == "DNK"
    assert (EU | denmark).exceptions.isdisjoint({"GRL", "FRO"})


@pytest.mark.parametrize("use", [of.Avoid, RuleSet.of, lambda text: of.closest_approaches(WAY, WORLD, text)])
def test_a_text_without_a_date_is_refused(use: Callable[[str], object]) -> None:
    with pytest.raises(UnknownStateError, match=r"'icc' depends on the date: give overflight.ruleset\('icc', on="):
        use("icc")


@pytest.mark.parametrize("combine", [lambda a: a - "HUN", lambda a: EU - a, lambda a: a & EU, lambda a: {"HUN"} & a])
def test_areas_can_only_be_joined(combine: Callable[[RuleSet], RuleSet]) -> None:
    with pytest.raises(UnknownStateError, match=r"makes no sense with an area \(zone.geojson\)"):
        combine(RuleSet.of([ZONE]))
    other = Area("zone", shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), "other.geojson")
    with pytest.raises(DataError, match="two areas are called 'zone'"):
        RuleSet.of([ZONE]) | [other]


def test_states_are_taken_out_and_areas_stay() -> None:
    left = (EU | [ZONE]).without({"DNK"})
    assert (left.states, left.areas, left.text) == (EU.states - {"DNK"}, (ZONE,), "eu | zone.geojson")


def areas_and_states(found: Iterable[Finding]) -> set[str]:
    return {str(f.state or f.area) for f in found if f.status == "crosses"}


def test_a_rule_keeps_out_of_states_and_areas_of_its_set() -> None:
    way = of.great_circle("VKO", "BUD")
    rule = of.Avoid(ruleset(["POL", ZONE], on=ON))
    verdict = of.check(way, WORLD, rules=[rule])
    assert areas_and_states(verdict.findings) == {"POL", "zone"}
    assert {f.rule for f in verdict.findings} == {"POL | zone.geojson"}
    apart: list[Rule] = [of.Avoid({"POL"}, name=rule.name), of.Avoid([ZONE], name=rule.name)]
    assert of.check(way, WORLD, rules=apart) == verdict
    consented = of.check(way, WORLD, rules=[rule.allowing(["POL", ZONE.code])])
    assert consented.status == "clear"


def test_a_map_marks_what_a_bloc_reaches() -> None:
    over_greenland = of.route("KEF", "SFJ", "YFB")
    scene = of.draw(WORLD, over_greenland, on=ON, avoid=EU).scene
    marked = {piece["name"] for piece in scene["pieces"] if piece.get("member")}
    assert "Greenland" not in marked
    assert scene["routes"][0]["status"] == "clear"


def test_the_date_decides() -> None:
    world = load_airspaces()
    assert "UKR" not in parse_ruleset("icc", world, dt.date(2024, 12, 31)).states
    assert "UKR" in parse_ruleset("icc", world, dt.date(2025, 1, 1)).states
    assert {"eu", "icc", "nato"} <= set(blocs_on(ON)[world.state("POL")])
    assert world.state("CHN") not in blocs_on(ON)


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
    assert blocs_on(day, (replace(bloc("eu"), name="mine"),))[State("FRA")] == (*first[State("FRA")], "mine")
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
        ("icc | Untied Kingdom", "column 7: unknown state 'Untied Kingdom': did you mean GBR (United Kingdom)?"),
        ("icc HUN", "column 5: expected an operator (| - &) before 'HUN'"),
        ("POL;SVK", "column 4: ';' has no meaning here: write | between states"),
        ("icc - HUN, POL", "column 10: | after - can be read in two ways: put parentheses"),
        ("ICC and EU members", "column 5: 'and' has two meanings: write | for states in either, & for those in both"),
        ("icc except", "column 11: expected a bloc or a state at the end"),
        ("icc, , POL", "column 6: expected a bloc or a state, found ','"),
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


def test_crossings_within_a_rule_set_are_those_that_its_rule_is_about() -> None:
    """Greenland left the EU, and an area is no state."""
    day = dt.date(2025, 10, 23)
    world = of.load_airspaces(on=day)
    north = of.crossings(of.route("CPH", "SFJ", "YFB"), world)
    assert {c.territory for c in north.within(["DNK"])} == {"DNK", "GRL"}
    assert {c.territory for c in north.within(of.bloc("eu").on(day))} == {"DNK"}
    assert [c.territory for c in north.within(of.ruleset("GRL", on=day))] == ["GRL"]
    zone = Area("zone", shapely.box(-60.0, 60.0, -40.0, 70.0), "here")
    assert north.within(of.ruleset(zone, on=day)) == ()
    everywhere = of.ruleset("icc - CAN", on=day)
    broken = of.check(north.route, world, rules=[of.Avoid(everywhere)]).findings
    assert set(north.within(everywhere)) == {c for f in broken for c in f.crossings}
