"""The what-if page as an application: which address answers what."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from importlib import resources
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from overflight.errors import OverflightError
from overflight.serve.airports import named
from overflight.serve.answers import NAMES, object_of, opening, our_fault, question, refusal
from overflight.serve.asked import Setting
from overflight.serve.guard import Guard
from overflight.serve.search import SearchEndedError, Searcher
from overflight.serve.turns import FullError, Turns
from overflight.serve.weight import is_dear
from overflight.serve.workers import Answer, BrokeOffError, TooLateError, Worker

__all__ = ["make_app"]

ASSETS = (
    *("leaflet.css", "map.css", "whatif.css", "leaflet.js", "leaflet-icons.js", "tools.js", "ground.js"),
    *("tracks.js", "profile.js", "panel.js", "labels.js", "server.js", "draft.js", "options.js", "places.js"),
    *("calendar.js", "handles.js", "form.js", "chips.js", "rules.js", "board.js", "finder.js", "telling.js"),
    "whatif.js",
)
SECONDS = 30.0
"""No answer but a search takes longer, with the wait for it."""
WORKERS = 3
"""So many questions are worked on at a time, dear ones by all but one."""
MOST_BYTES = 2_000_000_000
GRACE_S = 1.0
"""So long does a process finish what nobody waits for any longer: to start another takes as long."""
_Found = TypeVar("_Found")


def make_app(
    setting: Setting, *, hosts: Iterable[str] = (), any_address: bool = False, seconds: float = 120.0
) -> Guard:
    """Make the what-if page as an ASGI application.

    Parameters
    ----------
    setting : Setting
        What the page opens with.
    hosts : iterable of str
        Names, besides those of this machine's loopback, by which a browser may call it.
    any_address : bool
        Whether it may be called by any IP address.
    seconds : float
        How long a search for routes may take.
    """
    desk = _Desk(setting, seconds)
    routes = [
        Route("/", _page),
        Route("/assets/{name}", _asset),
        *(Route(f"/{name}", getattr(desk, name)) for name in ("places", "news")),
        Route("/routes", desk.routes, methods=["POST"]),
        *(Route(f"/{name}", _answering(desk, name), methods=["GET" if name == "start" else "POST"]) for name in NAMES),
    ]
    handlers: dict[Any, Any] = {
        HTTPException: _told(_http_error),
        OverflightError: _told(refusal),
        SearchEndedError: _told(lambda error: Answer.json({"error": str(error), "at": []}, 504)),
        ClientDisconnect: _told(lambda _: Answer(499, {}, b"")),  # nobody reads it
        Exception: _told(our_fault),
    }
    return Guard(
        Starlette(routes=routes, lifespan=desk.open, exception_handlers=handlers), hosts, any_address=any_address
    )


class _Desk:
    """Takes a question, has it answered by a process, and sends the answer."""

    def __init__(self, setting: Setting, seconds: float) -> None:
        self.searcher = Searcher(setting, seconds)
        secret = secrets.token_bytes(32)
        self.turns = Turns(
            Worker(opening, (setting, secret), name=f"answers-{n}", most_bytes=MOST_BYTES, grace_s=GRACE_S)
            for n in range(WORKERS)
        )

    @asynccontextmanager
    async def open(self, _: Starlette) -> AsyncIterator[None]:
        """Start the processes with the server, and end them with it."""
        self.turns.open()
        try:
            yield
        finally:
            self.searcher.stop()
            await self.turns.close()

    async def places(self, request: Request) -> Response:
        found = await asyncio.to_thread(named, request.query_params.get("q", ""))
        return _response(Answer.json({"places": found}))

    async def news(self, request: Request) -> Response:
        found = self.searcher.found if _asker(request) == self.searcher.asker else []
        return _response(Answer.json({"news": self.searcher.news, "found": found}))

    async def routes(self, request: Request) -> Response:
        body = await request.body()
        if self.searcher.busy:
            return _busy("another search is under way: try again when it is done", after=5)
        return _response(await _while_there(request, self.searcher.search(body, _asker(request))))

    async def answer(self, name: str, request: Request) -> Response:
        """Have a process answer any other question."""
        body = await request.body()
        body = body or b"{}"
        dear = is_dear(name, object_of(body))
        try:
            work = self.turns.ask(question(name, body), _asker(request), dear=dear, seconds=SECONDS)
            return _response(await _while_there(request, work))
        except FullError as error:
            return _busy(str(error), after=1)
        except TooLateError:
            return _busy("the answer takes too long: ask less")
        except BrokeOffError:
            return _busy("the answer broke off, or took too much memory: try again, or ask less")


def _asker(request: Request) -> tuple[str, str]:
    """Return which page asks: from where, and what it calls itself."""
    return request.client.host if request.client else "", request.headers.get("overflight-page", "")[:40]


def _answering(desk: _Desk, name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await desk.answer(name, request)

    return answer


async def _page(_: Request) -> Response:
    return Response(_read("whatif.html").replace("PATTERNS", _read("patterns.svg")), media_type="text/html")


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404, "there is no such file")
    return Response(_read(name), media_type="text/css" if name.endswith(".css") else "text/javascript")


def _read(name: str) -> str:
    return resources.files("overflight.maps").joinpath("assets", name).read_text(encoding="utf-8")


async def _while_there(request: Request, work: Awaitable[_Found]) -> _Found:
    """Wait for work, and stop it when the other side is gone."""
    task = asyncio.ensure_future(work)

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    gone = asyncio.ensure_future(left())
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        for one in (task, gone):
            one.cancel()
        with suppress(asyncio.CancelledError, OverflightError):
            await task


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


def _busy(why: str, after: int | None = None) -> Response:
    """Say that there is no answer; `after` so many seconds there may be one."""
    headers = None if after is None else {"retry-after": str(after)}
    return _response(Answer.json({"error": why}, 503, headers))


def _told(answer_to: Callable[[Any], Answer]) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return what sends the answer to an error."""

    async def tell(_: Request, error: Exception) -> Response:
        return _response(answer_to(error))

    return tell


def _http_error(error: HTTPException) -> Answer:
    return Answer.json({"error": error.detail}, error.status_code, dict(error.headers or {}))
