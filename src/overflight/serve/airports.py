"""Airports by name: what a page offers while somebody types."""

from __future__ import annotations

import functools
import unicodedata
from typing import Any

from overflight.routes.airports import other_codes
from overflight.routes.places import airports

__all__ = ["named"]

MOST = 10
LONGEST = 60


def named(typed: str) -> list[dict[str, Any]]:
    """Return the airports that somebody may mean, the likeliest first.

    Parameters
    ----------
    typed : str
        A code, of today or of old, or the beginning of a word of a city's or an airport's name, without regard to case
        and accents.

    Returns
    -------
    list of dict
        At most 10, each with ``code`` (IATA, else ICAO), ``name``, ``city``, ``country`` (ISO alpha-2), ``lon`` and
        ``lat`` in degrees, ``exact``: whether the code is what was typed, and ``alone``: whether no
        other matches as well.

    Examples
    --------
    >>> [found["code"] for found in named("vnukovo")], named("zürich")[0]["code"]
    (['VKO'], 'ZRH')
    """
    wanted = _plain(typed[:LONGEST])
    if not wanted:
        return []
    found: list[tuple[int, int, int, dict[str, Any]]] = []
    for nth, (codes, words, likely, one) in enumerate(_table()):
        if wanted in codes:
            rank = 0
        elif f" {wanted}" not in words:
            continue
        elif words.startswith(f" {wanted} "):
            rank = 1
        else:
            rank = 2 if words.startswith(f" {wanted}") else 3
        # those without an IATA code see no scheduled flights
        found.append((rank if len(one["code"]) == 3 else rank + 4, likely, nth, one))
    found.sort(key=lambda ranked: ranked[:3])
    alone = len(found) == 1 or (len(found) > 1 and found[0][0] < found[1][0])
    return [
        one | {"exact": not rank % 4, "alone": alone and place == 0}
        for place, (rank, _, _, one) in enumerate(found[:MOST])
    ]


@functools.cache
def _table() -> list[tuple[frozenset[str], str, int, dict[str, Any]]]:
    """Return of each airport codes, words as they are compared, place among its likes, and what a page is told."""
    further: dict[str, set[str]] = {}
    for code, now in other_codes():
        further.setdefault(now, set()).add(code.casefold())
    return [
        (
            frozenset(row[key].casefold() for key in ("iata", "icao") if row[key]).union(
                *(further.get(row[key], ()) for key in ("iata", "icao"))
            ),
            f" {_plain(row['city'])} {_plain(row['name'])} ",
            _likely(row),
            {
                "code": row["iata"] or row["icao"],
                "name": row["name"],
                "city": row["city"],
                "country": row["country"],
                "lon": float(row["lon"]),
                "lat": float(row["lat"]),
            },
        )
        for row in airports()
        if row["iata"] or row["icao"]
    ]


def _likely(row: dict[str, str]) -> int:
    """Return a lower number the likelier an airport is meant: with scheduled service, large; closed ones come last."""
    if row["closed"]:
        return 6
    return {"large": 0, "medium": 1}.get(row["type"], 2) + (0 if row["scheduled"] else 3)


def _plain(text: str) -> str:
    """Fold case and accents, and make one space of whatever parts words."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in parts if not unicodedata.combining(c)).split())
