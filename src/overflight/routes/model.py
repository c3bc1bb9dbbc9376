"""The route itself: waypoints joined by WGS84 geodesics."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from overflight.earth import inverse, is_unique, points_along
from overflight.earth.constants import KM_PER_NM
from overflight.errors import RouteError
from overflight.outside.listing import Listed, Listing
from overflight.routes.antimeridian import line_geometry
from overflight.routes.places import Waypoint, format_latlon, place

__all__ = ["Leg", "Route", "great_circle", "route"]

MAX_WAYPOINTS = 1_000_000
MANY, SOME = 50_000, 50
"""Waypoints above which loading the compiler costs less than it saves, and above which using it does, once loaded."""

Kind = Literal["great-circle", "given", "detour"]


@dataclass(frozen=True, slots=True)
class Leg:
    """The WGS84 geodesic between two waypoints.

    Attributes
    ----------
    start, end : Waypoint
        Where it begins and ends.
    length_m : float
        Length on the ellipsoid, within 15 nm of rounding (Karney 2013).
    azimuth_deg : float
        Azimuth at the start, clockwise from north, degrees in [-180, 180].
    """

    start: Waypoint
    end: Waypoint
    length_m: float
    azimuth_deg: float

    @property
    def length_km(self) -> float:
        """Length in kilometres."""
        return self.length_m / 1000.0


@dataclass(frozen=True, slots=True, repr=False)
class Route(Listed):
    """An ordered run of legs.

    Parameters
    ----------
    waypoints : tuple of Waypoint
        Two or more that are not all the same place; a leg of zero length between others is allowed.
    name : str, optional
        What to call it.
    kind : {"great-circle", "given", "detour"}
        Where it comes from.
    remarks : tuple of str, optional
        What whoever asks about it should know: what of its file was left out, joined or suspected.
    on : datetime.date, optional
        The day on which it was flown, or is to be, where the file tells.

    Attributes
    ----------
    legs : tuple of Leg
        One between each two consecutive waypoints.

    Raises
    ------
    RouteError
        If there are too few waypoints, if all are one place, or if a leg joins (nearly) antipodal points,
        between which the shortest line is not unique.
    """

    waypoints: tuple[Waypoint, ...]
    name: str | None = None
    kind: Kind = "given"
    remarks: tuple[str, ...] = field(default=(), kw_only=True, repr=False, compare=False)
    on: dt.date | None = field(default=None, kw_only=True, repr=False, compare=False)
    legs: tuple[Leg, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        points = tuple(self.waypoints)
        label = f"route {self.name!r}" if self.name else "a route"
        if len(points) < 2:
            msg = f"{label} needs two or more waypoints, got {len(points)}: add the destination"
            raise RouteError(msg)
        if len(points) > MAX_WAYPOINTS:
            msg = f"{label} has {len(points)} waypoints, more than {MAX_WAYPOINTS}: thin it out or split it"
            raise RouteError(msg)
        still = all((p.lon, p.lat) == (points[0].lon, points[0].lat) for p in points)  # known without any leg
        most = SOME if "overflight.earth.many" in sys.modules else MANY
        legs = () if still else _many_legs(points) if len(points) > most else _few_legs(points)
        if not any(leg.length_m > 0.0 for leg in legs):
            msg = f"{label} goes nowhere: all its waypoints are {points[0].label}; give another place"
            raise RouteError(msg)
        object.__setattr__(self, "waypoints", points)
        object.__setattr__(self, "legs", legs)

    @property
    def length_km(self) -> float:
        """Length in kilometres."""
        return math.fsum(leg.length_m for leg in self.legs) / 1000.0

    @property
    def length_nm(self) -> float:
        """Length in nautical miles of 1852 m."""
        return self.length_km / KM_PER_NM

    @property
    def label(self) -> str:
        """The name, or the places at both ends."""
        return self.name or _joined(self.waypoints) or "route"

    def _listing(self) -> Listing:
        name = f" {self.name}" if self.name else ""
        return Listing(
            title=f"Route{name}, {self.kind}, {self.length_km:,.1f} km ({self.length_nm:,.1f} NM)",
            words=(point.label for point in self.waypoints),
            header=("#", "waypoint", "lat,lon", "km"),
            rows=(
                [n, point.name, format_latlon(point.lon, point.lat), km]
                for (n, point), km in zip(enumerate(self.waypoints, 1), self._kilometres(), strict=True)
            ),
            total=len(self.waypoints),
        )

    def _kilometres(self) -> Iterator[float]:
        """Yield how far each waypoint is from the start."""
        return itertools.accumulate((leg.length_m / 1000.0 for leg in self.legs), initial=0.0)

    def to_geojson(self, *, max_km: float = 25.0, properties: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the route as a GeoJSON Feature, cut where it crosses 180 degrees (RFC 7946, 3.1.9).

        Parameters
        ----------
        max_km : float
            The geodesic is given by points at most this far apart, so that a planar reader draws it right: at
            25 km the chords stay within 25 m of the geodesic up to 60 degrees of latitude, 75 m up to 80.
        properties : dict, optional
            More properties for the feature.

        Returns
        -------
        dict
            A Feature; its geometry is a LineString, or a MultiLineString where the route crosses 180 degrees.
            The waypoints themselves stand in its properties.
        """
        return {
            "type": "Feature",
            "geometry": line_geometry(self.path(max_km=max_km)),
            "properties": {
                "name": self.label,
                "kind": self.kind,
                "length_km": round(self.length_km, 3),
                "waypoints": [{"name": w.name, "lon": w.lon, "lat": w.lat} for w in self.waypoints],
                **(properties or {}),
            },
        }

    def path(self, *, max_km: float = 25.0) -> list[tuple[float, float]]:
        """Return points along the geodesics, at most `max_km` apart, as (lon, lat) in degrees.

        Longitudes run on past 180 degrees, so that neighbours never differ by a jump of 360.
        """
        points: list[tuple[float, float]] = [(self.waypoints[0].lon, self.waypoints[0].lat)]
        for leg in self.legs:
            run = points_along(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat, max_km=max_km)
            shift = 360.0 * round((points[-1][0] - run[0][0]) / 360.0)
            for lon, lat in run[1:]:
                points += _over_the_pole(points[-1], (lon + shift, lat))
        return points


