"""Areas in a batch: a row is judged by them as `check` judges a route, and what they cost is counted once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

import overflight as of
from overflight.batch import Columns, Settings, judge
from overflight.cli import main
from overflight.errors import UnknownStateError

DAY = dt.date(2025, 10, 23)
PAIRS = [("VKO", "BUD"), ("BUD", "VKO"), ("LHR", "JFK"), ("VKO", "MSQ"), ("SVO", "ANC"), ("HEL", "HND"), ("LIS", "ATH")]
AVOID = ("circle:52,24,200km", "circle:90,0,500nm | circle:88,20,200nm", "POL | circle:51,25,300km,FL10-FL20", "icc")


def settings(*avoid: str, allow: tuple[str, ...] = ()) -> Settings:
    return Settings(Columns("pairs", start="from", end="to"), DAY, avoid=avoid, allow=allow)


def table() -> pa.Table:
    return pa.table({"from": [pair[0] for pair in PAIRS], "to": [pair[1] for pair in PAIRS]})


def forbidden_km(verdict: of.Verdict) -> float:
    """Return how many km lie in what is crossed against any rule, each counted once: by Shapely, on a line of km."""
    stays = [
        shapely.LineString([(one.entry_km, 0.0), (one.exit_km, 0.0)])
        for finding in verdict.findings
        if finding.status == "crosses"
        for one in finding.crossings
    ]
    return float(shapely.union_all(stays).length) if stays else 0.0


def test_each_row_is_judged_as_check_judges_it() -> None:
    rows = judge(table(), settings(*AVOID)).verdicts.to_pylist()
    entered = 0
    for pair, row in zip(PAIRS, rows, strict=True):
        verdict = of.Case.of(pair, on=DAY, avoid=AVOID).verdict
        broken = {f.rule for f in verdict.findings if f.status == "crosses"}
        assert (row["status"] == "crosses") == (verdict.status == "crosses"), pair
        assert row["rules"] == ("; ".join(text for text in AVOID if text in broken) or None), pair
        assert row["forbidden_km"] == pytest.approx(forbidden_km(verdict), abs=1e-3), pair
        entered += any(f.area and f.crossings for f in verdict.findings)
    assert 0 < entered < len(PAIRS)


def test_crossings_and_states_are_those_without_areas() -> None:
    with_areas, without = judge(table(), settings(*AVOID)), judge(table(), settings("POL", "icc"))
    for name in ("state", "entry_km", "exit_km"):
        assert with_areas.crossings[name].equals(without.crossings[name])
    assert with_areas.verdicts["states"].equals(without.verdicts["states"])


def test_an_area_that_changed_is_told_by_the_facts_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = []
    for east in (30, 31):
        shape = shapely.to_geojson(shapely.box(20, 45, east, 55))
        Path("zone.geojson").write_text(shape, encoding="utf-8")
        found.append(settings("zone.geojson").facts()["areas"])
    assert found[0] != found[1]
    assert "areas" not in settings("icc").facts()


def test_a_file_that_is_not_there_ends_the_run_before_it_begins() -> None:
    with pytest.raises(UnknownStateError, match="no such file"):
        settings("none.kml")


def test_it_is_said_that_limits_are_not_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pq.write_table(table(), tmp_path / "in.parquet")
    for number, (rule, said) in enumerate((("circle:52,24,200km,FL10-FL20", True), ("circle:52,24,200km", False))):
        out = str(tmp_path / f"out{number}")
        with pytest.raises(SystemExit) as caught:
            main(["batch", str(tmp_path / "in.parquet"), "-o", out, "--avoid", rule, "--on", str(DAY)])
        assert caught.value.code == 0
        assert ("entered at any altitude" in capsys.readouterr().err) == said
