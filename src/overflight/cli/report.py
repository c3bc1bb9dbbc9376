"""What `check` and `routes` print for programs: the JSON of schema 1, CSV, GeoJSON, and plain rows."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from overflight.airspace import State, bloc
from overflight.cli.inputs import Asked
from overflight.cli.tables import Cell, csv_text, tsv_text
from overflight.errors import RouteError
from overflight.outside.printable import json_text, one_line
from overflight.outside.version import __version__
from overflight.routes import great_circle
from overflight.rules.rulesets import blocs_on

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.detours import Candidate, Candidates
    from overflight.detours.diversions import Airports, Exposure
    from overflight.detours.inside import Traded
    from overflight.rules import Verdict

__all__ = [
    "Report",
    "as_csv",
    "as_geojson",
    "as_json",
    "as_tsv",
    "context",
    "exposed",
    "judge_all",
]

SCHEMA = 1
MOST = 8
"""No more codes than this in a line that says what is left out; the JSON has them all."""
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
    "entry_time",
    "exit_time",
    "claimants",
    "territory",
)
"""In this order for good: who reads rows by their place goes on reading right. New columns come last."""


@dataclass(frozen=True, slots=True)
class Report:
    """One route with its verdict; with its candidate, if it was computed as one, and what was asked of it besides."""

    asked: Asked
    verdict: Verdict
    candidate: Candidate | None = None
    range_km: float | None = None
    exposure: Exposure | None = None
    hangs_on: tuple[str, ...] = ()

    @property
    def beyond_range_km(self) -> float:
        """How much longer it is than the range."""
        return 0.0 if self.range_km is None else max(0.0, self.asked.route.length_km - self.range_km)

    @property
    def name(self) -> str:
        """The route's name, safe to print."""
        return one_line(self.asked.route.label)

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

    def forbidden_by(self, crossing: Crossing) -> list[str]:
        """Name the rules that a crossing breaks."""
        return [f.rule for f in self.verdict.findings if f.status == "crosses" and _is_among(crossing, f.crossings)]

    def as_expected(self) -> bool | None:
        """Tell whether a proposal does what it expects; None without one, or if options overrode its rules."""
        proposal = self.asked.proposal
        if proposal is None or self.asked.overridden:
            return None
        from overflight.proposals.briefing import Judged, briefing, check_titles

        judged = Judged(proposal, self.asked.world, self.asked.rules(), self.verdict)
        return all(briefing(judged, title) is None for title in check_titles(proposal) if title != "has a rule")

    def blocs(self) -> Mapping[State, tuple[str, ...]]:
        """List the blocs of each state on the date."""
        return blocs_on(self.asked.on, self.asked.blocs)

    def blocs_of(self, crossing: Crossing, blocs: Mapping[State, tuple[str, ...]]) -> list[str]:
        """List the blocs that a crossing is in, those left out whose treaty does not extend to the territory."""
        names = blocs.get(crossing.state, ())
        if crossing.territory == crossing.state:
            return list(names)
        own = {one.name for one in self.asked.blocs}
        return [n for n in names if n in own or crossing.territory not in bloc(n).exceptions(self.asked.on)]

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
        blocs = self.blocs()
        crossings = self.verdict.crossings
        return [
            {**crossing.to_dict(), **self.times_of(crossing), "blocs": self.blocs_of(crossing, blocs)}
            for crossing in crossings
        ]

    def times_of(self, crossing: Crossing) -> dict[str, str]:
        """Say when a crossing begins and ends, where the flight has a schedule."""
        schedule = self.asked.schedule
        if schedule is None:
            return {}
        return {"entry_time": schedule.time(crossing.entry_km), "exit_time": schedule.time(crossing.exit_km)}


def _is_among(crossing: Crossing, crossings: Sequence[Crossing]) -> bool:
    """Tell whether a crossing is one of some that are in order, which a recorded track may have thousands of."""
    at = bisect_left(crossings, crossing.entry_km, key=lambda c: c.entry_km)
    return any(c is crossing for c in crossings[at : at + 2])


