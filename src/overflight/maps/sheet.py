"""What is written around the map of a picture, in inches from the top of its sheet: paragraphs, legend, list."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.maps.board import WIDTH_PT
from overflight.maps.inks import INK, SOFT
from overflight.maps.keys import LETTERS as KEY_LETTERS
from overflight.maps.words import say
from overflight.maps.writing import badge, clean

__all__ = [
    "KEY_PT",
    "MARGIN_IN",
    "ROW_IN",
    "WIDE_IN",
    "Block",
    "Columns",
    "Pen",
    "Row",
    "fitting",
    "height_of",
]

WIDE_IN, MARGIN_IN = WIDTH_PT / 72.0, 0.3
ROW_IN, LINE_IN, KEY_PT = 0.21, 0.15, 8.0
LINE_LETTERS, FIGURE_LETTERS = 300, 20
OTHER = {"left": "right", "right": "left"}
LETTER_IN = 0.0675
"""Mean width of a letter in the list."""
LETTER_PT, TAKEN_PT = 8.3, 7.4
"""Its size, and that of what a route takes."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, in lines."""

    lines: list[str]
    line_in: float
    style: dict[str, Any]

    @classmethod
    def of(cls, words: str, letters: int, most: int, line_in: float, style: dict[str, Any]) -> Block:
        """Break words into so many lines at most."""
        return cls(_wrapped(words, letters, most), line_in, style)

    @property
    def height_in(self) -> float:
        """Height of the paragraph, with the room below it."""
        return self.line_in * len(self.lines) + 0.05 if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of a row stand, in inches from the left, and their letters; one below the other if stacked."""

    left: float
    verdict: float
    name_letters: int
    verdict_letters: int
    stacked: bool

    @property
    def taken_letters(self) -> int:
        """Letters of what a route takes, which stands below its name, smaller."""
        return int(self.verdict_letters * LETTER_PT / TAKEN_PT) if self.stacked else 66

    @classmethod
    def in_width(cls, left: float, wide: float) -> Columns:
        """Lay a list out in a width."""
        if wide < WIDE_IN - 1.5:
            return cls(left, left + 0.32, int((wide - 0.32) / 0.078), int((wide - 0.32) / LETTER_IN), stacked=True)
        return cls(left, left + 5.48, 40, int((wide - 5.48) / LETTER_IN), stacked=False)


@dataclass(frozen=True, slots=True)
class Row:
    """What the list says of a route, in lines."""

    number: int
    route: dict[str, Any]
    name: list[str]
    taken: list[str]
    verdict: list[str]
    colour: str
    columns: Columns

    @classmethod
    def of(cls, number: int, route: dict[str, Any], verdict: tuple[str, str], columns: Columns) -> Row:
        """Break name and verdict, which has a colour, into lines."""
        words, colour = verdict
        name = _wrapped(route["name"], columns.name_letters, 3) or [""]
        taken = _wrapped(route["cost"]["words"], columns.taken_letters, 2) if "cost" in route else []
        return cls(number, route, name, taken, _wrapped(words, columns.verdict_letters, 4), colour, columns)

    @property
    def height_in(self) -> float:
        """Height of the row."""
        named = len(self.name) + len(self.taken)
        lines = named + 1 + len(self.verdict) if self.columns.stacked else max(named, len(self.verdict))
        return ROW_IN + LINE_IN * (lines - 1)


@dataclass(slots=True)
class Pen:
    """Writes below the map and above it, in inches from the top; from the right, where one reads so."""

    figure: Any
    wide_in: float
    height_in: float
    y_in: float = 0.0
    is_rtl: bool = False

    def down(self, inches: float) -> None:
        """Go down the sheet."""
        self.y_in += inches

    def text(self, words: str, *, x_in: float = MARGIN_IN, **style: Any) -> None:
        """Write a line here."""
        self._write(x_in, self.y_in, clean(words, LINE_LETTERS), **({"color": INK, "va": "center"} | style))

    def _write(self, x_in: float, y_in: float, words: str, *, ha: str = "left", **style: Any) -> None:
        x, side = self.left(x_in, 0.0) / self.wide_in, OTHER[ha] if self.is_rtl else ha
        self.figure.text(x, 1 - y_in / self.height_in, words, ha=side, **style)

    def left(self, x_in: float, wide_in: float) -> float:
        """Return where something so wide begins that is so far from where one begins to read."""
        return self.wide_in - x_in - wide_in if self.is_rtl else x_in

    def block(self, block: Block) -> None:
        """Write a paragraph, and go below it."""
        for number, line in enumerate(block.lines):
            self.y_in += block.line_in * (0.5 if number == 0 else 1.0)
            self.text(line, **block.style)
        self.y_in += block.height_in - block.line_in * (len(block.lines) - 0.5) if block.lines else 0.0

    def _axes(self, x_in: float, y_in: float, wide_in: float, high_in: float) -> Any:
        low = 1 - (y_in + high_in / 2) / self.height_in
        x = self.left(x_in, wide_in) / self.wide_in
        axes = self.figure.add_axes((x, low, wide_in / self.wide_in, high_in / self.height_in))
        axes.set(xlim=(0, wide_in * 72), ylim=(-high_in * 36, high_in * 36))
        axes.axis("off")
        return axes

    def key(self, x_in: float, down_in: float, marks: Sequence[Any], words: str) -> None:
        """Draw one entry of the legend."""
        axes = self._axes(x_in, self.y_in + down_in, 0.4, 0.16)
        for draw in marks:
            draw(axes)
        look: dict[str, Any] = {"size": KEY_PT, "color": INK, "va": "center"}
        self._write(x_in + 0.46, self.y_in + down_in, clean(words, KEY_LETTERS), **look)

    def routes(self, rows: Sequence[Row], scene: dict[str, Any]) -> None:
        """Write the list, and how many routes it leaves out."""
        for row in rows:
            self.route(row)
            self.down(row.height_in)
        if left_out := len(scene["routes"]) - len(rows):
            told = say(scene["words"], "more_routes" if rows else "routes", count=left_out)
            self.text(told, x_in=rows[0].columns.left if rows else MARGIN_IN, size=8.5, color=SOFT)
            self.down(ROW_IN)

    def route(self, row: Row) -> None:
        """Write the row of a route: number, name, length, verdict."""
        columns = row.columns
        axes = self._axes(columns.left, self.y_in, 0.24, 0.2)
        badge(axes, (8.6, 0.0), row.number, direct=row.route["kind"] == "great-circle")
        km, longer = (clean(row.route[key], FIGURE_LETTERS) for key in ("km", "extension"))
        below, under = 0, len(row.name)
        if columns.stacked:
            self._lines(
                [", ".join(filter(None, (km, longer)))], columns.verdict, len(row.name), size=LETTER_PT, color=SOFT
            )
            under += 1
            below = under + len(row.taken)
        else:
            self.text(km, x_in=columns.left + 4.45, size=8.5, ha="right")
            self.text(longer, x_in=columns.left + 5.32, size=8.5, ha="right", color=SOFT)
        self._lines(row.name, columns.left + 0.32, 0, size=LETTER_PT, weight="bold")
        self._lines(row.taken, columns.left + 0.32, under, size=TAKEN_PT, color=SOFT)
        self._lines(row.verdict, columns.verdict, below, size=LETTER_PT, color=row.colour)

    def _lines(self, lines: Sequence[str], x_in: float, below: int, **style: Any) -> None:
        """Write lines from here on down, so many lines below, and come back."""
        start = self.y_in
        for number, line in enumerate(lines, below):
            self.y_in = start + LINE_IN * number
            self.text(line, x_in=x_in, **style)
        self.y_in = start


def fitting(rows: list[Row], room_in: float, many: int, shown: int) -> list[Row]:
    """Return as many rows as there is room for, with the line that counts the others; the one shown goes last."""
    while rows and sum(row.height_in for row in rows) + (ROW_IN if len(rows) < many else 0.0) > room_in:
        others = [row for row in rows if row.number != shown]
        rows = [row for row in rows if others and row is not others[-1]]
    return rows


def height_of(rows: list[Row], scene: dict[str, Any]) -> float:
    """Return how high a list is that may leave some routes out."""
    return sum(row.height_in for row in rows) + (ROW_IN if len(rows) < len(scene["routes"]) else 0.0)


def _wrapped(words: str, letters: int, most: int) -> list[str]:
    """Break words into so many lines at most."""
    # One line more than there is room for tells that something is left out.
    return textwrap.wrap(clean(words, letters * (most + 1)), letters, max_lines=most, placeholder=" …")
