"""What the commands say of layers, such as flight information regions: the options, the JSON, rows and lines."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from overflight.airspace.levels import parse_limit
from overflight.cli.options import read_by
from overflight.cli.tables import boxed, terminal_columns, tsv_text, wrapped
from overflight.cli.writing import is_fancy, note
from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.cli.tables import Cell
    from overflight.costs import Aircraft
    from overflight.costs.pacing import Wind
    from overflight.rules.layers import Entries, Layer

__all__ = [
    "LAYER_COLUMNS",
    "Layering",
    "layer_features",
    "layer_lines",
    "layer_options",
    "layer_rows",
    "layer_table",
    "layers_json",
]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])
LAYER_COLUMNS = ("layer", "levels", "eet", "elapsed_min", "elapsed_min_low", "elapsed_min_high")
"""What rows have of an entry besides what they have of a crossing."""
MOST = 6
"""So many names without a designator are listed."""
HEADER = ("EET", "in km", "out km", "km", "levels")


@dataclass(frozen=True, slots=True)
class Layering:
    """The layers that are asked about, and at which level.

    Attributes
    ----------
    layers : tuple of Layer
        Read already.
    level : str or None
        The level flown all the way.
    """

    layers: tuple[Layer, ...] = ()
    level: str | None = None

    def of(self, case: Case, aircraft: str | Aircraft = "narrow-body", wind: Wind = "none") -> tuple[Entries, ...]:
        """List what a case's route enters of each layer: by its schedule, else by the aircraft."""
        return tuple(case.entries(layer, aircraft=aircraft, wind=wind, level=self.level) for layer in self.layers)

    def tell(self) -> None:
        """Say on standard error what was mended in the files."""
        for layer in self.layers:
            for remark in layer.remarks:
                note(f"note: {layer.source}: {remark}")


def layer_options(command: _Callback) -> _Callback:
    """Add the options that name layers, as one `Layering` argument named `layering`."""

    @click.option(
        "--layer",
        "files",
        multiple=True,
        type=Path,
        metavar="FILE",
        help="List when the route enters each polygon of a layer: firs.geojson; GeoPackage, GeoParquet and others.",
    )
    @click.option("--layer-name", metavar="NAME", help="What its polygons are called by. [default: code, id, name ...]")
    @click.option(
        "--layer-levels",
        type=_two,
        metavar="NAME,NAME",
        help="What holds their limits. [default: lower,upper; floor,ceiling; min_fl,max_fl ...]",
    )
    @click.option("--level", type=_level, metavar="LEVEL", help="The level flown, for layers: FL350. [default: any]")
    @functools.wraps(command)
    def gathered(
        *args: Any,  # noqa: ANN401
        files: tuple[Path, ...],
        layer_name: str | None,
        layer_levels: tuple[str, str] | None,
        level: str | None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        given = {"--layer-name": layer_name, "--layer-levels": layer_levels, "--level": level}
        if not files and (alone := next((option for option, value in given.items() if value), None)):
            raise click.UsageError(f"{alone} is about a layer: give it, too, as --layer firs.geojson")
        layering = Layering(tuple(_read(file, layer_name, layer_levels) for file in files), level)
        layering.tell()
        return command(*args, layering=layering, **kwargs)

    return gathered  # type: ignore[return-value]


def _read(file: Path, name: str | None, levels: tuple[str, str] | None) -> Layer:
    from overflight.rules.layers import read_layer

    lower, upper = levels or (None, None)
    return read_layer(file, name=name, lower=lower, upper=upper)


def _two(text: str) -> tuple[str, str]:
    lower, comma, upper = (part.strip() for part in text.partition(","))
    if not (lower and comma and upper):
        raise click.BadParameter(f"{text[:60]!r}: give two properties, as in lower_limit,upper_limit")
    return lower, upper


def _level(text: str) -> str:
    read_by(parse_limit)(text)
    return text


def layers_json(entered: Sequence[Entries]) -> dict[str, Any]:
    """Write what a route enters, for the JSON of the route."""
    return {"layers": [one.to_dict() for one in entered]} if entered else {}


def layer_rows(entered: Sequence[Entries]) -> Iterator[dict[str, Any]]:
    """Yield a row an entry, with the keys of a crossing's where it has the same."""
    for entries in entered:
        for entry in entries:
            row = entry.to_dict()
            elapsed = row.pop("elapsed_min")
            yield row | {
                "role": f"layer, {entry.role}",
                "layer": entries.layer.name,
                "levels": entry.limits,
                "elapsed_min": elapsed["typical"],
                "elapsed_min_low": elapsed["low"],
                "elapsed_min_high": elapsed["high"],
            }


def layer_features(route: str, entered: Sequence[Entries]) -> list[dict[str, Any]]:
    """Write a point for each entry, as GeoJSON."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(entry.to_dict()["entry"])},
            "properties": {"feature": "layer-entry", "route": route, "layer": entries.layer.name, **entry.to_dict()},
        }
        for entries in entered
        for entry in entries
    ]


def layer_lines(entered: Sequence[Entries]) -> list[str]:
    """Lay out what a route enters for people: a box for each layer, and the line for item 18 of a flight plan."""
    lines: list[str] = []
    for entries in entered:
        if not entries:
            lines.append(_folded(f"{entries.layer.name}: nothing of it is entered"))
            continue
        rows: list[list[Cell]] = [
            [one.name, one.eet, one.entry_km, one.exit_km, one.length_km, one.limits] for one in entries
        ]
        header = [one_line(f"{entries.layer.name}: entered"), *HEADER]
        if not any(entry.limits for entry in entries):
            header, rows = header[:-1], [row[:-1] for row in rows]
        lines.append(boxed(header, rows, texts=(header[0], "levels")).rstrip("\n"))
        lines += _below(entries)
    return lines


def layer_table(entered: Sequence[Sequence[Entries]], *, to_file: Path | None) -> str:
    """Write what each of several routes enters: for people, what goes into item 18; for programs, a row an entry."""
    if not any(entered):
        return ""
    if is_fancy(to_file):
        lines = [
            _folded(f"{number}  {entries.layer.name}: {entries.item18 or 'nothing for item 18'}")
            for number, every in enumerate(entered, 1)
            for entries in every
        ]
        return "\n".join([*lines, *_below(entered[0][0])[-1:], ""])
    columns = ("n", "layer", "name", "role", "levels", "eet", *LAYER_COLUMNS[3:], "entry_km", "exit_km")
    rows = [{"n": n, **row} for n, every in enumerate(entered, 1) for row in layer_rows(every)]
    return "\n" + tsv_text(columns, [[row[column] for column in columns] for row in rows])


def _below(entries: Entries) -> list[str]:
    """Write the line for item 18, what it leaves out, and what elapsed times rest on."""
    told = [entries.item18] if entries.item18 else []
    if entries.nameless:
        few = ", ".join(entries.nameless[:MOST]) + " ..." * (len(entries.nameless) > MOST)
        told.append(f"not in item 18, for want of a designator: {few}")
    return [*map(_folded, (*told, f"elapsed times: {'; '.join(entries.assumptions)}"))]


def _folded(text: str) -> str:
    return "\n  ".join(wrapped(one_line(text), max(terminal_columns() - 2, 20)))
