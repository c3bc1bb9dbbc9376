"""The world's airspace as shipped: load it in one of its views, look up states.

The world is one partition of the Earth's surface into pieces that never overlap. Each border is stored once, as an
arc with the piece on its left and the piece on its right; a view, a date and a bloc only relabel pieces. Loading maps
one file into memory and reads a few small tables: no array library, no geometry library.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.airspace.pieces import Piece
from overflight.airspace.sovereigns import Sovereign, labelled, read_sovereigns
from overflight.airspace.states import DATA, State, find_state, table_rows
from overflight.errors import DataError
from overflight.outside.dates import as_date
from overflight.outside.listing import Listed, Listing
from overflight.partition.index import Index

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["VIEWS", "Airspaces", "load_airspaces", "past_sovereigns", "world_on"]

VIEWS = ("de-jure", "de-facto")
OWN = "own"
"""View and version of a world of somebody's own polygons."""
LEAST_ACCURACY_M = 50_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Airspaces(Listed):
    """The world's sovereign airspace: land, internal waters and territorial sea, one partition.

    `accuracy_m` is how well its best borders are known, in metres; `arc_accuracy_m` says how well each one is. A world
    equals itself only.
    """

    version: str
    view: str
    accuracy_m: float
    pieces: tuple[Piece, ...] = field(repr=False)
    index: Index = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)

    @classmethod
    def from_frame(
        cls,
        frame: GeoDataFrame,
        *,
        state: str | None = None,
        name: str | None = None,
        territory: str | None = None,
        disputed: str | None = None,
        accuracy_m: float = 0.0,
    ) -> Airspaces:
        """Make a world of polygons of your own: states, FIRs, sectors. Whatever takes a world takes it.

        Parameters
        ----------
        frame : GeoDataFrame
            Polygons and MultiPolygons, up to 1,000,000 vertices; a row is a state, or a part of one.
        state : str, optional
            The column of the codes, which need not be ISO's; ``"state"`` by default or, without such a column, the
            index. Rows of one code are one state.
        name, territory, disputed : str, optional
            The columns of the states' names, of the codes of territories that are told apart, and of disputes in
            words; by default those that are called so, if there are any. A state is called as its first row says.
        accuracy_m : float
            How well the polygons' borders are known, in metres.

        Returns
        -------
        Airspaces
            In a view and version of its own. What lies in no polygon is nobody's.

        Raises
        ------
        DataError
            In one line that names the row and what to do.

        Notes
        -----
        Edges are straight in lon/lat (RFC 7946), moved by less than 2 cm where polygons meet. A frame with a CRS is
        brought to WGS84, vertex by vertex; one without is taken as degrees on WGS84, longitude first.

        Where polygons of several states overlap, the piece is claimed by all of them and held by none, as with areas:
        a route through it crosses ``XXX``, and breaks a rule about any of them. Neighbours whose common border has
        other vertices on either side overlap, and leave gaps, where it does.

        What crosses 180 degrees is cut there, or written with longitudes that run on (170 to 190); a box from -180 to
        180 and up to latitude 90 holds the pole. An edge that spans more than half a turn can be read in two ways and
        is refused; on a map (a projected CRS) it goes the short way. Polygons that cross themselves are refused.

        Examples
        --------
        >>> import geopandas, shapely
        >>> frame = geopandas.GeoDataFrame(
        ...     {"fir": ["LEFT", "RIGHT"]},
        ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
        ...     crs="EPSG:4326",
        ... )
        >>> world = Airspaces.from_frame(frame, state="fir")
        >>> from overflight import crossings, great_circle
        >>> [c.state for c in crossings(great_circle((5, 5), (15, 5)), world)]
        [State('LEFT', 'LEFT'), State('RIGHT', 'RIGHT')]
        """
        from overflight.airspace.frames import index_of_frame  # needs an array library; loading a world does not

        if not 0.0 <= accuracy_m <= LEAST_ACCURACY_M:
            msg = f"accuracy is {accuracy_m} m: give metres from 0 to {LEAST_ACCURACY_M:,.0f}"
            raise DataError(msg)
        columns = {"state": state, "name": name, "territory": territory, "disputed": disputed}
        pieces, index = index_of_frame(frame, columns)
        return cls(OWN, OWN, float(accuracy_m), pieces, index, {})

    def _listing(self) -> Listing:
        flagged = sum(piece.disputed is not None for piece in self.pieces)
        rows: list[tuple[str, str | int]] = [
            ("version", self.version),
            ("view", self.view),
            ("states", len(self.states)),
            ("pieces", len(self.pieces)),
            ("disputed pieces", flagged),
            ("best borders known to, m", f"{self.accuracy_m:g}"),
            ("labels by date since", str(self.labels_since or "")),
        ]
        return Listing(f"Airspaces {self.version}, {self.view}", (), ("what", "value"), rows, len(rows))

    @property
    def labels_since(self) -> dt.date | None:
        """The day from which on every change of sovereign that is known to us is in the labels; None if not known."""
        text = self.manifest.get("labels_since")
        return dt.date.fromisoformat(text) if text else None

    def doubt_on(self, date: dt.date) -> str:
        """Say what the labels may have wrong on a date, or don't show in this view; nothing where that is nothing."""
        since = self.labels_since
        told = []
        if since is not None and date < since:
            told.append(f"states and disputes are known from {since} on; for {date} some may be wrong")
        told += [
            f"not in the data: {gap['what']}"
            for gap in self.manifest.get("not_shown", ())
            if gap["view"] == self.view and gap["since"] <= str(date) < gap["until"]
        ]
        return "; ".join(told)

    @property
    def states(self) -> tuple[State, ...]:
        """Every state that has airspace in this view, by code; ``XXX`` (claimed by several) is none."""
        return tuple(sorted({p.state for p in self.pieces if p.state is not None and p.state != "XXX"}))

    def state(self, code: str) -> State:
        """Return the state of a code or English name; one that has airspace in another view only is found, too.

        Raises
        ------
        UnknownStateError
            With the nearest names, if there is none.
        """
        held = {s for p in self.pieces for s in (p.de_jure, p.de_facto) if s is not None and s != "XXX"}
        return find_state(code, sorted(held.union(self.states)))

    def arc_accuracy_m(self, arc: int) -> float:
        """Return how well a border arc is known, in metres; `accuracy_m` where that is not stored arc by arc."""
        stored = self.index.arc_accuracy
        return self.accuracy_m if stored is None else float(stored[arc])

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.pieces)


