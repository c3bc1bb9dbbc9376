"""The gate: which flights of a schedule break which policies, what was waived, and the least that would mend it."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from overflight.airspace import VIEWS, load_airspaces
from overflight.outside.dates import as_date
from overflight.policies.answers import Gated
from overflight.policies.flights import Given, Timetable, read_flights
from overflight.policies.judging import Judge, Judged
from overflight.policies.model import Policy
from overflight.policies.reading import read_policies
from overflight.policies.results import Breach
from overflight.policies.waiving import Waivers

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, State
    from overflight.case import Case
    from overflight.routes import Route

__all__ = ["gate"]

PATIENCE_S = 60.0


class Question(NamedTuple):
    """A route, and the rules that bind who flies it, each with the states that waivers open."""

    line: Route
    parts: tuple[tuple[Case, frozenset[State]], ...]


def gate(
    schedule: Given | Timetable,
    *,
    policy: str | os.PathLike[str] | Policy | Iterable[str | os.PathLike[str] | Policy],
    on: dt.date | str | None = None,
    operator: str | None = None,
    view: str = VIEWS[0],
    world: Airspaces | None = None,
    mend: bool = True,
    time_limit_s: float | None = PATIENCE_S,
) -> Gated:
    r"""Judge the flights of a schedule by the policies of a folder.

    Parameters
    ----------
    schedule : path, iterable of mappings, or Timetable
        CSV or Parquet, or rows; see `overflight.policies.read_flights`.
    policy : path, Policy, or several
        A folder of ``*.toml``, or files; see `overflight.policies.read_policies`.
    on : datetime.date or str, optional
        By which day's rules all flights are judged; by default each by its own date.
    operator : str, optional
        Who flies where a row does not say: a state or a registration.
    view : {"de-jure", "de-facto"}
        Whose a disputed part is.
    world : Airspaces, optional
        Airspace of one's own.
    mend : bool
        Whether to look for the least that would mend each breach: a route that obeys all rules that bind the flight.
    time_limit_s : float or None
        For how many seconds, all breaches together; 15 at most for each.

    Returns
    -------
    Gated
        True where no flight breaks a rule without a waiver; ``to_junit``, ``to_sarif``, ``to_dict``, ``to_text``.

    Raises
    ------
    OverflightError
        Names the file, the line and the key or column.

    Notes
    -----
    A verdict that is marginal is a breach, as it fails `overflight check`. Whether a waiver counts is decided by the
    date of the flight, whatever `on` is; where the schedule has no dates, by `on`. A flight is judged as of one date,
    that of its departure.

    Examples
    --------
    >>> from overflight.policies import parse_policy
    >>> icc = parse_policy('name = "ICC"\nreason = "A resolution"\n[[rule]]\navoid = ["icc"]', where="icc.toml")
    >>> rows = [{"flight": "OF1", "date": "2025-10-23", "origin": "VKO", "destination": "BUD"},
    ...         {"flight": "OF2", "date": "2025-10-23", "origin": "VKO", "destination": "LED"}]
    >>> found = gate(rows, policy=icc, mend=False)
    >>> found.passed, [(one.flight.name, one.status) for one in found.breaches]
    (False, [('OF1', 'crosses')])
    """
    timetable = schedule if isinstance(schedule, Timetable) else read_flights(schedule)
    policies = _policies(policy)
    asked = None if on is None else as_date(on)
    judge = Judge(timetable, policies, on=asked, operator=operator, view=view, world=world)
    found = judge.judge()
    waivers = Waivers(policies)
    breaches = [waivers.breach(one, case, judge.date(one.flight)) for one in found if (case := one.case) is not None]
    if mend:
        breaches = _mended(breaches, found, waivers, time_limit_s)
    return Gated(
        timetable=timetable,
        policies=policies,
        breaches=tuple(one for one in breaches if one.open),
        waived=tuple(one for one in breaches if not one.open),
        kept=tuple((one.flight, one.policy, one.rule) for one in found if one.case is None),
        on=asked,
        view=view if world is None else world.view,
        data=(world or load_airspaces(view)).version,
    )


def _policies(given: str | os.PathLike[str] | Policy | Iterable[str | os.PathLike[str] | Policy]) -> tuple[Policy, ...]:
    several = [given] if isinstance(given, str | os.PathLike | Policy) else list(given)
    made = [one for one in several if isinstance(one, Policy)]
    paths = [one for one in several if not isinstance(one, Policy)]
    return (*made, *(read_policies(paths) if paths or not made else ()))


def _mended(
    breaches: Sequence[Breach], judged: Sequence[Judged], waivers: Waivers, time_limit_s: float | None
) -> list[Breach]:
    """Look for mends, those first that most flights need; a route under the same rules is looked for once."""
    from overflight.policies.mending import Mender, part_of

    bound: dict[int, list[Judged]] = {}
    for one in judged:
        bound.setdefault(id(one.flight), []).append(one)
    asked: dict[int, Question] = {}
    for breach in breaches:
        if breach.open and id(breach.flight) not in asked:
            rules = bound[id(breach.flight)]
            opened = [waivers.opened(one.policy, breach.flight, breach.day) for one in rules]
            parts = [(one.base, states) for one, states in zip(rules, opened, strict=True) if states is not None]
            asked[id(breach.flight)] = Question(rules[0].line, tuple(parts))
    mender = Mender(time_limit_s)
    ways = {
        question: mender.way([part_of(base, question.line, opened) for base, opened in question.parts])
        for question, _ in Counter(asked.values()).most_common()
    }
    broken = Counter(id(one.flight) for one in breaches if one.open)
    return [
        replace(
            one,
            mend=mender.mend(one.case, one.open, ways[asked[id(one.flight)]], alone=broken[id(one.flight)] == 1),
        )
        if one.open
        else one
        for one in breaches
    ]
