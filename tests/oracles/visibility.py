"""The shortest path among polygons on the sphere: taut edges only, seen lazily, by A*.

A shortest path is a taut string: it turns at obstacle corners only, and at each it hugs the obstacle. Whether one
corner sees another is decided by where the edges lie as seen from it: an edge hides what lies beyond its great circle
within its range of azimuths. Every edge spans less than half a turn, so this holds all over the sphere, across 180
degrees and at the poles.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.geod import distances_km
from overflight.earth.sphere import to_lonlat, to_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.earth.plane import Plane

__all__ = ["Scene", "shortest_path"]

AZIMUTH_SLACK = 1e-11
"""Edges hide a hair more than their range of azimuths, so that no path slips between two that share a vertex."""
HIDE_SLACK = 1e-10
"""What lies this little behind an edge, in radians (0.6 mm), is still seen: the edge's own ends are."""

ROUNDING = 4e-16
"""Of a product of three unit vectors."""
WIDER = 1.8
"""By how much the length looked for grows when there is no such path."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Obstacle outlines as closed chains of vertices with the free side on the left.

    Attributes
    ----------
    unit : array (n, 3)
        Vertices on the unit sphere.
    lonlat : array (n, 2)
        The same in degrees.
    before, after : array (n,)
        The neighbours of each vertex along its outline; the edges are (i, after[i]).
    corner : array (n,) of bool
        Whether a path may turn there: the obstacle is convex.
    """

    unit: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    corner: NDArray[np.bool_]

    @classmethod
    def from_free(cls, free: shapely.Polygon, plane: Plane) -> Scene:
        """Make the scene of which a polygon of the plane is the free part."""
        free = shapely.orient_polygons(shapely.remove_repeated_points(free))
        rings = [shapely.get_coordinates(ring)[:-1] for ring in (free.exterior, *free.interiors)]
        points = np.concatenate(rings)
        before, after = [], []
        first = 0
        for ring in rings:
            here = np.arange(first, first + len(ring))
            before.append(np.roll(here, 1))
            after.append(np.roll(here, -1))
            first += len(ring)
        unit = plane.to_unit(points)
        back, on = np.concatenate(before), np.concatenate(after)
        # By differences: with short edges, products of unit vectors drown in rounding.
        turn = np.einsum("ij,ij->i", np.cross(unit - unit[back], unit[on] - unit), unit)
        return cls(unit, to_lonlat(unit), back, on, turn < 0.0)

    def part(self, keep: NDArray[np.bool_]) -> tuple[Scene, NDArray[np.int64], NDArray[np.int64]]:
        """Return the scene of the vertices in `keep`, and its edges: (scene, edge starts, edge ends).

        An edge that loses a vertex is dropped; a vertex that loses a neighbour is its own neighbour on that side.
        """
        number = np.full(len(keep), -1, dtype=np.int64)
        chosen = np.flatnonzero(keep)
        number[chosen] = np.arange(len(chosen))
        here = np.arange(len(chosen))
        back, on = number[self.before[chosen]], number[self.after[chosen]]
        starts = here[on >= 0]
        scene = Scene(
            self.unit[chosen],
            self.lonlat[chosen],
            np.where(back >= 0, back, here),
            np.where(on >= 0, on, here),
            self.corner[chosen] & (back >= 0) & (on >= 0),
        )
        return scene, starts, on[on >= 0]


