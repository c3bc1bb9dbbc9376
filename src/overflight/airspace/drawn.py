"""Areas as they are gathered from a file, whatever its format: counted, checked, and put together by their names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import shapely

from overflight.airspace.area import SFC, UNL, Area, Limit
from overflight.airspace.levels import parse_limit
from overflight.airspace.outlines import MAX_MEETINGS, TURN, cut_at_seam, meet_often, read_in_two_ways, where_invalid
from overflight.errors import DataError
from overflight.outside.printable import plain_name

__all__ = ["MAX_AREAS", "MAX_NAME", "MAX_VERTICES", "Drawn", "limits_in", "named"]

MAX_VERTICES = 100_000
MAX_AREAS = 1_000
MAX_NAME = 80
NAME = "name"
"""The fact of an area that is its name."""
MOST_LOOKED_AT = 20_000
"""Areas of a file from which one is chosen."""
FLOORS = ("floor", "lower", "lowerlimit", "bottom")
CEILINGS = ("ceiling", "upper", "upperlimit", "top")
"""What programs call the limits, in small letters without underscores."""
UNITS = {"": ("unit", "uom"), "datum": ("ref", "reference", "referencedatum", "datum")}
_SIGNS = re.compile(r"[^a-z]")
OPENAIP = {"unit": {0: "m", 1: "ft", 6: "FL"}, "referencedatum": {0: "AGL", 1: "AMSL", 2: "STD"}}
"""Codes of openAIP, which writes a limit as an object."""

Floats = npt.NDArray[np.float64]
Key = tuple[str, Limit, Limit]


class Drawn:
    """Gathers the areas of one file, within the limits.

    Parameters
    ----------
    where : str
        What to call the file in messages.
    name : str
        What to call areas without a name of their own.
    only : str, optional
        The name of the one that is wanted; others are passed over.
    """

    most_areas, most_vertices = MAX_AREAS, MAX_VERTICES
    least_ring = 4
    """Positions of a ring."""
    also: tuple[str, ...] = ()
    """Columns that are wanted besides names and limits, in small letters."""

    def __init__(self, where: str, name: str, only: str | None = None) -> None:
        self.where, self.default_name, self.only = where, name, only
        self.vertices = 0
        self.found: dict[Key, list[shapely.Geometry]] = {}
        self.names: dict[str, None] = {}

    def name_in(self, facts: Mapping[str, object]) -> str | None:
        """Find the name of an area among what the file says of it; None if it has none."""
        return named(next((value for key, value in facts.items() if key.lower() == NAME), None))

    def limits_in(self, facts: Mapping[str, object], at: str) -> tuple[Limit, Limit]:
        """Find the limits of an area among what the file says of it.

        Raises
        ------
        DataError
            Names the place.
        """
        try:
            found = limits_in(facts)
        except DataError as error:
            self.refuse(at, str(error))
        return self.limits(*found, at)

    def is_wanted(self, name: str | None) -> bool:
        """Tell whether areas of a name are wanted, and note that there are some."""
        own = name or self.default_name
        self.names[own] = None
        if len(self.names) > MOST_LOOKED_AT:
            self.refuse("", f"more than {MOST_LOOKED_AT:,} areas: split the file")
        return self.only is None or own.casefold() == self.only.casefold()

    def add(self, name: str | None, shape: shapely.Geometry, limits: tuple[Limit, Limit] = (SFC, UNL)) -> None:
        """Add a polygon, or more, to the area of its name and limits.

        Raises
        ------
        DataError
            If it is one too many.
        """
        self.found.setdefault((name or self.default_name, *limits), []).append(shape)
        if len(self.found) > self.most_areas:
            msg = (
                f"{self.where}: more than {self.most_areas:,} areas: give several of them one name, split the file, or "
                "name the one that is meant behind the file (FILE#NAME)"
            )
            raise DataError(msg)

    def count(self, vertices: int, at: str) -> None:
        """Count vertices.

        Raises
        ------
        DataError
            If they are too many.
        """
        self.vertices += vertices
        if self.vertices > self.most_vertices:
            self.refuse(at, f"more than {self.most_vertices:,} vertices: simplify the areas")

    def ring(self, ring: Floats, at: str) -> Floats:
        """Check a ring of positions in degrees, longitude first, whose numbers are finite, and return it.

        Raises
        ------
        DataError
        """
        if len(ring) < 4:
            self.refuse(at, f"a ring of {len(ring)} positions: it takes at least four, the last as the first")
        off = np.flatnonzero(~((np.abs(ring[:, 0]) <= TURN) & (np.abs(ring[:, 1]) <= 90.0)))
        if len(off):
            lon, lat = ring[off[0]].tolist()
            self.refuse(at, f"{lon:.10g},{lat:.10g} is no place: longitude comes first, latitude to 90")
        if (ring[0] != ring[-1]).any():
            self.refuse(at, "the ring is not closed: end it where it begins")
        edge = read_in_two_ways(ring)
        if edge is not None:
            ends = f"longitude {ring[edge, 0]:g} to {ring[edge + 1, 0]:g}"
            self.refuse(
                f"{at}[{edge + 1}]",
                f"an edge from {ends} can be read in two ways: cut the area at 180 degrees (RFC 7946), or set a point",
            )
        return ring

    def polygon(self, rings: Sequence[Floats], at: str) -> shapely.Polygon:
        """Make a polygon of checked rings.

        Raises
        ------
        DataError
            If it crosses itself.
        """
        polygon = shapely.Polygon(rings[0], rings[1:])
        if not polygon.is_valid:
            self.refuse(at, f"no valid area: {where_invalid(polygon)}: draw it without crossing itself")
        return polygon

    def limits(self, floor: Limit | None, ceiling: Limit | None, at: str) -> tuple[Limit, Limit]:
        """Put two limits together; the ground and space stand for none.

        Raises
        ------
        DataError
            If the lower one is surely above the upper one.
        """
        low, high = floor or SFC, ceiling or UNL
        if low.low_m > high.high_m or high == SFC or low == UNL:
            self.refuse(at, f"from {low} to {high} there is nothing: give the lower limit first")
        return low, high

    def areas(self, expected: str) -> tuple[Area, ...]:
        """Make the areas that were gathered; `expected` says what there should have been if there is none.

        Raises
        ------
        DataError
        """
        if not self.found:
            if self.only is not None and self.names:
                near = difflib.get_close_matches(self.only, [*self.names][:MOST_LOOKED_AT], n=3) or [*self.names][:3]
                why = f"no area is called {self.only[:MAX_NAME]!r}: it has {', '.join(map(repr, near))}"
                blank = any(not name.isalnum() for name in near)
                self.refuse("", why + blank * "; put the file and the name in quotes, if there are blanks in them")
            self.refuse("", expected)
        every = [part for shapes in self.found.values() for part in shapely.get_parts(shapes)]
        if len(every) > 1 and meet_often(every):
            self.refuse(
                "", f"its polygons meet at more than {MAX_MEETINGS:,} places: join them in a drawing program first"
            )
        names = [name for name, _, _ in self.found]
        return tuple(self._area(key, parts, shared=names.count(key[0]) > 1) for key, parts in self.found.items())

    def _area(self, key: Key, parts: list[shapely.Geometry], *, shared: bool) -> Area:
        name, floor, ceiling = key
        shape = cut_at_seam(shapely.get_parts(parts).tolist())
        if shape is None:
            self.refuse("", f"area {name!r} has no surface: give a ring that encloses something")
        return Area(f"{name}, {floor} to {ceiling}" if shared else name, shape, self.where, floor, ceiling)

    def refuse(self, at: str, why: str) -> NoReturn:
        """Raise what is wrong with the file, with the place in it.

        Raises
        ------
        DataError
        """
        place = at.rstrip(".")[:100]
        msg = f"{self.where}{': ' if place else ''}{place}: {why}"
        raise DataError(msg)


def named(value: object) -> str | None:
    """Take a fact for a name, a number too; None if it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value}"
    return plain_name(value, MAX_NAME)


