"""The least distance between a route and border lines, by sampling both and looking closer around the best pair."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["least_distance_m"]

GEOD = Geod(ellps="WGS84")
TO_CARTESIAN = Transformer.from_crs(4326, 4978, always_xy=True)
COARSE_M = 4_000.0
MANY, TRIED = 2_000, 3
"""Of so many nearest pairs of samples, so many on different edges are looked at closely."""
CLOSER = 21


def least_distance_m(route: Sequence[tuple[float, float]], lines: Iterable[Floats]) -> float:
    """Return the least geodesic distance from a route's geodesics to lines that are straight in lon/lat.

    Parameters
    ----------
    route : sequence of (lon, lat)
        Waypoints in degrees.
    lines : iterable of arrays (n, 2)
        Border lines in degrees.
    """
    legs = [(a, b, *GEOD.inv(*a, *b)) for a, b in pairwise(route)]
    edges = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    leg, share = _spread([max(length, 1.0) for *_, length in legs])
    edge, part = _spread(_lengths_m(edges))
    on_route = _cartesian(*_on_legs(legs, leg, share))
    on_border = _cartesian(*_on_edges(edges, edge, part).T)
    gaps = np.linalg.norm(on_route[:, None] - on_border[None], axis=2)
    pairs: dict[tuple[int, int], tuple[int, int]] = {}
    for flat in np.argsort(gaps, axis=None)[:MANY]:
        i, j = divmod(int(flat), len(on_border))
        pairs.setdefault((int(leg[i]), int(edge[j])), (i, j))
        if len(pairs) == TRIED:
            break
    return min(_closer(legs[leg[i]], float(share[i]), edges[edge[j]], float(part[j])) for i, j in pairs.values())


def _lengths_m(edges: Floats) -> Floats:
    """Return about how long edges are that are straight in lon/lat, rather too long than too short."""
    east, north = np.abs(edges[:, 1] - edges[:, 0]).T
    lengths: Floats = np.hypot(east * np.cos(np.radians(np.abs(edges[:, :, 1]).min(axis=1))), north) * 111_700.0
    return lengths


def _spread(lengths: Sequence[float] | Floats) -> tuple[NDArray[np.int64], Floats]:
    """Set points on each of several stretches: which stretch, and where on it (0 to 1)."""
    counts = [int(length / COARSE_M) + 2 for length in lengths]
    which = np.repeat(np.arange(len(counts)), counts)
    where = np.concatenate([np.linspace(0.0, 1.0, n) for n in counts])
    return which, where


def _on_legs(
    legs: Sequence[tuple[tuple[float, float], tuple[float, float], float, float, float]],
    leg: NDArray[np.int64],
    share: Floats,
) -> tuple[Floats, Floats]:
    start = np.array([row[0] for row in legs])[leg]
    azimuth, length = np.array([row[2] for row in legs])[leg], np.array([row[4] for row in legs])[leg]
    lon, lat, _ = GEOD.fwd(start[:, 0], start[:, 1], azimuth, share * length)
    return np.asarray(lon), np.asarray(lat)


def _on_edges(edges: Floats, edge: NDArray[np.int64], part: Floats) -> Floats:
    a, b = edges[edge, 0], edges[edge, 1]
    points: Floats = a + (b - a) * part[:, None]
    return points


def _cartesian(lon: Floats, lat: Floats) -> Floats:
    return np.column_stack(TO_CARTESIAN.transform(lon, lat, np.zeros(len(lon))))


def _closer(
    leg: tuple[tuple[float, float], tuple[float, float], float, float, float], share: float, edge: Floats, part: float
) -> float:
    """Look closer and closer around a point of an edge, each time for the nearest points of the leg."""
    rows = np.arange(CLOSER)
    least, centre = np.inf, np.full(CLOSER, share)
    reach_p = 2.0 * COARSE_M / max(float(_lengths_m(edge[None])[0]), 1.0)
    for _ in range(10):
        p = np.clip(np.linspace(part - reach_p, part + reach_p, CLOSER), 0.0, 1.0)
        border = np.repeat(edge[0] + (edge[1] - edge[0]) * p[:, None], CLOSER, axis=0)
        reach_s, nearest = 3.0 * COARSE_M / max(leg[4], 1.0), np.full(CLOSER, np.inf)
        for _ in range(9):
            s = np.clip(np.linspace(centre - reach_s, centre + reach_s, CLOSER, axis=1), 0.0, 1.0)
            lon, lat = _on_legs([leg], np.zeros(s.size, int), s.ravel())
            gap = np.asarray(GEOD.inv(lon, lat, border[:, 0], border[:, 1])[2]).reshape(CLOSER, CLOSER)
            best = gap.argmin(axis=1)
            centre, nearest = s[rows, best], np.minimum(nearest, gap[rows, best])
            reach_s *= 0.25
        row = int(nearest.argmin())
        least = min(least, float(nearest[row]))
        part, centre = float(p[row]), np.full(CLOSER, centre[row])
        reach_p *= 0.4
    return least
