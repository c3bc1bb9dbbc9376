"""The quick part of the audit: what can be measured on the shipped data alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from geodata import checks
from geodata.kinds import KINDS
from geodata.sources import COPIED, read_pins
from geodata.tables import read_rows
from overflight.partition.polygons import piece_polygons

WORLD = of.load_airspaces()
POLYGONS = piece_polygons(WORLD.index)
TOPOLOGY = checks.topology(WORLD, POLYGONS)
GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize("place", checks.check_points(WORLD), ids=lambda p: p.name.replace(" ", "-"))
def test_a_place_belongs_to_whom_it_should_and_says_whether_it_is_in_dispute(place: checks.Place) -> None:
    assert (place.found, place.says_disputed) == (place.expected, place.disputed)


def test_the_count_of_icc_parties_is_right_on_ten_dates() -> None:
    assert checks.icc_counts() == checks.ICC_COUNTS
    assert len(checks.ICC_COUNTS) == 10


@pytest.mark.parametrize("name", checks.CORRIDORS)
def test_a_free_corridor_has_its_stated_width(name: str) -> None:
    corridor = checks.CORRIDORS[name]
    km, _ = checks.corridor_km(WORLD, POLYGONS, corridor)
    assert corridor.least_km <= km <= corridor.least_km + 1.5


def test_every_enclave_is_a_hole_of_the_state_around_it() -> None:
    assert checks.enclave_errors(WORLD, POLYGONS) == []


def test_no_piece_is_invalid_overlaps_another_or_leaves_the_world() -> None:
    assert (TOPOLOGY.invalid, TOPOLOGY.overlap_km2, TOPOLOGY.beyond_world) == (0, 0, 0)


def test_narrow_parts_are_those_of_the_base_layer_and_together_next_to_nothing() -> None:
    """River islets, rocks, parcels at Baarle: no drawn line of a dispute leaves a sliver."""
    drawn = {p.id for p in WORLD.pieces if p.disputed and p.territory not in {"TWN", "XXX"}}
    assert not [s for s in TOPOLOGY.slivers if s.piece in drawn]
    assert sum(s.km2 for s in TOPOLOGY.slivers) < 0.1


def test_gaps_on_land_between_states_are_few_and_known() -> None:
    """What nobody holds and states close in is sea, or the banks of the Danube, or under 2 hectares."""
    land_gaps = [p for p in TOPOLOGY.pockets if p[2] < 0.02]
    assert sum(area for *_, area in land_gaps) < 0.05


def test_pieces_cover_no_more_than_the_earth_and_the_poles_are_nobodys() -> None:
    total = sum(abs(GEOD.geometry_area_perimeter(p)[0]) for p in POLYGONS.values()) / 1e6
    assert 155e6 < total < 175e6  # 135 million km2 of land without Antarctica, and the territorial seas


def test_all_but_a_handful_of_the_worlds_airports_lie_in_the_state_that_their_table_names() -> None:
    count, wrong = checks.misplaced_airports(WORLD)
    assert count > 32_000
    assert len(wrong) <= 20, wrong


def test_every_arc_has_a_kind_and_an_accuracy_that_the_manifest_sums_up() -> None:
    arcs, accuracy = checks.stored_arcs(WORLD), np.asarray(WORLD.index.arc_accuracy)
    stated = WORLD.manifest["accuracy"]
    assert [row["kind"] for row in stated] == list(KINDS)
    assert len(arcs.kind) == len(accuracy) == len(arcs.left)
    for number, row in enumerate(stated):
        found = {str(m) for m in np.unique(accuracy[arcs.kind == number])}
        assert found == set(row["km_by_metres"]), row["kind"]
    assert accuracy.min() == WORLD.accuracy_m


def test_the_golans_line_is_of_the_disputed_kind_and_the_line_of_1974_is_not() -> None:
    arcs = checks.stored_arcs(WORLD)
    golan = next(p.id for p in WORLD.pieces if (p.disputed or "").startswith("Golan"))
    others: dict[str, set[str]] = {}
    for kind, left, right in zip(arcs.kind, arcs.left, arcs.right, strict=True):
        if golan in (left, right):
            other = WORLD.pieces[right if left == golan else left].territory
            others.setdefault(other, set()).add(WORLD.manifest["accuracy"][kind]["kind"])
    assert others["ISR"] == {"disputed"}
    assert others["SYR"] == {"border"}


def test_only_kosovos_border_with_serbia_rests_on_the_edition_of_2017() -> None:
    """Those with Albania, Montenegro and North Macedonia are the base layer's."""
    arcs, of_2017 = checks.stored_arcs(WORLD), list(KINDS).index("border of 2017")
    kosovo = next(p.id for p in WORLD.pieces if p.territory == "XKX")
    neighbours: dict[str, set[int]] = {}
    for kind, left, right in zip(arcs.kind.tolist(), arcs.left.tolist(), arcs.right.tolist(), strict=True):
        if kosovo in (left, right):
            neighbours.setdefault(WORLD.pieces[right if left == kosovo else left].territory, set()).add(kind)
    assert neighbours == {"SRB": {of_2017}, "ALB": {0}, "MKD": {0}, "MNE": {0}}


