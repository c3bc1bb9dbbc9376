"""What is said of one finding, or of one crossing: in a few words, in a line, in full."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from overflight.airspace.bans import named_blocs
from overflight.airspace.blocs import memberships
from overflight.routes.places import format_latlon
from overflight.rules.wording.kinds import disputed_zone

if TYPE_CHECKING:
    import datetime as dt

    from overflight._crossings import Approach, Crossing
    from overflight.rules.findings import Finding

__all__ = [
    "aside",
    "brief",
    "claim",
    "claims",
    "degrees",
    "dispute",
    "disputed_part",
    "doubtful_border",
    "expectation",
    "from_to",
    "holder",
    "membership",
    "near_miss",
    "remarks",
    "sentences",
    "too_near",
    "visit",
]

CONSENTED, NEEDED = "only with its consent", "entered by need"
"""Notes on a state whose consent the question assumes, and on an area without which no route begins or ends."""


# Who and where --------------------------------------------------------------------------------------------------------


def holder(crossing: Crossing) -> str:
    """Name the state of a crossing, or its claimants where nobody holds the piece undisputed."""
    return crossing.state.name if crossing.state != "XXX" else disputed_zone(crossing)


def degrees(lonlat: tuple[float, float]) -> str:
    """Write a place, latitude first, as people read it."""
    lon, lat = lonlat
    return f"{abs(lat):.4f}{'N' if lat >= 0 else 'S'} {abs(lon):.4f}{'E' if lon >= 0 else 'W'}"


def from_to(crossing: Crossing) -> str:
    """Say where on the route a crossing lies."""
    return f"km {crossing.entry_km:,.1f} to {crossing.exit_km:,.1f}"


def _who(finding: Finding) -> str:
    return f"{finding.state.name} ({finding.state.code})" if finding.state else f"area {finding.area}"


# A crossing -----------------------------------------------------------------------------------------------------------


def visit(crossing: Crossing, time: Callable[[float], str] | None = None) -> str:
    """Say all of a crossing; `time` says when the flight is so many km along its route."""
    disputed = f"; disputed: {crossing.disputed}" if crossing.disputed else ""
    code = "" if crossing.state.startswith("area:") or crossing.state == "XXX" else f" ({crossing.state.code})"
    into, out = (f", {time(km)}" if time else "" for km in (crossing.entry_km, crossing.exit_km))
    return (
        f"{holder(crossing)}{code}: {crossing.length_km:,.1f} km, {crossing.role}, "
        f"in at {format_latlon(*crossing.entry)} (km {crossing.entry_km:,.1f}{into}), "
        f"out at {format_latlon(*crossing.exit)} (km {crossing.exit_km:,.1f}{out}){disputed}"
    )


def dispute(crossing: Crossing) -> str:
    """Say what is disputed about a crossing, and who claims the part."""
    claimed = f" [claimed by {', '.join(crossing.claimants)}]" if crossing.claimants else ""
    return f"disputed: {crossing.disputed}{claimed}"


def disputed_part(crossing: Crossing) -> str:
    """Say that a route crosses a disputed part."""
    whose = crossing.state.name if crossing.state != "XXX" else " and ".join(crossing.claimants)
    return f"it crosses a disputed part of {whose} for {crossing.length_km:,.0f} km ({crossing.disputed})"


def remarks(crossing: Crossing, territory: str) -> list[str]:
    """List what else to know of a crossing: its territory, of that name, its role, its dispute."""
    named = [] if crossing.territory in {crossing.state, ""} else [territory]
    role = [crossing.role] if crossing.role != "overflight" else []
    return [*named, *role, *([crossing.disputed] if crossing.disputed else [])]


def membership(finding: Finding, on: dt.date) -> str:
    """Name the rule that a crossing breaks, and since when the state has been in the blocs that the rule names."""
    if finding.grounds:
        return "; ".join(f"{ground.bloc} since {ground.since}" for ground in finding.grounds)
    named = named_blocs(finding.rule)
    told = [
        f"{name} since {row.since}"
        for name in named
        for row in memberships(name)
        if row.state == finding.state and row.holds_on(on)
    ]
    return "; ".join(told if told and finding.rule.lower() in named else [finding.rule, *told])


# A finding ------------------------------------------------------------------------------------------------------------


def brief(finding: Finding) -> str:
    """Say of a finding who and how much, ending with its status where that is not told by it."""
    if finding.state is None and finding.area is None:
        return _whole(finding)
    who = finding.state.code if finding.state else f"area {finding.area}"
    if finding.status == "crosses":
        return f"{who} {finding.length_km:,.1f} km"
    if finding.crossings:
        return f"{who} {finding.length_km:,.1f} km, {finding.status}"
    if finding.closest_km is None and finding.area:
        return f"{who} not entered, {finding.status}"
    if finding.closest_km is None:
        return f"{who} claims {finding.claimed_km:,.1f} km, {finding.status}"
    return f"{who} {finding.closest_km:,.1f} km away, {finding.status}"


def sentences(finding: Finding) -> list[str]:
    """Say all of a finding: a line for each crossing, or one where nothing is entered, then what is claimed."""
    note = f" ({finding.note})" if finding.note else ""
    if finding.state is None and finding.area is None:
        return [f"{finding.rule}: {_whole(finding)}{note}"]
    claimed = [
        f"{finding.rule}: {_who(finding)} claims {one.length_km:,.1f} km that count for {holder(one)} "
        f"({from_to(one)}; {one.disputed})"
        for one in finding.claimed
    ]
    if finding.crossings:
        verb = "crosses" if finding.status == "crosses" else "enters"
        return [
            f"{finding.rule}: {verb} {_who(finding)} for {one.length_km:,.1f} km, in at {degrees(one.entry)} "
            f"(km {one.entry_km:,.1f}), out at {degrees(one.exit)} (km {one.exit_km:,.1f}), {one.role}{note}"
            for one in finding.crossings
        ] + claimed
    near = f"; closest {finding.closest_km:,.2f} km" if finding.closest_km is not None else ""
    if finding.approach:
        near += f" at km {finding.approach.at_km:,.1f} ({degrees(finding.approach.on_route)})"
    return [f"{finding.rule}: {finding.status}, {_who(finding)} not entered{near}{note}", *claimed]


def _whole(finding: Finding) -> str:
    """Say of a finding about the route as a whole what came of it."""
    return "met" if finding.status == "clear" else "marginal, open in gaps" if finding.open else "not met"


def aside(finding: Finding, claimed: str) -> str:
    """Say what a table of crossings does not: who comes near, who claims what, whether the route is too long.

    `claimed` is what `claim` says. Empty if the table tells all.
    """
    if finding.state is None and finding.area is None:
        return f"{finding.rule}: {finding.note}"
    if finding.crossings:
        entered = f"entered: {_who(finding)} for {finding.length_km:,.1f} km"
        return f"{entered}; besides, {claimed}" if claimed else ""
    near = finding.approach
    where = f", {near.km:,.1f} km away at km {near.at_km:,.1f}" if near else ""
    but = f"; but {claimed}" if claimed else ""
    too = "nearer than the margin, or than its border is known: " if finding.status == "marginal" else ""
    return f"not entered: {too}{_who(finding)}{where} ({finding.rule}){but}"


def claim(finding: Finding, mark: Callable[[str], str]) -> str:
    """Say what a state claims that counts for another, with marks that refer to the disputes; empty if nothing."""
    if not finding.claimed or finding.state is None:
        return ""
    marks = " ".join(dict.fromkeys(mark(dispute(crossing)) for crossing in finding.claimed if crossing.disputed))
    return f"{finding.state.name} claims {finding.claimed_km:,.1f} km of it {marks}".rstrip()


def claims(finding: Finding) -> list[str]:
    """Say of each part that a state claims for whom it counts."""
    return [
        f"{_who(finding)} claims {one.length_km:,.1f} km that count for {holder(one)} ({from_to(one)})"
        for one in (finding.claimed if finding.state else ())
    ]


def near_miss(finding: Finding) -> str:
    """Say how near a route comes to what it does not enter; empty if it enters, or is far."""
    spot = finding.approach
    if spot is None or finding.crossings:
        return ""
    where = f"{spot.km:,.2f} km away at {format_latlon(*spot.on_route)} (km {spot.at_km:,.1f})"
    return f"{_who(finding)}: not entered, {where}"


def too_near(finding: Finding) -> str:
    """Say of a marginal finding how near the route comes, and how well that is known; empty if it is none."""
    if finding.status != "marginal" or finding.approach is None:
        return ""
    near = finding.approach.doubtful or finding.approach
    who = finding.state.name if finding.state else f"area {finding.area}"
    known = f", whose border is known to {near.accuracy_m:,.0f} m there" if near.accuracy_m else ""
    return f"it comes within {near.km:,.2f} km of {who}{known}"


def doubtful_border(near: Approach) -> str:
    """Say that a route comes nearer to a border than that is known."""
    metres = near.accuracy_m
    known = f"{metres:,.0f} m" if metres < 1000.0 else f"{metres / 1000.0:g} km"
    return f"{near.km:,.2f} km from a border at {degrees(near.on_border)} that is known to {known}"


def expectation(status: str, states: Collection[str] | None) -> str:
    """Say what a proposal expects of a route, or what was found: a status, and whom it crosses."""
    return f"{status} {', '.join(sorted(states))}" if status == "crosses" and states else status
