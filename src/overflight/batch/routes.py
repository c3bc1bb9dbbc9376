"""What rows of a table become: routes as arrays, or refusals with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.batch.schema import REJECTS, schema_of
from overflight.batch.values import DAY_0, NO_DAY, days_of, shown
from overflight.routes.model import MAX_WAYPOINTS
from overflight.routes.places import MAX_LON_DEG

if TYPE_CHECKING:
    from overflight.batch.settings import Settings

__all__ = [
    "FILE",
    "HIDDEN",
    "REASONS",
    "ROW",
    "Refusals",
    "Routes",
    "days_asked",
    "days_in",
    "refusals_table",
    "refuse_off_earth",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FILE, ROW = HIDDEN = ("_file", "_row")
"""Columns of a table of points that say where each came from."""
REASONS = {
    "null": "a value is missing",
    "not-a-number": "a coordinate is not finite",
    "off-the-earth": "a coordinate is out of range",
    "unknown-place": "no airport has the code",
    "ambiguous-place": "two airports have the code",
    "bad-geometry": "not a line, not WKB, or parts that do not join",
    "too-few-points": "fewer than two points",
    "too-many-points": f"more than {MAX_WAYPOINTS} points",
    "no-length": "all points are one place",
    "antipodal": "two points lie opposite each other, so that the line between them is not unique",
    "bad-date": "no day that can be read",
    "bad-time": "no time that can be read",
    "at-0-0": "a position at 0,0, which receivers without one write",
    "still": "a position before, after or between flights",
    "jump": "a position that no aircraft gets to in the time: suspected spoofing or error",
    "unreadable": "the file, or a row group of it, is damaged",
    "wrong-columns": "the file has not the columns, or not the types, of the others",
    "too-large": "values larger than any that could be meant",
    "failed": "judging it failed in a way that nobody thought of: please report it",
}


@dataclass(slots=True)
class Refusals:
    """Rows that are no routes: which, why, and what was found; the first reason holds."""

    refused: Flags
    reasons: dict[int, tuple[str, str]] = field(default_factory=dict)

    def add(self, rows: Flags | Integers, reason: str, detail: Any) -> None:
        """Refuse rows that are not refused yet; `detail` is a text, or makes one of a row."""
        at = np.flatnonzero(rows) if rows.dtype == bool else rows
        at = at[~self.refused[at]]
        self.refused[at] = True
        for row in at.tolist():
            self.reasons[row] = (reason, detail if isinstance(detail, str) else detail(row))


class Routes(NamedTuple):
    """Routes as arrays.

    Attributes
    ----------
    points : array of shape (p, 2)
        lon, lat in degrees.
    first : int array of shape (n + 1,)
        Where each route's points begin.
    row : int array of shape (n,)
        The row of the table that each route is, or begins with.
    days : int array of shape (n,)
        Days since 1970-01-01.
    refusals : Refusals
        The other rows.
    times : int array of shape (p,), or None
        Microseconds since 1970; `NO_DAY` at the points of a route without times.
    owner : int array of shape (rows of the table,), or None
        The number of the route that each row belongs to, or -1, where a row is not a route; in `number` are these.
    names : array of str or None, or None
        What each route is called, where no column has ids.
    flight : int array of shape (n,), or None
        Which of the flights of its aircraft each is, from 1.
    remarks : array of tuple of str, or None
        What is to be said of each.
    """

    points: Floats
    first: Integers
    row: Integers
    days: Integers
    refusals: Refusals
    times: Integers | None = None
    owner: Integers | None = None
    number: Integers | None = None
    names: npt.NDArray[np.object_] | None = None
    flight: Integers | None = None
    remarks: npt.NDArray[np.object_] | None = None

    def refuse(self, route: int, reason: str, detail: str) -> None:
        """Refuse the rows of a route."""
        rows = self.row[[route]]
        if self.owner is not None and self.number is not None:
            rows = np.flatnonzero(self.owner == self.number[route])
        self.refusals.add(rows, reason, detail)

    def only(self, keep: Flags) -> Routes:
        """Return some of the routes."""
        counts = np.diff(self.first)
        each = ("row", "days", "number", "names", "flight", "remarks")
        some: dict[str, Any] = {name: None if (held := getattr(self, name)) is None else held[keep] for name in each}
        return self._replace(
            points=self.points[np.repeat(keep, counts)],
            first=np.concatenate([[0], np.cumsum(counts[keep])]),
            times=None if self.times is None else self.times[np.repeat(keep, counts)],
            **some,
        )


def refusals_table(file: Any, row: Any, rows: Any, ids: Any, reasons: Sequence[tuple[str, str]]) -> Any:
    """Make the table of refusals: where each is, of how many rows, of which route, and the reason with its detail."""
    words = list(REASONS)
    codes = pa.array([words.index(reason) for reason, _ in reasons], pa.int16())
    arrays = [
        pa.array(file, pa.int32()),
        pa.array(row, pa.int64()),
        pa.array(rows, pa.int64()),
        pa.nulls(len(reasons), pa.string()) if ids is None else ids,
        pa.DictionaryArray.from_arrays(codes, pa.array(words)),
        pa.array([detail for _, detail in reasons], pa.string()),
    ]
    return pa.table(arrays, schema=schema_of(REJECTS))


def days_in(table: Any, settings: Settings, refusals: Refusals) -> Integers:
    """Return the day by which each row is judged, from 1970-01-01 on; refuse rows without one."""
    days = days_asked(table, settings)
    if name := settings.columns.date:
        refusals.add(days == NO_DAY, "bad-date", lambda row: f"{name}: {shown(table[name][row].as_py())}")
    return days


def days_asked(table: Any, settings: Settings) -> Integers:
    """Return the day by which each row is judged, from 1970-01-01 on; `NO_DAY` where there is none."""
    name = settings.columns.date
    if name is None:
        return np.full(table.num_rows, settings.on.toordinal() - DAY_0, np.int64)
    return days_of(table[name])


def refuse_off_earth(points: Floats, owner: Integers, refusals: Refusals) -> None:
    """Refuse rows with a coordinate that is none."""
    for bad, reason in (
        (~np.isfinite(points).all(axis=1), "not-a-number"),
        ((np.abs(points) > [MAX_LON_DEG, 90.0]).any(axis=1), "off-the-earth"),
    ):
        if bad.any():
            rows, at = np.unique(owner[bad], return_index=True)
            worst = dict(zip(rows.tolist(), points[bad][at].tolist(), strict=True))
            refusals.add(rows, reason, lambda row, w=worst: f"lon {w[row][0]:g}, lat {w[row][1]:g}")
