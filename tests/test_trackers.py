"""What trackers, loggers and planners write, each told by its content, each with its points read back."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from overflight.errors import ProposalError
from overflight.routes import Route, read_routes, tables
from overflight.routes.files import parse_bytes
from overflight.routes.tracks import Track
from tests.commands import Run

FLIGHT = [(37.2615, 55.5915), (30.0, 53.9), (24.1, 52.2), (19.2556, 47.4369)]
"""Moscow to Budapest, a position an hour from 2025-10-23T07:00:00Z."""
T0 = 1761202800
DAY = dt.date(2025, 10, 23)


def read(data: str | bytes, name: str = "a.csv") -> tuple[Route, ...]:
    raw = data.encode() if isinstance(data, str) else data
    return parse_bytes(raw, name, where=name)


def one(data: str | bytes, name: str = "a.csv") -> Route:
    (found,) = read(data, name)
    return found


def points(line: Route, digits: int = 6) -> list[tuple[float, float]]:
    return [(round(w.lon, digits), round(w.lat, digits)) for w in line.waypoints]


def as_track(found: Route) -> Track:
    assert isinstance(found, Track)
    return found


def table(header: str, row: str) -> str:
    """Write a row for each position; ``{h}`` is the hour, ``{s}`` the seconds since 1970."""
    rows = [row.format(lon=lon, lat=lat, h=7 + i, s=T0 + 3600 * i, i=i) for i, (lon, lat) in enumerate(FLIGHT)]
    return "\n".join([header, *rows])


FR24 = ("Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction", '{s},x,TST100,"{lat},{lon}",36000,450,250')
TABLES = {
    "flightradar24": table(*FR24),
    "traffic": table(
        "timestamp,icao24,latitude,longitude,groundspeed,track,callsign,onground,altitude",
        "2025-10-23 {h:02}:00:00+00:00,abc123,{lat},{lon},450.0,250.{i},TST100,False,36000.0",
    ),
    "flightradar24's interface": table(
        "timestamp,lat,lon,alt,gspeed,vspeed,track,squawk,callsign,source",
        "2025-10-23T{h:02}:00:00Z,{lat},{lon},36000,450,0,25{i},1000,TST100,ADSB",
    ),
    "opensky": table(
        "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,baroaltitude",
        "{s},abc123,{lat},{lon},230,250,0,TST100  ,false,10972.8",
    ),
    "foreflight": "Pilot,Start Latitude,Start Longitude\nA,1,2\n"
    + table("Timestamp,Latitude,Longitude,Altitude,Course,Speed", "{s}000,{lat},{lon},36000,250,450"),
    "garmin g1000": "#airframe_info, x\n#yyy-mm-dd, hh:mm:ss, hh:mm, degrees, degrees, ft Baro\n"
    + table(
        "  Lcl Date, Lcl Time, UTCOfst,     Latitude,    Longitude,    AltB",
        "2025-10-23, {h:02}:30:00, +00:30, {lat}, {lon}, 36000.0",
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_tables_of_trackers_are_one_flight_with_times_and_altitudes(kind: str) -> None:
    track = as_track(one(TABLES[kind]))
    assert points(track) == FLIGHT
    assert (track.times_s - T0).tolist() == [0.0, 3600.0, 7200.0, 10800.0]
    assert track.altitude_m.tolist() == pytest.approx([10972.8] * 4)
    assert track.on == DAY
    assert track.name in {"TST100", "a"}


def test_rows_come_in_any_order_and_some_have_no_callsign_or_place() -> None:
    header, *rows = table(*FR24).splitlines()
    rows[0] = rows[0].replace("TST100", "")
    missing = f'{T0 + 60},x,TST100,"",36000,450,250'
    for some in (rows, rows[::-1], [rows[2], rows[0], rows[3], rows[1]]):
        found = one("\n".join([header, *some, missing]))
        assert (found.name, points(found)) == ("TST100", FLIGHT)
        assert found.remarks[0] == "1 row without a position left out"


def test_aircraft_are_told_apart_by_their_addresses_and_callsigns() -> None:
    mixed = [f"{T0 + i},{'ab'[i % 2] * 6},{50 + i},{9 + i / 10}" for i in range(10)]
    first, second = read("\n".join(["time,icao24,lat,lon", *mixed]))
    assert (first.name, second.name) == ("aaaaaa", "bbbbbb")
    assert [w.lat for w in second.waypoints] == [51.0, 53.0, 55.0, 57.0, 59.0]
    calls = read("\n".join(["time,callsign,lat,lon", *mixed]))
    assert [line.name for line in calls] == ["aaaaaa", "bbbbbb"]


@pytest.mark.parametrize("column", ["track", "heading", "speed"])
def test_a_column_of_numbers_never_names_a_route(column: str) -> None:
    rows = [f"{lon},{lat},{250 + i % 2}" for i, (lon, lat) in enumerate(FLIGHT)]
    assert points(one("\n".join([f"lon,lat,{column}", *rows]))) == FLIGHT


def test_a_column_track_of_texts_names_routes() -> None:
    assert [line.name for line in read("lon,lat,track\n1,2,A\n3,4,A\n5,6,B\n7,8,B\n")] == ["A", "B"]


def test_a_count_sorts_rows_and_is_no_time() -> None:
    rows = [f"{i},{lon},{lat}" for i, (lon, lat) in enumerate(FLIGHT)]
    found = one("\n".join(["t,lon,lat", *rows[::-1]]))
    assert (points(found), found.on) == (FLIGHT, None)
    told = one("time,lon,lat\n07:00,1,2\n06:00,3,4\n")
    assert points(told) == [(1.0, 2.0), (3.0, 4.0)]
    assert told.remarks == ("times such as '07:00' tell no moment: rows are in the order of the file",)


def test_local_times_are_taken_for_utc_and_it_is_said() -> None:
    rows = "2025-10-23,07:00:00,48.11,16.56,0\n2025-10-23,07:10:00,48.12,16.58,300\n"
    found = one(f"CUSTOM.date [local],CUSTOM.updateTime [local],OSD.latitude,OSD.longitude,OSD.height [ft]\n{rows}")
    assert points(found) == [(16.56, 48.11), (16.58, 48.12)]
    assert found.remarks == ("times are local, of a zone that the file does not tell: they are taken for UTC",)


def test_a_date_is_kept_though_it_is_no_time() -> None:
    for title in ("date", "time", "Flight Date"):
        found = one(f"{title},lat,lon\n2024-01-10,40.2,44.4\n2024-01-10,39.9,45.5\n")
        assert (str(found.on), found.remarks) == ("2024-01-10", ())
    ordered = one("date,order,lat,lon\n2024-01-10,2,39.9,45.5\n2024-01-10,1,40.2,44.4\n")
    assert (str(ordered.on), points(ordered)) == ("2024-01-10", [(44.4, 40.2), (45.5, 39.9)])
    clock = one("date,lat,lon\n10/23/2025 01:00 PM,55.5915,37.2615\n10/23/2025 02:00 PM,53.9,30.0\n")
    assert as_track(clock).begin.hour == 13


def test_times_in_a_column_that_is_not_known_are_told() -> None:
    told = "column 'Time (MSK)' is not read as times: call it time, if they are in UTC, or date"
    assert one("Time (MSK),lat,lon\n2024-01-10 10:00,40.2,44.4\n2024-01-10 10:10,39.9,45.5\n").remarks == (told,)
    told = told.replace("Time (MSK)", "Date of flight")
    assert one("Date of flight,origin,destination\n2024-01-10,VKO,BUD\n").remarks == (told,)
    assert one("lat,lon,updated\n40.2,44.4,1\n39.9,45.5,2\n").remarks == ()


def test_dates_of_pairs_that_can_not_be_read_are_told() -> None:
    pairs = "origin,destination,date\nVKO,BUD,{}\n"
    found = one(pairs.format("05/06/2025"))
    assert (found.on, found.remarks) == (None, ("date '05/06/2025' can't be read: write dates as 2025-10-23",))
    first, second = read(pairs.format("05/06/2025") + "VKO,LED,23/06/2025\n")
    assert (str(first.on), str(second.on), first.remarks) == ("2025-06-05", "2025-06-23", ())


# ---------------------------------------------------------------- tables in the wild

TWO = [(37.2615, 55.5915), (19.2556, 47.4369)]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nname;lat;lon\nA;55.5915;37.2615\nB;47.4369;19.2556\n",
        "# exported by some tool\n# at some time\nlat,lon\n55.5915,37.2615\n47.4369,19.2556\n",
        "lat,lon\r55.5915,37.2615\r47.4369,19.2556",
        "lat;lon\n55,5915;37,2615\n47,4369;19,2556\n",
        'lat,lon\n"55,5915","37,2615"\n"47,4369","19,2556"\n',
        "lat,lon\ndeg,deg\n55.5915,37.2615\n47.4369,19.2556\n",
        "Latitude (deg),Longitude [degrees],Altitude (ft)\n55.5915,37.2615,0\n47.4369,19.2556,0\n",
        'name,coordinates\nA,"55.5915, 37.2615"\nB,"47.4369, 19.2556"\n',
        "name,location\nA,55.5915 37.2615\nB,47.4369 19.2556\n",
        'name,latitude,longitude\nA,"55°35\'29.4""N","37°15\'41.4""E"\nB,"47°26\'12.84""N","19°15\'20.16""E"\n',
        "name,latitude,longitude\nA,N55 35.49,E037 15.69\nB,N47 26.214,E019 15.336\n",
        "id,geometry\n1,POINT (37.2615 55.5915)\n2,POINT (19.2556 47.4369)\n",
        'id,geometry\n1,"{""type"":""LineString"",""coordinates"":[[37.2615,55.5915],[19.2556,47.4369]]}"\n',
        "lat,lon\n55.5915,37.2615,\n47.4369,19.2556, \n",
        "lat,lon\n55.5915,37.2615\n,\n  ,  \n47.4369,19.2556\n",
    ],
)
def test_tables_are_read_however_programs_write_them(text: str) -> None:
    for raw in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert points(one(raw)) == TWO


def test_coordinates_without_decimals_in_one_column_are_read() -> None:
    found = one("name,coordinates\nA,553530N0371530E\nB,472600N0191500E\n")
    assert points(found) == [(37.258333, 55.591667), (19.25, 47.433333)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "lat,lon\n121.5,31.2\n",
            "line 2: latitude 121.5 is off the Earth: the columns of latitude and longitude look",
        ),
        ("id,x,y\n1,4148000.0,7480000.0\n", "line 2: 4148000, 7480000 are no degrees: convert the file to longitude"),
        ("<!DOCTYPE html>\n<html></html>", "a web page, saved in the place of a file"),
        ("lat,lon\n55.5,37.2\n,19.2\n", "line 3, column lat: expected decimal degrees, found ''"),
        ("lat,lon\n55,5915,37,2615\n47,4369,19,2556\n", "line 2: 4 cells below 2 titles, so that nobody can tell"),
        ("lat,lon\n1,55.5915,37.2615\n2,47.4369,19.2556\n", "line 2: 3 cells below 2 titles"),
        ("lat,lon\n20°30'W,37.2\n", "column lat: expected decimal degrees"),
    ],
)
def test_tables_that_can_not_be_meant_say_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read(text)
    assert told in str(caught.value)


# ---------------------------------------------------------------- lists of flights


@pytest.mark.parametrize(
    "text",
    [
        "date,flight,origin,destination\n2025-10-23,TT100,VKO,BUD\n",
        "Date,From,To,Flight_Number,Distance\n2025-10-23 07:00:00,UUWW,LHBP,TT100,955\n",
        'Date,Flight number,From,To\n2025-10-23,TT100,"Moscow / Vnukovo (VKO/UUWW)","Budapest (BUD/LHBP)"\n',
        "callsign,origin,destination,firstseen,latitude_1\nTT100,UUWW,LHBP,2025-10-23 07:00:00+00:00,55.59\n",
        "ADEP;ADES;callsign;day\nUUWW;LHBP;TT100;23.10.2025\nUUWW;;X;\n".replace("23.10.2025", "2025-10-23"),
    ],
)
def test_pairs_of_airports_are_flights_each_on_its_date(text: str) -> None:
    found = one(text)
    assert (found.name, found.kind, found.on) == ("TT100", "great-circle", DAY)
    assert found.length_km == pytest.approx(1537.0, abs=1.0)


def test_pairs_without_both_ends_are_left_out_and_unknown_ones_refused() -> None:
    found = one("from,to\nVKO,BUD\n,BUD\nVKO,VKO\n")
    assert (found.name, found.remarks) == (
        "VKO-BUD",
        ("1 row without both airports left out", "1 row from an airport to itself left out"),
    )
    with pytest.raises(ProposalError, match=r"a\.csv, line 3: unknown place 'VKQQ'"):
        read("from,to\nVKO,BUD\nVKQQ,BUD\n")


def test_places_one_a_row_are_one_route() -> None:
    assert one("waypoint\nVKO\nMSQ\nBUD\n").name == "VKO-MSQ-BUD"


def test_check_judges_each_pair_on_its_date(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("date,origin,destination\n2024-01-31,EVN,TBS\n2024-02-01,EVN,TBS\n", "utf-8")
    status, out, _ = run("check", "a.csv", "--avoid", "icc - GEO", "-f", "json")
    assert status == 1
    assert [route["verdict"]["status"] for route in json.loads(out)["routes"]] == ["clear", "crosses"]


# ---------------------------------------------------------------- JSON


def records(*names: str) -> list[dict[str, Any]]:
    lon, lat, time = names
    return [
        {"callsign": "TST100", lat: y, lon: x, time: f"2025-10-23T{7 + i:02}:00:00Z", "track": 250 + i, "alt": None}
        for i, (x, y) in enumerate(FLIGHT)
    ]


TRACE: dict[str, Any] = {
    "icao": "abc123",
    "timestamp": float(T0),
    "trace": [
        [
            3600.0 * i,
            lat,
            lon,
            36000 if 0 < i < 3 else "ground",
            450.0,
            250.0,
            0,
            0,
            {"flight": "TST100  "},
            "adsb_icao",
        ]
        for i, (lon, lat) in enumerate(FLIGHT)
    ],
}
DOCUMENTS: dict[str, Any] = {
    "readsb": TRACE,
    "traffic": records("longitude", "latitude", "timestamp"),
    "flightradar24": [{"fr24_id": "0", "tracks": records("lon", "lat", "timestamp")}],
    "opensky track": {
        "icao24": "abc123",
        "callsign": "TST100",
        "path": [[T0 + 3600 * i, lat, lon, 10000.0, 250.0, False] for i, (lon, lat) in enumerate(FLIGHT)],
    },
    "opensky states": [
        {"time": T0 + 3600 * i, "states": [["abc123", "TST100", "X", T0 + 3600 * i, 0, lon, lat, 10000.0, False]]}
        for i, (lon, lat) in enumerate(FLIGHT)
    ],
    "aircraft.json": [
        {
            "now": T0 + 3600 * i + 5.0,
            "aircraft": [{"hex": "abc123", "flight": "TST100 ", "lat": lat, "lon": lon, "seen_pos": 5}],
        }
        for i, (lon, lat) in enumerate(FLIGHT)
    ],
    "aeroapi": {"actual_distance": 850, "positions": records("longitude", "latitude", "timestamp")},
    "geojson of gpx": {
        "type": "Feature",
        "properties": {"name": "TST100", "coordTimes": [f"2025-10-23T{7 + i:02}:00:00Z" for i in range(4)]},
        "geometry": {"type": "LineString", "coordinates": [[*position, 1000.0] for position in FLIGHT]},
    },
    "nested": {"result": {"response": {"flight": {"track": records("longitude", "latitude", "timestamp")}}}},
    "pandas by columns": {
        key: {str(i): record[key] for i, record in enumerate(records("longitude", "latitude", "timestamp"))}
        for key in ("timestamp", "latitude", "longitude", "callsign")
    },
    "points": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"time": f"2025-10-23T{7 + i:02}:00:00Z", "callsign": "TST100"},
                "geometry": {"type": "Point", "coordinates": position},
            }
            for i, position in enumerate(FLIGHT)
        ],
    },
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_json_of_trackers_is_one_flight_with_times(kind: str) -> None:
    track = as_track(one(json.dumps(DOCUMENTS[kind]), "a.json"))
    assert points(track) == FLIGHT
    assert (track.times_s - T0).tolist() == [0.0, 3600.0, 7200.0, 10800.0]
    assert track.name in {"TST100", "a"}


def test_a_trace_keeps_its_legs_altitudes_and_sources() -> None:
    (found,) = read(json.dumps(TRACE), "trace_full.json")
    track = as_track(found)
    assert track.aircraft == "abc123"
    assert track.altitude_m[1] == pytest.approx(10972.8)
    assert track.samples.on_ground.tolist() == [1, 0, 0, 1]
    assert track.samples.source.tolist() == ["adsb_icao"] * 4
    back = [
        [20_000.0 + row[0], *FLIGHT[3 - i][::-1], *row[3:6], 2 if i == 0 else 0] for i, row in enumerate(TRACE["trace"])
    ]
    there, again = read(json.dumps({**TRACE, "trace": [*TRACE["trace"], *back]}), "trace_full.json")
    assert (points(there), points(again)) == (FLIGHT, FLIGHT[::-1])
    assert (there.name, again.name) == ("TST100, leg 1", "TST100, leg 2")
    assert "between leg" not in str(there.remarks)
    apart = [[50_000.0, 48.0, 20.0, 1000, 0, 0, 2], [53_600.0, *FLIGHT[0][::-1], 0, 0, 0, 0]]
    first, _ = read(json.dumps({**TRACE, "trace": [*TRACE["trace"], *apart]}), "trace_full.json")
    assert first.remarks[0].startswith(
        "between leg 1 and leg 2: 653 min and 84 km without a position, from 2025-10-23T10:0"
    )
    assert first.remarks[0].endswith("to 2025-10-23T20:53:20Z: not judged")


def test_google_timeline_is_read_old_and_new() -> None:
    path = [
        {"point": f"{lat}°, {lon}°", "time": f"2025-10-23T{7 + i:02}:00:00.000+00:00"}
        for i, (lon, lat) in enumerate(FLIGHT)
    ]
    assert points(one(json.dumps({"semanticSegments": [{"timelinePath": path}]}), "a.json")) == FLIGHT
    old = [
        {"latitudeE7": round(lat * 1e7), "longitudeE7": round(lon * 1e7), "timestamp": f"2025-10-23T{7 + i:02}:00:00Z"}
        for i, (lon, lat) in enumerate(FLIGHT)
    ]
    assert points(one(json.dumps({"locations": old}), "a.json")) == FLIGHT


def test_features_one_a_line_are_read() -> None:
    features = [
        json.dumps(
            {"type": "Feature", "properties": {"name": n}, "geometry": {"type": "LineString", "coordinates": line}}
        )
        for n, line in (("a", FLIGHT[:2]), ("b", FLIGHT[1:]))
    ]
    for text in ("\n".join(features), "\x1e" + "\n\x1e".join(features), "\r\n\r\n".join(features)):
        for name in ("a.geojsonl", "-", "a.json"):
            assert [points(line) for line in read(text, name)] == [FLIGHT[:2], FLIGHT[1:]]


def test_topologies_and_lines_of_esri_are_read() -> None:
    steps = [[37, 55], [-13, -3], [-5, -5]]
    shape = {"type": "MultiLineString", "arcs": [[0], [1]]}
    topology = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [steps, [[10, 47], [9, 0]]],
        "objects": {"route": {"type": "LineString", "arcs": [0, ~1]}, "two": shape},
    }
    whole = [(37.0, 55.0), (24.0, 52.0), (19.0, 47.0), (10.0, 47.0)]
    assert points(read(json.dumps(topology), "a.topojson")[0]) == whole
    esri = {
        "geometryType": "esriGeometryPolyline",
        "spatialReference": {"wkid": 4326},
        "features": [{"attributes": {"Name": "TST100"}, "geometry": {"paths": [FLIGHT]}}],
    }
    found = one(json.dumps(esri), "a.json")
    assert (found.name, points(found)) == ("TST100", FLIGHT)


BARE_POINTS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [i, 1]}}
            for i in range(3)
        ],
    }
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('route = {"type": "LineString"}', "JavaScript, not JSON"),
        ("var x = [{}]", "JavaScript, not JSON"),
        ("[[55.5915,37.2615],[47.4369,19.2556]]", "does not say whether latitude or longitude comes first"),
        (BARE_POINTS, "3 points and no line: give each a time or a number (seq)"),
        ('{"trace": [[0, 95, 1], [1, 2, 3]], "icao": "a", "timestamp": 1761202800}', "trace[0]: latitude 95 is off"),
        ('{"trace": 5, "icao": "a"}', "`trace`: expected a list"),
        ('{"type":"Topology","arcs":[],"objects":{"a":{"type":"LineString","arcs":[7]}}}', "there is no arc 7"),
        ('{"states": [["a", "b", "c", 1, 1, 9.0, 50.0]], "time": 1761202800}', "needs two or more waypoints"),
    ],
)  # fmt: skip
def test_json_that_is_no_route_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read(text, "a.json")
    assert told in str(caught.value)


# ---------------------------------------------------------------- lines of text


def minutes(value: float, width: int) -> tuple[str, float]:
    whole = int(abs(value))
    return f"{whole:0{width}}", (abs(value) - whole) * 60.0


def igc() -> str:
    rows = []
    for i, (lon, lat) in enumerate(FLIGHT):
        (a, b), (c, d) = minutes(lat, 2), minutes(lon, 3)
        rows.append(f"B{7 + i:02}0000{a}{round(b * 1000):05}N{c}{round(d * 1000):05}EA0090010000")
    return "AXXXTST\r\nHFDTEDATE:231025,01\r\nHFCIDCOMPETITIONID:TST100\r\n" + "\r\n".join(rows) + "\r\n"


def nmea() -> str:
    rows = []
    for i, (lon, lat) in enumerate(FLIGHT):
        (a, b), (c, d) = minutes(lat, 2), minutes(lon, 3)
        at = f"{a}{b:08.5f},N,{c}{d:08.5f},E"
        rows.append(f"$GNRMC,{7 + i:02}0000.00,A,{at},080.0,090.0,231025,,,A*00")
        rows.append(f"$GNGGA,{7 + i:02}0000.00,{at},1,08,1.0,10000.0,M,45.0,M,,*00")
    return "\n".join(rows)


def basestation() -> str:
    rows = ["MSG,1,1,1,ABC123,1,2025/10/23,06:59:00.000,2025/10/23,06:59:00.000,TST100,,,,,,,,,,,"]
    for i, (lon, lat) in enumerate(FLIGHT):
        at = f"2025/10/23,{7 + i:02}:00:00.000"
        rows.append(f"MSG,3,1,1,ABC123,1,{at},{at},,36000,,,{lat},{lon},,,0,0,0,0")
        rows.append(f"MSG,4,1,1,ABC123,1,{at},{at},,,450,250,,,0,,,,,")
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("name", "make", "altitude_m"),
    [("a.igc", igc, 10000.0), ("a.nmea", nmea, 10000.0), ("a.csv", basestation, 10972.8)],
)
def test_recordings_line_by_line_are_read(name: str, make: Callable[[], str], altitude_m: float) -> None:
    for called in (name, "-", "a.txt"):
        track = as_track(one(make(), called))
        assert points(track, 4) == FLIGHT
        assert (track.times_s - T0).tolist() == [0.0, 3600.0, 7200.0, 10800.0]
        assert track.altitude_m.tolist() == pytest.approx([altitude_m] * 4)


def test_nmea_without_a_date_is_a_line_in_its_order() -> None:
    found = one("\n".join(row for row in nmea().splitlines() if "GGA" in row), "a.nmea")
    assert (points(found, 4), found.on) == (FLIGHT, None)
    assert found.remarks[-1:] == ("no date in it (RMC): positions are in the order of the file, without times",)
    undated = one("\n".join(row for row in igc().splitlines() if row.startswith("B")), "a.igc")
    assert undated.remarks == ("no date in it (HFDTE): positions are in the order of the file, without times",)


def test_a_recording_goes_on_past_midnight() -> None:
    night = igc().replace("B07", "B22").replace("B08", "B23").replace("B09", "B00").replace("B10", "B01")
    track = as_track(one(night, "a.igc"))
    assert (track.begin.day, track.end.day) == (23, 24)
    assert [gap.seconds for gap in track.gaps] == [3600.0] * 3


# ---------------------------------------------------------------- plans


def fms(version: int) -> str:
    via = " DRCT" if version == 1100 else ""
    rows = [f"11 FIX{i}{via} 36000.0 {lat:.6f} {lon:.6f}" for i, (lon, lat) in enumerate(FLIGHT)]
    return "\n".join(["I", f"{version} Version", "CYCLE 2510", "ADEP UUWW", "ADES LHBP", "NUMENR 4", *rows])


def garmin() -> str:
    kinds = "<{0}identifier>P{1}</{0}identifier><{0}type>USER WAYPOINT</{0}type><{0}country-code/>"
    table_ = [
        f"<waypoint>{kinds.format('', i)}<lat>{y}</lat><lon>{x}</lon></waypoint>" for i, (x, y) in enumerate(FLIGHT)
    ]
    route_ = [f"<route-point>{kinds.format('waypoint-', i)}</route-point>" for i in range(4)]
    return (
        '<?xml version="1.0"?><flight-plan xmlns="http://www8.garmin.com/xmlschemas/FlightPlan/v1">'
        f"<waypoint-table>{''.join(table_[::-1])}</waypoint-table><route>{''.join(route_)}</route></flight-plan>"
    )


def dms(value: float) -> str:
    whole, rest = minutes(value, 1)
    return f"{whole}° {int(rest)}' {(rest - int(rest)) * 60:.4f}\""


def microsoft() -> str:
    points_ = "".join(
        f'<ATCWaypoint id="P{i}"><WorldPosition>N{dms(lat)},E{dms(lon)},+036000.00</WorldPosition></ATCWaypoint>'
        for i, (lon, lat) in enumerate(FLIGHT)
    )
    return f"<SimBase.Document><FlightPlan.FlightPlan>{points_}</FlightPlan.FlightPlan></SimBase.Document>"


def little_navmap() -> str:
    points_ = "".join(
        f'<Waypoint><Ident>P{i}</Ident><Pos Lon="{lon}" Lat="{lat}" Alt="0"/></Waypoint>'
        for i, (lon, lat) in enumerate(FLIGHT)
    )
    departure = '<Departure><Pos Lon="1" Lat="2" Alt="3"/></Departure>'
    return f"<LittleNavmap><Flightplan>{departure}<Waypoints>{points_}</Waypoints></Flightplan></LittleNavmap>"


def flightgear() -> str:
    points_ = "".join(
        f"<wp n='{i}'><ident>P{i}</ident><lon type='double'>{lon}</lon><lat type='double'>{lat}</lat></wp>"
        for i, (lon, lat) in enumerate(FLIGHT)
    )
    return f"<PropertyList><version>2</version><route>{points_}</route></PropertyList>"


def simbrief() -> str:
    fixes = [{"ident": f"P{i}", "pos_lat": str(lat), "pos_long": str(lon)} for i, (lon, lat) in enumerate(FLIGHT)]
    ends = [
        {"icao_code": code, **{k: f[k] for k in ("pos_lat", "pos_long")}}
        for code, f in (("UUWW", fixes[0]), ("LHBP", fixes[3]))
    ]
    document = {
        "origin": ends[0],
        "destination": ends[1],
        "navlog": {"fix": fixes[1:]},
        "general": {"icao_airline": "TST", "flight_number": "100"},
    }
    return json.dumps(document)


def mission() -> str:
    items = [{"command": 16, "params": [0, 0, 0, None, lat, lon, 100]} for lon, lat in FLIGHT[1:]]
    items.append({"command": 20, "params": [0, 0, 0, None, 0, 0, 0]})
    plan = {"plannedHomePosition": [FLIGHT[0][1], FLIGHT[0][0], 0], "items": items}
    return json.dumps({"fileType": "Plan", "version": 1, "mission": plan})


def waypoints() -> str:
    rows = [f"{i}\t0\t3\t16\t0\t0\t0\t0\t{lat}\t{lon}\t100\t1" for i, (lon, lat) in enumerate(FLIGHT)]
    return "\n".join(["QGC WPL 110", *rows, "4\t0\t3\t20\t0\t0\t0\t0\t0\t0\t0\t1"])


PLANS: dict[str, Callable[[], str]] = {
    "a.fms": lambda: fms(1100),
    "b.fms": lambda: fms(3),
    "a.fpl": garmin,
    "a.pln": microsoft,
    "a.lnmpln": little_navmap,
    "a.fgfp": flightgear,
    "simbrief.json": simbrief,
    "a.plan": mission,
    "a.waypoints": waypoints,
}


@pytest.mark.parametrize("name", PLANS)
def test_plans_of_simulators_and_planners_are_read_in_their_order(name: str) -> None:
    for called in (name, "-"):
        assert points(one(PLANS[name](), called)) == FLIGHT


def test_a_plan_that_names_a_waypoint_that_is_not_there_is_refused() -> None:
    with pytest.raises(ProposalError, match="the route names 'P9', which is not in its table"):
        read(garmin().replace("<waypoint-identifier>P2", "<waypoint-identifier>P9"), "a.fpl")


# ---------------------------------------------------------------- binary tables, geodata, archives


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "timestamp": pd.to_datetime([T0 + 3600 * i for i in range(4)], unit="s", utc=True),
            "icao24": "abc123",
            "callsign": "TST100",
            "latitude": [lat for _, lat in FLIGHT],
            "longitude": [lon for lon, _ in FLIGHT],
            "altitude": 36000.0,
            "groundspeed": 450.0,
            "track": [250.0, 251.0, 252.0, 253.0],
        }
    )


@pytest.mark.parametrize("suffix", ["parquet", "feather", "json", "json.gz", "csv"])
@pytest.mark.parametrize("unit", ["ns", "s"])
def test_frames_of_traffic_are_read_in_each_of_its_formats(tmp_path: Path, suffix: str, unit: str) -> None:
    made = frame()
    made["timestamp"] = made["timestamp"].dt.as_unit(unit)
    made.loc[4] = {**made.loc[1].to_dict(), "latitude": float("nan"), "longitude": float("nan")}
    path = tmp_path / f"a.{suffix}"
    if suffix.startswith("json"):
        made.to_json(path, orient="records", date_format="iso")
    else:
        getattr(made, f"to_{suffix}")(path)
    (found,) = read_routes(path)
    track = as_track(found)
    assert (track.name, points(track), track.on) == ("TST100", FLIGHT, DAY)
    assert track.altitude_m.tolist() == pytest.approx([10972.8] * 4)
    assert found.remarks[0] == "1 row without a position left out"


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb", "shp", "geojson"])
def test_points_are_joined_by_their_times_and_refused_without(tmp_path: Path, suffix: str) -> None:
    order = [2, 0, 3, 1]
    shapes = [Point(FLIGHT[i]) for i in order]
    made = gpd.GeoDataFrame({"seq": order}, geometry=shapes, crs="EPSG:4326")
    bare = made.rename(columns={"seq": "colour"})
    for some in (made, bare):
        path = tmp_path / f"{some.columns[0]}.{suffix}"
        some.to_parquet(path) if suffix == "parquet" else some.to_file(path, engine="pyogrio")
    (found,) = read_routes(tmp_path / f"seq.{suffix}")
    assert points(found) == FLIGHT
    with pytest.raises(ProposalError, match="4 points and no line: give each a time or a number"):
        read_routes(tmp_path / f"colour.{suffix}")


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:3857"])
def test_shapefiles_and_flatgeobuf_are_read_packed_or_not(tmp_path: Path, system: str) -> None:
    made = gpd.GeoDataFrame({"name": ["TST100"]}, geometry=[LineString(FLIGHT)], crs="EPSG:4326").to_crs(system)
    made.to_file(tmp_path / "a.shp", engine="pyogrio")
    made.to_file(tmp_path / "a.fgb", driver="FlatGeobuf", engine="pyogrio")
    with zipfile.ZipFile(tmp_path / "shape.zip", "w") as archive:
        for path in sorted(tmp_path.glob("a.[sdpc]*")):
            archive.write(path, f"folder/{path.name}")
    for name in ("a.shp", "a.fgb", "shape.zip"):
        (found,) = read_routes(tmp_path / name)
        assert (found.name, points(found)) == ("TST100", FLIGHT)


def test_an_archive_of_route_files_is_read_and_one_of_an_office_is_not() -> None:
    def packed(*names: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "lon,lat\n1,2\n3,4\n")
        return out.getvalue()

    assert [line.name for line in read(packed("b.csv", "c/d.csv", "readme.md", "__MACOSX/b.csv"), "a.zip")] == [
        "b",
        "d",
    ]
    with pytest.raises(ProposalError, match="a document of an office: give a route file"):
        read(packed("[Content_Types].xml", "word/document.xml"), "a.docx.zip")
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("b.zip", packed("b.csv"))
    with pytest.raises(ProposalError, match="an archive in an archive"):
        read(outer.getvalue(), "a.zip")
    assert points(one(gzip.compress(b"lon,lat\n1,2\n3,4\n"), "a.csv.gz")) == [(1.0, 2.0), (3.0, 4.0)]


def test_an_archive_of_many_files_that_take_a_process_each_is_refused() -> None:
    for name, magic in (("shp", b"\x00\x00\x27\x0a"), ("parquet", b"PAR1"), ("fgb", b"fgb\x03")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for i in range(21):
                archive.writestr(f"{i}.{name}", magic)
        with pytest.raises(ProposalError, match="more than 20 files in it that take a process each"):
            read(out.getvalue(), "a.zip")


def test_what_is_beside_a_shapefile_is_read_from_its_own_folder_only(tmp_path: Path) -> None:
    made = gpd.GeoDataFrame({"name": ["secret"]}, geometry=[LineString(FLIGHT)], crs="EPSG:4326")
    (tmp_path / "own").mkdir()
    made.to_file(tmp_path / "a.shp", engine="pyogrio")
    (tmp_path / "a.shp").rename(tmp_path / "own" / "a.shp")
    (tmp_path / "own" / "a.dbf").symlink_to(tmp_path / "a.dbf")
    assert read_routes(tmp_path / "own" / "a.shp")[0].name == "a"


def test_a_folder_is_searched_for_what_can_only_be_routes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "a.igc").write_text(igc(), encoding="ascii")
    for name in ("notes.zip", "data.jsonl", "x.feather", "y.json"):
        (tmp_path / "some" / name).write_text("no route", encoding="ascii")
    status, out, _ = run("check", "some", "-f", "json")
    assert (status, [route["name"] for route in json.loads(out)["routes"]]) == (0, ["TST100"])


# ---------------------------------------------------------------- as they are found in the wild


def gpx_track(name: str, *hours: int) -> str:
    told = "".join(
        f'<trkpt lat="{FLIGHT[i][1]}" lon="{FLIGHT[i][0]}"><time>2025-10-23T{7 + i:02}:00:00Z</time></trkpt>'
        for i in hours
    )
    return f"<trk><name>{name}</name><trkseg>{told}</trkseg></trk>"


def test_tracks_of_one_name_one_after_the_other_are_one_flight_with_a_gap() -> None:
    found = as_track(one(f"<gpx>{gpx_track('TST100', 0, 1)}{gpx_track('TST100', 2, 3)}</gpx>", "a.gpx"))
    assert points(found) == FLIGHT
    assert [gap.between_parts for gap in found.gaps] == [False, True, False]
    assert found.remarks[0].startswith("a gap of 438 km between two parts of the track is judged as a straight leg")


@pytest.mark.parametrize(("names", "hours"), [(("A", "B"), ((0, 1), (2, 3))), (("A", "A"), ((0, 2), (1, 3)))])
def test_tracks_of_two_names_or_of_one_time_stay_apart(
    names: tuple[str, str], hours: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    both = "".join(gpx_track(name, *some) for name, some in zip(names, hours, strict=True))
    assert len(read(f"<gpx>{both}</gpx>", "a.gpx")) == 2


def sentence(text: str) -> str:
    total = 0
    for byte in text.encode():
        total ^= byte
    return f"${text}*{total:02X}"


def test_sentences_that_were_damaged_on_the_way_are_left_out() -> None:
    fixes = [sentence(f"GPRMC,{7 + i:02}0000,A,{50 + i}00.0,N,00900.0,E,400,250,231025,,,A") for i in range(3)]
    damaged = fixes[1].replace("5100.0", "5130.0")
    found = one("\r\n".join([fixes[0], damaged, fixes[2]]), "a.nmea")
    assert points(found) == [(9.0, 50.0), (9.0, 52.0)]
    assert found.remarks[0] == "1 sentence with a wrong checksum left out"
    made_up = one("\n".join([fixes[0][:-2] + "zz", damaged, fixes[2][:-2] + "zz"]), "a.nmea")
    assert len(made_up.waypoints) == 3
    assert made_up.remarks[0].startswith("no sentence has the checksum that it should")


def test_a_timeline_without_paths_has_the_ends_of_its_activities() -> None:
    def at(i: int) -> str:
        return f"2025-10-23T{10 + i:02}:00:00.000+03:00"

    ios = [
        {
            "startTime": at(0),
            "endTime": at(3),
            "activity": {"start": "geo:55.5915,37.2615", "end": "geo:47.4369,19.2556"},
        }
    ]
    android = {
        "semanticSegments": [
            {"startTime": at(-1), "endTime": at(0), "visit": {"topCandidate": {"placeLocation": {"latLng": "1°, 1°"}}}},
            {
                "startTime": at(0),
                "endTime": at(3),
                "activity": {"start": {"latLng": "55.5915°, 37.2615°"}, "end": {"latLng": "47.4369°, 19.2556°"}},
            },
        ]
    }
    later = {
        "startTime": at(0),
        "endTime": at(3),
        "timelinePath": [{"point": "geo:52.2,24.1", "durationMinutesOffsetFromStartTime": "120"}],
    }
    for document in (ios, android):
        track = as_track(one(json.dumps(document), "a.json"))
        assert points(track) == [FLIGHT[0], FLIGHT[3]]
        assert (track.times_s - T0).tolist() == [0.0, 10800.0]
    assert points(one(json.dumps([*ios, later]), "a.json")) == [FLIGHT[0], FLIGHT[2], FLIGHT[3]]


def test_a_header_that_comes_again_is_passed_over_and_brackets_too() -> None:
    header, *rows = table("time;position", "2025-10-23T{h:02}:00:00Z;({lat} {lon})").splitlines()
    assert points(one("\n".join([header, *rows[:2], header, *rows[2:]]))) == FLIGHT


def test_a_title_in_quotes_may_hold_what_separates_cells() -> None:
    text = table('note,"time","lat,lon",altitude_m', 'x,2025-10-23T{h:02}:00:00Z,"{lat},{lon}",{i}')
    assert (points(one(text)), as_track(one(text)).altitude_m.tolist()) == (FLIGHT, [0.0, 1.0, 2.0, 3.0])


def test_plans_of_garmin_navigators_and_of_skydemon_are_read() -> None:
    garmin = one("FPN/RI:DA:UUWW:D:AR25D.25:AA:LHBP:F:N53540E030000:F:AAA,N52120E024060", "a.gfp")
    assert points(garmin)[1:3] == [(30.0, 53.9), (24.1, 52.2)]
    assert (garmin.waypoints[0].name, garmin.waypoints[3].name) == ("UUWW", "LHBP")
    assert garmin.remarks == ("left out: 'AR25D'",)
    legs = "".join(f'<RhumbLineRoute To="{to}"/>' for to in ("N535400.00 E0300000.00", "S521200.50 W0240600.00"))
    route = f'<PrimaryRoute Start="N553529.40 E0371541.40">{legs}</PrimaryRoute>'
    demon = f"<DivelementsFlightPlanner>{route}</DivelementsFlightPlanner>"
    assert points(one(demon, "a.flightplan"), 4) == [(37.2615, 55.5915), (30.0, 53.9), (-24.1, -52.2001)]
    assert one(demon, "a.flightplan").remarks == ("its legs are rhumb lines, taken for geodesics here",)


def workbook(*sheets: Sequence[Sequence[str | float]]) -> bytes:
    """Make an .xlsx file with these sheets, as small as programs read them; whole numbers above 40,000 are dates."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def cell(value: str | float) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        style = ' s="1"' if value > 40_000 else ""
        return f"<c{style}><v>{value}</v></c>"

    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        + "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        + f'<Relationship Id="s" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
        "</styleSheet>",
    }
    for n, rows in zip(numbers, sheets, strict=True):
        told = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{told}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0"?>{text}')
    return out.getvalue()


