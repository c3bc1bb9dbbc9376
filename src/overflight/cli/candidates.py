"""The table of candidates that `routes` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.tables import Cell, boxed, tsv_text
from overflight.cli.writing import is_fancy
from overflight.places import format_latlon

if TYPE_CHECKING:
    from overflight.cli.report import Report
    from overflight.detours import Candidate, Candidates, Passage
    from overflight.detours.inside import Traded

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
STATUS_WORDS = {
    "longer": "no lawful route within the length searched",
    "narrow": "the way that it opens is narrower than the data's accuracy or the margin",
    "failed": "opens a way, but no route was found that the rule accepts",
}


def candidates_table(reports: Sequence[Report], found: Candidates, *, to_file: Path | None = None) -> str:
    """Write a row a candidate, and where nothing is free, what closes off the way."""
    pairs = list(zip(reports, found, strict=True))
    if is_fancy(to_file):
        return boxed(*_for_people(pairs)) + _words(found, reports[0])
    header = [*COLUMNS, *(name for name, _ in _more(reports[0]))]
    rows: list[list[Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        row: list[Cell] = [n, report.name, report.asked.route.kind, report.asked.route.length_km]
        row += [candidate.extension_km, candidate.extension_pct, _codes(candidate)]
        row += [candidate.minimal, candidate.gap_pct, report.verdict.status, candidate.alternative]
        row += [value for _, value in _more(report)]
        rows.append([round(c, 3) if isinstance(c, float) else c for c in row])
    return tsv_text(header, rows)


def traded_table(traded: Sequence[Traded], *, to_file: Path | None = None) -> str:
    """Write a row for each point of the front of length against km inside forbidden airspace."""
    direct_km = traded[0].length_km
    header = ("n", "kind", "km", "extension_pct", "inside_km", "waypoints")
    rows: list[list[Cell]] = [
        [
            n,
            one.route.kind,
            round(one.length_km, 3),
            round(100.0 * (one.length_km / direct_km - 1.0), 3),
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


def _for_people(pairs: Sequence[tuple[Report, Candidate]]) -> tuple[list[str], list[list[Cell]]]:
    """Lay out the candidates for a terminal: what tells them apart, without repeating their ends."""
    header = ["#", "needs the consent of", "km", "extension", "", "minimal", "within", "status"]
    asked = pairs[0][0]
    header += ["range"] * (asked.range_km is not None) + ["forbidden", "far from any"] * (asked.exposure is not None)
    rows: list[list[Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        direct = report.asked.route.kind == "great-circle"
        gap = "" if direct or candidate.gap_pct is None else f"{candidate.gap_pct:.2f} %"
        rows.append(
            [
                n,
                _title(candidate),
                report.asked.route.length_km,
                "" if direct else f"{candidate.extension_km:+,.1f} km",
                "" if direct else f"{candidate.extension_pct:+.1f} %",
                candidate.minimal,
                gap,
                report.verdict.status,
                *_remarks(report),
            ]
        )
    return header, rows


def _title(candidate: Candidate) -> str:
    codes = _codes(candidate)
    if candidate.route.kind == "great-circle":
        return f"great circle: {codes}"
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


def _words(found: Candidates, asked: Report) -> str:
    searched = f"sets of up to {found.searched_size} searched"
    lines = [f"consent: of every state of the rule entered ({searched}); within: of the shortest such route, at most"]
    if asked.exposure is not None:
        far = f"{asked.exposure.beyond_km:,.0f} km of any airport that does not"
        lines.append(f"forbidden: share with the nearest airport in a state that forbids; far: longest beyond {far}")
    if not found.complete:
        lines.append("not complete: the search for larger sets around those without a route was cut short")
    if found.barrier:
        ring = ", ".join(state.name for state in found.barrier)
        lines.append(f"no route is free of the rule: {ring} {'closes' if len(found.barrier) == 1 else 'close'} it off")
    lines += [f"{c.route.label}: marginal, {_passage(c.narrowest)}" for c in found if c.narrowest is not None]
    lines += [
        f"{' '.join(state.code for state in c.consents)}: {STATUS_WORDS[c.status]}"
        for c in found.minimal_consents
        if c.status != "route"
    ]
    return "\n".join(lines) + "\n"


def _passage(passage: Passage) -> str:
    """Say where a passage is, how wide, and how wide it must be."""
    between = " and ".join(state.name for state in passage.states)
    return (
        f"for a passage at {format_latlon(*passage.place)} ({between}) that is {passage.width_km:,.1f} km wide "
        f"where the rule asks for {passage.need_km:,.1f} km"
    )
