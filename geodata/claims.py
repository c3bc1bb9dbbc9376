"""Parts that one state holds and another owns or claims, found by an audit: corrections 12 and 15 to 21.

As in `flags.py`, each gets a piece of its own; whose it is de jure, and who holds it, say the label and `disputes.csv`.
"""

from __future__ import annotations

from collections.abc import Callable

import shapely

from geodata.correction import NOBODY, Correction, Cover, Label, Layers, first_of, flag, inside, part, regions, unzoned
from geodata.shapes import cut_along
from geodata.sources import Inputs

__all__ = ["CLAIMS"]

ALMA_ATA = "Alma-Ata Declaration of 21 December 1991, on whose borders both states agreed"
BY_HAND = "drawn by hand"


def _exclaves(layer: str, state: str, *points: tuple[float, float]) -> Callable[[Inputs], Layers]:
    """Take from the countries of 2017 the parts of a state that hold some points."""

    def layers(inputs: Inputs) -> Layers:
        parts = shapely.get_parts(inputs.maritime[state])
        return {layer: shapely.union_all([parts[shapely.contains_xy(parts, *point)][0] for point in points])}

    return layers


def _berm(inputs: Inputs) -> Layers:
    """Return what the Western Sahara of 2017 has and the Morocco of 2017 has not: what lies east of the berm."""
    east = shapely.get_parts(shapely.difference(inputs.maritime["ESH"], inputs.maritime["MAR"]))
    east = shapely.union_all(east[shapely.area(east) > 0.01])  # the rest are slivers of the common border
    return {"east of the berm": cut_along(inputs.zones["Africa/El_Aaiun"], east)}


def _doumeira_label(cover: Cover) -> Label | None:
    if "region doumeira" not in cover:
        return None
    held = {"Africa/Djibouti": "DJI/doumeira", "Africa/Asmara": "ERI/doumeira"}
    return next((label for zone, label in held.items() if zone in cover), "XXX/doumeira")


def _islands(number: str, what: str, region: str) -> Correction:
    """Set an island in the Danube apart, where Serbia's zone alone covers it."""
    serbian, croatian = "Europe/Belgrade", "Europe/Zagreb"
    return Correction(
        number,
        f"{what}: flagged",
        f"the parties' own statements; {BY_HAND}",
        lambda cover: "SRB/danube" if {f"region {region}", serbian} <= cover and croatian not in cover else None,
        regions(region),
        line="disputed",
    )


