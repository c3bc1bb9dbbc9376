"""Getting results out: to standard output, or to a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.outside.files import write_whole
from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from overflight.airspace import Airspaces

__all__ = ["aside", "emit", "emit_bytes", "is_fancy", "note", "note_age", "styled"]


CHUNK = 32_768


def emit(text: str, output: Path | None) -> None:
    """Print a result, or write it to the file asked for."""
    if output is None or str(output) == "-":
        # in pieces: an unbuffered stream (python -u) drops the rest of a write that a closing pipe cut short
        for start in range(0, len(text), CHUNK):
            sys.stdout.write(text[start : start + CHUNK])
        sys.stdout.flush()
    else:
        emit_bytes(text.encode("utf-8", errors="backslashreplace"), output)


def emit_bytes(data: bytes, output: Path | None) -> None:
    """Print a result that is no text, or write it to the file asked for."""
    if output is None or str(output) == "-":
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:  # an unbuffered stream (python -u) may take less than it is given
            rest = rest[sys.stdout.buffer.write(rest[:CHUNK]) :]
        sys.stdout.buffer.flush()
    else:
        write_whole(output, data)
        note(f"wrote {output}")


def aside(*files: Path | None) -> contextlib.AbstractContextManager[object]:
    """Print results to standard error for as long as a map or a report has standard output to itself."""
    return contextlib.redirect_stdout(sys.stderr) if "-" in map(str, files) else contextlib.nullcontext()


def note(text: str) -> None:
    """Tell the reader something that is no result; broken between words where a terminal would break it anywhere."""
    click.echo(_folded(one_line(text)), err=True)


def _folded(line: str) -> str:
    """Break a line between words at the terminal's width; for programs it stays one."""
    if not sys.stderr.isatty():
        return line
    import textwrap

    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stderr.fileno()).columns)
    except (OSError, ValueError):
        columns = 0
    width = max(columns or 80, 20)
    return textwrap.fill(line, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def note_age(world: Airspaces, dates: Iterable[dt.date]) -> None:
    """Tell the reader where a date lies before those for which the labels of the airspace are known to hold."""
    if said := world.doubt_on(min(dates)):
        note(f"note: {said}")


def is_fancy(to_file: Path | None = None) -> bool:
    """Tell whether the result goes to a terminal that shows box characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "─│".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return to_file is None and sys.stdout.isatty()


def styled(text: str, *, fg: str | int | None = None, bold: bool | None = None) -> str:
    """Colour a text, unless the reader asked for none (NO_COLOR) or the terminal has none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return text
    return click.style(text, fg=fg, bold=bold)
