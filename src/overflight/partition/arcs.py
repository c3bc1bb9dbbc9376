"""Border arcs as arrays: what the recipe makes, what overlays cut, what polygons and detours are drawn from.

Coordinates are counted in units of `COORD_SCALE` degrees, in which vertices are whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from overflight.partition.index import PER_DEG, Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["Arcs", "Part", "numbered"]


def numbered(count: Ints) -> tuple[Ints, Ints]:
    """Lay so many items of each kind end to end; return the kind of each, and how many of the kind come before it."""
    kind = np.repeat(np.arange(len(count)), count)
    return kind, np.arange(len(kind)) - np.repeat(np.cumsum(count) - count, count)


@dataclass(frozen=True, slots=True)
class Arcs:
    """Border lines between two pieces, laid end to end.

    Attributes
    ----------
    xy : array of int32, shape (n, 2)
        Vertices of all arcs, lon and lat in units.
    start : array of int, shape (n_arcs + 1,)
        Arc k owns ``xy[start[k]:start[k + 1]]``.
    left, right : array of int, shape (n_arcs,)
        Piece on the left and the right of each arc.
    accuracy_m : array of int, shape (n_arcs,)
        How well each arc is known, in metres.
    kind : array of int, shape (n_arcs,)
        How the arc came about, for the recipe; 0 elsewhere.
    """

    xy: NDArray[np.int32]
    start: Ints
    left: Ints
    right: Ints
    accuracy_m: Ints
    kind: Ints

    @classmethod
    def of(cls, index: Index, accuracy_m: float = 0.0) -> Arcs:
        """Take the arcs of an index; all are known to within `accuracy_m` where it does not say."""
        known = index.arc_accuracy
        found = cls.between(
            np.asarray(index.vertices).reshape(-1, 2),
            np.asarray(index.arc_start).astype(np.int64),
            np.asarray(index.arc_left).astype(np.int64),
            np.asarray(index.arc_right).astype(np.int64),
        )
        if known is None:
            return replace(found, accuracy_m=np.full(len(found.left), math.ceil(accuracy_m), np.int64))
        return replace(found, accuracy_m=np.asarray(known).astype(np.int64))

    @classmethod
    def between(cls, xy: NDArray[np.int32], start: Ints, left: Ints, right: Ints) -> Arcs:
        """Make arcs that are known exactly, of kind 0."""
        none = np.zeros(len(left), np.int64)
        return cls(xy, start, left, right, none, none)

    @classmethod
    def joined(cls, parts: Sequence[Part]) -> Arcs:
        """Lay single arcs end to end."""
        lines = [part.xy for part in parts]
        return cls(
            np.concatenate([np.empty((0, 2), np.int32), *lines]).astype(np.int32),
            np.cumsum([0, *(len(line) for line in lines)]),
            np.array([part.left for part in parts], np.int64),
            np.array([part.right for part in parts], np.int64),
            np.array([part.accuracy_m for part in parts], np.int64),
            np.array([part.kind for part in parts], np.int64),
        )

    def part(self, arc: int) -> Part:
        """Return one arc."""
        xy = self.xy[self.start[arc] : self.start[arc + 1]]
        return Part(arc, xy, *(int(of[arc]) for of in (self.left, self.right, self.accuracy_m, self.kind)))

    def edges(self) -> tuple[Ints, Ints]:
        """Return the first vertex of every edge, and its arc."""
        count = np.maximum(np.diff(self.start) - 1, 0)
        arc, within = numbered(count)
        return self.start[arc] + within, arc


@dataclass(frozen=True, slots=True)
class Part:
    """One arc, or part of one: the number of the arc, its vertices, the pieces left and right, accuracy and kind."""

    arc: int
    xy: NDArray[np.int32]
    left: int
    right: int
    accuracy_m: int = 0
    kind: int = 0

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its longest edge, in degrees."""
        along = np.abs(np.diff(self.xy.astype(np.float64), axis=0)).max(axis=1)
        k = int(np.argmax(along))
        x, y = (self.xy[k].astype(np.float64) + self.xy[k + 1]) / 2.0 / PER_DEG
        return float(x), float(y)