def shortest_path(
    scene: Scene,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    most_km: float,
    first_km: float | None = None,
) -> tuple[float, list[tuple[float, float]]] | None:
    """Find the shortest path from start to end that crosses no outline.

    Parameters
    ----------
    scene : Scene
        The obstacles.
    start, end : (lon, lat)
        In degrees; both on the free side.
    most_km : float
        Give up beyond this length.
    first_km : float, optional
        Look for a path this long at first, and then for longer ones; a good guess saves time.

    Returns
    -------
    (length_km, points) or None
        Length on WGS84, and the points (lon, lat) from start to end; None if there is no path that short.

    Notes
    -----
    Only what lies in the ellipse of points from which start and end are no farther than the length looked for can
    matter. Path legs are great circles for the question of what they cross, geodesics for their lengths.
    """
    from_start = distances_km(scene.lonlat, *start)
    to_end = distances_km(scene.lonlat, *end)
    direct = float(distances_km(np.array([start]), *end)[0])
    longest_edge = (
        LEAST_KM_PER_RAD * 1.02 * float(np.linalg.norm(scene.unit - scene.unit[scene.after], axis=1).max(initial=0.0))
    )
    through = from_start + to_end
    limit = min(most_km, first_km if first_km is not None else direct * 1.1 + 20.0)
    while True:
        part, starts, ends = scene.part(through <= limit + 2.0 * longest_edge)
        search = _Search(part, starts, ends, start, end)
        found = search.run(limit)
        if found is not None or limit >= most_km:
            return found
        limit = min(most_km, limit * WIDER)


