"""Maps that open anywhere: one HTML file with the routes, what they cross, and the airspace below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight import __version__
from overflight.areas import partition
from overflight.detours import Candidates
from overflight.errors import RouteError
from overflight.maps.answer import answer
from overflight.maps.base import View, disputes, encode, encode_line, labels, pieces, shapes_in, view_of
from overflight.maps.lines import Drawable, Line, lines_of, runs
from overflight.maps.page import Map
from overflight.maps.profile import bands
from overflight.maps.wording import bloc_of, headline, name_of, place_name, rule_words, title_of, written
from overflight.rules import Avoid, AvoidAreas

if TYPE_CHECKING:
    from overflight.areas import Area
    from overflight.geodata import Airspaces
    from overflight.rules import Rule

__all__ = ["Map", "draw"]

MANY = 30
"""With more routes than this, their numbers are left off the map: they would hide it."""


def draw(
    world: Airspaces,
    items: Candidates | Drawable | Iterable[Drawable],
    *,
    on: dt.date,
    avoid: Collection[str] = frozenset(),
    except_territories: Collection[str] = frozenset(),
    areas: Sequence[Area] = (),
    title: str | None = None,
    notes: Sequence[str] = (),
    clock: Callable[[float], str] | None = None,
) -> Map:
    """Draw routes on a map of sovereign airspace.

    Parameters
    ----------
    world : Airspaces
        The airspace to draw.
    items : Candidates, Route, Verdict, Candidate, or several of these
        What to draw. A bare route is judged here, by `Avoid(avoid)`.
    on : datetime.date
        The date that the map is about; memberships in `avoid` are as of this day.
    avoid : collection of State or str
        The states to mark as the rule's, such as ``bloc("icc").on(on)``.
    except_territories : collection of str
        Codes of territories of these states that are not the rule's, such as ``bloc("icc").exceptions(on)``.
    areas : sequence of Area
        Areas to mark as the rule's, too.
    title : str, optional
        Heading; by default the cities that the routes join, else the routes' names.
    notes : sequence of str, optional
        What else to say about each route, in the order of the items; an empty text says nothing.
    clock : callable, optional
        Says when the flight is so many km from its start, such as ``"08:27"``: the profile shows it then.

    Returns
    -------
    Map
        A `folium.Map`; its `save` writes one file that needs no network.

    Raises
    ------
    RouteError
        If there is nothing to draw, or if there are more notes than routes.

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
    codes = frozenset(str(state) for state in avoid)
    but = frozenset(except_territories)
    rules: list[Rule] = [rule] if (rule := _rule_of(codes, but, on)) else []
    lines = lines_of(items, world, rules=[*rules, AvoidAreas(areas)] if areas else rules)
    marked = codes.union(area.code for area in areas)
    barrier = frozenset(state.code for state in items.barrier) if isinstance(items, Candidates) else frozenset[str]()
    if len(notes) > len(lines):
        msg = f"there are {len(notes)} notes for {len(lines)} routes: give one for each, in their order"
        raise RouteError(msg)
    view = view_of(point for line in lines for point in line.path)
    shapes = shapes_in(world, view)
    badges = _badges(lines, view) if len(lines) <= MANY else [None] * len(lines)
    said, _, more = (
        answer(items).partition(". ") if isinstance(items, Candidates) else (headline(lines, avoid=marked), "", "")
    )
    scene = {
        "title": title or title_of(lines),
        "on": written(on),
        "rule": rule_words(lines, marked, on, world),
        "data": {"version": world.version, "view": world.view, "accuracy_m": round(world.accuracy_m)},
        "overflight": __version__,
        "headline": said.rstrip(".") + "." if said else "",
        "finding": more,
        "whole": view.whole,
        "pole": view.pole,
        "meridian": view.meridian,
        "pieces": pieces(world, shapes, view, avoid=codes, but=but, barrier=barrier) + _areas(areas, view, barrier),
        "disputes": disputes(world, shapes, view),
        "labels": labels(world, shapes, view),
        "routes": [
            {"name": name_of(line, lines), **_route(line, view, badge), "bands": bands(line, clock), "note": note}
            for line, badge, note in zip(lines, badges, [*notes, *[""] * (len(lines) - len(notes))], strict=True)
        ],
    }
    return Map(scene)


