"""Decodes a Parquet file from standard input, as a program of its own: see `overflight.routes.parquet`.

Writes one line that says what follows (``wkb`` and the reference system, ``rows``, or ``refused`` and why), then a line
a row. Imports nothing of the package, so that it starts as fast as pyarrow does.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

MAX_ROWS = 300_000
MAX_BYTES = 50_000_000
MAX_MEMORY = 500_000_000
"""Address space for private data; what a file unpacks to is bounded here, whatever it says of itself."""
BATCH = 4096
MAX_NAME = 400
"""Letters of a name; whoever asked takes half of them."""
NAMES = ("name", "route", "route_id", "title", "callsign", "flight_id")
LON, LAT = ("lon", "longitude", "x"), ("lat", "latitude", "y")
ROW = (*NAMES, "order", "seq", "waypoint")
SAME = ("CRS84", "4326", "4979")


class RefusedError(Exception):
    """What is wrong with the file, in words for its owner."""


def refuse(why: str) -> NoReturn:
    """Raise what is wrong with the file."""
    raise RefusedError(why)


def main() -> None:
    """Decode standard input to standard output."""
    _bound_memory()
    try:
        text = decode(sys.stdin.buffer.read())
    except RefusedError as error:
        text = f"refused\t{error}\n"
    except Exception as error:  # noqa: BLE001 - whatever the library makes of a stranger's bytes
        first = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        text = f"refused\tno Parquet file that can be read ({first}): write it anew\n"
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows; the rows and bytes that are let out are bounded all the same
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(MAX_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def decode(raw: bytes) -> str:
    """Return the text that the parent reads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_memory_pool(pa.system_memory_pool())
    limits: dict[str, Any] = {"thrift_string_size_limit": 10_000_000, "thrift_container_size_limit": 100_000}
    file = pq.ParquetFile(pa.BufferReader(raw), **limits)
    metadata = file.metadata
    if metadata.num_rows > MAX_ROWS:
        refuse(f"{metadata.num_rows:,} rows, more than {MAX_ROWS:,}: split the file")
    schema = file.schema_arrow
    titles = {str(name).lower(): str(name) for name in reversed(schema.names)}
    # A row of a thousand fields, written out as text, would take as long as a thousand rows.
    nested = {str(field.name) for field in schema if pa.types.is_nested(field.type)}
    column, crs = _geometry(metadata.metadata or {}, titles)
    if column is not None:
        _check_sizes(metadata, column)
        name = next((t for n in NAMES if (t := titles.get(n)) and t not in nested), None)
        # Kept as a dictionary, a column in which one large value is repeated a million times stays small.
        file = pq.ParquetFile(pa.BufferReader(raw), read_dictionary=[column], **limits)
        return f"wkb\t{crs}\n" + "".join(_lines(file, column, name))
    lon = next((titles[n] for n in LON if n in titles), None)
    lat = next((titles[n] for n in LAT if n in titles), None)
    if lon is None or lat is None:
        refuse("neither a geometry column (GeoParquet) nor columns lon and lat in it: add them")
    for name in (lon, lat):
        if name in nested:
            refuse(f"column {name[:40]!r} holds lists, not numbers: write it as decimal degrees")
    more = [titles[n] for n in ROW if n in titles and titles[n] not in nested]
    return "rows\n" + _rows(file, [lon, lat, *more])


def _geometry(metadata: dict[bytes, bytes], titles: dict[str, str]) -> tuple[str | None, str]:
    """Find the geometry column and its reference system (GeoParquet 1.1), or one that looks like it."""
    if b"geo" not in metadata:
        return titles.get("geometry") or titles.get("wkb"), ""
    geo = json.loads(metadata[b"geo"])
    column = geo["primary_column"]
    about = geo["columns"][column]
    if str(about.get("encoding")).upper() != "WKB":
        refuse(f"geometries encoded as {str(about.get('encoding'))[:20]!r}, not WKB: write it with encoding WKB")
    crs = about.get("crs")
    if crs is None:
        return str(column), ""
    code = crs.get("id", {}) if isinstance(crs, dict) else {}
    if str(code.get("code")) in SAME:
        return str(column), ""
    if "code" not in code:
        refuse("a reference system without a code: convert it to EPSG:4326")
    return str(column), f"{str(code.get('authority'))[:10]}:{str(code['code'])[:10]}"


def _check_sizes(metadata: Any, column: str) -> None:  # noqa: ANN401 - pyarrow is untyped
    size = 0
    for group in range(metadata.num_row_groups):
        about = metadata.row_group(group)
        for i in range(about.num_columns):
            if about.column(i).path_in_schema == column:
                size += about.column(i).total_uncompressed_size
    if size > MAX_BYTES:
        refuse(f"{size / 1e6:.0f} MB of lines, more than {MAX_BYTES // 1_000_000}: split the file")


def _lines(file: Any, column: str, name: str | None) -> Iterator[str]:  # noqa: ANN401 - pyarrow is untyped
    size = rows = 0
    wanted = [column] if name in {None, column} else [column, name]
    for batch in file.iter_batches(batch_size=BATCH, columns=wanted, use_threads=False):
        geometry = batch.column(column)
        names = batch.column(name) if name and name != column else None
        for i in range(batch.num_rows):
            value = geometry[i].as_py()
            title = "" if names is None else _plain(names[i].as_py())
            if value is not None and not isinstance(value, bytes):
                refuse("the geometry column holds no WKB: write it as GeoParquet with encoding WKB")
            size, rows = size + len(value or b"") + len(title), rows + 1
            if size > MAX_BYTES or rows > MAX_ROWS:
                refuse(f"more than {MAX_ROWS:,} rows or {MAX_BYTES // 1_000_000} MB in it: split the file")
            yield f"{(value or b'').hex()}\t{json.dumps(title)}\n"


def _rows(file: Any, columns: list[str]) -> str:  # noqa: ANN401 - pyarrow is untyped
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    rows = 0
    for batch in file.iter_batches(batch_size=BATCH, columns=columns, use_threads=False):
        cells = [[_plain(cell.as_py()) for cell in batch.column(c)] for c in columns]
        writer.writerows(zip(*cells, strict=True))
        rows += batch.num_rows
        if rows > MAX_ROWS or out.tell() > MAX_BYTES:
            refuse(f"more than {MAX_ROWS:,} rows or {MAX_BYTES // 1_000_000} MB in it: split the file")
    return out.getvalue()


def _plain(value: object) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)[:MAX_NAME]


if __name__ == "__main__":
    main()
