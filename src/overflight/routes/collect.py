"""What every reader of route files shares: the limits, and the routes gathered so far."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from overflight.earth import distance_m
from overflight.errors import OverflightError
from overflight.outside.printable import plain_name, visible
from overflight.routes.crs import ToWgs84, to_wgs84
from overflight.routes.model import Kind, Route
from overflight.routes.places import Waypoint
from overflight.routes.refusals import refuse

if TYPE_CHECKING:
    import datetime as dt

    from overflight.routes.sample import Sample
    from overflight.routes.tracks import Samples

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
MOST_OVER_180_DEG = 60.0
"""A line that was cut where the longitude jumps goes on across 180 degrees, by less than this."""


@dataclass(slots=True)
class _Line:
    """A line of the file, to be made a route."""

    points: list[Waypoint]
    name: str
    kind: Kind
    where: str
    at: str
    on: dt.date | None = None
    remarks: tuple[str, ...] = ()
    is_feature: bool = False
    legs: int = 1

    def is_one_place(self) -> bool:
        """Tell whether there is no way in it."""
        return all((p.lon, p.lat) == (self.points[0].lon, self.points[0].lat) for p in self.points)

    def made(self) -> list[Route]:
        remarks = self.remarks
        if self.legs > 1:
            remarks = (f"{self.legs:,} lines that meet end to end are taken for one flight", *remarks)
        return [Route(tuple(self.points), self.name, self.kind, remarks=remarks, on=self.on)]


@dataclass(slots=True)
class _Recording:
    """What one aircraft recorded, to be made as many routes as it made flights."""

    samples: Sequence[Sample] | Samples
    name: str
    where: str
    at: str
    aircraft: str | None
    missing: int

    def is_one_place(self) -> bool:
        """Tell whether there is no way in it."""
        if not isinstance(self.samples, Sequence):
            return self.samples.is_one_place()
        points = [s.point for s in self.samples]
        return all((p.lon, p.lat) == (points[0].lon, points[0].lat) for p in points)

    def made(self) -> list[Route]:
        from overflight.routes.tracks import tracks_of

        return tracks_of(self.samples, self.name, aircraft=self.aircraft, missing=self.missing)


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
        self.found: list[_Line | _Recording] = []
        self.remarks: list[str] = []
        self.still = 0
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

    def line(
        self,
        points: Sequence[Waypoint],
        name: str | None,
        at: str = "",
        kind: Kind = "given",
        *,
        on: dt.date | None = None,
        remarks: tuple[str, ...] = (),
    ) -> None:
        """Add a route; it is made once all of the file has been counted, for its legs cost more than its points.

        Raises
        ------
        ProposalError
            If it is one too many.
        """
        self.expect_routes(len(self.found) + 1)
        self.found.append(_Line(list(points), plain_name(name) or self.default_name, kind, self.where, at, on, remarks))

    def parts(self, parts: Iterable[Sequence[Waypoint]], name: str | None, at: str = "") -> None:
        """Add the parts of one line: one route where they meet, at 180 degrees or elsewhere, else one a part."""
        runs = _runs(parts)
        for i, (part, remarks) in enumerate(runs, 1):
            apart = f"part {i} of {len(runs)} of a line: what lies between them is not judged"
            self.line(part, name, at, remarks=(*remarks, apart) if len(runs) > 1 else remarks)

    def feature(self, parts: Iterable[Sequence[Waypoint]], name: str | None, at: str = "") -> None:
        """Add one of several features: it goes on with the one before if that has its name, and ends where it begins.

        Trackers write a flight in legs, each in another colour.
        """
        first = len(self.found)
        self.parts(parts, name, at)
        new = [line for line in self.found[first:] if isinstance(line, _Line)]
        for line in new:
            line.is_feature = True
        before = self.found[first - 1] if first else None
        if not new or not isinstance(before, _Line) or not before.is_feature:
            return
        after = new[0]
        if (before.name, before.where) != (after.name, after.where) or not before.points or not after.points:
            return
        ends = before.points[-1], after.points[0]
        if not _same_place(*ends):
            if not plain_name(name) or not _is_cut_at_180(*ends):
                return
            before.remarks = (*before.remarks, _told_gap(*ends))
            before.points += after.points
        elif before.is_one_place() or after.is_one_place():  # parked, before the flight or after it
            self.still += 1
            before.points = before.points if after.is_one_place() else after.points
        else:
            before.legs += 1
            before.points += after.points[1:]
        before.remarks += after.remarks
        del self.found[first]

    def record(
        self,
        samples: Sequence[Sample] | Samples,
        name: str | None,
        at: str = "",
        *,
        aircraft: str | None = None,
        missing: int = 0,
    ) -> None:
        """Add what one aircraft recorded; see `overflight.routes.tracks`.

        What has the name of the recording before it, and begins after that has ended, is a part of it: the gap between
        the two is told like any other.

        Raises
        ------
        ProposalError
            If it is one too many.
        """
        self.expect_routes(len(self.found) + 1)
        called = plain_name(name) or self.default_name
        before = self.found[-1] if self.found else None
        if isinstance(before, _Recording) and (before.name, before.where) == (called, self.where):
            whole = _gone_on(before.samples, samples)
            if whole is not None and before.aircraft == plain_name(aircraft):
                before.samples, before.missing = whole, before.missing + missing
                return
        self.found.append(_Recording(samples, called, self.where, at, plain_name(aircraft), missing))

    def record_instead(self, samples: Sequence[Sample]) -> None:
        """Take positions with times for the recording, if the lines, if there are any, go through these alone."""
        places = {(s.point.lon, s.point.lat) for s in samples}
        for one in self.found:
            if not isinstance(one, _Line) or any((p.lon, p.lat) not in places for p in one.points):
                return
        self.found.clear()
        self.still = 0
        self.record(samples, None)

    def remark(self, text: str) -> None:
        """Note what whoever reads the routes should know of the file."""
        self.remarks.append(text)

    def routes(self, expected: str) -> tuple[Route, ...]:
        """Make the routes that were gathered; `expected` says what there should have been if there is none.

        What stands at one place is left out, if there is a line beside it.

        Raises
        ------
        ProposalError
            Or if one of them is none.
        """
        if not self.found:
            self.refuse(expected)
        moving = [one for one in self.found if not one.is_one_place()]
        still = self.still + (len(self.found) - len(moving) if moving else 0)
        made: list[Route] = []
        for one in moving or self.found:
            try:
                flown = one.made()
            except OverflightError as error:
                refuse(one.where, str(error), one.at)
            made += flown
            still += not flown
        if still:
            self.remark(f"{still:,} line{'s' if still > 1 else ''} of a single place left out")
        if not made:
            self.refuse("every aircraft in it is at one place: give a file with a flight")
        if self.remarks:
            object.__setattr__(made[0], "remarks", (*self.remarks, *made[0].remarks))
        return tuple(made)

    def refuse(self, why: str, at: str = "") -> NoReturn:
        """Raise what is wrong with the file, with the place in it."""
        refuse(self.where, why, at)


def _gone_on(before: Sequence[Sample] | Samples, after: Sequence[Sample] | Samples) -> list[Sample] | None:
    """Put two recordings together, the second as a part, if it begins after the first has ended; else None."""
    if not isinstance(before, Sequence) or not isinstance(after, Sequence) or not before or not after:
        return None
    ends, begins = [s.when for s in before], [s.when for s in after]
    if None in ends or None in begins or max(w for w in ends if w) >= min(w for w in begins if w):
        return None
    parts = max(s.part for s in before) + 1
    return [*before, *(s._replace(part=s.part + parts) for s in after)]


def _runs(parts: Iterable[Sequence[Waypoint]]) -> list[tuple[list[Waypoint], tuple[str, ...]]]:
    """Put parts that meet together, each run with what is to be said of it: a line cut at 180 degrees is one again."""
    runs: list[tuple[list[Waypoint], tuple[str, ...]]] = []
    for part in parts:
        if not part:
            continue
        before = runs[-1][0][-1] if runs else None
        if before is not None and _same_place(before, part[0]):
            runs[-1][0].extend(part[1:])
        elif before is not None and _is_cut_at_180(before, part[0]):
            runs[-1] = (runs[-1][0], (*runs[-1][1], _told_gap(before, part[0])))
            runs[-1][0].extend(part)
        else:
            runs.append((list(part), ()))
    return runs


def _is_cut_at_180(a: Waypoint, b: Waypoint) -> bool:
    """Tell whether a line ends and goes on as those do that were cut where the longitude jumps from 180 to -180."""
    return abs(a.lon - b.lon) >= 360.0 - MOST_OVER_180_DEG


def _told_gap(a: Waypoint, b: Waypoint) -> str:
    km = distance_m(a.lon, a.lat, b.lon, b.lat) / 1000.0
    return f"a line cut at 180 degrees with {km:,.0f} km missing is judged as one, straight across"


def _same_place(a: Waypoint, b: Waypoint) -> bool:
    if abs(a.lat - b.lat) > SAME_DEG:
        return False
    return abs(math.remainder(a.lon - b.lon, 360.0)) < SAME_DEG or abs(a.lat) == 90.0
