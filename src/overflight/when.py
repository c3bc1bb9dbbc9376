"""The calendar of changes: on which days a route's verdict changes, and which row of the tables makes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from overflight._crossings import locate
from overflight.airspace import Membership, Reach, bloc, past_sovereigns
from overflight.airspace.bans import is_about
from overflight.airspace.blocs import blocs
from overflight.airspace.days import DAY, Turn, days, turns
from overflight.case import Case
from overflight.errors import OverflightError
from overflight.outside.dates import as_date
from overflight.routes.recoded import moves_of
from overflight.rules.wording.changes import change, label_turn, move, outcome, revoked, turn_words

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Bloc
    from overflight.rules import Finding, Verdict

__all__ = ["Calendar", "Cause", "Change", "changes"]

BESIDE_DEG = 1e-5
"""A metre: so far from a point of a border lie the pieces on its sides."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a verdict change: a row of a bloc begins or ends, a piece is another's, a code another field's.

    Attributes
    ----------
    words : str
        In words, without a full stop.
    source : str
        How we know; empty where a label has none of its own.
    verified : bool or None
        Whether we saw the source say so; None where that is not recorded.
    turn : Turn or None
        The row of a bloc; None where a label or a line changes.
    event : str
        What else it is: ``"label"``, or ``"line"`` where a code stands for another field.
    """

    words: str
    source: str
    verified: bool | None
    turn: Turn | None = None
    event: str = "label"

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight when` has it, with the dates of its row."""
        row = self.turn.row if self.turn else None
        told: dict[str, Any] = {"what": self.words, "source": self.source, "verified": self.verified}
        if self.turn is None or row is None:
            return told | {"event": self.event, "bloc": None}
        told |= {"event": self.turn.event, "bloc": self.turn.bloc}
        if isinstance(row, Membership):
            told |= {"state": row.state.code, "name": row.state.name, "extent": row.extent}
            dates = ("withdrawal_notified", "withdrawal_revoked", "begins", "ends", "confirmed_until")
            told |= {key: _text(getattr(row, key)) for key in dates}
        else:
            told |= {"territory": row.territory, "name": row.name}
        return told | {"since": _text(row.since), "until": _text(row.until), "note": row.note}


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which a route's verdict is another one than on the day before.

    Attributes
    ----------
    on : datetime.date
        The day.
    before, after : Verdict
        As of the day before, and as of this day.
    causes : tuple of Cause
        What makes it.
    """

    on: dt.date
    before: Verdict
    after: Verdict
    causes: tuple[Cause, ...]

    @property
    def words(self) -> str:
        """What makes it, in words."""
        return change(self.causes)

    def __str__(self) -> str:
        return f"{self.on}: {outcome(self.before)} -> {outcome(self.after)}: {self.words}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight when` has it."""
        return {
            "on": self.on.isoformat(),
            "before": {"status": self.before.status, "outcome": outcome(self.before)},
            "after": {"status": self.after.status, "outcome": outcome(self.after)},
            "what": self.words,
            "causes": [cause.to_dict() for cause in self.causes],
        }


@dataclass(frozen=True, slots=True)
class Calendar(Sequence[Change]):
    """The days on which a route's verdict changes, in order.

    Attributes
    ----------
    case : Case
        What was asked.
    since, until : datetime.date
        The days looked at, both among them.
    first : Verdict
        As of the day before the first of these.
    changes : tuple of Change
        What the sequence holds.
    """

    case: Case
    since: dt.date
    until: dt.date
    first: Verdict
    changes: tuple[Change, ...]

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Change, ...]: ...
    def __getitem__(self, index: int | slice) -> Change | tuple[Change, ...]:
        return self.changes[index]

    def __len__(self) -> int:
        return len(self.changes)

    def on(self, date: dt.date | str) -> Verdict:
        """Return the verdict as of a day that was looked at.

        Where no day of change lies between two days, the verdict is the same but for dates in its notes.

        Raises
        ------
        OverflightError
            If the day was not looked at.
        """
        day = as_date(date)
        if not self.since - DAY <= day <= self.until:
            raise OverflightError(f"{day} was not looked at: the changes are those from {self.since} to {self.until}")
        return next((one.after for one in reversed(self.changes) if one.on <= day), self.first)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What changed nothing, though it was announced: withdrawals of states concerned that were revoked."""
        verdicts = (self.first, *(change.after for change in self.changes))
        states = {finding.state for verdict in verdicts for finding in verdict.findings if finding.crossings}
        every = _every(self.case)
        named = dict.fromkeys(name for one in self.case.sets for name in one.blocs if name in every)
        rows = ((row, name) for name in named for row in every[name].members if row.state in states)
        return tuple(filter(None, (revoked(row, name) for row, name in rows)))

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight when` has it."""
        return {
            "remarks": list(self.remarks),
            "from": self.since.isoformat(),
            "until": self.until.isoformat(),
            "before": {"status": self.first.status, "outcome": outcome(self.first)},
            "changes": [one.to_dict() for one in self.changes],
        }


