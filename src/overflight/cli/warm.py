"""`overflight warm`: compile ahead what would else be compiled at first need."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

import click

from overflight.cli.progress import Line
from overflight.cli.writing import emit, note
from overflight.earth.caches import store
from overflight.errors import OverflightError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import Synchronized

__all__ = ["warm"]

TICK_S = 0.2
ABOUT = 140
"""So many functions are compiled, roughly: for the bar alone."""


@click.command(
    short_help="Compile ahead what searches and many routes need.",
    epilog="Example: overflight warm",
)
def warm() -> int:
    """Compile ahead what else the first search, and the first many routes, would have to wait for.

    Once for an installation, as for a container's image; it takes about as long as it would then, on two processors
    half of that. What is compiled already is left as it is. OVERFLIGHT_CACHE=FOLDER says where it is kept.
    """
    places = store.for_code()
    if not places:
        note("note: OVERFLIGHT_CACHE is empty: nothing is kept, so nothing can be compiled ahead")
        return 0
    place = store.room(places)
    if place is None:
        raise OverflightError("nothing can be kept, so nothing compiled ahead: name a folder in OVERFLIGHT_CACHE")
    note(f"compiling what searches and many routes need, {place.once}: up to half a minute")
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    compiled: Synchronized[int] = context.Value("i", 0)
    works = [context.Process(target=_work, args=(what, compiled), daemon=True) for what in _WORKS]
    try:
        for work in works:
            work.start()
        _follow(works, compiled, began)
    finally:
        for work in works:
            if work.pid is not None:
                work.kill()
    if any(work.exitcode for work in works):
        raise OverflightError("compiling broke off: it is done when it is needed; OVERFLIGHT_DEBUG=1 shows why")
    told = f"compiled in {time.monotonic() - began:.0f} s" if compiled.value else "all was compiled before"
    emit(f"{told}; kept in {place.path}\n", None)
    return 0


def _follow(works: Sequence[BaseProcess], compiled: Synchronized[int], began: float) -> None:
    """Wait until all is done, and tell how far it is."""
    left = {work.sentinel for work in works}
    with Line() as line:
        while left:
            left.difference_update(wait(list(left), TICK_S))
            count = compiled.value
            line.tell(f"compiled {count} functions, {time.monotonic() - began:.0f} s", count / ABOUT)
    for work in works:
        work.join()


def _work(what: str, compiled: Synchronized[int]) -> None:
    """Compile one part, in a process of its own; Ctrl-C is for the process that waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("overflight").setLevel(logging.ERROR)  # all has been said

    from numba.core import event

    class Counter(event.Listener):
        def on_start(self, event: event.Event) -> None:
            pass

        def on_end(self, event: event.Event) -> None:
            with compiled.get_lock():
                compiled.value += bool(event.data)

    with event.install_listener("numba:compile", Counter()):
        _WORKS[what]()


def _searches() -> None:
    from overflight.airspace import load_airspaces
    from overflight.detours.ahead import compile_searches

    compile_searches(load_airspaces())


def _engine() -> None:
    from overflight._crossings.compiled import rows_compiled
    from overflight._crossings.engine import labels_of, legs_of
    from overflight.airspace import load_airspaces
    from overflight.routes import great_circle

    world = load_airspaces()
    rows_compiled(world.index, legs_of([great_circle("FRA", "VIE").legs]), labels_of(world))


_WORKS = {"searches": _searches, "engine": _engine}
