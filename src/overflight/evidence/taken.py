"""What flying a route takes, in a report: an estimate, and said to be one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from overflight.costs.spoken import assumed_words, cost_words

if TYPE_CHECKING:
    from overflight.costs import Cost
    from overflight.evidence.blocks import Cell

__all__ = ["taken", "taken_rows"]


def taken(cost: Cost | None) -> dict[str, Any]:
    """Return what the JSON of a flight has of it; nothing, where nobody asked."""
    return (
        {} if cost is None else {"cost": {**cost.to_dict(), "text": cost_words(cost), "rests_on": assumed_words(cost)}}
    )


def taken_rows(flight: dict[str, Any]) -> Iterator[tuple[str, Cell]]:
    """Give the row that tells of it."""
    if "cost" in flight:
        no_measure = "" if flight["recording"] is None else " It is worked out, not of the recording."
        yield "Estimated", (flight["cost"]["text"], flight["cost"]["rests_on"] + no_measure)
