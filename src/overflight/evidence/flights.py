"""What a report says of one flight, as JSON: all of it comes from the case and its recording."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight._crossings.waters import stays_in_waters
from overflight.airspace import owners
from overflight.evidence.certainty import certainty
from overflight.evidence.profile import profile_of
from overflight.evidence.rules import rules_of
from overflight.evidence.spelling import decimal, sexagesimal, stamp
from overflight.evidence.way import Way
from overflight.maps.lines import Line
from overflight.rules.assumptions import assumptions, other_view
from overflight.rules.schedule import AsFlown
from overflight.rules.verdicts import standings
from overflight.rules.wording.findings import holder, near_miss, sentences
from overflight.rules.wording.headlines import listed
from overflight.rules.wording.waters import waters_json

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.detours.gaps import GapAnswer
    from overflight.routes.tracks import Track
    from overflight.rules import Finding, Schedule

__all__ = ["NO_RULE", "flight_of"]

NO_RULE = "No rule was given: what was crossed is listed, and nothing is judged."
MOST_JUMPS = 1_000


def flight_of(case: Case, allowed: Sequence[GapAnswer] = ()) -> dict[str, Any]:
    """Return all that a report says of a route; `allowed` is what `overflight.gaps` says of it."""
    way = Way(case)
    track, verdict = way.track, case.verdict
    waters = stays_in_waters(verdict.crossings, case.world)
    line = Line(verdict, None, [], [], case.world, standings(verdict), waters)
    other = other_view(case.world, case.on) if any(c.disputed for c in verdict.crossings) else None
    crossings = [_crossing(crossing, n, way, line) for n, crossing in enumerate(verdict.crossings, 1)]
    proven = {code for answer in allowed for code in answer.codes("crossed")}
    findings = sorted(verdict.findings, key=lambda f: f.status == "clear")
    return {
        "name": case.route.label,
        "kind": case.route.kind if track is None else "recorded",
        "on": case.on.isoformat(),
        "dated": case.route.on.isoformat() if case.route.on else None,
        "length_km": round(case.route.length_km, 3),
        "positions": len(case.route.waypoints),
        "schedule": None if case.schedule is None or isinstance(case.schedule, AsFlown) else _schedule(case.schedule),
        "recording": None if track is None else _recording(track, way.clock_s),
        "rules": rules_of(case),
        "operator": None if case.operator is None else {**case.operator.to_dict(), "text": case.operator.words},
        "notices": list(case.notices),
        "allow": sorted(state.code for state in case.allow),
        "margin_km": round(case.margin_km, 3),
        "verdict": {
            "status": verdict.status,
            "sentence": case.sentence if case.rules else NO_RULE,
            "findings": [sentence for finding in findings for sentence in sentences(finding)],
            "near": [text for finding in findings if (text := near_miss(finding))],
            "hangs_on": list(assumptions(verdict, case.rules, other)),
            "doubts": list(_doubts([one for one in crossings if one["standing"] != "free" or not case.rules], proven)),
            "remarks": [*verdict.remarks],
        },
        "crossings": crossings,
        "areas": [_area(finding, crossing, way) for finding, crossing in _stays(case)],
        "high_seas_km": round(verdict.crossings.high_seas_km, 3),
        "left_out": [] if track is None else [{"count": o.count, "why": o.why, "text": str(o)} for o in track.left_out],
        "jumps": [] if track is None else _jumps(track),
        "remarks": list(case.route.remarks),
        "gaps": [] if track is None else _gaps(track, case, {answer.leeway.leg: answer for answer in allowed}),
        "profile": profile_of(way),
    }


def _recording(track: Track, clock_s: float | None) -> dict[str, Any]:
    silent = np.diff(track.times_s)
    longest = int(np.argmax(silent))
    sources = Counter(source or "not told" for source in track.samples.source)
    return {
        "aircraft": track.aircraft,
        "callsign": track.callsign,
        "begin": stamp(track.begin),
        "end": stamp(track.end),
        "clock_s": clock_s,
        "median_spacing_s": round(float(np.median(silent)), 3),
        "longest_silence_s": round(float(silent[longest]), 3),
        "longest_silence_km": round(track.legs[longest].length_km, 3),
        "altitudes": int(np.isfinite(track.altitude_m).sum()),
        "sources": dict(sources.most_common(8)),
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {"depart": schedule.time(0.0), "speed_kmh": round(schedule.speed_kmh, 3)}


def _place(lonlat: tuple[float, float]) -> dict[str, Any]:
    lon, lat = lonlat
    return {
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "decimal": decimal(lonlat),
        "sexagesimal": sexagesimal(lonlat),
    }


def _crossing(crossing: Crossing, number: int, way: Way, line: Line) -> dict[str, Any]:
    case = way.case
    ends = [
        _end(crossing, km, at, way)
        for km, at in ((crossing.entry_km, crossing.entry), (crossing.exit_km, crossing.exit))
    ]
    known = [end["uncertainty"] for end in ends]
    inside = crossing.length_km
    sure = not any(
        one is not None and one[side] >= inside - 1e-6
        for one, side in zip(known, ("after_km", "before_km"), strict=True)
    )
    names = {state.code: state.name for state in case.world.states}
    return {
        "n": number,
        "state": crossing.state.code,
        "name": holder(crossing),
        "place": line.place_of(crossing),
        "territory": crossing.territory,
        "role": crossing.role,
        "standing": case.standing(crossing),
        "forbidden_by": case.forbidden_by(crossing),
        "blocs": list(case.blocs_of(crossing)),
        "disputed": crossing.disputed,
        "claimants": [{"state": code, "name": names.get(code, code)} for code in crossing.claimants],
        "counts_for": [state.code for state in owners(crossing)],
        "length_km": round(inside, 3),
        "beyond_doubt": sure,
        **waters_json(crossing, case.waters_of(crossing)),
        **_stay(crossing, way),
        "entry": ends[0],
        "exit": ends[1],
    }


def _doubts(crossings: Sequence[dict[str, Any]], proven: Container[str]) -> Iterator[str]:
    """Say of crossings that matter which may not have been flown; those of some states must have been."""
    near = [f"{one['n']} ({one['place']})" for one in crossings if not one["beyond_doubt"]]
    unseen = [
        f"{one['n']} ({one['place']})" for one in crossings if one["positions"] == 0 and one["state"] not in proven
    ]
    if near:
        why = "no point of it is farther from a border than that is known"
        yield f"crossing {listed(near)}: not beyond doubt, for {why}"
    if unseen:
        yield f"crossing {listed(unseen)}: no recorded position lies in it; it is presumed of a straight line"


def _stay(crossing: Crossing, way: Way) -> dict[str, Any]:
    begin, end = way.moment(crossing.entry_km), way.moment(crossing.exit_km)
    seconds = None if begin is None or end is None else round((end - begin).total_seconds(), 1)
    found: dict[str, Any] = {"duration_s": seconds, "positions": None, "altitude_m": None}
    if way.track is not None:
        within = (way.km >= crossing.entry_km) & (way.km <= crossing.exit_km)
        found["positions"] = int(within.sum())
        ends = [_altitude(way.track, way, km) for km in (crossing.entry_km, crossing.exit_km)]
        heights = [*way.track.altitude_m[within].tolist(), *(h for h in ends if h is not None)]
        heights = [height for height in heights if math.isfinite(height)]
        if heights:
            found["altitude_m"] = [round(min(heights), 1), round(max(heights), 1)]
    return found


def _end(crossing: Crossing, km: float, at: tuple[float, float], way: Way) -> dict[str, Any]:
    """Say of an entry or an exit where, when and how high it was, and how well that is known."""
    track = way.track
    what = "start" if km <= 0.0 else "end" if km >= way.end_km else "border"
    found = {"what": what, "km": round(km, 3), **_place(at), "time": stamp(way.moment(km))}
    found["altitude_m"] = None
    found |= {"position_before": None, "position_after": None, "spacing_km": None, "spacing_s": None, "in_gap": False}
    if track is not None:
        height = _altitude(track, way, km)
        found["altitude_m"] = None if height is None else round(height, 1)
        leg = way.leg_at(km)
        before, after = (_recorded(track, i) for i in (leg, leg + 1))
        found |= {
            "position_before": before,
            "position_after": after,
            "spacing_km": round(track.legs[leg].length_km, 3),
            "spacing_s": round(float(track.times_s[leg + 1] - track.times_s[leg]), 3),
            "in_gap": any(gap.leg == leg for gap in track.gaps),
        }
    return found | {"uncertainty": _uncertainty(crossing, km, way) if what == "border" else None}


def _uncertainty(crossing: Crossing, km: float, way: Way) -> dict[str, Any] | None:
    if crossing.state.startswith("area:"):
        return None
    known = certainty(way, way.case.world, crossing.piece, km)
    if known is None:
        return None
    first, last = (way.moment(at) for at in (max(km - known.before_km, 0.0), min(km + known.after_km, way.end_km)))
    slack = dt.timedelta(seconds=way.clock_s or 0.0)
    return {
        "border_accuracy_m": round(known.accuracy_m),
        "angle_deg": round(known.angle_deg, 1),
        "before_km": round(known.before_km, 3),
        "after_km": round(known.after_km, 3),
        "bounded": known.bounded,
        "clock_s": way.clock_s,
        "earliest": None if first is None else stamp(first - slack, up=False),
        "latest": None if last is None else stamp(last + slack, up=True),
    }


def _recorded(track: Track, i: int) -> dict[str, Any]:
    lon, lat = track.positions[i].tolist()
    height = float(track.altitude_m[i])
    return {
        "time": stamp(dt.datetime.fromtimestamp(float(track.times_s[i]), dt.UTC)),
        "km": round(float(track.along_km[i]), 3),
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "altitude_m": round(height, 1) if math.isfinite(height) else None,
    }


def _altitude(track: Track, way: Way, km: float) -> float | None:
    """Return the altitude between the positions around a place, or that of the one that has one."""
    leg = way.leg_at(km)
    before, after = track.altitude_m[leg : leg + 2].tolist()
    if not (math.isfinite(before) and math.isfinite(after)):
        return next((height for height in (before, after) if math.isfinite(height)), None)
    return float(np.interp(km, track.along_km[leg : leg + 2], (before, after)))


def _stays(case: Case) -> list[tuple[Finding, Crossing]]:
    found = {(f.area, c.entry_km): (f, c) for f in case.verdict.findings if f.area for c in f.crossings}
    return sorted(found.values(), key=lambda pair: pair[1].entry_km)


def _area(finding: Finding, crossing: Crossing, way: Way) -> dict[str, Any]:
    return {
        "area": crossing.state.name,
        "rule": finding.rule,
        "note": finding.note,
        "standing": way.case.standing(crossing),
        "length_km": round(crossing.length_km, 3),
        **_stay(crossing, way),
        "entry": _end(crossing, crossing.entry_km, crossing.entry, way),
        "exit": _end(crossing, crossing.exit_km, crossing.exit, way),
    }


def _jumps(track: Track) -> list[dict[str, Any]]:
    jumped = track.jumped
    return [
        {
            "time": stamp(dt.datetime.fromtimestamp(float(when), dt.UTC)),
            "lon": round(lon, 7),
            "lat": round(lat, 7),
            "altitude_m": round(height, 1) if math.isfinite(height) else None,
        }
        for when, (lon, lat), height in zip(
            jumped.when[:MOST_JUMPS].tolist(),
            jumped.lonlat[:MOST_JUMPS].tolist(),
            jumped.altitude_m[:MOST_JUMPS].tolist(),
            strict=True,
        )
    ]


def _gaps(track: Track, case: Case, allowed: Mapping[int, GapAnswer]) -> list[dict[str, Any]]:
    """List the legs in which nothing was recorded, whom the straight line crosses, and whom another one may have."""
    found = []
    for gap in track.gaps:
        begin, end = track.along_km[gap.leg], track.along_km[gap.leg + 1]
        crossed = [c for c in case.verdict.crossings if c.entry_km < end and c.exit_km > begin]
        found.append(
            {
                "before": _recorded(track, gap.leg),
                "after": _recorded(track, gap.leg + 1),
                "km": round(gap.km, 3),
                "seconds": round(gap.seconds, 3),
                "between_parts": gap.between_parts,
                "straight_crosses": list(dict.fromkeys(c.state.code for c in crossed)),
                "allows": allowed[gap.leg].to_dict() if gap.leg in allowed else None,
            }
        )
    return found
