"""One detour: cost against the number of obstacle corners, beside a plain visibility graph.

``python -m benchmarks.vertices`` prints CPU seconds, the least of rounds run in turn; ours after the first round, which
reads meshes and compiled code.
"""

from __future__ import annotations

import time

import numpy as np

import overflight as of
from benchmarks.common import state_polygons
from benchmarks.peers import visibility_graph

PAIRS = (("FRA", "VIE", "CZE"), ("ARN", "RIX", "EST LVA FIN"), ("CDG", "FCO", "CHE ITA"), ("OSL", "ATH", "SRB HUN POL"))
TOLERANCES_DEG = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002)
REACH_DEG = 8.0
ROUNDS = 3
MOST_S = 5.0
"""What took longer is not tried finer."""


def main() -> None:
    """Print a table."""
    world = of.load_airspaces()
    codes, shapes = state_polygons(world)
    print(
        "| pair, avoiding | tolerance | corners | graph, CPU s | graph, km | lawful | ours, CPU s | ours, km | gap, % |"
    )
    print("|---|--:|--:|--:|--:|---|--:|--:|--:|")
    for start, end, shut in PAIRS:
        states = shut.split()
        direct = of.great_circle(start, end)
        ends = [(w.lon, w.lat) for w in direct.waypoints]
        held = {str(of.locate(world, *p).state) for p in ends}
        obstacles = [shape for code, shape in zip(codes.tolist(), shapes, strict=True) if code in set(states) - held]
        took_s = 0.0
        for tolerance in TOLERANCES_DEG:
            if took_s > MOST_S:
                break
            ours_s, graph_s = [], []
            for _ in range(ROUNDS if took_s < 5.0 else 1):
                began = time.process_time()
                found = of.candidates(direct, world, avoid=set(states) - held, max_size=0, limit=2)
                ours_s.append(time.process_time() - began)
                began = time.process_time()
                answer = visibility_graph.shortest(obstacles, ends[0], ends[1], tolerance, REACH_DEG)
                graph_s.append(time.process_time() - began)
            took_s = min(graph_s)
            lawful = "-"
            if np.isfinite(answer.km):
                drawn = of.route(*[of.Waypoint(*p) for p in answer.points])
                lawful = of.check(drawn, world, rules=[of.Avoid(set(states) - held)]).status
            best = found[-1]
            row = [
                f"{start}-{end}, {shut}",
                f"{tolerance:g}°",
                f"{answer.corners:,}",
                f"{took_s:.2f}",
                f"{answer.km:,.1f}",
            ]
            row += [lawful, f"{min(ours_s):.2f}", f"{best.route.length_km:,.1f}", f"{best.gap_pct or 0.0:.3f}"]
            print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
