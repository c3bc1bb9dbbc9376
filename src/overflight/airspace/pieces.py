"""Pieces of the partition: their labels, and for which states each counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from overflight.airspace.states import State

__all__ = ["UNDETERMINED", "Piece", "owners"]

UNDETERMINED = "XXX"
"""What stands for the state, and the territory, where several claim a piece and nobody holds it undisputed: it is no
state's to name, or to leave out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the Earth's surface with one legal label.

    Attributes
    ----------
    id : int
        Its number in the index; 0 is nobody's airspace (high seas, Antarctica).
    territory, territory_name : str
        ISO code and name of the territory (``GRL``), which may differ from its state (``DNK``).
    state : State or None
        The state whose sovereign airspace this is in the view and on the date loaded; None for nobody's, ``XXX`` where
        no state that the data know holds it undisputed.
    claimants : tuple of str
        Codes of the states that claim the piece, where more than one does.
    disputed : str or None
        The dispute in words, or None.
    disputed_since : datetime.date or None
        The day on which the dispute began, where it began later than the labels hold from.
    de_jure, de_facto : State or None
        The state in either view.
    disputed_until : datetime.date or None
        The day on which the dispute was over, where it is.
    """

    id: int
    territory: str
    territory_name: str
    state: State | None
    claimants: tuple[str, ...] = ()
    disputed: str | None = None
    disputed_since: dt.date | None = None
    de_jure: State | None = None
    de_facto: State | None = None
    disputed_until: dt.date | None = None

    @classmethod
    def read(cls, row: dict[str, str]) -> Piece:
        """Read a row of the table that ships with the data."""
        de_jure = State(row["state"], row["state_name"]) if row["state"] else None
        return cls(
            id=int(row["piece"]),
            territory=row["territory"],
            territory_name=row["territory_name"],
            state=de_jure,
            claimants=tuple(row["claimants"].split()),
            disputed=row["disputed"] or None,
            disputed_since=dt.date.fromisoformat(row["disputed_since"]) if row["disputed_since"] else None,
            disputed_until=dt.date.fromisoformat(row["disputed_until"]) if row.get("disputed_until") else None,
            de_jure=de_jure,
            de_facto=State(row["de_facto"], row["de_facto_name"]) if row["de_facto"] else None,
        )


class Held(Protocol):
    """What `owners` asks of a piece, or of a crossing of one."""

    @property
    def state(self) -> State | None: ...
    @property
    def territory(self) -> str: ...
    @property
    def claimants(self) -> tuple[str, ...]: ...


def owners(held: Held, but: Collection[str] = ()) -> tuple[State, ...]:
    """Return for which states a piece of airspace, or a crossing of one, counts.

    Parameters
    ----------
    held : Piece or Crossing
        What is asked about.
    but : collection of str
        Codes of territories that count for nobody. Where a state's own territory, of the same code, is among them (as
        in a rule about Greenland alone), its claims count for nothing, too.

    Returns
    -------
    tuple of State
        Its state; or each claimant, where nobody holds it undisputed.
    """
    if held.territory in but:
        return ()
    if held.state is not None and held.state != UNDETERMINED:
        return (held.state,)
    return tuple(State(code) for code in held.claimants if code not in but)
