"""The base map: the airspace of states as polygons and labels, fine around the routes and coarse elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from overflight.case import forbidden_pieces
from overflight.earth.plane import mercator, polar
from overflight.partition.polygons import piece_polygons

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from overflight.airspace import Airspaces, Piece, RuleSet

__all__ = [
    "POLAR_STEP_DEG",
    "Shapes",
    "View",
    "decode",
    "decode_km",
    "disputes",
    "encode",
    "encode_line",
    "is_of_barrier",
    "label_of",
    "labels",
    "name_of_piece",
    "pieces",
    "shapes_in",
    "view_of",
]

Bounds = tuple[float, float, float, float]
Shapes = dict[int, shapely.MultiPolygon]

UNITS = 1000
"""Coordinates are written as whole thousandths of a degree (111 m), which no zoom allowed here shows."""
KM_UNITS = 100
"""Kilometres along a route are written as whole tens of metres."""
TOP_DEG, BOTTOM_DEG = 84.0, -75.0
"""Where a Mercator map ends: beyond lies nobody's airspace, and the projection grows without bound."""
POLAR_DEG = 75.0
"""Routes that pass this latitude are shown around the pole, unless they also reach far into the other half."""
POLAR_REACH_DEG = 25.0
COARSE_DEG = 0.06
POLAR_STEP_DEG = 2.0
OWN_LABEL = 0.02
"""A state gets a label in view where this share of the view (or half of the state) is its own."""


