"""Cities: their names in all languages, the airports that they have, and the city of an airport.

`geodata/cities.py` makes the tables. They are looked up by bisection in the bytes of the files: what names codes reads
none of them, and a name costs 2 ms for the first, and next to nothing for others.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from overflight.airspace.states import DATA, table_rows
from overflight.earth.shortest import inverse
from overflight.errors import DataError
from overflight.routes.airports import airport
from overflight.routes.folding import folded
from overflight.routes.places import Waypoint

__all__ = ["BigCity", "City", "Country", "beginning_with", "big_cities", "city_of", "countries", "known_as", "named_in"]

FAR_KM = 120.0
"""A point farther from the airport that it has the code of is not there."""
_CODE = re.compile(r"[A-Z0-9]{3,4}", re.ASCII)


class Country(NamedTuple):
    """A country or territory: ISO 3166-1 codes, English name, other names in use."""

    alpha2: str
    code: str
    name: str
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """A city.

    Attributes
    ----------
    name : str
        Usual English name.
    country : str
        ISO 3166-1 alpha-2.
    region : tuple of str
        Code and name of the state or province, of the United States and Canada; elsewhere empty.
    lon, lat : float
        Degrees.
    population : int
        0 where it is not known.
    main, others : tuple of str
        Codes (IATA, else ICAO) of the airports with scheduled flights that one may mean by its name, the likeliest
        first, and of those besides.
    metro : str
        Its metropolitan code, or empty.
    rank : int
        Its place by inhabitants, from 0.
    """

    name: str
    country: str
    region: tuple[str, ...]
    lon: float
    lat: float
    population: int
    main: tuple[str, ...]
    others: tuple[str, ...]
    metro: str
    rank: int

    @property
    def where(self) -> str:
        """Its country in English, before it the state or province that it is told from others by."""
        known = countries().get(self.country)
        return ", ".join([*self.region[1:], known.name if known else self.country])


class BigCity(NamedTuple):
    """A city to go by on a map: English name, degrees, and its place by inhabitants, from 0."""

    name: str
    lon: float
    lat: float
    rank: int


def city_of(point: Waypoint | str) -> str | None:
    """Return the usual English name of the city that an airport is of.

    Parameters
    ----------
    point : Waypoint or str
        An airport's code, or a point that is named by one and lies there.

    Returns
    -------
    str or None
        None for coordinates, and for what is no airport.

    Examples
    --------
    >>> city_of("VKO"), city_of("LHR"), city_of(Waypoint(37.2615, 55.5915))
    ('Moscow', 'London', None)
    """
    row = _airport_of(point)
    if row is None:
        return None
    home = _home(row["iata"] or row["icao"])
    return home.name if home else row["city"].partition("/")[0].strip() or None


def named_in(point: Waypoint | str, language: str) -> str | None:
    """Return the name of an airport's city in a language.

    Parameters
    ----------
    point : Waypoint or str
        As for `city_of`.
    language : str
        ISO 639-1: ``en``, or one that the data have (``ar``, ``de``, ``el``, ``es``, ``fa``, ``fr``, ``he``, ``hi``,
        ``hu``, ``it``, ``ja``, ``ko``, ``nl``, ``pl``, ``pt``, ``ru``, ``tr``, ``uk``, ``zh``).

    Returns
    -------
    str or None
        None where the data have none: they have the cities that time zones are named after, 277 of them, from CLDR.

    Examples
    --------
    >>> named_in("VKO", "hu"), named_in("BUD", "uk"), named_in("MUC", "pl")
    ('Moszkva', 'Будапешт', None)
    """
    language = language.lower().replace("_", "-").partition("-")[0]
    if language == "en":
        return city_of(point)
    row = _airport_of(point)
    home = _home(row["iata"] or row["icao"]) if row else None
    return (_by_language().get(home.rank, {}).get(language) or None) if home else None


def big_cities(bounds: tuple[float, float, float, float], most: int) -> list[BigCity]:
    """List the largest cities in a part of the world that have an airport with scheduled flights, the largest first.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees; where west is more than east, across 180 degrees.
    most : int
        How many at most.

    Examples
    --------
    >>> [city.name for city in big_cities((5.0, 47.0, 15.0, 55.0), 2)]
    ['Berlin', 'Hamburg']
    """
    west, south, east, north = bounds
    found: list[BigCity] = []
    for one in _by_size():
        across = west <= one.lon <= east if west <= east else one.lon >= west or one.lon <= east
        if len(found) < most and south <= one.lat <= north and across:
            found.append(one)
    return found


def known_as(name: str) -> list[City]:
    """List the cities of a name, in whatever language, the largest first.

    Examples
    --------
    >>> [(city.name, city.where) for city in known_as("Москва")][0]
    ('Moscow', 'Russia')
    """
    raw = _names()
    key = folded(name).encode()
    at = _first(raw, key + b",")
    return list(_cities(raw, at)) if key and raw.startswith(key + b",", at) else []


def beginning_with(name: str, most: int) -> list[City]:
    """List cities with a name that begins so, at most so many of the index; the largest first."""
    raw = _names()
    key = folded(name).encode()
    found: dict[int, City] = {}
    at = _first(raw, key)
    for _ in range(most):
        if not key or not raw.startswith(key, at):
            break
        found |= {one.rank: one for one in _cities(raw, at)}
        at = raw.find(b"\n", at) + 1 or len(raw)
    return [found[rank] for rank in sorted(found)]


@functools.cache
def countries() -> dict[str, Country]:
    """Read countries and territories, by alpha-2 code."""
    return {
        row["country"]: Country(row["country"], row["code"], row["name"], tuple(filter(None, row["more"].split("|"))))
        for row in table_rows(DATA / "countries.csv")
    }


def _airport_of(point: Waypoint | str) -> dict[str, str] | None:
    code = point if isinstance(point, str) else point.name
    if code is None or not _CODE.fullmatch(code):
        return None
    row = airport(code)
    if row is None or isinstance(point, str):
        return row
    away = inverse(point.lon, point.lat, float(row["lon"]), float(row["lat"]))[0] / 1000.0
    return row if away <= FAR_KM else None


@functools.lru_cache(maxsize=1024)
def _home(code: str) -> City | None:
    """Find the city that an airport is of: a list of a city has a plus sign before the airports of others."""
    raw, sought = _table(), code.encode()
    at = raw.find(sought)
    while at >= 0:
        if raw[at - 1 : at] in {b",", b" "} and raw[at + len(sought) : at + len(sought) + 1] in {b",", b" "}:
            one = _city(raw[raw.rfind(b"\n", 0, at) + 1 : raw.find(b"\n", at)])
            if code in one.main or code in one.others:
                return one
        at = raw.find(sought, at + 1)
    return None


def _cities(raw: bytes, at: int) -> Iterator[City]:
    """Read the cities that a line of the names has."""
    end = raw.find(b"\n", at)
    table = _table()
    for number in raw[at:end].rpartition(b",")[2].split():
        start = _first(table, number + b",")
        yield _city(table[start : table.find(b"\n", start)])


def _city(line: bytes) -> City:
    number, name, country, region, lat, lon, population, main, others, metro = next(csv.reader([line.decode()]))
    near, far = (tuple(codes.replace("+", "").split()) for codes in (main, others))
    code, _, region = region.partition(" ")
    place = (code, region) if code else ()
    return City(name, country, place, float(lon), float(lat), int(population), near, far, metro, int(number))


@functools.cache
def _by_size() -> tuple[BigCity, ...]:
    """Read the cities that have an airport; 50 ms."""
    rows = csv.DictReader(_table().decode("utf-8").splitlines())
    return tuple(
        BigCity(row["name"], float(row["lon"]), float(row["lat"]), int(row["city"])) for row in rows if row["main"]
    )


@functools.cache
def _by_language() -> dict[int, dict[str, str]]:
    return {int(row["city"]): row for row in table_rows(DATA / "city_languages.csv")}


def _first(raw: bytes, key: bytes) -> int:
    """Find where the first line begins, below the titles, that is not before a text; the lines are sorted by bytes."""
    low, high = raw.find(b"\n") + 1, len(raw)
    while low < high:
        middle = raw.rfind(b"\n", low, (low + high) // 2)
        middle = low if middle < 0 else middle + 1
        end = raw.find(b"\n", middle) + 1 or len(raw)
        if raw[middle:end] < key:
            low = end
        else:
            high = middle
    return low


@functools.cache
def _names() -> bytes:
    return _bytes("city_names.csv")


@functools.cache
def _table() -> bytes:
    return _bytes("cities.csv")


def _bytes(name: str) -> bytes:
    try:
        return (DATA / name).read_bytes()
    except OSError as error:
        msg = f"the table of cities can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
