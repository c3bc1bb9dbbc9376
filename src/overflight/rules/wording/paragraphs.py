"""What paragraphs are made of: from where to where, a date, km in each state's airspace, and where it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from overflight.routes.cities import city_of
from overflight.rules.wording.answers import in_km
from overflight.rules.wording.findings import holder
from overflight.rules.wording.kinds import in_text, listed

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.routes import Route, Waypoint
    from overflight.rules.verdicts import Verdict

__all__ = ["between", "crossed_km", "end_name", "ends_of", "entered_km", "in_km", "source", "written"]

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def end_name(point: Waypoint) -> str:
    """Return what a sentence calls an end of a route: the city of an airport, else its own name.

    Examples
    --------
    >>> from overflight.routes.places import place
    >>> end_name(place("VKO")), end_name(place("50.1,8.6"))
    ('Moscow', '50.1,8.6')
    """
    return city_of(point) or point.label


def between(way: Route) -> str:
    """Say from where to where a route goes."""
    return " to ".join(ends_of(way))


def ends_of(way: Route) -> list[str]:
    """Name where a route begins and where it ends; by the airport, too, where both are in one city."""
    start, end = way.waypoints[0], way.waypoints[-1]
    names = [end_name(start), end_name(end)]
    return names if names[0] != names[1] else [f"{end_name(one)} ({one.label})" for one in (start, end)]


def written(on: dt.date) -> str:
    """Write a date as people read it: 23 October 2025."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def entered_km(verdict: Verdict) -> str:
    """Name what of the rules a route enters, in the order flown, each with its km; empty if nothing."""
    crossings: list[tuple[Crossing, str]] = []
    for one in verdict.findings:
        name = f"the area {one.area}" if one.state is None else in_text(one.state.name)
        crossings += [(crossing, name) for crossing in one.crossings if one.status != "clear" or one.consented]
    return _summed(sorted(dict.fromkeys(crossings), key=lambda pair: pair[0].entry_km))  # of two rules, once


def crossed_km(verdict: Verdict) -> str:
    """Name all whose airspace a route crosses, in the order flown, each with its km."""
    return _summed((crossing, in_text(holder(crossing))) for crossing in verdict.crossings)


def source(rule: str, version: str, view: str) -> str:
    """Say what a finding comes of, and what it does not know."""
    seen = f"{f'rule: {rule}; ' if rule else ''}overflight, airspace data {version}, {view} view"
    return f"All of this is about borders and memberships ({seen}), not about whether a state consents."


def _summed(crossings: Iterable[tuple[Crossing, str]]) -> str:
    km: dict[str, float] = {}
    for crossing, name in crossings:
        km[name] = km.get(name, 0.0) + crossing.length_km
    return listed([f"{name} for {in_km(far)}" for name, far in km.items()], max(len(km), 1))
