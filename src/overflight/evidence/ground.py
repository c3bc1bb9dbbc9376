"""The map of a report: the route on sovereign airspace, in an azimuthal projection around it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from overflight.airspace.overlay import partition
from overflight.case import forbidden_pieces
from overflight.earth import points_along
from overflight.evidence.sketch import WIDE_PT, Area, Dot, Sketch, Stroke, Words
from overflight.maps.base import View, labels, shapes_in, view_of
from overflight.maps.inks import (
    AMBER,
    BLUE,
    DISPUTE,
    INK,
    LAND,
    LAND_LINE,
    MEMBER,
    MEMBER_LINE,
    NAMES,
    PAPER,
    RED,
    SEA,
    SOFT,
)
from overflight.maps.plane import Plane, areas_in, lines_in, plane_around, rings_on
from overflight.maps.writing import EM, clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.airspace import Area as OfRule
    from overflight.case import Case
    from overflight.evidence.way import Way

    Floats = NDArray[np.float64]
    Box = tuple[float, float, float, float]

__all__ = ["map_of"]

STEP_KM = 20.0
LOOKED_AT = 1_000
"""Points of the route by which the projection and the frame are chosen."""
DETAIL_PT = 0.3
LEAST_KM = 60.0
MOST_LETTERS, LABEL_PT, END_PT = 40, 6.5, 7.0
ASPECTS = (1.95, 2.4)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where kilometres on the plane are on the paper."""

    plane: Plane
    left: float
    top: float
    km_per_pt: float
    height: float

    @classmethod
    def around(cls, plane: Plane, flat: Floats) -> _Frame:
        (left, low), (right, high) = flat.min(axis=0), flat.max(axis=0)
        wide, tall = max(1.25 * (right - left), LEAST_KM), max(1.3 * (high - low), LEAST_KM)
        aspect = min(max(wide / tall, ASPECTS[0]), ASPECTS[1])
        wide, tall = max(wide, tall * aspect), max(tall, wide / aspect)
        return cls(plane, (left + right - wide) / 2, (low + high + tall) / 2, wide / WIDE_PT, WIDE_PT * tall / wide)

    def on_paper(self, flat: Floats) -> Floats:
        return np.column_stack([flat[:, 0] - self.left, self.top - flat[:, 1]]) / self.km_per_pt

    @property
    def box(self) -> Box:
        rim = 6.0 * self.km_per_pt
        wide, tall = WIDE_PT * self.km_per_pt, self.height * self.km_per_pt
        return self.left - rim, self.top - tall - rim, self.left + wide + rim, self.top + rim


