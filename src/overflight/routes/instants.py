"""Times as recorders write them, brought to seconds since 1970 UTC."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

__all__ = ["EARLIEST_S", "LATEST_S", "SCALES", "day_comes_first", "instant", "is_slashed"]

EARLIEST_S, LATEST_S = 1e8, 4.2e9
"""1973 and 2103: smaller numbers count from elsewhere."""
SCALES = (1.0, 1e3, 1e6, 1e9)
"""Seconds, and the finer units that programs count in."""
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{0,12})?", re.ASCII)
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)", re.ASCII)
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?"
_SLASHED = re.compile(rf"(\d{{1,2}})([/-])(\d{{1,2}})\2(\d{{4}})(?:[ T,]+{_CLOCK}(.*))?", re.ASCII)
_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?(?:(\d{1,2})[ -]([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?\s+(\d{1,2})),?[ -](\d{4})"
    rf"(?:[ T,]+{_CLOCK}(.*))?",
    re.ASCII,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LOOSE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(.*)", re.ASCII)


def instant(text: str, *, day_first: bool | None = None) -> float | None:
    """Read a time; without a zone it is taken for UTC.

    Parameters
    ----------
    text : str
        ISO 8601, with a blank for the ``T`` or not, with ``/`` for ``-``; or a count since 1970, in seconds, milli-,
        micro- or nanoseconds, whichever makes a year from 1973 to 2103; or with the month by its English name; or the
        day before the month with dots, and with slashes if it is above 12.
    day_first : bool, optional
        Whether the day comes before the month where there are slashes; see `day_comes_first`.

    Returns
    -------
    float or None
        Seconds since 1970-01-01 UTC; None if the text is none, or has no date.

    Examples
    --------
    >>> instant("2025-10-23T07:00:00Z"), instant("2025/10/23 09:00 +02:00"), instant("1761202800000")
    (1761202800.0, 1761202800.0, 1761202800.0)
    >>> instant("07:00") is None
    True
    """
    text = text.strip()
    if len(text) > 60:
        return None
    if _NUMBER.fullmatch(text) and not (len(text) == 8 and _DAY.fullmatch(text)):
        value = float(text)
        for scale in SCALES:
            if EARLIEST_S <= value / scale <= LATEST_S:
                return value / scale
        return None
    if dotted := _DOTTED.fullmatch(text):  # day first, as everywhere where dots are written
        text = f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2}{dotted[4]}"
    elif written := _written_out(text, day_first):
        text = written
    zoned = _ZONE.sub("+00:00", text)
    if loose := _LOOSE.fullmatch(zoned):
        year, month, day, clock, zone = loose.groups()
        zoned = f"{year}-{month:0>2}-{day:0>2}T{clock:0>5}{zone.strip()}"
    try:
        moment = dt.datetime.fromisoformat(zoned)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    try:
        return moment.timestamp()
    except (OverflowError, ValueError):
        return None


def _written_out(text: str, day_first: bool | None) -> str | None:
    """Bring a time with slashes, or with the name of a month, to the order of ISO 8601; None if it is none such."""
    if match := _SLASHED.fullmatch(text):
        first, _, second, year, *clock = match.groups()
        order = day_comes_first([text]) if day_first is None else day_first
        if order is None:
            return None
        day, month = (int(first), int(second)) if order else (int(second), int(first))
    elif match := _NAMED.fullmatch(text):
        before, name, other, after, year, *clock = match.groups()
        low = (name or other).lower()
        month = next((n for n, short in enumerate(MONTHS, 1) if low.startswith(short)), 0)
        day = int(before or after)
    else:
        return None
    hour, minute, second, fraction, half, zone = clock
    if hour is None:
        return f"{year}-{month:02}-{day:02}"
    hours = int(hour)
    if half:
        hours = hours % 12 + 12 * (half[0] in "Pp")
    return f"{year}-{month:02}-{day:02}T{hours:02}:{minute}:{second or '00'}{fraction or ''}{zone.strip()}"


def is_slashed(text: str) -> bool:
    """Tell whether a text is a time that begins with day and month, or month and day, as numbers."""
    return _SLASHED.fullmatch(text.strip()) is not None


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Tell whether the day comes before the month in times with slashes; None if they don't tell, or contradict.

    Examples
    --------
    >>> day_comes_first(["03/10/2025 08:00", "23/10/2025 08:00"]), day_comes_first(["03/10/2025 08:00"])
    (True, None)
    """
    found = {(int(m[1]), int(m[3])) for text in texts if (m := _SLASHED.fullmatch(text.strip()))}
    day, month = any(first > 12 for first, _ in found), any(second > 12 for _, second in found)
    if day != month:
        return day
    return True if not day and found and all(first == second for first, second in found) else None
