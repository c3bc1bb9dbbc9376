"""The shortest lawful routes between many pairs of places, by one rule: what depends on the rule alone is made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from overflight._crossings import crossings
from overflight.detours.budget import INTERRUPTED, MEMORY_MB, Budget
from overflight.detours.inquiry import Inquiry
from overflight.detours.solver import Solved

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.routes import Route
    from overflight.rules import Avoid

__all__ = ["Outcome", "Shortest", "Ways"]

Outcome = Literal["direct", "detour", "ends-there", "closed-off", "not-found"]
"""What became of a pair: the great circle will do; a detour was found; an end lies in what is closed; no lawful way is
left, or none as wide as the margin asks; or none was found that the rule accepts, or not in time."""
LIMIT_S = 60.0
"""How long one pair may take; the hundredth part is much."""


@dataclass(frozen=True, slots=True)
class Shortest:
    """The shortest lawful route between two places, if there is one.

    Attributes
    ----------
    outcome : str
        See `Outcome`.
    route : Route or None
        The route.
    bound_km : float
        No lawful route is shorter; 0 without a route.
    """

    outcome: Outcome
    route: Route | None = None
    bound_km: float = 0.0


class Ways:
    """Finds what `overflight.detour` finds, for one pair after the other, and proves how short it could be.

    Parameters
    ----------
    world : Airspaces
        The airspace.
    avoid, never : Avoid
        The rules, as `Inquiry` takes them: states of the first that hold an end are entered by need.
    """

    def __init__(self, world: Airspaces, avoid: Avoid, never: Avoid) -> None:
        self.world = world
        self.rules = avoid, never
        self._asked: Inquiry | None = None

    def between(self, direct: Route) -> Shortest:
        """Find the shortest lawful route between the ends of a great circle.

        Raises
        ------
        KeyboardInterrupt
            If the search was interrupted.
        """
        if self._asked is None:
            self._asked = Inquiry(direct, self.world, *self.rules, max_extension_pct=None)
        with Budget(LIMIT_S, MEMORY_MB, label=direct.label, told=lambda _: None) as budget:
            found = self._found(self._asked.between(direct))
        if budget.reason == INTERRUPTED:
            raise KeyboardInterrupt
        return found

    def _found(self, inquiry: Inquiry) -> Shortest:
        direct, given = inquiry.direct, inquiry.given()
        met = sorted({one.piece for one in crossings(direct, inquiry.field)})
        # the verdict asks how near it comes, too: four times the work, for nothing where it enters
        if not any(inquiry.solver.shut(given)[met]) and inquiry.passes(given):
            return Shortest("direct", direct, direct.length_km)
        if inquiry.unasked():
            return Shortest("ends-there")
        solved = inquiry.solve(given)
        if isinstance(solved, Solved):
            return Shortest("detour", solved.route, inquiry.solver.proven(given, solved))
        return Shortest("closed-off" if solved in {"narrow", "longer"} else "not-found")
