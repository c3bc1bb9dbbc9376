"""Where a recorded flight can have been in its gaps, as the page wants it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from overflight.maps.base import encode
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.detours.gaps import GapAnswer
    from overflight.maps.base import View

__all__ = ["ellipses"]

HALF_TURN = 180.0
MOST = 20
"""So many states are named that can have been crossed."""


def ellipses(gaps: Iterable[GapAnswer], view: View) -> list[dict[str, Any]]:
    """Return the ellipse of each gap: its edge, whether that closes on the map, and what to say of it.

    On a map in the Mercator projection, an ellipse about a pole has no inside: its edge is a line from one end of the
    map to the other. One that covers half of the Earth has none to show.
    """
    found = []
    for gap in gaps:
        ring = gap.outline()
        if ring is None:
            continue
        middle = view.meridian if not view.pole else 0.0
        run = [(ring[0][0] + 360.0 * round((middle - ring[0][0]) / 360.0), ring[0][1])]
        for lon, lat in (*ring[1:], ring[0]):
            run.append((lon + 360.0 * round((run[-1][0] - lon) / 360.0), lat))
        closes = bool(view.pole) or abs(run[-1][0] - run[0][0]) < HALF_TURN
        found.append({"at": encode(run), "closed": closes, "text": _told(gap)})
    return found


def _told(gap: GapAnswer) -> list[str]:
    leeway = gap.leeway
    told = [
        "Can have been anywhere in here",
        leeway.words,
        f"{leeway.km:,.0f} km straight, {leeway.possible_km:,.0f} km possible at {leeway.max_speed_kt:,g} kt",
    ]
    for words, answer in (("Must have crossed", "crossed"), ("Could have crossed", "could")):
        names = [one.state.in_text for one in gap.states if one.answer == answer]
        told += [f"{words} {listed(names, MOST)}"] if names else []
    return told
