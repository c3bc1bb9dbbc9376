"""What of a crossing lies beyond 12 NM of any land says so, in every output alike; what others dispute is flagged."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import shapely

import overflight as of
from overflight._crossings import Crossing
from overflight._crossings.waters import Stay, stays_in_waters
from overflight.airspace.states import DATA, table_rows
from overflight.airspace.waters import ANYWHERE, Beyond, waters_beyond
from overflight.batch import judge
from overflight.maps.lines import lines_of
from overflight.proposals import read_proposals
from overflight.proposals.briefing import briefings
from overflight.routes.places import airports
from tests.batches import pairs, settings
from tests.commands import Run
from tests.worlds import make_world

DAY = dt.date(2025, 10, 23)
WORLD = of.load_airspaces(on=DAY)
EARTH_KM2 = 510_065_622.0
NM_KM = 1.852


def known() -> Beyond:
    found = waters_beyond(WORLD, [("IDN", ANYWHERE)])
    assert found is not None
    return found


def stays_on(*places: str) -> Mapping[Crossing, tuple[Stay, ...]]:
    return stays_in_waters(of.crossings(of.route(*places), WORLD), WORLD)


@pytest.mark.parametrize(
    ("lat", "lon", "state", "waters"),
    [
        (-4.8, 111.5, "IDN", "archipelagic waters"),  # Java Sea, halfway from Java to Borneo
        (-5.3, 128.6, "IDN", "archipelagic waters"),  # Banda Sea
        (8.5, 120.5, "PHL", "archipelagic waters"),  # Sulu Sea
        (38.8, 119.5, "CHN", "Bohai"),
        (67.6, 42.3, "RUS", "White Sea"),
        (12.75, 100.4, "THA", "Bay of Bangkok"),
        (60.0, -85.0, "CAN", "Hudson Bay and Hudson Strait"),
        (74.2, -110.0, "CAN", "Northwest Passage and the Arctic archipelago"),  # Viscount Melville Sound
        (48.5, -61.5, "CAN", "Gulf of Saint Lawrence inside Cabot Strait"),
        (31.5, 18.5, "LBY", "Gulf of Sidra"),
        (42.5, 131.9, "RUS", "Peter the Great Bay"),
        (39.8, 17.5, "ITA", "Gulf of Taranto"),
        (-41.6, -64.0, "ARG", "Gulfs of San Matías and San Jorge"),
        (16.0, -23.8, "CPV", "archipelagic waters"),
        (10.01, 79.70, "IND", "Palk Bay, north and west of the line of 1974"),
        (46.0, 36.6, "XXX", "central Sea of Azov"),
    ],
)
def test_waters_lie_where_charts_have_them(lat: float, lon: float, state: str, waters: str) -> None:
    found = known()
    piece = of.locate(found.world, lon, lat).id
    assert piece, "within 12 NM, or nobody's"
    assert found.waters[piece - 1].name == waters
    assert of.locate(WORLD, lon, lat).state == state
    assert state in found.waters[piece - 1].territories


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (-6.7, 111.5),  # off Rembang, Java: 2 km from land
        (58.77, -94.0),  # off Churchill, Hudson Bay
        (32.9, 13.2),  # off Tripoli
        (33.5, 18.5),  # high seas north of 32.5 N
        (43.0, 15.0),  # middle of the Adriatic
        (50.9, 1.4),  # Dover Strait
        (-16.6, 179.2),  # Vanua Levu, land that the coast of 2017 lacks
    ],
)
def test_land_its_belt_and_the_high_seas_are_no_such_waters(lat: float, lon: float) -> None:
    assert of.locate(known().world, lon, lat).id == 0


def test_no_airport_lies_in_such_waters_but_platforms() -> None:
    """A list of places on land that the data were not made from."""
    world = known().world
    known_places = [(row["name"], float(row["lon"]), float(row["lat"])) for row in airports()]
    wet = [name for name, lon, lat in known_places if of.locate(world, lon, lat).id]
    assert len(known_places) > 20_000
    assert len(wet) <= 10, wet


def test_what_others_object_to_is_flagged_and_nothing_else_is() -> None:
    rows = {(row["state"], row["waters"]): row for row in table_rows(DATA / "waters.csv")}
    pieces = WORLD.manifest["waters"]["pieces"]
    assert len(pieces) > 60
    texts = {piece.disputed for piece in WORLD.pieces}
    for piece in pieces:
        row = rows[piece["state"], piece["waters"]]
        unknown = row["objects"].startswith(("none", "not known"))
        assert row["flagged"] == "yes" or unknown, row
        assert row["flagged"] == "no" or not row["objects"].startswith("none known"), row
        assert (row["flagged"] == "yes") is bool(row["dispute"]), row
    assert any("Hudson Bay" in (text or "") for text in texts)


@pytest.mark.parametrize(
    ("lat", "lon", "objector"),
    [
        (60.0, -85.0, "United States"),
        (42.5, 131.9, "Japan"),
        (39.8, 17.5, "United Kingdom"),
        (23.4, -70.0, None),  # high seas north of Hispaniola
        (20.3, -70.0, "United States"),
        (20.1, -16.8, "United States"),
        (9.5, 107.6, "China"),
        (-4.8, 111.5, None),
        (38.8, 119.5, None),
    ],
)
def test_a_flag_says_who_objects(lat: float, lon: float, objector: str | None) -> None:
    text = of.locate(WORLD, lon, lat).disputed
    assert (text is None) if objector is None else (objector in (text or ""))


def test_a_crossing_says_how_much_of_it_lies_there_and_never_more_than_all() -> None:
    ends_of = np.random.default_rng(5).uniform([92, -12, 92, -12], [140, 20, 140, 20], (60, 4)).tolist()
    met = 0
    for lon, lat, to_lon, to_lat in ends_of:
        found = of.crossings(of.route((lon, lat), (to_lon, to_lat)), WORLD)
        for crossing, stays in stays_in_waters(found, WORLD).items():
            met += 1
            assert sum(stay.length_km for stay in stays) <= crossing.length_km + 1e-9
            ends = [km for stay in stays for km in (stay.entry_km, stay.exit_km)]
            assert ends == sorted(ends)
            assert crossing.entry_km <= ends[0]
            assert ends[-1] <= crossing.exit_km
            for stay in stays:
                assert crossing.territory in stay.waters.territories
    assert met > 50


def test_along_a_coast_within_twelve_miles_nothing_is_said() -> None:
    """From off Semarang to off Surabaya's strait, some 6 NM from Java; and from Moscow to Budapest, on land."""
    assert not stays_on("-6.75,110.6", "-6.3,110.95")
    assert not stays_on("VKO", "BUD")


