"""What a search for routes comes to: the finding in a sentence or two, what else there is to it, and a paragraph."""

from __future__ import annotations

import datetime as dt
import math

from overflight.rules.wording.answers import (
    answer_of,
    answer_words,
    causes,
    consents_in,
    entered_in,
    in_km,
    row_words,
)
from overflight.rules.wording.findings import holder
from overflight.rules.wording.kinds import Kind, called, either, in_text, kind_of, listed
from overflight.rules.wording.paragraphs import between, end_name, ends_of, entered_km, source, written
from overflight.rules.wording.searches import (
    Search,
    Way,
    held_by,
    in_order,
    kind_avoided,
    kinds_never,
    longer,
    needed,
    shortest,
    states_of,
    will_do,
)

__all__ = ["at_most_pct", "details", "finding", "paragraph", "way_words"]

MOST_WAYS = 5
"""How many sets of states the details name."""


# The finding ----------------------------------------------------------------------------------------------------------


def finding(found: Search) -> str:
    """Say what a search found in a sentence or two.

    Notes
    -----
    "Every way enters" is said only where the regions of the map show it: where no set of consents that is empty was
    found to open a way, or to open one that is too narrow or too long. Where some states can't be asked, the regions
    show that every way enters one of these, or one of the others; and one of the others only if they hold an end. Of a
    search that was cut short, the ways named are those found until then.
    """
    first = found.items[0]
    if found.avoid or first.verdict.findings or len(found.items) > 1:
        return " ".join(_sentences(found))
    names = list(dict.fromkeys(in_text(holder(crossing)) for crossing in first.verdict.crossings))
    crossed = listed(names, max(len(names), 1)) or "no state's airspace"
    text = found.avoid.text if found.avoid is not None else ""
    none = f"There is {kind_of(text).none} on this date." if text else "No rule was given."
    return f"The straight line from {between(first.route)} crosses {crossed}. {none}"


def _sentences(found: Search) -> list[str]:
    first, *others = found.items
    kind, ends = kind_avoided(found), between(first.route)
    line = f"The straight line from {ends} {_of_line(first, kind)}."
    if found.shut:
        return [f"No consent opens a way from {ends}: {_shut(found, first)}."]
    free = shortest([way for way in others if not way.consents and will_do(way)])
    if answer_of(first.verdict) in {"free", "with-consent"} and (first.verdict.passed or free is None):
        return [line]
    if free is not None:
        return [line, f"Least detour that enters {_none(free, 'none')}: {longer(free)}."]
    cut = ["The search was not finished: there may be other ways."] if found.unfinished else []
    held = held_by(first)
    if first.consents and {state.code for state in first.consents} <= held and not first.barred:
        only = f"Every way from {ends} enters {_all(first, kind)}, where it begins or ends."
        return [only, "The straight line enters no other.", *cut]
    least = shortest([way for way in others if will_do(way) and not way.alternative])
    head = _head(found, first, kind, ends)
    if least is None:
        return [head, *_without_detour(found, first, kind), *cut]
    through = [called(state) for state in in_order(least) if state.code not in held]
    by = f"through {listed(through, len(through))}, " if through else ""
    return [head, f"Least detour{' found' if found.unfinished else ''}: {by}{longer(least)}.", *cut]


def _head(found: Search, first: Way, kind: Kind, ends: str) -> str:
    """Say whether some way is free, as far as that is known."""
    empty = next((option for option in found.minimal_consents if not option.consents), None)
    none = _none(first, kind.none)
    if empty is None and not found.minimal_consents and found.unfinished:
        return f"Whether a way from {ends} enters {none} is not known."
    if empty is None:
        shown = kind if held_by(first) else either([kind, *kinds_never(found)])
        return f"Every way from {ends} enters {shown.one}."
    if empty.status == "longer":
        return f"No way from {ends} that enters {none} is as short as was looked for."
    if empty.status == "narrow":
        return f"Ways from {ends} that enter {none} pass nearer to one than its border is known, or than the margin."
    return f"Whether a way from {ends} enters {none} is not known: none was found."


def _without_detour(found: Search, first: Way, kind: Kind) -> list[str]:
    """Say what there is where no detour was found that will do: the straight line, or nothing."""
    opened = [option for option in found.minimal_consents if option.status == "route"]
    if opened:
        names = states_of(first)
        if not found.unfinished and not first.barred and len(opened[0].consents) == len(names):
            return [f"No way needs fewer consents than the straight line: those of {listed(names, len(names))}."]
        fewest = [called(state) for state in opened[0].consents]
        return [f"The fewest consents found to open one: {listed(fewest)} ({opened[0].length_km:,.0f} km)."]
    line = f"The straight line {_of_line(first, kind)}"
    if found.unfinished or not found.searched_size:
        return [f"{line}."]
    return [f"{line}; no way was found with the consent of up to {found.searched_size} states."]


def _shut(found: Search, first: Way) -> str:
    """Say who can't be asked: who holds an end, or parts the two."""
    ends = first.route.waypoints[0], first.route.waypoints[-1]
    held = [
        f"{end_name(end)} lies in {in_text(crossing.state.name)}"
        for end, role in zip(ends, ("departure", "arrival"), strict=True)
        for crossing in first.verdict.crossings
        if crossing.role == role and crossing.state in found.shut
    ]
    if held:
        return f"{listed(held)}, which can't be asked"
    names = [called(state) for state in found.shut]
    return f"{listed(names, len(names))} can't be asked, and no way leads around {'it' if len(names) == 1 else 'them'}"


