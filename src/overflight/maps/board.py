"""The map of a picture: ground, routes, marks and names, in kilometres on its plane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.maps.base import decode, decode_km
from overflight.maps.inks import (
    AMBER,
    AMBER_LINE,
    BLUE,
    CONSENT_DASH,
    DIRECT_DASH,
    DISPUTE,
    DISPUTE_HATCH,
    DISPUTE_PATTERN,
    ENTERED_AMBER,
    ENTERED_RED,
    GREEN,
    INK,
    LAND,
    LAND_LINE,
    LINE,
    MEMBER,
    MEMBER_LINE,
    NAMES,
    PAPER,
    QUIET,
    RED,
    SEA,
    SOFT,
)
from overflight.maps.plane import Plane, areas_in, lines_in, plane_around, rings_on
from overflight.maps.writing import Writing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WIDTH_PT", "Board"]

WIDTH_PT = 605.0
TICK_PT = 40.0
BESIDE_PT = 60.0
"""Room on either side of the routes, for the names of their ends."""
DETAIL_PT = 0.15
"""Borders are drawn within this."""
ENTERED = {"forbidden": (ENTERED_RED, RED), "consented": (ENTERED_AMBER, AMBER_LINE)}
"""Ground and border of the states that the route shown enters."""


@dataclass(slots=True)
class Board:
    """The map itself, in kilometres on its plane."""

    scene: dict[str, Any]
    plane: Plane = field(init=False)
    flat: NDArray[np.float64] = field(init=False)
    limits: tuple[float, float, float, float] = field(init=False)
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
        # Room for names on either side.
        wide *= wide_pt / max(wide_pt - 2 * BESIDE_PT, 0.6 * wide_pt)
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

    @property
    def shown(self) -> int:
        """The route that is drawn bold."""
        return int(self.scene.get("best", 0))

    @property
    def tick_km(self) -> float:
        """How far apart the ticks on it are."""
        return _round_step(TICK_PT * self.km_per_pt)

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
        self._layers(axes)
        for number, route in reversed(list(enumerate(self.scene["routes"]))):
            if number != self.shown:
                self._quiet(axes, route)
        writing = Writing(axes, self.scene, self.plane, self.limits, self.km_per_pt)
        self._route(axes, self.scene["routes"][self.shown], writing)
        writing.take(writing.size[0] - 65.0, 7.0, 130.0, 14.0)
        writing.draw()
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
        entered = self.scene["routes"][self.shown]["entered"]
        standing = {number: one["standing"] for one in entered for number in one["pieces"]}
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
            plain = (MEMBER, MEMBER_LINE) if member else (LAND, LAND_LINE)
            face, colour = ENTERED.get(standing.get(piece.get("n", -1), ""), plain)
            axes.add_patch(PathPatch(shape, lw=0, zorder=1, facecolor=face, edgecolor="none"))
            if disputed:
                over = {"facecolor": "none", "edgecolor": DISPUTE_HATCH, "hatch": DISPUTE_PATTERN}
                axes.add_patch(PathPatch(shape, lw=0, zorder=1.2, **over))
                colour = DISPUTE
            # What closes one end of a route off, and an area that is no state's, stand out.
            area, barrier = piece.get("area", False), piece.get("barrier", False)
            marked = area or barrier
            look = (
                {"colors": RED if area else NAMES, "linewidths": 1.0}
                if marked
                else {"colors": colour, "linewidths": 0.5}
            )
            style = (0, (3, 2)) if disputed or area else "solid"
            axes.add_collection(LineCollection(edges, linestyles=style, zorder=2.1 if marked else 2, **look))

    def _layers(self, axes: Any) -> None:
        """Draw the edges of layers, lightly."""
        from matplotlib.collections import LineCollection

        for layer in self.scene.get("layers", ()):
            runs = [self.plane.flat(decode(run)) for run in layer["lines"]]
            edges = lines_in([run for run in runs if self._in_view(run)], self._view(), DETAIL_PT * self.km_per_pt)
            axes.add_collection(LineCollection(edges, colors=GREEN, linewidths=0.6, alpha=0.55, zorder=3.6))

    def _in_view(self, points: NDArray[np.float64]) -> bool:
        left, right, low, high = self.limits
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        return bool(np.isfinite(points).all() and x0 <= right and x1 >= left and y0 <= high and y1 >= low)

    def _view(self) -> tuple[float, float, float, float]:
        """Return the limits with a rim, so that cuts are not seen."""
        left, right, low, high = self.limits
        rim = 10.0 * self.km_per_pt
        return left - rim, low - rim, right + rim, high + rim

    def _quiet(self, axes: Any, route: dict[str, Any]) -> None:
        """Draw a route in grey."""
        style = DIRECT_DASH if route["kind"] == "great-circle" else "solid"
        for run in route["runs"]:
            line = self.plane.flat(decode(run["at"]))
            axes.plot(*line.T, color=PAPER, lw=2.6, alpha=0.7, zorder=4)
            axes.plot(*line.T, color=QUIET, lw=1.1, ls=style, zorder=4.05, dash_capstyle="butt")

    def _route(self, axes: Any, route: dict[str, Any], writing: Writing) -> None:
        """Draw the route that is shown."""
        flat = [self.plane.flat(decode(run["at"])) for run in route["runs"]]
        look = (
            {"color": INK, "ls": DIRECT_DASH, "lw": 1.8}
            if route["kind"] == "great-circle"
            else {"color": BLUE, "lw": 2.4}
        )
        ends = {"solid_capstyle": "butt", "dash_capstyle": "butt"}
        for line in flat:
            axes.plot(*line.T, color=PAPER, lw=4.4, alpha=0.9, zorder=4.1)
            axes.plot(*line.T, zorder=4.15, **ends, **look)
        for stretch in route["forbidden"]:
            given = stretch["standing"] == "consented"
            for run in stretch["runs"]:
                line = self.plane.flat(decode(run))
                axes.plot(*line.T, color=PAPER, lw=6.4, zorder=4.2, **ends)
                axes.plot(*line.T, color=AMBER_LINE if given else RED, lw=4.2, zorder=4.3, **ends)
                if given:
                    axes.plot(*line.T, color=PAPER, lw=1.2, ls=CONSENT_DASH, zorder=4.4, **ends)
        self._ticks(axes, route, flat, writing)
        for near in route["nearest"] if len(self.scene["routes"]) == 1 else ():
            line = self.plane.flat([near["on"], near["to"]])
            axes.plot(*line.T, color=INK, lw=0.7, zorder=4.6)
            axes.plot(*line[1:].T, "o", ms=3.4, mfc=PAPER, mec=INK, mew=0.8, zorder=4.7)
        for mark in route["marks"]:
            (at,) = self.plane.flat([mark["at"]])
            if mark["kind"] != "border":
                colour = AMBER_LINE if mark["standing"] == "consented" else RED
                inner, outer = (colour, PAPER) if mark["kind"] == "enter" else (PAPER, colour)
                axes.plot(*at, "o", ms=5.2, mfc=inner, mec=outer, mew=1.2, zorder=5)

        for entry in route.get("entries", ()):
            (at,) = self.plane.flat([entry["at"]])
            axes.plot(*at, "o", ms=3.6, mfc=GREEN, mec=PAPER, mew=0.8, zorder=4.9)

    def _ticks(self, axes: Any, route: dict[str, Any], flat: list[NDArray[np.float64]], writing: Writing) -> None:
        """Draw ticks across the line at round kilometres; with one route only, say which."""
        lines = zip(flat, (np.array(decode_km(run["km"])) for run in route["runs"]), strict=True)
        step = self.tick_km
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
                    left, _, low, _ = self.limits
                    x, y = (place - (left, low)) / self.km_per_pt
                    writing.take(x, y, len(words) * 4.0, 8.0)


def _round_step(least: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(power * times for times in (1, 2, 5, 10) if power * times >= least * 0.999))
