"""Routes: legs of geodesics, files of every kind that is read, and what is refused."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

import overflight as of
from overflight.errors import OverflightError, ProposalError, RouteError
from overflight.routes import Route, Waypoint, great_circle, read_routes, route
from overflight.routes.antimeridian import cut_at_antimeridian

Write = Callable[[str, object], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of a test: texts as they are, bytes as they are, the rest as JSON."""

    def writer(name: str, content: object) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return writer


def test_the_great_circle_has_the_length_of_the_wgs84_geodesic() -> None:
    direct = great_circle("VKO", "BUD")
    assert direct.name == "VKO-BUD"
    assert direct.kind == "great-circle"
    assert direct.length_km == pytest.approx(1537.023, abs=5e-4)
    assert direct.length_nm == pytest.approx(1537.023 / 1.852, abs=5e-4)


def test_legs_join_the_waypoints_in_order() -> None:
    given_route = route("VKO", "MSQ", "BUD")
    assert [(leg.start.name, leg.end.name) for leg in given_route.legs] == [("VKO", "MSQ"), ("MSQ", "BUD")]
    assert given_route.kind == "given"
    for leg in given_route.legs:
        found = Geodesic.WGS84.Inverse(leg.start.lat, leg.start.lon, leg.end.lat, leg.end.lon)
        assert leg.length_m == pytest.approx(found["s12"], abs=1e-6)
        assert leg.azimuth_deg == pytest.approx(found["azi1"], abs=1e-9)
    assert given_route.length_km == pytest.approx(sum(leg.length_km for leg in given_route.legs))


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ((), "two or more waypoints, got 0"),
        (("VKO",), "two or more waypoints, got 1"),
        (("VKO", "VKO"), "goes nowhere"),
        (("VKO", "UUWW", "VKO"), "goes nowhere"),
        (((0.0, 90.0), (77.0, 90.0)), "goes nowhere"),
        (((180.0, 10.0), (-180.0, 10.0)), "goes nowhere"),
        (((0.0, 0.0), (180.0, 0.0)), "not unique"),
        (((37.0, 55.0), (-143.0, -55.0)), "not unique"),
        (((0.0, 0.0), (179.9, 0.0)), "not unique"),
        (((0.0, 90.0), (0.0, -90.0)), "not unique"),
    ],
)
def test_what_is_no_route_is_refused(places: tuple[str | tuple[float, float], ...], told: str) -> None:
    with pytest.raises(RouteError, match=told):
        route(*places)


def test_a_leg_of_zero_length_inside_a_longer_route_is_allowed() -> None:
    assert route("VKO", "VKO", "BUD").legs[0].length_m == 0.0


def test_routes_are_values() -> None:
    assert great_circle("VKO", "BUD") == great_circle("VKO", "BUD")
    assert len({great_circle("VKO", "BUD"), great_circle("VKO", "BUD")}) == 1


@pytest.mark.slow
@given(
    st.tuples(st.floats(-180, 180), st.floats(-85, 85)),
    st.tuples(st.floats(-180, 180), st.floats(-85, 85)),
)
def test_a_drawn_path_follows_the_geodesic_and_never_jumps(a: tuple[float, float], b: tuple[float, float]) -> None:
    try:
        line = route(a, b)
    except OverflightError:
        assume(False)
    path = line.path(max_km=200.0)
    geodesic = Geodesic.WGS84.InverseLine(a[1], a[0], b[1], b[0])
    for (lon0, lat0), (lon1, lat1) in itertools.pairwise(path):
        assert abs(lon1 - lon0) <= 180.0
        apart = Geodesic.WGS84.Inverse(lat0, lon0, lat1, lon1)["s12"]
        assert apart <= 200_001.0 or abs(lat0) == 90.0 or abs(lat1) == 90.0
    middle = geodesic.Position(geodesic.s13 / 2)
    near = min(Geodesic.WGS84.Inverse(middle["lat2"], middle["lon2"], lat, lon)["s12"] for lon, lat in path)
    assert near <= 100_001.0


def test_geojson_is_cut_at_180_degrees() -> None:
    feature = great_circle((170.0, 60.0), (-160.0, 60.0)).to_geojson()
    assert feature["geometry"]["type"] == "MultiLineString"
    first, second = feature["geometry"]["coordinates"]
    assert first[-1][0] == 180.0
    assert second[0] == [-180.0, first[-1][1]]
    assert all(-180.0 <= lon <= 180.0 for part in (first, second) for lon, _ in part)


def test_a_meridian_at_180_degrees_stays_on_one_side() -> None:
    for lon in (180.0, -180.0):
        geometry = great_circle((lon, 60.0), (lon, 70.0)).to_geojson()["geometry"]
        assert geometry["type"] == "LineString"
        sides = {point[0] for point in geometry["coordinates"]}
        assert sides in ({180.0}, {-180.0})


