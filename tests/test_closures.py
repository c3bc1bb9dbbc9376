"""Closures: who closed when and how far; what is closed in part, for hours or by an old report is never clear."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import overflight as of
from overflight.airspace.blocs import blocs
from overflight.airspace.ruleset import Proviso
from overflight.batch import Columns, judge
from overflight.batch import run as run_batch
from overflight.detours import Candidate, Candidates
from overflight.rules.schedule import Schedule, parse_depart, parse_speed
from overflight.rules.wording.studies import finding
from tests.batches import read, settings
from tests.commands import Run

INSIDE = {
    "ARE": ("24.2,54.5", "24.3,54.6"),
    "AUT": ("47.3,14.3", "47.4,14.5"),
    "BEL": ("50.5,4.7", "50.6,4.9"),
    "BFA": ("12.3,-1.6", "12.4,-1.4"),
    "BHR": ("26.0,50.5", "26.1,50.6"),
    "CAN": ("55.0,-100.0", "55.2,-99.5"),
    "GAB": ("-0.5,11.5", "-0.4,11.7"),
    "GBR": ("52.5,-1.5", "52.7,-1.2"),
    "IRL": ("53.2,-7.5", "53.4,-7.2"),
    "IRN": ("35.0,51.0", "35.2,51.3"),
    "IRQ": ("33.0,43.5", "33.2,43.8"),
    "ISR": ("31.0,34.8", "31.1,34.9"),
    "JOR": ("31.5,36.5", "31.7,36.8"),
    "KWT": ("29.3,47.6", "29.4,47.8"),
    "LBN": ("33.9,35.9", "34.0,36.0"),
    "MDA": ("47.2,28.4", "47.3,28.6"),
    "MLI": ("17.0,-2.0", "17.2,-1.8"),
    "NER": ("17.0,9.0", "17.3,9.4"),
    "NOR": ("61.0,9.0", "61.2,9.4"),
    "PAK": ("30.0,69.0", "30.2,69.3"),
    "POL": ("52.0,19.0", "52.2,19.3"),
    "QAT": ("25.3,51.2", "25.4,51.3"),
    "SDN": ("15.3,32.0", "15.6,32.6"),
    "UKR": ("49.0,31.0", "49.2,31.4"),
    "USA": ("40.0,-100.0", "40.2,-99.6"),
}
"""A short way inside each state."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def judged(state: str, on: str, text: str = "closed") -> of.Verdict:
    rule = of.Avoid(of.ruleset(text, on=day(on)))
    return of.check(of.route(*INSIDE[state]), of.load_airspaces(on=day(on)), rules=[rule])


@pytest.mark.parametrize(
    ("state", "last", "first", "until"),
    [
        ("USA", "2001-09-10", "2001-09-11", "2001-09-13"),  # FAA report, by Refworld
        ("CAN", "2001-09-10", "2001-09-11", "2001-09-13"),  # AIN, 25 September 2001
        ("GBR", "2010-04-14", "2010-04-15", "2010-04-20"),  # Channel 4, 20 April 2010
        ("IRL", "2010-04-14", "2010-04-15", "2010-04-20"),
        ("NOR", "2010-04-14", "2010-04-15", "2010-04-20"),
        ("SDN", "2019-04-10", "2019-04-11", "2019-04-12"),  # Flightworx, 11 April 2019
        ("BFA", "2022-01-23", "2022-01-24", "2022-01-25"),  # Wakat Séra, 25 January 2022
        ("IRN", "2024-09-30", "2024-10-01", "2024-10-03"),  # Aaj, 6 October 2024
        ("IRN", "2024-10-05", "2024-10-06", "2024-10-07"),  # KUNA, 6 October 2024
        ("PAK", "2025-05-06", "2025-05-07", "2025-05-08"),  # Dawn, 8 May 2025
        ("LBN", "2025-06-12", "2025-06-13", "2025-06-14"),  # KUNA, 14 June 2025
        ("IRN", "2026-01-13", "2026-01-14", "2026-01-15"),  # bne IntelliNews, Travel Extra
    ],
)
def test_a_state_closed_its_airspace_on_these_days(state: str, last: str, first: str, until: str) -> None:
    closed = [state in of.bloc("closed").on(day(on)) for on in (last, first, until)]
    assert closed == [False, True, False]


