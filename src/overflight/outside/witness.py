"""What was read, told by those who read it: the digest of the very bytes that were taken, and what for they were taken.

Nothing is kept, and nothing hashed, where nobody asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["STDIN", "Taken", "taken", "taken_for", "witnessing"]

STDIN = "-"


@dataclass(slots=True)
class Taken:
    """One file as it was read.

    Attributes
    ----------
    name : str
        Its path as it was given; ``-`` for standard input.
    sha256 : str
        Of its bytes as they were read, before anything was unpacked or decoded.
    size : int
        How many bytes these were.
    read_as : list of str
        What the readers took it for: ``["gzip", "JSON of a tracker"]``.
    """

    name: str
    sha256: str
    size: int
    read_as: list[str] = field(default_factory=list)


_SEEN: ContextVar[list[Taken] | None] = ContextVar("overflight_witness", default=None)


@contextmanager
def witnessing() -> Iterator[list[Taken]]:
    """Have all that is read from here on put down in the list that is given, each file once.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from overflight.outside.files import read_at_most
    >>> with tempfile.TemporaryDirectory() as folder, witnessing() as seen:
    ...     file = pathlib.Path(folder, "a.txt")
    ...     _ = file.write_bytes(b"abc"), read_at_most(file, 10)
    >>> seen[0].sha256[:8], seen[0].size
    ('ba7816bf', 3)
    """
    seen: list[Taken] = []
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)


def taken(name: str, raw: bytes) -> None:
    """Tell that bytes were read."""
    seen = _SEEN.get()
    if seen is None:
        return
    import hashlib  # which few ask for

    digest = hashlib.sha256(raw).hexdigest()
    same = [one for one in seen if (one.name, one.sha256) == (name, digest)]
    seen[:] = [one for one in seen if one not in same] + (same or [Taken(name, digest, len(raw))])


def taken_for(words: str) -> None:
    """Tell what the file that was read last is taken for."""
    seen = _SEEN.get()
    if seen and words not in seen[-1].read_as:
        seen[-1].read_as.append(words)
