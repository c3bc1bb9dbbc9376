"""Terms of a rule set that are areas: a file of them, one area of a file, or a circle."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from overflight.airspace.area import SFC, UNL, Area
from overflight.airspace.levels import parse_limit
from overflight.earth.constants import KM_PER_NM
from overflight.errors import DataError, OverflightError
from overflight.routes.places import place, typed

if TYPE_CHECKING:
    from overflight.outside.beside import Find

__all__ = ["AREA", "MAX_CIRCLES", "NAME", "areas_of", "is_area", "is_circle"]

_SUFFIX = r"\.(?:geojson|json|kml|kmz|gpkg|txt|air|openair|shp|fgb|geoparquet|parquet|gpx|zip)(?![\w.])"
_LIMIT = r"(?:sfc|gnd|unl|fl\s?\d+|\d+(?:\.\d+)?\s?(?:ft|m)(?:\s?(?:a?msl|agl))?)"
_RADIUS = r"(?P<radius>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>nm|km|m)\b"
_CIRCLE = rf"circle:(?P<centre>[^|&]*?)\s*,\s*{_RADIUS}(?:\s*,\s*(?P<floor>{_LIMIT})\s*-\s*(?P<ceiling>{_LIMIT})\b)?"
_PLAIN = re.sub(r"\?P<\w+>", "?:", _CIRCLE)
AREA = rf"""(?P<area>{_PLAIN}|circle:[^|&()]*|"[^"]*"|'[^']*'|[^\s|&()"']+{_SUFFIX}(?:\#[^\s|&()"']+)?)"""
"""What such a term looks like."""
NAME = r"[^\W\d_](?:[\w.]|[-'\u2019](?=\w))*"
"""What the name of a bloc, a state or a territory looks like."""

MAX_CIRCLES = 20
"""In one rule set: each takes a fifth of a second, and where all of them overlap, so do their pieces."""

_WHOLE = re.compile(_CIRCLE, re.IGNORECASE)
_FILE = re.compile(rf"(.*?{_SUFFIX})(?:#(.+))?", re.IGNORECASE | re.DOTALL)
_METRES = {"nm": KM_PER_NM * 1000.0, "km": 1000.0, "m": 1.0}
HOW = "write circle:55.59,37.26,50nm or circle:VKO,90km; with limits circle:VKO,50nm,FL100-FL245"


def is_area(token: str) -> bool:
    """Tell whether a token, which `AREA` or a name has matched, is one of these."""
    return token[0] in "\"'" or is_circle(token) or _FILE.fullmatch(token) is not None


def is_circle(token: str) -> bool:
    """Tell whether a token is a circle, or meant to be one."""
    return token[:7].lower() == "circle:"


def areas_of(token: str, find: Find | None) -> tuple[Area, ...]:
    """Read the areas that a term stands for.

    Parameters
    ----------
    token : str
        ``circle:CENTRE,RADIUS``, where the centre is any place as people type it, and the radius is in ``nm``, ``km``
        or ``m``; behind a further comma the limits, ``FL100-FL245`` or ``SFC-2500ft AMSL``. Or a file, in quotes or
        not, behind which ``#NAME`` chooses one area.
    find : callable or None
        Finds the file; None where none may be named.

    Raises
    ------
    OverflightError
        Says how to write it.

    Examples
    --------
    >>> [(area.name, area.limits) for area in areas_of("circle:VKO,50nm,FL100-FL245", None)]
    [('50 nm around VKO, FL100 to FL245', 'FL100 to FL245')]
    """
    if is_circle(token):
        return (_circle(token),)
    path = token[1:-1] if token[0] in "\"'" else token
    match = _FILE.fullmatch(path)
    from overflight.routes.areas import SUFFIXES  # few ask for areas
    from overflight.routes.kept import kept_areas

    if match is None or not match[1].lower().endswith(tuple(SUFFIXES)):
        readable = "GeoJSON (.geojson), KML, OpenAir (.txt), GeoPackage, shapefile, FlatGeobuf or GeoParquet"
        raise DataError(f"{path[:80]!r} is not read: give areas as {readable}")
    if find is None:
        raise DataError("an area can be named as it was at the start only: use blocs, states and circles")
    return kept_areas(find(match[1]), only=match[2])


@functools.lru_cache(maxsize=64)
def _circle(token: str) -> Area:
    match = _WHOLE.fullmatch(token.strip())
    shown = token.strip()[:60]
    if match is None:
        raise DataError(f"{shown!r} is no circle that can be read: {HOW}")
    from overflight.airspace.circles import circle

    try:
        centre = place(match["centre"])
        floor, ceiling = (parse_limit(match[key]) if match[key] else none for key, none in _LIMITS)
        if floor.low_m > ceiling.high_m or ceiling == SFC or floor == UNL:
            raise DataError(f"from {floor} to {ceiling} there is nothing: give the lower limit first")
        shape = circle(centre.lon, centre.lat, float(match["radius"]) * _METRES[match["unit"].lower()])
    except OverflightError as error:
        raise DataError(f"{shown!r}: {error}") from error
    limits = f", {floor} to {ceiling}" if match["floor"] else ""
    name = f"{float(match['radius']):.10g} {match['unit'].lower()} around {typed(centre)}{limits}"
    return Area(name, shape, shown, floor, ceiling)


_LIMITS = (("floor", SFC), ("ceiling", UNL))
