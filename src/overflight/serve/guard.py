"""What stands before the what-if page: who may ask, how much, how many at a time, and what browsers may do with it."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

__all__ = ["Guard", "refuse"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST = 64
"""So many requests wait or are answered at a time; any other is told to come again. More than may wait for a worker, so
that it is there, where one asker is told from another, that they are chosen."""
ARRIVING = 256
"""So many may be on their way here besides; one more, and the one that is longest on its way need not come."""
MAX_BYTES = 200_000
BODY_SECONDS = 10.0
"""Whoever has not sent a request by then is told so."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
BUSY = 503, "too many requests at a time: try again in a second"
FOREIGN = 403, "another page may not ask here: open the address that overflight printed"
ENDED = 503, "the server has ended: run overflight serve again"
ONCE = frozenset(
    (b"host", b"origin", b"content-type", b"content-length", b"transfer-encoding", b"sec-fetch-site", b"sec-fetch-mode")
)
"""Of these, one value is looked at here: another one, which somebody else may look at, is not let through."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """Lets through what the page itself asks.

    Parameters
    ----------
    app : ASGI application
        Who answers.
    hosts : iterable of str
        Names, besides those of this machine's loopback, by which a browser may call it.
    any_address : bool
        Whether it may be called by any IP address: it listens to others than this machine.

    Notes
    -----
    A page of elsewhere that is open in the same browser must neither ask nor read: its requests bear its own `Origin`,
    and if it has its name point to this machine, its own `Host`. An address can't be made to point elsewhere. What a
    browser says of itself in `Sec-Fetch-Site` is the second wall: from elsewhere, the page can be opened, and no more.
    """

    def __init__(self, app: App, hosts: Iterable[str] = (), *, any_address: bool = False) -> None:
        self.app = app
        self.hosts = frozenset(name.casefold() for name in (*LOOPBACK, *hosts))
        self.any_address = any_address
        self.under_way = 0
        self.arriving: dict[asyncio.Timeout, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None and self.under_way >= MOST:
            refusal = BUSY
        if refusal is not None:
            await refuse(send, *refusal)
            return
        try:
            body = await self._arrived(receive, send)
        except asyncio.CancelledError:
            await refuse(send, *ENDED)
            raise
        if body is None:
            return
        if self.under_way >= MOST:
            await refuse(send, *BUSY)
            return
        self.under_way += 1
        try:
            await self._answer(scope, body, receive, send)
        finally:
            self.under_way -= 1

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        names = [name.lower() for name, _ in scope["headers"]]
        if len(ONCE.intersection(names)) < sum(name in ONCE for name in names):
            return 400, "a header is there twice: send it once"
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self._is_ours(host):
            return 421, f"no page of the name {host[:80]!r} is here: open the address that overflight printed"
        if _is_foreign(scope, headers):
            return FOREIGN
        if scope["method"] == "POST":
            if headers.get(b"content-type", "").partition(";")[0].strip().casefold() != "application/json":
                return 415, "what is sent must be application/json"
            length = headers.get(b"content-length", "0")
            if length.isdecimal() and int(length) > MAX_BYTES:
                return 413, f"more than {MAX_BYTES:,} bytes: send less"
        return None

    def _is_ours(self, host: str) -> bool:
        name, colon, port = host.casefold().rpartition(":")
        if not colon or port.endswith("]"):
            name, port = host.casefold(), ""
        if port and not (port.isascii() and port.isdecimal()):
            return False
        return name in self.hosts or (self.any_address and _is_address(name))

    async def _arrived(self, receive: Receive, send: Send) -> bytes | None:
        """Wait for the whole of a request; None if nothing is to be done about it any more."""
        try:
            async with asyncio.timeout(BODY_SECONDS) as patience:
                if len(self.arriving) >= ARRIVING:
                    oldest = next(iter(self.arriving))
                    self.arriving.pop(oldest)
                    oldest.reschedule(0.0)
                self.arriving[patience] = None
                try:
                    body = await _body(receive)
                finally:
                    self.arriving.pop(patience, None)
        except TimeoutError:
            await refuse(send, 408, "the request did not arrive in time: send it again")
            return None
        if body is not None and len(body) > MAX_BYTES:
            await refuse(send, 413, f"more than {MAX_BYTES:,} bytes: send less")
            return None
        return body

    async def _answer(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        first, begun = True, False

        async def whole() -> Message:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()  # tells when the other side is gone

        async def sealed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        try:
            await self.app(scope, whole, sealed)
        except asyncio.CancelledError:
            if not begun:
                await refuse(send, *ENDED)
            raise


async def _body(receive: Receive) -> bytes | None:
    """Read a request's body as far as it is wanted; None if the other side is gone."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts += message.get("body", b"")
        if not message.get("more_body") or len(parts) > MAX_BYTES:
            return bytes(parts)


async def refuse(send: Send, status: int, why: str) -> None:
    """Answer in words that nothing is answered, and hang up."""
    body = json.dumps({"error": why}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *([(b"retry-after", b"1")] if status == 503 else []),
        *HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _is_foreign(scope: Scope, headers: dict[bytes, str]) -> bool:
    """Whether another page asks; following a link to this one is no question."""
    ours = f"{scope.get('scheme', 'http')}://{headers[b'host']}"
    if headers.get(b"origin", ours).casefold() != ours.casefold():
        return True
    visits = scope["method"] == "GET" and scope.get("path") == "/" and headers.get(b"sec-fetch-mode") == "navigate"
    return headers.get(b"sec-fetch-site", "none") not in {"none", "same-origin"} and not visits


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
