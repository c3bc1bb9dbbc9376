"""Schedules: when a flight is where, and rules whose members change on the way."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from overflight._crossings import crossings
from overflight.airspace import State, load_airspaces
from overflight.cli import main
from overflight.errors import OverflightError, ProposalError
from overflight.proposals import parse_proposals
from overflight.routes import great_circle, route
from overflight.rules import Avoid, check
from overflight.rules.rulesets import RuleSet
from overflight.rules.schedule import AvoidOnTheWay, Schedule, avoid_rule, parse_depart, parse_speed
from tests.worlds import make_world

DIRECT = great_circle("VKO", "BUD")
UTC = dt.UTC


def at(text: str, kmh: float = 800.0) -> Schedule:
    return Schedule(parse_depart(text), kmh)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)), st.floats(0, 20_000), st.floats(20, 10_000))  # noqa: DTZ001 - made aware below
def test_time_is_distance_over_speed(start: dt.datetime, km: float, kmh: float) -> None:
    schedule = Schedule(start.replace(tzinfo=UTC), kmh)
    assert (schedule.moment(km) - schedule.depart).total_seconds() == pytest.approx(3600.0 * km / kmh, abs=1e-5)
    assert schedule.date(km) in schedule.dates(km)
    assert schedule.dates(km)[0] == schedule.on


def test_the_date_is_that_in_utc() -> None:
    assert at("2025-10-23T01:30+03:00").on == dt.date(2025, 10, 22)
    assert at("2025-10-23T01:30+03:00").time(0.0) == "2025-10-22T22:30:00Z"
    assert [at("2025-10-23T23:30Z").clock(km) for km in (0.0, 799.0, 20_000.0)] == ["23:30", "00:29 +1d", "00:30 +2d"]


@pytest.mark.parametrize("text", ["460", "kt", "-460kt", "0kt", "19km/h", "10001km/h", "nankt", "460 mph", "4٦0kt", ""])
def test_a_speed_without_a_unit_or_sense_is_refused(text: str) -> None:
    with pytest.raises(OverflightError, match="expected 20 to 10000 km/h with the unit"):
        parse_speed(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-10-23",
        "08:00Z",
        "2025-10-23T08:00",
        "2025-13-23T08:00Z",
        "now",
        "0001-01-01T00:00Z",
        "9999-12-31T00:00Z",
    ],
)
def test_a_departure_without_a_day_or_an_offset_is_refused(text: str) -> None:
    with pytest.raises(OverflightError, match="departure '"):
        parse_depart(text)


def named(codes: set[str]) -> RuleSet:
    return replace(RuleSet.of(codes), text="mine")


def rule_at(schedule: Schedule | None, members: dict[dt.date, set[str]]) -> Avoid:
    return avoid_rule({date: named(codes) for date, codes in members.items()}, schedule)


DAY, NEXT = dt.date(2025, 1, 1), dt.date(2025, 1, 2)


@pytest.mark.parametrize(
    ("depart", "kmh", "told"),
    [
        (dt.datetime(2025, 10, 23, 8), 800.0, "departure 2025-10-23T08:00 has no offset from UTC"),  # noqa: DTZ001
        (dt.datetime(2025, 10, 23, 8, tzinfo=UTC), 0.0, "speed is 0.0 km/h"),
        (dt.datetime(2025, 10, 23, 8, tzinfo=UTC), float("nan"), "speed is nan km/h"),
    ],
)
def test_a_schedule_of_local_time_or_without_speed_is_refused(depart: dt.datetime, kmh: float, told: str) -> None:
    """The machine's own zone would decide on which day a flight is, and at which hour."""
    with pytest.raises(OverflightError, match=told):
        Schedule(depart, kmh)


def test_a_crossing_is_judged_at_the_moment_of_its_entry() -> None:
    world = load_airspaces()
    entries = {c.state.code: c.entry_km for c in crossings(DIRECT, world)}
    members = {DAY: {"POL"}, NEXT: {"UKR", "HUN"}}
    # Ukraine is entered a minute before midnight and left after it, Poland and Hungary are entered after it.
    schedule = Schedule(dt.datetime(2025, 1, 1, 23, 59, tzinfo=UTC) - dt.timedelta(hours=entries["UKR"] / 800.0), 800.0)
    verdict = check(DIRECT, world, rules=[rule_at(schedule, members)])
    assert {f.state: f.status for f in verdict.findings if f.crossings} == {
        "UKR": "clear",
        "POL": "clear",
        "HUN": "crosses",
    }
    (ukraine,) = (f for f in verdict.findings if f.state == "UKR")
    assert ukraine.note == "entered at 2025-01-01T23:59:00Z, when the rule did not forbid it"
    later = Schedule(schedule.depart + dt.timedelta(minutes=2), 800.0)
    statuses = {
        f.state: f.status for f in check(DIRECT, world, rules=[rule_at(later, members)]).findings if f.crossings
    }
    assert statuses == {"UKR": "crosses", "POL": "clear", "HUN": "crosses"}


