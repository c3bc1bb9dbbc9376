"""`batch` and `check` read the same positions to the same flights, crossings, times, rules and remarks."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

import overflight as of
from overflight.batch import Settings, run
from overflight.batch.columns import columns_in
from overflight.routes import Route, read_routes
from tests.batches import DAY, read

T0 = 1761202800
"""2025-10-23, 07:00 UTC."""
FLIGHT = [(37.2615, 55.5915), (30.0, 53.9), (24.1, 52.2), (19.2556, 47.4369)]
"""Moscow to Budapest, a position an hour."""
FILE_WIDE = ("without a position left out", "of a single place left out", "none of several aircraft left out")
"""What `check` says of the file, and `batch` by its rejects."""
Row = tuple[float, str, float | None, float | None, bool | None]
"""Seconds, aircraft, longitude, latitude, whether on the ground."""


def flown(aircraft: str = "abc123", *, at: float = 0.0, there: Sequence[tuple[float, float]] = FLIGHT) -> list[Row]:
    return [(T0 + at + 3600.0 * i, aircraft, lon, lat, None) for i, (lon, lat) in enumerate(there)]


def between(a: tuple[float, float], b: tuple[float, float], part: float) -> tuple[float, float]:
    return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])


def dense(aircraft: str = "abc123", *, at: float = 0.0, steps: int = 60) -> list[Row]:
    """Fly the same way with a position a minute."""
    there = [between(a, b, k / steps) for a, b in itertools.pairwise(FLIGHT) for k in range(steps)]
    return [(T0 + at + 60.0 * i, aircraft, *place, False) for i, place in enumerate(there)]


def parked(aircraft: str, at: float, place: tuple[float, float], count: int = 5) -> list[Row]:
    return [(T0 + at + 60.0 * i, aircraft, *place, True) for i in range(count)]


def spiked() -> list[Row]:
    rows = dense()
    for i in (30, 31, 90):
        rows[i] = (*rows[i][:2], 10.0, 10.0, False)
    rows[50] = (*rows[50][:2], 0.0, 0.0, False)
    return rows


def landing() -> list[Row]:
    there, back = dense(steps=30), dense(at=30000.0, steps=30)
    ground = parked("abc123", 5400.0, FLIGHT[-1]) + parked("abc123", 29000.0, FLIGHT[0])
    return there + ground + back


CASES: dict[str, Callable[[], Sequence[Row]]] = {
    "one flight": flown,
    "a flight with spikes, and a position at 0,0": spiked,
    "two aircraft, interleaved": lambda: sorted(dense("aaaaaa") + dense("bbbbbb", at=300.0)),
    "a landing in between": landing,
    "a gap on the ground": lambda: parked("abc123", -9000.0, FLIGHT[0]) + dense(at=9000.0),
    "the newest first": lambda: dense()[::-1],
    "shuffled": lambda: random.Random(7).sample(  # noqa: S311 - no secret
        dense("aaaaaa") + flown("bbbbbb"), 184
    ),
    "a parked aircraft beside": lambda: dense() + parked("parked", 0.0, (5.0, 50.0)),
    "repeats": lambda: sorted([*dense(), *dense()[10:20], *dense()[10:12]]),
    "rows without a position": lambda: [*dense(), (T0 + 30.0, "abc123", None, None, None)],
    "jumps that nobody can tell apart": lambda: [
        (T0 + 60.0 * i, "abc123", lon, lat, None)
        for i, (lon, lat) in enumerate([(10.0, 50.0), (10.5, 50.0), (60.0, 10.0), (60.5, 10.0)])
    ],
    "over the turn of 2024, when Ukraine became a party": lambda: [
        (1735675200.0 + 3600.0 * i, "abc123", 30.0, lat, None) for i, lat in enumerate((59.0, 55.0, 50.0, 45.0))
    ],
    "over 180 degrees": lambda: flown(there=[(170.0, 60.0), (179.0, 61.0), (-175.0, 61.5), (-165.0, 61.0)]),
    "counts for times": lambda: [(float(i), "abc123", *place, None) for i, place in enumerate(FLIGHT)][::-1],
    "rows that name no aircraft": lambda: [
        (*row[:1], "" if i % 7 else "abc123", *row[2:]) for i, row in enumerate(dense())
    ],
}


def table_of(rows: Sequence[Row]) -> Any:
    when, aircraft, lon, lat, ground = zip(*rows, strict=True)
    columns = {"time": when, "icao24": aircraft, "lon": lon, "lat": lat, "onground": ground}
    kinds = {"icao24": pa.string(), "onground": pa.bool_()}
    return pa.table({name: pa.array(values, kinds.get(name, pa.float64())) for name, values in columns.items()})


def by_check(routes: Sequence[Route]) -> list[dict[str, Any]]:
    """Say of each flight what `check` says."""
    found = []
    for route in routes:
        case = of.Case.of(route, on=None if route.on else DAY, avoid="icc")
        found.append(
            {
                "points": len(route.waypoints),
                "on": case.on,
                "broken": sorted({f.rule for f in case.verdict.findings if f.status == "crosses"}),
                "crossings": [
                    (c.state.code, c.entry_km, c.exit_km, *_times(case, c), case.forbidden_by(c))
                    for c in case.verdict.crossings
                ],
                "remarks": [text for text in route.remarks if not any(said in text for said in FILE_WIDE)],
            }
        )
    return sorted(found, key=str)


def _times(case: of.Case, crossing: Any) -> tuple[Any, ...]:
    if case.schedule is None:
        return (None, None)
    return case.schedule.moment(crossing.entry_km), case.schedule.moment(crossing.exit_km)


def by_batch(given: Path, out: Path) -> list[dict[str, Any]]:
    """Say of each flight what `batch` says."""

    def settings_of(files: Any) -> Settings:
        return Settings(columns_in(files, {}, dated=True), DAY, avoid=("icc",), by_time=True)

    result = run([str(given)], out, settings_of)
    assert result.rows == pq.read_metadata(given).num_rows
    rows: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in read(out, "crossings"):
        rows.setdefault((row["file"], row["row"]), []).append(row)
    found = []
    for verdict in read(out, "verdicts"):
        inside = rows.get((verdict["file"], verdict["row"]), [])
        found.append(
            {
                "points": verdict["points"],
                "on": verdict["on"],
                "broken": verdict["rules"].split("; ") if verdict["rules"] else [],
                "crossings": [
                    (
                        *(row[name] for name in ("state", "entry_km", "exit_km", "entry_time", "exit_time")),
                        row["rules"].split("; ") if row["rules"] else [],
                    )
                    for row in inside
                ],
                "remarks": verdict["remarks"],
            }
        )
    return sorted(found, key=str)


def assert_alike(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    assert [(one["points"], one["on"], one["broken"]) for one in ours] == [
        (one["points"], one["on"], one["broken"]) for one in theirs
    ]
    for here, there in zip(ours, theirs, strict=True):
        assert here["remarks"] == there["remarks"]
        assert [(c[0], c[5]) for c in here["crossings"]] == [(c[0], c[5]) for c in there["crossings"]]
        for a, b in zip(here["crossings"], there["crossings"], strict=True):
            assert a[1:3] == pytest.approx(b[1:3], abs=1e-9)
            for when, then in zip(a[3:5], b[3:5], strict=True):
                assert (when is None) == (then is None)
                assert when is None or abs(when - then) < dt.timedelta(milliseconds=1)


@pytest.mark.parametrize("name", CASES)
def test_batch_says_of_a_table_what_check_says_of_it_as_parquet_and_as_csv(tmp_path: Path, name: str) -> None:
    table = table_of(CASES[name]())
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=50)
    pa.csv.write_csv(table, tmp_path / "a.csv")
    found = by_batch(tmp_path / "a.parquet", tmp_path / "out")
    assert_alike(found, by_check(read_routes(tmp_path / "a.parquet")))
    assert_alike(found, by_check(read_routes(tmp_path / "a.csv")))


def test_rows_that_name_no_aircraft_among_several_are_left_out_of_both(tmp_path: Path) -> None:
    rows = sorted([*dense("aaaaaa"), *dense("bbbbbb", at=300.0), *flown("", there=[(0.0, 1.0), (1.0, 2.0)])])
    pq.write_table(table_of(rows), tmp_path / "a.parquet")
    routes = read_routes(tmp_path / "a.parquet")
    assert routes[0].remarks[0] == "2 rows that name none of several aircraft left out"
    assert_alike(by_batch(tmp_path / "a.parquet", tmp_path / "out"), by_check(routes))
    assert [row["reason"] for row in read(tmp_path / "out", "rejects")] == ["null", "null"]


COLUMNS: dict[str, Callable[[str], dict[str, str | float]]] = {
    "callsign": lambda name: {"callsign": name},
    "flight_id beside addresses": lambda name: {"flight_id": name, "icao24": "abc123"},
    "fr24_id": lambda name: {"fr24_id": name},
    "id": lambda name: {"id": name},
    "track, of texts": lambda name: {"track": name},
    "track, of degrees": lambda name: {"track": float(len(name)), "hex": name},
    "route and callsign": lambda name: {"route": "R", "callsign": name},
    "registration, in capitals": lambda name: {"REGISTRATION": name},
    "nothing": lambda _: {},
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_the_same_columns_tell_flights_apart(tmp_path: Path, kind: str) -> None:
    both = dense("aaaa") + (dense("bbbbb", at=300.0) if kind != "nothing" else [])
    rows = [
        {"timestamp": dt.datetime.fromtimestamp(t, dt.UTC), "Longitude": x, "Latitude": y, **COLUMNS[kind](name)}
        for t, name, x, y, _ in sorted(both)
    ]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100)
    pa.csv.write_csv(table, tmp_path / "a.csv")
    found = by_batch(tmp_path / "a.parquet", tmp_path / "out")
    assert len(found) == (1 if kind == "nothing" else 2)
    assert_alike(found, by_check(read_routes(tmp_path / "a.parquet")))
    assert_alike(found, by_check(read_routes(tmp_path / "a.csv")))


def test_flights_are_whole_however_many_buckets_their_positions_are_sorted_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.batch.spool.POINTS_A_BUCKET", 90)
    rows = [row for i in range(8) for row in (landing() if i % 2 else spiked())]
    rows = [(when + 60.0 * i, f"a{i % 8}", lon, lat, ground) for i, (when, _, lon, lat, ground) in enumerate(rows)]
    rows += [(T0, "", 5.0, 5.0, None)]
    random.Random(3).shuffle(rows)  # noqa: S311 - no secret
    pq.write_table(table_of(rows), tmp_path / "a.parquet", row_group_size=100)
    assert_alike(by_batch(tmp_path / "a.parquet", tmp_path / "out"), by_check(read_routes(tmp_path / "a.parquet")))
    assert [row["reason"] for row in read(tmp_path / "out", "rejects")].count("null") == 1


def test_more_points_of_one_aircraft_than_can_be_held_are_refused_in_a_line_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.batch.running.MOST_IN_BUCKET", 150)
    monkeypatch.setattr("overflight.batch.spool.POINTS_A_BUCKET", 90)
    pq.write_table(table_of(dense()), tmp_path / "a.parquet", row_group_size=100)
    assert by_batch(tmp_path / "a.parquet", tmp_path / "out") == []
    refused = read(tmp_path / "out", "rejects")
    assert [(row["row"], row["rows"], row["reason"]) for row in refused] == [
        (0, 100, "too-many-points"),
        (100, 80, "too-many-points"),
    ]


def test_a_flight_of_too_many_points_is_refused_and_its_aircraft_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.batch.recorded.MAX_WAYPOINTS", 150)
    pq.write_table(table_of([*dense(), *dense(at=200_000.0, steps=40)]), tmp_path / "a.parquet")
    (found,) = by_batch(tmp_path / "a.parquet", tmp_path / "out")
    assert found["points"] == 120
    assert {row["reason"] for row in read(tmp_path / "out", "rejects")} == {"too-many-points"}


def test_what_is_left_out_is_refused_by_its_row_and_a_repeat_counts_as_judged(tmp_path: Path) -> None:
    rows = [*spiked(), spiked()[-1], spiked()[-1]]
    pq.write_table(table_of(rows), tmp_path / "a.parquet")
    by_batch(tmp_path / "a.parquet", tmp_path / "out")
    refused = {row["row"]: row["reason"] for row in read(tmp_path / "out", "rejects")}
    assert refused == {30: "jump", 31: "jump", 90: "jump", 50: "at-0-0"}


def test_each_crossing_is_judged_as_of_the_moment_of_its_entry(tmp_path: Path) -> None:
    """Ukraine became a party on 2025-01-01: of two stays there on one flight, the second is forbidden alone."""
    there = [(24.0, 53.0), (25.0, 51.0), (22.0, 51.0), (25.0, 50.0)]
    begin = dt.datetime(2024, 12, 31, 21, 30, tzinfo=dt.UTC).timestamp()
    rows: list[Row] = [(begin + 3600.0 * i, "abc123", *place, None) for i, place in enumerate(there)]
    pq.write_table(table_of(rows), tmp_path / "a.parquet")
    (found,) = by_batch(tmp_path / "a.parquet", tmp_path / "out")
    assert [rules for state, *_, rules in found["crossings"] if state == "UKR"] == [[], ["icc"]]
    assert_alike([found], by_check(read_routes(tmp_path / "a.parquet")))


POSITION = st.tuples(
    st.integers(0, 40).map(lambda n: 300.0 * n),
    st.sampled_from(["", "aaa", "bbb"]),
    st.sampled_from([None, 0.0, 20.0, 20.5, 21.0, 50.0]),
    st.sampled_from([0.0, 50.0, 50.5, 51.0, 10.0]),
    st.sampled_from([None, True, False]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(rows=st.lists(POSITION, min_size=3, max_size=25))
def test_batch_and_check_agree_on_anything(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    made: list[Row] = [(T0 + t, name, x, None if x is None else y, ground) for t, name, x, y, ground in rows]
    pq.write_table(table_of(made), folder / "a.parquet", row_group_size=10)
    found = by_batch(folder / "a.parquet", folder / "out")
    try:
        routes = read_routes(folder / "a.parquet")
    except of.OverflightError:
        assert found == []
        return
    assert_alike(found, by_check(routes))


def test_pairs_of_airports_are_the_same_flights_as_parquet_and_as_csv(tmp_path: Path) -> None:
    rows = [
        {"Flight": "A", "From": "Moscow / Vnukovo (VKO/UUWW)", "To": "Budapest (BUD/LHBP)"},
        {"Flight": "B", "From": "VKO", "To": "MSQ"},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    pa.csv.write_csv(pa.Table.from_pylist(rows), tmp_path / "a.csv")
    found = by_batch(tmp_path / "a.parquet", tmp_path / "out")
    assert len(found) == 2
    assert_alike(found, by_check(read_routes(tmp_path / "a.parquet")))
    assert_alike(found, by_check(read_routes(tmp_path / "a.csv")))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"lcl_time": ["07:00"], "lat": [1.0], "lon": [1.0]}, "times in 'lcl_time' are local: bring them to UTC"),
        ({"time": ["07:00"], "utcofst": ["+01:00"], "lat": [1.0], "lon": [1.0]}, "times in 'time' are local"),
        ({"time": ["07:00"], "lat": ["1,5"], "lon": [1.0]}, "latitudes must be numbers"),
    ],
)
def test_what_only_check_can_read_is_refused_in_one_line(tmp_path: Path, columns: dict[str, Any], told: str) -> None:
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(of.OverflightError, match=told):
        by_batch(tmp_path / "a.parquet", tmp_path / "out")


def test_points_of_geoparquet_are_refused_as_a_whole(tmp_path: Path) -> None:
    import geopandas as gpd
    from shapely.geometry import Point

    frame = gpd.GeoDataFrame({"time": [T0, T0 + 60]}, geometry=[Point(1, 2), Point(3, 4)], crs=4326)
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(of.OverflightError, match="'geometry' holds points: write them to columns lon and lat"):
        by_batch(tmp_path / "a.parquet", tmp_path / "out")
