"""What the gaps of a recording leave open: whom the aircraft could have crossed in them, by no more than its speed.

A gap is a leg of a recorded flight without a position. As a leg of the route it is straight, which is a presumption;
whom else the aircraft can have crossed follows from how far it can have flown. Whom it must have crossed is never more
than whom the straight leg crosses, so a verdict needs no search for ways round: that is `overflight.detours.gaps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from overflight._crossings.reach import reached
from overflight.airspace import RuleSet, State, owners
from overflight.routes.tracks import Track, leeways
from overflight.routes.tracks.leeway import MAX_SPEED_KMH
from overflight.routes.tracks.samples import moment
from overflight.rules.avoid import Avoid
from overflight.rules.findings import Finding
from overflight.rules.schedule import AvoidOnTheWay
from overflight.rules.verdicts import Verdict
from overflight.rules.wording.gaps import PRESUMED, could_cross, not_known

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace import Airspaces
    from overflight.routes import Route
    from overflight.routes.tracks import Leeway
    from overflight.rules.avoid import Rule

__all__ = ["Silence", "forbidding", "holders_of", "is_within", "pieces_of", "silences", "silent", "with_gaps"]


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap of a recording, and where the aircraft can have been in it.

    Attributes
    ----------
    leeway : Leeway
        How far it can have flown.
    pieces : frozenset of int
        Ids of the pieces of airspace that it can have been in; empty where `Leeway.trouble` says why nothing follows.
    """

    leeway: Leeway
    pieces: frozenset[int]


def silences(route: Route, world: Airspaces, max_speed_kmh: float | None = None) -> tuple[Silence, ...]:
    """Return the gaps of a route, if it is a recorded flight, and where the aircraft can have been in each."""
    found = leeways(route, max_speed_kmh or MAX_SPEED_KMH) if isinstance(route, Track) else ()
    return tuple(Silence(leeway, pieces_of(world, leeway)) for leeway in found)


def with_gaps(verdict: Verdict, world: Airspaces, rules: Iterable[Rule], gaps: Sequence[Silence]) -> Verdict:
    """Add to a verdict what gaps leave open: a rule that the aircraft could have broken there is not clear."""
    if not gaps:
        return verdict
    broken = {finding.rule for finding in verdict.findings if finding.status == "crosses"}
    doubts = [_doubt(rule, world, gaps) for rule in rules if isinstance(rule, Avoid) and rule.name not in broken]
    silent_km = silent(verdict.route, gaps)
    told = (
        replace(found, note="; ".join(filter(None, (found.note, PRESUMED))), presumed=True)
        if found.crossings and all(is_within(crossing, silent_km) for crossing in found.crossings)
        else found
        for found in verdict.findings
    )
    return replace(verdict, findings=(*told, *filter(None, doubts)))


def silent(route: Route, gaps: Iterable[Silence]) -> list[tuple[float, float]]:
    """Return where on a route its gaps begin and end, in km."""
    km = route.along_km if isinstance(route, Track) else ()
    return [(float(km[gap.leeway.leg]), float(km[gap.leeway.leg + 1])) for gap in gaps]


def is_within(crossing: Crossing, silent_km: Iterable[tuple[float, float]]) -> bool:
    """Tell whether a crossing lies in a gap, on the straight leg over it: no position was recorded in it."""
    return any(begin < crossing.entry_km and crossing.exit_km < end for begin, end in silent_km)


def forbidding(rule: Avoid, leeway: Leeway) -> tuple[RuleSet, ...]:
    """Return what a rule forbids in the time of a gap: one rule set, or that of each date."""
    if not isinstance(rule, AvoidOnTheWay):
        return (rule.ruleset,)
    first, last = (moment(when).date() for when in (leeway.begin_s, leeway.end_s))
    return tuple(rule.by_date[day] for day in sorted(rule.by_date) if first <= day <= last) or (rule.ruleset,)


def holders_of(world: Airspaces, chosen: RuleSet, allow: frozenset[str]) -> dict[int, frozenset[State]]:
    """Return, for each piece that a rule set is about, the states whose consent it takes to enter it."""
    meant = chosen.touched.difference(allow)
    held = {p.id: meant.intersection(owners(p, chosen.exceptions)) for p in world.pieces}
    return {number: frozenset(states) for number, states in held.items() if states}


def _doubt(rule: Avoid, world: Airspaces, gaps: Sequence[Silence]) -> Finding | None:
    """Return what gaps leave open of a rule; None if nothing."""
    could: set[State] = set()
    open_gaps: list[Leeway] = []
    unknown: list[Leeway] = []
    allow = rule.allow
    names = {state: state for state in (*world.states, *(area.holder for area in rule.ruleset.areas))}
    for gap in gaps:
        leeway, margin_km = gap.leeway, rule.margin_km
        if leeway.trouble:
            unknown.append(leeway)
            continue
        pieces = pieces_of(world, leeway, margin_km) if margin_km else gap.pieces
        held: set[State] = set()
        for chosen in forbidding(rule, leeway):
            about = holders_of(world, chosen, allow)
            held.update(*(about.get(piece, ()) for piece in pieces), _areas(chosen, leeway, margin_km, allow))
        if held:
            open_gaps.append(leeway)
            could.update(names.get(state, state) for state in held)
    if not open_gaps and not unknown:
        return None
    states = sorted(could)
    notes = [could_cross(states, open_gaps, rule.margin_km)] if open_gaps else []
    notes += [not_known(unknown)] if unknown else []
    return Finding(rule.name, None, "marginal", note="; ".join(notes), could=tuple(states), open=True)


def _areas(chosen: RuleSet, leeway: Leeway, margin_km: float, allow: frozenset[str]) -> set[State]:
    """Return the areas of a rule set that the aircraft can have been in, each as a state."""
    areas = [area for area in chosen.areas if area.code not in allow]
    if not areas:
        return set()
    from overflight.airspace.overlay import partition  # few ask for areas

    alone = partition(tuple(areas))
    codes = {area.code for area in areas}
    return {
        state
        for piece in pieces_of(alone, leeway, margin_km)
        for state in owners(alone.pieces[piece])
        if state in codes
    }


def pieces_of(world: Airspaces, leeway: Leeway, margin_km: float = 0.0) -> frozenset[int]:
    """Return the pieces of a world that the aircraft can have been in, or so near, in a gap."""
    if leeway.trouble:
        return frozenset()
    return reached(world, leeway.start, leeway.goal, leeway.possible_km + 2.0 * margin_km)
