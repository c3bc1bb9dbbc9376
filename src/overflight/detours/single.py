"""One detour: the shortest route that keeps out of some states' airspace, nobody asked."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from overflight.airspace import world_on
from overflight.detours.budget import INTERRUPTED, MEMORY_MB, Budget
from overflight.detours.inquiry import Inquiry, unopened
from overflight.detours.solver import NOBODY, Solved
from overflight.routes import Route, great_circle
from overflight.routes.ways import route_of
from overflight.rules import Avoid
from overflight.rules.avoid import KEPT_KM
from overflight.rules.given import Whom, avoided

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.routes.places import Waypoint

__all__ = ["detour"]

LOG = logging.getLogger("overflight.detours")


def detour(
    start: str | Waypoint | Sequence[float],
    end: str | Waypoint | Sequence[float],
    world: Airspaces | None = None,
    *,
    avoid: Whom,
    never: Whom = (),
    on: dt.date | str | None = None,
    margin_km: float = KEPT_KM,
    allow: Iterable[str] = (),
    time_limit_s: float | None = None,
    memory_mb: float | None = MEMORY_MB,
) -> Route | None:
    """Find the shortest route that keeps out of the airspace of some states.

    Parameters
    ----------
    start, end : str, Waypoint or pair of float
        Places as `overflight.routes.places.place` reads them.
    world, avoid, never, on
        As for `candidates`. An area that holds start or destination is entered by need; what is in `never` is not.
    margin_km : float
        How far to keep from it: 1 NM unless said otherwise, for aircraft do not fly along a line (RNP 1). Farther where
        a border is less well known: with 0.0, as far as each is known.
    allow : iterable of State or str
        States that consent. A state that holds start or destination is entered by need, and taken as one.
    time_limit_s, memory_mb : float, optional
        How long to search, and how much memory to take: see `candidates`.

    Returns
    -------
    Route or None
        The great circle where it is lawful; None if there is no lawful route, or none was found.

    Examples
    --------
    >>> import overflight as of
    >>> around = of.detour("FRA", "VIE", of.load_airspaces(), avoid={"CZE"})
    >>> around.name, len(around.waypoints), round(around.length_km)
    ('FRA-VIE detour', 3, 625)
    """
    direct, held = route_of(great_circle(start, end), on), world_on(world, on)
    rules = (
        Avoid(avoided(avoid, held, on), margin_km=margin_km, allow=allow),
        unopened(avoided(never, held, on), margin_km=margin_km, allow=allow),
    )
    with Budget(time_limit_s, memory_mb, label=direct.label) as budget:
        found = _detour(Inquiry(direct, held, *rules, max_extension_pct=250.0))
    if budget.reason == INTERRUPTED and found is None:
        raise KeyboardInterrupt
    if budget.cut and found is None:
        LOG.warning("%s: %s: no route was found until then", budget.label, budget.words())
    return found


def _detour(inquiry: Inquiry) -> Route | None:
    given = inquiry.given()
    if inquiry.passes(given):
        return inquiry.direct
    if inquiry.unasked():
        return None
    regions = inquiry.regions()
    first, last = (regions.at(inquiry.field, w.lon, w.lat) for w in inquiry.direct.waypoints)
    if last not in regions.reach(first, inquiry.solver.avoid.states - inquiry.rule.allow - given | {NOBODY}):
        return None
    solved = inquiry.solve(given)
    if solved == "longer":
        solved = inquiry.of_any_length().solve(given)
    return solved.route if isinstance(solved, Solved) else None
