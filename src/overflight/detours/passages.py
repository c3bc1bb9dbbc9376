"""Passages that only a smaller margin opens: where they are, how wide, and the shortest route through them.

Of all that must be kept off borders, the largest share is looked for with which a set of consents opens a way, or one
that is worth it; first on the mesh, then by the search for routes itself. Where a little more closes that way is the
narrowest passage on it; its width is measured on the borders as stored. A route found so is `marginal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight._crossings import locate
from overflight.detours.budget import current
from overflight.detours.model import Passage
from overflight.detours.obstacles import borders_of
from overflight.detours.solver import TOLERANCE_DEG, WIDE_DEG_PER_KM, Failure, Solved, Solver
from overflight.earth.constants import LEAST_KM_PER_RAD
from overflight.earth.geod import distances_km
from overflight.earth.plane import Plane
from overflight.earth.sphere import drawn, to_lonlat, to_unit
from overflight.partition.arcs import Arcs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from overflight.airspace import State
    from overflight.detours.mesh import Found
    from overflight.routes import Route
    from overflight.rules import Verdict

__all__ = ["Narrow", "narrow_way", "offers"]

Point = tuple[float, float]
LEAST_SHARE = 0.05
STEPS = 5
"""So often the range of shares is halved on the mesh."""
TRIED = (0.98, 0.9, 0.75, 0.5)
"""Of the largest share with which the mesh has a way, these are tried."""
HALVINGS = 9
"""So often the range of half widths is halved: to 0.2 % of the widest."""
SLACK_KM = 0.1
"""What the place where a search found no way on may lie off the borders that close it, and widths beyond need."""
HAIR_KM = 0.001
"""Borders are drawn so wide, for what touches in a point to be apart."""
NEAR = 1.1
"""Borders form a passage if its place is no farther off than so many times what must be kept off them."""
REACH, REACH_KM = 1.3, 1.0
"""The two sides that a passage joins lie so many times its widest from the place, and a bit: no border's band that
closes the passage gets there, as it is at most half as wide."""
END = 0.45
"""Each side is a disc of this many reaches; two of them on opposite sides are apart."""
DISC = 1.5
"""Ways are looked for within so many reaches, which hold both discs."""
BORDERS = 2.5
"""Borders are taken from as far off as their bands, half a reach wide, may matter in the disc, the plane's scale aside.
"""
ROUGHLY = 0.03
"""Halving and the corners of round bands (0.5 %) leave half widths right to this share."""
BESIDE = 1.2
"""States lie beside a passage if a border of theirs is no farther off than so many half widths."""
WORTH_SHARE = 0.01
"""A passage must shorten a route by this share to be worth naming."""
MOST_CLOSED, MOST_OFFERED = 4, 2
"""Of sets of consents that open no way, so many are looked at; and so many routes are offered."""
SAME_KM = 5.0


@dataclass(frozen=True, slots=True)
class Narrow:
    """A route that keeps less than it must off borders, and the narrowest passage on it."""

    route: Route
    verdict: Verdict
    passage: Passage


def narrow_way(solver: Solver, consents: Collection[str], *, most_km: float, name: str) -> Narrow | None:
    """Find the shortest route with the largest margin, smaller than asked for, that opens one.

    Parameters
    ----------
    solver : Solver
        For the pair of places and the rule.
    consents : collection of str
        States that consent.
    most_km : float
        No longer routes are looked for.
    name : str
        What to call the route.

    Returns
    -------
    Narrow or None
        None if no margin opens so short a route.
    """

    def is_open(share: float) -> bool:
        return not isinstance(solver.eased(share, most_km).path(consents, "fine"), str)

    low, high = LEAST_SHARE, 1.0
    if not is_open(low):
        return None
    if is_open(high):
        low = high
    for _ in range(STEPS if low < high else 0):
        half = 0.5 * (low + high)
        low, high = (half, high) if is_open(half) else (low, half)
    closed = high
    for factor in TRIED:
        looser = solver.eased(low * factor, most_km)
        solved = looser.solve(consents, name=name)
        if not isinstance(solved, str):
            passage = _passage_between(looser, solver.eased(closed, most_km), consents)
            return None if passage is None else Narrow(solved.route, solved.verdict, passage)
        closed = low * factor
    return None


def offers(
    solver: Solver, found: Mapping[frozenset[str], Solved | Failure], names: Callable[[frozenset[str]], str]
) -> dict[frozenset[str], Narrow]:
    """Find what a smaller margin opens: ways where there are none, and ways that shorten the front.

    Parameters
    ----------
    solver : Solver
        For the pair of places and the rule.
    found : mapping
        What became of each set of consents.
    names : callable
        What to call a route with some consents.

    Returns
    -------
    dict
        For some sets of consents, the smallest first, a route through narrow passages; each passage once.
    """
    made: dict[frozenset[str], Narrow] = {}
    with current().within():
        _offer(made, solver, found, names)
    return made


def _offer(
    made: dict[frozenset[str], Narrow],
    solver: Solver,
    found: Mapping[frozenset[str], Solved | Failure],
    names: Callable[[frozenset[str]], str],
) -> None:
    closed = 0
    direct_km = _km(*solver.points)
    for consents in sorted(found, key=lambda c: (len(c), sorted(c))):
        lawful = [s.route.length_km for c, s in found.items() if isinstance(s, Solved) and len(c) <= len(consents)]
        most_km = min(lawful, default=solver.most_km) * (1.0 - WORTH_SHARE)
        if found[consents] == "unfinished":
            continue
        if found[consents] == "narrow":
            most_km = solver.most_km
            closed += 1
        if closed > MOST_CLOSED or len(made) == MOST_OFFERED:
            break
        if most_km <= direct_km:
            continue
        narrow = narrow_way(solver, consents, most_km=most_km, name=f"{names(consents)} (narrow)")
        if narrow is not None and all(_km(narrow.passage.place, n.passage.place) > SAME_KM for n in made.values()):
            made[consents] = narrow


def _passage_between(looser: Solver, stricter: Solver, consents: Collection[str]) -> Passage | None:
    """Return the passage that is open to one search and closed to the other."""
    found = looser.path(consents, "fine")
    if isinstance(found, str):
        return None
    strip = stricter.strip(found, stricter.shut(consents))
    free = strip.free()
    if free is not None and free.whole:
        return None
    at = stricter.closed_at(looser.mesh("fine"), strip.plane, found, free)
    return None if at is None else _measured(looser, consents, found, at[1])


@dataclass(frozen=True, slots=True, eq=False)
class _Surroundings:
    """What lies around a passage, in a plane about its place.

    Attributes
    ----------
    plane : Plane
        The plane.
    lines : array of LineString
        The borders of what is shut.
    arcs : array of int
        The border arc of each.
    room : Geometry
        What is open there.
    sides : list of Geometry
        Where a path comes from, and where it goes.
    need_km : float
        How wide the passage has to be.
    """

    plane: Plane
    lines: NDArray[np.object_]
    arcs: NDArray[np.int64]
    room: shapely.Geometry
    sides: list[shapely.Geometry]
    need_km: float

    def beyond(self, km: float) -> shapely.Geometry:
        """Return what of the room is farther off all borders."""
        return shapely.difference(self.room, _band(self.lines, km))


def _measured(solver: Solver, consents: Collection[str], found: Found, here: Point) -> Passage | None:
    """Measure the widest opening near a place on a path; None if it is closed, or as wide as it must be.

    A path that keeps more than h off all borders gets from side to side as long as 2 h is less than the width of the
    passage where it is narrowest. So the width is twice the largest h with which the sides are joined.
    """
    around = _surroundings(solver, consents, found, here)
    halves = None if around is None else _half_widths(around)
    if around is None or halves is None:
        return None
    low, high = halves
    place = _narrowest_place(around, low, high)
    (lon, lat), *unit = around.plane.to_lonlat(np.array([[place.x, place.y], [1.0, 0.0], [0.0, 1.0]])).tolist()
    scale = 0.5 * sum(_km(here, (x, y)) for x, y in unit)
    states = _beside(solver, consents, around, place, high)
    return Passage((lon, lat), (low + high) * scale, around.need_km, states)


def _surroundings(solver: Solver, consents: Collection[str], found: Found, here: Point) -> _Surroundings | None:
    """Return what lies around a place; None if no border is near it."""
    full_km = solver.keep_km / solver.share
    shut = solver.shut(consents)
    arcs = Arcs.of(solver.world.index)
    wall = shut[arcs.left] != shut[arcs.right]
    wide_deg = WIDE_DEG_PER_KM * solver.avoid.margin_km
    borders = borders_of(solver.world.index, wide_deg if wide_deg > TOLERANCE_DEG else 0.0)
    plane, middle = Plane(*here), shapely.Point(0.0, 0.0)
    runs = borders.near(np.array([here]), 2.0 * float(full_km.max()), wall)
    keep_km = full_km[borders.arc[runs]]
    near = shapely.distance(borders.lines(runs, plane), middle) < NEAR * keep_km + SLACK_KM
    if not near.any():
        return None
    need_km = 2.0 * float(keep_km[near].max())
    reach_km = REACH * need_km + REACH_KM
    runs = borders.near(np.array([here]), BORDERS * reach_km, wall)
    lines = borders.lines(runs, plane)
    parts = shapely.get_parts(shapely.difference(middle.buffer(DISC * reach_km), _band(lines, HAIR_KM)))
    inside = plane.to_lonlat(shapely.get_coordinates(shapely.point_on_surface(parts)))
    is_open = [not shut[locate(solver.world, lon, lat).id] for lon, lat in inside.tolist()]
    beyond = plane.project(np.array(_before_and_after(found, here, reach_km)))
    sides = [shapely.Point(xy).buffer(END * reach_km) for xy in beyond]
    return _Surroundings(plane, lines, borders.arc[runs], shapely.union_all(parts[is_open]), sides, need_km)


def _half_widths(around: _Surroundings) -> tuple[float, float] | None:
    """Bracket half the width of a passage; None if it is closed, or as wide as it must be."""
    low, high = 0.0, 0.5 * around.need_km + SLACK_KM
    if not _joined(around.room, around.sides) or _joined(around.beyond(high), around.sides):
        return None
    budget = current()
    for _ in range(HALVINGS):
        budget.check()
        half = 0.5 * (low + high)
        low, high = (half, high) if _joined(around.beyond(half), around.sides) else (low, half)
    return low, high


def _narrowest_place(around: _Surroundings, low: float, high: float) -> shapely.Point:
    """Return the point where a passage is narrowest.

    What is just wide enough, but for where something a little wider gets, runs along the middle of the passage there.
    """
    wider = around.beyond((1.0 + ROUGHLY) * high)
    passable = around.beyond((1.0 - ROUGHLY) * low)
    narrow = shapely.difference(passable, shapely.buffer(wider, (1.0 + ROUGHLY) * high))
    apart = _touching(wider, around.sides)
    closed = any(map(shapely.is_empty, apart))
    between = shapely.Point(0.0, 0.0) if closed else shapely.shortest_line(*apart).centroid
    return shapely.get_point(shapely.shortest_line(passable if shapely.is_empty(narrow) else narrow, between), 0)


def _beside(
    solver: Solver, consents: Collection[str], around: _Surroundings, place: shapely.Point, half_km: float
) -> tuple[State, ...]:
    """Return the states whose shut airspace lies on the sides of a passage."""
    index, shut = solver.world.index, solver.shut(consents)
    far = shapely.distance(around.lines, place)
    arcs = np.unique(around.arcs[far <= max(BESIDE * half_km, far.min())])
    pieces = {int(side[arc]) for arc in arcs.tolist() for side in (index.arc_left, index.arc_right)}
    open_to = solver.avoid.allow | frozenset(consents)
    codes = {code for piece in pieces if shut[piece] for code in solver.holders[piece] - open_to}
    return tuple(state for state in solver.world.states if state.code in codes)


def _band(lines: NDArray[np.object_], km: float) -> shapely.Geometry:
    """Return what lies so near to borders."""
    return shapely.union_all(shapely.buffer(lines, km, quad_segs=8))


def _touching(room: shapely.Geometry, ends: list[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return the parts of a room that touch the one end, and those that touch the other."""
    parts = shapely.get_parts(room)
    return [shapely.union_all(parts[shapely.intersects(parts, end)]) for end in ends]


