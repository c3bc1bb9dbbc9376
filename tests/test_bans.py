"""Whom a rule binds: who flies decides what bans are, and a verdict says by which row."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

import overflight as of
from overflight.airspace.bans import named_blocs
from overflight.airspace.blocs import blocs
from overflight.airspace.operators import marks, operator_of
from overflight.errors import DataError, UnknownStateError
from overflight.proposals import parse_proposals
from overflight.rules.schedule import Schedule, parse_depart, parse_speed
from overflight.serve.asked import Setting
from overflight.serve.whatif import WhatIf
from overflight.testing import assert_clear, assert_crosses
from tests.commands import Run, rows_of

ON = dt.date(2025, 10, 23)
BAN = "eu-ban-russia"


def shut(operator: str, on: str, text: str = "bans") -> of.RuleSet:
    return of.ruleset(text, on=dt.date.fromisoformat(on), operator=operator)


def crossed(case: of.Case) -> dict[str, str]:
    return {f.state.code: f.status for f in case.verdict.findings if f.state and f.crossings}


# Who flies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state", "territory"),
    [
        ("RUS", "RUS", "RUS"),
        ("russia", "RUS", "RUS"),
        ("RA-", "RUS", "RUS"),
        ("ra-96022", "RUS", "RUS"),
        ("VT-", "IND", "IND"),
        ("VT-ANG", "IND", "IND"),
        ("AP-BMG", "PAK", "PAK"),
        ("4X-", "ISR", "ISR"),
        ("A7-BCA", "QAT", "QAT"),
        ("7T-VKB", "DZA", "DZA"),
        ("CN-ROH", "MAR", "MAR"),
        ("EW-254PA", "BLR", "BLR"),
        ("F-GSQA", "FRA", "FRA"),
        ("5U-", "NER", "NER"),
        ("TZ-", "MLI", "MLI"),
        ("N123AB", "USA", "USA"),
        ("N-", "USA", "USA"),
        ("JA8089", "JPN", "JPN"),
        ("HL7611", "KOR", "KOR"),
        ("UK67001", "UZB", "UZB"),
        ("PK-", "IDN", "IDN"),
        ("B-1234", "CHN", "CHN"),
        ("B-301A", "CHN", "CHN"),
        ("B-HNR", "CHN", "HKG"),
        ("B-KPA", "CHN", "HKG"),
        ("B-L", "CHN", "HKG"),
        ("B-MAN", "CHN", "MAC"),
        ("B-18901", "TWN", "TWN"),
        ("VP-BDE", "GBR", "BMU"),
        ("VQ-B", "GBR", "BMU"),
        ("VP-C", "GBR", "CYM"),
        ("SU-", "EGY", "EGY"),
        ("SU-YAK", "PSE", "PSE"),
        ("HKG", "CHN", "HKG"),
        ("E7-", "BIH", "BIH"),
    ],
)
def test_an_operator_is_a_state_or_a_registration(text: str, state: str, territory: str) -> None:
    found = operator_of(text, ON)
    assert (found.state, found.territory) == (state, territory)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("B-", "CHN (B-1XXX), TWN (B-11111), HKG (B-HXX, B-KXX, B-LXX), MAC (B-MXX)"),
        ("B-1", "CHN (B-1XXX), TWN (B-11111)"),
        ("VP-", "BMU (VP-BXX)"),
        ("PK", "for the nationality mark write PK-"),
        ("Q9-ABC", "no state has the mark Q9-"),
        ("VR-HAB", "until 1997-07-01"),
        ("T9-", "until 2008-01-01"),
        ("", "give a state (RUS)"),
        ("Rusia", "did you mean RUS (Russia)?"),
        ("B-1234567", "give a state (RUS)"),
    ],
)
def test_what_may_be_several_or_nobody_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(UnknownStateError) as caught:
        operator_of(text, ON)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_whose_a_mark_is_depends_on_the_date() -> None:
    assert operator_of("VR-HAB", dt.date(1997, 6, 30)).state == "GBR"
    assert operator_of("B-HAB", dt.date(1997, 7, 1)).state == "CHN"
    with pytest.raises(UnknownStateError, match="nobody's on 2011-07-08"):
        operator_of("Z8-AAA", dt.date(2011, 7, 8))
    assert operator_of("Z8-AAA", dt.date(2011, 7, 9)).state == "SSD"


def test_every_mark_is_of_somebody_and_no_two_states_have_one_form() -> None:
    seen: dict[tuple[str, str], str] = {}
    for one in marks():
        assert one.source
        day = one.since or (one.until - dt.timedelta(days=1) if one.until else ON)
        if not one.form:
            assert operator_of(f"{one.mark}-", max(day, dt.date(1997, 7, 1))).territory == one.territory
        assert seen.setdefault((one.mark, one.form), one.territory) == one.territory
    assert len({one.territory for one in marks()}) > 200


# Whom a bloc binds ----------------------------------------------------------------------------------------------------


def test_every_bloc_says_to_whom_it_applies_and_how_we_know() -> None:
    for name in blocs():
        one = of.bloc(name)
        assert one.applies_to
        assert one.subject.title
        assert one.subject.source


@pytest.mark.parametrize(
    ("name", "words", "binds"),
    [
        ("icc", "a person whom the Court seeks by a warrant of arrest", ("nobody",)),
        ("eu-ban-russia", "aircraft registered in Russia", ("RUS",)),
        ("russia-ban", "air carriers of the states listed", ("members",)),
        ("closed", "civil aircraft of every state", ("everybody",)),
        ("eu", "no flight by itself", ("nobody",)),
        ("ban-arms-israel", "state aircraft only", ("nobody",)),
        ("czib", "as a recommendation", ("nobody",)),
        ("faa-kicz", "registered in the United States", ("USA",)),
    ],
)
def test_a_bloc_says_whom_it_binds(name: str, words: str, binds: tuple[str, ...]) -> None:
    one = of.bloc(name)
    assert words in one.applies_to
    assert one.subject.binds == binds


@pytest.mark.parametrize(
    ("operator", "on", "state", "bloc"),
    [
        ("BLR", "2021-06-05", "POL", "eu-ban-belarus"),
        ("IND", "2025-04-24", "PAK", "pakistan-ban-india"),
        ("PAK", "2025-04-30", "IND", "india-ban-pakistan"),
        ("MAR", "2021-09-22", "DZA", "algeria-ban-morocco"),
        ("MLI", "2025-04-07", "DZA", "algeria-ban-mali"),
        ("DZA", "2025-04-07", "MLI", "mali-ban-algeria"),
        ("QAT", "2017-06-05", "SAU", "ban-qatar"),
        ("FRA", "2023-09-23", "NER", "niger-ban-france"),
        ("RWA", "2025-02-11", "COD", "congo-ban-rwanda"),
        ("ISR", "2020-09-01", "SAU", "ban-israel"),
        ("USA", "2025-10-23", "IRN", "faa-kicz"),
        ("DEU", "2021-06-02", "BLR", "easa-directive"),
        ("CHE", "2021-06-02", "BLR", "easa-directive"),
        ("RUS", "2015-11-25", "UKR", "ukraine-ban-russia"),
        ("RUS", "2022-02-27", "DEU", "eu-ban-russia"),
        ("POL", "2022-02-26", "RUS", "russia-ban"),
        ("CHE", "2022-02-28", "RUS", "russia-ban"),
        ("JPN", "2022-02-24", "UKR", "closed"),
    ],
)
def test_bans_are_what_binds_the_operator_on_the_date(operator: str, on: str, state: str, bloc: str) -> None:
    day = dt.date.fromisoformat(on)
    rules = shut(operator, on)
    assert state in rules
    assert bloc in {ground.bloc for ground in rules.grounds_of(state)}
    if (bloc, state) not in {("ban-israel", "SAU"), ("faa-kicz", "IRN")}:  # which began long before
        eve = shut(operator, (day - dt.timedelta(days=1)).isoformat())
        assert bloc not in {ground.bloc for ground in eve.grounds_of(state)} or state not in eve


def test_what_binds_another_is_no_ban() -> None:
    assert "PAK" not in shut("FRA", "2025-10-23")
    assert "POL" not in shut("IND", "2025-10-23")
    assert {ground.bloc for ground in shut("JPN", "2025-10-23").grounds} == {"closed"}
    assert "HUN" not in shut("RUS", "2022-02-23")  # icc binds no operator


def test_a_ban_on_the_members_shuts_the_airspace_of_who_bans_not_theirs() -> None:
    rules = shut("FRA", "2025-10-23")
    assert "RUS" in rules
    assert "DEU" not in rules
    assert "RUS" not in shut("SRB", "2025-10-23")  # not in the list
    assert "RUS" not in shut("USA", "2025-10-23")


def test_bans_join_with_other_rules() -> None:
    assert "PAK" not in shut("IND", "2025-06-01", "bans - PAK")
    assert {"PAK", "BLR"} <= shut("IND", "2025-06-01", "bans | BLR").states
    assert shut("IND", "2025-06-01", "BANS & PAK") == {"PAK"}
    assert not shut("IND", "2025-06-01", "bans - PAK").grounds_of("BLR")


def test_bans_without_an_operator_say_what_is_missing(run: Run) -> None:
    with pytest.raises(UnknownStateError, match="--operator RUS"):
        of.ruleset("bans", on=ON)
    status, out, err = run("check", "DEL", "LHR", "--avoid", "icc | bans", "--on", "2025-10-23")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "column 7" in err
    assert "--operator RUS" in err


def test_a_bloc_of_ones_own_can_not_be_called_bans(tmp_path: Path) -> None:
    (tmp_path / "bans.csv").write_text("state,since\nPOL,2020-01-01\n", encoding="utf-8")
    with pytest.raises(DataError, match="choose another"):
        of.read_bloc(tmp_path / "bans.csv")
    assert "not said" in of.read_bloc(tmp_path / "bans.csv", name="mine").applies_to


def test_only_whole_names_are_named() -> None:
    assert named_blocs("eu-ban-russia - HUN") == ("eu-ban-russia",)
    assert named_blocs("ICC|nato") == ("icc", "nato")


# Verdicts -------------------------------------------------------------------------------------------------------------


def test_a_verdict_names_bloc_row_and_source() -> None:
    case = of.Case.of(["DEL", "LHR"], on="2025-06-01", avoid="bans", operator="VT-ANG")
    (pakistan,) = (f for f in case.verdict.findings if f.state == "PAK")
    assert pakistan.status == "crosses"
    assert "pakistan-ban-india since 2025-04-24 [ARY News, 24 April 2025" in pakistan.note
    row = pakistan.to_dict()["grounds"][0]
    assert (row["bloc"], row["since"], row["verified"]) == ("pakistan-ban-india", "2025-04-24", True)
    assert "pakistan-ban-india since 2025-04-24" in case.verdict.explain()
    assert "pakistan-ban-india applies to aircraft registered in India" in case.verdict.explain()


def test_what_another_rule_forbids_is_not_laid_to_a_ban_that_does_not_hold_yet() -> None:
    """Belgium, a party to the Rome Statute, closed at 23:00 UTC, Germany at 14:00 UTC."""
    day = of.Case.of(["SVO", "CDG"], on="2022-02-27", avoid="bans | icc", operator="RUS")
    named = {f.state.code: [g.bloc for g in f.grounds] for f in day.verdict.findings if f.state and f.crossings}
    assert named == {"LTU": [BAN], "POL": [BAN], "DEU": [BAN], "BEL": [], "FRA": [BAN]}
    assert "eu-ban-russia since 2022-02-28" not in day.verdict.explain()
    for depart, named_then in (("2022-02-27T11:30Z", []), ("2022-02-27T12:30Z", [BAN])):
        clock = Schedule(parse_depart(depart), parse_speed("450kt"))
        flown = of.Case.of(["SVO", "FRA"], avoid="bans | icc", operator="RUS", schedule=clock)
        (germany,) = (f for f in flown.verdict.findings if f.state == "DEU")
        assert (germany.status, [g.bloc for g in germany.grounds]) == ("crosses", named_then)


def test_some_hours_of_a_ban_are_not_the_whole_of_it() -> None:
    """Jordan, a party to the Rome Statute, was closed for some hours."""
    case = of.Case.of(["31.0,36.3", "31.0,36.7"], on="2024-10-01", avoid="bans | icc", operator="DEU")
    assert [(f.state, f.status, f.grounds) for f in case.verdict.findings if f.crossings] == [("JOR", "crosses", ())]


@pytest.mark.parametrize(
    ("ends", "before", "since", "words"),
    [
        (("46.0,33.5", "46.3,33.9"), "2014-04-24", "2014-04-25", "in the Simferopol FIR"),
        (("8.0,-66.0", "8.3,-65.5"), "2019-04-30", "2019-05-01", "below FL260"),
    ],
)
def test_what_the_faa_closed_in_part_is_open(ends: tuple[str, str], before: str, since: str, words: str) -> None:
    """The Federal Register, 79 FR 22862, and NOTAM KICZ A0013/19."""
    eve, day = (of.Case.of(ends, on=on, avoid="bans", operator="USA").verdict for on in (before, since))
    assert (eve.status, day.status) == ("clear", "marginal")
    assert words in day.reservations[0]


def test_a_ban_on_some_flights_of_an_operator_leaves_the_others_open() -> None:
    """Turkey let Armenian aircraft come, and would not let them pass (its foreign minister, 3 May 2023)."""
    said = {}
    for on in ("2023-04-28", "2023-04-29"):
        case = of.Case.of(["EVN", "ATH"], on=on, avoid="bans", operator="EK-32001")
        said[on] = (crossed(case).get("TUR", "clear"), *case.verdict.reservations)
    assert said["2023-04-28"] == ("clear",)
    assert said["2023-04-29"][0] == "marginal"
    assert "on the way to third countries, not to flights to Turkey" in str(said["2023-04-29"][1])


def test_an_old_report_leaves_a_ban_open() -> None:
    case = of.Case.of(["DEL", "DXB"], on="2026-11-30", avoid="bans", operator="IND")
    assert crossed(case)["PAK"] == "marginal"
    assert "the last report of it is of 2026-02-23" in case.verdict.reservations[0]


def test_a_ban_with_levels_leaves_the_level_open() -> None:
    case = of.Case.of(["BGW", "BSR"], on="2025-10-23", avoid="bans", operator="N123AB")
    assert crossed(case) == {"IRQ": "marginal"}
    assert "below FL320; whether this flight is at such a level is not known" in case.verdict.reservations[0]
    assert not crossed(of.Case.of(["BGW", "BSR"], on="2025-10-23", avoid="bans", operator="DEU"))


def test_a_territory_that_no_list_names_leaves_the_ban_open() -> None:
    """Rosaviatsia's list names Gibraltar and the British Virgin Islands, not Bermuda."""
    ways = {mark: of.Case.of(["VKO", "KZN"], on=ON, avoid="bans", operator=mark) for mark in ("G-", "VP-G", "VP-B")}
    assert {mark: crossed(case) for mark, case in ways.items()} == {
        "G-": {"RUS": "crosses"},
        "VP-G": {"RUS": "crosses"},
        "VP-B": {"RUS": "marginal"},
    }
    assert "whether it reaches those of Bermuda is not known" in ways["VP-B"].verdict.reservations[0]


