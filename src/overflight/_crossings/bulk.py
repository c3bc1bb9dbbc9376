"""Crossings of many routes at once: arrays in, columns out, a few routes interpreted, many compiled and in threads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from overflight._crossings.engine import labels_of
from overflight._crossings.interpreted import ambiguous, pays_to_compile, walk_interpreted
from overflight._crossings.spans import ROW, Legs
from overflight._crossings.table import CrossingsTable, Found
from overflight.airspace import load_airspaces
from overflight.earth.shortest import inverse_each
from overflight.earth.sphere import rough_km
from overflight.errors import RouteError
from overflight.routes import Route
from overflight.routes.places import MAX_LON_DEG

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.partition.index import Index

__all__ = ["crossings_many"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class _Asked(NamedTuple):
    """What was given, as arrays: legs of shape (n, 4), first leg of each route, ids of routes."""

    legs: Floats
    first: Integers
    ids: npt.NDArray[Any]


def crossings_many(
    legs: npt.ArrayLike | Sequence[Route],
    *,
    route_id: npt.ArrayLike | None = None,
    offsets: npt.ArrayLike | None = None,
    world: Airspaces | None = None,
    threads: int | None = None,
) -> CrossingsTable:
    """Find every span of many routes in states' airspaces.

    Parameters
    ----------
    legs : array of shape (n, 4), or sequence of Route
        ``lon1, lat1, lon2, lat2`` of each leg in degrees, one WGS84 geodesic each; longitudes up to 540 either way.
        A leg of no length counts nothing.
    route_id : array of shape (n,), optional
        To which route each leg belongs; legs of one route stand together, in order, each beginning where the one
        before ends. Without it (and without `offsets`) each leg is a route of its own.
    offsets : int array of shape (m + 1,), optional
        The same for routes without ids: route r has the legs from ``offsets[r]`` to ``offsets[r + 1] - 1``.
    world : Airspaces, optional
        The partition; the one that ships with the package by default.
    threads : int, optional
        How many to use; by default one for each processor that this process may use.

    Returns
    -------
    CrossingsTable
        The same rows, to the last bit, as `crossings` gives for each route. A span that goes on across a waypoint
        is one.

    Raises
    ------
    RouteError
        Naming the row (or route), for a wrong shape, a number that is not finite or off the Earth, a leg between
        (nearly) antipodal points, or legs of one route that do not join. Nothing is returned for the others then.
    DataError
        If the index is damaged.

    Notes
    -----
    The method and its error bounds are those of `crossings`: the very same functions, which numba compiles where the
    work outweighs loading it (`pays_to_compile`). The first such call of an installation compiles for some seconds,
    and logs that it does. The calculation leaves Python's global lock alone, so threads run side by side. The table
    takes 72 bytes a row; for more routes than fit, call on slices: nothing is kept between calls.

    Examples
    --------
    >>> table = crossings_many([[24.96, 60.32, 24.83, 59.41], [-43.25, -22.81, 18.6, -33.97]])
    >>> table.route.tolist(), table.state.tolist()
    ([0, 0, 1, 1], ['FIN', 'EST', 'BRA', 'ZAF'])
    >>> table.exit_km.round(1).tolist(), table.high_seas_km.round(1).tolist()
    ([45.2, 101.6, 106.7, 6097.0], [18.7, 5937.0])
    """
    world = load_airspaces() if world is None else world
    if threads is not None and threads < 1:
        msg = f"threads is {threads}: give 1 or more, or leave it out"
        raise RouteError(msg)
    asked = _asked(legs, route_id, offsets)
    found = _walk(world.index, asked, labels_of(world), threads)
    at, counts = found.at, found.counts
    starts = np.cumsum(counts) - counts
    entry_km, exit_km, entry_lon, entry_lat, exit_lon, exit_lat = (np.ascontiguousarray(at[:, k]) for k in range(ROW))
    return CrossingsTable(
        route=np.repeat(asked.ids, counts),
        order=np.arange(len(at)) - np.repeat(starts, counts),
        piece=found.piece.astype(np.int64),
        entry_km=entry_km,
        exit_km=exit_km,
        entry_lon=entry_lon,
        entry_lat=entry_lat,
        exit_lon=exit_lon,
        exit_lat=exit_lat,
        routes=asked.ids,
        length_km=found.length_km,
        high_seas_km=found.high_seas_km,
        settled=found.settled,
        world=world,
    )


# What was given -------------------------------------------------------------------------------------------------------


def _asked(legs: Any, route_id: Any, offsets: Any) -> _Asked:
    if isinstance(legs, Sequence) and len(legs) and isinstance(legs[0], Route):
        if route_id is not None or offsets is not None:
            msg = "routes have their own legs: leave out route_id and offsets"
            raise RouteError(msg)
        return _of_routes(legs)
    array = _numbers(legs, "legs")
    if array.size == 0:
        array = array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        msg = f"legs has shape {array.shape}: give (n, 4), lon1, lat1, lon2, lat2 in degrees"
        raise RouteError(msg)
    array = _on_earth(array)
    if offsets is not None:
        if route_id is not None:
            msg = "both route_id and offsets say where routes begin: give one of them"
            raise RouteError(msg)
        first = _offsets(offsets, len(array))
        ids: npt.NDArray[Any] = np.arange(len(first) - 1)
    elif route_id is not None:
        first, ids = _groups(np.asarray(route_id), len(array))
    else:
        return _Asked(array, np.arange(len(array) + 1), np.arange(len(array)))
    _joined(array, first)
    return _Asked(array, first, ids)


def _of_routes(routes: Sequence[Route]) -> _Asked:
    for number, route in enumerate(routes):
        if not isinstance(route, Route):
            msg = f"item {number} is no Route: give routes only, or an array of legs"
            raise RouteError(msg)
    flat = [(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat) for route in routes for leg in route.legs]
    first = np.cumsum([0, *(len(route.legs) for route in routes)])
    return _Asked(np.array(flat, np.float64), first, np.arange(len(routes)))


def _numbers(values: Any, what: str) -> Floats:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{what} is no array of numbers ({error}): give shape (n, 4), degrees"
        raise RouteError(msg) from error


def _on_earth(legs: Floats) -> Floats:
    """Check coordinates, and bring longitudes to [-180, 180] as `Waypoint` does."""
    for wrong, why in (
        (~np.isfinite(legs), "is not finite: give decimal degrees"),
        (np.abs(legs) > [MAX_LON_DEG, 90.0, MAX_LON_DEG, 90.0], "is off the Earth: longitude comes before latitude"),
    ):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            msg = f"row {row}: {('lon1', 'lat1', 'lon2', 'lat2')[column]} {legs[row, column]:g} {why}"
            raise RouteError(msg)
    lon = legs[:, ::2]
    if (np.abs(lon) > 180.0).any():
        legs = legs.copy()
        for row, column in np.argwhere(np.abs(lon) > 180.0):
            legs[row, 2 * column] = math.remainder(legs[row, 2 * column], 360.0)
    return legs


def _offsets(offsets: Any, legs: int) -> Integers:
    first = np.asarray(offsets)
    if first.ndim != 1 or first.size == 0 or not np.issubdtype(first.dtype, np.integer):
        msg = f"offsets has shape {first.shape} and type {first.dtype}: give whole numbers, one more than routes"
        raise RouteError(msg)
    if first[0] != 0 or first[-1] != legs or (np.diff(first) < 0).any():
        msg = f"offsets must rise from 0 to the number of legs, {legs}: they go from {first[0]} to {first[-1]}"
        raise RouteError(msg)
    return first.astype(np.int64)


def _groups(ids: npt.NDArray[Any], legs: int) -> tuple[Integers, npt.NDArray[Any]]:
    """Return the first leg of each route, and the routes' ids."""
    if ids.shape != (legs,):
        msg = f"route_id has shape {ids.shape}: give one for each of the {legs} legs"
        raise RouteError(msg)
    begins = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])) if legs else np.zeros(0, np.int64)
    found = ids[begins]
    _, earliest, which = np.unique(found, return_index=True, return_inverse=True)
    again = np.flatnonzero(earliest[which] != np.arange(len(found)))
    if len(again):
        msg = f"row {begins[again[0]]}: route {found[again[0]]} was there before: put the legs of a route together"
        raise RouteError(msg)
    return np.append(begins, legs), found


