"""Every format that routes come in, made by other programs and by ours, and read back."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import gpxpy.gpx
import pandas as pd
import pytest
import simplekml
from geographiclib.geodesic import Geodesic
from shapely.geometry import LineString, MultiLineString

import overflight as of
from overflight.errors import DataError, ProposalError, RouteError
from overflight.routes import Route, great_circle, read_routes, route, write_routes
from overflight.routes.files import parse_bytes, parse_routes
from overflight.routes.writing import ONE_ROUTE, WRITABLE
from tests.commands import Run

Points = list[tuple[float, float]]

STRAIGHT: Points = [(37.26, 55.59), (28.03, 53.88), (19.26, 47.44)]
ACROSS: list[Points] = [[(170.0, 60.0), (180.0, 61.0)], [(-180.0, 61.0), (-170.0, 62.0)]]
JOINED: Points = [(170.0, 60.0), (180.0, 61.0), (-170.0, 62.0)]


def points(line: Route) -> Points:
    return [(w.lon, w.lat) for w in line.waypoints]


def near(found: Route, expected: Sequence[tuple[float, float]], deg: float = 1e-7) -> bool:
    return len(found.waypoints) == len(expected) and all(
        abs(lon - x) <= deg and abs(lat - y) <= deg for (lon, lat), (x, y) in zip(points(found), expected, strict=True)
    )


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    """Two routes as GeoPandas has them, the second cut at 180 degrees."""
    shapes = [LineString(STRAIGHT), MultiLineString(ACROSS)]
    return gpd.GeoDataFrame({"name": ["there", "Ünïcode & <co>"]}, geometry=shapes, crs="EPSG:4326")


# ---------------------------------------------------------------- files that GDAL made


@pytest.mark.parametrize(
    ("driver", "suffix", "options"),
    [
        ("GPKG", "gpkg", {}),
        ("GeoJSON", "geojson", {}),
        ("GeoJSON", "json", {"RFC7946": "YES"}),
        ("KML", "kml", {}),
        ("LIBKML", "kml", {}),
        ("LIBKML", "kmz", {}),
        ("CSV", "csv", {"GEOMETRY": "AS_WKT"}),
        ("CSV", "csv", {"GEOMETRY": "AS_WKT", "SEPARATOR": "SEMICOLON"}),
    ],
)
@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")
def test_what_gdal_writes_is_read(
    tmp_path: Path, frame: gpd.GeoDataFrame, driver: str, suffix: str, options: dict[str, str]
) -> None:
    path = tmp_path / f"routes.{suffix}"
    frame.to_file(path, driver=driver, **options)
    first, second = read_routes(path)
    assert (first.name, second.name) == ("there", "Ünïcode & <co>")
    assert near(first, STRAIGHT)
    assert near(second, JOINED)


@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")
def test_gpx_that_gdal_writes_is_read(tmp_path: Path, frame: gpd.GeoDataFrame) -> None:
    path = tmp_path / "routes.gpx"
    frame.iloc[:1].to_file(path, driver="GPX", layer="routes")
    (line,) = read_routes(path)
    assert (line.name, points(line)) == ("there", STRAIGHT)


def test_other_reference_systems_are_brought_to_wgs84(tmp_path: Path, frame: gpd.GeoDataFrame) -> None:
    mercator = frame.iloc[:1].to_crs("EPSG:3857")
    mercator.to_file(tmp_path / "m.gpkg")
    mercator.to_file(tmp_path / "m.geojson")
    mercator.to_parquet(tmp_path / "m.parquet")
    (tmp_path / "m.wkt").write_text(f"SRID=3857;{mercator.geometry.iloc[0].wkt}", encoding="utf-8")
    for suffix in ("gpkg", "geojson", "parquet", "wkt"):
        (line,) = read_routes(tmp_path / f"m.{suffix}")
        assert near(line, STRAIGHT), suffix


def test_a_system_without_a_code_is_refused(tmp_path: Path, frame: gpd.GeoDataFrame) -> None:
    odd = frame.iloc[:1].to_crs("+proj=laea +lat_0=50 +lon_0=20 +ellps=WGS84 +units=m")
    for suffix in ("gpkg", "parquet"):
        path = tmp_path / f"odd.{suffix}"
        odd.to_parquet(path) if suffix == "parquet" else odd.to_file(path)
        with pytest.raises(ProposalError, match=r"reference system .*convert .* to EPSG:4326"):
            read_routes(path)


def test_several_layers_of_a_geopackage_are_read_and_points_passed_over(
    tmp_path: Path, frame: gpd.GeoDataFrame
) -> None:
    path = tmp_path / "a.gpkg"
    frame.iloc[:1].to_file(path, layer='a "b"; DROP TABLE x')
    frame.iloc[1:].to_file(path, layer="second")
    frame.assign(geometry=frame.geometry.apply(lambda g: g.centroid)).to_file(path, layer="points")
    names = {line.name for line in read_routes(path)}
    assert names == {"there", "Ünïcode & <co>"}


def test_a_geopackage_that_a_view_would_run_is_not_run(tmp_path: Path, frame: gpd.GeoDataFrame) -> None:
    import sqlite3

    path = tmp_path / "view.gpkg"
    frame.iloc[:1].to_file(path, layer="routes")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, i AS geom FROM n"
    with sqlite3.connect(path) as db:
        db.execute(f"CREATE VIEW bomb AS {endless}")
        db.execute("UPDATE gpkg_geometry_columns SET table_name = 'bomb'")
    with pytest.raises(ProposalError, match="no layer with a line in it"):
        read_routes(path)
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM gpkg_geometry_columns")
        db.execute("CREATE TABLE t (geom, name GENERATED ALWAYS AS (hex(zeroblob(9))))")
        db.execute("INSERT INTO t SELECT geom FROM routes")
        db.execute("INSERT INTO gpkg_geometry_columns VALUES ('t', 'geom', 'LINESTRING', 4326, 0, 0)")
    assert read_routes(path)[0].name == "view"


def test_geoparquet_is_read(tmp_path: Path, frame: gpd.GeoDataFrame) -> None:
    frame.to_parquet(tmp_path / "a.parquet")
    first, second = read_routes(tmp_path / "a.parquet")
    assert (first.name, points(first)) == ("there", STRAIGHT)
    assert points(second) == JOINED


def test_parquet_rows_of_lon_and_lat_are_read(tmp_path: Path) -> None:
    table = pd.DataFrame({"callsign": ["A", "A"], "latitude": [55.0, 47.0], "longitude": [37.0, 19.0]})
    table.to_parquet(tmp_path / "a.parquet")
    (line,) = read_routes(tmp_path / "a.parquet")
    assert (line.name, points(line)) == ("A", [(37.0, 55.0), (19.0, 47.0)])


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1....PAR1")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ProposalError, match=r"pip install 'overflight\[arrow\]'"):
        read_routes(tmp_path / "a.parquet")


# ---------------------------------------------------------------- files that gpxpy and simplekml made


def a_gpx() -> gpxpy.gpx.GPX:
    made = gpxpy.gpx.GPX()
    planned = gpxpy.gpx.GPXRoute(name="Plan <&>")
    planned.points = [gpxpy.gpx.GPXRoutePoint(lat, lon, name=f"P{i}") for i, (lon, lat) in enumerate(STRAIGHT)]
    flown = gpxpy.gpx.GPXTrack(name="Flown")
    for shift in (0.0, 5.0, 20.0):
        segment = gpxpy.gpx.GPXTrackSegment()
        segment.points = [gpxpy.gpx.GPXTrackPoint(50.0 + shift + i, 10.0, elevation=9000.0) for i in range(3)]
        flown.segments.append(segment)
    flown.segments[2].points = flown.segments[2].points[:1] * 3  # parked
    made.routes.append(planned)
    made.tracks.append(flown)
    made.waypoints.append(gpxpy.gpx.GPXWaypoint(1.0, 1.0, name="alone"))
    return made


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_routes_and_tracks_of_gpx_are_read(tmp_path: Path, version: str) -> None:
    path = tmp_path / "a.gpx"
    path.write_text(a_gpx().to_xml(version), encoding="utf-8")
    planned, flown = read_routes(path)
    assert (planned.name, [w.name for w in planned.waypoints]) == ("Plan <&>", ["P0", "P1", "P2"])
    assert points(planned) == STRAIGHT
    assert flown.name == "Flown"
    assert points(flown) == [(10.0, lat) for lat in (50.0, 51.0, 52.0, 55.0, 56.0, 57.0, 70.0)]
    assert sum("a gap of" in remark for remark in flown.remarks) == 2


def test_lines_and_tracks_of_kml_are_read_from_folders(tmp_path: Path) -> None:
    made = simplekml.Kml()
    made.newlinestring(name="drawn", coords=[(lon, lat, 9000.0) for lon, lat in STRAIGHT])
    folder = made.newfolder(name="folder").newfolder(name="inner")
    track = folder.newgxtrack(name="flown")
    track.newwhen(["2025-01-01T00:00:00Z"] * 3)
    track.newgxcoord([(10.0, 50.0, 1.0), (11.0, 51.0, 1.0), (12.0, 52.0, 1.0)])
    group = folder.newmultigeometry(name="across")
    for part in ACROSS:
        group.newlinestring(coords=part)
    made.newpoint(name="alone", coords=[(1.0, 1.0)])
    made.save(str(tmp_path / "a.kml"))
    made.savekmz(str(tmp_path / "a.kmz"))
    for name in ("a.kml", "a.kmz"):
        found = {line.name: points(line) for line in read_routes(tmp_path / name)}
        assert found == {"drawn": STRAIGHT, "flown": [(10.0, 50.0), (11.0, 51.0), (12.0, 52.0)], "across": JOINED}


def test_a_prefix_that_nobody_declared_and_blanks_after_commas_are_read_all_the_same() -> None:
    text = (
        "<kml:kml><kml:Placemark><gx:Track><gx:coord>1 2 3</gx:coord><gx:coord/><gx:coord>4 5 6</gx:coord></gx:Track>"
        "<LineString><coordinates>\n 7, 8, 0\n9 ,10 </coordinates></LineString></kml:Placemark></kml:kml>"
    )
    drawn, flown = parse_bytes(text.encode(), "a.kml", where="a.kml")
    assert points(drawn) == [(7.0, 8.0), (9.0, 10.0)]
    assert points(flown) == [(1.0, 2.0), (4.0, 5.0)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_xml_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<gpx><rte><name>Zürich</name>'
    text += '<rtept lat="1" lon="2"/><rtept lat="3" lon="4"/></rte></gpx>'
    (line,) = parse_bytes(text.encode(encoding), "-", where="standard input")
    assert line.name == "Zürich"


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lon,lat\n37.26,55.59\n28.03,53.88\n19.26,47.44\n", ["a"]),
        ("Latitude (N);x\n", None),
        ("LATITUDE;LONGITUDE;Flight\n55,59;37,26;Q1\n53,88;28,03;Q1\n47,44;19,26;Q1\n", ["Q1"]),
        ("x\ty\n37.26\t55.59\n28.03\t53.88\n19.26\t47.44\n", ["a"]),
        ('"lng"|"lat"\n37.26|55.59\n28.03|53.88\n19.26|47.44\n', ["a"]),
        ("seq,lat,lon\n3,47.44,19.26\n1,55.59,37.26\n2,53.88,28.03\n", ["a"]),
        (
            'UTC,Callsign,Position\nt,AFL1,"55.59,37.26"\nt,AFL1,"53.88,28.03"\nt,AFL1,"47.44,19.26"\n',
            ["AFL1"],
        ),
        ('name,WKT\nn,"LINESTRING (37.26 55.59, 28.03 53.88, 19.26 47.44)"\n', ["n"]),
        ("lon,lat\r\n37.26,55.59\r\n28.03,53.88\r\n19.26,47.44", ["a"]),
    ],
)
def test_tables_are_read_by_the_names_of_their_columns(text: str, names: list[str] | None) -> None:
    if names is None:
        with pytest.raises(ProposalError, match="expected a header with lon and lat"):
            parse_bytes(text.encode(), "a.csv", where="a.csv")
        return
    found = parse_bytes(text.encode(), "a.csv", where="a.csv")
    assert [line.name for line in found] == names
    assert points(found[0]) == STRAIGHT


def test_a_table_is_read_from_utf16_as_spreadsheets_save_it() -> None:
    text = "lon\tlat\n1\t2\n3\t4\n"
    (line,) = parse_bytes(text.encode("utf-16"), "a.csv", where="a.csv")
    assert points(line) == [(1.0, 2.0), (3.0, 4.0)]


def test_crossings_that_check_printed_are_told_from_routes() -> None:
    with pytest.raises(ProposalError, match="crossings as `check` prints them are no routes"):
        parse_bytes(b"route,kind,entry_lon,entry_lat\n", "a.csv", where="a.csv")


# ---------------------------------------------------------------- well-known text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LINESTRING (37.26 55.59, 28.03 53.88, 19.26 47.44)", [STRAIGHT]),
        ("linestring z(37.26 55.59 9,28.03 53.88 9,19.26 47.44 9)", [STRAIGHT]),
        ("SRID=4326;LINESTRING ZM (37.26 55.59 9 1,28.03 53.88 9 2,19.26 47.44 9 3);", [STRAIGHT]),
        ("MULTILINESTRING ((170 60, 180 61), (-180 61, -170 62))", [JOINED]),
        ("MULTILINESTRING ((1 2, 3 4), EMPTY, (5 6, 7 8))", [[(1, 2), (3, 4)], [(5, 6), (7, 8)]]),
        ("LINESTRING(1 2,3 4)\n\nLINESTRING(\n5 6,\n7 8)\n", [[(1, 2), (3, 4)], [(5, 6), (7, 8)]]),
        ("GEOMETRYCOLLECTION(LINESTRING(1 2,3 4), LINESTRING EMPTY)", [[(1, 2), (3, 4)]]),
        (LineString(STRAIGHT).wkb_hex, [STRAIGHT]),
        (MultiLineString(ACROSS).wkb_hex, [JOINED]),
    ],
)
def test_wkt_is_read_one_line_or_many(text: str, expected: list[Points]) -> None:
    for name in ("a.wkt", "a.txt", "-"):
        assert [points(line) for line in parse_bytes(text.encode(), name, where=name)] == expected


# ---------------------------------------------------------------- flight plans

FIXES = "name,lon,lat,variation\nDUB,-6.307,53.5,-2\nBAKUR,-5.7,52.2,\nTWICE,1,1,\nTWICE,2,2,\n"
FILED = """(FPL-ACA101-IS
-B773/H-SHWXC/C
-EIDW1400
-N0450F310 DCT 53N010W/M082F330 DCT 5320N01500W C/53N020W/M082F330F350
 DCT 53N030W DCT CYYT
-CYYZ0700 CYUL
-PBN/A1 DOF/251023)
"""


def test_a_filed_flight_plan_is_read() -> None:
    (line,) = parse_bytes(FILED.encode(), "-", where="standard input")
    assert line.name == "ACA101"
    assert [w.name for w in line.waypoints][:2] == ["EIDW", "53N010W"]
    assert [w.name for w in line.waypoints][-2:] == ["CYYT", "CYYZ"]
    assert points(line)[1:5] == [(-10.0, 53.0), (-15.0, 53.0 + 20.0 / 60.0), (-20.0, 53.0), (-30.0, 53.0)]


def test_several_messages_and_a_bare_route_are_read() -> None:
    assert len(parse_bytes((FILED + FILED).encode(), "a.fpl", where="a.fpl")) == 2
    (line,) = parse_bytes(b"EGLL/27R N0460F350 DCT 51N010W DCT KJFK/22R", "a.txt", where="a.txt")
    assert (line.name, [w.name for w in line.waypoints]) == ("EGLL-KJFK", ["EGLL", "51N010W", "KJFK"])


@pytest.mark.parametrize(
    "text", ["-EGLL1400\n-N0450F310 DCT 51N010W\n-KJFK0700 KBOS", "EGLL1400 N0450F310 51N010W KJFK0700 KBOS KEWR"]
)
def test_alternates_are_no_destination(text: str) -> None:
    for name in ("a.fpl", "-"):
        (line,) = parse_bytes(text.encode(), name, where=name)
        assert [w.name for w in line.waypoints] == ["EGLL", "51N010W", "KJFK"]


def test_named_fixes_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "fixes.csv").write_text(FIXES, encoding="utf-8")
    (tmp_path / "a.fpl").write_text("EIDW N0450F310 BAKUR DCT DUB180040 DCT EGLL", encoding="utf-8")
    (line,) = read_routes(tmp_path / "a.fpl", fixes=tmp_path / "fixes.csv")
    assert points(line)[1] == (-5.7, 52.2)
    there = Geodesic.WGS84.Direct(53.5, -6.307, 178.0, 40 * 1852.0)
    assert points(line)[2] == pytest.approx((there["lon2"], there["lat2"]), abs=1e-9)


def test_zzzz_and_afil_are_understood() -> None:
    text = "(FPL-OOABC-VG-C172/L-S/C-ZZZZ1000-N0110VFR 5130N00400E-EBBR0100-DEP/5130N00300E)"
    (line,) = parse_bytes(text.encode(), "a.fpl", where="a.fpl")
    assert points(line)[0] == (3.0, 51.5)


@pytest.mark.parametrize(
    ("route_text", "told"),
    [
        ("N0450F310 UL9 53N010W", "item 15, 'UL9': an airway or track, whose points are not known here"),
        ("N0450F310 NATA", "'NATA': an airway or track"),
        ("N0450F310 BAKUR", "item 15, 'BAKUR': a named fix, not known here: give it by --fixes FILE.csv"),
        ("N0450F310 DUB180040", "the fix DUB is not known here"),
        ("N0450F310 53N010W LAM3A 53N020W", "procedure, to be left out"),
        ("N0450F310 53N010W/X123", "expected a change of speed and level such as N0460F350, found 'X123'"),
        ("N0450F310 5360N01000W", "60 minutes can't be"),
        ("N0450F310 53N010W T", "truncated"),
        ("N0450F310 QQQQ", "unknown place 'QQQQ'"),
    ],
)
def test_what_a_flight_plan_names_and_is_not_known_is_refused_by_name(route_text: str, told: str) -> None:
    text = f"(FPL-ACA101-IS-B773/H-S/C-EIDW1400-{route_text}-CYYZ0700)"
    with pytest.raises(ProposalError) as caught:
        parse_bytes(text.encode(), "a.fpl", where="a.fpl")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("TWICE", "in the fixes file more than once (1,1, 2,2): keep the one meant"),
        ("BAKUR180040", "the bearing is magnetic: give the variation at BAKUR"),
        ("DUB400040", "bearing 400 can't be"),
    ],
)
def test_a_fix_that_does_not_tell_one_place_is_refused(tmp_path: Path, word: str, told: str) -> None:
    (tmp_path / "fixes.csv").write_text(FIXES, encoding="utf-8")
    (tmp_path / "a.fpl").write_text(f"EIDW N0450F310 {word} DCT EGLL", encoding="utf-8")
    with pytest.raises(ProposalError) as caught:
        read_routes(tmp_path / "a.fpl", fixes=tmp_path / "fixes.csv")
    assert told in str(caught.value)


# ---------------------------------------------------------------- our own, out and in again

LINES = [route("UUWW", "UMMS", "LHBP"), great_circle((170.0, 60.0), (-160.0, 62.0), name="=across & <b>")]
POLAR = [great_circle((30.0, 80.0), (-150.0, 80.0)), great_circle((30.0, 80.0), (-120.0, 75.0))]


@pytest.mark.parametrize("form", [f for f in WRITABLE if f not in ONE_ROUTE])
def test_what_is_written_is_read_back(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    write_routes(LINES, path)
    again = read_routes(path)
    assert [line.name for line in again] == (["out", "out"] if form == "wkt" else ["UUWW-UMMS-LHBP", "=across & <b>"])
    for line, found in zip(LINES, again, strict=True):
        assert found.length_km == pytest.approx(line.length_km, abs=1e-4)
        assert found.waypoints[0].lon == pytest.approx(line.waypoints[0].lon, abs=1e-7)
    if form in {"gpx", "csv"}:
        assert [line.waypoints for line in again] == [line.waypoints for line in LINES]


@pytest.mark.parametrize(("form", "suffix", "digits"), [("fms", ".fms", 6), ("garmin", ".fpl", 12)])
def test_a_plan_for_a_navigator_has_the_waypoints_and_is_read_back(
    tmp_path: Path, form: str, suffix: str, digits: int
) -> None:
    given = of.route("UUWW", of.Waypoint(30.123456789, -53.9, "<A> & 1"), of.Waypoint(24.1, 52.2), "LHBP")
    write_routes(given, tmp_path / f"a{suffix}", form=form)
    (again,) = read_routes(tmp_path / f"a{suffix}")
    assert [(round(w.lon, digits), round(w.lat, digits)) for w in again.waypoints] == [
        (round(w.lon, digits), round(w.lat, digits)) for w in given.waypoints
    ]
    assert (again.waypoints[0].name, again.waypoints[3].name) == ("UUWW", "LHBP")
    assert (tmp_path / f"a{suffix}").read_text(encoding="utf-8").isascii()
    with pytest.raises(RouteError, match="has one route, not 2: write a file for each"):
        write_routes(LINES, tmp_path / "b", form=form)


def test_two_places_of_one_name_stay_two_in_a_plan_of_garmins(tmp_path: Path) -> None:
    there = [of.Waypoint(1.0, 2.0, "A"), of.Waypoint(3.0, 4.0, "A"), of.Waypoint(1.0, 2.0, "A")]
    write_routes(of.route(*there), tmp_path / "a.fpl", form="garmin")
    (again,) = read_routes(tmp_path / "a.fpl")
    assert [w.lon for w in again.waypoints] == [1.0, 3.0, 1.0]


@pytest.mark.parametrize("form", ["geojson", "gpx", "kml", "csv", "wkt", "gpkg"])
def test_routes_over_the_pole_come_back(tmp_path: Path, form: str) -> None:
    write_routes(POLAR, tmp_path / f"a.{form}")
    again = read_routes(tmp_path / f"a.{form}")
    assert [r.length_km for r in again] == pytest.approx([r.length_km for r in POLAR], abs=1e-4)


@pytest.mark.parametrize("form", ["gpkg", "parquet", "geojson", "kml"])
def test_what_is_written_is_read_by_geopandas_and_cut_at_180_degrees(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    write_routes(LINES, path)
    found = gpd.read_parquet(path) if form == "parquet" else gpd.read_file(path)
    assert [len(getattr(shape, "geoms", [shape])) for shape in found.geometry] == [1, 2]
    assert found.total_bounds[2] <= 180.0
    assert found.crs.to_epsg() == 4326


def test_gpx_that_is_written_is_read_by_gpxpy(tmp_path: Path) -> None:
    write_routes(LINES, tmp_path / "out.gpx")
    with (tmp_path / "out.gpx").open(encoding="utf-8") as file:
        found = gpxpy.parse(file)
    assert [r.name for r in found.routes] == ["UUWW-UMMS-LHBP", "=across & <b>"]
    assert [(p.longitude, p.latitude) for p in found.routes[0].points] == points(LINES[0])


def test_a_flight_plan_has_whole_minutes(tmp_path: Path) -> None:
    line = route("VKO", "53.8825,28.0307", "LHBP")
    write_routes(line, tmp_path / "a.fpl")
    assert (tmp_path / "a.fpl").read_text(encoding="utf-8") == "UUWW DCT 5353N02802E DCT LHBP\n"
    (again,) = read_routes(tmp_path / "a.fpl")
    assert again.length_km == pytest.approx(line.length_km, abs=1.4)


def test_names_do_no_harm_in_tables_and_markup(tmp_path: Path) -> None:
    evil = great_circle("VKO", "BUD", name='=cmd|"/c calc"!A1\x1b[31m</name><x>\u202e')
    for form in ("csv", "kml", "gpx"):
        write_routes(evil, tmp_path / f"a.{form}")
        text = (tmp_path / f"a.{form}").read_text(encoding="utf-8")
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "</name><x>" not in text or form == "csv"
        (again,) = read_routes(tmp_path / f"a.{form}")
        assert again.name == '=cmd|"/c calc"!A1\\x1b[31m</name><x>\\u202e'
    assert "\"'=cmd" in (tmp_path / "a.csv").read_text(encoding="utf-8")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.gpx"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(RouteError, match="no route to write"):
        write_routes([], path)
    with pytest.raises(RouteError, match=r"not written as \.doc"):
        write_routes(LINES, tmp_path / "a.doc")
    with pytest.raises(DataError, match="can't be written"):
        write_routes(LINES, tmp_path / "none" / "a.gpx")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpx"]


def test_the_package_offers_writing() -> None:
    assert of.write_routes is write_routes


# ---------------------------------------------------------------- how a format is told, and the command line


@pytest.mark.parametrize("form", [f for f in WRITABLE if f not in ONE_ROUTE])
def test_a_format_is_told_by_its_content_on_standard_input(tmp_path: Path, form: str) -> None:
    write_routes(LINES[0], tmp_path / f"a.{form}")
    raw = (tmp_path / f"a.{form}").read_bytes()
    for data in (raw, gzip.compress(raw)):
        (line,) = parse_bytes(data, "-", where="standard input")
        assert line.length_km == pytest.approx(LINES[0].length_km, abs=1e-4)


def test_a_text_from_within_another_file_is_read() -> None:
    (line,) = parse_routes("LINESTRING (1 2, 3 4)", "drawing.wkt", where="a.route.toml")
    assert (line.name, points(line)) == ("drawing", [(1.0, 2.0), (3.0, 4.0)])
    with pytest.raises(ProposalError, match=r"a\.route\.toml, line 1: byte 0xed is not UTF-8"):
        parse_routes("\ud800", "drawing.wkt", where="a.route.toml")


def test_a_packed_file_is_read_by_the_name_inside(tmp_path: Path) -> None:
    write_routes(LINES[0], tmp_path / "a.csv")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    (line,) = read_routes(tmp_path / "b.csv.gz")
    assert line.waypoints == LINES[0].waypoints


@pytest.mark.slow
def test_a_recorded_track_of_tens_of_thousands_of_points_is_judged_as_its_line_is(tmp_path: Path) -> None:
    direct = great_circle("VKO", "BUD")
    path = direct.path(max_km=0.15)
    made = gpxpy.gpx.GPX()
    made.tracks.append(gpxpy.gpx.GPXTrack(name="flown"))
    segment = gpxpy.gpx.GPXTrackSegment()
    made.tracks[0].segments.append(segment)
    for lon, lat in path:
        segment.points += [gpxpy.gpx.GPXTrackPoint(lat, lon)] * 2  # as a recorder that stands still repeats itself
    (tmp_path / "a.gpx").write_text(made.to_xml(), encoding="utf-8")
    (flown,) = read_routes(tmp_path / "a.gpx")
    assert len(flown.waypoints) == len(path) > 10_000
    assert flown.remarks == (f"{len(path):,} repeated positions left out",)
    world, icc = of.load_airspaces(), of.bloc("icc").on(dt.date(2025, 10, 23))
    expected = of.check(direct, world, rules=[of.Avoid(icc, name="icc")])
    found = of.check(flown, world, rules=[of.Avoid(icc, name="icc")])
    assert [c.state for c in found.crossings] == [c.state for c in expected.crossings]
    for here, there in zip(found.crossings, expected.crossings, strict=True):
        assert (here.entry_km, here.exit_km) == pytest.approx((there.entry_km, there.exit_km), abs=1e-3)
    near, near_direct = (of.closest_approaches(v.crossings, world, icc, within_km=150.0) for v in (found, expected))
    assert near_direct
    assert list(near) == list(near_direct)
    assert [a.km for a in near.values()] == pytest.approx([a.km for a in near_direct.values()], abs=1e-3)
    for crossing, line in zip(found.crossings, found.crossings.paths(), strict=True):
        assert line == found.crossings.path(crossing)
        assert line[0] == pytest.approx(crossing.entry)
        assert line[-1] == pytest.approx(crossing.exit)


def test_convert_writes_what_check_reads(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = run("check", "VKO", "MSQ", "BUD", "--on", "2025-10-23", "-f", "json")[1]
    for suffix in ("gpx", "csv", "kml", "kmz", "gpkg", "wkt", "geojson"):
        assert run("convert", "VKO", "MSQ", "BUD", "-o", f"r.{suffix}") == (0, "", f"wrote r.{suffix}\n")
        status, out, _ = run("check", f"r.{suffix}", "--on", "2025-10-23", "-f", "json")
        assert status == 0
        assert list(json.loads(out)["routes"][0]["states_km"]) == list(json.loads(direct)["routes"][0]["states_km"])
    status, out, _ = run("convert", "r.csv", "-f", "gpx")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(out.encode())))
    assert run("check", "-", "--on", "2025-10-23")[0] == 0
    assert len(run("check", ".", "--on", "2025-10-23", "-f", "csv")[1].splitlines()) > 7 * 6


def test_fixes_are_given_on_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fixes.csv").write_text(FIXES, encoding="utf-8")
    (tmp_path / "a.fpl").write_text("EIDW N0450F310 BAKUR DCT EGLL", encoding="utf-8")
    assert run("check", "a.fpl", "--on", "2025-10-23", "--fixes", "fixes.csv")[0] == 0
    status, _, told = run("check", "a.fpl", "--on", "2025-10-23")
    assert status == 2
    assert "a.fpl, item 15, 'BAKUR': a named fix, not known here: give it by --fixes FILE.csv" in told


@pytest.mark.parametrize("form", ["gpx", "kml", "gpkg", "wkt", "csv", "fpl"])
def test_reading_a_route_loads_no_array_library(tmp_path: Path, form: str) -> None:
    write_routes(LINES[0], tmp_path / f"a.{form}")
    code = f"import sys, overflight as of; of.read_routes({str(tmp_path / f'a.{form}')!r}); print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert not {"numpy", "shapely", "pyproj", "geopandas", "pyarrow"} & set(out.stdout.split())


# ---------------------------------------------------------------- plans as they are pasted and sent

ADDRESSED = "ZCZC ABC123 231000\nFF EUCHZMFP EUCBZMFP\n231000 EGLLZPZX\n{}NNNN\n"


def test_a_plan_is_read_behind_the_lines_that_address_it() -> None:
    for name in ("a.txt", "-", "a.fpl"):
        (line,) = parse_bytes(ADDRESSED.format(FILED).encode(), name, where=name)
        assert (line.name, len(line.waypoints)) == ("ACA101", 7)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("(FPL-TST1-IS\n-B738/M-S/S\n-EGLL1400\n-N0450F350 DCT\n-EKCH0130\n-PBN/A1 DOF/251023 REG/X)", "2025-10-23"),
        ("(FPL-TST1-IS\n-B738/M-S/S\n-EGLL1400\n-N0450F350 DCT\n-EKCH0130\n-DOF/251399)", None),
        ("(FPL-TST1-IS\n-B738/M-S/S\n-EGLL1400\n-N0450F350 DCT\n-EKCH0130\n-0)", None),
        ("-TITLE IFPL -ARCID TST1 -ADEP EGLL -ADES EKCH -EOBD 251023 -EOBT 1400\n-ROUTE N0420F370 DCT", "2025-10-23"),
    ],
)
def test_a_flight_plan_is_judged_as_of_its_own_date(text: str, on: str | None) -> None:
    (plan,) = parse_bytes(text.encode(), "a.fpl", where="a.fpl")
    assert plan.on == (None if on is None else dt.date.fromisoformat(on))


def test_a_plan_in_adexp_is_read() -> None:
    text = "-TITLE IFPL -ARCID TST560 -ADEP EGLL -ADES EKCH\n-ROUTE N0420F370 53N005E DCT 55N010E\n-BEGIN RTEPTS"
    (line,) = parse_bytes(text.encode(), "a.txt", where="a.txt")
    assert (line.name, [w.name for w in line.waypoints]) == ("TST560", ["EGLL", "53N005E", "55N010E", "EKCH"])
    with pytest.raises(ProposalError, match="a plan in ADEXP without ADES: add -ADES"):
        parse_bytes(b"-TITLE IFPL -ADEP EGLL -ROUTE DCT", "a.txt", where="a.txt")


def test_a_bare_route_is_told_by_its_aerodromes_and_the_first_unknown_word_named() -> None:
    (line,) = parse_bytes(b"EGLL DCT 52N010W DCT KJFK", "a.txt", where="a.txt")
    assert line.name == "EGLL-KJFK"
    with pytest.raises(ProposalError, match="item 15, 'SLI': a named fix, not known here"):
        parse_bytes(b"KLAX SLI V25 V208 OCN KNKX", "a.txt", where="a.txt")
    with pytest.raises(ProposalError, match=r"a route \(item 15\) alone: add departure and destination"):
        parse_bytes(b"N0450F350 DCT 52N010W DCT 53N020W", "a.txt", where="a.txt")


def test_procedures_at_both_ends_are_left_out_by_name() -> None:
    (line,) = parse_bytes(b"EGLL CPT5J 52N010W LAM3A KJFK", "a.txt", where="a.txt")
    assert [w.name for w in line.waypoints] == ["EGLL", "52N010W", "KJFK"]
    assert line.remarks == ("departure or arrival procedures CPT5J, LAM3A left out: straight there",)
    (line,) = parse_bytes(b"EGLL SID 52N010W STAR KJFK", "a.txt", where="a.txt")
    assert [w.name for w in line.waypoints] == ["EGLL", "52N010W", "KJFK"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("53/20", (-20.0, 53.0)),
        ("54/130", (-130.0, 54.0)),
        ("5340N", (-40.0, 53.0)),
        ("52N75", (-175.0, 52.0)),
        ("5275E", (75.0, 52.0)),
        ("N5150", (-50.0, 51.5)),
        ("5340N/M082F350", (-40.0, 53.0)),
        ("N5030W03000", (-30.0, 50.5)),
        ("N503015W0300000", (-30.0, 50.0 + 30.25 / 60.0)),
    ],
)
def test_points_are_read_as_oceanic_tracks_and_databases_write_them(word: str, expected: tuple[float, float]) -> None:
    (line,) = parse_bytes(f"EGLL N0450F310 {word} DCT KJFK".encode(), "a.fpl", where="a.fpl")
    assert points(line)[1] == pytest.approx(expected, abs=1e-9)


OTHER_FIXES = {
    "ourairports.csv": (
        '"id","ident","name","latitude_deg","longitude_deg","magnetic_variation_deg"\n'
        '1,"BPK","Brookmans Park",51.7497,-0.1067,-1.0\n2,"CLN","Clacton",51.8485,1.1476,-1.0\n'
    ),
    "faa.csv": '"FIX_ID","LAT_DECIMAL","LONG_DECIMAL"\n"BPK",51.7497,-0.1067\n"CLN",51.8485,1.1476\n',
    "earth_fix.dat": "I\n1101 Version - x\n\n 51.7497 -0.1067 BPK ENRT EG 1\n 51.8485 1.1476 CLN ENRT EG 1\n99\n",
    "earth_nav.dat": (
        "I\n1150 Version - x\n\n3 51.7497 -0.1067 399 11750 130 -1.0 BPK ENRT EG BROOKMANS VOR/DME\n"
        "12 51.8485 1.1476 81 11455 130 0.0 CLN ENRT EG CLACTON DME\n99\n"
    ),
}


@pytest.mark.parametrize("name", OTHER_FIXES)
def test_fixes_come_from_files_of_others_by_their_identifiers(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(OTHER_FIXES[name], encoding="utf-8")
    (tmp_path / "a.fpl").write_text("EGLL N0420F370 BPK DCT CLN DCT EKCH", encoding="utf-8")
    (line,) = read_routes(tmp_path / "a.fpl", fixes=tmp_path / name)
    assert points(line)[1:3] == [(-0.1067, 51.7497), (1.1476, 51.8485)]


def test_airways_are_straight_lines_only_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "fixes.csv").write_text(OTHER_FIXES["ourairports.csv"], encoding="utf-8")
    (tmp_path / "a.fpl").write_text("EGLL N0420F370 BPK UQ295 CLN DCT EKCH", encoding="utf-8")
    with pytest.raises(ProposalError, match="'UQ295': an airway or track"):
        read_routes(tmp_path / "a.fpl", fixes=tmp_path / "fixes.csv")
    (line,) = read_routes(tmp_path / "a.fpl", fixes=tmp_path / "fixes.csv", airways="direct")
    assert [w.name for w in line.waypoints] == ["EGLL", "BPK", "CLN", "EKCH"]
    assert line.remarks == ("airway UQ295 taken for straight lines between their ends",)


def test_routes_of_codes_stand_one_a_line() -> None:
    found = parse_bytes(b"VKO-BUD\n\nVKO - MSQ \xe2\x80\x93 BUD\n", "a.txt", where="a.txt")
    assert [(line.name, line.kind) for line in found] == [("VKO-BUD", "great-circle"), ("VKO-MSQ-BUD", "given")]
    with pytest.raises(ProposalError, match=r"a\.txt, line 2: unknown place 'XQX'"):
        parse_bytes(b"VKO-BUD\nVKO-XQX\n", "a.txt", where="a.txt")


def test_airways_are_direct_on_the_command_line_if_that_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fixes.csv").write_text(OTHER_FIXES["ourairports.csv"], encoding="utf-8")
    (tmp_path / "a.fpl").write_text("EGLL N0420F370 BPK UQ295 CLN DCT EKCH", encoding="utf-8")
    options = ("--fixes", "fixes.csv", "--on", "2025-10-23")
    assert run("check", "a.fpl", *options)[0] == 2
    status, _, told = run("check", "a.fpl", *options, "--airways", "direct")
    assert (status, "airway UQ295 taken for straight lines" in told) == (0, True)
