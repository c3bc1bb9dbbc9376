"""The pure function: a table of routes in, a table of crossings, one of verdicts and one of refusals out.

Everything else in this package brings tables here and carries the answers away: threads, a Dask cluster, Spark, Ray.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from overflight.batch.answers import Source, crossings_of, rejects_of, verdicts_of
from overflight.batch.reading import read_routes_of
from overflight.batch.routes import Refusals
from overflight.batch.schema import CODE, TABLES
from overflight.batch.settings import Settings
from overflight.batch.walking import measure, walk

__all__ = ["Judge", "JudgedTable", "judge", "judge_or_refuse"]

LONGEST = 200
"""Characters of the longest detail of a refusal."""


class JudgedTable(NamedTuple):
    """What came of a table: `pyarrow.Table` of crossings, verdicts and rejects, as `schema` has them.

    `rows` tells how many rows of the input are judged; the others stand in the rejects.
    """

    crossings: Any
    verdicts: Any
    rejects: Any
    rows: int


def judge(table: Any, settings: Settings, *, file: int = 0, first_row: int = 0) -> JudgedTable:
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
    JudgedTable
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
    source = Source(table, settings, file, first_row)
    measured = measure(read_routes_of(table, settings))
    routes = measured.routes
    rejects = rejects_of(source, routes.refusals)
    if not len(routes.row):
        return _nothing(settings, rejects)
    walked = walk(measured, settings)
    rows = table.num_rows - len(routes.refusals.reasons)
    return JudgedTable(crossings_of(source, walked), verdicts_of(source, walked), rejects, rows)


def judge_or_refuse(table: Any, settings: Settings, *, file: int, first_row: int) -> JudgedTable:
    """Judge a table; where that fails in a way that nobody thought of, refuse the rows that it fails for."""
    try:
        return judge(table, settings, file=file, first_row=first_row)
    except (pa.ArrowException, ValueError, TypeError, ArithmeticError, LookupError) as error:
        if isinstance(error, MemoryError):
            raise
        if table.num_rows > 1 and settings.columns.kind != "points":  # a route of points can't be cut
            half = table.num_rows // 2
            some = [
                judge_or_refuse(part, settings, file=file, first_row=first)
                for part, first in ((table.slice(0, half), first_row), (table.slice(half), first_row + half))
            ]
            crossings, verdicts, rejects = (
                pa.concat_tables([getattr(one, name) for one in some]).combine_chunks() for name in TABLES
            )
            return JudgedTable(crossings, verdicts, rejects, sum(one.rows for one in some))
        refusals = Refusals(np.zeros(table.num_rows, bool))
        why = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST]
        refusals.add(np.arange(table.num_rows), "failed", why)
        return _nothing(settings, rejects_of(Source(table, settings, file, first_row), refusals))


def _nothing(settings: Settings, rejects: Any) -> JudgedTable:
    """Make the answer to a table of which every row is refused."""
    crossings, verdicts = (settings.schema(name) for name in ("crossings", "verdicts"))
    return JudgedTable(crossings.empty_table(), verdicts.empty_table(), rejects, 0)


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
        plain = [field for field in self.settings.schema(self.want) if field.name not in {"file", "row"}]
        return pa.schema([pa.field(f.name, pa.string() if f.type == CODE else f.type) for f in plain])

    def __call__(self, table: Any) -> Any:
        """Judge one table; give one table."""
        found = getattr(judge(table, self.settings), self.want)
        return found.drop_columns(["file", "row"]).cast(self.schema)

    def batches(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Judge record batches one by one, as ``mapInArrow`` hands them over."""
        for batch in batches:
            yield from self(pa.Table.from_batches([batch])).to_batches()
