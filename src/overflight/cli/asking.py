"""The tables of whom to ask next, which `routes --ledger` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.ledgers import is_complete
from overflight.cli.screens import paragraph
from overflight.cli.tables import Cell, boxed, tsv_text
from overflight.cli.writing import is_fancy
from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from overflight.airspace import State
    from overflight.detours import Candidates

__all__ = ["asking_table"]


def asking_table(found: Candidates, *, to_file: Path | None = None) -> str:
    """Write the sets still open, the shortest way first, then what each refusal would cost."""
    direct_km = found[0].route.length_km
    fancy = is_fancy(to_file)
    named = _names if fancy else _codes
    ways: list[list[Cell]] = [
        [n, named(one.consents), named(one.granted), one.length_km, (one.length_km or 0.0) - direct_km]
        for n, one in enumerate(found.open, 1)
    ]
    costs: list[list[Cell]] = [
        [
            one.state.name if fancy else one.state.code,
            "no way left" if fancy and one.length_km is None else named(one.consents),
            one.length_km,
            one.extra_km,
            one.complete,
        ]
        for one in found.refusals
        if not fancy or one.extra_km != 0.0
    ]
    if not fancy:
        header = ("n", "to_ask", "granted", "km", "extension_km")
        second = ("if_refused", "then_ask", "km", "extra_km", "complete")
        return "\n".join(tsv_text(names, _rounded(rows)) for names, rows in ((header, ways), (second, costs)))
    table = boxed(("#", "still to ask", "granted", "km", "longer, km"), ways, texts=("still to ask", "granted"))
    if costs:
        header = ("if this refuses", "then ask", "km", "more, km", "sure")
        table += boxed(header, costs, texts=("then ask",))
    return "\n".join([table.rstrip("\n"), *(paragraph(one_line(line)) for line in _words(found))]) + "\n"


def _words(found: Candidates) -> list[str]:
    """Say what the tables are of, and how far they go."""
    size = found.searched_size
    lines = [f"to ask: the sets of up to {size} states with which a way was found, the shortest way first"]
    if idle := [one.state.name for one in found.refusals if one.extra_km == 0.0]:
        lines.append(f"the shortest way does not need {', '.join(idle)}")
    if not is_complete(found):
        lines.append("not complete: the search was cut short, and there may be shorter ways and other sets")
    return lines


def _names(states: Sequence[State]) -> str:
    return ", ".join(state.name for state in states)


def _codes(states: Sequence[State]) -> str:
    return " ".join(state.code for state in states)


def _rounded(rows: list[list[Cell]]) -> list[list[Cell]]:
    return [[round(cell, 3) if isinstance(cell, float) else cell for cell in row] for row in rows]
