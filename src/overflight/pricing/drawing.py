"""The map of a price: the ways that cost most, as they are and as they would be, on the airspace that is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from overflight.airspace import load_airspaces
from overflight.errors import OverflightError
from overflight.maps import draw
from overflight.pricing.words import closed_words, sentence
from overflight.rules.rulesets import ruleset

if TYPE_CHECKING:
    from overflight.maps import Map
    from overflight.pricing.model import Price, Priced, Sum

__all__ = ["MOST_DRAWN", "page_of"]

MOST_DRAWN = 12
"""So many ways are drawn, and as many detours: more hide each other."""


def page_of(price: Price, *, most: int = MOST_DRAWN, title: str | None = None) -> Map:
    """Draw which detours replace which ways: those that add the most km, all their flights together.

    Parameters
    ----------
    price : Price
        What was found.
    most : int
        How many ways to draw.
    title : str, optional
        Heading; by default what is closed.

    Returns
    -------
    Map
        As `overflight.draw` makes it, as of the first day of the flights that are drawn.

    Raises
    ------
    OverflightError
        If no flight flies a detour.
    """
    every = price.pairs()
    if not every:
        msg = "no flight flies a detour, so there is nothing to draw"
        raise OverflightError(msg)
    drawn = every[:most]
    on = min(row.on for row, _ in drawn)
    world = load_airspaces(price.facts["view"], on=on)
    closed = ruleset(" | ".join(f"({text})" for text in price.closures), on=on, world=world)
    routes, notes = [], []
    for row, summed in drawn:
        before = row.before if row.before.kind == "great-circle" else replace(row.before, name=f"{row.name} as it is")
        routes += [before, row.after or before]
        notes += ["", _note(row, summed)]
    shown = f"The {len(drawn)} ways that add most, of {len(every):,}." if len(drawn) < len(every) else ""
    notes[0] = shown
    page = draw(world, routes, on=on, avoid=closed, title=title or f"Without {closed_words(price)}", notes=notes)
    page.scene["headline"] = sentence(price)
    return page


def _note(row: Priced, summed: Sum) -> str:
    flights = f"{summed.affected:,} flights" if summed.affected != 1 else "1 flight"
    return f"{row.name} without {row.without}: {row.extra_km.typical:,.0f} km longer; {flights}."
