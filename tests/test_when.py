"""The calendar of changes: it says of every day what is said of that day alone, and asks the engine once."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

import overflight as of
from overflight import _crossings
from overflight._crossings import approach, engine
from overflight.airspace import VIEWS, Area, Membership, Reach
from overflight.airspace.blocs import blocs
from overflight.airspace.days import days, turns
from overflight.errors import OverflightError
from overflight.routes import kept
from overflight.routes.areas import read_areas
from overflight.routes.recoded import moves_of
from overflight.rules.schedule import parse_depart, parse_speed
from overflight.rules.wording.changes import outcome
from overflight.when import Calendar
from tests.depth import spread
from tests.worlds import make_world

DAY = dt.timedelta(days=1)
PLACES = (
    *("VKO", "BUD", "KHI", "IST", "ABJ", "NIM", "LHR", "BDA", "JFK", "HKG", "DPS", "AMM", "IKA", "KEF", "CAY", "SYD"),
    *("44.9,34.0", "48.0,37.8", "42.4,19.2", "42.66,21.16", "4.85,31.6", "15.5,32.5", "-8.5,125.6", "22.2,113.5"),
)
"""Airports, and places that changed hands or came into dispute."""
RULES = ("bans", "icc", "closed", "eu-ban-russia & nato", "(icc - eu) | UKR", "schengen | SDN", "icc - GBR", "eea")
WORLD = make_world({"POL": box(0, 0, 10, 10)})


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def asked(*places: str, **more: Any) -> of.Case:  # noqa: ANN401 - what `Case.of` takes
    return of.Case.of(places, **({"on": "2025-10-23"} | more))


def told(calendar: Calendar) -> list[tuple[str, str]]:
    return [(str(change.on), outcome(change.after)) for change in calendar]


def said(verdict: of.Verdict) -> set[tuple[object, ...]]:
    """Return all that a verdict says, but for what stands in its notes."""
    return {
        (f.rule, f.state, f.area, f.status, f.length_km, f.closest_km, f.crossings, f.claimed, f.consented)
        for f in verdict.findings
        if f.status != "clear" or f.consented
    }


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often the engine walks a route, and over how many pieces."""
    found: list[int] = []

    def counted(index: Any, legs: Any, labels: Any) -> Any:  # noqa: ANN401 - what the engine takes
        found.append(len(labels))
        return walk(index, legs, labels)

    walk = engine.walk_routes
    for module in (_crossings, approach):
        monkeypatch.setattr(module, "walk_routes", counted)
    return found


# Days, and what changes on them ---------------------------------------------------------------------------------------


def test_a_ban_that_is_narrowed_is_not_said_to_end_and_to_begin() -> None:
    """Saudi Arabia let flights between Israel and the Emirates through on 2 September 2020, all on 15 July 2022."""
    found = of.changes(asked("TLV", "BKK", avoid="ban-israel"), since="2020-01-01")
    narrowed, ended = (change.words for change in found if change.words.startswith("Saudi Arabia"))
    assert narrowed.startswith(
        "Saudi Arabia: in ban-israel as a whole no longer; Saudi Arabia: in ban-israel in part from"
    )
    assert "but for flights to and from the United Arab Emirates" in narrowed
    assert ended == "Saudi Arabia: in ban-israel in part no longer"


def test_what_is_older_than_the_tables_is_not_said_to_begin_with_them() -> None:
    (first,) = (
        change for change in of.changes(asked("TLV", "BKK", avoid="ban-israel")) if change.on == day("1997-07-01")
    )
    assert first.words.count("from this day on, or from before it: the tables begin with it") == len(first.causes) == 3


def test_moscow_budapest_changes_when_the_statute_begins_and_when_ukraine_joins() -> None:
    """Articles 126 of the Rome Statute: 1 July 2002; Ukraine's deposit took effect on 1 January 2025."""
    found = of.changes(asked("VKO", "BUD", avoid="icc"))
    assert told(found) == [("2002-07-01", "crosses POL, SVK, HUN"), ("2025-01-01", "crosses UKR, POL, SVK, HUN")]
    assert outcome(found.first) == "clear"
    assert found[1].words == "Ukraine: party to the Rome Statute from this day on"
    assert str(found[1]).startswith("2025-01-01: crosses POL, SVK, HUN -> crosses UKR, POL, SVK, HUN: Ukraine: ")


