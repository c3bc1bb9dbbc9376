"""Cities by name, in all scripts; the city of an airport; large cities to go by on a map."""

from __future__ import annotations

import pytest

from overflight.routes.cities import big_cities, city_of, known_as, named_in
from overflight.routes.places import Waypoint, place


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
