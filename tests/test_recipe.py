"""The mechanisms of the data recipe, on worlds small enough to see through."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from geodata.beyond import Row, broad, shared_out
from geodata.correction import NOBODY, flag, unzoned
from geodata.kinds import KINDS, drawn_kinds, kinds_of_arcs
from geodata.land import belt_about, lacking
from geodata.shapes import cut_along, geodesic_buffer, grown_by_latitude, nearest_split
from geodata.simplify import simplified
from geodata.sources import Inputs
from geodata.stretches import Line, by_stretch
from geodata.waters import BEYOND
from geodata.winds import file_of_deb
from overflight.partition.arcs import Arcs, Part
from overflight.partition.index import PER_DEG
from overflight.partition.topology import arrange, make_arcs, noded_edges, ring_edges

GEOD = pyproj.Geod(ellps="WGS84")


def arcs_of(polygons: list[shapely.Polygon], lines: tuple[shapely.Geometry, ...] = ()) -> Arcs:
    """Arrange polygons; piece k + 1 is polygon k."""
    faces = arrange(noded_edges(ring_edges(polygons), list(lines)))
    inside = shapely.point_on_surface(faces.polygons)
    piece = np.zeros(len(inside) + 1, int)
    for k, polygon in enumerate(polygons):
        piece[:-1][shapely.within(inside, polygon)] = k + 1
    return make_arcs(faces.edges, piece[faces.left], piece[faces.right])


def sides(arcs: Arcs) -> list[tuple[int, int]]:
    return sorted(zip(arcs.left.tolist(), arcs.right.tolist(), strict=True))


def test_two_neighbours_share_one_arc() -> None:
    arcs = arcs_of([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    assert sides(arcs) == [(0, 1), (0, 2), (1, 2)]
    shared = int(np.flatnonzero((arcs.left == 1) & (arcs.right == 2))[0])
    xy = arcs.xy[arcs.start[shared] : arcs.start[shared + 1]]
    assert xy.tolist() == [[PER_DEG, 0], [PER_DEG, PER_DEG]]  # walked north, the western square is on the left


def test_an_enclave_is_a_ring_between_two_pieces() -> None:
    arcs = arcs_of([shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)), shapely.box(1, 1, 2, 2)])
    assert sides(arcs) == [(0, 1), (1, 2)]


def test_a_border_inside_one_piece_vanishes() -> None:
    faces = arrange(ring_edges([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    piece = np.array([1, 1, 0])
    arcs = make_arcs(faces.edges, piece[faces.left], piece[faces.right])
    assert sides(arcs) == [(0, 1)]


def test_a_new_line_splits_edges_where_it_meets_them() -> None:
    square = shapely.box(0, 0, 2, 2)
    faces = arrange(noded_edges(ring_edges([square]), [shapely.LineString([(-1, 1), (3, 1)])]))
    assert sorted(shapely.area(faces.polygons)) == [2.0, 2.0]


def test_a_piece_on_both_sides_of_180_has_no_border_there_and_two_states_do() -> None:
    east, west = shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -179, 1)
    other = shapely.box(-180, 1, -179, 2)
    faces = arrange(ring_edges([east, west, other]))
    inside = shapely.point_on_surface(faces.polygons)
    piece = np.array([2 if shapely.within(p, other) else 1 for p in inside] + [0])
    arcs = make_arcs(faces.edges, piece[faces.left], piece[faces.right])
    on_seam = [
        (int(arcs.left[k]), int(arcs.right[k]), arcs.xy[a:b].tolist())
        for k, (a, b) in enumerate(zip(arcs.start[:-1], arcs.start[1:], strict=True))
        if (np.abs(arcs.xy[a:b, 0]) == 180 * PER_DEG).all()
    ]
    assert on_seam == [(0, 2, [[180 * PER_DEG, PER_DEG], [180 * PER_DEG, 2 * PER_DEG]])]


def wiggle(n: int, height_deg: float, seed: int = 1) -> np.ndarray:
    x = np.linspace(0, 1, n)
    return np.column_stack([x, np.random.default_rng(seed).uniform(-height_deg, height_deg, n)])


def test_no_dropped_point_is_farther_from_its_new_edge_than_the_tolerance() -> None:
    line = wiggle(2001, 0.0004)
    polygon = shapely.Polygon([*line, (1, 1), (0, 1)])
    arcs = arcs_of([polygon])
    thin, shift_m = simplified(arcs, tolerance_m=30.0)
    assert len(thin.xy) < len(arcs.xy)
    assert 0 < shift_m <= 30.0
    new = shapely.LineString(thin.xy / PER_DEG)
    assert max(shapely.distance(new, shapely.points(line))) * 111_320 <= 30.5


def test_simplified_borders_never_cross_each_other() -> None:
    """Two winding banks of a narrow channel, which plain simplification would tangle."""
    spine = wiggle(400, 0.002)
    half_width = np.array([0, 0.0001])
    low, high = spine - half_width, spine + half_width
    south = shapely.Polygon([*low, (1, -1), (0, -1)])
    north = shapely.Polygon([*high, (1, 1), (0, 1)])
    assert not south.intersects(north)
    thin, _ = simplified(arcs_of([south, north]), tolerance_m=150.0)
    lines = [shapely.LineString(thin.xy[a:b]) for a, b in zip(thin.start[:-1], thin.start[1:], strict=True)]
    assert all(line.is_simple for line in lines)
    assert not any(lines[i].crosses(lines[j]) for i in range(len(lines)) for j in range(i))


def test_a_tiny_ring_keeps_an_area() -> None:
    tiny = shapely.Point(5, 5).buffer(0.00005)
    thin, _ = simplified(arcs_of([tiny]), tolerance_m=30.0)
    assert shapely.Polygon(thin.xy / PER_DEG).area > 0


def test_a_geodesic_buffer_reaches_the_distance_on_the_ellipsoid() -> None:
    island = shapely.Point(25.0, 60.0).buffer(0.0001)
    grown = geodesic_buffer(island, 12 * 1852.0)
    for azimuth in range(0, 360, 45):
        for distance, inside in ((12 * 1852.0 - 15, True), (12 * 1852.0 + 30, False)):
            lon, lat, _ = GEOD.fwd(25.0, 60.0, azimuth, distance)
            assert grown.contains(shapely.Point(lon, lat)) is inside


def test_what_two_coasts_reach_is_split_by_the_nearer_one() -> None:
    region = shapely.box(0.0, -0.02, 0.1, 0.02)
    west, east = shapely.box(-0.1, -0.1, 0.0, 0.1), shapely.box(0.1, -0.1, 0.2, 0.1)
    mine = nearest_split(region, west, east)
    assert mine.bounds == pytest.approx((0.0, -0.02, 0.05, 0.02), abs=1e-4)


def test_a_coast_beyond_the_reach_does_not_count() -> None:
    """The eastern coast lies 10 NM from a region that is nearer to it from 0.185 degrees on."""
    region = shapely.box(0.0, -0.02, 0.2, 0.02)
    west, east = shapely.box(-0.1, -0.1, 0.0, 0.1), shapely.box(0.37, -0.1, 0.5, 0.1)
    assert nearest_split(region, west, east, reach_nm=13.0).bounds[2] == pytest.approx(0.185, abs=1e-3)
    assert nearest_split(region, west, east, reach_nm=8.0).bounds[2] == pytest.approx(0.2, abs=1e-4)


def test_a_patch_drawn_by_other_hands_leaves_no_sliver_along_the_rim() -> None:
    zone = shapely.segmentize(shapely.box(0, 0, 10, 10), 0.01)
    patch = shapely.box(-0.0005, -0.0004, 3, 10.0007)  # its own idea of the western border
    part = cut_along(zone, patch)
    assert part.bounds == pytest.approx((0, 0, 3, 10), abs=0.011)
    rest = zone.difference(part)
    assert rest.geom_type == "Polygon"
    assert rest.bounds[0] > 2.99


def test_a_limit_drawn_on_a_mercator_map_grows_to_its_true_breadth() -> None:
    """Six nautical miles times the cosine of the latitude, and what lacks of six."""
    rock = shapely.Point(25.0, 38.0).buffer(1e-6)
    drawn = geodesic_buffer(rock, 6 * 1852 * np.cos(np.radians(38.0)))
    grown = grown_by_latitude(drawn.boundary, lambda lat: 6 * 1852 * (1 - float(np.cos(np.radians(lat)))))
    for azimuth in range(0, 360, 30):
        for distance, inside in ((6 * 1852 - 60, True), (6 * 1852 + 60, False)):
            lon, lat, _ = GEOD.fwd(25.0, 38.0, azimuth, distance)
            assert shapely.union(drawn, grown).contains(shapely.Point(lon, lat)) is inside


def test_an_arc_has_one_kind_and_drawn_lines_keep_theirs() -> None:
    """A line drawn across a square: its two halves meet there at a disputed line, and elsewhere at limits."""
    square = shapely.box(0, 0, 2, 2)
    half = shapely.box(0, 0, 1, 2)
    base = ring_edges([square])
    faces = arrange(noded_edges(base, [half.boundary]))
    inside = shapely.point_on_surface(faces.polygons)
    piece = np.array([1 if shapely.within(p, half) else 2 for p in inside] + [0])
    line = shapely.box(1, -1, 2, 3)  # its western side runs through the square, its eastern along the square's own
    drawn = drawn_kinds(faces.edges, {"disputed": [line]}, base)
    arcs = make_arcs(faces.edges, piece[faces.left], piece[faces.right], drawn)
    kinds = kinds_of_arcs(arcs.kind, arcs.left, arcs.right)
    assert sorted(zip(arcs.left.tolist(), arcs.right.tolist(), kinds.tolist(), strict=True)) == [
        (0, 1, 1),
        (0, 2, 1),
        (1, 2, list(KINDS).index("disputed")),
    ]


def line_of(*points: tuple[float, float]) -> Line:
    xy = np.array(points)
    return Line(np.hstack([xy[:-1], xy[1:]]))


FAR = line_of((100.0, 0.0), (100.0, 1.0))


def one_arc(xy: np.ndarray, *, right: int = 2, kind: int = 0) -> Arcs:
    grid = np.rint(np.asarray(xy) * PER_DEG).astype(np.int32)
    return Arcs.joined([Part(0, grid, 1, right, kind=kind)])


def test_a_stretch_is_known_as_well_as_what_confirms_it_and_no_better_than_the_best_class() -> None:
    """Along the equator, an older edition that runs with a border for 100 km, and 300 m off it for the next 100."""
    xy = np.column_stack([np.linspace(0.0, 1.8, 181), np.zeros(181)])
    older = line_of((0.0, 0.0), (0.9, 0.0), (0.9, 300 / 111_200), (1.8, 300 / 111_200))
    cut = by_stretch(one_arc(xy), older, FAR, shift_m=20.0)
    assert cut.accuracy_m.tolist() == [100, 500]
    joint = cut.xy[cut.start[1]]
    assert joint.tolist() == cut.xy[cut.start[1] - 1].tolist()
    assert joint[0] / PER_DEG == pytest.approx(0.9, abs=0.02)
    assert (cut.left.tolist(), cut.right.tolist(), cut.kind.tolist()) == ([1, 1], [2, 2], [0, 0])
    assert np.vstack([cut.xy[: cut.start[1]], cut.xy[cut.start[1] + 1 :]]).tolist() == one_arc(xy).xy.tolist()


@pytest.mark.parametrize(("off_m", "stated"), [(70, 100), (90, 250), (2400, 2500), (4000, 5000), (60_000, 5000)])
def test_the_stated_accuracy_holds_the_difference_and_the_simplification(off_m: float, stated: int) -> None:
    xy = np.column_stack([np.linspace(0.0, 0.2, 21), np.zeros(21)])
    older = line_of((-1.0, off_m / 111_200), (1.2, off_m / 111_200))
    cut = by_stretch(one_arc(xy), older, FAR, shift_m=20.0)
    assert cut.accuracy_m.tolist() == [stated]


@pytest.mark.parametrize(("kind", "stated"), [(1, 100), (0, 5000)])
def test_a_limit_at_sea_is_confirmed_by_a_coast_twelve_miles_off_and_a_land_border_is_not(
    kind: int, stated: int
) -> None:
    _, north, _ = GEOD.fwd(10.0, 0.0, 0.0, 12 * 1852)
    xy = np.column_stack([np.linspace(10.0, 10.2, 21), np.full(21, north)])
    cut = by_stretch(one_arc(xy, right=0, kind=kind), FAR, line_of((9.0, 0.0), (11.0, 0.0)), shift_m=20.0)
    assert cut.accuracy_m.tolist() == [stated]


def test_a_kind_with_an_accuracy_of_its_own_keeps_it() -> None:
    xy = np.column_stack([np.linspace(0.0, 2.0, 201), np.zeros(201)])
    cut = by_stretch(one_arc(xy, kind=list(KINDS).index("disputed")), line_of((0, 0), (2, 0)), FAR, shift_m=20)
    assert cut.accuracy_m.tolist() == [4000]


def sidra(zone: shapely.Polygon, land: list[shapely.Polygon]) -> dict[str, shapely.Geometry]:
    """Single out what lies far from land in a zone of Libya's, with a zone of Egypt's beside it."""
    zones = {"Africa/Tripoli": shapely.MultiPolygon([zone]), "Africa/Cairo": shapely.MultiPolygon([EGYPT])}
    country = {"Africa/Tripoli": "LY", "Africa/Cairo": "EG"}
    assert BEYOND[0].layers is not None
    return BEYOND[0].layers(Inputs(zones, country, {}, {}, belt_about(land)))


EGYPT = shapely.box(22.0, 29.0, 23.0, 31.5)


def test_only_broad_waters_far_from_the_coast_are_set_apart() -> None:
    """A coast along 30 N, and a zone that reaches 1 degree out, but 0.21 degrees (12.6 NM) east of 19 E."""
    coast = shapely.box(15.0, 29.0, 22.0, 30.0)
    zone = shapely.union_all([coast, shapely.box(15, 30, 19, 31), shapely.box(19, 30, 22, 30.21)])
    (far,) = sidra(zone, [coast]).values()
    assert shapely.contains_xy(far, [17, 17, 17], [30.15, 30.25, 30.9]).tolist() == [False, True, True]
    assert not shapely.contains_xy(far, 20, 30.205)
    assert BEYOND[0].label(frozenset({"beyond 12 NM: waters-lby", "Africa/Tripoli"})) == "LBY/waters-lby"
    assert BEYOND[0].label(frozenset({"Africa/Tripoli"})) is None


def test_what_two_zones_cover_is_not_set_apart() -> None:
    coast = shapely.box(15.0, 29.0, 22.0, 30.0)
    zone = shapely.union_all([coast, shapely.box(15, 30, 23, 31)])
    (far,) = sidra(zone, [coast]).values()
    assert shapely.contains_xy(far, [21.5, 22.5], 30.8).tolist() == [True, False]


def test_the_belt_and_what_lies_beyond_make_up_the_sea() -> None:
    """12 NM and 1 km by geodesics, about islets on the equator and beside 180 degrees."""
    islets = [shapely.Point(lon, lat).buffer(5e-4) for lon, lat in ((179.9, 60.0), (10.0, 0.0))]
    belt = belt_about(islets)
    for islet in islets:
        for azimuth in (0, 90, 200):
            for metres, near in ((12 * 1852 + 1000 - 200, True), (12 * 1852 + 1000 + 200, False)):
                lon, lat, _ = GEOD.fwd(islet.centroid.x, islet.centroid.y, azimuth, metres)
                assert shapely.contains_xy(belt.tiles, lon, lat).any() == near, (azimuth, metres)
    sea = shapely.box(9.0, -1.0, 11.0, 1.0)
    within = shapely.intersection(sea, shapely.union_all(belt.tiles))
    assert belt.beyond(sea).area + within.area == pytest.approx(sea.area, rel=1e-6)


def test_a_part_that_a_rock_may_have_is_left_out() -> None:
    """A circle of 12 NM about a rock that no map has; and one of 20 NM."""
    rock, gulf = (shapely.Point(0.0, 0.0).buffer(nm / 60.0) for nm in (12.5, 20.0))
    assert broad(rock).is_empty
    assert shapely.contains_xy(broad(gulf), 0.0, 0.0)


def test_rows_share_out_what_lies_far_from_land_in_turn() -> None:
    sea = shapely.box(0, 0, 10, 10)
    rows = [Row("AAA", "bay", "", (0, 0, 3, 10)), Row("AAA", "strait", "waters-aaa", (0, 0, 5, 10))]
    parts = dict(shared_out(sea, [*rows, Row("AAA", "coasts", "waters-bbb", None)]))
    assert [part.bounds for part in parts.values()] == [(0, 0, 3, 10), (3, 0, 5, 10), (5, 0, 10, 10)]


def test_land_that_another_map_has_alone_is_taken_from_it() -> None:
    ours, theirs = [shapely.box(0, 0, 1, 1)], [shapely.box(0, 0, 1.2, 1), shapely.box(5, 5, 6, 6)]
    (more,) = lacking(np.array(ours, dtype=object), np.array(theirs, dtype=object))
    assert more.bounds == (5, 5, 6, 6)


def test_a_flag_takes_only_what_its_zone_covers_and_a_pocket_only_what_no_zone_does() -> None:
    apart = flag("0", "a part", "a source", "karki", {"Asia/Yerevan": "AZE/exclaves"})
    assert apart.label(frozenset({"region karki", "Asia/Yerevan"})) == "AZE/exclaves"
    assert apart.label(frozenset({"region karki", "Asia/Baku"})) is None
    pocket = unzoned("region azov", NOBODY)
    assert pocket(frozenset({"region azov", "region other"})) == NOBODY
    assert pocket(frozenset({"region azov", "Europe/Kyiv"})) is None


def test_the_nearest_edge_is_found_across_180_degrees() -> None:
    line = line_of((179.99, 10.0), (179.99, 11.0))
    off, edge = line.nearest(np.array([[-179.99, 10.5]]))
    assert off[0] == pytest.approx(GEOD.inv(-179.99, 10.5, 179.99, 10.5)[2], rel=0.01)
    assert edge.tolist() == [0]


def test_a_file_of_a_debian_package_is_read_whole_whatever_stands_before_it(tmp_path: Path) -> None:
    kept = b"what is wanted"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        for name, content in (("./usr/other", b"not this"), ("./usr/wanted", kept)):
            head = tarfile.TarInfo(name)
            head.size = len(content)
            tar.addfile(head, io.BytesIO(content))
    raw = b"!<arch>\n"
    for name, content in (("debian-binary", b"2.0"), ("control.tar.xz", b""), ("data.tar.xz", packed.getvalue())):
        raw += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        raw += b"\n" * (len(content) % 2)
    package = tmp_path / "some_1.0_all.deb"
    package.write_bytes(raw)
    assert file_of_deb(package, "./usr/wanted") == kept


def test_the_shipped_winds_are_as_large_as_the_manifest_says() -> None:
    data = Path(__file__).parents[1] / "src" / "overflight" / "data"
    winds = json.loads((data / "manifest.json").read_text(encoding="utf-8"))["winds"]
    assert 2 * np.prod(winds["shape"]) == winds["bytes"] == (data / "winds.bin").stat().st_size
    rows = np.degrees(np.arcsin(np.polynomial.legendre.leggauss(winds["shape"][2])[0]))
    assert winds["latitudes_deg"] == pytest.approx(rows, abs=1e-4)  # a Gaussian grid is the roots of a polynomial
