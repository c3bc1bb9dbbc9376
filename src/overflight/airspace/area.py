"""An area: a name and a shape, from one height to another."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from overflight.airspace.states import State

if TYPE_CHECKING:
    import shapely

__all__ = ["PREFIX", "SFC", "UNL", "Area", "Limit"]

PREFIX = "area:"
"""What stands before an area's name where it stands among states; no state's code has a colon."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Where an area begins or ends, from below.

    Attributes
    ----------
    text : str
        As a chart has it: ``FL100``, ``2500 ft AMSL``, ``1000 ft AGL``, ``SFC``, ``UNL``.
    low_m, high_m : float
        Between which heights above the sea it lies, in metres: the same, but where it is counted from the ground,
        whose height is not known here. Infinite at the ground itself and in space.
    """

    text: str
    low_m: float
    high_m: float

    def __str__(self) -> str:
        return self.text


SFC = Limit("SFC", -math.inf, -math.inf)
UNL = Limit("UNL", math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the Earth's surface that somebody drew, and how high it reaches.

    Attributes
    ----------
    name : str
        What findings and tables call it.
    shape : MultiPolygon
        In degrees, longitude in [-180, 180]; edges are straight in lon/lat, as RFC 7946 has it.
    source : str
        Where it was read, such as a file's name.
    floor, ceiling : Limit
        From where to where it reaches; by default, from the ground without end.
    """

    name: str
    shape: shapely.MultiPolygon = field(repr=False)
    source: str = ""
    floor: Limit = SFC
    ceiling: Limit = UNL

    @property
    def code(self) -> str:
        """What stands for it where states stand by their codes."""
        return f"{PREFIX}{self.name}"

    @property
    def holder(self) -> State:
        """Whose consent it would take to enter: nobody can give it, so the area stands for itself."""
        return State(self.code, self.name)

    @property
    def limits(self) -> str:
        """From where to where it reaches, in words; empty if it has no limits."""
        return f"{self.floor} to {self.ceiling}" if self.has_limits else ""

    @property
    def has_limits(self) -> bool:
        """Whether it ends anywhere below space, or begins anywhere above the ground."""
        return (self.floor, self.ceiling) != (SFC, UNL)
