"""What `check` and `routes` print: the JSON of schema 1, CSV, GeoJSON, and tables."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import overflight
from overflight.cli.inputs import Asked
from overflight.cli.tables import Cell, boxed, clean, csv_text, tsv_text
from overflight.cli.writing import is_fancy, styled
from overflight.errors import RouteError
from overflight.geodata import State, bloc
from overflight.places import format_latlon
from overflight.routes import great_circle
from overflight.rulesets import blocs_on

if TYPE_CHECKING:
    from overflight.crossings import Crossing
    from overflight.detours import Candidate, Candidates
    from overflight.rules import Verdict

__all__ = [
    "Report",
    "as_csv",
    "as_geojson",
    "as_json",
    "candidates_table",
    "check_table",
    "context",
    "judge_all",
]

SCHEMA = 1
WIDE = 110
"""Columns that a terminal must have for entries and exits to be shown by coordinates, too."""
MOST = 8
"""No more codes than this in a line that says what is left out; the JSON has them all."""
STATUS_WORDS = {
    "longer": "no lawful route within the length searched",
    "narrow": "the way that it opens is narrower than the data's accuracy or the margin",
    "failed": "opens a way, but no route was found that the rule accepts",
}
STAY_COLUMNS = (
    "route",
    "kind",
    "on",
    "route_km",
    "extension_pct",
    "status",
    "n",
    "state",
    "name",
    "role",
    "blocs",
    "disputed",
    "entry_km",
    "exit_km",
    "length_km",
    "entry_lat",
    "entry_lon",
    "exit_lat",
    "exit_lon",
    "forbidden_by",
)


@dataclass(frozen=True, slots=True)
class Report:
    """One route with its verdict; with its candidate, if it was computed as one."""

    asked: Asked
    verdict: Verdict
    candidate: Candidate | None = None

    @property
    def name(self) -> str:
        """The route's name, safe to print."""
        return clean(self.asked.route.label)

    def extension(self) -> tuple[float, float] | tuple[None, None]:
        """Return the route extension in km and per cent, or nothing where there is no one great circle."""
        route = self.asked.route
        if route.kind == "great-circle":
            return 0.0, 0.0
        try:
            direct_km = great_circle(route.waypoints[0], route.waypoints[-1]).length_km
        except RouteError:
            return None, None
        extra = route.length_km - direct_km
        return extra, 100.0 * extra / direct_km

    def forbidden_by(self, stay: Crossing) -> list[str]:
        """Name the rules that a stay breaks."""
        return [f.rule for f in self.verdict.findings if f.status == "crosses" and _is_among(stay, f.crossings)]

    def as_expected(self) -> bool | None:
        """Tell whether a proposal does what it expects; None without one, or if options overrode its rules."""
        proposal = self.asked.proposal
        if proposal is None or self.asked.overridden:
            return None
        from overflight.briefings import Judged, briefing, check_titles

        judged = Judged(proposal, self.asked.world, self.asked.rules(), self.verdict)
        return all(briefing(judged, title) is None for title in check_titles(proposal) if title != "has a rule")

    def blocs(self) -> dict[State, tuple[str, ...]]:
        """List the blocs of each state on the date."""
        return blocs_on(self.asked.on, self.asked.blocs)

    def blocs_of(self, stay: Crossing, blocs: dict[State, tuple[str, ...]]) -> list[str]:
        """List the blocs that a stay is in, those left out whose treaty does not extend to the territory."""
        names = blocs.get(stay.state, ())
        if stay.territory == stay.state:
            return list(names)
        own = {one.name for one in self.asked.blocs}
        return [n for n in names if n in own or stay.territory not in bloc(n).exceptions(self.asked.on)]

    def stay_rows(self) -> list[dict[str, Any]]:
        """Write each stay as the JSON of `check` has it."""
        blocs = self.blocs()
        stays = self.verdict.crossings
        return [{**stay.to_dict(), "blocs": self.blocs_of(stay, blocs)} for stay in stays]


