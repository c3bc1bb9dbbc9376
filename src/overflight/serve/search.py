"""The shortest lawful routes on demand: seconds of work in a process of its own, which can be stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from overflight.errors import OverflightError
from overflight.routes.places import typed
from overflight.rules.avoid import KEPT_KM
from overflight.serve.answers import answered, keys_of, object_of
from overflight.serve.asked import Keys, Setting
from overflight.serve.workers import Answer, BrokeOffError, TooLateError, Worker, compact, say, show

if TYPE_CHECKING:
    from overflight.detours import Candidate, News
    from overflight.maps.lines import Line

__all__ = ["SearchEndedError", "Searcher", "search"]

MOST_BYTES = 2_000_000_000
TIME_LIMIT_S = 60.0
"""As on the command line; a process that is not done in twice that is killed."""
BROKE = (
    f"the search broke off, or took more than {MOST_BYTES // 10**9} GB: forbid fewer states, or run `overflight routes`"
)


class SearchEndedError(OverflightError):
    """A search that ended without an answer, through no fault of what was asked."""


def search(setting: Setting, keys: Keys, time_limit_s: float = TIME_LIMIT_S) -> dict[str, Any]:
    """Find the best routes from the first waypoint to the last that obey; takes seconds.

    What was found until the time is up is given, and said not to be all. Whoever waits is shown each route when it is
    found: what the page's list says of it, with its ``keys``.

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
    from overflight.maps.lines import lines_of
    from overflight.maps.names import name_of
    from overflight.routes import great_circle
    from overflight.serve.costing import costing_of, flown_by

    case = setting.case(keys)
    margin_km = case.margin_km if "margin" in keys else KEPT_KM
    points = case.route.waypoints
    allowed = [state.code for state in case.allow]
    lines: list[Line] = []
    costing = costing_of(keys, case.on)

    def told(news: News) -> None:
        say(news.text)
        if news.candidate is not None:
            lines.extend(lines_of([news.candidate], case.world))
            row = {"name": name_of(lines[-1], lines), **lines[-1].told(), "cost": costing.told(lines[-1].route)}
            show(compact(row | {"keys": _keys(news.candidate, allowed)}))

    found = candidates(
        great_circle(points[0], points[-1]),
        case.world,
        avoid=case.forbidden,
        never=case.unasked,
        margin_km=margin_km,
        allow=case.allow,
        time_limit_s=time_limit_s,
        told=told,
    )
    drawn = draw(case.world, found, on=case.on, avoid=case.forbidden, **flown_by(keys))
    for one, candidate in zip(drawn.scene["routes"], found, strict=True):
        one["keys"] = _keys(candidate, allowed)
    ring = {state.code for state in found.barrier}
    pieces = case.world.pieces
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


class Searcher:
    """Searches, one at a time, in a process that is stopped when nobody waits for it any longer.

    Parameters
    ----------
    setting : Setting
        What whoever started the server decided.
    seconds : float
        How long a search may take.

    Attributes
    ----------
    asker : tuple of str
        Whose search is under way, or was the last.
    """

    asker = ("", "")

    def __init__(self, setting: Setting, seconds: float = 2.0 * TIME_LIMIT_S) -> None:
        self.seconds = seconds
        self.worker = Worker(opening, (setting,), name="search", most_bytes=MOST_BYTES)
        self._turn = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether a search is under way."""
        return self._turn.locked()

    @property
    def news(self) -> str:
        """How far the search is."""
        return self.worker.news if self.busy else ""

    @property
    def found(self) -> list[Any]:
        """What the list says of each route that was found so far."""
        return [json.loads(part) for part in list(self.worker.parts)] if self.busy else []

    async def search(self, body: bytes, asker: tuple[str, str] = ("", "")) -> Answer:
        """Have what a page sent searched for; cancelling this stops it.

        Raises
        ------
        SearchEndedError
            If the search took too long, or broke off.
        """
        async with self._turn:
            self.asker = asker
            self.worker.forget()  # whoever asks now is not to see what was found for another
            try:
                return await self.worker.ask(body, self.seconds)
            except TooLateError as error:
                msg = f"no route was found in {self.seconds:g} s: forbid fewer states, or run `overflight routes`"
                raise SearchEndedError(msg) from error
            except BrokeOffError as error:
                raise SearchEndedError(BROKE) from error

    def stop(self) -> None:
        """End the process for good."""
        self.worker.stop()


def opening(setting: Setting) -> Callable[[bytes], Answer]:
    """Return what searches; the first search loads what it needs."""
    return partial(_answer, setting)


def _answer(setting: Setting, body: bytes) -> Answer:
    return answered(lambda: Answer.json(search(setting, keys_of(object_of(body)))))
