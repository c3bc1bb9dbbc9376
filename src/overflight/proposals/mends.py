"""What would mend a proposal that fails: another route, somebody's consent, or another expectation."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.errors import OverflightError
from overflight.proposals.writing import quoted_list
from overflight.routes import Route, great_circle, route
from overflight.routes.places import typed
from overflight.rules.avoid import KEPT_KM
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.detours import Candidates
    from overflight.proposals import Proposal
    from overflight.rules import Verdict

__all__ = ["DIGITS", "PATIENCE_S", "Mend", "ends_too_near", "mend", "other_route"]

PATIENCE_S = 15.0
"""So long routes are looked for, what compiling takes aside; what was found by then is offered."""
MOST_CONSENTS = 3
"""Of states beyond those that hold start and destination."""
AT_AN_END_KM = 0.001
DIGITS = 5
"""Of the degrees of a route that is proposed: a metre."""


@dataclass(frozen=True, slots=True)
class Mend:
    """What would do instead.

    Attributes
    ----------
    lines : tuple of str
        Advice, ready to be put into the file.
    verdict : Verdict or None
        On the route that is proposed instead, if one was found.
    """

    lines: tuple[str, ...] = ()
    verdict: Verdict | None = None


def mend(proposal: Proposal, case: Case) -> Mend:
    """Look for what would make a proposal do as it expects.

    Parameters
    ----------
    proposal : Proposal
        One that fails.
    case : Case
        The proposal's.

    Notes
    -----
    Where a route should be clear, one between the same two ends is looked for by `overflight.detours.candidates`: with
    no consent, then with that of more and more states, until there is one or `PATIENCE_S` are used up. What is found
    is written as it would stand in the file, and judged as written by all rules.
    """
    findings = case.verdict.findings
    too_long = any(f.state is None and f.area is None and not f.open and f.status != "clear" for f in findings)
    longer = [f"as long as it is: max_extension_pct = {math.ceil(10.0 * _pct(case)) / 10.0:g}"] if too_long else []
    if proposal.expect != "clear":
        return Mend((*_other_expectation(proposal, case), *(f"to mend it: keep this route {text}" for text in longer)))
    lines, other = [], None if ends_too_near(case) else other_route(case, proposal.name)
    if other is not None:
        found, consents = other
        length = f"{found.route.length_km:,.1f} km{_longer(found)}"
        asking = f" only with the consent of {_named(consents, case)}: {_key('allow', consents, proposal)}"
        with_ = asking if consents else ""
        lines.append(f"to mend it: {length}{with_}{',' if consents else ':'} {_waypoints(proposal, found.route)}")
    asked = sorted({f.state for f in findings if f.status != "clear" and f.state is not None})
    keep = [f"with the consent of {_named(asked, case)}: {_key('allow', asked, proposal)}"] if asked else []
    if (keep or longer) and not _is_shut(case):
        word = "or keep this route" if lines else "to mend it: keep this route"
        lines.append(f"{word} {', '.join([*keep, *longer])}")
    return Mend(tuple(lines), other[0].verdict if other else None)


def _is_shut(case: Case) -> bool:
    """Tell whether the route enters, or comes too near to, what no consent opens."""
    broken = {(f.rule, f.state) for f in case.verdict.findings if f.status != "clear"}
    return any((rule.name, state) in broken for rule in case.avoiding for state in rule.unasked)


def ends_too_near(case: Case) -> bool:
    """Tell whether start or destination itself is too near to somebody, which no other route between them changes."""
    end_km = case.route.length_km
    near = [f.approach for f in case.verdict.findings if f.status == "marginal" and f.approach]
    return any(min(spot.at_km, end_km - spot.at_km) < AT_AN_END_KM for spot in near)


def _other_expectation(proposal: Proposal, case: Case) -> tuple[str, ...]:
    """Say what to expect of the route as it is, if that is not what is expected."""
    findings = [f for f in case.verdict.findings if f.state is not None or f.area is not None]
    crossed = [f for f in findings if f.status == "crosses"]
    # areas can't be named in `crosses`, so where one is crossed nobody is
    found = (
        [] if any(f.area is not None for f in crossed) else sorted({f.state for f in crossed if f.state is not None})
    )
    status = "crosses" if crossed else "marginal" if any(f.status == "marginal" for f in findings) else "clear"
    wanted = found if proposal.crosses is None else sorted(case.world.state(code) for code in proposal.crosses)
    if (status, found) == (proposal.expect, wanted):
        return ()
    advice = "to mend it: draw another route, or expect what this one does"
    if found:
        return (f'{advice}: expect = "crosses", crosses = {quoted_list(found)}',)
    return (f'{advice}: expect = "{status}", without `crosses`',)


def other_route(case: Case, name: str, patience_s: float = PATIENCE_S) -> tuple[Case, tuple[str, ...]] | None:
    """Find a route between the same ends that obeys, with as few consents as may be, within so many seconds."""
    from overflight.detours.budget import INTERRUPTED, Budget

    ends = case.route.waypoints[0], case.route.waypoints[-1]

    try:
        direct = great_circle(*ends)
    except OverflightError:  # a round trip
        return None
    budget = Budget(patience_s)
    for size in range(MOST_CONSENTS + 1):
        with _quiet():
            found = _candidates(case, direct, size, budget.left_s)
        if found is not None and found.unfinished == INTERRUPTED:
            raise KeyboardInterrupt
        options = [(c.route, tuple(s.code for s in c.consents)) for c in found] if found else [(direct, ())]
        for path, consents in sorted(options, key=lambda option: (len(option[1]), option[0].length_km)):
            for needed in ((), consents):  # on the way, a rule may not forbid yet whom it forbids later
                other = case.with_route(_as_written(name, path)).allowing(needed)
                if other.verdict.passed and (not needed or _opened(found, needed)):
                    return other, needed
        if found is None or found.unfinished:
            break
    return None


def _opened(found: Candidates | None, consents: Sequence[str]) -> bool:
    """Tell whether a set of consents is among the smallest that open a way, rather than all of a line's states."""
    return found is not None and any(len(c.consents) >= len(consents) for c in found.minimal_consents)


