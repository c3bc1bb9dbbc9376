"""What a proposal holds once it has been read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from overflight.case import Case, as_flown
from overflight.errors import OverflightError, ProposalError, UnknownStateError
from overflight.proposals.claims import Claim
from overflight.proposals.judging import Judged, judged, resolved
from overflight.rules.rulesets import parse_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from overflight.airspace import Airspaces, Bloc, RuleSet
    from overflight.costs import Aircraft
    from overflight.costs.pacing import Wind
    from overflight.outside.beside import Find
    from overflight.proposals.positions import Path as Keys
    from overflight.proposals.source import Source
    from overflight.routes import Route
    from overflight.rules import Schedule

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
    never : tuple of str or RuleSet
        The same, of states that can't be asked: no consent opens these.
    allow : tuple of str
        Codes of the states whose consent is assumed.
    margin_km : float
        How near the route may come to a state that it must avoid.
    max_extension_pct : float or None
        How much longer than the great circle it may be.
    expect : {"clear", "marginal", "crosses"}
        What the verdict on the `avoid` and `never` rules should be.
    crosses : tuple of str or None
        Exactly the forbidden states that it should cross; None if any will do.
    why : str
        The reason for the proposal.
    sources : tuple of str
        Where the reason can be read.
    where : str
        The file it came from.
    schedule : Schedule or None
        When it departs and how fast it is, if it says so; `on` is then the date of departure in UTC. Without, a
        recorded flight is judged by the times of its recording, if `on` is its date.
    claims : tuple of Claim
        What somebody says of it, each to be judged, with what that should come to.
    aircraft : Aircraft or None
        What flies, if it says so: time and fuel are then told.
    wind : {"none", "season"}
        What wind these are worked out with.
    operator : str or None
        Who flies, as written: the state of the operator or of the registration.
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
    operator: str | None = None
    never: tuple[str | RuleSet, ...] = ()
    claims: tuple[Claim, ...] = ()
    aircraft: Aircraft | None = None
    wind: Wind = "none"
    dated: bool = field(default=False, repr=False, compare=False)
    origin: Source | None = field(default=None, repr=False, compare=False)

    @property
    def find(self) -> Find:
        """What finds the files of areas that its rules name."""
        return self.origin.find if self.origin else Path

    def case(self, world: Airspaces | None = None, blocs: Iterable[Bloc] = ()) -> Case:
        """Make the case that it states, with its rules worked out on its date.

        Parameters
        ----------
        world : Airspaces, optional
            The airspace, as of that date; by default the shipped one, de jure.
        blocs : iterable of Bloc
            Blocs that may be named besides those that ship with the package.

        Raises
        ------
        ProposalError
            If a bloc or a state is unknown, that of a claim, too, or a state in `crosses` is not one that the rules
            forbid.
        """
        try:
            found = Case.of(
                self.route,
                on=self.on,
                avoid=self.avoid,
                never=self.never,
                allow=self.allow,
                margin=self.margin_km,
                max_extension_pct=self.max_extension_pct,
                schedule=self.schedule or (as_flown(self.route) if self.route.on == self.on else None),
                world=world,
                blocs=blocs,
                find=self.find,
                operator=self.operator,
            )
        except OverflightError as error:
            if not error.path:
                raise
            raise self._error(error.path, str(error).removeprefix("allow: ")) from error
        named: frozenset[str] = frozenset()
        for i, code in enumerate(self.crosses or ()):
            try:
                named |= parse_codes((code,), found.world, what="crosses")
            except UnknownStateError as error:
                raise self._error(("crosses", i), str(error).removeprefix("crosses: ")) from error
        if idle := sorted(named - (found.forbidden.touched - found.allow)):
            raise self._error(("crosses",), f"no rule forbids {', '.join(idle)} on {self.on}: take it out")
        for i, claim in enumerate(self.claims):
            try:
                resolved(claim, found)
            except OverflightError as error:
                raise self._error(("claims", i), str(error)) from error
        return found

    def judge(self, case: Case) -> tuple[Judged, ...]:
        """Judge its claims about the route of a case, in their order."""
        return tuple(judged(claim, case, self.aircraft, self.wind) for claim in self.claims)

    def _error(self, path: Keys, why: str) -> OverflightError:
        if self.origin is None:
            return ProposalError(f"{self.where or self.name}: `{path[0]}`: {why}")
        return self.origin.error(path, why)
