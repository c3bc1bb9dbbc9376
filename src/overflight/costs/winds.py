"""The mean wind of a season, by place: an estimate, and no day's weather.

Method: the shipped table has January and July at 300 hPa; of a day between the middles of the two, each counts by a
cosine, so that either month's middle has its own wind. Between the rows and columns of the table, winds are arrows in
space and change in proportion; so 180 degrees is a meridian like others, and a pole a place like others, with the mean
of the row about it.

What it can't know: any day's weather, by which the wind on a long way is often 10 m/s more or less, and in a place far
more; other levels, though the jet streams are stronger above, at 250 and 200 hPa; spring and autumn, but as something
between the two months. Over which years the table is a mean, its source does not say, nor whether of measured winds.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.airspace.states import DATA
from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.sphere import to_unit
from overflight.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["SPREAD_M_S", "Winds", "ground_speed_m_s", "january_share", "season", "season_words"]

SPREAD_M_S = 10.0
"""How far the wind along a way is taken to be off the season's, either way: ours, and rough (docs/winds.md has why)."""
MIDDLE_DAY = 16
"""The day of January, and of July, whose wind is that of the month."""
TO_JULY = 181
"""Days from the one to the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Winds:
    """Wind by place, at one level.

    Attributes
    ----------
    on : datetime.date
        The day.
    level_hpa : float
        The pressure at its level.
    latitudes_deg : ndarray, shape (rows,)
        Where its rows stand, from pole to pole.
    west_deg : float
        Where its first column stands; the others follow east, evenly.
    arrows : ndarray, shape (rows, columns, 3)
        The wind at each, in m/s, as a vector in space: towards (0 E, 0 N), (90 E, 0 N) and the north pole.
    strongest_m_s : float
        A speed that no wind of it exceeds: between its places, it is a mean of those about.
    """

    on: dt.date
    level_hpa: float
    latitudes_deg: Floats = field(repr=False)
    west_deg: float = field(repr=False)
    arrows: Floats = field(repr=False)
    strongest_m_s: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "strongest_m_s", float(np.linalg.norm(self.arrows, axis=2).max()))

    @classmethod
    def of_components(
        cls, east_north: Floats, *, latitudes_deg: ArrayLike, west_deg: float, on: dt.date, level_hpa: float
    ) -> Winds:
        """Make winds of a table of what blows to the east and to the north, shape (2, rows, columns), without poles."""
        rows = np.asarray(latitudes_deg, dtype=np.float64)
        columns = west_deg + 360.0 / east_north.shape[2] * np.arange(east_north.shape[2])
        east, north = _axes(np.stack(np.broadcast_arrays(columns[None, :], rows[:, None]), axis=-1))
        arrows = east_north[0][..., None] * east + east_north[1][..., None] * north
        poles = arrows[[0, -1]].mean(axis=1, keepdims=True) * (1.0, 1.0, 0.0)  # level with the ground there
        south, to_north = np.broadcast_to(poles, (2, *arrows.shape[1:]))
        return cls(
            on,
            level_hpa,
            np.concatenate([[-90.0], rows, [90.0]]),
            west_deg,
            np.concatenate([south[None], arrows, to_north[None]]),
        )

    def within(
        self, start: tuple[float, float], end: tuple[float, float], reach_km: float
    ) -> tuple[Floats, Floats, float]:
        """Return what the table has about all places from which two others are no farther than so much together.

        Parameters
        ----------
        start, end : (lon, lat)
            The two, in degrees.
        reach_km : float
            How far they are at most, one added to the other, on the ellipsoid.

        Returns
        -------
        verticals, arrows : ndarray, shape (n, 3)
            Places of the table, as unit vectors, and the wind there. Of each place that was asked about, the four about
            it are among them, of which its wind is a mean.
        apart : float
            How far a place is from any of its four at most, in radians.
        """
        columns = self.west_deg + 360.0 / self.arrows.shape[1] * np.arange(self.arrows.shape[1])
        step = float(np.diff(self.latitudes_deg).max())
        apart = math.radians(math.hypot(step, 360.0 / self.arrows.shape[1]))  # the diagonal of a cell at the equator
        verticals = to_unit(np.stack(np.meshgrid(columns, self.latitudes_deg), axis=-1))
        far = sum(np.arccos(np.clip(verticals @ to_unit(np.array([one]))[0], -1.0, 1.0)) for one in (start, end))
        near = far <= reach_km / LEAST_KM_PER_RAD + 2.0 * apart
        return verticals[near], self.arrows.reshape(-1, 3)[near], apart

    def east_north_m_s(self, positions: ArrayLike) -> Floats:
        """Return what blows to the east and to the north at each place.

        Parameters
        ----------
        positions : array_like, shape (n, 2)
            Longitude and latitude, in degrees.

        Returns
        -------
        ndarray, shape (n, 2)
            In m/s. At a pole, east and north are those of the longitude given.
        """
        lonlat = np.asarray(positions, dtype=np.float64).reshape(-1, 2)
        columns = self.arrows.shape[1]
        along = (lonlat[:, 0] - self.west_deg) % 360.0 * (columns / 360.0)
        west = np.floor(along).astype(np.int64)
        across = (along - west)[:, None]
        west %= columns  # a hair west of the first column rounds to a whole turn
        east = (west + 1) % columns
        south = np.clip(np.searchsorted(self.latitudes_deg, lonlat[:, 1], side="right") - 1, 0, len(self.arrows) - 2)
        step = self.latitudes_deg[south + 1] - self.latitudes_deg[south]
        up = ((lonlat[:, 1] - self.latitudes_deg[south]) / step)[:, None]
        below = (1.0 - across) * self.arrows[south, west] + across * self.arrows[south, east]
        above = (1.0 - across) * self.arrows[south + 1, west] + across * self.arrows[south + 1, east]
        arrow = (1.0 - up) * below + up * above
        found = np.stack([(arrow * axis).sum(axis=1) for axis in _axes(lonlat)], axis=1)
        return np.asarray(found, dtype=np.float64)

    def tailwind_m_s(self, positions: ArrayLike, courses: ArrayLike) -> Floats:
        """Return how fast the wind pushes along a course at each place, below 0 against it.

        Parameters
        ----------
        positions : array_like, shape (n, 2)
            Longitude and latitude, in degrees.
        courses : array_like, shape (n,)
            Where the way goes there, in degrees from north by east.

        Examples
        --------
        >>> winds = season(dt.date(2025, 1, 16))
        >>> winds.tailwind_m_s([[140.0, 35.0], [140.0, 35.0]], [90.0, 270.0]).round(1).tolist()
        [51.9, -51.9]
        """
        return self.along_and_across_m_s(positions, courses)[0]

    def along_and_across_m_s(self, positions: ArrayLike, courses: ArrayLike) -> tuple[Floats, Floats]:
        """Return how fast the wind pushes along a course at each place, and how fast from its left side.

        Parameters
        ----------
        positions, courses : array_like
            As for `tailwind_m_s`.
        """
        east, north = self.east_north_m_s(positions).T
        course = np.radians(np.asarray(courses, dtype=np.float64).reshape(-1))
        sin, cos = np.sin(course), np.cos(course)
        return east * sin + north * cos, east * cos - north * sin


def ground_speed_m_s(airspeed_m_s: float, along_m_s: Floats, across_m_s: Floats) -> Floats:
    """Return how fast an aircraft gets on along a course that it keeps by heading into what blows across.

    Parameters
    ----------
    airspeed_m_s : float
        True airspeed; more than what blows across, or the course can't be kept.
    along_m_s, across_m_s : ndarray
        The wind, along the course and across it.

    Examples
    --------
    >>> ground_speed_m_s(250.0, np.array([-20.0, 0.0]), np.array([0.0, 70.0])).tolist()
    [230.0, 240.0]
    """
    return np.asarray(np.sqrt(airspeed_m_s**2 - across_m_s**2) + along_m_s, dtype=np.float64)


@functools.lru_cache(maxsize=8)
def season(on: dt.date) -> Winds:
    """Return the mean wind of the season at 300 hPa, on a day.

    Parameters
    ----------
    on : datetime.date
        The day; of which year does not matter.

    Returns
    -------
    Winds

    Raises
    ------
    DataError
        If the table can't be read.

    Examples
    --------
    >>> [round(season(dt.date(2025, month, 16)).strongest_m_s) for month in (1, 4, 7)]
    [56, 38, 41]
    """
    facts, speeds = _table(DATA)
    share = january_share(on)
    return Winds.of_components(
        share * speeds[0] + (1.0 - share) * speeds[1],
        latitudes_deg=facts["latitudes_deg"],
        west_deg=facts["west_deg"],
        on=on,
        level_hpa=facts["level_hpa"],
    )


def season_words(on: dt.date) -> str:
    """Say what wind is reckoned with, for a list of what was assumed.

    Examples
    --------
    >>> season_words(dt.date(2025, 1, 16))[:62]
    'the mean wind of the season at 300 hPa as of 2025-01-16, 10 m/'
    """
    return (
        f"the mean wind of the season at 300 hPa as of {on}, {SPREAD_M_S:.0f} m/s more or less along the way: "
        "an estimate, no day's weather"
    )


def january_share(on: dt.date) -> float:
    """Return how much January's wind counts on a day; July's has the rest.

    Examples
    --------
    >>> [round(january_share(dt.date(2025, month, 16)), 2) for month in range(1, 8)]
    [1.0, 0.93, 0.76, 0.5, 0.26, 0.07, 0.0]
    """
    leap = (on.month, on.day) == (2, 29)
    since = (dt.date(2025, on.month, 28 if leap else on.day) - dt.date(2025, 1, MIDDLE_DAY)).days % 365
    gone = since / TO_JULY if since <= TO_JULY else (365 - since) / (365 - TO_JULY)
    return 0.5 + 0.5 * math.cos(math.pi * gone)


def _axes(lonlat: Floats) -> tuple[Floats, Floats]:
    """Return which way east and north point in space, at places of shape (..., 2) in degrees."""
    lon, lat = np.radians(lonlat[..., 0]), np.radians(lonlat[..., 1])
    still = np.zeros_like(lon)
    east = np.stack([-np.sin(lon), np.cos(lon), still], axis=-1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    return east, north


@functools.cache
def _table(folder: Path) -> tuple[dict[str, Any], Floats]:
    """Read the table: what the manifest says of it, and m/s by month, component, row and column."""
    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["winds"]
        raw = (folder / "winds.bin").read_bytes()
        speeds = np.frombuffer(raw, "<i2").reshape(facts["shape"]) * facts["unit_m_s"]
    except (OSError, ValueError, KeyError) as error:
        msg = f"the winds can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
    return facts, np.asarray(speeds, dtype=np.float64)
