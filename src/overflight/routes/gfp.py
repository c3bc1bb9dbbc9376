"""Garmin's .gfp: a route in one line of pairs (``FPN/RI:F:UUWW:F:N53540E030000:F:LHBP``), brought to ICAO's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["gfp_as_route", "is_gfp"]

_BEGINS = re.compile(r"\s*FPN/", re.ASCII)
_PLACE = re.compile(r"([NS])(\d{2})(\d{2})(\d)([EW])(\d{3})(\d{2})(\d)", re.ASCII)
WAY = frozenset({"F", "DA", "AA"})
"""What stands before a place on the way, the departure and the arrival; other pairs name procedures and runways."""


def is_gfp(text: str) -> bool:
    """Tell whether a text begins as such a file."""
    return _BEGINS.match(text) is not None


def gfp_as_route(text: str) -> tuple[str, list[str]]:
    """Write the route as ICAO flight plans do, and return the procedures that are left out.

    Examples
    --------
    >>> gfp_as_route("FPN/RI:DA:UUWW:D:AR25D.25:AA:LHBP:F:AAA,N53540E030000:F:BBB.M857.CCC")
    ('UUWW DCT 535400N0300000E DCT BBB M857 CCC DCT LHBP', ['AR25D'])
    """
    words: list[str] = []
    passed: list[str] = []
    end = ""
    cells = re.split(r"[:\s]+", text.strip().partition("/")[2])[1:]
    for code, value in zip(cells[::2], cells[1::2], strict=False):
        if code not in WAY:
            passed += [value.partition(".")[0]] if code in {"D", "A", "AP"} else []
            continue
        if code == "AA":
            end = value
        elif code == "DA":
            words.insert(0, value)
        else:
            words.append(" ".join(_way(value)))
    return " DCT ".join([*words, *([end] if end else [])]), passed


def _way(value: str) -> Iterator[str]:
    """Yield the places and airways of one pair, a place by its coordinates where it has any."""
    for part in value.split("."):
        name, _, place = part.partition(",")
        match = _PLACE.fullmatch(place or name)
        if match is None:
            yield name
        else:
            lat, lon = (f"{match[i]}{match[i + 1]}{6 * int(match[i + 2]):02}" for i in (2, 6))
            yield f"{lat}{match[1]}{lon}{match[5]}"
