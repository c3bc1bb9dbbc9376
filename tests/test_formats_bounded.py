"""Files that are small and cost much: the work is bounded by what was sent, and what is too much is counted first."""

from __future__ import annotations

import gzip
import io
import json
import math
import random
import struct
import tomllib
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import SupportsIndex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import OverflightError, ProposalError
from overflight.proposals import parse_proposals
from overflight.proposals.toml import MAX_DEPTH, MAX_PARTS, load_toml
from overflight.proposals.writing import quoted
from overflight.routes.crs import to_wgs84
from overflight.routes.files import parse_bytes
from overflight.routes.wkt import parse_wkt

HEAD = 'name = "a"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\n'
LINE = b'{"type":"LineString","coordinates":[[37,55],[19,47]]}'


def peak_of(work: Callable[[], object]) -> int:
    """Return the most bytes that were held at a time, of Python's own."""
    tracemalloc.start()
    try:
        work()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


# ---------------------------------------------------------------- TOML


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (".".join("a" * 10_000) + " = 1", "line 4: a key of 10,000 parts: expected at most 4"),
        ("[" + " . ".join(["a", '"b"', "'c'"] * 3_000) + "]", "line 4: a key of 9,000 parts"),
        ("[[" + ".".join(['"."'] * 10_000) + "]]", "line 4: a key of 10,000 parts"),
        ("\n\nx = {" + ".".join("a" * 10_000) + " = 1}", "line 6: a key of 10,000 parts"),
        ("x = " + "[" * 100_000, "line 4: lists or tables nested deeper than 32"),
        ("x = " + "{a=" * 100_000, "line 4: lists or tables nested deeper than 32"),
        ("[a]\n" * 20_001, "more than 20,000 tables and lists"),
        ("max_extension_pct = 0x" + "f" * 100_000, "`max_extension_pct`: expected per cent"),
        ("max_extension_pct = " + "9" * 100_000, "not TOML: Exceeds the limit"),
        ("max_extension_pct = 1e999999", "`max_extension_pct`: expected per cent"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_proposal_that_nests_deeply_is_refused_before_it_is_parsed(text: str, told: str) -> None:
    def read() -> None:
        with pytest.raises(ProposalError) as caught:
            parse_proposals(HEAD + text, where="a.route.toml")
        assert told in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1

    assert peak_of(read) < 20_000_000


KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,9}", fullmatch=True), st.text(max_size=9).map(quoted))
TRICKY = st.text(st.sampled_from("ab.[]{}=#\"'\\\n \t,1"), max_size=40)
TEXTS = st.one_of(
    TRICKY.map(quoted),
    TRICKY.filter(lambda t: "'" not in t and "\n" not in t).map(lambda t: f"'{t}'"),
    TRICKY.map(lambda t: '"""' + t.replace("\\", "\\\\").replace('"""', '""\\"') + '\\""""'),
    TRICKY.filter(lambda t: "'''" not in t and not t.endswith("'")).map(lambda t: f"'''{t}'''"),
    st.sampled_from(["1", "-1.5e-7", "0x1F", "true", "inf", "2025-10-23T08:00:00.123456+02:00", "08:00:00.5"]),
)
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda v: f"[ # a.b.c.d.e.f [[[ \n {' , '.join(v)} ]"),
        st.lists(inner, max_size=3).map(lambda v: "{" + ", ".join(f"k{i} = {x}" for i, x in enumerate(v)) + "}"),
    ),
    max_leaves=10,
)


@pytest.mark.slow
@settings(max_examples=300)
@given(
    rows=st.lists(st.tuples(st.lists(KEYS, min_size=1, max_size=MAX_PARTS), VALUES), max_size=6),
    comment=st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cc", "Cs"]), max_size=40),
)
def test_what_is_valid_and_small_is_parsed_as_ever(rows: list[tuple[list[str], str]], comment: str) -> None:
    text = "".join(f"[t{i}]\n{' . '.join(key)} = {value} # {comment}\n" for i, (key, value) in enumerate(rows))
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert repr(load_toml(text, "a")) == repr(expected)


