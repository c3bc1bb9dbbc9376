"""Places: airport codes, names of cities and typed coordinates become waypoints.

What people type is latitude first (``55.5915,37.2615``, ``5536N03716E``), as pilots and maps write it;
everything inside, and every file, is longitude first. A text that could mean two places is refused with
both readings.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.errors import UnknownPlaceError
from overflight.routes.airports import airport, airports
from overflight.routes.spellings import lettered, shorthand

if TYPE_CHECKING:
    from overflight.routes.naming import Meant

__all__ = ["Waypoint", "airports", "by_name", "coded", "format_latlon", "known_good", "place", "typed"]

MAX_LON_DEG = 540.0
"""Up to one full turn past the antimeridian is taken as meant: drawings across 180 degrees need it."""

FORMS = "a city, an IATA or ICAO code (VKO, UUWW), lat,lon (55.5915,37.2615) or an ICAO coordinate (5536N03716E)"

_CODE = re.compile(r"[A-Z0-9]{3,4}", re.ASCII)
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_DECIMAL = re.compile(rf"({_NUMBER})\s*,\s*({_NUMBER})", re.ASCII)
_ONE_NUMBER = re.compile(_NUMBER, re.ASCII)
_ICAO = re.compile(r"(\d{2}|\d{4}|\d{6})([NS])(\d{3}|\d{5}|\d{7})([EW])", re.ASCII)
_WITH_LETTERS = re.compile(r"([\d.]+)\s*°?\s*([NS])[\s,/]*([\d.]+)\s*°?\s*([EW])", re.ASCII)
_RUNWAY = re.compile(r"([A-Z0-9]{3,4})/(?:RW)?\d{2}[LRC]?", re.ASCII)
_HALF = re.compile(r"[\d.]+\s*°?\s*[NSEW]", re.ASCII)
_NEARLY_ICAO = re.compile(r"(\d+)([NSEW])[\s,/]*(\d+)([NSEW])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A point of a route.

    Parameters
    ----------
    lon, lat : float
        Degrees, WGS84. The longitude is brought to [-180, 180]; up to 540 degrees either way is taken.
    name : str, optional
        What to call it: an airport code, a fix, a coordinate as typed.

    Raises
    ------
    UnknownPlaceError
        If a number is none, not finite, or off the Earth.

    Examples
    --------
    >>> Waypoint(190.0, 10.0)
    Waypoint(lon=-170.0, lat=10.0, name=None)
    """

    lon: float
    lat: float
    name: str | None = None

    def __post_init__(self) -> None:
        lon, lat = _degrees(self.lon, "longitude"), _degrees(self.lat, "latitude")
        if abs(lat) > 90.0:
            msg = f"latitude {lat:g} is off the Earth"
            if abs(lon) <= 90.0 and abs(lat) <= 180.0:
                msg += f": the two look swapped; here the longitude comes first: {lat:.12g}, {lon:.12g}"
            else:
                msg += ": give one from -90 to 90"
            raise UnknownPlaceError(msg)
        if abs(lon) > MAX_LON_DEG:
            msg = f"longitude {lon:g} is off the Earth: give one from -180 to 180"
            raise UnknownPlaceError(msg)
        object.__setattr__(self, "lon", math.remainder(lon, 360.0) if abs(lon) > 180.0 else lon)
        object.__setattr__(self, "lat", lat)

    @property
    def label(self) -> str:
        """The name, or the coordinates as people type them (latitude first)."""
        return self.name or format_latlon(self.lon, self.lat)


def known_good(lon: float, lat: float) -> Waypoint:
    """Make a waypoint of a longitude in [-180, 180] and a latitude, both looked at already; recordings have so many."""
    made = object.__new__(Waypoint)
    for name, value in (("lon", lon), ("lat", lat), ("name", None)):
        object.__setattr__(made, name, value)
    return made


