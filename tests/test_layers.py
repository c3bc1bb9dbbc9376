"""Layers: what a route enters, when, and what is mended in files that are drawn carelessly.

Entries are held against a walk along the geodesic by pyproj, a point each kilometre, that shapely looks up in polygons
which the test draws for itself, on as many turns of the Earth as it takes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from overflight.airspace.mending import closed, readings
from overflight.airspace.overlaps import overlaps
from overflight.cli.layers import layer_table
from overflight.costs import pace
from overflight.errors import DataError, OverflightError
from overflight.maps.base import decode
from overflight.maps.keys import legend_of
from overflight.outside.printable import one_line, plain_name
from overflight.partition.polygons import piece_polygons
from overflight.rules.layers import Layer
from overflight.rules.schedule import parse_depart
from tests.commands import Run, rows_of
from tests.probes import PROBES
from tests.test_areas_heights import flight

GEOD = pyproj.Geod(ellps="WGS84")
SCHEDULE = of.Schedule(parse_depart("2025-10-23T08:00Z"), 900.0)
Ring = Sequence[tuple[float, float]]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def wrote(shapes: Mapping[str, Any], name: str = "firs.geojson", **facts: Any) -> Path:  # noqa: ANN401 - JSON
        features = [
            {"type": "Feature", "properties": {"id": key, **facts}, "geometry": _geometry(shape)}
            for key, shape in shapes.items()
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return path

    return wrote


def _geometry(shape: Any) -> dict[str, Any]:  # noqa: ANN401 - a ring, or a geometry
    if isinstance(shape, shapely.Geometry):
        return json.loads(shapely.to_geojson(shape))  # type: ignore[no-any-return]
    return {"type": "Polygon", "coordinates": [shape]}


def box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def walked(route: of.Route, shapes: Mapping[str, shapely.Geometry]) -> list[tuple[str, float, float]]:
    """Return each stay of a route in shapes, by entry, from points a kilometre apart."""
    lon: list[float] = []
    lat: list[float] = []
    km: list[float] = []
    before = 0.0
    for leg in route.legs:
        azimuth, _, metres = GEOD.inv(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat)
        along = np.arange(0.0, metres, 1000.0)
        x, y, _ = GEOD.fwd(
            np.full_like(along, leg.start.lon), np.full_like(along, leg.start.lat), [azimuth] * len(along), along
        )
        lon, lat, km = [*lon, *x], [*lat, *y], [*km, *(before + along / 1000.0)]
        before += metres / 1000.0
    found = []
    for name, shape in shapes.items():
        inside = np.any(
            [shapely.contains_xy(shape, np.array(lon) + turn, lat) for turn in (-360.0, 0.0, 360.0)], axis=0
        )
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
        found += [(name, km[a], km[b - 1]) for a, b in edges.reshape(-1, 2)]
    return sorted(found, key=lambda one: one[1:])


def assert_as_walked(layer: Layer, route: of.Route, shapes: Mapping[str, shapely.Geometry]) -> None:
    entries, steps = layer.entries(route, schedule=SCHEDULE), walked(route, shapes)
    assert steps
    long = [one for one in entries if one.length_km > 3.0]
    key = [(name, begin, end) for name, begin, end in steps if end - begin > 2.0]
    assert sorted(one.name for one in long) == sorted(name for name, _, _ in key)
    for name, begin, end in key:
        (one,) = [one for one in long if one.name == name and abs(one.entry_km - begin) <= 1.001]
        assert end <= one.exit_km <= end + 1.001
        assert one.elapsed_min.typical == pytest.approx(begin / 900.0 * 60.0, abs=0.07), "a km is 4 seconds"
        assert one.eet in {f"{m // 60:02d}{m % 60:02d}" for m in (int(begin / 15 + 0.5), int((begin - 1) / 15 + 0.5))}


BOARD = {
    f"B{chr(65 + i)}{chr(65 + j)}A": shapely.box(20 + 4 * i, 44 + 3 * j, 24 + 4 * i, 47 + 3 * j)
    for i in range(5)
    for j in range(5)
}
PACIFIC = {
    "KZAK": shapely.Polygon([(160, 20), (230, 20), (230, 45), (160, 45)]),
    "PAZA": shapely.Polygon([(170, 45), (220, 50), (220, 72), (190, 72), (170, 60)]),
    "RJJJ": shapely.Polygon([(130, 20), (160, 20), (160, 45), (130, 45)]),
}
POLE = {
    "ULLL": shapely.Polygon(
        [(-180, 90), *((x, 78 + 4 * (i % 2)) for i, x in enumerate(range(-180, 181, 30))), (180, 90)]
    )
}


@pytest.mark.parametrize(
    ("shapes", "way"),
    [
        (BOARD, "VKO-BUD"),
        ({name: shape.buffer(0.4, join_style="mitre") for name, shape in BOARD.items()}, "VKO-KBP-BUD"),
        (PACIFIC, "SFO-HND"),
        (PACIFIC, "ANC-HND-HNL"),
        (POLE, "LHR-ANC"),
        (POLE, "ANC-SVO"),
    ],
    ids=["checkerboard", "one that overlaps itself", "180", "180 and back", "pole", "past the pole"],
)
def test_entries_and_times_are_those_of_a_walk(shapes: dict[str, shapely.Geometry], way: str, write: Write) -> None:
    assert_as_walked(of.read_layer(write(shapes)), of.route(*way.split("-")), shapes)


@pytest.mark.parametrize(
    "ring",
    [
        [(160, 20), (-130, 20), (-130, 45), (160, 45), (160, 20)],
        [(160, 20), (230, 20), (230, 45), (160, 45), (160, 20)],
        [(-200, 20), (-130, 20), (-130, 45), (-200, 45), (-200, 20)],
        [(160, 20), (180, 20), (-180, 20), (-130, 20), (-130, 45), (-180, 45), (180, 45), (160, 45), (160, 20)],
        [(160, 20), (180, 20), (-180, 20), (-130, 20), (-130, 45), (160, 45)],
        [(160, 20), (160, 45), (-130, 45), (-130, 20)],
    ],
    ids=["jumps", "over 180", "under -180", "at 180 twice", "at 180 once, not closed", "the other way round"],
)
def test_a_ring_across_180_degrees_is_the_same_however_it_is_written(ring: Ring, write: Write) -> None:
    (area,) = of.read_layer(write({"KZAK": ring})).areas
    two = shapely.MultiPolygon([shapely.box(160, 20, 180, 45), shapely.box(-180, 20, -130, 45)])
    assert area.shape.normalize().equals(two.normalize())


@pytest.mark.parametrize(
    ("ring", "shape", "said"),
    [
        ([(x, 70) for x in range(-180, 180, 20)], shapely.box(-180, 70, 180, 90), "goes round the north pole"),
        ([(x, -60.5) for x in range(170, -200, -20)], shapely.box(-180, -90, 180, -60.5), "goes round the south pole"),
        (box(-180, -90, 180, -60), shapely.box(-180, -90, 180, -60), ""),
        (box(-180, 30, 180, 60), shapely.box(-180, 30, 180, 60), ""),
        (
            [(163, -30), (-131, -30), (-131, -90), (163, -90), (163, -30)],
            shapely.MultiPolygon([shapely.box(163, -90, 180, -30), shapely.box(-180, -90, -131, -30)]),
            "edge of more than half a turn",
        ),
        (
            [(163, -30), (180, -30), (-180, -30), (-131, -30), (-131, -90), (-180, -90), (180, -90), (163, -90)],
            shapely.MultiPolygon([shapely.box(163, -90, 180, -30), shapely.box(-180, -90, -131, -30)]),
            "not closed",
        ),
    ],
    ids=["north", "south", "to the pole", "a belt", "NZZO", "NZZO with points at 180"],
)
def test_rings_at_poles_and_round_the_earth(ring: Ring, shape: shapely.Geometry, said: str, write: Write) -> None:
    layer = of.read_layer(write({"NZZO": ring}))
    assert shapely.symmetric_difference(layer.areas[0].shape, shape).area < 1e-6
    assert said in "; ".join(layer.remarks)
    assert bool(said) or not layer.remarks


def test_a_hole_is_left_out_wherever_it_is_written(write: Write) -> None:
    shape = {"type": "Polygon", "coordinates": [box(170, 0, 200, 20), box(-175, 5, -170, 10), box(175, 5, 178, 10)]}
    path = write({})
    path.write_text(json.dumps({"type": "Feature", "properties": {"id": "HOLE"}, "geometry": shape}))
    (area,) = of.read_layer(path).areas
    assert area.shape.area == pytest.approx(30 * 20 - 25 - 15)
    around = {"type": "Polygon", "coordinates": [[(x, 60) for x in range(0, 360, 30)], box(-5, 70, 5, 80)]}
    path.write_text(json.dumps({"type": "Feature", "properties": {"id": "HOLE"}, "geometry": around}))
    (area,) = of.read_layer(path).areas
    assert area.shape.area == pytest.approx(360 * 30 - 100), "a hole across the meridian at which the ring begins"


def test_what_is_mended_is_said_in_a_line_each_with_names(write: Write) -> None:
    layer = of.read_layer(
        write(
            {
                "OPEN": box(0, 0, 2, 2)[:-1],
                "BOWT": [(10, 0), (12, 2), (12, 0), (10, 2), (10, 0)],
                "TWIC": [*box(20, 0, 24, 4), (21, 1), (23, 1), (23, 3), (21, 3), (21, 1), (20, 0)],
                "FLAT": [(30, 0), (31, 1), (30, 0), (30, 0)],
                "TINY": box(50, 0, 50.00000001, 0.00000001),
                "LEVL": box(40, 0, 41, 1),
            }
        )
    )
    assert layer.remarks == (
        "1 polygon was not closed, and is now: OPEN",
        "2 polygons crossed themselves, and were mended: BOWT, TWIC",
        "2 polygons have no surface, and are left out: FLAT, TINY",
    )
    sizes = {name: area.shape.area for name, area in zip(layer.names, layer.areas, strict=True)}
    assert sizes == pytest.approx({"OPEN": 4.0, "BOWT": 2.0, "TWIC": 16.0, "LEVL": 1.0}), "twice round is inside"


def test_overlaps_are_told_by_their_size_but_not_where_one_lies_above_the_other(write: Write, tmp_path: Path) -> None:
    low, high = shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)
    layer = of.read_layer(write({"EFGH": low, "ABCD": high}))
    km2 = GEOD.geometry_area_perimeter(shapely.segmentize(shapely.box(1, 0, 2, 2), 0.01))[0] / 1e6
    ((_, _, found),) = overlaps(layer.areas)
    assert found == pytest.approx(abs(km2), rel=0.01)
    assert layer.remarks == (f"1 pair of polygons overlaps: EFGH and ABCD (about {found:,.0f} km2)",)
    features = [
        {"type": "Feature", "properties": {"id": name, **limits}, "geometry": _geometry(shape)}
        for name, shape, limits in (
            ("FIRA", low, {"min_fl": 0, "max_fl": 245}),
            ("UIRA", low, {"min_fl": 245.0, "max_fl": 999}),
        )
    ]
    path = tmp_path / "two.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    layer = of.read_layer(path)
    assert [area.limits for area in layer.areas] == ["SFC to FL245", "FL245 to UNL"]
    assert layer.remarks == ()
    way = [(-1.0, 1.0), (4.0, 1.0)]
    assert [(one.name, one.limits) for one in layer.entries(way)] == [
        ("FIRA", "SFC to FL245"),
        ("UIRA", "FL245 to UNL"),
    ]
    assert [one.name for one in layer.entries(way, level="FL350")] == ["UIRA"]
    assert [one.name for one in layer.entries(way, level="FL245")] == ["UIRA"], "the upper one begins there"
    assert [one.name for one in layer.entries(way, level="8000 ft")] == ["FIRA"]
    with pytest.raises(OverflightError, match="FL350"):
        layer.entries(way, level="GND")


def test_a_recorded_flight_enters_what_its_heights_and_times_say(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "lower": low, "upper": high},
            "geometry": _geometry(box(0.5, -1, 2.5, 1)),
        }
        for name, low, high in (("LOWR", "GND", "FL100"), ("UPPR", "FL100", "UNL"))
    ]
    path = tmp_path / "two.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    track = flight([10_000.0] * 20)
    (entry,) = of.read_layer(path).entries(track)
    assert (entry.name, entry.note) == ("UPPR", "")
    assert entry.elapsed_min.typical == pytest.approx(2.5, abs=1e-3), "a minute each 0.2 degrees"


@pytest.mark.parametrize("code", ["BLR", "UKR"])
def test_a_layer_of_a_states_polygon_gives_that_states_crossings(code: str, write: Write) -> None:
    world = of.load_airspaces(on="2025-10-23")
    pieces = {piece.id for piece in world.pieces if piece.state == code}
    shapes = piece_polygons(world.index, bounds=(18.0, 42.0, 45.0, 60.0))
    whole = shapely.union_all([shape for piece, shape in shapes.items() if piece in pieces])
    flown = of.route("VKO", "BUD")
    entries = of.read_layer(write({code: whole})).entries(flown)
    crossed = [one for one in of.crossings(flown, world) if one.state == code]
    assert crossed
    assert len(entries) == len(crossed)
    for mine, theirs in zip(entries, crossed, strict=True):
        assert mine.entry_km == pytest.approx(theirs.entry_km, abs=1e-5)
        assert mine.exit_km == pytest.approx(theirs.exit_km, abs=1e-5)


def test_item_18_has_what_is_entered_on_the_way_in_whole_minutes(write: Write) -> None:
    shapes = {
        "HOME": box(-1, -1, 1, 1),
        "LKAAFIR": box(1, -1, 3, 1),
        "EDUU UIR": box(3, -1, 5, 1),
        "Minsk FIR": box(5, -1, 6, 1),
        "EDGG-N": box(6, -1, 7, 1),
        "RIGA1": box(7, -1, 8, 1),
        "ISLD": box(7.5, -0.2, 7.6, 0.2),
    }
    entries = of.read_layer(write(shapes)).entries([(0.0, 0.0), (9.0, 0.0)], schedule=SCHEDULE)
    km = 111.31949
    minutes = {name: round(at * km / 15.0) for name, at in (("LKAA", 1), ("EDUU", 3), ("RIGA1", 7), ("ISLD", 7.5))}
    assert entries.item18 == "EET/" + " ".join(f"{name}{m // 60:02d}{m % 60:02d}" for name, m in minutes.items())
    assert entries.nameless == ("Minsk FIR", "EDGG-N")
    assert entries[0].role == "departure"
    assert [one.name for one in entries] == [*shapes], "both of two that overlap"
    assert entries.to_dict()["entries"][1]["eet"] == "0007"


def test_elapsed_times_are_those_of_the_aircraft_where_there_is_no_schedule(write: Write) -> None:
    layer = of.read_layer(write(BOARD))
    quick, slow = (layer.entries("VKO-BUD", aircraft=name) for name in ("narrow-body", "regional"))
    flown = of.route("VKO", "BUD")
    by_hand = pace(flown, aircraft="regional")
    assert [one.elapsed_min for one in slow] == [by_hand.minutes(one.entry_km) for one in slow]
    assert slow[-1].elapsed_min.typical > quick[-1].elapsed_min.typical
    assert quick[-1].elapsed_min.low < quick[-1].elapsed_min.typical < quick[-1].elapsed_min.high
    case = of.Case.of("VKO-BUD", schedule=SCHEDULE)
    assert case.entries(layer)[-1].elapsed_min.low == case.entries(layer)[-1].elapsed_min.high


def test_names_and_limits_are_found_by_any_usual_property_or_by_the_one_that_is_named(tmp_path: Path) -> None:
    facts = {"fid": 7, "Name": "Minsk", "ICAO": "UMMV", "bottom_level": "FL100", "note": "x"}
    feature = {"type": "Feature", "properties": facts, "geometry": _geometry(box(0, 0, 1, 1))}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(feature))
    assert (of.read_layer(path).names, of.read_layer(path).named_by) == (("UMMV",), ("icao",))
    assert of.read_layer(path, name="NAME").names == ("Minsk",)
    assert of.read_layer(path, lower="Bottom_Level").areas[0].limits == "FL100 to UNL"
    with pytest.raises(
        DataError, match=r"a.json: no property 'nom' in it: name one of fid, name, icao, bottom_level, note"
    ):
        of.read_layer(path, name="nom")
    facts = {"icao": "BG", "id": "1142003", "code": "BGGLFIRU", "name": "NUUK FIR UPPER", "min_fl": 195, "max_fl": 999}
    path.write_text(json.dumps({**feature, "properties": facts}))
    upper = of.read_layer(path)
    assert (upper.names, upper.areas[0].limits) == (("BGGLFIRU",), "FL195 to UNL"), "as EUROCONTROL writes them"
    assert upper.entries([(-1.0, 0.5), (2.0, 0.5)], schedule=SCHEDULE).item18 == "EET/BGGL0007", "111 km at 900 km/h"
    facts = {"ICAO": "UMMV", "upper": "as agreed"}
    feature["properties"] = facts
    path.write_text(json.dumps(feature))
    layer = of.read_layer(path)
    assert layer.areas[0].limits == ""
    assert layer.remarks == ("1 polygon has limits that can't be read, and none here: UMMV",)


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.fgb"])
def test_every_format_of_areas_makes_a_layer(name: str, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"name": ["Minsk", "Kyiv"], "icao": ["UMMV", "UKBV"], "min_fl": [0, 100], "max_fl": [999, 245]},
        geometry=[shapely.box(24, 52, 32, 56), shapely.box(24, 46, 38, 52)],
        crs=4326,
    )
    path = tmp_path / name
    frame.to_parquet(path) if name.endswith(".parquet") else frame.to_file(path)
    layer = of.read_layer(path)
    assert dict(zip(layer.names, (area.limits for area in layer.areas), strict=True)) == {
        "UMMV": "",
        "UKBV": "FL100 to FL245",
    }


def test_what_is_beyond_mending_is_refused_in_one_line(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    spiral = [(8 * i * np.cos(i / 3) / 100, 8 * i * np.sin(i / 3) / 100) for i in range(10)]
    twice = [(x % 360 - 180, 50 + x / 100) for x in range(0, 720, 30)]
    with pytest.raises(DataError, match=r"firs.geojson: .*goes round the Earth more than once"):
        of.read_layer(write({"SPIN": twice}))
    assert of.read_layer(write({"SPIR": spiral})).names == ("SPIR",)
    star = [(10 * np.cos(2.4 * i), 10 * np.sin(2.4 * i)) for i in range(1500)]
    with pytest.raises(DataError, match="crosses itself too often to be mended"):
        of.read_layer(write({"STAR": star}))
    monkeypatch.setattr("overflight.partition.arranged.MOST_HELD", 5)
    with pytest.raises(DataError, match=r"firs.geojson: the shapes overlap in more than 5 ways: give fewer of them"):
        of.read_layer(write({f"N{i}": box(0, 0, i + 1, i + 1) for i in range(4)}))
    with pytest.raises(DataError, match="latitude to 90"):
        of.read_layer(write({"LATL": box(50, 100, 51, 101)}))


def test_a_ring_has_one_reading_unless_it_goes_along_180_or_a_pole() -> None:
    plain = np.array(box(0, 0, 1, 1), dtype=float)
    ((found, turns),) = readings(plain)
    assert (found == plain).all()
    assert turns == 0
    assert len(readings(np.array(box(-180, 0, 180, 1), dtype=float))) == 2
    assert (closed(plain[:-1]) == plain).all()


def test_the_command_line_says_the_same_in_every_form(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write({**BOARD, "OPEN": box(30, 50, 31, 51)[:-1]})
    expected = of.read_layer(file).entries("VKO-BUD", aircraft="wide-body")
    asked = ["check", "VKO", "BUD", "--on", "2025-10-23", "--layer", file, "--aircraft", "wide-body"]
    code, out, err = run(*asked, "-f", "json")
    document = json.loads(out)
    assert code == 0
    assert document["layers"] == [expected.layer.to_dict()]
    assert document["routes"][0]["layers"] == [expected.to_dict()]
    assert "1 polygon was not closed, and is now: OPEN" in err
    rows = [row for row in csv.DictReader(io.StringIO(run(*asked, "-f", "csv")[1])) if row["layer"]]
    assert [(row["name"], row["eet"]) for row in rows] == [(one.name, one.eet) for one in expected]
    features = json.loads(run(*asked, "-f", "geojson")[1])["features"]
    points = [one["geometry"] for one in features if one["properties"]["feature"] == "layer-entry"]
    assert [tuple(point["coordinates"]) for point in points] == [pytest.approx(one.entry) for one in expected]
    monkeypatch.setattr("overflight.cli.screens.is_fancy", lambda *_: True)
    told = run(*asked)[1]
    assert expected.item18 in told
    assert "firs: entered" in told


def test_each_way_that_is_found_has_its_entries(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(BOARD)
    _, out, _ = run("routes", "VKO", "BUD", "--on", "2025-10-23", "--avoid", "AUS", "--layer", file)
    first, second = out.split("\n\n")
    rows = rows_of(second)
    assert {row["n"] for row in rows} == {str(n) for n in range(1, len(first.splitlines()))}
    direct = of.read_layer(file).entries("VKO-BUD")
    assert [(row["name"], row["eet"]) for row in rows if row["n"] == "1"] == [(one.name, one.eet) for one in direct]
    monkeypatch.setattr("overflight.cli.layers.is_fancy", lambda *_: True)
    other = of.read_layer(file).entries("VKO-WAW")
    lines = layer_table([[direct], [other]], to_file=None).splitlines()
    assert lines[:2] == [f"1  firs: {direct.item18}", f"2  firs: {other.item18}"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--level", "FL350"], "--level is about a layer"),
        (["--layer", "firs.geojson", "--level", "high"], "the limit 'high' can't be read"),
        (["--layer", "firs.geojson", "--layer-levels", "floor"], "give two properties"),
        (["--layer", "nothing.geojson"], "nothing.geojson: the area file can't be read"),
        (["--layer", "firs.geojson", "--layer-name", "nom"], "no property 'nom' in it: name one of id"),
    ],
)
def test_what_can_not_be_read_is_said_in_a_line(more: list[str], said: str, write: Write, run: Run) -> None:
    write({"UMMV": box(0, 0, 1, 1)})
    code, _, err = run("check", "VKO", "BUD", *more)
    assert code == 2
    (line,) = err.splitlines()
    assert said in line


def test_names_are_only_seen_whatever_they_say(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write({name: box(20 + 0.1 * i, 40, 38, 57) for i, name in enumerate(PROBES)})
    asked = ["check", "VKO", "BUD", "--on", "2025-10-23", "--layer", file, "--layer-name", "id"]
    rows = [row for row in csv.DictReader(io.StringIO(run(*asked, "-f", "csv")[1])) if row["layer"]]
    assert len(rows) == len({*map(plain_name, PROBES)})
    assert not [row for row in rows if row["name"].startswith(("=", "+", "-", "@", "::"))], "no spreadsheet runs it"
    monkeypatch.setattr("overflight.cli.screens.is_fancy", lambda *_: True)
    for text in run(*asked)[1:]:
        assert all(line.isprintable() and one_line(line) == line for line in text.splitlines())


def test_a_map_has_edges_names_and_a_mark_for_each_entry(write: Write) -> None:
    layer = of.read_layer(write(PACIFIC))
    world = of.load_airspaces(on="2025-10-23")
    scene = of.draw(world, "SFO-HND", on="2025-10-23", layers=[layer], aircraft="wide-body").scene
    (drawn,) = scene["layers"]
    assert {label["text"] for label in drawn["labels"]} == {*PACIFIC}
    west, _, east, _ = scene["whole"]
    corners = [point for run in drawn["lines"] for point in decode(run)]
    assert {(round(lon % 360), round(lat)) for lon, lat in corners} >= {(160, 20), (230, 45), (130, 45)}
    assert all(west <= lon <= east for lon, _ in corners)
    steps = (np.abs(np.diff(decode(run), axis=0)).max() for run in drawn["lines"])
    assert max(steps) <= 2.01, "a polar map has arcs along parallels"
    entries = layer.entries("SFO-HND", aircraft="wide-body")
    (route,) = scene["routes"]
    assert [mark["text"][1].split(",")[0] for mark in route["entries"]] == [f"EET {one.eet}" for one in entries]
    for mark, one in zip(route["entries"], entries, strict=True):
        assert mark["at"][0] % 360 == pytest.approx(one.entry[0] % 360, abs=1e-4)
    assert entries.item18 in route["note"]
    assert "firs: edges, entries" in [words for _, words in legend_of(scene, 500.0)]
    assert [one["entries"] for one in of.draw(world, "SFO-HND", on="2025-10-23", layers=[entries]).scene["routes"]] == [
        route["entries"]
    ]


def test_map_takes_the_same_layers(write: Write, run: Run, tmp_path: Path) -> None:
    code, _, err = run("map", "VKO", "BUD", "--on", "2025-10-23", "--layer", write(BOARD), "-o", "m.html")
    assert code == 0, err
    assert "EET/BDDA0008" in (tmp_path / "m.html").read_text()
