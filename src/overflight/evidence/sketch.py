"""A drawing in points of paper, from its upper left corner: what page and paper draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["WIDE_PT", "Area", "Dot", "Hatch", "Mark", "Sketch", "Stroke", "Words"]

WIDE_PT = 515.0
"""Width of A4 between its margins."""
Hatch = Literal["", "member", "dispute"]


@dataclass(frozen=True, slots=True)
class Area:
    """A filled shape: shells and holes, each a closed ring."""

    rings: Sequence[Floats]
    fill: str
    hatch: Hatch = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line; `dash` are lengths of what is drawn and what is not."""

    points: Floats
    colour: str
    width: float
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc with a rim."""

    at: tuple[float, float]
    radius: float
    fill: str
    rim: str


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; where it is anchored is the middle of its height."""

    at: tuple[float, float]
    text: str
    size: float
    colour: str
    anchor: Literal["start", "middle", "end"] = "middle"
    bold: bool = False


Mark: TypeAlias = Area | Stroke | Dot | Words


@dataclass(frozen=True, slots=True)
class Sketch:
    """Marks, the lowest first, in a frame of so many points.

    Attributes
    ----------
    ground : str
        Colour of what nothing is drawn on.
    told : str
        What it shows, for those who can't see it.
    """

    width: float
    height: float
    ground: str
    told: str
    marks: list[Mark] = field(default_factory=list)
