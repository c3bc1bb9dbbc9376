"""Briefings: does a route do what its proposal expects, and if not, which state, where in, where out, how many km.

A proposal has one check for each rule set to avoid (or one for the verdict as a whole, where it expects a breach
without saying whose), and one for the route extension if it limits that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from overflight.airspace import State
from overflight.outside.printable import one_line, visible
from overflight.proposals.judging import WORDS, judged
from overflight.rules.wording.findings import claims, expectation, membership, near_miss, visit
from overflight.rules.wording.kinds import listed
from overflight.rules.wording.waters import beyond_land

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.proposals import Proposal
    from overflight.rules import Finding

__all__ = ["CLAIM", "briefing", "briefings", "check_titles", "figures", "line_of", "plain", "unlike"]

CLAIM = "claim "
"""How the title of a check on a claim begins."""


def check_titles(proposal: Proposal) -> tuple[str, ...]:
    """Name the checks of a proposal; needs no airspace.

    The names are free of brackets, colons and slashes, which test runners give a meaning of their own.
    """
    rules = _rules(proposal)
    if len(rules) > 1 and proposal.expect != "clear" and not proposal.crosses:
        titles = [f"expect {proposal.expect}"]
    else:
        titles = [f"{key} {plain(text)}" for key, text in rules]
    if proposal.max_extension_pct is not None:
        titles.append(f"extension at most {proposal.max_extension_pct:g} pct")
    titles += [f"{CLAIM}{plain(claim.text)}" for claim in proposal.claims]
    # Two rules may differ in what a name can't hold.
    return unlike(titles or ["has a rule"])


def line_of(proposal: Proposal, title: str) -> int | None:
    """Return the line of the file that says what a check, or a rule of this name, is about."""
    if title.startswith(CLAIM):
        return proposal.origin.line(("claims", _claim_at(proposal, title))) if proposal.origin else None
    key = "max_extension_pct" if title.startswith(("extension", "max-extension")) else "avoid"
    if title.startswith("never ") or title in {text for key, text in _rules(proposal) if key == "never"}:
        key = "never"
    return proposal.origin.line((key,)) if proposal.origin else None


def figures(case: Case) -> dict[str, str]:
    """Return what reports of tests say of a route, whether it does as expected or not."""
    return {
        "on": case.on.isoformat(),
        "km": f"{case.route.length_km:.1f}",
        "states": ", ".join(f"{state} {km:.1f}" for state, km in case.verdict.crossings.states_km.items()),
        "status": case.verdict.status,
    }


def briefings(proposal: Proposal, case: Case) -> dict[str, str | None]:
    """Return for each check of a proposal what `briefing` tells."""
    return {title: briefing(proposal, case, title) for title in check_titles(proposal)}


def briefing(proposal: Proposal, case: Case, title: str) -> str | None:
    """Return what to tell about a check that fails, or None if the route does as expected.

    Parameters
    ----------
    proposal : Proposal
        What is expected.
    case : Case
        The proposal's.
    title : str
        One of `check_titles`.
    """
    if title == "has a rule":
        return one_line(f'{proposal.where}: no rule to check {proposal.name} by: add avoid = ["icc"] to the file')
    if title.startswith("extension"):
        (finding,) = (f for f in case.verdict.findings if f.rule == "max-extension")
        if finding.status == "clear":
            return None
        return "\n".join([*_heading(proposal, case, title), f"  {finding.note}", "expected: no longer than that"])
    if title.startswith(CLAIM):
        return _claim(proposal, case, title)
    titles = dict(zip(check_titles(proposal), (text for _, text in _rules(proposal)), strict=False))
    rule = titles.get(title) if title.startswith(("avoid", "never")) else None
    findings = [f for f in case.verdict.findings if (f.state or f.area) and rule in (None, f.rule)]
    wanted = _wanted(proposal, case, rule)
    found = {f.state or State(f"area {f.area}") for f in findings if f.status == "crosses"}
    status = "crosses" if found else "marginal" if any(f.status == "marginal" for f in findings) else "clear"
    expected = proposal.expect if wanted is None else "crosses" if wanted else "clear"
    if status == expected and wanted in (None, found):
        return None
    lines = [*_crossings(case, findings), *_near_misses(findings), *_difference(expected, wanted, status, found)]
    return "\n".join([*_heading(proposal, case, title), *map(visible, lines)])


def _claim_at(proposal: Proposal, title: str) -> int:
    """Return the number of the claim that a check is about: they are the last checks."""
    titles = check_titles(proposal)
    return titles.index(title) - len(titles) + len(proposal.claims)


def _claim(proposal: Proposal, case: Case, title: str) -> str | None:
    claim = proposal.claims[_claim_at(proposal, title)]
    found = judged(claim, case, proposal.aircraft, proposal.wind)
    if found.as_expected:
        return None
    lines = [f"  claim: {found.line}", f"expected: {WORDS[claim.expect]}", f"found:    {WORDS[found.answer]}"]
    return "\n".join([*_heading(proposal, case, title), *map(visible, lines)])


def _rules(proposal: Proposal) -> list[tuple[str, str]]:
    """List the rule sets of a proposal, each with the key that it stands under."""
    return [("avoid", str(text)) for text in proposal.avoid] + [("never", str(text)) for text in proposal.never]


def _heading(proposal: Proposal, case: Case, title: str) -> list[str]:
    route, world = case.route, case.world
    margin = f", margin {proposal.margin_km:g} km" if proposal.margin_km else ""
    margin += f", operator {proposal.operator}" if proposal.operator else ""
    assumed = [state.in_text for state in sorted(case.allow, key=lambda state: state.name)]
    allow = f", assuming the consent of {listed(assumed, len(assumed))}" if assumed else ""
    length = f"{route.length_km:,.1f} km ({route.length_nm:,.1f} NM)"
    return [
        one_line(f"{proposal.name}: {title} on {proposal.on}{margin}{allow}"),
        one_line(f"{proposal.where}: {length}, {world.view} airspace {world.version}{_times(case)}"),
        one_line(case.sentence),
        *_taken(proposal, case),
    ]


def _taken(proposal: Proposal, case: Case) -> list[str]:
    """Say what the flight takes, where the proposal names what flies, and what that rests on."""
    if proposal.aircraft is None:
        return []
    from overflight.costs.spoken import assumed_words, cost_words  # which few proposals need

    found = case.cost(aircraft=proposal.aircraft, wind=proposal.wind)
    return [one_line(cost_words(found)), one_line(assumed_words(found))]


def _times(case: Case) -> str:
    schedule = case.schedule
    if schedule is None:
        return ""
    lands = schedule.time(case.route.length_km)
    return f", departs {schedule.time(0.0)}, arrives {lands} at {schedule.speed_kmh:,.0f} km/h"


def _crossings(case: Case, findings: Sequence[Finding]) -> list[str]:
    """Write a line a crossing, forbidden or not, for a route is read as a whole."""
    offences = {crossing: finding for finding in findings for crossing in finding.crossings}
    lines = [_crossing_line(case, crossing, offences.get(crossing)) for crossing in case.verdict.crossings]
    lines += [
        f"  {'forbidden' if f.status == 'crosses' else '':<9}  area {visit(crossing, _time(case))}"
        for f in findings
        if f.area
        for crossing in f.crossings
    ]
    if case.verdict.crossings.high_seas_km >= 0.05:
        lines.append(f"  {'':<9}  high seas: {case.verdict.crossings.high_seas_km:,.1f} km in all")
    return lines


def _crossing_line(case: Case, crossing: Crossing, offence: Finding | None) -> str:
    schedule = case.schedule
    flag = why = ""
    if offence and offence.status == "crosses":
        on = case.on if schedule is None else schedule.date(crossing.entry_km)
        flag, why = "forbidden", f" ({membership(offence, on)})"
    elif offence:
        flag, why = ("consent", "") if offence.consented else ("", f" ({offence.note})")
    far = beyond_land(crossing, case.waters_of(crossing))
    return f"  {flag:<9}  {visit(crossing, _time(case))}{f'; {far}' if far else ''}{why}"


def _time(case: Case) -> Callable[[float], str] | None:
    return case.schedule.time if case.schedule else None


def _near_misses(findings: Sequence[Finding]) -> list[str]:
    """Write a line a state or area that is not entered but near, and one a crossing that a forbidden state claims."""
    lines = []
    for finding in findings:
        word = "marginal" if finding.status == "marginal" else "near miss"
        lines += [f"  {word:<9}  {near}"] if (near := near_miss(finding)) else []
        lines += [f"  {'claimed':<9}  {claimed}" for claimed in claims(finding)]
    return lines


def _wanted(proposal: Proposal, case: Case, rule: str | None) -> set[State] | None:
    """Return the states that a rule is expected to find crossed, or None if the proposal does not say."""
    if proposal.crosses is None or proposal.expect != "crosses":
        return set() if proposal.expect == "clear" else None
    forbidden = {state for one in case.avoiding if rule in (None, one.name) for state in one.states}
    return {case.world.state(code) for code in proposal.crosses} & forbidden


def _difference(expected: str, wanted: set[State] | None, status: str, found: set[State]) -> list[str]:
    lines = [f"expected: {expectation(expected, wanted)}", f"found:    {expectation(status, found)}"]
    if wanted and (missed := wanted - found):
        lines.append(f"not crossed after all: {', '.join(sorted(missed))}")
    if wanted and (more := found - wanted):
        lines.append(f"crossed unexpectedly: {', '.join(sorted(more))}")
    return lines


def unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Give names that are alike a number."""
    return tuple(name if name not in names[:i] else f"{name} no {i + 1}" for i, name in enumerate(names))


def plain(text: str) -> str:
    """Take out what test runners read as something else: brackets, colons, slashes, line breaks."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"[\[\]:/\\\s]+", " ", printable).strip()[:100]
