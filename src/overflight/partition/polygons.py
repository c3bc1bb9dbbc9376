"""Polygons of the pieces, chained together from the border arcs of the index.

Each border is stored once, so simplifying it once keeps neighbours without gap or overlap. The polygons serve
maps, data frames and the obstacles of detours; crossings are computed on the arcs themselves.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from overflight.partition.arcs import Arcs
from overflight.partition.index import HALF_TURN, PER_DEG, QUARTER_TURN, Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["piece_polygons"]

Bounds = tuple[float, float, float, float]
Node = tuple[int, int]

TURN_DEG = 360.0


@dataclass(frozen=True, slots=True)
class _Strand:
    """A stretch of border with one piece on its left: first node, last node, and vertices in degrees."""

    start: Node
    end: Node
    coords: NDArray[np.float64]


def piece_polygons(
    index: Index,
    *,
    tolerance_deg: float = 0.0,
    bounds: Bounds | None = None,
    detail: tuple[Bounds, float] | None = None,
) -> dict[int, shapely.MultiPolygon]:
    """Assemble the polygons of the pieces.

    Parameters
    ----------
    index : Index
        The partition.
    tolerance_deg : float
        Each border arc is simplified by Douglas-Peucker to within this many degrees, ends kept. Both
        neighbours share the result, so no gap opens; islands and enclaves smaller than the tolerance vanish.
    bounds : (west, south, east, north) or None
        Keep only what lies in this box, in degrees. It may run past 180 degrees either way, as in
        ``(150, 40, 220, 75)``: longitudes are then unrolled to fit it, and a piece that spans 180 degrees
        comes out in one part. Without bounds, longitudes are in [-180, 180] and such a piece is cut there.
    detail : (box, tolerance_deg) or None
        A box within which this other tolerance holds; nothing is cut at its edge.

    Returns
    -------
    dict
        By piece id, a valid multipolygon in lon/lat. Nobody's piece (0) and pieces without area are left out.

    Notes
    -----
    The arcs around a piece are walked with the piece on the left, at each node turning into the first arc
    clockwise from where one came; ends at the antimeridian are joined along it. Without simplification the
    polygons have exactly the stored vertices, and are as valid as the partition: its borders do not cross (tested
    for the data as shipped), so nothing is checked again. Simplified borders may cross within the tolerance; such
    a piece is repaired, which moves it by no more than the tolerance.
    """
    arcs = Arcs.of(index)
    windows = [] if bounds is None else list(_windows(bounds))
    boxes = [window for _, window in windows]
    precision = _Detail.of(tolerance_deg, detail)
    found = _assemble(_strands(arcs, _pieces(arcs) if bounds is None else _pieces_near(arcs, boxes), boxes, precision))
    if not precision.exact:
        for piece, polygon in found.items():
            if not polygon.is_valid:
                found[piece] = _polygonal(shapely.make_valid(polygon, method="structure", keep_collapsed=False))
    if bounds is not None:
        found = {piece: _clip(polygon, windows) for piece, polygon in found.items()}
    return {piece: polygon for piece, polygon in found.items() if not polygon.is_empty}


@dataclass(frozen=True, slots=True)
class _Detail:
    """How far borders may be simplified, and where otherwise."""

    tolerance_deg: float
    windows: tuple[Bounds, ...]
    inside_deg: float

    @classmethod
    def of(cls, tolerance_deg: float, detail: tuple[Bounds, float] | None) -> _Detail:
        """Make one from what `piece_polygons` is given."""
        if detail is None:
            return cls(tolerance_deg, (), tolerance_deg)
        box, inside_deg = detail
        return cls(tolerance_deg, tuple(window for _, window in _windows(box)), inside_deg)

    @property
    def exact(self) -> bool:
        """Whether all borders stay as stored."""
        return not self.tolerance_deg and not self.inside_deg

    def stretches(self, line: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], float]]:
        """Cut a line where it enters or leaves the windows; return each stretch with its tolerance."""
        if not self.windows:
            return [(line, self.tolerance_deg)]
        inside = _meets(np.hstack([line, line]), self.windows)
        cuts = [0, *(np.flatnonzero(inside[1:] != inside[:-1]) + 1).tolist(), len(line) - 1]
        return [
            (line[first : last + 1], self.inside_deg if inside[first] else self.tolerance_deg)
            for first, last in itertools.pairwise(cuts)
            if first < last
        ]


def _boxes(arcs: Arcs) -> NDArray[np.float64]:
    """Return the bounding box of each arc, in degrees."""
    if not len(arcs.left):
        return np.empty((0, 4))
    low = np.minimum.reduceat(arcs.xy, arcs.start[:-1])
    high = np.maximum.reduceat(arcs.xy, arcs.start[:-1])
    return np.hstack([low, high]) / PER_DEG


def _pieces(arcs: Arcs) -> NDArray[np.int64]:
    """Return the ids of all pieces but nobody's."""
    return np.setdiff1d(np.concatenate([arcs.left, arcs.right]), [0])


