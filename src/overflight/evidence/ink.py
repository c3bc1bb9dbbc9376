"""What is put on the sheets of a report: letters, boxes and drawings, marked for screen readers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from overflight.evidence.sketch import WIDE_PT, Area, Dot, Sketch, Stroke, Words
from overflight.maps.inks import DISPUTE, DISPUTE_PATTERN, INK, LINE, MEMBER_HATCH, MEMBER_PATTERN, PAPER, SOFT
from overflight.maps.tagged import Node, marker, marks
from overflight.outside.printable import visible

__all__ = ["LEFT", "SHEET_PT", "Box", "Drawing", "Face", "Line", "legible", "sheet", "width"]

SHEET_PT = (595.0, 842.0)
LEFT = (SHEET_PT[0] - WIDE_PT) / 2
FOOT = "overflight: record of crossings; no legal advice"
EM_PT = 100.0
"""Letters are measured at this size, in 64ths of a point."""
Face = Literal["sans", "bold", "serif", "mono"]
FACES: dict[Face, dict[str, str]] = {
    "sans": {"family": "DejaVu Sans"},
    "bold": {"family": "DejaVu Sans", "weight": "bold"},
    "serif": {"family": "DejaVu Serif", "weight": "bold"},
    "mono": {"family": "DejaVu Sans Mono"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """Letters on a sheet: where their line begins (or ends, if `right`), in points from the upper left corner.

    `part` is what of the document they are of, for screen readers; None says nothing new.
    """

    x: float
    y: float
    text: str
    size: float
    face: Face = "sans"
    colour: str = INK
    right: bool = False
    part: Node | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A filled box."""

    x: float
    y: float
    wide: float
    tall: float
    colour: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A sketch with its upper left corner at a place."""

    x: float
    y: float
    sketch: Sketch
    part: Node | None = None


@functools.cache
def _font(face: Face) -> Any:  # noqa: ANN401 - matplotlib's own
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties(**FACES[face])))  # type: ignore[arg-type]


@functools.cache
def _letters(face: Face) -> frozenset[int]:
    return frozenset(_font(face).get_charmap())


@functools.lru_cache(maxsize=20_000)
def width(text: str, face: Face) -> float:
    """Return how wide letters of one point are."""
    font = _font(face)
    font.set_size(EM_PT, 72)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64.0 / EM_PT


def legible(text: str, face: Face) -> str:
    """Show what has no look of its own, or none in this font, by its number."""
    known = _letters(face)
    shown = visible(text)
    return "".join(c if ord(c) in known else c.encode("unicode_escape").decode("ascii") for c in shown)


def sheet(drawn: Sequence[Line | Box | Drawing], number: int, many: int) -> Any:  # noqa: ANN401 - matplotlib's own
    """Draw what is on a sheet, in that order, each thing between the marks that say what it is of the document."""
    from matplotlib.figure import Figure as Sheet
    from matplotlib.patches import Rectangle

    wide, tall = SHEET_PT
    figure = Sheet(figsize=(wide / 72.0, tall / 72.0))
    below = [
        Line(LEFT, 815.0, FOOT, 7.0, colour=SOFT),
        Line(LEFT + WIDE_PT, 815.0, f"page {number} of {many}", 7.0, colour=SOFT, right=True),
    ]
    numbers = itertools.count()
    for level, mark in enumerate((*drawn, *below)):
        made: Any
        if isinstance(mark, Line):
            look: dict[str, Any] = {
                "size": mark.size,
                "color": mark.colour,
                "va": "center_baseline",
                **FACES[mark.face],
            }
            side = "right" if mark.right else "left"
            made = figure.text(mark.x / wide, 1.0 - mark.y / tall, mark.text, ha=side, **look)
        elif isinstance(mark, Box):
            corner = (mark.x / wide, 1.0 - (mark.y + mark.tall) / tall)
            made = Rectangle(corner, mark.wide / wide, mark.tall / tall, facecolor=mark.colour, edgecolor="none")
            figure.add_artist(made)
            made.set_transform(figure.transFigure)
        else:
            made = _draw(figure, mark)
        part = None if isinstance(mark, Box) else mark.part
        before, after = marks(part, number - 1, next(numbers) if part else 0)
        made.set_zorder(level)
        figure.add_artist(marker(before, level - 0.2))
        figure.add_artist(marker(after, level + 0.2))
    return figure


def _draw(figure: Any, drawing: Drawing) -> Any:  # noqa: ANN401 - matplotlib's own
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline
    from matplotlib.patheffects import withStroke

    wide, tall = SHEET_PT
    sketch = drawing.sketch
    axes = figure.add_axes(
        (drawing.x / wide, 1.0 - (drawing.y + sketch.height) / tall, sketch.width / wide, sketch.height / tall)
    )
    axes.set(xlim=(0.0, sketch.width), ylim=(sketch.height, 0.0), xticks=[], yticks=[], facecolor=sketch.ground)
    for spine in axes.spines.values():
        spine.set(color=LINE, linewidth=0.6)
    for level, mark in enumerate(sketch.marks, 2):
        if isinstance(mark, Area):
            shape = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in mark.rings))
            look: dict[str, Any] = {"facecolor": mark.fill, "edgecolor": "none"}
            if mark.hatch == "member":
                look |= {"edgecolor": MEMBER_HATCH, "hatch": MEMBER_PATTERN}
            elif mark.hatch == "dispute":
                look |= {"edgecolor": DISPUTE, "hatch": DISPUTE_PATTERN}
            axes.add_patch(PathPatch(shape, lw=0.0, zorder=level, **look))
        elif isinstance(mark, Stroke):
            style = {"ls": (0, [part / mark.width for part in mark.dash])} if mark.dash else {}
            axes.plot(*mark.points.T, color=mark.colour, lw=mark.width, zorder=level, solid_capstyle="butt", **style)
        elif isinstance(mark, Dot):
            axes.plot(*mark.at, "o", ms=2 * mark.radius, mfc=mark.fill, mec=mark.rim, mew=1.2, zorder=level)
        else:
            _write(axes, mark, level, withStroke)
    return axes


def _write(axes: Any, mark: Words, level: int, halo: Any) -> None:  # noqa: ANN401 - matplotlib's own
    face: Face = "bold" if mark.bold else "sans"
    side = {"start": "left", "middle": "center", "end": "right"}[mark.anchor]
    axes.text(
        *mark.at, legible(mark.text, face), size=mark.size, color=mark.colour, ha=side, va="center_baseline",
        zorder=level, clip_on=True, path_effects=[halo(linewidth=1.6, foreground=PAPER)], **FACES[face],
    )  # fmt: skip
