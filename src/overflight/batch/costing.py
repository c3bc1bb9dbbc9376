"""What the routes of a table take: time, fuel and CO2, in whole and by crossing, as `overflight.cost` has them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from overflight.batch.values import DAY_0
from overflight.costs.many import Paces, burnt, paces_in_still_air, paces_of
from overflight.routes import Route
from overflight.routes.places import Waypoint

if TYPE_CHECKING:
    from overflight.batch.settings import Settings
    from overflight.batch.walking import Walked

__all__ = ["costs_of_crossings", "costs_of_routes"]

Floats = npt.NDArray[np.float64]
LOW, TYPICAL, HIGH = range(3)


def costs_of_routes(walked: Walked, settings: Settings) -> list[Any]:
    """Return the columns of costs for the table of verdicts; none, where no aircraft was asked for."""
    if settings.flies is None:
        return []
    found = walked.found
    return _columns(_paces(walked, settings).at(np.arange(len(found.length_km)), found.length_km), settings)


def costs_of_crossings(walked: Walked, settings: Settings) -> list[Any]:
    """Return the columns of costs for the table of crossings; none, where no aircraft was asked for."""
    if settings.flies is None:
        return []
    paces, found = _paces(walked, settings), walked.found
    minutes = paces.at(found.route, found.exit_km) - paces.at(found.route, found.entry_km)
    # as for one route: the least is that of both ends, and of what is typical
    return _columns(np.stack([minutes.min(axis=1), minutes[:, TYPICAL], minutes.max(axis=1)], axis=1), settings)


def _paces(walked: Walked, settings: Settings) -> Paces:
    assert settings.flies is not None  # noqa: S101 - asked before
    if settings.wind == "none":
        return paces_in_still_air(np.asarray(walked.found.length_km), settings.flies)
    routes = walked.measured.routes
    each = [routes.points[a:b] for a, b in zip(routes.first[:-1], routes.first[1:], strict=True)]
    lines = [Route(tuple(Waypoint(float(lon), float(lat)) for lon, lat in points)) for points in each]
    days = [dt.date.fromordinal(DAY_0 + day) for day in routes.days.tolist()]
    return paces_of(lines, days, settings.flies, settings.wind)


def _columns(minutes: Floats, settings: Settings) -> list[Any]:
    """Return typical, low and high of each figure, in the order of the schema."""
    assert settings.flies is not None  # noqa: S101 - asked before
    return [one[:, end] for one in (minutes, *burnt(minutes, settings.flies)) for end in (TYPICAL, LOW, HIGH)]
