"""What the form of the what-if page shows: what can be chosen, the rules taken apart, where waypoints lie."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from overflight.airspace import load_airspaces
from overflight.airspace.blocs import BANS, blocs
from overflight.maps.names import bloc_words
from overflight.rules.wording.findings import holder
from overflight.rules.wording.rulesets import called, parts, phrase

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Bloc
    from overflight.case import Case

__all__ = ["choices", "lying_in", "rules_of"]


def choices(more: tuple[Bloc, ...]) -> dict[str, Any]:
    """Return the states and the blocs that a rule may name, each with what a chip calls it.

    Parameters
    ----------
    more : tuple of Bloc
        Blocs besides those that ship with the package.
    """
    world = load_airspaces()
    known = {name: bloc_words(name) for name in (*blocs(), BANS)} | {one.name: "a bloc of your own" for one in more}
    return {
        "states": sorted(({"code": s.code, "name": s.name} for s in world.states), key=lambda one: one["name"]),
        "blocs": [{"name": name, "label": _label(name, world), "words": words} for name, words in known.items()],
    }


def rules_of(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Return for each key of rules what each of them is.

    A rule has its ``words``; if it is one list less another, also ``of`` and ``but`` with ``names``.
    """
    return {key: [_rule(text, case.world) for text in texts] for key, texts in case.told.items()}


def _rule(text: str, world: Airspaces) -> dict[str, Any]:
    told: dict[str, Any] = {"words": _upper(phrase(text, world)), "names": {}}
    if (taken := parts(text)) is not None:
        codes = {name: _code(name, world) for name in (*taken.of, *taken.but)}
        told["of"], told["but"] = ([codes[name] for name in names] for names in (taken.of, taken.but))
        told["names"] = {code: _label(code, world) for code in codes.values()}
    return told


def lying_in(case: Case) -> list[str]:
    """Name for each waypoint the state in whose airspace it lies; empty beyond all."""
    km = itertools.accumulate((leg.length_km for leg in case.route.legs), initial=0.0)
    crossings = case.verdict.crossings
    return [next((holder(one) for one in crossings if one.entry_km <= at <= one.exit_km), "") for at in km]


def _code(name: str, world: Airspaces) -> str:
    """Return how the form writes a name, however it was typed."""
    low = name.lower()
    if low in {BANS, *blocs()}:
        return low
    return next((state.code for state in world.states if low in {state.lower(), state.name.lower()}), name)


def _label(name: str, world: Airspaces) -> str:
    return _upper(called(name, world).removeprefix("the "))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
