"""A search for routes as its words need it: what it is asked, and how ends, states and ways are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from overflight.rules.wording.answers import consents_in, kinds_of
from overflight.rules.wording.kinds import Kind, called, either, kind_of

if TYPE_CHECKING:
    from overflight.airspace import RuleSet, State
    from overflight.routes import Route
    from overflight.rules.verdicts import Verdict

__all__ = [
    "Search",
    "Way",
    "held_by",
    "in_order",
    "kind_avoided",
    "kinds_never",
    "longer",
    "needed",
    "shortest",
    "states_of",
    "will_do",
]


class Way(Protocol):
    """A route that was found, and whose consent it needs."""

    @property
    def route(self) -> Route:
        """The way itself."""

    @property
    def verdict(self) -> Verdict:
        """What the rules say of it."""

    @property
    def consents(self) -> tuple[State, ...]:
        """Whose consent it needs."""

    @property
    def extension_pct(self) -> float:
        """What it adds to the great circle, in per cent."""

    @property
    def gap_pct(self) -> float | None:
        """How far it is from the shortest with the same consents, at most, in per cent."""

    @property
    def alternative(self) -> bool:
        """Whether a shorter one needs the same consents."""

    @property
    def narrowest(self) -> object | None:
        """The passage on it that is too narrow."""

    @property
    def barred(self) -> tuple[State, ...]:
        """Whom it enters that can't be asked."""


class Opening(Protocol):
    """A set of states whose consent opens a way, or might."""

    @property
    def consents(self) -> tuple[State, ...]: ...
    @property
    def length_km(self) -> float | None: ...
    @property
    def status(self) -> str: ...


class Search(Protocol):
    """What a search for routes found; `overflight.Candidates` is one."""

    @property
    def items(self) -> Sequence[Way]:
        """The great circle, then the routes found."""

    @property
    def minimal_consents(self) -> Sequence[Opening]:
        """Sets of states whose consent opens a way, or might."""

    @property
    def barrier(self) -> tuple[State, ...]:
        """Who closes one end off."""

    @property
    def searched_size(self) -> int:
        """Up to how many consents were looked for."""

    @property
    def unfinished(self) -> str:
        """Why the search was stopped; empty if it was not."""

    @property
    def shut(self) -> tuple[State, ...]:
        """Who can't be asked, where that leaves no way."""

    @property
    def avoid(self) -> RuleSet | None:
        """What was to be avoided."""

    @property
    def never(self) -> RuleSet | None:
        """What of it, or besides, can't be asked."""

    @property
    def margin_km(self) -> float:
        """How far the routes were to keep from it."""


def kind_avoided(found: Search) -> Kind:
    """Return what the states are called that are to be avoided, but for what is added by those that can't be asked."""
    chosen, never = found.avoid, found.never
    if not chosen:
        return either(kind for way in found.items for kind in kinds_of(way.verdict).values())
    text = chosen.text.removesuffix(f" | {never.text}") if never else chosen.text
    return kind_of(text, chosen if text == chosen.text else None)


def kinds_never(found: Search) -> list[Kind]:
    """Return what the states are called that can't be asked, if there are such."""
    return [kind_of(found.never.text, found.never)] if found.never else []


def shortest(ways: Sequence[Way]) -> Way | None:
    """Return the shortest of some ways; None if there are none."""
    return min(ways, key=lambda way: way.route.length_km, default=None)


def longer(way: Way) -> str:
    """Say how much longer than the great circle a way is."""
    return f"+{way.extension_pct:,.1f} %"


def will_do(way: Way) -> bool:
    """Tell whether a detour obeys, but for a margin that its ends themselves do not keep."""
    return way.route.kind == "detour" and way.verdict.status != "crosses" and way.narrowest is None


def held_by(first: Way) -> set[str]:
    """Return the states and areas of the rule that hold an end of a route: every way between these enters them."""
    own = {
        f.state.code if f.state else f"area:{f.area}"
        for f in first.verdict.findings
        if any(crossing.role != "overflight" for crossing in f.crossings)
    }
    return {state.code for state in first.consents if state.code in own}


def states_of(way: Way) -> list[str]:
    """Name the states and areas whose consent a way needs, in the order flown."""
    return [called(state) for state in in_order(way)]


def in_order(way: Way) -> list[State]:
    """List the states whose consent a way needs as they are entered; those that it comes too near to stand last."""
    at = {
        (f.state.code if f.state else f"area:{f.area}"): f.crossings[0].entry_km
        for f in way.verdict.findings
        if f.crossings
    }
    return sorted(way.consents, key=lambda state: (at.get(state.code, way.route.length_km), state.code))


def needed(way: Way) -> list[str]:
    """Name all whose consent a way rests on: those assumed already, and those that it comes too near to, too."""
    direct = way.route.kind != "detour"
    return list(dict.fromkeys([*consents_in(way.verdict), *([] if direct else states_of(way))]))
