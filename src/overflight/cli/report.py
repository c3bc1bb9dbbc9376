"""What `check` and `routes` print for programs: the JSON of schema 1, CSV, GeoJSON, and plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from overflight.cli.costing import CROSSING_COLUMNS, Costed
from overflight.cli.findings import said_of
from overflight.cli.flown import gap_features, is_presumed, track_json
from overflight.cli.layers import LAYER_COLUMNS, layer_features, layer_rows, layers_json
from overflight.cli.ledgers import asking_json
from overflight.cli.settings import settings_of
from overflight.cli.tables import Cell
from overflight.costs import columns_of
from overflight.outside.printable import json_text, one_line
from overflight.outside.version import __version__
from overflight.rules.wording.answers import Answer
from overflight.rules.wording.waters import waters_json

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.detours import Candidate, Candidates
    from overflight.detours.diversions import Exposure
    from overflight.detours.gaps import GapAnswer
    from overflight.detours.tradeoff import Tradeoff
    from overflight.proposals import Proposal
    from overflight.proposals.ledger import Ledger
    from overflight.rules import Verdict
    from overflight.rules.layers import Entries

__all__ = [
    "Report",
    "as_geojson",
    "as_json",
    "crossing_table",
]

SCHEMA = 1
LONG = 20_000
"""Waypoints above which JSON is not indented, which takes a third of the time of a recording."""
COLUMNS = (
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
    "entry_time",
    "exit_time",
    "claimants",
    "territory",
    "beyond_12nm_km",
    "beyond_12nm",
    "answer",
)
"""In this order for good: who reads rows by their place goes on reading right. New columns come last."""


@dataclass(frozen=True, slots=True)
class Report:
    """A case as the command line reports it: with its proposal, and with what else was asked or found.

    Attributes
    ----------
    case : Case
        What is asked; of a detour, with the consents that it needs.
    proposal : Proposal or None
        Where the case comes from.
    overridden : bool
        Whether options put something else in the place of the proposal's rules.
    candidate : Candidate or None
        What the route was computed as.
    range_km : float or None
        How far the aircraft gets.
    exposure : Exposure or None
        How it stands to where it could land.
    hangs_on : tuple of str
        What the verdict hangs on.
    gaps : tuple of GapAnswer
        What the gaps of a recorded flight allow.
    source : str
        The file that the route comes from, as it was read; empty where it was typed.
    ledger : Ledger or None
        Who granted consent, and who refused.
    costed : Costed or None
        What flying it costs.
    entered : tuple of Entries
        What it enters of each layer that was asked about.
    """

    case: Case
    proposal: Proposal | None = None
    overridden: bool = False
    candidate: Candidate | None = None
    range_km: float | None = None
    exposure: Exposure | None = None
    hangs_on: tuple[str, ...] = ()
    gaps: tuple[GapAnswer, ...] = ()
    source: str = ""
    ledger: Ledger | None = None
    costed: Costed | None = None
    entered: tuple[Entries, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What the rules say."""
        return self.case.verdict

    @property
    def answer(self) -> Answer | None:
        """What the verdict comes to; of a detour, with all consents that it needs, to pass as near as it does, too."""
        needed = self.candidate is not None and self.case.route.kind == "detour" and self.candidate.consents
        return "with-consent" if needed and self.case.answer == "free" else self.case.answer

    @property
    def allow(self) -> list[str]:
        """Codes of the states whose consent was assumed from the start, those that a detour needs besides left out."""
        needed = self.candidate.consents if self.candidate else ()
        return sorted(state.code for state in self.case.allow.difference(needed))

    @property
    def beyond_range_km(self) -> float:
        """How much longer it is than the range."""
        return 0.0 if self.range_km is None else max(0.0, self.case.route.length_km - self.range_km)

    @property
    def name(self) -> str:
        """The route's name, safe to print."""
        return one_line(self.case.route.label)

    def as_expected(self) -> bool | None:
        """Tell whether a proposal does what it expects; None without one, or if options overrode its rules."""
        if self.proposal is None or self.overridden:
            return None
        from overflight.proposals.briefing import briefings

        told = briefings(self.proposal, self.case)
        return all(text is None for title, text in told.items() if title != "has a rule")

    def area_crossings(self) -> list[tuple[str, Crossing]]:
        """List the crossings in areas, each with the rule that it breaks, in the order flown; none is listed twice."""
        crossings = {
            (f.area, c.entry_km): ("" if f.status == "clear" else f.rule, c)
            for f in self.verdict.findings
            if f.area is not None
            for c in f.crossings
        }
        return sorted(crossings.values(), key=lambda pair: (pair[1].entry_km, pair[1].exit_km))

    def crossing_rows(self) -> list[dict[str, Any]]:
        """Write each crossing as the JSON of `check` has it."""
        case = self.case
        costs = [{"cost": one.to_dict()} for one in self.costed.cost.crossings] if self.costed else repeat({})
        return [
            {
                **crossing.to_dict(),
                **case.times_of(crossing),
                "blocs": list(case.blocs_of(crossing)),
                **({"presumed": True} if is_presumed(case, crossing) else {}),
                **waters_json(crossing, case.waters_of(crossing)),
                **cost,
            }
            for crossing, cost in zip(self.verdict.crossings, costs, strict=False)
        ]