def test_a_withdrawal_that_was_revoked_changes_nothing_and_one_that_is_notified_does() -> None:
    """Hungary revoked its own on 29 May 2026; Niger's and Burkina Faso's run (no document seen)."""
    found = of.changes(asked("ABJ", "NIM", avoid="icc"), since="2025-01-01")
    assert told(found) == [("2027-06-18", "crosses CIV, GHA, BFA"), ("2027-06-24", "crosses CIV, GHA")]
    assert found[1].words == (
        "Burkina Faso: withdrawal from the Rome Statute takes effect, notified on 2026-06-24 (not verified)"
    )
    cause = found[1].to_dict()["causes"][0]
    assert (cause["event"], cause["bloc"], cause["state"], cause["until"]) == ("ends", "icc", "BFA", "2027-06-24")
    assert (cause["withdrawal_notified"], cause["verified"]) == ("2026-06-24", False)
    never = of.changes(asked("VKO", "BUD", avoid="HUN & icc"), since="2025-06-01")
    assert never.changes == ()
    (remark,) = never.remarks
    assert remark.startswith(
        "Hungary: withdrawal from the Rome Statute notified on 2025-06-02 was revoked on 2026-05-29"
    )
    assert found.remarks == ()


def test_a_closure_is_whole_then_in_part_then_over() -> None:
    """Dawn, 4 March 2019; AFP, 16 July 2019."""
    found = of.changes(asked("30.0,69.0", "30.2,69.3", avoid="closed"), since="2019-01-01", until="2019-12-31")
    assert told(found) == [("2019-02-27", "crosses PAK"), ("2019-03-01", "marginal PAK"), ("2019-07-16", "clear")]
    assert "the closure of 2019-02-27 is over; Pakistan: closed in part until 16 July 2019" in found[1].words


def test_hours_and_old_reports_make_days_of_their_own() -> None:
    over_iran = asked("35.0,51.0", "35.2,51.3", avoid="closed")
    found = of.changes(over_iran, since="2024-10-01", until="2024-10-05")
    assert told(found) == [("2024-10-01", "crosses IRN"), ("2024-10-03", "marginal IRN"), ("2024-10-04", "clear")]
    assert [change.words for change in found] == [
        "Iran: airspace closed until 2024-10-03 01:30 UTC",
        "Iran: the closure of 2024-10-01 ends at 01:30 UTC",
        "Iran: the closure until 2024-10-03 01:30 UTC is over",
    ]
    old = of.changes(over_iran, since="2026-02-01")
    assert told(old) == [("2026-02-28", "crosses IRN"), ("2026-03-07", "marginal IRN")]
    assert "the last report of the closure is of 2026-03-06; whether it still holds is not known" in old[1].words


def test_a_treaty_that_extends_to_a_territory_is_a_change() -> None:
    """United Kingdom, notification of 11 March 2010: Bermuda."""
    (found,) = of.changes(asked("LHR", "BDA", avoid="icc"), since="2003-01-01")
    assert (str(found.on), found.words) == ("2010-03-11", "Bermuda: the Rome Statute extends to it from this day on")
    assert found.causes[0].to_dict()["territory"] == "BMU"


def test_a_treaty_that_extends_to_a_territory_nearby_is_a_change_by_the_margin() -> None:
    (found,) = of.changes(asked("33.2,-65.2", "33.2,-64.2", avoid="icc", margin="100km"))
    assert (str(found.on), outcome(found.after)) == ("2010-03-11", "marginal GBR")
    assert found.words == "Bermuda: the Rome Statute extends to it from this day on"


def test_a_territory_that_becomes_anothers_is_a_change_where_the_rule_is_about_either() -> None:
    """A/RES/60/264: 3 June 2006. Serbia was a party, and so is Montenegro."""
    found = {str(one.on): one for one in of.changes(asked("42.4,19.2", "42.5,19.4", avoid="icc"), since="2003-01-01")}
    assert list(found) == ["2006-06-03"]
    assert "Montenegro: counts for Montenegro from this day on, for Serbia until then" in found["2006-06-03"].words
    label = next(cause for cause in found["2006-06-03"].causes if cause.turn is None)
    assert (label.source[:15], label.verified) == ("UN A/RES/60/264", None)
    assert label.to_dict()["event"] == "label"
    (over,) = of.changes(asked("4.8,31.4", "4.9,31.7", avoid="SDN"))
    assert (str(over.on), outcome(over.before), outcome(over.after)) == ("2011-07-09", "crosses SDN", "clear")


