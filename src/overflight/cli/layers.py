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
from overflight.cli.tables import boxed
from overflight.cli.writing import note
from overflight.outside.printable import one_line

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.cli.tables import Cell
    from overflight.costs import Aircraft
    from overflight.costs.layers import Entries, Layer
    from overflight.costs.pacing import Wind

__all__ = ["LAYER_COLUMNS", "Layering", "layer_lines", "layer_options", "layer_rows", "layers_json"]

_Callback = TypeVar("_Callback", bound=Callable[..., Any])
LAYER_COLUMNS = ("layer", "levels", "eet", "elapsed_min", "elapsed_min_low", "elapsed_min_high")
"""What rows have of an entry besides what they have of a crossing."""
HEADER = ("entered", "EET", "in km", "out km", "km", "levels")


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
        return tuple(
            layer.entries(case, aircraft=aircraft, wind=wind, level=self.level) for layer in self.layers
        )

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
    @click.option("--layer-name", metavar="PROPERTY", help="What its polygons are called by. [default: id, icao, name ...]")
    @click.option(
        "--layer-levels",
        type=_two,
        metavar="LOWER,UPPER",
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
    from overflight.costs.layers import read_layer

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


def layer_lines(entered: Sequence[Entries]) -> list[str]:
    """Lay out what a route enters for people: a box for each layer, and the line for item 18 of a flight plan."""
    lines: list[str] = []
    for entries in entered:
        if not entries:
            lines.append(one_line(f"{entries.layer.name}: nothing of it is entered"))
            continue
        levelled = any(entry.limits for entry in entries)
        header = [f"{entries.layer.name}: entered", *HEADER[1 : None if levelled else -1]]
        rows: list[list[Cell]] = [
            [
                entry.name,
                entry.eet,
                entry.entry_km,
                entry.exit_km,
                entry.length_km,
                *([entry.limits] if levelled else []),
            ]
            for entry in entries
        ]
        lines.append(boxed(header, rows, texts=(header[0], "levels")).rstrip("\n"))
        lines += item18_lines(entries)
    return lines


def item18_lines(entries: Entries) -> list[str]:
    """Write the line for item 18, what it leaves out, and what elapsed times rest on."""
    told = [entries.item18] if entries.item18 else []
    if entries.nameless:
        few = ", ".join(entries.nameless[:6]) + (" ..." if len(entries.nameless) > 6 else "")
        told.append(f"not in item 18, for want of a designator: {few}")
    return [one_line(line) for line in (*told, f"elapsed times: {', '.join(entries.assumptions)}")]
