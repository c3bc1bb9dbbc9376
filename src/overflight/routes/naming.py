"""What somebody means who writes a name instead of a code: a city, in any language, or an airport.

A city stands for its airport where it has one that matters (`geodata/README.md` says which do). Where it has several,
or several cities have the name and none is by far the largest, nobody but the reader chooses: an answer for the wrong
place is worse than a question. Only airports with scheduled flights are meant by a name.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from overflight.earth.shortest import inverse
from overflight.routes.airports import airport, airports
from overflight.routes.choices import Centre, Choice, choice_of
from overflight.routes.folding import LONGEST, folded, words
from overflight.routes.gazetteer import (
    City,
    beginning_with,
    countries,
    known_as,
    metropolis,
    served,
)

__all__ = ["Meant", "meant", "other_than", "suggested"]

FAR_LARGER = 5.0
"""So many times the inhabitants of the next, a city is meant alone."""
LARGER = 2.0
"""So many times suffice where the next has no airport, or none of those between has a large one."""
NOT_ITS_OWN = 0.3
"""What the inhabitants of a city count that has the name in another language, or had it."""
SMALL = 20_000.0
"""Inhabitants of a city that may be meant where a code is written in small letters."""
NO_VILLAGE = 50_000
"""Inhabitants of a city that is not passed over for a larger one which has its name in another language."""
MOST = 6
AROUND_KM = 300.0
"""So far away, an airport is offered for a city that has none."""
ONE_PLACE_KM = 100.0
"""So near to a city that has an airport, one of the same name and country is no other place."""
_THREE = re.compile(r"[A-Za-z]{3}", re.ASCII)
_FOUR_CAPITALS = re.compile(r"[A-Z]{4}", re.ASCII)
_WITH_CODE = re.compile(r"[^()]+\(\s*([A-Z0-9]{3,4})\s*\)")
_IN_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)\s*")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name may mean.

    Attributes
    ----------
    choices : tuple of Choice
        The likeliest first.
    alone : bool
        Whether the first is meant, and nothing else.
    told : str
        If not: why, and what to write instead, in one line; empty if nothing is known of the name.
    centre : Centre or None
        The city itself, if one is meant.
    """

    choices: tuple[Choice, ...] = ()
    alone: bool = False
    told: str = ""
    centre: Centre | None = None


NOTHING = Meant()


def meant(text: str) -> Meant:
    """Find what a name means.

    Parameters
    ----------
    text : str
        A city in any language and script, without regard to case, accents and hyphens; with its country, state or
        province (``Paris, Texas``) or without; a metropolitan code; or words of an airport's name.

    Examples
    --------
    >>> meant("Київ").choices[0].whole, meant("Kiew").alone
    ('KBP (Boryspil, Kyiv, Ukraine)', True)
    >>> meant("TYO").told
    "'TYO' is Tokyo, Japan, with several airports: write HND (Haneda), NRT (Narita), RJTF (Chofu) or 35.6895,139.6917 \
for the city itself"
    """
    text = text.strip()
    if not text or len(text) > LONGEST or any(c.isdigit() for c in text):
        return NOTHING
    if match := _WITH_CODE.fullmatch(text):
        return Meant((choice_of(match[1]),), alone=True) if airport(match[1]) else NOTHING
    if not _THREE.fullmatch(text):
        return _not_mistyped(text, _of_name(text))
    one = metropolis(text.upper())
    # three capitals are a code, and a wrong one
    return _of_city(text, one) if one else NOTHING if text.isupper() else _of_name(text)


def _not_mistyped(text: str, found: Meant) -> Meant:
    """Take four capitals for a city only if that is its name in English: else they may be a code of ICAO, mistyped."""
    if not found.alone or not _FOUR_CAPITALS.fullmatch(text) or folded(found.choices[0].city) == folded(text):
        return found
    one = found.choices[0]
    return replace(
        found, alone=False, told=f"{text!r} is no code: if {one.city}, {one.where}, is meant, write {one.code}"
    )


