"""Rule sets: states on a date with those of their territories that are meant, and areas; and their algebra."""

from __future__ import annotations

import datetime as dt
import functools
import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from overflight.airspace.area import Area
from overflight.airspace.members import Members
from overflight.airspace.pieces import UNDETERMINED
from overflight.airspace.states import State
from overflight.errors import DataError, UnknownStateError

if TYPE_CHECKING:
    from overflight.airspace.airspaces import Airspaces

__all__ = ["OPERATORS", "Ground", "Parts", "Proviso", "RuleSet", "joined", "territories", "united"]

Parts = frozenset[tuple[State, str]]
"""States, each with one of its territories."""
OPERATORS: dict[str, Callable[[Parts, Parts], Parts]] = {
    "|": frozenset.union,
    "-": frozenset.difference,
    "&": frozenset.intersection,
}
Holding = Literal["wholly", "partly", "not"]
"""Whether a rule set is about a state: about all of its airspace; about a part, or maybe; or not at all."""
_MARKS = re.compile(r"[|&]| -")
_INNERMOST = re.compile(r"\([^()]*\)")


def _within(moment: dt.datetime, begins: dt.datetime | None, ends: dt.datetime | None) -> bool:
    return (begins is None or begins <= moment) and (ends is None or moment < ends)


@dataclass(frozen=True, slots=True)
class Proviso:
    """What keeps a membership from holding for the whole of a state, for a whole day, or for sure.

    Attributes
    ----------
    state : State
        The state.
    text : str
        What holds, and what is not known of it: a sentence without its full stop.
    begins, ends : datetime.datetime
        The hours, where they are known.
    by_the_clock : bool
        Whether these hours decide: between them the rule is about the whole state, before and after not at all.
    partial : bool
        Whether a question about the day, without an hour, must leave it open; else the state counts all day.
    but : frozenset of str
        Codes of territories of the state that it is not about.
    what : str
        What holds in these hours, in the words of its row, exceptions among them; empty where it holds whole.
    """

    state: State
    text: str
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None
    by_the_clock: bool = False
    partial: bool = True
    but: frozenset[str] = frozenset()
    what: str = ""

    def is_about(self, state: str, territory: str) -> bool:
        """Tell whether it is about a territory of a state."""
        return state == self.state and territory not in self.but

    def covers(self, moment: dt.datetime) -> bool:
        """Tell whether a moment lies in its hours, as far as they are known."""
        return _within(moment, self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a rule set is about a state: the row of a bloc that binds the operator.

    Attributes
    ----------
    state : State
        Whose airspace is shut.
    bloc : str
        The bloc.
    since, until : datetime.date or None
        The row's.
    source : str
        Who says so.
    verified : bool
        Whether we saw the source say so.
    note : str
        What else the row says.
    whom : str
        Whom the row is about, where it is not about a state's airspace.
    doubtful : bool
        Whether it holds of a part only, for some hours, by a report older than the date, or from a later day on.
    begins, ends : datetime.datetime or None
        The row's hours, where they are known.
    """

    state: State
    bloc: str
    since: dt.date
    until: dt.date | None
    source: str
    verified: bool
    note: str = ""
    whom: str = ""
    doubtful: bool = False
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None

    def covers(self, moment: dt.datetime) -> bool:
        """Tell whether a moment lies in its hours, as far as they are known."""
        return _within(moment, self.begins, self.ends)

    @property
    def text(self) -> str:
        """Say it in one sentence, without its full stop."""
        span = f"since {self.since}" + (f" until {self.until}" if self.until else "")
        doubt = "" if self.verified else ", not verified"
        whom = f" to {self.whom}" if self.whom else ""
        return f"{self.bloc}{whom} {span} [{self.source}{doubt}]" + (f": {self.note}" if self.note else "")

    def to_dict(self) -> dict[str, str | bool | None]:
        """Return it as JSON has it."""
        return {
            "bloc": self.bloc,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "source": self.source,
            "verified": self.verified,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RuleSet(Members, Collection[State]):
    """A set of states with those of their territories that are meant, and areas.

    `overflight.ruleset` and `Bloc.on` make one. It is a set of its states: they can be counted, listed, looked for and
    compared with other sets of codes. ``|``, ``-`` and ``&`` join it with other rule sets, states and codes, of
    territories, too, and keep track of which territories are meant.

    Attributes
    ----------
    text : str
        As written, such as ``"icc - HUN"``; rules are called after it.
    parts : frozenset of (State, str)
        Its states, each with every territory that is in it.
    blocs : tuple of str
        The blocs that it names, in order.
    areas : tuple of Area
        Areas that it names.
    known : frozenset of (State, str)
        Every state of the world that it was made for, each with every territory; what is not among them is meant whole.
    provisos : tuple of Proviso
        What holds of a state in part only, for some hours only, or by an old report; such a state need not be a member.
    grounds : tuple of Ground
        Of ``bans``: the rows that put its states there.
    states : frozenset of State
        Its states.
    exceptions : frozenset of str
        Codes of territories of these states that are not in it, such as those that the treaty of a bloc does not reach.

    Examples
    --------
    >>> import datetime as dt
    >>> from overflight.airspace import bloc
    >>> eu = bloc("eu").on(dt.date(2025, 10, 23))
    >>> "DNK" in eu, "GRL" in eu.exceptions, len(eu)
    (True, True, 27)
    >>> more = eu - {"HUN"} | {"GRL"}
    >>> more.text, "HUN" in more, "GRL" in more.exceptions
    ('(eu - HUN) | GRL', False, False)
    """

    text: str
    parts: Parts
    blocs: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    known: Parts = field(default=frozenset(), repr=False)
    provisos: tuple[Proviso, ...] = ()
    grounds: tuple[Ground, ...] = ()
    states: frozenset[State] = field(init=False, repr=False)
    exceptions: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        states = frozenset(state for state, _ in self.parts)
        inside = {territory for _, territory in self.parts}
        object.__setattr__(self, "states", states)
        touched = self.touched
        out = (part for part in self.known if part[0] in touched and part[1] not in inside and not self._open(*part))
        object.__setattr__(self, "exceptions", frozenset(territory for _, territory in out))

    @classmethod
    def of(cls, what: RuleSet | Iterable[str | Area]) -> RuleSet:
        """Return a rule set as it is, or that of some states, each of them meant whole, and areas.

        Raises
        ------
        UnknownStateError
            If it is a text, which means nothing without a date.
        """
        if isinstance(what, RuleSet):
            return what
        if isinstance(what, str) and not isinstance(what, State):
            msg = f"rule set {what[:60]!r} depends on the date: give overflight.ruleset({what[:60]!r}, on=...)"
            raise UnknownStateError(msg)
        items = (what,) if isinstance(what, State) else tuple(what)
        areas = joined(one for one in items if isinstance(one, Area))
        states = {one if isinstance(one, State) else State(one) for one in items if isinstance(one, str)}
        text = " | ".join([*sorted(states), *(area.source or area.name for area in areas)])
        return cls(text, frozenset((state, state.code) for state in states), areas=areas)

    def without(self, states: Iterable[str]) -> RuleSet:
        """Return the rule set without some states; its name and its areas stay."""
        gone = frozenset(states)
        kept = frozenset((state, territory) for state, territory in self.parts if state not in gone)
        left = tuple(proviso for proviso in self.provisos if proviso.state not in gone)
        return replace(self, parts=kept, provisos=left)

    @property
    def touched(self) -> frozenset[State]:
        """Its states, and those that it is about in part, or maybe."""
        return self.states.union(proviso.state for proviso in self.provisos)

    def certain(self) -> RuleSet:
        """Return the rule set without what it is about in part, or maybe."""
        partial = [proviso for proviso in self.provisos if proviso.partial]
        kept = frozenset(part for part in self.parts if not any(one.is_about(*part) for one in partial))
        doubtful = {one.state for one in partial}
        left = tuple(proviso for proviso in self.provisos if proviso.state not in doubtful)
        return replace(self, parts=kept, provisos=left)

    def outright(self) -> RuleSet:
        """Return the rule set as if it held for all that it touches."""
        own = {(proviso.state, proviso.state.code) for proviso in self.provisos}
        parts = self.parts.union(part for part in self.known | own if self._open(*part))
        return replace(self, parts=parts, provisos=(), grounds=())

    def _open(self, state: State, territory: str) -> bool:
        """Tell whether a proviso is about a territory."""
        return any(proviso.is_about(state, territory) for proviso in self.provisos)

    def provisos_of(self, state: str) -> tuple[Proviso, ...]:
        """Return what keeps it from holding for all of a state."""
        return tuple(proviso for proviso in self.provisos if proviso.state == state)

    def grounds_of(self, state: str) -> tuple[Ground, ...]:
        """Return the rows of blocs that make it about a state, where it names them."""
        return tuple(ground for ground in self.grounds if ground.state == state)

    def holding(self, state: str, territory: str, at: dt.datetime | None = None) -> Holding:
        """Tell whether it is about a territory of a state, at a moment where one is given, else on the day."""
        mine = tuple(proviso for proviso in self.provisos if proviso.is_about(state, territory))
        if at is None or not mine:
            return "partly" if any(p.partial for p in mine) else "wholly" if state in self.states else "not"
        now = [p for p in mine if p.covers(at)]
        return "wholly" if any(p.by_the_clock for p in now) else "partly" if now else "not"

    def __str__(self) -> str:
        return self.text

    def __contains__(self, state: object) -> bool:
        return state in self.states

    def __iter__(self) -> Iterator[State]:
        return iter(self.states)

    def __len__(self) -> int:
        return len(self.states)

    def __bool__(self) -> bool:
        return bool(self.parts or self.areas or self.provisos)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RuleSet):
            return (self.parts, self.areas, self.provisos) == (other.parts, other.areas, other.provisos)
        return self.states == other if isinstance(other, frozenset | set) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.states)

    def __le__(self, other: object) -> bool:
        if isinstance(other, RuleSet):
            return self.parts <= other.parts and set(self.areas) <= set(other.areas)
        return self.states <= other if isinstance(other, frozenset | set) else NotImplemented

    def __ge__(self, other: object) -> bool:
        if isinstance(other, RuleSet):
            return other <= self
        return self.states >= other if isinstance(other, frozenset | set) else NotImplemented

    def __or__(self, other: Iterable[str | Area]) -> RuleSet:
        return _combined("|", self, other)

    def __ror__(self, other: Iterable[str | Area]) -> RuleSet:
        return _combined("|", other, self)

    def __and__(self, other: Iterable[str | Area]) -> RuleSet:
        return _combined("&", self, other)

    def __rand__(self, other: Iterable[str | Area]) -> RuleSet:
        return _combined("&", other, self)

    def __sub__(self, other: Iterable[str | Area]) -> RuleSet:
        return _combined("-", self, other)

    def __rsub__(self, other: Iterable[str | Area]) -> RuleSet:
        return _combined("-", other, self)

    def _over(self, known: Parts) -> Parts:
        """Return its parts in a world that knows more: there a code is that of a state, or of a territory."""
        if known == self.known:
            return self.parts
        mine = {state for state, _ in self.known}
        kept = {part for part in self.parts if part[0] in mine}
        for code, _ in self.parts - kept:
            whole = {part for part in known if part[0] == code}
            kept |= {(code, code.code), *whole} if whole else {p for p in known if p[1] == code} or {(code, code.code)}
        return frozenset(kept)


@functools.lru_cache(maxsize=16)
def territories(world: Airspaces) -> Parts:
    """Return every state of a world with each of its territories."""
    held = ((p.state, p.territory) for p in world.pieces if p.territory != UNDETERMINED)
    return frozenset((state, territory) for state, territory in held if state is not None and state != UNDETERMINED)


def united(sets: Iterable[RuleSet]) -> RuleSet:
    """Return several rule sets as one, called after all of them.

    Raises
    ------
    DataError
        If two different areas have the same name.
    """
    return functools.reduce(operator.or_, sets, RuleSet("", frozenset()))


def joined(areas: Iterable[Area]) -> tuple[Area, ...]:
    """Return areas, those of the same name, shape and limits as one.

    Raises
    ------
    DataError
        If two different areas have the same name.
    """
    found: dict[str, Area] = {}
    for area in areas:
        other = found.setdefault(area.name, area)
        if (other.shape, other.floor, other.ceiling) != (area.shape, area.floor, area.ceiling):
            files = area.source if area.source == other.source else f"{other.source} and {area.source}"
            msg = f"two areas are called {area.name!r} ({files}): give each a `name` of its own"
            raise DataError(msg)
    return tuple(found.values())


def _combined(mark: str, left: Iterable[str | Area], right: Iterable[str | Area]) -> RuleSet:
    """Join two sets, at least one of which is a rule set."""
    a, b = (RuleSet.of([one] if isinstance(one, str) else one) for one in (left, right))
    if mark != "|" and (areas := (*a.areas, *b.areas)):
        area = areas[0]
        msg = f"{mark} makes no sense with an area ({area.source or area.name}): areas can be joined by | only"
        raise UnknownStateError(msg)
    known = a.known | b.known
    left_parts, right_parts = a._over(known), b._over(known)
    provisos = [*_left_of(a, mark, b, right_parts, known)]
    if mark != "-":
        provisos += _left_of(b, mark, a, left_parts, known)
    return RuleSet(
        _text(mark, a.text, b.text),
        OPERATORS[mark](left_parts, right_parts),
        tuple(dict.fromkeys((*a.blocs, *b.blocs))),
        joined((*a.areas, *b.areas)),
        known,
        tuple(dict.fromkeys(provisos)),
        tuple(dict.fromkeys((*a.grounds, *(b.grounds if mark != "-" else ())))),
    )


def _left_of(one: RuleSet, mark: str, other: RuleSet, parts: Parts, known: Parts) -> Iterator[Proviso]:
    """Keep what still keeps a rule set from holding for all of a state, once another is joined to it."""
    for proviso in one.provisos:
        state = proviso.state
        territories = {state.code, *(territory for holder, territory in known if holder == state)}
        held = {territory for holder, territory in parts if holder == state}
        maybe = {territory for territory in territories if other._open(state, territory)}
        settled = {"|": held - maybe, "-": held | maybe, "&": territories - held - maybe}[mark]
        but = proviso.but | (settled & territories)
        if not territories <= but:
            yield replace(proviso, but=but)


def _text(mark: str, left: str, right: str) -> str:
    """Write both with a mark between them, in parentheses where it could be read in two ways."""
    if not left or not right:
        return left or right
    return f"{_term(left, {mark})} {mark} {_term(right, set() if mark == '-' else {mark})}"


def _term(text: str, known: set[str]) -> str:
    """Put parentheses around a text that has other marks outside of parentheses than those."""
    outside, inner = text, 1
    while inner:
        outside, inner = _INNERMOST.subn("", outside)
    return text if {found.strip() for found in _MARKS.findall(outside)} <= known else f"({text})"
