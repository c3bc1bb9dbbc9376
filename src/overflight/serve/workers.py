"""A process that answers questions, can be stopped in the midst of one, and is replaced.

A thread can't be stopped, and numba and GEOS hear of nothing until they are done: what is to end at a deadline works in
a process of its own, and is killed. The process is spawned, not forked, for the server has threads; only bytes come
back from it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from overflight.errors import OverflightError

__all__ = ["Answer", "BrokeOffError", "TooLateError", "Worker", "compact", "say", "show"]

NEWS, PART, READY, HEAD = b"n", b"p", b"r", b"h"
"""What a message from the process begins with; after a head comes the body, whole."""
LONGEST_NEWS = 1_000
LONGEST_PART, MOST_PARTS = 10_000, 100
_PROCESSES = threading.Lock()
"""The list of children that multiprocessing keeps is not made for threads: held while one is started or buried."""


class BrokeOffError(OverflightError):
    """The process ended before it answered: it was killed, ran out of memory, or could not be started."""


class TooLateError(OverflightError):
    """The process was ended at its deadline."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question is answered with: an HTTP status, headers, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def json(cls, content: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
        """Answer in JSON; in ASCII, so that whatever names hold arrives."""
        return cls(status, {"content-type": "application/json", **(headers or {})}, compact(content))


def compact(content: object) -> bytes:
    """Write JSON in ASCII, without a blank."""
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


Answering = Callable[[bytes], Answer]


class Worker:
    """A process that answers one question at a time.

    Parameters
    ----------
    opening : callable
        Is called once in the process, which it is pickled for; loads what answers need, and returns what answers a
        question. That may raise nothing but what ends the process.
    arguments : tuple
        What `opening` is called with.
    name : str
        What the process is called.
    most_bytes : int
        So much memory may it take; beyond, it breaks off.
    grace_s : float
        So long may it go on with a question when nobody waits for the answer any longer: a new process takes as long
        to begin.

    Attributes
    ----------
    news : str
        What was said or logged last about the question under way.
    parts : list of bytes
        What was shown of its answer so far.
    """

    def __init__(
        self,
        opening: Callable[..., Answering],
        arguments: tuple[Any, ...],
        *,
        name: str,
        most_bytes: int,
        grace_s: float = 0.0,
    ) -> None:
        self.opening, self.arguments, self.name = opening, arguments, name
        self.most_bytes, self.grace_s = most_bytes, grace_s
        self.news = ""
        self.parts: list[bytes] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process that is there, if one is."""
        process = self._process
        return None if process is None else process.pid

    async def start(self) -> None:
        """Start the process if there is none, and wait until it can answer.

        Raises
        ------
        BrokeOffError
            If it can't be started.
        """
        await self._wait(b"", None)

    async def ask(self, question: bytes, seconds: float | None = None) -> Answer:
        """Have a question answered; cancelling this ends the process, unless it is done within its grace.

        Raises
        ------
        TooLateError
            If there was no answer after `seconds`; the process is gone.
        BrokeOffError
            If the process ended; the next question starts another.
        """
        return await self._wait(question, seconds)

    def stop(self) -> None:
        """End the process for good."""
        self._stopped = True
        self._kill()
        with suppress(RuntimeError):  # stopped before
            self._thread.submit(self._bury)
        self._thread.shutdown(wait=False)

    async def _wait(self, question: bytes, seconds: float | None) -> Answer:
        unwanted = threading.Event()
        try:
            asking = asyncio.get_running_loop().run_in_executor(self._thread, self._exchange, question, unwanted)
        except RuntimeError as error:  # stopped: its thread takes nothing any more
            raise BrokeOffError("the server has ended") from error
        asking.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear it
        try:
            await asyncio.wait({asking}, timeout=seconds)
        except asyncio.CancelledError:
            with suppress(asyncio.CancelledError):  # told twice
                await asyncio.wait({asking}, timeout=self.grace_s)
            await self._end(asking, unwanted)
            raise
        if not asking.done():
            await self._end(asking, unwanted)
            raise TooLateError(f"there was no answer within {seconds:g} s")
        return asking.result()

    async def _end(self, asking: asyncio.Future[Any], unwanted: threading.Event) -> None:
        if asking.done():
            return
        unwanted.set()
        self._kill()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({asking})  # its thread hears of it at once

    def forget(self) -> None:
        """Forget what was told of the answer before."""
        self.news, self.parts = "", []

    def _kill(self) -> None:
        with _PROCESSES:  # it may just be starting
            if self._process is not None:
                self._process.kill()

    # ---- What follows runs in the thread of this worker.

    def _exchange(self, question: bytes, unwanted: threading.Event) -> Answer:
        """Send a question and wait for the answer; an empty one is answered as soon as there is somebody to ask."""
        try:
            self.forget()  # at once: a process may take seconds to start
            pipe = self._reach(unwanted)
            if not question:
                return Answer(204, {}, b"")
            pipe.send_bytes(question)
            head = json.loads(self._heard(pipe, HEAD))
            return Answer(head["status"], head["headers"], pipe.recv_bytes())
        except (EOFError, OSError) as error:
            self._bury()
            raise BrokeOffError(f"the process that answers broke off: {type(error).__name__}") from error

    def _reach(self, unwanted: threading.Event) -> Connection:
        """Return the pipe to a process that lives, and is ready."""
        with _PROCESSES:
            alive = self._process is not None and self._process.is_alive()
        if alive and self._pipe is not None:
            return self._pipe
        self._bury()
        with _PROCESSES:
            if self._stopped or unwanted.is_set():
                raise EOFError
            self._pipe, self._process = self._spawn()
        self._heard(self._pipe, READY)
        return self._pipe

    def _spawn(self) -> tuple[Connection, BaseProcess]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs:  # closed here, so that the end of the process is noticed
            process = context.Process(
                target=_work, args=(self.opening, self.arguments, theirs, self.most_bytes), daemon=True, name=self.name
            )
            # Ctrl-C is for the server, which ends this; held back here, it is held back there from the start
            if hasattr(signal, "pthread_sigmask"):
                resource_tracker.ensure_running()  # its own start would let go again
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                process.start()
            except BaseException:
                ours.close()
                raise
        return ours, process

    def _heard(self, pipe: Connection, kind: bytes) -> bytes:
        """Wait for a message of a kind; what comes before is news, and parts of the answer."""
        while not (said := pipe.recv_bytes()).startswith(kind):
            if said.startswith(NEWS):
                self.news = said[1:].decode("utf-8", "replace")
            elif len(self.parts) < MOST_PARTS:
                self.parts.append(said[1:])
        return said[1:]

    def _bury(self) -> None:
        """Leave nothing of a process: no zombie, no open file."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            wait([process.sentinel])  # not by join: that would reap it outside of the lock
            with _PROCESSES:
                process.join()
                process.close()
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


