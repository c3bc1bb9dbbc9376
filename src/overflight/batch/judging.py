"""The pure function: a table of routes in, a table of crossings, one of verdicts and one of refusals out.

Everything else in this package brings tables here and carries the answers away: threads, a Dask cluster, Spark, Ray.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight._crossings.compiled import inverse_each_compiled
from overflight.batch.answers import Answer, Measured
from overflight.batch.reading import Refusals, Routes, read_routes_of
from overflight.batch.schema import CODE, CROSSINGS, REJECTS, VERDICTS, schema_of
from overflight.batch.settings import Settings

__all__ = ["Judge", "Judged", "judge", "refuse_all"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


LONGEST = 200
"""Characters of the longest detail of a refusal."""


class Judged(NamedTuple):
    """What came of a table: `pyarrow.Table` of crossings, verdicts and rejects, as `schema` has them.

    `rows` tells how many rows of the input are judged; the others stand in the rejects.
    """

    crossings: Any
    verdicts: Any
    rejects: Any
    rows: int


def judge(table: Any, settings: Settings, *, file: int = 0, first_row: int = 0) -> Judged:
    """Judge every route of a table.

    Parameters
    ----------
    table : pyarrow.Table
        With the columns that the settings name. A route of points must be whole.
    settings : Settings
        Rules, dates, columns.
    file, first_row : int
        Where the table was cut from; written to the columns `file` and `row`.

    Returns
    -------
    Judged
        Each row of the table is either judged or refused.

    Notes
    -----
    The crossings are those of `overflight.crossings_many`, hence to the last bit those of `overflight._crossings`, with
    the airspace as labelled on each route's date. Runs on the thread that calls it.

    Examples
    --------
    >>> import datetime as dt
    >>> import pyarrow as pa
    >>> from overflight.batch import Columns, Settings
    >>> settings = Settings(Columns("pairs", start="from", end="to"), dt.date(2025, 10, 23), avoid=("icc",))
    >>> judged = judge(pa.table({"from": ["VKO", "VKO"], "to": ["BUD", "Q0Q"]}), settings)
    >>> judged.verdicts["status"].to_pylist(), judged.verdicts["states"].to_pylist()
    (['crosses'], [['RUS', 'BLR', 'UKR', 'POL', 'SVK', 'HUN']])
    >>> judged.rejects["reason"].to_pylist(), judged.rejects["detail"].to_pylist()
    (['unknown-place'], ["to: 'Q0Q'"])
    """
    routes = read_routes_of(table, settings)
    legs, first = _legs(routes)
    length_m = np.zeros(len(legs))
    bad = _measure(legs, length_m)
    routes, legs, first, length_m = _without(routes, legs, first, length_m, bad)
    found = Answer(Measured(table, settings, routes, legs, first, length_m, file, first_row))
    rows = len(routes.row) if routes.members is None else len(routes.members)
    return Judged(found.crossings(), found.verdicts(), found.rejects(), rows)


def refuse_all(table: Any, settings: Settings, why: str, *, file: int = 0, first_row: int = 0) -> Judged:
    """Refuse every row of a table, for judging it failed."""
    refusals = Refusals(np.zeros(table.num_rows, bool))
    refusals.add(np.arange(table.num_rows), "failed", " ".join(why.split())[:LONGEST])
    none = np.zeros(0, np.int64)
    routes = Routes(np.zeros((0, 2)), np.zeros(1, np.int64), none, none, None, None, refusals)
    found = Answer(
        Measured(table, settings, routes, np.zeros((0, 4)), np.zeros(1, np.int64), np.zeros(0), file, first_row)
    )
    return Judged(found.crossings(), found.verdicts(), found.rejects(), 0)


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


def _measure(legs: Floats, length_m: Floats) -> Integers:
    """Measure each leg; return those between points that no unique shortest line joins."""
    ends = [np.ascontiguousarray(legs[:, k]) for k in range(4)]
    azimuth, bad, at = np.empty(len(legs)), [], 0
    while at < len(legs):
        at = inverse_each_compiled(*ends, at, len(legs), length_m, azimuth)
        if at < len(legs):
            bad.append(at)
            at += 1
    return np.array(bad, np.int64)


def _without(
    routes: Routes, legs: Floats, first: Integers, length_m: Floats, bad: Integers
) -> tuple[Routes, Floats, Integers, Floats]:
    """Refuse routes with a leg that is none, and those that go nowhere."""
    count = len(routes.row)
    antipodal = np.zeros(count, bool)
    owner = np.repeat(np.arange(count), np.diff(first))
    antipodal[owner[bad]] = True
    whole_m = np.bincount(owner, length_m, count)
    nowhere = ~antipodal & (whole_m == 0.0)
    keep = ~(antipodal | nowhere)
    if keep.all():
        return routes, legs, first, length_m
    points = np.diff(routes.first)
    for dropped, reason, told in (
        (antipodal, "antipodal", {owner[leg]: "lon {:g}, lat {:g} and lon {:g}, lat {:g}" for leg in bad}),
        (nowhere, "no-length", {}),
    ):
        where = {owner[leg]: legs[leg] for leg in bad}
        for route in np.flatnonzero(dropped).tolist():
            detail = told.get(route, "").format(*where.get(route, ())) or "all points are {:g},{:g} (lon,lat)".format(
                *routes.points[routes.first[route]]
            )
            rows = routes.row[[route]]
            if routes.members is not None:
                rows = routes.members[routes.first[route] : routes.first[route + 1]]
            routes.refusals.add(rows, reason, detail)
    some, legs_kept = np.repeat(keep, points), np.repeat(keep, np.diff(first))
    return (
        Routes(
            routes.points[some],
            np.concatenate([[0], np.cumsum(points[keep])]),
            routes.row[keep],
            routes.days[keep],
            None if routes.times is None else routes.times[some],
            None if routes.members is None else routes.members[some],
            routes.refusals,
        ),
        legs[legs_kept],
        np.concatenate([[0], np.cumsum(np.diff(first)[keep])]),
        length_m[legs_kept],
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """`judge` for engines that map a function over tables: Spark's ``mapInArrow``, Ray's ``map_batches``.

    Parameters
    ----------
    settings : Settings
        Rules, dates, columns.
    want : {"crossings", "verdicts", "rejects"}
        Which of the three tables to give.

    Notes
    -----
    The columns `file` and `row` are left out, for a batch does not know where it was cut from: give the routes ids. A
    batch of points must hold its routes whole.
    """

    settings: Settings
    want: Literal["crossings", "verdicts", "rejects"] = "crossings"

    @property
    def schema(self) -> Any:
        """The Arrow schema of what comes out, dictionaries as plain texts."""
        whole = {"crossings": CROSSINGS, "verdicts": VERDICTS, "rejects": REJECTS}[self.want]
        plain = schema_of(whole[2:], texts=self.settings.columns.texts)
        return pa.schema([pa.field(f.name, pa.string() if f.type == CODE else f.type) for f in plain])

    def __call__(self, table: Any) -> Any:
        """Judge one table; give one table."""
        found = getattr(judge(table, self.settings), self.want)
        return found.drop_columns(["file", "row"]).cast(self.schema)

    def batches(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Judge record batches one by one, as ``mapInArrow`` hands them over."""
        for batch in batches:
            yield from self(pa.Table.from_batches([batch])).to_batches()