def judge_all(asked: Iterable[Asked]) -> list[Report]:
    """Run routes through the engine."""
    from overflight.rules import check

    return [Report(a, check(a.route, a.world, rules=a.rules())) for a in asked]


def exposed(report: Report, chosen: Airports, beyond_km: float) -> Report:
    """Work out how a candidate stands to where it could land, the states that it needs anyway consenting."""
    from overflight.detours.diversions import exposure

    asked = report.asked
    consents = report.candidate.consents if report.candidate and asked.route.kind == "detour" else ()
    found = exposure(
        asked.route,
        asked.world,
        chosen,
        forbidden=asked.forbidden.without({*asked.allow, *consents}),
        beyond_km=beyond_km,
    )
    return replace(report, exposure=found)


def as_json(reports: Sequence[Report], found: Candidates | None = None, traded: Sequence[Traded] | None = None) -> str:
    """Write schema 1: keys may be added, never renamed."""
    settings = [_settings(r.asked) for r in reports]
    world = reports[0].asked.world
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "overflight": __version__,
        "data": world.version,
        "view": world.view,
        **settings[0],
        "routes": [_route_json(r, None if s == settings[0] else s) for r, s in zip(reports, settings, strict=True)],
    }
    if found is not None:
        document |= _search_json(found)
        if traded is not None:
            document["front_km_inside"] = [one.to_dict() for one in traded]
        if reports[0].range_km is not None:
            document["range_km"] = round(reports[0].range_km, 3)
    return json_text(document, indent=1) + "\n"


def _settings(asked: Asked) -> dict[str, Any]:
    schedule = asked.schedule
    forbidden = asked.forbidden
    times = {} if schedule is None else {"depart": schedule.time(0.0), "speed_kmh": round(schedule.speed_kmh, 3)}
    return {
        **times,
        "on": asked.on.isoformat(),
        "avoid": [s.text for s in asked.sets],
        "allow": sorted(state.code for state in asked.allow),
        "margin_km": round(asked.margin_km, 3),
        "except_territories": sorted(forbidden.exceptions),
        "areas": [{"area": area.name, "source": area.source} for area in forbidden.areas],
    }


def _area_json(rule: str, crossing: Crossing) -> dict[str, Any]:
    """Write a crossing in an area; it may overlap those in states and in other areas."""
    row = crossing.to_dict()
    kept = {key: row[key] for key in ("role", "entry_km", "exit_km", "length_km", "entry", "exit")}
    return {"area": crossing.state.name, **kept, "forbidden_by": [rule] if rule else []}


