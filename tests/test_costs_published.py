"""Flights of which times or fuel were published, and what comes out for them: the table of `docs/costs.md`."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

import overflight as of
from overflight.costs import Cost, Extra, Figure
from overflight.costs.costing import CO2_PER_KG
from overflight.costs.fleet import CLASSES
from overflight.costs.modelled import FAR_OFF, MASSES
from overflight.costs.pacing import CLIMB_KM, CLIMB_MIN, DESCENT_MIN
from overflight.costs.spoken import hours, tonnes
from overflight.routes import Route

PAGE = Path(of.__file__).parents[2] / "docs" / "costs.md"
T_PER_GALLON = 3.785411784 * 0.8 / 1000.0
"""A US gallon in litres, and jet fuel at 0.8 kg a litre, the standard density of ICAO's and the EU's methods."""
ALASKA = ((152.0, 43.0), (170.0, 50.0), (-175.0, 56.5), (-155.0, 64.0), (-110.0, 74.0), (-40.0, 73.0), "KEF")
CAUCASUS = (
    *("RIX", (22.5, 52.0), (21.8, 49.1), (21.2, 48.0), (24.0, 46.8), (28.49, 44.36)),
    *((37.0, 42.5), (42.0, 41.8), (46.0, 41.5), (50.0, 40.4), (58.0, 37.9), (66.0, 33.0)),
)
POLE = ((22.0, 70.5), (18.0, 79.0), (-150.0, 89.0), (-150.0, 68.0), (-170.0, 58.0), (175.0, 50.5), (152.0, 43.0))
"""Round Russia's airspace, by waypoints of ours: that of these flights was not published."""
FLIGHTS: dict[str, tuple[tuple[object, ...], str]] = {
    "HND-LHR": (("HND", "LHR"), "2022-03-02"),
    "HND-LHR over Alaska": (("HND", *ALASKA, "LHR"), "2022-03-04"),
    "LHR-HND": (("LHR", "HND"), "2022-03-02"),
    "LHR-HND over Alaska": (("LHR", *reversed(ALASKA), "HND"), "2022-03-04"),
    "HEL-DEL": (("HEL", "DEL"), "2022-02-20"),
    "HEL-DEL by the Caucasus": (("HEL", *CAUCASUS, "DEL"), "2022-03-02"),
    "HEL-NRT": (("HEL", "NRT"), "2022-02-20"),
    "HEL-NRT over the pole": (("HEL", *POLE, "NRT"), "2022-03-09"),
    "FRA-ANC": (("FRA", "ANC"), "2023-07-15"),
    "LHR-ANC": (("LHR", "ANC"), "2023-07-15"),
}


@functools.cache
def flown(name: str) -> Route:
    way: Route = of.route(*FLIGHTS[name][0])  # type: ignore[arg-type]
    return way


@functools.cache
def costed(name: str, wind: str) -> Cost:
    return of.cost(flown(name), aircraft="wide-body", wind=wind, on=FLIGHTS[name][1])  # type: ignore[arg-type]


def more(name: str, wind: str) -> Extra:
    return costed(name, wind).over(costed(name.split(" ", maxsplit=1)[0], wind))


def told(minutes: Figure, *, signed: bool = False) -> str:
    return f"{hours(minutes.typical, signed=signed)} ({hours(minutes.low)} to {hours(minutes.high)})"


def in_t(fuel: Figure) -> str:
    typical, ends = tonnes(fuel).split(" ")
    return f"+{typical} t {ends.replace('-', ' to ')}"


def share(name: str, wind: str) -> str:
    part = more(name, wind).fuel_t.typical / costed(name.split(" ", maxsplit=1)[0], wind).fuel_t.typical
    return f"{100.0 * part:+.0f} %"


