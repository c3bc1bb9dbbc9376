"""What is said while a search goes on: each route when it is found, and how far the search is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from overflight.rules.wording.kinds import called, listed
from overflight.rules.wording.searches import states_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from overflight.cli.progress import Line
    from overflight.detours import Candidate, News

__all__ = ["found_words", "telling"]


def telling(line: Line) -> Callable[[News], None]:
    """Return what tells the news of a search on a line, and the routes found above it."""
    return partial(_tell, line)


def _tell(line: Line, news: News) -> None:
    if news.candidate is not None:
        line.say(found_words(news.candidate))
    line.tell(news.text, news.share)


def found_words(candidate: Candidate) -> str:
    """Say in a line what was found: how long it is, and whom it enters."""
    names = [*states_of(candidate), *map(called, candidate.barred)]
    entered = f"; enters {listed(names, len(names))}" if names else ""
    length_km = candidate.route.length_km
    if candidate.route.kind == "great-circle":
        return f"great circle: {length_km:,.0f} km{entered}"
    return f"found: {length_km:,.0f} km, {candidate.extension_pct:+.1f} %{entered}"
