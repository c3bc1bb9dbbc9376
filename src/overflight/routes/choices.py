"""What is offered to somebody who names a city: its airports, each in words, and the city itself."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from overflight.routes.airports import airport
from overflight.routes.folding import folded
from overflight.routes.gazetteer import country_name, home, known_as

__all__ = ["Centre", "Choice", "choice_of"]

_JOINS = " -/,\N{EN DASH}"
_BASE = re.compile(r"\b(?:AFB|JASDF|Air Base|Airbase|Air Force|Naval|Military)\b", re.IGNORECASE)
"""What the second name of an airport holds where that is of those who share it."""


class Choice(NamedTuple):
    """An airport that may be meant: code, name without the city's, city and country in English, degrees."""

    code: str
    name: str
    city: str
    where: str
    lon: float
    lat: float

    @property
    def label(self) -> str:
        """Which airport it is, in words: ``VKO (Vnukovo)``, ``BUD (Budapest)``."""
        return f"{self.code} ({self.name or self.city})"

    @property
    def whole(self) -> str:
        """Its code, name, city and country."""
        return f"{self.code} ({', '.join(filter(None, [self.name, self.city, self.where]))})"


class Centre(NamedTuple):
    """A city itself: its name and where it is in English, degrees."""

    name: str
    where: str
    lon: float
    lat: float

    @property
    def typed(self) -> str:
        """Its place as people type it."""
        return f"{self.lat:.12g},{self.lon:.12g}"


@functools.lru_cache(maxsize=1024)
def choice_of(code: str) -> Choice:
    """Describe an airport of the table."""
    row = airport(code)
    if row is None:
        msg = f"the tables of cities and airports differ over {code}"
        raise LookupError(msg)
    city = home(row["iata"] or row["icao"])
    town = city.name if city else row["city"]
    where = city.where if city else country_name(row["country"])
    return Choice(code, _short(row["name"], town, row["city"]), town, where, float(row["lon"]), float(row["lat"]))


def _short(name: str, *cities: str) -> str:
    """Leave out of an airport's name what all have in theirs, and its city: *London Heathrow Airport* is Heathrow."""
    whole = re.sub(
        r"\s*\b(?:(?:Inter)?national|Intercontinental|Regional|Domestic|Airport)\b", "", name, flags=re.IGNORECASE
    )
    civil, *more = whole.split(" / ")  # Baghdad International Airport / New Al Muthana Air Base
    short = " / ".join([civil, *(part for part in more if not _BASE.search(part))]).strip(_JOINS)
    for city in filter(None, cities):
        rest = re.sub(rf"^{re.escape(city)}\b(?=.)", "", short).strip(_JOINS)
        short = short if rest != short and known_as(rest) else rest  # Cologne Bonn
    short = re.sub(r"^\(([^()]*)\)", r"\1", short)  # Nicosia (Lefko\u015fa) Ercan
    if short in {"City", "Capital", "Central", "County", "Municipal"}:
        return civil.strip(_JOINS)
    town, *others = map(folded, cities)
    own = folded(short) == town or (folded(short) in others and town in {folded(one.name) for one in known_as(short)})
    return "" if own else short  # Teterboro is no other name of New York
