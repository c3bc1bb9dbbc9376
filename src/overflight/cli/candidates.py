"""The table of candidates that `routes` prints; at a terminal with each dispute in full."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.colours import tone_of
from overflight.cli.costing import charged, footnotes
from overflight.cli.screens import Notes, paragraph
from overflight.cli.tables import Cell, boxed, tsv_text
from overflight.cli.writing import is_fancy, styled
from overflight.outside.printable import one_line
from overflight.routes.places import format_latlon
from overflight.rules.extension import Longer
from overflight.rules.wording.answers import leave_of
from overflight.rules.wording.findings import claim, dispute
from overflight.rules.wording.kinds import called, listed
from overflight.rules.wording.searches import longer, will_do
from overflight.rules.wording.studies import at_most_pct, details, finding, way_words
from overflight.rules.wording.waters import beyond_land

if TYPE_CHECKING:
    from overflight.cli.report import Report
    from overflight.detours import Candidate, Candidates, Passage
    from overflight.detours.tradeoff import Tradeoff
    from overflight.rules import Finding

__all__ = ["candidates_table", "timed", "traded_table"]

TEXTS = ("route", "answer", "closest", "range", "notes")
BELOW = (("forbidden", "far from any"), ("range",), ("notes",))
"""What goes below the rows of a narrow terminal, the first first."""
STATUS_WORDS = {
    "longer": "there is no route within the length searched",
    "narrow": "the way is narrower than the data's accuracy or the margin",
    "failed": "there is a way, but no route was found that the rule accepts",
    "unfinished": "the search was stopped before it was known whether there is a way",
}


def candidates_table(reports: Sequence[Report], found: Candidates, *, to_file: Path | None = None) -> str:
    """Write a row a candidate; at a terminal the finding first, and below what is known of all of them."""
    pairs = list(zip(reports, found, strict=True))
    if is_fancy(to_file):
        notes = Notes()
        said = [finding(found), *([more] if (more := details(found)) else [])]
        head = "".join(f"{styled(paragraph(one_line(text), indent=0), bold=True)}\n" for text in said)
        tones = [tone_of(way_words(candidate)) for candidate in found]
        table = head + boxed(*_for_people(pairs, notes), texts=TEXTS, below=BELOW, tones=tones) + _costs(reports)
        costed = [report.costed for report in reports]
        charges = charged((f"Route {n}", one) for n, one in enumerate(costed, 1))
        costs = [*timed(pairs, found), *charges, *footnotes(costed)]
        words = [paragraph(one_line(line)) for line in [*_words(found, reports[0]), *_claims(reports, notes), *costs]]
        return table + "\n".join([*words, str(notes)])
    rows = [_row(n, report, candidate) for n, (report, candidate) in enumerate(pairs, 1)]
    return tsv_text(list(rows[0]), [[round(c, 3) if isinstance(c, float) else c for c in row.values()] for row in rows])


def _row(n: int, report: Report, candidate: Candidate) -> dict[str, Cell]:
    """Write a candidate for programs, by the names of the columns."""
    verdict = report.verdict
    return {
        "n": n,
        "route": report.name,
        "kind": report.case.route.kind,
        "km": report.case.route.length_km,
        "extension_km": candidate.extension_km,
        "extension_pct": candidate.extension_pct,
        "consents": _codes(candidate),
        "minimal": candidate.minimal,
        "gap_pct": candidate.gap_pct,
        "status": verdict.status,
        "alternative": candidate.alternative,
        **_more(report),
        "closest": _closest(candidate.closest),
        "closest_km": candidate.closest.closest_km if candidate.closest else None,
        "disputed": "; ".join(dict.fromkeys(c.disputed for c in verdict.crossings if c.disputed)),
        "claimed_by": " ".join(dict.fromkeys(f.state.code for f in verdict.findings if f.claimed and f.state)),
        "beyond_12nm": "; ".join(dict.fromkeys(_far_from_land(report))),
        "answer": report.answer or "",
        "barred": " ".join(state.code for state in candidate.barred),
        **(report.costed.cells() if report.costed else {}),
    }


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
    marks = [" ".join(dict.fromkeys(map(notes.mark, _noted(report)))) for report, _ in pairs]
    rows: list[dict[str, Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        row: dict[str, Cell] = {
            "#": n,
            "route": candidate.kind,
            "answer": way_words(candidate) if report.case.sets else "",
            "km": report.case.route.length_km,
            "longer": "" if report.case.route.kind == "great-circle" else longer(candidate),
            "closest": candidate.nearest,
            **_remarks(report),
        }
        rows.append(row | ({"notes": marks[n - 1]} if any(marks) else {}))
    return list(rows[0]), [list(row.values()) for row in rows]


def _costs(reports: Sequence[Report]) -> str:
    """Lay out, for a terminal, what each of them takes: a table of its own, by the numbers of the first."""
    rows = [{"#": n, **report.costed.columns()} for n, report in enumerate(reports, 1) if report.costed]
    return boxed(list(rows[0]), [list(row.values()) for row in rows]) if rows else ""


def _noted(report: Report) -> list[str]:
    """List what a candidate crosses that is disputed, and what lies far from land."""
    return [*(dispute(c) for c in report.verdict.crossings if c.disputed), *_far_from_land(report)]


def _far_from_land(report: Report) -> list[str]:
    case = report.case
    return [beyond_land(c, case.waters_of(c)) for c in report.verdict.crossings if case.waters_of(c)]


def _claims(reports: Sequence[Report], notes: Notes) -> list[str]:
    """Say of which candidates a state of the rule claims a part that counts for another."""
    return [
        f"Route {n}: {claimed}"
        for n, report in enumerate(reports, 1)
        for claimed in dict.fromkeys(claim(finding, notes.mark) for finding in report.verdict.findings)
        if claimed
    ]


def _closest(near: Finding | None) -> str:
    """Name by its code what a candidate comes nearest to without entering."""
    return "" if near is None else near.state.code if near.state else near.area or ""


def _remarks(report: Report) -> dict[str, Cell]:
    """Say in words what was asked besides."""
    found: dict[str, Cell] = {}
    if report.range_km is not None:
        found["range"] = f"{report.beyond_range_km:,.0f} km too long" if report.beyond_range_km else "within"
    if (one := report.exposure) is not None:
        found["forbidden"] = f"{100.0 * one.forbidden_share:.0f} %"
        found["far from any"] = f"{one.longest_km:,.0f} km" if one.longest_km else "never"
    return found


def _more(report: Report) -> dict[str, Cell]:
    """Name and give what was asked besides."""
    found: dict[str, Cell] = {}
    if report.range_km is not None:
        found["beyond_range_km"] = report.beyond_range_km
    if report.exposure is not None:
        facts = report.exposure.to_dict()
        keys = ("forbidden_share", "longest_km", "longest_from_km", "total_km", "farthest_km")
        found |= {f"diversion_{key}": facts[key] for key in keys}
    return found


def _codes(candidate: Candidate) -> str:
    return " ".join(state.code for state in candidate.consents)


def _words(found: Candidates, first: Report) -> list[str]:
    lines = [f"Sets of up to {found.searched_size} states to ask were looked for."] if found.minimal_consents else []
    detours = [(n, c) for n, c in enumerate(found, 1) if c.route.kind == "detour"]
    if gaps := {str(n): c.gap_pct for n, c in detours if c.gap_pct is not None and not c.alternative}:
        whose = "the same consents" if len(gaps) == len(detours) else f"the consents of route {' or '.join(gaps)}"
        most = at_most_pct(max(gaps.values()))
        lines.append(f"It is proven that no way with {whose} is more than {most} shorter.")
    if few := [str(n) for n, c in detours if c.minimal and c.consents]:
        whose = f"the consents of {'route' if len(few) == 1 else 'routes'} {listed(few, len(few))}"
        lines.append(f"None of {'these consents' if len(few) == len(detours) else whose} can be done without.")
    if first.exposure is not None:
        far = f"{first.exposure.beyond_km:,.0f} km of any airport that does not"
        lines.append(f"forbidden: share with the nearest airport in a state of the rule; far: longest beyond {far}")
    if found.unfinished:
        lines.append(f"UNFINISHED, {found.unfinished}: ways may be missing, routes longer than they must be.")
    elif not found.complete:
        lines.append("Not complete: the search for larger sets around those that open no way was cut short.")
    lines += [f"Route {n}: marginal, {_passage(c.narrowest)}." for n, c in detours if c.narrowest is not None]
    return lines + [
        f"With {leave_of([called(state) for state in c.consents]) or 'no consent'}: {STATUS_WORDS[c.status]}."
        for c in found.minimal_consents
        if c.status != "route"
    ]


def timed(pairs: Sequence[tuple[Report, Candidate]], found: Candidates) -> list[str]:
    """Say in what order they stand where that is not by length, and what is proven of the time of the best one."""
    lines = ["From the fastest, of those found by length: in wind, a longer way may be faster."] * (found.by == "time")
    ways = [
        (one.route.length_km, n, report.costed.least_words)
        for n, (report, one) in enumerate(pairs, 1)
        if report.costed is not None and will_do(one) and not one.alternative
    ]
    if ways:
        _, n, words = ways[0] if found.by == "time" else min(ways)
        lines += [f"Route {n} {words}."] * bool(words)
    return lines


def _passage(passage: Passage) -> str:
    """Say where a passage is, how wide, and how wide it must be."""
    between = " and ".join(state.in_text for state in passage.states)
    return (
        f"for a passage at {format_latlon(*passage.place)} ({between}) that is {passage.width_km:,.1f} km wide "
        f"where the rule asks for {passage.need_km:,.1f} km"
    )
