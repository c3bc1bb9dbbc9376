"""Whose sovereign airspace a route crosses on a date, whether a rule forbids it, and the best route that obeys.

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # checkers know the name; importing typing would triple the cost of importing this package

if TYPE_CHECKING:
    from overflight._crossings import Crossings, crossings
    from overflight._crossings import closest_approaches as closest_approaches
    from overflight._crossings import locate as locate
    from overflight._crossings.bulk import crossings_many
    from overflight.airspace import Airspaces as Airspaces
    from overflight.airspace import Bloc, RuleSet, bloc, load_airspaces
    from overflight.airspace import State as State
    from overflight.airspace import read_bloc as read_bloc
    from overflight.case import Case
    from overflight.costs import cost
    from overflight.detours import Candidates, candidates, detour
    from overflight.detours import front as front
    from overflight.detours.diversions import diversions
    from overflight.detours.gaps import gaps
    from overflight.errors import OverflightError
    from overflight.maps import draw
    from overflight.outside.version import __version__ as __version__
    from overflight.policies.gating import gate
    from overflight.pricing import price
    from overflight.proposals import Proposal
    from overflight.routes import Route, great_circle, place, read_routes, route, write_routes
    from overflight.routes import Waypoint as Waypoint
    from overflight.routes.areas import read_areas
    from overflight.rules import Avoid, MaxExtension, Schedule, Verdict, check
    from overflight.rules.layers import read_layer
    from overflight.rules.rulesets import ruleset
    from overflight.sheets import permits
    from overflight.when import changes


_HOMES = {
    "_crossings": ("Crossings", "closest_approaches", "crossings", "locate"),
    "_crossings.bulk": ("crossings_many",),
    "airspace": ("Airspaces", "Bloc", "RuleSet", "State", "bloc", "load_airspaces", "read_bloc"),
    "case": ("Case",),
    "costs": ("cost",),
    "detours": ("Candidates", "candidates", "detour", "front"),
    "detours.diversions": ("diversions",),
    "detours.gaps": ("gaps",),
    "errors": ("OverflightError",),
    "maps": ("draw",),
    "outside.version": ("__version__",),
    "policies.gating": ("gate",),
    "pricing": ("price",),
    "proposals": ("Proposal",),
    "routes": ("Route", "Waypoint", "great_circle", "place", "read_routes", "route", "write_routes"),
    "routes.areas": ("read_areas",),
    "rules": ("Avoid", "MaxExtension", "Schedule", "Verdict", "check"),
    "rules.layers": ("read_layer",),
    "rules.rulesets": ("ruleset",),
    "sheets": ("permits",),
    "when": ("changes",),
}
"""Where each name lives; those that `__all__` leaves out answer here, and are not among those to learn."""
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Avoid",
    "Bloc",
    "Candidates",
    "Case",
    "Crossings",
    "MaxExtension",
    "OverflightError",
    "Proposal",
    "Route",
    "RuleSet",
    "Schedule",
    "Verdict",
    "bloc",
    "candidates",
    "changes",
    "check",
    "cost",
    "crossings",
    "crossings_many",
    "detour",
    "diversions",
    "draw",
    "gaps",
    "gate",
    "great_circle",
    "load_airspaces",
    "permits",
    "place",
    "price",
    "read_areas",
    "read_layer",
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
    return sorted(__all__)
