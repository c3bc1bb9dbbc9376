"""Decodes a shapefile (packed) or FlatGeobuf from standard input, as a program: see `overflight.routes.decoded`.

Writes what `parquet_child` writes. Imports nothing of the package.
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
MAX_MEMORY = 1_000_000_000
"""Address space for private data, the libraries' own included."""
MAX_NAME = 400
NAMES = ("name", "route", "title", "label", "callsign")
LIMITS, MAX_LIMITS = ("floor", "ceiling", "lower", "upper", "bottom", "top"), 40
"""How columns begin that say how high an area reaches, and how many of them and of others are handed on."""
POINT = 1


class RefusedError(Exception):
    """What is wrong with the file, in words for its owner."""


def refuse(why: str) -> NoReturn:
    """Raise what is wrong with the file."""
    raise RefusedError(why)


def main() -> None:
    """Decode standard input to standard output."""
    _bound_memory()
    try:
        text = decode(sys.stdin.buffer.read(), json.loads(sys.argv[2]))
    except RefusedError as error:
        text = f"refused\t{error}\n"
    except Exception as error:  # noqa: BLE001 - whatever the library makes of a stranger's bytes
        first = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        text = f"refused\tno file of geodata that can be read ({first}): write it anew\n"
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows; the rows and bytes that are let out are bounded all the same
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(MAX_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def decode(raw: bytes, also: list[str]) -> str:
    """Return the text that the parent reads; of columns, it has those in `also`, too."""
    import pyogrio  # type: ignore[import-untyped]

    layers = [str(name) for name, _ in pyogrio.list_layers(raw)]
    if not layers:
        refuse("no layer in it: give another file")
    about = pyogrio.read_info(raw, layer=layers[0])
    if about["driver"] not in {"ESRI Shapefile", "FlatGeobuf"}:
        refuse("neither a shapefile nor FlatGeobuf: convert it to GeoJSON")
    if about["features"] > MAX_ROWS:
        refuse(f"{about['features']:,} rows, more than {MAX_ROWS:,}: split the file")
    meta, _, geometry, fields = pyogrio.raw.read(raw, layer=layers[0], max_features=MAX_ROWS, force_2d=True)
    titles = [str(name) for name in meta["fields"]]
    shapes = [None if shape is None else bytes(shape) for shape in geometry]
    if sum(len(shape) for shape in shapes if shape) > MAX_BYTES:
        refuse(f"more than {MAX_BYTES // 1_000_000} MB of lines in it: split the file")
    crs = _code(meta.get("crs"))
    there = [shape for shape in shapes if shape]
    if there and not crs and all(int.from_bytes(shape[1:5], "little") == POINT for shape in there):
        return "points\n" + _points(shapes, titles, fields)
    low = {title.lower(): i for i, title in reversed([*enumerate(titles)])}
    at = next((low[name] for name in NAMES if name in low), None)
    told = [i for i, title in enumerate(titles) if title.lower() in also or title.lower().startswith(LIMITS)]
    at_limits = told[:MAX_LIMITS]
    limits = {titles[i]: fields[i] for i in at_limits}
    return f"wkb\t{crs}\n" + "".join(_lines(shapes, None if at is None else fields[at], limits))


def _code(crs: str | None) -> str:
    """Return the code of a reference system; empty for degrees, and where the file does not tell."""
    if not crs or crs in {"EPSG:4326", "OGC:CRS84"}:
        return ""
    if len(crs) > 20:
        refuse("a reference system without a code: convert it to EPSG:4326")
    return crs


def _lines(shapes: list[bytes | None], names: Any, limits: dict[str, Any]) -> Iterator[str]:  # noqa: ANN401 - arrays of anything
    for i, shape in enumerate(shapes):
        name = "" if names is None else _plain(names[i])
        facts = {title: _plain(column[i]) for title, column in limits.items()}
        yield f"{(shape or b'').hex()}\t{json.dumps(name)}\t{json.dumps(facts)}\n"


def _points(shapes: list[bytes | None], titles: list[str], fields: Any) -> str:  # noqa: ANN401 - arrays of anything
    import struct

    out = io.StringIO(newline="")
    writer = csv.writer(out)
    kept = [i for i, title in enumerate(titles) if title.lower() not in {"lon", "lat"}][:100]
    writer.writerow(["lon", "lat", *(titles[i] for i in kept)])
    for row, shape in enumerate(shapes):
        place = struct.unpack_from("<2d", shape, 5) if shape else ("", "")
        writer.writerow([*place, *(_plain(fields[i][row]) for i in kept)])
        if out.tell() > MAX_BYTES:
            refuse(f"more than {MAX_BYTES // 1_000_000} MB in it: split the file")
    return out.getvalue()


def _plain(value: object) -> str:
    return "" if value is None or value != value else str(value)[:MAX_NAME]  # noqa: PLR0124 - nothing else differs from itself


if __name__ == "__main__":
    main()