def _joined(room: shapely.Geometry, ends: list[shapely.Geometry]) -> bool:
    """Tell whether one part of a room touches both ends."""
    parts = shapely.get_parts(room)
    return bool((shapely.intersects(parts, ends[0]) & shapely.intersects(parts, ends[1])).any())


def _before_and_after(found: Found, here: Point, reach_km: float) -> list[Point]:
    """Return the points on a path that lie so far before and behind a place near it, or its ends."""
    unit = to_unit(np.array(found.points))
    chords = np.linalg.norm(np.diff(unit, axis=0), axis=1)
    parts = [max(1, int(8.0 * LEAST_KM_PER_RAD * chord / reach_km) - 1) for chord in chords.tolist()]
    points = [(float(lon), float(lat)) for lon, lat in to_lonlat(drawn(unit, parts))]
    middle = to_unit(np.array([here]))[0]
    number = int(np.argmin(np.linalg.norm(to_unit(np.array(points)) - middle, axis=1)))
    sides = []
    for way in (range(number, -1, -1), range(number, len(points))):
        chosen = next((k for k in way if _km(points[k], here) >= reach_km), way[-1])
        sides.append(points[chosen])
    return sides


def _km(a: Point, b: Point) -> float:
    return float(distances_km(np.array([a]), *b)[0])