def test_a_spreadsheet_says_what_it_needs_where_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ProposalError, match=r"pip install 'overflight\[excel\]', or save the sheet as CSV"):
        read(workbook([["from", "to"]]), "a.xlsx")


def test_pairs_and_positions_are_read_from_spreadsheets() -> None:
    pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install 'overflight[excel]'")
    day = 45953  # 2025-10-23, days since 1899-12-30
    pairs = read(
        workbook([], [["Origin", "Destination", "Date"], ["VKO", "BUD", day], ["VKO", "MSQ", day + 1]]), "a.xlsx"
    )
    assert [(line.name, line.on) for line in pairs] == [("VKO-BUD", DAY), ("VKO-MSQ", DAY + dt.timedelta(days=1))]
    assert pairs[0].remarks == ("of 2 sheets the first with rows is read, 'S2'",)
    rows: list[list[str | float]] = [[day + (7 + i) / 24, lat, lon, "TST100"] for i, (lon, lat) in enumerate(FLIGHT)]
    track = as_track(one(workbook([["exported"], ["time", "lat", "lon", "callsign"], *rows[::-1]]), "a.xlsx"))
    assert (track.name, points(track)) == ("TST100", FLIGHT)
    assert (track.times_s - T0).tolist() == pytest.approx([0.0, 3600.0, 7200.0, 10800.0], abs=1e-3)


