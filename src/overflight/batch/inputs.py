"""The files that go in: found, looked into, cut into parts, and read part by part."""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from overflight.batch.settings import Columns
from overflight.batch.values import is_number, is_text
from overflight.errors import DataError

__all__ = ["Input", "Part", "columns_in", "find_inputs", "misfit", "parts_of", "read_parts"]

ROWS_A_PART = 32_768
BYTES_A_PART = 12_000_000
"""A part has at most so many rows, and about so many bytes of input."""
MOST_TEXT = 512_000_000
"""Bytes of one column of ids, codes or dates in one row group; no row group of these is as large."""
SAMPLE = 65_536
"""Bytes at either end of a file that tell whether it is still the same."""

NAMES: dict[str, tuple[str, ...]] = {
    "route": ("route", "route_id", "flight_id", "flight", "id", "callsign", "icao24"),
    "start": ("origin", "from", "departure", "adep", "dep", "estdepartureairport", "src"),
    "end": ("destination", "to", "arrival", "ades", "arr", "dest", "estarrivalairport", "dst"),
    "geometry": ("geometry", "geom", "wkb", "line"),
    "time": ("time", "timestamp", "datetime", "t"),
    "lon": ("lon", "longitude", "lng", "x"),
    "lat": ("lat", "latitude", "y"),
    "date": ("date", "on", "day", "flight_date"),
}
"""What columns are taken for what, the first that is there, whatever their case."""


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
            digest = hashlib.sha256(head + file.read()).hexdigest()
        one = replace(one, size=stat.st_size, digest=digest, mtime_ns=stat.st_mtime_ns)
        with pq.ParquetFile(path) as parquet:
            meta, schema = parquet.metadata, parquet.schema_arrow
            groups = tuple(meta.row_group(k).num_rows for k in range(meta.num_row_groups))
            sizes = tuple(_sizes(meta.row_group(k)) for k in range(meta.num_row_groups))
            return replace(one, rows=meta.num_rows, groups=groups, schema=schema, sizes=sizes)
    except (OSError, pa.ArrowException, ValueError) as error:
        return replace(one, trouble=("unreadable", _reason(error)))


def _sizes(group: Any) -> dict[str, int]:
    """Add up the bytes of each column of a row group, before compression."""
    found: dict[str, int] = {}
    for k in range(group.num_columns):
        column = group.column(k)
        name = column.path_in_schema.partition(".")[0]
        found[name] = found.get(name, 0) + column.total_uncompressed_size
    return found


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else text[:197] + "..."


# Columns --------------------------------------------------------------------------------------------------------------


def columns_in(inputs: Sequence[Input], chosen: dict[str, str | None], *, dated: bool = True) -> Columns:
    """Find out what the columns hold, from what was chosen and from their names, in the first file that can be read.

    Without `dated`, a column of days is used only if it was chosen.

    Raises
    ------
    DataError
        Naming the columns that there are, if no kind of route can be made out, or a chosen one is not there.
    """
    schema = next((one.schema for one in inputs if one.schema is not None), None)
    if schema is None:
        why = next((f"{one.name}: {one.trouble[1]}" for one in inputs if one.trouble), "the files are empty")
        msg = f"no input file can be read ({why}): give Parquet files"
        raise DataError(msg)
    there = ", ".join(schema.names[:40]) + (" ..." if len(schema.names) > 40 else "")
    lower = {name.lower(): name for name in reversed(schema.names)}
    found: dict[str, str | None] = {}
    for role, names in NAMES.items():
        asked = chosen.get(role)
        if asked is not None and asked not in schema.names:
            msg = f"there is no column {asked!r}: the columns are {there}"
            raise DataError(msg)
        found[role] = asked or next((lower[name] for name in names if name in lower), None)
    if chosen.get("geometry") is None:
        found["geometry"] = _primary(schema) or found["geometry"]
    kind = _kind(found, chosen)
    if kind is None:
        msg = (
            f"can't tell what the routes are: the columns are {there}; name them with --from and --to (codes), "
            "--geometry (lines), or --id, --time, --lon and --lat (points)"
        )
        raise DataError(msg)
    needed = {"pairs": ("start", "end"), "lines": ("geometry",), "points": ("time", "lon", "lat")}[kind]
    held = {role: found[role] for role in ("route", "date", *needed)}
    taken = [held[role] for role in needed]
    if chosen.get("route") is None and held["route"] in taken:
        held["route"] = None
    if chosen.get("date") is None and (kind == "points" or not dated):
        held["date"] = None
    texts = held["route"] is None or not pa.types.is_integer(_value_type(schema.field(held["route"]).type))
    columns = Columns(kind, texts=texts, **held)
    if trouble := misfit(schema, columns):
        msg = f"{trouble}; the columns are {there}"
        raise DataError(msg)
    return columns


