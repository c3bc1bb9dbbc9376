"""Judging claims: whether each holds, by its figure or by whom the route enters; or why that can't be known."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from overflight.airspace import RuleSet
from overflight.costs import Aircraft, Cost, Extra, Figure, cost
from overflight.costs.spoken import hours, time_words, tonnes_words
from overflight.errors import RouteError
from overflight.outside.printable import one_line
from overflight.proposals.claims import Claim, Judgement, Kind
from overflight.routes import great_circle
from overflight.rules import check
from overflight.rules.rulesets import ruleset
from overflight.rules.schedule import Schedule
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.costs.pacing import Wind
    from overflight.routes import Route
    from overflight.rules import Finding, Verdict

__all__ = ["AIRCRAFT", "WORDS", "Judged", "judged", "resolved"]

AIRCRAFT = "narrow-body"
"""What flies where a proposal does not say."""
WORDS: dict[Judgement, str] = {"holds": "holds", "fails": "fails", "not-known": "can't be known"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim and what came of it.

    Attributes
    ----------
    claim : Claim
        What was said.
    answer : {"holds", "fails", "not-known"}
        ``"not-known"`` where the range of the figure reaches over a limit of the claim, or where it is not known
        whether something is entered.
    found : str
        What is so, in words.
    wanted : str
        What the claim comes to in figures; empty where it is about whom the route enters.
    figure : Figure or None
        What was compared: km, minutes, per cent or tonnes.
    """

    claim: Claim
    answer: Judgement
    found: str
    wanted: str = ""
    figure: Figure | None = None

    @property
    def as_expected(self) -> bool:
        """Whether it came to what the proposal expects of it."""
        return self.answer == self.claim.expect

    @property
    def line(self) -> str:
        """The claim, what came of it, and why, on one line."""
        limits = f" ({self.wanted})" if self.wanted else ""
        return one_line(f"{self.claim.text}{limits}: {WORDS[self.answer]}: {self.found}")

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `check` has it under ``claims``."""
        return {
            "claim": self.claim.text,
            "about": self.claim.kind,
            "answer": self.answer,
            "expect": self.claim.expect,
            "as_expected": self.as_expected,
            "found": self.found,
            "wanted": self.wanted or None,
            "figure": None if self.figure is None else self.figure.to_dict(),
        }


def resolved(claim: Claim, case: Case) -> tuple[RuleSet, ...]:
    """Work out the rule sets and states that a claim names, on the date of a case.

    Raises
    ------
    OverflightError
        If one is unknown.
    """
    on_day = partial(_on, case=case)
    return tuple(on_day(name, on=case.on) for name in claim.names)


def judged(claim: Claim, case: Case, aircraft: str | Aircraft | None = None, wind: Wind = "none") -> Judged:
    """Judge a claim about the route of a case.

    Parameters
    ----------
    claim : Claim
        What is said of it.
    case : Case
        The route with its date and rules; what its rules forbid, whose consent is assumed or not, needs consent.
    aircraft : str or Aircraft, optional
        What flies, as `overflight.cost` takes it; a narrow-body jet by default.
    wind : {"none", "season"}
        What wind time and fuel are worked out with.

    Notes
    -----
    Method: lengths are those of the geodesic legs; time, fuel and CO2 are ranges of `overflight.cost`, or
    by the schedule's speed. A claim about such a figure holds where all of the range lies within its limits, fails
    where none does, and can't be known else. Whom the route enters is judged as by `overflight.check`, without a
    margin.
    """
    if claim.bounds is not None:
        return _by_figure(claim, case, partial(cost, aircraft=aircraft or AIRCRAFT, wind=wind, on=case.on))
    if claim.kind == "consent":
        return _by_consent(claim, case)
    return _by_way(claim, case)


def _on(name: str, *, on: dt.date, case: Case) -> RuleSet:
    return ruleset(name, on=on, world=case.world, blocs=case.blocs, operator=case.operator, find=case.find)


def _by_figure(claim: Claim, case: Case, costing: Callable[[Route], Cost]) -> Judged:
    assert claim.bounds is not None  # noqa: S101 - by whom it is called
    least, most = claim.bounds
    limits = [_told(claim.kind, Figure.exactly(value)) for value in (least, most) if math.isfinite(value)]
    wanted = (
        " to ".join(limits) if len(limits) == 2 else f"{'at most' if math.isinf(least) else 'at least'} {limits[0]}"
    )
    figure = _figure(claim, case, costing)
    if figure is None:
        return Judged(claim, "not-known", "its ends have no great circle between them to compare with", wanted)
    inside, outside = least <= figure.low and figure.high <= most, figure.high < least or figure.low > most
    over = " over the great circle" if claim.longer else ""
    by = "" if claim.kind in {"km", "pct"} else f", by {_flown(case, costing)}"
    answer: Judgement = "holds" if inside else "fails" if outside else "not-known"
    return Judged(claim, answer, f"{_told(claim.kind, figure)}{over}{by}", wanted, figure)


def _figure(claim: Claim, case: Case, costing: Callable[[Route], Cost]) -> Figure | None:
    """Return what a claim is about, as it is; None where there is no great circle to compare with."""
    route, direct = case.route, None
    if claim.longer:
        try:
            direct = great_circle(route.waypoints[0], route.waypoints[-1])
        except RouteError:
            return None
    if claim.kind in {"km", "pct"}:
        km = route.length_km - (direct.length_km if direct else 0.0)
        return Figure.exactly(100.0 * km / direct.length_km if claim.kind == "pct" and direct else km)
    if claim.kind == "min" and type(case.schedule) is Schedule:
        km = route.length_km - (direct.length_km if direct else 0.0)
        return Figure.exactly(60.0 * km / case.schedule.speed_kmh)
    flown = costing(route)
    return _of(claim.kind, flown if direct is None else flown.over(costing(direct)))


def _of(kind: Kind, one: Cost | Extra) -> Figure:
    return {"min": one.time_min, "fuel_t": one.fuel_t, "co2_t": one.co2_t}[kind]


def _flown(case: Case, costing: Callable[[Route], Cost]) -> str:
    """Say what time and fuel are reckoned by."""
    if type(case.schedule) is Schedule:
        return f"the schedule's {case.schedule.speed_kmh:,.0f} km/h"
    flown = costing(case.route)
    return f"{flown.aircraft.words} {'without wind' if flown.wind == 'none' else 'in the mean wind of the season'}"


def _told(kind: Kind, figure: Figure) -> str:
    """Write a figure, with its range where it has one."""
    exact = figure.low == figure.high
    if kind == "min":
        return hours(figure.typical) if exact else time_words(figure)
    if kind in {"km", "pct"}:
        return f"{figure.typical:,.0f} km" if kind == "km" else f"{figure.typical:,.1f} %"
    what = "fuel" if kind == "fuel_t" else "CO2"
    return f"{figure.typical:,.4g} t of {what}" if exact else tonnes_words(figure, what)


def _by_consent(claim: Claim, case: Case) -> Judged:
    """Compare whom the route needs the consent of with those whom a claim names."""
    needed: dict[str, str] = {}
    open_: dict[str, str] = {}
    for finding in case.verdict.findings:
        if finding.state is not None and finding.crossings and (finding.status == "crosses" or finding.consented):
            needed[finding.state.code] = finding.state.in_text
        elif finding.state is not None and _may_enter(finding):
            open_[finding.state.code] = finding.state.in_text
        open_ |= {state.code: state.in_text for state in finding.could}
    named = {state.code: state.in_text for one in resolved(claim, case) for state in one.touched}
    found = f"needs {_consent(list(needed.values()))}"
    missing = [name for code, name in named.items() if code not in needed and code not in open_]
    more = [name for code, name in needed.items() if code not in named] if claim.only else []
    maybe = {code for code in open_ if code not in needed and (code in named or claim.only)}
    if more or missing:
        return Judged(claim, "fails", f"{found}{_unneeded(missing, case)}")
    if maybe:
        told = f"; it is not known whether it needs that of {_names([open_[code] for code in sorted(maybe)])}"
        return Judged(claim, "not-known", found + told)
    return Judged(claim, "holds", found)


def _may_enter(finding: Finding) -> bool:
    """Tell whether a finding leaves it open that a state is entered where a rule holds; a margin alone does not."""
    near = finding.approach is not None and finding.approach.doubtful is not None
    return finding.status == "marginal" and (near or bool(finding.crossings))


def _unneeded(missing: list[str], case: Case) -> str:
    """Say of states whose consent is not needed why."""
    entered = {crossing.state.in_text for crossing in case.verdict.crossings}
    free = [name for name in missing if name in entered]
    away = [name for name in missing if name not in entered]
    told = [f"no rule of the proposal forbids {_names(free)}"] if free else []
    told += [f"it does not enter {_names(away)}"] if away else []
    return "".join(f"; {text}" for text in told)


def _consent(names: list[str]) -> str:
    return f"the consent of {_names(names)}" if names else "no consent by the rules of the proposal"


def _names(names: list[str]) -> str:
    return listed(names, len(names))


def _by_way(claim: Claim, case: Case) -> Judged:
    """Judge whom the route enters, and in which order."""
    sets = resolved(claim, case)
    verdicts = [_verdict(name, one, case) for name, one in zip(claim.names, sets, strict=True)]
    statuses = [verdict.status for verdict in verdicts]
    doubts = dict.fromkeys(text for verdict in verdicts for text in _doubts(verdict))
    entered = _entered(verdicts)
    if claim.kind == "out":
        answer: Judgement = {"clear": "holds", "marginal": "not-known", "crosses": "fails"}[statuses[0]]  # type: ignore[assignment]
    elif "clear" in statuses:
        answer = "fails"
    else:
        answer = "not-known" if "marginal" in statuses else "holds"
    if answer == "not-known":
        return Judged(claim, answer, "; ".join(doubts) or "a border is as near as it is exactly known")
    if claim.kind != "passes":
        return Judged(claim, answer, f"enters {_names(entered)}" if entered else "enters none of these")
    missed = [name for name, status in zip(claim.names, statuses, strict=True) if status == "clear"]
    if missed:
        return Judged(claim, "fails", f"does not enter {_names(missed)}: {_way(case)}")
    return Judged(claim, "holds" if _in_order(verdicts) else "fails", f"{_way(case)}, in this order")


def _way(case: Case) -> str:
    """Say whom a route enters, in the order flown."""
    return f"enters {_names(list(dict.fromkeys(crossing.state.in_text for crossing in case.verdict.crossings)))}"


def _verdict(name: str, one: RuleSet, case: Case) -> Verdict:
    """Judge the route by one rule alone, on each date of the flight, without a consent or a margin."""
    alone = replace(
        case,
        avoid=(name,),
        never=(),
        sets=(one,),
        allow=frozenset(),
        margin_km=0.0,
        max_extension_pct=None,
        known=None,
    )
    found = check(case.verdict.crossings, case.world, rules=alone.avoiding)
    if not case.gaps:
        return found
    from overflight.rules.gaps import with_gaps  # which needs NumPy; few routes are recorded

    return with_gaps(found, case.world, alone.avoiding, case.gaps)


def _entered(verdicts: list[Verdict]) -> list[str]:
    found = (f for verdict in verdicts for f in verdict.findings if f.status == "crosses")
    return list(dict.fromkeys(f.state.in_text if f.state else f"the area {f.area}" for f in found))


def _doubts(verdict: Verdict) -> Iterator[str]:
    """Say what leaves it open whether something is entered."""
    for finding in verdict.findings:
        if finding.status == "marginal":
            who = finding.state.in_text if finding.state else finding.area or ""
            yield finding.note or f"{who} is as near as its border is exactly known"


def _in_order(verdicts: list[Verdict]) -> bool:
    """Tell whether crossings can be picked, one for each rule, that are flown in the order of the rules."""
    at = -1.0
    for verdict in verdicts:
        entries = sorted(c.entry_km for f in verdict.findings if f.status == "crosses" for c in f.crossings)
        later = [km for km in entries if km > at]
        if not later:
            return False
        at = later[0]
    return True
