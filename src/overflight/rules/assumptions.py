"""What a verdict hangs on: disputed parts that a route crosses, the other view, borders that it comes too near."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from overflight.airspace import VIEWS, owners
from overflight.rules import Rule, Verdict, check
from overflight.rules.wording.findings import disputed_part, too_near
from overflight.rules.wording.kinds import in_text, listed, name_of

if TYPE_CHECKING:
    import datetime as dt

    from overflight.airspace import Airspaces

__all__ = ["assumptions", "other_view"]


def other_view(world: Airspaces, on: dt.date) -> Airspaces | None:
    """Return the airspace on a date as the other view has it; None for a world that has no views."""
    from overflight.airspace import load_airspaces

    others = [view for view in VIEWS if view != world.view]
    return load_airspaces(others[0], on=on) if world.view in VIEWS and others else None


def assumptions(verdict: Verdict, rules: Iterable[Rule], other: Airspaces | None = None) -> tuple[str, ...]:
    """Say what a verdict hangs on.

    Parameters
    ----------
    verdict : Verdict
        What was found of a route.
    rules : iterable of Rule
        The rules that it was judged by.
    other : Airspaces, optional
        Another view of the same airspace, to judge it in, too.

    Returns
    -------
    tuple of str
        A sentence for each disputed part that the route crosses, for each state of the rules that it would or would not
        enter in the other view, for each that it enters and that may be closed, and for each border that it comes too
        near to call it clear.
    """
    said = [disputed_part(crossing) for crossing in verdict.crossings if crossing.disputed]
    if other is not None and said:  # views part over disputed pieces only
        theirs = check(verdict.route, other, rules=rules)
        ours, others = _crossed(verdict), _crossed(theirs)
        if others - ours:
            said.append(f"in the {other.view} view it crosses {_named(others - ours)}")
        if ours - others:
            said.append(f"in the {other.view} view it does not cross {_named(ours - others)}")
    said += verdict.reservations
    said += filter(None, map(too_near, verdict.findings))
    return tuple(dict.fromkeys(said))


def _named(codes: Iterable[str]) -> str:
    names = [in_text(name_of(code) or code) for code in sorted(codes)]
    return listed(names, len(names))


def _crossed(verdict: Verdict) -> set[str]:
    """Return the states that a route enters against a rule; those that claim what nobody holds, too."""
    return {
        str(owner)
        for finding in verdict.findings
        if finding.status == "crosses"
        for crossing in finding.crossings
        for owner in ([finding.state] if finding.state else owners(crossing))
        if not owner.startswith("area:")
    }
