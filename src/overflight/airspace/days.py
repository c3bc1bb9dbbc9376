"""The days on which something changes: who is in a bloc and how far, which territories it reaches, whose pieces are.

Between two of them nothing does: what is asked of a bloc or a world on a date reads no other dates of the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from overflight.airspace.airspaces import Airspaces
from overflight.airspace.blocs import Bloc, Membership, Reach

__all__ = ["Event", "Turn", "days", "turns"]

Event = Literal["begins", "ends", "hours", "over", "unconfirmed"]
"""What a day is to a row: its first; the first after its last; one of its hours, or after these began; the first after
its hours; the first of which no report tells any more."""
DAY = dt.timedelta(days=1)


class Turn(NamedTuple):
    """A day on which a row of a bloc says something else than on the day before."""

    on: dt.date
    event: Event
    bloc: str
    row: Membership | Reach


def turns(one: Bloc) -> Iterator[Turn]:
    """Yield every day on which a row of a bloc says something else than on the day before, each once for a row."""
    rows: tuple[Membership | Reach, ...] = (*one.members, *one.reaches)
    for row in rows:
        found = dict[dt.date, Event]()
        for day, event in _days_of(row):
            if day > dt.date.min:  # from the first day that there is: from the start
                found.setdefault(day, event)
        yield from (Turn(day, event, one.name, row) for day, event in found.items())


def days(blocs: Iterable[Bloc], world: Airspaces) -> list[dt.date]:
    """Return every day on which anything changes in some blocs or in the labels of a world, in order."""
    labels = map(dt.date.fromisoformat, world.manifest.get("label_changes", ()))
    return sorted({*labels, *(turn.on for one in blocs for turn in turns(one))})


def _days_of(row: Membership | Reach) -> Iterator[tuple[dt.date, Event]]:
    if row.since is not None:
        yield row.since, "begins"
    if row.until is not None:
        yield row.until, "ends"
    if isinstance(row, Reach):
        return
    if row.begins is not None:
        yield row.begins.date(), "hours"
        yield row.begins.date() + DAY, "hours"
    if row.ends is not None:
        yield row.ends.date(), "hours"
        yield row.ends.date() + DAY, "over"
    if row.confirmed_until is not None:
        yield row.confirmed_until + DAY, "unconfirmed"
