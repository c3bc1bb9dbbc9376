"""Small worlds made of a few polygons, in the form in which the shipped one is stored."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from overflight.airspace import Airspaces, Index, Piece, State

__all__ = ["make_world"]

SCALE = 10_000_000
SLACK_DEG = 1e-6
BESIDE_DEG = 3e-8
"""How far beside an edge its two labels are read; less than a step of the stored grid."""
SAMPLE_DEG = 0.5

Floats = npt.NDArray[np.float64]
Segment = tuple[tuple[int, int], tuple[int, int]]


def make_world(polygons: Mapping[str, BaseGeometry], *, cell_deg: float = 2.5) -> Airspaces:
    """Build a partition from polygons that do not overlap.

    Parameters
    ----------
    polygons : mapping of label to polygon
        In degrees, longitude in [-180, 180]. A label is the code of a state; of a state and a dispute
        (``"AAA:the text"``); or of several claimants (``"AAA+BBB"``), and then nobody holds the piece.
        Neighbours must have the vertices of their common border in common. What is left over is piece 0.
    cell_deg : float
        Width of the grid's cells; a divisor of 90.

    Returns
    -------
    Airspaces
        Piece k is the k-th polygon, counted from 1.
    """
    shapes = [shapely.transform(shape, _on_grid) for shape in polygons.values()]
    shapely.prepare(shapes)
    arcs = _arcs(shapes)
    vertices = [value for _, _, line in arcs for point in line for value in point]
    starts = list(accumulate((len(line) for _, _, line in arcs), initial=0))
    cell_start, runs, cell_piece, cell_jump = _grid(arcs, shapes, cell_deg)
    index = Index(
        vertices=_flat("i", vertices),
        arc_start=_flat("i", starts),
        arc_left=_flat("H", [left for left, _, _ in arcs]),
        arc_right=_flat("H", [right for _, right, _ in arcs]),
        cell_start=_flat("i", cell_start),
        runs=_flat("i", runs),
        cell_piece=_flat("h", cell_piece),
        cell_jump=_flat("H", cell_jump),
        cell_deg=cell_deg,
        n_cols=round(360 / cell_deg),
        n_rows=round(180 / cell_deg),
    )
    pieces = (Piece(0, "", "nobody's", None), *(_piece(k, label) for k, label in enumerate(polygons, 1)))
    return Airspaces(version="test", view="test", accuracy_m=0.0, pieces=pieces, index=index, manifest={})


def _on_grid(lonlat: Floats) -> Floats:
    return np.rint(lonlat * SCALE) / SCALE


def _flat(kind: str, values: Iterable[int]) -> memoryview:
    return memoryview(array(kind, values))


def _piece(number: int, label: str) -> Piece:
    code, _, dispute = label.partition(":")
    if "+" in code:
        return Piece(number, "XXX", code, None, tuple(code.split("+")), f"claimed by {code}")
    return Piece(number, code, code, State(code), (), dispute or None)


def _labels(shapes: list[BaseGeometry], lon: Floats, lat: Floats) -> npt.NDArray[np.int64]:
    """Return the number of the polygon at each point, 0 for none; longitudes may run past 180."""
    found = np.zeros(len(lon), np.int64)
    lon = (lon + 180.0) % 360.0 - 180.0
    for number, shape in enumerate(shapes, 1):
        found[shapely.contains_xy(shape, lon, lat)] = number
    return found


def _arcs(shapes: list[BaseGeometry]) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """Return the borders as (left, right, vertices), each one once."""
    segments = _segments(shapes)
    a = np.array([s[0] for s in segments], float).reshape(-1, 2) / SCALE
    b = np.array([s[1] for s in segments], float).reshape(-1, 2) / SCALE
    along = b - a
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(along[:, 0], along[:, 1])[:, None] * BESIDE_DEG
    middle = 0.5 * (a + b)
    left, right = (_labels(shapes, *(middle + side * normal).T) for side in (1.0, -1.0))
    grouped: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for (start, end), on_left, on_right in zip(segments, left.tolist(), right.tolist(), strict=True):
        if on_left < on_right:
            grouped[on_left, on_right].append((start, end))
        elif on_right < on_left:
            grouped[on_right, on_left].append((end, start))
    return [
        (on_left, on_right, [(round(x), round(y)) for x, y in line.coords])
        for (on_left, on_right), parts in grouped.items()
        for line in shapely.get_parts(shapely.line_merge(MultiLineString(parts), directed=True))
    ]


def _segments(shapes: list[BaseGeometry]) -> list[Segment]:
    """Return the noded edges of all polygons, without the poles and with both sides of 180 degrees as one."""
    half, pole = 180 * SCALE, 90 * SCALE
    lines = []
    for ring in shapely.get_rings(shapely.get_parts(shapes)):
        xy = np.rint(shapely.get_coordinates(ring) * SCALE)
        for (x1, y1), (x2, y2) in pairwise(xy):
            on_seam = x1 == x2 and abs(x1) == half
            lines.append([(half, y1), (half, y2)] if on_seam else [(x1, y1), (x2, y2)])
    noded = shapely.unary_union([shapely.LineString(line) for line in lines])
    found: list[Segment] = []
    for line in shapely.get_parts(noded):
        points = [(round(x), round(y)) for x, y in line.coords]
        found += [(p, q) for p, q in pairwise(points) if not abs(p[1]) == abs(q[1]) == pole]
    return found


def _grid(
    arcs: list[tuple[int, int, list[tuple[int, int]]]], shapes: list[BaseGeometry], cell_deg: float
) -> tuple[list[int], list[int], list[int], list[int]]:
    n_cols, n_rows = round(360 / cell_deg), round(180 / cell_deg)
    edges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    samples = []
    vertex = 0
    for k, (_, _, line) in enumerate(arcs):
        for i, (p, q) in enumerate(pairwise(line)):
            a, b = np.array(p) / SCALE, np.array(q) / SCALE
            for cell in _cells_of(a, b, cell_deg):
                edges[cell].append((vertex + i, k))
            count = math.ceil(np.abs(b - a).max() / SAMPLE_DEG)
            samples += [a + (b - a) * (j / count) for j in range(count + 1)]
        vertex += len(line)
    cells = np.arange(n_cols * n_rows)
    whole = cells.astype(np.float64)
    lon, lat = (whole % n_cols + 0.5) * cell_deg - 180.0, (whole // n_cols + 0.5) * cell_deg - 90.0
    piece = _labels(shapes, lon, lat)
    jump = _jumps(lon, lat, np.array(samples), cell_deg)
    cell_start, runs = [0], []
    for cell in cells.tolist():
        runs += _runs(sorted(edges.get(cell, [])))
        cell_start.append(len(runs) // 3)
    busy = np.array(sorted(edges), int)
    piece[busy], jump[busy] = -1, 0
    return cell_start, runs, piece.tolist(), jump.tolist()


def _cells_of(a: Floats, b: Floats, cell_deg: float) -> list[int]:
    """Return the cells that an edge touches, those beyond 180 degrees included."""
    n_cols, n_rows = round(360 / cell_deg), round(180 / cell_deg)
    low = np.floor((np.minimum(a, b) - SLACK_DEG + [180.0, 90.0]) / cell_deg).astype(int)
    high = np.floor((np.maximum(a, b) + SLACK_DEG + [180.0, 90.0]) / cell_deg).astype(int)
    edge = shapely.LineString([a, b])
    found = []
    for row in range(max(low[1], 0), min(high[1], n_rows - 1) + 1):
        for col in range(low[0], high[0] + 1):
            west, south = col * cell_deg - 180.0 - SLACK_DEG, row * cell_deg - 90.0 - SLACK_DEG
            width = cell_deg + 2.0 * SLACK_DEG
            if shapely.intersects(edge, shapely.box(west, south, west + width, south + width)):
                found.append(int(row * n_cols + col % n_cols))
    return found


def _runs(edges: list[tuple[int, int]]) -> list[int]:
    """Put consecutive edges of one arc together: first edge, how many, arc."""
    runs: list[int] = []
    for edge, arc in edges:
        if runs and runs[-1] == arc and runs[-3] + runs[-2] == edge:
            runs[-2] += 1
        else:
            runs += [edge, 1, arc]
    return runs


def _jumps(lon: Floats, lat: Floats, samples: Floats, cell_deg: float) -> npt.NDArray[np.int64]:
    """Bound from below, in units of 100 m, how far it is from anywhere in a cell to the nearest border."""
    chord2 = np.full(len(lon), np.inf)
    for x, y, z in _unit(*samples.T):
        u, v, w = _unit(lon, lat).T
        np.minimum(chord2, (u - x) ** 2 + (v - y) ** 2 + (w - z) ** 2, out=chord2)
    distance_m = 2.0 * np.arcsin(np.clip(np.sqrt(chord2) / 2.0, 0.0, 1.0)) * 6_356_000.0 * 0.99
    half_diagonal_m = cell_deg / math.sqrt(2.0) * 111_700.0
    bound = distance_m - half_diagonal_m - SAMPLE_DEG * math.sqrt(2.0) * 111_700.0
    jumps: npt.NDArray[np.int64] = np.clip(np.floor(bound / 100.0), 0, 65_535).astype(np.int64)
    return jumps


def _unit(lon: Floats, lat: Floats) -> Floats:
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
