"""From cuts to spans: the self-check of a walk, what is done where it fails, and spans joined across waypoints.

Scalar functions of numbers and flat arrays, in the subset of Python that numba compiles; `spans_on_routes` is where
both the interpreter and the compiled engine enter.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from overflight._crossings.walk import CUT, CUTS, SEEN, Scratch, walk
from overflight.earth.constants import EQUATOR_RADIUS_M
from overflight.earth.line import (
    Line,
    arc_at,
    distance_along,
    geodesic_line,
    normal_lon,
    position,
)
from overflight.partition.locate import FULL_TURN, Grid, piece_at, snap

__all__ = ["DAMAGED", "NOBODY", "ROW", "ROWS_FULL", "SCRATCH_FULL", "Legs", "Rows", "spans_on_routes"]

SHORT_M = 0.01
"""A span shorter than this, which is less than the step of stored coordinates, is none."""
SETTLED_M = 1e-3
"""How closely a border is found by locating points."""
NOBODY = -1
"""Label of pieces that are left out."""
ROW = 6
"""Numbers to each span: entry and exit in km from the route's start, then lon and lat of both in degrees."""

SCRATCH_FULL, ROWS_FULL, DAMAGED = -1, -2, -3
"""Why a walk ended early."""


class Legs(NamedTuple):
    """Legs of routes, one after the other.

    Attributes
    ----------
    lon1, lat1, lon2, lat2 : array of float
        Ends in degrees.
    length_m, azimuth_deg : array of float
        From `earth.inverse`.
    first : array of int
        Route r has the legs from ``first[r]`` to ``first[r + 1] - 1``.
    """

    lon1: Any
    lat1: Any
    lon2: Any
    lat2: Any
    length_m: Any
    azimuth_deg: Any
    first: Any


class Rows(NamedTuple):
    """Where spans are written.

    Attributes
    ----------
    piece : array of int
        Piece entered first, of each span.
    at : array of float
        `ROW` numbers to each span.
    end : array of int
        Of each route: how many rows there are after it.
    length_km, high_seas_km : array of float
        Of each route: its length, and how much of it is in pieces that are left out.
    settled : array of int
        Of each route: legs whose walk failed the self-check, and which were settled by locating points.
    """

    piece: Any
    at: Any
    end: Any
    length_km: Any
    high_seas_km: Any
    settled: Any


def spans_on_routes(
    grid: Grid, legs: Legs, labels: Any, rows: Rows, scratch: Scratch, begin: int, end: int
) -> tuple[int, int]:
    """Divide routes into spans.

    Parameters
    ----------
    grid : Grid
        Arcs and cells.
    legs : Legs
        The legs of all routes.
    labels : array of int
        A number for each piece. Neighbouring spans with the same one are one span; those with `NOBODY` are left out.
    rows : Rows
        Written to, from its first row on.
    scratch : Scratch
        For one leg at a time.
    begin, end : int
        Which routes.

    Returns
    -------
    route : int
        The first route not done: `end`, unless `rows` or `scratch` is too small for it.
    why : int
        0, or what was wrong: `SCRATCH_FULL`, `ROWS_FULL` or `DAMAGED`.

    Notes
    -----
    Before any are left out, spans follow each other from the route's first metre to its last without a gap,
    neighbours lie in different pieces, and none is shorter than `SHORT_M`.
    """
    done = 0
    for route in range(begin, end):
        offset_m = 0.0
        n = done
        settled = 0
        piece = -1
        for leg in range(legs.first[route], legs.first[route + 1]):
            if not legs.length_m[leg] > 0.0:
                continue
            n, piece, failed = _on_leg(grid, legs, leg, offset_m, piece, rows, done, n, scratch)
            if n < 0:
                return route, n
            settled += failed
            offset_m += legs.length_m[leg]
        done = _labelled(rows, route, labels, done, n)
        rows.end[route] = done
        rows.length_km[route] = offset_m / 1000.0
        rows.settled[route] = settled
    return end, 0


