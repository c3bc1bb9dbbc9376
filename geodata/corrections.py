"""Known defects of the base layer and their corrections, de jure view; numbered as in `geodata/README.md`.

A correction may draw new outlines (`layers`), and says which piece a face of the arrangement belongs to, given the
names of all zones and layers that cover it (`label`). The first correction that has an answer decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.shapes import cut_along, geodesic_buffer, nautical_miles, nearest_split
from geodata.sources import Inputs

__all__ = ["CORRECTIONS", "NOBODY", "Correction", "Label"]

NOBODY = "-"
"""The label of what is nobody's sovereign airspace."""

Cover = frozenset[str]
Label = str
"""``POL``, or ``UKR/crimea`` for a part in dispute (a row of `disputes.csv`)."""
Layers = dict[str, shapely.Geometry]


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: what is wrong, what is done, and on whose word."""

    number: str
    what: str
    source: str
    label: Callable[[Cover], Label | None]
    layers: Callable[[Inputs], Layers] | None = None


def _inside(name: str, label: Label) -> Callable[[Cover], Label | None]:
    """Give all that one zone or layer covers a label."""
    return lambda cover: label if name in cover else None


def _both(first: str, second: str, label: Label) -> Callable[[Cover], Label | None]:
    """Give what two zones both cover a label."""
    return lambda cover: label if {first, second} <= cover else None


def _part(zone: str, name: str, lon: float, lat: float) -> Callable[[Inputs], Layers]:
    """Single out the polygon of a zone that holds a point."""

    def layers(inputs: Inputs) -> Layers:
        parts = shapely.get_parts(inputs.zones[zone])
        return {name: parts[shapely.contains_xy(parts, lon, lat)][0]}

    return layers


def _antarctic(_: Inputs) -> Layers:
    return {"south of 60 S": shapely.box(-180, -90, 180, -60)}


def _kosovo(inputs: Inputs) -> Layers:
    return {"kosovo": cut_along(inputs.zones["Europe/Belgrade"], inputs.maritime["XKX"])}


def _east_jerusalem(inputs: Inputs) -> Layers:
    zone = inputs.zones["Asia/Jerusalem"].difference(inputs.zones["Asia/Hebron"])
    parts = shapely.get_parts(cut_along(zone, inputs.maritime["PSE"], snap_deg=0.001))
    return {"east jerusalem": parts[np.argmax(shapely.area(parts))]}  # the rest are slivers of the Green Line


def _aegean(inputs: Inputs) -> Layers:
    """Six nautical miles from either coast, and what both reach split by the nearer coast."""
    greek, turkish = inputs.coast["GRC"], inputs.coast["TUR"]
    from_greece, from_turkey = (geodesic_buffer(coast, nautical_miles(6)) for coast in (greek, turkish))
    zones = [inputs.zones["Europe/Athens"], inputs.zones["Europe/Istanbul"]]
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
    zone = inputs.zones["Pacific/Easter"]
    return {"12 NM from Easter": geodesic_buffer(inputs.coast["CHL"].intersection(zone), nautical_miles(12))}


def _easter_label(cover: Cover) -> Label | None:
    return NOBODY if "Pacific/Easter" in cover and "12 NM from Easter" not in cover else None


CORRECTIONS: tuple[Correction, ...] = (
    Correction(
        "7",
        "Antarctic claims, and all else south of 60 S, are nobody's sovereign airspace",
        "Antarctic Treaty (1959), Art. IV and VI",
        _inside("south of 60 S", NOBODY),
        _antarctic,
    ),
    Correction(
        "1",
        "Asia/Bangkok covers northern Vietnam: Vietnam's",
        "zone of the base layer; a time zone, not a claim",
        lambda cover: "VNM" if cover & {"northern vietnam", "northern vietnam islands"} else None,
        lambda inputs: {
            **_part("Asia/Bangkok", "northern vietnam", 105.8, 21.0)(inputs),
            **_part("Asia/Bangkok", "northern vietnam islands", 107.75, 20.0)(inputs),
        },
    ),
    Correction(
        "2a",
        "Europe/Moscow and Asia/Tbilisi both cover Abkhazia: Georgia's, flagged",
        "UN A/RES/76/267",
        _both("Asia/Tbilisi", "Europe/Moscow", "GEO/abkhazia"),
    ),
    Correction(
        "2b",
        "Europe/Simferopol is Crimea: Ukraine's, flagged",
        "UN A/RES/68/262",
        _inside("Europe/Simferopol", "UKR/crimea"),
    ),
    Correction(
        "3a",
        "Asia/Hebron, partly under Asia/Jerusalem too: Palestine's, flagged",
        "UN S/RES/2334 (2016)",
        _inside("Asia/Hebron", "PSE/west-bank"),
    ),
    Correction(
        "3b",
        "East Jerusalem lies in Asia/Jerusalem: Palestine's, flagged",
        "UN S/RES/2334 (2016); line of OpenStreetMap 2017",
        _inside("east jerusalem", "PSE/west-bank"),
        _east_jerusalem,
    ),
    Correction("3c", "Asia/Gaza: Palestine's, flagged", "UN S/RES/1860 (2009)", _inside("Asia/Gaza", "PSE/gaza")),
    Correction(
        "5",
        "Kosovo lies in Europe/Belgrade: a territory of its own, flagged",
        "line of OpenStreetMap 2017; ICJ advisory opinion of 22 July 2010",
        _inside("kosovo", "XKX/kosovo"),
        _kosovo,
    ),
    Correction(
        "6",
        "Guantanamo Bay lies in America/New_York: Cuba's, flagged",
        "lease of 1903, which leaves Cuba's sovereignty untouched (Art. III)",
        _inside("guantanamo", "CUB/guantanamo"),
        _part("America/New_York", "guantanamo", -75.15, 19.9),
    ),
    Correction(
        "8",
        "Pacific/Easter reaches out to the exclusive economic zone: 12 NM from the coast",
        "Chile, Law 18.565 (1986): 12 NM; coast of OpenStreetMap 2017",
        _easter_label,
        _easter,
    ),
    Correction(
        "10a",
        "Bouvet Island and Heard Island are absent: added",
        "OpenStreetMap 2017",
        lambda cover: next((code for code in ("BVT", "HMD") if f"added {code}" in cover), None),
        lambda inputs: {f"added {code}": inputs.maritime[code] for code in ("BVT", "HMD")},
    ),
    Correction(
        "10b",
        "Jan Mayen lies in Europe/Oslo: Svalbard and Jan Mayen",
        "ISO 3166-1",
        _inside("jan mayen", "SJM"),
        _part("Europe/Oslo", "jan mayen", -8.3, 71.0),
    ),
    Correction(
        "11",
        "Asia/Shanghai and Asia/Thimphu both cover northern Bhutan: Bhutan's, flagged",
        "base layer",
        _both("Asia/Shanghai", "Asia/Thimphu", "BTN/doklam-bhutan"),
    ),
    Correction(
        "12a",
        "northern Cyprus: Cyprus's, flagged",
        "UN S/RES/541 (1983)",
        _inside("Asia/Famagusta", "CYP/north-cyprus"),
    ),
    Correction(
        "12b",
        "Western Sahara: flagged",
        "UN list of territories",
        _inside("Africa/El_Aaiun", "ESH/western-sahara"),
    ),
    Correction("12c", "Taiwan: flagged", "UN A/RES/2758 (1971)", _inside("Asia/Taipei", "TWN/taiwan")),
    Correction(
        "12d",
        "Falkland Islands: flagged",
        "UN list of territories",
        _inside("Atlantic/Stanley", "FLK/falklands"),
    ),
    Correction(
        "9",
        "Greek and Turkish limits in the Aegean are 4.5 to 4.9 NM: 6 NM, split by the nearer coast",
        "Greece, Law 230 (1936): 6 NM; Turkey, Law 2674 (1982): 6 NM in the Aegean; coast of OpenStreetMap 2017",
        _aegean_label,
        _aegean,
    ),
)
