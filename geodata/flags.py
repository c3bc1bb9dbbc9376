"""Parts in dispute, which the base layer does not set apart: corrections 4, 11 and 12 of `geodata/README.md`.

A flag never changes whose airspace a part is (except the Golan's, 4): it gives the part a piece of its own, with its
claimants and the dispute in words (`disputes.csv`).
"""

from __future__ import annotations

from geodata.correction import Correction, Label, both, first_of, inside, part, regions

__all__ = ["FLAGS"]

NATURAL_EARTH = "line of Natural Earth 1:10 million (public domain), good to some 4 km"
BY_HAND = "drawn by hand: at sea, or along a parallel"


def _flag(
    number: str,
    what: str,
    source: str,
    region: str,
    labels: dict[str, Label],
) -> Correction:
    """Set a part apart: what a drawn region and a zone both cover."""
    return Correction(
        number=number,
        what=f"{what}: flagged",
        source=source,
        label=first_of(f"region {region}", labels),
        layers=regions(region),
        line="disputed",
    )


def _zone(number: str, what: str, source: str, zone: str, label: Label) -> Correction:
    """Set a whole zone apart."""
    return Correction(number, f"{what}: flagged", source, inside(zone, label))


FLAGS: tuple[Correction, ...] = (
    _flag(
        "4",
        "the Golan Heights lie in Asia/Jerusalem: Syria's",
        f"UN S/RES/497 (1981); {NATURAL_EARTH}",
        "golan",
        {"Asia/Jerusalem": "SYR/golan"},
    ),
    Correction(
        "11",
        "Asia/Shanghai and Asia/Thimphu both cover northern Bhutan: Bhutan's, flagged",
        "base layer",
        both("Asia/Shanghai", "Asia/Thimphu", "BTN/doklam-bhutan"),
    ),
    _zone("12a", "northern Cyprus: Cyprus's", "UN S/RES/541 (1983)", "Asia/Famagusta", "CYP/north-cyprus"),
    _zone("12b", "Western Sahara", "UN list of territories", "Africa/El_Aaiun", "ESH/western-sahara"),
    # Before Taiwan, whose zone holds Itu Aba.
    _flag(
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
    _flag("12i", "Paracel Islands", f"base layer; {BY_HAND}", "paracels", {"Asia/Shanghai": "CHN/paracels"}),
    _flag("12j", "Scarborough Shoal", f"base layer; {BY_HAND}", "scarborough", {"Asia/Shanghai": "CHN/scarborough"}),
    _flag("12l", "Macclesfield Bank", f"base layer; {BY_HAND}", "macclesfield", {"Asia/Shanghai": "CHN/macclesfield"}),
    _flag("12m", "Dokdo (Takeshima)", f"base layer; {BY_HAND}", "dokdo", {"Asia/Seoul": "KOR/dokdo"}),
    _flag(
        "12n",
        "southern Kurils",
        NATURAL_EARTH,
        "kurils",
        {"Asia/Magadan": "RUS/kurils", "Asia/Sakhalin": "RUS/kurils", "Asia/Srednekolymsk": "RUS/kurils"},
    ),
    _flag("12o", "South Ossetia: Georgia's", NATURAL_EARTH, "south-ossetia", {"Asia/Tbilisi": "GEO/south-ossetia"}),
    _flag("12p", "Transnistria: Moldova's", NATURAL_EARTH, "transnistria", {"Europe/Chisinau": "MDA/transnistria"}),
    _flag("12q", "Kashmir, Indian part", NATURAL_EARTH, "kashmir-india", {"Asia/Kolkata": "IND/kashmir-india"}),
    _flag(
        "12r", "Kashmir, Pakistani part", NATURAL_EARTH, "kashmir-pakistan", {"Asia/Karachi": "PAK/kashmir-pakistan"}
    ),
    _flag("12s", "Aksai Chin", NATURAL_EARTH, "aksai-chin", {"Asia/Shanghai": "CHN/aksai-chin"}),
    _flag("12t", "Shaksgam valley", NATURAL_EARTH, "shaksgam", {"Asia/Shanghai": "CHN/shaksgam"}),
    _flag("12u", "Arunachal Pradesh", NATURAL_EARTH, "arunachal", {"Asia/Kolkata": "IND/arunachal"}),
    _flag("12v", "Bir Tawil", BY_HAND, "bir-tawil", {"Africa/Cairo": "EGY/bir-tawil"}),
    _flag("12w", "Halaib", "drawn by hand, to some 10 km", "halaib", {"Africa/Cairo": "EGY/halaib"}),
    _flag("12x", "Ilemi", NATURAL_EARTH, "ilemi", {"Africa/Juba": "SSD/ilemi"}),
    _flag("12y", "Essequibo", NATURAL_EARTH, "essequibo", {"America/Guyana": "GUY/essequibo"}),
    Correction(
        "12z",
        "Navassa lies in America/Port-au-Prince: a United States minor island, flagged",
        "administered by the United States since 1857; claimed by Haiti",
        inside("navassa", "UMI/navassa"),
        part("America/Port-au-Prince", "navassa", -75.01, 18.40),
    ),
)
