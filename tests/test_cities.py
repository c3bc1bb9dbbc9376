"""Cities by name, in all scripts; the city of an airport; large cities to go by on a map."""

from __future__ import annotations

import contextlib
import json
import os
import pty
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.airspace.states import DATA
from overflight.cli.places import settled
from overflight.errors import ProposalError, UnknownPlaceError
from overflight.routes.airports import airport
from overflight.routes.choices import choice_of
from overflight.routes.cities import big_cities, city_of, named_in
from overflight.routes.files import parse_bytes
from overflight.routes.folding import folded
from overflight.routes.gazetteer import known_as, served
from overflight.routes.naming import meant
from overflight.routes.places import Waypoint, by_name, coded, place
from overflight.routes.typed import places_in
from tests.commands import Run


@pytest.mark.parametrize(
    ("code", "city"),
    [
        ("VKO", "Moscow"), ("UUWW", "Moscow"), ("BUD", "Budapest"), ("LHR", "London"), ("STN", "London"),
        ("EWR", "Newark"), ("CGN", "Cologne"), ("MUC", "Munich"), ("ZRH", "Zurich"), ("DSS", "Dakar"),
        ("BRU", "Brussels"), ("CRL", "Charleroi"), ("BGY", "Bergamo"), ("EZE", "Buenos Aires"), ("KBP", "Kyiv"),
        ("YUL", "Montreal"), ("ISL", "Istanbul"), ("TXL", "Berlin"), ("KIV", "Chisinau"),
        ("BSL", "Basel"), ("GVA", "Geneva"), ("PVG", "Shanghai"),
    ],
)  # fmt: skip
def test_an_airport_is_of_the_city_that_it_serves(code: str, city: str) -> None:
    assert city_of(code) == city


def test_a_waypoint_is_in_a_city_if_it_is_named_by_an_airport_and_lies_there() -> None:
    assert city_of(place("VKO")) == "Moscow"
    assert city_of(Waypoint(37.2615, 55.5915)) is None
    assert city_of(Waypoint(0.0, 0.0, "VKO")) is None
    assert city_of(Waypoint(37.2615, 55.5915, "over the woods")) is None


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("VKO", "de", "Moskau"), ("VKO", "fr", "Moscou"), ("VKO", "es", "Moscú"), ("VKO", "pl", "Moskwa"),
        ("VKO", "hu", "Moszkva"), ("VKO", "uk", "Москва"), ("VKO", "en", "Moscow"), ("BUD", "de", "Budapest"),
        ("BUD", "pl", "Budapeszt"), ("BUD", "ru", "Будапешт"), ("WAW", "hu", "Varsó"), ("KBP", "fr", "Kiev"),
        ("CAI", "ar", "القاهرة"), ("HND", "ja", "東京"), ("VIE", "hu", "Bécs"), ("KEF", "de", "Reykjavík"),
    ],
)  # fmt: skip
def test_a_city_has_its_name_in_a_language(code: str, language: str, name: str) -> None:
    assert named_in(code, language) == name


def test_a_name_in_a_language_that_is_not_known_is_none_rather_than_a_guess() -> None:
    assert named_in("VKO", "tlh") is None
    assert named_in("00AK", "de") is None
    assert named_in(Waypoint(37.2615, 55.5915), "de") is None


def test_the_largest_cities_of_a_part_of_the_world_come_first() -> None:
    assert [city.name for city in big_cities((5.0, 47.0, 15.0, 55.0), 3)] == ["Berlin", "Hamburg", "Munich"]
    assert big_cities((5.0, 47.0, 15.0, 55.0), 0) == []


def test_cities_on_both_sides_of_180_degrees_are_listed() -> None:
    names = {city.name for city in big_cities((170.0, -45.0, -150.0, 25.0), 20)}
    assert {"Auckland", "Suva", "Honolulu"} <= names
    assert "Moscow" not in names


def test_cities_of_a_name_come_by_size_with_country_and_state() -> None:
    assert [city.where for city in known_as("London")] == ["United Kingdom", "Ontario, Canada"]
    assert known_as("") == known_as("...") == known_as("no such town") == []


