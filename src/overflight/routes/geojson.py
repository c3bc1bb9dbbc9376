"""Routes in GeoJSON (RFC 7946): lines read from any of its objects, and cut at 180 degrees on the way out."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any, cast, get_args

from overflight.errors import OverflightError, ProposalError
from overflight.places import Waypoint
from overflight.routes.model import MAX_WAYPOINTS, Kind, Route

__all__ = ["cut_at_antimeridian", "line_geometry", "parse_geojson"]

TOP = "the top level"
CONTAINERS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
NO_LINES = ("Feature", "Point", "MultiPoint", "Polygon", "MultiPolygon")
KINDS = get_args(Kind)
MAX_ROUTES = 100_000
MAX_DEPTH = 32
"""Geometry collections nest; nobody nests routes this deep."""


def parse_geojson(text: str, where: str, *, default_name: str) -> tuple[Route, ...]:
    """Read every line of a GeoJSON text as a route.

    Parameters
    ----------
    text : str
        A LineString, MultiLineString, GeometryCollection, Feature or FeatureCollection; longitude first. Or
        the JSON that `overflight check` prints. A
        MultiLineString is one route if its parts meet, at 180 degrees or elsewhere, else one route a part.
    where : str
        The file's name, for messages.
    default_name : str
        Name of a route that has none in its properties (``name``, ``title`` or ``id``).

    Raises
    ------
    ProposalError
        Names the file and the member that is wrong, what was expected and found.
    """
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        msg = f"{where}, line {error.lineno}, column {error.colno}: not JSON ({error.msg}): mend the file"
        raise ProposalError(msg) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        msg = f"{where}: not GeoJSON: {reason}"
        raise ProposalError(msg) from error
    if isinstance(data, dict) and "type" not in data and isinstance(data.get("routes"), list):
        return _checked(data["routes"], where)
    found: list[Route] = []
    for line, name, at in _lines(data, where, "", 0):
        if len(found) >= MAX_ROUTES:
            msg = f"{where}: more than {MAX_ROUTES} routes: split the file"
            raise ProposalError(msg)
        found.append(_route(line, name or default_name, where, at))
    if not found:
        msg = f"{where}: no LineString or MultiLineString in it: a route is a line, longitude before latitude"
        raise ProposalError(msg)
    return tuple(found)


def _checked(rows: list[Any], where: str) -> tuple[Route, ...]:
    """Read back the JSON that `overflight check` and `routes` print."""
    found: list[Route] = []
    for i, row in enumerate(rows[:MAX_ROUTES]):
        try:
            points = [Waypoint(w["lon"], w["lat"], _text(w.get("name"))) for w in row["waypoints"]]
            kind = cast("Kind", row["kind"] if row.get("kind") in KINDS else "given")
            found.append(Route(tuple(points), _text(row.get("name")), kind))
        except (KeyError, TypeError, AttributeError) as error:
            msg = f"{where}: routes[{i}]: not what `overflight check -f json` writes: make the file anew"
            raise ProposalError(msg) from error
        except OverflightError as error:
            msg = f"{where}: routes[{i}]: {error}"
            raise ProposalError(msg) from error
    if not found:
        msg = f"{where}: no route in it: give another file"
        raise ProposalError(msg)
    return tuple(found)


def _text(value: object) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None


def _no_constant(text: str) -> float:
    msg = f"{text} is no number in JSON: give finite decimal degrees"
    raise ValueError(msg)


def _lines(data: object, where: str, at: str, depth: int) -> Iterator[tuple[list[Any], str | None, str]]:
    """Yield the coordinates, the name and the address within the file of each line."""
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
        for line, _, spot in _lines(data["geometry"], where, _under(at, "geometry"), depth + 1):
            yield line, _name(data), spot
    elif kind == "LineString":
        yield _list(data, "coordinates", where, at), None, at
    elif kind == "MultiLineString":
        for i, part in enumerate(_joined(_list(data, "coordinates", where, at))):
            yield part, None, _under(at, f"coordinates[{i}]")
    elif kind not in NO_LINES:
        msg = f"{where}: {at or TOP}: expected a Feature, FeatureCollection or LineString, found {kind[:40]!r}"
        raise ProposalError(msg)


def _under(at: str, member: str) -> str:
    return f"{at}.{member}" if at else member


def _joined(parts: list[Any]) -> list[list[Any]]:
    """Put parts that meet together: a route cut at 180 degrees is one route again."""
    runs: list[list[Any]] = []
    for part in parts:
        if not isinstance(part, list):
            runs.append([part])
        elif runs and part and runs[-1] and _same_place(runs[-1][-1], part[0]):
            runs[-1].extend(part[1:])
        else:
            runs.append(list(part))
    return runs


def _same_place(a: object, b: object) -> bool:
    if not (isinstance(a, list) and isinstance(b, list) and len(a) >= 2 and len(b) >= 2):
        return False
    if not all(_is_number(x) for x in (*a[:2], *b[:2])):
        return False
    try:
        return abs(math.remainder(a[0] - b[0], 360.0)) < 1e-9 and abs(a[1] - b[1]) < 1e-9
    except (ValueError, OverflowError):  # infinite or huge; refused with its position later
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _route(line: list[Any], name: str, where: str, at: str) -> Route:
    """Make a route of a list of positions."""
    here = f"{where}: {at}" if at else where
    if len(line) > MAX_WAYPOINTS:
        msg = f"{here}: {len(line)} positions, more than {MAX_WAYPOINTS}: thin it out or split it"
        raise ProposalError(msg)
    points: list[Waypoint] = []
    for i, position in enumerate(line):
        if not isinstance(position, list) or len(position) < 2 or not all(_is_number(x) for x in position[:2]):
            msg = f"{here}: position {i}: expected [longitude, latitude] in degrees, found {_kind(position)}"
            raise ProposalError(msg)
        try:
            points.append(Waypoint(position[0], position[1]))
        except OverflightError as error:
            msg = f"{here}: position {i}: {error}"
            raise ProposalError(msg) from error
    try:
        return Route(tuple(points), name)
    except OverflightError as error:
        msg = f"{here}: {error}"
        raise ProposalError(msg) from error


def _list(data: dict[str, Any], key: str, where: str, at: str) -> list[Any]:
    value = data.get(key)
    if not isinstance(value, list):
        msg = f"{where}: {at or TOP}: `{key}`: expected a list, found {_kind(value)}"
        raise ProposalError(msg)
    return value


def _name(feature: dict[str, Any]) -> str | None:
    """Take a feature's name from where programs put it."""
    properties = feature.get("properties")
    spots = [properties.get(k) for k in ("name", "title")] if isinstance(properties, dict) else []
    for value in (*spots, feature.get("id")):
        if text := _text(value):
            return text
    return None


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    text = names.get(type(value), f"the number {value}")
    return f"{text} {json.dumps(value)[:60]}" if isinstance(value, list | str) and value else text