class _Search:
    """One A* run; vertex n is the start, n + 1 the end."""

    def __init__(
        self,
        scene: Scene,
        edge_starts: NDArray[np.int64],
        edge_ends: NDArray[np.int64],
        start: tuple[float, float],
        end: tuple[float, float],
    ) -> None:
        count = len(scene.unit)
        self.start, self.end = count, count + 1
        self.lonlat = np.vstack([scene.lonlat, [start], [end]])
        self.unit = np.vstack([scene.unit, to_unit(np.array([start, end]))])
        alone = np.array([count, count + 1])
        self.before = np.concatenate([scene.before, alone])
        self.after = np.concatenate([scene.after, alone])
        self.edge_starts, self.edge_ends = edge_starts, edge_ends
        normal = np.cross(self.unit[edge_starts], self.unit[edge_ends] - self.unit[edge_starts])
        self.normal = normal / np.maximum(np.linalg.norm(normal, axis=1), 1e-300)[:, None]
        span = np.linalg.norm(self.unit[edge_starts] - self.unit[edge_ends], axis=1)
        self.longest = 2.0 * math.asin(min(1.0, 0.5 * float(span.max(initial=0.0))))
        self.turns = np.concatenate([np.flatnonzero(scene.corner), [count + 1]])
        self.turn_unit = np.ascontiguousarray(self.unit[self.turns])
        self.to_end = distances_km(self.lonlat, *end)
        self.turn_to_end = self.to_end[self.turns]
        self.best = np.full(count + 2, math.inf)
        self.parent = np.full(count + 2, -1, dtype=np.int64)
        self.closed = np.zeros(count + 2, dtype=bool)

    def run(self, limit_km: float) -> tuple[float, list[tuple[float, float]]] | None:
        """Search for a path of at most this length."""
        self.best[self.start] = 0.0
        queue = [(float(self.to_end[self.start]), self.start)]
        while queue:
            total, here = heapq.heappop(queue)
            if self.closed[here]:
                continue
            if total > limit_km:
                return None
            if here == self.end:
                return float(self.best[here]), self._path()
            self.closed[here] = True
            targets = self._wanted(here, limit_km)
            targets = targets[self._seen(here, targets)]
            if not len(targets):
                continue
            at = self.lonlat[here]
            length = self.best[here] + distances_km(self.lonlat[targets], at[0], at[1])
            better = (length < self.best[targets]) & (length + self.to_end[targets] <= limit_km)
            targets, length = targets[better], length[better]
            self.best[targets] = length
            self.parent[targets] = here
            for item in zip((length + self.to_end[targets]).tolist(), targets.tolist(), strict=True):
                heapq.heappush(queue, item)
        return None

    def _wanted(self, here: int, limit_km: float) -> NDArray[np.int64]:
        """Return the vertices to which a taut path that short could run on from here."""
        at = self.unit[here]
        # Twice the squared sine of half the angle; what rounding adds to short chords is below a metre.
        chord = np.sqrt(np.maximum(2.0 - 2.0 * (self.turn_unit @ at), 0.0))
        length = self.best[here] + chord * LEAST_KM_PER_RAD - 0.001
        keep = (length + self.turn_to_end <= limit_km) & (length < self.best[self.turns]) & ~self.closed[self.turns]
        targets = self.turns[keep & (self.turns != here)]
        if here < self.start:
            before, after = self.before[here], self.after[here]
            ahead = self.unit[targets] @ _cross_with(at) @ self.unit[[before, after, self.parent[here]]].T
            one, two, came = _sign(ahead).T
            one[targets == before] = 0.0
            two[targets == after] = 0.0
            # A string that does not bend around the obstacle is not taut.
            targets = targets[(one * two >= 0.0) & (came * (one + two) >= 0.0)]
        # Both neighbours of a corner lie on the same side of the line that hugs it.
        way = self.unit[targets] @ _cross_with(at)
        one = _sign(np.einsum("ij,ij->i", way, self.unit[self.before[targets]]))
        two = _sign(np.einsum("ij,ij->i", way, self.unit[self.after[targets]]))
        hugs = one * two >= 0.0
        hugs |= (self.before[targets] == here) | (self.after[targets] == here) | (targets == self.end)
        wanted: NDArray[np.int64] = targets[hugs]
        return wanted

    def _seen(self, here: int, targets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of the targets no edge hides."""
        at = self.unit[here]
        east = np.array([-at[1], at[0], 0.0]) if abs(at[2]) < 0.9 else np.array([0.0, -at[2], at[1]])
        east /= np.linalg.norm(east)
        north = east @ _cross_with(at)
        # Edges beyond the farthest target hide nothing; chords are compared, by their cosines.
        height = self.unit @ at
        farthest = math.acos(min(1.0, max(-1.0, float(height[targets].min(initial=1.0))))) + self.longest
        near = height >= math.cos(min(farthest, math.pi))
        nearby = np.flatnonzero(near[self.edge_starts])
        edge_starts, edge_ends = self.edge_starts[nearby], self.edge_ends[nearby]
        azimuth = np.arctan2(self.unit @ north, self.unit @ east)
        order = np.argsort(azimuth[targets])
        targets_sorted = targets[order]
        rising = azimuth[targets_sorted]
        twice = np.concatenate([rising, rising + math.tau])
        one, two = azimuth[edge_starts], azimuth[edge_ends]
        span = two - one
        span -= math.tau * np.round(span / math.tau)
        low = np.where(span >= 0.0, one, two)
        low = np.where(low < -math.pi + AZIMUTH_SLACK, low + math.tau, low) - AZIMUTH_SLACK
        first = np.searchsorted(twice, low, side="left")
        last = np.searchsorted(twice, low + np.abs(span) + 2.0 * AZIMUTH_SLACK, side="right")
        count = np.where((edge_starts == here) | (edge_ends == here), 0, last - first)
        edges = np.flatnonzero(count)
        count = count[edges]
        pairs = np.repeat(edges, count)
        offset = np.arange(len(pairs)) - np.repeat(np.cumsum(count) - count, count)
        which = (first[pairs] + offset) % max(len(targets), 1)
        # Seen from here, an edge hides what lies beyond the plane of its great circle.
        normal = self.normal[nearby[pairs]]
        beyond = np.sign(normal @ at) * np.einsum("ij,ij->i", normal, self.unit[targets_sorted[which]]) < -HIDE_SLACK
        hidden = np.zeros(len(targets), dtype=bool)
        hidden[order[which[beyond]]] = True
        seen: NDArray[np.bool_] = ~hidden
        return seen

    def _path(self) -> list[tuple[float, float]]:
        path = [self.end]
        while path[-1] != self.start:
            path.append(int(self.parent[path[-1]]))
        return [(float(lon), float(lat)) for lon, lat in self.lonlat[path[::-1]]]


def _sign(volume: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return on which side three points lie: -1, 0 or 1; 0 within rounding."""
    return np.where(np.abs(volume) < ROUNDING, 0.0, np.sign(volume))


def _cross_with(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix M for which v @ M is the cross product of `at` with v."""
    x, y, z = at
    return np.array([[0.0, z, -y], [-z, 0.0, x], [y, -x, 0.0]])
