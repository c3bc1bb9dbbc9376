"""The pure function behind `overflight batch`: the same answers as for one route, a reason for every row refused."""

from __future__ import annotations

import datetime as dt
import json
import struct
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

import overflight as of
from overflight.airspace import bloc
from overflight.batch import Columns, Judge, JudgedTable, Settings, judge
from overflight.batch.routes import REASONS
from overflight.batch.schema import CROSSINGS, REJECTS, VERDICTS, describe
from overflight.cli import main
from overflight.errors import UnknownStateError
from tests.batches import DAY, pairs, settings
from tests.test_crossings_many import drawn

LINES = Columns("lines", route="id", geometry="geometry")
T0 = 1761202800
"""2025-10-23, 07:00 UTC."""
POINTS = Columns("points", route="id", time="time", lon="lon", lat="lat")


def line(*points: tuple[float, float]) -> bytes:
    return bytes(shapely.to_wkb(shapely.LineString(points)))


def judge_lines(*shapes: bytes | None, **more: Any) -> JudgedTable:
    table = pa.table({"id": [f"r{k}" for k in range(len(shapes))], "geometry": pa.array(shapes, pa.binary())})
    return judge(table, Settings(columns=LINES, **{"on": DAY, "avoid": ("icc",), **more}))


def judge_pairs(start: Any, end: Any, **more: Any) -> JudgedTable:
    return judge(pa.table({"id": np.arange(len(start)), "from": start, "to": end}), settings(**more))


def refusals(found: JudgedTable) -> list[tuple[int, str]]:
    return [(row["row"], row["reason"]) for row in found.rejects.to_pylist()]


# The same as for one route --------------------------------------------------------------------------------------------


def assert_as_one_by_one(found: JudgedTable, routes: list[of.Route], days: list[dt.date]) -> None:
    crossings, verdicts = found.crossings.to_pylist(), found.verdicts.to_pylist()
    assert len(verdicts) == len(routes)
    at = 0
    for route, on, verdict in zip(routes, days, verdicts, strict=True):
        world, rule = of.load_airspaces(on=on), of.Avoid(bloc("icc").on(on))
        one = of.crossings(route, world)
        broken = [f for f in rule.findings(one, world) if f.status == "crosses"]
        forbidden = {id(c) for finding in broken for c in finding.crossings}
        for number, crossing in enumerate(one):
            row = crossings[at]
            at += 1
            assert row["order"] == number
            assert (row["state"], row["territory"], row["role"]) == (
                crossing.state.code,
                crossing.territory,
                crossing.role,
            )
            assert (row["entry_km"], row["exit_km"], row["length_km"]) == (
                crossing.entry_km,
                crossing.exit_km,
                crossing.length_km,
            )
            assert (row["entry_lon"], row["entry_lat"]) == crossing.entry
            assert (row["exit_lon"], row["exit_lat"]) == crossing.exit
            assert row["disputed"] == crossing.disputed
            assert row["claimants"] == (" ".join(crossing.claimants) or None)
            assert row["rules"] == ("icc" if id(crossing) in forbidden else None)
        assert verdict["on"] == on
        assert verdict["status"] == ("crosses" if broken else "not-entered")
        assert verdict["rules"] == ("icc" if broken else None)
        assert verdict["states"] == [state.code for state in one.states_km]
        assert verdict["high_seas_km"] == one.high_seas_km
        assert verdict["crossings"] == len(one)
        assert verdict["points"] == len(route.waypoints)
        assert verdict["length_km"] == pytest.approx(route.length_km, rel=1e-12)
        inside = sum(c.length_km for c in one if id(c) in forbidden)
        assert verdict["forbidden_km"] == pytest.approx(inside, rel=1e-12)
    assert at == len(crossings)


def test_pairs_are_judged_as_check_judges_each() -> None:
    table = pairs(100)
    routes = [of.great_circle(a, b) for a, b in zip(table["from"].to_pylist(), table["to"].to_pylist(), strict=True)]
    assert_as_one_by_one(judge(table, settings()), routes, [DAY] * len(routes))


@pytest.mark.slow
def test_lines_of_every_kind_are_judged_as_check_judges_each() -> None:
    points = drawn(160)
    routes = [of.Route(tuple(of.Waypoint(*p) for p in one)) for one in points]
    assert_as_one_by_one(judge_lines(*(line(*one) for one in points)), routes, [DAY] * len(routes))


