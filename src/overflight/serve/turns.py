"""Whose question is answered next: the dear ones never take all workers, and no asker takes all turns."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from overflight.errors import OverflightError
from overflight.serve.workers import Answer, BrokeOffError, TooLateError, Worker

__all__ = ["Asker", "FullError", "Turns"]

WAITING = 32
"""So many questions wait at most."""
CHEAP_S = 2.0
"""Longer than so, nothing occupies the worker kept for questions that are not dear: it was one."""
FULL = "too many questions at a time: try again in a second"

Asker = tuple[str, str]
"""The address that asks, and which of its pages."""


class FullError(OverflightError):
    """More wait than can be answered soon."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    asker: Asker
    tag: int
    nth: int
    turn: asyncio.Future[Worker]


@dataclass(slots=True)
class _Line:
    """Questions of a kind that wait: first come, first served, but one of each asker at a time.

    Each gets a tag, one above that of the question before it of the same asker, and of what is being served now; the
    lowest is next. So whoever asks much waits behind those who ask little, and nobody is overtaken for ever.
    """

    come: Iterator[int]
    waiting: list[_Waiting] = field(default_factory=list)
    now: int = 0
    last: dict[Asker, int] = field(default_factory=dict)

    def join(self, asker: Asker) -> _Waiting:
        tag = max(self.now, self.last.get(asker, 0)) + 1
        self.last[asker] = tag
        one = _Waiting(asker, tag, next(self.come), asyncio.get_running_loop().create_future())
        self.waiting.append(one)
        return one

    def first(self) -> _Waiting:
        one = min(self.waiting, key=lambda one: (one.tag, one.nth))
        self.waiting.remove(one)
        self.now = one.tag
        self.last = {asker: tag for asker, tag in self.last.items() if tag > self.now}
        return one


class Turns:
    """Gives workers to questions.

    Parameters
    ----------
    workers : iterable of Worker
        Who answers. The first is kept for questions that are not dear; the others answer dear ones first.
    most : int
        So many questions wait at most. One more, and the last one of whoever has most waiting is sent away.
    """

    def __init__(self, workers: Iterable[Worker], most: int = WAITING) -> None:
        self.workers = tuple(workers)
        self.most = most
        self._free = list(self.workers)
        come = itertools.count()
        self._cheap, self._dear = _Line(come), _Line(come)
        self._reviving: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        return len(self._cheap.waiting) + len(self._dear.waiting)

    def is_kept(self, worker: Worker) -> bool:
        """Whether a worker is kept for questions that are not dear."""
        return worker is self.workers[0]

    def open(self) -> None:
        """Start the workers, one after the other: the first question need not wait for all of them."""
        workers, self._free = self._free, []
        self._revive(workers)

    async def close(self) -> None:
        """Stop the workers; whoever waits is told so."""
        for one in self._reviving:
            one.cancel()
        for worker in self.workers:
            worker.stop()
        for line in (self._cheap, self._dear):
            for waiting in line.waiting:
                if not waiting.turn.done():
                    waiting.turn.set_exception(BrokeOffError("the server has ended"))
            line.waiting.clear()
        if self._reviving:
            await asyncio.wait(self._reviving)

    async def ask(self, question: bytes, asker: Asker, *, dear: bool, seconds: float) -> Answer:
        """Have a question answered when it is its turn; cancelling this leaves the line, or ends the work.

        Raises
        ------
        FullError
            If its turn did not come.
        TooLateError
            If it was worked on until `seconds` were over.
        BrokeOffError
            If the process that worked on it ended.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        try:
            while True:
                async with asyncio.timeout_at(until) as patience, self.turn(asker, dear=dear) as worker:
                    patience.reschedule(None)
                    if not self.is_kept(worker):
                        return await worker.ask(question, until - clock())
                    with suppress(TooLateError):
                        return await worker.ask(question, min(CHEAP_S, until - clock()))
                    dear = True
        except TimeoutError as error:
            raise FullError(FULL) from error

    @asynccontextmanager
    async def turn(self, asker: Asker, *, dear: bool) -> AsyncIterator[Worker]:
        """Wait for a turn, and have a worker meanwhile.

        Raises
        ------
        FullError
            If so many wait that this question is none of those that may.
        """
        line = self._dear if dear else self._cheap
        one = line.join(asker)
        self._serve()
        self._bound()
        try:
            worker = await one.turn
        except BaseException:
            if one in line.waiting:
                line.waiting.remove(one)
            elif one.turn.done() and not one.turn.cancelled() and one.turn.exception() is None:
                self._give_back(one.turn.result())  # it was given in the moment of leaving
            raise
        try:
            yield worker
        finally:
            self._give_back(worker)

    def _bound(self) -> None:
        """Send one away where more wait than may."""
        if self.waiting <= self.most:
            return
        everyone = [*self._cheap.waiting, *self._dear.waiting]
        of_address, of_page = Counter(one.asker[0] for one in everyone), Counter(one.asker for one in everyone)
        last = max(everyone, key=lambda one: (of_address[one.asker[0]], of_page[one.asker], one.tag, one.nth))
        line = self._cheap if last in self._cheap.waiting else self._dear
        line.waiting.remove(last)
        if not last.turn.done():
            last.turn.set_exception(FullError(FULL))

    def _serve(self) -> None:
        # the kept one is first: whoever may have it leaves the others to the dear
        for worker in sorted(self._free, key=self.workers.index):
            line = self._cheap if self.is_kept(worker) or not self._dear.waiting else self._dear
            while line.waiting:
                one = line.first()
                if not one.turn.done():  # else it left
                    self._free.remove(worker)
                    one.turn.set_result(worker)
                    break

    def _give_back(self, worker: Worker) -> None:
        if worker.pid is None:
            self._revive([worker])
        else:
            self._free.append(worker)
            self._serve()

    def _revive(self, workers: list[Worker]) -> None:
        task = asyncio.get_running_loop().create_task(self._start(workers))
        self._reviving.add(task)
        task.add_done_callback(self._reviving.discard)

    async def _start(self, workers: list[Worker]) -> None:
        for worker in workers:
            with suppress(BrokeOffError):  # whoever asks it next is told so
                await worker.start()
            self._free.append(worker)
            self._serve()
