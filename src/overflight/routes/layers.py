"""Layers, such as flight information regions, read from files of polygons: mended where they are drawn carelessly."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from overflight.airspace.area import SFC, UNL, Area, Limit
from overflight.airspace.drawn import Drawn, Floats, limits_in, named
from overflight.airspace.mending import closed, joined, over_a_pole, readings, untangled
from overflight.airspace.outlines import TURN, meet_often, where_invalid
from overflight.errors import DataError
from overflight.outside.printable import visible
from overflight.partition.arranged import on_grid
from overflight.routes.areas import drawn_in

__all__ = ["NAMES", "Polygons", "polygons_of"]

MAX_POLYGONS, MAX_VERTICES = 4_000, 200_000
NAMES = ("designator", "ident", "identifier", "fir", "code", "id", "icao_code", "icao", "name", "fir_name", "firname")
"""Properties that name a polygon; the first with a letter in it does. EUROCONTROL has two letters of several in `icao`,
and a number as `id`."""
ENDS = ("lower", "upper")
LEVELS = (
    ("min_fl", "minfl", "min_flight_level", "lower_flight_level", "lower_fl"),
    ("max_fl", "maxfl", "max_flight_level", "upper_flight_level", "upper_fl"),
)
"""What limits are called here besides what `limits_in` knows: numbers of flight levels."""
LOWEST, UNBOUNDED = "FL0", "FL999"
"""How lists of flight levels write that there is no limit."""
SMALL_DEG2 = 1e-9
"""Ten square metres: what is larger is not looked at so closely."""
MOST_NAMED = 3
WORDS = {
    "closed": ("was not closed, and is now", "were not closed, and are now"),
    "short": ("has an edge of more than half a turn, read the short way", "have edges of over half a turn, read short"),
    "north": ("goes round the north pole", "go round the north pole"),
    "south": ("goes round the south pole", "go round the south pole"),
    "untangled": ("crossed itself, and was mended", "crossed themselves, and were mended"),
    "empty": ("has no surface, and is left out", "have no surface, and are left out"),
    "limits": ("has limits that can't be read, and none here", "have limits that can't be read, and none here"),
    "unnamed": ("has no name, and is called after the file", "have no name, and are called after the file"),
}
"""What was done to one polygon, and to several."""


class Polygons(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    areas : tuple of Area
        Each with a name that no other one has.
    names : tuple of str
        The name of each as the file has it.
    named_by : tuple of str
        The properties that names are from, the most frequent first.
    remarks : tuple of str
        What was mended, each kind in a sentence.
    """

    areas: tuple[Area, ...]
    names: tuple[str, ...]
    named_by: tuple[str, ...]
    remarks: tuple[str, ...]


def polygons_of(
    path: str | os.PathLike[str], *, name: str | None = None, lower: str | None = None, upper: str | None = None
) -> Polygons:
    """Read the polygons of a file, whatever format `overflight.read_areas` reads.

    Parameters
    ----------
    path : path
        Up to 20 MB, 4,000 polygons and 200,000 vertices.
    name, lower, upper : str, optional
        The properties that hold the name and the limits, in capitals or small letters.

    Raises
    ------
    DataError
        If it can't be read, or has no such property.
    """
    made: list[_Mended] = []

    def gather(where: str, title: str) -> _Mended:
        made.append(_Mended(where, title, {"name": name, "lower": lower, "upper": upper}))
        return made[-1]

    areas = drawn_in(path, gather)
    (drawn,) = made
    return Polygons(
        areas,
        tuple(drawn.plain[area.name] for area in areas),
        tuple(key for key, _ in drawn.by.most_common()),
        tuple(drawn.remarks()),
    )


