"""The profile of a route: what lies below it from start to end, without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overflight.maps.lines import Line

__all__ = ["bands"]

LEAST_KM = 0.01
"""A gap between two stays that is shorter than this is none: they share a border there."""


def bands(line: Line) -> list[dict[str, Any]]:
    """Return the stretches of a route in order, over states and over the high seas.

    Returns
    -------
    list of dict
        ``from`` and ``to`` in km from the start, ``code`` and ``name`` of the state, its ``standing`` (``"free"``,
        ``"forbidden"``, ``"consented"``, or ``"sea"``), and ``disputed``, the dispute in words, where there is one.
    """
    found: list[dict[str, Any]] = []
    at_km = 0.0
    for stay in line.verdict.crossings:
        if stay.entry_km - at_km > LEAST_KM:
            found.append(_sea(at_km, stay.entry_km))
        band = {
            "from": round(stay.entry_km, 2),
            "to": round(stay.exit_km, 2),
            "code": stay.state.code if stay.state != "XXX" else "",
            "name": line.who(stay),
            "standing": line.standing(stay),
        }
        found.append(band | ({"disputed": stay.disputed} if stay.disputed else {}))
        at_km = stay.exit_km
    if line.route.length_km - at_km > LEAST_KM:
        found.append(_sea(at_km, line.route.length_km))
    return found


def _sea(from_km: float, to_km: float) -> dict[str, Any]:
    return {"from": round(from_km, 2), "to": round(to_km, 2), "code": "", "name": "High seas", "standing": "sea"}
