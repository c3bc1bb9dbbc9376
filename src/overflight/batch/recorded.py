"""Positions as flights: grouped by aircraft, sorted by time, cleaned and cut as `overflight check` does it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from overflight.batch.routes import FILE, Refusals, Routes, days_in, refuse_off_earth
from overflight.batch.values import DAY_US, MICROS, NO_DAY, grounds_of, instants_of, numbers_of, shown, texts_of
from overflight.routes.instants import EARLIEST_S, LATEST_S
from overflight.routes.model import MAX_WAYPOINTS
from overflight.routes.tracks.cleaning import Flight, clean
from overflight.routes.tracks.samples import Samples
from overflight.routes.tracks.track import LeftOut

if TYPE_CHECKING:
    from overflight.batch.settings import Columns, Settings

__all__ = ["flights_of"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NOT_FLOWN = {
    "no-time": ("bad-time", "no date, where other positions of the aircraft have one"),
    "at-0-0": ("at-0-0", "lon 0, lat 0, and no other position of the aircraft is near"),
    "still": ("still", "before, after or between flights"),
}
"""Why a position is in no flight, and how that is called here."""


def flights_of(table: Any, settings: Settings, refusals: Refusals) -> Routes:
    """Join positions to the flights that `check` makes of them.

    A position that can't be read is refused alone, and so is one that is in no flight; a repeated one counts as judged.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of whole aircraft, in the order of the file.
    settings : Settings
        By which columns, and as of which day.
    refusals : Refusals
        Takes the rows that are none.
    """
    columns = settings.columns
    points = _positions(table, columns, refusals)
    when = instants_of(table[columns.time])
    refusals.add(when == NO_DAY, "bad-time", lambda row: f"{columns.time}: {shown(table[columns.time][row].as_py())}")
    days = days_in(table, settings, refusals)
    keys = _Keys.of(table, columns)
    refusals.add(keys.nameless, "null", f"{' and '.join(columns.keys) or 'the id'} is null")
    seconds = when / MICROS
    held = _Columns(points, seconds, grounds_of(table, columns.ground, columns.altitude), keys.calls)
    found = _Found()
    for group, name in keys.groups(np.flatnonzero(~refusals.refused), refusals):
        _add_group(group, name, held, found, refusals)
    first = np.concatenate([[0], np.cumsum([len(rows) for rows in found.points])]).astype(np.int64)
    rows = np.concatenate([*found.points, np.empty(0, np.int64)])
    row = rows[first[:-1]]
    timed = np.array(found.timed, bool)
    if columns.date is None and settings.by_time:
        dated = timed | (np.array(found.dated, bool))
        days = np.where(dated, when[row] // DAY_US, days[row])
    else:
        days = days[row]
    times = np.where(np.repeat(timed, np.diff(first)), when[rows], NO_DAY)
    owner = np.full(table.num_rows, -1)
    for number, some in enumerate(found.recorded):
        owner[some] = number
    return Routes(
        points[rows],
        first,
        row,
        days,
        refusals,
        times=times,
        owner=owner,
        number=np.arange(len(row)),
        names=None if columns.route is not None else np.array(found.names, object),
        flight=np.array(found.flight, np.int64),
        remarks=np.fromiter(found.remarks, object, len(found.remarks)),
    )


def _positions(table: Any, columns: Columns, refusals: Refusals) -> Floats:
    lon, no_lon = numbers_of(table[columns.lon])
    lat, no_lat = numbers_of(table[columns.lat])
    refusals.add(no_lon | no_lat, "null", "the position is null")
    points = np.column_stack([lon, lat])
    refuse_off_earth(points, np.arange(len(points)), refusals)
    return points


class _Columns(NamedTuple):
    """What is known of each row."""

    points: Floats
    seconds: Floats
    ground: npt.NDArray[np.int8]
    calls: npt.NDArray[np.object_]


class _Found:
    """The flights found so far, by columns."""

    def __init__(self) -> None:
        self.points: list[Integers] = []
        self.recorded: list[Integers] = []
        self.timed: list[bool] = []
        self.dated: list[bool] = []
        self.names: list[str | None] = []
        self.flight: list[int] = []
        self.remarks: list[tuple[str, ...]] = []

    def add(self, flight: Flight, number: int, name: str | None, left_out: list[LeftOut], *, dated: bool) -> None:
        """Add a flight."""
        flown = flight.flown
        self.points.append(flown.row)
        self.recorded.append(flight.recorded.row)
        # Of positions of one moment the date is known, but not when the aircraft was where.
        self.dated.append(dated or flown.is_timed)
        self.timed.append(flown.is_timed and bool(flown.when[0] != flown.when[-1]))
        self.names.append(name)
        self.flight.append(number)
        self.remarks.append(flight.told(left_out))


def _add_group(rows: Integers, name: str | None, held: _Columns, found: _Found, refusals: Refusals) -> None:
    """Add the flights of one aircraft, and refuse its other positions."""
    if len(rows) < 2:
        refusals.add(rows, "too-few-points", f"the route has {len(rows)} points that can be read")
        return
    seconds = held.seconds[rows]
    if not ((seconds >= EARLIEST_S) & (seconds <= LATEST_S)).any():  # counts, that tell the order alone
        rows = rows[np.argsort(seconds, kind="stable")]
        seconds = np.full(len(rows), np.nan)
    points = held.points[rows]
    samples = Samples.of_columns(points, seconds, on_ground=held.ground[rows], callsign=held.calls[rows], row=rows)
    flights, gone, day_s = clean(samples)
    if not flights:
        refusals.add(rows, "no-length", "all points are {:g},{:g} (lon,lat)".format(*points[0]))
        return
    left_out = [LeftOut(len(which), why) for why, which in gone.items()]
    for why, which in gone.items():
        refusals.add(which, *NOT_FLOWN[why])
    for number, flight in enumerate(flights, 1):
        if len(flight.flown) > MAX_WAYPOINTS:
            refusals.add(flight.recorded.row, "too-many-points", f"{len(flight.flown):,} points in one flight")
            continue
        if flight.jumps is not None and flight.jumps.certain:
            refusals.add(flight.jumped.row, "jump", f"suspected spoofing or error ({flight.jumps})")
        found.add(flight, number, name, left_out if number == 1 else [], dated=math.isfinite(day_s))


class _Keys(NamedTuple):
    """By what rows are told apart: numbers of route, aircraft and callsign, 0 where blank, and their texts."""

    numbers: Integers
    texts: tuple[list[str], list[str], list[str]]
    nameless: npt.NDArray[np.bool_]
    calls: npt.NDArray[np.object_]

    @classmethod
    def of(cls, table: Any, columns: Columns) -> _Keys:
        """Read what tells rows apart; a row is nameless if all that could is null."""
        count = table.num_rows
        numbers = np.zeros((count, 3), np.int64)
        texts: tuple[list[str], list[str], list[str]] = ([""], [""], [""])
        nameless = np.full(count, bool(columns.keys))
        for k, name in enumerate((columns.route, columns.aircraft, columns.callsign)):
            if name is not None:
                texts[k][:], numbers[:, k], null = texts_of(table[name])
                nameless &= null
        if not columns.keys and FILE in table.column_names:  # each file is an aircraft
            numbers[:, 0] = np.asarray(table[FILE])
        calls = np.array([word or None for word in texts[2]], object)[numbers[:, 2]]
        numbers[numbers[:, 1] > 0, 2] = 0  # who has an address may change the callsign
        return cls(numbers, texts, nameless, calls)

    def groups(self, rows: Integers, refusals: Refusals) -> Iterator[tuple[Integers, str | None]]:
        """Yield the rows of each aircraft, in their order, with a name; rows that name none are the only one's."""
        sizes = [len(words) for words in self.texts]
        codes = (self.numbers[rows, 0] * sizes[1] + self.numbers[rows, 1]) * sizes[2] + self.numbers[rows, 2]
        order = np.argsort(codes, kind="stable")
        rows, codes = rows[order], codes[order]
        cuts = np.flatnonzero(np.diff(codes)) + 1
        groups = np.split(rows, cuts) if len(rows) else []
        by_route = itertools.groupby(groups, lambda some: int(self.numbers[some[0], 0]))
        for _, same in by_route:
            some = list(same)
            if not self.numbers[some[0][0], 1:].any() and len(some) > 1:  # the first names neither
                if len(some) > 2:
                    refusals.add(some[0], "null", "no aircraft is named, and there are several")
                else:
                    some[1] = np.sort(np.concatenate(some[:2]))
                del some[0]
            for group in some:
                yield group, self._name(group)

    def _name(self, rows: Integers) -> str | None:
        """Return what most rows call the flight, else the aircraft."""
        calls = [call for call in self.calls[rows].tolist() if call]
        if calls:
            return str(max(sorted(set(calls)), key=calls.count))
        aircraft = self.numbers[rows, 1].max()
        return self.texts[1][aircraft] or None
