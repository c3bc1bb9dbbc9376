"""What came of a schedule: the breaches, what was waived, which waivers end soon."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from overflight.outside.listing import Listed, Listing
from overflight.outside.version import __version__
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.policies.flights import Flight, Timetable
    from overflight.policies.mending import Mend
    from overflight.policies.model import Policy, Rule, Waiver
    from overflight.rules import Finding

__all__ = ["SOON", "Breach", "Outcome"]

SOON = dt.timedelta(days=30)
"""A waiver that ends so many days after the last flight, or before, is told of."""


@dataclass(frozen=True, slots=True, eq=False)
class Breach:
    """A flight that breaks a rule, waived or not.

    Attributes
    ----------
    flight, policy, rule
        Who breaks what.
    case : Case
        The question, with its verdict; flights of a route share it, so that its date may be another one between whose
        and the flight's nothing changes.
    on : datetime.date
        The date by whose rules it was judged.
    open : tuple of Finding
        What of the verdict no waiver covers; empty where all of it is waived.
    waived : tuple of (Finding, Waiver)
        What is covered, and by which.
    lapsed : tuple of Waiver
        Those that would cover what is open, but have expired, or begin later.
    mend : Mend or None
        What would do; None where nobody asked.
    """

    flight: Flight
    policy: Policy
    rule: Rule
    case: Case
    on: dt.date
    open: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    lapsed: tuple[Waiver, ...] = ()
    mend: Mend | None = None

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that it uses, each once."""
        return tuple(dict.fromkeys(waiver for _, waiver in self.waived))

    @property
    def spared(self) -> list[str]:
        """Say what each of the waivers covers."""
        told: dict[Waiver, dict[str, None]] = {}
        for finding, waiver in self.waived:
            told.setdefault(waiver, {})[_called(finding)] = None
        return [f"waived: {listed([*names], len(names))}, by {waiver.words}" for waiver, names in told.items()]

    @property
    def status(self) -> Literal["waived", "marginal", "crosses"]:
        """The worst of what is open, as `overflight check` has it; ``"waived"`` if nothing is."""
        if not self.open:
            return "waived"
        return "crosses" if any(finding.status == "crosses" for finding in self.open) else "marginal"

    @property
    def day(self) -> dt.date:
        """The date of the flight, with which the end of a waiver is compared."""
        return self.flight.date or self.on

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight gate` has it."""
        return {
            "flight": self.flight.name,
            "row": self.flight.row,
            "date": self.day.isoformat(),
            "on": self.on.isoformat(),
            "route": self.flight.route.label,
            "operator": self.flight.operator or None,
            "registration": self.flight.registration or None,
            "airline": self.flight.airline or None,
            "aircraft": self.flight.aircraft or None,
            "policy": self.policy.id,
            "rule": self.rule.id,
            "status": self.status,
            "sentence": self.case.sentence,
            "findings": [one.to_dict() for one in self.open],
            "waived": [{"waiver": waiver.name, **finding.to_dict()} for finding, waiver in self.waived],
            "lapsed": [{**waiver.to_dict(), "sentence": waiver.lapse(self.day)} for waiver in self.lapsed],
            "mend": None if self.mend is None else self.mend.to_dict(),
        }


def _called(finding: Finding) -> str:
    return finding.state.in_text if finding.state else finding.area or finding.rule


@dataclass(frozen=True, repr=False, eq=False)
class Outcome(Listed):
    """What was found of a schedule.

    Attributes
    ----------
    timetable : Timetable
        The flights.
    policies : tuple of Policy
        What they were judged by.
    breaches : tuple of Breach
        Those of which something is not waived, in the order of the schedule.
    waived : tuple of Breach
        Those of which all is.
    kept : tuple of (Flight, Policy, Rule)
        Which flights keep which rules that are for them.
    on : datetime.date or None
        The date that decided for all flights; None where each has its own.
    view, data : str
        Whose a disputed part is, and the version of the data.
    """

    timetable: Timetable
    policies: tuple[Policy, ...]
    breaches: tuple[Breach, ...]
    waived: tuple[Breach, ...]
    kept: tuple[tuple[Flight, Policy, Rule], ...]
    on: dt.date | None
    view: str
    data: str

    @property
    def passed(self) -> bool:
        """Whether no flight breaks a rule without a waiver; a marginal verdict is a breach."""
        return not self.breaches

    def __bool__(self) -> bool:
        """Tell whether it passed, so that a test may say `assert gate(...)`."""
        return self.passed

    @cached_property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of the flights."""
        found = [day for flight in self.timetable.flights if (day := flight.date or self.on) is not None]
        return min(found), max(found)

    @cached_property
    def used(self) -> Mapping[tuple[str, str], int]:
        """How many breaches each waiver covers or helps to cover, by the policy's id and its name."""
        every = (*self.breaches, *self.waived)
        return Counter((one.policy.id, waiver.name) for one in every for waiver in one.waivers)

    @cached_property
    def failing(self) -> Mapping[tuple[str, str], int]:
        """How many breaches each waiver would cover had it not expired, or begun."""
        return Counter((one.policy.id, waiver.name) for one in self.breaches for waiver in one.lapsed)

    def waivers(self) -> Iterator[tuple[Policy, Waiver, str]]:
        """Yield the waivers that there is something to say of: ``"ends soon"``, ``"lapsed"`` or ``"unused"``."""
        first, last = self.days
        for policy in self.policies:
            for waiver in policy.waivers:
                key = (policy.id, waiver.name)
                if key in self.failing:
                    yield policy, waiver, "lapsed"
                elif first <= waiver.expires <= last + SOON:
                    yield policy, waiver, "ends soon"
                elif key not in self.used and waiver.expires >= first:
                    yield policy, waiver, "unused"

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as the JSON of `overflight gate` has it."""
        broken = Counter(one.rule.id for one in self.breaches)
        spared = Counter(one.rule.id for one in self.waived)
        first, last = self.days
        return {
            "schema": 1,
            "overflight": __version__,
            "data": self.data,
            "view": self.view,
            "schedule": self.timetable.where or None,
            "on": self.on.isoformat() if self.on else None,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "passed": self.passed,
            "counts": {
                "flights": len(self.timetable.flights),
                "breaches": len(self.breaches),
                "waived": len(self.waived),
                "kept": len(self.kept),
            },
            "remarks": list(self.timetable.remarks),
            "policies": [
                {
                    "id": policy.id,
                    "file": policy.where,
                    "name": policy.name,
                    "reason": policy.reason,
                    "rules": [
                        {
                            "id": rule.id,
                            "line": policy.line(rule),
                            "words": rule.words,
                            "breaches": broken[rule.id],
                            "waived": spared[rule.id],
                        }
                        for rule in policy.rules
                    ],
                }
                for policy in self.policies
            ],
            "waivers": [
                {
                    "policy": policy.id,
                    **waiver.to_dict(),
                    "state": state,
                    "used": self.used.get((policy.id, waiver.name), 0),
                    "lapsed": self.failing.get((policy.id, waiver.name), 0),
                }
                for policy, waiver, state in self.waivers()
            ],
            "breaches": [one.to_dict() for one in self.breaches],
            "waived": [one.to_dict() for one in self.waived],
        }

    def _listing(self) -> Listing:
        rows = self.breaches
        s = "es" if len(rows) != 1 else ""
        return Listing(
            title=f"{len(self.timetable.flights):,} flights, {len(rows):,} breach{s}, {len(self.waived):,} waived",
            words=(f"{one.flight.name} {one.flight.route.label} {one.day}: {one.policy.name}" for one in rows),
            header=("flight", "route", "date", "policy", "status", "in words"),
            rows=(
                [f.name, f.route.label, str(one.day), one.policy.name, one.status, one.case.sentence]
                for one in rows
                for f in [one.flight]
            ),
            total=len(rows),
        )
