"""A world of a user's own polygons: states, FIRs, sectors, from a GeoDataFrame."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import shapely
from geopandas import GeoDataFrame

from overflight.airspace.area import PREFIX
from overflight.airspace.outlines import MAX_MEETINGS, TURN, cut_at_seam, meet_often, read_in_two_ways, where_invalid
from overflight.airspace.pieces import UNDETERMINED, Piece
from overflight.airspace.states import State
from overflight.errors import DataError
from overflight.outside.printable import plain_name, visible
from overflight.partition.arranged import Arrangement, arranged, on_grid
from overflight.partition.grid import MOST_PIECES, index_of
from overflight.partition.index import Index

__all__ = ["COLUMNS", "MAX_VERTICES", "index_of_frame"]

COLUMNS = ("state", "name", "territory", "disputed")
"""What is read of a frame besides its polygons."""
MAX_VERTICES = 1_000_000
MAX_NAME, MAX_DISPUTE = 80, 1_000
CELL_DEG = 0.5

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Label:
    """What a row says of its polygons."""

    state: State
    territory: str
    territory_name: str
    disputed: str | None


def index_of_frame(frame: GeoDataFrame, columns: dict[str, str | None]) -> tuple[tuple[Piece, ...], Index]:
    """Arrange the polygons of a frame as a partition; see `Airspaces.from_frame`.

    Parameters
    ----------
    frame : GeoDataFrame
        A row is a state, or a part of one.
    columns : dict
        For each of `COLUMNS`, which column to read; None for the one that is called so, if there is one.
    """
    if not isinstance(frame, GeoDataFrame):
        msg = f"a world is made of a GeoDataFrame, not of {type(frame).__name__}: give geopandas.GeoDataFrame(...)"
        raise DataError(msg)
    if not len(frame):
        msg = "the frame has no row: give one with a polygon for each state"
        raise DataError(msg)
    shapes: dict[Label, list[shapely.Polygon]] = {}
    for label, polygons in zip(_labels(frame, columns), _outlines(frame), strict=True):
        shapes.setdefault(label, []).extend(polygons)
    every = [polygon for polygons in shapes.values() for polygon in polygons]
    if len(every) > 1 and meet_often(every):
        msg = f"the frame's polygons meet at more than {MAX_MEETINGS:,} places: let neighbours share their borders"
        raise DataError(msg)
    made = arranged([_on_grid(label, polygons) for label, polygons in shapes.items()])
    if len(made.members) > MOST_PIECES:
        msg = f"the polygons of the frame divide the world into more than {MOST_PIECES:,} pieces: give fewer of them"
        raise DataError(msg)
    # All borders are known alike, which the world says.
    return _pieces(made, list(shapes)), replace(index_of(made.arcs, CELL_DEG, locate=made.piece), arc_accuracy=None)


def _pieces(made: Arrangement, labels: list[Label]) -> tuple[Piece, ...]:
    """Say whose each piece is: where polygons of several states overlap, it is claimed by all of them."""
    pieces = [Piece(0, "", "nobody's", None)]
    for number, members in enumerate(made.members[1:], 1):
        first, *others = (labels[k] for k in sorted(members))
        claimants = tuple(dict.fromkeys(str(one.state) for one in (first, *others)))
        if len(claimants) == 1:
            one, claimants = first, ()
        else:
            names = " and ".join(claimants)
            one = Label(State(UNDETERMINED, "Undetermined"), UNDETERMINED, names, f"claimed by {names}")
        pieces.append(
            Piece(
                number,
                one.territory,
                one.territory_name,
                one.state,
                claimants,
                one.disputed,
                de_jure=one.state,
                de_facto=one.state,
            )
        )
    return tuple(pieces)


def _labels(frame: GeoDataFrame, columns: dict[str, str | None]) -> Iterator[Label]:
    """Read what each row says."""
    values = {what: _column(frame, what, columns[what]) for what in COLUMNS}
    states: dict[str, State] = {}
    for k in range(len(frame)):
        code = _text(values["state"][k], MAX_NAME)
        if code is None or code == UNDETERMINED or code.startswith(PREFIX):
            why = "no code" if code is None else f"code {code!r}, which stands for something else"
            _fail(frame, k, f"{why}: give each row the code of its state, or name the column (state=...)")
        state = states.setdefault(code, State(code, _text(values["name"][k], MAX_NAME)))
        territory = _text(values["territory"][k], MAX_NAME) or code
        name = state.name if territory == code else territory
        yield Label(state, territory, name, _text(values["disputed"][k], MAX_DISPUTE))


def _column(frame: GeoDataFrame, what: str, name: str | None) -> list[object]:
    """Return the values of a column; of the index for codes that stand in no column, and else nothing."""
    if name is None and what not in frame.columns:
        return list(frame.index) if what == "state" else [None] * len(frame)
    if name is not None and name not in frame.columns:
        known = visible(", ".join(str(column) for column in frame.columns)[:200])
        msg = f"the frame has no column {name!r} ({what}=): it has {known}"
        raise DataError(msg)
    if list(frame.columns).count(name or what) > 1:
        msg = f"the frame has several columns {name or what!r}: leave one"
        raise DataError(msg)
    return list(frame[name or what])


def _text(value: object, most: int) -> str | None:
    """Return a value of a cell as a text; None where there is none (None, NaN, False)."""
    if isinstance(value, bool | np.bool_):
        return "disputed" if value else None
    return plain_name(str(value) if isinstance(value, numbers.Integral) else value, most)


def _outlines(frame: GeoDataFrame) -> Iterator[list[shapely.Polygon]]:
    """Return the polygons of each row in degrees on WGS84, valid, their longitudes as they stand or running on."""
    try:
        series = frame.geometry
    except AttributeError as error:
        msg = "the frame has no geometry: set it with frame.set_geometry(...)"
        raise DataError(msg) from error
    count = int(shapely.get_num_coordinates(series.to_numpy()).sum())
    if count > MAX_VERTICES:
        msg = f"the polygons of the frame have {count:,} vertices, more than {MAX_VERTICES:,}: simplify them"
        raise DataError(msg)
    crs = series.crs
    if crs is not None and crs != "EPSG:4326":
        series = series.to_crs("EPSG:4326")
    for k, shape in enumerate(shapely.force_2d(series.to_numpy())):
        if shape is None or shape.is_empty:
            _fail(frame, k, "no polygon: leave the row out")
        if shape.geom_type not in {"Polygon", "MultiPolygon"}:
            _fail(frame, k, f"a {shape.geom_type} has no surface: give a Polygon or MultiPolygon")
        polygons = shapely.get_parts(shape).tolist()
        if crs is not None and crs.is_projected:
            polygons = [_unrolled(frame, k, polygon) for polygon in polygons]
        for polygon in polygons:
            _check(frame, k, polygon)
        yield polygons


def _check(frame: GeoDataFrame, row: int, polygon: shapely.Polygon) -> None:
    """Refuse a polygon that is nowhere, can be read in two ways, or crosses itself."""
    for ring in shapely.get_rings(polygon):
        points = shapely.get_coordinates(ring)
        fits = (np.abs(points) <= (TURN, 90.0)).all(axis=1)
        if not fits.all():
            x, y = points[np.argmin(fits)]
            _fail(
                frame,
                row,
                f"({x:g}, {y:g}) is no place: give longitude and latitude in degrees, or set the frame's CRS",
            )
        edge = read_in_two_ways(points)
        if edge is not None:
            ends = f"longitude {points[edge, 0]:g} to {points[edge + 1, 0]:g}"
            _fail(
                frame,
                row,
                f"an edge from {ends} can be read in two ways: cut the polygon at 180 degrees, or set a point",
            )
    if not polygon.is_valid:
        _fail(frame, row, f"no valid polygon: {where_invalid(polygon)}: mend it, as by frame.geometry.make_valid()")


def _unrolled(frame: GeoDataFrame, row: int, polygon: shapely.Polygon) -> shapely.Polygon:
    """Let the longitudes of a polygon that was drawn on a map run on where it crosses 180 degrees."""
    rings: list[Floats] = []
    for ring in shapely.get_rings(polygon):
        points = shapely.get_coordinates(ring)
        if not np.isfinite(points).all():
            _fail(frame, row, "it reaches beyond what its CRS can tell: give it in degrees")
        points[:, 0] = np.unwrap(points[:, 0], period=TURN)
        if points[0, 0] != points[-1, 0]:
            _fail(frame, row, "it goes round a pole: give it in degrees, from -180 to 180, with the pole as its edge")
        if rings:  # a hole lies beside its shell
            middles = (0.5 * (one[:, 0].min() + one[:, 0].max()) for one in (rings[0], points))
            points[:, 0] += TURN * round((next(middles) - next(middles)) / TURN)
        rings.append(points)
    return shapely.Polygon(rings[0], rings[1:])


def _on_grid(label: Label, polygons: Iterable[shapely.Polygon]) -> shapely.Geometry:
    joined = cut_at_seam(list(polygons))
    shape = None if joined is None else on_grid(joined)
    if shape is None or shapely.area(shape) == 0.0:
        msg = f"all that is {label.state!s}'s is smaller than a square metre: draw it larger, or leave it out"
        raise DataError(msg)
    return shape


def _fail(frame: GeoDataFrame, row: int, why: str) -> NoReturn:
    msg = f"row {visible(str(frame.index[row]))[:40]} of the frame: {why}"
    raise DataError(msg)
