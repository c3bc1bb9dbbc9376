"""Places: what people type becomes a waypoint, or one line that says what to write instead."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import OverflightError, UnknownPlaceError
from overflight.routes.places import Waypoint, format_latlon, place


@pytest.mark.parametrize(
    ("typed", "lon", "lat", "name"),
    [
        ("VKO", 37.2615, 55.5915, "VKO"),
        ("vko", 37.2615, 55.5915, "VKO"),
        ("UUWW", 37.2615, 55.5915, "UUWW"),
        (" BUD ", 19.2556, 47.4369, "BUD"),
        ("55.5915,37.2615", 37.2615, 55.5915, None),
        ("55.5915, 37.2615", 37.2615, 55.5915, None),
        ("-10.5,20", 20.0, -10.5, None),
        ("\N{MINUS SIGN}10.5,20", 20.0, -10.5, None),
        ("10,190", -170.0, 10.0, None),
        ("46N078W", -78.0, 46.0, "46N078W"),
        ("5536N03716E", 37 + 16 / 60, 55.6, "5536N03716E"),
        ("5536S03716W", -37 - 16 / 60, -55.6, "5536S03716W"),
        ("553529N0371541E", 37 + 15 / 60 + 41 / 3600, 55 + 35 / 60 + 29 / 3600, "553529N0371541E"),
        ("90N000E", 0.0, 90.0, "90N000E"),
    ],
)
def test_a_place_is_read_latitude_first_and_kept_longitude_first(
    typed: str, lon: float, lat: float, name: str | None
) -> None:
    found = place(typed)
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=1e-12)
    assert found.name == name


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Budapst", "did you mean BUD (Budapest, Hungary)?"),
        ("MOW", "is Moscow, Russia, with several airports: write SVO (Sheremetyevo), DME (Domodedovo), VKO (Vnukovo)"),
        ("VKX", "VKO (Moscow)"),
        ("XYZZY plugh", "give a city, an IATA or ICAO code"),
        ("", "empty text"),
        ("95,37", "looks swapped: write 37,95"),
        ("137,55", "looks swapped: write 55,137"),
        ("91,200", "latitude from -90 to 90"),
        ("55,370", "longitude 370 is off the Earth"),
        ("nan,3", "finite decimal degrees"),
        ("3,inf", "finite decimal degrees"),
        ("1e1,3", "plain finite decimal degrees"),
        ("12", "is a number, no place"),
        ("1234", "is a number, no place"),
        ("12,5,19,1", "can be read as 12.5,19.1 (decimal commas) or as two places, 12,5 and 19,1"),
        ("12,5,19", "can be read as lat,lon,height or with a decimal comma"),
        ("12,5 19,1", "write 12.5,19.1"),
        ("55.5 37.2", "write 55.5,37.2"),
        ("55.5N 37.2W", "without letters: 55.5,-37.2"),
        ("5536N", "half a coordinate"),
        ("5536N3716E", "one digit more than the latitude: 5536N03716E"),
        ("5536N0371541E", "differ in precision"),
        ("03716E5536N", "the latitude comes first: 5536N03716E"),
        ("5536N 03716E", "in one word: 5536N03716E"),
        ("5560N03716E", "60 minutes can't be"),
        ("553560N0371541E", "60 seconds can't be"),
        ("9001N00000E", "more than 90 degrees"),
        ("46N181W", "more than 180 degrees"),
        ("\x1b[31mVKO", "'\\x1b[31mVKO'"),
    ],
)
def test_what_is_no_place_is_refused_in_one_line_that_says_what_to_write(typed: str, told: str) -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        place(typed)
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_long_text_is_shown_cut() -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        place("x" * 1_000_000)
    assert len(str(caught.value)) < 300


def test_a_pair_of_numbers_is_longitude_first() -> None:
    assert place((37.2615, 55.5915)) == Waypoint(37.2615, 55.5915)
    with pytest.raises(UnknownPlaceError, match="longitude comes first: 95, 10"):
        place((10, 95))


def test_a_waypoint_is_a_place_already() -> None:
    waypoint = Waypoint(1.0, 2.0, "X")
    assert place(waypoint) is waypoint


@pytest.mark.parametrize("junk", [(1,), (1, 2, 3), 5, None, {"lon": 1}])
def test_other_things_are_no_places(junk: object) -> None:
    with pytest.raises(UnknownPlaceError, match="is no place"):
        place(junk)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pair", [(True, 1), ("37", "55"), (math.nan, 1), (1, math.inf), (10**400, 1), (600, 1), (0, 91), (None, 1)]
)
def test_impossible_numbers_make_no_waypoint(pair: tuple[float, float]) -> None:
    with pytest.raises(UnknownPlaceError):
        Waypoint(*pair)


@given(lon=st.floats(-540, 540), lat=st.floats(-90, 90))
def test_a_longitude_is_brought_to_one_turn_and_means_the_same(lon: float, lat: float) -> None:
    found = Waypoint(lon, lat)
    assert -180.0 <= found.lon <= 180.0
    assert math.remainder(found.lon - lon, 360.0) == pytest.approx(0.0, abs=1e-9)
    if abs(lon) <= 180.0:
        assert found.lon == lon


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_a_written_point_reads_back(lon: float, lat: float) -> None:
    again = place(format_latlon(lon, lat))
    assert (again.lon, again.lat) == pytest.approx((lon, lat), abs=6e-5)


@settings(max_examples=25)
@given(st.text(max_size=12))
def test_any_text_is_a_place_or_an_error_of_ours(text: str) -> None:
    told = ""
    try:
        found = place(text)
        assert abs(found.lat) <= 90.0
    except OverflightError as error:
        told = str(error)
    assert told == "" or told.isprintable()
