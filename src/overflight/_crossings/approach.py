"""How near a route comes to states that it does not enter, and how well the borders are known there."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from overflight._crossings.engine import Span, legs_of, spans_in, walk_routes
from overflight._crossings.nearest import Nearest, Target, Work, search
from overflight._crossings.parts import Parts
from overflight.airspace import State, owners
from overflight.earth import arc_at, foot_on, geodesic_line, normal_lon, position
from overflight.partition.locate import PER_DEG

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.partition.index import Index

__all__ = ["Approach", "Ask", "Survey"]

Pieces = frozenset[int]
"""Ids of the pieces that are a state's, such as count."""


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


class Ask(NamedTuple):
    """A question: which states that the route does not enter, how far, and territories that count for no state."""

    states: frozenset[str]
    within_km: float
    but: frozenset[str] = frozenset()


class Walked(NamedTuple):
    """Where a route goes, whoever the pieces belong to: its stretches piece by piece, its length, legs settled."""

    spans: list[Span]
    length_km: float
    settled: int


class Survey:
    """What is found out about a route in a world: once, and kept.

    How near it comes to states that it does not enter is one pass for all that was announced. Worlds of one partition,
    as on other dates, know of each other's passes: these are about pieces, whoever these belong to.

    Parameters
    ----------
    parts : Parts
        The route.
    world : Airspaces
        The partition, and whose its pieces are.

    Attributes
    ----------
    work : Work
        What the searches took so far.
    """

    def __init__(self, parts: Parts, world: Airspaces) -> None:
        self.parts = parts
        self.world = world
        self.work = Work()
        self._known: dict[Pieces, tuple[float, Approach | None]] = {}
        self._held: dict[frozenset[str], dict[State, Pieces]] = {}
        self._walked: list[Walked] = []
        self._all: list[Survey] = [self]

    def over(self, world: Airspaces) -> Survey:
        """Return the survey of the same route in another world."""
        for other in self._all:
            if other.world is world:
                return other
        found = Survey(self.parts, world)
        for other in self._all:
            if other.world.index is world.index:
                found.work, found._known, found._walked = other.work, other._known, other._walked
                break
        found._all = self._all
        self._all.append(found)
        return found

    @property
    def walked(self) -> Walked:
        """Where the route goes, piece by piece: walked once for all worlds of the partition."""
        if not self._walked:
            rows = walk_routes(self.world.index, legs_of([self.parts.route.legs]), range(len(self.world.pieces)))
            self._walked.append(Walked(spans_in(rows), rows.length_km[0], rows.settled[0]))
        return self._walked[0]

    def announce(self, asks: Iterable[Ask]) -> None:
        """Find out at once what is going to be asked, as far as it is not known."""
        new: dict[Pieces, tuple[float, State]] = {}
        for ask in asks:
            for state, pieces in self._pieces(ask).items():
                km = max(self._known.get(pieces, (-1.0, None))[0], new.get(pieces, (-1.0, state))[0])
                if ask.within_km > km:
                    new[pieces] = ask.within_km, state
        targets = [Target(pieces, 1000.0 * km) for pieces, (km, _) in new.items()]
        found = search(self.parts, self.world.index, targets, self.work)
        near = {
            pieces: self._approach(best, state)
            for best, (pieces, (_, state)) in zip(found, new.items(), strict=True)
            if best is not None
        }
        others = self._less_known(near)
        for pieces, (km, _) in new.items():
            approach = near.get(pieces)
            self._known[pieces] = km, approach and replace(approach, other=others.get(pieces))

    def nearest(self, ask: Ask) -> dict[State, Approach]:
        """Return where the route comes nearest to each state, in order of distance.

        Notes
        -----
        Error bound: the distance found is at most 0.5 m too large for distances up to 1,000 km, and 2 m up to
        2,000 km; the two points returned are exactly that far apart. See `nearest.search`.
        """
        self.announce([ask])
        found = []
        for state, pieces in self._pieces(ask).items():
            approach = self._known[pieces][1]
            if approach is not None and approach.km <= ask.within_km:
                found.append(approach if approach.state is state else _of(approach, state))
        return {a.state: a for a in sorted(found, key=lambda a: (a.km, a.state))}

    def _pieces(self, ask: Ask) -> dict[State, Pieces]:
        """Return the pieces of each state asked about that has any."""
        if ask.but not in self._held:
            held: dict[State, list[int]] = {}
            for piece in self.world.pieces:
                for state in owners(piece, ask.but):
                    held.setdefault(state, []).append(piece.id)
            names = {state: state for state in self.world.states}
            self._held[ask.but] = {names.get(state, state): frozenset(ids) for state, ids in held.items()}
        return {state: pieces for state, pieces in self._held[ask.but].items() if state in ask.states}

    def _less_known(self, near: Mapping[Pieces, Approach]) -> dict[Pieces, Approach]:
        """Find where the route comes nearer to a border farther off than that border is known, most in doubt."""
        sure = {pieces: 1000.0 * a.km for pieces, a in near.items() if a.doubtful is None}
        targets = [
            Target(pieces, float(accuracy), accuracy)
            for accuracy in (_accuracies(self.world.index) if sure else ())
            for pieces, metres in sure.items()
            if metres < accuracy
        ]
        doubtful: dict[Pieces, Approach] = {}
        for target, best in zip(targets, search(self.parts, self.world.index, targets, self.work), strict=True):
            other = self._approach(best, near[target.pieces].state) if best is not None else None
            if other is None or not other.doubtful:
                continue
            if target.pieces not in doubtful or _doubt_m(other) > _doubt_m(doubtful[target.pieces]):
                doubtful[target.pieces] = other
        return doubtful

    def _approach(self, best: Nearest, state: State) -> Approach:
        """Find the exact foot on the route of the nearest border point."""
        stretch = best.stretch
        leg, start = stretch.leg, stretch.leg.start
        line = geodesic_line(start.lat, leg.azimuth_deg)
        lon, lat = best.x / PER_DEG, best.y / PER_DEG
        gap_m, along_m = foot_on(line, leg.length_m, lon - start.lon, lat, near_m=best.along_m)
        x, y = position(line, arc_at(line, along_m))
        return Approach(
            state=state,
            km=gap_m / 1000.0,
            at_km=(stretch.offset_m + along_m) / 1000.0,
            on_route=(normal_lon(start.lon + x), y),
            on_border=(lon, lat),
            accuracy_m=self.world.arc_accuracy_m(best.arc),
        )


@functools.lru_cache(maxsize=1)
def _accuracies(index: Index) -> list[int]:
    """Return the classes of accuracy of an index."""
    return sorted(set(index.arc_accuracy or ()))


def _of(approach: Approach, state: State) -> Approach:
    """Say the same of another state, whose airspace ends there, too."""
    return replace(approach, state=state, other=approach.other and replace(approach.other, state=state))


def _doubt_m(approach: Approach) -> float:
    return approach.accuracy_m - 1000.0 * approach.km
