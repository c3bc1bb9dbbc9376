"""Rule sets: set algebra over blocs, states and areas, as typed after ``--avoid``; and distances with a unit."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from overflight.airspace import Airspaces, Area, Bloc, RuleSet, State, bloc, load_airspaces
from overflight.airspace.bans import bans_on
from overflight.airspace.blocs import BANS, blocs
from overflight.airspace.operators import Operator, operator_of
from overflight.airspace.pieces import UNDETERMINED
from overflight.airspace.ruleset import territories, united
from overflight.airspace.states import known_by
from overflight.earth.constants import KM_PER_NM
from overflight.errors import OverflightError, UnknownStateError
from overflight.outside.dates import as_date
from overflight.rules.spoken import is_spoken, understood, written
from overflight.rules.terms import AREA, MAX_CIRCLES, NAME, areas_of, is_area, is_circle

if TYPE_CHECKING:
    from overflight.outside.beside import Find

__all__ = [
    "RuleSet",
    "parse_codes",
    "parse_distance",
    "parse_margin",
    "parse_ruleset",
    "refuse_unasked",
    "ruleset",
    "united",
]

MAX_CHARS = 2000
MAX_DEPTH = 40

_TOKEN = re.compile(rf"\s*(?:{AREA}|(?P<name>{NAME})|(?P<mark>[-|&(),]))", re.IGNORECASE)
_MARGIN = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(nm|km|m)\s*", re.ASCII | re.IGNORECASE)
_ZERO = re.compile(r"\s*0+(?:\.0+)?\s*", re.ASCII)
"""Nothing needs no unit."""
_KM = {"nm": KM_PER_NM, "km": 1.0, "m": 0.001}

_JOIN: dict[str, Callable[[RuleSet, RuleSet], RuleSet]] = {"|": operator.or_, "-": operator.sub, "&": operator.and_}


def ruleset(
    what: str | Bloc | Area | RuleSet | Iterable[str | Bloc | Area | RuleSet],
    *,
    on: dt.date | str,
    world: Airspaces | None = None,
    blocs: Iterable[Bloc] = (),
    operator: str | Operator | None = None,
    find: Find | None = Path,
) -> RuleSet:
    """Work out whose airspace a rule is about on a date.

    Parameters
    ----------
    what : str, Bloc, Area, RuleSet, or several of these
        A text such as ``"icc - HUN"``: what the command line takes after ``--avoid``. Several count together.
    on : datetime.date or str
        Decides who is a member of a bloc, and which territories its treaty reaches.
    world : Airspaces, optional
        Says which states there are and which territories they have; by default the shipped one, de jure, on that date.
    blocs : iterable of Bloc
        Blocs that a text may name besides those that ship with the package.
    operator : str, optional
        Who flies, for ``"bans"``: a state, or a registration (``"RUS"``, ``"RA-96022"``).
    find : callable or None
        Finds the files of areas that a text names, by default by their paths; None where it may name none.

    Returns
    -------
    RuleSet
        What `Avoid`, `candidates`, `detour` and `draw` take.

    Raises
    ------
    UnknownStateError
        Points at the column of the text and says what to write instead.
    ValueError
        If a date is written otherwise than 2025-10-23.

    Examples
    --------
    >>> rules = ruleset("eu - HUN", on="2025-10-23")
    >>> len(rules), "DNK" in rules, "GRL" in rules.exceptions
    (26, True, True)
    """
    date = as_date(on)
    held = load_airspaces(on=date) if world is None else world
    more = tuple(blocs)
    who = operator_of(operator, date) if isinstance(operator, str) else operator
    if isinstance(what, str | RuleSet):
        return parse_ruleset(what, held, date, more, find=find, operator=who)
    if isinstance(what, Bloc):
        return what.on(date, held)
    if isinstance(what, Area):
        return RuleSet.of([what])
    return united(ruleset(one, on=date, world=held, blocs=more, operator=who, find=find) for one in what)


def parse_ruleset(
    text: str | RuleSet,
    world: Airspaces,
    on: dt.date,
    more: Iterable[Bloc] = (),
    *,
    find: Find | None = Path,
    operator: Operator | None = None,
) -> RuleSet:
    """Work out a rule set on a date; one that is worked out stays as it is.

    Parameters
    ----------
    text : str or RuleSet
        Names of blocs and codes of states or territories, joined by ``|`` (either), ``-`` (but not) and ``&``
        (both), with parentheses. Different operators side by side need parentheses. A minus between names has a space
        before it, for names hold hyphens (``eu-ban-russia``). Words are read where their meaning is plain: a comma or
        "or" for ``|``, "except" for ``-``, names of several words, "members" behind a bloc (`overflight.rules.spoken`);
        the text of the rule set then has the marks.
    world : Airspaces
        Says which states there are.
    on : datetime.date
        Decides who is a member.
    more : iterable of Bloc
        Blocs that may be named besides those that ship with the package.
    find : callable or None
        Finds the file of areas that a name stands for, as `overflight.outside.beside` does; by default, the name is its
        path.
        None where none may be named, as in what comes over a network.
    operator : Operator, optional
        Who flies: ``bans`` are all blocs that bind it on the date.

    Raises
    ------
    UnknownStateError
        Points at the column and says what to write instead.

    Notes
    -----
    A rule set is a set of territories. A state is all its territories (``DNK`` with Greenland); a territory's code
    means that alone (``GRL``, ``HKG``); a bloc is the territories of its members that it reaches. So ``icc - GRL`` is
    all the parties but Greenland, ``icc - eu`` holds Greenland, and ``NZL - icc`` is Tokelau. What several states claim
    and nobody holds counts with a claimant's own territory.

    A file of areas (``zone.geojson``; in quotes if its name holds a space or a parenthesis; ``zone.kml#NAME`` for one
    of several) and a circle (``circle:55.59,37.26,50nm``, ``circle:VKO,50nm,FL100-FL245``) may be joined with ``|``
    only: an area is no set of territories, so there is nothing to take from it. See `overflight.rules.terms`.

    Examples
    --------
    >>> import datetime as dt
    >>> from overflight.airspace import load_airspaces
    >>> rules = parse_ruleset("icc - HUN", load_airspaces(), dt.date(2025, 10, 23))
    >>> "POL" in rules.states, "HUN" in rules.states, rules.blocs
    (True, False, ('icc',))
    """
    if isinstance(text, RuleSet):
        return text
    if len(text) > MAX_CHARS:
        msg = f"a rule set of {len(text)} characters is longer than {MAX_CHARS}: shorten it"
        raise UnknownStateError(msg)
    return _Parser(text, world, on, {b.name: b for b in more}, find=find, operator=operator).parse()


def parse_codes(texts: tuple[str, ...] | list[str], world: Airspaces, *, what: str) -> frozenset[State]:
    """Read lists of states, separated by commas or given one by one, as after ``--allow``.

    Raises
    ------
    UnknownStateError
        Names the option and the nearest states.
    """
    codes = [code.strip() for text in texts for code in text.split(",")]
    found = set()
    for code in codes:
        if code:
            try:
                found.add(world.state(code))
            except UnknownStateError as error:
                held = _territory(world, code)
                told = f"{code!r} is a territory of {held[0][0].name}: write {held[0][0]}" if held else str(error)
                msg = f"{what}: {told}"
                raise UnknownStateError(msg) from error
    return frozenset(found)


def refuse_unasked(states: Iterable[State], never: Iterable[RuleSet], *, what: str = "allow") -> None:
    """Refuse consents of states that can't be asked, as given by an option or a key of that name.

    Raises
    ------
    OverflightError
        Names the state, and the rule set that it is in.
    """
    closed = {(state, one.text) for one in never for state, territory in one.certain().parts if territory == state}
    for state, text in sorted(closed):
        if state in states:
            msg = f"{what}: {state} can't be asked, for `never` has {text}: take it out of one of the two"
            raise OverflightError(msg)


def parse_margin(text: str) -> float:
    """Read a distance with its unit, in km.

    Raises
    ------
    OverflightError
        If there is no number of 0 or more, or no unit; 0 needs none.

    Examples
    --------
    >>> parse_margin("5nm"), parse_margin("10 km"), parse_margin("100m")
    (9.26, 10.0, 0.1)
    """
    km = _km(text)
    if km > 1000.0:
        msg = f"margin {text[:40]!r}: expected up to 1000 km with the unit, such as 5nm, 10km or 100m"
        raise OverflightError(msg)
    return km


def parse_distance(text: str) -> float:
    """Read a distance along a route with its unit, in km.

    Raises
    ------
    OverflightError
        If there is no number above 0, or no unit, or it is farther than round the Earth.

    Examples
    --------
    >>> parse_distance("6000km"), parse_distance("3200 nm")
    (6000.0, 5926.400000000001)
    """
    km = _km(text)
    if not 0.0 < km <= 50_000.0:
        msg = f"distance {text[:40]!r}: expected above 0, up to 50,000 km, with the unit, such as 6000km or 3200nm"
        raise OverflightError(msg)
    return km


def _km(text: str) -> float:
    if _ZERO.fullmatch(text):
        return 0.0
    match = _MARGIN.fullmatch(text)
    return float(match[1]) * _KM[match[2].lower()] if match else math.inf


def _territory(world: Airspaces, text: str) -> list[tuple[State, str]]:
    """Find a territory by code or name, with the state whose it is; more than one where views or disputes part it."""
    wanted = text.casefold()
    pieces = (p for p in world.pieces if wanted in {p.territory.casefold(), p.territory_name.casefold()})
    found = {(p.state, p.territory) for p in pieces if p.state is not None and p.territory != UNDETERMINED}
    return sorted(pair for pair in found if pair[0] != UNDETERMINED)


class _Parser:
    """Recursive descent over the tokens of one rule set."""

    def __init__(
        self,
        text: str,
        world: Airspaces,
        on: dt.date,
        more: Mapping[str, Bloc],
        *,
        find: Find | None,
        operator: Operator | None,
    ) -> None:
        self.text, self.world, self.on, self.more, self.find = text.strip(), world, on, more, find
        self.operator = operator
        self.known = (*blocs(), *more)
        self.territories = territories(world)
        self.tokens = self._tokens()
        self.written = self.text
        if is_spoken(self.tokens):
            read = understood(self.tokens, is_bloc=lambda name: name.lower() in self.known, code_of=self._code)
            self.written = self.text if read == self.tokens else written(read)
            self.tokens = read
        self.at = 0

    def parse(self) -> RuleSet:
        found = self._expression(0)
        if self.at < len(self.tokens):
            column, token = self.tokens[self.at]
            if token.lower() == "and":
                self._fail(column, "'and' has two meanings: write | for states in either, & for those in both")
            self._fail(column, f"expected an operator (| - &) before {token!r}")
        return replace(found, text=self.written)

    def _tokens(self) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        at, end = 0, len(self.text)
        while at < end:
            match = _TOKEN.match(self.text, at)
            if match is None:
                column = at + len(self.text[at:]) - len(self.text[at:].lstrip())
                character = self.text[column]
                hint = "write | between states" if character in "+;/" else "use names, | - & and parentheses"
                self._fail(column, f"{character!r} has no meaning here: {hint}")
            found.append((match.start(match.lastgroup or 0), match[match.lastgroup or 0]))
            at = match.end()
        return found

    def _expression(self, depth: int) -> RuleSet:
        if depth > MAX_DEPTH:
            self._fail(self._column(), f"parentheses nested deeper than {MAX_DEPTH}: write it flatter")
        found = self._term(depth)
        first = ""
        while self.at < len(self.tokens) and self.tokens[self.at][1] in _JOIN:
            column, mark = self.tokens[self.at]
            if first and mark != first:
                self._fail(column, f"{mark} after {first} can be read in two ways: put parentheses")
            first = mark
            self.at += 1
            more = self._term(depth)
            try:
                found = _JOIN[mark](found, more)
            except UnknownStateError as error:
                self._fail(column, str(error))
        return found

    def _term(self, depth: int) -> RuleSet:
        if self.at >= len(self.tokens):
            self._fail(len(self.text), "expected a bloc or a state at the end, such as icc or POL")
        column, token = self.tokens[self.at]
        self.at += 1
        if token == "(":  # noqa: S105 - a parenthesis
            found = self._expression(depth + 1)
            if self.at >= len(self.tokens) or self.tokens[self.at][1] != ")":
                self._fail(column, "this parenthesis is never closed: add )")
            self.at += 1
            return found
        if is_area(token):
            return self._area(column, token)
        if not token[0].isalpha():
            self._fail(column, f"expected a bloc or a state, found {token!r}")
        return self._name(column, token)

    def _area(self, column: int, token: str) -> RuleSet:
        """Read a file of areas, or a circle; they add no state."""
        if sum(is_circle(one) for _, one in self.tokens) > MAX_CIRCLES:
            self._fail(
                column, f"more than {MAX_CIRCLES} circles in a rule set: give some in another, or a file of areas"
            )
        try:
            return RuleSet.of(areas_of(token, self.find))
        except OverflightError as error:
            self._fail(column, str(error))

    def _name(self, column: int, token: str) -> RuleSet:
        if token.lower() == BANS:
            if self.operator is None:
                self._fail(
                    column,
                    "who flies decides which bans bind: give the operator (--operator RUS, a state or a registration)",
                )
            return bans_on(self.operator, self.on, self.world)
        if token.lower() in self.known:
            return (self.more.get(token.lower()) or bloc(token.lower())).on(self.on, self.world)
        try:
            state = self.world.state(token)
        except UnknownStateError as error:
            parts = frozenset(_territory(self.world, token)) or self._fail(column, self._hint(token, error))
        else:
            parts = frozenset({(state, state.code), *(part for part in self.territories if part[0] == state)})
        return RuleSet(token, parts, known=self.territories)

    def _hint(self, token: str, error: UnknownStateError) -> str:
        following = list(takewhile(lambda word: word[0].isalpha(), (word for _, word in self.tokens[self.at :])))
        if following and not {word.lower() for word in following} & {*self.known, *self._codes()}:
            try:
                return f"write {self.world.state(' '.join([token, *following]))}"
            except UnknownStateError as nobody:
                return str(nobody)
        unknown = str(error)
        left, _, right = token.rpartition("-")
        if left and right:
            known = {*self.known, *self._codes()}
            if left.lower() in known and right.lower() in known:
                return f"unknown name {token!r}: a minus needs spaces around it: {left} - {right}"
        near = difflib.get_close_matches(token.lower(), self.known, n=1)
        if near or "-" in token or "did you mean" not in unknown:
            names = (
                f"did you mean {near[0]}?"
                if near
                else f"use a bloc ({', '.join(self.known)}), a state (POL) or an area file"
            )
            return f"unknown bloc or state {token[:40]!r}: {names}"
        return unknown

    def _code(self, name: str) -> str | None:
        """Return the code of a state or a territory by its name of several words."""
        wanted = name.replace("\u2019", "'")
        state = next((state for state in self.world.states if state.name.casefold() == wanted.casefold()), None)
        held = [] if state else _territory(self.world, wanted)
        return str(state) if state else held[0][1] if held else known_by(wanted)

    def _codes(self) -> set[str]:
        return {state.lower() for state in self.world.states}

    def _column(self) -> int:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else len(self.text)

    def _fail(self, column: int, why: str) -> NoReturn:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        msg = f"rule set {shown!r}, column {column + 1}: {why}"
        raise UnknownStateError(msg)