def _is_among(stay: Crossing, stays: Sequence[Crossing]) -> bool:
    """Tell whether a stay is one of some that are in order, which a recorded track may have thousands of."""
    at = bisect_left(stays, stay.entry_km, key=lambda c: c.entry_km)
    return any(c is stay for c in stays[at : at + 2])


def judge_all(asked: Iterable[Asked]) -> list[Report]:
    """Run routes through the engine."""
    from overflight.rules import check

    return [Report(a, check(a.route, a.world, rules=a.rules())) for a in asked]


def as_json(reports: Sequence[Report], found: Candidates | None = None) -> str:
    """Write schema 1: keys may be added, never renamed."""
    settings = [_settings(r.asked) for r in reports]
    world = reports[0].asked.world
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "overflight": overflight.__version__,
        "data": world.version,
        "view": world.view,
        **settings[0],
        "routes": [_route_json(r, None if s == settings[0] else s) for r, s in zip(reports, settings, strict=True)],
    }
    if found is not None:
        document |= _search_json(found)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _settings(asked: Asked) -> dict[str, Any]:
    return {
        "on": asked.on.isoformat(),
        "avoid": [s.text for s in asked.sets],
        "allow": sorted(state.code for state in asked.allow),
        "margin_km": round(asked.margin_km, 3),
        "except_territories": sorted(asked.exceptions),
    }


def _route_json(report: Report, own: dict[str, Any] | None) -> dict[str, Any]:
    """Write one route; it states its own date and rules where they differ from the first one's."""
    route, stays = report.asked.route, report.stay_rows()
    length_km = round(route.length_km, 3)
    states_km: dict[str, float] = {}
    for stay in stays:
        states_km[stay["state"]] = round(states_km.get(stay["state"], 0.0) + stay["length_km"], 3)
    extra_km, extra_pct = report.extension()
    row: dict[str, Any] = {
        "name": route.label,
        "kind": route.kind,
        "waypoints": [{"name": w.label, "lon": round(w.lon, 7), "lat": round(w.lat, 7)} for w in route.waypoints],
        "length_km": length_km,
        "extension_km": None if extra_km is None else round(extra_km, 3),
        "extension_pct": None if extra_pct is None else round(extra_pct, 3),
        "crossings": stays,
        "high_seas_km": abs(round(length_km - sum(states_km.values()), 3)),
        "states_km": states_km,
        "verdict": report.verdict.to_dict(),
    }
    if report.candidate is not None and route.kind == "detour":
        gap = report.candidate.gap_pct
        row["consents"] = [state.code for state in report.candidate.consents]
        row["gap_pct"] = None if gap is None else round(gap, 3)
        row |= {"minimal": report.candidate.minimal, "front": report.candidate.front}
    if own:
        row |= own
    if proposal := report.asked.proposal:
        row |= {"proposal": proposal.where, "why": proposal.why, "expect": proposal.expect}
        row["expect_crosses"] = None if proposal.crosses is None else list(proposal.crosses)
        row["as_expected"] = report.as_expected()
    return row


def _search_json(found: Candidates) -> dict[str, Any]:
    """Write what the search for detours found about consent."""
    facts: dict[str, Any] = {
        "minimal_consents": [c.to_dict() for c in found.minimal_consents],
        "searched_size": found.searched_size,
    }
    facts |= {"complete": found.complete, "front_size": found.front_size}
    if found.barrier:
        facts["barrier"] = [state.code for state in found.barrier]
    return facts


def _stay_rows(reports: Sequence[Report]) -> list[list[Cell]]:
    """Make a row a crossing; a route that crosses nobody has one row without a state."""
    rows: list[list[Cell]] = []
    for report in reports:
        route, blocs = report.asked.route, report.blocs()
        _, pct = report.extension()
        head: list[Cell] = [
            report.name,
            route.kind,
            report.asked.on.isoformat(),
            round(route.length_km, 3),
            None if pct is None else round(pct, 3),
            report.verdict.status,
        ]
        for n, c in enumerate(report.verdict.crossings, 1):
            tail: list[Cell] = [n, c.state.code, c.state.name, c.role, " ".join(report.blocs_of(c, blocs)), c.disputed]
            row = c.to_dict()
            tail += [row["entry_km"], row["exit_km"], row["length_km"]]
            tail += [round(x, 6) for x in (c.entry[1], c.entry[0], c.exit[1], c.exit[0])]
            rows.append([*head, *tail, "; ".join(report.forbidden_by(c))])
        if not len(report.verdict.crossings):
            rows.append([*head, *[None] * (len(STAY_COLUMNS) - len(head))])
    return rows


