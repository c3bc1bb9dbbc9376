"""Texts that are to do nothing but be seen, and a document of each format with one in every field that is read."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import geopandas as gpd
from shapely.geometry import LineString

from overflight.outside.printable import plain_name, unguarded
from overflight.routes.tables import COLUMNS

__all__ = ["DOCUMENTS", "MARKER", "PROBES", "Document", "assert_harmless", "drawn", "lines", "names_of"]

MARKER = "marker"
"""The file that is there if a probe was run."""
PROBES = (
    # templates, shells, formats
    "{{ 7*7 }}",
    f"{{{{ cycler.__init__.__globals__.os.system('touch {MARKER}') }}}}",
    f"{{% if cycler.__init__.__globals__.os.system('touch {MARKER}') %}}{{% endif %}}",
    "{# gone #}",
    "{% raw %}",
    "${7*7}",
    f"$(touch {MARKER})",
    f"`touch {MARKER}`",
    f"; touch {MARKER} #",
    "%(name)s %s %n",
    "{0.__class__} {name}",
    # pages
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    '" onmouseover="window.hit=1',
    "javascript:window.hit=1",
    "</title><script>window.hit=1</script>",
    # markup, JSON, TOML
    "]]>",
    "<!-- ",
    "& &amp; &#0; &nbsp;",
    "'\"",
    "<?xml version='1.0'?>",
    "</name><x>",
    '"""\nwhy = "x"\n"""',
    "\\u0000 \\",
    "[[route]]",
    "x'; DROP TABLE routes; --",
    # spreadsheets
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "|x",
    "'=1+2",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    '=cmd|"/c calc"!A1',
    "\t=1+3",
    # terminals
    "a\x1b[2Jb",
    "a\x9b2Jb",
    "\x1b]8;;http://x.example\x07link\x1b]8;;\x07",
    "\x1b]52;c;eA==\x07",
    "a\x08b\x07c\x7f",
    "a\u202eb\u2066c\u2069",
    "a\u200bb\ufeffc\u00adx",
    "a\u2028b\u2029c\x85d",
    "a\U000e0041b\ue000c",
    # lines of logs and tables
    "a\nb",
    "a\rc",
    "a\n::error::d",
    "::error::x",
    "##[error]y",
    "a ##vso[task.setvariable variable=PATH]b",
    "a\tb\tc",
    "a\r\n0 of 0 checks failed",
    # files
    "../x",
    "/etc/x",
    "..\\x",
    "C:\\x",
    "con",
    ".",
    "-rf",
    "x" * 300,
)
SINGLE = "\x00", "\udcff"
"""What only some formats hold: no text, and half a pair."""
NO_XML = frozenset(map(chr, range(32))) - set("\t\n\r")


@dataclass(frozen=True)
class Document:
    """A file with a probe in each field.

    `fields` are those that hold them, to be compared with what the reader knows; `names` what its routes are called.
    """

    raw: bytes
    fields: frozenset[object]
    names: tuple[str, ...]


def lines(count: int) -> list[list[list[float]]]:
    """Draw short lines that are not alike, in one country."""
    return [[[9.0 + 0.01 * i, 50.0], [9.0 + 0.01 * i, 50.2]] for i in range(count)]


def names_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what routes with these names are called."""
    return tuple(name for text in texts if (name := plain_name(text)))


