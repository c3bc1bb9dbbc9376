"""What every reader of route files shares: the limits, and the routes gathered so far."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NoReturn

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name, visible
from overflight.routes.crs import ToWgs84, to_wgs84
from overflight.routes.model import Kind, Route
from overflight.routes.places import Waypoint
from overflight.routes.refusals import refuse

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "MAX_DEPTH",
    "MAX_ELEMENTS",
    "MAX_MEMBERS",
    "MAX_PLANS",
    "MAX_POINTS",
    "MAX_ROUTES",
    "MAX_SYSTEMS",
    "MAX_TAG",
    "MAX_VALUES",
    "MAX_WORDS",
    "Collector",
    "joined",
]

# The limits, all of them. They keep what is refused within two seconds and 500 MB, whatever a file makes of its bytes.
MAX_BYTES = 50_000_000
"""Of a file, and of what a packed one (KMZ, gzip) unpacks to."""
MAX_POINTS = 300_000
"""Of all routes of a file together; made by hand from Python, one route may have `model.MAX_WAYPOINTS`."""
MAX_ROUTES = 100_000
MAX_DEPTH = 32
"""Folders and geometry collections nest; nobody nests routes this deep."""
MAX_ELEMENTS = 2_000_000
"""XML elements; a recorded point has up to ten."""
MAX_WORDS = 10_000
"""Different names of XML elements and attributes."""
MAX_CELLS = 5_000_000
"""Cells of a table."""
MAX_TAG = 100_000
"""Bytes of one XML tag, with its attributes."""
MAX_VALUES = 5_000_000
"""JSON values, an object counted as four and a member as three, for what they take in memory."""
MAX_MEMBERS = 10_000
"""Files in an archive, and layers in a GeoPackage."""
MAX_SYSTEMS = 10
"""Reference systems in a file; finding one in the register takes up to a tenth of a second."""
MAX_PLANS = 1_000_000
"""Characters of ICAO flight plans in a file: some thousand plans."""

SAME_DEG = 1e-9
"""Ends this near are one place: what programs lose in writing a point twice."""


class Collector:
    """Gathers the routes of one file, within the limits.

    Parameters
    ----------
    where : str
        What to call the file in messages.
    default_name : str
        Name of a route that has none.
    """

    def __init__(self, where: str, default_name: str) -> None:
        self.where = where
        self.default_name = visible(default_name)
        self.left = MAX_POINTS
        self.found: list[tuple[Sequence[Waypoint], str, Kind, str, str]] = []
        self.systems: dict[str, ToWgs84 | None] = {}

    def point(self, lon: float, lat: float, name: str | None = None) -> Waypoint:
        """Make a waypoint, and count it.

        Raises
        ------
        OverflightError
            If it is none, without the place in the file, or one too many.
        """
        self.left -= 1
        if self.left < 0:
            self.refuse_many()
        return Waypoint(lon, lat, name)

    def expect_points(self, count: int) -> None:
        """Refuse a file that has more points than allowed, going by what separates them, before it is read.

        Raises
        ------
        ProposalError
        """
        if count > MAX_POINTS + MAX_ROUTES:
            self.refuse_many()

    def expect_routes(self, count: int) -> None:
        """Refuse a file that has more routes than allowed.

        Raises
        ------
        ProposalError
        """
        if count > MAX_ROUTES:
            self.refuse(f"more than {MAX_ROUTES:,} routes: split the file")

    def refuse_many(self) -> NoReturn:
        """Raise that there are too many points."""
        self.refuse(f"more than {MAX_POINTS:,} waypoints: thin it out or split the file")

    def to_wgs84(self, system: str, at: str = "") -> ToWgs84 | None:
        """Return what brings coordinates of a reference system to degrees; see `overflight.routes.crs.to_wgs84`.

        Raises
        ------
        ProposalError
        """
        if system not in self.systems:
            if len(self.systems) >= MAX_SYSTEMS:
                self.refuse(f"more than {MAX_SYSTEMS} reference systems: convert the file to EPSG:4326", at)
            self.systems[system] = to_wgs84(system, self.where, at)
        return self.systems[system]

    def line(self, points: Sequence[Waypoint], name: str | None, at: str = "", kind: Kind = "given") -> None:
        """Add a route; it is made once all of the file has been counted, for its legs cost more than its points.

        Raises
        ------
        ProposalError
            If it is one too many.
        """
        self.expect_routes(len(self.found) + 1)
        self.found.append((points, plain_name(name) or self.default_name, kind, self.where, at))

    def parts(self, parts: Iterable[Sequence[Waypoint]], name: str | None, at: str = "") -> None:
        """Add the parts of one line: one route where they meet, at 180 degrees or elsewhere, else one a part."""
        for part in joined(parts):
            self.line(part, name, at)

    def track(self, parts: Iterable[Sequence[Waypoint]], name: str | None, at: str = "") -> None:
        """Add what was recorded: as `parts`, but stretches that never move are left out, for they are no lines."""
        self.parts([part for part in parts if any(p != part[0] for p in part)], name, at)

    def routes(self, expected: str) -> tuple[Route, ...]:
        """Make the routes that were gathered; `expected` says what there should have been if there is none.

        Raises
        ------
        ProposalError
            Or if one of them is none.
        """
        if not self.found:
            self.refuse(expected)
        made: list[Route] = []
        for points, name, kind, where, at in self.found:
            try:
                made.append(Route(tuple(points), name, kind))
            except OverflightError as error:
                refuse(where, str(error), at)
        return tuple(made)

    def refuse(self, why: str, at: str = "") -> NoReturn:
        """Raise what is wrong with the file, with the place in it."""
        refuse(self.where, why, at)


def joined(parts: Iterable[Sequence[Waypoint]]) -> list[list[Waypoint]]:
    """Put parts that meet together: a route cut at 180 degrees is one route again."""
    runs: list[list[Waypoint]] = []
    for part in parts:
        if not part:
            continue
        if runs and _same_place(runs[-1][-1], part[0]):
            runs[-1].extend(part[1:])
        else:
            runs.append(list(part))
    return runs


def _same_place(a: Waypoint, b: Waypoint) -> bool:
    if abs(a.lat - b.lat) > SAME_DEG:
        return False
    return abs(math.remainder(a.lon - b.lon, 360.0)) < SAME_DEG or abs(a.lat) == 90.0
