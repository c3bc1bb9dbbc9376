"""Routes as people type and paste them: places, words of a flight plan between them, codes joined by hyphens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from overflight.errors import OverflightError, RouteError, UnknownPlaceError
from overflight.routes.collect import Collector
from overflight.routes.model import Route, route
from overflight.routes.places import Waypoint, coded, place
from overflight.routes.refusals import shown

__all__ = ["is_codes", "parse_codes_lines", "places_in", "typed_route"]

JOINING = frozenset({"DCT", "VIA", "TO", ">", "->", "-", "/"})
"""Words that join two places and are none: Duncan Town (DCT) is an airport, but nobody means it between two others."""
PLAN_WORDS = {
    "SID": "a departure procedure",
    "STAR": "an arrival procedure",
    "NAT": "an oceanic track",
    "AWY": "an airway",
}
"""Words of flight plans that are codes of airports, too, or look like these."""
FAR = 3.0
"""A way through a place given by three letters that is so many times the straight one is hardly meant."""
FAR_FOR_A_WORD = 1.2
"""The same of a place whose code is a word of flight plans."""
_CODES = re.compile(r"[A-Za-z]{3,4}(?:\s*[-\u2013\u2014>]+\s*[A-Za-z]{3,4})+", re.ASCII)
_WORDS = re.compile(r"[A-Za-z]{3,4}(?:\s+[A-Za-z]{3,4})+", re.ASCII)
_SPLIT = re.compile(r"\s*[-\u2013\u2014>]+\s*")
_BETWEEN = re.compile(r"\s*[-\u2013\u2014\u2192>]+\s*|\s+to\s+")
_ADDRESS = re.compile(r"https?://[^\s?#]*[?&#/](?:[^\s]*[?&])?(?:P|path|route)=([A-Za-z0-9,%+*-]{3,500})", re.ASCII)
_PAIR = re.compile(r"[+-]?\d+(?:\.\d+)?\s*,\s*[+-]?\d+(?:\.\d+)?", re.ASCII)
_PASTED = re.compile(rf"\s*{_PAIR.pattern}(?:[\s;]+{_PAIR.pattern})+\s*", re.ASCII)
MOST = 10_000
"""Characters of a line of codes."""
MOST_JOINED = 200
"""Characters of a text that may be names joined by hyphens."""
MOST_WORDS = 4
"""Words of a city's name that may stand without quotes."""


def typed_route(words: Sequence[str]) -> Route:
    """Make a route of what was typed, in order.

    Parameters
    ----------
    words : sequence of str
        Places as `overflight.routes.places.place` reads them, a city's name in one word or several; codes joined by
        hyphens (``VKO-MSQ-BUD``) or in quotes, a pasted line of ``lat,lon`` pairs, or an address of a great-circle
        site. ``DCT`` and ``via`` between two places are passed over.

    Returns
    -------
    Route

    Raises
    ------
    UnknownPlaceError
        With what to write instead.
    RouteError
        If a place given by three letters, or by a word of flight plans, is far off the way.

    Examples
    --------
    >>> typed_route(["EGLL", "DCT", "KJFK"]).name, typed_route(["VKO-MSQ-BUD"]).name
    ('EGLL-KJFK', 'VKO-MSQ-BUD')
    """
    kept = places_in(words)
    _check_words(kept)
    found = route(*kept)
    _check_way(found.waypoints, kept)
    return found


def places_in(words: Sequence[str]) -> list[str]:
    """List the places that are typed: what a word joins apart, words that make one name together (New York).

    Examples
    --------
    >>> places_in(["VKO-MSQ", "to", "New", "York"])
    ['VKO', 'MSQ', 'New York']
    """
    spread = list(_together([part for word in words for part in _parts(word)]))
    return [word for i, word in enumerate(spread) if not (0 < i < len(spread) - 1 and word.strip().upper() in JOINING)]


