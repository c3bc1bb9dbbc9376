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
LONGEST, LONGEST_IN_TABLE = 120, 1200
"""Characters of a text in a line, and in a cell: names come from files."""


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
        words = iter(self.words)
        told = [_cut(word) for word in islice(words, MOST_WORDS)]
        told += [f"and {self.total - len(told):,} more"] if next(words, None) is not None else []
        return f"<{visible(_cut(self.title))}{': ' if told else ''}{visible('; '.join(told))}>"

    def html(self) -> str:
        """Write it as a table of HTML, which has its notebook's colours and holds no script."""
        rows = list(islice(self.rows, MOST_ROWS))
        more = [f"... and {self.total - len(rows):,} more"] if self.total > len(rows) else []
        right = [all(row[i] is None or _is_number(row[i]) for row in rows) for i in range(len(self.header))]
        head = "".join(
            f'<th scope="col"{RIGHT if i and right[i] else LEFT}>{xml_text(title)}</th>'
            for i, title in enumerate(self.header)
        )
        body = "".join(f"<tr>{_first(row[0])}{''.join(map(_cell, row[1:]))}</tr>" for row in rows)
        wide = f'<tr><td colspan="{len(self.header)}"{LEFT}>'
        foot = "".join(f"{wide}{xml_text(_cut(note, LONGEST_IN_TABLE))}</td></tr>" for note in [*more, *self.notes])
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


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _first(cell: Cell) -> str:
    return f'<th scope="row"{LEFT}>{_text(cell)}</th>'


def _cell(cell: Cell) -> str:
    return f"<td{RIGHT if _is_number(cell) else LEFT}>{_text(cell)}</td>"


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,.1f}" if isinstance(cell, float) else xml_text(_cut(str(cell), LONGEST_IN_TABLE))
