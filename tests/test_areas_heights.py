"""Areas with a floor or a ceiling: what a recorded flight enters, what it passes above or below, what can't be told."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import shapely

import overflight as of
from overflight.airspace import Area
from overflight.airspace.levels import parse_limit
from overflight.airspace.overlay import partition
from overflight.cli import main
from overflight.maps.scene import _limits
from overflight.routes.places import Waypoint
from overflight.routes.tracks import Sample, Track, tracks_of
from overflight.rules.findings import Finding
from tests.worlds import make_world

WORLD = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})
BEGIN_S = 1_761_202_800.0
FT = 0.3048


def zone(floor: str = "SFC", ceiling: str = "UNL", name: str = "zone", west: float = 4.0, east: float = 6.0) -> Area:
    shape = shapely.MultiPolygon([shapely.box(west, -1.0, east, 1.0)])
    return Area(name, shape, "zone.txt", parse_limit(floor), parse_limit(ceiling))


def flight(heights_m: Sequence[float | None], *, step_s: float = 60.0, ground: Sequence[bool | None] = ()) -> Track:
    """Return a flight east along the equator, a degree of longitude from each position to the next."""
    rows = [
        Sample(Waypoint(0.2 * i, 0.0), BEGIN_S + i * step_s, height, on_ground=ground[i] if ground else None)
        for i, height in enumerate(heights_m)
    ]
    (track,) = tracks_of(rows, "TST1")
    assert isinstance(track, Track)
    return track


def steady(height_m: float | None, count: int = 51) -> Track:
    return flight([height_m] * count)


def judged(route: of.Route, *areas: Area, margin_km: float = 0.0) -> Finding:
    verdict = of.check(route, WORLD, rules=[of.Avoid([*areas], margin_km=margin_km)])
    (finding,) = verdict.findings
    assert verdict.status == finding.status
    return finding


@pytest.mark.parametrize(
    ("height_m", "floor", "ceiling", "status"),
    [
        (10668.0, "SFC", "FL245", "clear"),
        (10668.0, "FL245", "UNL", "crosses"),
        (10668.0, "SFC", "UNL", "crosses"),
        (1000.0, "FL100", "FL245", "clear"),
        (5000.0, "FL100", "FL245", "crosses"),
        (3100.0, "FL100", "FL245", "crosses"),
        (3000.0, "FL100", "FL245", "marginal"),
        (3048.0 - 300.0 - 1.0, "FL100", "FL245", "marginal"),  # nearer than 5 % of itself and 300 m
        (2500.0, "FL100", "FL245", "clear"),
        (7700.0, "FL100", "FL245", "marginal"),
        (8300.0, "FL100", "FL245", "clear"),
        (1500.0, "SFC", "2500 ft AMSL", "clear"),
        (900.0, "SFC", "2500 ft AMSL", "marginal"),
        (700.0, "SFC", "2500 ft AMSL", "crosses"),
        (0.0, "SFC", "FL195", "crosses"),
        (0.0, "FL195", "UNL", "clear"),
        # on the ground, 0 is written for a height that may be that of any airfield
        (0.0, "FL100", "UNL", "marginal"),
        # how high the ground is is not known
        (1500.0, "SFC", "1000 ft AGL", "marginal"),
        (100.0, "SFC", "2500 ft AGL", "crosses"),
        (10668.0, "SFC", "1000 ft AGL", "clear"),
        (10668.0, "1000 ft AGL", "UNL", "crosses"),
        (2000.0, "1000 ft AGL", "UNL", "marginal"),
    ],
)
def test_a_flight_enters_what_it_flies_in(height_m: float, floor: str, ceiling: str, status: str) -> None:
    area = zone(floor, ceiling)
    finding = judged(steady(height_m), area)
    assert finding.status == status
    if status == "clear":
        assert (finding.length_km, finding.crossings, finding.closest_km) == (0.0, (), None)
        side = "below" if area.floor.low_m > height_m else "above"
        assert finding.note == f"zone reaches from {area.floor} to {area.ceiling}, passed {side} at " + (
            f"{height_m:,.0f} m" if height_m else "-450 to 5,000 m"
        )
    else:
        assert finding.length_km == pytest.approx(2.0 * 111.3195, abs=0.01)
    if status == "marginal":
        assert "is known to" in finding.note
        assert ("height of the ground" in finding.note) == ("AGL" in floor + ceiling)


def test_without_limits_there_is_no_word_of_heights() -> None:
    assert judged(steady(10_000.0), zone()).note == ""


@pytest.mark.parametrize("route", [steady(None), of.Route((Waypoint(0.0, 0.0), Waypoint(10.0, 0.0)))])
def test_where_no_altitude_is_known_an_area_is_entered(route: of.Route) -> None:
    finding = judged(route, zone("FL100", "FL245"))
    assert finding.status == "crosses"
    assert finding.note == "zone reaches from FL100 to FL245, altitude not known"
    assert finding.length_km == pytest.approx(2.0 * 111.3195, abs=0.01)


def test_only_the_part_between_the_limits_counts() -> None:
    """A climb of 100 m a position, through FL100 on the way: the point where it is there, by rule of three."""
    heights = [1000.0 + 100.0 * i for i in range(51)]
    floor_at_deg = 0.2 * (3048.0 - 1000.0) / 100.0
    finding = judged(flight(heights), zone("FL100", "UNL"))
    (crossing,) = finding.crossings
    assert crossing.entry[0] == pytest.approx(floor_at_deg, abs=1e-6)
    assert crossing.exit[0] == pytest.approx(6.0, abs=1e-6)
    assert finding.length_km == pytest.approx((6.0 - floor_at_deg) * 111.3195, abs=0.01)
    assert finding.status == "crosses"
    assert finding.note == "zone reaches from FL100 to UNL, recorded at 3,048 to 4,000 m"


def test_a_flight_that_leaves_an_area_upwards_and_comes_back_is_inside_twice() -> None:
    heights = [5000.0 + 3000.0 * math.sin(math.pi * max(0.0, 1.0 - abs(i - 25) / 4.0)) ** 2 for i in range(51)]
    finding = judged(flight([h + 0.0 for h in heights]), zone("SFC", "6000 m", west=2.0, east=8.0))
    assert finding.status == "crosses"
    assert len(finding.crossings) == 3
    assert finding.length_km == pytest.approx(sum(c.length_km for c in finding.crossings))
    assert [c.entry[0] >= 2.0 - 1e-9 for c in finding.crossings] == [True] * 3


@pytest.mark.parametrize(
    ("step_s", "status", "said"),
    [
        (60.0, "clear", "passed below at 2,000 m"),
        (1200.0, "crosses", "altitude not known"),
    ],
)
def test_in_a_gap_nothing_is_known(step_s: float, status: str, said: str) -> None:
    finding = judged(flight([2000.0] * 51, step_s=step_s), zone("FL195", "UNL"))
    assert finding.status == status
    assert said in finding.note


def test_between_positions_minutes_apart_any_height_between_theirs_may_be() -> None:
    """From 1,000 m to 6,000 m in eight minutes, on the way through an area that is left before half the climb."""
    rows = [(0.0, 1000.0, 0.0), (3.9, 1000.0, 600.0), (8.0, 6000.0, 1080.0), (10.0, 6000.0, 1300.0)]
    (track,) = tracks_of([Sample(Waypoint(lon, 0.0), BEGIN_S + s, m) for lon, m, s in rows], "TST2")
    finding = judged(track, zone("FL195", "UNL", east=5.0))
    assert finding.status == "marginal"
    rows = [(lon, m, s / 20.0) for lon, m, s in rows]
    (track,) = tracks_of([Sample(Waypoint(lon / 20.0, 0.0), BEGIN_S + s, m) for lon, m, s in rows], "TST3")
    assert judged(track, zone("FL195", "UNL", west=0.2, east=0.25)).status == "clear"


def test_positions_without_an_altitude_lie_between_those_with_one() -> None:
    heights: list[float | None] = [2000.0 if i % 3 == 0 else None for i in range(52)]
    assert judged(flight(heights, step_s=20.0), zone("FL195", "UNL")).status == "clear"
    assert judged(flight([*heights[:28], *[None] * 24], step_s=20.0), zone("FL195", "UNL")).note.endswith(
        "altitude not known"
    )


def test_on_the_ground_below_a_floor_is_not_inside() -> None:
    track = flight([None] * 51, ground=[True, *[None] * 49, True], step_s=10.0)
    assert judged(track, zone("FL195", "UNL")).status == "clear"
    assert judged(track, zone("SFC", "FL195")).status == "crosses"


def test_layers_over_one_place_are_told_apart() -> None:
    layers = [zone("SFC", "FL95", "low"), zone("FL95", "FL195", "middle"), zone("FL195", "UNL", "high")]
    verdict = of.check(steady(4500.0), WORLD, rules=[of.Avoid(layers)])
    assert {f.area: f.status for f in verdict.findings} == {"low": "clear", "middle": "crosses", "high": "clear"}
    assert verdict.status == "crosses"


def test_what_is_passed_above_and_below_in_turn_is_passed_outside() -> None:
    climb = flight([1000.0 if i < 25 else 9000.0 for i in range(51)])
    parts = shapely.MultiPolygon([shapely.box(2, -1, 3, 1), shapely.box(7, -1, 8, 1)])
    finding = judged(climb, Area("two", parts, "zone.txt", parse_limit("FL100"), parse_limit("FL200")))
    assert finding.note == "two reaches from FL100 to FL200, passed outside at 1,000 to 9,000 m"
    finding = judged(climb, zone("FL100", "FL200"))
    assert (finding.status, len(finding.crossings)) == ("crosses", 1)
    assert finding.length_km == pytest.approx(0.2 * 111.3195 * (6096.0 - 3048.0) / 8000.0, rel=1e-4)


def test_a_margin_is_not_kept_off_what_is_passed_above() -> None:
    track = flight([10_000.0] * 20)  # ends at 3.8 degrees east, 22 km before the zone
    assert judged(track, zone("SFC", "FL95"), margin_km=50.0).status == "clear"
    assert judged(track, zone("SFC", "FL395"), margin_km=50.0).status == "marginal"


def test_sovereign_airspace_has_no_ceiling() -> None:
    world = make_world({"AAA": shapely.box(4, -1, 6, 1)})
    (finding,) = of.check(steady(30_000.0), world, rules=[of.Avoid(["AAA"])]).findings
    assert finding.status == "crosses"


def test_the_map_says_limits() -> None:
    areas = (zone("SFC", "FL95", "low"), zone("FL95", "FL195", "middle"), zone(name="plain", west=20.0, east=21.0))
    found = {piece.territory_name: _limits(piece, areas) for piece in partition(areas).pieces}
    assert found["low and middle"] == {"limits": ["low: SFC to FL95", "middle: FL95 to FL195"]}
    assert found["plain"] == {}


class TestCommandLine:
    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(list(arguments))
        told = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, told.out, told.err

    @pytest.fixture
    def recorded(self, tmp_path: Path) -> Path:
        lines = ["timestamp,lat,lon,altitude_ft"]
        lines += [f"2025-10-23T07:{i:02}:00Z,{52.0},{10.0 + 0.1 * i:.2f},35000" for i in range(31)]
        path = tmp_path / "flight.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def test_a_flight_above_an_area_is_clear_of_it_and_says_why(
        self, recorded: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rule = "circle:52,11.5,40km,SFC-FL245"
        status, out, err = self.run(capsys, "check", str(recorded), "--avoid", rule, "-f", "json")
        found = json.loads(out)
        assert status == 0
        assert found["areas"] == [
            {
                "area": "40 km around 52,11.5, SFC to FL245",
                "source": rule,
                "floor": "SFC",
                "ceiling": "FL245",
            }
        ]
        (finding,) = found["routes"][0]["verdict"]["findings"]
        assert (finding["status"], finding["closest_km"], finding["length_km"]) == ("clear", None, 0.0)
        assert finding["note"] == "40 km around 52,11.5, SFC to FL245, passed above at 10,668 m"
        assert "note: 40 km around 52,11.5, SFC to FL245, passed above at 10,668 m" in err

    def test_a_flight_inside_breaks_the_rule_with_its_height(
        self, recorded: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, out, _ = self.run(
            capsys, "check", str(recorded), "--avoid", "circle:52,11.5,40km,FL300-FL400", "-f", "json"
        )
        (finding,) = json.loads(out)["routes"][0]["verdict"]["findings"]
        assert (status, finding["status"]) == (1, "crosses")
        assert finding["length_km"] == pytest.approx(80.0, abs=0.1)
        assert finding["note"].endswith("recorded at 10,668 m")
