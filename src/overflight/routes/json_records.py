"""Records: a list of objects, each a position, as a table has rows; and GeoJSON points with properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from overflight.routes.collect import MAX_MEMBERS, Collector
from overflight.routes.positions import Positions
from overflight.routes.tables import columns_of

__all__ = ["add", "add_points", "add_records"]

Record = Mapping[str, Any]
DEEPEST = 6
"""Objects in objects in which programs put the list."""


def add(data: Any, lines: Collector) -> bool:  # noqa: ANN401 - JSON
    """Add the positions of a list of objects, or of one that has such a list; a column each (as pandas), too."""
    if isinstance(data, dict):
        if "type" in data or "routes" in data:
            return False
        data = _by_columns(data) or _listed(data, 0)
    if not isinstance(data, list) or not data or not all(isinstance(record, dict) for record in data):
        return _refused_list(data, lines)
    if columns_of([*data[0]]) is None and columns_of([*_titles(data)]) is None:
        return False
    add_records(data, lines)
    return True


def add_records(records: Iterable[Record], lines: Collector) -> None:
    """Add positions that are objects with members named as columns are.

    Raises
    ------
    ProposalError
    """
    given = [*records]
    titles = _titles(given)
    table = columns_of(titles)
    if table is None:
        lines.refuse("no latitude and longitude in it: name them lat and lon")
    positions = Positions(table, lines)
    for number, record in enumerate(given, 1):
        positions.add([_cell(record.get(title)) for title in titles], number)
    positions.finish()


def add_points(points: Iterable[tuple[tuple[float, float], Record]], lines: Collector) -> None:
    """Join points, each with its properties, to lines by their times or their order.

    Raises
    ------
    ProposalError
        If nothing tells their order.
    """
    given = [*points]
    titles = [title for title in _titles([record for _, record in given]) if title.lower() not in {"lon", "lat"}]
    table = columns_of([*titles, "lon", "lat"])
    if table is None:  # can't be
        return
    positions = Positions(table, lines)
    for number, ((lon, lat), record) in enumerate(given, 1):
        positions.add([*(_cell(record.get(title)) for title in titles), repr(float(lon)), repr(float(lat))], number)
    positions.expect_order()
    positions.finish()


def _titles(records: list[Any]) -> list[str]:
    """Return the members that records have, the first thousand of them."""
    found: dict[str, None] = {}
    for record in records:
        found.update(dict.fromkeys(map(str, record)))
        if len(found) > MAX_MEMBERS:
            break
    return [*found][:1000]


def _cell(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def _by_columns(data: dict[str, Any]) -> list[Record] | None:
    """Turn columns that are each an object by row, as pandas writes them, to rows."""
    columns = {key: value for key, value in data.items() if isinstance(value, dict)}
    if not columns or columns_of([*columns]) is None:
        return None
    rows = next(iter(columns.values()))
    return [{key: value.get(row) for key, value in columns.items()} for row in rows]


def _listed(data: Any, depth: int) -> list[Any] | None:  # noqa: ANN401 - JSON
    """Find the first list of two positions or more within objects."""
    if isinstance(data, list):
        return data if len(data) > 1 and isinstance(data[0], dict) and columns_of([*map(str, data[0])]) else None
    if not isinstance(data, dict) or depth > DEEPEST:
        return None
    return next((found for one in data.values() if (found := _listed(one, depth + 1)) is not None), None)


def _refused_list(data: Any, lines: Collector) -> bool:  # noqa: ANN401 - JSON
    """Say of a bare list of pairs of numbers that nobody can tell which comes first."""
    pairs = isinstance(data, list) and len(data) > 1 and all(isinstance(p, list) and len(p) in {2, 3} for p in data)
    if pairs and all(isinstance(x, int | float) for p in data for x in p[:2]):
        lines.refuse(
            "a bare list of positions, which does not say whether latitude or longitude comes first: write "
            '{"type": "LineString", "coordinates": [...]}, the longitude first'
        )
    return False
