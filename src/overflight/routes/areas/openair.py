"""Areas in OpenAir: one command a line, coordinates latitude first, arcs and circles about a centre set before.

As Naviter describes it (seeyou_file_formats, OpenAir_File_Format_Support.md) and as national files write it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

import numpy as np
import shapely

from overflight.airspace.area import Limit
from overflight.airspace.circles import arc, circle
from overflight.airspace.drawn import MAX_NAME, MAX_VERTICES, Drawn
from overflight.airspace.levels import parse_limit
from overflight.airspace.outlines import TURN
from overflight.earth import inverse
from overflight.earth.constants import M_PER_NM
from overflight.errors import DataError
from overflight.outside.printable import plain_name, visible
from overflight.routes.numbers import number_or_none
from overflight.routes.spellings import lettered

__all__ = ["add_openair"]

PASSED_OVER = frozenset({"AF", "AG", "AI", "AT", "AX", "AY", "AA", "AP", "AD", "SP", "SB"})
"""Commands that say nothing of where an area is."""
LINES = frozenset({"TO", "TC"})
"""What begins a line of the terrain, with commands of its own."""
MOST_LINES = 500_000
OFF_M, OFF_SHARE = 300.0, 0.02
"""How much the ends of an arc may differ in their distance from its centre: coordinates are rounded to minutes."""
_LINE = re.compile(r"\r\n|\n|\r")
_COMMAND = re.compile(r"([A-Za-z]{1,2})(?:\s+(.*)|\s*)", re.DOTALL)
_LABELLED = re.compile(r"(.*?\d\s*[NS][\s,]*[\d:.\s]+[EW])\s+\S.*", re.ASCII | re.IGNORECASE)
"""A coordinate with a word behind it, such as the number of a corner."""
_HOURS = re.compile(r"\s*\([^()]*\)$")
"""What stands behind a limit: when it holds, which is not looked at."""
_ASKED = re.compile(r"ask\b.*", re.IGNORECASE)
_SET = re.compile(r"([A-Za-z])\s*=\s*(.*)")
Point = tuple[float, float]


def add_openair(text: str, drawn: Drawn) -> str:
    """Add the areas of an OpenAir file; return what to say if there is none.

    Parameters
    ----------
    text : str
        ``AC``, ``AN``, ``AL``, ``AH``, ``DP``, ``DA``, ``DB``, ``DC``, ``V X=``, ``V D=``; what else belongs to an area
        is passed over: terrain, labels behind coordinates, and hours behind limits, which hold at any time here. A
        ring is closed where it ends; points that lead out and straight back are left out. A height without a unit is in
        feet, and without a datum above the sea; one to be asked for by radio is no limit. A centre holds until there is
        another, a direction until the next area.
    drawn : Drawn
        Takes the areas.

    Raises
    ------
    DataError
        Names the line: a command that is not known, a coordinate or a limit that can't be read, an arc that has no
        centre or whose ends are not equally far from it.

    Notes
    -----
    From one point to the next leads the shorter way by longitude. A circle is `overflight.airspace.circles.circle`, an
    arc `overflight.airspace.circles.arc`.
    """
    lines = _LINE.split(text)
    if len(lines) > MOST_LINES:
        drawn.refuse("", f"more than {MOST_LINES:,} lines: split the file")
    reader = _Reader(drawn)
    for number, line in enumerate(lines, 1):
        told = line.partition("*")[0].strip()
        if told and not told.startswith("#"):
            reader.take(told, f"line {number}")
    reader.finish()
    return "no area in it: OpenAir begins each with AC, and draws it by DP, DA, DB or DC"


class _Reader:
    """Follows the commands."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.at = ""
        self.is_open = self.is_terrain = self.is_named_first = False
        self.centre: Point | None = None
        self.do: dict[str, Callable[[str], None]] = {
            "AN": self.called,
            "AL": self.floor_at,
            "AH": self.ceiling_at,
            "V": self.variable,
            "DP": lambda value: self.add(self.place(value)),
            "DA": self.arc_by_angles,
            "DB": self.arc_by_ends,
            "DC": self.round,
        }
        self.begin("")

    def begin(self, at: str) -> None:
        """Forget the area before."""
        self.began, self.name, self.is_named_first = at, "", False
        self.floor: Limit | None = None
        self.ceiling: Limit | None = None
        self.clockwise = True
        self.points: list[Point] = []
        self.round_ones: list[tuple[Point, float]] = []

    def take(self, line: str, at: str) -> None:
        """Follow one line."""
        self.at = at
        match = _COMMAND.fullmatch(line)
        command = match[1].upper() if match else ""
        value = ((match[2] or "") if match else "").strip()
        if command == "AN" and (self.points or self.round_ones):  # some write it before the class
            self.finish()
            self.begin(at)
            self.is_named_first = True
        if command == "AC" and self.is_named_first and not (self.points or self.round_ones):
            self.is_named_first = False
        elif command == "AC" or command in LINES:
            self.finish()
            self.is_open, self.is_terrain = command == "AC", command in LINES
            self.begin(at)
        elif command in self.do and self.is_terrain:
            return
        elif command in self.do:
            if not self.is_open:
                self.fail(f"{command} before any AC: begin each area with AC")
            self.do[command](value)
        elif command == "DY":
            self.fail("an airway (DY) has no surface: draw it by DP")
        elif command not in PASSED_OVER:
            self.fail(f"{_shown(line)} is no command of OpenAir that is known: take the line out, or put * before it")

    def called(self, value: str) -> None:
        """Take the name."""
        self.name = plain_name(value, MAX_NAME) or ""

    def floor_at(self, value: str) -> None:
        """Take the lower limit."""
        self.floor = self.limit(value)

    def ceiling_at(self, value: str) -> None:
        """Take the upper limit."""
        self.ceiling = self.limit(value)

    def limit(self, value: str) -> Limit | None:
        """Read a limit; None if it is to be asked for."""
        if _ASKED.fullmatch(value):
            return None
        try:
            return parse_limit(_HOURS.sub("", value), unit="ft")
        except DataError as error:
            self.fail(str(error))

    def variable(self, value: str) -> None:
        """Take a centre or a direction; others are about how a map is drawn."""
        match = _SET.fullmatch(value)
        name = match[1].upper() if match else ""
        if match is None or name not in {"X", "D", "W", "Z", "T"}:
            self.fail(f"V {_shown(value)}: write V X=52:30 N 013:20 E, or V D=+")
        if name == "X":
            self.centre = self.place(match[2])
        elif name == "D":
            if match[2][:1] not in {"+", "-"}:
                self.fail(f"the direction {_shown(match[2])} can't be read: write V D=+ (clockwise) or V D=-")
            self.clockwise = match[2][:1] == "+"

    def round(self, value: str) -> None:
        """Take a circle."""
        self.round_ones.append((self.middle("DC"), self.radius(value)))

    def arc_by_angles(self, value: str) -> None:
        """Take an arc given by its radius and the azimuths of its ends."""
        cells = [number_or_none(cell) for cell in value.split(",")]
        if len(cells) != 3 or any(cell is None for cell in cells):
            self.fail(f"DA {_shown(value)}: expected radius, azimuth, azimuth, such as DA 10,270,290")
        radius, first, last = (float(cell or 0.0) for cell in cells)
        lon, lat = self.middle("DA")
        if radius <= 0.0 or first == last or max(abs(first), abs(last)) > TURN:
            self.fail(f"DA {_shown(value)} is no arc: give a radius in NM above 0, and two azimuths up to 360")
        self.turn((lon, lat), radius * M_PER_NM, radius * M_PER_NM, first, last)

    def arc_by_ends(self, value: str) -> None:
        """Take an arc given by its ends."""
        halves = value.split(",")
        if len(halves) % 2 or len(halves) > 4:
            self.fail(f"DB {_shown(value)}: expected two coordinates with a comma between them")
        half = len(halves) // 2
        begin, end = self.place(",".join(halves[:half])), self.place(",".join(halves[half:]))
        centre = self.middle("DB")
        (from_m, from_deg), (to_m, to_deg) = (inverse(*centre, *point) for point in (begin, end))
        if abs(from_m - to_m) > max(OFF_M, OFF_SHARE * max(from_m, to_m)):
            nm = " and ".join(f"{metres / M_PER_NM:.2f}" for metres in (from_m, to_m))
            self.fail(f"the ends of the arc are {nm} NM from its centre: mend the arc (DB), or the centre (V X=)")
        self.add(begin)
        self.turn(centre, from_m, to_m, from_deg, to_deg)
        self.points[-1] = self.beside(end)

    def turn(self, centre: Point, from_m: float, to_m: float, from_deg: float, to_deg: float) -> None:
        """Add the points of an arc, the way that V D= says."""
        sweep = (to_deg - from_deg) % TURN or TURN
        if not self.clockwise:
            sweep = sweep - TURN if sweep < TURN else -TURN
        try:
            found = arc(*centre, from_m, to_m, from_deg, sweep)
        except DataError as error:
            self.fail(str(error))
        for lon, lat in found.tolist():
            self.add((lon, lat))

    def add(self, point: Point) -> None:
        """Add a point to the ring."""
        if len(self.points) > MAX_VERTICES:
            self.fail(f"more than {MAX_VERTICES:,} vertices: simplify the areas")
        self.points.append(self.beside(point))

    def beside(self, point: Point) -> Point:
        """Return a point on the turn of the Earth on which the one before is nearest."""
        if not self.points:
            return point
        return point[0] + TURN * round((self.points[-1][0] - point[0]) / TURN), point[1]

    def place(self, value: str) -> Point:
        """Read a coordinate."""
        point = lettered(value)
        if point is None and (match := _LABELLED.fullmatch(value)):
            point = lettered(match[1])
        if point is None:
            self.fail(f"the coordinate {_shown(value)} can't be read: write 52:30:15 N 013:20:00 E")
        return point

    def middle(self, command: str) -> Point:
        """Return the centre that was set."""
        if self.centre is None:
            self.fail(f"{command} without a centre: write V X=52:30 N 013:20 E before it")
        return self.centre

    def radius(self, value: str) -> float:
        """Read a radius in nautical miles, as metres."""
        number = number_or_none(value)
        if number is None or number <= 0.0:
            self.fail(f"the radius {_shown(value)} can't be read: give nautical miles above 0")
        return number * M_PER_NM

    def finish(self) -> None:
        """Add the area that ends here."""
        if not self.is_open:
            return
        self.at = self.began
        named = self.name or None
        if not self.points and not self.round_ones:
            self.fail(f"area {_shown(self.name)} is not drawn: add DP, DA, DB or DC")
        if not self.drawn.is_wanted(named):
            return
        limits = self.drawn.limits(self.floor, self.ceiling, self.at)
        for shape in self.shapes():
            self.drawn.add(named, shape, limits)

    def shapes(self) -> list[shapely.Geometry]:
        """Return the polygons of the area."""
        found: list[shapely.Geometry] = []
        try:
            found = [circle(*centre, metres) for centre, metres in self.round_ones]
        except DataError as error:
            self.fail(str(error))
        for one in found:
            self.drawn.count(shapely.get_num_coordinates(one), self.at)
        if self.points:
            if abs(self.beside(self.points[0])[0] - self.points[0][0]) > 1.0:
                self.fail("the ring goes round a pole: give it as GeoJSON, with an edge along latitude 90")
            ring = np.array(_without_spikes(self.points))
            ring[:, 0] -= TURN * np.round(ring[:, 0].mean() / TURN)
            if (ring[0] != ring[-1]).any():
                ring = np.vstack([ring, ring[:1]])
            self.drawn.count(len(ring), self.at)
            found.append(self.drawn.polygon([self.drawn.ring(ring, self.at)], self.at))
        return found

    def fail(self, why: str) -> NoReturn:
        """Raise what is wrong with the line."""
        self.drawn.refuse(self.at, why)


def _without_spikes(points: list[Point]) -> list[Point]:
    """Leave out points that repeat the one before, and those that lead out and straight back."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and found[-2] == point:
            found.pop()
        else:
            found.append(point)
    return found


def _shown(text: str) -> str:
    return repr(visible(text if len(text) <= 40 else text[:37] + "..."))
