"""What becomes of reports: printed in the form asked for, what is odd about them told, drawn on a map."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.airspace.blocs import BANS, bloc
from overflight.cli.costing import charged, footnotes
from overflight.cli.flown import gap_notes
from overflight.cli.publishing import AS_IT_IS, Publication, note_letters, note_untagged, write_frame
from overflight.cli.report import Report, as_geojson, as_json, crossing_table
from overflight.cli.screens import check_table
from overflight.cli.settings import context
from overflight.cli.tables import csv_text
from overflight.cli.writing import emit, emit_bytes, is_fancy, note, note_age
from overflight.errors import OverflightError
from overflight.rules.rulesets import united

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.detours import Candidates
    from overflight.detours.tradeoff import Tradeoff

__all__ = ["draw_reports", "print_reports", "tell"]


def print_reports(
    reports: Sequence[Report],
    form: str,
    output: Path | None,
    found: Candidates | None = None,
    traded: Sequence[Tradeoff] | None = None,
    *,
    exact: bool = False,
) -> None:
    """Print reports, and by which date and rules they were made."""
    if form == "json":
        text = as_json(reports, found, traded)
    elif form == "csv":
        text = csv_text(*crossing_table(reports))
    elif form == "geojson":
        text = as_geojson(reports)
    else:
        text = check_table(reports, to_file=output, exact=exact)
    emit(text, output)
    tell(reports, None if form == "table" and is_fancy(output) else context(reports))


def tell(reports: Sequence[Report], settings: str | None) -> None:
    """Say on standard error by which date and rules reports were made, and what is odd about these."""
    cases = [r.case for r in reports]
    if settings:
        note(settings)
        for text in dict.fromkeys(text for report in reports for text in report.verdict.reservations):
            note(f"marginal: {text}")
        for report in reports:
            _of_itself(report)
        charges = charged((report.name, report.costed) for report in reports)
        for line in [*charges, *footnotes([report.costed for report in reports])]:
            note(f"note: {line}")
    for text in dict.fromkeys(text for case in cases for text in whom(case)):
        note(f"note: {text}")
    for text in dict.fromkeys(text for report in reports for text in report.verdict.remarks):
        note(f"note: {text}")
    note_age(cases[0].world, (case.on for case in cases))
    for text in dict.fromkeys(text for case in cases for text in case.notes):
        note(f"note: {text}")
    for text, on in dict.fromkeys((s.text, case.on) for case in cases for s in case.sets if not s):
        note(f"note: rule set {text!r} has no member on {on}")


def _of_itself(report: Report) -> None:
    """Say what the gaps of a recording allow, and what became of what is claimed of a route."""
    for line in gap_notes(report.name, report.gaps):
        note(line)
    for one in report.proposal.judge(report.case) if report.proposal else ():
        note(f"claim: {report.name}: {one.line}")


def whom(case: Case) -> list[str]:
    """Say who flies, by what that was found, which bans bind it, and which rules do not."""
    if case.operator is None:
        return list(case.notices)
    told = [case.operator.words]
    if any(re.search(rf"(?<![\w-]){BANS}(?![\w-])", one.text.lower()) for one in case.sets):
        sure = sorted({ground.bloc for ground in case.forbidden.grounds if not ground.doubtful})
        open_ = sorted({ground.bloc for ground in case.forbidden.grounds}.difference(sure))
        maybe = f"; in part, or by an old report: {', '.join(open_)}" if open_ else ""
        told.append(f"bans in the data that bind it on {case.on}: {', '.join(sure) or 'none'}{maybe}")
        told += [f"{name} applies to {bloc(name).applies_to}" for name in (*sure, *open_)]
        told += [
            f"{finding.state.name}: {ground.text}"
            for finding in case.verdict.findings
            if finding.status == "crosses" and finding.state
            for ground in finding.grounds
        ]
    return [*told, *case.notices]


def _flown(reports: Sequence[Report]) -> dict[str, Any]:
    """Return what flies the routes of a map, and in what wind, as `overflight.draw` takes it, if all say the same."""
    flown = {r.costed and (r.costed.cost.aircraft, r.costed.cost.wind) for r in reports}
    return dict(zip(("aircraft", "wind"), one, strict=True)) if len(flown) == 1 and (one := flown.pop()) else {}


def draw_reports(
    reports: Sequence[Report],
    path: Path | None,
    found: Candidates | None = None,
    publication: Publication = AS_IT_IS,
) -> None:
    """Draw what was judged, where a file is given for it, or one for a frame."""
    if path is None and publication.embed is None:
        return
    from overflight.maps import draw

    dates = {r.case.on for r in reports}
    if len(dates) > 1:
        raise OverflightError(f"the routes have {len(dates)} different dates, a map shows one: give --on 2025-10-23")
    avoid = united(r.case.forbidden for r in reports)
    (on,) = dates
    world = reports[0].case.world
    items = found if found is not None else [r.verdict for r in reports]
    schedules = {r.case.schedule for r in reports}
    schedule = schedules.pop() if len(schedules) == 1 else None
    clock = schedule.clock if schedule else None
    silent = [gap for report in reports for gap in report.gaps]
    told = {**_flown(reports), **publication.as_arguments()}
    layers = [entries for report in reports for entries in report.entered]
    drawn = draw(world, items, on=on, avoid=avoid, clock=clock, gaps=silent, layers=layers, **told)
    if str(path) == "-":
        emit_bytes(drawn.html(), None)
    elif path is not None:
        drawn.save(path)
        note(f"wrote {path}")
        note_untagged(path)
        note_letters(path, drawn.scene)
    if publication.embed is not None:
        write_frame(drawn, publication.embed, publication)
