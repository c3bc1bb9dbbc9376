"""Named points of flight plans, from a file of the reader's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from overflight.errors import OverflightError
from overflight.routes.collect import MAX_POINTS
from overflight.routes.places import Waypoint, format_latlon
from overflight.routes.refusals import degrees, refuse
from overflight.routes.tables import read_table, refuse_row, table_of

__all__ = ["Fix", "Fixes", "parse_fixes"]

_XPLANE = re.compile(r"\s*[IA]\s*\r?\n\s*\d+ Version\b", re.ASCII)
NAVAIDS = frozenset({"2", "3", "12", "13"})
"""X-Plane's codes of NDB, VOR and DME."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A named point.

    Attributes
    ----------
    lon, lat : float
        Degrees.
    variation : float or None
        Magnetic variation there, degrees, east positive.
    others : tuple of str
        Where it is, as lat,lon, if the file has the name at more places than one.
    """

    lon: float
    lat: float
    variation: float | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixes:
    """What a reader of flight plans knows beside the plan: points by their names, and what is made of airways.

    Attributes
    ----------
    named : mapping
        Points by name, in capitals.
    airways_direct : bool
        Whether an airway is taken for the straight line between its ends, whose points are not known here.
    """

    named: Mapping[str, Fix] = field(default_factory=dict)
    airways_direct: bool = False


def parse_fixes(text: str, where: str) -> dict[str, Fix]:
    """Read named points.

    Parameters
    ----------
    text : str
        CSV with the columns ``name``, ``lon`` and ``lat``, and optionally ``variation`` (degrees east); as
        OurAirports and the FAA write it, too; or X-Plane's earth_fix.dat or earth_nav.dat.
    where : str
        The file's name, for messages.

    Raises
    ------
    ProposalError
        Names the file, the line and the column.
    """
    found: dict[str, Fix] = {}
    for count, (name, fix) in enumerate(_of_xplane(text, where) if _XPLANE.match(text) else _of_table(text, where)):
        if count >= MAX_POINTS:
            refuse(where, f"more than {MAX_POINTS:,} fixes: give a smaller file")
        before = found.get(name)
        if before is None or (before.lon, before.lat) == (fix.lon, fix.lat):
            found[name] = fix
        elif len(before.others) < 4:
            others = before.others or (format_latlon(before.lon, before.lat),)
            found[name] = replace(before, others=(*others, format_latlon(fix.lon, fix.lat)))
    return found


def _of_table(text: str, where: str) -> Iterator[tuple[str, Fix]]:
    """Read a table; a column of identifiers, as OurAirports and the FAA have beside full names, goes before these."""
    table = table_of(text, where)
    key = "ident" if "ident" in table.columns else "name"
    if not {key, "lon", "lat"} <= table.columns.keys():
        refuse(where, "expected a header with name, lon and lat (optionally variation)", "line 1")
    for row, line in read_table(text, table, where):
        try:
            lonlat = table.lonlat(row)
            if lonlat is None:
                continue
            at = Waypoint(*lonlat)
            variation = table.degrees(row, "variation") if table.cell(row, "variation") else None
        except OverflightError as error:
            refuse_row(where, line, error)
        yield table.cell(row, key).upper(), Fix(at.lon, at.lat, variation)


def _of_xplane(text: str, where: str) -> Iterator[tuple[str, Fix]]:
    """Read X-Plane's earth_fix.dat (latitude, longitude, name) and earth_nav.dat (kind, latitude, longitude, ...)."""
    for line, row in enumerate(text.splitlines(), 1):
        cells = row.split()
        if cells[:1] == ["99"]:
            return
        is_navaid = len(cells) >= 9 and cells[0] in NAVAIDS
        if not is_navaid and not _is_fix(cells):
            continue
        lat, lon, name = (cells[1], cells[2], cells[7]) if is_navaid else cells[:3]
        try:
            at = Waypoint(degrees(lon, "longitude"), degrees(lat, "latitude"))
        except OverflightError as error:
            refuse_row(where, line, error)
        yield name.upper(), Fix(at.lon, at.lat)


def _is_fix(cells: list[str]) -> bool:
    return len(cells) >= 3 and "." in cells[0] and "." in cells[1]
