"""The gate: which flights of a schedule break which policies, what is waived until when, and what would mend it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import overflight as of
from overflight.airspace import Airspaces
from overflight.errors import OverflightError
from overflight.policies import Gated, Policy, parse_flights, parse_policy, read_flights, read_policies
from overflight.proposals.mends import other_route
from overflight.routes import route
from tests.probes import PROBES, assert_harmless
from tests.worlds import make_world

ICC = """\
name = "Keep out of parties to the ICC"
reason = "Resolution 12 of the board"

[[rule]]
avoid = ["icc"]
"""
WAIVER = """
[[waiver]]
name = "Into Budapest"
by = "J. Smith"
reason = "agreed with the ministry"
states = ["UKR", "POL", "SVK", "HUN"]
expires = 2025-10-22
"""
WEEK = """\
flight,date,origin,destination,registration
OF101,2025-10-20,VKO,BUD,RA-96022
OF102,2025-10-21,BUD,VKO,RA-96022
OF101,2025-10-22,VKO,BUD,RA-96022
OF101,2025-10-23,VKO,BUD,RA-96022
OF102,2025-10-24,BUD,VKO,RA-96022
OF201,2025-10-20,VKO,LED,RA-96023
OF201,2025-10-21,VKO,LED,RA-96023
OF201,2025-10-22,VKO,LED,RA-96023
OF301,2025-10-20,LHR,JFK,N123AB
OF302,2025-10-21,JFK,LHR,N123AB
OF401,2025-10-22,VKO,VKO,RA-96022
OF301,2025-10-23,LHR,JFK,N123AB
"""


def policy(*parts: str, where: str = "policy/icc.toml") -> Policy:
    return parse_policy("".join(parts) or ICC, where=where)


def rule(**keys: Any) -> str:  # noqa: ANN401
    lines = (f"{key} = {json.dumps(value)}" for key, value in keys.items())
    return 'name = "A policy"\nreason = "A reason"\n[[rule]]\n' + "\n".join(lines) + "\n"


def gated(text: str = WEEK, *policies: Policy, **more: Any) -> Gated:  # noqa: ANN401
    asked: dict[str, Any] = {"mend": False} | more
    return of.gate(parse_flights(text, where="week.csv"), policy=policies or (policy(),), **asked)


def flights_of(found: Gated) -> list[tuple[str, str, int]]:
    return [(one.flight.name, str(one.day), one.flight.row) for one in found.breaches]


# ---- What is a breach


def test_each_flight_is_judged_as_a_case_judges_it() -> None:
    found = gated()
    broken = {(one.flight.row, one.rule.id): one.case.sentence for one in found.breaches}
    for flight in found.timetable.flights:
        case = of.Case.of(flight.route, on=flight.date, avoid="icc")
        assert broken.get((flight.row, "icc")) == (None if case.verdict.passed else case.sentence)
    assert [row for row, _ in broken] == [2, 3, 4, 5, 6, 10, 11, 13]
    assert len(found.kept) + len(broken) == 11
    assert not found
    assert gated(WEEK, policy(rule(avoid=["NZL"])))


def test_the_date_of_a_flight_decides_and_another_one_if_that_is_asked() -> None:
    text = "flight,date,from,to\nA1,2024-01-31,TBS,GYD\nA1,2024-02-01,TBS,GYD\n"
    armenia = policy(rule(avoid=["icc & ARM"], margin="60km"))
    assert [day for _, day, _ in flights_of(gated(text, armenia))] == ["2024-02-01"], "the day it became a party"
    assert not flights_of(gated(text, armenia, on="2024-01-31"))
    assert len(flights_of(gated(text, armenia, on="2024-02-01"))) == 2


def test_a_marginal_verdict_is_a_breach_as_it_fails_a_check() -> None:
    text = "flight,date,from,to\nA1,2025-10-23,TBS,GYD\n"
    assert gated(text, policy(rule(avoid=["ARM"])))
    (breach,) = gated(text, policy(rule(avoid=["ARM"], margin="60km"))).breaches
    assert breach.status == "marginal"
    assert (
        breach.to_dict()["status"] == of.Case.of(["TBS", "GYD"], on="2025-10-23", avoid="ARM", margin=60).verdict.status
    )


def test_flights_of_one_route_are_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def check(where: Any, world: Airspaces, rules: Any) -> of.Verdict:  # noqa: ANN401
        asked.append(where)
        return of.check(where, world, rules=rules)

    monkeypatch.setattr("overflight.case.check", check)
    days = [dt.date(2025, 3, 1) + dt.timedelta(days=n) for n in range(90)]
    rows = [{"flight": f"F{n}", "date": day, "origin": "VKO", "destination": "BUD"} for n, day in enumerate(days)]
    found = of.gate(rows, policy=policy(), mend=False)
    assert len(found.breaches) == 90
    assert len({id(one.case) for one in found.breaches}) == len(asked) == 1, "nobody joined the ICC in these days"
    rows = [{**row, "date": f"202{4 + k % 2}-12-31"} for k, row in enumerate(rows)]
    found = of.gate(rows, policy=policy(), mend=False)
    assert len({id(one.case) for one in found.breaches}) == len(asked) - 1 == 2, "Ukraine did on 2025-01-01"


def test_where_what_is_found_names_its_day_each_day_is_asked() -> None:
    text = "flight,date,from,to\nA,2026-10-01,KWI,AMM\nA,2026-10-02,KWI,AMM\nA,2026-10-01,KWI,AMM\n"
    found = gated(text, policy(rule(avoid=["closed & IRQ"])))
    notes = [finding.note for one in found.breaches for finding in one.open]
    assert [note for note in notes if "2026-10-0" not in note] == []
    assert [[day for day in ("2026-10-01", "2026-10-02") if day in note] for note in notes] == [
        ["2026-10-01"], ["2026-10-02"], ["2026-10-01"]
    ]  # fmt: skip
    assert [one.status for one in found.breaches] == ["marginal"] * 3
    assert len({id(one.case) for one in found.breaches}) == 2


def test_rules_hold_from_one_day_until_another() -> None:
    text = ICC.replace("[[rule]]", "since = 2025-10-21\n[[rule]]\nuntil = 2025-10-23")
    assert {day for _, day, _ in flights_of(gated(WEEK, policy(text)))} == {"2025-10-21", "2025-10-22"}


# ---- Who flies


@pytest.mark.parametrize(
    ("operators", "rows"),
    [(["RUS"], {2, 3, 4, 5, 6}), (["USA"], {10, 11, 13}), (["RA-"], {2, 3, 4, 5, 6}), (["n123ab"], {10, 11, 13})],
)
def test_a_rule_may_be_for_some_operators(operators: list[str], rows: set[int]) -> None:
    found = gated(WEEK, policy(rule(avoid=["icc"], operators=operators)))
    assert {one.flight.row for one in found.breaches} == rows


def test_an_airline_is_known_as_the_schedule_writes_it() -> None:
    text = "flight,date,from,to,airline\nA,2025-10-23,VKO,BUD,AFL\nB,2025-10-23,VKO,BUD,WZZ\n"
    assert [name for name, _, _ in flights_of(gated(text, policy(rule(avoid=["HUN"], operators=["WZZ"]))))] == ["B"]
    with pytest.raises(OverflightError, match=r'week.csv, line 2: "AFL" tells no state, and .* for RUS: give a column'):
        gated(text, policy(rule(avoid=["HUN"], operators=["RUS"])))


def test_bans_are_those_that_bind_who_flies() -> None:
    text = "flight,date,from,to,registration\nA,2025-10-23,BEG,BUD,RA-96022\nB,2025-10-23,BEG,BUD,YU-APA\n"
    (breach,) = gated(text, policy(rule(avoid=["bans"]))).breaches
    assert breach.flight.name == "A"
    plain = text.replace(",registration", "").replace(",RA-96022", "").replace(",YU-APA", "")
    with pytest.raises(OverflightError, match=r"line 2: it does not say who flies, and .* asks for the bans"):
        gated(plain, policy(rule(avoid=["bans"])))
    assert len(gated(plain, policy(rule(avoid=["bans"])), operator="RUS").breaches) == 2


# ---- Waivers


def test_a_waiver_that_has_expired_fails_and_is_named_with_its_end() -> None:
    """By the date of the flight: it counts on its last day, and not on the day after."""
    found = gated(WEEK, policy(ICC, WAIVER))
    assert [one.flight.row for one in found.waived] == [2, 3, 4]
    assert [one.flight.row for one in found.breaches if one.flight.name.startswith("OF1")] == [5, 6]
    (late,) = [one for one in found.breaches if one.flight.row == 6]
    assert [waiver.name for waiver in late.lapsed] == ["Into Budapest"]
    for told in (found.to_text(), found.to_junit(), found.to_sarif()):
        assert "waiver 'Into Budapest' of J. Smith expired on 2025-10-22" in told
    assert late.to_dict()["lapsed"][0]["sentence"] == "waiver 'Into Budapest' of J. Smith expired on 2025-10-22"
    assert gated(WEEK, policy(ICC, WAIVER), on="2020-01-01").waived[-1].day == dt.date(2025, 10, 22), "not by `on`"


def test_a_waiver_covers_the_states_and_the_flights_that_it_names() -> None:
    some = WAIVER.replace('"UKR", ', "").replace("2025-10-22", "2025-12-31")
    found = gated(WEEK, policy(ICC, some))
    (breach,) = [one for one in found.breaches if one.flight.row == 5]
    assert [finding.state for finding in breach.open] == ["UKR"]
    assert {finding.state for finding, _ in breach.waived} == {"POL", "SVK", "HUN"}
    assert (
        "waived: Hungary, Poland and Slovakia" in found.to_text()
        or "waived: Poland, Slovakia and Hungary" in found.to_text()
    )
    for_one = '[[waiver]]\nname = "One"\nby = "A"\nreason = "b"\nflights = ["of 102"]\nexpires = 2025-12-31\n'
    assert [one.flight.row for one in gated(WEEK, policy(ICC, for_one)).waived] == [3, 6]
    both = for_one.replace("flights", 'states = ["HUN"]\nflights')
    assert [one.flight.row for one in gated(WEEK, policy(ICC, both)).waived] == []


def test_a_waiver_does_not_count_before_it_begins() -> None:
    later = WAIVER.replace("expires", "since = 2025-10-21\nexpires")
    found = gated(WEEK, policy(ICC, later))
    assert [one.flight.row for one in found.waived] == [3, 4]
    assert "begins on 2025-10-21" in found.to_junit()


def test_a_waiver_is_of_its_own_policy_alone() -> None:
    found = gated(WEEK, policy(ICC, WAIVER), policy(rule(avoid=["HUN"]), where="other.toml"))
    assert [(one.policy.id, one.flight.row) for one in found.breaches if one.flight.row < 5] == [
        ("other", 2), ("other", 3), ("other", 4)
    ]  # fmt: skip


def test_the_text_sums_up_first_and_tells_of_waivers_that_end_soon() -> None:
    soon = WAIVER.replace("2025-10-22", "2025-11-23").replace("Into Budapest", "Thirty days")
    late = WAIVER.replace("2025-10-22", "2025-11-24").replace("Into Budapest", "Thirty-one")
    idle = (
        WAIVER.replace("2025-10-22", "2026-11-24")
        .replace("Into Budapest", "Idle")
        .replace('"UKR", "POL", "SVK", "HUN"', '"NZL"')
    )
    first, *rest = gated(WEEK, policy(ICC, soon)).to_text().splitlines()
    assert first == "11 flights from 2025-10-20 to 2025-10-24: 3 breaches by 3 of them, 5 waived"
    assert rest[0] == "  3 of Keep out of parties to the ICC (policy/icc.toml), 5 waived"
    assert rest[1] == "  not judged: 1 flight from an airport to itself (line 12), whose way is not given"
    assert rest[2] == "  waiver 'Thirty days' of J. Smith (policy/icc.toml) ends on 2025-11-23: 5 breaches need it"
    assert "ends on" not in gated(WEEK, policy(ICC, late)).to_text()
    assert "waiver 'Idle' of J. Smith (policy/icc.toml) is not needed" in gated(WEEK, policy(ICC, late, idle)).to_text()


# ---- What would mend it


def walls() -> Airspaces:
    """Poland stands in the way, with room to the south; Hungary is a ring around a field."""
    ring = shapely.box(30, 40, 40, 50).difference(shapely.box(33, 43, 37, 47))
    return make_world(
        {"POL": shapely.segmentize(shapely.box(10, 44, 12, 60), 1.0), "HUN": shapely.segmentize(ring, 1.0)}
    )


def test_each_breach_has_its_least_mend_and_it_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world, asked = walls(), []

    def search(*given: Any) -> Any:  # noqa: ANN401
        asked.append(given)
        return other_route(*given)

    monkeypatch.setattr("overflight.policies.mending.other_route", search)
    text = "flight,date,from,to\n" + "".join(
        f'{name},2025-10-{day},"{a}","{b}"\n'
        for day in (20, 21, 22)
        for name, a, b in (("P", "46,5", "46,15"), ("H", "45,25", "45,35"))
    )
    found = gated(text, policy(rule(avoid=["POL", "HUN"])), world=world, mend=True)
    assert len(found.breaches) == 6
    assert len(asked) == 2
    past, into = found.breaches[:2]
    assert past.mend is not None
    assert into.mend is not None
    assert past.mend.way is not None
    assert past.mend.way.consents == ()
    assert past.mend.codes == ("POL",)
    other = route(*past.mend.way.waypoints)
    assert of.Case.of(other, on="2025-10-20", avoid="POL", world=world).verdict.passed
    least = of.candidates(of.great_circle((5.0, 46.0), (15.0, 46.0)), world, avoid={"POL"}, max_size=0)
    assert past.mend.way.length_km == pytest.approx(least[-1].route.length_km, abs=0.1)
    assert past.mend.way.extra_km == pytest.approx(other.length_km - past.flight.route.length_km, abs=1e-6)
    assert into.mend.codes == ("HUN",)
    assert "with the consent of Hungary" in into.mend.sentence or "with the consent of HUN" in into.mend.sentence
    assert "to mend it: " in found.to_text()
    assert all("mend" in one and one["mend"]["complete"] for one in found.to_dict()["breaches"])


def test_what_mends_one_policy_obeys_the_others_but_for_what_is_waived() -> None:
    """South of the wall lies another one, which is the shorter way round if it may be entered."""
    shapes = {"POL": shapely.box(10, 40, 12, 60), "HUN": shapely.box(9, 36, 13, 39.5)}
    world = make_world({code: shapely.segmentize(shape, 1.0) for code, shape in shapes.items()})
    text = 'flight,date,from,to\nA,2025-10-20,"42,5","42,15"\nB,2025-10-20,"42,5","42,15"\n'
    wall, south = policy(rule(avoid=["POL"])), rule(never=["HUN"], margin="90km")
    waiver = '[[waiver]]\nname = "B"\nby = "x"\nreason = "y"\nflights = ["B"]\nexpires = 2026-01-01\n'
    found = gated(text, wall, policy(south, waiver, where="south.toml"), world=world, mend=True)
    ways = {one.flight.name: one.mend.way for one in found.breaches if one.mend}
    assert ways.keys() == {"A", "B"}
    assert ways["A"] is not None
    assert ways["B"] is not None
    for name, way in ways.items():
        assert way is not None
        line = route(*way.waypoints)
        assert of.Case.of(line, on="2025-10-20", avoid="POL", world=world).verdict.passed
        clear = of.Case.of(line, on="2025-10-20", avoid="HUN", margin=90, world=world).verdict.passed
        assert clear == (name == "A")
    assert ways["A"].length_km > ways["B"].length_km
    assert (ways["A"].wide_km, ways["B"].wide_km) == (90.0, 0.0)
    assert "90.0 km off everything" in found.to_text()


def test_when_the_time_for_mends_is_up_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.policies.mending.other_route", lambda *_: pytest.fail("looked for"))
    (breach,) = gated(WEEK[: WEEK.index("OF102")], policy(rule(never=["HUN"])), mend=True, time_limit_s=0.0).breaches
    assert breach.mend is not None
    assert not breach.mend.complete
    assert breach.mend.sentence == "not looked for: the time for mends is up"


# ---- For continuous integration


def test_junit_has_a_case_a_flight_and_rule() -> None:
    found = gated(WEEK, policy(ICC, WAIVER))
    root = ET.fromstring(found.to_junit())  # noqa: S314 - our own
    (suite,) = root
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "11", "failures": "5", "errors": "0", "skipped": "3"
    }  # fmt: skip
    cases = suite.findall("testcase")
    assert len(cases) == 11
    assert sum(case.find("failure") is not None for case in cases) == 5
    skipped = cases[0].find("skipped")
    assert cases[0].get("name") == "OF101, line 2: icc"
    assert skipped is not None
    assert skipped.get("message") == "waived: waiver 'Into Budapest' of J. Smith, until 2025-10-22"


def test_sarif_points_at_the_row_and_at_the_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("policy").mkdir()
    Path("policy/icc.toml").write_text(ICC + WAIVER + '[[rule]]\navoid = ["NZL"]\n', encoding="utf-8")
    Path("week.csv").write_text(WEEK, encoding="utf-8")
    (run,) = json.loads(of.gate("week.csv", policy="policy", mend=False).to_sarif())["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == ["icc/1", "icc/2"]
    assert len(run["results"]) == 8
    for result in run["results"]:
        (at,), (rule,) = result["locations"], result["relatedLocations"]
        physical = at["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "week.csv"
        line = WEEK.splitlines()[physical["region"]["startLine"] - 1]
        assert result["message"]["text"].startswith(line.split(",")[0])
        assert rule["physicalLocation"]["artifactLocation"]["uri"] == "policy/icc.toml"
        assert rule["physicalLocation"]["region"]["startLine"] == 4
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "icc/1"
    waived = [one for one in run["results"] if "suppressions" in one]
    assert [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in waived] == [2, 3, 4]
    (suppression,) = waived[0]["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"].endswith("until 2025-10-22: agreed with the ministry")


def test_whatever_names_hold_does_nothing_where_it_is_shown() -> None:
    rows = [
        {"flight": probe, "date": "2025-10-23", "origin": "VKO", "destination": "BUD", "airline": probe}
        for probe in PROBES
    ]
    name = json.dumps("<b>\u202e{{7*7}}::error::x")
    text = f"name = {name}\nreason = {json.dumps('::error::x' + chr(27))}\n[[rule]]\navoid = ['HUN']\n"
    found = of.gate(rows, policy=policy(text), mend=False)
    assert len(found.breaches) == len(PROBES)
    for told in (found.to_text(), found.to_sarif(), found.to_junit()):
        assert_harmless(told)
    ET.fromstring(found.to_junit())  # noqa: S314 - our own


# ---- Schedules


def test_a_schedule_in_parquet_says_what_the_same_one_in_text_says(tmp_path: Path) -> None:
    lines = [line.split(",") for line in WEEK.splitlines()]
    columns: Mapping[str, list[Any]] = {title: [row[k] for row in lines[1:]] for k, title in enumerate(lines[0])}
    days = pa.array([dt.date.fromisoformat(day) for day in columns["date"]])
    table = pa.table({**columns, "date": days, "unread": [None] * len(days)})
    pq.write_table(table, tmp_path / "week.parquet")
    there = of.gate(tmp_path / "week.parquet", policy=policy(), mend=False)
    here = gated()
    assert [(a, b, row - 2) for a, b, row in flights_of(here)] == flights_of(there)
    assert there.timetable.unit == "row"
    (run,) = json.loads(there.to_sarif())["runs"]
    assert "region" not in run["results"][0]["locations"][0]["physicalLocation"]
    assert run["results"][0]["locations"][0]["logicalLocations"][0]["name"] == "row 0"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("flight;Origin;Destination\nA;VKO;Budapest (BUD)\n", ["VKO-BUD"]),
        ("flight,waypoints\nA,VKO MSQ BUD\nB,VKO-BUD\n", ["VKO-MSQ-BUD", "VKO-BUD"]),
        ("flight\troute\nA\tVKO-MSQ-BUD\n", ["VKO-MSQ-BUD"]),
        ("from,to,via\nVKO,BUD,MSQ\nVKO,BUD,VKO MSQ BUD\nVKO,BUD,\n", ["VKO-MSQ-BUD", "VKO-MSQ-BUD", "VKO-BUD"]),
        ('adep,ades\n"55.5,37.2",LHBP\n', ["55.50000,37.20000-LHBP"]),
    ],
)
def test_ways_are_read_however_they_stand_in_a_schedule(text: str, labels: list[str]) -> None:
    found = parse_flights(text, where="a.csv")
    ways = [[point.label for point in flight.route.waypoints] for flight in found.flights]
    assert ["-".join(labels) for labels in ways] == labels or len(ways) == len(labels)
    assert not found.dated


def test_a_route_beside_two_airports_is_said_not_to_be_read() -> None:
    found = parse_flights("from,to,route\nVKO,BUD,R12\n", where="a.csv")
    assert found.remarks == ("column route is not read beside two airports: call it waypoints if it has places",)
    assert found.flights[0].route.label == "VKO-BUD"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", 'a.csv: expected a header with origin and destination, or waypoints, found "a,b"'),
        ("from,to\n", "a.csv: no flight in it: give a row a flight"),
        ("from,to\nVKO,\n", "a.csv, line 2, column to: is empty"),
        ("from,to\nVKO,Q0Q\n", "a.csv, line 2, column to: "),
        ("from,to,date\nVKO,BUD,\n", "a.csv, line 2, column date: is empty"),
        ("from,to,date\nVKO,BUD,soon\n", "a.csv, line 2, column date: expected a day such as 2025-10-23, found 'soon'"),
        ("from,to\nVKO,BUD,x\n", "a.csv, line 2: 3 cells below 2 titles"),
        ("waypoints\nVKO\n\n", "a.csv"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused_by_its_row(text: str, told: str) -> None:
    with pytest.raises(OverflightError) as caught:
        parse_flights(text, where="a.csv")
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_a_flight_without_a_date_needs_one_for_all() -> None:
    rows = [{"origin": "VKO", "destination": "BUD"}]
    with pytest.raises(OverflightError, match="schedule, row 0: no date: give `on`, or a column date"):
        of.gate(rows, policy=policy(), mend=False)
    (breach,) = of.gate(rows, policy=policy(ICC, WAIVER), on="2025-10-23", mend=False).breaches
    assert breach.lapsed


def test_rows_are_mappings() -> None:
    with pytest.raises(OverflightError, match="schedule: expected mappings, found 'flight': give frame"):
        read_flights(["flight", "date"])  # type: ignore[list-item]  # as a frame yields its columns


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"from,to\nVKO,BUD\n")
    with pytest.raises(OverflightError, match=r"a\.parquet: can't be read"):
        read_flights(tmp_path / "a.parquet")


# ---- Policies


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ICC.replace("avoid", "avoids"), "p.toml, line 5: `rule[0].avoids`: unknown key: did you mean `avoid`?"),
        ("name =", "p.toml: not TOML"),
        (ICC.replace('reason = "Resolution 12 of the board"', ""), "p.toml: `reason`: missing: add it"),
        (ICC[: ICC.index("[[rule")], "p.toml: `rule`: missing: add it"),
        (ICC.replace('avoid = ["icc"]', 'margin = "5nm"'), "p.toml, line 4: `rule[0].avoid`: missing: add it"),
        (ICC + 'margin = "5"\n', "p.toml, line 6: `rule[0].margin`: "),
        (ICC + "since = 2025-02-30\n", "p.toml: not TOML"),
        (ICC + 'since = "2025-02-30"\n', "p.toml, line 6: `rule[0].since`: expected a date such as 2025-10-23"),
        (ICC + "since = 2025-02-03\nuntil = 2025-02-03\n", "p.toml, line 7: `rule[0].until`: expected a day after"),
        (ICC + WAIVER.replace("expires = 2025-10-22", ""), "p.toml, line 7: `waiver[0].expires`: missing: add it"),
        (ICC + WAIVER.replace("POL", "QQQ"), "p.toml, line 11: `waiver[0].states[1]`: "),
        (ICC + WAIVER + WAIVER, "p.toml, line 15: `waiver[1].name`: "),
        (ICC + WAIVER.replace('by = "J. Smith"', "by = 3"), "p.toml, line 9: `waiver[0].by`: expected who gave it"),
        (ICC + '[[list]]\nname = "ours"\nfile = "../x.csv"\n', "p.toml, line 8: `list[0].file`: "),
    ],
)
def test_a_bad_policy_is_refused_in_one_line_by_file_line_and_key(text: str, told: str) -> None:
    with pytest.raises(OverflightError) as caught:
        parse_policy(text, where="p.toml", folder=Path())
    assert str(caught.value).startswith(told), str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["avoid", "never"])
def test_a_rule_set_that_cannot_be_read_is_told_though_no_flight_is_judged_by_it(key: str) -> None:
    odd = policy(rule(**{key: ["icc", "iccc"]}, since="2099-01-01"), where="p.toml")
    with pytest.raises(OverflightError, match=rf"p.toml, line 4: `rule\[0\].{key}\[1\]`: "):
        gated(WEEK, odd)


def test_policies_are_the_files_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OverflightError, match=r"no policy in this folder \(\*.toml\): write one with"):
        read_policies(tmp_path)
    (tmp_path / "b.toml").write_text(ICC, encoding="utf-8")
    (tmp_path / "a.toml").write_text(ICC, encoding="utf-8")
    (tmp_path / "README.md").write_text("no policy", encoding="utf-8")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.toml").write_text("no policy", encoding="utf-8")
    assert [one.id for one in read_policies(tmp_path)] == ["a", "b"]
    assert [one.id for one in read_policies([tmp_path / "b.toml", tmp_path])] == ["b", "a"]
    (tmp_path / "below" / "a.toml").write_text(ICC, encoding="utf-8")
    with pytest.raises(OverflightError, match="outputs call a policy by its file"):
        read_policies([tmp_path, tmp_path / "below" / "a.toml"])


def test_a_policy_names_lists_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text("state,since\nBLR,2025-01-01\n", encoding="utf-8")
    text = rule(avoid=["ours"]) + '[[list]]\nname = "ours"\nfile = "ours.csv"\n'
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    found = gated("from,to,date\nVKO,BUD,2025-10-23\n", *read_policies(tmp_path))
    assert [finding.state for finding in found.breaches[0].open] == ["BLR"]