def as_json(
    reports: Sequence[Report], found: Candidates | None = None, traded: Sequence[Tradeoff] | None = None
) -> str:
    """Write schema 1: keys may be added, never renamed."""
    settings = [settings_of(r) for r in reports]
    world = reports[0].case.world
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "overflight": __version__,
        "data": world.version,
        "view": world.view,
        **settings[0],
        **said_of(reports, found),
        **({"layers": [one.layer.to_dict() for one in reports[0].entered]} if reports[0].entered else {}),
        "routes": [_route_json(r, None if s == settings[0] else s) for r, s in zip(reports, settings, strict=True)],
    }
    if found is not None:
        document |= _search_json(found) | asking_json(reports[0].ledger, found)
        if traded is not None:
            document["front_km_inside"] = [one.to_dict() for one in traded]
        if reports[0].range_km is not None:
            document["range_km"] = round(reports[0].range_km, 3)
    long = sum(len(report.case.route.waypoints) for report in reports) > LONG
    return json_text(document, indent=None if long else 1) + "\n"


def _area_json(rule: str, crossing: Crossing) -> dict[str, Any]:
    """Write a crossing in an area; it may overlap those in states and in other areas."""
    row = crossing.to_dict()
    kept = {key: row[key] for key in ("role", "entry_km", "exit_km", "length_km", "entry", "exit")}
    return {"area": crossing.state.name, **kept, "forbidden_by": [rule] if rule else []}


def _route_json(report: Report, own: dict[str, Any] | None) -> dict[str, Any]:
    """Write one route; it states its own date and rules where they differ from the first one's."""
    route, crossings, forbidden = report.case.route, report.crossing_rows(), report.case.forbidden
    length_km = round(route.length_km, 3)
    states_km: dict[str, float] = {}
    for crossing in crossings:
        states_km[crossing["state"]] = round(states_km.get(crossing["state"], 0.0) + crossing["length_km"], 3)
    longer = report.case.extension
    areas = [_area_json(rule, crossing) for rule, crossing in report.area_crossings()]
    row: dict[str, Any] = {
        "name": route.label,
        "kind": route.kind,
        "waypoints": [{"name": w.label, "lon": round(w.lon, 7), "lat": round(w.lat, 7)} for w in route.waypoints],
        "length_km": length_km,
        "extension_km": None if longer is None else round(longer.km, 3),
        "extension_pct": None if longer is None else round(longer.pct, 3),
        "crossings": crossings,
        **({"areas": areas} if forbidden.areas else {}),
        "high_seas_km": abs(round(length_km - sum(states_km.values()), 3)),
        "states_km": states_km,
        "verdict": report.verdict.to_dict(),
        "answer": report.answer,
        "sentence": report.case.sentence,
        "closest": {code: round(km, 3) for code, km in report.case.closest.items()},
        **({"cost": report.costed.to_dict()} if report.costed else {}),
        **layers_json(report.entered),
    }
    if report.candidate is not None and route.kind == "detour":
        gap = report.candidate.gap_pct
        row["consents"] = [state.code for state in report.candidate.consents]
        row["gap_pct"] = None if gap is None else round(gap, 3)
        row |= {"minimal": report.candidate.minimal, "front": report.candidate.front}
        row["alternative"] = report.candidate.alternative
        if report.candidate.narrowest is not None:
            row["narrowest"] = report.candidate.narrowest.to_dict()
    if report.candidate is not None:
        row |= {"barred": [state.code for state in report.candidate.barred]} if report.candidate.barred else {}
        row["hangs_on"] = list(report.hangs_on)
    if report.range_km is not None:
        row |= {"in_range": not report.beyond_range_km, "beyond_range_km": round(report.beyond_range_km, 3)}
    if report.exposure is not None:
        row["diversion"] = report.exposure.to_dict()
    row |= {key: list(said) for key, said in (("notes", report.case.notes), ("remarks", route.remarks)) if said}
    row |= track_json(report.case, report.gaps)
    if own:
        row |= own
    if proposal := report.proposal:
        row |= {"proposal": proposal.where, "why": proposal.why, "expect": proposal.expect}
        row["expect_crosses"] = None if proposal.crosses is None else list(proposal.crosses)
        row["as_expected"] = report.as_expected()
        row |= {"claims": [one.to_dict() for one in proposal.judge(report.case)]} if proposal.claims else {}
    return row