def _pieces_near(arcs: Arcs, windows: Iterable[Bounds]) -> NDArray[np.int64]:
    """Return the ids of the pieces whose bounding box meets a window."""
    ids, boxes = _pieces(arcs), _boxes(arcs)
    size = int(ids.max()) + 1 if len(ids) else 0
    low = np.full((size, 2), math.inf)
    high = np.full((size, 2), -math.inf)
    for side in (arcs.left, arcs.right):
        np.minimum.at(low, side, boxes[:, :2])
        np.maximum.at(high, side, boxes[:, 2:])
    near = _meets(np.hstack([low, high]), windows) if size else np.empty(0, dtype=bool)
    near_ids: NDArray[np.int64] = ids[near[ids]]
    return near_ids


def _strands(arcs: Arcs, wanted: NDArray[np.int64], windows: list[Bounds], detail: _Detail) -> dict[int, list[_Strand]]:
    """Return the borders of each piece wanted, walked with the piece on the left."""
    around = np.isin(arcs.left, wanted) | np.isin(arcs.right, wanted)
    around &= arcs.left != arcs.right
    if windows:
        # A closed arc away from every window adds nothing to it; others may be part of a ring around one.
        closed = (arcs.xy[arcs.start[:-1]] == arcs.xy[arcs.start[1:] - 1]).all(axis=1)
        around &= ~closed | _meets(_boxes(arcs), windows)
    chosen = set(wanted.tolist())
    parts: list[NDArray[np.int32]] = []
    sides: list[tuple[int, int]] = []
    for arc in np.flatnonzero(around).tolist():
        for part in _split_at_seam(arcs.xy[arcs.start[arc] : arcs.start[arc + 1]]):
            parts.append(part)
            sides.append((int(arcs.left[arc]), int(arcs.right[arc])))
    strands: dict[int, list[_Strand]] = {}
    for part, (left, right), coords in zip(parts, sides, _simplified(parts, detail), strict=True):
        start, end = (int(part[0, 0]), int(part[0, 1])), (int(part[-1, 0]), int(part[-1, 1]))
        if start == end and len(coords) < 4:
            continue
        if left in chosen:
            strands.setdefault(left, []).append(_on_its_side(_Strand(start, end, coords)))
        if right in chosen:
            strands.setdefault(right, []).append(_on_its_side(_Strand(end, start, coords[::-1])))
    return strands


