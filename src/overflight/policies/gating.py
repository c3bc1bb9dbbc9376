"""The gate: which flights of a schedule break which policies, what was waived, and the least that would mend it."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from overflight.airspace import VIEWS, load_airspaces
from overflight.outside.dates import as_date
from overflight.policies.answers import Gated
from overflight.policies.flights import Given, Timetable, read_flights
from overflight.policies.judging import Judge, Judged
from overflight.policies.model import Policy, Waiver, plain_flight
from overflight.policies.reading import read_policies
from overflight.policies.results import Breach

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, State
    from overflight.case import Case
    from overflight.policies.mending import Mend

__all__ = ["gate"]

PATIENCE_S = 60.0


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
        Whether to look for the least that would mend each breach.
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
    judged = Judge(timetable, policies, on=asked, operator=operator, view=view, world=world)
    found = judged.judge()
    waivers = {known.id: _by_flight(known) for known in policies}
    breaches = [_breach(one, case, judged.date(one.flight), waivers) for one in found if (case := one.case) is not None]
    if mend:
        breaches = _mended(breaches, time_limit_s)
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


def _by_flight(policy: Policy) -> dict[str, list[Waiver]]:
    """Sort the waivers of a policy by the flights that they name; those for all flights stand under no name."""
    found: dict[str, list[Waiver]] = {}
    for waiver in policy.waivers:
        for name in waiver.flights or ("",):
            found.setdefault(name, []).append(waiver)
    return found


def _breach(one: Judged, case: Case, on: dt.date, waivers: Mapping[str, Mapping[str, Sequence[Waiver]]]) -> Breach:
    """Say what of a verdict is waived, and by whom."""
    named = waivers[one.policy.id]
    possible = [*named.get("", ()), *named.get(plain_flight(one.flight.name), ())]
    day = one.flight.date or on
    open_, waived, lapsed = [], [], []
    for finding in case.verdict.findings:
        if finding.status == "clear":
            continue
        covering = [waiver for waiver in possible if waiver.covers(finding)]
        counting = [waiver for waiver in covering if waiver.counts_on(day)]
        if counting:
            waived.append((finding, max(counting, key=lambda waiver: waiver.expires)))
        else:
            open_.append(finding)
            lapsed += covering
    return Breach(one.flight, one.policy, one.rule, case, on, tuple(open_), tuple(waived), tuple(dict.fromkeys(lapsed)))


def _mended(breaches: Sequence[Breach], time_limit_s: float | None) -> list[Breach]:
    """Look for mends, those first that most flights need; each question is asked once."""
    from dataclasses import replace

    from overflight.policies.mending import Mender

    def question(one: Breach) -> tuple[int, frozenset[State]]:
        return id(one.case), frozenset(f.state for f, _ in one.waived if f.state is not None)

    mender = Mender(time_limit_s)
    first: dict[tuple[int, frozenset[State]], Breach] = {}
    for one in breaches:
        if one.open:
            first.setdefault(question(one), one)
    flights = Counter(question(one) for one in breaches if one.open)
    mends: dict[tuple[int, frozenset[State]], Mend] = {}
    for key, _ in flights.most_common():
        one = first[key]
        mends[key] = mender.mend(one.case.allowing(key[1]), one.open)
    return [replace(one, mend=mends[question(one)]) if one.open else one for one in breaches]
