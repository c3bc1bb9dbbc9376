"""What flying a route costs: time, fuel and CO2, as ranges that agree with each other."""

from __future__ import annotations

import pytest

import overflight as of
from overflight.costs import Figure, aircraft, pace
from overflight.costs.costing import CO2_PER_KG
from overflight.costs.pacing import Wind
from overflight.errors import OverflightError

BOTH: tuple[Wind, ...] = ("none", "season")
EUROCONTROL_KG_MIN = {"regional": 24.6, "narrow-body": 40.1, "wide-body": 113.9, "business": 9.3}
"""Standard inputs for economic analyses, release 10, table 6.1, en route."""


@pytest.mark.parametrize(("name", "burn"), EUROCONTROL_KG_MIN.items())
def test_a_class_burns_what_eurocontrol_says_and_says_how_far_that_can_be_off(name: str, burn: float) -> None:
    one = aircraft(name)
    assert one.burn_kg_min.low < one.burn_kg_min.typical == burn < one.burn_kg_min.high
    assert one.speed_kmh.low < one.speed_kmh.typical < one.speed_kmh.high
    assert "EUROCONTROL" in one.source


def test_a_class_that_there_is_not_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(OverflightError, match=r"'jumbo' .* regional, narrow-body, wide-body, business"):
        aircraft("jumbo")


def test_crossings_and_high_seas_share_all_of_the_time_and_fuel() -> None:
    way = of.route("LIS", "PDL", "JFK")
    found = of.cost(way, aircraft="wide-body", crossings=of.crossings(way, on="2025-10-23"))
    ends = [0.0, *(km for one in found.crossings for km in (one.crossing.entry_km, one.crossing.exit_km))]
    ends.append(way.length_km)
    at_sea = [found.pace.minutes(b).minus(found.pace.minutes(a)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    for key in ("low", "typical", "high"):
        minutes = sum(getattr(one.time_min, key) for one in found.crossings) + sum(getattr(f, key) for f in at_sea)
        assert minutes == pytest.approx(getattr(found.time_min, key))
        assert getattr(found.co2_t, key) == pytest.approx(CO2_PER_KG * getattr(found.fuel_t, key))


def test_the_range_of_a_difference_is_narrower_than_that_of_either_route() -> None:
    direct, detour = of.cost("HEL-DEL", aircraft="wide-body"), of.cost("HEL-IST-DEL", aircraft="wide-body")
    extra = detour.over(direct).time_min
    assert extra.high - extra.low < direct.time_min.high - direct.time_min.low
    km = of.route("HEL", "IST", "DEL").length_km - of.route("HEL", "DEL").length_km
    speed = aircraft("wide-body").speed_kmh
    assert extra.typical == pytest.approx(60.0 * km / speed.typical)
    assert direct.over(detour).time_min.high == pytest.approx(-extra.low)
    assert direct.over(direct).fuel_t == Figure(0.0, 0.0, 0.0)


def test_climb_and_descent_slow_the_ends_of_a_flight_and_nothing_between() -> None:
    flown = pace(of.great_circle("LHR", "ANC"), aircraft="wide-body")
    kmh = [60.0 * 100.0 / flown.minutes(km + 100.0).minus(flown.minutes(km)).typical for km in (0.0, 3000.0, 7000.0)]
    assert kmh[1] == pytest.approx(aircraft("wide-body").speed_kmh.typical)
    assert kmh[0] < kmh[1]
    assert flown.minutes(-1.0) == Figure(0.0, 0.0, 0.0)
    assert flown.minutes(1e9) == flown.total


def test_climb_takes_4_minutes_longer_over_250_km_and_descent_10_as_the_docs_say() -> None:
    flown = pace(of.great_circle("LHR", "ANC"), aircraft="wide-body")
    km, by_km = flown.km[-1], 60.0 / aircraft("wide-body").speed_kmh.typical
    more = {at: flown.minutes(at).typical - by_km * at for at in (125.0, 250.0, 4000.0, km - 250.0, km - 125.0, km)}
    assert list(more.values()) == pytest.approx([2.0, 4.0, 4.0, 4.0, 9.0, 14.0])


def test_a_short_hop_has_all_of_its_climb_and_descent() -> None:
    hop, far = (pace(of.great_circle(*ends), aircraft="regional") for ends in (("LHR", "LGW"), ("LHR", "ATH")))
    speed = aircraft("regional").speed_kmh.typical
    over = [one.total.typical - 60.0 * one.km[-1] / speed for one in (hop, far)]
    assert over[0] == pytest.approx(over[1])


def test_an_aircraft_that_flies_slowly_and_one_that_burns_much_are_not_taken_for_one() -> None:
    """A regional class of ATR 72 (13 kg a minute at 510 km/h) and E195 (31 at 820) burns 1.5 to 2.3 kg a km."""
    fuel, km = of.cost("LIS-HEL", aircraft="regional").fuel_t, of.great_circle("LIS", "HEL").length_km
    per_km = [1000.0 * value / km for value in (fuel.low, fuel.typical, fuel.high)]
    assert 1.3 < per_km[0] < 60.0 * 13.0 / 510.0 < per_km[1] < 60.0 * 31.0 / 820.0 < per_km[2] < 2.7


def test_crossings_of_another_route_are_refused() -> None:
    other = of.crossings("VKO-MSQ", on="2025-10-23")
    with pytest.raises(OverflightError, match="those of 'VKO-MSQ', another route: give those of 'VKO-BUD'"):
        of.cost("VKO-BUD", crossings=other)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is no date: write it as 2025-10-23"):
        of.cost("VKO-BUD", on="23 October")


def test_weather_puts_ways_apart_that_lie_apart_and_not_those_side_by_side() -> None:
    def extra(one: str, other: str, wind: Wind) -> Figure:
        ways = [of.cost(way, aircraft="wide-body", wind=wind, on="2022-03-04") for way in (one, other)]
        return ways[0].over(ways[1]).time_min

    far, near = ("LHR-KEF-YVR", "LHR-YUL-YVR"), ("LHR-DUB-YVR", "LHR-MAN-YVR")
    widths = [[extra(*ways, wind) for wind in BOTH] for ways in (far, near)]
    still, season = ([pair[n].high - pair[n].low for pair in widths] for n in (0, 1))
    assert season[0] > still[0] + 30.0
    assert season[1] < still[1] + 20.0
    same = of.cost("LHR-YVR", wind="season", on="2022-03-04")
    assert same.over(same).time_min == Figure(0.0, 0.0, 0.0)
