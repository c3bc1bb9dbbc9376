"""How long one check takes from nothing, beside two imports that others begin with: ``python -m benchmarks.cold``."""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import overflight

__all__ = ["cold_start"]

RUNS = 31


def cold_start(runs: int = RUNS) -> tuple[float, float, int]:
    """Return the median seconds of a check and of the two imports, run in turn, and the number of runs."""
    compileall.compile_dir(Path(overflight.__file__).parent, quiet=2)  # as installing does
    script = Path(sys.executable).with_name("overflight")
    start = (
        [str(script)] if script.exists() and not os.environ.get("PYTHONPATH") else [sys.executable, "-m", "overflight"]
    )
    commands = ([*start, "check", "VKO", "BUD"], [sys.executable, "-c", "import shapely, pyproj"])
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for command, times in zip(commands, seconds, strict=True):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
            times.append(time.perf_counter() - began)
    mine, peer = (statistics.median(times[1:]) for times in seconds)
    return mine, peer, runs


if __name__ == "__main__":
    ours, others, count = cold_start()
    print(
        f"check {1000 * ours:.1f} ms, imports {1000 * others:.1f} ms: {ours / others:.3f} (medians of {count} in turn)"
    )
