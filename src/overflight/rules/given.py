"""Rule sets as Python is given them: worked out already, or in a text, which a date gives its meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypeAlias

from overflight.airspace import Airspaces, Area, Bloc, RuleSet, State
from overflight.errors import UnknownStateError
from overflight.rules.rulesets import ruleset

__all__ = ["Whom", "avoided"]

Whom: TypeAlias = "RuleSet | Bloc | str | Area | Iterable[str | Area]"
"""Whom a rule is about: a rule set, or what `overflight.ruleset` makes one of."""


def avoided(whom: Whom, world: Airspaces, on: dt.date | str | None) -> RuleSet | tuple[str | Area, ...]:
    """Work out whom a rule is about, where that depends on a date; states and areas stay as they are.

    Parameters
    ----------
    whom : RuleSet, Bloc, str, Area, or iterable of these
        A text is read as the command line reads what stands after ``--avoid``.
    world : Airspaces
        Says which states there are.
    on : datetime.date or str, optional
        What a bloc, or a text, needs.

    Raises
    ------
    UnknownStateError
        If it needs a date, and there is none; or as `overflight.ruleset`.

    Examples
    --------
    >>> from overflight.airspace import load_airspaces
    >>> len(avoided("eu - HUN", load_airspaces(), "2025-10-23")), avoided(["POL"], load_airspaces(), None)
    (26, ('POL',))
    """
    if isinstance(whom, RuleSet):
        return whom
    if isinstance(whom, Area):
        return (whom,)
    if isinstance(whom, str | Bloc):
        if on is None:
            name = whom.name if isinstance(whom, Bloc) else whom
            msg = (
                f'{name[:60]!r} depends on the date: give on="2025-10-23", or overflight.ruleset({name[:60]!r}, on=...)'
            )
            raise UnknownStateError(msg)
        return ruleset(whom, on=on, world=world)
    several = tuple(whom)
    if on is None or all(isinstance(one, Area) or one in world.states or _is_code(one) for one in several):
        return several
    return ruleset(several, on=on, world=world)


def _is_code(one: object) -> bool:
    """Tell whether something looks like a state's code, claimants' included; the names of blocs have small letters."""
    return isinstance(one, State) or (isinstance(one, str) and one.isalnum() and one == one.upper())
