"""Whether a route that enters no forbidden state comes too near to one, by the same search as for one route."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from overflight._crossings import Crossings, surveyed
from overflight.batch.dates import Epoch
from overflight.batch.settings import Settings
from overflight.routes import Route, Waypoint
from overflight.rules import Avoid
from overflight.rules.rulesets import parse_codes

__all__ = ["is_marginal"]


def is_marginal(points: npt.NDArray[np.float64], epoch: Epoch, settings: Settings) -> bool:
    """Tell whether `overflight check` calls a route marginal that enters no forbidden state.

    Parameters
    ----------
    points : array of shape (n, 2)
        lon, lat in degrees.
    epoch : Epoch
        Rules and labels on the route's date.
    settings : Settings
        Margin and consents.
    """
    route = Route(tuple(Waypoint(lon, lat) for lon, lat in points.tolist()))
    allow = parse_codes(settings.allow, epoch.world, what="--allow")
    nothing = Crossings(route, (), route.length_km)
    rules = [Avoid(one, margin_km=settings.margin_km, allow=allow) for one in epoch.sets]
    looked = surveyed(nothing, epoch.world, (rule.asks(nothing) for rule in rules))
    return any(finding.status == "marginal" for rule in rules for finding in rule.findings(looked, epoch.world))