def _on_leg(
    grid: Grid, legs: Legs, leg: int, offset_m: float, piece: int, rows: Rows, first: int, n: int, scratch: Scratch
) -> tuple[int, int, int]:
    """Add the spans on one leg to those of its route, which begin at row `first`.

    `piece` is the one where the leg before ended, or -1. Returns the number of rows (or what is wrong), the piece at
    the end, and 1 if the walk failed its self-check.
    """
    lon1, lat1, lon2, lat2 = legs.lon1[leg], legs.lat1[leg], legs.lon2[leg], legs.lat2[leg]
    length_m = legs.length_m[leg]
    line = geodesic_line(lat1, legs.azimuth_deg[leg])
    end_arc = arc_at(line, length_m)
    start = (snap(lon1), snap(lat1))
    end = _end_point(line, end_arc, lon1, lon2, lat2)
    if not walk(grid, scratch, line, end_arc, lon1, start, end):
        return SCRATCH_FULL, -1, 0
    # At a pole, what lies a hair south depends on the longitude by which it is reached.
    if piece < 0 or abs(lat1) == 90.0:
        piece = piece_at(grid, start[0], start[1])
    last = piece_at(grid, end[0], end[1])
    if piece < 0 or last < 0:
        return DAMAGED, -1, 0
    failed = 0
    if not _chained(scratch, piece, last):
        failed = 1
        problem = _settle(grid, scratch, line, lon1, end_arc, piece, last)
        if problem != 0:
            return problem, -1, 0
    at_m, at_lon, at_lat = 0.0, lon1, lat1
    cuts, sides = scratch.cuts, scratch.sides
    for k in range(0, CUT * scratch.counts[CUTS], CUT):
        to_m = min(max(distance_along(line, cuts[k]), at_m), length_m)
        lon, lat = normal_lon(cuts[k + 1]), cuts[k + 2]
        n = _add(rows, first, n, piece, (offset_m + at_m, offset_m + to_m, at_lon, at_lat, lon, lat))
        if n < 0:
            return n, -1, 0
        piece, at_m, at_lon, at_lat = int(sides[k + 1]), to_m, lon, lat
    n = _add(rows, first, n, piece, (offset_m + at_m, offset_m + length_m, at_lon, at_lat, lon2, lat2))
    return n, piece, failed


def _end_point(line: Line, end_arc: float, lon1: float, lon2: float, lat2: float) -> tuple[float, float]:
    """Return the leg's end exactly as given, snapped, longitude unrolled from the start's."""
    east = lon2 - lon1
    turns = math.floor(east / 360.0 + 0.5)
    if abs(lat2) < 90.0 and abs(east - 360.0 * turns) < 179.0:
        return snap(lon2) - FULL_TURN * turns, snap(lat2)
    # To the opposite meridian, it may go either way round; to a pole, along any meridian.
    lon, lat = position(line, end_arc)
    x = snap(lon1 + lon)
    if abs(lat) < 90.0 and abs(lat2) < 90.0:
        x = snap(lon2) + FULL_TURN * math.floor((lon1 + lon - lon2) / 360.0 + 0.5)
    return x, snap(lat2)


Span = tuple[float, float, float, float, float, float]
"""From and to in metres from the route's start, then lon and lat of both ends in degrees."""


def _add(rows: Rows, first: int, n: int, piece: int, span: Span) -> int:
    """Add a span to its route's; join neighbours in one piece, and give what is too short to be one to the one before.

    Returns the number of rows, or `ROWS_FULL`.
    """
    from_m, to_m, lon1, lat1, lon2, lat2 = span
    at = rows.at
    k = ROW * (n - 1)
    if n > first:
        same = piece == rows.piece[n - 1] or to_m - from_m < SHORT_M
        if same or (n == first + 1 and at[k + 1] - at[k] < SHORT_M):
            if not same:
                rows.piece[n - 1] = piece
            at[k + 1], at[k + 4], at[k + 5] = to_m, lon2, lat2
            return n
    if n >= len(rows.piece):
        return ROWS_FULL
    rows.piece[n] = piece
    k = ROW * n
    at[k], at[k + 1], at[k + 2], at[k + 3], at[k + 4], at[k + 5] = from_m, to_m, lon1, lat1, lon2, lat2
    return n + 1


def _labelled(rows: Rows, route: int, labels: Any, first: int, n: int) -> int:
    """Join a route's neighbouring spans of one label, leave out nobody's, and turn metres into km."""
    at = rows.at
    high_seas_m = 0.0
    done, last = first, NOBODY
    for row in range(first, n):
        label = int(labels[rows.piece[row]])
        k, to = ROW * row, ROW * done
        if label == NOBODY:
            high_seas_m += at[k + 1] - at[k]
        elif label == last:
            at[to - 5], at[to - 2], at[to - 1] = at[k + 1] / 1000.0, at[k + 4], at[k + 5]
        else:
            rows.piece[done] = rows.piece[row]
            at[to], at[to + 1] = at[k] / 1000.0, at[k + 1] / 1000.0
            at[to + 2], at[to + 3], at[to + 4], at[to + 5] = at[k + 2], at[k + 3], at[k + 4], at[k + 5]
            done += 1
        last = label
    rows.high_seas_km[route] = high_seas_m / 1000.0
    return done


def _sort(scratch: Scratch) -> None:
    """Put cuts in the order of their arcs."""
    cuts, sides = scratch.cuts, scratch.sides
    for i in range(CUT, CUT * scratch.counts[CUTS], CUT):
        k = i
        while k > 0 and cuts[k - CUT] > cuts[k]:
            _swap(cuts, sides, k - CUT, k)
            k -= CUT


