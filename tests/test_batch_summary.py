"""Questions over an answer of `overflight batch`: flights and km by rule, state and date, and a map of them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pytest

import overflight.batch
from overflight.airspace import load_airspaces
from overflight.batch import Columns, Settings, run
from overflight.batch.density import density_page
from overflight.batch.summary import summarise
from overflight.cli import main
from overflight.errors import DataError
from tests.batches import DAY, pairs, read


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred pairs on three dates, judged by two rules, in three parts."""
    folder = tmp_path_factory.mktemp("summary")
    days = [DAY + dt.timedelta(days=int(n)) for n in np.arange(300) % 3]
    pq.write_table(pairs(300).append_column("day", [days]), folder / "in.parquet", row_group_size=100)
    columns = Columns("pairs", route="id", start="from", end="to", date="day", texts=False)
    run([str(folder / "in.parquet")], folder / "out", Settings(columns, DAY, avoid=("icc", "RUS | FRA")))
    return folder / "out"


def counted(answer: Path) -> dict[tuple[str, str], tuple[int, float]]:
    """Count in plain Python."""
    flights: dict[tuple[str, str], set[int]] = defaultdict(set)
    km: dict[tuple[str, str], float] = defaultdict(float)
    for row in read(answer, "crossings"):
        keys = [("state", row["state"])]
        for rule in (row["rules"] or "").split("; "):
            keys += [("rule", rule), ("rule, state", f"{rule}, {row['state']}")] if rule else []
        for key in keys:
            flights[key].add(row["row"])
            km[key] += row["length_km"]
    for row in read(answer, "verdicts"):
        flights["date", str(row["on"])].add(row["row"])
        km["date", str(row["on"])] += row["length_km"]
    return {key: (len(rows), km[key]) for key, rows in flights.items()}


def test_flights_and_km_are_those_of_the_rows(answer: Path) -> None:
    found = {(line.by, line.what): (line.flights, line.km) for line in summarise(answer).lines}
    wanted = counted(answer)
    assert set(found) == set(wanted)
    for key, (flights, km) in wanted.items():
        assert found[key][0] == flights
        assert found[key][1] == pytest.approx(km, abs=0.001)


def test_a_summary_is_printed_as_rows_and_as_json(
    answer: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def told(*arguments: str | Path) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["batch", "--summary", *map(str, arguments)])
        assert caught.value.code == 0
        return capsys.readouterr().out

    rows = told(answer).splitlines()
    assert rows[0].split("\t") == ["by", "what", "flights", "km"]
    assert rows[1].startswith("rule\ticc\t")
    document = json.loads(told(answer, "-f", "json", "--map", tmp_path / "map.html"))
    assert document["counts"]["routes"] == 300
    assert document["lines"][0]["by"] == "rule"
    assert len(document["lines"]) == len(rows) - 1
    assert "<svg" in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_the_map_is_well_formed_asks_for_nothing_and_darkens_with_flights(answer: Path) -> None:
    summary = summarise(answer)
    page = density_page(summary)
    assert not re.search(r"(src|href)=|https?://|@import|<script", page)
    root = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])  # noqa: S314 - our own page
    shown: dict[str, Any] = {path[0].text: path.attrib["fill"] for path in root if path[0].text}
    most, _ = max(summary.pieces["icc"].values())
    (darkest,) = {fill for text, fill in shown.items() if f": {most:,} flights" in text}
    assert darkest == "#991414"
    assert shown["China"] == "#d8dde3"
    for path in root:  # the high seas are no state's
        south_up = [float(pair.split(",")[1]) for pair in re.findall(r"[-\d.]+,[-\d.]+", path.attrib["d"])]
        assert max(south_up, default=0.0) - min(south_up, default=0.0) < 150.0, path[0].text


def test_each_piece_of_airspace_is_counted_and_painted_by_itself(answer: Path) -> None:
    world = load_airspaces()
    flights: dict[int, set[int]] = defaultdict(set)
    for row in read(answer, "crossings"):
        piece = world.pieces[row["piece"]]
        assert (str(piece.state or "XXX"), piece.territory, piece.disputed) == (
            row["state"],
            row["territory"],
            row["disputed"],
        )
        if "icc" in (row["rules"] or "").split("; "):
            flights[row["piece"]].add(row["row"])
    summary = summarise(answer)
    assert {piece: count for piece, (count, _) in summary.pieces["icc"].items()} == {
        piece: len(rows) for piece, rows in flights.items()
    }
    france = next(n for n, piece in enumerate(world.pieces) if piece.territory == "FRA" and not piece.disputed)
    page = density_page(summary._replace(pieces={"icc": {france: (680, 1e5)}}))
    assert re.search(r'fill="#991414" d="[^"]*"><title>France: 680 flights', page)
    assert re.search(r'fill="#d8dde3" d="[^"]*"><title>French Guiana \(France\)</title>', page)


def test_routes_judged_by_other_data_are_not_painted_on_these(answer: Path) -> None:
    summary = summarise(answer)
    with pytest.raises(DataError, match=r"airspace data 1999\.1, and .* is installed: run the batch again"):
        density_page(summary._replace(facts=summary.facts | {"data": "1999.1"}))


def test_a_text_from_outside_stays_text_on_the_map(answer: Path) -> None:
    summary = summarise(answer)
    name = "icc\x1b\u202e\ud800<script>&" + "x" * 10_000
    lines = [line._replace(what=line.what.replace("icc", name)) for line in summary.lines]
    pieces = {rule.replace("icc", name): inside for rule, inside in summary.pieces.items()}
    facts = summary.facts | {"overflight": "{{ 7*7 }}<b>"}
    page = density_page(summary._replace(lines=lines, facts=facts, pieces=pieces))
    assert "icc\\x1b\\u202e\\ud800&lt;script&gt;&amp;xxx" in page
    assert "{{ 7*7 }}&lt;b&gt;" in page
    assert "<script" not in page
    assert page.count("x" * 2000) == 0


def test_an_answer_that_is_none_or_not_finished_is_told(tmp_path: Path, answer: Path) -> None:
    with pytest.raises(DataError, match="no answer"):
        summarise(tmp_path / "nix")
    (tmp_path / "out.partial").mkdir()
    with pytest.raises(DataError, match="not finished"):
        summarise(tmp_path / "out")
    quiet = summarise(answer)._replace(lines=[])
    with pytest.raises(DataError, match="no flight"):
        density_page(quiet)


def test_the_recipe_for_duckdb_gives_the_same_counts(answer: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install duckdb")
    text = str(overflight.batch.__doc__)
    recipe = text[text.index("SELECT") : text.index(";", text.index("SELECT"))]
    rows = duckdb.sql(recipe.replace("judged.parquet", str(answer))).fetchall()
    flights: dict[str, set[int]] = defaultdict(set)
    for row in read(answer, "crossings"):
        if row["rules"]:
            flights[row["state"]].add(row["row"])
    assert {state: count for state, count, _ in rows} == {state: len(one) for state, one in flights.items()}
