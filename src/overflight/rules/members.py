"""Which blocs a state, or a piece of its airspace, is in on a date."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from overflight.airspace import Bloc, State, bloc
from overflight.airspace.blocs import blocs

if TYPE_CHECKING:
    from overflight.airspace.pieces import Held

__all__ = ["blocs_of", "blocs_on"]


@functools.lru_cache(maxsize=256)
def blocs_on(on: dt.date, more: tuple[Bloc, ...] = ()) -> Mapping[State, tuple[str, ...]]:
    """Return the blocs that each state belongs to on a date; states that belong to none are left out."""
    found: dict[State, tuple[str, ...]] = {}
    for one in (*map(bloc, blocs()), *more):
        for member in one.members:
            if member.holds_on(on):
                found[member.state] = (*found.get(member.state, ()), one.name)
    return found


def blocs_of(held: Held, on: dt.date, more: tuple[Bloc, ...] = ()) -> tuple[str, ...]:
    """Return the blocs that a piece of airspace, or a crossing of one, is in on a date.

    Those whose treaty does not extend to the territory are left out.
    """
    names = blocs_on(on, more).get(held.state, ()) if held.state is not None else ()
    if held.territory == held.state:
        return names
    own = {one.name for one in more}
    return tuple(name for name in names if name in own or held.territory not in _beyond(on)[name])


@functools.lru_cache(maxsize=256)
def _beyond(on: dt.date) -> Mapping[str, frozenset[str]]:
    """Return the territories that the treaty of each bloc does not reach on a date."""
    return {name: bloc(name).exceptions(on) for name in blocs()}
