"""Schedules in Parquet: the columns that hold something, row by row. Needs pyarrow (`overflight[arrow]`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from overflight.errors import DataError, ProposalError
from overflight.outside.printable import visible
from overflight.outside.witness import taken_for
from overflight.routes.tables import plain_title

__all__ = ["parquet_rows"]

MAX_ROWS = 1_000_000
MAX_BYTES = 256_000_000
"""Bytes of the columns that are read, unpacked, as the footer says; no row group of a schedule is as large."""
AT_ONCE = 4096


def parquet_rows(path: Path, roles: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, object]]:
    """Yield the rows of a file, with the columns whose titles `roles` has.

    Raises
    ------
    DataError
        If pyarrow is not installed, or the file can't be read.
    ProposalError
        If it has no such column, or more rows than a schedule.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise DataError("a schedule in Parquet is read by pyarrow: pip install 'overflight[arrow]'") from error
    from overflight.batch.inputs import LIMITS, READING, find_inputs

    where = visible(str(path))
    if path.is_dir():
        raise DataError(f"{where}: a folder: give one file")
    (one,) = find_inputs([str(path)])
    if one.trouble is not None:
        raise DataError(f"{where}: can't be read ({visible(one.trouble[1])}): give a Parquet file")
    known = {name for names in roles.values() for name in names}
    columns = [name for name in one.schema.names if plain_title(name)[0] in known]
    if not columns:
        there = visible(", ".join(one.schema.names[:40])[:400])
        raise ProposalError(f"{where}: the columns are {there}: give origin and destination, or waypoints")
    if twice := next((name for name in columns if columns.count(name) > 1), None):
        raise ProposalError(f"{where}: two columns {visible(twice)!r}: rename one")
    if (one.rows or 0) > MAX_ROWS or any(sum(sizes.get(n, 0) for n in columns) > MAX_BYTES for sizes in one.sizes):
        raise ProposalError(f"{where}: larger than any schedule ({one.rows:,} rows): split it")
    taken_for("Parquet")
    try:
        with pq.ParquetFile(path, **READING, **LIMITS) as file:
            for batch in file.iter_batches(AT_ONCE, columns=columns):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{where}: can't be read ({visible(reason)}): write it anew") from error
