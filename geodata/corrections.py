"""Known defects of the base layer and their corrections, de jure view; numbered as in `geodata/README.md`.

A correction may draw new outlines (`layers`), and says which piece a face of the arrangement belongs to, given the
names of all zones and layers that cover it (`label`). The first correction that has an answer decides.
"""

from __future__ import annotations

import numpy as np
import shapely

from geodata.claims import CLAIMS
from geodata.correction import NOBODY, Correction, Cover, Label, Layers, both, inside, part
from geodata.flags import FLAGS
from geodata.shapes import cut_along, geodesic_buffer, grown_by_latitude, nautical_miles, nearest_split
from geodata.sources import Inputs
from geodata.waters import BEYOND, WATERS, islet_circles

__all__ = ["CORRECTIONS"]


def _antarctic(_: Inputs) -> Layers:
    return {"south of 60 S": shapely.box(-180, -90, 180, -60)}


def _kosovo(inputs: Inputs) -> Layers:
    return {"kosovo": cut_along(inputs.zones["Europe/Belgrade"], inputs.maritime["XKX"])}


def _east_jerusalem(inputs: Inputs) -> Layers:
    zone = inputs.zones["Asia/Jerusalem"].difference(inputs.zones["Asia/Hebron"])
    parts = shapely.get_parts(cut_along(zone, inputs.maritime["PSE"], snap_deg=0.001))
    return {"east jerusalem": parts[np.argmax(shapely.area(parts))]}  # the rest are slivers of the Green Line


AEGEAN = (22.75, 34.0, 30.0, 41.2)
"""Where Greece's limit is 6 NM: east of the Ionian Sea's 12 NM, which end at Cape Tainaron."""


def _aegean(inputs: Inputs) -> Layers:
    """Six nautical miles from either coast, and what both reach split by the nearer coast."""
    greek, turkish = inputs.coast["GRC"], inputs.coast["TUR"]
    from_greece, from_turkey = (geodesic_buffer(coast, nautical_miles(6)) for coast in (greek, turkish))
    zones = [inputs.zones["Europe/Athens"], inputs.zones["Europe/Istanbul"]]
    # Rocks that the coast of 2017 lacks: the base layer grew all coasts by 6 NM of a Mercator map, which are
    # 6 NM times the cosine of the latitude on the ground; growing its limit by what lacks makes 6.
    limit = shapely.intersection(zones[0].boundary, shapely.box(*AEGEAN))
    lacking = grown_by_latitude(limit, lambda lat: nautical_miles(6) * (1 - np.cos(np.radians(lat))))
    from_greece = shapely.union_all([from_greece, lacking], grid_size=1e-7)
    contested = from_greece.intersection(from_turkey).difference(shapely.union_all(zones))
    return {
        "6 NM from Greece": from_greece,
        "6 NM from Turkey": from_turkey,
        "nearer to Greece": nearest_split(contested, greek, turkish),
    }


def _aegean_label(cover: Cover) -> Label | None:
    if any("/" in name for name in cover):  # some zone holds it already
        return None
    greek, turkish = "6 NM from Greece" in cover, "6 NM from Turkey" in cover
    if greek and turkish:
        return "GRC" if "nearer to Greece" in cover else "TUR"
    return "GRC" if greek else "TUR" if turkish else None


def _easter(inputs: Inputs) -> Layers:
    coast = inputs.coast["CHL"].intersection(inputs.zones["Pacific/Easter"])
    return {
        "12 NM from Easter": shapely.union_all(
            [geodesic_buffer(coast, nautical_miles(12)), islet_circles("salas-y-gomez")]
        )
    }


def _easter_label(cover: Cover) -> Label | None:
    return NOBODY if "Pacific/Easter" in cover and "12 NM from Easter" not in cover else None


def _peru(inputs: Inputs) -> Layers:
    coast = geodesic_buffer(inputs.coast["PER"], nautical_miles(12))
    return {"12 NM from Peru": shapely.union_all([coast, islet_circles("hormigas")], grid_size=1e-7)}


