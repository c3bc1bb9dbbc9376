"""Areas in shapefiles, FlatGeobuf and GeoParquet, decoded in a process of its own: see `overflight.routes.decoded`."""

from __future__ import annotations

import json
from functools import partial

from overflight.airspace.drawn import Drawn
from overflight.routes.areas.wkb import polygons_in
from overflight.routes.collect import Collector
from overflight.routes.decoded import decoded
from overflight.routes.packed import files_in_zip
from overflight.routes.refusals import shown

__all__ = ["add_decoded"]

ZIP = b"PK\x03\x04"
MOST_FILES = 20
"""Of an archive; each takes half a second."""
NO_POLYGON = "no polygon in it: an area is a POLYGON or MULTIPOLYGON"


def add_decoded(raw: bytes, drawn: Drawn) -> str:
    """Add the areas of a file, or of all shapefiles of an archive; return what to say if there is none.

    Raises
    ------
    OverflightError
        Names the row.
    """
    where = drawn.where
    kind, files = files_in_zip(raw, where) if raw.startswith(ZIP) else ("", [("", raw)])
    # A shapefile that lies beside others was packed with them: it is an archive, too.
    if kind not in {"", "shapefiles"}:
        drawn.refuse("", "an archive without a shapefile: unpack it, and give one file")
    if len(files) > MOST_FILES:
        drawn.refuse("", f"more than {MOST_FILES} shapefiles in it: unpack it, and give one")
    for name, data in files:
        drawn.where = where if len(files) == 1 else f"{where} ({shown(name)})"
        _add(data, drawn)
    drawn.where = where
    return NO_POLYGON


def _add(raw: bytes, drawn: Drawn) -> None:
    kind, crs, body = decoded(raw, drawn.where, also=drawn.also)
    if kind != "wkb":
        drawn.refuse("", NO_POLYGON)
    lines = Collector(drawn.where, drawn.default_name)
    moved = lines.to_wgs84(crs) if crs else None
    for number, row in enumerate(body.splitlines(), 1):
        geometry, title, facts = row.split("\t")
        at = f"row {number}"
        told = {"name": json.loads(title), **json.loads(facts)}
        name = drawn.name_in(told)
        if not geometry or not drawn.is_wanted(name):
            continue
        limits = drawn.limits_in(told, at)
        for rings in polygons_in(bytes.fromhex(geometry), drawn, at, moved, partial(lines.to_wgs84, at=at)):
            drawn.add(name, drawn.polygon(rings, at), limits)
