"""Read areas from GeoJSON: size, nesting and coordinates are checked; what can be read in two ways is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import shapely

from overflight.airspace.area import Area
from overflight.airspace.outlines import MAX_MEETINGS, TURN, cut_at_seam, meet_often, read_in_two_ways, where_invalid
from overflight.errors import DataError
from overflight.outside.bounded import json_values
from overflight.outside.files import read_at_most
from overflight.outside.printable import plain_name, visible

__all__ = ["MAX_BYTES", "MAX_VERTICES", "parse_areas", "read_areas"]

MAX_BYTES = 20_000_000
MAX_VERTICES = 100_000
MAX_VALUES = 2_000_000
"""JSON values; see `overflight.outside.bounded.json_values`."""
MAX_AREAS = 500
MAX_DEPTH = 8
MAX_NAME = 80
NAME = "name"
"""The one property of a Feature that is read."""
CRS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326")
CONTAINERS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
LONELY = {"Point", "MultiPoint", "LineString", "MultiLineString"}


def read_areas(path: str | os.PathLike[str]) -> tuple[Area, ...]:
    """Read the areas of a GeoJSON file.

    Parameters
    ----------
    path : path
        Polygons and MultiPolygons, bare or in Features and collections; UTF-8, up to 20 MB and 100,000 vertices.
        Features with the same `name` are one area; those without one are called after the file.

    Returns
    -------
    tuple of Area
        At least one, in the order of the file.

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
    """
    file = Path(path)
    where = visible(str(path))
    try:
        raw = read_at_most(file, MAX_BYTES)
        if len(raw) > MAX_BYTES:
            msg = f"{where}: an area file of more than {MAX_BYTES // 1_000_000} MB: simplify it"
            raise DataError(msg)
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{where}: not UTF-8: save it as UTF-8"
        raise DataError(msg) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{where}: the area file can't be read ({reason.lower()}): check its name"
        raise DataError(msg) from error
    return parse_areas(text, where, name=plain_name(file.stem) or "area")


def parse_areas(text: str, where: str, *, name: str) -> tuple[Area, ...]:
    """Read areas from a text.

    Parameters
    ----------
    text : str
        GeoJSON.
    where : str
        What to call it in messages.
    name : str
        What to call areas without a name of their own.

    Raises
    ------
    DataError
    """
    if json_values(text) > MAX_VALUES:
        msg = f"{where}: more than {MAX_VALUES:,} values (objects and members count more): leave out what is no area"
        raise DataError(msg)
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        msg = f"{where}, line {error.lineno}: not JSON ({error.msg}): mend the file"
        raise DataError(msg) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        msg = f"{where}: not GeoJSON: {reason}"
        raise DataError(msg) from error
    reader = _Reader(where)
    found: dict[str, list[shapely.Polygon]] = {}
    for own, polygon in reader.polygons(data, None, "", 0):
        found.setdefault(own or name, []).append(polygon)
        if len(found) > MAX_AREAS:
            msg = f"{where}: more than {MAX_AREAS} areas: give several of them one name, or split the file"
            raise DataError(msg)
    if not found:
        msg = f"{where}: no Polygon or MultiPolygon in it: an area is a closed ring, longitude before latitude"
        raise DataError(msg)
    every = [polygon for polygons in found.values() for polygon in polygons]
    if len(every) > 1 and meet_often(every):
        msg = f"{where}: its polygons meet at more than {MAX_MEETINGS:,} places: join them in a drawing program first"
        raise DataError(msg)
    return tuple(_area(own, polygons, where) for own, polygons in found.items())


def _area(name: str, polygons: list[shapely.Polygon], where: str) -> Area:
    shape = cut_at_seam(polygons)
    if shape is None:
        msg = f"{where}: area {name!r} has no surface: give a ring that encloses something"
        raise DataError(msg)
    return Area(name, shape, where)


def _no_constant(text: str) -> float:
    msg = f"{text} is no number in JSON: give finite decimal degrees"
    raise ValueError(msg)


@dataclass(slots=True)
class _Reader:
    """Walks through one file."""

    where: str
    vertices: int = 0

    def polygons(self, data: object, name: str | None, at: str, depth: int) -> Iterator[tuple[str | None, Any]]:
        """Yield each polygon with the name of its feature."""
        kind = data.get("type") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(kind, str):
            self._fail(at, f"expected a GeoJSON object with a `type`, found {_shown(data)}")
        if depth > MAX_DEPTH:
            self._fail(at, f"nesting deeper than {MAX_DEPTH}: write it flatter")
        self._no_other_crs(data, at)
        if kind in CONTAINERS:
            key = CONTAINERS[kind]
            for i, part in enumerate(self._list(data, key, at)):
                yield from self.polygons(part, name, f"{at}{key}[{i}].", depth + 1)
        elif kind == "Feature":
            own = self._name(data, at)
            if data.get("geometry") is not None:
                yield from self.polygons(data["geometry"], own, f"{at}geometry.", depth + 1)
        else:
            yield from ((name, polygon) for polygon in self._geometry(kind, data, at))

    def _geometry(self, kind: str, data: dict[str, Any], at: str) -> Iterator[shapely.Polygon]:
        if kind == "Polygon":
            yield self._polygon(data.get("coordinates"), f"{at}coordinates")
        elif kind == "MultiPolygon":
            for i, part in enumerate(self._list(data, "coordinates", at)):
                yield self._polygon(part, f"{at}coordinates[{i}]")
        elif kind in LONELY:
            self._fail(at, f"a {kind} has no surface: give a Polygon or MultiPolygon")
        else:
            self._fail(at, f"expected a Polygon, MultiPolygon, Feature or FeatureCollection, found {_shown(kind)}")

    def _name(self, feature: dict[str, Any], at: str) -> str | None:
        facts = feature.get("properties")
        if facts is not None and not isinstance(facts, dict):
            self._fail(f"{at}properties", f"expected an object, found {_shown(facts)}")
        name = (facts or {}).get(NAME)
        if isinstance(name, int | float) and not isinstance(name, bool):
            name = f"{name}"
        return plain_name(name, MAX_NAME)

    def _no_other_crs(self, data: dict[str, Any], at: str) -> None:
        crs = data.get("crs")
        if crs is not None:
            name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else crs
            if name not in CRS84:
                self._fail(f"{at}crs", f"{_shown(name)} is not read: write degrees on WGS84, longitude first")

    def _polygon(self, rings: object, at: str) -> shapely.Polygon:
        if not isinstance(rings, list) or not rings:
            self._fail(at, f"expected a list of rings, found {_shown(rings)}")
        made = [self._ring(ring, f"{at}[{i}]") for i, ring in enumerate(rings)]
        polygon = shapely.Polygon(made[0], made[1:])
        if not polygon.is_valid:
            self._fail(at, f"no valid area: {where_invalid(polygon)}: draw it without crossing itself")
        return polygon

    def _ring(self, points: object, at: str) -> Any:  # noqa: ANN401 - an array (n, 2)
        if not isinstance(points, list) or len(points) < 4:
            self._fail(at, f"expected a ring of at least four positions, the last as the first, found {_shown(points)}")
        self.vertices += len(points)
        if self.vertices > MAX_VERTICES:
            self._fail(at, f"more than {MAX_VERTICES:,} vertices: simplify the areas")
        for i, point in enumerate(points):
            fits = isinstance(point, list) and 2 <= len(point) <= 4
            if not fits or any(isinstance(x, bool) or not isinstance(x, int | float) for x in point):
                self._fail(f"{at}[{i}]", f"expected [lon, lat], found {_shown(point)}")
            if not (abs(point[0]) <= TURN and abs(point[1]) <= 90.0):
                self._fail(f"{at}[{i}]", f"{_shown(point[:2])} is no place: longitude comes first, latitude to 90")
        ring = np.array([point[:2] for point in points], dtype=np.float64)
        if (ring[0] != ring[-1]).any():
            self._fail(at, "the ring is not closed: end it where it begins")
        edge = read_in_two_ways(ring)
        if edge is not None:
            ends = f"longitude {ring[edge, 0]:g} to {ring[edge + 1, 0]:g}"
            self._fail(
                f"{at}[{edge + 1}]",
                f"an edge from {ends} can be read in two ways: cut the area at 180 degrees (RFC 7946), or set a point",
            )
        return ring

    def _list(self, data: dict[str, Any], key: str, at: str) -> list[Any]:
        value = data.get(key)
        if not isinstance(value, list):
            self._fail(f"{at}{key}", f"expected a list, found {_shown(value)}")
        return value

    def _fail(self, at: str, why: str) -> NoReturn:
        msg = f"{self.where}: {at.rstrip('.')[:100] or 'the top'}: {why}"
        raise DataError(msg)


def _shown(value: object) -> str:
    """Show a value from a file on one short line."""
    text = visible(json.dumps(value, default=str, ensure_ascii=False)[:200])
    return text if len(text) <= 60 else text[:57] + "..."
