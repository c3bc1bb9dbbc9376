"""The shipped airspace and memberships: what they hold, and that they are what the recipe made."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

import overflight as of
from geodata.checks import stored_arcs
from geodata.gridindex import nearest_borders, pack
from overflight import airspace as geodata
from overflight.airspace.blocs import blocs
from overflight.errors import DataError, UnknownStateError
from overflight.partition.grid import Shape, index_of
from overflight.partition.polygons import piece_polygons

ROOT = Path(__file__).parents[1]
WORLD = of.load_airspaces()

CHECK_POINTS = {
    "Simferopol": (34.1, 44.95, "UKR"),
    "Sevastopol": (33.52, 44.6, "UKR"),
    "Sukhumi": (41.0, 43.0, "GEO"),
    "Tskhinvali": (43.97, 42.22, "GEO"),
    "Tiraspol": (29.63, 46.84, "MDA"),
    "Pristina": (21.16, 42.66, "XKX"),
    "north Nicosia": (33.36, 35.19, "CYP"),
    "East Jerusalem": (35.2355, 31.7767, "PSE"),
    "Ramallah": (35.2, 31.9, "PSE"),
    "Gaza": (34.45, 31.5, "PSE"),
    "Laayoune": (-13.2, 27.1, "ESH"),
    "Hargeisa": (44.06, 9.56, "SOM"),
    "Taipei": (121.5, 25.03, "TWN"),
    "Guantanamo": (-75.15, 19.9, "CUB"),
    "Hanoi": (105.8, 21.0, "VNM"),
    "Kaliningrad": (20.5, 54.7, "RUS"),
    "Ceuta": (-5.3, 35.89, "ESP"),
    "Maseru": (27.5, -29.3, "LSO"),
    "San Marino": (12.45, 43.94, "SMR"),
    "Vatican": (12.4534, 41.9033, "VAT"),
    "Wrangel Island": (-179.5, 71.2, "RUS"),
    "Jan Mayen": (-8.3, 71.0, "NOR"),
    "Nuuk": (-51.7, 64.18, "DNK"),
    "McMurdo": (166.67, -77.85, None),
    "mid-Atlantic": (-40.0, 30.0, None),
    "Gulf of Finland corridor": (24.9, 59.86, None),
    "Strait of Otranto": (18.9, 40.25, None),
}


@pytest.mark.parametrize("place", CHECK_POINTS)
def test_check_points_belong_to_whom_they_should_de_jure(place: str) -> None:
    lon, lat, state = CHECK_POINTS[place]
    assert of.locate(WORLD, lon, lat).state == state


@pytest.mark.parametrize("place", ["Simferopol", "Sukhumi", "Pristina", "East Jerusalem", "Guantanamo", "Taipei"])
def test_disputed_places_say_so(place: str) -> None:
    lon, lat, _ = CHECK_POINTS[place]
    assert of.locate(WORLD, lon, lat).disputed


def test_a_territory_keeps_its_code_and_names_its_state() -> None:
    piece = of.locate(WORLD, -51.7, 64.18)
    assert (piece.territory, piece.territory_name, piece.state) == ("GRL", "Greenland", "DNK")


def test_the_aegean_limit_is_six_nautical_miles() -> None:
    """About a lone islet the limit is a circle of 6 NM, the islet's own size added."""
    geod = pyproj.Geod(ellps="WGS84")
    polygons = piece_polygons(WORLD.index, bounds=(22.0, 34.0, 28.0, 40.0))
    greece = next(polygons[p.id] for p in WORLD.pieces if p.territory == "GRC")
    # Falkonera, an islet of its own between Milos and Monemvasia: its territorial sea is all but a circle about it.
    lon, lat = 23.888, 36.842
    reach = []
    for azimuth in range(0, 360, 30):
        low, high = 0.0, 20_000.0
        while high - low > 10.0:
            middle = (low + high) / 2
            x, y, _ = geod.fwd(lon, lat, azimuth, middle)
            low, high = (middle, high) if greece.contains(shapely.Point(x, y)) else (low, middle)
        reach.append(low)
    assert min(reach) > 6 * 1852 - 600
    assert 6 * 1852 < sum(reach) / len(reach) < 6.8 * 1852


