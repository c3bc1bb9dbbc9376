"""What a search may take: so much time and so much memory; what is left of it, and how far the search is.

A search runs within a budget (``with Budget(60.0):``). Whatever in it may take long asks `current` for it and calls
`Budget.check` between two steps; compiled loops pause every some hundredths of a second for it. That ends in a
`SpentError`, which whoever has something to show catches (`Budget.within`): so what was found until then is given,
whichever step was the last. Memory that can't be had ends a step in the same way.

The time that compiling takes, once for an installation, does not count: it can't be cut short, and comes to nothing.
"""

from __future__ import annotations

import contextlib
import logging
import math
import signal
import threading
import time
from contextvars import ContextVar, Token
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from numba.core import event

from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from overflight.detours.model import Candidate

__all__ = ["INTERRUPTED", "MEMORY_MB", "Budget", "News", "SpentError", "current"]

LOG = logging.getLogger("overflight.detours")
INTERRUPTED = "stopped on request"
"""By Ctrl-C, or by whoever ended the process."""
MEMORY_MB = 2_000.0
"""What a search may take by default, on top of what the process has already."""
NODE_BYTES = 150
"""Of a node of the mesh search: 100, and half as many again while its arrays grow."""
NODES_SHARE = 0.3
"""Of the memory, for the nodes of one mesh search, and two of them take turns; the rest is for meshes and shapes."""
MOST_NODES = 2**31 - 1024
"""More can't be numbered."""
TICK_S = 0.1
PATIENCE_S = 2.0
"""So often it is logged how far the search is, unless somebody is told."""
STATM = Path("/proc/self/statm")
PAGE_MB = 4096 / 1e6


@dataclass(frozen=True, slots=True)
class News:
    """How far a search is.

    Attributes
    ----------
    text : str
        In a line, such as ``"VKO-BUD: 5 of 14 sets of consents tried; 2 s of 60 s"``.
    share : float or None
        Which share of the sets of consents was tried; None where nothing is known of that.
    took_s : float
        How long the search has taken, without what compiling took.
    candidate : Candidate or None
        A route that was found just now. It may not be in the answer, where others turn out to be better; what it is
        within of the shortest, whether it is on the front, and minimal, is not known before all is found.
    """

    text: str
    share: float | None
    took_s: float
    candidate: Candidate | None = None


class SpentError(Exception):
    """A step of a search was cut short."""


class Budget:
    """What one search may take.

    Parameters
    ----------
    time_limit_s : float, optional
        How long it may take; as long as it likes by default.
    memory_mb : float, optional
        How much memory it may take; as much as it likes by default.
    label : str
        What the search is about, to begin a line with that says how far it is.
    clock : callable
        Tells the time in seconds.
    told : callable, optional
        Is told the `News`, some times a second, and of each route when it is found; else they are logged, now and then.
        It may be called by another thread, but never by two at a time.

    Attributes
    ----------
    most_nodes : int
        How many nodes one mesh search may have.
    reason : str
        Why the search ended, in words; empty as long as it has not.
    cut : bool
        Whether anything was cut short, be it one step that wanted too much memory.
    """

    def __init__(
        self,
        time_limit_s: float | None = None,
        memory_mb: float | None = None,
        *,
        label: str = "",
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[News], None] | None = None,
    ) -> None:
        self.time_limit_s = None if time_limit_s is None or math.isinf(time_limit_s) else max(time_limit_s, 0.0)
        self.memory_mb = memory_mb
        self.label = one_line(label)
        self.most_nodes = MOST_NODES
        if memory_mb is not None:
            self.most_nodes = min(MOST_NODES, int(NODES_SHARE * memory_mb * 1e6 / NODE_BYTES))
        self.reason = ""
        self.cut = False
        self._clock = clock
        self._began = clock()
        self._compiled_before_s = _COMPILING.total_s()
        self._told = told
        self._telling = threading.Lock()
        self._news = ""
        self._share: float | None = None
        self._said_it_compiles = False
        self._entered: Token[Budget | None] | None = None
        self._watch: _Watch | None = None
        self._had_mb = 0.0

    @property
    def took_s(self) -> float:
        """How long the search has taken, without what compiling took."""
        return self._clock() - self._began - (_COMPILING.total_s() - self._compiled_before_s)

    @property
    def left_s(self) -> float:
        """How long it may still take."""
        return math.inf if self.time_limit_s is None else self.time_limit_s - self.took_s

    @property
    def gone_share(self) -> float:
        """Which share of the time is gone; 0 where there is no limit."""
        return self.took_s / max(self.time_limit_s, 1e-9) if self.time_limit_s is not None else 0.0

    def check(self) -> None:
        """End the step if the budget is spent.

        Raises
        ------
        SpentError
            If it is.
        """
        if not self.reason and self.time_limit_s is not None and self.left_s <= 0.0:
            self.stop(f"stopped after {_seconds(self.time_limit_s)}")
        if self.reason:
            raise SpentError

    def stop(self, reason: str) -> None:
        """Have the search end, for a reason; the first one counts."""
        self.reason = self.reason or reason
        self.cut = True

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """Leave this block, rather than the search, where the budget is spent in it."""
        try:
            yield
        except SpentError:
            self.cut = True
        except MemoryError:
            self.cut = True
            LOG.info("%s: out of memory", self.label)

    def tell(self, news: str, share: float | None = None) -> None:
        """Take note of how far the search is; it is said every now and then."""
        self._news, self._share = news, share

    def tell_of(self, candidate: Callable[[], Candidate]) -> None:
        """Tell of a route as soon as it is found, if anybody is told; else it need not be made a candidate."""
        if self._told is not None:
            self._pass_on(self._told, candidate())

    def words(self) -> str:
        """Say why something was cut short; empty if nothing was."""
        if self.reason or not self.cut:
            return self.reason
        return "cut short for want of memory" + ("" if self.memory_mb is None else f" ({self.memory_mb:,.0f} MB)")

    def __enter__(self) -> Self:
        self._had_mb = _resident_mb()
        self._watch = _Watch(self)
        self._entered = _CURRENT.set(self)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._watch is not None:
            self._watch.end()
        if self._entered is not None:
            _CURRENT.reset(self._entered)

    def look(self) -> None:
        """Stop the search if its time is up or it has taken too much memory: what the watch does again and again."""
        with contextlib.suppress(SpentError):
            self.check()
        if self.memory_mb is not None and _resident_mb() - self._had_mb > self.memory_mb:
            self.stop(f"stopped at {self.memory_mb:,.0f} MB of memory")

    def say(self) -> None:
        """Say how far the search is; that it compiles, which can't be told how far it is, once."""
        if self._told is not None:
            self._pass_on(self._told, None)
            return
        if _COMPILING.depth and self._said_it_compiles:
            return
        self._said_it_compiles = bool(_COMPILING.depth)
        LOG.warning("%s", self._line())

    def _pass_on(self, told: Callable[[News], None], candidate: Candidate | None) -> None:
        with self._telling:
            told(News(self._line(), self._share, max(self.took_s, 0.0), candidate))

    def _line(self) -> str:
        if _COMPILING.depth:  # which is not counted, so that it tells of nothing but itself
            return f"{self.label}: compiling; {_COMPILING.total_s() - self._compiled_before_s:.0f} s"
        limit = "" if self.time_limit_s is None else f" of {_seconds(self.time_limit_s)}"
        return f"{self.label}: {self._news or 'looking'}; {max(self.took_s, 0.0):.0f} s{limit}"

    @property
    def patience_s(self) -> float:
        """How often it is said how far the search is."""
        return PATIENCE_S if self._told is None else 2.0 * TICK_S


