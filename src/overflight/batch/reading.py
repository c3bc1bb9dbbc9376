"""From a table of any of the three kinds to routes as arrays of points, and the rows that are none, with reasons."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from overflight.batch.schema import REJECTS, schema_of
from overflight.batch.values import DAY_0, NO_DAY, days_of, decoded, ids_of, instants_of, numbers_of, places_of, shown
from overflight.routes.model import MAX_WAYPOINTS
from overflight.routes.places import MAX_LON_DEG

if TYPE_CHECKING:
    from overflight.batch.settings import Columns, Settings

__all__ = ["REASONS", "Refusals", "Routes", "read_routes_of", "refusals_table"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

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
    times : int array of shape (p,), or None
        Microseconds since 1970.
    members : int array of shape (p,), or None
        The row of each point, where each is a row of its own.
    refusals : Refusals
        The other rows.
    """

    points: Floats
    first: Integers
    row: Integers
    days: Integers
    times: Integers | None
    members: Integers | None
    refusals: Refusals

    def refuse(self, route: int, reason: str, detail: str) -> None:
        """Refuse the rows of a route."""
        rows = self.row[[route]]
        if self.members is not None:
            rows = self.members[self.first[route] : self.first[route + 1]]
        self.refusals.add(rows, reason, detail)

    def only(self, keep: Flags) -> Routes:
        """Return some of the routes."""
        counts = np.diff(self.first)
        some = np.repeat(keep, counts)
        return self._replace(
            points=self.points[some],
            first=np.concatenate([[0], np.cumsum(counts[keep])]),
            row=self.row[keep],
            days=self.days[keep],
            times=None if self.times is None else self.times[some],
            members=None if self.members is None else self.members[some],
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


def read_routes_of(table: Any, settings: Settings) -> Routes:
    """Read the routes of a table, by the columns that the settings name."""
    columns = settings.columns
    refusals = Refusals(np.zeros(table.num_rows, bool))
    if columns.kind == "points":
        return _tracks(table, settings, refusals)
    if columns.kind == "pairs":
        points, first = _pairs(table, columns, refusals)
    else:
        points, first = _lines(table, columns, refusals)
    days = _days(table, settings, refusals)
    _on_earth(points, np.repeat(np.arange(table.num_rows), np.diff(first)), refusals)
    counts = np.diff(first)
    row = np.flatnonzero(~refusals.refused)
    kept = np.repeat(~refusals.refused, counts)
    return Routes(points[kept], np.concatenate([[0], np.cumsum(counts[row])]), row, days[row], None, None, refusals)


def _days(table: Any, settings: Settings, refusals: Refusals) -> Integers:
    name = settings.columns.date
    if name is None:
        return np.full(table.num_rows, settings.on.toordinal() - DAY_0, np.int64)
    days = days_of(table[name])
    refusals.add(days == NO_DAY, "bad-date", lambda row: f"{name}: {shown(table[name][row].as_py())}")
    return days


def _on_earth(points: Floats, owner: Integers, refusals: Refusals) -> None:
    """Refuse rows with a coordinate that is none."""
    for bad, reason in (
        (~np.isfinite(points).all(axis=1), "not-a-number"),
        ((np.abs(points) > [MAX_LON_DEG, 90.0]).any(axis=1), "off-the-earth"),
    ):
        if bad.any():
            rows, at = np.unique(owner[bad], return_index=True)
            worst = dict(zip(rows.tolist(), points[bad][at].tolist(), strict=True))
            refusals.add(rows, reason, lambda row, w=worst: f"lon {w[row][0]:g}, lat {w[row][1]:g}")


# Two places -----------------------------------------------------------------------------------------------------------


def _pairs(table: Any, columns: Columns, refusals: Refusals) -> tuple[Floats, Integers]:
    points = np.zeros((table.num_rows, 2, 2))
    for end, name in enumerate((columns.start, columns.end)):
        lonlat, wrong, at, texts = places_of(table[name])
        points[:, end] = lonlat[at]
        for code, reason in ((1, "null"), (2, "unknown-place"), (3, "ambiguous-place")):
            bad = wrong[at] == code
            if bad.any():
                told = [f"{name}: {shown(text)}" for text in texts] + [f"{name} is null"]
                refusals.add(bad, reason, lambda row, told=told, at=at: told[at[row]])
    points[refusals.refused] = 0.0
    return points.reshape(-1, 2), 2 * np.arange(table.num_rows + 1)


# Lines ----------------------------------------------------------------------------------------------------------------


def _lines(table: Any, columns: Columns, refusals: Refusals) -> tuple[Floats, Integers]:
    array = decoded(table[columns.geometry])
    refusals.add(np.asarray(array.is_null()), "null", f"{columns.geometry} is null")
    points, counts = _of_lists(array) if pa.types.is_nested(array.type) else _of_wkb(array, refusals)
    refusals.add(counts < 2, "too-few-points", lambda row: f"{counts[row]} points")
    refusals.add(counts > MAX_WAYPOINTS, "too-many-points", lambda row: f"{counts[row]} points")
    return points, np.concatenate([[0], np.cumsum(counts)])


def _of_lists(array: Any) -> tuple[Floats, Integers]:
    """Read GeoArrow's linestrings, coordinates apart or interleaved."""
    counts = np.asarray(pc.list_value_length(array).fill_null(0), np.int64)
    flat = array.flatten()
    if pa.types.is_struct(flat.type):
        x, y = (np.asarray(flat.field(name).cast(pa.float64()).fill_null(np.nan)) for name in ("x", "y"))
        return np.column_stack([x, y]), counts
    wide = flat.type.list_size
    numbers = np.asarray(flat.flatten().cast(pa.float64()).fill_null(np.nan))
    return numbers.reshape(-1, wide)[:, :2].copy(), counts


def _of_wkb(array: Any, refusals: Refusals) -> tuple[Floats, Integers]:
    raw: npt.NDArray[np.object_] = np.array(array.to_pylist(), object)
    with np.errstate(invalid="ignore"):  # a coordinate that is no number is refused later on
        shapes = shapely.from_wkb(raw, on_invalid="ignore")
    refusals.add(shapely.is_missing(shapes), "bad-geometry", lambda row: f"no WKB: {_hex(raw[row])}")
    kinds = shapely.get_type_id(shapes)
    for row in np.flatnonzero(kinds == shapely.GeometryType.MULTILINESTRING).tolist():
        joined = _joined(shapes[row])
        shapes[row] = joined
        if joined is None:
            refusals.add(np.array([row]), "bad-geometry", "a MultiLineString whose parts do not join")
    one = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    refusals.add(~one, "bad-geometry", lambda row: f"a {shapes[row].geom_type}, no line")
    srid = shapely.get_srid(shapes)
    refusals.add(one & (srid != 0) & (srid != 4326), "bad-geometry", lambda row: f"SRID {srid[row]}, not 4326")
    shapes[~one] = None
    counts = np.where(one, shapely.get_num_coordinates(shapes), 0).astype(np.int64)
    return shapely.get_coordinates(shapes), counts


def _joined(shape: Any) -> Any:
    """Make one line of parts that each begin where the one before ends, at 180 degrees on the other side."""
    parts = [shapely.get_coordinates(part) for part in shapely.get_parts(shape)]
    parts = [part for part in parts if len(part)]
    for before, after in itertools.pairwise(parts):
        lon, lat = after[0] - before[-1]
        if lat != 0.0 or abs(lon) not in {0.0, 360.0}:
            return None
    return shapely.LineString(np.concatenate([parts[0], *(part[1:] for part in parts[1:])])) if parts else None


def _hex(raw: object) -> str:
    return shown(raw.hex() if isinstance(raw, bytes) else raw)


# Points ---------------------------------------------------------------------------------------------------------------


def _tracks(table: Any, settings: Settings, refusals: Refusals) -> Routes:
    """Join points to routes, by id, in the order of time.

    A point that can't be read is refused alone; what is left of its route is judged.
    """
    columns = settings.columns
    lon, no_lon = numbers_of(table[columns.lon])
    lat, no_lat = numbers_of(table[columns.lat])
    refusals.add(np.asarray(table[columns.route].combine_chunks().is_null()), "null", f"{columns.route} is null")
    refusals.add(no_lon | no_lat, "null", "the position is null")
    points = np.column_stack([lon, lat])
    _on_earth(points, np.arange(len(points)), refusals)
    when = instants_of(table[columns.time])
    refusals.add(when == NO_DAY, "bad-time", lambda row: f"{columns.time}: {shown(table[columns.time][row].as_py())}")
    days = _days(table, settings, refusals)
    codes = ids_of(table[columns.route], texts=columns.texts).dictionary_encode().indices
    which = np.asarray(codes.fill_null(0), np.int64)
    kept = np.flatnonzero(~refusals.refused)
    order = kept[np.lexsort((kept, when[kept], which[kept]))]
    begins = np.flatnonzero(np.diff(which[order], prepend=-1))
    counts = np.diff(np.append(begins, len(order)))
    for few, reason in ((counts < 2, "too-few-points"), (counts > MAX_WAYPOINTS, "too-many-points")):
        if few.any():
            bad = order[np.repeat(few, counts)]
            told = dict(zip(bad.tolist(), np.repeat(counts[few], counts[few]).tolist(), strict=True))
            refusals.add(bad, reason, lambda row, told=told: f"the route has {told[row]} points that can be read")
    fine = (counts >= 2) & (counts <= MAX_WAYPOINTS)
    order, row = order[np.repeat(fine, counts)], order[begins[fine]] if len(order) else order
    first = np.concatenate([[0], np.cumsum(counts[fine])])
    if columns.date is None and settings.by_time:
        days = when // 86_400_000_000
    return Routes(points[order], first, row, days[row], when[order], order, refusals)
