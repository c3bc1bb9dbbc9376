"""What a map shows, as JSON: the ground, and the routes on it. Page and picture draw this."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.airspace import RuleSet
from overflight.airspace.overlay import partition
from overflight.maps.base import Shapes, View, disputes, encode, encode_line, labels, pieces, shapes_in
from overflight.maps.lines import Line, runs
from overflight.maps.names import place_name
from overflight.maps.shown import entered, nearest_of
from overflight.maps.words import WORDS
from overflight.outside.version import __version__
from overflight.routes.cities import big_cities

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Area, Piece

__all__ = ["badges", "ground", "on_map"]

MOST_CITIES = 60
"""How many cities a map knows of; it shows those that find room."""


def ground(
    world: Airspaces,
    view: View,
    shapes: Shapes,
    *,
    avoid: RuleSet,
    barrier: frozenset[str] = frozenset(),
    words: Mapping[str, str] = WORDS,
) -> dict[str, Any]:
    """Return what lies below the routes as the page wants it: pieces of airspace, disputes, names, and the data's own.

    `shapes` are those of `shapes_in`; `avoid` is what to mark as forbidden; the codes in `barrier` close one end of the
    route off; `words` are the map's own, in the language of its reader.
    """
    return {
        "words": dict(words),
        "data": {"version": world.version, "view": world.view, "accuracy_m": round(world.accuracy_m)},
        "overflight": __version__,
        "whole": view.whole,
        "pole": view.pole,
        "meridian": view.meridian,
        "pieces": pieces(world, shapes, view, avoid=avoid, barrier=barrier) + _areas(avoid.areas, view, barrier),
        "disputes": disputes(world, shapes, view),
        "cities": _cities(view),
        "labels": labels(world, shapes, view),
    }


def on_map(
    line: Line,
    view: View,
    badge: tuple[float, float] | None = None,
    clock: Callable[[float], str] | None = None,
) -> dict[str, Any]:
    """Return a route as the page wants it; `badge` is where its number stands, `clock` is that of `draw`."""
    consents, crossed = line.consents(), line.crossed()
    return {
        "label": line.route.label,
        "kind": line.route.kind,
        "status": line.verdict.status,
        "answer": line.answer(),
        "words": line.words(),
        "length_km": round(line.route.length_km, 3),
        **line.numbers(),
        "consents": consents,
        "crossed": crossed,
        "asked": len(consents) + len(crossed),
        "unmet": line.unmet(),
        "closest": nearest_of(line),
        "entered": entered(line),
        "gap": _gap(line),
        "runs": [encode_line(path, km) for path, km in _runs(line.path, line.km, view)],
        "forbidden": [
            {**one, "runs": [encode(run) for run, _ in _runs(path, [0.0] * len(path), view)]}
            for path, one in line.forbidden()
        ],
        "marks": [_placed(mark) for mark in line.marks()],
        "stops": [_placed(stop | {"name": place_name(place)}) for stop, place in line.stops()],
        "rows": line.rows(),
        "nearest": [{**near, "on": _rounded(near["on"]), "to": _rounded(near["to"])} for near in line.nearest()],
        "badge": _rounded(badge) if badge else None,
        "bands": line.bands(clock),
    }


def _cities(view: View) -> list[dict[str, Any]]:
    """Return the large cities around the routes, to go by, the largest first, on the turn of the Earth of the map."""
    west, south, east, north = view.frame
    wide = east - west >= 360.0
    bounds = (-180.0, south, 180.0, north) if wide else (_turned(west), south, _turned(east), north)
    found = []
    for city in big_cities(bounds, MOST_CITIES):
        lon = city.lon + 360.0 * math.ceil((west - city.lon) / 360.0)
        found.append({"text": city.name, "at": [round(lon, 2), round(city.lat, 2)], "rank": city.rank})
    return found


def _turned(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0


def badges(lines: list[Line], view: View) -> list[tuple[float, float] | None]:
    """Return for each line the place of its number: the farthest from other lines and their numbers."""
    paths = [view.flat(line.path) for line in lines]
    taken = [point for path in paths for point in (path[0], path[-1])]
    found: list[tuple[float, float] | None] = []
    for number, path in enumerate(paths):
        spots = np.unique(np.linspace(0.12, 0.88, 39) * (len(path) - 1)).astype(int)
        others = np.concatenate([path[[0, -1]], *(p for n, p in enumerate(paths) if n != number)])
        # Where two routes are the same, only the distance between their numbers tells.
        room = [3 * _nearest(others, path[spot]) + _nearest(np.array(taken), path[spot]) for spot in spots]
        best = int(spots[int(np.argmax(room))])
        taken.append(path[best])
        found.append(lines[number].path[best])
    return found


def _areas(areas: Sequence[Area], view: View, barrier: frozenset[str]) -> list[dict[str, Any]]:
    """Return areas as the page wants them: as pieces of the rule's, over those of the world."""
    if not areas:
        return []
    alone = partition(tuple(areas))
    held = RuleSet.of(area.holder for area in areas)
    shapes = shapes_in(alone, view)
    drawn = zip(pieces(alone, shapes, view, avoid=held, barrier=barrier), shapes, strict=True)
    # Their numbers are those of a partition of their own.
    return [
        {**{key: value for key, value in one.items() if key != "n"}, "area": True}
        | _limits(alone.pieces[number], areas)
        for one, number in drawn
    ]


def _limits(piece: Piece, areas: Sequence[Area]) -> dict[str, list[str]]:
    """Say from where to where the areas of a piece reach, of those that have limits."""
    own = [area for area in areas if area.code in piece.claimants and area.has_limits]
    alone = len(piece.claimants) == 1
    return {"limits": [area.limits if alone else f"{area.name}: {area.limits}" for area in own]} if own else {}


def _runs(
    path: list[tuple[float, float]], km: list[float], view: View
) -> list[tuple[list[tuple[float, float]], list[float]]]:
    """Return the path as the map can draw it, with its kilometres: on Mercator, cut where it jumps beside a pole."""
    return [(path, km)] if view.pole else runs(path, km)


def _gap(line: Line) -> str:
    gap = line.candidate.gap_pct if line.candidate else None
    return "" if not gap else f"at most {gap:.2g} % longer than the shortest such route"


def _placed(thing: dict[str, Any]) -> dict[str, Any]:
    return {**thing, "at": _rounded(thing["at"])}


def _rounded(point: tuple[float, float]) -> list[float]:
    return [round(point[0], 4), round(point[1], 4)]


def _nearest(points: np.ndarray[Any, Any], point: np.ndarray[Any, Any]) -> float:
    return float(np.hypot(*(points - point).T).min())