def limits_in(facts: Mapping[str, object]) -> tuple[Limit | None, Limit | None]:
    """Find the limits of an area among what a file says of it.

    Parameters
    ----------
    facts : mapping
        By any of the usual names, however they are written: ``floor``, ``lower``, ``lowerLimit``, ``bottom``;
        ``ceiling``, ``upper``, ``upper_limit``, ``top``. A text as `parse_limit` reads it; or a number with its unit
        in the name (``floor_ft``, ``ceiling_m``, ``upper_fl``), or beside it (``upper_unit``, ``upperLimit_uom``), and
        what it is counted from (``upper_ref``); or an object, as openAIP writes it. Empty ones are none.

    Raises
    ------
    DataError
        Names the fact, without the place in the file.
    """
    plain = {_SIGNS.sub("", key.lower()): value for key, value in facts.items() if isinstance(key, str)}
    return _limit_in(plain, FLOORS), _limit_in(plain, CEILINGS)


def _limit_in(facts: Mapping[str, object], names: Sequence[str]) -> Limit | None:
    for name in names:
        for suffix in ("", "ft", "m", "fl"):
            value = facts.get(name + suffix)
            if value is None or value == "" or isinstance(value, bool):
                continue
            if isinstance(value, Mapping):
                unit, datum, value = _openaip(value)
            else:
                beside = (next((str(facts[name + s]) for s in UNITS[of] if facts.get(name + s)), "") for of in UNITS)
                unit, datum = beside
                unit = suffix or unit
            try:
                return _read(value, unit.strip(), datum.strip())
            except DataError as error:
                msg = f"`{name + suffix}`: {error}"
                raise DataError(msg) from error
    return None


def _read(value: object, unit: str, datum: str) -> Limit:
    text = f"{value:.10g}" if isinstance(value, int | float) else str(value)[:100].strip()
    if text.replace(".", "", 1).isdigit() and unit:
        text = f"FL{round(float(text)):d}" if unit.upper() == "FL" else f"{text} {unit}"
        if datum and not text.startswith("FL"):
            text = f"{text} {datum}"
    return parse_limit(text)


def _openaip(value: Mapping[str, object]) -> tuple[str, str, object]:
    told = {_SIGNS.sub("", str(key).lower()): one for key, one in value.items()}

    def word(name: str) -> str:
        code = told.get(name)
        return OPENAIP[name].get(code, "") if isinstance(code, int) else str(code or "")

    return word("unit"), word("referencedatum"), told.get("value")
