"""Names as they are compared: without regard to case, accents, hyphens, apostrophes and spaces, in every script."""

from __future__ import annotations

import unicodedata

__all__ = ["LONGEST", "folded", "words"]

LONGEST = 60
"""Characters of a name that are looked at: no usual name of a city is as long."""
_FLAT = str.maketrans(
    dict(zip("øđłþðəħŧ", ["o", "d", "l", "th", "d", "e", "h", "t"], strict=True))
    | {
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "\u064a": "\u06cc",
        "\u0649": "\u06cc",
        "\u0643": "\u06a9",
        "\u0629": "\u0647",
    }
)
"""Letters with a stroke or a tail, which Unicode takes for letters of their own and people leave out; and Arabic ones
(yeh, alef maksura, kaf, teh marbuta) that the keyboards of two countries write differently."""
_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u02b9\u02bb\u02bc\u02bf\u02be")
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def folded(text: str) -> str:
    """Write a name as it is compared.

    Compatibility decomposition and case folding by Unicode's rules; accents, apostrophes, hyphens, stops, spaces and
    what is invisible are left out; *St.* is *Saint*.

    Examples
    --------
    >>> folded("Zürich"), folded("Tel Aviv-Yafo"), folded("St. Petersburg"), folded("ΑΘΉΝΑΣ")
    ('zurich', 'telavivyafo', 'saintpetersburg', 'αθηνασ')
    """
    return "".join(words(text))


def words(text: str) -> list[str]:
    """Take a name apart into words as they are compared.

    Examples
    --------
    >>> words("Île-de-Sein / St. John's")
    ['ile', 'de', 'sein', 'saint', 'johns']
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST].casefold()).casefold().translate(_FLAT)
    return [_SHORT.get(word, word) for word in "".join(map(_letter, plain)).split()]


def _letter(c: str) -> str:
    if c in _APOSTROPHES or unicodedata.combining(c):
        return ""
    category = unicodedata.category(c)
    # vowels of Indic scripts are marks, too
    return c if category[0] in "LMN" else "" if category == "Cf" else " "