def drawn(texts: Sequence[str], key: str = "name") -> str:
    """Draw a route for each text, in GeoJSON."""
    features = [
        {"type": "Feature", "properties": {key: text}, "geometry": {"type": "LineString", "coordinates": line}}
        for text, line in zip(texts, lines(len(texts)), strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _geojson() -> Document:
    texts = [*PROBES, *SINGLE]
    by_id = json.loads(drawn(texts, "nothing"))
    for feature, text in zip(by_id["features"], texts, strict=True):
        feature["id"] = text
    found = [json.loads(drawn(texts, key)) for key in ("name", "title")] + [by_id]
    features = [feature for one in found for feature in one["features"]]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return Document(raw, frozenset({"name", "title", "id"}), names_of(texts) * 3)


def _checked() -> Document:
    texts = [*PROBES, *SINGLE]
    rows = [
        {"name": text, "kind": text, "waypoints": [{"name": text, "lon": lon, "lat": lat} for lon, lat in line]}
        for text, line in zip(texts, lines(len(texts)), strict=True)
    ]
    return Document(json.dumps({"routes": rows}).encode(), frozenset(), names_of(texts))


def _in_xml(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield texts that XML holds, and how."""
    for text in texts:
        if not NO_XML & set(text):
            yield text, escape(text, {"\r": "&#13;"})


def _gpx() -> Document:
    found = list(_in_xml(PROBES))
    parts = []
    for (_, name), line in zip(found, lines(len(found)), strict=True):
        for outer, inner, begin, end in (("rte", "rtept", "", ""), ("trk", "trkpt", "<trkseg>", "</trkseg>")):
            more = f"<name>{name}</name><time>{name}</time><ele>{name}</ele>"
            points = "".join(f'<{inner} lon="{lon}" lat="{lat}">{more}</{inner}>' for lon, lat in line)
            parts.append(f'<wpt lon="1" lat="2">{more}</wpt>')
            parts.append(f"<{outer}><name>{name}</name>{begin}{points}{end}</{outer}>")
    raw = f"<gpx>{''.join(parts)}</gpx>".encode()
    names = tuple(name for name in names_of(text for text, _ in found) for _ in range(2))
    fields = {(field, point) for point in ("trkpt", "wpt") for field in ("time", "ele")}
    return Document(
        raw, frozenset({("name", "rte"), ("name", "trk"), ("name", "rtept"), ("name", "wpt"), *fields}), names
    )


def _kml() -> Document:
    found = list(_in_xml(PROBES))
    parts = [
        f"<Placemark><name>{name}</name><LineString><coordinates>{' '.join(f'{x},{y}' for x, y in line)}"
        f"</coordinates></LineString><Track><when>{name}</when><coord></coord></Track>"
        f"<TimeStamp><when>{name}</when></TimeStamp><TimeSpan><begin>{name}</begin></TimeSpan>"
        f"<Point><coordinates>{name}</coordinates></Point></Placemark>"
        for (_, name), line in zip(found, lines(len(found)), strict=True)
    ]
    fields = frozenset(
        {
            ("name", "Placemark"),
            ("coordinates", "LineString"),
            ("coordinates", "Point"),
            ("coord", "Track"),
            ("when", "Track"),
            ("when", "TimeStamp"),
            ("begin", "TimeSpan"),
        }
    )
    return Document(f"<kml>{''.join(parts)}</kml>".encode(), fields, names_of(text for text, _ in found))


def _kmz() -> Document:
    inner, out = _kml(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../\x1b[2J.kml", inner.raw)
    return Document(out.getvalue(), frozenset(), inner.names)


def _csv() -> Document:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    titles = {
        **{key: key for key in ("route", "name", "variation", "position", "callsign", "track", "time", "date")},
        **{key: key for key in ("altitude", "source", "id")},
        "leg": "flight_id",
        "ident": "fix_id",
        "aircraft": "icao24",
        "begin": "firstseen",
        "offset": "utc_offset",
        "ground": "onground",
        "start": "origin",
        "end": "destination",
    }
    writer.writerow((*titles.values(), "order", "lon", "lat"))
    for text, line in zip(PROBES, lines(len(PROBES)), strict=True):
        writer.writerows([*[text] * len(titles), n, *point] for n, point in enumerate(line))
    # One group a name, and the apostrophe of a guarded cell is none of the name.
    names = dict.fromkeys(text.strip() for text in PROBES)
    fields = frozenset({*titles, "order", "lon", "lat", "wkt"})
    return Document(out.getvalue().encode(), fields, names_of(map(unguarded, names)))


def _csv_of_wkt() -> Document:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("name", "wkt"))
    for text, line in zip(PROBES, lines(len(PROBES)), strict=True):
        writer.writerow((text, LineString(line).wkt))
    return Document(out.getvalue().encode(), frozenset(), names_of(unguarded(text.strip()) for text in PROBES))


def _frame(column: str) -> gpd.GeoDataFrame:
    shapes = [LineString(line) for line in lines(len(PROBES))]
    return gpd.GeoDataFrame({column: list(PROBES)}, geometry=shapes, crs="EPSG:4326")


def _gpkg(column: str) -> Document:
    out = io.BytesIO()
    _frame(column).to_file(out, driver="GPKG", layer="routes", engine="pyogrio")
    return Document(out.getvalue(), frozenset({column}), names_of(PROBES))


def _parquet(column: str) -> Document:
    out = io.BytesIO()
    _frame(column).to_parquet(out)
    return Document(out.getvalue(), frozenset({column}), names_of(PROBES))


def _rows() -> Document:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [text for text in PROBES if unguarded(text) == text and text == text.strip()]
    points = [(text, *point) for text, line in zip(texts, lines(len(texts)), strict=True) for point in line]
    route, lon, lat = (list(column) for column in zip(*points, strict=True))
    out = io.BytesIO()
    numbers = {"lon", "lat", "wkt", "order"}
    more = {names[0]: route for key, names in COLUMNS.items() if key not in numbers}
    pq.write_table(pa.table({"route": route, **more, "lon": lon, "lat": lat}), out)
    return Document(out.getvalue(), frozenset(more), names_of(dict.fromkeys(texts)))


def _feather() -> Document:
    import pyarrow as pa
    from pyarrow import feather

    texts = [text for text in PROBES if unguarded(text) == text and text == text.strip()]
    points = [(text, *point) for text, line in zip(texts, lines(len(texts)), strict=True) for point in line]
    route, lon, lat = (list(column) for column in zip(*points, strict=True))
    out = io.BytesIO()
    feather.write_feather(pa.table({"callsign": route, "lon": lon, "lat": lat}), out)
    return Document(out.getvalue(), frozenset(), names_of(dict.fromkeys(texts)))


ONE = "{{ 7*7 }}</script>a\x9b2Jb=1+1"
"""For files of a single flight, within what their fields hold."""
WORD = ONE.replace(" ", "")


def _igc() -> Document:
    fixes = "B0700005000000N00900000EA0000000000\nB0701005100000N00900000EA0000000000\n"
    return Document(f"AXXXABC\nHFDTE231025\nHFCIDCOMPETITIONID:{ONE}\n{fixes}".encode(), frozenset(), names_of([ONE]))


def _sbs() -> Document:
    at = "2025/10/23,07:0{}:00.000"
    rows = [f"MSG,3,1,1,{ONE},1,{at.format(i)},{at.format(i)},{ONE},0,,,{50 + i},9,,,,,,0\n" for i in range(2)]
    return Document("".join(rows).encode(), frozenset(), names_of([ONE]))


def _nmea() -> Document:
    rows = [f"$GPRMC,07000{i}.00,A,500{i}.000,N,00900.000,E,0,0,231025,{ONE}*00\n" for i in range(2)]
    return Document("".join(rows).encode(), frozenset(), ("a",))


def _fms() -> Document:
    return Document(f"I\n3 version\n1\n1\n1 {WORD} 0 50 9\n1 {WORD} 0 51 9\n".encode(), frozenset(), ("a",))


def _wpl() -> Document:
    rows = [f"{i}\t0\t3\t16\t0\t0\t0\t0\t{50 + i}\t9\t0\t1\n" for i in range(2)]
    return Document(f"QGC WPL 110\n{''.join(rows)}".encode(), frozenset(), ("a",))


def _mission() -> Document:
    items = [{"command": 16, "params": [ONE, 0, 0, 0, 50.0 + i, 9.0, 0], "type": ONE} for i in range(2)]
    return Document(json.dumps({"fileType": "Plan", "mission": {"items": items}}).encode(), frozenset(), ("a",))


def _microsoft() -> Document:
    points = "".join(
        f"<ATCWaypoint id='x'><WorldPosition>N{50 + i}° 0' 0\",E9° 0' 0\",+0</WorldPosition>"
        f"<ICAO><ICAOIdent>{escape(ONE)}</ICAOIdent></ICAO></ATCWaypoint>"
        for i in range(2)
    )
    plan = f"<FlightPlan.FlightPlan><Title>{escape(ONE)}</Title>{points}</FlightPlan.FlightPlan>"
    fields = {("WorldPosition", "ATCWaypoint"), ("ICAOIdent", "ICAO"), ("Title", "FlightPlan.FlightPlan")}
    return Document(f"<SimBase.Document>{plan}</SimBase.Document>".encode(), frozenset(fields), names_of([ONE]))


def _little_navmap() -> Document:
    points = "".join(
        f"<Waypoint><Ident>{escape(ONE)}</Ident><Pos Lon='9' Lat='{50 + i}'/></Waypoint>" for i in range(2)
    )
    return Document(f"<LittleNavmap>{points}</LittleNavmap>".encode(), frozenset({("Ident", "Waypoint")}), ("a",))


def _flightgear() -> Document:
    points = "".join(
        f"<wp><ident>{escape(ONE)}</ident><icao>{escape(ONE)}</icao><lon>9</lon><lat>{50 + i}</lat></wp>"
        for i in range(2)
    )
    fields = frozenset((name, "wp") for name in ("ident", "icao", "lon", "lat"))
    return Document(f"<PropertyList><route>{points}</route></PropertyList>".encode(), fields, ("a",))


def _skydemon() -> Document:
    legs = "".join(
        f'<RhumbLineRoute To="N5{i}0000.00 E0090000.00" ToPoint="{escape(ONE, {chr(34): "&quot;"})}"/>'
        for i in range(2)
    )
    plan = f"<DivelementsFlightPlanner><PrimaryRoute>{legs}</PrimaryRoute></DivelementsFlightPlanner>"
    return Document(plan.encode(), frozenset(), ("a",))


def _gfp() -> Document:
    return Document(b"FPN/RI:F:EDDF:D:{{7*7}}:F:EDDM", frozenset(), ("EDDF-EDDM",))


def _garmin() -> Document:
    names = "<{0}identifier>{1}</{0}identifier><{0}type>{1}</{0}type><{0}country-code>{1}{2}</{0}country-code>"
    own = [names.format("", escape(ONE), i) for i in range(2)]
    table = "".join(f"<waypoint>{name}<lat>{50 + i}</lat><lon>9</lon></waypoint>" for i, name in enumerate(own))
    route = "".join(f"<route-point>{names.format('waypoint-', escape(ONE), i)}</route-point>" for i in range(2))
    fields = {
        *((name, "waypoint") for name in ("identifier", "type", "country-code", "lat", "lon")),
        *((f"waypoint-{name}", "route-point") for name in ("identifier", "type", "country-code")),
        ("route-name", "route"),
    }
    plan = f"{table}<route><route-name>{escape(ONE)}</route-name>{route}</route>"
    return Document(f"<flight-plan>{plan}</flight-plan>".encode(), frozenset(fields), names_of([ONE]))


def _sequence() -> Document:
    features = json.loads(drawn([*PROBES, *SINGLE]))["features"]
    raw = "\n".join(map(json.dumps, features))
    return Document(raw.encode(), frozenset(), names_of([*PROBES, *SINGLE]))


def _topology() -> Document:
    texts = [*PROBES, *SINGLE]
    found = lines(len(texts))
    shapes = [{"type": "LineString", "arcs": [i], "properties": {"name": text}} for i, text in enumerate(texts)]
    document = {
        "type": "Topology",
        "arcs": found,
        "objects": {ONE: {"type": "GeometryCollection", "geometries": shapes}},
    }
    return Document(json.dumps(document).encode(), frozenset(), names_of(texts))


def _flatgeobuf() -> Document:
    out = io.BytesIO()
    _frame("name").to_file(out, driver="FlatGeobuf", engine="pyogrio", SPATIAL_INDEX="NO")
    return Document(out.getvalue(), frozenset(), names_of(PROBES))


def _zip() -> Document:
    inner, out = _gpx(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../\x1b[2J.gpx", inner.raw)
    return Document(out.getvalue(), frozenset(), inner.names)


def _plans() -> Document:
    texts = [text for text in PROBES if not set(text) & set("()-/") and text.strip()]
    raw = "\n".join(f"(FPL-{text}-IS\n-EDDF1200\n-N0450F310 DCT\n-EDDM0100\n-RMK/{text})" for text in texts)
    names = names_of(" ".join(text.upper().split()) for text in texts)
    return Document(raw.encode(), frozenset({"name", "departure", "route", "destination", "other"}), names)


DOCUMENTS: dict[str, Callable[[], Document]] = {
    "a.geojson": _geojson,
    "checked.json": _checked,
    "a.gpx": _gpx,
    "a.kml": _kml,
    "a.kmz": _kmz,
    "a.csv": _csv,
    "wkt.csv": _csv_of_wkt,
    "a.fpl": _plans,
    "rows.parquet": _rows,
    "a.feather": _feather,
    "a.igc": _igc,
    "a.sbs": _sbs,
    "a.nmea": _nmea,
    "a.fms": _fms,
    "a.waypoints": _wpl,
    "a.plan": _mission,
    "a.pln": _microsoft,
    "a.lnmpln": _little_navmap,
    "a.fgfp": _flightgear,
    "a.flightplan": _skydemon,
    "a.gfp": _gfp,
    "garmin.fpl": _garmin,
    "a.geojsonl": _sequence,
    "a.topojson": _topology,
    "a.fgb": _flatgeobuf,
    "a.zip": _zip,
    **{f"{c}.gpkg": lambda c=c: _gpkg(c) for c in ("name", "route", "title", "label", "callsign")},  # type: ignore[misc]
    **{
        f"{c}.parquet": lambda c=c: _parquet(c)  # type: ignore[misc]
        for c in ("name", "route", "route_id", "title", "callsign", "flight_id")
    },
}
"""By the name of the file; `.wkt` has no field for a text."""


def assert_harmless(text: str, *, but: str = "\n") -> None:
    """Fail if a terminal or a log would act upon what was printed."""
    bad = sorted({c for c in text if not c.isprintable() and c not in but})
    assert not bad, f"not printable: {bad}"
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::") or re.search(r"##[a-z]*\[", line)]
    assert not commands, f"GitHub Actions would run {commands}"
