"""Rows by the ten thousand, as recorders write them: read column by column, unless one needs a closer look."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from overflight.routes.instants import EARLIEST_S, LATEST_S
from overflight.routes.numbers import number_or_none, on_ground
from overflight.routes.places import MAX_LON_DEG
from overflight.routes.tables import Table

__all__ = ["Columns", "columns_at_once", "each"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
_NUMBERS = re.compile(r"(?: *+[+-]?\d{1,15}(?:\.\d{0,15})? *+\n)*+", re.ASCII)
_COUNTS = re.compile(r"(?:\d{9,10}(?:\.\d{0,9})?\n)*+", re.ASCII)
_MOMENTS = re.compile(r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)?\n)*+", re.ASCII)
TEXTS = ("source", "callsign", "aircraft", "leg", "route", "track", "id")
READ = frozenset({"lon", "lat", "time", "altitude", "ground", *TEXTS})


class Columns(NamedTuple):
    """What rows say, column by column; texts as they are."""

    lon: list[float]
    lat: list[float]
    when: list[float]
    altitude: list[float]
    ground: list[int]
    texts: dict[str, list[str]]


def columns_at_once(table: Table, rows: list[list[str]]) -> Columns | None:
    """Read rows that have positions and times; None if one needs a closer look.

    That is one without a position, or that is off the Earth, or whose time is written in another way than those of
    most recorders.
    """
    has = table.columns.keys()
    if not {"lon", "lat", "time"} <= has or not has <= READ:
        return None
    try:
        columns = list(zip(*rows, strict=True))
        cells = {key: columns[i] for key, i in table.columns.items()}
    except (ValueError, IndexError):  # a row that is cut short
        return None
    lon, lat, when = _numbers(cells["lon"]), _numbers(cells["lat"]), _moments(cells["time"])
    if lon is None or lat is None or when is None or np.abs(lon).max() > MAX_LON_DEG or np.abs(lat).max() > 90.0:
        return None
    nothing = ("",) * len(rows)
    altitude = cells.get("altitude", nothing)
    told = zip(each(altitude, _is_ground), each(cells.get("ground", nothing), on_ground), strict=True)
    return Columns(
        [math.remainder(x, 360.0) if abs(x) > 180.0 else x for x in lon.tolist()],
        lat.tolist(),
        when.tolist(),
        _altitudes(altitude, table.metres),
        [1 if low else known for low, known in told],
        {key: each(cells.get(key, nothing), str.strip) for key in TEXTS},
    )


def _is_ground(text: str) -> bool:
    return text.strip().lower() == "ground"


def each(values: Sequence[K], of: Callable[[K], T]) -> list[T]:
    """Work something out for each value, once for those that are alike, in the order in which they come."""
    distinct = dict.fromkeys(values)
    if len(distinct) == 1:
        return [of(values[0])] * len(values)
    known = {value: of(value) for value in distinct}
    return [known[value] for value in values]


def _numbers(texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return numbers; None if a text is none."""
    return np.array([*map(float, texts)]) if _NUMBERS.fullmatch("\n".join([*texts, ""])) else None


def _moments(texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return seconds since 1970 as `overflight.routes.instants.instant` reads them; None if a text is none."""
    joined = "\n".join([*texts, ""])
    if _COUNTS.fullmatch(joined):
        seconds = np.array([*map(float, texts)])
        return seconds if seconds.min() >= EARLIEST_S and seconds.max() <= LATEST_S else None
    if not _MOMENTS.fullmatch(joined):
        return None
    try:
        micros = np.array([text.removesuffix("Z").removesuffix("+00:00") for text in texts], "datetime64[us]")
    except ValueError:
        return None
    return micros.astype(np.int64) / 1e6


def _altitudes(texts: Sequence[str], metres: float | None) -> list[float]:
    if metres is None:
        return [math.nan] * len(texts)
    if (numbers := _numbers(texts)) is not None:
        return [*(numbers * metres).tolist()]
    return [math.nan if value is None else value * metres for value in map(number_or_none, texts)]