@pytest.mark.parametrize(
    ("state", "date", "member"),
    [
        ("HUN", "2025-10-23", True),
        ("HUN", "2026-06-02", True),
        ("HUN", "2026-11-20", True),
        ("UKR", "2024-12-31", False),
        ("UKR", "2025-01-01", True),
        ("POL", "2025-10-23", True),
        ("ARM", "2024-01-31", False),
        ("ARM", "2024-02-01", True),
        ("BDI", "2017-10-26", True),
        ("BDI", "2017-10-27", False),
        ("PHL", "2019-03-16", True),
        ("PHL", "2019-03-17", False),
        ("RUS", "2025-10-23", False),
        ("SRB", "2025-10-23", True),
        ("XKX", "2025-10-23", False),
    ],
)
def test_membership_of_the_icc_depends_on_the_date(state: str, date: str, member: bool) -> None:
    assert (state in of.bloc("icc").on(dt.date.fromisoformat(date))) is member


@pytest.mark.parametrize(
    ("date", "count"),
    [
        ("2002-06-30", 0),
        ("2017-10-26", 124),
        ("2017-10-27", 123),
        ("2019-03-17", 122),
        ("2020-02-01", 123),
        ("2024-02-01", 124),
        ("2025-01-01", 125),
        ("2026-11-20", 125),
        ("2027-08-01", 120),
    ],
)
def test_the_count_of_icc_parties_is_known_on_these_dates(date: str, count: int) -> None:
    assert len(of.bloc("icc").on(dt.date.fromisoformat(date))) == count


def test_hungarys_withdrawal_and_its_revocation_are_recorded() -> None:
    (hungary,) = [m for m in of.bloc("icc").members if m.state == "HUN"]
    assert hungary.until is None
    assert hungary.withdrawal_notified == dt.date(2025, 6, 2)
    assert hungary.withdrawal_revoked == dt.date(2026, 5, 29)


def test_every_member_of_a_bloc_has_airspace_and_a_source() -> None:
    for name in blocs():
        for member in of.bloc(name).members:
            assert member.state in WORLD.states
            assert member.source


def test_a_state_is_found_by_code_and_by_name_in_any_case() -> None:
    assert WORLD.state("pol") == WORLD.state("Poland") == "POL"


def test_an_unknown_state_names_its_nearest_matches() -> None:
    with pytest.raises(UnknownStateError, match=r"did you mean POL \(Poland\)"):
        WORLD.state("Polland")


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("POK", "POL (Poland)"),
        ("OPL", "POL (Poland)"),
        ("GER", "DEU (Germany)"),
        ("Northern Cyprus", "CYP (Cyprus)"),
        ("Sahara", "ESH (Western Sahara)"),
        ("Phillipines", "PHL (Philippines)"),
    ],
)
def test_a_guess_is_likely(text: str, likely: str) -> None:
    with pytest.raises(UnknownStateError) as caught:
        WORLD.state(text)
    assert f"did you mean {likely}" in str(caught.value)


def test_what_no_state_is_called_is_refused_at_once_however_long() -> None:
    begun = time.process_time()
    for text in ("a" * 200_000, "POL - " * 30_000, "Republic of " * 20_000):
        with pytest.raises(UnknownStateError) as caught:
            WORLD.state(text)
        assert len(str(caught.value)) < 200
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("text", ["JTN", "XXQ", "Transnistria", "Crimea"])
def test_nobody_is_guessed_who_is_not_likely(text: str) -> None:
    with pytest.raises(UnknownStateError, match="use its ISO alpha-3 code"):
        WORLD.state(text)


def test_an_unknown_bloc_names_those_there_are() -> None:
    with pytest.raises(UnknownStateError, match="icc"):
        of.bloc("icd")


def test_installed_files_have_the_hashes_of_the_manifest_and_stay_small() -> None:
    size = 0
    for name, expected in WORLD.manifest["sha256"].items():
        raw = (geodata.DATA / name).read_bytes()
        size += len(raw)
        assert hashlib.sha256(raw).hexdigest() == expected, name
    assert size < 25_000_000


def test_simplification_moved_no_border_by_more_than_thirty_metres() -> None:
    assert 0 < WORLD.manifest["simplification"]["max_shift_m"] <= 30