def test_of_two_crossings_of_one_state_each_is_judged_at_its_own_entry() -> None:
    """Before midnight the rule is about another state; the second time over AAA, it is about AAA."""
    world = make_world({"AAA": box(0, -1, 1, 1) | box(9, -1, 11, 1), "BBB": box(20, -1, 21, 1)})
    way = route((-1.0, 0.0), (12.0, 0.0))
    first, second = crossings(way, world)
    schedule = Schedule(dt.datetime(2025, 1, 1, 23, 0, tzinfo=UTC), 0.5 * (first.exit_km + second.entry_km))
    verdict = check(way, world, rules=[rule_at(schedule, {DAY: {"BBB"}, NEXT: {"AAA"}})])
    (aaa,) = (f for f in verdict.findings if f.state == "AAA")
    assert (aaa.status, aaa.crossings) == ("crosses", (second,))
    assert aaa.length_km == second.length_km
    assert aaa.note == f"entered at {schedule.time(first.entry_km)}, when the rule did not forbid it"


def test_a_territory_is_forbidden_from_the_day_on_which_the_rule_reaches_it() -> None:
    world = make_world({"AAA": box(0, -1, 1, 1), "III": box(9, -1, 11, 1)})
    isle = replace(world.pieces[2], state=State("AAA"))
    world = replace(world, pieces=(*world.pieces[:2], isle))
    way = route((5.0, 0.0), (12.0, 0.0))
    known = frozenset({(State("AAA"), "AAA"), (State("AAA"), "III")})
    home = RuleSet("mine", frozenset({(State("AAA"), "AAA")}), known=known)
    sets = {DAY: home, NEXT: RuleSet("mine", known, known=known)}
    (entry,) = crossings(way, world)
    for hours, status in ((-1.0, "clear"), (1.0, "crosses")):
        midnight = dt.datetime(2025, 1, 2, tzinfo=UTC)
        schedule = Schedule(midnight + dt.timedelta(hours=hours - entry.entry_km / 200.0), 200.0)
        rule = avoid_rule(sets, schedule)
        assert isinstance(rule, AvoidOnTheWay)
        assert check(way, world, rules=[rule]).status == status


def test_a_rule_that_does_not_change_on_the_way_stays_plain() -> None:
    flight = at("2025-01-01T23:30Z")
    assert not isinstance(rule_at(flight, {DAY: {"POL"}, NEXT: {"POL"}}), AvoidOnTheWay)
    assert isinstance(rule_at(flight, {DAY: {"POL"}, NEXT: {"HUN"}}), AvoidOnTheWay)
    assert not isinstance(rule_at(None, {DAY: {"POL"}}), AvoidOnTheWay)


def test_near_misses_of_any_date_of_the_flight_are_told() -> None:
    past_czechia = route("FRA", (14.06, 48.585), "VIE")
    rule = rule_at(at("2025-01-01T23:30Z"), {DAY: {"CZE"}, NEXT: {"HUN"}})
    assert isinstance(rule, AvoidOnTheWay)
    found = {f.state: f.status for f in check(past_czechia, load_airspaces(), rules=[rule]).findings}
    assert found == {"CZE": "clear", "HUN": "clear"}


def test_a_rule_that_changes_on_the_way_keeps_its_margin_its_consents_and_its_name() -> None:
    past_czechia = route("FRA", (14.06, 48.585), "VIE")
    flight = at("2025-01-01T23:30Z")
    sets = {DAY: named({"CZE"}), NEXT: named({"HUN", "AUT"})}
    plain = avoid_rule(sets, flight)
    wide = avoid_rule(sets, flight, margin_km=40.0, allow=["AUT"])
    assert isinstance(wide, AvoidOnTheWay)
    assert (wide.margin_km, wide.allow, wide.name) == (40.0, frozenset({"AUT"}), "mine")
    world = load_airspaces()
    before = {f.state: f.status for f in check(past_czechia, world, rules=[plain]).findings}
    assert before == {"CZE": "clear", "HUN": "clear", "AUT": "crosses"}
    verdict = check(past_czechia, world, rules=[wide])
    assert {f.state: f.status for f in verdict.findings} == {"CZE": "marginal", "HUN": "marginal", "AUT": "clear"}
    assert {f.rule for f in verdict.findings} == {"mine"}


