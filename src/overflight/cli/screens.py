"""What `check` shows at a terminal: a briefing for people, with each dispute in full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.colours import Tone, painted, tone_of
from overflight.cli.flown import gap_lines, is_presumed
from overflight.cli.report import context, crossing_table
from overflight.cli.tables import Cell, boxed, fits, terminal_columns, tsv_text, wrapped
from overflight.cli.writing import is_fancy, styled
from overflight.outside.printable import one_line
from overflight.routes.places import format_latlon
from overflight.rules.wording.findings import aside, claim, dispute
from overflight.rules.wording.gaps import PRESUMED
from overflight.rules.wording.waters import beyond_land

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.cli.report import Report

__all__ = ["Notes", "check_table", "paragraph"]

PLACES = ("in at (lat,lon)", "out at (lat,lon)")
TIMES = ("in at (UTC)", "out at (UTC)")
TEXTS = ("name", "answer")
BELOW = (TIMES, ("role",), ("answer",))
"""What goes below the rows of a narrow terminal, the first first."""


class Notes:
    """Notes under a table, numbered in the order in which they are first referred to; each stands there once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, text: str) -> str:
        """Return the mark that refers to a note, such as ``[2]``."""
        return f"[{self._numbers.setdefault(one_line(text), len(self._numbers) + 1)}]"

    def __str__(self) -> str:
        lines = []
        for text, number in self._numbers.items():
            mark = f"[{number}] "
            lines.append(paragraph(mark + text, indent=len(mark)))
        return "".join(f"{line}\n" for line in lines)


def paragraph(text: str, *, indent: int = 2) -> str:
    """Wrap a line to the terminal's width; what follows its first line is indented."""
    width = max(terminal_columns(), 20)
    first, *rest = wrapped(text, width)
    return "\n".join([first, *(" " * indent + line for line in wrapped(" ".join(rest), width - indent) if line)])


def check_table(reports: Sequence[Report], *, to_file: Path | None = None) -> str:
    """Write the crossings of each route: a briefing on a terminal, rows in a pipe."""
    if not is_fancy(to_file):
        return tsv_text(*crossing_table(reports))
    return "\n".join(_briefing(r) for r in reports)


def _briefing(report: Report) -> str:
    route, verdict = report.case.route, report.verdict
    status = verdict.status if verdict.findings or report.case.sets else "no rule given"
    over = report.case.extension
    longer = f", {over.pct:+.1f} %" if over and over.pct else ""
    length = f"{route.length_km:,.1f} km ({route.length_nm:,.1f} NM{longer})"
    title = paragraph(f"{report.name}  {length}  {status}")
    plain = title.removesuffix(status)  # all of it, where the status itself is broken
    coloured = painted(status, tone_of(status), bold=True) if plain != title else ""
    lines = [styled(plain, bold=True) + coloured, paragraph(one_line(context([report])))]
    notes = Notes()
    header, rows, tones = _rows(report, notes)
    if rows:
        lines.append(boxed(header, rows, texts=TEXTS, below=BELOW, tones=tones).rstrip("\n"))
    if verdict.crossings.high_seas_km >= 0.05:
        lines.append(f"high seas: {verdict.crossings.high_seas_km:,.1f} km")
    if (met := report.as_expected()) is not None and (proposal := report.proposal):
        whom = f" {', '.join(proposal.crosses)}" if proposal.crosses else ""
        told = f"expected: {proposal.expect}{whom}: {'as expected' if met else 'NOT AS EXPECTED'}"
        lines.append(one_line(told))
    lines += [paragraph(one_line(line)) for f in verdict.findings if (line := aside(f, claim(f, notes.mark)))]
    lines += [" " * far + paragraph(one_line(line), indent=far + 2) for far, line in gap_lines(report.gaps)]
    return "\n".join([*lines, str(notes)])


def _rows(report: Report, notes: Notes) -> tuple[list[str], list[list[Cell]], list[Tone | None]]:
    """Lay out the crossings, those in areas last; by coordinates, too, where there is room for all of it.

    Besides the titles and the cells, returns what the rules make of each.
    """
    case, schedule = report.case, report.case.schedule
    header = ["#", "state", "name", "role", "in km", "out km", "km", "answer", *TIMES * bool(schedule), *PLACES]
    crossings = [(c, c.state.code, _name(c, case, notes), case.forbidden_by(c)) for c in report.verdict.crossings]
    crossings += [(c, "", f"area {c.state.name}", [rule] if rule else []) for rule, c in report.area_crossings()]
    rows: list[list[Cell]] = []
    tones: list[Tone | None] = []
    for n, (c, code, name, broken) in enumerate(crossings, 1):
        said = _answer(c, broken, case)
        row: list[Cell] = [n, code, name, c.role, c.entry_km, c.exit_km, c.length_km, said]
        row += [schedule.clock(c.entry_km), schedule.clock(c.exit_km)] if schedule else []
        rows.append([*row, format_latlon(*c.entry), format_latlon(*c.exit)])
        tones.append(tone_of(said))
    if fits(header, rows, texts=TEXTS):
        return header, rows, tones
    return header[: -len(PLACES)], [row[: -len(PLACES)] for row in rows], tones


def _answer(crossing: Crossing, broken: Sequence[str], case: Case) -> str:
    """Say what the rules make of a crossing, and which of several forbids it."""
    if broken:
        return "forbidden" if len(case.sets) == 1 else f"forbidden by {'; '.join(broken)}"
    if case.standing(crossing) == "consented":
        return "needs consent"
    open_ = any(crossing in finding.crossings for finding in case.verdict.findings if finding.status == "marginal")
    return "not known" if open_ else ""


def _name(crossing: Crossing, case: Case, notes: Notes) -> str:
    """Name the state, its territory where that has a code of its own, and what notes tell of the crossing."""
    territory = f" ({crossing.territory})" if crossing.territory not in {*case.world.states, "XXX"} else ""
    marks = [dispute(crossing)] if crossing.disputed else []
    marks += [PRESUMED] if is_presumed(case, crossing) else []
    if stays := case.waters_of(crossing):
        marks.append(beyond_land(crossing, stays))
    return " ".join([crossing.state.name + territory, *map(notes.mark, marks)])