def test_geojson_over_the_pole_keeps_to_the_meridians() -> None:
    geometry = great_circle((30.0, 80.0), (-150.0, 80.0)).to_geojson()["geometry"]
    points = [p for part in geometry["coordinates"] for p in part]
    assert all(lon in (30.0, -150.0) or lat == 90.0 for lon, lat in points)
    assert max(lat for _, lat in points) == 90.0


@given(st.lists(st.tuples(st.floats(-2.0, 2.0), st.floats(-80, 80)), min_size=2, max_size=30), st.floats(-400, 400))
def test_cutting_loses_nothing(steps: list[tuple[float, float]], start: float) -> None:
    lons = list(itertools.accumulate((s[0] for s in steps), initial=start))[1:]
    path = [(lon, lat) for lon, (_, lat) in zip(lons, steps, strict=True)]
    parts = cut_at_antimeridian(path)
    assert all(-180.0 <= lon <= 180.0 for part in parts for lon, _ in part)
    swept = sum(abs(b[0] - a[0]) for part in parts for a, b in itertools.pairwise(part))
    assert swept == pytest.approx(sum(abs(b[0] - a[0]) for a, b in itertools.pairwise(path)), abs=1e-6)
    for part, following in itertools.pairwise(parts):
        assert abs(part[-1][0]) == 180.0
        assert following[0] == (-part[-1][0], part[-1][1])


LINE = [[37.3, 55.6], [19.3, 47.4]]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"type": "LineString", "coordinates": LINE}, ["a"]),
        (
            {"type": "Feature", "properties": {"name": "N"}, "geometry": {"type": "LineString", "coordinates": LINE}},
            ["N"],
        ),
        (
            {"type": "Feature", "properties": None, "id": "I", "geometry": {"type": "LineString", "coordinates": LINE}},
            ["I"],
        ),
        (
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": LINE}},
                    {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": LINE[0]}},
                    {"type": "Feature", "properties": {}, "geometry": None},
                ],
            },
            ["a"],
        ),
        ({"type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": LINE}]}, ["a"]),
        ({"type": "MultiLineString", "coordinates": [LINE, [[1, 1], [2, 2]]]}, ["a", "a"]),
        ({"type": "MultiLineString", "coordinates": [[[170, 60], [180, 61]], [[-180, 61], [-170, 62]]]}, ["a"]),
        ({"type": "LineString", "coordinates": [[37.3, 55.6, 11000], [19.3, 47.4, 0]]}, ["a"]),
    ],
)
def test_every_line_of_a_geojson_file_is_a_route(write: Write, content: object, names: list[str]) -> None:
    assert [r.name for r in read_routes(write("a.geojson", content))] == names


def test_geojson_reads_back_what_was_written(write: Write) -> None:
    for ends in (("VKO", "BUD"), ((170.0, 60.0), (-160.0, 60.0))):
        line = great_circle(*ends, name="there")
        (again,) = read_routes(write("there.geojson", line.to_geojson()))
        assert again.name == "there"
        assert again.length_km == pytest.approx(line.length_km, abs=1e-4)