def map_of(way: Way, within: Sequence[Sequence[tuple[float, float]]] = ()) -> Sketch:
    """Draw a route on the airspace that it was judged by.

    Parameters
    ----------
    way : Way
        The route.
    within : sequence of rings
        Where the flight can have been in its gaps: (lon, lat) in degrees.

    Notes
    -----
    Lambert's azimuthal equal-area projection around the route, or the equidistant one where it reaches far (see
    `overflight.maps.plane`). The line is drawn within 0.3 points of the paper, borders within that and the tolerance of
    `overflight.maps.base.view_of`.
    """
    case = way.case
    line, km = _path(way)
    some = [(lon, lat) for lon, lat in line[:: max(1, len(line) // LOOKED_AT)].tolist()] + [tuple(line[-1].tolist())]
    plane = plane_around(some)
    frame = _Frame.around(plane, plane.flat(line))
    title = f"Map of {case.route.label} on the sovereign airspace of states, {plane.name} projection"
    sketch = Sketch(WIDE_PT, round(frame.height, 1), SEA, title)
    _lay_ground(sketch, frame, case, line, some)
    for ring in within:
        flat = frame.plane.flat([*ring, ring[0]])
        for edge in lines_in([flat], frame.box, DETAIL_PT * frame.km_per_pt) if np.isfinite(flat).all() else ():
            sketch.marks.append(Stroke(frame.on_paper(edge), AMBER, 0.9, (4.0, 2.0)))
    _lay_route(sketch, frame, way, line, km)
    words = "© OpenStreetMap contributors (ODbL)"
    sketch.marks.append(Words((WIDE_PT - 4.0, frame.height - 6.0), words, 5.5, SOFT, "end"))
    return sketch


def _path(way: Way) -> tuple[Floats, Floats]:
    """Return points of the route, at most 20 km apart, and how far along it they are; longitude runs on."""
    points = np.array([(w.lon, w.lat) for w in way.route.waypoints])
    long = [i for i, leg in enumerate(way.route.legs) if leg.length_km > STEP_KM]
    parts, kms, begin = [], [], 0
    for i in long:
        leg = way.route.legs[i]
        run = points_along(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat, max_km=STEP_KM)[1:-1]
        parts += [points[begin : i + 1], np.array(run).reshape(-1, 2)]
        kms += [way.km[begin : i + 1], np.linspace(way.km[i], way.km[i + 1], len(run) + 2)[1:-1]]
        begin = i + 1
    line = np.concatenate([*parts, points[begin:]])
    line[:, 0] = np.unwrap(line[:, 0], period=360.0)
    return line, np.concatenate([*kms, way.km[begin:]])


def _lay_ground(sketch: Sketch, frame: _Frame, case: Case, line: Floats, some: list[tuple[float, float]]) -> None:
    world = case.world
    view = view_of(some)
    shapes = shapes_in(world, view)
    members = forbidden_pieces(world, case.forbidden)
    within = DETAIL_PT * frame.km_per_pt
    borders: list[Stroke] = []
    for number, shape in shapes.items():
        piece = world.pieces[number]
        rings: list[Floats] = []
        edges: list[Floats] = []
        for polygon in shapely.get_parts(shape):
            given = [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]
            laid = list(rings_on(frame.plane, given, view.whole))
            if laid and _meets(laid[0].points, frame.box):
                rings += areas_in([ring.points for ring in laid], frame.box, within)
                edges += lines_in([edge for ring in laid for edge in ring.edges], frame.box, within)
        if not rings:
            continue
        member, disputed = members[number], bool(piece.disputed)
        on_paper = [frame.on_paper(ring) for ring in rings]
        sketch.marks.append(Area(on_paper, MEMBER if member else LAND, "member" if member else ""))
        if disputed:
            sketch.marks.append(Area(on_paper, "none", "dispute"))
        colour = DISPUTE if disputed else MEMBER_LINE if member else LAND_LINE
        borders += [Stroke(frame.on_paper(edge), colour, 0.5, (3.0, 2.0) if disputed else None) for edge in edges]
    sketch.marks.extend(borders)
    sketch.marks.extend(_outlines(case.forbidden.areas, frame, view))
    sketch.marks.extend(_names(sketch, frame, labels(world, shapes, view), line))


def _outlines(areas: Sequence[OfRule], frame: _Frame, view: View) -> Iterator[Stroke]:
    """Yield the outlines of areas that a rule names."""
    if not areas:
        return
    for shape in shapes_in(partition(tuple(areas)), view).values():
        for polygon in shapely.get_parts(shape):
            given = [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]
            edges = [edge for ring in rings_on(frame.plane, given, view.whole) for edge in ring.edges]
            for line in lines_in(edges, frame.box, DETAIL_PT * frame.km_per_pt) if edges else ():
                yield Stroke(frame.on_paper(line), RED, 1.0, (3.0, 2.0))


def _names(sketch: Sketch, frame: _Frame, given: list[dict[str, Any]], line: Floats) -> Iterator[Words]:
    """Yield the names of states where they fit, the most important first, and beside the route rather than on it."""
    flat = _simple(frame.plane.flat(line), DETAIL_PT * frame.km_per_pt)
    drawn = shapely.LineString(frame.on_paper(flat))
    taken: list[Box] = []
    for label in given:
        (lon, lat), half = label["at"], label["deg"] / 2
        (x, y), west, east = frame.on_paper(frame.plane.flat([(lon, lat), (lon - half, lat), (lon + half, lat)]))
        words = clean(label["text"], MOST_LETTERS)
        wide = len(words) * LABEL_PT * EM
        if not np.isfinite(x + y) or math.dist(west, east) < 0.85 * wide:
            continue
        for shift in (0.0, 12.0, -12.0, 24.0, -24.0):
            spot = (x - wide / 2, y + shift - LABEL_PT, x + wide / 2, y + shift + LABEL_PT)
            inside = spot[0] > 2 and spot[1] > 2 and spot[2] < sketch.width - 2 and spot[3] < sketch.height - 12
            free = inside and not any(_overlap(spot, other) for other in taken)
            if free and abs(shift) < 0.25 * math.dist(west, east) and not drawn.intersects(shapely.box(*spot)):
                taken.append(spot)
                yield Words((float(x), float(y + shift)), words, LABEL_PT, NAMES)
                break


def _lay_route(sketch: Sketch, frame: _Frame, way: Way, line: Floats, km: Floats) -> None:
    flat = frame.plane.flat(line)
    within = DETAIL_PT * frame.km_per_pt

    def drawn(from_km: float, to_km: float) -> Floats:
        inner = (km > from_km) & (km < to_km)
        ends = [np.column_stack([np.interp([at], km, flat[:, axis]) for axis in (0, 1)]) for at in (from_km, to_km)]
        points = np.concatenate([ends[0], flat[inner], ends[1]])
        return frame.on_paper(_simple(points, within))

    case = way.case
    whole = drawn(0.0, way.end_km)
    sketch.marks.extend([Stroke(whole, PAPER, 3.6), Stroke(whole, BLUE, 1.5)])
    in_areas = [crossing for f in case.verdict.findings if f.area for crossing in f.crossings]
    for crossing in (*case.verdict.crossings, *in_areas):
        if case.standing(crossing) != "free" and crossing.length_km > 0.0:
            stretch = drawn(crossing.entry_km, crossing.exit_km)
            sketch.marks.append(Stroke(stretch, RED, 3.2))
            if case.standing(crossing) == "consented":
                sketch.marks.append(Stroke(stretch, PAPER, 1.1, (3.0, 2.5)))
    for gap in way.track.gaps if way.track is not None else ():
        stretch = drawn(float(way.km[gap.leg]), float(way.km[gap.leg + 1]))
        sketch.marks.append(Stroke(stretch, PAPER, 2.2, (1.5, 4.0)))
    for n, crossing in enumerate(case.verdict.crossings, 1):
        spots = frame.on_paper(frame.plane.flat([crossing.entry, crossing.exit]))
        if crossing.entry_km > 0.0:
            bad = case.standing(crossing) == "forbidden"
            sketch.marks.append(
                Dot((float(spots[0, 0]), float(spots[0, 1])), 2.3, RED if bad else PAPER, RED if bad else INK)
            )
        if math.dist(spots[0], spots[1]) > 14.0:
            half_way, _ = way.stretch(*[(crossing.entry_km + crossing.exit_km) / 2] * 2, step_km=1.0)
            (x, y), *_ = frame.on_paper(frame.plane.flat(half_way)).tolist()
            sketch.marks.append(Words((x, y - 7.5), str(n), 6.5, INK, bold=True))
    ends = frame.on_paper(flat[[0, -1]]).tolist()
    for nth, (what, (x, y), (other, _)) in enumerate(zip(("first", "last"), ends, ends[::-1], strict=True)):
        point = way.route.waypoints[-nth]
        words = clean(point.name or ("" if way.track is None else f"{what} position"), MOST_LETTERS)
        wide = 12.0 + len(words) * END_PT * EM
        left = x - wide > 0.0 if x < other else x + wide > sketch.width
        place = (x - 6.0 if left else x + 6.0, y)
        sketch.marks.append(Dot((x, y), 3.2, PAPER, INK))
        sketch.marks.append(Words(place, words, END_PT, INK, "end" if left else "start", bold=True))


def _simple(line: Floats, within: float) -> Floats:
    """Leave out points of a line that lie within a distance of the rest; it may come to cross itself."""
    found: Floats = shapely.get_coordinates(shapely.LineString(line).simplify(within, preserve_topology=False))
    return found


def _meets(points: Floats, box: Box) -> bool:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return bool(np.isfinite(points).all() and x0 <= box[2] and x1 >= box[0] and y0 <= box[3] and y1 >= box[1])


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