class _Mended(Drawn):
    """Gathers the polygons of a layer, and notes what it does to them."""

    least_ring = 3
    most_areas, most_vertices = MAX_POLYGONS, MAX_VERTICES

    def __init__(self, where: str, name: str, asked: Mapping[str, str | None]) -> None:
        super().__init__(where, name)
        self.asked = {key: one.lower() for key, one in asked.items() if one}
        self.also = (*self.asked.values(), *NAMES, *LEVELS[0], *LEVELS[1])
        self.seen: dict[str, None] = {}
        self.by: Counter[str] = Counter()
        self.done: dict[str, list[str]] = {}
        self.plain: dict[str, str] = {}
        self._pending: list[str] = []

    # What the file says of each

    def name_in(self, facts: Mapping[str, object]) -> str | None:
        low = {key.lower(): value for key, value in facts.items() if isinstance(key, str)}
        if len(self.seen) < 1000:
            self.seen |= dict.fromkeys(key for key, value in low.items() if value not in {None, ""})
        own = self.asked.get("name")
        for key in (own,) if own else NAMES:
            found = named(low.get(key))
            if found and (own or any(map(str.isalpha, found))):
                self.by[key] += 1
                return found
        return None

    def limits_in(self, facts: Mapping[str, object], at: str) -> tuple[Limit, Limit]:
        low = {key.lower(): value for key, value in facts.items() if isinstance(key, str)}
        try:
            floor, ceiling = self._limit(low, 0), self._limit(low, 1)
            return self.limits(
                SFC if floor is not None and floor.text == LOWEST else floor,
                UNL if ceiling is not None and ceiling.text == UNBOUNDED else ceiling,
                at,
            )
        except DataError:
            self._pending.append("limits")
            return SFC, UNL

    def _limit(self, facts: Mapping[str, object], end: int) -> Limit | None:
        """Find one limit; a number is a flight level where the name of its property says so."""
        known = LEVELS[end] if self.asked.get(ENDS[end]) is None else (self.asked[ENDS[end]],)
        key = next((one for one in known if facts.get(one) not in {None, ""}), None)
        if key is None:
            return None if self.asked.get(ENDS[end]) else limits_in(facts)[end]
        unit = "fl" if key.endswith(("fl", "level")) else "ft" if key.endswith("ft") else "m" * key.endswith("_m")
        return limits_in({("floor", "ceiling")[end] + unit: facts[key]})[end]

    # What it draws

    def ring(self, ring: Floats, at: str) -> Floats:
        off = np.flatnonzero(~((np.abs(ring[:, 0]) <= TURN) & (np.abs(ring[:, 1]) <= 90.0)))
        if len(off):
            lon, lat = ring[off[0]].tolist()
            self.refuse(at, f"{lon:.10g},{lat:.10g} is no place: longitude comes first, latitude to 90")
        whole = closed(ring)
        if len(whole) > len(ring):
            self._pending.append("closed")
        if len(whole) < 4:
            return whole
        found, turns = readings(whole)[0]
        if (np.abs(np.diff(whole[:, 0])) > 0.5 * TURN).any() and not (found == whole).all():
            self._pending.append("short")
        if abs(turns) > 1:
            self.refuse(at, "the ring goes round the Earth more than once: draw it anew")
        if turns:
            found = over_a_pole(found)
            self._pending.append("north" if found[-2, 1] > 0.0 else "south")
        return found

    def polygon(self, rings: Sequence[Floats], at: str) -> shapely.Polygon | shapely.MultiPolygon:
        shell, *holes = rings
        if len(shell) < 4:
            return shapely.MultiPolygon()
        polygon = joined(shell, [hole for hole in holes if len(hole) >= 4])
        if polygon.is_valid:
            return polygon
        if meet_often(shapely.get_parts(polygon).tolist()):
            self.refuse(at, f"it crosses itself too often to be mended: {where_invalid(polygon)}: draw it anew")
        self._pending.append("untangled")
        return untangled(polygon)

    def add(self, name: str | None, shape: shapely.Geometry, limits: tuple[Limit, Limit] = (SFC, UNL)) -> None:
        pending, self._pending = self._pending, []
        pending += ["unnamed"] * (name is None)
        kinds = ["empty"] if _vanishes(shape) else dict.fromkeys(pending)
        for kind in kinds:
            self.done.setdefault(kind, []).append(name or self.default_name)
        if "empty" not in kinds:
            super().add(name, shape, limits)

    def areas(self, expected: str) -> tuple[Area, ...]:
        own = self.asked.get("name")
        if own and self.seen and own not in self.by:
            there = ", ".join([*self.seen][:12])
            self.refuse("", f"no property {visible(own[:40])!r} in it: name one of {visible(there)}")
        return super().areas(expected)

    def _area(self, key: tuple[str, Limit, Limit], parts: list[shapely.Geometry], *, shared: bool) -> Area:
        made = super()._area(key, parts, shared=shared)
        self.plain[made.name] = key[0]
        return made

    def remarks(self) -> list[str]:
        """Say what was mended."""
        return [
            f"{len(names)} polygon{'s' * (len(names) > 1)} {words[len(names) > 1]}: {_few(names)}"
            for kind, words in WORDS.items()
            if (names := self.done.get(kind))
        ]


def _vanishes(shape: shapely.Geometry) -> bool:
    """Tell whether nothing of a polygon is left on the grid of stored coordinates."""
    return bool(shapely.area(shape) < SMALL_DEG2 and shapely.area(on_grid(shape)) == 0.0)


def _few(names: Sequence[str]) -> str:
    once = list(dict.fromkeys(names))
    more = len(once) - MOST_NAMED
    return ", ".join(once[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