NAMES = {
    "Latin": {
        "Kyiv": "KBP", "Kiev": "KBP", "Kiew": "KBP", "Kijów": "KBP", "Budapest": "BUD", "Wien": "VIE", "Vienna": "VIE",
        "Bécs": "VIE", "Praha": "PRG", "Prague": "PRG", "Warszawa": "WAW", "WARSAW": "WAW", "Köln": "CGN",
        "Koeln": "CGN", "cologne": "CGN", "München": "MUC", "Munchen": "MUC", "Munich": "MUC", "Zürich": "ZRH",
        "Zurich": "ZRH",
        "Genève": "GVA", "Genf": "GVA", "Bombay": "BOM", "Mumbai": "BOM", "Odessa": "ODS", "Odesa": "ODS",
        "Saint Petersburg": "LED", "St. Petersburg": "LED", "St Petersburg": "LED", "Sankt-Peterburg": "LED",
        "København": "CPH", "Kobenhavn": "CPH", "Göteborg": "GOT", "Kraków": "KRK", "Krakow": "KRK", "Tel-Aviv": "TLV",
        "Reykjavík": "KEF", "Lisboa": "LIS", "Roma": "FCO", "Ciudad de México": "MEX", "Tbilisi": "TBS",
        "Tiflis": "TBS", "Hà Nội": "HAN", "Ha Noi": "HAN", "Saigon": "SGN", "Bengaluru": "BLR", "Bangalore": "BLR",
        "Xi'an": "XIY",
        "Manchester": "MAN", "Granada": "GRX", "Alexandria": "HBE",
        "Montréal": "YUL", "Ulaanbaatar": "UBN", "Chișinău": "RMO", "Nice": "NCE", "Birmingham": "BHX",
        "Odessa, Ukraine": "ODS", "Valencia, Spain": "VLC", "Valencia, VE": "VLN", "London, Ontario": "YXU",
        "London (Canada)": "YXU",
    },
    "Cyrillic": {"Київ": "KBP", "Киев": "KBP", "Санкт-Петербург": "LED", "Минск": "MSQ", "Мінск": "MSQ", "Одеса": "ODS",
                 "Будапешт": "BUD", "Београд": "BEG", "София": "SOF", "Улаанбаатар": "UBN", "Мюнхен": "MUC"},
    "Greek": {"Αθήνα": "ATH", "ΑΘΗΝΑ": "ATH", "Θεσσαλονίκη": "SKG"},
    "Armenian": {"Երևան": "EVN"},
    "Georgian": {"თბილისი": "TBS"},
    "Hebrew": {"תל אביב": "TLV", "בודפשט": "BUD"},
    "Arabic": {"القاهرة": "CAI", "دبي": "DXB", "بغداد": "BGW", "مشهد": "MHD"},
    "Devanagari": {"दिल्ली": "DEL", "मुंबई": "BOM", "काठमांडू": "KTM"},
    "Bengali": {"ঢাকা": "DAC"},
    "Tamil": {"சென்னை": "MAA"},
    "Chinese": {"广州": "CAN", "廣州": "CAN", "香港": "HKG", "武汉": "WUH"},
    "Japanese": {"福岡": "FUK", "札幌": "CTS", "サンフランシスコ": "SFO"},
    "Korean": {"부산": "PUS", "평양": "FNJ"},
    "Ethiopic": {"አዲስ አበባ": "ADD"},
}  # fmt: skip
"""Written by hand: the airport that one would fly to."""


@pytest.mark.parametrize("script", NAMES)
def test_a_city_is_found_by_its_usual_name_in_any_script(script: str) -> None:
    found = {name: place(name).name for name in NAMES[script]}
    assert found == NAMES[script]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Nicosia", ["ECN", "LCA"]),
        ("Moscow", ["SVO", "DME", "VKO"]), ("Москва", ["SVO", "DME", "VKO"]), ("MOW", ["SVO", "DME", "VKO"]),
        ("mow", ["SVO", "DME", "VKO"]), ("LON", ["LHR", "LGW", "STN"]), ("London", ["LHR", "LGW", "STN"]),
        ("NYC", ["JFK", "EWR", "LGA"]), ("TYO", ["HND", "NRT"]), ("東京", ["HND", "NRT"]), ("北京", ["PEK", "PKX"]),
        ("Peking", ["PEK", "PKX"]), ("서울", ["ICN", "GMP"]), ("กรุงเทพ", ["BKK", "DMK"]), ("PAR", ["CDG", "ORY"]),
        ("İstanbul", ["IST", "SAW"]), ("Valencia", ["VLN", "VLC"]), ("San José", ["SJC", "SJO"]),
        ("Santa Fe", ["SFN", "SAF"]), ("Newcastle", ["NTL", "NCL"]),
        ("Goa", ["GOA", "GOI"]), ("Lima", ["LIMA", "LIM"]), ("KIEV", ["KBP"]), ("Kobe", ["KOBE", "UKB"]),
    ],
)  # fmt: skip
def test_where_a_name_may_be_several_places_the_reader_chooses(typed: str, codes: list[str]) -> None:
    name = by_name(typed)
    assert name is not None
    assert not name.alone
    assert [one.code for one in name.choices][: len(codes)] == codes
    with pytest.raises(UnknownPlaceError) as caught:
        place(typed)
    for code in codes:
        assert code in str(caught.value)