def _candidates(case: Case, direct: Route, size: int, time_limit_s: float) -> Candidates | None:
    from overflight.detours import candidates

    if not case.sets:
        return None
    return candidates(
        direct,
        case.world,
        avoid=case.forbidden,
        never=case.unasked,
        margin_km=max(case.margin_km, KEPT_KM),
        allow=case.allow,
        max_size=size,
        limit=4,
        time_limit_s=time_limit_s,
    )


def _as_written(name: str, path: Route) -> Route:
    """Return a route through waypoints as they would stand in the file."""
    return route(*(typed(w, digits=DIGITS) for w in path.waypoints), name=f"{name}, mended")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the search's progress out of a test's log."""
    log = logging.getLogger("overflight.detours")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _longer(case: Case) -> str:
    pct = _pct(case)
    return f" ({pct:+.1f} % over the great circle)" if pct >= 0.05 else " (the great circle)"


def _pct(case: Case) -> float:
    """Return how much longer than the great circle a route is, in per cent."""
    return case.extension.pct if case.extension else 0.0


def _named(codes: Sequence[str], case: Case) -> str:
    names = [case.world.state(code).in_text for code in codes]
    return listed(names, len(names))


def _key(key: str, codes: Sequence[str], proposal: Proposal) -> str:
    """Write the list of consents, those assumed already included."""
    return f"{key} = {quoted_list(dict.fromkeys([*proposal.allow, *codes]))}"


def _waypoints(proposal: Proposal, path: Route) -> str:
    if proposal.where.endswith(".geojson"):
        return f'"coordinates": {[[round(w.lon, DIGITS), round(w.lat, DIGITS)] for w in path.waypoints]}'
    return f"waypoints = {quoted_list(typed(w, digits=DIGITS) for w in path.waypoints)}"
