"""A map for paper: the same scene as the page, as SVG, PNG or PDF, in a projection that suits the routes."""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.maps.board import Board
from overflight.maps.inks import (
    AMBER,
    GREEN,
    INK,
    PAPER,
    RED,
    SOFT,
)
from overflight.maps.keys import legend_of
from overflight.maps.languages import direction_of, lang_of
from overflight.maps.letters import SANS, check_script, family_for, spelled
from overflight.maps.marking import described, stamp
from overflight.maps.publication import PLAIN, Edition, alternative
from overflight.maps.sheet import KEY_PT, MARGIN_IN, ROW_IN, WIDE_IN, Block, Columns, Pen, Row, fitting, height_of
from overflight.maps.tagged import picture_tagged
from overflight.maps.words import say
from overflight.maps.writing import EM

__all__ = ["KINDS", "can_draw", "picture"]

KINDS = (".svg", ".png", ".pdf")
"""What a picture can be saved as."""
WIDTH_IN = WIDE_IN + 2 * MARGIN_IN
LISTED = 12
"""How many routes the list below the map holds."""
BESIDE_IN, BESIDE_ASPECT = 3.1, 1.25
"""On a sheet that is so much wider than high, the list stands beside the map, in a column of this width."""
MAP_SHARE = 0.42
"""On any other sheet of given height, the list has what this share of it, which is the map's, leaves."""
PROJECTIONS = {"Lambert azimuthal equal-area": "laea", "azimuthal equidistant": "aeqd"}
"""Under which names other languages have words for projections."""
STYLE: Any = {
    "font.family": SANS,
    "hatch.linewidth": 0.7,
    "pdf.fonttype": 42,
    # letters that can be searched and edited
    "svg.fonttype": "none",
    # the same picture shall make the same file
    "svg.hashsalt": "overflight",
    "text.parse_math": False,
    # letters as wide as the halo below them
    "text.hinting": "none",
}


def can_draw() -> bool:
    """Tell whether matplotlib is there."""
    return find_spec("matplotlib") is not None


