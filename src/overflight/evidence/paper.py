"""A report on sheets of A4, as PDF: laid out here, drawn by matplotlib, its text searchable."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from overflight.errors import DataError, OverflightError
from overflight.evidence.blocks import Block, Cell, Facts, Figure, Heading, Items, Table, Text
from overflight.evidence.ink import LEFT, Box, Drawing, Face, Line, legible, sheet, width
from overflight.evidence.sketch import WIDE_PT
from overflight.maps.inks import AMBER, GREEN, INK, LINE, PAPER, RED, SOFT
from overflight.maps.picture import STYLE
from overflight.maps.tagged import Node, tagged

__all__ = ["paper"]

TOP, FLOOR = 44.0, 790.0
LEADING = 1.36
GUTTER = 6.0
NAMES_PT = 104.0
WASH = "#f3f6f8"
HEADINGS = {1: (18.0, 0.0), 2: (13.5, 20.0), 3: (10.5, 13.0)}
"""Size of letters, and room above."""
EDGES = {"free": GREEN, "forbidden": RED, "marginal": AMBER}


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
        (DejaVu Sans) lacks stands there by its number, as ``\u6771``. With pypdf installed, it is tagged: headings,
        paragraphs, lists, tables with their heads, and figures with words that stand for them.

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
    facts = {"Title": legible(title, "sans"), "Creator": "overflight", "CreationDate": None}
    with mpl.rc_context(STYLE | {"text.usetex": False}), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            with PdfPages(out, metadata=facts) as file:
                for number, drawn in enumerate(sheets.sheets, 1):
                    file.savefig(sheet(drawn, number, len(sheets.sheets)), facecolor=PAPER)
        except (ValueError, RuntimeError) as error:
            raise DataError(f"the report can't be drawn ({error}): save it as .html") from error
    return tagged(out.getvalue(), sheets.root, lang="en")


@dataclass(slots=True)
class _Layout:
    """Puts blocks on sheets, from the top of one to the floor of it, and on to the next."""

    sheets: list[list[Line | Box | Drawing]] = field(default_factory=lambda: [[]])
    y: float = TOP
    root: Node = field(default_factory=lambda: Node("Document"))

    def add(self, block: Block) -> None:
        """Lay one block out."""
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Text):
            self._text(block)
        elif isinstance(block, Items):
            items = self.root.add("L")
            for text in block.texts:
                item = items.add("LI")
                self._room(1.0)
                self._put(Line(LEFT + 3.0, self.y + 6.5, "•", 8.6, part=item.add("Lbl")))
                self._lines(text, 8.6, part=item.add("LBody"), indent=12.0, above=1.5)
        elif isinstance(block, Facts):
            self.y += 5.0
            facts = self.root.add("Table")
            for name, value in block.rows:
                cells = [_wrapped(name, NAMES_PT - GUTTER, 8.6), _cell_lines(value, WIDE_PT - NAMES_PT, 8.6)]
                row = facts.add("TR")
                parts = [row.add("TH", scope="Row"), row.add("TD")]
                self._row(cells, [0.0, NAMES_PT], 8.6, parts, colours=(SOFT, INK))
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._figure(block)

    def _put(self, mark: Line | Box | Drawing) -> None:
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
        part = self.root.add(f"H{block.level}")
        self._room(above + LEADING * size * len(lines) + 60.0)  # a heading alone at the foot of a sheet heads nothing
        if self.y > TOP:
            self.y += above
            if block.level == 2:
                self._put(Box(LEFT, self.y - 5.0, WIDE_PT, 1.2, INK))
        for line in lines:
            self._put(Line(LEFT, self.y + 0.5 * LEADING * size, line, size, "serif", part=part))
            self.y += LEADING * size
        self.y += 1.0

    def _lines(  # noqa: PLR0917 - how a paragraph looks
        self, text: str, size: float, part: Node, colour: str = INK, indent: float = 0.0, above: float = 4.0
    ) -> None:
        self.y += above
        for line in _wrapped(text, WIDE_PT - indent, size):
            self._room(LEADING * size)
            self._put(Line(LEFT + indent, self.y + 0.5 * LEADING * size, line, size, colour=colour, part=part))
            self.y += LEADING * size

    def _text(self, block: Text) -> None:
        if block.look in {"plain", "lead", "small"}:
            size, colour = {"plain": (8.6, INK), "lead": (10.0, SOFT), "small": (7.8, SOFT)}[block.look]
            self._lines(block.text, size, self.root.add("P"), colour=colour)
            return
        part = self.root.add("P")
        size, face = (7.8, "mono") if block.look == "code" else (10.5, "serif")
        lines = _wrapped(block.text, WIDE_PT - 20.0, size, "mono" if face == "mono" else "serif")
        self.y += 5.0
        for nth, line in enumerate(lines):
            tall = LEADING * size + 6.0 * ((nth == 0) + (nth == len(lines) - 1))
            self._room(tall)
            self._put(Box(LEFT, self.y, WIDE_PT, tall, WASH))
            if block.look in EDGES:
                self._put(Box(LEFT, self.y, 2.6, tall, EDGES[block.look]))
            at = self.y + 6.0 * (nth == 0) + 0.5 * LEADING * size
            self._put(Line(LEFT + 10.0, at, line, size, "mono" if face == "mono" else "serif", part=part))
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
        table = self.root.add("Table")
        if block.caption:
            self._lines(block.caption, 7.8, table.add("Caption"), colour=SOFT)
        self.y += 3.0
        heads = table.add("TR")
        titles = [heads.add("TH", scope="Column") for _ in head]
        self._row(head, left, size, titles, ends=ends, face="bold", rule=(0.9, SOFT))
        for row in block.rows:
            cells = [_cell_lines(cell, room, size) for cell, room in zip(row, wide, strict=True)]
            tall = LEADING * size * max(map(len, cells)) + 5.0
            if self._room(min(tall, 0.6 * (FLOOR - TOP))):
                # The head once more is for the eye.
                self._row(head, left, size, [None] * len(head), ends=ends, face="bold", rule=(0.9, SOFT))
            own = table.add("TR")
            self._row(cells, left, size, [own.add("TD") for _ in cells], ends=ends)

    def _row(  # noqa: PLR0917 - how a row looks
        self,
        cells: Sequence[Sequence[str]],
        left: Sequence[float],
        size: float,
        parts: Sequence[Node | None],
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
                    self._put(Line(x, self.y + 0.5 * step, lines[nth], size, face, colour, right, parts[column]))
            self.y += step
        self.y += 2.5
        self._put(Box(LEFT, self.y - rule[0], WIDE_PT, *rule))

    def _figure(self, block: Figure) -> None:
        caption = _wrapped(block.caption, WIDE_PT, 7.8)
        self._room(block.sketch.height + 12.0 + LEADING * 7.8 * len(caption))
        self.y += 8.0
        self._put(Drawing(LEFT, self.y, block.sketch, self.root.add("Figure", alt=block.sketch.told)))
        self.y += block.sketch.height
        self._lines(block.caption, 7.8, self.root.add("P"), colour=SOFT)


# Letters --------------------------------------------------------------------------------------------------------------


def _wrapped(text: str, wide: float, size: float, face: Face = "sans") -> list[str]:
    """Break a text into lines so wide, between words, or in a word that is wider."""
    lines: list[str] = []
    line, used = "", 0.0
    blank = width("n n", face) - width("nn", face)
    for part in legible(text, face).split(" "):
        for word in _pieces(part, wide / size, face):
            length = width(word, face)
            if line and used + blank + length > wide / size:
                lines.append(line)
                line, used = "", 0.0
            used += length + (blank if line else 0.0)
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _pieces(word: str, room: float, face: Face) -> Iterator[str]:
    """Cut a word that is wider than a line."""
    while word and width(word, face) > room:
        count = max(1, int(len(word) * room / width(word, face)))
        while count > 1 and width(word[:count], face) > room:
            count -= 1
        yield word[:count]
        word = word[count:]
    yield word


def _cell_lines(cell: Cell, wide: float, size: float) -> list[str]:
    texts = (cell,) if isinstance(cell, str) else cell
    return [line for text in texts for line in _wrapped(text, wide, size)]
