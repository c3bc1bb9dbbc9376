"""Which rules are about a stay in an airspace, whom each of them binds, and whether it binds who flies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from overflight.airspace import owners
from overflight.airspace.bans import bans_on
from overflight.airspace.blocs import BANS, bloc, blocs
from overflight.airspace.subjects import MEMBERS, NOBODY

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace import Bloc, RuleSet
    from overflight.airspace.ruleset import Ground
    from overflight.case import Case
    from overflight.rules import Finding

__all__ = ["Binding", "Bound"]

Makes = Literal["forbids", "closed", "consented", "open", "beside"]
WORDS: dict[Makes, str] = {
    "forbids": "forbids entry unless the state consents",
    "closed": "no consent opens it",
    "consented": "entry with the consent that the question assumes",
    "open": "may forbid entry",
    "beside": "binds the operator; the question did not ask by it",
}
"""What a rule makes of a stay."""
YOUR_OWN = "whom the question is about"


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule that is about a stay.

    Attributes
    ----------
    rule : str
        As the question has it; the name of the bloc, where the question did not ask by it.
    bloc : str
        The bloc whose row it is; empty where the rule names a state or an area itself.
    makes : {"forbids", "closed", "consented", "open", "beside"}
        What it makes of the stay.
    applies_to : str
        Whom or what it binds, in words.
    binds : bool or None
        Whether it binds operators of the state that flies; None where no operator was given, or where that is decided
        by who or what is aboard.
    since, source, note : str
        Those of the row.
    verified : bool or None
        Whether its source was seen; None where there is no row.
    """

    rule: str
    bloc: str
    makes: Makes
    applies_to: str
    binds: bool | None
    since: str = ""
    source: str = ""
    verified: bool | None = None
    note: str = ""

    @property
    def brief(self) -> str:
        """Say what it makes of the stay, in a line without its full stop."""
        name = self.bloc or self.rule
        within = f" (of {self.rule})" if self.bloc and self.rule not in {self.bloc, BANS} else ""
        row = f" since {self.since}" if self.since else ""
        but = "; it does not bind this operator as such" if self.binds is False else ""
        return f"{name}{within}{row}: {WORDS[self.makes]}{but}"

    @property
    def words(self) -> str:
        """Say the same, and whom it applies to, and by what source."""
        source = f"[{self.source}{'' if self.verified else ', not verified'}]" if self.source else ""
        return "; ".join(filter(None, (self.brief, f"applies to {self.applies_to}", self.note, source)))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "rule": self.rule,
            "bloc": self.bloc or None,
            "standing": self.makes,
            "in_words": WORDS[self.makes],
            "applies_to": self.applies_to,
            "binds_operator": self.binds,
            "since": self.since or None,
            "source": self.source,
            "verified": self.verified,
            "note": self.note,
        }


@dataclass(frozen=True)
class Binding:
    """Finds the rules that are about the stays of a case.

    Attributes
    ----------
    case : Case
        The question.
    """

    case: Case

    def of(self, crossing: Crossing) -> tuple[Bound, ...]:
        """Return the rules that are about a crossing: those of the question, and bans that it did not ask by."""
        date = self._date(crossing)
        asked = [bound for finding in self.case.verdict.findings for bound in self._asked(finding, crossing, date)]
        named = {bound.bloc for bound in asked}
        others = [
            self._ground(one.bloc, "beside", one) for one in self._bans_in(crossing, date) if one.bloc not in named
        ]
        return tuple(dict.fromkeys([*asked, *others]))

    def _date(self, crossing: Crossing) -> dt.date:
        """Return the day, in UTC, on which a crossing begins."""
        schedule = self.case.schedule
        return self.case.on if schedule is None else schedule.date(crossing.entry_km)

    def _asked(self, finding: Finding, crossing: Crossing, date: dt.date) -> Iterator[Bound]:
        if crossing not in finding.crossings or (finding.status == "clear" and not finding.consented):
            return
        makes = self._makes(finding)
        if finding.grounds:
            yield from (self._ground(finding.rule, makes, one) for one in finding.grounds)
            return
        chosen = self._chosen.get(finding.rule)
        states = {state.code for state in owners(crossing)}
        rows = [
            (one, row)
            for name in (chosen.blocs if chosen else ())
            if name != BANS
            for one in (self._bloc(name),)
            for row in one.members
            if row.state in states and row.holds_on(date)
        ]
        for one, row in rows:
            yield Bound(
                rule=finding.rule,
                bloc=one.name,
                makes=makes,
                applies_to=one.applies_to,
                binds=self._binds(one),
                since=row.since.isoformat(),
                source=row.source,
                verified=row.verified,
                note=row.note,
            )
        if not rows:
            yield Bound(finding.rule, "", makes, YOUR_OWN, None, note=finding.note if makes == "open" else "")

    def _makes(self, finding: Finding) -> Makes:
        if finding.status == "marginal":
            return "open"
        if finding.status == "clear":
            return "consented"
        return "closed" if finding.rule in self._never else "forbids"

    def _ground(self, rule: str, makes: Makes, one: Ground) -> Bound:
        holds = "in part, for some hours, or by an old report" if one.doubtful else ""
        return Bound(
            rule=rule,
            bloc=one.bloc,
            makes=makes,
            applies_to=self._bloc(one.bloc).applies_to,
            binds=self._binds(self._bloc(one.bloc)),
            since=one.since.isoformat(),
            source=one.source,
            verified=one.verified,
            note="; ".join(filter(None, (one.whom, one.note, holds))),
        )

    def _binds(self, one: Bloc) -> bool | None:
        """Tell whether a bloc binds operators of the state that flies; None where that is not decided by the state."""
        operator, binds = self.case.operator, one.subject.binds
        if operator is None or one.name not in blocs():
            return None
        if binds == (MEMBERS,):
            return any(row.state == operator.state for row in one.members)
        return True if one.subject.may_concern(operator.state) else None if binds == (NOBODY,) else False

    def _bloc(self, name: str) -> Bloc:
        return next((one for one in self.case.blocs if one.name == name), None) or bloc(name)

    @cached_property
    def _chosen(self) -> Mapping[str, RuleSet]:
        return {one.text: one for one in self.case.sets}

    @cached_property
    def _never(self) -> frozenset[str]:
        """The texts of what no consent opens; of a rule that stands in both lists, too."""
        return frozenset(one.text for one in self.case.sets[len(self.case.avoid) :])

    @cached_property
    def _bans(self) -> dict[dt.date, RuleSet]:
        return {}

    def _bans_in(self, crossing: Crossing, date: dt.date) -> Iterator[Ground]:
        """Yield the rows by which the airspace of a crossing is shut to the operator on a date, maybe in part."""
        if self.case.operator is None:
            return
        if date not in self._bans:
            self._bans[date] = bans_on(self.case.operator, date, self.case.world)
        shut = self._bans[date]
        for state in owners(crossing, shut.exceptions):
            if shut.holding(state, crossing.territory) != "not":
                yield from shut.grounds_of(state)