class _Watch:
    """A thread that looks at what a search takes and says how far it is; the first Ctrl-C ends the search.

    The second one ends whatever is still under way.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.is_listening = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self.is_listening:
            signal.signal(signal.SIGINT, self._interrupted)
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run, name="search budget", daemon=True)
        self.thread.start()

    def end(self) -> None:
        """End it; nothing is said after that."""
        if self.is_listening:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.is_over.set()
        self.thread.join()

    def _interrupted(self, number: int, frame: FrameType | None) -> Any:  # noqa: ANN401 - as signal has it
        if _COMPILING.depth:
            return signal.default_int_handler(number, frame)
        self.budget.stop(INTERRUPTED)
        # The next one counts as any other.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return None

    def _run(self) -> None:
        said = time.monotonic()
        while not self.is_over.wait(TICK_S):
            self.budget.look()
            if time.monotonic() - said >= self.budget.patience_s:
                said = time.monotonic()
                self.budget.say()


class _Compiling(event.Listener):
    """Adds up how long numba compiles."""

    def __init__(self) -> None:
        self.depth = 0
        self._since = self._spent_s = 0.0

    def total_s(self) -> float:
        """Return how long it has taken so far, in seconds."""
        return self._spent_s + (time.monotonic() - self._since if self.depth else 0.0)

    def on_start(self, event: event.Event) -> None:  # noqa: ARG002 - as numba calls it
        """Begin to count, or go on with that if one function has another one compiled."""
        if not self.depth:
            self._since = time.monotonic()
        self.depth += 1

    def on_end(self, event: event.Event) -> None:  # noqa: ARG002 - as numba calls it
        """Count what it took."""
        self.depth -= 1
        if not self.depth:
            self._spent_s += time.monotonic() - self._since


_COMPILING = _Compiling()
event.register("numba:compile", _COMPILING)  # type: ignore[no-untyped-call]
_CURRENT: ContextVar[Budget | None] = ContextVar("the budget of the search under way", default=None)


def current() -> Budget:
    """Return the budget of the search under way; outside of any, one that never ends."""
    return _CURRENT.get() or Budget()


def _seconds(time_s: float) -> str:
    return f"{round(time_s, 1) if time_s >= 1.0 else time_s:g} s"


def _resident_mb() -> float:
    """Return how much memory the process has; 0 where that is not told (outside Linux)."""
    try:
        return int(STATM.read_bytes().split()[1]) * PAGE_MB
    except (OSError, IndexError, ValueError):
        return 0.0
