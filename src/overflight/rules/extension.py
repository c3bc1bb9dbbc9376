"""How much longer a route is than the great circle between its ends, and the rule that limits that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from overflight.errors import RouteError
from overflight.routes import Route, great_circle
from overflight.rules.findings import Finding

if TYPE_CHECKING:
    from overflight._crossings import Crossings
    from overflight.airspace import Airspaces

__all__ = ["Longer", "MaxExtension", "extension_of"]


class Longer(NamedTuple):
    """A route extension: what a route adds over the great circle, in km and in per cent of that."""

    km: float
    pct: float

    @classmethod
    def than(cls, direct_km: float, route_km: float) -> Longer:
        """Compare a length with that of the great circle."""
        return cls(route_km - direct_km, 100.0 * (route_km - direct_km) / direct_km)


def extension_of(route: Route) -> Longer | None:
    """Return the extension of a route; None for a round trip, whose ends no one great circle joins."""
    if route.kind == "great-circle":
        return Longer(0.0, 0.0)
    try:
        direct_km = great_circle(route.waypoints[0], route.waypoints[-1]).length_km
    except RouteError:
        return None
    return Longer.than(direct_km, route.length_km)


@dataclass(frozen=True, slots=True)
class MaxExtension:
    """Be at most so much longer than the great circle from start to destination.

    Parameters
    ----------
    pct : float
        Largest route extension, in per cent of the great circle's length.

    Notes
    -----
    A route that is too long is `marginal`: it is not clear, but enters nothing for that.
    """

    pct: float
    name: str = "max-extension"

    def findings(self, crossings: Crossings, world: Airspaces) -> list[Finding]:  # noqa: ARG002 - the protocol's shape
        """Return one finding about the whole route."""
        length_km, extension = crossings.route.length_km, extension_of(crossings.route)
        if extension is None:
            return [Finding(self.name, None, "clear", note="start and destination have no great circle")]
        over = f"{extension.pct:.1f} % over the great circle ({length_km - extension.km:,.1f} km)"
        met = extension.pct <= self.pct
        note = f"{over}; at most {self.pct:g} % allowed"
        return [Finding(self.name, None, "clear" if met else "marginal", length_km=length_km, note=note)]
