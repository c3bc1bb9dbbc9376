"""Routes as Python is given them: made already, in a text as people type it, or by the places that they go through."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from overflight.errors import RouteError, UnknownPlaceError
from overflight.outside.dates import as_date
from overflight.routes.model import Route, route
from overflight.routes.places import Waypoint
from overflight.routes.refusals import shown

__all__ = ["Way", "route_of"]

_BETWEEN = tuple(re.compile(mark) for mark in (r"\s+to\s+", r"\s+-+>?\s+", r"\s*[\u2013\u2014\u2192]\s*", r"\s*-\s*"))
"""What stands between two places, the surest first: names hold hyphens, too."""

Way: TypeAlias = "Route | str | Sequence[str | Waypoint | Sequence[float]]"
"""A route; a text such as ``"VKO-MSQ-BUD"``; or the places that it goes through."""


def route_of(way: Way, on: dt.date | str | None = None) -> Route:
    """Make a route of what stands for one.

    Parameters
    ----------
    way : Route, str, or sequence of places
        A text is read as the command line reads it (``"VKO-BUD"``, ``"VKO MSQ BUD"``), or as places with ``to``, a
        dash or an arrow between them; places as `overflight.place` reads each.
    on : datetime.date or str, optional
        An airport's code stands for the place that it had on that date; for that of today by default.

    Raises
    ------
    RouteError
        If it is none of these.

    Examples
    --------
    >>> route_of("VKO-BUD") == route_of(["VKO", "BUD"]) == route("VKO", "BUD")
    True
    >>> round(route_of("IST-VKO", on="2018-01-01").waypoints[0].lon, 2)
    28.81
    """
    if isinstance(way, Route):
        given = way
    elif isinstance(way, str):
        given = _of_text(way)
    elif isinstance(way, Iterable) and not isinstance(way, Waypoint | bytes | dict):
        given = route(*way)
    else:
        msg = f"{shown(str(way))} is no route: give a text such as 'VKO-BUD', places as in ['VKO', 'BUD'], or a Route"
        raise RouteError(msg)
    if on is None:
        return given
    from overflight.routes.recoded import as_named_on

    return as_named_on(given, as_date(on))


def _of_text(text: str) -> Route:
    """Read a text as the command line reads it; then as names of places with something between them."""
    from overflight.routes.typed import typed_route  # which few need who write Python

    try:
        return typed_route([text])
    except UnknownPlaceError:
        parts = next((parts for mark in _BETWEEN if len(parts := mark.split(text.strip())) > 1), [])
        if not parts:
            raise
        return typed_route(parts)
