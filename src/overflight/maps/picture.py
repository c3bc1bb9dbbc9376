"""A map for paper: the same scene as the page, as SVG, PNG or PDF, in a projection that suits the routes."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.maps.board import WIDTH_PT, Board
from overflight.maps.inks import (
    AMBER,
    GREEN,
    INK,
    PAPER,
    RED,
    SOFT,
)
from overflight.maps.keys import LETTERS as KEY_LETTERS
from overflight.maps.keys import legend_of
from overflight.maps.marking import described, stamp
from overflight.maps.publication import PLAIN, Edition
from overflight.maps.words import say
from overflight.maps.writing import EM, badge, clean

__all__ = ["KINDS", "picture"]

KINDS = (".svg", ".png", ".pdf")
"""What a picture can be saved as."""
WIDE_IN, MARGIN_IN = WIDTH_PT / 72.0, 0.3
WIDTH_IN = WIDE_IN + 2 * MARGIN_IN
ROW_IN, LINE_IN, KEY_PT = 0.21, 0.15, 8.0
LINE_LETTERS, FIGURE_LETTERS = 200, 20
LETTER_IN = 0.0675
"""Mean width of a letter in the list."""
LISTED = 12
"""How many routes the list below the map holds."""
BESIDE_IN, BESIDE_ASPECT = 3.1, 1.25
"""On a sheet that is so much wider than high, the list stands beside the map, in a column of this width."""
MAP_SHARE = 0.5
"""On any other sheet of given height, the list has what this share of it, which is the map's, leaves."""
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "hatch.linewidth": 0.7,
    "pdf.fonttype": 42,
    # letters that can be searched and edited
    "svg.fonttype": "none",
    # the same picture shall make the same file
    "svg.hashsalt": "overflight",
    "text.parse_math": False,
    # letters as wide as the halo below them
    "text.hinting": "none",
}


