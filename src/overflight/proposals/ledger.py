"""The ledger of consents: who granted one, who refused, from which day on, and how that is known.

A TOML file, such as ``consents.toml``, with a table for each answer::

    [[consent]]
    state = "POL"
    answer = "granted"
    date = 2025-10-20
    source = "note 123/2025 of the embassy"

An answer counts for flights from its date on, until the same state gives another one. One who granted is taken to
allow, one who refused can't be asked. The file is a record of what its keeper was told; nothing here looks for
consents.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from overflight.airspace import State, load_airspaces
from overflight.errors import OverflightError, ProposalError
from overflight.outside.files import write_whole
from overflight.outside.printable import visible
from overflight.proposals.positions import toml_lines
from overflight.proposals.source import Source
from overflight.proposals.structure import faults, shown
from overflight.proposals.toml import load_toml
from overflight.proposals.writing import quoted
from overflight.routes.files import read_text

__all__ = ["Answer", "Entry", "Ledger", "parse_ledger", "read_ledger"]

Answer = Literal["granted", "refused"]
MAX_BYTES = 1_000_000
SHAPE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "consent": {
            "type": "array",
            "x-expected": "tables [[consent]]",
            "maxItems": 2_000,
            "items": {
                "type": "object",
                "x-expected": "a table [[consent]]",
                "required": ["state", "answer", "date", "source"],
                "properties": {
                    "state": {"type": "string", "x-expected": 'a state in quotes such as "POL"', "pattern": "\\S"},
                    "answer": {"enum": ["granted", "refused"], "x-expected": '"granted" or "refused"'},
                    "date": {
                        "type": "string",
                        "x-expected": "a date such as 2025-10-20, without quotes or a time",
                        "pattern": r"^\d{4}-\d{2}-\d{2}$",
                    },
                    "source": {
                        "type": "string",
                        "x-expected": "who says so, in quotes, up to 1000 characters",
                        "pattern": "\\S",
                        "maxLength": 1_000,
                    },
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer of a state.

    Attributes
    ----------
    state : State
        Who answered.
    answer : {"granted", "refused"}
        What.
    date : datetime.date
        The day from which on it counts.
    source : str
        How that is known.
    """

    state: State
    answer: Answer
    date: dt.date
    source: str

    def to_dict(self) -> dict[str, str]:
        """Return it as JSON has it."""
        told = {"state": self.state.code, "name": self.state.name, "answer": self.answer}
        return {**told, "date": self.date.isoformat(), "source": self.source}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What states answered.

    Attributes
    ----------
    where : str
        The file.
    entries : tuple of Entry
        In the order of the file.
    text : str
        What the file holds, or would.
    added : tuple of Entry
        Those that are not in the file yet.

    Examples
    --------
    >>> ledger = parse_ledger("", where="consents.toml")
    >>> entry = Entry(State("POL"), "granted", dt.date(2025, 10, 20), "a note")
    >>> ledger = ledger.adding([entry])
    >>> ledger.granted(dt.date(2025, 10, 23)), ledger.granted(dt.date(2025, 10, 19))
    (('POL',), ())
    >>> print(ledger.text, end="")
    [[consent]]
    state = "POL"
    answer = "granted"
    date = 2025-10-20
    source = "a note"
    """

    where: str
    entries: tuple[Entry, ...]
    text: str = field(default="", repr=False)
    added: tuple[Entry, ...] = ()

    def answers(self, on: dt.date) -> tuple[Entry, ...]:
        """Return the last answer of each state that counts for a flight on a date, by state."""
        latest: dict[State, Entry] = {}
        for entry in sorted(self.entries, key=lambda entry: entry.date):
            if entry.date <= on:
                latest[entry.state] = entry
        return tuple(latest[state] for state in sorted(latest))

    def granted(self, on: dt.date) -> tuple[str, ...]:
        """Return the codes of the states that consent to a flight on a date: what `allow` takes."""
        return tuple(entry.state.code for entry in self.answers(on) if entry.answer == "granted")

    def refused(self, on: dt.date) -> tuple[str, ...]:
        """Return the codes of the states that refused: what `never` takes."""
        return tuple(entry.state.code for entry in self.answers(on) if entry.answer == "refused")

    def adding(self, entries: Iterable[Entry]) -> Ledger:
        """Return the ledger with more answers, below what is there: comments stay; `save` writes it.

        Raises
        ------
        ProposalError
            If a state has an answer on that day already, or the file is written so that no table can be added.
        """
        more = tuple(entries)
        text = self.text
        for entry in more:
            text += "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
            text += (
                f"[[consent]]\nstate = {quoted(entry.state.code)}\nanswer = {quoted(entry.answer)}\n"
                f"date = {entry.date.isoformat()}\nsource = {quoted(entry.source)}\n"
            )
        if "consent" in load_toml(self.text, self.where) and "[[consent]]" not in self.text:
            msg = f"{visible(self.where)}: its consents stand in one list: write each as a table [[consent]] to add one"
            raise ProposalError(msg)
        found = parse_ledger(text, where=self.where)
        if len(text.encode()) > MAX_BYTES:
            raise ProposalError(f"{visible(self.where)}: a ledger has {MAX_BYTES // 10**6} MB at most: begin another")
        return replace(found, added=(*self.added, *more))

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Write what was added to the file, whole or not at all; nothing, where nothing was.

        Raises
        ------
        DataError
            If it can't be written.
        """
        if self.added:
            write_whole(Path(self.where if path is None else path), self.text.encode())

    def to_dict(self, on: dt.date) -> dict[str, Any]:
        """Return what counts on a date, and what does not yet, as the JSON of `overflight routes` has it."""
        counting = self.answers(on)
        return {
            "file": self.where,
            "granted": [entry.to_dict() for entry in counting if entry.answer == "granted"],
            "refused": [entry.to_dict() for entry in counting if entry.answer == "refused"],
            "later": [entry.to_dict() for entry in self.entries if entry.date > on],
        }