def test_each_row_is_judged_on_its_own_date() -> None:
    table = pairs(100)
    rng = np.random.default_rng(3)
    days = [dt.date(1990, 1, 1) + dt.timedelta(days=int(n)) for n in rng.integers(0, 15_000, 100)]
    columns = Columns("pairs", route="id", start="from", end="to", date="day", texts=False)
    found = judge(table.append_column("day", [days]), settings(columns=columns))
    routes = [of.great_circle(a, b) for a, b in zip(table["from"].to_pylist(), table["to"].to_pylist(), strict=True)]
    assert_as_one_by_one(found, routes, days)


def test_flags_are_those_of_the_json_of_check(capsys: pytest.CaptureFixture[str]) -> None:
    found = judge_pairs(["VKO", "CPH"], ["BUD", "SFJ"]).crossings.to_pylist()
    for start, end, number in (("VKO", "BUD", 0), ("CPH", "SFJ", 1)):
        with pytest.raises(SystemExit):
            main(["check", start, end, "--avoid", "icc", "--on", "2025-10-23", "-f", "json"])
        (route,) = json.loads(capsys.readouterr().out)["routes"]
        rows = [row for row in found if row["row"] == number]
        assert [(row["blocs"] or "").split() for row in rows] == [one["blocs"] for one in route["crossings"]]
        assert [row["disputed"] for row in rows] == [one["disputed"] for one in route["crossings"]]


def test_consents_and_several_rules() -> None:
    (verdict,) = judge_pairs(["VKO"], ["BUD"], avoid=("icc", "UKR | BLR"), allow=("POL", "SVK")).verdicts.to_pylist()
    assert verdict["rules"] == "icc; UKR | BLR"
    rows = judge_pairs(["VKO"], ["BUD"], avoid=("icc", "UKR | BLR"), allow=("POL", "SVK")).crossings.to_pylist()
    rules = {row["state"]: row["rules"] for row in rows}
    assert rules["POL"] is None
    assert (rules["UKR"], rules["BLR"], rules["HUN"]) == ("icc; UKR | BLR", "UKR | BLR", "icc")
    inside = sum(row["length_km"] for row in rows if row["rules"])
    assert verdict["forbidden_km"] == pytest.approx(inside)


def test_without_a_rule_there_is_no_status() -> None:
    (verdict,) = judge_pairs(["VKO"], ["BUD"], avoid=()).verdicts.to_pylist()
    assert verdict["status"] is None


def test_marginal_says_what_check_says() -> None:
    near = [((28.0, 52.0), (29.0, 53.0)), ((27.0, 56.2), (30.5, 56.0)), ((60.0, 60.0), (70.0, 60.0))]
    near += [((31.55, 52.9), (31.9 + k / 10, 52.4)) for k in range(3)]
    found = judge_lines(*(line(*one) for one in near), marginal=True).verdicts["status"].to_pylist()
    world, rule = of.load_airspaces(on=DAY), of.Avoid(bloc("icc").on(DAY))
    assert found == [of.check(of.route(*one), world, rules=[rule]).status for one in near]
    assert {"clear"} <= set(found)
    far = judge_lines(line((39.0, 55.0), (44.0, 56.0)), marginal=True, margin_km=900.0)
    assert far.verdicts["status"].to_pylist() == ["marginal"]


# Rows that are no routes ----------------------------------------------------------------------------------------------


def test_every_row_is_judged_or_refused_with_its_reason() -> None:
    good, far, swapped = line((179.0, 60.0), (-179.0, 61.0)), line((541.0, 0.0), (0.0, 0.0)), line((20.0, 95.0), (0, 0))
    parts = shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]])
    crossing = shapely.MultiLineString([[(170, 64), (180, 66)], [(-180, 66), (-170, 64)]])
    shapes = [
        good,
        None,
        b"",
        b"\x01\x02\x00\x00\x00\xff\xff\xff\x7f",
        struct.pack("<bIIdddd", 1, 2, 2, 3.0, float("nan"), 5.0, 6.0),
        far,
        swapped,
        line((0.0, 0.0), (180.0, 0.0)),
        line((5.0, 5.0), (5.0, 5.0)),
        shapely.to_wkb(shapely.Point(1, 2)),
        shapely.to_wkb(shapely.LineString()),
        shapely.to_wkb(parts),
        shapely.to_wkb(crossing),
        struct.pack("<bIIdd", 1, 2, 1, 3.0, 4.0),
    ]
    found = judge_lines(*shapes)
    assert refusals(found) == [
        (1, "null"),
        (2, "bad-geometry"),
        (3, "bad-geometry"),
        (4, "not-a-number"),
        (5, "off-the-earth"),
        (6, "off-the-earth"),
        (7, "antipodal"),
        (8, "no-length"),
        (9, "bad-geometry"),
        (10, "too-few-points"),
        (11, "bad-geometry"),
        (13, "bad-geometry"),
    ]
    assert found.verdicts["row"].to_pylist() == [0, 12]
    assert found.rows + found.rejects.num_rows == len(shapes)
    assert all(row["detail"] for row in found.rejects.to_pylist())


