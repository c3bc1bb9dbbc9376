"""A report on sheets of A4, as PDF: laid out here, drawn by matplotlib, its text searchable."""

from __future__ import annotations

import functools
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from overflight.errors import DataError, OverflightError
from overflight.evidence.blocks import Block, Cell, Facts, Figure, Heading, Items, Table, Text
from overflight.evidence.sketch import WIDE_PT, Area, Dot, Sketch, Stroke, Words
from overflight.maps.inks import (
    AMBER,
    DISPUTE,
    DISPUTE_PATTERN,
    GREEN,
    INK,
    LINE,
    MEMBER_HATCH,
    MEMBER_PATTERN,
    PAPER,
    RED,
    SOFT,
)
from overflight.maps.picture import STYLE
from overflight.outside.printable import visible

__all__ = ["paper"]

SHEET_PT = (595.0, 842.0)
LEFT, TOP, FLOOR = (SHEET_PT[0] - WIDE_PT) / 2, 44.0, 790.0
FOOT = "overflight: record of crossings; no legal advice"
LEADING = 1.36
GUTTER = 6.0
EM_PT = 100.0
"""Letters are measured at this size, in 64ths of a point."""
NAMES_PT = 104.0
WASH = "#f3f6f8"
Face = Literal["sans", "bold", "serif", "mono"]
FACES: dict[Face, dict[str, str]] = {
    "sans": {"family": "DejaVu Sans"},
    "bold": {"family": "DejaVu Sans", "weight": "bold"},
    "serif": {"family": "DejaVu Serif", "weight": "bold"},
    "mono": {"family": "DejaVu Sans Mono"},
}
HEADINGS = {1: (18.0, 0.0), 2: (13.5, 20.0), 3: (10.5, 13.0)}
"""Size of letters, and room above."""
EDGES = {"free": GREEN, "forbidden": RED, "marginal": AMBER}


@dataclass(frozen=True, slots=True)
class _Line:
    """Letters on a sheet: where their line begins (or ends, if `right`), in points from the upper left corner."""

    x: float
    y: float
    text: str
    size: float
    face: Face = "sans"
    colour: str = INK
    right: bool = False


@dataclass(frozen=True, slots=True)
class _Box:
    """A filled box."""

    x: float
    y: float
    wide: float
    tall: float
    colour: str


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A sketch with its upper left corner at a place."""

    x: float
    y: float
    sketch: Sketch


def paper(title: str, blocks: Iterable[Block]) -> bytes:
    r"""Lay blocks out on sheets.

    Parameters
    ----------
    title : str
        What a reader of PDF shows above.
    blocks : iterable of Block
        What is on them.

    Returns
    -------
    bytes
        The file; the same blocks make the same bytes, with the same version of matplotlib. A letter that the font
        (DejaVu Sans) lacks stands there by its number, as ``\u6771``.

    Raises
    ------
    OverflightError
        If matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_pdf import PdfPages
    except ImportError as error:
        msg = "a report as .pdf needs matplotlib: pip install 'overflight[print]', or save it as .html"
        raise OverflightError(msg) from error
    sheets = _Layout()
    for block in blocks:
        sheets.add(block)
    out = io.BytesIO()
    facts = {"Title": _legible(title, "sans"), "Creator": "overflight", "CreationDate": None}
    with mpl.rc_context(STYLE | {"text.usetex": False}), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            with PdfPages(out, metadata=facts) as file:
                for number, marks in enumerate(sheets.sheets, 1):
                    file.savefig(_sheet(marks, f"page {number} of {len(sheets.sheets)}"), facecolor=PAPER)
        except (ValueError, RuntimeError) as error:
            raise DataError(f"the report can't be drawn ({error}): save it as .html") from error
    return out.getvalue()


