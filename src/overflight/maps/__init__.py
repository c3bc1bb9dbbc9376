"""Maps that open anywhere: one HTML file with the routes, what they cross, and the airspace below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from overflight.airspace import RuleSet
from overflight.case import Case
from overflight.detours import Candidate, Candidates
from overflight.errors import RouteError
from overflight.maps.base import shapes_in, view_of
from overflight.maps.costed import Costing
from overflight.maps.languages import ENGLISH, language_of
from overflight.maps.layers import Layered, with_layers
from overflight.maps.lines import lines_of
from overflight.maps.members import since
from overflight.maps.names import bloc_of, name_of, noted, rule_words, title_of, written
from overflight.maps.page import Map
from overflight.maps.publication import edition_of
from overflight.maps.scene import badges, ground, on_map
from overflight.maps.shown import best_of, tag_of
from overflight.maps.silences import ellipses
from overflight.maps.translation import translated
from overflight.maps.words import WORDS
from overflight.outside.dates import as_date
from overflight.routes import Route
from overflight.rules import Verdict
from overflight.rules.given import Whom, avoided
from overflight.rules.wording.headlines import headline, report
from overflight.rules.wording.studies import details, finding, paragraph

if TYPE_CHECKING:
    from overflight.airspace import Airspaces
    from overflight.costs import Aircraft
    from overflight.costs.pacing import Wind
    from overflight.detours.gaps import GapAnswer

__all__ = ["Map", "draw"]

Drawable: TypeAlias = Route | str | Verdict | Candidate

MANY = 30
"""With more routes than this, their numbers are left off the map: they would hide it."""


def draw(
    world: Airspaces,
    items: Candidates | Drawable | Iterable[Drawable],
    *,
    on: dt.date | str,
    avoid: Whom = (),
    title: str | None = None,
    notes: Sequence[str] = (),
    clock: Callable[[float], str] | None = None,
    gaps: Iterable[GapAnswer] = (),
    size: str | tuple[int, int] | None = None,
    dpi: int | None = None,
    lang: str = ENGLISH,
    url: str | None = None,
    aircraft: str | Aircraft | None = None,
    wind: Wind = "none",
    layers: Iterable[Layered] = (),
) -> Map:
    """Draw routes on a map of sovereign airspace.

    Parameters
    ----------
    world : Airspaces
        The airspace to draw.
    items : Candidates, Route, str, Verdict, Candidate, or several of these
        What to draw. A bare route, or a text that stands for one (``"VKO-BUD"``), is judged here, by `Avoid(avoid)`.
    on : datetime.date or str
        The date that the map is about; memberships in `avoid` are as of this day.
    avoid : RuleSet, Bloc, str, or iterable of State, str or Area
        The states and areas to mark as the rule's, such as ``"icc"``.
    title : str, optional
        Heading; by default the cities that the routes join, else the routes' names.
    notes : sequence of str, optional
        What else to say about each route, in the order of the items; an empty text says nothing.
    clock : callable, optional
        Says when the flight is so many km from its start, such as ``"08:27"``: the profile shows it then.
    gaps : iterable of GapAnswer, optional
        What `overflight.gaps` says of recorded flights: the ellipses in which they can have been are drawn.
    size : str or (int, int), optional
        Width and height in pixels of what is saved as a picture, or its shape: ``"1600x900"``, ``"4:5"``. By default it
        is as high as what there is to say.
    dpi : int, optional
        Pixels to an inch of a picture; 150 by default.
    lang : str, optional
        What it is said in, such as ``"de"``; see `overflight.maps.languages`. Titles, names of routes and notes stay as
        they are, and so do disputes and sources, which the data tell in English. Needs Babel.
    url : str, optional
        Where the page will be found, for who links to it. Where matplotlib is installed, `Map.save` writes a picture
        for them beside the page, with ``.png`` for ``.html``.
    aircraft : str or Aircraft, optional
        What flies, such as ``"narrow-body"``: the map then says what time and fuel each route takes, as
        `overflight.cost` works it out.
    wind : {"none", "season"}
        What wind is reckoned with then.
    layers : iterable of Layer or Entries, optional
        What to draw lightly over states, such as `read_layer("firs.geojson")`, with a mark where a route enters what.
        Of entries, those of the routes that are drawn are shown, as they were worked out.

    Returns
    -------
    Map
        A `folium.Map`; its `save` writes one file that needs no network.

    Raises
    ------
    RouteError
        If there is nothing to draw, or if there are more notes than routes.
    OverflightError
        If a size is none, or beyond the limits, if there are no words for a language, or if an aircraft is not known.

    Notes
    -----
    Routes are drawn as WGS84 geodesics with points at most 20 km apart, in the Mercator projection, on one turn of
    the Earth centred on them, so nothing breaks at 180 degrees. Borders are simplified: within 0.002 to 0.02 degrees
    around the routes, depending on how far these reach, and 0.06 degrees elsewhere. Every number on the map comes from
    the crossings of the routes, not from the drawing.

    Examples
    --------
    >>> import datetime as dt
    >>> import overflight as of
    >>> day = dt.date(2025, 10, 23)
    >>> world, icc = of.load_airspaces(), of.bloc("icc").on(day)
    >>> draw(world, of.great_circle("VKO", "BUD"), on=day, avoid=icc).scene["title"]
    'Moscow to Budapest'
    """
    edition, day = edition_of(size, dpi, url), as_date(on)
    language = language_of(lang)
    costing = None if aircraft is None else Costing.of(aircraft, wind=wind, on=day, language=language)
    words = language.words if language else WORDS
    marked = RuleSet.of(avoided(avoid, world, day))
    lines = lines_of(_judged(items, world, day, marked), world)
    barrier = frozenset(state.code for state in items.barrier) if isinstance(items, Candidates) else frozenset[str]()
    if len(notes) > len(lines):
        raise RouteError(f"there are {len(notes)} notes for {len(lines)} routes: give one for each, in their order")
    view = view_of(point for line in lines for point in line.path)
    places = badges(lines, view) if len(lines) <= MANY else [None] * len(lines)
    found = items if isinstance(items, Candidates) else None
    below = ground(world, view, shapes_in(world, view), avoid=marked, barrier=barrier)
    scene: dict[str, Any] = {
        "title": title or title_of(lines),
        "on": written(day),
        "rule": rule_words(lines, marked, day, world),
        "headline": finding(found) if found is not None else headline(lines, avoid=marked),
        "finding": details(found) if found is not None else "",
        "paragraph": paragraph(found, on=day, version=world.version, view=world.view)
        if found is not None
        else report(lines, avoid=marked, on=day, version=world.version, view=world.view),
        **below,
        **since(world, below["pieces"], marked, day, words),
        "best": best_of(lines),
        "routes": [
            {
                "name": name_of(line, lines),
                "tag": tag_of(line, lines, WORDS),
                **on_map(line, view, badge, clock),
                "note": noted(line.route, day, note),
            }
            for line, badge, note in zip(lines, places, [*notes, *[""] * (len(lines) - len(notes))], strict=True)
        ],
        **({"gaps": shown} if (shown := ellipses(gaps, view)) else {}),
    }
    if language:
        scene = translated(scene, lines, language, on=day, world=world, avoid=marked, title=title)
    if costing:
        scene = costing.scene(scene, lines)
    if given := list(layers):
        scene = with_layers(scene, lines, given, view, on=day, aircraft=aircraft or "narrow-body", wind=wind)
    return Map(scene, edition)


def _judged(
    items: Candidates | Drawable | Iterable[Drawable], world: Airspaces, on: dt.date, marked: RuleSet
) -> list[Verdict | Candidate]:
    """Judge the bare routes among what is to be drawn."""
    avoid = [replace(marked, text=bloc_of(marked, on) or "")] if marked else []
    many = list(items) if isinstance(items, Iterable) and not isinstance(items, str) else [items]
    if wrong := [item for item in many if not isinstance(item, Drawable)]:
        raise RouteError(f"{str(wrong[0])[:60]!r} can't be drawn: give routes, texts ('VKO-BUD'), verdicts, candidates")
    return [
        Case.of(item, on=on, world=world, avoid=avoid).verdict if isinstance(item, Route | str) else item
        for item in many
    ]
