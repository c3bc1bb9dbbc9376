"""Coordinates as people, planners and pilots spell them, besides ``lat,lon`` and ICAO's; and back into ICAO's."""

from __future__ import annotations

import re

from overflight.routes.numbers import angle

__all__ = ["lettered", "shorthand", "significant"]

_HALVES = re.compile(r"(.*?[NS]|[NS][^NSEW]*?)[\s,;/]*((?:[EW][^NSEW]*)|(?:[^NSEW]*[EW]))", re.ASCII)
_FIRST = re.compile(r"([NS])(\d{2}|\d{4}|\d{6})([EW])(\d{3}|\d{5}|\d{7})", re.ASCII)
_SLASH = re.compile(r"(\d{2})/(\d{2,3})", re.ASCII)
_FOLLOWED = re.compile(r"(\d{2})(\d{2})([NESW])", re.ASCII)
_BETWEEN = re.compile(r"(\d{2})([NESW])(\d{2})", re.ASCII)
_HALF = re.compile(r"([NESW])(\d{2})(\d{2})", re.ASCII)
QUADRANTS = {"N": ("N", "W"), "E": ("N", "E"), "S": ("S", "E"), "W": ("S", "W")}
"""ARINC 424: the one letter of a point's name tells where both its numbers count to."""
MOST = 60


def lettered(text: str) -> tuple[float, float] | None:
    """Read a latitude and a longitude with letters, in degrees and minutes and seconds, or in decimal degrees.

    Returns
    -------
    tuple of float or None
        Longitude and latitude in degrees; None if it is none such.

    Examples
    --------
    >>> lettered("52°30'N 10°20'W")
    (-10.333333333333, 52.5)
    >>> lettered("N5230W01020")
    (-10.333333333333, 52.5)
    """
    text = text.strip().upper()
    if len(text) > MOST:
        return None
    if match := _FIRST.fullmatch(text):
        if len(match[4]) != len(match[2]) + 1:
            return None
        lat, lon = (" ".join(_pairs(match[i], 2 if i == 2 else 3)) for i in (2, 4))
        return _both(f"{lat} {match[1]}", f"{lon} {match[3]}")
    match = _HALVES.fullmatch(text)
    return _both(match[1].rstrip(" ,;/"), match[2].strip(" ,;/")) if match else None


def _both(lat: str, lon: str) -> tuple[float, float] | None:
    y, x = angle(lat, "NS"), angle(lon, "EW")
    return None if y is None or x is None or abs(y) > 90.0 or abs(x) > 180.0 else (x, y)


def _pairs(digits: str, head: int) -> list[str]:
    return [digits[:head], *(digits[i : i + 2] for i in range(head, len(digits), 2))]


def shorthand(word: str) -> str | None:
    """Write out what stands for a whole coordinate on oceanic tracks, and in databases of waypoints (ARINC 424).

    Returns
    -------
    str or None
        The coordinate as ICAO has it; None if it is none such.

    Examples
    --------
    >>> shorthand("53/20"), shorthand("5340N"), shorthand("52N75"), shorthand("N5150")
    ('53N020W', '53N040W', '52N175W', '5130N05000W')
    """
    if match := _SLASH.fullmatch(word):
        return f"{match[1]}N{match[2]:0>3}W"
    if match := _FOLLOWED.fullmatch(word):
        lat, lon = QUADRANTS[match[3]]
        return f"{match[1]}{lat}0{match[2]}{lon}"
    if match := _BETWEEN.fullmatch(word):
        lat, lon = QUADRANTS[match[2]]
        return f"{match[1]}{lat}1{match[3]}{lon}"
    if match := _HALF.fullmatch(word):
        lat, lon = QUADRANTS[match[1]]
        return f"{match[2]}30{lat}0{match[3]}00{lon}"
    return None


def significant(lon: float, lat: float) -> str:
    """Write a place to whole minutes, as item 15 of a flight plan has it.

    Parameters
    ----------
    lon, lat : float
        Degrees, from -180 to 180 and from -90 to 90.

    Returns
    -------
    str
        Eleven characters, up to 0.5 minutes off in each direction: no more than 1.4 km from the place.

    Examples
    --------
    >>> significant(37.5833, 55.7333), significant(-0.9999, -33.25)
    ('5544N03735E', '3315S00100W')
    """
    cells = []
    for value, signs, digits in ((lat, "NS", 2), (lon, "EW", 3)):
        degrees, minutes = divmod(round(abs(value) * 60.0), 60)
        cells.append(f"{degrees:0{digits}d}{minutes:02d}{signs[value < 0.0]}")
    return "".join(cells)
