"""What of a breach is waived: by the waivers of its policy that name its flight, on the day of the flight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from overflight.policies.model import plain_flight
from overflight.policies.results import Breach

if TYPE_CHECKING:
    from overflight.airspace import State
    from overflight.case import Case
    from overflight.policies.flights import Flight
    from overflight.policies.judging import Judged
    from overflight.policies.model import Policy, Waiver

__all__ = ["Waivers"]


class Waivers:
    """The waivers of some policies, by the flights that they name."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._named: dict[tuple[str, str], list[Waiver]] = {}
        for policy in policies:
            for waiver in policy.waivers:
                for name in waiver.flights or ("",):
                    self._named.setdefault((policy.id, name), []).append(waiver)

    def of(self, policy: Policy, flight: Flight) -> list[Waiver]:
        """Return the waivers of a policy that are for a flight, whatever the day."""
        own = self._named.get((policy.id, plain_flight(flight.name)), [])
        return [*self._named.get((policy.id, ""), []), *own]

    def opened(self, policy: Policy, flight: Flight, day: dt.date) -> frozenset[State] | None:
        """Return the states that waivers of a policy open to a flight on a day; None if they open all."""
        counting = [waiver for waiver in self.of(policy, flight) if waiver.counts_on(day)]
        if not all(waiver.states for waiver in counting):
            return None
        return frozenset(state for waiver in counting for state in waiver.states)

    def breach(self, one: Judged, case: Case, on: dt.date) -> Breach:
        """Say what of a verdict is waived, and by whom."""
        possible = self.of(one.policy, one.flight)
        day = one.flight.date or on
        left, waived, lapsed = [], [], []
        for finding in case.verdict.findings:
            if finding.status == "clear":
                continue
            covering = [waiver for waiver in possible if waiver.covers(finding)]
            counting = [waiver for waiver in covering if waiver.counts_on(day)]
            if counting:
                waived.append((finding, max(counting, key=lambda waiver: waiver.expires)))
            else:
                left.append(finding)
                lapsed += covering
        return Breach(
            flight=one.flight,
            policy=one.policy,
            rule=one.rule,
            case=case,
            on=on,
            open=tuple(left),
            waived=tuple(waived),
            lapsed=tuple(dict.fromkeys(lapsed)),
        )
