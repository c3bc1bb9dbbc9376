"""Times as recorders write them, brought to seconds since 1970 UTC."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["EARLIEST_S", "LATEST_S", "SCALES", "instant"]

EARLIEST_S, LATEST_S = 1e8, 4.2e9
"""1973 and 2103: smaller numbers count from elsewhere."""
SCALES = (1.0, 1e3, 1e6, 1e9)
"""Seconds, and the finer units that programs count in."""
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{0,12})?", re.ASCII)
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)", re.ASCII)
_LOOSE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(.*)", re.ASCII)


def instant(text: str) -> float | None:
    """Read a time; without a zone it is taken for UTC.

    Parameters
    ----------
    text : str
        ISO 8601, with a blank for the ``T`` or not, with ``/`` for ``-``; or a count since 1970, in seconds, milli-,
        micro- or nanoseconds, whichever makes a year from 1973 to 2103.

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
