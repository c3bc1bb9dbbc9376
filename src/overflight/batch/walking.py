"""The routes of a table as legs, each measured, and their crossings with the airspace as labelled on their dates."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from overflight._crossings.bulk import crossings_many
from overflight._crossings.table import COLUMNS, CrossingsTable
from overflight.airspace import Piece
from overflight.batch.dates import Epoch, epoch, epochs_of
from overflight.batch.holding import Held, held_at, held_on
from overflight.batch.routes import Routes
from overflight.batch.settings import Settings
from overflight.batch.times import times_of
from overflight.earth.many import inverse_each_compiled

__all__ = ["Measured", "Walked", "measure", "walk"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Label = TypeVar("Label")


class Measured(NamedTuple):
    """Routes, each of which can be walked: their legs, the first leg of each route, and lengths of legs in metres."""

    routes: Routes
    legs: Floats
    first: Integers
    length_m: Floats


class Walked(NamedTuple):
    """Routes and their crossings.

    Attributes
    ----------
    measured : Measured
        The routes.
    epochs : list of Epoch
        The stretches of days on which there are routes.
    epoch : int array of shape (n,)
        Of each route, which of them.
    found : CrossingsTable
        The crossings; a piece has the labels of the route's epoch.
    cell : int array
        Of each crossing: which of the `labels` is its.
    held : Held
        What the rules make of each crossing.
    entry_us, exit_us : int array, or None
        When each crossing begins and ends, in microseconds since 1970; `NO_DAY` where that is not known.
    """

    measured: Measured
    epochs: list[Epoch]
    epoch: Integers
    found: CrossingsTable
    cell: Integers
    held: Held
    entry_us: Integers | None
    exit_us: Integers | None

    def labels(self, of: Callable[[Epoch, Piece], Label]) -> list[Label]:
        """Work something out for each epoch and piece."""
        return [of(one, piece) for one in self.epochs for piece in one.world.pieces]


def measure(routes: Routes) -> Measured:
    """Measure each leg, and refuse routes with a leg that no unique shortest line is, and those that go nowhere."""
    legs, first = _legs(routes)
    length_m, bad = _lengths(legs)
    owner = np.repeat(np.arange(len(routes.row)), np.diff(first))
    nowhere = np.bincount(owner, length_m, len(routes.row)) == 0.0
    keep = ~nowhere
    keep[owner[bad]] = False
    if keep.all():
        return Measured(routes, legs, first, length_m)
    for route, leg in dict(zip(owner[bad].tolist(), legs[bad].tolist(), strict=True)).items():
        routes.refuse(route, "antipodal", "lon {:g}, lat {:g} and lon {:g}, lat {:g}".format(*leg))
        nowhere[route] = False
    for route in np.flatnonzero(nowhere).tolist():
        routes.refuse(
            route, "no-length", "all points are {:g},{:g} (lon,lat)".format(*routes.points[routes.first[route]])
        )
    return Measured(routes.only(keep), legs[keep[owner]], _offsets(np.diff(first)[keep]), length_m[keep[owner]])


def _legs(routes: Routes) -> tuple[Floats, Integers]:
    """Return the legs of all routes, longitudes in [-180, 180], and the first leg of each route."""
    points = routes.points
    far = np.abs(points[:, 0]) > 180.0
    if far.any():
        points = points.copy()
        points[far, 0] = [math.remainder(lon, 360.0) for lon in points[far, 0]]
    inside = np.ones(max(len(points) - 1, 0), bool)
    inside[routes.first[1:-1] - 1] = False
    legs = np.hstack([points[:-1], points[1:]])[inside] if len(points) else np.zeros((0, 4))
    return np.ascontiguousarray(legs), routes.first - np.arange(len(routes.first))


def _lengths(legs: Floats) -> tuple[Floats, Integers]:
    """Return the length of each leg in metres, and which are between points that no unique shortest line joins."""
    ends = [np.ascontiguousarray(legs[:, k]) for k in range(4)]
    length_m, azimuth, bad, at = np.zeros(len(legs)), np.empty(len(legs)), [], 0
    while at < len(legs):
        at = inverse_each_compiled(*ends, at, len(legs), length_m, azimuth)
        if at < len(legs):
            bad.append(at)
            at += 1
    return length_m, np.array(bad, np.int64)


def _offsets(counts: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(counts)])


def walk(measured: Measured, settings: Settings) -> Walked:
    """Find the crossings of all routes; there is at least one."""
    occurring, of_route = np.unique(epochs_of(measured.routes.days, settings), return_inverse=True)
    epochs = [epoch(int(number), settings) for number in occurring]
    found = _crossings(measured, epochs, of_route)
    cell = of_route[found.route] * len(epochs[0].world.pieces) + found.piece
    entry, leaving = times_of(measured.routes, measured.first, measured.length_m, found)
    on_the_day = held_on(epochs, of_route[found.route], found.piece)
    held = held_at(on_the_day, entry, found.piece, settings) if entry is not None and settings.by_time else on_the_day
    return Walked(measured, epochs, of_route, found, cell, held, entry, leaving)


def _crossings(measured: Measured, epochs: list[Epoch], of_route: Integers) -> CrossingsTable:
    """Walk the routes through one labelling of the world at a time; the crossings stand in the order of routes."""
    worlds = list({id(one.world): one.world for one in epochs}.values())
    if len(worlds) == 1:
        return crossings_many(measured.legs, offsets=measured.first, world=worlds[0], threads=1)
    label = np.array([next(k for k, world in enumerate(worlds) if world is one.world) for one in epochs])[of_route]
    owner = np.repeat(np.arange(len(label)), np.diff(measured.first))
    found = []
    for number, world in enumerate(worlds):
        mine = label[owner] == number
        found.append(crossings_many(measured.legs[mine], route_id=owner[mine], world=world, threads=1))

    def joined(name: str) -> Any:
        return np.concatenate([getattr(one, name) for one in found])

    into, each = np.argsort(joined("route"), kind="stable"), np.argsort(joined("routes"))
    columns = {name: joined(name)[into] for name in COLUMNS}
    sums = {name: joined(name)[each] for name in ("routes", "length_km", "high_seas_km", "settled")}
    return CrossingsTable(**columns, **sums, world=worlds[0])
