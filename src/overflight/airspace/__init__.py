"""States and their airspace as shipped: load, look up, select; memberships on a date."""

from overflight.airspace.airspaces import VIEWS, Airspaces, _load, load_airspaces, past_sovereigns, world_on
from overflight.airspace.area import Area
from overflight.airspace.blocs import Bloc, Membership, Reach, bloc, read_bloc
from overflight.airspace.pieces import Piece, owners
from overflight.airspace.ruleset import RuleSet
from overflight.airspace.states import DATA, State

__all__ = [
    "DATA",
    "VIEWS",
    "Airspaces",
    "Area",
    "Bloc",
    "Membership",
    "Piece",
    "Reach",
    "RuleSet",
    "State",
    "_load",
    "bloc",
    "load_airspaces",
    "owners",
    "past_sovereigns",
    "read_bloc",
    "world_on",
]