@dataclass(slots=True)
class _Layout:
    """Puts blocks on sheets, from the top of one to the floor of it, and on to the next."""

    sheets: list[list[_Line | _Box | _Drawing]] = field(default_factory=lambda: [[]])
    y: float = TOP

    def add(self, block: Block) -> None:
        """Lay one block out."""
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Text):
            self._text(block)
        elif isinstance(block, Items):
            for text in block.texts:
                self._room(1.0)
                self._put(_Line(LEFT + 3.0, self.y + 6.5, "•", 8.6))
                self._lines(text, 8.6, indent=12.0, above=1.5)
        elif isinstance(block, Facts):
            self.y += 5.0
            for name, value in block.rows:
                cells = [_wrapped(name, NAMES_PT - GUTTER, 8.6), _cell_lines(value, WIDE_PT - NAMES_PT, 8.6)]
                self._row(cells, [0.0, NAMES_PT], 8.6, colours=(SOFT, INK))
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._figure(block)

    def _put(self, mark: _Line | _Box | _Drawing) -> None:
        self.sheets[-1].append(mark)

    def _room(self, tall: float) -> bool:
        """Go on to the next sheet if so much does not fit on this one; tell whether that was so."""
        if self.y + tall <= FLOOR:
            return False
        self.sheets.append([])
        self.y = TOP
        return True

    def _heading(self, block: Heading) -> None:
        size, above = HEADINGS[block.level]
        lines = _wrapped(block.text, WIDE_PT, size, "serif")
        self._room(above + LEADING * size * len(lines) + 60.0)  # a heading alone at the foot of a sheet heads nothing
        if self.y > TOP:
            self.y += above
            if block.level == 2:
                self._put(_Box(LEFT, self.y - 5.0, WIDE_PT, 1.2, INK))
        for line in lines:
            self._put(_Line(LEFT, self.y + 0.5 * LEADING * size, line, size, "serif"))
            self.y += LEADING * size
        self.y += 1.0

    def _lines(  # noqa: PLR0917 - how a paragraph looks
        self, text: str, size: float, face: Face = "sans", colour: str = INK, indent: float = 0.0, above: float = 4.0
    ) -> None:
        self.y += above
        for line in _wrapped(text, WIDE_PT - indent, size, face):
            self._room(LEADING * size)
            self._put(_Line(LEFT + indent, self.y + 0.5 * LEADING * size, line, size, face, colour))
            self.y += LEADING * size

    def _text(self, block: Text) -> None:
        if block.look in {"plain", "lead", "small"}:
            size, colour = {"plain": (8.6, INK), "lead": (10.0, SOFT), "small": (7.8, SOFT)}[block.look]
            self._lines(block.text, size, colour=colour)
            return
        size, face = (7.8, "mono") if block.look == "code" else (10.5, "serif")
        lines = _wrapped(block.text, WIDE_PT - 20.0, size, "mono" if face == "mono" else "serif")
        self.y += 5.0
        for nth, line in enumerate(lines):
            tall = LEADING * size + 6.0 * ((nth == 0) + (nth == len(lines) - 1))
            self._room(tall)
            self._put(_Box(LEFT, self.y, WIDE_PT, tall, WASH))
            if block.look in EDGES:
                self._put(_Box(LEFT, self.y, 2.6, tall, EDGES[block.look]))
            at = self.y + 6.0 * (nth == 0) + 0.5 * LEADING * size
            self._put(_Line(LEFT + 10.0, at, line, size, "mono" if face == "mono" else "serif"))
            self.y += tall
        self.y += 2.0

    def _table(self, block: Table) -> None:
        size = 7.2
        left = [WIDE_PT * sum(block.shares[:n]) for n in range(len(block.shares))]
        wide = [WIDE_PT * share - GUTTER for share in block.shares]
        ends = {n: left[n] + wide[n] for n in block.right}
        head = [_wrapped(name, room, size, "bold") for name, room in zip(block.header, wide, strict=True)]
        first = (
            max((len(_cell_lines(c, w, size)) for c, w in zip(block.rows[0], wide, strict=True)), default=0)
            if block.rows
            else 0
        )
        self._room(min(LEADING * size * (first + max(map(len, head))) + 30.0, 0.6 * (FLOOR - TOP)))
        if block.caption:
            self._lines(block.caption, 7.8, colour=SOFT)
        self.y += 3.0
        self._row(head, left, size, ends=ends, face="bold", rule=(0.9, SOFT))
        for row in block.rows:
            cells = [_cell_lines(cell, room, size) for cell, room in zip(row, wide, strict=True)]
            tall = LEADING * size * max(map(len, cells)) + 5.0
            if self._room(min(tall, 0.6 * (FLOOR - TOP))):
                self._row(head, left, size, ends=ends, face="bold", rule=(0.9, SOFT))
            self._row(cells, left, size, ends=ends)

    def _row(  # noqa: PLR0917 - how a row looks
        self,
        cells: Sequence[Sequence[str]],
        left: Sequence[float],
        size: float,
        ends: dict[int, float] | None = None,
        face: Face = "sans",
        rule: tuple[float, str] = (0.4, LINE),
        colours: Sequence[str] = (),
    ) -> None:
        """Set cells beside each other, line by line, so that a row taller than a sheet goes on upon the next."""
        step = LEADING * size
        self._room(min(step * max(map(len, cells)) + 5.0, 0.6 * (FLOOR - TOP)))
        self.y += 2.5
        for nth in range(max(map(len, cells))):
            self._room(step)
            for column, lines in enumerate(cells):
                if nth < len(lines):
                    right = ends is not None and column in ends
                    x = LEFT + (ends[column] if ends is not None and right else left[column])
                    colour = colours[column] if colours else INK
                    self._put(_Line(x, self.y + 0.5 * step, lines[nth], size, face, colour, right))
            self.y += step
        self.y += 2.5
        self._put(_Box(LEFT, self.y - rule[0], WIDE_PT, *rule))

    def _figure(self, block: Figure) -> None:
        caption = _wrapped(block.caption, WIDE_PT, 7.8)
        self._room(block.sketch.height + 12.0 + LEADING * 7.8 * len(caption))
        self.y += 8.0
        self._put(_Drawing(LEFT, self.y, block.sketch))
        self.y += block.sketch.height
        self._lines(block.caption, 7.8, colour=SOFT)


