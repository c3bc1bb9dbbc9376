"""Names of places on the command line: what each was taken for is said, and asked where it can be several."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from overflight.cli.writing import note
from overflight.routes.airports import airport
from overflight.routes.gazetteer import country_name
from overflight.routes.places import by_name
from overflight.routes.typed import places_in

if TYPE_CHECKING:
    from overflight.routes.naming import Meant

__all__ = ["settled", "settled_one"]


def settled(words: Sequence[str]) -> list[str]:
    """Put codes, or a coordinate, in the place of names that are typed.

    A name that may be several is asked about where somebody sits at a terminal; elsewhere it stays as it is, and is
    refused with what it may be by whoever reads it.
    """
    return [settled_one(word) for word in places_in(words)]


def settled_one(word: str) -> str:
    """Put a code, or a coordinate, in the place of a name, as `settled` does."""
    found = by_name(word)
    if found is None:
        _tell_of_strip(word.strip())
    if found is None or not found.choices:
        return word
    first = found.choices[0]
    if found.alone:
        others = [one.label for one in found.choices[1:]]
        also = f"; other airports: {', '.join(others)}" if others else ""
        note(f"note: {word.strip()} is {first.whole}{also}")
        return first.code
    return _chosen(word, found) if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() else word


def _chosen(word: str, found: Meant) -> str:
    """Ask which place is meant: by its number, or its code."""
    rows = [f"{one.code:4} {', '.join(filter(None, [one.name, one.city, one.where]))}" for one in found.choices]
    codes = [one.code for one in found.choices]
    if found.centre is not None:
        codes.append(found.centre.typed)
        rows.append(f"     {found.centre.name} itself, {codes[-1]}")
    note(f"Which place is {word.strip()}?")
    for number, row in enumerate(rows, 1):
        note(f"{number:3}  {row}")
    numbers = [str(number) for number in range(1, len(rows) + 1)]
    answer = click.prompt(
        "Number or code", type=click.Choice([*numbers, *codes], case_sensitive=False), show_choices=False, err=True
    )
    return codes[numbers.index(answer)] if answer in numbers else str(answer)


def _tell_of_strip(word: str) -> None:
    """Say which field a code in small letters is of, if no scheduled flight goes there: a name may have been meant."""
    row = airport(word.upper()) if len(word) <= 4 and not word.isupper() else None
    if row is not None and not row["scheduled"]:
        where = f"{row['name']}, {row['city']}, {country_name(row['country'])}"
        note(f"note: {word} is {row['iata'] or row['icao']} ({where})")
