"""Layers, such as flight information regions: when a route enters each polygon of one, in the order flown."""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from overflight._crossings.stays import stays_in
from overflight.airspace.area import SFC, UNL, Area, Limit
from overflight.airspace.overlaps import overlaps
from overflight.costs.figures import Figure
from overflight.costs.pacing import Wind, pace
from overflight.errors import DataError
from overflight.outside.dates import as_date
from overflight.outside.listing import Listed, Listing
from overflight.outside.printable import visible
from overflight.routes.layers import polygons_of
from overflight.routes.ways import Way, route_of
from overflight.rules.profile import by_height, by_schedule, metres_of, recorded_in
from overflight.rules.schedule import AsFlown

if TYPE_CHECKING:
    from overflight._crossings import Crossing, Role
    from overflight.costs.fleet import Aircraft
    from overflight.routes import Route
    from overflight.rules import Schedule

__all__ = ["Entries", "Entry", "Layer", "read_layer"]

MOST_OVERLAPS = 3
_DESIGNATOR = re.compile(r"([A-Z]{4}) ?(?:FIR|UIR)[A-Z]?|([A-Z][A-Z0-9]{1,4})")
"""What item 18 may name: a region by its designator (``BGGLFIRU``, the upper one, is ``BGGL``), or a point."""
LAST_MIN = 100 * 60 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One stay of a route in a polygon of a layer.

    Attributes
    ----------
    name : str
        The polygon's, as the file has it.
    floor, ceiling : Limit
        From where to where the polygon reaches.
    role : {"departure", "overflight", "arrival"}
        `departure` if the route begins in this stay, else `arrival` if it ends in it.
    entry, exit : (lon, lat)
        Where it begins and ends, in degrees.
    entry_km, exit_km : float
        The same along the route, in km from its start.
    elapsed_min : Figure
        Minutes from take-off to the entry.
    note : str
        What heights are known, where that decides whether it is entered.
    """

    name: str
    floor: Limit
    ceiling: Limit
    role: Role
    entry: tuple[float, float]
    exit: tuple[float, float]
    entry_km: float
    exit_km: float
    elapsed_min: Figure
    note: str = ""

    @property
    def length_km(self) -> float:
        """How long the stay is, in km."""
        return self.exit_km - self.entry_km

    @property
    def eet(self) -> str:
        """The estimated elapsed time in whole minutes, as flight plans write it: ``0112`` is an hour and 12 minutes."""
        minutes = math.floor(self.elapsed_min.typical + 0.5)
        return f"{minutes // 60:02d}{minutes % 60:02d}"

    @property
    def limits(self) -> str:
        """From where to where the polygon reaches, in words; empty if it has no limits."""
        return "" if (self.floor, self.ceiling) == (SFC, UNL) else f"{self.floor} to {self.ceiling}"

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as the JSON of `overflight check` has it."""
        return {
            "name": self.name,
            "floor": self.floor.text,
            "ceiling": self.ceiling.text,
            "role": self.role,
            "entry_km": round(self.entry_km, 3),
            "exit_km": round(self.exit_km, 3),
            "length_km": round(round(self.exit_km, 3) - round(self.entry_km, 3), 3),
            "entry": [round(degrees, 6) for degrees in self.entry],
            "exit": [round(degrees, 6) for degrees in self.exit],
            "eet": self.eet,
            "elapsed_min": self.elapsed_min.to_dict(2),
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True, slots=True, repr=False)
class Entries(Listed, Sequence[Entry]):
    """The entries of a route into the polygons of a layer, in the order flown; polygons may overlap.

    Attributes
    ----------
    layer : Layer
        What was entered.
    route : Route
        By what.
    entries : tuple of Entry
        What the sequence holds.
    assumptions : tuple of str
        What the elapsed times rest on.
    """

    layer: Layer
    route: Route
    entries: tuple[Entry, ...]
    assumptions: tuple[str, ...]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, index: int | slice) -> Entry | tuple[Entry, ...]:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def item18(self) -> str:
        """The entries as item 18 of a flight plan has them, ``EET/UMMV0012 UKBV0045``; empty if there are none.

        Where the flight begins, no boundary is crossed. What has no designator of a region, and no name that a point
        may have, is left out, and what is entered again in the same minute is said once (ICAO Doc 4444, appendix 2).
        """
        told = dict.fromkeys(f"{name}{entry.eet}" for name, entry in self._designated() if name)
        return f"EET/{' '.join(told)}" if told else ""

    @property
    def nameless(self) -> tuple[str, ...]:
        """The names of what is entered on the way, and has no form that item 18 takes."""
        return tuple(dict.fromkeys(entry.name for name, entry in self._designated() if not name))

    def _designated(self) -> Iterator[tuple[str, Entry]]:
        for entry in self.entries:
            if entry.entry_km > 0.0 and entry.elapsed_min.typical <= LAST_MIN:
                match = _DESIGNATOR.fullmatch(entry.name.strip())
                yield (match[1] or match[2]) if match else "", entry

    def to_dict(self) -> dict[str, Any]:
        """Return them as the JSON of `overflight check` has them."""
        return {
            "layer": self.layer.name,
            "entries": [entry.to_dict() for entry in self.entries],
            "item18": self.item18,
            "assumptions": list(self.assumptions),
        }

    def _listing(self) -> Listing:
        rows = [
            (one.name, one.eet, one.entry_km, one.exit_km, one.length_km, one.limits, one.note) for one in self.entries
        ]
        return Listing(
            f"Entries of {self.route.label} into {self.layer.name}",
            (f"{one.name} {one.eet}" for one in self.entries),
            ("name", "EET", "in km", "out km", "km", "levels", "note"),
            rows,
            len(rows),
            tuple(filter(None, (self.item18, *self.assumptions))),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Layer(Listed):
    """Polygons with names, from one height to another, such as flight information regions; `read_layer` makes it.

    Attributes
    ----------
    name : str
        What the layer is called: its file without the suffix.
    areas : tuple of Area
        The polygons, each with a name of its own.
    names : tuple of str
        The name of each as the file has it; several polygons may share one, at different levels.
    source : str
        The file.
    named_by : tuple of str
        The properties that the names are from.
    remarks : tuple of str
        What was mended when it was read, and what overlaps, each in a sentence.
    """

    name: str
    areas: tuple[Area, ...] = field(repr=False)
    names: tuple[str, ...]
    source: str = ""
    named_by: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def entries(
        self,
        route: Way,
        *,
        on: dt.date | str | None = None,
        schedule: Schedule | None = None,
        aircraft: str | Aircraft = "narrow-body",
        wind: Wind = "none",
        level: str | None = None,
    ) -> Entries:
        """List what a route enters, with the elapsed time to each entry.

        Parameters
        ----------
        route : Route, str, or sequence of places
            ``"VKO-BUD"``. A recorded flight brings its times and heights; `Case.entries` asks with those of a case.
        on : datetime.date or str, optional
            Decides which airport a code stands for, and the season of the wind.
        schedule : Schedule, optional
            When the flight is where. Elapsed times are its own then, exactly.
        aircraft : str or Aircraft
            Without a schedule: a class or a type, as for `overflight.cost`.
        wind : {"none", "season"}
            Without a schedule: what wind to reckon with.
        level : str, optional
            The level flown, all the way: ``"FL350"``. What lies above or below it is not entered.

        Returns
        -------
        Entries
            In the order flown, then of exit. Of polygons that overlap, each is entered. Without a level, what lies one
            above the other is all listed, each with its levels; but a recorded flight that has heights enters only what
            it was in, or may have been in.

        Raises
        ------
        OverflightError
            If the level, the aircraft or the route can't be read.

        Notes
        -----
        Entries are where the geodesic meets the edges of the polygons, straight in lon/lat, to 1 mm, on their whole
        multiples of 1e-7 degrees. What a file draws to a minute of arc is no better for that.
        """
        flown = route_of(route, on)
        date = flown.on if on is None else as_date(on)
        track = recorded_in(flown)
        times = AsFlown.of(track) if schedule is None and track is not None else schedule
        if times is not None:
            clock, assumed = by_schedule(times)
        else:
            flies = pace(flown, aircraft=aircraft, wind=wind, on=date)
            clock, assumed = flies.minutes, flies.assumptions
        metres = None if level is None else metres_of(level)
        found = []
        for number, crossing in stays_in(flown, self.areas):
            area = self.areas[number]
            if metres is not None and not area.floor.low_m <= metres < area.ceiling.high_m:
                continue
            stays, note = ((crossing,), "") if metres is not None else by_height(area, crossing, track)
            found += [self._entry(number, stay, clock(stay.entry_km), note) for stay in stays]
        found.sort(key=lambda entry: (entry.entry_km, entry.exit_km))
        return Entries(self, flown, tuple(found), (*assumed, *([f"{level} all the way"] if level else [])))

    def _entry(self, number: int, stay: Crossing, elapsed: Figure, note: str) -> Entry:
        area = self.areas[number]
        return Entry(
            name=self.names[number],
            floor=area.floor,
            ceiling=area.ceiling,
            role=stay.role,
            entry=stay.entry,
            exit=stay.exit,
            entry_km=stay.entry_km,
            exit_km=stay.exit_km,
            elapsed_min=elapsed,
            note=note,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the layer itself as the JSON of `overflight check` has it."""
        return {
            "layer": self.name,
            "source": self.source,
            "named_by": list(self.named_by),
            "polygons": len(self.areas),
            "remarks": list(self.remarks),
        }

    def _listing(self) -> Listing:
        rows = [(name, area.limits) for name, area in zip(self.names, self.areas, strict=True)]
        title = f"Layer {self.name}, {len(rows)} polygons"
        return Listing(title, self.names, ("name", "levels"), rows, len(rows), self.remarks)


def read_layer(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
) -> Layer:
    """Read a layer, such as flight information regions (FIRs), from a file of polygons.

    Parameters
    ----------
    path : path
        GeoJSON, GeoPackage, GeoParquet, KML, OpenAir, Shapefile, FlatGeobuf: whatever `read_areas` reads, up to 20 MB,
        4,000 polygons and 200,000 vertices.
    name : str, optional
        The property that holds the name. By default the first text of ``designator``, ``ident``, ``fir``, ``code``,
        ``id``, ``icao``, ``name`` and the like; `Layer.named_by` says which.
    lower, upper : str, optional
        The properties that hold the limits. By default any of the usual names: ``lower`` and ``upper``, ``floor`` and
        ``ceiling``, ``min_fl`` and ``max_fl``, as `read_areas` reads them.

    Returns
    -------
    Layer
        Its `entries` say what a route enters, and when. Polygons of one name and the same limits are one.

    Raises
    ------
    DataError
        Names the file, the place in it, and what to do.

    Notes
    -----
    Files of regions are often drawn carelessly, so that what can be mended is: rings that are not closed, rings that
    cross themselves, edges of more than half a turn (read the short way), rings round a pole without the pole (led
    there). `Layer.remarks` says what was done, and which polygons overlap. No layer ships with the package;
    `docs/layers.md` says where people get some.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> import overflight as of
    >>> shape = {"type": "Polygon", "coordinates": [[[30, 50], [35, 50], [35, 56], [30, 56]]]}  # not closed
    >>> region = {"type": "Feature", "properties": {"id": "UMMV"}, "geometry": shape}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "firs.geojson")
    ...     _ = file.write_text(json.dumps(region))
    ...     firs = of.read_layer(file)
    >>> firs.remarks
    ('1 polygon was not closed, and is now: UMMV',)
    >>> firs.entries("VKO-BUD").item18
    'EET/UMMV0015'
    """
    found = polygons_of(path, name=name, lower=lower, upper=upper)
    title = visible(os.path.splitext(os.path.basename(os.fspath(path)))[0])  # noqa: PTH119, PTH122 - any path
    source = visible(os.fspath(path))
    try:
        remarks = (*found.remarks, *_overlapping(found.areas))
    except DataError as error:
        msg = f"{source}: {error}"
        raise DataError(msg) from error
    return Layer(title, found.areas, found.names, source, found.named_by, remarks)


def _overlapping(areas: Sequence[Area]) -> list[str]:
    """Say which polygons overlap."""
    found = overlaps(areas)
    if not found:
        return []
    told = [f"{areas[i].name} and {areas[j].name} ({_km2(km2)})" for i, j, km2 in found[:MOST_OVERLAPS]]
    more = len(found) - MOST_OVERLAPS
    pairs = "1 pair of polygons overlaps" if len(found) == 1 else f"{len(found):,} pairs of polygons overlap"
    return [f"{pairs}: {', '.join(told)}{f' and {more:,} more' if more > 0 else ''}"]


def _km2(km2: float) -> str:
    return f"about {km2:,.0f} km2" if km2 >= 1.0 else "less than 1 km2"