@pytest.mark.parametrize(
    ("state", "on"),
    [
        ("IRQ", "2024-04-13"),  # some hours of the night
        ("JOR", "2024-04-14"),  # its second half, by the hours
        ("LBN", "2024-04-14"),
        ("LBN", "2025-06-14"),
        ("IRN", "2026-01-14"),
        ("IRN", "2026-01-15"),
        ("USA", "2001-09-13"),
        ("PAK", "2019-06-01"),  # a part
        ("MDA", "2022-04-01"),
        ("BFA", "2022-10-01"),
        ("SDN", "2024-06-01"),
        ("NER", "2023-08-03"),
        ("PAK", "2025-05-08"),
        ("IRN", "2025-06-26"),
        ("ISR", "2025-06-23"),
        ("ARE", "2026-03-01"),
        ("JOR", "2026-03-03"),
        ("QAT", "2026-03-10"),
        ("MLI", "2020-08-20"),  # Xinhua, 21 August 2020
        ("GAB", "2023-08-31"),  # Sputnik, 2 September 2023
        ("IRN", "2024-04-19"),  # IRNA
        ("POL", "2025-09-10"),  # Xinhua, 10 September 2025
        ("AUT", "2010-04-17"),  # below a level
        ("BEL", "2010-04-19"),  # after the last report
        ("IRN", "2026-03-20"),
        ("IRQ", "2026-11-20"),
        ("ISR", "2026-04-01"),
        ("BHR", "2026-03-20"),
    ],
)
def test_what_is_closed_in_part_for_hours_or_by_an_old_report_is_marginal_and_says_why(state: str, on: str) -> None:
    verdict = judged(state, on)
    (finding,) = [f for f in verdict.findings if f.state == state]
    assert verdict.status == finding.status == "marginal"
    name = of.load_airspaces().state(state).name
    assert finding.note.startswith(f"{name}: ")
    assert "is not known" in finding.note
    assert finding.note in verdict.explain()


@pytest.mark.parametrize(
    ("state", "on", "status"),
    [
        ("SDN", "2023-04-14", "clear"),
        ("SDN", "2023-05-01", "crosses"),
        ("IRN", "2025-06-20", "crosses"),
        ("IRN", "2025-08-02", "clear"),
        ("UKR", "2026-11-20", "crosses"),
        ("IRN", "2026-03-01", "crosses"),
        ("KWT", "2026-04-25", "crosses"),
        ("KWT", "2026-04-26", "clear"),
        ("BHR", "2026-04-26", "clear"),
        ("PAK", "2019-07-16", "clear"),
        ("JOR", "2024-04-15", "clear"),
    ],
)
def test_a_whole_closure_is_crossed_and_one_that_ended_is_clear(state: str, on: str, status: str) -> None:
    assert judged(state, on).status == status


def test_the_sentence_names_what_is_closed_and_what_is_not_known() -> None:
    (finding,) = judged("SDN", "2023-08-16").findings
    assert finding.note == (
        "Sudan: Khartoum FIR closed since 2023-04-15 but for the eastern routes, open again since 2023-08-15; "
        "whether this route is in the part is not known"
    )
    (finding,) = judged("IRN", "2026-03-20").findings
    assert finding.note == (
        "Iran: closed since 2026-02-28; the last report of it is of 2026-03-06, and whether it still holds on "
        "2026-03-20 is not known"
    )


def test_another_rule_that_holds_for_the_whole_state_decides() -> None:
    assert judged("JOR", "2024-04-13").status == "marginal"
    assert judged("JOR", "2024-04-13", "closed | icc").status == "crosses"
    assert judged("JOR", "2024-04-13", "icc | closed").status == "crosses"
    assert judged("JOR", "2024-04-13", "closed & icc").status == "marginal"
    assert judged("SDN", "2024-06-01", "closed - SDN").status == "clear"
    assert judged("SDN", "2024-06-01", "closed & (SDN | UKR)").status == "marginal"


@pytest.mark.parametrize(
    ("text", "denmark", "greenland"),
    [
        ("mine", "marginal", "marginal"),
        ("mine | GRL", "marginal", "crosses"),
        ("GRL | mine", "marginal", "crosses"),
        ("mine - GRL", "marginal", "clear"),
        ("mine - FRO", "marginal", "marginal"),
        ("mine & GRL", "clear", "marginal"),
        ("mine & DNK", "marginal", "marginal"),
        ("mine | DNK", "crosses", "crosses"),
        ("mine - DNK", "clear", "clear"),
    ],
)
def test_a_part_is_one_of_the_territories_that_are_left(
    tmp_path: Path, text: str, denmark: str, greenland: str
) -> None:
    """A territory that is taken out, or forbidden for itself, says nothing of the rest of its state."""
    path = tmp_path / "mine.csv"
    path.write_text("state,since,extent,note\nDNK,2020-01-01,part,Some of it is closed\n", encoding="utf-8")
    mine, on = of.read_bloc(path), day("2025-10-23")
    ways = [of.route("56.0,9.0", "56.1,9.3"), of.route("67.0,-50.9", "67.1,-50.5")]
    cases = [of.Case.of(way, on=on, avoid=text, blocs=[mine]) for way in ways]
    assert [case.verdict.status for case in cases] == [denmark, greenland]
    lines = shapely.to_wkb([shapely.LineString([(w.lon, w.lat) for w in way.waypoints]) for way in ways])
    chosen = settings(
        columns=Columns("lines", route="id", geometry="geometry"), avoid=(text,), blocs=(mine,), marginal=True
    )
    judged = judge(pa.table({"id": [0, 1], "geometry": lines}), chosen)
    assert judged.verdicts["status"].to_pylist() == [denmark, greenland]


