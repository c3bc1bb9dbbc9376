"""What an airport's code says on a date: the airport that has it then; and what a reader should be told of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from overflight.earth.shortest import inverse
from overflight.routes.airports import airport, codes
from overflight.routes.model import Route
from overflight.routes.places import Waypoint

__all__ = ["Move", "as_named_on", "moves_of", "told_of"]

NEAR_KM = 5.0
"""A point farther from the airport than this has a code for its name and is not that airport."""
_CODE = re.compile(r"[A-Z0-9]{3,4}", re.ASCII)


def as_named_on(given: Route, on: dt.date) -> Route:
    """Put the ends and points that are named by a code where the code's airport was on a date.

    Only a point that lies exactly where the code's airport is today is put elsewhere: the place was then worked out
    from the code.

    Examples
    --------
    >>> from overflight.routes import route
    >>> before = as_named_on(route("HKG", "KUL"), dt.date(1998, 1, 1))
    >>> [round(point.lat, 2) for point in before.waypoints]
    [22.32, 3.13]
    """
    named = [(nth, _as_named_on(point, on)) for nth, point in enumerate(given.waypoints) if point.name]
    moved = {nth: point for nth, point in named if point is not given.waypoints[nth]}
    if not moved:
        return given
    return replace(given, waypoints=tuple(moved.get(nth, point) for nth, point in enumerate(given.waypoints)))


class Move(NamedTuple):
    """A day from which on a code stands for another field than before, and how we know."""

    on: dt.date
    code: str
    before: str
    after: str
    source: str


def moves_of(given: Route) -> tuple[Move, ...]:
    """List the days on which `as_named_on` begins to put a point of a route elsewhere.

    Examples
    --------
    >>> from overflight.routes import route
    >>> [(str(move.on), move.before, move.after) for move in moves_of(route("VKO", "IST"))]
    [('2019-04-06', 'Istanbul Atatürk (ISL)', 'İstanbul Airport')]
    """
    found: dict[Move, None] = {}
    for point in given.waypoints:
        if point.name is None or not _CODE.fullmatch(point.name) or _as_named_on(point, dt.date.min) is point:
            continue
        rows = sorted((row for row in codes(point.name) if row["kind"] == "moved"), key=lambda row: row["until"])
        names = [*(row["name"] for row in rows), (airport(point.name) or {}).get("name", "")]
        for row, before, after in zip(rows, names, names[1:], strict=False):
            found[Move(dt.date.fromisoformat(row["until"]), point.name, before, after, row["source"])] = None
    return tuple(sorted(found))


def told_of(points: Iterable[Waypoint], on: dt.date) -> tuple[str, ...]:
    """Say which airports were closed on a date, have another code today, or had another place then.

    Examples
    --------
    >>> from overflight.routes import route
    >>> told_of(route("TXL", "KIV").waypoints, dt.date(2025, 10, 23))
    ('the airport TXL was closed on 2020-11-08', 'KIV is now RMO, since 2024-01-18')
    """
    said: dict[str, None] = {}
    for point in points:
        if point.name and _CODE.fullmatch(point.name):
            said |= dict.fromkeys(_told_of(point, point.name, on))
    return tuple(said)


def _as_named_on(point: Waypoint, on: dt.date) -> Waypoint:
    then = _then(point.name, on)
    if then is None or point.name is None:
        return point
    today = airport(point.name)
    if today is None or (float(today["lon"]), float(today["lat"])) != (point.lon, point.lat):
        return point
    return Waypoint(float(then["lon"]), float(then["lat"]), point.name)


def _then(code: str | None, on: dt.date) -> dict[str, str] | None:
    """Return what a code was on a date, if that was another airport than today's: the first that had not ended."""
    if code is None or not _CODE.fullmatch(code):
        return None
    moved = sorted((row for row in codes(code) if row["kind"] == "moved"), key=lambda row: row["until"])
    return next((row for row in moved if on.isoformat() < row["until"]), None)


def _told_of(point: Waypoint, code: str, on: dt.date) -> Iterable[str]:
    then = _then(code, on)
    if then is not None and _apart_km(point, then) < NEAR_KM:
        yield f"{code} stands for {then['name']}, which had the code until {then['until']}"
        return
    row = airport(code)
    if row is None or _apart_km(point, row) > NEAR_KM:
        return
    former = next((one for one in codes(code) if one["kind"] == "former"), None)
    if former is not None:
        yield f"{code} is now {former['now']}" + (f", since {former['until']}" if former["until"] else "")
    if row["closed"] == "yes":
        yield f"the airport {code} is closed; since when is not known"
    elif row["closed"] and row["closed"] <= on.isoformat():
        yield f"the airport {code} was closed on {row['closed']}"


def _apart_km(point: Waypoint, row: dict[str, str]) -> float:
    return inverse(point.lon, point.lat, float(row["lon"]), float(row["lat"]))[0] / 1000.0
