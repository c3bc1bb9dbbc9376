"""Crossings as people read them: slivers on both sides of one border are told as one stay along it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from overflight._crossings import Crossing
from overflight.airspace import State

__all__ = ["SLIVER_KM", "Along", "merged"]

SLIVER_KM = 5.0
"""A crossing shorter than this is a sliver, where the route goes back and forth over one border."""
LEAST_KM = 0.01
"""Crossings no farther apart than this have a border in common."""
Standing = Callable[[Crossing], object]


@dataclass(frozen=True, slots=True)
class Along:
    """Slivers on both sides of one border, one after the other.

    Attributes
    ----------
    slivers : tuple of Crossing
        In the order flown; two at least.
    before : State
        Whose airspace the route comes from.
    """

    slivers: tuple[Crossing, ...]
    before: State

    @property
    def km(self) -> dict[State, float]:
        """Kilometres in either state's airspace, all slivers together; the one entered first, first."""
        found: dict[State, float] = {}
        for sliver in self.slivers:
            found[sliver.state] = found.get(sliver.state, 0.0) + sliver.length_km
        return found

    @property
    def words(self) -> str:
        """Where it is: ``"along the Russia-Belarus border"``."""
        other = next(state for state in self.km if state != self.before)
        if " " in self.before.name + other.name:
            return f"along the border of {self.before.in_text} and {other.in_text}"
        return f"along the {self.before.name}-{other.name} border"

    @property
    def shares(self) -> str:
        """How many km are in either state's airspace."""
        return ", ".join(f"{state.name} {km:,.1f} km" for state, km in self.km.items())

    @property
    def told(self) -> str:
        """Where it is, and how many km are in either state's airspace."""
        return f"{self.words}: {self.shares}"


def merged(crossings: Sequence[Crossing], standing: Standing = lambda _: None) -> list[Crossing | Along]:
    """Tell slivers of one border as one stay along it; every other crossing stays as it is.

    Parameters
    ----------
    crossings : sequence of Crossing
        Those of a route, in the order flown.
    standing : callable, optional
        What a reader must be able to tell apart, such as what the rules make of a crossing: slivers of one state that
        differ in it are not told as one.

    Notes
    -----
    Slivers are crossings shorter than `SLIVER_KM`, two or more of them without a gap, that lie in turn in the airspace
    of two states (not of two territories of one), between stays in the airspace of these same two. What is disputed, or
    begins or ends the route, is none, nor is a sliver alone: that would hide an entry.

    Examples
    --------
    >>> import overflight as of
    >>> rows = merged(of.Case.of(["VKO", "BUD"], on="2025-10-23").verdict.crossings)
    >>> [row.told for row in rows if isinstance(row, Along)]
    ['along the Russia-Belarus border: Belarus 1.9 km, Russia 1.5 km']
    """
    found: list[Crossing | Along] = []
    at = 0
    while at < len(crossings):
        end = _end_of_run(crossings, at, standing) if at else at
        if end - at >= 2:
            found.append(Along(tuple(crossings[at:end]), crossings[at - 1].state))
            at = end
        else:
            found.append(crossings[at])
            at += 1
    return found


def _end_of_run(crossings: Sequence[Crossing], at: int, standing: Standing) -> int:
    """Return where a run of slivers ends that begins here: the number of the crossing after it, or `at`."""
    two = {_place(crossings[at - 1]), _place(crossings[at])}
    seen: dict[tuple[State, str], object] = {}
    end = at
    while end < len(crossings) - 1 and _is_sliver(crossings[end]) and _place(crossings[end]) in two:
        place, told = _place(crossings[end]), standing(crossings[end])
        touches = crossings[end].entry_km - crossings[end - 1].exit_km <= LEAST_KM
        if not touches or _place(crossings[end - 1]) == place or seen.setdefault(place, told) != told:
            break
        end += 1
    closed = (
        end > at and _place(crossings[end]) in two and crossings[end].entry_km - crossings[end - 1].exit_km <= LEAST_KM
    )
    return end if closed and len({state for state, _ in two}) == 2 else at


def _is_sliver(crossing: Crossing) -> bool:
    return crossing.length_km < SLIVER_KM and crossing.role == "overflight" and crossing.disputed is None


def _place(crossing: Crossing) -> tuple[State, str]:
    return crossing.state, crossing.territory
