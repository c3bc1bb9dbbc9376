"""Places by name: what a page offers while somebody types, by the same reading as everywhere (`routes/naming.py`)."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

from overflight.errors import UnknownPlaceError
from overflight.routes.airports import airport, airports
from overflight.routes.choices import Centre
from overflight.routes.folding import LONGEST, folded, words
from overflight.routes.gazetteer import beginning_with, country_name, home, served
from overflight.routes.naming import Meant
from overflight.routes.places import by_name

__all__ = ["named"]

MOST = 10
LINES = 200
"""Names of the index that are looked at for one that begins so."""


def named(typed: str) -> list[dict[str, Any]]:
    """Return the airports that somebody may mean, the likeliest first.

    Parameters
    ----------
    typed : str
        A code, of today or of old; a city in any language, or the beginning of its name; the beginning of a word of an
        airport's name; without regard to case and accents.

    Returns
    -------
    list of dict
        At most 10, each with ``code`` (IATA, else ICAO), ``name``, ``city`` and ``country`` in English, ``lon`` and
        ``lat`` in degrees, ``exact``: whether the code is what was typed, and ``alone``: whether it is meant and no
        other can be. Behind the airports of a city that has several, the city itself, with ``lat,lon`` for a code.

    Examples
    --------
    >>> [found["code"] for found in named("vnukovo")], named("zürich")[0]["code"]
    (['VKO'], 'ZRH')
    """
    text = typed[: LONGEST + 1].strip()
    if not folded(text) or len(text) > LONGEST:
        return []
    try:
        name = by_name(text)
    except UnknownPlaceError:  # a coordinate, and a wrong one
        return []
    row = airport(text.upper()) or {}
    listed = [_shown(code) for code in itertools.islice(_codes(row, name, text), MOST)]
    at = len(name.choices) if name else 0
    if name is not None and name.centre and not name.alone:
        listed[at:] = [_itself(name.centre), *listed[at : MOST - 1]]
    # a strip is meant by its code in capitals only
    coded = (
        bool(row) and name is None and (text.isupper() or bool(row["scheduled"]) or row["type"] in {"large", "medium"})
    )
    alone = coded or (name is not None and name.alone)
    return [one | {"exact": bool(row) and nth == 0, "alone": alone and nth == 0} for nth, one in enumerate(listed)]


def _codes(row: dict[str, str], name: Meant | None, text: str) -> Iterator[str]:
    """Give codes, each once, the likeliest first."""
    found: set[str] = set()
    for code in itertools.chain([row["iata"] or row["icao"]] if row else (), _likely(name, text)):
        if code not in found:
            found.add(code)
            yield code


def _likely(name: Meant | None, text: str) -> Iterator[str]:
    """Give codes: of what is meant, of cities whose name begins so, of airports with a word that does."""
    yield from (one.code for one in (name.choices if name else ()))
    key = folded(text)
    yield from (one.main[0] for one in served() if folded(one.name).startswith(key))
    yield from (one.main[0] for one in beginning_with(text, LINES) if one.main)
    wanted = f" {' '.join(words(text))}"
    hits = sorted((rank, nth) for nth, (_, rank, said) in enumerate(_table()) if wanted in said)
    yield from (_table()[nth][0] for _, nth in hits)


@functools.cache
def _table() -> list[tuple[str, int, str]]:
    """Return the code of each airport that has one of IATA's or scheduled flights, its rank, and words of its names."""
    return [
        (row["iata"] or row["icao"], _rank(row), f" {' '.join(words(row['city']) + words(row['name']))} ")
        for row in airports()
        if row["iata"] or (row["icao"] and row["scheduled"])
    ]


def _rank(row: dict[str, str]) -> int:
    """Return a lower number the likelier an airport is meant: with scheduled service, large; closed ones come last."""
    if row["closed"]:
        return 6
    return {"large": 0, "medium": 1}.get(row["type"], 2) + (0 if row["scheduled"] else 3)


@functools.lru_cache(maxsize=4096)
def _shown(code: str) -> dict[str, Any]:
    """Return what a page is told of an airport."""
    row = airport(code) or {}
    city = home(code)
    return {
        "code": row["iata"] or row["icao"],
        "name": row["name"],
        "city": city.name if city else row["city"],
        "country": city.where if city else country_name(row["country"]),
        "lon": float(row["lon"]),
        "lat": float(row["lat"]),
    }


def _itself(centre: Centre) -> dict[str, Any]:
    return {
        "code": centre.typed,
        "name": "the city itself",
        "city": centre.name,
        "country": centre.where,
        "lon": centre.lon,
        "lat": centre.lat,
    }
