"""The processes behind the what-if page: stopped for real, replaced, and given out so that nobody is kept waiting."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from overflight.serve.turns import CHEAP_S, Asker, FullError, Turns
from overflight.serve.weight import is_dear, weight_ms
from overflight.serve.workers import Answer, BrokeOffError, TooLateError, Worker
from tests.answering import broken, opening

pytestmark = pytest.mark.slow

GB = 1_000_000_000
KEYS: dict[str, Any] = {"on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["icc"], "allow": []}


def worker_of(folder: Path, *, grace_s: float = 0.0) -> Worker:
    return Worker(opening, (str(folder),), name="test", most_bytes=GB, grace_s=grace_s)


async def begun(folder: Path, name: str) -> None:
    while not (folder / f"{name}.begun").exists():
        await asyncio.sleep(0.01)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


def open_files() -> int:
    """Return how many files this process has open; 0 where that can't be known."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_answers_and_goes_on(tmp_path: Path) -> None:
    async def ask() -> None:
        worker = worker_of(tmp_path)
        first, second = await worker.ask(b"say a"), await worker.ask(b"say b")
        assert (first.status, first.headers) == (200, {"x": "say"})
        assert first.body.split()[0] == second.body.split()[0] == str(worker.pid).encode()
        worker.stop()
        with pytest.raises(BrokeOffError, match="the server has ended"):
            await worker.ask(b"say c")

    asyncio.run(ask())


def test_what_comes_before_an_answer_is_kept_until_the_next_question(tmp_path: Path) -> None:
    async def ask() -> None:
        worker = worker_of(tmp_path)
        await worker.ask(b"show it")
        assert (worker.news, worker.parts) == ("it is under way", [b"the first of it", b"the second of it"])
        await worker.ask(b"say a")
        assert (worker.news, worker.parts) == ("", [])
        await worker.ask(b"flood 120")
        assert worker.parts == [b"%d" % number for number in range(100)]
        worker.stop()

    asyncio.run(ask())


def test_what_came_before_an_answer_is_gone_while_the_next_question_waits_for_a_process(tmp_path: Path) -> None:
    class Watched(Worker):
        def _reach(self, unwanted: threading.Event) -> Connection:
            shown.append(list(self.parts))
            return super()._reach(unwanted)

    async def ask() -> None:
        worker = Watched(opening, (str(tmp_path),), name="test", most_bytes=GB)
        await worker.ask(b"show it")
        await worker.ask(b"say a")
        worker.stop()

    shown: list[list[bytes]] = []
    asyncio.run(ask())
    assert shown == [[], []]


@pytest.mark.parametrize("ends", ["deadline", "cancelled", "killed", "memory"])
def test_work_that_is_ended_is_ended_for_real_and_the_process_replaced(tmp_path: Path, ends: str) -> None:
    async def ask() -> None:
        worker = worker_of(tmp_path)
        await worker.start()
        pid = worker.pid
        assert pid is not None
        files = open_files()
        if ends == "deadline":
            with pytest.raises(TooLateError):
                await worker.ask(b"forever", 0.2)
        elif ends == "cancelled":
            asking = asyncio.ensure_future(worker.ask(b"forever"))
            await begun(tmp_path, "forever")
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        else:
            with pytest.raises(BrokeOffError):
                await worker.ask(b"die" if ends == "killed" else b"take %d" % (20 * GB))
        assert not lives(pid)
        assert worker.pid is None
        assert (await worker.ask(b"say again")).body == f"{worker.pid} again".encode()
        assert worker.pid != pid
        assert open_files() <= files
        worker.stop()
        await until(lambda: worker.pid is None or not lives(worker.pid))

    asyncio.run(ask())


def test_a_process_that_died_while_nobody_asked_is_replaced_unnoticed(tmp_path: Path) -> None:
    async def ask() -> None:
        worker = worker_of(tmp_path)
        await worker.start()
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
        assert (await worker.ask(b"say a")).status == 200
        worker.stop()

    asyncio.run(ask())


def test_a_process_that_cannot_begin_says_so_each_time() -> None:
    async def ask() -> None:
        worker = Worker(broken, (), name="test", most_bytes=GB)
        for _ in range(2):
            with pytest.raises(BrokeOffError):
                await worker.start()
        worker.stop()

    asyncio.run(ask())


def test_what_nobody_waits_for_may_be_finished_within_its_grace(tmp_path: Path) -> None:
    """Else whoever hangs up again and again has a process started each time, which costs more than most answers."""

    async def ask() -> None:
        worker = worker_of(tmp_path, grace_s=30.0)
        await worker.start()
        pid = worker.pid
        asking = asyncio.ensure_future(worker.ask(b"wait"))
        await begun(tmp_path, "wait")
        asking.cancel()
        (tmp_path / "released").touch()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert worker.pid == pid
        worker.stop()

    asyncio.run(ask())


def served(folder: Path, test: Callable[[Turns], Awaitable[None]], workers: int = 3, most: int = 32) -> None:
    async def run() -> None:
        turns = Turns([worker_of(folder) for _ in range(workers)], most)
        turns.open()
        try:
            await test(turns)
        finally:
            await turns.close()

    asyncio.run(run())


def asking(turns: Turns, question: str, asker: Asker = ("a", ""), *, dear: bool = True) -> asyncio.Future[Answer]:
    return asyncio.ensure_future(turns.ask(question.encode(), asker, dear=dear, seconds=300.0))


