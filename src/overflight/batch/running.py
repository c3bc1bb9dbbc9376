"""A run from files to files: cuts the input, has the parts worked on, keeps what comes back, says how far it is."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from overflight.batch.columns import misfit
from overflight.batch.inputs import Input, Part, boundless, find_inputs, parts_of, read_parts
from overflight.batch.judging import judge_or_refuse
from overflight.batch.pools import Call, Cluster, Pool
from overflight.batch.routes import FILE, ROW, refusals_table
from overflight.batch.schema import parquet_bytes
from overflight.batch.settings import Columns, Settings
from overflight.batch.spool import MOST_IN_BUCKET, buckets_for, spool
from overflight.batch.store import ANSWER, Key, Store, finished, partial
from overflight.errors import DataError

__all__ = ["Progress", "Result", "run"]

COUNTS = ("judged", "refused", "routes", "crossings")
"""What the record of a part of the answer counts."""


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
    whole before its record. So whatever stops a run, what is there is right; going on gives the same bytes.
    """
    out = Path(out)
    try:
        own = (out.resolve(), partial(out).resolve())
        out.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        msg = f"{str(out)[:200]}: no folder can be made there ({reason[:200].lower()}): choose another place with -o"
        raise DataError(msg) from error
    files = find_inputs(inputs, but=own)
    chosen = settings if isinstance(settings, Settings) else settings(files)
    files = [_checked(one, chosen) for one in files]
    facts = {**chosen.facts(), "pyarrow": pa.__version__}
    listed = [{"name": one.name, "bytes": one.size, "rows": one.rows, "digest": one.digest} for one in files]
    if resume and (counts := finished(out, facts, listed)) is not None:
        return Result(**counts)
    asked = {"facts": facts, "inputs": [[one.name, one.size, one.digest, one.mtime_ns] for one in files]}
    with closing(Store(out, asked, resume=resume, say=say)) as store:
        with closing(Pool(threads) if scheduler is None else Cluster(scheduler)) as pool:
            _Work(files, chosen, facts, store, pool, tell).do()
        result = _counted(store, files)
        empty = {name: chosen.schema(name).empty_table() for name in ANSWER}
        manifest = {"facts": facts, "inputs": listed, "counts": asdict(result)}
        store.finish(manifest, _refused(files), {name: parquet_bytes(table, facts) for name, table in empty.items()})
    return result


def _checked(one: Input, settings: Settings) -> Input:
    """Refuse a file that has not the columns of the others, or says that it has more rows than can be."""
    if one.trouble is None and one.schema is not None:
        if why := misfit(one.schema, settings.columns):
            return replace(one, trouble=("wrong-columns", why))
        if why := boundless(one, settings.columns):
            return replace(one, trouble=("too-large", why), rows=None)
    return one


def _counted(store: Store, files: Sequence[Input]) -> Result:
    kept = store.judged()
    total = {key: sum(one[key] for one in kept) for key in COUNTS}
    total["refused"] += sum(one.rows or 0 for one in files if one.trouble is not None)
    unknown = sum(one.trouble is not None and one.rows is None for one in files)
    return Result(rows=total["judged"] + total["refused"], files_refused=unknown, **total)


def _refused(files: Sequence[Input]) -> Any:
    """Make the refusals of files of which nothing is read."""
    bad = [(number, one.rows, one.trouble) for number, one in enumerate(files) if one.trouble is not None]
    number, rows, troubles = zip(*bad, strict=True) if bad else ((), (), ())
    return refusals_table(number, pa.nulls(len(bad), pa.int64()), rows, None, troubles)


class _Done(NamedTuple):
    """What comes of a part: files by the name of their table, and counts."""

    files: dict[str, bytes]
    counts: dict[str, int]


def work_judge(table: Any, settings: Settings, facts: dict[str, Any], file: int, first_row: int) -> _Done:
    """Judge a table and encode the answer."""
    found = judge_or_refuse(table, settings, file=file, first_row=first_row)
    files = {"crossings": parquet_bytes(found.crossings, facts), "verdicts": parquet_bytes(found.verdicts, facts)}
    if found.rejects.num_rows:
        files["rejects"] = parquet_bytes(found.rejects, facts)
    counts = (found.rows, found.rejects.num_rows, found.verdicts.num_rows, found.crossings.num_rows)
    return _Done(files, dict(zip(COUNTS, counts, strict=True)))


