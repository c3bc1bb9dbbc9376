"""Areas laid over a world: a partition in which each piece falls into what lies in areas and what does not.

So crossings, closest approaches and detours know areas without knowing of them.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence

import shapely

from overflight.airspace.airspaces import Airspaces
from overflight.airspace.area import PREFIX, Area
from overflight.airspace.pieces import Piece, owners
from overflight.errors import DataError
from overflight.partition.arranged import arranged, on_grid
from overflight.partition.grid import MOST_PIECES, index_of
from overflight.partition.overlay import laid_over

__all__ = ["overlay", "partition"]

CELL_DEG = 1.0


@functools.lru_cache(maxsize=8)
def partition(areas: tuple[Area, ...]) -> Airspaces:
    """Return the world as these areas divide it, without any state.

    Parameters
    ----------
    areas : tuple of Area
        They may overlap.

    Returns
    -------
    Airspaces
        Each piece is claimed by the areas that it lies in.

    Raises
    ------
    DataError
        If an area is smaller than the grid of stored coordinates, or there are too many overlaps.
    """
    made = arranged([_on_grid(area) for area in areas])
    if len(made.members) > MOST_PIECES:
        raise _too_many()
    pieces = tuple(_piece(k, [areas[n].code for n in sorted(inside)]) for k, inside in enumerate(made.members))
    return Airspaces("areas", "areas", 0.0, pieces, index_of(made.arcs, CELL_DEG, locate=made.piece), {})


def overlay(world: Airspaces, areas: Sequence[Area], *, but: Collection[str] = ()) -> Airspaces:
    """Lay areas over a world.

    Parameters
    ----------
    world : Airspaces
        The partition to refine.
    areas : sequence of Area
        They may overlap.
    but : collection of str
        Codes of territories that count for no state where they lie in an area.

    Returns
    -------
    Airspaces
        The pieces of `world` keep their numbers where they lie in no area; the rest is new pieces, claimed by those who
        hold them in `world` and by the areas (`Area.code`), so that `owners` names all of them.

    Raises
    ------
    DataError
        As `partition` does.

    Notes
    -----
    Borders of the world move by less than 2 cm, next to where an area's edge meets them; edges of areas are known
    exactly.
    """
    top = partition(tuple(areas))
    pieces = list(world.pieces)
    index, pairs = laid_over(world.index, top.index, first=len(pieces), accuracy_m=world.accuracy_m)
    if len(pieces) + len(pairs) > MOST_PIECES:
        raise _too_many()
    for piece, over in pairs:
        held = [state.code for state in owners(world.pieces[piece], but)]
        pieces.append(_piece(len(pieces), [*held, *top.pieces[over].claimants]))
    # Without a manifest: it is none of the worlds that are shipped.
    return Airspaces(world.version, world.view, world.accuracy_m, tuple(pieces), index, {})


def _on_grid(area: Area) -> shapely.Geometry:
    shape = on_grid(area.shape)
    if shapely.is_empty(shape) or shapely.area(shape) == 0.0:
        msg = f"area {area.name!r} ({area.source}) is smaller than a square metre: draw it larger"
        raise DataError(msg)
    return shape


def _piece(number: int, claimants: Sequence[str]) -> Piece:
    held = tuple(claimants)
    names = " and ".join(code.removeprefix(PREFIX) for code in held)
    return Piece(number, "+".join(held), names or "nobody's", None, held)


def _too_many() -> DataError:
    return DataError(f"the areas cut the world into more than {MOST_PIECES} pieces: give fewer of them")
