"""The price of an airspace: who is affected by a closure, and what the detours come to, against detours one by one."""

from __future__ import annotations

import datetime as dt
import functools
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import overflight as of
from overflight.batch import Columns, Settings
from overflight.batch.pools import Pool
from overflight.costs import Figure, aircraft
from overflight.detours.many import Shortest, Ways
from overflight.errors import OverflightError
from overflight.pricing import Price
from overflight.pricing.searching import Makers, Terms, work
from tests.commands import Run, rows_of

DAY = dt.date(2025, 10, 23)
ROWS: list[tuple[str, str, str, int, str]] = [
    ("FRA", "VIE", "2025-10-23", 1, ""),
    ("FRA", "VIE", "2025-10-23", 2, "narrow-body"),
    ("FRA", "VIE", "2025-10-24", 4, "wide-body"),
    ("MUC", "WRO", "2025-10-24", 1, ""),
    ("FRA", "PRG", "2025-10-23", 8, ""),
    ("FRA", "ZRH", "2025-10-23", 16, ""),
    ("FRA", "Q0Q", "2025-10-23", 32, ""),
]
"""From, to, day, flights, aircraft: around Czechia, into it, past it, and to nowhere."""


def table(rows: list[tuple[str, str, str, int, str]] = ROWS) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("from", "to", "date", "flights", "aircraft"), map(list, columns), strict=True)))


@pytest.fixture(scope="module")
def priced() -> Price:
    return of.price(table(), without="CZE")


@pytest.fixture(scope="module")
def detours() -> dict[str, float]:
    """How much longer each detour is, by `of.detour`, which knows nothing of prices."""
    found = {}
    for start, end in (("FRA", "VIE"), ("MUC", "WRO")):
        route = of.detour(start, end, avoid=(), never="CZE", on=DAY)
        assert route is not None
        found[f"{start}-{end}"] = route.length_km - of.great_circle(start, end).length_km
    return found


def test_all_flights_are_counted_and_a_place_that_is_none_is_refused(priced: Price) -> None:
    assert priced.flights == 1 + 2 + 4 + 1 + 8 + 16
    assert priced.refused == {"unknown-place": 1}


def test_flights_that_enter_are_affected_and_those_that_land_there_stand_apart(priced: Price) -> None:
    total = priced.total
    assert (total.affected, total.detours, total.ends_there) == (1 + 2 + 4 + 1 + 8, 1 + 2 + 4 + 1, 8)
    assert (total.closed_off, total.not_found) == (0, 0)


def test_the_sum_is_that_of_detours_one_by_one(priced: Price, detours: dict[str, float]) -> None:
    expected = 7 * detours["FRA-VIE"] + detours["MUC-WRO"]
    assert priced.total.km.typical == pytest.approx(expected, abs=1e-6)
    assert 0.0 < priced.total.km.low <= expected
    assert priced.total.km.low == pytest.approx(expected, rel=0.05)


def test_time_and_fuel_are_those_of_the_aircraft_that_flies(priced: Price, detours: dict[str, float]) -> None:
    narrow, wide = aircraft("narrow-body"), aircraft("wide-body")
    hours = [
        (3 * detours["FRA-VIE"] + detours["MUC-WRO"]) / narrow.speed_kmh.typical,
        4 * detours["FRA-VIE"] / wide.speed_kmh.typical,
    ]
    fuel_kg = 60.0 * (hours[0] * narrow.burn_kg_min.typical + hours[1] * wide.burn_kg_min.typical)
    assert priced.total.time_min.typical == pytest.approx(60.0 * sum(hours), rel=1e-6)
    assert priced.total.fuel_t.typical == pytest.approx(fuel_kg / 1000.0, rel=1e-6)
    assert priced.total.co2_t.typical == pytest.approx(3.16 * fuel_kg / 1000.0, rel=1e-6)


def test_days_and_states_add_up(priced: Price, detours: dict[str, float]) -> None:
    days = {one.what: one for one in priced.by_day()}
    assert {day: one.affected for day, one in days.items()} == {"2025-10-23": 11, "2025-10-24": 5}
    assert days["2025-10-23"].km.typical == pytest.approx(3 * detours["FRA-VIE"], abs=1e-6)
    (czechia,) = priced.by_state()
    assert (czechia.what, czechia.affected, czechia.km) == ("CZE", priced.total.affected, priced.total.km)
    assert [one.what for one in priced.by_state_and_day()] == ["CZE 2025-10-23", "CZE 2025-10-24"]


