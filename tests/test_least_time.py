"""Routes by time, and the time that none is faster than."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

import overflight as of
from overflight.cli.candidates import timed
from overflight.cli.costing import Costing
from overflight.cli.report import Report
from overflight.costs import aircraft, bounds, pace
from overflight.costs.bounds import least_time_min
from overflight.costs.winds import Winds
from overflight.detours import Candidate, Candidates
from overflight.routes import Waypoint

JANUARY = dt.date(2025, 1, 16)
ROWS = np.linspace(-88.0, 88.0, 45)


def steady(wind: tuple[float, float, float]) -> Winds:
    """Make the wind that is one vector in space everywhere, as far as it blows along the ground."""
    lon, lat = np.meshgrid(np.radians(np.arange(-180.0, 180.0, 4.0)), np.radians(ROWS))
    east = -np.sin(lon) * wind[0] + np.cos(lon) * wind[1]
    north = -np.sin(lat) * np.cos(lon) * wind[0] - np.sin(lat) * np.sin(lon) * wind[1] + np.cos(lat) * wind[2]
    table = np.stack([east, north])
    return Winds.of_components(table, latitudes_deg=ROWS, west_deg=-180.0, on=JANUARY, level_hpa=300.0)


def minutes(route: of.Route, on: dt.date = JANUARY) -> float:
    return pace(route, aircraft="wide-body", wind="season", on=on).total.typical


@pytest.mark.parametrize(("ends", "on"), [(("LHR", "JFK"), JANUARY), (("SIN", "SFO"), dt.date(2025, 7, 16))])
def test_no_way_between_the_ends_is_faster_than_the_bound(ends: tuple[str, str], on: dt.date) -> None:
    direct = of.great_circle(*ends)
    least = least_time_min(direct, least_km=direct.length_km, aircraft="wide-body", wind="season", on=on)
    path = direct.path(max_km=500.0)
    random = np.random.default_rng(18)
    fastest = minutes(direct, on)
    for _ in range(60):
        a, b = sorted(random.integers(1, len(path) - 1, 2))
        bent = [(lon, lat + random.normal(0.0, 8.0)) for lon, lat in (path[a], path[b])]
        bent = [((lon + 180.0) % 360.0 - 180.0, min(max(lat, -89.0), 89.0)) for lon, lat in bent]
        fastest = min(fastest, minutes(of.route(direct.waypoints[0], *bent, direct.waypoints[1]), on))
    assert least <= fastest <= minutes(direct, on)
    assert least > 0.8 * fastest  # a bound of some use


def test_in_still_air_the_bound_is_that_of_the_length() -> None:
    route = of.route("VKO", "MSQ", "BUD")
    least_km = 0.97 * route.length_km
    still = pace(route, aircraft="narrow-body").total.typical
    speed = of.costs.aircraft("narrow-body").speed_kmh.typical
    least = least_time_min(route, least_km=least_km, aircraft="narrow-body")
    assert still - least == pytest.approx(60.0 * 0.03 * route.length_km / speed)


def test_a_steady_wind_helps_all_ways_alike_so_the_bound_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Had all of the way the strongest wind from behind, it would be 10 to 25 % less."""
    monkeypatch.setattr("overflight.costs.winds.season", lambda _: steady((8.0, 40.0, -5.0)))
    for ends in (("LHR", "JFK"), ("JFK", "LHR"), ("VKO", "BUD")):
        direct = of.great_circle(*ends)
        least = least_time_min(direct, least_km=direct.length_km, aircraft="wide-body", wind="season", on=JANUARY)
        assert 0.97 * minutes(direct) < least <= minutes(direct)


def test_what_is_known_of_a_region_is_never_less_than_a_wind_in_it() -> None:
    winds = of.costs.winds.season(JANUARY)
    about = winds.within((-0.5, 51.5), (-73.8, 40.6), 6000.0)
    some = bounds._differs(*about, np.array([12.0, 30.0, -4.0]))
    places = np.array(of.great_circle("LHR", "JFK").path(max_km=10.0))
    east, north = winds.east_north_m_s(places).T
    off = steady((12.0, 30.0, -4.0)).east_north_m_s(places) - np.stack([east, north], axis=1)
    assert np.linalg.norm(off, axis=1).max() <= some


def through(lat: float, **more: object) -> Candidate:
    ends = Waypoint(-118.0, 34.0, "A"), Waypoint(140.0, 36.0, "B")
    middle = () if lat == 0.0 else (Waypoint(-170.0, lat, None),)
    route = of.Route((ends[0], *middle, ends[1]), f"by {lat:g}", "detour" if middle else "great-circle")
    verdict = of.check(of.great_circle("LIS", "PDL"), on="2025-01-16", rules=[])
    made = Candidate(route, verdict, (), 0.0, 0.0, 0.5, minimal=True)
    return replace(made, **more)  # type: ignore[arg-type]


def test_by_time_the_fastest_comes_first_after_the_great_circle_and_nothing_is_lost() -> None:
    """Westbound over the Pacific in January: a way farther north is longer, and faster for less wind against it."""
    direct, shorter, faster = through(0.0), through(45.0), through(54.0)
    found = Candidates((direct, shorter, faster), (), 0, ())
    assert shorter.route.length_km < faster.route.length_km
    assert minutes(faster.route) < minutes(shorter.route)
    assert found.by_time(aircraft="wide-body", wind="season", on="2025-01-16").items == (direct, faster, shorter)
    still = found.by_time(aircraft="wide-body")
    assert (still.items, still.by, found.by) == (found.items, "time", "length")
    assert "by time" in repr(still)


def test_a_candidate_without_a_proof_of_its_length_has_no_least_time() -> None:
    assert through(45.0, gap_pct=None).least_time_min() is None
    least = through(45.0).least_time_min(aircraft="wide-body", wind="season", on="2025-01-16")
    assert least is not None
    assert least < minutes(through(45.0).route)


def test_the_table_says_that_it_goes_by_time_and_what_is_proven_of_the_time() -> None:
    found = Candidates((through(0.0), through(45.0), through(54.0)), (), 0, ())
    case, costing = of.Case.of(of.great_circle("LIS", "PDL"), on="2025-01-16"), Costing(aircraft("wide-body"), "season")

    def told(by: str) -> list[str]:
        ordered = costing.in_order(found, case, by)
        cases = [case.with_route(one.route) for one in ordered]
        costed = [costing.of(own, one) for own, one in zip(cases, ordered, strict=True)]
        return timed(
            [(Report(own, costed=one), way) for own, one, way in zip(cases, costed, ordered, strict=True)], ordered
        )

    (proven,) = told("length")
    assert proven.startswith(
        "Route 2 takes 11 h 36 min as usual; it is proven that no way with the same consents takes"
    )
    first, proven = told("time")
    assert first == "From the fastest, of those found by length: in wind, a longer way may be faster."
    assert proven.startswith("Route 2 takes 11 h 29 min as usual")
