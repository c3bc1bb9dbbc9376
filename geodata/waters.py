"""Waters that the base layer gives to one state, and that it holds not alone, or not undisputed.

Their lines are drawn by distance from a coast: 3 NM in the Gulf of Fonseca, 12 NM elsewhere; corrections 13, 16 and 17
of `geodata/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from geodata.correction import Correction, Label, Layers, first_of, flag, inside, islets, regions
from geodata.shapes import geodesic_buffer, nautical_miles, nearest_split
from geodata.sources import Inputs

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
)

EXCESS_KM2 = 500.0
"""Smaller parts stay with the state: a few bays and rocks that the coast of 2017 lacks."""
MARGIN_M = 1000.0
"""How much farther than 12 NM a part must lie, lest every limit drawn from another coast be one."""
NARROW_DEG = 0.03
"""Parts narrower than twice this are differences of two drawings of the same 12 NM."""


def _beyond(state: str, *zones: str) -> Callable[[Inputs], Layers]:
    """Single out what lies farther than 12 NM from the coast: broad parts, not slivers along the limit."""

    def layers(inputs: Inputs) -> Layers:
        sea = shapely.union_all([inputs.zones[zone] for zone in zones])
        near = geodesic_buffer(shapely.simplify(inputs.coast[state], 0.001), nautical_miles(12) + MARGIN_M)
        broad = shapely.difference(sea, near).buffer(-NARROW_DEG)
        parts = shapely.get_parts(shapely.difference(broad.buffer(2 * NARROW_DEG), near))
        return {f"beyond 12 NM from {state}": shapely.union_all(parts[_km2(parts) > EXCESS_KM2])}

    return layers


def _km2(parts: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return areas, good to some per cent."""
    lat = shapely.get_y(shapely.centroid(parts))
    areas: npt.NDArray[np.float64] = shapely.area(parts) * 111.2**2 * np.cos(np.radians(lat))
    return areas


def _waters(number: str, what: str, source: str, state: str, *zones: str) -> Correction:
    label: Label = f"{state}/waters-{state.lower()}"
    return Correction(
        number,
        f"{what}, farther than 12 NM from the coast: flagged",
        f"{source}; coast of OpenStreetMap 2017",
        first_of(f"beyond 12 NM from {state}", dict.fromkeys(zones, label)),
        _beyond(state, *zones),
        line="rebuilt at 12 NM",
    )


BEYOND: tuple[Correction, ...] = (
    _waters("13a", "Gulf of Sidra", "Libya, declaration of 9 October 1973", "LBY", "Africa/Tripoli"),
    _waters("13b", "Gulf of Panama", "Panama, Law 9 of 1956", "PAN", "America/Panama"),
    _waters("13c", "Gulf of Martaban", "Burma, declaration of 15 November 1968", "MMR", "Asia/Yangon"),
    _waters("13d", "waters of India", "India, notification of 11 May 2009", "IND", "Asia/Kolkata"),
    _waters("13e", "waters of Malaysia", "base layer", "MYS", "Asia/Kuala_Lumpur", "Asia/Kuching"),
    _waters("13f", "waters of Palau", "base layer", "PLW", "Pacific/Palau"),
    _waters(
        "13g",
        "waters of the Marshall Islands",
        "Maritime Zones Declaration Act 2016",
        "MHL",
        "Pacific/Majuro",
        "Pacific/Kwajalein",
    ),
)
"""After all other parts that are set apart: these take what is left."""
