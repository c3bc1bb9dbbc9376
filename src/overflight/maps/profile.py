"""The profile of a route: what lies below it from start to end, without a gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overflight.maps.lines import Line

__all__ = ["bands"]

LEAST_KM = 0.01
"""A gap between two crossings that is shorter than this is none: they share a border there."""


def bands(line: Line, clock: Callable[[float], str] | None = None) -> list[dict[str, Any]]:
    """Return the stretches of a route in order, over states and over the high seas.

    Parameters
    ----------
    line : Line
        The route.
    clock : callable, optional
        Says when the flight is so many km from the start.

    Returns
    -------
    list of dict
        ``from`` and ``to`` in km from the start, ``code`` and ``name`` of the state, its ``standing`` (``"free"``,
        ``"forbidden"``, ``"consented"``, or ``"sea"``), ``disputed``, the dispute in words, where there is one, and
        ``time``, where there is a clock.
    """
    found: list[dict[str, Any]] = []
    at_km = 0.0
    for crossing in line.verdict.crossings:
        if crossing.entry_km - at_km > LEAST_KM:
            found.append(_sea(at_km, crossing.entry_km))
        band = {
            "from": round(crossing.entry_km, 2),
            "to": round(crossing.exit_km, 2),
            "code": crossing.territory if crossing.state != "XXX" else "",
            "name": line.place_of(crossing),
            "standing": line.standing(crossing),
        }
        found.append(band | ({"disputed": crossing.disputed} if crossing.disputed else {}))
        at_km = crossing.exit_km
    if line.route.length_km - at_km > LEAST_KM:
        found.append(_sea(at_km, line.route.length_km))
    if clock is not None:
        for one in found:
            one["time"] = f"{clock(one['from'])} to {clock(one['to'])}"
    return found


def _sea(from_km: float, to_km: float) -> dict[str, Any]:
    return {"from": round(from_km, 2), "to": round(to_km, 2), "code": "", "name": "High seas", "standing": "sea"}
