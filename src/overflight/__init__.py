"""Whose sovereign airspace a route crosses on a date, whether a rule forbids it, and the best route that obeys.

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # checkers know the name; importing typing would triple the cost of importing this package

if TYPE_CHECKING:
    from overflight._crossings import (
        Approach,
        Crossing,
        Crossings,
        closest_approaches,
        crossings,
        locate,
    )
    from overflight._crossings.bulk import crossings_many
    from overflight._crossings.table import CrossingsTable
    from overflight.airspace import (
        Airspaces,
        Area,
        Bloc,
        Extension,
        Membership,
        Piece,
        RuleSet,
        State,
        bloc,
        blocs,
        load_airspaces,
        read_bloc,
    )
    from overflight.airspace.areas import read_areas
    from overflight.case import Case
    from overflight.detours import Candidate, Candidates, candidates, detour
    from overflight.errors import (
        DataError,
        OverflightError,
        ProposalError,
        RouteError,
        UnknownPlaceError,
        UnknownStateError,
    )
    from overflight.maps import draw
    from overflight.outside.version import __version__ as __version__
    from overflight.proposals import Proposal
    from overflight.routes import Leg, Route, Waypoint, great_circle, place, read_routes, route, write_routes
    from overflight.rules import Avoid, Finding, MaxExtension, Rule, Schedule, Verdict, check
    from overflight.rules.rulesets import ruleset


_HOMES = {
    "airspace": (
        "Airspaces",
        "Area",
        "Bloc",
        "Extension",
        "Membership",
        "Piece",
        "RuleSet",
        "State",
        "bloc",
        "blocs",
        "load_airspaces",
        "read_bloc",
    ),
    "airspace.areas": ("read_areas",),
    "_crossings": (
        "Approach",
        "Crossing",
        "Crossings",
        "closest_approaches",
        "crossings",
        "locate",
    ),
    "_crossings.bulk": ("crossings_many",),
    "_crossings.table": ("CrossingsTable",),
    "case": ("Case",),
    "detours": ("Candidate", "Candidates", "candidates", "detour"),
    "errors": ("DataError", "OverflightError", "ProposalError", "RouteError", "UnknownPlaceError", "UnknownStateError"),
    "maps": ("draw",),
    "outside.version": ("__version__",),
    "proposals": ("Proposal",),
    "routes": ("Leg", "Route", "Waypoint", "great_circle", "place", "read_routes", "route", "write_routes"),
    "rules": ("Avoid", "Finding", "MaxExtension", "Rule", "Schedule", "Verdict", "check"),
    "rules.rulesets": ("ruleset",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Airspaces",
    "Approach",
    "Area",
    "Avoid",
    "Bloc",
    "Candidate",
    "Candidates",
    "Case",
    "Crossing",
    "Crossings",
    "CrossingsTable",
    "DataError",
    "Extension",
    "Finding",
    "Leg",
    "MaxExtension",
    "Membership",
    "OverflightError",
    "Piece",
    "Proposal",
    "ProposalError",
    "Route",
    "RouteError",
    "Rule",
    "RuleSet",
    "Schedule",
    "State",
    "UnknownPlaceError",
    "UnknownStateError",
    "Verdict",
    "Waypoint",
    "bloc",
    "blocs",
    "candidates",
    "check",
    "closest_approaches",
    "crossings",
    "crossings_many",
    "detour",
    "draw",
    "great_circle",
    "load_airspaces",
    "locate",
    "place",
    "read_areas",
    "read_bloc",
    "read_routes",
    "route",
    "ruleset",
    "write_routes",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        msg = f"module 'overflight' has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"overflight.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