# Letters --------------------------------------------------------------------------------------------------------------


@functools.cache
def _font(face: Face) -> Any:  # noqa: ANN401 - matplotlib's own
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties(**FACES[face])))  # type: ignore[arg-type]


@functools.cache
def _letters(face: Face) -> frozenset[int]:
    return frozenset(_font(face).get_charmap())


@functools.lru_cache(maxsize=20_000)
def _width(text: str, face: Face) -> float:
    """Return how wide letters of one point are."""
    font = _font(face)
    font.set_size(EM_PT, 72)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64.0 / EM_PT


def _legible(text: str, face: Face) -> str:
    """Show what has no look of its own, or none in this font, by its number."""
    known = _letters(face)
    shown = visible(text)
    return "".join(c if ord(c) in known else c.encode("unicode_escape").decode("ascii") for c in shown)


def _wrapped(text: str, wide: float, size: float, face: Face = "sans") -> list[str]:
    """Break a text into lines so wide, between words, or in a word that is wider."""
    lines: list[str] = []
    line, used = "", 0.0
    blank = _width("n n", face) - _width("nn", face)
    for part in _legible(text, face).split(" "):
        for word in _pieces(part, wide / size, face):
            length = _width(word, face)
            if line and used + blank + length > wide / size:
                lines.append(line)
                line, used = "", 0.0
            used += length + (blank if line else 0.0)
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _pieces(word: str, room: float, face: Face) -> Iterator[str]:
    """Cut a word that is wider than a line."""
    while word and _width(word, face) > room:
        count = max(1, int(len(word) * room / _width(word, face)))
        while count > 1 and _width(word[:count], face) > room:
            count -= 1
        yield word[:count]
        word = word[count:]
    yield word


