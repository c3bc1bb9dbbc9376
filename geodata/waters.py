"""Waters that the base layer gives to one state, and that it holds not alone, or not undisputed.

Their lines are drawn by distance from a coast: 3 NM in the Gulf of Fonseca and about Greenland, 12 NM elsewhere; or by
treaty, or by hand; corrections 13, 16, 17, 22 and 23 of `geodata/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable

import shapely

from geodata.beyond import broad, km2, rows_of, shared_out
from geodata.correction import (
    NOBODY,
    Correction,
    Cover,
    Label,
    Layers,
    first_of,
    flag,
    inside,
    islets,
    regions,
    unzoned,
)
from geodata.shapes import geodesic_buffer, nautical_miles, nearest_split
from geodata.sources import HERE, Inputs
from geodata.tables import read_rows

__all__ = ["BEYOND", "WATERS", "islet_circles"]


def islet_circles(group: str) -> shapely.Geometry:
    """Return what lies within twelve nautical miles of islets that no input holds."""
    return shapely.union_all(
        [
            geodesic_buffer(shapely.Point(lon, lat).buffer(1e-6), nautical_miles(12) + radius)
            for lon, lat, radius in islets(group)
        ],
        grid_size=1e-7,
    )


def _mbanie(inputs: Inputs) -> Layers:
    points = shapely.union_all([shapely.Point(lon, lat).buffer(1e-5) for lon, lat, _ in islets("mbanie")])
    gabon = shapely.intersection(inputs.coast["GAB"], shapely.box(8.5, 0.0, 10.5, 1.6))
    return {"12 NM from Mbanié": nearest_split(islet_circles("mbanie"), points, gabon, reach_nm=13.0)}


def _fonseca(inputs: Inputs) -> Layers:
    """Return the gulf beyond 3 NM from the coasts and islands of the three states."""
    gulf = regions("gulf of fonseca")(inputs)["region gulf of fonseca"]
    around = shapely.box(-88.2, 12.6, -87.0, 13.8)
    land = shapely.union_all([shapely.intersection(inputs.coast[code], around) for code in ("HND", "NIC", "SLV")])
    return {"common waters of Fonseca": shapely.difference(gulf, geodesic_buffer(land, nautical_miles(3)))}


def _loughs(inputs: Inputs) -> Layers:
    """Return the water of both loughs: what the coast of 2017 leaves of what is drawn around them."""
    drawn = shapely.union_all([*regions("lough-foyle", "carlingford-lough")(inputs).values()])
    near = drawn.buffer(0.1)
    land = shapely.union_all([shapely.intersection(inputs.coast[code], near) for code in ("GBR", "IRL")])
    water = shapely.get_parts(shapely.set_precision(shapely.difference(drawn, land), 1e-7))
    return {"loughs": shapely.union_all([part for part in water if km2(part) > 1.0])}


GREENLAND = ("America/Nuuk", "America/Thule", "America/Scoresbysund", "America/Danmarkshavn")
NARES = shapely.box(-76.0, 76.8, -57.0, 82.6)
"""Where Greenland's zones end at the border with Canada, not at a limit of its own."""


def _greenland(inputs: Inputs) -> Layers:
    """Return what lies inside the limit of 3 NM: 9 NM inside the base layer's, or 3 NM from the coast of 2017.

    The base layer draws 12 NM from straight baselines, which no input holds: what is farther than 9 NM from its limit
    is within 3 NM of them. Along the border with Canada there is no such limit, and the coast alone decides.
    """
    zone = shapely.union_all([inputs.zones[name] for name in GREENLAND])
    limit = shapely.difference(zone.boundary, NARES)
    inner = shapely.difference(shapely.difference(zone, NARES), geodesic_buffer(limit, nautical_miles(9)))
    coast = geodesic_buffer(shapely.simplify(inputs.coast["GRL"], 0.001), nautical_miles(3))
    hans = [
        geodesic_buffer(shapely.Point(lon, lat).buffer(1e-6), nautical_miles(3) + r) for lon, lat, r in islets("hans")
    ]
    near = shapely.intersection(zone, shapely.union_all([coast, *hans], grid_size=1e-7))
    return {"3 NM from Greenland": shapely.union_all([inner, near], grid_size=1e-7)}


def _greenland_label(cover: Cover) -> Label | None:
    return NOBODY if not cover.isdisjoint(GREENLAND) and "3 NM from Greenland" not in cover else None


