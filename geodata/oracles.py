"""Comparisons of the shipped data with data that they were not made from, and with another edition of their source."""

from __future__ import annotations

import json
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

import overflight as of
from geodata.checks import GEOD, Polygons, outline
from geodata.sources import fetch
from overflight.geodata import Airspaces

__all__ = [
    "Areas",
    "Offsets",
    "compare_areas",
    "excess_areas",
    "fir_outlines",
    "natural_earth",
    "offsets_m",
    "sampled",
]

Floats = npt.NDArray[np.float64]
Shapes = Mapping[str, shapely.Geometry]


@dataclass(frozen=True, slots=True)
class Offsets:
    """Distances of points of one border from another, in metres."""

    samples: int
    median_m: float
    p75_m: float
    p95_m: float


@dataclass(frozen=True, slots=True)
class Areas:
    """Land area of a state here and by Natural Earth."""

    state: str
    ours_km2: float
    theirs_km2: float

    @property
    def per_cent(self) -> float:
        """By how much ours is larger."""
        return (self.ours_km2 / self.theirs_km2 - 1) * 100


def fir_outlines() -> dict[str, shapely.Geometry]:
    """Read the flight information regions of Europe in 2015, by designator."""
    with zipfile.ZipFile(fetch("traffic")) as archive:
        collection = json.loads(archive.read("traffic/data/eurocontrol/eurofirs.json"))
    found: dict[str, shapely.Geometry] = {}
    for feature in collection["features"]:
        outlined = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
        found.setdefault(feature["properties"]["IDENT"], outlined)
    return found


def natural_earth(world: Airspaces) -> dict[str, shapely.Geometry]:
    """Read the countries of Natural Earth, each under the state in which its largest part lies."""
    with tarfile.open(fetch("world-atlas")) as tar:
        member = tar.extractfile("package/countries-10m.json")
        if member is None:
            sys.exit("world-atlas holds no package/countries-10m.json")
        atlas = json.load(member)
    scale, shift = np.array(atlas["transform"]["scale"]), np.array(atlas["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in atlas["arcs"]]

    def ring(numbers: list[int]) -> Floats:
        parts = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in numbers]
        xy = np.vstack([parts[0], *[p[1:] for p in parts[1:]]])
        xy[:, 0] = np.unwrap(xy[:, 0], period=360)  # Russia and Fiji run on past 180 degrees
        return xy

    found: dict[str, list[shapely.Geometry]] = {}
    for country in atlas["objects"]["countries"]["geometries"]:
        if country["type"] is None:
            continue
        many: list[Any] = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        parts = []
        for rings in many:
            shell, *holes = (ring(r) for r in rings)
            if len(shell) < 4:  # an islet that the atlas' grid has shrunk to a line
                continue
            holes = [hole for hole in holes if len(hole) >= 4]
            parts.append(shapely.make_valid(shapely.Polygon(shell, holes)))
        if not parts:
            continue
        middle = max(parts, key=shapely.area).representative_point()
        state = of.locate(world, (middle.x + 180) % 360 - 180, middle.y).state
        if state is not None:
            found.setdefault(state.code, []).extend(parts)
    return {code: shapely.union_all(parts) for code, parts in found.items()}


def sampled(lines: list[Floats], count: int, seed: int = 1) -> Floats:
    """Draw points evenly along lines (by length in degrees, thinned by latitude), the same ones every time."""
    shapes = np.array([shapely.linestrings(line) for line in lines], dtype=object)
    lengths = shapely.length(shapes) * np.array([np.cos(np.radians(line[:, 1].mean())) for line in lines])
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(shapes), count, p=lengths / lengths.sum())
    points = shapely.line_interpolate_point(shapes[chosen], rng.random(count), normalized=True)
    coordinates: Floats = shapely.get_coordinates(points)
    return coordinates