def _meets(boxes: NDArray[np.float64], windows: Iterable[Bounds]) -> NDArray[np.bool_]:
    """Tell which boxes meet at least one window."""
    hit = np.zeros(len(boxes), dtype=bool)
    for west, south, east, north in windows:
        hit |= (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    return hit


def _windows(bounds: Bounds) -> Iterator[tuple[float, Bounds]]:
    """Yield a box as each turn of [-180, 180] that it reaches into has it, with the longitude to add to get back."""
    west, south, east, north = bounds
    first = math.floor((west + 180.0) / TURN_DEG)
    last = math.ceil((east - 180.0) / TURN_DEG)
    for turn in range(first, last + 1):
        shift = turn * TURN_DEG
        yield shift, (west - shift, south, east - shift, north)


def _split_at_seam(vertices: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """Cut an arc where it starts or stops running along the antimeridian: each side needs its own copy."""
    on_seam = np.abs(vertices[:, 0]) == HALF_TURN
    along = on_seam[:-1] & on_seam[1:]
    if not along.any() or along.all():
        return [vertices]
    cuts = [0, *(np.flatnonzero(along[1:] != along[:-1]) + 1).tolist(), len(vertices) - 1]
    return [vertices[first : last + 1] for first, last in itertools.pairwise(cuts)]


def _on_its_side(strand: _Strand) -> _Strand:
    """Move a strand that runs along the antimeridian to the edge of the map on which its piece lies."""
    if abs(strand.start[0]) != HALF_TURN or not (np.abs(strand.coords[:, 0]) == 180.0).all():
        return strand
    lon = HALF_TURN if strand.end[1] > strand.start[1] else -HALF_TURN
    coords = np.column_stack([np.full(len(strand.coords), math.copysign(180.0, lon)), strand.coords[:, 1]])
    return _Strand((lon, strand.start[1]), (lon, strand.end[1]), coords)


def _simplified(parts: list[NDArray[np.int32]], detail: _Detail) -> list[NDArray[np.float64]]:
    """Return the parts in degrees, each simplified with its ends kept."""
    # Division gives the nearest float to the decimal; multiplying by the scale is off in the last bit.
    degrees = [part / PER_DEG for part in parts]
    stretches = [stretch for part in degrees for stretch in detail.stretches(part)]
    if not stretches or not any(tolerance for _, tolerance in stretches):
        return degrees
    lengths = [len(line) for line, _ in stretches]
    lines = shapely.linestrings(
        np.concatenate([line for line, _ in stretches]), indices=np.repeat(np.arange(len(lengths)), lengths)
    )
    simple = shapely.simplify(lines, [tolerance for _, tolerance in stretches], preserve_topology=False)
    coords, owner = shapely.get_coordinates(simple, return_index=True)
    runs = iter(np.split(coords, np.flatnonzero(np.diff(owner)) + 1))
    return [_joined([next(runs) for _ in detail.stretches(part)]) for part in degrees]


def _joined(runs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Join runs of vertices, each of which starts where the last one ended."""
    return runs[0] if len(runs) == 1 else np.concatenate([runs[0], *(run[1:] for run in runs[1:])])


def _assemble(strands: dict[int, list[_Strand]]) -> dict[int, shapely.MultiPolygon]:
    """Chain strands into rings, and the rings of each piece into one multipolygon; all at once, for speed."""
    owner: list[int] = []
    lengths: list[int] = []
    runs: list[NDArray[np.float64]] = []
    for piece in sorted(strands):
        for loop in _loops(strands[piece]):
            length = 1 + sum(len(strand.coords) - 1 for strand in loop)
            if length >= 4:
                owner.append(piece)
                lengths.append(length)
                runs += [strand.coords[:-1] for strand in loop]
                runs.append(loop[-1].coords[-1:])
    if not owner:
        return {}
    coords = np.concatenate(runs)
    rings = shapely.linearrings(coords, indices=np.repeat(np.arange(len(lengths)), lengths))
    shell = _shells(rings, np.array(owner), _signed_areas(coords, np.array(lengths)))
    kept = np.flatnonzero(shell >= 0)
    # A shell, then its holes; the shells of a piece in the order in which they were found.
    order = kept[np.lexsort((shell[kept] != kept, shell[kept]))]
    first = np.flatnonzero(shell[order] == order)
    parts = shapely.polygons(rings[order], indices=np.cumsum(shell[order] == order) - 1)
    pieces, part_of = np.unique(np.array(owner)[order[first]], return_inverse=True)
    return dict(zip(pieces.tolist(), shapely.multipolygons(parts, indices=part_of).tolist(), strict=True))


def _signed_areas(coords: NDArray[np.float64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the planar area of each ring in square degrees, positive where it runs anticlockwise."""
    first = np.cumsum(lengths) - lengths
    # From a corner of its own, or the area of an islet drowns in rounding.
    x, y = (coords - np.repeat(coords[first], lengths, axis=0)).T
    cross = np.zeros(len(x))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[first + lengths - 1] = 0.0  # from one ring's end to the next one's start
    areas: NDArray[np.float64] = np.add.reduceat(cross, first) / 2
    return areas


def _shells(rings: NDArray[Any], owner: NDArray[np.int64], areas: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each ring the ring that it lies in as a hole, for a shell its own number, or -1 for neither."""
    shell = np.where(areas > 0, np.arange(len(rings)), -1)
    holes = np.flatnonzero(areas < 0)
    for piece in np.unique(owner[holes]).tolist():
        mine = np.flatnonzero((owner == piece) & (areas > 0))
        inner = holes[owner[holes] == piece]
        # A hole touches its shell in single points at most, so a point within the hole decides.
        points = shapely.point_on_surface(shapely.polygons(rings[inner]))
        at, around = shapely.STRtree(shapely.polygons(rings[mine])).query(points, predicate="within")
        for hole, outer in zip(inner[at].tolist(), mine[around].tolist(), strict=True):
            if areas[outer] <= -areas[hole]:
                continue  # An island within the hole.
            if shell[hole] < 0 or areas[outer] < areas[shell[hole]]:
                shell[hole] = outer
    return shell


def _loops(strands: list[_Strand]) -> Iterator[list[_Strand]]:
    """Yield the closed walks over all strands, none of which passes a node twice."""
    leaving: dict[Node, list[_Strand]] = {}
    for strand in [*strands, *_map_edge(strands)]:
        leaving.setdefault(strand.start, []).append(strand)
    for origin, unused in leaving.items():
        while unused:
            path = [unused.pop()]
            reached = {origin: 0}
            while path:
                node = path[-1].end
                if node in reached:
                    # Two rings that share this node: the younger one is complete.
                    loop = path[reached[node] :]
                    del path[reached[node] :]
                    for strand in loop:
                        if strand.start != node:
                            reached.pop(strand.start, None)
                    yield loop
                    if not path:
                        break
                else:
                    reached[node] = len(path)
                onward = leaving.get(node)
                if not onward:
                    # Damaged data only: every end of a true partition leads on.
                    break
                path.append(onward.pop(_first_clockwise(path[-1], onward)))


def _first_clockwise(came: _Strand, onward: list[_Strand]) -> int:
    """Return which strand comes first clockwise from where one came, so that the piece stays on the left."""
    if len(onward) == 1:
        return 0
    back = came.coords[-2] - came.coords[-1]
    origin = math.atan2(back[1], back[0])

    def turn(number: int) -> float:
        ahead = onward[number].coords[1] - onward[number].coords[0]
        return (origin - math.atan2(ahead[1], ahead[0])) % math.tau or math.tau

    return min(range(len(onward)), key=turn)


def _map_edge(strands: list[_Strand]) -> list[_Strand]:
    """Return the strands along the edge of the map that join what ends there to what starts there."""
    balance: Counter[Node] = Counter()
    for strand in strands:
        balance[strand.end] += 1
        balance[strand.start] -= 1
    open_nodes = sorted((node for node in balance if balance[node]), key=_edge_position)
    starts = [node for node in open_nodes if balance[node] < 0]
    edges = []
    for node in (node for node in open_nodes if balance[node] > 0):
        if not starts:
            break
        here = _edge_position(node)
        target = min(starts, key=lambda start: (_edge_position(start) - here) % _EDGE_LENGTH)
        there = here + (_edge_position(target) - here) % _EDGE_LENGTH
        corners = [corner for at, corner in _CORNERS if here < at < there]
        coords = np.array([node, *corners, target]) / PER_DEG
        edges.append(_Strand(node, target, coords))
    return edges


def _edge_position(node: Node) -> int:
    """Return how far along the edge of the map a node lies, anticlockwise from the south-east corner."""
    lon, lat = node
    return lat + QUARTER_TURN if lon > 0 else 3 * QUARTER_TURN + 2 * HALF_TURN - lat


_EDGE_LENGTH = 4 * QUARTER_TURN + 4 * HALF_TURN
_CORNERS: tuple[tuple[int, Node], ...] = tuple(
    (turn * _EDGE_LENGTH + at, corner)
    for turn in (0, 1)
    for at, corner in (
        (0, (HALF_TURN, -QUARTER_TURN)),
        (2 * QUARTER_TURN, (HALF_TURN, QUARTER_TURN)),
        (2 * QUARTER_TURN + 2 * HALF_TURN, (-HALF_TURN, QUARTER_TURN)),
        (4 * QUARTER_TURN + 2 * HALF_TURN, (-HALF_TURN, -QUARTER_TURN)),
    )
)


def _clip(polygon: shapely.MultiPolygon, windows: list[tuple[float, Bounds]]) -> shapely.MultiPolygon:
    """Cut the polygon to the windows, and lay them side by side again."""
    parts = []
    for shift, window in windows:
        cut = shapely.intersection(polygon, shapely.box(*window))
        if not cut.is_empty:
            parts.append(shapely.transform(cut, lambda xy, by=shift: xy + np.array([by, 0.0])) if shift else cut)
    return _polygonal(parts[0] if len(parts) == 1 else shapely.union_all(parts))


def _polygonal(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the areas of a shape; points and lines where it only touched are dropped."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.area > 0])