WATERS: tuple[Correction, ...] = (
    Correction(
        "16",
        "Mbanié, Cocotiers and Conga lie in Africa/Libreville: Equatorial Guinea's, with the waters within 12 NM that "
        "are nearer to them than to Gabon: flagged",
        "ICJ judgment of 19 May 2025; published coordinates of Mbanié; coast of OpenStreetMap 2017",
        first_of("12 NM from Mbanié", {"Africa/Libreville": "GNQ/mbanie"}),
        _mbanie,
        line="rebuilt at 12 NM",
    ),
    Correction(
        "17a",
        "the Gulf of Fonseca is shared out whole: beyond 3 NM from the coasts held in common by three states, flagged",
        "ICJ judgment of 11 September 1992, para. 432; coast of OpenStreetMap 2017",
        inside("common waters of Fonseca", "XXX/fonseca"),
        _fonseca,
        line="disputed",
    ),
    flag("17b", "Isla Conejo", "the parties' own statements", "conejo", {"America/Tegucigalpa": "HND/conejo"}),
    flag(
        "17c",
        "the Río de la Plata is shared out whole: beyond 7 NM from the coasts, below Colonia, in common use",
        "Treaty of 19 November 1973, Art. 2; drawn by hand, to some 5 km",
        "plata",
        dict.fromkeys(("America/Montevideo", "America/Argentina/Buenos_Aires"), "XXX/plata"),
    ),
    Correction(
        "17d",
        "no border is agreed in Lough Foyle and Carlingford Lough: flagged",
        "the parties' own statements; coast of OpenStreetMap 2017",
        first_of("loughs", {"Europe/London": "GBR/loughs", "Europe/Dublin": "IRL/loughs"}),
        _loughs,
        line="disputed",
    ),
    Correction(
        "22",
        "Greenland's zones reach 12 NM out: 3 NM",
        "Ordinance 191 of 27 May 1963; baselines: Ordinance 1004 of 15 October 2004; DoD 2005.1-M; CIA World Factbook",
        _greenland_label,
        _greenland,
        line="rebuilt at 3 NM",
    ),
    Correction(
        "23a",
        "Palk Bay beyond 12 NM lies in no zone: India's and Sri Lanka's, on either side of the line of 1974, flagged",
        "Agreement of 26 and 28 June 1974, Art. 1",
        lambda cover: (
            unzoned("region palk-india", "IND/palk")(cover) or unzoned("region palk-sri-lanka", "LKA/palk")(cover)
        ),
        regions("palk-india", "palk-sri-lanka"),
        line="disputed",
    ),
    Correction(
        "23b",
        "the Gulf of Mannar beyond 12 NM lies in no zone: Sri Lanka's, east of the line of 1976 to Kalpitiya, flagged",
        "Proclamation of 15 January 1977; agreement of 23 March 1976, Art. I",
        unzoned("region mannar-sri-lanka", "LKA/mannar"),
        regions("mannar-sri-lanka"),
        line="disputed",
    ),
)

SAINT_LAWRENCE = shapely.Polygon(
    [
        (-67, 47),
        (-67, 50.5),
        (-60, 50.6),
        (-56.9, 51.8),
        (-55.6, 51.7),
        (-57, 49),
        (-59.3, 47.62),
        (-60.42, 47.03),
        (-61, 45),
    ]
)
"""The gulf, inside Cabot Strait and the Strait of Belle Isle; otherwise closed on land."""

APART = (
    *(("13a", "LBY"), ("13b", "PAN"), ("13c", "MMR"), ("13d", "IND"), ("13e", "MYS"), ("13f", "PLW"), ("13g", "MHL")),
    *(("13h", "CAN"), ("13i", "NIC"), ("13j", "USA"), ("13k", "ARG"), ("13l", "AUS"), ("13m", "BGD"), ("13n", "CHN")),
    *(("13o", "COL"), ("13p", "CRI"), ("13q", "CUB"), ("13r", "DOM"), ("13s", "ECU"), ("13t", "EGY"), ("13u", "GRL")),
    *(("13v", "HND"), ("13w", "IRN"), ("13x", "ISL"), ("13y", "ITA"), ("13z", "JPN"), ("13aa", "KHM")),
    *(("13ab", "MDV"), ("13ac", "MEX"), ("13ad", "MRT"), ("13ae", "PAK"), ("13af", "PRT"), ("13ag", "RUS")),
    *(("13ah", "SAU"), ("13ai", "THA"), ("13aj", "VNM")),
)
"""Territories of whose waters beyond 12 NM rows of `waters.csv` are disputed, and flagged."""


def _beyond(territory: str) -> Callable[[Inputs], Layers]:
    """Single out what each flagged row counts farther than 12 NM from any land."""

    def layers(inputs: Inputs) -> Layers:
        code = next(row["alpha2"] for row in read_rows(HERE / "territories.csv") if row["territory"] == territory)
        own = shapely.union_all([zone for name, zone in inputs.zones.items() if inputs.country.get(name) == code])
        others = [zone for name, zone in inputs.zones.items() if inputs.country.get(name) != code]
        near = [zone for zone in others if shapely.intersects(shapely.box(*zone.bounds), own)]
        far = broad(inputs.belt.beyond(shapely.difference(own, shapely.union_all(near))))
        parts: Layers = {}
        for row, part in shared_out(far, rows_of(territory), {"waters-can": SAINT_LAWRENCE}):
            if row.apart:
                parts[f"beyond 12 NM: {row.dispute}"] = part
        return parts

    return layers


def _apart(number: str, territory: str) -> Correction:
    rows = [row for row in rows_of(territory) if row.apart]
    labels = {f"beyond 12 NM: {row.dispute}": f"{territory}/{row.dispute}" for row in rows}

    def label(cover: Cover) -> Label | None:
        return next((label for layer, label in labels.items() if layer in cover), None)

    return Correction(
        number,
        f"{territory}: {'; '.join(row.waters for row in rows)}, farther than 12 NM from any land: flagged",
        "waters.csv; coast of OpenStreetMap 2017, and land of Natural Earth that it lacks",
        label,
        _beyond(territory),
        line="rebuilt at 12 NM",
    )


BEYOND: tuple[Correction, ...] = tuple(_apart(number, territory) for number, territory in APART)
"""After all other parts that are set apart: these take what is left."""
