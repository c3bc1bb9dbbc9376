"""Stays in zones that charge: from the crossings of a route, or from what it enters of a layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from overflight.airspace.pieces import UNDETERMINED
from overflight.earth.shortest import inverse

if TYPE_CHECKING:
    from overflight._crossings import Crossing, Crossings
    from overflight.routes import Route

__all__ = ["Stay", "Zoned", "stays_in", "stays_of"]

ADJOINING_KM = 0.001


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in one zone: what a charge is worked out from.

    Attributes
    ----------
    zone : str
        Code of a state or a territory, or the name of a zone of a layer.
    name : str
        What to call it.
    entry, exit : (lon, lat)
        Where it begins and ends, in degrees.
    ends : int
        How many take-offs and landings it has: 0, 1 or 2.
    state : str
        Code of the state that has it, where that is another; empty where it is nobody's.
    part : bool
        Whether the zone is likely to reach farther than the stay does.
    """

    zone: str
    name: str
    entry: tuple[float, float]
    exit: tuple[float, float]
    ends: int = 0
    state: str = ""
    part: bool = False

    @property
    def km(self) -> float:
        """The great circle from entry to exit, in km, whatever way was flown between."""
        return inverse(*self.entry, *self.exit)[0] / 1000.0


def stays_of(crossings: Crossings) -> list[Stay]:
    """Make stays of the crossings of a route: its states' airspace stands for their zones.

    Crossings of one zone that adjoin, such as of a bay that is disputed and of the land about it, are one stay. One
    that begins or ends at the high seas is a part, for the zone goes on there.
    """
    several: list[tuple[Crossing, Crossing]] = []
    for one in crossings:
        if several and _goes_on(several[-1][1], one):
            several[-1] = several[-1][0], one
        else:
            several.append((one, one))
    left_km = [0.0, *(last.exit_km for _, last in several)]
    entered_km = [*(first.entry_km for first, _ in several[1:]), crossings.route.length_km]
    found = []
    for (first, last), left, entered in zip(several, left_km, entered_km, strict=False):
        at_sea = first.entry_km - left > ADJOINING_KM or entered - last.exit_km > ADJOINING_KM
        landed = crossings.route.length_km - last.exit_km <= ADJOINING_KM
        ends = (first.role == "departure") + landed
        own = first.state.code == first.territory
        name = first.state.name if own else f"{first.state.name} ({first.territory})"
        found.append(Stay(first.territory, name, first.entry, last.exit, ends, _holder(first), at_sea))
    return found


class Zoned(Protocol):
    """A stay of a route in a zone of a layer: what `overflight.read_layer(...).entries(route)` lists."""

    @property
    def name(self) -> str:
        """The zone's name."""

    @property
    def role(self) -> str:
        """``"departure"`` if the route begins in it."""

    @property
    def entry(self) -> tuple[float, float]:
        """Where it begins."""

    @property
    def exit(self) -> tuple[float, float]:
        """Where it ends."""

    @property
    def exit_km(self) -> float:
        """The same in km from the route's start."""


def stays_in(zones: Iterable[Zoned], route: Route) -> list[Stay]:
    """Make stays of what a route enters of a layer, such as charging zones: of each, its own great circle.

    Unit rates then go by the names of the layer, and no charge is a part. The FAA's fees stand by states alone: a layer
    does not say where the United States control oceanic airspace.
    """
    ended = route.length_km - ADJOINING_KM
    return [
        Stay(one.name, one.name, one.entry, one.exit, (one.role == "departure") + (one.exit_km >= ended))
        for one in zones
    ]


def _goes_on(one: Crossing, after: Crossing) -> bool:
    """Tell whether a crossing is of the zone that the one before it is of, and begins where that ends."""
    same = (one.territory, _holder(one)) == (after.territory, _holder(after))
    return same and after.entry_km - one.exit_km <= ADJOINING_KM


def _holder(one: Crossing) -> str:
    return "" if one.state.code == UNDETERMINED else str(one.state.code)
