"""Maps that open anywhere: one HTML file with the routes, what they cross, and the airspace below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight import __version__
from overflight.areas import partition
from overflight.detours import Candidates
from overflight.geodata import bloc, blocs
from overflight.maps.answer import answer
from overflight.maps.base import View, encode, labels, pieces, shapes_in, view_of
from overflight.maps.lines import Drawable, Line, lines_of, runs
from overflight.maps.page import Map
from overflight.rules import Avoid, AvoidAreas

if TYPE_CHECKING:
    from overflight.areas import Area
    from overflight.geodata import Airspaces
    from overflight.rules import Rule

__all__ = ["Map", "draw"]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
RULES = {"icc": "ICC states parties"}
"""What a legend calls the rules that everybody knows by a short name."""
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
        Heading; by default the routes' names.

    Returns
    -------
    Map
        A `folium.Map`; its `save` writes one file that needs no network.

    Raises
    ------
    RouteError
        If there is nothing to draw.

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
    >>> draw(world, of.great_circle("VKO", "BUD"), on=day, avoid=icc).scene["routes"][0]["name"]
    'VKO-BUD'
    """
    codes = frozenset(str(state) for state in avoid)
    but = frozenset(except_territories)
    rules: list[Rule] = [rule] if (rule := _rule_of(codes, but, on)) else []
    lines = lines_of(items, world, rules=[*rules, AvoidAreas(areas)] if areas else rules)
    view = view_of(point for line in lines for point in line.path)
    shapes = shapes_in(world, view)
    badges = _badges(lines, view) if len(lines) <= MANY else [None] * len(lines)
    barrier = frozenset(state.code for state in items.barrier) if isinstance(items, Candidates) else frozenset[str]()
    scene = {
        "title": title or _title(lines),
        "on": f"{on.day} {MONTHS[on.month - 1]} {on.year}",
        "rule": _rule_words(lines, codes.union(area.code for area in areas), on),
        "data": {"version": world.version, "view": world.view, "accuracy_m": round(world.accuracy_m)},
        "overflight": __version__,
        "finding": answer(items) if isinstance(items, Candidates) else "",
        "whole": view.whole,
        "pole": view.pole,
        "meridian": view.meridian,
        "pieces": pieces(world, shapes, view, avoid=codes, but=but, barrier=barrier) + _areas(areas, view, barrier),
        "labels": labels(world, shapes, view),
        "routes": [_route(line, view, badge) for line, badge in zip(lines, badges, strict=True)],
    }
    return Map(scene)


def _areas(areas: Sequence[Area], view: View, barrier: frozenset[str]) -> list[dict[str, Any]]:
    """Return areas as the page wants them: as pieces of the rule's, over those of the world."""
    if not areas:
        return []
    alone = partition(tuple(areas))
    codes = frozenset(area.code for area in areas)
    return [{**one, "area": True} for one in pieces(alone, shapes_in(alone, view), view, avoid=codes, barrier=barrier)]


def _title(lines: list[Line]) -> str:
    names = list(dict.fromkeys(line.route.label for line in lines))
    ends = {(line.route.waypoints[0].label, line.route.waypoints[-1].label) for line in lines}
    if len(ends) == 1 and len(names) > 1:
        return "-".join(ends.pop())
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more routes"


def _rule_of(avoid: frozenset[str], but: frozenset[str], on: dt.date) -> Avoid | None:
    """Return the rule for bare routes, named after the bloc that the states are, if they are one."""
    return Avoid(avoid, name=_bloc_of(avoid, on), except_territories=but) if avoid else None


def _bloc_of(states: frozenset[str], on: dt.date) -> str | None:
    return next((name for name in blocs() if bloc(name).on(on) == states), None)


def _rule_words(lines: list[Line], avoid: frozenset[str], on: dt.date) -> dict[str, Any] | None:
    """Return what the legend says about the states to avoid: the rule's name and their number."""
    if not avoid:
        return None
    names = dict.fromkeys(f.rule for line in lines for f in line.verdict.findings if f.state or f.area)
    known = [name for name in names if name != "avoid"] or [_bloc_of(avoid, on) or ""]
    words = ", ".join(RULES.get(name, name) for name in known)
    return {"name": words or "States to avoid", "states": sum(not code.startswith("area:") for code in avoid)}


def _route(line: Line, view: View, badge: tuple[float, float] | None) -> dict[str, Any]:
    return {
        "name": line.route.label,
        "kind": line.route.kind,
        "status": line.verdict.status,
        **line.numbers(),
        "consents": line.consents(),
        "crossed": line.crossed(),
        "unmet": line.unmet(),
        "gap": _gap(line),
        "runs": [encode(run) for run in _runs(line.path, view)],
        "forbidden": [{**one, "runs": [encode(run) for run in _runs(path, view)]} for path, one in line.forbidden()],
        "marks": [_placed(mark) for mark in line.marks()],
        "stops": [_placed(stop) for stop in line.stops()],
        "rows": line.rows(),
        "nearest": line.nearest(),
        "badge": _rounded(badge) if badge else None,
    }


def _runs(path: list[tuple[float, float]], view: View) -> list[list[tuple[float, float]]]:
    """Return the path as the map can draw it: on Mercator, cut where it jumps beside a pole."""
    return [path] if view.pole else runs(path)


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