@pytest.mark.parametrize(("view", "after"), [("de-jure", "crosses UKR"), ("de-facto", "clear")])
def test_a_dispute_that_begins_is_a_change(view: str, after: str) -> None:
    (found,) = of.changes(asked("44.9,34.0", "45.0,34.2", avoid="UKR", view=view))
    assert (str(found.on), outcome(found.before), outcome(found.after)) == ("2014-03-18", "crosses UKR", after)
    assert "in dispute from this day on: Crimea" in found.words


def test_a_member_that_comes_too_near_is_a_change() -> None:
    """A way along the coast of Lebanon, none of which is Cyprus's, a party since 2002; by a margin it is."""
    near = asked("34.0,34.6", "33.6,34.4", avoid="icc")
    assert of.changes(near).changes == ()
    found = of.changes(asked("34.0,34.6", "33.6,34.4", avoid="icc", margin="100km"), until="2010-01-01")
    assert told(found) == [("2002-07-01", "marginal CYP")]


def test_consent_given_is_told_and_so_is_the_state_once_where_two_rules_name_it() -> None:
    found = of.changes(asked("VKO", "BUD", avoid="icc", allow="POL,SVK,HUN"), since="2020-01-01")
    assert outcome(found.first) == "clear only with the consent of POL, SVK, HUN"
    twice = of.changes(asked("VKO", "BUD", avoid=["icc", "closed"]), since="2010-04-18", until="2010-04-18")
    assert told(twice) == [("2010-04-18", "crosses POL, SVK, HUN")]


def test_bans_are_those_of_who_flies_on_each_day() -> None:
    """Ukraine shut out Russian airlines on 25 November 2015, the Union on 27 and 28 February 2022, Poland before."""
    russian = asked("VKO", "BUD", avoid="bans", operator="RUS")
    found = {str(change.on): outcome(change.after) for change in of.changes(russian, since="2015-01-01")}
    assert found["2015-11-25"] == "crosses UKR"
    assert found["2022-02-26"] == "crosses UKR, POL"
    assert found["2022-02-28"] == "crosses UKR, POL, SVK, HUN"
    indian = of.changes(asked("VKO", "BUD", avoid="bans", operator="IND"), since="2022-02-25", until="2022-03-01")
    assert indian.changes == ()


def test_a_code_stands_for_the_field_that_had_it(walks: list[int]) -> None:
    """Istanbul's flights moved from Atatürk on 6 April 2019; a route that was asked of before is put right, too."""
    for on in ("2010-01-01", "2025-10-23"):
        walks.clear()
        found = of.changes(asked("KHI", "IST", avoid="TUR", on=on), since="2019-01-01", until="2019-12-31")
        assert len(walks) == 2
        assert [str(change.on) for change in found] == ["2019-04-06"]
        assert found[0].words.startswith("IST: stands for ")
        assert found[0].to_dict()["causes"][0]["event"] == "line"
        lines = [verdict.crossings.route.waypoints[1].lon for verdict in (found[0].before, found[0].after)]
        assert lines == pytest.approx([28.82, 28.74], abs=0.02)
    typed = of.changes(asked("KHI", "41.2753,28.7519", avoid="TUR"), since="2019-01-01", until="2019-12-31")
    assert typed.changes == ()


def test_without_a_rule_nothing_changes() -> None:
    found = of.changes(asked("VKO", "BUD"))
    assert (len(found), found.first.status, str(found.since)) == (0, "clear", "1997-07-01")


def test_both_ends_are_looked_at_and_a_day_beyond_them_is_refused() -> None:
    case = asked("VKO", "BUD", avoid="icc")
    assert [str(one.on) for one in of.changes(case, since="2002-07-01", until="2002-07-01")] == ["2002-07-01"]
    found = of.changes(case, since="2002-07-02", until="2024-12-31")
    assert found.changes == found[:] == ()
    assert found.on("2002-07-01") is found.first
    assert told(of.changes(case, since="0001-01-01")) == told(of.changes(case))
    for text in ("2002-06-30", "2025-01-01"):
        with pytest.raises(OverflightError, match="was not looked at: the changes are those from 2002-07-02"):
            found.on(text)
    with pytest.raises(OverflightError, match="the end is before the beginning"):
        of.changes(case, since="2002-07-02", until="2002-07-01")


