"""What a proposal holds once it has been read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from overflight.errors import DataError, OverflightError, UnknownStateError
from overflight.rules.rulesets import parse_codes, parse_ruleset, united

if TYPE_CHECKING:
    from collections.abc import Iterable

    from overflight.airspace import Airspaces, Bloc, State
    from overflight.outside.beside import Find
    from overflight.proposals.positions import Path as Keys
    from overflight.proposals.source import Source
    from overflight.routes import Route
    from overflight.rules import Avoid, Rule
    from overflight.rules.rulesets import RuleSet
    from overflight.rules.schedule import AvoidOnTheWay, Schedule

__all__ = ["Expect", "Proposal"]

Expect = Literal["clear", "marginal", "crosses"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A route, a date, rules, what is expected, and why.

    Attributes
    ----------
    name : str
        What to call it.
    on : datetime.date
        The date that decides who is a member of what.
    route : Route
        Geodesic legs through its waypoints.
    avoid : tuple of str or RuleSet
        Rule sets as written, such as ``"icc"`` or ``"icc - HUN"``, or worked out, which hold whatever the date.
    allow : tuple of str
        Codes of the states whose consent is given.
    margin_km : float
        How near the route may come to a state that it must avoid.
    max_extension_pct : float or None
        How much longer than the great circle it may be.
    expect : {"clear", "marginal", "crosses"}
        What the verdict on the `avoid` rules should be.
    crosses : tuple of str or None
        Exactly the forbidden states that it should cross; None if any will do.
    why : str
        The reason for the proposal.
    sources : tuple of str
        Where the reason can be read.
    where : str
        The file it came from.
    schedule : Schedule or None
        When it departs and how fast it is, if it says so; `on` is then the date of departure in UTC.
    dated : bool
        Whether it stands for one of several dates, which its checks then name.
    origin : Source or None
        Where its keys stand, for messages.
    """

    name: str
    on: dt.date
    route: Route
    avoid: tuple[str | RuleSet, ...] = ()
    allow: tuple[str, ...] = ()
    margin_km: float = 0.0
    max_extension_pct: float | None = None
    expect: Expect = "clear"
    crosses: tuple[str, ...] | None = None
    why: str = ""
    sources: tuple[str, ...] = ()
    where: str = ""
    schedule: Schedule | None = None
    dated: bool = field(default=False, repr=False, compare=False)
    origin: Source | None = field(default=None, repr=False, compare=False)

    @property
    def find(self) -> Find:
        """What finds the files of areas that its rules name."""
        return self.origin.find if self.origin else Path

    def rules(self, world: Airspaces, more: Iterable[Bloc] = ()) -> tuple[Rule, ...]:
        """Work out the rules on the proposal's date, or on the dates of its flight.

        Parameters
        ----------
        world : Airspaces
            The airspace, as of the proposal's date.
        more : iterable of Bloc
            Blocs that may be named besides those that ship with the package.

        Raises
        ------
        ProposalError
            If a bloc or a state is unknown, or a state in `crosses` is not one that the rules forbid.
        """
        from overflight.rules import MaxExtension

        sets = [self._avoid(i, world, tuple(more)) for i in range(len(self.avoid))]
        allowed = self._codes("allow", self.allow, world)
        named = self._codes("crosses", self.crosses or (), world)
        avoid = [rule.allowing(allowed) for rules in sets for rule in rules]
        try:
            united(rule.ruleset for rule in avoid)  # refuses two areas of one name
        except DataError as error:
            raise self._error(("avoid",), str(error)) from error
        forbidden = frozenset[str]().union(*(rule.states for rule in avoid)) - allowed
        if idle := sorted(named - forbidden):
            raise self._error(("crosses",), f"no rule forbids {', '.join(idle)} on {self.on}: take it out")
        limit = self.max_extension_pct
        return (*avoid, MaxExtension(limit)) if limit is not None else tuple(avoid)

    def _avoid(self, i: int, world: Airspaces, more: tuple[Bloc, ...]) -> list[Avoid] | list[AvoidOnTheWay]:
        from overflight.rules.schedule import avoid_rules

        def on(date: dt.date) -> RuleSet:
            try:
                return parse_ruleset(self.avoid[i], world, date, more, find=self.find)
            except OverflightError as error:
                raise self._error(("avoid", i), str(error)) from error

        return avoid_rules(on, self.on, self.route, self.schedule, margin_km=self.margin_km)

    def _codes(self, key: str, codes: tuple[str, ...], world: Airspaces) -> frozenset[State]:
        found: frozenset[State] = frozenset()
        for i, code in enumerate(codes):
            try:
                found |= parse_codes((code,), world, what=f"`{key}`")
            except UnknownStateError as error:
                raise self._error((key, i), str(error).removeprefix(f"`{key}`: ")) from error
        return found

    def _error(self, path: Keys, why: str) -> OverflightError:
        from overflight.errors import ProposalError

        if self.origin is None:
            return ProposalError(f"{self.where or self.name}: `{path[0]}`: {why}")
        return self.origin.error(path, why)
