"""What one rule says of a route: who is entered or near, for how long, and what else a reader must know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from overflight._crossings import Approach, Crossing
from overflight.airspace import State
from overflight.airspace.ruleset import Ground

__all__ = ["RANK", "Finding", "Status"]

Status = Literal["clear", "marginal", "crosses"]
RANK: dict[Status, int] = {"clear": 0, "marginal": 1, "crosses": 2}
"""The worse, the higher."""


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
        the rule is about a part of the state or about some hours, or may no longer hold, or where an area's limits are
        nearer to the recorded height than that is known (the note says so); of the
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
        What else a reader must know, such as a dispute, or that it takes a consent; may be empty.
    area : str or None
        The name of the area concerned.
    claimed : tuple of Crossing
        Crossings of disputed parts that the state claims, but that count for their holder in the view. They decide
        nothing.
    consented : bool
        Whether it is entered, and its consent is assumed.
    grounds : tuple of Ground
        Of ``bans``: the rows that shut the state's airspace to the operator; the note has them in words.
    open : bool
        Of the route as a whole: whether it is not known if the rule was kept, for want of positions; the note says
        where, and `could` who could have been crossed there.
    could : tuple of State
        See `open`.
    presumed : bool
        Whether all its crossings are of straight legs over gaps of a recording: no position was recorded in them.
    terms : tuple of str
        What the rule says of the hours in which the state is entered, exceptions among it; the note has it, too.
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
    grounds: tuple[Ground, ...] = ()
    open: bool = False
    could: tuple[State, ...] = ()
    presumed: bool = False
    terms: tuple[str, ...] = ()

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
        if self.open:
            found["could_cross"] = [state.code for state in self.could]
        if self.presumed:
            found["presumed"] = True
        if self.note:
            found["note"] = self.note
        if self.grounds:
            found["grounds"] = [ground.to_dict() for ground in self.grounds]
        return found