def _joined(legs: Floats, first: Integers) -> None:
    """Check that each leg of a route begins where the one before ends."""
    apart = np.zeros(len(legs), bool)
    off = legs[1:, :2] - legs[:-1, 2:]
    apart[1:] = (off[:, 1] != 0.0) | ((off[:, 0] != 0.0) & (np.abs(off[:, 0]) != 360.0))
    apart[first[first < len(legs)]] = False
    if apart.any():
        row = int(np.argmax(apart))
        msg = f"row {row}: the leg does not begin where the one before it ends: put it into another route"
        raise RouteError(msg)


# The work -------------------------------------------------------------------------------------------------------------


def _walk(index: Index, asked: _Asked, labels: Sequence[int], threads: int | None) -> Found:
    lon1, lat1, lon2, lat2 = (np.ascontiguousarray(asked.legs[:, k]) for k in range(4))
    if pays_to_compile(len(lon1), 0.0) or pays_to_compile(len(lon1), rough_km(asked.legs)):
        from overflight._crossings.compiled import walk_compiled

        return walk_compiled(index, (lon1, lat1, lon2, lat2), asked.first, labels, threads)
    count = len(lon1)
    length_m, azimuth = [0.0] * count, [0.0] * count
    ends = [column.tolist() for column in (lon1, lat1, lon2, lat2)]
    row = inverse_each(ends[0], ends[1], ends[2], ends[3], 0, count, length_m, azimuth)
    if row < count:
        raise RouteError(ambiguous(row))
    legs = Legs(ends[0], ends[1], ends[2], ends[3], length_m, azimuth, asked.first.tolist())
    rows = walk_interpreted(index, legs, labels)
    end = np.array(rows.end, np.int64)
    total = int(end[-1]) if len(end) else 0
    return Found(
        piece=np.array(rows.piece[:total], np.int32),
        at=np.array(rows.at[: ROW * total]).reshape(total, ROW),
        counts=np.diff(end, prepend=0),
        length_km=np.array(rows.length_km),
        high_seas_km=np.array(rows.high_seas_km),
        settled=np.array(rows.settled, np.int64),
    )