def test_a_line_cut_at_180_degrees_is_the_line() -> None:
    cut = shapely.MultiLineString([[(170, 64), (180, 66)], [(-180, 66), (-170, 64)]])
    a = judge_lines(bytes(shapely.to_wkb(cut))).crossings
    b = judge_lines(line((170, 64), (180, 66), (190, 64))).crossings
    assert a.equals(b)
    assert a.num_rows


def test_places_are_found_as_check_finds_them() -> None:
    start = ["vko", " UUWW ", "55.5915,37.2615", "5536N03716E", "Q0Q", None, "", "x" * 5000, "VKO", "VKO", "1,2,3"]
    end = ["BUD"] * 8 + ["VKO", None, "BUD"]
    found = judge_pairs(start, end)
    assert found.verdicts["row"].to_pylist() == [0, 1, 2, 3]
    assert dict(refusals(found)) == {
        4: "unknown-place",
        5: "null",
        6: "unknown-place",
        7: "unknown-place",
        8: "no-length",
        9: "null",
        10: "unknown-place",
    }
    assert max(len(row["detail"]) for row in found.rejects.to_pylist()) < 100


def test_dates_are_read_from_many_types() -> None:
    day = dt.date(2024, 1, 31)
    for values in (
        pa.array([day, None]),
        pa.array([np.datetime64("2024-01-31T23:59", "ns"), None], pa.timestamp("ns")),
        pa.array([dt.datetime(2024, 1, 31, 23, 59, tzinfo=dt.UTC), None], pa.timestamp("ms", "UTC")),
        pa.array(["2024-01-31", "31.1.2024"]),
        pa.array(["2024-01-31T23:59:59Z", "2024-02-30"]).dictionary_encode(),
    ):
        table = pa.table({"id": [1, 2], "from": ["VKO", "VKO"], "to": ["BUD", "BUD"], "day": values})
        columns = Columns("pairs", route="id", start="from", end="to", date="day", texts=False)
        found = judge(table, settings(columns=columns))
        assert found.verdicts["on"].to_pylist() == [day]
        assert refusals(found) == [(1, "bad-date")]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())])
def test_texts_of_every_type_are_codes(kind: Any) -> None:
    start, end = pa.array(["VKO", "SVO"]).cast(kind), pa.array(["BUD", "BUD"]).cast(kind)
    assert judge_pairs(start, end).crossings.equals(judge_pairs(["VKO", "SVO"], ["BUD", "BUD"]).crossings)


@pytest.mark.parametrize("wide", [2, 3])
def test_geoarrow_lines_are_lines(wide: int) -> None:
    points = [[(37.0, 55.0), (19.0, 47.0)], [(0.0, 0.0), (5.0, 5.0), (5.0, 9.0)]]
    plain = judge_lines(*(line(*one) for one in points)).crossings
    structs = pa.array([[{"x": x, "y": y} for x, y in one] for one in points])
    listed = pa.array([[[x, y, 9.9][:wide] for x, y in one] for one in points], pa.list_(pa.list_(pa.float64(), wide)))
    for array in (structs, listed):
        table = pa.table({"id": ["r0", "r1"], "geometry": array})
        assert judge(table, Settings(columns=LINES, on=DAY, avoid=("icc",))).crossings.equals(plain)


def test_duplicate_ids_are_told_apart_by_their_rows() -> None:
    table = pa.table({"id": [7, 7], "from": ["VKO", "CDG"], "to": ["BUD", "JFK"]})
    found = judge(table, settings(), file=3, first_row=100)
    assert found.verdicts.select(["file", "row", "route"]).to_pylist() == [
        {"file": 3, "row": 100, "route": 7},
        {"file": 3, "row": 101, "route": 7},
    ]


# Points ---------------------------------------------------------------------------------------------------------------