def test_a_crossing_that_is_flagged_as_such_waters_lies_there_whole() -> None:
    found = of.crossings(of.route("60.0,-92.0", "60.0,-80.0"), WORLD)
    flagged = [one for one in found if "Hudson Bay" in (one.disputed or "")]
    assert flagged
    stays = stays_in_waters(found, WORLD)
    for crossing in flagged:
        assert sum(stay.length_km for stay in stays[crossing]) == pytest.approx(crossing.length_km, abs=2.0)


def test_the_belt_is_twelve_miles_and_a_little_wide() -> None:
    """Due north from the north coast of Java at Tanjung Bugel, 6.42 S 110.99 E, away from islands."""
    (stay, *_), *_ = stays_on("-6.42,110.99", "-4.5,111.6").values()
    assert stay.entry_km == pytest.approx(12 * NM_KM + 1.0, abs=4.0)


def test_a_world_of_ones_own_has_none() -> None:
    world = make_world({"IDN": shapely.box(105, -10, 120, 0)})
    assert not stays_in_waters(of.crossings(of.route("-5,106", "-5,119"), world), world)


# Outputs --------------------------------------------------------------------------------------------------------------

CASE = ("check", "CGK", "AMQ", "--on", "2025-10-23")
SENTENCE = (
    "km of it beyond 12 NM of any land "
    "(Indonesia, archipelagic waters: by UNCLOS Art. 47 and 49; objections: none known; not verified)"
)


def test_json_csv_and_geojson_agree_and_add_up(run: Run) -> None:
    (route,) = json.loads(run(*CASE, "-f", "json")[1])["routes"]
    crossings = [one for one in route["crossings"] if "waters" in one]
    assert crossings
    table = [row for row in csv.DictReader(io.StringIO(run(*CASE, "-f", "csv")[1])) if row["beyond_12nm"]]
    features = json.loads(run(*CASE, "-f", "geojson")[1])["features"]
    drawn = [f["properties"] for f in features if "waters" in f["properties"]]
    for one, row, shown in zip(crossings, table, drawn, strict=True):
        assert SENTENCE in one["beyond_12nm"]
        assert one["beyond_12nm_km"] == pytest.approx(sum(stay["length_km"] for stay in one["waters"]), abs=0.01)
        assert one["beyond_12nm_km"] <= one["length_km"]
        assert (float(row["beyond_12nm_km"]), row["beyond_12nm"]) == (one["beyond_12nm_km"], one["beyond_12nm"])
        assert shown["waters"] == one["waters"]
        assert all(stay["verified"] is False and stay["exact"] for stay in one["waters"])


