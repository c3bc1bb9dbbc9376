"""Measure crossings and cold start beside what a user would otherwise do: `make bench`.

Both sides do the same work in the same run on the same airspace; the ratio is what counts, for it hardly depends on
the machine. CPU time, one process. The peer is what one writes with GeoPandas: densify the geodesic to 10 km, overlay
it with the countries' polygons, cut at 180 degrees by hand.
"""

from __future__ import annotations

import itertools
import random
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import airportsdata
import geopandas as gpd
import pyproj
import shapely

import overflight as of
from overflight.geometry import piece_polygons

ROUTES = 200
PEER_STEP_KM = 10.0
COLD_RUNS = 9
GEOD = pyproj.Geod(ellps="WGS84")


def main() -> None:
    """Print one table in Markdown."""
    world = of.load_airspaces()
    polygons = piece_polygons(world)
    states = [world.pieces[k].state for k in polygons]
    countries = gpd.GeoDataFrame({"state": states}, geometry=list(polygons.values()), crs="EPSG:4326")
    print("| routes | overflight, CPU ms a route | GeoPandas overlay, CPU ms a route | ratio | other set of states |")
    print("|---|---|---|---|---|")
    for name, reach_km in (("world", 20_000.0), ("100-1,500 km", 1_500.0)):
        routes = random_routes(ROUTES, reach_km)
        of.crossings(routes[0], world)
        began = time.process_time()
        ours = [{c.state for c in of.crossings(route, world)} for route in routes]
        mine_ms = (time.process_time() - began) / len(routes) * 1000
        began = time.process_time()
        theirs = [overlay(route, countries) for route in routes]
        peer_ms = (time.process_time() - began) / len(routes) * 1000
        other = sum(a != b for a, b in zip(ours, theirs, strict=True))
        print(f"| {name} | {mine_ms:.2f} | {peer_ms:.1f} | {peer_ms / mine_ms:.0f}x | {other} of {len(routes)} |")
    print()
    check = [str(Path(sys.executable).with_name("overflight")), "check", "VKO", "BUD"]
    imports = [sys.executable, "-c", "import shapely, pyproj"]
    mine_s, peer_s = cold(check, imports)
    print(f"cold `overflight check VKO BUD`: {mine_s / peer_s:.2f} times `python -c 'import shapely, pyproj'`")


def random_routes(count: int, reach_km: float) -> list[of.Route]:
    """Draw great circles between airports of the world, 100 km to a reach apart."""
    rng = random.Random(1)  # noqa: S311 - a sample, not a secret
    airports = [(a["lon"], a["lat"]) for a in airportsdata.load("IATA").values()]
    routes: list[of.Route] = []
    while len(routes) < count:
        start, end = rng.sample(airports, 2)
        metres = GEOD.inv(*start, *end)[2]
        if 100 <= metres / 1000 <= min(reach_km, 19_000):
            routes.append(of.route(start, end))
    return routes


def overlay(route: of.Route, countries: gpd.GeoDataFrame) -> set[of.State]:
    """Tell the states under a route as a GeoPandas user would."""
    a, b = route.waypoints
    steps = int(route.length_km // PEER_STEP_KM)
    points = [(a.lon, a.lat), *GEOD.npts(a.lon, a.lat, b.lon, b.lat, steps), (b.lon, b.lat)]
    lines, part = [], [points[0]]
    for here, there in itertools.pairwise(points):
        if abs(there[0] - here[0]) > 180:
            lines.append(part)
            part = []
        part.append(there)
    lines.append(part)
    line = shapely.MultiLineString([p for p in lines if len(p) > 1])
    frame = gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return set(gpd.overlay(frame, countries, how="intersection", keep_geom_type=True)["state"])


def cold(*commands: list[str]) -> list[float]:
    """Return the median wall time of each command, run in turn."""
    seconds: list[list[float]] = [[] for _ in commands]
    for _ in range(COLD_RUNS):
        for command, times in zip(commands, seconds, strict=True):
            began = time.perf_counter()
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command lines
            times.append(time.perf_counter() - began)
    return [statistics.median(times) for times in seconds]


if __name__ == "__main__":
    main()