class _ToPipe(logging.Handler):
    """Sends on what is logged: how far a search is."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__(logging.WARNING)
        self.pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Send a message."""
        self.send(NEWS, record.getMessage()[:LONGEST_NEWS].encode("utf-8", "replace"))

    def send(self, kind: bytes, content: bytes) -> None:
        """Send what is said by any thread, one at a time."""
        with self.lock or nullcontext():
            self.pipe.send_bytes(kind + content)


_ahead: list[_ToPipe] = []
"""In a process that answers: where to send what comes before the answer."""


def say(news: str) -> None:
    """Say how far the answer to the question under way is; for the process that works on it."""
    for one in _ahead:
        one.send(NEWS, news[:LONGEST_NEWS].encode("utf-8", "replace"))


def show(part: bytes) -> None:
    """Show a part of the answer before it is whole, unless it is too long; for the process that works on it."""
    if len(part) <= LONGEST_PART:
        for one in _ahead:
            one.send(PART, part)


def _work(opening: Callable[..., Answering], arguments: tuple[Any, ...], pipe: Connection, most_bytes: int) -> None:
    """Answer questions until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    _limit(most_bytes)
    log = logging.getLogger("overflight")
    log.propagate = False
    _ahead.append(_ToPipe(pipe))
    log.addHandler(_ahead[0])
    # a server that is gone, or memory that is: whoever waits notices the end of this
    with suppress(EOFError, OSError, MemoryError):
        answering = opening(*arguments)
        pipe.send_bytes(READY)
        while True:
            answer = answering(pipe.recv_bytes())
            pipe.send_bytes(HEAD + json.dumps({"status": answer.status, "headers": answer.headers}).encode())
            pipe.send_bytes(answer.body)


def _end_with_the_server() -> None:
    """End in the midst of work, too, when the server was killed and could end nobody."""
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(1)


def _limit(most_bytes: int) -> None:
    """Bound the memory that is written to; what a process maps without writing to it costs nobody anything."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
    with suppress(OSError, ValueError):  # not every system takes it
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
