"""Areas in KML (OGC 12-007r2): the polygons of Placemarks."""

from __future__ import annotations

import re
from functools import partial
from typing import NoReturn
from xml.parsers import expat

import numpy as np

from overflight.airspace.drawn import Drawn, Floats
from overflight.routes.collect import Collector
from overflight.routes.elements import Reader, read_elements
from overflight.routes.packed import files_in_zip
from overflight.routes.refusals import degrees, shown

__all__ = ["add_kml"]

ZIP = b"PK\x03\x04"
NO_POLYGON = "no <Polygon> in it: an area is a Placemark with a polygon"
ONLY_LINKS = "it has nothing but a link (<NetworkLink>), which is not followed: open it, and give what is behind it"
MOST_FACTS = 100
"""Data of one Placemark that are looked at."""
_TUPLE = re.compile(r"[^\s,]+(?:\s*,\s*[^\s,]+)*")


def add_kml(raw: bytes, drawn: Drawn) -> str:
    """Add the areas of a KML or KMZ file; return what to say if there is none.

    Each is called after its Placemark; its limits are those of its ``ExtendedData``.

    Raises
    ------
    OverflightError
        Names the line.
    """
    files = files_in_zip(raw, drawn.where, kmz=True)[1] if raw.startswith(ZIP) else [("", raw)]
    expected = NO_POLYGON
    where = drawn.where
    for name, data in files:
        drawn.where = f"{where} ({shown(name)})" if name else where
        lines = Collector(drawn.where, drawn.default_name)
        expected = read_elements(data, lines, {"kml": partial(_Areas, drawn)}, roots="<kml>") or expected
    drawn.where = where
    return expected


class _Areas(Reader):
    """Reads the polygons of a KML file."""

    expected = NO_POLYGON
    wanted = frozenset(
        {("name", "Placemark"), ("coordinates", "LinearRing"), ("value", "Data"), ("SimpleData", "SchemaData")}
    )

    def __init__(self, drawn: Drawn, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.into = drawn
        self.began = ""
        self.name = ""
        self.facts: dict[str, object] = {}
        self.key = ""
        self.polygons: list[list[tuple[Floats, str]]] = []

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Begin a Placemark, and what is in it."""
        if name == "Placemark":
            self.began, self.name, self.facts, self.polygons = self.at(), "", {}, []
        elif name == "Polygon":
            self.polygons.append([])
        elif name in {"Data", "SimpleData"}:
            self.key = attributes.get("name", "")
        elif name == "NetworkLink" and self.expected == NO_POLYGON:
            self.expected = ONLY_LINKS

    def leave(self, name: str, parent: str, text: str) -> None:
        """Take a ring, a fact, or a whole Placemark."""
        if name == "coordinates" and parent == "LinearRing" and "Polygon" in self.stack:
            self._ring(text)
        elif name == "name" and parent == "Placemark":
            self.name = text
        elif (name == "value" and parent == "Data") or name == "SimpleData":
            if len(self.facts) < MOST_FACTS:
                self.facts[self.key] = text.strip()
        elif name == "Placemark":
            self._placemark()

    def _ring(self, text: str) -> None:
        at = self.at()
        self.into.count(text.count(",") // 2, at)
        points = []
        for match in _TUPLE.finditer(text):
            cells = match[0].split(",")
            if not 2 <= len(cells) <= 3:
                self._fail(at, f"expected longitude,latitude, found {shown(match[0])}")
            points.append([degrees(cells[i].strip(), what) for i, what in enumerate(("longitude", "latitude"))])
        ring = self.into.ring(np.array(points, dtype=np.float64).reshape(-1, 2), at)
        outer = self.stack[-2:-1] != ["innerBoundaryIs"]
        self.polygons[-1].insert(0 if outer else len(self.polygons[-1]), (ring, at))

    def _placemark(self) -> None:
        drawn = self.into
        facts = {"name": self.name, **self.facts}
        name = drawn.name_in(facts)
        if not any(self.polygons) or not drawn.is_wanted(name):
            return
        limits = drawn.limits_in(facts, self.began)
        for rings in filter(None, self.polygons):
            drawn.add(name, drawn.polygon([ring for ring, _ in rings], rings[0][1]), limits)

    def _fail(self, at: str, why: str) -> NoReturn:
        self.into.refuse(at, why)
