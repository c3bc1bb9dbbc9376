"""Routes: ordered legs of WGS84 geodesics, made from places or read from files."""

from __future__ import annotations

from overflight.places import Waypoint, place
from overflight.routes.files import read_routes
from overflight.routes.model import Leg, Route, great_circle, route
from overflight.routes.writing import write_routes

__all__ = ["Leg", "Route", "Waypoint", "great_circle", "place", "read_routes", "route", "write_routes"]
