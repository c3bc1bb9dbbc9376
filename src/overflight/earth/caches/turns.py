"""One process makes what is to be kept, the others wait for it: a file in the folder that the one has locked.

The system lets go of the lock when the process ends, however it does: nothing is left to be waited for. A process that
was stopped, or makes no end, is waited for no longer than making it all oneself would take, and nobody after that.
Where a folder can't lock, as some on a network, each process makes its own, as if it were alone.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MOST_WAIT_S", "Turn"]

MOST_WAIT_S = 30.0
"""So long is one file waited for: everything takes less, on a machine that has nothing else to do."""
POLL_S = 0.05


class Turn:
    """The right to make one file, held by one process at a time.

    Parameters
    ----------
    path : Path
        What is locked; there for as long as somebody makes the file, or waits.

    Attributes
    ----------
    patience_s : float
        How long this process waits for another.
    """

    patience_s: ClassVar[float] = MOST_WAIT_S

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Take the turn, as soon as nobody else has it; without it, if that takes too long or can't be.

        Parameters
        ----------
        waiting : callable
            Is called once if another process has the turn.
        """
        until = time.monotonic() + Turn.patience_s
        waits = False
        with contextlib.suppress(OSError):
            while not self._tried():
                if not waits:
                    waits = True
                    waiting()
                if time.monotonic() >= until:
                    Turn.patience_s = 0.0
                    return
                time.sleep(POLL_S)

    def leave(self) -> None:
        """Let others have their turn."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        with contextlib.suppress(OSError):  # on Windows, where somebody waits
            self.path.unlink()
        os.close(handle)

    def _tried(self) -> bool:
        """Lock the file if nobody has it, and it is still the one that others see."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self.path, flags, 0o600)
        try:
            if _locked(handle) and os.path.samestat(os.fstat(handle), self.path.stat()):
                self._handle = handle
                return True
        except FileNotFoundError:  # whoever had it is just done
            return False
        finally:
            if self._handle != handle:
                os.close(handle)
        return False


def _locked(handle: int) -> bool:
    """Lock a file; False if another process has."""
    try:
        try:
            import fcntl
        except ModuleNotFoundError:  # Windows
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
