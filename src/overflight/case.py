"""One question, whoever asks it: a route, a date, a view, rules and consents; and its answers, each worked out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from overflight._crossings.retold import Known, retold
from overflight._crossings.waters import Stay, stays_in_waters
from overflight.airspace import VIEWS, Area, Bloc, RuleSet, State, load_airspaces, owners
from overflight.airspace.bans import notices
from overflight.airspace.operators import Operator, operator_of
from overflight.airspace.ruleset import united
from overflight.airspace.states import codes_of
from overflight.errors import OverflightError
from overflight.routes import Route
from overflight.routes.recoded import as_named_on, told_of
from overflight.routes.ways import Way, route_of
from overflight.rules import MaxExtension, check
from overflight.rules.answered import Answered
from overflight.rules.extension import Longer, extension_of
from overflight.rules.members import blocs_of
from overflight.rules.rulesets import parse_codes, parse_margin, refuse_unasked, ruleset
from overflight.rules.schedule import AsFlown, avoid_rule, date_of, parse_speed
from overflight.rules.verdicts import Standing, standings

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight.airspace import Airspaces
    from overflight.outside.beside import Find
    from overflight.routes.tracks import Track
    from overflight.rules import Avoid, Rule, Schedule, Verdict
    from overflight.rules.gaps import Silence

__all__ = [
    "Case",
    "Forbidden",
    "Way",
    "as_flown",
    "forbidden_pieces",
    "is_recorded",
]

Forbidden: TypeAlias = "str | Bloc | Area | RuleSet"
"""What a rule is about: a text or a bloc, worked out on each date that matters; or what holds whatever the date."""


@dataclass(frozen=True, repr=False)
class Case(Answered):
    """A route with all that decides what may be said of it.

    `Case.of` makes one of what people write; command line, what-if page, proposals and `overflight.testing` do.

    Attributes
    ----------
    route : Route
        What is flown.
    on : datetime.date
        Decides who is a member of what, and whose the airspace is; with a schedule, the date of departure in UTC.
    world : Airspaces
        The airspace on that date, in one view.
    avoid : tuple of str, Bloc, Area or RuleSet
        What to keep out of, as given; each is a rule.
    never : tuple of str, Bloc, Area or RuleSet
        The same, of states that can't be asked: no consent opens these.
    sets : tuple of RuleSet
        Those of `avoid`, then those of `never`, worked out on the date.
    allow : frozenset of State
        Whose consent is assumed.
    margin_km : float
        How near the route may come to what is forbidden.
    max_extension_pct : float or None
        How much longer than the great circle it may be.
    schedule : Schedule or None
        When the flight is where; members are then those at each entry.
    blocs : tuple of Bloc
        Blocs that a text may name besides those that ship with the package.
    find : callable or None
        Finds the files of areas that a text names; None where it may name none.
    operator : Operator or None
        Who flies: it decides what ``bans`` are.
    given : Route or None
        The route as it was given, where codes are read as of today; None where `route` is.
    known : Known or None
        What was found out about the route already, when the same was asked as of another date.
    max_speed_kmh : float or None
        The ground speed that a recorded flight is taken not to exceed in its gaps; 600 kt where nothing is said.

    Examples
    --------
    >>> import overflight as of
    >>> case = of.Case.of(["VKO", "BUD"], on="2025-10-23", avoid="icc", allow="POL")
    >>> case.verdict.status, [(c.state.code, case.standing(c)) for c in case.verdict.crossings][-3:]
    ('crosses', [('POL', 'consented'), ('SVK', 'forbidden'), ('HUN', 'forbidden')])
    >>> case.allowing(["UKR", "SVK", "HUN"]).verdict.status
    'clear'
    """

    route: Route
    on: dt.date
    world: Airspaces
    avoid: tuple[Forbidden, ...] = ()
    sets: tuple[RuleSet, ...] = ()
    allow: frozenset[State] = frozenset()
    margin_km: float = 0.0
    max_extension_pct: float | None = None
    schedule: Schedule | None = None
    blocs: tuple[Bloc, ...] = ()
    find: Find | None = Path
    operator: Operator | None = None
    given: Route | None = field(default=None, repr=False, compare=False)
    known: Known | None = field(default=None, repr=False, compare=False)
    max_speed_kmh: float | None = None
    never: tuple[Forbidden, ...] = ()

    @classmethod
    def of(
        cls,
        way: Way,
        *,
        on: dt.date | str | None = None,
        avoid: Forbidden | Iterable[Forbidden] = (),
        never: Forbidden | Iterable[Forbidden] = (),
        allow: str | Iterable[str] = (),
        margin: float | str = 0.0,
        max_extension_pct: float | None = None,
        schedule: Schedule | None = None,
        view: str = VIEWS[0],
        world: Airspaces | None = None,
        blocs: Iterable[Bloc] = (),
        find: Find | None = Path,
        operator: str | Operator | None = None,
        max_speed: float | str | None = None,
    ) -> Case:
        """Make a case of what people write.

        Parameters
        ----------
        way : Route, str, or sequence of places
            Such as ``["VKO", "MSQ", "BUD"]`` or ``"VKO-MSQ-BUD"``.
        on : datetime.date or str
            Such as ``"2025-10-23"``; may be left out with a `schedule`, and for a route that has a date of its own: a
            recorded flight is then judged by the times of its recording.
        avoid : str, Bloc, Area, RuleSet, or several of these
            Such as ``"icc"`` or ``["icc - HUN", "BLR"]``, each of which is a rule.
        never : str, Bloc, Area, RuleSet, or several of these
            What no consent opens, such as ``"closed"``; what of it is closed in part, or maybe, can be asked about.
        allow : str or iterable of str
            Codes of the states whose consent is assumed: ``"POL,SVK"``.
        margin : float or str
            How far to keep away: with its unit, as ``"5nm"``, or in km.
        max_extension_pct, schedule, blocs, find
            As for `Case`.
        view : str
            Whose a disputed part is: ``"de-jure"`` or ``"de-facto"``.
        world : Airspaces, optional
            The airspace; by default the shipped one, in that view, on the date.
        operator : str, optional
            Who flies: the state of the operator or of the registration (``"RUS"``, ``"RA-"``, ``"RA-96022"``).
            ``"bans"`` are then all blocs that bind it.
        max_speed : float or str, optional
            As `max_speed_kmh`: with its unit, as ``"600kt"``, or in km/h.

        Raises
        ------
        OverflightError
            What can't be read; its `path` says where: ``("avoid", 1)``.
        """
        if on is None and schedule is None and isinstance(way, Route):
            on, schedule = way.on, as_flown(way)
        date = date_of(on, schedule)
        held = load_airspaces(view, on=date) if world is None else world
        own = tuple(blocs)
        with _told_at("operator"):
            who = operator_of(operator, date) if isinstance(operator, str) else operator
        told = {"avoid": _each(avoid), "never": _each(never)}
        sets: dict[str, list[RuleSet]] = {"avoid": [], "never": []}
        for key, i, one in ((key, i, one) for key, many in told.items() for i, one in enumerate(many)):
            with _told_at(key, i):
                sets[key].append(ruleset(one, on=date, world=held, blocs=own, operator=who, find=find))
        allowed: frozenset[State] = frozenset()
        for i, text in enumerate([allow] if isinstance(allow, str) else allow):
            with _told_at("allow", i):
                more = parse_codes((text,), held, what="allow")
                refuse_unasked(more, sets["never"])
                allowed |= more
        with _told_at("avoid"):
            united(chain(*sets.values()))  # refuses two areas of one name
        given = route_of(way)
        return cls(
            route=as_named_on(given, date),
            on=date,
            world=held,
            avoid=told["avoid"],
            never=told["never"],
            sets=tuple(chain(*sets.values())),
            allow=allowed,
            margin_km=parse_margin(margin) if isinstance(margin, str) else margin,
            max_extension_pct=max_extension_pct,
            schedule=schedule,
            blocs=own,
            find=find,
            operator=who,
            max_speed_kmh=parse_speed(max_speed) if isinstance(max_speed, str) else max_speed,
            given=given,
        )

    @cached_property
    def avoiding(self) -> tuple[Avoid, ...]:
        """The rules to keep out of states and areas, `never` last, as on the date, or on each date of the flight."""
        dates = self.schedule.dates(self.route.length_km) if self.schedule else (self.on,)
        by_date = {date: self.sets_on(date) for date in dates}
        found = [
            avoid_rule(
                {date: sets[i] for date, sets in by_date.items()},
                self.schedule,
                margin_km=self.margin_km,
                allow=self.allow,
            )
            for i in range(len(self.sets))
        ]
        asked = len(self.avoid)
        return (*found[:asked], *(rule.never() for rule in found[asked:]))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, that on the length included."""
        limit = self.max_extension_pct
        return self.avoiding if limit is None else (*self.avoiding, MaxExtension(limit))

    def sets_on(self, date: dt.date) -> tuple[RuleSet, ...]:
        """Return the rule sets as on another date."""
        if date == self.on:
            return self.sets
        who, find = self.operator, self.find
        return tuple(
            ruleset(one, on=date, world=self.world, blocs=self.blocs, operator=who, find=find)
            for one in (*self.avoid, *self.never)
        )

    @cached_property
    def forbidden(self) -> RuleSet:
        """What any rule forbids on any date of the flight, consent or not."""
        return united(rule.ruleset for rule in self.avoiding)

    @cached_property
    def unasked(self) -> RuleSet:
        """What `never` covers on any date of the flight."""
        return united(rule.ruleset for rule in self.avoiding[len(self.avoid) :])

    @property
    def told(self) -> dict[str, list[str]]:
        """The texts of the rule sets, under the keys that proposals and JSON have for them."""
        texts = [one.text for one in self.sets]
        return {"avoid": texts[: len(self.avoid)], "never": texts[len(self.avoid) :]}

    @cached_property
    def pieces(self) -> tuple[bool, ...]:
        """Whether each piece of airspace is forbidden, consent or not."""
        return forbidden_pieces(self.world, self.forbidden)

    @cached_property
    def verdict(self) -> Verdict:
        """What the rules say of the route; of a recorded flight, what its gaps leave open as well."""
        where = self.route if self.known is None else retold(self.known.over(self.route, self.world))
        found = check(where, self.world, rules=self.rules)
        if not self.gaps:
            return found
        from overflight.rules.gaps import with_gaps

        return with_gaps(found, self.world, self.avoiding, self.gaps)

    @property
    def notices(self) -> tuple[str, ...]:
        """What to know of who flies: a rule that does not bind the operator is applied as written, and said here."""
        return notices((one.text for one in self.sets), self.operator)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What to know of the airports of the route on the date: closed, with another code today, or elsewhere then."""
        return told_of(self.route.waypoints, self.on)

    @cached_property
    def gaps(self) -> tuple[Silence, ...]:
        """The gaps of a recorded flight, and where it can have been in each."""
        if not is_recorded(self.route):
            return ()
        from overflight.rules.gaps import silences  # which needs NumPy; few routes are recorded

        return silences(self.route, self.world, self.max_speed_kmh)

    @cached_property
    def extension(self) -> Longer | None:
        """What the route adds over the great circle: `km` and `pct`; None for a round trip."""
        return extension_of(self.route)

    def standing(self, crossing: Crossing) -> Standing:
        """Return what the rules make of a crossing of the verdict's."""
        return self._standings.get(crossing, "free")

    def forbidden_by(self, crossing: Crossing) -> list[str]:
        """Name the rules that a crossing of the verdict's breaks; of ``bans``, with the blocs."""
        return list(self._breaches.get(crossing, ()))

    def blocs_of(self, crossing: Crossing) -> tuple[str, ...]:
        """Name the blocs that a crossing is in, those left out whose treaty does not extend to the territory."""
        return blocs_of(crossing, self.on, self.blocs)

    def times_of(self, crossing: Crossing) -> dict[str, str]:
        """Say when a crossing begins and ends, where the flight has a schedule."""
        if self.schedule is None:
            return {}
        return {
            "entry_time": self.schedule.time(crossing.entry_km),
            "exit_time": self.schedule.time(crossing.exit_km),
        }

    def waters_of(self, crossing: Crossing) -> tuple[Stay, ...]:
        """Return where a crossing of the verdict's lies beyond 12 NM of any land, and in which waters.

        Examples
        --------
        >>> import overflight as of
        >>> case = of.Case.of(["CGK", "DPS", "AMQ"], on="2025-10-23")
        >>> {(stay.waters.whose, stay.waters.name) for one in case.verdict.crossings for stay in case.waters_of(one)}
        {('Indonesia', 'archipelagic waters')}
        """
        return self._stays.get(crossing, ())

    def with_route(self, other: Route) -> Case:
        """Return the same question about another route."""
        return replace(self, route=other, given=None, known=None)

    def dated(self, on: dt.date) -> Case:
        """Return the same question as of another date, whatever the schedule: by its members, in its world.

        A code stands for the airport that had it on that date. Each line that comes of it is walked once for all such
        questions. A world of one's own is the same on every date.
        """
        world = load_airspaces(self.world.view, on=on) if self.world.view in VIEWS else self.world
        line = as_named_on(self.given or self.route, on)
        there = replace(self, route=line, world=world, schedule=None, known=self._known)
        return replace(there, on=on, sets=there.sets_on(on))

    def allowing(self, consents: Iterable[str]) -> Case:
        """Return the same question with the consent of more states."""
        more = (code if isinstance(code, State) else State(code) for code in codes_of(consents))
        return replace(self, allow=self.allow.union(more))

    @cached_property
    def _known(self) -> Known:
        return self.known or Known()

    @cached_property
    def _standings(self) -> Mapping[Crossing, Standing]:
        return standings(self.verdict)

    @cached_property
    def _stays(self) -> Mapping[Crossing, tuple[Stay, ...]]:
        return stays_in_waters(self.verdict.crossings, self.world)

    @cached_property
    def _breaches(self) -> Mapping[Crossing, Sequence[str]]:
        found: dict[Crossing, dict[str, None]] = {}
        for finding in self.verdict.findings:
            for crossing in finding.crossings if finding.status == "crosses" else ():
                by = ", ".join(dict.fromkeys(ground.bloc for ground in finding.grounds))
                rule = f"{finding.rule} ({by})" if by else finding.rule
                found.setdefault(crossing, {})[rule] = None  # of two claimants, each has a finding
        return {crossing: tuple(rules) for crossing, rules in found.items()}


def forbidden_pieces(world: Airspaces, chosen: RuleSet) -> tuple[bool, ...]:
    """Tell of each piece of a world whether a rule set forbids it: one of those for whom it counts is in the set."""
    return tuple(not chosen.states.isdisjoint(owners(piece, chosen.exceptions)) for piece in world.pieces)


def as_flown(way: Route) -> AsFlown | None:
    """Return the times of a recorded flight; None if the route has none."""
    return AsFlown.of(way) if is_recorded(way) else None


def is_recorded(way: Route) -> TypeGuard[Track]:
    """Tell whether a route is a recorded flight; each of these has a date."""
    if way.on is None:
        return False
    from overflight.routes.tracks import Track  # which needs NumPy; few routes are recorded

    return isinstance(way, Track)


def _each(what: Forbidden | Iterable[Forbidden]) -> tuple[Forbidden, ...]:
    return (what,) if isinstance(what, str | Bloc | Area | RuleSet) else tuple(what)


@contextmanager
def _told_at(*path: str | int) -> Iterator[None]:
    """Have an error say which of the things given is at fault."""
    try:
        yield
    except OverflightError as error:
        error.path = path
        raise
