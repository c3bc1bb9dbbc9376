"""Whose airspace a route crosses, crossing by crossing, and how near it comes to states that it does not enter.

`crossings` walks along the geodesic legs of a route and reads, from the border edges that it meets, the piece left and
the piece entered. Entries and exits lie within 1 mm of where the WGS84 geodesic meets the border as stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from overflight._crossings.approach import Approach, Ask, Survey
from overflight._crossings.engine import Span, labels_of, legs_of, spans_in, walk_routes
from overflight._crossings.model import CLAIMED, Crossing, Crossings, Role, Surveyed
from overflight._crossings.parts import Parts
from overflight.airspace import RuleSet, State, owners, world_on
from overflight.earth import normal_lon
from overflight.errors import RouteError
from overflight.partition.locate import locate_piece
from overflight.routes.ways import Way, route_of

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Piece

__all__ = [
    "Approach",
    "Crossing",
    "Crossings",
    "Role",
    "Surveyed",
    "answered",
    "closest_approaches",
    "crossings",
    "locate",
    "surveyed",
]

FARTHEST_KM = 2000.0
"""How far closest approaches are looked for, at most."""


def crossings(route: Way, world: Airspaces | None = None, *, on: dt.date | str | None = None) -> Crossings:
    """Find every crossing of a route in a state's airspace.

    Parameters
    ----------
    route : Route, str, or sequence of places
        Its legs are geodesics on WGS84; ``"VKO-BUD"`` and ``["VKO", "BUD"]`` stand for one.
    world : Airspaces, optional
        The partition, with border edges straight in lon/lat; by default the shipped one, de jure, on the date.
    on : datetime.date or str, optional
        Decides whose the airspace is, where no world is given, and which airport a code stands for.

    Returns
    -------
    Crossings
        In order. Neighbouring crossings in one state, territory and dispute are one crossing, across waypoints too.

    Notes
    -----
    Method: the labelled-edge walk (see `overflight._crossings.walk`). The piece before each crossing must be the piece
    after the one before it, cells without borders must agree, and both ends must lie where point location puts them;
    a leg that fails is settled by locating points. Entries and exits are exact to 1 mm; a crossing shorter than 1 cm is
    none, nor is a border that is touched without being crossed. What runs exactly on a border counts as south of it,
    or as east of it where the border runs due north.

    Examples
    --------
    >>> import overflight as of
    >>> found = of.crossings(of.great_circle("VKO", "BUD"), of.load_airspaces())
    >>> [state.code for state in found.states_km]
    ['RUS', 'BLR', 'UKR', 'POL', 'SVK', 'HUN']
    >>> of.crossings("VKO-BUD", on="2025-10-23") == found
    True
    """
    held, flown = world_on(world, on), route_of(route, on)
    rows = walk_routes(held.index, legs_of([flown.legs]), labels_of(held))
    return Crossings(
        route=flown,
        crossings=tuple(_crossing(held.pieces[span.piece], span, rows.length_km[0]) for span in spans_in(rows)),
        high_seas_km=rows.high_seas_km[0],
        settled=rows.settled[0],
    )


def locate(world: Airspaces, lon: float, lat: float) -> Piece:
    """Return the piece in which a point lies.

    Parameters
    ----------
    world : Airspaces
        The partition.
    lon, lat : float
        The point, in degrees.

    Returns
    -------
    Piece
        Piece 0 where it is nobody's airspace. A point on a border counts as south of it (east of it where the border
        runs due north); a point is on a border if it is within a micrometre of it.
    """
    return world.pieces[locate_piece(world.index, normal_lon(lon), lat)]


def closest_approaches(
    route: Way | Crossings,
    world: Airspaces,
    states: RuleSet | Iterable[str],
    *,
    within_km: float = 100.0,
) -> dict[State, Approach]:
    """Find how near a route comes to states that it does not enter.

    Parameters
    ----------
    route : Route, str, sequence of places, or Crossings
        The route, or its crossings, which saves finding out again whom it enters.
    world : Airspaces
        The partition.
    states : RuleSet, or iterable of State or str
        States to look for, by ISO code; those that the route enters are skipped. A piece that several states claim
        and nobody holds undisputed counts for each of its claimants, here and for entering. Territories that a rule set
        leaves out count for no state.
    within_km : float
        How far to look, in km; up to 2,000, beyond which straight lines through the earth tell too little.

    Returns
    -------
    dict of State to Approach
        The nearest first; states farther away than `within_km` are left out.

    Raises
    ------
    RouteError
        If `within_km` is none from 0 to 2,000.

    Notes
    -----
    A distance is exact for the two points that it names, and at most 0.5 m longer than the least there is (2 m for
    distances over 1,000 km); see `overflight._crossings.nearest`.
    """
    if not 0.0 <= within_km <= FARTHEST_KM:
        msg = f"closest approaches within {within_km} km: give 0 to {FARTHEST_KM:g} km"
        raise RouteError(msg)
    found = route if isinstance(route, Crossings) else crossings(route, world)
    chosen = RuleSet.of(states)
    entered = {state for crossing in found for state in owners(crossing, chosen.exceptions)}
    asked = chosen.touched - entered
    return answered(Ask(asked, within_km, chosen.exceptions), found, world)


def answered(ask: Ask, crossings: Crossings, world: Airspaces) -> dict[State, Approach]:
    """Answer a question about closest approaches, by what was found out already as far as it goes."""
    looked = (
        crossings if isinstance(crossings, Surveyed) and crossings.survey.world is world else surveyed(crossings, world)
    )
    return looked.survey.nearest(ask)


def surveyed(
    crossings: Crossings, world: Airspaces, asks: Iterable[Ask] = (), *, known: Survey | None = None
) -> Surveyed:
    """Find at once what is going to be asked about closest approaches to states that are not entered.

    Parameters
    ----------
    crossings : Crossings
        The route's crossings in `world`.
    world : Airspaces
        The partition.
    asks : iterable of Ask
        What `closest_approaches` is going to be asked of the result; what else it is asked is looked for then.
    known : Survey, optional
        Of the same route in another world; what it knows of this one is not looked for again.
    """
    survey = known.over(world) if known else Survey(Parts(crossings.route), world)
    survey.announce(asks)
    return Surveyed(crossings, survey)


def _crossing(piece: Piece, crossing: Span, end_km: float) -> Crossing:
    role: Role = "overflight"
    if crossing.entry_km == 0.0:
        role = "departure"
    elif crossing.exit_km == end_km:
        role = "arrival"
    return Crossing(
        state=piece.state or CLAIMED,
        territory=piece.territory,
        disputed=piece.disputed,
        claimants=piece.claimants,
        role=role,
        entry=crossing.entry,
        exit=crossing.exit,
        entry_km=crossing.entry_km,
        exit_km=crossing.exit_km,
        piece=crossing.piece,
    )
