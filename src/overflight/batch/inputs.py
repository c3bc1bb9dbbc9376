"""The files that go in: found, looked into, cut into parts, and read part by part."""

from __future__ import annotations

import glob
import hashlib
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from overflight.batch.settings import Columns
from overflight.errors import DataError

__all__ = ["Input", "Part", "boundless", "find_inputs", "parts_of", "read_parts"]

ROWS_A_PART = 32_768
BYTES_A_PART = 12_000_000
"""A part has at most so many rows, and about so many bytes of input."""
MOST_TEXT = 512_000_000
"""Bytes of one column of ids, codes or dates in one row group; no row group of these is as large."""
MOST_FOOTER = 16_000_000
"""Bytes of a footer, which is decoded whole, to 200 times as much at worst; a thousand row groups make a megabyte."""
LIMITS: dict[str, Any] = {"thrift_string_size_limit": 10_000_000, "thrift_container_size_limit": 100_000}
"""What one text and one list of a footer may come to."""
MOST_PARTS = 1_000_000
"""More parts than any file that was written in earnest makes, whatever its footer says of rows and bytes."""
READING: dict[str, Any] = {"page_checksum_verification": True, "pre_buffer": False, "buffer_size": 1 << 20}
SAMPLE = 65_536
"""Bytes at either end of a file that tell whether it is still the same."""
MAGIC, TAIL = b"PAR1", 8
"""What a file begins and ends with; before the end, in four bytes, stands how long the footer is."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file: its name, and what its footer says; `trouble` is (reason, detail) where it can't be used."""

    name: str
    path: Path
    size: int = 0
    digest: str = ""
    mtime_ns: int = 0
    rows: int | None = None
    groups: tuple[int, ...] = ()
    schema: Any = None
    sizes: tuple[dict[str, int], ...] = ()
    trouble: tuple[str, str] | None = None


class Part(NamedTuple):
    """Rows of one row group of one file."""

    number: int
    file: int
    group: int
    first_row: int
    start: int
    rows: int


def find_inputs(given: Sequence[str], *, but: Sequence[Path] = ()) -> list[Input]:
    """Find the files that arguments name (files, folders, globs), in order of name, and read their footers.

    Parameters
    ----------
    given : sequence of str
        Files, folders and globs.
    but : sequence of Path
        Folders that hold no input, though they may lie in one that does.

    Raises
    ------
    DataError
        If an argument names nothing.
    """
    found: dict[Path, tuple[str, Path]] = {}
    own = [folder.resolve() for folder in but]
    for argument in given:
        for name, path in _named(argument):
            whole = path.resolve()
            if not any(whole.is_relative_to(folder) for folder in own):
                found.setdefault(whole, (name, path))
    return [_looked_into(*one) for one in found.values()]


def _named(argument: str) -> list[tuple[str, Path]]:
    if not argument:
        msg = "an input without a name: give a Parquet file, a folder, or a glob in quotes"
        raise DataError(msg)
    try:
        return _found(argument)
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a loop of links, no permission
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        msg = f"{argument[:200]}: can't be looked into ({reason.lower()}): give a Parquet file, or a folder"
        raise DataError(msg) from error


def _found(argument: str) -> list[tuple[str, Path]]:
    path = Path(argument)
    if path.is_dir():
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in {".parquet", ".geoparquet", ".pq"} and file.is_file() and not _hidden(file, path)
        )
        if not files:
            msg = f"{argument}: no Parquet file in this folder (*.parquet): give another"
            raise DataError(msg)
        return [(str(file.relative_to(path)), file) for file in files]
    if path.exists():
        if not path.is_file():
            msg = f"{argument}: no regular file, but Parquet is read from its end: give a file"
            raise DataError(msg)
        return [(path.name, path)]
    names = glob.glob(argument, recursive=True)  # noqa: PTH207 - as a shell reads it
    files = sorted(Path(name) for name in names if Path(name).is_file())
    if not files:
        msg = f"{argument}: there is no such file: give a Parquet file, a folder, or a glob in quotes"
        raise DataError(msg)
    return [(str(file), file) for file in files]


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)


def _looked_into(name: str, path: Path) -> Input:
    one = Input(name, path)
    try:
        stat = path.stat()
        with path.open("rb") as file:
            head = file.read(SAMPLE)
            file.seek(max(0, stat.st_size - SAMPLE))
            tail = file.read(SAMPLE)
        digest = hashlib.sha256(head + tail).hexdigest()
        one = replace(one, size=stat.st_size, digest=digest, mtime_ns=stat.st_mtime_ns)
        if trouble := _no_parquet(head, tail, stat.st_size):
            return replace(one, trouble=("unreadable", trouble))
        with pq.ParquetFile(path, **LIMITS) as parquet:
            meta, schema = parquet.metadata, parquet.schema_arrow
            if any(meta.row_group(k).num_columns != meta.num_columns for k in range(meta.num_row_groups)):
                # before a column is asked for: pyarrow ends the process where there is none of that number
                return replace(one, trouble=("unreadable", "the footer contradicts itself about the number of columns"))
            groups = tuple(meta.row_group(k).num_rows for k in range(meta.num_row_groups))
            sizes = tuple(_sizes(meta.row_group(k)) for k in range(meta.num_row_groups))
            if min(groups, default=0) < 0 or sum(groups) != meta.num_rows:
                return replace(one, trouble=("unreadable", "the footer contradicts itself about the number of rows"))
            return replace(one, rows=meta.num_rows, groups=groups, schema=schema, sizes=sizes)
    except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
        return replace(one, trouble=("unreadable", _reason(error)))


