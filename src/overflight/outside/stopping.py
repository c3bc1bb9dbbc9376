"""A process that is asked to stop (Ctrl-C, SIGTERM) ends quietly, whatever it is doing; see `overflight.__main__`.

Imports next to nothing: what comes before `listen` still ends as Python has it.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time

TYPE_CHECKING = False

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["INTERRUPTED", "Terminated", "asked", "leave", "listen"]

INTERRUPTED, TERMINATED = 130, 143
_asked: list[int] = []


class Terminated(KeyboardInterrupt):
    """The system asks the process to end; handled as Ctrl-C is, with a status of its own."""


def listen() -> None:
    """From now on, end quietly when asked to; for a process that is the command line's own."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in the background of a shell, and for nohup
            signal.signal(number, _stop)
    sys.unraisablehook = _unraisable


def asked() -> int | None:
    """Return the status with which to end, if the process was asked to stop, else None.

    What is interrupted while it loads its own library in C may turn that into an error of another kind.
    """
    return (TERMINATED if signal.SIGTERM in _asked else INTERRUPTED) if _asked else None


def leave(status: int) -> None:
    """End at once from now on when asked to: all is written, and there is nothing to be interrupted but the exit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is _stop:
            signal.signal(number, lambda *_: os._exit(status))


def _stop(number: int, _: FrameType | None) -> None:
    _asked.append(number)
    raise Terminated if number == signal.SIGTERM else KeyboardInterrupt


def _unraisable(what: sys.UnraisableHookArgs) -> None:
    """Raise an interruption once more that met a place where nothing can be raised, and would be lost there."""
    if isinstance(what.exc_value, KeyboardInterrupt):
        _thread.start_new_thread(_again, ())  # from outside: raised in here, it would be lost here
    else:
        sys.__unraisablehook__(what)


def _again() -> None:
    time.sleep(0.01)
    _thread.interrupt_main()
