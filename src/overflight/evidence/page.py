"""A report as one page of HTML: no script, nothing from elsewhere; every text is escaped where it goes in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib import resources

import numpy as np

from overflight.evidence.blocks import Block, Cell, Facts, Heading, Items, Table, Text
from overflight.evidence.sketch import Area, Dot, Sketch, Stroke, Words
from overflight.maps.inks import DISPUTE, INK, MEMBER, MEMBER_HATCH, PAPER
from overflight.maps.texts import cut
from overflight.outside.printable import xml_text

__all__ = ["page", "svg"]

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
TITLE_LETTERS = 300
KEPT_WHOLE = 6
"""Rows of a table that is not parted between two sheets: some browsers leave its head alone on the first."""


class _Markup(str):
    """Finished HTML; any other text is escaped where it is put in."""

    __slots__ = ()


def page(title: str, blocks: Iterable[Block], *, style: str = "") -> bytes:
    """Lay blocks out as a page.

    Parameters
    ----------
    title : str
        What a browser's tab shows.
    blocks : iterable of Block
        What is on it.
    style : str
        More rules for its style sheet, which win over those that every page has.

    Returns
    -------
    bytes
        UTF-8. Its Content-Security-Policy allows no script, no request, and its own style sheet only.
    """
    style = resources.files("overflight.evidence").joinpath("report.css").read_text(encoding="utf-8") + style
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    body = "\n".join(_block(block, number) for number, block in enumerate(blocks))
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>{xml_text(cut(title, TITLE_LETTERS))}</title>",
        f'<link rel="icon" href="data:,">\n<style>{style}</style>\n</head>',
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n",
    ]
    return "\n".join(lines).encode("utf-8", errors="replace")


def _tag(name: str, *inside: str, **attributes: object) -> _Markup:
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{xml_text(str(value))}"' for key, value in attributes.items()
    )
    return _Markup(f"<{name}{given}>{_joined(inside)}</{name}>")


def _joined(parts: Iterable[str]) -> str:
    return "".join(part if isinstance(part, _Markup) else xml_text(part) for part in parts)


def _block(block: Block, number: int) -> _Markup:
    if isinstance(block, Heading):
        return _tag(f"h{block.level}", block.text)
    if isinstance(block, Text):
        return _tag("p", block.text, class_=block.look) if block.look != "code" else _tag("pre", block.text)
    if isinstance(block, Items):
        return _tag("ul", *(_tag("li", text) for text in block.texts))
    if isinstance(block, Facts):
        rows = (_tag("tr", _tag("th", name, scope="row"), _tag("td", *_lines(value))) for name, value in block.rows)
        return _tag("table", _tag("tbody", *rows), class_="facts")
    if isinstance(block, Table):
        return _table(block)
    return _tag("figure", svg(block.sketch, f"s{number}"), _tag("figcaption", block.caption))


def _table(block: Table) -> _Markup:
    def row(cells: Sequence[Cell]) -> _Markup:
        return _tag("tr", *(_tag("td", *_lines(cell), **_side(nth, block)) for nth, cell in enumerate(cells)))

    columns = (_Markup(f'<col class="w{round(100 * share)}">') for share in block.shares)
    heads = (_tag("th", name, scope="col", **_side(nth, block)) for nth, name in enumerate(block.header))
    return _tag(
        "table",
        _tag("caption", block.caption),
        _tag("colgroup", *columns),
        _tag("thead", _tag("tr", *heads)),
        _tag("tbody", *map(row, block.rows)),
        class_="rows whole" if len(block.rows) <= KEPT_WHOLE else "rows",
    )


def _side(column: int, block: Table) -> dict[str, object]:
    return {"class_": "right"} if column in block.right else {}


def _lines(cell: Cell) -> list[str]:
    texts = [cell] if isinstance(cell, str) else list(cell)
    return [part for text in texts for part in (_Markup("<br>"), text)][1:]


def svg(sketch: Sketch, name: str) -> _Markup:
    """Write a drawing as an SVG element; `name` keeps what it defines apart from that of others on the page."""
    marks = (_mark(mark, name) for mark in sketch.marks)
    ground = _Markup(f'<rect width="{sketch.width:g}" height="{sketch.height:g}" fill="{sketch.ground}"/>')
    clip = _Markup(f'<clipPath id="{name}-clip"><rect width="{sketch.width:g}" height="{sketch.height:g}"/></clipPath>')
    patterns = _Markup(
        f'<pattern id="{name}-member" patternUnits="userSpaceOnUse" width="5" height="5" patternTransform="rotate(45)">'
        f'<rect width="5" height="5" fill="{MEMBER}"/><rect width="1" height="5" fill="{MEMBER_HATCH}"/></pattern>'
        f'<pattern id="{name}-dispute" patternUnits="userSpaceOnUse" width="5" height="5" '
        f'patternTransform="rotate(-45)"><rect width="0.9" height="5" fill="{DISPUTE}"/></pattern>'
    )
    inner = _tag("g", *marks, clip_path=f"url(#{name}-clip)")
    return _tag(
        "svg",
        _tag("title", sketch.told),
        _tag("defs", patterns, clip),
        ground,
        inner,
        viewBox=f"0 0 {sketch.width:g} {sketch.height:g}",
        role="img",
        font_family="sans-serif",
    )


def _mark(mark: Area | Stroke | Dot | Words, name: str) -> _Markup:
    if isinstance(mark, Area):
        path = "".join(f"M{_points(ring)}Z" for ring in mark.rings)
        return _tag("path", d=path, fill=f"url(#{name}-{mark.hatch})" if mark.hatch else mark.fill, fill_rule="evenodd")
    if isinstance(mark, Stroke):
        dash = {"stroke_dasharray": "{:g} {:g}".format(*mark.dash)} if mark.dash else {}
        look = {"fill": "none", "stroke": mark.colour, "stroke_width": f"{mark.width:g}", "stroke_linejoin": "round"}
        return _tag("path", d=f"M{_points(mark.points)}", **look, **dash)
    if isinstance(mark, Dot):
        x, y = mark.at
        return _tag(
            "circle",
            cx=f"{x:.1f}",
            cy=f"{y:.1f}",
            r=f"{mark.radius:g}",
            fill=mark.fill,
            stroke=mark.rim,
            stroke_width="1.2",
        )
    x, y = mark.at
    at: dict[str, object] = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font_size": f"{mark.size:g}", "fill": mark.colour}
    halo = {"stroke": PAPER, "stroke_width": "2", "paint_order": "stroke"} if mark.colour != INK or mark.bold else {}
    weight = {"font_weight": "bold"} if mark.bold else {}
    return _tag("text", mark.text, **at, text_anchor=mark.anchor, dominant_baseline="central", **weight, **halo)


def _points(points: Floats) -> str:
    """Write points to a tenth of a point, each but the first as the step from the one before; no step is nothing."""
    tenths = np.rint(np.asarray(points) * 10.0).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    x, y = tenths[0].tolist()
    return f"{_tenths(x)},{_tenths(y)}" + "".join(f"l{_tenths(dx)},{_tenths(dy)}" for dx, dy in steps.tolist())


def _tenths(number: int) -> str:
    """Write so many tenths as short as SVG reads them."""
    whole, rest = divmod(abs(number), 10)
    return f"{'-' if number < 0 else ''}{whole or ('' if rest else '0')}{f'.{rest}' if rest else ''}"
