"""Who flies: the state of an operator, or that of an aircraft's registration by its nationality mark."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass

from overflight.airspace.airspaces import load_airspaces
from overflight.airspace.memberships import day
from overflight.airspace.pieces import UNDETERMINED
from overflight.airspace.states import DATA, State, table_rows
from overflight.errors import UnknownStateError

__all__ = ["Mark", "Operator", "marks", "operator_of"]

UNHYPHENED = ("N", "JA", "HL", "UK", "EK", "YV")
"""Marks that are written without a hyphen before a number, such as N123AB and JA8089."""
LONGEST = 40
ADVICE = "give a state (RUS), a nationality mark with its hyphen (RA-) or a registration (RA-96022)"
_REGISTRATION = re.compile(r"([A-Z0-9]{1,4})-([A-Z0-9]{0,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """A nationality mark: of whom it is, from when until when, and which registrations under it.

    In `form`, ``9`` stands for a digit and ``*`` for a letter or a digit; empty, every registration is meant that no
    other form of the same mark has.
    """

    mark: str
    form: str
    territory: str
    since: dt.date | None
    until: dt.date | None
    source: str
    verified: bool
    note: str

    def holds_on(self, date: dt.date) -> bool:
        """Tell whether it is in use on a date."""
        return (self.since is None or self.since <= date) and (self.until is None or date < self.until)

    def fits(self, rest: str, *, whole: bool) -> bool:
        """Tell whether what stands after the hyphen is of its form, or begins as that does."""
        form = self.form
        if len(rest) > len(form) or (whole and len(rest) != len(form)):
            return False
        return all(
            letter.isdigit() if sign == "9" else sign in {"*", letter} for letter, sign in zip(rest, form, strict=False)
        )

    @property
    def example(self) -> str:
        """What a registration under it looks like: digits are 1, and what may be a letter, too, is X."""
        return f"{self.mark}-{self.form.replace('9', '1').replace('*', 'X')}" if self.form else f"{self.mark}-"

    def __str__(self) -> str:
        beginning = self.form.split("*", 1)[0]
        return f"{self.mark}-{'' if '9' in beginning else beginning}"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who flies, as far as it decides whom a ban binds.

    Attributes
    ----------
    text : str
        As given.
    state : State
        The state of the operator, or of the registration.
    territory : str
        The territory of it that was meant, else the code of the state.
    territory_name : str
        Its name.
    mark : str
        The nationality mark by which it was found; empty where a state was given.
    """

    text: str
    state: State
    territory: str
    territory_name: str
    mark: str = ""

    @property
    def words(self) -> str:
        """Say who it is, and by what."""
        who = self.state.in_text
        if self.territory != self.state:
            who = f"{self.territory_name}, a territory of {who}"
        if not self.mark:
            return f"operator {self.text}: {who}"
        mark = self.mark.rstrip("-")
        return (
            f"operator {self.text}: registered in {who}, by the nationality mark {mark} (ICAO, Annex 7); "
            "a carrier of another state may fly it"
        )

    def to_dict(self) -> dict[str, str | None]:
        """Return it as JSON has it."""
        return {"given": self.text, "state": self.state.code, "territory": self.territory, "mark": self.mark or None}


@functools.cache
def marks() -> tuple[Mark, ...]:
    """Return the nationality marks that ship with the package."""
    return tuple(
        Mark(
            mark=row["mark"],
            form=row["form"],
            territory=row["territory"],
            since=day(row["since"]),
            until=day(row["until"]),
            source=row["source"],
            verified=row["verified"] == "true",
            note=row["note"],
        )
        for row in table_rows(DATA / "marks.csv")
    )


def operator_of(text: str, on: dt.date) -> Operator:
    """Find who flies.

    Parameters
    ----------
    text : str
        A state by code or name (``RUS``), a territory (``HKG``), a nationality mark with its hyphen (``RA-``), or a
        registration (``RA-96022``, ``N123AB``).
    on : datetime.date
        Decides whose a mark, or a territory, is.

    Raises
    ------
    UnknownStateError
        If it is none, or may be several; names these.

    Examples
    --------
    >>> import datetime as dt
    >>> on = dt.date(2025, 10, 23)
    >>> [operator_of(text, on).state.code for text in ("RUS", "RA-", "VT-ANG", "N123AB", "B-HNR")]
    ['RUS', 'RUS', 'IND', 'USA', 'CHN']
    """
    given = text.strip()
    if not given or len(given) > LONGEST:
        raise UnknownStateError(f"operator {given[:LONGEST]!r}: {ADVICE}")
    mark = _mark_of(given, on)
    if mark is not None:
        return _held(given, mark.territory, on, str(mark))
    world = load_airspaces(on=on)
    try:
        state = world.state(given)
    except UnknownStateError as error:
        wanted = given.casefold()
        held = [p.territory for p in world.pieces if wanted in {p.territory.casefold(), p.territory_name.casefold()}]
        if held:
            return _held(given, held[0], on)
        told = str(error)
        if any(one.mark == given.upper() for one in marks()):
            told = f"for the nationality mark write {given.upper()}-"
        raise UnknownStateError(f"operator {given!r}: {told}; {ADVICE}") from error
    return Operator(given, state, state.code, state.name)


def _mark_of(given: str, on: dt.date) -> Mark | None:
    """Find the mark that a text begins with; None if it is no registration."""
    upper = given.upper()
    found = _REGISTRATION.fullmatch(upper)
    if found is None:
        bare = re.fullmatch(rf"({'|'.join(UNHYPHENED)})(\d[A-Z0-9]{{0,5}})", upper, re.ASCII)
        if bare is None:
            return None
        found = bare
    mark, rest = found[1], found[2]
    named = [one for one in marks() if one.mark == mark]
    if not named:
        raise UnknownStateError(f"operator {given!r}: no state has the mark {mark}-: {ADVICE}")
    known = [one for one in named if one.holds_on(on)]
    whole = [one for one in known if one.form and one.fits(rest, whole=True)]
    begun = [one for one in known if one.form and rest and one.fits(rest, whole=False)]
    other = [one for one in known if not one.form]
    fitting = whole or ([*begun, *other] if begun else other) or [one for one in known if not rest]
    if len({one.territory for one in fitting}) == 1:
        return fitting[0]
    if fitting:
        shapes: dict[str, list[str]] = {}
        for one in fitting:
            shapes.setdefault(one.territory, []).append(one.example)
        several = ", ".join(f"{code} ({', '.join(examples)})" for code, examples in shapes.items())
        msg = f"operator {given!r} may be of several: {several}: give the whole registration, or the code"
        raise UnknownStateError(msg)
    times = "; ".join(
        f"{one.example} is that of {one.territory}"
        + (f" from {one.since}" if one.since else "")
        + (f" until {one.until}" if one.until else "")
        for one in named
    )
    raise UnknownStateError(f"operator {given!r}: nobody's on {on} ({times}): {ADVICE}")


def _held(given: str, territory: str, on: dt.date, mark: str = "") -> Operator:
    """Return the operator of a state or a territory, whose state is that which holds it on the date."""
    world = load_airspaces(on=on)
    for state in world.states:
        if state == territory:
            return Operator(given, state, territory, state.name, mark)
    for piece in world.pieces:
        if piece.territory == territory and piece.state is not None and piece.state != UNDETERMINED:
            return Operator(given, piece.state, territory, piece.territory_name, mark)
    msg = f"operator {given!r}: {territory} is no state's on {on}, as the data have it; {ADVICE}"
    raise UnknownStateError(msg)
