"""Areas in GeoJSON: size, nesting and coordinates are checked; what can be read in two ways is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import shapely

from overflight.airspace.area import SFC, UNL, Area, Limit
from overflight.airspace.drawn import Drawn
from overflight.airspace.outlines import TURN
from overflight.errors import DataError
from overflight.outside.bounded import json_values
from overflight.outside.printable import visible

__all__ = ["add_geojson", "parse_areas"]

MAX_VALUES = 2_000_000
"""JSON values; see `overflight.outside.bounded.json_values`."""
MAX_DEPTH = 8
CRS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326")
CONTAINERS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
LONELY = {"Point", "MultiPoint", "LineString", "MultiLineString"}
Of = tuple[str | None, tuple[Limit, Limit]]
"""What the feature of a polygon is called, and its limits."""


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
    drawn = Drawn(where, name)
    return drawn.areas(add_geojson(text, drawn))


def add_geojson(text: str, drawn: Drawn) -> str:
    """Add the areas of a GeoJSON text; return what to say if there is none.

    Raises
    ------
    DataError
        Names the place.
    """
    where = drawn.where
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
    for (own, limits), polygon in _Reader(where, drawn).polygons(data, (None, (SFC, UNL)), "", 0):
        drawn.add(own, polygon, limits)
    return "no Polygon or MultiPolygon in it: an area is a closed ring, longitude before latitude"


def _no_constant(text: str) -> float:
    msg = f"{text} is no number in JSON: give finite decimal degrees"
    raise ValueError(msg)


@dataclass(slots=True)
class _Reader:
    """Walks through one file."""

    where: str
    drawn: Drawn

    def polygons(self, data: object, of: Of, at: str, depth: int) -> Iterator[tuple[Of, Any]]:
        """Yield each polygon with what is known of its feature; those of features that are not wanted are left out."""
        kind = data.get("type") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(kind, str):
            self._fail(at, f"expected a GeoJSON object with a `type`, found {_shown(data)}")
        if depth > MAX_DEPTH:
            self._fail(at, f"nesting deeper than {MAX_DEPTH}: write it flatter")
        self._no_other_crs(data, at)
        if kind in CONTAINERS:
            key = CONTAINERS[kind]
            for i, part in enumerate(self._list(data, key, at)):
                yield from self.polygons(part, of, f"{at}{key}[{i}].", depth + 1)
        elif kind == "Feature":
            facts = self._facts(data, at)
            own = self.drawn.name_in(facts)
            if data.get("geometry") is not None and self.drawn.is_wanted(own):
                limits = self.drawn.limits_in(facts, f"{at}properties")
                yield from self.polygons(data["geometry"], (own, limits), f"{at}geometry.", depth + 1)
        elif of[0] is not None or self.drawn.is_wanted(None):
            yield from ((of, polygon) for polygon in self._geometry(kind, data, at))

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

    def _facts(self, feature: dict[str, Any], at: str) -> dict[str, Any]:
        facts = feature.get("properties")
        if facts is not None and not isinstance(facts, dict):
            self._fail(f"{at}properties", f"expected an object, found {_shown(facts)}")
        return facts or {}

    def _no_other_crs(self, data: dict[str, Any], at: str) -> None:
        crs = data.get("crs")
        if crs is not None:
            name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else crs
            if name not in CRS84:
                self._fail(f"{at}crs", f"{_shown(name)} is not read: write degrees on WGS84, longitude first")

    def _polygon(self, rings: object, at: str) -> shapely.Polygon:
        if not isinstance(rings, list) or not rings:
            self._fail(at, f"expected a list of rings, found {_shown(rings)}")
        return self.drawn.polygon([self._ring(ring, f"{at}[{i}]") for i, ring in enumerate(rings)], at)

    def _ring(self, points: object, at: str) -> Any:  # noqa: ANN401 - an array (n, 2)
        if not isinstance(points, list) or len(points) < self.drawn.least_ring:
            self._fail(at, f"expected a ring of at least four positions, the last as the first, found {_shown(points)}")
        self.drawn.count(len(points), at)
        for i, point in enumerate(points):
            fits = isinstance(point, list) and 2 <= len(point) <= 4
            if not fits or any(isinstance(x, bool) or not isinstance(x, int | float) for x in point):
                self._fail(f"{at}[{i}]", f"expected [lon, lat], found {_shown(point)}")
            if not (abs(point[0]) <= TURN and abs(point[1]) <= 90.0):
                self._fail(f"{at}[{i}]", f"{_shown(point[:2])} is no place: longitude comes first, latitude to 90")
        return self.drawn.ring(np.array([point[:2] for point in points], dtype=np.float64).reshape(-1, 2), at)

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
