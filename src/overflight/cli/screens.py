"""What `check` shows at a terminal: a briefing for people, with each dispute in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.colours import Tone, painted, tone_of
from overflight.cli.costing import TITLES, footnotes
from overflight.cli.findings import said_of
from overflight.cli.flown import gap_lines, is_presumed
from overflight.cli.layers import layer_lines
from overflight.cli.report import crossing_table
from overflight.cli.settings import context
from overflight.cli.tables import Cell, boxed, fits, terminal_columns, tsv_text, wrapped
from overflight.cli.writing import is_fancy, styled
from overflight.outside.printable import one_line
from overflight.routes.places import format_latlon
from overflight.rules.wording.answers import row_words
from overflight.rules.wording.findings import aside, claim, dispute, holder
from overflight.rules.wording.gaps import PRESUMED
from overflight.rules.wording.stays import Along, merged
from overflight.rules.wording.waters import beyond_land

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.cli.report import Report

__all__ = ["Notes", "check_table", "paragraph"]

PLACES = ("in at (lat,lon)", "out at (lat,lon)")
TIMES = ("in at (UTC)", "out at (UTC)")
TEXTS = ("state", "answer", *TITLES)
BELOW = (TITLES[2:], TIMES, ("role",), TITLES, ("answer",))
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


def check_table(reports: Sequence[Report], *, to_file: Path | None = None, exact: bool = False) -> str:
    """Write the crossings of each route: a briefing on a terminal, rows in a pipe.

    On a terminal the finding comes first, and slivers on both sides of one border are one row, but where all is asked
    for exactly.
    """
    if not is_fancy(to_file):
        return tsv_text(*crossing_table(reports))
    first = [] if len(reports) == 1 else [styled(paragraph(one_line(said_of(reports)["sentence"])), bold=True) + "\n"]
    return "\n".join([*first, *(_briefing(report, exact=exact) for report in reports)])


def _briefing(report: Report, *, exact: bool) -> str:
    case, route, verdict = report.case, report.case.route, report.verdict
    over = report.case.extension
    longer = f", {over.pct:+.1f} %" if over and over.pct else ""
    length = f"{route.length_km:,.1f} km ({route.length_nm:,.1f} NM{longer})"
    tone = tone_of(row_words(verdict, case.sets)) if case.rules else None
    said = paragraph(one_line(case.sentence), indent=0).splitlines()
    lines = [*(painted(line, tone, bold=True) or line for line in said), paragraph(f"{report.name}  {length}")]
    lines += map(paragraph, report.costed.words if report.costed else ())
    lines.append(paragraph(one_line(context([report]))))
    notes = Notes()
    header, rows, tones = _rows(report, notes, exact=exact)
    if rows:
        lines.append(boxed(header, rows, texts=TEXTS, below=BELOW, tones=tones).rstrip("\n"))
    if verdict.crossings.high_seas_km >= 0.05:
        lines.append(f"high seas: {verdict.crossings.high_seas_km:,.1f} km")
    if (met := report.as_expected()) is not None and (proposal := report.proposal):
        whom = f" {', '.join(proposal.crosses)}" if proposal.crosses else ""
        told = f"expected: {proposal.expect}{whom}: {'as expected' if met else 'NOT AS EXPECTED'}"
        lines.append(one_line(told))
    lines += [paragraph(f"claim: {one.line}") for one in report.proposal.judge(case)] if report.proposal else []
    lines += [paragraph(one_line(line)) for f in verdict.findings if (line := aside(f, claim(f, notes.mark)))]
    lines += [" " * far + paragraph(one_line(line), indent=far + 2) for far, line in gap_lines(report.gaps)]
    lines += map(paragraph, footnotes([report.costed]))
    lines += layer_lines(report.entered)
    return "\n".join([*lines, str(notes)])


@dataclass(frozen=True, slots=True)
class _Stay:
    """A row: one crossing, or several that are told as one."""

    first: Crossing
    last: Crossing
    code: str
    name: str
    answer: str


def _rows(report: Report, notes: Notes, *, exact: bool) -> tuple[list[str], list[list[Cell]], list[Tone | None]]:
    """Lay out the crossings, those in areas last; by coordinates, too, where there is room for all of it.

    Besides the titles and the cells, returns what the rules make of each.
    """
    schedule = report.case.schedule
    header = ["#", "code", "state", "role", "in km", "out km", "km", "answer", *TIMES * bool(schedule)]
    header += [*TITLES * bool(report.costed), *PLACES]
    rows: list[list[Cell]] = []
    tones: list[Tone | None] = []
    for n, one in enumerate(_stays(report, notes, exact=exact), 1):
        begins, ends = one.first.entry_km, one.last.exit_km
        row: list[Cell] = [n, one.code, one.name, one.first.role, begins, ends, ends - begins, one.answer]
        row += [schedule.clock(begins), schedule.clock(ends)] if schedule else []
        row += report.costed.stay(one.first, one.last) if report.costed else []
        rows.append([*row, format_latlon(*one.first.entry), format_latlon(*one.last.exit)])
        tones.append(tone_of(one.answer))
    if fits(header, rows, texts=TEXTS):
        return header, rows, tones
    return header[: -len(PLACES)], [row[: -len(PLACES)] for row in rows], tones


def _stays(report: Report, notes: Notes, *, exact: bool) -> Iterator[_Stay]:
    case, crossings = report.case, report.verdict.crossings

    def answer(crossing: Crossing) -> str:
        return _answer(crossing, case.forbidden_by(crossing), case)

    def alike(crossing: Crossing) -> object:
        return answer(crossing), is_presumed(case, crossing), case.waters_of(crossing)

    for one in crossings if exact else merged(crossings, alike):
        if isinstance(one, Along):
            told = dict.fromkeys(filter(None, map(answer, one.slivers)))
            yield _Stay(one.slivers[0], one.slivers[-1], "", one.told, ", ".join(told))
        else:
            yield _Stay(one, one, one.state.code, _name(one, case, notes), answer(one))
    for rule, inside in report.area_crossings():
        yield _Stay(inside, inside, "", f"area {inside.state.name}", _answer(inside, [rule] if rule else [], case))


def _answer(crossing: Crossing, broken: Sequence[str], case: Case) -> str:
    """Say what the rules make of a crossing, and which of several forbids it."""
    if broken:
        return "forbidden" if len(case.sets) == 1 else f"forbidden by {'; '.join(broken)}"
    if case.standing(crossing) == "consented":
        return "needs consent"
    open_ = any(crossing in finding.crossings for finding in case.verdict.findings if finding.status == "marginal")
    return "not known" if open_ else ""


def _name(crossing: Crossing, case: Case, notes: Notes) -> str:
    """Name the state, its territory where that is none of the states, and what notes tell of the crossing."""
    own = crossing.territory not in {*case.world.states, "XXX"}
    part = next((one.territory_name for one in case.world if own and one.territory == crossing.territory), "")
    territory = f" ({part})" if part else ""
    marks = [dispute(crossing)] if crossing.disputed else []
    marks += [PRESUMED] if is_presumed(case, crossing) else []
    if stays := case.waters_of(crossing):
        marks.append(beyond_land(crossing, stays))
    return " ".join([holder(crossing) + territory, *map(notes.mark, marks)])
