"""How near a route comes to states that it does not enter, and how well the borders are known there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from overflight.crossings.nearest import Nearest, Stretch, search, stretches_near
from overflight.crossings.point import PER_DEG
from overflight.geodata import State, owners
from overflight.geodesy import arc_at, foot_on, normal_lon, position

if TYPE_CHECKING:
    from overflight.geodata import Airspaces, Index
    from overflight.routes import Route

__all__ = ["Approach", "nearest_borders"]


@dataclass(frozen=True, slots=True)
class Approach:
    """Where a route comes nearest to a state that it does not enter.

    Attributes
    ----------
    state : State
        The state.
    km : float
        Geodesic distance to its airspace, in km.
    at_km : float
        Where on the route, in km from its start.
    on_route, on_border : (lon, lat)
        The two points that are nearest to each other, in degrees.
    accuracy_m : float
        How well this border is known there, in metres.
    other : Approach or None
        Where the route comes nearer to another border of the state than that border is known, which is farther off
        but known less well; of several, the one most in doubt.
    """

    state: State
    km: float
    at_km: float
    on_route: tuple[float, float]
    on_border: tuple[float, float]
    accuracy_m: float = 0.0
    other: Approach | None = None

    @property
    def doubtful(self) -> Approach | None:
        """The approach that is nearer to its border than that border is known, this one or the other; or None."""
        return self if self.km * 1000.0 < self.accuracy_m else self.other


def nearest_borders(
    route: Route, world: Airspaces, states: Collection[State], *, within_km: float, but: Collection[str] = ()
) -> dict[State, Approach]:
    """Find the nearest border of each state to a route that stays outside all of them.

    Parameters
    ----------
    route : Route
        Geodesic legs.
    world : Airspaces
        The partition.
    states : collection of State
        States that the route does not enter.
    within_km : float
        How far to look, in km.
    but : collection of str
        Codes of territories that count for no state.

    Returns
    -------
    dict of State to Approach
        In order of distance; states farther away are left out.

    Notes
    -----
    Error bound: the distance found is at most 0.5 m too large (the depth of the segments under the ground, and edges
    between points set on them), for distances up to 2,000 km; the two points returned are exactly that far apart.
    """
    names = {state: state for state in world.states}
    wanted = _borders(world, states, but)
    stretches = list(stretches_near(route, world.index, within_km * 1000.0))
    best = search(stretches, world.index, wanted, within_km * 1000.0)
    found = [_approach(names.get(state, state), b, world) for state, b in best.items() if b.stretch is not None]
    found = [approach for approach in found if approach.km <= within_km]
    others = _others(found, stretches, world, wanted)
    found = [replace(approach, other=others.get(approach.state)) for approach in found]
    return {a.state: a for a in sorted(found, key=lambda a: (a.km, a.state))}


def _others(
    found: Collection[Approach], stretches: list[Stretch], world: Airspaces, wanted: list[tuple[State, ...]]
) -> dict[State, Approach]:
    """Find where the route comes nearer to a border farther off than that border is known, most in doubt."""
    stored = world.index.arc_accuracy
    doubtful: dict[State, Approach] = {}
    if stored is None:
        return doubtful
    for accuracy in sorted(set(stored)):
        asked = {a.state for a in found if a.doubtful is None and a.km * 1000.0 < accuracy}
        if not asked:
            continue
        known_so: list[tuple[State, ...]] = [
            tuple(asked.intersection(states)) if metres == accuracy else ()
            for states, metres in zip(wanted, stored, strict=True)
        ]
        for state, best in search(stretches, world.index, known_so, float(accuracy)).items():
            other = _approach(state, best, world) if best.stretch is not None else None
            if other is None or not other.doubtful:
                continue
            if state not in doubtful or _doubt_m(other) > _doubt_m(doubtful[state]):
                doubtful[state] = other
    return doubtful


def _doubt_m(approach: Approach) -> float:
    return approach.accuracy_m - 1000.0 * approach.km


def _borders(world: Airspaces, states: Collection[State], but: Collection[str]) -> list[tuple[State, ...]]:
    """Return, for each arc, the states asked for whose airspace ends at it, some territories left out."""
    chosen = frozenset(states)
    asked = [chosen.intersection(owners(p, but)) for p in world.pieces]
    pairs, number = _sides(world.index)
    ending = [tuple(asked[a] ^ asked[b]) for a, b in pairs]
    return list(map(ending.__getitem__, number))


_KNOWN: list[tuple[Index, list[tuple[int, int]], list[int]]] = []
"""The sides of the arcs of the index asked about last; they are the same whatever is asked."""


def _sides(index: Index) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the pairs of pieces that arcs run between, and for each arc the number of its pair."""
    for known, pairs, number in _KNOWN:
        if known is index:
            return pairs, number
    sides = list(zip(index.arc_left, index.arc_right, strict=True))
    pairs = list(dict.fromkeys(sides))
    numbers = {pair: n for n, pair in enumerate(pairs)}
    found = pairs, [numbers[pair] for pair in sides]
    _KNOWN[:] = [(index, *found)]
    return found


def _approach(state: State, best: Nearest, world: Airspaces) -> Approach:
    """Find the exact foot on the route of the nearest border point."""
    stretch = best.stretch
    if stretch is None:
        msg = "no border was found for this state"
        raise ValueError(msg)
    start = stretch.leg.start
    lon, lat = best.x / PER_DEG, best.y / PER_DEG
    gap_m, along_m = foot_on(stretch.line, stretch.leg.length_m, lon - start.lon, lat, near_m=best.along_m)
    x, y = position(stretch.line, arc_at(stretch.line, along_m))
    return Approach(
        state=state,
        km=gap_m / 1000.0,
        at_km=(stretch.offset_m + along_m) / 1000.0,
        on_route=(normal_lon(start.lon + x), y),
        on_border=(lon, lat),
        accuracy_m=world.arc_accuracy_m(best.arc),
    )