def test_well_surveyed_borders_are_stated_to_be_known_better_than_those_drawn_anew() -> None:
    arcs, accuracy = checks.stored_arcs(WORLD), np.asarray(WORLD.index.arc_accuracy)

    def stated(first: str, second: str) -> set[int]:
        of_first, of_second = (np.array([p.territory == code for p in WORLD.pieces]) for code in (first, second))
        between = (of_first[arcs.left] & of_second[arcs.right]) | (of_second[arcs.left] & of_first[arcs.right])
        return {int(m) for m in accuracy[between]}

    assert stated("AUT", "CZE") == {100}
    assert max(stated("POL", "UKR")) == 100
    assert max(stated("GAB", "COG")) == 5000


def reach_nm(territory: str, lon: float, lat: float) -> list[float]:
    """How far a territory's airspace reaches from a point, in twelve directions."""
    mine = shapely.union_all([POLYGONS[p.id] for p in WORLD.pieces if p.territory == territory and p.id in POLYGONS])
    shapely.prepare(mine)
    found = []
    for azimuth in range(0, 360, 30):
        low, high = 0.0, 60_000.0
        while high - low > 10.0:
            middle = (low + high) / 2
            x, y, _ = GEOD.fwd(lon, lat, azimuth, middle)
            low, high = (middle, high) if mine.contains(shapely.Point(x, y)) else (low, middle)
        found.append(low / 1852)
    return found


@pytest.mark.parametrize(
    ("islet", "territory", "lon", "lat", "breadth_nm"),
    [
        ("Karavi", "GRC", 23.5964, 36.7723, 6),
        ("Kalogeroi", "GRC", 25.2950, 38.1650, 6),
        ("Salas y Gómez", "CHL", -105.3625, -26.4722, 12),
        ("Taisho-to (Senkaku)", "JPN", 124.5597, 25.9222, 12),
        ("Clipperton", "CPT", -109.217, 10.303, 12),
        ("Tromelin", "ATF", 54.524, -15.892, 12),
        ("Howland", "UMI", -176.617, 0.807, 12),
        ("San Félix", "CHL", -80.095, -26.293, 12),
        ("Hormigas de Afuera", "PER", -77.783, -11.957, 12),
        ("Rockall", "GBR", -13.6873, 57.5962, 12),
    ],
)
def test_a_lone_islands_limit_is_its_territorial_sea(
    islet: str, territory: str, lon: float, lat: float, breadth_nm: float
) -> None:
    """The least quarter of the directions: elsewhere other islands may lie within twice the breadth."""
    reach = sorted(reach_nm(territory, lon, lat))
    assert reach[0] > breadth_nm - 0.2, islet
    assert reach[2] < breadth_nm + 1.2, islet


def test_the_recipes_lines_and_points_name_their_sources() -> None:
    folder = Path(checks.__file__).parent
    regions = (folder / "regions.geojson").read_text(encoding="utf-8")
    assert regions.count('"region"') == regions.count('"source"') > 15


def test_every_dispute_of_the_table_is_set_apart_and_every_part_that_says_so_is_in_it() -> None:
    rows = read_rows(Path(checks.__file__).parent / "disputes.csv")
    assert {p.disputed for p in WORLD.pieces if p.disputed} == {row["text"] for row in rows}


def test_what_a_region_was_copied_from_is_pinned() -> None:
    """A copied outline keeps the terms of its source, which the manifest passes on."""
    folder = Path(checks.__file__).parent
    regions = json.loads((folder / "regions.geojson").read_text(encoding="utf-8"))["features"]
    copied = [pin for pin in read_pins().values() if COPIED in pin["used_for"]]
    known = ("drawn by hand for this recipe", "Natural Earth, 1:10 million", "municipalities of Olivenza")
    assert all(region["properties"]["source"].startswith(known) for region in regions)
    assert {pin["attribution"] for pin in copied} == {
        "Made with Natural Earth",
        "© Instituto Geográfico Nacional de España",
    }
    shipped = {source["attribution"] for source in WORLD.manifest["sources"].values()}
    assert {pin["attribution"] for pin in copied} <= shipped


