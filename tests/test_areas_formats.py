"""Areas in OpenAir, KML and GeoPackage: what is read, with its limits, and what is refused in one line."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas
import hypothesis
import hypothesis.strategies
import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from overflight.airspace import Area
from overflight.airspace.areas import parse_areas
from overflight.airspace.drawn import Drawn, limits_in
from overflight.airspace.levels import parse_limit
from overflight.errors import DataError
from overflight.routes.areas import SUFFIXES, read_areas
from overflight.routes.areas.openair import add_openair
from overflight.rules.terms import areas_of
from tests.probes import NO_XML, PROBES

GEOD = pyproj.Geod(ellps="WGS84")
NM = 1852.0
SQUARE = "DP 50:00:00 N 020:00:00 E\nDP 50:00:00 N 021:00:00 E\nDP 51:00:00 N 021:00:00 E\nDP 51:00:00 N 020:00:00 E\n"

OPENAIR = f"""* Made by hand for this test: every vertex is known.
* The second line of the comment

AC D
AN Square (with, signs)
AY CTR
AF 122.800
AT 50:30:00 N 020:30:00 E
AL GND
AH 2500 ft AGL
{SQUARE}
AC R * a comment behind
AN Round
AL FL95
AH FL 245
V X=52:00.0 N 010:00.0 E
DC 10
AC Q
AN Quarter, the long way
AH UNL
AL 1000ft MSL
V D=-
V X=N52 00 00 E010 00 00
DP 52:00:00 N 010:00:00 E
DA 20, 0, 90
TO Not an area
DP 10:00:00 N 010:00:00 E
DP 11:00:00 N 010:00:00 E
AC W
AN Fiji
DP 17:00:00 S 179:00:00 E
V X=17:00:00 S 179:30:00 W
DB 17:00:00 S 179:00:00 E, 17:00:00 S 178:00:00 W
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def wrote(name: str, data: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return wrote


class TestOpenAir:
    @pytest.mark.parametrize("name", ["zones.txt", "zones.air"])
    @pytest.mark.parametrize("ends", ["\n", "\r\n"])
    def test_areas_have_their_names_limits_and_vertices(self, write: Callable[..., Path], name: str, ends: str) -> None:
        found = {area.name: area for area in read_areas(write(name, OPENAIR.replace("\n", ends)))}
        assert {name: area.limits for name, area in found.items()} == {
            "Square (with, signs)": "SFC to 2500 ft AGL",
            "Round": "FL95 to FL245",
            "Quarter, the long way": "1000 ft AMSL to UNL",
            "Fiji": "",
        }
        assert found["Square (with, signs)"].shape.equals(shapely.box(20, 50, 21, 51))
        assert all(area.shape.is_valid for area in found.values())

    def test_circles_and_arcs_are_where_geodesics_lead(self, write: Callable[..., Path]) -> None:
        found = {area.name: area.shape for area in read_areas(write("z.txt", OPENAIR))}
        azimuths = np.arange(0.0, 360.0, 7.0)
        for name, nm, arc in (("Round", 10.0, azimuths), ("Quarter, the long way", 20.0, azimuths[azimuths > 90.0])):
            for metres, inside in ((nm * NM - 10.0, True), (nm * NM + 12.0, False)):
                many = np.full(len(arc), 10.0), np.full(len(arc), 52.0)
                lons, lats, _ = GEOD.fwd(*many, arc, np.full(len(arc), metres))
                assert (shapely.contains_xy(found[name], lons, lats) == inside).all()
        lon, lat, _ = GEOD.fwd(10.0, 52.0, 45.0, 10 * NM)  # in the quarter that the arc leaves out
        assert not shapely.contains_xy(found["Quarter, the long way"], lon, lat)

    def test_an_arc_across_180_degrees_is_cut_there(self, write: Callable[..., Path]) -> None:
        shape = {area.name: area.shape for area in read_areas(write("z.txt", OPENAIR))}["Fiji"]
        assert sorted(round(x) for part in shape.geoms for x in (part.bounds[0], part.bounds[2])) == [
            -180,
            -178,
            179,
            180,
        ]
        # clockwise from west to east leads over the north
        radius = GEOD.inv(-179.5, -17.0, 179.0, -17.0)[2]
        assert shape.bounds[3] == pytest.approx(GEOD.fwd(-179.5, -17.0, 0.0, radius)[1], abs=1e-4)
        assert shape.bounds[1] == pytest.approx(-17.0, abs=1e-9)

    def test_what_files_in_the_wild_have_is_read(self, write: Callable[..., Path]) -> None:
        """Labels behind coordinates, hours behind limits, a centre for two areas, a name before its class, a spike."""
        text = (
            "AC C\nAN One\nAL 100 Agl\nAH UNLIM (Mon-Fri)\nV X=39:08.4 N 121:26.1 W\nDC 5\n"
            "AC C\nAN Two\nAL 2600ft\nAH Ask on 122.8\nDA 10,9,130\nV D=-5\nDA 5,130,9\n"
            "AN Three\nAC R\nAH 2500ft GND\n"
            "DP 36:41:00 N 115:56:10 W    c29\nDP 37:06:00 N 115:56:10 W    c30\nDP 37:20:00 N 115:40:00 W\n"
            "DP 37:06:00 N 115:56:10 W\nDP 37:06:00 N 115:35:00 W    c31\nDP 37:06:00 N 115:35:00 W\n"
        )
        one, two, three = read_areas(write("z.txt", text))
        assert [(a.name, a.limits) for a in (one, two, three)] == [
            ("One", "100 ft AGL to UNL"),
            ("Two", "2600 ft AMSL to UNL"),
            ("Three", "SFC to 2500 ft AGL"),
        ]
        lon, lat, _ = GEOD.fwd(-121.435, 39.14, 70.0, 7.0 * NM)
        assert shapely.contains_xy(two.shape, lon, lat)
        assert not shapely.contains_xy(one.shape, lon, lat)
        assert not shapely.contains_xy(two.shape, *GEOD.fwd(-121.435, 39.14, 200.0, 7.0 * NM)[:2])
        assert len(shapely.get_coordinates(three.shape)) == 4

    def test_latin_letters_are_read(self, write: Callable[..., Path]) -> None:
        (area,) = read_areas(write("z.txt", f"AC R\nAN Zürich\n{SQUARE}".encode("latin-1")))
        assert area.name == "Zürich"

    def test_layers_of_one_name_have_their_limits_in_it(self, write: Callable[..., Path]) -> None:
        layers = "".join(
            f"AC C\nAN TMA\nAL {low}\nAH {high}\n{SQUARE}" for low, high in (("SFC", "FL95"), ("FL95", "FL195"))
        )
        found = read_areas(write("z.txt", layers))
        assert [area.name for area in found] == ["TMA, SFC to FL95", "TMA, FL95 to FL195"]
        assert of.ruleset(list(found), on=of.Case.of(["VKO", "BUD"], on="2025-10-23").on).areas == found

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("AC R\nAN A\nQQ 5\n" + SQUARE, "line 3: 'QQ 5' is no command of OpenAir that is known"),
            ("AC R\n<html>", "line 2: '<html>' is no command"),
            ("AC R\nDP 52 N", "line 2: the coordinate '52 N' can't be read: write 52:30:15 N 013:20:00 E"),
            ("AC R\nDP 95:00:00 N 010:00:00 E", "line 2: the coordinate"),
            ("AC R\nAL 50 yards\n" + SQUARE, "line 2: the limit '50 yards' can't be read: write FL100"),
            ("AC R\nAL FL195\nAH FL95\n" + SQUARE, "line 1: from FL195 to FL95 there is nothing"),
            ("AC R\nAN A\nAC D\n" + SQUARE, "line 1: area 'A' is not drawn"),
            ("AC R\nDC 5", "line 2: DC without a centre: write V X="),
            ("AC R\nV X=52:00:00 N 010:00:00 E\nDC nan", "line 3: the radius 'nan' can't be read"),
            ("AC R\nV X=52:00:00 N 010:00:00 E\nDC 0", "line 3: the radius '0' can't be read"),
            ("AC R\nV X=52:00:00 N 010:00:00 E\nDC 12000", "give a radius from 10 m to 19,900 km"),
            ("AC R\nV X=52:00:00 N 010:00:00 E\nDA 5,10", "line 3: DA '5,10': expected radius, azimuth, azimuth"),
            ("AC R\nV D=left", "line 2: the direction 'left' can't be read"),
            ("AC R\nV X=52:00:00 N 010:00:00 E\nDB 52:10:00 N 010:00:00 E,52:30:00 N 010:00:00 E",
             "line 3: the ends of the arc are 10.01 and 30.04 NM from its centre: mend the arc (DB)"),
            ("AC R\nDP 50:00:00 N 020:00:00 E\nDP 50:00:00 N 021:00:00 E", "a ring of 3 positions"),
            ("AC R\nDP 0:0:0 N 0:0:0 E\nDP 2:0:0 N 2:0:0 E\nDP 0:0:0 N 2:0:0 E\nDP 2:0:0 N 0:0:0 E",
             "self-intersection at 1,1 (lat,lon)"),
            ("DP 50:00:00 N 020:00:00 E", "line 1: DP before any AC"),
            ("AC R\nDY 50:00:00 N 020:00:00 E", "an airway (DY) has no surface"),
            ("AC R\n" + "".join(f"DP 80:00:00 N {lon}\n" for lon in ("0:0:0 E", "120:0:0 E", "120:0:0 W")),
             "the ring goes round a pole"),
            ("* nothing", "no area in it"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_told_with_its_line(self, write: Callable[..., Path], text: str, said: str) -> None:
        refused(write("z.txt", text), said)


def refused(path: Path, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_areas(path)
    told = str(caught.value)
    assert said in told
    assert told.startswith(str(path))
    assert "\n" not in told
    assert len(told) < 300 + len(str(path))


def ring_text(west: float, south: float, east: float, north: float) -> str:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return "\n ".join(f"{lon},{lat},1500" for lon, lat in corners)


def kml(*placemarks: str) -> str:
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(placemarks)}</Document></kml>'


def placemark(*rings: str, name: str = "", more: str = "") -> str:
    outer, *inner = (f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>" for ring in rings)
    holes = "".join(f"<innerBoundaryIs>{one}</innerBoundaryIs>" for one in inner)
    named = f"<name>{name}</name>" if name else ""
    polygon = f"<Polygon><extrude>1</extrude><outerBoundaryIs>{outer}</outerBoundaryIs>{holes}</Polygon>"
    return f"<Placemark>{named}{more}{polygon}</Placemark>"


LIMITS = (
    '<ExtendedData><Data name="floor"><value>FL100</value></Data>'
    '<Data name="Ceiling"><value>FL245</value></Data></ExtendedData>'
)


class TestKml:
    def test_polygons_are_areas_with_holes_and_limits_of_their_data(self, write: Callable[..., Path]) -> None:
        text = kml(
            placemark(ring_text(0, 0, 10, 10), ring_text(4, 4, 6, 6), name="Holed", more=LIMITS),
            placemark(ring_text(20, 0, 21, 1)),
        )
        holed, other = read_areas(write("zones.kml", text))
        assert (holed.name, holed.limits, holed.shape.area) == ("Holed", "FL100 to FL245", 96.0)
        assert (other.name, other.limits) == ("zones", ""), "extruded heights are a drawing, and no limits"

    def test_kmz_is_unpacked(self, write: Callable[..., Path]) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", kml(placemark(ring_text(0, 0, 1, 1), name="in")))
        assert [area.name for area in read_areas(write("z.kmz", packed.getvalue()))] == ["in"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (kml(placemark("0,0 1,0 1,1 0,1")), "the ring is not closed"),
            (kml(placemark("0,0 1,0 0,0")), "a ring of 3 positions"),
            (kml(placemark("0,0 2,2 2,0 0,2 0,0")), "self-intersection at 1,1 (lat,lon)"),
            (kml(placemark("0,95 1,0 1,1 0,95")), "0,95 is no place: longitude comes first"),
            (kml(placemark("0,nan 1,0 1,1 0,nan")), "latitude: expected decimal degrees, found 'nan'"),
            (kml(placemark("0 0 1 1")), "expected longitude,latitude"),
            (kml(placemark("170,0 -170,0 -170,9 170,9 170,0")), "can be read in two ways"),
            (kml(placemark(ring_text(0, 0, 1, 1), more=LIMITS.replace("FL100", "high"))), "`floor`: the limit 'high'"),
            (kml("<Placemark><Point><coordinates>1,1</coordinates></Point></Placemark>"), "no <Polygon> in it"),
            (kml("<NetworkLink><Link><href>http://x.example/a.kml</href></Link></NetworkLink>"), "<NetworkLink>"),
            ('<!DOCTYPE kml [<!ENTITY a "b">]><kml/>', "a document type"),
            ("<gpx/>", "expected <kml>, found <gpx>: convert the file to it"),
            ("<kml>" + "<Folder>" * 60 + "</Folder>" * 60 + "</kml>", "nested deeper than 32"),
            ("<kml><Placemark>", "not XML"),
        ],
    )
    def test_what_is_no_area_is_refused_in_one_line(self, write: Callable[..., Path], text: str, said: str) -> None:
        refused(write("z.kml", text), said)

    def test_an_archive_that_swells_is_refused(self, write: Callable[..., Path]) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", b" " * 60_000_000)
        refused(write("z.kmz", packed.getvalue()), "unpacks to more than")


Row = tuple[str, bytes | None, object, object]


def gpkg(rows: Sequence[Row], srs: int = 4326) -> bytes:
    """Make a GeoPackage with one layer, by the standard's tables and nothing else."""
    db = sqlite3.connect(":memory:")
    db.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,"
        " organization_coordsys_id INTEGER, definition TEXT);"
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
        " srs_id INTEGER, z INTEGER, m INTEGER);"
        "CREATE TABLE zones (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, lower, upper_ft);"
    )
    db.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('', ?, 'EPSG', ?, '')", (srs, srs))
    db.execute("INSERT INTO gpkg_geometry_columns VALUES ('zones', 'geom', 'POLYGON', ?, 0, 0)", (srs,))
    db.executemany("INSERT INTO zones (name, geom, lower, upper_ft) VALUES (?, ?, ?, ?)", rows)
    raw: bytes = db.serialize()
    db.close()
    return raw


def geom(shape: shapely.Geometry, srs: int = 4326) -> bytes:
    wkb: bytes = shapely.to_wkb(shape, byte_order=1)
    return b"GP\x00\x01" + struct.pack("<i", srs) + wkb


class TestGeoPackage:
    def test_polygons_are_areas_with_the_limits_of_their_rows(self, write: Callable[..., Path]) -> None:
        two = shapely.MultiPolygon([shapely.box(5, 0, 6, 1), shapely.box(8, 0, 9, 1)])
        rows = [("A", geom(shapely.box(0, 0, 1, 1)), "SFC", 2500), ("B", geom(two), None, None), ("none", None, 1, 2)]
        a, b = read_areas(write("z.gpkg", gpkg(rows)))
        assert (a.name, a.limits) == ("A", "SFC to 2500 ft AMSL")
        assert (b.name, b.limits, b.shape.area) == ("B", "", 2.0)

    def test_other_systems_are_brought_to_degrees(self, write: Callable[..., Path]) -> None:
        to_metres = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform
        moved = shapely.transform(shapely.box(10, 50, 11, 51), lambda xy: np.column_stack(to_metres(*xy.T)))
        (area,) = read_areas(write("z.gpkg", gpkg([("A", geom(moved, 3857), None, None)], 3857)))
        assert area.shape.bounds == pytest.approx((10, 50, 11, 51), abs=1e-9)

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (
                ("A", geom(shapely.LineString([(0, 0), (1, 1)])), None, None),
                "layer 'zones', row 1: a LINESTRING has no surface",
            ),
            (("A", geom(shapely.box(0, 0, 1, 1))[:-20], None, None), "row 1: the geometry is cut short"),
            (("A", b"junk", None, None), "not a geometry of a GeoPackage"),
            (("A", geom(shapely.box(0, 0, 1, 99)), None, None), "row 1: 1,99 is no place|row 1: 0,99 is no place"),
            (("A", geom(shapely.box(0, 0, 1, 1)), "FL300", 5000), "row 1: from FL300 to 5000 ft AMSL there is nothing"),
            (("A", geom(shapely.box(0, 0, 1, 1)), 5, None), "row 1: `lower`: the limit '5' can't be read"),
            (("A", geom(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])), None, None), "self-intersection"),
        ],
    )
    def test_what_is_no_area_is_refused_with_its_row(self, write: Callable[..., Path], row: Row, said: str) -> None:
        path = write("z.gpkg", gpkg([row]))
        with pytest.raises(DataError) as caught:
            read_areas(path)
        assert any(one in str(caught.value) for one in said.split("|"))
        assert str(caught.value).startswith(str(path))

    def test_what_is_no_database_is_refused(self, write: Callable[..., Path]) -> None:
        refused(write("z.gpkg", "hello"), "does not begin as .gpkg files do")
        refused(write("z.gpkg", b"SQLite format 3\x00" + b"\xff" * 5000), "no GeoPackage that can be read")


