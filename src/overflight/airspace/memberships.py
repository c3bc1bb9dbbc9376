"""Memberships of blocs: who, from when until when, how far, and how we know."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from overflight.airspace.ruleset import Proviso
from overflight.airspace.states import State

__all__ = ["EXTENTS", "Extent", "Membership", "day", "membership", "moment"]

Extent = Literal["whole", "part", "level", "hours"]
"""How much of a state's airspace a row is about: all of it; a part that is not drawn; what lies above or below a level;
all of it, but for some hours only."""
EXTENTS: tuple[Extent, ...] = get_args(Extent)
OPEN: dict[Extent, str] = {
    "part": "route is in the part",
    "level": "flight is at such a level",
    "hours": "flight is there in these hours",
}
"""What a row of such an extent leaves open."""
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
        """Tell whether the state is a member on that date, in part at least, and as far as is known."""
        return self.since <= date and (self.until is None or date < self.until)

    def binds_on(self, date: dt.date) -> bool:
        """Tell whether the state counts as a member on that date; a part of it does not, nor does an old report."""
        known = self.confirmed_until is None or date <= self.confirmed_until
        return self.extent in {"whole", "hours"} and known and self.holds_on(date)

    def proviso(self, bloc: str, date: dt.date) -> Proviso | None:
        """Return what keeps the membership from holding for the whole state all that day, in UTC; None if nothing does.

        Parameters
        ----------
        bloc : str
            The bloc's name, for the sentence.
        date : datetime.date
            The day.
        """
        holds = self.holds_on(date)
        ends_today = self.ends is not None and self.ends.date() == date and self.ends.time() > dt.time(0)
        on_the_edge = ends_today or (self.begins is not None and self.begins.date() == date)
        outdated = holds and self.confirmed_until is not None and date > self.confirmed_until
        if not (on_the_edge or outdated or (holds and self.extent != "whole")):
            return None
        by_the_clock = not outdated and (
            self.extent == "whole" or (self.extent == "hours" and None not in {self.begins, self.ends})
        )
        return Proviso(
            self.state,
            self._reservation(bloc, date, outdated=outdated),
            self.begins,
            self.ends,
            by_the_clock=by_the_clock,
            partial=self.extent != "whole" or outdated or not holds,
            what=f"{self.state.name}: {self.note}" if self.extent != "whole" else "",
        )

    def _reservation(self, bloc: str, date: dt.date, *, outdated: bool) -> str:
        """Say what holds of the state, and what of it is not known."""
        if self.extent == "whole":
            hours = [f"from {_clock(self.begins)}"] * (self.begins is not None)
            hours += [f"until {_clock(self.ends)}"] * (self.ends is not None)
            what = f"{bloc} {' '.join(hours) if hours and not outdated else f'since {self.since}'}"
            doubt = [] if outdated else ["whether this flight is there then is not known"]
        else:
            what = self.note
            doubt = [f"whether this {OPEN[self.extent]} is not known"]
        if outdated:
            doubt.append(
                f"the last report of it is of {self.confirmed_until}, and whether it still holds on {date} is not known"
            )
        return f"{self.state.name}: {'; '.join([what, *doubt])}"


def membership(row: Mapping[str, str]) -> Membership:
    """Read a row of a shipped table."""
    return Membership(
        state=State(row["state"], row["name"]),
        since=dt.date.fromisoformat(row["since"]),
        until=day(row["until"]),
        source=row["source"],
        verified=row["verified"] == "true",
        note=row["note"],
        withdrawal_notified=day(row.get("withdrawal_notified")),
        withdrawal_revoked=day(row.get("withdrawal_revoked")),
        extent=next((extent for extent in EXTENTS if extent == row.get("extent")), "whole"),
        begins=moment(row.get("begins")),
        ends=moment(row.get("ends")),
        confirmed_until=day(row.get("confirmed_until")),
    )


def day(text: str | None) -> dt.date | None:
    """Read a date, such as ``2022-02-26``; None for no text."""
    return dt.date.fromisoformat(text) if text else None


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


def _clock(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
