"""Aircraft by type, as openap has them; skipped where it is not installed."""

from __future__ import annotations

import sys

import pytest

import overflight as of
from overflight.costs import aircraft
from overflight.costs.fleet import CLASSES
from overflight.errors import OverflightError


def test_without_the_extra_a_type_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openap", None)
    monkeypatch.setitem(sys.modules, "openap.prop", None)
    with pytest.raises(OverflightError, match=r"A320: .*pip install 'overflight\[fuel\]'; or give a class"):
        aircraft("A320")
    assert aircraft("wide-body") is CLASSES["wide-body"]


def test_a_type_burns_what_openap_says_of_it_in_cruise() -> None:
    """At Mach 0.78 and 10.92 km, where the speed of sound is 295.6 m/s, with 75 % of 78 t."""
    openap = pytest.importorskip("openap")
    found = aircraft(" a320 ")
    by_hand = openap.FuelFlow("A320").enroute(mass=58_500, tas=0.78 * 295.6 * 3600.0 / 1852.0, alt=10_920 / 0.3048)
    assert found.burn_kg_min.typical == pytest.approx(60.0 * float(by_hand), rel=2e-3)
    assert found.speed_kmh.typical == pytest.approx(0.78 * 295.6 * 3.6, rel=1e-3)
    assert found.mass_t is not None
    assert found.mass_t.typical == pytest.approx(58.5)
    assert found.burn_kg_min.low < found.burn_kg_min.typical < found.burn_kg_min.high


def test_a_flight_by_type_is_near_one_that_openap_flies_itself() -> None:
    """Climb, cruise and descent of its own over 1,537 km, the mass that is left burning half a minute at a time."""
    openap = pytest.importorskip("openap")
    way = of.great_circle("VKO", "BUD")
    found = of.cost(way, aircraft="A320")
    flown = openap.FlightGenerator(ac="A320").complete(dt=30, range_cr=1000.0 * (way.length_km - 500.0), random=False)
    fuel, mass_kg = openap.FuelFlow("A320"), 64_000.0
    for row in flown.itertuples():
        kg_s = fuel.enroute(mass=mass_kg, tas=max(row.groundspeed, 120.0), alt=row.altitude, vs=row.vertical_rate)
        mass_kg -= 30.0 * float(kg_s)
    scale = way.length_km / (float(flown["s"].iloc[-1]) / 1000.0)
    assert found.time_min.low < scale * float(flown["t"].iloc[-1]) / 60.0 < found.time_min.high
    assert found.fuel_t.low < scale * (64_000.0 - mass_kg) / 1000.0 < found.fuel_t.high


def test_a_type_without_a_fuel_model_of_its_own_says_so_and_has_the_wider_range() -> None:
    pytest.importorskip("openap")
    wide, sure = aircraft("B77W"), aircraft("A333")
    assert "no fuel model of its own" in " ".join(wide.assumptions)
    assert not sure.assumptions
    spread = [one.burn_kg_min.high / one.burn_kg_min.low for one in (sure, wide)]
    assert spread[0] < 1.6
    assert spread[1] > 2.0
    assert wide.burn_kg_min.low < CLASSES["wide-body"].burn_kg_min.typical < wide.burn_kg_min.high


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("C56X", "takes C550 for it: give that, or a class"),
        ("A32", "did you mean A332 or A321 or A320"),
        ("IL96", "it has A19N, A20N"),
    ],
)
def test_a_type_that_openap_does_not_have_is_answered_with_what_it_has(code: str, said: str) -> None:
    pytest.importorskip("openap")
    with pytest.raises(OverflightError) as caught:
        aircraft(code)
    assert str(caught.value).startswith(f"{code}: openap has no such type")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