# The same as on each day ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", spread(range(8), 3))
def test_every_day_is_judged_as_it_is_alone(seed: int, walks: list[int]) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    places, avoid = chance.sample(PLACES, 3), chance.sample(RULES, 2)
    more: dict[str, Any] = {
        "operator": chance.choice(["RUS", "IND", "QAT"]),
        "avoid": avoid,
        "margin": chance.choice(["0km", "30km"]),
        "view": chance.choice(VIEWS),
    }
    if chance.random() < 0.3:
        more["allow"] = "GBR"
    case = asked(*places, **more)
    found = of.changes(case)
    assert len(walks) == len(moves_of(case.route)) + 1
    known = [one.on for one in found]
    between = [begin + (end - begin) * chance.random() for begin, end in itertools.pairwise(known)]
    some = chance.sample(known, min(5, len(known)))
    for on in {*some, *(on - DAY for on in some), *chance.sample(between, min(4, len(between))), found.until}:
        alone = of.Case.of(case.route, on=on, **more).verdict
        assert said(found.on(on)) == said(alone), on
        assert outcome(found.on(on)) == outcome(alone)
    assert all(change.causes for change in found)
    assert all(change.words and change.before.findings != change.after.findings for change in found)


@pytest.mark.parametrize("view", VIEWS)
def test_a_route_that_was_walked_goes_where_it_goes_in_every_world(view: str, walks: list[int]) -> None:
    chance = random.Random(16)  # noqa: S311 - no secret
    for places in (chance.sample([place for place in PLACES if not place.isalpha()], 4) for _ in range(5)):
        case = asked(*places, view=view)
        walks.clear()
        dated = [case.dated(on) for on in (day("1997-06-30"), day("2003-01-01"), day("2012-01-01"), day("2026-01-01"))]
        retold = [one.verdict.crossings for one in dated]
        assert len(walks) == 1
        for one, found in zip(dated, retold, strict=True):
            alone = of.crossings(case.route, of.load_airspaces(view, on=one.on))
            assert (found.crossings, found.settled) == (alone.crossings, alone.settled)
            assert found.high_seas_km == pytest.approx(alone.high_seas_km, abs=1e-6)


def test_another_route_is_walked_anew() -> None:
    case = asked("VKO", "BUD", avoid="icc").dated(day("2020-01-01"))
    assert outcome(case.verdict) == "crosses POL, SVK, HUN"
    assert outcome(case.with_route(of.route("VKO", "MSQ")).verdict) == "clear"
    assert outcome(case.allowing(["POL"]).verdict) == "crosses SVK, HUN; only with the consent of POL"