class TestOthers:
    """Shapefile, FlatGeobuf and GeoParquet, as GeoPandas writes them."""

    FRAME = geopandas.GeoDataFrame(
        {
            "NAME": ["A", "B"],
            "FLOOR": ["SFC", "FL100"],
            "UPPER_FT": [2500.0, None],
            "geometry": [
                shapely.box(20, 45, 30, 55),
                shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]]),
            ],
        },
        crs=4326,
    )

    @pytest.mark.parametrize("name", ["z.shp", "z.fgb", "z.parquet", "z.gpkg"])
    @pytest.mark.parametrize("crs", [4326, 3857])
    def test_names_limits_and_holes_are_read(self, tmp_path: Path, name: str, crs: int) -> None:
        frame = self.FRAME.to_crs(crs)
        path = tmp_path / name
        frame.to_parquet(path) if name.endswith(".parquet") else frame.to_file(path)
        a, b = sorted(read_areas(path), key=lambda area: area.name)
        assert [(area.name, area.limits) for area in (a, b)] == [("A", "SFC to 2500 ft AMSL"), ("B", "FL100 to UNL")]
        assert [area.shape.area for area in (a, b)] == pytest.approx([100.0, 96.0], abs=1e-9)

    def test_a_packed_shapefile_is_read(self, tmp_path: Path) -> None:
        self.FRAME.to_file(tmp_path / "z.shp")
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for part in tmp_path.glob("z.*"):
                archive.write(part, part.name)
        assert [area.name for area in read_areas(tmp_path / "all.zip")] == ["A", "B"]
        assert [area.name for area in areas_of(f"{tmp_path / 'all.zip'}#b", Path)] == ["B"]

    def test_what_is_no_area_is_refused(self, tmp_path: Path, write: Callable[..., Path]) -> None:
        line = self.FRAME.set_geometry([shapely.LineString([(0, 0), (1, 1)])] * 2)
        line.to_file(tmp_path / "line.fgb")
        refused(tmp_path / "line.fgb", "row 1: a LINESTRING has no surface")
        geopandas.GeoDataFrame(geometry=[shapely.Point(1, 1)], crs=4326).to_file(tmp_path / "point.fgb")
        refused(tmp_path / "point.fgb", "no polygon in it")
        refused(write("z.fgb", b"fgb\x03fgb\x01" + b"\xff" * 500), "no layer in it")
        refused(write("z.parquet", b"PAR1 not one"), "that can be read")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a.geojson", "{}")
        refused(write("z.zip", packed.getvalue()), "an archive without a shapefile")


