"""From columns of any type to arrays: numbers, days, times, places; what can't be read is marked, row by row."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from overflight.errors import UnknownPlaceError
from overflight.routes.airports import codes, other_codes
from overflight.routes.instants import EARLIEST_S, LATEST_S, SCALES, instant
from overflight.routes.numbers import number_or_none, on_ground
from overflight.routes.pairs import code_in
from overflight.routes.places import airports, coded

__all__ = [
    "DAY_0",
    "DAY_US",
    "MICROS",
    "NO_DAY",
    "days_of",
    "decoded",
    "grounds_of",
    "ids_of",
    "instants_of",
    "is_number",
    "is_text",
    "numbers_of",
    "places_before",
    "places_of",
    "shown",
    "texts_of",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY_0 = dt.date(1970, 1, 1).toordinal()
"""Days are counted from it."""
NO_DAY = np.iinfo(np.int64).min
"""Stands for a day or a time that can't be read, or is not there."""
MICROS = 1_000_000
DAY_US = 86_400 * MICROS
MOST_S = 9e12
"""Seconds that fit in microseconds."""
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_DECIMAL = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_COORDINATE = re.compile(rf"{_DECIMAL}\s*,\s*{_DECIMAL}|(?:\d\d){{1,3}}[NSns]\d(?:\d\d){{1,3}}[EWew]", re.ASCII)
"""What `coded` reads as a coordinate, or refuses at once: for anything else it looks for names that are near."""
MOST_NAME = 200
_LONGEST = 40
"""Characters of the longest text that can be a place."""


def decoded(column: Any) -> Any:
    """Return a column as one array without dictionaries, views or extensions."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # more than 2 GB of text stay in chunks
        array = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in array.chunks])
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


def is_text(kind: Any) -> bool:
    """Tell whether a type is text, dictionaries of text included."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_number(kind: Any) -> bool:
    """Tell whether a type is a number, decimals and dictionaries of numbers included."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def shown(value: object) -> str:
    """Quote what was found, cut to a length that fits a line."""
    text = value if isinstance(value, str) else repr(value)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def numbers_of(column: Any) -> tuple[Floats, Flags]:
    """Return numbers, and which of them are null."""
    array = decoded(column)
    null = np.asarray(array.is_null())
    return np.asarray(array.cast(pa.float64(), safe=False).fill_null(np.nan)), null


def days_of(column: Any) -> Integers:
    """Return days since 1970-01-01, `NO_DAY` where there is none that can be read."""
    if is_text(column.type):
        values, at = _distinct(column)
        days = np.array([_day(text) for text in values] + [NO_DAY], np.int64)
        return days[at]
    array = decoded(column)
    if pa.types.is_timestamp(array.type):
        array = pc.floor_temporal(array.cast(pa.timestamp(array.type.unit)), unit="day")
    array = array.cast(pa.date32(), safe=False).cast(pa.int32())
    return np.where(np.asarray(array.is_null()), NO_DAY, np.asarray(array.fill_null(0), np.int64))


def _day(text: str) -> int:
    match = _DAY.fullmatch(text.strip())
    try:
        return dt.date.fromisoformat(match[1]).toordinal() - DAY_0 if match else NO_DAY
    except ValueError:
        return NO_DAY


def instants_of(column: Any) -> Integers:
    """Return microseconds since 1970, UTC, `NO_DAY` where there are none.

    Numbers count seconds or finer units since 1970, whichever makes a year from 1973 to 2103, as
    `overflight.routes.instants.instant` reads them; any other is taken as it is, and tells the order alone.
    """
    array = decoded(column)
    kind = array.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        micros = array.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return np.where(np.asarray(array.is_null()), NO_DAY, np.asarray(micros.fill_null(0)))
    if is_number(kind):
        return _counted(array)
    values, at = _distinct(array)
    return np.array([*map(_instant, values), NO_DAY], np.int64)[at]


def _counted(array: Any) -> Integers:
    """Bring numbers to microseconds, whole ones without going by way of numbers that hold less."""
    numbers, null = numbers_of(array)
    bad = null | ~np.isfinite(numbers)
    numbers = np.where(bad, 0.0, numbers)
    scale = np.ones(len(numbers))
    for one in SCALES[::-1]:
        scale[(numbers >= EARLIEST_S * one) & (numbers <= LATEST_S * one)] = one
    bad |= np.abs(numbers) > MOST_S * scale
    micros = np.rint(np.where(bad, 0.0, numbers / scale) * MICROS).astype(np.int64)
    if pa.types.is_integer(array.type):
        whole = np.asarray(array.fill_null(0).cast(pa.int64(), safe=False))
        for one in SCALES[2:]:
            micros = np.where(scale == one, whole // int(one / MICROS), micros)
    return np.where(bad, NO_DAY, micros)


def _instant(text: str) -> int:
    when = instant(text)
    when = number_or_none(text) if when is None else when
    return NO_DAY if when is None or abs(when) > MOST_S else round(when * MICROS)


def texts_of(column: Any) -> tuple[list[str], Integers, Flags]:
    """Return the distinct texts of a column, the empty one first, which stands in each row, and which rows are null.

    Blanks at the ends don't count; what is null stands for the empty text.
    """
    array = decoded(column)
    values, at = _distinct(array if is_text(array.type) else array.cast(pa.string()))
    words: dict[str, int] = {"": 0}
    number = [words.setdefault(value.strip(), len(words)) for value in values]
    return [*words], np.array([*number, 0], np.int64)[at], at == len(values)


def grounds_of(table: Any, ground: str | None, altitude: str | None) -> npt.NDArray[np.int8]:
    """Tell which rows were on the ground: 1, 0, or -1 where they don't say."""
    found = np.full(table.num_rows, -1, np.int8)
    if ground is not None:
        words, at, _ = texts_of(table[ground])
        found = np.array([on_ground(word) for word in words], np.int8)[at]
    if altitude is not None and is_text(table.schema.field(altitude).type):
        words, at, _ = texts_of(table[altitude])
        found[np.array([word.lower() == "ground" for word in words], bool)[at]] = 1
    return found


