"""Measure `overflight batch` beside the bare engine: ``python -m benchmarks.batch [ROWS] [--dask]``.

A million pairs of airports, Parquet to Parquet, in a process of its own; before and after it the engine alone walks a
tenth of the same pairs from arrays, so that whatever else the machine does falls on both. With `--dask`, the same on
Dask clusters of one and of two worker processes, in turn, by wall time. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import overflight as of
from benchmarks.common import Floats
from overflight.batch import Columns, Settings, run
from overflight.routes.places import airports

RULE = ("--avoid", "icc", "--on", "2025-10-23")
SLICE = 50_000
ROUNDS = 3


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--dask", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        legs = write_pairs(folder / "in.parquet", asked.rows)
        if asked.dask:
            on_dask(folder, asked.rows)
        else:
            on_threads(folder, asked.rows, legs)


def write_pairs(path: Path, count: int) -> Floats:
    """Write pairs of airports of the world; return a tenth of them as legs."""
    every = [(row["iata"], float(row["lon"]), float(row["lat"])) for row in airports() if row["iata"]]
    lonlat = np.array([place[1:] for place in every])
    codes = np.array([place[0] for place in every])
    rng = np.random.default_rng(1)
    start = rng.integers(0, len(codes), count)
    end = (start + rng.integers(1, len(codes), count)) % len(codes)
    pq.write_table(pa.table({"id": np.arange(count), "from": codes[start], "to": codes[end]}), path)
    some = slice(0, max(1, count // 10))
    return np.hstack([lonlat[start[some]], lonlat[end[some]]])


def engine_s(legs: Floats) -> float:
    """Return the CPU seconds that the engine alone takes."""
    of.crossings_many(legs[:3000])
    began = time.process_time()
    for first in range(0, len(legs), SLICE):
        of.crossings_many(legs[first : first + SLICE])
    return time.process_time() - began


def batch_s(folder: Path, out: str, *more: str) -> tuple[float, float, float]:
    """Run the command; return CPU and wall seconds, and its peak memory in MB."""
    command = [sys.executable, "-m", "overflight", "batch", str(folder / "in.parquet"), "-o", str(folder / out), *RULE]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([*command, *more], stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - our own command line
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:  # 1: codes that two airports have are refused
        msg = f"overflight batch ended with {done.returncode}"
        raise RuntimeError(msg)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, after.ru_maxrss / 1024


def on_threads(folder: Path, rows: int, legs: Floats) -> None:
    """Compare the command with the engine."""
    first = engine_s(legs)
    cpu, wall, peak = batch_s(folder, "out")
    engine = (first + engine_s(legs)) / 2 * rows / len(legs)
    size = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, airspace data {of.load_airspaces().version}\n")
    print("| rows | rows/s | CPU s | engine alone, CPU s | ratio | outside the engine | peak MB | MB out |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    print(
        f"| {rows:,} | {rows / wall:,.0f} | {cpu:.1f} | {engine:.1f} | {cpu / engine:.2f} "
        f"| {100 * (1 - engine / cpu):.0f} % | {peak:,.0f} | {size / 1e6:,.0f} |"
    )


def on_dask(folder: Path, rows: int) -> None:
    """Compare one worker process with two, in turn; the least of some rounds counts.

    On a machine that does other things, too, the CPU time of the busiest worker tells how well the work is divided.
    """
    from distributed import Client, LocalCluster

    settings = Settings(
        Columns("pairs", route="id", start="from", end="to", texts=False), dt.date(2025, 10, 23), avoid=("icc",)
    )
    took: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    clusters = {
        n: LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=None)  # type: ignore[no-untyped-call]
        for n in took
    }
    for round_ in range(ROUNDS + 1):
        for workers, cluster in clusters.items():
            out = folder / f"out{workers}-{round_}"
            with Client(cluster) as client:  # type: ignore[no-untyped-call]
                before, began = client.run(time.process_time), time.perf_counter()
                run([str(folder / "in.parquet")], out, settings, scheduler=str(cluster.scheduler_address))
                wall, after = time.perf_counter() - began, client.run(time.process_time)
            took[workers].append((wall, max(after[one] - before[one] for one in after)))
            shutil.rmtree(out)
    print("| Dask worker processes of one thread | wall s | rows/s | CPU s of the busiest worker |")
    print("|--:|--:|--:|--:|")
    for workers, times in took.items():
        wall, cpu = (min(column) for column in zip(*times[1:], strict=True))
        print(f"| {workers} | {wall:.1f} | {rows / wall:,.0f} | {cpu:.1f} |")
    for cluster in clusters.values():
        cluster.close()


if __name__ == "__main__":
    main()