def _of_name(text: str) -> Meant:
    elsewhere: list[City] = []
    for name, whole in _readings(text):
        known = known_as(name)
        found = [one for one in known if _is_in(one, whole)]
        if any(one.main for one in found):
            return _of_cities(text, name, found)
        rows = _by_airport(name, whole)
        if rows and all(_km(one, row) <= ONE_PLACE_KM for one in found for row in rows):
            return _of_airports(text, rows)
        if found:
            return _without_airport(text, found[0], rows)
        elsewhere += known
    if not elsewhere:
        return NOTHING
    there = " and ".join(dict.fromkeys(one.where_in_text for one in elsewhere[:3]))
    return Meant(told=f"{text!r}: a city of that name is known in {there} only: write a code, or its lat,lon")


def other_than(text: str, code: str) -> Meant | None:
    """Find what a code in small letters may mean as well: ``Lima`` is a city, and LIMA a field near Turin.

    Returns
    -------
    Meant or None
        None if it can mean that airport only.
    """
    row = airport(code)
    if row is None or text.isupper():
        return None
    own = {row["iata"], row["icao"]}
    rivals = [one for one in known_as(text) if one.main and own.isdisjoint({*one.main, *one.others})]
    rivals = [
        one
        for one in rivals
        if _weight(one, text) >= SMALL and (text.istitle() or not row["scheduled"] or _is_own(one, text))
    ]
    if not rivals:
        return None
    city = max(rivals, key=lambda one: _weight(one, text))
    choices = (choice_of(code), *map(choice_of, city.main))
    there = ", ".join(one.whole for one in choices[1:3])
    told = f"{text!r} can be read as the airport {choices[0].whole} and as the city, {there}: write a code in capitals"
    return Meant(choices, told=told)


def suggested(text: str, most: int = 4) -> list[Choice]:
    """List airports whose city has a name that begins like a text, or is nearly it; the likeliest first."""
    key = folded(text)
    if len(key) < 3 or len(text) > LONGEST:
        return []
    found = [one for one in beginning_with(text, 200) if one.main][:most]
    if not found:
        names = _names()
        found = [names[name] for name in difflib.get_close_matches(key, names, n=3, cutoff=0.7)]
    return [choice_of(one.main[0]) for one in found]


@functools.cache
def _names() -> dict[str, City]:
    """Return the cities with an airport by their English name as it is compared; the largest has it."""
    found: dict[str, City] = {}
    for one in served():
        found.setdefault(folded(one.name), one)
    return found


