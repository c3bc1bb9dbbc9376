"""A map for paper: the same scene as the page, as SVG, PNG or PDF, in a projection that suits the routes."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.maps.board import (
    AMBER,
    BLUE,
    CONSENT_DASH,
    DIRECT_DASH,
    DISPUTE,
    DISPUTE_PATTERN,
    EM,
    GREEN,
    INK,
    LAND,
    LAND_LINE,
    MEMBER,
    MEMBER_HATCH,
    MEMBER_LINE,
    MEMBER_PATTERN,
    PAPER,
    RED,
    SOFT,
    WIDTH_PT,
    Board,
    badge,
    clean,
)

__all__ = ["KINDS", "picture"]

KINDS = (".svg", ".png", ".pdf")
"""What a picture can be saved as."""
WIDE_IN, MARGIN_IN = WIDTH_PT / 72.0, 0.3
WIDTH_IN = WIDE_IN + 2 * MARGIN_IN
ROW_IN, LINE_IN, KEY_PT, KEY_LETTERS = 0.21, 0.15, 8.0, 100
LINE_LETTERS, FIGURE_LETTERS = 200, 20
LISTED = 12
"""How many routes the list below the map holds."""
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "hatch.linewidth": 0.8,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    # the same picture shall make the same file
    "svg.hashsalt": "overflight",
    "text.parse_math": False,
}


def picture(scene: dict[str, Any], kind: str) -> bytes:
    """Draw a scene for paper.

    Parameters
    ----------
    scene : dict
        What a map shows; see `overflight.maps.draw`.
    kind : {".svg", ".png", ".pdf"}
        The format.

    Returns
    -------
    bytes
        The file. The same scene makes the same bytes, with the same version of matplotlib.

    Raises
    ------
    OverflightError
        If matplotlib is not installed.

    Notes
    -----
    The projection is azimuthal around the middle of the routes: Lambert's equal-area one where they reach no further
    than 40 degrees from there, else the equidistant one. Routes are drawn through points at most 20 km apart.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "a picture needs matplotlib: pip install 'overflight[print]', or save the map as .html"
        raise OverflightError(msg) from error
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure()
        _draw_sheet(scene, figure)
        out = io.BytesIO()
        stamp = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(kind)
        try:
            figure.savefig(out, format=kind[1:], dpi=150, metadata=stamp, facecolor=PAPER)
        except (ValueError, RuntimeError) as error:
            raise DataError(f"the picture can't be drawn ({error}): save the map as .html") from error
    return out.getvalue()


