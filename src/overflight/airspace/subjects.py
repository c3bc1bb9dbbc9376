"""Whom a bloc binds: words for readers, and the states whose carriers and aircraft it is about."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from overflight.airspace.memberships import day
from overflight.airspace.states import DATA, State, table_rows

__all__ = ["MEMBERS", "NOBODY", "UNSAID", "Subject", "subject"]

EVERYBODY, MEMBERS, NOBODY = "everybody", "members", "nobody"
"""What stands for codes: all operators, those of the states listed, and none by its state alone."""


@dataclass(frozen=True, slots=True)
class Subject:
    """To whom a bloc applies.

    Attributes
    ----------
    title : str
        What a legend calls its states.
    words : str
        Who and what it is about: carriers, aircraft, persons, cargo.
    binds : tuple of str
        States whose operators it binds; or ``"everybody"``, ``"members"`` (operators of the states listed) or
        ``"nobody"``.
    airspace : tuple of str
        Whose airspace is shut; empty where it is that of the states listed.
    since, until : datetime.date or None
        When it is so; None where that is no other time than its rows'.
    source : str
        Who says so.
    verified : bool
        Whether we saw the source say so.
    note : str
        What else there is to know.
    """

    title: str = ""
    words: str = ""
    binds: tuple[str, ...] = (NOBODY,)
    airspace: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    source: str = ""
    verified: bool = False
    note: str = ""

    def may_concern(self, state: str) -> bool:
        """Tell whether it binds operators of a state, whoever is listed."""
        return state in self.binds or self.binds == (EVERYBODY,)

    def to_dict(self) -> dict[str, str | bool | list[str] | None]:
        """Return it as JSON has it."""
        return {
            "applies_to": self.words,
            "binds": [str(one) for one in self.binds],
            "airspace": list(self.airspace),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "source": self.source,
            "verified": self.verified,
            "note": self.note,
        }

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether it is so on a date."""
        return (self.since is None or self.since <= date) and (self.until is None or date < self.until)


UNSAID = Subject(words="not said: a bloc of your own")
"""What a bloc that somebody brings says of it."""


def subject(bloc: str) -> Subject:
    """Return to whom a bloc that ships with the package applies."""
    return _subjects().get(bloc, Subject())


@functools.cache
def _subjects() -> dict[str, Subject]:
    return {
        row["bloc"]: Subject(
            title=row["title"],
            words=row["applies_to"],
            binds=tuple(map(State, row["binds"].split())),
            airspace=tuple(row["airspace"].split()),
            since=day(row["since"]),
            until=day(row["until"]),
            source=row["source"],
            verified=row["verified"] == "true",
            note=row["note"],
        )
        for row in table_rows(DATA / "blocs.csv")
    }
