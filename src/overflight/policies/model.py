"""What a policy holds once it has been read: rules, and who waived them for what."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from overflight.airspace.blocs import BANS

if TYPE_CHECKING:
    from overflight.airspace import Bloc, State
    from overflight.errors import OverflightError
    from overflight.proposals.source import Source
    from overflight.rules import Finding

__all__ = ["Policy", "Rule", "Waiver", "plain_flight"]

_BANS = re.compile(rf"(?<![\w-]){BANS}(?![\w-])", re.IGNORECASE)


def plain_flight(name: str) -> str:
    """Return the name of a flight as it is compared: case and blanks don't count.

    Examples
    --------
    >>> plain_flight("of 101") == plain_flight("OF101")
    True
    """
    return "".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy.

    Attributes
    ----------
    number : int
        Which of its policy's rules it is, from 0.
    id : str
        What outputs call it: the policy's id, and where the policy has several rules, its number from 1 (``icc/2``).
    avoid, never, allow : tuple of str
        As in `overflight.Case.of`.
    margin_km : float
        How near a route may come.
    operators : tuple of str
        Whose flights it is for; empty, everybody's.
    since, until : datetime.date or None
        The first day on which it holds, and the first on which it holds no more: the narrower of its own days and its
        policy's.
    """

    number: int
    id: str
    avoid: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    margin_km: float = 0.0
    operators: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def asks_who_flies(self) -> bool:
        """Whether what it forbids depends on the operator: it names ``bans``."""
        return any(_BANS.search(text) for text in (*self.avoid, *self.never))

    @property
    def words(self) -> str:
        """Say it in the words in which it is written."""
        told = {"avoid": self.avoid, "never": self.never, "allow": self.allow, "for": self.operators}
        said = [f"{key} {', '.join(texts)}" for key, texts in told.items() if texts]
        return "; ".join([*said, *([f"margin {self.margin_km:g} km"] if self.margin_km else [])])

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether it holds on a date."""
        return (self.since is None or self.since <= date) and (self.until is None or date < self.until)


@dataclass(frozen=True, slots=True)
class Waiver:
    """What somebody lets pass, until when.

    Attributes
    ----------
    name, by, reason : str
        What it is called, who gave it, and why.
    expires : datetime.date
        The last day on which it counts, by the date of the flight.
    states : frozenset of State
        Whose airspace it opens; empty, whatever the policy's rules forbid.
    flights : frozenset of str
        For which flights, as `plain_flight` has them; empty, for all.
    since : datetime.date or None
        The first day on which it counts.
    """

    name: str
    by: str
    reason: str
    expires: dt.date
    states: frozenset[State] = frozenset()
    flights: frozenset[str] = frozenset()
    since: dt.date | None = None

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about what one of its flights breaks, whatever the day."""
        return not self.states or (finding.state is not None and finding.state in self.states)

    def counts_on(self, date: dt.date) -> bool:
        """Tell whether it counts for a flight on a date."""
        return (self.since is None or self.since <= date) and date <= self.expires

    @property
    def words(self) -> str:
        """Say which it is, who gave it, and how long it counts."""
        begins = f" from {self.since}" if self.since else ""
        return f"waiver {self.name!r} of {self.by},{begins} until {self.expires}"

    def lapse(self, date: dt.date) -> str:
        """Say why it does not count on a date."""
        if self.since is not None and date < self.since:
            return f"waiver {self.name!r} of {self.by} begins on {self.since}"
        return f"waiver {self.name!r} of {self.by} expired on {self.expires}"

    def to_dict(self) -> dict[str, str | list[str] | None]:
        """Return it as JSON has it."""
        return {
            "name": self.name,
            "by": self.by,
            "reason": self.reason,
            "since": self.since.isoformat() if self.since else None,
            "expires": self.expires.isoformat(),
            "states": sorted(state.code for state in self.states),
        }


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules with their reason, and the waivers of them.

    Attributes
    ----------
    id : str
        The name of its file without ``.toml``.
    where : str
        The file.
    name, reason : str
        What it is called, and why it is.
    rules : tuple of Rule
        What it asks.
    waivers : tuple of Waiver
        What is let pass.
    lists : tuple of Bloc
        Blocs of its own.
    source : Source
        Where its keys stand, for messages; and what finds the files that it names.
    """

    id: str
    where: str
    name: str
    reason: str
    rules: tuple[Rule, ...]
    source: Source = field(repr=False, compare=False)
    waivers: tuple[Waiver, ...] = ()
    lists: tuple[Bloc, ...] = ()

    def line(self, rule: Rule) -> int | None:
        """Return the line on which a rule of it stands."""
        return self.source.line(("rule", rule.number))

    def error(self, rule: Rule, error: OverflightError) -> OverflightError:
        """Say where in the file a rule is wrong."""
        path = error.path if error.path[:1] in {("avoid",), ("never",), ("allow",)} else ()
        why = str(error).removeprefix("allow: ")
        return self.source.error(("rule", rule.number, *path), why)
