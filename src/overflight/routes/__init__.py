"""Routes: ordered legs of WGS84 geodesics, made from places or read from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from overflight.routes.model import Leg, Route, great_circle, route
from overflight.routes.places import Waypoint, place

if TYPE_CHECKING:
    from overflight.routes.files import read_routes
    from overflight.routes.tracks import Track
    from overflight.routes.writing import write_routes

__all__ = ["Leg", "Route", "Track", "Waypoint", "great_circle", "place", "read_routes", "route", "write_routes"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever it is
    """Load the formats when they are asked for: a route through places needs none."""
    if name == "read_routes":
        from overflight.routes.files import read_routes

        return read_routes
    if name == "write_routes":
        from overflight.routes.writing import write_routes

        return write_routes
    if name == "Track":
        from overflight.routes.tracks import Track

        return Track
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
