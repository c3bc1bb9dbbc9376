"""What a correction is, and the ways of saying which piece a face belongs to."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import shapely

from geodata.sources import HERE, Inputs

__all__ = [
    "NOBODY",
    "Correction",
    "Cover",
    "Label",
    "Layers",
    "both",
    "first_of",
    "flag",
    "inside",
    "islets",
    "part",
    "regions",
    "unzoned",
]

NOBODY = "-"
"""The label of what is nobody's sovereign airspace."""

Cover = frozenset[str]
Label = str
"""``POL``, or ``UKR/crimea`` for a part in dispute (a row of `disputes.csv`)."""
Layers = dict[str, shapely.Geometry]


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: what is wrong, what is done, and on whose word.

    `line` is the kind of the lines that it draws (`kinds.py`); "" where they are as good as the base layer's.
    """

    number: str
    what: str
    source: str
    label: Callable[[Cover], Label | None]
    layers: Callable[[Inputs], Layers] | None = None
    line: str = ""


def inside(name: str, label: Label) -> Callable[[Cover], Label | None]:
    """Give all that one zone or layer covers a label."""
    return lambda cover: label if name in cover else None


def both(first: str, second: str, label: Label) -> Callable[[Cover], Label | None]:
    """Give what two zones both cover a label."""
    return lambda cover: label if {first, second} <= cover else None


def first_of(layer: str, labels: Mapping[str, Label]) -> Callable[[Cover], Label | None]:
    """Within a layer, give what a zone covers the label of the first such zone."""

    def label(cover: Cover) -> Label | None:
        if layer not in cover:
            return None
        return next((label for zone, label in labels.items() if zone in cover), None)

    return label


def unzoned(layer: str, label: Label) -> Callable[[Cover], Label | None]:
    """Give what no zone covers of a layer a label."""
    return lambda cover: label if layer in cover and not any("/" in name for name in cover) else None


def part(zone: str, name: str, lon: float, lat: float) -> Callable[[Inputs], Layers]:
    """Single out the polygon of a zone that holds a point."""

    def layers(inputs: Inputs) -> Layers:
        parts = shapely.get_parts(inputs.zones[zone])
        return {name: parts[shapely.contains_xy(parts, lon, lat)][0]}

    return layers


def regions(*names: str) -> Callable[[Inputs], Layers]:
    """Take regions drawn in `regions.geojson`; only their borders inside the zones count."""

    def layers(_: Inputs) -> Layers:
        collection = json.loads((HERE / "regions.geojson").read_text(encoding="utf-8"))
        drawn = {f["properties"]["region"]: f["geometry"] for f in collection["features"]}
        return {f"region {name}": shapely.from_geojson(json.dumps(drawn[name])) for name in names}

    return layers


def flag(number: str, what: str, source: str, region: str, labels: Mapping[str, Label]) -> Correction:
    """Set a part apart: what a drawn region and a zone both cover."""
    return Correction(
        number=number,
        what=f"{what}: flagged",
        source=source,
        label=first_of(f"region {region}", labels),
        layers=regions(region),
        line="disputed",
    )


def islets(group: str) -> list[tuple[float, float, float]]:
    """Return longitude, latitude and radius in metres of each islet of a group in `islets.csv`."""
    with (HERE / "islets.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == group]
    return [(float(row["lon"]), float(row["lat"]), float(row["radius_m"])) for row in rows]
