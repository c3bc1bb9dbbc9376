"""What can be measured on the shipped data alone: places, straits, corridors, enclaves, topology, memberships.

`audit.py` writes the numbers down; `tests/test_audit.py` holds the data to them, offline.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import shapely

import overflight as of
from overflight.airspace import Airspaces
from overflight.partition.arcs import Arcs
from overflight.partition.index import HALF_TURN, QUARTER_TURN
from overflight.routes.places import airports

__all__ = [
    "CORRIDORS",
    "DATA",
    "ENCLAVES",
    "ICC_COUNTS",
    "Corridor",
    "Misplaced",
    "Place",
    "Sliver",
    "Topology",
    "check_points",
    "corridor_km",
    "enclave_errors",
    "icc_counts",
    "misplaced_airports",
    "outline",
    "stored_arcs",
    "topology",
]

HERE = Path(__file__).parent
DATA = Path(of.__file__).parent / "data"
GEOD = pyproj.Geod(ellps="WGS84")
Polygons = Mapping[int, shapely.MultiPolygon]

ENCLAVES = {
    "Lesotho": (28.2, -29.5, "LSO", "ZAF"),
    "San Marino": (12.46, 43.94, "SMR", "ITA"),
    "Vatican City": (12.4534, 41.9033, "VAT", "ITA"),
    "Campione d'Italia": (8.971, 45.968, "ITA", "CHE"),
    "Büsingen": (8.69, 47.697, "DEU", "CHE"),
    "Llívia": (1.98, 42.465, "ESP", "FRA"),
    "Baarle-Hertog": (4.933, 51.438, "BEL", "NLD"),
    "Sokh": (71.13, 39.96, "UZB", "KGZ"),
    "Shohimardon": (71.80, 39.98, "UZB", "KGZ"),
    "Vorukh": (70.58, 39.85, "TJK", "KGZ"),
    "Sarvan": (70.6134, 40.9661, "TJK", "UZB"),
    "Madha": (56.31, 25.28, "OMN", "ARE"),
    "Nahwa": (56.2809, 25.2758, "ARE", "OMN"),
    "Artsvashen": (45.525, 40.645, "ARM", "AZE"),
    "Yukhari Askipara": (45.024, 41.061, "AZE", "ARM"),
    "Barkhudarli": (45.209, 40.995, "AZE", "ARM"),
    "Karki": (44.955, 39.787, "AZE", "ARM"),
}
"""Enclaves: a point inside, whose it is, and the one state around it."""

ICC_COUNTS = {
    "2002-06-30": 0,
    "2017-10-26": 124,
    "2017-10-27": 123,
    "2019-03-16": 123,
    "2019-03-17": 122,
    "2020-02-01": 123,
    "2024-02-01": 124,
    "2025-01-01": 125,
    "2026-11-20": 125,
    "2027-08-01": 120,
}
"""How many states are parties to the Rome Statute on ten dates."""


@dataclass(frozen=True, slots=True)
class Place:
    """A check point: where it is, whose it should be, whose it is."""

    name: str
    lon: float
    lat: float
    expected: str
    disputed: bool
    found: str
    says_disputed: bool

    @property
    def right(self) -> bool:
        """Whether it is as it should be."""
        return self.expected == self.found and self.disputed == self.says_disputed


@dataclass(frozen=True, slots=True)
class Corridor:
    """A strip of high seas between two states that a flight may use: a box around it, least and known width."""

    first: str
    second: str
    box: tuple[float, float, float, float]
    least_km: float


CORRIDORS = {
    "Gulf of Finland": Corridor("FIN", "EST", (22.5, 59.0, 27.0, 60.5), 11.0),
    "Strait of Otranto": Corridor("ALB", "ITA", (18.0, 39.5, 20.0, 41.0), 27.0),
}


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An airport: code, name, place, the state that the table has it in, and the state found."""

    icao: str
    name: str
    lon: float
    lat: float
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Sliver:
    """A narrow small part of a piece: whose, where, how large, how wide on average."""

    piece: int
    lon: float
    lat: float
    km2: float
    width_m: float


@dataclass(frozen=True, slots=True)
class Topology:
    """Measurements of the partition."""

    pieces: int
    points: int
    arcs: int
    invalid: int
    overlap_km2: float
    slivers: tuple[Sliver, ...]
    pockets: tuple[tuple[float, float, float], ...]
    beyond_world: int


