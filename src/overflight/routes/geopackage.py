"""Routes in GeoPackage (OGC 12-128r19): read from memory, by SQLite, with everything forbidden but reading columns.

A file from a stranger is a database with views, triggers and functions of the stranger's; none of them runs here.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any

from overflight.errors import OverflightError
from overflight.outside.printable import plain_name
from overflight.routes.collect import MAX_BYTES, MAX_MEMBERS, Collector
from overflight.routes.crs import ToWgs84
from overflight.routes.json_records import add_points
from overflight.routes.model import Route
from overflight.routes.refusals import reason, refuse, shown
from overflight.routes.wkb import gpkg_body, parse_wkb, point_of

__all__ = ["MAGIC", "Layer", "layers_of", "moved_by", "opened", "parse_geopackage", "quoted", "stored_in"]

MAGIC = b"SQLite format 3\x00"
NAMES = ("name", "route", "title", "label", "callsign")
STEPS, MOST = 10_000, 1_000
"""Instructions of SQLite between two looks, and looks until it is stopped: 20 for each waypoint that there may be."""
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
MAX_COLUMNS = 100
"""Of a row of points that are looked at."""
PLAIN = 0
"""What `table_xinfo` calls a column that is stored; others are computed by whatever the file says."""
Layer = tuple[Any, ...]
"""Table, column, number and code of its reference system, and whether it is a table: a row of `LAYERS`."""
LAYERS = """
SELECT c.table_name, c.column_name, c.srs_id, s.organization, s.organization_coordsys_id, m.type
FROM gpkg_geometry_columns AS c
LEFT JOIN gpkg_spatial_ref_sys AS s ON s.srs_id = c.srs_id
LEFT JOIN sqlite_master AS m ON m.name = c.table_name
"""


def parse_geopackage(raw: bytes, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read the lines of every layer of a GeoPackage.

    Parameters
    ----------
    raw : bytes
        The file. Layers that are views are not read.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route whose row has no ``name`` (or ``route``, ``title``, ``label``, ``callsign``).

    Raises
    ------
    ProposalError
        Names the file, the layer and the row.
    """
    lines = Collector(where, default_name)
    with opened(raw, where) as db:
        layers = layers_of(db, lines)
        for layer in layers:
            _read_layer(db, layer, lines)
        if not lines.found:
            add_points((point for layer in layers for point in _points(db, layer, lines)), lines)
    return lines.routes("no layer with a line in it: a route is a LINESTRING")


@contextlib.contextmanager
def opened(raw: bytes, where: str) -> Iterator[sqlite3.Connection]:
    """Open a GeoPackage in memory, to read columns and nothing else, for a while.

    Raises
    ------
    ProposalError
        If it can't be read, also while it is.
    """
    db = sqlite3.connect(":memory:")
    try:
        # A file that was written with a log beside it (bytes 18 and 19) is read as one without: the log is not here.
        db.deserialize(raw[:18] + b"\x01\x01" + raw[20:])
        _guard(db)
        yield db
    except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError, OverflowError, MemoryError) as error:
        why = "it takes too long" if "interrupted" in str(error) else reason(error)
        refuse(where, f"no GeoPackage that can be read ({why}): write it anew")
    finally:
        db.close()


def layers_of(db: sqlite3.Connection, lines: Collector) -> list[Layer]:
    """List the layers with a geometry."""
    layers = db.execute(LAYERS).fetchmany(MAX_MEMBERS + 1)
    if len(layers) > MAX_MEMBERS:
        lines.refuse(f"more than {MAX_MEMBERS:,} layers: write a smaller file")
    return layers


def _guard(db: sqlite3.Connection) -> None:
    """Allow reading columns and nothing else, for a while, and no value larger than a file may be."""
    looks = itertools.count()

    def allowed(action: int, name: str | None, *_: str | None) -> int:
        fine = action in ALLOWED or (action == sqlite3.SQLITE_PRAGMA and name == "table_xinfo")
        return sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY

    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.set_progress_handler(lambda: next(looks) > MOST, STEPS)
    db.set_authorizer(allowed)
    db.text_factory = lambda raw: raw.decode("utf-8", errors="replace")


def stored_in(db: sqlite3.Connection, layer: Layer) -> dict[str, str]:
    """Return the columns of a layer that are stored, each with its name in small letters; none if it can't be read."""
    table, column, _, _, _, kind = layer
    if kind != "table" or not isinstance(table, str) or not isinstance(column, str):
        return {}
    rows = db.execute(f"PRAGMA table_xinfo({quoted(table)})")
    stored = {str(row[1]): str(row[1]).lower() for row in rows if row[6] == PLAIN}
    return stored if column in stored else {}


def _points(
    db: sqlite3.Connection, layer: Layer, lines: Collector
) -> Iterator[tuple[tuple[float, float], dict[str, Any]]]:
    """Yield the points of a layer, as longitude and latitude, each with what its row says of it."""
    table, column, srs, organization, code, _ = layer
    stored = [name for name in stored_in(db, layer) if name != column][:MAX_COLUMNS]
    if not stored:
        return
    moved = moved_by(srs, organization, code, lines, f"layer {shown(table)}")
    wanted = ", ".join(quoted(name) for name in (column, *stored))
    for geometry, *cells in db.execute(f"SELECT {wanted} FROM {quoted(table)}"):  # noqa: S608 - as in `_read_layer`
        if isinstance(geometry, bytes) and (point := point_of(gpkg_body(geometry))) is not None:
            yield (moved(*point) if moved else point), dict(zip(stored, cells, strict=True))


def _read_layer(db: sqlite3.Connection, layer: Layer, lines: Collector) -> None:
    table, column, srs, organization, code, _ = layer
    stored = stored_in(db, layer)
    if not stored:
        return
    at = f"layer {shown(table)}"
    moved = moved_by(srs, organization, code, lines, at)
    name = next((title for wanted in NAMES for title, low in stored.items() if low == wanted), None)
    named = quoted(name) if name else "NULL"
    rows = db.execute(f"SELECT {quoted(column)}, {named} FROM {quoted(table)}")  # noqa: S608 - quoted, and only reading is allowed
    size = 0
    for number, (geometry, title) in enumerate(rows, 1):
        row = f"{at}, row {number}"
        if not isinstance(geometry, bytes):
            continue
        try:
            body = gpkg_body(geometry)
        except OverflightError as error:
            lines.refuse(str(error), row)
        size += len(body)
        if size > MAX_BYTES:
            lines.refuse(f"more than {MAX_BYTES // 1_000_000} MB of lines: write the file anew", at)
        if body:
            parse_wkb(body, lines, plain_name(title), row, moved)


def moved_by(srs: object, organization: object, code: object, lines: Collector, at: str) -> ToWgs84 | None:
    """Find the reference system of a layer; 0 and -1 stand for none, read as degrees (OGC 12-128r19, 1.1.2.1.2)."""
    if srs in {0, -1, 4326}:
        return None
    return lines.to_wgs84(f"{organization}:{code}" if organization else f"srs {srs}", at)


def quoted(name: str) -> str:
    """Write a name of a table or column as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