def test_with_a_schedule_the_moment_of_entry_decides() -> None:
    """Romania shut its airspace to Russian carriers on 26 February 2022 at 13:00 UTC."""
    for hour, status in (("12:30", "clear"), ("13:30", "crosses")):
        flight = Schedule(parse_depart(f"2022-02-26T{hour}Z"), parse_speed("800km/h"))
        case = of.Case.of(["OTP", "CLJ"], schedule=flight, avoid="bans", operator="RUS")
        (finding,) = (f for f in case.verdict.findings if f.state == "ROU")
        assert finding.status == status
        assert ("eu-ban-russia since 2022-02-26" in finding.note) is (status == "crosses")


def test_the_operator_changes_no_other_rule_but_is_told_what_does_not_bind_it() -> None:
    plain, flown = (
        of.Case.of(["VKO", "BUD"], on=ON, avoid=["eu-ban-russia", "icc"], operator=who) for who in (None, "IND")
    )
    assert plain.verdict.to_dict() == flown.verdict.to_dict()
    assert plain.notices == ()
    assert [text.split(" applies to ")[0] for text in flown.notices] == ["eu-ban-russia", "icc"]
    assert "it does not bind operators of India as such, and is applied as written" in flown.notices[0]
    (about,) = of.Case.of(["VKO", "BUD"], on=ON, avoid="russia-ban").notices
    assert "lists whose carriers are barred from the airspace of RUS" in about


