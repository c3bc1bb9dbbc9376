"""Layers on a map, as the page wants them: their edges, lightly, their names, and where each route enters what."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from overflight.airspace.overlay import partition
from overflight.maps.base import POLAR_STEP_DEG, encode, label_of, shapes_in
from overflight.maps.plane import is_cut
from overflight.rules.layers import Entries, Layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.costs import Aircraft
    from overflight.costs.pacing import Wind
    from overflight.maps.base import Bounds, View
    from overflight.maps.lines import Line

__all__ = ["Layered", "with_layers"]

Layered: TypeAlias = "Layer | Entries"
"""A layer, of which each route's entries are worked out, or those of one route."""
NOTHING = shapely.Polygon()
MOST_NAMES = 150
"""So many names of a layer are on a map, those of the largest parts."""


def with_layers(
    scene: dict[str, Any],
    lines: Sequence[Line],
    layers: Iterable[Layered],
    view: View,
    *,
    on: dt.date,
    aircraft: str | Aircraft = "narrow-body",
    wind: Wind = "none",
) -> dict[str, Any]:
    """Return a scene with layers: their edges, a mark for each entry, and below each route its line for item 18."""
    given = list(layers)
    routes = []
    for line, route in zip(lines, scene["routes"], strict=True):
        entered = [
            one.entries(line.route, on=on, aircraft=aircraft, wind=wind) if isinstance(one, Layer) else one
            for one in given
            if isinstance(one, Layer) or one.route == line.route
        ]
        note = " ".join([*filter(None, [route["note"]]), *_told(entered)])
        routes.append({**route, "entries": _marks(line, entered), "note": note})
    return {**scene, "routes": routes, "layers": _regions(given, view)}


def _regions(layers: Iterable[Layered], view: View) -> list[dict[str, Any]]:
    """Return each layer once: its name, its edges, and where the names of its polygons go."""
    once = {id(layer): layer for layer in (one if isinstance(one, Layer) else one.layer for one in layers)}
    return [_region(layer, view) for layer in once.values()]


def _region(layer: Layer, view: View) -> dict[str, Any]:
    alone = partition(layer.areas)
    plain = {area.code: name for area, name in zip(layer.areas, layer.names, strict=True)}
    frame = shapely.box(*view.frame)
    edges, largest = [], dict[str, shapely.Polygon]()
    for number, shape in shapes_in(alone, view).items():
        # along a parallel, polar maps and pictures have an arc
        rings = shapely.get_rings(shapely.get_parts(shapely.segmentize(shape, POLAR_STEP_DEG)))
        edges += [run for ring in rings for run in _runs(shapely.get_coordinates(ring), view.whole)]
        for part in shapely.get_parts(shapely.get_parts(shapely.intersection(shape, frame))):
            for name in {plain[code] for code in alone.pieces[number].claimants}:
                if part.area > largest.get(name, NOTHING).area:
                    largest[name] = part
    shown = sorted(largest.items(), key=lambda one: (-one[1].area, one[0]))[:MOST_NAMES]
    return {
        "name": layer.name,
        "lines": [encode(run) for run in edges],
        "labels": [label_of(name, part) for name, part in shown],
    }


def _runs(ring: NDArray[np.float64], whole: Bounds) -> Iterator[NDArray[np.float64]]:
    """Yield the parts of a ring that are edges of the layer, not of the map."""
    cut = is_cut(ring, whole)
    stops = [-1, *np.flatnonzero(cut).tolist(), len(ring) - 1]
    for before, after in itertools.pairwise(stops):
        if after - before > 1:
            yield ring[before + 1 : after + 1]


def _marks(line: Line, entered: Iterable[Entries]) -> list[dict[str, Any]]:
    """Return a mark for each entry: where, and what to say."""
    return [
        {
            "at": [round(degrees, 4) for degrees in line.near(one.entry_km, one.entry)],
            "text": [
                f"{entries.layer.name}: {one.name}",
                f"EET {one.eet}, km {one.entry_km:,.1f}",
                *filter(None, (one.limits, one.note)),
            ],
        }
        for entries in entered
        for one in entries
        if one.entry_km > 0.0
    ]


def _told(entered: Iterable[Entries]) -> list[str]:
    """Return the line for item 18 of each layer that has one, and what the times rest on."""
    return [
        f"{entries.layer.name}: {entries.item18} ({'; '.join(entries.assumptions)})"
        for entries in entered
        if entries.item18
    ]
