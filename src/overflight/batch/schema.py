"""The columns of what comes out, with their meaning: schema version 1; columns may be added, never renamed."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = [
    "CROSSINGS",
    "REJECTS",
    "TABLES",
    "VERDICTS",
    "Column",
    "columns_of",
    "describe",
    "parquet_bytes",
    "schema_of",
]

CODE = pa.dictionary(pa.int16(), pa.string())
TIME = pa.timestamp("us", tz="UTC")
ID = "id"
"""Stands for the type of the input's ids: int64 or string."""


class Column(NamedTuple):
    """A column: its name, its type, and what it says."""

    name: str
    type: Any
    means: str


_WHERE = (
    Column("file", pa.int32(), "number of the input file, as _manifest.json lists them, from 0"),
    Column("row", pa.int64(), "row in that file, from 0; of points: the row of the route's first point"),
    Column("route", ID, "the id as given (int64 or string); null if the input has none"),
)
CROSSINGS = (
    *_WHERE,
    Column("order", pa.int32(), "number of the crossing on its route, from 0, in the order flown"),
    Column("state", CODE, "ISO alpha-3 code of the state; XXX where several claim it and nobody holds it"),
    Column("territory", CODE, "code of the territory, which may differ from its state's (GRL of DNK)"),
    Column("role", CODE, "departure, overflight or arrival"),
    Column("disputed", CODE, "the dispute in words; null if there is none"),
    Column("claimants", CODE, "codes of the states that claim it, where more than one does; else null"),
    Column("blocs", CODE, "blocs that the airspace is in on the route's date, separated by spaces; null if in none"),
    Column("rules", CODE, "rule sets that forbid the crossing, separated by '; '; null if none does"),
    Column("entry_km", pa.float64(), "where the crossing begins, in km from the route's start"),
    Column("entry_lon", pa.float64(), "degrees, in [-180, 180]"),
    Column("entry_lat", pa.float64(), "degrees"),
    Column("entry_time", TIME, "when, at even speed between two points; null where the input has no times"),
    Column("exit_km", pa.float64(), "where the crossing ends"),
    Column("exit_lon", pa.float64(), "degrees"),
    Column("exit_lat", pa.float64(), "degrees"),
    Column("exit_time", TIME, "when"),
    Column("length_km", pa.float64(), "exit_km less entry_km"),
    Column("beyond_12nm_km", pa.float64(), "how much of it lies beyond 12 NM of any land; each end to some 3.5 km"),
    Column("piece", pa.int32(), "number of the piece of airspace in the data that the facts name: no code is shared"),
)
VERDICTS = (
    *_WHERE,
    Column("on", pa.date32(), "the date by which the route was judged"),
    Column(
        "status",
        CODE,
        "crosses: enters airspace that a rule forbids; marginal: enters what a rule forbids in part or at times; "
        "not-entered: neither, how near it comes was not asked; with --marginal, clear or marginal in its place; "
        "null if no rule was given",
    ),
    Column("rules", CODE, "rule sets that the route breaks, separated by '; '; null if none"),
    Column("length_km", pa.float64(), "length of the route"),
    Column("forbidden_km", pa.float64(), "km in airspace that any rule forbids and no consent is assumed for"),
    Column("high_seas_km", pa.float64(), "km in nobody's airspace"),
    Column("crossings", pa.int32(), "rows of this route in the crossings"),
    Column("points", pa.int32(), "points that the route was judged by"),
    Column("settled", pa.int32(), "legs that run along a border, where a crossing shorter than 1 mm may be missed"),
    Column("states", pa.list_(pa.string()), "codes of the states entered, each once, in the order met"),
    Column("flight", pa.int32(), "of points: which flight of its id or aircraft it is, from 1; else null"),
    Column(
        "remarks", pa.list_(pa.string()), "of points: what was left out, is suspected, or is a gap; as check says it"
    ),
)
REJECTS = (
    Column("file", pa.int32(), "number of the input file"),
    Column("row", pa.int64(), "row in that file; null if the whole file is refused"),
    Column("rows", pa.int64(), "how many rows are refused; null for a file that does not tell how many it has"),
    Column("route", pa.string(), "the id as given, as text; null if there is none, or it can't be read"),
    Column("reason", CODE, "one word: see `REASONS`"),
    Column("detail", pa.string(), "what was found"),
)
COSTS = tuple(
    Column(f"{name}{end}", pa.float64(), f"with --aircraft: {what}{which}")
    for name, what in (
        ("time_min", "minutes from take-off to landing, or in the crossing"),
        ("fuel_t", "tonnes of fuel burnt in them"),
        ("co2_t", "tonnes of CO2 from that"),
    )
    for end, which in (("", "; as is usual"), ("_low", "; at least"), ("_high", "; at most"))
)
"""What crossings and verdicts have besides, where an aircraft was asked for."""
COSTED = ("crossings", "verdicts")
TABLES = {"crossings": CROSSINGS, "verdicts": VERDICTS, "rejects": REJECTS}


def columns_of(name: str, *, costed: bool) -> tuple[Column, ...]:
    """Return the columns of a table, by its name; with those of costs, where these were asked for."""
    return TABLES[name] + (COSTS if costed and name in COSTED else ())


def schema_of(columns: tuple[Column, ...], *, texts: bool = True, facts: dict[str, Any] | None = None) -> Any:
    """Return the Arrow schema of a table.

    Parameters
    ----------
    columns : tuple of Column
        One of `CROSSINGS`, `VERDICTS` and `REJECTS`.
    texts : bool
        Whether ids are texts, else whole numbers.
    facts : dict, optional
        What to write into the metadata, under the key ``overflight``, as JSON.
    """
    kinds = {ID: pa.string() if texts else pa.int64()}
    fields = [pa.field(c.name, kinds[ID] if isinstance(c.type, str) else c.type) for c in columns]
    return pa.schema(fields, {"overflight": json.dumps(facts, sort_keys=True)} if facts else None)


def parquet_bytes(table: Any, facts: dict[str, Any]) -> bytes:
    """Write a table as a Parquet file in memory: the same table gives the same bytes."""
    sink = pa.BufferOutputStream()
    words = [name for name in table.column_names if table.schema.field(name).type == CODE]
    told = {"overflight": json.dumps(facts, sort_keys=True)}
    pq.write_table(
        table.replace_schema_metadata(told), sink, compression="zstd", compression_level=1, use_dictionary=words
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def describe() -> str:
    """Write down every table and column, for people."""
    lines = []
    for name, columns in TABLES.items():
        lines.append(name)
        for column in (*columns, *(COSTS if name in COSTED else ())):
            kind = "int64 | string" if isinstance(column.type, str) else str(column.type)
            if kind.startswith("dictionary"):
                kind = kind.removeprefix("dictionary<values=").split(",")[0]
            lines.append(f"  {column.name:<14}{kind:<24}{column.means}")
    return "\n".join(lines) + "\n"
