"""By which date and rules reports were made: for programs, and in one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from overflight.airspace.bans import applies_to
from overflight.rules.schedule import AsFlown
from overflight.rules.wording.rulesets import phrase

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.proposals.ledger import Ledger

__all__ = ["context", "settings_of"]

MOST = 8
"""No more codes than this in a line that says what is left out; the JSON has them all."""


class Reported(Protocol):
    """A case as it is reported."""

    @property
    def case(self) -> Case:
        """What is asked."""

    @property
    def ledger(self) -> Ledger | None:
        """Who granted consent, and who refused."""

    @property
    def allow(self) -> list[str]:
        """Whose consent was assumed from the start."""


def settings_of(report: Reported) -> dict[str, Any]:
    """Write for JSON by which date and rules a report was made."""
    case = report.case
    schedule, forbidden = case.schedule, case.forbidden
    times = {}
    if schedule is not None and not isinstance(schedule, AsFlown):
        times = {"depart": schedule.time(0.0), "speed_kmh": round(schedule.speed_kmh, 3)}
    told: dict[str, Any] = (
        {"applies_to": applying}
        if (applying := applies_to([*(s.text for s in case.sets), *(ground.bloc for ground in forbidden.grounds)]))
        else {}
    )
    if case.operator is not None:
        bans = sorted({ground.bloc for ground in forbidden.grounds})
        told["operator"] = {**case.operator.to_dict(), "bans": bans}
    if case.notices:
        told["notices"] = list(case.notices)
    if report.ledger is not None:
        told["ledger"] = report.ledger.to_dict(case.on)
    return {
        **times,
        **told,
        "on": case.on.isoformat(),
        **case.told,
        **{f"{key}_in_words": [phrase(one, case.world) for one in texts] for key, texts in case.told.items()},
        "allow": report.allow,
        "margin_km": round(case.margin_km, 3),
        "except_territories": sorted(forbidden.exceptions),
        "areas": [
            {"area": area.name, "source": area.source, "floor": area.floor.text, "ceiling": area.ceiling.text}
            for area in forbidden.areas
        ],
    }


def context(reports: Sequence[Reported]) -> str:
    """Say in one line by which date and rules the routes were judged."""
    dates = sorted({r.case.on for r in reports})
    settings = [settings_of(r) for r in reports]
    common = settings[0]
    parts = [f"on {', '.join(map(dt.date.isoformat, dates))}"]
    if any({**s, "on": ""} != {**common, "on": ""} for s in settings):
        parts.append("rules as each proposal has them")
    else:
        parts += [
            "" if common["avoid"] or common["never"] else "no rule given (--avoid icc)",
            *(
                f"{key} {', '.join(map(_rule, common[key], common[f'{key}_in_words']))}"
                for key in ("avoid", "never")
                if common[key]
            ),
            f"operator {common['operator']['state']}" if "operator" in common else "",
            f"allow {', '.join(common['allow'])}" if common["allow"] else "",
            f"margin {common['margin_km']:g} km" if common["margin_km"] else "",
            f"but not {_few(_territories(reports[0].case))}" if common["except_territories"] else "",
        ]
        if "depart" in common:
            parts.append(f"departing {common['depart']} at {common['speed_kmh']:g} km/h")
    world = reports[0].case.world
    parts += [f"{world.view} view", f"data {world.version}"]
    return "; ".join(part for part in parts if part)


def _rule(text: str, words: str) -> str:
    """Write a rule set, and in words what is more than one name."""
    return f"{text} ({words})" if " " in text and text != words else text


def _territories(case: Case) -> list[str]:
    """Name the territories of states of the rules that the rules are not about."""
    names = {piece.territory: piece.territory_name for piece in case.world.pieces}
    return [names.get(code, code) for code in sorted(case.forbidden.exceptions)]


def _few(names: Sequence[str]) -> str:
    """List names, as long as they fit a line."""
    more = len(names) - MOST
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MOST])} and {more} more"
