"""Candidates: which states' consent opens a way, and the shortest lawful route for each such set."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight.detours.alternatives import alternatives
from overflight.detours.consents import barrier, minimal_sets
from overflight.detours.front import Contracted
from overflight.detours.inquiry import ROUND_TRIP_KM, Inquiry
from overflight.detours.model import Candidates, ConsentSet
from overflight.detours.passages import offers
from overflight.detours.solver import Failure, Solved
from overflight.routes import Route, great_circle
from overflight.rules import Avoid

if TYPE_CHECKING:
    from overflight.areas import Area
    from overflight.geodata import Airspaces
    from overflight.places import Waypoint

__all__ = ["candidates", "detour"]

LOG = logging.getLogger("overflight.detours")


def candidates(
    route: Route,
    world: Airspaces,
    *,
    avoid: Iterable[str],
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
    max_size: int = 3,
    max_extension_pct: float = 250.0,
    limit: int = 8,
    name: str | None = None,
    except_territories: Iterable[str] = (),
    areas: Iterable[Area] = (),
    more: int = 0,
) -> Candidates:
    """Find the routes between the ends of a route that obey a rule, and whose consent each needs.

    Parameters
    ----------
    route : Route
        Its first and last waypoint are start and destination.
    world : Airspaces
        The airspace.
    avoid : iterable of State or str
        Whose airspace is forbidden.
    margin_km : float
        How far to keep from it; at least the data's accuracy is kept in any case.
    allow : iterable of State or str
        States that consent already.
    max_size : int
        How many states a set may ask for consent, beyond those that hold start and destination.
    max_extension_pct : float
        No detours are looked for that add more than this to the great circle; if there is none within it, one of any
        length is.
    limit : int
        How many candidates to return at most; at least 1.
    name : str, optional
        What findings call the rule.
    except_territories : iterable of str
        Codes of territories of these states that the rule does not reach, such as ``bloc("eu").exceptions(on)``.
    areas : iterable of Area
        To be kept out of, too; no consent opens them. Where one holds start or destination it is entered by need, and
        stands among the consents.
    more : int
        How many alternatives to look for that need the same consents but go another way, such as round the other side
        of a sea; see `overflight.detours.alternatives`.

    Returns
    -------
    Candidates
        The great circle alone, where it asks for no consent but that of the states that hold its ends.

    Notes
    -----
    Sets of consenting states come from the graph of regions (see `overflight.detours.consents`), complete up to the
    size searched. Each is tried on a mesh of all borders, whose shortest path bounds the length of every lawful route
    (see `overflight.detours.mesh.search`), then by a taut-path search close to that path, among borders grown by what
    must be kept off them. Each route is judged by `overflight.rules.check` on the full data before it is returned: one
    that fails is left out, and logged.

    Around a set whose way is too narrow or too long, larger ones are searched as far as the size goes, and for each
    number of consents the set with the shortest route (see `overflight.detours.front`), both on a rough mesh.

    Areas are laid over the world (see `overflight.areas.overlay`) before any of this, so their edges are edges of the
    mesh as borders are, and the bound counts them in.
    """
    ends = route.waypoints[0], route.waypoints[-1]
    direct = route if len(route.waypoints) == 2 and route.kind == "great-circle" else great_circle(*ends)
    rule = Avoid(avoid, name=name, margin_km=margin_km, allow=allow, except_territories=except_territories)
    closed_to_all = tuple(areas)
    study = Inquiry(direct, world, rule, closed_to_all, max_extension_pct=max_extension_pct)
    first = study.great_circle()
    given = study.given()
    if set(first.consents) <= given and study.passes(given):
        only = ConsentSet(study.states(given), direct.length_km, "route")
        size = len(given) + max_size
        return Candidates((replace(first, front=True),), (only,), size, study.states(given), front_size=size)
    whole = study.regions()
    start, end = (whole.at(study.field, w.lon, w.lat) for w in ends)
    forbidden = study.solver.avoid.states - rule.allow
    regions = whole.closed({area.code for area in closed_to_all} - given)
    sets = minimal_sets(regions, start, end, forbidden=forbidden, most=max_size)
    closing = () if frozenset() in sets else barrier(whole, start, end, forbidden=forbidden)
    found: dict[frozenset[str], Solved | Failure] = {}
    complete, searched, front_size = False, False, 0
    try:
        for number, consents in enumerate(sets):
            study.tell(f"{number} of {len(sets)} sets of consents tried")
            found[consents] = study.solve(consents)
        if "longer" in found.values() and not any(isinstance(solved, Solved) for solved in found.values()):
            LOG.warning("no detour adds at most %g %%: looking for one of any length", max_extension_pct)
            study = Inquiry(direct, world, rule, closed_to_all, max_extension_pct=None)
            for consents in sets:
                found[consents] = study.solve(consents)
                if isinstance(found[consents], Solved):
                    break
        graph = Contracted(regions, start, end, forbidden - given)
        complete = study.widen(found, study.tree(graph), most=max_size)
        front_size = study.shorten(found, study.tree(graph), most=max_size)
        searched = True
    except KeyboardInterrupt:
        LOG.warning("stopped: this is what was found until then, and not complete")
    opening = {consents for consents, solved in found.items() if isinstance(solved, Solved)}
    minimal = [consents for consents in found if not any(other < consents for other in opening)]
    front_of_first = study.passes(frozenset(first.consents))
    items = [replace(first, minimal=frozenset(first.consents) in sets, front=front_of_first)]
    narrow = dict(itertools.islice(offers(study.solver, found, study.name).items(), limit - 1)) if searched else {}
    listed = study.listed(found, room=limit - 1 - len(narrow))
    items += [candidate for _, candidate in listed]
    items += [study.marginal(consents, one) for consents, one in narrow.items()]
    if more and listed:
        items += alternatives(study, listed, more)
    asked = [study.consent_set(consents, found[consents], narrow.get(consents)) for consents in minimal]
    asked.sort(key=lambda c: (len(c.consents), c.length_km or ROUND_TRIP_KM, c.consents))
    return Candidates(
        tuple(items),
        tuple(asked),
        len(given) + max_size,
        study.states(closing, keep_order=True),
        complete=complete,
        front_size=len(given) + front_size,
    )


def detour(
    start: str | Waypoint | Sequence[float],
    end: str | Waypoint | Sequence[float],
    world: Airspaces,
    *,
    avoid: Iterable[str],
    margin_km: float = 0.0,
    allow: Iterable[str] = (),
    except_territories: Iterable[str] = (),
    areas: Iterable[Area] = (),
) -> Route | None:
    """Find the shortest route that keeps out of the airspace of some states.

    Parameters
    ----------
    start, end : str, Waypoint or pair of float
        Places as `overflight.places.place` reads them.
    world : Airspaces
        The airspace.
    avoid : iterable of State or str
        Whose airspace is forbidden.
    margin_km : float
        How far to keep from it; at least the data's accuracy is kept in any case.
    allow : iterable of State or str
        States that consent. A state that holds start or destination is entered by need, and taken as one.
    except_territories : iterable of str
        Codes of territories of these states that the rule does not reach, such as ``bloc("eu").exceptions(on)``.
    areas : iterable of Area
        To be kept out of, too, but for one that holds start or destination.

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
    direct = great_circle(start, end)
    rule = Avoid(avoid, margin_km=margin_km, allow=allow, except_territories=except_territories)
    closed_to_all = tuple(areas)
    study = Inquiry(direct, world, rule, closed_to_all, max_extension_pct=250.0)
    given = study.given()
    if study.passes(given):
        return direct
    ends = direct.waypoints
    regions = study.regions()
    first, last = (regions.at(study.field, w.lon, w.lat) for w in ends)
    if last not in regions.reach(first, study.solver.avoid.states - rule.allow - given):
        return None
    solved = study.solve(given)
    if solved == "longer":
        solved = Inquiry(direct, world, rule, closed_to_all, max_extension_pct=None).solve(given)
    return solved.route if isinstance(solved, Solved) else None
