"""What the gaps of a recorded flight allow: whom it must have crossed, whom it could have, whom it can't have."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from overflight._crossings import crossings
from overflight._crossings.reach import outline, within
from overflight.airspace import State, owners
from overflight.airspace.overlay import partition
from overflight.case import Case
from overflight.detours.budget import INTERRUPTED, Budget
from overflight.detours.roundings import way_round
from overflight.errors import UnknownStateError
from overflight.partition.locate import locate_piece
from overflight.routes import Route, Waypoint
from overflight.routes.tracks import Leeway, Track
from overflight.rules.gaps import Silence, forbidding, holders_of, pieces_of
from overflight.rules.schedule import parse_speed
from overflight.rules.wording.gaps import ANY_HEIGHT, AT_BORDER, ENDS, REACHED, open_way, proven, too_far

if TYPE_CHECKING:
    from overflight.airspace import Airspaces, Area, RuleSet
    from overflight.rules.avoid import Avoid

__all__ = ["Answer", "GapAnswer", "RuleAnswer", "StateAnswer", "gaps"]

Answer = Literal["crossed", "could", "cannot", "unknown"]
RANK: dict[Answer, int] = {"crossed": 0, "could": 1, "unknown": 2, "cannot": 3}
"""In this order they are listed."""
GAP_S, FLIGHT_S = 2.0, 15.0
"""How much time of the processor the search for bounds takes at most, for a gap and for all of a flight; what is not
proven then could have been crossed."""
MEMORY_MB = 500.0
SAME_KM = 1e-6
"""No two places are so near each other."""


@dataclass(frozen=True, slots=True)
class StateAnswer:
    """What a gap allows of one state.

    Attributes
    ----------
    state : State
        The state; of a rule, also an area.
    answer : {"crossed", "could", "cannot", "unknown"}
        ``"crossed"`` is proven.
    why : str
        What that follows from.
    bound_km : float or None
        No way that keeps out of it is shorter, where that was looked for.
    straight : bool
        Whether the straight leg over the gap crosses it, which is presumed, not recorded.
    """

    state: State
    answer: Answer
    why: str
    bound_km: float | None = None
    straight: bool = False


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What a gap allows of all that one rule forbids, taken together.

    Attributes
    ----------
    rule : str
        Its name.
    answer, why, bound_km
        As of a state: ``"crossed"`` where at least one of its states or areas must have been, whichever.
    states : tuple of State
        The states, and areas, of the rule that must or could have been crossed.
    """

    rule: str
    answer: Answer
    why: str
    bound_km: float | None = None
    states: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """What one gap allows.

    Attributes
    ----------
    leeway : Leeway
        Where and when it is, and how far the aircraft can have flown.
    states : tuple of StateAnswer
        Who must have been crossed, then who could have been, by code; all others can't have been.
    rules : tuple of RuleAnswer
        For each rule of the case.
    cannot : int
        How many states can't have been crossed.
    """

    leeway: Leeway
    states: tuple[StateAnswer, ...]
    rules: tuple[RuleAnswer, ...]
    cannot: int
    _all: frozenset[State] = field(default=frozenset(), repr=False)

    def codes(self, answer: Answer) -> list[str]:
        """List the codes of the states of which this is the answer; those that can't have been crossed, too."""
        if answer == "cannot":
            return sorted(self._all.difference(one.state for one in self.states)) if not self.leeway.trouble else []
        return [one.state.code for one in self.states if one.answer == answer]

    def of(self, what: str) -> StateAnswer | RuleAnswer:
        """Return the answer for a state, by its code, or for a rule, by its name.

        Raises
        ------
        UnknownStateError
            If it is neither.
        """
        by_name: dict[str, StateAnswer | RuleAnswer] = {one.rule: one for one in self.rules}
        by_name |= {one.state: one for one in self.states}
        if what in by_name:
            return by_name[what]
        state = next((state for state in self._all if state == what), None)
        if state is None:
            rules = ", ".join(one.rule for one in self.rules) or "none"
            msg = f"{what[:40]!r}: no state of that code, and no rule of that name: the rules are {rules}"
            raise UnknownStateError(msg)
        if self.leeway.trouble:
            return StateAnswer(state, "unknown", self.leeway.trouble)
        return StateAnswer(state, "cannot", too_far(self.leeway))

    def outline(self) -> list[tuple[float, float]] | None:
        """Return the edge of where the aircraft can have been: (lon, lat) in degrees, anticlockwise.

        None where nothing follows from the gap, or the ellipse covers half of the Earth.
        """
        leeway = self.leeway
        return None if leeway.trouble else outline(leeway.start, leeway.goal, leeway.possible_km)

    def to_dict(self) -> dict[str, Any]:
        """Return the gap as the JSON of `overflight check` has it."""
        leeway = self.leeway
        known = not leeway.trouble
        return {
            "leg": leeway.leg,
            "from_time": leeway.begin,
            "to_time": leeway.end,
            "from": [round(x, 6) for x in leeway.start],
            "to": [round(x, 6) for x in leeway.goal],
            "between_parts": leeway.between_parts,
            "km": round(leeway.km, 3),
            "seconds": _number(leeway.seconds, 1),
            "clock_s": leeway.clock_s,
            "position_km": round(leeway.position_km, 3),
            "max_speed_kt": leeway.max_speed_kt,
            "possible_km": _number(leeway.possible_km, 3),
            **({} if known else {"unknown": leeway.trouble}),
            "states": [
                {
                    "code": one.state.code,
                    "name": one.state.name,
                    "answer": one.answer,
                    "bound_km": _number(one.bound_km, 3),
                    "possible_km": _number(leeway.possible_km, 3),
                    "straight": one.straight,
                    "why": one.why,
                }
                for one in self.states
            ],
            "cannot": self.cannot,
            "rules": [
                {
                    "rule": one.rule,
                    "answer": one.answer,
                    "bound_km": _number(one.bound_km, 3),
                    "states": [state.code for state in one.states],
                    "why": one.why,
                }
                for one in self.rules
            ],
        }


