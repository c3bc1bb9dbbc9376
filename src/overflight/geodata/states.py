"""States, by their codes; and how the shipped tables are read."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from pathlib import Path

from overflight.errors import UnknownStateError

__all__ = ["DATA", "State", "find_state", "table_rows"]

DATA = Path(__file__).parents[1] / "data"


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
    def code(self) -> str:
        """The ISO 3166-1 alpha-3 code, as a plain string."""
        return str(self)


def find_state(code: str, states: Iterable[State]) -> State:
    """Find a state by code, else by name, forgiving case."""
    known = tuple(states)
    wanted = code.strip()
    for state in known:
        if state == wanted.upper() or state.name.casefold() == wanted.casefold():
            return state
    names = {text.casefold(): s for s in known for text in (s.code, s.name)}
    near = difflib.get_close_matches(wanted.casefold(), names, n=3)
    hint = ", ".join(dict.fromkeys(f"{names[n]} ({names[n].name})" for n in near))
    msg = f"unknown state {code!r}" + (f": did you mean {hint}?" if hint else ": use its ISO alpha-3 code, such as POL")
    raise UnknownStateError(msg)


def table_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of the shipped data."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