@settings(max_examples=300)
@given(before=st.lists(st.tuples(KEYS, VALUES), max_size=4), deep=st.sampled_from(["key", "table", "list"]))
def test_nothing_before_it_hides_what_is_too_deep(before: list[tuple[str, str]], deep: str) -> None:
    many = " . ".join(["a", '"[.#"', "'\"'"] * 5)
    nested = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    text = "".join(f"[t{i}]\n{key} = {value}\n" for i, (key, value) in enumerate(before))
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    with pytest.raises(
        ProposalError, match=f"line {text.count(chr(10)) + 1}: (a key of 15 parts|lists or tables nest)"
    ):
        load_toml(text + {"key": f"{many} = 1", "table": f"[[{many}]]", "list": f"x = {nested}"}[deep], "a")


# ---------------------------------------------------------------- WKT


class Counted(str):
    """A text that notes how many characters were gone through by searching it."""

    __slots__ = ("gone",)
    gone: int

    def count(self, sub: str, start: SupportsIndex | None = None, end: SupportsIndex | None = None) -> int:
        self._note(start, end)
        return super().count(sub, start, end)

    def rfind(self, sub: str, start: SupportsIndex | None = None, end: SupportsIndex | None = None) -> int:
        found = super().rfind(sub, start, end)
        self._note(max(found, int(start or 0)), end)
        return found

    def _note(self, start: SupportsIndex | None, end: SupportsIndex | None) -> None:
        self.gone = getattr(self, "gone", 0) + (len(self) if end is None else int(end)) - int(start or 0)


POINT_HEX = "0101000000" + struct.pack("<2d", 1, 2).hex()


@pytest.mark.parametrize(
    "body",
    [
        "LINESTRING(1 2,3 4)\n" * 2_000,
        "LINESTRING(1 2,3 4);" * 2_000,
        "LINESTRING EMPTY\n" * 2_000,
        "GEOMETRYCOLLECTION(" + "LINESTRING EMPTY," * 2_000 + "LINESTRING EMPTY)",
        "GEOMETRYCOLLECTION(" + "LINESTRING EMPTY\n," * 2_000 + "LINESTRING EMPTY)",
        "SRID=3857;LINESTRING(1 2,3 4)\n" * 2_000,
        f"{POINT_HEX}\n" * 2_000,
    ],
    ids=["lines", "one line", "empty", "collection", "lines of a collection", "with SRID", "hexadecimal"],
)
def test_lines_of_wkt_are_counted_once(body: str) -> None:
    text = Counted("LINESTRING(1 2,3 4)\n" + body)
    parse_wkt(text, "a.wkt", default_name="a")
    assert text.gone < 5 * len(text)


def test_what_is_wrong_in_wkt_is_found_behind_many_lines() -> None:
    body = "LINESTRING(1 2,3 4)\n" * 50 + "LINESTRING(1 2,\n3 4); LINESTRING(1 2,3 x)"
    with pytest.raises(ProposalError, match="line 52, column 22: latitude: expected decimal degrees, found 'x'"):
        parse_wkt(body, "a.wkt", default_name="a")


# ---------------------------------------------------------------- what is packed


def read(raw: bytes, name: str) -> int:
    return len(parse_bytes(raw, name, where=name))


@pytest.mark.parametrize("cut", [0, 1, 20, len(LINE) - 1, len(LINE)])
@pytest.mark.parametrize("padding", [b"", b"\x00" * 512])
def test_every_member_of_a_gzip_file_is_read(cut: int, padding: bytes) -> None:
    packed = gzip.compress(LINE[:cut]) + gzip.compress(b"") + gzip.compress(LINE[cut:])
    assert read(packed + padding, "a.geojson.gz") == 1


def test_rows_of_a_second_member_count() -> None:
    packed = gzip.compress(b"route,lon,lat\na,1,2\na,3,4\n") + gzip.compress(b"b,1,2\nb,3,4\n")
    assert read(packed, "a.csv.gz") == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (b"PK\x03\x04", "something behind it that is none"),
        (b"\x00\x00x", "something behind it that is none"),
        (gzip.compress(b" ")[:-9], "cut short"),
        (gzip.compress(b" ")[:5], "cut short"),
        (gzip.compress(b" ")[:-8] + b"\xff" * 8, "a damaged gzip file"),
        (gzip.compress(b" " * 1_000_000) * 51, "unpacks to more than the 50 MB read here"),
        (gzip.compress(b" " * 60_000_000), "unpacks to more than the 50 MB read here"),
    ],
    ids=["another", "behind zeros", "cut", "head cut", "wrong sum", "many", "large"],
)
def test_what_stands_behind_the_first_member_is_checked(more: bytes, told: str) -> None:
    with pytest.raises(ProposalError, match=told) as caught:
        read(gzip.compress(LINE) + more, "a.geojson.gz")
    assert len(str(caught.value).splitlines()) == 1


