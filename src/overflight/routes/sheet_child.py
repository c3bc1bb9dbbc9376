"""Decodes a spreadsheet from standard input, as a program of its own: see `overflight.routes.decoded`.

Writes one line that says what follows (``sheet``, the sheet's name and how many there are, or ``refused`` and why),
then its rows as CSV. Imports nothing of the package.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from typing import NoReturn

MAX_ROWS = 300_000
MAX_BYTES = 50_000_000
MAX_MEMORY = 1_000_000_000
"""Address space for private data; what a file unpacks to is bounded here, whatever it says of itself."""
MAX_NAME = 400


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
        text = f"refused\tno spreadsheet that can be read ({first}): save the sheet as CSV\n"
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
    """Return the text that the parent reads: that of the first sheet with something in it."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
    names = list(book.sheet_names)
    for name in names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
        if not rows:
            continue
        if len(rows) > MAX_ROWS:
            refuse(f"more than {MAX_ROWS:,} rows in it: split the file")
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        for row in rows:
            writer.writerow([_plain(cell) for cell in row])
            if out.tell() > MAX_BYTES:
                refuse(f"more than {MAX_BYTES // 1_000_000} MB in it: split the file")
        return f"sheet\t{json.dumps([str(name)[:MAX_NAME], len(names)])}\n{out.getvalue()}"
    refuse("every sheet of it is empty: give another file")


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)[:MAX_NAME]


if __name__ == "__main__":
    main()