def _cell_lines(cell: Cell, wide: float, size: float) -> list[str]:
    texts = (cell,) if isinstance(cell, str) else cell
    return [line for text in texts for line in _wrapped(text, wide, size)]


# Ink ------------------------------------------------------------------------------------------------------------------


def _sheet(marks: Sequence[_Line | _Box | _Drawing], foot: str) -> Any:  # noqa: ANN401 - matplotlib's own
    from matplotlib.figure import Figure as Sheet
    from matplotlib.patches import Rectangle

    wide, tall = SHEET_PT
    figure = Sheet(figsize=(wide / 72.0, tall / 72.0))
    below = [
        _Line(LEFT, 815.0, FOOT, 7.0, colour=SOFT),
        _Line(LEFT + WIDE_PT, 815.0, foot, 7.0, colour=SOFT, right=True),
    ]
    for mark in (*marks, *below):
        if isinstance(mark, _Line):
            look: dict[str, Any] = {
                "size": mark.size,
                "color": mark.colour,
                "va": "center_baseline",
                **FACES[mark.face],
            }
            figure.text(mark.x / wide, 1.0 - mark.y / tall, mark.text, ha="right" if mark.right else "left", **look)
        elif isinstance(mark, _Box):
            corner = (mark.x / wide, 1.0 - (mark.y + mark.tall) / tall)
            box = Rectangle(corner, mark.wide / wide, mark.tall / tall, facecolor=mark.colour, edgecolor="none")
            figure.add_artist(box)
            box.set(transform=figure.transFigure, zorder=-1)
        else:
            _draw(figure, mark)
    return figure


def _draw(figure: Any, drawing: _Drawing) -> None:  # noqa: ANN401 - matplotlib's own
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline
    from matplotlib.patheffects import withStroke

    wide, tall = SHEET_PT
    sketch = drawing.sketch
    axes = figure.add_axes(
        (drawing.x / wide, 1.0 - (drawing.y + sketch.height) / tall, sketch.width / wide, sketch.height / tall)
    )
    axes.set(xlim=(0.0, sketch.width), ylim=(sketch.height, 0.0), xticks=[], yticks=[], facecolor=sketch.ground)
    for spine in axes.spines.values():
        spine.set(color=LINE, linewidth=0.6)
    for level, mark in enumerate(sketch.marks, 2):
        if isinstance(mark, Area):
            shape = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in mark.rings))
            look: dict[str, Any] = {"facecolor": mark.fill, "edgecolor": "none"}
            if mark.hatch == "member":
                look |= {"edgecolor": MEMBER_HATCH, "hatch": MEMBER_PATTERN}
            elif mark.hatch == "dispute":
                look |= {"edgecolor": DISPUTE, "hatch": DISPUTE_PATTERN}
            axes.add_patch(PathPatch(shape, lw=0.0, zorder=level, **look))
        elif isinstance(mark, Stroke):
            style = {"ls": (0, [part / mark.width for part in mark.dash])} if mark.dash else {}
            axes.plot(*mark.points.T, color=mark.colour, lw=mark.width, zorder=level, solid_capstyle="butt", **style)
        elif isinstance(mark, Dot):
            axes.plot(*mark.at, "o", ms=2 * mark.radius, mfc=mark.fill, mec=mark.rim, mew=1.2, zorder=level)
        else:
            _write(axes, mark, level, withStroke)


def _write(axes: Any, mark: Words, level: int, halo: Any) -> None:  # noqa: ANN401 - matplotlib's own
    face: Face = "bold" if mark.bold else "sans"
    side = {"start": "left", "middle": "center", "end": "right"}[mark.anchor]
    axes.text(
        *mark.at, _legible(mark.text, face), size=mark.size, color=mark.colour, ha=side, va="center_baseline",
        zorder=level, clip_on=True, path_effects=[halo(linewidth=1.6, foreground=PAPER)], **FACES[face],
    )  # fmt: skip