def _no_parquet(head: bytes, tail: bytes, size: int) -> str | None:
    """Say why a file can't be Parquet, by its first and last bytes; None if it can."""
    if not head.startswith(MAGIC) or not tail.endswith(MAGIC) or size < len(MAGIC) + TAIL:
        return "it does not begin and end as Parquet does: a file of another kind, or one that is cut short"
    footer = int.from_bytes(tail[-TAIL : -len(MAGIC)], "little")
    if footer > min(size - len(MAGIC) - TAIL, MOST_FOOTER):
        return f"a footer of {footer:,} bytes, in a file of {size:,} (at most {MOST_FOOTER:,} are read)"
    return None


def _sizes(group: Any) -> dict[str, int]:
    """Add up the bytes of each column of a row group, before compression."""
    found: dict[str, int] = {}
    for k in range(group.num_columns):
        column = group.column(k)
        name = column.path_in_schema.partition(".")[0]
        found[name] = found.get(name, 0) + max(0, column.total_uncompressed_size)
    return found


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else text[:197] + "..."


# Parts ----------------------------------------------------------------------------------------------------------------


def parts_of(inputs: Sequence[Input], columns: Columns) -> list[Part]:
    """Cut the files into parts; decided by their footers alone, so that the same files make the same parts."""
    found: list[Part] = []
    for number, one in enumerate(inputs):
        if one.trouble is not None:
            continue
        first = 0
        for group, rows in enumerate(one.groups):
            size = _rows_a_part(one, group, columns)
            for start in range(0, rows, size):
                count = min(size, rows - start)
                found.append(Part(len(found), number, group, first + start, start, count))
            first += rows
    return found


def _rows_a_part(one: Input, group: int, columns: Columns) -> int:
    each = sum(one.sizes[group].get(name, 0) for name in columns.names) / max(one.groups[group], 1)
    return max(1, min(ROWS_A_PART, int(BYTES_A_PART / max(each, 1.0))))


def boundless(one: Input, columns: Columns) -> str | None:
    """Say so where the footer of a file speaks of more than can be meant; None if it doesn't."""
    parts = sum(-(-rows // _rows_a_part(one, group, columns)) for group, rows in enumerate(one.groups))
    if parts <= MOST_PARTS:
        return None
    return f"the footer says {one.rows:,} rows, which are {parts:,} parts, more than {MOST_PARTS:,}: split the file"


def read_parts(
    inputs: Sequence[Input], columns: Columns, parts: Sequence[Part], done: Collection[int]
) -> Iterator[tuple[Part, Any]]:
    """Read the parts that are not done: a table each, or (reason, detail) where it can't be read."""
    for (file, group), whole in itertools.groupby(parts, lambda part: (part.file, part.group)):
        some = list(whole)
        left = {part.number: part for part in some if part.number not in done}
        one = inputs[file]
        if trouble := _too_large(one.sizes[group], columns):
            yield from ((part, trouble) for part in left.values())
        elif left:
            try:
                with pq.ParquetFile(one.path, **READING, **LIMITS) as f:
                    batches = f.iter_batches(some[0].rows, row_groups=[group], columns=list(columns.names))
                    for part, table in zip(some, _cut(batches, [part.rows for part in some]), strict=True):
                        if left.pop(part.number, None):
                            yield part, table
            except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
                yield from ((part, ("unreadable", _reason(error))) for part in left.values())


def _cut(batches: Iterator[Any], counts: Sequence[int]) -> Iterator[Any]:
    """Put record batches together to tables of so many rows."""
    held: list[Any] = []
    for count in counts:
        while (lacking := count - sum(batch.num_rows for batch in held)) > 0:
            batch = next(batches, None)
            if batch is None:
                msg = f"the row group has fewer rows than the footer says ({lacking} less)"
                raise ValueError(msg)
            held.append(batch)
        whole = pa.Table.from_batches(held)
        yield whole.slice(0, count)
        held = whole.slice(count).to_batches()


def _too_large(sizes: dict[str, int], columns: Columns) -> tuple[str, str] | None:
    for name in columns.names:
        if name != columns.geometry and sizes.get(name, 0) > MOST_TEXT:
            return "too-large", f"column {name!r} of one row group has {sizes[name]:,} bytes, more than {MOST_TEXT:,}"
    return None