def test_points_make_routes_in_the_order_of_time_and_crossings_have_times() -> None:
    table = pa.table(
        {
            "id": ["b", "a", "b", "a", "a"],
            "time": [T0 + 600, T0 + 1200, T0, T0, T0 + 3600],
            "lon": pa.array([Decimal("25.00"), Decimal("37.26"), Decimal("24.96"), Decimal("36.00"), Decimal("40.00")]),
            "lat": [59.0, 55.59, 60.32, 55.0, 60.0],
        }
    )
    found = judge(table, Settings(columns=POINTS, on=DAY, avoid=("icc",)))
    assert found.verdicts.select(["route", "row", "points"]).to_pylist() == [
        {"route": "b", "row": 2, "points": 2},
        {"route": "a", "row": 3, "points": 3},
    ]
    one = of.crossings(of.route((24.96, 60.32), (25.0, 59.0)), of.load_airspaces(on=DAY))
    rows = [row for row in found.crossings.to_pylist() if row["route"] == "b"]
    assert [row["exit_km"] for row in rows] == [crossing.exit_km for crossing in one]
    start = dt.datetime.fromtimestamp(T0, dt.UTC)
    for row, crossing in zip(rows, one, strict=True):
        for when, km in ((row["entry_time"], crossing.entry_km), (row["exit_time"], crossing.exit_km)):
            assert (when - start).total_seconds() == pytest.approx(600 * km / one.length_km, abs=1e-5)


def test_a_bad_point_is_refused_alone_and_a_route_of_one_point_whole() -> None:
    table = pa.table(
        {
            "id": ["a", "a", "a", "b", None, "c", "c", "d", "d"],
            "time": ["2025-01-01 10:00", "noon", "2025-01-01T11:00Z", *["2025-01-01 10:00"] * 6],
            "lon": [10.0, 11.0, 12.0, 1.0, 1.0, None, 4.0, 5.0, 5.0],
            "lat": [50.0, 50.0, 50.0, 1.0, 1.0, 2.0, float("inf"), 5.0, 5.0],
        }
    )
    found = judge(table, Settings(columns=POINTS, on=DAY, avoid=("icc",), by_time=True))
    assert dict(refusals(found)) == {
        1: "bad-time",
        3: "too-few-points",
        4: "null",
        5: "null",
        6: "not-a-number",
        7: "no-length",
        8: "no-length",
    }
    assert found.verdicts.select(["route", "points", "on"]).to_pylist() == [
        {"route": "a", "points": 2, "on": dt.date(2025, 1, 1)}
    ]
    assert found.rows + found.rejects.num_rows == table.num_rows


# The form of the answer -----------------------------------------------------------------------------------------------


def test_schemas_hold_for_any_input_even_none() -> None:
    some, none = judge(pairs(50), settings()), judge(pairs(0), settings())
    for name, columns in (("crossings", CROSSINGS), ("verdicts", VERDICTS), ("rejects", REJECTS)):
        assert getattr(some, name).column_names == [column.name for column in columns]
        assert getattr(some, name).schema == getattr(none, name).schema
        assert getattr(none, name).num_rows == 0
        assert all(column.means for column in columns)
    assert all(name in describe() for name in ("crossings", "entry_km", "settled", "reason"))


def test_what_maps_functions_over_tables_gets_plain_columns() -> None:
    table = pairs(64)
    whole = Judge(settings(), "verdicts")(table)
    parts = list(Judge(settings(), "verdicts").batches(table.to_batches(max_chunksize=16)))
    assert pa.Table.from_batches(parts).equals(whole)
    assert whole.schema == Judge(settings(), "verdicts").schema
    assert {"file", "row"}.isdisjoint(whole.column_names)


def test_every_reason_is_told() -> None:
    assert all(REASONS.values())


def test_a_margin_needs_marginal() -> None:
    with pytest.raises(of.OverflightError, match="marginal"):
        settings(margin_km=5.0)


def test_a_rule_set_that_cannot_be_read_is_told_at_once() -> None:
    with pytest.raises(UnknownStateError, match="iccc"):
        settings(avoid=("iccc",))


def test_rows_that_are_no_place_are_not_compared_with_every_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from overflight.batch.values import places_of

    monkeypatch.setattr("overflight.routes.places._nearest", lambda *_: pytest.fail("names were gone through"))
    wrong = [
        "9..1,37.1",
        "1.2.3,4",
        ".,.",
        "+.,-.",
        "123N0123E",
        "99N999E",
        "9961N00000E",
        "5530N037E",
        "95,37",
        "55,999",
    ]
    right = ["55.5,37", ".5,+.5", "55.,-37.25", "5530N03715E", "55n037e"]
    _, found, _, _ = places_of(pa.chunked_array([wrong + right]))
    assert found.tolist() == [2] * len(wrong) + [0] * len(right) + [1]
