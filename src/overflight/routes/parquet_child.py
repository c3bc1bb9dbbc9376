"""Decodes a Parquet or Arrow file from standard input, as a program of its own: see `overflight.routes.decoded`.

Writes one line that says what follows (``wkb`` and the reference system, ``rows``, ``points`` or ``refused`` and why),
then a line a row. Imports nothing of the package, so that it starts as fast as pyarrow does.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

MAX_ROWS = 300_000
MAX_BYTES = 50_000_000
MAX_MEMORY = 500_000_000
"""Address space for private data; what a file unpacks to is bounded here, whatever it says of itself."""
BATCH = 4096
MAX_NAME = 400
"""Letters of a name; whoever asked takes half of them."""
NAMES = ("name", "route", "route_id", "title", "callsign", "flight_id")
LIMITS, MAX_LIMITS = ("floor", "ceiling", "lower", "upper", "bottom", "top"), 40
"""How columns begin that say how high an area reaches, and how many of them and of others are handed on."""
POINT_TYPES = frozenset({1, 1001, 0x80000001, 0x20000001, 0xA0000001})
"""Of WKB, with a height or a reference system, or not."""
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
        text = decode(sys.stdin.buffer.read(), json.loads(sys.argv[1]), json.loads(sys.argv[2]))
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


def decode(raw: bytes, known: dict[str, list[str]], also: list[str]) -> str:
    """Return the text that the parent reads.

    `known` has the names of columns that it asks for, by what they hold; `also` those to hand on beside a geometry.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_memory_pool(pa.system_memory_pool())
    if raw.startswith(b"ARROW1"):
        return _arrow(raw, known)
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
        if not crs and _are_points(file, column):
            more = [title for title in _more(schema.names, nested, known) if title not in {"lon", "lat"}]
            return "points\n" + _rows(_pointed(file, column), ["lon", "lat", *more])
        plain = (str(field.name) for field in schema if str(field.name) not in {column, name} | nested)
        told = [title for title in plain if title.lower() in also or title.lower().startswith(LIMITS)][:MAX_LIMITS]
        return f"wkb\t{crs}\n" + "".join(_lines(file, column, name, told))
    columns, kind = _placed(schema.names, nested, known), "rows"
    if not columns:
        columns, kind = _more(schema.names, nested, known), "table"
    if kind == "table" and not all(any(_plain_title(c) in known[end] for c in columns) for end in ("start", "end")):
        refuse("neither a geometry column (GeoParquet) nor columns lon and lat, nor two of airports, in it: add them")
    batches = file.iter_batches(batch_size=BATCH, columns=columns, use_threads=False)
    return f"{kind}\n" + _rows(batches, columns)


def _placed(titles: list[str], nested: set[str], known: dict[str, list[str]]) -> list[str]:
    """Return the columns of longitude and latitude, and those besides that are wanted; none if there is no position."""
    plain = {_plain_title(title): title for title in reversed(titles)}
    place = [next((plain[name] for name in known[key] if name in plain), None) for key in ("lon", "lat")]
    if None in place:
        return []
    for title in place:
        if title in nested:
            refuse(f"column {title[:40]!r} holds lists, not numbers: write it as decimal degrees")
    more = _more(titles, nested, known)
    return [*(title for title in place if title is not None), *(title for title in more if title not in place)]


def _more(titles: list[str], nested: set[str], known: dict[str, list[str]]) -> list[str]:
    """Return the columns besides the position that are wanted."""
    wanted = {name for key, names in known.items() if key not in {"lon", "lat", "wkt"} for name in names}
    return list(dict.fromkeys(title for title in titles if _plain_title(title) in wanted and title not in nested))


def _plain_title(title: str) -> str:
    """Return the name of a column without its unit, as `overflight.routes.tables.plain_title` has it."""
    return re.sub(r"[ _]*[(\[][^)\]]*[)\]]$", "", str(title).strip().lower()).replace(" ", "_").rpartition(".")[2]


def _arrow(raw: bytes, known: dict[str, list[str]]) -> str:
    """Read an Arrow file (Feather): rows of lon and lat."""
    import pyarrow as pa

    file = pa.ipc.open_file(pa.BufferReader(raw))
    nested = {str(field.name) for field in file.schema if pa.types.is_nested(field.type)}
    columns = _placed(file.schema.names, nested, known)
    if not columns:
        refuse("no columns lon and lat of numbers in it: add them")
    batches = (file.get_batch(i).select(columns) for i in range(file.num_record_batches))
    return "rows\n" + _rows(batches, columns)


