"""Route files from strangers: refused in one line that names the file and the place, or rendered harmless."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.cli import main
from overflight.errors import OverflightError, ProposalError
from overflight.routes import great_circle, read_routes, route, write_routes
from overflight.routes.files import parse_bytes
from overflight.routes.writing import ONE_ROUTE, WRITABLE, dump_routes

LINES = [route("UUWW", "UMMS", "LHBP"), great_circle((170.0, 60.0), (-160.0, 62.0), name="across")]
POINT = b'<trkpt lat="1" lon="2"/>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><gpx><rte><name>&b;</name></rte></gpx>'
OUTSIDE = b'<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><name>&x;</name></kml>'


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def lying(raw: bytes) -> bytes:
    """Let an archive say of its one member that it is ten bytes long."""
    changed, at = bytearray(raw), raw.rfind(b"PK\x01\x02")
    changed[22:26] = changed[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(changed)


KML = b"<kml><Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark></kml>"
SPACE = b" " * 60_000_000


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.gpx", LAUGHS, "line 1: a document type (<!DOCTYPE, entities) is not read: take it out"),
        ("a.kml", OUTSIDE, "line 1: a document type"),
        ("a.gpx", b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/x.dtd"><gpx/>', "a document type"),
        ("a.gpx", b"<gpx>&nbsp;</gpx>", "line 1, column 6: not XML (undefined entity)"),
        ("a.gpx", b"<gpx><trk><trkseg>\n<trkpt lat=", "line 2, column 1: not XML (unclosed token)"),
        ("a.gpx", b"<gpx><trk></gpx>", "not XML (mismatched tag)"),
        ("a.gpx", b"<gpx>\x00</gpx>", "not XML"),
        ("a.gpx", b'<?xml version="1.0" encoding="utf-7"?><gpx/>', "not XML"),
        ("a.gpx", b"<svg/>", "expected <gpx> or <kml>, found <svg>"),
        ("a.gpx", b"<gpx>" + b"<a>" * 50_000, "elements nested deeper than 32"),
        ("a.gpx", b"<gpx>" + b"<a/>" * 2_000_001 + b"</gpx>", "more than 2,000,000 XML elements"),
        (
            "a.gpx",
            b"<gpx " + b"".join(b'a%d="" ' % i for i in range(20_000)) + b"/>",
            "an XML tag of more than",
        ),
        ("a.gpx", b"<gpx>" + b"".join(b"<a%d/>" % i for i in range(20_000)) + b"</gpx>", "10,000 different names"),
        ("a.gpx", b"<gpx><trk><trkseg>" + POINT * 300_001, "more than 300,000 waypoints"),
        ("a.gpx", b'<gpx><rte><rtept lat="1"/></rte></gpx>', "line 1: lon: expected decimal degrees, found ''"),
        ("a.gpx", b'<gpx><rte>\n<rtept lat="nan" lon="1"/></rte></gpx>', "line 2: lat: expected decimal degrees"),
        ("a.gpx", b'<gpx><rte><rtept lat="1e999" lon="1"/></rte></gpx>', "latitude 'inf' is not finite"),
        ("a.gpx", b'<gpx><rte><rtept lat="120" lon="50"/></rte></gpx>', "the two look swapped"),
        ("a.gpx", b'<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>', "line 1: route 'a' needs two or more waypoints"),
        ("a.gpx", b'<gpx><trkpt lat="1" lon="2"/></gpx>', "<trkpt> outside a route or track"),
        ("a.kml", KML.replace(b"1,2 ", b"0 " * 1000), "expected longitude,latitude, found '0'"),
        ("a.kml", KML.replace(b"1,2 ", b"0,0 " * 400_001), "more than 300,000 waypoints"),
        ("a.kml", KML.replace(b"1,2 ", b" " * 1_000_000 + b"x" + b" " * 1_000_000), "found 'x'"),
        ("a.kmz", zipped(("doc.kml", b"<kml>" + SPACE + b"</kml>")), "unpacks to more than the 50 MB read here"),
        ("a.kmz", lying(zipped(("doc.kml", b"<kml>" + SPACE))), "a damaged KMZ archive"),
        ("a.kmz", zipped(*((f"{i}.kml", SPACE[:20_000_000]) for i in range(3))), "unpacks to more than the 50 MB"),
        ("a.kmz", zipped(("doc.kmz", zipped(("doc.kml", KML)))), "without a .kml file that has something in it"),
        ("a.kmz", zipped(*((f"{i}.png", b"") for i in range(10_001))), "more than 10,000 files in the archive"),
        ("a.kmz", zipped(("a\x1b[31m/../../x.kml", b"<kml>")), r"a.kmz ('a\x1b[31m/../../x.kml')"),
        ("a.kmz", zipped(("doc.kml", KML))[:-40], "a damaged KMZ archive"),
        ("a.csv.gz", gzip.compress(b"lon,lat\n" + SPACE), "unpacks to more than the 50 MB read here"),
        ("a.csv.gz", gzip.compress(gzip.compress(b"lon,lat")), "a gzip file in a gzip file"),
        ("a.csv.gz", gzip.compress(b"lon,lat\n1,2\n3,4\n")[:-9], "cut short"),
        ("a.csv.gz", b"\x1f\x8b\x08garbage", "cut short"),
        ("a.geojson", b"[" * 400_000, "nested too deeply"),
        ("a.geojson", b'{"a":' * 800_000, "more than 5,000,000 values"),
        ("a.geojson", b"[0,0]," * 800_000, "more than 300,000 waypoints"),
        (
            "a.geojson",
            b'{"type":"LineString","coordinates":[[' + b"9" * 5000 + b",1]]}",
            "Exceeds the limit",
        ),
        ("a.geojson", b'{"crs":{"properties":{"name":"EPSG:0"}},"type":"Feature"}', "'EPSG:0' is not known here"),
        ("a.wkt", b"GEOMETRYCOLLECTION(" * 50_000, "collections nested deeper than 32"),
        ("a.wkt", b"LINESTRING(0 0" + b",0 0" * 400_001, "more than 300,000 waypoints"),
        ("a.wkt", b"LINESTRING(1 2,\n3 4", "line 2, column 4: expected ')', found 'the end'"),
        ("a.wkt", b"LINESTRING(" + b"1" * 1_000_000 + b" 2)", "expected longitude and latitude"),
        ("a.wkt", b"POLYGON((0 0,1 1,2 0,0 0))", "expected LINESTRING or MULTILINESTRING, found 'POLYGON'"),
        (
            "a.wkt",
            b"".join(b"SRID=%d;LINESTRING EMPTY\n" % i for i in range(2154, 2170)),
            "more than 10 reference systems",
        ),
        ("a.wkt", b"LINESTRING(nan 1, 2 3)", "longitude: expected decimal degrees, found 'nan'"),
        ("a.wkt", b"0102000000FFFFFFFF" + b"00" * 100, "the geometry is cut short"),
        ("a.csv", b"lon,lat\n" + b"0,0\n" * 500_000, "more than 300,000 waypoints"),
        ("a.csv", b"lon,lat\n" + b"," * 5_000_001, "more than 5,000,000 cells"),
        ("a.csv", b"route,lon,lat\n" + b"".join(b"%d,1,2\n" % i for i in range(100_001)), "more than 100,000 routes"),
        ("a.csv", b'lon,lat\n"' + b"x" * 1_000_000, "not CSV"),
        ("a.csv", b"lon,lat\n1,2\x00\n", "NUL bytes"),
        ("a.fpl", b"(FPL" + b"-A" * 500_001, "more than 1,000,000 characters of flight plans"),
        ("a.fpl", b"(CHG-A-B)", "expected a filed flight plan (FPL), found CHG"),
        ("a.fpl", b"(" * 10_000, "no flight plan in it"),
        ("a.gpkg", b"SQLite format 3\x00" + b"\xff" * 5000, "no GeoPackage that can be read"),
        ("a.gpkg", b"text", "the file does not begin as .gpkg files do"),
        ("a.parquet", b"PAR1" + b"\x00" * 100 + b"PAR1", "no Parquet file that can be read"),
        ("-", b"hello", "it begins as no format known: give one of GeoJSON, GPX"),
    ],
    ids=lambda value: str(value[:30]) if isinstance(value, str) else "",
)
def test_a_hostile_file_is_refused_in_one_line(name: str, raw: bytes, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        parse_bytes(raw, name, where=name)
    text = str(caught.value)
    assert told in text
    assert text.startswith(name)
    assert len(text.splitlines()) == 1
    assert len(text) < 300


def test_nothing_in_an_archive_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    (tmp_path / "in" / "a.kmz").write_bytes(zipped(("../evil.kml", KML), ("/evil.txt", b"x")))
    assert len(read_routes("a.kmz")) == 1
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "a.kmz"]


@pytest.mark.slow
def test_a_million_properties_do_no_harm() -> None:
    feature = {
        "type": "Feature",
        "properties": {f"k{i}": i for i in range(1_000_000)},
        "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
    }
    (line,) = parse_bytes(json.dumps(feature).encode(), "a.geojson", where="a.geojson")
    assert len(line.waypoints) == 2


EVIL = "\x1b[31mred\x07\u202e\x9b1m\ud800<b>&'\"\n=1+1"


def test_control_characters_and_markup_of_a_name_reach_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    geometry = {"type": "LineString", "coordinates": [[37.0, 55.0], [28.0, 53.0]]}
    feature = {"type": "Feature", "properties": {"name": EVIL}, "geometry": geometry}
    (tmp_path / "a.geojson").write_text(json.dumps(feature), encoding="ascii")
    for form in ("table", "csv", "json", "geojson"):
        with pytest.raises(SystemExit):
            main(["check", str(tmp_path / "a.geojson"), "--on", "2025-10-23", "-f", form])
        out = capsys.readouterr().out
        assert "red" in out
        assert not [c for c in out if not c.isprintable() and c not in "\n\t\r"]


@pytest.mark.slow
def test_a_parquet_file_that_unpacks_to_much_is_refused_before_it_does(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    write_routes(LINES, tmp_path / "a.parquet")
    about = pq.read_schema(tmp_path / "a.parquet").metadata
    values = pa.array([b"\x00" * 20_000_000] * 5, pa.large_binary())
    large = pa.table({"geometry": values}).replace_schema_metadata(about)
    pq.write_table(large, tmp_path / "large.parquet", compression="zstd", use_dictionary=False)
    line = pa.array([struct.pack("<BII", 1, 2, 60_000) + b"\x00" * 960_000], pa.binary())
    repeated = line.take(pa.array([0] * 500))
    pq.write_table(pa.table({"geometry": repeated}).replace_schema_metadata(about), tmp_path / "again.parquet")
    many = pa.table({"lon": [1.0] * 300_001, "lat": [1.0] * 300_001})
    pq.write_table(many, tmp_path / "rows.parquet")
    told = {"large": "100 MB of lines", "again": "or 50 MB in it", "rows": "300,001 rows, more than 300,000"}
    for name, text in told.items():
        with pytest.raises(ProposalError, match=text):
            read_routes(tmp_path / f"{name}.parquet")


def test_a_decoder_that_dies_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", encoding="utf-8")
    monkeypatch.setattr("overflight.routes.decoded.CHILD", tmp_path / "child.py")
    with pytest.raises(ProposalError, match="the decoder broke off"):
        parse_bytes(b"PAR1", "a.parquet", where="a.parquet")
    (tmp_path / "child.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    monkeypatch.setattr("overflight.routes.decoded.DEADLINE_S", 0.2)
    with pytest.raises(ProposalError, match="took more than"):
        parse_bytes(b"PAR1", "a.parquet", where="a.parquet")


def test_a_geopackage_that_runs_in_circles_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_routes(LINES, tmp_path / "a.gpkg")
    with sqlite3.connect(tmp_path / "a.gpkg") as db:
        db.execute("CREATE TABLE x (geom BLOB)")
        db.executemany("INSERT INTO x VALUES (?)", ((b"GP\x00\x11\x00\x00\x00\x00",) for _ in range(10_000)))
        db.execute("INSERT INTO gpkg_geometry_columns VALUES ('x', 'geom', 'LINESTRING', 4326, 0, 0)")
    assert len(read_routes(tmp_path / "a.gpkg")) == 2
    monkeypatch.setattr("overflight.routes.geopackage.MOST", 2)
    with pytest.raises(ProposalError, match="it takes too long"):
        read_routes(tmp_path / "a.gpkg")


# ---------------------------------------------------------------- fuzz

PLAN = "(FPL-ACA101-IS-B773/H-S/C-EIDW1400-N0450F310 DCT 53N010W/M082F330 DCT 5320N01500W-CYYZ0700-DOF/251023)"
NAMED = {
    "csv": 'Timestamp;Callsign;Position;seq\n1;A;"55,37";1\n2;A;"47,19";2\n',
    "hex": "0102000020E610000002000000" + struct.pack("<4d", 1.0, 2.0, 3.0, 4.0).hex(),
    "gpx": '<gpx><trk><name>a</name><trkseg><trkpt lat="1" lon="2"/><trkpt lat="3" lon="4"/></trkseg></trk></gpx>',
    "kml": "<kml><Placemark><gx:Track><gx:coord>1 2 3</gx:coord><gx:coord>4 5</gx:coord></gx:Track></Placemark></kml>",
    "wkt": "SRID=3857;GEOMETRYCOLLECTION Z(LINESTRING(1 2 3,4 5 6),MULTILINESTRING((1 2,3 4),EMPTY));",
    "json": '{"routes":[{"name":"a","kind":"x","waypoints":[{"lon":1,"lat":2},{"lon":3,"lat":4}]}]}',
}
TRACE = (
    '{"icao":"a","timestamp":1761202800,"trace":[[0,50,9,"ground",1,2,0],[60,50.1,9.1,3000,1,2,2,0,{"flight":"X"},"mlat"],'
    "[4000,51,9.5,null,1,2,0],[8000,52,9.5,null,1,2,0]]}"
)
ROWS = "timestamp,icao24,callsign,latitude,longitude,altitude,onground\n" + "".join(
    f"{1761202800 + 60 * i},abc,{'T' * (i % 3)},{50 + i / 10},{9 - i / 10},{i},{i == 5}\n" for i in range(9)
)
POINTS = "".join(f'<trkpt lat="{50 + i}" lon="9"><time>2025-10-23T0{i}:00:00Z</time></trkpt>' for i in range(5))
RECORDED = {
    "trace.json": TRACE,
    "rows.csv": ROWS,
    "pairs.csv": "date,flight,from,to\n2025-10-23,A,VKO,BUD\n2025-10-24,B,BUD,VKO\n",
    "track.gpx": f"<gpx><trk><trkseg>{POINTS}</trkseg><trkseg>{POINTS}</trkseg></trk></gpx>",
    "track.kml": (
        "<kml><Placemark><TimeStamp><when>2025-10-23T07:00Z</when></TimeStamp><Point><coordina"
        "tes>1,2</coordinates></Point></Placemark><Placemark><gx:Track><when>2025</when><gx:co"
        "ord>1 2 3</gx:coord></gx:Track></Placemark></kml>"
    ),
    "a.igc": ("AXXX\nHFDTE231025\nB0701005000000N00900000EA0000000000\nB2301005100000S00900000WA-000100000\n"),
    "a.nmea": ("$GPRMC,070000,A,5000.0,N,00900.0,E,0,0,231025,,*0\n$GPGGA,080000,5100.0,N,00900.0,W,1,8,1,9,M,,,,*0\n"),
    "a.sbs": (
        "MSG,3,1,1,A,1,2025/10/23,07:00:00.0,,,,36000,,,50,9,,,0,0,0,0\nMSG,3,1,1,A,1,2025/10/2"
        "3,08:00:00.0,,,,9,,,51,9\n"
    ),
    "a.fms": "I\n1100 Version\nCYCLE 1\n1 A ADEP 0.0 50.0 9.0\n28 +5 DRCT 1 51.0 9.0\n",
    "a.waypoints": "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t50\t9\t1\t1\n1\t0\t3\t16\t0\t0\t0\t0\t51\t9\t1\t1\n",
    "a.plan": (
        '{"fileType":"Plan","mission":{"plannedHomePosition":[50,9,0],"items":[{"command":16,"'
        'params":[0,0,0,0,51,9,1]}]}}'
    ),
    "simbrief.json": (
        '{"origin":{"icao_code":"A","pos_lat":"50","pos_long":"9"},"navlog":{"fix":[{"ident":"'
        'B","pos_lat":"51","pos_long":"9"}]},"destination":{"pos_lat":"52","pos_long":"9"},"ge'
        'neral":{"flight_number":1}}'
    ),
    "a.topojson": (
        '{"type":"Topology","transform":{"scale":[1,1],"translate":[0,0]},"arcs":[[[1,2],[3,4]'
        ']],"objects":{"a":{"type":"LineString","arcs":[0,-1],"properties":{"name":"x"}}}}'
    ),
    "esri.json": (
        '{"geometryType":"esriGeometryPolyline","spatialReference":{"wkid":3857},"features":[{'
        '"attributes":{"name":1},"geometry":{"paths":[[[1,2],[3,4]]]}}]}'
    ),
    "timeline.json": (
        '{"semanticSegments":[{"startTime":"2025-10-23T07:00Z","timelinePath":[{"point":"50°, '
        '9°","time":"2025-10-23T07:00Z"},{"point":"51°, 9°","durationMinutesOffsetFromStartTim'
        'e":"60"}]}]}'
    ),
    "seen.json": (
        '[{"now":1761202800,"aircraft":[{"hex":"a","lat":50,"lon":9,"seen_pos":1,"alt_baro":"g'
        'round"}]},{"now":1761202900,"aircraft":[{"hex":"a","lat":50.1,"lon":9}]}]'
    ),
    "points.json": (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"seq":1},"geo'
        'metry":{"type":"Point","coordinates":[1,2]}},{"type":"Feature","properties":{"seq":0}'
        ',"geometry":{"type":"Point","coordinates":[3,4]}}]}'
    ),
    "times.json": (
        '{"type":"Feature","properties":{"coordTimes":["2025-10-23T07:00Z","2025-10-23T08:00Z"'
        ']},"geometry":{"type":"LineString","coordinates":[[1,2,3],[3,4,5]]}}'
    ),
    "a.geojsonl": (
        '{"type":"LineString","coordinates":[[1,2],[3,4]]}\n{"type":"LineString","coordinates":[[1,2],[3,4]]}\n'
    ),
    "garmin.fpl": (
        "<flight-plan><waypoint><identifier>A</identifier><lat>1</lat><lon>2</lon></waypoint><"
        "waypoint><identifier>B</identifier><lat>3</lat><lon>4</lon></waypoint><route><route-p"
        "oint><waypoint-identifier>A</waypoint-identifier></route-point><route-point><waypoint"
        "-identifier>B</waypoint-identifier></route-point></route></flight-plan>"
    ),
    "a.pln": (
        "<SimBase.Document><ATCWaypoint id='A'><WorldPosition>N50° 1' 2\",E9° 1' 2\",+1</WorldPo"
        "sition></ATCWaypoint><ATCWaypoint id='B'><WorldPosition>S51° 1' 2\",W9° 1' 2\",+1</Worl"
        "dPosition></ATCWaypoint></SimBase.Document>"
    ),
    "a.lnmpln": (
        "<LittleNavmap><Waypoint><Pos Lon='1' Lat='2'/></Waypoint><Waypoint><Pos Lon='3' Lat='"
        "4'/></Waypoint></LittleNavmap>"
    ),
    "a.fgfp": ("<PropertyList><wp><lon>1</lon><lat>2</lat></wp><wp><icao>VKO</icao></wp></PropertyList>"),
    "adexp.txt": ("-TITLE IFPL -ARCID A -ADEP EGLL -ADES KJFK -ROUTE N0450F350 DCT 53/20 5340N N5150 CPT5J"),
    "codes.txt": "VKO-BUD\nVKO-MSQ-BUD\n",
}
SEEDS = [
    *((name, text.encode()) for name, text in RECORDED.items()),
    *((f"a.{form}", dump_routes(LINES, form)) for form in WRITABLE if form not in {*ONE_ROUTE, "parquet"}),
    ("a.fpl", PLAN.encode()),
    ("a.csv", NAMED["csv"].encode()),
    ("a.wkt", NAMED["hex"].encode()),
    ("a.gpx", NAMED["gpx"].encode()),
    ("a.gpx", NAMED["gpx"].encode("utf-16")),
    ("a.kml", NAMED["kml"].encode()),
    ("a.wkt", NAMED["wkt"].encode()),
    ("a.json", NAMED["json"].encode()),
    ("a.geojson.gz", gzip.compress(dump_routes(LINES, "geojson"))),
]
TOKENS = [
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"NaN", b"-1e999", b"1e308", b"9" * 400, b"-0", b"", b"  ", b"\n", b"\r"),
    *(b'"', b"'", b",", b";", b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b"</", b"&amp;", b"&#0;", b"<!--"),
    *(
        b"<![CDATA[",
        b"null",
        b"true",
        b"[[]]",
        b"{}",
        b"EMPTY",
        b"SRID=0;",
        b"SRID=2154;",
        b"EPSG:4258",
        b"181",
        b"-91",
    ),
    *(b"GP\x00\x01", b"LINESTRING", b"coordinates", b"waypoints", b"type", b"lon", b"\x1f\x8b", b"PK\x03\x04"),
]
EDITS = st.lists(
    st.tuples(st.sampled_from(["set", "cut", "insert", "repeat", "swap"]), st.floats(0, 1), st.floats(0, 1),
              st.sampled_from(TOKENS) | st.binary(max_size=4)),
    min_size=1,
    max_size=6,
)  # fmt: skip


def edited(raw: bytes, edits: list[tuple[str, float, float, bytes]]) -> bytes:
    """Change bytes here and there."""
    for kind, where, much, token in edits:
        at = int(where * len(raw))
        end = min(len(raw), at + 1 + int(much**4 * len(raw)))
        if kind == "set":
            raw = raw[:at] + token + raw[at + len(token) :]
        elif kind == "cut":
            raw = raw[:at] + raw[end:]
        elif kind == "insert":
            raw = raw[:at] + token + raw[at:]
        elif kind == "repeat":
            raw = raw[:end] + raw[at:end] * 3 + raw[end:]
        else:
            raw = raw[:at] + raw[at:end][::-1] + raw[end:]
    return raw


def read_or_refused(raw: bytes, name: str) -> None:
    told = ""
    try:
        found = parse_bytes(raw, name, where=name)
    except OverflightError as error:
        found, told = (), str(error)
    assert bool(found) != bool(told)
    assert len(told.splitlines()) <= 1
    assert len(told) < 600
    for line in found:
        assert line.length_km > 0.0
        assert line.name is None or line.name.isprintable()


@pytest.mark.parametrize("seed", range(len(SEEDS)), ids=[f"{i}-{name}" for i, (name, _) in enumerate(SEEDS)])
@settings(max_examples=40)
@given(edits=EDITS)
def test_a_changed_file_is_read_or_refused(seed: int, edits: list[tuple[str, float, float, bytes]]) -> None:
    name, raw = SEEDS[seed]
    read_or_refused(edited(raw, edits), name)


@pytest.mark.slow
@settings(max_examples=8)
@given(edits=EDITS)
def test_a_changed_parquet_file_is_read_or_refused(edits: list[tuple[str, float, float, bytes]]) -> None:
    read_or_refused(edited(dump_routes(LINES, "parquet"), edits), "a.parquet")


NAMES = ["-", "a", "a.csv", "a.wkt", "a.fpl", "a.gpx", "a.geojson", "a.gpkg", "a.kmz"]


@settings(max_examples=200)
@given(raw=st.binary(max_size=200), text=st.text(max_size=200), name=st.sampled_from(NAMES))
def test_noise_is_refused(raw: bytes, text: str, name: str) -> None:
    read_or_refused(raw, name)
    read_or_refused(text.encode("utf-8", "surrogatepass"), name)
