"""Memberships of blocs: who, from when until when, how far, and how we know."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from overflight.airspace.states import State

__all__ = ["EXTENTS", "Extent", "Membership", "membership", "moment"]

Extent = Literal["whole", "part", "level", "hours"]
"""How much of a state's airspace a row is about: all of it; a part that is not drawn; what lies above or below a level;
all of it, but for some hours only."""
EXTENTS: tuple[Extent, ...] = get_args(Extent)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Membership:
    """One state's membership of a bloc: from `since` (inclusive) until `until` (exclusive), and how we know.

    A withdrawal that was notified but revoked before it took effect leaves `until` empty.

    Attributes
    ----------
    state : State
        The member.
    since, until : datetime.date
        Days as the state itself counts them.
    source : str
        Who says so.
    verified : bool
        Whether we saw the source say so.
    note : str
        What else there is to know; where `extent` is not ``"whole"``, what it is that holds.
    withdrawal_notified, withdrawal_revoked : datetime.date
        Of a withdrawal; None where there is none.
    extent : str
        ``"whole"``, ``"part"``, ``"level"`` or ``"hours"``.
    begins, ends : datetime.datetime
        The hours, in UTC, where they are known.
    confirmed_until : datetime.date
        The last day of which it was reported, where the end is not known.
    """

    state: State
    since: dt.date
    until: dt.date | None
    source: str
    verified: bool
    note: str = ""
    withdrawal_notified: dt.date | None = None
    withdrawal_revoked: dt.date | None = None
    extent: Extent = "whole"
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None
    confirmed_until: dt.date | None = None

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether the state is a member on that date."""
        return self.since <= date and (self.until is None or date < self.until)


def membership(row: Mapping[str, str]) -> Membership:
    """Read a row of a shipped table."""
    return Membership(
        state=State(row["state"], row["name"]),
        since=dt.date.fromisoformat(row["since"]),
        until=_date(row["until"]),
        source=row["source"],
        verified=row["verified"] == "true",
        note=row["note"],
        withdrawal_notified=_date(row.get("withdrawal_notified")),
        withdrawal_revoked=_date(row.get("withdrawal_revoked")),
        extent=next((extent for extent in EXTENTS if extent == row.get("extent")), "whole"),
        begins=moment(row.get("begins")),
        ends=moment(row.get("ends")),
        confirmed_until=_date(row.get("confirmed_until")),
    )


def moment(text: str | None) -> dt.datetime | None:
    """Read a time in UTC, such as ``2022-02-26T13:00Z``; None for no text.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not text:
        return None
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return dt.datetime.fromisoformat(text)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
