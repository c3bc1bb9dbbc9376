"""What a search for detours gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, overload

from overflight.costs.bounds import least_time_min
from overflight.costs.costing import cost
from overflight.costs.pacing import pace
from overflight.costs.spoken import assumed_words, time_words, tonnes
from overflight.outside.dates import as_date
from overflight.outside.framed import Framed
from overflight.outside.listing import Listing
from overflight.rules.wording.studies import details, finding, way_words

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from overflight.airspace import RuleSet, State
    from overflight.costs import Aircraft
    from overflight.costs.pacing import Wind
    from overflight.routes import Route
    from overflight.rules import Finding, Verdict

__all__ = ["Candidate", "Candidates", "ConsentSet", "Passage", "Refusal"]


Opening = Literal["route", "longer", "narrow", "failed", "unfinished"]
"""What became of the search with a set of consents."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage between forbidden airspaces that is narrower than the rule asks.

    Attributes
    ----------
    place : (lon, lat)
        Its middle, where it is narrowest, in degrees.
    width_km : float
        How wide it is there, to some per cent.
    need_km : float
        How wide it would have to be for a route that keeps the margin, and as far off as each border is known.
    states : tuple of State
        Whose airspace lies on its sides.
    """

    place: tuple[float, float]
    width_km: float
    need_km: float
    states: tuple[State, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the passage as the JSON of `overflight routes` has it."""
        return {
            "place": [round(x, 5) for x in self.place],
            "width_km": round(self.width_km, 2),
            "need_km": round(self.need_km, 2),
            "states": [state.code for state in self.states],
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route worth a look.

    Attributes
    ----------
    route : Route
        Kind ``"great-circle"`` or ``"detour"``.
    verdict : Verdict
        Of the great circle: by the rule as it stands. Of a detour: by the rule, its consents assumed; it is
        `clear`, or `marginal` where the start or the destination itself lies nearer to a border than the margin.
    consents : tuple of State
        States of the rule that the route enters and whose consent it therefore needs, departure and arrival included;
        not those that the rule allows.
    extension_km, extension_pct : float
        What it adds over the great circle.
    gap_pct : float or None
        How far, at most, it is longer than the shortest route with the same consents and margin, in per cent, by a
        proven lower bound; None if there is no proof. Where a search was stopped, by what was proven until then: at
        least that no route is shorter than the great circle.
    minimal : bool
        Whether no smaller subset of its consents opens any route.
    front : bool
        Whether no route listed, and none that was searched for, is as short and needs fewer or as many consents.
    alternative : bool
        Whether it is listed because it goes another way than a shorter route with the same consents. Its `gap_pct` is
        over routes that go this way.
    narrowest : Passage or None
        Of a route that only a smaller margin opens, and that is `marginal` for it: the narrowest passage on it.
    barred : tuple of State
        Of the great circle: states that it enters and that can't be asked, so that no consent opens it; these are not
        among its `consents`.
    """

    route: Route
    verdict: Verdict
    consents: tuple[State, ...]
    extension_km: float
    extension_pct: float
    gap_pct: float | None
    minimal: bool
    front: bool = False
    alternative: bool = False
    narrowest: Passage | None = None
    barred: tuple[State, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what `Candidates.to_frame` has of it."""
        near = self.closest
        return {
            "name": self.route.label,
            "kind": self.route.kind,
            "length_km": self.route.length_km,
            "extension_km": self.extension_km,
            "extension_pct": self.extension_pct,
            "consents": " ".join(state.code for state in self.consents),
            "minimal": self.minimal,
            "front": self.front,
            "alternative": self.alternative,
            "gap_pct": self.gap_pct,
            "status": self.verdict.status,
            "closest": None if near is None else near.state.code if near.state else near.area,
            "closest_km": None if near is None else near.closest_km,
        }

    def least_time_min(
        self, *, aircraft: str | Aircraft = "narrow-body", wind: Wind = "none", on: dt.date | str | None = None
    ) -> float | None:
        """Return how many minutes every way takes at least with the same consents and margin, as far as that is proven.

        It is the length that no such way is shorter than (see `gap_pct`), flown with the strongest wind of the season
        that can be met on the way from behind: a true bound, and a loose one where there is wind. None without a proof.
        """
        if self.gap_pct is None:
            return None
        least_km = self.route.length_km / (1.0 + self.gap_pct / 100.0)
        day = None if on is None else as_date(on)
        return least_time_min(self.route, least_km=least_km, aircraft=aircraft, wind=wind, on=day)

    @property
    def closest(self) -> Finding | None:
        """The state or area of the rule that it comes nearest to without entering; None if none is within 100 km."""
        near = [f for f in self.verdict.findings if f.approach is not None and not f.crossings]
        return min(near, key=lambda f: f.approach.km if f.approach else 0.0, default=None)

    @property
    def kind(self) -> str:
        """What a list calls it: great circle, detour, or another way with the same consents."""
        return "great circle" if self.route.kind == "great-circle" else "another way" if self.alternative else "detour"

    @property
    def nearest(self) -> str:
        """How near that is, such as ``"Ukraine 1.9 km"``; empty if none is."""
        near = self.closest
        if near is None or near.closest_km is None:
            return ""
        return f"{near.state.name if near.state else near.area} {near.closest_km:,.1f} km"


@dataclass(frozen=True, slots=True)
class ConsentSet:
    """A minimal set of states whose consent opens a way.

    Attributes
    ----------
    consents : tuple of State
        The states, those that hold start and destination included.
    length_km : float or None
        Length of the shortest lawful route found with it.
    status : {"route", "longer", "narrow", "failed", "unfinished"}
        ``route``: a lawful route was found. The regions connect otherwise, too, but: ``longer``: not within the length
        searched; ``narrow``: not as far off as the data's accuracy or the margin asks; ``failed``: no route was found
        that the rule accepts; ``unfinished``: the search was stopped before one was.
    narrowest : Passage or None
        What makes the way ``narrow``, where it was looked for and found.
    granted : tuple of State
        States of the rule that the route enters, too, and that consent already.
    """

    consents: tuple[State, ...]
    length_km: float | None
    status: Opening
    narrowest: Passage | None = None
    granted: tuple[State, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the set as the JSON of `overflight routes` has it."""
        found: dict[str, Any] = {
            "consents": [state.code for state in self.consents],
            "length_km": None if self.length_km is None else round(self.length_km, 3),
            "status": self.status,
        }
        return found if self.narrowest is None else {**found, "narrowest": self.narrowest.to_dict()}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What it would cost if a state refused.

    Attributes
    ----------
    state : State
        The state.
    consents : tuple of State
        Whose consent the shortest way left needs.
    length_km : float or None
        How long that is; None if none is left that needs as few consents as were searched for.
    extra_km : float or None
        How much longer it is than the shortest way that there is while the state may be asked; 0 if that does not need
        it.
    complete : bool
        Whether that is sure; not so where the search was stopped before a shorter way could be ruled out.
    """

    state: State
    consents: tuple[State, ...]
    length_km: float | None
    extra_km: float | None
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as the JSON of `overflight routes` has it."""
        return {
            "state": self.state.code,
            "consents": None if self.length_km is None else [state.code for state in self.consents],
            "length_km": None if self.length_km is None else round(self.length_km, 3),
            "extra_km": None if self.extra_km is None else round(self.extra_km, 3),
            "complete": self.complete,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Candidates(Framed, Sequence[Candidate]):
    """The great circle; the front of length against consents; other sets that open a way; marginal ones; alternatives.

    Each part is in order of the number of consents, then of length.

    Attributes
    ----------
    items : tuple of Candidate
        What the sequence holds.
    minimal_consents : tuple of ConsentSet
        Every minimal set of at most `searched_size` states, by size, then by length.
    searched_size : int
        Largest size of sets looked for, states of departure and arrival included.
    barrier : tuple of State
        Where no route is free of consent: a smallest ring of states, beyond those that hold start and destination,
        that closes off one of the two, in order around it; where only the consent of those is wanting, these. Else
        empty.
    complete : bool
        Whether all minimal sets up to that size are listed; not so where a search had to be cut short.
    unfinished : str
        Why the search was stopped before it was done, such as ``"stopped after 60 s"``; empty if it was not. What is
        listed holds all the same, but may be too long by the gap that each tells, and sets may be missing.
    front_size : int
        Up to how many consents, those of start and destination included, the front is sure.
    shut : tuple of State
        Where no consent opens a way: the states that can't be asked and hold an end, or part the two.
    avoid, never : RuleSet or None
        What was to be avoided, and what of it, or besides, can't be asked.
    margin_km : float
        How far the routes were to keep from it.
    refusals : tuple of Refusal
        What it would cost if a state refused, by state; of each that stands in a set of `open`, where that was asked.
    by : {"length", "time"}
        In what order they stand: as above, or from the fastest (see `by_time`).
    """

    items: tuple[Candidate, ...]
    minimal_consents: tuple[ConsentSet, ...]
    searched_size: int
    barrier: tuple[State, ...]
    complete: bool = True
    front_size: int = 0
    unfinished: str = ""
    shut: tuple[State, ...] = ()
    avoid: RuleSet | None = field(default=None, repr=False)
    never: RuleSet | None = field(default=None, repr=False)
    margin_km: float = 0.0
    refusals: tuple[Refusal, ...] = ()
    by: Literal["length", "time"] = "length"

    @property
    def open(self) -> tuple[ConsentSet, ...]:
        """The sets of consents with which a way was found, the shortest first: whom there is to ask.

        These are the minimal ones, and those of more states that the front of length against consents has.
        """
        sets = {frozenset(one.consents): one for one in self.minimal_consents if one.status == "route"}
        for one in self.items:
            if one.front and frozenset(one.consents) not in sets:
                entered = (f.state for f in one.verdict.findings if f.consented and f.crossings and f.state)
                granted = tuple(state for state in dict.fromkeys(entered) if state not in one.consents)
                sets[frozenset(one.consents)] = ConsentSet(one.consents, one.route.length_km, "route", granted=granted)
        return tuple(sorted(sets.values(), key=lambda one: (one.length_km or 0.0, len(one.consents), one.consents)))

    def by_time(
        self, *, aircraft: str | Aircraft = "narrow-body", wind: Wind = "none", on: dt.date | str | None = None
    ) -> Candidates:
        """Return the same with the fastest first, after the great circle.

        They were searched for by length all the same: a way that is longer, and faster for its wind, may be missing
        (see `Candidate.least_time_min`).

        Parameters
        ----------
        aircraft, wind, on
            As for `overflight.cost`.
        """
        day = None if on is None else as_date(on)

        def minutes(one: Candidate) -> float:
            return pace(one.route, aircraft=aircraft, wind=wind, on=day).total.typical

        return replace(self, items=(*self.items[:1], *sorted(self.items[1:], key=minutes)), by="time")

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Candidate, ...]: ...
    def __getitem__(self, index: int | slice) -> Candidate | tuple[Candidate, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def _listing(self) -> Listing:
        unfinished = f", unfinished: {self.unfinished}" if self.unfinished else ""
        where = f" for {self.items[0].route.label}" if self.items else ""
        costs = [cost(one.route) for one in self.items]
        return Listing(
            title=f"{len(self.items)} candidates{where}{', by time' * (self.by == 'time')}{unfinished}",
            words=(f"{_title(one)} {one.route.length_km:,.1f} km" for one in self.items),
            header=("#", "route", "answer", "km", "longer, km", "in %", "closest", "time", "fuel, t"),
            rows=(
                [
                    n,
                    one.kind,
                    way_words(one),
                    one.route.length_km,
                    one.extension_km,
                    one.extension_pct,
                    one.nearest,
                    time_words(taken.time_min),
                    tonnes(taken.fuel_t),
                ]
                for n, (one, taken) in enumerate(zip(self.items, costs, strict=True), 1)
            ),
            total=len(self.items),
            notes=tuple(filter(None, (finding(self), details(self), assumed_words(costs[0])))) if costs else (),
        )

    def to_frame(
        self,
        *,
        max_km: float = 20.0,
        aircraft: str | Aircraft = "narrow-body",
        wind: Wind = "none",
        on: dt.date | str | None = None,
    ) -> GeoDataFrame:
        """Return the candidates as a GeoDataFrame of lines, cut at 180 degrees; `plot` and `explore` draw it.

        Parameters
        ----------
        max_km : float
            Largest spacing of points on the lines, in km.
        aircraft, wind, on : optional
            What flies, in what wind, and on which day, as `overflight.cost` takes them.

        Returns
        -------
        GeoDataFrame
            One row a candidate, WGS84 lon/lat, with the columns `name`, `kind`, `length_km`, `extension_km`,
            `extension_pct`, `consents` (codes, parted by blanks), `minimal`, `front`, `alternative`, `gap_pct`,
            `status`, `closest` (whom it comes nearest to without entering) and `closest_km`; then `aircraft`, `wind`,
            `time_min`, `fuel_t` and `co2_t`, each with the ends of its range (`time_min_low`, `time_min_high`), and the
            same over the great circle (`extra_time_min` ...).
        """
        import geopandas as gpd
        from shapely.geometry import MultiLineString

        from overflight.costs import columns_of
        from overflight.routes.antimeridian import cut_at_antimeridian

        costs = [cost(one.route, aircraft=aircraft, wind=wind, on=on) for one in self.items]
        rows = [
            {
                **one.to_dict(),
                "aircraft": found.aircraft.name,
                "wind": found.wind,
                **columns_of(found),
                **{f"extra_{column}": value for column, value in columns_of(found.over(costs[0])).items()},
            }
            for one, found in zip(self.items, costs, strict=True)
        ]
        lines = [MultiLineString(cut_at_antimeridian(one.route.path(max_km=max_km))) for one in self.items]
        return gpd.GeoDataFrame(rows, geometry=lines, crs="EPSG:4326")


def _title(one: Candidate) -> str:
    """Name a candidate by the states that it enters and that the rule is about."""
    entered = " ".join(map(str, (*one.consents, *one.barred)))
    return ": ".join(filter(None, [one.kind if one.route.kind == "great-circle" else "", entered]))
