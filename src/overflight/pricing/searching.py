"""The searches: which are to be made, each once, and who makes them: this process, several, or a Dask cluster.

A search is made for two ends, not for a flight: of all flights between them, and of all days between two changes of
whom the rules bind, or of whose airspace is what. The mesh of the world and the walls of a rule are made once by each
process (`overflight.detours.many`), so searches of one rule are handed over together.
"""

from __future__ import annotations

import functools
import itertools
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from overflight.batch.dates import epoch
from overflight.batch.pools import Call, Cluster, Pool
from overflight.batch.running import Progress
from overflight.detours.many import Shortest, Ways
from overflight.rules import Avoid

if TYPE_CHECKING:
    from overflight.batch.settings import Settings
    from overflight.routes import Route

__all__ = ["Makers", "Search", "Terms", "searched", "work"]

CHUNK = 24
"""Searches that are handed over together: a second or two of work."""
FEW = 4 * CHUNK
"""Fewer than this are done before other processes have started and made a mesh of their own."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what ways are searched for: the rule sets of settings, and how far to keep from what they forbid."""

    settings: Settings
    margin_km: float

    def ways(self, number: int) -> Ways:
        """Return what searches, in an epoch of the calendar (`overflight.batch.dates`)."""
        return _ways(self, number)

    def closing(self, text: str) -> Terms:
        """Return the terms with more airspace closed: a rule set that no consent opens."""
        return replace(self, settings=replace(self.settings, never=(*self.settings.never, text)))


@dataclass(frozen=True, slots=True)
class Makers:
    """Who makes searches.

    Attributes
    ----------
    workers : int
        How many processes; the one that asks alone where there is one, or where there are few searches.
    scheduler : str or None
        Address of a Dask scheduler, whose workers do it instead.
    tell : function or None
        Told how far it is.
    """

    workers: int = 1
    scheduler: str | None = None
    tell: Callable[[Progress], None] | None = None

    def pool(self, searches: int) -> Pool:
        """Return those who make so many searches."""
        if self.scheduler is not None:
            return Cluster(self.scheduler)
        return _Here() if self.workers == 1 or searches < FEW else _Processes(self.workers)


class Search(NamedTuple):
    """One way to be searched for: by which terms, in which epoch, between the ends of which way."""

    terms: Terms
    epoch: int
    way: int


@functools.lru_cache(maxsize=4)
def _ways(terms: Terms, number: int) -> Ways:
    one, asked = epoch(number, terms.settings), len(terms.settings.avoid)
    return Ways(one.world, *(_joined(some, terms.margin_km) for some in (one.avoid[:asked], one.avoid[asked:])))


def _joined(rules: Sequence[Avoid], margin_km: float) -> Avoid:
    """Make one rule of several."""
    if not rules:
        return Avoid((), margin_km=margin_km)
    ruleset = reduce(lambda a, b: a | b, (rule.ruleset for rule in rules))
    return replace(
        rules[0], ruleset=ruleset, margin_km=margin_km, unasked=frozenset().union(*(r.unasked for r in rules))
    )


def work(terms: Terms, number: int, directs: Sequence[Route]) -> list[Shortest]:
    """Search for some ways; runs in whichever process it is sent to."""
    ways = terms.ways(number)
    return [ways.between(direct) for direct in directs]


class _Here(Pool):
    """The process that asks, alone: one call after the other."""

    def __init__(self) -> None:
        """Need nobody."""

    def answers(self, calls: Iterator[Call]) -> Iterator[list[tuple[Any, Any]]]:
        """Give each call's answer."""
        for key, call in calls:
            yield [(key, call())]

    def close(self) -> None:
        """Leave nobody."""


class _Processes(Pool):
    """Processes of this machine: most of a search is Python, of which a process runs one thread at a time."""

    def __init__(self, workers: int) -> None:
        self._threads = workers
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(workers, context, initializer=_deaf)


def _deaf() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def searched(
    searches: Sequence[Search],
    directs: Mapping[int, Route],
    makers: Makers,
    what: str = "searching",
) -> dict[Search, Shortest]:
    """Make searches, each once.

    Parameters
    ----------
    searches : sequence of Search
        What to search for.
    directs : mapping
        The great circle between the ends of each way, by its number.
    makers : Makers
        Who makes them.
    what : str
        What to call them where it is told how far they are.

    Returns
    -------
    dict
        The same, whoever made them, in whatever order.
    """
    chunks: list[list[Search]] = []
    for _, some in itertools.groupby(sorted(set(searches), key=_order), key=lambda one: (one.terms, one.epoch)):
        alike = list(some)
        chunks += [alike[k : k + CHUNK] for k in range(0, len(alike), CHUNK)]
    total, began, found = sum(map(len, chunks)), time.monotonic(), dict[Search, Shortest]()
    if not chunks:
        return found
    calls: Iterator[Call] = (
        (("search", n), functools.partial(work, some[0].terms, some[0].epoch, [directs[one.way] for one in some]))
        for n, some in enumerate(chunks)
    )
    with closing(makers.pool(total)) as pool:
        for answers in pool.answers(calls):
            for (_, n), shortest in answers:
                found.update(zip(chunks[n], shortest, strict=True))
            if makers.tell is not None:
                makers.tell(Progress(what, len(found), total, len(found), time.monotonic() - began))
    return found


def _order(one: Search) -> tuple[Any, ...]:
    return (one.terms.settings.never, one.epoch, one.way)
