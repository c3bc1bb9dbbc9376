"""What came of all rules: the verdict on a route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from overflight._crossings import Crossing, Crossings
from overflight.airspace.bans import applies_to
from overflight.outside.listing import Listed, Listing
from overflight.outside.printable import visible
from overflight.routes import Route
from overflight.rules.findings import RANK, Finding, Status
from overflight.rules.wording.findings import brief, sentences

__all__ = ["Standing", "Verdict", "standings"]

Standing = Literal["forbidden", "consented", "free"]
"""What the rules make of a crossing; one that they forbid at another time only is free."""


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(Listed):
    """All findings about one route, and the worst of them."""

    route: Route
    crossings: Crossings
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        """The worst status of any finding; `clear` without findings."""
        return max((f.status for f in self.findings), key=RANK.__getitem__, default="clear")

    @property
    def passed(self) -> bool:
        """Whether every rule is met with room to spare: nothing crossed, nothing marginal."""
        return self.status == "clear"

    @property
    def reservations(self) -> tuple[str, ...]:
        """What is entered and may be forbidden: in part, for some hours, or by a rule that may no longer hold."""
        return tuple(dict.fromkeys(f.note for f in self.findings if f.status == "marginal" and f.crossings))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What there is to know, though it decides nothing: of what is not entered, and of what a rule excepts."""
        clear = (f for f in self.findings if f.status == "clear" and (f.state or f.area) and not f.crossings)
        said = [f.note for f in clear if f.note]
        return tuple(dict.fromkeys([*said, *(text for f in self.findings for text in f.terms)]))

    def __bool__(self) -> bool:
        """Tell whether it passed, so that a test may say `assert verdict`."""
        return self.passed

    def __repr__(self) -> str:
        """Say on one line what a failed assertion should show: the worst first, then who and for how long."""
        name = (self.route.name or "route")[:60]
        told = {f"{f.rule[:30]}: {brief(f)}": None for f in sorted(self.findings, key=lambda f: -RANK[f.status])}
        worst = [text for text in told if self.passed or not text.endswith(" clear")]
        more = [f"and {len(worst) - 6} more"] if len(worst) > 6 else []
        told_of = [f"{name!r}, {self.route.length_km:,.1f} km", *worst[:6], *more]
        return visible(f"<Verdict {self.status}: {'; '.join(told_of)}>")

    def _listing(self) -> Listing:
        found = sorted(self.findings, key=lambda f: (-RANK[f.status], not f.crossings))
        return Listing(
            title=f"Verdict on {self.route.label}, {self.route.length_km:,.1f} km: {self.status}",
            words=(),
            header=("rule", "state or area", "answer", "km inside", "km away"),
            rows=(
                [
                    f.rule,
                    f.state.name if f.state else f.area or "",
                    _answer(f),
                    f.length_km if f.crossings else None,
                    f.closest_km if f.state and not f.crossings else None,
                ]
                for f in found
            ),
            total=len(found),
        )

    def explain(self) -> str:
        """Return a briefing: the route, a line for each finding, the worst first, and to whom each bloc applies."""
        name = visible(self.route.name or "route")
        lines = [f"{name} ({self.route.length_km:,.1f} km): {self.status}"]
        for finding in sorted(self.findings, key=lambda f: -RANK[f.status]):
            lines += [f"  {visible(line)}" for line in sentences(finding)]
        by = (name for f in self.findings for name in (f.rule, *(ground.bloc for ground in f.grounds)))
        about = applies_to(dict.fromkeys(by))
        lines += [f"  {name} applies to {words}" for name, words in about.items()]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return status and findings as the JSON of `overflight check` has them."""
        return {"status": self.status, "findings": [f.to_dict() for f in self.findings]}


def _answer(finding: Finding) -> str:
    """Say of a finding what the rule makes of it."""
    if finding.status == "clear":
        return "needs consent" if finding.consented and finding.crossings else "free"
    return "forbidden" if finding.status == "crosses" else finding.status


def standings(verdict: Verdict) -> dict[Crossing, Standing]:
    """Return what the rules make of each crossing that a finding is about; every other one is free."""
    found: dict[Crossing, Standing] = {}
    for finding in verdict.findings:
        for crossing in finding.crossings:
            if finding.status == "crosses":
                found[crossing] = "forbidden"
            elif finding.consented:
                found.setdefault(crossing, "consented")
    return found