@pytest.mark.parametrize("cut", [200, 700, -30])
def test_a_damaged_spreadsheet_is_refused_in_one_line(cut: int) -> None:
    pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install 'overflight[excel]'")
    with pytest.raises(ProposalError) as caught:
        read(workbook([["from", "to"], ["VKO", "BUD"]])[:cut], "a.xlsx")
    assert "\n" not in str(caught.value)


def test_points_with_times_give_a_line_of_geojson_through_them_its_times() -> None:
    dots = [
        {
            "type": "Feature",
            "properties": {"Time": (T0 + 3600 * i) * 1000},
            "geometry": {"type": "Point", "coordinates": p},
        }
        for i, p in enumerate(FLIGHT)
    ]
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": FLIGHT}}
    other = {**line, "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}
    track = as_track(one(json.dumps({"type": "FeatureCollection", "features": [*dots, line]}), "a.json"))
    assert (points(track), track.on) == (FLIGHT, DAY)
    assert points(one(json.dumps({"type": "FeatureCollection", "features": [*dots, other]}), "a.json"))[0] == (1.0, 2.0)


def test_the_fourth_number_of_positions_is_their_time_if_it_can_be() -> None:
    played = {"type": "LineString", "coordinates": [[*p, 11000.0, T0 + 3600 * i] for i, p in enumerate(FLIGHT)]}
    track = as_track(one(json.dumps(played), "a.json"))
    assert ((track.times_s - T0).tolist(), track.altitude_m[1]) == ([0.0, 3600.0, 7200.0, 10800.0], 11000.0)
    measured = {"type": "LineString", "coordinates": [[*p, 0.0, i] for i, p in enumerate(FLIGHT)]}
    assert one(json.dumps(measured), "a.json").on is None


# ---------------------------------------------------------------- every position, however many


def recorded(count: int) -> list[tuple[int, float, float]]:
    return [(T0 + 10 * i, round(50 + i / 5000, 6), round(10 + i / 4000, 6)) for i in range(count)]


def as_csv(rows: list[tuple[int, float, float]]) -> bytes:
    return "\n".join(["timestamp,latitude,longitude", *(f"{t},{lat},{lon}" for t, lat, lon in rows)]).encode()


def as_kml(rows: list[tuple[int, float, float]]) -> bytes:
    whens = "".join(f"<when>{dt.datetime.fromtimestamp(t, dt.UTC).isoformat()}</when>" for t, _, _ in rows)
    spots = "".join(f"<gx:coord>{lon} {lat} 0</gx:coord>" for _, lat, lon in rows)
    return f"<kml><Placemark><gx:Track>{whens}{spots}</gx:Track></Placemark></kml>".encode()


def as_gpx(rows: list[tuple[int, float, float]]) -> bytes:
    told = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"><time>{dt.datetime.fromtimestamp(t, dt.UTC).isoformat()}</time></trkpt>'
        for t, lat, lon in rows
    )
    return f"<gpx><trk><trkseg>{told}</trkseg></trk></gpx>".encode()


