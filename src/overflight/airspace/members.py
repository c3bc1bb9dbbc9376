"""How a rule set shows itself: its states, and which of their territories are not meant."""

from __future__ import annotations

from overflight.airspace.area import Area
from overflight.airspace.states import State
from overflight.outside.listing import Listed, Listing

__all__ = ["Members"]


class Members(Listed):
    """What has states, and areas, and leaves out some territories."""

    __slots__ = ()
    text: str
    areas: tuple[Area, ...]
    parts: frozenset[tuple[State, str]]
    states: frozenset[State]
    exceptions: frozenset[str]

    def _listing(self) -> Listing:
        states = sorted(self.states)
        areas = [area.name for area in self.areas]
        but = f", but not {' '.join(sorted(self.exceptions))}" if self.exceptions else ""
        count = f"{len(states)} state{'' if len(states) == 1 else 's'}{but}"
        return Listing(
            title=f"Rule set {self.text}, {count}{f', {len(areas)} areas' if areas else ''}",
            words=[*states, *(f"area {name}" for name in areas)],
            header=("code", "name"),
            rows=[*((state.code, state.name) for state in states), *(("area", name) for name in areas)],
            total=len(states) + len(areas),
        )
