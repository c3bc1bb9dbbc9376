"""States and their airspace as shipped: load, look up, select; memberships on a date."""

from overflight.airspace.airspaces import VIEWS, Airspaces, _load, load_airspaces, past_sovereigns
from overflight.airspace.area import Area
from overflight.airspace.blocs import Bloc, Extension, Membership, bloc, blocs, memberships, read_bloc
from overflight.airspace.pieces import Piece, owners
from overflight.airspace.ruleset import RuleSet
from overflight.airspace.states import DATA, State

__all__ = [
    "DATA",
    "VIEWS",
    "Airspaces",
    "Area",
    "Bloc",
    "Extension",
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
