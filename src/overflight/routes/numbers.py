"""Numbers and angles as files and people write them."""

from __future__ import annotations

import math
import re

from overflight.earth.constants import M_PER_FT

__all__ = ["M_PER_FT", "angle", "number_or_none", "on_ground"]

TRUE, FALSE = frozenset({"true", "t", "1", "yes", "ground", "-1"}), frozenset({"false", "f", "0", "no"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_PART = r"(\d{1,3}(?:[.,]\d{0,12})?)"
_DEGREES, _MINUTES = r"[°ºd:\s]", r"['\u2032\u2019m:\s]"
_SECONDS = r"(?:[\"\u2033\u201d]|['\u2032]{2}|s(?=\s*[NSEW]))"
_ANGLE = re.compile(
    rf"([NSEW+-])?\s*{_PART}\s*{_DEGREES}?\s*(?:{_PART}\s*{_MINUTES}?\s*(?:{_PART}\s*{_SECONDS}?\s*)?)?([NSEW])?",
    re.ASCII | re.IGNORECASE,
)
MOST = 60
"""Characters of an angle."""


def number_or_none(text: str) -> float | None:
    """Read a finite number; anything else is None.

    Examples
    --------
    >>> number_or_none(" 12.5 "), number_or_none("nan"), number_or_none("")
    (12.5, None, None)
    """
    text = text.strip()
    if len(text) > MOST or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def angle(text: str, letters: str) -> float | None:
    r"""Read a latitude or a longitude in degrees, minutes and seconds, or in degrees with a letter or a sign.

    Parameters
    ----------
    text : str
        As ``55°35'29.4"N``, ``N55 35.49``, ``55.5915° N``; a decimal comma, too.
    letters : {"NS", "EW"}
        What the letter may be; the second makes it negative.

    Returns
    -------
    float or None
        Degrees; None if it is no such angle, or of the other axis.

    Examples
    --------
    >>> angle("55°35'29.4''N", "NS"), angle("W020 30", "EW"), angle("20°30'W", "NS")
    (55.5915, -20.5, None)
    """
    match = _ANGLE.fullmatch(text.strip()) if len(text) <= MOST else None
    if match is None:
        return None
    before, whole, minutes, seconds, after = match.groups()
    letter = (before if before and before.isalpha() else after or "").upper()
    if (letter and letter not in letters) or (before and after and before.isalpha()):
        return None
    parts = [float((part or "0").replace(",", ".")) for part in (whole, minutes, seconds)]
    if parts[1] > 60.0 or parts[2] > 60.0:  # 60.00, to which 59.999 is rounded, is written
        return None
    value = parts[0] + parts[1] / 60.0 + parts[2] / 3600.0
    return round(-value if letter == letters[1] or before == "-" else value, 12)


def on_ground(text: str) -> int:
    """Tell whether a cell says that an aircraft is on the ground: 1, 0, or -1 where it says nothing.

    Examples
    --------
    >>> on_ground("True"), on_ground("0"), on_ground("")
    (1, 0, -1)
    """
    low = text.lower()
    return 1 if low in TRUE else 0 if low in FALSE else -1
