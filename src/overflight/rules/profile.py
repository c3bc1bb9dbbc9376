"""When a flight is where, and how high: what layers ask of a schedule, a recording, or a level."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from overflight.airspace.levels import parse_limit
from overflight.costs.figures import Figure
from overflight.errors import OverflightError
from overflight.rules.findings import Finding
from overflight.rules.schedule import AsFlown

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace.area import Area
    from overflight.routes import Route
    from overflight.routes.tracks import Track
    from overflight.rules.schedule import Schedule

__all__ = ["by_height", "by_schedule", "metres_of", "recorded_in"]


def by_schedule(schedule: Schedule) -> tuple[Callable[[float], Figure], tuple[str, ...]]:
    """Return what tells the minutes since departure by a schedule, and what to say of it."""
    begin = schedule.moment(0.0)

    def clock(km: float) -> Figure:
        return Figure.exactly((schedule.moment(km) - begin).total_seconds() / 60.0)

    recorded = isinstance(schedule, AsFlown)
    return clock, ("as recorded" if recorded else f"{schedule.speed_kmh:,.0f} km/h over the ground all the way",)


def recorded_in(route: Route) -> Track | None:
    """Return a route as a recorded flight, if it is one."""
    if route.on is None:
        return None
    from overflight.routes.tracks import Track  # which needs NumPy; few routes are recorded

    return route if isinstance(route, Track) else None


def by_height(area: Area, crossing: Crossing, track: Track | None) -> tuple[tuple[Crossing, ...], str]:
    """Judge a stay by the heights of a recorded flight, where they and the area's limits are known."""
    if not area.has_limits or track is None:
        return (crossing,), ""
    from overflight.rules.heights import between_limits

    found = between_limits(Finding("layer", None, "crosses", crossings=(crossing,)), area, track)
    return found.crossings, "" if found.status == "crosses" and "not known" not in found.note else found.note


def metres_of(level: str) -> float:
    """Read a level that is flown all the way, in metres above the sea.

    Raises
    ------
    OverflightError
        If it is none, or one above the ground.
    """
    limit = parse_limit(level)
    if limit.low_m != limit.high_m or math.isinf(limit.low_m):
        msg = f"level {level[:40]!r}: expected a level above the sea, such as FL350"
        raise OverflightError(msg)
    return limit.low_m
