"""Getting results out: to standard output, or to a file that is written whole or not at all."""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.geodata import Airspaces

__all__ = ["emit", "is_fancy", "note", "note_age", "styled", "write_whole"]


CHUNK = 32_768


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its final place and move it there, so that nobody ever sees half of it.

    Raises
    ------
    DataError
        If it can't be written; what stood there before is unchanged.
    """
    try:
        target = path.resolve() if path.is_symlink() else path
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            target.write_text(text, encoding="utf-8")
            return
        _replace(target, text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        msg = f"{path}: can't be written ({reason.lower()}): choose another place with -o"
        raise DataError(msg) from error


def _replace(target: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(draft).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def emit(text: str, output: Path | None) -> None:
    """Print a result, or write it to the file asked for."""
    if output is None or str(output) == "-":
        # in pieces: an unbuffered stream (python -u) drops the rest of a write that a closing pipe cut short
        for start in range(0, len(text), CHUNK):
            sys.stdout.write(text[start : start + CHUNK])
        sys.stdout.flush()
    else:
        write_whole(output, text)
        note(f"wrote {output}")


def note(text: str) -> None:
    """Tell the reader something that is no result."""
    click.echo(text, err=True)


def note_age(world: Airspaces, dates: Iterable[dt.date]) -> None:
    """Tell the reader where a date lies before those for which the labels of the airspace are known to hold."""
    first, since = min(dates), world.labels_since
    if since is not None and first < since:
        note(f"note: states and disputes are known from {since} on; for {first} some may be wrong")


def is_fancy(to_file: Path | None = None) -> bool:
    """Tell whether the result goes to a terminal that shows box characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "─│".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return to_file is None and sys.stdout.isatty()


def styled(text: str, **style: str | bool) -> str:
    """Colour a text, unless the reader asked for none (NO_COLOR) or the terminal has none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return text
    return click.style(text, **style)  # type: ignore[arg-type]
