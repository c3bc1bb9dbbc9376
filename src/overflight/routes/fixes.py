"""Named points of flight plans, from a file of the reader's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from overflight.errors import OverflightError
from overflight.routes.collect import MAX_POINTS
from overflight.routes.places import Waypoint, format_latlon
from overflight.routes.refusals import refuse
from overflight.routes.rows import read_table, refuse_row, table_of

__all__ = ["Fix", "parse_fixes"]


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


def parse_fixes(text: str, where: str) -> dict[str, Fix]:
    """Read named points.

    Parameters
    ----------
    text : str
        CSV with the columns ``name``, ``lon`` and ``lat``, and optionally ``variation`` (degrees east).
    where : str
        The file's name, for messages.

    Raises
    ------
    ProposalError
        Names the file, the line and the column.
    """
    table = table_of(text, where)
    if not {"name", "lon", "lat"} <= table.columns.keys():
        refuse(where, "expected a header with name, lon and lat (optionally variation)", "line 1")
    found: dict[str, Fix] = {}
    for count, (row, line) in enumerate(read_table(text, table, where)):
        if count >= MAX_POINTS:
            refuse(where, f"more than {MAX_POINTS:,} fixes: give a smaller file")
        try:
            at = Waypoint(*table.lonlat(row))
            variation = table.degrees(row, "variation") if table.cell(row, "variation") else None
        except OverflightError as error:
            refuse_row(where, line, error)
        name, fix = table.cell(row, "name").upper(), Fix(at.lon, at.lat, variation)
        before = found.get(name)
        if before is None or (before.lon, before.lat) == (fix.lon, fix.lat):
            found[name] = fix
        elif len(before.others) < 4:
            others = before.others or (format_latlon(before.lon, before.lat),)
            found[name] = replace(before, others=(*others, format_latlon(fix.lon, fix.lat)))
    return found
