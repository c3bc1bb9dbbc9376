"""What is printed of candidates, and `demo`; the search itself is tested with its own module."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import get_args

import pytest

from overflight.cli import candidates
from overflight.detours.model import Opening
from tests.commands import DOCUMENT, Run, assert_shape, rows_of


def test_routes_prints_candidates_and_whose_consent_each_needs(run: Run, tmp_path: Path) -> None:
    status, out, err = run(
        "routes", "VIE", "BUD", "--avoid", "HUN | SVK", "--on", "2025-10-23", "-f", "json", "--map", "m.html"
    )
    document = json.loads(out)
    assert status == 1
    assert_shape(document, DOCUMENT)
    assert document["avoid"] == ["HUN | SVK"]
    direct, *detours = document["routes"]
    assert (direct["kind"], direct["verdict"]["status"]) == ("great-circle", "crosses")
    assert "consents" not in direct
    assert detours
    for row in detours:
        assert row["kind"] == "detour"
        assert row["verdict"]["status"] == "clear"
        assert row["extension_km"] > 0.0
        assert row["gap_pct"] is None or row["gap_pct"] >= 0.0
        entered = {f["state"] for f in row["verdict"]["findings"] if f["length_km"] > 0.0}
        assert set(row["consents"]) == entered
    assert document["minimal_consents"][0]["consents"] == detours[0]["consents"] == ["HUN"]
    assert document["minimal_consents"][0]["status"] == "route"
    assert document["searched_size"] >= 1
    assert document["barrier"] == ["HUN"]
    assert "avoid HUN | SVK" in err
    assert (tmp_path / "m.html").stat().st_size > 100_000


def test_routes_exits_with_0_if_a_candidate_needs_no_consent(run: Run) -> None:
    status, out, _ = run("routes", "PRG", "BUD", "--avoid", "SVK")
    rows = rows_of(out)
    assert status == 0
    assert [(r["kind"], r["consents"], r["status"]) for r in rows] == [
        ("great-circle", "SVK", "crosses"),
        ("detour", "", "clear"),
    ]


def test_the_demo_prints_the_study_and_draws_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.cli.commands.DEMO", (("PRG", "BUD"), dt.date(2025, 10, 23), "SVK"))
    status, out, err = run("demo")
    assert status == 0
    assert "PRG-BUD\tgreat-circle\t2025-10-23" in out
    assert "detour" in out
    assert "on 2025-10-23; avoid SVK" in err
    assert (tmp_path / "maps" / "moscow-budapest.html").is_file()
    (tmp_path / "other").touch()
    assert run("demo", "-o", "other/map.html")[0] == 2


def test_every_status_that_a_consent_set_can_have_has_words_for_the_table() -> None:
    statuses = set(get_args(Opening))
    assert set(candidates.STATUS_WORDS) == statuses - {"route"}


def test_without_a_rule_the_great_circle_is_the_only_candidate(run: Run) -> None:
    status, out, _ = run("routes", "VKO", "BUD", "--on", "2025-10-23")
    (row,) = rows_of(out)
    assert (status, row["n"], row["kind"], row["status"]) == (0, "1", "great-circle", "clear")
