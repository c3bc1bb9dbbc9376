"""States, by their codes; and how the shipped tables are read."""

from __future__ import annotations

import csv
import difflib
import functools
import re
from collections.abc import Iterable
from pathlib import Path

from overflight.errors import UnknownStateError

__all__ = ["DATA", "State", "codes_of", "find_state", "known_by", "table_rows"]

DATA = Path(__file__).parents[1] / "data"
LONGEST = 60
"""Characters of what may be meant for a state; no name is as long."""


AMBIGUOUS = frozenset({"", "England", "Scotland", "Wales", "Northern Ireland", "Congo", "Korea"})
"""What the table has for cities, and may mean a part of a state only, or another state."""
_WITH_ARTICLE = frozenset(
    {
        *("United", "Netherlands", "Bahamas", "Philippines", "Maldives", "Seychelles", "Comoros", "Gambia", "Central"),
        *("Dominican Republic", "Marshall", "Solomon", "Cook", "DR", "Democratic", "Republic"),
        "State",
    }
)
"""Names, and beginnings of names, that have an article in a sentence."""


class State(str):
    """A state in ICAO's sense: its ISO 3166-1 alpha-3 code, which it equals and hashes as, with its English name.

    Examples
    --------
    >>> State("POL", "Poland") == "POL"
    True
    >>> State("POL", "Poland").name
    'Poland'
    """

    __slots__ = ("name",)
    name: str

    def __new__(cls, code: str, name: str | None = None) -> State:
        """Make the state of this code; its name defaults to the code."""
        state = super().__new__(cls, code)
        state.name = name or code
        return state

    def __repr__(self) -> str:
        return f"State({str(self)!r}, {self.name!r})"

    def __reduce__(self) -> tuple[type[State], tuple[str, str]]:
        return State, (str(self), self.name)

    @property
    def in_text(self) -> str:
        """Its name as a sentence has it: the United Kingdom, India."""
        return f"the {self.name}" if self.name.split()[0] in _WITH_ARTICLE or self.name in _WITH_ARTICLE else self.name

    @property
    def code(self) -> str:
        """The ISO 3166-1 alpha-3 code, as a plain string."""
        return str(self)


def codes_of(given: str | Iterable[str]) -> tuple[str, ...]:
    """List the codes that somebody gives, for whom one text, such as ``"POL,SVK"``, is as good as a list.

    Examples
    --------
    >>> codes_of("POL, SVK"), codes_of(["POL"])
    (('POL', 'SVK'), ('POL',))
    """
    if not isinstance(given, str):
        return tuple(given)
    # The code of an area ends in its name, in which commas mean nothing.
    return (given,) if given.startswith("area:") else tuple(filter(None, map(str.strip, given.split(","))))


def find_state(code: str, states: Iterable[State]) -> State:
    """Find a state by code, else by name, forgiving case."""
    known = tuple(states)
    wanted = code.strip()
    for state in known:
        if state.code.casefold() == wanted.casefold() or state.name.casefold() == wanted.casefold():
            return state
    also = known_by(wanted)
    for state in known:
        if state.code == also:
            return state
    hint = ", ".join(f"{s} ({s.name})" for s in _nearest(wanted.casefold(), known))
    advice = f"did you mean {hint}?" if hint else "use its ISO alpha-3 code, such as POL"
    msg = f"unknown state {code[:LONGEST]!r}: {advice}"
    raise UnknownStateError(msg)


def known_by(name: str) -> str | None:
    """Return the code of the state that has another usual name; None if none has.

    Not of a part of one, nor of one of two: whoever writes *England* may mean England.

    Examples
    --------
    >>> known_by("UK"), known_by("Burma"), known_by("Wales")
    ('GBR', 'MMR', None)
    """
    return _other_names().get(name.strip().casefold())


@functools.cache
def _other_names() -> dict[str, str]:
    rows = table_rows(DATA / "countries.csv")
    names = {name.casefold(): row["code"] for row in rows for name in row["more"].split("|") if name not in AMBIGUOUS}
    return {"us": "USA", "uae": "ARE"} | names


def _nearest(wanted: str, states: Iterable[State]) -> list[State]:
    """Guess who may be meant, the likeliest first, three at most; better nobody than somebody else.

    A code is taken for a slip in its last letter or for two letters swapped, or for the beginning or the initials of a
    name (GER, UAE). Anything longer is taken for a name, or for part of one, with up to a third of it mistyped;
    what is longer than any name is not looked at, for that would take as long as it is long.
    """
    if len(wanted) > LONGEST:
        return []
    scores: dict[State, float] = {}
    words = set(_words(wanted))
    for state in states:
        code, name = state.code.casefold(), state.name.casefold()
        if len(wanted) <= len(code):
            initials = "".join(word[0] for word in _words(name))
            slip = wanted[:2] == code[:2] or sorted(wanted) == sorted(code)
            score = 0.9 * (wanted == initials) or 0.8 * (name.startswith(wanted)) or 0.7 * (slip and len(wanted) > 1)
        else:
            shared = sum(len(word) for word in words.intersection(_words(name)) if len(word) >= len("Mali"))
            likeness = difflib.SequenceMatcher(None, wanted, name).ratio()
            score = max(likeness, 0.7 * bool(shared) + shared / 1000.0, 0.7 * (wanted[:-1] == code))
        if score >= 0.7:
            scores[state] = score
    return sorted(scores, key=lambda state: (-scores[state], state))[:3]


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name)


def table_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of the shipped data."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
