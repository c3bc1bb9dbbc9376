"""Blocs: dated sets of states, those that ship with the package and those that a user brings in a file."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from overflight.airspace.airspaces import Airspaces, load_airspaces
from overflight.airspace.memberships import EXTENTS, Membership, day, membership, moment
from overflight.airspace.ruleset import RuleSet, territories
from overflight.airspace.states import DATA, State, table_rows
from overflight.airspace.subjects import UNSAID, Subject, subject
from overflight.errors import DataError, UnknownStateError
from overflight.outside.files import read_at_most
from overflight.outside.listing import Listed, Listing
from overflight.outside.printable import visible

__all__ = ["BANS", "Bloc", "Membership", "Reach", "bloc", "blocs", "memberships", "read_bloc"]

MAX_BYTES = 1_000_000
MAX_ROWS = 5_000
TERRITORIES = "_territories"
"""The end of the name of a table that says from when a bloc's treaty extends to a dependent territory."""
BANS = "bans"
"""What stands in a rule set for every bloc that binds the operator."""
NEEDED = ("state", "since")
KNOWN = (
    *NEEDED,
    "name",
    "until",
    "deposited",
    "withdrawal_notified",
    "withdrawal_revoked",
    "source",
    "verified",
    "note",
    "extent",
    "begins",
    "ends",
    "confirmed_until",
)
DATES = ("since", "until", "deposited", "withdrawal_notified", "withdrawal_revoked", "confirmed_until")
MOMENTS = ("begins", "ends")
_NAME = re.compile(r"[a-z](?:[a-z0-9_.]|-(?=[a-z0-9_])){0,59}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reach:
    """When a bloc reaches a territory of a member: from `since` (None: never) until `until`, and how we know."""

    territory: str
    name: str
    since: dt.date | None
    source: str
    verified: bool
    note: str = ""
    until: dt.date | None = None

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether the bloc reaches the territory on that date, its state being a member."""
        return self.since is not None and self.since <= date and (self.until is None or date < self.until)


@dataclass(frozen=True, slots=True, repr=False)
class Bloc(Listed):
    """A dated set of states.

    Attributes
    ----------
    name : str
        Such as ``"icc"``.
    members : tuple of Membership
        Every membership there is or was.
    reaches : tuple of Reach
        Dependent territories whose dates are known to differ from their state's. Any other goes with its state.
    subject : Subject
        To whom it applies, for programs.

    Examples
    --------
    >>> bloc("niger-ban-france").applies_to, bloc("niger-ban-france").subject.binds
    ('French aircraft, and aircraft chartered by France', (State('FRA', 'FRA'),))
    """

    name: str
    members: tuple[Membership, ...]
    reaches: tuple[Reach, ...] = ()
    subject: Subject = UNSAID

    @property
    def applies_to(self) -> str:
        """To whom it applies, in words: carriers, aircraft, persons, cargo."""
        return self.subject.words

    def on(self, date: dt.date, world: Airspaces | None = None) -> RuleSet:
        """Return the states that are members on a date, which of their territories the bloc reaches, and what is open.

        Parameters
        ----------
        date : datetime.date
            Decides who is a member, and how far the treaty reaches.
        world : Airspaces, optional
            Says which territories a state has; by default the shipped one, de jure, on that date.

        Examples
        --------
        >>> import datetime as dt
        >>> eu = bloc("eu").on(dt.date(2025, 10, 23))
        >>> "DNK" in eu, "GBR" in eu, "GRL" in eu.exceptions
        (True, False, True)
        """
        known = territories(load_airspaces(on=date) if world is None else world)
        names: dict[State, State] = {}
        held: dict[State, set[str]] = {}
        for state, territory in known:
            names[state] = state
            held.setdefault(state, set()).add(territory)
        members = (m.state for m in self.members if m.binds_on(date))
        but = self.exceptions(date)
        provisos = tuple(
            replace(proviso, but=but.intersection(held.get(member.state, ())))
            for member in self.members
            if (proviso := member.proviso(self.name, date)) is not None
        )
        parts = ((names.get(s, s), t) for s in members for t in {s.code, *held.get(s, ())} if t not in but)
        return RuleSet(self.name, frozenset(parts), (self.name,), known=known, provisos=provisos)

    def _listing(self) -> Listing:
        return Listing(
            title=f"Bloc {self.name}, {len(self.members)} memberships",
            words=(f"{one.state} {one.since}{f' to {one.until}' if one.until else ''}" for one in self.members),
            header=("state", "name", "since", "until", "verified"),
            rows=(
                [one.state.code, one.state.name, str(one.since), str(one.until or ""), one.verified]
                for one in self.members
            ),
            total=len(self.members),
            notes=(f"It applies to {self.applies_to}.",) if self.applies_to else (),
        )

    def exceptions(self, date: dt.date) -> frozenset[str]:
        """Return the codes of territories to which the treaty does not extend on a date, whoever their state is.

        Examples
        --------
        >>> import datetime as dt
        >>> sorted(bloc("icc").exceptions(dt.date(2025, 10, 23)))
        ['TKL']
        >>> "GRL" in bloc("icc").exceptions(dt.date(2004, 9, 30))
        True
        """
        reached = {e.territory for e in self.reaches if e.holds_on(date)}
        return frozenset(e.territory for e in self.reaches).difference(reached)


@functools.cache
def blocs() -> tuple[str, ...]:
    """Name the blocs that ship with the package."""
    names = (path.stem for path in (DATA / "blocs").glob("*.csv"))
    return tuple(sorted(name for name in names if not name.endswith(TERRITORIES)))


@functools.cache
def bloc(name: str) -> Bloc:
    """Return a bloc by name, such as ``"icc"``.

    Raises
    ------
    UnknownStateError
        If no bloc of that name ships with the package; names the ones that do.
    """
    if name not in blocs():
        msg = f"unknown bloc {name!r}: the data have {', '.join(blocs())}; `overflight states BLOC` lists one"
        raise UnknownStateError(msg)
    folder = DATA / "blocs"
    territories = folder / f"{name}{TERRITORIES}.csv"
    return Bloc(
        name=name,
        members=memberships(name),
        reaches=tuple(_reach(row) for row in table_rows(territories)) if territories.exists() else (),
        subject=subject(name),
    )


@functools.cache
def memberships(name: str) -> tuple[Membership, ...]:
    """Read the memberships of a bloc that ships with the package, without the territories that it reaches."""
    return tuple(membership(row) for row in table_rows(DATA / "blocs" / f"{name}.csv"))


def read_bloc(path: str | os.PathLike[str], *, name: str | None = None) -> Bloc:
    """Read a bloc from a CSV file of one's own, of the form of those in `geodata/blocs/`.

    Parameters
    ----------
    path : path
        UTF-8, at most 1 MB. Columns ``state`` (ISO alpha-3 code) and ``since`` (2025-10-23) are needed; ``until``
        (exclusive), ``name``, ``source``, ``verified`` (true or false; false if left out), ``note``, ``deposited``,
        ``withdrawal_notified`` and ``withdrawal_revoked`` may be there, and so may how far a row goes: ``extent``
        (whole, part, level or hours), ``begins`` and ``ends`` (2022-02-26T13:00Z), ``confirmed_until`` (the last day of
        which it is known); any other is an error.
    name : str, optional
        What rules call it; by default the file's name without its suffix.

    Raises
    ------
    DataError
        Names the file, the line and the column, what was expected and what was found.
    """
    path = Path(path)
    chosen = path.stem.lower() if name is None else name
    if not _NAME.fullmatch(chosen):
        msg = f"{chosen[:60]!r} can't name a bloc: use small letters, digits, - and _, and start with a letter"
        raise DataError(msg)
    if chosen in blocs() or chosen == BANS or chosen.upper() in load_airspaces().states:
        msg = f"{chosen!r} is the name of a bloc or a state already: choose another"
        raise DataError(msg)
    return Bloc(name=chosen, members=_Reader(path).members())


class _Reader:
    """Takes the rows of a user's file one by one, or says in one line what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        world = load_airspaces()
        self.states = {state.code: state for state in world.states}
        self.line = 1

    def members(self) -> tuple[Membership, ...]:
        rows = csv.reader(io.StringIO(self._text(), newline=""), strict=True)
        found: list[Membership] = []
        try:
            header = [cell.strip() for cell in next(rows, [])]
            self._check(header)
            for row in rows:
                self.line = rows.line_num
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(header):
                    self._fail(None, f"expected {len(header)} cells, as in the header, found {len(row)}")
                found.append(self._member(dict(zip(header, (cell.strip() for cell in row), strict=True)), found))
                if len(found) > MAX_ROWS:
                    self._fail(None, f"more than {MAX_ROWS} rows: split the file")
        except csv.Error as error:
            self.line = rows.line_num
            self._fail(None, f"not CSV: {error}")
        return tuple(found)

    def _text(self) -> str:
        try:
            raw = read_at_most(self.path, MAX_BYTES, pipes=True)
            if len(raw) > MAX_BYTES:
                msg = f"{self.path}: larger than {MAX_BYTES // 1_000_000} MB: split the file"
                raise DataError(msg)
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            msg = f"{self.path}: not UTF-8 (byte {error.start}): save it as UTF-8"
            raise DataError(msg) from error
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            msg = f"{self.path}: can't be read ({reason.lower()}): check the name"
            raise DataError(msg) from error

    def _check(self, header: list[str]) -> None:
        for column in header:
            if column not in KNOWN:
                self._fail(column, f"unknown column: the columns are {', '.join(KNOWN)}")
            if header.count(column) > 1:
                self._fail(column, "this column is there twice: take one out")
        for column in NEEDED:
            if column not in header:
                self._fail(column, "this column is missing: add it")

    def _member(self, row: dict[str, str], before: list[Membership]) -> Membership:
        code = row["state"].upper()
        if code not in self.states:
            self._fail("state", f"expected the ISO alpha-3 code of a state, such as POL, found {row['state']!r}")
        dates = {key: self._date(key, text) for key, text in row.items() if key in DATES}
        since, until = dates["since"], dates.get("until")
        if since is None:
            self._fail("since", "expected a date such as 2025-10-23, found nothing")
        if until is not None and until <= since:
            self._fail("until", f"expected a date after {since}, found {until}")
        begins, ends = (self._moment(key, row.get(key, "")) for key in MOMENTS)
        if begins is not None and ends is not None and ends <= begins:
            self._fail("ends", f"expected a time after {row['begins']}, found {row['ends']}")
        if row.get("verified", "") not in {"", "true", "false"}:
            self._fail("verified", f"expected true or false, found {row['verified']!r}")
        self._check_extent(row.get("extent", ""))
        member = membership({**dict.fromkeys(KNOWN, ""), **row, "state": code, "name": self.states[code].name})
        if member.extent != "whole" and not member.note:
            self._fail("note", f"expected what holds, for the extent is {member.extent}, found nothing")
        if any(m.state == code and (m.holds_on(since) or member.holds_on(m.since)) for m in before):
            self._fail("since", f"{code} is a member at that time already, by an earlier line: mend the dates")
        return member

    def _date(self, column: str, text: str) -> dt.date | None:
        if not text:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
                raise ValueError(text)
            return dt.date.fromisoformat(text)
        except ValueError:
            self._fail(column, f"expected a date such as 2025-10-23, found {text[:40]!r}")

    def _moment(self, column: str, text: str) -> dt.datetime | None:
        try:
            return moment(text)
        except ValueError:
            self._fail(column, f"expected a time in UTC such as 2022-02-26T13:00Z, found {text[:40]!r}")

    def _check_extent(self, text: str) -> None:
        if text not in {*EXTENTS, ""}:
            self._fail("extent", f"expected {', '.join(EXTENTS[:-1])} or {EXTENTS[-1]}, found {text[:40]!r}")

    def _fail(self, column: str | None, why: str) -> NoReturn:
        where = f", column {column[:40]!r}" if column is not None else ""
        msg = f"{visible(str(self.path))}, line {self.line}{where}: {why}"
        raise DataError(msg)


def _reach(row: dict[str, str]) -> Reach:
    return Reach(
        territory=row["territory"],
        name=row["name"],
        since=day(row["since"]),
        source=row["source"],
        verified=row["verified"] == "true",
        note=row["note"],
        until=day(row["until"]),
    )