def test_what_is_closed_in_part_is_among_what_a_rule_set_is_about() -> None:
    closed, world = of.ruleset("closed", on=day("2025-10-23")), of.load_airspaces(on=day("2025-10-23"))
    inside = of.crossings(of.route(*INSIDE["MDA"]), world)
    assert [crossing.state for crossing in inside.within(closed)] == ["MDA"]
    beside = of.crossings(of.route("46.9,27.0", "47.0,26.8"), world)  # in Romania
    assert "MDA" in of.closest_approaches(beside, world, closed, within_km=200.0)


def test_consent_is_no_matter_of_the_part() -> None:
    rule = of.Avoid(of.ruleset("closed", on=day("2024-06-01")), allow={"SDN"})
    verdict = of.check(of.route(*INSIDE["SDN"]), of.load_airspaces(on=day("2024-06-01")), rules=[rule])
    assert verdict.status == "clear"


@pytest.mark.parametrize(
    ("state", "depart", "status", "text"),
    [
        ("LBN", "2025-06-13T19:00Z", "clear", "closed"),
        ("LBN", "2025-06-13T19:30Z", "crosses", "closed"),  # 22:30 in Beirut
        ("LBN", "2025-06-14T06:59Z", "crosses", "closed"),
        ("LBN", "2025-06-14T07:00Z", "clear", "closed"),
        ("IRN", "2026-01-14T22:14Z", "clear", "closed"),
        ("IRN", "2026-01-15T02:00Z", "crosses", "closed"),
        ("USA", "2001-09-13T14:00Z", "crosses", "closed"),
        ("USA", "2001-09-13T16:00Z", "marginal", "closed"),  # to foreign aircraft until the 15th
        ("PAK", "2025-05-09T22:00Z", "clear", "closed"),
        ("PAK", "2025-05-10T03:00Z", "marginal", "closed"),  # the hour of the evening was not found
        ("SDN", "2024-06-01T10:00Z", "marginal", "closed"),
        ("GBR", "2022-02-25T00:00Z", "clear", "eu-ban-russia"),
        ("GBR", "2022-02-25T00:01Z", "crosses", "eu-ban-russia"),
        ("AUT", "2022-02-27T13:59Z", "clear", "eu-ban-russia"),
        ("AUT", "2022-02-27T14:00Z", "crosses", "eu-ban-russia"),
        ("BEL", "2022-02-27T22:59Z", "clear", "eu-ban-russia"),
        ("BEL", "2022-02-27T23:00Z", "crosses", "eu-ban-russia"),  # midnight in Brussels
    ],
)
def test_the_hour_of_a_flight_decides_where_the_hours_are_known(
    run: Run, state: str, depart: str, status: str, text: str
) -> None:
    """The whole way is flown within seconds: the moment of entry is that of departure."""
    out = run("check", *INSIDE[state], "--avoid", text, "--depart", depart, "--speed", "400kt", "-f", "json")[1]
    verdict = json.loads(out)["routes"][0]["verdict"]
    assert verdict["status"] == status
    notes = " ".join(f.get("note", "") for f in verdict["findings"] if f["state"] == state)
    assert ("is not known" in notes) is (status == "marginal")


def test_every_surface_prints_the_sentence(run: Run) -> None:
    asked = ("check", *INSIDE["SDN"], "--avoid", "closed", "--on", "2024-06-01")
    sentence = "whether this route is in the part is not known"
    code, out, err = run(*asked)
    assert (code, "\tmarginal\t" in out) == (1, True)
    assert sentence in err
    assert sentence in run(*asked, "-f", "json")[1]


