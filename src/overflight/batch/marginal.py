"""Whether a route that enters no forbidden state comes too near to one, by the same search as for one route."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from overflight._crossings import Crossings, surveyed
from overflight.batch.dates import Epoch
from overflight.routes import Route, Waypoint

__all__ = ["is_marginal"]


def is_marginal(points: npt.NDArray[np.float64], epoch: Epoch) -> bool:
    """Tell whether `overflight check` calls a route marginal that enters no forbidden state.

    Parameters
    ----------
    points : array of shape (n, 2)
        lon, lat in degrees.
    epoch : Epoch
        Rules and labels on the route's date.
    """
    route = Route(tuple(Waypoint(lon, lat) for lon, lat in points.tolist()))
    nothing = Crossings(route, (), route.length_km)
    looked = surveyed(nothing, epoch.world, (rule.asks(nothing) for rule in epoch.avoiding))
    return any(
        finding.status == "marginal" for rule in epoch.avoiding for finding in rule.findings(looked, epoch.world)
    )