def _peru_label(cover: Cover) -> Label | None:
    return NOBODY if "America/Lima" in cover and "12 NM from Peru" not in cover else None


ADDED: dict[str, tuple[str, list[tuple[float, float]], Label]] = {
    "Bouvet Island": ("BVT", [(3.4, -54.4)], "BVT"),
    "Heard Island and McDonald Islands": ("HMD", [(73.5, -53.0)], "HMD"),
    "Tromelin": ("ATF", [(54.52, -15.89)], "ATF/tromelin"),
    "Europa, Bassas da India, Juan de Nova, Glorioso Islands": (
        "ATF",
        [(40.35, -22.35), (39.7, -21.5), (42.75, -17.05), (47.3, -11.55)],
        "ATF/scattered-islands",
    ),
    "Baker, Howland, Jarvis, Palmyra, Kingman": (
        "UMI",
        [(-176.48, 0.195), (-176.617, 0.807), (-160.0, -0.373), (-162.08, 5.88), (-162.4, 6.4)],
        "UMI",
    ),
    "Ashmore and Cartier Islands, Middleton Reef": (
        "AUS",
        [(123.04, -12.24), (123.56, -12.53), (159.09, -29.7)],
        "AUS",
    ),
    "the waters of Cocos Island": ("CRI", [(-87.05, 5.53)], "CRI"),
}
"""Islands that the base layer lacks: country of the maritime layer, a point in each polygon, label."""


def _clipperton(inputs: Inputs) -> Layers:
    atoll = shapely.intersection(inputs.coast["FRA"], shapely.box(-109.5, 10.0, -109.0, 10.6))
    return {"12 NM from Clipperton": geodesic_buffer(atoll, nautical_miles(12))}


def _added(inputs: Inputs) -> Layers:
    layers = {}
    for name, (code, points, _) in ADDED.items():
        parts = shapely.get_parts(inputs.maritime[code])
        layers[f"added {name}"] = shapely.union_all([parts[shapely.contains_xy(parts, *p)][0] for p in points])
    return layers


def _added_label(cover: Cover) -> Label | None:
    return next((label for name, (_, _, label) in ADDED.items() if f"added {name}" in cover), None)


