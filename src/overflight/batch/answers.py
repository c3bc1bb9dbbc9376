"""The three tables of an answer, made of the routes of one table once they are walked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from overflight.airspace import Piece
from overflight.batch.areas import Entries, entries_of, kilometres
from overflight.batch.dates import Epoch
from overflight.batch.reading import Refusals, refusals_table
from overflight.batch.schema import CROSSINGS, TIME, VERDICTS, schema_of
from overflight.batch.settings import Settings
from overflight.batch.values import decoded, ids_of
from overflight.batch.walking import Walked

__all__ = ["Source", "crossings_of", "rejects_of", "verdicts_of"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ROLES = ("departure", "overflight", "arrival")
STATUSES = ("not-entered", "clear", "marginal", "crosses")
HIDDEN = ("_file", "_row")
"""Columns of a table of points that say where each came from."""


class Source(NamedTuple):
    """A table of the input, by what it is judged, and from which file and row it was cut."""

    table: Any
    settings: Settings
    file: int
    first_row: int

    def where(self, rows: Any) -> list[Any]:
        """Return file and row of some rows of the table."""
        if HIDDEN[0] in self.table.column_names:
            return [decoded(self.table[name]).take(rows) for name in HIDDEN]
        return [pa.array(np.full(len(rows), self.file, np.int32)), pa.array(self.first_row + np.asarray(rows))]

    def ids(self, rows: Any, *, texts: bool) -> Any:
        """Return the ids of some rows of the table."""
        if self.settings.columns.route is None:
            return pa.nulls(len(rows), pa.string() if texts else pa.int64())
        return ids_of(self.table[self.settings.columns.route].take(rows), texts=texts)


def crossings_of(source: Source, walked: Walked) -> Any:
    """Make the table of crossings."""
    found = walked.found
    role = np.where(found.entry_km == 0.0, 0, np.where(found.exit_km == found.length_km[found.route], 2, 1))
    entry_time, exit_time = _times(walked)
    arrays = [
        *(column.take(pa.array(found.route)) for column in _identity(source, walked)),
        found.order.astype(np.int32),
        _by_piece(walked, lambda _, piece: _state(piece)),
        _by_piece(walked, lambda _, piece: piece.territory),
        pa.DictionaryArray.from_arrays(role.astype(np.int16), pa.array(ROLES)),
        _by_piece(walked, lambda _, piece: piece.disputed),
        _by_piece(walked, lambda _, piece: " ".join(piece.claimants) or None),
        _by_piece(walked, lambda epoch, piece: epoch.blocs[piece.id]),
        _by_piece(walked, lambda epoch, piece: epoch.rules[piece.id]),
        found.entry_km,
        found.entry_lon,
        found.entry_lat,
        entry_time,
        found.exit_km,
        found.exit_lon,
        found.exit_lat,
        exit_time,
        found.exit_km - found.entry_km,
    ]
    return pa.table(arrays, schema=schema_of(CROSSINGS, texts=source.settings.columns.texts))


def verdicts_of(source: Source, walked: Walked) -> Any:
    """Make the table of verdicts."""
    found, routes, settings = walked.found, walked.measured.routes, source.settings
    count = len(routes.row)
    broken = np.array(walked.labels(lambda epoch, piece: epoch.rules[piece.id] is not None), bool)[walked.cell]
    route, cell = found.route[broken], walked.cell[broken]
    entered = entries_of(walked)
    crosses = np.bincount(np.concatenate([route, entered.route]), minlength=count) > 0
    doubtful = np.array(walked.labels(lambda epoch, piece: epoch.partly[piece.id]), bool)[walked.cell]
    maybe = np.bincount(found.route[doubtful], minlength=count) > 0
    status = np.where(maybe, STATUSES.index("marginal"), _not_entered(walked, crosses | maybe, settings))
    status = np.where(crosses, STATUSES.index("crosses"), status)
    arrays = [
        *_identity(source, walked),
        pa.array(routes.days.astype(np.int32)).cast(pa.date32()),
        pa.DictionaryArray.from_arrays(
            pa.array(status.astype(np.int16), mask=np.full(count, not settings.avoid)), pa.array(STATUSES)
        ),
        _rules(walked, route, cell, entered, settings.avoid),
        found.length_km,
        _forbidden_km(found.entry_km[broken], found.exit_km[broken], route, entered, count),
        found.high_seas_km,
        np.bincount(found.route, minlength=count).astype(np.int32),
        np.diff(routes.first).astype(np.int32),
        found.settled.astype(np.int32),
        _states(walked),
    ]
    return pa.table(arrays, schema=schema_of(VERDICTS, texts=settings.columns.texts))


def rejects_of(source: Source, refusals: Refusals) -> Any:
    """Make the table of refusals."""
    reasons = sorted(refusals.reasons.items())
    rows = pa.array([row for row, _ in reasons], pa.int64())
    (file, row), ids = source.where(rows), source.ids(rows, texts=True)
    return refusals_table(file, row, np.ones(len(rows), np.int64), ids, [why for _, why in reasons])


# Their columns --------------------------------------------------------------------------------------------------------


def _identity(source: Source, walked: Walked) -> list[Any]:
    """Return file, row and id of each route."""
    rows = pa.array(walked.measured.routes.row)
    return [*source.where(rows), source.ids(rows, texts=source.settings.columns.texts)]


def _state(piece: Piece) -> str:
    return str(piece.state or "XXX")


def _coded(codes: Integers, words: Iterable[str], missing: Flags) -> Any:
    """Make a column of texts of their numbers."""
    mask = missing if missing.any() else None
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16), mask=mask), pa.array(words, pa.string()))


def _by_piece(walked: Walked, of: Callable[[Epoch, Piece], str | None]) -> Any:
    """Make a column of texts that go by epoch and piece."""
    texts = walked.labels(of)
    words = sorted({text for text in texts if text is not None})
    number = {word: k for k, word in enumerate(words)}
    codes = np.array([-1 if text is None else number[text] for text in texts], np.int64)[walked.cell]
    return _coded(codes, words, codes < 0)


def _states(walked: Walked) -> Any:
    """List the states that each route enters, each once, in the order met."""
    texts = walked.labels(lambda _, piece: _state(piece))
    words, number = np.unique(texts, return_inverse=True)
    code, route = number[walked.cell], walked.found.route
    _, earliest = np.unique(route * len(words) + code, return_index=True)
    earliest.sort()
    counts = np.bincount(route[earliest], minlength=len(walked.measured.routes.row))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(words, pa.string()).take(pa.array(code[earliest])))


def _forbidden_km(entry_km: Floats, exit_km: Floats, route: Integers, entered: Entries, count: int) -> Floats:
    """Add up the forbidden km of each route; areas overlap states and one another."""
    if not len(entered.route):
        found: Floats = np.bincount(route, exit_km - entry_km, count).astype(np.float64)
        return found
    begins, ends = np.concatenate([entry_km, entered.entry_km]), np.concatenate([exit_km, entered.exit_km])
    return kilometres(np.concatenate([route, entered.route]), begins, ends, count)


def _rules(walked: Walked, route: Integers, cell: Integers, entered: Entries, avoid: tuple[str, ...]) -> Any:
    """Name the rule sets that each route breaks, each a bit of a whole number until all crossings are looked at."""
    order = {text: k for k, text in enumerate(dict.fromkeys(avoid))}
    texts = walked.labels(lambda epoch, piece: epoch.rules[piece.id] or "")
    bits = {text: sum(1 << order[one] for one in text.split("; ") if one) for text in set(texts)}
    mask = np.zeros(len(walked.measured.routes.row), np.int64)
    np.bitwise_or.at(mask, route, np.array([bits[text] for text in texts], np.int64)[cell])
    np.bitwise_or.at(mask, entered.route, np.array([1 << order[text] for text in avoid], np.int64)[entered.rule])
    seen, at = np.unique(mask, return_inverse=True)
    words = ["; ".join(text for text, k in order.items() if one >> k & 1) for one in seen.tolist()]
    return _coded(at, words, mask == 0)


def _not_entered(walked: Walked, entered: Flags, settings: Settings) -> Integers:
    """Return the number of the status of routes that enter nothing that is forbidden, wholly or in part."""
    if not (settings.marginal and settings.avoid):
        return np.full(len(entered), STATUSES.index("not-entered"))
    status = np.full(len(entered), STATUSES.index("clear"))
    points, first = walked.measured.routes.points, walked.measured.routes.first
    for route in np.flatnonzero(~entered).tolist():
        if walked.epochs[walked.epoch[route]].is_marginal(points[first[route] : first[route + 1]]):
            status[route] = STATUSES.index("marginal")
    return status


def _times(walked: Walked) -> tuple[Any, Any]:
    """Find when routes enter and leave airspaces, at even speed between two points."""
    found, (routes, _, first, length_m) = walked.found, walked.measured
    times = routes.times
    if times is None:
        return pa.nulls(len(found), TIME), pa.nulls(len(found), TIME)
    owner = np.repeat(np.arange(len(routes.row)), np.diff(routes.first))
    ends = np.concatenate([[0.0], np.cumsum(length_m)])
    along = ends[np.arange(len(times)) - owner] - ends[first[:-1]][owner]
    # one rising scale for all routes, a gap between each two, so that all are looked up at once
    step = 2.0 * (length_m.sum() + 1.0)
    scale, since = along + owner * step, times.min()

    def at(km: Floats) -> Any:
        spot = np.minimum(km * 1000.0, (found.length_km * 1000.0)[found.route]) + found.route * step
        return np.interp(spot, scale, times - since) + since

    begins = found.entry_km == 0.0  # a route may stand still at first
    entry = np.where(begins, times[routes.first[:-1]][found.route], at(found.entry_km))
    return _instants(entry), _instants(at(found.exit_km))


def _instants(when: Floats) -> Any:
    return pa.array(np.rint(when).astype(np.int64)).cast(TIME)