def test_areas_are_read_and_walked_once_too(tmp_path: Path, walks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(path: Path, *, only: str | None = None) -> tuple[Area, ...]:
        read.append(str(path))
        return read_areas(path, only=only)

    monkeypatch.setattr(kept, "read_areas", noted)
    ring = [[20.0, 50.0], [25.0, 50.0], [25.0, 54.0], [20.0, 54.0], [20.0, 50.0]]
    area = {"type": "Feature", "properties": {"name": "zone"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "zone.geojson").write_text(json.dumps(area), encoding="utf-8")
    found = of.changes(asked("VKO", "BUD", avoid=f"icc | '{tmp_path / 'zone.geojson'}'"))
    assert told(found)[1] == ("2025-01-01", "crosses UKR, POL, SVK, HUN, area zone")
    assert len(walks) == 2
    assert read == [str(tmp_path / "zone.geojson")]
    ring[1] = ring[2] = [23.0, 53.0]  # another zone, in the same file
    (tmp_path / "zone.geojson").write_text(json.dumps(area), encoding="utf-8")
    assert told(of.changes(asked("VKO", "BUD", avoid=f"icc | '{tmp_path / 'zone.geojson'}'")))
    assert len(read) == 2


def test_a_schedule_is_left_aside() -> None:
    flight = of.Schedule(parse_depart("2024-12-31T23:00Z"), parse_speed("460kt"))
    timed = of.changes(of.Case.of(["VKO", "BUD"], schedule=flight, avoid="icc"))
    assert told(timed) == told(of.changes(asked("VKO", "BUD", avoid="icc")))


def test_blocs_and_worlds_of_ones_own_have_their_days(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("state,since,until\nBLR,2011-03-01,2013-05-06\n", encoding="utf-8")
    mine = of.read_bloc(tmp_path / "mine.csv")
    found = of.changes(asked("VKO", "BUD", avoid="mine", blocs=[mine]))
    assert told(found) == [("2011-03-01", "crosses BLR"), ("2013-05-06", "clear")]
    assert found[0].words == "Belarus: in mine from this day on (not verified)"
    world = make_world({"POL": box(0, 0, 10, 10), "UKR": box(10, 0, 20, 10)})
    own = of.changes(of.Case.of([(5, 5), (15, 5)], on="2020-01-01", avoid="icc", world=world), since="2000-01-01")
    assert told(own) == [("2002-07-01", "crosses POL"), ("2025-01-01", "crosses POL, UKR")]


# Nothing changes between ----------------------------------------------------------------------------------------------


def holds(bloc: of.Bloc, on: dt.date, world: of.Airspaces) -> tuple[object, ...]:
    """Return all that a bloc says of a day, but for the day itself."""
    found = bloc.on(on, world)
    provisos = {
        (p.state, p.text.replace(f"still holds on {on}", ""), p.begins, p.ends, p.partial, p.but)
        for p in found.provisos
    }
    return found.parts, found.exceptions, provisos


@pytest.mark.parametrize("name", blocs())
def test_between_two_days_of_change_a_bloc_says_the_same(name: str) -> None:
    bloc, world = of.bloc(name), of.load_airspaces()
    known = sorted({turn.on for turn in turns(bloc)})
    spans = zip([known[0] - 900 * DAY, *known], [*known, known[-1] + 900 * DAY], strict=True)
    for first, last in ((first, last - DAY) for first, last in spans):
        assert holds(bloc, first, world) == holds(bloc, first + (last - first) / 2, world) == holds(bloc, last, world)
    before = [holds(bloc, on - DAY, world) != holds(bloc, on, world) for on in known]
    assert sum(before) > 0.7 * len(known)  # some rows begin where others end


@pytest.mark.parametrize("view", VIEWS)
def test_between_two_days_of_change_the_labels_are_the_same(view: str) -> None:
    known = days([], of.load_airspaces(view))
    assert [str(on) for on in known] == of.load_airspaces(view).manifest["label_changes"]
    for first, after in itertools.pairwise(known):
        assert of.load_airspaces(view, on=first) is of.load_airspaces(view, on=after - DAY)
    starts = {piece.disputed_since for piece in of.load_airspaces()} - {None}
    assert starts <= set(known)


MOMENTS = st.datetimes(dt.datetime(2020, 1, 5), dt.datetime(2020, 2, 20), timezones=st.just(dt.UTC))  # noqa: DTZ001
DATES = st.dates(day("2020-01-05"), day("2020-02-20"))
MEMBERS = st.builds(
    Membership,
    state=st.just(of.State("POL", "Poland")),
    since=DATES,
    until=st.none() | DATES,
    source=st.just(""),
    verified=st.booleans(),
    note=st.just("in part"),
    extent=st.sampled_from(["whole", "part", "level", "hours"]),
    begins=st.none() | MOMENTS,
    ends=st.none() | MOMENTS,
    confirmed_until=st.none() | DATES,
)
REACHES = st.builds(
    Reach,
    territory=st.just("POL"),
    name=st.just("Poland"),
    since=st.none() | DATES,
    source=st.just(""),
    verified=st.just(True),
    until=st.none() | DATES,
)


@given(st.lists(MEMBERS, min_size=1, max_size=2), st.lists(REACHES, max_size=1))
def test_any_row_says_the_same_but_on_its_days(members: list[Membership], reaches: list[Reach]) -> None:
    bloc, world = of.Bloc("mine", tuple(members), tuple(reaches)), WORLD
    known = {turn.on for turn in turns(bloc)}
    for n in range(60):
        on = day("2020-01-01") + n * DAY
        if on not in known:
            assert holds(bloc, on, world) == holds(bloc, on - DAY, world), on