def read_ledger(path: str | os.PathLike[str], *, missing: bool = False) -> Ledger:
    """Read a ledger of consents.

    Parameters
    ----------
    path : path
        UTF-8 TOML of at most 1 MB.
    missing : bool
        Whether a file that is not there is an empty ledger: it may be begun.

    Raises
    ------
    ProposalError, DataError
        Names the file, the line and the key, what was expected and what was found.
    """
    file = Path(path)
    if missing and not file.exists() and not file.is_symlink():
        return Ledger(os.fspath(path), ())
    return parse_ledger(read_text(file, max_bytes=MAX_BYTES), where=os.fspath(path))


def parse_ledger(text: str, *, where: str) -> Ledger:
    """Read the text of a ledger.

    Raises
    ------
    ProposalError
        Names the line and the key.
    """
    source = Source(where, text, toml_lines)
    data = {key: _plain(value) for key, value in load_toml(text, where).items()}
    for fault in faults(data, SHAPE):
        raise source.error(fault.path, fault.why)
    world = load_airspaces()
    entries: list[Entry] = []
    for i, row in enumerate(data.get("consent", ())):
        try:
            state = world.state(row["state"].strip())
        except OverflightError as error:
            raise source.error(("consent", i, "state"), str(error)) from error
        try:
            date = dt.date.fromisoformat(row["date"])
        except ValueError as error:
            why = f"expected a date such as 2025-10-20, found {shown(row['date'])}"
            raise source.error(("consent", i, "date"), why) from error
        same = next((k for k, one in enumerate(entries) if (one.state, one.date) == (state, date)), None)
        if same is not None:
            line = source.line(("consent", same))
            why = f"{state} has an answer of that day already, in line {line}: take one out, or give its own date"
            raise source.error(("consent", i, "date"), why)
        entries.append(Entry(state, cast("Answer", row["answer"]), date, row["source"].strip()))
    return Ledger(where, tuple(entries), text)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Write dates as text, which is what a schema knows; in quotes they come to the same."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
