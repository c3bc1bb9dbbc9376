"""Which suffix of a file means which format; apart from the readers, so that telling a file from a place loads none."""

from __future__ import annotations

from typing import Literal

__all__ = ["SUFFIXES", "Format"]

Format = Literal[
    "json",
    "markup",
    "csv",
    "wkt",
    "flight plan",
    "recording",
    "waypoints",
    "codes",
    "gpkg",
    "parquet",
    "arrow",
    "geodata",
    "zip",
]

SUFFIXES: dict[str, Format] = {
    ".geojson": "json",
    ".json": "json",
    ".geojsonl": "json",
    ".geojsons": "json",
    ".ndjson": "json",
    ".jsonl": "json",
    ".topojson": "json",
    ".plan": "json",
    ".gpx": "markup",
    ".kml": "markup",
    ".kmz": "markup",
    ".pln": "markup",
    ".lnmpln": "markup",
    ".fgfp": "markup",
    ".flightplan": "markup",
    ".gfp": "flight plan",
    ".csv": "csv",
    ".tsv": "csv",
    ".wkt": "wkt",
    ".fpl": "flight plan",
    ".igc": "recording",
    ".nmea": "recording",
    ".sbs": "recording",
    ".fms": "waypoints",
    ".waypoints": "waypoints",
    ".gpkg": "gpkg",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".feather": "arrow",
    ".arrow": "arrow",
    ".shp": "geodata",
    ".fgb": "geodata",
    ".zip": "zip",
    ".xlsx": "zip",
    ".ods": "zip",
}