def rows() -> list[str]:
    """Write the rows of the table: what was published, and what comes out in still air and in the season's wind."""
    both = ("none", "season")

    def time(what: str, published: str, name: str) -> tuple[str, ...]:
        return (what, published, *(told(costed(name, wind).time_min) for wind in both))

    def extra(what: str, published: str, name: str) -> tuple[str, ...]:
        return (what, published, *(told(more(name, wind).time_min, signed=True) for wind in both))

    def fuel(what: str, published: str, name: str) -> tuple[str, ...]:
        return (what, published, *(f"{in_t(more(name, wind).fuel_t)}, {share(name, wind)}" for wind in both))

    alaska, back = "HND-LHR over Alaska", "LHR-HND over Alaska"
    told_of = [
        time("Tokyo-London over Russia, JL43", "11 h 47 min [1]", "HND-LHR"),
        time("the same over Alaska", "14 h 50 min [1]", alaska),
        extra("what that adds", "+3 h 03 min [1], +2.4 h [2]", alaska),
        fuel("what that adds, fuel", f"+5,600 US gal = {5600.0 * T_PER_GALLON:.1f} t, +20 % [2]", alaska),
        time("London-Tokyo over Russia, JL44", "11 h 12 min [1]", "LHR-HND"),
        time("the same over Alaska", "15 h 27 min [1]", back),
        extra("what that adds", "+4 h 15 min [1]", back),
        time("Helsinki-Delhi over Russia", "6 h 15 min [3]", "HEL-DEL"),
        time("the same by the Caucasus", "8 h 52 min on 2022-03-02 [3]", "HEL-DEL by the Caucasus"),
        extra("what that adds", "+1 h 30 min [4]", "HEL-DEL by the Caucasus"),
        time("Helsinki-Tokyo over Russia", "just under 9 h [5]", "HEL-NRT"),
        time("the same over the pole", "over 13 h [5]", "HEL-NRT over the pole"),
        fuel("what that adds, fuel", "+40 % [5]", "HEL-NRT over the pole"),
        time("Frankfurt-Anchorage", "about 9.5 h [6]", "FRA-ANC"),
        time("London-Anchorage", "none found", "LHR-ANC"),
    ]
    return [f"| {' | '.join(cells)} |" for cells in told_of]


@pytest.mark.skipif(not PAGE.exists(), reason="installed, without its papers")
def test_the_page_has_what_comes_out() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    begin = next(n for n, line in enumerate(page) if line.startswith("| flight |"))
    assert page[begin + 2 : begin + 2 + len(rows())] == rows()


@pytest.mark.skipif(not PAGE.exists(), reason="installed, without its papers")
def test_the_page_has_the_figures_that_are_reckoned_with() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    for one in CLASSES.values():
        speed = ", ".join(f"{value:.0f}" for value in one.speed_kmh.to_dict().values())
        burn = ", ".join(f"{value:g}" for value in one.burn_kg_min.to_dict().values())
        assert re.search(rf"\| {one.name} \| {speed}[^|]* \| {burn} \|", page)
    more = CLIMB_MIN + DESCENT_MIN
    assert f"{more.low:g} to {more.high:g} minutes ({more.typical:g}) that climb and descent take" in page
    assert f"the last {CLIMB_KM:g} km" in page
    assert f"{CO2_PER_KG} times the fuel" in page
    per_km = [one.burn_kg_km for one in CLASSES.values() if one.burn_kg_km is not None]
    assert "({} to {} kg, and {} to {})".format(*(f"{end:g}" for one in per_km for end in (one.low, one.high))) in page
    assert "{:.0f}, {:.0f} and {:.0f} % of its maximum mass".format(*(100.0 * part for part in MASSES)) in page
    assert f"from {100 * (1 - FAR_OFF.low):.0f} % less to {100 * (FAR_OFF.high - 1):.0f} % more" in page


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("HND-LHR", 11 * 60 + 47),
        ("HND-LHR over Alaska", 14 * 60 + 50),
        ("LHR-HND", 11 * 60 + 12),
        ("LHR-HND over Alaska", 15 * 60 + 27),
        ("HEL-DEL", 6 * 60 + 15),
        ("FRA-ANC", 9.5 * 60),
    ],
)
def test_a_time_that_was_flown_lies_in_the_range_in_the_wind_of_the_season(name: str, minutes: float) -> None:
    found = costed(name, "season").time_min
    assert found.low < minutes < found.high


def test_what_was_said_and_flown_that_alaska_adds_lies_in_the_range_in_the_wind_of_the_season() -> None:
    found, back = more("HND-LHR over Alaska", "season"), more("LHR-HND over Alaska", "season")
    assert found.time_min.low < 2.4 * 60.0 < 3 * 60 + 3 < found.time_min.high
    assert back.time_min.low < 4 * 60 + 15 < back.time_min.high
    assert found.fuel_t.low < 5600.0 * T_PER_GALLON < found.fuel_t.high


def test_what_finnair_says_that_going_round_russia_to_delhi_adds_lies_in_the_range() -> None:
    found = more("HEL-DEL by the Caucasus", "season").time_min
    assert found.low < 90.0 < found.high


def test_the_ways_round_keep_out_of_russia() -> None:
    round_it = [name for name in FLIGHTS if " " in name]
    assert len(round_it) == 4
    for name in round_it:
        assert not of.crossings(flown(name), on=FLIGHTS[name][1]).within(["RUS", "UKR"])