def _number(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, digits)


def gaps(
    what: Case | Route, *, max_speed: float | str | None = None, time_limit_s: float = FLIGHT_S
) -> tuple[GapAnswer, ...]:
    r"""Say whom a recorded flight must have crossed in its gaps, whom it could have, and whom it can't have.

    In a gap nothing was recorded for more than ten minutes, or the file begins a new part. An aircraft that does not
    exceed some ground speed can have been anywhere in a geodesic ellipse about the two positions. A state was *crossed*
    if one of the positions lies in it, farther from its border than both may be wrong, or the shortest way that keeps
    out of it is longer than the time allows; it *could* have been if its airspace comes within the ellipse; else it
    *can't* have been.

    Parameters
    ----------
    what : Case or Track
        The recorded flight, with its rules; a track alone is judged as of its own date, by no rule. A route that is no
        recording has no gaps.
    max_speed : float or str, optional
        The ground speed that the aircraft is taken not to exceed, wind included: with its unit, as ``"600kt"``, or in
        km/h. By default that of the case, else 600 kt.
    time_limit_s : float
        How much time of the processor the search for bounds may take; what is not proven then could have been crossed,
        and says so.

    Returns
    -------
    tuple of GapAnswer
        In the order of time.

    Raises
    ------
    OverflightError
        If the speed can't be read.

    Notes
    -----
    Error bound: nothing that was crossed is among what can't have been, and what must have been was, if the aircraft
    was no faster, its positions were no farther off than `Leeway.position_km`, its clock told the time to
    `Leeway.clock_s`, and each border lies no farther from where it is stored than `Airspaces.arc_accuracy_m` says. All
    of that is taken into account: what could have been reaches up to that much, and 20 m, beyond the ellipse.

    "Can't": a lower bound of the way by each border from bounds of its parts, halved until they tell
    (`overflight._crossings.reach`). "Must": the proven lower bound of the shortest way round what is surely the state's
    (`overflight.detours.roundings`). Where it is not known whether there is a way round in time, the state could have
    been crossed. A piece that several states claim and nobody holds undisputed counts for each. Members are those of
    every date of the gap: of a rule, *could* goes by any of them, *must* by all of them. `overflight batch` judges gaps
    as straight legs only.

    Examples
    --------
    >>> from overflight import gaps
    >>> from overflight.routes.files import parse_bytes
    >>> rows = b"time,lat,lon\n2025-10-23T07:00:05Z,54.913,33.524\n2025-10-23T07:55:00Z,52.217,22.408\n"
    >>> (track,) = parse_bytes(rows, "a.csv", where="a.csv")
    >>> (gap,) = gaps(track, max_speed="510kt")
    >>> gap.codes("crossed"), gap.codes("could"), gap.of("DEU").answer
    (['BLR', 'POL', 'RUS'], ['LTU', 'UKR'], 'cannot')
    >>> gap.of("BLR").why
    'no way round it is shorter than 956.3 km, and 866.8 km were possible'
    """
    if not isinstance(what, Case | Track):
        return ()
    case = what if isinstance(what, Case) else Case.of(what)
    if max_speed is not None:
        case = replace(case, max_speed_kmh=parse_speed(max_speed) if isinstance(max_speed, str) else max_speed)
    asked = _Asked(case, time_limit_s)
    return tuple(asked.answer(gap) for gap in case.gaps)


