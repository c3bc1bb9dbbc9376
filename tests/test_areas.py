"""Areas: what is read and refused, and that routes are judged and led around them as around states."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from overflight._crossings import locate
from overflight.airspace import Area, owners
from overflight.airspace.areas import parse_areas
from overflight.airspace.overlay import overlay, partition
from overflight.cli import main
from overflight.errors import DataError, RouteError, UnknownStateError
from overflight.rules.rulesets import parse_ruleset
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
Ring = Sequence[Sequence[float]]


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: Sequence[Sequence[object]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [list(r) for r in rings]}


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features)}


def areas(data: object, name: str = "zone") -> tuple[Area, ...]:
    return parse_areas(json.dumps(data), "zone.geojson", name=name)


def area(*rings: Ring, name: str = "zone") -> Area:
    return areas(polygon(*rings), name)[0]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[object], str]:
    def write(data: object, name: str = "zone.geojson") -> str:
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return str(path)

    return write


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    told = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, told.out, told.err


class TestReading:
    def test_an_area_is_called_after_its_name_or_its_file(self) -> None:
        found = areas(
            collection(
                feature(polygon(ring(0, 0, 1, 1)), name="north"),
                feature(polygon(ring(5, 0, 6, 1)), name=" north "),
                feature(polygon(ring(9, 0, 10, 1))),
            )
        )
        assert [(a.name, len(a.shape.geoms)) for a in found] == [("north", 2), ("zone", 1)]

    def test_which_way_a_ring_runs_does_not_matter(self) -> None:
        assert area(ring(0, 0, 1, 1)).shape.equals(area(ring(0, 0, 1, 1)[::-1]).shape)

    def test_longitudes_that_run_on_are_cut_at_180_degrees(self) -> None:
        bounds = [part.bounds for part in area(ring(170, 10, 190, 20)).shape.geoms]
        assert sorted(bounds) == [(-180.0, 10.0, -170.0, 20.0), (170.0, 10.0, 180.0, 20.0)]

    def test_a_box_around_the_whole_earth_holds_the_pole(self) -> None:
        world = partition((area(ring(-180, 60, 180, 90)),))
        assert locate(world, 12.0, 90.0).claimants == locate(world, -100.0, 61.0).claimants == ("area:zone",)
        assert locate(world, 12.0, 59.0).claimants == ()

    def test_an_edge_along_a_pole_is_no_edge_however_long(self) -> None:
        world = partition((area([[-150, 60], [0, 60], [150, 60], [150, 90], [-150, 90], [-150, 60]]),))
        assert locate(world, 12.0, 80.0).claimants == ("area:zone",)
        assert locate(world, 170.0, 80.0).claimants == ()

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ('{"type": "Polygon", "coordinates": [[[0, NaN], [1, 0], [1, 1], [0, NaN]]]}', "NaN is no number"),
            ('{"type": "Polygon", "coordinates": [[[0, 1e999], [1, 0], [1, 1], [0, 1e999]]]}', "no place"),
            ("{", "not JSON"),
            ("[" * 100_000, "nested too deeply"),
            ("[]", "expected a GeoJSON object"),
            ("{}", "expected a GeoJSON object"),
            ('{"type": ["Polygon"]}', "expected a GeoJSON object"),
            (polygon(ring(0, 0, 1, 91)), "no place: longitude comes first"),
            (polygon([[0, 0], [500, 0], [1, 1], [0, 0]]), "no place"),
            (polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "not closed"),
            (polygon([[0, 0], [1, 1], [0, 0]]), "at least four positions"),
            (polygon([[0, 0], [1, "1"], [1, 1], [0, 0]]), "expected [lon, lat]"),
            (polygon([[0, 0], [1, True], [1, 1], [0, 0]]), "expected [lon, lat]"),
            ({"type": "Polygon", "coordinates": [[0, 0], [1, 0]]}, "at least four positions"),
            ({"type": "Polygon", "coordinates": {}}, "expected a list of rings"),
            ({"type": "Polygon"}, "expected a list of rings"),
            ({"type": "MultiPolygon", "coordinates": 7}, "expected a list"),
            (polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), "self-intersection at 1,1 (lat,lon)"),
            (polygon(ring(170, 0, -170, 10)), "from longitude 170 to -170 can be read in two ways"),
            (polygon(ring(-10, 0, 180, 10)), "from longitude -10 to 180 can be read in two ways"),
            ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "a LineString has no surface"),
            ({"type": "Circle"}, "found \"Circle\""),
            (collection(), "no Polygon or MultiPolygon"),
            (feature(None), "no Polygon or MultiPolygon"),
            ({"type": "FeatureCollection"}, "features: expected a list"),
            (feature(polygon(ring(0, 0, 1, 1))) | {"properties": []}, "properties: expected an object"),
            (polygon(ring(0, 0, 1, 1)) | {"crs": {"properties": {"name": "EPSG:3857"}}}, "degrees on WGS84"),
        ],
    )  # fmt: skip
    def test_what_is_no_area_is_refused_in_one_line(self, data: object, said: str) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        with pytest.raises(DataError) as caught:
            parse_areas(text, "zone.geojson", name="zone")
        assert said in str(caught.value)
        assert str(caught.value).startswith("zone.geojson")
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300

    def test_nesting_and_numbers_have_bounds(self) -> None:
        deep: dict[str, object] = polygon(ring(0, 0, 1, 1))
        for _ in range(12):
            deep = {"type": "GeometryCollection", "geometries": [deep]}
        with pytest.raises(DataError, match="nesting deeper"):
            areas(deep)
        with pytest.raises(DataError, match="more than 1,000 areas"):
            areas(collection(*(feature(polygon(ring(0, 0, 1, 1)), name=f"a{n}") for n in range(1001))))
        circle = [[math.cos(t), math.sin(t)] for t in np.linspace(0, 2 * math.pi, 100_001)[:-1]]
        with pytest.raises(DataError, match="more than 100,000 vertices"):
            areas(polygon([*circle, circle[0]]))

    def test_an_area_too_small_to_be_stored_is_refused(self) -> None:
        with pytest.raises(DataError, match="smaller than a square metre"):
            partition((area(ring(1, 1, 1 + 1e-9, 1 + 1e-9)),))


class TestRuleSets:
    WORLD = of.load_airspaces()

    def test_areas_are_joined_with_states(self, file: Callable[..., str]) -> None:
        name = file(polygon(ring(0, 0, 1, 1)), "my area (1).geojson")
        found = parse_ruleset(f'icc | "{name}"', self.WORLD, DAY)
        assert [a.name for a in found.areas] == ["my area (1)"]
        assert "POL" in found.states

    @pytest.mark.parametrize(
        ("text", "column"),
        [("FILE - POL", 14), ("POL - FILE", 5), ("icc & (POL | FILE)", 5), ("FILE & FILE", 14)],
    )
    def test_an_area_can_only_be_joined(
        self, text: str, column: int, file: Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(Path(file(polygon(ring(0, 0, 1, 1)))).parent)
        with pytest.raises(UnknownStateError, match=f"column {column}: . makes no sense with an area"):
            parse_ruleset(text.replace("FILE", "zone.geojson"), self.WORLD, DAY)

    def test_a_file_that_is_not_there_or_no_geojson_is_named(self) -> None:
        with pytest.raises(UnknownStateError, match=r"column 7: .*none\.geojson.*no such file"):
            parse_ruleset("icc | none.geojson", self.WORLD, DAY)
        with pytest.raises(UnknownStateError, match=r"'sea.gpx' is not read: give areas as GeoJSON"):
            parse_ruleset("sea.gpx", self.WORLD, DAY)

    def test_two_areas_of_one_name_are_refused(self, file: Callable[..., str]) -> None:
        one, two = (file(feature(polygon(ring(n, 0, n + 1, 1)), name="a"), f"f{n}.geojson") for n in (1, 2))
        with pytest.raises(DataError, match="two areas are called 'a'"):
            parse_ruleset(f"{one} | {two}", self.WORLD, DAY)


class TestPartition:
    """An area's partition and the world refined by it, against Shapely's point in polygon."""

    SHAPES = (
        area([[20, 45], [30, 45], [32, 52], [22, 55], [20, 45]]),
        area([[28, 50], [40, 48], [45, 60], [28, 50]], name="overlapping"),
        area(ring(-180, 66, 180, 90), name="pole"),
        area([[170, 40], [190, 40], [190, 66], [170, 68], [170, 40]], name="across 180"),
        area(ring(14, 47, 26, 53), ring(18, 49, 20, 51), name="with a hole"),
    )

    @pytest.mark.slow
    def test_points_lie_in_the_pieces_that_they_lie_in(self) -> None:
        world = of.load_airspaces()
        alone, refined = partition(self.SHAPES), overlay(world, self.SHAPES)
        random_ = random.Random(7)  # noqa: S311 - a test's choice of points
        for _ in range(1500):
            west, south, east, north = random_.choice(self.SHAPES).shape.bounds
            lon = math.remainder(random_.uniform(west - 3, east + 3), 360.0)
            lat = random_.uniform(max(south - 3, -90), min(north + 3, 90))
            inside = {a.code for a in self.SHAPES if a.shape.contains(shapely.Point(lon, lat))}
            assert set(locate(alone, lon, lat).claimants) == inside
            held = {str(o) for o in owners(locate(world, lon, lat))}
            assert {str(o) for o in owners(locate(refined, lon, lat))} == held | inside

    @pytest.mark.slow
    def test_crossings_of_the_refined_world_are_those_of_both_layers(self) -> None:
        world = of.load_airspaces()
        refined, alone = overlay(world, self.SHAPES), partition(self.SHAPES)
        for ends in (("VKO", "BUD"), ("KEF", "HND"), ("SVO", "ANC"), ("LHR", "ATH")):
            route = of.great_circle(*ends)
            for codes, layer in (({a.code for a in self.SHAPES}, alone), ({str(s) for s in world.states}, world)):
                inside = dict.fromkeys(codes, 0.0)
                for crossing in of.crossings(route, refined):
                    for holder in set(map(str, owners(crossing))) & codes:
                        inside[holder] += crossing.length_km
                for crossing in of.crossings(route, layer):
                    for holder in set(map(str, owners(crossing))) & codes:
                        inside[holder] -= crossing.length_km
                assert max(map(abs, inside.values())) < 1e-4
            assert of.crossings(route, refined).settled == 0

    def test_an_area_cut_out_along_borders_shares_them(self) -> None:
        box = shapely.box
        world = make_world({"AAA": box(0, 0, 10, 10), "BBB": box(10, 0, 20, 10)})
        refined = overlay(world, [area(ring(10, 0, 20, 10)), area(ring(5, -5, 10, 10), name="half")])
        holders = {(lon, lat): {str(o) for o in owners(locate(refined, lon, lat))}
                   for lon, lat in ((2.0, 5.0), (7.0, 5.0), (15.0, 5.0), (7.0, -2.0), (15.0, -2.0))}  # fmt: skip
        assert list(holders.values()) == [
            {"AAA"},
            {"AAA", "area:half"},
            {"BBB", "area:zone"},
            {"area:half"},
            set(),
        ]
        walked = of.crossings(of.Route((of.Waypoint(-3.0, 5.0), of.Waypoint(23.0, 5.0))), refined)
        assert [crossing.territory for crossing in walked] == ["AAA", "AAA+area:half", "BBB+area:zone"]


class TestAvoid:
    def test_entries_and_exits_lie_on_the_edges(self) -> None:
        zone = area([[20, 45], [30, 45], [32, 52], [22, 55], [20, 45]])
        world = of.load_airspaces()
        (finding,) = of.check(of.great_circle("VKO", "BUD"), world, rules=[of.Avoid([zone])]).findings
        assert (finding.area, finding.state, finding.status) == ("zone", None, "crosses")
        (crossing,) = finding.crossings
        for point in (crossing.entry, crossing.exit):
            assert zone.shape.boundary.distance(shapely.Point(point)) < 1e-7  # edges are stored to 1.1 cm
        km = of.Route((of.great_circle("VKO", "BUD").waypoints[0], of.Waypoint(*crossing.entry))).length_km
        assert km == pytest.approx(crossing.entry_km, abs=1e-3)

    def test_a_crossing_in_overlapping_areas_is_one_crossing_in_each(self) -> None:
        both = [area(ring(0, 0, 10, 10), name="a"), area(ring(5, 0, 15, 10), name="b")]
        route = of.Route((of.Waypoint(-3.0, 5.0), of.Waypoint(18.0, 5.0)))
        found = of.check(route, of.load_airspaces(), rules=[of.Avoid(both)]).findings
        assert {f.area: len(f.crossings) for f in found} == {"a": 1, "b": 1}
        assert found[0].length_km == pytest.approx(found[1].length_km, rel=0.01)

    def test_a_route_that_begins_or_ends_in_overlapping_areas_departs_and_arrives_there(self) -> None:
        both = [area(ring(0, 0, 10, 10), name="a"), area(ring(5, 0, 15, 10), name="b")]
        route = of.Route((of.Waypoint(2.0, 5.0), of.Waypoint(12.0, 5.0)))
        found = of.check(route, of.load_airspaces(), rules=[of.Avoid(both)]).findings
        assert {f.area: [c.role for c in f.crossings] for f in found} == {"a": ["departure"], "b": ["arrival"]}

    def test_a_rule_of_states_and_areas_keeps_its_margin_off_both(self) -> None:
        zone = area(ring(0, 0, 10, 10))
        route = of.Route((of.Waypoint(-1.0, 10.2), of.Waypoint(11.0, 10.2)))
        for margin_km, status in ((0.0, "clear"), (60.0, "marginal")):
            rule = of.Avoid(of.RuleSet.of([zone, "POL"]), margin_km=margin_km)
            (finding,) = of.check(route, make_world({"POL": shapely.box(50, 50, 51, 51)}), rules=[rule]).findings
            assert (finding.area, finding.status) == ("zone", status)

    def test_what_is_nearer_than_the_margin_is_marginal(self) -> None:
        zone = area(ring(0, 0, 10, 10))
        route = of.Route((of.Waypoint(-1.0, 10.1), of.Waypoint(11.0, 10.1)))
        geod = pyproj.Geod(ellps="WGS84")
        along = geod.npts(-1.0, 10.1, 11.0, 10.1, 20_000)
        # due south of the route, to the parallel that bounds the zone
        nearest_km = min(geod.inv(x, y, x, 10.0)[2] for x, y in along if 0.0 <= x <= 10.0) / 1000.0
        for margin_km, status in ((0.0, "clear"), (30.0, "marginal")):
            verdict = of.check(route, of.load_airspaces(), rules=[of.Avoid([zone], margin_km=margin_km)])
            assert verdict.status == status
            assert verdict.findings[0].closest_km == pytest.approx(nearest_km, abs=0.005)

    def test_areas_that_share_a_name_and_margins_below_zero_are_refused(self) -> None:
        with pytest.raises(DataError, match="two areas are called 'zone'"):
            of.Avoid([area(ring(0, 0, 1, 1)), area(ring(3, 0, 4, 1))])
        with pytest.raises(RouteError, match="margin"):
            of.Avoid([area(ring(0, 0, 1, 1))], margin_km=-1.0)


class TestDetours:
    """An area is led around as a state of the same shape would be."""

    NOBODYS = make_world({"ZZZ": shapely.box(100, -60, 101, -59)})

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("shape", "ends"),
        [
            (ring(20, 30, 30, 50), ((10.0, 40.0), (40.0, 42.0))),
            (ring(170, 40, 180, 60), ((160.0, 50.0), (-170.0, 52.0))),
            (ring(-180, 75, 180, 90), ((10.0, 70.0), (-175.0, 68.0))),
        ],
    )
    def test_the_detour_is_that_around_a_state(
        self, shape: Ring, ends: tuple[tuple[float, float], tuple[float, float]]
    ) -> None:
        state = make_world({"AAA": shapely.Polygon(shape)})
        around_state = of.candidates(of.great_circle(*ends), state, avoid={"AAA"})[1]
        around_area = of.candidates(of.great_circle(*ends), self.NOBODYS, avoid=[area(shape)])[1]
        assert around_area.route.length_km == pytest.approx(around_state.route.length_km, rel=1e-5)
        assert around_area.verdict.status == "clear"
        assert around_area.consents == ()
        assert around_area.gap_pct is not None
        assert around_area.gap_pct < 0.1
        found = of.detour(ends[0], ends[1], self.NOBODYS, avoid=[area(shape)])
        assert found is not None
        assert found.length_km == pytest.approx(around_area.route.length_km, rel=1e-3)

    def test_no_consent_opens_an_area(self) -> None:
        closed = area(ring(0, 0, 30, 30), ring(10, 10, 20, 20))
        found = of.candidates(of.great_circle((15, 15), (50, 15)), self.NOBODYS, avoid=[closed])
        assert len(found) == 1
        assert found.minimal_consents == ()
        assert [(s.code, s.name) for s in found.barrier] == [("area:zone", "zone")]
        assert of.detour((15, 15), (50, 15), self.NOBODYS, avoid=[closed]) is None

    def test_states_and_areas_close_an_end_off_together(self) -> None:
        box = shapely.box
        world = make_world({"AAA": box(0, 0, 15, 30) - box(10, 10, 15, 20)})
        rest = area([[15, 0], [30, 0], [30, 30], [15, 30], [15, 20], [20, 20], [20, 10], [15, 10], [15, 0]])
        found = of.candidates(of.great_circle((15, 15), (50, 15)), world, avoid=["AAA", rest])
        assert {s.code for s in found.barrier} == {"AAA", "area:zone"}
        assert [[s.code for s in c.consents] for c in found.minimal_consents] == [["AAA"]]

    def test_an_area_over_the_start_is_left_by_the_shortest_way_and_named(self) -> None:
        zone = area(ring(0, 0, 10, 10))
        wall = area(ring(20, -10, 22, 30), name="wall")
        found = of.candidates(of.great_circle((5, 5), (40, 5)), self.NOBODYS, avoid=[zone, wall])
        assert [s.code for s in found[1].consents] == ["area:zone"]
        assert found[1].verdict.status == "clear"
        assert [f.note for f in found[1].verdict.findings if f.area == "zone"] == ["entered by need"]

    def test_a_margin_is_kept_off_areas_too(self) -> None:
        zone = area(ring(20, 30, 30, 50))
        found = of.candidates(of.great_circle((10, 40), (40, 42)), self.NOBODYS, avoid=[zone], margin_km=50.0)
        (finding,) = found[1].verdict.findings
        assert finding.closest_km is not None
        assert 50.0 <= finding.closest_km < 51.0


class TestCommandLine:
    def test_check_names_the_area(self, file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
        name = file(feature(polygon(ring(20, 45, 30, 55)), name="Zone A"))
        status, out, _ = run(capsys, "check", "VKO", "BUD", "--avoid", f"POL | {name}", "--on", str(DAY), "-f", "json")
        found = json.loads(out)
        assert status == 1
        assert found["areas"][0]["area"] == "Zone A"
        route = found["routes"][0]
        assert [(a["area"], a["forbidden_by"]) for a in route["areas"]] == [("Zone A", [f"POL | {name}"])]
        assert [f["area"] for f in route["verdict"]["findings"] if f["state"] is None] == ["Zone A"]
        # crossings in states are what they are without the area
        _, out, _ = run(capsys, "check", "VKO", "BUD", "--avoid", "POL", "--on", str(DAY), "-f", "json")
        assert json.loads(out)["routes"][0]["crossings"] == route["crossings"]

    def test_tables_have_a_row_for_each_crossing_in_an_area(
        self, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        name = file(polygon(ring(20, 45, 30, 55)))
        _, out, _ = run(capsys, "check", "VKO", "BUD", "--avoid", name, "--on", str(DAY), "-f", "csv")
        last = list(csv.DictReader(io.StringIO(out)))[-1]
        assert (last["name"], last["role"], last["forbidden_by"]) == ("zone", "area, overflight", name)

    def test_hostile_files_end_in_one_line(self, file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
        for data in ('{"type": "Polygon", "coordinates": [[[0, NaN]]]}', polygon(ring(170, 0, -170, 9)), "", "\x00"):
            status, out, err = run(capsys, "check", "VKO", "BUD", "--avoid", file(data))
            assert (status, out, err.count("\n")) == (2, "", 1)

    def test_a_proposal_finds_the_areas_beside_it(
        self, file: Callable[..., str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir("/")
        file(polygon(ring(20, 45, 30, 55)))
        text = 'name = "x"\non = 2025-10-23\nwaypoints = ["VKO", "BUD"]\navoid = ["zone.geojson"]\nexpect = "crosses"\n'
        status, out, _ = run(capsys, "check", file(text, "x.route.toml"), "-f", "json")
        assert status == 1
        assert json.loads(out)["routes"][0]["as_expected"] is True


class TestMap:
    def test_the_legend_of_a_rule_that_is_an_area_has_the_area_and_no_state(self) -> None:
        pytest.importorskip("matplotlib")
        from overflight.maps.keys import legend_of

        world = make_world({"AAA": shapely.box(8, 8, 22, 22), "BBB": shapely.box(40, 0, 50, 9)})
        zone = area([[10, 10], [20, 10], [20, 20], [10, 20], [10, 10]])
        across = of.great_circle((5, 15), (25, 15))
        told = {}
        for name, avoid in (("area", [zone]), ("state", ["AAA"])):
            verdict = of.check(across, world, rules=[of.Avoid(avoid, name="rule")], on=DAY)
            told[name] = {words for _, words in legend_of(of.draw(world, verdict, on=DAY, avoid=avoid).scene, 500.0)}
        assert {"Area of the rule", "Forbidden stretch"} <= told["area"]
        assert not {"Entered, forbidden", "Its entry and exit"} & told["area"]
        assert {"Entered, forbidden", "Its entry and exit"} <= told["state"]

    def test_areas_are_drawn_and_what_closes_an_end_off_is_marked(self) -> None:
        box = shapely.box
        world = make_world({"AAA": box(0, 0, 15, 30) - box(10, 10, 15, 20), "BBB": box(60, 0, 70, 9)})
        rest = area([[15, 0], [30, 0], [30, 30], [15, 30], [15, 20], [20, 20], [20, 10], [15, 10], [15, 0]])
        found = of.candidates(of.great_circle((15, 15), (50, 15)), world, avoid=["AAA", "BBB", rest])
        scene = of.draw(world, found, on=DAY, avoid=["AAA", "BBB", rest]).scene
        marks = {
            piece["name"]: {key for key in ("area", "barrier", "member") if key in piece} for piece in scene["pieces"]
        }
        assert marks == {"AAA": {"barrier", "member"}, "zone": {"area", "barrier", "member"}, "BBB": {"member"}}
        assert scene["headline"] == (
            "Every way from 15,15 to 15,50 enters a state or area to avoid. Least detour: through AAA, +52.9 %."
        )
        assert scene["finding"].startswith("AAA and the area zone form a closed ring between 15,15 and 15,50.")
        assert scene["rule"]["states"] == 2
        direct = scene["routes"][0]
        assert direct["crossed"] == ["zone"]


def test_no_border_is_nearer_to_a_cell_than_its_grid_says() -> None:
    """The engine leaps over cells without borders by what the grid says: too far would lose a crossing."""
    shapes = (area(ring(170, 40, 190, 66)), area([[20, 45], [30, 45], [32, 52], [20, 45]], name="small"))
    geod = pyproj.Geod(ellps="WGS84")
    borders = np.vstack([shapely.get_coordinates(shapely.segmentize(a.shape, 0.05)) for a in shapes])
    random_ = random.Random(5)  # noqa: S311 - a test's choice of cells
    for world in (partition(shapes), overlay(make_world({"ZZZ": shapely.box(100, -60, 101, -59)}), shapes)):
        index = world.index
        for cell in random_.sample(range(index.n_cols * index.n_rows), 60):
            row, col = divmod(cell, index.n_cols)
            west, south = col * index.cell_deg - 180.0, row * index.cell_deg - 90.0
            for lon, lat in ((west, south), (west + index.cell_deg, south + index.cell_deg)):
                many = np.full(len(borders), lon), np.full(len(borders), lat)
                nearest_m = float(np.min(geod.inv(*many, *borders.T)[2]))
                assert index.cell_jump[cell] * 100.0 <= nearest_m
