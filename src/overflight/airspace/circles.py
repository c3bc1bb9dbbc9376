"""Circles and arcs of circles on the ellipsoid, as polygons whose edges are straight in lon/lat."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from overflight.airspace.outlines import TURN, cut_at_seam
from overflight.earth.geod import WGS84
from overflight.errors import DataError

__all__ = ["MOST_OUTSIDE_M", "arc", "circle"]

Floats = npt.NDArray[np.float64]

MOST_OUTSIDE_M, MOST_OUTSIDE_SHARE = 10.0, 0.01
"""How far the polygon of a circle reaches beyond it, at most: in metres, and of its radius."""
MOST_OFF_ARC_M = 5.0
"""How far the edges of an arc are from it, at most."""
LARGEST_M = 19_900_000.0
"""Farther away, near the opposite point of the Earth, circles cross themselves."""
SMALLEST_M = 10.0
FIRST = 16
MOST_VERTICES = 20_000
WIDEST_DEG = 90.0
"""An edge that spans more may go round a pole on its other side."""
SPOTS = np.arange(1, 8) / 8.0
"""Where on an edge its distance is measured."""


@functools.lru_cache(maxsize=64)
def circle(lon: float, lat: float, radius_m: float) -> shapely.MultiPolygon:
    """Return a polygon that holds all points of the ellipsoid up to a distance from one, and few others.

    Parameters
    ----------
    lon, lat : float
        The centre, in degrees.
    radius_m : float
        From 10 m to 19,900 km.

    Returns
    -------
    MultiPolygon
        It reaches beyond the circle by less than 10 m, and 1 % of the radius. In [-180, 180]; a pole inside is an edge
        along latitude 90.

    Raises
    ------
    DataError
        If the radius is none.

    Notes
    -----
    Corners lie outside the circle, at one distance; a bearing is added between two as long as the edge that joins them
    comes too near to the circle, or leads too far from it, at any of seven spots. Distances are those of PROJ, exact to
    less than a micrometre.

    Examples
    --------
    >>> round(circle(0.0, 0.0, 100_000.0).bounds[3], 4)
    0.9044
    """
    if not SMALLEST_M <= radius_m <= LARGEST_M:
        msg = f"a circle of {radius_m / 1000.0:,.10g} km: give a radius from 10 m to {LARGEST_M / 1000.0:,.0f} km"
        raise DataError(msg)
    most = min(MOST_OUTSIDE_M, MOST_OUTSIDE_SHARE * radius_m)
    poles = [float(WGS84.inv(lon, lat, lon, pole)[2]) for pole in (90.0, -90.0)]
    # A pole on the edge would be between corners that are half a turn apart: it is well inside, or well outside.
    out = next(
        share * most for share in (0.8, 0.3) if all(abs(p - radius_m - share * most) > 0.2 * most for p in poles)
    )
    inside = [pole < radius_m + out for pole in poles]
    path = _path(
        lon, lat, lambda share: np.full(np.shape(share), radius_m + out), 0.0, TURN, 0.05 * most - out, most - out
    )
    path[-1, 1] = path[0, 1]
    path[-1, 0] = path[0, 0] + TURN * round((path[-1, 0] - path[0, 0]) / TURN)
    if inside[0] == inside[1]:
        shape = cut_at_seam([shapely.Polygon(path)])
        if inside[0] and shape is not None:
            shape = shapely.MultiPolygon([shapely.difference(shapely.box(-180.0, -90.0, 180.0, 90.0), shape)])
    else:
        pole = 90.0 if inside[0] else -90.0
        shape = cut_at_seam([shapely.Polygon([*path, (path[-1, 0], pole), (path[0, 0], pole)])])
    if shape is None:  # pragma: no cover - no radius that is taken is as small
        msg = "a circle without a surface: give a larger radius"
        raise DataError(msg)
    return shape


def arc(  # noqa: PLR0917 - what an arc is made of
    lon: float, lat: float, from_m: float, to_m: float, from_deg: float, sweep_deg: float
) -> Floats:
    """Return points of an arc, both ends included, so that edges between them lie within 5 m of it.

    Parameters
    ----------
    lon, lat : float
        Its centre, in degrees.
    from_m, to_m : float
        Its radius where it begins and where it ends.
    from_deg, sweep_deg : float
        The azimuth where it begins, and by how much it turns, clockwise if that is above 0.

    Returns
    -------
    array of shape (n, 2)
        In degrees; longitudes run on past 180.

    Raises
    ------
    DataError
        If there is none such.
    """
    if not (min(from_m, to_m) >= SMALLEST_M and max(from_m, to_m) <= LARGEST_M):
        msg = (
            f"an arc of {max(from_m, to_m) / 1000.0:,.10g} km: give a radius from 10 m to {LARGEST_M / 1000.0:,.0f} km"
        )
        raise DataError(msg)
    off = min(MOST_OFF_ARC_M, MOST_OUTSIDE_SHARE * min(from_m, to_m))
    return _path(lon, lat, lambda share: from_m + (to_m - from_m) * share, from_deg, sweep_deg, -off, off)


def _path(  # noqa: PLR0917
    lon: float,
    lat: float,
    radius_m: Callable[[Floats], Floats],
    from_deg: float,
    sweep_deg: float,
    nearer_m: float,
    farther_m: float,
) -> Floats:
    """Return points at distances from one, as many as it takes to keep edges between them within bounds."""
    share = np.linspace(0.0, 1.0, FIRST + 1)
    new = np.arange(FIRST)  # edges that are not measured yet
    while len(share) < MOST_VERTICES:
        begin, end = share[new], share[new + 1]
        first, last = (_points(lon, lat, radius_m(at), from_deg + sweep_deg * at) for at in (begin, end))
        step = last - first
        step[:, 0] -= TURN * np.round(step[:, 0] / TURN)
        on_edges = first[:, None] + SPOTS[:, None] * step[:, None]
        wanted = radius_m(begin[:, None] + SPOTS * (end - begin)[:, None])
        x, y = on_edges.reshape(-1, 2).T
        _, _, metres = WGS84.inv(np.full(wanted.size, lon), np.full(wanted.size, lat), x, y)
        off = np.reshape(metres, wanted.shape) - wanted
        bad = (off.min(axis=1) < nearer_m) | (off.max(axis=1) > farther_m) | (np.abs(step[:, 0]) > WIDEST_DEG)
        if not bad.any():
            points = _points(lon, lat, radius_m(share), from_deg + sweep_deg * share)
            points[:, 0] = np.unwrap(points[:, 0], period=TURN)
            return points
        at = new[bad]
        share = np.insert(share, at + 1, 0.5 * (share[at] + share[at + 1]))
        halves = at + np.arange(len(at))
        new = np.sort(np.concatenate([halves, halves + 1]))
    msg = "it runs too near a pole to be drawn with straight edges: give another centre or radius"
    raise DataError(msg)


def _points(lon: float, lat: float, radius_m: Floats, azimuth_deg: Floats) -> Floats:
    many = np.full(len(azimuth_deg), lon), np.full(len(azimuth_deg), lat)
    lons, lats, _ = WGS84.fwd(*many, azimuth_deg, radius_m)
    return np.column_stack([lons, lats])