def _of_line(first: Way, kind: Kind) -> str:
    """Say what the straight line enters, as what follows its name."""
    if first.consents or first.barred:
        return f"enters {_all(first, kind)}"
    if answer_of(first.verdict) is None:
        return f"may enter {kind.one}: {'; '.join(causes(first.verdict)) or 'that is not known'}"
    near = "" if first.verdict.passed else ", but comes nearer to one than the margin"
    return f"enters {_none(first, kind.none)}{near}"


def _none(way: Way, none: str) -> str:
    """Say that a way enters none but those whose consent the question assumes already."""
    needed = [called(state) for state in way.consents]
    assumed = [name for name in consents_in(way.verdict) if name not in needed]
    return f"{none} but {listed(assumed)}, whose consent is assumed" if assumed else none


def _all(way: Way, kind: Kind) -> str:
    """Name all that a way enters, and what that is; what can't be asked stands apart if it is something else."""
    names = states_of(way)
    if not names:
        return listed([called(state) for state in way.barred])
    barred = [called(state) for state in way.barred]
    also = f", and {listed(barred)}, which can't be asked" if barred else ""
    return f"{listed(names)}, {kind.one if len(names) == 1 else kind.many}{also}"


# What else there is to it ---------------------------------------------------------------------------------------------


def details(found: Search) -> str:
    """Say what else a search found: who holds the ends, who closes one in, and the fewest consents that open a way."""
    opened = [option for option in found.minimal_consents if option.status == "route" and option.consents]
    if found.shut or any(not way.consents and will_do(way) for way in found.items):
        return ""
    first = found.items[0]
    held = held_by(first)
    said = _where_ends_lie(first)
    if first.consents and {state.code for state in first.consents} <= held and not first.barred:
        return " ".join(said)
    ring = [called(state) for state in found.barrier if state.code not in held]
    if len(ring) > 1:
        said.append(f"{listed(ring, len(ring))} form a closed ring between {listed(ends_of(first.route))}.")
    if not opened:
        return " ".join(said)
    least = min(len(option.consents) for option in opened)
    ways: list[str] = []
    for option in opened:
        rest = [called(state) for state in option.consents if state.code not in held]
        names = rest or [called(state) for state in option.consents]
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
    """Say in a few words what a way comes to: free, only with whose consent, or whom it enters."""
    names = needed(way)
    if names and way.verdict.passed:
        return answer_words("with-consent", names)
    answer = answer_of(way.verdict)
    return answer_words(answer, entered_in(way.verdict)) if answer == "forbidden" else row_words(way.verdict)


# A paragraph ----------------------------------------------------------------------------------------------------------


def paragraph(found: Search, *, on: dt.date, version: str, view: str = "de-jure") -> str:
    """Say all of a search that a text needs: when, by which rule, what the straight line enters, what opens a way.

    Parameters
    ----------
    found : Search
        The great circle first, then the routes found.
    on : datetime.date
        The date that decides who is a member of what.
    version, view : str
        Of the airspace.
    """
    first, *others = found.items
    told = finding(found)
    long = in_km(first.route.length_km)
    entered = entered_km(first.verdict)
    sentences = [
        f"As of {written(on)}: {told[:1].lower()}{told[1:]}",
        f"The straight line is {long} long{f' and enters {entered}' if entered else ''}.",
    ]
    ways = [way for way in others if will_do(way) and not way.alternative]
    if least := shortest(free := [way for way in ways if not way.consents]) or shortest(ways):
        sentences.append(_of_least(least))
        shorter = shortest(ways) if free else None
        if shorter is not None and shorter is not least:
            far = f"{in_km(shorter.route.length_km)} long ({longer(shorter)})"
            sentences.append(f"The shortest that needs consent is {far}: {_need_words(shorter)}.")
        fewest = min(ways, key=lambda way: (len(way.consents), way.route.length_km))
        if len(fewest.consents) < len(least.consents):
            far = f"{in_km(fewest.route.length_km)} long ({longer(fewest)})"
            sentences.append(f"The way found that needs the fewest consents is {far}: {_need_words(fewest)}.")
        if found.margin_km:
            sentences.append(
                f"Detours keep {in_km(found.margin_km)} from what they must not enter, as far as their ends allow."
            )
    sentences.append(source(found.avoid.text if found.avoid else "", version, view))
    return " ".join(sentences)


def _of_least(way: Way) -> str:
    proven, none = "", " that enters none" if not way.consents else ""
    if way.gap_pct is not None:
        such = "such way" if none else "way with the same consents"
        proven = f" It is proven that no {such} is more than {at_most_pct(way.gap_pct)} shorter."
    words = f", {_need_words(way)}" if needed(way) else ""
    return f"The least detour{none} is {in_km(way.route.length_km)} long{words}.{proven}"


def at_most_pct(gap_pct: float) -> str:
    """Write a proven bound, rounded up.

    Examples
    --------
    >>> at_most_pct(0.0831), at_most_pct(0.0)
    ('0.09 %', '0.01 %')
    """
    return f"{max(math.ceil(100.0 * gap_pct) / 100.0, 0.01):g} %"


def _need_words(way: Way) -> str:
    return answer_words("with-consent", needed(way)) if needed(way) else "free"
