"""The names on a map: its title, what its rule is called, what its routes and their ends are called."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from overflight.airspace import bloc
from overflight.airspace.bans import applies_to
from overflight.airspace.blocs import BANS, blocs
from overflight.airspace.subjects import subject
from overflight.routes.cities import city_of
from overflight.routes.places import Waypoint
from overflight.routes.recoded import told_of
from overflight.rules.wording.headlines import LISTED, listed
from overflight.rules.wording.paragraphs import written
from overflight.rules.wording.rulesets import phrase

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, RuleSet, State
    from overflight.maps.lines import Line
    from overflight.routes import Route

__all__ = ["bloc_of", "bloc_words", "name_of", "noted", "place_name", "rule_words", "title_of", "written"]

LONG = {"ICC states parties": "states parties to the International Criminal Court (ICC)"}
"""What the line below the title calls what not everybody knows."""


def place_name(point: Waypoint) -> str:
    """Return what a reader calls a waypoint: city and code of an airport, else its own name."""
    city = _city(point)
    return f"{city} ({point.name})" if city else point.label


def _city(point: Waypoint) -> str:
    return city_of(point) or ""


def noted(route: Route, on: dt.date, note: str = "") -> str:
    """Return what is said below a route: what was given, how its file was read, what to know of its airports then."""
    told = [f"Note: {text}." for text in (*route.remarks, *told_of(route.waypoints, on))]
    return "\n".join([*([note] if note else []), *told])


def title_of(lines: Sequence[Line]) -> str:
    """Name a map after the two cities that all its routes join, else after its routes."""
    names = list(dict.fromkeys(line.route.label for line in lines))
    ends = {(line.route.waypoints[0], line.route.waypoints[-1]) for line in lines}
    if len(ends) == 1:
        start, end = ends.pop()
        plain = f"{start.label}-{end.label}"
        if all(name.startswith(plain) for name in names):
            cities = _city(start), _city(end)
            return f"{cities[0]} to {cities[1]}" if all(cities) else plain
        joined = [_city(start), _city(end)]
        if len(names) > 1 and all(joined):
            return f"{joined[0]} to {joined[1]}: {len(names)} routes"
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more routes"


def name_of(line: Line, lines: Sequence[Line]) -> str:
    """Return what the list calls a route: a computed one after the states that only it and some others ask."""
    start, end = line.route.waypoints[0], line.route.waypoints[-1]
    if line.route.kind == "great-circle" and line.route.label == f"{start.label}-{end.label}":
        alone = all((o.route.waypoints[0], o.route.waypoints[-1]) == (start, end) for o in lines)
        return "Great circle" if alone else title_of([line])
    if line.route.kind != "detour" or line.candidate is None:
        return line.route.label
    asked = [set(other.candidate.consents) for other in lines if other.candidate and other.route.kind == "detour"]
    common = set.intersection(*asked) if len(asked) > 1 else set()
    own = [state.name for state in line.candidate.consents if state not in common]
    return f"Via {listed(own)}" if own else "Around the rule" if not line.candidate.consents else "Detour"


def bloc_words(name: str) -> str:
    """Return what a legend calls the states of a bloc: a short name that everybody knows; its own for any other."""
    return "states that bar the operator" if name == BANS else subject(name).title or name


def bloc_of(avoid: RuleSet, on: dt.date) -> str | None:
    """Return the bloc whose members are just the states of a rule set on a date; a few are better named one by one."""
    if len(avoid) <= LISTED:
        return None
    return next((name for name in blocs() if bloc(name).on(on).states == avoid.states), None)


def rule_words(lines: Sequence[Line], avoid: RuleSet, on: dt.date, world: Airspaces) -> dict[str, Any] | None:
    """Return what the map calls what is to avoid: its name, how many, a phrase, short and long, and whom it binds."""
    if not avoid:
        return None
    known = {BANS, *blocs()}
    found = dict.fromkeys(f.rule for line in lines for f in line.verdict.findings if f.state or f.area)
    found_in = {name: set(re.findall(r"[\w.-]+", name.lower())) for name in found}
    # What is a part of another rule that is named needs no name of its own.
    whole = [name for name in found if not any(name.lower() in found_in[other] for other in found if other != name)]
    names = [name for name in whole if name != "avoid"] or [bloc_of(avoid, on) or ""]
    by_code: dict[str, State] = {state: state for state in world.states}
    if not names[0]:
        few = sorted([by_code.get(state, state).name for state in avoid] + [area.name for area in avoid.areas])
        name = listed(few) if len(few) <= LISTED else "States to avoid"
    else:
        name = "; ".join(
            by_code[one].name if one in by_code else bloc_words(one) if one in known else phrase(one, world)
            for one in names
        )
    name = name[:1].upper() + name[1:]
    blocs_named = any(known.intersection(re.findall(r"[\w.-]+", one.lower())) for one in names)
    states = len(avoid)
    count = f"{states} {'state' if states == 1 else 'states'}{' in all' if len(names) > 1 else ''}"
    words = f"{name} ({count})" if blocs_named else name
    long = f"{states} {LONG[name]}" if name in LONG else words
    about = applies_to([*names, *(ground.bloc for ground in avoid.grounds)])
    applies = [f"{one} applies to {whom}." for one, whom in about.items()]
    return {"name": name, "states": states, "words": words, "long": long, "applies": applies}
