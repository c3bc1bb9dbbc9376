"""Tables: light boxes on a terminal, plain tab-separated rows in a pipe, CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from pathlib import Path

from overflight.cli.writing import is_fancy, styled

__all__ = ["Cell", "boxed", "clean", "csv_text", "table_text", "tsv_text"]

Cell = str | float | int | bool | None
COLOURS = {"crosses": "red", "marginal": "yellow", "clear": "green"}


def table_text(header: Sequence[str], rows: Sequence[Sequence[Cell]], *, to_file: Path | None = None) -> str:
    """Write rows for whoever reads them: boxes for people at a terminal, tabs for programs and files."""
    return boxed(header, rows) if is_fancy(to_file) else tsv_text(header, rows)


def boxed(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Draw a light box; numbers stand right, texts left."""
    cells = [[_human(cell) for cell in row] for row in rows]
    natural = [max([len(title), *(len(row[i]) for row in cells)]) for i, title in enumerate(header)]
    widths = _fitted(natural, [len(title) for title in header])
    cells = [[c if len(c) <= w else f"{c[: w - 1]}…" for c, w in zip(row, widths, strict=True)] for row in cells]
    right = [
        bool(rows) and all(isinstance(row[i], int | float | None) and row[i] is not True for row in rows)
        for i in range(len(header))
    ]

    def rule(left: str, middle: str, end: str) -> str:
        return left + middle.join("─" * (w + 2) for w in widths) + end

    def line(row: Sequence[str], *, plain: bool) -> str:
        parts = []
        for text, width, to_right in zip(row, widths, right, strict=True):
            padded = text.rjust(width) if to_right else text.ljust(width)
            parts.append(padded if plain or text not in COLOURS else styled(padded, fg=COLOURS[text]))
        return "│ " + " │ ".join(parts) + " │"

    head = styled(line(header, plain=True), bold=True)
    body = [line(row, plain=False) for row in cells]
    return "\n".join([rule("┌", "┬", "┐"), head, rule("├", "┼", "┤"), *body, rule("└", "┴", "┘"), ""])


def _fitted(natural: list[int], least: list[int]) -> list[int]:
    """Narrow the widest columns until a table fits the terminal, or cannot get narrower."""
    widths = list(natural)
    room = shutil.get_terminal_size((120, 24)).columns - 3 * len(widths) - 1
    while sum(widths) > room:
        i = max(range(len(widths)), key=lambda k: widths[k] - max(least[k], 8))
        if widths[i] <= max(least[i], 8):
            break
        widths[i] -= 1
    return widths


def tsv_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Write tab-separated rows under a header; a tab or line break inside a cell becomes a space."""
    return "".join("\t".join(_plain(cell) for cell in row) + "\n" for row in (header, *rows))


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Write RFC 4180 CSV; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def clean(text: str) -> str:
    """Replace what would move a terminal's cursor or change its colours."""
    return "".join(c if c.isprintable() else " " for c in text)


def _human(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,.1f}" if isinstance(cell, float) else clean(str(cell))


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return clean(str(cell).lower() if isinstance(cell, bool) else str(cell))


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str):
        text = clean(cell)
        return f"'{text}" if text.lstrip()[:1] in tuple("=+-@|") else text
    return cell
