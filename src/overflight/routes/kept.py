"""Areas of files, read once for as long as a file stays as it is: a rule is worked out on many dates."""

from __future__ import annotations

import functools
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.routes.areas import read_areas

if TYPE_CHECKING:
    from overflight.airspace.area import Area

__all__ = ["kept_areas"]


def kept_areas(path: Path, *, only: str | None = None) -> tuple[Area, ...]:
    """Return the areas of a file, as `read_areas` does.

    A pipe is read anew each time.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):
        return read_areas(path, only=only)  # which says why it can't be read
    if not stat.S_ISREG(found.st_mode):
        return read_areas(path, only=only)
    return _read(path, only, (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size))


@functools.lru_cache(maxsize=8)
def _read(path: Path, only: str | None, _: tuple[int, ...]) -> tuple[Area, ...]:
    return read_areas(path, only=only)
