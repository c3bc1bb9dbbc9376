"""What is printed of candidates, and `demo`; the search itself is tested with its own module."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import get_args

import click
import pytest

from overflight.airspace import State
from overflight.cli import candidates
from overflight.cli.options import time_limit_option
from overflight.detours.model import Opening, Passage
from tests.commands import DOCUMENT, Run, assert_shape, rows_of


def test_routes_prints_candidates_and_whose_consent_each_needs(run: Run, tmp_path: Path) -> None:
    asked = ("routes", "VIE", "BUD", "--avoid", "HUN | SVK", "--on", "2025-10-23", "--wind", "season", "--by", "time")
    status, out, err = run(*asked, "-f", "json", "--map", "m.html")
    document = json.loads(out)
    assert document["by"] == "time"
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
        cost = row["cost"]
        assert cost["wind"] == "season"
        assert row["gap_pct"] is None or 0.8 < cost["least_time_min"] / cost["time_min"]["typical"] <= 1.0
        entered = {f["state"] for f in row["verdict"]["findings"] if f["length_km"] > 0.0}
        assert set(row["consents"]) == entered
    assert document["minimal_consents"][0]["consents"] == detours[0]["consents"] == ["HUN"]
    assert document["minimal_consents"][0]["status"] == "route"
    assert document["searched_size"] >= 1
    assert document["barrier"] == ["HUN"]
    assert "avoid HUN | SVK" in err
    assert (tmp_path / "m.html").stat().st_size > 100_000


@pytest.mark.parametrize(("asked", "kept_km"), [((), 1.852), (("--margin", "0"), 0.0), (("--margin", "5nm"), 9.26)])
def test_routes_keep_a_nautical_mile_off_unless_told_otherwise(
    run: Run, asked: tuple[str, ...], kept_km: float
) -> None:
    """And each row says what it comes nearest to: here a corner that is rounded."""
    _, out, _ = run("routes", "FRA", "VIE", "--avoid", "CZE", "--on", "2025-10-23", *asked, "-f", "json")
    document = json.loads(out)
    assert document["margin_km"] == kept_km
    _, detour = document["routes"]
    near = min(f["closest_km"] for f in detour["verdict"]["findings"])
    assert max(kept_km, 0.1) <= near <= max(kept_km, 0.1) + 0.3
    _, out, _ = run("routes", "FRA", "VIE", "--avoid", "CZE", "--on", "2025-10-23", *asked)
    row = rows_of(out)[1]
    assert (row["closest"], float(row["closest_km"])) == ("CZE", near)


def test_a_search_that_its_time_limit_ends_prints_what_it_has_marked_unfinished(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """Of nothing but the great circle and the sets that were not tried yet, if the time is that short."""
    asked = ("routes", "VIE", "BUD", "--avoid", "HUN | SVK", "--on", "2025-10-23", "--time-limit", "0.000001s")
    status, out, err = run(*asked, "-f", "json")
    document = json.loads(out)
    assert status == 1
    assert_shape(document, DOCUMENT)
    assert (document["complete"], document["unfinished"]) == (False, "stopped after 1e-06 s")
    assert [row["kind"] for row in document["routes"]] == ["great-circle"]
    assert {one["status"] for one in document["minimal_consents"]} <= {"unfinished"}
    assert "VIE-BUD: stopped after 1e-06 s: this is what was found until then" in caplog.text
    assert "Traceback" not in err


def test_a_search_that_ends_in_time_says_nothing_of_being_unfinished(run: Run) -> None:
    asked = ("routes", "VIE", "BUD", "--avoid", "HUN | SVK", "--on", "2025-10-23", "-f", "json")
    document = json.loads(run(*asked, "--time-limit", "1h")[1])
    assert document["complete"]
    assert "unfinished" not in document
    assert json.loads(run(*asked, "--time-limit", "none")[1]) == document


@pytest.mark.parametrize("text", ["0", "0s", "-5s", "5x", "nan", "1e9s", "8days", "", "99999999h"])
def test_a_time_limit_that_is_none_is_refused(run: Run, text: str) -> None:
    status, out, err = run("routes", "VIE", "BUD", "--avoid", "HUN", f"--time-limit={text}")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "write it as 90s, 2min or 1h" in err


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90.0), ("90", 90.0), ("2min", 120.0), ("1.5 h", 5400.0), ("none", None)]
)
def test_a_time_limit_is_read_with_its_unit(text: str, seconds: float | None) -> None:
    command = click.Command("x", params=[time_limit_option(lambda: None).__click_params__[0]])  # type: ignore[attr-defined]
    with command.make_context("x", ["--time-limit", text]) as context:
        assert context.params["time_limit_s"] == seconds


def test_routes_exits_with_0_if_a_candidate_needs_no_consent(run: Run) -> None:
    status, out, _ = run("routes", "PRG", "BUD", "--avoid", "SVK")
    rows = rows_of(out)
    assert status == 0
    assert [(r["kind"], r["consents"], r["status"]) for r in rows] == [
        ("great-circle", "SVK", "crosses"),
        ("detour", "", "clear"),
    ]


def test_the_demo_prints_the_study_and_draws_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.cli.search.STUDY", (("PRG", "BUD"), dt.date(2025, 10, 23), "SVK", "UKR"))
    status, out, err = run("demo")
    assert status == 0
    assert "PRG-BUD\tgreat-circle\t2025-10-23" in out
    assert "detour" in out
    assert "on 2025-10-23; avoid SVK; never UKR" in err
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


@pytest.mark.slow
def test_a_passage_that_only_a_smaller_margin_opens_is_told_with_its_width(run: Run) -> None:
    """The corridor of the Gulf of Finland is 11.3 km wide; 4 NM on both sides take 14.8."""
    shut = "FIN|EST|SWE|LVA|LTU|POL"
    arguments = ["routes", "57.5,19.9", "59.95,28.2", "--avoid", shut, "--margin", "4nm", "--on", "2025-10-23"]
    _, out, _ = run(*arguments, "-f", "json", "--exit-zero")
    (row,) = [r for r in json.loads(out)["routes"] if "narrowest" in r]
    assert row["verdict"]["status"] == "marginal"
    assert row["gap_pct"] is None
    assert row["narrowest"]["width_km"] == pytest.approx(11.3, abs=0.3)
    assert row["narrowest"]["need_km"] == pytest.approx(14.8, abs=0.05)
    assert row["narrowest"]["states"] == ["EST", "FIN"]


def test_the_table_says_where_the_way_is_narrow() -> None:
    estonia, finland = State("EST", "Estonia"), State("FIN", "Finland")
    told = candidates._passage(Passage((25.58, 59.877), 11.37, 14.82, (estonia, finland)))
    assert "Estonia and Finland" in told
    assert "11.4 km wide where the rule asks for 14.8 km" in told
