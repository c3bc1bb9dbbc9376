"""Points sorted into buckets by the id of their route, or by aircraft, so that each bucket holds its routes whole.

Archives of recorded positions are in the order of time, all aircraft mixed; the points of one route may lie in many row
groups and files. Each part of the input becomes one file with a record batch for every bucket.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.batch.routes import FILE, ROW
from overflight.batch.schema import TIME
from overflight.batch.values import NO_DAY, days_of, grounds_of, ids_of, instants_of, numbers_of

if TYPE_CHECKING:
    from overflight.batch.settings import Columns

__all__ = ["MOST_IN_BUCKET", "buckets_for", "spool"]

POINTS_A_BUCKET = 300_000
MOST_IN_BUCKET = 4_000_000
"""Points that are held at once; a bucket has more if one id, one aircraft, or one file without either, has."""


def buckets_for(points: int) -> int:
    """Say how many buckets keep each of them small."""
    return max(1, -(-points // POINTS_A_BUCKET))


def spool(table: Any, columns: Columns, buckets: int, *, file: int, first_row: int) -> bytes:
    """Sort the points of a table into buckets.

    Returns
    -------
    bytes
        An Arrow file with one record batch a bucket: `_file`, `_row`, then ids, time, position and the like as
        read, null where they can't be.
    """
    count = table.num_rows
    names = {name: _ids(table[name], columns, buckets) for name in columns.keys}
    when = instants_of(table[columns.time])
    held: dict[Any, Any] = {
        FILE: pa.array(np.full(count, file, np.int32)),
        ROW: pa.array(np.arange(first_row, first_row + count)),
        **names,
        columns.time: pa.array(when, mask=when == NO_DAY).cast(TIME),
    }
    for name in (columns.lon, columns.lat):
        numbers, null = numbers_of(table[name])
        held[name] = pa.array(numbers, mask=null, from_pandas=False)
    if columns.date is not None:
        days = days_of(table[columns.date])
        bad = (days == NO_DAY) | (np.abs(days) > 2**31 - 1)
        held[columns.date] = pa.array(np.where(bad, 0, days).astype(np.int32), mask=bad).cast(pa.date32())
    told = grounds_of(table, columns.ground, columns.altitude)
    if columns.ground is not None:
        held[columns.ground] = pa.array(told, mask=told < 0)
    if columns.altitude is not None:
        held[columns.altitude] = pa.array(np.where(told == 1, "ground", ""))
    bucket = _buckets(names.values(), buckets, count) if names else np.full(count, file % buckets)
    order = np.argsort(bucket, kind="stable")
    ends = np.searchsorted(bucket[order], np.arange(buckets + 1))
    whole = pa.record_batch(held).take(pa.array(order))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, whole.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        for k in range(buckets):
            writer.write_batch(whole.slice(ends[k], ends[k + 1] - ends[k]))
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _ids(column: Any, columns: Columns, buckets: int) -> Any:
    """Return ids as they are read; where all rows are in one bucket, what is null may belong to the only aircraft."""
    ids = ids_of(column, texts=columns.texts)
    return ids.fill_null("") if columns.texts and buckets == 1 else ids


def _buckets(names: Iterable[Any], buckets: int, count: int) -> npt.NDArray[np.int64]:
    """Choose the bucket of each row by the first of its names that is not null."""
    found, left = np.zeros(count, np.int64), np.ones(count, bool)
    for ids in names:
        encoded = ids.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        of_id = [zlib.crc32(str(one).strip().encode("utf-8", "surrogatepass")) % buckets for one in words]
        blank = np.array([*(str(one).strip() == "" for one in words), True])
        at = np.asarray(encoded.indices.fill_null(len(words)), np.int64)
        here = left & ~blank[at]
        found[here] = np.array([*of_id, 0], np.int64)[at[here]]
        left &= ~here
    return found
