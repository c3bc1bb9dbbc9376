"""Places, times and lengths as a report spells them."""

from __future__ import annotations

import datetime as dt
import math

from overflight.routes.numbers import M_PER_FT

__all__ = ["NONE", "decimal", "duration", "metres", "sexagesimal", "stamp"]

NONE = "\N{EN DASH}"
"""Stands where nothing is known, or to be said."""
TENTHS = 36_000
"""Tenths of a second of arc in a degree."""


def decimal(lonlat: tuple[float, float]) -> str:
    """Write a place in degrees to the fifth place (1 m), latitude first.

    Examples
    --------
    >>> decimal((37.2615, 55.5915)), decimal((-0.000001, -33.946))
    ('55.59150 N, 37.26150 E', '33.94600 S, 0.00000 E')
    """
    lon, lat = (round(x, 5) for x in lonlat)
    return f"{abs(lat):.5f} {'S' if lat < 0 else 'N'}, {abs(lon):.5f} {'W' if lon < 0 else 'E'}"


def sexagesimal(lonlat: tuple[float, float]) -> str:
    r"""Write a place in degrees, minutes and tenths of a second (3 m), latitude first.

    Examples
    --------
    >>> ascii(sexagesimal((-180.0, 59.99999999)))
    "'60\\xb000\\u203200.0\\u2033 N, 180\\xb000\\u203200.0\\u2033 W'"
    """
    lon, lat = lonlat
    return f"{_dms(lat, 2, 'NS')}, {_dms(lon, 3, 'EW')}"


def _dms(degrees: float, digits: int, letters: str) -> str:
    tenths = round(abs(degrees) * TENTHS)
    whole, rest = divmod(tenths, TENTHS)
    minutes, seconds = divmod(rest, 600)
    letter = letters[degrees < 0 and tenths > 0]
    return f"{whole:0{digits}d}°{minutes:02d}\N{PRIME}{seconds // 10:02d}.{seconds % 10}\N{DOUBLE PRIME} {letter}"


def stamp(moment: dt.datetime | None, *, up: bool | None = None) -> str | None:
    """Write a moment in UTC, to the nearest second; or to the one after it (`up`), or before it (not `up`).

    Examples
    --------
    >>> moment = dt.datetime(2025, 10, 23, 7, 0, 0, 400_000, dt.UTC)
    >>> stamp(moment), stamp(moment, up=True)
    ('2025-10-23T07:00:00Z', '2025-10-23T07:00:01Z')
    """
    if moment is None:
        return None
    if up is None:
        moment += dt.timedelta(milliseconds=500)
    elif up and moment.microsecond:
        moment += dt.timedelta(seconds=1)
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}Z"


def duration(seconds: float) -> str:
    """Write how long something took: ``1 h 02 min``, ``4 min 05 s``, ``12.5 s``.

    Examples
    --------
    >>> duration(3725.0), duration(245.0), duration(12.5)
    ('1 h 02 min', '4 min 05 s', '12.5 s')
    """
    if seconds < 60.0:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(math.floor(seconds + 0.5), 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min {rest:02d} s"


def metres(value: float | None) -> str:
    """Write an altitude in metres and in feet; a dash where it is not known."""
    return NONE if value is None else f"{value:,.0f} m ({value / M_PER_FT:,.0f} ft)"
