"""What a report is made of: headings, paragraphs, tables, drawings, in order; page and paper lay them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from overflight.evidence.sketch import Sketch

__all__ = ["Block", "Cell", "Facts", "Figure", "Heading", "Items", "Table", "Text"]

Cell: TypeAlias = str | tuple[str, ...]
"""What stands in a table: a text, or several, each on a line of its own."""
Look = Literal["plain", "lead", "small", "code", "free", "forbidden", "marginal"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 1 for the report's, 2 for a flight's or a chapter's, 3 for what is in one."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    look: Look = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, two columns."""

    rows: Sequence[tuple[str, Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    caption : str
        What is in it.
    header : sequence of str
    rows : sequence of rows of Cell
    shares : sequence of float
        How wide the columns are, of 1 in all.
    right : frozenset of int
        Columns of numbers, which are set to the right.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: Sequence[float]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing."""

    sketch: Sketch
    caption: str


Block: TypeAlias = Heading | Text | Items | Facts | Table | Figure
