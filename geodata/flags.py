"""Parts in dispute, which the base layer does not set apart: corrections 4, 11 and 12 of `geodata/README.md`.

A flag never changes whose airspace a part is (except the Golan's, 4, two parts of Bhutan, 11b, and the bases on Cyprus,
12ak): it gives the part a piece of its own, with its claimants and the dispute in words (`disputes.csv`).
"""

from __future__ import annotations

import shapely

from geodata.correction import Correction, Label, Layers, both, first_of, flag, inside, part, regions, unzoned
from geodata.shapes import cut_along, geodesic_buffer, nautical_miles, nearest_split
from geodata.sources import Inputs

__all__ = ["FLAGS"]

NATURAL_EARTH = "line of Natural Earth 1:10 million (public domain), good to some 4 km"
BY_HAND = "drawn by hand: at sea, or along a parallel"


def _islands(number: str, what: str, layer: str, points: list[tuple[float, float]], label: Label) -> Correction:
    """Set islands of Iran apart, with the waters within 12 NM that lie nearer to them than to any other coast."""

    def layers(inputs: Inputs) -> Layers:
        coast = [shapely.intersection(inputs.coast[code], GULF) for code in ("IRN", "ARE")]
        land = shapely.get_parts(shapely.union_all(coast))
        islands = shapely.union_all([land[shapely.contains_xy(land, *point)][0] for point in points])
        others = shapely.difference(shapely.union_all(land), islands)
        reach = geodesic_buffer(islands, nautical_miles(12))
        return {layer: nearest_split(reach, islands, others, reach_nm=13.0)}

    source = "base layer; coast of OpenStreetMap 2017"
    kind = "rebuilt at 12 NM"
    return Correction(number, f"{what}: flagged", source, first_of(layer, {"Asia/Tehran": label}), layers, kind)


GULF = shapely.box(53.0, 24.0, 57.5, 28.0)
"""Around Abu Musa and the Tunbs, with more than 13 NM to spare: its edges count for no coast."""


def _bases(inputs: Inputs) -> Layers:
    """Single out what the countries of 2017 leave out of Cyprus: the British bases with their waters."""
    zone = inputs.zones["Asia/Nicosia"]
    island = shapely.union_all([zone, inputs.zones["Asia/Famagusta"]])
    parts = shapely.get_parts(shapely.difference(island, inputs.maritime["CYP"]))
    bases = [parts[shapely.contains_xy(parts, *point)][0] for point in ((32.98, 34.59), (33.73, 34.99))]
    return {"bases on Cyprus": cut_along(zone, shapely.union_all(bases), snap_deg=0.0005)}


def _western_bhutan(inputs: Inputs) -> Layers:
    """Cut out what Bhutan of 2017 has of Asia/Shanghai: two parts; the rest are slivers of the common border."""
    zone = shapely.intersection(inputs.zones["Asia/Shanghai"], shapely.box(88.0, 26.5, 93.0, 29.5))
    parts = shapely.get_parts(cut_along(zone, inputs.maritime["BTN"]))
    points = ((89.08, 27.55), (91.26, 28.02))
    return {"bhutan of 2017": shapely.union_all([parts[shapely.contains_xy(parts, *p)][0] for p in points])}


def _zone(number: str, what: str, source: str, zone: str, label: Label) -> Correction:
    """Set a whole zone apart."""
    return Correction(number, f"{what}: flagged", source, inside(zone, label))


