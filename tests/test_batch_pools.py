"""Who works on the parts of a batch: every part is answered once, whoever is late, and no more is taken than fits."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from overflight.batch import pools
from overflight.batch.pools import Call, Pool


class Doubling(Pool):
    """Threads, of which another may get a call that takes too long; each attempt at a call gets its number."""

    def __init__(self, threads: int, work: Callable[[int, int], str]) -> None:
        super().__init__(threads)
        self.work = work
        self.attempts: list[int] = []

    def submit(self, call: Call) -> Future[Any]:
        number = call[0][1]
        self.attempts.append(number)
        return self._executor.submit(self.work, number, self.attempts.count(number))  # type: ignore[no-any-return]

    def again(self, call: Call) -> Future[Any] | None:
        return self.submit(call)


def calls(count: int, taken: list[int] | None = None) -> Iterator[Call]:
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield ("judge", number), lambda: None


def test_a_worker_that_stands_still_is_passed_by_and_what_it_sends_when_it_wakes_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pools, "LOOK_S", 0.02)
    monkeypatch.setattr(pools, "SLOW_S", 0.1)
    wakes, woken = threading.Event(), threading.Event()

    def work(number: int, attempt: int) -> str:
        if number == 3 and attempt == 1:
            assert wakes.wait(60)
            woken.set()
            return "late"
        if number == 19:  # goes on until the late one has sent its answer
            assert woken.wait(60)
            time.sleep(0.1)
        return f"answer {number}"

    pool, found = Doubling(4, work), []
    try:
        for answers in pool.answers(calls(20)):
            found += answers
            if any(key == ("judge", 3) for key, _ in answers):
                wakes.set()
    finally:
        wakes.set()
        pool.close()
    assert woken.is_set()
    assert sorted(found) == [(("judge", number), f"answer {number}") for number in range(20)]
    assert pool.attempts.count(3) >= 2


def test_of_two_answers_that_come_at_once_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "LOOK_S", 0.02)
    monkeypatch.setattr(pools, "SLOW_S", 0.05)
    both = threading.Barrier(2)

    def work(number: int, _: int) -> str:
        if number == 1:
            both.wait(60)
        return "answer"

    pool = Doubling(3, work)
    try:
        found = list(itertools.chain.from_iterable(pool.answers(calls(2))))
    finally:
        pool.close()
    assert sorted(found) == [(("judge", 0), "answer"), (("judge", 1), "answer")]


def test_no_more_parts_are_read_than_there_is_room_for() -> None:
    taken: list[int] = []
    pool = Pool(2)
    try:
        done = 0
        for answers in pool.answers(calls(50, taken)):
            done += len(answers)
            assert len(taken) <= done + 2 + pools.AHEAD
    finally:
        pool.close()
    assert (done, len(taken)) == (50, 50)


def test_what_fails_in_a_worker_is_raised_where_the_answers_are_asked_for() -> None:
    def fail() -> None:
        msg = "out of luck"
        raise MemoryError(msg)

    pool = Pool(1)
    try:
        with pytest.raises(MemoryError, match="out of luck"):
            list(pool.answers(iter([(("judge", 0), fail)])))
    finally:
        pool.close()