class _Asked:
    """A recorded flight, its rules, and the time that is left for its gaps."""

    def __init__(self, case: Case, left_s: float) -> None:
        self.case = case
        self.left_s = left_s
        self.states = frozenset(case.world.states)
        self.names = {state: state for state in (*self.states, *(area.holder for area in case.forbidden.areas))}
        self.held: dict[State, set[int]] = {}
        for piece in case.world.pieces:
            for state in owners(piece):
                self.held.setdefault(state, set()).add(piece.id)

    def answer(self, gap: Silence) -> GapAnswer:
        """Say what a gap allows."""
        leeway = gap.leeway
        if leeway.trouble:
            rules = tuple(RuleAnswer(rule.name, "unknown", leeway.trouble) for rule in self.case.avoiding)
            return GapAnswer(leeway, (), rules, 0, self.states)
        limit_s = min(GAP_S, max(self.left_s, 0.0))
        with Budget(limit_s, MEMORY_MB, label=self.case.route.label, clock=time.process_time) as budget:
            budget.tell(f"looking for ways round in the gap {leeway.words}")
            place = _Place(self.case.world, gap)
            states = [self._of(state, place) for state in self.held if self.held[state] & gap.pieces]
            rules = tuple(self._by(rule, place) for rule in self.case.avoiding)
        if budget.reason == INTERRUPTED:
            raise KeyboardInterrupt
        self.left_s -= budget.took_s
        states.sort(key=lambda one: (RANK[one.answer], one.state))
        return GapAnswer(
            leeway, tuple(states), rules, len(self.states.difference(s.state for s in states)), self.states
        )

    def _of(self, state: State, place: _Place) -> StateAnswer:
        told = place.told(frozenset(self.held[state]))
        return StateAnswer(self.names.get(state, state), told.answer, told.why, told.bound_km, told.straight)

    def _by(self, rule: Avoid, place: _Place) -> RuleAnswer:
        """Say what a gap allows of a rule: of what it forbids on any date of the gap, and on all of them."""
        leeway = place.gap.leeway
        sets = forbidding(rule, leeway)
        maybe: dict[int, set[State]] = {}
        for chosen in sets:
            for piece, states in holders_of(self.case.world, chosen, rule.allow).items():
                maybe.setdefault(piece, set()).update(states)
        certain = frozenset.intersection(*(_certain(self.case.world, chosen, rule.allow) for chosen in sets))
        could = {state for piece in place.gap.pieces for state in maybe.get(piece, ())}
        told = [place.told(certain)] if could else []
        for area in sets[0].areas:
            found = _Place.of_area(area, leeway).told(None)
            if area.code in rule.allow or found.answer == "cannot":
                continue
            if area.has_limits:  # nobody knows how high it flew
                found = found._replace(answer="could", why=ANY_HEIGHT)
            told.append(found)
            could.add(area.holder)
        best = min(told, key=lambda one: RANK[one.answer], default=None)
        listed = tuple(self.names.get(state, state) for state in sorted(could))
        if best is None:
            return RuleAnswer(rule.name, "cannot", too_far(leeway))
        if best.answer == "cannot":  # what it can reach is forbidden in part, or for some of the time
            return RuleAnswer(rule.name, "could", REACHED, None, listed)
        return RuleAnswer(rule.name, best.answer, best.why, best.bound_km, listed)


