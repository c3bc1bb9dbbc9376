"""The shortest routes that obey: which states' consent opens a way, and how long it is.

`candidates` is the study of a pair of places, `detour` the shortest route that keeps out of some states' airspace,
`front` trades length for kilometres inside, and `exposure` says how a route stands to where it could land.
"""

from __future__ import annotations

from overflight.detours.diversions import Airports, Exposure, exposure, read_airports, suitable_airports
from overflight.detours.model import Candidate, Candidates, ConsentSet, Passage
from overflight.detours.study import candidates, detour
from overflight.detours.tradeoff import Tradeoff, front

__all__ = [
    "Airports",
    "Candidate",
    "Candidates",
    "ConsentSet",
    "Exposure",
    "Passage",
    "Tradeoff",
    "candidates",
    "detour",
    "exposure",
    "front",
    "read_airports",
    "suitable_airports",
]