def test_files_of_an_archive_that_share_their_bytes_are_refused() -> None:
    nothing = b"\x00\x00\x00\xff\xff" * 2_000 + b"\x03\x00"  # blocks that unpack to nothing
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("0.kml", nothing)
        for i in range(1, 200):
            archive.filelist.append(zipfile.ZipInfo(f"{i}.kml"))
        for entry in archive.filelist:
            entry.compress_type, entry.compress_size = zipfile.ZIP_DEFLATED, len(nothing)
            entry.file_size, entry.CRC, entry.header_offset = 0, zlib.crc32(b""), 0
    with pytest.raises(ProposalError, match="the files in it overlap"):
        read(out.getvalue(), "a.kmz")


# ---------------------------------------------------------------- reference systems


@pytest.mark.parametrize("code", ["3857", "3395", "32633", "2154", "3413", "3031", "27700", "28992", "21781", "6933"])
@pytest.mark.parametrize(
    "at",
    [(1e9, 0.0), (1e300, 0.0), (0.0, 1e9), (0.0, -1e300), (1e12, 1e12), (math.nan, 0.0), (0.0, math.inf), (2e8, 2e8)],
)
def test_a_coordinate_that_is_no_place_on_the_map_is_refused(code: str, at: tuple[float, float]) -> None:
    moved = to_wgs84(code, "a.geojson")
    assert moved is not None
    with pytest.raises(
        OverflightError, match=rf"is no place in EPSG:{code}: mend it or the reference system"
    ) as caught:
        moved(*at)
    assert str(caught.value).startswith(f"{at[0]!r}, {at[1]!r}")


@pytest.mark.parametrize(
    ("code", "x", "y", "lon", "lat"),
    [
        ("3857", 2.1e7, 0.0, -171.3538, 0.0),
        ("3857", -2.1e7, 5e6, 171.3538, 40.9195),
        ("3857", 2e7, 2e7, 179.6631, 85.0220),
        ("3395", 2.1e7, 0.0, -171.3538, 0.0),
        ("3832", 4e6, 4e6, -174.0675, 33.9633),
        ("32633", 5e5, 4e6, 15.0, 36.1447),
        ("4269", 200.0, 10.0, 200.0, 10.0),
        ("4230", -181.0, 10.0, -181.0, 10.0),
    ],
)
def test_places_on_the_map_and_just_past_its_edge_are_read(
    code: str, x: float, y: float, lon: float, lat: float
) -> None:
    moved = to_wgs84(code, "a.geojson")
    assert moved is not None
    assert moved(x, y) == pytest.approx((lon, lat), abs=0.01)


@pytest.mark.slow
def test_places_within_the_area_of_any_system_return() -> None:
    from pyproj import Transformer
    from pyproj.database import query_crs_info
    from pyproj.enums import PJType
    from pyproj.exceptions import ProjError

    chance = random.Random(13)  # noqa: S311 - a sample
    known = query_crs_info(auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS])
    tried = 0
    for one in chance.sample(known, 60):
        area = one.area_of_use
        if area is None or area.east < area.west:
            continue
        lon, lat = chance.uniform(area.west, area.east), chance.uniform(area.south, area.north)
        try:
            there = Transformer.from_crs("EPSG:4326", f"EPSG:{one.code}", always_xy=True)
            x, y = there.transform(lon, lat, errcheck=True)
        except ProjError:
            continue  # no way there is known to PROJ either
        moved = to_wgs84(one.code, "a")
        if moved is not None:
            assert moved(x, y) == pytest.approx((lon, lat), abs=0.05), one.name
            tried += 1
    assert tried > 50


@pytest.mark.parametrize("code", ["4978", "5773"])
def test_a_system_without_a_map_is_refused(code: str) -> None:
    with pytest.raises(ProposalError, match=f"a.geojson: the reference system EPSG:{code} has no coordinates of a map"):
        to_wgs84(code, "a.geojson")