def test_tables_are_those_of_the_recipe() -> None:
    """Whoever edits a table must rebuild the data."""
    for table in (ROOT / "geodata" / "blocs").glob("*.csv"):
        assert (geodata.DATA / "blocs" / table.name).read_bytes() == table.read_bytes()
    with (ROOT / "geodata" / "disputes.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["text"] for row in csv.DictReader(file)}
    assert {p.disputed for p in WORLD.pieces if p.disputed} <= texts


def test_the_borders_of_every_piece_close() -> None:
    """At every end of an arc as many borders of a piece leave as arrive, counted with the piece on the left."""
    ix = WORLD.index
    balance: dict[tuple[int, int, int], int] = {}
    for arc in range(len(ix.arc_left)):
        first, last = ix.arc_start[arc], ix.arc_start[arc + 1] - 1
        for piece, sign in ((ix.arc_left[arc], 1), (ix.arc_right[arc], -1)):
            for vertex, way in ((first, sign), (last, -sign)):
                lon, lat = ix.vertices[2 * vertex], ix.vertices[2 * vertex + 1]
                key = (piece, lon, lat)
                balance[key] = balance.get(key, 0) + way
    seam = 180 * 10**7
    open_ends = {key for key, value in balance.items() if value and abs(key[1]) != seam}
    assert not open_ends


def test_the_pieces_are_valid_polygons_that_do_not_overlap() -> None:
    polygons = piece_polygons(WORLD.index)
    assert all(p.is_valid for p in polygons.values())
    assert shapely.coverage_is_valid(list(polygons.values()))


@pytest.mark.slow
def test_cells_without_edges_are_labelled_as_the_polygons_say_and_jump_no_farther_than_the_nearest_border() -> None:
    ix = WORLD.index
    rng = random.Random(7)  # noqa: S311 - a sample, not a secret
    empty = [c for c in rng.sample(range(len(ix.cell_piece)), 4000) if ix.cell_piece[c] >= 0]
    polygons = piece_polygons(WORLD.index)
    tree = shapely.STRtree(list(polygons.values()))
    ids = list(polygons)
    borders = [shapely.linestrings(line) for line in _arc_lines()]
    border_tree = shapely.STRtree(borders)
    geod = pyproj.Geod(ellps="WGS84")
    for cell in empty:
        lon = (cell % ix.n_cols + rng.random()) * ix.cell_deg - 180
        lat = (cell // ix.n_cols + rng.random()) * ix.cell_deg - 90
        point = shapely.Point(lon, lat)
        inside = [ids[k] for k in tree.query(point, predicate="within")]
        assert (inside or [0]) == [ix.cell_piece[cell]]
        border = borders[border_tree.nearest(point)]
        near = border.interpolate(border.project(point))
        assert geod.inv(lon, lat, near.x, near.y)[2] >= ix.cell_jump[cell] * 100


@pytest.mark.slow
def test_the_shipped_file_is_what_the_grid_builder_makes_of_its_own_arcs_bit_by_bit() -> None:
    """How far a cell is from all borders takes the recipe half a minute; of that, 20,000 cells are compared."""
    arcs = stored_arcs(WORLD)
    shipped = np.asarray(WORLD.index.cell_jump)
    made = index_of(arcs, WORLD.index.cell_deg, jumps=lambda *_: shipped)
    blob, specs = pack(made, arcs.kind)
    assert blob == (geodata.DATA / "airspace.bin").read_bytes()
    assert specs == WORLD.manifest["arrays"]
    empty = np.asarray(made.cell_piece) >= 0
    chosen = np.zeros(len(empty), np.bool_)
    chosen[np.random.default_rng(3).choice(np.flatnonzero(empty), 20_000, replace=False)] = True
    jumps = nearest_borders(arcs, Shape(made.cell_deg, made.n_cols, made.n_rows), chosen)
    assert (jumps[chosen] == shipped[chosen]).all()


def _arc_lines() -> list[list[tuple[float, float]]]:
    ix = WORLD.index
    lines = []
    for arc in range(len(ix.arc_left)):
        span = range(ix.arc_start[arc], ix.arc_start[arc + 1])
        lines.append([(ix.vertices[2 * v] / 1e7, ix.vertices[2 * v + 1] / 1e7) for v in span])
    return lines


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    for name in ("manifest.json", "pieces.csv"):
        (tmp_path / name).write_bytes((geodata.DATA / name).read_bytes())
    (tmp_path / "airspace.bin").write_bytes(b"short")
    with pytest.raises(DataError, match="reinstall overflight"):
        geodata._load(tmp_path)


def test_importing_and_loading_needs_no_array_or_geometry_library() -> None:
    code = (
        "import sys, datetime as dt, overflight as of; of.load_airspaces(on=dt.date(2006, 1, 1)); of.bloc('icc')\n"
        "print(*sorted({'numpy', 'shapely', 'pyproj', 'geopandas', 'pandas', 'folium'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert out.stdout.strip() == ""
