"""How near a route comes to states that it does not enter, and how well the borders are known there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from overflight.crossings.nearest import Nearest, search
from overflight.crossings.point import PER_DEG
from overflight.geodata import State, owners
from overflight.geodesy import arc_at, foot_on, normal_lon, position

if TYPE_CHECKING:
    from overflight.geodata import Airspaces
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
    best = search(route, world.index, wanted, within_km * 1000.0)
    found = [_approach(names.get(state, state), b, world) for state, b in best.items() if b.stretch is not None]
    found = [_with_other(approach, route, world, wanted) for approach in found if approach.km <= within_km]
    return {a.state: a for a in sorted(found, key=lambda a: (a.km, a.state))}


def _with_other(approach: Approach, route: Route, world: Airspaces, wanted: list[tuple[State, ...]]) -> Approach:
    """Look whether the route comes nearer to a border farther off than that border is known."""
    stored = world.index.arc_accuracy
    if stored is None or approach.doubtful is not None:
        return approach
    others = []
    for accuracy in sorted(set(stored), reverse=True):
        if accuracy <= approach.km * 1000.0:
            break
        known_so: list[tuple[State, ...]] = [
            (approach.state,) if metres == accuracy and approach.state in states else ()
            for states, metres in zip(wanted, stored, strict=True)
        ]
        best = search(route, world.index, known_so, float(accuracy)).get(approach.state)
        if best is not None and best.stretch is not None:
            others.append(_approach(approach.state, best, world))
    doubtful = [other for other in others if other.doubtful]
    return replace(approach, other=max(doubtful, key=lambda a: a.accuracy_m - a.km * 1000.0, default=None))


def _borders(world: Airspaces, states: Collection[State], but: Collection[str]) -> list[tuple[State, ...]]:
    """Return, for each arc, the states asked for whose airspace ends at it, some territories left out."""
    asked = [frozenset(owners(p, but)) & set(states) for p in world.pieces]
    sides = list(zip(world.index.arc_left, world.index.arc_right, strict=True))
    ending = {(a, b): tuple(asked[a] ^ asked[b]) for a, b in set(sides)}
    return [ending[pair] for pair in sides]


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
