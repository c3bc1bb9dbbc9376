"""What the tests of `overflight batch` share: inputs, runs in processes of their own, and ways to look at answers."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from overflight.batch import Columns, Progress, Settings, run
from overflight.routes.places import airports

__all__ = [
    "DAY",
    "codes",
    "digests",
    "interrupted",
    "pairs",
    "parts_done",
    "read",
    "records",
    "settings",
    "start",
    "write_pairs",
]

DAY = dt.date(2025, 10, 23)


@functools.cache
def codes() -> tuple[str, ...]:
    """Every IATA code that one airport has."""
    every = [row["iata"] for row in airports() if row["iata"]]
    return tuple(code for code in every if every.count(code) == 1)[:3000]


def pairs(count: int, seed: int = 1) -> Any:
    """Draw pairs of airports."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, len(codes()), count)
    end = (start + rng.integers(1, len(codes()), count)) % len(codes())
    names = np.array(codes())
    return pa.table({"id": np.arange(count), "from": names[start], "to": names[end]})


def write_pairs(path: Path, count: int, *, group: int, seed: int = 1) -> Path:
    """Write pairs of airports, so many to a row group."""
    pq.write_table(pairs(count, seed), path, row_group_size=group)
    return path


def settings(**more: Any) -> Settings:
    """Make settings for pairs, as `pairs` draws them, and the ICC on a day."""
    columns = Columns("pairs", route="id", start="from", end="to", texts=False)
    return Settings(**{"columns": columns, "on": DAY, "avoid": ("icc",), **more})


def start(*arguments: str | Path, before: str = "") -> subprocess.Popen[str]:
    """Start `overflight batch` in a process of its own; `before` is Python to be run first.

    What it runs is not counted as covered: a process that is killed, or has no disk, can't tell.
    """
    # Where the tests run in the background of a shell, an interrupt is ignored unless asked for.
    before = f"import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n{before}"
    script = f"import sys\nsys.argv.insert(1, 'batch')\n{before}\nfrom overflight.__main__ import main\nmain()"
    return subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
    )


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read a table of an answer, in the order of its parts."""
    path = folder / name
    files: Sequence[Path] = sorted(path.glob("*.parquet")) if path.is_dir() else [folder / f"{name}.parquet"]
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def parts_done(work: Path) -> int:
    """Count the parts of an unfinished run that have a record."""
    return len(list(records(work)))


def records(work: Path) -> list[Path]:
    """Find the records of the parts of an unfinished run."""
    return sorted((work / "_run").glob("*-*.json"))


def interrupted(given: Path, out: Path, parts: int = 3) -> None:
    """Do some parts of a run."""

    class Enough(BaseException):
        pass

    def tell(_: Progress) -> None:
        if parts_done(out.with_name(out.name + ".partial")) >= parts:
            raise Enough

    with pytest.raises(Enough):
        run([str(given)], out, settings(), tell=tell)