def _route_json(report: Report, own: dict[str, Any] | None) -> dict[str, Any]:
    """Write one route; it states its own date and rules where they differ from the first one's."""
    route, crossings, forbidden = report.asked.route, report.crossing_rows(), report.asked.forbidden
    length_km = round(route.length_km, 3)
    states_km: dict[str, float] = {}
    for crossing in crossings:
        states_km[crossing["state"]] = round(states_km.get(crossing["state"], 0.0) + crossing["length_km"], 3)
    extra_km, extra_pct = report.extension()
    row: dict[str, Any] = {
        "name": route.label,
        "kind": route.kind,
        "waypoints": [{"name": w.label, "lon": round(w.lon, 7), "lat": round(w.lat, 7)} for w in route.waypoints],
        "length_km": length_km,
        "extension_km": None if extra_km is None else round(extra_km, 3),
        "extension_pct": None if extra_pct is None else round(extra_pct, 3),
        "crossings": crossings,
        **(
            {"areas": [_area_json(rule, crossing) for rule, crossing in report.area_crossings()]}
            if forbidden.areas
            else {}
        ),
        "high_seas_km": abs(round(length_km - sum(states_km.values()), 3)),
        "states_km": states_km,
        "verdict": report.verdict.to_dict(),
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
        row["hangs_on"] = list(report.hangs_on)
    if report.range_km is not None:
        row |= {"in_range": not report.beyond_range_km, "beyond_range_km": round(report.beyond_range_km, 3)}
    if report.exposure is not None:
        row["diversion"] = report.exposure.to_dict()
    if route.remarks:
        row["remarks"] = list(route.remarks)
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
    if found.unfinished:
        facts["unfinished"] = found.unfinished
    if found.barrier:
        facts["barrier"] = [state.code for state in found.barrier]
    return facts


def _crossing_rows(reports: Sequence[Report]) -> list[list[Cell]]:
    """Make a row a crossing, then one for each in an area; a route that crosses nothing has one without a state."""
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
            times = report.times_of(c)
            tail += ["; ".join(report.forbidden_by(c)), times.get("entry_time"), times.get("exit_time")]
            rows.append([*head, *tail, " ".join(c.claimants), c.territory])
        for n, (rule, c) in enumerate(report.area_crossings(), len(report.verdict.crossings) + 1):
            row, times = c.to_dict(), report.times_of(c)
            tail = [n, None, c.state.name, f"area, {c.role}", None, None, row["entry_km"], row["exit_km"]]
            tail += [row["length_km"], *(round(x, 6) for x in (c.entry[1], c.entry[0], c.exit[1], c.exit[0]))]
            rows.append([*head, *tail, rule, times.get("entry_time"), times.get("exit_time"), None, None])
        if not len(report.verdict.crossings) and not report.area_crossings():
            rows.append([*head, *[None] * (len(STAY_COLUMNS) - len(head))])
    return rows


def as_csv(reports: Sequence[Report]) -> str:
    """Write a row a crossing."""
    return csv_text(STAY_COLUMNS, _crossing_rows(reports))


def as_tsv(reports: Sequence[Report]) -> str:
    """Write a row a crossing, for pipes."""
    return tsv_text(STAY_COLUMNS, _crossing_rows(reports))


def as_geojson(reports: Sequence[Report]) -> str:
    """Write a feature for each route and one for each crossing, cut at 180 degrees."""
    from overflight.routes.geojson import line_geometry

    features: list[dict[str, Any]] = []
    for report in reports:
        crossings = report.verdict.crossings
        facts = {"feature": "route", "status": report.verdict.status, "on": report.asked.on.isoformat()}
        features.append(report.asked.route.to_geojson(properties=facts))
        for row, crossing, path in zip(report.crossing_rows(), crossings, crossings.paths(max_km=25.0), strict=True):
            features.append(
                {
                    "type": "Feature",
                    "geometry": line_geometry(path),
                    "properties": {
                        "feature": "crossing",
                        "route": report.asked.route.label,
                        **row,
                        "forbidden_by": report.forbidden_by(crossing),
                    },
                }
            )
        for rule, crossing in report.area_crossings():
            row = {"feature": "area-stay", "route": report.asked.route.label, **_area_json(rule, crossing)}
            shape = line_geometry(crossings.path(crossing, max_km=25.0))
            features.append({"type": "Feature", "geometry": shape, "properties": row})
    world = reports[0].asked.world
    facts = {"overflight": __version__, "data": world.version, "view": world.view}
    document = {"type": "FeatureCollection", **facts, "features": features}
    return json_text(document) + "\n"


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
        if "depart" in common:
            parts.append(f"departing {common['depart']} at {common['speed_kmh']:g} km/h")
    world = asked[0].world
    parts += [f"{world.view} view", f"data {world.version}"]
    return "; ".join(part for part in parts if part)


def _few(codes: Sequence[str]) -> str:
    """List codes, as long as they fit a line."""
    more = len(codes) - MOST
    return ", ".join(codes) if more <= 0 else f"{', '.join(codes[:MOST])} and {more} more"
