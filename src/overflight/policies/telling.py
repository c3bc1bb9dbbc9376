"""What a gate found, for people: the sum first, then the waivers to look at, then each breach with its mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from overflight.policies.model import Policy, Waiver
    from overflight.policies.results import Breach, Outcome

__all__ = ["summary", "text"]

MOST_FLIGHTS = 6
"""Flights that are named of those that break a rule alike."""


def text(found: Outcome) -> str:
    """Write all of it, each line as one that a terminal and a log only show."""
    lines = [*summary(found), *_blocks(found)]
    return "".join(f"{one_line(line)}\n" for line in lines)


def summary(found: Outcome) -> list[str]:
    """Say how many flights break what, what is waived, and which waivers end soon."""
    first, last = found.days
    flights = _counted(len(found.timetable.flights), "flight")
    days = f"on {first}" if first == last else f"from {first} to {last}"
    by = f", by the rules of {found.on}" if found.on else ""
    broken_by = len({id(one.flight) for one in found.breaches})
    breaches = _counted(len(found.breaches), "breach", "es") + (f" by {broken_by:,} of them" if broken_by else "")
    told = [f"{flights} {days}{by}: {breaches}, {len(found.waived):,} waived"]
    broken = Counter(one.policy.id for one in found.breaches)
    spared = Counter(one.policy.id for one in found.waived)
    for policy in found.policies:
        waived = f", {spared[policy.id]:,} waived" if spared[policy.id] else ""
        told.append(f"  {broken[policy.id]:,} of {policy.name} ({policy.where}){waived}")
    told += [f"  {remark}" for remark in found.timetable.remarks]
    told += [f"  {_waiver(found, *one)}" for one in found.waivers()]
    return told


def _waiver(found: Outcome, policy: Policy, waiver: Waiver, state: str) -> str:
    """Say what there is to say of a waiver."""
    key = (policy.id, waiver.name)
    named = f"waiver {waiver.name!r} of {waiver.by} ({policy.where})"
    used = found.used.get(key, 0)
    uses = f"{_counted(used, 'breach', 'es')} {'needs' if used == 1 else 'need'} it"
    if state == "lapsed":
        first, last = found.days
        begins = waiver.since is not None and waiver.since > first and waiver.expires >= last
        when = f"begins on {waiver.since}" if begins else f"expired on {waiver.expires}"
        count = found.failing[key]
        return f"{named} {when}: {_counted(count, 'breach', 'es')} would be waived by it{f', {uses}' if used else ''}"
    if state == "ends soon":
        return f"{named} ends on {waiver.expires}: {uses if used else 'no breach needs it'}"
    return f"{named} is not needed"


def _blocks(found: Outcome) -> Iterator[str]:
    """Say each breach once for all flights that it is one question for."""
    alike: dict[tuple[object, ...], list[Breach]] = {}
    for one in (*found.breaches, *found.waived):
        key = (one.policy.id, one.rule.id, id(one.case), one.open, one.waived, one.lapsed)
        alike.setdefault(key, []).append(one)
    order = {policy.id: nth for nth, policy in enumerate(found.policies)}
    for some in sorted(alike.values(), key=lambda some: (not some[0].open, order[some[0].policy.id])):
        yield from _block(found, some)


def _block(found: Outcome, some: Sequence[Breach]) -> Iterator[str]:
    one = some[0]
    yield ""
    what = {"waived": "waived", "marginal": "breach (marginal)", "crosses": "breach"}[one.status]
    yield f"{what} of {one.policy.name}, rule {one.rule.id}: {one.rule.words}"
    named = [f"{b.flight.name} on {b.day} ({found.timetable.unit} {b.flight.row})" for b in some[:MOST_FLIGHTS]]
    more = f" and {len(some) - MOST_FLIGHTS:,} more" if len(some) > MOST_FLIGHTS else ""
    yield f"  {one.flight.route.label}: {', '.join(named)}{more}"
    yield f"  {one.case.sentence}"
    yield from (f"  {line}" for line in one.spared)
    yield from (f"  {waiver.lapse(one.day)}" for waiver in one.lapsed)
    if one.mend is not None:
        yield f"  {one.mend.sentence}"


def _counted(count: int, what: str, plural: str = "s") -> str:
    return f"{count:,} {what}{'' if count == 1 else plural}"
