"""Shapes that may overlap, arranged as a partition: borders between pieces, and which shapes each piece lies in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.errors import DataError
from overflight.partition.arcs import Arcs
from overflight.partition.index import PER_DEG
from overflight.partition.topology import arrange, make_arcs, noded, ring_edges, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Members = frozenset[int]

__all__ = ["Arrangement", "arranged", "on_grid"]

MOST_HELD = 1_000_000
"""Pieces, counted once for each shape that they lie in."""
LONGEST_DEG = 5.0
"""Longer edges are cut: none may span half a turn."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What `arranged` makes.

    Attributes
    ----------
    arcs : Arcs
        Borders, known exactly, between pieces; 180 degrees is a border only where what lies on its sides differs, and
        stands at +180. The poles are none.
    members : list of frozenset of int
        Which shapes each piece lies in; piece 0 lies in none, those in one shape come next, in the order of the shapes.
    """

    arcs: Arcs
    members: list[Members]
    _parts: NDArray[np.object_] = field(repr=False)
    _owner: NDArray[np.intp] = field(repr=False)
    _tree: shapely.STRtree = field(repr=False)

    def piece(self, lon: float, lat: float) -> int:
        """Return the piece of a point that lies on no border."""
        hits = self._tree.query(shapely.Point(lon, lat), predicate="within")
        return self.members.index(frozenset(self._owner[hits].tolist()))


def on_grid(shape: shapely.Geometry) -> shapely.Geometry:
    """Bring a shape in degrees to the grid of stored coordinates; what is thinner than it vanishes, all of it may."""
    units = shapely.set_precision(shapely.transform(shape, lambda xy: xy * PER_DEG), 1.0)
    return shapely.transform(units, lambda xy: np.rint(xy) / PER_DEG)


def arranged(shapes: Sequence[shapely.Geometry]) -> Arrangement:
    """Arrange shapes that may overlap.

    Parameters
    ----------
    shapes : sequence of polygon or multipolygon
        In degrees, from `on_grid`, valid, longitude within half a turn.

    Raises
    ------
    DataError
        If they overlap too often.
    """
    parts, owner = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    tree = shapely.STRtree(parts)
    edges = short(ring_edges(parts), LONGEST_DEG)
    if len(shapes) > 1:  # the rings of one valid shape do not cross
        edges = noded(edges)
    faces = arrange(edges)
    face, part = tree.query(shapely.point_on_surface(faces.polygons), predicate="within")
    if len(face) > MOST_HELD:
        msg = f"the shapes overlap in more than {MOST_HELD:,} ways: give fewer of them"
        raise DataError(msg)
    inside: list[set[int]] = [set() for _ in faces.polygons]
    for one, other in zip(face.tolist(), owner[part].tolist(), strict=True):
        inside[one].add(other)
    sets = [frozenset(one) for one in inside]
    members = sorted({frozenset[int](), *sets}, key=lambda one: (len(one), sorted(one)))
    number = {one: k for k, one in enumerate(members)}
    piece = np.array([*(number[one] for one in sets), 0])  # the last one serves -1, outside all faces
    return Arrangement(make_arcs(faces.edges, piece[faces.left], piece[faces.right]), members, parts, owner, tree)
