"""Areas laid over a world: a partition in which each piece falls into what lies in areas and what does not.

Borders and areas are cut where they meet (see `overflight.partition.arcs`); what lies on the other layer's side of a
part is found by locating its middle there. So crossings, closest approaches and detours know areas without knowing of
them.
"""

from __future__ import annotations

import functools
import math
from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight._crossings.engine import locate_piece
from overflight.airspace import Airspaces, Index, Piece, owners
from overflight.airspace.area import PREFIX
from overflight.errors import DataError
from overflight.partition.arcs import HALF_TURN, PER_DEG, Arcs, Part, arcs_around, cut_where_they_meet
from overflight.partition.grid import Runs, cells_in, centres, farther_than, runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.airspace.area import Area

    Ints = NDArray[np.int64]

__all__ = ["overlay", "partition"]

CELL_DEG = 1.0
FARTHEST = 65_535
MOST_PIECES = 32_767
"""Cells hold numbers of pieces in sixteen bits, with a sign."""


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
    shapes = [_in_units(area) for area in areas]
    arcs, members = arcs_around(shapes)
    pieces = tuple(_piece(k, [areas[n].code for n in sorted(inside)]) for k, inside in enumerate(members))
    cells = round(360.0 / CELL_DEG) * round(180.0 / CELL_DEG)
    nobody = Index(
        vertices=_flat(np.empty(0, np.int32)),
        arc_start=_flat(np.zeros(1, np.int32)),
        arc_left=_flat(np.empty(0, np.uint16)),
        arc_right=_flat(np.empty(0, np.uint16)),
        cell_start=_flat(np.zeros(cells + 1, np.int32)),
        runs=_flat(np.empty(0, np.int32)),
        cell_piece=_flat(np.zeros(cells, np.int16)),
        cell_jump=_flat(np.full(cells, FARTHEST, np.uint16)),
        cell_deg=CELL_DEG,
        n_cols=round(360.0 / CELL_DEG),
        n_rows=round(180.0 / CELL_DEG),
        arc_accuracy=_flat(np.empty(0, np.uint16)),
    )
    bare = Airspaces("areas", "areas", 0.0, pieces, nobody, {})
    fresh, gone = np.arange(len(arcs.left)), np.empty(0, np.int64)
    return replace(bare, index=_indexed(nobody, arcs, fresh, gone, lambda _: _over(areas, bare, nobody)))


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
    base = Arcs.of(world.index, world.accuracy_m)
    own, added, met = cut_where_they_meet(base, Arcs.of(top.index, 0.0))
    pieces = _Pieces(world, top, but)
    made = _relabelled(own, added, world, top, pieces)
    kept = np.setdiff1d(np.arange(len(base.left)), met)
    under = _inside_bounds(base, kept, areas)
    parts = [base.part(arc) for arc in kept.tolist()]
    for k in np.flatnonzero(under).tolist():
        over = _at(top, parts[k].middle)
        parts[k] = _with(parts[k], pieces.number(parts[k].left, over), pieces.number(parts[k].right, over))
    arcs = Arcs.joined([*parts, *made])
    fresh = np.arange(len(parts), len(parts) + len(made))

    def inside(empty: NDArray[np.bool_]) -> Ints:
        """Return the piece of each cell without borders."""
        labels = np.asarray(world.index.cell_piece).astype(np.int64)
        over = _over(areas, top, world.index) * empty
        beneath = np.flatnonzero((over > 0) & (labels >= 0))
        pairs, which = np.unique(labels[beneath] * len(top.pieces) + over[beneath], return_inverse=True)
        named = [pieces.number(*divmod(pair, len(top.pieces))) for pair in pairs.tolist()]
        labels[beneath] = np.array(named, np.int64)[which]
        return labels

    index = _indexed(world.index, arcs, fresh, met, inside)
    # Without a manifest: it is none of the worlds that are shipped.
    return Airspaces(world.version, world.view, world.accuracy_m, tuple(pieces.all), index, {})


class _Pieces:
    """The pieces of a world, and those that they fall into where areas lie over them."""

    def __init__(self, world: Airspaces, top: Airspaces, but: Collection[str]) -> None:
        self.all = list(world.pieces)
        self._world, self._top, self._but = world, top, but
        self._numbers: dict[tuple[int, int], int] = {}

    def number(self, piece: int, over: int) -> int:
        """Return the number of what lies in a piece of the world and in a piece of the areas."""
        if not over:
            return piece
        if (piece, over) not in self._numbers:
            if len(self.all) >= MOST_PIECES:
                msg = f"the areas cut the world into more than {MOST_PIECES} pieces: give fewer of them"
                raise DataError(msg)
            self._numbers[piece, over] = len(self.all)
            held = [state.code for state in owners(self._world.pieces[piece], self._but)]
            self.all.append(_piece(len(self.all), [*held, *self._top.pieces[over].claimants]))
        return self._numbers[piece, over]


def _relabelled(own: list[Part], added: list[Part], world: Airspaces, top: Airspaces, pieces: _Pieces) -> list[Part]:
    """Say of each part of a border and of each edge of an area what lies on its sides in both layers."""
    twins: dict[tuple[tuple[int, int], ...], Part] = {_key(part): part for part in added if len(part.xy) == 2}
    made: list[Part] = []
    for part in own:
        twin = twins.pop(_key(part), None) if len(part.xy) == 2 else None
        if twin is None:
            over_left = over_right = _at(top, part.middle)
        else:
            same = bool((twin.xy[0] == part.xy[0]).all())
            over_left, over_right = (twin.left, twin.right) if same else (twin.right, twin.left)
        made.append(_with(part, pieces.number(part.left, over_left), pieces.number(part.right, over_right)))
    for part in added:
        if len(part.xy) == 2 and _key(part) not in twins:
            continue
        piece = _at(world, part.middle)
        made.append(_with(part, pieces.number(piece, part.left), pieces.number(piece, part.right)))
    return made


