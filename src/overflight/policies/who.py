"""Who flies: the state of the operator, or of the registration; and whether a rule is for them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from overflight.airspace.operators import Operator, operator_of
from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import visible

if TYPE_CHECKING:
    from overflight.policies.flights import Flight, Timetable
    from overflight.policies.model import Policy, Rule

__all__ = ["Who"]


class Who:
    """Tells who flies, by what the schedule says.

    Parameters
    ----------
    timetable : Timetable
        The schedule.
    operator : str or None
        Who flies where a row does not say.
    """

    def __init__(self, timetable: Timetable, operator: str | None) -> None:
        self.timetable = timetable
        self.operator = operator or ""
        self._read: dict[tuple[str, dt.date], Operator | None] = {}

    def flying(self, policy: Policy, rule: Rule, flight: Flight, date: dt.date) -> Operator | None:
        """Return who flies, where a rule asks for it.

        Raises
        ------
        ProposalError
            If that is not known.
        """
        if not rule.asks_who_flies:
            return None
        found = self._of(flight, date)
        if found is None:
            raise self._unknown(flight, f"{visible(policy.where)} asks for the bans that bind who flies")
        return found

    def is_bound(self, policy: Policy, rule: Rule, flight: Flight, date: dt.date) -> bool:
        """Tell whether a rule is for who flies.

        Raises
        ------
        ProposalError
            If that is not known.
        """
        answers = [self._is(name, flight, date) for name in rule.operators]
        if not answers or True in answers:
            return True
        if None in answers:
            asked = visible(", ".join(rule.operators[:5]))
            raise self._unknown(flight, f"{visible(policy.where)} has a rule for {asked}")
        return False

    def _is(self, name: str, flight: Flight, date: dt.date) -> bool | None:
        """Tell whether who flies is meant by a name: a mark, a registration, an airline, a state; None if not known."""
        wanted = name.casefold()
        said = [text.casefold() for text in (flight.operator or self.operator, flight.registration, flight.airline)]
        if wanted in said:
            return True
        if wanted.endswith("-"):
            told = (flight.registration, flight.operator, self.operator)
            read = [one for text in told if text and (one := self._operator(text, date)) is not None and one.mark]
            return any(one.mark.casefold().startswith(wanted) for one in read) if read else None
        meant = self._operator(name, date)
        if meant is None:  # an airline, as the schedule writes it
            return False if said[0] or said[2] else None
        if meant.mark:  # one registration
            return False if said[1] else None
        found = self._of(flight, date)
        return None if found is None else meant.territory in (found.territory, found.state)

    def _of(self, flight: Flight, date: dt.date) -> Operator | None:
        """Return who flies: the operator, if it is one that has a state, else whose the registration is."""
        for text in (flight.operator, flight.registration, self.operator):
            if text and (found := self._operator(text, date)) is not None:
                return found
        return None

    def _operator(self, text: str, date: dt.date) -> Operator | None:
        key = (text, date)
        if key not in self._read:
            try:
                self._read[key] = operator_of(text, date)
            except OverflightError:
                self._read[key] = None
        return self._read[key]

    def _unknown(self, flight: Flight, why: str) -> ProposalError:
        said = [text for text in (flight.operator, flight.registration, flight.airline) if text]
        found = f'"{visible(said[0])}" tells no state' if said else "it does not say who flies"
        help_ = "give a column operator (a state such as RUS) or registration (RA-96022), or --operator for all"
        return ProposalError(f"{self.timetable.place(flight)}: {found}, and {why}: {help_}")
