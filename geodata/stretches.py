"""How well each stretch of border is known: measured against what else draws the same line, then stored arc by arc.

A border is confirmed by the edition of 2017; the outer limit of a territorial sea by that edition, or by running 12 NM
from a coast of that edition. How far a stretch lies from its confirmation is how far one of the two is wrong: this is
what the data know about themselves. Kinds of lines that nothing confirms have one accuracy each (`kinds.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
from scipy.spatial import cKDTree

from geodata.kinds import KINDS
from geodata.shapes import nautical_miles
from overflight.partition.arcs import Arcs
from overflight.partition.index import PER_DEG
from overflight.partition.topology import Ints

__all__ = ["CLASSES_M", "Line", "Samples", "arc_lengths_km", "by_stretch", "offsets_m", "samples"]

CLASSES_M = (100, 250, 500, 1000, 2500, 5000)
"""Stated accuracies, in metres. Lines that differ by more than the last are no longer the same line: a border or a
baseline was drawn anew, and which of the two holds is a question of law; the last says no more than that."""
SHARE = 0.95
STRETCH_KM = 25.0
SAMPLE_KM = 0.25
DENSE_M = 200.0
"""Confirming lines are searched by points this far apart, then measured by their edges."""
NEAREST = 4
METRES_A_DEG = 111_200.0
GEOD = pyproj.Geod(ellps="WGS84")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Samples:
    """Points set evenly along arcs: shape (n, 2) in degrees; the arc of each, and km along it; km of each arc."""

    lonlat: Floats
    arc: Ints
    along_km: Floats
    arc_km: Floats


class Line:
    """Edges, shape (n, 4) in degrees, in which the nearest to a point is found quickly."""

    def __init__(self, edges: Floats) -> None:
        steps = np.maximum(1, np.ceil(_lengths_km(edges[:, :2], edges[:, 2:]) * 1000.0 / DENSE_M)).astype(np.int64)
        self._edges = edges
        self._owner = np.repeat(np.arange(len(edges)), steps)
        nth = np.arange(len(self._owner)) - np.repeat(np.cumsum(steps) - steps, steps)
        share = ((nth + 0.5) / steps[self._owner])[:, None]
        self._points = edges[self._owner, :2] * (1.0 - share) + edges[self._owner, 2:] * share
        self._tree = cKDTree(_unit(self._points))

    def nearest(self, lonlat: Floats) -> tuple[Floats, Ints]:
        """Return the distance in metres to the nearest edge, true to 1 % below 10 km, and which edge that is."""
        _, near = self._tree.query(_unit(lonlat), k=NEAREST, workers=-1)
        metres = np.column_stack([np.cos(np.radians(lonlat[:, 1])), np.ones(len(lonlat))]) * METRES_A_DEG
        best = np.full(len(lonlat), np.inf)
        which = np.zeros(len(lonlat), np.int64)
        for column in near.T:
            edge = self._edges[self._owner[column]]
            a, b = (_turned(edge[:, k : k + 2] - lonlat) * metres for k in (0, 2))
            along = b - a
            square = (along**2).sum(axis=1)
            t = np.clip(-(a * along).sum(axis=1) / np.where(square == 0, 1, square), 0, 1)
            distance = np.hypot(*(a + t[:, None] * along).T)
            nearer = distance < best
            best[nearer], which[nearer] = distance[nearer], self._owner[column[nearer]]
        return best, which

    def geodesic_m(self, lonlat: Floats) -> Floats:
        """Return the geodesic distance in metres to the nearest point; from 10 km on true to 1 m."""
        _, near = self._tree.query(_unit(lonlat), workers=-1)
        there = self._points[near]
        distances: Floats = GEOD.inv(lonlat[:, 0], lonlat[:, 1], there[:, 0], there[:, 1])[2]
        return distances


def by_stretch(arcs: Arcs, limits: Line, coast: Line, *, shift_m: float) -> Arcs:
    """Cut arcs where their accuracy changes.

    Parameters
    ----------
    arcs : Arcs
        With their kinds.
    limits, coast : Line
        Borders and outer limits, and coasts, of the edition of 2017.
    shift_m : float
        By how much simplification moved a border at most.

    Returns
    -------
    Arcs
        With the accuracy of each: as its kind states, or else the least of `CLASSES_M` that holds
        the shift and the 95th percentile of what its stretch, of some `STRETCH_KM`, is off.
    """
    found = samples(arcs)
    stated = np.array([metres or 0 for metres, _ in KINDS.values()], np.int64)[arcs.kind]
    off = np.zeros(len(found.arc))
    open_ = stated[found.arc] == 0
    at_sea = arcs.kind[found.arc[open_]] == list(KINDS).index("sea limit")
    off[open_] = offsets_m(found.lonlat[open_], at_sea, limits, coast)

    count = np.maximum(1, np.rint(found.arc_km / STRETCH_KM)).astype(np.int64)
    before = np.cumsum(count) - count
    per_km = count / found.arc_km
    stretch = before[found.arc] + np.minimum(found.along_km * per_km[found.arc], count[found.arc] - 1).astype(np.int64)
    classes = np.searchsorted(CLASSES_M[:-1], _percentiles(off, stretch, int(count.sum())) + shift_m)
    metres = np.where(np.repeat(stated, count) > 0, np.repeat(stated, count), np.array(CLASSES_M)[classes])

    first, arc = arcs.edges()
    ends_km = _along_km(arcs)
    last = before[arc] + count[arc] - 1
    low = np.minimum(before[arc] + (ends_km[first] * per_km[arc]).astype(np.int64), last)
    high = np.minimum(before[arc] + (ends_km[first + 1] * per_km[arc]).astype(np.int64), last)
    # An edge in several stretches is known as well as the worst of them.
    edges = np.maximum.reduceat(metres, np.column_stack([low, high + 1]).ravel().clip(max=len(metres) - 1))[::2]
    edges = np.maximum(edges, metres[high])
    return _cut(arcs, edges)


def samples(arcs: Arcs) -> Samples:
    """Set points along arcs, `SAMPLE_KM` apart, and at least one on each."""
    along = _along_km(arcs)
    arc_km = arc_lengths_km(arcs)
    count = np.maximum(1, (arc_km / SAMPLE_KM).astype(np.int64))
    arc = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(arc)) - np.repeat(np.cumsum(count) - count, count)
    at = (nth + 0.5) / count[arc] * arc_km[arc]
    # One axis for all arcs, end to end, with a gap between them.
    offset = np.cumsum(np.concatenate([[0.0], arc_km[:-1] + 1.0]))
    axis = along + np.repeat(offset, np.diff(arcs.start))
    lonlat = np.column_stack([np.interp(at + offset[arc], axis, arcs.xy[:, k] / PER_DEG) for k in (0, 1)])
    return Samples(lonlat, arc, at, arc_km)


def offsets_m(lonlat: Floats, at_sea: npt.NDArray[np.bool_], limits: Line, coast: Line) -> Floats:
    """Return how far points of borders and outer limits are from what confirms them, in metres."""
    off, _ = limits.nearest(lonlat)
    from_coast = coast.geodesic_m(lonlat[at_sea])
    off[at_sea] = np.minimum(off[at_sea], np.abs(from_coast - nautical_miles(12)))
    return off


def arc_lengths_km(arcs: Arcs) -> Floats:
    """Return the length of each arc in km, true to 0.5 %."""
    return _along_km(arcs)[arcs.start[1:] - 1]


def _cut(arcs: Arcs, accuracy: Ints) -> Arcs:
    """Cut arcs where the accuracy of their edges changes."""
    first, arc = arcs.edges()
    fresh = np.ones(len(first), bool)
    fresh[1:] = (arc[1:] != arc[:-1]) | (accuracy[1:] != accuracy[:-1])
    begin = np.flatnonzero(fresh)
    length = np.diff(np.append(begin, len(first)))
    owner = arc[begin]
    start = np.concatenate([[0], np.cumsum(length + 1)])
    vertex = np.repeat(first[begin], length + 1) + np.arange(start[-1]) - np.repeat(start[:-1], length + 1)
    return Arcs(arcs.xy[vertex], start, arcs.left[owner], arcs.right[owner], accuracy[begin], arcs.kind[owner])


def _percentiles(values: Floats, group: Ints, count: int) -> Floats:
    """Return the 95th percentile of the values of each group, 0 of none."""
    order = np.lexsort((values, group))
    sizes = np.bincount(group, minlength=count)
    last = np.cumsum(sizes) - sizes + np.maximum(np.ceil(SHARE * sizes).astype(np.int64) - 1, 0)
    ranked = values[order]
    found: Floats = np.where(sizes > 0, ranked[np.minimum(last, len(ranked) - 1)], 0.0)
    return found


def _along_km(arcs: Arcs) -> Floats:
    """Return how far each vertex is along its arc."""
    xy = arcs.xy / PER_DEG
    step = np.concatenate([[0.0], _lengths_km(xy[:-1], xy[1:])])
    step[arcs.start[:-1]] = 0.0
    total = np.cumsum(step)
    along: Floats = total - np.repeat(total[arcs.start[:-1]], np.diff(arcs.start))
    return along


def _lengths_km(a: Floats, b: Floats) -> Floats:
    step = (b - a) * np.column_stack([np.cos(np.radians((a[:, 1] + b[:, 1]) / 2)), np.ones(len(a))])
    lengths: Floats = np.hypot(step[:, 0], step[:, 1]) * METRES_A_DEG / 1000.0
    return lengths


def _turned(lonlat: Floats) -> Floats:
    """Take differences of longitude the short way round."""
    return np.column_stack([(lonlat[:, 0] + 540.0) % 360.0 - 180.0, lonlat[:, 1]])


def _unit(lonlat: Floats) -> Floats:
    x, y = np.radians(lonlat).T
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
