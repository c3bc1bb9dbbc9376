"""What the rules make of crossings: as of the day of their route, or of the moment when a recorded flight entered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from overflight.airspace import owners
from overflight.batch.dates import Epoch, epoch, epochs_of
from overflight.batch.values import DAY_US, NO_DAY

if TYPE_CHECKING:
    from overflight.airspace import Piece
    from overflight.batch.settings import Settings

__all__ = ["Held", "held_at", "held_on"]

Integers = npt.NDArray[np.int64]


class Held(NamedTuple):
    """Of each crossing, the rule sets that forbid it, and whether one forbids it in part, or may.

    Attributes
    ----------
    kinds : list of (str or None, bool)
        What there is.
    of : int array of shape (n,)
        Which of these each crossing is.
    """

    kinds: list[tuple[str | None, bool]]
    of: Integers


def held_on(epochs: list[Epoch], which: Integers, piece: Integers) -> Held:
    """Say what the rules make of crossings as of a day, given by the number of its epoch in a list."""
    kinds = [kind for one in epochs for kind in zip(one.rules, one.partly, strict=True)]
    return Held(kinds, which * len(epochs[0].world.pieces) + piece)


def held_at(on_the_day: Held, entry_us: Integers, piece: Integers, settings: Settings) -> Held:
    """Say what the rules make of crossings as of the moments when they begin, where these are known."""
    timed = np.flatnonzero(entry_us != NO_DAY)
    numbers = epochs_of(entry_us[timed] // DAY_US, settings)
    occurring, which = np.unique(numbers, return_inverse=True)
    if not len(occurring):
        return on_the_day
    epochs = [epoch(int(number), settings) for number in occurring]
    kinds, of = held_on(epochs, which, piece[timed])
    for i in np.flatnonzero(np.array([partly for _, partly in kinds], bool)[of]).tolist():
        one = epochs[int(which[i])]
        kinds.append(_held(one, one.world.pieces[int(piece[timed[i]])], int(entry_us[timed[i]])))
        of[i] = len(kinds) - 1
    whole = np.array(on_the_day.of)
    whole[timed] = of + len(on_the_day.kinds)
    return Held([*on_the_day.kinds, *kinds], whole)


def _held(one: Epoch, piece: Piece, entry_us: int) -> tuple[str | None, bool]:
    """Say what the rules make of a piece at a moment: a membership may begin at an hour."""
    moment = dt.datetime.fromtimestamp(entry_us / 1e6, dt.UTC)
    wholly, partly = [], False
    for rule in one.avoid:
        chosen = rule.ruleset.without(rule.allow)
        holding = {chosen.holding(state, piece.territory, moment) for state in owners(piece, chosen.exceptions)}
        wholly += [chosen.text] if "wholly" in holding else []
        partly = partly or ("wholly" not in holding and "partly" in holding)
    return "; ".join(dict.fromkeys(wholly)) or None, partly
