"""Legs of every awkward kind, in great numbers, and what must hold for each: `make fuzz`.

Looked for: exceptions; crossings out of order, overlapping or empty; crossings and high seas that do not add up to the
length; a random point of the leg, found by pyproj, that lies in another airspace than the crossings say (which a gap, a
crossing missed and one invented all end in); and legs whose walk fails its self-check.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from overflight._crossings.bulk import crossings_many
from overflight._crossings.compiled import compiled_grid
from overflight._crossings.engine import labels_of
from overflight._crossings.table import CrossingsTable
from overflight.airspace import Airspaces, load_airspaces
from overflight.earth.compiled import compiled
from overflight.partition.locate import piece_at, snap

__all__ = ["KINDS", "Found", "fuzz"]

GEOD = Geod(ellps="WGS84")
SLICE = 50_000
LONGEST_M = 19_930_000.0
"""Two points farther apart may have two shortest lines."""
CLOSE_KM = 2e-5
"""Points of a leg this near to the end of a crossing are not asked about."""

ALMOST = 0.09
"""Units (1 mm) within which a point counts as on a border, where the walk may take either side."""
SHORT_M = 0.01
"""Crossings shorter than this are none."""

Floats = npt.NDArray[np.float64]

_piece_at = compiled(piece_at, what="point location", takes="a second", allocates=False)


@dataclass
class Found:
    """What a run came to."""

    legs: int = 0
    crossings: int = 0
    located: int = 0
    on_border: int = 0
    settled: int = 0
    wrong: list[str] = field(default_factory=list)


class Draw:
    """Draws legs, arrays of shape (n, 4), each method of its kind."""

    def __init__(self, world: Airspaces, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.xy = np.asarray(world.index.vertices).reshape(-1, 2) / 1e7

    def points(self, n: int) -> Floats:
        return np.column_stack([self.rng.uniform(-180, 180, n), np.degrees(np.arcsin(self.rng.uniform(-1, 1, n)))])

    def vertices(self, n: int) -> Floats:
        return self.xy[self.rng.integers(0, len(self.xy), n)]

    def anywhere(self, n: int) -> Floats:
        return np.hstack([self.points(n), self.points(n)])

    def over_the_poles(self, n: int) -> Floats:
        lon, sign = self.rng.uniform(-180, 180, n), self.rng.choice([-1.0, 1.0], n)
        off = 180 + self.rng.normal(0, 1, n) * 10.0 ** self.rng.uniform(-7, 1, n) * self.rng.choice([0, 1], n)
        return np.column_stack(
            [lon, sign * self.rng.uniform(60, 90, n), turned(lon + off), sign * self.rng.uniform(60, 90, n)]
        )

    def across_180(self, n: int) -> Floats:
        lat = self.rng.uniform(-75, 80, (2, n))
        return np.column_stack([self.rng.uniform(150, 180, n), lat[0], self.rng.uniform(-180, -150, n), lat[1]])

    def hops(self, n: int) -> Floats:
        near = 10.0 ** self.rng.uniform(-7, 0, (n, 1))
        here = self.vertices(n)
        return np.hstack([here + near * self.rng.normal(size=(n, 2)), here + near * self.rng.normal(size=(n, 2))])

    def from_vertex_to_vertex(self, n: int) -> Floats:
        first = self.rng.integers(0, len(self.xy) - 60, n)
        return np.hstack([self.xy[first], self.xy[first + self.rng.integers(1, 60, n)]])

    def through_vertices(self, n: int) -> Floats:
        here, azimuth = self.vertices(n), self.rng.choice([0.0, 90.0, 45.0, 17.0], n)
        reach = 10.0 ** self.rng.uniform(1, 6.5, (2, n))
        ends = [GEOD.fwd(here[:, 0], here[:, 1], azimuth + 180.0 * k, reach[k])[:2] for k in (0, 1)]
        return np.column_stack([*ends[0], *ends[1]])

    def along_the_grid(self, n: int) -> Floats:
        a = np.column_stack([self.rng.integers(-720, 721, n) / 4, self.rng.integers(-360, 361, n) / 4])
        b = np.column_stack([self.rng.integers(-720, 721, n) / 4, self.rng.integers(-360, 361, n) / 4])
        b[::2, 0] = a[::2, 0]
        b[1::4, 1] = a[1::4, 1]
        return np.hstack([a, b])

    def beside_borders(self, n: int) -> Floats:
        """Legs a few metres to the side of a run of border edges."""
        first = self.rng.integers(0, len(self.xy) - 20, n)
        aside = self.rng.normal(0, 5e-5, (n, 2))
        return np.hstack([self.xy[first] + aside, self.xy[first + self.rng.integers(1, 20, n)] + aside])

    def nearly_opposite(self, n: int) -> Floats:
        here = self.points(n)
        off = self.rng.uniform(-3, 3, (n, 2))
        return np.column_stack([here, turned(here[:, 0] + 180 + off[:, 0]), -here[:, 1] + off[:, 1]])

    def tiny(self, n: int) -> Floats:
        here = self.vertices(n)
        return np.hstack([here, here + self.rng.integers(-3, 4, (n, 2)) * 1e-8])


KINDS: dict[str, Callable[[Draw, int], Floats]] = {
    name: method for name, method in vars(Draw).items() if name not in {"points", "vertices"} and name[0] != "_"
}


def turned(lon: Floats) -> Floats:
    """Bring longitudes to [-180, 180)."""
    return (lon + 180.0) % 360.0 - 180.0


def fuzz(count: int, *, seed: int = 1, world: Airspaces | None = None) -> Found:
    """Draw so many legs, and look at each."""
    world = world or load_airspaces()
    draw = Draw(world, seed)
    total = Found()
    while total.legs < count:
        n = min(SLICE, count - total.legs)
        legs = np.vstack([draw_kind(draw, -(-n // len(KINDS))) for draw_kind in KINDS.values()])
        legs[:, 1::2] = legs[:, 1::2].clip(-90.0, 90.0)
        legs = legs[GEOD.inv(*legs.T)[2] < LONGEST_M][:n]
        table = crossings_many(legs, world=world)
        total.legs += len(legs)
        total.crossings += len(table)
        total.settled += int(table.settled.sum())
        total.wrong += out_of_order(table, legs) + elsewhere(table, legs, draw.rng, total)
    return total


def out_of_order(table: CrossingsTable, legs: Floats) -> list[str]:
    """Tell of crossings that are empty, overlap, or do not add up."""
    route, entry, exit_ = table.route, table.entry_km, table.exit_km
    same = route[1:] == route[:-1]
    covered = np.bincount(route, exit_ - entry, minlength=len(legs)) + table.high_seas_km
    bad = {
        "an empty crossing": route[exit_ <= entry],
        "crossings that overlap": route[1:][same & (entry[1:] < exit_[:-1])],
        "a crossing outside the leg": route[(entry < 0) | (exit_ > table.length_km[route])],
        "crossings that do not add up": np.flatnonzero(np.abs(covered - table.length_km) > 1e-6),
        "a length that pyproj does not find": np.flatnonzero(
            np.abs(GEOD.inv(*legs.T)[2] / 1000.0 - table.length_km) > 1e-9 + 1e-14 * table.length_km
        ),
    }
    return [f"{what}: {legs[k].tolist()}" for what, rows in bad.items() for k in np.unique(rows)]


def elsewhere(table: CrossingsTable, legs: Floats, rng: np.random.Generator, total: Found) -> list[str]:
    """Tell of random points of legs that lie in another airspace than the crossings have there."""
    labels = np.array(labels_of(table.world))
    azimuth, _, length_m = GEOD.inv(*legs.T)
    along = length_m * rng.uniform(0, 1, len(legs))
    lon, lat, _ = GEOD.fwd(legs[:, 0], legs[:, 1], azimuth, along)
    number = np.arange(len(legs))
    # Rows are in the order of their routes, and of their entries there.
    row = np.searchsorted(table.route + 1j * table.entry_km, number + 1j * (along / 1000.0), side="right") - 1
    inside = row >= 0
    inside[inside] = (table.route[row[inside]] == number[inside]) & (
        along[inside] / 1000.0 < table.exit_km[row[inside]]
    )
    said = np.where(inside, labels[table.piece[row]] if len(table) else -1, -1)
    ends = np.concatenate([table.route + 1j * table.entry_km, table.route + 1j * table.exit_km])
    ends = np.sort(np.concatenate([ends, number + 0j, number + 1j * length_m / 1000.0]))
    here = number + 1j * (along / 1000.0)
    k = np.searchsorted(ends, here)
    near = np.minimum(np.abs(ends[np.minimum(k, len(ends) - 1)] - here), np.abs(ends[k - 1] - here)) < CLOSE_KM
    grid = compiled_grid(table.world.index)
    asked = np.flatnonzero(~near)
    total.located += len(asked)
    wrong = []
    for i in asked.tolist():
        x, y = snap(float(lon[i])), snap(float(lat[i]))
        if labels[_piece_at(grid, x, y)] == said[i]:
            continue
        aside = ALMOST / np.cos(np.radians(lat[i]))
        around = [(x + aside, y), (x - aside, y), (x, y + ALMOST), (x, y - ALMOST)]
        for metres in (-SHORT_M, SHORT_M):
            to = GEOD.fwd(legs[i, 0], legs[i, 1], azimuth[i], along[i] + metres)
            around.append((snap(to[0]), snap(to[1])))
        if said[i] in {labels[_piece_at(grid, *point)] for point in around}:
            total.on_border += 1
        else:
            wrong.append(f"another airspace at a point: {along[i]:.3f} m of {legs[i].tolist()}")
    return wrong


def main(arguments: list[str]) -> int:
    """Run, and say what was found."""
    count = int(arguments[0]) if arguments else 1_000_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    began = time.perf_counter()
    found = fuzz(count, seed=seed)
    took = time.perf_counter() - began
    for line in (
        f"{found.legs:,} legs of {len(KINDS)} kinds (seed {seed}) in {took:.0f} s, {found.crossings:,} crossings",
        f"{found.located:,} points located, {found.on_border} on a border or in a crossing below 1 cm, and told so",
        f"{found.settled} legs settled by locating, {len(found.wrong)} answers wrong",
    ):
        print(line)  # noqa: T201
    for what, times in Counter(text.split(":")[0] for text in found.wrong).most_common(20):
        print(f"{times} times {what}, first", next(text for text in found.wrong if text.startswith(what)))  # noqa: T201
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
