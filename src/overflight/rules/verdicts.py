"""What came of a rule: findings, the verdict, and how both are put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from overflight._crossings import Approach, Crossing, Crossings
from overflight.airspace import State
from overflight.outside.printable import visible
from overflight.routes import Route

__all__ = ["Finding", "Status", "Verdict", "latlon"]

Status = Literal["clear", "marginal", "crosses"]
_RANK: dict[Status, int] = {"clear": 0, "marginal": 1, "crosses": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says about one state or area (or about the route as a whole, where both are None).

    Attributes
    ----------
    rule : str
        Name of the rule.
    state : State or None
        The state concerned.
    status : {"clear", "marginal", "crosses"}
        `marginal`: not entered, but nearer to a border than that is known, or than the rule's margin; or entered, where
        the rule is about a part of the state or about some hours, or may no longer hold (the note says so); of the
        route as a whole: a requirement that is not met, such as that on its length.
    length_km : float
        Kilometres inside the state's airspace, all crossings together.
    closest_km : float or None
        Closest approach to it; 0 where it is entered, None where it is farther than the search radius.
    approach : Approach or None
        Where the closest approach is.
    crossings : tuple of Crossing
        The crossings behind `length_km`.
    note : str
        What else a reader must know, such as a dispute or a consent; may be empty.
    area : str or None
        The name of the area concerned.
    claimed : tuple of Crossing
        Crossings of disputed parts that the state claims, but that count for their holder in the view. They decide
        nothing.
    consented : bool
        Whether it is entered with consent.
    """

    rule: str
    state: State | None
    status: Status
    length_km: float = 0.0
    closest_km: float | None = None
    approach: Approach | None = None
    crossings: tuple[Crossing, ...] = ()
    note: str = ""
    area: str | None = None
    claimed: tuple[Crossing, ...] = ()
    consented: bool = False

    @property
    def claimed_km(self) -> float:
        """Kilometres in what the state claims and another holds."""
        return sum(crossing.length_km for crossing in self.claimed)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as the JSON of `overflight check` has it."""
        found: dict[str, Any] = {
            "rule": self.rule,
            "state": self.state.code if self.state else None,
            "status": self.status,
            "length_km": round(self.length_km, 3),
            "closest_km": None if self.closest_km is None else round(self.closest_km, 3),
        }
        if self.approach:
            found["closest_at_km"] = round(self.approach.at_km, 3)
            found["closest_on_route"] = [round(x, 6) for x in self.approach.on_route]
            found["closest_on_border"] = [round(x, 6) for x in self.approach.on_border]
            found["accuracy_m"] = round(self.approach.accuracy_m)
        if self.area is not None:
            found["area"] = self.area
            found["stays"] = [
                {key: row[key] for key in ("entry_km", "exit_km", "length_km", "entry", "exit")}
                for row in (crossing.to_dict() for crossing in self.crossings)
            ]
        if self.claimed:
            found["claimed_km"] = round(self.claimed_km, 3)
        if self.note:
            found["note"] = self.note
        return found


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """All findings about one route, and the worst of them."""

    route: Route
    crossings: Crossings
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        """The worst status of any finding; `clear` without findings."""
        return max((f.status for f in self.findings), key=_RANK.__getitem__, default="clear")

    @property
    def passed(self) -> bool:
        """Whether every rule is met with room to spare: nothing crossed, nothing marginal."""
        return self.status == "clear"

    @property
    def reservations(self) -> tuple[str, ...]:
        """What is entered and may be forbidden: in part, for some hours, or by a rule that may no longer hold."""
        return tuple(dict.fromkeys(f.note for f in self.findings if f.status == "marginal" and f.crossings))

    def __bool__(self) -> bool:
        """Tell whether it passed, so that a test may say `assert verdict`."""
        return self.passed

    def __repr__(self) -> str:
        """Say on one line what a failed assertion should show: the worst first, then who and for how long."""
        name = (self.route.name or "route")[:60]
        told = {f"{f.rule[:30]}: {_brief(f)}": None for f in sorted(self.findings, key=lambda f: -_RANK[f.status])}
        worst = [text for text in told if self.passed or not text.endswith(" clear")]
        more = [f"and {len(worst) - 6} more"] if len(worst) > 6 else []
        told_of = [f"{name!r}, {self.route.length_km:,.1f} km", *worst[:6], *more]
        return visible(f"<Verdict {self.status}: {'; '.join(told_of)}>")

    def explain(self) -> str:
        """Return a briefing: the route, then a line for each finding, the worst first."""
        name = visible(self.route.name or "route")
        lines = [f"{name} ({self.route.length_km:,.1f} km): {self.status}"]
        for finding in sorted(self.findings, key=lambda f: -_RANK[f.status]):
            lines += [f"  {visible(line)}" for line in _sentences(finding)]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return status and findings as the JSON of `overflight check` has them."""
        return {"status": self.status, "findings": [f.to_dict() for f in self.findings]}


def latlon(lonlat: tuple[float, float]) -> str:
    """Latitude first, as people read it."""
    lon, lat = lonlat
    return f"{abs(lat):.4f}{'N' if lat >= 0 else 'S'} {abs(lon):.4f}{'E' if lon >= 0 else 'W'}"


def _brief(finding: Finding) -> str:
    """Say of a finding who and how much, ending with its status where that is not told by it."""
    if finding.state is None and finding.area is None:
        return "met" if finding.status == "clear" else "not met"
    who = finding.state.code if finding.state else f"area {finding.area}"
    if finding.status == "crosses":
        return f"{who} {finding.length_km:,.1f} km"
    if finding.crossings:
        return f"{who} {finding.length_km:,.1f} km, {finding.status}"
    if finding.closest_km is None:
        return f"{who} claims {finding.claimed_km:,.1f} km, {finding.status}"
    return f"{who} {finding.closest_km:,.1f} km away, {finding.status}"


def _sentences(finding: Finding) -> list[str]:
    note = f" ({finding.note})" if finding.note else ""
    if finding.state is None and finding.area is None:
        return [f"{finding.rule}: {'met' if finding.status == 'clear' else 'not met'}{note}"]
    who = f"{finding.state.name} ({finding.state.code})" if finding.state else f"area {finding.area}"
    claims = [
        f"{finding.rule}: {who} claims {crossing.length_km:,.1f} km that count for {crossing.state.name} "
        f"(km {crossing.entry_km:,.1f} to {crossing.exit_km:,.1f}; {crossing.disputed})"
        for crossing in finding.claimed
    ]
    if finding.crossings:
        verb = "crosses" if finding.status == "crosses" else "enters"
        return [
            f"{finding.rule}: {verb} {who} for {one.length_km:,.1f} km, in at {latlon(one.entry)} "
            f"(km {one.entry_km:,.1f}), out at {latlon(one.exit)} (km {one.exit_km:,.1f}), {one.role}{note}"
            for one in finding.crossings
        ] + claims
    near = f"; closest {finding.closest_km:,.2f} km" if finding.closest_km is not None else ""
    if finding.approach:
        near += f" at km {finding.approach.at_km:,.1f} ({latlon(finding.approach.on_route)})"
    return [f"{finding.rule}: {finding.status}, {who} not entered{near}{note}", *claims]
