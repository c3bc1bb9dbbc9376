"""What is said of a crossing that lies beyond 12 NM of any land."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight._crossings.waters import Stay

__all__ = ["beyond_land", "waters_json"]


def beyond_land(crossing: Crossing, stays: Iterable[Stay]) -> str:
    """Say how much of a crossing lies beyond 12 NM of any land, in which waters, and who objects; empty if nothing.

    Where the crossing's own dispute is about these waters, it tells who objects.
    """
    total: dict[str, float] = {}
    for stay in stays:
        one = stay.waters
        told = f"objections: {one.objects}" if "beyond 12 NM" not in (crossing.disputed or "") else ""
        right = f"{one.whose}, {one.name}: {one.kind}"
        row = "; ".join(filter(None, [right, told, "" if one.verified else "not verified"]))
        total[row] = total.get(row, 0.0) + stay.length_km
    return "; ".join(f"some {km:,.0f} km of it beyond 12 NM of any land ({row})" for row, km in total.items())


def waters_json(crossing: Crossing, stays: Sequence[Stay]) -> dict[str, Any]:
    """Return what JSON, and a table's row, say of it: km, the sentence, and each stay; nothing where there is none."""
    if not stays:
        return {}
    told = [stay.to_dict() for stay in stays]
    return {
        "beyond_12nm_km": round(sum(stay["length_km"] for stay in told), 3),
        "beyond_12nm": beyond_land(crossing, stays),
        "waters": told,
    }
