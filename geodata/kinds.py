"""How well each stretch of border is known: its kind, and the accuracy that the audit found for the kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geodata.topology import SCALE, Edges, Ints

__all__ = ["KINDS", "drawn_kinds", "kinds_of_arcs"]

KINDS: dict[str, tuple[float, str]] = {
    "border": (100.0, "between two states, on land or at sea"),
    "sea limit": (100.0, "outer limit of the territorial sea, as drawn in the base layer"),
    "rebuilt": (100.0, "outer limit of the territorial sea, rebuilt from a coast"),
    "disputed": (4000.0, "line of a disputed part, from a source coarser than the base layer, or by hand"),
}
"""Accuracy in metres and meaning of each kind; the place in this table is its number in `arc_kind`.

Border and sea limit hold 20 m of simplification and the 95th percentile of 20 to 40 m by which two editions of
well-surveyed lines differ, doubled for caution; a rebuilt limit is as good as the coast, of the same source; disputed
is the 95th percentile by which Natural Earth differs from the base layer (`AUDIT.md`).
"""

NEAR_DEG = 3 / SCALE


def drawn_kinds(edges: Edges, lines: dict[str, list[shapely.Geometry]]) -> Ints:
    """Return the kind of each edge that lies on a line drawn by a correction, else 0.

    Parameters
    ----------
    edges : array, shape (n, 4)
        Noded edges.
    lines : dict of str to list of geometry
        By kind, what the corrections drew; where lines of two kinds run together, the later kind in `KINDS` counts.
    """
    middle = shapely.points((edges[:, :2].astype(float) + edges[:, 2:]) / 2 / SCALE)
    tree = shapely.STRtree(middle)
    kinds = np.zeros(len(edges), np.int64)
    for number, kind in enumerate(KINDS):
        for geometry in lines.get(kind, []):
            kinds[tree.query(_segments(geometry), predicate="dwithin", distance=NEAR_DEG)[1]] = number
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
