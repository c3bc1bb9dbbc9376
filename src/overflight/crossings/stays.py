"""From cuts to stays: the self-check of a walk, what is done where it fails, and stays joined across waypoints."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from overflight.crossings.point import piece_at, snap
from overflight.crossings.walk import Cut, Trace, walk
from overflight.geodesy import EQUATOR_RADIUS_M, distance_along, normal_lon, position

if TYPE_CHECKING:
    from overflight.geodata import Index
    from overflight.routes import Leg, Route

__all__ = ["Stay", "stays_on"]

SHORT_M = 0.01
"""A stay shorter than this, which is less than the step of stored coordinates, is none."""
SETTLED_M = 1e-3
"""How closely a border is found by locating points."""


class Stay(NamedTuple):
    """A stretch of a route in one piece: distances from the route's start in metres, ends in degrees."""

    piece: int
    from_m: float
    to_m: float
    entry: tuple[float, float]
    exit: tuple[float, float]


def stays_on(route: Route, index: Index) -> tuple[list[Stay], int]:
    """Divide a route into stays.

    Parameters
    ----------
    route : Route
        Geodesic legs.
    index : Index
        Arcs and grid.

    Returns
    -------
    stays : list of Stay
        From the route's first metre to its last without a gap, nobody's airspace (piece 0) included. Neighbours lie in
        different pieces, and none is shorter than `SHORT_M`.
    settled : int
        Legs whose walk failed the self-check, and which were settled by locating points.
    """
    stays: list[Stay] = []
    settled = 0
    offset_m = 0.0
    for leg in route.legs:
        if leg.length_m > 0.0:
            found, failed = _on_leg(leg, index, offset_m)
            settled += failed
            stays += found
        offset_m += leg.length_m
    return _joined(stays), settled


def _on_leg(leg: Leg, index: Index, offset_m: float) -> tuple[list[Stay], bool]:
    """Divide one leg into stays that follow each other without a gap."""
    start, end = (leg.start.lon, leg.start.lat), (leg.end.lon, leg.end.lat)
    trace = walk(index, start, end, leg.length_m, leg.azimuth_deg)
    first, last = piece_at(index, *trace.start), piece_at(index, *trace.end)
    cuts = _chained(trace, first, last)
    failed = cuts is None
    if cuts is None:
        cuts = _settled(trace, index, start[0], first, last)
    stays = []
    piece, at_m, at = first, 0.0, start
    for arc, lon, lat, _, after in cuts:
        to_m = min(max(distance_along(trace.line, arc), at_m), leg.length_m)
        to = (normal_lon(lon), lat)
        stays.append(Stay(piece, offset_m + at_m, offset_m + to_m, at, to))
        piece, at_m, at = after, to_m, to
    stays.append(Stay(piece, offset_m + at_m, offset_m + leg.length_m, at, end))
    return stays, failed


def _chained(trace: Trace, first: int, last: int) -> list[Cut] | None:
    """Put cuts in the order in which pieces follow each other; None if that, or any label seen, does not agree.

    Cuts in one place, as at a point shared by three states, come in no particular order.
    """
    cuts = [cut for cut in trace.cuts if cut[3] != cut[4]]
    near = SHORT_M / EQUATOR_RADIUS_M
    piece = first
    for i in range(len(cuts)):
        j = i
        while j < len(cuts) and cuts[j][3] != piece and cuts[j][0] - cuts[i][0] < near:
            j += 1
        if j == len(cuts) or cuts[j][3] != piece:
            return None
        cuts[i], cuts[j] = cuts[j], cuts[i]
        piece = cuts[i][4]
    if piece != last:
        return None
    k = 0
    piece = first
    for arc, label in trace.seen:
        while k < len(cuts) and cuts[k][0] <= arc:
            piece = cuts[k][4]
            k += 1
        if piece != label:
            return None
    return cuts


def _settled(trace: Trace, index: Index, lon1: float, first: int, last: int) -> list[Cut]:
    """Find the cuts of a leg by locating points: between all cuts that were found, and wherever a label was seen."""

    def locate(arc: float) -> int:
        lon, lat = position(trace.line, arc)
        return piece_at(index, snap(lon1 + lon), snap(lat))

    near = SHORT_M / EQUATOR_RADIUS_M
    borders = [0.0, *(cut[0] for cut in trace.cuts), trace.end_arc]
    known = [(0.0, first), *trace.seen, (trace.end_arc, last)]
    for low, high in pairwise(borders):
        if high - low > near:
            known.append((0.5 * (low + high), locate(0.5 * (low + high))))
    known.sort()
    cuts: list[Cut] = []
    # Pairs of points to look between, the first one on top.
    pairs = list(pairwise(known))[::-1]
    while pairs:
        (low, before), (high, after) = pairs.pop()
        if before == after:
            continue
        middle = 0.5 * (low + high)
        if (high - low) * EQUATOR_RADIUS_M < SETTLED_M or not low < middle < high:
            lon, lat = position(trace.line, middle)
            cuts.append((middle, lon1 + lon, lat, before, after))
            continue
        between = (middle, locate(middle))
        pairs += [(between, (high, after)), ((low, before), between)]
    return cuts


def _joined(stays: list[Stay]) -> list[Stay]:
    """Join neighbours in one piece, and give what is too short to be a stay to the one before it."""
    joined: list[Stay] = []
    for stay in stays:
        if joined and (stay.piece == joined[-1].piece or stay.to_m - stay.from_m < SHORT_M):
            joined[-1] = joined[-1]._replace(to_m=stay.to_m, exit=stay.exit)
        elif len(joined) == 1 and joined[0].to_m - joined[0].from_m < SHORT_M:
            joined = [stay._replace(from_m=joined[0].from_m, entry=joined[0].entry)]
        else:
            joined.append(stay)
    return joined
