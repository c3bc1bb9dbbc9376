"""What the commands say of the gaps of recorded flights: the option, the JSON, a section of the table, notes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from overflight.case import is_recorded
from overflight.cli.options import Options, read_by
from overflight.outside.printable import one_line
from overflight.rules.schedule import parse_speed
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.case import Case
    from overflight.detours.gaps import GapAnswer

__all__ = ["answers_of", "gap_features", "gap_lines", "gap_notes", "is_presumed", "max_speed_option", "track_json"]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])
MOST = 20
"""No more gaps than this are told in words; the JSON has them all."""


def max_speed_option(command: _Callback) -> _Callback:
    """Add ``--max-speed``, which becomes part of the `Options`; stands below `rule_options`."""

    @click.option(
        "--max-speed",
        metavar="SPEED",
        type=read_by(parse_speed),
        help="Ground speed that a recorded flight did not exceed in its gaps: 480kt. [default: 600kt]",
    )
    @functools.wraps(command)
    def gathered(*args: Any, options: Options, max_speed: float | None, **kwargs: Any) -> Any:  # noqa: ANN401
        return command(*args, options=replace(options, max_speed_kmh=max_speed), **kwargs)

    return gathered  # type: ignore[return-value]


def answers_of(case: Case) -> tuple[GapAnswer, ...]:
    """Say what the gaps of a case allow; nothing is loaded for that where there are none."""
    if not case.gaps:
        return ()
    from overflight.detours.gaps import gaps

    return gaps(case)


def is_presumed(case: Case, crossing: Crossing) -> bool:
    """Tell whether a crossing lies on the straight leg over a gap: no position was recorded in it."""
    if not case.gaps:
        return False
    from overflight.rules.gaps import is_within, silent

    return is_within(crossing, silent(case.route, case.gaps))


def track_json(case: Case, answers: Sequence[GapAnswer]) -> dict[str, Any]:
    """Write what is known of a recorded flight beyond its route; nothing of a route that is none."""
    if not is_recorded(case.route):
        return {}
    must = {code for one in answers for code in one.codes("crossed")}
    could = {code for one in answers for code in one.codes("could")}
    told = {
        "left_out": {out.why: out.count for out in case.route.left_out},
        "gaps": [one.to_dict() for one in answers],
        "must_have_crossed": sorted(must),
        "could_have_crossed": sorted(could - must),
    }
    return {"track": told}


def gap_lines(answers: Sequence[GapAnswer]) -> Iterator[tuple[int, str]]:
    """Yield the lines of the section on gaps, each with how far it is indented."""
    if not answers:
        return
    yield 0, f"What the gaps allow, at {answers[0].leeway.max_speed_kt:,g} kt over ground at most"
    for one in answers[:MOST]:
        leeway = one.leeway
        yield 2, f"{leeway.words}: {leeway.km:,.0f} km straight, {leeway.possible_km:,.0f} km possible"
        if leeway.trouble:
            yield 4, f"not known: {leeway.trouble}"
            continue
        for state in one.states:
            if state.answer == "crossed":
                yield 4, f"must have crossed {state.state.name} ({state.state.code}): {state.why}"
        could = _named(one, "could")
        yield 4, f"could have crossed {could or 'no other state'}; can't have: the other {one.cannot} states"
        for rule in one.rules:
            names = f" ({listed([state.in_text for state in rule.states], MOST)})" if rule.states else ""
            yield 4, f"{rule.rule}: {_of_rule(rule.answer, names)}" + (f": {rule.why}" if rule.bound_km else "")
    if len(answers) > MOST:
        yield 2, f"and {len(answers) - MOST} more gaps"


def _named(gap: GapAnswer, answer: str) -> str:
    names = [one.state.in_text for one in gap.states if one.answer == answer]
    return listed(names, MOST)


def _of_rule(answer: str, names: str) -> str:
    if answer == "crossed":
        return f"one of its states, or several, must have been crossed{names}"
    return (
        f"its states could have been crossed{names}"
        if answer == "could"
        else "none of its states can have been crossed"
    )


def gap_notes(name: str, answers: Sequence[GapAnswer]) -> Iterator[str]:
    """Yield a line for each gap, for those who read rows."""
    for one in answers[:MOST]:
        leeway = one.leeway
        head = f"{name}: gap {leeway.words}, {leeway.km:,.0f} km straight, {leeway.possible_km:,.0f} km possible"
        if leeway.trouble:
            yield one_line(f"{head}: not known: {leeway.trouble}")
            continue
        must, could = (_named(one, answer) or "none" for answer in ("crossed", "could"))
        yield one_line(f"{head}: must have crossed {must}; could have crossed {could}; not the other {one.cannot}")
    if len(answers) > MOST:
        yield one_line(f"{name}: and {len(answers) - MOST} more gaps")


def gap_features(label: str, answers: Sequence[GapAnswer]) -> Iterator[dict[str, Any]]:
    """Yield the edge of each ellipse as a feature, a line cut at 180 degrees."""
    from overflight.routes.antimeridian import line_geometry

    for one in answers:
        ring = one.outline()
        if ring is not None:
            told = {"feature": "gap", "route": label, **one.to_dict()}
            yield {"type": "Feature", "geometry": line_geometry(_unrolled([*ring, ring[0]])), "properties": told}


def _unrolled(ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Let longitudes run on past 180 degrees."""
    found = [ring[0]]
    for lon, lat in ring[1:]:
        found.append((lon + 360.0 * round((found[-1][0] - lon) / 360.0), lat))
    return found
