"""What a run over many routes is asked: rules, date, view, and which columns hold what."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from overflight.airspace import VIEWS, Area, Bloc, load_airspaces
from overflight.airspace.operators import Operator, operator_of
from overflight.batch.schema import columns_of, schema_of
from overflight.costs import Aircraft, aircraft
from overflight.costs.pacing import Wind
from overflight.errors import OverflightError
from overflight.outside.version import __version__
from overflight.rules.rulesets import parse_codes, parse_ruleset, refuse_unasked, united

MOST_RULES = 60
"""Each is a bit of a whole number."""

__all__ = ["Columns", "Kind", "Settings"]

Kind = Literal["pairs", "lines", "points"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the input hold what; None for those that it has not.

    Attributes
    ----------
    kind : {"pairs", "lines", "points"}
        Two places a row, a line a row, or a point a row.
    route : str or None
        Ids of routes: whole numbers or texts. Without it, a route is known by its file and row only; points are those
        of an aircraft, or of a callsign, or else all of a file.
    start, end : str or None
        Of pairs: airport codes (or coordinates as typed).
    geometry : str or None
        Of lines: WKB, or GeoArrow's linestrings.
    time, lon, lat : str or None
        Of points: when and where.
    date : str or None
        The day by which a route is judged.
    texts : bool
        Whether ids are texts, else they are whole numbers.
    aircraft, callsign : str or None
        Of points: whose they are.
    ground, altitude : str or None
        Of points: whether the aircraft is on the ground; an altitude may say so, too (``ground``).
    flights : str or None
        How many flights a row stands for, where they are priced (`overflight.pricing`).
    """

    kind: Kind
    route: str | None = None
    start: str | None = None
    end: str | None = None
    geometry: str | None = None
    time: str | None = None
    lon: str | None = None
    lat: str | None = None
    date: str | None = None
    texts: bool = True
    aircraft: str | None = None
    callsign: str | None = None
    ground: str | None = None
    altitude: str | None = None
    flights: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Of points: the columns that tell routes apart."""
        return tuple(name for name in (self.route, self.aircraft, self.callsign) if name is not None)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are read."""
        found = (self.route, self.start, self.end, self.geometry, self.time, self.lon, self.lat, self.date)
        more = (self.aircraft, self.callsign, self.ground, self.altitude, self.flights)
        return tuple(dict.fromkeys(name for name in (*found, *more) if name is not None))


@dataclass(frozen=True, slots=True)
class Settings:
    """By what routes are judged.

    Parameters
    ----------
    columns : Columns
        Where things are in the input.
    on : datetime.date
        The date for routes that bring none of their own.
    avoid : tuple of str
        Rule sets, as after ``--avoid``; each is a rule.
    never : tuple of str
        The same, of states that can't be asked: no consent opens these.
    allow : tuple of str
        Codes of states whose consent is assumed.
    view : {"de-jure", "de-facto"}
        Whose a disputed part is.
    blocs : tuple of Bloc
        Blocs besides those that ship with the package.
    marginal : bool
        Whether routes that enter no forbidden state are tested for coming too near to one.
    margin_km : float
        How near is too near, besides the accuracy of borders; needs `marginal`.
    by_time : bool
        Whether a route of points is judged by the day (UTC) of its first point rather than by `on`.
    operator : str or None
        Who flies, for ``bans``: a state, or a registration, whose mark is read as of `on`.
    aircraft : str or None
        What flies all of them, for time and fuel: a class, or a type; see `overflight.cost`.
    wind : {"none", "season"}
        What wind time and fuel are worked out with.

    Attributes
    ----------
    areas : tuple of Area
        Those that the rule sets name.

    Raises
    ------
    UnknownStateError
        If a rule set can't be read.
    OverflightError
        If the aircraft is not known.
    """

    columns: Columns
    on: dt.date
    avoid: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    view: str = VIEWS[0]
    blocs: tuple[Bloc, ...] = ()
    marginal: bool = False
    margin_km: float = 0.0
    by_time: bool = False
    operator: str | None = None
    never: tuple[str, ...] = ()
    aircraft: str | None = None
    wind: Wind = "none"
    areas: tuple[Area, ...] = field(init=False, compare=False, repr=False)

    @property
    def who(self) -> Operator | None:
        """Who flies."""
        return None if self.operator is None else operator_of(self.operator, self.on)

    @property
    def flies(self) -> Aircraft | None:
        """What flies, if time and fuel are asked for."""
        return None if self.aircraft is None else aircraft(self.aircraft)

    def schema(self, table: str) -> Any:
        """Return the Arrow schema of a table of the answer, by its name."""
        return schema_of(columns_of(table, costed=self.aircraft is not None), texts=self.columns.texts)

    @property
    def rules(self) -> tuple[str, ...]:
        """All rule sets, those of `never` last."""
        return (*self.avoid, *self.never)

    def __post_init__(self) -> None:
        if len(self.rules) > MOST_RULES:
            msg = f"{len(self.rules)} rule sets are more than {MOST_RULES}: join some with |"
            raise OverflightError(msg)
        if self.margin_km and not self.marginal:
            msg = f"a margin of {self.margin_km:g} km asks how near routes come: set marginal"
            raise OverflightError(msg)
        if self.aircraft is not None:
            aircraft(self.aircraft)
        world = load_airspaces(self.view, on=self.on)
        allow = parse_codes(self.allow, world, what="--allow")
        who = self.who
        sets = [parse_ruleset(text, world, self.on, self.blocs, operator=who) for text in self.rules]
        refuse_unasked(allow, sets[len(self.avoid) :], what="--allow")
        object.__setattr__(self, "areas", united(sets).areas)

    def facts(self) -> dict[str, Any]:
        """Return what decides the answer, in plain values: rules, versions of software and data, columns."""
        columns = {key: value for key, value in asdict(self.columns).items() if value is not None}
        areas = self.areas
        return {
            "schema": 1,
            "overflight": __version__,
            "data": load_airspaces().version,
            "view": self.view,
            "on": self.on.isoformat(),
            "avoid": list(self.avoid),
            **({"never": list(self.never)} if self.never else {}),
            "allow": list(self.allow),
            "marginal": self.marginal,
            "margin_km": self.margin_km,
            "by_time": self.by_time,
            **({} if self.operator is None else {"operator": self.operator}),
            **({} if self.flies is None else {"aircraft": self.flies.name, "wind": self.wind}),
            "blocs": [f"{one.name} {hashlib.sha256(repr(one).encode()).hexdigest()[:16]}" for one in self.blocs],
            **({"areas": [f"{one.name} {_digest(one)}" for one in areas]} if areas else {}),
            "columns": columns,
        }


def _digest(area: Area) -> str:
    """Return what tells an area from another of its name."""
    return hashlib.sha256(f"{area.shape.wkt} {area.limits}".encode()).hexdigest()[:16]