def changes(case: Case, *, since: dt.date | str | None = None, until: dt.date | str | None = None) -> Calendar:
    """Find the days on which a route's verdict changes, past ones and those that are notified.

    Parameters
    ----------
    case : Case
        The route with its rules. Its date does not matter, nor does its schedule: the line is judged as of each day, on
        which the code of an airport stands for the field that had it then.
    since : datetime.date or str, optional
        The first day looked at; by default that from which on the data know all changes of sovereign.
    until : datetime.date or str, optional
        The last one; by default the last day of which the data know that something changes.

    Returns
    -------
    Calendar
        A sequence of `Change`, with `on(date)` for the verdict of any day between.

    Raises
    ------
    OverflightError
        If `until` is before `since`.

    Notes
    -----
    A verdict changes where a finding does that is not clear, or of a state whose consent is assumed: its status, its
    length, what is noted of it, such as a dispute. Nothing changes but on a day on which a row of a table begins or
    ends, so that it is enough to ask on these (`airspace.days.days`), and on those on which a code of the route came to
    stand for another field; the answers are those of `Case` on each. The crossings engine runs once for each line, for
    a date touches no border.

    Examples
    --------
    >>> import overflight as of
    >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc")
    >>> found = of.changes(case)
    >>> [(str(change.on), change.after.status, len(change.causes)) for change in found]
    [('2002-07-01', 'crosses', 3), ('2025-01-01', 'crosses', 1)]
    >>> found[1].words
    'Ukraine: party to the Rome Statute from this day on'
    >>> found.on("2024-12-31").status, found.first.status
    ('crosses', 'clear')
    """
    if not isinstance(case, Case):
        msg = f"{str(case)[:60]!r} is no case: give overflight.Case.of('VKO-BUD', on=..., avoid='icc')"
        raise TypeError(msg)
    every = _every(case)
    moves = moves_of(case.given or case.route)
    known = sorted({*days(every.values(), case.world), *(one.on for one in moves)})
    begin = as_date(since) if since is not None else case.world.labels_since or known[0]
    end = as_date(until) if until is not None else max(known[-1], begin)
    begin = max(begin, dt.date.min + DAY)  # there is no day before the first
    if end < begin:
        raise OverflightError(f"from {begin} until {end}: the end is before the beginning")
    asked = [case.dated(begin - DAY), *(case.dated(day) for day in known if begin <= day <= end)]
    found = []
    held = asked[0]
    for now in asked[1:]:
        if now.sets == held.sets and now.world is held.world and now.route == held.route:
            continue
        old, new = _telling(held), _telling(now)
        if concerned := [finding for key, finding in (new | old).items() if key not in old or key not in new]:
            causes = [*_turned(held, now, concerned, every), *_relabelled(held, now, concerned)]
            causes += [Cause(move(one), one.source, None, event="line") for one in moves if one.on == now.on]
            found.append(Change(now.on, held.verdict, now.verdict, tuple(dict.fromkeys(causes))))
        held = now
    return Calendar(case, begin, end, asked[0].verdict, tuple(found))


def _every(case: Case) -> dict[str, Bloc]:
    """Return the blocs that a rule of a case may name."""
    return {name: bloc(name) for name in blocs()} | {one.name: one for one in case.blocs}


def _telling(case: Case) -> dict[tuple[object, ...], Finding]:
    """Return the findings that make a verdict what it is, by what they say, whatever the day."""
    today = f"still holds on {case.on} is not known"  # of an old report
    return {
        (f.rule, f.state, f.area, f.status, f.consented, round(f.length_km, 3), f.note.replace(today, "")): f
        for f in case.verdict.findings
        if f.status != "clear" or f.consented
    }


def _turned(held: Case, now: Case, concerned: Sequence[Finding], every: Mapping[str, Bloc]) -> Iterator[Cause]:
    """Yield the rows of the rules' blocs that begin or end on a day, of the states and territories concerned."""
    states = list(dict.fromkeys(f.state for f in concerned if f.state is not None))
    territories = {now.world.pieces[piece].territory for f in concerned for piece in _pieces(f, now.world)}
    named = dict.fromkeys(name for one in (*held.sets, *now.sets) for name in one.blocs)
    here = [turn for name in named if name in every for turn in turns(every[name]) if turn.on == now.on]
    for state in states:
        for turn in sorted(here, key=lambda turn: turn.event == "begins"):
            row = turn.row
            if isinstance(row, Membership) and is_about(turn.bloc, row.state, state, now.operator):
                stays = any(one.state == row.state and one.holds_on(now.on) for one in every[turn.bloc].members)
                words = turn_words(turn, stays=stays, first=now.on == now.world.labels_since)
                yield Cause(words, row.source, row.verified, turn)
    for turn in here:
        if isinstance(turn.row, Reach) and turn.row.territory in territories:
            yield Cause(turn_words(turn), turn.row.source, turn.row.verified, turn)


def _relabelled(held: Case, now: Case, concerned: Sequence[Finding]) -> Iterator[Cause]:
    """Yield the pieces of the findings that are another's on a day, or in dispute no longer or anew."""
    concerning = {piece for f in concerned for piece in _pieces(f, now.world)}
    sources = {row.territory: row.source for row in past_sovereigns() if now.on in {row.since, row.until}}
    for piece in sorted(concerning):
        old, new = held.world.pieces[piece], now.world.pieces[piece]
        if words := label_turn(old, new):
            yield Cause(words, sources.get(new.territory, ""), None)


def _pieces(finding: Finding, world: Airspaces) -> set[int]:
    """Return the pieces that a finding is about: those entered first in each crossing, or beside the nearest border."""
    if finding.approach is None:
        return {crossing.piece for crossing in finding.crossings}
    lon, lat = finding.approach.on_border
    beside = ((lon + east * BESIDE_DEG, lat + north * BESIDE_DEG) for east in (-1, 1) for north in (-1, 1))
    return {locate(world, x, max(-90.0, min(90.0, y))).id for x, y in beside}


def _text(value: dt.date | dt.datetime | None) -> str | None:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%MZ}"
    return value.isoformat() if value else None