class TestStrangers:
    """Whatever a file has, it is an area or one line, and its name is text."""

    @pytest.mark.parametrize("probe", PROBES)
    def test_a_name_stays_one_printable_line(self, write: Callable[..., Path], probe: str) -> None:
        if "\udcff" in probe:
            pytest.skip("no file of text holds it")
        line = probe.replace("\n", " ").replace("\r", " ").replace("*", "")
        files = {
            "z.txt": f"AC R\nAN {line}\n{SQUARE}",
            "z.gpkg": gpkg([(probe, geom(shapely.box(0, 0, 1, 1)), None, None)]),
        }
        if not set(probe) & NO_XML:
            files["z.kml"] = kml(placemark(ring_text(0, 0, 1, 1), name=escape(probe)))
        for name, data in files.items():
            (area,) = read_areas(write(name, data))
            assert area.name.isprintable()
            assert 0 < len(area.name) <= 80

    @hypothesis.given(
        hypothesis.strategies.lists(
            hypothesis.strategies.tuples(
                hypothesis.strategies.sampled_from(
                    ("AC", "AN", "AL", "AH", "DP", "DA", "DB", "DC", "V X=", "V D=", "V", "TO")
                ),
                hypothesis.strategies.sampled_from(
                    (
                        "",
                        "R",
                        "+",
                        "-",
                        "5",
                        "0.1,10,20",
                        "-5",
                        "1e9",
                        "FL95",
                        "UNL",
                        "9" * 400,
                        "80:0:0 N 179:59:59 W",
                        "0:0:0 N 0:0:0 E",
                        "89:59:59 S 10:0:0 E, 89:0:0 S 50:0:0 W",
                        "10:0:0 N 10:0:0 E,10:0:0 N 11:0:0 E",
                    )
                ),
            ),
            max_size=25,
        )
    )
    @hypothesis.settings(max_examples=150, deadline=None)
    def test_any_commands_are_areas_or_one_line(self, lines: list[tuple[str, str]]) -> None:
        drawn = Drawn("z.txt", "z")
        found: tuple[Area, ...] = ()
        told = "z.txt: "
        try:
            found = drawn.areas(add_openair("\n".join(f"{a} {b}" for a, b in lines), drawn))
        except DataError as error:
            told = str(error)
        assert told.startswith("z.txt: ")
        assert told.isprintable()
        assert len(told) < 300
        assert all(area.shape.is_valid and not area.shape.is_empty for area in found)


