"""Where a flight could land: how much of a route has its nearest airport in a forbidden state, how far others are."""

from __future__ import annotations

import csv
import functools
import io
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight._crossings import locate
from overflight.airspace import Airspaces, Area, RuleSet
from overflight.case import forbidden_pieces
from overflight.earth.geod import WGS84
from overflight.earth.sphere import to_unit
from overflight.errors import DataError, OverflightError
from overflight.outside.files import read_at_most
from overflight.outside.printable import visible
from overflight.routes.places import Waypoint, airports, place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.routes import Route

    Floats = NDArray[np.float64]

__all__ = ["Airports", "Exposure", "diversions", "read_airports", "suitable_airports"]

STEP_KM = 2.0
"""Spacing of the points at which distances are taken; what changes between two is found by halving, to `SETTLED_KM`."""
SETTLED_KM = 0.01
ALIKE = 1.008
"""Distances on the ellipsoid and chords between unit vectors of geodetic coordinates differ by less than 0.7 %."""
CHUNK = 256
MAX_BYTES = 5_000_000
MOST = 50_000
COLUMNS = ("icao", "lat", "lon", "name")
"""Of a list of one's own; others are not looked at."""
UNFIT = re.compile(r"airstrip|heliport|helipad|seaplane|skyport|water aerodrome", re.IGNORECASE)


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
    """

    names: tuple[str, ...]
    lonlat: Floats
    what: str

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a route stands to where it could land.

    Attributes
    ----------
    forbidden_km, forbidden_share : float
        How far it runs with the nearest airport in a forbidden state (or area), and that as a share of it.
    beyond_km : float
        The distance asked about.
    longest_km : float
        Its longest stretch without any airport within that distance that lies in no forbidden state; 0 if none.
    longest_from_km : float or None
        Where that begins.
    total_km : float
        All such stretches together.
    farthest_km, farthest_at_km : float
        How far the nearest such airport is where it is farthest, to 2 km, and where; infinite if there is none.
    """

    forbidden_km: float
    forbidden_share: float
    beyond_km: float
    longest_km: float
    longest_from_km: float | None
    total_km: float
    farthest_km: float
    farthest_at_km: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight routes` has it."""
        return {
            "forbidden_km": round(self.forbidden_km, 1),
            "forbidden_share": round(self.forbidden_share, 4),
            "beyond_km": round(self.beyond_km, 3),
            "longest_km": round(self.longest_km, 1),
            "longest_from_km": None if self.longest_from_km is None else round(self.longest_from_km, 1),
            "total_km": round(self.total_km, 1),
            "farthest_km": None if np.isinf(self.farthest_km) else round(self.farthest_km, 1),
            "farthest_at_km": round(self.farthest_at_km, 1),
        }


@functools.cache
def suitable_airports() -> Airports:
    """Return the airports of `airportsdata` that are taken for suitable.

    Notes
    -----
    The table has neither runways nor sizes. Taken are those with an ICAO and an IATA code, which scheduled or once
    scheduled flights use, but for those whose names say airstrip, heliport or seaplane. Some have runways too short for
    an airliner; a list of one's own is better (`read_airports`).
    """
    rows = [row for row in airports() if row["icao"] and row["iata"] and not UNFIT.search(row["name"])]
    lonlat = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
    return Airports(tuple(row["icao"] for row in rows), lonlat, "airports with an ICAO and an IATA code")


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
    found = []
    for line, (icao, lat, lon, name) in enumerate(cells, 2):
        try:
            code = icao.strip()
            if code and "lat" not in at:
                point = place(code)
            else:
                point = Waypoint(float(lon), float(lat), (name or code).strip() or None)
        except (OverflightError, ValueError) as error:
            why = str(error) if isinstance(error, OverflightError) else "lat and lon must be numbers"
            msg = f"{where}, line {line}: {why}"
            raise DataError(msg) from error
        found.append(point)
    lonlat = np.array([(point.lon, point.lat) for point in found])
    return Airports(tuple(point.label for point in found), lonlat, where)


def diversions(
    route: Route,
    world: Airspaces,
    *,
    avoid: RuleSet | Iterable[str | Area],
    beyond_km: float,
    allow: Iterable[str] = (),
    airports: Airports | str | os.PathLike[str] | None = None,
) -> Exposure:
    """Work out how a route stands to where it could land.

    Parameters
    ----------
    route : Route
        Geodesic legs.
    world : Airspaces
        Says in which state an airport lies.
    avoid : RuleSet, or iterable of State, str or Area
        States in which it must not land, and areas.
    beyond_km : float
        How far an airport may be.
    allow : iterable of State or str
        States that consent.
    airports : Airports or path, optional
        Where it could land, or the file that says so, as `read_airports` reads it; by default `suitable_airports`.

    Returns
    -------
    Exposure

    Notes
    -----
    Distances are geodesic on WGS84. They are taken every 2 km; what changes between two points is found by halving, to
    10 m. As a distance changes by no more than the way flown, a stretch shorter than 2 km may be missed, and no other.

    Examples
    --------
    >>> import overflight as of
    >>> found = of.diversions(of.great_circle("VKO", "BUD"), of.load_airspaces(), avoid={"UKR", "POL"}, beyond_km=100.0)
    >>> round(100.0 * found.forbidden_share), found.longest_km > 100.0
    (34, True)
    """
    chosen = suitable_airports() if airports is None else airports
    if not isinstance(chosen, Airports):
        chosen = read_airports(chosen)
    barred = _barred(world, chosen, RuleSet.of(avoid).without(allow))
    at_km, points = _along(route)
    free = chosen.lonlat[~barred]
    nearest_free = _nearest_km(points, free)
    nearest_barred = _nearest_km(points, chosen.lonlat[barred])

    def in_forbidden(km: float) -> bool:
        here = _at(route, km)
        return bool(_nearest_km(here, chosen.lonlat[barred])[0] < _nearest_km(here, free)[0])

    def is_beyond(km: float) -> bool:
        return bool(_nearest_km(_at(route, km), free)[0] > beyond_km)

    bad = _stretches(at_km, nearest_barred < nearest_free, in_forbidden)
    far = _stretches(at_km, nearest_free > beyond_km, is_beyond)
    longest = max(far, key=lambda stretch: stretch[1] - stretch[0], default=None)
    forbidden_km = sum(b - a for a, b in bad)
    most = int(np.argmax(nearest_free))
    return Exposure(
        forbidden_km=forbidden_km,
        forbidden_share=forbidden_km / route.length_km if route.length_km else 0.0,
        beyond_km=beyond_km,
        longest_km=longest[1] - longest[0] if longest else 0.0,
        longest_from_km=longest[0] if longest else None,
        total_km=sum(b - a for a, b in far),
        farthest_km=float(nearest_free[most]),
        farthest_at_km=float(at_km[most]),
    )


@functools.lru_cache(maxsize=1)
def _pieces(world: Airspaces, chosen: Airports) -> NDArray[np.int64]:
    """Return in which piece of a world each airport lies; finding out takes a second."""
    return np.array([locate(world, lon, lat).id for lon, lat in chosen.lonlat.tolist()], np.int64)


def _barred(world: Airspaces, chosen: Airports, forbidden: RuleSet) -> NDArray[np.bool_]:
    """Tell which airports lie in a forbidden state or in an area."""
    shut = np.array(forbidden_pieces(world, forbidden))
    found: NDArray[np.bool_] = shut[_pieces(world, chosen)]
    if forbidden.areas:
        import shapely

        for area in forbidden.areas:
            found |= shapely.intersects_xy(area.shape, *chosen.lonlat.T)
    return found


def _along(route: Route) -> tuple[Floats, Floats]:
    """Set points along a route, at most `STEP_KM` apart; return where they are, and lon and lat."""
    at_km = [np.zeros(1)]
    first = route.waypoints[0]
    points = [np.array([[first.lon, first.lat]])]
    offset = 0.0
    for leg in route.legs:
        count = max(1, int(np.ceil(leg.length_km / STEP_KM)))
        share = np.arange(1, count + 1) / count
        many = np.full(count, leg.start.lon), np.full(count, leg.start.lat), np.full(count, leg.azimuth_deg)
        lon, lat, _ = WGS84.fwd(*many, share * leg.length_m)
        at_km.append(offset + share * leg.length_km)
        points.append(np.column_stack([lon, lat]))
        offset += leg.length_km
    return np.concatenate(at_km), np.concatenate(points)


def _at(route: Route, km: float) -> Floats:
    """Return the point (1, 2) of a route that lies so far along it."""
    for leg in route.legs:
        if km <= leg.length_km:
            break
        km -= leg.length_km
    lon, lat, _ = WGS84.fwd(leg.start.lon, leg.start.lat, leg.azimuth_deg, 1000.0 * min(km, leg.length_km))
    return np.array([[lon, lat]])


def _nearest_km(points: Floats, others: Floats) -> Floats:
    """Return how far from each point the nearest of others is, on WGS84; infinite without others."""
    found = np.full(len(points), np.inf)
    if not len(others):
        return found
    there = to_unit(others)
    for first in range(0, len(points), CHUNK):
        part = points[first : first + CHUNK]
        angle = np.arccos(np.clip(to_unit(part) @ there.T, -1.0, 1.0))
        least = angle.min(axis=1)
        row, column = np.nonzero(angle <= (least * ALIKE + 1e-6)[:, None])
        _, _, metres = WGS84.inv(*part[row].T, *others[column].T)
        np.minimum.at(found, first + row, np.asarray(metres) / 1000.0)
    return found


def _stretches(at_km: Floats, holds: Sequence[bool] | NDArray[np.bool_], test: Callable[[float], bool]) -> list[Any]:
    """Return from where to where something holds, the ends found by halving."""
    edges = []
    for k in np.flatnonzero(np.diff(np.asarray(holds).astype(np.int8))).tolist():
        low, high, at_low = float(at_km[k]), float(at_km[k + 1]), bool(holds[k])
        while high - low > SETTLED_KM:
            middle = 0.5 * (low + high)
            if test(middle) == at_low:
                low = middle
            else:
                high = middle
        edges.append(0.5 * (low + high))
    marks = [*([0.0] if holds[0] else []), *edges, *([float(at_km[-1])] if holds[-1] else [])]
    return list(zip(marks[::2], marks[1::2], strict=True))