def _over_the_pole(before: tuple[float, float], after: tuple[float, float]) -> list[tuple[float, float]]:
    """Lead a line that meets a pole up its meridian, along the map's edge, and down the other."""
    if abs(after[0] - before[0]) < 179.0:
        return [after]
    pole = math.copysign(90.0, before[1] + after[1])
    corners = [(before[0], pole), (after[0], pole), after]
    return [p for p in corners if p != before]


def _few_legs(points: Sequence[Waypoint]) -> tuple[Leg, ...]:
    return tuple(_leg(a, b) for a, b in itertools.pairwise(points))


def _many_legs(points: Sequence[Waypoint]) -> tuple[Leg, ...]:
    """Make legs by compiled code, which gives the same bits: worth its loading from some hundred thousand on."""
    import numpy as np

    from overflight.earth.many import inverse_each_compiled

    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    count = len(points) - 1
    length_m, azimuth = np.empty(count), np.empty(count)
    wrong = inverse_each_compiled(lon[:-1], lat[:-1], lon[1:], lat[1:], 0, count, length_m, azimuth)
    if wrong < count:
        _leg(points[wrong], points[wrong + 1])  # which says why
    return tuple(map(Leg, points, points[1:], length_m.tolist(), azimuth.tolist()))


def _leg(start: Waypoint, end: Waypoint) -> Leg:
    length_m, azimuth_deg = inverse(start.lon, start.lat, end.lon, end.lat)
    if not is_unique(start.lon, start.lat, end.lon, end.lat):
        msg = (
            f"{start.label} and {end.label} lie (nearly) opposite each other on the Earth, so the shortest "
            "line between them is not unique: put a waypoint in between"
        )
        raise RouteError(msg)
    return Leg(start, end, length_m, azimuth_deg)


def great_circle(
    start: str | Waypoint | Sequence[float], end: str | Waypoint | Sequence[float], *, name: str | None = None
) -> Route:
    """Make the shortest route between two places: one WGS84 geodesic.

    Parameters
    ----------
    start, end : str, Waypoint or pair of float
        Places as `overflight.routes.places.place` reads them.
    name : str, optional
        Defaults to both places, as ``VKO-BUD``.

    Raises
    ------
    UnknownPlaceError, RouteError

    Examples
    --------
    >>> direct = great_circle("VKO", "BUD")
    >>> direct.name, round(direct.length_km, 1), round(direct.length_nm, 1)
    ('VKO-BUD', 1537.0, 829.9)
    """
    ends = (place(start), place(end))
    return Route(ends, name or _joined(ends), "great-circle")


def route(*places: str | Waypoint | Sequence[float], name: str | None = None) -> Route:
    """Make a route through places, in order.

    Parameters
    ----------
    *places : str, Waypoint or pair of float
        Two or more places as `overflight.routes.places.place` reads them.
    name : str, optional
        Defaults to the places, as ``VKO-MSQ-BUD``.

    Raises
    ------
    UnknownPlaceError, RouteError

    Examples
    --------
    >>> route("VKO", "MSQ", "BUD").name
    'VKO-MSQ-BUD'
    """
    points = tuple(place(p) for p in places)
    return Route(points, name or _joined(points), "great-circle" if len(points) == 2 else "given")


def _joined(points: Sequence[Waypoint]) -> str | None:
    """Join the places' labels to a name, the middle left out where there are many."""
    labels = [w.label for w in points]
    hyphen = "-" if all(w.name for w in points) else " - "
    return hyphen.join(labels if len(labels) <= 6 else [*labels[:2], "...", labels[-1]]) or None
