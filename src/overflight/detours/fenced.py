"""The search for routes where fences stand, on the meshes that the search without them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.detours.mesh import Ground
from overflight.detours.mesh.fences import Fenced, fenced
from overflight.detours.obstacles import Strip
from overflight.detours.solver import Grain, Solver
from overflight.earth.sphere import to_unit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from overflight.detours.mesh import Found

__all__ = ["Fence", "FencedSolver"]

Point = tuple[float, float]
HALF_WIDTH_KM = 0.05
DRAWN_KM = 25.0


@dataclass(frozen=True, slots=True)
class Fence:
    """A great circle that no route may cross, from one shut airspace to another.

    Attributes
    ----------
    name : str
        Tells it from others.
    start, end : (lon, lat)
        In degrees, inside what is shut.
    """

    name: str
    start: Point
    end: Point


class FencedSolver(Solver):
    """Finds routes that cross no fence, otherwise as another solver does.

    Parameters
    ----------
    solver : Solver
        The other one.
    fences : sequence of Fence
        They stand.
    """

    def __init__(self, solver: Solver, fences: Sequence[Fence]) -> None:
        super().__init__(solver.world, solver.ends, solver.avoid, most_km=solver.most_km, share=solver.share)
        self.from_end = solver.from_end
        self._fences = fences
        self._meshes: dict[Grain, Fenced] = {}

    def ground(self, consents: Collection[str], grain: Grain) -> Ground:
        """Return the mesh with the fences and what these states' consent leaves shut."""
        laid = self._fenced(grain)
        ground = Ground(laid.mesh, self.shut(consents), self.keep_km)
        ground.bar(laid.edges)
        return ground

    def strip(self, found: Found, shut: NDArray[np.bool_]) -> Strip:
        """Return the surroundings of a path without the fences."""
        strip = super().strip(found, shut)
        lines = [strip.plane.line([fence.start, fence.end], DRAWN_KM) for fence in self._fences]
        strip.area = shapely.difference(strip.area, shapely.union_all(shapely.buffer(lines, HALF_WIDTH_KM)))
        return strip

    def _fenced(self, grain: Grain) -> Fenced:
        if grain not in self._meshes:
            ends = [to_unit(np.array([fence.start, fence.end])) for fence in self._fences]
            self._meshes[grain] = fenced(self.mesh(grain), ends)
        return self._meshes[grain]
