"""Routes as people type them: read as meant, or refused by a line that says what to type."""

from __future__ import annotations

import pytest

from overflight.errors import OverflightError
from overflight.routes import place
from overflight.routes.typed import typed_route
from tests.commands import Run


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["EGLL DCT KJFK"], ["EGLL", "KJFK"]),
        (["VKO BUD"], ["VKO", "BUD"]),
        (["EGLL", "DCT", "KJFK"], ["EGLL", "KJFK"]),
        (["EGLL", "dct", "52N010W", "DCT", "KJFK"], ["EGLL", "52N010W", "KJFK"]),
        (["VKO", "via", "MSQ", "to", "BUD"], ["VKO", "MSQ", "BUD"]),
        (["VKO-BUD"], ["VKO", "BUD"]),
        (["vko-msq\u2013bud"], ["vko", "msq", "bud"]),
        (["VKO - MSQ", "BUD"], ["VKO", "MSQ", "BUD"]),
        (["EGLL/27R", "KJFK/22L"], ["EGLL", "KJFK"]),
        (["http://www.gcmap.com/mapui?P=VKO-BUD"], ["VKO", "BUD"]),
        (["https://www.greatcirclemapper.net/x?a=b&route=VKO-MSQ-BUD"], ["VKO", "MSQ", "BUD"]),
        (["55.5915,37.2615 47.4369,19.2556"], ["55.5915,37.2615", "47.4369,19.2556"]),
        (["52.5,-10; 53,-20; 54,-30"], ["52.5,-10", "53,-20", "54,-30"]),
        (["LIS", "SID", "RAI"], ["LIS", "SID", "RAI"]),
        (["DCT", "NAS"], ["DCT", "NAS"]),
    ],
)
def test_what_is_typed_is_read_as_meant(words: list[str], expected: list[str]) -> None:
    found = typed_route(words)
    assert [(w.lon, w.lat) for w in found.waypoints] == [(p.lon, p.lat) for p in map(place, expected)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["EGLL", "STAR", "KJFK"], "STAR is an arrival procedure, which is not known here: leave it out"),
        (["EGLL", "SID", "KJFK"], "SID is an airport at 16.74,-22.95"),
        (["EGLL", "NAT", "KJFK"], "for an oceanic track, leave it out"),
        (["LHR", "SYD", "CDG"], "times the straight one: if it is meant, write -33.9"),
        (["EGLL", "53/20", "KJFK"], "'53/20' stands for 53N020W on oceanic tracks: write that"),
        (["VKO-XQX"], "unknown place 'XQX'"),
    ],
)
def test_what_is_hardly_meant_is_refused_with_what_to_type(words: list[str], told: str) -> None:
    with pytest.raises(OverflightError) as caught:
        typed_route(words)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "lon", "lat"),
    [
        ("52\N{DEGREE SIGN}30'N 10\N{DEGREE SIGN}20'W", -10 - 1 / 3, 52.5),
        ("52\N{DEGREE SIGN}30'15\"N, 10\N{DEGREE SIGN}20'30\"W", -10 - 20.5 / 60, 52.5 + 0.25 / 60),
        ("52 30 N 10 20 W", -10 - 1 / 3, 52.5),
        ("N5230W01020", -10 - 1 / 3, 52.5),
        ("N52W010", -10.0, 52.0),
        ("S523000E0102000", 10 + 1 / 3, -52.5),
        ("N52.5 W10.25", -10.25, 52.5),
        ("N52\N{DEGREE SIGN} 30.5' E010\N{DEGREE SIGN} 20.5'", 10 + 20.5 / 60, 52 + 30.5 / 60),
    ],
)
def test_coordinates_with_letters_are_read_in_any_usual_spelling(typed: str, lon: float, lat: float) -> None:
    found = place(typed)
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=1e-9)


def test_the_command_line_reads_them_too(run: Run) -> None:
    status, out, _ = run("check", "EGLL", "DCT", "KJFK", "--on", "2025-10-23", "-f", "csv")
    assert (status, "BHS" in out, "Bahamas" in out) == (0, False, False)
    status, _, told = run("check", "EGLL", "NAT", "KJFK", "--on", "2025-10-23")
    assert (status, "if it is meant, write" in told) == (2, True)