def _in_units(area: Area) -> shapely.Geometry:
    """Bring an area to whole units; what is thinner than one vanishes."""
    scaled = shapely.transform(area.shape, lambda xy: xy * PER_DEG)
    shape = shapely.set_precision(scaled, 1.0)
    if shapely.is_empty(shape) or shapely.area(shape) == 0.0:
        msg = f"area {area.name!r} ({area.source}) is smaller than a square metre: draw it larger"
        raise DataError(msg)
    return shape


def _piece(number: int, claimants: Sequence[str]) -> Piece:
    held = tuple(claimants)
    names = " and ".join(code.removeprefix(PREFIX) for code in held)
    return Piece(number, "+".join(held), names or "nobody's", None, held)


def _key(part: Part) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((x % (2 * HALF_TURN), y) for x, y in part.xy.tolist()))


def _with(part: Part, left: int, right: int) -> Part:
    return Part(part.arc, part.xy, left, right, part.accuracy_m)


def _at(world: Airspaces, lonlat: tuple[float, float]) -> int:
    return locate_piece(world.index, math.remainder(lonlat[0], 360.0), lonlat[1])


def _inside_bounds(arcs: Arcs, chosen: Ints, areas: Sequence[Area]) -> NDArray[np.bool_]:
    """Tell which arcs begin in the bounds of an area."""
    x, y = (arcs.xy[arcs.start[chosen]] / PER_DEG).T
    found = np.zeros(len(chosen), np.bool_)
    for area in areas:
        for west, south, east, north in shapely.bounds(shapely.get_parts(area.shape)):
            beside = (x >= west) & (x <= east) | (np.abs(x) == 180.0)
            found |= beside & (y >= south) & (y <= north)
    return found


def _over(areas: Sequence[Area], top: Airspaces, index: Index) -> Ints:
    """Return in which piece of the areas' partition the middle of each cell of a grid lies."""
    lon, lat = centres(index)
    found = np.zeros(len(lon), np.int64)
    sets = [frozenset[str]()]
    names = {sets[0]: 0}
    for area in areas:
        for part in shapely.get_parts(area.shape):
            shapely.prepare(part)
            cells = cells_in(part.bounds, index)
            cells = cells[shapely.contains_xy(part, lon[cells], lat[cells])]
            known, which = np.unique(found[cells], return_inverse=True)
            joined = [sets[one] | {area.code} for one in known.tolist()]
            for one in joined:
                if one not in names:
                    names[one] = len(sets)
                    sets.append(one)
            found[cells] = np.array([names[one] for one in joined], np.int64)[which]
    piece = {frozenset(piece.claimants): piece.id for piece in top.pieces}
    numbers: Ints = np.array([piece.get(one, 0) for one in sets], np.int64)[found]
    return numbers


def _indexed(old: Index, arcs: Arcs, fresh: Ints, gone: Ints, pieces: Callable[[NDArray[np.bool_]], Ints]) -> Index:
    """Make an index of arcs, of which all but the fresh ones stand in the old index, in the same order.

    Parameters
    ----------
    old : Index
        The grid to refine.
    arcs : Arcs
        All arcs: those kept, then the fresh ones.
    fresh : array of int
        Which are new.
    gone : array of int
        Which of the old ones are not among those kept.
    pieces : callable
        Told which cells are empty, returns the piece of each.
    """
    known = Runs.of(old)
    crossings = ~np.isin(known.arc, gone)
    kept = np.setdiff1d(np.arange(len(old.arc_left)), gone)
    now = np.full(len(old.arc_left), -1, np.int64)
    now[kept] = np.arange(len(kept))
    begins = np.asarray(old.arc_start).astype(np.int64)
    arc = known.arc[crossings]
    moved = known.first[crossings] - begins[arc] + arcs.start[now[arc]]
    runs = Runs(known.cell[crossings], moved, known.count[crossings], now[arc]).joined(runs_of(arcs, fresh, old))
    starts = np.searchsorted(runs.cell, np.arange(old.n_cols * old.n_rows + 1))
    empty = np.diff(starts) == 0
    labels = np.where(empty, pieces(empty), -1)
    only = Arcs.joined([arcs.part(k) for k in fresh.tolist()])
    jumps = np.where(empty, np.asarray(old.cell_jump), 0)
    if len(fresh):
        jumps = np.minimum(jumps, np.where(empty, farther_than(only, old), 0))
    return Index(
        vertices=_flat(arcs.xy.astype(np.int32)),
        arc_start=_flat(arcs.start.astype(np.int32)),
        arc_left=_flat(arcs.left.astype(np.uint16)),
        arc_right=_flat(arcs.right.astype(np.uint16)),
        cell_start=_flat(starts.astype(np.int32)),
        runs=_flat(np.column_stack([runs.first, runs.count, runs.arc]).astype(np.int32)),
        cell_piece=_flat(labels.astype(np.int16)),
        cell_jump=_flat(jumps.astype(np.uint16)),
        cell_deg=old.cell_deg,
        n_cols=old.n_cols,
        n_rows=old.n_rows,
        arc_accuracy=_flat(arcs.accuracy_m.astype(np.uint16)),
    )


def _flat(values: NDArray[np.integer]) -> memoryview:
    """Lay numbers end to end, as memory-mapped ones are."""
    return memoryview(array(_FORMATS[values.dtype.name], values.tobytes()))


_FORMATS = {"int32": "i", "uint16": "H", "int16": "h"}
