"""What airspace counts for on a date: blocs, rules, and labels, worked out once between two changes of any of them."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from overflight._crossings import Crossings, surveyed
from overflight.airspace import Airspaces, bloc, load_airspaces
from overflight.airspace.blocs import blocs
from overflight.batch.settings import Settings
from overflight.batch.values import DAY_0
from overflight.case import forbidden_pieces
from overflight.routes import Route, Waypoint
from overflight.rules import Avoid
from overflight.rules.members import blocs_of
from overflight.rules.rulesets import parse_codes, parse_ruleset

__all__ = ["Epoch", "epoch", "epochs_of"]


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
    avoid : tuple of Avoid
        The rules, those that no consent opens last.
    partly : tuple of bool
        Of each piece: whether one of them forbids a part of it, or may.
    """

    world: Airspaces
    blocs: tuple[str | None, ...]
    rules: tuple[str | None, ...]
    avoid: tuple[Avoid, ...]
    partly: tuple[bool, ...]

    def is_marginal(self, points: npt.NDArray[np.float64]) -> bool:
        """Tell whether a route that enters no forbidden state comes too near to one, as `overflight check` does."""
        route = Route(tuple(Waypoint(lon, lat) for lon, lat in points.tolist()))
        nothing = Crossings(route, (), route.length_km)
        looked = surveyed(nothing, self.world, (rule.asks(nothing) for rule in self.avoid))
        return any(one.status == "marginal" for rule in self.avoid for one in rule.findings(looked, self.world))


def epochs_of(days: npt.NDArray[np.int64], settings: Settings) -> npt.NDArray[np.int64]:
    """Return the number of the epoch of each day, days counted from 1970-01-01."""
    return np.searchsorted(_changes(settings), days, side="right")


@functools.lru_cache(maxsize=1024)
def epoch(number: int, settings: Settings) -> Epoch:
    """Work out an epoch by number, as `epochs_of` counts them."""
    changes = _changes(settings)
    on = dt.date.fromordinal(DAY_0 + int(changes[number - 1] if number else changes[0] - 1))
    world = load_airspaces(settings.view, on=on)
    who = settings.who
    sets = tuple(parse_ruleset(text, world, on, settings.blocs, operator=who) for text in settings.rules)
    allow = parse_codes(settings.allow, world, what="--allow")
    rules = tuple(Avoid(one, margin_km=settings.margin_km, allow=allow) for one in sets)
    asked = len(settings.avoid)
    rules = (*rules[:asked], *(rule.never() for rule in rules[asked:]))
    broken = [(r.ruleset.text, forbidden_pieces(world, r.ruleset.certain().without(r.allow))) for r in rules]
    touched = [forbidden_pieces(world, r.ruleset.outright().without(r.allow)) for r in rules]
    return Epoch(
        world,
        blocs=tuple(" ".join(blocs_of(piece, on, settings.blocs)) or None for piece in world.pieces),
        rules=tuple(
            "; ".join(dict.fromkeys(text for text, pieces in broken if pieces[n])) or None
            for n in range(len(world.pieces))
        ),
        avoid=rules,
        partly=tuple(
            any(at[n] and not pieces[n] for at, (_, pieces) in zip(touched, broken, strict=True))
            for n in range(len(world.pieces))
        ),
    )


@functools.lru_cache(maxsize=16)
def _changes(settings: Settings) -> npt.NDArray[np.int64]:
    """List the days on which a membership, a treaty's reach or a sovereign changes."""
    every = [*map(bloc, blocs()), *settings.blocs]
    members = [m for one in every for m in one.members]
    days = {day for m in members for day in (m.since, m.until) if day is not None}
    one_day = dt.timedelta(days=1)
    for m in members:
        hours = [moment.date() for moment in (m.begins, m.ends) if moment is not None]
        days.update(hours, (day + one_day for day in hours))
        days.update([m.confirmed_until + one_day] if m.confirmed_until is not None else [])
    days.update(day for one in every for e in one.reaches for day in (e.since, e.until) if day is not None)
    days.update(dt.date.fromisoformat(day) for day in load_airspaces().manifest.get("label_changes", ()))
    return np.array(sorted(day.toordinal() - DAY_0 for day in days), np.int64)