CORRECTIONS: tuple[Correction, ...] = (
    Correction(
        "7",
        "Antarctic claims, and all else south of 60 S, are nobody's sovereign airspace",
        "Antarctic Treaty (1959), Art. IV and VI",
        inside("south of 60 S", NOBODY),
        _antarctic,
    ),
    Correction(
        "1",
        "Asia/Bangkok covers northern Vietnam: Vietnam's",
        "zone of the base layer; a time zone, not a claim",
        lambda cover: "VNM" if cover & {"northern vietnam", "northern vietnam islands"} else None,
        lambda inputs: {
            **part("Asia/Bangkok", "northern vietnam", 105.8, 21.0)(inputs),
            **part("Asia/Bangkok", "northern vietnam islands", 107.75, 20.0)(inputs),
        },
    ),
    Correction(
        "2a",
        "Europe/Moscow and Asia/Tbilisi both cover Abkhazia: Georgia's, flagged",
        "UN A/RES/76/267",
        both("Asia/Tbilisi", "Europe/Moscow", "GEO/abkhazia"),
    ),
    Correction(
        "2b",
        "Europe/Simferopol is Crimea: Ukraine's, flagged",
        "UN A/RES/68/262",
        inside("Europe/Simferopol", "UKR/crimea"),
    ),
    Correction(
        "3a",
        "Asia/Hebron, partly under Asia/Jerusalem too: Palestine's, flagged",
        "UN S/RES/2334 (2016)",
        inside("Asia/Hebron", "PSE/west-bank"),
    ),
    Correction(
        "3b",
        "East Jerusalem lies in Asia/Jerusalem: Palestine's, flagged",
        "UN S/RES/2334 (2016); line of OpenStreetMap 2017",
        inside("east jerusalem", "PSE/west-bank"),
        _east_jerusalem,
        line="border of 2017",
    ),
    Correction("3c", "Asia/Gaza: Palestine's, flagged", "UN S/RES/1860 (2009)", inside("Asia/Gaza", "PSE/gaza")),
    Correction(
        "5",
        "Kosovo lies in Europe/Belgrade: a territory of its own, flagged",
        "line of OpenStreetMap 2017; ICJ advisory opinion of 22 July 2010",
        inside("kosovo", "XKX/kosovo"),
        _kosovo,
        line="border of 2017",
    ),
    Correction(
        "6",
        "Guantanamo Bay lies in America/New_York: Cuba's, flagged",
        "lease of 1903, which leaves Cuba's sovereignty untouched (Art. III)",
        inside("guantanamo", "CUB/guantanamo"),
        part("America/New_York", "guantanamo", -75.15, 19.9),
    ),
    Correction(
        "8",
        "Pacific/Easter reaches out to the exclusive economic zone: 12 NM from the coast",
        "Chile, Law 18.565 (1986): 12 NM; coast of OpenStreetMap 2017",
        _easter_label,
        _easter,
        line="rebuilt at 12 NM",
    ),
    Correction(
        "8b",
        "America/Lima reaches 200 NM out, Peru's maritime domain: 12 NM from the coast and the Hormigas",
        "UNCLOS Art. 3, as customary law (Peru's constitution, Art. 54, claims 200 NM); coast of OpenStreetMap 2017",
        _peru_label,
        _peru,
        line="rebuilt at 12 NM",
    ),
    Correction(
        "10a",
        "islands that the base layer lacks, added: " + "; ".join(ADDED),
        "OpenStreetMap 2017",
        _added_label,
        _added,
    ),
    Correction(
        "10b",
        "Jan Mayen lies in Europe/Oslo: Svalbard and Jan Mayen",
        "ISO 3166-1",
        inside("jan mayen", "SJM"),
        part("Europe/Oslo", "jan mayen", -8.3, 71.0),
    ),
    Correction(
        "10d",
        "Clipperton is absent: France's, a territory of its own, 12 NM from the coast",
        "coast of OpenStreetMap 2017; France, Law 71-1060 (1971): 12 NM",
        inside("12 NM from Clipperton", "CPT"),
        _clipperton,
        line="rebuilt at 12 NM",
    ),
    Correction(
        "10c",
        "the Senkaku (Diaoyu) Islands are absent: 12 NM about each islet, Japan's, flagged",
        "Japan, Law 30 of 1977: 12 NM; published coordinates of the islets",
        lambda cover: "JPN/senkaku" if "12 NM from Senkaku" in cover and not any("/" in n for n in cover) else None,
        lambda _: {"12 NM from Senkaku": islet_circles("senkaku")},
        line="rebuilt at 12 NM",
    ),
    Correction(
        "10e",
        "the limit about Rockall is some 10.5 NM: 12 NM, the United Kingdom's, flagged",
        "Territorial Sea Act 1987: 12 NM; Island of Rockall Act 1972; published coordinates of the islet",
        inside("12 NM from Rockall", "GBR/rockall"),
        lambda _: {"12 NM from Rockall": islet_circles("rockall")},
        line="rebuilt at 12 NM",
    ),
    Correction(
        "10f",
        "Johnston Atoll lies in Pacific/Honolulu: a United States minor island",
        "ISO 3166-1",
        inside("johnston", "UMI"),
        part("Pacific/Honolulu", "johnston", -169.53, 16.73),
    ),
    *WATERS,
    *CLAIMS,
    *FLAGS,
    *BEYOND,
    Correction(
        "9",
        "Greek and Turkish limits in the Aegean are 4.5 to 4.9 NM: 6 NM, split by the nearer coast",
        "Greece, Law 230 (1936): 6 NM; Turkey, Law 2674 (1982): 6 NM in the Aegean; coast of OpenStreetMap 2017",
        _aegean_label,
        _aegean,
        line="rebuilt at 6 NM",
    ),
)
