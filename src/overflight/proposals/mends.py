"""What would mend a proposal that fails: another route, somebody's consent, or another expectation."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.errors import OverflightError
from overflight.proposals.writing import quoted
from overflight.routes import Route, great_circle, route
from overflight.routes.places import typed
from overflight.rules import Avoid, check
from overflight.rules.schedule import AvoidOnTheWay

if TYPE_CHECKING:
    from overflight.detours import Candidates
    from overflight.proposals.briefing import Judged
    from overflight.rules import Rule, Verdict

__all__ = ["Mend", "mend"]

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


def mend(judged: Judged) -> Mend:
    """Look for what would make a proposal do as it expects.

    Parameters
    ----------
    judged : Judged
        A proposal that fails.

    Notes
    -----
    Where a route should be clear, one between the same two ends is looked for by `overflight.detours.candidates`: with
    no consent, then with that of more and more states, until there is one or `PATIENCE_S` are used up. What is found
    is written as it would stand in the file, and judged as written by all rules.
    """
    proposal, findings = judged.proposal, judged.verdict.findings
    too_long = any(f.state is None and f.area is None and f.status == "crosses" for f in findings)
    longer = [f"as long as it is: max_extension_pct = {_extension(proposal.route):g}"] if too_long else []
    if proposal.expect != "clear":
        return Mend((*_other_expectation(judged), *(f"to mend it: keep this route {text}" for text in longer)))
    lines, other = [], None if _ends_too_near(judged) else _other_route(judged)
    if other is not None:
        verdict, consents = other
        length = f"{verdict.route.length_km:,.1f} km{_longer(verdict.route)}"
        with_ = f" with the consent of {_listed(consents)}: {_key('allow', consents, judged)}" if consents else ""
        lines.append(f"to mend it: {length}{with_}{',' if consents else ':'} {_waypoints(judged, verdict.route)}")
    asked = sorted({f.state for f in findings if f.status != "clear" and f.state is not None})
    keep = [f"with the consent of {_listed(asked)}: {_key('allow', asked, judged)}"] if asked else []
    if keep or longer:
        word = "or keep this route" if lines else "to mend it: keep this route"
        lines.append(f"{word} {', '.join([*keep, *longer])}")
    return Mend(tuple(lines), other[0] if other else None)


def _ends_too_near(judged: Judged) -> bool:
    """Tell whether start or destination itself is too near to somebody, which no other route between them changes."""
    end_km = judged.proposal.route.length_km
    near = [f.approach for f in judged.verdict.findings if f.status == "marginal" and f.approach]
    return any(min(spot.at_km, end_km - spot.at_km) < AT_AN_END_KM for spot in near)


def _other_expectation(judged: Judged) -> tuple[str, ...]:
    """Say what to expect of the route as it is, if that is not what is expected."""
    proposal = judged.proposal
    findings = [f for f in judged.verdict.findings if f.state is not None]
    found = sorted({f.state for f in findings if f.status == "crosses" and f.state is not None})
    status = "crosses" if found else "marginal" if any(f.status == "marginal" for f in findings) else "clear"
    wanted = found if proposal.crosses is None else sorted(judged.world.state(code) for code in proposal.crosses)
    if (status, found) == (proposal.expect, wanted):
        return ()
    advice = "to mend it: draw another route, or expect what this one does"
    if found:
        codes = ", ".join(quoted(code) for code in found)
        return (f'{advice}: expect = "crosses", crosses = [{codes}]',)
    return (f'{advice}: expect = "{status}", without `crosses`',)


def _other_route(judged: Judged) -> tuple[Verdict, tuple[str, ...]] | None:
    """Find a route between the same ends that obeys, with as few consents as may be."""
    ends = judged.proposal.route.waypoints[0], judged.proposal.route.waypoints[-1]
    from overflight.detours.budget import INTERRUPTED, Budget

    try:
        direct = great_circle(*ends)
    except OverflightError:  # a round trip
        return None
    budget = Budget(PATIENCE_S)
    for size in range(MOST_CONSENTS + 1):
        with _quiet():
            found = _candidates(judged, direct, size, budget.left_s)
        if found is not None and found.unfinished == INTERRUPTED:
            raise KeyboardInterrupt
        options = [(c.route, tuple(s.code for s in c.consents)) for c in found] if found else [(direct, ())]
        for path, consents in sorted(options, key=lambda option: (len(option[1]), option[0].length_km)):
            for needed in ((), consents):  # on the way, a rule may not forbid yet whom it forbids later
                verdict = _judged_as_written(judged, path, needed)
                if verdict.passed and (not needed or _opened(found, needed)):
                    return verdict, needed
        if found is None or found.unfinished:
            break
    return None


def _opened(found: Candidates | None, consents: Sequence[str]) -> bool:
    """Tell whether a set of consents is among the smallest that open a way, rather than all of a line's states."""
    return found is not None and any(len(c.consents) >= len(consents) for c in found.minimal_consents)


def _candidates(judged: Judged, direct: Route, size: int, time_limit_s: float) -> Candidates | None:
    from overflight.detours import candidates

    if not judged.avoid:
        return None
    return candidates(
        direct,
        judged.world,
        avoid=judged.forbidden,
        margin_km=judged.proposal.margin_km,
        allow=judged.proposal.allow,
        max_size=size,
        limit=4,
        time_limit_s=time_limit_s,
    )


def _judged_as_written(judged: Judged, path: Route, consents: Sequence[str]) -> Verdict:
    """Judge a route by all rules, with consents, through waypoints as they would stand in the file."""
    written = route(*(typed(w, digits=DIGITS) for w in path.waypoints), name=f"{judged.proposal.name}, mended")
    rules = [_allowing(rule, consents) for rule in judged.rules]
    return check(written, judged.world, rules=rules)


def _allowing(rule: Rule, consents: Sequence[str]) -> Rule:
    return rule.allowing(consents) if isinstance(rule, Avoid | AvoidOnTheWay) else rule


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


def _longer(path: Route) -> str:
    direct_km = great_circle(path.waypoints[0], path.waypoints[-1]).length_km
    pct = 100.0 * (path.length_km / direct_km - 1.0)
    return f" ({pct:+.1f} % over the great circle)" if pct >= 0.05 else " (the great circle)"


def _extension(path: Route) -> float:
    """Return how much longer than the great circle a route is, in per cent, rounded up."""
    direct_km = great_circle(path.waypoints[0], path.waypoints[-1]).length_km
    return math.ceil(1000.0 * (path.length_km / direct_km - 1.0)) / 10.0


def _listed(codes: Sequence[str]) -> str:
    return " and ".join([", ".join(codes[:-1]), codes[-1]] if len(codes) > 1 else codes)


def _key(key: str, codes: Sequence[str], judged: Judged) -> str:
    """Write the list of consents, those given already included."""
    every = dict.fromkeys([*judged.proposal.allow, *codes])
    return f"{key} = [{', '.join(quoted(code) for code in every)}]"


def _waypoints(judged: Judged, path: Route) -> str:
    if judged.proposal.where.endswith(".geojson"):
        return f'"coordinates": {[[round(w.lon, DIGITS), round(w.lat, DIGITS)] for w in path.waypoints]}'
    return f"waypoints = [{', '.join(quoted(typed(w, digits=DIGITS)) for w in path.waypoints)}]"
