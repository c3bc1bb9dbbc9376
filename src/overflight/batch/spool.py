"""Points sorted into buckets by the id of their route, so that each bucket holds its routes whole.

Archives of recorded positions are in the order of time, all aircraft mixed; the points of one route may lie in many row
groups and files. Each part of the input becomes one file with a record batch for every bucket.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from overflight.batch.schema import TIME
from overflight.batch.values import NO_DAY, days_of, ids_of, instants_of, numbers_of

if TYPE_CHECKING:
    from overflight.batch.settings import Columns

__all__ = ["buckets_for", "spool"]

POINTS_A_BUCKET = 300_000


def buckets_for(points: int) -> int:
    """Say how many buckets keep each of them small."""
    return max(1, -(-points // POINTS_A_BUCKET))


def spool(table: Any, columns: Columns, buckets: int, *, file: int, first_row: int) -> bytes:
    """Sort the points of a table into buckets.

    Returns
    -------
    bytes
        An Arrow file with one record batch a bucket: `_file`, `_row`, then id, time, position and day as read, null
        where they can't be.
    """
    count = table.num_rows
    ids = ids_of(table[columns.route], texts=columns.texts)
    encoded = ids.dictionary_encode()
    of_id = [zlib.crc32(str(one).encode("utf-8", "surrogatepass")) % buckets for one in encoded.dictionary.to_pylist()]
    bucket = np.array([*of_id, 0], np.int64)[np.asarray(encoded.indices.fill_null(len(of_id)), np.int64)]
    when = instants_of(table[columns.time])
    held = {
        "_file": pa.array(np.full(count, file, np.int32)),
        "_row": pa.array(np.arange(first_row, first_row + count)),
        columns.route: ids,
        columns.time: pa.array(when, mask=when == NO_DAY).cast(TIME),
    }
    for name in (columns.lon, columns.lat):
        numbers, null = numbers_of(table[name])
        held[name] = pa.array(numbers, mask=null, from_pandas=False)
    if columns.date is not None:
        days = days_of(table[columns.date])
        bad = (days == NO_DAY) | (np.abs(days) > 2**31 - 1)
        held[columns.date] = pa.array(np.where(bad, 0, days).astype(np.int32), mask=bad).cast(pa.date32())
    order = np.argsort(bucket, kind="stable")
    ends = np.searchsorted(bucket[order], np.arange(buckets + 1))
    whole = pa.record_batch(held).take(pa.array(order))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, whole.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        for k in range(buckets):
            writer.write_batch(whole.slice(ends[k], ends[k + 1] - ends[k]))
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]