class _Told(NamedTuple):
    answer: Answer
    why: str
    bound_km: float | None = None
    straight: bool = False


class _Place:
    """A gap in a world: what can be reached there, and what was found of ways round."""

    def __init__(self, world: Airspaces, gap: Silence) -> None:
        self.world = world
        self.gap = gap
        leeway = gap.leeway
        self.ends = tuple(locate_piece(world.index, *end) for end in (leeway.start, leeway.goal))
        self.around = tuple(within(world, end, leeway.position_km) for end in (leeway.start, leeway.goal))
        self.passed = _passed(world, leeway)
        self._found: dict[frozenset[int], _Told] = {}

    @classmethod
    def of_area(cls, area: Area, leeway: Leeway) -> _Place:
        """Return the gap in the world as an area divides it."""
        alone = partition((area,))
        return cls(alone, Silence(leeway, pieces_of(alone, leeway)))

    def told(self, pieces: frozenset[int] | None) -> _Told:
        """Say what the gap allows of some pieces, taken together; of all there are, by default."""
        near = self.gap.pieces if pieces is None else pieces & self.gap.pieces
        if near not in self._found:
            self._found[near] = self._told(near)
        return self._found[near]

    def _told(self, near: frozenset[int]) -> _Told:
        leeway = self.gap.leeway
        if not near:
            return _Told("cannot", too_far(leeway))
        straight = not near.isdisjoint(self.passed)
        for around, where in zip(self.around, ENDS, strict=True):
            if around <= near:
                return _Told("crossed", where, None, straight)
        at_border = not near.isdisjoint(self.ends)
        if not straight:
            return _Told("could", AT_BORDER if at_border else REACHED)
        possible_km = leeway.possible_km
        found = way_round(self.world, near, leeway.start, leeway.goal, most_km=possible_km, near_km=leeway.position_km)
        if found.least_km > possible_km:
            return _Told("crossed", proven(found.least_km, leeway), found.least_km, straight)
        why = AT_BORDER if at_border else open_way(found.least_km, found.way_km, leeway)
        return _Told("could", why, found.least_km, straight)


def _certain(world: Airspaces, chosen: RuleSet, allow: frozenset[str]) -> frozenset[int]:
    """Return the pieces that a rule set forbids all of the time, and for sure."""
    doubtful = {proviso.state for proviso in chosen.provisos}
    held = holders_of(world, chosen, allow)
    return frozenset(piece for piece, states in held.items() if states - doubtful)


def _passed(world: Airspaces, leeway: Leeway) -> frozenset[int]:
    """Return the pieces that the straight leg over a gap crosses, and others of the same states."""
    if leeway.km < SAME_KM:  # which is no leg
        return frozenset()
    found = crossings(Route((Waypoint(*leeway.start), Waypoint(*leeway.goal))), world)
    states = {state for crossing in found for state in owners(crossing)}
    return frozenset(piece.id for piece in world.pieces if not states.isdisjoint(owners(piece)))
