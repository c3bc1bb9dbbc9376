"""What is written on the map of a picture: ends, routes, states, cities; each where it fits, over no other, once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.maps.base import decode
from overflight.maps.inks import BLUE, GREEN, INK, NAMES, PAPER, QUIET, SOFT
from overflight.maps.texts import cut, legible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overflight.maps.plane import Plane

__all__ = ["EM", "Writing", "badge", "clean"]

Spot = tuple[float, float, float]
"""Across, up, and what it costs to write there."""
Box = tuple[float, float, float, float]

EM = 0.61
"""Mean width of a letter of DejaVu Sans, in units of its size; of a bold one, `EM_BOLD`."""
EM_BOLD = 0.7
END_PT, TAG_PT, STATE_PT, CITY_PT = 8.5, 7.4, 7.0, 6.2
END_LETTERS, LABEL_LETTERS, TAG_LETTERS = 30, 60, 60
MANY_ENDS, MANY_ROUTES = 24, 12
"""With more ends than this their names would hide the map; with more routes, names of all the states they enter."""
STEP_PT, APART_PT, SPOTS = 5.0, 40.0, 36
"""Lines are looked at every so many points; as far from others as this, a line can be told from them."""
REACH_PT, NEAR = (24.0, 36.0, 52.0, 72.0, 96.0), 3
"""How far names stand from their states; of those that only routes in grey enter, so many steps at most."""
BADGE_PT = 15.0
SIDES = {(1, 0): 0.0, (-1, 0): 2.0, (0, 1): 8.0, (0, -1): 8.0, (0, 0): 70.0}
"""Where the name of a route stands from its number, across and up, and what that costs; none, if nowhere."""
DEAR = 60.0
"""A name that would cost so much in its own state is written beside it, with a line to it."""


def clean(text: str, letters: int) -> str:
    """Return a text on one line, so long at most, as it stands there."""
    return cut(re.sub(r"\s", " ", legible(text)), letters)


def badge(axes: Any, at: Sequence[float], number: int, *, direct: bool, quiet: bool = False) -> None:
    """Draw the number of a route."""
    face, edge, ink = (PAPER, INK, INK) if direct else (BLUE, BLUE, PAPER)
    face, edge, ink = (PAPER, QUIET, SOFT) if quiet else (face, edge, ink)
    axes.plot([at[0]], [at[1]], "o", ms=13, mfc=PAPER, mec=edge, mew=0.8, zorder=20)
    axes.plot([at[0]], [at[1]], "o", ms=11, mfc=face, mec="none", zorder=21)
    axes.text(
        *at, str(number), size=6.8, weight="bold", color=ink, ha="center", va="center_baseline", zorder=22, clip_on=True
    )


@dataclass(slots=True)
class Writing:
    """Writes on a map, in points to the right of its left lower corner.

    Attributes
    ----------
    axes : matplotlib axes
        Where to draw, in kilometres on the plane.
    scene : dict
        What the map shows.
    plane : Plane
        The map's.
    limits : (left, right, low, high)
        Of the map, in kilometres on the plane.
    km_per_pt : float
        Its scale.
    taken : list of boxes
        Where nothing more may be written.
    """

    axes: Any
    scene: dict[str, Any]
    plane: Plane
    limits: tuple[float, float, float, float]
    km_per_pt: float
    taken: list[Box] = field(default_factory=list)
    paths: list[NDArray[np.float64]] = field(init=False)
    shown: int = field(init=False)
    said: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.shown = int(self.scene.get("best", 0))
        self.paths = [
            _finely(np.concatenate([self.points(decode(run["at"])) for run in route["runs"]]))
            for route in self.scene["routes"]
        ]

    def draw(self) -> None:
        """Write everything, what matters most first."""
        self._ends()
        routes = self.scene["routes"]
        order = sorted(range(len(routes)), key=lambda nth: (nth != self.shown, nth))
        self._tag(self.shown)
        for one in sorted(routes[self.shown]["entered"], key=lambda one: one["standing"] == "free"):
            self._state(one["name"], one["at"], leads=True, bold=True)
        for nth in order[1:]:
            self._tag(nth)
        for nth in order[1:] if len(routes) <= MANY_ROUTES else ():
            for one in routes[nth]["entered"]:
                if one["standing"] != "free":
                    self._state(one["name"], one["at"], leads=True)
        for label in self.scene["labels"]:
            self._state(label["text"], None, labels=[label])
        for label in itertools.chain.from_iterable(layer["labels"] for layer in self.scene.get("layers", ())):
            self._state(label["text"], None, labels=[label], colour=GREEN)
        for city in self.scene.get("cities", ()):
            self._city(city)

    def points(self, lonlat: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """Return places as points on the map."""
        left, _, low, _ = self.limits
        found: NDArray[np.float64] = (self.plane.flat(lonlat) - (left, low)) / self.km_per_pt
        return found

    def take(self, x: float, y: float, wide: float, tall: float) -> None:
        """Let nothing be written here."""
        self.taken.append(_box(x, y, wide, tall))

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the map in points."""
        left, right, low, high = self.limits
        return (right - left) / self.km_per_pt, (high - low) / self.km_per_pt

    def _km(self, x: float, y: float) -> tuple[float, float]:
        return self.limits[0] + x * self.km_per_pt, self.limits[2] + y * self.km_per_pt

    def _inside(self, box: Box, rim: float = 2.0) -> bool:
        wide, tall = self.size
        return box[0] > rim and box[1] > rim and box[2] < wide - rim and box[3] < tall - rim

    def _free(self, box: Box) -> bool:
        return self._inside(box) and not any(_meet(box, other) for other in self.taken)

    def _hidden(self, box: Box) -> int:
        """Count what a name there would hide; of the route that is shown, three times."""
        return sum(
            int(_within(path, box).sum()) * (3 if nth == self.shown else 1) for nth, path in enumerate(self.paths)
        )

    def _best(self, spots: Sequence[Spot], wide: float, tall: float) -> Spot | None:
        found: Spot | None = None
        for x, y, cost in spots:
            box = _box(x, y, wide, tall)
            if self._free(box):
                whole = cost + 4.0 * self._hidden(box)
                if found is None or whole < found[2]:
                    found = x, y, whole
        return found

    def _text(self, x: float, y: float, words: str, *, zorder: float, **style: Any) -> None:
        from matplotlib.patheffects import Stroke

        look = {"ha": "center", "va": "center", "clip_on": True, "zorder": zorder} | style
        # What has an effect is drawn as outlines: the letters on top of their halo stay letters.
        self.axes.text(*self._km(x, y), words, path_effects=[Stroke(linewidth=2.2, foreground=PAPER)], **look)
        self.axes.text(*self._km(x, y), words, **look)

    def _ends(self) -> None:
        seen: dict[tuple[float, float], tuple[str, float, float, int]] = {}
        for route in self.scene["routes"]:
            ends = [stop for stop in route["stops"] if stop["end"]]
            spots = self.points([stop["at"] for stop in ends])
            for nth, (stop, (x, y)) in enumerate(zip(ends, spots, strict=True)):
                side = 1 if x >= spots[1 - nth][0] else -1
                key = (round(stop["at"][0] % 360, 2), round(stop["at"][1], 2))
                seen.setdefault(key, (stop["name"], float(x), float(y), side))
        named = len({name for name, _, _, _ in seen.values()}) <= MANY_ENDS
        for _, x, y, _ in seen.values():
            look = {"ms": 6.4 if named else 3.0, "mfc": PAPER, "mec": INK, "mew": 1.9 if named else 0.8}
            self.axes.plot(*self._km(x, y), "o", zorder=23, **look)
            self.take(x, y, 9.0, 9.0)
        for name, x, y, side in seen.values() if named else ():
            words = clean(name, END_LETTERS)
            wide, tall = len(words) * END_PT * EM_BOLD + 6, END_PT + 4
            around = _beside((x, y), (wide, tall), side, 7.0)
            across, up, _ = self._best(around, wide, tall) or self._held(around[0], wide)
            self._text(across, up, words, zorder=24, size=END_PT, weight="bold", color=INK)
            self.take(across, up, wide, tall)

    def _held(self, spot: Spot, wide: float) -> Spot:
        """Return a spot in the map for what is written in any case."""
        return min(max(spot[0], wide / 2 + 2), self.size[0] - wide / 2 - 2), spot[1], 0.0

    def _tag(self, nth: int) -> None:
        """Write a route's number and name on its line, where that runs farthest from the others."""
        route, path = self.scene["routes"][nth], self.paths[nth]
        own = [(x, y) for x, y in path.tolist() if self._inside(_box(x, y, BADGE_PT, BADGE_PT))]
        if not route["badge"] or not own:
            return
        words = clean(route["tag"], TAG_LETTERS)
        wide = len(words) * TAG_PT * EM_BOLD + 4
        beside = [one for other, one in enumerate(self.paths) if other != nth]
        others = np.concatenate([path[[0, -1]], *beside])
        found: tuple[float, float, float, tuple[int, int]] | None = None
        for x, y in (own[int((k + 0.5) * len(own) / SPOTS)] for k in range(SPOTS)):
            if not self._free(_box(x, y, BADGE_PT, BADGE_PT)):
                continue
            apart = min(float(np.hypot(*(others - (x, y)).T).min()), APART_PT)
            over = (
                0 if nth == self.shown else int(_within(self.paths[self.shown], _box(x, y, BADGE_PT, BADGE_PT)).sum())
            )
            for side, dear in SIDES.items():
                text = _aside(x, y, side, wide)
                if any(side) and not self._free(text):
                    continue
                cost = (
                    (APART_PT - apart) * 1.5
                    + 9.0 * over
                    + dear * (4.0 if nth == self.shown else 1.0)
                    + (3.0 * self._hidden(text) if any(side) else 0.0)
                )
                if found is None or cost < found[0]:
                    found = cost, x, y, side
        x, y, side = found[1:] if found else (*own[len(own) // 2], (0, 0))
        quiet = nth != self.shown
        badge(self.axes, self._km(x, y), nth + 1, direct=route["kind"] == "great-circle", quiet=quiet)
        self.take(x, y, BADGE_PT, BADGE_PT)
        if any(side):
            text = _aside(x, y, side, wide)
            look = {"color": SOFT if quiet else BLUE, "size": TAG_PT, "weight": "bold"}
            align = {1: "left", -1: "right", 0: "center"}[side[0]]
            self._text(x + side[0] * 10, (text[1] + text[3]) / 2, words, zorder=19, ha=align, **look)
            self.taken.append(text)

    def _state(
        self,
        name: str,
        fallback: Sequence[float] | None,
        *,
        labels: list[dict[str, Any]] | None = None,
        leads: bool = False,
        bold: bool = False,
        colour: str = NAMES,
    ) -> None:
        """Write a state in its middle where there is room, else beside it, with a line to it."""
        words = clean(name, LABEL_LETTERS)
        if not words or words in self.said:
            return
        wide, tall = len(words) * STATE_PT * (EM_BOLD if bold else EM) + 4, STATE_PT + 3
        middles = self._middles(labels or [one for one in self.scene["labels"] if one["text"] == name])
        spots = [spot for x, y, room in middles for spot in _about(x, y, room, wide, far=leads)]
        found = self._best(spots, wide, tall)
        line: tuple[float, float] | None = None
        if leads and (found is None or found[2] > DEAR):
            anchors = [*middles, *((x, y, 0.0) for x, y in self._at(fallback))]
            # A line may begin under another name where its state is too large to be taken for another.
            bare = [
                (x, y, room)
                for x, y, room in anchors
                if room > wide or not any(_meet(_box(x, y, 1, 1), other) for other in self.taken)
            ]
            for x, y, _ in [*bare, *anchors][:1]:
                spot = self._best(_around(x, y, wide, REACH_PT if bold else REACH_PT[:NEAR]), wide, tall)
                if spot is not None and (found is None or spot[2] < found[2]):
                    found, line = spot, (x, y)
        if found is None:
            return
        self.said.add(words)
        if line is not None:
            self._lead(line, _box(found[0], found[1], wide, tall))
            self.take(*line, 4, 4)
        look = {"color": INK, "weight": "bold"} if bold else {"color": colour}
        self._text(found[0], found[1], words, zorder=18 if leads else 3, size=STATE_PT, **look)
        self.take(found[0], found[1], wide, tall)

    def _middles(self, labels: Sequence[dict[str, Any]]) -> list[tuple[float, float, float]]:
        """Return where the middles of states are on the map, those in sight, and how wide they are there."""
        found = []
        for label in labels:
            (lon, lat), half = label["at"], label["deg"] / 2
            (x, y), west, east = self.points([(lon, lat), (lon - half, lat), (lon + half, lat)])
            room = float(np.hypot(*(east - west)))
            if np.isfinite(room) and self._inside(_box(x, y, 4, 4)):
                found.append((float(x), float(y), room))
        return found

    def _at(self, lonlat: Sequence[float] | None) -> list[tuple[float, float]]:
        """Return a place on the map, if it is in sight."""
        if lonlat is None:
            return []
        x, y = map(float, self.points([lonlat])[0])
        return [(x, y)] if self._inside(_box(x, y, 4, 4)) else []

    def _lead(self, at: tuple[float, float], box: Box) -> None:
        """Draw a line from a state to its name."""
        to = min(max(at[0], box[0] + 3), box[2] - 3), min(max(at[1], box[1] + 2), box[3] - 2)
        line = np.array([self._km(*at), self._km(*to)])
        self.axes.plot(*line.T, color=INK, lw=0.6, zorder=17)
        self.axes.plot(*line[0], "o", ms=2.2, mfc=INK, mec="none", zorder=17)

    def _city(self, city: dict[str, Any]) -> None:
        words = clean(city["text"], LABEL_LETTERS)
        x, y = map(float, self.points([city["at"]])[0])
        if words in self.said or not np.isfinite([x, y]).all() or not self._free(_box(x, y, 4, 4)):
            return
        wide, tall = len(words) * CITY_PT * EM + 3, CITY_PT + 2
        spot = self._best(_beside((x, y), (wide, tall), 1, 3.0)[:4], wide, tall)
        if spot is None or self._hidden(_box(spot[0], spot[1], wide, tall)):
            return
        self.said.add(words)
        self.axes.plot(*self._km(x, y), "o", ms=2.4, mfc=SOFT, mec=PAPER, mew=0.5, zorder=3)
        self._text(spot[0], spot[1], words, zorder=3, size=CITY_PT, color=SOFT)
        self.take(spot[0], spot[1], wide, tall)


def _box(x: float, y: float, wide: float, tall: float) -> Box:
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _aside(x: float, y: float, side: tuple[int, int], wide: float) -> Box:
    """Return the place of a name beside a number."""
    away = BADGE_PT / 2 + 1.5
    return _box(x + side[0] * (away + wide / 2), y + side[1] * (away + TAG_PT / 2), wide, TAG_PT + 3)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _within(points: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    x, y = points.T
    inside: NDArray[np.bool_] = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    return inside


def _finely(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a line as points a few points apart."""
    path = path[np.isfinite(path).all(axis=1)]
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, along[-1], min(max(int(along[-1] / STEP_PT), 1), 4000) + 1)
    return np.column_stack([np.interp(at, along, column) for column in path.T])


def _about(x: float, y: float, room: float, wide: float, *, far: bool) -> list[Spot]:
    """Return spots in a state, off its middle a little; where it is wide, farther, if wanted."""
    if room < wide * 0.85:
        return []
    parts = (0.0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36) if far and room > 2 * wide else (0.0,)
    ups = [up for up in (0, 10, -10, 19, -19, 28, -28) if abs(up) <= room * 0.2]
    return [(x + part * room, y + up, abs(up) / 6 + 16 * abs(part)) for up in ups for part in parts]


def _beside(at: tuple[float, float], size: tuple[float, float], side: int, away: float) -> list[Spot]:
    """Return spots around a place, outward first."""
    (x, y), (wide, tall) = at, size
    across, up = wide / 2 + away, tall / 2 + away
    ways = [(side, 0), (-side, 0), (0, -1), (0, 1), (side, -1), (side, 1), (-side, -1), (-side, 1)]
    return [
        (x + i * (across * 0.8 if j else across), y + j * up, cost)
        for (i, j), cost in zip(ways, (0.0, 6.0, 8.0, 8.0, 5.0, 5.0, 10.0, 10.0), strict=True)
    ]


def _around(x: float, y: float, wide: float, reach: Sequence[float]) -> list[Spot]:
    """Return spots farther and farther around a place."""
    turns = np.arange(16) * np.pi / 8
    return [
        (float(x + np.cos(turn) * (far + 0.42 * wide * abs(np.cos(turn)))), float(y + np.sin(turn) * far), far / 6)
        for far in reach
        for turn in turns
    ]
