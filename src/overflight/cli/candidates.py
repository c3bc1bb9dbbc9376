"""The table of candidates that `routes` prints; at a terminal with each dispute in full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.screens import Notes, paragraph
from overflight.cli.tables import Cell, boxed, tsv_text
from overflight.cli.writing import is_fancy
from overflight.outside.printable import one_line
from overflight.routes.places import format_latlon
from overflight.rules.extension import Longer
from overflight.rules.wording.findings import claim, dispute

if TYPE_CHECKING:
    from overflight.cli.report import Report
    from overflight.detours import Candidate, Candidates, Passage
    from overflight.detours.tradeoff import Tradeoff

__all__ = ["candidates_table", "traded_table"]

COLUMNS = (
    "n",
    "route",
    "kind",
    "km",
    "extension_km",
    "extension_pct",
    "consents",
    "minimal",
    "gap_pct",
    "status",
    "alternative",
)
TEXTS = ("consent of", "range", "notes")
BELOW = (("forbidden", "far from any"), ("range",), ("notes",), ("within",), ("minimal",))
"""What goes below the rows of a narrow terminal, the first first."""
STATUS_WORDS = {
    "longer": "no lawful route within the length searched",
    "narrow": "the way that it opens is narrower than the data's accuracy or the margin",
    "failed": "opens a way, but no route was found that the rule accepts",
    "unfinished": "the search was stopped before it was known whether it opens a way",
}


def candidates_table(reports: Sequence[Report], found: Candidates, *, to_file: Path | None = None) -> str:
    """Write a row a candidate, and where nothing is free, what closes off the way."""
    pairs = list(zip(reports, found, strict=True))
    if is_fancy(to_file):
        notes = Notes()
        table = boxed(*_for_people(pairs, notes), texts=TEXTS, below=BELOW)
        words = [paragraph(one_line(line)) for line in _words(found, reports[0]) + _claims(reports, notes)]
        return table + "\n".join([*words, str(notes)])
    header = [*COLUMNS, *(name for name, _ in _more(reports[0])), "disputed", "claimed_by"]
    rows: list[list[Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        row: list[Cell] = [n, report.name, report.case.route.kind, report.case.route.length_km]
        row += [candidate.extension_km, candidate.extension_pct, _codes(candidate)]
        row += [candidate.minimal, candidate.gap_pct, report.verdict.status, candidate.alternative]
        row += [value for _, value in _more(report)]
        row.append("; ".join(dict.fromkeys(c.disputed for c in report.verdict.crossings if c.disputed)))
        row.append(" ".join(dict.fromkeys(f.state.code for f in report.verdict.findings if f.claimed and f.state)))
        rows.append([round(c, 3) if isinstance(c, float) else c for c in row])
    return tsv_text(header, rows)


def traded_table(traded: Sequence[Tradeoff], *, to_file: Path | None = None) -> str:
    """Write a row for each point of the front of length against km inside forbidden airspace."""
    direct_km = traded[0].length_km
    header = ("n", "kind", "km", "extension_pct", "inside_km", "waypoints")
    rows: list[list[Cell]] = [
        [
            n,
            one.route.kind,
            round(one.length_km, 3),
            round(Longer.than(direct_km, one.length_km).pct, 3),
            round(one.inside_km, 3),
            " ".join(format_latlon(w.lon, w.lat) for w in one.route.waypoints[1:-1]),
        ]
        for n, one in enumerate(traded, 1)
    ]
    if is_fancy(to_file):
        return (
            boxed(header, rows) + "inside: in forbidden airspace, consents aside; not proven to be the best there are\n"
        )
    return tsv_text(header, rows)


def _for_people(pairs: Sequence[tuple[Report, Candidate]], notes: Notes) -> tuple[list[str], list[list[Cell]]]:
    """Lay out the candidates for a terminal: what tells them apart, without repeating their ends."""
    header = ["#", "consent of", "km", "longer, km", "in %", "minimal", "within", "status"]
    first = pairs[0][0]
    header += ["range"] * (first.range_km is not None) + ["forbidden", "far from any"] * (first.exposure is not None)
    marks = [
        " ".join(dict.fromkeys(notes.mark(dispute(c)) for c in report.verdict.crossings if c.disputed))
        for report, _ in pairs
    ]
    rows: list[list[Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        direct = report.case.route.kind == "great-circle"
        rows.append(
            [
                n,
                _title(candidate),
                report.case.route.length_km,
                None if direct else candidate.extension_km,
                None if direct else candidate.extension_pct,
                candidate.minimal,
                "" if direct or candidate.gap_pct is None else f"{candidate.gap_pct:.2f} %",
                report.verdict.status,
                *_remarks(report),
                *[marks[n - 1]] * any(marks),
            ]
        )
    return header + ["notes"] * any(marks), rows


def _claims(reports: Sequence[Report], notes: Notes) -> list[str]:
    """Say of which candidates a state of the rule claims a part that counts for another."""
    return [
        f"{n} ({report.verdict.status}): but {claimed}"
        for n, report in enumerate(reports, 1)
        for claimed in dict.fromkeys(claim(finding, notes.mark) for finding in report.verdict.findings)
        if claimed
    ]


def _title(candidate: Candidate) -> str:
    codes = _codes(candidate)
    if candidate.route.kind == "great-circle":
        return f"great circle: {codes}" if codes else "great circle"
    return f"{codes} (another way)".strip() if candidate.alternative else codes


def _remarks(report: Report) -> list[Cell]:
    """Say in words what was asked besides."""
    found: list[Cell] = []
    if report.range_km is not None:
        found.append(f"{report.beyond_range_km:,.0f} km too long" if report.beyond_range_km else "within")
    if report.exposure is not None:
        one = report.exposure
        found.append(f"{100.0 * one.forbidden_share:.0f} %")
        found.append(f"{one.longest_km:,.0f} km" if one.longest_km else "never")
    return found


def _more(report: Report) -> list[tuple[str, Cell]]:
    """Name and give what was asked besides."""
    found: list[tuple[str, Cell]] = []
    if report.range_km is not None:
        found.append(("beyond_range_km", report.beyond_range_km))
    if report.exposure is not None:
        facts = report.exposure.to_dict()
        keys = ("forbidden_share", "longest_km", "longest_from_km", "total_km", "farthest_km")
        found += [(f"diversion_{key}", facts[key]) for key in keys]
    return found


def _codes(candidate: Candidate) -> str:
    return " ".join(state.code for state in candidate.consents)


def _words(found: Candidates, first: Report) -> list[str]:
    searched = f"sets of up to {found.searched_size} searched"
    lines = [f"consent: of every state of the rule entered ({searched}); within: of the shortest such route, at most"]
    if first.exposure is not None:
        far = f"{first.exposure.beyond_km:,.0f} km of any airport that does not"
        lines.append(f"forbidden: share with the nearest airport in a state that forbids; far: longest beyond {far}")
    if found.unfinished:
        lines.append(f"UNFINISHED, {found.unfinished}: sets may be missing, routes longer than they must be")
    elif not found.complete:
        lines.append("not complete: the search for larger sets around those without a route was cut short")
    if found.barrier:
        ring = ", ".join(state.name for state in found.barrier)
        lines.append(f"no route is free of the rule: {ring} {'closes' if len(found.barrier) == 1 else 'close'} it off")
    lines += [f"{c.route.label}: marginal, {_passage(c.narrowest)}" for c in found if c.narrowest is not None]
    return lines + [
        f"{' '.join(state.code for state in c.consents)}: {STATUS_WORDS[c.status]}"
        for c in found.minimal_consents
        if c.status != "route"
    ]


def _passage(passage: Passage) -> str:
    """Say where a passage is, how wide, and how wide it must be."""
    between = " and ".join(state.name for state in passage.states)
    return (
        f"for a passage at {format_latlon(*passage.place)} ({between}) that is {passage.width_km:,.1f} km wide "
        f"where the rule asks for {passage.need_km:,.1f} km"
    )