@pytest.mark.parametrize(
    ("system", "point", "told"),
    [
        ("EPSG:3857", [1e9, 0], r"position 1: 1000000000.0, 0 is no place in EPSG:3857"),
        ("EPSG:4269", [1e9, 0], "position 1: longitude 1e[+]09 is off the Earth"),
        ("EPSG:4269", [0, 91], "position 1: latitude 91 is off the Earth"),
        ("EPSG:4326", [0, 1e300], "position 1: latitude 1e[+]300 is off the Earth"),
    ],
)
def test_a_file_names_the_coordinate_that_is_no_place(system: str, point: list[float], told: str) -> None:
    crs = {"type": "name", "properties": {"name": system}}
    line = {"type": "LineString", "crs": crs, "coordinates": [[1, 2], point]}
    with pytest.raises(ProposalError, match=told):
        read(json.dumps(line).encode(), "a.geojson")


# ---------------------------------------------------------------- areas, airports, fixes


def bars(count: int) -> list[object]:
    """Make bars from south to north and from west to east, each of which crosses all the others."""
    made: list[object] = []
    for i in range(count):
        low, high = i * 10 / count, (i + 0.4) * 10 / count
        upright = [[low, 0], [high, 0], [high, 10], [low, 10], [low, 0]]
        made += [[upright], [[[lat, lon] for lon, lat in upright]]]
    return made