def place(what: str | Waypoint | Sequence[float]) -> Waypoint:
    """Find a place.

    Parameters
    ----------
    what : str, Waypoint or pair of float
        A code, a coordinate as typed (latitude first), or a name: of a city in any usual language and script, with its
        country or without (``Kyiv``, ``Odessa, Ukraine``), or of an airport; or numbers ``(lon, lat)`` in degrees
        (longitude first).

    Returns
    -------
    Waypoint
        Named by its code, that of the city's airport, too, or by the text of an ICAO coordinate; a decimal coordinate
        has no name.

    Raises
    ------
    UnknownPlaceError
        With the nearest matches, the corrected text, or the readings of an ambiguous one: of a name that is several
        cities', or a city's with several airports.

    Examples
    --------
    >>> place("VKO")
    Waypoint(lon=37.2615, lat=55.5915, name='VKO')
    >>> place("Київ").name
    'KBP'
    >>> place("5530N03715E") == Waypoint(37.25, 55.5, "5530N03715E")
    True
    """
    if isinstance(what, Waypoint):
        return what
    if isinstance(what, str):
        return _from_text(what, names=True)
    if not isinstance(what, list | tuple) or len(what) != 2:
        msg = f"{_shown(what)} is no place: give {FORMS}, or a pair (lon, lat)"
        raise UnknownPlaceError(msg)
    return Waypoint(what[0], what[1])


def coded(text: str) -> Waypoint:
    """Find a place of a file that has codes and coordinates: as `place` does, but a name is none.

    Raises
    ------
    UnknownPlaceError

    Examples
    --------
    >>> coded("UUWW").name
    'UUWW'
    """
    return _from_text(text, names=False)


def by_name(text: str) -> Meant | None:
    """Tell what a text may mean that is neither a code nor a coordinate, or a code that may be a name, too.

    Returns
    -------
    Meant or None
        None for a code and for a coordinate.

    Examples
    --------
    >>> [one.code for one in by_name("Moscow").choices], by_name("VKO")
    (['SVO', 'DME', 'VKO', 'ZIA'], None)
    """
    text = _plain(text)
    return _by_name(text, _without_name(text)) if text else None


def format_latlon(lon: float, lat: float, *, digits: int = 4) -> str:
    """Write a point as people type it: ``lat,lon`` in decimal degrees, without trailing zeros.

    Examples
    --------
    >>> format_latlon(37.2615, 55.5)
    '55.5,37.2615'
    """
    lon, lat = round(lon, digits) + 0.0, round(lat, digits) + 0.0
    return f"{_trimmed(lat, digits)},{_trimmed(lon, digits)}"


def typed(point: Waypoint, *, digits: int = 7) -> str:
    """Write a waypoint so that `place` reads it back: by its name, if that is a code or a coordinate, else ``lat,lon``.

    Seven digits are 11 mm.

    Examples
    --------
    >>> typed(place("VKO")), typed(Waypoint(37.25, 55.5, "over the woods"))
    ('VKO', '55.5,37.25')
    """
    try:
        if point.name and place(point.name) == point:
            return point.name
    except UnknownPlaceError:
        pass
    return format_latlon(point.lon, point.lat, digits=digits)