# Everywhere -----------------------------------------------------------------------------------------------------------


def test_the_command_line_says_who_flies_what_binds_it_and_why(run: Run) -> None:
    asked = ("check", "DEL", "LHR", "--avoid", "bans", "--operator", "VT-ANG", "--on", "2025-06-01")
    status, _, err = run(*asked)
    assert status == 1
    assert "operator IND" in err
    assert "registered in India, by the nationality mark VT (ICAO, Annex 7)" in err
    assert "bans in the data that bind it on 2025-06-01: closed, pakistan-ban-india" in err
    assert (
        "pakistan-ban-india applies to aircraft registered in India, and aircraft operated, owned or leased by" in err
    )
    assert "Pakistan: pakistan-ban-india since 2025-04-24 [ARY News" in err
    rows = {row["state"]: row["forbidden_by"] for row in rows_of(run(*asked)[1])}
    assert (rows["PAK"], rows["UKR"], rows["AFG"]) == ("bans (pakistan-ban-india)", "bans (closed)", "")
    document = json.loads(run(*asked, "-f", "json")[1])
    assert document["operator"] == {
        "given": "VT-ANG",
        "state": "IND",
        "territory": "IND",
        "mark": "VT-",
        "bans": ["closed", "pakistan-ban-india"],
    }
    assert document["applies_to"].keys() == {"closed", "pakistan-ban-india"}
    assert json.loads(run("check", "VKO", "BUD", "--avoid", "icc", "-f", "json")[1])["applies_to"].keys() == {"icc"}