def test_a_code_in_capitals_is_that_airport_whatever_city_has_its_letters() -> None:
    assert [place(code).name for code in ("VKO", "bud", "LIMA", "GOA", "KOBE")] == ["VKO", "BUD", "LIMA", "GOA", "KOBE"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Moscow", "'Moscow' is a city in Russia with several airports: write SVO (Sheremetyevo), DME (Domodedovo)"),
        ("Moscow", "or 55.752,37.6178 for the city itself"),
        ("Valencia", "VLN (Valencia, Venezuela) or VLC (Valencia, Spain)"),
        ("Tula", "(Tula, Russia) has no airport with scheduled flights: write ZIA"),
        ("Paris, Texas", "(Paris, Texas, United States) has no airport with scheduled flights"),
        ("Odessa, Texas", "MAF (Air and Space Port), 32 km off"),
        ("Budapest, Germany", "a city of that name is known in Hungary only"),
        ("Victoria", "YYJ (Victoria, British Columbia, Canada)"),
        ("Nancy", "ETZ (Nancy-Lorraine), 48 km off"),
        ("Lima", "can be read as the airport LIMA (Aeritalia, Torino, Italy) and as the city, LIM"),
        ("LIMO", "is no code: if Lima, Peru, is meant, write LIM"),
        ("Kijew on the Dnieper, far away from here", "give a city, an IATA or ICAO code"),
    ],
)
def test_what_stands_for_no_one_airport_is_refused_in_one_line_with_what_to_write(typed: str, told: str) -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        place(typed)
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Heathrow", "LHR"), ("vnukovo", "VKO"), ("Ben Gurion", "TLV"), ("Moscow (VKO)", "VKO"),
     ("Vnukovo, Moscow", "VKO"), ("Heathrow, UK", "LHR"), ("Moscow Vnukovo", "VKO")],
)  # fmt: skip
def test_an_airport_is_found_by_its_own_name(typed: str, code: str) -> None:
    assert place(typed).name == code


def test_no_name_stands_for_a_field_without_scheduled_flights() -> None:
    """The strips that Kiev, Praha, Bombay and Wien were taken for, and every main airport of the table."""
    for typed in ("Kiev", "Praha", "Bombay", "Wien", "Odessa"):
        row = airport(place(typed).name or "")
        assert row is not None
        assert (row["scheduled"], row["closed"]) == ("yes", "")
    codes = {code for city in served() for code in (*city.main, *city.others)}
    rows = [airport(code) for code in sorted(codes)]
    assert all(row is not None and row["scheduled"] and not row["closed"] for row in rows)


def test_a_file_of_codes_takes_no_word_for_a_city() -> None:
    with pytest.raises(UnknownPlaceError, match=r"is no code: write KBP \(Boryspil, Kyiv, Ukraine\)"):
        coded("Kyiv")
    assert coded("goa").name == "GOA"
    with pytest.raises(ProposalError, match="line 2"):
        parse_bytes(b"route,from,to\n1,VKO,Kyiv\n", "a.csv", where="a.csv")


@settings(max_examples=60)
@given(st.text(max_size=80) | st.text("Moscw ,()'.-\u0301\u200d\u0415\u0301\u0130\ufb03\u1100", max_size=80))
def test_any_text_has_a_meaning_or_none_and_is_told_in_one_line(text: str) -> None:
    found = meant(text)
    assert found.told.isprintable()
    assert len(found.told) < 1200
    assert len(found.choices) <= 8
    assert folded(folded(text)) == folded(text)


