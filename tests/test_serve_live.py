"""The what-if page as a process: its command, its address, floods, idle and hostile connections, and its end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest
import uvicorn

from overflight.serve import Setting, listen, make_app
from overflight.serve.app import WORKERS
from overflight.serve.connections import Connection
from tests.commands import Run

pytestmark = pytest.mark.slow

KEYS: dict[str, Any] = {"on": "2025-10-23", "waypoints": ["VKO", "BUD"], "avoid": ["icc"], "allow": []}


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, path: str, content: object = None, *, page: str = "") -> dict[str, Any]:
        body = None if content is None else json.dumps(content).encode()
        headers = {"content-type": "application/json", "overflight-page": page}
        request = Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def raw(self, content: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(content)
        return connection

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1000.0


def start(*arguments: str, folder: Path, **options: Any) -> Served:  # noqa: ANN401
    command = [sys.executable, "-m", "overflight", "serve", "--port", "0", *arguments]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=folder, **options)  # noqa: S603
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", line)
    if match is None:
        process.kill()
        pytest.fail(f"{line!r}, {process.communicate()[1]}")
    return Served(process, int(match[1]))


def end(served: Served) -> tuple[int, str]:
    if os.getpgid(served.process.pid) == served.process.pid:
        os.killpg(served.process.pid, signal.SIGINT)  # as a terminal does
    else:
        served.process.send_signal(signal.SIGINT)
    _, told = served.process.communicate(timeout=60)
    return served.process.returncode, told


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = start(folder=tmp_path_factory.mktemp("served"))
    yield found
    status, told = end(found)
    assert (status, told) == (0, "the what-if page is there until Ctrl-C\n")


def post(path: str, content: object) -> bytes:
    body = json.dumps(content).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    )
    return head.encode() + b"\r\n" + body


def test_it_opens_with_the_study_or_with_what_is_named(served: Served, tmp_path: Path) -> None:
    assert served.ask("/start")["keys"] == KEYS | {"never": ["closed"]}
    text = (
        'name = "Both <b>"\non = 2026-01-01\nwaypoints = ["VKO", "52,24", "BUD"]\navoid = ["icc - HUN"]\n'
        'margin = "5nm"\nallow = ["POL"]\nwhy = "because"\nexpect = "crosses"\ncrosses = ["UKR"]\n'
    )
    (tmp_path / "a.route.toml").write_text(text, encoding="utf-8")
    text = 'name = "b"\ndepart = 2025-10-23T23:30:00-05:00\nspeed = "460kt"\nwaypoints = ["VKO", "BUD"]\n'
    (tmp_path / "b.route.toml").write_text(text, encoding="utf-8")
    own = start("b.route.toml", folder=tmp_path)
    keys = own.ask("/start")["keys"]
    assert (keys["on"], keys["depart"]) == ("2025-10-24", "2025-10-24T04:30:00+00:00")
    assert own.ask("/check", {"keys": keys})["on"] == "24 October 2025"
    assert end(own)[0] == 0
    own = start("a.route.toml", "--margin", "10km", folder=tmp_path)
    try:
        assert own.ask("/start")["keys"] == {
            "name": "Both <b>",
            "on": "2026-01-01",
            "waypoints": ["VKO", "52,24", "BUD"],
            "avoid": ["icc - HUN"],
            "allow": ["POL"],
            "margin": "10km",
            "why": "because",
        }
    finally:
        assert end(own)[0] == 0


def test_a_flood_is_told_to_come_again_and_leaves_no_trace(served: Served) -> None:
    asked = post("/check", {"keys": KEYS | {"waypoints": ["VKO", "54,32", "52,28", "50,24", "48,21", "BUD"]}})

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        try:
            writer.write(asked.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
            return await asyncio.wait_for(reader.read(), 60)
        finally:
            writer.close()

    async def flood() -> list[bytes]:
        return await asyncio.gather(*(one() for _ in range(1000)))

    before = 0.0
    for _ in range(3):
        answers = asyncio.run(flood())
        statuses = [answer.split(b" ", 2)[1] for answer in answers]
        assert set(statuses) == {b"200", b"503"}
        assert all(b"retry-after: 1\r\n" in answer for answer in answers if answer.startswith(b"HTTP/1.1 503"))
        before = before or served.memory_mb()
    assert served.memory_mb() < before + 10
    assert served.ask("/check", {"keys": KEYS})["route"]["status"] == "crosses"


def test_answers_are_sent_without_delay() -> None:
    """Where the listener's protocol is not named, asyncio leaves Nagle's algorithm on."""

    async def delay_is_off() -> bool:
        found: list[int] = []

        class Peer(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                found.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        listener = listen("127.0.0.1", 0)
        async with await asyncio.get_running_loop().create_server(Peer, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            while not found:
                await asyncio.sleep(0.01)
            writer.close()
        return bool(found[0])

    assert asyncio.run(delay_is_off())


def test_those_who_send_nothing_or_rubbish_keep_nobody_waiting(served: Served) -> None:
    idle = [served.raw(b"POST /check HTTP/1.1\r\nhost: localhost\r\n") for _ in range(100)]
    bodies = [served.raw(post("/check", {"keys": KEYS})[:-5]) for _ in range(20)]
    rubbish = [
        served.raw(content)
        for content in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
            b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 100_000,
            b"POST /check HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n",
            b"POST /check HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\n01234",
        )
    ]
    assert served.ask("/check", {"keys": KEYS})["route"]["status"] == "crosses"
    for connection in rubbish:
        assert connection.recv(1000).startswith(b"HTTP/1.1 4")
    for connection in (*idle, *bodies, *rubbish):
        connection.close()


HEAD = b"POST /check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (HEAD + b"x: " + b"a" * 15_000 + b"\r\ncontent-length: 2\r\n\r\n{}", 400),
        (HEAD + b"x: " + b"a" * 17_000 + b"\r\ncontent-length: 2\r\n\r\n{}", 431),
        (HEAD + b"x:" + b" " * 100_000 + b"a\r\n\r\n", 431),
        (HEAD + b"x: a\r\n" + b" a\r\n" * 30_000 + b"\r\n", 431),
        (HEAD + b"".join(b"x%d: a\r\n" % n for n in range(200)) + b"\r\n", 431),
        (b"GET /places?q=" + b"a" * 60_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", 431),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"1;" + b"a" * 50_000 + b"\r\n{\r\n0\r\n\r\n", 411),
        (HEAD + b"origin: http://evil.example\r\norigin: http://localhost\r\ncontent-length: 2\r\n\r\n{}", 400),
        (HEAD + b"origin: http://localhost\r\norigin: http://evil.example\r\ncontent-length: 2\r\n\r\n{}", 400),
    ],
)
def test_a_head_is_bounded_however_it_comes(served: Served, content: bytes, status: int) -> None:
    with served.raw(content) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 %d" % status)


def test_a_long_head_behind_another_request_is_refused_too(served: Served) -> None:
    first = b"GET /news HTTP/1.1\r\nhost: localhost\r\n\r\n"
    for second, status in ((first, 200), (first[:-2] + b"x: " + b"a" * 20_000 + b"\r\n\r\n", 431)):
        with served.raw(first + second.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")) as connection:
            told = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert [int(one[:3]) for one in told.split(b"HTTP/1.1 ")[1:]] == [200, status]


def test_a_server_that_is_asked_much_does_not_grow(tmp_path: Path) -> None:
    own = start(folder=tmp_path)
    here = psutil.Process(own.process.pid)

    def processes() -> list[psutil.Process]:
        return [here, *here.children(recursive=True)]

    def grown() -> tuple[list[int], int, int]:
        return sorted(one.pid for one in processes()), here.num_fds(), here.num_threads()

    def memory() -> int:
        """Return what the largest takes: the others may only be loading the world."""
        return max(int(one.memory_info().rss) for one in processes())

    while len(processes()) < 2 + WORKERS:  # with the one that multiprocessing keeps for itself
        own.ask("/news")
    before, taken = grown(), 0
    for n in range(320):
        own.ask("/check", {"keys": KEYS | {"waypoints": ["VKO", f"5{n % 5}.{n},3{n % 7}", "BUD"]}})
        taken = memory() if n == 20 else taken
    pids, files, threads = grown()
    assert pids == before[0]
    assert files <= before[1]  # one may have been closed since
    assert threads <= before[2]
    assert memory() < taken + 50_000_000
    assert end(own)[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_server_that_was_ended(tmp_path: Path, how: signal.Signals) -> None:
    own = start(folder=tmp_path)
    assert own.ask("/check", {"keys": KEYS})["route"]["status"] == "crosses"
    children = psutil.Process(own.process.pid).children(recursive=True)
    assert len(children) >= 1
    with own.raw(post("/routes", {"keys": KEYS | {"margin": "60km"}})) as asker:
        while not own.ask("/news")["news"] and len(children) < 5:
            children = psutil.Process(own.process.pid).children(recursive=True)
        own.process.send_signal(how)
        _, told = own.process.communicate(timeout=60)
        said = asker.recv(1000)
    assert own.process.returncode == (0 if how == signal.SIGTERM else -signal.SIGKILL)
    assert told == "the what-if page is there until Ctrl-C\n"
    if how == signal.SIGTERM:
        assert said.startswith(b"HTTP/1.1 503")
    _, left = psutil.wait_procs(children, timeout=30)
    assert left == []


def test_whoever_does_not_read_an_answer_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.serve.connections.SECONDS", 0.2)

    async def endless(_: object, __: object, send: Any) -> None:  # noqa: ANN401
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100000000")]})
        await send({"type": "http.response.body", "body": b" " * 100_000_000})

    async def ask() -> None:
        server = uvicorn.Server(uvicorn.Config(endless, port=0, http=Connection, log_level="error", ws="none"))
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        (port,) = {s.getsockname()[1] for one in server.servers for s in one.sockets}
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            while not server.server_state.total_requests:
                await asyncio.sleep(0.01)
            assert server.server_state.connections
            while server.server_state.connections:
                await asyncio.sleep(0.01)
        server.should_exit = True
        await serving

    asyncio.run(asyncio.wait_for(ask(), 60))


def test_beyond_so_many_connections_there_is_a_word_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.serve.connections.CONNECTIONS", 2)

    async def ask() -> None:
        config = uvicorn.Config(make_app(Setting(KEYS)), port=0, http=Connection, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        (port,) = {s.getsockname()[1] for one in server.servers for s in one.sockets}
        answers = []
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for reader, writer in opened:
            writer.write(b"GET /news HTTP/1.1\r\nhost: localhost\r\n\r\n")
            answers.append(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30))
        assert [answer.split()[1] for answer in answers] == [b"200", b"200", b"503"]
        assert b"retry-after: 1\r\n" in answers[2]
        for _, writer in opened:
            writer.close()
        server.should_exit = True
        await serving

    asyncio.run(ask())


def test_a_head_that_never_ends_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.serve.connections.SECONDS", 0.3)

    async def trickle() -> None:
        config = uvicorn.Config(make_app(Setting(KEYS)), port=0, http=Connection, log_level="error", ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        (port,) = {s.getsockname()[1] for one in server.servers for s in one.sockets}
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        again, writing = await asyncio.open_connection("127.0.0.1", port)
        writing.write(b"GET /start HTTP/1.1\r\nhost: localhost\r\n\r\n")
        head = await again.readuntil(b"\r\n\r\n")
        (length,) = re.findall(rb"content-length: (\d+)", head)
        await again.readexactly(int(length))
        for one in (writer, writing):
            one.write(b"GET / HTTP/1.1\r\nx: a")
        assert await asyncio.wait_for(reader.read(), 60) == b""
        assert await asyncio.wait_for(again.read(), 60) == b""
        for one in (writer, writing):
            one.close()
        server.should_exit = True
        await serving

    asyncio.run(trickle())


def test_the_page_that_asked_for_a_search_is_shown_each_route_when_it_is_found(served: Served) -> None:
    asker = served.raw(post("/routes", {"keys": KEYS}).replace(b"host:", b"overflight-page: one\r\nhost:", 1))
    with asker:
        for _ in range(1200):
            found = served.ask("/news", page="one")["found"]
            if len(found) > 1:
                break
            time.sleep(0.05)
        else:
            pytest.fail("nothing is shown")
        assert served.ask("/news", page="two")["found"] == [], "another page did not ask"
    while served.ask("/news")["news"]:  # until it has ended with its asker
        time.sleep(0.05)
    direct, detour = found[:2]
    assert (direct["kind"], direct["extension"], direct["keys"]) == (
        "great-circle",
        "the shortest",
        {"waypoints": ["VKO", "BUD"], "allow": []},
    )
    assert (detour["kind"], detour["answer"]) == ("detour", "with-consent")
    again = served.ask("/check", {"keys": KEYS | detour["keys"]})["route"]
    assert (again["km"], again["status"]) == (detour["km"], "clear")


def test_a_search_ends_with_the_tab_that_asked_for_it(served: Served) -> None:
    long = KEYS | {"margin": "60km"}
    asker = served.raw(post("/routes", {"keys": long}))
    time.sleep(1.0)
    with served.raw(post("/routes", {"keys": long})) as second:
        assert b"503" in second.recv(1000).split(b"\r\n")[0]
    asker.close()
    short = {"keys": KEYS | {"waypoints": ["FRA", "VIE"], "avoid": ["CZE"]}}
    for _ in range(600):
        with served.raw(post("/routes", short)) as again:
            if b"200" in again.recv(1000).split(b"\r\n")[0]:
                break
        time.sleep(0.2)
    else:
        pytest.fail("the search of the closed tab goes on")
    assert served.ask("/check", {"keys": KEYS})["route"]["status"] == "crosses"


@pytest.mark.parametrize("after_s", [0.2, 1.5])
def test_an_interrupt_ends_a_search_without_a_word(tmp_path: Path, after_s: float) -> None:
    own = start(folder=tmp_path, start_new_session=True)
    with own.raw(post("/routes", {"keys": KEYS | {"margin": "60km"}})):
        time.sleep(after_s)
        assert end(own) == (0, "the what-if page is there until Ctrl-C\n")


def test_those_who_dawdle_lock_nobody_out(served: Served) -> None:
    slow = [served.raw(post("/check", {"keys": KEYS})[:-5]) for _ in range(60)]
    assert served.ask("/check", {"keys": KEYS})["route"]["status"] == "crosses"
    for connection in slow:
        connection.close()


def test_bad_usage_is_one_line(run: Run, tmp_path: Path) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    port = str(taken.getsockname()[1])
    for arguments, why in (
        (("--port", port), "--port"),
        (("--port", "99999"), "65535"),
        (("--host", "no.such.host.invalid"), "--host"),
        (("VKO",), "add the destination"),
        (("VKO", "BUD", "--avoid", "iccc"), "iccc"),
        ((str(tmp_path / "none.toml"),), "none.toml"),
        (("VKO", "BUD", "--avoid", "none.geojson"), "none.geojson"),
    ):
        status, out, told = run("serve", *arguments)
        assert (status, out) == (2, "")
        assert why in told
        assert len(told.splitlines()) == 1
    taken.close()


def test_without_the_extra_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import overflight

    monkeypatch.delattr(overflight, "serve", raising=False)  # it would be the name of a second copy later
    for name in [name for name in sys.modules if name.startswith("overflight.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette", None)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    status, _, told = run("serve")
    assert status == 2
    assert "pip install 'overflight[serve]'" in told


def test_a_page_of_the_wrong_name_is_told_the_right_one(served: Served) -> None:
    with served.raw(b"GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n") as connection:
        told = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    assert told.startswith("HTTP/1.1 421")
    assert "open the address that overflight printed" in told
