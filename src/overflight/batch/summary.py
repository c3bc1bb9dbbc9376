"""Questions over an answer: how many flights and kilometres, by state, by date, by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.batch.store import read_manifest
from overflight.errors import DataError

__all__ = ["Line", "Summary", "summarise"]

KINDS = ("rule", "rule, state", "state", "date")
DIGITS = 3
"""Decimals of kilometres."""
MOST_ROWS = 2**40
"""More than there are in any file."""


class Line(NamedTuple):
    """One row: what it is by, flights, and how many km of them."""

    by: str
    what: str
    flights: int
    km: float


class Summary(NamedTuple):
    """All rows, the most flights first within each kind; and by what the routes were judged.

    `pieces` has for each rule flights and km in each piece of airspace that it forbids, by the piece's number.
    """

    lines: list[Line]
    facts: dict[str, Any]
    counts: dict[str, int]
    pieces: dict[str, dict[int, tuple[int, float]]]

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
    flights: Counter[tuple[str, str]] = Counter()
    km: dict[tuple[str, str], float] = defaultdict(float)
    inside: dict[str, Counter[int]] = defaultdict(Counter)
    inside_km: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))

    def add(by: str, ahead: str, table: Any, key: str) -> None:
        """Add the distinct routes and the km of each value of a column."""
        for value, count, length in _sums(table, key):
            flights[by, f"{ahead}{value}"] += count
            km[by, f"{ahead}{value}"] += length

    for table in _parts(folder / "crossings", ["state", "rules", "piece"]):
        add("state", "", table, "state")
        texts = [text for text in pc.unique(table["rules"]).to_pylist() if text is not None]
        for rule in {one for text in texts for one in text.split("; ")}:
            broken = table.filter(pc.is_in(table["rules"], pa.array([t for t in texts if rule in t.split("; ")])))
            add("rule", "", broken.append_column("rule", pa.array([rule] * len(broken))), "rule")
            add("rule, state", f"{rule}, ", broken, "state")
            for piece, count, length in _sums(broken, "piece"):
                inside[rule][piece] += count
                inside_km[rule][piece] += length
    for table in _parts(folder / "verdicts", ["on"]):
        add("date", "", table, "on")
    order = sorted(flights, key=lambda k: (KINDS.index(k[0]), -flights[k] if k[0] != "date" else 0, k[1]))
    lines = [Line(*key, flights[key], round(km[key], DIGITS)) for key in order]
    pieces = {
        rule: {piece: (count, round(inside_km[rule][piece], DIGITS)) for piece, count in sorted(counted.items())}
        for rule, counted in inside.items()
    }
    return Summary(lines, manifest["facts"], manifest["counts"], pieces)


def _sums(table: Any, key: str) -> Iterator[tuple[Any, int, float]]:
    """Count the distinct routes and add up the km of each value of a column."""
    sums = table.group_by(key, use_threads=False).aggregate([("flight", "count_distinct"), ("length_km", "sum")])
    for row in sums.to_pylist():
        yield row[key], row["flight_count_distinct"], row["length_km_sum"]


def _parts(folder: Path, columns: list[str]) -> Iterator[Any]:
    """Read some columns part by part, texts as texts, each route with a number of its own."""
    for path in sorted(folder.glob("*.parquet")):
        try:
            table = pq.read_table(path, columns=[*columns, "file", "row", "length_km"])
        except (OSError, pa.ArrowException) as error:
            msg = f"{path}: can't be read ({error}): run the batch again"
            raise DataError(msg) from error
        for name in columns:
            if pa.types.is_dictionary(table.schema.field(name).type):  # they differ from group to group
                table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
        file = pc.multiply(table["file"].cast(pa.int64()), pa.scalar(MOST_ROWS))
        yield table.append_column("flight", pc.add(file, table["row"]))
