"""Files that are kept between runs: in which folders, written whole, and read only if they are ours and undamaged.

``$OVERFLIGHT_CACHE`` names the one folder; if it is empty, nothing is kept. Without it, compiled code lies beside the
package where that can be written to, as Python's own does (or in ``$NUMBA_CACHE_DIR``, if that is set), else in the
user's cache folder: ``overflight`` in ``$XDG_CACHE_HOME``, ``~/.cache``, ``~/Library/Caches`` or ``%LOCALAPPDATA%``.
Where there is none, as for a user without a home, it lies in a folder of that user's among the temporary files.

A name tells what a file was made from, so that it is never out of date. A file begins with a digest of the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from overflight.earth.caches import trust
from overflight.outside.printable import one_line

__all__ = ["Place", "for_code", "read", "room", "say_once", "write"]

LOG = logging.getLogger("overflight.earth.caches")
PACKAGE = Path(__file__).parents[2]
MOST_BYTES = 1 << 29
"""No file that is kept is larger."""
DIGEST = hashlib.sha256
DIGEST_BYTES = 32
DRAFT = ".draft-"
ABANDONED_S = 86_400.0
"""Drafts this old were left by a process that was killed."""

_said: set[str] = set()


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to keep files in.

    Attributes
    ----------
    path : Path
    once : str
        For whom what is kept there has been made, as a message may say it.
    private : bool
        Whether it is this user's alone; else others may read what is kept.
    """

    path: Path
    once: str
    private: bool = True


def for_code() -> list[Place]:
    """Return where to keep compiled code, best first."""
    chosen = os.environ.get("OVERFLIGHT_CACHE")
    if chosen is not None:
        return [Place(Path(chosen), f"kept in {chosen}")] if chosen else []
    numbas = os.environ.get("NUMBA_CACHE_DIR")
    if numbas:
        return [Place(Path(numbas), f"kept in {numbas}")]
    places = [Place(PACKAGE / "__pycache__", "once for this installation", private=False)]
    with contextlib.suppress(RuntimeError):  # no home
        places.append(Place(_users_folder(), "once for this user"))
    if hasattr(os, "geteuid"):
        spare = Path(tempfile.gettempdir()) / f"overflight-{os.geteuid()}"
        places.append(Place(spare, f"kept in {spare}"))
    return places


def read(name: str, places: list[Place]) -> bytes | None:
    """Read what is kept under a name; None if it is not there, not whole, or not to be trusted."""
    for place in places:
        if _is_trusted(place):
            with contextlib.suppress(OSError):
                found = _read(place.path / name)
                if found is not None:
                    return found
    return None


def write(name: str, data: bytes, places: list[Place], *, kind: str, most: int) -> None:
    """Keep a file, whole or not at all, and remove those of its kind not read for longest.

    Parameters
    ----------
    name
        Of the file, beginning with `kind`.
    places
        The first that can be written to is taken; that there is none is said once.
    kind, most
        So many files whose names begin so are left.
    """
    place = room(places)
    if place is None:
        return
    try:
        handle, draft = tempfile.mkstemp(dir=place.path, prefix=DRAFT)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(DIGEST(data).digest())
                file.write(data)
            if not place.private:
                Path(draft).chmod(0o644)
            Path(draft).replace(place.path / name)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        _nothing_kept([f"{place.path} ({_reason(error)})"])
        return
    with contextlib.suppress(OSError):
        _tidy(place.path, kind, most)


def room(places: list[Place]) -> Place | None:
    """Return the first place that can be written to, its folder made; None if there is none, which is said once."""
    refused = []
    for place in places:
        if not _is_trusted(place):
            continue
        try:
            _make(place)
            tempfile.TemporaryFile(dir=place.path, prefix=DRAFT).close()
        except OSError as error:
            refused.append(f"{place.path} ({_reason(error)})")
            continue
        if _is_trusted(place):  # made just now, perhaps by another
            return place
    if refused:
        _nothing_kept(refused)
    return None


def say_once(message: str) -> None:
    """Log a warning, unless this process did already."""
    if message not in _said:
        _said.add(message)
        LOG.warning("%s", one_line(message))


def _nothing_kept(refused: list[str]) -> None:
    say_once(f"nothing can be kept in {' or '.join(refused)}: OVERFLIGHT_CACHE names another folder")


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _users_folder() -> Path:
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "overflight"
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    return (Path(base) if base else home / ".cache") / "overflight"


def _is_trusted(place: Place) -> bool:
    """Tell whether only we could have written what lies there; say why not, where that is for the user to mend."""
    reason = trust.why_not_folder(place.path)
    if reason is not None and place.private:
        say_once(f"{place.path} is not used to keep anything, for {reason}: OVERFLIGHT_CACHE names another folder")
    return reason is None


def _make(place: Place) -> None:
    """Make a folder, and those above it, ours alone."""
    missing = [place.path, *place.path.parents]
    for folder in reversed([path for path in missing if not path.exists()]):
        folder.mkdir(0o700 if place.private else 0o755, exist_ok=True)


def _read(path: Path) -> bytes | None:
    """Read a file that is ours; what is checked is what is read."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - of a descriptor
        found = os.fstat(file.fileno())
        reason = trust.why_not_file(found, path)
        if reason is not None:
            say_once(f"{path} is not read, for {reason}: it is made anew")
            return None
        size = found.st_size - DIGEST_BYTES
        if not 0 <= size <= MOST_BYTES:
            return None
        digest, data = file.read(DIGEST_BYTES), file.read(size + 1)
        if len(data) != size or DIGEST(data).digest() != digest:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # so that those in use are kept
        return data


def _tidy(folder: Path, kind: str, most: int) -> None:
    """Remove all but the latest files of a kind, and drafts that were left."""
    for draft in folder.glob(f"{DRAFT}*"):
        with contextlib.suppress(OSError):
            if draft.stat().st_mtime < time.time() - ABANDONED_S:
                draft.unlink()
    kept = sorted(folder.glob(f"{kind}*"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-most]:
        old.unlink(missing_ok=True)
