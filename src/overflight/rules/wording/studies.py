"""What a search for routes comes to: the finding in a sentence or two, what else there is to it, and a paragraph."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from overflight.rules.wording.answers import answer_of, answer_words, causes, consents_in, in_km, kinds_of, row_words
from overflight.rules.wording.findings import holder
from overflight.rules.wording.kinds import Kind, either, in_text, kind_of, listed

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace import RuleSet, State
    from overflight.routes import Route, Waypoint
    from overflight.rules.verdicts import Verdict

__all__ = ["Search", "details", "end_name", "finding", "paragraph", "way_words"]

MOST_WAYS = 5
"""How many sets of states the details name."""


class Way(Protocol):
    """A route that was found, and whose consent it needs."""

    @property
    def route(self) -> Route: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def consents(self) -> tuple[State, ...]: ...
    @property
    def extension_pct(self) -> float: ...
    @property
    def gap_pct(self) -> float | None: ...
    @property
    def alternative(self) -> bool: ...
    @property
    def narrowest(self) -> object | None: ...


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


def end_name(point: Waypoint) -> str:
    """Return what a sentence calls an end of a route."""
    return point.label


# The finding ----------------------------------------------------------------------------------------------------------


def finding(found: Search, avoid: RuleSet | None = None) -> str:
    """Say what a search found in a sentence or two.

    Parameters
    ----------
    found : Search
        The great circle first, then the routes found.
    avoid : RuleSet, optional
        What is to be avoided; needed only where no finding of the great circle names the rule.

    Notes
    -----
    "Every way enters" is said only where the regions of the map show it: where no set of consents that is empty was
    found to open a way, or to open one that is too narrow or too long. Of a search that was cut short, the ways named
    are those found until then.
    """
    return " ".join(_sentences(found, avoid))


def _sentences(found: Search, avoid: RuleSet | None) -> list[str]:
    first, *others = found.items
    kind, ends = _kind(found, avoid), _ends(first.route)
    if not avoid and not first.verdict.findings and not others:
        names = [in_text(holder(crossing)) for crossing in first.verdict.crossings]
        crossed = listed(list(dict.fromkeys(names)), max(len(names), 1)) or "no state's airspace"
        return [f"The straight line from {ends} crosses {crossed}.", "No rule was given."]
    line = f"The straight line from {ends} {_of_line(first, kind)}."
    free = _least([way for way in others if not way.consents and _will_do(way)])
    if answer_of(first.verdict) in {"free", "with-consent"} and (first.verdict.passed or free is None):
        return [line]
    if free is not None:
        return [line, f"Least detour that enters {_none(free, 'none')}: {_longer(free)}."]
    cut = ["The search was not finished: there may be other ways."] if found.unfinished else []
    held = _held(first)
    if first.consents and {state.code for state in first.consents} <= held:
        only = f"Every way from {ends} enters {_all(first, kind)}, where it begins or ends."
        return [only, "The straight line enters no other.", *cut]
    least = _least([way for way in others if _will_do(way) and not way.alternative])
    head = _head(found, first, kind, ends)
    if least is None:
        return [head, *_without_detour(found, first, kind), *cut]
    through = [_name(state) for state in _in_order(least) if state.code not in held]
    by = f"through {listed(through, len(through))}, " if through else ""
    return [head, f"Least detour{' found' if found.unfinished else ''}: {by}{_longer(least)}.", *cut]


def _will_do(way: Way) -> bool:
    """Tell whether a detour obeys, but for a margin that its ends themselves do not keep."""
    return way.route.kind == "detour" and way.verdict.status != "crosses" and way.narrowest is None


def _head(found: Search, first: Way, kind: Kind, ends: str) -> str:
    """Say whether some way is free, as far as that is known."""
    empty = next((option for option in found.minimal_consents if not option.consents), None)
    none = _none(first, kind.none)
    if empty is None and not found.minimal_consents and found.unfinished:
        return f"Whether a way from {ends} enters {none} is not known."
    if empty is None:
        return f"Every way from {ends} enters {kind.one}."
    if empty.status == "longer":
        return f"No way from {ends} that enters {none} is as short as was looked for."
    if empty.status == "narrow":
        return f"Ways from {ends} that enter {none} pass nearer to one than its border is known, or than the margin."
    return f"Whether a way from {ends} enters {none} is not known: none was found."


def _without_detour(found: Search, first: Way, kind: Kind) -> list[str]:
    """Say what there is where no detour was found that will do: the straight line, or nothing."""
    opened = [option for option in found.minimal_consents if option.status == "route"]
    if opened:
        names = _states(first)
        if not found.unfinished and len(opened[0].consents) == len(names):
            return [f"No way needs fewer consents than the straight line: those of {listed(names, len(names))}."]
        fewest = [_name(state) for state in opened[0].consents]
        return [f"The fewest consents found to open one: {listed(fewest)} ({opened[0].length_km:,.0f} km)."]
    none = f"no way was found with the consent of up to {found.searched_size} states"
    return [f"The straight line {_of_line(first, kind)}; {none}."]


def _of_line(first: Way, kind: Kind) -> str:
    """Say what the straight line enters, as what follows its name."""
    if first.consents:
        return f"enters {_all(first, kind)}"
    if answer_of(first.verdict) is None:
        return f"may enter {kind.one}: {'; '.join(causes(first.verdict)) or 'that is not known'}"
    near = "" if first.verdict.passed else ", but comes nearer to one than the margin"
    return f"enters {_none(first, kind.none)}{near}"


def _none(way: Way, none: str) -> str:
    """Say that a way enters none but those whose consent the question assumes already."""
    needed = [_name(state) for state in way.consents]
    assumed = [name for name in consents_in(way.verdict) if name not in needed]
    return f"{none} but {listed(assumed)}, whose consent is assumed" if assumed else none


def _all(way: Way, kind: Kind) -> str:
    names = _states(way)
    return f"{listed(names)}, {kind.one if len(names) == 1 else kind.many}"


def _kind(found: Search, avoid: RuleSet | None) -> Kind:
    if avoid:
        return kind_of(avoid.text, avoid)
    return either(kind for way in found.items for kind in kinds_of(way.verdict).values())


def _ends(way: Route) -> str:
    return f"{end_name(way.waypoints[0])} to {end_name(way.waypoints[-1])}"


def _least(ways: Sequence[Way]) -> Way | None:
    return min(ways, key=lambda way: way.route.length_km, default=None)


def _longer(way: Way) -> str:
    return f"+{way.extension_pct:,.1f} %"


def _held(first: Way) -> set[str]:
    """Return the states and areas of the rule that hold an end of a route: every way between these enters them."""
    own = {
        f.state.code if f.state else f"area:{f.area}"
        for f in first.verdict.findings
        if any(crossing.role != "overflight" for crossing in f.crossings)
    }
    return {state.code for state in first.consents if state.code in own}


def _states(way: Way) -> list[str]:
    return [_name(state) for state in _in_order(way)]


def _in_order(way: Way) -> list[State]:
    """List the states whose consent a way needs as they are entered; those that it comes too near to stand last."""
    at = {
        (f.state.code if f.state else f"area:{f.area}"): f.crossings[0].entry_km
        for f in way.verdict.findings
        if f.crossings
    }
    return sorted(way.consents, key=lambda state: (at.get(state.code, way.route.length_km), state.code))


def _name(state: State) -> str:
    return f"the area {state.name}" if state.startswith("area:") else in_text(state.name)


# What else there is to it ---------------------------------------------------------------------------------------------


def details(found: Search) -> str:
    """Say what else a search found: who holds the ends, who closes one in, and the fewest consents that open a way."""
    opened = [option for option in found.minimal_consents if option.status == "route" and option.consents]
    if not opened or any(not way.consents and _will_do(way) for way in found.items):
        return ""
    first = found.items[0]
    held = _held(first)
    said = _where_ends_lie(first)
    if {state.code for state in first.consents} <= held:
        return " ".join(said)
    ring = [_name(state) for state in found.barrier if state.code not in held]
    if len(ring) > 1:
        said.append(f"{listed(ring, len(ring))} close off one end.")
    least = min(len(option.consents) for option in opened)
    ways: list[str] = []
    for option in opened:
        rest = [_name(state) for state in option.consents if state.code not in held]
        names = rest or [_name(state) for state in option.consents]
        if len(option.consents) == least and len(ways) < MOST_WAYS:
            ways.append(f"{listed(names, len(names))} ({option.length_km:,.0f} km)")
    further = " further" if held and least > len(held) else ""
    only = "Found to open a way with the fewest" if found.unfinished else "The fewest"
    said.append(f"{only}{further} consents{'' if found.unfinished else ' that open a way'}: {'; '.join(ways)}.")
    return " ".join(said)


def _where_ends_lie(first: Way) -> list[str]:
    """Say in which states and areas of the rule the route begins and ends."""
    start, end = first.route.waypoints[0], first.route.waypoints[-1]
    said = dict[str, None]()
    for one in first.verdict.findings:
        name = f"the area {one.area}" if one.state is None else in_text(one.state.name)
        for crossing in one.crossings:
            if crossing.role != "overflight" and not one.consented:
                said[f"{end_name(start if crossing.role == 'departure' else end)} lies in {name}."] = None
    return list(said)


def way_words(way: Way) -> str:
    """Say in a few words what a way comes to: free, only with whose consent, or forbidden."""
    names = _needed(way)
    return answer_words("with-consent", names) if names and way.verdict.passed else row_words(way.verdict)


def _needed(way: Way) -> list[str]:
    """Name all whose consent a way rests on: those assumed already, and those that it comes too near to, too."""
    direct = way.route.kind != "detour"
    return list(dict.fromkeys([*consents_in(way.verdict), *([] if direct else _states(way))]))


# A paragraph ----------------------------------------------------------------------------------------------------------


def paragraph(
    found: Search, *, on: dt.date, avoid: RuleSet, version: str, view: str = "de-jure", margin_km: float = 0.0
) -> str:
    """Say all of a search that a text needs: when, by which rule, what the straight line enters, what opens a way.

    Parameters
    ----------
    found : Search
        The great circle first, then the routes found.
    on : datetime.date
        The date that decides who is a member of what.
    avoid : RuleSet
        What is to be avoided.
    version, view : str
        Of the airspace.
    margin_km : float
        How far detours keep from what they do not enter.
    """
    first, *others = found.items
    told = finding(found, avoid)
    long = in_km(first.route.length_km)
    entered = _entered(first)
    sentences = [
        f"As of {on.day} {MONTHS[on.month - 1]} {on.year}: {told[:1].lower()}{told[1:]}",
        f"The straight line is {long} long{f' and enters {entered}' if entered else ''}.",
    ]
    ways = [way for way in others if _will_do(way) and not way.alternative]
    if least := _least(free := [way for way in ways if not way.consents]) or _least(ways):
        sentences.append(_of_least(least))
        shorter = _least(ways) if free else None
        if shorter is not None and shorter is not least:
            far = f"{in_km(shorter.route.length_km)} long ({_longer(shorter)})"
            sentences.append(f"The shortest that needs consent is {far}: {_need_words(shorter)}.")
        fewest = min(ways, key=lambda way: (len(way.consents), way.route.length_km))
        if len(fewest.consents) < len(least.consents):
            far = f"{in_km(fewest.route.length_km)} long ({_longer(fewest)})"
            sentences.append(f"The way found that needs the fewest consents is {far}: {_need_words(fewest)}.")
        if margin_km:
            sentences.append(
                f"Detours keep {in_km(margin_km)} from what they must not enter, as far as their ends allow."
            )
    seen = f"overflight, airspace data {version}, {view} view"
    sentences.append(f"This comes of where borders are ({seen}); whether a state consents is not known to it.")
    return " ".join(sentences)


def _of_least(way: Way) -> str:
    proven, none = "", " that enters none" if not way.consents else ""
    if way.gap_pct is not None:
        gap = max(math.ceil(100.0 * way.gap_pct) / 100.0, 0.01)
        proven = f" It is proven that no way with the same consents is more than {gap:g} % shorter."
    words = f", {_need_words(way)}" if _needed(way) else ""
    return f"The least detour{none} is {in_km(way.route.length_km)} long{words}.{proven}"


def _need_words(way: Way) -> str:
    return answer_words("with-consent", _needed(way)) if _needed(way) else "free"


def _entered(first: Way) -> str:
    """Name what of the rule the straight line enters, each with its km."""
    km: dict[str, float] = {}
    crossings: list[tuple[Crossing, str]] = []
    for one in first.verdict.findings:
        name = f"the area {one.area}" if one.state is None else in_text(one.state.name)
        crossings += [(crossing, name) for crossing in one.crossings if one.status != "clear" or one.consented]
    for crossing, name in sorted(crossings, key=lambda pair: pair[0].entry_km):
        km[name] = km.get(name, 0.0) + crossing.length_km
    return listed([f"{name} for {in_km(far)}" for name, far in km.items()], max(len(km), 1))


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
