"""From which end to search a mesh: a narrow way out leaves less to look at; from the other end there may be no end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from overflight.detours.budget import SpentError, current

if TYPE_CHECKING:
    from collections.abc import Collection

    from overflight.detours.mesh import Found, Ground

__all__ = ["path_from_either", "sooner_from_end"]

Point = tuple[float, float]
STAGES = (100_000, 1_000_000, 4_000_000)
"""A search from one end that comes to so many nodes waits until one from the other end has been tried."""


def path_from_either(
    ground: Ground,
    ends: tuple[Point, Point],
    *,
    from_end: bool,
    most_km: float,
    closed: Collection[int] = (),
) -> Found | Literal["narrow", "longer"]:
    """Search a mesh from one end; where that takes much, from the other one; farther from the first, and so on.

    Parameters
    ----------
    ground : Ground
        The mesh.
    ends : pair of (lon, lat)
        Start and destination, in degrees.
    from_end : bool
        Whether to begin with a search from the destination.
    most_km, closed
        As for `Ground.path`.

    Returns
    -------
    Found or str
        As of `Ground.path`.

    Raises
    ------
    SpentError
        If the budget is spent, or no search does with the memory that there is; says what is proven.
    """
    budget, least_km = current(), 0.0
    for most_nodes in (*STAGES[1:], budget.most_nodes):
        for backwards in (from_end, not from_end):
            try:
                found = ground.path(
                    *(ends[::-1] if backwards else ends), most_km=most_km, closed=closed, most_nodes=most_nodes
                )
            except SpentError as spent:
                least_km = max(least_km, spent.least_km)
                budget.check(least_km)
            else:
                return found if isinstance(found, str) or not backwards else found.reversed()
    raise SpentError(least_km)


def sooner_from_end(ground: Ground, ends: tuple[Point, Point], *, most_km: float) -> bool:
    """Try both ways, until one of them is through, and tell whether that from the destination takes less.

    Parameters
    ----------
    ground : Ground
        A mesh, best a rough one.
    ends : pair of (lon, lat)
        Start and destination, in degrees.
    most_km : float
        As for `Ground.path`.

    Raises
    ------
    SpentError
        If the budget is spent.
    """
    budget = current()
    for stage in STAGES:
        most_nodes = min(stage, budget.most_nodes)
        effort: list[int] = []
        for way in (ends, ends[::-1]):
            try:
                ground.path(*way, most_km=most_km, most_nodes=min([most_nodes, *effort]))
            except SpentError:
                budget.check()
                effort.append(most_nodes)
            else:
                effort.append(ground.effort)
        if min(effort) < most_nodes:
            return effort[1] < effort[0]
    return False