def _swap(cuts: Any, sides: Any, i: int, j: int) -> None:
    for k in range(CUT):
        cuts[i + k], cuts[j + k] = cuts[j + k], cuts[i + k]
        sides[i + k], sides[j + k] = sides[j + k], sides[i + k]


def _chained(scratch: Scratch, first: int, last: int) -> bool:
    """Put cuts in the order in which pieces follow each other; False if that, or any label seen, does not agree.

    Cuts between parts of one piece go. Cuts in one place, as at a point shared by three states, come in no particular
    order.
    """
    cuts, sides, counts = scratch.cuts, scratch.sides, scratch.counts
    _sort(scratch)
    n = 0
    for k in range(0, CUT * counts[CUTS], CUT):
        if sides[k] != sides[k + 1]:
            if n != k:
                _swap(cuts, sides, n, k)
            n += CUT
    counts[CUTS] = n // CUT
    near = SHORT_M / EQUATOR_RADIUS_M
    piece = first
    for i in range(0, n, CUT):
        j = i
        while j < n and sides[j] != piece and cuts[j] - cuts[i] < near:
            j += CUT
        if j == n or sides[j] != piece:
            return False
        if i != j:
            _swap(cuts, sides, i, j)
        piece = int(sides[i + 1])
    if piece != last:
        return False
    k = 0
    piece = first
    for i in range(counts[SEEN]):
        while k < n and cuts[k] <= scratch.seen_at[i]:
            piece = int(sides[k + 1])
            k += CUT
        if piece != scratch.seen[i]:
            return False
    return True


def _locate(grid: Grid, line: Line, lon1: float, arc: float) -> int:
    lon, lat = position(line, arc)
    return piece_at(grid, snap(lon1 + lon), snap(lat))


def _settle(grid: Grid, scratch: Scratch, line: Line, lon1: float, end_arc: float, first: int, last: int) -> int:
    """Find the cuts of a leg by locating points: between all cuts that were found, and wherever a label was seen.

    Returns 0, or what is wrong.
    """
    cuts, counts = scratch.cuts, scratch.counts
    _sort(scratch)
    near = SHORT_M / EQUATOR_RADIUS_M
    low = 0.0
    for k in range(counts[CUTS] + 1):
        high = cuts[CUT * k] if k < counts[CUTS] else end_arc
        if high - low > near:
            middle = 0.5 * (low + high)
            piece = _locate(grid, line, lon1, middle)
            if piece < 0:
                return DAMAGED
            if not _know(scratch, middle, piece):
                return SCRATCH_FULL
        low = high
    counts[CUTS] = 0
    low, before = 0.0, first
    for k in range(counts[SEEN] + 1):
        high, after = (scratch.seen_at[k], int(scratch.seen[k])) if k < counts[SEEN] else (end_arc, last)
        problem = _look_between(grid, scratch, line, lon1, (low, high), before, after)
        if problem != 0:
            return problem
        low, before = high, after
    return 0


def _know(scratch: Scratch, arc: float, piece: int) -> bool:
    """Put a point among those seen, in the order of their arcs; False if there is no room."""
    n = scratch.counts[SEEN]
    if n >= len(scratch.seen):
        return False
    while n > 0 and scratch.seen_at[n - 1] > arc:
        scratch.seen_at[n], scratch.seen[n] = scratch.seen_at[n - 1], scratch.seen[n - 1]
        n -= 1
    scratch.seen_at[n], scratch.seen[n] = arc, piece
    scratch.counts[SEEN] += 1
    return True


def _look_between(
    grid: Grid, scratch: Scratch, line: Line, lon1: float, between: tuple[float, float], before: int, after: int
) -> int:
    """Halve the stretch between two points known until each border between them is found to `SETTLED_M`."""
    cuts, sides, counts, stack = scratch.cuts, scratch.sides, scratch.counts, scratch.chords
    low, high = between
    depth = 0
    while True:
        if before != after:
            middle = 0.5 * (low + high)
            if (high - low) * EQUATOR_RADIUS_M >= SETTLED_M and low < middle < high:
                if 2 * depth + 2 > len(stack):
                    return SCRATCH_FULL
                # The farther half waits.
                stack[2 * depth], stack[2 * depth + 1] = high, float(after)
                depth += 1
                high, after = middle, _locate(grid, line, lon1, middle)
                if after < 0:
                    return DAMAGED
                continue
            k = CUT * counts[CUTS]
            if k >= len(cuts):
                return SCRATCH_FULL
            lon, lat = position(line, middle)
            cuts[k], cuts[k + 1], cuts[k + 2] = middle, lon1 + lon, lat
            sides[k], sides[k + 1], sides[k + 2] = before, after, -1
            counts[CUTS] += 1
        if depth == 0:
            return 0
        depth -= 1
        low, before = high, after
        high, after = stack[2 * depth], int(stack[2 * depth + 1])