def _search_json(found: Candidates) -> dict[str, Any]:
    """Write what the search for detours found about consent."""
    facts: dict[str, Any] = {
        "minimal_consents": [c.to_dict() for c in found.minimal_consents],
        "searched_size": found.searched_size,
        "by": found.by,
    }
    facts |= {"complete": found.complete, "front_size": found.front_size}
    if found.unfinished:
        facts["unfinished"] = found.unfinished
    if found.barrier:
        facts["barrier"] = [state.code for state in found.barrier]
    if found.shut:
        facts["shut"] = [state.code for state in found.shut]
    return facts


def crossing_table(reports: Sequence[Report]) -> tuple[Sequence[str], list[list[Cell]]]:
    """Make a row a crossing, then one for each in an area; a route that crosses nothing has one without a state."""
    rows: list[dict[str, Any]] = []
    for report in reports:
        case, route, longer = report.case, report.case.route, report.case.extension
        head = {
            "route": report.name,
            "kind": route.kind,
            "on": case.on.isoformat(),
            "route_km": round(route.length_km, 3),
            "extension_pct": None if longer is None else round(longer.pct, 3),
            "status": report.verdict.status,
            "answer": report.answer,
            **(report.costed.flown if report.costed else {}),
        }
        crossed = zip(report.crossing_rows(), report.verdict.crossings, strict=True)
        inside = [_cells(row | {"forbidden_by": case.forbidden_by(crossing)}) for row, crossing in crossed]
        if report.costed:
            inside = [row | columns_of(one) for row, one in zip(inside, report.costed.cost.crossings, strict=True)]
        for rule, crossing in report.area_crossings():
            row = _area_json(rule, crossing) | case.times_of(crossing)
            inside.append(_cells(row) | {"name": row["area"], "role": f"area, {crossing.role}"})
        inside += [_cells(row) for row in layer_rows(report.entered)]
        rows += [{**head, "n": n, **row} for n, row in enumerate(inside, 1)] or [head]
    columns = (*COLUMNS, *CROSSING_COLUMNS) if any(report.costed for report in reports) else COLUMNS
    columns = (*columns, *LAYER_COLUMNS) if any(report.entered for report in reports) else columns
    return columns, [[row.get(column) for column in columns] for row in rows]


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """Spread what JSON has of a crossing over the columns of a table."""
    (entry_lon, entry_lat), (exit_lon, exit_lat) = row["entry"], row["exit"]
    ends = {"entry_lon": entry_lon, "entry_lat": entry_lat, "exit_lon": exit_lon, "exit_lat": exit_lat}
    marks = {"blocs": " ", "claimants": " ", "forbidden_by": "; "}
    return row | ends | {key: mark.join(row[key]) for key, mark in marks.items() if key in row}


def as_geojson(reports: Sequence[Report]) -> str:
    """Write a feature for each route and one for each crossing, cut at 180 degrees."""
    from overflight.routes.antimeridian import line_geometry

    features: list[dict[str, Any]] = []
    for report in reports:
        crossings = report.verdict.crossings
        facts = {"feature": "route", "status": report.verdict.status, "on": report.case.on.isoformat()}
        facts |= {"answer": report.answer or "", "sentence": report.case.sentence}
        features.append(report.case.route.to_geojson(properties=facts))
        for row, crossing, path in zip(report.crossing_rows(), crossings, crossings.paths(max_km=25.0), strict=True):
            told = {"feature": "crossing", "route": report.case.route.label, **row}
            told["forbidden_by"] = report.case.forbidden_by(crossing)
            features.append({"type": "Feature", "geometry": line_geometry(path), "properties": told})
        for rule, crossing in report.area_crossings():
            told = {"feature": "area-stay", "route": report.case.route.label, **_area_json(rule, crossing)}
            shape = line_geometry(crossings.path(crossing, max_km=25.0))
            features.append({"type": "Feature", "geometry": shape, "properties": told})
        features += gap_features(report.case.route.label, report.gaps)
        features += layer_features(report.case.route.label, report.entered)
    world = reports[0].case.world
    facts = {"overflight": __version__, "data": world.version, "view": world.view}
    document = {"type": "FeatureCollection", **facts, "features": features}
    return json_text(document) + "\n"