def as_csv(reports: Sequence[Report]) -> str:
    """Write a row a crossing."""
    return csv_text(STAY_COLUMNS, _stay_rows(reports))


def as_geojson(reports: Sequence[Report]) -> str:
    """Write a feature for each route and one for each crossing, cut at 180 degrees."""
    from overflight.routes.geojson import line_geometry

    features: list[dict[str, Any]] = []
    for report in reports:
        stays = report.verdict.crossings
        facts = {"feature": "route", "status": report.verdict.status, "on": report.asked.on.isoformat()}
        features.append(report.asked.route.to_geojson(properties=facts))
        for row, stay, path in zip(report.stay_rows(), stays, stays.paths(max_km=25.0), strict=True):
            features.append(
                {
                    "type": "Feature",
                    "geometry": line_geometry(path),
                    "properties": {
                        "feature": "crossing",
                        "route": report.asked.route.label,
                        **row,
                        "forbidden_by": report.forbidden_by(stay),
                    },
                }
            )
    world = reports[0].asked.world
    facts = {"overflight": overflight.__version__, "data": world.version, "view": world.view}
    document = {"type": "FeatureCollection", **facts, "features": features}
    return json.dumps(document, ensure_ascii=False) + "\n"


def context(asked: Sequence[Asked]) -> str:
    """Say in one line by which date and rules the routes were judged."""
    dates = sorted({a.on for a in asked})
    settings = [_settings(a) for a in asked]
    common = settings[0]
    parts = [f"on {', '.join(map(dt.date.isoformat, dates))}"]
    if any({**s, "on": ""} != {**common, "on": ""} for s in settings):
        parts.append("rules as each proposal has them")
    else:
        parts += [
            f"avoid {', '.join(common['avoid'])}" if common["avoid"] else "no rule given (--avoid icc)",
            f"allow {', '.join(common['allow'])}" if common["allow"] else "",
            f"margin {common['margin_km']:g} km" if common["margin_km"] else "",
            f"leaving out {_few(common['except_territories'])}" if common["except_territories"] else "",
        ]
    world = asked[0].world
    parts += [f"{world.view} view", f"data {world.version}"]
    return "; ".join(part for part in parts if part)


def _few(codes: Sequence[str]) -> str:
    """List codes, as long as they fit a line."""
    more = len(codes) - MOST
    return ", ".join(codes) if more <= 0 else f"{', '.join(codes[:MOST])} and {more} more"


def check_table(reports: Sequence[Report], *, to_file: Path | None = None) -> str:
    """Write the stays of each route: a briefing on a terminal, rows in a pipe."""
    if not is_fancy(to_file):
        return tsv_text(STAY_COLUMNS, _stay_rows(reports))
    return "\n".join(_briefing(r) for r in reports)


