"""One process makes what is to be kept, the others wait for it: a file in the folder that the one has locked.

The system lets go of the lock when the process ends, however it does: nothing is left to be waited for. As long as it
works, it touches the file every second. A process that does not, for it was stopped, is soon waited for no longer, and
nobody after that; so none waits longer than making it all itself would take. Where a folder can't lock, as some on a
network, each process makes its own, as if it were alone.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SILENT_S", "Turn"]

BEAT_S = 1.0
SILENT_S = 15.0
"""Whoever has not touched the file for so long is waited for no longer."""
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
        How long this process waits for another that gives no sign.
    """

    patience_s: ClassVar[float] = SILENT_S

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._done = threading.Event()

    def take(self, waiting: Callable[[], None] = lambda: None) -> None:
        """Take the turn, as soon as nobody else has it; without it, if that takes too long or can't be.

        Parameters
        ----------
        waiting : callable
            Is called once if another process has the turn.
        """
        touched: int | None = None
        until = time.monotonic() + Turn.patience_s
        with contextlib.suppress(OSError):
            while not self._tried():
                if touched is None:
                    waiting()
                before, touched = touched, self._touched()
                if touched != before:
                    until = time.monotonic() + Turn.patience_s
                elif time.monotonic() >= until:
                    Turn.patience_s = 0.0
                    return
                time.sleep(POLL_S)

    def leave(self) -> None:
        """Let others have their turn."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        self._done.set()
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
                self._done = threading.Event()
                threading.Thread(target=_beat, args=(self.path, self._done), daemon=True).start()
                return True
        except FileNotFoundError:  # whoever had it is just done
            return False
        finally:
            if self._handle != handle:
                os.close(handle)
        return False

    def _touched(self) -> int:
        """Return when the file was touched last; 0 if it is gone."""
        try:
            return self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0


def _beat(path: Path, done: threading.Event) -> None:
    """Touch a file now and then, until all is done."""
    while not done.wait(BEAT_S):
        with contextlib.suppress(OSError):
            os.utime(path)


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
