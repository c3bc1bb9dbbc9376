"""A permit sheet as rows: one a stay, for programs and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overflight.sheets.flight import Flight

__all__ = ["COLUMNS", "Cell", "rows_of"]

Cell = str | float | int | bool | None
ENDS = ("point", "fix", "lat", "lon", "km", "time", "earliest", "latest")
COLUMNS = (
    "route",
    "on",
    "n",
    "state",
    "name",
    "territory",
    "role",
    *(f"entry_{name}" for name in ENDS),
    *(f"exit_{name}" for name in ENDS),
    "length_km",
    "level",
    "altitude_low_m",
    "altitude_high_m",
    "standing",
    "ask",
    "answer",
    "answer_in_words",
    "rules",
    "binds_operator",
    "disputed",
    "claimants",
    "remarks",
    "operator",
    "aircraft",
)
"""In this order for good: who reads rows by their place goes on reading right. New columns come last."""


def rows_of(flight: Flight) -> Iterator[list[Cell]]:
    """Yield a row for each stay, in the order flown."""
    case = flight.case
    groups = {stay.number: one for one in flight.states for stay in one.stays}
    for stay in flight.stays:
        told, one = stay.to_dict(), groups[stay.number]
        row: dict[str, Cell] = {
            "route": case.route.label,
            "on": case.on.isoformat(),
            "n": stay.number,
            "state": one.code,
            "name": one.name,
            "territory": stay.crossing.territory,
            "role": stay.crossing.role,
            "length_km": told["length_km"],
            "level": stay.level,
            "standing": stay.standing,
            "ask": " ".join(one.ask),
            "answer": one.answer,
            "answer_in_words": one.told,
            "rules": "; ".join(dict.fromkeys(bound.bloc or bound.rule for bound in stay.rules)),
            "binds_operator": " ".join(dict.fromkeys(b.bloc for b in stay.rules if b.binds and b.bloc)),
            "disputed": stay.crossing.disputed,
            "claimants": " ".join(stay.crossing.claimants),
            "remarks": "; ".join(stay.remarks),
            "operator": flight.operator_words,
            "aircraft": flight.aircraft,
        }
        if stay.altitude_m is not None:
            row["altitude_low_m"], row["altitude_high_m"] = told["altitude_m"]
        for name in ("entry", "exit"):
            end = told[name] | {"point": told[name]["item15"]}
            row |= {f"{name}_{key}": end[key] for key in ENDS}
        yield [row.get(column) for column in COLUMNS]
