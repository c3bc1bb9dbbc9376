"""Rule sets in words: ``icc - HUN`` is "ICC parties except Hungary"; and what such a set consists of, part by part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.airspace.blocs import BANS, blocs
from overflight.airspace.states import known_by
from overflight.airspace.subjects import subject
from overflight.errors import OverflightError
from overflight.rules.terms import AREA, NAME, areas_of, is_area, is_circle
from overflight.rules.wording.headlines import listed

if TYPE_CHECKING:
    from overflight.airspace import Airspaces

__all__ = ["Parts", "called", "parts", "phrase"]

CALLED = {"icc": "ICC parties", "closed": "states that closed their airspace", BANS: "states that bar the operator"}
"""What a sentence calls the states of a bloc, where that is not the title that its table has."""
MARKS = "|-&"
_TOKEN = re.compile(rf"{AREA}|{NAME}|[-|&()]", re.IGNORECASE)

Tree = str | tuple[str, tuple["Tree", ...]]
"""A name, or a mark and what it joins."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A rule set that is a list of names, less another: as a form shows it.

    Attributes
    ----------
    of : tuple of str
        Names of blocs, states, territories and areas that are in it.
    but : tuple of str
        Those that are left out.
    """

    of: tuple[str, ...]
    but: tuple[str, ...] = ()


def phrase(text: str, world: Airspaces) -> str:
    """Say a rule set in words, as the object of a sentence.

    Parameters
    ----------
    text : str
        The text of a `RuleSet`; what is none is returned as it is.
    world : Airspaces
        Has the names of states and territories.

    Examples
    --------
    >>> from overflight.airspace import load_airspaces
    >>> phrase("icc - HUN", load_airspaces()), phrase("POL | UKR", load_airspaces())
    ('ICC parties except Hungary', 'Poland and Ukraine')
    >>> phrase("UK | POL", load_airspaces())
    'the United Kingdom and Poland'
    """
    tree = _read(text)
    return text if tree is None else _said(tree, world)


def called(name: str, world: Airspaces) -> str:
    """Say one name of a rule set in words: a bloc, a state, a territory, an area."""
    low = name.lower()
    if low in CALLED:
        return CALLED[low]
    if low in blocs():
        return subject(low).title or f"{low} states"
    if is_area(name):
        return _area(name)
    also = known_by(name)
    for state in world.states:
        if low in {state.lower(), state.name.lower()} or state.code == also:
            return state.in_text
    piece = next((piece for piece in world.pieces if low == piece.territory.lower()), None)
    return piece.territory_name if piece else name


def parts(text: str) -> Parts | None:
    """Take a rule set apart; None if it is more than a list of names, less another.

    Examples
    --------
    >>> parts("(icc | BLR) - (HUN | POL)")
    Parts(of=('icc', 'BLR'), but=('HUN', 'POL'))
    >>> parts("icc & eu") is None
    True
    """
    tree = _read(text)
    if tree is None:
        return None
    whole, *less = tree[1] if isinstance(tree, tuple) and tree[0] == "-" else (tree,)
    of, but = _names(whole), [_names(one) for one in less]
    if of is None or any(one is None for one in but):
        return None
    return Parts(of, tuple(name for one in but for name in one or ()))


def _names(tree: Tree) -> tuple[str, ...] | None:
    """Return the names that a union joins; None for anything else."""
    if isinstance(tree, str):
        return (tree,)
    found = [_names(one) for one in tree[1]] if tree[0] == "|" else [None]
    return None if any(one is None for one in found) else tuple(name for one in found for name in one or ())


def _read(text: str) -> Tree | None:
    """Read a text that was read as a rule set before; None if it can't be read here."""
    tokens = [match[0] for match in _TOKEN.finditer(text)][::-1]
    try:
        tree = _expression(tokens)
    except (IndexError, RecursionError):
        return None
    return None if tokens else tree


def _expression(tokens: list[str]) -> Tree:
    """Read names, and the mark between them, from the end of a list that is turned round."""
    joined = [_term(tokens)]
    mark = tokens[-1] if tokens and tokens[-1] in MARKS else ""
    while mark and tokens and tokens[-1] == mark:
        tokens.pop()
        joined.append(_term(tokens))
    return (mark, tuple(joined)) if mark else joined[0]


def _term(tokens: list[str]) -> Tree:
    token = tokens.pop()
    if token == "(":  # noqa: S105 - a parenthesis
        found = _expression(tokens)
        if tokens.pop() == ")":
            return found
    if token in {"(", ")", *MARKS}:
        raise IndexError
    return token


def _said(tree: Tree, world: Airspaces) -> str:
    if isinstance(tree, str):
        return called(tree, world)
    mark, joined = tree
    if mark == "|":
        names = [_said(one, world) for one in joined]
        return _all(names)
    if mark == "-":
        whole = _said(joined[0], world)
        several = isinstance(joined[0], tuple)
        less = [name for one in joined[1:] for name in _flat(one, world)]
        return f"{whole}{',' if several else ''} except {_all(less)}"
    blocs_only = all(isinstance(one, str) and one.lower() in {*CALLED, *blocs()} for one in joined)
    names = [_said(one, world) for one in joined]
    if blocs_only:
        return f"{names[0]} that are also {_all(names[1:])}"
    return f"what {_all([_bound(one, world) for one in joined])} have in common"


def _flat(tree: Tree, world: Airspaces) -> list[str]:
    """Return what a union joins, or else the whole, bound together."""
    if isinstance(tree, tuple) and tree[0] == "|":
        return [name for one in tree[1] for name in _flat(one, world)]
    return [_bound(tree, world)]


def _bound(tree: Tree, world: Airspaces) -> str:
    said = _said(tree, world)
    return said if isinstance(tree, str) else f"({said})"


def _all(names: Sequence[str]) -> str:
    """Join names; a name that holds a list itself is set off by commas."""
    if len(names) > 1 and any(" except " in name or " and " in name for name in names):
        return f"{', '.join(names[:-1])}, and {names[-1]}"
    return listed(names)


def _area(name: str) -> str:
    if not is_circle(name):
        return name.strip("\"'")
    try:
        return areas_of(name, None)[0].name
    except OverflightError:
        return name
