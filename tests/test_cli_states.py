"""The commands that list: `states` and `data`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from overflight.airspace import load_airspaces
from overflight.airspace.blocs import blocs
from tests.commands import Run, rows_of


def test_states_of_a_bloc_come_with_their_membership(run: Run) -> None:
    status, out, err = run("states", "icc", "--on", "2025-10-23", "-f", "json")
    document = json.loads(out)
    assert status == 0
    assert (document["schema"], document["on"], document["ruleset"]) == (1, "2025-10-23", "icc")
    states = {row["state"]: row for row in document["states"]}
    assert len(states) == 125
    assert "125 states; on 2025-10-23" in err
    assert states["POL"] | {"source": ""} == {
        "state": "POL",
        "name": "Poland",
        "since": "2002-07-01",
        "until": None,
        "source": "",
        "verified": True,
        "note": states["POL"]["note"],
        "except_territories": [],
        "territories": [],
        "only_territories": [],
    }
    assert states["NZL"]["except_territories"] == ["TKL"]
    assert states["UKR"]["since"] == "2025-01-01"
    assert "BDI" not in states


def test_states_of_an_algebra(run: Run) -> None:
    document = json.loads(run("states", "(icc & POL) | BLR", "-f", "json")[1])
    assert [(row["state"], row["since"]) for row in document["states"]] == [("BLR", None), ("POL", "2002-07-01")]


def test_every_state_is_listed_with_its_blocs(run: Run) -> None:
    document = json.loads(run("states", "--on", "2025-10-23", "-f", "json")[1])
    blocs = {row["state"]: row["blocs"] for row in document["states"]}
    assert document["ruleset"] is None
    bans = ["eu-ban-belarus", "eu-ban-russia"]
    assert blocs["POL"] == ["eea", "eu", *bans, "icc", "nato", "russia-ban", "schengen"]
    assert blocs["CHN"] == []
    assert set(blocs) == set(load_airspaces().states)
    rows = rows_of(run("states", "--on", "2025-10-23")[1])
    assert {r["state"]: r["blocs"].split() for r in rows} == blocs


def test_an_empty_rule_set_lists_nobody(run: Run) -> None:
    assert json.loads(run("states", "POL - POL", "-f", "json")[1])["states"] == []
    assert run("states", "POL - POL")[0] == 0
    assert "has no member on 2025-10-23" in run("check", "VKO", "BUD", "--avoid", "POL - POL", "--on", "2025-10-23")[2]


def test_data_tells_version_source_licence_and_accuracy(run: Run) -> None:
    status, out, _ = run("data")
    world = load_airspaces()
    assert status == 0
    for part in (world.version, "ODbL", "© OpenStreetMap contributors", "sha256", f"{world.accuracy_m:g} m"):
        assert part in out
    assert json.loads(run("data", "-f", "json")[1])["version"] == world.version


def test_data_waters_lists_what_is_counted_beyond_twelve_miles_and_how_we_know(run: Run) -> None:
    status, out, err = run("data", "waters", "-f", "json")
    rows = json.loads(out)["waters"]
    assert status == 0
    assert all(
        row["source"] and row["counted"] and row["exact"] and row["verified"] in {"true", "false"} for row in rows
    )
    nicaragua = next(row for row in rows if row["state"] == "NIC")
    assert "ICJ" in nicaragua["objects"]
    assert {"GRL", "LBY", "IDN", "RUS"} <= {row["state"] for row in rows}
    assert "not verified" in err
    assert "Gulf of Sidra" in run("data", "waters")[1]


def test_states_says_of_whom_a_rule_set_holds_in_part(run: Run) -> None:
    _, out, err = run("states", "closed", "--on", "2024-06-01", "-f", "json")
    assert [row["state"] for row in json.loads(out)["states"]] == ["UKR"]
    assert "not wholly, or not for sure: Sudan: Khartoum FIR closed" in err
    assert "not wholly" not in run("states", "icc", "--on", "2024-06-01")[2]


def test_data_verify_compares_the_installed_files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run("data", "verify")
    assert status == 0
    assert "match the manifest" in out
    monkeypatch.setattr("overflight.cli.listings.DATA", tmp_path)
    (tmp_path / "pieces.csv").write_text("changed", encoding="utf-8")
    status, out, err = run("data", "verify")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "pieces.csv (" in err
    assert "airspace.bin (no such file" in err


def test_states_tells_which_territories_differ(run: Run) -> None:
    """Greenland and the Faroe Islands came under the Rome Statute later than Denmark; Tokelau never did."""
    document = json.loads(run("states", "icc", "--on", "2005-01-01", "-f", "json")[1])
    (denmark,) = (row for row in document["states"] if row["state"] == "DNK")
    assert denmark["except_territories"] == ["FRO"]
    found = {t["territory"]: (t["bloc"], t["reached"], t["since"], t["verified"]) for t in denmark["territories"]}
    assert found == {"FRO": ("icc", False, "2006-10-01", True), "GRL": ("icc", True, "2004-10-01", True)}
    rows = {row["state"]: row for row in rows_of(run("states", "icc", "--on", "2005-01-01")[1])}
    assert rows["DNK"]["except_territories"] == "FRO"
    assert rows["DNK"]["territories"] == "FRO out (from 2006-10-01); GRL in (from 2004-10-01)"
    assert rows["NZL"]["territories"] == "TKL out"
    (only,) = json.loads(run("states", "GRL", "-f", "json")[1])["states"]
    assert (only["state"], only["except_territories"]) == ("DNK", ["DNK", "FRO"])


def test_unverified_memberships_are_told_apart(run: Run) -> None:
    for form in ("table", "csv"):
        _, out, err = run("states", "eu-ban-russia", "--on", "2025-10-23", "-f", form)
        rows = list(csv.DictReader(io.StringIO(out), delimiter="\t" if form == "table" else ","))
        doubtful = {r["state"] for r in rows if r["verified"] == "false"}
        assert doubtful == {"LIE"}
        assert "1 of them by a source that is not verified" in err


def test_data_lists_blocs_and_disputes_with_who_holds_them(run: Run) -> None:
    _, out, _ = run("data")
    assert "UKR de jure, RUS de facto; claimed by UKR, RUS" in out
    assert "eu: 28 memberships, 0 not verified" in out
    assert "icc: 127 memberships, 6 not verified; 22 territories with a standing of their own, 4 not verified" in out
    document = json.loads(run("data", "-f", "json")[1])
    assert document["views"] == ["de-jure", "de-facto"]
    golan = next(d for d in document["disputes"] if d["disputed"].startswith("Golan"))
    assert (golan["de_jure"], golan["de_facto"]) == ("SYR", "ISR")
    assert {b["name"] for b in document["blocs"]} == set(blocs())


def test_data_verify_finds_a_table_that_nobody_signed_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.cli.listings.DATA", tmp_path)
    (tmp_path / "mine.csv").write_text("state\n", encoding="utf-8")
    assert "mine.csv (not in the manifest)" in run("data", "verify")[2]


@pytest.mark.parametrize(
    ("words", "state", "since"),
    [
        (("bans", "--operator", "USA"), "IRN", "2020-10-29"),  # by the FAA; of the closure of 2026 the reports are old
        (("closed | icc",), "JOR", "2002-07-01"),  # a party to the Rome Statute, closed at night by an old report
    ],
)
def test_a_state_is_there_by_what_holds_not_by_an_old_report(
    run: Run, words: tuple[str, ...], state: str, since: str
) -> None:
    _, out, _ = run("states", *words, "--on", "2026-11-30", "-f", "json")
    assert [one["since"] for one in json.loads(out)["states"] if one["state"] == state] == [since]