def test_a_ban_by_an_old_report_is_told_apart(run: Run) -> None:
    _, _, err = run("check", "FRA", "WAW", "--avoid", "bans", "--operator", "DEU", "--on", "2026-11-30")
    assert "bind it on 2026-11-30: closed, russia-ban; in part, or by an old report: easa-directive" in err


def test_a_bad_operator_is_one_line(run: Run) -> None:
    status, out, err = run("check", "DEL", "LHR", "--operator", "B-", "--on", "2025-06-01")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "--operator 'B-'" in err


def test_states_and_data_say_whom_a_bloc_binds(run: Run) -> None:
    _, out, err = run("states", "eu-ban-russia", "--on", "2025-10-23", "-f", "json")
    assert json.loads(out)["applies_to"]["eu-ban-russia"]["binds"] == ["RUS"]
    assert "eu-ban-russia applies to aircraft operated by carriers of Russia" in err
    _, out, err = run("states", "bans", "--operator", "DZA", "--on", "2025-10-23", "-f", "csv")
    assert {row["state"] for row in csv.DictReader(out.splitlines())} == {"MLI", "UKR"}
    assert "mali-ban-algeria applies to" in err
    about = {one["name"]: one for one in json.loads(run("data", "-f", "json")[1])["blocs"]}
    assert about["ban-qatar"]["binds"] == ["QAT"]
    assert "applies to aircraft registered in Qatar" in run("data")[1]


