"""Plans that are lines of text: X-Plane's .fms (versions 3 and 11), and waypoints of Mission Planner (QGC WPL)."""

from __future__ import annotations

import re

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.json_plans import FLOWN
from overflight.routes.model import Route
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees

__all__ = ["is_waypoints", "parse_waypoints"]

_FMS = re.compile(r"\s*[IA]\s*\r?\n\s*(?:3|1100)\b[^\n]*\n", re.ASCII)
_WPL = re.compile(r"\s*QGC WPL \d+", re.ASCII)
SPACE = frozenset({"+", "-"})


def is_waypoints(text: str) -> bool:
    """Tell whether a text begins as one of these does."""
    return _FMS.match(text) is not None or _WPL.match(text) is not None


def parse_waypoints(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the route of a plan.

    Raises
    ------
    ProposalError
        Names the file and the line.
    """
    lines = Collector(where, default_name)
    read = _wpl if _WPL.match(text) else _fms
    points: list[Waypoint] = []
    for number, row in enumerate(text.splitlines(), 1):
        try:
            found = read(row.split())
            if found is not None:
                lon, lat, name = found
                points.append(lines.point(lon, lat, plain_name(name)))
        except ProposalError:
            raise
        except OverflightError as error:
            lines.refuse(str(error), f"line {number}")
    if points:
        lines.line(points, None)
    return lines.routes("no waypoint in it: give another file")


def _fms(cells: list[str]) -> tuple[float, float, str | None] | None:
    """Read a row of kind, name, (by which airway,) altitude, latitude, longitude; named points at 0,0 are empty."""
    if len(cells) not in {5, 6} or not cells[0].isdigit():
        return None
    lat, lon = degrees(cells[-2], "latitude"), degrees(cells[-1], "longitude")
    if cells[0] == "0" or (lon == 0.0 == lat):
        return None
    return lon, lat, None if cells[1][:1] in SPACE else cells[1]


def _wpl(cells: list[str]) -> tuple[float, float, None] | None:
    """Read a row of number, whether current, frame, command, four parameters, latitude, longitude, altitude, auto."""
    if len(cells) != 12 or cells[3] not in {str(command) for command in FLOWN}:
        return None
    lat, lon = degrees(cells[8], "latitude"), degrees(cells[9], "longitude")
    return None if lon == 0.0 == lat else (lon, lat, None)