def test_the_tables_are_in_the_order_that_they_are_searched_in() -> None:
    for name in ("cities.csv", "city_names.csv"):
        lines = (DATA / name).read_bytes().splitlines()[1:]
        keys = [line.partition(b",")[0] for line in lines]
        assert keys == sorted(set(keys))
    names = (DATA / "city_names.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(folded(name) == name for name, _, _ in (line.partition(",") for line in names[::50]))


def test_the_command_line_says_what_a_name_was_taken_for(run: Run) -> None:
    status, out, told = run("check", "Kyiv", "Budapest", "--on", "2025-10-23", "-f", "json")
    assert status == 0
    assert [point["name"] for point in json.loads(out)["routes"][0]["waypoints"]] == ["KBP", "BUD"]
    assert "note: Kyiv is KBP (Boryspil, Kyiv, Ukraine); other airports: IEV (" in told
    assert "note: Budapest is BUD (Liszt Ferenc, Budapest, Hungary)" in told


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("BGW", "BGW (Baghdad, Iraq)"),
        ("TEB", "TEB (Teterboro, New York, United States)"),
        ("YUL", "YUL (Pierre Elliott Trudeau, Montreal, Quebec, Canada)"),
        ("ECN", "ECN (Lefko\u015fa Ercan, Nicosia, Cyprus)"),
    ],
)
def test_an_airport_is_not_named_after_who_shares_it_nor_left_without_its_name(code: str, whole: str) -> None:
    assert choice_of(code).whole == whole


def test_taipei_is_found_in_either_of_its_two_spellings() -> None:
    assert meant("\u81fa\u5317").choices == meant("\u53f0\u5317").choices != ()


def test_words_of_one_name_need_no_quotes(run: Run) -> None:
    _, out, _ = run("check", "Tel", "Aviv", "to", "Saint", "Petersburg", "--on", "2025-10-23", "-f", "json")
    assert json.loads(out)["routes"][0]["name"] == "TLV-LED"


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (["New", "York", "London"], ["New York", "London"]),
        (["Kyiv-Wien"], ["Kyiv", "Wien"]),
        (["Москва-Будапешт"], ["Москва", "Будапешт"]),
        (["Rio", "de", "Janeiro", "via", "São", "Paulo", "VKO"], ["Rio de Janeiro", "São Paulo", "VKO"]),
        (["Aix-en-Provence", "Baden-Baden"], ["Aix-en-Provence", "Baden-Baden"]),
        (["Frankfurt-Hahn", "VKO-MSQ"], ["Frankfurt-Hahn", "VKO", "MSQ"]),
        (["Moscow to Budapest"], ["Moscow", "Budapest"]),
        (["vko bud", "-10.5,20"], ["vko", "bud", "-10.5,20"]),
    ],
)
def test_words_are_parted_and_joined_where_names_are(words: list[str], places: list[str]) -> None:
    assert places_in(words) == places


def test_in_a_pipe_a_city_with_several_airports_is_refused(run: Run) -> None:
    status, out, told = run("routes", "Moscow", "BUD", "--on", "2025-10-23")
    assert (status, out) == (2, "")
    assert told.count("\n") == 1
    assert "write SVO (Sheremetyevo), DME (Domodedovo), VKO (Vnukovo), ZIA (Zhukovsky)" in told


def _rest_of(main: int) -> Iterator[str]:
    """Read what a terminal was sent, which raises once the other side is closed and nothing is left."""
    with os.fdopen(main, "rb", buffering=0) as sent, contextlib.suppress(OSError):
        while chunk := sent.read(4096):
            yield chunk.decode()


@pytest.mark.parametrize(("answer", "start"), [("3", "VKO"), ("vko", "VKO"), ("9\n1", "SVO"), ("5", None)])
def test_at_a_terminal_it_is_asked_about(
    answer: str, start: str | None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    main, side = pty.openpty()
    os.write(main, f"{answer}\n".encode())
    with open(side, encoding="utf-8") as terminal, open(os.dup(side), "w", encoding="utf-8") as screen:  # noqa: PTH123
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("sys.stderr", screen)
        code = settled(["Moscow", "BUD"])
    shown = "".join(_rest_of(main))
    assert code == [start or "55.752,37.6178", "BUD"]
    assert "Which place is Moscow?" in shown
    assert "3  VKO  Vnukovo, Moscow, Russia" in shown
    assert "Moscow itself, 55.752,37.6178" in shown
    assert capfd.readouterr().out == ""