FLAGS: tuple[Correction, ...] = (
    flag(
        "4",
        "the Golan Heights lie in Asia/Jerusalem: Syria's",
        "UN S/RES/497 (1981); drawn by hand between places known to lie on either side in June 1967, to some 2 km",
        "golan",
        {"Asia/Jerusalem": "SYR/golan"},
    ),
    Correction(
        "11",
        "Asia/Shanghai and Asia/Thimphu both cover northern Bhutan and Doklam: Bhutan's, flagged",
        "base layer",
        both("Asia/Shanghai", "Asia/Thimphu", "BTN/doklam-bhutan"),
    ),
    Correction(
        "11b",
        "Asia/Shanghai alone covers two parts of Bhutan, in its west and north-east: Bhutan's, flagged",
        "line of OpenStreetMap 2017",
        inside("bhutan of 2017", "BTN/doklam-bhutan"),
        _western_bhutan,
        line="border of 2017",
    ),
    _zone("12a", "northern Cyprus: Cyprus's", "UN S/RES/541 (1983)", "Asia/Famagusta", "CYP/north-cyprus"),
    _zone("12b", "Western Sahara", "UN list of territories", "Africa/El_Aaiun", "ESH/western-sahara"),
    # Before Taiwan, whose zone holds Itu Aba.
    flag(
        "12k",
        "Spratly Islands",
        f"base layer, each part its holder's; {BY_HAND}",
        "spratlys",
        {
            "Asia/Taipei": "TWN/spratlys",
            "Asia/Manila": "PHL/spratlys",
            "Asia/Ho_Chi_Minh": "VNM/spratlys",
            "Asia/Kuching": "MYS/spratlys",
            "Asia/Shanghai": "CHN/spratlys",
        },
    ),
    _zone("12c", "Taiwan", "UN A/RES/2758 (1971)", "Asia/Taipei", "TWN/taiwan"),
    _zone("12d", "Falkland Islands", "UN list of territories", "Atlantic/Stanley", "FLK/falklands"),
    _zone("12e", "South Georgia", "UN A/RES/2065 (1965)", "Atlantic/South_Georgia", "SGS/south-georgia"),
    _zone("12f", "Chagos Archipelago", "ICJ advisory opinion of 25 February 2019", "Indian/Chagos", "IOT/chagos"),
    _zone("12g", "Mayotte", "UN A/RES/49/18 (1994)", "Indian/Mayotte", "MYT/mayotte"),
    _zone("12h", "Gibraltar", "UN list of territories", "Europe/Gibraltar", "GIB/gibraltar"),
    _zone("12aa", "Ceuta and Melilla", "the parties' own statements", "Africa/Ceuta", "ESP/ceuta-melilla"),
    flag("12i", "Paracel Islands", f"base layer; {BY_HAND}", "paracels", {"Asia/Shanghai": "CHN/paracels"}),
    flag("12j", "Scarborough Shoal", f"base layer; {BY_HAND}", "scarborough", {"Asia/Shanghai": "CHN/scarborough"}),
    flag("12m", "Dokdo (Takeshima)", f"base layer; {BY_HAND}", "dokdo", {"Asia/Seoul": "KOR/dokdo"}),
    flag(
        "12n",
        "southern Kurils",
        NATURAL_EARTH,
        "kurils",
        {"Asia/Magadan": "RUS/kurils", "Asia/Sakhalin": "RUS/kurils", "Asia/Srednekolymsk": "RUS/kurils"},
    ),
    flag("12o", "South Ossetia: Georgia's", NATURAL_EARTH, "south-ossetia", {"Asia/Tbilisi": "GEO/south-ossetia"}),
    flag("12p", "Transnistria: Moldova's", NATURAL_EARTH, "transnistria", {"Europe/Chisinau": "MDA/transnistria"}),
    # Before Kashmir, of which it is a part.
    flag("12ao", "Demchok", NATURAL_EARTH, "demchok", {"Asia/Kolkata": "IND/demchok"}),
    flag("12q", "Kashmir, Indian part", NATURAL_EARTH, "kashmir-india", {"Asia/Kolkata": "IND/kashmir-india"}),
    flag("12r", "Kashmir, Pakistani part", NATURAL_EARTH, "kashmir-pakistan", {"Asia/Karachi": "PAK/kashmir-pakistan"}),
    flag("12s", "Aksai Chin", NATURAL_EARTH, "aksai-chin", {"Asia/Shanghai": "CHN/aksai-chin"}),
    flag("12t", "Shaksgam valley", NATURAL_EARTH, "shaksgam", {"Asia/Shanghai": "CHN/shaksgam"}),
    flag("12u", "Arunachal Pradesh", NATURAL_EARTH, "arunachal", {"Asia/Kolkata": "IND/arunachal"}),
    flag("12ap", "Nelang", NATURAL_EARTH, "nelang", {"Asia/Kolkata": "IND/middle-sector"}),
    flag("12aq", "Barahoti", NATURAL_EARTH, "barahoti", {"Asia/Kolkata": "IND/middle-sector"}),
    flag("12ar", "Kaurik and Shipki", NATURAL_EARTH, "kaurik-shipki", {"Asia/Kolkata": "IND/middle-sector"}),
    flag("12v", "Bir Tawil", BY_HAND, "bir-tawil", {"Africa/Cairo": "EGY/bir-tawil"}),
    flag("12w", "Halaib", "drawn by hand, to some 10 km", "halaib", {"Africa/Cairo": "EGY/halaib"}),
    flag("12x", "Ilemi", NATURAL_EARTH, "ilemi", {"Africa/Juba": "SSD/ilemi"}),
    flag("12y", "Essequibo", NATURAL_EARTH, "essequibo", {"America/Guyana": "GUY/essequibo"}),
    flag(
        "12ab",
        "Somaliland: Somalia's",
        "Anglo-Italian protocol of 5 May 1894, on which Somaliland's constitution rests (Art. 2)",
        "somaliland",
        {"Africa/Mogadishu": "SOM/somaliland"},
    ),
    flag(
        "12ac",
        "Donetsk, Luhansk, Zaporizhzhia and Kherson oblasts: Ukraine's",
        f"UN A/RES/ES-11/4 (2022); {NATURAL_EARTH}",
        "four-oblasts",
        {"Europe/Kyiv": "UKR/four-oblasts"},
    ),
    flag("12ad", "Tigri", NATURAL_EARTH, "tigri", {"America/Guyana": "GUY/tigri"}),
    flag("12ae", "Marowijne", NATURAL_EARTH, "marowijne", {"America/Cayenne": "GUF/marowijne"}),
    flag(
        "12af",
        "Belize south of the Sibun",
        f"{NATURAL_EARTH}, in part by hand, to some 10 km",
        "belize-south",
        {"America/Belize": "BLZ/belize-south"},
    ),
    flag(
        "12ag",
        "Olivenza and Táliga",
        "municipalities of Spain (Instituto Geográfico Nacional)",
        "olivenza",
        {"Europe/Madrid": "ESP/olivenza"},
    ),
    flag("12ah", "Sabah", NATURAL_EARTH, "sabah", {"Asia/Kuching": "MYS/sabah"}),
    _islands("12ai", "Abu Musa", "12 NM from Abu Musa", [(55.03, 25.87)], "IRN/abu-musa"),
    _islands(
        "12aj", "Greater and Lesser Tunb", "12 NM from the Tunbs", [(55.30, 26.265), (55.145, 26.24)], "IRN/tunbs"
    ),
    Correction(
        "12ak",
        "Akrotiri and Dhekelia, British bases, lie in Asia/Nicosia: the United Kingdom's, flagged",
        "Treaty of Establishment (1960), Art. 1; line of OpenStreetMap 2017",
        inside("bases on Cyprus", "GBR/bases"),
        _bases,
        line="border of 2017",
    ),
    Correction(
        "12al",
        "Matthew and Hunter: flagged",
        "base layer",
        lambda cover: "NCL/matthew-hunter" if cover & {"matthew", "hunter"} else None,
        lambda inputs: {
            **part("Pacific/Noumea", "matthew", 171.35, -22.35)(inputs),
            **part("Pacific/Noumea", "hunter", 172.09, -22.40)(inputs),
        },
    ),
    _zone("12am", "Wake Island", "base layer", "Pacific/Wake", "UMI/wake"),
    Correction(
        "12an",
        "Serranilla and Bajo Nuevo: flagged",
        "ICJ judgment of 19 November 2012; base layer",
        lambda cover: "COL/serranilla" if cover & {"serranilla", "bajo nuevo"} else None,
        lambda inputs: {
            **part("America/Bogota", "serranilla", -79.84, 15.79)(inputs),
            **part("America/Bogota", "bajo nuevo", -78.63, 15.88)(inputs),
        },
    ),
    Correction(
        "12as",
        "the central Sea of Azov lies in no zone: flagged",
        "Agreement between Russia and Ukraine on the use of the Sea of Azov, 24 December 2003, Art. 1",
        unzoned("region azov", "XXX/azov"),
        regions("azov"),
    ),
    Correction(
        "12z",
        "Navassa lies in America/Port-au-Prince: a United States minor island, flagged",
        "administered by the United States since 1857; claimed by Haiti",
        inside("navassa", "UMI/navassa"),
        part("America/Port-au-Prince", "navassa", -75.01, 18.40),
    ),
)
