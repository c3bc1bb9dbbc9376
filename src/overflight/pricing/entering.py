"""Which ways enter what is closed, and whose airspace that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from overflight._crossings.bulk import crossings_many
from overflight.airspace import owners
from overflight.case import forbidden_pieces

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Area, RuleSet
    from overflight.batch.dates import Epoch
    from overflight.routes import Route

__all__ = ["Closed", "Met"]


class Met:
    """What ways meet: pieces of airspace, whatever the date, and areas.

    Parameters
    ----------
    routes : sequence of Route
        The ways.
    world : Airspaces
        The airspace, as labelled on any day: its pieces are the same on all.
    """

    def __init__(self, routes: Sequence[Route], world: Airspaces) -> None:
        self.routes = routes
        self.pieces = self._pieces(world)
        self._areas: dict[tuple[Area, ...], list[frozenset[str]]] = {}

    def _pieces(self, world: Airspaces) -> list[frozenset[int]]:
        if not self.routes:
            return []
        table = crossings_many(self.routes, world=world)
        each = np.split(table.piece, np.searchsorted(table.route, np.arange(1, len(self.routes))))
        return [frozenset(some.tolist()) for some in each]

    def closed(self, way: int, closing: Closed) -> tuple[str, ...]:
        """Return the codes of states, and the names of areas, that are closed and that a way enters."""
        found = {state for piece in self.pieces[way] & closing.shut for state in closing.holders(piece)}
        areas = closing.ruleset.areas
        return tuple(sorted(found)) + (tuple(sorted(self._in(areas)[way])) if areas else ())

    def _in(self, areas: tuple[Area, ...]) -> list[frozenset[str]]:
        """Return the names of the areas that each way enters."""
        if areas not in self._areas:
            from overflight.airspace.overlay import partition  # few ask for areas

            found: list[set[str]] = [set() for _ in self.pieces]
            for area in areas:
                alone = partition((area,))
                held = {number for number, piece in enumerate(alone.pieces) if piece.claimants}
                for way, pieces in enumerate(self._pieces(alone)):
                    if pieces & held:
                        found[way].add(area.name)
            self._areas[areas] = [frozenset(names) for names in found]
        return self._areas[areas]


class Closed:
    """What is closed on the days of an epoch.

    Attributes
    ----------
    ruleset : RuleSet
        What the last rule of the epoch closes.
    shut : frozenset of int
        The pieces of it.
    """

    def __init__(self, one: Epoch) -> None:
        self.world = one.world
        self.ruleset: RuleSet = one.avoid[-1].ruleset.certain()
        self.shut = frozenset(np.flatnonzero(forbidden_pieces(one.world, self.ruleset)).tolist())

    def holders(self, piece: int) -> frozenset[str]:
        """Return the closed states for which a piece counts."""
        held = owners(self.world.pieces[piece], self.ruleset.exceptions)
        return frozenset(state.code for state in held if state in self.ruleset.states)