PROPOSAL = """
name = "Delhi-London"
on = 2025-06-01
waypoints = ["DEL", "LHR"]
avoid = ["bans"]
operator = "{}"
crosses = ["PAK", "UKR"]
"""


def test_a_proposal_an_assertion_and_the_page_take_an_operator() -> None:
    (proposal,) = parse_proposals(PROPOSAL.format("VT-ANG"), where="a.route.toml")
    assert proposal.case().verdict.status == "crosses"
    found = assert_crosses(["DEL", "LHR"], "PAK UKR", on="2025-06-01", avoid="bans", operator="IND")
    assert found.status == "crosses"
    assert assert_clear(["CDG", "LHR"], on="2025-06-01", avoid="bans", operator="IND").passed
    keys = {"on": "2025-06-01", "waypoints": ["DEL", "LHR"], "avoid": ["bans"], "operator": "VT-ANG"}
    page = WhatIf(Setting({}))
    assert "registered in India" in page.check(keys)["doubt"]
    assert 'operator = "VT-ANG"' in page.saved(keys)[1]
    days = {one["on"]: one["joins"] for one in page.changes(keys)["changes"]}
    assert days["2025-04-24"] == ["Pakistan"]


def test_a_bad_operator_in_a_proposal_names_its_line() -> None:
    (proposal,) = parse_proposals(PROPOSAL.format("B-"), where="a.route.toml")
    with pytest.raises(of.errors.ProposalError, match=r"a\.route\.toml, line 6: `operator`"):
        proposal.case()


