"""What is said where no consent opens a way, for states that can't be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from overflight.rules.wording.headlines import listed

if TYPE_CHECKING:
    from overflight.airspace import State
    from overflight.rules.verdicts import Verdict

__all__ = ["no_way"]


def no_way(direct: Verdict, shut: Sequence[State]) -> str:
    """Say in one sentence, without its full stop, why there is no route.

    Parameters
    ----------
    direct : Verdict
        That on the great circle.
    shut : sequence of State
        The states, and areas, that can't be asked and hold an end, or part the two.
    """
    ends = direct.route.waypoints[0], direct.route.waypoints[-1]
    held = [
        f"{end.label} lies in {crossing.state.name}"
        for end, role in zip(ends, ("departure", "arrival"), strict=True)
        for crossing in direct.crossings
        if crossing.role == role and crossing.state in shut
    ]
    if held:
        return f"no route: {listed(held)}, which can't be asked"
    names = listed([state.name for state in shut])
    return f"no route: {names} can't be asked, and {'closes' if len(shut) == 1 else 'close'} one end off"