def test_check_gives_times_and_judges_by_them(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(
        capsys,
        "check",
        "VKO",
        "BUD",
        "--avoid",
        "icc",
        "--depart",
        "2024-12-31T23:00Z",
        "--speed",
        "460kt",
        "-f",
        "json",
    )
    document = json.loads(out)
    assert status == 1
    assert (document["on"], document["depart"], document["speed_kmh"]) == ("2024-12-31", "2024-12-31T23:00:00Z", 851.92)
    (route,) = document["routes"]
    by_state = {c["state"]: c for c in route["crossings"]}
    assert by_state["UKR"]["entry_time"] == "2024-12-31T23:55:36Z"
    assert by_state["HUN"]["exit_time"] == "2025-01-01T00:48:15Z"
    statuses = {f["state"]: f["status"] for f in route["verdict"]["findings"]}
    assert (statuses["UKR"], statuses["POL"]) == ("clear", "crosses")
    assert "departing 2024-12-31T23:00:00Z at 851.92 km/h" in err


def test_rows_have_the_times_too(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", "FRA", "VIE", "--depart", "2025-01-01T08:00+01:00", "--speed", "800km/h")
    header, first, *_ = (line.split("\t") for line in out.splitlines())
    row = dict(zip(header, first, strict=True))
    assert (row["on"], row["entry_time"]) == ("2025-01-01", "2025-01-01T07:00:00Z")
    _, out, _ = run(capsys, "check", "FRA", "VIE", "--on", "2025-01-01")
    header, first, *_ = (line.split("\t") for line in out.splitlines())
    untimed = dict(zip(header, first, strict=True))
    assert (untimed["entry_time"], untimed["exit_time"]) == ("", "")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--depart", "2025-10-23T08:00Z"), "--depart and --speed come together"),
        (("--speed", "460kt"), "--depart and --speed come together"),
        (("--depart", "2025-10-23T08:00Z", "--speed", "460kt", "--on", "2025-10-24"), "is another date than --depart"),
        (("--depart", "2025-10-23T08:00", "--speed", "460kt"), "has no offset from UTC: write 2025-10-23T08:00Z"),
        (("--depart", "2025-10-23T08:00Z", "--speed", "460"), "with the unit, such as 460kt or 850km/h"),
    ],
)
def test_times_that_contradict_themselves_are_refused(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    status, out, err = run(capsys, "check", "VKO", "BUD", *options)
    assert (status, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


FLIGHT = 'name = "x"\nwaypoints = ["VKO", "BUD"]\navoid = ["icc"]\ndepart = 2024-12-31T23:00:00Z\nspeed = "460kt"\n'


def test_a_proposal_may_have_a_schedule(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (found,) = parse_proposals(FLIGHT + 'crosses = ["HUN", "POL", "SVK"]', where="p")
    assert (found.on, found.schedule) == (dt.date(2024, 12, 31), at("2024-12-31T23:00Z", parse_speed("460kt")))
    file = tmp_path / "p.route.toml"
    file.write_text(FLIGHT + 'crosses = ["HUN", "POL", "SVK"]', encoding="utf-8")
    _, out, _ = run(capsys, "check", str(file), "-f", "json")
    assert json.loads(out)["routes"][0]["as_expected"] is True
    status, _, err = run(capsys, "check", str(file), "--on", "2025-10-23")
    assert status == 2
    assert "this proposal departs on 2024-12-31 in UTC: give --depart and --speed instead" in err
    assert run(capsys, "check", str(file), "--depart", "2025-10-23T08:00Z", "--speed", "460kt")[0] == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "on = 2025-01-01",
            "line 6: `on`: says another date than `depart`, which is on 2024-12-31 in UTC: take it out",
        ),
        ("on = [2024-12-31, 2025-01-01]", "line 6: `on`: says another date than `depart`"),
    ],
)
def test_a_schedule_and_a_date_must_agree(more: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        parse_proposals(FLIGHT + more, where="p")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('speed = "460kt"', 'line 4: `depart`: needs `speed` beside it: add speed = "460kt"'),
        ("depart = 2024-12-31T23:00:00Z", "line 4: `speed`: needs `depart` beside it: add depart = "),
    ],
)
def test_a_departure_and_a_speed_come_together(line: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        parse_proposals(FLIGHT.replace(line + "\n", "") + "on = 2024-12-31", where="p")
    assert told in str(caught.value)
