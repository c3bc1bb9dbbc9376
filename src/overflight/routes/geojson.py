"""Routes in GeoJSON (RFC 7946): lines read from any of its objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast, get_args

from overflight.errors import OverflightError, ProposalError
from overflight.outside.bounded import json_values
from overflight.outside.printable import plain_name
from overflight.routes.collect import MAX_DEPTH, MAX_POINTS, MAX_ROUTES, MAX_VALUES, Collector
from overflight.routes.crs import ToWgs84
from overflight.routes.instants import instant
from overflight.routes.model import Kind
from overflight.routes.places import Waypoint
from overflight.routes.refusals import refuse, shown
from overflight.routes.sample import Sample
from overflight.routes.tables import COLUMNS

__all__ = ["add_geojson", "add_geometry", "points_in", "timed_points"]

TOP = "the top level"
CONTAINERS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
NO_LINES = ("Feature", "Point", "MultiPoint", "Polygon", "MultiPolygon")
KINDS = get_args(Kind)
NAMES = ("name", "title")
"""Properties of a Feature that may name its lines, the first first; then its `id` does."""


def add_geojson(data: object, lines: Collector) -> str:
    """Add every line of a GeoJSON document; return what to say if there is none.

    Parameters
    ----------
    data : object
        A LineString, MultiLineString, GeometryCollection, Feature or FeatureCollection; longitude first. Or
        the JSON that `overflight check` prints. A MultiLineString is one route if its parts meet, at 180 degrees or
        elsewhere, else one route a part; so are Features of one name that meet.
    lines : Collector
        Takes the routes; the name of one is in its Feature's properties (``name``, ``title``), or its ``id``.

    Raises
    ------
    ProposalError
        Names the file and the member that is wrong, what was expected and found.
    """
    if isinstance(data, dict) and "type" not in data and isinstance(data.get("routes"), list):
        _checked(data["routes"], lines)
        return "no route in it: give another file"
    to_wgs84 = _crs_of(data, lines)
    for parts, name, at, properties in _lines(data, lines.where, "", 0):
        points = [_points(part, lines, spot, to_wgs84) for part, spot in parts]
        if whens := _times(properties, [len(part) for part in points]) or _measured([part for part, _ in parts]):
            lines.record([*_samples(points, whens, [part for part, _ in parts])], name, at)
        else:
            lines.feature(points, name, at)
    return "no LineString or MultiLineString in it: a route is a line, longitude before latitude"


def points_in(data: object, lines: Collector) -> Iterator[tuple[tuple[float, float], dict[str, Any]]]:
    """Yield the points of Features, as longitude and latitude, each with its properties.

    Raises
    ------
    ProposalError
    """
    features = data.get("features") if isinstance(data, dict) else None
    to_wgs84 = _crs_of(data, lines)
    for i, feature in enumerate(features if isinstance(features, list) else ()):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if isinstance(geometry, dict) and geometry.get("type") == "Point":
            (point,) = _points([geometry.get("coordinates")], lines, f"features[{i}]", to_wgs84)
            properties = feature.get("properties")
            yield (point.lon, point.lat), properties if isinstance(properties, dict) else {}


def timed_points(data: object, lines: Collector) -> Iterator[Sample]:
    """Yield the points of Features that have a time.

    Raises
    ------
    ProposalError
    """
    for (lon, lat), properties in points_in(data, lines):
        low = {str(key).lower(): value for key, value in properties.items()}
        text = next((low[name] for name in COLUMNS["time"] if name in low), None)
        if (when := instant(str(text))) is not None:
            yield Sample(Waypoint(lon, lat), when)


def add_geometry(text: str, lines: Collector, name: str | None, at: str) -> None:
    """Add the lines of a geometry that stands in another file.

    Raises
    ------
    ProposalError
    """
    for parts, _, spot, _ in _lines(load_json(text, f"{lines.where}, {at}"), f"{lines.where}, {at}", "", 0):
        lines.parts([_points(part, lines, f"{at}: {spot}", None) for part, _ in parts], name, at)


def load_json(text: str, where: str) -> object:
    """Parse JSON, unless it would take more memory than a route file may.

    Raises
    ------
    ProposalError
    """
    if json_values(text) > MAX_VALUES:
        refuse(
            where, f"more than {MAX_VALUES:,} values (objects and members count more): thin it out or split the file"
        )
    if text.count("[") > MAX_POINTS + 4 * MAX_ROUTES:
        Collector(where, "").refuse_many()
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        msg = f"{where}, line {error.lineno}, column {error.colno}: not JSON ({error.msg}): mend the file"
        raise ProposalError(msg) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).partition(";")[0]
        msg = f"{where}: not GeoJSON: {reason}"
        raise ProposalError(msg) from error


def _checked(rows: list[Any], lines: Collector) -> None:
    """Read back the JSON that `overflight check` and `routes` print."""
    for i, row in enumerate(rows):
        at = f"routes[{i}]"
        try:
            points = [lines.point(w["lon"], w["lat"], plain_name(w.get("name"))) for w in row["waypoints"]]
            kind = cast("Kind", row["kind"] if row.get("kind") in KINDS else "given")
            name = plain_name(row.get("name"))
        except (KeyError, TypeError, AttributeError):
            lines.refuse("not what `overflight check -f json` writes: make the file anew", at)
        except ProposalError:
            raise
        except OverflightError as error:
            lines.refuse(str(error), at)
        lines.line(points, name, at, kind)


def _crs_of(data: object, lines: Collector) -> ToWgs84 | None:
    """Read the `crs` member that GeoJSON had before RFC 7946 and that some programs still write."""
    crs = data.get("crs") if isinstance(data, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return lines.to_wgs84(name) if isinstance(name, str) else None


def _no_constant(text: str) -> float:
    msg = f"{text} is no number in JSON: give finite decimal degrees"
    raise ValueError(msg)


Parts = list[tuple[Any, str]]
"""Coordinates of each part of a line, with its address within the file."""


def _lines(data: object, where: str, at: str, depth: int) -> Iterator[tuple[Parts, str | None, str, dict[str, Any]]]:
    """Yield the parts, the name, the address within the file, and the properties of each line."""
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(kind, str) or depth > MAX_DEPTH:
        found = f"nesting deeper than {MAX_DEPTH}" if depth > MAX_DEPTH else _kind(data)
        msg = f"{where}: {at[:80] or TOP}: expected a GeoJSON object with a `type`, found {found}"
        raise ProposalError(msg)
    if kind in CONTAINERS:
        key = CONTAINERS[kind]
        for i, part in enumerate(_list(data, key, where, at)):
            yield from _lines(part, where, _under(at, f"{key}[{i}]"), depth + 1)
    elif kind == "Feature" and data.get("geometry") is not None:
        properties = data.get("properties")
        for line, _, spot, _ in _lines(data["geometry"], where, _under(at, "geometry"), depth + 1):
            yield line, _name(data), spot, properties if isinstance(properties, dict) else {}
    elif kind == "LineString":
        yield [(_list(data, "coordinates", where, at), at)], None, at, {}
    elif kind == "MultiLineString":
        parts = _list(data, "coordinates", where, at)
        yield [(part, _under(at, f"coordinates[{i}]")) for i, part in enumerate(parts)], None, at, {}
    elif kind not in NO_LINES:
        msg = f"{where}: {at or TOP}: expected a Feature, FeatureCollection or LineString, found {kind[:40]!r}"
        raise ProposalError(msg)


def _times(properties: dict[str, Any], counts: list[int]) -> list[list[float | None]] | None:
    """Return the times of the positions of a line, of each part, as programs that turn GPX to GeoJSON write them."""
    inner = properties.get("coordinateProperties")
    given = inner.get("times") if isinstance(inner, dict) else properties.get("coordTimes", properties.get("times"))
    if not isinstance(given, list) or not given:
        return None
    parts = given if isinstance(given[0], list) else [given]
    if [len(part) if isinstance(part, list) else -1 for part in parts] != counts:
        return None
    return [[instant(str(text)) for text in part] for part in parts]


def _measured(parts: list[list[list[float]]]) -> list[list[float | None]] | None:
    """Return the fourth numbers of the positions of a line, if all are moments: what plays trips writes these."""
    found = [[instant(repr(p[3])) if len(p) > 3 and _is_number(p[3]) else None for p in part] for part in parts]
    return found if any(found) and all(when is not None for part in found for when in part) else None


def _samples(
    parts: list[list[Waypoint]], whens: list[list[float | None]], positions: list[list[list[float]]]
) -> Iterator[Sample]:
    for i, (points, times, given) in enumerate(zip(parts, whens, positions, strict=True)):
        for point, when, position in zip(points, times, given, strict=True):
            altitude = position[2] if len(position) > 2 and _is_number(position[2]) else None
            yield Sample(point, when, altitude, part=i)


def _under(at: str, member: str) -> str:
    return f"{at}.{member}" if at else member


def _points(line: Any, lines: Collector, at: str, to_wgs84: ToWgs84 | None) -> list[Waypoint]:  # noqa: ANN401 - JSON
    """Make waypoints of a list of positions."""
    points: list[Waypoint] = []
    if not isinstance(line, list):
        line = [line]
    for i, position in enumerate(line):
        if not isinstance(position, list) or len(position) < 2 or not all(_is_number(x) for x in position[:2]):
            lines.refuse(f"expected [longitude, latitude] in degrees, found {_kind(position)}", _position(at, i))
        try:
            lon, lat = (position[0], position[1]) if to_wgs84 is None else to_wgs84(position[0], position[1])
            points.append(lines.point(lon, lat))
        except ProposalError:
            raise
        except OverflightError as error:
            lines.refuse(str(error), _position(at, i))
    return points


def _position(at: str, i: int) -> str:
    return f"{at}: position {i}" if at else f"position {i}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(data: dict[str, Any], key: str, where: str, at: str) -> list[Any]:
    value = data.get(key)
    if not isinstance(value, list):
        msg = f"{where}: {at or TOP}: `{key}`: expected a list, found {_kind(value)}"
        raise ProposalError(msg)
    return value


def _name(feature: dict[str, Any]) -> str | None:
    """Take a feature's name from where programs put it."""
    properties = feature.get("properties")
    spots = [properties.get(k) for k in NAMES] if isinstance(properties, dict) else []
    for value in (*spots, feature.get("id")):
        if text := plain_name(value):
            return text
    return None


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    text = names.get(type(value)) or f"the number {value!r:.40}"
    if isinstance(value, str) and value:
        return f"{text} {shown(value)}"
    return f"{text} {shown(repr(value[:4]))}" if isinstance(value, list) and value else text
