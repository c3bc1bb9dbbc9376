"""What is said of the gaps of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overflight.airspace import State
    from overflight.routes.tracks import Leeway

__all__ = [
    "ANY_HEIGHT",
    "AT_BORDER",
    "ENDS",
    "PRESUMED",
    "REACHED",
    "called",
    "could_cross",
    "not_known",
    "open_way",
    "possible",
    "proven",
    "too_far",
]

ENDS = ("the last position before the gap lies in it", "the first position after the gap lies in it")
AT_BORDER = "a position beside the gap lies in it, but no farther from its border than both may be wrong"
PRESUMED = "presumed: no position was recorded in it, the straight leg over a gap crosses it"
REACHED = "within reach"
MOST = 20
"""No more states than this are named in a line that leaves a rule open."""
ANY_HEIGHT = "within reach, but it has limits of height, and nobody knows how high the aircraft flew"
"""Why a state was, or could have been, crossed."""


def could_cross(states: Sequence[State], gaps: Sequence[Leeway], margin_km: float = 0.0) -> str:
    """Say whom the aircraft could have crossed in gaps, and how far it can have flown there; of many, in the first."""
    near = f" or come within {margin_km:g} km of" if margin_km else ""
    names = [called(state) for state in states]
    named = ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
    return f"could have crossed{near} {named} in {_of_gaps(gaps)}: {possible(gaps[0])}"


def not_known(gaps: Sequence[Leeway]) -> str:
    """Say why nothing is known of gaps; of many, of the first."""
    return f"what it crossed in {_of_gaps(gaps)} is not known: {gaps[0].trouble}"


def _of_gaps(gaps: Sequence[Leeway]) -> str:
    if len(gaps) == 1:
        return f"the gap {gaps[0].words}"
    return f"{len(gaps)} gaps, the first {gaps[0].words}"


def possible(leeway: Leeway) -> str:
    """Say how far it is over a gap, and how far the aircraft can have flown."""
    return f"{leeway.km:,.0f} km straight, {leeway.possible_km:,.0f} km possible at {leeway.max_speed_kt:,g} kt"


def proven(bound_km: float, leeway: Leeway) -> str:
    """Say why something must have been crossed."""
    return f"no way round it is shorter than {bound_km:,.1f} km, and {leeway.possible_km:,.1f} km were possible"


def open_way(least_km: float, way_km: float, leeway: Leeway) -> str:
    """Say why something that the straight leg crosses need not have been crossed."""
    if way_km <= leeway.possible_km:
        return f"the straight leg crosses it, but a way round it is {way_km:,.1f} km long"
    return f"the straight leg crosses it, but no bound of the ways round it (from {least_km:,.1f} km on) rules them out"


def too_far(leeway: Leeway) -> str:
    """Say why something can't have been crossed."""
    return f"no way through it is as short as the {leeway.possible_km:,.1f} km that were possible"


def called(state: State) -> str:
    """Name a state or an area as a sentence has it."""
    return f"area {state.name}" if state.startswith("area:") else state.in_text
