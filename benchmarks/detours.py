"""How near to the shortest detours are, how lawful, how fast: random pairs of airports, random forbidden states.

``python -m benchmarks.detours [--count N] [--seed S] [--margin KM]``. What must not be is printed as it is met: errors,
searches that failed, unlawful routes, gaps over 0.1 %, routes longer than one with fewer consents.
"""

from __future__ import annotations

import argparse
import itertools
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

import airportsdata
import numpy as np

import overflight as of
from overflight.detours import Candidate

LEAST_KM, MOST_KM = 200.0, 18_000.0


@dataclass
class Tally:
    """What came of the studies."""

    studies: int = 0
    routes: int = 0
    gaps: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    waypoints: list[int] = field(default_factory=list)
    incomplete: int = 0
    no_way: int = 0
    marginal: int = 0
    trouble: list[str] = field(default_factory=list)


def draw(count: int, seed: int) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Draw pairs of airports and states to avoid: one in twenty to one in two, and most of those on the way."""
    rng = np.random.default_rng(seed)
    airports = airportsdata.load("IATA")
    names = np.array(sorted(airports))
    world = of.load_airspaces()
    codes = sorted(str(state.code) for state in world.states)
    while count:
        a, b = rng.integers(0, len(names), 2).tolist()
        try:
            direct = of.great_circle(names[a].item(), names[b].item())
        except of.OverflightError:
            continue
        if not LEAST_KM < direct.length_km < MOST_KM:
            continue
        share = rng.choice([0.05, 0.15, 0.3, 0.5])
        shut = frozenset(c for c in codes if rng.random() < share)
        on_the_way = sorted({str(s.state) for s in of.crossings(direct, world)} & set(codes))
        shut |= {c for c in on_the_way if rng.random() < 0.7}
        count -= 1
        yield names[a].item(), names[b].item(), shut


def study(start: str, end: str, shut: frozenset[str], margin_km: float, tally: Tally) -> None:
    """Look for detours, and look at them."""
    world = of.load_airspaces()
    label = f"{start}-{end} shut={','.join(sorted(shut))} margin={margin_km:g}"
    began = time.process_time()
    try:
        found = of.candidates(of.great_circle(start, end), world, avoid=shut, margin_km=margin_km)
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        tally.trouble.append(f"{label}\n{traceback.format_exc()}")
        return
    tally.cpu_s.append(time.process_time() - began)
    tally.studies += 1
    detours = [c for c in found if c.route.kind == "detour"]
    tally.incomplete += not found.complete
    tally.no_way += not detours and not found[0].verdict.passed
    if found.minimal_consents and any(m.status == "failed" for m in found.minimal_consents):
        failed = [[s.code for s in m.consents] for m in found.minimal_consents if m.status == "failed"]
        tally.trouble.append(f"{label}\n   failed: {failed}")
    for one in detours:
        look(one, shut, margin_km, label, tally)
    if detours:
        tally.worst.append(max(c.gap_pct or 0.0 for c in detours))
    for one, other in itertools.permutations(found, 2):
        fewer = {s.code for s in one.consents} <= {s.code for s in other.consents}
        if fewer and one.verdict.passed and one.route.length_km < other.route.length_km * (1 - 1e-3):
            a, b = ([s.code for s in c.consents] for c in (one, other))
            tally.trouble.append(
                f"{label}\n   {a} {one.route.length_km:.2f} km is shorter than {b} {other.route.length_km:.2f} km"
            )


def look(one: Candidate, shut: frozenset[str], margin_km: float, label: str, tally: Tally) -> None:
    """Look at one route: the gap, and whether the engine finds it lawful."""
    tally.routes += 1
    tally.waypoints.append(len(one.route.waypoints))
    codes = [s.code for s in one.consents]
    verdict = of.check(one.route, of.load_airspaces(), rules=[of.Avoid(shut, margin_km=margin_km, allow=codes)])
    if verdict.status == "crosses" or (verdict.status == "marginal" and margin_km == 0.0 and one.narrowest is None):
        tally.trouble.append(f"{label}\n   {codes}: {verdict.explain()}")
    if one.narrowest is not None:
        tally.marginal += 1
        return
    if one.gap_pct is None or one.gap_pct > 0.1:
        tally.trouble.append(f"{label}\n   {codes} {one.route.length_km:.1f} km: gap {one.gap_pct}")
    tally.gaps.append(one.gap_pct or 0.0)


def main() -> None:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--margin", type=float, default=0.0)
    chosen = parser.parse_args()
    tally = Tally()
    for start, end, shut in draw(chosen.count, chosen.seed):
        before = len(tally.trouble)
        study(start, end, shut, chosen.margin, tally)
        for line in tally.trouble[before:]:
            print(line, flush=True)
    gaps, worst, cpu_s = (np.array(x or [0.0]) for x in (tally.gaps, tally.worst, tally.cpu_s))
    print(f"| seed {chosen.seed}, margin {chosen.margin:g} km; random states | |")
    print("|---|--:|")
    print(f"| studies; routes that avoid | {tally.studies}; {tally.routes} |")
    print(f"| gap of a route, %: median, 95 %, most | {_three(gaps)} |")
    print(f"| studies with all gaps within 0.1 % | {np.mean(worst <= 0.1):.0%} of {len(tally.worst)} |")
    print(f"| CPU s a study: median, 95 %, most | {_three(cpu_s)} |")
    print(f"| waypoints: median, most | {np.median(tally.waypoints or [0]):.0f}, {max(tally.waypoints or [0])} |")
    print(f"| studies that are not complete; without any route | {tally.incomplete}; {tally.no_way} |")
    print(f"| routes through passages narrower than the margin | {tally.marginal} |")
    print(f"| trouble | {len(tally.trouble)} |")


def _three(values: np.typing.NDArray[np.float64]) -> str:
    return ", ".join(f"{v:.3f}" for v in (np.median(values), np.quantile(values, 0.95), values.max()))


if __name__ == "__main__":
    main()