def test_a_briefing_names_operator_and_bloc() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_clear(["DEL", "LHR"], on="2025-06-01", avoid="bans", operator="VT-ANG")
    assert "operator VT-ANG" in str(caught.value)
    assert "(pakistan-ban-india since 2025-04-24)" in str(caught.value)


def test_an_explanation_says_to_whom_the_blocs_of_a_rule_apply() -> None:
    told = of.Case.of(["VKO", "BUD"], on=ON, avoid="icc - HUN").verdict.explain()
    assert "icc applies to a person whom the Court seeks by a warrant of arrest" in told


def test_a_detour_obeys_the_bans_of_its_operator(run: Run) -> None:
    asked = ("routes", "VKO", "BUD", "--avoid", "bans", "--operator", "RUS", "--on", "2025-10-23", "-f", "json")
    document = json.loads(run(*asked)[1])
    assert document["operator"]["bans"] == ["closed", "eu-ban-russia", "ukraine-ban-russia"]
    assert document["minimal_consents"]
    assert all("HUN" in found["consents"] for found in document["minimal_consents"])


def test_a_batch_judges_by_the_operator_on_each_date() -> None:
    pa = pytest.importorskip("pyarrow")
    from overflight.batch import Columns, Settings, judge

    columns = Columns("pairs", start="from", end="to", date="on")
    days = [dt.date(2025, 4, 23), dt.date(2025, 4, 24), dt.date(2026, 2, 24)]
    table = pa.table({"from": ["DEL"] * 3, "to": ["KBL"] * 3, "on": days})
    for operator, found in (("VT-ANG", ["not-entered", "crosses", "marginal"]), ("FRA", ["not-entered"] * 3)):
        settings = Settings(columns, ON, avoid=("bans",), operator=operator)
        assert judge(table, settings).verdicts["status"].to_pylist() == found
        assert settings.facts()["operator"] == operator
    with pytest.raises(UnknownStateError, match="--operator RUS"):
        Settings(columns, ON, avoid=("bans",))


def test_the_calendar_names_the_row_that_shuts_another_states_airspace(run: Run) -> None:
    asked = ("when", "LHR", "NRT", "--avoid", "bans", "--operator", "GBR", "--from", "2022-02-01")
    rows = [row for row in rows_of(run(*asked)[1]) if row["on"] == "2022-02-25"]
    assert [row["after"] for row in rows] == ["crosses RUS"]
    assert "United Kingdom: in russia-ban from this day on" in rows[0]["what"]


def test_map_and_page_say_to_whom_the_blocs_apply() -> None:
    case = of.Case.of(["DEL", "LHR"], on="2025-06-01", avoid="bans", operator="IND")
    page = of.draw(case.world, [case.verdict], on=case.on, avoid=case.forbidden).html().decode()
    assert "pakistan-ban-india applies to aircraft registered in India" in page
    keys = {"on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["icc"]}
    (words,) = WhatIf(Setting({})).check(keys)["rule"]["applies"]
    assert words.startswith("icc applies to a person whom the Court seeks")


def test_a_ban_that_is_not_in_force_yet_is_no_ground() -> None:
    eve, day = (of.ruleset("bans", on=on, operator="DEU").grounds for on in ("2022-02-26", "2022-02-28"))
    assert not [ground for ground in eve if ground.bloc == "russia-ban"]
    (ground,) = (ground for ground in day if ground.bloc == "russia-ban")
    assert (ground.state, ground.whom) == ("RUS", "operators of Germany")
