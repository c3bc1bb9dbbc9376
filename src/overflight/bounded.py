"""What bounds the work that a file can make, before it is done: bytes that are read, and values that JSON holds."""

from __future__ import annotations

import errno
from pathlib import Path

__all__ = ["json_values", "read_bounded"]


def read_bounded(path: Path, most: int) -> bytes:
    """Read a regular file, but no more than one byte beyond what is allowed; the caller looks at the length.

    Raises
    ------
    OSError
        If it can't be read, or is a folder, a pipe or a device, which may have no end.
    """
    if not path.is_file():
        path.stat()  # says why, if it is not there
        raise OSError(errno.EINVAL, "is a folder" if path.is_dir() else "no regular file")
    with path.open("rb") as file:
        return file.read(most + 1)


def json_values(text: str) -> int:
    """Return how many values a JSON text has, at most, an object counted as four and a member as three.

    That is what they take in memory, in units of some 60 bytes.

    Examples
    --------
    >>> json_values('{"a": [1, 2]}')
    9
    """
    return text.count("[") + text.count(",") + 3 * text.count(":") + 4 * text.count("{")
