"""What recorders wrote down, as columns."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from overflight.earth.constants import MEAN_RADIUS_KM
from overflight.routes.places import Waypoint
from overflight.routes.sample import Sample

__all__ = ["Floats", "Samples", "kilometres", "moment", "stamp"]

Floats = npt.NDArray[np.float64]
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Samples:
    """Positions of one aircraft as columns, each of length n; see `Sample`.

    Attributes
    ----------
    points : tuple of Waypoint
    lonlat : array of shape (n, 2)
        Degrees.
    when, altitude_m : array of shape (n,)
        NaN where unknown.
    on_ground : int array of shape (n,)
        1, 0, or -1 where unknown.
    part : int array of shape (n,)
    source, callsign : tuple of str or None
    """

    points: tuple[Waypoint, ...]
    lonlat: Floats
    when: Floats
    altitude_m: Floats
    on_ground: npt.NDArray[np.int8]
    part: npt.NDArray[np.int64]
    source: tuple[str | None, ...]
    callsign: tuple[str | None, ...]

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Samples:
        """Turn rows to columns."""
        points = tuple(s.point for s in samples)
        return cls(
            points,
            np.array([(p.lon, p.lat) for p in points], float).reshape(-1, 2),
            _floats(s.when for s in samples),
            _floats(s.altitude_m for s in samples),
            np.array([UNKNOWN if s.on_ground is None else s.on_ground for s in samples], np.int8),
            np.array([s.part for s in samples], np.int64),
            tuple(s.source for s in samples),
            tuple(s.callsign for s in samples),
        )

    def __len__(self) -> int:
        return len(self.points)

    @property
    def is_timed(self) -> bool:
        """Whether every position has a time."""
        return len(self) > 0 and bool(np.isfinite(self.when).all())

    def take(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_] | slice) -> Samples:
        """Return some of the positions, in the order given."""
        at = np.arange(len(self))[which]
        rows = at.tolist()
        return Samples(
            tuple(self.points[i] for i in rows),
            self.lonlat[at],
            self.when[at],
            self.altitude_m[at],
            self.on_ground[at],
            self.part[at],
            tuple(self.source[i] for i in rows),
            tuple(self.callsign[i] for i in rows),
        )

    def plus(self, other: Samples) -> Samples:
        """Return these positions and others behind them."""
        return Samples(
            self.points + other.points,
            np.concatenate([self.lonlat, other.lonlat]),
            np.concatenate([self.when, other.when]),
            np.concatenate([self.altitude_m, other.altitude_m]),
            np.concatenate([self.on_ground, other.on_ground]),
            np.concatenate([self.part, other.part]),
            self.source + other.source,
            self.callsign + other.callsign,
        )


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