def as_trace(rows: list[tuple[int, float, float]]) -> bytes:
    return json.dumps({"icao": "a", "timestamp": T0, "trace": [[t - T0, lat, lon] for t, lat, lon in rows]}).encode()


def as_basestation(rows: list[tuple[int, float, float]]) -> bytes:
    told = [
        f"MSG,3,1,1,A,1,{dt.datetime.fromtimestamp(t, dt.UTC):%Y/%m/%d,%H:%M:%S.000},,,,9,,,{lat},{lon},,,0,0,0,0"
        for t, lat, lon in rows
    ]
    return "\n".join(told).encode()


def as_igc(rows: list[tuple[int, float, float]]) -> bytes:
    def whole(value: float, digits: int) -> str:
        return f"{int(value):0{digits}}{round(value % 1 * 60_000):05}"

    told = [
        f"B{dt.datetime.fromtimestamp(t, dt.UTC):%H%M%S}{whole(lat, 2)}N{whole(lon, 3)}EA0000000100"
        for t, lat, lon in rows
    ]
    return "\n".join(["AXXX", "HFDTE231025", *told]).encode()


def as_parquet(rows: list[tuple[int, float, float]]) -> bytes:
    out = io.BytesIO()
    pd.DataFrame(rows, columns=["time", "lat", "lon"]).to_parquet(out)
    return out.getvalue()


