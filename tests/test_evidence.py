"""Reports that are to be filed: what they say is what was read and found, and how exactly is worked out another way."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import overflight as of
from overflight._crossings import closest_approaches, locate
from overflight.airspace import DATA, Airspaces, Area
from overflight.airspace.levels import parse_limit
from overflight.case import Case
from overflight.errors import DataError, OverflightError
from overflight.evidence import MOST_FLIGHTS, Evidence, Input
from overflight.evidence.certainty import certainty
from overflight.evidence.profile import profile_of, thinned
from overflight.evidence.spelling import decimal, sexagesimal, stamp
from overflight.evidence.way import Way, clock_of
from overflight.outside.witness import witnessing
from overflight.routes.files import parse_bytes
from overflight.routes.tracks import Track
from tests.worlds import make_world

ELLIPSOID = pyproj.Geod(ellps="WGS84")
T0 = dt.datetime(2025, 10, 23, 7, tzinfo=dt.UTC)
TURNS = [
    (37.2615, 55.5915, 200.0),
    (33.0, 54.3, 10_000.0),
    (27.0, 53.0, 10_600.0),
    (24.1, 52.2, 10_600.0),
    (21.2, 49.2, 11_000.0),
    (19.2556, 47.4369, 150.0),
]
"""A flight that turns where it may: longitude, latitude, metres; it is silent on its third leg."""
LEG_S, STEP_S = 1800, 20


def flight(*, step_s: int = STEP_S) -> str:
    """Write a recording as a tracker does: a position every 20 s, but for half an hour without any, and one astray."""
    rows = ["time,lat,lon,altitude_m,callsign,icao24"]
    for leg, (a, b) in enumerate(itertools.pairwise(TURNS)):
        for at in range(0, LEG_S if leg != 2 else 1, step_s):
            lon, lat, height = (x + (y - x) * at / LEG_S for x, y in zip(a, b, strict=True))
            rows.append(f"{_time(LEG_S * leg + at)},{lat:.5f},{lon:.5f},{height:.0f},TST100,abc123")
    lon, lat, height = TURNS[-1]
    rows.append(f"{_time(LEG_S * (len(TURNS) - 1))},{lat},{lon},{height:.0f},TST100,abc123")
    rows.insert(50, f"{_time(50 * step_s - 7)},10.0,10.0,9000,TST100,abc123")
    return "\n".join(rows) + "\n"


def _time(seconds: float) -> str:
    return f"{T0 + dt.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def case() -> Case:
    (track,) = parse_bytes(flight().encode(), "a.csv", where="a.csv")
    return Case.of(track, avoid="icc")


@pytest.fixture(scope="module")
def told(case: Case) -> dict[str, Any]:
    (found,) = Evidence.of(case).to_dict()["flights"]
    assert isinstance(found, dict)
    return found


def ends(told: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [(which, one[which], one) for one in told["crossings"] for which in ("entry", "exit")]


def borders(told: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [(which, end, one) for which, end, one in ends(told) if end["what"] == "border"]


# ---------------------------------------------------------------- what was read


def test_the_input_is_named_by_the_digest_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "flight.csv"
    file.write_text(flight(), encoding="utf-8")
    with witnessing() as seen:
        routes = of.read_routes(file)
    report = Evidence.of((Case.of(one) for one in routes), inputs=[Input.seen(one) for one in seen]).to_dict()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    size = file.stat().st_size
    assert report["inputs"] == [
        {"name": "flight.csv", "sha256": digest, "bytes": size, "read_as": ["CSV"], "role": "Input"}
    ]
    assert report["flights"][0]["input"] == digest
    assert Input.of(file.read_bytes(), "x/flight.csv") == Input("flight.csv", digest, size)


def test_the_recording_is_described(told: dict[str, Any]) -> None:
    record = told["recording"]
    assert (record["callsign"], record["aircraft"], record["clock_s"]) == ("TST100", "abc123", 10.0)
    assert (record["begin"], record["end"]) == ("2025-10-23T07:00:00Z", "2025-10-23T09:30:00Z")
    assert (record["median_spacing_s"], record["longest_silence_s"]) == (20.0, 1800.0)
    assert told["positions"] == record["altitudes"] == 4 * LEG_S // STEP_S + 2


@pytest.mark.parametrize(
    ("times", "unit"),
    [
        ([0, 60, 180], 60.0),
        ([0, 20, 30], 10.0),
        ([0, 1, 7], 1.0),
        ([0, 0.5], 0.1),
        ([0, 0.25], 0.01),
        ([0, 0.123], 0.001),
        ([0, 0.12345], 0.001),
    ],
)
def test_the_clock_is_told_by_its_times(times: list[float], unit: float) -> None:
    assert clock_of(np.array(times) + T0.timestamp()) == unit


# ---------------------------------------------------------------- where, when, how high


def test_borders_are_met_where_the_geodesic_between_two_positions_meets_them(case: Case, told: dict[str, Any]) -> None:
    """Each place is found anew by another library, along the leg; a few metres before and behind are other states."""
    track = case.route
    assert isinstance(track, Track)
    lon, lat = track.positions.T
    azimuth, _, metres = ELLIPSOID.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate([[0.0], np.cumsum(metres)])
    assert len(borders(told)) >= 8
    for which, end, crossing in borders(told):
        at = 1000.0 * end["km"]
        leg = int(np.searchsorted(along, at)) - 1
        spots = {}
        for shift in (-5.0, 0.0, 5.0):
            x, y, _ = ELLIPSOID.fwd(lon[leg], lat[leg], azimuth[leg], at + shift - along[leg])
            spots[shift] = x, y
        assert ELLIPSOID.inv(*spots[0.0], end["lon"], end["lat"])[2] < 1.0
        before, after = (locate(case.world, *spots[shift]).state for shift in (-5.0, 5.0))
        inside, outside = (after, before) if which == "entry" else (before, after)
        assert (inside, outside == inside) == (crossing["state"], False)
        times = track.times_s[leg : leg + 2]
        moment = np.interp(at, along[leg : leg + 2], times)
        height = np.interp(at, along[leg : leg + 2], track.altitude_m[leg : leg + 2])
        assert end["time"] == stamp(dt.datetime.fromtimestamp(moment, dt.UTC))
        assert end["altitude_m"] == pytest.approx(height, abs=0.1)
        recorded = [end[key]["time"] for key in ("position_before", "position_after")]
        assert recorded == [stamp(dt.datetime.fromtimestamp(float(time), dt.UTC)) for time in times]
        assert end["spacing_km"] == pytest.approx(metres[leg] / 1000.0, abs=1e-3)


def test_what_lies_in_a_gap_is_marked_and_so_is_whom_the_straight_line_crosses() -> None:
    """The silent leg leads from Russia into Belarus."""
    rows = ["time,lat,lon"]
    rows += [f"{_time(20 * n)},54.8,{36.0 - 0.03 * n:.3f}" for n in range(60)]
    rows += [f"{_time(6000 + 20 * n)},53.5,{29.0 - 0.03 * n:.3f}" for n in range(60)]
    (track,) = parse_bytes("\n".join(rows).encode(), "a.csv", where="a.csv")
    (told,) = Evidence.of(Case.of(track)).to_dict()["flights"]
    (gap,) = told["gaps"]
    assert (gap["straight_crosses"][0], gap["straight_crosses"][-1]) == ("RUS", "BLR")
    assert (gap["before"]["time"], gap["after"]["time"]) == (_time(1180), _time(6000))
    assert {end["in_gap"] for _, end, _ in borders(told)} == {True}
    assert told["crossings"][0]["positions"] == 60
    assert {one["positions"] for one in told["crossings"][1:-1]} <= {0}
    assert {end["spacing_s"] for _, end, _ in borders(told)} == {4820.0}
    assert [end["in_gap"] for _, end, _ in ends(told) if end["what"] != "border"] == [False, False]


def test_what_a_gap_allows_is_what_the_search_says(case: Case) -> None:
    """The silent leg lies in Belarus at both ends, from where nobody gets around it in no time."""
    (answer,) = of.gaps(case)
    report = Evidence.of(case)
    (gap,) = report.to_dict()["flights"][0]["gaps"]
    assert gap["allows"] == answer.to_dict()
    page = report.html().decode()
    assert "must have been crossed" in page.lower()
    assert f"{answer.leeway.possible_km:,.1f} km possible" in page
    assert "highest speed" in " ".join(report.to_dict()["limits"])


def test_a_state_that_must_have_been_crossed_is_not_said_to_be_presumed() -> None:
    """Belarus to Budapest in 35 minutes: nobody gets around Slovakia, in which no position was recorded."""
    rows = ["time,lat,lon", f"{_time(0)},52.25,24.15", f"{_time(60)},52.2,24.1", f"{_time(2160)},47.4369,19.2556"]
    rows.append(f"{_time(2220)},47.4,19.2")
    (track,) = parse_bytes("\n".join(rows).encode(), "a.csv", where="a.csv")
    case = Case.of(track, avoid="SVK | UKR")
    (answer,) = of.gaps(case)
    assert "SVK" in answer.codes("crossed")
    (told,) = Evidence.of(case).to_dict()["flights"]
    assert {one["positions"] for one in told["crossings"] if one["state"] == "SVK"} == {0}
    assert not any("no recorded position" in text for text in told["verdict"]["doubts"])


def test_an_airspace_in_which_nothing_was_recorded_is_said_to_be_presumed() -> None:
    """Two positions an hour apart, in Czechia and in Germany, on a line across Austria."""
    rows = ["time,lat,lon", f"{_time(0)},48.9,16.3", f"{_time(60)},48.9,16.2", f"{_time(4000)},48.0,12.85"]
    rows.append(f"{_time(4060)},48.0,12.75")
    (track,) = parse_bytes("\n".join(rows).encode(), "a.csv", where="a.csv")
    (told,) = Evidence.of(Case.of(track, avoid="AUT")).to_dict()["flights"]
    within = {one["n"]: one["positions"] for one in told["crossings"] if one["state"] == "AUT"}
    unseen = [n for n, count in within.items() if count == 0]
    assert unseen
    assert told["verdict"]["doubts"] == [
        f"crossing {unseen[0]} (Austria): no recorded position lies in it; it is presumed of a straight line"
    ]


def test_what_was_left_out_is_listed(told: dict[str, Any]) -> None:
    assert [(one["count"], one["why"]) for one in told["left_out"]] == [(1, "jump")]
    assert told["jumps"] == [{"time": _time(50 * STEP_S - 7), "lon": 10.0, "lat": 10.0, "altitude_m": 9000.0}]
    assert "suspected spoofing" in " ".join(told["remarks"])


@pytest.mark.parametrize(
    ("lonlat", "degrees", "minutes"),
    [
        ((37.2615, 55.5915), "55.59150 N, 37.26150 E", "55°35'29.4\" N, 037°15'41.4\" E"),
        ((-0.5, -33.25), "33.25000 S, 0.50000 W", "33°15'00.0\" S, 000°30'00.0\" W"),
        ((179.999999, 0.0), "0.00000 N, 180.00000 E", "00°00'00.0\" N, 180°00'00.0\" E"),
        ((0.0, 59.999995), "59.99999 N, 0.00000 E", "60°00'00.0\" N, 000°00'00.0\" E"),
    ],
)
def test_a_place_is_spelled_in_two_ways(lonlat: tuple[float, float], degrees: str, minutes: str) -> None:
    assert decimal(lonlat) == degrees
    assert sexagesimal(lonlat).replace("\N{PRIME}", "'").replace("\N{DOUBLE PRIME}", '"') == minutes


# ---------------------------------------------------------------- how exactly


def slanted(angle_deg: float, shift_m: float, accuracy_m: float) -> Airspaces:
    """Make a world of two states whose border leaves the equator at an angle, moved across itself by some metres."""
    along = np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])
    across = np.array([-along[1], along[0]]) * shift_m
    metres = np.array([across - 200_000.0 * along, across + 200_000.0 * along])
    a, b = metres / [111_319.49, 110_574.39]
    left = shapely.Polygon([a, b, (-4.0, 4.0), (-4.0, -4.0)])
    right = shapely.Polygon([a, b, (4.0, 4.0), (4.0, -4.0)])
    world = make_world({"AAA": left, "BBB": right})
    return dataclasses.replace(world, accuracy_m=accuracy_m)


@pytest.mark.parametrize("angle_deg", [90.0, 60.0, 30.0, 12.0])
@pytest.mark.parametrize("accuracy_m", [100.0, 2500.0])
def test_the_spread_along_the_line_is_that_of_borders_moved_by_as_much_as_they_are_known(
    angle_deg: float, accuracy_m: float
) -> None:
    east = of.route((-1.5, 0.0), (1.5, 0.0))
    met = {}
    for shift_m in (-accuracy_m, 0.0, accuracy_m):
        case = Case.of(east, on="2025-10-23", world=slanted(angle_deg, shift_m, accuracy_m))
        met[shift_m] = case.verdict.crossings[1].entry_km
    case = Case.of(east, on="2025-10-23", world=slanted(angle_deg, 0.0, accuracy_m))
    entry = case.verdict.crossings[1]
    found = certainty(Way(case), case.world, entry.piece, entry.entry_km)
    assert found is not None
    assert found.bounded
    assert found.accuracy_m == accuracy_m
    assert found.angle_deg == pytest.approx(angle_deg, abs=0.05)
    assert met[0.0] - found.before_km == pytest.approx(min(met.values()), rel=2e-3)
    assert met[0.0] + found.after_km == pytest.approx(max(met.values()), rel=2e-3)


def test_at_both_ends_of_the_spread_the_border_is_as_far_as_it_is_known(case: Case, told: dict[str, Any]) -> None:
    """Measured by the search for closest approaches, from short legs on the other side of the border."""
    way = Way(case)
    checked = 0
    for which, end, crossing in borders(told):
        known = end["uncertainty"]
        sides = ((end["km"] - known["before_km"], 0), (end["km"] + known["after_km"], 1))
        km, side = sides[0] if which == "entry" else sides[1]
        points, _ = way.stretch(km - 0.001, km + 0.001, step_km=1.0)
        near = closest_approaches(of.route(*points.tolist()), case.world, [crossing["state"]], within_km=20.0)
        assert near[of.State(crossing["state"])].km == pytest.approx(known["border_accuracy_m"] / 1000.0, rel=0.02), (
            side
        )
        checked += 1
    assert checked >= 8


def test_times_are_bounded_by_the_spread_and_the_clock(case: Case, told: dict[str, Any]) -> None:
    track = case.route
    assert isinstance(track, Track)
    for _, end, _ in borders(told):
        known = end["uncertainty"]
        low, high = (track.moment(km) for km in (end["km"] - known["before_km"], end["km"] + known["after_km"]))
        clock = dt.timedelta(seconds=10)
        earliest, latest = (dt.datetime.fromisoformat(known[key]) for key in ("earliest", "latest"))
        assert dt.timedelta(0) <= low - clock - earliest < dt.timedelta(seconds=1.1)
        assert dt.timedelta(0) <= latest - high - clock < dt.timedelta(seconds=1.1)


def test_a_crossing_that_is_shorter_than_the_border_is_known_is_not_beyond_doubt() -> None:
    """The great circle from Moscow to Budapest runs along a ragged border that is known to 500 m."""
    (told,) = Evidence.of(Case.of(["VKO", "BUD"], on="2025-10-23")).to_dict()["flights"]
    doubtful = [one["n"] for one in told["crossings"] if not one["beyond_doubt"]]
    assert doubtful == [2, 3, 4, 5]
    assert all(told["crossings"][n - 1]["length_km"] < 2.0 for n in doubtful)


def test_a_route_along_a_border_says_that_it_looked_no_farther() -> None:
    world = dataclasses.replace(slanted(0.0, 0.0, 5000.0), accuracy_m=5000.0)
    case = Case.of(of.route((-1.5, 0.01), (-0.5, 0.01), (-0.4, -0.01), (1.5, -0.01)), on="2025-10-23", world=world)
    crossing = case.verdict.crossings[1]
    found = certainty(Way(case), world, crossing.piece, crossing.entry_km)
    assert found is not None
    assert found.before_km == pytest.approx(crossing.entry_km, abs=1e-6)
    assert found.after_km == pytest.approx(case.route.length_km - crossing.entry_km, abs=1e-6)


# ---------------------------------------------------------------- rules


def test_membership_rows_are_those_of_the_table(told: dict[str, Any]) -> None:
    with (DATA / "blocs" / "icc.csv").open(encoding="utf-8", newline="") as file:
        table = {row["state"]: row for row in csv.DictReader(file)}
    (rule,) = told["rules"]
    states = {one["state"] for one in told["crossings"]}
    rows = {row["state"]: row for row in rule["memberships"]}
    assert states & set(table) <= set(rows)
    for state, row in rows.items():
        source = table[state]
        assert (row["since"], row["until"] or "", row["source"]) == (source["since"], source["until"], source["source"])
        assert row["verified"] == (source["verified"] == "true")
        assert row["note"].startswith(source["note"])
    digest = hashlib.sha256((DATA / "blocs" / "icc.csv").read_bytes()).hexdigest()
    assert [(one["name"], one["title"], one["sha256"]) for one in rule["blocs"]] == [
        ("icc", "ICC states parties", digest)
    ]
    (day,) = rule["dates"]
    assert set(day["states"]) == of.bloc("icc").on(dt.date(2025, 10, 23))


def test_a_membership_that_began_later_is_shown_as_not_held() -> None:
    (told,) = Evidence.of(Case.of(["VKO", "BUD"], on="2024-12-31", avoid="icc")).to_dict()["flights"]
    (row,) = [row for row in told["rules"][0]["memberships"] if row["state"] == "UKR"]
    assert (row["since"], row["holds"]) == ("2025-01-01", False)
    assert "UKR" not in told["rules"][0]["dates"][0]["states"]


def test_a_rule_about_whoever_bars_the_operator_names_the_rows_that_do() -> None:
    (told,) = Evidence.of(Case.of(["SVO", "LED", "HEL"], on="2025-10-23", avoid="bans", operator="RUS")).to_dict()[
        "flights"
    ]
    assert told["operator"]["state"] == "RUS"
    rows = {(row["bloc"], row["state"]) for row in told["rules"][0]["memberships"]}
    assert ("eu-ban-russia", "FIN") in rows
    page = Evidence.of(Case.of(["SVO", "HEL"], on="2025-10-23", avoid="bans", operator="RA-96022")).html().decode()
    assert "nationality mark RA" in page


def test_each_date_of_a_flight_is_worked_out() -> None:
    schedule = of.Schedule(dt.datetime(2024, 12, 31, 23, tzinfo=dt.UTC), 850.0)
    (told,) = Evidence.of(Case.of(["VKO", "BUD"], avoid="icc", schedule=schedule)).to_dict()["flights"]
    assert [(day["on"], "UKR" in day["states"]) for day in told["rules"][0]["dates"]] == [
        ("2024-12-31", False),
        ("2025-01-01", True),
    ]
    assert told["schedule"] == {"depart": "2024-12-31T23:00:00Z", "speed_kmh": 850.0}
    assert told["crossings"][0]["exit"]["time"] is not None


def test_disputes_and_claimants_are_told() -> None:
    (told,) = Evidence.of(Case.of(["VKO", "SIP"], on="2025-10-23", avoid="icc")).to_dict()["flights"]
    last = told["crossings"][-1]
    assert (last["state"], [one["state"] for one in last["claimants"]]) == ("UKR", ["UKR", "RUS"])
    assert "Crimea" in last["disputed"]
    assert any("Crimea" in text for text in told["verdict"]["hangs_on"])


def test_an_area_is_listed_with_its_limits_and_where_it_was_entered() -> None:
    """Its western edge is a meridian, which the route along the equator meets a degree from its start."""
    zone = Area("Zone", shapely.MultiPolygon([shapely.box(1.0, -1.0, 2.0, 1.0)]), "z.txt", ceiling=parse_limit("FL100"))
    case = Case.of(of.route((0.0, 0.0), (3.0, 0.0)), on="2025-10-23", avoid=zone)
    (told,) = Evidence.of(case).to_dict()["flights"]
    assert told["rules"][0]["areas"] == [{"name": "Zone", "source": "z.txt", "floor": "SFC", "ceiling": "FL100"}]
    (stay,) = told["areas"]
    degree_km = ELLIPSOID.inv(0.0, 0.0, 1.0, 0.0)[2] / 1000.0
    assert (stay["entry"]["km"], stay["length_km"]) == pytest.approx((degree_km, degree_km), abs=1e-3)
    assert (stay["entry"]["decimal"], stay["entry"]["uncertainty"]) == ("0.00000 N, 1.00000 E", None)
    page = Evidence.of(case).html().decode()
    assert "into area Zone" in page
    assert "from SFC to FL100" in page


# ---------------------------------------------------------------- the profile


@settings(deadline=None)
@given(
    st.lists(st.floats(-500, 15_000, width=32), min_size=2, max_size=60),
    st.floats(1.0, 500.0),
)
def test_no_altitude_is_farther_from_the_profile_than_is_said(heights: list[float], tolerance: float) -> None:
    x, y = np.arange(len(heights), dtype=float), np.array(heights)
    kept = thinned(x, y, tolerance)
    assert (kept[0], kept[-1]) == (0, len(x) - 1)
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() <= tolerance * (1 + 1e-9)


@pytest.mark.slow
def test_a_long_flight_makes_a_small_report() -> None:
    """220,000 positions, whose altitudes are noisy."""
    rng = np.random.default_rng(7)
    n = 220_000
    lon, lat = np.linspace(0.0, 40.0, n), 50.0 + 3.0 * np.sin(np.linspace(0.0, 20.0, n))
    height = 10_000.0 + 300.0 * np.sin(np.linspace(0.0, 90.0, n)) + rng.uniform(-5.0, 5.0, n)
    rows = [
        f"{T0.timestamp() + 0.5 * i:.1f},{y:.6f},{x:.6f},{h:.1f}"
        for i, (x, y, h) in enumerate(zip(lon.tolist(), lat.tolist(), height.tolist(), strict=True))
    ]
    (track,) = parse_bytes("\n".join(["time,lat,lon,altitude_m", *rows]).encode(), "a.csv", where="a.csv")
    case = Case.of(track)
    profile = profile_of(Way(case))
    assert profile is not None
    (run,) = profile["runs"]
    assert len(run) <= 800
    seconds, heights = np.array(run).T
    drawn = np.interp(0.5 * np.arange(n), seconds, heights)
    assert np.abs(drawn - height).max() <= profile["tolerance_m"] + 0.15
    assert len(Evidence.of(case).html()) < 1_000_000


# ---------------------------------------------------------------- as a whole


def test_a_route_through_places_has_no_times() -> None:
    (told,) = Evidence.of(Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc")).to_dict()["flights"]
    assert (told["kind"], told["recording"], told["profile"], told["gaps"]) == ("great-circle", None, None, [])
    assert {end["time"] for _, end, _ in ends(told)} == {None}
    assert {end["uncertainty"]["earliest"] for _, end, _ in borders(told)} == {None}


def test_several_flights_are_a_section_each_and_too_many_are_refused(case: Case) -> None:
    other = Case.of(["VKO", "BUD"], on="2025-10-23")
    page = Evidence.of([case, other]).html().decode()
    assert page.count("<svg") == 4
    assert "<h2>TST100</h2>" in page
    assert "<h2>VKO-BUD</h2>" in page
    with pytest.raises(OverflightError, match=f"give {MOST_FLIGHTS} at most"):
        Evidence.of([other] * (MOST_FLIGHTS + 1))
    with pytest.raises(OverflightError, match="needs a route"):
        Evidence.of([])


def test_the_same_question_makes_the_same_bytes(case: Case) -> None:
    for kind in (".html", ".json"):
        assert Evidence.of(case).as_bytes(kind) == Evidence.of(case).as_bytes(kind)


def test_a_report_is_saved_as_its_name_says_or_not_at_all(case: Case, tmp_path: Path) -> None:
    report = Evidence.of(case)
    report.save(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == report.to_dict()
    report.save(tmp_path / "a.HTML")
    assert (tmp_path / "a.HTML").read_bytes() == report.html()
    with pytest.raises(OverflightError, match=r"no \.txt file: give \.html, \.pdf or \.json"):
        report.save(tmp_path / "a.txt")
    with pytest.raises(DataError):
        report.save(tmp_path / "none" / "a.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.HTML", "a.json"]


NUMBER, TEXT, FLAG, LISTED = ({"type": one} for one in ("number", "string", "boolean", "array"))


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}


def _shape(**keys: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": [*keys], "properties": keys}


def _many(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": shape}


POSITION = _shape(time=TEXT, km=NUMBER, lon=NUMBER, lat=NUMBER, altitude_m=_or_null(NUMBER))
END = _shape(
    what={"enum": ["start", "border", "end"]},
    km=NUMBER,
    lon=NUMBER,
    lat=NUMBER,
    decimal=TEXT,
    sexagesimal=TEXT,
    time=_or_null(TEXT),
    altitude_m=_or_null(NUMBER),
    position_before=_or_null(POSITION),
    position_after=_or_null(POSITION),
    spacing_km=_or_null(NUMBER),
    spacing_s=_or_null(NUMBER),
    in_gap=FLAG,
    uncertainty=_or_null(
        _shape(
            border_accuracy_m=NUMBER,
            angle_deg=NUMBER,
            before_km=NUMBER,
            after_km=NUMBER,
            bounded=FLAG,
            clock_s=_or_null(NUMBER),
            earliest=_or_null(TEXT),
            latest=_or_null(TEXT),
        )
    ),
)
CROSSING = _shape(
    n=NUMBER,
    state=TEXT,
    name=TEXT,
    territory=TEXT,
    role=TEXT,
    standing={"enum": ["forbidden", "consented", "free"]},
    forbidden_by=_many(TEXT),
    blocs=_many(TEXT),
    disputed=_or_null(TEXT),
    claimants=_many(_shape(state=TEXT, name=TEXT)),
    length_km=NUMBER,
    positions=_or_null(NUMBER),
    duration_s=_or_null(NUMBER),
    altitude_m=_or_null(_many(NUMBER)),
    beyond_doubt=FLAG,
    entry=END,
    exit=END,
)
ROW = _shape(
    bloc=TEXT,
    state=_or_null(TEXT),
    territory=_or_null(TEXT),
    name=TEXT,
    since=_or_null(TEXT),
    until=_or_null(TEXT),
    holds=FLAG,
    source=TEXT,
    verified=FLAG,
    note=TEXT,
)
RULE = _shape(
    text=TEXT,
    dates=_many(_shape(on=TEXT, states=_many(TEXT), except_territories=_many(TEXT), reservations=_many(TEXT))),
    areas=LISTED,
    blocs=_many(_shape(name=TEXT, title=TEXT, applies_to=TEXT, sha256=_or_null(TEXT))),
    memberships=_many(ROW),
)
FLIGHT = _shape(
    name=TEXT,
    kind=TEXT,
    on=TEXT,
    dated=_or_null(TEXT),
    input=_or_null(TEXT),
    length_km=NUMBER,
    positions=NUMBER,
    recording=_or_null(_shape(aircraft=_or_null(TEXT), callsign=_or_null(TEXT), begin=TEXT, end=TEXT, clock_s=NUMBER)),
    rules=_many(RULE),
    verdict=_shape(
        status={"enum": ["clear", "marginal", "crosses"]},
        sentence=TEXT,
        findings=_many(TEXT),
        hangs_on=_many(TEXT),
        doubts=_many(TEXT),
    ),
    crossings=_many(CROSSING),
    areas=LISTED,
    left_out=_many(_shape(count=NUMBER, why=TEXT, text=TEXT)),
    jumps=LISTED,
    remarks=_many(TEXT),
    gaps=_many(
        _shape(
            before=POSITION,
            after=POSITION,
            km=NUMBER,
            seconds=NUMBER,
            straight_crosses=_many(TEXT),
            allows=_or_null({}),
        )
    ),
    profile=_or_null(_shape(tolerance_m=NUMBER, recorded=NUMBER, runs=LISTED)),
)
DOCUMENT = _shape(
    schema={"const": 1},
    report={"const": "evidence"},
    overflight=TEXT,
    command=TEXT,
    inputs=_many(_shape(name=TEXT, sha256=TEXT, bytes=NUMBER, read_as=_many(TEXT), role=TEXT)),
    data=_shape(version=TEXT, view=TEXT, sha256=_or_null(TEXT), attribution=TEXT, licence=TEXT, sources=LISTED),
    flights=_many(FLIGHT),
    limits=_many(TEXT),
)
"""What schema 1 promises: keys may be added, never renamed."""


def test_the_json_keeps_its_shape(case: Case) -> None:
    schedule = of.Schedule(dt.datetime(2024, 12, 31, 23, tzinfo=dt.UTC), 850.0)
    others = [Case.of(["VKO", "SIP"], avoid="icc", schedule=schedule), Case.of(["VKO", "BUD"], on="2025-10-23")]
    report = json.loads(Evidence.of([case, *others], inputs=[Input.of(b"x", "x")], command="overflight").to_json())
    jsonschema.validate(report, DOCUMENT)
    assert "OpenStreetMap" in report["data"]["attribution"]
    assert report["data"]["licence"] == "ODbL-1.0"