@pytest.mark.parametrize("ends", [("SIN", "SGN"), ("NRT", "PVG"), ("YVP", "YMO")])
def test_what_is_printed_of_a_crossing_never_exceeds_it(run: Run, ends: tuple[str, str]) -> None:
    """Flagged waters end where their crossing does: both numbers come of the same rounded ends."""
    (route,) = json.loads(run("check", *ends, "--on", "2025-10-23", "-f", "json")[1])["routes"]
    whole = [one for one in route["crossings"] if "waters" in one]
    assert whole
    assert all(one["beyond_12nm_km"] <= one["length_km"] for one in whole)


def test_page_map_and_python_say_the_same() -> None:
    case = of.Case.of(["CGK", "AMQ"], on=DAY, avoid="IDN")
    (line,) = lines_of([case.verdict], case.world)
    told = [band["beyond"] for band in line.bands() if "beyond" in band]
    assert told
    assert SENTENCE in told[0]
    assert [row["note"] for row in line.rows() if SENTENCE in row["note"]]
    assert any(SENTENCE in text for _, one in line.forbidden() for text in one["text"])
    assert sum(len(case.waters_of(one)) for one in case.verdict.crossings) > 0


def test_a_briefing_says_it(tmp_path: Path) -> None:
    text = 'name = "x"\non = 2025-10-23\nwaypoints = ["CGK", "AMQ"]\navoid = ["IDN"]\nwhy = "a test"\n'
    (tmp_path / "x.route.toml").write_text(text, encoding="utf-8")
    (proposal,) = read_proposals(tmp_path / "x.route.toml")
    assert any(SENTENCE in (told or "") for told in briefings(proposal, proposal.case()).values())


def test_batch_has_the_same_km() -> None:
    table = pairs(60, seed=7)
    found = judge(table, settings()).crossings.to_pylist()
    expected = []
    for start, end in zip(table["from"].to_pylist(), table["to"].to_pylist(), strict=True):
        one = of.crossings(of.great_circle(start, end), WORLD)
        stays = stays_in_waters(one, WORLD)
        expected += [sum(stay.length_km for stay in stays.get(crossing, ())) for crossing in one]
    assert [row["beyond_12nm_km"] for row in found] == pytest.approx(expected, abs=1e-6)
    assert any(expected)


@pytest.mark.parametrize(("end", "read"), [("BUD", 0), ("VVO", 1)])
def test_only_a_crossing_near_such_waters_has_their_file_read(end: str, read: int) -> None:
    """From Moscow: Russia has some in the White Sea, in the Arctic and in the east."""
    code = (
        "import overflight as of, overflight.airspace.waters as w\n"
        f"case = of.Case.of(['VKO', '{end}'], on='2025-10-23')\n"
        "[case.waters_of(one) for one in case.verdict.crossings]\n"
        "print(w._beyond.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == str(read)


def test_where_the_file_is_not_read_nothing_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pairs(80, seed=11)
    routes = map(of.great_circle, table["from"].to_pylist(), table["to"].to_pylist())
    found = [of.crossings(route, WORLD) for route in routes]
    with_boxes = [stays_in_waters(one, WORLD) for one in found]
    monkeypatch.setattr("overflight._crossings.waters._box", lambda _: ANYWHERE)
    assert with_boxes == [stays_in_waters(one, WORLD) for one in found]


def test_the_table_names_each_piece_and_the_file_is_small() -> None:
    rows = {(row["state"], row["waters"]) for row in table_rows(DATA / "waters.csv")}
    pieces = WORLD.manifest["waters"]["pieces"]
    assert {(piece["state"], piece["waters"]) for piece in pieces} <= rows
    assert (Path(DATA) / "waters.bin").stat().st_size < 1_500_000
    assert sum(piece["km2"] for piece in pieces) < EARTH_KM2 / 50
