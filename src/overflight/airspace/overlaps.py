"""Where areas overlap that reach to the same heights, and by how much."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely

from overflight.airspace.area import Area
from overflight.airspace.overlay import partition
from overflight.earth.constants import MEAN_RADIUS_KM
from overflight.partition.polygons import piece_polygons

__all__ = ["overlaps"]

MOST_PAIRS = 500_000
"""Pairs that are looked at, counted in each piece that two lie over."""


def overlaps(areas: Sequence[Area]) -> list[tuple[int, int, float]]:
    """Return which areas overlap, by their numbers, and by how many square kilometres, the largest first.

    Those that lie one above the other do not. On a sphere, to one per cent.
    """
    world = partition(tuple(areas))
    number = {area.code: k for k, area in enumerate(areas)}
    total: Counter[tuple[int, int]] = Counter()
    shared = [piece for piece in world.pieces if len(piece.claimants) > 1]
    if sum(math.comb(len(piece.claimants), 2) for piece in shared) > MOST_PAIRS:
        shared.sort(key=lambda piece: len(piece.claimants))
    shapes = piece_polygons(world.index) if shared else {}
    left = MOST_PAIRS
    for piece in shared:
        pairs = [
            (i, j)
            for i, j in itertools.combinations(sorted(number[code] for code in piece.claimants), 2)
            if _meet(areas[i], areas[j])
        ]
        left -= len(pairs)
        if left < 0:
            break
        if pairs and piece.id in shapes:
            km2 = _km2(shapes[piece.id])
            total.update(dict.fromkeys(pairs, km2))
    return [(i, j, km2) for (i, j), km2 in sorted(total.items(), key=lambda one: (-one[1], one[0]))]


def _meet(one: Area, other: Area) -> bool:
    """Tell whether two areas may reach to the same height."""
    return one.floor.low_m < other.ceiling.high_m and other.floor.low_m < one.ceiling.high_m


def _km2(shape: shapely.Geometry) -> float:
    flat = shapely.transform(shape, lambda xy: np.column_stack([np.radians(xy[:, 0]), np.sin(np.radians(xy[:, 1]))]))
    return float(shapely.area(flat)) * MEAN_RADIUS_KM**2
