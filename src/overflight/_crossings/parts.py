"""A route as a tree of parts, made as far as it is asked for, each near a straight segment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from overflight.earth import Line, arc_at, cartesian, geodesic_line, position
from overflight.earth.straight import bulge_m

if TYPE_CHECKING:
    from overflight.earth.sphere import Floats
    from overflight.routes import Leg, Route

__all__ = ["Part", "Parts", "Point", "Stretch"]

MANY = 20_000
"""Ends of legs above which NumPy places them faster."""
SEGMENT_M = 5_000.0
"""Longest straight segment of a route: it lies 0.5 m below the ground at its middle."""
STRETCH = 8
"""Segments that are measured together."""

Point = tuple[float, float, float]
"""Earth-centred, in metres."""


class Stretch(NamedTuple):
    """Part of a leg: the ends of its segments, where they are along it, and which of them are the leg's own ends."""

    leg: Leg
    offset_m: float
    along_m: list[float]
    points: list[Point]
    corners: list[int]


class Part:
    """Part of a route: no point of it is farther than `slack_m` from the straight segment from p to q.

    It is some legs, from the first to before the last; or of one leg alone some segments, from `begin` to `end`.
    """

    __slots__ = ("begin", "children", "end", "first", "last", "p", "q", "slack_m", "stretch")

    def __init__(self, legs: tuple[int, int], segments: tuple[int, int], p: Point, q: Point, slack_m: float) -> None:
        self.first, self.last = legs
        self.begin, self.end = segments
        self.p = p
        self.q = q
        self.slack_m = slack_m
        self.children: tuple[Part, Part] | None = None
        self.stretch: Stretch | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether it is measured as it is."""
        return self.last - self.first == 1 and self.end - self.begin <= STRETCH


class Parts:
    """The tree of a route's parts.

    Parameters
    ----------
    route : Route
        Legs of no length are left out, for their ends belong to their neighbours.
    """

    def __init__(self, route: Route) -> None:
        self.route = route
        self._legs: list[Leg] = []
        self._lengths: list[float] = []
        self._offsets: list[float] = []
        self._points: list[Point] = []
        self._axes: Sequence[Sequence[float] | Floats] = []
        self._lines: dict[int, Line] = {}

    @cached_property
    def root(self) -> Part:
        """The whole route; what it takes is prepared when it is asked for, which it often is not."""
        offset_m = 0.0
        for leg in self.route.legs:
            if leg.length_m > 0.0:
                self._legs.append(leg)
                self._lengths.append(leg.length_m)
                self._offsets.append(offset_m)
            offset_m += leg.length_m
        ends = [*(leg.start for leg in self._legs), self.route.waypoints[-1]]
        if len(ends) > MANY:
            self._axes, self._points = _many_points([p.lon for p in ends], [p.lat for p in ends])
        else:
            self._points = [cartesian(p.lon, p.lat) for p in ends]
            self._axes = [list(axis) for axis in zip(*self._points, strict=True)]
        return self._run(0, len(self._legs))

    def split(self, part: Part) -> tuple[Part, Part]:
        """Divide a part that is no leaf in two."""
        if part.children is None:
            if part.last - part.first > 1:
                middle = (part.first + part.last) // 2
                part.children = self._run(part.first, middle), self._run(middle, part.last)
            else:
                half = (part.begin + part.end) // 2
                at = self._at(part.first, half)
                part.children = (
                    self._piece(part.first, part.begin, half, part.p, at),
                    self._piece(part.first, half, part.end, at, part.q),
                )
        return part.children

    def stretch(self, part: Part) -> Stretch:
        """Return the segments of a leaf."""
        if part.stretch is None:
            leg, count = self._legs[part.first], self._count(part.first)
            steps = range(part.begin, part.end + 1)
            between = [self._at(part.first, k) for k in steps[1:-1]]
            corners = [0] * (part.begin == 0) + [len(steps) - 1] * (part.end == count)
            along_m = [leg.length_m * k / count for k in steps]
            part.stretch = Stretch(leg, self._offsets[part.first], along_m, [part.p, *between, part.q], corners)
        return part.stretch

    def _run(self, first: int, last: int) -> Part:
        """Bound some legs by a ball around the box that holds their ends, and by how far the longest one bulges."""
        if last - first == 1:
            return self._piece(first, 0, self._count(first), self._points[first], self._points[last])
        low, high = zip(*(_span(axis[first : last + 1]) for axis in self._axes), strict=True)
        x, y, z = (0.5 * (a + b) for a, b in zip(low, high, strict=True))
        longest_m = max(self._lengths[first:last])
        return Part((first, last), (0, 0), (x, y, z), (x, y, z), 0.5 * math.dist(low, high) + bulge_m(longest_m))

    def _piece(self, number: int, begin: int, end: int, p: Point, q: Point) -> Part:
        length_m = self._legs[number].length_m * (end - begin) / self._count(number)
        return Part((number, number + 1), (begin, end), p, q, bulge_m(length_m))

    def _count(self, number: int) -> int:
        return math.ceil(self._legs[number].length_m / SEGMENT_M)

    def _at(self, number: int, k: int) -> Point:
        leg = self._legs[number]
        line = self._lines.get(number)
        if line is None:
            line = self._lines[number] = geodesic_line(leg.start.lat, leg.azimuth_deg)
        x, y = position(line, arc_at(line, leg.length_m * k / self._count(number)))
        return cartesian(leg.start.lon + x, y)


def _span(values: Sequence[float] | Floats) -> tuple[float, float]:
    """Return the least and the largest of some numbers."""
    if isinstance(values, Sequence):
        return min(values), max(values)
    return float(values.min()), float(values.max())


def _many_points(lon: list[float], lat: list[float]) -> tuple[list[Floats], list[Point]]:
    """Return the axes and the points of a recording."""
    import numpy as np

    from overflight.earth.sphere import cartesian_each

    axes = list(cartesian_each(np.array(lon), np.array(lat)))
    return axes, list(zip(*(axis.tolist() for axis in axes), strict=True))
