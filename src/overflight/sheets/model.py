"""A stay in one airspace, as a permit sheet tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overflight.evidence.spelling import NONE, stamp
from overflight.rules.wording.findings import dispute

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.rules.verdicts import Standing
    from overflight.sheets.binding import Bound
    from overflight.sheets.places import End

__all__ = ["Stay"]


@dataclass(frozen=True, slots=True)
class Stay:
    """A crossing with all that a request says of it.

    Attributes
    ----------
    number : int
        From 1, in the order flown.
    crossing : Crossing
        Whose airspace, from where to where.
    territory : str
        The name of the territory, where it is another than the state.
    entry, exit : End
        Where and when it begins and ends.
    level : str
        The level of cruise, and from or to the ground; empty where none was given.
    altitude_m : (float, float) or None
        The lowest and highest recorded altitude, of a recorded flight that has them.
    standing : {"forbidden", "consented", "free"}
        What the rules of the question make of it.
    rules : tuple of Bound
        The rules that are about it.
    remarks : tuple of str
        What else to know: that it is a sliver, what of it lies beyond 12 NM of any land.
    """

    number: int
    crossing: Crossing
    territory: str
    entry: End
    exit: End
    level: str
    altitude_m: tuple[float, float] | None
    standing: Standing
    rules: tuple[Bound, ...]
    remarks: tuple[str, ...]

    @property
    def levels(self) -> str:
        """The level as given, else the altitudes as recorded, else a dash."""
        if self.level or self.altitude_m is None:
            return self.level or NONE
        low, high = (f"{metres:,.0f}" for metres in self.altitude_m)
        return f"{low} m" if low == high else f"{low} to {high} m"

    @property
    def flags(self) -> tuple[str, ...]:
        """The dispute in words, and the remarks."""
        return (*([dispute(self.crossing)] if self.crossing.disputed else []), *self.remarks)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        crossing = self.crossing
        return {
            "n": self.number,
            "role": crossing.role,
            "territory": crossing.territory,
            "entry": _end(self.entry),
            "exit": _end(self.exit),
            "length_km": round(round(crossing.exit_km, 3) - round(crossing.entry_km, 3), 3),
            "level": self.level or None,
            "altitude_m": None if self.altitude_m is None else [round(metres, 1) for metres in self.altitude_m],
            "standing": self.standing,
            "rules": [bound.to_dict() for bound in self.rules],
            "disputed": crossing.disputed,
            "claimants": list(crossing.claimants),
            "remarks": list(self.remarks),
        }


def _end(end: End) -> dict[str, Any]:
    lon, lat = end.lonlat
    at = end.at
    return {
        "item15": end.item15,
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "km": round(end.km, 3),
        "fix": end.fix or None,
        "leg": end.leg or None,
        "time": None if at is None else stamp(at.typical),
        "earliest": None if at is None else stamp(at.earliest, up=False),
        "latest": None if at is None else stamp(at.latest, up=True),
    }
