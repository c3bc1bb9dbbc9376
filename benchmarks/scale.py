"""How cost grows: with threads, with routes, with the points of the world. ``python -m benchmarks.scale [FOLDER]``.

With a folder, the world at full resolution is compared, too; it is built there if it is not there yet (the inputs of
`make data` are needed, 4 GB of memory and some minutes).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import overflight as of
from benchmarks.common import Floats, draw_routes
from benchmarks.memory import peak_mb
from overflight.airspace import DATA, _load

ROUTES = 10_000
STREAM = 1_000_000
SLICE = 50_000
ROUNDS = 7


def main(arguments: list[str]) -> None:
    """Print one line for each."""
    shipped = of.load_airspaces()
    print(f"installed index: {sum(p.stat().st_size for p in DATA.rglob('*') if p.is_file()) / 1e6:.1f} MB")
    legs = draw_routes("world", ROUTES)
    many = np.tile(legs, (5, 1))
    one, two = rounds(many, [(shipped, 1), (shipped, 2)], time.perf_counter)
    print(f"threads: two do {one / two:.2f} times as much in a second as one (wall, least of {ROUNDS} rounds in turn)")
    if arguments:
        compare_worlds(shipped, full_resolution(Path(arguments[0])))
    stream(shipped)


def rounds(legs: Floats, ways: list[tuple[of.Airspaces, int]], clock: Callable[[], float]) -> list[float]:
    """Return the seconds that each way takes, the least of rounds run in turn."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS + 1):
        for (world, threads), times in zip(ways, took, strict=True):
            began = clock()
            of.crossings_many(legs, world=world, threads=threads)
            times.append(clock() - began)
    return [min(times[1:]) for times in took]


def full_resolution(folder: Path) -> of.Airspaces:
    """Load the world without simplification, built first if need be."""
    if not (folder / "manifest.json").exists():
        from geodata import build, tables

        build.TOLERANCE_M = 0.0
        build.OUT = tables.OUT = folder  # type: ignore[attr-defined]
        build.main()
    return _load(folder)


def compare_worlds(shipped: of.Airspaces, full: of.Airspaces) -> None:
    """Time both worlds on the same routes."""
    points = [len(world.index.vertices) // 2 for world in (shipped, full)]
    for kind in ("world", "europe"):
        legs = draw_routes(kind, ROUTES)
        thin, dense = rounds(legs, [(shipped, 1), (full, 1)], time.process_time)
        more, longer = points[1] / points[0], dense / thin
        print(
            f"full resolution, {kind}: {more:.2f} times the points ({points[1]:,}) take {longer:.2f} times the CPU time"
        )


def stream(world: of.Airspaces) -> None:
    """Walk a million routes slice by slice, and watch the memory."""
    rng = np.random.default_rng(5)
    legs = draw_routes("world", 20_000)
    rows = 0
    began = time.process_time()
    marks = []
    for done in range(SLICE, STREAM + 1, SLICE):
        rows += len(of.crossings_many(legs[rng.integers(0, len(legs), SLICE)], world=world))
        if done in {STREAM // 5, STREAM}:
            marks.append(f"{peak_mb()} MB after {done:,}")
    took = time.process_time() - began
    print(f"stream: {', '.join(marks)} routes ({rows:,} crossings, {took:.0f} s CPU, slices of {SLICE:,})")


if __name__ == "__main__":
    main(sys.argv[1:])
