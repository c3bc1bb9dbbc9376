"""A run from files to files: cuts the input, hands parts to a pool, keeps what comes back, says how far it is."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from overflight.batch.columns import misfit
from overflight.batch.inputs import Input, Part, boundless, find_inputs, parts_of, read_parts
from overflight.batch.judging import Judged, judge, refuse_all
from overflight.batch.pools import Pool, open_pool
from overflight.batch.reading import REASONS
from overflight.batch.schema import CROSSINGS, REJECTS, TABLES, VERDICTS, schema_of
from overflight.batch.settings import Settings
from overflight.batch.spool import buckets_for, spool
from overflight.batch.store import Store, check_parts, parquet_bytes, partial, read_manifest
from overflight.errors import DataError

__all__ = ["Progress", "Result", "run"]

AHEAD = 1
"""Parts that wait besides those that are worked on."""
SLOW, SLOW_S = 4.0, 10.0
"""A part that takes so many times the median, and so many seconds at least, is given to another worker, too."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: rows done, of how many, how many of them in this process, and since when."""

    what: str
    rows: int
    of: int
    now: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second, of this process."""
        return self.now / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, at this rate; None if that can't be said yet."""
        return (self.of - self.rows) / self.rate if self.now and self.seconds >= 1.0 else None


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to.

    Attributes
    ----------
    rows, judged, refused : int
        Rows in, and what became of them; the first is the sum of the others.
    routes, crossings : int
        Rows of the two tables.
    files_refused : int
        Files of which nothing could be read, whose rows are not known.
    """

    rows: int
    judged: int
    refused: int
    routes: int
    crossings: int
    files_refused: int

    @property
    def whole(self) -> bool:
        """Whether every row of every file is judged."""
        return not (self.refused or self.files_refused)


class _Done(NamedTuple):
    """What a worker sends back: files by the name of their table, and counts."""

    files: dict[str, bytes]
    counts: dict[str, int]


def run(
    inputs: Sequence[str],
    out: str | Path,
    settings: Settings | Callable[[Sequence[Input]], Settings],
    *,
    resume: bool = False,
    scheduler: str | None = None,
    threads: int | None = None,
    tell: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Result:
    """Judge all routes of some Parquet files, and write the answer to a folder.

    Parameters
    ----------
    inputs : sequence of str
        Files, folders and globs.
    out : path
        The folder to be made. While it is worked on its name has ``.partial`` behind it.
    settings : Settings, or function of the inputs that returns some
        By what to judge, and where things are in the files.
    resume : bool
        Go on with a run that was interrupted, if there is one.
    scheduler : str, optional
        Address of a Dask scheduler (``tcp://...``); by default threads of this process do the work.
    threads : int, optional
        How many, by default one for each processor.
    tell : function, optional
        Called with a `Progress` after each part.
    say : function
        Called with a sentence on each thing that a resumed run does again, and why.

    Returns
    -------
    Result
        Counts.

    Raises
    ------
    DataError
        If nothing can be read, the answer can't be written, or a run can't be resumed. What is done stays.

    Notes
    -----
    The input is cut into parts by the footers of its files, each part is judged by `judge`, and its files are written
    whole before it is noted as done. So whatever stops a run, what is there is right; going on gives the same bytes.
    """
    out = Path(out)
    try:
        own = (out.resolve(), partial(out).resolve())
        there = out.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        msg = f"{str(out)[:200]}: no folder can be made there ({reason[:200].lower()}): choose another place with -o"
        raise DataError(msg) from error
    files = find_inputs(inputs, but=own)
    chosen = settings if isinstance(settings, Settings) else settings(files)
    files = [_checked(one, chosen) for one in files]
    facts = {**chosen.facts(), "pyarrow": pa.__version__}
    state = {"facts": facts, "inputs": [[one.name, one.size, one.digest, one.mtime_ns] for one in files]}
    finished = read_manifest(out) if resume and there else None
    if finished is not None and finished.get("facts") == facts and finished.get("inputs") == _listed(files):
        check_parts(out, finished)
        return Result(**finished["counts"])
    store = Store(out, state, resume=resume, say=say)
    try:
        if store.complete:
            manifest = read_manifest(store.work) or {}
            check_parts(store.work, manifest)
        else:
            pool = open_pool(scheduler, threads)
            try:
                result = _work(files, chosen, _Run(store, pool, tell, facts))
            finally:
                pool.close()
            manifest = {
                "facts": facts,
                "inputs": _listed(files),
                "counts": _plain(result),
                "parts": _listed_parts(store),
            }
        store.finish(manifest, _refused_files(files), facts)
    finally:
        store.close()
    return Result(**manifest["counts"])


def _work(files: Sequence[Input], settings: Settings, work: _Run) -> Result:
    """Judge what is not judged yet."""
    parts = parts_of(files, settings.columns)
    if settings.columns.kind == "points":
        work.points(files, parts, settings)
    else:
        work.rows(files, parts, settings)
    empty = {"crossings": CROSSINGS, "verdicts": VERDICTS}
    tables = {name: schema_of(c, texts=settings.columns.texts).empty_table() for name, c in empty.items()}
    work.store.keep_empty({name: parquet_bytes(table, work.facts) for name, table in tables.items()})
    return _counted(work.store, files)


def _checked(one: Input, settings: Settings) -> Input:
    """Refuse a file that has not the columns of the others, or says that it has more rows than can be."""
    if one.trouble is None and one.schema is not None:
        if why := misfit(one.schema, settings.columns):
            return replace(one, trouble=("wrong-columns", why))
        if why := boundless(one, settings.columns):
            return replace(one, trouble=("too-large", why), rows=None)
    return one


def _listed(files: Sequence[Input]) -> list[dict[str, Any]]:
    return [{"name": one.name, "bytes": one.size, "rows": one.rows, "digest": one.digest} for one in files]


def _listed_parts(store: Store) -> list[dict[str, Any]]:
    kept = store.receipts["judge"]
    dropped = {"stage", "sha256"}
    return [
        {key: value for key, value in kept[n].items() if key not in dropped}
        | {"sha256": {name: digest for name, digest in kept[n]["sha256"].items() if name != "rejects"}}
        for n in sorted(kept)
    ]


def _plain(result: Result) -> dict[str, int]:
    return {name: getattr(result, name) for name in Result.__slots__}


def _counted(store: Store, files: Sequence[Input]) -> Result:
    kept = store.receipts["judge"].values()
    total = {key: sum(one[key] for one in kept) for key in ("judged", "refused", "routes", "crossings")}
    total["refused"] += sum(one.rows or 0 for one in files if one.trouble is not None)
    unknown = sum(one.trouble is not None and one.rows is None for one in files)
    return Result(rows=total["judged"] + total["refused"], files_refused=unknown, **total)


def _refused_files(files: Sequence[Input]) -> Any:
    """Make the refusals of files of which nothing is read."""
    return _refusals([(n, None, one.rows, *one.trouble) for n, one in enumerate(files) if one.trouble is not None])


def _refusals(rows: Sequence[tuple[int, int | None, int | None, str, str]]) -> Any:
    file, row, count, reason, detail = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    words = list(REASONS)
    arrays = [
        pa.array(file, pa.int32()),
        pa.array(row, pa.int64()),
        pa.array(count, pa.int64()),
        pa.nulls(len(rows), pa.string()),
        pa.DictionaryArray.from_arrays(pa.array([words.index(one) for one in reason], pa.int16()), pa.array(words)),
        pa.array(detail, pa.string()),
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(REJECTS))


# What a worker does ---------------------------------------------------------------------------------------------------


def work_judge(table: Any, settings: Settings, facts: dict[str, Any], file: int, first_row: int) -> _Done:
    """Judge a table and encode the answer."""
    found = _judged(table, settings, file, first_row)
    files = {"crossings": parquet_bytes(found.crossings, facts), "verdicts": parquet_bytes(found.verdicts, facts)}
    if found.rejects.num_rows:
        files["rejects"] = parquet_bytes(found.rejects, facts)
    counts = {
        "judged": found.rows,
        "refused": found.rejects.num_rows,
        "routes": found.verdicts.num_rows,
        "crossings": found.crossings.num_rows,
    }
    return _Done(files, counts)


def _judged(table: Any, settings: Settings, file: int, first_row: int) -> Judged:
    """Judge a table; where that fails in a way that nobody thought of, refuse the rows that it fails for."""
    try:
        return judge(table, settings, file=file, first_row=first_row)
    except (pa.ArrowException, ValueError, TypeError, ArithmeticError, LookupError) as error:
        if isinstance(error, MemoryError):
            raise
        if settings.columns.kind == "points":  # a route can't be cut
            return refuse_all(table, settings, f"{type(error).__name__}: {error}", file=file, first_row=first_row)
        if table.num_rows > 1:
            half = table.num_rows // 2
            parts = (table.slice(0, half), 0), (table.slice(half), half)
            some = [_judged(part, settings, file, first_row + skipped) for part, skipped in parts]
            crossings, verdicts, rejects = (
                pa.concat_tables([getattr(one, name) for one in some]).combine_chunks() for name in TABLES
            )
            return Judged(crossings, verdicts, rejects, sum(one.rows for one in some))
        return refuse_all(table, settings, f"{type(error).__name__}: {error}", file=file, first_row=first_row)


def work_spool(table: Any, settings: Settings, buckets: int, file: int, first_row: int) -> _Done:
    """Sort the points of a table into buckets."""
    return _Done({"spool": spool(table, settings.columns, buckets, file=file, first_row=first_row)}, {})


Call = tuple[Any, ...]


class _Running(NamedTuple):
    """A call that a pool has: for which part, what, and since when."""

    number: int
    call: Call
    since: float


class _Run:
    """Hands calls to a pool and keeps what comes back."""

    def __init__(
        self, store: Store, pool: Pool, tell: Callable[[Progress], None] | None, facts: dict[str, Any]
    ) -> None:
        self.store, self.pool, self.tell, self.facts = store, pool, tell, facts

    def rows(self, files: Sequence[Input], parts: Sequence[Part], settings: Settings) -> None:
        """Judge the parts, each of which holds its routes whole."""
        done = self.store.receipts["judge"]

        def calls() -> Iterator[tuple[int, int, Call | _Done]]:
            for part, table in read_parts(files, settings.columns, parts, set(done)):
                call: Call | _Done
                if isinstance(table, tuple):
                    call = self._unread(part, table)
                else:
                    call = (work_judge, table, settings, self.facts, part.file, part.first_row)
                yield part.number, part.rows, call

        self._drive("judge", calls(), {part.number: part.rows for part in parts})

    def points(self, files: Sequence[Input], parts: Sequence[Part], settings: Settings) -> None:
        """Sort the points by route into buckets, then judge these."""
        total = sum(part.rows for part in parts)
        buckets = buckets_for(total)
        spooled, judged = self.store.receipts["spool"], self.store.receipts["judge"]

        def sorting() -> Iterator[tuple[int, int, Call | _Done]]:
            for part, table in read_parts(files, settings.columns, parts, set(spooled)):
                call: Call | _Done
                if isinstance(table, tuple):
                    # among the answers, with the numbers behind those of the buckets
                    self.store.keep("judge", buckets + part.number, *self._unread(part, table))
                    call = _Done({}, {})
                else:
                    call = (work_spool, table, settings, buckets, part.file, part.first_row)
                yield part.number, part.rows, call

        def judging() -> Iterator[tuple[int, int, Call | _Done]]:
            for bucket in range(buckets):
                if bucket not in judged:
                    batches = list(self.store.spooled(bucket))
                    if batches:
                        table = pa.Table.from_batches(batches)
                        yield bucket, table.num_rows, (work_judge, table, settings, self.facts, 0, 0)

        self._drive("spool", sorting(), {part.number: part.rows for part in parts})
        sizes = {number: (number + 1) * total // buckets - number * total // buckets for number in range(buckets)}
        self._drive("judge", judging(), sizes)

    def _unread(self, part: Part, trouble: tuple[str, str]) -> _Done:
        table = _refusals([(part.file, part.first_row, part.rows, *trouble)])
        counts = {"judged": 0, "refused": part.rows, "routes": 0, "crossings": 0}
        return _Done({"rejects": parquet_bytes(table, self.facts)}, counts)

    def _drive(self, stage: str, calls: Iterator[tuple[int, int, Call | _Done]], sizes: dict[int, int]) -> None:
        """Keep the pool busy until all calls are answered and their answers kept."""
        kept = self.store.receipts[stage]
        running: dict[Any, _Running] = {}
        took: list[float] = []
        began, before = time.monotonic(), sum(sizes.get(n, 0) for n in kept)
        ended = False
        while True:
            ended = ended or self._send(stage, calls, running)
            if all(one.number in kept for one in running.values()) and ended:
                return
            for call in self.pool.done(list(running)):
                one = running.pop(call)
                if one.number not in kept:
                    self.store.keep(stage, one.number, *self.pool.result(call))
                    took.append(time.monotonic() - one.since)
            if ended and took:
                self._hurry(running, statistics.median(took))
            if self.tell is not None:
                done = sum(sizes.get(n, 0) for n in kept)
                what = "sorting points" if stage == "spool" else "judging"
                self.tell(Progress(what, done, sum(sizes.values()), done - before, time.monotonic() - began))

    def _send(self, stage: str, calls: Iterator[tuple[int, int, Call | _Done]], running: dict[Any, _Running]) -> bool:
        """Give the pool as much as it can take; tell whether that was all there is."""
        while len(running) < self.pool.width + AHEAD:
            upcoming = next(calls, None)
            if upcoming is None:
                return True
            number, _, call = upcoming
            if isinstance(call, _Done):
                self.store.keep(stage, number, *call)
            else:
                running[self.pool.submit(*call)] = _Running(number, call, time.monotonic())
        return False

    def _hurry(self, running: dict[Any, _Running], median_s: float) -> None:
        """Give what takes too long to another worker, too; the first answer counts, and all are the same."""
        limit_s = max(SLOW_S, SLOW * median_s)
        numbers = [one.number for one in running.values()]
        for call, one in list(running.items()):
            if numbers.count(one.number) == 1 and time.monotonic() - one.since > limit_s:
                twin = self.pool.again(call, *one.call)
                if twin is not None:
                    running[twin] = one._replace(since=time.monotonic())