def work_refuse(part: Part, trouble: tuple[str, str], facts: dict[str, Any]) -> _Done:
    """Refuse a part that can't be read."""
    table = refusals_table([part.file], [part.first_row], [part.rows], None, [trouble])
    return _Done({"rejects": parquet_bytes(table, facts)}, dict(zip(COUNTS, (0, part.rows, 0, 0), strict=True)))


def work_crowded(counts: Sequence[tuple[int, int, int]], facts: dict[str, Any]) -> _Done:
    """Refuse a bucket that has more points than can be held, by file, first row and number of rows."""
    file, row, rows = zip(*counts, strict=True)
    why = (
        f"more than {MOST_IN_BUCKET:,} points of one flight or aircraft, or without a name: give ids of flights (--id)"
    )
    table = refusals_table(file, row, rows, None, [("too-many-points", why)] * len(counts))
    return _Done({"rejects": parquet_bytes(table, facts)}, dict(zip(COUNTS, (0, sum(rows), 0, 0), strict=True)))


def _counts(batch: Any) -> tuple[int, int, int]:
    """Return the file, the first row and the number of rows of a batch, which is of one part of the input."""
    return batch[FILE][0].as_py(), batch[ROW][0].as_py(), batch.num_rows


def work_spool(table: Any, columns: Columns, buckets: int, file: int, first_row: int) -> _Done:
    """Sort the points of a table into buckets."""
    return _Done({"spool": spool(table, columns, buckets, file=file, first_row=first_row)}, {})


@dataclass(frozen=True, slots=True)
class _Work:
    """What a run has to do, and with what."""

    files: Sequence[Input]
    settings: Settings
    facts: dict[str, Any]
    store: Store
    pool: Pool
    tell: Callable[[Progress], None] | None

    def do(self) -> None:
        """Do what is not done yet; points are sorted into buckets first, which hold their routes whole."""
        parts = parts_of(self.files, self.settings.columns)
        total = sum(part.rows for part in parts)
        if self.settings.columns.kind != "points":
            self._keep("judging", self._read(parts, 0), {("judge", part.number): part.rows for part in parts}, total)
            return
        buckets = buckets_for(total)
        keys = [(("spool", part.number), ("judge", buckets + part.number)) for part in parts]
        sizes = {key: part.rows for part, some in zip(parts, keys, strict=True) for key in some}
        self._keep("sorting points", self._read(parts, buckets), sizes, total)
        sizes = {("judge", k): (k + 1) * total // buckets - k * total // buckets for k in range(buckets)}
        self._keep("judging", self._sorted(buckets), sizes, total)

    def _read(self, parts: Sequence[Part], buckets: int) -> Iterator[Call]:
        """Read the parts that are not done; refusals are numbered behind the buckets, if there are any."""
        columns = self.settings.columns
        done = {number if stage == "spool" else number - buckets for stage, number in self.store.done}
        for part, table in read_parts(self.files, columns, parts, done):
            where = part.file, part.first_row
            if isinstance(table, tuple):
                yield ("judge", buckets + part.number), functools.partial(work_refuse, part, table, self.facts)
            elif buckets:
                yield ("spool", part.number), functools.partial(work_spool, table, columns, buckets, *where)
            else:
                yield ("judge", part.number), functools.partial(work_judge, table, self.settings, self.facts, *where)

    def _sorted(self, buckets: int) -> Iterator[Call]:
        """Put the buckets together that are not judged."""
        for bucket in range(buckets):
            if ("judge", bucket) not in self.store.done and (batches := list(self.store.bucket(bucket))):
                key = ("judge", bucket)
                if sum(batch.num_rows for batch in batches) > MOST_IN_BUCKET:
                    yield key, functools.partial(work_crowded, [_counts(batch) for batch in batches], self.facts)
                    continue
                table = pa.Table.from_batches(batches)
                yield key, functools.partial(work_judge, table, self.settings, self.facts, 0, 0)

    def _keep(self, what: str, calls: Iterator[Call], sizes: dict[Key, int], total: int) -> None:
        """Have calls answered, keep the answers, and say how far that is."""
        began, before = time.monotonic(), sum(sizes.get(key, 0) for key in self.store.done)
        rows = before
        for answers in self.pool.answers(calls):
            for key, done in answers:
                self.store.keep(key, *done)
                rows += sizes[key]
            if self.tell is not None:
                self.tell(Progress(what, rows, total, rows - before, time.monotonic() - began))
