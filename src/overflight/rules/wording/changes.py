"""What is said of a day on which a verdict changes: what it comes to, and what makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from overflight.airspace.memberships import Extent, Membership
from overflight.rules.findings import RANK
from overflight.rules.wording.answers import (
    answer_of,
    answer_words,
    consents_in,
    entered_in,
    leave_of,
    open_in,
    row_words,
)
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.airspace import Piece
    from overflight.airspace.days import Event, Turn
    from overflight.routes.recoded import Move
    from overflight.rules.verdicts import Verdict

__all__ = ["change", "label_turn", "move", "outcome", "outcome_words", "revoked", "turn_words"]

CLOSED = "closed"
STANDINGS = {
    "icc": "party to the Rome Statute",
    "eu": "member of the European Union",
    "eea": "in the European Economic Area",
    "nato": "member of NATO",
    "schengen": "in the Schengen area",
}
"""What a state is in blocs that have a name of their own."""
EXTENTS: dict[Extent, str] = {"whole": "", "part": " in part", "level": " by level", "hours": " for some hours"}
NOT_VERIFIED = "not verified"


class Told(Protocol):
    """What makes a change: in words, and whether we saw its source say so; None where that is not recorded."""

    @property
    def words(self) -> str: ...
    @property
    def verified(self) -> bool | None: ...


def outcome(verdict: Verdict) -> str:
    """Say in a few words what a verdict comes to, and for whom: ``crosses POL, SVK; marginal UKR``."""
    found: dict[str, list[str]] = {}
    named = set[str]()
    for finding in sorted(verdict.findings, key=lambda finding: -RANK[finding.status]):
        who = finding.state.code if finding.state else f"area {finding.area}" if finding.area else finding.rule
        if who in named or (finding.status == "clear" and not finding.consented):
            continue
        named.add(who)
        found.setdefault("only with the consent of" if finding.status == "clear" else finding.status, []).append(who)
    told = "; ".join(f"{status} {', '.join(who)}" for status, who in found.items())
    return f"clear {told}" if verdict.passed and told else told or "clear"


def outcome_words(verdict: Verdict) -> str:
    """Say the same to people: the answer, with the names of those that it is about."""
    answer = answer_of(verdict)
    if answer is None:
        may = open_in(verdict)
        return f"not known: {listed(may)}" if may else "not known"
    if answer != "forbidden":
        return row_words(verdict)
    besides = [name for name in consents_in(verdict) if name not in entered_in(verdict)]
    more = f"; {listed(besides)} only with {leave_of(besides, known=True)}" if besides else ""
    return answer_words(answer, entered_in(verdict)) + more


def change(causes: tuple[Told, ...]) -> str:
    """Say what makes a change, each cause with its mark where its source is not verified."""
    marked = (f"{one.words} ({NOT_VERIFIED})" if one.verified is False else one.words for one in causes)
    return "; ".join(marked)


def turn_words(turn: Turn, *, stays: bool = False, first: bool = False) -> str:
    """Say what a day is to a row of a bloc.

    Parameters
    ----------
    turn : Turn
        The day, and the row.
    stays : bool
        Whether another row of the bloc holds for the same state on that day.
    first : bool
        Whether the tables know nothing of the day before.
    """
    row = turn.row
    if isinstance(row, Membership):
        return f"{row.state.name}: {_of_member(row, turn.event, turn.bloc, stays=stays, first=first)}"
    verb = "extends to" if turn.bloc == "icc" else "reaches"
    return f"{row.name}: {_treaty(turn.bloc)} {verb} it {'from this day on' if turn.event == 'begins' else 'no longer'}"


def _of_member(row: Membership, event: Event, bloc: str, *, stays: bool, first: bool) -> str:
    if event == "ends" and row.withdrawal_notified and not row.withdrawal_revoked:
        return f"withdrawal from {_treaty(bloc)} takes effect, notified on {row.withdrawal_notified}"
    if bloc == CLOSED:
        return _of_closure(row, event)
    standing = STANDINGS.get(bloc, f"in {bloc}") + EXTENTS[row.extent]
    what = f": {row.note}" if row.extent != "whole" and row.note else ""
    when = "from this day on, or from before it: the tables begin with it" if first else "from this day on"
    return {
        "begins": f"{standing} {when}{what}",
        "ends": f"{standing}{' as a whole' if stays and row.extent == 'whole' else ''} no longer",
        "hours": f"{standing} {_hours(row)}",
        "over": f"{standing} no longer, {_hours(row)}",
        "unconfirmed": f"{standing} by reports until {row.confirmed_until}; whether it still is is not known",
    }[event]


def revoked(row: Membership, bloc: str) -> str:
    """Say of a withdrawal that was revoked that it changed nothing; empty if there was none."""
    if row.withdrawal_notified is None or row.withdrawal_revoked is None:
        return ""
    return (
        f"{row.state.name}: withdrawal from {_treaty(bloc)} notified on {row.withdrawal_notified} was revoked on "
        f"{row.withdrawal_revoked}, and never took effect"
    )


def _treaty(bloc: str) -> str:
    return "the Rome Statute" if bloc == "icc" else bloc


def _of_closure(row: Membership, event: Event) -> str:
    if event == "unconfirmed":
        return f"the last report of the closure is of {row.confirmed_until}; whether it still holds is not known"
    if event == "ends":
        over = f"ends at {row.ends:%H:%M} UTC" if row.ends and row.ends.date() == row.until else "is over"
        return f"the closure{EXTENTS[row.extent]} of {row.since} {over}"
    if event == "over":
        return f"the closure{EXTENTS[row.extent]} {_hours(row)} is over"
    if row.extent != "whole":
        return row.note
    return f"airspace closed {_hours(row) or 'from this day on'}"


def _hours(row: Membership) -> str:
    spans = ((word, moment) for word, moment in (("from", row.begins), ("until", row.ends)) if moment is not None)
    return " ".join(f"{word} {moment:%Y-%m-%d %H:%M} UTC" for word, moment in spans)


def move(found: Move) -> str:
    """Say that a code stands for another field."""
    return f"{found.code}: stands for {found.after} from this day on, for {found.before} until then"


def label_turn(before: Piece, after: Piece) -> str:
    """Say how the label of a piece changes."""
    told = []
    if before.state != after.state:
        old, new = (piece.state.name if piece.state else "nobody" for piece in (before, after))
        told.append(f"{after.territory_name}: counts for {new} from this day on, for {old} until then")
    if before.disputed != after.disputed:
        told.append(
            f"in dispute from this day on: {after.disputed}" if after.disputed else f"dispute over: {before.disputed}"
        )
    elif before.claimants != after.claimants:
        told.append(f"{after.territory_name}: claimed by {' and '.join(after.claimants) or 'nobody else'}")
    return "; ".join(told)
