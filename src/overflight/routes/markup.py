"""Routes in XML: GPX (routes and tracks) and KML (lines and recorded tracks), read element by element.

The parser is expat, from the standard library. Document types, with them entities, are refused; nothing that a file
refers to is fetched. Prefixes of names are passed over: programs differ in them, and some forget to declare theirs.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import NoReturn
from xml.parsers import expat

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name
from overflight.routes.collect import MAX_DEPTH, MAX_ELEMENTS, MAX_POINTS, MAX_TAG, MAX_WORDS, Collector
from overflight.routes.model import Route
from overflight.routes.packed import kml_in_kmz
from overflight.routes.places import Waypoint
from overflight.routes.refusals import degrees, reason, shown

__all__ = ["parse_kmz", "parse_markup"]

ROOTS = ("gpx", "kml")
# Some programs set blanks beside the commas. No part of these two is tried twice on the same text.
_TUPLE = re.compile(r"[^\s,]+(?:\s*+,\s*+[^\s,]*+)*+")
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG)


def parse_markup(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a GPX or KML file, whichever its first element says it is.

    Parameters
    ----------
    raw : bytes
        The file; its XML declaration tells the encoding, UTF-8 without one.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none.

    Raises
    ------
    ProposalError
        Names the file and the line, what was expected and found.
    """
    lines = Collector(where, default_name)
    return lines.routes(_add(raw, lines) or "no element in it: give another file")


