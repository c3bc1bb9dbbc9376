"""What it would cost if a state refused: by what a search for consents has found, and more where that may be beaten.

The search tree over sets of consents (`overflight.detours.consent_tree`) forbids one state more, and remembers the
paths that it has looked for. Only where it knows of a shorter way than the best one left is a route looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from overflight.detours.budget import current
from overflight.detours.consent_tree import Tree
from overflight.detours.inquiry import Inquiry
from overflight.detours.model import Candidates, Refusal
from overflight.detours.solver import Failure, Solved

__all__ = ["Left", "priced", "search_refusals"]

WORTH_SHARE = 0.0005
"""A way must be shorter by this share to be worth looking for."""
Found = dict[frozenset[str], Solved | Failure]


@dataclass(frozen=True, slots=True)
class Left:
    """The shortest way left when a state refuses; without a length if there is none. `complete` is as of `Refusal`."""

    consents: frozenset[str] = frozenset()
    km: float | None = None
    complete: bool = True


def search_refusals(left: dict[str, Left], inquiry: Inquiry, found: Found, tree: Tree, *, most: int) -> None:
    """Find the shortest way left without each state that stands in a set with which a way was found.

    Parameters
    ----------
    left : dict of str to Left
        Where to put it, so that what was found stays when time is up.
    inquiry : Inquiry
        What was asked.
    found : dict
        What became of each set of consents; those tried here are added.
    tree : Tree
        The search for sets beyond the states of start and destination.
    most : int
        How many states such a set may have.
    """
    current().tell("working out what each refusal would cost")
    given, most_km, direct = inquiry.given(), inquiry.solver.most_km, _direct_km(inquiry)
    for state in sorted(frozenset().union(*direct, *_lengths_km(found))):
        known = _known(state, direct | _lengths_km(found), given)
        left[state] = known
        if known.complete:
            continue
        worth_km = most_km if known.km is None else min(most_km, known.km * (1.0 - WORTH_SHARE))
        path = tree.shortest(most, worth_km, without=frozenset({state}))
        if path is None:
            left[state] = replace(known, complete=not tree.cut)
            continue
        consents = path.entered | given
        if consents not in found:
            found[consents] = inquiry.solve(consents)
        if isinstance(found[consents], Solved):  # else the rough mesh does not tell what is open here
            left[state] = replace(_known(state, direct | _lengths_km(found), given), complete=True)


def priced(made: Candidates, inquiry: Inquiry, found: Found, left: Mapping[str, Left]) -> Candidates:
    """Say what each refusal would cost, as far as that was worked out."""
    lengths_km = _direct_km(inquiry) | _lengths_km(found)
    least_km = min(lengths_km.values(), default=0.0)
    refusals = []
    for state in dict.fromkeys(state for one in made.open for state in one.consents):
        best = left.get(state) or _known(state, lengths_km, inquiry.given())
        extra_km = None if best.km is None else best.km - least_km
        refusals.append(Refusal(state, inquiry.states(best.consents), best.km, extra_km, best.complete))
    return replace(made, refusals=tuple(refusals))


def _lengths_km(found: Found) -> dict[frozenset[str], float]:
    """Return the length of the shortest route for each set of consents with which one was found."""
    return {consents: solved.route.length_km for consents, solved in found.items() if isinstance(solved, Solved)}


def _direct_km(inquiry: Inquiry) -> dict[frozenset[str], float]:
    """Return the consents that the great circle needs, and its length, if it will do with these."""
    direct = inquiry.great_circle()
    consents = frozenset(direct.consents)
    return {consents: direct.route.length_km} if inquiry.passes(consents) else {}


def _known(state: str, lengths_km: Mapping[frozenset[str], float], given: frozenset[str]) -> Left:
    """Return the shortest way without a state that is known; no way is without the states of the ends."""
    rest = {consents: km for consents, km in lengths_km.items() if state not in consents}
    if state in given or not rest:
        return Left(complete=state in given)
    best = min(rest, key=lambda consents: (rest[consents], len(consents), sorted(consents)))
    return Left(best, rest[best], complete=False)
