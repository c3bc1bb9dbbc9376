"""The shortest lawful routes on demand: seconds of work in a process of its own, which can be stopped."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from overflight.errors import OverflightError
from overflight.places import typed
from overflight.serve.asked import Keys, Setting

if TYPE_CHECKING:
    from overflight.detours import Candidate

__all__ = ["SearchEndedError", "Searcher", "search"]

BROKE = "the search broke off: try again, or run `overflight routes`"


class SearchEndedError(OverflightError):
    """A search that ended without an answer, through no fault of what was asked."""


def search(setting: Setting, keys: Keys) -> dict[str, Any]:
    """Find the best routes from the first waypoint to the last that obey; takes seconds.

    Returns
    -------
    dict
        ``headline``, ``finding`` and ``routes`` as maps have them; each route has ``keys``, too: those that make the
        page's route this one. ``barrier`` has the numbers of the pieces of airspace that close one end off.

    Raises
    ------
    OverflightError
        Says what is wrong with the proposal.
    """
    from overflight.detours import candidates
    from overflight.maps import draw
    from overflight.maps.base import is_of_barrier
    from overflight.routes import great_circle

    asked = setting.judge(keys)
    points = asked.proposal.route.waypoints
    found = candidates(
        great_circle(points[0], points[-1]),
        asked.world,
        avoid=asked.avoid,
        margin_km=asked.proposal.margin_km,
        allow=asked.allow,
        name=" | ".join(one.text for one in asked.sets) or None,
        except_territories=asked.left_out,
        areas=asked.areas,
    )
    drawn = draw(
        asked.world,
        found,
        on=asked.proposal.on,
        avoid=asked.avoid,
        except_territories=asked.left_out,
        areas=asked.areas,
    )
    allowed = [state.code for state in asked.allow]
    for one, candidate in zip(drawn.scene["routes"], found, strict=True):
        one["keys"] = _keys(candidate, allowed)
    ring = {state.code for state in found.barrier}
    pieces = asked.world.pieces
    return {
        **{key: drawn.scene[key] for key in ("headline", "finding", "routes")},
        "barrier": [n for n, piece in enumerate(pieces) if is_of_barrier(piece, ring)],
    }


def _keys(candidate: Candidate, allowed: list[str]) -> Keys:
    """Return what a proposal says of a candidate: where it goes, and who must consent."""
    asked = [state.code for state in candidate.consents] if candidate.route.kind == "detour" else []
    return {
        "waypoints": [typed(point) for point in candidate.route.waypoints],
        "allow": sorted({*allowed, *(code for code in asked if code.isalpha())}),  # areas can't consent
    }


@dataclass
class Searcher:
    """Searches, one at a time, in a process that is stopped when nobody waits for it any longer.

    Attributes
    ----------
    setting : Setting
        What whoever started the server decided.
    seconds : float
        How long a search may take.
    news : str
        How far the search is.
    """

    setting: Setting
    seconds: float = 120.0
    news: str = field(default="", init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _process: BaseProcess | None = field(default=None, repr=False)
    _pipe: Connection | None = field(default=None, repr=False)

    @property
    def busy(self) -> bool:
        """Whether a search is under way."""
        return self._turn.locked()

    async def search(self, keys: Keys) -> dict[str, Any]:
        """Search in the process; cancelling this stops it.

        Raises
        ------
        OverflightError
            If the proposal is at fault.
        SearchEndedError
            If the search took too long, or broke off.
        """
        async with self._turn:
            asking = asyncio.ensure_future(asyncio.to_thread(self._ask, keys))
            asking.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear it
            try:
                async with asyncio.timeout(self.seconds):
                    answer, error = await asyncio.shield(asking)
            except (TimeoutError, asyncio.CancelledError) as ended:
                while not asking.done():  # the process may only be starting
                    self.stop()
                    await asyncio.wait({asking}, timeout=0.1)
                if isinstance(ended, asyncio.CancelledError):
                    raise
                msg = f"no route was found in {self.seconds:g} s: forbid fewer states, or run `overflight routes`"
                raise SearchEndedError(msg) from ended
            except (EOFError, OSError) as ended:
                self.stop()
                raise SearchEndedError(BROKE) from ended
        if error is not None:
            raise error
        return answer

    def stop(self) -> None:
        """End the process; the next search starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()

    def _ask(self, keys: Keys) -> tuple[dict[str, Any], OverflightError | None]:
        if self._process is None or not self._process.is_alive():
            # not forked: this process has threads
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            process = context.Process(target=_work, args=(self.setting, theirs), daemon=True, name="search")
            # Ctrl-C is for the server, which ends this; held back here, it is held back there from the start
            if hasattr(signal, "pthread_sigmask"):
                resource_tracker.ensure_running()  # its own start would let go again
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            process.start()
            self._process = process
            theirs.close()  # so that its end is noticed
        pipe = self._pipe
        if pipe is None:
            raise EOFError
        self.news = ""
        pipe.send(keys)
        while isinstance(said := pipe.recv(), str):
            self.news = said
        found: tuple[dict[str, Any], OverflightError | None] = said
        return found


class _ToPipe(logging.Handler):
    """Sends on what a search says of its progress."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__(logging.WARNING)
        self.pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Send a message."""
        self.pipe.send(record.getMessage())


def _work(setting: Setting, pipe: Connection) -> None:
    """Answer searches until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log = logging.getLogger("overflight")
    log.propagate = False
    log.addHandler(_ToPipe(pipe))
    while True:
        try:
            keys = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((search(setting, keys), None))
        except OverflightError as error:
            pipe.send(({}, error))