def _together(words: Sequence[str]) -> Iterator[str]:
    """Join neighbours that are a city's name; of codes in capitals none is."""
    at = 0
    while at < len(words):
        count = next((n for n in range(min(MOST_WORDS, len(words) - at), 1, -1) if _is_name(words[at : at + n])), 1)
        yield " ".join(words[at : at + count])
        at += count


def _is_name(words: Sequence[str]) -> bool:
    if not all(word.replace("-", "").replace(".", "").replace("'", "").isalpha() for word in words):
        return False
    return not all(word.isupper() and len(word) <= 4 for word in words) and _is_city(" ".join(words))


def _is_city(name: str) -> bool:
    from overflight.routes.gazetteer import known_as  # of codes in capitals nobody asks

    return bool(known_as(name))


def _parts(word: str) -> list[str]:
    """Return the places that one word joins."""
    text = word.strip()
    if match := _ADDRESS.match(text):
        text = match[1].replace("%2C", ",").split(",")[0]
    if _PASTED.fullmatch(text[:MOST]):
        return [pair[0] for pair in _PAIR.finditer(text)]
    if _WORDS.fullmatch(text[:MOST]):
        return text.split()
    if _CODES.fullmatch(text[:MOST]) and (text.isupper() or not _is_city(text)):
        return _SPLIT.split(text)
    if len(text) <= MOST_JOINED and _is_joined(text):
        return _BETWEEN.split(text)
    return [word]


def _is_joined(text: str) -> bool:
    """Tell whether a text is names of cities joined by hyphens (Kyiv-Vienna), and no one name (Frankfurt-Hahn)."""
    parts = _BETWEEN.split(text)
    if len(parts) < 2 or not all(part and _is_city(part) for part in parts):
        return False
    from overflight.routes.naming import meant

    return not meant(text).choices


def _check_words(words: Sequence[str]) -> None:
    """Refuse words of flight plans that are no places at all."""
    for word in words[1:-1]:
        code = word.strip().upper()
        if code not in PLAN_WORDS:
            continue
        try:
            place(code)
        except UnknownPlaceError:
            msg = f"{code} is {PLAN_WORDS[code]}, which is not known here: leave it out, or write its points"
            raise UnknownPlaceError(msg) from None


def _check_way(points: Sequence[Waypoint], words: Sequence[str]) -> None:
    """Refuse a way through a place that is hardly meant."""
    for (before, point, after), word in zip(
        zip(points, points[1:], points[2:], strict=False), words[1:-1], strict=True
    ):
        code = word.strip().upper()
        if len(code) != 3:
            continue
        direct_km = route(before, after).length_km if before != after else 0.0
        if not direct_km:
            continue
        way = route(before, point, after).length_km / direct_km
        if way < (FAR_FOR_A_WORD if code in PLAN_WORDS else FAR):
            continue
        there = f"{point.lat:.2f},{point.lon:.2f}"
        what = f"; for {PLAN_WORDS[code]}, leave it out" if code in PLAN_WORDS else ""
        msg = (
            f"{code} is an airport at {there}, and the way over it from {before.label} to {after.label} is "
            f"{way:.1f} times the straight one: if it is meant, write {there}{what}"
        )
        raise RouteError(msg)


def is_codes(text: str) -> bool:
    """Tell whether each line of a text is codes of places joined by hyphens."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return bool(lines) and all(len(line) <= MOST and _CODES.fullmatch(line) for line in lines)


def parse_codes_lines(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read a route a line, as ``VKO-MSQ-BUD``.

    Raises
    ------
    ProposalError
        Names the line.
    """
    lines = Collector(where, default_name)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            points = [coded(code) for code in _SPLIT.split(line.strip())]
            made = [lines.point(p.lon, p.lat, p.name) for p in points]
        except OverflightError as error:
            lines.refuse(str(error), f"line {number}")
        lines.line(made, "-".join(p.label for p in made), kind="great-circle" if len(made) == 2 else "given")
    return lines.routes(f"no route in it, found {shown(text[:40])}: write one a line, as VKO-MSQ-BUD")