def as_geojson(rows: list[tuple[int, float, float]]) -> bytes:
    times = [dt.datetime.fromtimestamp(t, dt.UTC).isoformat() for t, _, _ in rows]
    line = {"type": "LineString", "coordinates": [[lon, lat] for _, lat, lon in rows]}
    return json.dumps({"type": "Feature", "geometry": line, "properties": {"coordTimes": times}}).encode()


READERS = {
    "a.csv": as_csv,
    "a.kml": as_kml,
    "a.gpx": as_gpx,
    "a.json": as_trace,
    "a.sbs": as_basestation,
    "a.igc": as_igc,
    "a.parquet": as_parquet,
    "a.geojson": as_geojson,
}


@pytest.mark.parametrize("count", [2, 3, 100, 1000, 4096, 10_000, 10_001])
@pytest.mark.parametrize("name", READERS)
def test_every_position_is_read_however_many(name: str, count: int) -> None:
    rows = recorded(count)
    track = as_track(one(READERS[name](rows), name))
    assert track.times_s.tolist() == [t for t, _, _ in rows]
    found = [degrees for point in points(track) for degrees in point]
    near = 1e-5 if name == "a.igc" else 1e-9  # it has thousandths of minutes
    assert found == pytest.approx([degrees for _, lat, lon in rows for degrees in (lon, lat)], abs=near)


