"""Positions gathered row by row from whatever has columns, and made routes: recorded flights, or lines."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence

from overflight.errors import OverflightError, ProposalError
from overflight.outside.printable import plain_name, unguarded
from overflight.routes.collect import Collector
from overflight.routes.instants import day_comes_first, instant, is_slashed
from overflight.routes.numbers import number_or_none, on_ground
from overflight.routes.places import Waypoint
from overflight.routes.refusals import shown
from overflight.routes.tables import Table, refuse_row

__all__ = ["Positions"]

Key = tuple[str, str, str]
"""Route, aircraft and callsign, which tell rows apart."""
Groups = dict[Key, list[int]]
"""The numbers of the rows that have these."""
GROUPING = frozenset({"route", "leg", "aircraft", "callsign"})
MOST_HELD = 10_000
AT_ONCE, FEW = 10_000, 1_000
"""Rows that are read column by column, and how few are not worth it."""
_OFFSET = re.compile(r"([+-])?(\d{1,2}):?(\d{2})", re.ASCII)


class Positions:
    """Gathers rows that are positions, and makes the routes of them.

    Parameters
    ----------
    table : Table
        What the columns hold.
    lines : Collector
        Takes the routes.
    """

    def __init__(self, table: Table, lines: Collector) -> None:
        self.table = table
        self.lines = lines
        self.has = table.columns.keys()
        self.plain: dict[str, str | None] = {}
        self.keys: dict[Key, int] = {}
        self.key: list[int] = []
        self.lon: list[float] = []
        self.lat: list[float] = []
        self.names: list[str | None] = []
        self.when: list[float] = []
        self.order: list[float] = []
        self.altitude: list[float] = []
        self.ground: list[int] = []
        self.source: list[str | None] = []
        self.callsign: list[str | None] = []
        self.tracks: list[str] = []
        self.ids: list[str] = []
        self.missing = 0
        self.odd_time = ""
        self.slashed: list[tuple[int, str, float]] = []
        self.dated = False
        self.counted = True

    def add_all(self, rows: Iterable[tuple[list[str], int]]) -> None:
        """Add rows, each with the number of its line.

        Raises
        ------
        ProposalError
            Names the line and the column.
        """
        given = iter(rows)
        while some := list(itertools.islice(given, AT_ONCE)):
            if len(some) < FEW or len(some) > self.lines.left or not self._add_at_once([row for row, _ in some]):
                for row, line in some:
                    self.add(row, line)

    def _add_at_once(self, rows: list[list[str]]) -> bool:
        """Add rows as `add` does; False if one of them needs a closer look."""
        from overflight.routes.many_rows import columns_at_once, each

        found = columns_at_once(self.table, rows)
        if found is None:
            return False
        self.lines.left -= len(rows)
        self.dated = True
        self.lon += found.lon
        self.lat += found.lat
        self.when += found.when
        self.order += found.when
        self.altitude += found.altitude
        self.ground += found.ground
        self.names += [None] * len(rows)
        texts = found.texts
        self.source += each(texts["source"], self._named)
        self.callsign += each(texts["callsign"], self._named)
        routes = [a or b for a, b in zip(texts["route"], texts["leg"], strict=True)]
        self.key += each(list(zip(routes, texts["aircraft"], texts["callsign"], strict=True)), self._number)
        self.tracks += texts["track"]
        self.ids += texts["id"]
        return True

    def add(self, row: Sequence[str], line: int, place: tuple[str, str] | None = None) -> None:
        """Add a row; with a `place`, that one is its longitude and latitude.

        Raises
        ------
        ProposalError
            Names the line and the column.
        """
        table = self.table
        try:
            if place is not None:
                table, row = Table({**table.columns, "lon": len(row), "lat": len(row) + 1}), [*row, *place]
            lonlat = table.lonlat(row)
            if lonlat is None:
                self.missing += 1
                return
            point = self.lines.point(*lonlat)
            when, order = self._time(row)
        except ProposalError:
            raise
        except OverflightError as error:
            if not self.key and self._is_units(row):
                return
            refuse_row(self.lines.where, line, error)
        self.lon.append(point.lon)
        self.lat.append(point.lat)
        self.names.append(self._named(self._cell(row, "name")))
        self.when.append(math.nan if when is None else when)
        self.order.append(order)
        self.altitude.append(self._altitude(row))
        self.ground.append(self._ground(row))
        self.source.append(self._named(self._cell(row, "source")))
        self.callsign.append(self._named(self._cell(row, "callsign")))
        route = self._cell(row, "route") or self._cell(row, "leg")
        self.key.append(self._number((route, self._cell(row, "aircraft"), self._cell(row, "callsign"))))
        self.tracks.append(self._cell(row, "track"))
        self.ids.append(self._cell(row, "id"))

    def _number(self, key: Key) -> int:
        """Return the number of a key; there are no more than there may be routes."""
        found = self.keys.setdefault(key, len(self.keys))
        self.lines.expect_routes(len(self.keys))
        return found

    def _cell(self, row: Sequence[str], key: str) -> str:
        """Return a cell; most tables have few of the columns, and some have many rows."""
        return self.table.cell(row, key) if key in self.has else ""

    def _named(self, text: str) -> str | None:
        """Make a name; recorders write the same one in thousands of rows."""
        if not text:
            return None
        if text not in self.plain:
            if len(self.plain) > MOST_HELD:
                self.plain.clear()
            self.plain[text] = plain_name(unguarded(text))
        return self.plain[text]

    def expect_order(self) -> None:
        """Refuse points that nothing puts into an order.

        Raises
        ------
        ProposalError
        """
        if len(self.key) > 1 and not self.dated and not self.counted and not self.slashed:
            told = f"{len(self.key):,} points and no line: give each a time or a number (seq), or join them to a line"
            self.lines.refuse(told)

    def finish(self) -> None:
        """Add the routes: recorded flights if the rows have times, else lines through the rows in their order."""
        if not self.key:
            return
        self._settle()
        if self.odd_time and not self.dated and not self.counted:
            self.lines.remark(f"times such as {shown(self.odd_time)} tell no moment: rows are in the order of the file")
        if self.table.not_dated:
            self.lines.remark(self.table.not_dated)
        if self.table.is_local and self.dated:
            self.lines.remark("times are local, of a zone that the file does not tell: they are taken for UTC")
        if self.dated and "altitude" in self.table.columns and self.table.metres is None:
            self.lines.remark("altitudes without a unit are not read: call their column altitude_ft or altitude_m")
        groups = self._groups() if GROUPING & self.has else self._by_own_names()
        named = _merged(groups, (lambda key: (key[0], key[1], "" if key[1] else key[2])) if self.dated else None)
        if nameless := sum(map(len, groups.values())) - sum(map(len, named.values())):
            said = f"{nameless:,} row{'s' if nameless > 1 else ''}"
            self.lines.remark(f"{said} that name{'s' if nameless == 1 else ''} none of several aircraft left out")
        if self.dated:
            self._add_recorded(named)
        else:
            self._add_planned(named)

    def _settle(self) -> None:
        """Read times with slashes, now that all of them are there to tell whether the day comes first."""
        if not self.slashed:
            return
        first = day_comes_first(text for _, text, _ in self.slashed)
        if first is None:
            text = shown(self.slashed[0][1])
            self.counted = False
            self.lines.remark(
                f"times such as {text} don't tell whether the day or the month comes first: rows are in the order of "
                f"the file, without times: write dates as 2025-10-23"
            )
            return
        for i, text, ahead in self.slashed:
            if (when := instant(text, day_first=first)) is not None:
                self.dated = True
                self.when[i] = when - ahead
        if "offset" not in self.has and not self.table.is_local:
            order = "day/month" if first else "month/day"
            self.lines.remark(f"dates are read as {order}/year, and times, which name no zone, as UTC")

    def _groups(self) -> Groups:
        keys = [*self.keys]
        found: list[list[int]] = [[] for _ in keys]
        for i, number in enumerate(self.key):
            found[number].append(i)
        return dict(zip(keys, found, strict=True))

    def _by_own_names(self) -> Groups:
        """Take the column `track` or `id` for names, if it can be: trackers write the heading, databases a number."""
        for texts, are_names in ((self.tracks, _are_words), (self.ids, _are_shared)):
            if any(texts) and are_names(texts):
                found: Groups = {}
                for i, text in enumerate(texts):
                    found.setdefault((text, "", ""), []).append(i)
                return found
        return self._groups()

    def _add_recorded(self, groups: Groups) -> None:
        """Add what each aircraft recorded."""
        import numpy as np

        from overflight.routes.tracks.samples import Samples, objects_of

        held = Samples.of_columns(
            np.column_stack([self.lon, self.lat]),
            np.array(self.when),
            altitude_m=np.array(self.altitude),
            on_ground=np.array(self.ground, np.int8),
            source=objects_of(self.source),
            callsign=objects_of(self.callsign),
        )
        for i, ((route, aircraft, _), rows) in enumerate(groups.items()):
            calls = [call for call in map(self.callsign.__getitem__, rows) if call]
            call = max(sorted(set(calls)), key=calls.count, default="")
            name = (route if "route" in self.has else "") or call or route or aircraft
            missing = 0 if i else self.missing
            if "order" in self.has:  # which tells what comes first of one moment
                rows.sort(key=lambda i: (self.order[i], i))
            whole = len(groups) == 1 == len(self.keys) and "order" not in self.has
            samples = held if whole else held.take(np.array(rows))
            self.lines.record(samples, unguarded(name), aircraft=aircraft or None, missing=missing)

    def _add_planned(self, groups: Groups) -> None:
        """Add lines through rows without times, and say how many have no position."""
        for (route, aircraft, callsign), rows in groups.items():
            rows.sort(key=lambda i: (self.order[i] if self.counted else 0.0, i))
            name = unguarded(route or callsign or aircraft)
            self.lines.line([Waypoint(self.lon[i], self.lat[i], self.names[i]) for i in rows], plain_name(name))
        if self.missing:
            self.lines.remark(f"{self.missing:,} row{'s' if self.missing > 1 else ''} without a position left out")

    def _time(self, row: Sequence[str]) -> tuple[float | None, float]:
        """Return the moment of a row, and by what it is sorted if there is none."""
        if "time" not in self.has:
            self.counted = "order" in self.has
            return None, self.table.degrees(row, "order") if self.counted else 0.0
        text = self.table.cell(row, "time")
        date = self._cell(row, "date")
        number = number_or_none(self.table.cell(row, "order")) if "order" in self.has else None
        if is_slashed(text) or is_slashed(f"{date} {text}"):
            ahead = _offset_s(self.table.cell(row, "offset")) if "offset" in self.has else 0.0
            self.slashed.append((len(self.key), text if is_slashed(text) else f"{date} {text}", ahead))
            return None, number or 0.0
        when = instant(text)
        if when is None and date:
            when = instant(f"{date} {text}")
        if when is not None:
            self.dated = True
            ahead = _offset_s(self.table.cell(row, "offset")) if "offset" in self.has else 0.0
            return when - ahead, when if number is None else number
        if text:
            self.odd_time = self.odd_time or text
        order = number_or_none(text) if number is None else number
        if order is None:
            self.counted = False
        return None, 0.0 if order is None else order

    def _altitude(self, row: Sequence[str]) -> float:
        if self.table.metres is None:
            return math.nan
        value = number_or_none(self.table.cell(row, "altitude"))
        return math.nan if value is None else value * self.table.metres

    def _ground(self, row: Sequence[str]) -> int:
        return 1 if self._cell(row, "altitude").lower() == "ground" else on_ground(self._cell(row, "ground"))

    def _is_units(self, row: Iterable[str]) -> bool:
        """Tell whether a row below the header has the units of its columns, that is no number."""
        return "lon" in self.has and not any(c.isdigit() for cell in row for c in cell)


def _are_words(texts: list[str]) -> bool:
    """Tell whether none of some cells is a number."""
    return all(number_or_none(text) is None for text in texts)


def _are_shared(texts: list[str]) -> bool:
    """Tell whether cells say what several rows belong to, rather than number the rows."""
    return 2 * len(set(texts)) <= len(texts)


def _merged(groups: Groups, key_of: Callable[[Key], Key] | None) -> Groups:
    """Put groups of one key together; rows that name no aircraft belong to the only one of their route, or to none."""
    found: Groups = {}
    for key, rows in groups.items():
        found.setdefault(key_of(key) if key_of else key, []).extend(rows)
    for route, aircraft, callsign in [key for key in found if not key[1] and not key[2]]:
        others = [key for key in found if key[0] == route and (key[1] or key[2])]
        if others:
            rows = found.pop((route, aircraft, callsign))
            if len(others) == 1:
                found[others[0]].extend(rows)
    for rows in found.values():
        rows.sort()
    return found


def _offset_s(text: str) -> float:
    """Return by how many seconds a local time is ahead of UTC."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return 0.0
    seconds = int(match[2]) * 3600.0 + int(match[3]) * 60.0
    return -seconds if match[1] == "-" else seconds
