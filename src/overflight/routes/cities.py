"""The city of an airport, in English and other languages, and the large cities of a part of the world."""

from __future__ import annotations

import re

from overflight.earth.shortest import inverse
from overflight.routes.airports import airport
from overflight.routes.gazetteer import BigCity, big_cities, by_language, home
from overflight.routes.places import Waypoint

__all__ = ["BigCity", "big_cities", "city_of", "named_in"]

FAR_KM = 60.0
"""A point farther than this from the airport that it has the code of is not there: so far airports have moved."""
_CODE = re.compile(r"[A-Z0-9]{3,4}", re.ASCII)


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
    found = home(row["iata"] or row["icao"])
    return found.name if found else row["city"].partition("/")[0].strip() or None


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
        None where the data have none: they have some 300 cities, those that time zones are named after and a few more.

    Examples
    --------
    >>> named_in("VKO", "hu"), named_in("BUD", "uk"), named_in("EWR", "pl")
    ('Moszkva', 'Будапешт', None)
    """
    language = language.lower().replace("_", "-").partition("-")[0]
    if language == "en":
        return city_of(point)
    row = _airport_of(point)
    found = home(row["iata"] or row["icao"]) if row else None
    return (by_language().get(found.rank, {}).get(language) or None) if found else None


def _airport_of(point: Waypoint | str) -> dict[str, str] | None:
    code = point if isinstance(point, str) else point.name
    if code is None or not _CODE.fullmatch(code):
        return None
    row = airport(code)
    if row is None or isinstance(point, str):
        return row
    away = inverse(point.lon, point.lat, float(row["lon"]), float(row["lat"]))[0] / 1000.0
    return row if away <= FAR_KM else None
