"""Routes as a map shows them: the line, its forbidden stretches, marks where borders are crossed, and a table."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from overflight._crossings.waters import stays_in_waters
from overflight.earth import points_along
from overflight.errors import RouteError
from overflight.rules import Verdict
from overflight.rules.extension import extension_of
from overflight.rules.verdicts import standings
from overflight.rules.wording.answers import Answer, answer_of, row_words
from overflight.rules.wording.findings import from_to, holder, remarks
from overflight.rules.wording.stays import Along, merged
from overflight.rules.wording.studies import way_words
from overflight.rules.wording.waters import beyond_land

if TYPE_CHECKING:
    from overflight._crossings import Crossing
    from overflight._crossings.waters import Stay
    from overflight.airspace import Airspaces
    from overflight.detours import Candidate
    from overflight.routes import Route, Waypoint
    from overflight.rules.verdicts import Standing

__all__ = ["Line", "lines_of", "runs"]

Point = tuple[float, float]

MAX_STEP_KM = 20.0
"""Spacing of the points of a drawn geodesic: the chord is within 8 m of it at the equator, 90 m at 80 degrees."""
SAME_KM = 1e-3
"""Leaving one state and entering the next within this many km is one mark."""
OVER_THE_POLE_DEG = 90.0
"""A step in longitude larger than this only happens beside a pole, where the line is drawn in two parts."""
LEAST_KM = 0.01
"""A gap between two crossings that is shorter than this is none: they share a border there."""
TENTHS_KM = 10.0
"""A closest approach below this is told to a tenth of a km, or finer."""
GRAVITY = ("free", "consented", "forbidden")
NEAREST = 5
"""How many closest approaches the table lists."""


@dataclass(frozen=True, slots=True)
class Line:
    """A route with its verdict, its densified path, and what a candidate adds.

    Attributes
    ----------
    verdict : Verdict
        What the rules say, with the crossings.
    candidate : Candidate or None
        Where extension, consents and gap come from, if the route is one.
    path : list of (lon, lat)
        Points at most `MAX_STEP_KM` apart; longitudes run on past 180 degrees.
    km : list of float
        Kilometres along the route at each of them.
    world : Airspaces
        Where the names of territories come from.
    standings : mapping
        What the findings make of each crossing that they name.
    waters : mapping
        Where crossings lie beyond 12 NM of any land.
    """

    verdict: Verdict
    candidate: Candidate | None
    path: list[Point]
    km: list[float]
    world: Airspaces = field(repr=False)
    standings: Mapping[Crossing, Standing] = field(repr=False)
    waters: Mapping[Crossing, tuple[Stay, ...]] = field(repr=False)

    @property
    def route(self) -> Route:
        """The route."""
        return self.verdict.route

    @property
    def middle(self) -> float:
        """The meridian half-way between its west and its east."""
        lons = [lon for lon, _ in self.path]
        return (min(lons) + max(lons)) / 2.0

    def around(self, meridian: float) -> Line:
        """Return the same line on the turn of the Earth around a meridian."""
        shift = 360.0 * round((meridian - self.middle) / 360.0)
        return replace(self, path=[(lon + shift, lat) for lon, lat in self.path]) if shift else self

    def between(self, from_km: float, to_km: float, start: Point, end: Point) -> list[Point]:
        """Return the path from one point of the route to another."""
        first, last = bisect.bisect_right(self.km, from_km), bisect.bisect_left(self.km, to_km)
        return [self.near(from_km, start), *self.path[first:last], self.near(to_km, end)]

    def near(self, at_km: float, point: Point) -> Point:
        """Return the point on the same turn of the Earth as the path has there."""
        at = min(bisect.bisect_left(self.km, at_km), len(self.path) - 1)
        return point[0] + 360.0 * round((self.path[at][0] - point[0]) / 360.0), point[1]

    def at(self, at_km: float) -> Point:
        """Return the point of the path that is nearest to a kilometre of the route."""
        return self.path[min(bisect.bisect_left(self.km, at_km), len(self.path) - 1)]

    def forbidden(self) -> list[tuple[list[Point], dict[str, Any]]]:
        """Return the stretches over states and areas of the rule: the path, how they stand, what to say."""
        inside = [crossing for crossing in self.verdict.crossings if self.standing(crossing) != "free"]
        return [
            (
                self.between(crossing.entry_km, crossing.exit_km, crossing.entry, crossing.exit),
                {"standing": self.standing(crossing), "text": self._crossing_text(crossing)},
            )
            for crossing in (*inside, *self.in_areas())
        ]

    def in_areas(self) -> list[Crossing]:
        """Return the crossings in areas, which overlap those in states."""
        return [crossing for f in self.verdict.findings if f.area is not None for crossing in f.crossings]

    def place_of(self, crossing: Crossing) -> str:
        """Name the territory of a crossing, with its state where that is another."""
        own = crossing.state in {crossing.territory, "XXX"}
        return holder(crossing) if own else f"{self.world.pieces[crossing.piece].territory_name} ({holder(crossing)})"

    def _crossing_text(self, crossing: Crossing) -> list[str]:
        km = f"{from_to(crossing)}: {crossing.length_km:,.1f} km"
        return [holder(crossing), km, *self._remarks(crossing)]

    def _remarks(self, crossing: Crossing) -> list[str]:
        far = beyond_land(crossing, self.waters.get(crossing, ()))
        doubtful = (f for f in self.verdict.findings if f.status == "marginal" and f.state and crossing in f.crossings)
        doubts = (f"marginal: {finding.note}" for finding in doubtful)
        return [*remarks(crossing, self._territory(crossing)), *doubts, *([far] if far else [])]

    def _territory(self, crossing: Crossing) -> str:
        return self.world.pieces[crossing.piece].territory_name

    def standing(self, crossing: Crossing) -> Standing:
        """Return ``"forbidden"``, ``"consented"`` or ``"free"``: what the findings make of a crossing."""
        return self.standings.get(crossing, "free")

    def marks(self) -> list[dict[str, Any]]:
        """Return a mark for each border crossed: where, what to say, and how much it matters."""
        end_km = self.route.length_km
        events: list[tuple[float, Point, str, str, Standing]] = []
        for crossing in self.verdict.crossings:
            standing = self.standing(crossing)
            if crossing.entry_km > SAME_KM:
                events.append((crossing.entry_km, crossing.entry, "enter", f"Enters {holder(crossing)}", standing))
            if crossing.exit_km < end_km - SAME_KM:
                events.append((crossing.exit_km, crossing.exit, "leave", f"Leaves {holder(crossing)}", standing))
        events.sort(key=lambda event: (event[0], event[2] == "enter"))
        marks: list[dict[str, Any]] = []
        last_km = -1.0
        for km, at, what, text, standing in events:
            looks = {"kind": "border" if standing == "free" else what, "standing": standing}
            if marks and km - last_km < SAME_KM:
                marks[-1]["text"].insert(-2, text)
                # The way into a forbidden state says more than the way out of another.
                marks[-1] |= looks if standing != "free" else {}
            else:
                texts = [text, f"km {km:,.1f}", _latlon(at)]
                marks.append({"at": self.near(km, at), **looks, "text": texts})
            last_km = km
        return marks

    def stops(self) -> list[tuple[dict[str, Any], Waypoint]]:
        """Return the waypoints: where they are on the map, which are the ends, and what they are."""
        points, legs = self.route.waypoints, self.route.legs
        km = itertools.accumulate((leg.length_km for leg in legs), initial=0.0)
        return [
            ({"at": self.near(at_km, (point.lon, point.lat)), "end": number in {0, len(legs)}}, point)
            for number, (point, at_km) in enumerate(zip(points, km, strict=True))
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Return the crossings table: a row for each stay, and one for the high seas.

        Slivers of one border are one stay, which has the exact rows in ``parts``.
        """
        found: list[dict[str, Any]] = []
        for stay in (*merged(self.verdict.crossings, self._told_apart), *self.in_areas()):
            if not isinstance(stay, Along):
                found.append(self._row(stay))
                continue
            parts = [self._row(sliver) for sliver in stay.slivers]
            within = ", ".join(f"{state.name} {km:,.1f} km" for state, km in stay.km.items())
            found.append(
                {
                    "state": stay.words[:1].upper() + stay.words[1:],
                    "note": within,
                    "from": parts[0]["from"],
                    "to": parts[-1]["to"],
                    "km": f"{sum(stay.km.values()):,.1f}",
                    "standing": max((part["standing"] for part in parts), key=GRAVITY.index),
                    "parts": parts,
                }
            )
        seas_km = self.verdict.crossings.high_seas_km
        if seas_km >= 0.05:
            high_seas = {"state": "High seas", "note": "", "from": "", "to": "", "standing": "free"}
            found.append(high_seas | {"km": f"{seas_km:,.1f}"})
        return found

    def _told_apart(self, crossing: Crossing) -> tuple[Standing, tuple[str, ...]]:
        return self.standing(crossing), tuple(self._remarks(crossing))

    def _row(self, crossing: Crossing) -> dict[str, Any]:
        return {
            "state": holder(crossing),
            "note": "; ".join(self._remarks(crossing)),
            "from": f"{crossing.entry_km:,.1f}",
            "to": f"{crossing.exit_km:,.1f}",
            "km": f"{crossing.length_km:,.1f}",
            "standing": self.standing(crossing),
        }

    def bands(self, clock: Callable[[float], str] | None = None) -> list[dict[str, Any]]:
        """Return the profile of the route: what lies below it from start to end, without a gap.

        Parameters
        ----------
        clock : callable, optional
            Says when the flight is so many km from the start.

        Returns
        -------
        list of dict
            ``from`` and ``to`` in km from the start, ``code`` and ``name`` of the state, its ``standing`` (``"free"``,
            ``"forbidden"``, ``"consented"``, or ``"sea"``), ``disputed``, the dispute in words, where there is one,
            ``beyond``, how much of it lies beyond 12 NM of any land, where some does, and ``time``, where there is a
            clock.
        """
        found: list[dict[str, Any]] = []
        at_km = 0.0
        for crossing in self.verdict.crossings:
            if crossing.entry_km - at_km > LEAST_KM:
                found.append(_sea(at_km, crossing.entry_km))
            band = {
                "from": round(crossing.entry_km, 2),
                "to": round(crossing.exit_km, 2),
                "code": crossing.territory if crossing.state != "XXX" else "",
                "name": self.place_of(crossing),
                "standing": self.standing(crossing),
            }
            if crossing.disputed:
                band["disputed"] = crossing.disputed
            if far := beyond_land(crossing, self.waters.get(crossing, ())):
                band["beyond"] = far
            found.append(band)
            at_km = crossing.exit_km
        if self.route.length_km - at_km > LEAST_KM:
            found.append(_sea(at_km, self.route.length_km))
        if clock is not None:
            for one in found:
                one["time"] = f"{clock(one['from'])} to {clock(one['to'])}"
        return found

    def nearest(self) -> list[dict[str, Any]]:
        """Return the forbidden states that the route passes nearest without entering them, and where."""
        near = [
            (f.closest_km, f.approach, f)
            for f in self.verdict.findings
            if f.closest_km and f.approach and not f.crossings
        ]
        near.sort(key=lambda one: (one[0], str(one[2].state)))
        # A state that two rules name is one state.
        once = {(str(one[2].state), one[2].area): one for one in reversed(near)}
        near = [one for one in near if once[str(one[2].state), one[2].area] is one]
        return [
            {
                "state": finding.state.name if finding.state else finding.area or "",
                "km": f"{km:,.2f}" if km < 1.0 else f"{km:,.1f}" if km < TENTHS_KM else f"{km:,.0f}",
                "status": finding.status,
                "on": self.near(approach.at_km, approach.on_route),
                "to": self.near(approach.at_km, approach.on_border),
                "text": [f"at km {approach.at_km:,.1f} of the route", _latlon(approach.on_border)],
            }
            for km, approach, finding in near[:NEAREST]
        ]

    def told(self) -> dict[str, Any]:
        """Return what a list says of the route, but for its name."""
        said = {"kind": self.route.kind, "status": self.verdict.status, "answer": self.answer(), "words": self.words()}
        return {**said, **self.numbers(), "unmet": self.unmet()}

    def numbers(self) -> dict[str, str]:
        """Return length and extension in words."""
        found = {"km": f"{self.route.length_km:,.0f} km", "extension": ""}
        if self.route.kind == "great-circle":
            found["extension"] = "the shortest"
        elif self.candidate:
            found["extension"] = f"{self.candidate.extension_pct:+.1f} %"
        else:
            longer = extension_of(self.route)
            found["extension"] = f"{longer.pct:+.1f} %" if longer else ""
        return found

    def answer(self) -> Answer | None:
        """Return what the verdict comes to: free, only with consent, forbidden, or not known."""
        asked = self.candidate is not None and self.route.kind == "detour" and self.candidate.consents
        found = answer_of(self.verdict)
        return "with-consent" if asked and found == "free" else found

    def words(self) -> str:
        """Say that in a few words."""
        return row_words(self.verdict) if self.candidate is None else way_words(self.candidate)

    def consents(self) -> list[str]:
        """Return the names of the states whose consent the route needs or has."""
        if self.candidate:
            return [] if self.crossed() else [state.name for state in self.candidate.consents]
        crossings = [crossing for crossing in self.verdict.crossings if self.standing(crossing) == "consented"]
        return list(dict.fromkeys(holder(crossing) for crossing in crossings))

    def crossed(self) -> list[str]:
        """Return the names of the states of the rule that the route enters, but for those whose consent is assumed."""
        crossings = [s for s in (*self.verdict.crossings, *self.in_areas()) if self.standing(s) == "forbidden"]
        return list(dict.fromkeys(holder(crossing) for crossing in crossings))

    def presumed(self) -> list[str]:
        """Return those of them that no recorded position lies in: the straight line over a gap enters them."""
        found = [f for f in self.verdict.findings if f.status == "crosses" and not f.consented]
        seen = {holder(crossing) for f in found if not f.presumed for crossing in f.crossings}
        only = (holder(crossing) for f in found if f.presumed for crossing in f.crossings)
        return [name for name in dict.fromkeys(only) if name not in seen]

    def unmet(self) -> list[str]:
        """Return what fails about the route as a whole, such as its extension."""
        return [
            f"{f.rule}: {f.note}" for f in self.verdict.findings if not f.state and not f.area and f.status != "clear"
        ]


