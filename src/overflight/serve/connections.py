"""Connections that are closed when nothing comes of them: uvicorn waits for the head of a request for ever."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

__all__ = ["Connection"]

SECONDS = 10.0
"""The head of a request must have come by then."""


class Connection(H11Protocol):
    """A connection that is looked at now and then: if no request has begun since the last look, it is closed."""

    seen: RequestResponseCycle | None = None
    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look."""
        super().connection_made(transport)
        self._look_again()

    def connection_lost(self, exc: Exception | None) -> None:
        """End looking, so that nothing is left of it."""
        super().connection_lost(exc)
        if self.timer is not None:
            self.timer.cancel()

    def _look_again(self) -> None:
        self.timer = self.loop.call_later(SECONDS, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        request = self.cycle
        if request is not self.seen or (request is not None and not request.response_complete):
            self.seen = request
            self._look_again()
        else:
            self.transport.close()
