"""Assertions about routes that fail with a briefing; `overflight.testing` offers them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from overflight.airspace import RuleSet
from overflight.case import Case, Way
from overflight.proposals import Judged, Proposal, judged, parse_claim
from overflight.proposals.briefing import briefings
from overflight.proposals.mends import mend
from overflight.routes import Route, route
from overflight.rules.rulesets import parse_margin
from overflight.rules.schedule import date_of

if TYPE_CHECKING:
    import datetime as dt

    from overflight.airspace import Airspaces
    from overflight.rules import Schedule, Verdict

__all__ = ["assert_claims", "assert_clear", "assert_crosses"]


def assert_clear(
    path: Way,
    *,
    on: dt.date | str | None = None,
    avoid: str | RuleSet | Iterable[str | RuleSet],
    never: str | RuleSet | Iterable[str | RuleSet] = (),
    allow: str | Iterable[str] = (),
    margin: str = "0km",
    max_extension_pct: float | None = None,
    schedule: Schedule | None = None,
    world: Airspaces | None = None,
    operator: str | None = None,
) -> Verdict:
    """Fail, with a briefing, unless a route keeps to its rules.

    Parameters
    ----------
    path : Route or sequence of places
        Such as ``["VKO", "MSQ", "BUD"]``.
    on : datetime.date or str
        The date that decides who is a member of what, such as ``"2025-10-23"``; may be left out with a `schedule`.
    avoid : str, RuleSet or several of these
        Such as ``"icc"``, ``["icc - HUN", "BLR"]`` or ``bloc("icc").on(date)``, which holds whatever `on` is.
    never : str, RuleSet, or several of these
        The same, of states that can't be asked: no consent opens these.
    allow : str or iterable of str
        Codes of the states whose consent is assumed.
    margin : str
        How far to keep away, with its unit: ``"5nm"``, ``"10km"``.
    max_extension_pct : float, optional
        How much longer than the great circle it may be.
    schedule : Schedule, optional
        When it departs and how fast it is; members are then those at each entry.
    world : Airspaces, optional
        The airspace; by default the shipped one, de jure, as of the date.
    operator : str, optional
        Who flies (``"RUS"``, ``"RA-96022"``), for ``avoid="bans"``.

    Returns
    -------
    Verdict
        With all that was found.

    Raises
    ------
    AssertionError
        The briefing: every crossing, the near misses, and what would mend it.
    OverflightError
        If a place, a bloc or a state is unknown.

    Examples
    --------
    >>> assert_clear(["FRA", "MUC"], avoid="CZE", on="2025-10-23").status
    'clear'
    """
    __tracebackhide__ = True
    proposal = Proposal(
        **_common(path, on, schedule, avoid=avoid, never=never, allow=allow),
        operator=operator,
        margin_km=parse_margin(margin),
        max_extension_pct=max_extension_pct,
        where="assert_clear",
    )
    return _verdict(proposal, world)


def assert_crosses(
    path: Way,
    states: str | Iterable[str],
    *,
    on: dt.date | str | None = None,
    avoid: str | RuleSet | Iterable[str | RuleSet],
    never: str | RuleSet | Iterable[str | RuleSet] = (),
    allow: str | Iterable[str] = (),
    schedule: Schedule | None = None,
    world: Airspaces | None = None,
    operator: str | None = None,
) -> Verdict:
    """Fail, with a briefing, unless a route crosses exactly these of the states that it should avoid.

    Parameters
    ----------
    path : Route or sequence of places
        Such as ``["VKO", "BUD"]``.
    states : str or iterable of str
        Codes of the states.
    on, avoid, never, allow, schedule, world, operator
        As for `assert_clear`.

    Returns
    -------
    Verdict

    Raises
    ------
    AssertionError, OverflightError

    Examples
    --------
    >>> assert_crosses(["VKO", "BUD"], "HUN POL SVK UKR", avoid="icc", on="2025-10-23").status
    'crosses'
    """
    __tracebackhide__ = True
    named = states.replace(",", " ").split() if isinstance(states, str) else tuple(states)
    proposal = Proposal(
        **_common(path, on, schedule, avoid=avoid, never=never, allow=allow),
        operator=operator,
        expect="crosses",
        crosses=tuple(named),
        where="assert_crosses",
    )
    return _verdict(proposal, world)


def assert_claims(
    path: Way,
    claims: str | Iterable[str],
    *,
    on: dt.date | str | None = None,
    avoid: str | RuleSet | Iterable[str | RuleSet] = (),
    schedule: Schedule | None = None,
    aircraft: str | None = None,
    world: Airspaces | None = None,
) -> tuple[Judged, ...]:
    """Fail unless what is said of a route holds, with the figures.

    Parameters
    ----------
    path : Route or sequence of places
        Such as ``["VKO", "BUD"]``.
    claims : str or iterable of str
        Such as ``"about 1500 km"`` or ``"keeps out of eu - HUN"``; `overflight.proposals.claims` has all patterns.
    on, avoid, schedule, world
        As for `assert_clear`; claims about consent are judged by `avoid`.
    aircraft : str, optional
        What flies, for claims about time, fuel and CO2; a narrow-body jet by default.

    Returns
    -------
    tuple of Judged

    Raises
    ------
    AssertionError
        Names each claim that fails or can't be known, and why.
    OverflightError
        If one is not understood.

    Examples
    --------
    >>> [one.found for one in assert_claims(["VKO", "BUD"], ["about 1500 km", "enters Poland"], on="2025-10-23")]
    ['1,537 km', 'enters Poland']
    """
    __tracebackhide__ = True
    case = Case.of(path, on=on, avoid=avoid, schedule=schedule, world=world)
    said = (claims,) if isinstance(claims, str) else tuple(claims)
    found = tuple(judged(parse_claim(one), case, aircraft) for one in said)
    if wrong := [one.line for one in found if not one.as_expected]:
        raise AssertionError("\n".join([f"{case.route.label} on {case.on}:", *wrong]))
    return found


def _common(
    path: Way,
    on: dt.date | str | None,
    schedule: Schedule | None,
    **rules: str | RuleSet | Iterable[str | RuleSet],
) -> dict[str, Any]:
    """Take what both assertions are given to what a proposal holds."""
    way = path if isinstance(path, Route) else route(*path)
    return {
        "name": way.label,
        "on": date_of(on, schedule),
        "route": way,
        "schedule": schedule,
        **{key: (what,) if isinstance(what, str | RuleSet) else tuple(what) for key, what in rules.items()},
    }


def _verdict(proposal: Proposal, world: Airspaces | None) -> Verdict:
    """Judge the route as a proposal, so that a test and a file can't differ."""
    __tracebackhide__ = True
    case = proposal.case(world)
    failures = [text for text in briefings(proposal, case).values() if text is not None]
    if failures:
        raise AssertionError("\n".join([*failures, *mend(proposal, case).lines]))
    return case.verdict
