"""Where a route is in areas that may overlap: for each area, from entry to exit, in the order flown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from overflight._crossings import Crossing, crossings

if TYPE_CHECKING:
    from overflight.airspace.area import Area
    from overflight.routes import Route

__all__ = ["stays_in"]

APART_KM = 2e-5
"""What is left out between two crossings is shorter than a centimetre: nothing lies between these."""


def stays_in(route: Route, areas: Sequence[Area]) -> list[tuple[int, Crossing]]:
    """Find every stay of a route in areas.

    Parameters
    ----------
    route : Route
        Its legs are geodesics.
    areas : sequence of Area
        They may overlap: a route is then in several at once.

    Returns
    -------
    list of (int, Crossing)
        The number of the area, and the stay, by entry, then by exit. States, territories and claimants are blank.

    Notes
    -----
    The walk and its error bounds are those of `overflight.crossings`, on the partition that the areas make: a stay
    goes on where the route enters another area besides.
    """
    from overflight.airspace.overlay import partition  # few ask for areas

    number = {area.code: k for k, area in enumerate(areas)}
    open_: dict[int, Crossing] = {}
    found: list[tuple[int, Crossing]] = []
    for crossing in crossings(route, partition(tuple(areas))):
        for code in crossing.claimants:
            k = number[code]
            before = open_.get(k)
            if before is not None and crossing.entry_km - before.exit_km <= APART_KM:
                role = crossing.role if before.role == "overflight" else before.role
                open_[k] = replace(before, exit=crossing.exit, exit_km=crossing.exit_km, role=role)
                continue
            if before is not None:
                found.append((k, before))
            area = areas[k]
            open_[k] = replace(crossing, state=area.holder, territory="", claimants=(), disputed=None)
    found += open_.items()
    return sorted(found, key=lambda one: (one[1].entry_km, one[1].exit_km, one[0]))