def ids_of(column: Any, *, texts: bool) -> Any:
    """Return ids as an Arrow array of texts, or of int64."""
    array = decoded(column)
    if not texts:
        return array.cast(pa.int64())
    return array if array.type == pa.string() else array.cast(pa.string())


def places_of(column: Any) -> tuple[Floats, npt.NDArray[np.int8], Integers, list[str]]:
    """Look places up, each distinct text once.

    Returns
    -------
    lonlat : array of shape (m, 2)
        Of each distinct text, and a last one for null; NaN where there is no such place.
    wrong : int8 array of shape (m,)
        0 where it was found, 1 null, 2 unknown, 3 can be read in two ways.
    at : int array of shape (n,)
        Which of them stands in each row.
    texts : list of str
        The distinct texts.
    """
    values, at = _distinct(column)
    found = [_look_up(text) for text in values]
    lonlat = np.array([lonlat for lonlat, _ in found] + [(np.nan, np.nan)], np.float64)
    return lonlat, np.array([wrong for _, wrong in found] + [1], np.int8), at, values


def _look_up(text: str) -> tuple[tuple[float, float], int]:
    nowhere = (np.nan, np.nan)
    text = code_in(text[-MOST_NAME:]) if text.endswith(")") else text
    if len(text) > _LONGEST:
        return nowhere, 2
    known = _codes().get(text.strip().upper())
    if known is not None:
        return (known, 0) if known else (nowhere, 3)
    if _COORDINATE.fullmatch(text.strip()):
        try:
            point = coded(text)
        except UnknownPlaceError:
            return nowhere, 2
        return (point.lon, point.lat), 0
    return nowhere, 2


@functools.cache
def _codes() -> dict[str, tuple[float, float] | tuple[()]]:
    """Return where every airport is, by IATA and ICAO code; nothing for a code that two airports have."""
    found: dict[str, tuple[float, float] | tuple[()]] = {}
    for row in airports():
        for code in {row["iata"], row["icao"]} - {""}:
            if not code.isdigit():
                found[code] = () if code in found else (float(row["lon"]), float(row["lat"]))
    for code, now in other_codes():
        found.setdefault(code, found.get(now, ()))
    return found


def places_before(text: str) -> list[tuple[int, tuple[float, float]]]:
    """Return where the airport of a code was before: until which day since 1970, and lon, lat; the latest first."""
    rows = [row for row in codes(text.strip().upper()) if row["kind"] == "moved"]
    days = [dt.date.fromisoformat(row["until"]).toordinal() - DAY_0 for row in rows]
    return sorted(zip(days, ((float(row["lon"]), float(row["lat"])) for row in rows), strict=True), reverse=True)


def _distinct(column: Any) -> tuple[list[str], Integers]:
    """Return the distinct texts of a column, and which stands in each row; nulls point behind the last."""
    array = decoded(column)
    encoded = array.cast(pa.large_binary()).dictionary_encode()
    values = [raw.decode("utf-8", "replace") for raw in encoded.dictionary.to_pylist()]
    return values, np.asarray(encoded.indices.fill_null(len(values)), np.int64)
