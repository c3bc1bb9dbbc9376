"""Have all compiled that searches need, ahead of the first one: by a search that is done in a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from overflight.detours.inquiry import Inquiry
from overflight.detours.mesh.fences import fenced
from overflight.detours.tradeoff import front
from overflight.earth.sphere import to_unit
from overflight.routes import great_circle
from overflight.rules import Avoid

if TYPE_CHECKING:
    from overflight.airspace import Airspaces

__all__ = ["compile_searches"]

ENDS = ("FRA", "VIE")
AVOID = frozenset({"CZE"})
FENCE = ((10.0, 50.0), (11.0, 50.0))
"""Anywhere."""


def compile_searches(world: Airspaces) -> None:
    """Find a way round one state, with all that a search may come to call; what is found is of no interest."""
    direct = great_circle(*ENDS)
    inquiry = Inquiry(direct, world, Avoid(AVOID), max_extension_pct=50.0)
    inquiry.solve(frozenset())
    fenced(inquiry.solver.mesh("fine"), [to_unit(np.array(FENCE))])
    front(direct, world, avoid=AVOID)
