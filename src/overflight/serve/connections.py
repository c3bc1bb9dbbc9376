"""Connections that hold nobody up: uvicorn waits for the head of a request, and for an answer to be read, for ever."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from overflight.serve.guard import BUSY, MAX_BYTES, refuse

__all__ = ["Connection"]

SECONDS = 10.0
"""The head of a request must have come by then."""
UNREAD = 3
"""Looked at so often with something still to be read of the same answer, a connection is cut."""
HEAD_BYTES = 16_384
HEADERS = 100
REQUEST_BYTES = 2 * (HEAD_BYTES + MAX_BYTES) + 2**20
"""So much may come before a request is answered: itself, and what follows it before anybody stops reading."""
CONNECTIONS = 2_000
"""No more are kept open at a time."""
OTHER_FILES = 128
"""Open files left to whatever else needs one: the processes that answer, the files of the page."""


class Connection(H11Protocol):
    """A connection that is looked at now and then: if nothing has come of it since the last look, it is closed."""

    conn: _Requests
    seen: RequestResponseCycle | None = None
    unread = 0
    timer: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        self.conn = _Requests()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look."""
        super().connection_made(transport)
        self._look_again()
        most = _most()
        if len(self.connections) > most + OTHER_FILES // 2:
            transport.abort()
        elif len(self.connections) > most:
            self.app = _full

    def connection_lost(self, exc: Exception | None) -> None:
        """End looking, so that nothing is left of it."""
        super().connection_lost(exc)
        if self.timer is not None:
            self.timer.cancel()

    def send_400_response(self, msg: str) -> None:
        """Say in words why a request is none."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):  # in the midst of an answer
            self.transport.abort()
            return
        status, why = self.conn.refused or (400, msg)
        body = json.dumps({"error": why}).encode()
        headers = [
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        response = h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase)
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _look_again(self) -> None:
        self.timer = self.loop.call_later(SECONDS, self._look)

    def _look(self) -> None:
        request = self.cycle
        self.unread = self.unread + 1 if request is self.seen and self.transport.get_write_buffer_size() else 0
        if self.unread >= UNREAD:
            self.transport.abort()
            return
        if request is self.seen and (request is None or request.response_complete):
            self.transport.close()  # sends first what is left; so it is looked at again
        self.seen = request
        self._look_again()


class _Requests(h11.Connection):
    """Requests whose size is bounded as a whole; h11 bounds what is incomplete.

    A head that comes in one piece is complete, however long. And a body must say how long it is: h11 makes an event of
    each chunk, and a chunk may be a byte.
    """

    refused: tuple[int, str] | None = None
    come = 0

    def __init__(self) -> None:
        super().__init__(h11.SERVER, HEAD_BYTES)

    def receive_data(self, data: bytes) -> None:
        """Count what comes."""
        self.come += len(data)
        super().receive_data(data)

    def start_next_cycle(self) -> None:
        """Count anew; what has come of the next request is here already."""
        super().start_next_cycle()
        self.come = len(self.trailing_data[0])

    def next_event(self) -> Any:  # noqa: ANN401
        """Return what has come, if it may."""
        if self.come > REQUEST_BYTES:
            self._refuse(413, f"more than {MAX_BYTES:,} bytes: send less")
        event = super().next_event()
        if isinstance(event, h11.Request):
            if self.come - len(self.trailing_data[0]) > HEAD_BYTES or len(event.headers) > HEADERS:
                self._refuse(431, f"a head of more than {HEAD_BYTES:,} bytes or {HEADERS} headers: send less")
            if any(name == b"transfer-encoding" for name, _ in event.headers):
                self._refuse(411, "what is sent must say how long it is: send content-length")
        return event

    def _refuse(self, status: int, why: str) -> None:
        self.refused = status, why
        raise h11.RemoteProtocolError(why, error_status_hint=status)


async def _full(_: Any, __: Any, send: Any) -> None:  # noqa: ANN401
    await refuse(send, *BUSY)


def _most() -> int:
    """Return how many connections are kept open: fewer where the system lets few files be open."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if files == resource.RLIM_INFINITY else max(1, min(CONNECTIONS, files - OTHER_FILES))