def _readings(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the ways to read a text as a name and where that is, which stands behind a comma or in brackets."""
    yield text, ()
    if match := _IN_BRACKETS.fullmatch(text):
        yield match[1], tuple(part.strip() for part in match[2].split(","))
    name, *rest = (part.strip() for part in text.split(","))
    if name and rest and all(rest):
        yield name, tuple(rest)


def _is_in(one: City, whole: Iterable[str]) -> bool:
    """Tell whether a city is in the country, and the state or province, that stand behind its name."""
    names = {folded(name) for name in one.region} | _names_of(one.country)
    return all(folded(part) in names for part in whole)


@functools.lru_cache(maxsize=300)
def _names_of(alpha2: str) -> frozenset[str]:
    known = countries().get(alpha2)
    return frozenset(map(folded, (alpha2, known.code, known.name, *known.more) if known else (alpha2,)))


def _weight(one: City, name: str) -> float:
    """Weigh a city by its inhabitants; a name that is not its English one counts less."""
    return max(one.population, 1) * (1.0 if _is_own(one, name) else NOT_ITS_OWN)


def _is_own(one: City, name: str) -> bool:
    return folded(one.name) == folded(name)


def _of_cities(text: str, name: str, found: Sequence[City]) -> Meant:
    """Take the city that is by far the largest of a name, or tell which there are."""
    with_one = [one for one in found if one.main]
    ranked = [one for one in found if one.main or not any(_is_near(one, other) for other in with_one)]
    ranked.sort(key=lambda one: -_weight(one, name))
    first = ranked[0]
    own = _weight(first, name)
    rivals = [one for one in ranked[1:] if own < FAR_LARGER * _weight(one, name)]
    bearing = [one for one in ranked if one.main and _is_own(one, name) and one.population >= NO_VILLAGE]
    other = first not in bearing and bool(bearing)  # Hong Kong, which had the name, before Victoria
    minor = (_is_large(first) and not any(map(_is_large, rivals))) or not any(one.main for one in rivals)
    clear = not rivals or (minor and own >= LARGER * _weight(rivals[0], name))
    if first.main and clear and not other:
        return _of_city(text, first)
    choices = tuple(choice_of(one.main[0]) for one in ranked if one.main)[:MOST]
    shown = [f"{one.code} ({one.city}, {one.where})" for one in choices]
    without = next((one for one in [first, *rivals] if not one.main), None)
    if without:
        there = f"{without.name}, {without.where}, which has no scheduled flights"
        shown.append(f"{without.lat:.12g},{without.lon:.12g} for {there}")
    return Meant(choices, told=f"{text!r} can be in several places: write {_listed(shown)}")


def _of_city(text: str, one: City) -> Meant:
    """Take the airport of a city that matters, or tell which there are."""
    centre = Centre(one.name, one.where, one.lon, one.lat)
    if len(one.main) == 1:
        return Meant(tuple(map(choice_of, (*one.main, *one.others)))[:MOST], alone=True, centre=centre)
    choices = tuple(map(choice_of, (*one.main, *one.others)))[:MOST]
    what = f"{one.name}, {one.where}," if folded(text) != folded(one.name) else f"a city in {one.where_in_text}"
    codes = [*(choice.label for choice in choices), f"{centre.typed} for the city itself"]
    told = f"{text!r} is {what} with several airports: write {_listed(codes)}"
    return Meant(choices, told=told, centre=centre)


def _without_airport(text: str, one: City, rows: Sequence[dict[str, str]]) -> Meant:
    """Tell of a city that no scheduled flight goes to what is near it, and which airport has its name."""
    centre = Centre(one.name, one.where, one.lon, one.lat)
    near = (other for other in served() if abs(other.lat - one.lat) < AROUND_KM / 110.0)
    around = sorted((km, other.main[0]) for other in near if (km := _km(one, _point(other))) <= AROUND_KM)[:3]
    named = [choice_of(row["iata"] or row["icao"]) for row in rows[:2]]
    choices = tuple(dict.fromkeys([*(choice_of(code) for _, code in around), *named]))
    shown = [f"{choice_of(code).label}, {km:.0f} km off" for km, code in around]
    shown += [choice.whole for choice in named if choice not in map(choice_of, (code for _, code in around))]
    shown.append(f"{centre.typed} for the city itself")
    told = f"{text!r} ({one.name}, {one.where}) has no airport with scheduled flights: write {_listed(shown)}"
    return Meant(choices, told=told, centre=centre)


def _by_airport(name: str, whole: Iterable[str]) -> list[dict[str, str]]:
    """Find the airports with scheduled flights that have the words of a name in theirs: large ones, if any does."""
    wanted = f" {' '.join(words(name))} "
    if len(wanted) < len(" Orly "):
        return []
    rows = [row for row in _scheduled() if wanted in row["words"]]
    rows = [
        row for row in rows if all(folded(part) in {folded(row["city"]), *_names_of(row["country"])} for part in whole)
    ]
    return [row for row in rows if row["type"] == "large"] or rows


def _of_airports(text: str, rows: Sequence[dict[str, str]]) -> Meant:
    choices = tuple(choice_of(row["iata"] or row["icao"]) for row in rows[:MOST])
    if len(rows) == 1:
        return Meant(choices, alone=True)
    if len(rows) > MOST:
        return NOTHING
    return Meant(
        choices, told=f"{text!r} is in several airports' names: write {_listed([one.whole for one in choices])}"
    )


@functools.cache
def _scheduled() -> list[dict[str, str]]:
    """Read the airports with scheduled flights, with the words of their names as they are compared."""
    return [
        row | {"words": f" {' '.join(words(row['city']) + words(row['name']))} "}
        for row in airports()
        if row["scheduled"] and not row["closed"] and (row["iata"] or row["icao"])
    ]


def _is_large(one: City) -> bool:
    return any((airport(code) or {}).get("type") == "large" for code in one.main)


def _listed(parts: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _point(one: City) -> dict[str, str]:
    return {"lon": str(one.lon), "lat": str(one.lat)}


def _is_near(one: City, other: City) -> bool:
    return one.country == other.country and _km(one, _point(other)) <= ONE_PLACE_KM


def _km(one: City, other: dict[str, str]) -> float:
    return inverse(one.lon, one.lat, float(other["lon"]), float(other["lat"]))[0] / 1000.0