CLAIMS: tuple[Correction, ...] = (
    Correction(
        "15a",
        "Artsvashen lies in Asia/Baku: Armenia's, flagged",
        f"{ALMA_ATA}; line of OpenStreetMap 2017",
        first_of("artsvashen", {"Asia/Baku": "ARM/artsvashen"}),
        _exclaves("artsvashen", "ARM", (45.514, 40.627)),
        line="border of 2017",
    ),
    Correction(
        "15b",
        "Yukhari Askipara and Barkhudarli lie in Asia/Yerevan: Azerbaijan's, flagged",
        f"{ALMA_ATA}; line of OpenStreetMap 2017",
        first_of("exclaves of azerbaijan", {"Asia/Yerevan": "AZE/exclaves"}),
        _exclaves("exclaves of azerbaijan", "AZE", (45.002, 41.066), (45.209, 40.995)),
        line="border of 2017",
    ),
    flag("15c", "Karki lies in Asia/Yerevan: Azerbaijan's", ALMA_ATA, "karki", {"Asia/Yerevan": "AZE/exclaves"}),
    flag(
        "18a",
        "Middle Rocks lie in Asia/Singapore: Malaysia's",
        "ICJ judgment of 23 May 2008, para. 290",
        "middle-rocks",
        dict.fromkeys(("Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Jakarta"), "MYS/middle-rocks"),
    ),
    flag(
        "18b",
        "South Ledge: its waters' state's, which nobody has delimited",
        "ICJ judgment of 23 May 2008, para. 299",
        "south-ledge",
        dict.fromkeys(("Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Jakarta"), "XXX/south-ledge"),
    ),
    Correction(
        "19a",
        "the Doumeira Islands lie in no zone, Ras Doumeira in Africa/Asmara: flagged",
        "UN S/RES/1907 (2009)",
        _doumeira_label,
        regions("doumeira"),
        line="disputed",
    ),
    Correction(
        "19b",
        "Gornja Siga and smaller pockets on the Danube lie in no zone: flagged",
        "the parties' own statements",
        unzoned("region gornja-siga", "XXX/gornja-siga"),
        regions("gornja-siga"),
    ),
    Correction(
        "20a",
        "Macclesfield Bank and Sabina Shoal lie in Asia/Shanghai: nobody's, for what the tide covers has no waters",
        "UNCLOS Art. 5 and 13; PCA 2013-19, award of 12 July 2016",
        lambda cover: NOBODY if "Asia/Shanghai" in cover and cover & {"region macclesfield", "sabina"} else None,
        lambda inputs: {
            **regions("macclesfield")(inputs),
            **part("Asia/Shanghai", "sabina", 116.48, 9.75)(inputs),
        },
    ),
    Correction(
        "20b",
        "Mischief Reef lies in Asia/Shanghai: a low-tide elevation, no state's de jure, flagged",
        "PCA 2013-19, award of 12 July 2016, para. 378 and 1040",
        inside("mischief", "XXX/mischief"),
        part("Asia/Shanghai", "mischief", 115.53, 9.9),
    ),
    Correction(
        "21",
        "Western Sahara east of the berm: set apart, flagged",
        "UN S/RES/690 (1991); line of OpenStreetMap 2017",
        inside("east of the berm", "ESH/western-sahara-east"),
        _berm,
        line="border of 2017",
    ),
    flag("12at", "Ankoko, east half", "Arbitral award of 3 October 1899", "ankoko", {"America/Guyana": "GUY/ankoko"}),
    flag("12au", "Lake Malawi, north-east", BY_HAND, "lake-malawi", {"Africa/Blantyre": "MWI/lake-malawi"}),
    flag(
        "12av",
        "Lake Constance above Constance",
        f"base layer; shore {BY_HAND}",
        "obersee",
        {"Europe/Berlin": "DEU/obersee", "Europe/Zurich": "CHE/obersee", "Europe/Vienna": "AUT/obersee"},
    ),
    flag("12aw", "Isla Brasilera", BY_HAND, "brasilera", {"America/Sao_Paulo": "BRA/brasilera"}),
    flag("12ax", "Rincón de Artigas", BY_HAND, "artigas", {"America/Sao_Paulo": "BRA/artigas"}),
    flag("12ay", "Sir Creek", BY_HAND, "sir-creek", {"Asia/Kolkata": "IND/sir-creek"}),
    flag("12az", "Al-Fashaga", BY_HAND, "fashaga", {"Africa/Khartoum": "SDN/fashaga"}),
    flag("12ba", "Migingo", BY_HAND, "migingo", {"Africa/Nairobi": "KEN/migingo"}),
    _islands("12bb", "Šarengrad island", "sarengrad"),
    _islands("12bc", "Vukovar island", "vukovar"),
    flag("12bd", "Susta", BY_HAND, "susta", {"Asia/Kathmandu": "NPL/susta", "Asia/Kolkata": "IND/susta"}),
    flag("12be", "the salient of Wadi Halfa", BY_HAND, "wadi-halfa", {"Africa/Cairo": "EGY/wadi-halfa"}),
    flag("12bf", "Yenga", BY_HAND, "yenga", {"Africa/Freetown": "SLE/yenga"}),
    flag("12bg", "Sakteng", BY_HAND, "sakteng", {"Asia/Thimphu": "BTN/sakteng"}),
    *(
        flag(number, what, BY_HAND, region, {"Asia/Bangkok": "THA/temples", "Asia/Phnom_Penh": "KHM/temples"})
        for number, what, region in (
            ("12bi", "Ta Muen Thom and Ta Muen Tot", "ta-muen"),
            ("12bj", "Ta Krabei", "ta-krabei"),
            ("12bk", "Mom Bei", "mom-bei"),
        )
    ),
    flag("12bl", "Santa Rosa and Chinería", BY_HAND, "santa-rosa", {"America/Lima": "PER/santa-rosa"}),
    Correction(
        "12bm",
        "Minerva Reefs: flagged",
        "base layer",
        inside("minerva", "TON/minerva"),
        part("Pacific/Tongatapu", "minerva", -179.02, -23.79),
    ),
    flag(
        "12bn",
        "Pheasant Island: held in common by Spain and France",
        "Treaty of Bayonne (1856), Art. 27",
        "pheasant-island",
        {"Europe/Madrid": "XXX/pheasant", "Europe/Paris": "XXX/pheasant"},
    ),
    # What 12x leaves of it.
    Correction(
        "12bh",
        "Ilemi between the Red Line and the patrol line of 1950: flagged",
        BY_HAND,
        lambda cover: (
            "SSD/ilemi-north"
            if {"region ilemi-north", "Africa/Juba"} <= cover and "region ilemi" not in cover
            else None
        ),
        regions("ilemi-north"),
        line="disputed",
    ),
)
