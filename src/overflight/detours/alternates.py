"""Airports to divert to: those of the table with a runway of some length, or a list of one's own."""

from __future__ import annotations

import csv
import functools
import io
import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from overflight.errors import DataError, OverflightError
from overflight.outside.files import read_at_most
from overflight.outside.printable import visible
from overflight.routes.airports import airport
from overflight.routes.places import Waypoint, airports, coded
from overflight.rules.lengths import MAX_RUNWAY_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["RUNWAY_M", "Airports", "read_airports", "suitable_airports"]

MAX_BYTES = 5_000_000
MOST = 50_000
COLUMNS = ("icao", "lat", "lon", "name")
"""Of a list of one's own; others are not looked at."""
RUNWAY_M = 2000.0
"""What an airliner of the size of an A320 or a 737 is commonly planned with, where nothing else is asked for."""
NAMED = 3
"""So many closed airports of a list are named."""
FIELDS = frozenset({"large", "medium", "small", ""})
"""Types with runways on land; of an empty one only the place is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Airports:
    """Airports to divert to.

    Attributes
    ----------
    names : tuple of str
        Codes, or what else they are called.
    lonlat : array (n, 2)
        In degrees.
    what : str
        What was taken for suitable, in words.
    runway_m : float or None
        The length asked of the longest runway; None where that was not asked.
    unknown : int
        How many were left out because the length of their runways is not known.
    closed : tuple of str
        Of a list of one's own, what the table says of those that were closed.
    """

    names: tuple[str, ...]
    lonlat: Floats
    what: str
    runway_m: float | None = None
    unknown: int = 0
    closed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def told(self) -> str:
        """What was taken, how many, and how many were left out or are closed, in words."""
        left = f"; {self.unknown:,} whose runways are not known count as unsuitable" if self.unknown else ""
        more = len(self.closed) - NAMED
        shut = "; ".join([*self.closed[:NAMED], *([f"{more:,} more are closed"] if more > 0 else [])])
        return f"{len(self):,} {self.what}{left}{'; counted, though ' if shut else ''}{shut}"


@functools.lru_cache(maxsize=8)
def suitable_airports(runway_m: float = RUNWAY_M) -> Airports:
    """Return the airports of the table that are long enough.

    Parameters
    ----------
    runway_m : float
        The least length of the longest runway, in metres: above 0, up to 10,000.

    Raises
    ------
    DataError
        If it is no such length.

    Notes
    -----
    Taken are those with an ICAO and an IATA code, which scheduled or once scheduled flights use, that are not closed
    and have such a runway which is not known to be of grass, gravel or the like. Where its length is not known, an
    airport is not suitable; `unknown` counts these. Lengths are OurAirports', and say nothing of strength, elevation,
    opening hours, equipment or permission; a list of one's own is better (`read_airports`).

    Examples
    --------
    >>> {"EGLL", "UUWW"} <= set(suitable_airports().names), "EGLC" in suitable_airports().names
    (True, False)
    >>> "EGLC" in suitable_airports(1500.0).names
    True
    """
    if not 0.0 < runway_m <= MAX_RUNWAY_M:
        msg = f"a runway of {runway_m:g} m: give a length above 0, up to {MAX_RUNWAY_M:,.0f} m"
        raise DataError(msg)
    rows = [row for row in airports() if row["icao"] and row["iata"] and not row["closed"] and row["type"] in FIELDS]
    long = [row for row in rows if row["runway_m"] and float(row["runway_m"]) >= runway_m]
    lonlat = np.array([(float(row["lon"]), float(row["lat"])) for row in long]).reshape(-1, 2)
    what = f"airports with an ICAO and an IATA code and a runway of {runway_m:,.0f} m or more"
    unknown = sum(not row["runway_m"] for row in rows)
    return Airports(tuple(row["icao"] for row in long), lonlat, what, runway_m, unknown)


def read_airports(path: str | os.PathLike[str]) -> Airports:
    """Read a list of airports.

    Parameters
    ----------
    path : path
        CSV in UTF-8 with a header; either a column ``icao`` (ICAO or IATA codes), or ``lat`` and ``lon`` in degrees
        with, if wanted, ``name``.

    Raises
    ------
    DataError
        Names the file, the line and what is wrong.
    """
    file = Path(path)
    where = visible(str(path))
    try:
        raw = read_at_most(file, MAX_BYTES, pipes=True)
        if len(raw) > MAX_BYTES:
            msg = f"{where}: a list of airports of more than {MAX_BYTES // 1_000_000} MB: shorten it"
            raise DataError(msg)
        rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        at = {title: i for i, title in enumerate(next(rows, []))}
        wanted = [at.get(title) for title in COLUMNS]
        # Only what is wanted is kept of a row, however many columns there are.
        some = islice(filter(None, rows), MOST + 1)
        cells = [[row[i] if i is not None and i < len(row) else "" for i in wanted] for row in some]
    except (OSError, ValueError, csv.Error) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        msg = f"{where}: the list of airports can't be read ({reason}): give a CSV in UTF-8"
        raise DataError(msg) from error
    if not 1 <= len(cells) <= MOST or not ("icao" in at or {"lat", "lon"} <= at.keys()):
        msg = f"{where}: expected 1 to {MOST:,} rows below a header with icao, or with lat and lon"
        raise DataError(msg)
    found, closed = [], []
    for line, (icao, lat, lon, name) in enumerate(cells, 2):
        try:
            code = icao.strip()
            if code and "lat" not in at:
                point = coded(code)
                when = (airport(code.upper()) or {}).get("closed")
                closed += [f"{code} is closed" + ("" if when == "yes" else f" since {when}")] if when else []
            else:
                point = Waypoint(float(lon), float(lat), (name or code).strip() or None)
        except (OverflightError, ValueError) as error:
            why = str(error) if isinstance(error, OverflightError) else "lat and lon must be numbers"
            msg = f"{where}, line {line}: {why}"
            raise DataError(msg) from error
        found.append(point)
    lonlat = np.array([(point.lon, point.lat) for point in found])
    what = f"airport{'' if len(found) == 1 else 's'} of {where}"
    return Airports(tuple(point.label for point in found), lonlat, what, closed=tuple(closed))