def _trimmed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _degrees(value: object, what: str) -> float:
    """Take a number for a coordinate; booleans and texts are none."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        msg = f"{what} {_shown(value)} is no number: give decimal degrees"
        raise UnknownPlaceError(msg)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        msg = f"{what} {_shown(value)} is not finite: give decimal degrees"
        raise UnknownPlaceError(msg)
    return number


def _shown(what: object) -> str:
    """Quote foreign input for a one-line message: control characters escaped, long texts cut."""
    text = what if isinstance(what, str) else repr(what)[:200]
    cut = text if len(text) <= 60 else text[:57] + "..."
    return repr(cut)


def _from_text(typed: str, *, names: bool) -> Waypoint:
    text = _plain(typed)
    if not text:
        msg = f"an empty text is no place: give {FORMS}"
        raise UnknownPlaceError(msg)
    found = _without_name(text)
    if found is not None and not names:
        return found
    name = _by_name(text, found)
    if name is None and found is not None:
        return found
    if name is None or not name.alone:
        raise UnknownPlaceError((name and name.told) or _why_unreadable(text, text.upper()))
    one = name.choices[0]
    if not names:
        msg = f"{_shown(text)} is no code: write {one.whole}"
        raise UnknownPlaceError(msg)
    return Waypoint(one.lon, one.lat, one.code)


def _by_name(text: str, found: Waypoint | None) -> Meant | None:
    if found is not None and (found.name is None or text.isupper()):
        return None
    # what is named by a code in capitals pays for nothing of this
    from overflight.routes.naming import meant, other_than

    return meant(text) if found is None else other_than(text, text.upper())


def _plain(typed: str) -> str:
    return typed.strip().replace("\N{MINUS SIGN}", "-")


def _without_name(text: str) -> Waypoint | None:
    """Read a code or a coordinate; None if it is neither."""
    code = text.upper()
    if match := _DECIMAL.fullmatch(text):
        return _from_decimal(float(match[1]), float(match[2]), text)
    if match := _ICAO.fullmatch(code):
        return _from_icao(match, code)
    if len(text) <= 4 and _CODE.fullmatch(code) and (found := _airport(code)) is not None:
        return found
    if (match := _RUNWAY.fullmatch(code)) and (found := _airport(match[1])) is not None:
        return found
    if not _WITH_LETTERS.fullmatch(code) and not _NEARLY_ICAO.fullmatch(code) and (lonlat := lettered(text)):
        return Waypoint(*lonlat)
    return None


def _from_decimal(lat: float, lon: float, text: str) -> Waypoint:
    if abs(lat) > 90.0:
        msg = f"{_shown(text)}: latitude {lat:g} is off the Earth"
        if abs(lon) <= 90.0 and abs(lat) <= 180.0:
            msg += f"; a typed place is lat,lon, and this looks swapped: write {lon:.12g},{lat:.12g}"
        else:
            msg += ": a typed place is lat,lon, with a latitude from -90 to 90"
        raise UnknownPlaceError(msg)
    if abs(lon) > 360.0:
        msg = f"{_shown(text)}: longitude {lon:g} is off the Earth: give one from -180 to 180"
        raise UnknownPlaceError(msg)
    return Waypoint(lon, lat)


def _from_icao(match: re.Match[str], code: str) -> Waypoint:
    """Read degrees, minutes and seconds of an ICAO coordinate (ICAO Doc 4444, appendix 2, item 15)."""
    if len(match[3]) != len(match[1]) + 1:
        msg = f"{_shown(code)}: latitude and longitude differ in precision: write 5536N03716E"
        raise UnknownPlaceError(msg)
    lat = _sexagesimal(match[1], 2, 90.0, code)
    lon = _sexagesimal(match[3], 3, 180.0, code)
    return Waypoint(-lon if match[4] == "W" else lon, -lat if match[2] == "S" else lat, code)


def _sexagesimal(digits: str, head: int, limit: float, code: str) -> float:
    degrees, rest = int(digits[:head]), digits[head:]
    minutes, seconds = int(rest[:2] or 0), int(rest[2:] or 0)
    for value, unit in ((minutes, "minutes"), (seconds, "seconds")):
        if value >= 60:
            msg = f"{_shown(code)}: {value} {unit} can't be: give 0 to 59"
            raise UnknownPlaceError(msg)
    angle = degrees + minutes / 60.0 + seconds / 3600.0
    if angle > limit:
        msg = f"{_shown(code)}: {digits} is more than {limit:g} degrees: the form is 5536N03716E"
        raise UnknownPlaceError(msg)
    return angle


def _why_unreadable(text: str, code: str) -> str:
    """Say why a text is no place and what to write instead."""
    if "/" in code and (whole := shorthand(code)):
        return f"{_shown(text)} stands for {whole} on oceanic tracks: write that"
    if advice := _about_numbers(text):
        return f"{_shown(text)} {advice}"
    if match := _NEARLY_ICAO.fullmatch(code):
        return _icao_advice(match, text)
    if match := _WITH_LETTERS.fullmatch(code):
        south, west = ("-" if match[i] in "SW" else "" for i in (2, 4))
        return f"{_shown(text)}: decimal degrees go without letters: {south}{match[1]},{west}{match[3]}"
    if _HALF.fullmatch(code):
        return f"{_shown(text)} is half a coordinate: give latitude and longitude, as 5536N03716E"
    near = _nearest(text, code)
    hint = f"did you mean {', '.join(near)}?" if near else f"give {FORMS}"
    return f"unknown place {_shown(text)}: {hint}"


def _about_numbers(text: str) -> str | None:
    """Say what is wrong with a text that consists of numbers, or None if it does not."""
    parts = [p.strip() for p in text.split(",")]
    numbers = all(_is_float(p) for p in parts)
    if len(parts) == 4 and numbers:
        a, b, c, d = parts
        one, two = f"{a}.{b},{c}.{d}", f"{a},{b} and {c},{d}"
        return f"can be read as {one} (decimal commas) or as two places, {two}: write the one meant"
    if len(parts) == 3 and numbers:
        return "can be read as lat,lon,height or with a decimal comma: write lat,lon with decimal points"
    if len(parts) == 2 and numbers:
        return "is no place: give plain finite decimal degrees, such as 55.5915,37.2615"
    apart = [p.replace(",", ".", 1) for p in re.split(r"[\s;/]+", text)]
    if len(apart) == 2 and all(_ONE_NUMBER.fullmatch(p) for p in apart):
        return f"is no place as written: if lat,lon is meant, write {apart[0]},{apart[1]}"
    return "is a number, no place: write lat,lon" if numbers else None


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _icao_advice(match: re.Match[str], text: str) -> str:
    """Say how a text that is nearly an ICAO coordinate is written."""
    first, second = match[1] + match[2], match[3] + match[4]
    swapped = match[2] in "EW" and match[4] in "NS"
    if swapped:
        first, second = second, first
    if len(first) == len(second) and _ICAO.fullmatch(f"{first}0{second}"):
        return f"{_shown(text)}: the longitude has one digit more than the latitude: {first}0{second}"
    if _ICAO.fullmatch(first + second):
        why = "the latitude comes first" if swapped else "write it in one word"
        return f"{_shown(text)}: {why}: {first}{second}"
    return (
        f"{_shown(text)}: an ICAO coordinate has 2, 4 or 6 digits of latitude and 3, 5 or 7 of longitude, "
        "as 46N078W, 5536N03716E or 553529N0371541E"
    )


def _airport(code: str) -> Waypoint | None:
    row = None if code.isdigit() else airport(code)
    return None if row is None else Waypoint(float(row["lon"]), float(row["lat"]), code)


def _nearest(text: str, code: str) -> list[str]:
    """Name up to four airports near a text: of a like code, or of a like city."""
    if len(text) > 60:
        return []
    if _CODE.fullmatch(code) and text.isascii():
        by_code = {row["iata" if len(code) == 3 else "icao"]: row for row in airports() if row["iata"]}
        near = (by_code[c] for c in sorted(by_code, key=functools.partial(_unlikeness, code))[:4])
        return [f"{row['iata']} ({row['city'] or row['name']})" for row in near]
    from overflight.routes.naming import suggested

    return [f"{one.code} ({one.city}, {one.where})" for one in suggested(text)]


def _unlikeness(code: str, other: str) -> tuple[int, str]:
    """Order codes by how likely a typist meant them: two letters swapped, the last one wrong, another one wrong."""
    if sorted(code) == sorted(other):
        return sum(a != b for a, b in zip(code, other, strict=True)) - 2, other
    wrong = [i for i, (a, b) in enumerate(zip(code, other, strict=False)) if a != b]
    return (1 if wrong == [len(code) - 1] else 2 if len(wrong) == 1 else 9 * len(wrong)), other