def _areas(areas: Sequence[Area], view: View, barrier: frozenset[str]) -> list[dict[str, Any]]:
    """Return areas as the page wants them: as pieces of the rule's, over those of the world."""
    if not areas:
        return []
    alone = partition(tuple(areas))
    codes = frozenset(area.code for area in areas)
    return [{**one, "area": True} for one in pieces(alone, shapes_in(alone, view), view, avoid=codes, barrier=barrier)]


def _rule_of(avoid: frozenset[str], but: frozenset[str], on: dt.date) -> Avoid | None:
    """Return the rule for bare routes, named after the bloc that the states are, if they are one."""
    return Avoid(avoid, name=bloc_of(avoid, on), except_territories=but) if avoid else None


def _route(line: Line, view: View, badge: tuple[float, float] | None) -> dict[str, Any]:
    consents, crossed = line.consents(), line.crossed()
    return {
        "label": line.route.label,
        "kind": line.route.kind,
        "status": line.verdict.status,
        "length_km": round(line.route.length_km, 3),
        **line.numbers(),
        "consents": consents,
        "crossed": crossed,
        "asked": len(consents) + len(crossed),
        "unmet": line.unmet(),
        "gap": _gap(line),
        "runs": [encode_line(path, km) for path, km in _runs(line.path, line.km, view)],
        "forbidden": [
            {**one, "runs": [encode(run) for run, _ in _runs(path, [0.0] * len(path), view)]}
            for path, one in line.forbidden()
        ],
        "marks": [_placed(mark) for mark in line.marks()],
        "stops": [_placed(stop | {"name": place_name(place)}) for stop, place in line.stops()],
        "rows": line.rows(),
        "nearest": [{**near, "on": _rounded(near["on"]), "to": _rounded(near["to"])} for near in line.nearest()],
        "badge": _rounded(badge) if badge else None,
    }


def _runs(
    path: list[tuple[float, float]], km: list[float], view: View
) -> list[tuple[list[tuple[float, float]], list[float]]]:
    """Return the path as the map can draw it, with its kilometres: on Mercator, cut where it jumps beside a pole."""
    return [(path, km)] if view.pole else runs(path, km)


def _gap(line: Line) -> str:
    gap = line.candidate.gap_pct if line.candidate else None
    return "" if not gap else f"at most {gap:.2g} % longer than the shortest such route"


def _placed(thing: dict[str, Any]) -> dict[str, Any]:
    return {**thing, "at": _rounded(thing["at"])}


def _rounded(point: tuple[float, float]) -> list[float]:
    return [round(point[0], 4), round(point[1], 4)]


def _badges(lines: list[Line], view: View) -> list[tuple[float, float] | None]:
    """Return for each line the place of its number: the farthest from other lines and their numbers."""
    paths = [view.flat(line.path) for line in lines]
    taken = [point for path in paths for point in (path[0], path[-1])]
    found: list[tuple[float, float] | None] = []
    for number, path in enumerate(paths):
        spots = np.unique(np.linspace(0.12, 0.88, 39) * (len(path) - 1)).astype(int)
        others = np.concatenate([path[[0, -1]], *(p for n, p in enumerate(paths) if n != number)])
        # Where two routes are the same, only the distance between their numbers tells.
        room = [3 * _nearest(others, path[spot]) + _nearest(np.array(taken), path[spot]) for spot in spots]
        best = int(spots[int(np.argmax(room))])
        taken.append(path[best])
        found.append(lines[number].path[best])
    return found


def _nearest(points: np.ndarray[Any, Any], point: np.ndarray[Any, Any]) -> float:
    return float(np.hypot(*(points - point).T).min())