def offsets_m(points: Floats, border: shapely.Geometry) -> Offsets:
    """Measure how far points are from a border, each in a local plane.

    The nearest segment is the nearest in degrees, so a distance is never too small, and too large by the cosine of the
    latitude at the most.
    """
    parts = []
    for line in shapely.get_parts(border):
        xy = shapely.get_coordinates(line)
        parts.append(np.stack([xy[:-1], xy[1:]], axis=1))
    segments = np.concatenate(parts)
    tree = shapely.STRtree(shapely.linestrings(segments))
    near = tree.nearest(shapely.points(points))
    cos = np.cos(np.radians(points[:, 1]))
    metres = np.column_stack([cos, np.ones(len(points))]) * 111_200
    a, b = (segments[near, 0] - points) * metres, (segments[near, 1] - points) * metres
    along = b - a
    square = (along**2).sum(axis=1)
    t = np.clip(-(a * along).sum(axis=1) / np.where(square == 0, 1, square), 0, 1)
    distance = np.hypot(*(a + t[:, None] * along).T)
    median, p75, p95 = np.percentile(distance, [50, 75, 95]).tolist()
    return Offsets(samples=len(distance), median_m=median, p75_m=p75, p95_m=p95)


def compare_areas(world: Airspaces, polygons: Polygons, land: shapely.STRtree, theirs: Shapes) -> list[Areas]:
    """Compare land areas: ours is cut by the coast (any country's) of 2017."""
    rows = []
    for state in world.states:
        if state not in theirs:
            continue
        ours = outline(world, polygons, state)
        coast = land.geometries[np.unique(land.query(ours, predicate="intersects"))]
        dry = 0.0
        for part in shapely.get_parts(ours):
            near = coast[shapely.intersects(coast, part)]
            if len(near):
                dry += _km2(shapely.intersection(part, shapely.union_all(near)))
        rows.append(Areas(state.code, dry, _km2(theirs[state])))
    return rows


def excess_areas(
    world: Airspaces, polygons: Polygons, land: shapely.STRtree, coast: list[Floats], *, step_deg: float = 0.1
) -> dict[str, tuple[float, float]]:
    """Measure how much of each territory's waters lies farther than 12 NM (and 1 km) from any coast, by sampling.

    Returns
    -------
    dict
        By territory: area in km2, and the distance in NM of the farthest point found.
    """
    tree = cKDTree(np.vstack([_unit(_dense(line)) for line in coast]))
    shapely.prepare(land.geometries)
    found: dict[str, list[float]] = {}
    for piece in world.pieces:
        for part in shapely.get_parts(polygons[piece.id]) if piece.id in polygons else ():
            points = _wet_points(part, land, step_deg)
            if not len(points):
                continue
            reach = 2 * 6_371_000 * np.arcsin(tree.query(_unit(points))[0] / 2)
            far = reach > 12 * 1852 + 1000
            if far.any():
                row = found.setdefault(piece.territory, [0.0, 0.0])
                row[0] += float((np.cos(np.radians(points[far, 1])) * (step_deg * 111.2) ** 2).sum())
                row[1] = max(row[1], float(reach[far].max()) / 1852)
    return {code: (area, far_nm) for code, (area, far_nm) in found.items()}


def _wet_points(part: shapely.Polygon, land: shapely.STRtree, step_deg: float) -> Floats:
    """Return the points of a grid that lie in a polygon and on no land."""
    west, south, east, north = part.bounds
    if east - west < step_deg or north - south < step_deg:
        return np.empty((0, 2))
    x, y = np.meshgrid(np.arange(west, east, step_deg), np.arange(south, north, step_deg))
    points = np.column_stack([x.ravel(), y.ravel()])
    shapely.prepare(part)
    points = points[shapely.contains_xy(part, points)]
    wet = np.ones(len(points), bool)
    for shore in land.geometries[land.query(part)]:
        low_x, low_y, high_x, high_y = shore.bounds
        near = np.flatnonzero(
            wet
            & (points[:, 0] >= low_x)
            & (points[:, 0] <= high_x)
            & (points[:, 1] >= low_y)
            & (points[:, 1] <= high_y)
        )
        if len(near):
            wet[near[shapely.contains_xy(shore, points[near])]] = False
    at_sea: Floats = points[wet]
    return at_sea


def _dense(line: Floats, step_deg: float = 0.01) -> Floats:
    dense: Floats = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line), step_deg))
    return dense


def _unit(lonlat: Floats) -> Floats:
    x, y = np.radians(lonlat).T
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])


def _km2(shape: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0])) / 1e6