def world_on(world: Airspaces | None, on: dt.date | str | None) -> Airspaces:
    """Return a world as it is, or the shipped one, de jure, on a date.

    Raises
    ------
    TypeError
        If there is neither, for whose the airspace is depends on the date; or if it is no world.
    """
    if isinstance(world, Airspaces):
        return world
    if world is not None:
        msg = f"{str(world)[:60]!r} is no world: give overflight.load_airspaces(on=...); a route is one text, 'VKO-BUD'"
        raise TypeError(msg)
    if on is None:
        msg = 'a date decides whose the airspace is: give on="2025-10-23", or a world (overflight.load_airspaces)'
        raise TypeError(msg)
    return load_airspaces(on=on)


def load_airspaces(view: str = "de-jure", *, on: dt.date | str | None = None) -> Airspaces:
    """Load the airspace that ships with the package; memory-mapped, read once per process.

    Parameters
    ----------
    view : {"de-jure", "de-facto"}
        Whose a disputed part is: in law, as the data see it, or by who holds it. The pieces are the same.
    on : datetime.date or str, optional
        Whose each piece was on that date: South Sudan is Sudan's until 2011-07-08. As the data stand today by default.
        Borders are today's on every date.

    Returns
    -------
    Airspaces
        The same object for all dates between two changes of a label. Its `labels_since` says from when on all changes
        that are known to us are in it.

    Raises
    ------
    DataError
        If there is no such view, or a shipped file is missing or shorter than the manifest says.
    ValueError
        If a date is written otherwise than 2025-10-23.

    Examples
    --------
    >>> from overflight._crossings import locate
    >>> [locate(load_airspaces(view), 34.1, 44.95).state.name for view in VIEWS]  # Simferopol
    ['Ukraine', 'Russia']
    >>> locate(load_airspaces(on="1997-06-30"), 114.17, 22.3).state.name  # Hong Kong
    'United Kingdom'
    """
    if view not in VIEWS:
        msg = f"unknown view {view[:40]!r}: use {' or '.join(VIEWS)}"
        raise DataError(msg)
    date = None if on is None else as_date(on)
    days = _read(DATA)[0].get("label_changes", ()) if date is not None else ()
    return _load(DATA, view, next((day for day in days if str(date) < day), None))


def past_sovereigns() -> tuple[Sovereign, ...]:
    """List whose territories were before they were whose they are today, as far back as the labels go."""
    return _past(DATA)


@functools.cache
def _load(folder: Path, view: str = VIEWS[0], before: str | None = None) -> Airspaces:
    """Label the pieces as a view has them, today or between the last change before a day of change and that day."""
    manifest, pieces, index = _read(folder)
    if before is not None or any(piece.disputed_until for piece in pieces):
        date = dt.date.max if before is None else dt.date.fromisoformat(before) - dt.timedelta(days=1)
        pieces = labelled(pieces, _past(folder), date)
    if view == "de-facto":
        pieces = tuple(replace(piece, state=piece.de_facto) for piece in pieces)
    return Airspaces(
        version=manifest["version"],
        view=view,
        accuracy_m=manifest["accuracy_m"],
        pieces=pieces,
        index=index,
        manifest=manifest,
    )


@functools.cache
def _past(folder: Path) -> tuple[Sovereign, ...]:
    """Read whose territories were."""
    try:
        return read_sovereigns(folder / "sovereigns.csv")
    except (OSError, ValueError, KeyError) as error:
        msg = f"the list of past sovereigns can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error


@functools.cache
def _read(folder: Path) -> tuple[dict[str, Any], tuple[Piece, ...], Index]:
    """Read manifest and pieces, and map the arrays."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with (folder / "airspace.bin").open("rb") as file:
            raw = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        pieces = tuple(Piece.read(row) for row in table_rows(folder / "pieces.csv"))
    except (OSError, ValueError, KeyError) as error:
        msg = f"the airspace data can't be read ({error}): reinstall overflight"
        raise DataError(msg) from error
    if len(raw) != manifest["bytes"]:
        msg = f"airspace.bin has {len(raw)} bytes, the manifest says {manifest['bytes']}: reinstall overflight"
        raise DataError(msg)
    index = Index.mapped(raw, manifest["arrays"], manifest["grid"])
    return manifest, pieces, index
