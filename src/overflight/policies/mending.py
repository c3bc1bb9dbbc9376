"""The least that would mend a breach: another route, with as few consents as may be, or consent to the one flown."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overflight.proposals.mends import DIGITS, PATIENCE_S, ends_too_near, other_route
from overflight.routes.places import typed
from overflight.rules.wording.kinds import listed

if TYPE_CHECKING:
    from overflight.case import Case
    from overflight.rules import Finding

__all__ = ["Mend", "Mender", "Way"]


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
    """

    length_km: float
    extra_km: float
    consents: tuple[str, ...]
    codes: tuple[str, ...]
    waypoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mend:
    """What would do.

    Attributes
    ----------
    way : Way or None
        The shortest lawful route with the fewest consents that was found.
    keep : tuple of str
        Names of the states with whose consent the planned route would do; empty where no consent opens it.
    codes : tuple of str
        Their codes.
    complete : bool
        Whether the search was not cut short.
    """

    way: Way | None = None
    keep: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    complete: bool = True

    @property
    def sentence(self) -> str:
        """Say it in a sentence."""
        said = []
        if self.way is not None:
            asking = f" only with the consent of {_names(self.way.consents)}" if self.way.consents else ""
            far = f"{self.way.length_km:,.1f} km ({self.way.extra_km:+,.1f} km)"
            said.append(f"{far}{asking}: {' '.join(self.way.waypoints)}")
        if self.keep:
            said.append(f"{'or ' if said else ''}keep this route with the consent of {_names(self.keep)}")
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
            },
            "consents": list(self.codes),
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

    def mend(self, case: Case, found: Iterable[Finding]) -> Mend:
        """Look for the least that mends what was found of a case."""
        found = tuple(found)
        asked = sorted({f.state for f in found if f.status != "clear" and f.state is not None})
        closed = {(rule.name, state) for rule in case.avoiding for state in rule.unasked}
        shut = any(f.state is None or (f.rule, f.state) in closed for f in found)
        keep = () if shut else tuple(asked)
        names = tuple(case.world.state(code).in_text for code in keep)
        codes = tuple(state.code for state in keep)
        if ends_too_near(case):
            return Mend(None, names, codes)
        left_s = PATIENCE_S if self.ends is None else min(PATIENCE_S, self.ends - time.monotonic())
        if left_s <= 0.0:
            return Mend(None, names, codes, complete=False)
        begun = time.monotonic()
        other = other_route(case, case.route.label, left_s)
        if other is None:
            return Mend(None, names, codes, complete=time.monotonic() - begun < left_s)
        new, consents = other
        way = Way(
            length_km=new.route.length_km,
            extra_km=new.route.length_km - case.route.length_km,
            consents=tuple(case.world.state(code).in_text for code in consents),
            codes=consents,
            waypoints=tuple(typed(point, digits=DIGITS) for point in new.route.waypoints),
        )
        return Mend(way, names, codes)


def _names(names: tuple[str, ...]) -> str:
    return listed(list(names), len(names))