class TestChoosing:
    def test_one_area_of_a_file_is_chosen_by_its_name(self, write: Callable[..., Path]) -> None:
        path = str(write("zones.txt", OPENAIR))
        assert [area.name for area in areas_of(f"{path}#round", Path)] == ["Round"]
        assert [area.name for area in areas_of(f'"{path}#Square (with, signs)"', Path)] == ["Square (with, signs)"]
        assert len(areas_of(path, Path)) == 4

    def test_a_name_that_is_not_there_is_told_with_those_near(self, write: Callable[..., Path]) -> None:
        with pytest.raises(DataError, match="no area is called 'Rund': it has 'Round'"):
            areas_of(f"{write('zones.txt', OPENAIR)}#Rund", Path)
        with pytest.raises(DataError, match=r"put the file and the name in quotes, if there are blanks in them$"):
            areas_of(f"{write('zones.txt', OPENAIR)}#Squ (with", Path)

    def test_one_of_more_than_1000_may_be_chosen(self, write: Callable[..., Path]) -> None:
        path = write("many.txt", "".join(f"AC R\nAN Zone {n}\n{SQUARE}" for n in range(1100)))
        refused(path, "more than 1,000 areas")
        assert [area.name for area in read_areas(path, only="zone 599")] == ["Zone 599"]

    def test_every_suffix_that_is_read_is_a_file_in_a_rule_set(self, tmp_path: Path) -> None:
        for suffix in SUFFIXES:
            with pytest.raises(DataError, match="no such file"):
                areas_of(f"{tmp_path}/none{suffix}", Path)


