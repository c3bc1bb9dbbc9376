"""What a longer way takes: minutes, fuel and CO2, by the aircraft that flies it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from overflight.costs import Aircraft, Figure, aircraft, cost
from overflight.errors import OverflightError

if TYPE_CHECKING:
    from overflight.costs import Extra
    from overflight.costs.pacing import Wind
    from overflight.pricing.model import Priced

__all__ = ["Reckoner"]


class Reckoner:
    """Works out figures of flights, for each pair of ways, aircraft and month once.

    Parameters
    ----------
    default : str
        What flies where a row of the input doesn't say, or not in words that are known.
    wind : {"none", "season"}
        What wind to reckon with.

    Raises
    ------
    OverflightError
        If the default is not known.
    """

    def __init__(self, default: str, wind: Wind) -> None:
        self.default = aircraft(default)
        self.wind = wind
        self._words = {"": self.default.name}
        self._aircraft = {self.default.name: self.default}
        self._extra: dict[tuple[int, int, str, int], Extra] = {}
        self._unknown: Counter[str] = Counter()
        self._assumed: dict[str, None] = {}
        self._kept: list[Any] = []

    def named(self, word: str, flights: int) -> str:
        """Return the name of the aircraft that a word stands for, of so many flights; the default's for other words."""
        if word not in self._words:
            try:
                found = aircraft(word)
            except OverflightError:
                self._unknown[word] = 0
                found = self.default
            self._words[word] = found.name
            self._aircraft.setdefault(found.name, found)
        if word in self._unknown:
            self._unknown[word] += flights
        return self._words[word]

    def reckoned(self, row: Priced) -> Priced:
        """Return a row with its figures, by the aircraft that it names."""
        if row.after is None:
            return row
        extra = self._over(row, self._aircraft[row.aircraft])
        low, high = _share(row.extra_km.low, row.extra_km), _share(row.extra_km.high, row.extra_km)
        return replace(
            row,
            time_min=_spread(extra.time_min, low, high),
            fuel_t=_spread(extra.fuel_t, low, high),
            co2_t=_spread(extra.co2_t, low, high),
        )

    def facts(self) -> dict[str, Any]:
        """Say what the figures assume."""
        return {
            "aircraft": self.default.name,
            "wind": self.wind,
            "assumptions": list(self._assumed),
            **({"aircraft_not_known": dict(self._unknown)} if self._unknown else {}),
        }

    def _over(self, row: Priced, flies: Aircraft) -> Extra:
        after = row.after or row.before
        key = (id(row.before), id(after), flies.name, row.on.month if self.wind != "none" else 0)
        if key not in self._extra:
            self._kept += [row.before, after]  # so that no other route gets their numbers
            one, other = (cost(way, aircraft=flies, wind=self.wind, on=row.on) for way in (after, row.before))
            self._assumed.update(dict.fromkeys(one.assumptions))
            self._extra[key] = one.over(other)
        return self._extra[key]


def _share(km: float, of: Figure) -> float:
    return km / of.typical if of.typical > 0.0 else 1.0


def _spread(one: Figure, low: float, high: float) -> Figure:
    """Widen a figure by how far the ways may be from the shortest."""
    return Figure(min(one.low * low, one.low), one.typical, max(one.high * high, one.high))
