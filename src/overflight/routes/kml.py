"""KML 2.0 to 2.3: the lines and tracks of a Placemark, and points with times; links to other files are not followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.elements import Reader
from overflight.routes.instants import instant
from overflight.routes.numbers import number_or_none
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees, shown
from overflight.routes.sample import Sample

__all__ = ["Kml"]

# Some programs set blanks beside the commas. No part of these two is tried twice on the same text.
_TUPLE = re.compile(r"[^\s,]+(?:\s*+,\s*+[^\s,]*+)*+")
_TOKEN = re.compile(r"\S+")
SIZES = (2, 3)
"""Numbers of one position: with an altitude, or without."""
NO_LINE = "no <LineString> or <gx:Track> in a Placemark of it: draw the route as a path"
ONLY_LINKS = "it has nothing but a link (<NetworkLink>), which is not followed: open it, and give what is behind it"
TOUR = "a tour (<gx:Tour>) is the way of a camera, not a track"


class Kml(Reader):
    """Reads the lines and tracks of a KML file."""

    expected = NO_LINE
    wanted = frozenset(
        {
            ("name", "Placemark"),
            ("coordinates", "LineString"),
            ("coordinates", "Point"),
            ("coord", "Track"),
            ("when", "Track"),
            ("when", "TimeStamp"),
            ("begin", "TimeSpan"),
        }
    )

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.name: str | None = None
        self.began = ""
        self.drawn: list[list[Waypoint]] = []
        self.recorded: list[Sample] = []
        self.missing = 0
        self.part = 0
        self.coords: list[list[str]] = []
        self.whens: list[float | None] = []
        self.point = ""
        self.when: float | None = None
        self.timed: list[Sample] = []
        self.toured = False

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - none matters here
        """Begin a Placemark, and what is in it."""
        if name == "Placemark":
            self.name, self.began, self.drawn, self.recorded, self.missing = None, self.at(), [], [], 0
            self.point, self.when, self.part = "", None, 0
        elif name == "LineString":
            self.drawn.append([])
        elif name == "Track":
            self.coords, self.whens = [], []
        elif name == "NetworkLink":
            self.expected = ONLY_LINKS
        elif name == "Tour":
            self.expected = f"{TOUR}: draw the route as a path, or save the track itself"
            self.toured = True

    def leave(self, name: str, parent: str, text: str) -> None:
        """Add lines, tracks and points to their Placemark, and these to the routes."""
        if name == "coordinates" and parent == "LineString":
            self.lines.expect_points(text.count(",") // 2)
            self.drawn[-1] += [self._position(cells) for cells in _tuples(text)]
        elif name == "coordinates" and parent == "Point":
            self.point = text
        elif name == "coord" and parent == "Track":
            self.coords.append(text.split(None, 3))
        elif name == "when" and parent == "Track":
            self.whens.append(instant(text))
        elif name in {"when", "begin"}:
            self.when = instant(text)
        elif name == "Track":
            self._track()
        elif name == "name" and parent == "Placemark":
            self.name = plain_name(text)
        elif name == "Placemark":
            self._placemark()

    def _track(self) -> None:
        """Add the positions of a track, each with its time, if there are as many of these."""
        self.part += 1
        whens = self.whens if len(self.whens) == len(self.coords) else [None] * len(self.coords)
        for cells, when in zip(self.coords, whens, strict=True):
            if cells:
                altitude = number_or_none(cells[2]) if len(cells) > 2 else None
                self.recorded.append(Sample(self._position(cells), when, altitude, part=self.part))
            else:
                self.missing += 1

    def _placemark(self) -> None:
        self.lines.feature(self.drawn, self.name, self.began)
        if self.recorded:
            self.lines.record(self.recorded, self.name, self.began, missing=self.missing)
        if self.when is not None and (cells := next(_tuples(self.point), None)):
            altitude = number_or_none(cells[2]) if len(cells) > 2 else None
            self.timed.append(Sample(self._position(cells), self.when, altitude))
        self.drawn, self.recorded = [], []

    def finish(self) -> None:
        """Take points with times for the recording, if there are only lines through them beside, or none."""
        if len(self.timed) > 1:
            self.lines.record_instead(self.timed)
        if self.toured:
            self.lines.remark(f"{TOUR}: left out")

    def _position(self, cells: list[str]) -> Waypoint:
        if len(cells) < 2:
            msg = f"expected longitude,latitude, found {shown(','.join(cells))}"
            raise OverflightError(msg)
        return self.lines.point(degrees(cells[0].strip(), "longitude"), degrees(cells[1].strip(), "latitude"))


def _tuples(text: str) -> Iterator[list[str]]:
    """Yield the numbers of each position: blanks separate positions, commas the numbers of one.

    Raises
    ------
    OverflightError
        If it can't be told which numbers are one position.
    """
    if all(token[0].strip(",").count(",") + 1 in SIZES for token in _TOKEN.finditer(text)):
        yield from (token[0].strip(",").split(",") for token in _TOKEN.finditer(text))
        return
    for match in _TUPLE.finditer(text):
        cells = match[0].split(",")
        if len(cells) <= max(SIZES):
            yield cells
        elif len(cells) % 3 == 0 and len(set(cells[2::3])) == 1:  # a blank is missing: the altitude is the same
            yield from (cells[i : i + 3] for i in range(0, len(cells), 3))
        else:
            msg = f"{len(cells)} numbers without a blank between positions, {shown(match[0])}: separate positions"
            raise OverflightError(msg)
