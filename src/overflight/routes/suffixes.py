"""Which suffix of a file means which format; apart from the readers, so that telling a file from a place loads none."""

from __future__ import annotations

from typing import Literal

__all__ = ["SUFFIXES", "Format"]

Format = Literal["geojson", "markup", "csv", "wkt", "flight plan", "gpkg", "parquet"]

SUFFIXES: dict[str, Format] = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpx": "markup",
    ".kml": "markup",
    ".kmz": "markup",
    ".csv": "csv",
    ".tsv": "csv",
    ".wkt": "wkt",
    ".fpl": "flight plan",
    ".gpkg": "gpkg",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
}
