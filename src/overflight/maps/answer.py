"""The answer of a search for candidates, in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overflight.airspace import State
    from overflight.detours import Candidates

__all__ = ["answer"]

LISTED = 5
"""How many sets of states the answer names."""


def answer(found: Candidates) -> str:
    """Say whether a route is free of the rule, else what closes it off and whose consent opens one.

    Of a search that was cut short, only what was found until then is known.
    """
    more = f" The search is not finished ({found.unfinished}): there may be other ways." if found.unfinished else ""
    return _answer(found) + more


def _answer(found: Candidates) -> str:
    if found and found[0].verdict.status != "crosses":
        return "The great circle enters no state of the rule without consent."
    free = next((item for item in found if not item.consents), None)
    if free is not None:
        return f"A route that enters no state of the rule is {free.extension_pct:.1f} % longer than the great circle."
    opened = [option for option in found.minimal_consents if option.status == "route"]
    if not opened:
        size = found.searched_size
        closed = f" {_listed(found.barrier)} close one end in." if len(found.barrier) > 1 else ""
        return f"No route free of the rule was found, nor one with the consent of up to {size} states.{closed}"
    held = [state for state in opened[0].consents if all(state in option.consents for option in opened)]
    ring = [state for state in found.barrier if state not in held]
    unknown = any(not option.consents and option.status == "unfinished" for option in found.minimal_consents)
    said = ["Whether a route is free of the rule is not known." if unknown else "No route is free of the rule."]
    if held:
        said.append(f"Every one {'found ' if found.unfinished else ''}enters {_listed(held)}.")
    if len(ring) > 1:
        said.append(f"{_listed(ring)} close one end in.")
    least = min(len(option.consents) for option in opened)
    ways: list[str] = []
    for option in opened:
        rest = [state for state in option.consents if state not in held]
        if len(option.consents) == least and len(ways) < LISTED:
            ways.append(f"{_listed(rest or held)} ({option.length_km:,.0f} km)")
    further = " further" if held and least > len(held) else ""
    fewest = f"Found to open a way with the fewest{further}" if found.unfinished else f"The fewest{further}"
    said.append(f"{fewest} consents{'' if found.unfinished else ' that open a way'}: {'; '.join(ways)}.")
    return " ".join(said)


def _listed(states: Sequence[State]) -> str:
    *most, last = (state.name for state in states)
    return f"{', '.join(most)} and {last}" if most else last
