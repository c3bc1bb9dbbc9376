"""The plane of a picture: an azimuthal projection around the routes, and the ground as shapes on it."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.earth.sphere import to_unit

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Plane", "Ring", "areas_in", "is_cut", "lines_in", "plane_around", "rings_on"]

WIDE_DEG = 40.0
"""Up to this far from the middle areas are kept; beyond, distances from the middle are, and nothing is squeezed."""
STEP_DEG = 1.0
"""Edges are straight in longitude and latitude: they are cut this fine before they are laid on the plane."""
FAR_COS = -0.8
"""What lies further round the Earth than this (143 degrees) is left out: near the antipode shapes turn inside out."""
KM = 1000.0


@dataclass(frozen=True, slots=True)
class Plane:
    """An azimuthal projection.

    Attributes
    ----------
    name : str
        What cartographers call it.
    lon, lat : float
        Its middle, in degrees.
    proj : str
        As PROJ has it.
    """

    name: str
    lon: float
    lat: float
    proj: str

    def flat(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return longitudes and latitudes, of shape (n, 2), as kilometres to the right of and above the middle."""
        lon, lat = np.asarray(points, dtype=float).reshape(-1, 2).T
        x, y = _projection(self.proj)(lon, lat)
        return np.column_stack([x, y]) / KM


@functools.lru_cache(maxsize=8)
def _projection(proj: str) -> pyproj.Proj:
    import pyproj

    return pyproj.Proj(proj)


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring of a polygon on the plane.

    Attributes
    ----------
    points : array of shape (n, 2)
        In kilometres; the first again at the end.
    edges : list of array
        The parts of it that are borders, not cuts at the end of the map.
    """

    points: NDArray[np.float64]
    edges: list[NDArray[np.float64]]


def plane_around(points: Sequence[tuple[float, float]]) -> Plane:
    """Choose the projection for routes through these points: around the middle of them."""
    spots = to_unit(np.array(points))
    # Half-way between the two that are farthest apart: a single great circle is a straight line then.
    one, other = np.unravel_index(int(np.argmin(spots @ spots.T)), (len(spots), len(spots)))
    middle = spots[one] + spots[other]
    size = float(np.linalg.norm(middle))
    # Antipodes have no middle; any point of the routes will do.
    middle = middle / size if size > 1e-6 else spots[len(spots) // 2]
    lon, lat = math.degrees(math.atan2(middle[1], middle[0])), math.degrees(math.asin(middle[2]))
    lon, lat = round(lon, 1), round(lat, 1)
    reach_deg = math.degrees(math.acos(np.clip((spots @ middle).min(), -1.0, 1.0)))
    kind, name = (
        ("laea", "Lambert azimuthal equal-area") if reach_deg <= WIDE_DEG else ("aeqd", "azimuthal equidistant")
    )
    return Plane(name, lon, lat, f"+proj={kind} +lon_0={lon} +lat_0={lat} +ellps=WGS84 +units=m")


def rings_on(plane: Plane, polygon: Sequence[NDArray[np.float64]], whole: Sequence[float]) -> Iterator[Ring]:
    """Lay the shell and the holes of a polygon on the plane; yield nothing for one too far round the Earth."""
    (middle,) = to_unit(np.array([(plane.lon, plane.lat)]))
    for number, ring in enumerate(polygon):
        if len(ring) < 3:  # so small that rounding left less of it
            if number == 0:
                return
            continue
        fine = shapely.get_coordinates(shapely.segmentize(shapely.LinearRing(ring), STEP_DEG))
        away = to_unit(fine) @ middle
        if away.min() < FAR_COS and away.max() < 0.5:
            return
        points = plane.flat(fine)
        cut = is_cut(fine, whole)
        stops = np.flatnonzero(cut)
        parts = np.split(np.arange(len(fine)), stops + 1)
        yield Ring(points, [points[part] for part in parts if len(part) > 1])


def areas_in(
    rings: Sequence[NDArray[np.float64]], box: tuple[float, float, float, float], within: float
) -> list[NDArray[np.float64]]:
    """Return the rings of a polygon on the plane as a box of it shows them, drawn within a tolerance."""
    shape = shapely.Polygon(rings[0], rings[1:]).simplify(within)
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    shape = shapely.intersection(shape, shapely.box(*box))
    found = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    parts = [shapely.orient_polygons(part) for part in found]
    return [shapely.get_coordinates(ring) for part in parts for ring in (part.exterior, *part.interiors)]


def lines_in(
    lines: Sequence[NDArray[np.float64]], box: tuple[float, float, float, float], within: float
) -> list[NDArray[np.float64]]:
    """Return the parts of lines on the plane that are in a box, drawn within a tolerance."""
    drawn = shapely.MultiLineString(lines).simplify(within)
    parts = shapely.get_parts(shapely.clip_by_rect(drawn, *box))
    return [shapely.get_coordinates(part) for part in parts if not part.is_empty]


def is_cut(ring: NDArray[np.float64], whole: Sequence[float]) -> NDArray[np.bool_]:
    """Tell which edges of a ring run along the end of the map, which is no border."""
    west, south, east, north = whole
    along = np.zeros(len(ring) - 1, dtype=bool)
    for column, ends in ((0, (west, east)), (1, (south, north))):
        for end in ends:
            on_it = np.abs(ring[:, column] - end) < 1e-9
            along |= on_it[:-1] & on_it[1:]
    return along