@pytest.mark.parametrize(
    ("start", "end", "part", "state"),
    [
        ((36.0, 47.0), (36.5, 48.0), "Donetsk, Luhansk", "UKR"),
        ((44.0, 9.0), (45.0, 10.0), "Somaliland", "SOM"),
        ((55.0, 25.9), (55.05, 25.8), "Abu Musa", "IRN"),
        ((-88.9, 16.3), (-88.6, 16.5), "Belize south of the Sibun", "BLZ"),
        ((33.72, 34.98), (33.74, 34.99), "Akrotiri and Dhekelia", "GBR"),
        ((18.0, 32.0), (18.5, 31.8), "Gulf of Sidra", "LBY"),
        ((-87.72, 13.08), (-87.68, 13.06), "Gulf of Fonseca", "XXX"),
        ((9.36, 0.80), (9.40, 0.82), "Mbanié", "GNQ"),
        ((45.51, 40.62), (45.52, 40.64), "Artsvashen", "ARM"),
        ((115.5, 9.8), (115.6, 9.9), "Mischief Reef", "XXX"),
    ],
)
def test_a_crossing_of_a_flagged_part_says_so_and_counts_for_its_state(
    start: tuple[float, float], end: tuple[float, float], part: str, state: str
) -> None:
    crossings = list(of.crossings(of.route(start, end), WORLD))
    assert {str(crossing.state) for crossing in crossings} == {state}
    assert any(crossing.disputed and crossing.disputed.startswith(part) for crossing in crossings)


@pytest.mark.parametrize(
    ("place", "lon", "lat", "holder"),
    [
        ("Artsvashen", 45.52, 40.64, "AZE"),
        ("Barkhudarli", 45.209, 40.995, "ARM"),
        ("Karki", 44.955, 39.787, "ARM"),
        ("Mbanié", 9.3806, 0.8108, "GAB"),
        ("Ankoko", -61.13, 6.72, "VEN"),
        ("Mischief Reef", 115.53, 9.9, "CHN"),
        ("Laayoune", -13.2, 27.1, "MAR"),
        ("Tifariti", -10.57, 26.16, "XXX"),
        ("Bender", 29.48, 46.83, "XXX"),
        ("Cocieri", 29.11, 47.3, "MDA"),
        ("Akrotiri", 32.98, 34.59, "GBR"),
    ],
)
def test_the_de_facto_view_gives_a_part_to_whom_it_is_held_by(place: str, lon: float, lat: float, holder: str) -> None:
    assert of.locate(of.load_airspaces("de-facto"), lon, lat).state == holder, place


def test_waters_held_in_common_count_for_each_of_their_claimants() -> None:
    over = of.route((-87.72, 13.08), (-87.68, 13.06))
    assert {of.check(over, WORLD, rules=[of.Avoid({s})]).status for s in ("SLV", "HND", "NIC")} == {"crosses"}


def test_what_the_united_states_call_a_minor_island_is_one() -> None:
    assert {of.locate(WORLD, *at).territory for at in ((-169.53, 16.73), (-162.08, 5.88))} == {"UMI"}


def test_what_is_near_is_judged_by_how_well_that_border_is_known() -> None:
    """Two kilometres from the Golan's line is marginal; from the border with Lebanon it is not."""
    route = of.Route((of.Waypoint(35.62, 33.10), of.Waypoint(35.62, 33.05)))
    (golan,) = of.check(route, WORLD, rules=[of.Avoid({"SYR"})]).findings
    assert golan.approach is not None
    assert 0.1 < golan.approach.km < 4
    assert (golan.status, golan.approach.accuracy_m) == ("marginal", 4000.0)
    route = of.Route((of.Waypoint(35.545, 33.15), of.Waypoint(35.545, 33.20)))
    (lebanon,) = of.check(route, WORLD, rules=[of.Avoid({"LBN"})]).findings
    assert lebanon.approach is not None
    assert 0.1 < lebanon.approach.km < 4
    assert (lebanon.status, lebanon.approach.accuracy_m) == ("clear", 250.0)
