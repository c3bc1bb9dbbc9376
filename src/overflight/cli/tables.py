"""Tables: light boxes on a terminal, plain tab-separated rows in a pipe, CSV that no spreadsheet runs.

Nothing is cut in a box. Texts run over several lines; codes, dates and numbers stay whole; and columns for which there
is no room go below their row.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import unicodedata
from collections.abc import Collection, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from overflight.cli.colours import Tone, painted, tone_of
from overflight.cli.writing import is_fancy, styled
from overflight.outside.printable import guarded, one_line

__all__ = ["Cell", "boxed", "csv_text", "fits", "table_text", "terminal_columns", "tsv_text", "wrapped"]

Cell = str | float | int | bool | None
LONGEST_WORD = 16
"""Words longer than this are broken where a column of texts is narrow; no name of a state is."""
_SPACE = re.compile(r"(?<!\d) | (?!(?:km|NM|m|%)(?!\w))")
"""Where a line may end: at a space, but for that between a number and its unit."""


def table_text(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    texts: Collection[str] = (),
    to_file: Path | None = None,
) -> str:
    """Write rows for whoever reads them: boxes for people at a terminal, tabs for programs and files."""
    return boxed(header, rows, texts=texts) if is_fancy(to_file) else tsv_text(header, rows)


def boxed(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    texts: Collection[str] = (),
    below: Sequence[Collection[str]] = (),
    tones: Sequence[Tone | None] = (),
) -> str:
    """Draw a light box as wide as the terminal at most; numbers stand right, texts left.

    Parameters
    ----------
    header : sequence of str
        Titles, each another; they may run over several lines.
    rows : sequence of sequences
        The cells.
    texts : collection of str
        Titles of the columns whose cells may run over several lines.
    below : sequence of collections of str
        Titles of the columns to put below their rows where there is no room, the first group first; after these, the
        last columns.
    tones : sequence, optional
        What each row says: its `texts` have that colour. A cell that is itself an answer has its own.
    """
    cells = [[_human(cell) for cell in row] for row in rows]
    kept, dropped = list(range(len(header))), list[int]()
    groups = [*below, *([title] for title in reversed(header[1:]))]
    while not fits([header[i] for i in kept], [[row[i] for i in kept] for row in cells], texts=texts) and groups:
        group = groups.pop(0)
        dropped += [i for i in kept if header[i] in group]
        kept = [i for i in kept if header[i] not in group]
    dropped.sort()
    widths = _fitted([_widths(header[i], [row[i] for row in cells], header[i] in texts) for i in kept])
    right = [all(isinstance(row[i], int | float | None) and row[i] is not True for row in rows) for i in kept]

    def rule(left: str, middle: str, end: str) -> str:
        return left + middle.join("─" * (w + 2) for w in widths) + end

    def lines(row: Sequence[str], said: Sequence[Tone | None]) -> list[str]:
        folded = [wrapped(row[i], width) for i, width in zip(kept, widths, strict=True)]
        found = []
        for n in range(max(map(len, folded))):
            parts = []
            for cell, width, to_right, one in zip(folded, widths, right, said, strict=True):
                text = cell[n] if n < len(cell) else ""
                gap = " " * (width - _columns(text))
                shown = painted(text, one)
                parts.append(gap + shown if to_right and rows else shown + gap)
            found.append("│ " + " │ ".join(parts) + " │")
        return found

    def tones_of(row: Sequence[str], tone: Tone | None) -> list[Tone | None]:
        return [tone_of(row[i]) or (tone if header[i] in texts else None) for i in kept]

    def more(row: Sequence[str]) -> list[str]:
        room, indent = sum(widths) + 3 * len(widths) - 3, widths[0] + 3 if len(widths) > 1 else 0
        told = _packed([f"{header[i]} {row[i]}".strip() for i in dropped if row[i]], room - indent)
        return [f"│ {' ' * indent}{text}{' ' * (room - indent - _columns(text))} │" for text in told]

    head = [styled(line, bold=True) for line in lines(header, [None] * len(kept))]
    told = zip_longest(cells, tones[: len(cells)])
    body = chain.from_iterable([*lines(row, tones_of(row, tone)), *more(row)] for row, tone in told)
    return "\n".join([rule("┌", "┬", "┐"), *head, rule("├", "┼", "┤"), *body, rule("└", "┴", "┘"), ""])


def fits(header: Sequence[str], rows: Sequence[Sequence[Cell]], *, texts: Collection[str] = ()) -> bool:
    """Tell whether a box has room on the terminal for all its columns, as narrow as they can be."""
    cells = [[_human(cell) for cell in row] for row in rows]
    least = [_widths(title, [row[i] for row in cells], title in texts)[0] for i, title in enumerate(header)]
    return sum(least) <= _room(len(least))


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines at its spaces, but not before a unit; a word longer than a line is broken, too."""
    lines, line = [], ""
    for word in _SPACE.split(text):
        joined = f"{line} {word}" if line else word
        if _columns(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if line and _columns(line + character) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line]


def terminal_columns() -> int:
    """Return how wide the terminal is."""
    return shutil.get_terminal_size((120, 24)).columns


def _room(columns: int) -> int:
    """Return what the rules and gaps of a box leave for its columns."""
    return terminal_columns() - 3 * columns - 1


def _widths(title: str, cells: Sequence[str], is_text: bool) -> tuple[int, int]:
    """Return how narrow a column can be, and how wide it is best."""
    words = [min(_columns(word), LONGEST_WORD) for cell in cells for word in _SPACE.split(cell)]
    whole = [_columns(cell) for cell in cells]
    least = max([*map(_columns, title.split(" ")), *(words if is_text else whole)])
    return least, max([least, _columns(title), *whole])


def _fitted(widths: Sequence[tuple[int, int]]) -> list[int]:
    """Narrow the widest columns until a table fits the terminal, or cannot get narrower."""
    found = [best for _, best in widths]
    least = [narrow for narrow, _ in widths]
    while sum(found) > _room(len(found)):
        i = max(range(len(found)), key=lambda k: (found[k] > least[k], found[k]))
        if found[i] <= least[i]:
            break
        found[i] -= 1
    return found


def _packed(items: Sequence[str], width: int) -> list[str]:
    """Put as many items side by side as a line holds; an item longer than a line is wrapped."""
    lines: list[str] = []
    for item in items:
        if lines and _columns(lines[-1]) + 3 + _columns(item) <= width:
            lines[-1] += f"   {item}"
        else:
            lines += wrapped(item, width)
    return lines


def _columns(text: str) -> int:
    """Count the columns of a terminal that a text takes: two for the letters of Chinese and Japanese."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def tsv_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Write tab-separated rows under a header; what is not printable inside a cell is shown as an escape."""
    return "".join("\t".join(_plain(cell) for cell in row) + "\n" for row in (header, *rows))


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Write RFC 4180 CSV; what is not printable is shown as an escape.

    A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are numbers.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _human(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,.1f}" if isinstance(cell, float) else one_line(str(cell))


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    text = one_line(str(cell).lower() if isinstance(cell, bool) else str(cell))
    # Programs that read quotes would take all up to the next one for one cell.
    return rf"\x22{text[1:]}" if text.startswith('"') else text


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return str(cell).lower()
    return one_line(guarded(cell)) if isinstance(cell, str) else cell
