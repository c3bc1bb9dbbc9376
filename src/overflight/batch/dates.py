"""What airspace counts for on a date: blocs, rules, and labels, worked out once between two changes of any of them."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from overflight.airspace import Airspaces, Bloc, Piece, bloc, blocs, load_airspaces, owners
from overflight.batch.settings import Settings
from overflight.rules.rulesets import RuleSet, blocs_on, parse_codes, parse_ruleset

__all__ = ["Epoch", "epoch", "epochs_of"]

EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """A stretch of days on which nothing changes, with texts by piece.

    Attributes
    ----------
    world : Airspaces
        Labelled as on these days.
    blocs : tuple of str or None
        Of each piece: the blocs that it is in, separated by spaces.
    rules : tuple of str or None
        Of each piece: the rule sets that forbid it, separated by ``"; "``.
    sets : tuple of RuleSet
        The rule sets, worked out.
    """

    world: Airspaces
    blocs: tuple[str | None, ...]
    rules: tuple[str | None, ...]
    sets: tuple[RuleSet, ...]


def epochs_of(days: npt.NDArray[np.int64], settings: Settings) -> npt.NDArray[np.int64]:
    """Return the number of the epoch of each day, days counted from 1970-01-01."""
    return np.searchsorted(_changes(settings), days, side="right")


@functools.lru_cache(maxsize=1024)
def epoch(number: int, settings: Settings) -> Epoch:
    """Work out an epoch by number, as `epochs_of` counts them."""
    changes = _changes(settings)
    day = int(changes[number - 1]) if number else int(changes[0]) - 1
    on = dt.date.fromordinal(day + EPOCH)
    world = load_airspaces(settings.view, on=on)
    sets = tuple(parse_ruleset(text, world, on, settings.blocs) for text in settings.avoid)
    allow = parse_codes(settings.allow, world, what="--allow")
    members = blocs_on(on, settings.blocs)
    own = {one.name for one in settings.blocs}
    beyond = {name: bloc(name).exceptions(on) for name in blocs()}

    def names(piece: Piece) -> str | None:
        found = members.get(piece.state, ()) if piece.state is not None else ()
        reached = [n for n in found if piece.territory == piece.state or n in own or piece.territory not in beyond[n]]
        return " ".join(reached) or None

    def forbidding(piece: Piece) -> str | None:
        broken = [s.text for s in sets if not (s.states - allow).isdisjoint(owners(piece, s.exceptions))]
        return "; ".join(dict.fromkeys(broken)) or None

    return Epoch(world, tuple(map(names, world.pieces)), tuple(map(forbidding, world.pieces)), sets)


@functools.lru_cache(maxsize=16)
def _changes(settings: Settings) -> npt.NDArray[np.int64]:
    """List the days on which a membership, a treaty's reach or a sovereign changes."""
    every: list[Bloc] = [*map(bloc, blocs()), *settings.blocs]
    bounds = [(m.since, m.until) for one in every for m in one.members]
    bounds += [(e.since, e.until) for one in every for e in one.extensions if e.since is not None]
    days = {day for pair in bounds for day in pair if day is not None}
    one_day = dt.timedelta(days=1)
    for m in (m for one in every for m in one.members):
        hours = [moment.date() for moment in (m.begins, m.ends) if moment is not None]
        days.update(hours, (day + one_day for day in hours))
        days.update([m.confirmed_until + one_day] if m.confirmed_until is not None else [])
    days.update(e.until for one in every for e in one.extensions if e.until is not None)
    days.update(dt.date.fromisoformat(day) for day in load_airspaces().manifest.get("label_changes", ()))
    return np.array(sorted(d.toordinal() - EPOCH for d in days), np.int64)
