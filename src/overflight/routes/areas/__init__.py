"""Files of areas: told by their content and suffix, each format read by its own reader, within the limits."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from overflight.airspace.area import Area
from overflight.airspace.areas import add_geojson
from overflight.airspace.drawn import Drawn
from overflight.errors import DataError, ProposalError
from overflight.outside.files import read_at_most, reason_of
from overflight.outside.printable import plain_name, visible
from overflight.routes.packed import SHAPEFILE, with_its_files

__all__ = ["MAX_BYTES", "SUFFIXES", "drawn_in", "read_areas"]

MAX_BYTES = 20_000_000
Format = Literal["json", "kml", "openair", "gpkg", "decoded"]
SUFFIXES: dict[str, Format] = {
    ".geojson": "json",
    ".json": "json",
    ".kml": "kml",
    ".kmz": "kml",
    ".gpkg": "gpkg",
    ".parquet": "decoded",
    ".geoparquet": "decoded",
    ".shp": "decoded",
    ".fgb": "decoded",
    ".zip": "decoded",
    ".txt": "openair",
    ".air": "openair",
    ".openair": "openair",
}
"""What files of areas are called."""


def read_areas(path: str | os.PathLike[str], *, only: str | None = None) -> tuple[Area, ...]:
    """Read the areas of a file.

    Parameters
    ----------
    path : path
        Up to 20 MB and 100,000 vertices. GeoJSON: Polygons and MultiPolygons, bare or in Features and collections.
        KML and KMZ: Polygons of Placemarks. GeoPackage: polygons of every layer. OpenAir (``.txt``, ``.air``).
        Shapefile, also zipped, FlatGeobuf (both need pyogrio) and GeoParquet (needs pyarrow).
        Polygons of one name and the same limits are one area; those without a name are called after the file.
    only : str, optional
        The name of the one area that is wanted, in capitals or small letters.

    Returns
    -------
    tuple of Area
        At least one, in the order of the file; 1,000 at most. Of several of one name that differ in their limits, each
        has these in its name.

    Raises
    ------
    DataError
        Names the file, the place in it, and what to do.

    Notes
    -----
    Edges are straight in lon/lat (RFC 7946). An area across 180 degrees is either cut there, as the RFC asks, or
    written with longitudes that run on (170 to 190). An edge that spans more than half a turn can be read in two ways
    and is refused, unless it goes from -180 to 180: a box up to latitude 90 and from -180 to 180 holds the pole. Which
    way a ring runs does not matter. Rings that cross themselves are refused, with the place.

    Limits are read from properties, columns and ``ExtendedData`` (see `overflight.airspace.drawn.limits_in`), and from
    OpenAir. The heights of corners and what is extruded in KML are drawings, and no limits.
    """
    return drawn_in(path, lambda where, name: Drawn(where, name, only))


def drawn_in(path: str | os.PathLike[str], gather: Callable[[str, str], Drawn]) -> tuple[Area, ...]:
    """Read a file of polygons, as `read_areas` does, into what `gather` makes of its name and of its areas'.

    Raises
    ------
    DataError
        Names the file, the place in it, and what to do.
    """
    file = Path(path)
    where = visible(str(path))
    name = plain_name(file.stem) or "area"
    form = SUFFIXES.get(file.suffix.lower(), "json")
    try:
        raw = read_at_most(file, MAX_BYTES)
        if len(raw) > MAX_BYTES:
            msg = f"{where}: an area file of more than {MAX_BYTES // 1_000_000} MB: simplify it"
            raise DataError(msg)
    except (OSError, ValueError) as error:
        msg = f"{where}: the area file can't be read ({reason_of(error)}): check its name"
        raise DataError(msg) from error
    try:
        if raw.startswith(SHAPEFILE):
            raw = with_its_files(file, raw)
        drawn = gather(where, name)
        return drawn.areas(_added(raw, form, drawn))
    except ProposalError as error:  # what readers of routes and of areas share calls every file one of routes
        raise DataError(str(error)) from error


def _added(raw: bytes, form: Format, drawn: Drawn) -> str:
    """Add what a file holds; return what to say if that is nothing."""
    if form == "kml":
        from overflight.routes.areas.kml import add_kml

        return add_kml(raw, drawn)
    if form == "gpkg":
        from overflight.routes.areas.geopackage import add_geopackage

        return add_geopackage(raw, drawn)
    if form == "decoded":
        from overflight.routes.areas.decoded import add_decoded

        return add_decoded(raw, drawn)
    if form == "openair":
        from overflight.routes.areas.openair import add_openair

        return add_openair(_text(raw, drawn.where, latin=True), drawn)
    return add_geojson(_text(raw, drawn.where), drawn)


def _text(raw: bytes, where: str, *, latin: bool = False) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if latin:
            return raw.decode("latin-1")
        msg = f"{where}: not UTF-8: save it as UTF-8"
        raise DataError(msg) from error
