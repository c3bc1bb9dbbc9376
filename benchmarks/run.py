"""Measure the engine beside what one would use instead: `make bench`, or ``python -m benchmarks.run``.

Each peer lives in a process of its own; in each round each runs once, in turn, on the first `SIZE` of the same 10,000
routes, so that whatever else the machine does falls on all alike. A peer whose packages are not installed is left out,
and said so. What they find on the first `CHECKED` routes is held against `truth.py`. Writes `RESULTS.md` and a plot.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import overflight as of
from benchmarks import plot
from benchmarks.cold import cold_start
from benchmarks.common import GEOD, Floats, Stretches, draw_routes, merged, read_states, write_states
from benchmarks.memory import peak_mb
from benchmarks.truth import Truth

HERE = Path(__file__).parent
OUT = HERE / "out"
PEERS = (
    "overflight_many",
    "geopandas_overlay",
    "shapely_strtree",
    "spherely_s2",
    "duckdb_spatial",
    "postgis_geography",
)
KINDS = {"world": "airports of the world", "europe": "airports in Europe, 100 to 1,500 km apart"}
ROUTES = 10_000
CHECKED = 300


@dataclass
class Result:
    """What one peer did with one kind of routes."""

    name: str
    how: str
    cpu_ms: float
    routes_s: float
    peak_mb: int
    checked: int
    wrong: int
    otherwise: int
    errors_m: Floats = field(repr=False)


def main() -> None:
    """Run all peers on all kinds of routes, and write down what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked.worker, asked.kind)
        return
    write_states()
    truth = Truth(*read_states())
    results: dict[str, list[Result]] = {}
    missing: dict[str, str] = {}
    for kind in KINDS:
        results[kind], missing = compete(kind, asked.peers.split(","), asked.rounds, truth)
    cold = cold_start()
    text = report(results, missing, cold)
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    plot.draw({KINDS[kind]: [(r.name, r.cpu_ms, r.wrong, r.checked) for r in found] for kind, found in results.items()})
    print(text)


# A peer in its own process --------------------------------------------------------------------------------------------


def cpu_s() -> float:
    """Return the CPU time of this process and all that it waited for, and of servers that it started."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def work(name: str, kind: str) -> None:
    """Prepare, say so, and run once for each line read."""
    peer = importlib.import_module(f"benchmarks.peers.{name}")
    server_s = getattr(peer, "server_s", lambda _: 0.0)
    legs = draw_routes(kind, ROUTES)[: peer.SIZE]
    state = peer.prepare()
    peer.run(state, legs[:5])
    say({"name": peer.NAME, "how": peer.HOW})
    for _ in sys.stdin:
        cpu, wall = cpu_s() + server_s(state), time.perf_counter()
        found = peer.run(state, legs)
        cpu, wall = cpu_s() + server_s(state) - cpu, time.perf_counter() - wall
        np.savez(OUT / f"{kind}-{name}.npz", **found._asdict())
        each = len(legs) / 1000
        say({"cpu_ms": cpu / each, "wall_ms": wall / each, "peak_mb": peak_mb(), "n": len(legs)})


def say(what: dict[str, Any]) -> None:
    """Tell the parent."""
    print(json.dumps(what), flush=True)


# All of them, in turn -------------------------------------------------------------------------------------------------


def compete(kind: str, peers: list[str], rounds: int, truth: Truth) -> tuple[list[Result], dict[str, str]]:
    """Let all peers run, round by round; return results, and why some are missing."""
    running: dict[str, subprocess.Popen[str]] = {}
    heads: dict[str, dict[str, Any]] = {}
    missing: dict[str, str] = {}
    for name in peers:
        command = [sys.executable, "-m", "benchmarks.run", "--worker", name, "--kind", kind]
        with (OUT / f"{kind}-{name}.err").open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own command line
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=HERE.parent
            )
        head = answer(process)
        if head is None:
            said = (OUT / f"{kind}-{name}.err").read_text(encoding="utf-8").strip().splitlines()
            missing[name] = said[-1] if said else "it ended without a word"
            note(f"{name} left out: {missing[name]}")
            continue
        running[name], heads[name] = process, head
    times: dict[str, list[dict[str, Any]]] = {name: [] for name in running}
    for round_ in range(rounds):
        for name, process in running.items():
            note(f"{kind}, round {round_ + 1}: {name}")
            assert process.stdin is not None  # noqa: S101
            process.stdin.write("go\n")
            process.stdin.flush()
            if (took := answer(process)) is not None:
                times[name].append(took)
    for process in running.values():
        process.communicate()
    legs = draw_routes(kind, ROUTES)[:CHECKED]
    right = merged(truth(legs), legs)
    done = [(name, heads[name], times[name]) for name in running if times[name]]
    return [result(kind, peer, legs, right) for peer in done], missing


def answer(process: subprocess.Popen[str]) -> dict[str, Any] | None:
    """Read a process's next word, None if it has ended."""
    assert process.stdout is not None  # noqa: S101
    for line in process.stdout:
        if line.startswith("{"):
            word: dict[str, Any] = json.loads(line)
            return word
    return None


