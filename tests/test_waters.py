"""Waters and small parts that states share, contest, or hold otherwise than at 12 NM: each place by its source."""

from __future__ import annotations

import datetime as dt

import pyproj
import pytest

import overflight as of

WORLD = of.load_airspaces()
NM = 1852.0


@pytest.mark.parametrize(
    ("lon", "lat", "state", "claimants", "told"),
    [
        # Agreement of 1974, Art. 1: either side of the line from position 1 to position 2, beyond 12 NM
        (79.70, 10.01, "IND", ("IND", "LKA"), "Palk Bay"),
        (79.65, 9.93, "LKA", ("IND", "LKA"), "Palk Bay"),
        # Proclamation of 1977: east of the line of 1976, down to Kalpitiya
        (79.45, 8.60, "LKA", ("LKA",), "Gulf of Mannar"),
        (-62.0, 48.0, "CAN", ("CAN",), "no baseline closes Cabot Strait"),
        (-82.9, 13.5, "NIC", ("NIC",), "not in conformity with international law"),
        (-152.5, 59.7, "USA", ("USA",), "United States v. Alaska"),
        (-1.7655, 43.3427, "XXX", ("ESP", "FRA"), "condominium"),
        (103.2664, 14.3492, "THA", ("THA", "KHM"), "Ta Muen Thom"),
        (103.3680, 14.3560, "THA", ("THA", "KHM"), "Ta Krabei"),
        (105.20, 14.34, "KHM", ("THA", "KHM"), "Mom Bei"),
        (-69.955, -4.220, "PER", ("PER", "COL"), "Santa Rosa"),
        (-7.10, 55.10, "GBR", ("GBR", "IRL"), "Lough Foyle"),
        (-6.15, 54.05, "GBR", ("GBR", "IRL"), "Carlingford Lough"),
        (-178.93, -23.62, "TON", ("TON", "FJI"), "Minerva"),
        (-179.12, -23.93, "TON", ("TON", "FJI"), "Minerva"),
        (-56.2, -35.3, "XXX", ("ARG", "URY"), "common use"),
    ],
)
def test_what_is_shared_or_contested_says_so(
    lon: float, lat: float, state: str, claimants: tuple[str, ...], told: str
) -> None:
    piece = of.locate(WORLD, lon, lat)
    assert (piece.state, piece.claimants) == (state, claimants)
    assert told in (piece.disputed or "")


@pytest.mark.parametrize(
    ("lon", "lat", "state"),
    [
        (79.30, 8.70, None),  # west of the line of 1976, beyond 12 NM from India
        (79.45, 8.10, None),  # south of Kalpitiya
        (-58.5, 47.0, None),  # outside Cabot Strait
        (-63.2, 46.4, "CAN"),  # Prince Edward Island
        (-82.3, 13.5, None),
        (-56.16, -34.95, "URY"),  # off Montevideo, within 7 NM
        (-57.9, -34.78, "ARG"),  # off Punta Lara
        (-7.32, 54.99, "GBR"),  # Londonderry
        (-69.94, -4.20, "COL"),  # Leticia
    ],
)
def test_what_lies_beside_is_whose_it_was_and_not_contested(lon: float, lat: float, state: str | None) -> None:
    piece = of.locate(WORLD, lon, lat)
    assert piece.state == state
    assert piece.disputed is None


@pytest.mark.parametrize(
    ("cape", "lon", "lat", "seaward"),
    [
        ("Cape Farewell", -43.90, 59.77, 180.0),
        ("Kap Brewster", -22.10, 70.15, 120.0),
        ("Cape Morris Jesup", -33.40, 83.63, 0.0),
    ],
)
def test_greenlands_sea_is_three_nautical_miles_wide(cape: str, lon: float, lat: float, seaward: float) -> None:
    """Ordinance 191 of 27 May 1963; the coast and the base layer's baselines are known to a nautical mile here."""
    geod = pyproj.Geod(ellps="WGS84")
    inside, outside = (geod.fwd(lon, lat, seaward, miles * NM)[:2] for miles in (1.5, 5.5))
    assert of.locate(WORLD, *inside).territory == "GRL", cape
    assert of.locate(WORLD, *outside).state is None, cape


@pytest.mark.parametrize(("name", "reached"), [("eu", False), ("eea", False), ("schengen", False), ("nato", True)])
def test_clipperton_is_frances_and_in_neither_union_nor_schengen(name: str, reached: bool) -> None:
    """Not among the territories of Article 355 TFEU, nor on the list of its Annex II."""
    on = dt.date(2025, 10, 23)
    piece = of.locate(WORLD, -109.22, 10.30)
    assert (piece.territory, piece.state) == ("CPT", "FRA")
    rule = of.Avoid(of.bloc(name).on(on))
    over = of.route("10.25,-109.3", "10.35,-109.1")
    assert (of.check(over, WORLD, rules=[rule]).status == "crosses") is reached
