"""The finding in a sentence or two: how routes fare, and what a search for routes comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from overflight.airspace import RuleSet, State
    from overflight.routes import Route
    from overflight.rules.verdicts import Verdict

__all__ = ["answer", "headline", "listed"]

LISTED = 6
"""How many states a sentence names before it counts the rest."""
MOST_WAYS = 5
"""How many sets of states an answer names."""


class Told(Protocol):
    """A route with its verdict, and whom it enters by name."""

    @property
    def route(self) -> Route: ...
    @property
    def verdict(self) -> Verdict: ...
    def consents(self) -> list[str]:
        """Name the states that it enters with their consent."""

    def crossed(self) -> list[str]:
        """Name the states of the rule that it enters without."""

    def presumed(self) -> list[str]:
        """Name those of them of which no position was recorded: the straight line over a gap enters them."""

    def unmet(self) -> list[str]:
        """Say what fails about it as a whole."""


class Way(Protocol):
    """A route that was found, and whose consent it needs."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def consents(self) -> tuple[State, ...]: ...
    @property
    def extension_pct(self) -> float: ...


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
    def items(self) -> Sequence[Way]: ...
    @property
    def minimal_consents(self) -> Sequence[Opening]: ...
    @property
    def barrier(self) -> tuple[State, ...]: ...
    @property
    def searched_size(self) -> int: ...
    @property
    def unfinished(self) -> str: ...


def listed(words: Sequence[str]) -> str:
    """Join words by commas and an "and", the many left out counted."""
    if len(words) > LISTED:
        words = [*words[: LISTED - 1], f"{len(words) - LISTED + 1} more"]
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part) if words else ""


def headline(lines: Sequence[Told], *, avoid: RuleSet) -> str:
    """Say in a sentence how routes fare that nobody searched for; nothing, where no rule judges them."""
    if not avoid and not any(line.verdict.findings for line in lines):
        return ""
    if len(lines) == 1:
        return _alone(lines[0], avoid)
    clear = [(n, line.consents()) for n, line in enumerate(lines, 1) if line.verdict.status == "clear"]
    free = [n for n, consents in clear if not consents]
    asking = [n for n, consents in clear if consents]
    if not clear:
        fewest = min(range(len(lines)), key=lambda n: (len(lines[n].crossed()), lines[n].route.length_km))
        states = lines[fewest].crossed()
        least = f" Route {fewest + 1} enters the fewest: {listed(states)}." if states else ""
        return f"None of the {len(lines)} routes is clear of the rule.{least}"
    said = f"{_routes(free)} clear of the rule." if free else "No route is clear of the rule without consent."
    if asking:
        states = list(dict.fromkeys(state for _, consents in clear for state in consents))
        said += (
            f" {_routes(asking)} so with the consent of {listed(states)}."
            if len(asking) == 1
            else (f" {_routes(asking)} so with consent.")
        )
    return said


def _routes(numbers: Sequence[int]) -> str:
    one = len(numbers) == 1
    return f"{'Route' if one else 'Routes'} {listed([str(n) for n in numbers])} {'is' if one else 'are'}"


def _alone(line: Told, avoid: RuleSet) -> str:
    if line.crossed():
        presumed = line.presumed()
        seen = [name for name in line.crossed() if name not in presumed]
        said = [f"Enters the airspace of {listed(seen)} without consent."] if seen else []
        if presumed:
            whose = f"{'that' if seen else 'the airspace'} of {listed(presumed)}"
            said.append(f"Straight lines over gaps of the recording enter {whose}, where no position was recorded.")
        doubtful = [f.state.name for f in line.verdict.findings if f.status == "marginal" and f.state and f.crossings]
        return " ".join([*said, *([f"Marginal in {listed(doubtful)}."] if doubtful else [])])
    if line.unmet():
        failed = any(f.status != "clear" and not (f.state or f.area or f.open) for f in line.verdict.findings)
        return f"{'Fails' if failed else 'Open in gaps of the recording'}: {listed(line.unmet())}."
    if line.verdict.status == "marginal":
        found = [f for f in line.verdict.findings if f.status == "marginal"]
        near = [f.state.name if f.state else str(f.area) for f in found if not f.crossings]
        return f"Too near to {listed(near)} to call." if near else f"Marginal: {'; '.join(line.verdict.reservations)}."
    with_consent = f" Enters {listed(line.consents())} with consent." if line.consents() else ""
    kept = "Keeps out of every state that it must avoid" if avoid else "Obeys every rule"
    return f"{kept}.{with_consent}"


def answer(found: Search) -> str:
    """Say whether a route is free of the rule, else what closes it off and whose consent opens one.

    Of a search that was cut short, only what was found until then is known.
    """
    more = f" The search is not finished ({found.unfinished}): there may be other ways." if found.unfinished else ""
    return _found(found) + more


def _found(found: Search) -> str:
    if found.items and found.items[0].verdict.status != "crosses":
        doubts = found.items[0].verdict.reservations
        if doubts:
            return f"Whether the great circle enters what the rule forbids is not known: {'; '.join(doubts)}."
        return "The great circle enters no state of the rule without consent."
    free = next((item for item in found.items if not item.consents), None)
    if free is not None:
        return f"A route that enters no state of the rule is {free.extension_pct:.1f} % longer than the great circle."
    opened = [option for option in found.minimal_consents if option.status == "route"]
    if not opened:
        size = found.searched_size
        closed = f" {_all_of(found.barrier)} close one end in." if len(found.barrier) > 1 else ""
        return f"No route free of the rule was found, nor one with the consent of up to {size} states.{closed}"
    held = [state for state in opened[0].consents if all(state in option.consents for option in opened)]
    ring = [state for state in found.barrier if state not in held]
    unknown = any(not option.consents and option.status == "unfinished" for option in found.minimal_consents)
    said = ["Whether a route is free of the rule is not known." if unknown else "No route is free of the rule."]
    if held:
        said.append(f"Every one {'found ' if found.unfinished else ''}enters {_all_of(held)}.")
    if len(ring) > 1:
        said.append(f"{_all_of(ring)} close one end in.")
    least = min(len(option.consents) for option in opened)
    ways: list[str] = []
    for option in opened:
        rest = [state for state in option.consents if state not in held]
        if len(option.consents) == least and len(ways) < MOST_WAYS:
            ways.append(f"{_all_of(rest or held)} ({option.length_km:,.0f} km)")
    further = " further" if held and least > len(held) else ""
    fewest = f"Found to open a way with the fewest{further}" if found.unfinished else f"The fewest{further}"
    said.append(f"{fewest} consents{'' if found.unfinished else ' that open a way'}: {'; '.join(ways)}.")
    return " ".join(said)


def _all_of(states: Sequence[State]) -> str:
    *most, last = (state.name for state in states)
    return f"{', '.join(most)} and {last}" if most else last