def picture(scene: dict[str, Any], kind: str, edition: Edition = PLAIN) -> bytes:
    """Draw a scene for paper.

    Parameters
    ----------
    scene : dict
        What a map shows; see `overflight.maps.draw`.
    kind : {".svg", ".png", ".pdf"}
        The format.
    edition : Edition, optional
        Its size, where that is given, and its density.

    Returns
    -------
    bytes
        The file. The same scene makes the same bytes, with the same version of matplotlib. With pypdf installed, a PDF
        is a tagged figure, with words that stand for it.

    Raises
    ------
    OverflightError
        If matplotlib is not installed, or is too old to set the script that names are written in.

    Notes
    -----
    The projection is azimuthal around the middle of the routes: Lambert's equal-area one where they reach no further
    than 40 degrees from there, else the equidistant one. Routes are drawn through points at most 20 km apart.
    Letters that DejaVu Sans lacks stand by their numbers in PNG and PDF; in SVG, letters are the reader's.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "a picture needs matplotlib: pip install 'overflight[print]', or save the map as .html"
        raise OverflightError(msg) from error
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Of letters that a font lacks, which SVG leaves to the fonts of its reader.
        warnings.simplefilter("ignore", UserWarning)
        if kind != ".svg":
            check_script(scene)
        figure = Figure()
        _draw_sheet(scene if kind == ".svg" else spelled(scene), figure, edition.sheet_in)
        out = io.BytesIO()
        more = {"pil_kwargs": {"dpi": (edition.dpi, edition.dpi)}} if kind == ".png" else {}
        look: dict[str, Any] = {"dpi": edition.sheet_dpi, "metadata": stamp(scene, kind), "facecolor": PAPER, **more}
        try:
            figure.savefig(out, format=kind[1:], **look)
        except (ValueError, RuntimeError) as error:
            raise DataError(f"the picture can't be drawn ({error}): save the map as .html") from error
    made = out.getvalue()
    if kind == ".svg":
        return described(made, scene, edition)
    if kind == ".pdf":
        wide_pt = 72.0 * edition.size[0] / edition.dpi if edition.size else None
        return picture_tagged(made, alternative(scene), lang=lang_of(scene), wide_pt=wide_pt)
    return made


def _draw_sheet(scene: dict[str, Any], figure: Any, size_in: tuple[float, float] | None) -> None:
    """Draw headline, map, legend, list of routes and small print, from the top; where a size is given, into that."""
    wide = size_in[0] if size_in else WIDTH_IN
    inner = wide - 2 * MARGIN_IN
    broad, most = inner / WIDE_IN, 2 if size_in else 6
    rule = f"  ·  {say(scene['words'], 'keep_out', what=scene['rule']['long'])}" if scene["rule"] else ""
    serif = {"family": family_for([scene["title"], scene["headline"]]), "weight": "bold"}
    head = [
        Block.of(scene["title"], int(50 * broad), most, 0.3, {"size": 17, **serif}),
        Block.of(scene["on"] + rule, int(100 * broad), most, 0.2, {"size": 9.5, "color": SOFT}),
        Block.of(scene["headline"], int(78 * broad), most, 0.24, {"size": 11, **serif}),
        Block.of(scene["finding"], int(124 * broad), most, 0.18, {"size": 8.5}),
    ]
    board = Board(scene)
    legend = _laid_out(legend_of(scene, board.tick_km), inner)
    above = MARGIN_IN + sum(block.height_in for block in head) + 0.04
    legend_in = 0.24 * (1 + max(row for row, _, _, _ in legend))
    foot = _small_print(scene, board.plane.name, broad)
    below = 0.22 + legend_in + 0.12 + sum(block.height_in for block in foot) + 0.15
    beside = size_in is not None and len(scene["routes"]) > 1 and wide >= BESIDE_ASPECT * size_in[1]
    map_wide = inner - BESIDE_IN - 0.2 if beside else inner
    columns = (
        Columns.in_width(wide - MARGIN_IN - BESIDE_IN, BESIDE_IN) if beside else Columns.in_width(MARGIN_IN, inner)
    )
    judged = bool(scene["rule"])
    shown, routes = int(scene.get("best", 0)) + 1, list(enumerate(scene["routes"], 1))
    listed = routes[:LISTED] if shown <= LISTED else [*routes[: LISTED - 1], routes[shown - 1]]
    rows = [Row.of(number, route, _verdict(route, judged=judged), columns) for number, route in listed]
    map_in = map_wide / board.aspect
    if size_in is not None:
        room = size_in[1] - above - below
        rows = fitting(rows, room if beside else room - MAP_SHARE * size_in[1], len(routes), shown)
        map_in = max(room if beside else room - height_of(rows, scene), 1.0)
        board.fit(map_wide * 72.0, map_wide / map_in)
        legend = _laid_out(legend_of(scene, board.tick_km), inner)
    height = size_in[1] if size_in else above + map_in + below + height_of(rows, scene)
    figure.set_size_inches(wide, height)
    pen = Pen(figure, wide, height, MARGIN_IN, is_rtl=direction_of(scene) == "rtl")
    left = pen.left(MARGIN_IN, map_wide) / wide
    board.draw(figure.add_axes((left, 1 - (above + map_in) / height, map_wide / wide, map_in / height)))
    for block in head:
        pen.block(block)
    if beside:
        pen.y_in = above + ROW_IN / 2
        pen.routes(rows, scene)
    pen.y_in = above + map_in + 0.22
    for nth, x_in, marks, words in legend:
        pen.key(x_in, 0.24 * nth, marks, words)
    pen.down(legend_in + 0.12)
    if not beside:
        pen.routes(rows, scene)
    pen.y_in = height - 0.15 - sum(block.height_in for block in foot)
    for block in foot:
        pen.block(block)


def _small_print(scene: dict[str, Any], projection: str, broad: float) -> list[Block]:
    words, data = scene["words"], scene["data"]
    view = data["view"].replace("-", " ")
    projection = words.get(PROJECTIONS[projection], projection)
    ground = say(words, "ground_short", view=view, projection=f"{projection[:1].upper()}{projection[1:]}")
    made = say(words, "data", data=data["version"], overflight=scene["overflight"])
    style = {"size": 6.8, "color": SOFT}
    texts = [f"{ground} {words['no_advice']}", made]
    if "costs" in scene:
        texts.insert(0, scene["costs"])
    return [Block.of(text, int(150 * broad), 4, 0.14, style) for text in texts]


SIGNS = {"forbidden": ("✕", RED), "with-consent": ("◐", AMBER), "free": ("✓", GREEN)}


def _verdict(route: dict[str, Any], *, judged: bool) -> tuple[str, str]:
    """Return what a route comes to, with a sign that says it without its colour, and that; nothing, if no rule asks."""
    if not judged and not route["unmet"]:
        return "", INK
    free = route["answer"] == "free" and route["status"] != "clear"
    sign, colour = ("?", INK) if free else SIGNS.get(route["answer"] or "", ("?", INK))
    return f"{sign} {route['words'][:1].upper()}{route['words'][1:]}", colour


def _laid_out(entries: list[tuple[list[Any], str]], inner_in: float) -> list[tuple[int, float, list[Any], str]]:
    """Set the entries of the legend in rows: row, inches from the left, marks, words."""
    found = []
    row, x_in = 0, MARGIN_IN
    for marks, words in entries:
        wide_in = 0.46 + len(words) * EM * KEY_PT / 72.0 + 0.25
        if x_in + wide_in > MARGIN_IN + inner_in + 0.25 and x_in > MARGIN_IN:
            row, x_in = row + 1, MARGIN_IN
        found.append((row, x_in, marks, words))
        x_in += wide_in
    return found