def candidates_table(reports: Sequence[Report], found: Candidates, *, to_file: Path | None = None) -> str:
    """Write a row a candidate, and where nothing is free, what closes off the way."""
    pairs = list(zip(reports, found, strict=True))
    if is_fancy(to_file):
        return boxed(*_for_people(pairs)) + _words(found)
    header = ("n", "route", "kind", "km", "extension_km", "extension_pct", "consents", "minimal", "gap_pct", "status")
    rows: list[list[Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        row: list[Cell] = [n, report.name, report.asked.route.kind, report.asked.route.length_km]
        row += [candidate.extension_km, candidate.extension_pct, _codes(candidate)]
        row += [candidate.minimal, candidate.gap_pct, report.verdict.status]
        rows.append([round(c, 3) if isinstance(c, float) else c for c in row])
    return tsv_text(header, rows)


def _for_people(pairs: Sequence[tuple[Report, Candidate]]) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Lay out the candidates for a terminal: what tells them apart, without repeating their ends."""
    header = ("#", "needs the consent of", "km", "extension", "", "minimal", "within", "status")
    rows: list[list[Cell]] = []
    for n, (report, candidate) in enumerate(pairs, 1):
        direct = report.asked.route.kind == "great-circle"
        gap = "" if direct or candidate.gap_pct is None else f"{candidate.gap_pct:.2f} %"
        rows.append(
            [
                n,
                f"great circle: {_codes(candidate)}" if direct else _codes(candidate),
                report.asked.route.length_km,
                "" if direct else f"{candidate.extension_km:+,.1f} km",
                "" if direct else f"{candidate.extension_pct:+.1f} %",
                candidate.minimal,
                gap,
                report.verdict.status,
            ]
        )
    return header, rows


def _codes(candidate: Candidate) -> str:
    return " ".join(state.code for state in candidate.consents)


def _words(found: Candidates) -> str:
    searched = f"sets of up to {found.searched_size} searched"
    lines = [f"consent: of every state of the rule entered ({searched}); within: of the shortest such route, at most"]
    if not found.complete:
        lines.append("not complete: the search for larger sets around those without a route was cut short")
    if found.barrier:
        ring = ", ".join(state.name for state in found.barrier)
        lines.append(f"no route is free of the rule: {ring} {'closes' if len(found.barrier) == 1 else 'close'} it off")
    lines += [
        f"{' '.join(state.code for state in c.consents)}: {STATUS_WORDS[c.status]}"
        for c in found.minimal_consents
        if c.status != "route"
    ]
    return "\n".join(lines) + "\n"


def _briefing(report: Report) -> str:
    route, verdict = report.asked.route, report.verdict
    colour = {"crosses": "red", "marginal": "yellow"}.get(verdict.status, "green")
    status = verdict.status if verdict.findings or report.asked.sets else "no rule given"
    _, pct = report.extension()
    longer = f", {pct:+.1f} %" if pct else ""
    title = styled(f"{report.name}  {route.length_km:,.1f} km ({route.length_nm:,.1f} NM{longer})", bold=True)
    lines = [f"{title}  {styled(status, fg=colour, bold=True)}", context([report.asked])]
    wide = shutil.get_terminal_size((120, 24)).columns >= WIDE
    header = ("#", "state", "", "role", "in km", "out km", "km", "breaks", "in at (lat,lon)", "out at (lat,lon)")
    rows: list[list[Cell]] = [
        [
            n,
            c.state.code,
            c.state.name + (f" ({c.disputed})" if c.disputed else ""),
            c.role,
            c.entry_km,
            c.exit_km,
            c.length_km,
            "; ".join(report.forbidden_by(c)),
            format_latlon(*c.entry),
            format_latlon(*c.exit),
        ]
        for n, c in enumerate(verdict.crossings, 1)
    ]
    if rows:
        shown = len(header) if wide else len(header) - 2
        lines.append(boxed(header[:shown], [row[:shown] for row in rows]).rstrip("\n"))
    if verdict.crossings.high_seas_km >= 0.05:
        lines.append(f"high seas: {verdict.crossings.high_seas_km:,.1f} km")
    if (met := report.as_expected()) is not None and (proposal := report.asked.proposal):
        whom = f" {', '.join(proposal.crosses)}" if proposal.crosses else ""
        lines.append(f"expected: {proposal.expect}{whom}: {'as expected' if met else 'NOT AS EXPECTED'}")
    for f in verdict.findings:
        if f.approach is not None and f.state is not None:
            lines.append(
                f"{f.status}: {f.state.name} ({f.state.code}) not entered, {f.approach.km:,.1f} km away "
                f"at km {f.approach.at_km:,.1f} ({f.rule})"
            )
        elif f.state is None:
            lines.append(f"{f.rule}: {clean(f.note)}")
    return "\n".join(lines) + "\n"
