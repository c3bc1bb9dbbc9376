"""Diversion exposure: against distances to every airport, taken one by one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from overflight._crossings import locate
from overflight.airspace import Area
from overflight.cli import main
from overflight.detours.alternates import Airports, read_airports, suitable_airports
from overflight.detours.diversions import diversions
from overflight.errors import DataError
from overflight.routes.places import airports
from tests.commands import Run
from tests.worlds import make_world

GEOD = pyproj.Geod(ellps="WGS84")
WORLD = make_world({"AAA": shapely.box(0, -5, 20, 5), "BBB": shapely.box(20, -5, 40, 5)})
ROUTE = of.Route((of.Waypoint(0.5, 0.0), of.Waypoint(39.5, 0.0)))


def at(*points: tuple[float, float]) -> Airports:
    return Airports(tuple(f"P{k}" for k in range(len(points))), np.array(points), "test")


def test_the_share_changes_where_two_airports_are_equally_near() -> None:
    found = diversions(ROUTE, WORLD, airports=at((10.0, 0.0), (30.0, 0.0)), avoid={"BBB"}, beyond_km=400.0)
    # half of the way lies nearer to the airport in BBB; the nearest that may be used is then at 10 E
    assert found.forbidden_share == pytest.approx(0.5, abs=1e-4)
    east_km = GEOD.inv(10.0, 0.0, 39.5, 0.0)[2] / 1000.0
    assert found.farthest_km == pytest.approx(east_km, abs=0.01)
    assert found.longest_km == pytest.approx(east_km - 400.0, abs=0.03)
    west_km = GEOD.inv(0.5, 0.0, 10.0, 0.0)[2] / 1000.0
    assert found.total_km == pytest.approx(east_km + west_km - 800.0, abs=0.05)
    assert found.longest_from_km == pytest.approx(west_km + 400.0, abs=0.03)


def test_consent_opens_airports_and_areas_close_them() -> None:
    both = at((10.0, 0.0), (30.0, 0.0))
    free = diversions(ROUTE, WORLD, airports=both, avoid=set(), beyond_km=400.0)
    assert free.forbidden_share == 0.0
    zone = Area("zone", shapely.MultiPolygon([shapely.box(29, -1, 31, 1)]))
    shut = diversions(ROUTE, WORLD, airports=both, avoid=[zone], beyond_km=400.0)
    assert shut.forbidden_share == pytest.approx(0.5, abs=1e-4)


def test_without_any_airport_all_of_the_route_is_beyond() -> None:
    found = diversions(ROUTE, WORLD, airports=at((30.0, 0.0)), avoid={"BBB"}, beyond_km=400.0)
    assert found.forbidden_share == 1.0
    assert math.isinf(found.farthest_km)
    assert found.longest_km == pytest.approx(ROUTE.length_km)
    assert found.to_dict()["farthest_km"] is None


def test_the_shipped_airports_give_what_a_search_one_by_one_gives() -> None:
    """Every 25 km of Moscow-Budapest, the distance to each airport in reach, by pyproj alone."""
    world, chosen = of.load_airspaces(), suitable_airports()
    route = of.great_circle("VKO", "BUD")
    forbidden = {"UKR", "POL"}
    found = diversions(route, world, airports=chosen, avoid=forbidden, beyond_km=100.0)
    around = (np.abs(chosen.lonlat - [28.0, 51.5]) < [15.0, 9.0]).all(axis=1)
    near = chosen.lonlat[around]
    barred = np.array([str(locate(world, lon, lat).state) in forbidden for lon, lat in near.tolist()])
    (leg,) = route.legs
    bad, far = [], []
    for share in np.linspace(0.0, 1.0, 63).tolist():
        lon, lat, _ = GEOD.fwd(leg.start.lon, leg.start.lat, leg.azimuth_deg, share * leg.length_m)
        metres = np.array([GEOD.inv(lon, lat, x, y)[2] for x, y in near.tolist()])
        bad.append(metres[barred].min() < metres[~barred].min())
        far.append(metres[~barred].min() > 100_000.0)
    assert found.forbidden_share == pytest.approx(float(np.mean(bad)), abs=0.04)
    assert found.total_km / route.length_km == pytest.approx(float(np.mean(far)), abs=0.04)
    assert 0.1 < found.forbidden_share < 0.9


def test_suitable_airports_have_both_codes_and_are_no_heliports_nor_closed() -> None:
    chosen = suitable_airports()
    assert len(chosen) > 3_000
    assert {"EGLL", "UUWW", "LHBP"} <= set(chosen.names)
    assert not {"EDDT", "LGAT", "EGHT"} & set(chosen.names)
    assert all(len(name) == 4 for name in chosen.names)
    assert (chosen.runway_m, chosen.what) == (
        2000.0,
        "airports with an ICAO and an IATA code and a runway of 2,000 m or more",
    )


@pytest.mark.parametrize(
    ("code", "metres"),
    # the longest runway, as published: general knowledge
    [("EGLC", 1508), ("LFPG", 4215), ("BGGH", 2200), ("ENSB", 2319), ("SBRJ", 1323), ("OTHH", 4850), ("TFFJ", 650)],
)
def test_an_airport_is_suitable_up_to_the_length_of_its_longest_runway(code: str, metres: int) -> None:
    assert code in suitable_airports(metres * 0.97).names
    assert code not in suitable_airports(metres * 1.03).names


def test_what_is_longer_is_asked_of_fewer_and_those_of_unknown_length_are_counted() -> None:
    few, many = suitable_airports(3000.0), suitable_airports(1000.0)
    assert set(few.names) < set(many.names)
    assert few.unknown == many.unknown > 500
    assert few.told.endswith(f"; {few.unknown:,} whose runways are not known count as unsuitable")
    rows = [row for row in airports() if row["icao"] in set(many.names)]
    assert all(int(row["runway_m"]) >= 1000 for row in rows)


def test_a_list_of_ones_own_is_told_with_what_is_closed_of_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("icao\nBIKF\nEDDT\nhew\n", encoding="utf-8")
    assert read_airports(path).told == (
        f"3 airports of {path}; counted, though EDDT is closed since 2020-11-08; hew is closed since 2001-03-29"
    )
    path.write_text("icao\n" + "TXL\n" * 5 + "BIKF\n", encoding="utf-8")
    assert read_airports(path).told.endswith("; TXL is closed since 2020-11-08; 2 more are closed")
    path.write_text("lat,lon\n64,-22\n", encoding="utf-8")
    assert read_airports(path).told == f"1 airport of {path}"


@pytest.mark.parametrize("metres", [0.0, -1.0, math.nan, math.inf, 10_001.0])
def test_a_length_that_is_none_is_refused(metres: float) -> None:
    with pytest.raises(DataError, match=r"a runway of .* m: give a length above 0"):
        diversions(ROUTE, WORLD, avoid=set(), beyond_km=400.0, runway_m=metres)


def test_a_runway_is_asked_of_the_table_only() -> None:
    with pytest.raises(DataError, match="leave it out where airports are given"):
        diversions(ROUTE, WORLD, airports=at((10.0, 0.0)), avoid=set(), beyond_km=400.0, runway_m=2000.0)


def test_python_and_command_line_ask_for_a_runway_alike(run: Run) -> None:
    """Across the South Atlantic Saint Helena, 1,950 m, is the only airport for long."""
    words = ("routes", "GIG", "LAD", "--on", "2025-10-23", "--avoid", "ARG", "--diversion", "1000km")
    route, world = of.great_circle("GIG", "LAD"), of.load_airspaces()
    rows = {}
    for text, metres in (("1800m", 1800.0), ("5905ft", 5905 * 0.3048), ("2500m", 2500.0)):
        _, out, err = run(*words, "--runway", text, "-f", "json")
        rows[text] = json.loads(out)["routes"][0]["diversion"]
        assert rows[text] == diversions(route, world, avoid={"ARG"}, beyond_km=1000.0, runway_m=metres).to_dict()
        assert err.count(f"a runway of {metres:,.0f} m or more; ") == 1
    assert rows["1800m"]["total_km"] == rows["5905ft"]["total_km"]
    assert rows["1800m"]["total_km"] < rows["2500m"]["total_km"] - 100.0
    assert run(*words, "-f", "json")[1] == run(*words, "--runway", "2000 m", "-f", "json")[1]


def test_a_list_of_ones_own_has_codes_or_coordinates(tmp_path: Path) -> None:
    codes, points = tmp_path / "codes.csv", tmp_path / "points.csv"
    codes.write_text("icao,why\nEGLL,long\nBUD,\n", encoding="utf-8")
    points.write_text("name,lat,lon\nBase,51.5,-0.5\n", encoding="utf-8")
    assert read_airports(codes).names == ("EGLL", "BUD")
    assert read_airports(points).lonlat.tolist() == [[-0.5, 51.5]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected 1 to"),
        ("icao\n", "expected 1 to"),
        ("code\nEGLL\n", "a header with icao"),
        ("icao\nEGLL\nXQQQ\n", "line 3: "),
        ("lat,lon\nx,1\n", "line 2: lat and lon must be numbers"),
        ("lat,lon\n1\n", "line 2: lat and lon must be numbers"),
        ("lat,lon\nnan,1\n", "line 2: "),
        ("lat,lon\n95,1\n", "line 2: "),
    ],
)
def test_a_list_that_is_none_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_airports(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


class TestCommandLine:
    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["routes", "FRA", "VIE", "--avoid", "CZE", "--on", "2025-10-23", *arguments])
        told = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, told.out, told.err

    def test_routes_beyond_the_range_stay_and_say_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        status, out, err = self.run(capsys, "--range", "624.5km", "-f", "json")
        rows = json.loads(out)["routes"]
        assert [row["in_range"] for row in rows] == [True, False]
        assert rows[1]["beyond_range_km"] == pytest.approx(rows[1]["length_km"] - 624.5, abs=0.002)
        assert status == 1  # the lawful one is too long
        assert "even the great circle" not in err
        status, _, err = self.run(capsys, "--range", "300km")
        assert status == 1
        assert "even the great circle (623.6 km) is longer than the range" in err

    def test_exposure_is_told_where_it_is_asked_for(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        _, out, _ = self.run(capsys, "-f", "json")
        assert "diversion" not in json.loads(out)["routes"][1]
        own = tmp_path / "own.csv"
        own.write_text("icao\nLKPR\nLOWW\n", encoding="utf-8")
        _, out, _ = self.run(capsys, "-f", "json", "--diversion", "100km", "--airports", str(own))
        direct, around = (row["diversion"] for row in json.loads(out)["routes"])
        assert around["forbidden_share"] > 0.4  # Prague is nearer than Vienna for long
        assert around["longest_km"] > 100.0
        assert direct["beyond_km"] == 100.0
        _, out, _ = self.run(capsys, "--diversion", "100nm")
        assert "diversion_forbidden_share" in out.splitlines()[0]

    @pytest.mark.parametrize(
        "arguments", [("--range", "0km"), ("--range", "6000"), ("--diversion", "-1km"), ("--airports", "x.csv"),
                      ("--runway", "2000m"), ("--diversion", "9km", "--runway", "2000"),
                      ("--diversion", "9km", "--runway", "0ft"), ("--diversion", "9km", "--runway", "99km"),
                      ("--diversion", "9km", "--runway", "2km", "--airports", "x.csv"),
                      ("--diversion", "9km", "--runway", "2000m", "--airports", "x.csv"),
                      ("-k", "-1"), ("-k", "x"), ("--max-extension", "nan"), ("--max-extension", "-1")],
    )  # fmt: skip
    def test_what_is_no_distance_ends_in_one_line(
        self, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, out, err = self.run(capsys, *arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
