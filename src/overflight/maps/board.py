"""The map of a picture: ground, routes, marks and names, in kilometres on its plane."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.maps.base import decode, decode_km
from overflight.maps.plane import Plane, areas_in, lines_in, plane_around, rings_on
from overflight.maps.texts import cut, legible

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EM", "WIDTH_PT", "Board", "badge", "clean"]

WIDTH_PT = 605.0
TICK_PT, LABEL_PT, NAME_PT = 40.0, 7.0, 8.5
NAME_LETTERS, LABEL_LETTERS = 30, 60
MANY = 24
"""With more places than this, their names would hide the map."""
DETAIL_PT = 0.15
"""Borders are drawn within this."""
EM = 0.61
"""Mean width of a letter of DejaVu Sans, in units of its size."""
# The colours of the page (assets/map.css), for light paper.
INK, SOFT, LINE, PAPER = "#1d252c", "#505b65", "#d9dde0", "#ffffff"
SEA, LAND, LAND_LINE, NAMES = "#d9e6ee", "#f8f6f1", "#98a1a3", "#454845"
MEMBER, MEMBER_HATCH, MEMBER_LINE, DISPUTE = "#f5e8cf", "#dcb878", "#8b6a33", "#6f4f90"
BLUE, RED, AMBER, GREEN = "#12486f", "#8e1414", "#7d5200", "#1d6b42"
MEMBER_PATTERN, DISPUTE_PATTERN = "/////", "\\\\" * 3
CONSENT_DASH, DIRECT_DASH = (0, (4, 3)), (0, (5, 3))


def clean(text: str, letters: int) -> str:
    """Return a text on one line, so long at most, as it stands there."""
    return cut(re.sub(r"\s", " ", legible(text)), letters)


def badge(axes: Any, at: Sequence[float], number: int, *, direct: bool) -> None:
    """Draw the number of a route."""
    face, edge, ink = (PAPER, INK, INK) if direct else (BLUE, BLUE, PAPER)
    axes.plot([at[0]], [at[1]], "o", ms=13, mfc=PAPER, mec=edge, mew=0.8, zorder=20)
    axes.plot([at[0]], [at[1]], "o", ms=11, mfc=face, mec="none", zorder=21)
    axes.text(
        *at, str(number), size=6.8, weight="bold", color=ink, ha="center", va="center_baseline", zorder=22, clip_on=True
    )


@dataclass(slots=True)
class Board:
    """The map itself, in kilometres on its plane."""

    scene: dict[str, Any]
    plane: Plane = field(init=False)
    flat: NDArray[np.float64] = field(init=False)
    limits: tuple[float, float, float, float] = field(init=False)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    km_per_pt: float = 1.0

    def __post_init__(self) -> None:
        points = [point for route in self.scene["routes"] for run in route["runs"] for point in decode(run["at"])]
        self.plane = plane_around(points)
        self.flat = self.plane.flat(points)
        self.fit(WIDTH_PT)

    def fit(self, wide_pt: float, shape: float | None = None) -> None:
        """Fit the routes into a map so wide; so many times as wide as high, if told."""
        flat = self.flat
        (left, low), (right, high) = flat.min(axis=0), flat.max(axis=0)
        wide, tall = max(right - left, 200.0), max(high - low, 200.0)
        names = [len(stop["name"]) for route in self.scene["routes"] for stop in route["stops"] if stop["end"]]
        # Room for a name on either side.
        beside = 2 * (min(max(names), NAME_LETTERS) * NAME_PT * 0.68 + 24)
        wide *= wide_pt / max(wide_pt - beside, 0.4 * wide_pt)
        tall *= 1.22
        aspect = shape or min(max(wide / tall, 1.3), 1.9)
        wide, tall = max(wide, tall * aspect), max(tall, wide / aspect)
        x, y = (left + right) / 2, (low + high) / 2
        self.limits = (x - wide / 2, x + wide / 2, y - tall / 2, y + tall / 2)
        self.km_per_pt = wide / wide_pt

    @property
    def aspect(self) -> float:
        """Width over height."""
        left, right, low, high = self.limits
        return (right - left) / (high - low)

    def draw(self, axes: Any) -> None:
        """Draw everything, the ground first."""
        left, right, low, high = self.limits
        axes.set(xlim=(left, right), ylim=(low, high), facecolor=SEA, xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(color=LINE, linewidth=0.8)
        self._ground(axes)
        for gap in self.scene.get("gaps", ()):
            line = self.plane.flat(decode(gap["at"]))
            axes.fill(*line.T, facecolor=AMBER, alpha=0.12, lw=0, zorder=3.4)
            axes.plot(*line.T, color=AMBER, lw=1.1, ls=(0, (4, 3)), zorder=3.5)
        for number, route in reversed(list(enumerate(self.scene["routes"], 1))):
            self._route(axes, number, route)
        self._ends(axes)
        self._take((right - 65.0 * self.km_per_pt, low + 7.0 * self.km_per_pt), 130.0, 14.0)
        self._labels(axes)
        axes.text(
            *(0.995, 0.008), "© OpenStreetMap contributors (ODbL)", transform=axes.transAxes, size=6, color=SOFT,
            ha="right", va="bottom", zorder=30,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )  # fmt: skip

    def _ground(self, axes: Any) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        box, fine = self._view(), DETAIL_PT * self.km_per_pt
        for piece in self.scene["pieces"]:
            member, disputed = piece.get("member", False), "disputed" in piece
            paths: list[Any] = []
            edges: list[NDArray[np.float64]] = []
            for polygon in piece["rings"]:
                rings = list(rings_on(self.plane, [np.array(decode(ring)) for ring in polygon], self.scene["whole"]))
                if rings and self._in_view(rings[0].points):
                    paths += [
                        Outline(ring, closed=True) for ring in areas_in([ring.points for ring in rings], box, fine)
                    ]
                    edges += lines_in([edge for ring in rings for edge in ring.edges], box, fine)
            if not paths:
                continue
            shape = Outline.make_compound_path(*paths)
            plain = {"facecolor": LAND, "edgecolor": "none"}
            hatched = {"facecolor": MEMBER, "edgecolor": MEMBER_HATCH, "hatch": MEMBER_PATTERN}
            axes.add_patch(PathPatch(shape, lw=0, zorder=1, **(hatched if member else plain)))
            if disputed:
                over = {"facecolor": "none", "edgecolor": DISPUTE, "hatch": DISPUTE_PATTERN}
                axes.add_patch(PathPatch(shape, lw=0, zorder=1.2, **over))
            colour = DISPUTE if disputed else MEMBER_LINE if member else LAND_LINE
            # What closes one end of a route off, and an area that is no state's, stand out.
            marked = piece.get("barrier", False) or piece.get("area", False)
            look = {"colors": RED, "linewidths": 1.1} if marked else {"colors": colour, "linewidths": 0.5}
            style = (0, (3, 2)) if disputed or piece.get("area", False) else "solid"
            axes.add_collection(LineCollection(edges, linestyles=style, zorder=2.1 if marked else 2, **look))

    def _in_view(self, points: NDArray[np.float64]) -> bool:
        left, right, low, high = self.limits
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        return bool(np.isfinite(points).all() and x0 <= right and x1 >= left and y0 <= high and y1 >= low)

    def _view(self) -> tuple[float, float, float, float]:
        """Return the limits with a rim, so that cuts are not seen."""
        left, right, low, high = self.limits
        rim = 10.0 * self.km_per_pt
        return left - rim, low - rim, right + rim, high + rim

    def _route(self, axes: Any, number: int, route: dict[str, Any]) -> None:
        direct = route["kind"] == "great-circle"
        flat = [self.plane.flat(decode(run["at"])) for run in route["runs"]]
        look = {"color": INK, "ls": DIRECT_DASH, "lw": 1.5} if direct else {"color": BLUE, "lw": 1.7}
        ends = {"solid_capstyle": "butt", "dash_capstyle": "butt"}
        for line in flat:
            axes.plot(*line.T, color=PAPER, lw=3.8, alpha=0.9, zorder=4)
            axes.plot(*line.T, zorder=4.1, **ends, **look)
        for stretch in route["forbidden"]:
            for run in stretch["runs"]:
                line = self.plane.flat(decode(run))
                axes.plot(*line.T, color=PAPER, lw=6.4, zorder=4.2, **ends)
                axes.plot(*line.T, color=RED, lw=4.2, zorder=4.3, **ends)
                if stretch["standing"] == "consented":
                    axes.plot(*line.T, color=PAPER, lw=1.3, ls=CONSENT_DASH, zorder=4.4, **ends)
        self._ticks(axes, route, flat)
        for near in route["nearest"] if len(self.scene["routes"]) == 1 else ():
            line = self.plane.flat([near["on"], near["to"]])
            axes.plot(*line.T, color=INK, lw=0.7, zorder=4.6)
            axes.plot(*line[1:].T, "o", ms=3.4, mfc=PAPER, mec=INK, mew=0.8, zorder=4.7)
        for mark in route["marks"]:
            (at,) = self.plane.flat([mark["at"]])
            if mark["kind"] != "border":
                inner, outer = (RED, PAPER) if mark["kind"] == "enter" else (PAPER, RED)
                axes.plot(*at, "o", ms=5.2, mfc=inner, mec=outer, mew=1.2, zorder=5)
        if route["badge"]:
            (at,) = self.plane.flat([route["badge"]])
            badge(axes, at, number, direct=direct)
            self._take(at, 15.0, 15.0)

    def _ticks(self, axes: Any, route: dict[str, Any], flat: list[NDArray[np.float64]]) -> None:
        """Draw ticks across the line at round kilometres; with one route only, say which."""
        lines = zip(flat, (np.array(decode_km(run["km"])) for run in route["runs"]), strict=True)
        step = _round_step(TICK_PT * self.km_per_pt)
        half = 3.4 * self.km_per_pt
        for line, km in lines:
            if len(line) < 2:
                continue
            for at_km in np.arange(np.ceil(max(km[0], step) / step) * step, km[-1] - 0.2 * step, step):
                nth = min(int(np.searchsorted(km, at_km, side="right")), len(km) - 1)
                along = line[nth] - line[nth - 1]
                if not (size := float(np.hypot(*along))):
                    continue
                at = line[nth - 1] + along * (at_km - km[nth - 1]) / max(km[nth] - km[nth - 1], 1e-9)
                across = np.array([-along[1], along[0]]) / size
                axes.plot(*np.array([at - across * half, at + across * half]).T, color=INK, lw=0.9, zorder=4.5)
                if len(self.scene["routes"]) == 1:
                    down = -across if across[1] > 0 else across
                    place = at + down * 10.0 * self.km_per_pt
                    words = f"{at_km:,.0f}"
                    axes.text(*place, words, size=6, ha="center", va="center", zorder=4.8, clip_on=True, color=INK)
                    self._take(place, len(words) * 4.0, 8.0)

    def _ends(self, axes: Any) -> None:
        seen: set[tuple[float, float]] = set()
        everyone = {stop["name"] for route in self.scene["routes"] for stop in route["stops"] if stop["end"]}
        named = len(everyone) <= MANY
        for route in self.scene["routes"]:
            ends = [stop for stop in route["stops"] if stop["end"]]
            flat = self.plane.flat([stop["at"] for stop in ends])
            for nth, (stop, at) in enumerate(zip(ends, flat, strict=True)):
                key = (round(stop["at"][0] % 360, 2), round(stop["at"][1], 2))
                if key in seen:
                    continue
                seen.add(key)
                side = 1 if at[0] >= flat[1 - nth][0] else -1
                axes.plot(*at, "o", ms=6.4 if named else 3.0, mfc=PAPER, mec=INK, mew=1.9 if named else 0.8, zorder=23)
                if not named:
                    continue
                words = clean(stop["name"], NAME_LETTERS)
                axes.annotate(
                    words, at, (9 * side, 0), textcoords="offset points", size=NAME_PT, weight="bold", color=INK,
                    ha="left" if side > 0 else "right", va="center_baseline", zorder=24, annotation_clip=True,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.88, "pad": 1.5},
                )  # fmt: skip
                width = len(words) * NAME_PT * 0.68 + 16
                self._take(at + np.array([side * width / 2 * self.km_per_pt, 0.0]), width, 14.0)

    def _labels(self, axes: Any) -> None:
        """Write the names of states where they fit, the larger state first, and where the fewest routes run."""
        from matplotlib.patheffects import Stroke

        routes = [self.plane.flat(decode(run["at"])) for route in self.scene["routes"] for run in route["runs"]]
        lines = np.concatenate(routes)
        left, right, low, high = self.limits
        for label in self.scene["labels"]:
            (lon, lat), half = label["at"], label["deg"] / 2
            at, west, east = self.plane.flat([(lon, lat), (lon - half, lat), (lon + half, lat)])
            words = clean(label["text"], LABEL_LETTERS)
            wide, tall = len(words) * LABEL_PT * EM + 4, LABEL_PT + 3
            room = float(np.hypot(*(east - west))) / self.km_per_pt
            if not np.isfinite(room) or room < wide * 0.85:
                continue
            best: tuple[int, NDArray[np.float64]] | None = None
            for shift in (0, 10, -10, 19, -19):
                spot = at + np.array([0.0, shift * self.km_per_pt])
                box = self._box(spot, wide, tall)
                inside = box[0] > left and box[1] > low and box[2] < right and box[3] < high
                if abs(shift) > room * 0.2 or not inside or any(_meet(box, other) for other in self.taken):
                    continue
                within = (lines > (box[0], box[1])).all(axis=1) & (lines < (box[2], box[3])).all(axis=1)
                hidden = int(within.sum())
                if best is None or hidden < best[0]:
                    best = hidden, spot
            if best is not None:
                look = {"size": LABEL_PT, "color": NAMES, "ha": "center", "va": "center", "zorder": 3}
                # What has an effect is drawn as outlines: the letters on top of their halo stay letters.
                axes.text(*best[1], words, path_effects=[Stroke(linewidth=1.8, foreground=PAPER)], **look)
                axes.text(*best[1], words, **look)
                self._take(best[1], wide, tall)

    def _box(self, at: NDArray[np.float64], wide_pt: float, tall_pt: float) -> tuple[float, float, float, float]:
        half = np.array([wide_pt, tall_pt]) / 2 * self.km_per_pt
        return (*(at - half).tolist(), *(at + half).tolist())

    def _take(self, at: Any, wide_pt: float, tall_pt: float) -> None:
        self.taken.append(self._box(np.asarray(at, dtype=float), wide_pt, tall_pt))


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _round_step(least: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(power * times for times in (1, 2, 5, 10) if power * times >= least * 0.999))
