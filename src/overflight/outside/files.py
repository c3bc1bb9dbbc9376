"""Files that are written whole or not at all, and what is opened to be read: so many bytes of it, and no device."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from overflight.errors import DataError
from overflight.outside.witness import taken

__all__ = ["check_place", "descriptor", "read_at_most", "reason_of", "write_whole"]

MOST_LINKS = 40
"""As many links in a row as Linux follows."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its final place and move it there, so that nobody ever sees half of it.

    A file that is replaced hands on its mode and, where the system allows it, its owner; a link stays, and what it
    leads to is replaced. What is no plain file (a pipe, ``/dev/null``), and what is open already (``/dev/stdout``,
    ``/dev/fd/3``), is written to as it is; opening a named pipe waits for its reader.

    Raises
    ------
    DataError
        If it can't be written; what stood there before is unchanged.
    BrokenPipeError
        If the reader of a pipe went away.
    """
    with _explained(path):
        number = descriptor(path)
        there = _refused_unless_writable(path, number)
        if number is not None:
            with os.fdopen(os.dup(number), "wb") as file:
                file.write(data)
        elif there is not None and not stat.S_ISREG(there.st_mode):
            with path.open("wb") as file:
                file.write(data)
        else:
            _replace(Path(os.path.realpath(path)), data, there)


def check_place(path: Path) -> None:
    """Refuse a place where nothing can be written, before there is something to be lost.

    Raises
    ------
    DataError
        If it is a folder or a disk, if its folder is not there, or if one of them can't be written to.
    """
    with _explained(path):
        _refused_unless_writable(path, descriptor(path))


def read_at_most(path: Path, most: int, *, pipes: bool = False) -> bytes:
    """Read a file; one byte more than `most` says that there is more.

    Devices never end, and are refused. So are pipes, which may never begin, but where `pipes` says that a user named
    the file himself, as in ``<(command)`` of a shell.

    Raises
    ------
    OSError
        If it can't be read, or is no file.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not (stat.S_ISREG(mode) or (pipes and stat.S_ISFIFO(mode))):
        raise OSError(errno.EINVAL, "it is no regular file")
    with path.open("rb") as file:
        raw = file.read(most + 1)
    taken(str(path), raw)
    return raw


def reason_of(error: Exception) -> str:
    """Return why a file can't be read or written: what the system says, without its number and the file's name."""
    return (getattr(error, "strerror", None) or str(error)).lower()


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        msg = f"{_short(path)}: can't be written ({reason_of(error)}): choose another place, or make its folder first"
        raise DataError(msg) from error


def _short(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 200 else f"{text[:100]}...{text[-40:]}"


def descriptor(path: Path) -> int | None:
    """Return the number of the file, open in this process, that a path stands for, as ``/dev/stdout`` does; else None.

    Opened anew, a file that a shell opened to append to would be cut, and a socket can't be.
    """
    own = {"/dev/fd", *(os.path.realpath(f"/proc/{name}/fd") for name in ("self", "thread-self"))}
    for _ in range(MOST_LINKS):
        if re.fullmatch("[0-9]{1,9}", path.name) and os.path.realpath(path.parent) in own:
            return int(path.name)
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return None


def _refused_unless_writable(path: Path, number: int | None) -> os.stat_result | None:
    """Return what stands there, links followed; None for a file that is to be made."""
    if number is not None:
        return os.fstat(number)
    try:
        there = path.stat()
    except FileNotFoundError:
        there = None
    folder = Path(os.path.realpath(path)).parent
    if there is None and not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if there is not None and stat.S_ISBLK(there.st_mode):
        raise OSError(errno.EINVAL, "it is a disk")
    if there is not None and not _allowed(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if (there is None or stat.S_ISREG(there.st_mode)) and not _allowed(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "no file can be made in its folder, so it could not be written whole")
    return there


def _allowed(path: Path, how: int) -> bool:
    return os.access(path, how, effective_ids=os.access in os.supports_effective_ids)


def _replace(target: Path, data: bytes, before: os.stat_result | None) -> None:
    handle, draft = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if before is not None and hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):  # only root gives files away
                os.chown(draft, before.st_uid, before.st_gid)
        Path(draft).chmod(before.st_mode & 0o7777 if before is not None else 0o666 & ~_umask())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
