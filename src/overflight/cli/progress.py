"""How far something is: one line that is written over on a terminal, else a line now and then."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

import click

from overflight.cli.writing import note
from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Line"]

SAID_S = 5.0
"""So often, where nothing can be written over."""
DRAWN_S = 0.1
WIDTH = 20
PLAIN = ("CI", "NO_COLOR")
"""Where one of these is set, nothing is written over."""


class Line(logging.Handler):
    """The line, for as long as the block lasts; it is gone after that.

    What is said meanwhile, or logged, stands above it.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        set_ = any(os.environ.get(name) for name in PLAIN) or os.environ.get("TERM") == "dumb"
        self.drawn = sys.stderr.isatty() and not set_
        self._last = -DRAWN_S if self.drawn else time.monotonic()
        self._text = ""
        self._guard = threading.RLock()

    def tell(self, text: str, share: float | None = None) -> None:
        """Tell how far it is, if the last time is long enough ago; `share` of 1 is all."""
        with self._guard:
            now = time.monotonic()
            if now - self._last < (DRAWN_S if self.drawn else SAID_S):
                return
            self._last = now
            if not self.drawn:
                note(text)
                return
            if share is not None:
                filled = int(WIDTH * min(max(share, 0.0), 1.0))
                text = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {text}"
            self._draw(one_line(text))

    def say(self, text: str) -> None:
        """Say something that stays."""
        with self._guard:
            below = self._text
            self._draw("")
            note(text)
            self._draw(below)

    def emit(self, record: logging.LogRecord) -> None:
        """Say what was logged."""
        self.say(record.getMessage())

    def _draw(self, text: str) -> None:
        """Put a text in place of the last one; cut, for a line that is broken can't be written over."""
        text = text[: shutil.get_terminal_size().columns - 1]
        if text or self._text:
            click.echo(f"\r{text.ljust(len(self._text))}" + ("" if text else "\r"), nl=False, err=True)
        self._text = text

    def __enter__(self) -> Self:
        if self.drawn:
            log = logging.getLogger("overflight")
            log.addHandler(self)
            log.propagate = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self._draw("")
        if self.drawn:
            log = logging.getLogger("overflight")
            log.removeHandler(self)
            log.propagate = True
