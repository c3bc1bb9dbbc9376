"""The least that would mend a breach: another route, with as few consents as may be, or consent to the one flown."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from overflight.proposals.mends import DIGITS, PATIENCE_S, ends_too_near, other_route
from overflight.routes.places import typed
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.airspace import RuleSet, State
    from overflight.case import Case
    from overflight.routes import Route
    from overflight.rules import Finding

__all__ = ["Mend", "Mender", "Way", "part_of"]


@dataclass(frozen=True, slots=True)
class Way:
    """Another route between the same ends.

    Attributes
    ----------
    length_km, extra_km : float
        Its length, and how much longer it is than the one that was planned.
    consents : tuple of str
        Names of the states whose consent it takes; empty where it takes none.
    codes : tuple of str
        Their codes.
    waypoints : tuple of str
        Its points, as `overflight check` takes them.
    wide_km : float
        The margin that it keeps off everything, where that is more than some of the rules ask; else 0. A shorter one
        may obey.
    """

    length_km: float
    extra_km: float
    consents: tuple[str, ...]
    codes: tuple[str, ...]
    waypoints: tuple[str, ...]
    wide_km: float = 0.0


@dataclass(frozen=True, slots=True)
class Mend:
    """What would do.

    Attributes
    ----------
    way : Way or None
        The shortest route with the fewest consents that was found and obeys all rules that bind the flight.
    keep : tuple of str
        Names of the states with whose consent the planned route would do; empty where no consent opens it.
    codes : tuple of str
        Their codes.
    complete : bool
        Whether the search was not cut short.
    alone : bool
        Whether the flight breaks no other rule: else the consents of `keep` are not all that the planned route needs.
    """

    way: Way | None = None
    keep: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    complete: bool = True
    alone: bool = True

    @property
    def sentence(self) -> str:
        """Say it in a sentence."""
        said = []
        if self.way is not None:
            asking = f" only with the consent of {_names(self.way.consents)}" if self.way.consents else ""
            far = f"{self.way.length_km:,.1f} km ({self.way.extra_km:+,.1f} km)"
            wide = f", {self.way.wide_km:.1f} km off everything" if self.way.wide_km else ""
            said.append(f"{far}{wide}{asking}: {' '.join(self.way.waypoints)}")
        if self.keep:
            rule = "" if self.alone else " (by this rule alone)"
            said.append(f"{'or ' if said else ''}keep this route with the consent of {_names(self.keep)}{rule}")
        if not said:
            return "no lawful way was found" if self.complete else "not looked for: the time for mends is up"
        cut = "" if self.complete or self.way is not None else "; other routes were not looked for, the time is up"
        return f"to mend it: {'; '.join(said)}{cut}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight gate` has it."""
        way = self.way
        return {
            "sentence": self.sentence,
            "detour": way
            and {
                "length_km": round(way.length_km, 3),
                "extra_km": round(way.extra_km, 3),
                "consents": list(way.codes),
                "waypoints": list(way.waypoints),
                "wide_km": round(way.wide_km, 3),
            },
            "consents": list(self.codes),
            "alone": self.alone,
            "complete": self.complete,
        }


class Mender:
    """Looks for mends within so many seconds in all; no longer than `PATIENCE_S` for one.

    Parameters
    ----------
    time_limit_s : float or None
        For all of them; None for as long as they take.
    """

    def __init__(self, time_limit_s: float | None) -> None:
        self.ends = None if time_limit_s is None else time.monotonic() + time_limit_s

    def way(self, parts: Sequence[Case]) -> tuple[Way | None, bool]:
        """Look for the shortest lawful route with the fewest consents; tell whether the search was not cut short.

        Parameters
        ----------
        parts : sequence of Case
            What it has to obey; of one route.

        Notes
        -----
        One search keeps one margin. The least of those of the parts is tried first, for a route that obeys all of
        them by it is the shortest; then the others.
        """
        if any(map(ends_too_near, parts)):
            return None, True
        left_s = PATIENCE_S if self.ends is None else min(PATIENCE_S, self.ends - time.monotonic())
        ends = time.monotonic() + left_s
        for margin_km in sorted({part.margin_km for part in parts}):
            if (left_s := ends - time.monotonic()) <= 0.0:
                return None, False
            case = _joined(parts, margin_km)
            found = other_route(case, case.route.label, left_s)
            if found is None:
                continue
            new, consents = found
            if all(part.with_route(new.route).allowing(consents).verdict.passed for part in parts):
                wide_km = margin_km if margin_km > min(part.margin_km for part in parts) else 0.0
                return replace(_way(case, new.route, consents), wide_km=wide_km), True
        return None, time.monotonic() < ends

    @staticmethod
    def mend(case: Case, found: Sequence[Finding], other: tuple[Way | None, bool], *, alone: bool) -> Mend:
        """Say what would mend what was found of a case: another way, or the consent to this one."""
        asked = sorted({f.state for f in found if f.state is not None})
        closed = {(rule.name, state) for rule in case.avoiding for state in rule.unasked}
        shut = any(f.state is None or (f.rule, f.state) in closed for f in found)
        codes = () if shut else tuple(state.code for state in asked)
        names = tuple(case.world.state(code).in_text for code in codes)
        return Mend(other[0], names, codes, complete=other[1], alone=alone)


def part_of(base: Case, line: Route, opened: Iterable[State]) -> Case:
    """Return a case with consents and waivers taken out of its rules, of a route."""
    open_, count = frozenset(opened), len(base.avoid)
    avoid = tuple(one.without(base.allow | open_) for one in base.sets[:count])
    never = tuple(one.without(open_) for one in base.sets[count:])
    return replace(
        base, route=line, given=None, known=None, avoid=avoid, never=never, sets=(*avoid, *never), allow=frozenset()
    )


def _joined(parts: Sequence[Case], margin_km: float) -> Case:
    """Return one case of all rules of several; areas of two policies may have one name."""

    def apart(sets: Iterable[RuleSet], key: int) -> Iterator[RuleSet]:
        for one in sets:
            yield replace(one, areas=tuple(replace(area, name=f"{key} {area.name}") for area in one.areas))

    avoid = tuple(one for k, part in enumerate(parts) for one in apart(part.sets[: len(part.avoid)], k))
    never = tuple(one for k, part in enumerate(parts) for one in apart(part.sets[len(part.avoid) :], k))
    return replace(parts[0], avoid=avoid, never=never, sets=(*avoid, *never), margin_km=margin_km)


def _way(case: Case, found: Route, consents: tuple[str, ...]) -> Way:
    return Way(
        length_km=found.length_km,
        extra_km=found.length_km - case.route.length_km,
        consents=tuple(case.world.state(code).in_text for code in consents),
        codes=consents,
        waypoints=tuple(typed(point, digits=DIGITS) for point in found.waypoints),
    )


def _names(names: tuple[str, ...]) -> str:
    return listed(list(names), len(names))
