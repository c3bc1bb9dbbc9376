"""Recorded flights, from an archive of mixed positions to crossings, against an answer found by sampling polygons."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from overflight._crossings import crossings
from overflight.airspace import load_airspaces
from overflight.batch import Columns, Settings, run
from overflight.routes import read_routes
from tests.batches import DAY, read
from tests.oracles.polygons import PolygonOracle

FLIGHTS = Path(__file__).parent / "data" / "flights.parquet"
STEP_M = 20.0
APART_KM = 0.001
"""What entries and exits may differ by: the oracle bisects to 5 cm, on chords of its own."""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tracks") / "out"
    columns = Columns("points", route="flight", time="time", lon="lon", lat="lat")
    result = run([str(FLIGHTS)], out, Settings(columns, DAY, avoid=("icc",), by_time=True))
    rows = pq.read_metadata(FLIGHTS).num_rows
    assert (result.rows, result.judged + result.refused) == (rows, rows)
    return out


def recorded() -> dict[str, list[tuple[Any, float, float]]]:
    """Read the flights in plain Python: positions that are there, by flight, in the order of time."""
    found: dict[str, list[tuple[Any, float, float]]] = defaultdict(list)
    for row in pq.read_table(FLIGHTS).to_pylist():
        if row["lon"] is not None and row["lat"] is not None:
            found[row["flight"]].append((row["time"], row["lon"], row["lat"]))
    return {name: sorted(points, key=lambda one: one[0]) for name, points in found.items()}


def kept(stay: list[Any]) -> set[Any]:
    """Return which moments at one place count: the first and the last; of a long stay, one every five minutes."""
    begin, end = stay[0], stay[-1]
    spans = itertools.groupby(stay, key=lambda when: (when - begin) // dt.timedelta(minutes=5))
    heard = [next(span) for _, span in spans] if end - begin > dt.timedelta(minutes=10) else []
    silent = [a for a, b in itertools.pairwise(stay) if b - a > dt.timedelta(minutes=10)]
    return {begin, end, *heard, *silent}


def test_every_flight_is_judged_on_the_day_it_began_and_positions_that_are_none_are_refused(answer: Path) -> None:
    flights = recorded()
    verdicts = {row["route"]: row for row in read(answer, "verdicts")}
    assert set(verdicts) == set(flights)
    for name, points in flights.items():
        stays = [list(stay) for _, stay in itertools.groupby(points, key=lambda one: one[1:])]
        assert verdicts[name]["points"] == sum(len(kept([when for when, *_ in stay])) for stay in stays)
        assert verdicts[name]["on"] == points[0][0].date()
    refused = read(answer, "rejects")
    table = pq.read_table(FLIGHTS)
    assert {row["row"] for row in refused} == {k for k, lon in enumerate(table["lon"].to_pylist()) if lon is None}
    assert {row["reason"] for row in refused} == {"null"}


@pytest.mark.slow
def test_crossings_of_recorded_flights_are_those_of_the_slow_oracle(answer: Path) -> None:
    world = load_airspaces()
    oracle = PolygonOracle(world)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read(answer, "crossings"):
        rows[row["route"]].append(row)
    names = sorted(recorded())[::15]
    borders = 0
    for name in names:
        points = [(lon, lat) for _, lon, lat in recorded()[name]]
        crossings: list[tuple[str, float, float]] = []
        for piece, start, end in oracle.crossings(points, step_m=STEP_M):
            label = world.pieces[piece]
            if label.state is None and not label.claimants:
                continue
            code = f"{label.state} {label.territory} {label.disputed}"
            if crossings and crossings[-1][0] == code and crossings[-1][2] == start:
                crossings[-1] = (code, crossings[-1][1], end)
            else:
                crossings.append((code, start, end))
        found = [(f"{r['state']} {r['territory']} {r['disputed']}", r["entry_km"], r["exit_km"]) for r in rows[name]]
        assert [code for code, *_ in found] == [code for code, *_ in crossings], name
        for (_, entry_km, exit_km), (_, start, end) in zip(found, crossings, strict=True):
            assert entry_km == pytest.approx(start / 1000.0, abs=APART_KM)
            assert exit_km == pytest.approx(end / 1000.0, abs=APART_KM)
        borders += len(crossings) - 1
    assert borders > 20


def test_times_at_borders_lie_between_the_positions_around_them(answer: Path) -> None:
    flights = recorded()
    for row in read(answer, "crossings"):
        first, last = flights[row["route"]][0][0], flights[row["route"]][-1][0]
        entry, leaving = (row[name].replace(tzinfo=None) for name in ("entry_time", "exit_time"))
        assert first <= entry <= leaving <= last
        if row["entry_km"] == 0.0:
            assert entry == first


def test_check_reads_the_same_flights_of_the_same_file(answer: Path) -> None:
    crossed: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for row in read(answer, "crossings"):
        crossed[row["route"]].append((row["state"], row["entry_km"], row["exit_km"]))
    days = {row["route"]: row["on"] for row in read(answer, "verdicts")}
    world = load_airspaces()
    flights = {route.label: route for route in read_routes(FLIGHTS)}
    assert set(flights) == set(days)
    for name, route in flights.items():
        assert route.on == days[name]
        found = [(c.state.code, c.entry_km, c.exit_km) for c in crossings(route, world)]
        assert [state for state, _, _ in found] == [state for state, _, _ in crossed[name]]
        for (_, *here), (_, *there) in zip(found, crossed[name], strict=True):
            assert here == pytest.approx(there, abs=1e-6)
