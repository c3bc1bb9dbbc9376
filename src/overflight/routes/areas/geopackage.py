"""Areas in GeoPackage (OGC 12-128r19): the polygons of every layer, each with the name and limits of its row."""

from __future__ import annotations

import sqlite3
from functools import partial

from overflight.airspace.drawn import MAX_VERTICES, Drawn
from overflight.errors import OverflightError
from overflight.routes.areas.wkb import polygons_in
from overflight.routes.collect import Collector
from overflight.routes.geopackage import MAGIC, Layer, layers_of, moved_by, opened, quoted, stored_in
from overflight.routes.refusals import shown
from overflight.routes.wkb import gpkg_body

__all__ = ["add_geopackage"]

MAX_COLUMNS = 100
MAX_ROWS = 4 * MAX_VERTICES


def add_geopackage(raw: bytes, drawn: Drawn) -> str:
    """Add the areas of every layer that is no view; return what to say if there is none.

    Raises
    ------
    OverflightError
        Names the layer and the row.
    """
    if not raw.startswith(MAGIC):
        drawn.refuse("", "the file does not begin as .gpkg files do: write it anew")
    lines = Collector(drawn.where, drawn.default_name)
    with opened(raw, drawn.where) as db:
        for layer in layers_of(db, lines):
            _read_layer(db, layer, drawn, lines)
    return "no layer with a polygon in it: an area is a POLYGON or MULTIPOLYGON"


def _read_layer(db: sqlite3.Connection, layer: Layer, drawn: Drawn, lines: Collector) -> None:
    table, column, srs, organization, code, _ = layer
    stored = [name for name in stored_in(db, layer) if name != column][:MAX_COLUMNS]
    if not stored_in(db, layer):
        return
    at = f"layer {shown(table)}"
    moved = moved_by(srs, organization, code, lines, at)
    wanted = ", ".join(quoted(name) for name in (column, *stored))
    rows = db.execute(f"SELECT {wanted} FROM {quoted(table)}")  # noqa: S608 - quoted, and only reading is allowed
    for number, (geometry, *cells) in enumerate(rows, 1):
        place = f"{at}, row {number}"
        if number > MAX_ROWS:
            drawn.refuse(at, f"more than {MAX_ROWS:,} rows: split the file")
        facts = {name: cell for name, cell in zip(stored, cells, strict=True) if isinstance(cell, str | int | float)}
        name = drawn.name_in(facts)
        if not isinstance(geometry, bytes) or not drawn.is_wanted(name):
            continue
        try:
            body = gpkg_body(geometry)
        except OverflightError as error:
            drawn.refuse(place, str(error))
        if not body:
            continue
        limits = drawn.limits_in(facts, place)
        for one in polygons_in(body, drawn, place, moved, partial(lines.to_wgs84, at=place)):
            drawn.add(name, drawn.polygon(one, place), limits)
