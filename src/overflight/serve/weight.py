"""How dear a question is, from what was sent: looked at before anybody works on it."""

from __future__ import annotations

from typing import Any

from overflight.errors import OverflightError
from overflight.rules.rulesets import parse_margin

__all__ = ["DEAR_MS", "is_dear", "weight_ms"]

DEAR_MS = 150.0
"""Whoever drags a route waits for no other question longer than so."""
DRAWN_MS = 700.0
"""A ground or a map: the borders of the whole world, whatever the route."""
FIRST_MS = 8.0
LEG_MS = 0.6
"""Crossings and drawing; they hardly depend on how long a leg is."""
NEAR_MS = 0.03
"""Closest approach of a leg, by the rule and by the kilometre of margin: so much more border has to be looked at."""
RULE_MS = 30.0
"""The days on which the members of a rule change."""
WHEN_MS = 200.0
"""The days on which a verdict does, rule by rule; the route is walked once."""


def is_dear(name: str, asked: dict[str, Any]) -> bool:
    """Tell whether a question takes so long that it waits with its like."""
    return weight_ms(name, asked) > DEAR_MS


def weight_ms(name: str, asked: dict[str, Any]) -> float:
    """Estimate how long a question takes, in milliseconds of an ordinary machine.

    Parameters
    ----------
    name : str
        What is asked: ``check``, ``costs``, ``ground``, ``changes``, ``when``, ``proposal`` or ``map``.
    asked : dict
        What was sent; nothing of it is known to be right, and what is wrong is refused soon enough.

    Notes
    -----
    It reads no place and opens no rule: that is work already, and this is done for everybody at once. So it is coarse;
    a question that turns out to be dear is found out by the clock (`Turns.ask`).
    """
    keys = asked.get("keys")
    keys = keys if isinstance(keys, dict) else {}
    rules = _count(keys.get("avoid")) + _count(keys.get("never"))
    legs = _count(keys.get("waypoints"))
    legs += sum(_count(one.get("waypoints")) or legs for one in _list(asked.get("others")) if isinstance(one, dict))
    weight = FIRST_MS + legs * (LEG_MS + NEAR_MS * rules * _margin_km(keys.get("margin")))
    if name in {"ground", "map"}:
        return DRAWN_MS + weight
    return weight + rules * {"changes": RULE_MS, "when": WHEN_MS}.get(name, 0.0)


def _list(sent: object) -> list[Any]:
    return sent if isinstance(sent, list) else []


def _count(sent: object) -> int:
    return len(_list(sent))


def _margin_km(sent: object) -> float:
    try:
        return parse_margin(sent[:40]) if isinstance(sent, str) else 0.0
    except OverflightError:
        return 0.0