def test_pairs_are_searched_for_once_whatever_the_day_and_the_aircraft(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    search = Ways.between

    def counted(ways: Ways, direct: of.Route) -> Shortest:
        asked.append(direct.label)
        return search(ways, direct)

    monkeypatch.setattr(Ways, "between", counted)
    of.price(table(ROWS[:3] + ROWS[4:5]), without="CZE")
    assert sorted(asked) == ["FRA-PRG", "FRA-VIE"]


def test_each_state_of_a_bloc_is_closed_by_itself() -> None:
    found = of.price(["FRA-VIE", "FRA-PRG"], without="CZE | POL", each=True, on=DAY)
    czechia, poland = found.totals()
    assert (czechia.what, czechia.detours, czechia.ends_there) == ("CZE", 1, 1)
    assert (poland.what, poland.affected, poland.km) == ("POL", 0, Figure.exactly(0.0))


def test_nothing_is_affected_where_nothing_is_entered() -> None:
    found = of.price([("FRA", "ZRH")], without="POL", on=DAY)
    assert (found.flights, found.rows, found.total.affected) == (1, (), 0)
    assert found.to_frame().empty


def test_a_place_that_is_closed_in_has_no_way_left_and_is_counted() -> None:
    found = of.price([("45.42,11.32", "43.94,12.45"), ("46.0,12.0", "43.94,12.45")], without="ITA", on=DAY)
    assert found.total.ends_there == 2  # San Marino lies in Italy, and so do both starts
    vatican = of.price([("43.94,12.45", "41.903,12.4534")], without="ITA", on=DAY).total
    assert (vatican.affected, vatican.closed_off, vatican.km.typical) == (1, 1, 0.0)


def test_what_holds_anyway_holds_before_and_after() -> None:
    (row,) = of.price([("FRA", "BUD")], without="CZE", avoid=["AUT"], on=DAY).rows
    before = of.detour("FRA", "BUD", avoid="AUT", on=DAY)
    after = of.detour("FRA", "BUD", avoid="AUT", never="CZE", on=DAY)
    assert before is not None
    assert after is not None
    assert (row.before.length_km, row.states) == (before.length_km, ("CZE",))
    assert row.extra_km.typical == pytest.approx(after.length_km - before.length_km, abs=1e-9)
    assert row.extra_km.low <= row.extra_km.typical <= row.extra_km.high
    barred = of.price([("FRA", "PRG")], without="POL", never=["CZE"], on=DAY)
    assert (barred.flights, barred.grounded, barred.total.affected) == (1, 1, 0)


def test_a_line_is_affected_by_where_it_was_flown_and_pays_no_less_than_nothing() -> None:
    # by way of Prague though the great circle to Zurich does not go there
    found = of.price([("FRA", "PRG", "ZRH")], without="CZE", on=DAY)
    assert (found.total.detours, found.total.km.typical) == (1, 0.0)


def test_a_frame_has_figures_of_one_flight(priced: Price, detours: dict[str, float]) -> None:
    frame = priced.to_frame()
    assert int(frame["flights"].sum()) == priced.total.affected
    vienna = frame[frame["route"] == "FRA-VIE"]
    assert vienna["extra_km_typical"].to_numpy() == pytest.approx([detours["FRA-VIE"]] * 2, abs=1e-6)
    assert set(frame["outcome"]) == {"detour", "ends-there"}
    assert frame[frame["outcome"] == "ends-there"]["after_km"].isna().all()


def test_others_who_search_find_the_same(priced: Price, monkeypatch: pytest.MonkeyPatch) -> None:
    # threads stand for processes and for the workers of a cluster, which are handed the same calls
    monkeypatch.setattr(Makers, "pool", lambda *_: Pool(2))
    monkeypatch.setattr("overflight.pricing.searching.CHUNK", 1)
    assert of.price(table(), without="CZE").to_dict() == priced.to_dict()


def test_what_is_handed_to_others_can_be_sent() -> None:
    settings = Settings(Columns("pairs", start="from", end="to"), DAY)
    call = functools.partial(work, Terms(settings, 1.852).closing("CZE"), 0, [of.great_circle("FRA", "VIE")])
    sent = pickle.loads(pickle.dumps(call))  # noqa: S301 - what was pickled here
    assert pickle.loads(pickle.dumps(sent())) == call()  # noqa: S301


def test_files_answer_as_frames_do(tmp_path: Path, priced: Price) -> None:
    pq.write_table(table(), tmp_path / "flights.parquet", row_group_size=2)
    found = of.price(tmp_path / "flights.parquet", without="CZE")
    assert found.to_dict() == priced.to_dict()
    assert of.price(table().to_pandas(), without="CZE").total == priced.total


@pytest.mark.parametrize(
    ("flights", "more", "said"),
    [
        (["FRA-VIE"], {"without": "CZE"}, "a day"),
        (["FRA-VIE"], {"without": "Nowhere", "on": DAY}, "Nowhere"),
        (["FRA-VIE"], {"without": "CZE", "on": DAY, "aircraft": "zeppelin"}, "zeppelin"),
        (pa.table({"time": [1], "lon": [1.0], "lat": [2.0]}), {"without": "CZE", "on": DAY}, "pairs"),
        (pa.table({"from": ["FRA"], "to": ["VIE"], "flights": [1.5]}), {"without": "CZE", "on": DAY}, "flights"),
    ],
)
def test_bad_input_is_refused_in_a_line_that_names_it(flights: object, more: dict[str, Any], said: str) -> None:
    with pytest.raises(OverflightError, match=said):
        of.price(flights, **more)


def test_a_number_of_flights_that_is_none_is_refused_and_counted() -> None:
    counts = pa.table({"from": ["FRA"] * 4, "to": ["VIE"] * 4, "flights": pa.array([2, None, -1, 0], pa.int64())})
    found = of.price(counts, without="POL", on=DAY)
    assert (found.flights, found.refused) == (2, {"bad-count": 2})


def test_an_aircraft_that_nobody_knows_flies_as_the_default_and_is_told() -> None:
    one = pa.table({"from": ["FRA"], "to": ["VIE"], "aircraft": ["D-AIPC?"]})
    found = of.price(one, without="CZE", on=DAY)
    assert found.rows[0].aircraft == "narrow-body"
    assert found.facts["aircraft_not_known"] == {"D-AIPC?": 1}


def test_the_command_prints_the_sums_and_says_what_they_come_to(run: Run, tmp_path: Path, priced: Price) -> None:
    pq.write_table(table(), tmp_path / "in.parquet")
    status, out, err = run("batch", str(tmp_path / "in.parquet"), "--without", "CZE")
    rows = rows_of(out)
    assert status == 1  # a row was refused
    assert [(row["by"], row["what"], row["flights"]) for row in rows] == [
        ("closed", "CZE", "16"),
        ("day", "2025-10-23", "11"),
        ("day", "2025-10-24", "5"),
    ]
    assert float(rows[0]["km"]) == round(priced.total.km.typical, 1)
    assert "Without Czechia: 16 of 32 flights are affected." in err
    assert "8 flights depart or land there." in err
    assert "1 unknown-place" in err


def test_the_command_writes_what_the_ending_says(run: Run, tmp_path: Path, priced: Price) -> None:
    pq.write_table(table(), tmp_path / "in.parquet")
    asked = ("batch", str(tmp_path / "in.parquet"), "--without", "CZE", "--threads", "1")
    for name in ("out.parquet", "out.json", "out.html"):
        assert run(*asked, "-o", str(tmp_path / name))[0] == 1
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    found = sum(row["flights"] * (row["extra_km_typical"] or 0.0) for row in rows)
    assert found == pytest.approx(priced.total.km.typical, abs=1e-6)
    assert all(row["bound_km"] <= row["after_km"] for row in rows if row["outcome"] == "detour")
    document = json.loads((tmp_path / "out.json").read_text())
    assert document["totals"] == priced.to_dict()["totals"]
    page = (tmp_path / "out.html").read_text()
    assert "Without Czechia" in page
    assert "MUC-WRO without CZE: 101 km longer; 1 flight." in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--without", "CZE", "--without-each", "eu"), "give one"),
        (("--without", "CZE", "-o", "folder"), ".parquet"),
        (("--without", "CZE", "-o", "a.html", "--map", "b.html"), "both"),
        (("--without", "Nowhere"), "Nowhere"),
    ],
)
def test_the_command_refuses_what_it_cannot_do_in_one_line(
    run: Run, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    pq.write_table(table(ROWS[:1]), tmp_path / "in.parquet")
    status, _, err = run("batch", str(tmp_path / "in.parquet"), *options)
    assert status == 2
    assert said in err.splitlines()[-1]


def test_the_page_about_it_says_what_its_example_prints(capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(of.__file__).parents[2] / "docs" / "price.md"
    (example,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    exec(example, {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.splitlines() == re.findall(r"  # ([\d. ]+)$", example, re.MULTILINE)
