"""Rings that others drew carelessly: closed, read the short way round the Earth, led to the pole, untangled."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from overflight.airspace.outlines import TURN, cut_at_seam

__all__ = ["Reading", "closed", "joined", "over_a_pole", "readings", "untangled"]

Floats = npt.NDArray[np.float64]
Reading = tuple[Floats, int]
"""A ring whose longitudes run on, and how many turns of the Earth it makes."""


def closed(ring: Floats) -> Floats:
    """Return a ring that ends where it begins."""
    return ring if len(ring) and (ring[0] == ring[-1]).all() else np.concatenate([ring, ring[:1]])


def readings(ring: Floats) -> list[Reading]:
    """Return the ways in which a closed ring in degrees can be read, the likeliest first.

    Notes
    -----
    An edge of more than half a turn goes the short way. From -180 to 180 it goes nowhere, for that is one place, or all
    the way round, as along the edge of a map; along a pole it is short, or as written. Rings with such edges are read
    in each way; what makes no full turn, and encloses something without crossing itself, is likeliest.
    """
    lon, lat = ring.T
    step = np.diff(lon)
    short = step - TURN * np.round(step / TURN)
    wide = np.abs(step) > 0.5 * TURN
    at_pole = wide & (np.abs(lat[:-1]) == 90.0) & (lat[:-1] == lat[1:])
    seam = wide & ~at_pole & (np.abs(lon[:-1]) == 180.0) & (lon[:-1] == -lon[1:])
    ways = itertools.product((False, True) if seam.any() else (False,), (False, True) if at_pole.any() else (False,))
    found: list[Reading] = []
    for around, along in ways:
        kept = ~wide | (seam & around) | (at_pole & along)
        run = np.concatenate([[0.0], np.cumsum(np.where(kept, step, short))])
        # What makes no turn ends where it began, to the last bit.
        turns = round(float(run[-1]) / TURN)
        run[-1] = turns * TURN
        found.append((np.column_stack([lon[0] + run, lat]), turns))
    return found if len(found) == 1 else sorted(found, key=_unlikely)


def _unlikely(reading: Reading) -> tuple[bool, bool]:
    ring, turns = reading
    polygon = shapely.Polygon(ring)
    return turns != 0 or polygon.area == 0.0, not polygon.is_valid


def over_a_pole(ring: Floats) -> Floats:
    """Lead a ring that makes one turn of the Earth along the pole that it is nearer to, and close it there."""
    pole = 90.0 if ring[:-1, 1].mean() > 0.0 else -90.0
    ends = np.array([[ring[-1, 0], pole], [ring[0, 0], pole]])
    return np.concatenate([ring, ends, ring[:1]])


def untangled(polygon: shapely.Polygon) -> shapely.MultiPolygon:
    """Return what a polygon that crosses itself encloses, parts that it goes round twice included, and lines left out.

    Its edges must not meet too often (`overflight.airspace.outlines.meet_often`).
    """
    mended = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(mended)).tolist()
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon" and part.area > 0.0])


def joined(shell: Floats, holes: Sequence[Floats]) -> shapely.Polygon | shapely.MultiPolygon:
    """Make a polygon of rings, each of which may lie on another turn of the Earth."""
    west, east = shell[:, 0].min(), shell[:, 0].max()
    moved = [hole + np.array([TURN * np.ceil((west - hole[:, 0].min()) / TURN), 0.0]) for hole in holes]
    if all(hole[:, 0].max() <= east for hole in moved):
        return shapely.Polygon(shell, moved)
    # a hole that lies across the end of what is drawn
    whole = cut_at_seam([shapely.Polygon(shell).buffer(0.0)])
    for hole in moved:
        gone = cut_at_seam([shapely.Polygon(hole).buffer(0.0)])
        whole = whole if whole is None or gone is None else shapely.difference(whole, gone)
    return shapely.MultiPolygon() if whole is None else whole