def check_points(world: Airspaces) -> list[Place]:
    """Look up every place of `checkpoints.csv`."""
    places = []
    with (HERE / "checkpoints.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lon, lat = float(row["lon"]), float(row["lat"])
            piece = of.locate(world, lon, lat)
            places.append(
                Place(
                    name=row["place"],
                    lon=lon,
                    lat=lat,
                    expected=row["state"],
                    disputed=bool(row["disputed"]),
                    found=piece.state.code if piece.state else "",
                    says_disputed=bool(piece.disputed),
                )
            )
    return places


def misplaced_airports(world: Airspaces) -> tuple[int, list[Misplaced]]:
    """Look up every airport of the table outside Antarctica, and list those that another state holds.

    Returns
    -------
    int, list of Misplaced
        How many were looked up, and those whose country in the table is another than the state found.
    """
    with (HERE / "territories.csv").open(encoding="utf-8", newline="") as file:
        sovereign = {row["alpha2"]: row["sovereign"] for row in csv.DictReader(file) if not row.get("until")}
    count, wrong = 0, []
    for row in airports():
        if row["country"] not in sovereign or row["country"] == "AQ":
            continue
        count += 1
        lon, lat = float(row["lon"]), float(row["lat"])
        piece = of.locate(world, lon, lat)
        if piece.state != sovereign[row["country"]]:
            found = piece.state.code if piece.state else ""
            wrong.append(Misplaced(row["icao"], row["name"], lon, lat, sovereign[row["country"]], found))
    return count, wrong


def icc_counts() -> dict[str, int]:
    """Count the parties on the dates of `ICC_COUNTS`."""
    icc = of.bloc("icc")
    return {date: len(icc.on(dt.date.fromisoformat(date))) for date in ICC_COUNTS}


def outline(world: Airspaces, polygons: Polygons, state: str) -> shapely.Geometry:
    """Return all that a state holds."""
    return shapely.union_all([polygons[p.id] for p in world.pieces if p.state == state and p.id in polygons])


def corridor_km(world: Airspaces, polygons: Polygons, corridor: Corridor) -> tuple[float, tuple[float, float]]:
    """Measure how far two states' airspaces are apart within a box, and where they are nearest, on WGS84."""
    box = shapely.box(*corridor.box)
    here = box.centroid
    crs = f"+proj=aeqd +lon_0={here.x} +lat_0={here.y} +ellps=WGS84"
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    sides = [
        shapely.transform(
            shapely.intersection(outline(world, polygons, state), box), there.transform, interleaved=False
        )
        for state in (corridor.first, corridor.second)
    ]
    gap = shapely.shortest_line(*sides)
    x, y = shapely.get_coordinates(gap).T
    lon, lat = there.transform(x, y, direction="INVERSE")
    return float(GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]) / 1000, (float(np.mean(lon)), float(np.mean(lat)))


def enclave_errors(world: Airspaces, polygons: Polygons) -> list[str]:
    """Name the enclaves that are no hole of the state around them."""
    errors = []
    for name, (lon, lat, inner, outer) in ENCLAVES.items():
        piece = of.locate(world, lon, lat)
        if piece.state != inner:
            errors.append(f"{name}: {piece.state or 'nobody'}, not {inner}")
            continue
        around = outline(world, polygons, outer)
        holes = [r for part in shapely.get_parts(around) for r in part.interiors]
        held = shapely.contains_xy(shapely.polygons(holes), lon, lat) if holes else np.zeros(0, bool)
        if not held.any():
            errors.append(f"{name}: no hole of {outer}")
    return errors


def topology(world: Airspaces, polygons: Polygons) -> Topology:
    """Measure validity, overlaps, slivers, and pockets that nobody holds.

    A sliver is a part of a piece under 1 km2 and on average narrower than 20 m (twice its area over its perimeter). A
    pocket is ground that nobody holds inside the outline of all states together, under 100,000 km2.
    """
    every = list(polygons.values())
    i, j = shapely.STRtree(every).query(every, predicate="overlaps")
    overlap = sum(_km2(shapely.intersection(every[a], every[b])) for a, b in zip(i, j, strict=True) if a < b)
    slivers = []
    for piece, polygon in polygons.items():
        for part in shapely.get_parts(polygon):
            if part.area > 0.001:  # more than some 5 km2, below 60 degrees of latitude
                continue
            area, length = GEOD.geometry_area_perimeter(part)
            if abs(area) < 1e6 and 2 * abs(area) / length < 20.0:
                at = part.representative_point()
                slivers.append(Sliver(piece, at.x, at.y, abs(area) / 1e6, 2 * abs(area) / length))
    together = shapely.coverage_union_all(every)
    pockets = []
    for part in shapely.get_parts(together):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            point = hole.representative_point()
            if _km2(hole) < 100_000:
                pockets.append((round(point.x, 3), round(point.y, 3), _km2(hole)))
    vertices = np.asarray(world.index.vertices).reshape(-1, 2)
    beyond = (np.abs(vertices[:, 0]) > HALF_TURN) | (np.abs(vertices[:, 1]) > QUARTER_TURN)
    return Topology(
        pieces=len(every),
        points=len(vertices),
        arcs=len(world.index.arc_left),
        invalid=sum(not p.is_valid for p in every),
        overlap_km2=overlap,
        slivers=tuple(slivers),
        pockets=tuple(sorted(pockets, key=lambda p: -p[2])),
        beyond_world=int(beyond.sum()),
    )


def stored_arcs(world: Airspaces, folder: Path = DATA) -> Arcs:
    """Return the arcs as the recipe has them, from the `airspace.bin` of a folder."""
    spec = world.manifest["arrays"]["arc_kind"]
    kind = np.fromfile(folder / "airspace.bin", np.uint8, spec["bytes"], offset=spec["offset"])
    return dataclasses.replace(Arcs.of(world.index), kind=kind.astype(np.int64))


def _km2(shape: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0])) / 1e6
