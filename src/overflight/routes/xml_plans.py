"""Plans in XML: Garmin's FlightPlan v1 (.fpl), Microsoft's (.pln), Little Navmap's, FlightGear's, SkyDemon's."""

from __future__ import annotations

import re
from abc import abstractmethod
from xml.parsers import expat

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.elements import Reader
from overflight.routes.numbers import angle
from overflight.routes.places import Waypoint, coded
from overflight.routes.refusals import degrees

__all__ = ["READERS"]

_PACKED = re.compile(
    r"([NS])(\d{2})(\d{2})(\d{2}(?:\.\d{1,6})?)\s+([EW])(\d{3})(\d{2})(\d{2}(?:\.\d{1,6})?)", re.ASCII | re.IGNORECASE
)


class _Plan(Reader):
    """Gathers the texts of one waypoint, and makes it when its element ends."""

    expected = "no route of two waypoints or more in it: add them"
    waypoint = ""
    """The element that a waypoint is."""

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.points: list[Waypoint] = []
        self.own: dict[str, str] = {}
        self.name: str | None = None

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - by its name
        if name == self.waypoint:
            self.own = dict(attributes)

    def leave(self, name: str, parent: str, text: str) -> None:  # noqa: ARG002 - by its name
        if name == self.waypoint:
            if (point := self.made()) is not None:
                self.points.append(point)
            self.own = {}
        elif text:
            self.own[name] = text.strip()

    @abstractmethod
    def made(self) -> Waypoint | None:
        """Make the waypoint of the texts that were gathered."""

    def point(self, lon: str, lat: str, name: str | None) -> Waypoint:
        """Make a waypoint of decimal degrees."""
        return self.lines.point(degrees(lon.strip(), "longitude"), degrees(lat.strip(), "latitude"), plain_name(name))

    def finish(self) -> None:
        if self.points:
            self.lines.line(self.points, self.name)


class Garmin(_Plan):
    """A table of waypoints, and a route that names them by identifier, kind and country, in its order."""

    waypoint = "waypoint"
    wanted = frozenset(
        {
            *((name, "waypoint") for name in ("identifier", "type", "country-code", "lat", "lon")),
            *((f"waypoint-{name}", "route-point") for name in ("identifier", "type", "country-code")),
            ("route-name", "route"),
        }
    )

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.table: dict[tuple[str, ...], Waypoint] = {}
        self.named: dict[str, Waypoint] = {}

    def leave(self, name: str, parent: str, text: str) -> None:
        if name == "route-point":
            key = tuple(self.own.get(f"waypoint-{part}", "") for part in ("identifier", "type", "country-code"))
            found = self.table.get(key) or self.named.get(key[0])
            if found is None:
                msg = f"the route names {key[0][:40]!r}, which is not in its table of waypoints: mend the file"
                raise OverflightError(msg)
            self.points.append(found)
            self.own = {}
        elif name == "route-name":
            self.name = plain_name(text)
        else:
            super().leave(name, parent, text)

    def made(self) -> None:
        point = self.point(self.own.get("lon", ""), self.own.get("lat", ""), self.own.get("identifier"))
        key = tuple(self.own.get(part, "") for part in ("identifier", "type", "country-code"))
        self.table[key] = self.named[key[0]] = point


class Microsoft(_Plan):
    """Waypoints whose position is a text: ``N55° 35' 29.40",E37° 15' 41.40",+000685.00``."""

    waypoint = "ATCWaypoint"
    wanted = frozenset({("WorldPosition", "ATCWaypoint"), ("ICAOIdent", "ICAO"), ("Title", "FlightPlan.FlightPlan")})

    def leave(self, name: str, parent: str, text: str) -> None:
        if name == "Title":
            self.name = plain_name(text)
        else:
            super().leave(name, parent, text)

    def made(self) -> Waypoint | None:
        text = self.own.get("WorldPosition", "")
        cells = text.split(",")
        lat, lon = (angle(cells[0], "NS"), angle(cells[1], "EW")) if len(cells) >= 2 else (None, None)
        if lat is None or lon is None:
            msg = f"expected a position as N55° 35' 29.40\",E37° 15' 41.40\", found {text[:40]!r}"
            raise OverflightError(msg)
        return self.lines.point(lon, lat, plain_name(self.own.get("ICAOIdent") or self.own.get("id")))


class LittleNavmap(_Plan):
    """Waypoints with an identifier, and a position in attributes."""

    waypoint = "Waypoint"
    wanted = frozenset({("Ident", "Waypoint")})

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        super().enter(name, parent, attributes)
        if name == "Pos" and parent == "Waypoint":
            self.own |= attributes

    def made(self) -> Waypoint | None:
        return self.point(self.own.get("Lon", ""), self.own.get("Lat", ""), self.own.get("Ident"))


class FlightGear(_Plan):
    """Waypoints with an identifier and a position; a runway has the code of its airport alone."""

    waypoint = "wp"
    wanted = frozenset((name, "wp") for name in ("ident", "icao", "lon", "lat"))

    def made(self) -> Waypoint | None:
        lon, lat = self.own.get("lon", ""), self.own.get("lat", "")
        code = self.own.get("icao")
        if lon or lat:
            return self.point(lon, lat, self.own.get("ident") or code)
        if not code:
            return None
        found = coded(code)
        return self.lines.point(found.lon, found.lat, found.name)


class SkyDemon(_Plan):
    """A start, and the end of each leg: ``N553529.40 E0371541.40``; legs are rhumb lines there."""

    wanted = frozenset()

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        if name == "PrimaryRoute" and "Start" in attributes:
            self._add(attributes["Start"], attributes.get("StartPoint"))
        elif parent == "PrimaryRoute" and "To" in attributes:
            self._add(attributes["To"], attributes.get("ToPoint"))

    def _add(self, text: str, name: str | None) -> None:
        match = _PACKED.fullmatch(text.strip())
        if match is None:
            msg = f"expected a position as N553529.40 E0371541.40, found {text[:40]!r}"
            raise OverflightError(msg)
        south, west = match[1] in "Ss", match[5] in "Ww"
        lat, lon = (int(match[i]) + int(match[i + 1]) / 60.0 + float(match[i + 2]) / 3600.0 for i in (2, 6))
        self.points.append(self.lines.point(-lon if west else lon, -lat if south else lat, plain_name(name)))

    def made(self) -> None:
        """Make nothing: each element is read as it begins."""

    def finish(self) -> None:
        if len(self.points) > 1:
            self.lines.remark("its legs are rhumb lines, taken for geodesics here")
        super().finish()


READERS: dict[str, type[Reader]] = {
    "flight-plan": Garmin,
    "SimBase.Document": Microsoft,
    "LittleNavmap": LittleNavmap,
    "PropertyList": FlightGear,
    "DivelementsFlightPlanner": SkyDemon,
}
"""By the first element of their files."""
