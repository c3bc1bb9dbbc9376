"""The shortest routes that obey: which states' consent opens a way, and how long it is.

`candidates` is the study of a pair of places, `detour` the shortest route that keeps out of some states' airspace, and
`front` trades length for kilometres inside; `overflight.detours.diversions` says where a flight could land.
"""

from __future__ import annotations

from overflight.detours.budget import News
from overflight.detours.model import Candidate, Candidates, ConsentSet, Passage
from overflight.detours.single import detour
from overflight.detours.study import candidates
from overflight.detours.tradeoff import Tradeoff, front

__all__ = ["Candidate", "Candidates", "ConsentSet", "News", "Passage", "Tradeoff", "candidates", "detour", "front"]
