"""The crossings of a route, as values: what each is, and what all of them come to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, overload

from overflight._crossings.approach import Survey
from overflight.airspace import RuleSet, State, owners
from overflight.outside.framed import Framed
from overflight.outside.listing import Listing

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from overflight.routes import Route

__all__ = ["CLAIMED", "Crossing", "Crossings", "Role", "Surveyed"]

Role = Literal["departure", "overflight", "arrival"]
CLAIMED = State("XXX", "Undetermined")
"""Stands for the state of a piece that several claim and nobody holds undisputed."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One passage through one state's airspace, from entry to exit.

    Attributes
    ----------
    state : State
        Whose airspace it is; ``XXX`` where several states claim it and nobody holds it undisputed.
    territory : str
        ISO code of the territory, which may differ from its state's (``GRL`` of ``DNK``).
    disputed : str or None
        The dispute in words; a disputed part of a state is a crossing of its own.
    claimants : tuple of str
        Codes of the states that claim the piece, where more than one does.
    role : {"departure", "overflight", "arrival"}
        `departure` if the route begins in this crossing, else `arrival` if it ends in it.
    entry, exit : (lon, lat)
        Where it begins and ends, in degrees, longitude in [-180, 180].
    entry_km, exit_km : float
        The same along the route, in km from its start.
    piece : int
        Id of the piece entered first.
    """

    state: State
    territory: str
    disputed: str | None
    claimants: tuple[str, ...]
    role: Role
    entry: tuple[float, float]
    exit: tuple[float, float]
    entry_km: float
    exit_km: float
    piece: int

    @property
    def length_km(self) -> float:
        """Length of the crossing in km."""
        return self.exit_km - self.entry_km

    def to_dict(self, *, blocs: Mapping[State, Sequence[str]] | None = None) -> dict[str, Any]:
        """Return the crossing as the JSON of `overflight check` has it."""
        return {
            "state": self.state.code,
            "name": self.state.name,
            "role": self.role,
            "blocs": list((blocs or {}).get(self.state, ())),
            "disputed": self.disputed,
            "territory": self.territory,
            "claimants": list(self.claimants),
            "entry_km": round(self.entry_km, 3),
            "exit_km": round(self.exit_km, 3),
            # Of the rounded ends, so that what is printed adds up.
            "length_km": round(round(self.exit_km, 3) - round(self.entry_km, 3), 3),
            "entry": [round(degrees, 6) for degrees in self.entry],
            "exit": [round(degrees, 6) for degrees in self.exit],
        }


@dataclass(frozen=True, slots=True, repr=False)
class Crossings(Framed, Sequence[Crossing]):
    """The crossings of one route, in order.

    Attributes
    ----------
    route : Route
        The route.
    crossings : tuple of Crossing
        What the sequence holds.
    high_seas_km : float
        What is left over: km outside any state's airspace (high seas, Antarctica). Crossings and high seas add up to
        the length of the route.
    settled : int
        Legs whose walk failed its self-check, as along a border that is itself a geodesic; there, borders were found
        by locating points, to 1 mm, and a crossing between two of them may be missed.
    """

    route: Route
    crossings: tuple[Crossing, ...]
    high_seas_km: float
    settled: int = 0

    @overload
    def __getitem__(self, index: int) -> Crossing: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Crossing, ...]: ...
    def __getitem__(self, index: int | slice) -> Crossing | tuple[Crossing, ...]:
        return self.crossings[index]

    def __len__(self) -> int:
        return len(self.crossings)

    @property
    def length_km(self) -> float:
        """Length of the route in km."""
        return self.route.length_km

    @property
    def states_km(self) -> dict[State, float]:
        """Kilometres in each state's airspace, all crossings together, in the order in which the route meets them."""
        total: dict[State, float] = {}
        for crossing in self.crossings:
            total[crossing.state] = total.get(crossing.state, 0.0) + crossing.length_km
        return total

    def within(self, states: RuleSet | Iterable[str]) -> tuple[Crossing, ...]:
        """Return the crossings that count for some states, in the order flown.

        Parameters
        ----------
        states : RuleSet, or iterable of State or str
            What `overflight.ruleset` makes of a text, a bloc on a date, or codes of states. Territories that a rule set
            leaves out count for no state, and what nobody holds undisputed counts for each of its claimants; areas are
            no states.

        Examples
        --------
        >>> import datetime as dt
        >>> import overflight as of
        >>> found = of.crossings(of.great_circle("VKO", "BUD"), of.load_airspaces())
        >>> [crossing.state.code for crossing in found.within(of.bloc("nato").on(dt.date(2025, 10, 23)))]
        ['POL', 'SVK', 'HUN']
        """
        chosen = RuleSet.of(states)
        return tuple(c for c in self.crossings if not chosen.touched.isdisjoint(owners(c, chosen.exceptions)))

    def to_dict(self, *, blocs: Mapping[State, Sequence[str]] | None = None) -> list[dict[str, Any]]:
        """Return the list of crossings as the JSON of `overflight check` has it.

        Parameters
        ----------
        blocs : mapping of State to names, optional
            The blocs that each state belongs to on the date asked about.
        """
        return [crossing.to_dict(blocs=blocs) for crossing in self.crossings]

    def path(self, crossing: Crossing, *, max_km: float = 50.0) -> list[tuple[float, float]]:
        """Return the route between a crossing's entry and exit, for drawing it.

        Parameters
        ----------
        crossing : Crossing
            One of these.
        max_km : float
            Largest spacing of points, in km.

        Returns
        -------
        list of (lon, lat)
            In degrees, longitude unrolled: it runs on past 180 degrees without a jump.
        """
        return self._path(crossing, self._ends_km(), max_km)

    def paths(self, *, max_km: float = 50.0) -> Iterator[list[tuple[float, float]]]:
        """Yield the `path` of each crossing, in order, in time linear in legs and crossings together."""
        ends_km = self._ends_km()
        for crossing in self.crossings:
            yield self._path(crossing, ends_km, max_km)

    def _listing(self) -> Listing:
        disputed = any(crossing.disputed for crossing in self.crossings)
        at_sea = f", {self.high_seas_km:,.1f} km of it over the high seas" if self.high_seas_km >= 0.05 else ""
        return Listing(
            title=f"Crossings of {self.route.label}, {self.length_km:,.1f} km{at_sea}",
            words=(f"{c.state} {c.entry_km:,.1f}-{c.exit_km:,.1f}" for c in self.crossings),
            header=("#", "state", "name", "role", "in, km", "out, km", "km", *["disputed"] * disputed),
            rows=(
                [n, c.state.code, c.state.name, c.role, c.entry_km, c.exit_km, c.length_km, *[c.disputed] * disputed]
                for n, c in enumerate(self.crossings, 1)
            ),
            total=len(self.crossings),
        )

    def _ends_km(self) -> list[float]:
        """Return where each leg ends, in km from the start of the route."""
        return list(accumulate(leg.length_m / 1000.0 for leg in self.route.legs))

    def _path(self, crossing: Crossing, ends_km: list[float], max_km: float) -> list[tuple[float, float]]:
        from overflight.routes import Route, Waypoint

        first, last = bisect_right(ends_km, crossing.entry_km), bisect_left(ends_km, crossing.exit_km)
        between = [leg.end for leg in self.route.legs[first:last]]
        return Route((Waypoint(*crossing.entry), *between, Waypoint(*crossing.exit))).path(max_km=max_km)

    def to_frame(self, *, max_km: float = 20.0) -> GeoDataFrame:
        """Return the crossings as a GeoDataFrame of lines, cut at 180 degrees; `plot` and `explore` draw it.

        Parameters
        ----------
        max_km : float
            Largest spacing of points on the lines, in km.

        Returns
        -------
        GeoDataFrame
            One row a crossing, WGS84 lon/lat, with the columns of `to_dict` but entry and exit, which are
            `entry_lon`, `entry_lat`, `exit_lon` and `exit_lat`.
        """
        import geopandas as gpd
        from shapely.geometry import MultiLineString

        from overflight.routes.antimeridian import cut_at_antimeridian

        rows = []
        for crossing, path in zip(self.crossings, self.paths(max_km=max_km), strict=True):
            row = crossing.to_dict()
            del row["blocs"]
            row["claimants"] = " ".join(crossing.claimants)
            row["entry_lon"], row["entry_lat"] = row.pop("entry")
            row["exit_lon"], row["exit_lat"] = row.pop("exit")
            row["geometry"] = MultiLineString(cut_at_antimeridian(path))
            rows.append(row)
        columns = None if rows else ["state", "name", "role", "disputed", "territory", "geometry"]
        return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")


class Surveyed(Crossings):
    """Crossings that know how near their route comes to states that it does not enter."""

    __slots__ = ("survey",)
    survey: Survey

    def __init__(self, crossings: Crossings, survey: Survey) -> None:
        super().__init__(crossings.route, crossings.crossings, crossings.high_seas_km, crossings.settled)
        object.__setattr__(self, "survey", survey)
