"""How well it is known where a route meets a border: no better than that border is, along the route as it is flown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight._crossings.engine import same_crossing
from overflight.earth.constants import MOST_M_PER_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.airspace import Airspaces
    from overflight.evidence.way import Way
    from overflight.partition.index import Index

    Floats = NDArray[np.float64]

__all__ = ["Certainty", "certainty"]

REACH_KM = (3.0, 15.0, 80.0, 400.0)
"""How far around the place borders are looked at; farther, where that does not do."""
STEP_KM = 2.0
"""The route is taken for straight between points so near each other: it is, within 0.1 m."""
EDGE_DEG = 0.05
"""Edges are straight in longitude and latitude: they are cut this fine before they are laid on a plane."""
ARC = 32
"""Edges of a quarter turn around the end of a border: within 0.03 % of the circle."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """How well it is known where a route meets a border.

    Attributes
    ----------
    accuracy_m : float
        How well the border is known there, in metres.
    angle_deg : float
        Between the route and the border as drawn, from 0 (along it) to 90 (across).
    before_km, after_km : float
        How much earlier and later along the route the border may lie, if it lies nowhere farther from where it is drawn
        than it is known. The other end of the route is the farthest.
    bounded : bool
        Whether that is all; False where the route stays so near to the border beyond the 400 km that are looked at.
    """

    accuracy_m: float
    angle_deg: float
    before_km: float
    after_km: float
    bounded: bool


def certainty(way: Way, world: Airspaces, piece: int, at_km: float) -> Certainty | None:
    """Find how well it is known where a route meets the border of a piece.

    Parameters
    ----------
    way : Way
        The route.
    world : Airspaces
        Whose borders.
    piece : int
        One of the pieces whose crossing begins or ends there.
    at_km : float
        Where on the route, in km from its start.

    Returns
    -------
    Certainty or None
        None where no border of the piece is near, as at the end of a route.

    Notes
    -----
    On a plane around the place (azimuthal equidistant: within 0.07 % up to 400 km from it), the borders of what is
    crossed are widened by as much as each is known; what is said is the stretch of the route around the place that
    lies within. The border may be anywhere in there, and wherever it is, the route meets it on that stretch.
    """
    for reach_km in REACH_KM:
        found = _within(way, world, piece, at_km, reach_km)
        if found is None or found.bounded:
            break
    return found


def _within(way: Way, world: Airspaces, piece: int, at_km: float, reach_km: float) -> Certainty | None:
    import pyproj

    ahead, ahead_km = way.stretch(at_km, min(at_km + reach_km, way.end_km), step_km=STEP_KM)
    behind, behind_km = way.stretch(max(at_km - reach_km, 0.0), at_km, step_km=STEP_KM)
    lon, lat = ahead[0]
    plane = pyproj.Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")

    def flat(points: Floats) -> Floats:
        return np.column_stack(plane(points[:, 0], points[:, 1]))

    here = shapely.Point(0.0, 0.0)
    widened, lines, known = [], [], []
    for accuracy_m, edges in _borders(world, piece, lon, lat, reach_km):
        fine = shapely.segmentize(shapely.linestrings(edges), EDGE_DEG)
        drawn = shapely.transform(fine, flat)
        drawn = drawn[shapely.distance(drawn, here) <= 1000.0 * reach_km + accuracy_m]
        if not len(drawn):
            continue
        widened.append(shapely.buffer(shapely.multilinestrings([drawn]), max(accuracy_m, 0.5), quad_segs=ARC))
        lines.append(drawn)
        known.append(np.full(len(drawn), accuracy_m))
    if not widened:
        return None
    border, accuracies = np.concatenate(lines), np.concatenate(known)
    near = int(np.argmin(shapely.distance(border, here)))
    where = shapely.union_all(widened)
    before_km, bounded_before = _kept(where, flat(behind[::-1]), at_km - behind_km[::-1])
    after_km, bounded_after = _kept(where, flat(ahead), ahead_km - at_km)
    whole_before, whole_after = behind_km[0] <= 0.0, ahead_km[-1] >= way.end_km
    return Certainty(
        accuracy_m=float(accuracies[near]),
        angle_deg=_angle(border[near], flat(behind), flat(ahead)),
        before_km=before_km,
        after_km=after_km,
        bounded=(bounded_before or whole_before) and (bounded_after or whole_after),
    )


def _kept(where: shapely.Geometry, points: Floats, km: Floats) -> tuple[float, bool]:
    """Return how far a line stays inside from its first point on, and whether it leaves at all."""
    if len(points) < 2:
        return 0.0, True
    shapely.prepare(where)
    steps = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    out = np.flatnonzero(~shapely.covers(where, steps))
    if not len(out):
        return float(km[-1]), False
    nth = int(out[0])
    inside = shapely.intersection(steps[nth], where)
    start = shapely.Point(points[nth])
    parts = [part for part in shapely.get_parts(inside) if shapely.distance(part, start) < 1e-6]
    length = float(shapely.length(steps[nth]))
    share = sum(float(part.length) for part in parts) / length if length else 0.0
    return float(km[nth] + share * (km[nth + 1] - km[nth])), True


def _angle(edge: shapely.LineString, behind: Floats, ahead: Floats) -> float:
    """Return the angle between the border and the route where they meet, in degrees from 0 to 90."""
    points = shapely.get_coordinates(edge)
    nearest = int(
        np.argmin([shapely.LineString(points[i : i + 2]).distance(shapely.Point(0, 0)) for i in range(len(points) - 1)])
    )
    dx, dy = points[nearest + 1] - points[nearest]
    to, back = (next((p for p in line if np.hypot(*p) > 1.0), line[-1]) for line in (ahead[1:], behind[-2::-1]))
    ex, ey = (to if len(ahead) > 1 else np.zeros(2)) - (back if len(behind) > 1 else np.zeros(2))
    turned = abs(math.degrees(math.atan2(dx * ey - dy * ex, dx * ex + dy * ey)))
    return min(turned, 180.0 - turned)


def _borders(world: Airspaces, piece: int, lon: float, lat: float, reach_km: float) -> Iterator[tuple[float, Floats]]:
    """Yield the edges within reach where what the piece belongs to ends, by how well they are known."""
    index = world.index
    own = same_crossing(world.pieces[piece])
    mine = np.array([same_crossing(one) == own for one in world.pieces])
    first, arcs = _edges(index, lon, lat, reach_km)
    if not len(first):
        return
    left, right = (np.asarray(side)[arcs] for side in (index.arc_left, index.arc_right))
    kept = mine[left] != mine[right]
    first, arcs = first[kept], arcs[kept]
    vertices = np.asarray(index.vertices).reshape(-1, 2)
    edges = np.stack([vertices[first], vertices[first + 1]], axis=1) / 1e7
    edges[..., 0] += 360.0 * np.round((lon - edges[..., 0].mean(axis=1, keepdims=True)) / 360.0)
    accuracy = np.array([world.arc_accuracy_m(arc) for arc in arcs.tolist()])
    for metres in np.unique(accuracy):
        yield float(metres), edges[accuracy == metres]


def _edges(index: Index, lon: float, lat: float, reach_km: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first vertex and arc of each edge in the cells within reach."""
    high = 1000.0 * reach_km / MOST_M_PER_DEG * 1.02
    wide = high / max(math.cos(math.radians(min(abs(lat) + high, 90.0))), 1e-9)
    cell = index.cell_deg
    rows = range(
        max(0, math.floor((lat - high + 90.0) / cell)), min(index.n_rows, math.floor((lat + high + 90.0) / cell) + 1)
    )
    low, last = math.floor((lon - wide + 180.0) / cell), math.floor((lon + wide + 180.0) / cell)
    cols = range(index.n_cols) if last - low >= index.n_cols else [col % index.n_cols for col in range(low, last + 1)]
    runs = np.asarray(index.runs).reshape(-1, 3)
    starts = index.cell_start
    cells = [row * index.n_cols + col for row in rows for col in cols]
    held = [runs[starts[at] : starts[at + 1]] for at in cells if starts[at] < starts[at + 1]]
    if not held:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    found = np.concatenate(held).astype(np.int64)
    firsts = np.concatenate([np.arange(first, first + count) for first, count, _ in found.tolist()])
    arcs = np.repeat(found[:, 2], found[:, 1])
    firsts, at = np.unique(firsts, return_index=True)
    return firsts, arcs[at]
