"""Places: what people type becomes a waypoint, or one line that says what to write instead."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import OverflightError, UnknownPlaceError
from overflight.routes.places import Waypoint, airports, closed_since, format_latlon, place
from tests.commands import Run


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
        ("Budapest", "BUD (Budapest)"),
        ("kraków", "KRK (Kraków)"),
        ("MOW", "VKO (Moscow)"),
        ("VKX", "VKO (Moscow)"),
        ("XYZZY plugh", "give an IATA or ICAO code"),
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


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [("BRU", 4.4844, 50.9014), ("EBBR", 4.4844, 50.9014), ("LUX", 6.2044, 49.6233), ("VKO", 37.2615, 55.5915)],
)
def test_an_airport_is_where_it_is_though_its_table_takes_minutes_for_decimals(
    code: str, lon: float, lat: float
) -> None:
    found = place(code)
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=0.001)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        # airportsdata has them 16 to 8,079 km elsewhere; places by airports-py 3.1.0, GWD by published coordinates
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
        # it does not know these
        ("FZL", 47.1966, 39.5944),
        ("UBBF", 47.1966, 39.5944),
        ("KVO", 20.5853, 43.8186),
        ("SAG", 74.3789, 19.6886),
        ("RDP", 87.2433, 23.6214),
        ("SDW", 73.5333, 16.0000),
        ("RKZ", 89.3100, 29.3519),
        ("WOS", 127.4842, 39.1664),
        ("KHE", 32.5080, 46.6724),
        ("NLV", 31.9167, 47.0500),
        ("SPR", -87.9657, 17.9171),
        ("REW", 81.3000, 24.5333),
        ("VIZ", 83.5039, 17.9761),
        ("GEC", 33.7333, 35.2335),
        ("PNH", 104.8462, 11.5522),
        ("REP", 103.8128, 13.4107),
        ("NKW", 72.4111, -7.3133),
        # these it has right
        ("LTBE", 29.0092, 40.2333),
        ("GQNN", -15.9485, 18.0982),
        ("SAI", 104.2231, 13.3692),
        ("KTI", 104.9166, 11.3629),
    ],
)
def test_an_airport_is_where_it_is_though_its_table_has_it_elsewhere_or_not(code: str, lon: float, lat: float) -> None:
    found = place(code)
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=0.001)
    assert found.name == code


def test_the_table_of_airports_has_each_code_once_and_where_it_is() -> None:
    rows = {row["iata"]: row for row in airports() if row["iata"] in {"BTZ", "NKC", "KMG", "KVO"}}
    assert {code: row["icao"] for code, row in rows.items()} == {
        "BTZ": "VTSY",
        "NKC": "GQNO",
        "KMG": "ZPPP",
        "KVO": "LYKV",
    }
    assert float(rows["KMG"]["lat"]) == pytest.approx(25.1019, abs=0.001)
    codes = [row["icao"] for row in airports() if row["icao"]]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("code", "closed"), [("TXL", "2020-11-08"), ("EDDT", "2020-11-08"), ("HEW", "2001-03-29"), ("PNH", "2025-09-09")]
)
def test_a_closed_airport_is_said_to_be_closed(run: Run, code: str, closed: str) -> None:
    assert closed_since(code) == closed
    told = f"the airport {code} was closed on {closed}"
    assert told in run("check", code, "VKO", "--avoid", "BLR", "--on", "2025-10-23")[2]
    assert told not in run("check", code, "VKO", "--avoid", "BLR", "--on", "1999-10-23")[2]
    assert not closed_since("VKO")


def test_a_mended_table_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the table has an airport elsewhere than when it was found wrong, the table is believed."""
    mend = {"EBBR": {"lon_listed": "4.0", "lat_listed": "50.0", "lon": "0", "lat": "0"}}
    monkeypatch.setattr("overflight.routes.airports._mends", lambda: mend)
    rows = {row["icao"]: row for row in airports()}
    assert float(rows["EBBR"]["lon"]) not in {0.0, 4.0}
    monkeypatch.undo()
    assert float({row["icao"]: row for row in airports()}["EBBR"]["lat"]) == pytest.approx(50.9014, abs=0.001)


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
