"""Questions over an answer: how many flights and kilometres, by state, by date, by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from overflight.batch.store import read_manifest
from overflight.errors import DataError

__all__ = ["Line", "Summary", "summarise"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

KINDS = ("rule", "rule, state", "state", "date")
DIGITS = 3
"""Decimals of kilometres."""


class Line(NamedTuple):
    """One row: what it is by, flights, and how many km of them."""

    by: str
    what: str
    flights: int
    km: float


class Summary(NamedTuple):
    """All rows, the most flights first within each kind; and by what the routes were judged."""

    lines: list[Line]
    facts: dict[str, Any]
    counts: dict[str, int]

    def of(self, by: str) -> list[Line]:
        """Return the rows of one kind."""
        return [line for line in self.lines if line.by == by]


def summarise(folder: Path) -> Summary:
    """Count flights and add up kilometres, part by part.

    Parameters
    ----------
    folder : Path
        A finished answer of `run`.

    Returns
    -------
    Summary
        By `state`: flights that enter it and km in it. By `date`: flights and their whole length. By `rule`: flights
        that break it and km that it forbids. By `rule, state`: the same in each state.

    Raises
    ------
    DataError
        If there is no finished answer.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        unfinished = folder.with_name(folder.name + ".partial").exists()
        msg = f"{folder}: {'the run is not finished: --resume' if unfinished else 'no answer of overflight batch'}"
        raise DataError(msg)
    tally = _Tally()
    for table in _parts(folder / "crossings", ["file", "row", "state", "rules", "length_km"]):
        route = _numbered(table)
        lengths = table["length_km"].to_numpy()
        state, states = _codes(table["state"])
        rules, texts = _codes(table["rules"])
        tally.add("state", states, route, state, lengths)
        for rule in dict.fromkeys(one for text in texts if text for one in text.split("; ")):
            broken = np.array([rule in (text or "").split("; ") for text in texts])[rules]
            tally.add("rule", [rule], route[broken], np.zeros(broken.sum(), np.int64), lengths[broken])
            named = [f"{rule}, {code}" for code in states]
            tally.add("rule, state", named, route[broken], state[broken], lengths[broken])
    for table in _parts(folder / "verdicts", ["on", "length_km"]):
        day, days = _codes(table["on"])
        texts = [str(one) for one in days]
        tally.add("date", texts, np.arange(len(day)), day, table["length_km"].to_numpy())
    return Summary(tally.lines(), manifest["facts"], manifest["counts"])


def _parts(folder: Path, columns: list[str]) -> Iterator[Any]:
    for path in sorted(folder.glob("*.parquet")):
        try:
            yield pq.read_table(path, columns=columns)
        except (OSError, pa.ArrowException) as error:
            msg = f"{path}: can't be read ({error}): run the batch again"
            raise DataError(msg) from error


def _numbered(table: Any) -> npt.NDArray[np.int64]:
    """Give the routes of a part numbers; the rows of each stand together."""
    file, row = table["file"].to_numpy(), table["row"].to_numpy()
    new = np.ones(len(row), bool)
    new[1:] = (file[1:] != file[:-1]) | (row[1:] != row[:-1])
    return np.cumsum(new)


def _codes(column: Any) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Return the numbers of the values of a column, and the values."""
    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    values = [*array.dictionary.to_pylist(), None]
    return np.asarray(array.indices.fill_null(len(values) - 1), np.int64), values


class _Tally:
    """Flights and km by kind and name, added up."""

    def __init__(self) -> None:
        self.flights: Counter[tuple[str, str]] = Counter()
        self.km: Counter[tuple[str, str]] = Counter()

    def add(self, by: str, names: list[Any], route: Integers, code: Integers, lengths: Floats) -> None:
        """Add the distinct routes and the km of each code."""
        each = np.unique(route * len(names) + code) % len(names)
        for number, count in enumerate(np.bincount(each, minlength=len(names)).tolist()):
            if count:
                self.flights[by, str(names[number])] += count
        for number, length in enumerate(np.bincount(code, lengths, len(names)).tolist()):
            self.km[by, str(names[number])] += length

    def lines(self) -> list[Line]:
        """List what was added up: the most flights first, dates in their order."""
        first = {by: place for place, by in enumerate(KINDS)}
        order = sorted(self.flights, key=lambda k: (first[k[0]], -self.flights[k] if k[0] != "date" else 0, k[1]))
        return [Line(*key, self.flights[key], round(self.km[key], DIGITS)) for key in order]
