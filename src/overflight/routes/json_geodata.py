"""Lines in TopoJSON and in Esri's JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name
from overflight.routes.collect import MAX_DEPTH, Collector
from overflight.routes.geojson import NAMES
from overflight.routes.places import Waypoint

__all__ = ["add"]

Pair = tuple[float, float]


def add(data: Any, lines: Collector) -> bool:  # noqa: ANN401 - JSON
    """Add the lines of a topology or of Esri's features; False if it is neither.

    Raises
    ------
    ProposalError
    """
    if not isinstance(data, dict):
        return False
    if data.get("type") == "Topology":
        _topology(data, lines)
        return True
    features = data.get("features")
    if "paths" in data or data.get("geometryType") == "esriGeometryPolyline":
        for i, one in enumerate(features if isinstance(features, list) else [{"geometry": data}]):
            _esri(one, data, lines, f"features[{i}]")
        return True
    return False


def _esri(one: Any, data: dict[str, Any], lines: Collector, at: str) -> None:  # noqa: ANN401 - JSON
    geometry = one.get("geometry") if isinstance(one, dict) else None
    paths = geometry.get("paths") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or not isinstance(paths, list):
        lines.refuse("expected a geometry with `paths`: export it as GeoJSON", at)
    system = geometry.get("spatialReference") or data.get("spatialReference")
    code = system.get("latestWkid") or system.get("wkid") if isinstance(system, dict) else None
    moved = lines.to_wgs84(f"EPSG:{3857 if code == 102100 else code}", at) if code is not None else None
    attributes = one.get("attributes")
    named = {str(k).lower(): v for k, v in attributes.items()} if isinstance(attributes, dict) else {}
    name = next((text for key in NAMES if (text := plain_name(named.get(key)))), None)
    parts = [
        [_point(p, lines, f"{at}.paths[{i}]", moved) for p in _list(path, lines, at)] for i, path in enumerate(paths)
    ]
    lines.feature(parts, name, at)


def _topology(data: dict[str, Any], lines: Collector) -> None:
    """Put the arcs of a topology together: each is stored once, as steps on a grid if there is one."""
    transform = data.get("transform")
    try:
        scale, shift = (transform["scale"], transform["translate"]) if transform else ((1.0, 1.0), (0.0, 0.0))
        arcs = [[*_steps(arc, scale, shift)] if transform else [(p[0], p[1]) for p in arc] for arc in data["arcs"]]
        objects = data["objects"]
        found = [line for name, one in objects.items() for line in _lines(one, str(name), 0)]
    except (KeyError, TypeError, IndexError, AttributeError):
        lines.refuse("no topology that can be read: export it as GeoJSON")
    except RecursionError:
        lines.refuse(f"collections nested deeper than {MAX_DEPTH}: flatten them")
    for name, runs in found:
        parts: list[list[Waypoint]] = []
        for run in runs:
            points: list[Waypoint] = []
            for index in run:
                if not isinstance(index, int) or not -len(arcs) <= index < len(arcs):
                    lines.refuse(f"there is no arc {index!r:.20}: export it as GeoJSON", name[:80])
                arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                points += [_point(p, lines, name[:80], None) for p in (arc[1:] if points else arc)]
            parts.append(points)
        lines.parts(parts, plain_name(name), "objects")


def _steps(arc: list[Any], scale: Any, shift: Any) -> Iterator[Pair]:  # noqa: ANN401 - JSON
    """Add up the steps of an arc."""
    for x, y in itertools.accumulate(((p[0], p[1]) for p in arc), lambda a, b: (a[0] + b[0], a[1] + b[1])):
        yield x * scale[0] + shift[0], y * scale[1] + shift[1]


def _lines(one: dict[str, Any], name: str, depth: int) -> Iterator[tuple[str, list[list[int]]]]:
    """Yield the name and the arcs of each line of an object."""
    if depth > MAX_DEPTH:
        raise RecursionError
    properties = one.get("properties")
    own = next((text for key in NAMES if (text := plain_name(properties.get(key)))), None) if properties else None
    if one["type"] == "GeometryCollection":
        for part in one["geometries"]:
            yield from _lines(part, own or name, depth + 1)
    elif one["type"] == "LineString":
        yield own or name, [one["arcs"]]
    elif one["type"] == "MultiLineString":
        yield own or name, one["arcs"]


def _list(value: object, lines: Collector, at: str) -> list[Any]:
    if not isinstance(value, list):
        lines.refuse("expected a list of positions", at)
    return value


def _point(position: Any, lines: Collector, at: str, moved: Any) -> Waypoint:  # noqa: ANN401 - JSON
    try:
        lon, lat = position[0], position[1]
        return lines.point(*(moved(lon, lat) if moved else (lon, lat)))
    except (TypeError, IndexError, KeyError):
        lines.refuse("expected [longitude, latitude]", at)
    except ProposalError:
        raise
    except OverflightError as error:
        lines.refuse(str(error), at)
