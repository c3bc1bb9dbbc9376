"""Which pieces of airspace can be reached on the way from one place to another, if that is so long at most.

All places P with d(A, P) + d(P, B) <= L make up a geodesic ellipse about A and B. On the geodesic from A to a place of
it lie places of it only (by the triangle inequality), so a piece that holds neither A nor B has a place in the ellipse
if and only if its border has one. Borders are looked at by bounds, which are halved as long as they leave it open.

Along an edge that is no longer than e, the sum of the distances is no less than the mean of those at its two ends,
less e. Arcs of the border are passed over at once where a ball around them lies outside; there, the angle between
verticals stands for distance: `LEAST_KM_PER_RAD` times it is never too long.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from overflight.earth.constants import LEAST_KM_PER_RAD, MOST_KM_PER_DEG, MOST_KM_PER_RAD
from overflight.earth.geod import WGS84
from overflight.earth.sphere import to_unit
from overflight.partition.arcs import Arcs
from overflight.partition.index import PER_DEG
from overflight.partition.locate import locate_piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.airspace import Airspaces
    from overflight.partition.index import Index

    Floats = NDArray[np.float64]
    Point = tuple[float, float]

__all__ = ["OPEN_KM", "outline", "reached", "ways_km", "within"]

OPEN_KM = 0.02
"""An edge as short as this that is not sure to lie outside is taken to be inside."""
RING_STEPS = 48
"""Halvings of the distance to the edge of an ellipse: 20,000 km come to less than a micrometre."""
FARTHEST_KM = 20_003.9
"""Half of a meridian: no two places are farther apart."""


def ways_km(lonlat: Floats, start: Point, goal: Point) -> Floats:
    """Return how long the way by each of the points (n, 2) is, in km: to it, and on from it."""
    lon, lat = lonlat.T
    legs = (WGS84.inv(lon, lat, np.full(len(lon), end[0]), np.full(len(lat), end[1]))[2] for end in (start, goal))
    first, second = legs
    km: Floats = (np.asarray(first) + np.asarray(second)) / 1000.0
    return km


def reached(world: Airspaces, start: Point, goal: Point, most_km: float) -> frozenset[int]:
    """Find the pieces that a way from start to goal can lead through which is so long at most.

    Parameters
    ----------
    world : Airspaces
        The partition.
    start, goal : (lon, lat)
        In degrees.
    most_km : float
        At least as long as the geodesic between them.

    Returns
    -------
    frozenset of int
        Ids of pieces, 0 (nobody's) left out. None is missing, even if each border lies as far from where it is stored
        as `Airspaces.arc_accuracy_m` says. What is farther than that by more than `OPEN_KM` is not among them.
    """
    return _reached(world, start, goal, most_km).difference({0})


def within(world: Airspaces, place: Point, km: float) -> frozenset[int]:
    """Find the pieces that come so near a place, 0 (nobody's) among them; see `reached`."""
    return _reached(world, place, place, 2.0 * km)


def _reached(world: Airspaces, start: Point, goal: Point, most_km: float) -> frozenset[int]:
    arcs = Arcs.of(world.index, world.accuracy_m)
    # A border that lies elsewhere by so much makes the way there, and that on from there, shorter by that.
    most: Floats = most_km + arcs.accuracy_m / 500.0
    found = {locate_piece(world.index, *end) for end in (start, goal)}
    balls = _balls(world.index)
    ends = to_unit(np.array([start, goal]))
    near = np.flatnonzero(_least_km(balls.middle, ends) - 2.0 * LEAST_KM_PER_RAD * balls.radius <= most)
    edges = _Edges.of(arcs, near)
    inside = np.zeros(len(world.pieces), np.bool_)
    inside[list(found)] = True
    edges = edges.but(_sure(edges, ends, most, inside, arcs))
    while len(edges.arc):
        one, two = (ways_km(end, start, goal) for end in (edges.a, edges.b))
        limit, length = most[edges.arc], edges.length_km()
        hit = np.minimum(one, two) <= limit
        hit |= (length <= OPEN_KM) & (0.5 * (one + two) - length <= limit)
        inside[arcs.left[edges.arc[hit]]] = inside[arcs.right[edges.arc[hit]]] = True
        settled = (inside[arcs.left[edges.arc]] & inside[arcs.right[edges.arc]]) | (0.5 * (one + two) - length > limit)
        edges = edges.but(settled).halved()
    return frozenset(np.flatnonzero(inside).tolist())


def outline(start: Point, goal: Point, most_km: float, *, count: int = 180) -> list[Point] | None:
    """Return the edge of an ellipse.

    Parameters
    ----------
    start, goal : (lon, lat)
        Its foci, in degrees.
    most_km : float
        How long a way by a place on its edge is.
    count : int
        How many places.

    Returns
    -------
    list of (lon, lat) or None
        In degrees, anticlockwise as seen from the middle between the foci, to which the ways are exact to 1 mm. None
        where the ellipse is empty, or reaches more than half way to the place opposite that middle.
    """
    bearing, _, apart_m = WGS84.inv(*start, *goal)
    if not apart_m <= 1000.0 * most_km <= 1000.0 * FARTHEST_KM:
        return None
    middle = WGS84.fwd(*start, bearing, 0.5 * apart_m)
    azimuth = -np.linspace(0.0, 360.0, count, endpoint=False)
    lon, lat = (np.full(count, x) for x in middle[:2])
    low, high = np.zeros(count), np.full(count, most_km)
    for _ in range(RING_STEPS):
        half = 0.5 * (low + high)
        x, y, _ = WGS84.fwd(lon, lat, azimuth, 1000.0 * half)
        outside = ways_km(np.column_stack([x, y]), start, goal) > most_km
        low, high = np.where(outside, low, half), np.where(outside, half, high)
    x, y, _ = WGS84.fwd(lon, lat, azimuth, 1000.0 * low)
    return list(zip(x.tolist(), y.tolist(), strict=True))


class _Balls(NamedTuple):
    """A ball around each border arc: its middle (m, 3), and its radius as an angle."""

    middle: Floats
    radius: Floats


class _Edges(NamedTuple):
    """Stretches of border, straight in longitude and latitude: their ends (n, 2) in degrees, and their arcs."""

    a: Floats
    b: Floats
    arc: NDArray[np.int64]

    @classmethod
    def of(cls, arcs: Arcs, chosen: NDArray[np.int64]) -> _Edges:
        """Take the edges of some arcs."""
        begin, end = arcs.start[chosen], arcs.start[chosen + 1] - 1
        count = np.maximum(end - begin, 0)
        first = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())
        return cls(arcs.xy[first] / PER_DEG, arcs.xy[first + 1] / PER_DEG, np.repeat(chosen, count))

    def but(self, settled: NDArray[np.bool_]) -> _Edges:
        """Leave some out."""
        return _Edges(self.a[~settled], self.b[~settled], self.arc[~settled])

    def length_km(self) -> Floats:
        """Return how long each is at most: as long as a way along the meridian and then along the parallel."""
        lon, lat = np.abs(self.b - self.a).T
        # The nearest of the two to the equator has the longer parallel; from one side of it to the other, it has.
        same = self.a[:, 1] * self.b[:, 1] > 0.0
        least = np.where(same, np.minimum(np.abs(self.a[:, 1]), np.abs(self.b[:, 1])), 0.0)
        km: Floats = MOST_KM_PER_DEG * (lat + lon * np.cos(np.radians(least)))
        return km

    def halved(self) -> _Edges:
        """Cut each in two."""
        middle = 0.5 * (self.a + self.b)
        return _Edges(np.concatenate([self.a, middle]), np.concatenate([middle, self.b]), np.tile(self.arc, 2))


def _sure(edges: _Edges, ends: Floats, most: Floats, inside: NDArray[np.bool_], arcs: Arcs) -> NDArray[np.bool_]:
    """Settle what angles alone tell of edges: note the pieces that are sure to be inside, return what is settled."""
    unit = to_unit(edges.a)
    limit = most[edges.arc]
    least = _least_km(unit, ends)
    hit = least * (MOST_KM_PER_RAD / LEAST_KM_PER_RAD) <= limit
    inside[arcs.left[edges.arc[hit]]] = inside[arcs.right[edges.arc[hit]]] = True
    outside = least - 2.0 * edges.length_km() > limit
    settled: NDArray[np.bool_] = outside | (inside[arcs.left[edges.arc]] & inside[arcs.right[edges.arc]])
    return settled


def _least_km(unit: Floats, ends: Floats) -> Floats:
    """Return a length that no way by each of the points (n, 3) is shorter than."""
    angles = (2.0 * np.arcsin(np.minimum(1.0, 0.5 * np.linalg.norm(unit - end, axis=1))) for end in ends)
    km: Floats = LEAST_KM_PER_RAD * sum(angles, np.zeros(len(unit)))
    return km


@functools.lru_cache(maxsize=2)
def _balls(index: Index) -> _Balls:
    """Return a ball around each border arc: that around the box in which it lies."""
    arcs = Arcs.of(index)
    starts = arcs.start[:-1]
    low = np.minimum.reduceat(arcs.xy, starts, axis=0) / PER_DEG
    high = np.maximum.reduceat(arcs.xy, starts, axis=0) / PER_DEG
    middle, half = 0.5 * (low + high), np.radians(0.5 * (high - low))
    least = np.where(low[:, 1] * high[:, 1] > 0.0, np.minimum(np.abs(low[:, 1]), np.abs(high[:, 1])), 0.0)
    # To any place of the box by the meridian and then along its parallel.
    return _Balls(to_unit(middle), half[:, 1] + half[:, 0] * np.cos(np.radians(least)))
