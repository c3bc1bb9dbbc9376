"""A map of how many flights enter each piece of airspace that a rule forbids: one page, no script, no network."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import shapely

from overflight.airspace import load_airspaces
from overflight.errors import DataError
from overflight.maps.base import name_of_piece
from overflight.maps.texts import cut, legible
from overflight.outside.printable import visible
from overflight.partition.polygons import piece_polygons

if TYPE_CHECKING:
    from overflight.airspace import Piece
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
    """Draw the flights in each piece of airspace under the rule that most flights break.

    Pieces are counted and painted, not states: overseas, a state has airspace that none of its flights at home enter.

    Parameters
    ----------
    summary : Summary
        What `summarise` gives.

    Returns
    -------
    str
        An HTML page: a map in degrees (plate carrée), darker where more flights enter (by the square root of their
        number), then the numbers as a table. A piece's name and numbers show where the pointer rests.

    Raises
    ------
    DataError
        If no flight breaks a rule, or if the routes were judged by other airspace data than are installed.
    """
    rules = summary.of("rule")
    if not rules:
        msg = "no flight breaks a rule, so there is nothing to draw: judge with --avoid"
        raise DataError(msg)
    top = rules[0]
    inside = summary.pieces[top.what]
    most = max(flights for flights, _ in inside.values())
    world = load_airspaces(summary.facts["view"])
    if summary.facts["data"] != world.version:
        data = f"airspace data {visible(str(summary.facts['data']))}, and {world.version} is installed"
        raise DataError(f"these routes were judged by {data}: run the batch again")
    paths = []
    for number, shape in piece_polygons(world.index, tolerance_deg=TOLERANCE_DEG).items():
        piece = world.pieces[number]
        if piece.state is None and not piece.claimants:
            continue
        flights, km = inside.get(number, (0, 0.0))
        told = f"{_called(piece)}: {flights:,} flights, {km:,.0f} km" if flights else _called(piece)
        fill = _colour(flights, most) if flights else OTHER
        paths.append(f'<path fill="{fill}" d="{_outline([shape])}"><title>{_shown(told)}</title></path>')
    order = sorted(inside, key=lambda number: (-inside[number][0], number))
    rows = "".join(
        f"<tr><td>{_shown(_called(world.pieces[number]))}</td>"
        f"<td>{inside[number][0]:,}</td><td>{inside[number][1]:,.0f}</td></tr>"
        for number in order
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
        f"<table><tr><th>airspace</th><th>flights</th><th>km</th></tr>{rows}</table></body></html>\n"
    )


def _called(piece: Piece) -> str:
    """Name a piece of airspace: a territory with its state, what is in dispute with the dispute."""
    name = name_of_piece(piece)
    whose = f" ({piece.state.name})" if piece.state and piece.state.name != name and piece.state != "XXX" else ""
    return f"{name}{whose}" + (f": {piece.disputed}" if piece.disputed else "")


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