@dataclass(frozen=True, slots=True)
class View:
    """What a map shows.

    Attributes
    ----------
    frame, whole : (west, south, east, north)
        The finely drawn part around the routes, and the whole map; longitudes run past 180 degrees.
    fine_deg : float
        Tolerance of borders in the frame.
    pole : {0, 1, -1}
        0 for the Mercator projection, else the pole that the map is centred on.
    meridian : float
        The middle of the routes, which a polar map has pointing down.
    """

    frame: Bounds
    whole: Bounds
    fine_deg: float
    pole: int
    meridian: float

    def flat(self, points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
        """Return points as they lie on the map, up to scale and place."""
        return polar(np.array(points), self.pole, self.meridian) if self.pole else mercator(np.array(points))


def view_of(points: Iterable[tuple[float, float]]) -> View:
    """Lay a map around points: one turn of the Earth, with the routes in its middle."""
    lons, lats = zip(*points, strict=True)
    west, east = min(lons), max(lons)
    middle = float(round((west + east) / 2.0))
    if max(lats) > POLAR_DEG and min(lats) > -POLAR_REACH_DEG:
        return _polar_view(1, middle, min(lats))
    if min(lats) < -POLAR_DEG and max(lats) < POLAR_REACH_DEG:
        return _polar_view(-1, middle, max(lats))
    south, north = max(min(lats), BOTTOM_DEG), min(max(lats), TOP_DEG)
    half = max(180.0, math.ceil((east - west) / 2.0) + 2.0)
    size = max(east - west, north - south, 6.0)
    beside, above = 0.6 * size + 4.0, 0.3 * size + 4.0
    frame = (
        max(west - beside, middle - half),
        max(south - above, BOTTOM_DEG),
        min(east + beside, middle + half),
        min(north + above, TOP_DEG),
    )
    whole = (middle - half, BOTTOM_DEG, middle + half, TOP_DEG)
    # What is far across is seen from far away: 0.0025 degrees is a pixel where 3 degrees fill a screen.
    fine_deg = min(max(size / 12000.0, 0.002), 0.02)
    return View(frame, whole, fine_deg, 0, middle)


def _polar_view(pole: int, meridian: float, lowest: float) -> View:
    edges = (lowest - pole * 40.0, pole * 90.0)
    whole = (meridian - 180.0, min(edges), meridian + 180.0, max(edges))
    fine = (lowest - pole * 10.0, pole * 90.0)
    return View((whole[0], min(fine), whole[2], max(fine)), whole, 0.03, pole, meridian)


def shapes_in(world: Airspaces, view: View) -> Shapes:
    """Return the polygons of the pieces, fine in the frame and coarse outside it, cut at the ends of the map."""
    detail = (view.frame, view.fine_deg)
    return piece_polygons(world.index, tolerance_deg=COARSE_DEG, bounds=view.whole, detail=detail)


def pieces(
    world: Airspaces,
    shapes: Shapes,
    view: View,
    *,
    avoid: RuleSet,
    barrier: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """Return every piece of airspace as the page wants it: number, name, state, standing, dispute, encoded rings."""
    found = []
    members = forbidden_pieces(world, avoid)
    for number, shape in shapes.items():
        piece = world.pieces[number]
        # Along a parallel, a polar map has an arc where a chord would cut the corner.
        drawn = shapely.segmentize(shape, POLAR_STEP_DEG) if view.pole else shape
        rings = [encode_polygon(part) for part in shapely.get_parts(drawn)]
        one: dict[str, Any] = {"n": number, "name": name_of_piece(piece), "rings": rings}
        if piece.state and piece.state not in {"XXX", piece.territory}:
            one["state"] = piece.state.name
        if members[number]:
            one["member"] = True
        if is_of_barrier(piece, barrier):
            one["barrier"] = True
        if piece.disputed:
            one["disputed"] = piece.disputed
            names: dict[str, str] = {state.code: state.name for state in world.states}
            one["claimants"] = [names.get(code, code) for code in piece.claimants if code != piece.state]
        found.append(one)
    return found


def is_of_barrier(piece: Piece, barrier: Collection[str]) -> bool:
    """Tell whether a piece belongs to the states that close one end off: theirs overseas close nothing off."""
    return not frozenset(piece.claimants if piece.state is None else (piece.territory,)).isdisjoint(barrier)


def disputes(world: Airspaces, shapes: Shapes, view: View) -> list[str]:
    """Return in words what is in dispute around the routes."""
    frame = shapely.box(*view.frame)
    near = (world.pieces[number] for number, shape in shapes.items() if shape.intersects(frame))
    return sorted({f"{name_of_piece(piece)}: {piece.disputed}" for piece in near if piece.disputed})


def labels(world: Airspaces, shapes: Shapes, view: View) -> list[dict[str, Any]]:
    """Return where names go, the most important first, with the width in degrees that each has there."""
    largest: dict[str, shapely.Polygon] = {}
    for number, shape in shapes.items():
        piece = world.pieces[number]
        if piece.disputed or not piece.territory:
            continue
        part = max(shape.geoms, key=_weight)
        name = name_of_piece(piece)
        if name not in largest or _weight(part) > _weight(largest[name]):
            largest[name] = part
    frame = shapely.box(*view.frame)
    found: list[tuple[float, dict[str, Any]]] = []
    for name, whole in largest.items():
        shown = _largest(whole & frame)
        inside = shown is not None and (shown.area > OWN_LABEL * frame.area or shown.area > 0.5 * whole.area)
        places = [shown] if inside else [whole]
        if inside and shown is not None and shown.area < 0.3 * whole.area:
            places.append(_largest(whole - frame))
        for number, place in enumerate(places):
            if place is not None:
                found.append((-_weight(place) * (0.1 if number else 1.0), label_of(name, place)))
    return [label for _, label in sorted(found, key=lambda pair: (pair[0], pair[1]["text"]))]


def label_of(name: str, polygon: shapely.Polygon) -> dict[str, Any]:
    """Return where a name goes in a polygon, with the width in degrees that it has there."""
    lon, lat, width = _label_place(polygon)
    return {"text": name, "at": [round(lon, 2), round(lat, 2)], "deg": round(width, 3)}


def encode(points: Sequence[Sequence[float]] | NDArray[np.float64]) -> list[int]:
    """Return points as whole numbers, each but the first as the step from the one before; repeats are dropped."""
    whole = np.rint(np.asarray(points, dtype=float) * UNITS).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    flat: list[int] = np.concatenate([whole[:1], steps]).ravel().tolist()
    return flat


def encode_line(points: Sequence[tuple[float, float]], km: Sequence[float]) -> dict[str, list[int]]:
    """Return a line as `encode` does, repeats kept, with the kilometre of each point in units of ten metres."""
    whole = np.rint(np.asarray(points, dtype=float) * UNITS).astype(np.int64)
    along = np.rint(np.asarray(km, dtype=float) * KM_UNITS).astype(np.int64)
    return {
        "at": np.concatenate([whole[:1], np.diff(whole, axis=0)]).ravel().tolist(),
        "km": np.concatenate([along[:1], np.diff(along)]).tolist(),
    }


def decode(flat: Sequence[int]) -> list[tuple[float, float]]:
    """Return the points that `encode` wrote, rounded as it did."""
    lons, lats = np.array(flat).reshape(-1, 2).cumsum(axis=0).T / UNITS
    return list(zip(lons.tolist(), lats.tolist(), strict=True))


def decode_km(steps: Sequence[int]) -> list[float]:
    """Return the kilometres that `encode_line` wrote."""
    km: list[float] = (np.cumsum(steps) / KM_UNITS).tolist()
    return km


def encode_polygon(polygon: shapely.Polygon) -> list[list[int]]:
    """Return the shell and the holes of a polygon, their last vertex (the first again) left out."""
    rings = [polygon.exterior, *polygon.interiors]
    return [encode(shapely.get_coordinates(ring)[:-1]) for ring in rings]


def name_of_piece(piece: Piece) -> str:
    """Return what a map calls a piece of airspace: its state, or a territory that is not the state itself."""
    return piece.state.name if piece.state and piece.territory == piece.state else piece.territory_name


def _weight(polygon: shapely.Polygon) -> float:
    """Area as it counts on the ground, in square degrees of the equator."""
    return float(polygon.area) * math.cos(math.radians(polygon.centroid.y))


def _largest(shape: shapely.Geometry) -> shapely.Polygon | None:
    parts = [part for part in shapely.get_parts(shape) if part.area > 0]
    return max(parts, key=_weight, default=None)


def _label_place(polygon: shapely.Polygon) -> tuple[float, float, float]:
    """Return the middle of the roomiest spot of a polygon, and how far it reaches east and west from there."""
    squeeze = math.cos(math.radians(polygon.centroid.y))
    on_ground = shapely.transform(polygon, lambda xy: xy * [squeeze, 1.0])
    # A ray to the middle of the largest circle that fits.
    circle = shapely.maximum_inscribed_circle(on_ground, tolerance=max(on_ground.length / 1000.0, 1e-3))
    x, lat = shapely.get_coordinates(circle)[0]
    lon = x / squeeze
    west, _, east, _ = polygon.bounds
    level = shapely.intersection(polygon, shapely.LineString([(west - 1, lat), (east + 1, lat)]))
    spans = [part.bounds for part in shapely.get_parts(level) if part.bounds[0] <= lon <= part.bounds[2]]
    if not spans:
        return lon, lat, 0.0
    return (spans[0][0] + spans[0][2]) / 2.0, lat, spans[0][2] - spans[0][0]
