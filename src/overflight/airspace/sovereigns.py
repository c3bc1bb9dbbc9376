"""Whose a territory was: labels of the pieces as of a date in the past.

Borders are today's on every date. What a date changes is to whom a piece belongs, and whether it is disputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from overflight.airspace.pieces import UNDETERMINED, Piece
from overflight.airspace.states import State, table_rows

__all__ = ["Sovereign", "labelled", "read_sovereigns"]


@dataclass(frozen=True, slots=True)
class Sovereign:
    """Whose a territory was before it was whose it is today.

    Attributes
    ----------
    territory : str
        Its code.
    state : State
        Its state then; ``XXX`` where no state held it undisputed.
    since, until : datetime.date
        From then (inclusive; None: before the data begin) until then (exclusive).
    claimants : tuple of str
        Codes of the states that claimed it, where there was a dispute.
    note : str
        What else a reader must know, such as an administration by the United Nations; may be empty.
    source : str
        How we know.
    """

    territory: str
    state: State
    since: dt.date | None
    until: dt.date
    claimants: tuple[str, ...] = ()
    note: str = ""
    source: str = ""

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether the row is about that date."""
        return (self.since is None or self.since <= date) and date < self.until


def read_sovereigns(path: Path) -> tuple[Sovereign, ...]:
    """Read the list of past sovereigns that ships with the data."""
    return tuple(
        Sovereign(
            territory=row["territory"],
            state=State(row["state"], row["name"]),
            since=dt.date.fromisoformat(row["since"]) if row["since"] else None,
            until=dt.date.fromisoformat(row["until"]),
            claimants=tuple(row["claimants"].split()),
            note=row["note"],
            source=row["source"],
        )
        for row in table_rows(path)
    )


def labelled(pieces: Iterable[Piece], past: Iterable[Sovereign], date: dt.date) -> tuple[Piece, ...]:
    """Label pieces as of a date.

    Parameters
    ----------
    pieces : iterable of Piece
        As they are today; `state` is the one de jure.
    past : iterable of Sovereign
        Whose territories were before.
    date : datetime.date
        The date.

    Notes
    -----
    A dispute that began later, or was over, is none: the piece is whose it is de jure, in either view. A state that
    came about later is the one that it came out of, as a claimant, too; where that leaves one claimant of several
    (Abyei before South Sudan), the piece is that state's, and nobody disputes it.
    """
    then = {row.territory: row for row in past if row.holds_on(date)}
    return tuple(_as_of(piece, then, date) for piece in pieces)


def _as_of(piece: Piece, then: dict[str, Sovereign], date: dt.date) -> Piece:
    since, until = piece.disputed_since, piece.disputed_until
    if (since is not None and date < since) or (until is not None and until <= date):
        undisputed = replace(piece, claimants=(), disputed=None, disputed_since=None, disputed_until=None)
        piece = replace(undisputed, de_facto=piece.de_jure)
    own = then.get(piece.territory)

    def whose(state: State | None) -> State | None:
        if own is not None and state == piece.de_jure:
            return own.state
        row = then.get(str(state))
        return row.state if row else state

    de_jure, de_facto = whose(piece.de_jure), whose(piece.de_facto)
    claimants = tuple(dict.fromkeys(str(whose(State(code))) for code in piece.claimants))
    disputed = piece.disputed
    if len(claimants) == 1 < len(piece.claimants):  # the one came out of the other later
        (only,) = claimants
        if de_jure == UNDETERMINED:
            de_jure = de_facto = next(s.state for s in then.values() if s.state == only)
        claimants, disputed = (), None
    if own is not None:
        claimants, disputed = own.claimants or claimants, own.note or disputed
    if (de_jure, de_facto, claimants, disputed) == (piece.de_jure, piece.de_facto, piece.claimants, piece.disputed):
        return replace(piece, state=de_jure)
    return replace(piece, state=de_jure, de_jure=de_jure, de_facto=de_facto, claimants=claimants, disputed=disputed)
