"""Routes in binary tables (Parquet, Arrow, spreadsheets) and geodata (Shapefile, FlatGeobuf), decoded by a process.

What decodes these are large libraries in C++; a crafted file must not take this process with it: the child may crash,
or be stopped. It sends plain text and hexadecimal WKB, at most so much, in at most so long; the parent reads these as
it reads everybody's.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from overflight.outside.printable import plain_name
from overflight.routes.collect import Collector
from overflight.routes.model import Route
from overflight.routes.packed import SHAPEFILE, packed_shapefile
from overflight.routes.refusals import refuse, shown
from overflight.routes.wkb import parse_wkb

__all__ = ["decoded", "parse_decoded", "parse_sheet"]

DEADLINE_S = 30.0
TABLES = (b"PAR1", b"ARROW1")
CHILD = Path(__file__).with_name("parquet_child.py")
SHEET_CHILD = Path(__file__).with_name("sheet_child.py")
GEODATA_CHILD = Path(__file__).with_name("geodata_child.py")


def parse_decoded(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the routes of a (Geo)Parquet or Arrow file (by pyarrow), a shapefile or FlatGeobuf.

    Parameters
    ----------
    raw : bytes
        The file, of a shapefile an archive: lines with a name; or rows of ``lon`` and ``lat``; or points that have
        times or a number.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none.

    Raises
    ------
    ProposalError
        If it can't be read, or the library for it is not installed.
    """
    kind, crs, body = decoded(raw, where)
    lines = Collector(where, default_name)
    if kind == "table":
        from overflight.routes.rows import parse_csv

        return parse_csv(body, where, default_name=default_name)
    if kind in {"rows", "points"}:
        return _rows(body, lines, ordered=kind == "points")
    moved = lines.to_wgs84(crs) if crs else None
    for number, row in enumerate(body.splitlines(), 1):
        geometry, name, _ = row.split("\t")
        if geometry:
            parse_wkb(bytes.fromhex(geometry), lines, plain_name(json.loads(name)), f"row {number}", moved)
    return lines.routes("no line in it: a route is a LINESTRING")


def decoded(raw: bytes, where: str, *, also: Collection[str] = ()) -> tuple[str, str, str]:
    """Have a file decoded by a process of its own; of WKB, with these columns besides, in small letters.

    Returns
    -------
    kind : {"wkb", "rows", "points", "table"}
        What it holds; a table has no position in it.
    crs : str
        Of WKB, the code of its reference system; empty for degrees.
    body : str
        A line a row: of WKB, the geometry in hexadecimal, then as JSON its name, and what may tell an area's limits or
        was asked for, with tabs between them; else a table as CSV.

    Raises
    ------
    ProposalError
        If it can't be read, or the library for it is not installed.
    """
    if raw.startswith(TABLES):
        what, child, needed = ("Parquet" if raw.startswith(TABLES[0]) else "Arrow"), CHILD, "pyarrow"
        if importlib.util.find_spec(needed) is None:
            told = f"reading {what} needs pyarrow: pip install 'overflight[arrow]', or convert the file to GeoJSON"
            refuse(where, told)
    else:
        what, child = "geodata", GEODATA_CHILD
        raw = packed_shapefile(raw, {}) if raw.startswith(SHAPEFILE) else raw
        if importlib.util.find_spec("pyogrio") is None:
            refuse(where, "reading it needs pyogrio: pip install pyogrio, or convert the file to GeoJSON")
    text = _decoded(raw, where, what, child, also)
    head, _, body = text.partition("\n")
    kind, _, crs = head.partition("\t")
    if kind == "refused":
        refuse(where, crs)
    return kind, crs, body


def parse_sheet(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read a spreadsheet (.xlsx, .ods), by python-calamine, as the table that it would be saved as.

    Raises
    ------
    ProposalError
        If it can't be read, or the library for it is not installed.
    """
    if importlib.util.find_spec("python_calamine") is None:
        told = "reading a spreadsheet needs python-calamine: pip install 'overflight[excel]', or save the sheet as CSV"
        refuse(where, told)
    from overflight.routes.rows import parse_csv

    head, _, body = _decoded(raw, where, "spreadsheet", SHEET_CHILD).partition("\n")
    kind, _, told = head.partition("\t")
    if kind == "refused":
        refuse(where, told)
    name, count = json.loads(told)
    found = parse_csv(body, f"{where}, sheet {shown(str(name))}", default_name=default_name)
    if count > 1:
        remark = f"of {count:,} sheets the first with rows is read, {shown(str(name))}"
        object.__setattr__(found[0], "remarks", (remark, *found[0].remarks))
    return found


def _rows(text: str, lines: Collector, *, ordered: bool) -> tuple[Route, ...]:
    """Read rows that are positions; those that were points are no line unless something tells their order."""
    from overflight.routes.positions import Positions
    from overflight.routes.tables import read_table, table_of

    table = table_of(text, lines.where)
    lines.expect_points(text.count("\n"))
    positions = Positions(table, lines)
    positions.add_all(read_table(text, table, lines.where))
    if ordered:
        positions.expect_order()
    positions.finish()
    return lines.routes("a header and no rows: add a row lon,lat for each waypoint")


def _decoded(raw: bytes, where: str, what: str, child: Path, also: Collection[str] = ()) -> str:
    """Have the file decoded by a child."""
    from overflight.routes.tables import BY_TRACKERS, COLUMNS

    wanted = {**COLUMNS, "by trackers": sorted(BY_TRACKERS)}
    command = [sys.executable, "-P", str(child), json.dumps(wanted), json.dumps(sorted(also))]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=DEADLINE_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        refuse(where, f"decoding the {what} file took more than {DEADLINE_S:.0f} s: write a smaller file")
    except OSError as error:
        refuse(where, f"no process to decode {what} could be started ({error.strerror}): convert the file to GeoJSON")
    if done.returncode != 0:
        refuse(where, f"the {what} file can't be decoded (the decoder broke off): write it anew, or as GeoJSON")
    return done.stdout.decode("utf-8", errors="replace")