def picture(scene: dict[str, Any], kind: str, edition: Edition = PLAIN) -> bytes:
    """Draw a scene for paper.

    Parameters
    ----------
    scene : dict
        What a map shows; see `overflight.maps.draw`.
    kind : {".svg", ".png", ".pdf"}
        The format.
    edition : Edition, optional
        Its size, where that is given, and its density.

    Returns
    -------
    bytes
        The file. The same scene makes the same bytes, with the same version of matplotlib.

    Raises
    ------
    OverflightError
        If matplotlib is not installed.

    Notes
    -----
    The projection is azimuthal around the middle of the routes: Lambert's equal-area one where they reach no further
    than 40 degrees from there, else the equidistant one. Routes are drawn through points at most 20 km apart.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "a picture needs matplotlib: pip install 'overflight[print]', or save the map as .html"
        raise OverflightError(msg) from error
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure()
        _draw_sheet(scene, figure, edition.sheet_in)
        out = io.BytesIO()
        more = {"pil_kwargs": {"dpi": (edition.dpi, edition.dpi)}} if kind == ".png" else {}
        look: dict[str, Any] = {"dpi": edition.sheet_dpi, "metadata": stamp(scene, kind), "facecolor": PAPER, **more}
        try:
            figure.savefig(out, format=kind[1:], **look)
        except (ValueError, RuntimeError) as error:
            raise DataError(f"the picture can't be drawn ({error}): save the map as .html") from error
    return described(out.getvalue(), scene, edition) if kind == ".svg" else out.getvalue()


def _draw_sheet(scene: dict[str, Any], figure: Any, size_in: tuple[float, float] | None) -> None:
    """Draw headline, map, legend, list of routes and small print, from the top; where a size is given, into that."""
    wide = size_in[0] if size_in else WIDTH_IN
    inner = wide - 2 * MARGIN_IN
    broad, most = inner / WIDE_IN, 2 if size_in else 6
    rule = f"  ·  {say(scene['words'], 'keep_out', what=scene['rule']['long'])}" if scene["rule"] else ""
    serif = {"family": "DejaVu Serif", "weight": "bold"}
    head = [
        _Block.of(scene["title"], int(50 * broad), most, 0.3, {"size": 17, **serif}),
        _Block.of(scene["on"] + rule, int(100 * broad), most, 0.2, {"size": 9.5, "color": SOFT}),
        _Block.of(scene["headline"], int(78 * broad), most, 0.24, {"size": 11, **serif}),
        _Block.of(scene["finding"], int(124 * broad), most, 0.18, {"size": 8.5}),
    ]
    board = Board(scene)
    legend = _laid_out(legend_of(scene, board.tick_km), inner)
    above = MARGIN_IN + sum(block.height_in for block in head) + 0.04
    legend_in = 0.24 * (1 + max(row for row, _, _, _ in legend))
    foot = _small_print(scene, board.plane.name, broad)
    below = 0.22 + legend_in + 0.12 + sum(block.height_in for block in foot) + 0.15
    beside = size_in is not None and len(scene["routes"]) > 1 and wide >= BESIDE_ASPECT * size_in[1]
    map_wide = inner - BESIDE_IN - 0.2 if beside else inner
    columns = (
        _Columns.in_width(wide - MARGIN_IN - BESIDE_IN, BESIDE_IN) if beside else _Columns.in_width(MARGIN_IN, inner)
    )
    rows = [_Row.of(number, route, columns) for number, route in enumerate(scene["routes"][:LISTED], 1)]
    map_in = map_wide / board.aspect
    if size_in is not None:
        room = size_in[1] - above - below
        rows = _fitting(rows, room if beside else room - MAP_SHARE * size_in[1], len(scene["routes"]))
        map_in = max(room if beside else room - _height_of(rows, scene), 1.0)
        board.fit(map_wide * 72.0, map_wide / map_in)
        legend = _laid_out(legend_of(scene, board.tick_km), inner)
    height = size_in[1] if size_in else above + map_in + below + _height_of(rows, scene)
    figure.set_size_inches(wide, height)
    board.draw(figure.add_axes((MARGIN_IN / wide, 1 - (above + map_in) / height, map_wide / wide, map_in / height)))
    pen = _Pen(figure, wide, height, MARGIN_IN)
    for block in head:
        pen.block(block)
    if beside:
        pen.y_in = above + ROW_IN / 2
        pen.routes(rows, scene)
    pen.y_in = above + map_in + 0.22
    for nth, x_in, marks, words in legend:
        pen.key(x_in, 0.24 * nth, marks, words)
    pen.down(legend_in + 0.12)
    if not beside:
        pen.routes(rows, scene)
    pen.y_in = height - 0.15 - sum(block.height_in for block in foot)
    for block in foot:
        pen.block(block)


def _small_print(scene: dict[str, Any], projection: str, broad: float) -> list[_Block]:
    view = scene["data"]["view"].replace("-", " ")
    ground = f"Airspace: land, internal waters and territorial sea; {view} view."
    ground += f" {projection[:1].upper()}{projection[1:]} projection. No legal or flight-planning advice."
    data = f"Airspace data {scene['data']['version']} © OpenStreetMap contributors, ODbL 1.0"
    data += f"; overflight {scene['overflight']}."
    style = {"size": 6.8, "color": SOFT}
    return [_Block.of(words, int(150 * broad), 4, 0.14, style) for words in (ground, data)]


def _fitting(rows: list[_Row], room_in: float, many: int) -> list[_Row]:
    """Return as many rows as there is room for, with the line that counts the others."""
    while rows and sum(row.height_in for row in rows) + (ROW_IN if len(rows) < many else 0.0) > room_in:
        rows = rows[:-1]
    return rows


def _height_of(rows: list[_Row], scene: dict[str, Any]) -> float:
    return sum(row.height_in for row in rows) + (ROW_IN if len(rows) < len(scene["routes"]) else 0.0)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, in lines."""

    lines: list[str]
    line_in: float
    style: dict[str, Any]

    @classmethod
    def of(cls, words: str, letters: int, most: int, line_in: float, style: dict[str, Any]) -> _Block:
        """Break words into so many lines at most."""
        return cls(_wrapped(words, letters, most), line_in, style)

    @property
    def height_in(self) -> float:
        """Height of the paragraph, with the room below it."""
        return self.line_in * len(self.lines) + 0.05 if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the parts of a row stand, in inches from the left, and their letters; one below the other if stacked."""

    left: float
    verdict: float
    name_letters: int
    verdict_letters: int
    stacked: bool

    @classmethod
    def in_width(cls, left: float, wide: float) -> _Columns:
        """Lay a list out in a width."""
        if wide < WIDE_IN - 1.5:
            return cls(left, left + 0.32, int((wide - 0.32) / 0.078), int((wide - 0.32) / LETTER_IN), stacked=True)
        return cls(left, left + 5.48, 40, int((wide - 5.48) / LETTER_IN), stacked=False)


@dataclass(frozen=True, slots=True)
class _Row:
    """What the list says of a route, in lines."""

    number: int
    route: dict[str, Any]
    name: list[str]
    verdict: list[str]
    colour: str
    columns: _Columns

    @classmethod
    def of(cls, number: int, route: dict[str, Any], columns: _Columns) -> _Row:
        """Break name and verdict into lines."""
        words, colour = _verdict(route)
        name = _wrapped(route["name"], columns.name_letters, 3) or [""]
        return cls(number, route, name, _wrapped(words, columns.verdict_letters, 4), colour, columns)

    @property
    def height_in(self) -> float:
        """Height of the row."""
        lines = (
            len(self.name) + 1 + len(self.verdict) if self.columns.stacked else max(len(self.name), len(self.verdict))
        )
        return ROW_IN + LINE_IN * (lines - 1)


@dataclass(slots=True)
class _Pen:
    """Writes below the map and above it, in inches from the top."""

    figure: Any
    wide_in: float
    height_in: float
    y_in: float = 0.0

    def down(self, inches: float) -> None:
        """Go down the sheet."""
        self.y_in += inches

    def text(self, words: str, *, x_in: float = MARGIN_IN, **style: Any) -> None:
        """Write a line here."""
        x, y = x_in / self.wide_in, 1 - self.y_in / self.height_in
        self.figure.text(x, y, clean(words, LINE_LETTERS), **({"color": INK, "va": "center"} | style))

    def block(self, block: _Block) -> None:
        """Write a paragraph, and go below it."""
        for number, line in enumerate(block.lines):
            self.y_in += block.line_in * (0.5 if number == 0 else 1.0)
            self.text(line, **block.style)
        self.y_in += block.height_in - block.line_in * (len(block.lines) - 0.5) if block.lines else 0.0

    def _axes(self, x_in: float, y_in: float, wide_in: float, high_in: float) -> Any:
        low = 1 - (y_in + high_in / 2) / self.height_in
        axes = self.figure.add_axes((x_in / self.wide_in, low, wide_in / self.wide_in, high_in / self.height_in))
        axes.set(xlim=(0, wide_in * 72), ylim=(-high_in * 36, high_in * 36))
        axes.axis("off")
        return axes

    def key(self, x_in: float, down_in: float, marks: Sequence[Any], words: str) -> None:
        """Draw one entry of the legend."""
        axes = self._axes(x_in, self.y_in + down_in, 0.4, 0.16)
        for draw in marks:
            draw(axes)
        x, y = (x_in + 0.46) / self.wide_in, 1 - (self.y_in + down_in) / self.height_in
        self.figure.text(x, y, clean(words, KEY_LETTERS), size=KEY_PT, color=INK, va="center")

    def routes(self, rows: Sequence[_Row], scene: dict[str, Any]) -> None:
        """Write the list, and how many routes it leaves out."""
        for row in rows:
            self.route(row)
            self.down(row.height_in)
        if left_out := len(scene["routes"]) - len(rows):
            self.text(
                f"and {left_out} more routes" if rows else f"{left_out} routes",
                x_in=rows[0].columns.left if rows else MARGIN_IN,
                size=8.5,
                color=SOFT,
            )
            self.down(ROW_IN)

    def route(self, row: _Row) -> None:
        """Write the row of a route: number, name, length, verdict."""
        columns = row.columns
        axes = self._axes(columns.left, self.y_in, 0.24, 0.2)
        badge(axes, (8.6, 0.0), row.number, direct=row.route["kind"] == "great-circle")
        km, longer = (clean(row.route[key], FIGURE_LETTERS) for key in ("km", "extension"))
        below = 0
        if columns.stacked:
            self._lines([", ".join(filter(None, (km, longer)))], columns.verdict, len(row.name), size=8.3, color=SOFT)
            below = len(row.name) + 1
        else:
            self.text(km, x_in=columns.left + 4.45, size=8.5, ha="right")
            self.text(longer, x_in=columns.left + 5.32, size=8.5, ha="right", color=SOFT)
        self._lines(row.name, columns.left + 0.32, 0, size=8.3, weight="bold")
        self._lines(row.verdict, columns.verdict, below, size=8.3, color=row.colour)

    def _lines(self, lines: Sequence[str], x_in: float, below: int, **style: Any) -> None:
        """Write lines from here on down, so many lines below, and come back."""
        start = self.y_in
        for number, line in enumerate(lines, below):
            self.y_in = start + LINE_IN * number
            self.text(line, x_in=x_in, **style)
        self.y_in = start


def _wrapped(words: str, letters: int, most: int) -> list[str]:
    """Break words into so many lines at most."""
    # One line more than there is room for tells that something is left out.
    return textwrap.wrap(clean(words, letters * (most + 1)), letters, max_lines=most, placeholder=" …")


SIGNS = {"forbidden": ("✕", RED), "consent": ("◐", AMBER), "open": ("?", INK), "free": ("✓", GREEN)}


def _verdict(route: dict[str, Any]) -> tuple[str, str]:
    """Return what a route comes to, with a sign that colours alone would not give, and its colour."""
    if not route["said"]:
        return "", INK
    colour = SIGNS.get(route["said"][0]["kind"], ("", INK))[1]
    signs = (SIGNS.get(one["kind"], ("", ""))[0] for one in route["said"])
    return "; ".join(f"{sign} {one['text']}" for sign, one in zip(signs, route["said"], strict=True)), colour


def _laid_out(entries: list[tuple[list[Any], str]], inner_in: float) -> list[tuple[int, float, list[Any], str]]:
    """Set the entries of the legend in rows: row, inches from the left, marks, words."""
    found = []
    row, x_in = 0, MARGIN_IN
    for marks, words in entries:
        wide_in = 0.46 + len(words) * EM * KEY_PT / 72.0 + 0.25
        if x_in + wide_in > MARGIN_IN + inner_in + 0.25 and x_in > MARGIN_IN:
            row, x_in = row + 1, MARGIN_IN
        found.append((row, x_in, marks, words))
        x_in += wide_in
    return found
