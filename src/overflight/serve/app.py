"""The what-if page as an application: which address answers what."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib import resources
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from overflight.errors import OverflightError
from overflight.printable import slug
from overflight.serve.airports import named
from overflight.serve.asked import PAGE, Keys, Setting
from overflight.serve.guard import Guard
from overflight.serve.search import SearchEndedError, Searcher
from overflight.serve.whatif import WhatIf

__all__ = ["make_app"]

ASSETS = (
    *("leaflet.css", "map.css", "whatif.css", "leaflet.js", "leaflet-icons.js", "tools.js", "ground.js", "tracks.js"),
    *("profile.js", "panel.js", "server.js", "places.js", "calendar.js", "handles.js", "form.js"),
    *("draft.js", "board.js", "finder.js", "whatif.js"),
)
SECONDS = 30.0
"""No answer but a search takes longer."""
AT_WORK = 2
"""So many questions are worked on at a time."""
OTHERS = 30
_AT = re.compile(r"^`[^`]*`: ")
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
    desk = _Desk(WhatIf(setting), Searcher(setting, seconds))
    asset = Route("/assets/{name}", _asset)
    routes = [
        Route("/", _page),
        asset,
        *(Route(f"/{name}", getattr(desk, name)) for name in ("start", "places", "news")),
    ]
    routes += [
        Route(f"/{name}", getattr(desk, name), methods=["POST"])
        for name in ("check", "ground", "changes", "routes", "proposal", "map")
    ]
    handlers: dict[Any, Any] = {
        HTTPException: _http_error,
        OverflightError: _bad_input,
        ClientDisconnect: _gone,
        Exception: _our_fault,
    }
    return Guard(
        Starlette(routes=routes, lifespan=desk.open, exception_handlers=handlers), hosts, any_address=any_address
    )


class _Desk:
    """Takes a question, has it answered off the event loop, and sends the answer."""

    def __init__(self, whatif: WhatIf, searcher: Searcher) -> None:
        self.whatif, self.searcher = whatif, searcher
        self.at_work = asyncio.Semaphore(AT_WORK)

    @asynccontextmanager
    async def open(self, _: Starlette) -> AsyncIterator[None]:
        """End the search process with the server."""
        try:
            yield
        finally:
            self.searcher.stop()

    async def start(self, _: Request) -> Response:
        return _json(self.whatif.opened())

    async def places(self, request: Request) -> Response:
        return _json({"places": await self._work(partial(named, request.query_params.get("q", "")))})

    async def news(self, _: Request) -> Response:
        return _json({"news": self.searcher.news if self.searcher.busy else ""})

    async def check(self, request: Request) -> Response:
        asked = await _object(request)
        return _json(await self._work(partial(self.whatif.check, _keys(asked), str(asked.get("ground", "")))))

    async def ground(self, request: Request) -> Response:
        asked = await _object(request)
        return _json(await self._work(partial(self.whatif.ground, _keys(asked), _others(asked))))

    async def changes(self, request: Request) -> Response:
        return _json(await self._work(partial(self.whatif.changes, _keys(await _object(request)))))

    async def routes(self, request: Request) -> Response:
        keys = _keys(await _object(request))
        if self.searcher.busy:
            return _json({"error": "another search is under way: try again when it is done"}, 503, {"retry-after": "5"})
        return _json(await _while_there(request, self.searcher.search(keys)))

    async def proposal(self, request: Request) -> Response:
        name, text = await self._work(partial(self.whatif.saved, _keys(await _object(request))))
        return _file(text.encode("utf-8", "replace"), "application/toml", _file_name(name, ".route.toml"))

    async def map(self, request: Request) -> Response:
        asked = await _object(request)
        name, page = await self._work(partial(self.whatif.drawn, _keys(asked), _others(asked)))
        return _file(page, "text/html; charset=utf-8", _file_name(name, ".html"))

    async def _work(self, question: Callable[[], _Found]) -> _Found:
        try:
            async with asyncio.timeout(SECONDS):
                await self.at_work.acquire()
                work = asyncio.ensure_future(asyncio.to_thread(question))
                work.add_done_callback(self._done)  # a thread goes on when nobody waits for it any longer
                return await asyncio.shield(work)
        except TimeoutError as error:
            raise HTTPException(
                503, "the answer takes too long: try again, or ask less", {"retry-after": "5"}
            ) from error

    def _done(self, work: asyncio.Future[Any]) -> None:
        self.at_work.release()
        if not work.cancelled():
            work.exception()


async def _page(_: Request) -> Response:
    return Response(_read("whatif.html").replace("PATTERNS", _read("patterns.svg")), media_type="text/html")


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404, "there is no such file")
    return Response(_read(name), media_type="text/css" if name.endswith(".css") else "text/javascript")


def _read(name: str) -> str:
    return resources.files("overflight").joinpath("assets", name).read_text(encoding="utf-8")


async def _object(request: Request) -> dict[str, Any]:
    def refused(text: str) -> float:
        msg = f"{text} is no number"
        raise ValueError(msg)

    try:
        found = json.loads(await request.body(), parse_constant=refused)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"what was sent is not JSON: {str(error)[:120]}") from error
    if not isinstance(found, dict):
        raise HTTPException(400, "what was sent is no JSON object")
    return found


def _keys(asked: dict[str, Any]) -> Keys:
    keys = asked.get("keys")
    if not isinstance(keys, dict):
        raise HTTPException(400, "`keys` is missing: the keys of a proposal")
    return {key: value for key, value in keys.items() if value not in ("", None)}


def _others(asked: dict[str, Any]) -> list[Keys]:
    """Return what differs in routes that are shown beside the one asked about."""
    others = asked.get("others", [])
    if not isinstance(others, list) or len(others) > OTHERS or not all(isinstance(one, dict) for one in others):
        raise HTTPException(400, f"`others`: expected up to {OTHERS} routes")
    return [{key: one[key] for key in ("name", "waypoints", "allow") if key in one} for one in others]


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


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    # ASCII, so that whatever names hold arrives
    body = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type="application/json")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _file_name(name: str, suffix: str) -> str:
    return f"{slug(name, ascii_only=True) or 'what-if'}{suffix}"


async def _http_error(_: Request, error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else HTTPException(500)
    return _json({"error": known.detail}, known.status_code, dict(known.headers or {}))


async def _bad_input(_: Request, error: Exception) -> Response:
    text = _AT.sub("", str(error).removeprefix(f"{PAGE}: "))
    status = 504 if isinstance(error, SearchEndedError) else 400
    return _json({"error": text, "at": list(getattr(error, "path", ()))}, status)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it


async def _our_fault(_: Request, error: Exception) -> Response:
    return _json({"error": f"unexpected {type(error).__name__}: please report this"}, 500)