class TestLimits:
    @pytest.mark.parametrize(
        ("text", "named", "metres"),
        [
            ("FL100", "FL100", 3048.0),
            ("fl 95", "FL95", 2895.6),
            ("2500ft", "2500 ft AMSL", 762.0),
            ("2500 FT MSL", "2500 ft AMSL", 762.0),
            ("760 m AMSL", "760 m AMSL", 760.0),
            ("12,500 FT", "12500 ft AMSL", 3810.0),
            ("10000 ft STD", "10000 ft STD", 3048.0),
        ],
    )
    def test_a_limit_is_so_many_metres_above_the_sea(self, text: str, named: str, metres: float) -> None:
        found = parse_limit(text)
        assert found.text == named
        assert [found.low_m, found.high_m] == pytest.approx([metres, metres])

    def test_a_height_above_ground_is_anywhere_where_ground_is(self) -> None:
        found = parse_limit("1000ft AGL")
        assert found.low_m <= 304.8 - 430.0, "at the Dead Sea"
        assert found.high_m >= 304.8 + 8849.0, "on Everest"

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"floor": "FL100", "ceiling": "FL245"}, ("FL100", "FL245")),
            ({"Lower": "GND", "Upper": "UNL"}, ("SFC", "UNL")),
            ({"lower_limit": 0, "upper_limit": 2500, "upper_limit_uom": "FT"}, ("SFC", "2500 ft AMSL")),
            ({"floor_m": 300, "ceiling_fl": 95}, ("300 m AMSL", "FL95")),
            ({"lower": "35", "lower_unit": "FL", "upper": 5000, "upper_unit": "F"}, ("FL35", "5000 ft AMSL")),
            ({"floor_ft": "1000", "floor_ref": "AGL"}, ("1000 ft AGL", None)),
            ({"lowerLimit": {"value": 0, "unit": 1, "referenceDatum": 0}}, ("SFC", None)),
            ({"upperLimit": {"value": 95, "unit": 6, "referenceDatum": 2}}, (None, "FL95")),
            ({"upperLimit": {"value": 1300, "unit": 0, "referenceDatum": 1}}, (None, "1300 m AMSL")),
            ({"height": 5, "floor": None, "ceiling": ""}, (None, None)),
        ],
    )  # fmt: skip
    def test_limits_go_by_any_of_the_usual_names(self, facts: dict[str, object], said: tuple[str | None, ...]) -> None:
        assert tuple(one and one.text for one in limits_in(facts)) == said

    @pytest.mark.parametrize("facts", [{"floor": 5}, {"upper": "high"}, {"ceiling": "5 yards"}, {"floor": "-5 ft"}])
    def test_a_number_without_a_unit_is_refused_by_its_name(self, facts: dict[str, object]) -> None:
        with pytest.raises(DataError, match=f"`{next(iter(facts))}`: the limit .* can't be read: write FL100"):
            limits_in(facts)

    def test_geojson_tells_where_a_limit_stands(self) -> None:
        ring = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
        text = f'{{"type": "Feature", "properties": {{"floor": 7}}, "geometry": {ring}}}'
        with pytest.raises(DataError, match=r"z\.geojson: properties: `floor`: the limit '7' can't be read"):
            parse_areas(text, "z.geojson", name="z")
        (area,) = parse_areas(text.replace(": 7", ": " + '"FL70"'), "z.geojson", name="z")
        assert area == Area("z", area.shape, "z.geojson", parse_limit("FL70"))
