"""What a question about a route is answered with, in one word, in a sentence, and in km: `overflight.Case` is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.outside.listing import Listed, Listing
from overflight.rules.wording.answers import Answer, answer_of, closest_km, sentence, without_rule

if TYPE_CHECKING:
    from overflight.airspace import RuleSet, State
    from overflight.costs import Aircraft, Cost
    from overflight.costs.pacing import Wind
    from overflight.costs.rates import UnitRates
    from overflight.routes import Route
    from overflight.rules.layers import Entries, Layer
    from overflight.rules.schedule import Schedule
    from overflight.rules.verdicts import Verdict

__all__ = ["Answered"]


class Answered(Listed):
    """What has a verdict, the rule sets that it is by, and a margin."""

    route: Route
    on: dt.date
    allow: frozenset[State]
    sets: tuple[RuleSet, ...]
    margin_km: float
    schedule: Schedule | None
    max_extension_pct: float | None

    def _listing(self) -> Listing:
        rules = "; ".join(one.text for one in self.sets)

        def rows() -> Iterator[tuple[str, str | float]]:
            yield "answer", (self.answer or "not known") if self.sets else "no rule given"
            yield "rules", rules
            yield "consents assumed", ", ".join(state.name for state in sorted(self.allow))
            yield "margin, km", self.margin_km
            yield "in words", self.sentence

        title = f"Case {self.route.label}, {self.route.length_km:,.1f} km, on {self.on}"
        return Listing(title, (rules,) if rules else (), ("what", "value"), rows(), 5)

    @property
    def verdict(self) -> Verdict:
        """What the rules say of the route."""
        raise NotImplementedError

    @property
    def answer(self) -> Answer | None:
        """What the verdict comes to: ``"free"``, ``"with-consent"`` or ``"forbidden"``.

        None where it is not known whether something is entered (the sentence says why), and where no rule says what.

        Examples
        --------
        >>> import overflight as of
        >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc - HUN", allow="UKR,POL")
        >>> print(case.answer, case.sentence, sep=": ")
        forbidden: Enters Slovakia, a state party to the ICC other than Hungary; besides, Ukraine and Poland, whose \
consent is assumed.
        """
        return answer_of(self.verdict) if self.sets else None

    @property
    def sentence(self) -> str:
        """What the verdict comes to, in a sentence or two: who is entered, of what they are members, what is open."""
        if self.sets or self.max_extension_pct is not None:
            return sentence(self.verdict, self.sets, margin_km=self.margin_km)
        return without_rule(self.verdict)

    @property
    def closest(self) -> dict[str, float]:
        """How near the route comes to each state of the rules that it does not enter: km, by code, the nearest first.

        Of states within 100 km, or within the margin where that is more.
        """
        return closest_km(self.verdict)

    def entries(
        self,
        layer: Layer,
        *,
        aircraft: str | Aircraft = "narrow-body",
        wind: Wind = "none",
        level: str | None = None,
    ) -> Entries:
        """List what the route enters of a layer, by the case's own schedule if it has one, as `Layer.entries` does."""
        return layer.entries(self.route, on=self.on, schedule=self.schedule, aircraft=aircraft, wind=wind, level=level)

    def cost(
        self,
        *,
        aircraft: str | Aircraft = "narrow-body",
        wind: Wind = "none",
        rates: str | Path | UnitRates | None = None,
        mtow_t: float | None = None,
    ) -> Cost:
        """Work out what flying the route takes, in whole and by crossing of the verdict's, as `overflight.cost` does.

        Examples
        --------
        >>> import overflight as of
        >>> found = of.Case.of(["VKO", "BUD"], on="2025-10-23").cost(aircraft="narrow-body")
        >>> last = found.crossings[-1]
        >>> round(found.time_min.typical), last.crossing.state.code, round(last.time_min.typical)
        (125, 'HUN', 20)
        """
        from overflight.costs import cost  # which few questions need

        return cost(
            self.route,
            aircraft=aircraft,
            wind=wind,
            on=self.on,
            crossings=self.verdict.crossings,
            rates=rates,
            mtow_t=mtow_t,
        )
