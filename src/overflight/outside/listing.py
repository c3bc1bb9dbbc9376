"""How a result shows itself: in one line where Python prints it, as a short table in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from overflight.outside.printable import visible, xml_text

__all__ = ["Cell", "Listed", "Listing"]

Cell = str | float | int | bool | None
MOST_ROWS, MOST_WORDS = 12, 6
"""No more than this is shown; how many more there are is said."""
LONGEST = 120
"""Characters of a text in a line or a cell: names come from files."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to show of a result.

    Attributes
    ----------
    title : str
        What it is, in a few words.
    words : iterable of str
        Its parts, a few words each.
    header : tuple of str
        Titles of the columns.
    rows : iterable of sequences
        The same parts as cells, the first of which says which it is.
    total : int
        How many parts there are.
    notes : tuple of str
        What else there is to know, in sentences.
    """

    title: str
    words: Iterable[str]
    header: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    total: int
    notes: tuple[str, ...] = ()

    def line(self) -> str:
        """Write it in one line."""
        told = [_cut(word) for word in islice(self.words, MOST_WORDS)]
        told += [f"and {self.total - len(told):,} more"] if told and self.total > len(told) else []
        return f"<{visible(_cut(self.title))}{': ' if told else ''}{visible('; '.join(told))}>"

    def html(self) -> str:
        """Write it as a table of HTML, which has its notebook's colours and holds no script."""
        rows = list(islice(self.rows, MOST_ROWS))
        more = [f"... and {self.total - len(rows):,} more"] if self.total > len(rows) else []
        head = "".join(f'<th scope="col"{LEFT}>{xml_text(title)}</th>' for title in self.header)
        body = "".join(f"<tr>{_first(row[0])}{''.join(map(_cell, row[1:]))}</tr>" for row in rows)
        wide = f'<tr><td colspan="{len(self.header)}"{LEFT}>'
        foot = "".join(f"{wide}{xml_text(note)}</td></tr>" for note in [*more, *self.notes])
        return (
            f"<table><caption>{xml_text(_cut(self.title))}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody>{f'<tfoot>{foot}</tfoot>' if foot else ''}</table>"
        )


class Listed:
    """What shows itself by its `Listing`."""

    __slots__ = ()

    def _listing(self) -> Listing:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._listing().line()

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a short table."""
        return self._listing().html()


LEFT, RIGHT = ' style="text-align: left"', ' style="text-align: right"'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _first(cell: Cell) -> str:
    return f'<th scope="row"{LEFT}>{_text(cell)}</th>'


def _cell(cell: Cell) -> str:
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return f"<td{RIGHT if number else LEFT}>{_text(cell)}</td>"


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,.1f}" if isinstance(cell, float) else xml_text(_cut(str(cell)))
