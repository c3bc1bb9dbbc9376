"""Who works on the parts: threads of this process, or the workers of a Dask cluster."""

from __future__ import annotations

import statistics
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, NamedTuple

from overflight._crossings.compiled import processors
from overflight.batch.store import Key
from overflight.errors import DataError

__all__ = ["Call", "Cluster", "Pool"]

AHEAD = 1
"""Parts that wait besides those that are worked on."""
SLOW, SLOW_S = 4.0, 10.0
"""A part that takes so many times the median, and so many seconds at least, is given to another worker, too."""
LOOK_S = 2.0
START_S = 20.0
TRIES = 3

Call = tuple[Key, Callable[[], Any]]
"""A part, and what is to be done with it."""


class _Given(NamedTuple):
    """A call without an answer: to whom it was given, and when for the last time."""

    call: Call
    to: tuple[Future[Any], ...]
    since: float


class Pool:
    """Threads of this process: the compiled walk lets go of Python's global lock."""

    def __init__(self, threads: int | None) -> None:
        self._threads = threads or processors()
        self._executor: Any = ThreadPoolExecutor(self._threads)

    def width(self) -> int:
        """Say how many calls run at a time."""
        return self._threads

    def submit(self, call: Call) -> Future[Any]:
        """Hand a call over."""
        return self._executor.submit(call[1])  # type: ignore[no-any-return]

    def again(self, call: Call) -> Future[Any] | None:  # noqa: ARG002 - another thread would be no faster
        """Hand a call to somebody who has not got it, if there is anybody."""
        return None

    def close(self) -> None:
        """Let go of calls that have not begun."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def answers(self, calls: Iterator[Call]) -> Iterator[list[tuple[Key, Any]]]:
        """Give parts with their answers, in whatever order: those that are there when one is, or `LOOK_S` have passed.

        No more calls are taken than there is room for. One that takes too long is given to another worker, too. The
        first answer counts and the call is over: what a worker that stood still finds when it wakes goes nowhere.
        """
        waiting: dict[Key, _Given] = {}
        took: list[float] = []
        while True:
            for call in islice(calls, max(0, self.width() + AHEAD - len(waiting))):
                waiting[call[0]] = _Given(call, (self.submit(call),), time.monotonic())
            if not waiting:
                return
            wait([future for one in waiting.values() for future in one.to], LOOK_S, FIRST_COMPLETED)
            ready: list[tuple[Key, Any]] = []
            for part, one in list(waiting.items()):
                lasted = time.monotonic() - one.since
                if done := [future for future in one.to if future.done()]:
                    ready.append((part, done[0].result()))
                    took.append(lasted)
                    for future in waiting.pop(part).to:
                        future.cancel()
                elif took and lasted > max(SLOW_S, SLOW * statistics.median(took)) and (twin := self.again(one.call)):
                    waiting[part] = _Given(one.call, (*one.to, twin), time.monotonic())
            yield ready


class Cluster(Pool):
    """The workers of a Dask cluster, each with overflight and pyarrow; none needs to see the files.

    Calls of a worker that is gone go to another: that is Dask's own doing.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            msg = "--scheduler needs Dask: pip install 'overflight[dask]'"
            raise DataError(msg) from error
        self._address, self._run = address, uuid.uuid4().hex
        try:
            self._client: Any = Client(address, timeout=START_S, set_as_default=False)  # type: ignore[no-untyped-call]
            self._client.wait_for_workers(1, timeout=START_S)
        except Exception as error:  # Dask's own kinds, and the system's
            msg = f"no scheduler with workers at {address}: start them (dask scheduler, dask worker {address})"
            raise DataError(msg) from error
        self._executor = self._client.get_executor(retries=TRIES)  # type: ignore[no-untyped-call]

    def width(self) -> int:
        """Count the threads of all workers."""
        return max(1, sum(map(int, self._client.nthreads().values())))

    def submit(self, call: Call, **where: Any) -> Future[Any]:
        """Send a call."""
        with warnings.catch_warnings():  # a part is some megabytes, which Dask thinks much, and sends only once
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            key = self._named(call) + uuid.uuid4().hex
            return self._executor.submit(call[1], key=key, **where)  # type: ignore[no-any-return]

    def again(self, call: Call) -> Future[Any] | None:
        """Send a call to any worker but those that have it, or an answer to it."""
        held = [*self._client.processing().items(), *self._client.has_what().items()]
        having = {worker for worker, keys in held if any(str(key).startswith(self._named(call)) for key in keys)}
        others = [worker for worker in self._client.nthreads() if worker not in having]
        return self.submit(call, workers=others) if having and others else None

    def _named(self, call: Call) -> str:
        (stage, number), _ = call
        return f"{self._run}-{stage}-{number}-"

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close(timeout=2)

    def answers(self, calls: Iterator[Call]) -> Iterator[list[tuple[Key, Any]]]:
        """Give parts with their answers, and say in one line what becomes of the cluster."""
        from distributed import KilledWorker

        try:
            yield from super().answers(calls)
        except KilledWorker as error:
            msg = f"a part of the input killed {TRIES} workers in turn: give them more memory, then --resume"
            raise DataError(msg) from error
        except (CancelledError, OSError, TimeoutError) as error:
            msg = f"the scheduler at {self._address} went away: start it again, then --resume"
            raise DataError(msg) from error
