"""What recorders wrote down, as columns."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from overflight.earth.constants import MEAN_RADIUS_KM
from overflight.routes.places import Waypoint, known_good
from overflight.routes.sample import Sample

__all__ = ["UNKNOWN", "Floats", "Objects", "Samples", "kilometres", "moment", "objects_of", "stamp"]

Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Samples:
    """Positions of one aircraft as columns, each of length n; see `Sample`.

    Attributes
    ----------
    lonlat : array of shape (n, 2)
        Degrees, longitudes in [-180, 180].
    when, altitude_m : array of shape (n,)
        NaN where unknown.
    on_ground : int array of shape (n,)
        1, 0, or -1 where unknown.
    part : int array of shape (n,)
    source, callsign : array of str or None, of shape (n,)
    row : int array of shape (n,)
        Which row of the recording each is.
    points : array of Waypoint, of shape (n,), or None
        The positions, where they are made already.
    """

    lonlat: Floats
    when: Floats
    altitude_m: Floats
    on_ground: npt.NDArray[np.int8]
    part: npt.NDArray[np.int64]
    source: Objects
    callsign: Objects
    row: npt.NDArray[np.int64]
    points: Objects | None = None

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Samples:
        """Turn rows to columns."""
        points = [s.point for s in samples]
        return cls(
            np.array([(p.lon, p.lat) for p in points], float).reshape(-1, 2),
            _floats(s.when for s in samples),
            _floats(s.altitude_m for s in samples),
            np.array([UNKNOWN if s.on_ground is None else s.on_ground for s in samples], np.int8),
            np.array([s.part for s in samples], np.int64),
            objects_of([s.source for s in samples]),
            objects_of([s.callsign for s in samples]),
            np.arange(len(samples)),
            objects_of(points),
        )

    @classmethod
    def of_columns(
        cls,
        lonlat: Floats,
        when: Floats,
        *,
        altitude_m: Floats | None = None,
        on_ground: npt.NDArray[np.int8] | None = None,
        source: Objects | None = None,
        callsign: Objects | None = None,
        row: npt.NDArray[np.int64] | None = None,
    ) -> Samples:
        """Take columns as they are; what is not given is not known."""
        count = len(lonlat)
        nothing = np.full(count, None, object)
        return cls(
            lonlat,
            when,
            np.full(count, math.nan) if altitude_m is None else altitude_m,
            np.full(count, UNKNOWN, np.int8) if on_ground is None else on_ground,
            np.zeros(count, np.int64),
            nothing if source is None else source,
            nothing if callsign is None else callsign,
            np.arange(count) if row is None else row,
        )

    def __len__(self) -> int:
        return len(self.when)

    @property
    def is_timed(self) -> bool:
        """Whether every position has a time."""
        return len(self) > 0 and bool(np.isfinite(self.when).all())

    def is_one_place(self) -> bool:
        """Tell whether all positions are the same."""
        return bool((self.lonlat == self.lonlat[:1]).all())

    @property
    def waypoints(self) -> tuple[Waypoint, ...]:
        """The positions."""
        if self.points is not None:
            return tuple(self.points)
        return tuple(map(known_good, *self.lonlat.T.tolist()))

    def take(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_] | slice) -> Samples:
        """Return some of the positions, in the order given."""
        columns: list[Any] = [None if column is None else column[which] for column in self._columns()]
        return Samples(*columns)

    def plus(self, other: Samples) -> Samples:
        """Return these positions and others behind them."""
        pairs = zip(self._columns(), other._columns(), strict=True)
        columns: list[Any] = [None if a is None or b is None else np.concatenate([a, b]) for a, b in pairs]
        return Samples(*columns)

    def _columns(self) -> tuple[Any, ...]:
        return (
            *(self.lonlat, self.when, self.altitude_m, self.on_ground, self.part),
            *(self.source, self.callsign, self.row, self.points),
        )


def objects_of(values: Sequence[object]) -> Objects:
    """Make a column of anything."""
    made = np.empty(len(values), object)
    made[:] = values
    return made


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in values], float)


def kilometres(a: Floats, b: Floats) -> Floats:
    """Return how far apart points are, given as rows of lon and lat, on the sphere: within 0.6 %."""
    (lon1, lat1), (lon2, lat2) = np.radians(np.moveaxis(a, -1, 0)), np.radians(np.moveaxis(b, -1, 0))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    found: Floats = 2 * MEAN_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return found


def moment(when: float) -> dt.datetime:
    """Return the moment that is so many seconds after the beginning of 1970, in UTC."""
    return dt.datetime.fromtimestamp(when, dt.UTC)


def stamp(when: float) -> str:
    """Write a moment as people read it, to the second.

    Examples
    --------
    >>> stamp(1761202800.4)
    '2025-10-23T07:00:00Z'
    """
    return moment(math.floor(when)).strftime("%Y-%m-%dT%H:%M:%SZ")