def _are_points(file: Any, column: str) -> bool:  # noqa: ANN401 - pyarrow is untyped
    """Tell whether every geometry of a column is a point."""
    found = False
    for batch in file.iter_batches(batch_size=BATCH, columns=[column], use_threads=False):
        for value in batch.column(column):
            raw = value.as_py()
            if raw is None:
                continue
            if not isinstance(raw, bytes) or _type_of(raw) not in POINT_TYPES:
                return False
            found = True
    return found


def _type_of(raw: bytes) -> int:
    return int.from_bytes(raw[1:5], "little" if raw[:1] == b"\x01" else "big")


def _pointed(file: Any, column: str) -> Iterator[Any]:  # noqa: ANN401 - pyarrow is untyped
    """Yield batches with the points of a column as columns of longitude and latitude."""
    import pyarrow as pa

    schema = file.schema_arrow
    wanted = [str(f.name) for f in schema if f.name == column or not pa.types.is_nested(f.type)]
    for batch in file.iter_batches(batch_size=BATCH, columns=wanted, use_threads=False):
        lonlat = [_position(value.as_py()) for value in batch.column(column)]
        rest = [(name, batch.column(name)) for name in batch.schema.names if name not in {column, "lon", "lat"}]
        columns = [("lon", pa.array([p[0] for p in lonlat])), ("lat", pa.array([p[1] for p in lonlat])), *rest]
        yield pa.RecordBatch.from_arrays([values for _, values in columns], [name for name, _ in columns])


def _position(raw: bytes | None) -> tuple[float | None, float | None]:
    if raw is None or len(raw) < 21:
        return None, None
    at = 9 if _type_of(raw) & 0x20000000 else 5
    x, y = struct.unpack_from("<2d" if raw[:1] == b"\x01" else ">2d", raw.ljust(at + 16, b"\0"), at)
    return x, y


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


def _lines(file: Any, column: str, name: str | None, limits: list[str]) -> Iterator[str]:  # noqa: ANN401 - pyarrow is untyped
    size = rows = 0
    wanted = [column] if name in {None, column} else [column, name]
    for batch in file.iter_batches(batch_size=BATCH, columns=[*wanted, *limits], use_threads=False):
        geometry = batch.column(column)
        names = batch.column(name) if name and name != column else None
        for i in range(batch.num_rows):
            value = geometry[i].as_py()
            title = "" if names is None else _plain(names[i].as_py())
            facts = json.dumps({limit: _plain(batch.column(limit)[i].as_py()) for limit in limits})
            if value is not None and not isinstance(value, bytes):
                refuse("the geometry column holds no WKB: write it as GeoParquet with encoding WKB")
            size, rows = size + len(value or b"") + len(title) + len(facts), rows + 1
            if size > MAX_BYTES or rows > MAX_ROWS:
                refuse(f"more than {MAX_ROWS:,} rows or {MAX_BYTES // 1_000_000} MB in it: split the file")
            yield f"{(value or b'').hex()}\t{json.dumps(title)}\t{facts}\n"


def _rows(batches: Iterable[Any], columns: list[str]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([re.sub(r"[,;|\t\r\n\"]", " ", title) for title in columns])  # a unit may hold what separates cells
    rows = 0
    for batch in batches:
        cells = [[_plain(cell.as_py()) for cell in _told(batch.column(c))] for c in columns]
        writer.writerows(zip(*cells, strict=True))
        rows += batch.num_rows
        if rows > MAX_ROWS or out.tell() > MAX_BYTES:
            refuse(f"more than {MAX_ROWS:,} rows or {MAX_BYTES // 1_000_000} MB in it: split the file")
    return out.getvalue()


def _told(column: Any) -> Any:  # noqa: ANN401 - pyarrow is untyped
    """Bring moments to microseconds in UTC: finer ones would be made by pandas, others need a table of zones."""
    import pyarrow as pa

    if not pa.types.is_timestamp(column.type):
        return column
    return column.cast(pa.timestamp("us", "UTC" if column.type.tz else None), safe=False)


def _plain(value: object) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)[:MAX_NAME]


if __name__ == "__main__":
    main()
