"""From what a page sends to a case: the keys of a proposal, none of which is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.airspace import VIEWS, Bloc, load_airspaces
from overflight.airspace.operators import operator_of
from overflight.errors import OverflightError, ProposalError
from overflight.outside.beside import first_in
from overflight.proposals import Proposal, proposal_of
from overflight.routes.places import place
from overflight.rules.rulesets import parse_ruleset

if TYPE_CHECKING:
    from overflight.case import Case

__all__ = ["MAX_WAYPOINTS", "Keys", "Setting"]

Keys = dict[str, Any]
"""The keys of a proposal, as JSON holds them."""

PAGE = "this page"
MAX_WAYPOINTS = 200
MAX_KM = 100_000.0
RULES = ("avoid", "never")
MAX_RULES = 10
"""A drag must be answered at once; nobody drags more, flies farther, or obeys more."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What whoever started the server decided.

    Attributes
    ----------
    keys : dict
        The keys of the proposal that the page opens with.
    view : str
        Whose a disputed part is.
    blocs : tuple of Bloc
        Blocs that rule sets may name besides those that ship with the package.
    folder : pathlib.Path
        Where files of areas that the rules in `keys` name are looked for first. No other rule may name a file: what a
        page sends opens none.
    """

    keys: Keys
    view: str = VIEWS[0]
    blocs: tuple[Bloc, ...] = ()
    folder: Path = Path()

    def proposal(self, keys: Keys) -> Proposal:
        """Read what a page sent; what has no name is named after its ends.

        Raises
        ------
        ProposalError
            Its `path` is the key at fault.
        """
        if "file" in keys:
            raise _error("file", "has no place here: give waypoints")
        points = keys.get("waypoints")
        if isinstance(points, list) and len(points) > MAX_WAYPOINTS:
            raise _error(
                "waypoints", f"{len(points)} of them: at most {MAX_WAYPOINTS} here; `overflight check` takes more"
            )
        for key in RULES:
            rules = keys.get(key)
            if isinstance(rules, list) and len(rules) > MAX_RULES:
                raise _error(key, f"{len(rules)} rules: at most {MAX_RULES} here; | joins what is alike")
        proposal = proposal_of(
            {"name": _name(points), **keys}, where=PAGE, folder=self.folder, find=first_in(self.folder)
        )
        if (km := proposal.route.length_km) > MAX_KM:
            raise _error("waypoints", f"a route of {km:,.0f} km: at most {MAX_KM:,.0f} km here")
        return proposal

    def case(self, keys: Keys) -> Case:
        """Make the case that a page sent, by its own rules.

        Raises
        ------
        OverflightError
            Says in one line what is wrong with it.
        """
        proposal = self.proposal(keys)
        world = load_airspaces(self.view, on=proposal.on)
        try:
            who = operator_of(proposal.operator, proposal.on) if proposal.operator else None
        except OverflightError as error:
            raise _error("operator", str(error).removeprefix("operator ")) from error
        for key in RULES:
            for number, text in enumerate(getattr(proposal, key)):
                if text not in self.keys.get(key, ()):  # it may name no file
                    try:
                        parse_ruleset(text, world, proposal.on, self.blocs, find=None, operator=who)
                    except OverflightError as error:
                        raise _error(key, str(error), number) from error
        try:
            return proposal.case(world, self.blocs)
        except ProposalError as error:
            if error.path[:1] != ("allow",):
                raise
            raise _error("allow", f"consent: {str(error.__cause__).removeprefix('allow: ')}") from error


def _name(points: object) -> str:
    try:
        ends = [place(points[at]).label for at in (0, -1)] if isinstance(points, list) and points else []
    except OverflightError:
        ends = []
    return "-".join(ends) or "what if"


def _error(key: str, why: str, *more: int) -> ProposalError:
    at = "".join(f"[{number}]" for number in more)
    return ProposalError(f"{PAGE}: `{key}{at}`: {why}", (key, *more))