def parse_kmz(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of all KML files in a KMZ file; see `parse_markup`.

    Raises
    ------
    ProposalError
    """
    lines = Collector(where, default_name)
    expected = ""
    for name, data in kml_in_kmz(raw, where):
        lines.where = f"{where} ({shown(name)})"
        expected = _add(data, lines) or expected
    lines.where = where
    return lines.routes(expected or "no element in it: give another file")


def _add(raw: bytes, lines: Collector) -> str:
    """Add the routes of one file; return what to say if it has none."""
    _check(raw, lines)
    reader: _Reader | None = None
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def first(name: str, attributes: dict[str, str]) -> None:
        nonlocal reader
        root = name.rpartition(":")[2]
        if root not in ROOTS:
            msg = f"expected <gpx> or <kml>, found <{root[:40]}>: convert the file to one of these"
            raise OverflightError(msg)
        reader = _Gpx(lines, parser) if root == "gpx" else _Kml(lines, parser)
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        reader.start(name, attributes)

    def no_doctype(*_: object) -> NoReturn:
        msg = "a document type (<!DOCTYPE, entities) is not read: take it out"
        raise OverflightError(msg)

    parser.StartElementHandler = first
    parser.StartDoctypeDeclHandler = no_doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        why = f"not XML ({expat.ErrorString(error.code)}): mend the file"
        lines.refuse(why, f"line {error.lineno}, column {error.offset + 1}")
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), f"line {parser.CurrentLineNumber}")
    except (ValueError, LookupError) as error:  # of the encoding that it declares
        lines.refuse(f"not XML that can be read here ({reason(error)}): save it as UTF-8")
    return reader.expected if reader else ""


def _check(raw: bytes, lines: Collector) -> None:
    """Refuse what would take long, before it is parsed."""
    if raw.count(b"<") - raw.count(b"</") > MAX_ELEMENTS:
        lines.refuse(f"more than {MAX_ELEMENTS:,} XML elements: thin it out or split the file")
    if raw.count(b"<trkpt") > MAX_POINTS:
        lines.refuse_many()
    if _LONG_TAG.search(raw):
        lines.refuse(f"an XML tag of more than {MAX_TAG:,} bytes: take it out")


class _Reader(ABC):
    """Follows the elements, and gathers text where it is wanted."""

    expected = ""
    wanted: frozenset[tuple[str, str]]
    """Elements whose text is read, each with the one around it."""

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        self.lines = lines
        self.parser = parser
        self.words = parser.intern
        self.stack: list[str] = [""]
        self.text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        parent = self.stack[-1]
        self.stack.append(name)
        if len(self.stack) > MAX_DEPTH + 1:
            msg = f"elements nested deeper than {MAX_DEPTH}: flatten the file"
            raise OverflightError(msg)
        if len(self.words) > MAX_WORDS:
            msg = f"more than {MAX_WORDS:,} different names of elements: write the file anew"
            raise OverflightError(msg)
        if self.enter(name, parent, attributes):
            self.text = []
            self.parser.CharacterDataHandler = self.text.append

    def end(self, _: str) -> None:
        name = self.stack.pop()
        text = ""
        if self.text is not None:
            text = "".join(self.text)
            self.text = self.parser.CharacterDataHandler = None
        self.leave(name, self.stack[-1], text)

    def at(self) -> str:
        return f"line {self.parser.CurrentLineNumber}"

    @abstractmethod
    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> bool:
        """Note that an element begins; tell whether its text is wanted."""

    @abstractmethod
    def leave(self, name: str, parent: str, text: str) -> None:
        """Note that an element has ended."""


class _Gpx(_Reader):
    """GPX 1.0 and 1.1: a route has points in order, a track has segments of them; waypoints alone are no route."""

    expected = "no route (<rte>) or track (<trk>) with two points or more in it: waypoints alone have no order"
    points = frozenset({"rtept", "trkpt"})
    lists = frozenset({"rte", "trk"})
    wanted = frozenset({("name", "rte"), ("name", "trk"), ("name", "rtept")})

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.name: str | None = None
        self.began = ""
        self.parts: list[list[Waypoint]] = []
        self.point: tuple[float, float] = (0.0, 0.0)
        self.point_name: str | None = None

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> bool:
        if name in self.points:
            if not self.parts:
                msg = f"<{name}> outside a route or track: mend the file"
                raise OverflightError(msg)
            self.point = (degrees(attributes.get("lon", ""), "lon"), degrees(attributes.get("lat", ""), "lat"))
            self.point_name = None
        elif name == "trkseg":
            self.parts.append([])
        elif name in self.lists:
            self.parts, self.name, self.began = [[]], None, self.at()
        return (name, parent) in self.wanted

    def leave(self, name: str, parent: str, text: str) -> None:
        if name in self.points:
            self.parts[-1].append(self.lines.point(*self.point, self.point_name))
        elif name == "name" and parent in self.lists:
            self.name = plain_name(text)
        elif name == "name" and parent == "rtept":
            self.point_name = plain_name(text)
        elif name == "trk":
            self.lines.track(self.parts, self.name, self.began)
            self.parts = []
        elif name == "rte":
            self.lines.parts(self.parts, self.name, self.began)
            self.parts = []


class _Kml(_Reader):
    """KML 2.0 to 2.3: the lines and tracks of a Placemark; links to other files are not followed."""

    expected = "no <LineString> or <gx:Track> in a Placemark of it: draw the route as a path"
    wanted = frozenset({("name", "Placemark"), ("coordinates", "LineString"), ("coord", "Track")})

    def __init__(self, lines: Collector, parser: expat.XMLParserType) -> None:
        super().__init__(lines, parser)
        self.name: str | None = None
        self.began = ""
        self.drawn: list[list[Waypoint]] = []
        self.recorded: list[list[Waypoint]] = []

    def enter(self, name: str, parent: str, attributes: dict[str, str]) -> bool:  # noqa: ARG002 - none matters here
        if name == "Placemark":
            self.name, self.began, self.drawn, self.recorded = None, self.at(), [], []
        elif name == "LineString":
            self.drawn.append([])
        elif name == "Track":
            self.recorded.append([])
        return (name, parent) in self.wanted

    def leave(self, name: str, parent: str, text: str) -> None:
        if name == "coordinates" and parent == "LineString":
            self.lines.expect_points(text.count(",") // 2)
            self.drawn[-1] += [self.position(t[0], ",") for t in _TUPLE.finditer(text)]
        elif name == "coord" and parent == "Track":
            if text.strip():
                self.recorded[-1].append(self.position(text, None))
        elif name == "name" and parent == "Placemark":
            self.name = plain_name(text)
        elif name == "Placemark":
            self.lines.parts(self.drawn, self.name, self.began)
            self.lines.track(self.recorded, self.name, self.began)
            self.drawn, self.recorded = [], []

    def position(self, text: str, comma: str | None) -> Waypoint:
        cells = text.split(comma, 3)
        if len(cells) < 2:
            msg = f"expected longitude{comma or ' '}latitude, found {shown(text)}"
            raise OverflightError(msg)
        return self.lines.point(degrees(cells[0].strip(), "longitude"), degrees(cells[1].strip(), "latitude"))
