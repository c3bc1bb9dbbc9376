"""Measure how long the data take to load, each time in a fresh process: `python benchmarks/load.py`.

Two loads: what a check needs (the index mapped, pieces and the bloc `icc` read, and the pages that a first route
touches), and the whole world as polygons at full resolution. The imports of what either needs come before the clock
starts. Warm: the files are in the system's page cache; cold: their pages were dropped just before (Linux only).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys

RUNS = 9

CHECK = """
import overflight as of
import overflight.airspace as data
route, crossings = of.route((37.26, 55.59), (19.26, 47.44)), of.crossings
def load():
    crossings(route, data.load_airspaces())
    data.bloc("icc")
"""
WORLD = """
import numpy, shapely
import overflight.airspace as data
from overflight.partition.polygons import piece_polygons
def load():
    assert len(piece_polygons(data.load_airspaces().index)) > 250
"""
CLOCK = """
import json, os, time
def drop():
    for path in data.DATA.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
if COLD:
    drop()
wall, cpu = time.perf_counter(), time.process_time()
load()
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))
"""


def main() -> None:
    """Print one table in Markdown."""
    cases = [
        (name, cold, f"COLD = {cold}\n{script}{CLOCK}")
        for name, script in (("a check", CHECK), ("the whole world", WORLD))
        for cold in (False, True)
        if not cold or hasattr(os, "posix_fadvise")  # macOS and Windows have none
    ]
    seconds: list[list[list[float]]] = [[] for _ in cases]
    for _ in range(RUNS):
        for (_, _, script), found in zip(cases, seconds, strict=True):
            done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603 - our own script
            found.append(json.loads(done.stdout))
    print(f"| load of | files | wall ms, median of {RUNS} | CPU ms, median of {RUNS} |")
    print("|---|---|---|---|")
    for (name, cold, _), found in zip(cases, seconds, strict=True):
        wall, cpu = (1000 * statistics.median(column) for column in zip(*found, strict=True))
        print(f"| {name} | {'cold' if cold else 'warm'} | {wall:.0f} | {cpu:.0f} |")


if __name__ == "__main__":
    main()
