"""What was found on the routes of one table, and the three tables made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight._crossings.bulk import crossings_many
from overflight._crossings.table import CrossingsTable
from overflight.batch.dates import Epoch, epoch, epochs_of
from overflight.batch.marginal import is_marginal
from overflight.batch.reading import REASONS, Routes
from overflight.batch.schema import CROSSINGS, REJECTS, TIME, VERDICTS, schema_of
from overflight.batch.settings import Settings
from overflight.batch.values import decoded, ids_of

__all__ = ["Answer", "Measured"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ROLES = ("departure", "overflight", "arrival")
STATUSES = ("not-entered", "clear", "marginal", "crosses")
HIDDEN = ("_file", "_row")
"""Columns of a table of points that say where each came from."""
_PLAIN = ("piece", "entry_km", "entry_lon", "entry_lat", "exit_km", "exit_lon", "exit_lat")


class Measured(NamedTuple):
    """The routes of a table, each of which can be walked: legs, the first of each route, their lengths in metres."""

    table: Any
    settings: Settings
    routes: Routes
    legs: Floats
    first: Integers
    length_m: Floats
    file: int
    first_row: int


class Answer:
    """The crossings of all routes of a table, and what can be told of them."""

    def __init__(self, measured: Measured) -> None:
        self.table, self.settings, self.routes = measured.table, measured.settings, measured.routes
        self.legs, self.first, self.length_m = measured.legs, measured.first, measured.length_m
        self.file, self.first_row = measured.file, measured.first_row
        routes = self.routes
        numbers = epochs_of(routes.days, self.settings)
        occurring, self.epoch = np.unique(numbers, return_inverse=True)
        self.epochs: list[Epoch] = [epoch(int(number), self.settings) for number in occurring]
        self.walked = self._walk()
        self.counts = np.bincount(self.walked["route"], minlength=len(routes.row))
        pieces = self.epochs[0].world.pieces if self.epochs else ()
        self.cell = self.epoch[self.walked["route"]] * len(pieces) + self.walked["piece"]
        self.crossing_km = self.walked["exit_km"] - self.walked["entry_km"]

    def _walk(self) -> dict[str, npt.NDArray[Any]]:
        """Find the crossings of all routes, one labelling of the world at a time; back in the order of routes."""
        worlds = list({id(one.world): one.world for one in self.epochs}.values())
        label = np.array([next(k for k, w in enumerate(worlds) if w is one.world) for one in self.epochs], np.int64)
        parts: list[tuple[Integers, CrossingsTable]] = []
        for number, world in enumerate(worlds):
            mine = np.flatnonzero(label[self.epoch] == number)
            legs, offsets = self.legs, self.first
            if len(worlds) > 1:
                sizes = np.diff(self.first)
                legs = self.legs[np.repeat(label[self.epoch] == number, sizes)]
                offsets = np.concatenate([[0], np.cumsum(sizes[mine])])
            parts.append((mine, crossings_many(legs, offsets=offsets, world=world, threads=1)))
        if len(parts) == 1:
            (_, only) = parts[0]
            whole = {"route": only.route, "order": only.order, **_plain(only)}
            self.route_km, self.seas_km, self.settled = only.length_km, only.high_seas_km, only.settled
            return whole
        count = len(self.routes.row)
        self.route_km, self.seas_km, self.settled = np.zeros(count), np.zeros(count), np.zeros(count, np.int64)
        for mine, found in parts:
            self.route_km[mine], self.seas_km[mine] = found.length_km, found.high_seas_km
            self.settled[mine] = found.settled
        names = ("order", *_PLAIN)
        columns = {n: np.concatenate([np.zeros(0), *(getattr(f, n) for _, f in parts)]) for n in names}
        route = np.concatenate([np.zeros(0, np.int64), *(mine[found.route] for mine, found in parts)])
        into = np.argsort(route, kind="stable")
        whole = {name: column[into] for name, column in columns.items()}
        whole["order"], whole["piece"] = whole["order"].astype(np.int64), whole["piece"].astype(np.int64)
        return {"route": route[into], **whole}

    # the tables -------------------------------------------------------------------------------------------------------

    def crossings(self) -> Any:
        """Make the table of crossings."""
        walked, route = self.walked, self.walked["route"]
        role = np.where(walked["entry_km"] == 0.0, 0, np.where(walked["exit_km"] == self.route_km[route], 2, 1))
        where = [column.take(pa.array(route)) for column in self._where()]
        arrays = [
            *where,
            walked["order"].astype(np.int32),
            self._by_piece(lambda _, piece: str(one.state or "XXX") if (one := piece) else None),
            self._by_piece(lambda _, piece: piece.territory),
            pa.DictionaryArray.from_arrays(role.astype(np.int16), pa.array(ROLES)),
            self._by_piece(lambda _, piece: piece.disputed),
            self._by_piece(lambda _, piece: " ".join(piece.claimants) or None),
            self._by_piece(lambda one, piece: one.blocs[piece.id]),
            self._by_piece(lambda one, piece: one.rules[piece.id]),
            walked["entry_km"],
            walked["entry_lon"],
            walked["entry_lat"],
            self._when(walked["entry_km"], begins=walked["entry_km"] == 0.0),
            walked["exit_km"],
            walked["exit_lon"],
            walked["exit_lat"],
            self._when(walked["exit_km"]),
            self.crossing_km,
        ]
        return pa.Table.from_arrays(
            [pa.array(a) if isinstance(a, np.ndarray) else a for a in arrays], schema=self._schema(CROSSINGS)
        )

    def verdicts(self) -> Any:
        """Make the table of verdicts."""
        count = len(self.routes.row)
        broken = self._per_cell(lambda one, piece: one.rules[piece.id] is not None, bool)[self.cell]
        route = self.walked["route"]
        forbidden_km = np.bincount(route[broken], self.crossing_km[broken], count)
        crosses = np.bincount(route[broken], minlength=count) > 0
        status = np.where(crosses, 3, self._not_entered(crosses))
        arrays = [
            *self._where(),
            pa.array(self.routes.days.astype(np.int32)).cast(pa.date32()),
            pa.DictionaryArray.from_arrays(
                pa.array(status.astype(np.int16), mask=np.full(count, not self.settings.avoid)), pa.array(STATUSES)
            ),
            self._rules(route[broken], self.cell[broken], count),
            self.route_km,
            forbidden_km,
            self.seas_km,
            self.counts.astype(np.int32),
            np.diff(self.routes.first).astype(np.int32),
            self.settled.astype(np.int32),
            self._states(count),
        ]
        return pa.Table.from_arrays(
            [pa.array(a) if isinstance(a, np.ndarray) else a for a in arrays], schema=self._schema(VERDICTS)
        )

    def rejects(self) -> Any:
        """Make the table of refusals."""
        reasons = sorted(self.routes.refusals.reasons.items())
        rows = np.array([row for row, _ in reasons], np.int64)
        ids = pa.nulls(len(rows), pa.string())
        if self.settings.columns.route is not None:
            ids = ids_of(self.table[self.settings.columns.route].take(pa.array(rows)), texts=True)
        words = list(REASONS)
        arrays = [
            *(column.take(pa.array(rows)) for column in self._origin()),
            pa.array(np.ones(len(rows), np.int64)),
            ids,
            pa.DictionaryArray.from_arrays(
                pa.array([words.index(reason) for _, (reason, _) in reasons], pa.int16()), pa.array(words)
            ),
            pa.array([detail for _, (_, detail) in reasons], pa.string()),
        ]
        return pa.Table.from_arrays(arrays, schema=schema_of(REJECTS))

    # their columns ----------------------------------------------------------------------------------------------------

    def _schema(self, columns: Any) -> Any:
        return schema_of(columns, texts=self.settings.columns.texts)

    def _origin(self) -> tuple[Any, Any]:
        """Return file and row of each row of the table."""
        if HIDDEN[0] in self.table.column_names:
            return decoded(self.table[HIDDEN[0]]), decoded(self.table[HIDDEN[1]])
        count = self.table.num_rows
        return (
            pa.array(np.full(count, self.file, np.int32)),
            pa.array(np.arange(self.first_row, self.first_row + count)),
        )

    def _where(self) -> list[Any]:
        """Return file, row and id of each route."""
        rows, columns = pa.array(self.routes.row), self.settings.columns
        kind = pa.string() if columns.texts else pa.int64()
        ids = pa.nulls(len(rows), kind)
        if columns.route is not None:
            ids = ids_of(self.table[columns.route].take(rows), texts=columns.texts)
        return [*(column.take(rows) for column in self._origin()), ids]

    def _per_cell(self, of: Callable[[Epoch, Any], Any], kind: Any) -> npt.NDArray[Any]:
        """Work something out for each epoch and piece."""
        return np.array([of(one, piece) for one in self.epochs for piece in one.world.pieces], kind)

    def _by_piece(self, of: Callable[[Epoch, Any], str | None]) -> Any:
        """Make a column of texts that go by epoch and piece."""
        texts = [of(one, piece) for one in self.epochs for piece in one.world.pieces]
        words = sorted({text for text in texts if text is not None})
        number = {word: k for k, word in enumerate(words)}
        codes = np.array([number.get(text, -1) if text is not None else -1 for text in texts], np.int16)
        found = codes[self.cell] if len(codes) else np.zeros(0, np.int16)
        missing = found < 0 if (codes < 0).any() else None
        return pa.DictionaryArray.from_arrays(pa.array(found, mask=missing), pa.array(words, pa.string()))

    def _when(self, km: Floats, begins: npt.NDArray[np.bool_] | None = None) -> Any:
        """Find when routes were so far along, at even speed between two points."""
        times = self.routes.times
        if times is None:
            return pa.nulls(len(km), TIME)
        route = self.walked["route"]
        sizes = np.diff(self.routes.first)
        ends = np.cumsum(self.length_m)
        before = np.concatenate([[0.0], ends])[self.first[:-1]]
        at_leg = np.concatenate([[0.0], ends])
        point_leg = np.arange(len(times)) - np.repeat(np.arange(len(sizes)), sizes)
        along = at_leg[point_leg] - np.repeat(before, sizes)
        # one rising scale for all routes, a gap between each two, so that all are looked up at once
        step = 2.0 * (self.length_m.sum() + 1.0)
        scale = along + np.repeat(np.arange(len(sizes)), sizes) * step
        spot = np.minimum(km * 1000.0, (self.route_km * 1000.0)[route]) + route * step
        found = np.interp(spot, scale, times - times.min()) + times.min() if len(times) else spot
        if begins is not None:  # a route that stands still at first
            found[begins] = times[self.routes.first[:-1]][route[begins]]
        return pa.array(np.rint(found).astype(np.int64)).cast(TIME)

    def _states(self, count: int) -> Any:
        """List the states that each route enters, each once, in the order met."""
        words = sorted({str(piece.state or "XXX") for one in self.epochs for piece in one.world.pieces})
        number = {word: k for k, word in enumerate(words)}
        code = self._per_cell(lambda _, piece: number[str(piece.state or "XXX")], np.int64)[self.cell]
        route = self.walked["route"]
        _, earliest = np.unique(route * len(words) + code, return_index=True)
        earliest.sort()
        offsets = np.concatenate([[0], np.cumsum(np.bincount(route[earliest], minlength=count))])
        values = pa.array(words, pa.string()).take(pa.array(code[earliest]))
        return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)

    def _rules(self, route: Integers, cell: Integers, count: int) -> Any:
        """Name the rule sets that each route breaks."""
        texts = self._per_cell(lambda one, piece: one.rules[piece.id] or "", object)
        kinds = sorted(set(texts.tolist()))
        order = {text: k for k, text in enumerate(dict.fromkeys(self.settings.avoid))}
        bits = {text: sum(1 << order[one] for one in text.split("; ") if one) for text in kinds}
        of_cell = np.array([bits[text] for text in texts], np.int64)
        mask = np.zeros(count, np.int64)
        np.bitwise_or.at(mask, route, of_cell[cell])
        seen, at = np.unique(mask, return_inverse=True)
        words = ["; ".join(text for text, k in order.items() if one >> k & 1) for one in seen.tolist()]
        return pa.DictionaryArray.from_arrays(
            pa.array(at.astype(np.int16), mask=mask == 0), pa.array(words, pa.string())
        )

    def _not_entered(self, crosses: npt.NDArray[np.bool_]) -> Any:
        """Return the number of the status of routes that cross nothing."""
        if not (self.settings.marginal and self.settings.avoid):
            return 0
        status = np.ones(len(crosses), np.int64)
        for route in np.flatnonzero(~crosses).tolist():
            points = self.routes.points[self.routes.first[route] : self.routes.first[route + 1]]
            if is_marginal(points, self.epochs[self.epoch[route]]):
                status[route] = 2
        return status


def _plain(found: CrossingsTable) -> dict[str, npt.NDArray[Any]]:
    return {name: getattr(found, name) for name in _PLAIN}