@pytest.mark.parametrize("marginal", [False, True])
def test_a_batch_says_the_same(tmp_path: Path, marginal: bool) -> None:
    asked = [("SDN", "2024-06-01"), ("SDN", "2023-05-01"), ("JOR", "2024-04-13"), ("JOR", "2024-04-14")]
    asked += [("IRN", "2026-03-06"), ("IRN", "2026-03-07"), ("JOR", "2024-04-15")]
    lines = [shapely.LineString([(w.lon, w.lat) for w in of.route(*INSIDE[state]).waypoints]) for state, _ in asked]
    table = {"id": range(len(asked)), "day": [day(on) for _, on in asked], "geometry": shapely.to_wkb(lines)}
    pq.write_table(pa.table(table), tmp_path / "routes.parquet")
    columns = Columns("lines", route="id", geometry="geometry", date="day")
    chosen = settings(columns=columns, avoid=("closed",), marginal=marginal)
    run_batch([str(tmp_path / "routes.parquet")], tmp_path / "out", chosen)
    found = [row["status"] for row in read(tmp_path / "out", "verdicts")]
    told = [judged(state, on).status for state, on in asked]
    assert told == ["marginal", "crosses", "marginal", "marginal", "crosses", "marginal", "clear"]
    assert found == (told if marginal else [*told[:-1], "not-entered"])


def test_a_flight_with_a_schedule_is_judged_by_the_hours_of_each_date() -> None:
    way = of.route(*INSIDE["JOR"])
    moment = dt.datetime(2024, 4, 13, 21, tzinfo=dt.UTC)
    flight = of.Case.of(way, avoid="closed", schedule=Schedule(moment, 800.0))
    assert flight.avoiding[0].states >= {"JOR", "LBN", "ISR", "IRQ"}
    assert flight.verdict.status == "crosses"


def test_a_proviso_covers_its_hours_as_far_as_they_are_known() -> None:
    noon, night = (dt.datetime(2024, 4, 13, hour, tzinfo=dt.UTC) for hour in (12, 22))
    assert Proviso(of.State("JOR"), "").covers(noon)
    assert not Proviso(of.State("JOR"), "", begins=night).covers(noon)
    assert not Proviso(of.State("JOR"), "", ends=noon).covers(noon)
    assert Proviso(of.State("JOR"), "", begins=noon, ends=night).covers(noon)


def test_every_row_that_is_not_of_the_whole_says_what_holds() -> None:
    for name in blocs():
        for row in of.bloc(name).members:
            assert row.extent == "whole" or row.note, (name, row.state, row.since)
            assert row.confirmed_until is None or row.since <= row.confirmed_until
            assert row.begins is None or abs((row.begins.date() - row.since).days) <= 1
            assert row.ends is None or row.until is None or abs((row.ends.date() - row.until).days) <= 1


# On maps, and in the answer of a search ------------------------------------------------------------------------------


def test_a_map_says_of_a_state_closed_in_part_that_it_may_be_shut_though_another_is() -> None:
    """On 1 March 2026 Iran was closed, the Emirates in part."""
    case = of.Case.of(["DEL", "DXB"], on="2026-03-01", avoid="closed")
    scene = of.draw(case.world, case.verdict, on=case.on, avoid=case.forbidden).scene
    assert scene["headline"].startswith(
        "Enters Iran, a state whose airspace is closed to civil traffic. Enters the United Arab Emirates; whether that "
        "is a state whose airspace is closed to civil traffic there and then is not known: United Arab Emirates: "
        "closed in part since 28"
    )
    notes = {row["state"]: row["note"] for row in scene["routes"][0]["rows"]}
    assert notes["United Arab Emirates"].startswith("arrival; marginal: United Arab Emirates: closed in part since 28")
    assert "marginal" not in notes["Iran"] + notes["India"]


def test_a_search_does_not_call_a_state_closed_in_part_open() -> None:
    case = of.Case.of(["15.3,32.0", "15.6,32.6"], on="2024-06-01", avoid="closed")
    alone = Candidate(case.route, case.verdict, (), 0.0, 0.0, 0.0, minimal=True)
    said = finding(Candidates((alone,), (), 0, ()))
    assert "may enter a state whose airspace is closed to civil traffic: Sudan: Khartoum FIR" in said


def test_a_flight_in_the_hours_of_a_closure_is_told_what_it_excepts() -> None:
    """Iran was closed from 22:15 to 03:00 UTC, but for international flights with permission."""
    notes = {}
    for depart in ("2026-01-14T21:00Z", "2026-01-14T22:30Z"):
        clock = Schedule(parse_depart(depart), parse_speed("450kt"))
        verdict = of.Case.of(INSIDE["IRN"], avoid="closed", schedule=clock).verdict
        (iran,) = verdict.findings
        notes[iran.status] = iran.note
        assert ("permission" in "".join(verdict.remarks)) == (iran.status == "crosses")
    assert notes["crosses"].endswith("but for international flights with permission")
    assert "permission" not in notes["clear"]