def test_a_cheap_question_is_answered_while_ten_dear_ones_are_worked_on_or_wait(tmp_path: Path) -> None:
    async def ask(turns: Turns) -> None:
        dear = [asking(turns, f"wait {n}") for n in range(10)]
        await begun(tmp_path, "0")
        await begun(tmp_path, "1")
        cheap = [await asking(turns, "say hello", dear=False) for _ in range(3)]
        assert [answer.status for answer in cheap] == [200] * 3
        assert turns.waiting == 8
        assert not any(one.done() for one in dear)
        (tmp_path / "released").touch()
        answers = await asyncio.gather(*dear)
        kept = cheap[0].body.split()[0]
        assert {answer.body.split()[0] for answer in cheap} == {kept}
        assert kept not in {answer.body.split()[0] for answer in answers}

    served(tmp_path, ask)


def test_askers_take_turns_and_each_is_served_in_order(tmp_path: Path) -> None:
    order: list[str] = []

    async def ask(turns: Turns) -> None:
        first = asking(turns, "wait first")
        await begun(tmp_path, "first")
        asked = [("a", n) for n in range(4)] + [("b", n) for n in range(2)] + [("c", 0)]

        async def noted(who: str, n: int) -> None:
            await turns.ask(f"say {who}{n}".encode(), (who, ""), dear=True, seconds=300.0)
            order.append(f"{who}{n}")

        questions = [asyncio.ensure_future(noted(who, n)) for who, n in asked]
        await until(lambda: turns.waiting == len(asked))
        (tmp_path / "released").touch()
        await asyncio.gather(first, *questions)

    served(tmp_path, ask, workers=2)
    assert order == ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]


def test_no_asker_fills_the_line(tmp_path: Path) -> None:
    async def ask(turns: Turns) -> None:
        first = asking(turns, "wait first")
        await begun(tmp_path, "first")
        many = [asking(turns, f"say {n}", ("a", f"page {n % 2}")) for n in range(6)]
        await until(lambda: turns.waiting == 4)
        assert [isinstance(one.exception(), FullError) if one.done() else None for one in many] == [
            *[None] * 4,
            True,
            True,
        ]
        other = asking(turns, "say other", ("b", ""))
        await until(many[3].done)
        assert turns.waiting == 4
        (tmp_path / "released").touch()
        assert (await other).status == 200
        assert all([(await one).status == 200 for one in (first, *many[:3])])

    served(tmp_path, ask, workers=2, most=4)


def test_whoever_leaves_the_line_is_forgotten(tmp_path: Path) -> None:
    async def ask(turns: Turns) -> None:
        first = asking(turns, "wait first")
        await begun(tmp_path, "first")
        gone = [asking(turns, f"say gone{n}") for n in range(5)]
        await until(lambda: turns.waiting == 5)
        for one in gone:
            one.cancel()
        await asyncio.wait(gone)
        assert turns.waiting == 0
        late = asyncio.ensure_future(turns.ask(b"say late", ("a", ""), dear=True, seconds=0.05))
        with pytest.raises(FullError):
            await late
        (tmp_path / "released").touch()
        assert (await first).status == 200
        assert not list(tmp_path.glob("gone*"))

    served(tmp_path, ask, workers=2)


def test_a_question_that_turns_out_to_be_dear_waits_with_its_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("overflight.serve.turns.CHEAP_S", 0.1)

    async def ask(turns: Turns) -> None:
        dear = asking(turns, "wait dear")
        await begun(tmp_path, "dear")
        sly = asking(turns, "wait sly", dear=False)
        await begun(tmp_path, "sly")
        assert (await asking(turns, "say hello", dear=False)).status == 200
        assert turns.waiting == 1
        (tmp_path / "released").touch()
        assert [(await one).status for one in (dear, sly)] == [200, 200]

    assert CHEAP_S > 1
    served(tmp_path, ask, workers=2)


def test_the_end_of_the_server_is_told_to_whoever_waits(tmp_path: Path) -> None:
    asked: list[asyncio.Future[Answer]] = []

    async def ask(turns: Turns) -> None:
        asked.extend(asking(turns, f"forever {n}") for n in range(4))
        await begun(tmp_path, "0")

    async def run() -> None:
        turns = Turns([worker_of(tmp_path) for _ in range(2)])
        turns.open()
        await ask(turns)
        await turns.close()
        for ended in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(ended, BrokeOffError)

    asyncio.run(run())


def test_how_dear_a_question_is_follows_from_what_was_sent() -> None:
    points = ["50,20", "51,21"]
    assert not is_dear("check", {"keys": KEYS})
    assert not is_dear("check", {"keys": KEYS | {"waypoints": points * 30, "margin": "5nm"}})
    assert not is_dear("changes", {"keys": KEYS})
    assert is_dear("check", {"keys": KEYS | {"waypoints": points * 100, "avoid": ["icc"] * 10, "margin": "1000km"}})
    assert is_dear("when", {"keys": KEYS})
    assert is_dear("ground", {"keys": KEYS})
    assert is_dear("map", {"keys": KEYS})
    assert weight_ms("map", {"keys": KEYS, "others": [KEYS] * 30}) > weight_ms("map", {"keys": KEYS})
    for odd in ({}, {"keys": 3}, {"keys": {"waypoints": {}, "avoid": 3, "margin": []}, "others": 3}):
        assert not is_dear("check", odd)
    for margin in ("wide", "9" * 100_000 + "km", "-5km", "1e999km", "nan km", "\ud800"):
        assert weight_ms("check", {"keys": KEYS | {"margin": margin}}) >= 0, margin
    never = weight_ms("when", {"keys": KEYS | {"avoid": [], "never": ["icc"]}})
    assert never == weight_ms("when", {"keys": KEYS | {"avoid": ["icc"]}}), "a rule like any other"
    json.dumps(weight_ms("check", {"keys": KEYS}))
