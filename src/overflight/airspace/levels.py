"""Lower and upper limits of areas: as charts and files write them, and where between ground and space they lie."""

from __future__ import annotations

import re

from overflight.airspace.area import SFC, UNL, Limit
from overflight.earth.constants import M_PER_FT
from overflight.errors import DataError

__all__ = ["HIGHEST_GROUND_M", "LOWEST_GROUND_M", "parse_limit"]

LOWEST_GROUND_M, HIGHEST_GROUND_M = -450.0, 9000.0
"""No ground is lower (the shore of the Dead Sea) or higher (Everest): all that is known here of the ground."""
MOST_M = 100_000.0
MOST_CHARS = 60
HOW = "write FL100, 2500 ft AMSL, 1000 ft AGL, 760 m, SFC or UNL"

_GROUND = re.compile(r"(?:sfc|gnd|ground|surface|0\s*(?:ft|m)?\s*(?:agl|asfc|gnd|sfc)?)", re.IGNORECASE)
_SPACE = re.compile(r"(?:unl|unlim|unltd|unlimited)\.?", re.IGNORECASE)
_LEVEL = re.compile(r"fl\s*(\d{1,3})", re.ASCII | re.IGNORECASE)
_HEIGHT = re.compile(
    r"(?:alt\s*)?(\d{1,3}(?:,\d{3})+|\d{1,6}(?:\.\d{1,6})?)\s*(ft|feet|f|m|meters?|metres?)?\s*(?:a?(msl)|alt|qnh|(agl|asfc|gnd|sfc)|(std))?",
    re.ASCII | re.IGNORECASE,
)


def parse_limit(text: str, *, unit: str = "") -> Limit:
    """Read a limit.

    Parameters
    ----------
    text : str
        A flight level, a height in feet or metres above the sea (also where it does not say above what) or above the
        ground, the ground, or none.
    unit : {"", "ft", "m"}
        What a number without one is in; without it, that is refused, but for 0, which is the ground.

    Raises
    ------
    DataError
        Says how to write it, without the place.

    Examples
    --------
    >>> [str(parse_limit(text)) for text in ("fl 95", "2500FT MSL", "1000 ft agl", "GND", "unlim", "300 m")]
    ['FL95', '2500 ft AMSL', '1000 ft AGL', 'SFC', 'UNL', '300 m AMSL']
    >>> parse_limit("FL100").low_m
    3048.0
    """
    told = text.strip()
    if len(told) > MOST_CHARS:
        msg = f"a limit of {len(told)} characters can't be read: {HOW}"
        raise DataError(msg)
    if _GROUND.fullmatch(told):
        return SFC
    if _SPACE.fullmatch(told):
        return UNL
    if match := _LEVEL.fullmatch(told):
        level = int(match[1])
        return _at(f"FL{level}", level * 100 * M_PER_FT)
    match = _HEIGHT.fullmatch(told)
    written = ((match[2] or unit) if match else "").lower()[:1]
    if match is None or not written:
        msg = f"the limit {_shown(told)} can't be read: {HOW}"
        raise DataError(msg)
    number = float(match[1].replace(",", ""))
    metres = number * (M_PER_FT if written == "f" else 1.0)
    if metres > MOST_M:
        msg = f"the limit {_shown(told)} is in space: write UNL if there is none"
        raise DataError(msg)
    named = f"{number:.10g} {'ft' if written == 'f' else 'm'}"
    if match[4]:
        return Limit(f"{named} AGL", metres + LOWEST_GROUND_M, metres + HIGHEST_GROUND_M)
    return _at(f"{named} {'STD' if match[5] else 'AMSL'}", metres)


def _at(text: str, metres: float) -> Limit:
    return Limit(text, metres, metres)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
