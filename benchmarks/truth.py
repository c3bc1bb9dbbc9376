"""The truth about a few hundred routes, slowly, with nothing of the engine: who is where, from where to where.

The geodesic is drawn by pyproj as chords of 500 m, which stray from it by 5 mm times the tangent of the latitude; each
of the world's border edges that one of them meets is found by Shapely. Between any two places where that happens, the
polygons tell who holds the middle; where the answer changes, the border is found on the geodesic itself by halving,
with the polygons telling who holds each point, to `EXACT_M`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.common import GEOD, Floats, Integers, Stretches, densified

__all__ = ["Truth"]

STEP_M = 500.0
CHUNK = 50
"""Chords to a line."""
EXACT_M = 1e-4
NEAR_M = 1.0
"""A border lies within this distance of where a chord meets it; within half the way to the next one, too."""
TILE_DEG = 4.0


class Truth:
    """Finds the stretches of routes in states."""

    def __init__(self, codes: npt.NDArray[np.str_], shapes: npt.NDArray[Any]) -> None:
        self._codes = codes
        tiles, self._owner = _tiled(shapes)
        shapely.prepare(tiles)
        self._tiles = shapely.STRtree(tiles)
        rings = shapely.get_rings(shapely.get_parts(shapes))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        same = np.flatnonzero(ring[1:] == ring[:-1])
        self._edges = shapely.linestrings(np.stack([xy[same], xy[same + 1]], axis=1))
        self._borders = shapely.STRtree(self._edges)

    def __call__(self, legs: Floats) -> Stretches:
        """Return the stretches of routes of one leg each."""
        parts = [self._some(legs[k : k + 20], k) for k in range(0, len(legs), 20)]
        return Stretches(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _some(self, legs: Floats, first: int) -> Stretches:
        azimuth, _, length_m = GEOD.inv(*legs.T)

        def at(route: Integers, along: Floats) -> tuple[Floats, Floats]:
            lon, lat, _ = GEOD.fwd(legs[route, 0], legs[route, 1], azimuth[route], along)
            return lon, lat

        route, along = self._cuts(legs)
        ends = np.arange(len(legs))
        route = np.concatenate([route, ends, ends])
        along = np.concatenate([np.minimum(along, length_m[route[: len(along)]]), np.zeros(len(legs)), length_m])
        order = np.lexsort([along, route])
        route, along = route[order], along[order]
        fresh = np.concatenate([[True], (np.diff(route) != 0) | (np.diff(along) > EXACT_M)])
        route, along = route[fresh], along[fresh]

        # Who holds the middle of each stretch between two places.
        whole = np.flatnonzero(np.diff(route) == 0)
        middle = 0.5 * (along[whole] + along[whole + 1])
        of, begin, end = route[whole], along[whole], along[whole + 1]
        holder = self._holders(*at(of, middle))
        # Join neighbours of one holder.
        fresh = np.concatenate([[True], (np.diff(of) != 0) | (np.diff(holder) != 0)])
        start = np.flatnonzero(fresh)
        stop = np.append(start[1:], len(of)) - 1
        of, holder, begin, end = of[start], holder[start], begin[start], end[stop]
        first_middle, last_middle = middle[start], middle[stop]

        # The border between each stretch and the next one of the same route.
        k = np.flatnonzero(np.diff(of) == 0)
        low = np.maximum(end[k] - NEAR_M, last_middle[k])
        high = np.minimum(end[k] + NEAR_M, first_middle[k + 1])
        sure = (self._holders(*at(of[k], low)) == holder[k]) & (self._holders(*at(of[k], high)) == holder[k + 1])
        while (high - low).max(initial=0.0) > EXACT_M:
            half = 0.5 * (low + high)
            before = self._holders(*at(of[k], half)) == holder[k]
            low, high = np.where(before, half, low), np.where(before, high, half)
        border = np.where(sure, 0.5 * (low + high), end[k])
        end[k] = begin[k + 1] = border

        held = holder >= 0
        of, begin, end, holder = of[held], begin[held], end[held], holder[held]
        return Stretches(of + first, self._codes[holder], *at(of, begin), *at(of, end))

    def _cuts(self, legs: Floats) -> tuple[Integers, Floats]:
        """Return where routes meet border edges: route, metres from its start."""
        lon, lat, route = densified(legs, STEP_M)
        turn = np.concatenate([[0.0], np.where(np.diff(route) == 0, np.round(-np.diff(lon) / 360.0), 0.0)])
        turns = np.cumsum(turn)
        starts = np.flatnonzero(np.concatenate([[True], np.diff(route) != 0]))
        lon = lon + 360.0 * (turns - turns[starts][np.cumsum(np.isin(np.arange(len(lon)), starts)) - 1])
        chunks, owner = [], []
        for begin, end in zip(starts, np.append(starts[1:], len(lon)), strict=True):
            for k in range(begin, end - 1, CHUNK):
                x, y = lon[k : min(k + CHUNK + 1, end)], lat[k : min(k + CHUNK + 1, end)]
                if np.abs(np.diff(x)).max() > 90.0:  # over a pole; no border meets one but along 180 degrees
                    continue
                for shift in (-360.0, 0.0, 360.0):
                    if (x + shift).max() >= -180.0 and (x + shift).min() <= 180.0:
                        chunks.append(shapely.LineString(np.column_stack([x + shift, y])))
                        owner.append(route[begin])
        lines = np.array(chunks, object)
        shapely.prepare(lines)
        chunk, edge = self._borders.query(lines, predicate="intersects")
        xy, which = shapely.get_coordinates(shapely.intersection(lines[chunk], self._edges[edge]), return_index=True)
        of = np.array(owner, np.int64)[chunk[which]]
        return of, GEOD.inv(legs[of, 0], legs[of, 1], xy[:, 0], xy[:, 1])[2]

    def _holders(self, lon: Floats, lat: Floats) -> Integers:
        """Return the number of the state that holds each point, -1 for none."""
        found = np.full(len(lon), -1, np.int64)
        point, tile = self._tiles.query(shapely.points((lon + 180.0) % 360.0 - 180.0, lat), predicate="intersects")
        found[point] = self._owner[tile]
        return found


def _tiled(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Integers]:
    """Cut polygons into tiles, for speed; say whose each is."""
    done: list[shapely.Geometry] = []
    owner: list[int] = []
    todo = [(part, k) for k, shape in enumerate(shapes) for part in shapely.get_parts(shape)]
    while todo:
        part, k = todo.pop()
        west, south, east, north = part.bounds
        if max(east - west, north - south) <= TILE_DEG:
            done.append(part)
            owner.append(k)
            continue
        x, y = 0.5 * (west + east), 0.5 * (south + north)
        wide = east - west > north - south
        boxes = (
            [(west, south, x, north), (x, south, east, north)]
            if wide
            else [(west, south, east, y), (west, y, east, north)]
        )
        halves = [p for box in boxes for p in shapely.get_parts(shapely.clip_by_rect(part, *box))]
        todo += [(half, k) for half in halves if shapely.get_dimensions(half) == 2 and not half.is_empty]
    return np.array(done, object), np.array(owner, np.int64)
