"""What a report says of the rules: as worked out on each date, and the rows by which states are members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from overflight.airspace import bloc, owners
from overflight.airspace.blocs import BANS
from overflight.airspace.subjects import subject

if TYPE_CHECKING:
    from overflight.airspace import Bloc, RuleSet
    from overflight.airspace.blocs import Membership
    from overflight.case import Case

__all__ = ["concerned", "rules_of"]


def concerned(case: Case) -> list[str]:
    """List the codes of the states that a route enters, that claim a part that it crosses, or that it comes near to."""
    found: dict[str, None] = {}
    for crossing in case.verdict.crossings:
        found.update(dict.fromkeys(state.code for state in owners(crossing)))
        found.update(dict.fromkeys(crossing.claimants))
    for finding in case.verdict.findings:
        if finding.state is not None:
            found[finding.state.code] = None
    return list(found)


def rules_of(case: Case) -> list[dict[str, Any]]:
    """Return each rule set: its text, its members on each date of the flight, and the rows of the states concerned."""
    dates = case.schedule.dates(case.route.length_km) if case.schedule else (case.on,)
    return [
        {
            "text": chosen.text,
            "unasked": nth >= len(case.avoid),
            "dates": [_worked_out(case.sets_on(date)[nth], date) for date in dates],
            "areas": [
                {"name": area.name, "source": area.source, "floor": area.floor.text, "ceiling": area.ceiling.text}
                for area in chosen.areas
            ],
            "blocs": [_about(name, case) for name in chosen.blocs],
            "memberships": [
                *(row for name in chosen.blocs if name != BANS for row in _rows(_bloc(case, name), case, dates)),
                *_grounds(chosen, case),
            ],
        }
        for nth, chosen in enumerate(case.sets)
    ]


def _worked_out(chosen: RuleSet, date: dt.date) -> dict[str, Any]:
    return {
        "on": date.isoformat(),
        "states": sorted(state.code for state in chosen.states),
        "except_territories": sorted(chosen.exceptions),
        "reservations": list(dict.fromkeys(proviso.text for proviso in chosen.provisos)),
    }


def _about(name: str, case: Case) -> dict[str, Any]:
    """Say what a bloc is about, to whom it applies, and which table its rows come from."""
    told = subject(name)
    return {
        "name": name,
        "title": told.title,
        "applies_to": told.words,
        "source": told.source,
        "verified": told.verified,
        "sha256": case.world.manifest.get("sha256", {}).get(f"blocs/{name}.csv"),
    }


def _grounds(chosen: RuleSet, case: Case) -> Iterator[dict[str, Any]]:
    """Yield the rows by which states bar the operator, of blocs that the rule does not name itself."""
    states = set(concerned(case))
    for ground in chosen.grounds:
        if ground.state.code in states and ground.bloc not in chosen.blocs:
            yield {
                "bloc": ground.bloc,
                "state": ground.state.code,
                "territory": None,
                "name": ground.state.name,
                "since": ground.since.isoformat(),
                "until": ground.until.isoformat() if ground.until else None,
                "holds": not ground.doubtful,
                "source": ground.source,
                "verified": ground.verified,
                "note": "; ".join(filter(None, (ground.whom, ground.note))),
            }


def _bloc(case: Case, name: str) -> Bloc:
    return next((one for one in case.blocs if one.name == name), None) or bloc(name)


def _rows(chosen: Bloc, case: Case, dates: tuple[dt.date, ...]) -> Iterator[dict[str, Any]]:
    """Yield every row, past and to come, of the states concerned, and of the territories that are crossed."""
    states = set(concerned(case))
    for member in chosen.members:
        if member.state.code in states:
            yield _row(chosen.name, member, dates)
    crossed = {crossing.territory for crossing in case.verdict.crossings}
    for reach in chosen.reaches:
        if reach.territory in crossed:
            yield {
                "bloc": chosen.name,
                "state": None,
                "territory": reach.territory,
                "name": reach.name,
                "since": reach.since.isoformat() if reach.since else None,
                "until": reach.until.isoformat() if reach.until else None,
                "holds": any(reach.holds_on(date) for date in dates),
                "source": reach.source,
                "verified": reach.verified,
                "note": reach.note,
            }


def _row(name: str, member: Membership, dates: tuple[dt.date, ...]) -> dict[str, Any]:
    told = [
        f"{what} {day}"
        for what, day in (
            ("withdrawal notified", member.withdrawal_notified),
            ("revoked", member.withdrawal_revoked),
            ("last reported", member.confirmed_until),
        )
        if day is not None
    ]
    return {
        "bloc": name,
        "state": member.state.code,
        "territory": None,
        "name": member.state.name,
        "since": member.since.isoformat(),
        "until": member.until.isoformat() if member.until else None,
        "holds": any(member.holds_on(date) for date in dates),
        "source": member.source,
        "verified": member.verified,
        "note": "; ".join(filter(None, [member.note, *told])),
    }
