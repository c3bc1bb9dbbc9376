"""Plans as JSON: SimBrief's briefing, and missions of QGroundControl."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.instants import instant
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees

__all__ = ["FLOWN", "add"]

FLOWN = frozenset({16, 17, 18, 19, 21, 22, 82, 84, 85})
"""Commands of MAVLink that fly to a place: waypoint, loiter, land, take off, spline."""


def add(data: Any, lines: Collector) -> bool:  # noqa: ANN401 - JSON
    """Add the route of a plan; False if it is none.

    Raises
    ------
    ProposalError
    """
    if not isinstance(data, dict):
        return False
    if isinstance(data.get("navlog"), dict) and isinstance(data.get("origin"), dict):
        _simbrief(data, lines)
    elif data.get("fileType") == "Plan" and isinstance(data.get("mission"), dict):
        _mission(data["mission"], lines)
    else:
        return False
    return True


def _simbrief(data: dict[str, Any], lines: Collector) -> None:
    fixes = data["navlog"].get("fix")
    middle = fixes if isinstance(fixes, list) else [fixes]
    points: list[Waypoint] = []
    for where, one in (
        ("origin", data["origin"]),
        *((f"navlog.fix[{i}]", f) for i, f in enumerate(middle)),
        ("destination", data.get("destination")),
    ):
        if not isinstance(one, dict):
            lines.refuse("expected an object with pos_lat and pos_long", where)
        name = plain_name(one.get("icao_code")) or plain_name(one.get("ident"))
        try:
            lon, lat = (degrees(str(one.get(key, "")).strip(), key) for key in ("pos_long", "pos_lat"))
            point = lines.point(lon, lat, name)
        except ProposalError:
            raise
        except OverflightError as error:
            lines.refuse(str(error), where)
        if not points or (point.lon, point.lat) != (points[-1].lon, points[-1].lat):
            points.append(point)
    general = data.get("general") if isinstance(data.get("general"), dict) else {}
    told = "".join(str(cast("dict[str, Any]", general).get(key) or "") for key in ("icao_airline", "flight_number"))
    lines.line(points, told or "-".join(p.label for p in (points[0], points[-1])), on=_date(data))


def _date(data: dict[str, Any]) -> dt.date | None:
    times = data.get("times")
    when = instant(str(times.get("sched_out", ""))) if isinstance(times, dict) else None
    return None if when is None else dt.datetime.fromtimestamp(when, dt.UTC).date()


def _mission(mission: dict[str, Any], lines: Collector) -> None:
    points: list[Waypoint] = []
    home = mission.get("plannedHomePosition")
    if isinstance(home, list) and len(home) >= 2:
        points.append(_point(home[0], home[1], lines, "plannedHomePosition"))
    passed = 0
    items = mission.get("items")
    for i, item in enumerate(items if isinstance(items, list) else ()):
        params = item.get("params") if isinstance(item, dict) else None
        if not isinstance(params, list) or len(params) < 7 or item.get("command") not in FLOWN:
            passed += not (isinstance(params, list) and len(params) >= 7)
        elif params[4] or params[5]:
            points.append(_point(params[4], params[5], lines, f"items[{i}]"))
    if passed:
        lines.remark(f"{passed:,} item{'s' if passed > 1 else ''} of the mission that are no waypoints left out")
    lines.line(points, None)


def _point(lat: object, lon: object, lines: Collector, at: str) -> Waypoint:
    try:
        return lines.point(cast("float", lon), cast("float", lat))
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), at)
