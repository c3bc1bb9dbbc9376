"""Where a flight could land: how much of a route has its nearest airport in a forbidden state, how far others are."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight._crossings import locate
from overflight.airspace import Airspaces, RuleSet, world_on
from overflight.case import forbidden_pieces
from overflight.detours.alternates import RUNWAY_M, Airports, read_airports, suitable_airports
from overflight.earth.geod import WGS84
from overflight.earth.sphere import to_unit
from overflight.errors import DataError
from overflight.routes.ways import Way, route_of
from overflight.rules.given import Whom, avoided

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.routes import Route

    Floats = NDArray[np.float64]

__all__ = ["Exposure", "diversions"]

STEP_KM = 2.0
"""Spacing of the points at which distances are taken; what changes between two is found by halving, to `SETTLED_KM`."""
SETTLED_KM = 0.01
ALIKE = 1.008
"""Distances on the ellipsoid and chords between unit vectors of geodetic coordinates differ by less than 0.7 %."""
CHUNK = 256


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
    runway_m : float or None
        The runway that an airport must have; None of a list of one's own.
    unknown_runways : int
        How many airports were left out because the length of their runways is not known.
    """

    forbidden_km: float
    forbidden_share: float
    beyond_km: float
    longest_km: float
    longest_from_km: float | None
    total_km: float
    farthest_km: float
    farthest_at_km: float
    runway_m: float | None = None
    unknown_runways: int = 0

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
            "runway_m": None if self.runway_m is None else round(self.runway_m, 1),
            "unknown_runways": self.unknown_runways,
        }


def diversions(
    route: Way,
    world: Airspaces | None = None,
    *,
    avoid: Whom,
    beyond_km: float,
    never: Whom = (),
    on: dt.date | str | None = None,
    allow: Iterable[str] = (),
    airports: Airports | str | os.PathLike[str] | None = None,
    runway_m: float | None = None,
) -> Exposure:
    """Work out how a route stands to where it could land.

    Parameters
    ----------
    route : Route, str, or sequence of places
        Geodesic legs.
    world : Airspaces
        Says in which state an airport lies.
    avoid : RuleSet, or iterable of State, str or Area
        States in which it must not land, and areas.
    never : RuleSet, or iterable of State, str or Area
        The same, whoever consents.
    beyond_km : float
        How far an airport may be.
    allow : iterable of State or str
        States that consent.
    airports : Airports or path, optional
        Where it could land, or the file that says so, as `read_airports` reads it; by default `suitable_airports`.
    runway_m : float, optional
        The runway in metres that an airport of the table must have; by default 2,000. Not with `airports`.

    Returns
    -------
    Exposure

    Raises
    ------
    DataError
        If the list of airports can't be read, or the length is none.

    Notes
    -----
    Distances are geodesic on WGS84. They are taken every 2 km; what changes between two points is found by halving, to
    10 m. As a distance changes by no more than the way flown, a stretch shorter than 2 km may be missed, and no other.

    Examples
    --------
    >>> import overflight as of
    >>> found = of.diversions(of.great_circle("VKO", "BUD"), of.load_airspaces(), avoid={"UKR", "POL"}, beyond_km=100.0)
    >>> round(100.0 * found.forbidden_share), found.longest_km > 100.0
    (36, True)
    """
    if airports is not None and runway_m is not None:
        msg = "runway_m is for the airports of the table: leave it out where airports are given"
        raise DataError(msg)
    chosen = suitable_airports(RUNWAY_M if runway_m is None else runway_m) if airports is None else airports
    if not isinstance(chosen, Airports):
        chosen = read_airports(chosen)
    held, flown = world_on(world, on), route_of(route, on)
    forbidden = RuleSet.of(avoided(avoid, held, on)).without(allow) | RuleSet.of(avoided(never, held, on))
    barred = _barred(held, chosen, forbidden)
    at_km, points = _along(flown)
    free = chosen.lonlat[~barred]
    nearest_free = _nearest_km(points, free)
    nearest_barred = _nearest_km(points, chosen.lonlat[barred])

    def in_forbidden(km: float) -> bool:
        here = _at(flown, km)
        return bool(_nearest_km(here, chosen.lonlat[barred])[0] < _nearest_km(here, free)[0])

    def is_beyond(km: float) -> bool:
        return bool(_nearest_km(_at(flown, km), free)[0] > beyond_km)

    bad = _stretches(at_km, nearest_barred < nearest_free, in_forbidden)
    far = _stretches(at_km, nearest_free > beyond_km, is_beyond)
    longest = max(far, key=lambda stretch: stretch[1] - stretch[0], default=None)
    forbidden_km = sum(b - a for a, b in bad)
    most = int(np.argmax(nearest_free))
    return Exposure(
        forbidden_km=forbidden_km,
        forbidden_share=forbidden_km / flown.length_km if flown.length_km else 0.0,
        beyond_km=beyond_km,
        longest_km=longest[1] - longest[0] if longest else 0.0,
        longest_from_km=longest[0] if longest else None,
        total_km=sum(b - a for a, b in far),
        farthest_km=float(nearest_free[most]),
        farthest_at_km=float(at_km[most]),
        runway_m=chosen.runway_m,
        unknown_runways=chosen.unknown,
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
