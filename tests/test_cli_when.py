"""`overflight when`: the days of change in a table, in JSON and in CSV, for places and for files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest

import overflight as of
from overflight.rules.wording.changes import outcome
from tests.commands import ROUTES, STUDY, Run, assert_shape, rows_of

ASKED = ("when", "VKO", "BUD", "--avoid", "icc")
RUNNING_OUT = ("when", "ABJ", "NIM", "--avoid", "icc", "--from", "2026-01-01")
VERDICT = {"status": str, "outcome": str}
CAUSE = {"what": str, "source": str, "verified": (bool, None), "event": str, "bloc": (str, None)}
DOCUMENT = {
    "schema": int,
    "overflight": str,
    "data": str,
    "view": str,
    "today": str,
    "routes": [
        {
            "name": str,
            "waypoints": [{"name": (str, None), "lon": float, "lat": float}],
            "length_km": float,
            "avoid": [str],
            "allow": [str],
            "margin_km": float,
            "notices": [str],
            "remarks": [str],
            "from": str,
            "until": str,
            "before": VERDICT,
            "changes": [
                {"on": str, "before": VERDICT, "after": VERDICT, "what": str, "ahead": bool, "causes": [CAUSE]}
            ],
        }
    ],
}


def test_a_row_is_a_cause_of_a_change(run: Run) -> None:
    status, out, err = run(*ASKED)
    rows = rows_of(out)
    assert status == 0  # it lists; a verdict that changes is no failure
    assert [(row["on"], row["what"].partition(":")[0]) for row in rows] == [
        ("2002-07-01", "Poland"), ("2002-07-01", "Slovakia"), ("2002-07-01", "Hungary"), ("2025-01-01", "Ukraine")
    ]  # fmt: skip
    assert rows[-1]["before"] == "crosses POL, SVK, HUN"
    assert rows[-1]["after"] == "crosses UKR, POL, SVK, HUN"
    assert "ICC press release" in rows[-1]["source"]
    assert (rows[-1]["verified"], rows[-1]["ahead"]) == ("true", "false")
    assert "2 days of change from 1997-07-01 to " in err
    assert "avoid icc; de-jure view; data " in err
    assert "note: Hungary: withdrawal from the Rome Statute notified on 2025-06-02 was revoked on 2026-05-29" in err


def test_the_json_has_what_python_has(run: Run) -> None:
    document = json.loads(run(*RUNNING_OUT, "--margin", "5nm", "--allow", "GHA", "-f", "json")[1])
    assert_shape(document, DOCUMENT)
    (route,) = document["routes"]
    case = of.Case.of(["ABJ", "NIM"], on="2026-01-01", avoid="icc", margin="5nm", allow="GHA")
    found = of.changes(case, since="2026-01-01")
    assert [one | {"ahead": None} for one in route["changes"]] == [one.to_dict() | {"ahead": None} for one in found]
    assert (route["avoid"], route["allow"], route["margin_km"]) == (["icc"], ["GHA"], 9.26)
    assert route["before"]["outcome"] == outcome(found.first)
    assert route["changes"][-1]["causes"][0]["withdrawal_notified"] == "2026-06-24"


def test_days_ahead_are_marked_and_may_be_revoked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.cli.when.today", lambda: dt.date(2027, 6, 20))
    _, out, err = run(*RUNNING_OUT, "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["on"], row["ahead"], row["verified"]) for row in rows] == [
        ("2027-06-18", "false", "false"), ("2027-06-24", "true", "false")
    ]  # fmt: skip
    assert "note: days after 2027-06-20 are as notified so far: what is notified may be revoked before" in err
    assert "may be revoked" not in run(*RUNNING_OUT, "--until", "2027-06-19")[2]


def test_who_flies_is_told(run: Run) -> None:
    status, out, err = run("when", "VKO", "BUD", "--avoid", "bans | russia-ban", "--operator", "RA-96022", "-f", "json")
    (route,) = json.loads(out)["routes"]
    assert status == 0
    assert route["operator"]["state"] == "RUS"
    assert route["notices"]
    assert f"note: {route['notices'][0]}" in err


def test_what_check_says_on_a_day_is_what_the_calendar_says(run: Run) -> None:
    for row in json.loads(run("when", "KHI", "IST", "--avoid", "closed", "-f", "json")[1])["routes"][0]["changes"][::6]:
        checked = json.loads(run("check", "KHI", "IST", "--avoid", "closed", "--on", row["on"], "-f", "json")[1])
        assert checked["routes"][0]["verdict"]["status"] == row["after"]["status"]


def test_routes_of_files_are_each_judged_by_their_own_rules(run: Run) -> None:
    status, out, err = run("when", str(ROUTES / "moscow-budapest-direct.route.toml"), "-f", "json")
    routes = json.loads(out)["routes"]
    assert status == 0
    assert len({(route["name"], *route["avoid"], *route["allow"]) for route in routes}) == len(routes) > 0
    assert "judged as of each day" not in err or "own date" in err
    both = json.loads(run("when", str(ROUTES), "--avoid", "icc", "--from", "2025-01-01", "-f", "json")[1])["routes"]
    assert len(both) > 1
    assert {"2025-01-01"} <= {change["on"] for route in both for change in route["changes"]}


def test_a_recorded_flight_is_judged_as_a_line(run: Run, tmp_path: Path) -> None:
    points = (("2024-12-31T22:00:00Z", 55.6, 37.3), ("2025-01-01T01:00:00Z", 47.4, 19.3))
    rows = "".join(f'<trkpt lat="{lat}" lon="{lon}"><time>{time}</time></trkpt>' for time, lat, lon in points)
    gpx = f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{rows}</trkseg></trk></gpx>'
    (tmp_path / "flown.gpx").write_text(gpx, encoding="utf-8")
    _, out, err = run("when", str(tmp_path / "flown.gpx"), "--avoid", "icc", "--from", "2024-01-01")
    assert [row["on"] for row in rows_of(out)] == ["2025-01-01"]
    assert "judged as of each day; its own date and times are left aside" in err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("when", "VKO", "BUD"), "no rule, so no verdict that could change: give one, as in --avoid icc"),
        ((*ASKED, "--from", "soon"), "'soon' is no date: write it as 2025-10-23"),
        ((*ASKED, "--from", "2025-01-01", "--until", "2024-01-01"), "the end is before the beginning"),
        (("when", "VKO", "BUD", "--avoid", "atlantis"), "unknown bloc or state"),
        (("when", "--avoid", "icc"), "give places (VKO BUD) or files"),
        (("when", *STUDY), "No such option"),
    ],
)
def test_bad_input_is_told_in_one_line(run: Run, arguments: tuple[str, ...], why: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert why.lower() in err.lower()
    assert err.count("\n") == 1


def test_dates_before_the_labels_begin_are_doubted(run: Run) -> None:
    assert "some may be wrong" in run(*ASKED, "--from", "1990-01-01")[2]


def test_a_terminal_shows_verdicts_and_notes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.cli.when.is_fancy", lambda _: True)
    monkeypatch.setenv("COLUMNS", "140")
    out = run(*RUNNING_OUT)[1]
    assert out.startswith("ABJ-NIM (1,129.7 km)\n┌")
    assert "│ 2025-12-31 " in out
    assert "│ 2027-06-18 (ahead) │ forbidden: enters Côte d'Ivoire," in out
    assert "[1] source (not verified): deposit: UN Treaty Collection" in out
