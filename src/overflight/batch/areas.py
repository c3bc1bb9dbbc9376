"""Areas in a batch: which routes enter those of each rule set, and how many forbidden kilometres they add."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from overflight._crossings.bulk import crossings_many
from overflight.batch.walking import Walked

__all__ = ["Entries", "entries_of", "kilometres"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Entries(NamedTuple):
    """Crossings in areas: the route of each, where it begins and ends in km, and by number the rule that forbids it."""

    route: Integers
    entry_km: Floats
    exit_km: Floats
    rule: Integers


def entries_of(walked: Walked) -> Entries:
    """Find the crossings of all routes in the areas of each rule set; limits in height are not looked at."""
    found = [Entries(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))]
    legs, first = walked.measured.legs, walked.measured.first
    for number, rule in enumerate(walked.epochs[0].avoid):  # the same areas on every date
        areas = tuple(area for area in rule.ruleset.areas if area.code not in rule.allow)
        if areas:
            from overflight.airspace.overlay import partition  # few ask for areas

            alone = partition(areas)
            held = np.array([bool(piece.claimants) for piece in alone.pieces])
            table = crossings_many(legs, offsets=first, world=alone, threads=1)
            inside = held[table.piece]
            route = table.route[inside].astype(np.int64)
            entry, end = table.entry_km[inside], table.exit_km[inside]
            found.append(Entries(route, entry, end, np.full(len(route), number)))
    return Entries(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def kilometres(route: Integers, entry_km: Floats, exit_km: Floats, count: int) -> Floats:
    """Return of each route how many km lie in stretches that may overlap, each counted once."""
    order = np.lexsort((entry_km, route))
    route, entry, end = route[order], entry_km[order], exit_km[order]
    # one rising scale for all routes, so that what was reached before is that of the same route
    step = 2.0 * (end.max(initial=0.0) + 1.0)
    reached = np.maximum.accumulate(np.concatenate([[-np.inf], end + route * step]))[:-1] - route * step
    found: Floats = np.bincount(route, np.maximum(0.0, end - np.maximum(entry, reached)), count).astype(np.float64)
    return found
