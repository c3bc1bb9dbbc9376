"""What flying the routes of a map takes: time, fuel and CO2, put beside their kilometres in its language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import add
from typing import TYPE_CHECKING, Any

from overflight.costs import Aircraft, Cost, Extra, Figure, cost
from overflight.costs import aircraft as known
from overflight.costs.pacing import Wind
from overflight.maps.words import WORDS, say
from overflight.routes import Route, great_circle
from overflight.rules.extension import extension_of

if TYPE_CHECKING:
    from overflight.maps.languages import Language
    from overflight.maps.lines import Line

__all__ = ["USUAL", "Costing"]

USUAL = "narrow-body"
"""What flies where nobody says what does."""

MIN_PER_H = 60.0
FEW_MIN = 6.0
"""Less is told in minutes: in tenths of an hour there would be nothing left of it."""
MANY_T = 100.0
"""From here on, tonnes are told without tenths."""


@dataclass(frozen=True, slots=True)
class Costing:
    """Says what each route of a map takes.

    Attributes
    ----------
    aircraft : Aircraft
        What flies all of them.
    wind : {"none", "season"}
        What wind is reckoned with.
    on : datetime.date
        The day of the flight.
    language : Language or None
        What it is said in; None is English.
    """

    aircraft: Aircraft
    wind: Wind
    on: dt.date
    language: Language | None = None
    _direct: dict[tuple[Any, Any], Cost] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls, aircraft: str | Aircraft, *, wind: Wind = "none", on: dt.date, language: Language | None = None
    ) -> Costing:
        """Take what was asked for.

        Raises
        ------
        OverflightError
            If the aircraft is not known.
        """
        return cls(known(aircraft) if isinstance(aircraft, str) else aircraft, wind, on, language)

    def scene(self, scene: Mapping[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
        """Return a scene of these lines with what each of them takes, and what was assumed."""
        routes = [{**route, **self.route(line, route)} for line, route in zip(lines, scene["routes"], strict=True)]
        best = routes[scene["best"]]
        told = [scene["paragraph"], f"{best['name']}: {best['cost']['words']}.", note := self.note(lines[0].route)]
        return {**scene, "routes": routes, "costs": note, "paragraph": " ".join(filter(None, told))}

    def route(self, line: Line, route: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a route of a scene has of it: `cost`, and minutes in its rows and bands."""
        taken = self._flown(line.route)
        minutes = taken.pace.minutes
        bands = [
            {**band, "time_min": self._span(minutes(band["to"]).minus(minutes(band["from"])))}
            for band in route["bands"]
        ]
        return {"cost": self.told(line.route), "rows": self._rows(line, taken, route["rows"]), "bands": bands}

    def told(self, route: Route) -> dict[str, Any]:
        """Return what a route takes: as numbers, over the great circle, and in `words` for a list."""
        taken, over = self._flown(route), self.over(route)
        whole = self._both(taken.time_min, taken.fuel_t)
        more = over and self._both(over.time_min, over.fuel_t, signed=True)
        comma = self._words.get("comma", ", ")
        return {
            **{key: value for key, value in taken.to_dict().items() if key in {"time_min", "fuel_t", "co2_t"}},
            "extra": over.to_dict() if over else None,
            "words": comma.join(more or whole),
            "whole": comma.join([*whole, self._range(taken.co2_t, "co2")]),
        }

    def over(self, route: Route) -> Extra | None:
        """Return what a route takes more than the great circle; None for that itself, and where there is none."""
        if route.kind == "great-circle" or extension_of(route) is None:
            return None
        ends = route.waypoints[0], route.waypoints[-1]
        if ends not in self._direct:
            self._direct[ends] = self._flown(great_circle(*ends))
        return self._flown(route).over(self._direct[ends])

    def note(self, route: Route) -> str:
        """Say what was assumed, for any route of the map."""
        flies, language = self.aircraft, self.language
        if language is None:
            return say(WORDS, "costs", what="; ".join(self._flown(route).assumptions))
        speed, burn = (
            f"{language.number(figure.low)}-{language.number(figure.high)}"
            for figure in (flies.speed_kmh, flies.burn_kg_min)
        )
        called = language.words.get(f"class_{flies.name}", flies.name)
        wind = language.words[f"wind_{self.wind}"]
        return language.say("costs", what=language.say("assumed", aircraft=called, speed=speed, burn=burn, wind=wind))

    @property
    def _words(self) -> Mapping[str, str]:
        return self.language.words if self.language else WORDS

    def _flown(self, route: Route) -> Cost:
        return cost(route, aircraft=self.aircraft, wind=self.wind, on=self.on)

    def _rows(self, line: Line, taken: Cost, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows of a route's table, each with its minutes; the crossings stand there in the order flown."""
        minutes = taken.pace.minutes
        each = [
            minutes(one.exit_km).minus(minutes(one.entry_km)) for one in (*line.verdict.crossings, *line.in_areas())
        ]
        over_states = reduce(add, each[: len(line.verdict.crossings)], Figure.exactly(0.0))
        left = iter(each)
        told = []
        for row in rows:
            if not row["from"]:  # the high seas, in all
                told.append({**row, "min": self._span(taken.time_min.minus(over_states), unit=False)})
                continue
            shares = list(islice(left, len(row.get("parts", [row]))))
            timed = {**row, "min": self._span(reduce(add, shares), unit=False)}
            if "parts" in row:
                parts = zip(row["parts"], shares, strict=True)
                timed["parts"] = [{**part, "min": self._span(share, unit=False)} for part, share in parts]
            told.append(timed)
        return told

    # In words.

    def _number(self, value: float, digits: int) -> str:
        value = round(value, digits) + 0.0  # no -0
        return self.language.number(value, digits) if self.language else f"{value:,.{digits}f}"

    def _both(self, time_min: Figure, fuel_t: Figure, *, signed: bool = False) -> list[str]:
        return [self._range(time_min, "minutes", signed=signed), self._range(fuel_t, "fuel", signed=signed)]

    def _range(self, figure: Figure, unit: str, *, signed: bool = False) -> str:
        """Write a figure with its range, such as ``"+0.3 h (0.3 to 0.4)"``; without, where none shows."""
        size = abs(figure.typical)
        if unit == "minutes" and size >= FEW_MIN:
            unit, figure = "hours", figure.times(1.0 / MIN_PER_H)
        digits = {"minutes": 0, "hours": 1}.get(unit, 0 if size >= MANY_T else 1 if size >= 1.0 else 2)
        low, typical, high = (self._number(value, digits) for value in (figure.low, figure.typical, figure.high))
        sign = "+" if signed and not typical.startswith("-") else ""
        alone = say(self._words, unit, number=sign + typical)
        return alone if low == typical == high else say(self._words, "range", typical=alone, low=low, high=high)

    def _span(self, minutes: Figure, *, unit: bool = True) -> str:
        """Write whole minutes from least to most, such as ``"38-42"``."""
        low, high = self._number(minutes.low, 0), self._number(minutes.high, 0)
        told = "<1" if high == "0" else low if low == high else f"{low}-{high}"
        return say(self._words, "minutes", number=told) if unit else told
