"""The languages of a map: its own words from a table of ours, names, numbers and dates from CLDR, by Babel.

Nothing is inflected: names follow a colon or stand alone, so that no language asks for another form of them. The words
were not reviewed by native speakers.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from overflight.airspace.airspaces import OWN
from overflight.errors import OverflightError
from overflight.maps.words import say

if TYPE_CHECKING:
    from overflight.airspace import Airspaces

__all__ = ["ENGLISH", "LANGUAGES", "SENTENCES", "Language", "direction_of", "lang_of", "language_of"]

ENGLISH = "en"
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pl": "Polish",
    "hu": "Hungarian",
    "uk": "Ukrainian",
    "ru": "Russian",
    "ar": "Arabic",
    "he": "Hebrew",
}
"""What a map can speak, by ISO 639-1 code."""
SENTENCES: Mapping[str, str] = {
    "title": "{start} to {end}",
    "forbidden": "Forbidden: enters {states}",
    "consent": "Only with the consent of {states}",
    "free": "Free of the rule",
    "too_near": "Not known: too near to {states}",
    "not_known": "Not known",
    "near": "near: {what}",
    "via": "via {states}",
    "around": "Around the rule",
    "detour": "Detour",
    "direct": "Great circle",
    "shortest": "the shortest",
    "high_seas": "High seas",
    "gap_at_most": "at most {pct} longer than the shortest such route",
    "stretch": "{span}: {km}",
    "border": "along the border: {states}",
    "enters": "Enters {state}",
    "leaves": "Leaves {state}",
    "line_is": "Great circle: {answer}.",
    "least_detour": "Least detour found: {name}, {more}. {answer}.",
    "tally": "{answer}: {count}",
    "count_states": "{name} ({count} states)",
    "rule_icc": "ICC states parties",
    "rule_icc_closed": "ICC parties and states that closed their airspace",
    "rule_icc_long": "states parties to the International Criminal Court (ICC)",
    "rule_eu": "EU states",
    "rule_nato": "NATO states",
    "rule_schengen": "Schengen states",
    "rule_closed": "airspace closed to civil traffic",
    "rule_states": "States to avoid",
    "de-jure": "de jure",
    "de-facto": "de facto",
    "laea": "Lambert azimuthal equal-area",
    "aeqd": "azimuthal equidistant",
    "comma": ", ",
    "departure": "departure",
    "arrival": "arrival",
    "assumed": "{aircraft}, {speed} km/h, {burn} kg/min, {wind}",
    "class_regional": "a regional aircraft",
    "class_narrow-body": "a narrow-body jet",
    "class_wide-body": "a wide-body jet",
    "class_business": "a business aircraft",
    "wind_none": "no wind",
    "wind_season": "mean wind of the season",
}
"""What a translated map is put together of, besides the words that every map has: as the table has it, in English."""
NAMES = ("name_PSE", "name_HKG", "name_MAC")
"""Names that we choose: those of CLDR call a state otherwise, or say more than a name."""
OTHER_CODES = {"XKX": "XK"}
"""What ISO 3166-1 has no code for, and CLDR has."""
RTL = frozenset({"ar", "he"})


def lang_of(scene: Mapping[str, Any]) -> str:
    """Return the language of a scene, by its code; English, where it names none of `LANGUAGES`."""
    code = scene.get("lang", ENGLISH)
    return code if code in LANGUAGES else ENGLISH


def direction_of(scene: Mapping[str, Any]) -> str:
    """Return ``"rtl"`` where a scene is read from right to left, else ``"ltr"``."""
    return "rtl" if lang_of(scene) in RTL else "ltr"


@dataclass(frozen=True, slots=True)
class Language:
    """A language to draw a map in.

    Attributes
    ----------
    code : str
        ISO 639-1.
    words : mapping
        The map's words, and the sentences.
    """

    code: str
    words: Mapping[str, str]
    _locale: Any = field(repr=False)

    def say(self, key: str, /, **values: object) -> str:
        """Return a word or a sentence, filled in."""
        return say(self.words, key, **values)

    def territory(self, code: str) -> str | None:
        """Return the name of a state or territory by its ISO 3166-1 alpha-3 code, if CLDR has one."""
        from babel.core import get_global

        if own := self.words.get(f"name_{code}"):
            return own
        short = OTHER_CODES.get(code) or next(iter(get_global("territory_aliases").get(code, ())), "")
        name: str | None = self._locale.territories.get(short)
        return name

    def names(self, world: Airspaces) -> dict[str, str]:
        """Return the names of the states and territories of a world by their English ones.

        A world of somebody's own polygons keeps its names.
        """
        if world.version == OWN:
            return {}
        known = {piece.territory_name: piece.territory for piece in world.pieces if piece.territory}
        known |= {state.name: state.code for state in world.states}
        return {english: own for english, code in known.items() if (own := self.territory(code))}

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with so many digits behind the point."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(value, pattern, locale=self._locale, numbering_system="latn"))

    def km(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """Write a distance in km."""
        from babel.units import format_unit

        unit = str(format_unit(1000, "length-kilometer", length="short", locale=self._locale)).split()[-1]
        return f"{'+' if signed and value >= 0 else ''}{self.number(value, digits)} {unit}"

    def percent(self, value: float, digits: int = 1, *, signed: bool = False) -> str:
        """Write so many per cent."""
        sign = "+" if signed and value >= 0 else ""
        pattern = str(self._locale.percent_formats[None].pattern)
        return sign + pattern.replace("#,##0", self.number(value, digits))

    def date(self, on: dt.date) -> str:
        """Write a date as people read it."""
        from babel.dates import format_date

        return str(format_date(on, "long", locale=self._locale))

    def listed(self, names: Sequence[str]) -> str:
        """Join names."""
        if len(names) < 2:
            return "".join(names)
        return self.say("and", most=self.words["comma"].join(names[:-1]), last=names[-1])


def language_of(code: str) -> Language | None:
    """Return a language; None for English, which needs none of this.

    Raises
    ------
    OverflightError
        If it is none of `LANGUAGES`, or if Babel is not installed.

    Examples
    --------
    >>> language_of("en") is None
    True
    """
    wanted = code.strip().lower()
    if wanted not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise OverflightError(f"{code[:40]!r} is no language that maps are drawn in: use one of {known}")
    if wanted == ENGLISH:
        return None
    try:
        from babel import Locale
    except ImportError as error:
        msg = "names in other languages come by Babel: pip install 'overflight[lang]'"
        raise OverflightError(msg) from error
    locale = Locale(wanted)
    return Language(wanted, _table()[wanted], locale)


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    """Read the words of all languages."""
    rows = list(_rows())
    return {code: {row["word"]: row[code] for row in rows} for code in LANGUAGES if code != ENGLISH}


def _rows() -> Iterator[dict[str, str]]:
    import csv

    text = resources.files("overflight.maps").joinpath("assets", "words.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