def test_csv_rows_with_one_name_are_one_route(write: Write) -> None:
    text = "\ufeffroute,name,Longitude,LAT\nA,VKO,37.26,55.59\nB,,1,1\nA,BUD,19.26,47.44\nB,,2,2\n\n"
    first, second = read_routes(write("a.csv", text))
    assert (first.name, [w.name for w in first.waypoints]) == ("A", ["VKO", "BUD"])
    assert [(w.lon, w.lat) for w in second.waypoints] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.geojson", b"", "empty"),
        ("a.geojson", b" \n", "empty"),
        ("a.geojson", "{", "line 1, column 2: not JSON"),
        ("a.geojson", "[]", "the top level: expected a GeoJSON object with a `type`, found a list"),
        ("a.geojson", "3", "found the number 3"),
        ("a.geojson", {"type": "Topology"}, "no topology that can be read"),
        ("a.geojson", {"type": "Feature", "geometry": None}, "no LineString"),
        ("a.geojson", {"type": "FeatureCollection", "features": {}}, "`features`: expected a list, found an object"),
        ("a.geojson", {"type": "FeatureCollection", "features": [1]}, "features[0]: expected a GeoJSON object"),
        ("a.geojson", {"type": "LineString", "coordinates": "x"}, "`coordinates`: expected a list"),
        ("a.geojson", {"type": "LineString", "coordinates": [1, 2]}, "position 0: expected [longitude, latitude]"),
        ("a.geojson", {"type": "LineString", "coordinates": [["1", "2"], [3, 4]]}, "position 0"),
        ("a.geojson", {"type": "LineString", "coordinates": [[True, False], [3, 4]]}, "position 0"),
        ("a.geojson", {"type": "LineString", "coordinates": [[1, 2], [3]]}, "position 1"),
        ("a.geojson", {"type": "LineString", "coordinates": [[1, 2], None]}, "position 1"),
        ("a.geojson", {"type": "LineString", "coordinates": [[55.6, 137.3], [47.4, 119.3]]}, "swapped"),
        ("a.geojson", {"type": "LineString", "coordinates": LINE[:1]}, "two or more waypoints, got 1"),
        ("a.geojson", {"type": "LineString", "coordinates": [LINE[0]] * 2}, "goes nowhere"),
        ("a.geojson", {"type": "MultiLineString", "coordinates": [3]}, "position 0"),
        (
            "a.geojson",
            '{"type": "MultiLineString", "coordinates": [[[1, 2], [1e999, 4]], [[5, 6], [7, 8]]]}',
            "position 1: longitude 'inf' is not finite",
        ),
        ("a.geojson", '{"type": "LineString", "coordinates": [[NaN, 1], [2, 3]]}', "NaN is no number in JSON"),
        ("a.geojson", '{"type": "LineString", "coordinates": [[1e999, 1], [2, 3]]}', "not finite"),
        ("a.geojson", "[" * 200_000, "nested too deeply"),
        ("a.geojson", '{"type":"GeometryCollection","geometries":[' * 40 + "]}" * 40, "nesting deeper than 32"),
        ("a.geojson", b'{"type": "Line\x00String"}', "NUL bytes"),
        ("a.geojson", '{"type": "Zürich"}'.encode("latin-1"), "line 1: byte 0xfc is not UTF-8"),
        ("a.geojson", b"PK\x03\x04....", "a damaged ZIP archive"),
        ("a.fit", "FIT", ".fit is not read here: convert it to one of GeoJSON"),
        ("a.route.toml", "name = 1", ".toml is not read here"),
        ("a", "x", "a file of this kind is not read here"),
        ("a.csv", "a,b\n1,2\n", "line 1: expected a header with lon and lat"),
        ("a.csv", "lon,lat\n", "no rows"),
        ("a.csv", "lon,lat\n1,2\n3,x\n", "line 3, column lat: expected decimal degrees, found 'x'"),
        ("a.csv", "lon,lat\n1,2\n3\n", "line 3, column lat"),
        ("a.csv", "lon,lat\n1,2\nnan,3\n", "line 3, column lon: expected decimal degrees, found 'nan'"),
        ("a.csv", "lon,lat\n1,2\n3,95\n", "line 3: latitude 95"),
        ("a.csv", "lon,lat\n1,2\n", "two or more waypoints"),
        ("a.csv", 'lon,lat\n"1,2\n', "not CSV"),
        ("a.json", {"routes": []}, "no route in it"),
        ("a.json", {"routes": [{"name": "x"}]}, "routes[0]: not what `overflight check -f json` writes"),
        ("a.json", {"routes": [3]}, "routes[0]"),
    ],
)
def test_a_bad_file_is_refused_in_one_line_that_names_it(write: Write, name: str, content: object, told: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read_routes(write(name, content))
    assert told in str(caught.value)
    assert name in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(ProposalError, match="100 MB is more than the 50 MB"):
        read_routes(path)


@pytest.mark.parametrize(("name", "told"), [("missing.geojson", "no such file"), (".", "is a folder"), ("\0", "null")])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(ProposalError, match=told):
        read_routes(tmp_path / name)


def test_a_long_track_is_read(write: Write) -> None:
    track = [[math.degrees(0.001 * i) % 300 - 150, 40 + 10 * math.sin(0.01 * i)] for i in range(3000)]
    (line,) = read_routes(write("track.geojson", {"type": "LineString", "coordinates": track}))
    assert len(line.waypoints) == 3000


def test_a_route_has_no_more_waypoints_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.routes.model.MAX_WAYPOINTS", 3)
    points = tuple(Waypoint(float(i), 0.0) for i in range(4))
    with pytest.raises(RouteError, match="more than 3"):
        Route(points)


def test_the_package_offers_routes_by_name() -> None:
    assert of.great_circle is great_circle
    assert of.Waypoint is Waypoint


def test_legs_of_very_many_waypoints_are_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [Waypoint(10.0 + 0.9 * (i % 190), 50.0 * math.sin(i), None) for i in range(400)]
    few = Route(tuple(places))
    monkeypatch.setattr("overflight.routes.model.MANY", 100)
    assert Route(tuple(places)).legs == few.legs
    with pytest.raises(RouteError, match="opposite each other"):
        Route((*places, Waypoint(0.0, 10.0), Waypoint(180.0, -10.0)))
