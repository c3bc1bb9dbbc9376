"""Keeping out of states and areas, and how a route is judged by rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, runtime_checkable

from overflight._crossings import (
    FARTHEST_KM,
    Approach,
    Crossing,
    Crossings,
    Surveyed,
    answered,
    surveyed,
)
from overflight._crossings import crossings as find_crossings
from overflight._crossings.approach import Ask
from overflight._crossings.retold import retold
from overflight.airspace import Airspaces, Area, Bloc, RuleSet, State, owners, world_on
from overflight.airspace.pieces import UNDETERMINED
from overflight.airspace.states import codes_of
from overflight.airspace.wider import wider_claims
from overflight.earth.constants import KM_PER_NM
from overflight.errors import RouteError, UnknownStateError
from overflight.routes.ways import Way
from overflight.rules.findings import Finding
from overflight.rules.given import Whom, avoided
from overflight.rules.verdicts import Verdict
from overflight.rules.wording.findings import CONSENTED, NEEDED, doubtful_border

__all__ = ["KEPT_KM", "Avoid", "Rule", "check"]

KEPT_KM = KM_PER_NM
"""How far routes that are computed keep from what is forbidden, where nothing else is said: 1 NM, within which an
aircraft that navigates to RNP 1 stays of its line for 95 % of the time (ICAO Doc 9613)."""
SEARCH_KM = 100.0
"""How far from a route its closest approaches to forbidden states are reported."""


@runtime_checkable
class Rule(Protocol):
    """A requirement that a route meets or not."""

    @property
    def name(self) -> str:
        """What findings call the rule."""

    def findings(self, crossings: Crossings, world: Airspaces) -> list[Finding]:
        """Judge a route by the crossings that it makes."""


@runtime_checkable
class Asking(Protocol):
    """A rule that says which closest approaches it is going to ask for, so that all of them are found at once."""

    def asks(self, crossings: Crossings) -> Ask:
        """Say what `findings` asks for, or more."""


@dataclass(frozen=True, slots=True, init=False)
class Avoid:
    """Keep out of the airspace of some states, and out of areas.

    Parameters
    ----------
    ruleset : RuleSet, or iterable of State, str or Area
        What is forbidden: what `overflight.ruleset` makes of a text, or a bloc on a date. Plain codes (ISO alpha-3) are
        states with all their territories. Areas, such as `read_areas` returns, may overlap.
    name : str, optional
        What findings call the rule; by default the text of the rule set, and ``"avoid"`` for plain codes.
    margin_km : float
        How near a route may come, up to 2,000 km; nearer is `marginal`. The edge of an area is known exactly: it has no
        other margin.
    allow : iterable of State or str
        States whose consent is assumed, and codes of areas (`Area.code`): entering them is no offence, and is noted.
    unasked : iterable of State or str
        States that can't be asked, and codes of areas: no consent opens what the rule forbids of theirs; see `never`.

    Notes
    -----
    A crossing counts for the state that holds the piece in the view loaded. A piece that no state holds undisputed
    (its state is ``XXX``) counts for each of its claimants. What a forbidden state claims of another's is no breach,
    but its finding names it (`Finding.claimed`).

    Areas are made into a partition of their own, which the crossings engine walks as it does the world's. Edges are
    straight in lon/lat, cut every 5 degrees, and stored to 1.1 cm: entries and exits are exact to 1 mm against these.

    Sovereign airspace has no ceiling here. An area may have limits (`Area.floor`, `Area.ceiling`): a recorded flight
    that passes above or below does not enter it; see `overflight.rules.heights`. A route without altitudes does.
    """

    ruleset: RuleSet
    name: str
    margin_km: float
    allow: frozenset[str]
    unasked: frozenset[str]

    def __init__(
        self,
        ruleset: RuleSet | Iterable[str | Area],
        *,
        name: str | None = None,
        margin_km: float = 0.0,
        allow: Iterable[str] = (),
        unasked: Iterable[str] = (),
    ) -> None:
        if not 0.0 <= margin_km <= FARTHEST_KM:
            msg = f"margin is {margin_km} km: give a distance of 0 or more, and of {FARTHEST_KM:g} km at most"
            raise RouteError(msg)
        chosen = RuleSet.of(ruleset)
        object.__setattr__(self, "ruleset", chosen)
        object.__setattr__(self, "name", name or (chosen.text if chosen is ruleset else "") or "avoid")
        object.__setattr__(self, "margin_km", float(margin_km))
        object.__setattr__(self, "unasked", frozenset(codes_of(unasked)))
        object.__setattr__(self, "allow", frozenset(codes_of(allow)) - self.unasked)

    @property
    def states(self) -> frozenset[State]:
        """Whose airspace is forbidden, wholly or in part."""
        return self.ruleset.touched

    def allowing(self, consents: Iterable[str]) -> Avoid:
        """Return the rule with the consent of more states."""
        return replace(self, allow=self.allow.union(codes_of(consents)))

    def never(self) -> Self:
        """Return the rule as one that no consent opens, but of what it is about in part only, or maybe.

        Examples
        --------
        >>> rule = Avoid({"UKR"}).never().allowing(["UKR"])
        >>> sorted(map(str, rule.unasked)), sorted(rule.allow)
        (['UKR'], [])
        """
        certain = self.ruleset.certain()
        return replace(self, unasked=certain.states.union(area.holder for area in certain.areas))

    def asks(self, crossings: Crossings) -> Ask:
        """Ask how near the route comes to every forbidden state that it does not enter."""
        entered = {state for crossing in crossings for state in owners(crossing, self.ruleset.exceptions)}
        return Ask(self.states - self.allow - entered, max(SEARCH_KM, self.margin_km), self.ruleset.exceptions)

    def findings(self, crossings: Crossings, world: Airspaces) -> list[Finding]:
        """Return a finding for each forbidden state or area that is entered, is near, or claims a crossing.

        Raises
        ------
        UnknownStateError
            If a plain code is that of no state.
        """
        names = {state: state for state in world.states}
        if not self.ruleset.known:
            _refuse_unknown(self.ruleset.states.difference(names), world)
        entered: dict[State, list[Crossing]] = {}
        for crossing in crossings:
            for state in owners(crossing, self.ruleset.exceptions):
                if state in self.states:
                    entered.setdefault(names.get(state, state), []).append(crossing)
        found = [self._entered(state, rows) for state, rows in entered.items()]
        ask = self.asks(crossings)
        found.extend(self._not_entered(approach) for approach in answered(ask, crossings, world).values())
        claims = self._claims(crossings)
        told = {finding.state for finding in found}
        found.extend(Finding(self.name, names.get(s, s), "clear") for s in sorted(claims) if s not in told)
        found = [replace(f, claimed=tuple(claims[f.state])) if f.state in claims else f for f in found]
        if self.ruleset.areas:
            found += self._of_areas(crossings)
        return found

    def _claims(self, crossings: Crossings) -> dict[State, list[Crossing]]:
        """List the crossings that each forbidden state claims, though they count for another."""
        found: dict[State, list[Crossing]] = {}
        for crossing in crossings:
            claimants = () if crossing.territory in self.ruleset.exceptions else crossing.claimants
            for code in set(claimants).intersection(self.states).difference(self.allow, self.ruleset.exceptions):
                if code not in owners(crossing, self.ruleset.exceptions):
                    found.setdefault(State(code), []).append(crossing)
        return found

    def _not_entered(self, approach: Approach) -> Finding:
        doubtful = approach.doubtful
        wider = [one.text for one in wider_claims() if one.concerns(approach.state, approach.on_border, approach.km)]
        return Finding(
            rule=self.name,
            state=approach.state,
            status="marginal" if doubtful is not None or approach.km < self.margin_km else "clear",
            closest_km=approach.km,
            approach=approach,
            note="; ".join([*([] if doubtful is None else [doubtful_border(doubtful)]), *wider]),
        )

    def _entered(self, state: State, rows: Sequence[Crossing]) -> Finding:
        consented = state in self.allow
        notes = [CONSENTED] if consented else []
        notes += dict.fromkeys(row.disputed for row in rows if row.disputed)
        wholly = any(self.ruleset.holding(state, row.territory) == "wholly" for row in rows)
        notes += [] if wholly else [proviso.text for proviso in self.ruleset.provisos_of(state)]
        # what another rule of the set forbids outright is not forbidden by a row that holds in part, or from later on
        grounds = tuple(g for g in self.ruleset.grounds_of(state) if not (wholly and g.doubtful))
        return Finding(
            rule=self.name,
            state=state,
            status="clear" if consented else "crosses" if wholly else "marginal",
            length_km=sum(row.length_km for row in rows),
            closest_km=0.0,
            crossings=tuple(rows),
            note="; ".join([*notes, *(ground.text for ground in grounds)]),
            consented=consented,
            grounds=grounds,
        )

    def _of_areas(self, crossings: Crossings) -> list[Finding]:
        """Return a finding for each area that is entered or lies within the search radius."""
        from overflight.airspace.overlay import partition  # few ask for areas

        alone = partition(self.ruleset.areas)
        holders = {area.code: area for area in self.ruleset.areas}
        rule = Avoid(holders, name=self.name, margin_km=self.margin_km, allow=self.allow)
        if isinstance(crossings, Surveyed):
            stays = retold(crossings.survey.over(alone))
        else:
            stays = surveyed(find_crossings(crossings.route, alone), alone)
        named = [
            (_named(one, holders[one.state.code]), holders[one.state.code])
            for one in rule.findings(stays, alone)
            if one.state is not None
        ]
        if not any(area.has_limits for _, area in named):
            return [finding for finding, _ in named]
        from overflight.rules.heights import between_limits  # fewer have limits

        route = crossings.route
        return [between_limits(finding, area, route) if area.has_limits else finding for finding, area in named]


def check(
    route: Way | Crossings,
    world: Airspaces | None = None,
    *,
    rules: Rule | Whom | Iterable[Rule | Whom],
    on: dt.date | str | None = None,
) -> Verdict:
    """Judge a route by rules.

    Parameters
    ----------
    route : Route, str, sequence of places, or Crossings
        The route, geodesic legs on WGS84: ``"VKO-BUD"``, ``["VKO", "BUD"]``; or its crossings in that world, which
        saves finding them again.
    world : Airspaces, optional
        The airspace to judge it in; by default the shipped one, de jure, on the date.
    rules : Rule, RuleSet, Bloc, str, or several of these
        Such as `Avoid` and `MaxExtension`; each rule set, bloc and text (``"icc - HUN"``) is one to keep out of.
    on : datetime.date or str, optional
        What a text, a bloc, and no world depend on; `Case.of` asks the same with consents, margin and schedule.

    Returns
    -------
    Verdict
        A failed rule is a verdict, never an exception.

    Notes
    -----
    Entries and exits are exact to 1 m against the border as stored. How well a border is known is stored stretch by
    stretch, from `world.accuracy_m` metres up; a route that does not enter, but comes nearer to any border of a state
    than that border is known, is `marginal` (`Approach.doubtful` says where).

    Examples
    --------
    >>> import datetime as dt
    >>> import overflight as of
    >>> icc = of.bloc("icc").on(dt.date(2025, 10, 23))
    >>> of.check(of.great_circle("VKO", "BUD"), of.load_airspaces(), rules=of.Avoid(icc)).status
    'crosses'
    >>> of.check("VKO-BUD", rules="icc", on="2025-10-23").status
    'crosses'
    """
    held = world_on(world, on)
    crossings = route if isinstance(route, Crossings) else find_crossings(route, held, on=on)
    several = rules if isinstance(rules, Iterable) and not isinstance(rules, str | RuleSet | Area) else (rules,)
    judges = tuple(_rule(one, held, on) for one in several)
    known = crossings.survey if isinstance(crossings, Surveyed) else None
    asks = (rule.asks(crossings) for rule in judges if isinstance(rule, Asking))
    looked = surveyed(crossings, held, asks, known=known)
    found = [finding for rule in judges for finding in rule.findings(looked, held)]
    return Verdict(route=crossings.route, crossings=crossings, findings=tuple(found))


def _rule(given: object, world: Airspaces, on: dt.date | str | None) -> Rule:
    """Take a rule, or make one of whom to keep out of."""
    if isinstance(given, Rule):
        return given
    if isinstance(given, RuleSet | Bloc | Area | str):
        return Avoid(avoided(given, world, on))
    msg = f"{type(given).__name__} is no rule: give overflight.Avoid(icc), a rule set, or a text such as 'icc - HUN'"
    raise TypeError(msg)


def _refuse_unknown(codes: frozenset[State], world: Airspaces) -> None:
    """Refuse plain codes that stand for no state: a route would keep out of it, wherever it went."""
    claimants = {code for piece in world.pieces for code in piece.claimants}
    for code in sorted(codes - claimants):
        held = [piece for piece in world.pieces if piece.territory == code and piece.state not in {None, UNDETERMINED}]
        if held and held[0].state is not None:
            msg = (
                f"{str(code)!r} is a territory of {held[0].state.name}: give overflight.ruleset({str(code)!r}, on=...)"
            )
            raise UnknownStateError(msg)
        found = world.state(code)
        if found != code:
            raise UnknownStateError(f"unknown state {str(code)!r}: write {found} for {found.name}")


def _named(finding: Finding, area: Area) -> Finding:
    """Say of an area what was found of its code."""
    joined: list[Crossing] = []
    for crossing in finding.crossings:
        if joined and joined[-1].exit_km == crossing.entry_km:  # one crossing, partly in another area, too
            role = crossing.role if joined[-1].role == "overflight" else joined[-1].role
            joined[-1] = replace(joined[-1], exit=crossing.exit, exit_km=crossing.exit_km, role=role)
        else:
            joined.append(replace(crossing, state=area.holder, territory="", claimants=(), disputed=None))
    note = finding.note.replace(CONSENTED, NEEDED)
    return replace(finding, state=None, area=area.name, crossings=tuple(joined), note=note)
