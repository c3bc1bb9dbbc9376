"""What kind of line each stretch of border is, and how well the kinds that nothing confirms are known."""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
import shapely

from overflight.partition.index import PER_DEG
from overflight.partition.topology import Edges, Ints

__all__ = ["KINDS", "drawn_kinds", "kinds_of_arcs"]

KINDS: dict[str, tuple[int | None, str]] = {
    "border": (None, "between two states, on land or at sea"),
    "sea limit": (None, "outer limit of the territorial sea, as drawn in the base layer"),
    "rebuilt at 6 NM": (500, "outer limit of the territorial sea, rebuilt from a coast: the Aegean"),
    "rebuilt at 12 NM": (3500, "outer limit of the territorial sea, rebuilt from a coast: elsewhere"),
    "border of 2017": (1000, "border that only the edition of 2017 has"),
    "disputed": (4000, "line of a disputed part, from a source coarser than the base layer, or by hand"),
    "rebuilt at 3 NM": (3500, "outer limit of the territorial sea, moved in from the base layer's: Greenland"),
}
"""Accuracy in metres and meaning of each kind; the place in this table is its number in `arc_kind`.

None: measured stretch by stretch (`stretches.py`). The others are 95th percentiles, rounded up, of what `AUDIT.md`
finds: by how much rebuilt limits are off their breadth from an independent coast, by how much borders of 2017 differ
from today's, and by how much Natural Earth, the source of most disputed lines, differs from the base layer.
"""

NEAR_DEG = 3 / PER_DEG


def drawn_kinds(edges: Edges, lines: dict[str, list[shapely.Geometry]], base: Edges) -> Ints:
    """Return the kind of each edge that lies on a line drawn by a correction, else 0.

    Parameters
    ----------
    edges : array, shape (n, 4)
        Noded edges.
    lines : dict of str to list of geometry
        By kind, what the corrections drew; where lines of two kinds run together, the later kind in `KINDS` counts.
    base : array, shape (m, 4)
        The base layer's own edges: what a correction took over from it is of no kind of its own.
    """
    unknown = lines.keys() - {"", *KINDS}
    if unknown:
        sys.exit(f"a correction draws lines of no known kind: {', '.join(sorted(unknown))}")
    middle = shapely.points((edges[:, :2].astype(float) + edges[:, 2:]) / 2 / PER_DEG)
    tree = shapely.STRtree(middle)
    kinds = np.zeros(len(edges), np.int64)
    for number, kind in enumerate(KINDS):
        for geometry in lines.get(kind, []):
            kinds[tree.query(_segments(geometry), predicate="dwithin", distance=NEAR_DEG)[1]] = number
    old = set(map(tuple, base.tolist()))
    kinds[[k for k in np.flatnonzero(kinds).tolist() if tuple(edges[k].tolist()) in old]] = 0
    return kinds


def kinds_of_arcs(drawn: Ints, left: Ints, right: Ints) -> Ints:
    """Return the kind of each arc: as drawn, else by whether it has a state on both sides."""
    names = list(KINDS)
    open_side = (left == 0) | (right == 0)
    kinds: Ints = np.where(drawn > 0, drawn, np.where(open_side, names.index("sea limit"), names.index("border")))
    return kinds


def _segments(geometry: shapely.Geometry) -> npt.NDArray[np.object_]:
    pieces = []
    for line in shapely.get_parts(shapely.get_rings(shapely.get_parts(geometry))):
        xy = shapely.get_coordinates(line)
        pieces.append(np.stack([xy[:-1], xy[1:]], axis=1))
    segments: npt.NDArray[np.object_] = shapely.linestrings(np.concatenate(pieces))
    return segments
