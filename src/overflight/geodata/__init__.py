"""States and their airspace as shipped: load, look up, select; memberships on a date."""

from overflight.geodata.airspaces import (
    COORD_SCALE,
    VIEWS,
    Airspaces,
    Index,
    Piece,
    _load,
    load_airspaces,
    owners,
    past_sovereigns,
)
from overflight.geodata.area import Area
from overflight.geodata.blocs import Bloc, Extension, Membership, bloc, blocs, memberships, read_bloc
from overflight.geodata.ruleset import RuleSet
from overflight.geodata.states import DATA, State

__all__ = [
    "COORD_SCALE",
    "DATA",
    "VIEWS",
    "Airspaces",
    "Area",
    "Bloc",
    "Extension",
    "Index",
    "Membership",
    "Piece",
    "RuleSet",
    "State",
    "_load",
    "bloc",
    "blocs",
    "load_airspaces",
    "memberships",
    "owners",
    "past_sovereigns",
    "read_bloc",
]
