"""The three tables of an answer, made of the routes of one table once they are walked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.airspace import Piece
from overflight.batch.areas import Entries, entries_of, kilometres
from overflight.batch.costing import costs_of_crossings, costs_of_routes
from overflight.batch.dates import Epoch
from overflight.batch.routes import HIDDEN, Refusals, refusals_table
from overflight.batch.schema import TIME
from overflight.batch.settings import Settings
from overflight.batch.values import NO_DAY, decoded, ids_of
from overflight.batch.walking import Walked
from overflight.batch.waters import beyond_km

__all__ = ["Source", "crossings_of", "rejects_of", "verdicts_of"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ROLES = ("departure", "overflight", "arrival")
STATUSES = ("not-entered", "clear", "marginal", "crosses")


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
        """Return the ids of some rows of the table: the first of the columns of names that has one."""
        keys = self.settings.columns.keys
        if not keys:
            return pa.nulls(len(rows), pa.string() if texts else pa.int64())
        found, *others = (ids_of(self.table[name].take(rows), texts=texts) for name in keys)
        for other in others:
            found = pc.if_else(pc.equal(pc.fill_null(found, ""), ""), other, found)
        return found


def crossings_of(source: Source, walked: Walked) -> Any:
    """Make the table of crossings."""
    found = walked.found
    role = np.where(found.entry_km == 0.0, 0, np.where(found.exit_km == found.length_km[found.route], 2, 1))
    arrays = [
        *(column.take(pa.array(found.route)) for column in _identity(source, walked)),
        found.order.astype(np.int32),
        _by_piece(walked, lambda _, piece: _state(piece)),
        _by_piece(walked, lambda _, piece: piece.territory),
        pa.DictionaryArray.from_arrays(role.astype(np.int16), pa.array(ROLES)),
        _by_piece(walked, lambda _, piece: piece.disputed),
        _by_piece(walked, lambda _, piece: " ".join(piece.claimants) or None),
        _by_piece(walked, lambda epoch, piece: epoch.blocs[piece.id]),
        _words([rules for rules, _ in walked.held.kinds], walked.held.of),
        found.entry_km,
        found.entry_lon,
        found.entry_lat,
        _instants(walked.entry_us, len(found)),
        found.exit_km,
        found.exit_lon,
        found.exit_lat,
        _instants(walked.exit_us, len(found)),
        found.exit_km - found.entry_km,
        beyond_km(walked),
        found.piece.astype(np.int32),
        *costs_of_crossings(walked, source.settings),
    ]
    return pa.table(arrays, schema=source.settings.schema("crossings"))


def verdicts_of(source: Source, walked: Walked) -> Any:
    """Make the table of verdicts."""
    found, routes, settings = walked.found, walked.measured.routes, source.settings
    count = len(routes.row)
    kinds, held = walked.held
    broken = np.array([rules is not None for rules, _ in kinds], bool)[held]
    route, kind = found.route[broken], held[broken]
    entered = entries_of(walked)
    crosses = np.bincount(np.concatenate([route, entered.route]), minlength=count) > 0
    doubtful = np.array([partly for _, partly in kinds], bool)[held]
    maybe = np.bincount(found.route[doubtful], minlength=count) > 0
    status = np.where(maybe, STATUSES.index("marginal"), _not_entered(walked, crosses | maybe, settings))
    status = np.where(crosses, STATUSES.index("crosses"), status)
    arrays = [
        *_identity(source, walked),
        pa.array(routes.days.astype(np.int32)).cast(pa.date32()),
        pa.DictionaryArray.from_arrays(
            pa.array(status.astype(np.int16), mask=np.full(count, not settings.rules)), pa.array(STATUSES)
        ),
        _rules(walked, route, kind, entered, settings.rules),
        found.length_km,
        _forbidden_km(found.entry_km[broken], found.exit_km[broken], route, entered, count),
        found.high_seas_km,
        np.bincount(found.route, minlength=count).astype(np.int32),
        np.diff(routes.first).astype(np.int32),
        found.settled.astype(np.int32),
        _states(walked),
        pa.nulls(count, pa.int32()) if routes.flight is None else routes.flight.astype(np.int32),
        [()] * count if routes.remarks is None else list(routes.remarks),
        *costs_of_routes(walked, settings),
    ]
    return pa.table(arrays, schema=settings.schema("verdicts"))


def rejects_of(source: Source, refusals: Refusals) -> Any:
    """Make the table of refusals."""
    reasons = sorted(refusals.reasons.items())
    rows = pa.array([row for row, _ in reasons], pa.int64())
    (file, row), ids = source.where(rows), source.ids(rows, texts=True)
    return refusals_table(file, row, np.ones(len(rows), np.int64), ids, [why for _, why in reasons])


# Their columns --------------------------------------------------------------------------------------------------------


def _identity(source: Source, walked: Walked) -> list[Any]:
    """Return file, row and id of each route."""
    routes = walked.measured.routes
    rows = pa.array(routes.row)
    named = source.ids(rows, texts=source.settings.columns.texts) if routes.names is None else pa.array(routes.names)
    return [*source.where(rows), named.cast(pa.string()) if routes.names is not None else named]


def _state(piece: Piece) -> str:
    return str(piece.state or "XXX")


def _coded(codes: Integers, words: Iterable[str], missing: Flags) -> Any:
    """Make a column of texts of their numbers."""
    mask = missing if missing.any() else None
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16), mask=mask), pa.array(words, pa.string()))


def _by_piece(walked: Walked, of: Callable[[Epoch, Piece], str | None]) -> Any:
    """Make a column of texts that go by epoch and piece."""
    return _words(walked.labels(of), walked.cell)


def _words(texts: Sequence[str | None], which: Integers) -> Any:
    """Make a column of texts that are chosen from some."""
    words = sorted({text for text in texts if text is not None})
    number = {word: k for k, word in enumerate(words)}
    codes = np.array([-1 if text is None else number[text] for text in texts], np.int64)[which]
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


def _rules(walked: Walked, route: Integers, kind: Integers, entered: Entries, avoid: tuple[str, ...]) -> Any:
    """Name the rule sets that each route breaks, each a bit of a whole number until all crossings are looked at."""
    order = {text: k for k, text in enumerate(dict.fromkeys(avoid))}
    texts = [rules or "" for rules, _ in walked.held.kinds]
    bits = {text: sum(1 << order[one] for one in text.split("; ") if one) for text in set(texts)}
    mask = np.zeros(len(walked.measured.routes.row), np.int64)
    np.bitwise_or.at(mask, route, np.array([bits[text] for text in texts], np.int64)[kind])
    np.bitwise_or.at(mask, entered.route, np.array([1 << order[text] for text in avoid], np.int64)[entered.rule])
    seen, at = np.unique(mask, return_inverse=True)
    words = ["; ".join(text for text, k in order.items() if one >> k & 1) for one in seen.tolist()]
    return _coded(at, words, mask == 0)


def _not_entered(walked: Walked, entered: Flags, settings: Settings) -> Integers:
    """Return the number of the status of routes that enter nothing that is forbidden, wholly or in part."""
    if not (settings.marginal and settings.rules):
        return np.full(len(entered), STATUSES.index("not-entered"))
    status = np.full(len(entered), STATUSES.index("clear"))
    points, first = walked.measured.routes.points, walked.measured.routes.first
    for route in np.flatnonzero(~entered).tolist():
        if walked.epochs[walked.epoch[route]].is_marginal(points[first[route] : first[route + 1]]):
            status[route] = STATUSES.index("marginal")
    return status


def _instants(when: Integers | None, count: int) -> Any:
    """Make a column of times."""
    return pa.nulls(count, TIME) if when is None else pa.array(when, mask=when == NO_DAY).cast(TIME)
