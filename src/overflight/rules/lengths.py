"""Lengths as people type them, with their units."""

from __future__ import annotations

import re

from overflight.earth.constants import M_PER_FT
from overflight.errors import OverflightError

__all__ = ["MAX_RUNWAY_M", "parse_runway"]

MAX_RUNWAY_M = 10_000.0
"""Above the longest of the world, 5,500 m."""
_RUNWAY = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(m|ft)\s*", re.ASCII | re.IGNORECASE)


def parse_runway(text: str) -> float:
    """Read the length of a runway with its unit, in metres.

    Raises
    ------
    OverflightError
        If it is no length above 0, up to 10,000 m, in ``m`` or ``ft``.

    Examples
    --------
    >>> parse_runway("2000m"), round(parse_runway("6500 ft"), 1)
    (2000.0, 1981.2)
    """
    match = _RUNWAY.fullmatch(text)
    metres = float(match[1]) * (M_PER_FT if match[2].lower() == "ft" else 1.0) if match else 0.0
    if not 0.0 < metres <= MAX_RUNWAY_M:
        msg = f"runway {text[:40]!r}: expected a length above 0, up to 10,000 m, with its unit, such as 2000m or 6500ft"
        raise OverflightError(msg)
    return metres
