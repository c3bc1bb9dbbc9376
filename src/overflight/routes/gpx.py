"""GPX 1.0 and 1.1: a route has points in order, a track has segments of them, recorded; waypoints alone need times."""

from __future__ import annotations

from xml.parsers import expat

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.elements import Reader
from overflight.routes.instants import instant
from overflight.routes.numbers import number_or_none
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees
from overflight.routes.sample import Sample

__all__ = ["Gpx"]


class Gpx(Reader):
    """Reads the routes and tracks of a GPX file."""

    expected = "no route (<rte>) or track (<trk>) with two points or more in it: waypoints alone have no order"
    points = frozenset({"rtept", "trkpt"})
    lists = frozenset({"rte", "trk"})
    wanted = frozenset(
        {
            ("name", "rte"),
            ("name", "trk"),
            ("name", "rtept"),
            ("name", "wpt"),
            ("time", "trkpt"),
            ("time", "wpt"),
            ("ele", "trkpt"),
            ("ele", "wpt"),
        }
    )

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.name: str | None = None
        self.began = ""
        self.route: list[Waypoint] = []
        self.track: list[Sample] = []
        self.alone: list[Sample] = []
        self.within: str | None = None
        self.part = 0
        self.position: tuple[float, float] = (0.0, 0.0)
        self.point_name: str | None = None
        self.when: float | None = None
        self.altitude: float | None = None

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - anywhere
        """Take the position of a point."""
        if name in self.points or name == "wpt":
            if name != "wpt" and self.within is None:
                msg = f"<{name}> outside a route or track: mend the file"
                raise OverflightError(msg)
            self.position = (degrees(attributes.get("lon", ""), "lon"), degrees(attributes.get("lat", ""), "lat"))
            self.point_name = self.when = self.altitude = None
        elif name == "trkseg":
            self.part += 1
        elif name in self.lists:
            self.within, self.route, self.track, self.part = name, [], [], 0
            self.name, self.began = None, self.at()

    def leave(self, name: str, parent: str, text: str) -> None:
        """Add a point to its route or track, and these to the routes."""
        if name in self.points or name == "wpt":
            self._add(name)
        elif name == "name" and parent in self.lists:
            self.name = plain_name(text)
        elif name == "name":
            self.point_name = plain_name(text)
        elif name == "time":
            self.when = instant(text)
        elif name == "ele":
            self.altitude = number_or_none(text)
        elif name == "trk":
            if self.track:
                self.lines.record(self.track, self.name, self.began)
            self.within, self.track = None, []
        elif name == "rte":
            if self.route:
                self.lines.line(self.route, self.name, self.began)
            self.within, self.route = None, []

    def _add(self, name: str) -> None:
        if name == "wpt":
            if self.when is not None:
                point = self.lines.point(*self.position, self.point_name)
                self.alone.append(Sample(point, self.when, self.altitude))
        elif self.within == "rte":
            self.route.append(self.lines.point(*self.position, self.point_name))
        else:
            point = self.lines.point(*self.position, self.point_name)
            self.track.append(Sample(point, self.when, self.altitude, part=self.part))

    def finish(self) -> None:
        """Take waypoints that have times for a recording, if there is no other."""
        if not self.lines.found and len(self.alone) > 1:
            self.lines.remark("waypoints are joined in the order of their times")
            self.lines.record(self.alone, None)
