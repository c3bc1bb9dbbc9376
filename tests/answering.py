"""What the processes of the tests answer: each waits for a line in a pipe or file, takes memory, or dies, as asked."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from overflight.serve.workers import Answer, say, show


def opening(folder: str) -> Callable[[bytes], Answer]:
    """Return what does as it is asked, in a folder where it leaves a note of what it began."""
    return lambda question: _answer(Path(folder), question.decode())


def broken() -> Callable[[bytes], Answer]:
    """Fail to open."""
    raise MemoryError


def _answer(folder: Path, asked: str) -> Answer:
    what, _, name = asked.partition(" ")
    (folder / f"{name or what}.begun").touch()
    if what == "show":
        say(f"{name} is under way")
        show(b"the first of it")
        show(b"too long" * 10_000)
        show(b"the second of it")
    elif what == "flood":
        for number in range(int(name)):
            show(b"%d" % number)
    elif what == "wait":
        while not (folder / "released").exists():
            time.sleep(0.01)
    elif what == "forever":
        while True:
            time.sleep(3600)
    elif what == "take":
        return Answer(200, {}, b"%d" % len(bytearray(int(name))))
    elif what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return Answer(200, {"x": what}, f"{os.getpid()} {name}".encode())
