"""How many of the package's facts rest on one source only, counted from the tables themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.sources import HERE
from geodata.tables import read_rows

__all__ = ["Tally", "publishers", "support", "tallies"]

TABLES = ("territories", "sovereigns", "disputes", "waters", "wider", "airports", "codes")
LABEL = re.compile(
    r"(deposit\+entry into force|deposit|entry into force|signature|withdrawal|notification|revocation): "
)
"""What part of a row the source after it is for."""
NONE = re.compile(r"general knowledge|no document seen|not checked|^Art\.126 rule$|^airportsdata ")
"""What is no source: what everybody knows, a rule that a date follows from, what a row puts right."""
_PARTS = re.compile(r";\s*(?![^()]*\))")
_PUBLISHER = re.compile(r"[^,:(]*")


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a table: all, those without a source, on one source only, on more, and those not verified."""

    table: str
    rows: int
    none: int
    one: int
    more: int
    unverified: int


def publishers(text: str) -> dict[str, frozenset[str]]:
    """Return who stands behind each part of a row by its label; "" is for the row as a whole.

    Sources are told apart by semicolons outside parentheses; of one publisher, several are one.
    """
    found: dict[str, set[str]] = {}
    for part in filter(None, map(str.strip, _PARTS.split(text))):
        label, rest = "", part
        while match := LABEL.match(rest):
            label, rest = match[1], rest[match.end() :]
        held = found.setdefault(label, set())
        who = _PUBLISHER.match(rest)
        if not NONE.search(rest) and who:
            name = who[0].strip().casefold()
            held.add("un" if name.startswith("un ") else name)  # its resolutions and lists are of one publisher
    return {label: frozenset(held) for label, held in found.items()}


def support(text: str) -> int:
    """Count the publishers behind the part of a row that has the fewest; what is for the whole row supports each part.

    A part that follows from another by a rule, such as the day of entry into force, needs none of its own.
    """
    found = publishers(text)
    whole = found.pop("", frozenset())
    parts = [held | whole for label, held in found.items() if held or label != "entry into force"]
    return min(map(len, parts), default=len(whole))


def tallies() -> Iterator[Tally]:
    """Count the rows of each table whose rows name their sources, blocs first."""
    for path in (*sorted((HERE / "blocs").glob("*.csv")), *sorted(HERE.glob("*.csv"))):
        rows = read_rows(path)
        if rows and "source" in rows[0]:
            yield _tally(path, rows)


def _tally(path: Path, rows: list[dict[str, str]]) -> Tally:
    counts = [support(row["source"]) for row in rows]
    return Tally(
        table=path.relative_to(HERE).with_suffix("").as_posix(),
        rows=len(rows),
        none=sum(count == 0 for count in counts),
        one=sum(count == 1 for count in counts),
        more=sum(count > 1 for count in counts),
        unverified=sum(row.get("verified") == "false" for row in rows),
    )