def lines_of(items: Iterable[Verdict | Candidate], world: Airspaces) -> list[Line]:
    """Return the lines of verdicts or candidates, all on one turn of the Earth."""
    lines = [_line(item, world) for item in items]
    if not lines:
        raise RouteError("there is nothing to draw: give at least one route")
    first = lines[0]
    # Routes from one place start on one spot, even where they leave it in opposite directions.
    return [line if line.path[0] == first.path[0] else line.around(first.middle) for line in lines]


def _line(item: Verdict | Candidate, world: Airspaces) -> Line:
    candidate = None if isinstance(item, Verdict) else item
    verdict = item if isinstance(item, Verdict) else item.verdict
    path: list[Point] = [(verdict.route.waypoints[0].lon, verdict.route.waypoints[0].lat)]
    km = [0.0]
    for leg in verdict.route.legs:
        if not leg.length_m:
            continue
        run = points_along(leg.start.lon, leg.start.lat, leg.end.lon, leg.end.lat, max_km=MAX_STEP_KM)
        shift = 360.0 * round((path[-1][0] - run[0][0]) / 360.0)
        start_km = km[-1]
        for number, (lon, lat) in enumerate(run[1:], 1):
            path.append((lon + shift, lat))
            km.append(start_km + leg.length_km * number / (len(run) - 1))
    waters = stays_in_waters(verdict.crossings, world)
    return Line(verdict, candidate, path, km, world, standings(verdict), waters)


def runs(path: Sequence[Point], km: Sequence[float]) -> list[tuple[list[Point], list[float]]]:
    """Return a path with its kilometres, cut where it passes a pole and jumps to the opposite meridian."""
    cuts = [
        n
        for n, (before, after) in enumerate(itertools.pairwise(path), 1)
        if abs(after[0] - before[0]) > OVER_THE_POLE_DEG
    ]
    return [(list(path[a:b]), list(km[a:b])) for a, b in itertools.pairwise([0, *cuts, len(path)])]


def _sea(from_km: float, to_km: float) -> dict[str, Any]:
    return {"from": round(from_km, 2), "to": round(to_km, 2), "code": "", "name": "High seas", "standing": "sea"}


def _latlon(point: Point) -> str:
    """Latitude first, as people read it."""
    lon, lat = point
    return f"{abs(lat):.4f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.4f}° {'E' if lon >= 0 else 'W'}"