def note(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


def result(
    kind: str, peer: tuple[str, dict[str, Any], list[dict[str, Any]]], legs: Floats, right: tuple[Stretches, Floats]
) -> Result:
    """Sum up the rounds of a peer, and hold its last answer against the truth."""
    name, head, times = peer
    with np.load(OUT / f"{kind}-{name}.npz", allow_pickle=True) as kept:
        found = Stretches(*(kept[column] for column in Stretches._fields))
    n = min(times[0]["n"], len(legs))
    found = Stretches(*(column[found.route < n] for column in found))
    wrong, otherwise, errors = compare(merged(found, legs)[0], right[0], n)
    return Result(
        name=head["name"],
        how=head["how"],
        cpu_ms=statistics.median(t["cpu_ms"] for t in times),
        routes_s=1000 / statistics.median(t["wall_ms"] for t in times),
        peak_mb=max(t["peak_mb"] for t in times),
        checked=n,
        wrong=wrong,
        otherwise=otherwise,
        errors_m=errors,
    )


def compare(found: Stretches, right: Stretches, n: int) -> tuple[int, int, Floats]:
    """Count routes with a wrong set of states, and states visited another number of times; measure all ends else."""
    crossings: list[dict[tuple[int, str], list[int]]] = []
    for answer_ in (found, right):
        by_state: dict[tuple[int, str], list[int]] = {}
        for row, key in enumerate(zip(answer_.route.tolist(), answer_.state.tolist(), strict=True)):
            if key[0] < n:
                by_state.setdefault(key, []).append(row)
        crossings.append(by_state)
    ours, theirs = crossings
    wrong = len({route for route, _ in ours.keys() ^ theirs.keys()})
    both = ours.keys() & theirs.keys()
    same = [key for key in both if len(ours[key]) == len(theirs[key])]
    a = np.array([row for key in same for row in ours[key]], np.int64)
    b = np.array([row for key in same for row in theirs[key]], np.int64)
    ends = [
        GEOD.inv(found.lon_in[a], found.lat_in[a], right.lon_in[b], right.lat_in[b])[2],
        GEOD.inv(found.lon_out[a], found.lat_out[a], right.lon_out[b], right.lat_out[b])[2],
    ]
    return wrong, len(both) - len(same), np.concatenate(ends)


# The report -----------------------------------------------------------------------------------------------------------


def report(results: dict[str, list[Result]], missing: dict[str, str], cold: tuple[float, float, int]) -> str:
    """Write the tables."""
    world = of.load_airspaces()
    when, points = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", f"{len(world.index.vertices) // 2:,}"
    lines = [
        "# Measured side by side",
        "",
        f"`make bench` on {when}: {machine()}, Python {platform.python_version()}, airspace data {world.version}",
        f"({points} points). CPU time is what counts; each peer runs in its own process on one thread, rounds in turn.",
        "`wrong`: routes with a wrong set of states; `otherwise`: states met another number of times; errors: how far",
        "entries and exits of all others are from the truth, which `truth.py` finds with nothing of the engine.",
        "",
    ]
    for kind, found in results.items():
        lines += [
            f"## {KINDS[kind]}",
            "",
            "| | routes/s | CPU ms a route | ratio | peak MB | wrong | otherwise | error: median, 95 %, most | how |",
            "|---|--:|--:|--:|--:|--:|--:|--:|---|",
        ]
        for r in found:
            errors = ", ".join(metres(e) for e in np.quantile(r.errors_m, [0.5, 0.95, 1.0])) if len(r.errors_m) else ""
            speed = f"{r.routes_s:,.0f} | {r.cpu_ms:.4g} | {r.cpu_ms / found[0].cpu_ms:,.0f} | {r.peak_mb}"
            lines.append(f"| {r.name} | {speed} | {r.wrong} of {r.checked} | {r.otherwise} | {errors} | {r.how} |")
        lines.append("")
    for name, why in missing.items():
        lines += [f"Left out: `{name}` ({why}).", ""]
    mine_s, peer_s, runs = cold
    lines += [
        "## Cold start",
        "",
        f"`overflight check VKO BUD` takes {mine_s / peer_s:.2f} times as long as",
        f"`python -c 'import shapely, pyproj'`: {1000 * mine_s:.0f} and {1000 * peer_s:.0f} ms,",
        f"medians of {runs} runs in turn.",
        "",
    ]
    return "\n".join(lines)


def metres(value: float) -> str:
    """Write a distance in a unit that fits."""
    for unit, size in (("km", 1e3), ("m", 1.0), ("mm", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.2g} µm"


def machine() -> str:
    """Name the processor, and how many there are."""
    model = platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        model = next(
            (line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), model
        )
    return f"{os.cpu_count()} cores {model}"


if __name__ == "__main__":
    main()
