"""Who can't be asked: what `never` covers is kept out of, and no consent opens it, whoever asks and however."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

import overflight as of
from overflight.airspace import Area, RuleSet, State
from overflight.airspace.ruleset import Proviso
from overflight.batch import judge
from overflight.cli.inputs import STUDY
from overflight.detours import Candidates
from overflight.errors import OverflightError
from overflight.proposals import parse_proposals, proposal_text
from overflight.proposals.briefing import briefings, line_of
from overflight.proposals.template import template
from overflight.serve.asked import Setting
from overflight.serve.search import search
from tests.batches import settings
from tests.commands import Run, rows_of
from tests.test_detours import RING, consents_of, ring_world

DAY = dt.date(2025, 10, 23)
OUTSIDE, HUB = (30.0, 46.0), (11.0, 45.5)
CHISINAU = ["47.2,27.6", "47.0,28.8"]
"""Into Moldova, whose airspace was closed in part, by a report of 2022."""


def case(*places: str, **more: Any) -> of.Case:  # noqa: ANN401 - what `Case.of` takes
    return of.Case.of(places, **({"on": DAY} | more))


def crossed(asked: of.Case) -> set[tuple[str, str]]:
    """Return what is entered against a rule, each with the rule."""
    return {(f.rule, f.state.code) for f in asked.verdict.findings if f.status == "crosses" and f.state}


def searched(**more: Any) -> Candidates:  # noqa: ANN401 - what `candidates` takes
    return of.candidates(of.great_circle(OUTSIDE, HUB), ring_world(), **({"avoid": RING} | more))


# ---- A verdict


def test_what_never_covers_is_forbidden_under_its_own_text_whether_or_not_another_rule_covers_it() -> None:
    both, alone = (case("VKO", "BUD", avoid=avoid, never="closed") for avoid in ("icc", ()))
    assert crossed(both) == {("icc", code) for code in ("HUN", "POL", "SVK", "UKR")} | {("closed", "UKR")}
    assert crossed(alone) == {("closed", "UKR")}
    assert both.told == {"avoid": ["icc"], "never": ["closed"]}
    assert (both.unasked.text, both.forbidden.text) == ("closed", "icc | closed")
    assert [rule.name for rule in both.avoiding] == ["icc", "closed"]


def test_no_consent_opens_it() -> None:
    asked = case("VKO", "BUD", avoid="icc", never="closed").allowing(["UKR", "POL", "SVK", "HUN"])
    assert crossed(asked) == {("closed", "UKR")}
    assert {asked.standing(c) for c in asked.verdict.crossings if c.state == "UKR"} == {"forbidden"}
    assert "UKR" in of.Avoid({"UKR"}, allow=["UKR"]).allow
    assert not of.Avoid({"UKR"}, allow=["UKR"]).never().allowing(["UKR"]).allow


@pytest.mark.parametrize("never", ["closed", "UKR", ["SRB", "closed | POL"]])
def test_consent_of_a_state_that_cannot_be_asked_is_refused(never: Any) -> None:  # noqa: ANN401
    with pytest.raises(OverflightError, match=r"UKR can't be asked, for `never` has .*(closed|UKR)") as caught:
        case("VKO", "BUD", avoid="icc", never=never, allow=["POL", "UKR"] if never == "closed" else "UKR")
    assert caught.value.path == ("allow", 1 if never == "closed" else 0)


def test_a_territory_that_cannot_be_asked_stays_shut_when_its_state_consents() -> None:
    asked = case("KEF", "SFJ", "YFB", avoid="DNK", never="GRL", allow="DNK")
    assert crossed(asked) == {("GRL", "DNK")}
    assert case("KEF", "SFJ", "YFB", avoid="DNK", allow="DNK").verdict.passed


def test_what_is_closed_in_part_only_can_be_asked_about() -> None:
    asked = case(*CHISINAU, never="closed")
    (there,) = [f for f in asked.verdict.findings if f.state == "MDA"]
    assert (there.rule, there.status) == ("closed", "marginal"), "as by --avoid closed"
    assert case(*CHISINAU, never="closed", allow="MDA").verdict.passed
    south = Proviso(State("SSS"), "SSS: closed in the south")
    rule = of.Avoid(RuleSet("closed", frozenset({(State("SSS"), "SSS")}), provisos=(south,))).never()
    assert rule.allowing(["SSS"]).allow == {"SSS"}


def test_members_are_those_of_each_entry() -> None:
    eve = of.Schedule(dt.datetime(2024, 12, 31, 23, tzinfo=dt.UTC), 851.92)  # enters Ukraine before midnight
    asked = of.Case.of(["VKO", "BUD"], never="icc", schedule=eve)
    assert {code for _, code in crossed(asked)} == {"POL", "SVK", "HUN"}
    assert "UKR" in asked.unasked, "on the second day"
    assert crossed(asked.allowing(["POL", "SVK"])) == crossed(asked), "whoever consents"


def test_the_calendar_has_the_days_on_which_it_changes() -> None:
    days = {str(change.on): change.after.status for change in of.changes(case("VKO", "BUD", never="closed"))}
    assert days["2022-02-24"] == "crosses", "Ukraine's airspace is closed from that day on"
    assert not of.changes(case("VKO", "BUD"))


# ---- A search


def test_no_set_of_consents_holds_a_state_that_cannot_be_asked() -> None:
    free = searched()
    for shut in itertools.combinations(("NNN", "EEE", "SSS", "WWW"), 2):
        found = searched(never=shut)
        wanted = {names for names in consents_of(free) if not set(shut) & set(names.split())}
        assert set(consents_of(found)) == wanted, "every other set stays"
        assert not any(set(shut) & {state.code for state in c.consents} for c in found)
        for one in found[1:]:
            assert one.verdict.status == "clear"
            assert not any(crossing.state in shut for crossing in one.verdict.crossings)
        assert not found.shut


def test_the_great_circle_through_one_says_so_and_is_no_answer() -> None:
    first = searched(never={"EEE"})[0]
    assert (first.consents, first.barred, first.minimal, first.front) == (("HUB",), ("EEE",), False, False)
    assert searched()[0].barred == ()


def test_it_is_kept_out_of_where_the_rule_does_not_cover_it() -> None:
    around = searched(avoid={"EEE"}, never={"SSS"})
    assert consents_of(around) == [""]
    assert not {"EEE", "SSS"} & {c.state.code for c in around[1].verdict.crossings if c.state}
    held = of.detour(OUTSIDE, HUB, ring_world(), avoid={"EEE"}, never={"SSS"})
    assert held == around[1].route


@pytest.mark.parametrize("allow", [(), RING])
def test_a_ring_that_cannot_be_asked_leaves_no_route(allow: tuple[str, ...]) -> None:
    ring = ("NNN", "EEE", "SSS", "WWW")
    found = searched(never=ring, allow=allow)
    assert (len(found), found.minimal_consents, found.complete) == (1, (), True)
    assert set(found.shut) == set(ring)
    assert of.detour(OUTSIDE, HUB, ring_world(), avoid=RING, never=ring, allow=allow) is None


@pytest.mark.parametrize("allow", [(), ("HUB",)])
def test_an_end_in_one_leaves_no_route(allow: tuple[str, ...]) -> None:
    found = searched(avoid={"EEE"}, never={"HUB"}, allow=allow)
    assert (len(found), found.minimal_consents, found.shut, found.complete) == (1, (), ("HUB",), True)
    assert found[0].verdict.status == "crosses"
    assert of.detour(OUTSIDE, HUB, ring_world(), avoid={"EEE"}, never={"HUB"}, allow=allow) is None
    within = of.great_circle((11.0, 45.5), (12.0, 45.5))
    assert of.candidates(within, ring_world(), avoid=(), never={"HUB"}).shut == ("HUB",)


def test_an_area_that_cannot_be_asked_holds_no_end() -> None:
    area = Area("zone", shapely.box(10.5, 45, 11.5, 46))
    assert consents_of(searched(avoid=[area])) == [area.code], "else it is entered by need"
    assert [state.name for state in searched(avoid=(), never=[area]).shut] == ["zone"]


def test_a_search_may_ask_who_is_closed_in_part_only() -> None:
    parts = frozenset((State(code), code) for code in ("EEE", "SSS", "WWW"))
    never = RuleSet("closed", parts, provisos=(Proviso(State("SSS"), "SSS: closed in the south"),))
    assert consents_of(searched(never=never)) == ["HUB SSS", "HUB NNN TOP"]
    assert consents_of(searched(avoid=("EEE", "WWW", "NNN"), never=never)) == ["NNN", "SSS"]


def test_kilometres_and_airports_there_count_as_forbidden_whoever_consents() -> None:
    way, world = of.great_circle(OUTSIDE, HUB), ring_world()
    asked: dict[str, Any] = {"avoid": RING, "allow": RING}
    inside = of.crossings(way, world).states_km[State("EEE")]
    assert of.front(way, world, **asked, max_extension_pct=1.0, limit=1)[0].inside_km == 0.0
    barred = of.front(way, world, **asked, never={"EEE"}, max_extension_pct=1.0, limit=1)[0].inside_km
    assert barred == pytest.approx(inside, abs=1e-6)
    direct, real = of.great_circle("VKO", "BUD"), of.load_airspaces()
    rules: dict[str, Any] = {"avoid": {"UKR"}, "allow": {"UKR"}, "beyond_km": 100.0}
    assert of.diversions(direct, real, **rules).forbidden_km == 0.0
    assert of.diversions(direct, real, **rules, never={"UKR"}).forbidden_km > 100.0


# ---- Every surface


def test_the_command_line_and_its_json_have_it(run: Run) -> None:
    asked = ("check", "VKO", "BUD", "--on", "2025-10-23", "--never", "closed", "--never", "SVK")
    status, out, err = run(*asked, "-f", "json")
    document = json.loads(out)
    assert (status, document["avoid"], document["never"]) == (1, [], ["closed", "SVK"])
    assert "on 2025-10-23; never closed, SVK; " in err
    assert [row["forbidden_by"] for row in rows_of(run(*asked)[1]) if row["state"] == "UKR"] == ["closed"]


@pytest.mark.parametrize("command", ["check", "routes", "when"])
def test_consent_and_never_of_one_state_is_a_mistake(run: Run, command: str) -> None:
    on = () if command == "when" else ("--on", "2025-10-23")
    status, out, err = run(command, "VKO", "BUD", *on, "--never", "closed", "--allow", "UKR")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "--allow: UKR can't be asked, for `never` has closed" in err


def test_routes_says_in_a_sentence_that_there_is_none(run: Run) -> None:
    asked = ("PRG", "BUD", "--on", "2025-10-23", "--avoid", "SVK", "--never", "HUN")
    status, out, err = run("routes", *asked, "-f", "json")
    document = json.loads(out)
    assert (status, document["shut"], document["minimal_consents"]) == (1, ["HUN"], [])
    assert document["routes"][0]["barred"] == ["HUN"]
    assert ": Budapest lies in Hungary, which can't be asked." in err
    ring = "AUT | SVK | UKR | ROU | SRB | HRV | SVN"
    status, out, err = run("routes", "PRG", "BUD", "--on", "2025-10-23", "--never", ring)
    assert (status, len(rows_of(out))) == (1, 1)
    assert "can't be asked, and no way leads around them" in err


def test_a_proposal_has_the_key_and_a_check_of_its_own() -> None:
    keys = {"name": "x", "on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["BLR"], "never": ["closed"]}
    text = proposal_text({**keys, "allow": ["BLR"]})
    (proposal,) = parse_proposals(text, where="x.route.toml")
    told = briefings(proposal, proposal.case())
    assert list(told) == ["avoid BLR", "never closed"]
    assert told["avoid BLR"] is None
    assert told["never closed"] is not None
    assert "Ukraine" in told["never closed"]
    line = 1 + text.splitlines().index('never = ["closed"]')
    assert line_of(proposal, "never closed") == line_of(proposal, "closed") == line
    with pytest.raises(OverflightError, match=r"x, line \d+: `allow\[0\]`: UKR can't be asked"):
        parse_proposals(proposal_text({**keys, "allow": ["UKR"]}), where="x")[0].case()


def test_files_that_a_proposal_names_are_those_beside_it_when_one_of_its_keys_is_replaced(
    run: Run, tmp_path: Path
) -> None:
    area = {"type": "Polygon", "coordinates": [[[25, 50], [30, 50], [30, 55], [25, 55], [25, 50]]]}
    folder = tmp_path / "proposals"
    folder.mkdir()
    for file in (folder / "zone.geojson", tmp_path / "typed.geojson"):
        file.write_text(json.dumps(area))
    proposal = folder / "p.route.toml"

    def checked(avoid: str, never: Path | str) -> tuple[int, str, str]:
        keys = {"name": "A", "on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": [avoid]}
        proposal.write_text(proposal_text(keys))
        return run("check", proposal, "--never", never)

    status, out, _ = checked("zone.geojson", f'"{tmp_path / "typed.geojson"}"')
    assert status == 1
    assert "zone.geojson" in out
    status, _, err = checked(str(tmp_path / "typed.geojson"), "BLR")
    assert status == 2
    assert "in the proposal's folder or below" in err


def test_a_new_proposal_has_it() -> None:
    (plain,) = parse_proposals(template("x", ["VKO", "BUD"], on=DAY), where="x")
    (asked,) = parse_proposals(template("x", ["VKO", "BUD"], on=DAY, never=["closed"]), where="x")
    assert (plain.never, asked.never) == ((), ("closed",))


def test_the_page_has_it(tmp_path: Path) -> None:
    setting = Setting({}, folder=tmp_path)
    keys = {"on": "2025-10-23", "waypoints": ["PRG", "BUD"], "avoid": ["HUN | SVK"], "never": ["SVK"]}
    found = [route["keys"].get("allow") for route in search(setting, keys)["routes"]]
    assert ["HUN"] in found
    assert not any("SVK" in codes for codes in found)
    for wrong, said in (({"never": ["zone.geojson"]}, "never[0]"), ({"never": ["HUN"] * 11}, "11 rules")):
        with pytest.raises(OverflightError) as caught:
            setting.case(keys | wrong)
        assert said in str(caught.value) or "twice" in str(caught.value)
        assert caught.value.path[0] == "never"


def test_a_batch_has_it() -> None:
    table = pa.table({"id": [0, 1], "from": ["VKO", "PRG"], "to": ["BUD", "VIE"]})
    asked = settings(avoid=("POL",), never=("closed",), allow=("POL",))
    (first, second) = judge(table, asked).verdicts.to_pylist()
    assert (first["status"], first["rules"], second["status"]) == ("crosses", "closed", "not-entered")
    states = of.crossings(of.great_circle("VKO", "BUD"), of.load_airspaces(on=DAY)).states_km
    assert first["forbidden_km"] == pytest.approx(states[State("UKR")], abs=1e-6)
    assert asked.facts()["never"] == ["closed"]
    alone = judge(table, settings(avoid=(), never=("closed",))).verdicts.to_pylist()
    assert [row["status"] for row in alone] == ["crosses", "not-entered"]
    with pytest.raises(OverflightError, match=r"^--allow: UKR can't be asked"):
        settings(never=("closed",), allow=("UKR",))


def test_the_study_asks_nobody_whose_airspace_is_closed() -> None:
    ends, on, avoid, never = STUDY
    study = of.Case.of(ends, on=on, avoid=avoid, never=never)
    assert "UKR" in study.unasked
    assert ("closed", "UKR") in crossed(study)