STAMPS = (
    "{t}",
    "{t}.25",
    "{d:%Y-%m-%d %H:%M:%S}",
    "{d:%Y-%m-%dT%H:%M:%S}Z",
    "{d:%Y-%m-%dT%H:%M:%S}.5+00:00",
    "{d:%d.%m.%Y %H:%M}",
)
ODD = ("", "nan", "12,5", "190.5", "-0.0", "1e1", " 7.5 ", "10°30'E", "95")


def columns_of(track: Track) -> tuple[Any, ...]:
    return track.times_s, track.altitude_m, track.samples.on_ground, track.samples.callsign


@settings(max_examples=25, deadline=None)
@given(
    stamp=st.sampled_from(STAMPS),
    odd=st.dictionaries(st.integers(0, 1199), st.sampled_from(ODD), max_size=3),
    ground=st.sampled_from(["", "True", "0"]),
    altitude=st.sampled_from(["36000", "", "ground", "-100.5"]),
)
def test_rows_are_read_alike_one_by_one_and_by_the_thousand(
    stamp: str, odd: dict[int, str], ground: str, altitude: str
) -> None:
    def text() -> str:
        told = ["time,lat,lon,icao24,callsign,onground,alt_baro,flight_id"]
        for i in range(1200):
            when = stamp.format(t=T0 + i, d=dt.datetime.fromtimestamp(T0 + i, dt.UTC))
            lon = odd.get(i, str(10 + i / 1000))
            told.append(f'{when},{50 + i / 1000},"{lon}",{"ab"[i % 2]},{"T " * (i % 3 > 0)},{ground},{altitude},')
        return "\n".join(told)

    def outcome() -> object:
        try:
            found = [as_track(line) for line in read(text())]
        except ProposalError as error:
            return str(error)
        return [
            (line.name, line.remarks, points(line), *(column.tolist() for column in columns_of(line))) for line in found
        ]

    together = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("overflight.routes.positions.FEW", 10_000_000)
        assert repr(outcome()) == repr(together)


@given(st.lists(st.lists(st.text("a1 .\t\x0b\x00é-", max_size=3), min_size=1, max_size=4), max_size=30), st.booleans())
def test_rows_without_quotes_are_cut_as_the_library_cuts_them(rows: list[list[str]], ended: bool) -> None:
    text = "\n".join(["lon,lat", *(",".join(row) for row in rows)]) + "\n" * ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "AT_ONCE", 12)  # so that a text is cut in several places
        found = list(tables._rows(text, tables.Table({"lon": 0, "lat": 1}), "a"))
    reader = csv.reader(text.split("\n"), strict=True)
    assert [(number, row) for number, row in found if row != [""]] == [(reader.line_num, row) for row in reader if row]
