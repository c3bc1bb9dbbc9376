"""Recorded flights: what becomes of the positions that trackers and loggers wrote, and what is said of the rest."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import overflight as of
from overflight.routes import Route, great_circle, read_routes, write_routes
from overflight.routes.files import parse_bytes
from overflight.routes.instants import instant
from overflight.routes.places import Waypoint
from overflight.routes.sample import Sample
from overflight.routes.tracks import Track, tracks_of, with_jumps
from tests.commands import Run

T0 = 1761202800.0  # 2025-10-23T07:00:00Z
FLIGHT = [(37.2615, 55.5915), (30.0, 53.9), (24.1, 52.2), (19.2556, 47.4369)]
"""Moscow to Budapest, a position an hour: 1,576 km."""


def read(text: str, name: str = "a.csv") -> tuple[Route, ...]:
    return parse_bytes(text.encode(), name, where=name)


def one(text: str, name: str = "a.csv") -> Route:
    (found,) = read(text, name)
    return found


def points(line: Route) -> list[tuple[float, float]]:
    return [(w.lon, w.lat) for w in line.waypoints]


def rows(*positions: tuple[float, float, float], on_ground: bool | None = None) -> list[Sample]:
    """Make samples of (minutes, lon, lat)."""
    return [Sample(Waypoint(lon, lat), T0 + 60.0 * at, on_ground=on_ground) for at, lon, lat in positions]


def as_track(found: Route) -> Track:
    assert isinstance(found, Track)
    return found


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-23T07:00:00Z", T0),
        ("2025-10-23 07:00:00+00:00", T0),
        ("2025-10-23 09:00:00+02:00", T0),
        ("2025-10-23 07:00:00 UTC", T0),
        ("2025/10/23 07:00:00.500", T0 + 0.5),
        ("20251023T070000Z", T0),
        ("1761202800", T0),
        ("1761202800000", T0),
        ("1761202800.5", T0 + 0.5),
        ("1761202800000000000", T0),
        ("2025-10-23", T0 - 7 * 3600),
        ("20251023", T0 - 7 * 3600),
        ("23.10.2025 07:00", T0),
        ("1.2.2025", 1738368000.0),
        ("07:00", None),
        ("0", None),
        ("12345", None),
        ("", None),
        ("nan", None),
        ("9" * 400, None),
        ("2025-13-01", None),
    ],
)
def test_times_are_read_however_they_are_written(text: str, expected: float | None) -> None:
    assert instant(text) == expected


# ---------------------------------------------------------------- what is left out


def test_a_track_knows_when_it_was_where() -> None:
    (found,) = tracks_of(rows(*((60.0 * i, *p) for i, p in enumerate(FLIGHT))), "TST100", aircraft="abc123")
    track = as_track(found)
    assert (track.name, track.aircraft, track.on) == ("TST100", "abc123", dt.date(2025, 10, 23))
    assert track.positions.tolist() == [list(p) for p in FLIGHT]
    assert (track.times_s - T0).tolist() == [0.0, 3600.0, 7200.0, 10800.0]
    assert track.begin == dt.datetime(2025, 10, 23, 7, tzinfo=dt.UTC)
    assert track.moment(track.legs[0].length_km + track.legs[1].length_km / 2) == dt.datetime(
        2025, 10, 23, 8, 30, tzinfo=dt.UTC
    )
    assert [gap.leg for gap in track.gaps] == [0, 1, 2]
    assert np.isnan(track.altitude_m).all()


def test_positions_are_sorted_by_their_times_and_repeats_counted() -> None:
    order = [2, 0, 3, 1]
    recorded = rows(*((60.0 * i, *FLIGHT[i]) for i in order), (180.0, *FLIGHT[3]), (185.0, *FLIGHT[3]))
    (found,) = tracks_of(recorded, "a")
    assert points(found) == [*FLIGHT, FLIGHT[3]]
    assert found.remarks[0] == "1 repeated position left out"


def test_a_parked_aircraft_keeps_the_first_and_the_last_moment_there() -> None:
    parked = [(float(i), *FLIGHT[0]) for i in range(10)]
    (found,) = tracks_of(rows(*parked, (40.0, 30.0, 53.9)), "a")
    assert (as_track(found).times_s - T0).tolist() == [0.0, 540.0, 2400.0]
    assert as_track(found).gaps[0].seconds == 1860.0


def test_rounded_positions_are_no_jumps() -> None:
    way = pyproj.Geod(ellps="WGS84").npts(37.2615, 55.5915, 32.0, 53.8, 200)
    for digits in (0, 1):  # 460 kt, recorded every 8 s; in tenths of a degree the next one is up to 13 km away
        tenths = [(i * 8 / 60, round(lon, digits), round(lat, digits)) for i, (lon, lat) in enumerate(way)]
        (found,) = tracks_of(rows(*tenths), "a")
        assert {one.why for one in as_track(found).left_out} == {"repeat"}
    wild = [*tenths[:100], (tenths[100][0], 20.1, 40.1), *tenths[101:]]
    (found,) = tracks_of(rows(*wild), "a")
    assert [one.count for one in as_track(found).left_out if one.why == "jump"] == [1]


def test_an_aircraft_that_is_heard_while_it_stands_is_not_silent() -> None:
    parked = [(float(i), *FLIGHT[0]) for i in range(46)]
    (found,) = tracks_of(rows(*parked, (50.0, 36.8, 55.5)), "a")
    track = as_track(found)
    assert (np.diff(track.times_s) <= 600.0).all()
    assert (track.gaps, [(one.count, one.why) for one in track.left_out]) == ((), [(36, "repeat")])
    (found,) = tracks_of(rows(*parked[:3], *parked[40:], (50.0, 36.8, 55.5)), "a")
    (gap,) = as_track(found).gaps
    assert gap.seconds == 38 * 60.0


def test_positions_at_zero_zero_are_left_out_unless_the_flight_is_there() -> None:
    zero = (30.0, 0.0, 0.0)
    (found,) = tracks_of(rows((0.0, *FLIGHT[0]), zero, (60.0, *FLIGHT[1])), "a")
    assert points(found) == FLIGHT[:2]
    assert found.remarks[0] == "1 position at 0,0 left out"
    (there,) = tracks_of(rows((0.0, 0.5, 0.5), zero, (60.0, -0.5, -0.5)), "a")
    assert len(there.waypoints) == 3


SPOOFED = [
    (0.0, 33.0, 34.6),
    (5.0, 33.7, 34.3),
    (5 + 1 / 6, 35.99, 31.72),
    (5 + 1 / 3, 33.75, 34.28),
    (30.0, 35.5, 33.8),
]


def test_a_parked_aircraft_with_one_false_position_costs_no_other_its_flight() -> None:
    parked = rows((0, 37.3, 55.6), (1, 37.3, 55.6), (2, 11.0, 12.0), (3, 37.3, 55.6), (4, 37.3, 55.6))
    assert tracks_of(parked, "PARKED") == []
    flown = rows(*((60.0 * i, *at) for i, at in enumerate(FLIGHT)))
    text = "time,icao24,lat,lon\n" + "".join(
        f"{s.when},{aircraft},{s.point.lat},{s.point.lon}\n"
        for aircraft, samples in (("aaaaaa", flown), ("bbbbbb", parked))
        for s in samples
    )
    assert points(one(text)) == FLIGHT
    assert one(text).remarks[0] == "1 line of a single place left out"


@pytest.mark.parametrize("there", [[(10.0, 90.0), (20.0, 90.0)], [(180.0, 60.0), (-180.0, 60.0)]])
def test_one_place_with_two_longitudes_is_no_flight(there: list[tuple[float, float]]) -> None:
    assert tracks_of(rows(*((60.0 * i, *at) for i, at in enumerate(there))), "x") == []


def test_positions_of_one_moment_are_a_route_with_a_date_and_no_times() -> None:
    """They are what is left of a recording whose other positions belong to another flight."""
    found = tracks_of(rows((0, 37.3, 55.6), (1680, 30.3, 53.6), (1680, 30.301, 53.601)), "x")
    assert [type(route) for route in found] == [Route]
    assert points(found[0]) == [(30.3, 53.6), (30.301, 53.601)]
    assert found[0].on == dt.date(2025, 10, 24)
    assert "1 position before, after or between flights left out" in found[0].remarks


def test_a_jump_that_no_aircraft_makes_is_left_out_and_can_be_had_back() -> None:
    (found,) = tracks_of(rows(*SPOOFED), "TST1")
    track = as_track(found)
    assert (35.99, 31.72) not in points(track)
    assert len(track.waypoints) == 4
    assert [(out.count, out.why) for out in track.left_out] == [(1, "jump")]
    assert "1 position left out: faster than 1,200 kt, suspected spoofing or error (35" in track.remarks[0]
    assert "km in 10 s until 2025-10-23T07:05:" in track.remarks[0]
    assert points(with_jumps(track)) == [(lon, lat) for _, lon, lat in SPOOFED]
    assert with_jumps(with_jumps(track)) == with_jumps(track)


def test_a_false_stretch_longer_than_either_true_one_is_told_by_what_is_around_it() -> None:
    true = [(float(i), 33.0 + i * 0.1, 34.5) for i in range(20)]
    false = [(float(i), 50.0, 10.0 + i * 0.1) for i in range(20, 35)]
    again = [(float(i), 33.0 + i * 0.1, 34.5) for i in range(35, 45)]
    (found,) = tracks_of(rows(*true, *false, *again), "a")
    assert points(found) == [(lon, lat) for _, lon, lat in [*true, *again]]
    assert as_track(found).left_out[0].count == 15


def test_nothing_is_left_out_where_it_is_not_clear_what_is_wrong() -> None:
    (found,) = tracks_of(rows((0.0, 10.0, 50.0), (5.0, 11.0, 50.0), (6.0, 60.0, 10.0), (11.0, 61.0, 10.0)), "a")
    assert len(found.waypoints) == 4
    assert "not clear which positions are wrong" in found.remarks[0]


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.floats(1.0, 600.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)), min_size=3, max_size=40
    ),
    speed=st.floats(10.0, 1100.0),
)
def test_nothing_that_an_aircraft_can_fly_is_called_a_jump(
    steps: list[tuple[float, float, float]], speed: float
) -> None:
    at, lon, lat = 0.0, 10.0, 50.0
    flown = [(at, lon, lat)]
    for seconds, east, north in steps:
        degrees = speed * 1.852 / 3600 * seconds / 111.7 / max(1.0, (east**2 + north**2) ** 0.5)
        at, lat = at + seconds, lat + north * degrees
        lon += east * degrees / np.cos(np.radians(min(abs(lat) + 1.0, 80.0)))
        if abs(lat) > 75.0:
            break
        flown.append((at, lon, lat))
    if len(set(flown)) > 2:
        for found in tracks_of([Sample(Waypoint(x, y), T0 + t) for t, x, y in flown], "a"):
            assert not len(as_track(found).jumped)
            assert "spoofing" not in str(found.remarks)


# ---------------------------------------------------------------- one flight, or several


def ground(at: float, lon: float, lat: float) -> Sample:
    return rows((at, lon, lat), on_ground=True)[0]


def air(at: float, lon: float, lat: float) -> Sample:
    return rows((at, lon, lat), on_ground=False)[0]


def test_a_landing_ends_a_flight_and_the_next_begins_after_the_longest_pause() -> None:
    out = [ground(0, 0.0, 50.0), air(10, 1.0, 50.0), air(50, 5.0, 50.0), ground(60, 6.0, 50.0), ground(62, 6.01, 50.0)]
    back = [ground(100, 6.02, 50.0), air(110, 5.0, 50.0), ground(160, 0.0, 50.0)]
    first, second = tracks_of([*out, *back], "TST")
    assert (first.name, second.name) == ("TST, flight 1", "TST, flight 2")
    assert points(first)[-1] == (6.01, 50.0)
    assert points(second)[0] == (6.02, 50.0)


def test_one_false_report_of_the_ground_ends_no_flight() -> None:
    (found,) = tracks_of([air(0, 0.0, 50.0), air(1, 0.1, 50.0), ground(1.2, 0.12, 50.0), air(1.4, 0.14, 50.0)], "a")
    assert len(found.waypoints) == 4


def test_a_pause_in_which_the_aircraft_got_nowhere_begins_a_new_flight_and_a_gap_in_the_air_none() -> None:
    day = rows((0, 0.0, 50.0), (60, 6.0, 50.0), (240, 6.1, 50.0), (300, 0.0, 50.0))
    assert [points(one) for one in tracks_of(day, "a")] == [[(0.0, 50.0), (6.0, 50.0)], [(6.1, 50.0), (0.0, 50.0)]]
    ocean = rows((0, 0.0, 50.0), (60, -6.0, 50.0), (300, -50.0, 50.0), (360, -60.0, 45.0))
    assert len(tracks_of(ocean, "a")) == 1


# ---------------------------------------------------------------- parts and pieces

GPX = '<gpx xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'


def trkpt(lon: float, lat: float, when: str = "", ele: str = "") -> str:
    more = f"<ele>{ele}</ele>" * bool(ele) + f"<time>{when}</time>" * bool(when)
    return f'<trkpt lat="{lat}" lon="{lon}">{more}</trkpt>'


def test_gpx_keeps_times_and_altitudes_and_says_of_a_gap_between_segments() -> None:
    first = trkpt(*FLIGHT[0], "2025-10-23T07:00:00Z", "200") + trkpt(*FLIGHT[1], "2025-10-23T08:00:00Z", "11000")
    second = trkpt(20.5, 49.0, "2025-10-23T09:40:00Z") + trkpt(*FLIGHT[3], "2025-10-23T10:00:00Z")
    text = GPX.format(f"<trk><name>TST100</name><trkseg>{first}</trkseg><trkseg>{second}</trkseg></trk>")
    track = as_track(one(text, "a.gpx"))
    assert points(track) == [*FLIGHT[:2], (20.5, 49.0), FLIGHT[3]]
    assert track.altitude_m[:2].tolist() == [200.0, 11000.0]
    assert [(gap.leg, gap.between_parts) for gap in track.gaps] == [(0, False), (1, True), (2, False)]
    assert any(r.startswith("a gap of 855 km between two parts of the track is judged") for r in track.remarks)


def test_gpx_waypoints_with_times_are_a_recording_only_where_there_is_nothing_else() -> None:
    alone = "".join(
        f'<wpt lat="{lat}" lon="{lon}"><time>2025-10-23T{9 - i:02}:00:00Z</time></wpt>'
        for i, (lon, lat) in enumerate(FLIGHT[:2])
    )
    assert points(one(GPX.format(alone), "a.gpx")) == FLIGHT[1::-1]
    route = "".join(f'<rtept lat="{lat}" lon="{lon}"/>' for lon, lat in FLIGHT[2:])
    assert points(one(GPX.format(f"{alone}<rte>{route}</rte>"), "a.gpx")) == FLIGHT[2:]


def test_a_line_of_one_point_beside_another_is_left_out_and_counted() -> None:
    text = GPX.format(f'<rte><rtept lat="1" lon="2"/></rte><trk><trkseg>{trkpt(1, 2)}{trkpt(3, 4)}</trkseg></trk>')
    found = one(text, "a.gpx")
    assert points(found) == [(1.0, 2.0), (3.0, 4.0)]
    assert found.remarks == ("1 line of a single place left out",)


def placemark(*positions: tuple[float, float], name: str = "") -> str:
    named = f"<name>{name}</name>" if name else ""
    told = " ".join(f"{lon},{lat},0" for lon, lat in positions)
    return f"<Placemark>{named}<LineString><coordinates>{told}</coordinates></LineString></Placemark>"


def kml(*placemarks: str) -> str:
    return f"<kml><Document>{''.join(placemarks)}</Document></kml>"


def test_placemarks_that_meet_end_to_end_are_one_flight_and_parked_ones_left_out() -> None:
    legs = [placemark(FLIGHT[0], FLIGHT[0]), placemark(*FLIGHT[:2]), placemark(*FLIGHT[1:3]), placemark(*FLIGHT[2:])]
    found = one(kml(*legs, placemark(FLIGHT[3], FLIGHT[3])), "a.kml")
    assert points(found) == FLIGHT
    assert found.remarks == (
        "2 lines of a single place left out",
        "3 lines that meet end to end are taken for one flight",
    )


def test_placemarks_of_other_names_or_apart_stay_apart() -> None:
    named = kml(placemark(*FLIGHT[:2], name="a"), placemark(*FLIGHT[1:], name="b"))
    assert [line.name for line in read(named, "a.kml")] == ["a", "b"]
    assert len(read(kml(placemark(*FLIGHT[:2]), placemark(*FLIGHT[2:])), "a.kml")) == 2


def timed_point(lon: float, lat: float, hour: int) -> str:
    return (
        f"<Placemark><TimeStamp><when>2025-10-23T{hour:02}:00:00+00:00</when></TimeStamp>"
        f"<Point><coordinates>{lon},{lat},11000</coordinates></Point></Placemark>"
    )


def test_points_with_times_give_the_lines_through_them_their_times() -> None:
    dots = [timed_point(*p, 7 + i) for i, p in enumerate(FLIGHT)]
    legs = [placemark(a, b) for a, b in itertools.pairwise(FLIGHT)]
    track = as_track(one(kml(*dots, *legs), "a.kml"))
    assert points(track) == FLIGHT
    assert track.on == dt.date(2025, 10, 23)
    assert track.altitude_m.tolist() == [11000.0] * 4
    assert points(one(kml(*dots, placemark((1.0, 2.0), (3.0, 4.0))), "a.kml")) == [(1.0, 2.0), (3.0, 4.0)]


@pytest.mark.parametrize(
    "text",
    [
        "37.2615,55.5915 ,30.0,53.9 ,24.1,52.2 ,19.2556,47.4369",
        "37.2615,55.5915,0 30.0,53.9,0,24.1,52.2,0 19.2556,47.4369,0",
        "37.2615,55.5915, 30.0,53.9, 24.1,52.2, 19.2556,47.4369",
        "37.2615, 55.5915, 9\n30.0, 53.9, 9\n24.1, 52.2, 9\n19.2556, 47.4369, 9",
    ],
)
def test_commas_that_programs_of_kml_set_wrongly_lose_no_position(text: str) -> None:
    line = f"<kml><Placemark><LineString><coordinates>{text}</coordinates></LineString></Placemark></kml>"
    assert points(one(line, "a.kml")) == FLIGHT


def test_numbers_that_make_no_positions_are_refused() -> None:
    line = "<kml><Placemark><LineString><coordinates>1,2,3,4 5,6</coordinates></LineString></Placemark></kml>"
    with pytest.raises(Exception, match="4 numbers without a blank between positions"):
        read(line, "a.kml")


def test_tracks_of_a_multitrack_are_one_flight_with_a_gap() -> None:
    def track(*fixes: tuple[str, float, float]) -> str:
        told = "".join(f"<when>2025-10-23T{at}:00Z</when><gx:coord>{lon} {lat} 9</gx:coord>" for at, lon, lat in fixes)
        return f"<gx:Track>{told}</gx:Track>"

    both = track(("07:00", *FLIGHT[0]), ("08:00", *FLIGHT[1])) + track(("09:40", 20.5, 49.0), ("10:00", *FLIGHT[3]))
    text = f"<kml><Placemark><gx:MultiTrack>{both}</gx:MultiTrack></Placemark></kml>"
    found = as_track(one(text, "a.kml"))
    assert len(found.waypoints) == 4
    assert found.gaps[1].between_parts
    assert "from 2025-10-23T08:00:00Z to 2025-10-23T09:40:00Z" in found.remarks[0]


def test_a_tour_is_told_as_such_and_is_no_track() -> None:
    tour = (
        "<gx:Tour><gx:Playlist><gx:FlyTo><LookAt><longitude>1</longitude></LookAt></gx:FlyTo></gx:Playlist></gx:Tour>"
    )
    with pytest.raises(of.OverflightError, match=r"a tour \(<gx:Tour>\) is the way of a camera, not a track"):
        read(kml(tour), "a.kml")
    beside = one(kml(tour, placemark(*FLIGHT)), "a.kml")
    assert (points(beside), beside.remarks) == (
        FLIGHT,
        ("a tour (<gx:Tour>) is the way of a camera, not a track: left out",),
    )


def feature(*lines: list[tuple[float, float]], name: str | None = None) -> dict[str, object]:
    geometry = (
        {"type": "LineString", "coordinates": lines[0]}
        if len(lines) == 1
        else {"type": "MultiLineString", "coordinates": lines}
    )
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def collection(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_features_that_meet_end_to_end_are_one_flight() -> None:
    legs = [feature([a, b], name="TST100") for a, b in itertools.pairwise(FLIGHT)]
    assert points(one(collection(*legs), "a.geojson")) == FLIGHT


def test_pieces_cut_where_the_longitude_jumps_are_one_line_and_it_is_said() -> None:
    west, east = [(150.0, 75.5), (177.0, 71.2)], [(-174.5, 71.2), (-156.8, 71.3)]
    for text in (collection(feature(west, east)), collection(feature(west, name="a"), feature(east, name="a"))):
        found = one(text, "a.geojson")
        assert points(found) == [*west, *east]
        assert found.remarks == ("a line cut at 180 degrees with 306 km missing is judged as one, straight across",)


def test_parts_that_are_apart_elsewhere_stay_apart_and_it_is_said_what_is_not_judged() -> None:
    first, second = read(collection(feature(FLIGHT[:2], FLIGHT[2:])), "a.geojson")
    assert (points(first), points(second)) == (FLIGHT[:2], FLIGHT[2:])
    assert first.remarks == ("part 1 of 2 of a line: what lies between them is not judged",)


# ---------------------------------------------------------------- the command line


def test_a_case_of_a_track_is_that_of_its_recording_as_on_the_command_line() -> None:
    text = "time,lat,lon\n2024-12-31T22:00:00Z,55,30\n2025-01-01T00:30:00Z,50,30\n"
    case = of.Case.of(one(text), avoid="icc")
    assert (case.on, case.schedule is not None) == (dt.date(2024, 12, 31), True)
    (ukraine,) = (f for f in case.verdict.findings if f.state == "UKR")
    assert ukraine.status == "clear"  # a party from 2025-01-01, and entered before, if it flew straight at one speed
    (doubt,) = (f for f in case.verdict.findings if f.open)
    assert (case.verdict.status, "UKR" in doubt.could) == ("marginal", True)  # which nobody recorded
    later = of.Case.of(one(text), avoid="icc", on="2025-01-01")
    assert (later.schedule, later.verdict.status) == (None, "crosses")
    with pytest.raises(TypeError, match="a date decides"):
        of.Case.of(great_circle("VKO", "BUD"), avoid="icc")


def test_a_track_is_judged_by_its_own_date_and_says_so(run: Run, tmp_path: Path) -> None:
    points_ = trkpt(44.9, 41.0, "2023-06-01T10:00:00Z") + trkpt(44.6, 39.9, "2023-06-01T11:00:00Z")
    (tmp_path / "a.gpx").write_text(GPX.format(f"<trk><trkseg>{points_}</trkseg></trk>"), encoding="utf-8")
    status, out, told = run("check", "a.gpx", "--avoid", "icc", "-f", "json")
    document = json.loads(out)
    verdict = document["routes"][0]["verdict"]
    assert (status, document["on"], verdict["status"]) == (1, "2023-06-01", "marginal")
    (doubt,) = (f for f in verdict["findings"] if f["status"] != "clear")
    assert "GEO" in doubt["could_cross"]
    assert "ARM" not in doubt["could_cross"]  # which joined on 2024-02-01
    assert "dated 2023-06-01" in told
    assert document["routes"][0]["remarks"] == [
        "1 leg without a position for more than 10 min, up to 60 min (125 km): straight there"
    ]
    status, out, told = run("check", "a.gpx", "--avoid", "icc", "--on", "2025-10-23", "-f", "json")
    assert (status, json.loads(out)["on"]) == (1, "2025-10-23")
    assert "dated 2023-06-01, but judged as of 2025-10-23" in told


def test_jumps_are_left_out_on_the_command_line_unless_they_are_to_be_kept(run: Run, tmp_path: Path) -> None:
    told = [trkpt(x, y, dt.datetime.fromtimestamp(T0 + 60 * at, dt.UTC).isoformat()) for at, x, y in SPOOFED]
    (tmp_path / "a.gpx").write_text(GPX.format(f"<trk><trkseg>{''.join(told)}</trkseg></trk>"), encoding="utf-8")
    _, out, said = run("check", "a.gpx", "-f", "json")
    assert "1 position left out: faster than 1,200 kt, suspected spoofing or error" in said
    assert not {"ISR", "JOR"} & set(json.loads(out)["routes"][0]["states_km"])
    _, out, said = run("check", "a.gpx", "--keep-jumps", "-f", "json")
    assert "1 position kept: faster than 1,200 kt" in said
    assert {"ISR", "JOR"} <= set(json.loads(out)["routes"][0]["states_km"])


def test_each_crossing_has_the_times_of_the_recording_and_is_judged_by_the_date_of_entry(
    run: Run, tmp_path: Path
) -> None:
    def flown(first: str, second: str, third: str) -> str:
        told = trkpt(44.7, 41.6, first) + trkpt(44.7, 41.3, second) + trkpt(44.6, 40.2, third)
        return GPX.format(f"<trk><trkseg>{told}</trkseg></trk>")

    (tmp_path / "before.gpx").write_text(flown("2024-01-31T23:50:00Z", "2024-01-31T23:55:00Z", "2024-02-01T00:10:00Z"))
    (tmp_path / "after.gpx").write_text(flown("2024-01-31T23:50:00Z", "2024-01-31T23:59:59Z", "2024-02-01T00:20:00Z"))
    # Armenia joined on 2024-02-01, 00:00 UTC; in the gap over midnight it may have been entered after that, too
    for name, expected in (("before.gpx", "marginal"), ("after.gpx", "crosses")):
        _, out, _ = run("check", name, "--avoid", "icc - GEO", "-f", "json")
        document = json.loads(out)
        status = document["routes"][0]["verdict"]["status"]
        assert not {"depart", "speed_kmh"} & document.keys()  # it had more than one speed
        georgia, armenia = document["routes"][0]["crossings"]
        assert (georgia["state"], armenia["state"], status) == ("GEO", "ARM", expected)
        assert georgia["entry_time"] == "2024-01-31T23:50:00Z"
        assert georgia["exit_time"] == armenia["entry_time"]
        assert armenia["exit_time"] == {"before.gpx": "2024-02-01T00:10:00Z", "after.gpx": "2024-02-01T00:20:00Z"}[name]


@pytest.mark.parametrize("form", ["kml", "kmz", "gpx"])
def test_a_track_is_written_with_its_times_and_comes_back(tmp_path: Path, form: str) -> None:
    first = trkpt(*FLIGHT[0], "2025-10-23T07:00:00Z", "200") + trkpt(*FLIGHT[1], "2025-10-23T08:00:00.5Z", "11000")
    second = trkpt(20.5, 49.0, "2025-10-23T09:40:00Z", "9000") + trkpt(*FLIGHT[3], "2025-10-23T10:00:00Z", "100")
    text = GPX.format(f"<trk><name>TST &lt;1&gt;</name><trkseg>{first}</trkseg><trkseg>{second}</trkseg></trk>")
    track = as_track(one(text, "a.gpx"))
    write_routes([track, great_circle("VKO", "BUD")], tmp_path / f"b.{form}")
    again, plain = read_routes(tmp_path / f"b.{form}")
    assert (again.name, again.waypoints, plain.on) == (track.name, track.waypoints, None)
    assert as_track(again).times_s.tolist() == track.times_s.tolist()
    assert as_track(again).altitude_m.tolist() == track.altitude_m.tolist()
    assert as_track(again).gaps == track.gaps


@pytest.mark.parametrize("on", ["2024-12-31", "2025-01-01"])
def test_a_proposal_of_a_recorded_flight_is_judged_as_check_judges_the_recording(
    run: Run, tmp_path: Path, on: str
) -> None:
    rows_ = ["time,lat,lon", "2024-12-31T22:00:00Z,55,30", "2024-12-31T23:00:00Z,0,0", "2025-01-01T00:30:00Z,50,30"]
    (tmp_path / "flown.csv").write_text("\n".join(rows_), encoding="utf-8")
    keys = f'name = "F"\non = {on}\nfile = "flown.csv"\navoid = ["icc"]\nexpect = "crosses"\n'
    (tmp_path / "p.route.toml").write_text(keys, encoding="utf-8")
    line = {"type": "LineString", "coordinates": [[30, 55], [30, 50]]}
    times = {"times": ["2024-12-31T22:00:00Z", "2025-01-01T00:30:00Z"]}
    drawn = {"type": "Feature", "geometry": line, "properties": {"on": on, "avoid": "icc", **times}}
    (tmp_path / "d.route.geojson").write_text(json.dumps(drawn), encoding="utf-8")
    for name in ("p.route.toml", "d.route.geojson"):
        _, out, told = run("check", name, "-f", "json")
        _, same, _ = run("check", "flown.csv", "--avoid", "icc", "--on", on, "-f", "json")
        proposed, flown = (json.loads(text)["routes"][0] for text in (out, same))
        assert proposed["crossings"] == flown["crossings"]
        assert proposed["verdict"] == flown["verdict"]
        assert ("entry_time" in proposed["crossings"][0]) == (on == "2024-12-31")
        assert ("1 position at 0,0 left out" in told) == (name == "p.route.toml")
    _, out, told = run("check", "p.route.toml", "--on", "2025-10-23", "-f", "json")
    assert "dated 2024-12-31, but judged as of 2025-10-23" in told
    assert json.loads(out)["routes"][0]["verdict"]["status"] == "crosses"


def test_the_json_of_a_long_recording_says_the_same_on_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(
        "time,lat,lon\n2025-10-23T07:00Z,55,30\n2025-10-23T08:00Z,50,30\n", encoding="utf-8"
    )
    _, short, _ = run("check", "a.csv", "-f", "json")
    monkeypatch.setattr("overflight.cli.report.LONG", 1)
    _, long, _ = run("check", "a.csv", "-f", "json")
    assert json.loads(long) == json.loads(short)
    assert (long.count("\n"), short.count("\n") > 50) == (1, True)


# ---------------------------------------------------------------- days and months


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23/10/2025 07:00", T0),
        ("10/23/2025 07:00:00", T0),
        ("10/23/2025 7:00:00 AM", T0),
        ("23/10/2025 07:00:00 PM", T0 + 43200.0),
        ("10-23-2025 12:00 AM", T0 - 7 * 3600),
        ("23-Oct-2025 07:00:00", T0),
        ("23 October 2025 07:00:00 UTC", T0),
        ("Oct 23, 2025 7:00 AM", T0),
        ("Thu 23 Oct 2025 09:00:00 +02:00", T0),
        ("23/10/2025", T0 - 7 * 3600),
        ("10/10/2025 07:00", T0 - 13 * 86400),
        ("03/10/2025 07:00", None),
        ("23/23/2025 07:00", None),
        ("23 Foo 2025 07:00", None),
    ],
)
def test_days_and_months_are_read_where_a_time_tells_which_is_which(text: str, expected: float | None) -> None:
    assert instant(text) == expected


def timetable(*days: str) -> str:
    told = [
        f"{day} {(22 + i) % 24:02}:00,{lat},{lon}" for i, (day, (lon, lat)) in enumerate(zip(days, FLIGHT, strict=True))
    ]
    return "\n".join(["time,lat,lon", *told[::-1]])


def test_one_day_above_twelve_tells_the_order_of_all() -> None:
    track = as_track(one(timetable("12/10/2025", "12/10/2025", "13/10/2025", "13/10/2025")))
    assert (points(track), track.on) == (FLIGHT, dt.date(2025, 10, 12))
    assert track.remarks[0] == "dates are read as day/month/year, and times, which name no zone, as UTC"
    american = as_track(one(timetable("10/12/2025", "10/12/2025", "10/13/2025", "10/13/2025")))
    assert american.times_s.tolist() == track.times_s.tolist()


def test_where_nothing_tells_day_from_month_it_is_said_and_how_to_mend_it() -> None:
    found = one(timetable(*["03/10/2025"] * 4))
    assert (points(found), found.on) == (FLIGHT[::-1], None)
    (remark,) = found.remarks
    assert remark.startswith("times such as '03/10/2025 01:00' don't tell whether the day or the month comes first")
    assert remark.endswith("write dates as 2025-10-23")
