"""One route out, for what flies it: X-Plane's .fms (version 1100), and Garmin's FlightPlan v1 (XML)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from overflight.errors import RouteError
from overflight.outside.printable import plain_name, xml_text
from overflight.routes.airports import airport
from overflight.routes.model import Route
from overflight.routes.places import Waypoint

__all__ = ["aerodrome", "only", "to_fms", "to_garmin"]

GARMIN = "http://www8.garmin.com/xmlschemas/FlightPlan/v1"
MOST = 12
"""Letters of an identifier."""


def only(routes: Sequence[Route], what: str) -> Route:
    """Return the one route that a plan can have.

    Raises
    ------
    RouteError
    """
    if len(routes) > 1:
        msg = f"{what} has one route, not {len(routes)}: write a file for each"
        raise RouteError(msg)
    return routes[0]


def aerodrome(point: Waypoint) -> str | None:
    """Return the ICAO code of a waypoint that is an airport by its name and place; None if it is none."""
    code = (point.name or "").upper()
    row = airport(code) if re.fullmatch(r"[A-Z]{3,4}", code, re.ASCII) else None
    here = row is not None and (float(row["lon"]), float(row["lat"])) == (point.lon, point.lat)
    return row["icao"] if row is not None and here and row["icao"].isalpha() else None


def to_fms(routes: Sequence[Route], _: float) -> str:
    """Write waypoints to a millionth of a degree, each an airport or a coordinate; no altitudes, no airways."""
    points = only(routes, "a plan of X-Plane").waypoints
    codes = [aerodrome(point) for point in (points[0], points[-1])]
    head = ["I", "1100 Version", "CYCLE 0000"]
    head += [f"{key} {code}" for key, code in zip(("ADEP", "ADES"), codes, strict=True) if code]
    rows = []
    for i, point in enumerate(points):
        code = codes[0] if i == 0 else codes[1] if i == len(points) - 1 else None
        ident = code or f"{point.lat:+07.3f}_{point.lon:+08.3f}"
        via = "ADEP" if code and i == 0 else "ADES" if code else "DRCT"
        rows.append(f"{1 if code else 28} {ident} {via} 0.000000 {point.lat:.6f} {point.lon:.6f}")
    return "\n".join([*head, f"NUMENR {len(rows)}", *rows, ""])


def to_garmin(routes: Sequence[Route], _: float) -> str:
    """Write a table of waypoints, exactly, and the route through them."""
    route = only(routes, "a plan of Garmin's")
    named = list(_identified(route.waypoints))
    table, way = [], []
    for i, (ident, kind, point) in enumerate(named):
        whose = f"<{{0}}identifier>{ident}</{{0}}identifier><{{0}}type>{kind}</{{0}}type><{{0}}country-code/>"
        way.append(f"<route-point>{whose.format('waypoint-')}</route-point>\n")
        if (ident, kind) not in {one[:2] for one in named[:i]}:
            place_ = f"<lat>{point.lat!r}</lat><lon>{point.lon!r}</lon><comment/>"
            table.append(f"<waypoint>{whose.format('')}{place_}</waypoint>\n")
    name = xml_text((plain_name(route.label) or "route")[:25].upper())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<flight-plan xmlns="{GARMIN}">\n'
        f"<waypoint-table>\n{''.join(table)}</waypoint-table>\n<route><route-name>{name}</route-name>"
        f"<flight-plan-index>1</flight-plan-index>\n{''.join(way)}</route>\n</flight-plan>\n"
    )


def _identified(points: Sequence[Waypoint]) -> Iterator[tuple[str, str, Waypoint]]:
    """Give each waypoint an identifier of capitals and digits; no two places have one and the same."""
    taken: dict[str, tuple[float, float]] = {}
    for i, point in enumerate(points, 1):
        code = aerodrome(point)
        ident = code or re.sub(r"[^A-Z0-9]", "", (point.name or "").upper())[:MOST]
        if not ident or taken.get(ident, (point.lon, point.lat)) != (point.lon, point.lat):
            ident = f"WP{i:03}"
        taken[ident] = (point.lon, point.lat)
        yield ident, "AIRPORT" if code else "USER WAYPOINT", point
