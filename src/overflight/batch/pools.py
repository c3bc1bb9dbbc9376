"""Who does the work: threads of this process, or the workers of a Dask cluster; the driver sees no difference."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any, Protocol

from overflight.errors import DataError, OverflightError

__all__ = ["Pool", "Threads", "open_pool"]

HEARTBEAT_S = 2.0
START_S = 20.0
TRIES = 3
POLL_S = 0.02


class Pool(Protocol):
    """Takes calls and gives results, in whatever order they are ready."""

    @property
    def width(self) -> int:
        """How many calls run at a time."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Hand a call over; returns something to wait for."""

    def again(self, call: Any, function: Callable[..., Any], *arguments: Any) -> Any | None:
        """Hand a call that takes long to somebody else, too; None if there is nobody else."""

    def done(self, calls: Collection[Any]) -> set[Any]:
        """Wait a little; return those that are finished, if any."""

    def result(self, call: Any) -> Any:
        """Return what a finished call returned, or raise what it raised."""

    def close(self) -> None:
        """Let go of calls that nobody waits for any more."""


class Threads:
    """Threads of this process: the compiled walk lets go of Python's global lock."""

    def __init__(self, threads: int | None) -> None:
        mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.width = threads or mine
        self._pool = ThreadPoolExecutor(self.width)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Hand a call over."""
        return self._pool.submit(function, *arguments)

    def again(self, call: Any, function: Callable[..., Any], *arguments: Any) -> None:  # noqa: ARG002 - the protocol's
        """Leave it: another thread would be no faster."""
        return

    def done(self, calls: Collection[Any]) -> set[Any]:
        """Wait for the first."""
        return wait(calls, timeout=HEARTBEAT_S, return_when=FIRST_COMPLETED).done

    def result(self, call: Any) -> Any:
        """Return what it returned."""
        return call.result()

    def close(self) -> None:
        """Drop what has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Cluster:
    """The workers of a Dask cluster; each needs overflight with pyarrow. None needs to see the files."""

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError as error:
            msg = "--scheduler needs Dask: pip install 'overflight[dask]'"
            raise DataError(msg) from error
        self.address = address
        try:
            self._client: Any = distributed.Client(  # type: ignore[no-untyped-call]
                address, timeout=START_S, set_as_default=False
            )
            self._client.wait_for_workers(1, timeout=START_S)
        except Exception as error:  # Dask's own kinds, and the system's
            msg = f"no scheduler with workers at {address}: start them (dask scheduler, dask worker {address})"
            raise DataError(msg) from error

    @property
    def width(self) -> int:
        """All threads of all workers."""
        return max(1, sum(map(int, self._asked(self._client.nthreads).values())))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Send a call; one whose worker dies goes to another."""
        with warnings.catch_warnings():  # a part is some megabytes, which Dask thinks much, and sends only once
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            return self._asked(self._client.submit, function, *arguments, pure=False, retries=TRIES)

    def again(self, call: Any, function: Callable[..., Any], *arguments: Any) -> Any | None:
        """Send a call to any worker but those that have it."""
        having = {worker for worker, keys in self._asked(self._client.processing).items() if call.key in keys}
        others = [worker for worker in self._asked(self._client.nthreads) if worker not in having]
        if not others or not having:
            return None
        return self._asked(self._client.submit, function, *arguments, pure=False, workers=others)

    def _asked(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Ask the scheduler for something."""
        try:
            return function(*arguments, **named)
        except (OSError, TimeoutError) as error:
            raise self._gone() from error

    def done(self, calls: Collection[Any]) -> set[Any]:
        """Wait for some, looking whether the scheduler is still there."""
        until = time.monotonic() + HEARTBEAT_S
        while time.monotonic() < until:
            found = {call for call in calls if call.status != "pending"}
            if self._client.status != "running":
                raise self._gone()
            if found:
                return found
            time.sleep(POLL_S)
        return set()

    def result(self, call: Any) -> Any:
        """Fetch what it returned."""
        from distributed import CancelledError, KilledWorker

        try:
            return call.result(timeout=60)
        except KilledWorker as error:
            msg = f"a part of the input killed {TRIES} workers in turn: give them more memory, then --resume"
            raise DataError(msg) from error
        except OverflightError:
            raise
        except (CancelledError, OSError, TimeoutError) as error:
            raise self._gone() from error

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close(timeout=2)

    def _gone(self) -> DataError:
        return DataError(f"the scheduler at {self.address} went away: start it again, then --resume")


def open_pool(scheduler: str | None, threads: int | None) -> Pool:
    """Open the pool asked for."""
    return Threads(threads) if scheduler is None else Cluster(scheduler)
