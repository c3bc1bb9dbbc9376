"""Since when a state of the rule is one, and who says so: what a map tells of it where it is pointed at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from overflight.airspace import bloc
from overflight.airspace.blocs import blocs
from overflight.maps.names import bloc_of, bloc_words
from overflight.maps.words import WORDS, say

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, RuleSet, State
    from overflight.airspace.memberships import Membership
    from overflight.airspace.ruleset import Ground

__all__ = ["since"]

PARTIES = {"icc"}
"""Blocs whose members a reader calls parties."""


def since(
    world: Airspaces, pieces: Sequence[Mapping[str, Any]], avoid: RuleSet, on: dt.date, words: Mapping[str, str] = WORDS
) -> dict[str, Any]:
    """Return for the pieces of the rule, by their numbers, since when they are so and who says so.

    Only of blocs that ship with the package: of a list there is nothing to tell. A territory is told of by its state.
    """
    by_state = _by_state(avoid, on)
    held: dict[int, State | None] = dict(enumerate(piece.state for piece in world.pieces))
    told: list[list[str]] = []
    places: dict[State, int] = {}
    found: dict[str, int] = {}
    for piece in pieces:
        state = held.get(piece["n"]) if piece.get("member") and "n" in piece else None
        if state is None or state not in by_state:
            continue
        if state not in places:
            places[state] = len(told)
            name, row = by_state[state]
            whose = "party_since" if name in PARTIES else "listed_since"
            doubt = "" if row.verified else f" ({words['not_verified']})"
            told.append(
                [
                    say(words, whose, bloc=bloc_words(name), since=row.since.isoformat()) + doubt,
                    say(words, "source", source=row.source),
                ]
            )
        found[str(piece["n"])] = places[state]
    return {"since": told, "since_of": found} if told else {}


def _by_state(avoid: RuleSet, on: dt.date) -> dict[State, tuple[str, Membership | Ground]]:
    """Return for each state the row that puts it into the rule: of the first bloc named that has one."""
    found: dict[State, tuple[str, Membership | Ground]] = {}
    for ground in avoid.grounds:
        found.setdefault(ground.state, (ground.bloc, ground))
    for name in avoid.blocs or filter(None, [bloc_of(avoid, on)]):
        if name in blocs():
            for row in bloc(name).members:
                if row.binds_on(on):
                    found.setdefault(row.state, (name, row))
    return found