def _kind(found: dict[str, str | None], chosen: dict[str, str | None]) -> Any:
    """Tell which kind of route the columns make: what was chosen decides, then a line, two places, points."""
    can = {
        "lines": found["geometry"] is not None,
        "pairs": found["start"] is not None and found["end"] is not None,
        "points": all(found[role] is not None for role in ("route", "time", "lon", "lat")),
    }
    signs = {"lines": ("geometry",), "pairs": ("start", "end"), "points": ("time", "lon", "lat")}
    asked = [kind for kind, roles in signs.items() if any(chosen.get(role) for role in roles)]
    for kind in asked or can:
        if can[kind]:
            return kind
    return None


def _primary(schema: Any) -> str | None:
    """Return the primary geometry column of a GeoParquet file, or one that is GeoArrow's."""
    geo = _geo(schema)
    if geo and isinstance(geo.get("primary_column"), str) and geo["primary_column"] in schema.names:
        return str(geo["primary_column"])
    for one in schema:
        named = (one.metadata or {}).get(b"ARROW:extension:name", b"").decode("utf-8", "replace")
        named = named or getattr(one.type, "extension_name", "")
        if named.startswith("geoarrow."):
            return str(one.name)
    return None


def _geo(schema: Any) -> dict[str, Any] | None:
    try:
        geo = json.loads((schema.metadata or {}).get(b"geo", b"null"))
    except ValueError:
        return None
    return geo if isinstance(geo, dict) else None


