"""A map of how many flights enter each state that a rule forbids: one page, no script, no network."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.airspace import load_airspaces
from overflight.errors import DataError
from overflight.maps.texts import cut, legible
from overflight.partition.polygons import piece_polygons

if TYPE_CHECKING:
    from overflight.batch.summary import Summary

__all__ = ["density_page"]

TOLERANCE_DEG = 0.06
"""How far borders may be moved, as on the other maps far from the routes."""
LEAST_DEG2 = 0.02
"""Islands smaller than this, in square degrees, are left off."""
LETTERS = 1000
"""No text of the page is longer."""
LIGHT, DARK, OTHER = (254, 224, 195), (153, 20, 20), "#d8dde3"
STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:75rem;padding:0 1rem;color:#1b2430}"
    "svg{width:100%;background:#f3f7fb;border:1px solid #c7d0da}path{stroke:#fff;stroke-width:.15;fill-rule:evenodd}"
    "path:hover{stroke:#1b2430;stroke-width:.4}td,th{padding:.15rem .8rem;text-align:right}"
    "td:first-child,th:first-child{text-align:left}.k{display:inline-block;width:2rem;height:.8rem;margin:0 .3rem}"
)


def density_page(summary: Summary) -> str:
    """Draw the flights of each state under the rule that most flights break.

    Parameters
    ----------
    summary : Summary
        What `summarise` gives.

    Returns
    -------
    str
        An HTML page: a map in degrees (plate carrée), darker where more flights enter (by the square root of their
        number), then the numbers as a table. A state's name and numbers show where the pointer rests.

    Raises
    ------
    DataError
        If no flight breaks a rule.
    """
    rules = summary.of("rule")
    if not rules:
        msg = "no flight breaks a rule, so there is nothing to draw: judge with --avoid"
        raise DataError(msg)
    top = rules[0]
    ahead = f"{top.what}, "
    inside = {one.what.removeprefix(ahead): one for one in summary.of("rule, state") if one.what.startswith(ahead)}
    most = max(one.flights for one in inside.values())
    world = load_airspaces(summary.facts["view"])
    names = {str(state): state.name for state in world.states}
    shapes: dict[str, list[shapely.Geometry]] = {}
    for number, shape in piece_polygons(world.index, tolerance_deg=TOLERANCE_DEG).items():
        piece = world.pieces[number]
        if piece.state is not None or piece.claimants:
            shapes.setdefault(str(piece.state or "XXX"), []).append(shape)
    paths = []
    for code, parts in sorted(shapes.items()):
        one = inside.get(code)
        told = f"{names.get(code, code)}: {one.flights:,} flights, {one.km:,.0f} km" if one else names.get(code, code)
        fill = _colour(one.flights, most) if one else OTHER
        paths.append(f'<path fill="{fill}" d="{_outline(parts)}"><title>{_shown(told)}</title></path>')
    rows = "".join(
        f"<tr><td>{_shown(names.get(code, code))}</td><td>{one.flights:,}</td><td>{one.km:,.0f}</td></tr>"
        for code, one in inside.items()
    )
    title = _shown(f"Flights through airspace that '{top.what}' forbids")
    facts = summary.facts
    said = (
        f"{top.flights:,} of {summary.counts['routes']:,} flights, {top.km:,.0f} km. Airspace data {facts['data']}, "
        f"{facts['view']} view, overflight {facts['overflight']}. © OpenStreetMap contributors, ODbL."
    )
    key = f'1<span class="k" style="background:linear-gradient(90deg,{_colour(1, most)},{_colour(most, most)})"></span>'
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body><h1>{title}</h1><p>{_shown(said)}</p>\n"
        f'<svg viewBox="-180 -85 360 145" role="img" aria-label="{title}">\n' + "\n".join(paths) + "\n</svg>\n"
        f"<p>Flights that enter: {key}{most:,}. Grey: none, or not forbidden.</p>\n"
        f"<table><tr><th>state</th><th>flights</th><th>km</th></tr>{rows}</table></body></html>\n"
    )


def _shown(text: str) -> str:
    return html.escape(cut(legible(text), LETTERS))


def _colour(flights: int, most: int) -> str:
    share = math.sqrt(flights / most)
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(LIGHT, DARK, strict=True))


def _outline(shapes: Iterable[shapely.Geometry]) -> str:
    """Write rings as SVG has them, in tenths of a degree at best, north up."""
    found = []
    for polygon in shapely.get_parts(np.array(list(shapes), object)):
        if polygon.area >= LEAST_DEG2:
            for ring in (polygon.exterior, *polygon.interiors):
                xy = np.round(shapely.get_coordinates(ring)[:-1], 2)
                found.append("M" + " ".join(f"{x:g},{-y:g}" for x, y in xy) + "Z")
    return "".join(found)