def line_geometry(path: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Return a line as a GeoJSON geometry: a LineString, or a MultiLineString where 180 degrees cut it.

    Coordinates are rounded to 1e-7 degrees, 1 cm on the ground.
    """
    lines = [[[round(lon, 7), round(lat, 7)] for lon, lat in part] for part in cut_at_antimeridian(path)]
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def cut_at_antimeridian(path: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Cut a line at 180 degrees (RFC 7946, 3.1.9).

    Parameters
    ----------
    path : sequence of (lon, lat)
        Degrees; longitudes run on past 180 rather than jump. Points must be close together (some ten km):
        the cut is placed by straight interpolation between neighbours.

    Returns
    -------
    list of list of (lon, lat)
        Parts with longitudes in [-180, 180]; one ends where the next begins, at 180 degrees.
    """
    parts: list[list[tuple[float, float]]] = []
    turn = _turn(path)
    part = [(path[0][0] - 360.0 * turn, path[0][1])]
    for (lon0, lat0), (lon1, lat1) in itertools.pairwise(path):
        while not -180.0 <= lon1 - 360.0 * turn <= 180.0:
            side = 1 if lon1 - 360.0 * turn > 180.0 else -1
            edge = 360.0 * turn + 180.0 * side
            lat = lat0 + (lat1 - lat0) * (edge - lon0) / (lon1 - lon0)
            part.append((180.0 * side, lat))
            parts.append(part)
            part = [(-180.0 * side, lat)]
            turn += side
        part.append((lon1 - 360.0 * turn, lat1))
    parts.append(part)
    whole = [_without_repeats(p) for p in parts]
    return [p for p in whole if len(p) > 1] or [whole[0] * 2]


def _turn(path: Sequence[tuple[float, float]]) -> int:
    """Choose the turn of 360 degrees in which a line starts: that of its first point off 180 degrees."""
    for lon, _ in path:
        if math.remainder(lon, 360.0) not in (-180.0, 180.0):
            return round(lon / 360.0)
    return round((path[0][0] - 180.0) / 360.0)


def _without_repeats(part: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [part[0], *(b for a, b in itertools.pairwise(part) if a != b)]