def _draw_sheet(scene: dict[str, Any], figure: Any) -> None:
    """Draw headline, map, legend, list of routes and small print, from the top."""
    rule = f"  ·  keep out of: {scene['rule']['long']}" if scene["rule"] else ""
    serif = {"family": "DejaVu Serif", "weight": "bold"}
    head = [
        _Block.of(scene["title"], 50, 0.3, {"size": 17, **serif}),
        _Block.of(scene["on"] + rule, 100, 0.2, {"size": 9.5, "color": SOFT}),
        _Block.of(scene["headline"], 78, 0.24, {"size": 11, **serif}),
        _Block.of(scene["finding"], 124, 0.18, {"size": 8.5}),
    ]
    rows = [_Row.of(number, route) for number, route in enumerate(scene["routes"][:LISTED], 1)]
    left_out = len(scene["routes"]) - len(rows)
    board, legend = Board(scene), _laid_out(_legend(scene))
    map_in = WIDE_IN / board.aspect
    above = MARGIN_IN + sum(block.height_in for block in head) + 0.04
    legend_in = 0.24 * (1 + max(row for row, _, _, _ in legend))
    rows_in = sum(row.height_in for row in rows) + (ROW_IN if left_out else 0.0)
    height = above + map_in + 0.22 + legend_in + 0.12 + rows_in + 0.45
    figure.set_size_inches(WIDTH_IN, height)
    axes = (MARGIN_IN / WIDTH_IN, 1 - (above + map_in) / height, WIDE_IN / WIDTH_IN, map_in / height)
    board.draw(figure.add_axes(axes))
    pen = _Pen(figure, height, MARGIN_IN)
    for block in head:
        pen.block(block)
    pen.y_in = above + map_in + 0.22
    for nth, x_in, marks, words in legend:
        pen.key(x_in, 0.24 * nth, marks, words)
    pen.down(legend_in + 0.12)
    for row in rows:
        pen.route(row)
        pen.down(row.height_in)
    if left_out:
        pen.text(f"and {left_out} more routes", size=8.5, color=SOFT)
        pen.down(ROW_IN)
    name = board.plane.name
    view = scene["data"]["view"].replace("-", " ")
    ground = f"Airspace: land, internal waters and territorial sea; {view} view."
    pen.text(
        f"{ground} {name[:1].upper()}{name[1:]} projection. No legal or flight-planning advice.",
        size=6.8,
        color=SOFT,
    )
    pen.down(0.14)
    data = f"Airspace data {scene['data']['version']} © OpenStreetMap contributors, ODbL 1.0"
    pen.text(f"{data}; overflight {scene['overflight']}.", size=6.8, color=SOFT)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, in lines."""

    lines: list[str]
    line_in: float
    style: dict[str, Any]

    @classmethod
    def of(cls, words: str, letters: int, line_in: float, style: dict[str, Any]) -> _Block:
        """Break words into lines."""
        return cls(_wrapped(words, letters, 6), line_in, style)

    @property
    def height_in(self) -> float:
        """Height of the paragraph, with the room below it."""
        return self.line_in * len(self.lines) + 0.05 if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    """What the list says of a route, in lines."""

    number: int
    route: dict[str, Any]
    name: list[str]
    verdict: list[str]
    colour: str

    @classmethod
    def of(cls, number: int, route: dict[str, Any]) -> _Row:
        """Break name and verdict into lines."""
        words, colour = _verdict(route)
        name = _wrapped(route["name"], 40, 3) or [""]
        return cls(number, route, name, _wrapped(words, 43, 4), colour)

    @property
    def height_in(self) -> float:
        """Height of the row."""
        return ROW_IN + LINE_IN * (max(len(self.name), len(self.verdict)) - 1)


@dataclass(slots=True)
class _Pen:
    """Writes below the map and above it, in inches from the top."""

    figure: Any
    height_in: float
    y_in: float = 0.0

    def down(self, inches: float) -> None:
        """Go down the sheet."""
        self.y_in += inches

    def text(self, words: str, *, x_in: float = MARGIN_IN, **style: Any) -> None:
        """Write a line here."""
        x, y = x_in / WIDTH_IN, 1 - self.y_in / self.height_in
        self.figure.text(x, y, clean(words, LINE_LETTERS), **({"color": INK, "va": "center"} | style))

    def block(self, block: _Block) -> None:
        """Write a paragraph, and go below it."""
        for number, line in enumerate(block.lines):
            self.y_in += block.line_in * (0.5 if number == 0 else 1.0)
            self.text(line, **block.style)
        self.y_in += block.height_in - block.line_in * (len(block.lines) - 0.5) if block.lines else 0.0

    def _axes(self, x_in: float, y_in: float, wide_in: float, high_in: float) -> Any:
        box = (x_in / WIDTH_IN, 1 - (y_in + high_in / 2) / self.height_in, wide_in / WIDTH_IN, high_in / self.height_in)
        axes = self.figure.add_axes(box)
        axes.set(xlim=(0, wide_in * 72), ylim=(-high_in * 36, high_in * 36))
        axes.axis("off")
        return axes

    def key(self, x_in: float, down_in: float, marks: Sequence[Any], words: str) -> None:
        """Draw one entry of the legend."""
        axes = self._axes(x_in, self.y_in + down_in, 0.4, 0.16)
        for draw in marks:
            draw(axes)
        x, y = (x_in + 0.46) / WIDTH_IN, 1 - (self.y_in + down_in) / self.height_in
        self.figure.text(x, y, clean(words, KEY_LETTERS), size=KEY_PT, color=INK, va="center")

    def route(self, row: _Row) -> None:
        """Write the row of a route: number, name, length, verdict."""
        axes = self._axes(MARGIN_IN, self.y_in, 0.24, 0.2)
        badge(axes, (8.6, 0.0), row.number, direct=row.route["kind"] == "great-circle")
        self.text(clean(row.route["km"], FIGURE_LETTERS), x_in=4.75, size=8.5, ha="right")
        self.text(clean(row.route["extension"], FIGURE_LETTERS), x_in=5.62, size=8.5, ha="right", color=SOFT)
        start = self.y_in
        for lines, x_in, style in (
            (row.name, MARGIN_IN + 0.32, {"weight": "bold"}),
            (row.verdict, 5.78, {"color": row.colour}),
        ):
            for number, line in enumerate(lines):
                self.y_in = start + LINE_IN * number
                self.text(line, x_in=x_in, size=8.3, **style)
        self.y_in = start


def _wrapped(words: str, letters: int, most: int) -> list[str]:
    """Break words into so many lines at most."""
    # One line more than there is room for tells that something is left out.
    return textwrap.wrap(clean(words, letters * (most + 1)), letters, max_lines=most, placeholder=" …")


def _verdict(route: dict[str, Any]) -> tuple[str, str]:
    if route["crossed"]:
        return "✕ crosses " + ", ".join(route["crossed"]), RED
    if route["unmet"]:
        return "✕ " + ", ".join(route["unmet"]), RED
    if route["status"] == "marginal":
        return "▲ marginal", AMBER
    if route["consents"]:
        return "◐ with the consent of " + ", ".join(route["consents"]), BLUE
    return "✓ clear", GREEN


def _laid_out(entries: list[tuple[list[Any], str]]) -> list[tuple[int, float, list[Any], str]]:
    """Set the entries of the legend in rows: row, inches from the left, marks, words."""
    found = []
    row, x_in = 0, MARGIN_IN
    for marks, words in entries:
        wide_in = 0.46 + len(words) * EM * KEY_PT / 72.0 + 0.25
        if x_in + wide_in > MARGIN_IN + WIDE_IN + 0.25 and x_in > MARGIN_IN:
            row, x_in = row + 1, MARGIN_IN
        found.append((row, x_in, marks, words))
        x_in += wide_in
    return found


def _legend(scene: dict[str, Any]) -> list[tuple[list[Any], str]]:
    from matplotlib.patches import Rectangle

    def patch(face: str, edge: str, hatch: str = "", hatch_colour: str = "") -> list[Any]:
        def fill(axes: Any) -> None:
            axes.add_patch(
                Rectangle((1, -5), 27, 10, facecolor=face, edgecolor=hatch_colour or edge, lw=0, hatch=hatch)
            )
            axes.add_patch(Rectangle((1, -5), 27, 10, facecolor="none", edgecolor=edge, lw=0.7))

        return [fill]

    def line(**style: Any) -> Any:
        return lambda axes: axes.plot([0, 28], [0, 0], solid_capstyle="butt", dash_capstyle="butt", **style)

    def dots(axes: Any) -> None:
        axes.plot([8], [0], "o", ms=5.5, mfc=RED, mec=PAPER)
        axes.plot([21], [0], "o", ms=5, mfc=PAPER, mec=RED, mew=1.4)

    kinds = {route["kind"] for route in scene["routes"]}
    standings = {stretch["standing"] for route in scene["routes"] for stretch in route["forbidden"]}

    def marked(how: str) -> bool:
        return any(how in piece for piece in scene["pieces"])

    rule = scene["rule"]
    words = clean(rule["words"], KEY_LETTERS) if rule else ""
    entries = [
        (rule, patch(MEMBER, MEMBER_LINE, MEMBER_PATTERN, MEMBER_HATCH), words),
        (True, patch(LAND, LAND_LINE), "Other states" if rule else "Sovereign airspace"),
        (marked("disputed"), patch(LAND, DISPUTE, DISPUTE_PATTERN, DISPUTE), "In dispute"),
        (marked("area"), [line(color=RED, lw=1.2, ls=(0, (3, 2)))], "Area of the rule"),
        (marked("barrier"), [line(color=RED, lw=1.6)], "Closes one end off"),
        ("great-circle" in kinds, [line(color=INK, lw=1.6, ls=DIRECT_DASH)], "Great circle"),
        (kinds - {"great-circle"}, [line(color=BLUE, lw=1.8)], "Route"),
        ("forbidden" in standings, [line(color=RED, lw=4.5)], "Forbidden stretch"),
        (
            "consented" in standings,
            [line(color=RED, lw=4.5), line(color=PAPER, lw=1.4, ls=CONSENT_DASH)],
            "The same, with consent",
        ),
        (standings, [dots], "Its entry and exit"),
        ("gaps" in scene, [line(color=AMBER, lw=1.1, ls=(0, (4, 3)))], "Where it can have been in a gap"),
    ]
    return [(marks, words) for wanted, marks, words in entries if wanted]
