"""The price of an airspace: what closing it costs the flights that enter it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.airspace import VIEWS, Bloc, load_airspaces
from overflight.batch.settings import Columns, Settings
from overflight.batch.values import DAY_0
from overflight.errors import OverflightError
from overflight.outside.dates import as_date
from overflight.outside.version import __version__
from overflight.pricing.closing import Before, Calendar, Closing, states_of
from overflight.pricing.flown import Flown, add_table, columns_of, files_in, flown_in, flown_of, one_input, table_of
from overflight.pricing.model import Price
from overflight.pricing.reckoning import Reckoner
from overflight.pricing.searching import Makers, Terms, searched
from overflight.rules.avoid import KEPT_KM

if TYPE_CHECKING:
    from overflight.costs.pacing import Wind

__all__ = ["price", "priced"]


def price(
    flights: Any,
    *,
    without: str | Iterable[str],
    each: bool = False,
    on: dt.date | str | None = None,
    avoid: Sequence[str] = (),
    never: Sequence[str] = (),
    allow: Sequence[str] = (),
    margin_km: float = KEPT_KM,
    view: str = VIEWS[0],
    blocs: Sequence[Bloc] = (),
    aircraft: str = "narrow-body",
    wind: Wind = "none",
    workers: int = 1,
    scheduler: str | None = None,
) -> Price:
    """Price an airspace: what it would cost flights if it were closed.

    Parameters
    ----------
    flights : table, path, or iterable of ways
        A frame (pandas, Polars, Arrow) or Parquet files, read as `overflight.batch` reads pairs and lines: with a
        column of dates each row is of its own day; a column ``flights`` says how many flights a row stands for, one
        ``aircraft`` what flies. Or ways as `overflight.route` takes them, such as ``"LHR-HND"``, each one flight.
    without : str, or iterable of str
        What is closed: a rule set, such as ``"RUS"`` or ``"eu"``, or several states. No consent opens it.
    each : bool
        Whether to close each state of it in turn, rather than all at once.
    on : datetime.date or str, optional
        The day of flights that bring none of their own.
    avoid, never, allow : sequence of str
        Rule sets, and consents, that hold before and after: see `overflight.detour`.
    margin_km : float
        How far detours keep from what is forbidden.
    view : {"de-jure", "de-facto"}
        Whose a disputed part is.
    blocs : sequence of Bloc
        Blocs of your own that rule sets name.
    aircraft : str
        What flies where a row doesn't say, or not in words that are known.
    wind : {"none", "season"}
        What wind the times reckon with.
    workers : int
        How many processes to search with. More than one need ``if __name__ == "__main__":`` around what a script does.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers search instead.

    Returns
    -------
    Price

    Raises
    ------
    OverflightError
        If flights, rule sets or aircraft can't be read, or if flights have no day.

    Notes
    -----
    A flight is affected if its way enters what is closed: the line that was given, or the shortest lawful way between
    the two places that were. It then flies the shortest lawful route with that airspace closed, found as
    `overflight.detour` finds it. What it takes more is over the shortest lawful way with that airspace open, whatever
    line was given. Flights that depart or land in what is closed, or have no lawful way left, are counted by
    themselves and have no figures.

    Lengths are those of the shortest ways, each proven to lie between a lower bound and the route found: `low` of a sum
    of km is a sum of bounds. No flight is moved to another day, aircraft or pair of places, and none is cancelled.

    Examples
    --------
    >>> import overflight as of
    >>> found = of.price(["FRA-VIE", "FRA-VIE", "FRA-PRG", "FRA-ZRH"], without="CZE", on="2025-10-23")
    >>> found.flights, found.total.affected, found.total.detours, found.total.ends_there
    (4, 3, 2, 1)
    >>> round(found.total.km.typical), round(found.total.km.low)
    (4, 3)
    """
    day = None if on is None else as_date(on)
    chosen = without if isinstance(without, str) else " | ".join(without)

    def settings(columns: Columns) -> Settings:
        if day is None and columns.date is None:
            msg = 'flights need a day: give on="2025-10-23", or a column of dates'
            raise OverflightError(msg)
        return Settings(
            columns,
            day or dt.date(2000, 1, 1),  # which no row is judged by where each brings its own
            avoid=tuple(avoid),
            never=tuple(never),
            allow=tuple(allow),
            view=view,
            blocs=tuple(blocs),
        )

    table = table_of(flights)
    if table is not None:
        asked = settings(columns_of([one_input(table)], {}, dated=day is None))
        found = Flown()
        add_table(found, table, asked)
    elif isinstance(flights, str | Path):
        files = files_in([str(flights)])
        asked = settings(columns_of(files, {}, dated=day is None))
        found = flown_in(files, asked)
    else:
        asked = settings(Columns("pairs"))
        found = flown_of(flights, asked.on)
    return priced(
        found,
        Terms(asked, margin_km),
        without=chosen,
        each=each,
        aircraft=aircraft,
        wind=wind,
        makers=Makers(workers, scheduler),
    )


def priced(
    flown: Flown,
    terms: Terms,
    *,
    without: str,
    each: bool = False,
    aircraft: str,
    wind: Wind,
    makers: Makers,
) -> Price:
    """Price an airspace for flights that are read: see `price`; `terms` has all rules but what is closed."""
    reckoner = Reckoner(aircraft, wind)
    calendar = Calendar.of({day for _, day, _ in flown.flights}, terms.settings)
    closures = states_of(terms, without, calendar) if each else (without,)
    before = Before(flown, terms, calendar, makers)
    asked = [Closing(text, terms, before) for text in closures]
    searches = [one for closing in asked for one in closing.searches()]
    found = searched(searches, before.directs, makers, "searching for detours")
    rows, grounded = [], 0
    flights_by = Counter[tuple[int, int, str]]()
    for (way, day, word), flights in flown.flights.items():
        flights_by[way, day, reckoner.named(word, flights)] += flights
    for (way, day, flies), flights in sorted(flights_by.items()):
        number = calendar.epochs[day]
        if before.of(way, number) is None:
            grounded += flights
            continue
        on = dt.date.fromordinal(DAY_0 + day)
        for closing in asked:
            row = closing.row(way, number, found)
            if row is not None:
                rows.append(reckoner.reckoned(replace(row, on=on, flights=flights, aircraft=flies)))
    rows.sort(key=lambda row: (closures.index(row.without), row.on, row.name))
    facts = {
        "overflight": __version__,
        "data": load_airspaces().version,
        "view": terms.settings.view,
        "avoid": list(terms.settings.avoid),
        "never": list(terms.settings.never),
        "allow": list(terms.settings.allow),
        "margin_km": terms.margin_km,
        **calendar.facts(),
        **reckoner.facts(),
    }
    return Price(tuple(rows), flown.flights.total(), grounded, dict(flown.refused), closures, facts)
