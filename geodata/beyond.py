"""Waters that a state counts as its own beyond 12 NM of any land: each row of `waters.csv` with its part of the sea.

What others dispute is set apart in the partition itself (`waters.py`). All of it, disputed or not, is shipped as a
partition of its own besides, `waters.bin`, whose pieces stand for rows: so a route's crossings stay whole, and say how
much of them lies there. `python -m geodata.beyond` makes that file anew for the borders as they are shipped.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.correction import Label, islets
from geodata.gridindex import pack
from geodata.land import belt_about, lacking, natural_earth_land, polygons_of
from geodata.shapes import Belt, geodesic_buffer
from geodata.simplify import simplified
from geodata.sources import HERE, features, fetch
from geodata.tables import OUT, copy_waters, read_rows, rehash, shipped_labels
from overflight.partition.arcs import Arcs
from overflight.partition.arranged import Arrangement, arranged
from overflight.partition.grid import index_of
from overflight.partition.index import Index
from overflight.partition.polygons import piece_polygons

__all__ = ["Row", "belt_of_2017", "broad", "km2", "rows_of", "shared_out", "write_waters"]

EXCESS_KM2 = 500.0
"""Smaller parts are left out: a few bays and rocks that no input holds."""
NARROW_DEG = 0.03
"""Parts narrower than twice this are differences of two drawings of the same 12 NM."""
ROCK_NM = 15.0
"""A part that fits in a circle of this radius may be the sea about a rock that no input holds."""
OWN = ("as the state's own", "as held in common", "as held by none")
"""How what a row counts beyond 12 NM begins."""
ELSEWHERE = {"spratlys"}
"""Parts in dispute whose waters are no row's: what is drawn there are 12 NM about reefs."""
TOLERANCE_M = 200.0
ACCURACY_M = 3_500
CELL_DEG = 2.0
NM_PER_DEG = 60.0

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `waters.csv`: what it is called, whose it is, its dispute, and where it is to be looked for."""

    state: str
    waters: str
    dispute: str
    box: tuple[float, float, float, float] | None

    @property
    def apart(self) -> bool:
        """Whether it is set apart in the partition, by its distance from land alone."""
        return self.dispute.startswith("waters-")


def rows_of(territory: str, dispute: str = "") -> list[Row]:
    """Return the rows that count waters of a territory, or of a part in dispute, in the order in which they choose."""
    known = [row for row in _rows() if territory in {row.state, "XXX"}]
    own = [row for row in known if dispute and row.dispute == dispute]
    return own or [row for row in known if territory != "XXX" and (row.apart or not row.dispute)]


def _rows() -> Iterator[Row]:
    for row in read_rows(HERE / "waters.csv"):
        if row["counted"].startswith(OWN):
            edges = [row[key] for key in ("west", "south", "east", "north")]
            west, south, east, north = (float(edge or "nan") for edge in edges)
            yield Row(row["state"], row["waters"], row["dispute"], (west, south, east, north) if all(edges) else None)


def belt_of_2017(coast: Iterable[shapely.Geometry] | None = None) -> Belt:
    """Return what lies within 12 NM of the land of 2017, or of islands and rocks that it lacks."""
    land = polygons_of(features(fetch("@geo-maps/countries-coastline-10m")).values() if coast is None else coast)
    rocks = [geodesic_buffer(shapely.Point(lon, lat).buffer(1e-6), radius) for lon, lat, radius in islets("rocks")]
    return belt_about([*land, *lacking(land, natural_earth_land()), *rocks])


def broad(far: shapely.Geometry) -> shapely.Geometry:
    """Keep broad and large parts of what lies beyond 12 NM: no slivers along the limit, and no sea about a rock."""
    inner = far.buffer(-NARROW_DEG)
    parts = polygons_of([shapely.intersection(inner.buffer(2 * NARROW_DEG), far)])
    kept = [part for part in parts if km2(part) > EXCESS_KM2 and _radius_nm(part) > ROCK_NM]
    return shapely.union_all(kept)


def shared_out(
    far: shapely.Geometry, rows: Iterable[Row], drawn: Mapping[str, shapely.Geometry] = MappingProxyType({})
) -> Iterator[tuple[Row, shapely.Geometry]]:
    """Give each row its part, in turn: what lies in its box, or in what is drawn of its dispute, and in none before."""
    for row in rows:
        within = drawn.get(row.dispute, None if row.box is None else shapely.box(*row.box))
        part = far if within is None else shapely.intersection(far, within)
        far = shapely.difference(far, part)
        if not part.is_empty:
            yield row, part


def km2(part: shapely.Geometry) -> float:
    """Return an area, good to some per cent."""
    return float(part.area * 111.2**2 * np.cos(np.radians(part.centroid.y)))


def _radius_nm(part: shapely.Geometry) -> float:
    east = NM_PER_DEG * np.cos(np.radians(part.centroid.y))
    return float(shapely.minimum_bounding_radius(shapely.transform(part, lambda xy: xy * [east, NM_PER_DEG])))


def write_waters(index: Index, labels: Sequence[Label], belt: Belt, out: Path = OUT) -> dict[str, Any]:
    """Write `waters.bin` for a partition and the labels of its pieces, and return what the manifest says of it."""
    parts: dict[Row, list[shapely.Geometry]] = {}
    for number, shape in sorted(piece_polygons(index).items()):
        territory, _, dispute = labels[number].partition("/")
        rows = [] if dispute in ELSEWHERE else rows_of(territory, dispute)
        if rows:
            apart = rows[0].apart and rows[0].dispute == dispute
            for row, part in shared_out(shape if apart else broad(belt.beyond(shape)), rows):
                parts.setdefault(row, []).append(part)
    names = {row["territory"]: row["name"] for row in read_rows(HERE / "territories.csv")}
    order = [row for row in _rows() if row in parts]
    shapes = [shapely.multipolygons(polygons_of(parts[row])) for row in order]
    arcs, shift_m = simplified(_one_row_each(arranged(shapes)), tolerance_m=TOLERANCE_M)
    blob, arrays = pack(index_of(arcs, CELL_DEG), arcs.kind)
    (out / "waters.bin").write_bytes(blob)
    return {
        "bytes": len(blob),
        "accuracy_m": ACCURACY_M,
        "max_shift_m": round(shift_m, 3),
        "grid": {"cell_deg": CELL_DEG, "n_cols": round(360 / CELL_DEG), "n_rows": round(180 / CELL_DEG)},
        "arrays": arrays,
        "pieces": [
            {
                "state": row.state,
                "whose": " and ".join(names[code] for code in row.state.split()),
                "waters": row.waters,
                "bounds": [*map(math.floor, shape.bounds[:2]), *map(math.ceil, shape.bounds[2:])],
                "km2": round(sum(km2(part) for part in polygons_of([shape]))),
            }
            for row, shape in zip(order, shapes, strict=True)
        ],
    }


def _one_row_each(made: Arrangement) -> Arcs:
    """Give each piece to the first of the rows that it lies in; of two rows that meet, a hair may lie in both."""
    row = np.array([min(inside, default=-1) + 1 for inside in made.members])
    parts = (made.arcs.part(arc) for arc in range(len(made.arcs.left)))
    named = [dataclasses.replace(part, left=int(row[part.left]), right=int(row[part.right])) for part in parts]
    return Arcs.joined([part for part in named if part.left != part.right])


def main() -> None:
    """Make the waters anew for the borders as they are shipped."""
    path = OUT / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    index = Index.mapped(memoryview((OUT / "airspace.bin").read_bytes()), manifest["arrays"], manifest["grid"])
    manifest["waters"] = write_waters(index, shipped_labels(), belt_of_2017())
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    copy_waters()
    rehash()


if __name__ == "__main__":
    main()
