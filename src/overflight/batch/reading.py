"""From a table of any of the three kinds to routes as arrays of points, and the rows that are none, with reasons."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from overflight.batch.recorded import flights_of
from overflight.batch.routes import Refusals, Routes, days_asked, days_in, refuse_off_earth
from overflight.batch.values import decoded, places_before, places_of, shown
from overflight.routes.model import MAX_WAYPOINTS

if TYPE_CHECKING:
    from overflight.batch.settings import Columns, Settings

__all__ = ["read_routes_of"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def read_routes_of(table: Any, settings: Settings) -> Routes:
    """Read the routes of a table, by the columns that the settings name."""
    columns = settings.columns
    refusals = Refusals(np.zeros(table.num_rows, bool))
    if columns.kind == "points":
        return flights_of(table, settings, refusals)
    if columns.kind == "pairs":
        points, first = _pairs(table, columns, days_asked(table, settings), refusals)
    else:
        points, first = _lines(table, columns, refusals)
    days = days_in(table, settings, refusals)
    refuse_off_earth(points, np.repeat(np.arange(table.num_rows), np.diff(first)), refusals)
    counts = np.diff(first)
    row = np.flatnonzero(~refusals.refused)
    kept = np.repeat(~refusals.refused, counts)
    return Routes(points[kept], np.concatenate([[0], np.cumsum(counts[row])]), row, days[row], refusals)


# Two places -----------------------------------------------------------------------------------------------------------


def _pairs(table: Any, columns: Columns, days: Integers, refusals: Refusals) -> tuple[Floats, Integers]:
    points = np.zeros((table.num_rows, 2, 2))
    for end, name in enumerate((columns.start, columns.end)):
        lonlat, wrong, at, texts = places_of(table[name])
        points[:, end] = lonlat[at]
        for nth, text in enumerate(texts):
            for until, there in places_before(text):
                points[(at == nth) & (days < until), end] = there
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
