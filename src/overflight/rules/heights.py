"""Areas that have a floor or a ceiling, and recorded flights that pass above or below.

A recorder writes down what its altimeter or its satellites tell, and seldom which; a limit is a pressure, a height
above the sea, or one above the ground. So a height is known to `HEIGHT_M` and `HEIGHT_SHARE` of itself, and the ground
may be as low and as high as it is anywhere. What was recorded inside is crossed; what was not, but may have been, is
marginal.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overflight._crossings import Crossing
from overflight.airspace.area import Area
from overflight.airspace.levels import LOWEST_GROUND_M
from overflight.earth import direct
from overflight.routes import Route
from overflight.routes.tracks import Track
from overflight.routes.tracks.track import GAP_S
from overflight.rules.findings import Finding, Status

__all__ = ["HEIGHT_M", "HEIGHT_SHARE", "between_limits"]

Floats = npt.NDArray[np.float64]

HEIGHT_M, HEIGHT_SHARE = 300.0, 0.05
"""By how much pressure and satellites differ in a height, and of it, but on rare days."""
STEADY_S = 60.0
"""Positions so far apart in time have one climb between them; farther apart, any height between both may be there."""
HIGHEST_FIELD_M = 5000.0
"""No airfield is higher (Daocheng Yading has 4,411 m)."""
LEAST_KM = 1e-5
OUT, MAYBE, UNKNOWN, INSIDE = range(4)


class Profile(NamedTuple):
    """A track's height between positions where it is known, one piece each; arrays of shape (n, 2), for its two ends.

    Attributes
    ----------
    km : array
        Where it begins and ends.
    least, most : array
        The height recorded, in metres: the same but on the ground; NaN where nothing is known.
    low, high : array
        Between which heights it was, for all that is known; infinite where nothing is.
    """

    km: Floats
    least: Floats
    most: Floats
    low: Floats
    high: Floats


class Stay(NamedTuple):
    """A part of a crossing: where it begins and ends, what it is, the least and the greatest height recorded.

    `is_known` tells whether heights are known all the way.
    """

    begin_km: float
    end_km: float
    kind: int
    least_m: float
    most_m: float
    is_known: bool


def between_limits(finding: Finding, area: Area, route: Route) -> Finding:
    """Judge what was found of an area by the heights of the route, where it has any.

    Parameters
    ----------
    finding : Finding
        What was found on the map.
    area : Area
        The area, with a floor or a ceiling.
    route : Route
        A recorded flight, or any other route, whose heights are not known.

    Returns
    -------
    Finding
        The kilometres inside, and a note. `crosses` where a height between the limits is recorded, or none; `marginal`
        where one outside is, by less than it is known; else `clear`.

    Notes
    -----
    Heights run evenly between two positions. Up to a minute apart, they are known as well as there; up to ten minutes,
    anything between the two may be; beyond, and before the first and after the last height, nothing is known, and the
    area counts as entered.
    """
    reach = area.name if area.limits in area.name else f"{area.name} reaches from {area.floor} to {area.ceiling}"
    if not finding.crossings and finding.status == "clear":
        return finding
    if not isinstance(route, Track) or (profile := _profile(route)) is None:
        return _noted(finding, f"{reach}, altitude not known") if finding.crossings else finding
    if not finding.crossings:
        return (
            finding if _stays(profile, area, 0.0, route.length_km) else _outside(finding, f"{reach}, never in between")
        )
    stays = [
        (crossing, stay)
        for crossing in finding.crossings
        for stay in _stays(profile, area, crossing.entry_km, crossing.exit_km)
    ]
    if not stays:
        pieces = [one for c in finding.crossings for one in _pieces(profile, None, c.entry_km, c.exit_km)]
        return _outside(finding, f"{reach}, passed {_side(pieces, area)} at {_band(pieces)}")
    worst = max(stay.kind for _, stay in stays)
    inside = [(crossing, stay) for crossing, stay in stays if worst == MAYBE or stay.kind > MAYBE]
    crossings = tuple(_part(crossing, stay, route) for crossing, stay in inside)
    status: Status = "marginal" if worst == MAYBE else "crosses"
    return replace(
        _noted(finding, f"{reach}, {_told([stay for _, stay in inside], area, status)}"),
        status="clear" if finding.status == "clear" else status,
        length_km=sum(crossing.length_km for crossing in crossings),
        crossings=crossings,
    )


def _outside(finding: Finding, why: str) -> Finding:
    """Say that an area is passed above or below."""
    return replace(
        _noted(finding, why),
        status="clear",
        length_km=0.0,
        closest_km=None,
        approach=None,
        crossings=(),
        consented=False,
    )


def _noted(finding: Finding, why: str) -> Finding:
    return replace(finding, note="; ".join(filter(None, (why, finding.note))))


def _told(stays: Sequence[Stay], area: Area, status: Status) -> str:
    """Say which heights are recorded, and how well they are known."""
    known = [stay for stay in stays if stay.kind != UNKNOWN]
    if not known:
        return "altitude not known"
    told = f"recorded at {_band(known)}"
    if not all(stay.is_known for stay in stays):
        return f"{told}, elsewhere altitude not known"
    if status != "marginal":
        return told
    off = max(_off(np.array([(stay.least_m, stay.most_m) for stay in known])).ravel().tolist())
    from_ground = any(limit.low_m != limit.high_m for limit in (area.floor, area.ceiling))
    ground = ", and the height of the ground is not known" if from_ground else ""
    return f"{told}, which is known to {round(off, -1):,.0f} m{ground}"


def _band(stays: Sequence[Stay]) -> str:
    least, most = min(stay.least_m for stay in stays), max(stay.most_m for stay in stays)
    low, high = (f"{round(metres):,d}" for metres in (least, most))
    return f"{low} m" if low == high else f"{low} to {high} m"


def _side(pieces: Sequence[Stay], area: Area) -> str:
    """Say whether a flight passes above or below an area, or both in turn."""
    if all(piece.least_m > area.ceiling.low_m for piece in pieces):
        return "above"
    return "below" if all(piece.most_m < area.floor.high_m for piece in pieces) else "outside"


# Heights along a track ------------------------------------------------------------------------------------------------


def _profile(track: Track) -> Profile | None:
    """Return the heights of a track; None if it has none."""
    metres, ground = track.altitude_m, track.samples.on_ground
    # Many write 0 for a height on the ground.
    is_down = ((ground == 1) & (np.isnan(metres) | (metres == 0.0))) | ((metres == 0.0) & (ground != 0))
    at = np.flatnonzero(np.isfinite(metres) | is_down)
    if not len(at):
        return None
    least = np.where(is_down, LOWEST_GROUND_M, metres)[at]
    most = np.where(is_down, HIGHEST_FIELD_M, metres)[at]
    low, high = least - np.where(is_down[at], 0.0, _off(least)), most + np.where(is_down[at], 0.0, _off(most))
    km, when = track.along_km[at], track.times_s[at]
    pause = np.diff(when)
    ends = [_pairs(column) for column in (km, least, most, low, high)]
    loose, silent = pause > STEADY_S, pause > GAP_S
    ends[3][loose] = ends[3][loose].min(axis=1, keepdims=True)
    ends[4][loose] = ends[4][loose].max(axis=1, keepdims=True)
    for column, nothing in zip(ends[1:], (np.nan, np.nan, -np.inf, np.inf), strict=True):
        column[silent] = nothing
    edges = ((0.0, km[0]), (km[-1], track.length_km))
    outer = ((np.nan,) * 2, (np.nan,) * 2, (-np.inf,) * 2, (np.inf,) * 2)
    whole = [np.vstack([edges[0], ends[0], edges[1]])]
    whole += [np.vstack([blank, column, blank]) for blank, column in zip(outer, ends[1:], strict=True)]
    there = whole[0][:, 1] > whole[0][:, 0]
    return Profile(*(column[there] for column in whole))


def _pairs(column: Floats) -> Floats:
    return np.column_stack([column[:-1], column[1:]])


def _off(metres: Floats) -> Floats:
    """Return how well heights are known."""
    return HEIGHT_M + HEIGHT_SHARE * np.abs(metres)


def _stays(profile: Profile, area: Area, from_km: float, to_km: float) -> list[Stay]:
    """Return the parts of a stretch that are inside an area or may be; those that surely are, or unknown, as one."""
    found: list[Stay] = []
    for piece in _pieces(profile, area, from_km, to_km):
        before = found[-1] if found else None
        alike = before is not None and (before.kind > MAYBE) == (piece.kind > MAYBE)
        if piece.kind == OUT:
            continue
        if before is not None and alike and before.kind != OUT and before.end_km == piece.begin_km:
            kind = max(before.kind, piece.kind)
            least = float(np.fmin(before.least_m, piece.least_m))
            most = float(np.fmax(before.most_m, piece.most_m))
            known = before.is_known and piece.is_known
            found[-1] = Stay(before.begin_km, piece.end_km, kind, least, most, known)
        else:
            found.append(piece)
    return [stay for stay in found if stay.end_km - stay.begin_km > LEAST_KM]


def _pieces(profile: Profile, area: Area | None, from_km: float, to_km: float) -> list[Stay]:
    """Cut a stretch where the flight passes a limit of an area, and say of each piece what it is."""
    first = max(0, int(np.searchsorted(profile.km[:, 1], from_km, side="right")))
    last = int(np.searchsorted(profile.km[:, 0], to_km, side="left"))
    km, least, most, low, high = (column[first:last] for column in profile)
    cuts = [np.array([from_km, to_km]), km[(km > from_km) & (km < to_km)]]
    limits = []
    if area is not None:
        limits = [
            (high, area.floor.low_m),
            (least, area.floor.high_m),
            (most, area.ceiling.low_m),
            (low, area.ceiling.high_m),
        ]
    for column, limit in limits:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (limit - column[:, 0]) / (column[:, 1] - column[:, 0])
            at = km[:, 0] + share * (km[:, 1] - km[:, 0])
        cuts.append(at[(share > 0.0) & (share < 1.0) & (at > from_km) & (at < to_km)])
    edges = np.unique(np.concatenate(cuts))
    middle = 0.5 * (edges[1:] + edges[:-1])
    at = np.clip(np.searchsorted(km[:, 0], middle, side="right") - 1, 0, len(km) - 1)

    def along(column: Floats, where: Floats) -> Floats:
        share = (where - km[at, 0]) / (km[at, 1] - km[at, 0])
        flat = column[at, 0] == column[at, 1]  # infinite, too
        with np.errstate(invalid="ignore"):
            found: Floats = np.where(flat, column[at, 0], column[at, 0] + share * (column[at, 1] - column[at, 0]))
        return found

    kind = np.full(len(middle), OUT)
    if area is not None:
        maybe = (along(high, middle) >= area.floor.low_m) & (along(low, middle) <= area.ceiling.high_m)
        inside = (along(least, middle) >= area.floor.high_m) & (along(most, middle) <= area.ceiling.low_m)
        kind = np.where(inside, INSIDE, np.where(np.isnan(along(least, middle)), UNKNOWN, np.where(maybe, MAYBE, OUT)))
    bottom = np.minimum(along(least, edges[:-1]), along(least, edges[1:]))
    top = np.maximum(along(most, edges[:-1]), along(most, edges[1:]))
    rows = zip(edges[:-1], edges[1:], kind, bottom, top, strict=True)
    return [Stay(float(a), float(b), int(k), float(c), float(d), not np.isnan(c)) for a, b, k, c, d in rows]


def _part(crossing: Crossing, stay: Stay, route: Track) -> Crossing:
    """Return the part of a crossing that a stay is."""
    begins, ends = stay.begin_km <= crossing.entry_km, stay.end_km >= crossing.exit_km
    if begins and ends:
        return crossing
    starts, lands = stay.begin_km <= 0.0, stay.end_km >= route.length_km
    return replace(
        crossing,
        role="departure" if starts else "arrival" if lands else "overflight",
        entry=crossing.entry if begins else _place(route, stay.begin_km),
        exit=crossing.exit if ends else _place(route, stay.end_km),
        entry_km=stay.begin_km,
        exit_km=stay.end_km,
    )


def _place(route: Track, at_km: float) -> tuple[float, float]:
    """Return where a track is so many km from its start."""
    number = min(max(bisect.bisect_right(route.along_km, at_km) - 1, 0), len(route.legs) - 1)
    leg = route.legs[number]
    along_m = min((at_km - float(route.along_km[number])) * 1000.0, leg.length_m)
    return direct(leg.start.lon, leg.start.lat, leg.azimuth_deg, along_m)
