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

    One that begins or ends at the high seas is a part, for the zone goes on there.
    """
    several = list(crossings)
    left_km = [0.0, *(one.exit_km for one in several)]
    entered_km = [*(one.entry_km for one in several[1:]), crossings.route.length_km]
    found = []
    for one, left, entered in zip(several, left_km, entered_km, strict=False):
        at_sea = one.entry_km - left > ADJOINING_KM or entered - one.exit_km > ADJOINING_KM
        landed = crossings.route.length_km - one.exit_km <= ADJOINING_KM
        ends = (one.role == "departure") + landed
        own = one.state.code == one.territory
        name = one.state.name if own else f"{one.state.name} ({one.territory})"
        found.append(Stay(one.territory, name, one.entry, one.exit, ends, _holder(one), at_sea))
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


def _holder(one: Crossing) -> str:
    return "" if one.state.code == UNDETERMINED else str(one.state.code)
