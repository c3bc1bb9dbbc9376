"""The tables of cities, of their names in all languages, and of countries: `geodata/cities.py` makes them.

They are looked up by bisection in the files as they are: what names codes opens none of them, and a name is found in
less than a millisecond.
"""

from __future__ import annotations

import csv
import functools
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from overflight.airspace.states import DATA, State, table_rows
from overflight.errors import DataError
from overflight.routes.folding import folded

__all__ = [
    "BigCity",
    "City",
    "Country",
    "beginning_with",
    "big_cities",
    "by_language",
    "countries",
    "country_name",
    "home",
    "known_as",
    "metropolis",
    "served",
]


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
        region = [name for name in self.region[1:] if name != self.name]
        return ", ".join([*region, country_name(self.country)])

    @property
    def where_in_text(self) -> str:
        """The same as it stands behind *in*: in the United Kingdom."""
        known = countries().get(self.country)
        return State(known.code, known.name).in_text if known and self.where == known.name else self.where


class BigCity(NamedTuple):
    """A city to go by on a map: English name, degrees, and its place by inhabitants, from 0."""

    name: str
    lon: float
    lat: float
    rank: int


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
    for one in served():
        across = west <= one.lon <= east if west <= east else one.lon >= west or one.lon <= east
        if len(found) < most and south <= one.lat <= north and across:
            found.append(BigCity(one.name, one.lon, one.lat, one.rank))
    return found


_OTHER = str.maketrans("\u81fa\u53f0", "\u53f0\u81fa")
"""The two ways to write the *tai* of Taipei; the index has one of each name."""


def known_as(name: str) -> list[City]:
    """List the cities of a name, in whatever language, the largest first.

    Examples
    --------
    >>> [(city.name, city.where) for city in known_as("Москва")][0]
    ('Moscow', 'Russia')
    """
    raw = _names()
    for text in dict.fromkeys((name, name.translate(_OTHER))):
        key = folded(text).encode()
        at = _first(raw, key + b",")
        if key and raw[at : at + len(key) + 1] == key + b",":
            return list(_cities(raw, at))
    return []


def beginning_with(name: str, most: int) -> list[City]:
    """List cities with a name that begins so, at most so many of the index; the largest first."""
    raw = _names()
    key = folded(name).encode()
    found: dict[int, City] = {}
    at = _first(raw, key)
    for _ in range(most):
        if not key or raw[at : at + len(key)] != key:
            break
        found |= {one.rank: one for one in _cities(raw, at)}
        at = raw.find(b"\n", at) + 1 or len(raw)
    return [found[rank] for rank in sorted(found)]


def metropolis(code: str) -> City | None:
    """Find the city of a metropolitan code, such as MOW.

    Examples
    --------
    >>> metropolis("MOW").main
    ('SVO', 'DME', 'VKO')
    """
    raw, sought = _table(), f",{code}\n".encode()
    at = raw.find(sought)
    return None if at < 0 or not code else _city(raw[raw.rfind(b"\n", 0, at) + 1 : at + len(sought) - 1])


def country_name(alpha2: str) -> str:
    """Return the English name of a country or territory; its code, if it has none."""
    known = countries().get(alpha2)
    return known.name if known else alpha2


@functools.cache
def countries() -> dict[str, Country]:
    """Read countries and territories, by alpha-2 code."""
    return {
        row["country"]: Country(row["country"], row["code"], row["name"], tuple(filter(None, row["more"].split("|"))))
        for row in table_rows(DATA / "countries.csv")
    }


@functools.lru_cache(maxsize=1024)
def home(code: str) -> City | None:
    """Find the city that an airport is of, by the code that a city's list has; none for strips and closed ones.

    A list of a city has a plus sign before the airports that are another's.
    """
    raw, sought = _table(), code.encode()
    at = raw.find(sought)
    while at >= 0:
        if raw[at - 1 : at] in {b",", b" "} and raw[at + len(sought) : at + len(sought) + 1] in {b",", b" "}:
            one = _city(raw[raw.rfind(b"\n", 0, at) + 1 : raw.find(b"\n", at)])
            if code in one.main or code in one.others:
                return one
        at = raw.find(sought, at + 1)
    return None


def _cities(raw: mmap.mmap, at: int) -> Iterator[City]:
    """Read the cities that a line of the names has."""
    end = raw.find(b"\n", at)
    table = _table()
    for number in raw[at:end].rpartition(b",")[2].split():
        start = _first(table, number + b",")
        yield _city(table[start : table.find(b"\n", start)])


@functools.cache
def served() -> tuple[City, ...]:
    """Read the cities that have an airport with scheduled flights, the largest first; 100 ms."""
    return tuple(_made(row) for row in csv.reader(_table()[:].decode("utf-8").splitlines()[1:]) if row[7])


def _city(line: bytes) -> City:
    return _made(next(csv.reader([line.decode("utf-8")])))


def _made(row: Sequence[str]) -> City:
    number, name, country, region, lat, lon, population, main, others, metro = row
    near, far = (tuple(codes.replace("+", "").split()) for codes in (main, others))
    code, _, region = region.partition(" ")
    place = (code, region) if code else ()
    return City(name, country, place, float(lon), float(lat), int(population), near, far, metro, int(number))


@functools.cache
def by_language() -> dict[int, dict[str, str]]:
    """Read what cities are called in other languages, by their rank."""
    return {int(row["city"]): row for row in table_rows(DATA / "city_languages.csv")}


def _first(raw: mmap.mmap, key: bytes) -> int:
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
def _names() -> mmap.mmap:
    return _mapped("city_names.csv")


@functools.cache
def _table() -> mmap.mmap:
    return _mapped("cities.csv")


def _mapped(name: str) -> mmap.mmap:
    """Map a table into memory: of a file of megabytes, the pages that a search comes by are read."""
    try:
        with (DATA / name).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        msg = f"the table of cities can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
