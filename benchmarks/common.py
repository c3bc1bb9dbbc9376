"""What all peers share: the routes, the states' polygons, and the form of an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

import overflight as of
from overflight.partition.polygons import piece_polygons

__all__ = [
    "GEOD",
    "Stretches",
    "densified",
    "draw_routes",
    "lines_of",
    "merged",
    "read_states",
    "state_polygons",
    "stretches_of",
    "write_states",
]

GEOD = pyproj.Geod(ellps="WGS84")
STEP_M = 10_000.0
STATES = Path(__file__).parent / "out" / "states.npz"

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Stretches(NamedTuple):
    """Stretches of routes in states: which route, which state, where in and out, in degrees."""

    route: Integers
    state: npt.NDArray[np.str_]
    lon_in: Floats
    lat_in: Floats
    lon_out: Floats
    lat_out: Floats


def draw_routes(kind: str, count: int, seed: int = 1) -> Floats:
    """Draw pairs of airports: anywhere (``world``), or 100 to 1,500 km apart in Europe (``europe``)."""
    import airportsdata  # of the benchmarks alone; tests use what else is here

    lonlat = np.array([(a["lon"], a["lat"]) for a in airportsdata.load("IATA").values()])
    if kind == "europe":
        lon, lat = lonlat.T
        lonlat = lonlat[(lon > -11) & (lon < 40) & (lat > 35) & (lat < 71)]
    rng = np.random.default_rng(seed)
    pick = rng.integers(0, len(lonlat), (2, 8 * count))
    legs = np.hstack([lonlat[pick[0]], lonlat[pick[1]]])
    length_m = GEOD.inv(*legs.T)[2]
    legs = legs[(length_m > 1e5) & (length_m < (1.5e6 if kind == "europe" else 1.99e7))]
    return np.ascontiguousarray(legs[:count])


def state_polygons(world: of.Airspaces) -> tuple[npt.NDArray[np.str_], npt.NDArray[Any]]:
    """Assemble codes and polygons of the states."""
    parts: dict[str, list[shapely.Geometry]] = {}
    for number, polygon in piece_polygons(world.index).items():
        parts.setdefault(str(world.pieces[number].state or "XXX"), []).append(polygon)
    return np.array(list(parts)), np.array([shapely.union_all(shapes) for shapes in parts.values()], object)


def write_states() -> None:
    """Put the states' polygons where every peer finds them."""
    codes, shapes = state_polygons(of.load_airspaces())
    wkb = shapely.to_wkb(shapes).tolist()
    STATES.parent.mkdir(exist_ok=True)
    np.savez(STATES, codes=codes, ends=np.cumsum([len(b) for b in wkb]), wkb=np.frombuffer(b"".join(wkb), np.uint8))


def read_states() -> tuple[npt.NDArray[np.str_], npt.NDArray[Any]]:
    """Return codes and polygons of the states."""
    with np.load(STATES) as kept:
        blob, ends = kept["wkb"].tobytes(), kept["ends"]
        starts = np.concatenate([[0], ends[:-1]])
        return kept["codes"], shapely.from_wkb([blob[a:b] for a, b in zip(starts, ends, strict=True)])


def densified(legs: Floats, step_m: float = STEP_M) -> tuple[Floats, Floats, Integers]:
    """Set points on geodesics: longitudes, latitudes, and to which route each belongs."""
    azimuth, _, length_m = GEOD.inv(*legs.T)
    count = np.maximum(1, np.ceil(length_m / step_m)).astype(np.int64)
    route = np.repeat(np.arange(len(legs)), count + 1)
    first = np.cumsum(count + 1) - count - 1
    along = length_m[route] * (np.arange(len(route)) - first[route]) / count[route]
    lon, lat, _ = GEOD.fwd(legs[route, 0], legs[route, 1], azimuth[route], along)
    last = first + count
    lon[first], lat[first], lon[last], lat[last] = legs.T
    return lon, lat, route


def lines_of(legs: Floats) -> tuple[npt.NDArray[Any], Integers]:
    """Return the routes as lines of `STEP_M`, cut at 180 degrees, and to which route each belongs."""
    lon, lat, route = densified(legs)
    jump = np.flatnonzero((np.abs(np.diff(lon)) > 180.0) & (np.diff(route) == 0))
    edge = np.copysign(180.0, lon[jump])
    beyond = lon[jump + 1] + 2.0 * edge
    share = (edge - lon[jump]) / np.where(beyond == lon[jump], 1.0, beyond - lon[jump])
    cut = lat[jump] + share * (lat[jump + 1] - lat[jump])
    at = np.repeat(jump + 1, 2)
    lon, lat = np.insert(lon, at, np.column_stack([edge, -edge]).ravel()), np.insert(lat, at, np.repeat(cut, 2))
    route = np.insert(route, at, np.repeat(route[jump], 2))
    fresh = np.concatenate([[True], np.diff(route) != 0])
    fresh[jump + 2 * np.arange(len(jump)) + 2] = True
    return shapely.linestrings(lon, lat, indices=np.cumsum(fresh) - 1), route[fresh]


def stretches_of(shapes: npt.NDArray[Any], route: Integers, state: npt.NDArray[Any]) -> Stretches:
    """Read the ends of lines and multilines, each of one route in one state."""
    parts, which = shapely.get_parts(shapes, return_index=True)
    line = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    parts, which = parts[line], which[line]
    first, last = (shapely.get_coordinates(shapely.get_point(parts, k)).reshape(-1, 2) for k in (0, -1))
    return Stretches(route[which], np.asarray(state)[which], *first.T, *last.T)


def merged(found: Stretches, legs: Floats, touching_m: float = 1.0) -> tuple[Stretches, Floats]:
    """Put stretches in the order flown, and join those of one state that touch; also where each begins, in metres."""
    route = found.route
    begin = GEOD.inv(legs[route, 0], legs[route, 1], found.lon_in, found.lat_in)[2]
    end = GEOD.inv(legs[route, 0], legs[route, 1], found.lon_out, found.lat_out)[2]
    turned = end < begin
    lon = np.where(turned, [found.lon_out, found.lon_in], [found.lon_in, found.lon_out])
    lat = np.where(turned, [found.lat_out, found.lat_in], [found.lat_in, found.lat_out])
    begin, end = np.minimum(begin, end), np.maximum(begin, end)
    order = np.lexsort([begin, found.state, route])
    route, state, begin, end = route[order], found.state[order], begin[order], end[order]
    lon, lat = lon[:, order], lat[:, order]
    fresh = np.ones(len(route), bool)
    fresh[1:] = (np.diff(route) != 0) | (state[1:] != state[:-1]) | (begin[1:] - end[:-1] > touching_m)
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(route)) - 1
    return Stretches(route[first], state[first], lon[0, first], lat[0, first], lon[1, last], lat[1, last]), begin[first]
