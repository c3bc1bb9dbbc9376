"""Airspace that a state claims beyond its territorial sea, which the data do not count as its own."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from overflight.airspace.states import DATA, State, table_rows
from overflight.earth.constants import KM_PER_NM

__all__ = ["Wider", "wider_claims"]


@dataclass(frozen=True, slots=True)
class Wider:
    """A claim to airspace that is wider than the sea below it.

    Attributes
    ----------
    state : State
        Who claims it.
    west, south, east, north : float
        Along which of its limits, in degrees.
    beyond_km : float
        How far it reaches beyond the limit of the territorial sea.
    text, source : str
        The claim in words, and how we know.
    """

    state: State
    west: float
    south: float
    east: float
    north: float
    beyond_km: float
    text: str
    source: str

    def concerns(self, state: str, lonlat: tuple[float, float], km: float) -> bool:
        """Tell whether what comes so near to a point of a state's limit may lie in what it claims."""
        lon, lat = lonlat
        inside = self.west <= lon <= self.east and self.south <= lat <= self.north
        return state == self.state and inside and km < self.beyond_km


@functools.cache
def wider_claims() -> tuple[Wider, ...]:
    """Read the claims that ship with the data; see `geodata/wider.csv`."""
    return tuple(
        Wider(
            state=State(row["state"]),
            west=float(row["west"]),
            south=float(row["south"]),
            east=float(row["east"]),
            north=float(row["north"]),
            beyond_km=(float(row["claimed_nm"]) - float(row["breadth_nm"])) * KM_PER_NM,
            text=row["text"],
            source=row["source"],
        )
        for row in table_rows(DATA / "wider.csv")
    )