@pytest.mark.parametrize("named", [False, True])
def test_an_area_that_crosses_itself_over_and_over_is_refused(named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from overflight.airspace.areas import parse_areas

    monkeypatch.setattr("shapely.union_all", lambda _: pytest.fail("joined"))
    shapes = bars(400)
    data: dict[str, object] = {"type": "MultiPolygon", "coordinates": shapes}
    if named:
        rows = [
            {"type": "Feature", "properties": {"name": f"{i % 2}"}, "geometry": {"type": "Polygon", "coordinates": one}}
            for i, one in enumerate(shapes)
        ]
        data = {"type": "FeatureCollection", "features": rows}
    with pytest.raises(OverflightError, match=r"a: its polygons meet at more than 100,000 places"):
        parse_areas(json.dumps(data), "a", name="a")


def test_neighbours_of_an_area_may_be_many() -> None:
    from overflight.airspace.areas import parse_areas

    cells = [[[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]] for x in range(90) for y in range(60)]
    (area,) = parse_areas(json.dumps({"type": "MultiPolygon", "coordinates": cells}), "a", name="a")
    assert area.shape.area == pytest.approx(5_400.0)


@pytest.mark.parametrize("body", ["[],", "{},", '{"type":"Feature"},'])
def test_an_area_file_of_nothing_much_is_counted_before_it_is_parsed(body: str) -> None:
    from overflight.airspace.areas import parse_areas

    text = "[" + body * 2_000_000 + "{}]"

    def read() -> None:
        with pytest.raises(OverflightError, match="a: more than 2,000,000 values"):
            parse_areas(text, "a", name="a")

    assert peak_of(read) < 1_000_000


def test_columns_that_are_not_wanted_cost_nothing(tmp_path: Path) -> None:
    from overflight.detours.alternates import read_airports

    header = "icao," + ",".join(f"c{i}" for i in range(2_000))
    (tmp_path / "a.csv").write_text(header + "\n" + "UUWW\n" * 5_000, encoding="ascii")
    assert peak_of(lambda: read_airports(tmp_path / "a.csv")) < 20_000_000
    (tmp_path / "a.csv").write_text("icao\n" + "UUWW\n" * 900_000, encoding="ascii")

    def read() -> None:
        with pytest.raises(OverflightError, match="expected 1 to 50,000 rows"):
            read_airports(tmp_path / "a.csv")

    assert peak_of(read) < 60_000_000


def test_many_codes_are_not_looked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from overflight.routes import airports, places

    known = [row["icao"] for row in places.airports() if row["icao"].isalpha() and len(row["icao"]) == 4][:300]
    one_by_one = [places.place(code) for code in known[:20]]
    opened = airports._table()
    gone = []

    class Table:
        def __len__(self) -> int:
            return len(opened[0])

        def __getitem__(self, part: slice) -> bytes:
            return opened[0][part]

        def find(self, what: bytes, *at: int) -> int:
            gone.append(len(what))
            return opened[0].find(what, *at)

        def rfind(self, what: bytes, *at: int) -> int:
            return opened[0].rfind(what, *at)

        def split(self, at: bytes) -> list[bytes]:
            return opened[0].split(at)

    monkeypatch.setattr(airports, "_table", lambda: (Table(), opened[1]))
    airports.airport.cache_clear()
    try:
        assert [places.place(code) for code in known][:20] == one_by_one
        assert sum(size > 1 for size in gone) < 200
    finally:
        airports.airport.cache_clear()


@pytest.mark.parametrize("ask", ["areas", "airports", "bloc"])
def test_what_has_no_end_is_not_read(ask: str) -> None:
    from overflight.airspace import read_bloc
    from overflight.detours.alternates import read_airports
    from overflight.routes.areas import read_areas

    readers: dict[str, Callable[[str], object]] = {
        "areas": read_areas,
        "airports": read_airports,
        "bloc": lambda path: read_bloc(path, name="mine"),
    }
    with pytest.raises(OverflightError, match="no regular file"):
        readers[ask]("/dev/zero")


def test_cells_of_a_file_of_fixes_are_counted() -> None:
    from overflight.routes.fixes import parse_fixes

    with pytest.raises(ProposalError, match="more than 5,000,000 cells"):
        parse_fixes("name,lon,lat\n" + "," * 5_000_001, "a")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_of_a_table_end_as_they_may(end: str) -> None:
    text = end.join(["route,name,lon,lat", 'a,"x', 'y",1,2', "", "a,z,3,4"])
    (one,) = parse_bytes(text.encode(), "a.csv", where="a")
    assert [w.name for w in one.waypoints] == ["x y", "z"]
    with pytest.raises(ProposalError, match="a, line 6, column lat"):
        parse_bytes(f"{text}{end}a,z,3,x".encode(), "a.csv", where="a")


# ---------------------------------------------------------------- counted before anything is made of it


def wkb_line(*lonlat: float) -> bytes:
    return struct.pack(f"<BII{len(lonlat)}d", 1, 2, len(lonlat) // 2, *lonlat)


def parquet(columns: dict[str, object]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


MANY = 100_001
FEATURE = '{"type":"LineString","coordinates":[[1,2],[3,4]]}'
PLACEMARK = "<Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>"
TOO_MANY: dict[str, Callable[[], bytes]] = {
    "a.geojson": f'{{"type":"GeometryCollection","geometries":[{",".join([FEATURE] * MANY)}]}}'.encode,
    "a.wkt": lambda: b"LINESTRING(1 2,3 4)\n" * MANY,
    "a.csv": lambda: b"wkt\n" + b'"LINESTRING(1 2,3 4)"\n' * MANY,
    "a.kml": f"<kml>{PLACEMARK * MANY}</kml>".encode,
    "a.parquet": lambda: parquet({"geometry": [wkb_line(1, 2, 3, 4)] * MANY}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOO_MANY)
def test_routes_are_counted_before_their_legs_are_worked_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.routes.model._leg", lambda *_: pytest.fail("a leg was worked out"))
    with pytest.raises(ProposalError, match="more than 100,000 routes"):
        read(TOO_MANY[name](), name)


def test_what_is_wrong_at_the_end_is_said_before_legs_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.routes.model._leg", lambda *_: pytest.fail("a leg was worked out"))
    with pytest.raises(ProposalError, match="line 3, column 12: latitude 95"):
        read(b"LINESTRING(1 2,3 4)\nLINESTRING(1 2,3 4)\nLINESTRING(1 95,3 4)", "a.wkt")
    with pytest.raises(ProposalError, match="goes nowhere"):
        read(b"LINESTRING(" + b"1 2," * 1000 + b"1 2)", "a.wkt")


def test_columns_of_parquet_that_are_no_scalars_are_not_written_out() -> None:
    held = [{f"a{i}": 1.0 for i in range(50)}] * 2
    assert read(parquet({"name": held, "lon": [1.0, 2.0], "lat": [1.0, 2.0]}), "a.parquet") == 1
    assert read(parquet({"name": held, "geometry": [wkb_line(1, 2, 3, 4)] * 2}), "a.parquet") == 2
    with pytest.raises(ProposalError, match="column 'lon' holds lists, not numbers"):
        read(parquet({"lon": [[1.0] * 1000] * 2, "lat": [1.0, 2.0]}), "a.parquet")


def test_values_of_a_drawing_are_counted_before_it_is_parsed() -> None:
    text = "[" + "{}," * 1_500_000 + "{}]"

    def refused() -> None:
        with pytest.raises(ProposalError, match="a: more than 5,000,000 values"):
            parse_proposals(text, where="a", drawn=True)

    assert peak_of(refused) < 1_000_000