def _value_type(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def misfit(schema: Any, columns: Columns) -> str | None:
    """Say why a file can't be read by these columns; None if it can."""
    for one in columns.names:
        if one not in schema.names:
            return f"no column {one!r}"
        if schema.names.count(one) > 1:
            return f"two columns {one!r}"
    kinds = {name: schema.field(name).type for name in columns.names}
    held: tuple[tuple[str, str | None, Callable[[Any], bool], str], ...] = (
        ("places", columns.start, is_text, "texts"),
        ("places", columns.end, is_text, "texts"),
        ("longitudes", columns.lon, is_number, "numbers"),
        ("latitudes", columns.lat, is_number, "numbers"),
        ("times", columns.time, lambda t: _is_day(t) or is_number(t) or is_text(t), "times, texts or seconds"),
        ("days", columns.date, lambda t: _is_day(t) or is_text(t), "dates, times or texts"),
        ("lines", columns.geometry, _is_line, "WKB or GeoArrow linestrings"),
        ("ids", columns.route, _is_id(columns), "texts" if columns.texts else "whole numbers"),
    )
    for role, name, fits, wanted in held:
        if name is not None and not fits(kinds[name]):
            return f"column {name!r} is {_short(kinds[name])}: {role} must be {wanted}"
    return _crs_trouble(schema, columns)


def _short(kind: Any) -> str:
    text = str(kind)
    return text if len(text) <= 60 else text[:57] + "..."


def _is_day(kind: Any) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _is_id(columns: Columns) -> Any:
    return lambda t: not pa.types.is_nested(t) and (columns.texts or pa.types.is_integer(_value_type(t)))


def _is_line(kind: Any) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return True
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    point = kind.value_type
    if pa.types.is_struct(point):
        return {"x", "y"} <= {point.field(k).name for k in range(point.num_fields)}
    return bool(pa.types.is_fixed_size_list(point) and pa.types.is_floating(point.value_type))


def _crs_trouble(schema: Any, columns: Columns) -> str | None:
    """Say so where a GeoParquet file is in other coordinates than WGS84's longitude and latitude."""
    geo = _geo(schema)
    one = (geo or {}).get("columns", {}).get(columns.geometry) if columns.geometry else None
    crs = one.get("crs") if isinstance(one, dict) else None
    if not isinstance(crs, dict):
        return None
    known = crs.get("id") or {}
    if f"{known.get('authority')}:{known.get('code')}" in {"OGC:CRS84", "EPSG:4326", "OGC:CRS84h", "EPSG:4979"}:
        return None
    return f"column {columns.geometry!r} is in {str(crs.get('name'))[:60]!r}: routes must be WGS84 lon/lat (OGC:CRS84)"


# Parts ----------------------------------------------------------------------------------------------------------------


def parts_of(inputs: Sequence[Input], columns: Columns) -> list[Part]:
    """Cut the files into parts; decided by their footers alone, so that the same files make the same parts."""
    found: list[Part] = []
    for number, one in enumerate(inputs):
        if one.trouble is not None:
            continue
        first = 0
        for group, rows in enumerate(one.groups):
            each = sum(one.sizes[group].get(name, 0) for name in columns.names) / max(rows, 1)
            size = max(1, min(ROWS_A_PART, int(BYTES_A_PART / max(each, 1.0))))
            for start in range(0, rows, size):
                count = min(size, rows - start)
                found.append(Part(len(found), number, group, first + start, start, count))
            first += rows
    return found


def read_parts(
    inputs: Sequence[Input], columns: Columns, parts: Sequence[Part], done: Collection[int]
) -> Iterator[tuple[Part, Any]]:
    """Read the parts that are not done: a table each, or (reason, detail) where it can't be read."""
    groups: dict[tuple[int, int], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.file, part.group), []).append(part)
    for (file, group), some in groups.items():
        if all(part.number in done for part in some):
            continue
        one = inputs[file]
        if trouble := _too_large(one.sizes[group], columns):
            yield from ((part, trouble) for part in some if part.number not in done)
            continue
        at = 0
        try:
            with pq.ParquetFile(one.path, page_checksum_verification=True, pre_buffer=False, buffer_size=1 << 20) as f:
                batches = f.iter_batches(some[0].rows, row_groups=[group], columns=list(columns.names))
                for table in _cut(batches, [part.rows for part in some]):
                    if some[at].number not in done:
                        yield some[at], table
                    at += 1
        except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
            trouble = ("unreadable", _reason(error))
            yield from ((part, trouble) for part in some[at:] if part.number not in done)


def _cut(batches: Iterator[Any], counts: Sequence[int]) -> Iterator[Any]:
    """Put record batches together to tables of so many rows."""
    held: list[Any] = []
    rows = 0
    at = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        while at < len(counts) and rows >= counts[at]:
            whole = pa.Table.from_batches(held)
            yield whole.slice(0, counts[at])
            held = whole.slice(counts[at]).to_batches()
            rows -= counts[at]
            at += 1
    if at < len(counts):
        msg = f"the row group has fewer rows than the footer says ({counts[at] - rows} less)"
        raise ValueError(msg)


def _too_large(sizes: dict[str, int], columns: Columns) -> tuple[str, str] | None:
    for name in columns.names:
        if name != columns.geometry and sizes.get(name, 0) > MOST_TEXT:
            return "too-large", f"column {name!r} of one row group has {sizes[name]:,} bytes, more than {MOST_TEXT:,}"
    return None
